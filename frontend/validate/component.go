package validate

import (
	"errors"
	"slices"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: component validation, definition by definition. The rules are
// those of Binary.md and Explainer.md of the component model; the other component_*.go
// files have the parts.

// Component says whether c is a valid component, all nested components and
// core modules included, and fills in the type signatures of its core modules.
// It also refuses, as Wasmtime does, components that the outermost one imports or exports: there
// is nothing a host could give for one or do with it. The error is a *binary.Error.
func Component(c *binary.Component, f Features) (err error) {
	v := &componentValidator{
		features:  f,
		core:      typeChecker{features: f, forms: map[uint64][32]byte{}},
		coreFuncs: map[string]uint32{},
	}
	// Validation stops at the first error, from deep inside.
	defer func() {
		if e := recover(); e != nil {
			be, ok := e.(*binary.Error)
			if !ok {
				panic(e)
			}
			err = be
		}
	}()
	v.root(c, v.component(c, nil))
	return nil
}

// root refuses components that cross the boundary to the host.
func (v *componentValidator) root(c *binary.Component, t *compNode) {
	for _, def := range c.Defs {
		switch d := def.(type) {
		case *binary.DefImport:
			if d.Type.Sort == binary.SortComponent {
				fail(d.Pos(), "root-level component imports are not supported")
			}
		case *binary.DefExport:
			if x, ok := t.exports.get(d.Name.Name); ok && v.hasComponent(x, d.Pos()) {
				fail(d.Pos(), "exporting a component from the root component is not supported")
			}
		}
	}
}

// hasComponent reports whether e is a component or an instance that has one.
func (v *componentValidator) hasComponent(e entity, at int) bool {
	if i, ok := e.t.(*instNode); ok && e.sort == binary.SortInstance {
		v.step(at, 1+len(i.exports.list))
		return slices.ContainsFunc(i.exports.list, func(x extern) bool { return v.hasComponent(x.entity, at) })
	}
	return e.sort == binary.SortComponent
}

// Bytes decodes and validates a component or core module.
func Bytes(data []byte, f Features) error {
	if binary.IsComponent(data) {
		c, err := binary.DecodeComponent(data, 0)
		if err != nil {
			return err
		}
		return Component(c, f)
	}
	m, err := binary.DecodeModule(data, 0)
	if err != nil {
		return err
	}
	return Module(m, f)
}

// componentValidator is what the validation of a file shares.
type componentValidator struct {
	features  Features
	core      typeChecker // the core types of all components
	coreFuncs map[string]uint32
	at        int // of the definition at hand
	steps     int // of walks over types
	grown     int // nodes made by rewriting types
}

// Budgets for hostile input: types that share their parts can be made to take
// a million steps to compare, and a file can ask for a million comparisons. Real
// components stay below these by orders of magnitude.
const (
	maxSteps = 30_000_000
	maxGrown = 2_000_000
)

// step accounts for n steps of work on types.
func (v *componentValidator) step(at, n int) {
	if v.steps += n; v.steps > maxSteps {
		fail(at, "the component's types are too complex to check")
	}
}

// grow accounts for n new nodes.
func (v *componentValidator) grow(at, n int) {
	if v.grown += n; v.grown > maxGrown {
		fail(at, "the component's types are too complex to instantiate")
	}
}

// fail ends validation with an error.
func fail(at int, format string, args ...any) {
	panic(binary.Errorf(at, format, args...))
}

func asBinaryError(err error, at int) *binary.Error {
	var e *binary.Error
	if errors.As(err, &e) {
		return e
	}
	return binary.Errorf(at, "%v", err)
}

// scopeKind says what a scope is.
type scopeKind uint8

const (
	componentScope scopeKind = iota
	componentTypeScope
	instanceTypeScope
	moduleTypeScope
)

// scope has the index spaces of a component, component type, instance type or
// core module type, while it is being validated.
type scope struct {
	v      *componentValidator
	kind   scopeKind
	parent *scope
	tag    *tag

	coreTypes []coreTypeRef
	modules   []*moduleNode
	coreInsts []*coreInst
	core      [ir.ExternTag + 1][]coreItem

	types []any // *valNode, *resNode, *funcNode, *instNode, *compNode
	funcs []*funcNode
	insts []*instNode
	comps []*compNode

	imports, exports             externs
	importNames, exportNames     nameContext
	importVisible, exportVisible visible
	inner                        visible // while an instance type is looked at
	facts                        typeFacts
	context                      *ir.ValType // of context.get and context.set, once there is one
}

// visible is a set of types with externally visible names.
type visible map[any]struct{}

func newScope(v *componentValidator, kind scopeKind, parent *scope) *scope {
	return &scope{
		v: v, kind: kind, parent: parent, tag: &tag{}, facts: typeFacts{size: 1},
		importVisible: visible{}, exportVisible: visible{},
	}
}

// component validates a component and makes its type.
func (v *componentValidator) component(c *binary.Component, parent *scope) *compNode {
	s := newScope(v, componentScope, parent)
	for _, def := range c.Defs {
		s.def(def)
		s.counts(def.Pos())
	}
	return s.compType()
}

// Limits of index spaces, as Wasmtime has them.
const (
	maxInstances  = 1000 // core instances included
	maxModules    = 1000
	maxComponents = 1000
)

// counts checks the limits of index spaces.
func (s *scope) counts(at int) {
	for _, c := range []struct {
		what   string
		n, max int
	}{
		{"instances", len(s.insts) + len(s.coreInsts), maxInstances}, {"modules", len(s.modules), maxModules}, {"components", len(s.comps), maxComponents},
	} {
		if c.n > c.max {
			fail(at, "%s count exceeds limit of %d", c.what, c.max)
		}
	}
}

func (s *scope) compType() *compNode {
	return &compNode{typeFacts: s.facts, tag: s.tag, imports: s.imports, exports: s.exports}
}

func (s *scope) def(def binary.Def) {
	at := def.Pos()
	s.v.at = at
	switch d := def.(type) {
	case *binary.DefCoreModule:
		s.modules = append(s.modules, s.coreModule(d.Module, at))
	case *binary.DefCoreInstance:
		s.coreInsts = append(s.coreInsts, s.coreInstance(d))
	case *binary.DefCoreType:
		s.coreTypeDef(d)
	case *binary.DefComponent:
		s.comps = append(s.comps, s.v.component(d.Component, s))
	case *binary.DefInstance:
		s.insts = append(s.insts, s.instance(d))
	case *binary.DefAlias:
		s.alias(&d.Alias)
	case *binary.DefType:
		s.types = append(s.types, s.typeDef(&d.Type))
	case *binary.DefCanon:
		s.canon(&d.Canon)
	case *binary.DefImport:
		s.declare(&d.Name, s.externType(&d.Type, true), true, true, at)
	case *binary.DefExport:
		s.export(d)
	case *binary.DefStart:
		failValues(at)
	case *binary.DefValue:
		failValues(at)
	default:
		fail(at, "unknown definition %T", def)
	}
}

// failValues refuses the value definitions of the specification, which no
// runtime implements.
func failValues(at int) {
	fail(at, "support for component model `value`s is not enabled")
}

func (s *scope) coreTypeDef(d *binary.DefCoreType) {
	if d.Module != nil {
		s.coreTypes = append(s.coreTypes, coreTypeRef{module: s.moduleType(d.Module)})
		return
	}
	s.coreGroup(d.Group, d.Pos())
}

// push adds a definition to the index space of its sort.
func (s *scope) push(e entity) {
	switch t := e.t.(type) {
	case *moduleNode:
		s.modules = append(s.modules, t)
		return
	case *funcNode:
		if e.sort == binary.SortFunc {
			s.funcs = append(s.funcs, t)
			return
		}
	case *instNode:
		if e.sort == binary.SortInstance {
			s.insts = append(s.insts, t)
			return
		}
	case *compNode:
		if e.sort == binary.SortComponent {
			s.comps = append(s.comps, t)
			return
		}
	}
	s.types = append(s.types, e.t)
}

// lookup is the entity that a sort and index refer to.
func (s *scope) lookup(sort binary.Sort, i uint32, at int) entity {
	switch sort {
	case binary.SortCoreModule:
		return entity{sort, s.module(i, at)}
	case binary.SortFunc:
		return entity{sort, s.fn(i, at)}
	case binary.SortType:
		return entity{sort, s.typ(i, at)}
	case binary.SortComponent:
		return entity{sort, s.comp(i, at)}
	case binary.SortInstance:
		return entity{sort, s.inst(i, at)}
	}
	failValues(at)
	return entity{}
}

func (s *scope) fn(i uint32, at int) *funcNode {
	if i >= uint32(len(s.funcs)) {
		fail(at, "unknown function %d: function index out of bounds", i)
	}
	return s.funcs[i]
}

func (s *scope) typ(i uint32, at int) any {
	if i >= uint32(len(s.types)) {
		fail(at, "unknown type %d: type index out of bounds", i)
	}
	return s.types[i]
}

func (s *scope) comp(i uint32, at int) *compNode {
	if i >= uint32(len(s.comps)) {
		fail(at, "unknown component %d: component index out of bounds", i)
	}
	return s.comps[i]
}

func (s *scope) inst(i uint32, at int) *instNode {
	if i >= uint32(len(s.insts)) {
		fail(at, "unknown instance %d: instance index out of bounds", i)
	}
	return s.insts[i]
}

func (s *scope) funcType(i uint32, at int) *funcNode {
	t, ok := s.typ(i, at).(*funcNode)
	if !ok {
		fail(at, "type index %d is not a function type", i)
	}
	return t
}

func (s *scope) resourceType(i uint32, at int) *resNode {
	t, ok := s.typ(i, at).(*resNode)
	if !ok {
		fail(at, "type index %d is not a resource type", i)
	}
	return t
}

// externType is the entity that the externtype of an import or export describes.
// A `sub` bound makes a fresh resource.
func (s *scope) externType(t *binary.ExternType, imported bool) entity {
	at := t.Offset
	switch t.Sort {
	case binary.SortCoreModule:
		if t.Index >= uint32(len(s.coreTypes)) {
			fail(at, "unknown type %d: type index out of bounds", t.Index)
		}
		m := s.coreTypes[t.Index].module
		if m == nil {
			fail(at, "core type index %d is not a module type", t.Index)
		}
		return entity{t.Sort, m}
	case binary.SortFunc:
		return entity{t.Sort, s.funcType(t.Index, at)}
	case binary.SortType:
		if t.SubResource {
			return entity{t.Sort, &resNode{&resource{owner: s.tag, imported: imported}}}
		}
		return entity{t.Sort, s.typ(t.Index, at)}
	case binary.SortComponent:
		c, ok := s.typ(t.Index, at).(*compNode)
		if !ok {
			fail(at, "type index %d is not a component type", t.Index)
		}
		return entity{t.Sort, c}
	case binary.SortInstance:
		i, ok := s.typ(t.Index, at).(*instNode)
		if !ok {
			fail(at, "type index %d is not an instance type", t.Index)
		}
		return entity{t.Sort, i}
	}
	failValues(at)
	return entity{}
}

// declare adds an import or export of the scope: it makes the types in it
// nodes of their own, checks the name and adds the entity to its index space.
//
// described says that e is what an externtype describes, not an existing
// definition: then an instance in it is a new one. The types of an existing
// instance get visible as they are.
func (s *scope) declare(name *binary.ExternName, e entity, imported, described bool, at int) {
	switch t := e.t.(type) {
	case *instNode:
		if e.sort == typeSort {
			e.t = copyType(t)
			break
		}
		if !described {
			break
		}
		// Each use of an instance type has resources of its own.
		sub := &subst{v: s.v, at: at, res: map[*resource]*resource{}, nodes: map[any]any{}, fresh: func(r *resource) *resource {
			if r.owner != t.tag {
				return nil
			}
			return &resource{owner: s.tag, imported: imported}
		}}
		e.t = sub.rename(t)
	default:
		if e.sort == typeSort {
			e.t = copyType(t)
		}
	}
	names, list, kind := &s.exportNames, &s.exports, "export"
	if imported {
		names, list, kind = &s.importNames, &s.imports, "import"
	}
	s.requireName(name)
	names.check(name, e, kind)
	if e.sort == typeSort {
		names.register(name, e.t)
	}
	if s.kind != instanceTypeScope && !s.show(e, imported) {
		fail(at, "%s not valid to be used as %s", sortName(e.sort), kind)
	}
	facts := factsOf(e.t)
	if s.facts.add(&facts); s.facts.size > maxTypeSize {
		fail(at, "effective type size exceeds the limit of %d", maxTypeSize)
	}
	if s.facts.depth > maxNesting {
		fail(at, "type nesting is too deep: more than %d", maxNesting)
	}
	list.add(name.Name, e)
	s.push(e)
}

// export validates an export definition of a component.
func (s *scope) export(d *binary.DefExport) {
	e := s.lookup(d.Ref.Sort, d.Ref.Index, d.Ref.Offset)
	if d.Type != nil {
		want := s.externType(d.Type, false)
		m := &matcher{s.v, d.Type.Offset, newSide(), newSide()}
		if d.Type.SubResource && d.Type.Sort == typeSort {
			m.exp.open[binder{s.tag, false}] = true
		}
		if err := m.entity(e, want); err != nil {
			fail(d.Type.Offset, "ascribed type of export is not compatible with item's type: %v", err)
		}
		e = want
	}
	s.declare(&d.Name, e, false, d.Type != nil, d.Pos())
}

// show checks that all types that an import or export mentions have visible
// names, and gives those that it introduces one. Imports may mention imports only.
func (s *scope) show(e entity, imported bool) bool {
	set := s.exportVisible
	if imported {
		set = s.importVisible
	}
	return s.showIn(e, set, imported)
}

func (s *scope) isVisible(t any, imported bool) bool {
	if _, ok := s.importVisible[t]; ok {
		return true
	}
	if _, ok := s.inner[t]; ok {
		return true
	}
	_, ok := s.exportVisible[t]
	return ok && !imported
}

func (s *scope) showIn(e entity, set visible, imported bool) bool {
	switch t := e.t.(type) {
	case *instNode:
		if e.sort == typeSort {
			break
		}
		if !t.named {
			return true
		}
		s.v.step(s.v.at, len(t.exports.list))
		for i := range t.exports.list {
			if !s.showIn(t.exports.list[i].entity, set, imported) {
				return false
			}
		}
		return true
	case *funcNode:
		if e.sort == binary.SortFunc {
			return s.funcVisible(t, imported)
		}
	}
	if e.sort != typeSort {
		return true // components and modules are closed
	}
	ok := true
	switch t := e.t.(type) {
	case *valNode:
		ok = s.partsVisible(t, imported)
	case *funcNode:
		ok = s.funcVisible(t, imported)
	case *instNode:
		// What the type introduces has names within the type only.
		outer := s.inner
		if s.inner == nil {
			s.inner = visible{}
		}
		for i := range t.exports.list {
			s.v.step(s.v.at, 1)
			ok = ok && s.showIn(t.exports.list[i].entity, s.inner, imported)
		}
		s.inner = outer
	}
	if ok {
		set[e.t] = struct{}{}
	}
	return ok
}

func (s *scope) funcVisible(t *funcNode, imported bool) bool {
	if !t.named {
		return true
	}
	for _, p := range t.params {
		if !s.valVisible(p, imported) {
			return false
		}
	}
	return t.result == nil || s.valVisible(t.result, imported)
}

// valVisible reports whether t can be written down outside: all types in it
// that need a name have one.
func (s *scope) valVisible(t *valNode, imported bool) bool {
	if !t.named || s.isVisible(t, imported) {
		return true
	}
	switch t.kind {
	case ir.TRecord, ir.TVariant, ir.TFlags, ir.TEnum:
		return false
	}
	return s.partsVisible(t, imported)
}

func (s *scope) partsVisible(t *valNode, imported bool) bool {
	s.v.step(s.v.at, 1+len(t.elems))
	if t.res != nil {
		return s.isVisible(t.res, imported)
	}
	ok := true
	t.each(func(p *valNode) {
		ok = ok && (p == nil || s.valVisible(p, imported))
	})
	return ok
}

// alias adds an alias to its index space.
func (s *scope) alias(a *binary.Alias) {
	at := a.Offset
	if s.kind != componentScope {
		ok := a.Kind == binary.AliasExport && (a.Sort == binary.SortInstance || a.Sort == binary.SortType) ||
			a.Kind == binary.AliasOuter && (a.Sort == binary.SortCoreType || a.Sort == binary.SortType)
		if !ok {
			fail(at, "aliases in a component or instance type may only refer to types or instances")
		}
	}
	switch a.Kind {
	case binary.AliasCoreExport:
		x, ok := s.coreInst(a.Instance, at).export(a.Name)
		if !ok {
			fail(at, "core instance %d has no export named `%s`", a.Instance, a.Name)
		}
		kind, known := externKinds[a.Sort]
		if !known || x.ext.Kind != kind {
			what := kind.String()
			if kind == ir.ExternFunc {
				what = "function"
			}
			fail(at, "export `%s` for core instance %d is not a %s", a.Name, a.Instance, what)
		}
		s.core[kind] = append(s.core[kind], x)
	case binary.AliasExport:
		if a.Sort == binary.SortValue {
			failValues(at)
		}
		x, ok := s.inst(a.Instance, at).exports.get(a.Name)
		if !ok {
			fail(at, "instance %d has no export named `%s`", a.Instance, a.Name)
		}
		if x.sort != a.Sort {
			fail(at, "export `%s` for instance %d is not a %s", a.Name, a.Instance, sortName(a.Sort))
		}
		s.push(x)
	case binary.AliasOuter:
		switch a.Sort {
		case binary.SortCoreType:
			s.coreTypes = append(s.coreTypes, s.outerCoreType(a))
		case binary.SortCoreModule:
			out, _ := s.outer(a)
			s.modules = append(s.modules, out.module(a.Index, at))
		case binary.SortComponent:
			out, _ := s.outer(a)
			s.comps = append(s.comps, out.comp(a.Index, at))
		case binary.SortType:
			out, crossed := s.outer(a)
			t := out.typ(a.Index, at)
			if crossed && s.v.freeResources(t, at) {
				fail(at, "cannot alias outer type which transitively refers to resources not defined in the current component")
			}
			s.types = append(s.types, t)
		default:
			fail(at, "outer aliases cannot refer to a %s", a.Sort)
		}
	}
}

// outer is the scope that an outer alias refers to, and whether the boundary
// of a component lies in between.
func (s *scope) outer(a *binary.Alias) (out *scope, crossed bool) {
	out = s
	for range a.Count {
		crossed = crossed || out.kind == componentScope
		if out = out.parent; out == nil {
			fail(a.Offset, "invalid outer alias count of %d", a.Count)
		}
	}
	return out, crossed
}

func (s *scope) outerCoreType(a *binary.Alias) coreTypeRef {
	out, _ := s.outer(a)
	if a.Index >= uint32(len(out.coreTypes)) {
		fail(a.Offset, "unknown type %d: type index out of bounds", a.Index)
	}
	return out.coreTypes[a.Index]
}

// freeResources reports whether a type refers to a resource that it does not
// bind itself.
func (v *componentValidator) freeResources(t any, at int) bool {
	bound := map[*tag]int{}
	seen := map[any]bool{} // known to have none; the binders around do not matter, tags are unique
	var walk func(t any) bool
	externs := func(e *externs) bool {
		for i := range e.list {
			if walk(e.list[i].t) {
				return true
			}
		}
		return false
	}
	val := func(t *valNode) (found bool) {
		t.each(func(p *valNode) { found = found || p != nil && walk(p) })
		return found || t.res != nil && walk(t.res)
	}
	walk = func(t any) bool {
		if !factsOf(t).resources || seen[t] {
			return false
		}
		v.step(at, 1)
		found := false
		switch t := t.(type) {
		case *resNode:
			return bound[t.r.owner] == 0
		case *valNode:
			found = val(t)
		case *funcNode:
			for _, p := range t.params {
				found = found || walk(p)
			}
			found = found || t.result != nil && walk(t.result)
		case *instNode:
			bound[t.tag]++
			found = externs(&t.exports)
			bound[t.tag]--
		case *compNode:
			bound[t.tag]++
			found = externs(&t.imports) || externs(&t.exports)
			bound[t.tag]--
		}
		seen[t] = !found
		return found
	}
	return walk(t)
}

// instance makes the type of an instance.
func (s *scope) instance(d *binary.DefInstance) *instNode {
	at := d.Pos()
	if !d.Instantiate {
		return s.bag(d)
	}
	c := s.comp(d.Component, at)
	args := map[string]entity{}
	for i := range d.Args {
		a := &d.Args[i]
		if _, ok := args[a.Name]; ok {
			fail(a.Offset, "instantiation argument `%s` conflicts with previous argument `%s`", a.Name, a.Name)
		}
		args[a.Name] = s.lookup(a.Sort, a.Index, a.Offset)
	}
	m := &matcher{s.v, at, newSide(), newSide()}
	m.exp.open[binder{c.tag, true}] = true
	for i := range c.imports.list {
		im := &c.imports.list[i]
		arg, ok := args[im.name]
		if !ok {
			fail(at, "missing import named `%s`", im.name)
		}
		if err := m.entity(arg, im.entity); err != nil {
			fail(at, "type mismatch for import `%s`: %v", im.name, err)
		}
	}
	// What the component exports, seen from here: its imports are the
	// arguments, and all other resources are new.
	sub := &subst{v: s.v, at: at, res: m.exp.res, nodes: m.exp.nodes, fresh: func(r *resource) *resource {
		if r.owner != c.tag || r.imported {
			return nil
		}
		return &resource{owner: s.tag}
	}}
	inst := &instNode{tag: &tag{}}
	inst.exports, _ = sub.externs(&c.exports)
	s.v.finishInst(inst, at)
	return inst
}

// bag makes the type of an instance that is made from exports.
func (s *scope) bag(d *binary.DefInstance) *instNode {
	inst := &instNode{tag: &tag{}}
	var names nameContext
	s.v.grow(d.Pos(), len(d.Exports)/2)
	for i := range d.Exports {
		x := &d.Exports[i]
		e := s.lookup(x.Ref.Sort, x.Ref.Index, x.Ref.Offset)
		// The exports' types keep the names that they have around here, none of
		// which is of this instance. So annotated names find no resource.
		s.requireName(&x.Name)
		names.check(&x.Name, e, "export")
		inst.exports.add(x.Name.Name, e)
	}
	s.v.finishInst(inst, d.Pos())
	return inst
}

// finishInst computes the facts of an instance type and checks its size.
func (v *componentValidator) finishInst(i *instNode, at int) {
	i.typeFacts = typeFacts{size: 1}
	i.addExterns(&i.exports)
	if i.size > maxTypeSize {
		fail(at, "effective type size exceeds the limit of %d", maxTypeSize)
	}
	if i.depth > maxNesting {
		fail(at, "type nesting is too deep: more than %d", maxNesting)
	}
}
