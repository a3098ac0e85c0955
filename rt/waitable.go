package rt

// This file: waitables, waitable sets and subtasks (CanonicalABI.md, "Waitable
// State" and "Subtask State").

// The event codes (CanonicalABI.md, EventCode).
const (
	eventNone = iota
	eventSubtask
	eventStreamRead
	eventStreamWrite
	eventFutureRead
	eventFutureWrite
	eventTaskCancelled
)

// blocked is BLOCKED.
const blocked = 0xffff_ffff

// waitable is what subtasks and the ends of streams and futures share
// (CanonicalABI.md, Waitable). Its event is made when it is delivered.
type waitable struct {
	pending    bool
	set        *WaitableSet
	next, prev *waitable // in set, while pending
	waiter     *Thread   // has_sync_waiter
	self       interface {
		event() (code, p1, p2 uint32)
	}
}

func (w *waitable) setPending() {
	if w.pending {
		return
	}
	w.pending = true
	if w.set != nil {
		w.set.push(w)
	}
	if w.waiter != nil {
		w.waiter.wake()
	}
}

// takeEvent is Waitable.get_pending_event.
func (w *waitable) takeEvent() (code, p1, p2 uint32) {
	w.pending = false
	if w.set != nil {
		w.set.unlink(w)
	}
	return w.self.event()
}

// await is Waitable.wait_for_pending_event.
func (w *waitable) await(th *Thread) {
	w.waiter, th.on = th, w
	th.task.inst.Store.waitUntil(th, waitEvent, false)
	w.waiter, th.on = nil, nil
}

func (w *waitable) join(set *WaitableSet) {
	if w.set != nil {
		w.set.members--
		if w.pending {
			w.set.unlink(w)
		}
	}
	w.set = set
	if set != nil {
		set.members++
		if w.pending {
			set.push(w)
		}
	}
}

// WaitableSet is a waitable set (CanonicalABI.md, WaitableSet).
type WaitableSet struct {
	members     int32
	count       int32     // of those with a pending event
	first, last *waitable // of them, in the order they came
	waiting     []*Thread
}

func (s *WaitableSet) push(w *waitable) {
	w.prev, w.next = s.last, nil
	if s.last != nil {
		s.last.next = w
	} else {
		s.first = w
	}
	s.last = w
	s.count++
	for _, th := range s.waiting {
		th.wake()
	}
}

func (s *WaitableSet) unlink(w *waitable) {
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		s.first = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	} else {
		s.last = w.prev
	}
	w.next, w.prev = nil, nil
	s.count--
}

// take is WaitableSet.get_pending_event.
func (s *WaitableSet) take(st *Store) (code, p1, p2 uint32) {
	w := s.first
	for range st.pick(int(s.count)) {
		w = w.next
	}
	return w.takeEvent()
}

func (s *WaitableSet) enter(th *Thread) { s.waiting = append(s.waiting, th) }

func (s *WaitableSet) leave(th *Thread) {
	for n, x := range s.waiting {
		if x == th {
			s.waiting = append(s.waiting[:n], s.waiting[n+1:]...)
			return
		}
	}
}

// waitableSet gives the waitable set at index i.
func (c *ComponentInstance) waitableSet(i uint32) *WaitableSet {
	h := c.Handles.get(i)
	if h.kind != handleSet {
		throwText(TrapInvalidHandle, "handle is not a waitable-set: index %d", i)
	}
	return h.val.(*WaitableSet)
}

// waitable gives the waitable at index i.
func (c *ComponentInstance) waitable(i uint32) *waitable {
	switch h := c.Handles.get(i); h.kind {
	case handleSubtask:
		return &h.val.(*Subtask).waitable
	case handleEnd:
		return &h.val.(*copyEnd).waitable
	}
	throwText(TrapInvalidHandle, "handle is not a waitable: index %d", i)
	return nil
}

// WaitableSetNew is canon waitable-set.new.
func (c *ComponentInstance) WaitableSetNew() uint32 {
	return c.Handles.add(handle{kind: handleSet, val: &WaitableSet{}})
}

// WaitableSetWait is canon waitable-set.wait.
func (c *ComponentInstance) WaitableSetWait(mem *Memory, cancellable bool, i uint32, ptr uint64) uint32 {
	c.mayBlock(i)
	set, th := c.waitableSet(i), c.currentThread()
	th.set = set
	set.enter(th)
	cancelled := c.Store.waitUntil(th, waitSet, cancellable)
	var code, p1, p2 uint32 = eventTaskCancelled, 0, 0
	if !cancelled {
		code, p1, p2 = set.take(c.Store)
	}
	set.leave(th)
	th.set = nil
	c.storeEvent(mem, ptr, p1, p2)
	return code
}

// WaitableSetPoll is canon waitable-set.poll.
func (c *ComponentInstance) WaitableSetPoll(mem *Memory, cancellable bool, i uint32, ptr uint64) uint32 {
	set := c.waitableSet(i)
	var code, p1, p2 uint32
	switch {
	case c.currentTask().deliverPendingCancel(cancellable):
		code = eventTaskCancelled
	case set.first != nil:
		code, p1, p2 = set.take(c.Store)
	}
	c.storeEvent(mem, ptr, p1, p2)
	return code
}

//go:noinline
func (c *ComponentInstance) storeEvent(mem *Memory, ptr uint64, p1, p2 uint32) {
	cx := Cx{Inst: c, Mem: mem}
	cx.Check64(ptr, 8, 4)
	mem.St32At(ptr, p1)
	mem.St32At(ptr+4, p2)
}

// WaitableSetDrop is canon waitable-set.drop.
func (c *ComponentInstance) WaitableSetDrop(i uint32) {
	set := c.waitableSet(i)
	if len(set.waiting) > 0 {
		throwText(TrapAsync, "cannot drop waitable set with waiters")
	}
	if set.members > 0 {
		throwText(TrapAsync, "cannot drop waitable set with members: resource has children")
	}
	c.Handles.remove(i)
}

// WaitableJoin is canon waitable.join.
func (c *ComponentInstance) WaitableJoin(i, set uint32) {
	w := c.waitable(i)
	if w.waiter != nil {
		throwInSet()
	}
	if set == 0 {
		w.join(nil)
		return
	}
	w.join(c.waitableSet(set))
}

// The states of a subtask.
const (
	subtaskStarting = iota
	subtaskStarted
	subtaskReturned
	subtaskCancelledBeforeStarted
	subtaskCancelledBeforeReturned
)

// Subtask is a call as its caller sees it (CanonicalABI.md, Subtask).
type Subtask struct {
	waitable
	state     uint8
	delivered bool // resolve_delivered
	cancelled bool // cancellation_requested
	progress  bool // changes make events
	index     uint32
	cx        *Cx     // holds what was lent for the call; may be nil
	task      *Task   // of a component, until it has ended
	fused     *Fused  // what both are parts of
	cancel    func()  // of the host
	caller    *Thread // of a synchronous lower, while it waits
}

func (t *Subtask) resolved() bool { return t.state >= subtaskReturned }

func (t *Subtask) event() (code, p1, p2 uint32) {
	if t.resolved() {
		t.deliver()
	}
	return eventSubtask, t.index, uint32(t.state)
}

// deliver is Subtask.deliver_resolve.
func (t *Subtask) deliver() {
	t.delivered = true
	if t.cx != nil {
		t.cx.EndLends()
		t.cx = nil
	}
}

func (t *Subtask) started() {
	t.state = subtaskStarted
	if t.progress {
		t.setPending()
	}
}

func (t *Subtask) resolve(cancelled bool) {
	switch {
	case !cancelled:
		t.state = subtaskReturned
	case t.state == subtaskStarting:
		t.state = subtaskCancelledBeforeStarted
	default:
		t.state = subtaskCancelledBeforeReturned
	}
	if t.progress {
		t.setPending()
	}
	if t.caller != nil {
		t.caller.wake()
	}
}

// CallAsync is canon lower with the async option: it returns the packed state
// of the subtask. For generated code.
func (c *ComponentInstance) CallAsync(d int32, f *Fused) uint32 {
	f.refs = 2
	f.Task.call(d, c)
	r := c.finishLower(&f.sub)
	if f.sub.index == 0 {
		f.release()
	}
	return r
}

func (c *ComponentInstance) finishLower(sub *Subtask) uint32 {
	if sub.resolved() {
		sub.deliver()
		return uint32(sub.state)
	}
	sub.progress = true
	sub.index = c.Handles.add(handle{kind: handleSubtask, val: sub})
	return uint32(sub.state) | sub.index<<4
}

// Call is canon lower without the async option, of a function of asynchronous
// type. For generated code.
func (c *ComponentInstance) Call(d int32, f *Fused) {
	if th := c.Store.cur; th != nil && th.inline && !c.othersReady() {
		// The callee might not block, but the reference tests (trap-if-block-and-sync.wast,
		// dont-block-start.wast) and Wasmtime do not wait and see.
		throwCannotBlock()
	}
	f.refs = 2
	f.Task.call(d, c)
	c.awaitSubtask(&f.sub)
	f.release()
}

func (c *ComponentInstance) awaitSubtask(sub *Subtask) {
	if !sub.resolved() {
		th := c.currentThread()
		th.sub, sub.caller = sub, th
		c.Store.waitUntil(th, waitSubtask, false)
		th.sub, sub.caller = nil, nil
	}
	sub.deliver()
}

func (c *ComponentInstance) subtask(i uint32) *Subtask {
	h := c.Handles.get(i)
	if h.kind != handleSubtask {
		throwText(TrapInvalidHandle, "handle is not a subtask: index %d", i)
	}
	return h.val.(*Subtask)
}

// mayBlock is called with the handle that a blocking built-in is about: where
// it cannot block, that is said rather than that the handle is unknown.
func (c *ComponentInstance) mayBlock(i uint32) {
	if th := c.Store.cur; th != nil && th.inline && !c.Handles.has(i) && !c.othersReady() {
		throwCannotBlock()
	}
}

func throwInSet() {
	throwText(TrapAsync, "waitable cannot be used synchronously while added to a waitable set")
}

// SubtaskCancel is canon subtask.cancel.
func (c *ComponentInstance) SubtaskCancel(d int32, async bool, i uint32) uint32 {
	if !async {
		c.mayBlock(i)
	}
	sub := c.subtask(i)
	if sub.delivered {
		throwText(TrapAsync, "`subtask.cancel` called after terminal status delivered")
	}
	if sub.cancelled {
		throwText(TrapAsync, "`subtask.cancel` called after terminal status delivered, or more than once")
	}
	if sub.set != nil && !async {
		throwInSet()
	}
	if !sub.resolved() {
		sub.cancelled = true
		if sub.task != nil {
			sub.task.requestCancel(d, c)
		} else {
			sub.cancel()
		}
		if !sub.resolved() {
			if async {
				return blocked
			}
			// Progress that is not the end must not be taken for it.
			for !sub.resolved() {
				sub.takePending()
				sub.await(c.currentThread())
			}
		}
	}
	_, _, state := sub.takeEvent()
	return state
}

func (w *waitable) takePending() {
	if w.pending {
		w.pending = false
		if w.set != nil {
			w.set.unlink(w)
		}
	}
}

// SubtaskDrop is canon subtask.drop.
func (c *ComponentInstance) SubtaskDrop(i uint32) {
	sub := c.subtask(i)
	if !sub.delivered {
		throwText(TrapAsync, "cannot drop a subtask which has not yet resolved")
	}
	sub.join(nil)
	c.Handles.remove(i)
	if sub.fused != nil {
		sub.fused.release()
	}
}
