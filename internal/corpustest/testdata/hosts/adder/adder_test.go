// corpus: found/adder.component.wasm
package adder

import (
	"testing"

	"corpus.test/adder/api"
	"github.com/wc2go/wc2go/rt"
)

func TestAdd(t *testing.T) {
	st := rt.NewStore()
	defer st.Close()
	inst, err := api.Instantiate(t.Context(), st, api.Imports{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ x, y, want uint32 }{{1, 2, 3}, {4294967295, 2, 1}, {0, 0, 0}} {
		if got, err := inst.Add().Add(t.Context(), c.x, c.y); err != nil || got != c.want {
			t.Errorf("add(%d, %d) = %d, %v; want %d", c.x, c.y, got, err, c.want)
		}
	}
}
