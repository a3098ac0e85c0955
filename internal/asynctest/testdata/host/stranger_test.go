package host

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"async.test/scenario"
	"github.com/wc2go/wc2go/rt"
)

// within fails the test if f takes longer than any of it may.
func within(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		buf := make([]byte, 1<<20)
		t.Fatalf("it hangs\n%s", buf[:runtime.Stack(buf, true)])
	}
}

// isOver says that an error is that of a store that is no more.
func isOver(err error) bool { return errors.Is(err, rt.ErrClosed) || errors.Is(err, rt.ErrPoisoned) }

// RunConcurrent in RunConcurrent, and calls with a context of the function's and with another.
func TestNested(t *testing.T) {
	e := newEnv(t)
	within(t, func() {
		err := e.i.RunConcurrent(t.Context(), func(ctx context.Context, acc *rt.Accessor) error {
			go func() {
				for range 3 {
					e.h.gates[0] <- struct{}{}
				}
			}()
			if v, err := e.i.Call(context.Background(), 0); v != 100 || err != nil {
				return fmt.Errorf("a call with a context of its own: %d, %w", v, err)
			}
			if v, err := e.i.Call(ctx, 0); v != 100 || err != nil {
				return fmt.Errorf("a call with the function's context: %d, %w", v, err)
			}
			return e.st.RunConcurrent(ctx, func(ctx context.Context, acc *rt.Accessor) error {
				return acc.Spawn(func(ctx context.Context, acc *rt.Accessor) error {
					v, err := e.i.StartStackful(acc, 0).Wait(ctx)
					if v != 100 || err != nil {
						return fmt.Errorf("a task in a function in a function: %d, %w", v, err)
					}
					return nil
				}).Wait(ctx)
			})
		})
		if err != nil {
			t.Error(err)
		}
	})
	e.empty()
}

// A function that ends its goroutine (as t.FailNow does) ends nothing else.
func TestGoexit(t *testing.T) {
	e := newEnv(t)
	within(t, func() {
		if err := e.i.RunConcurrent(t.Context(), func(context.Context, *rt.Accessor) error { runtime.Goexit(); return nil }); err == nil {
			t.Error("no error")
		}
		err := e.i.RunConcurrent(t.Context(), func(ctx context.Context, acc *rt.Accessor) error {
			if err := acc.Spawn(func(context.Context, *rt.Accessor) error { runtime.Goexit(); return nil }).Wait(ctx); err == nil {
				t.Error("no error of the task")
			}
			go func() { e.h.gates[0] <- struct{}{} }()
			_, err := e.i.Call(ctx, 0)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		// In a host function it is an error that the guest cannot be told of.
		e.h.in = func(uint32) { runtime.Goexit() }
		if _, err := e.i.Call(t.Context(), 0); !errors.Is(err, rt.TrapHost) {
			t.Error(err)
		}
	})
}

// The store is closed by whom it waits for, wherever that is.
func TestCloseInside(t *testing.T) {
	for name, f := range map[string]func(e *env, closed func()) error{
		"RunConcurrent": func(e *env, closed func()) error {
			return e.i.RunConcurrent(t.Context(), func(ctx context.Context, acc *rt.Accessor) error {
				c := e.i.StartCall(acc, 0)
				e.await(0)
				closed()
				_, err := c.Wait(ctx)
				if !isOver(err) {
					t.Errorf("the call has %v", err)
				}
				<-ctx.Done()
				return err
			})
		},
		"a task": func(e *env, closed func()) error {
			return e.i.RunConcurrent(t.Context(), func(ctx context.Context, acc *rt.Accessor) error {
				h := acc.Spawn(func(ctx context.Context, acc *rt.Accessor) error {
					closed()
					<-ctx.Done()
					return nil
				})
				_, err := e.i.Call(ctx, 0)
				<-h.Done()
				return err
			})
		},
		"an asynchronous host function": func(e *env, closed func()) error {
			e.h.in = func(uint32) { closed() }
			_, err := e.i.Call(t.Context(), 0)
			return err
		},
		"a stackful task's": func(e *env, closed func()) error {
			e.h.in = func(uint32) { closed() }
			_, err := e.i.Stackful(t.Context(), 0)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t)
			within(t, func() {
				var once sync.Once
				if err := f(e, func() { once.Do(func() { e.st.Close() }) }); !isOver(err) {
					t.Error(err)
				}
			})
		})
	}
}

// What is begun when the store is no more has its error at once.
func TestTooLate(t *testing.T) {
	e := newEnv(t)
	var late *rt.Accessor
	if err := e.i.RunConcurrent(t.Context(), func(ctx context.Context, acc *rt.Accessor) error { late = acc; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := e.i.StartCall(late, 0).Wait(t.Context()); !errors.Is(err, context.Canceled) {
		t.Errorf("a call with the accessor of a function that has returned: %v", err)
	}
	e.st.Close()
	within(t, func() {
		ctx := t.Context()
		if _, err := e.i.StartCall(late, 0).Wait(ctx); !isOver(err) && !errors.Is(err, context.Canceled) {
			t.Errorf("Start: %v", err)
		}
		if _, err := e.i.Call(ctx, 0); !isOver(err) {
			t.Errorf("Call: %v", err)
		}
		if err := e.i.RunConcurrent(ctx, func(context.Context, *rt.Accessor) error { t.Error("it runs"); return nil }); !isOver(err) {
			t.Errorf("RunConcurrent: %v", err)
		}
		for _, h := range []*rt.JoinHandle{e.i.Spawn(func(context.Context, *rt.Accessor) error { t.Error("it runs"); return nil }), e.st.Spawn(func(context.Context, *rt.Accessor) error { return nil })} {
			<-h.Done()
			if err := h.Wait(ctx); !isOver(err) {
				t.Errorf("Spawn: %v", err)
			}
			h.Cancel()
		}
		if err := late.With(func(*rt.Access) error { return nil }); !isOver(err) && !errors.Is(err, context.Canceled) {
			t.Errorf("With: %v", err)
		}
		if _, err := e.r.ReadContext(ctx, make([]byte, 1)); !isOver(err) {
			t.Errorf("Read: %v", err)
		}
		if _, err := e.f.Get(ctx); !isOver(err) {
			t.Errorf("Get: %v", err)
		}
		if _, _, err := rt.NewStream[byte](e.st); !isOver(err) {
			t.Errorf("NewStream: %v", err)
		}
	})
}

// A context that has ended already: nothing is begun, and nothing is left.
func TestEndedContext(t *testing.T) {
	e := newEnv(t)
	why := errors.New("why")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	within(t, func() {
		for range 20 {
			if _, err := e.i.Call(ctx, 0); !errors.Is(err, why) {
				t.Errorf("Call: %v", err)
			}
			if _, err := e.i.Stackful(ctx, 0); !errors.Is(err, why) {
				t.Errorf("Stackful: %v", err)
			}
			if _, err := e.r.ReadContext(ctx, make([]byte, 1)); !errors.Is(err, why) {
				t.Errorf("Read: %v", err)
			}
			if _, err := e.w.WriteContext(ctx, make([]byte, 1)); !errors.Is(err, why) {
				t.Errorf("Write: %v", err)
			}
			if _, err := e.f.Get(ctx); !errors.Is(err, why) {
				t.Errorf("Get: %v", err)
			}
			for _, err := range e.r.All(ctx) {
				if !errors.Is(err, why) {
					t.Errorf("All: %v", err)
				}
			}
		}
	})
	e.whole() // the ends are as good as before
}

// Many wait for the same call, and cancel it.
func TestManyWait(t *testing.T) {
	e := newEnv(t)
	within(t, func() {
		err := e.i.RunConcurrent(t.Context(), func(ctx context.Context, acc *rt.Accessor) error {
			for _, cancels := range []bool{false, true} {
				c := e.i.StartCall(acc, 0)
				e.await(0)
				var wg sync.WaitGroup
				var good, cancelled atomic.Int32
				for range 10 {
					wg.Go(func() {
						short, stop := context.WithTimeout(ctx, time.Microsecond)
						defer stop()
						if _, err := c.Wait(short); err == nil {
							t.Error("it is over")
						}
						if cancels {
							c.Cancel()
						}
						switch v, err := c.Wait(context.Background()); {
						case v == 100 && err == nil:
							good.Add(1)
						case errors.Is(err, rt.ErrCancelled):
							cancelled.Add(1)
						default:
							t.Error(v, err)
						}
						<-c.Done()
					})
				}
				if !cancels {
					time.Sleep(5 * time.Millisecond)
					e.h.gates[0] <- struct{}{}
				}
				wg.Wait()
				if want := map[bool][2]int32{false: {10, 0}, true: {0, 10}}[cancels]; good.Load() != want[0] || cancelled.Load() != want[1] {
					t.Errorf("cancel %t: %d results, %d cancelled", cancels, good.Load(), cancelled.Load())
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	e.empty()
}

// Two stores whose host functions call each other.
func TestTwoStores(t *testing.T) {
	a, b := newEnv(t), newEnv(t)
	t.Cleanup(func() { a.st.Close(); b.st.Close() }) // before either counts goroutines
	within(t, func() {
		a.h.in = func(step uint32) {
			go func() { b.h.gates[0] <- struct{}{} }()
			if v, err := b.i.Call(t.Context(), 0); v != 100 || err != nil {
				t.Error(v, err)
			}
		}
		const n = 20
		err := a.i.RunConcurrent(t.Context(), func(ctx context.Context, acc *rt.Accessor) error {
			var calls []*rt.Call[uint32]
			for range n {
				calls = append(calls, a.i.StartCall(acc, 0))
			}
			// An accessor of another store has no right here; the call belongs to its own.
			other := b.i.StartCall(acc, 2)
			go func() { b.h.gates[2] <- struct{}{} }()
			if v, err := other.Wait(ctx); v != 102 || err != nil {
				t.Error(v, err)
			}
			for range n {
				a.h.gates[0] <- struct{}{}
			}
			for _, c := range calls {
				if v, err := c.Wait(ctx); v != 100 || err != nil {
					t.Error(v, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	var none scenario.Thing
	if _, err := a.i.Run(t.Context(), b.r, a.f, &thing{}); !errors.Is(err, rt.ErrWrongStore) {
		t.Errorf("a stream of another store: %v", err)
	}
	if _, err := a.i.Run(t.Context(), a.r, a.f, none); err == nil {
		t.Error("no thing")
	}
	if _, err := a.i.Run(t.Context(), nil, a.f, &thing{}); err == nil {
		t.Error("no stream")
	}
	a.empty()
	b.empty()
}
