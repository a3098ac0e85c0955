// Command instance finds exports of components at run time: by name, by an
// index that was looked up before there was an instance, and inside an exported instance.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"example.com/instance/nested"
	"example.com/instance/root"
	"github.com/wc2go/wc2go/rt"
)

//go:generate go run github.com/wc2go/wc2go/cmd/wc2go generate -o root root.wasm
//go:generate go run github.com/wc2go/wc2go/cmd/wc2go generate -o nested nested.wasm

func main() {
	ctx := context.Background()
	if err := errors.Join(rootFunction(ctx), nestedFunction(ctx)); err != nil {
		fmt.Fprintln(os.Stderr, "instance:", err)
		os.Exit(1)
	}
}

// rootFunction looks up a function which is exported from the root of a component.
func rootFunction(ctx context.Context) error {
	// Look up the function by name.
	st := rt.NewStore()
	defer st.Close()
	inst, err := root.Instantiate(ctx, st, root.Imports{})
	if err != nil {
		return err
	}
	f, ok := inst.Func("f")
	if !ok {
		return errors.New("no function f")
	}
	if _, err := f.Call(ctx); err != nil {
		return err
	}

	// The function can also be looked up by an index that was computed before.
	export, ok := root.ExportIndex(nil, "f")
	if !ok {
		return errors.New("no export f")
	}
	f, ok = inst.FuncAt(export)
	if !ok {
		return errors.New("no function at the index of f")
	}
	if _, err := f.Call(ctx); err != nil {
		return err
	}

	// Or with its type: what comes back is an ordinary Go function.
	typed, err := rt.TypedFunc[func(context.Context) error](inst, export)
	if err != nil {
		return err
	}
	if err := typed(ctx); err != nil {
		return err
	}
	fmt.Println(export, "is a", f.Type())
	return nil
}

// nestedFunction looks up a function which is exported from a nested instance.
func nestedFunction(ctx context.Context) error {
	// First look up the exported instance, then use that to look up the
	// exported function.
	instanceIndex, ok := nested.ExportIndex(nil, "i")
	if !ok {
		return errors.New("no export i")
	}
	funcIndex, ok := nested.ExportIndex(&instanceIndex, "f")
	if !ok {
		return errors.New("i has no export f")
	}

	// Then use funcIndex at run time.
	st := rt.NewStore()
	defer st.Close()
	inst, err := nested.Instantiate(ctx, st, nested.Imports{})
	if err != nil {
		return err
	}
	f, ok := inst.FuncAt(funcIndex)
	if !ok {
		return errors.New("no function at the index of i's f")
	}
	if _, err := f.Call(ctx); err != nil {
		return err
	}

	// Alternatively the instance can be used directly.
	instanceIndex, ok = inst.ExportIndex(nil, "i")
	if !ok {
		return errors.New("the instance has no export i")
	}
	funcIndex, ok = inst.ExportIndex(&instanceIndex, "f")
	if !ok {
		return errors.New("i of the instance has no export f")
	}
	f, ok = inst.FuncAt(funcIndex)
	if !ok {
		return errors.New("no function at the index of i's f")
	}
	if _, err := f.Call(ctx); err != nil {
		return err
	}

	// A name says both in one.
	f, ok = inst.Func("i#f")
	if !ok {
		return errors.New("no function i#f")
	}
	if _, err := f.Call(ctx); err != nil {
		return err
	}
	fmt.Println(funcIndex, "is a", f.Type())
	return nil
}
