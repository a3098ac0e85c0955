package validate

import (
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// typeDef makes the type that a definition or declarator defines.
func (s *scope) typeDef(d *binary.TypeDef) any {
	at := d.Offset
	var t any
	switch d.Kind {
	case binary.DefinedValue:
		t = s.valueType(d.Value)
	case binary.DefinedFunc:
		t = s.funcDef(d.Func, at)
	case binary.DefinedResource:
		return s.resourceDef(d.Resource, at)
	case binary.DefinedComponent:
		in := newScope(s.v, componentTypeScope, s)
		in.decls(d.Decls)
		t = in.compType()
	default:
		in := newScope(s.v, instanceTypeScope, s)
		in.decls(d.Decls)
		t = &instNode{typeFacts: in.facts, tag: in.tag, exports: in.exports}
	}
	facts := factsOf(t)
	if facts.size > maxTypeSize {
		fail(at, "effective type size exceeds the limit of %d", maxTypeSize)
	}
	// Facts count from 0.
	if limit := uint32(maxTypeDepth - 1); d.Kind == binary.DefinedValue && facts.depth > limit || facts.depth > maxNesting {
		fail(at, "type nesting is too deep: more than %d", maxTypeDepth)
	}
	return t
}

func (s *scope) decls(decls []binary.Decl) {
	for i := range decls {
		d := &decls[i]
		switch d.Kind {
		case binary.DeclCoreType:
			s.coreTypeDef(d.CoreType)
		case binary.DeclType:
			s.types = append(s.types, s.typeDef(d.Type))
		case binary.DeclAlias:
			s.alias(d.Alias)
		case binary.DeclImport:
			s.declare(&d.Name, s.externType(&d.Extern, true), true, true, d.Offset)
		case binary.DeclExport:
			s.declare(&d.Name, s.externType(&d.Extern, false), false, true, d.Offset)
		}
		s.counts(d.Offset)
	}
}

func (s *scope) resourceDef(d *binary.ResourceDef, at int) *resNode {
	if s.kind != componentScope {
		fail(at, "resources can only be defined within a concrete component")
	}
	if d.Rep != ir.TypeI32 {
		if d.Rep == ir.TypeI64 {
			fail(at, "resources can only be represented by `i32`: resources with `i64` require the `cm64` feature to be enabled")
		}
		fail(at, "resources can only be represented by `i32` or `i64`")
	}
	if d.Dtor != nil {
		f := s.coreFunc(*d.Dtor, at)
		if !sameKinds(f.Params, []ir.Kind{ir.I32}) || len(f.Results) > 0 {
			fail(at, "core function %d has wrong signature for a destructor", *d.Dtor)
		}
	}
	return &resNode{&resource{owner: s.tag, local: true}}
}

func (s *scope) funcDef(d *binary.FuncTypeDef, at int) *funcNode {
	names := labels(d.Params, "function parameter", "parameter")
	params := make([]*valNode, len(d.Params))
	for i := range d.Params {
		params[i] = s.valType(d.Params[i].Type)
	}
	if d.Async {
		if !s.v.features.Component.Async {
			fail(at, "async component functions require the component model async feature")
		}
	}
	return newFunc(d.Async, names, params, s.resultType(d.Result))
}

// resultType is the result of a function, nil if there is none.
func (s *scope) resultType(t *binary.ValType) *valNode {
	if t == nil {
		return nil
	}
	v := s.valType(t)
	if v.borrow {
		fail(t.Offset, "function result cannot contain a `borrow` type")
	}
	return v
}

// valType is a value type by index or primitive.
func (s *scope) valType(t *binary.ValType) *valNode {
	if t.Prim {
		s.requireType(t.Kind, t.Offset)
		return inlinePrims[t.Kind]
	}
	v, ok := s.typ(t.Index, t.Offset).(*valNode)
	if !ok {
		fail(t.Offset, "type index %d is not a defined type", t.Index)
	}
	return v
}

func (s *scope) optional(t *binary.ValType) *valNode {
	if t == nil {
		return nil
	}
	return s.valType(t)
}

// valueType makes the type of a defvaltype.
func (s *scope) valueType(d *binary.ValueTypeDef) *valNode {
	at := d.Offset
	t := &valNode{kind: d.Kind, n: d.Len}
	s.requireType(d.Kind, at)
	nonEmpty := func(n int, format string) {
		if n == 0 {
			fail(at, "%s", format)
		}
	}
	switch d.Kind {
	case ir.TRecord:
		nonEmpty(len(d.Labels), "record type must have at least one field")
		t.names = labels(d.Labels, "record field", "field")
	case ir.TVariant:
		nonEmpty(len(d.Labels), "variant type must have at least one case")
		t.names = labels(d.Labels, "variant case", "case")
	case ir.TFlags:
		nonEmpty(len(d.Labels), "flags must have at least one entry")
		if len(d.Labels) > 32 {
			fail(at, "cannot have more than 32 flags")
		}
		t.names = labels(d.Labels, "flag", "flag")
	case ir.TEnum:
		nonEmpty(len(d.Labels), "enum type must have at least one variant")
		t.names = labels(d.Labels, "enum tag", "tag")
	case ir.TTuple:
		nonEmpty(len(d.Types), "tuple type must have at least one type")
		for i := range d.Types {
			t.elems = append(t.elems, s.valType(&d.Types[i]))
		}
	case ir.TOwn, ir.TBorrow:
		t.res = s.resourceType(d.Index, at)
	case ir.TFixedList:
		nonEmpty(int(d.Len), "Fixed-length lists must have more than zero elements")
	}
	if d.Kind == ir.TRecord || d.Kind == ir.TVariant {
		for i := range d.Labels {
			t.elems = append(t.elems, s.optional(d.Labels[i].Type))
		}
	}
	t.elem, t.err, t.key = s.optional(d.Elem), s.optional(d.Err), s.optional(d.Key)
	t.finish()
	switch d.Kind {
	case ir.TStream, ir.TFuture:
		if t.borrow {
			fail(at, "`%s` type cannot contain a `borrow` type", kindNames[d.Kind])
		}
		if d.Kind == ir.TStream && t.elem != nil && t.elem.kind == ir.TChar {
			fail(at, "`stream<char>` is not valid at this time, use `stream<u8>` with a defined byte encoding instead for now")
		}
	case ir.TMap:
		switch k := t.key.kind; {
		case k > ir.TString, k == ir.TF32, k == ir.TF64:
			fail(at, "map keys must be bool, an integer, char or string, found %s", kindNames[k])
		}
	}
	if t.bytes >= maxElemSize {
		fail(at, "type size exceeds maximum byte size of %d", maxElemSize-1)
	}
	return t
}
