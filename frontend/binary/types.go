package binary

import "github.com/wc2go/wc2go/ir"

// This file: core types (section 5.3), shared by the decoders of modules and
// components.

// MaxTypes bounds type indices, so that they fit ir.Heap and that a rec
// group's size stays sane; engines have the same limit.
const MaxTypes = 1_000_000

// Limits of the sizes of types; those of all engines (JS API, "Implementation-defined limits").
const (
	maxParams       = 1000
	maxResults      = 1000
	maxStructFields = 10_000
)

var abstractHeaps = map[byte]ir.Heap{
	0x74: ir.HeapNoExn, 0x73: ir.HeapNoFunc, 0x72: ir.HeapNoExtern, 0x71: ir.HeapNone,
	0x70: ir.HeapFunc, 0x6f: ir.HeapExtern, 0x6e: ir.HeapAny, 0x6d: ir.HeapEq,
	0x6c: ir.HeapI31, 0x6b: ir.HeapStruct, 0x6a: ir.HeapArray, 0x69: ir.HeapExn,
}

// RefTo reads a heap type and gives the type of references to it. An exact
// heap type is the custom-descriptors proposal's.
func (r *Reader) RefTo(null bool) ir.ValType {
	if b, _ := r.Peek(); b == 0x62 {
		r.Byte()
		return ir.ValType{Kind: ir.Ref, Null: null, Exact: true, Heap: ir.Heap(r.TypeIndex())}
	}
	return ir.ValType{Kind: ir.Ref, Null: null, Heap: r.HeapType()}
}

// HeapType reads a heap type that is not exact.
func (r *Reader) HeapType() ir.Heap {
	at := r.Offset()
	if b, ok := r.Peek(); ok && b >= 0x40 && b < 0x80 { // a negative s33 of one byte
		h, ok := abstractHeaps[b]
		if !ok {
			r.Malformed(at, "malformed heap type")
			return 0
		}
		r.Byte()
		return h
	}
	i := r.S33()
	if i < 0 {
		r.Malformed(at, "malformed heap type")
		return 0
	}
	return ir.Heap(r.typeIndex(at, uint64(i)))
}

// TypeIndex reads a type index that a type refers to.
func (r *Reader) TypeIndex() uint32 {
	at := r.Offset()
	return r.typeIndex(at, uint64(r.U32()))
}

func (r *Reader) typeIndex(at int, i uint64) uint32 {
	if i >= MaxTypes {
		r.Fail(Errorf(at, "unknown type %d: type index out of bounds", i))
		return 0
	}
	return uint32(i)
}

// valType is the value type of one byte, if it is one.
func valType(b byte) (ir.ValType, bool) {
	switch b {
	case 0x7f:
		return ir.TypeI32, true
	case 0x7e:
		return ir.TypeI64, true
	case 0x7d:
		return ir.TypeF32, true
	case 0x7c:
		return ir.TypeF64, true
	case 0x7b:
		return ir.TypeV128, true
	}
	if h, ok := abstractHeaps[b]; ok {
		return ir.ValType{Kind: ir.Ref, Null: true, Heap: h}, true
	}
	return ir.ValType{}, false
}

// ValType reads a value type.
func (r *Reader) ValType() ir.ValType { return r.valTypeOr("malformed value type") }

func (r *Reader) valTypeOr(message string) ir.ValType {
	at := r.Offset()
	b := r.Byte()
	if t, ok := valType(b); ok {
		return t
	}
	switch b {
	case 0x63, 0x64:
		return r.RefTo(b == 0x63)
	}
	r.Malformed(at, "%s", message)
	return ir.ValType{}
}

// RefType reads a reference type.
func (r *Reader) RefType() ir.ValType {
	at := r.Offset()
	t := r.valTypeOr("malformed reference type")
	if t.Kind != ir.Ref {
		r.Malformed(at, "malformed reference type")
		return ir.ValType{}
	}
	return t
}

// ValTypes reads a vector of value types.
func (r *Reader) ValTypes(limit int, what string) []ir.ValType {
	n := r.CountMax(1, limit, what)
	if n == 0 {
		return nil
	}
	ts := make([]ir.ValType, n)
	for i := range ts {
		ts[i] = r.ValType()
	}
	return ts
}

// RecType reads a rec group (or a single type, which is a group of one).
// first is the index that the group's first type will get.
func (r *Reader) RecType(first uint32) []ir.SubType {
	n := 1
	if b, _ := r.Peek(); b == 0x4e {
		r.Byte()
		n = r.CountMax(2, MaxTypes, "rec group type")
	}
	var group []ir.SubType
	for range n {
		t := r.SubType()
		t.Group, t.GroupLen = first, uint32(n)
		group = append(group, t)
		if r.Failed() {
			return nil
		}
	}
	return group
}

// SubType reads a sub type; Group and GroupLen are left to the caller.
func (r *Reader) SubType() ir.SubType {
	switch b, _ := r.Peek(); b {
	case 0x4f, 0x50:
		r.Byte()
		return r.SubTypeRest(b == 0x4f)
	}
	return r.describedType(ir.SubType{Final: true})
}

// SubTypeRest reads a sub type after its leading byte.
func (r *Reader) SubTypeRest(final bool) ir.SubType {
	t := ir.SubType{Final: final}
	// The spec allows no more than one for now (section 3.2.8), as a matter of validation.
	at := r.Offset()
	n := r.Count(1)
	for range n {
		t.Super = append(t.Super, r.TypeIndex())
	}
	if n > 1 {
		r.Fail(Errorf(at, "sub type can only have one supertype"))
	}
	return r.describedType(t)
}

// describedType reads a composite type and the clauses before it, of which
// there is at most one of each, describes first.
func (r *Reader) describedType(t ir.SubType) ir.SubType {
	clause := func(lead byte) *uint32 {
		if b, _ := r.Peek(); b != lead {
			return nil
		}
		r.Byte()
		i := r.TypeIndex()
		return &i
	}
	t.Describes = clause(0x4c)
	t.Descriptor = clause(0x4d)
	return r.compType(t)
}

func (r *Reader) compType(t ir.SubType) ir.SubType {
	at := r.Offset()
	switch r.Byte() {
	case 0x60:
		t.Kind = ir.CompFunc
		t.Func = r.FuncType()
	case 0x5f:
		t.Kind = ir.CompStruct
		if n := r.CountMax(2, maxStructFields, "struct field"); n > 0 {
			t.Fields = make([]ir.Field, n)
		}
		for i := range t.Fields {
			t.Fields[i] = r.fieldType()
		}
	case 0x5e:
		t.Kind = ir.CompArray
		t.Fields = []ir.Field{r.fieldType()}
	default:
		r.Malformed(at, "malformed definition type: invalid leading byte")
	}
	return t
}

// FuncType reads a function type after its leading 0x60.
func (r *Reader) FuncType() ir.FuncType {
	return ir.FuncType{Params: r.ValTypes(maxParams, "function parameter"), Results: r.ValTypes(maxResults, "function result")}
}

func (r *Reader) fieldType() ir.Field {
	var f ir.Field
	switch b, _ := r.Peek(); b {
	case 0x78:
		r.Byte()
		f.Type = ir.ValType{Kind: ir.I8}
	case 0x77:
		r.Byte()
		f.Type = ir.ValType{Kind: ir.I16}
	default:
		f.Type = r.valTypeOr("malformed storage type")
	}
	f.Mutable = r.mutability()&1 != 0
	return f
}

func (r *Reader) mutability() byte {
	at := r.Offset()
	b := r.Byte()
	if b > 1 {
		r.Malformed(at, "malformed mutability")
		return 0
	}
	return b
}

// The bits of the flags byte of limits.
const (
	limitMax    = 1
	limitShared = 2
	limit64     = 4
	limitPage   = 8 // memories only: the page size follows
)

// limits reads limits whose flags may have the given bits.
func (r *Reader) limits(allowed byte) (l ir.Limits, flags byte) {
	at := r.Offset()
	flags = r.Byte()
	if flags&^allowed != 0 {
		// A flag is one byte; what looks like a longer number is a different
		// error in the test suite.
		if flags >= 0x80 {
			r.pos--
			if r.U32(); r.Failed() {
				return l, 0
			}
		}
		r.Malformed(at, "malformed limits flags")
		return l, 0
	}
	l.HasMax, l.Shared, l.Is64 = flags&limitMax != 0, flags&limitShared != 0, flags&limit64 != 0
	// Both widths are u64 in the grammar; that 32-bit limits fit is validation.
	l.Min = r.U64()
	if l.HasMax {
		l.Max = r.U64()
	}
	return l, flags
}

// TableType reads a table type.
func (r *Reader) TableType() ir.TableType {
	t := ir.TableType{Elem: r.RefType()}
	t.Limits, _ = r.limits(limitMax | limit64)
	return t
}

// MemoryType reads a memory type.
func (r *Reader) MemoryType() ir.MemoryType {
	l, flags := r.limits(limitMax | limitShared | limit64 | limitPage)
	t := ir.MemoryType{Limits: l, PageLog2: 16}
	if flags&limitPage != 0 {
		at := r.Offset()
		n := r.U32()
		if n > 64 {
			r.Malformed(at, "invalid custom page size")
		}
		t.PageLog2 = uint8(n)
	}
	return t
}

// GlobalType reads a global type.
func (r *Reader) GlobalType() ir.GlobalType {
	t := ir.GlobalType{Type: r.ValType()}
	t.Mutable = r.mutability()&1 != 0
	return t
}

// TagType reads a tag type, which is a function type's index.
func (r *Reader) TagType() uint32 {
	at := r.Offset()
	if r.Byte() != 0 {
		r.Malformed(at, "invalid tag attribute")
	}
	return r.TypeIndex()
}

// exactFunc is the sort of a function whose type is the very type that the
// import states (custom-descriptors proposal).
const exactFunc = 0x20

// CoreExternType reads a core import's or export declaration's type: the sort
// and what follows it. The fields but Module and Name are set.
func (r *Reader) CoreExternType() ir.ModuleImport {
	var d ir.ModuleImport
	at := r.Offset()
	d.Kind = ir.ExternKind(r.Byte())
	if d.Kind == exactFunc {
		d.Kind, d.Exact = ir.ExternFunc, true
	}
	switch d.Kind {
	case ir.ExternFunc:
		d.Type = r.TypeIndex()
	case ir.ExternTable:
		d.Table = r.TableType()
	case ir.ExternMemory:
		d.Memory = r.MemoryType()
	case ir.ExternGlobal:
		d.Global = r.GlobalType()
	case ir.ExternTag:
		d.Type = r.TagType()
	default:
		d.Kind = 0 // keep it printable
		r.Malformed(at, "malformed import kind")
	}
	return d
}

// The kinds of groups of imports, which stand where the kind of an import with an
// empty name would (compact-import-section proposal).
const (
	importsOfModule = 0x7f // each has a name and a type
	importsOfType   = 0x7e // each has a name
)

// coreImports reads what one entry of an import section holds: an import or
// a group of them. n are there already.
func (r *Reader) coreImports(n int) []CoreImport {
	i := CoreImport{Offset: r.Offset()}
	i.Module, i.Name = r.Name(), r.Name()
	module := i.Module
	kind, _ := r.Peek()
	if i.Name != "" || kind != importsOfModule && kind != importsOfType || r.Failed() {
		name := i.Name
		i.ModuleImport = r.CoreExternType()
		i.Module, i.Name = module, name
		return []CoreImport{i}
	}
	r.Byte()
	var group []CoreImport
	var same ir.ModuleImport
	size := 3
	if kind == importsOfType {
		size = 1
		same = r.CoreExternType()
	}
	for range r.CountMax(size, maxEntries-n, "import") {
		i := CoreImport{Offset: r.Offset(), Compact: true}
		name := r.Name()
		i.ModuleImport = same
		if kind == importsOfModule {
			i.ModuleImport = r.CoreExternType()
		}
		i.Module, i.Name = module, name
		if r.Failed() {
			return nil
		}
		group = append(group, i)
	}
	return group
}

// CoreImport reads an import: two names and a type.
func (r *Reader) CoreImport() CoreImport {
	i := CoreImport{Offset: r.Offset()}
	module, name := r.Name(), r.Name()
	i.ModuleImport = r.CoreExternType()
	i.Module, i.Name = module, name
	return i
}
