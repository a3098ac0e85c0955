package validate

import (
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: the types of components, resolved: no indices are left in them.
// Nodes do not change once made, and are shared.
//
// Two identities matter. Resources are compared by *resource. And a type has
// an externally visible name only through the type index that an import or export
// introduced (Explainer.md, "External Visibility of Types"); each of those
// is a node of its own, a shallow copy of what it names, and the sets of visible
// types hold pointers to nodes.

// tag is the identity of a scope, and of the component or instance type it becomes.
type tag struct{ _ byte }

// resource is a resource type: generative, so compared by pointer.
type resource struct {
	// owner is the scope that introduced it. In the component type or instance
	// type of that scope the resource is bound: it stands for another one in
	// each instance. Elsewhere it stands for itself.
	owner    *tag
	imported bool // by an import of owner, so bound by instantiation's arguments
	local    bool // defined by owner, a component
}

// resNode is a type index that refers to a resource.
type resNode struct{ r *resource }

// typeFacts are facts of a type that follow from its parts.
type typeFacts struct {
	size      uint32 // number of nodes of the type as a tree
	depth     uint32
	resources bool // mentions a resource
	named     bool // mentions a type that needs a name: records, variants, flags, enums, resources
}

// Limits of types. Types are shared graphs; written out as trees they can be
// exponentially larger than the binary, and algorithms walk them as trees.
const (
	maxTypeSize = 1_000_000
	// maxTypeDepth bounds value types as Wasmtime does: a primitive type is one deep.
	maxTypeDepth = 100
	// maxNesting bounds the types around them.
	maxNesting = 200
)

func (f *typeFacts) add(part *typeFacts) {
	f.size = min(f.size+part.size, maxTypeSize+1)
	f.depth = max(f.depth, part.depth+1)
	f.resources = f.resources || part.resources
	f.named = f.named || part.named
}

// valNode is a value type.
type valNode struct {
	typeFacts
	kind   ir.TypeKind
	inline bool       // a primitive that stands for itself, without a type index
	names  []string   // record, variant, flags, enum
	elems  []*valNode // record, tuple; variant: nil for cases without payload
	elem   *valNode   // list, fixed list, option, stream, future, map value, result ok; may be nil
	err    *valNode   // result
	key    *valNode   // map
	n      uint32     // fixed list
	res    *resNode   // own, borrow

	borrow  bool      // mentions a borrow
	pointer bool      // mentions a list or string
	bytes   uint64    // element size with 64-bit pointers, the larger
	align   uint64    // with 64-bit pointers
	flat    []ir.Kind // flattened, if not longer than maxFlat; with the kind pointer
	over    bool      // longer
}

// maxFlat is the most core values that a type may flatten to and still be
// passed as such (MAX_FLAT_PARAMS).
const maxFlat = 16

// maxElemSize bounds the element size of value types (exclusive).
const maxElemSize = 1 << 28

// funcNode is a function type.
type funcNode struct {
	typeFacts
	async  bool
	names  []string
	params []*valNode
	result *valNode // nil: none
}

// entity is the type of an import, export or definition: sort tells what t is.
type entity struct {
	sort binary.Sort // a component sort, or core module
	// t is a *funcNode, *instNode, *compNode or *moduleNode; for SortType the
	// type itself: one of those but *moduleNode, *valNode or *resNode.
	t any
}

// extern is a named entity.
type extern struct {
	name string
	entity
}

// externs are the imports or exports of something, by name and in order.
type externs struct {
	list  []extern
	index map[string]int
}

func (e *externs) add(name string, ent entity) {
	if e.index == nil {
		e.index = map[string]int{}
	}
	e.index[name] = len(e.list)
	e.list = append(e.list, extern{name, ent})
}

func (e *externs) get(name string) (entity, bool) {
	i, ok := e.index[name]
	if !ok {
		return entity{}, false
	}
	return e.list[i].entity, true
}

// instNode is an instance type, or the type of an instance; in the latter no
// resources are bound by tag.
type instNode struct {
	typeFacts
	tag     *tag
	exports externs
}

// compNode is a component type, or the type of a component.
type compNode struct {
	typeFacts
	tag              *tag
	imports, exports externs
}

// factsOf returns the facts of a type. Core module types count by their length.
func factsOf(t any) typeFacts {
	switch t := t.(type) {
	case *valNode:
		return t.typeFacts
	case *funcNode:
		return t.typeFacts
	case *instNode:
		return t.typeFacts
	case *compNode:
		return t.typeFacts
	case *resNode:
		return typeFacts{size: 1, resources: true, named: true}
	case *moduleNode:
		return typeFacts{size: uint32(min(1+len(t.imports)+len(t.exports), maxTypeSize+1))}
	}
	return typeFacts{size: 1}
}

func (f *typeFacts) addExterns(e *externs) {
	for i := range e.list {
		facts := factsOf(e.list[i].t)
		f.add(&facts)
	}
}

// describeType is what messages call a type.
func describeType(t any) string {
	switch t.(type) {
	case *resNode:
		return "resource"
	case *valNode:
		return "defined type"
	case *funcNode:
		return "func"
	case *instNode:
		return "instance"
	case *compNode:
		return "component"
	}
	return "module"
}

// sortName is what messages call a sort.
func sortName(s binary.Sort) string {
	if s == binary.SortCoreModule {
		return "module"
	}
	return s.String()
}

var kindNames = [...]string{
	ir.TBool: "bool", ir.TS8: "s8", ir.TU8: "u8", ir.TS16: "s16", ir.TU16: "u16", ir.TS32: "s32", ir.TU32: "u32",
	ir.TS64: "s64", ir.TU64: "u64", ir.TF32: "f32", ir.TF64: "f64", ir.TChar: "char", ir.TString: "string",
	ir.TErrorContext: "error-context", ir.TRecord: "record", ir.TVariant: "variant", ir.TList: "list",
	ir.TFixedList: "fixed-length list", ir.TMap: "map", ir.TTuple: "tuple", ir.TFlags: "flags", ir.TEnum: "enum",
	ir.TOption: "option", ir.TResult: "result", ir.TOwn: "own", ir.TBorrow: "borrow", ir.TStream: "stream", ir.TFuture: "future",
}

func isPrimitive(k ir.TypeKind) bool { return k <= ir.TErrorContext }

// inlinePrims are the primitive types, as they stand in other types.
var inlinePrims = func() (nodes [ir.TErrorContext + 1]*valNode) {
	for k := range nodes {
		nodes[k] = &valNode{kind: ir.TypeKind(k), inline: true}
		nodes[k].finish()
	}
	return
}()

// primSizes are the sizes of the primitive types with 64-bit pointers; all but
// string are aligned to their size.
var primSizes = [...]uint64{
	ir.TBool: 1, ir.TS8: 1, ir.TU8: 1, ir.TS16: 2, ir.TU16: 2, ir.TS32: 4, ir.TU32: 4, ir.TS64: 8, ir.TU64: 8,
	ir.TF32: 4, ir.TF64: 8, ir.TChar: 4, ir.TString: 16, ir.TErrorContext: 4,
}

// each calls f for the parts of a value type, absent ones as nil.
func (t *valNode) each(f func(*valNode)) {
	for _, e := range t.elems {
		f(e)
	}
	f(t.elem)
	f(t.err)
	f(t.key)
}

// finish computes the facts of a value type from its parts.
func (t *valNode) finish() {
	t.typeFacts = typeFacts{size: 1 + uint32(len(t.names))}
	t.each(func(p *valNode) {
		if p == nil {
			return
		}
		t.add(&p.typeFacts)
		t.borrow = t.borrow || p.borrow
		t.pointer = t.pointer || p.pointer
	})
	scalar := func(size uint64, k ir.Kind) {
		t.bytes, t.align, t.flat = size, size, []ir.Kind{k}
	}
	switch t.kind {
	case ir.TString, ir.TList, ir.TMap:
		t.pointer = true
		t.bytes, t.align, t.flat = 16, 8, []ir.Kind{pointer, pointer}
	case ir.TS64, ir.TU64:
		scalar(8, ir.I64)
	case ir.TF32:
		scalar(4, ir.F32)
	case ir.TF64:
		scalar(8, ir.F64)
	case ir.TOwn, ir.TBorrow:
		t.resources, t.named = true, true
		t.borrow = t.kind == ir.TBorrow
		scalar(4, ir.I32)
	case ir.TStream, ir.TFuture:
		// What it carries is not part of the value's representation.
		t.pointer = false
		scalar(4, ir.I32)
	case ir.TFlags:
		t.named = true
		switch n := len(t.names); {
		case n <= 8:
			scalar(1, ir.I32)
		case n <= 16:
			scalar(2, ir.I32)
		default:
			scalar(4, ir.I32)
		}
	case ir.TEnum:
		t.named = true
		t.variant(len(t.names), nil)
	case ir.TVariant:
		t.named = true
		t.variant(len(t.elems), t.elems)
	case ir.TOption:
		t.variant(2, []*valNode{t.elem})
	case ir.TResult:
		t.variant(2, []*valNode{t.elem, t.err})
	case ir.TFixedList:
		t.align = t.elem.align
		if t.elem.bytes < maxElemSize {
			t.bytes = t.elem.bytes * uint64(t.n)
		} else {
			t.bytes = maxElemSize
		}
		if t.elem.over || uint64(len(t.elem.flat))*uint64(t.n) > maxFlat {
			t.over = true
			break
		}
		for range t.n {
			t.flat = append(t.flat, t.elem.flat...)
		}
	case ir.TRecord, ir.TTuple:
		t.named = t.named || t.kind == ir.TRecord
		t.align = 1
		for _, e := range t.elems {
			t.align = max(t.align, e.align)
			t.bytes = min(alignTo(t.bytes, e.align)+e.bytes, maxElemSize)
			if t.over = t.over || e.over || len(t.flat)+len(e.flat) > maxFlat; !t.over {
				t.flat = append(t.flat, e.flat...)
			}
		}
		t.bytes = alignTo(t.bytes, t.align)
	default:
		scalar(primSizes[t.kind], ir.I32)
	}
	if t.over {
		t.flat = nil
	}
}

func alignTo(n, align uint64) uint64 { return (n + align - 1) / align * align }

// variant computes the representation of a variant of n cases, whose payloads
// are among elems.
func (t *valNode) variant(n int, elems []*valNode) {
	disc := uint64(4)
	switch {
	case n <= 1<<8:
		disc = 1
	case n <= 1<<16:
		disc = 2
	}
	t.align = disc
	var payload uint64
	t.flat = []ir.Kind{ir.I32}
	for _, e := range elems {
		if e == nil {
			continue
		}
		t.align = max(t.align, e.align)
		payload = max(payload, e.bytes)
		if t.over = t.over || e.over || len(e.flat)+1 > maxFlat; t.over {
			continue
		}
		for i, k := range e.flat {
			if i+1 == len(t.flat) {
				t.flat = append(t.flat, k)
			} else {
				t.flat[i+1] = joinFlat(t.flat[i+1], k)
			}
		}
	}
	t.bytes = min(alignTo(alignTo(disc, t.align)+payload, t.align), maxElemSize)
}

// pointer stands for i32 or i64 among flat values, as the memory has it.
const pointer ir.Kind = 0xff

// joinFlat is the core type that can carry both a and b (CanonicalABI.md, "Flattening").
func joinFlat(a, b ir.Kind) ir.Kind {
	narrow := func(k ir.Kind) bool { return k == ir.I32 || k == ir.F32 }
	switch {
	case a == b:
		return a
	case a == pointer && narrow(b), b == pointer && narrow(a):
		return pointer
	case a == ir.I32 && b == ir.F32, a == ir.F32 && b == ir.I32:
		return ir.I32
	}
	return ir.I64
}

func newFunc(async bool, names []string, params []*valNode, result *valNode) *funcNode {
	f := &funcNode{async: async, names: names, params: params, result: result}
	f.size = 1
	for _, p := range params {
		f.add(&p.typeFacts)
	}
	if result != nil {
		f.add(&result.typeFacts)
	}
	return f
}

// copyType makes a new node of the same type, to have a name of its own.
func copyType(t any) any {
	switch t := t.(type) {
	case *valNode:
		c := *t
		c.inline = false
		return &c
	case *resNode:
		c := *t
		return &c
	case *funcNode:
		c := *t
		return &c
	case *instNode:
		c := *t
		return &c
	case *compNode:
		c := *t
		return &c
	}
	return t
}
