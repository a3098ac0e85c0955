package rt

import (
	"context"
	"runtime/debug"
	"time"
)

// Entry is one entry from Go into guest code. For generated code.
//
// A zero Entry whose Enter failed must not be exited.
type Entry struct {
	Depth int32 // budget for the callee
	// Done is to be set when all has gone well. It only makes Exit faster: to
	// ask for a panic costs as much as the rest of it.
	Done  bool
	fault bool // SetPanicOnFault before
	loop  bool // the event loop runs: there is no inst, but a trap poisons
	store *Store
	inst  *ComponentInstance
	outer *hostContext // not nil: this entry is nested in a host call
	watch *watch       // what was watched before
}

// Enter begins an entry into inst: see docs/generated-code.md. With a nil inst
// (a core module, or an instantiation) there is no component instance to
// check, and a trap does not poison the store: core instances stay usable
// after a trap, and an instance that failed to come up is known to nobody.
func (e *Entry) Enter(ctx context.Context, s *Store, inst *ComponentInstance) error {
	if s == nil {
		return errNoStore
	}
	if !s.baton.try() {
		if err := e.enterSlow(ctx, s); err != nil {
			return err
		}
	}
	if s.state.Load() != 0 {
		return e.refuse(s)
	}
	if s.stops != nil && !e.loop && ctx.Done() != nil && ctx.Err() != nil {
		e.leave(s)
		return &Trap{Code: TrapInterrupt, Cause: ended(ctx)} // nothing has begun: nothing is poisoned
	}
	if inst != nil {
		// Most component instances have no parent.
		if inst.Store != s {
			e.leave(s)
			return ErrWrongStore
		}
		if inst.Parent == nil && inst.MayEnter {
			inst.MayEnter = false
		} else if !inst.enterFromHost() {
			e.leave(s)
			return &Trap{Code: TrapCannotEnter}
		}
	}
	e.store, e.inst = s, inst
	if e.outer == nil {
		e.Depth = s.budget
	} else {
		e.Depth = s.depth - nestCost
		if e.Depth < 0 {
			if inst != nil {
				inst.leaveToHost()
			}
			e.leave(s)
			return &Trap{Code: TrapStackOverflow}
		}
		e.outer.depth = s.depth
		s.hctx, s.inHost = nil, false
	}
	s.ctx = ctx
	e.watch = s.intr.watch
	if s.stops != nil && ctx.Done() != nil && !s.watched(ctx) {
		s.beginWatch(ctx, e.grace())
	}
	if Guarded {
		e.fault = debug.SetPanicOnFault(true)
	}
	return nil
}

// enterSlow is for a store whose baton is taken: by the caller's own guest, or
// by another goroutine.
func (e *Entry) enterSlow(ctx context.Context, s *Store) error {
	if h, ok := ctx.Value(batonKey{s}).(*hostContext); ok && !h.done.Load() {
		// Host functions may call from several goroutines, as long as they wait
		// for them; nested calls through one context run one at a time.
		if err := h.baton.acquire(ctx); err != nil {
			return err
		}
		if !h.done.Load() && s.hctx == h && s.inHost {
			e.outer = h
			return nil
		}
		h.baton.release()
	}
	return s.baton.acquire(ctx)
}

// grace is how long guests may run on after the context has ended.
func (e *Entry) grace() time.Duration {
	if e.loop {
		return loopGrace
	}
	return 0
}

// refuse says why the store cannot be entered, and gives the baton back.
func (e *Entry) refuse(s *Store) error {
	err := ErrPoisoned
	if s.state.Load()&stateClosed != 0 {
		err = ErrClosed
	}
	e.leave(s)
	return err
}

// leave gives back what enterSlow or the fast path took.
func (e *Entry) leave(s *Store) {
	if e.outer != nil {
		e.outer.baton.release()
		e.outer = nil
		return
	}
	s.release()
}

// Exit ends the entry; it must be deferred directly. A trap goes to *err.
func (e *Entry) Exit(err *error) {
	s := e.store
	if !e.Done {
		// Host code that ends its goroutine (runtime.Goexit) leaves guest frames
		// behind without a panic.
		if r := recover(); r != nil || s.inHost {
			e.failed(r, err)
		}
	}
	if e.inst != nil {
		if e.inst.Parent == nil {
			e.inst.MayEnter = true
		} else {
			e.inst.leaveToHost()
		}
	}
	e.end(s)
}

// end restores what Enter changed, apart from the component instance.
func (e *Entry) end(s *Store) {
	if s.hctx != nil {
		s.hctx.done.Store(true)
	}
	if s.intr.watch != e.watch {
		s.endWatch(e.watch)
	}
	if Guarded && !e.fault {
		debug.SetPanicOnFault(false)
	}
	if e.outer != nil {
		// What enterSlow found.
		s.ctx, s.hctx, s.inHost, s.depth = e.outer.Context, e.outer, true, e.outer.depth
		e.outer.baton.release()
		return
	}
	s.ctx, s.hctx, s.inHost = nil, nil, false
	s.baton.clear()
	if s.baton.waiting.Load()|int32(s.state.Load()) != 0 {
		s.released()
	}
}

// failed turns what guest code panicked with into *err; what is not a trap it
// panics with again.
//
//go:noinline
func (e *Entry) failed(r any, err *error) {
	s := e.store
	t := s.asTrap(r)
	if e.inst != nil || e.loop || t == nil {
		s.state.Or(statePoisoned)
		if t != nil && s.trap == nil {
			s.trap = t
		}
		if s.events != nil {
			s.events.poisoned(t)
		}
	}
	if e.outer == nil {
		s.cur = nil
	}
	if t == nil {
		e.end(s)
		if r == nil {
			return
		}
		panic(r)
	}
	if t.Frames == nil && t.Code != TrapExit { // nobody asks where a guest ended that wanted to
		t.Frames = s.backtrace()
	}
	*err = t
}

// Run calls f as an [Entry] without component instance does. For generated
// code and tools.
func (s *Store) Run(ctx context.Context, f func(d int32)) (err error) {
	var e Entry
	if err = e.Enter(ctx, s, nil); err != nil {
		return err
	}
	defer e.Exit(&err)
	f(e.Depth)
	return nil
}
