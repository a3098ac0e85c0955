// corpus bpcaller: found/p3/backpressure/async-backpressure-caller.wasm
// corpus bpcallee: found/p3/backpressure/async-backpressure-callee.wasm
// corpus prcaller: found/p3/general/async-post-return-caller.wasm
// corpus prcallee: found/p3/general/async-post-return-callee.wasm
// corpus bcaller: found/p3/general/async-borrowing-caller.wasm
// corpus bcallee: found/p3/general/async-borrowing-callee.wasm
// corpus ycaller: found/p3/yield/async-yield-caller.wasm
// corpus ycallee: found/p3/yield/async-yield-callee-stackless.wasm
package asyncpairs

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"corpus.test/asyncpairs/bcallee"
	"corpus.test/asyncpairs/bcaller"
	"corpus.test/asyncpairs/bpcallee"
	"corpus.test/asyncpairs/bpcaller"
	"corpus.test/asyncpairs/prcallee"
	"corpus.test/asyncpairs/prcaller"
	"corpus.test/asyncpairs/ycallee"
	"corpus.test/asyncpairs/ycaller"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

// The callee's exports serve the caller's imports: Go calls from one component
// to another, in stores of their own, so that none holds up the other.

var host = wasi.New(wasi.Config{Stderr: os.Stderr})

func store(t *testing.T) *rt.Store {
	st := rt.NewStore()
	t.Cleanup(func() { st.Close() })
	return st
}

func TestBackpressure(t *testing.T) {
	ctx := t.Context()
	callee, err := bpcallee.Instantiate(ctx, store(t), bpcallee.Imports{WASI: host})
	if err != nil {
		t.Fatal(err)
	}
	caller, err := bpcaller.Instantiate(ctx, store(t), bpcaller.Imports{Backpressure: callee.Backpressure(), Run: callee.Run(), WASI: host})
	if err != nil {
		t.Fatal(err)
	}
	if err := caller.Run().Run(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestPostReturn(t *testing.T) {
	ctx := t.Context()
	callee, err := prcallee.Instantiate(ctx, store(t), prcallee.Imports{WASI: host})
	if err != nil {
		t.Fatal(err)
	}
	caller, err := prcaller.Instantiate(ctx, store(t), prcaller.Imports{PostReturn: callee.PostReturn(), WASI: host})
	if err != nil {
		t.Fatal(err)
	}
	if err := caller.Run().Run(ctx); err != nil {
		t.Fatal(err)
	}
}

type x struct{ calls *atomic.Int32 }

func (x x) Foo(context.Context) error { x.calls.Add(1); return nil }

type xs struct{ calls atomic.Int32 }

func (h *xs) NewX(context.Context) (bcallee.X, error) { return x{&h.calls}, nil }

// callerXs makes the same things for the other package.
type callerXs struct{ *xs }

func (h callerXs) NewX(context.Context) (bcaller.X, error) { return x{&h.xs.calls}, nil }

// borrowing adapts the callee's interface to the caller's: the resource has
// another Go type there.
type borrowing struct{ callee bcallee.Borrowing }

func (b borrowing) Foo(ctx context.Context, v bcaller.X, misbehave bool) error {
	return b.callee.Foo(ctx, v.(bcallee.X), misbehave)
}

func TestBorrowing(t *testing.T) {
	for _, misbehave := range []bool{false, true} {
		ctx := t.Context()
		h := &xs{}
		callee, err := bcallee.Instantiate(ctx, store(t), bcallee.Imports{BorrowingTypes: h, WASI: host})
		if err != nil {
			t.Fatal(err)
		}
		caller, err := bcaller.Instantiate(ctx, store(t), bcaller.Imports{BorrowingTypes: callerXs{h}, Borrowing: borrowing{callee.Borrowing()}, WASI: host})
		if err != nil {
			t.Fatal(err)
		}
		err = caller.RunBool().Run(ctx, misbehave)
		var trap *rt.Trap
		switch {
		case !misbehave && (err != nil || h.calls.Load() != 1):
			t.Errorf("run(false): %v, %d calls", err, h.calls.Load())
		case misbehave && (!errors.Is(err, rt.TrapInvalidHandle) || !errors.As(err, &trap)):
			t.Errorf("run(true): %v", err)
		}
	}
}

type yieldHost struct {
	mu sync.Mutex
	on bool
}

func (h *yieldHost) SetContinue(_ context.Context, v bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.on = v
	return nil
}

func (h *yieldHost) GetContinue(context.Context) (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.on, nil
}

type thing struct{ ready chan struct{} }

func (h thing) SetReady(_ context.Context, ready bool) error {
	select {
	case <-h.ready:
	default:
	}
	if ready {
		h.ready <- struct{}{}
	}
	return nil
}

func (h thing) WhenReady(ctx context.Context) error {
	select {
	case <-h.ready:
		h.ready <- struct{}{}
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

type readyHost struct{}

func (readyHost) NewThing(context.Context) (ycaller.Thing, error) {
	return thing{make(chan struct{}, 1)}, nil
}

func TestYield(t *testing.T) {
	ctx := t.Context()
	h := &yieldHost{}
	callee, err := ycallee.Instantiate(ctx, store(t), ycallee.Imports{Continue: h, WASI: host})
	if err != nil {
		t.Fatal(err)
	}
	caller, err := ycaller.Instantiate(ctx, store(t), ycaller.Imports{Continue: h, Ready: readyHost{}, Run: callee.Run(), WASI: host})
	if err != nil {
		t.Fatal(err)
	}
	if err := caller.CliRun().Run(ctx); err != nil {
		t.Fatal(err)
	}
}
