package ir

import (
	"encoding/binary"
	"math"
)

// This file: the size, alignment and flattening of component value types, and
// the hash-consing of types (CanonicalABI.md, "Alignment", "Element Size",
// "Flattening").

// The limits of flat parameters and results (CanonicalABI.md, "Flattening").
const (
	MaxFlatParams      = 16
	MaxFlatAsyncParams = 4
	MaxFlatResults     = 1
)

// MaxFlat is where [Type.Flat] and [Layout.Flat] are cut off. A fixed-length
// list may flatten to millions of values; no reader needs to know more than
// that it is longer than MaxFlatParams. What is kept is an exact prefix.
const MaxFlat = 64

// Layout is how values of a type lie in memory and in core parameters, for one
// size of pointers.
type Layout struct {
	Size, Align             uint32 // Size is capped at 1<<32 - 1
	Flat                    []ValType
	Offsets                 []uint32
	DiscSize, PayloadOffset uint32
}

// AddType returns the ID of a type equal to t in structure and Name, which it
// adds if there is none. The computed fields and ID of t are ignored and
// filled; t's components must have been added before. Docs do not take part
// in the comparison.
func (p *Program) AddType(t Type) TypeID {
	if p.typeIndex == nil {
		p.typeIndex = make(map[string]TypeID, len(p.Types)+16)
		for i := range p.Types {
			p.typeIndex[typeKey(&p.Types[i])] = TypeID(i)
		}
	}
	normalise(&t)
	k := typeKey(&t)
	if id, ok := p.typeIndex[k]; ok {
		return id
	}
	t.ID = TypeID(len(p.Types))
	l := layoutOf(&t, 4, func(id TypeID) Layout { return p.Types[id].layout() })
	t.Size, t.Align, t.Flat = l.Size, l.Align, l.Flat
	t.Offsets, t.DiscSize, t.PayloadOffset = l.Offsets, l.DiscSize, l.PayloadOffset
	switch t.Kind {
	case TOwn, TBorrow:
		t.HasResource = true
	case TString, TList, TMap:
		t.HasPointer = true
	}
	t.eachComponent(func(id TypeID) {
		c := &p.Types[id]
		t.HasResource = t.HasResource || c.HasResource
		// The elements of a stream or future move later, not when the handle does.
		if t.Kind != TStream && t.Kind != TFuture {
			t.HasPointer = t.HasPointer || c.HasPointer
		}
	})
	p.Types = append(p.Types, t)
	p.typeIndex[k] = t.ID
	return t.ID
}

// AddFuncType returns the ID of a function type equal to ft, which it adds if
// there is none.
func (p *Program) AddFuncType(ft ComponentFuncType) FuncTypeID {
	if p.funcIndex == nil {
		p.funcIndex = make(map[string]FuncTypeID, len(p.FuncTypes)+16)
		for i := range p.FuncTypes {
			p.funcIndex[funcTypeKey(&p.FuncTypes[i])] = FuncTypeID(i)
		}
	}
	k := funcTypeKey(&ft)
	if id, ok := p.funcIndex[k]; ok {
		return id
	}
	id := FuncTypeID(len(p.FuncTypes))
	p.FuncTypes = append(p.FuncTypes, ft)
	p.funcIndex[k] = id
	return id
}

// normalise sets the fields that mean nothing for t's kind to fixed values, so
// that a caller's zero TypeID does not make two equal types differ.
func normalise(t *Type) {
	switch t.Kind {
	case TList, TFixedList, TOption, TStream, TFuture:
		t.Key, t.Err = NoType, NoType
	case TMap:
		t.Err = NoType
	case TResult:
		t.Key = NoType
	default:
		t.Elem, t.Key, t.Err = NoType, NoType, NoType
	}
	if t.Kind != TFixedList {
		t.Len = 0
	}
	if t.Kind != TOwn && t.Kind != TBorrow {
		t.Resource = -1
	}
	switch t.Kind {
	case TFlags, TEnum:
		cases := make([]Case, len(t.Cases))
		for i, c := range t.Cases {
			cases[i] = Case{Name: c.Name, Type: NoType, Docs: c.Docs}
		}
		t.Cases = cases
	case TRecord, TVariant, TTuple:
	default:
		t.Cases = nil
	}
}

func typeKey(t *Type) string {
	b := make([]byte, 0, 64)
	b = append(b, byte(t.Kind))
	b = appendString(b, t.Name.Interface)
	b = appendString(b, t.Name.Name)
	if t.Name.Export {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	for _, id := range [...]int64{int64(t.Elem), int64(t.Key), int64(t.Err), int64(t.Len), int64(t.Resource)} {
		b = binary.AppendVarint(b, id)
	}
	for i := range t.Cases {
		b = appendString(b, t.Cases[i].Name)
		b = binary.AppendVarint(b, int64(t.Cases[i].Type))
	}
	return string(b)
}

func funcTypeKey(ft *ComponentFuncType) string {
	b := make([]byte, 0, 64)
	if ft.Async {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	b = binary.AppendVarint(b, int64(ft.Result))
	for i := range ft.Params {
		b = appendString(b, ft.Params[i].Name)
		b = binary.AppendVarint(b, int64(ft.Params[i].Type))
	}
	return string(b)
}

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// eachComponent calls f with the types that t is directly made of.
func (t *Type) eachComponent(f func(TypeID)) {
	for i := range t.Cases {
		if t.Cases[i].Type != NoType {
			f(t.Cases[i].Type)
		}
	}
	switch t.Kind {
	case TList, TFixedList, TOption, TStream, TFuture, TMap, TResult:
		for _, id := range [...]TypeID{t.Elem, t.Key, t.Err} {
			if id != NoType {
				f(id)
			}
		}
	}
}

// layout gives the layout for 32-bit memories that AddType stored in t.
func (t *Type) layout() Layout {
	return Layout{
		Size: t.Size, Align: t.Align, Flat: t.Flat, Offsets: t.Offsets,
		DiscSize: t.DiscSize, PayloadOffset: t.PayloadOffset,
	}
}

// Layout gives the layout of type id for memories with 32-bit or, if is64, with
// 64-bit addresses.
func (p *Program) Layout(id TypeID, is64 bool) Layout {
	if !is64 {
		return p.Types[id].layout()
	}
	if l, ok := p.layouts64[id]; ok {
		return l
	}
	if p.layouts64 == nil {
		p.layouts64 = make(map[TypeID]Layout)
	}
	l := layoutOf(&p.Types[id], 8, func(id TypeID) Layout { return p.Layout(id, true) })
	p.layouts64[id] = l
	return l
}

// layoutOf computes the layout of t from those of its components.
func layoutOf(t *Type, ptrSize uint32, of func(TypeID) Layout) Layout {
	ptr := TypeI32
	if ptrSize == 8 {
		ptr = TypeI64
	}
	scalar := func(size uint32, v ValType) Layout {
		return Layout{Size: size, Align: size, Flat: []ValType{v}}
	}
	switch t.Kind {
	case TBool, TS8, TU8:
		return scalar(1, TypeI32)
	case TS16, TU16:
		return scalar(2, TypeI32)
	case TS32, TU32, TChar, TErrorContext, TOwn, TBorrow, TStream, TFuture:
		return scalar(4, TypeI32)
	case TS64, TU64:
		return scalar(8, TypeI64)
	case TF32:
		return scalar(4, TypeF32)
	case TF64:
		return scalar(8, TypeF64)
	case TString, TList, TMap: // a map is a list of tuples
		return Layout{Size: 2 * ptrSize, Align: ptrSize, Flat: []ValType{ptr, ptr}}
	case TFlags:
		switch n := len(t.Cases); {
		case n <= 8:
			return scalar(1, TypeI32)
		case n <= 16:
			return scalar(2, TypeI32)
		default: // more than 32 labels are not valid
			return scalar(4, TypeI32)
		}
	case TFixedList:
		e := of(t.Elem)
		l := Layout{Align: e.Align, Size: cap32(uint64(t.Len) * uint64(e.Size))}
		for i := uint32(0); i < t.Len && len(e.Flat) > 0 && len(l.Flat) < MaxFlat; i++ {
			l.Flat = appendFlat(l.Flat, e.Flat)
		}
		return l
	case TRecord, TTuple:
		l := Layout{Align: 1}
		s := uint64(0)
		for i := range t.Cases {
			f := of(t.Cases[i].Type)
			s = alignTo(s, f.Align)
			l.Offsets = append(l.Offsets, cap32(s))
			s += uint64(f.Size)
			l.Align = max(l.Align, f.Align)
			l.Flat = appendFlat(l.Flat, f.Flat)
		}
		l.Size = cap32(alignTo(s, l.Align))
		return l
	case TVariant, TEnum:
		payloads := make([]TypeID, 0, len(t.Cases))
		for i := range t.Cases {
			payloads = append(payloads, t.Cases[i].Type)
		}
		return variantLayout(len(payloads), payloads, of)
	case TOption:
		return variantLayout(2, []TypeID{t.Elem}, of)
	case TResult:
		return variantLayout(2, []TypeID{t.Elem, t.Err}, of)
	}
	return Layout{Align: 1}
}

// variantLayout lays out a variant of n cases with the given payloads (NoType: none).
func variantLayout(n int, payloads []TypeID, of func(TypeID) Layout) Layout {
	l := Layout{Flat: []ValType{TypeI32}}
	// discriminant_type: the smallest of u8, u16, u32 that holds n-1.
	switch {
	case n <= 1<<8:
		l.DiscSize = 1
	case n <= 1<<16:
		l.DiscSize = 2
	default:
		l.DiscSize = 4
	}
	caseAlign, caseSize := uint32(1), uint32(0)
	var flat []ValType
	for _, id := range payloads {
		if id == NoType {
			continue
		}
		c := of(id)
		caseAlign = max(caseAlign, c.Align)
		caseSize = max(caseSize, c.Size)
		for i, v := range c.Flat {
			if i < len(flat) {
				flat[i] = joinFlat(flat[i], v)
			} else {
				flat = append(flat, v)
			}
		}
	}
	l.Align = max(l.DiscSize, caseAlign)
	off := alignTo(uint64(l.DiscSize), caseAlign)
	l.PayloadOffset = cap32(off)
	l.Size = cap32(alignTo(off+uint64(caseSize), l.Align))
	l.Flat = appendFlat(l.Flat, flat)
	return l
}

// joinFlat is `join`: the core type that can carry the bits of both a and b.
func joinFlat(a, b ValType) ValType {
	switch {
	case a == b:
		return a
	case a.Kind == I32 && b.Kind == F32, a.Kind == F32 && b.Kind == I32:
		return TypeI32
	}
	return TypeI64
}

func appendFlat(dst, src []ValType) []ValType {
	if n := MaxFlat - len(dst); len(src) > n {
		src = src[:n]
	}
	return append(dst, src...)
}

func alignTo(n uint64, align uint32) uint64 {
	a := uint64(align)
	return (n + a - 1) / a * a
}

func cap32(n uint64) uint32 {
	if n > math.MaxUint32 {
		return math.MaxUint32
	}
	return uint32(n)
}

// FlattenParams gives the flattened parameters of ft before any limit (cut off
// at a length above MaxFlat).
func (p *Program) FlattenParams(ft FuncTypeID, is64 bool) []ValType {
	var flat []ValType
	for _, a := range p.FuncTypes[ft].Params {
		if len(flat) > MaxFlat {
			break
		}
		flat = append(flat, p.Layout(a.Type, is64).Flat...)
	}
	return flat
}

// FlattenResults gives the flattened result of ft before any limit (cut off at
// MaxFlat).
func (p *Program) FlattenResults(ft FuncTypeID, is64 bool) []ValType {
	if r := p.FuncTypes[ft].Result; r != NoType {
		return p.Layout(r, is64).Flat
	}
	return nil
}

// MemoryOf gives the type of the memory that def names, ok false if def is nil
// or names none.
func (p *Program) MemoryOf(def *CoreDef) (mt MemoryType, ok bool) {
	if def == nil || def.Kind != DefExport || def.Extern != ExternMemory {
		return mt, false
	}
	if def.Instance < 0 || int(def.Instance) >= len(p.CoreInstances) {
		return mt, false
	}
	inst := &p.CoreInstances[def.Instance]
	if inst.Module >= 0 {
		return p.Modules[inst.Module].Memory(def.Index)
	}
	im := &p.ImportModules[inst.Import]
	for _, e := range im.Exports {
		if e.Kind == ExternMemory && e.Name == def.Name && int(e.Index) < len(im.ExportTypes) {
			return im.ExportTypes[e.Index].Memory, true
		}
	}
	return mt, false
}

// Memory64 reports whether opts name a memory with 64-bit addresses.
func (p *Program) Memory64(opts *CanonOptions) bool {
	if opts == nil {
		return false
	}
	mt, ok := p.MemoryOf(opts.Memory)
	return ok && mt.Limits.Is64
}

// CoreSignature is flatten_functype: the core signature of ft when it is
// lifted (or, with lift false, lowered) with opts (nil: sync, no options).
// paramsIndirect: the parameters are in memory and one pointer is passed.
// resultIndirect: the result is in memory; lifted, the core function returns a
// pointer to it, lowered, it gets one as its last parameter.
func (p *Program) CoreSignature(ft FuncTypeID, lift bool, opts *CanonOptions) (sig FuncType, paramsIndirect, resultIndirect bool) {
	is64 := p.Memory64(opts)
	ptr := TypeI32
	if is64 {
		ptr = TypeI64
	}
	params := p.FlattenParams(ft, is64)
	results := p.FlattenResults(ft, is64)
	async := opts != nil && opts.Async

	maxParams, maxResults := MaxFlatParams, MaxFlatResults
	if async && !lift {
		maxParams, maxResults = MaxFlatAsyncParams, 0
	}
	if len(params) > maxParams {
		params, paramsIndirect = []ValType{ptr}, true
	}
	// Copies: the slices above may be those of the types.
	sig.Params = append([]ValType(nil), params...)

	switch {
	case async && lift:
		// The result goes through task.return; the core result is the callback code.
		if opts.Callback != nil {
			sig.Results = []ValType{TypeI32}
		}
		return sig, paramsIndirect, false
	case len(results) > maxResults:
		resultIndirect = true
		if lift {
			sig.Results = []ValType{ptr}
		} else {
			sig.Params = append(sig.Params, ptr)
		}
	default:
		sig.Results = append([]ValType(nil), results...)
	}
	if async {
		sig.Results = []ValType{TypeI32} // state | subtask<<4
	}
	return sig, paramsIndirect, resultIndirect
}
