package validate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// uleb is n as LEB128.
func uleb(n int) string {
	var b []byte
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return string(append(b, byte(n)))
}

func coreSection(id byte, contents string) string {
	return string([]byte{id}) + uleb(len(contents)) + contents
}

// funcModule is a module with one function of type 0 and extra sections before the code.
func funcModule(types, body string, extra ...string) string {
	body = "\x00" + body + "\x0b"
	s := "\x00asm\x01\x00\x00\x00" + coreSection(1, types) + coreSection(3, "\x01\x00") + strings.Join(extra, "")
	return s + coreSection(10, "\x01"+uleb(len(body))+body)
}

func decodeCore(t *testing.T, src string) *binary.Module {
	t.Helper()
	m, err := binary.DecodeModule([]byte(src), 0)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func validModule(t *testing.T, src string) *binary.Module {
	t.Helper()
	m := decodeCore(t, src)
	if err := Module(m, AllFeatures()); err != nil {
		t.Fatal(err)
	}
	return m
}

func refusedCore(t *testing.T, src string, f Features, text string) {
	t.Helper()
	if err := Module(decodeCore(t, src), f); err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("%v, want %s", err, text)
	}
}

func TestSignatures(t *testing.T) {
	const pre = "\x00asm\x01\x00\x00\x00"
	// A group of two structs that refer to each other, at index 0 and at
	// index 1, and one with another mutability.
	group := func(first byte, mutable string) string {
		a, b := string([]byte{first}), string([]byte{first + 1})
		return "\x4e\x02" + "\x50\x00\x5f\x01\x63" + b + mutable + "\x50\x00\x5f\x01\x63" + a + mutable
	}
	m1 := validModule(t, pre+coreSection(1, "\x03"+group(0, "\x01")+"\x60\x01\x63\x00\x00"+"\x60\x00\x00"))
	m2 := validModule(t, pre+coreSection(1, "\x04"+"\x60\x00\x00"+group(1, "\x01")+"\x60\x01\x63\x01\x00"+group(4, "\x00")))
	same := [][2]int{{0, 1}, {1, 2}, {2, 3}, {3, 0}}
	for _, p := range same {
		if m1.Types[p[0]].Sig != m2.Types[p[1]].Sig {
			t.Errorf("types %d and %d differ", p[0], p[1])
		}
	}
	seen := map[uint64]int{}
	for i, d := range m2.Types {
		if d.Sig == 0 {
			t.Errorf("type %d has no signature", i)
		}
		if j, ok := seen[d.Sig]; ok {
			t.Errorf("types %d and %d are the same", j, i)
		}
		seen[d.Sig] = i
	}
}

func TestSubtypes(t *testing.T) {
	// 0: open struct, 1: its subtype, 2: func, 3: array of i8.
	m := validModule(t, "\x00asm\x01\x00\x00\x00"+coreSection(1, "\x04\x50\x00\x5f\x00\x4f\x01\x00\x5f\x01\x7f\x00\x60\x00\x00\x5e\x78\x01"))
	ref := func(h ir.Heap) ir.ValType { return ir.ValType{Kind: ir.Ref, Heap: h} }
	for _, c := range []struct {
		a, b ir.ValType
		want bool
	}{
		{ir.TypeI32, ir.TypeI32, true},
		{ir.TypeI32, ir.TypeI64, false},
		{ir.TypeI32, ir.TypeFuncRef, false},
		{ref(1), ref(0), true},
		{ref(0), ref(1), false},
		{ref(1), ref(ir.HeapEq), true},
		{ref(3), ref(ir.HeapArray), true},
		{ref(3), ref(ir.HeapStruct), false},
		{ref(2), ir.TypeFuncRef, true},
		{ref(2), ref(ir.HeapAny), false},
		{ir.TypeFuncRef, ref(ir.HeapFunc), false},
		{ref(ir.HeapNone), ref(1), true},
		{ref(ir.HeapNone), ref(2), false},
		{ref(ir.HeapNoFunc), ref(2), true},
		{ref(ir.HeapI31), ref(ir.HeapEq), true},
		{ref(ir.HeapI31), ref(ir.HeapStruct), false},
		{ref(ir.HeapNoExtern), ir.TypeExternRef, true},
		{ref(ir.HeapAny), ref(ir.HeapEq), false},
	} {
		if got := IsSubtype(m, c.a, c.b); got != c.want {
			t.Errorf("%s <: %s is %v", valString(c.a), valString(c.b), got)
		}
	}
	if SameType(m, ref(1), ref(0)) || !SameType(m, ref(1), ref(1)) {
		t.Error("SameType")
	}
}

func TestMatchExtern(t *testing.T) {
	const pre = "\x00asm\x01\x00\x00\x00"
	a := validModule(t, pre+coreSection(1, "\x02\x60\x00\x00\x60\x01\x7f\x00")).Types
	b := validModule(t, pre+coreSection(1, "\x02\x60\x01\x7f\x00\x60\x00\x00")).Types
	memory := func(min, max uint64, hasMax bool) ir.ModuleImport {
		return ir.ModuleImport{Kind: ir.ExternMemory, Memory: ir.MemoryType{Limits: ir.Limits{Min: min, Max: max, HasMax: hasMax}, PageLog2: 16}}
	}
	global := func(v ir.ValType, mutable bool) ir.ModuleImport {
		return ir.ModuleImport{Kind: ir.ExternGlobal, Global: ir.GlobalType{Type: v, Mutable: mutable}}
	}
	nonNull := ir.ValType{Kind: ir.Ref, Heap: ir.HeapFunc}
	for i, c := range []struct {
		a, b ir.ModuleImport
		want bool
	}{
		{ir.ModuleImport{Type: 0}, ir.ModuleImport{Type: 1}, true},
		{ir.ModuleImport{Type: 0}, ir.ModuleImport{Type: 0}, false},
		{ir.ModuleImport{Type: 0}, memory(0, 0, false), false},
		{memory(2, 0, false), memory(1, 0, false), true},
		{memory(1, 0, false), memory(2, 0, false), false},
		{memory(1, 0, false), memory(1, 5, true), false},
		{memory(1, 6, true), memory(1, 5, true), false},
		{memory(1, 5, true), memory(1, 5, true), true},
		{global(nonNull, false), global(ir.TypeFuncRef, false), true},
		{global(nonNull, true), global(ir.TypeFuncRef, true), false},
		{global(ir.TypeI32, true), global(ir.TypeI32, false), false},
	} {
		if err := MatchExtern(a, &c.a, b, &c.b); (err == nil) != c.want {
			t.Errorf("case %d: %v", i, err)
		}
	}
}

// The assembler at hand does not know legacy exceptions, so the suite's
// scripts for them are not run.
func TestLegacyExceptions(t *testing.T) {
	const types = "\x02\x60\x00\x00\x60\x01\x7f\x00" // [] -> [], [i32] -> []
	tags := coreSection(13, "\x01\x00\x01")
	for _, body := range []string{
		"\x06\x40\x07\x00\x1a\x19\x0b",             // try catch 0 drop catch_all end
		"\x06\x40\x01\x19\x09\x00\x0b",             // try nop catch_all rethrow 0 end
		"\x06\x40\x06\x40\x18\x00\x19\x0b",         // try try delegate 0 catch_all end
		"\x06\x40\x18\x00",                         // try delegate 0, to the caller
		"\x06\x7f\x41\x01\x08\x00\x07\x00\x0b\x1a", // try (result i32) i32.const throw catch 0 end drop
	} {
		validModule(t, funcModule(types, body, tags))
	}
	for _, c := range [][2]string{
		{"\x06\x40\x09\x00\x0b", "invalid rethrow label"},
		{"\x07\x00", "catch found outside"},
		{"\x06\x40\x19\x07\x00\x1a\x0b", "catch found outside"}, // catch after catch_all
		{"\x06\x40\x07\x00\x0b", "type mismatch"},               // payload left
		{"\x06\x40\x07\x01\x0b", "unknown tag"},
		{"\x06\x40\x18\x02", "unknown label"},
		{"\x02\x40\x18\x00", "delegate found outside"},
		{"\x06\x40\x05\x0b", "else found outside"},
	} {
		refusedCore(t, funcModule(types, c[0], tags), AllFeatures(), c[1])
	}
	f := AllFeatures()
	f.LegacyExceptions = false
	refusedCore(t, funcModule(types, "\x06\x40\x0b", tags), f, "legacy exceptions support is not enabled")
}

func TestFeatures(t *testing.T) {
	const types = "\x01\x60\x00\x00"
	for _, c := range []struct {
		off  func(*Features)
		src  string
		text string
	}{
		{func(f *Features) { f.SIMD = false }, funcModule(types, "\xfd\x0c0123456789abcdef\x1a"), "SIMD"},
		{func(f *Features) { f.GC = false }, funcModule(types, "\x41\x00\xfb\x1c\x1a"), "gc"},
		{func(f *Features) { f.TailCall = false }, funcModule(types, "\x12\x00"), "tail calls"},
		{func(f *Features) { f.MultiMemory = false }, funcModule(types, "", coreSection(5, "\x02\x00\x00\x00\x00")), "multiple memories"},
		{func(f *Features) { f.Memory64 = false }, funcModule(types, "", coreSection(5, "\x01\x04\x00")), "memory64"},
		{func(f *Features) { f.WideArithmetic = false }, funcModule(types, "\x42\x00\x42\x00\xfc\x15\x1a\x1a"), "wide arithmetic"},
		{func(f *Features) { f.Threads = false }, funcModule(types, "\xfe\x03\x00"), "threads"},
		{func(f *Features) { f.CustomPageSizes = false }, funcModule(types, "", coreSection(5, "\x01\x08\x00\x00")), "custom page sizes"},
		{func(f *Features) { f.ExtendedConst = false }, funcModule(types, "", coreSection(6, "\x01\x7f\x00\x41\x00\x41\x00\x6a\x0b")), "constant expression required"},
	} {
		validModule(t, c.src)
		f := AllFeatures()
		c.off(&f)
		refusedCore(t, c.src, f, c.text)
	}
}

// TestProposals: what is not finished is off unless somebody turns it on.
func TestProposals(t *testing.T) {
	for _, src := range []string{
		funcModule("\x02\x60\x00\x00\x4e\x02\x4d\x02\x5f\x00\x4c\x01\x5f\x00", ""),                              // descriptor, describes
		funcModule("\x02\x60\x00\x00\x5f\x00", "\xd0\x62\x01\x1a"),                                              // exact type of an operator
		funcModule("\x02\x60\x00\x00\x5f\x01\x63\x62\x01\x00", ""),                                              // of a field
		"\x00asm\x01\x00\x00\x00" + coreSection(1, "\x01\x60\x00\x00") + coreSection(2, "\x01\x00\x00\x20\x00"), // import
	} {
		refusedCore(t, src, AllFeatures(), "custom descriptors support is not enabled")
		f := AllFeatures()
		f.CustomDescriptors = true
		if err := Module(decodeCore(t, src), f); err != nil {
			t.Error(err)
		}
	}
}

// TestCompactImports: groups of imports of a module, and of one type.
func TestCompactImports(t *testing.T) {
	src := "\x00asm\x01\x00\x00\x00" + coreSection(1, "\x02\x60\x00\x00\x60\x01\x7f\x00") + coreSection(2, "\x05"+
		"\x01m\x01a\x00\x01"+
		"\x01m\x00\x7f\x02\x01b\x00\x00\x00\x03\x7f\x00"+
		"\x01n\x00\x7e\x03\x7e\x01\x03\x01c\x01d\x00"+
		"\x01o\x00\x7f\x00"+
		"\x01o\x00\x7e\x00\x01\x00")
	m := decodeCore(t, src)
	if err := Module(m, AllFeatures()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range m.Imports {
		got = append(got, fmt.Sprintf("%s.%s:%d,%d,%v,%v", i.Module, i.Name, i.Kind, i.Type, i.Global.Type, i.Global.Mutable))
	}
	var zero ir.ValType
	i32, i64 := ir.TypeI32, ir.TypeI64
	want := []string{
		fmt.Sprintf("m.a:0,1,%v,false", zero), fmt.Sprintf("m.b:0,0,%v,false", zero), fmt.Sprintf("m.:3,0,%v,false", i32),
		fmt.Sprintf("n.c:3,0,%v,true", i64), fmt.Sprintf("n.d:3,0,%v,true", i64), fmt.Sprintf("n.:3,0,%v,true", i64),
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	f := AllFeatures()
	f.CompactImports = false
	refusedCore(t, src, f, "compact imports support is not enabled")
	for _, src := range []string{
		"\x01m\x00\x7f\xff\xff\xff\xff\x0f", "\x01m\x00\x7e\x00\x00\xff\xff\xff\xff\x0f", "\x01m\x00\x7f", "\x01m\x01x\x7f\x00", "\x01m\x00\x7d\x00",
		"\x01m\x00\x7f\x01\x00\x7f\x00",
	} {
		if _, err := binary.DecodeModule([]byte("\x00asm\x01\x00\x00\x00"+coreSection(1, "\x01\x60\x00\x00")+coreSection(2, "\x01"+src)), 0); err == nil {
			t.Errorf("%q is accepted", src)
		}
	}
}

// A call may give a thousand results for two bytes of code.
func TestOperandsAreBounded(t *testing.T) {
	many := strings.Repeat("\x7f", 1000)
	types := "\x01\x60\x00" + uleb(1000) + many
	refusedCore(t, funcModule(types, strings.Repeat("\x10\x00", 5000)), AllFeatures(), "operand stack exceeds limit")
	// In unreachable code popping them all must be free.
	refusedCore(t, funcModule("\x02\x60\x00\x00\x5e\x7f\x00", "\x00\xfb\x08\x01\xff\xff\xff\xff\x0f"), AllFeatures(), "too large")
}

func TestLocals(t *testing.T) {
	// Two runs, the second behind what is spelt out; a non-nullable one last.
	code := func(body string) string {
		entry := "\x03" + uleb(1000) + "\x7f" + "\x02\x7e" + "\x01\x64\x70" + body + "\x0b"
		return "\x00asm\x01\x00\x00\x00" + coreSection(1, "\x01\x60\x01\x7d\x00") + coreSection(3, "\x01\x00") +
			coreSection(7, "\x01\x00\x00\x00") + coreSection(10, "\x01"+uleb(len(entry))+entry)
	}
	get := func(i int) string { return "\x20" + uleb(i) }
	validModule(t, code(get(0)+"\x8b\x1a"+get(1)+"\x45\x1a"+get(1000)+"\x45\x1a"+get(1001)+"\x50\x1a"+get(1002)+"\x50\x1a"))
	validModule(t, code("\xd2\x00\x21"+uleb(1003)+get(1003)+"\x1a"))
	refusedCore(t, code(get(1003)+"\x1a"), AllFeatures(), "uninitialized local")
	refusedCore(t, code("\x02\x40\xd2\x00\x21"+uleb(1003)+"\x0b"+get(1003)+"\x1a"), AllFeatures(), "uninitialized local")
	refusedCore(t, code(get(1004)), AllFeatures(), "unknown local")
}

func TestStreamingValidator(t *testing.T) {
	m := validModule(t, funcModule("\x01\x60\x01\x7f\x01\x7e", "\x20\x00\xac\x0f"))
	types := TypesOf(m)
	if ft := types.FuncType(0); len(ft.Params) != 1 || types.Extern(ir.ExternFunc, 0).Type != 0 {
		t.Errorf("%+v", ft)
	}
	v := NewFuncValidator(types, AllFeatures())
	c := m.Codes[0]
	if err := v.Begin(m.Funcs[0], c.Locals, c.Entry); err != nil {
		t.Fatal(err)
	}
	var in binary.Instr
	var tops []ir.Kind
	for x := binary.NewInstrReader(c.Body, c.Offset); !x.Done(); {
		if err := x.Next(&in); err != nil {
			t.Fatal(err)
		}
		if err := v.Step(&in); err != nil {
			t.Fatal(err)
		}
		k := ir.KindNone
		if s := v.Operands(); len(s) > 0 {
			k = s[len(s)-1].Kind
		}
		tops = append(tops, k)
		if in.Op == binary.OpReturn && !v.Unreachable() {
			t.Error("code after return is reachable")
		}
	}
	want := []ir.Kind{ir.I32, ir.I64, ir.KindNone, ir.KindNone}
	if !v.Ended() || len(tops) != len(want) {
		t.Fatalf("%v", tops)
	}
	for i := range want {
		if tops[i] != want[i] {
			t.Errorf("operands after instruction %d: %v", i, tops[i])
		}
	}
}
