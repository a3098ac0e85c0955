// corpus: found/runtime/resource_borrow_simple.component.wasm
package borrowsimple

import (
	"context"
	"errors"
	"testing"

	"corpus.test/borrowsimple/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

type r struct{ dropped *int }

func (x *r) Drop(context.Context) error { *x.dropped++; return nil }

func TestBorrow(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	var made, got []api.R
	var dropped int
	inst, err := api.Instantiate(ctx, st, api.Imports{
		NewR: func(context.Context) (api.R, error) {
			made = append(made, &r{&dropped})
			return made[0], nil
		},
		Test: func(_ context.Context, x api.R) error {
			if dropped != 0 {
				t.Error("dropped before test() was called")
			}
			got = append(got, x)
			return nil
		}, WASI: wasi.New(wasi.Config{}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := inst.TestImports(ctx); err != nil {
		t.Fatal("test-imports:", err)
	}
	if len(made) != 1 || len(got) != 1 || got[0] != made[0] {
		t.Errorf("the host made %v and test() got %v", made, got)
	}
	if dropped != 1 {
		t.Errorf("r was dropped %d times", dropped)
	}
}

// An error of the host is the cause of a trap, which poisons the store.
func TestHostError(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	fails := errors.New("the host fails")
	inst, err := api.Instantiate(ctx, st, api.Imports{
		NewR: func(context.Context) (api.R, error) { return 1, nil },
		Test: func(context.Context, api.R) error { return fails }, WASI: wasi.New(wasi.Config{}),
	})
	if err != nil {
		t.Fatal(err)
	}
	err = inst.TestImports(ctx)
	if _, ok := errors.AsType[*rt.Trap](err); !ok || !errors.Is(err, fails) {
		t.Errorf("test-imports: %v", err)
	}
	if err := inst.TestImports(ctx); !errors.Is(err, rt.ErrPoisoned) {
		t.Errorf("test-imports after a trap: %v", err)
	}
}

func TestMissing(t *testing.T) {
	_, err := api.Prepare(api.Imports{NewR: func(context.Context) (api.R, error) { return 1, nil }})
	if err == nil {
		t.Error("Prepare took nil imports")
	}
}
