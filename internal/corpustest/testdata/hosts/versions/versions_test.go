// corpus: found/runtime/versions.component.wasm
package versions

import (
	"context"
	"testing"

	"corpus.test/versions/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

type v1 struct{}

func (v1) X(context.Context) (float32, error)              { return 1, nil }
func (v1) Y(_ context.Context, a float32) (float32, error) { return 1 + a, nil }

type v2 struct{}

func (v2) X(context.Context) (float32, error)                 { return 2, nil }
func (v2) Z(_ context.Context, a, b float32) (float32, error) { return 2 + a + b, nil }

func TestVersions(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	inst, err := api.Instantiate(ctx, st, api.Imports{Test: v1{}, TestV0_2_0: v2{}, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	if err := inst.TestImports(ctx); err != nil {
		t.Error("test-imports:", err)
	}
	check := func(what string, got float32, err error, want float32) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%s = %v, %v; want %v", what, got, err, want)
		}
	}
	f, err := inst.Test().X(ctx)
	check("0.1.0 x()", f, err, 1)
	f, err = inst.Test().Y(ctx, 1)
	check("0.1.0 y(1)", f, err, 2)
	f, err = inst.TestV0_2_0().X(ctx)
	check("0.2.0 x()", f, err, 2)
	f, err = inst.TestV0_2_0().Z(ctx, 1, 1)
	check("0.2.0 z(1, 1)", f, err, 4)
}
