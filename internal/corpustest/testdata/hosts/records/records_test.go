// corpus: found/runtime/records.component.wasm
package records

import (
	"context"
	"testing"

	"corpus.test/records/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

type host struct{}

func (host) MultipleResults(context.Context) (uint8, uint16, error) { return 4, 5, nil }
func (host) SwapTuple(_ context.Context, a rt.Tuple2[uint8, uint32]) (uint32, uint8, error) {
	return a.F1, a.F0, nil
}
func (host) RoundtripFlags1(_ context.Context, a api.F1) (api.F1, error) { return a, nil }
func (host) RoundtripFlags2(_ context.Context, a api.F2) (api.F2, error) { return a, nil }
func (host) RoundtripFlags3(_ context.Context, a api.Flag8, b api.Flag16, c api.Flag32) (api.Flag8, api.Flag16, api.Flag32, error) {
	return a, b, c, nil
}
func (host) RoundtripRecord1(_ context.Context, a api.R1) (api.R1, error) { return a, nil }
func (host) Tuple1(_ context.Context, a rt.Tuple1[uint8]) (uint8, error)  { return a.F0, nil }

func TestRecords(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	inst, err := api.Instantiate(ctx, st, api.Imports{Test: host{}, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	if err := inst.TestImports(ctx); err != nil {
		t.Error("test-imports:", err)
	}
	x := inst.Test()
	if a, b, err := x.MultipleResults(ctx); err != nil || a != 100 || b != 200 {
		t.Errorf("multiple-results() = %d, %d, %v", a, b, err)
	}
	if a, b, err := x.SwapTuple(ctx, rt.Tuple2[uint8, uint32]{F0: 1, F1: 2}); err != nil || a != 2 || b != 1 {
		t.Errorf("swap-tuple(1, 2) = %d, %d, %v", a, b, err)
	}
	for _, f := range []api.F1{api.F1A, 0, api.F1A | api.F1B} {
		if got, err := x.RoundtripFlags1(ctx, f); err != nil || got != f {
			t.Errorf("roundtrip-flags1(%v) = %v, %v", f, got, err)
		}
	}
	for _, f := range []api.F2{api.F2C, 0, api.F2D, api.F2C | api.F2E} {
		if got, err := x.RoundtripFlags2(ctx, f); err != nil || got != f {
			t.Errorf("roundtrip-flags2(%v) = %v, %v", f, got, err)
		}
	}
	for _, f := range []struct {
		a api.Flag8
		b api.Flag16
		c api.Flag32
	}{{}, {api.Flag8B0, api.Flag16B1, api.Flag32B2}, {api.Flag8B7, api.Flag16B15, api.Flag32B31}, {1<<8 - 1, 1<<16 - 1, 1<<32 - 1}} {
		if a, b, c, err := x.RoundtripFlags3(ctx, f.a, f.b, f.c); err != nil || a != f.a || b != f.b || c != f.c {
			t.Errorf("roundtrip-flags3(%v) = %v, %v, %v, %v", f, a, b, c, err)
		}
	}
	for _, r := range []api.R1{{A: 8}, {A: 0, B: api.F1A | api.F1B}} {
		if got, err := x.RoundtripRecord1(ctx, r); err != nil || got != r {
			t.Errorf("roundtrip-record1(%v) = %v, %v", r, got, err)
		}
	}
	if v, err := x.Tuple1(ctx, rt.Tuple1[uint8]{F0: 1}); err != nil || v != 1 {
		t.Errorf("tuple1(1) = %d, %v", v, err)
	}
}

// Flags that the type does not have are refused before the guest runs.
func TestUnknownFlags(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	inst, err := api.Instantiate(ctx, st, api.Imports{Test: host{}, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inst.Test().RoundtripFlags1(ctx, 1<<2); err == nil {
		t.Error("roundtrip-flags1 took a flag that f1 does not have")
	}
	if _, err := inst.Test().RoundtripRecord1(ctx, api.R1{B: 1 << 7}); err == nil {
		t.Error("roundtrip-record1 took a flag that f1 does not have")
	}
	if f, err := inst.Test().RoundtripFlags1(ctx, api.F1B); err != nil || f != api.F1B {
		t.Errorf("after a refused argument: %v, %v", f, err)
	}
}
