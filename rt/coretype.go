package rt

import (
	"cmp"
	"fmt"
	"strings"
)

// This file: core WebAssembly types as data, and the matching of imports
// (core spec, sections 3.3 "Matching" and 3.4.6 "Import Matching").

// CoreKind is the sort of a core import or export.
type CoreKind uint8

// The core sorts, numbered as in the binary format.
const (
	CoreKindFunc CoreKind = iota
	CoreKindTable
	CoreKindMemory
	CoreKindGlobal
	CoreKindTag
)

func (k CoreKind) String() string {
	if names := [...]string{"func", "table", "memory", "global", "tag"}; int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("sort %d", uint8(k))
}

// CoreTypeKind says what a core value type is.
type CoreTypeKind uint8

// The kinds of core value types.
const (
	CoreNone CoreTypeKind = iota
	CoreI32
	CoreI64
	CoreF32
	CoreF64
	CoreV128
	CoreRef // a reference: Null and Heap say more
	CoreI8  // of fields only
	CoreI16 // of fields only
)

// CoreHeap is the heap type of a reference: an index in a list of types if it
// is not negative, otherwise one of the abstract heap types.
type CoreHeap int32

// The abstract heap types.
const (
	CoreHeapFunc CoreHeap = -1 - iota
	CoreHeapNoFunc
	CoreHeapExtern
	CoreHeapNoExtern
	CoreHeapAny
	CoreHeapEq
	CoreHeapI31
	CoreHeapStruct
	CoreHeapArray
	CoreHeapNone
	CoreHeapExn
	CoreHeapNoExn
	CoreHeapCont
	CoreHeapNoCont
)

var coreHeapNames = [...]string{"", "func", "nofunc", "extern", "noextern", "any", "eq", "i31", "struct", "array", "none", "exn", "noexn", "cont", "nocont"}

// CoreType is a core value type.
type CoreType struct {
	Kind  CoreTypeKind
	Null  bool
	Exact bool // not of a subtype of Heap, which is an index
	Heap  CoreHeap
}

// String is t in the text format. Types by index have no names here.
func (t CoreType) String() string {
	switch {
	case t.Kind != CoreRef:
		return [...]string{"none", "i32", "i64", "f32", "f64", "v128", "ref", "i8", "i16"}[t.Kind]
	case t.Heap < 0 && t.Null:
		return "(ref null " + coreHeapNames[-t.Heap] + ")"
	case t.Heap < 0:
		return "(ref " + coreHeapNames[-t.Heap] + ")"
	}
	heap := fmt.Sprint(t.Heap)
	if t.Exact {
		heap = "(exact " + heap + ")"
	}
	if t.Null {
		return "(ref null " + heap + ")"
	}
	return "(ref " + heap + ")"
}

// CoreDefKind says what a defined type is.
type CoreDefKind uint8

// The kinds of defined types.
const (
	CoreDefFunc CoreDefKind = iota
	CoreDefStruct
	CoreDefArray
	CoreDefCont
)

// CoreTypeDef is a defined type, an entry of a module's list of types.
type CoreTypeDef struct {
	Sig             uint64 // the same for equivalent types of all modules
	Kind            CoreDefKind
	Super           int32 // index of the declared supertype, or -1
	Params, Results []CoreType
}

// CoreLimits are the limits of a table in elements, or of a memory in pages.
type CoreLimits struct {
	Min, Max uint64
	HasMax   bool
	Is64     bool
	Shared   bool
}

// CoreExternType is the type of a core import or export.
type CoreExternType struct {
	Kind CoreKind
	// Type is the index of the type of a function or tag.
	Type uint32
	// Exact is set for an import of a function that must be of the very type.
	Exact bool
	// Value is the type of a global's value, or of a table's elements.
	Value    CoreType
	Mutable  bool       // global
	Limits   CoreLimits // table, memory
	PageLog2 uint8      // memory

	defs []CoreTypeDef // what the indices mean
}

// FuncType gives the parameters and results of the type of a function or tag.
func (t *CoreExternType) FuncType() (params, results []CoreType) {
	if int(t.Type) >= len(t.defs) {
		return nil, nil
	}
	d := &t.defs[t.Type]
	return d.Params, d.Results
}

// String describes t, for people.
func (t CoreExternType) String() string {
	limits := func() string {
		s := fmt.Sprintf(" %d", t.Limits.Min)
		if t.Limits.Is64 {
			s = " i64" + s
		}
		if t.Limits.HasMax {
			s += fmt.Sprintf(" %d", t.Limits.Max)
		}
		if t.Limits.Shared {
			s += " shared"
		}
		return s
	}
	switch t.Kind {
	case CoreKindFunc, CoreKindTag:
		p, r := t.FuncType()
		return t.Kind.String() + " " + typeList(p) + " -> " + typeList(r)
	case CoreKindTable:
		return "table" + limits() + " " + t.Value.String()
	case CoreKindMemory:
		s := "memory" + limits()
		if t.PageLog2 != 16 {
			s += fmt.Sprintf(" (pagesize %d)", uint64(1)<<t.PageLog2)
		}
		return s
	}
	if t.Mutable {
		return "global (mut " + t.Value.String() + ")"
	}
	return "global " + t.Value.String()
}

func typeList(l []CoreType) string {
	s := make([]string, len(l))
	for i, t := range l {
		s[i] = t.String()
	}
	return "[" + strings.Join(s, " ") + "]"
}

// matches reports whether an item of type t may be given for an import of type want.
func (t *CoreExternType) matches(want *CoreExternType) bool {
	if t.Kind != want.Kind {
		return false
	}
	switch t.Kind {
	case CoreKindFunc:
		if want.Exact {
			return t.defs[t.Type].Sig == want.defs[want.Type].Sig
		}
		return matchDef(t.defs, t.Type, want.defs, want.Type)
	case CoreKindTag:
		return t.defs[t.Type].Sig == want.defs[want.Type].Sig
	case CoreKindTable:
		return sameType(t.defs, t.Value, want.defs, want.Value) && t.Limits.matches(&want.Limits)
	case CoreKindMemory:
		return t.PageLog2 == want.PageLog2 && t.Limits.matches(&want.Limits)
	}
	if t.Mutable != want.Mutable {
		return false
	}
	if t.Mutable {
		return sameType(t.defs, t.Value, want.defs, want.Value)
	}
	return matchType(t.defs, t.Value, want.defs, want.Value)
}

// mismatch says why t does not match want, in Wasmtime's words.
func (t *CoreExternType) mismatch(want *CoreExternType) string {
	if t.Kind != want.Kind {
		return fmt.Sprintf("expected %s found %s", want.Kind, t.Kind)
	}
	differ := func(differ bool, expected, found string) string {
		if !differ {
			return ""
		}
		return fmt.Sprintf("%[1]s types incompatible: expected %[2]s %[1]s, found %[3]s %[1]s", t.Kind, expected, found)
	}
	word := func(x bool, yes, no string) string {
		if x {
			return yes
		}
		return no
	}
	bits := func(l *CoreLimits) string { return word(l.Is64, "64-bit", "32-bit") }
	limits := func(l *CoreLimits) string {
		return fmt.Sprintf("min: %d, max: %s", l.Min, word(l.HasMax, fmt.Sprint(l.Max), "none"))
	}
	value := func() string {
		return fmt.Sprintf("%[1]s types incompatible: expected %[1]s of type `%[2]s`, found %[1]s of type `%[3]s`", t.Kind, want.Value.short(), t.Value.short())
	}
	var text string
	switch t.Kind {
	case CoreKindFunc:
		return fmt.Sprintf("types incompatible: expected type `%s`, found type `%s`", want.funcText(), t.funcText())
	case CoreKindTag:
		return "incompatible tag types"
	case CoreKindGlobal:
		text = differ(t.Mutable != want.Mutable && t.Value == want.Value, word(want.Mutable, "mutable", "immutable"), word(t.Mutable, "mutable", "immutable"))
		return cmp.Or(text, value())
	case CoreKindTable:
		if !sameType(t.defs, t.Value, want.defs, want.Value) {
			return value()
		}
	case CoreKindMemory:
		text = differ(t.Limits.Shared != want.Limits.Shared, word(want.Limits.Shared, "shared", "non-shared"), word(t.Limits.Shared, "shared", "non-shared"))
	}
	switch {
	case text != "":
	case t.Limits.Is64 != want.Limits.Is64:
		text = differ(true, bits(&want.Limits), bits(&t.Limits))
	case t.Limits.matches(&want.Limits):
		text = fmt.Sprintf("memory types incompatible: expected a memory with a page size of %d, but received a memory with a page size of %d",
			uint64(1)<<want.PageLog2, uint64(1)<<t.PageLog2)
	default:
		text = fmt.Sprintf("%[1]s types incompatible: expected %[1]s limits (%[2]s) doesn't match provided %[1]s limits (%[3]s)", t.Kind, limits(&want.Limits), limits(&t.Limits))
	}
	return text
}

// funcText is the type of a function in the text format.
func (t *CoreExternType) funcText() string {
	var b strings.Builder
	b.WriteString("(func")
	list := func(what string, ts []CoreType) {
		if len(ts) == 0 {
			return
		}
		b.WriteString(" (" + what)
		for _, t := range ts {
			b.WriteString(" " + t.short())
		}
		b.WriteString(")")
	}
	p, r := t.FuncType()
	list("param", p)
	list("result", r)
	b.WriteString(")")
	return b.String()
}

// short is t in the text format, abbreviated where it has a short form.
func (t CoreType) short() string {
	if t.Kind == CoreRef && t.Null && (t.Heap == CoreHeapFunc || t.Heap == CoreHeapExtern) {
		return coreHeapNames[-t.Heap] + "ref"
	}
	return t.String()
}

func (l *CoreLimits) matches(want *CoreLimits) bool {
	return l.Is64 == want.Is64 && l.Shared == want.Shared && l.Min >= want.Min &&
		(!want.HasMax || l.HasMax && l.Max <= want.Max)
}

// sameType is type equivalence; indices of a mean types of ta, those of b types of tb.
func sameType(ta []CoreTypeDef, a CoreType, tb []CoreTypeDef, b CoreType) bool {
	if a.Kind != CoreRef || b.Kind != CoreRef || a.Heap < 0 || b.Heap < 0 {
		return a == b
	}
	return a.Null == b.Null && a.Exact == b.Exact && ta[a.Heap].Sig == tb[b.Heap].Sig
}

// matchType is a <: b.
func matchType(ta []CoreTypeDef, a CoreType, tb []CoreTypeDef, b CoreType) bool {
	if a.Kind != CoreRef || b.Kind != CoreRef {
		return a.Kind == b.Kind
	}
	if a.Null && !b.Null {
		return false
	}
	if a.Heap >= 0 && b.Exact {
		return a.Exact && ta[a.Heap].Sig == tb[b.Heap].Sig
	}
	if a.Heap >= 0 && b.Heap >= 0 {
		return matchDef(ta, uint32(a.Heap), tb, uint32(b.Heap))
	}
	above := func(k CoreDefKind) CoreHeap {
		return [...]CoreHeap{CoreHeapFunc, CoreHeapStruct, CoreHeapArray, CoreHeapCont}[k]
	}
	switch {
	case a.Heap >= 0:
		return matchHeap(above(ta[a.Heap].Kind), b.Heap)
	case b.Heap >= 0:
		// Only the bottom of its hierarchy is below a defined type.
		return a.Heap == bottomHeap(above(tb[b.Heap].Kind))
	}
	return matchHeap(a.Heap, b.Heap)
}

// matchDef is a <: b of defined types: b is a or one of its declared supertypes.
func matchDef(ta []CoreTypeDef, a uint32, tb []CoreTypeDef, b uint32) bool {
	for sig := tb[b].Sig; ; {
		if ta[a].Sig == sig {
			return true
		}
		if ta[a].Super < 0 {
			return false
		}
		a = uint32(ta[a].Super)
	}
}

// matchHeap is a <: b of abstract heap types.
func matchHeap(a, b CoreHeap) bool {
	if a == b || a == bottomHeap(b) {
		return true
	}
	switch a {
	case CoreHeapI31, CoreHeapStruct, CoreHeapArray:
		return b == CoreHeapEq || b == CoreHeapAny
	case CoreHeapEq:
		return b == CoreHeapAny
	}
	return false
}

// bottomHeap is the bottom of h's hierarchy.
func bottomHeap(h CoreHeap) CoreHeap {
	switch h {
	case CoreHeapFunc, CoreHeapNoFunc:
		return CoreHeapNoFunc
	case CoreHeapExtern, CoreHeapNoExtern:
		return CoreHeapNoExtern
	case CoreHeapExn, CoreHeapNoExn:
		return CoreHeapNoExn
	case CoreHeapCont, CoreHeapNoCont:
		return CoreHeapNoCont
	}
	return CoreHeapNone
}
