// corpus: found/runtime/resource_aggregates.component.wasm
package aggregates

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"corpus.test/aggregates/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

type thing struct {
	h *host
	v uint32
}

func (t *thing) Drop(context.Context) error { t.h.dropped = append(t.h.dropped, t.v); return nil }

type host struct {
	made, got, dropped []uint32
}

func (h *host) NewThing(_ context.Context, v uint32) (api.Thing, error) {
	h.made = append(h.made, v)
	return &thing{h, v}, nil
}

func (h *host) Foo(_ context.Context, r1 api.R1, r2 api.R2, r3 api.R3, t1 api.T1, t2 api.T2, v1 api.V1, v2 api.V2, l1 api.L1, l2 api.L2, o1, o2 rt.Option[api.Thing], result1, result2 rt.Result[api.Thing, rt.Unit]) (uint32, error) {
	all := []api.Thing{r1.Thing, r2.Thing, r3.Thing1, r3.Thing2, t1.F0, t1.F1.Thing, t2.F0, v1.(api.V1Thing).Value, v2.(api.V2Thing).Value}
	all = append(append(all, l1...), l2...)
	for _, o := range []rt.Option[api.Thing]{o1, o2} {
		if v, ok := o.Get(); ok {
			all = append(all, v)
		}
	}
	for _, r := range []rt.Result[api.Thing, rt.Unit]{result1, result2} {
		if v, ok := r.OK(); ok {
			all = append(all, v)
		}
	}
	sum := uint32(1)
	for _, x := range all {
		v := x.(*thing).v
		h.got = append(h.got, v)
		sum += v
	}
	return sum, nil
}

func TestAggregates(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	h := &host{}
	inst, err := api.Instantiate(ctx, st, api.Imports{Test: h, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	x := inst.Test()
	things := make([]*api.ExportThing, 17)
	var want []uint32
	for i := range things {
		if things[i], err = x.NewThing(ctx, uint32(i)); err != nil {
			t.Fatal(err)
		}
		want = append(want, uint32(i+1))
	}
	th := things
	got, err := x.Foo(ctx,
		api.ExportR1{Thing: th[0]}, api.ExportR2{Thing: th[1]}, api.ExportR3{Thing1: th[2], Thing2: th[3]},
		api.ExportT1{F0: th[4], F1: api.ExportR1{Thing: th[5]}}, api.ExportT2{F0: th[6]},
		api.ExportV1Thing{Value: th[7]}, api.ExportV2Thing{Value: th[8]},
		api.ExportL1{th[9], th[10]}, api.ExportL2{th[11], th[12]},
		rt.Some(th[13]), rt.Some(th[14]),
		rt.Ok[*api.ExportThing, rt.Unit](th[15]), rt.Ok[*api.ExportThing, rt.Unit](th[16]))
	if err != nil || got != 158 {
		t.Errorf("foo = %d, %v; want 158", got, err)
	}
	if !reflect.DeepEqual(h.made, want) {
		t.Errorf("the host made %v, want %v", h.made, want)
	}
	if !reflect.DeepEqual(h.got, want) {
		t.Errorf("the host got %v, want %v", h.got, want)
	}
	// What was lent stays ours, the rest moved away.
	lent := map[int]bool{1: true, 2: true, 6: true, 8: true, 11: true, 12: true, 14: true, 16: true}
	for i, r := range things {
		err := r.Drop(ctx)
		if lent[i] && err != nil {
			t.Errorf("drop of lent thing %d: %v", i, err)
		} else if !lent[i] && !errors.Is(err, rt.ErrMoved) {
			t.Errorf("drop of moved thing %d: %v", i, err)
		}
	}
}

// An argument that cannot be passed leaves the others where they are.
func TestRefused(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	inst, err := api.Instantiate(ctx, st, api.Imports{Test: &host{}, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	a, err := inst.Test().NewThing(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	none, bad := rt.None[*api.ExportThing](), rt.Err[*api.ExportThing](rt.Unit{})
	_, err = inst.Test().Foo(ctx, api.ExportR1{Thing: a}, api.ExportR2{}, api.ExportR3{}, api.ExportT1{}, api.ExportT2{}, nil, nil, nil, nil, none, none, bad, bad)
	if err == nil {
		t.Error("foo took nil things")
	}
	if err := a.Drop(ctx); err != nil {
		t.Error("drop after a refused call:", err)
	}
}
