// corpus: found/runtime/simple-nested.component.wasm
package nested

import (
	"context"
	"testing"

	"corpus.test/nested/api"
	"github.com/wc2go/wc2go/rt"
)

type host string

func (h host) HelloWorld(context.Context) (string, error) { return string(h), nil }

func TestHello(t *testing.T) {
	for _, s := range []host{"hello from the host", "", "grüße 🚀"} {
		st := rt.NewStore()
		inst, err := api.Instantiate(t.Context(), st, api.Imports{Hello: s})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if got, err := inst.Hello().HelloWorld(t.Context()); err != nil || got != string(s) {
				t.Errorf("hello-world() = %q, %v; want %q", got, err, s)
			}
		}
		st.Close()
	}
}
