package ir

import (
	"slices"
	"testing"
)

func flatString(f []ValType) string {
	var b []byte
	for _, v := range f {
		b = append(b, " ILFD"[v.Kind])
	}
	return string(b)
}

func TestLayout(t *testing.T) {
	p := new(Program)
	prim := func(k TypeKind) TypeID { return p.AddType(Type{Kind: k}) }
	cases := func(ids ...TypeID) (cs []Case) {
		for i, id := range ids {
			cs = append(cs, Case{Name: string(rune('a' + i)), Type: id})
		}
		return cs
	}
	labels := func(n int) (cs []Case) {
		for i := range n {
			cs = append(cs, Case{Name: string(rune(i + 'a')), Type: NoType})
		}
		return cs
	}
	u8, u16, u32, u64 := prim(TU8), prim(TU16), prim(TU32), prim(TU64)
	f32, f64, str := prim(TF32), prim(TF64), prim(TString)
	rec := p.AddType(Type{Kind: TRecord, Cases: cases(u8, u64, u16)})
	own := p.AddType(Type{Kind: TOwn, Resource: 3})
	tests := []struct {
		name                    string
		t                       Type
		size, align, disc, off  uint32
		flat                    string
		offsets                 []uint32
		hasResource, hasPointer bool
		size64                  uint32
	}{
		{"bool", Type{Kind: TBool}, 1, 1, 0, 0, "I", nil, false, false, 1},
		{"char", Type{Kind: TChar}, 4, 4, 0, 0, "I", nil, false, false, 4},
		{"string", Type{Kind: TString}, 8, 4, 0, 0, "II", nil, false, true, 16},
		{"record", p.Types[rec], 24, 8, 0, 0, "ILI", []uint32{0, 8, 16}, false, false, 24},
		{"tuple", Type{Kind: TTuple, Cases: cases(u8, str)}, 12, 4, 0, 0, "III", []uint32{0, 4}, false, true, 24},
		{"variant f32 u32", Type{Kind: TVariant, Cases: cases(f32, u32)}, 8, 4, 1, 4, "II", nil, false, false, 8},
		{"variant f32 f32", Type{Kind: TVariant, Cases: cases(f32, f32)}, 8, 4, 1, 4, "IF", nil, false, false, 8},
		{"variant f64 u32 str", Type{Kind: TVariant, Cases: cases(f64, u32, str)}, 16, 8, 1, 8, "ILI", nil, false, true, 24},
		{"variant f64 f32", Type{Kind: TVariant, Cases: cases(f64, f32)}, 16, 8, 1, 8, "IL", nil, false, false, 16},
		{"enum 256", Type{Kind: TEnum, Cases: labels(256)}, 1, 1, 1, 1, "I", nil, false, false, 1},
		{"enum 257", Type{Kind: TEnum, Cases: labels(257)}, 2, 2, 2, 2, "I", nil, false, false, 2},
		{"enum 65537", Type{Kind: TEnum, Cases: labels(65537)}, 4, 4, 4, 4, "I", nil, false, false, 4},
		{"flags 8", Type{Kind: TFlags, Cases: labels(8)}, 1, 1, 0, 0, "I", nil, false, false, 1},
		{"flags 9", Type{Kind: TFlags, Cases: labels(9)}, 2, 2, 0, 0, "I", nil, false, false, 2},
		{"flags 32", Type{Kind: TFlags, Cases: labels(32)}, 4, 4, 0, 0, "I", nil, false, false, 4},
		{"option u8", Type{Kind: TOption, Elem: u8}, 2, 1, 1, 1, "II", nil, false, false, 2},
		{"result _ own", Type{Kind: TResult, Elem: NoType, Err: own}, 8, 4, 1, 4, "II", nil, true, false, 8},
		{"result", Type{Kind: TResult, Elem: NoType, Err: NoType}, 1, 1, 1, 1, "I", nil, false, false, 1},
		{"list own", Type{Kind: TList, Elem: own}, 8, 4, 0, 0, "II", nil, true, true, 16},
		{"stream str", Type{Kind: TStream, Elem: str}, 4, 4, 0, 0, "I", nil, false, false, 4},
		{"fixed", Type{Kind: TFixedList, Elem: rec, Len: 2}, 48, 8, 0, 0, "ILIILI", nil, false, false, 48},
		{"map", Type{Kind: TMap, Key: u8, Elem: str}, 8, 4, 0, 0, "II", nil, false, true, 16},
	}
	for _, tt := range tests {
		id := p.AddType(tt.t)
		if again := p.AddType(tt.t); again != id {
			t.Errorf("%s: added twice", tt.name)
		}
		g := p.Types[id]
		if g.Size != tt.size || g.Align != tt.align || g.DiscSize != tt.disc || g.PayloadOffset != tt.off ||
			flatString(g.Flat) != tt.flat || !slices.Equal(g.Offsets, tt.offsets) ||
			g.HasResource != tt.hasResource || g.HasPointer != tt.hasPointer {
			t.Errorf("%s: size %d align %d disc %d off %d flat %s offsets %v resource %v pointer %v", tt.name,
				g.Size, g.Align, g.DiscSize, g.PayloadOffset, flatString(g.Flat), g.Offsets, g.HasResource, g.HasPointer)
		}
		if s := p.Layout(id, true).Size; s != tt.size64 {
			t.Errorf("%s: 64-bit size %d, want %d", tt.name, s, tt.size64)
		}
	}
	big := p.AddType(Type{Kind: TFixedList, Elem: rec, Len: 1 << 31})
	if g := p.Types[big]; g.Size != 1<<32-1 || len(g.Flat) != MaxFlat {
		t.Errorf("big: size %d, %d flat", g.Size, len(g.Flat))
	}
	if a, b := p.AddType(Type{Kind: TList, Elem: u8, Name: Name{Name: "x"}}), p.AddType(Type{Kind: TList, Elem: u8}); a == b {
		t.Error("names do not tell types apart")
	}
}

func TestCoreSignature(t *testing.T) {
	p := new(Program)
	u32 := p.AddType(Type{Kind: TU32})
	str := p.AddType(Type{Kind: TString})
	ft := func(n int, param, result TypeID) FuncTypeID {
		f := ComponentFuncType{Result: result}
		for i := range n {
			f.Params = append(f.Params, Param{Name: string(rune('a' + i)), Type: param})
		}
		return p.AddFuncType(f)
	}
	async, callback := &CanonOptions{Async: true}, &CanonOptions{Async: true, Callback: &CoreDef{}}
	tests := []struct {
		ft              FuncTypeID
		lift            bool
		opts            *CanonOptions
		want            string
		pInd, resultInd bool
	}{
		{ft(2, u32, u32), true, nil, "II:I", false, false},
		{ft(2, u32, u32), false, nil, "II:I", false, false},
		{ft(2, u32, NoType), false, nil, "II:", false, false},
		{ft(16, u32, str), true, nil, "IIIIIIIIIIIIIIII:I", false, true},
		{ft(17, u32, str), true, nil, "I:I", true, true},
		{ft(17, u32, str), false, nil, "II:", true, true},
		{ft(8, str, NoType), false, nil, "IIIIIIIIIIIIIIII:", false, false},
		{ft(9, str, NoType), false, nil, "I:", true, false},
		{ft(4, u32, u32), false, async, "IIIII:I", false, true},
		{ft(5, u32, NoType), false, async, "I:I", true, false},
		{ft(5, u32, str), true, async, "IIIII:", false, false},
		{ft(5, u32, str), true, callback, "IIIII:I", false, false},
	}
	for i, tt := range tests {
		sig, pi, ri := p.CoreSignature(tt.ft, tt.lift, tt.opts)
		if got := flatString(sig.Params) + ":" + flatString(sig.Results); got != tt.want || pi != tt.pInd || ri != tt.resultInd {
			t.Errorf("%d: %s %v %v, want %s %v %v", i, got, pi, ri, tt.want, tt.pInd, tt.resultInd)
		}
	}
}
