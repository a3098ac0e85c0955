package validate

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"

	wasm "github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: type equivalence, subtyping (sections 3.1 and 3.3) and the type section.

// Types are the types of a module's index spaces, imports first.
type Types struct {
	Module  *wasm.Module
	Defs    []ir.SubType // the type index space
	Funcs   []uint32     // type index of each function
	Tables  []ir.TableType
	Mems    []ir.MemoryType
	Globals []ir.GlobalType
	Tags    []uint32 // type index of each tag
	// Imported counts the imports by sort.
	Imported [ir.ExternTag + 1]int
	// exactImports has the imported functions that are imported exactly.
	exactImports map[uint32]bool
}

// TypesOf collects the types of m's index spaces. It does not check anything:
// a type index may be out of range unless m is valid.
func TypesOf(m *wasm.Module) *Types {
	t := &Types{Module: m, Defs: m.Types}
	for i := range m.Imports {
		im := &m.Imports[i]
		t.Imported[im.Kind]++
		switch im.Kind {
		case ir.ExternFunc:
			if im.Exact {
				if t.exactImports == nil {
					t.exactImports = map[uint32]bool{}
				}
				t.exactImports[uint32(len(t.Funcs))] = true
			}
			t.Funcs = append(t.Funcs, im.Type)
		case ir.ExternTable:
			t.Tables = append(t.Tables, im.Table)
		case ir.ExternMemory:
			t.Mems = append(t.Mems, im.Memory)
		case ir.ExternGlobal:
			t.Globals = append(t.Globals, im.Global)
		case ir.ExternTag:
			t.Tags = append(t.Tags, im.Type)
		}
	}
	t.Funcs = append(t.Funcs, m.Funcs...)
	for i := range m.Tables {
		t.Tables = append(t.Tables, m.Tables[i].Type)
	}
	t.Mems = append(t.Mems, m.Mems...)
	for i := range m.Globals {
		t.Globals = append(t.Globals, m.Globals[i].Type)
	}
	t.Tags = append(t.Tags, m.Tags...)
	return t
}

// FuncType is the type of function i of a valid module.
func (t *Types) FuncType(i uint32) *ir.FuncType { return &t.Defs[t.Funcs[i]].Func }

// exact reports whether function i is known to be of its very type: imports
// may be of a subtype unless they say otherwise.
func (t *Types) exact(i uint32) bool {
	if int64(i) >= int64(t.Imported[ir.ExternFunc]) {
		return true
	}
	return t.exactImports[i]
}

// TagType is the type of tag i of a valid module.
func (t *Types) TagType(i uint32) *ir.FuncType { return &t.Defs[t.Tags[i]].Func }

// Extern is the type of item i of a sort, as an import without names would state it.
func (t *Types) Extern(kind ir.ExternKind, i uint32) ir.ModuleImport {
	d := ir.ModuleImport{Kind: kind}
	switch kind {
	case ir.ExternFunc:
		d.Type, d.Exact = t.Funcs[i], t.exact(i)
	case ir.ExternTable:
		d.Table = t.Tables[i]
	case ir.ExternMemory:
		d.Memory = t.Mems[i]
	case ir.ExternGlobal:
		d.Global = t.Globals[i]
	case ir.ExternTag:
		d.Type = t.Tags[i]
	}
	return d
}

// IsSubtype reports whether a value of type a may stand where b is wanted, in
// a module that has been validated.
func IsSubtype(m *wasm.Module, a, b ir.ValType) bool { return matchVal(m.Types, a, m.Types, b) }

// SameType reports whether a and b are equivalent in a module that has been validated.
func SameType(m *wasm.Module, a, b ir.ValType) bool { return sameVal(m.Types, a, m.Types, b) }

// matchVal is a <: b, where type indices of a and b are those of different
// type index spaces ta and tb.
func matchVal(ta []ir.SubType, a ir.ValType, tb []ir.SubType, b ir.ValType) bool {
	if a.Kind != ir.Ref || b.Kind != ir.Ref {
		return a.Kind == b.Kind
	}
	if a.Null && !b.Null {
		return false
	}
	if b.Exact && a.Heap >= 0 {
		return a.Exact && ta[a.Heap].Sig == tb[b.Heap].Sig
	}
	return matchHeap(ta, a.Heap, tb, b.Heap)
}

func sameVal(ta []ir.SubType, a ir.ValType, tb []ir.SubType, b ir.ValType) bool {
	if a.Kind != ir.Ref || b.Kind != ir.Ref {
		return a.Kind == b.Kind
	}
	if a.Null != b.Null || a.Heap < 0 || b.Heap < 0 {
		return a == b
	}
	return a.Exact == b.Exact && ta[a.Heap].Sig == tb[b.Heap].Sig
}

func matchHeap(ta []ir.SubType, a ir.Heap, tb []ir.SubType, b ir.Heap) bool {
	switch {
	case a == ir.HeapBottom:
		return true
	case a >= 0 && b >= 0:
		return matchDef(ta, uint32(a), tb, uint32(b))
	case a >= 0:
		return matchAbstract(heapOf(ta[a].Kind), b)
	case b >= 0:
		// Only the bottom of its hierarchy is below a concrete type.
		return a == bottomOf(heapOf(tb[b].Kind))
	}
	return matchAbstract(a, b)
}

// matchDef is defined type a <: b: b is a or one of its declared supertypes.
func matchDef(ta []ir.SubType, a uint32, tb []ir.SubType, b uint32) bool {
	for {
		if ta[a].Sig == tb[b].Sig {
			return true
		}
		if len(ta[a].Super) == 0 {
			return false
		}
		a = ta[a].Super[0]
	}
}

func matchAbstract(a, b ir.Heap) bool {
	if a == b {
		return true
	}
	switch a {
	case ir.HeapNone, ir.HeapNoFunc, ir.HeapNoExtern, ir.HeapNoExn:
		return bottomOf(b) == a
	case ir.HeapI31, ir.HeapStruct, ir.HeapArray:
		return b == ir.HeapEq || b == ir.HeapAny
	case ir.HeapEq:
		return b == ir.HeapAny
	}
	return false
}

// heapOf is the abstract heap type right above the composite types of a kind.
func heapOf(k ir.CompositeKind) ir.Heap {
	switch k {
	case ir.CompFunc:
		return ir.HeapFunc
	case ir.CompStruct:
		return ir.HeapStruct
	case ir.CompArray:
		return ir.HeapArray
	}
	return ir.HeapCont
}

// topOf is the top of h's hierarchy.
func topOf(defs []ir.SubType, h ir.Heap) ir.Heap {
	if h >= 0 {
		h = heapOf(defs[h].Kind)
	}
	switch h {
	case ir.HeapFunc, ir.HeapNoFunc:
		return ir.HeapFunc
	case ir.HeapExtern, ir.HeapNoExtern:
		return ir.HeapExtern
	case ir.HeapExn, ir.HeapNoExn:
		return ir.HeapExn
	case ir.HeapCont, ir.HeapNoCont:
		return ir.HeapCont
	}
	return ir.HeapAny
}

// bottomOf is the bottom of an abstract heap type's hierarchy.
func bottomOf(h ir.Heap) ir.Heap {
	switch topOf(nil, h) {
	case ir.HeapFunc:
		return ir.HeapNoFunc
	case ir.HeapExtern:
		return ir.HeapNoExtern
	case ir.HeapExn:
		return ir.HeapNoExn
	case ir.HeapCont:
		return ir.HeapNoCont
	}
	return ir.HeapNone
}

func matchField(ta []ir.SubType, a ir.Field, tb []ir.SubType, b ir.Field) bool {
	if a.Mutable != b.Mutable {
		return false
	}
	if a.Mutable {
		return sameVal(ta, a.Type, tb, b.Type)
	}
	return matchVal(ta, a.Type, tb, b.Type)
}

// matchComp is composite type a <: b.
func matchComp(defs []ir.SubType, a, b *ir.SubType) bool {
	if a.Kind != b.Kind || a.Shared != b.Shared {
		return false
	}
	switch a.Kind {
	case ir.CompFunc:
		if len(a.Func.Params) != len(b.Func.Params) || len(a.Func.Results) != len(b.Func.Results) {
			return false
		}
		for i, p := range a.Func.Params {
			if !matchVal(defs, b.Func.Params[i], defs, p) {
				return false
			}
		}
		for i, r := range a.Func.Results {
			if !matchVal(defs, r, defs, b.Func.Results[i]) {
				return false
			}
		}
	case ir.CompStruct, ir.CompArray:
		if len(a.Fields) < len(b.Fields) {
			return false
		}
		for i, f := range b.Fields {
			if !matchField(defs, a.Fields[i], defs, f) {
				return false
			}
		}
	}
	return true
}

// maxSubtypeDepth bounds chains of supertypes, as all engines do.
const maxSubtypeDepth = 63

// typeChecker checks the rec groups of a type index space, in order.
type typeChecker struct {
	features Features
	defs     []ir.SubType
	depth    []uint8
	forms    map[uint64][32]byte // to notice collisions
}

func (c *typeChecker) group(first uint32, at int) *wasm.Error {
	end := first + c.defs[first].GroupLen
	for i := first; i < end; i++ {
		if err := c.refs(&c.defs[i], i, end, at); err != nil {
			return err
		}
	}
	for i := first; i < end; i++ {
		if err := c.descriptors(i, first, end, at); err != nil {
			return err
		}
	}
	if err := c.sigs(first, end, at); err != nil {
		return err
	}
	for i := first; i < end; i++ {
		t := &c.defs[i]
		for _, s := range t.Super {
			super := &c.defs[s]
			if super.Final || !matchComp(c.defs, t, super) || super.Descriptor != nil && t.Descriptor == nil || (super.Describes == nil) != (t.Describes == nil) {
				return wasm.Errorf(at, "sub type %d does not match super type %d", i, s)
			}
			if d := super.Descriptor; d != nil && !matchDef(c.defs, *t.Descriptor, c.defs, *d) {
				return wasm.Errorf(at, "descriptor type %d does not match", *t.Descriptor)
			}
			if d := super.Describes; d != nil && !matchDef(c.defs, *t.Describes, c.defs, *d) {
				return wasm.Errorf(at, "described type %d does not match", *t.Describes)
			}
			if c.depth[i] = c.depth[s] + 1; c.depth[i] > maxSubtypeDepth {
				return wasm.Errorf(at, "sub type hierarchy too deep: %d", i)
			}
		}
	}
	return nil
}

// descriptors checks the descriptor and describes clauses of type i of a group
// from first to end.
func (c *typeChecker) descriptors(i, first, end uint32, at int) *wasm.Error {
	t := &c.defs[i]
	if t.Descriptor == nil && t.Describes == nil {
		return nil
	}
	if !c.features.CustomDescriptors {
		return wasm.Errorf(at, "custom descriptors support is not enabled")
	}
	if t.Describes != nil {
		x := *t.Describes
		switch {
		case x < first || x >= end:
			return wasm.Errorf(at, "described type is outside rec group")
		case x >= i: // so that no type is in its own chain of descriptors
			return wasm.Errorf(at, "forward use of described type")
		case t.Kind != ir.CompStruct:
			return wasm.Errorf(at, "described type must be a struct")
		case c.defs[x].Descriptor == nil || *c.defs[x].Descriptor != i:
			return wasm.Errorf(at, "described type is not described by descriptor")
		}
	}
	if t.Descriptor != nil {
		x := *t.Descriptor
		switch {
		case x < first || x >= end:
			return wasm.Errorf(at, "descriptor type is outside rec group")
		case t.Kind != ir.CompStruct:
			return wasm.Errorf(at, "descriptor type must be a struct")
		case c.defs[x].Describes == nil || *c.defs[x].Describes != i:
			return wasm.Errorf(at, "type is not described by its descriptor")
		}
	}
	return nil
}

// refs checks the type indices in type i of a group that ends at end.
func (c *typeChecker) refs(t *ir.SubType, i, end uint32, at int) *wasm.Error {
	if len(t.Super) > 1 {
		return wasm.Errorf(at, "sub type can only have one supertype")
	}
	for _, s := range t.Super {
		if s >= i {
			return wasm.Errorf(at, "unknown type %d: type index out of bounds", s)
		}
	}
	val := func(v ir.ValType) *wasm.Error {
		if v.Kind == ir.Ref && v.Heap >= 0 && uint32(v.Heap) >= end {
			return wasm.Errorf(at, "unknown type %d: type index out of bounds", v.Heap)
		}
		return c.features.checkValType(v, at)
	}
	if !c.features.GC && (t.Kind != ir.CompFunc || !t.Final || len(t.Super) > 0 || t.GroupLen > 1) {
		return wasm.Errorf(at, "gc support is not enabled")
	}
	if !c.features.MultiValue && len(t.Func.Results) > 1 {
		return wasm.Errorf(at, "invalid result arity: func type returns multiple values but the multi-value feature is not enabled")
	}
	for _, list := range [][]ir.ValType{t.Func.Params, t.Func.Results} {
		for _, v := range list {
			if err := val(v); err != nil {
				return err
			}
		}
	}
	for _, f := range t.Fields {
		if err := val(f.Type); err != nil {
			return err
		}
	}
	return nil
}

// sigs computes the signatures of the group: two types are equivalent if
// their groups have the same shape, with references into the group compared by
// position and others by equivalence (section 3.1.2, "rolling up").
func (c *typeChecker) sigs(first, end uint32, at int) *wasm.Error {
	e := formEncoder{defs: c.defs, first: first, end: end}
	for i := first; i < end; i++ {
		e.subType(&c.defs[i])
	}
	// Hashing the form once more for each member would be quadratic, so the
	// hash of the form stands for it.
	h := sha256.Sum256(e.buf)
	for i := first; i < end; i++ {
		t := &c.defs[i]
		t.Form = sha256.Sum256(binary.BigEndian.AppendUint32(h[:], i-first))
		t.Sig = binary.BigEndian.Uint64(t.Form[:8])
		// Subtyping is decided by Sig here. Other modules are compared later (ir.RunPasses).
		if old, ok := c.forms[t.Sig]; ok && old != t.Form {
			return wasm.Errorf(at, "type %d has the same hash as a different type", i)
		}
		c.forms[t.Sig] = t.Form
	}
	return nil
}

// formEncoder writes the canonical form of a rec group: a prefix code, so
// that different groups have different forms.
type formEncoder struct {
	buf        []byte
	defs       []ir.SubType
	first, end uint32
}

func (e *formEncoder) flag(bits ...bool) {
	var b byte
	for i, x := range bits {
		if x {
			b |= 1 << i
		}
	}
	e.buf = append(e.buf, b)
}

func (e *formEncoder) count(n int) { e.buf = binary.BigEndian.AppendUint32(e.buf, uint32(n)) }

func (e *formEncoder) def(i uint32) {
	if i >= e.first && i < e.end {
		e.buf = append(e.buf, 1)
		e.count(int(i - e.first))
		return
	}
	e.buf = append(e.buf, 2)
	e.buf = append(e.buf, e.defs[i].Form[:]...)
}

func (e *formEncoder) val(t ir.ValType) {
	e.buf = append(e.buf, byte(t.Kind))
	if t.Kind != ir.Ref {
		return
	}
	e.flag(t.Null, t.Exact)
	if t.Heap >= 0 {
		e.def(uint32(t.Heap))
		return
	}
	e.buf = append(e.buf, 0, byte(-t.Heap))
}

func (e *formEncoder) subType(t *ir.SubType) {
	e.buf = append(e.buf, byte(t.Kind))
	e.flag(t.Final, t.Shared, t.Describes != nil, t.Descriptor != nil)
	for _, d := range []*uint32{t.Describes, t.Descriptor} {
		if d != nil {
			e.def(*d)
		}
	}
	e.count(len(t.Super))
	for _, s := range t.Super {
		e.def(s)
	}
	for _, list := range [][]ir.ValType{t.Func.Params, t.Func.Results} {
		e.count(len(list))
		for _, v := range list {
			e.val(v)
		}
	}
	e.count(len(t.Fields))
	for _, f := range t.Fields {
		e.val(f.Type)
		e.flag(f.Mutable)
	}
}

// MatchExtern says whether an item of type a (indices in ta) may be supplied
// for an import of type b (indices in tb); section 3.3.6. The error tells
// why not. Signatures of ta and tb must be filled in.
func MatchExtern(ta []ir.SubType, a *ir.ModuleImport, tb []ir.SubType, b *ir.ModuleImport) error {
	if a.Kind != b.Kind {
		return fmt.Errorf("expected %s, found %s", b.Kind, a.Kind)
	}
	switch b.Kind {
	case ir.ExternFunc:
		if !matchDef(ta, a.Type, tb, b.Type) || b.Exact && !(a.Exact && ta[a.Type].Sig == tb[b.Type].Sig) {
			return fmt.Errorf("expected func of type %s, found %s", funcString(&tb[b.Type].Func), funcString(&ta[a.Type].Func))
		}
	case ir.ExternTag:
		if ta[a.Type].Sig != tb[b.Type].Sig {
			return fmt.Errorf("expected tag of type %s, found %s", funcString(&tb[b.Type].Func), funcString(&ta[a.Type].Func))
		}
	case ir.ExternTable:
		if !sameVal(ta, a.Table.Elem, tb, b.Table.Elem) {
			return fmt.Errorf("expected table element type %s, found %s", valString(b.Table.Elem), valString(a.Table.Elem))
		}
		return matchLimits("table", a.Table.Limits, b.Table.Limits)
	case ir.ExternMemory:
		if a.Memory.PageLog2 != b.Memory.PageLog2 {
			return fmt.Errorf("mismatch in page size for memories")
		}
		return matchLimits("memory", a.Memory.Limits, b.Memory.Limits)
	case ir.ExternGlobal:
		x, y := a.Global, b.Global
		if x.Mutable != y.Mutable || x.Shared != y.Shared {
			return fmt.Errorf("mismatch in mutability of globals")
		}
		if ok := matchVal(ta, x.Type, tb, y.Type); !ok || x.Mutable && !sameVal(ta, x.Type, tb, y.Type) {
			return fmt.Errorf("expected global of type %s, found %s", valString(y.Type), valString(x.Type))
		}
	}
	return nil
}

func matchLimits(what string, a, b ir.Limits) error {
	switch {
	case a.Is64 != b.Is64:
		return fmt.Errorf("mismatch in index type of %s", what)
	case a.Shared != b.Shared:
		return fmt.Errorf("mismatch in the shared flag of %s", what)
	case a.Min < b.Min, b.HasMax && (!a.HasMax || a.Max > b.Max):
		return fmt.Errorf("mismatch in %s limits", what)
	}
	return nil
}

// heapNames are the names of abstract heap types, and of the references to them.
var heapNames = map[ir.Heap][2]string{
	ir.HeapFunc: {"func", "funcref"}, ir.HeapNoFunc: {"nofunc", "nullfuncref"},
	ir.HeapExtern: {"extern", "externref"}, ir.HeapNoExtern: {"noextern", "nullexternref"},
	ir.HeapAny: {"any", "anyref"}, ir.HeapEq: {"eq", "eqref"}, ir.HeapI31: {"i31", "i31ref"},
	ir.HeapStruct: {"struct", "structref"}, ir.HeapArray: {"array", "arrayref"}, ir.HeapNone: {"none", "nullref"},
	ir.HeapExn: {"exn", "exnref"}, ir.HeapNoExn: {"noexn", "nullexnref"},
	ir.HeapCont: {"cont", "contref"}, ir.HeapNoCont: {"nocont", "nullcontref"}, ir.HeapBottom: {"bot", "botref"},
}

// valString is t as in the text format.
func valString(t ir.ValType) string {
	if t.Kind != ir.Ref {
		return [...]string{"bot", "i32", "i64", "f32", "f64", "v128", "ref", "i8", "i16"}[t.Kind]
	}
	heap := heapNames[t.Heap]
	if t.Heap >= 0 {
		heap[0] = fmt.Sprintf("$type%d", t.Heap)
		if t.Exact {
			heap[0] = "(exact " + heap[0] + ")"
		}
	} else if t.Null {
		return heap[1]
	}
	if t.Null {
		return "(ref null " + heap[0] + ")"
	}
	return "(ref " + heap[0] + ")"
}

func funcString(t *ir.FuncType) string {
	list := func(ts []ir.ValType) string {
		s := make([]string, len(ts))
		for i, t := range ts {
			s[i] = valString(t)
		}
		return "[" + strings.Join(s, " ") + "]"
	}
	return list(t.Params) + " -> " + list(t.Results)
}
