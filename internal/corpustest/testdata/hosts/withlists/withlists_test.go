// corpus: found/runtime/resource_with_lists.component.wasm
package withlists

import (
	"context"
	"testing"

	"corpus.test/withlists/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

type thing struct {
	text    string
	dropped *int
}

func (x *thing) Foo(context.Context) ([]byte, error) { return []byte(x.text + " HostThing.foo"), nil }
func (x *thing) Bar(_ context.Context, l []byte) error {
	x.text = string(l) + " HostThing.bar"
	return nil
}
func (x *thing) Drop(context.Context) error { *x.dropped++; return nil }

type host struct{ dropped int }

func (h *host) NewThing(_ context.Context, l []byte) (api.Thing, error) {
	return &thing{string(l) + " HostThing", &h.dropped}, nil
}

func (*host) ThingBaz(_ context.Context, l []byte) ([]byte, error) {
	return []byte(string(l) + " HostThing.baz"), nil
}

func TestLists(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	h := &host{}
	inst, err := api.Instantiate(ctx, st, api.Imports{Test: h, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, got []byte, err error, want string) {
		t.Helper()
		if err != nil || string(got) != want {
			t.Errorf("%s = %q, %v; want %q", what, got, err, want)
		}
	}
	x, err := inst.Test().NewThing(ctx, []byte("Hi"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := x.Foo(ctx)
	check("foo()", b, err, "Hi Thing HostThing HostThing.foo Thing.foo")
	if err := x.Bar(ctx, []byte("Hola")); err != nil {
		t.Error("bar:", err)
	}
	b, err = x.Foo(ctx)
	check("foo() after bar", b, err, "Hola Thing.bar HostThing.bar HostThing.foo Thing.foo")
	b, err = inst.Test().ThingBaz(ctx, []byte("Ohayo Gozaimas"))
	check("baz", b, err, "Ohayo Gozaimas Thing.baz HostThing.baz Thing.baz again")
	if h.dropped != 0 {
		t.Errorf("the guest dropped %d things too early", h.dropped)
	}
	if err := x.Drop(ctx); err != nil || h.dropped != 1 {
		t.Errorf("drop: %v; the guest dropped %d of the host's things", err, h.dropped)
	}
}
