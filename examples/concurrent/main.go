// Command concurrent runs calls beside each other in the event loop of a store:
// the example of wasmtime's Instance::run_concurrent, in Go.
package main

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"example.com/concurrent/app"
	"github.com/wc2go/wc2go/rt"
)

//go:generate go run github.com/wc2go/wc2go/cmd/wc2go generate -o app concurrent.wasm

// MyResource is what guests know as my-resource. To Go it is an ordinary value.
type MyResource struct{ value uint32 }

// Value is the resource's method.
func (r MyResource) Value(context.Context) (uint32, error) { return r.value, nil }

// table holds resources by number, for code that passes numbers around. Nobody
// but who holds the store may use it.
type table struct {
	entries map[int]MyResource
	next    int
}

func (t *table) push(r MyResource) int {
	t.next++
	t.entries[t.next] = r
	return t.next
}

func (t *table) delete(n int) (MyResource, error) {
	r, ok := t.entries[n]
	if !ok {
		return r, fmt.Errorf("no resource %d", n)
	}
	delete(t.entries, n)
	return r, nil
}

// host is what the component imports.
type host struct{ pauses, most atomic.Int32 }

// NewMyResource makes a resource for a guest.
func (h *host) NewMyResource(_ context.Context, value uint32) (app.MyResource, error) {
	return MyResource{value}, nil
}

// Pause is asynchronous in WIT: it does not hold the store, and several run at a time.
func (h *host) Pause(ctx context.Context) error {
	n := h.pauses.Add(1)
	defer h.pauses.Add(-1)
	for m := h.most.Load(); n > m && !h.most.CompareAndSwap(m, n); m = h.most.Load() {
	}
	select {
	case <-time.After(20 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "concurrent:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	h := &host{}
	st := rt.NewStore()
	defer st.Close()
	inst, err := app.Instantiate(ctx, st, app.Imports{ConcurrentTypes: h})
	if err != nil {
		return err
	}
	resources := &table{entries: map[int]MyResource{}}
	err = inst.RunConcurrent(ctx, func(ctx context.Context, acc *rt.Accessor) error {
		// Create a resource in the store's table.
		var n int
		err := acc.With(func(*rt.Access) error {
			n = resources.push(MyResource{42})
			return nil
		})
		if err != nil {
			return err
		}
		another, err := foo(ctx, inst, acc, resources, n)
		if err != nil {
			return err
		}
		// Delete what came back, and call another export with it.
		var value MyResource
		err = acc.With(func(*rt.Access) (err error) {
			value, err = resources.delete(another)
			return err
		})
		if err != nil {
			return err
		}
		v, err := inst.Bar(ctx, value.value)
		if err != nil {
			return err
		}
		fmt.Printf("foo gave %d, bar %d\n", value.value, v)
		return nil
	})
	if err != nil {
		return err
	}
	return many(ctx, inst, h)
}

// foo calls the export foo with resource n of the table, and puts the one that
// comes back into the table.
func foo(ctx context.Context, inst *app.Instance, acc *rt.Accessor, t *table, n int) (int, error) {
	var r MyResource
	err := acc.With(func(*rt.Access) (err error) {
		r, err = t.delete(n)
		return err
	})
	if err != nil {
		return 0, err
	}
	back, err := inst.Foo(ctx, r)
	if err != nil {
		return 0, err
	}
	err = acc.With(func(*rt.Access) error {
		n = t.push(back.(MyResource))
		return nil
	})
	return n, err
}

// many starts calls that run beside each other, and a background task that
// looks on for as long as the loop runs.
func many(ctx context.Context, inst *app.Instance, h *host) error {
	var calls []*rt.Call[uint32]
	done := make(chan struct{})
	watch := inst.Spawn(func(ctx context.Context, acc *rt.Accessor) error {
		<-done
		fmt.Println("pauses ran beside each other:", h.most.Load() > 1)
		return nil
	})
	return inst.RunConcurrent(ctx, func(ctx context.Context, acc *rt.Accessor) error {
		for n := range uint32(10) {
			calls = append(calls, inst.StartBar(acc, n))
		}
		sum := uint32(0)
		for _, c := range calls {
			v, err := c.Wait(ctx)
			if err != nil {
				return err
			}
			sum += v
		}
		fmt.Println("the calls gave", sum)
		close(done)
		return watch.Wait(ctx)
	})
}
