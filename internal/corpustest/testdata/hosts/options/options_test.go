// corpus: found/runtime/options.component.wasm
package options

import (
	"context"
	"fmt"
	"testing"

	"corpus.test/options/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

type host struct{}

func (host) OptionNoneParam(_ context.Context, a rt.Option[string]) error {
	if a.IsSome() {
		return fmt.Errorf("got %v", a)
	}
	return nil
}
func (host) OptionSomeParam(_ context.Context, a rt.Option[string]) error {
	if a != rt.Some("foo") {
		return fmt.Errorf("got %v", a)
	}
	return nil
}
func (host) OptionNoneResult(context.Context) (rt.Option[string], error) {
	return rt.None[string](), nil
}
func (host) OptionSomeResult(context.Context) (rt.Option[string], error) { return rt.Some("foo"), nil }
func (host) OptionRoundtrip(_ context.Context, a rt.Option[string]) (rt.Option[string], error) {
	return a, nil
}
func (host) DoubleOptionRoundtrip(_ context.Context, a rt.Option[rt.Option[uint32]]) (rt.Option[rt.Option[uint32]], error) {
	return a, nil
}

func TestOptions(t *testing.T) {
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
	if err := x.OptionNoneParam(ctx, rt.None[string]()); err != nil {
		t.Error(err)
	}
	if err := x.OptionSomeParam(ctx, rt.Some("foo")); err != nil {
		t.Error(err)
	}
	if o, err := x.OptionNoneResult(ctx); err != nil || o.IsSome() {
		t.Errorf("option-none-result = %v, %v", o, err)
	}
	if o, err := x.OptionSomeResult(ctx); err != nil || o != rt.Some("foo") {
		t.Errorf("option-some-result = %v, %v", o, err)
	}
	for _, o := range []rt.Option[string]{rt.Some("foo"), rt.Some(""), rt.None[string]()} {
		if got, err := x.OptionRoundtrip(ctx, o); err != nil || got != o {
			t.Errorf("option-roundtrip(%v) = %v, %v", o, got, err)
		}
	}
	for _, o := range []rt.Option[rt.Option[uint32]]{rt.Some(rt.Some[uint32](42)), rt.Some(rt.None[uint32]()), rt.None[rt.Option[uint32]]()} {
		if got, err := x.DoubleOptionRoundtrip(ctx, o); err != nil || got != o {
			t.Errorf("double-option-roundtrip(%v) = %v, %v", o, got, err)
		}
	}
}
