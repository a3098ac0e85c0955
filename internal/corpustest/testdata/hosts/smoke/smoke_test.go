// corpus: found/runtime/smoke.component.wasm
package smoke

import (
	"context"
	"testing"

	"corpus.test/smoke/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

type host struct{ n int }

func (h *host) Thunk(context.Context) error { h.n++; return nil }

func TestThunk(t *testing.T) {
	st := rt.NewStore()
	defer st.Close()
	h := &host{}
	inst, err := api.Instantiate(t.Context(), st, api.Imports{Imports: h, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	if err := inst.Thunk(t.Context()); err != nil || h.n != 1 {
		t.Errorf("thunk: %v; the host's was called %d times", err, h.n)
	}
}
