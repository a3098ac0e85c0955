// corpus: found/runtime/resource_floats.component.wasm
package floats

import (
	"context"
	"testing"

	"corpus.test/floats/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

// float is the resource float of test:resource-floats/test and of imports; what get adds differs.
type float struct {
	v, get  float64
	dropped *int
}

func (f *float) Get(context.Context) (float64, error) { return f.v + f.get, nil }
func (f *float) Drop(context.Context) error           { *f.dropped++; return nil }

// test is the interface test:resource-floats/test.
type test struct{ dropped int }

func (h *test) NewFloat(_ context.Context, v float64) (api.Float, error) {
	return &float{v + 1, 3, &h.dropped}, nil
}

// imports is the interface imports.
type imports struct{ made, taken, dropped int }

func (h *imports) NewFloat(_ context.Context, v float64) (api.ImportsFloat, error) {
	h.made++
	return &float{v + 2, 4, &h.dropped}, nil
}

func (h *imports) FloatAdd(ctx context.Context, a api.ImportsFloat, b float64) (api.ImportsFloat, error) {
	h.taken++
	return h.NewFloat(ctx, a.(*float).v+b+6)
}

func TestFloats(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	h1, h2 := &test{}, &imports{}
	inst, err := api.Instantiate(ctx, st, api.Imports{Test: h1, Imports: h2, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}

	// The host's floats are lent to the guest, which makes a third.
	a, _ := h1.NewFloat(ctx, 42)
	b, _ := h1.NewFloat(ctx, 55)
	sum, err := inst.Add(ctx, a, b)
	if err != nil {
		t.Fatal("add:", err)
	}
	if v, err := sum.Get(ctx); err != nil || v != 114 {
		t.Errorf("add(42, 55).get() = %v, %v; want 114", v, err)
	}
	if h1.dropped != 0 {
		t.Errorf("the guest dropped %d floats that were lent or returned", h1.dropped)
	}

	// The guest's floats wrap the host's.
	f, err := inst.Exports().NewFloat(ctx, 22)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := f.Get(ctx); err != nil || v != 32 {
		t.Errorf("float(22).get() = %v, %v; want 32", v, err)
	}
	g, err := inst.Exports().FloatAdd(ctx, f, 7)
	if err != nil {
		t.Fatal("float.add:", err)
	}
	if v, err := g.Get(ctx); err != nil || v != 59 {
		t.Errorf("float.add(f, 7).get() = %v, %v; want 59", v, err)
	}
	if err := g.Drop(ctx); err != nil {
		t.Error("drop:", err)
	}
	// Every float of the host that add did not take was dropped by the guest.
	if h2.made != 3 || h2.taken != 1 || h2.dropped != 2 {
		t.Errorf("the host made %d floats, add took %d, the guest dropped %d; want 3, 1, 2", h2.made, h2.taken, h2.dropped)
	}
}
