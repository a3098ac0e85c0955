// corpus: found/runtime/lists.component.wasm
package lists

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"corpus.test/lists/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

type host struct{}

func want(got, want any) error {
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("the host got %v, want %v", got, want)
	}
	return nil
}

func (host) EmptyListParam(_ context.Context, a []byte) error   { return want(len(a), 0) }
func (host) EmptyStringParam(_ context.Context, a string) error { return want(a, "") }
func (host) EmptyListResult(context.Context) ([]byte, error)    { return nil, nil }
func (host) EmptyStringResult(context.Context) (string, error)  { return "", nil }
func (host) ListParam(_ context.Context, a []byte) error        { return want(a, []byte{1, 2, 3, 4}) }
func (host) ListParam2(_ context.Context, a string) error       { return want(a, "foo") }
func (host) ListParam3(_ context.Context, a []string) error {
	return want(a, []string{"foo", "bar", "baz"})
}
func (host) ListParam4(_ context.Context, a [][]string) error {
	return want(a, [][]string{{"foo", "bar"}, {"baz"}})
}
func (host) ListParam5(_ context.Context, a []rt.Tuple3[uint8, uint32, uint8]) error {
	return want(a, []rt.Tuple3[uint8, uint32, uint8]{{F0: 1, F1: 2, F2: 3}, {F0: 4, F1: 5, F2: 6}})
}
func (host) ListParamLarge(_ context.Context, a []string) error { return want(len(a), 1000) }
func (host) ListResult(context.Context) ([]byte, error)         { return []byte{1, 2, 3, 4, 5}, nil }
func (host) ListResult2(context.Context) (string, error)        { return "hello!", nil }
func (host) ListResult3(context.Context) ([]string, error)      { return []string{"hello,", "world!"}, nil }

// The guest checks what comes back.
func (host) ListMinmax8(_ context.Context, a []uint8, b []int8) ([]uint8, []int8, error) {
	return a, b, nil
}
func (host) ListMinmax16(_ context.Context, a []uint16, b []int16) ([]uint16, []int16, error) {
	return a, b, nil
}
func (host) ListMinmax32(_ context.Context, a []uint32, b []int32) ([]uint32, []int32, error) {
	return a, b, nil
}
func (host) ListMinmax64(_ context.Context, a []uint64, b []int64) ([]uint64, []int64, error) {
	return a, b, nil
}
func (host) ListMinmaxFloat(_ context.Context, a []float32, b []float64) ([]float32, []float64, error) {
	return a, b, nil
}
func (host) ListRoundtrip(_ context.Context, a []byte) ([]byte, error)   { return a, nil }
func (host) StringRoundtrip(_ context.Context, a string) (string, error) { return a, nil }

func TestLists(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	inst, err := api.Instantiate(ctx, st, api.Imports{Test: host{}, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	before, err := inst.AllocatedBytes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := inst.TestImports(ctx); err != nil {
		t.Error("test-imports:", err)
	}
	x := inst.Test()
	check := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Error(what, err)
		}
	}
	check("empty-list-param", x.EmptyListParam(ctx, nil))
	check("empty-string-param", x.EmptyStringParam(ctx, ""))
	check("list-param", x.ListParam(ctx, []byte{1, 2, 3, 4}))
	check("list-param2", x.ListParam2(ctx, "foo"))
	check("list-param3", x.ListParam3(ctx, []string{"foo", "bar", "baz"}))
	check("list-param4", x.ListParam4(ctx, [][]string{{"foo", "bar"}, {"baz"}}))
	check("list-param5", x.ListParam5(ctx, []rt.Tuple3[uint8, uint32, uint8]{{F0: 1, F1: 2, F2: 3}, {F0: 4, F1: 5, F2: 6}}))
	large := make([]string, 1000)
	for i := range large {
		large[i] = "blah"
	}
	check("list-param-large", x.ListParamLarge(ctx, large))
	if b, err := x.EmptyListResult(ctx); err != nil || len(b) != 0 {
		t.Errorf("empty-list-result = %v, %v", b, err)
	}
	if s, err := x.EmptyStringResult(ctx); err != nil || s != "" {
		t.Errorf("empty-string-result = %q, %v", s, err)
	}
	equal := func(what string, got any, err error, want any) {
		t.Helper()
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s = %v, %v; want %v", what, got, err, want)
		}
	}
	l, err := x.ListResult(ctx)
	equal("list-result", l, err, []byte{1, 2, 3, 4, 5})
	s, err := x.ListResult2(ctx)
	equal("list-result2", s, err, "hello!")
	ss, err := x.ListResult3(ctx)
	equal("list-result3", ss, err, []string{"hello,", "world!"})
	l, err = x.ListRoundtrip(ctx, []byte{1, 2, 3, 4})
	equal("list-roundtrip", l, err, []byte{1, 2, 3, 4})
	for _, v := range []string{"x", "", "hello ⚑ world"} {
		s, err = x.StringRoundtrip(ctx, v)
		equal("string-roundtrip", s, err, v)
	}
	if after, err := inst.AllocatedBytes(ctx); err != nil || after != before {
		t.Errorf("allocated-bytes: %d before, %d after, %v", before, after, err)
	}
}

// The guest's own list-minmax* are not implemented: they fail an assertion,
// which the guest's C library reports and then executes unreachable.
func TestAssertion(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	var stderr strings.Builder
	inst, err := api.Instantiate(ctx, st, api.Imports{Test: host{}, WASI: wasi.New(wasi.Config{Stderr: &stderr})})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = inst.Test().ListMinmax64(ctx, []uint64{0, math.MaxUint64}, []int64{math.MinInt64, math.MaxInt64})
	if !errors.Is(err, rt.TrapUnreachable) || !strings.HasPrefix(stderr.String(), "Assertion failed: ") {
		t.Errorf("list-minmax64: %v; stderr %q", err, stderr.String())
	}
	if _, err := inst.AllocatedBytes(ctx); !errors.Is(err, rt.ErrPoisoned) {
		t.Errorf("allocated-bytes after a trap: %v", err)
	}
}
