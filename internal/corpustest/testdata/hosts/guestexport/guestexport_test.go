// corpus: found/runtime/example_guest_export.wasm
package guestexport

import (
	"testing"

	"corpus.test/guestexport/api"
	"github.com/wc2go/wc2go/rt"
)

func TestScalars(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	inst, err := api.Instantiate(ctx, st, api.Imports{})
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, got uint32, err error, want uint32) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%s = %d, %v; want %d", what, got, err, want)
		}
	}
	s, err := inst.Backend().NewScalars(ctx)
	if err != nil {
		t.Fatal(err)
	}
	v, err := inst.Backend().ScalarsGetA(ctx)
	check("get-a()", v, err, 5)
	v, err = s.GetB(ctx)
	check("get-b()", v, err, 2)
	v, err = inst.Backend().ScalarArg(ctx, s)
	check("scalar-arg(s)", v, err, 7)
	if err := s.Drop(ctx); err != nil {
		t.Error("drop:", err)
	}
}
