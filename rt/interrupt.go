package rt

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// This file: ending guests that run on after the context of their call has ended.
//
// Every instance of a core module that was generated with --interruptible has a
// field Stop, zero as long as the call may go on. Its loops compare it with zero,
// and functions that can recurse compare the depth budget with it instead of with zero, so the largest
// int32 ends both. Stop is set by a function that context.AfterFunc starts.

// interrupts is what a store needs for it.
type interrupts struct {
	// watch is the innermost of the contexts that are watched; with the baton.
	watch *watch

	mu    sync.Mutex // guards what follows, and what of a watch says so
	stops []*int32
}

// watch is a context whose end interrupts the guests of a store.
type watch struct {
	s     *Store
	ctx   context.Context
	grace time.Duration // how long after the end
	outer *watch
	stop  func() bool

	// Guarded by interrupts.mu.
	fired, over bool
	timer       *time.Timer
}

// loopGrace is how long guests of the event loop may still run at a time when
// the context of their call has ended: that cancels the call (subtask.cancel), and they may want to
// clean up.
const loopGrace = 250 * time.Millisecond

// Interruptible adds an instance of a core module to those that are told when a call is
// to end. For generated code.
func (s *Store) Interruptible(stop *int32) {
	first := s.stops == nil
	s.intr.mu.Lock()
	s.intr.stops = append(s.intr.stops, stop)
	s.stops = s.intr.stops
	if s.anyFired() {
		atomic.StoreInt32(stop, math.MaxInt32)
	}
	s.intr.mu.Unlock()
	if first && s.ctx != nil && s.ctx.Done() != nil {
		s.beginWatch(s.ctx, 0) // the entry that runs had nothing to interrupt so far
	}
}

// anyFired reports whether one of the contexts that are watched has ended; it
// needs mu.
func (s *Store) anyFired() bool {
	for w := s.intr.watch; w != nil; w = w.outer {
		if w.fired {
			return true
		}
	}
	return false
}

// setStops sets the fields; it needs mu.
func (s *Store) setStops(v int32) {
	for _, p := range s.intr.stops {
		atomic.StoreInt32(p, v)
	}
}

// watched reports whether the end of ctx interrupts the store already.
func (s *Store) watched(ctx context.Context) bool {
	return s.intr.watch != nil && s.intr.watch.ctx.Done() == ctx.Done()
}

// beginWatch has the end of ctx interrupt the store until endWatch.
func (s *Store) beginWatch(ctx context.Context, grace time.Duration) {
	w := &watch{s: s, ctx: ctx, grace: grace, outer: s.intr.watch}
	s.intr.watch = w
	w.stop = context.AfterFunc(ctx, w.ended)
}

// ended is called when ctx has ended, on a goroutine of its own.
func (w *watch) ended() {
	w.s.intr.mu.Lock()
	defer w.s.intr.mu.Unlock()
	switch {
	case w.over:
	case w.grace > 0:
		w.timer = time.AfterFunc(w.grace, w.fire)
	default:
		w.interrupt()
	}
}

func (w *watch) fire() {
	w.s.intr.mu.Lock()
	defer w.s.intr.mu.Unlock()
	if !w.over {
		w.interrupt()
	}
}

// interrupt interrupts the store; it needs mu.
func (w *watch) interrupt() {
	w.fired = true
	w.s.setStops(math.MaxInt32)
}

// endWatch ends the watches inside outer.
//
//go:noinline
func (s *Store) endWatch(outer *watch) {
	late := false
	for s.intr.watch != outer {
		w := s.intr.watch
		if !w.stop() {
			// It has fired, or is about to.
			s.intr.mu.Lock()
			w.over, late = true, true
			if w.timer != nil {
				w.timer.Stop()
			}
			s.intr.mu.Unlock()
		}
		s.intr.watch = w.outer
	}
	if late {
		s.intr.mu.Lock()
		if !s.anyFired() {
			s.setStops(0)
		}
		s.intr.mu.Unlock()
	}
}

// Exhausted tells why a function whose depth budget is d was not to be entered.
// For generated code.
func Exhausted(d int32) TrapCode {
	if d < 0 {
		return TrapStackOverflow
	}
	return TrapInterrupt
}

// interrupted is the trap of a guest that was interrupted, or found out that the context
// of its call has ended.
func (s *Store) interrupted() *Trap {
	t := &Trap{Code: TrapInterrupt}
	s.intr.mu.Lock()
	for w := s.intr.watch; w != nil; w = w.outer {
		if w.fired {
			t.Cause = ended(w.ctx)
			break
		}
	}
	s.intr.mu.Unlock()
	if t.Cause == nil && s.ctx != nil {
		t.Cause = ended(s.ctx)
	}
	return t
}

// ended is the cause of a context's end, nil if it has not ended. Besides the cause
// that the one who ended it gave, it is the context's own error.
func ended(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if err == nil || errors.Is(cause, err) {
		return cause
	}
	return &endedError{cause, err}
}

type endedError struct{ cause, err error }

func (e *endedError) Error() string   { return e.cause.Error() }
func (e *endedError) Unwrap() []error { return []error{e.cause, e.err} }
