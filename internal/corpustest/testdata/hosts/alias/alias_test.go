// corpus: found/runtime/resource_alias.component.wasm
package alias

import (
	"errors"
	"testing"

	"corpus.test/alias/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

func TestAlias(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	inst, err := api.Instantiate(ctx, st, api.Imports{WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	make := func(v uint32) *api.X {
		t.Helper()
		x, err := inst.E1().NewX(ctx, v)
		if err != nil || x == nil {
			t.Fatalf("constructor(%d): %v", v, err)
		}
		return x
	}
	x := make(42)
	list, err := inst.E1().A(ctx, api.Foo{X: x})
	if err != nil || len(list) != 1 || list[0] == nil {
		t.Fatalf("e1.a gave %v, %v; want one x", list, err)
	}
	if err := x.Drop(ctx); !errors.Is(err, rt.ErrMoved) {
		t.Errorf("drop of an x that e1.a took: %v", err)
	}
	// What came back may be passed again: it is the same resource type in both interfaces.
	f, g, h := list[0], make(8), make(9)
	list, err = inst.E2().A(ctx, api.E2Foo{X: f}, api.Foo{X: g}, h)
	if err != nil || len(list) != 2 || list[0] == nil || list[1] == nil || list[0] == list[1] {
		t.Fatalf("e2.a gave %v, %v; want two x", list, err)
	}
	for _, moved := range []*api.X{f, g} {
		if err := moved.Drop(ctx); !errors.Is(err, rt.ErrMoved) {
			t.Errorf("drop of an x that e2.a took: %v", err)
		}
	}
	for _, ours := range append(list, h) { // h was lent
		if err := ours.Drop(ctx); err != nil {
			t.Errorf("drop: %v", err)
		}
		if err := ours.Drop(ctx); !errors.Is(err, rt.ErrMoved) {
			t.Errorf("second drop: %v", err)
		}
	}
}
