// corpus: found/runtime/rust_xcrate.component.wasm
package xcrate

import (
	"context"
	"slices"
	"testing"

	"corpus.test/xcrate/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

// x is the resource x of a-imports and of b-imports.
type x struct {
	of  string
	log *[]string
}

func (r x) Foo(context.Context) error  { *r.log = append(*r.log, r.of+".x.foo"); return nil }
func (r x) Drop(context.Context) error { *r.log = append(*r.log, r.of+".x.drop"); return nil }

type a struct{ log *[]string }

func (h a) A(context.Context) error { *h.log = append(*h.log, "a"); return nil }
func (h a) NewX(context.Context) (api.AImportsX, error) {
	*h.log = append(*h.log, "a.x")
	return x{"a", h.log}, nil
}

type b struct{ log *[]string }

func (h b) B(context.Context) error { *h.log = append(*h.log, "b"); return nil }
func (h b) NewX(context.Context) (api.X, error) {
	*h.log = append(*h.log, "b.x")
	return x{"b", h.log}, nil
}

func TestCrates(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	var log []string
	inst, err := api.Instantiate(ctx, st, api.Imports{AImports: a{&log}, BImports: b{&log}, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	if err := inst.B(ctx); err != nil {
		t.Fatal("b:", err)
	}
	if want := []string{"a", "b", "a.x", "a.x.foo", "a.x.drop", "b.x", "b.x.foo", "b.x.drop"}; !slices.Equal(log, want) {
		t.Errorf("the guest called %v, want %v", log, want)
	}
	x, err := inst.AnExportedInterface().NewX(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Foo(ctx); err != nil {
		t.Error("foo:", err)
	}
	if err := x.Drop(ctx); err != nil {
		t.Error("drop:", err)
	}
}
