package rt

import (
	"iter"
	"runtime/debug"
	"sync/atomic"
)

// This file: threads and the stacks they run on (CanonicalABI.md, "Threads").

type threadState uint8

const (
	threadSuspended threadState = iota
	threadWaiting
	threadRunning
	threadDone
)

// waitKind says what a waiting thread waits for.
type waitKind uint8

const (
	waitYield   waitKind = iota // nothing
	waitEnter                   // backpressure
	waitSet                     // an event in set
	waitEvent                   // an event of waitable
	waitSubtask                 // the end of sub
	// waitExclusive: besides, no thread may be the exclusive one of the instance.
	waitExclusive waitKind = 1 << 4
)

var waitText = [...]string{"its turn", "backpressure to end", "an event in a waitable set", "a waitable", "a call to return"}

// Thread is a thread of a task (CanonicalABI.md, Thread). For generated code.
type Thread struct {
	task        *Task
	state       threadState
	wait        waitKind
	queued      bool // is in the store's queue
	parked      bool // is in its instance's list
	cancellable bool
	cancelled   bool // how it was resumed
	inline      bool // runs on the stack of its caller: a synchronous task's
	resumed     bool // inline: was resumed
	index       uint32
	storage     [2]uint64

	stack *stack // nil while it needs none
	set   *WaitableSet
	on    *waitable
	sub   *Subtask
	entry func(d int32) // of an explicit thread
	outer *Thread       // inline: the thread that called

	next, prev *Thread // of the task
}

// ready is Thread.ready.
func (th *Thread) ready() bool {
	if th.state != threadWaiting {
		return false
	}
	if th.wait&waitExclusive != 0 && th.task.inst.exclusive != nil {
		return false
	}
	switch th.wait &^ waitExclusive {
	case waitEnter:
		return !th.task.hasBackpressure()
	case waitSet:
		return th.set.first != nil
	case waitEvent:
		return th.on.pending
	case waitSubtask:
		return th.sub.resolved()
	}
	return true
}

// await makes the thread wait (Thread.start_waiting_internal).
func (th *Thread) await(w waitKind, cancellable bool) {
	th.wait, th.cancellable, th.state = w, cancellable, threadWaiting
	if th.ready() {
		th.task.inst.Store.enqueue(th)
	} else if w&waitExclusive != 0 {
		th.wake()
	}
}

// wake tells a waiting thread that something it waits for may have come.
func (th *Thread) wake() {
	if th.state != threadWaiting || th.queued {
		return
	}
	if th.ready() {
		th.task.inst.Store.enqueue(th)
		return
	}
	if th.wait&waitExclusive != 0 && (th.wait == waitYield|waitExclusive || th.set.first != nil) {
		inst := th.task.inst
		if !th.parked {
			th.parked = true
			inst.parked = append(inst.parked, th)
		}
	}
}

// threadTable is ComponentInstance.threads.
type threadTable struct {
	list []*Thread
	free []uint32
}

func (t *threadTable) add(th *Thread) uint32 {
	if n := len(t.free); n > 0 {
		i := t.free[n-1]
		t.free = t.free[:n-1]
		t.list[i] = th
		return i
	}
	if len(t.list) == 0 {
		t.list = append(t.list, nil)
	}
	if len(t.list) > maxHandles {
		Throwf(TrapLimit, "thread table is full")
	}
	t.list = append(t.list, th)
	return uint32(len(t.list) - 1)
}

func (t *threadTable) remove(i uint32) {
	t.list[i] = nil
	t.free = append(t.free, i)
}

func (t *threadTable) get(i uint32) *Thread {
	if uint64(i) >= uint64(len(t.list)) || t.list[i] == nil {
		throwText(TrapInvalidHandle, "unknown handle index %d of a thread", i)
	}
	return t.list[i]
}

// stack is a coroutine that threads run on. One that is not needed in the
// middle of a call goes back to its store.
type stack struct {
	s       *Store
	next    func() (struct{}, bool)
	stop    func()
	yield   func(struct{}) bool
	th      *Thread
	to      *Thread // whom to switch to
	parked  bool    // blocked in the middle
	failure any
	failed  bool
}

// stackStop is what a stack panics with that is blocked when its store closes.
type stackStop struct{}

// maxIdleStacks is how many stacks a store keeps for later.
const maxIdleStacks = 64

func (s *Store) takeStack() *stack {
	if n := len(s.idle); n > 0 {
		k := s.idle[n-1]
		s.idle = s.idle[:n-1]
		return k
	}
	k := &stack{s: s}
	k.next, k.stop = iter.Pull(k.main)
	if s.stacks == nil {
		s.stacks = map[*stack]struct{}{}
	}
	s.stacks[k] = struct{}{}
	return k
}

func (s *Store) giveStack(k *stack) {
	if len(s.idle) < maxIdleStacks {
		s.idle = append(s.idle, k)
		return
	}
	delete(s.stacks, k)
	k.stop()
}

func (k *stack) main(yield func(struct{}) bool) {
	k.yield = yield
	if Guarded {
		debug.SetPanicOnFault(true)
	}
	for k.work() && yield(struct{}{}) {
	}
}

// work runs a step of a thread. A panic is kept for whoever resumed the stack,
// with the trap's frames, which only this stack has.
func (k *stack) work() (ok bool) {
	defer func() {
		if ok {
			return
		}
		r := recover()
		if _, stopped := r.(stackStop); stopped || r == nil {
			return
		}
		if t := k.s.asTrap(r); t != nil {
			if t.Frames == nil && t.Code != TrapExit {
				t.Frames = k.s.backtrace()
			}
			r = t
		} else {
			r = hostPanic(r)
		}
		k.failure, k.failed = r, true
	}()
	k.th.run(k.s.budget)
	return true
}

// run runs the thread from the place where it is without a stack.
func (th *Thread) run(d int32) {
	if th.entry == nil {
		th.task.step(d)
		return
	}
	th.entry(d)
	th.task.unregister(th)
}

// resume is Thread.resume.
func (s *Store) resume(th *Thread, cancelled bool) {
	for th != nil {
		th.state, th.cancelled = threadRunning, cancelled
		cancelled = false
		if th.inline {
			// Its stack is below; it goes on when control comes back to it.
			th.resumed = true
			return
		}
		inst := th.task.inst
		cur, ctx, h, saved := s.cur, s.ctx, s.hctx, inst.Context
		s.cur, s.ctx, s.hctx, inst.Context = th, th.task.ctx, nil, th.storage
		watch := s.intr.watch
		if s.stops != nil && s.ctx != nil && s.ctx.Done() != nil && !s.watched(s.ctx) {
			s.beginWatch(s.ctx, loopGrace)
		}
		to := s.runThread(th)
		if s.intr.watch != watch {
			s.endWatch(watch)
		}
		if s.hctx != nil {
			s.hctx.done.Store(true)
		}
		th.storage, inst.Context = inst.Context, saved
		s.cur, s.ctx, s.hctx = cur, ctx, h
		if th.state == threadDone {
			th.task.ended()
		}
		th = to
	}
}

// runThread runs th until it ends or blocks, and says whom it switches to.
func (s *Store) runThread(th *Thread) (to *Thread) {
	if th.stack == nil && th.entry == nil && !th.task.callee.CanBlock {
		th.run(s.callDepth)
		return nil
	}
	k := th.stack
	if k == nil {
		k = s.takeStack()
		k.th, th.stack = th, k
	}
	depth := s.callDepth
	s.callDepth = s.budget
	_, ok := k.next()
	s.callDepth = depth
	if !ok {
		delete(s.stacks, k)
		if k.failed {
			panic(k.failure)
		}
		panic(stackStop{})
	}
	if k.parked {
		to, k.to = k.to, nil
		return to
	}
	k.th, th.stack = nil, nil
	s.giveStack(k)
	return nil
}

// block is the end of Thread.block_internal and Thread.switch_to_internal: the
// thread, which is suspended or waiting, gives up control, to another thread if there is one.
func (s *Store) block(th, to *Thread) (cancelled bool) {
	if th.inline {
		s.blockInline(th, to)
		return th.cancelled
	}
	k := th.stack
	if k == nil {
		Throwf(TrapAsync, "%s blocks where it cannot", th.task.name())
	}
	k.parked, k.to = true, to
	if !k.yield(struct{}{}) {
		panic(stackStop{})
	}
	k.parked = false
	return th.cancelled
}

// blockInline blocks a synchronous task: only other threads of its instance may
// run until it can go on (the end of canon_lift).
func (s *Store) blockInline(th, to *Thread) {
	th.resumed = false
	if to != nil {
		s.resume(to, false)
	}
	for !th.resumed {
		x := s.takeReady(th.task.inst)
		if x == nil {
			throwCannotBlock()
		}
		if x == th {
			th.state, th.cancelled = threadRunning, false
			break
		}
		s.resume(x, false)
	}
	th.resumed = false
	s.cur = th
}

//go:noinline
func throwCannotBlock() {
	throwText(TrapDeadlock, "cannot block a synchronous task before returning: deadlock detected: event loop cannot make further progress")
}

// othersReady reports whether a thread of the instance could run while a
// synchronous call waits.
func (c *ComponentInstance) othersReady() bool {
	s := c.Store
	for _, th := range s.queue[s.head:] {
		if th.task.inst == c && th != c.exclusive && !th.needsStack() && th.ready() {
			return true
		}
	}
	return false
}

// waitUntil is Thread.wait_until for a running thread.
func (s *Store) waitUntil(th *Thread, w waitKind, cancellable bool) (cancelled bool) {
	if th.task.deliverPendingCancel(cancellable) {
		return true
	}
	th.wait, th.state = w, threadWaiting
	if th.ready() {
		// The Python leaves it open whether to block then.
		th.state = threadRunning
		return false
	}
	th.await(w, cancellable)
	return s.block(th, nil)
}

func (t *Task) name() string {
	if t.callee != nil {
		return t.callee.Name
	}
	return "a synchronous call"
}

// The built-ins of threads. Results are Cancelled as 0 or 1.

// ThreadIndex is canon thread.index.
func (c *ComponentInstance) ThreadIndex() uint32 { return c.currentThread().index }

// ThreadNew is canon thread.new-indirect: entry calls the function.
func (c *ComponentInstance) ThreadNew(entry func(d int32)) uint32 {
	t := c.currentTask()
	th := &Thread{task: t, entry: entry}
	t.register(th)
	return th.index
}

// suspended gives a thread of the instance that must be suspended.
func (c *ComponentInstance) suspended(i uint32) *Thread {
	th := c.threads.get(i)
	if th.state != threadSuspended {
		throwText(TrapAsync, "cannot resume thread which is not suspended")
	}
	return th
}

// ThreadResumeLater is canon thread.resume-later.
func (c *ComponentInstance) ThreadResumeLater(i uint32) {
	c.suspended(i).await(waitYield, false)
}

// ThreadSuspend is canon thread.suspend.
func (c *ComponentInstance) ThreadSuspend(cancellable bool) uint32 {
	return Bool32(c.currentThread().suspend(cancellable, nil))
}

func (th *Thread) suspend(cancellable bool, to *Thread) bool {
	if th.task.deliverPendingCancel(cancellable) {
		return true
	}
	th.state, th.cancellable = threadSuspended, cancellable
	return th.task.inst.Store.block(th, to)
}

func (th *Thread) yield(cancellable bool, to *Thread) bool {
	if th.task.deliverPendingCancel(cancellable) {
		return true
	}
	th.await(waitYield, cancellable)
	return th.task.inst.Store.block(th, to)
}

// ThreadYield is canon thread.yield.
func (c *ComponentInstance) ThreadYield(cancellable bool) uint32 {
	return Bool32(c.currentThread().yield(cancellable, nil))
}

// ThreadSuspendThenResume is canon thread.suspend-then-resume.
func (c *ComponentInstance) ThreadSuspendThenResume(cancellable bool, i uint32) uint32 {
	th := c.currentThread()
	return Bool32(th.suspend(cancellable, c.suspended(i)))
}

// ThreadYieldThenResume is canon thread.yield-then-resume.
func (c *ComponentInstance) ThreadYieldThenResume(cancellable bool, i uint32) uint32 {
	th := c.currentThread()
	return Bool32(th.yield(cancellable, c.suspended(i)))
}

// promote takes a thread that is ready out of the queue.
func (c *ComponentInstance) promote(i uint32) *Thread {
	other := c.threads.get(i)
	if !other.ready() {
		return nil
	}
	other.state = threadSuspended
	return other
}

// ThreadSuspendThenPromote is canon thread.suspend-then-promote.
func (c *ComponentInstance) ThreadSuspendThenPromote(cancellable bool, i uint32) uint32 {
	th := c.currentThread()
	c.threads.get(i)
	if th.task.deliverPendingCancel(cancellable) {
		return 1
	}
	return Bool32(th.suspend(cancellable, c.promote(i)))
}

// ThreadYieldThenPromote is canon thread.yield-then-promote.
func (c *ComponentInstance) ThreadYieldThenPromote(cancellable bool, i uint32) uint32 {
	th := c.currentThread()
	c.threads.get(i)
	if th.task.deliverPendingCancel(cancellable) {
		return 1
	}
	return Bool32(th.yield(cancellable, c.promote(i)))
}

// The queue of threads that are ready, and the loop over it.

// loopState is the part of a store that tasks need.
type loopState struct {
	cur       *Thread // the running thread; nil if none that can tell
	callDepth int32   // depth budget of what runs on the current stack
	queue     []*Thread
	head      int
	stacks    map[*stack]struct{}
	idle      []*stack
	seed      uint64 // of the shuffle; 0: none
	events    *events
	current   atomic.Pointer[events] // the same, for who has no baton
	more      bool                   // the loop stopped before all was done
	comps     []*ComponentInstance
	calls     []*Fused // that can be used again
	flat      Flat
}

// WithShuffle makes the order in which ready threads and pending events are
// taken depend on a seed, in place of first come, first served. It is for tests.
func WithShuffle(seed uint64) StoreOption { return func(s *Store) { s.seed = seed | 1<<63 } }

// pick is a number below n: 0, or a random one.
func (s *Store) pick(n int) int {
	if s.seed == 0 || n < 2 {
		return 0
	}
	// xorshift64
	x := s.seed
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	s.seed = x
	return int(x >> 1 % uint64(n))
}

func (s *Store) enqueue(th *Thread) {
	if th.queued {
		return
	}
	th.queued = true
	if s.head > 64 && s.head*2 > len(s.queue) {
		n := copy(s.queue, s.queue[s.head:])
		clear(s.queue[n:])
		s.queue, s.head = s.queue[:n], 0
	}
	s.queue = append(s.queue, th)
	if s.events != nil {
		s.events.kick()
	}
}

// needsStack reports whether the thread is the implicit one of a task that
// needs the instance for itself: it is not resumed while a synchronous call waits.
func (th *Thread) needsStack() bool {
	t := th.task
	return th.wait == waitEnter || th == &t.implicit && !t.sync && t.needsExclusive()
}

// takeReady takes the next thread that is ready: of an instance, if one is
// given, then only threads that it knows, and not its exclusive one.
func (s *Store) takeReady(inst *ComponentInstance) *Thread {
	if inst == nil {
		for s.head < len(s.queue) {
			i := s.head + s.pick(len(s.queue)-s.head)
			th := s.queue[i]
			s.queue[i] = s.queue[s.head]
			s.queue[s.head] = nil
			s.head++
			if s.head == len(s.queue) {
				s.queue, s.head = s.queue[:0], 0
			}
			th.queued = false
			if th.ready() {
				return th
			}
			th.wake()
		}
		return nil
	}
	for i := s.head; i < len(s.queue); i++ {
		th := s.queue[i]
		if th.task.inst != inst || th == inst.exclusive || th.needsStack() || !th.ready() {
			continue
		}
		th.queued = false
		s.queue = append(s.queue[:i], s.queue[i+1:]...)
		return th
	}
	return nil
}

// tick is Store.tick; false if no thread is ready.
func (s *Store) tick() bool {
	th := s.takeReady(nil)
	if th == nil {
		return false
	}
	inst := th.task.inst
	inst.enterFrom(nil)
	s.resume(th, false)
	inst.leaveTo(nil)
	return true
}

// endStacks ends all coroutines, those blocked in guest code too.
func (s *Store) endStacks() {
	for k := range s.stacks {
		k.stop()
	}
	s.stacks, s.idle, s.queue, s.head, s.cur = nil, nil, nil, 0, nil
}
