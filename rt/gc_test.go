package rt

import (
	"strings"
	"testing"
	"unsafe"
)

func TestDesc(t *testing.T) {
	a := NewDesc(0xa1, CoreDefStruct, nil)
	b := NewDesc(0xb1, CoreDefStruct, a)
	c := NewDesc(0xc1, CoreDefStruct, b)
	other := NewDesc(0xd1, CoreDefStruct, a)
	if NewDesc(0xb1, CoreDefStruct, a) != b {
		t.Error("a type is there twice")
	}
	for _, tt := range []struct {
		t, x *Desc
		want bool
	}{{a, a, true}, {c, a, true}, {c, b, true}, {c, c, true}, {b, c, false}, {c, other, false}, {other, a, true}, {a, b, false}} {
		if got := tt.t.below(tt.x); got != tt.want {
			t.Errorf("%#x below %#x: %v", tt.t.Sig, tt.x.Sig, got)
		}
	}
	if !FuncBelow(7, &Desc{Sig: 7}) || FuncBelow(7, a) {
		t.Error("functions of types that nobody registered")
	}
}

func TestI31(t *testing.T) {
	for _, v := range []int32{0, 1, -1, 255, 256, 1<<30 - 1, -1 << 30} {
		p, q := NewI31(v), NewI31(v)
		if got, ok := p.I31(); got != v || !ok {
			t.Errorf("%d is %d, %v", v, got, ok)
		}
		if I31U(p) != uint32(v)&(1<<31-1) || !RefEq(p, q) || RefEq(p, NewI31(v^2)) {
			t.Errorf("%d: unsigned, or equality", v)
		}
		if !IsI31(p, false) || !IsEq(p, false) || IsStruct(p, false) || IsArray(p, false) || IsSub(p, NewDesc(0xa1, CoreDefStruct, nil), false) {
			t.Errorf("%d: kind", v)
		}
		if ExternConvertAny(p) != any(p) || AnyConvertExtern(p) != p {
			t.Errorf("%d: conversion", v)
		}
	}
}

func TestHostObject(t *testing.T) {
	p := AnyConvertExtern("text")
	if ExternConvertAny(p) != any("text") || IsEq(p, false) || IsStruct(p, false) || IsI31(p, false) || !IsTop(p, false) {
		t.Error("a value of the host")
	}
	if AnyConvertExtern(nil) != nil || ExternConvertAny(nil) != nil {
		t.Error("null")
	}
	var null *Object
	desc := NewDesc(0xe1, CoreDefArray, nil)
	for want, o := range map[string]*Object{"null": null, "host text": p, "i31 -3": NewI31(-3), "array of 2": ZeroArray[uint16](desc, 2)} {
		if got := o.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestArrayData(t *testing.T) {
	desc := NewDesc(0xe1, CoreDefArray, nil)
	elems := func(p *Object) []uint32 { return (*Array[uint32])(unsafe.Pointer(p)).E }
	p := ArrayFromData[uint32](desc, "x\x01\x02\x03\x04\xff\x00\x00\x80", 1, 2)
	if e := elems(p); e[0] != 0x04030201 || e[1] != 0x800000ff {
		t.Errorf("%#x", e)
	}
	ArrayInitData[uint32](p, 1, "\x05\x00\x00\x00", 0, 1)
	ArrayCopy[uint32](p, 0, p, 1, 1)
	if e := elems(p); e[0] != 5 || e[1] != 5 {
		t.Errorf("%#x", e)
	}
	v := ArrayFromData[V128](desc, strings.Repeat("\x01", 8)+strings.Repeat("\x02", 8), 0, 1)
	if e := (*Array[V128])(unsafe.Pointer(v)).E[0]; e.Lo != 0x0101010101010101 || e.Hi != 0x0202020202020202 {
		t.Errorf("%#x", e)
	}
	for name, f := range map[string]func(){
		"data":  func() { ArrayFromData[uint64](desc, "1234567", 0, 1) },
		"start": func() { ArrayFromData[byte](desc, "1234567", 8, 0) },
		"copy":  func() { ArrayCopy[uint32](p, 1, p, 0, 2) },
		"fill":  func() { ArrayFill[uint32](p, 2, 0, 1) },
		"limit": func() { NewArray[uint64](desc, 0, 1<<32-1) },
		"null":  func() { ArrayLen(nil) },
	} {
		func() {
			defer func() {
				switch recover().(type) {
				case TrapCode, *Trap:
				default:
					t.Errorf("%s: no trap", name)
				}
			}()
			f()
		}()
	}
}

func TestParts(t *testing.T) {
	for symbol, want := range map[string]bool{"03.m0f12_name": false, "03.m0f12x34_name": true, "03.m0f12x_x": true, "03.m0f12_x": false} {
		shard, m, f, part, ok := parseSymbol(symbol)
		if shard != 3 || m != 0 || f != 12 || part != want || !ok {
			t.Errorf("%s: %d %d %d %v %v", symbol, shard, m, f, part, ok)
		}
	}
}

// TestDescriptor: objects of one type with different descriptors are of that type,
// and casts tell them apart.
func TestDescriptor(t *testing.T) {
	a := NewDesc(0xda, CoreDefStruct, nil)
	sub := NewDesc(0xdb, CoreDefStruct, a)
	of := NewDesc(0xdc, CoreDefStruct, nil)
	descriptor := func() *Object { return (&Descriptor{Object: Object{T: of}}).Describe(sub) }
	d, e := descriptor(), descriptor()
	p := &Object{T: DescribedBy(d)}
	if !IsSub(p, a, false) || !IsSub(p, sub, false) || IsExact(p, sub, false) || !IsDescribed(p, sub, false) || IsDescribed(p, a, false) || !IsStruct(p, false) {
		t.Error("type of an object with a descriptor")
	}
	if GetDesc(p) != d || !IsDesc(p, d, false) || IsDesc(p, e, true) || IsDesc(nil, d, false) || !IsDesc(nil, d, true) || IsDesc(NewI31(1), d, true) || IsDescribed(NewI31(1), sub, true) {
		t.Error("descriptor of an object")
	}
	defs := []CoreTypeDef{{Sig: 0xda, Kind: CoreDefStruct, Super: -1}, {Sig: 0xdb, Kind: CoreDefStruct, Super: 0}}
	for _, c := range []struct {
		x    *Object
		t    CoreType
		want bool
	}{
		{p, CoreType{Kind: CoreRef, Heap: 0}, true}, {p, CoreType{Kind: CoreRef, Heap: 1}, true}, {p, CoreType{Kind: CoreRef, Exact: true, Heap: 1}, true},
		{p, CoreType{Kind: CoreRef, Exact: true, Heap: 0}, false}, {&Object{T: a}, CoreType{Kind: CoreRef, Exact: true, Heap: 0}, true},
	} {
		if got := isOfHeap(c.x, defs, c.t); got != c.want {
			t.Errorf("%v: %v", c.t, got)
		}
	}
	for text, f := range map[string]func(){
		"wasm trap: null descriptor reference": func() { CastDesc(p, nil, true) },
		"wasm trap: descriptor cast failure":   func() { CastDesc(p, e, true) },
	} {
		func() {
			defer func() {
				if tr, ok := recover().(*Trap); !ok || tr.Error() != text {
					t.Errorf("%v, want %s", tr, text)
				}
			}()
			f()
		}()
	}
}

// TestTypesCollide: once two types have one signature, nothing is linked.
func TestTypesCollide(t *testing.T) {
	defer func() { forms.bySig, forms.err = nil, nil }()
	a, b := strings.Repeat("1a", 32), strings.Repeat("1a", 31)+"1b"
	other := strings.Repeat("2a", 32)
	RegisterTypes(a + other)
	RegisterTypes(other)
	m := NewCoreModule(&CoreModuleDef{Link: func(*CoreLink, int32) {}})
	st := NewStore()
	defer st.Close()
	if _, err := m.Instantiate(t.Context(), st, nil); err != nil {
		t.Error(err)
	}
	RegisterTypes(b)
	if _, err := m.Instantiate(t.Context(), st, nil); err == nil || !strings.Contains(err.Error(), "0x1a1a1a1a1a1a1a1a") {
		t.Error(err)
	}
}
