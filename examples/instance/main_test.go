package main

import (
	"context"
	"strings"
	"testing"

	"example.com/instance/nested"
	"example.com/instance/root"
	"github.com/wc2go/wc2go/rt"
)

func TestRootFunction(t *testing.T) {
	if err := rootFunction(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNestedFunction(t *testing.T) {
	if err := nestedFunction(t.Context()); err != nil {
		t.Error(err)
	}
}

// Both are what code that knows no component in particular takes.
var (
	_ rt.Instance = (*root.Instance)(nil)
	_ rt.Instance = (*nested.Instance)(nil)
)

// TestOtherComponent: an index is good for its own component only, though it
// be of the same shape.
func TestOtherComponent(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	inst, err := nested.Instantiate(ctx, st, nested.Imports{})
	if err != nil {
		t.Fatal(err)
	}
	foreign, ok := root.ExportIndex(nil, "f")
	if !ok {
		t.Fatal("no f")
	}
	own, ok := nested.ExportIndex(nil, "i")
	if !ok {
		t.Fatal("no i")
	}
	for _, x := range []rt.ExportIndex{foreign, own, {}} {
		if _, ok := inst.FuncAt(x); ok {
			t.Errorf("a function at index %v", x)
		}
		if _, ok := inst.ModuleAt(x); ok {
			t.Errorf("a module at index %v", x)
		}
		if _, ok := inst.ResourceAt(x); ok {
			t.Errorf("a resource type at index %v", x)
		}
		if _, err := rt.TypedFunc[func(context.Context) error](inst, x); err == nil || !strings.Contains(err.Error(), "exports no function at index") {
			t.Errorf("TypedFunc at index %v: %v", x, err)
		}
	}
	if _, ok := inst.ExportIndex(&foreign, "f"); ok {
		t.Error("an export of a foreign instance")
	}
	if _, ok := nested.ExportIndex(&foreign, "f"); ok {
		t.Error("an export of a foreign parent")
	}
	if _, _, ok := inst.Export(&own, "g"); ok {
		t.Error("an export g")
	}
	for _, name := range []string{"f", "i", "i#g", "i#", "#f", "", "i#f#f"} {
		if _, ok := inst.Func(name); ok {
			t.Errorf("a function %q", name)
		}
	}
	if _, err := rt.TypedFunc[func(context.Context) error](inst, "f"); err == nil || !strings.Contains(err.Error(), `exports no function "f"`) {
		t.Errorf("TypedFunc of a name that is missing: %v", err)
	}
	if _, err := rt.TypedFunc[func(context.Context, string) error](inst, "i#f"); err == nil || !strings.Contains(err.Error(), "has the type func(context.Context) error, not func(context.Context, string) error") {
		t.Errorf("TypedFunc of another type: %v", err)
	}
}

// TestItems: what an export is, before and after instantiation.
func TestItems(t *testing.T) {
	item, x, ok := nested.Export(nil, "i")
	if !ok || item.Kind != rt.ItemInstance || x.String() != "i" {
		t.Fatalf("i is %v at %v, %v", item, x, ok)
	}
	n := 0
	for name, it := range item.Items() {
		n++
		if name != "f" || it.Kind != rt.ItemFunc || it.Func.String() != "func()" {
			t.Errorf("i has %s: %v", name, it)
		}
	}
	if n != 1 {
		t.Errorf("i has %d items", n)
	}
	if got, want := nested.Exports().String(), "instance { i: instance { f: func(); }; }"; got != want {
		t.Errorf("the exports are %s, want %s", got, want)
	}
	st := rt.NewStore()
	defer st.Close()
	inst, err := nested.Instantiate(t.Context(), st, nested.Imports{})
	if err != nil {
		t.Fatal(err)
	}
	if item, y, ok := inst.Export(&x, "f"); !ok || item.Kind != rt.ItemFunc || y.String() != "i#f" {
		t.Errorf("f is %v at %v, %v", item, y, ok)
	}
	// What the instance was made from makes another one.
	again, err := inst.Pre().Instantiate(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := again.Func("i#f"); !ok {
		t.Error("the other instance has no function i#f")
	} else if _, err := f.Call(t.Context()); err != nil {
		t.Error(err)
	}
}
