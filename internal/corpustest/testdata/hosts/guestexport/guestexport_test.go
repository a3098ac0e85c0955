// corpus: found/runtime/example_guest_export.wasm
package guestexport

import (
	"strings"
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
	// Nothing says what fetch fetches: in this component, which imports nothing, no bytes whatever the
	// argument. It must come back, and leave the instance usable.
	for _, url := range []string{"", "https://example.com/", strings.Repeat("grüße ", 5000)} {
		if b, err := inst.Backend().Fetch(ctx, url); err != nil || len(b) != 0 {
			t.Errorf("fetch of %d bytes = %d bytes, %v", len(url), len(b), err)
		}
	}
	if err := s.Drop(ctx); err != nil {
		t.Error("drop:", err)
	}
}
