package main

import (
	"context"
	"testing"

	"example.com/concurrent/app"
	"github.com/wc2go/wc2go/rt"
)

func TestRun(t *testing.T) {
	if err := run(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestCallConcurrent is the same by name, as in the documentation of
// run_concurrent: foo.call_concurrent, then bar.call_concurrent.
func TestCallConcurrent(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	inst, err := app.Instantiate(ctx, st, app.Imports{ConcurrentTypes: &host{}})
	if err != nil {
		t.Fatal(err)
	}
	foo, ok := inst.Func("foo")
	bar, ok2 := inst.Func("bar")
	if !ok || !ok2 {
		t.Fatal("no foo or no bar")
	}
	err = inst.RunConcurrent(ctx, func(ctx context.Context, acc *rt.Accessor) error {
		call, err := foo.CallConcurrent(acc, rt.ResourceValue{Value: MyResource{42}})
		if err != nil {
			return err
		}
		another, err := call.Wait(ctx)
		if err != nil {
			return err
		}
		value := another.(rt.ResourceValue).Value.(MyResource)
		call, err = bar.CallConcurrent(acc, rt.U32(value.value))
		if err != nil {
			return err
		}
		v, err := call.Wait(ctx)
		if err != nil || v != rt.Value(rt.U32(86)) {
			t.Errorf("bar gave %v, %v", v, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
