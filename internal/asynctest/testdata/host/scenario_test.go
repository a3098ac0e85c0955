// This host is built beside what wc2go generates from scenario.wasm: see
// TestAsync in internal/asynctest.
package host

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"async.test/scenario"
	"github.com/wc2go/wc2go/rt"
)

const (
	steps = 6 // of run
	sum   = 100 + 102 + 7 + 9 + 105
)

// thing is a host resource that counts how often it is dropped.
type thing struct{ drops atomic.Int32 }

func (x *thing) Drop(context.Context) error { x.drops.Add(1); return nil }

// host is what the guest imports. Steps wait until they are let go.
type host struct {
	reached chan uint32 // steps that are about to suspend
	at      func(step uint32) error
	in      func(step uint32) // beginning of an asynchronous function
	ready   atomic.Bool
	gates   [steps]chan struct{}
	out     atomic.Int32 // asynchronous functions that run
	most    atomic.Int32
}

func newHost() *host {
	h := &host{reached: make(chan uint32, 100)}
	for n := range h.gates {
		h.gates[n] = make(chan struct{})
	}
	return h
}

func (h *host) At(ctx context.Context, step uint32) error {
	if h.at != nil {
		if err := h.at(step); err != nil {
			return err
		}
	}
	h.reached <- step
	return nil
}

func (h *host) Ready(context.Context) (bool, error) { return h.ready.Load(), nil }

func (h *host) Wait(ctx context.Context, step uint32) (uint32, error) {
	n := h.out.Add(1)
	defer h.out.Add(-1)
	for m := h.most.Load(); n > m && !h.most.CompareAndSwap(m, n); m = h.most.Load() {
	}
	if h.in != nil {
		h.in(step)
	}
	select {
	case <-h.gates[step]:
		return 100 + step, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

func (h *host) Use(ctx context.Context, t scenario.Thing) (uint32, error) {
	if _, ok := t.(*thing); !ok {
		return 0, fmt.Errorf("use of a %T", t)
	}
	return h.Wait(ctx, 5)
}

// env is an instance in a store of its own, with all that a run takes.
type env struct {
	t  *testing.T
	h  *host
	st *rt.Store
	i  *scenario.Instance

	r  *rt.StreamReader[byte]
	w  *rt.StreamWriter[byte]
	f  *rt.Future[byte]
	fw *rt.FutureWriter[byte]
	x  *thing
}

func goroutines(t *testing.T, before int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			buf := make([]byte, 1<<20)
			t.Fatalf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
		}
	}
}

// newEnv makes one; at the end of the test nothing may be left of it.
func newEnv(t *testing.T) *env {
	t.Helper()
	before := runtime.NumGoroutine()
	e := &env{t: t, h: newHost(), st: rt.NewStore()}
	t.Cleanup(func() {
		e.st.Close()
		goroutines(t, before)
		if n := e.h.out.Load(); n != 0 {
			t.Errorf("%d host functions are left", n)
		}
	})
	var err error
	if e.i, err = scenario.Instantiate(t.Context(), e.st, scenario.Imports{Host: e.h}); err != nil {
		t.Fatal(err)
	}
	e.args()
	return e
}

// args makes new arguments for a run.
func (e *env) args() {
	var err, ferr error
	e.r, e.w, err = rt.NewStream[byte](e.st)
	e.f, e.fw, ferr = rt.NewFuture[byte](e.st)
	if err != nil || ferr != nil {
		e.t.Fatal(err, ferr)
	}
	e.x = &thing{}
}

// await waits until the guest is about to suspend in a step.
func (e *env) await(step uint32) {
	e.t.Helper()
	select {
	case n := <-e.h.reached:
		if n != step {
			e.t.Errorf("step %d came, not %d", n, step)
		}
	case <-time.After(20 * time.Second):
		e.t.Fatalf("step %d does not come", step)
	}
}

// let lets a step end.
func (e *env) let(ctx context.Context, step uint32) {
	switch step {
	case 0, 2, 5:
		e.h.gates[step] <- struct{}{}
	case 1:
		e.h.ready.Store(true)
	case 3:
		if _, err := e.w.WriteContext(ctx, []byte{7}); err != nil {
			e.t.Error(err)
		}
	case 4:
		if err := e.fw.Set(ctx, 9); err != nil {
			e.t.Error(err)
		}
	}
}

// whole runs the scenario to its end.
func (e *env) whole() {
	e.t.Helper()
	ctx := e.t.Context()
	e.h.ready.Store(false)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range uint32(steps) {
			e.await(n)
			e.let(ctx, n)
		}
	}()
	v, err := e.i.Run(ctx, e.r, e.f, e.x)
	if v != sum || err != nil {
		e.t.Errorf("run gave %d, %v, want %d", v, err, sum)
	}
	<-done
	if n := e.x.drops.Load(); n != 1 {
		e.t.Errorf("the thing was dropped %d times", n)
	}
	e.empty()
}

// drain lets the loop do what is left to do.
func (e *env) drain() {
	e.st.RunConcurrent(context.Background(), func(ctx context.Context, acc *rt.Accessor) error {
		for range 200 {
			if s, err := e.st.Stats(ctx); err != nil || s.Threads+s.HostCalls == 0 {
				return err
			}
			time.Sleep(time.Millisecond)
		}
		return nil
	})
}

// empty checks that the store holds nothing but the instance.
func (e *env) empty() {
	e.t.Helper()
	e.drain()
	e.w.Close()
	s, err := e.st.Stats(context.Background())
	s.Instances, s.Memories, s.MemoryBytes = 0, 0, 0
	s.Ends = 0 // the future's writable end has no other use
	if err != nil || s != (rt.Stats{}) {
		e.t.Errorf("the store holds %+v, %v", s, err)
	}
}

func TestWhole(t *testing.T) {
	e := newEnv(t)
	for range 3 {
		e.whole()
		e.args()
	}
}

// run starts a run in another goroutine, and lets it come as far as the given step.
func (e *env) run(ctx context.Context, step uint32) (result chan error) {
	result = make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				result <- &panicked{r}
			}
		}()
		_, err := e.i.Run(ctx, e.r, e.f, e.x)
		result <- err
	}()
	e.await(0)
	for n := range step {
		e.let(context.Background(), n)
		e.await(n + 1)
	}
	return result
}

type panicked struct{ value any }

func (p *panicked) Error() string { return fmt.Sprint("panic: ", p.value) }

func (e *env) get(result chan error) error {
	e.t.Helper()
	select {
	case err := <-result:
		return err
	case <-time.After(20 * time.Second):
		buf := make([]byte, 1<<20)
		e.t.Fatalf("the call hangs\n%s", buf[:runtime.Stack(buf, true)])
		return nil
	}
}

func eachStep(t *testing.T, f func(t *testing.T, step uint32)) {
	for n := range uint32(steps) {
		t.Run(fmt.Sprint(n), func(t *testing.T) { f(t, n) })
	}
}

// TestCancelContext cancels the context of a plain call at each step: the guest
// hears of it, gives back all it has, and the same store is as good as new.
func TestCancelContext(t *testing.T) {
	eachStep(t, func(t *testing.T, step uint32) {
		e := newEnv(t)
		ctx, cancel := context.WithCancel(t.Context())
		result := e.run(ctx, step)
		cancel()
		if err := e.get(result); !errors.Is(err, context.Canceled) {
			t.Errorf("the call gave %v", err)
		}
		if n := e.x.drops.Load(); n != 1 {
			t.Errorf("the thing was dropped %d times", n)
		}
		e.empty()
		e.args()
		e.whole()
		newEnv(t).whole()
	})
}

// TestCancelCall does it with the handle of a call that was started.
func TestCancelCall(t *testing.T) {
	eachStep(t, func(t *testing.T, step uint32) {
		e := newEnv(t)
		err := e.i.RunConcurrent(t.Context(), func(ctx context.Context, acc *rt.Accessor) error {
			c := e.i.StartRun(acc, e.r, e.f, e.x)
			e.await(0)
			for n := range step {
				e.let(ctx, n)
				e.await(n + 1)
			}
			select {
			case <-c.Done():
				t.Error("the call is over")
			default:
			}
			c.Cancel()
			_, err := c.Wait(ctx)
			return err
		})
		if !errors.Is(err, rt.ErrCancelled) {
			t.Errorf("the call gave %v", err)
		}
		e.empty()
		e.args()
		e.whole()
	})
}

// TestCloseStore closes the store at each step.
func TestCloseStore(t *testing.T) {
	eachStep(t, func(t *testing.T, step uint32) {
		e := newEnv(t)
		result := e.run(t.Context(), step)
		e.st.Close()
		if err := e.get(result); !errors.Is(err, rt.ErrClosed) {
			t.Errorf("the call gave %v", err)
		}
		if _, err := e.i.Call(t.Context(), 0); !errors.Is(err, rt.ErrClosed) {
			t.Errorf("a later call gave %v", err)
		}
		newEnv(t).whole()
	})
}

// others has calls wait beside the scenario, one by a callback, one with a
// stack, a spawned function and a reader; they must all get an error.
func (e *env) others(ctx context.Context) (results chan error) {
	results = make(chan error, 4)
	r, _, err := rt.NewStream[byte](e.st)
	if err != nil {
		e.t.Fatal(err)
	}
	h := e.st.Spawn(func(ctx context.Context, acc *rt.Accessor) error { <-ctx.Done(); return context.Cause(ctx) })
	// Nobody opens gate 1: in the scenario that step is another one.
	go func() { _, err := e.i.Call(ctx, 1); results <- err }()
	e.await(1)
	go func() { _, err := e.i.Stackful(ctx, 1); results <- err }()
	e.await(1)
	go func() { _, err := r.ReadContext(ctx, make([]byte, 1)); results <- err }()
	go func() { results <- h.Wait(ctx) }()
	return results
}

// TestTrap has a task trap at each step: the store is poisoned, everybody who
// waits hears of it, and nobody hangs.
func TestTrap(t *testing.T) {
	cause := errors.New("the host fails")
	eachStep(t, func(t *testing.T, step uint32) {
		e := newEnv(t)
		var armed atomic.Bool
		e.h.at = func(n uint32) error {
			if n == step && armed.Load() {
				return cause
			}
			return nil
		}
		ctx := context.Background()
		others := e.others(ctx)
		armed.Store(true)
		result := make(chan error, 1)
		go func() { _, err := e.i.Run(ctx, e.r, e.f, e.x); result <- err }()
		for n := range step {
			e.await(n)
			e.let(ctx, n)
		}
		err := e.get(result)
		trap, ok := errors.AsType[*rt.Trap](err)
		if !ok || !errors.Is(err, rt.TrapHost) || !errors.Is(err, cause) || trap.Backtrace() == "" {
			t.Errorf("the call gave %v", err)
		}
		for range 4 {
			if e.get(others) == nil {
				t.Error("one of those who waited got no error")
			}
		}
		if _, err := e.i.Call(ctx, 0); !errors.Is(err, rt.ErrPoisoned) {
			t.Errorf("a later call gave %v", err)
		}
		if _, _, err := rt.NewStream[byte](e.st); !errors.Is(err, rt.ErrPoisoned) {
			t.Errorf("a later stream gave %v", err)
		}
		newEnv(t).whole()
	})
}

// TestPanic has a host function panic at each step: an asynchronous one, in a
// goroutine of its own, and a synchronous one. It surfaces where the loop is run.
func TestPanic(t *testing.T) {
	for _, async := range []bool{false, true} {
		t.Run(map[bool]string{false: "sync", true: "async"}[async], func(t *testing.T) {
			eachStep(t, func(t *testing.T, step uint32) {
				if async && (step == 1 || step == 3 || step == 4) {
					t.Skip("the host is not called there")
				}
				e := newEnv(t)
				e.h.at = func(n uint32) error {
					if n == step && !async {
						panic("oh")
					}
					return nil
				}
				e.h.in = func(n uint32) {
					if n == step && async {
						panic("oh")
					}
				}
				got := make(chan any, 1)
				go func() {
					defer func() { got <- recover() }()
					e.i.RunConcurrent(context.Background(), func(ctx context.Context, acc *rt.Accessor) error {
						c := e.i.StartRun(acc, e.r, e.f, e.x)
						_, err := c.Wait(ctx)
						if err == nil {
							t.Error("the call ended well")
						}
						return err
					})
				}()
				for n := range step {
					e.await(n)
					e.let(context.Background(), n)
				}
				select {
				case r := <-got:
					if p, ok := r.(*rt.HostPanic); ok {
						r = p.Value
					}
					if r != "oh" {
						t.Errorf("RunConcurrent panicked with %v", r)
					}
				case <-time.After(20 * time.Second):
					t.Fatal("RunConcurrent hangs")
				}
				if _, err := e.i.Call(context.Background(), 0); !errors.Is(err, rt.ErrPoisoned) {
					t.Errorf("a later call gave %v", err)
				}
				newEnv(t).whole()
			})
		})
	}
}

// TestCancelBeforeStart cancels a call that backpressure holds up: the guest
// never sees it.
func TestCancelBeforeStart(t *testing.T) {
	e := newEnv(t)
	ctx := t.Context()
	if err := e.i.Hold(ctx); err != nil {
		t.Fatal(err)
	}
	err := e.i.RunConcurrent(ctx, func(ctx context.Context, acc *rt.Accessor) error {
		c := e.i.StartCall(acc, 0)
		c.Cancel()
		_, err := c.Wait(ctx)
		return err
	})
	if !errors.Is(err, rt.ErrCancelled) {
		t.Errorf("the call gave %v", err)
	}
	short, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
	defer cancel()
	if _, err := e.i.Call(short, 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call with a deadline gave %v", err)
	}
	if len(e.h.reached) > 0 {
		t.Error("a call that was cancelled reached the guest")
	}
	if err := e.i.LetGo(ctx); err != nil {
		t.Fatal(err)
	}
	close(e.h.gates[0])
	if v, err := e.i.Call(ctx, 0); v != 100 || err != nil {
		t.Errorf("call gave %d, %v", v, err)
	}
	e.r.Close()
	e.f.Close()
	e.empty()
}

// TestCancelDeaf cancels a call of a guest that cannot hear of it, for it waits
// in the middle of its code: the caller goes on, the guest too.
func TestCancelDeaf(t *testing.T) {
	e := newEnv(t)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { _, err := e.i.Stackful(ctx, 0); result <- err }()
	e.await(0)
	cancel()
	if err := e.get(result); !errors.Is(err, context.Canceled) {
		t.Errorf("the call gave %v", err)
	}
	if s, err := e.st.Stats(t.Context()); err != nil || s.Threads != 1 || s.Stacks != 1 || s.HostCalls != 1 {
		t.Errorf("the store holds %+v, %v", s, err)
	}
	close(e.h.gates[0])
	// Started calls are told when it is over, with the result that it has all the same.
	err := e.i.RunConcurrent(t.Context(), func(ctx context.Context, acc *rt.Accessor) error {
		e.h.gates[1] = make(chan struct{})
		c := e.i.StartStackful(acc, 1)
		e.await(1)
		c.Cancel()
		close(e.h.gates[1])
		v, err := c.Wait(ctx)
		if v != 101 || err != nil {
			t.Errorf("the call gave %d, %v", v, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	e.r.Close()
	e.f.Close()
	e.empty()
}

// TestFeed: a call that has returned goes on while its stream is read, and ends
// when the reader is gone.
func TestFeed(t *testing.T) {
	e := newEnv(t)
	ctx := t.Context()
	r, err := e.i.Feed(ctx)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1000)
	if n, err := io.ReadFull(r, buf); n != len(buf) || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.Read(buf); !errors.Is(err, rt.ErrMoved) {
		t.Errorf("read of a closed end: %v", err)
	}
	e.r.Close()
	e.f.Close()
	e.empty()
}

// TestDeadlock: the trap says who waits on what, and whoever waits gets it.
func TestDeadlock(t *testing.T) {
	e := newEnv(t)
	err := e.i.RunConcurrent(t.Context(), func(ctx context.Context, acc *rt.Accessor) error {
		a, b := e.i.StartStuck(acc), e.i.StartStuck(acc)
		_, errA := a.Wait(ctx)
		_, errB := b.Wait(ctx)
		for _, err := range []error{errA, errB} {
			if !errors.Is(err, rt.TrapDeadlock) || strings.Count(err.Error(), "stuck waits for an event in a waitable set") != 2 {
				t.Errorf("a task that waits for nothing: %v", err)
			}
		}
		return nil
	})
	if !errors.Is(err, rt.TrapDeadlock) {
		t.Errorf("RunConcurrent gave %v", err)
	}
}

// TestHostConcurrency: asynchronous host functions run at the same time, off
// the baton; a synchronous one holds it.
func TestHostConcurrency(t *testing.T) {
	e := newEnv(t)
	var inAt, overlap atomic.Bool
	e.h.at = func(uint32) error {
		inAt.Store(true)
		time.Sleep(2 * time.Millisecond)
		inAt.Store(false)
		return nil
	}
	err := e.i.RunConcurrent(t.Context(), func(ctx context.Context, acc *rt.Accessor) error {
		watch := acc.Spawn(func(ctx context.Context, acc *rt.Accessor) error {
			for ctx.Err() == nil {
				if err := acc.With(func(*rt.Access) error {
					if inAt.Load() {
						overlap.Store(true)
					}
					return nil
				}); err != nil {
					return err
				}
			}
			return nil
		})
		var calls []*rt.Call[uint32]
		for range 5 {
			calls = append(calls, e.i.StartCall(acc, 0), e.i.StartStackful(acc, 2))
		}
		for e.h.out.Load() < 10 {
			time.Sleep(time.Millisecond)
		}
		close(e.h.gates[0])
		close(e.h.gates[2])
		for n, c := range calls {
			if v, err := c.Wait(ctx); err != nil || v != 100+uint32(n%2*2) {
				t.Errorf("call %d gave %d, %v", n, v, err)
			}
		}
		watch.Cancel()
		return watch.Wait(ctx)
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if n := e.h.most.Load(); n != 10 {
		t.Errorf("at most %d host functions ran at a time", n)
	}
	if overlap.Load() {
		t.Error("the store was to be had while a synchronous host function ran")
	}
}

var stores = flag.Int("stores", 60, "stores of TestStress; 1000 for the full form")

// TestStress has many stores run 50 calls each, all at the same time, and counts what is left behind.
func TestStress(t *testing.T) {
	h := newHost()
	h.reached = make(chan uint32, *stores*50)
	for n := range h.gates {
		close(h.gates[n])
	}
	pre, err := scenario.Prepare(scenario.Imports{Host: h})
	if err != nil {
		t.Fatal(err)
	}
	round := func() {
		var wg sync.WaitGroup
		for range *stores {
			wg.Go(func() {
				ctx := context.Background()
				st := rt.NewStore()
				defer st.Close()
				i, err := pre.Instantiate(ctx, st)
				if err != nil {
					t.Error(err)
					return
				}
				err = i.RunConcurrent(ctx, func(ctx context.Context, acc *rt.Accessor) error {
					var calls [50]*rt.Call[uint32]
					for n := range calls {
						if n%2 == 0 {
							calls[n] = i.StartCall(acc, uint32(n%steps))
						} else {
							calls[n] = i.StartStackful(acc, uint32(n%steps))
						}
					}
					for n, c := range calls {
						if v, err := c.Wait(ctx); err != nil || v != 100+uint32(n%steps) {
							t.Errorf("call %d gave %d, %v", n, v, err)
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
				s, err := st.Stats(ctx)
				if s.Handles+s.Threads+s.Stacks+s.HostCalls+s.Waits+s.Ends != 0 || err != nil {
					t.Errorf("a store holds %+v, %v", s, err)
				}
			})
		}
		wg.Wait()
		for len(h.reached) > 0 {
			<-h.reached
		}
	}
	before := runtime.NumGoroutine()
	round()
	goroutines(t, before)
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	one := heap()
	start := time.Now()
	round()
	d := time.Since(start)
	goroutines(t, before)
	two := heap()
	if two > one+1<<20 {
		t.Errorf("%d bytes of heap after a round, %d after two", one, two)
	}
	if n := h.out.Load(); n != 0 {
		t.Errorf("%d host functions are left", n)
	}
	t.Logf("%d stores with 50 calls each in %v; heap %d KiB after one round, %d KiB after two; %d goroutines before, %d after", *stores, d, one>>10, two>>10, before, runtime.NumGoroutine())
}

// sleepy is a host whose functions take a moment, each its own.
type sleepy struct{ *host }

func (h sleepy) Wait(ctx context.Context, step uint32) (uint32, error) {
	h.out.Add(1)
	defer h.out.Add(-1)
	select {
	case <-time.After(time.Duration(step) * 50 * time.Microsecond):
		return 100 + step, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

func (h sleepy) At(context.Context, uint32) error { return nil }

// TestChaos has goroutines do whatever is allowed, in random order: no answer is
// wrong, nobody hangs, and nothing is left.
func TestChaos(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			before := runtime.NumGoroutine()
			h := sleepy{newHost()}
			st := rt.NewStore(rt.WithShuffle(seed))
			i, err := scenario.Instantiate(t.Context(), st, scenario.Imports{Host: h})
			if err != nil {
				t.Fatal(err)
			}
			ok := func(what string, v, want uint32, err error) {
				switch {
				case err == nil && v == want:
				case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, rt.ErrCancelled):
				default:
					t.Errorf("%s gave %d, %v", what, v, err)
				}
			}
			var wg sync.WaitGroup
			for g := range uint64(12) {
				wg.Go(func() {
					r := rand.New(rand.NewPCG(seed, g))
					for range 30 {
						ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.IntN(400))*time.Microsecond)
						if r.IntN(2) == 0 {
							cancel()
							ctx, cancel = context.WithCancel(context.Background())
						}
						step := r.Uint32N(steps)
						switch r.IntN(6) {
						case 0:
							v, err := i.Call(ctx, step)
							ok("call", v, 100+step, err)
						case 1:
							v, err := i.Stackful(ctx, step)
							ok("stackful", v, 100+step, err)
						case 2:
							i.RunConcurrent(context.Background(), func(ctx context.Context, acc *rt.Accessor) error {
								a, b := i.StartCall(acc, step), i.StartStackful(acc, step)
								if r.IntN(2) == 0 {
									a.Cancel()
									b.Cancel()
								}
								v, err := a.Wait(ctx)
								ok("started call", v, 100+step, err)
								v, err = b.Wait(ctx)
								ok("started stackful", v, 100+step, err)
								return nil
							})
						case 3:
							s, err := i.Feed(context.Background())
							if err != nil {
								t.Error(err)
								break
							}
							_, err = io.ReadFull(s.WithContext(ctx), make([]byte, r.IntN(50)))
							ok("feed", 0, 0, err)
							s.Close()
						case 4:
							s, w, err := rt.NewStream[string](st)
							if err != nil {
								t.Error(err)
								break
							}
							done := make(chan struct{})
							go func() {
								defer close(done)
								_, err := w.WriteContext(ctx, []string{"a", "b", "c"})
								ok("write", 0, 0, err)
								w.Close()
							}()
							for v, err := range s.All(ctx) {
								if err != nil {
									ok("read", 0, 0, err)
									break
								}
								if v < "a" || v > "c" {
									t.Errorf("read %q", v)
								}
							}
							<-done
							s.Close()
						case 5:
							f, w, err := rt.NewFuture[int](st)
							if err != nil {
								t.Error(err)
								break
							}
							spawned := st.Spawn(func(sctx context.Context, acc *rt.Accessor) error {
								v, err := f.Get(ctx)
								ok("future", uint32(v), 7, err)
								f.Close()
								return nil
							})
							if err := w.Set(ctx, 7); !errors.Is(err, rt.ErrDropped) {
								ok("set", 0, 0, err)
							}
							spawned.Wait(context.Background())
							w.Close()
						}
						cancel()
					}
				})
			}
			done := make(chan struct{})
			go func() { wg.Wait(); close(done) }()
			select {
			case <-done:
			case <-time.After(60 * time.Second):
				buf := make([]byte, 1<<20)
				t.Fatalf("it hangs\n%s", buf[:runtime.Stack(buf, true)])
			}
			e := &env{t: t, h: h.host, st: st, i: i}
			e.drain()
			s, err := st.Stats(context.Background())
			if s.Handles+s.Threads+s.Stacks+s.HostCalls+s.Waits+s.Ends != 0 || err != nil {
				t.Errorf("the store holds %+v, %v", s, err)
			}
			st.Close()
			goroutines(t, before)
		})
	}
}

// TestDynamic calls by name, and gives the imports by name.
func TestDynamic(t *testing.T) {
	before := runtime.NumGoroutine()
	ctx := t.Context()
	h := newHost()
	l := rt.NewLinker()
	for name, f := range map[string]any{"at": h.At, "ready": h.Ready, "wait": h.Wait} {
		if err := l.Define("host", name, rt.HostFuncOf(f)); err != nil {
			t.Fatal(err)
		}
	}
	err := l.Define("host", "use", rt.HostFunc{Call: func(ctx context.Context, args []rt.Value) (rt.Value, error) {
		v, err := h.Use(ctx, args[0].(rt.ResourceValue).Value)
		return rt.U32(v), err
	}})
	if err != nil {
		t.Fatal(err)
	}
	pre, err := scenario.PrepareDynamic(l, scenario.Imports{})
	if err != nil {
		t.Fatal(err)
	}
	st := rt.NewStore()
	i, err := pre.Instantiate(ctx, st)
	if err != nil {
		t.Fatal(err)
	}
	e := &env{t: t, h: h, st: st, i: i}
	e.args()
	e.whole()
	e.args()

	close(h.gates[1])
	call, err := rt.TypedFunc[func(context.Context, uint32) (uint32, error)](i, "call")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := call(ctx, 1); v != 101 || err != nil {
		t.Errorf("call gave %d, %v", v, err)
	}
	feed, ok := i.Func("feed")
	if !ok {
		t.Fatal("no feed")
	}
	vs, err := feed.Call(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r, ok := rt.StreamOf[byte](vs[0])
	if !ok {
		t.Fatalf("feed gave %v", vs[0])
	}
	if n, err := io.ReadFull(r, make([]byte, 10)); n != 10 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
	r.Close()
	run, ok := i.Func("run")
	if !ok {
		t.Fatal("no run")
	}
	h.ready.Store(false)
	err = i.RunConcurrent(ctx, func(ctx context.Context, acc *rt.Accessor) error {
		c, err := run.CallConcurrent(acc, e.r.Value(), e.f.Value(), rt.ResourceValue{Value: e.x})
		if err != nil {
			return err
		}
		<-h.reached // of the call before
		for n := range uint32(steps) {
			e.await(n)
			if n == 3 {
				c.Cancel()
				break
			}
			e.let(ctx, n)
		}
		_, err = c.Wait(ctx)
		return err
	})
	if !errors.Is(err, rt.ErrCancelled) {
		t.Errorf("run gave %v", err)
	}
	if _, err := run.Call(ctx, e.r.Value(), e.f.Value(), rt.ResourceValue{Value: e.x}); !errors.Is(err, rt.ErrMoved) {
		t.Errorf("a stream given twice: %v", err)
	}
	e.empty()
	st.Close()
	goroutines(t, before)
}
