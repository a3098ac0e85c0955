package rt

import "unsafe"

// This file: streams and futures as guests see them (CanonicalABI.md, "Buffer
// State", "Stream State", "Future State").

// Elem is the type of the elements of a stream, or of the value of a future.
// For generated code.
type Elem struct {
	// Key is the same for equal types: of all programs, unless resources are in them.
	Key string
	// Number: a number, or no payload at all.
	Number bool

	// anyResource: resource types are not in the key, and not looked at. The type
	// table of the component has been compared instead.
	anyResource bool
}

// CopyOp is a stream.read, stream.write, future.read or future.write with its
// options. For generated code.
type CopyOp struct {
	Elem *Elem
	// Size and Align are those of an element in the memory that the options name; 0 and 1 if there is no payload.
	Size, Align uint32
	// Mem gives that memory, if there is a payload, and Cx the context of a copy, of the instance root.
	Mem func(root unsafe.Pointer) *Memory
	Cx  func(root unsafe.Pointer, d int32) Cx
	// ID is the number of the options in the program; Move gives the function that copies elements
	// from memory with the options src to memory with the options dst.
	ID   int32
	Move func(src, dst int32) func(src *Cx, p uint64, dst *Cx, q uint64)
	// Codecs has a Codec per Go type that the elements have at the host.
	Codecs []any
}

// Codec moves elements between a guest's memory and Go. For generated code.
type Codec[T any] struct {
	Load  func(cx *Cx, p uint64, to []T)
	Store func(cx *Cx, p uint64, from []T)
}

// The results of a copy (CanonicalABI.md, CopyResult).
const (
	copyCompleted = iota
	copyDropped
	copyCancelled
)

// maxBuffer is Buffer.MAX_LENGTH.
const maxBuffer = 1<<28 - 1

// buffer is a guest's or a host's side of a copy.
type buffer struct {
	op               *CopyOp // guests
	root             unsafe.Pointer
	ptr              uint64
	progress, length uint32
	host             hostBuffer // host
}

// hostBuffer is a Go slice that elements are copied from or to.
type hostBuffer interface {
	remain() int
	fromGuest(op *CopyOp, cx *Cx, p uint64, n uint32)
	toGuest(op *CopyOp, cx *Cx, p uint64, n uint32)
	fromHost(src hostBuffer, n uint32)
}

func (b *buffer) remain() uint32 {
	if b.host != nil {
		return uint32(min(b.host.remain(), maxBuffer))
	}
	return b.length - b.progress
}

func (b *buffer) zeroLength() bool {
	if b.host != nil {
		return b.host.remain() == 0
	}
	return b.length == 0
}

// moveElems copies n elements.
func moveElems(src, dst *buffer, n uint32, d int32) {
	switch {
	case src.host != nil && dst.host != nil:
		dst.host.fromHost(src.host, n)
	case src.host != nil:
		src.host.toGuest(dst.op, dst.context(d), dst.ptr, n)
	case dst.host != nil:
		dst.host.fromGuest(src.op, src.context(d), src.ptr, n)
	case src.op.Elem.Number:
		if size := uintptr(n) * uintptr(src.op.Size); size > 0 {
			copy(unsafe.Slice((*byte)(unsafe.Add(dst.op.Mem(dst.root).Base, uintptr(dst.ptr))), size),
				unsafe.Slice((*byte)(unsafe.Add(src.op.Mem(src.root).Base, uintptr(src.ptr))), size))
		}
	default:
		src.moveTo(dst, n, d)
	}
	src.moved(n)
	dst.moved(n)
}

// context is the context of copies of a guest's buffer, nil if there is no payload.
//
//go:noinline
func (b *buffer) context(d int32) *Cx {
	if b.op.Cx == nil {
		return nil
	}
	cx := b.op.Cx(b.root, d)
	return &cx
}

func (b *buffer) moved(n uint32) {
	if b.host == nil {
		b.progress += n
		b.ptr += uint64(n) * uint64(b.op.Size)
	}
}

// moveTo copies n elements that are not numbers.
//
//go:noinline
func (b *buffer) moveTo(dst *buffer, n uint32, d int32) {
	f := b.op.Move(b.op.ID, dst.op.ID)
	if f == nil {
		Throwf(TrapAsync, "elements of a stream or future cannot be copied between components that were translated separately")
	}
	from, to := b.context(d), dst.context(d)
	for k := range uint64(n) {
		f(from, b.ptr+k*uint64(b.op.Size), to, dst.ptr+k*uint64(dst.op.Size))
	}
}

// channel is what the two ends of a stream or future share (CanonicalABI.md,
// SharedStreamImpl and SharedFutureImpl).
type channel struct {
	elem    *Elem // nil as long as no guest has had an end
	future  bool
	dropped bool
	// abandoned: Go will not write the future's value.
	abandoned bool
	// The copy that waits for the other end.
	pending *buffer
	end     endpoint
	inst    *ComponentInstance
}

// endpoint is the end whose copy waits.
type endpoint interface {
	// copied: some elements were copied, the buffer is still there.
	copied()
	// copyDone: the copy is over.
	copyDone(result uint8)
}

func (c *channel) reset() { c.pending, c.end, c.inst = nil, nil, nil }

func (c *channel) notify(result uint8) {
	end := c.end
	c.reset()
	end.copyDone(result)
}

func (c *channel) setPending(end endpoint, inst *ComponentInstance, b *buffer) {
	c.pending, c.end, c.inst = b, end, inst
}

// drop is SharedStreamImpl.drop.
func (c *channel) drop() {
	if !c.dropped {
		c.dropped = true
		if c.pending != nil {
			c.notify(copyDropped)
		}
	}
}

// abandon is drop for the writable end of a future that has no value.
func (c *channel) abandon() {
	c.abandoned = true
	if c.pending != nil && c.inst == nil {
		c.notify(copyDropped)
	}
}

// copy is read or write of the shared state, by one end.
func (c *channel) copy(d int32, end endpoint, inst *ComponentInstance, b *buffer, write bool) {
	switch {
	case c.dropped, c.abandoned && inst == nil:
		end.copyDone(copyDropped)
		return
	case c.pending == nil:
		c.setPending(end, inst, b)
		return
	}
	if inst != nil && inst == c.inst && !c.elem.Number {
		throwText(TrapAsync, "cannot read from and write to intra-component %s with non-numeric payload", c.what())
	}
	p := c.pending
	src, dst := p, b
	if write {
		src, dst = b, p
	}
	if c.future {
		moveElems(src, dst, 1, d)
		c.notify(copyCompleted)
		end.copyDone(copyCompleted)
		return
	}
	switch {
	case p.remain() > 0:
		if n := min(src.remain(), dst.remain()); n > 0 {
			moveElems(src, dst, n, d)
			c.end.copied()
		}
		if c.dropped {
			// The other end is the host's, which dropped it with the copy: ReadLast, WriteLast.
			end.copyDone(copyDropped)
			return
		}
		end.copyDone(copyCompleted)
	case write && b.zeroLength() && p.zeroLength():
		end.copyDone(copyCompleted)
	default:
		c.notify(copyCompleted)
		c.setPending(end, inst, b)
	}
}

// The states of an end (CanonicalABI.md, CopyState).
const (
	endIdle = iota
	endCopying
	endCancelling
	endDone
)

// copyEnd is a guest's end of a stream or future (CanonicalABI.md, CopyEnd).
type copyEnd struct {
	waitable
	ch      *channel
	write   bool
	state   uint8
	result  uint8 // of the pending event
	reclaim bool  // the event takes the buffer back
	index   uint32
	buf     buffer
}

func (e *copyEnd) copied() {
	e.result, e.reclaim = copyCompleted, true
	e.setPending()
}

func (e *copyEnd) copyDone(result uint8) {
	e.result, e.reclaim = result, false
	e.setPending()
}

// event is stream_event and future_event.
func (e *copyEnd) event() (code, p1, p2 uint32) {
	if e.reclaim {
		e.ch.reset()
		e.reclaim = false
	}
	code = eventStreamRead
	p2 = uint32(e.result)
	state := uint8(endIdle)
	if e.ch.future {
		code = eventFutureRead
		if e.result != copyCancelled {
			state = endDone
		}
	} else {
		if e.state == endCancelling && e.result == copyCompleted {
			// A copy that had made progress when it was cancelled: the reference tests (cancel-stream.wast,
			// big-interleaving-test.wast) and Wasmtime call it cancelled.
			p2 = copyCancelled
		}
		p2 |= e.buf.progress << 4
		if e.result == copyDropped {
			state = endDone
		}
	}
	e.state = state
	if e.write {
		code++
	}
	return code, e.index, p2
}

// what is "stream" or "future".
func (c *channel) what() string {
	if c.future {
		return "future"
	}
	return "stream"
}

// end gives an end of a stream or future with elements of type el.
func (c *ComponentInstance) end(el *Elem, future, write bool, i uint32) *copyEnd {
	h := c.Handles.get(i)
	if h.kind == handleEnd {
		e := h.val.(*copyEnd)
		if e.write == write && e.ch.future == future && sameElem(e.ch.elem, el) {
			return e
		}
	}
	h.throwEnd(el, future, write, i)
	return nil
}

// throwEnd says why a handle is not the end of a stream or future that is asked for.
//
//go:noinline
func (h *handle) throwEnd(el *Elem, future, write bool, i uint32) {
	what, side, found := (&channel{future: future}).what(), "readable", "writable"
	if write {
		side, found = found, side
	}
	e, ok := h.val.(*copyEnd)
	switch {
	case !ok || e.ch.future != future:
		throwText(TrapInvalidHandle, "handle is not a %s: index %d", what, i)
	case !sameElem(e.ch.elem, el):
		throwText(TrapInvalidHandle, "handle is a %s of a different type: index %d", what, i)
	}
	throwText(TrapInvalidHandle, "handle is not a %s end of a %s: index %d is the %s end", side, what, i, found)
}

func sameElem(a, b *Elem) bool {
	return a == b || a.Key == b.Key || a.anyResource || b.anyResource
}

// ChannelNew is canon stream.new and future.new. For generated code.
func (c *ComponentInstance) ChannelNew(el *Elem, future bool) uint64 {
	ch := &channel{elem: el, future: future}
	r := c.addEnd(ch, false)
	w := c.addEnd(ch, true)
	return uint64(r) | uint64(w)<<32
}

func (c *ComponentInstance) addEnd(ch *channel, write bool) uint32 {
	e := &copyEnd{ch: ch, write: write}
	e.self = e
	e.index = c.Handles.add(handle{kind: handleEnd, val: e})
	return e.index
}

// ChannelCopy is canon stream.read, stream.write, future.read and
// future.write. For generated code.
func (c *ComponentInstance) ChannelCopy(root unsafe.Pointer, d int32, op *CopyOp, future, write, async bool, i uint32, ptr, n uint64) uint32 {
	if !async {
		c.mayBlock(i)
	}
	e := c.end(op.Elem, future, write, i)
	if e.state != endIdle {
		e.throwState()
	}
	if e.set != nil && !async {
		throwInSet()
	}
	if n > maxBuffer {
		throwText(TrapAsync, "%s read/write count too large", e.ch.what())
	}
	if op.Size > 0 && n > 0 {
		if ptr&uint64(op.Align-1) != 0 {
			Throwf(TrapHeapMisaligned, "%s pointer not aligned to %d: %#x", e.op(), op.Align, ptr)
		}
		if size := op.Mem(root).Size; ptr > size || n*uint64(op.Size) > size-ptr {
			throwText(TrapMemoryOutOfBounds, "%s pointer out of bounds of memory", e.op())
		}
	}
	// Field by field: a value of the whole would be on the stack (Task.step).
	e.buf.op, e.buf.root, e.buf.ptr, e.buf.progress, e.buf.length = op, root, ptr, 0, uint32(n)
	e.state = endCopying
	e.ch.copy(d, e, c, &e.buf, write)
	if !e.pending {
		if async {
			return blocked
		}
		e.await(c.currentThread())
	}
	_, _, payload := e.takeEvent()
	return payload
}

// op is "read" or "write".
func (e *copyEnd) op() string {
	if e.write {
		return "write"
	}
	return "read"
}

// throwState says why an end cannot be used for a copy.
func (e *copyEnd) throwState() {
	switch {
	case e.state != endDone:
		throwText(TrapAsync, "cannot have concurrent operations active on a future/stream")
	case e.ch.future && e.write:
		throwText(TrapAsync, "cannot write to future after previous write succeeded or readable end dropped")
	case e.ch.future:
		throwText(TrapAsync, "cannot read from future after previous read succeeded")
	case e.write:
		throwText(TrapAsync, "cannot write to stream after being notified that the readable end dropped")
	default:
		throwText(TrapAsync, "cannot read from stream after being notified that the writable end dropped")
	}
}

// ChannelCancel is canon stream.cancel-read and its like. For generated code.
func (c *ComponentInstance) ChannelCancel(el *Elem, future, write, async bool, i uint32) uint32 {
	if !async {
		c.mayBlock(i)
	}
	e := c.end(el, future, write, i)
	if e.state != endCopying || e.waiter != nil {
		throwText(TrapAsync, "stream or future %[1]s cancelled when no %[1]s is pending", e.op())
	}
	// wit-bindgen before this rule wakes its tasks by a stream without payload that it cancels like
	// this. Such a cancellation never waits, so it is let pass.
	if e.set != nil && !async && (el.Key != "_" || future) {
		throwInSet()
	}
	e.state = endCancelling
	if !e.pending {
		e.ch.notify(copyCancelled)
		if !e.pending {
			if async {
				return blocked
			}
			e.await(c.currentThread())
		}
	}
	_, _, payload := e.takeEvent()
	return payload
}

// ChannelDrop is canon stream.drop-readable and its like. For generated code.
func (c *ComponentInstance) ChannelDrop(el *Elem, future, write bool, i uint32) {
	e := c.end(el, future, write, i)
	if future && write && e.state != endDone && e.state == endIdle {
		throwText(TrapAsync, "cannot drop future write end without first writing a value")
	}
	if e.state == endCopying || e.state == endCancelling {
		verb := "remove"
		if write {
			verb = "drop"
		}
		throwText(TrapAsync, "cannot %s busy %s", verb, e.ch.what())
	}
	e.ch.drop()
	e.join(nil)
	c.Handles.remove(i)
}

// liftChannel is lift_async_value.
func (c *ComponentInstance) liftChannel(el *Elem, future bool, i uint32) *channel {
	e := c.end(el, future, false, i)
	switch {
	case e.state == endDone && future:
		throwText(TrapAsync, "cannot lift future after previous read succeeded")
	case e.state == endDone:
		throwText(TrapAsync, "cannot lift stream after being notified that the writable end dropped")
	case e.state != endIdle:
		throwText(TrapAsync, "cannot remove busy %s", e.ch.what())
	case e.set != nil:
		throwText(TrapAsync, "cannot lift %s while it's in a waitable set", e.ch.what())
	}
	c.Handles.remove(i)
	return e.ch
}

// MoveChannel moves the readable end of a stream or future from one instance
// to another. For generated code.
func MoveChannel(src, dst *Cx, el *Elem, future bool, i uint32) uint32 {
	return dst.Inst.addEnd(src.Inst.liftChannel(el, future, i), false)
}

// ErrorContext is an error context: a message for people.
type ErrorContext struct{ message string }

// NewErrorContext makes an error context.
func NewErrorContext(message string) *ErrorContext { return &ErrorContext{message} }

// Error is the debug message.
func (e *ErrorContext) Error() string { return e.message }

// ErrorContextNew is canon error-context.new. For generated code.
func (c *ComponentInstance) ErrorContextNew(cx *Cx, enc StringEncoding, ptr, n uint64) uint32 {
	var message string
	if cx.Wide {
		message = cx.LiftString64(enc, ptr, n)
	} else {
		message = cx.LiftString(enc, uint32(ptr), uint32(n))
	}
	return cx.LowerErrorContext(&ErrorContext{message})
}

// ErrorContextDebugMessage is canon error-context.debug-message. For generated code.
func (c *ComponentInstance) ErrorContextDebugMessage(cx *Cx, enc StringEncoding, i uint32, ptr uint64) {
	e := c.errorContext(i)
	if cx.Wide {
		cx.Check64(ptr, 16, 8)
		p, n := cx.LowerString64(enc, e.message)
		cx.Mem.St64At(ptr, p)
		cx.Mem.St64At(ptr+8, n)
		return
	}
	cx.Check64(ptr, 8, 4)
	p, n := cx.LowerString(enc, e.message)
	cx.Mem.St32At(ptr, p)
	cx.Mem.St32At(ptr+4, n)
}

// ErrorContextDrop is canon error-context.drop. For generated code.
func (c *ComponentInstance) ErrorContextDrop(i uint32) {
	c.errorContext(i)
	c.Handles.remove(i)
}

func (c *ComponentInstance) errorContext(i uint32) *ErrorContext {
	h := c.Handles.get(i)
	if h.kind != handleError {
		throwText(TrapInvalidHandle, "handle is not an error-context: index %d", i)
	}
	return h.val.(*ErrorContext)
}

// LiftErrorContext is lift_error_context. For generated code.
func (cx *Cx) LiftErrorContext(i uint32) *ErrorContext { return cx.Inst.errorContext(i) }

// LowerErrorContext is lower_error_context. For generated code.
func (cx *Cx) LowerErrorContext(e *ErrorContext) uint32 {
	return cx.Inst.Handles.add(handle{kind: handleError, val: e})
}
