// corpus: found/runtime/resource-import-and-export.component.wasm
package resources

import (
	"context"
	"errors"
	"testing"

	"corpus.test/resources/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

type thing struct {
	h *host
	v uint32
}

func (t *thing) Foo(context.Context) (uint32, error)   { return t.v + 2, nil }
func (t *thing) Bar(_ context.Context, v uint32) error { t.v = v + 3; return nil }
func (t *thing) Drop(context.Context) error            { t.h.dropped = append(t.h.dropped, t); return nil }

type host struct {
	made, dropped []*thing
}

func (h *host) make(v uint32) *thing {
	t := &thing{h, v + 1}
	h.made = append(h.made, t)
	return t
}

func (h *host) NewThing(_ context.Context, v uint32) (api.Thing, error) { return h.make(v), nil }
func (h *host) ThingBaz(ctx context.Context, a, b api.Thing) (api.Thing, error) {
	x, _ := a.Foo(ctx)
	y, _ := b.Foo(ctx)
	return h.make(x + y + 4), nil
}

func TestThing(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	h := &host{}
	var passed []api.Thing
	inst, err := api.Instantiate(ctx, st, api.Imports{
		Test: h, WASI: wasi.New(wasi.Config{}),
		ToplevelImport: func(_ context.Context, a api.Thing) (api.Thing, error) {
			passed = append(passed, a)
			return a, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	x := inst.Test()
	make := func(v uint32) *api.ExportThing {
		t.Helper()
		r, err := x.NewThing(ctx, v)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	foo := func(r *api.ExportThing, want uint32) {
		t.Helper()
		if v, err := r.Foo(ctx); err != nil || v != want {
			t.Errorf("foo() = %d, %v; want %d", v, err, want)
		}
	}
	t1 := make(42)
	foo(t1, 48)
	if err := t1.Bar(ctx, 33); err != nil {
		t.Fatal(err)
	}
	foo(t1, 43)
	t2 := make(81)
	t3, err := x.ThingBaz(ctx, t1, t2)
	if err != nil {
		t.Fatal(err)
	}
	foo(t3, 143)
	for _, moved := range []*api.ExportThing{t1, t2} {
		if _, err := moved.Foo(ctx); !errors.Is(err, rt.ErrMoved) {
			t.Errorf("foo() of a thing that baz took: %v", err)
		}
		if err := moved.Drop(ctx); !errors.Is(err, rt.ErrMoved) {
			t.Errorf("drop of a thing that baz took: %v", err)
		}
	}
	// The guest drops what the host's baz gave it, and nothing else: baz's
	// arguments went to the host.
	if len(h.made) != 4 || len(h.dropped) != 1 || h.dropped[0] != h.made[2] {
		t.Errorf("the host made %d things, %v were dropped", len(h.made), h.dropped)
	}
	if err := t3.Drop(ctx); err != nil {
		t.Error("drop:", err)
	}
	if _, err := t3.Foo(ctx); !errors.Is(err, rt.ErrMoved) {
		t.Errorf("foo() of a dropped thing: %v", err)
	}

	// The host's own value goes through the guest.
	mine := &thing{h, 7}
	back, err := inst.ToplevelExport(ctx, mine)
	if err != nil || back != api.Thing(mine) || len(passed) != 1 || passed[0] != api.Thing(mine) {
		t.Errorf("toplevel-export gave %v, %v; the host got %v", back, err, passed)
	}
	if len(h.dropped) != 1 {
		t.Errorf("%d things were dropped, want 1", len(h.dropped))
	}
}
