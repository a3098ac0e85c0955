// corpus: found/runtime/resource_borrow_export.component.wasm
package borrowexport

import (
	"errors"
	"testing"

	"corpus.test/borrowexport/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

func TestBorrow(t *testing.T) {
	ctx := t.Context()
	pre, err := api.Prepare(api.Imports{WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	var things []*api.Thing
	var tests []api.Test
	for range 2 {
		st := rt.NewStore()
		defer st.Close()
		inst, err := pre.Instantiate(ctx, st)
		if err != nil {
			t.Fatal(err)
		}
		thing, err := inst.Test().NewThing(ctx, 42)
		if err != nil {
			t.Fatal(err)
		}
		things, tests = append(things, thing), append(tests, inst.Test())
	}
	if v, err := tests[0].Foo(ctx, things[1]); !errors.Is(err, rt.ErrWrongStore) {
		t.Errorf("foo of another store's thing = %d, %v", v, err)
	}
	for i, x := range tests {
		for range 3 { // a lent thing stays ours
			if v, err := x.Foo(ctx, things[i]); err != nil || v != 45 {
				t.Errorf("foo(thing(42)) = %d, %v; want 45", v, err)
			}
		}
		if err := things[i].Drop(ctx); err != nil {
			t.Error("drop:", err)
		}
		if v, err := x.Foo(ctx, things[i]); !errors.Is(err, rt.ErrMoved) {
			t.Errorf("foo of a dropped thing = %d, %v", v, err)
		}
		if v, err := x.Foo(ctx, nil); err == nil {
			t.Errorf("foo of nil = %d", v)
		}
	}
}
