// corpus: found/runtime/numbers.component.wasm
package numbers

import (
	"context"
	"math"
	"testing"

	"corpus.test/numbers/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

type host struct{ scalar uint32 }

func (*host) RoundtripU8(_ context.Context, a uint8) (uint8, error)      { return a, nil }
func (*host) RoundtripS8(_ context.Context, a int8) (int8, error)        { return a, nil }
func (*host) RoundtripU16(_ context.Context, a uint16) (uint16, error)   { return a, nil }
func (*host) RoundtripS16(_ context.Context, a int16) (int16, error)     { return a, nil }
func (*host) RoundtripU32(_ context.Context, a uint32) (uint32, error)   { return a, nil }
func (*host) RoundtripS32(_ context.Context, a int32) (int32, error)     { return a, nil }
func (*host) RoundtripU64(_ context.Context, a uint64) (uint64, error)   { return a, nil }
func (*host) RoundtripS64(_ context.Context, a int64) (int64, error)     { return a, nil }
func (*host) RoundtripF32(_ context.Context, a float32) (float32, error) { return a, nil }
func (*host) RoundtripF64(_ context.Context, a float64) (float64, error) { return a, nil }
func (*host) RoundtripChar(_ context.Context, a rune) (rune, error)      { return a, nil }
func (h *host) SetScalar(_ context.Context, a uint32) error              { h.scalar = a; return nil }
func (h *host) GetScalar(context.Context) (uint32, error)                { return h.scalar, nil }

func same[T comparable](t *testing.T, f func(context.Context, T) (T, error), values ...T) {
	t.Helper()
	for _, v := range values {
		if got, err := f(t.Context(), v); err != nil || got != v {
			t.Errorf("%T %v came back as %v, %v", v, v, got, err)
		}
	}
}

func TestNumbers(t *testing.T) {
	st := rt.NewStore()
	defer st.Close()
	inst, err := api.Instantiate(t.Context(), st, api.Imports{Test: &host{}, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	if err := inst.TestImports(t.Context()); err != nil {
		t.Error("test-imports:", err)
	}
	x := inst.Test()
	same(t, x.RoundtripU8, 0, 1, 255)
	same(t, x.RoundtripS8, math.MinInt8, -1, math.MaxInt8)
	same(t, x.RoundtripU16, 0, 65535)
	same(t, x.RoundtripS16, math.MinInt16, math.MaxInt16)
	same(t, x.RoundtripU32, 0, math.MaxUint32)
	same(t, x.RoundtripS32, math.MinInt32, math.MaxInt32)
	same(t, x.RoundtripU64, 0, math.MaxUint64)
	same(t, x.RoundtripS64, math.MinInt64, math.MaxInt64)
	same(t, x.RoundtripF32, 1, float32(math.Inf(1)), float32(math.Inf(-1)))
	same(t, x.RoundtripF64, 1, math.Inf(1), math.Inf(-1))
	same(t, x.RoundtripChar, 'a', ' ', '🚩')
	if f, err := x.RoundtripF32(t.Context(), float32(math.NaN())); err != nil || f == f {
		t.Errorf("NaN came back as %v, %v", f, err)
	}
	if f, err := x.RoundtripF64(t.Context(), math.NaN()); err != nil || f == f {
		t.Errorf("NaN came back as %v, %v", f, err)
	}
	if _, err := x.RoundtripChar(t.Context(), 0xd800); err == nil {
		t.Error("a surrogate was accepted as char")
	}
	for _, v := range []uint32{2, 4} {
		if err := x.SetScalar(t.Context(), v); err != nil {
			t.Error(err)
		}
		if got, err := x.GetScalar(t.Context()); err != nil || got != v {
			t.Errorf("get-scalar = %d, %v; want %d", got, err, v)
		}
	}
}
