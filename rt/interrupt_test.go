package rt

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// looper is what an interruptible core instance is to this package.
type looper struct {
	s    *Store
	stop int32
}

func newLooper(s *Store) *looper {
	l := &looper{s: s}
	s.Interruptible(&l.stop)
	return l
}

// turn makes n turns, or turns without end if n is 0.
func (l *looper) turn(n int) {
	for i := 0; i != n || n == 0; i++ {
		if atomic.LoadInt32(&l.stop) != 0 {
			panic(TrapInterrupt)
		}
	}
}

// checkInterrupt checks that err is the trap of a context that ended for the reason of cause.
func checkInterrupt(t *testing.T, err error, causes ...error) {
	t.Helper()
	var trap *Trap
	if !errors.As(err, &trap) || !errors.Is(err, TrapInterrupt) {
		t.Fatalf("%v", err)
	}
	for _, c := range causes {
		if !errors.Is(err, c) {
			t.Errorf("%v is not %v", err, c)
		}
	}
}

func TestInterrupt(t *testing.T) {
	s := NewStore()
	defer s.Close()
	l := newLooper(s)
	m := newLooper(s) // all instances of a store are told
	before := runtime.NumGoroutine()

	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(5*time.Millisecond, cancel)
	checkInterrupt(t, s.Run(ctx, func(int32) { m.turn(0) }), context.Canceled)

	ctx, cancel = context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	checkInterrupt(t, s.Run(ctx, func(int32) { l.turn(0) }), context.DeadlineExceeded)

	why := errors.New("enough")
	ctx, because := context.WithCancelCause(t.Context())
	time.AfterFunc(5*time.Millisecond, func() { because(why) })
	err := s.Run(ctx, func(int32) { l.turn(0) })
	checkInterrupt(t, err, context.Canceled, why)
	if got := err.Error(); got != "wasm trap: interrupt: enough" {
		t.Error(got)
	}

	// A context that has ended lets nothing begin.
	err = s.Run(ctx, func(int32) { t.Error("it ran") })
	checkInterrupt(t, err, context.Canceled, why)
	// All is as before.
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		if err := s.Run(ctx, func(int32) { l.turn(1000); m.turn(1000) }); err != nil {
			t.Fatal(err)
		}
		cancel()
	}
	if err := s.Run(context.Background(), func(int32) { l.turn(1000) }); err != nil || s.intr.watch != nil {
		t.Fatal(err)
	}
	if l.stop != 0 || m.stop != 0 {
		t.Error("still to stop")
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// A module is instantiated, and its start function does not end.
func TestInterruptStart(t *testing.T) {
	s := NewStore()
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	checkInterrupt(t, s.Run(ctx, func(int32) {
		newLooper(s).turn(0)
	}), context.DeadlineExceeded)
	// An instance made while the store is being interrupted.
	l := newLooper(s)
	ctx, cancel2 := context.WithCancel(t.Context())
	defer cancel2()
	checkInterrupt(t, s.Run(ctx, func(int32) {
		cancel2()
		for atomic.LoadInt32(&l.stop) == 0 {
		}
		newLooper(s).turn(1)
	}), context.Canceled)
}

func TestInterruptNested(t *testing.T) {
	s := NewStore()
	defer s.Close()
	l := newLooper(s)
	// host runs f as a host function does.
	host := func(f func(ctx context.Context)) {
		s.BeginHost(1000)
		f(s.HostContext())
		s.EndHost()
	}
	background := context.Background()
	outer, cancel := context.WithCancel(background)
	defer cancel()

	// The nested call's own context ends it, and nothing else.
	err := s.Run(outer, func(int32) {
		host(func(ctx context.Context) {
			inner, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
			defer cancel()
			checkInterrupt(t, s.Run(inner, func(int32) { l.turn(0) }), context.DeadlineExceeded)
		})
		l.turn(1000)
		host(func(ctx context.Context) {
			inner, cancel := context.WithCancel(ctx)
			if err := s.Run(inner, func(int32) { l.turn(1000) }); err != nil {
				t.Error(err)
			}
			cancel()
		})
		l.turn(1000)
		// The same context needs no more watching.
		host(func(ctx context.Context) {
			w := s.intr.watch
			if err := s.Run(ctx, func(int32) {
				if s.intr.watch != w {
					t.Error("watched twice")
				}
			}); err != nil {
				t.Error(err)
			}
		})
	})
	if err != nil {
		t.Fatal(err)
	}

	// The outer context ends the nested call, whatever that has for a context, and
	// then the outer one.
	done := false
	err = s.Run(outer, func(int32) {
		host(func(ctx context.Context) {
			time.AfterFunc(5*time.Millisecond, cancel)
			own, cancel := context.WithCancel(context.WithoutCancel(ctx))
			defer cancel()
			checkInterrupt(t, s.Run(own, func(int32) { l.turn(0) }), context.Canceled)
		})
		done = true
		l.turn(1)
		t.Error("it went on")
	})
	checkInterrupt(t, err, context.Canceled)
	if !done {
		t.Error("not nested")
	}
	if err := s.Run(background, func(int32) { l.turn(1000) }); err != nil {
		t.Error(err)
	}
}

// Contexts end at any moment: before, during and after a call. The next call
// never hears of it.
func TestInterruptRace(t *testing.T) {
	s := NewStore()
	defer s.Close()
	l := newLooper(s)
	// On a busy machine the guest may always be done before the timer is served: then on, up to a bound.
	interrupted := 0
	for n := 0; n < 150 || interrupted == 0 && n < 20_000; n++ {
		ctx, cancel := context.WithCancel(context.Background())
		timer := time.AfterFunc(time.Duration(rand.IntN(500))*time.Microsecond, cancel)
		err := s.Run(ctx, func(int32) {
			for start := time.Now(); time.Since(start) < 400*time.Microsecond; {
				l.turn(10)
			}
		})
		switch {
		case errors.Is(err, context.Canceled):
			interrupted++
		case err != nil:
			t.Error(err)
		}
		if err := s.Run(context.Background(), func(int32) { l.turn(1000) }); err != nil {
			t.Fatal(err)
		}
		timer.Stop()
		cancel()
	}
	if interrupted == 0 {
		t.Error("none was interrupted")
	}
}

// A context of another kind needs a goroutine that waits for its end; that must go.
func TestInterruptForeignContext(t *testing.T) {
	s := NewStore()
	defer s.Close()
	l := newLooper(s)
	before := runtime.NumGoroutine()
	ctx := foreign{t.Context(), make(chan struct{})}
	for range 100 {
		if err := s.Run(ctx, func(int32) { l.turn(10) }); err != nil {
			t.Fatal(err)
		}
	}
	for n := 0; runtime.NumGoroutine() > before; n++ {
		if n == 100 {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.AfterFunc(5*time.Millisecond, func() { close(ctx.done) })
	checkInterrupt(t, s.Run(ctx, func(int32) { l.turn(0) }), context.Canceled)
}

type foreign struct {
	context.Context
	done chan struct{}
}

func (f foreign) Done() <-chan struct{} { return f.done }

func (f foreign) Err() error {
	select {
	case <-f.done:
		return context.Canceled
	default:
		return nil
	}
}

func (f foreign) Value(any) any { return nil }

func TestExhausted(t *testing.T) {
	if Exhausted(-1) != TrapStackOverflow || Exhausted(0) != TrapInterrupt {
		t.Error("wrong")
	}
}
