package rt

import (
	"context"
	"unsafe"
)

// This file: tasks, the calls of asynchronous functions (CanonicalABI.md,
// "Tasks" and canon lift).

// Flat holds the flat values of a call: as many as parameters and results that
// go through core values can be, each in the bits of its core type. For generated code.
type Flat [maxFlatParams]uint64

// Callee is what is known at translation time about a lifted function of
// asynchronous type. For generated code.
type Callee struct {
	Name string // for people
	// Async is the async option of the lift.
	Async bool
	// CanBlock: code of the instance can block in the middle, so that its calls need a stack of their own.
	CanBlock bool
	// Key stands for the result type and the string encoding that task.return must
	// have, Memory for the memory, if it names one.
	Key, Memory int32
	// Call calls the core function; the result is its core result, if it has one.
	Call func(root unsafe.Pointer, d int32, f *Flat) uint64
	// Callback is the callback option, nil if there is none; Post is the post-return option of a synchronous lift.
	Callback func(root unsafe.Pointer, d int32, event, p1, p2 uint32) uint32
	Post     func(root unsafe.Pointer, d int32, r uint64)
}

type taskState uint8

const (
	taskInitial taskState = iota
	taskStarted
	taskPendingCancel
	taskCancelDelivered
	taskResolved
)

// Task is a call into a component instance (CanonicalABI.md, Task). The zero
// Task is what a synchronous call needs: the scope of the borrow handles that it was given.
type Task struct {
	borrows int32
	packed  uint32 // what the callback returned

	state taskState
	phase taskPhase
	sync  bool // the function's type is not async
	// cancelSeen: the task was told of its cancellation before it resolved.
	cancelSeen bool
	inst       *ComponentInstance
	callee     *Callee
	root       unsafe.Pointer
	ctx        context.Context // of the call from Go that it is made for
	// start lowers the arguments; resolve lifts the result, nil if the task was cancelled.
	start, resolve func(d int32, f *Flat)
	// The end is told to sub, the call as its caller in a component sees it, or to resolved.
	sub      *Subtask
	resolved func(cancelled bool)
	fused    *Fused // what the task is a part of; may be nil

	implicit Thread
	first    *Thread // registered threads
}

// taskPhase says what a task whose implicit thread has no stack does when it
// is resumed.
type taskPhase uint8

const (
	phaseStart    taskPhase = iota
	phaseEntering           // has waited for backpressure
	phaseYield              // callback returned YIELD
	phaseWait               // callback returned WAIT
)

// Return ends the scope: every borrow handle must have been dropped
// (CanonicalABI.md, Task.return_).
func (t *Task) Return() {
	if t.borrows > 0 {
		Throw(TrapBorrowsRemain)
	}
}

// NewTask makes the task of a call of a function of asynchronous type. start
// lowers the arguments when the task starts; resolve lifts the result. For generated code.
func NewTask(inst *ComponentInstance, callee *Callee, root unsafe.Pointer, start, resolve func(d int32, f *Flat)) *Task {
	t := &Task{inst: inst, callee: callee, root: root, start: start, resolve: resolve, ctx: inst.Store.ctx}
	t.implicit.task = t
	return t
}

// Fused is a call from one component to another of a function of asynchronous
// type: all that it takes in one piece, which the store uses again. For generated code.
type Fused struct {
	Task Task
	// Src and Dst are the sides of caller and callee.
	Src, Dst Cx
	sub      Subtask
	refs     uint8 // the task's and the subtask's
}

// maxIdleCalls is how many such pieces a store keeps for later.
const maxIdleCalls = 64

// NewFused makes a call of callee, a function of c. Src and Dst are to be set.
func (c *ComponentInstance) NewFused(callee *Callee, root unsafe.Pointer) *Fused {
	s := c.Store
	var f *Fused
	if n := len(s.calls); n > 0 {
		f = s.calls[n-1]
		s.calls = s.calls[:n-1]
	} else {
		f = &Fused{}
	}
	t := &f.Task
	t.inst, t.callee, t.root, t.ctx, t.sub, t.fused = c, callee, root, s.ctx, &f.sub, f
	t.implicit.task = t
	f.sub.self, f.sub.cx, f.sub.task, f.sub.fused = &f.sub, &f.Src, t, f
	return f
}

// On sets what lowers the arguments when the task starts, and what lifts its result. Either may be nil.
func (f *Fused) On(start, resolve func(d int32, f *Flat)) {
	f.Task.start, f.Task.resolve = start, resolve
}

// release gives up one of the references to the call.
func (f *Fused) release() {
	if f.refs--; f.refs > 0 {
		return
	}
	s := f.Task.inst.Store
	*f = Fused{}
	if len(s.calls) < maxIdleCalls {
		s.calls = append(s.calls, f)
	}
}

// ended is called when the running thread of a task has ended. What still refers to the thread keeps
// the call from being used again.
func (t *Task) ended() {
	if t.fused != nil && t.first == nil && t.state == taskResolved && !t.implicit.queued && !t.implicit.parked {
		t.fused.release()
	}
}

// Flat gives a place for flat values that is good until guest code runs. For generated code.
func (c *ComponentInstance) Flat() *Flat { return &c.Store.flat }

// needsExclusive: only one thread at a time runs the core code of such tasks.
func (t *Task) needsExclusive() bool { return !t.callee.Async || t.callee.Callback != nil }

func (t *Task) hasBackpressure() bool {
	return t.inst.backpressure > 0 || t.needsExclusive() && t.inst.exclusive != nil
}

// call is canon_lift up to the point where the caller goes on.
func (t *Task) call(d int32, caller *ComponentInstance) {
	if !t.inst.mayEnterFrom(caller) {
		Throw(TrapCannotEnter)
	}
	if d < 0 {
		Throw(TrapStackOverflow)
	}
	s := t.inst.Store
	t.inst.enterFrom(caller)
	saved := s.callDepth
	s.callDepth = d
	s.resume(&t.implicit, false)
	s.callDepth = saved
	t.inst.leaveTo(caller)
}

// step runs the task's implicit thread until it ends or waits without a stack
// (thread_func in canon_lift).
func (t *Task) step(d int32) {
	// What is on the stack below the guest's code is kept small here: with it, a task
	// that blocks does well with the two kilobytes that a goroutine begins with.
	switch t.phase {
	case phaseStart, phaseEntering:
		if !t.enter(d) || t.begin(d) {
			return
		}
	default:
		t.event(d)
	}
	t.obey(d)
}

// enter reports whether the task starts now.
//
//go:noinline
func (t *Task) enter(d int32) bool {
	th, inst := &t.implicit, t.inst
	switch t.phase {
	case phaseStart:
		// A thread that is in the way and could go on is let go on first. The Python has the caller
		// wait instead; the reference tests (sync-streams.wast, cancel-stream.wast) want it so. It cannot call back into
		// who is on the stack, for instances import each other without cycles.
		for inst.backpressure == 0 && t.needsExclusive() && inst.exclusive != nil && inst.exclusive.ready() {
			inst.Store.resume(inst.exclusive, false)
		}
		if t.hasBackpressure() || inst.waitingToEnter > 0 {
			inst.waitingToEnter++
			if !t.needsExclusive() {
				inst.sharedWaiting++
			}
			t.phase = phaseEntering
			inst.entering = append(inst.entering, th)
			th.await(waitEnter, true)
			return false
		}
	case phaseEntering:
		inst.waitingToEnter--
		if !t.needsExclusive() {
			inst.sharedWaiting--
		}
		inst.stopEntering(th)
		if th.cancelled {
			t.cancel(d)
			return false
		}
	}
	return true
}

// event calls the callback with what the task has waited for.
func (t *Task) event(d int32) {
	th := &t.implicit
	var event, p1, p2 uint32 = eventNone, 0, 0
	if t.phase == phaseWait {
		set := th.set
		set.leave(th)
		if !th.cancelled {
			event, p1, p2 = set.take(t.inst.Store)
		}
	}
	if th.cancelled {
		event, p1, p2 = eventTaskCancelled, 0, 0
	}
	t.inst.exclusive = th
	t.packed = t.callee.Callback(t.root, d, event, p1, p2)
}

// obey does what the callback function asks for, until it ends or waits.
func (t *Task) obey(d int32) {
	th, inst := &t.implicit, t.inst
	for {
		code, si := t.packed&0xf, t.packed>>4
		if code == 0 {
			t.exit()
			return
		}
		inst.clearExclusive()
		switch code {
		case 1:
			t.phase = phaseYield
			th.wait = waitYield
		case 2:
			t.phase = phaseWait
			th.set = inst.waitableSet(si)
			th.wait = waitSet
		default:
			throwText(TrapAsync, "unsupported callback code: %d", code)
		}
		if !t.deliverPendingCancel(true) {
			if t.phase == phaseWait {
				th.set.enter(th)
			}
			th.await(th.wait|waitExclusive, true)
			return
		}
		inst.exclusive = th
		t.packed = t.callee.Callback(t.root, d, eventTaskCancelled, 0, 0)
	}
}

// begin starts the task and calls the core function. It returns false for a
// callback function, whose packed result is to be looked at.
func (t *Task) begin(d int32) (done bool) {
	th := &t.implicit
	if t.needsExclusive() {
		t.inst.exclusive = th
	}
	t.register(th)
	if t.inst.sharedWaiting > 0 {
		t.inst.wakeEntering() // those need not wait for this one
	}
	t.state = taskStarted
	if t.sub != nil {
		t.sub.started()
	}
	f := &t.inst.Store.flat
	if t.start != nil {
		t.start(d, f)
	}
	r := t.callee.Call(t.root, d, f)
	if t.callee.Async {
		if t.callee.Callback != nil {
			t.packed = uint32(r)
			return false
		}
		t.exit()
		return true
	}
	f[0] = r
	t.returned(d, f)
	if t.callee.Post != nil {
		t.inst.MayLeave = false
		t.callee.Post(t.root, d, r)
		t.inst.MayLeave = true
	}
	t.exit()
	return true
}

// exit is exit_implicit_thread.
func (t *Task) exit() {
	t.unregister(&t.implicit)
	if t.needsExclusive() {
		t.inst.clearExclusive()
	}
}

func (t *Task) register(th *Thread) {
	th.next = t.first
	if t.first != nil {
		t.first.prev = th
	}
	t.first = th
	th.index = t.inst.threads.add(th)
}

func (t *Task) unregister(th *Thread) {
	if th.prev != nil {
		th.prev.next = th.next
	} else {
		t.first = th.next
	}
	if th.next != nil {
		th.next.prev = th.prev
	}
	th.next, th.prev = nil, nil
	t.inst.threads.remove(th.index)
	th.state = threadDone
	if t.first == nil && !t.sync && t.state != taskResolved {
		throwText(TrapAsync, "async-lifted export failed to produce a result")
	}
}

// returned is Task.return_.
func (t *Task) returned(d int32, f *Flat) {
	if t.state == taskResolved {
		throwTwice()
	}
	t.Return()
	if t.resolve != nil {
		t.resolve(d, f)
	}
	t.finished(false)
}

// cancel is Task.cancel.
func (t *Task) cancel(d int32) {
	switch {
	case t.state == taskResolved && t.cancelSeen:
		throwTwice()
	case t.state != taskCancelDelivered:
		throwText(TrapAsync, "`task.cancel` called by task which has not been cancelled")
	}
	t.Return()
	t.finished(true)
}

//go:noinline
func throwTwice() {
	throwText(TrapAsync, "`task.return` or `task.cancel` called more than once for current task")
}

func (t *Task) finished(cancelled bool) {
	t.cancelSeen = t.state == taskCancelDelivered
	t.state = taskResolved
	if t.sub != nil {
		t.sub.resolve(cancelled)
		t.sub = nil
	} else if t.resolved != nil {
		t.resolved(cancelled)
	}
}

// deliverPendingCancel is Task.deliver_pending_cancel.
func (t *Task) deliverPendingCancel(cancellable bool) bool {
	if cancellable && t.state == taskPendingCancel {
		t.state = taskCancelDelivered
		return true
	}
	return false
}

// requestCancel is Task.request_cancellation; caller is nil for the host.
func (t *Task) requestCancel(d int32, caller *ComponentInstance) {
	s := t.inst.Store
	switch t.state {
	case taskInitial:
		t.state = taskCancelDelivered
		s.resume(&t.implicit, true)
	case taskStarted:
		var found *Thread
		for th := t.first; th != nil; th = th.next {
			if !th.cancellable || th.state != threadWaiting && th.state != threadSuspended {
				continue
			}
			if th == &t.implicit && t.needsExclusive() && t.inst.exclusive != nil && t.inst.exclusive != th {
				continue
			}
			found = th // the oldest one
		}
		if found == nil || !t.inst.mayEnterFrom(caller) {
			t.state = taskPendingCancel
			return
		}
		t.state = taskCancelDelivered
		t.inst.enterFrom(caller)
		saved := s.callDepth
		s.callDepth = d
		s.resume(found, true)
		s.callDepth = saved
		t.inst.leaveTo(caller)
	}
}

// The rules of entering (CanonicalABI.md, entering_set).

// inside reports whether c is caller or one of its ancestors.
func (c *ComponentInstance) inside(caller *ComponentInstance) bool {
	for a := caller; a != nil; a = a.Parent {
		if a == c {
			return true
		}
	}
	return false
}

func (c *ComponentInstance) mayEnterFrom(caller *ComponentInstance) bool {
	for a := c; a != nil && !a.inside(caller); a = a.Parent {
		if !a.MayEnter {
			return false
		}
	}
	return true
}

func (c *ComponentInstance) enterFrom(caller *ComponentInstance) {
	for a := c; a != nil && !a.inside(caller); a = a.Parent {
		a.MayEnter = false
	}
}

func (c *ComponentInstance) leaveTo(caller *ComponentInstance) {
	for a := c; a != nil && !a.inside(caller); a = a.Parent {
		a.MayEnter = true
	}
}

// asyncState is the part of a component instance's state that only tasks use.
type asyncState struct {
	threads        threadTable
	exclusive      *Thread   // exclusive_thread
	entering       []*Thread // waiting for backpressure, first come first
	waitingToEnter int
	sharedWaiting  int       // those of them that need not exclude others
	parked         []*Thread // ready but for the exclusive thread
}

// clearExclusive gives up the exclusive thread's place and wakes who waits for it.
func (c *ComponentInstance) clearExclusive() {
	c.exclusive = nil
	if len(c.parked) > 0 {
		for n, th := range c.parked {
			th.parked = false
			c.Store.enqueue(th)
			c.parked[n] = nil
		}
		c.parked = c.parked[:0]
	}
	if len(c.entering) > 0 {
		c.wakeEntering()
	}
}

// wakeEntering wakes tasks that may start now: of those that exclude each
// other the first one.
func (c *ComponentInstance) wakeEntering() {
	for _, th := range c.entering {
		if th.task.hasBackpressure() {
			if c.backpressure > 0 {
				return
			}
			continue
		}
		c.Store.enqueue(th)
		if th.task.needsExclusive() {
			return
		}
	}
}

func (c *ComponentInstance) stopEntering(th *Thread) {
	for n, x := range c.entering {
		if x == th {
			if n == 0 {
				c.entering[0] = nil
				c.entering = c.entering[1:]
			} else {
				c.entering = append(c.entering[:n], c.entering[n+1:]...)
			}
			return
		}
	}
}

// BackpressureInc is canon backpressure.inc.
func (c *ComponentInstance) BackpressureInc() {
	if c.backpressure++; c.backpressure == 1<<16 {
		throwText(TrapAsync, "backpressure counter overflow")
	}
}

// BackpressureDec is canon backpressure.dec.
func (c *ComponentInstance) BackpressureDec() {
	if c.backpressure == 0 {
		throwText(TrapAsync, "backpressure counter overflow: below zero")
	}
	c.backpressure--
	if c.backpressure == 0 && len(c.entering) > 0 {
		c.wakeEntering()
	}
}

// TaskReturn is canon task.return; key and memory stand for its type and options. For
// generated code.
func (c *ComponentInstance) TaskReturn(d, key, memory int32, f *Flat) {
	t := c.currentTask()
	if t.callee == nil || !t.callee.Async {
		throwText(TrapAsync, "invalid `task.return` signature and/or options for current task: it is not async")
	}
	if t.callee.Key != key || memory != 0 && t.callee.Memory != memory {
		throwText(TrapAsync, "invalid `task.return` signature and/or options for current task")
	}
	t.returned(d, f)
}

// TaskCancel is canon task.cancel.
func (c *ComponentInstance) TaskCancel(d int32) {
	t := c.currentTask()
	if t.callee == nil || !t.callee.Async {
		throwText(TrapAsync, "`task.cancel` called by task which has not been cancelled: it is not async")
	}
	t.cancel(d)
}

// currentThread is the running thread, which is one of the instance.
func (c *ComponentInstance) currentThread() *Thread {
	th := c.Store.cur
	if th == nil || th.task.inst != c {
		Throwf(TrapAsync, "no task of the instance is running")
	}
	return th
}

func (c *ComponentInstance) currentTask() *Task { return c.currentThread().task }

// BeginSync begins the task of a synchronous function, on the caller's stack.
// It returns what EndSync wants. For generated code.
func (c *ComponentInstance) BeginSync() *Thread {
	s := c.Store
	t := &Task{sync: true, state: taskStarted, inst: c, ctx: s.ctx}
	th := &t.implicit
	th.task, th.inline, th.outer = t, true, s.cur
	t.register(th)
	s.cur = th
	return th
}

// EndSync ends BeginSync's task.
func (c *ComponentInstance) EndSync(th *Thread) {
	c.Store.cur = th.outer
	th.task.unregister(th)
}
