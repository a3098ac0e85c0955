// corpus: found/components/env-allow.composed.wasm
package env

import (
	"reflect"
	"testing"

	"corpus.test/env/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

// The component is composed with one that lets only some variables pass.
func TestGetEnv(t *testing.T) {
	type list = []rt.Tuple2[string, string]
	for _, c := range []struct {
		env  []string
		want list
	}{
		{[]string{"CUSTOM=VAL"}, list{{F0: "CUSTOM", F1: "VAL"}}},
		{[]string{"PATH=/bin", "CUSTOM=VAL", "HOME=/"}, list{{F0: "CUSTOM", F1: "VAL"}}},
	} {
		st := rt.NewStore()
		inst, err := api.Instantiate(t.Context(), st, api.Imports{WASI: wasi.New(wasi.Config{Env: c.env})})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got, err := inst.TestGetEnv(t.Context()); err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%v: test-get-env() = %v, %v; want %v", c.env, got, err, c.want)
			}
		}
		st.Close()
	}
}
