// corpus: found/runtime/variants.component.wasm
package variants

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"corpus.test/variants/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

type host struct{ typedefs, enums int }

func (*host) RoundtripOption(_ context.Context, a rt.Option[float32]) (rt.Option[uint8], error) {
	if v, ok := a.Get(); ok {
		return rt.Some(uint8(v)), nil
	}
	return rt.None[uint8](), nil
}

func (*host) RoundtripResult(_ context.Context, a rt.Result[uint32, float32]) (float64, error) {
	if v, bad := a.Err(); bad {
		return 0, rt.NewError(uint8(math.Round(float64(v))))
	}
	v, _ := a.OK()
	return float64(v), nil
}

func (*host) RoundtripEnum(_ context.Context, a api.E1) (api.E1, error) { return a, nil }
func (*host) InvertBool(_ context.Context, a bool) (bool, error)        { return !a, nil }
func (*host) VariantCasts(_ context.Context, a api.Casts) (api.C1, api.C2, api.C3, api.C4, api.C5, api.C6, error) {
	return a.F0, a.F1, a.F2, a.F3, a.F4, a.F5, nil
}
func (*host) VariantZeros(_ context.Context, a api.Zeros) (api.Z1, api.Z2, api.Z3, api.Z4, error) {
	return a.F0, a.F1, a.F2, a.F3, nil
}

func (h *host) VariantTypedefs(_ context.Context, a api.OptionTypedef, b api.BoolTypedef, c api.ResultTypedef) error {
	h.typedefs++
	if a.IsSome() || b || !c.IsErr() {
		return fmt.Errorf("got %v, %v, %v", a, b, c)
	}
	return nil
}

func (h *host) VariantEnums(_ context.Context, a bool, b rt.Result[rt.Unit, rt.Unit], c api.MyErrno) (bool, rt.Result[rt.Unit, rt.Unit], api.MyErrno, error) {
	h.enums++
	if !a || b.IsErr() || c != api.MyErrnoSuccess {
		return false, b, 0, fmt.Errorf("got %v, %v, %v", a, b, c)
	}
	return false, rt.Err[rt.Unit](rt.Unit{}), api.MyErrnoA, nil
}

func TestVariants(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	h := &host{}
	inst, err := api.Instantiate(ctx, st, api.Imports{Test: h, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	if err := inst.TestImports(ctx); err != nil {
		t.Error("test-imports:", err)
	}
	if h.typedefs != 1 || h.enums != 1 {
		t.Errorf("test-imports called variant-typedefs %d times, variant-enums %d times", h.typedefs, h.enums)
	}
	x := inst.Test()
	for _, c := range []struct {
		in   rt.Option[float32]
		want rt.Option[uint8]
	}{{rt.Some[float32](1), rt.Some[uint8](1)}, {rt.None[float32](), rt.None[uint8]()}, {rt.Some[float32](2), rt.Some[uint8](2)}} {
		if got, err := x.RoundtripOption(ctx, c.in); err != nil || got != c.want {
			t.Errorf("roundtrip-option(%v) = %v, %v", c.in, got, err)
		}
	}
	for _, v := range []uint32{2, 4, math.MaxUint32} {
		if got, err := x.RoundtripResult(ctx, rt.Ok[uint32, float32](v)); err != nil || got != float64(v) {
			t.Errorf("roundtrip-result(ok(%d)) = %v, %v", v, got, err)
		}
	}
	_, err = x.RoundtripResult(ctx, rt.Err[uint32](float32(5.2)))
	if e, ok := errors.AsType[*rt.ErrorValue[uint8]](err); !ok || e.Value != 5 {
		t.Errorf("roundtrip-result(err(5.2)): %v", err)
	}
	for _, e := range []api.E1{api.E1A, api.E1B} {
		if got, err := x.RoundtripEnum(ctx, e); err != nil || got != e {
			t.Errorf("roundtrip-enum(%v) = %v, %v", e, got, err)
		}
	}
	for _, b := range []bool{true, false} {
		if got, err := x.InvertBool(ctx, b); err != nil || got == b {
			t.Errorf("invert-bool(%v) = %v, %v", b, got, err)
		}
	}
	for _, c := range []api.Casts{
		{F0: api.C1A{Value: 1}, F1: api.C2A{Value: 2}, F2: api.C3A{Value: 3}, F3: api.C4A{Value: 4}, F4: api.C5A{Value: 5}, F5: api.C6A{Value: 6}},
		{F0: api.C1B{Value: 1}, F1: api.C2B{Value: 2}, F2: api.C3B{Value: 3}, F3: api.C4B{Value: 4}, F4: api.C5B{Value: 5}, F5: api.C6B{Value: 6}},
		{F0: api.C1B{Value: math.MinInt64}, F1: api.C2A{Value: -1}, F2: api.C3B{Value: math.Pi}, F3: api.C4B{Value: -0.5}, F4: api.C5A{Value: math.MaxInt64}, F5: api.C6A{Value: math.MaxFloat32}},
	} {
		var got api.Casts
		var err error
		got.F0, got.F1, got.F2, got.F3, got.F4, got.F5, err = x.VariantCasts(ctx, c)
		if err != nil || got != c {
			t.Errorf("variant-casts(%v) = %v, %v", c, got, err)
		}
	}
	for _, z := range []api.Zeros{
		{F0: api.Z1A{Value: 1}, F1: api.Z2A{Value: 2}, F2: api.Z3A{Value: 3}, F3: api.Z4A{Value: 4}},
		{F0: api.Z1B{}, F1: api.Z2B{}, F2: api.Z3B{}, F3: api.Z4B{}},
	} {
		var got api.Zeros
		var err error
		got.F0, got.F1, got.F2, got.F3, err = x.VariantZeros(ctx, z)
		if err != nil || got != z {
			t.Errorf("variant-zeros(%v) = %v, %v", z, got, err)
		}
	}
	if err := x.VariantTypedefs(ctx, rt.None[uint32](), false, rt.Err[uint32](rt.Unit{})); err != nil {
		t.Error("variant-typedefs:", err)
	}
	// A nil variant and an enum without such a case are refused before the guest runs.
	if _, _, _, _, err := x.VariantZeros(ctx, api.Zeros{F0: api.Z1B{}, F1: api.Z2B{}, F3: api.Z4B{}}); err == nil {
		t.Error("variant-zeros took a nil variant")
	}
	if _, err := x.RoundtripEnum(ctx, 2); err == nil {
		t.Error("roundtrip-enum took case 2 of 2")
	}
	if b, err := x.InvertBool(ctx, true); err != nil || b {
		t.Errorf("after a refused argument: %v, %v", b, err)
	}
}
