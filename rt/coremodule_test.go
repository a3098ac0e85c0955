package rt

import (
	"context"
	"errors"
	"strings"
	"testing"
	"unsafe"
)

func TestCoreMatching(t *testing.T) {
	a := []CoreTypeDef{
		{Sig: 1, Super: -1}, {Sig: 2, Super: 0}, {Sig: 3, Super: 1},
		{Sig: 4, Kind: CoreDefStruct, Super: -1},
	}
	b := []CoreTypeDef{{Sig: 4, Kind: CoreDefStruct, Super: -1}, {Sig: 2, Super: -1}, {Sig: 9, Super: -1}}
	ref := func(null bool, h CoreHeap) CoreType { return CoreType{Kind: CoreRef, Null: null, Heap: h} }
	global := func(mut bool, t CoreType) CoreExternType {
		return CoreExternType{Kind: CoreKindGlobal, Value: t, Mutable: mut}
	}
	i32, i64 := CoreType{Kind: CoreI32}, CoreType{Kind: CoreI64}
	memory := func(l CoreLimits) CoreExternType {
		return CoreExternType{Kind: CoreKindMemory, Limits: l, PageLog2: 16}
	}
	for i, x := range []struct {
		have, want CoreExternType
		ok         bool
	}{
		{CoreExternType{Type: 2}, CoreExternType{Type: 1}, true},
		{CoreExternType{Type: 0}, CoreExternType{Type: 1}, false},
		{CoreExternType{Type: 2}, CoreExternType{Type: 2}, false},
		{CoreExternType{Type: 2}, CoreExternType{Kind: CoreKindTag, Type: 1}, false},
		{CoreExternType{Kind: CoreKindTag, Type: 2}, CoreExternType{Kind: CoreKindTag, Type: 1}, false},
		{CoreExternType{Kind: CoreKindTag, Type: 1}, CoreExternType{Kind: CoreKindTag, Type: 1}, true},
		{global(false, i32), global(false, i32), true},
		{global(false, i32), global(false, i64), false},
		{global(true, i32), global(false, i32), false},
		{global(false, ref(false, 2)), global(false, ref(true, 1)), true},
		{global(true, ref(true, 2)), global(true, ref(true, 1)), false},
		{global(true, ref(true, 1)), global(true, ref(true, 1)), true},
		{global(false, ref(true, 1)), global(false, ref(false, 1)), false},
		{global(false, ref(false, 0)), global(false, ref(true, CoreHeapFunc)), true},
		{global(false, ref(false, 3)), global(false, ref(true, CoreHeapEq)), true},
		{global(false, ref(false, 3)), global(false, ref(true, CoreHeapFunc)), false},
		{global(false, ref(true, CoreHeapNone)), global(false, ref(true, 0)), true},
		{global(false, ref(true, CoreHeapNoFunc)), global(false, ref(true, 0)), false},
		{global(false, ref(true, CoreHeapI31)), global(false, ref(true, CoreHeapAny)), true},
		{global(false, ref(true, CoreHeapAny)), global(false, ref(true, CoreHeapEq)), false},
		{memory(CoreLimits{Min: 2, Max: 4, HasMax: true}), memory(CoreLimits{Min: 1, Max: 4, HasMax: true}), true},
		{memory(CoreLimits{Min: 2}), memory(CoreLimits{Min: 1, Max: 4, HasMax: true}), false},
		{memory(CoreLimits{Min: 2}), memory(CoreLimits{Min: 3}), false},
		{memory(CoreLimits{Min: 2, Is64: true}), memory(CoreLimits{Min: 1}), false},
		{memory(CoreLimits{Min: 2, Shared: true}), memory(CoreLimits{Min: 1}), false},
		{CoreExternType{Kind: CoreKindMemory}, memory(CoreLimits{}), false},
		{CoreExternType{Kind: CoreKindTable, Value: ref(true, 1)}, CoreExternType{Kind: CoreKindTable, Value: ref(true, 1)}, true},
		{CoreExternType{Kind: CoreKindTable, Value: ref(true, 2)}, CoreExternType{Kind: CoreKindTable, Value: ref(true, 1)}, false},
	} {
		x.have.defs, x.want.defs = a, b
		if x.have.matches(&x.want) != x.ok {
			t.Errorf("%d: %v for %v: not %v", i, x.have, x.want, x.ok)
		}
	}
}

// double is a core function as generated code has them.
func double(_ unsafe.Pointer, _ int32, x uint32) uint32 {
	if x == 0 {
		panic(TrapUnreachable)
	}
	return 2 * x
}

func callDouble(f *FuncRef, d int32, a, r []CoreValue) {
	r[0] = CoreU32(CoreCode[func(unsafe.Pointer, int32, uint32) uint32](f)(f.Inst, d, a[0].U32()))
}

var doubleType = []CoreTypeDef{{Sig: 7, Super: -1, Params: []CoreType{{Kind: CoreI32}}, Results: []CoreType{{Kind: CoreI32}}}}

func TestCoreModule(t *testing.T) {
	ctx := context.Background()
	m := NewCoreModule(&CoreModuleDef{
		Types:   doubleType,
		Exports: []CoreExport{{Name: "double"}},
		Link: func(l *CoreLink, d int32) {
			l.ExportFunc(0, &FuncRef{Sig: 7, Code: CodeOf(double)}, callDouble)
		},
	})
	user := NewCoreModule(&CoreModuleDef{
		Types:   doubleType,
		Imports: []CoreImport{{Module: "m", Name: "double"}},
		Exports: []CoreExport{{Name: "again"}},
		Link: func(l *CoreLink, d int32) {
			l.ExportImport(0, 0)
			f := l.Func(0)
			CoreCode[func(unsafe.Pointer, int32, uint32) uint32](&f)(f.Inst, d, 0) // a start function that traps
		},
	})
	s, other := NewStore(), NewStore()
	in, err := m.Instantiate(ctx, s, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := in.Func("double")
	if !ok {
		t.Fatal("no function")
	}
	if r, err := f.Call(ctx, CoreU32(21)); err != nil || len(r) != 1 || r[0].U32() != 42 {
		t.Error(r, err)
	}
	if r, err := f.Call(ctx, CoreU32(0)); !errors.Is(err, TrapUnreachable) || r != nil {
		t.Error(r, err)
	}
	for _, args := range [][]CoreValue{nil, {CoreU64(1)}, {CoreU32(1), CoreU32(1)}} {
		if _, err := f.Call(ctx, args...); err == nil {
			t.Error("no error for", args)
		}
	}
	x, _ := in.Export("double")
	give := func(x CoreExtern) func(string, string) (CoreExtern, bool) {
		return func(module, name string) (CoreExtern, bool) { return x, module == "m" && name == "double" }
	}
	if _, err := user.Instantiate(ctx, s, give(x)); !errors.Is(err, TrapUnreachable) {
		t.Error(err)
	}
	var link *LinkError
	if _, err := user.Instantiate(ctx, s, nil); !errors.As(err, &link) || !strings.Contains(err.Error(), "unknown import") {
		t.Error(err)
	}
	if _, err := user.Instantiate(ctx, other, give(x)); err != ErrWrongStore {
		t.Error(err)
	}
	x.typ.Kind = CoreKindTag
	if _, err := user.Instantiate(ctx, s, give(x)); !errors.As(err, &link) || !strings.Contains(err.Error(), "incompatible import type") {
		t.Error(err)
	}
	if _, ok := in.Func("none"); ok {
		t.Error("there is no such export")
	}
	if _, err := (CoreModule{}).Instantiate(ctx, s, nil); err == nil {
		t.Error("no module")
	}
}

func BenchmarkCoreCall(b *testing.B) {
	ctx := context.Background()
	m := NewCoreModule(&CoreModuleDef{Types: doubleType, Exports: []CoreExport{{Name: "double"}}, Link: func(l *CoreLink, d int32) {
		l.ExportFunc(0, &FuncRef{Sig: 7, Code: CodeOf(double)}, callDouble)
	}})
	in, _ := m.Instantiate(ctx, NewStore(), nil)
	f, _ := in.Func("double")
	for b.Loop() {
		f.Call(ctx, CoreU32(1))
	}
}
