package rt

import (
	"context"
	"errors"
	"io"
	"iter"
)

// This file: streams and futures as Go sees them.

// ErrDropped is the error of a write whose other end was dropped.
var ErrDropped = errors.New("wc2go: the other end of the stream or future was dropped")

// hostEnd is an end that Go holds.
type hostEnd struct {
	op      chan struct{} // holds one while a copy runs
	s       *Store
	ch      *channel
	write   bool
	gone    error // why it can no longer be used: closed or moved
	ctx     context.Context
	current *hostCopy
	wrote   bool // a future's value
	ahead   any  // a []T of elements that All has read and not given: what is read next; guarded by op
	shut    bool // Go has closed it: nothing is read ahead; guarded by op
}

// errAhead is the error of giving away a stream of which some elements are in Go already.
var errAhead = errors.New("wc2go: the stream has elements that were read ahead by All, and cannot be given away before they are read")

// hostCopy is a copy of a host end that runs.
type hostCopy struct {
	w      waiter
	end    *hostEnd
	buf    buffer
	before int
	result uint8
	last   bool // the end is dropped with the copy
}

func (c *hostCopy) copied() {
	// There is no need to wait for more.
	c.end.ch.reset()
	c.copyDone(copyCompleted)
}

func (c *hostCopy) copyDone(result uint8) {
	c.result = result
	c.end.current = nil
	if c.last && result == copyCompleted && (!c.end.write || c.buf.remain() == 0) {
		c.end.drop()
	}
	c.w.finish(nil)
}

// drop is what close does with the baton.
func (e *hostEnd) drop() {
	e.gone = ErrMoved
	delete(e.s.events.ends, e)
	if e.write && e.ch.future && !e.wrote {
		e.ch.abandon()
		return
	}
	e.ch.drop()
}

// awaited reports whether a guest waits for this end.
func (e *hostEnd) awaited() bool {
	_, host := e.ch.end.(*hostCopy)
	return e.ch.pending != nil && !host
}

// closed ends the end from within, when the store is closed.
func (e *hostEnd) closed(err error) { e.gone = err }

// newEnd makes an end of ch for Go; it needs the baton.
func newEnd(s *Store, ch *channel, write bool) *hostEnd {
	e := &hostEnd{op: make(chan struct{}, 1), s: s, ch: ch, write: write, ctx: context.Background()}
	s.loop().ends[e] = struct{}{}
	return e
}

// take gives the channel away; it needs the baton.
func (e *hostEnd) take(s *Store) (*channel, error) {
	switch {
	case e == nil:
		return nil, errors.New("wc2go: nil stream or future")
	case e.s != s:
		return nil, ErrWrongStore
	case e.gone != nil:
		return nil, e.gone
	case e.current != nil:
		return nil, ErrInUse
	case e.ahead != nil:
		return nil, errAhead
	}
	e.gone = ErrMoved
	delete(s.events.ends, e)
	return e.ch, nil
}

// check says whether take would work.
func (e *hostEnd) check(s *Store) error {
	switch {
	case e == nil:
		return errors.New("wc2go: nil stream or future")
	case e.s != s && s != nil:
		return ErrWrongStore
	case e.gone != nil:
		return e.gone
	case e.current != nil:
		return ErrInUse
	case e.ahead != nil:
		return errAhead
	}
	return nil
}

// lock waits until no other copy of the end runs.
func (e *hostEnd) lock(ctx context.Context) error {
	select {
	case e.op <- struct{}{}:
		return nil
	default:
	}
	select {
	case e.op <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (e *hostEnd) unlock() { <-e.op }

// copy copies once, and waits until something was copied, or nothing can be.
// With last it drops the end together with what is copied, all of it if the end is written to.
func (e *hostEnd) copy(ctx context.Context, buf hostBuffer, last bool) (n int, result uint8, err error) {
	if err := e.lock(ctx); err != nil {
		return 0, 0, err
	}
	defer e.unlock()
	c := &hostCopy{end: e, before: buf.remain(), last: last}
	c.buf.host = buf
	err = e.s.enterLoop(ctx, func(d int32) error {
		if e.gone != nil {
			return e.gone
		}
		c.w.begin(e.s, e.s.events)
		e.current = c
		e.ch.copy(d, c, nil, &c.buf, e.write)
		return nil
	})
	if err == nil {
		err = c.w.wait(ctx)
		if err == nil {
			err = c.w.err
		}
		if !c.w.over.Load() {
			e.s.enterLoop(context.WithoutCancel(ctx), func(int32) error {
				if !c.w.over.Load() {
					e.ch.reset()
					c.copyDone(copyCancelled)
				}
				return nil
			})
			if c.result != copyCancelled {
				err = nil // it was done after all
			}
		}
	}
	return c.before - buf.remain(), c.result, err
}

// close drops the end.
func (e *hostEnd) close() error {
	if e == nil {
		return nil
	}
	err := e.s.enterLoop(context.Background(), func(int32) error {
		if e.gone != nil {
			return nil
		}
		if e.current != nil {
			e.ch.reset()
			e.current.copyDone(copyCancelled)
		}
		e.drop()
		return nil
	})
	if err == ErrClosed || err == ErrPoisoned {
		err = nil
	}
	return err
}

// slice is a Go slice as a buffer.
type slice[T any] struct {
	v []T
}

func (b *slice[T]) remain() int { return len(b.v) }

func codecOf[T any](op *CopyOp) *Codec[T] {
	for _, c := range op.Codecs {
		if c, ok := c.(*Codec[T]); ok {
			return c
		}
	}
	var v T
	Throwf(TrapAsync, "elements of a stream or future are not of Go type %T in this component", v)
	return nil
}

func (b *slice[T]) fromGuest(op *CopyOp, cx *Cx, p uint64, n uint32) {
	if op.Size > 0 {
		cx.Charge, cx.lifted = true, 0
		codecOf[T](op).Load(cx, p, b.v[:n])
	}
	b.v = b.v[n:]
}

func (b *slice[T]) toGuest(op *CopyOp, cx *Cx, p uint64, n uint32) {
	if op.Size > 0 {
		codecOf[T](op).Store(cx, p, b.v[:n])
	}
	b.v = b.v[n:]
}

func (b *slice[T]) fromHost(src hostBuffer, n uint32) {
	from, ok := src.(*slice[T])
	if !ok {
		Throwf(TrapAsync, "the ends of a stream or future have the Go types %T and %T", src, b)
	}
	copy(b.v, from.v[:n])
	b.v, from.v = b.v[n:], from.v[n:]
}

// StreamReader is the readable end of a stream<T>. One read runs at a time.
// A StreamReader[byte] is an [io.ReadCloser].
//
// While a read waits it drives the store's event loop, like a call. Methods without context use
// the one that [StreamReader.WithContext] gave.
type StreamReader[T any] struct{ e *hostEnd }

// StreamWriter is the writable end of a stream<T>. One write runs at a time. A
// StreamWriter[byte] is an [io.WriteCloser].
type StreamWriter[T any] struct{ e *hostEnd }

// NewStream makes a stream; its ends can be given to guests of the store, or used by Go.
func NewStream[T any](s *Store) (*StreamReader[T], *StreamWriter[T], error) {
	r, w, err := newChannel(s, false)
	return &StreamReader[T]{r}, &StreamWriter[T]{w}, err
}

func newChannel(s *Store, future bool) (r, w *hostEnd, err error) {
	err = s.enterLoop(context.Background(), func(int32) error {
		ch := &channel{future: future}
		r, w = newEnd(s, ch, false), newEnd(s, ch, true)
		return nil
	})
	return r, w, err
}

// WithContext sets the context of reads that have none of their own, and returns r.
func (r *StreamReader[T]) WithContext(ctx context.Context) *StreamReader[T] {
	r.e.ctx = ctx
	return r
}

// Read reads up to len(p) elements. At the end of the stream the error is [io.EOF].
func (r *StreamReader[T]) Read(p []T) (int, error) { return r.ReadContext(r.e.ctx, p) }

// ReadContext is Read with a context. An empty p waits until there is somebody who writes.
func (r *StreamReader[T]) ReadContext(ctx context.Context, p []T) (int, error) {
	return r.read(ctx, p, false)
}

// ReadLast is ReadContext and Close in one: who writes learns that nobody reads
// any more together with how much was read.
func (r *StreamReader[T]) ReadLast(ctx context.Context, p []T) (int, error) {
	n, err := r.read(ctx, p, true)
	r.Close()
	return n, err
}

func (r *StreamReader[T]) read(ctx context.Context, p []T, last bool) (int, error) {
	if n, err := r.takeAhead(ctx, p); n > 0 || err != nil {
		return n, err
	}
	n, result, err := r.e.copy(ctx, &slice[T]{p}, last)
	switch {
	case err != nil:
		return n, err
	case result == copyDropped && n == 0:
		return 0, io.EOF
	case result == copyCancelled:
		return n, ErrCancelled
	}
	return n, nil
}

// takeAhead gives elements that All has read ahead.
func (r *StreamReader[T]) takeAhead(ctx context.Context, p []T) (int, error) {
	if err := r.e.lock(ctx); err != nil {
		return 0, err
	}
	defer r.e.unlock()
	ahead, _ := r.e.ahead.([]T)
	n := copy(p, ahead)
	switch {
	case n == len(ahead):
		r.e.ahead = nil
	case n > 0:
		r.e.ahead = ahead[n:]
	}
	return n, nil
}

// Next reads one element.
func (r *StreamReader[T]) Next(ctx context.Context) (T, error) {
	var v [1]T
	for {
		n, err := r.ReadContext(ctx, v[:])
		if n > 0 || err != nil {
			return v[0], err
		}
	}
}

// All reads the elements until the end of the stream. After an error there is
// nothing more. Whoever leaves the loop early reads on with the next element, by All or otherwise.
func (r *StreamReader[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		buf := make([]T, 64)
		for {
			n, err := r.ReadContext(ctx, buf)
			for k, v := range buf[:n] {
				if !yield(v, nil) {
					r.putAhead(buf[k+1 : n])
					return
				}
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			clear(buf)
		}
	}
}

// putAhead has the elements be read next.
func (r *StreamReader[T]) putAhead(s []T) {
	if len(s) > 0 {
		r.e.lock(context.Background())
		if !r.e.shut {
			r.e.ahead = s
		}
		r.e.unlock()
	}
}

// Close drops the end. A read that runs gives [ErrCancelled].
func (r *StreamReader[T]) Close() error {
	err := r.e.close()
	if r.e != nil {
		r.e.lock(context.Background())
		r.e.ahead, r.e.shut = nil, true
		r.e.unlock()
	}
	return err
}

// WithContext sets the context of writes that have none of their own, and returns w.
func (w *StreamWriter[T]) WithContext(ctx context.Context) *StreamWriter[T] {
	w.e.ctx = ctx
	return w
}

// Write writes all of p. If the readable end is dropped first, the error is [ErrDropped].
func (w *StreamWriter[T]) Write(p []T) (int, error) { return w.WriteContext(w.e.ctx, p) }

// WriteContext is Write with a context. An empty p waits until there is somebody who reads.
func (w *StreamWriter[T]) WriteContext(ctx context.Context, p []T) (int, error) {
	return w.write(ctx, p, false)
}

// WriteLast is WriteContext and Close in one: who reads learns of the end of the
// stream together with the last elements.
func (w *StreamWriter[T]) WriteLast(ctx context.Context, p []T) (int, error) {
	n, err := w.write(ctx, p, true)
	w.Close()
	return n, err
}

func (w *StreamWriter[T]) write(ctx context.Context, p []T, last bool) (int, error) {
	done := 0
	for {
		n, result, err := w.e.copy(ctx, &slice[T]{p[done:]}, last)
		done += n
		switch {
		case err != nil:
			return done, err
		case result == copyDropped:
			if done == len(p) && len(p) > 0 {
				return done, nil
			}
			return done, ErrDropped
		case result == copyCancelled:
			return done, ErrCancelled
		case done == len(p):
			return done, nil
		}
	}
}

// Close drops the end: the reader sees the end of the stream. A write that runs
// gives [ErrCancelled].
func (w *StreamWriter[T]) Close() error { return w.e.close() }

// Future is the readable end of a future<T>.
type Future[T any] struct{ e *hostEnd }

// FutureWriter is the writable end of a future<T>.
type FutureWriter[T any] struct{ e *hostEnd }

// NewFuture makes a future.
func NewFuture[T any](s *Store) (*Future[T], *FutureWriter[T], error) {
	r, w, err := newChannel(s, true)
	return &Future[T]{r}, &FutureWriter[T]{w}, err
}

// Get waits for the value. It can be read once.
func (f *Future[T]) Get(ctx context.Context) (T, error) {
	var v [1]T
	n, result, err := f.e.copy(ctx, &slice[T]{v[:]}, false)
	switch {
	case err != nil:
	case n == 1:
		f.e.close()
	case result == copyCancelled:
		err = ErrCancelled
	default:
		err = ErrDropped
	}
	return v[0], err
}

// Close drops the future.
func (f *Future[T]) Close() error { return f.e.close() }

// Set gives the future its value, and waits until it was taken. If the readable
// end is dropped first, the error is [ErrDropped].
func (f *FutureWriter[T]) Set(ctx context.Context, v T) error {
	n, result, err := f.e.copy(ctx, &slice[T]{[]T{v}}, false)
	switch {
	case err != nil:
		return err
	case n == 1:
		f.e.wrote = true
		return f.e.close()
	case result == copyCancelled:
		return ErrCancelled
	}
	f.e.close()
	return ErrDropped
}

// Close gives up the writable end. Where no value was written, the future never
// has one: readers in Go get [ErrDropped]; guests, which know no such thing, wait for it in vain.
func (f *FutureWriter[T]) Close() error { return f.e.close() }

// LiftStream is lift_stream of the canonical ABI; so are LiftFuture, LowerStream and
// LowerFuture what their names say. For generated code.
func LiftStream[T any](cx *Cx, el *Elem, i uint32) *StreamReader[T] {
	return &StreamReader[T]{newEnd(cx.Inst.Store, cx.Inst.liftChannel(el, false, i), false)}
}

// LiftFuture is lift_future.
func LiftFuture[T any](cx *Cx, el *Elem, i uint32) *Future[T] {
	return &Future[T]{newEnd(cx.Inst.Store, cx.Inst.liftChannel(el, true, i), false)}
}

// LowerStream is lower_stream.
func LowerStream[T any](cx *Cx, el *Elem, r *StreamReader[T]) uint32 { return cx.lowerEnd(el, r.e) }

// LowerFuture is lower_future.
func LowerFuture[T any](cx *Cx, el *Elem, r *Future[T]) uint32 { return cx.lowerEnd(el, r.e) }

func (cx *Cx) lowerEnd(el *Elem, e *hostEnd) uint32 {
	ch, err := e.take(cx.Inst.Store)
	if err != nil {
		ThrowHost("stream", err)
	}
	if ch.elem == nil {
		ch.elem = el
	} else if !sameElem(ch.elem, el) {
		Throwf(TrapAsync, "a %s of another type", ch.what())
	}
	return cx.Inst.addEnd(ch, false)
}

// CheckStream says whether r can be given to a guest of store s. For generated code.
func CheckStream[T any](s *Store, r *StreamReader[T]) error {
	if r == nil {
		return errors.New("wc2go: nil stream")
	}
	return r.e.check(s)
}

// CheckFuture says whether r can be given to a guest of store s. For generated code.
func CheckFuture[T any](s *Store, r *Future[T]) error {
	if r == nil {
		return errors.New("wc2go: nil future")
	}
	return r.e.check(s)
}

// CheckErrorContext says that e is nil, if it is. For generated code.
func CheckErrorContext(e *ErrorContext) error {
	if e == nil {
		return errors.New("wc2go: nil error context")
	}
	return nil
}
