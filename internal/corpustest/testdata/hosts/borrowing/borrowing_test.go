// corpus: found/runtime/borrowing.component.wasm
package borrowing

import (
	"context"
	"reflect"
	"testing"

	"corpus.test/borrowing/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

type lists struct{ got [][]string }

func (h *lists) Foo(_ context.Context, a [][]string) ([][]string, error) { h.got = a; return a, nil }

type thingIn struct{ got api.Thing }

func (h *thingIn) Bar(_ context.Context, a api.Thing) error { h.got = a; return nil }

type thingInAndOut struct{ got api.ThingInAndOutThing }

func (h *thingInAndOut) Baz(_ context.Context, a api.ThingInAndOutThing) (api.ThingInAndOutThing, error) {
	h.got = a
	return a, nil
}

type theResource struct {
	list    []string
	dropped int
}

func (r *theResource) Drop(context.Context) error { r.dropped++; return nil }

type both struct {
	made *theResource
	got  api.BothListAndResourceThing
}

func (h *both) NewTheResource(_ context.Context, list []string) (api.TheResource, error) {
	h.made = &theResource{list: list}
	return h.made, nil
}
func (h *both) ListAndResource(_ context.Context, a api.BothListAndResourceThing) error {
	h.got = a
	return nil
}

func TestOwnership(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	var l lists
	var in thingIn
	var inOut thingInAndOut
	var b both
	inst, err := api.Instantiate(ctx, st, api.Imports{Lists: &l, ThingIn: &in, ThingInAndOut: &inOut, BothListAndResource: &b, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	if err := inst.Foo(ctx); err != nil {
		t.Fatal("foo:", err)
	}
	equal := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s got %v, want %v", what, got, want)
		}
	}
	values := []string{"some value", "another value"}
	three := []string{"foo", "bar", "baz"}
	equal("lists.foo", l.got, [][]string{{"foo", "bar"}})
	equal("thing-in.bar", in.got, api.Thing{Name: "thing 1", Value: values})
	equal("thing-in-and-out.baz", inOut.got, api.ThingInAndOutThing{Name: "thing 1", Value: values})
	if b.made == nil {
		t.Fatal("no the-resource was made")
	}
	equal("the-resource", b.made.list, three)
	equal("list-and-resource", b.got.A, three)
	if b.got.B != api.TheResource(b.made) || b.made.dropped != 0 {
		t.Errorf("list-and-resource got %v, want the one that was made, dropped 0 times", b.got.B)
	}
}
