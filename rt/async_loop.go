package rt

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// This file: the event loop of a store. There is no goroutine of its own:
// whoever waits for a call drives the loop, one at a time.

// events is what reaches the loop from outside the baton.
type events struct {
	mu      sync.Mutex
	news    atomic.Bool // posts or spawned may not be empty
	posts   []func()    // to be done with the baton
	waiters map[*waiter]struct{}
	spawned []func() // tasks that have not begun
	running int      // Go functions that run in the loop and do not wait for it
	closed  error

	sleeping atomic.Bool   // the driver sleeps
	wake     chan struct{} // tells it to look again
	driver   chan struct{} // holds a token: the right to drive

	// Of the holder of the baton.
	pending int       // host calls that have not come back
	ending  int       // those of them that were cancelled
	hosts   *hostCall // all of them
	settled []*waiter // wait until there is no such call, and nothing more to do
	ends    map[*hostEnd]struct{}
	ctx     context.Context // cancelled when the store is closed or poisoned
	cancel  context.CancelCauseFunc
}

// loop gives the event loop's state; it needs the baton.
func (s *Store) loop() *events {
	if s.events == nil {
		ev := &events{waiters: map[*waiter]struct{}{}, wake: make(chan struct{}, 1), driver: make(chan struct{}, 1), ends: map[*hostEnd]struct{}{}}
		ev.driver <- struct{}{}
		ev.ctx, ev.cancel = context.WithCancelCause(context.Background())
		s.current.Store(ev)
		s.events = ev
	}
	return s.events
}

// loopFor is loop for a caller without the baton.
func (s *Store) loopFor(ctx context.Context) (*events, error) {
	if ev := s.current.Load(); ev != nil {
		return ev, nil
	}
	err := s.enterLoop(ctx, func(int32) error { return nil })
	return s.current.Load(), err
}

// kick wakes the driver, if it sleeps.
func (ev *events) kick() {
	if ev.sleeping.Load() {
		select {
		case ev.wake <- struct{}{}:
		default:
		}
	}
}

// post has f done by the loop.
func (ev *events) post(f func()) {
	ev.mu.Lock()
	ev.posts = append(ev.posts, f)
	ev.news.Store(true)
	ev.mu.Unlock()
	select {
	case ev.wake <- struct{}{}:
	default:
	}
}

func (ev *events) takePosts() []func() {
	ev.mu.Lock()
	p := ev.posts
	ev.posts = nil
	ev.mu.Unlock()
	return p
}

// fail ends all waiting with an error; it needs the baton.
func (ev *events) fail(err error) {
	ev.mu.Lock()
	if ev.closed == nil {
		ev.closed = err
	}
	ws := make([]*waiter, 0, len(ev.waiters))
	for w := range ev.waiters {
		ws = append(ws, w)
	}
	ev.spawned = nil
	ev.mu.Unlock()
	for _, w := range ws {
		w.finish(err)
	}
	for h := ev.hosts; h != nil; h = h.next {
		h.stop(err)
	}
	ev.cancel(err) // after that, so that it is err and not its consequences that they see
}

// poisoned ends all waiting after a trap; nil for a panic of host code.
func (ev *events) poisoned(t *Trap) {
	if t == nil {
		ev.fail(ErrPoisoned)
		return
	}
	ev.fail(t)
}

// endLoop is the loop's part of closing a store.
func (s *Store) endLoop() {
	ev := s.events
	if ev != nil {
		ev.fail(ErrClosed)
	}
	s.endStacks()
	if ev == nil {
		return
	}
	for e := range ev.ends {
		e.closed(ErrClosed)
	}
	clear(ev.ends)
}

// enterLoop runs f with the baton, as the host; a trap in it poisons the store.
func (s *Store) enterLoop(ctx context.Context, f func(d int32) error) (err error) {
	e := Entry{loop: true}
	if err = e.Enter(ctx, s, nil); err != nil {
		return err
	}
	defer e.Exit(&err)
	s.loop()
	saved, cur := s.callDepth, s.cur
	s.callDepth, s.cur = e.Depth, nil
	err = f(e.Depth)
	s.callDepth, s.cur = saved, cur
	e.Done = true
	return err
}

// waiter is something that somebody waits for in the loop: a call, a Go
// function, a copy.
type waiter struct {
	s      *Store
	ev     *events
	isCall bool // without progress it is a deadlock
	over   atomic.Bool
	err    error
	ch     chan struct{} // closed at the end; made when it is needed
	accs   []*Accessor   // whose functions wait for it
}

// begin registers the waiter.
func (w *waiter) begin(s *Store, ev *events) {
	w.s, w.ev = s, ev
	ev.mu.Lock()
	err := ev.closed
	if err == nil {
		ev.waiters[w] = struct{}{}
	}
	ev.mu.Unlock()
	if err != nil {
		w.finish(err)
	}
}

// finish ends it; the first time counts.
func (w *waiter) finish(err error) { w.finishWith(nil, err) }

// finishWith is finish with a function that is called if this is the first time.
func (w *waiter) finishWith(first func(), err error) {
	w.ev.mu.Lock()
	defer w.ev.mu.Unlock()
	if w.over.Load() {
		return
	}
	if first != nil {
		first()
	}
	if err != nil {
		w.err = err
	}
	delete(w.ev.waiters, w)
	for _, a := range w.accs {
		a.runs()
	}
	w.accs = nil
	w.over.Store(true)
	if w.ch != nil {
		close(w.ch)
	}
}

// done is a channel that is closed at the end.
func (w *waiter) done() <-chan struct{} {
	w.ev.mu.Lock()
	defer w.ev.mu.Unlock()
	if w.ch == nil {
		w.ch = make(chan struct{})
		if w.over.Load() {
			close(w.ch)
		}
	}
	return w.ch
}

// errNested says that a synchronous host function waits for the loop that
// waits for it.
var errNested = errors.New("wc2go: a synchronous host function cannot wait for an asynchronous call of its own store")

// wait waits for the end, and drives the loop if nobody else does. Its error
// is about the waiting only.
func (w *waiter) wait(ctx context.Context) error {
	if w.over.Load() {
		return nil
	}
	if h, ok := ctx.Value(batonKey{w.s}).(*hostContext); ok && !h.done.Load() {
		return errNested
	}
	ev := w.ev
	if acc, ok := ctx.Value(accessorKey{w.s}).(*Accessor); ok {
		// Somebody else drives: RunConcurrent.
		acc.beginWait(w)
		defer acc.endWait(w)
		select {
		case <-w.done():
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	select {
	case <-ev.driver:
	default:
		select {
		case <-ev.driver:
		case <-w.done():
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	defer func() { ev.driver <- struct{}{} }()
	for !w.over.Load() {
		ev.sleeping.Store(true)
		err := w.s.enterLoop(ctx, func(int32) error {
			ev.sleeping.Store(false)
			w.s.run(w)
			ev.sleeping.Store(true)
			return nil
		})
		if w.over.Load() {
			break
		}
		if err != nil {
			return err
		}
		if w.s.hasWork() {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			runtime.Gosched()
			continue
		}
		select {
		case <-ev.wake:
		case <-w.done():
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	ev.sleeping.Store(false)
	return nil
}

// quantum is how many threads run before others who want the store get it, and
// the driver looks whether its context is still good: guests that yield never run out of work.
const quantum = 256

// run does what there is to do until w is over; it needs the baton.
func (s *Store) run(w *waiter) {
	ev := s.events
	for n := 0; ; n++ {
		if ev.news.Load() {
			ev.news.Store(false)
			ev.begin()
			for _, f := range ev.takePosts() {
				f()
			}
		}
		if w.over.Load() {
			return
		}
		if n >= quantum {
			ev.settle()
			s.more = true
			return
		}
		if !s.tick() && !ev.news.Load() {
			break
		}
	}
	s.more = false
	if ev.settle() && w.over.Load() {
		return
	}
	s.checkDeadlock()
}

// settle ends the waits for cancellations, if nothing more can come of them.
func (ev *events) settle() bool {
	if ev.ending > 0 || len(ev.settled) == 0 {
		return false
	}
	for _, w := range ev.settled {
		w.finish(nil)
	}
	ev.settled = nil
	return true
}

// hasWork reports whether run stopped early. The driver asks without the
// baton, but nobody else sets it.
func (s *Store) hasWork() bool { return s.more }

// begin starts the tasks that were spawned.
func (ev *events) begin() {
	ev.mu.Lock()
	fs := ev.spawned
	ev.spawned = nil
	ev.mu.Unlock()
	for _, f := range fs {
		f()
	}
}

// checkDeadlock traps if calls wait and nothing is left that could end them: no
// thread is ready, no host call is out, no Go function of the loop runs, and no guest waits for an end
// of a stream or future that Go holds.
func (s *Store) checkDeadlock() {
	ev := s.events
	if ev.pending > 0 {
		return
	}
	for e := range ev.ends {
		if e.awaited() {
			return
		}
	}
	for _, c := range s.comps {
		if c.backpressure > 0 && len(c.entering) > 0 {
			return // another call can end the backpressure
		}
	}
	ev.mu.Lock()
	calls := 0
	for w := range ev.waiters {
		if w.isCall {
			calls++
		}
	}
	stuck := calls > 0 && ev.running == 0
	ev.mu.Unlock()
	if stuck {
		panic(&Trap{Code: TrapDeadlock, Message: s.stuck()})
	}
}

// stuck tells which tasks wait on what.
func (s *Store) stuck() string {
	var b strings.Builder
	seen := 0
	for _, c := range s.comps {
		tell := func(th *Thread) {
			if th == nil || th.state == threadDone {
				return
			}
			if seen++; seen > 10 {
				return
			}
			if b.Len() > 0 {
				b.WriteString("; ")
			}
			what := "to be resumed"
			if th.state == threadWaiting {
				what = "for " + waitText[th.wait&^waitExclusive]
			}
			fmt.Fprintf(&b, "%s waits %s", th.task.name(), what)
		}
		for _, th := range c.threads.list {
			tell(th)
		}
		for _, th := range c.entering {
			tell(th)
		}
	}
	return b.String()
}

// Call is a call of an asynchronous function that has been started. It goes on
// whether somebody waits for it or not, while the store's event loop runs.
type Call[R any] struct {
	w    waiter
	end  *waiter // of who waits for a cancellation
	task *Task
	stop context.CancelFunc // of a call without a task
	// Value and Err are for generated code: the result, and the error that the
	// WIT result is.
	Value R
	Err   error
}

// Start begins a call; c must be new. check looks at the arguments before
// anything happens, nil if there is nothing to look at. For generated code.
func (c *Call[R]) Start(ctx context.Context, inst *ComponentInstance, callee *Callee, cx *Cx, check func() error, start, resolve func(d int32, f *Flat)) {
	s := inst.Store
	if ctx.Done() != nil && ctx.Err() != nil {
		c.fail(s, context.Cause(ctx)) // nothing has been begun
		return
	}
	err := s.enterLoop(ctx, func(d int32) error {
		if check != nil {
			if err := check(); err != nil {
				return err
			}
		}
		c.w.isCall = true
		c.w.begin(s, s.events)
		t := NewTask(inst, callee, cx.Root, start, resolve)
		cx.Scope = t
		t.ctx = taskContext(ctx)
		t.resolved = func(cancelled bool) {
			cx.EndLends()
			if cancelled {
				c.Err = ErrCancelled
			}
			c.w.finish(nil)
			if c.end != nil {
				c.end.finish(nil)
			}
		}
		c.task = t
		if !inst.mayEnterFrom(nil) {
			c.w.finish(nil)
			return &Trap{Code: TrapCannotEnter}
		}
		t.call(d, nil)
		return nil
	})
	if err != nil && c.w.err == nil {
		c.fail(s, err)
	}
}

// fail ends a call that could not be started.
func (c *Call[R]) fail(s *Store, err error) {
	if c.w.ev == nil {
		c.w.s, c.w.ev = s, deadEvents
	}
	c.w.finish(err)
	if c.w.err == nil {
		c.w.err = err
	}
}

// deadEvents stands in for the events of a store that could not be entered.
var deadEvents = &events{waiters: map[*waiter]struct{}{}}

// taskContext is what tasks get of a caller's context: it outlives the call
// from Go, but for cancellation, which is the caller's.
func taskContext(ctx context.Context) context.Context { return ctx }

// ErrCancelled is the error of a call or a copy that was cancelled.
var ErrCancelled = errors.New("wc2go: cancelled")

// Wait waits for the result. When ctx ends first, the call goes on.
func (c *Call[R]) Wait(ctx context.Context) (R, error) {
	if err := c.w.wait(ctx); err != nil {
		var zero R
		return zero, err
	}
	return c.result()
}

func (c *Call[R]) result() (R, error) {
	if c.w.err != nil {
		return c.Value, c.w.err
	}
	return c.Value, c.Err
}

// Finish is Wait for a plain call: when ctx ends first, the call is cancelled
// as the component model does it. It is waited for as long as the guest has something to do about it
// at once, or waits for a host function that it cancelled in turn. For generated code.
func (c *Call[R]) Finish(ctx context.Context) (R, error) {
	err := c.w.wait(ctx)
	if err != nil && !c.w.over.Load() {
		if ctx.Err() != nil {
			c.Cancel()
			c.settle(ctx)
		}
		if !c.w.over.Load() || errors.Is(c.Err, ErrCancelled) && c.w.err == nil {
			var zero R
			return zero, err
		}
	}
	return c.result()
}

// settle waits until the cancellation has had its effect, or is seen to have none.
func (c *Call[R]) settle(ctx context.Context) {
	if c.w.over.Load() || c.task == nil {
		return
	}
	s, ctx, w := c.w.s, context.WithoutCancel(ctx), &waiter{}
	err := s.enterLoop(ctx, func(int32) error {
		w.begin(s, s.events)
		if c.w.over.Load() {
			w.finish(nil)
			return nil
		}
		c.end = w
		s.events.settled = append(s.events.settled, w)
		return nil
	})
	if err == nil {
		w.wait(ctx)
	}
}

// Done is a channel that is closed when there is a result.
func (c *Call[R]) Done() <-chan struct{} { return c.w.done() }

// Cancel asks the callee to stop; it may return a result all the same. A
// cancelled call has the error [ErrCancelled].
func (c *Call[R]) Cancel() {
	if c.stop != nil {
		c.stop()
		return
	}
	if c.w.over.Load() || c.task == nil {
		return
	}
	s := c.w.s
	err := s.enterLoop(context.Background(), func(d int32) error {
		if c.w.over.Load() {
			return nil
		}
		if c.task.state == taskInitial || c.task.state == taskStarted {
			c.task.requestCancel(d, nil)
		}
		// What is ready now is given the chance to say so.
		for n := 0; n < quantum && !c.w.over.Load() && s.tick(); n++ {
		}
		return nil
	})
	if err != nil {
		c.w.finish(err)
	}
}

// Accessor is the right to use a store from a Go function that runs in its
// event loop, beside guests. The function does not hold the store: calls take it for as long as they
// run guest code.
type Accessor struct {
	s       *Store
	ev      *events
	ctx     context.Context
	base    context.Context // for what may outlive the function: what its caller gave
	waiting int             // how many waits the function is in, guarded by ev.mu
}

type accessorKey struct{ s *Store }

type accessorContext struct {
	context.Context
	acc *Accessor
}

func (c *accessorContext) Value(key any) any {
	if k, ok := key.(accessorKey); ok && k.s == c.acc.s {
		return c.acc
	}
	return c.Context.Value(key)
}

// beginWait tells the loop that the function itself waits; it runs again from the
// moment on when w is finished.
func (a *Accessor) beginWait(w *waiter) {
	a.ev.mu.Lock()
	if !w.over.Load() {
		w.accs = append(w.accs, a)
		if a.waiting++; a.waiting == 1 {
			a.ev.running--
		}
	}
	a.ev.mu.Unlock()
	a.ev.kick()
}

func (a *Accessor) endWait(w *waiter) {
	a.ev.mu.Lock()
	for n, x := range w.accs {
		if x == a {
			w.accs = append(w.accs[:n], w.accs[n+1:]...)
			a.runs()
			break
		}
	}
	a.ev.mu.Unlock()
}

func (a *Accessor) runs() {
	if a.waiting--; a.waiting == 0 {
		a.ev.running++
	}
}

// Store is the store.
func (a *Accessor) Store() *Store { return a.s }

// Context is the context of the function that got the accessor.
func (a *Accessor) Context() context.Context { return a.ctx }

// Access is the store while nobody else uses it.
type Access struct {
	s   *Store
	ctx context.Context
}

// Store is the store.
func (a *Access) Store() *Store { return a.s }

// With calls f while no guest code of the store runs, and no other With. f must
// not wait for anything in the loop.
func (a *Accessor) With(f func(*Access) error) error {
	if err := a.s.baton.acquire(a.ctx); err != nil {
		return err
	}
	defer a.s.release()
	switch st := a.s.state.Load(); {
	case st&stateClosed != 0:
		return ErrClosed
	case st != 0:
		return ErrPoisoned
	}
	return f(&Access{a.s, a.ctx})
}

// Spawn starts a task in the loop: see [Store.Spawn]. The task may outlive the
// function that spawned it; it is cancelled with the context that RunConcurrent was given.
func (a *Accessor) Spawn(task func(ctx context.Context, acc *Accessor) error) *JoinHandle {
	return a.s.spawn(a.base, task, nil)
}

// JoinHandle is a task that was spawned. Dropping it does not cancel the task.
type JoinHandle struct {
	w      waiter
	cancel context.CancelFunc
}

// Wait waits for the task's end and gives its error.
func (h *JoinHandle) Wait(ctx context.Context) error {
	if err := h.w.wait(ctx); err != nil {
		return err
	}
	return h.w.err
}

// Cancel ends the task's context, and what it waits for in the loop with it. A
// task that has not begun never does.
func (h *JoinHandle) Cancel() { h.cancel() }

// Done is a channel that is closed at the task's end.
func (h *JoinHandle) Done() <-chan struct{} { return h.w.done() }

// Spawn adds a task to the store's event loop: a Go function that runs beside
// guests. It begins, and what it calls makes progress, only while the loop runs: during
// RunConcurrent and plain calls of asynchronous functions.
func (s *Store) Spawn(task func(ctx context.Context, acc *Accessor) error) *JoinHandle {
	return s.spawn(context.Background(), task, nil)
}

// spawn is Spawn; end, if there is one, gets the task's error first.
func (s *Store) spawn(ctx context.Context, task func(ctx context.Context, acc *Accessor) error, end func(error)) *JoinHandle {
	h := &JoinHandle{}
	finish := func(err error) {
		if end != nil {
			end(err)
		}
		h.w.finish(err)
	}
	ev, err := s.loopFor(ctx)
	if ev == nil {
		h.w.s, h.w.ev, h.cancel = s, deadEvents, func() {}
		finish(err)
		return h
	}
	h.w.begin(s, ev)
	acc := &Accessor{s: s, ev: ev, base: ctx}
	ctx, h.cancel = context.WithCancel(ctx)
	stop := context.AfterFunc(ev.ctx, h.cancel)
	acc.ctx = &accessorContext{ctx, acc}
	ev.mu.Lock()
	ev.spawned = append(ev.spawned, func() {
		if ctx.Err() != nil {
			finish(context.Cause(ctx))
			return
		}
		ev.mu.Lock()
		ev.running++
		ev.mu.Unlock()
		go func() {
			s.runTask(acc, task, finish)
			stop()
			h.cancel()
		}()
	})
	ev.news.Store(true)
	ev.mu.Unlock()
	context.AfterFunc(ctx, func() { ev.kick() })
	ev.kick()
	return h
}

// runTask runs a Go function of the loop; a panic in it is one of who drives
// the loop.
func (s *Store) runTask(acc *Accessor, task func(ctx context.Context, acc *Accessor) error, end func(error)) {
	var err error
	ok := false
	defer func() {
		if !ok {
			if r := recover(); r != nil {
				err = &panicError{r}
				r = hostPanic(r)
				acc.ev.post(func() { s.raise(r) })
			} else {
				err = errors.New("wc2go: the task ended its goroutine")
			}
		}
		acc.ev.mu.Lock()
		acc.ev.running--
		acc.ev.mu.Unlock()
		end(err)
		acc.ev.kick()
	}()
	err = task(acc.ctx, acc)
	ok = true
}

// raise panics with what host code panicked with elsewhere.
func (s *Store) raise(r any) {
	s.inHost = true
	panic(r)
}

// HostPanic is what a panic of host code is where it surfaces, when the host
// code ran in a goroutine of its own: in the caller that runs the event loop.
type HostPanic struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

func hostPanic(r any) any {
	switch r.(type) {
	case *Trap, *HostPanic:
		return r
	}
	return &HostPanic{r, debug.Stack()}
}

// Error gives the value and the stack.
func (p *HostPanic) Error() string {
	return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack)
}

// Unwrap gives the value, if it is an error.
func (p *HostPanic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// panicError is the error of a task that panicked, for who waits for it.
type panicError struct{ value any }

func (e *panicError) Error() string { return fmt.Sprintf("wc2go: task panicked: %v", e.value) }

// RunConcurrent runs the store's event loop until fn returns. fn runs in a
// goroutine of its own, beside guests: calls that it makes with its context, or starts with its
// accessor, make progress together. A panic of fn, or of a host function or spawned task meanwhile, surfaces here.
func (s *Store) RunConcurrent(ctx context.Context, fn func(ctx context.Context, acc *Accessor) error) error {
	ev, err := s.loopFor(ctx)
	if err != nil {
		return err
	}
	acc := &Accessor{s: s, ev: ev, base: ctx}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(ev.ctx, func() { cancel(context.Cause(ev.ctx)) })
	defer stop()
	acc.ctx = &accessorContext{ctx, acc}
	w := &waiter{}
	w.begin(s, ev)
	if w.over.Load() {
		return w.err
	}
	ev.mu.Lock()
	ev.running++
	ev.mu.Unlock()
	type outcome struct {
		err     error
		failure any
		ok      bool
	}
	ended := make(chan outcome, 1)
	go func() {
		var r outcome
		defer func() {
			if !r.ok {
				if r.failure = recover(); r.failure != nil {
					r.failure = hostPanic(r.failure)
				}
			}
			ev.mu.Lock()
			ev.running--
			ev.mu.Unlock()
			ended <- r
			w.finish(nil)
			ev.kick()
		}()
		r.err = fn(acc.ctx, acc)
		r.ok = true
	}()
	err = w.wait(context.WithoutCancel(ctx))
	if err == nil {
		err = w.err
	}
	if err != nil {
		cancel(err) // a trap, or the store was closed: fn hears of it by its context and its calls
	}
	r := <-ended
	switch {
	case r.failure != nil:
		panic(r.failure)
	case !r.ok:
		return errors.New("wc2go: the function of RunConcurrent ended its goroutine")
	case r.err != nil && (err == nil || !errors.Is(r.err, context.Canceled)):
		return r.err
	}
	return err
}

// immediately is how long a guest waits for a host function to return before it
// goes on without the result.
const immediately = 5 * time.Microsecond

// hostCall is a call of an asynchronous host function: the subtask that the
// guest sees, and the goroutine that runs the function.
type hostCall struct {
	Subtask
	s          *Store
	name       string
	run        func(ctx context.Context) error
	done       func(d int32)
	ctx        context.Context
	stop       context.CancelCauseFunc
	prev, next *hostCall // of those that are out

	err      error
	failure  any
	over     atomic.Bool
	finished bool
}

// HostCall is a lowered import of asynchronous type: run calls the host
// function, off the baton; done lowers what it returned. For generated code.
func (c *ComponentInstance) HostCall(d int32, async bool, name string, cx *Cx, run func(ctx context.Context) error, done func(d int32)) uint32 {
	s := c.Store
	th := s.cur
	if !async && (th == nil || th.inline) {
		// A synchronous task cannot wait; the host function holds it up.
		s.BeginHost(d)
		run(s.HostContext()) // done sees its error
		s.EndHost()
		done(d)
		if cx != nil {
			cx.EndLends()
		}
		return 0
	}
	parent := s.ctx
	if parent == nil {
		parent = context.Background()
	}
	h := &hostCall{Subtask: Subtask{cx: cx, state: subtaskStarted}, s: s, name: name, run: run, done: done}
	h.self = &h.Subtask
	h.ctx, h.stop = context.WithCancelCause(context.WithoutCancel(parent))
	h.cancel = h.cancelHost
	s.loop().begun(h)
	go h.goRun()
	// A host function that has nothing to wait for returns at once, as far as the guest can see.
	for start := time.Now(); !h.over.Load() && time.Since(start) < immediately; {
		runtime.Gosched()
	}
	if h.over.Load() {
		h.finish()
	}
	if async {
		return c.finishLower(&h.Subtask)
	}
	c.awaitSubtask(&h.Subtask)
	return 0
}

// begun counts a host call.
func (ev *events) begun(h *hostCall) {
	ev.pending++
	if h.next = ev.hosts; h.next != nil {
		h.next.prev = h
	}
	ev.hosts = h
}

// cancelHost is the guest's subtask.cancel.
func (h *hostCall) cancelHost() {
	h.s.events.ending++
	h.stop(nil)
}

// goRun is the goroutine.
func (h *hostCall) goRun() {
	ok := false
	defer func() {
		if !ok {
			if h.failure = recover(); h.failure != nil {
				h.failure = hostPanic(h.failure)
			} else {
				h.failure = &Trap{Code: TrapHost, Message: h.name, Cause: errors.New("host function ended its goroutine")}
			}
		}
		h.stop(nil)
		ev := h.s.current.Load()
		h.over.Store(true)
		ev.post(h.finish)
	}()
	h.err = h.run(h.ctx)
	ok = true
}

// finish brings the result to the guest; it needs the baton. It may be called twice.
func (h *hostCall) finish() {
	if h.finished {
		return
	}
	h.finished = true
	ev := h.s.events
	ev.pending--
	if h.prev != nil {
		h.prev.next = h.next
	} else {
		ev.hosts = h.next
	}
	if h.next != nil {
		h.next.prev = h.prev
	}
	h.prev, h.next = nil, nil
	cancelled := h.cancelled
	if cancelled {
		ev.ending--
	}
	if h.failure != nil {
		h.s.raise(h.failure)
	}
	if cancelled && (errors.Is(h.err, context.Canceled) || errors.Is(h.err, ErrCancelled)) {
		h.resolve(true)
		return
	}
	h.done(h.s.callDepth)
	h.resolve(false)
}
