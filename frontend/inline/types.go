package inline

import (
	"slices"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: the evaluation of types.

// typKind says what a typ is.
type typKind uint8

const (
	typValue typKind = iota
	typFunc
	typResource
	typInstance
	typComponent
)

func (k typKind) String() string {
	return [...]string{"value type", "func type", "resource type", "instance type", "component type"}[k]
}

// typ is an entry of a type index space.
type typ struct {
	kind typKind
	val  *valType
	fn   *funcType
	res  ir.ResourceID
	// Instance and component types stay as written: each use of one makes new
	// types, as it makes new resources.
	decls []binary.Decl
	env   *scope
}

// valType is a value type. Its identity is that of the definition evaluated:
// two enums of one shape are two.
type valType struct {
	kind           ir.TypeKind
	cases          []valCase // record, variant, tuple, flags, enum
	elem, err, key *valType
	length         uint32
	res            ir.ResourceID

	size, depth int // written out in full
	named       bool
	name        ir.Name
	docs        map[string]string // of cases
	id          ir.TypeID         // -1 until emitted
}

type valCase struct {
	name string
	typ  *valType // nil: none
}

// funcType is a component function type.
type funcType struct {
	async  bool
	params []valCase
	result *valType // nil: none
}

// coreType is an entry of a core type index space.
type coreType struct {
	module *binary.CoreModuleType
	env    *scope
	sub    *ir.SubType // if module is nil
}

func (b *builder) prim(k ir.TypeKind) *valType {
	v, ok := b.prims[k]
	if !ok {
		v = &valType{kind: k, size: 1, depth: 1, res: -1, id: -1}
		b.prims[k] = v
	}
	return v
}

// valRef evaluates a reference to a value type.
func (b *builder) valRef(s *scope, v binary.ValType) (*valType, error) {
	if v.Prim {
		if v.Kind > ir.TErrorContext {
			return nil, binary.Errorf(v.Offset, "not a primitive value type")
		}
		return b.prim(v.Kind), nil
	}
	t, err := at(s.types, v.Index, v.Offset, "type")
	if err != nil {
		return nil, err
	}
	if t.kind != typValue {
		return nil, binary.Errorf(v.Offset, "type %d is a %s, not a value type", v.Index, t.kind)
	}
	return t.val, nil
}

// optRef is valRef for what may be absent.
func (b *builder) optRef(s *scope, v *binary.ValType) (*valType, error) {
	if v == nil {
		return nil, nil
	}
	return b.valRef(s, *v)
}

// needRef is valRef for what must not be absent.
func (b *builder) needRef(s *scope, v *binary.ValType, offset int) (*valType, error) {
	if v == nil {
		return nil, binary.Errorf(offset, "missing type")
	}
	return b.valRef(s, *v)
}

// valDef evaluates the definition of a value type.
func (b *builder) valDef(s *scope, d *binary.ValueTypeDef, offset int) (t *valType, err error) {
	t = &valType{kind: d.Kind, length: d.Len, res: -1, id: -1}
	switch d.Kind {
	case ir.TRecord, ir.TVariant, ir.TFlags, ir.TEnum:
		for _, l := range d.Labels {
			c := valCase{name: l.Name}
			switch {
			case d.Kind == ir.TRecord:
				c.typ, err = b.needRef(s, l.Type, l.Offset)
			case d.Kind == ir.TVariant:
				c.typ, err = b.optRef(s, l.Type)
			}
			if err != nil {
				return nil, err
			}
			t.cases = append(t.cases, c)
		}
	case ir.TTuple:
		for _, v := range d.Types {
			c, err := b.valRef(s, v)
			if err != nil {
				return nil, err
			}
			t.cases = append(t.cases, valCase{typ: c})
		}
	case ir.TList, ir.TFixedList, ir.TOption:
		t.elem, err = b.needRef(s, d.Elem, offset)
	case ir.TMap:
		if t.key, err = b.needRef(s, d.Key, offset); err == nil {
			t.elem, err = b.needRef(s, d.Elem, offset)
		}
	case ir.TStream, ir.TFuture:
		t.elem, err = b.optRef(s, d.Elem)
	case ir.TResult:
		if t.elem, err = b.optRef(s, d.Elem); err == nil {
			t.err, err = b.optRef(s, d.Err)
		}
	case ir.TOwn, ir.TBorrow:
		t.res, err = b.resource(s, d.Index, offset)
	default:
		if d.Kind > ir.TErrorContext {
			return nil, binary.Errorf(offset, "unknown value type")
		}
	}
	if err != nil {
		return nil, err
	}
	t.size, t.depth = 1, 1
	for c := range t.components() {
		t.size += c.size
		t.depth = max(t.depth, c.depth+1)
	}
	for range t.cases {
		t.size++
	}
	if t.size > maxTypeSize || t.depth > maxTypeDepth {
		return nil, binary.Errorf(offset, "type too large")
	}
	return t, nil
}

// components yields the types that t is directly made of.
func (t *valType) components() func(func(*valType) bool) {
	return func(yield func(*valType) bool) {
		for i := range t.cases {
			if c := t.cases[i].typ; c != nil && !yield(c) {
				return
			}
		}
		for _, c := range [...]*valType{t.key, t.elem, t.err} {
			if c != nil && !yield(c) {
				return
			}
		}
	}
}

func (b *builder) funcDef(s *scope, d *binary.FuncTypeDef, offset int) (*funcType, error) {
	f := &funcType{async: d.Async}
	for _, l := range d.Params {
		t, err := b.needRef(s, l.Type, l.Offset)
		if err != nil {
			return nil, err
		}
		f.params = append(f.params, valCase{l.Name, t})
	}
	var err error
	f.result, err = b.optRef(s, d.Result)
	return f, err
}

// typeDef evaluates a type definition that stands in s.
func (b *builder) typeDef(s *scope, d *binary.TypeDef, offset int) (*typ, error) {
	t := &typ{res: -1}
	var err error
	switch {
	case d.Kind == binary.DefinedValue && d.Value != nil:
		t.kind = typValue
		t.val, err = b.valDef(s, d.Value, offset)
	case d.Kind == binary.DefinedFunc && d.Func != nil:
		t.kind = typFunc
		t.fn, err = b.funcDef(s, d.Func, offset)
	case d.Kind == binary.DefinedInstance, d.Kind == binary.DefinedComponent:
		t.kind = typInstance
		if d.Kind == binary.DefinedComponent {
			t.kind = typComponent
		}
		t.decls, t.env = d.Decls, s
	case d.Kind == binary.DefinedResource && d.Resource != nil:
		if s.def == nil {
			return nil, binary.Errorf(offset, "resource type defined inside a type")
		}
		t.kind = typResource
		t.res, err = b.defineResource(s, d.Resource, offset)
	default:
		err = binary.Errorf(offset, "unknown type definition")
	}
	return t, err
}

// defineResource makes the resource of one evaluation of a resource definition.
func (b *builder) defineResource(s *scope, d *binary.ResourceDef, offset int) (ir.ResourceID, error) {
	r := ir.Resource{ID: ir.ResourceID(len(b.p.Resources)), Instance: s.id, Rep: d.Rep}
	if d.Dtor != nil {
		f, err := at(s.core[ir.ExternFunc], *d.Dtor, offset, "core func")
		if err != nil {
			return -1, err
		}
		def := b.def(f)
		r.Dtor = &def
	}
	b.addResource(r)
	b.p.Init = append(b.p.Init, ir.Init{Kind: ir.InitResource, Instance: -1, Resource: r.ID})
	return r.ID, nil
}

func (b *builder) addResource(r ir.Resource) {
	b.p.Resources = append(b.p.Resources, r)
	b.resNamed = append(b.resNamed, false)
}

// resource looks up a resource type.
func (b *builder) resource(s *scope, i uint32, offset int) (ir.ResourceID, error) {
	t, err := at(s.types, i, offset, "type")
	if err != nil {
		return -1, err
	}
	if t.kind != typResource {
		return -1, binary.Errorf(offset, "type %d is a %s, not a resource type", i, t.kind)
	}
	return t.res, nil
}

// funcTypeAt looks up a function type.
func (b *builder) funcTypeAt(s *scope, i uint32, offset int) (*funcType, error) {
	t, err := at(s.types, i, offset, "type")
	if err != nil {
		return nil, err
	}
	if t.kind != typFunc {
		return nil, binary.Errorf(offset, "type %d is a %s, not a func type", i, t.kind)
	}
	return t.fn, nil
}

// extern is the evaluated type of an import or export.
type extern struct {
	sort binary.Sort
	fn   *funcType // SortFunc
	typ  *typ      // SortInstance, SortComponent, SortType without sub
	sub  bool      // SortType: (sub resource)
	mod  *coreType // SortCoreModule
}

func (b *builder) externType(s *scope, e *binary.ExternType, offset int) (x extern, err error) {
	x.sort = e.Sort
	want := typValue
	switch e.Sort {
	case binary.SortFunc:
		x.fn, err = b.funcTypeAt(s, e.Index, offset)
		return x, err
	case binary.SortCoreModule:
		x.mod, err = at(s.coreTypes, e.Index, offset, "core type")
		if err == nil && x.mod.module == nil {
			err = binary.Errorf(offset, "core type %d is not a module type", e.Index)
		}
		return x, err
	case binary.SortType:
		if x.sub = e.SubResource; x.sub {
			return x, nil
		}
		x.typ, err = at(s.types, e.Index, offset, "type")
		return x, err
	case binary.SortInstance:
		want = typInstance
	case binary.SortComponent:
		want = typComponent
	default:
		return x, binary.Errorf(offset, "imports and exports of sort %s are not supported", e.Sort)
	}
	if x.typ, err = at(s.types, e.Index, offset, "type"); err == nil && x.typ.kind != want {
		err = binary.Errorf(offset, "type %d is a %s, not a %s type", e.Index, x.typ.kind, e.Sort)
	}
	return x, err
}

// binder gives the items that stand for imports, or for the exports of an
// instance type.
type binder interface {
	bind(b *builder, name binary.ExternName, x extern, offset int) (item, error)
}

// instanceOf makes an instance of an instance type, with the items that bind gives.
func (b *builder) instanceOf(t *typ, bind binder, offset int) (*instance, error) {
	if err := b.enter(offset); err != nil {
		return nil, err
	}
	defer func() { b.depth-- }()
	s := &scope{parent: t.env}
	inst := newInstance()
	for i := range t.decls {
		d := &t.decls[i]
		if err := b.step(d.Offset); err != nil {
			return nil, err
		}
		var err error
		switch {
		case d.Kind == binary.DeclCoreType && d.CoreType != nil:
			err = b.coreTypeDef(s, d.CoreType)
		case d.Kind == binary.DeclType && d.Type != nil:
			var nt *typ
			if nt, err = b.typeDef(s, d.Type, d.Offset); err == nil {
				s.types = append(s.types, nt)
			}
		case d.Kind == binary.DeclAlias && d.Alias != nil:
			err = b.alias(s, d.Alias, d.Offset)
		case d.Kind == binary.DeclExport:
			var x extern
			var it item
			if x, err = b.externType(s, &d.Extern, d.Offset); err != nil {
				break
			}
			if it, err = bind.bind(b, d.Name, x, d.Offset); err != nil {
				break
			}
			if err = inst.add(d.Name, it); err == nil {
				err = s.push(it, d.Offset)
			}
		default:
			err = binary.Errorf(d.Offset, "unexpected declaration in an instance type")
		}
		if err != nil {
			return nil, err
		}
	}
	return inst, nil
}

// push adds an item to the index space of its sort.
func (s *scope) push(it item, offset int) error {
	switch it.sort {
	case binary.SortFunc:
		s.funcs = append(s.funcs, it.fn)
	case binary.SortInstance:
		s.insts = append(s.insts, it.inst)
	case binary.SortType:
		s.types = append(s.types, it.typ)
	case binary.SortCoreModule:
		s.coreModules = append(s.coreModules, it.mod)
	case binary.SortComponent:
		s.comps = append(s.comps, it.comp)
	default:
		return binary.Errorf(offset, "%ss are not supported", it.sort)
	}
	return nil
}

// rootBinder binds imports to what the host will supply.
type rootBinder struct {
	path    ir.ImportPath // of the instance whose items are bound; nil at the root
	imports *instance     // at the root: collects the imports
}

func (r *rootBinder) bind(b *builder, name binary.ExternName, x extern, offset int) (item, error) {
	it := item{sort: x.sort}
	path := append(slices.Clone(r.path), name.Name)
	var err error
	switch x.sort {
	case binary.SortFunc:
		it.fn = &function{typ: x.fn, imp: ir.ImportFuncID(len(b.importFuncs))}
		b.importFuncs = append(b.importFuncs, x.fn)
		b.p.ImportFuncs = append(b.p.ImportFuncs, ir.ImportFunc{Path: path})
	case binary.SortInstance:
		it.inst, err = b.instanceOf(x.typ, &rootBinder{path: path}, offset)
	case binary.SortType:
		it.typ = x.typ
		if x.sub {
			id := ir.ResourceID(len(b.p.Resources))
			b.addResource(ir.Resource{ID: id, Imported: true, Import: path, Instance: -1, Rep: ir.TypeI32})
			it.typ = &typ{kind: typResource, res: id}
		}
	case binary.SortCoreModule:
		it.mod, err = b.importModule(x.mod, path, offset)
	case binary.SortComponent:
		it.comp = &component{}
	}
	if err == nil && r.imports != nil {
		err = r.imports.add(name, it)
	}
	return it, err
}

// argBinder binds imports to `with` arguments, or the exports of an instance
// type to the items of the instance that is given for it. The items keep their
// own types, so that a type is one object wherever it goes; an instance is cut
// down to what the type lets see.
type argBinder struct{ args *instance }

func (a argBinder) bind(b *builder, name binary.ExternName, x extern, offset int) (item, error) {
	it, ok := a.args.get(name.Name)
	if !ok {
		return it, binary.Errorf(offset, "nothing is given for %s %q", x.sort, name.Name)
	}
	if it.sort != x.sort {
		return it, binary.Errorf(offset, "%q is a %s, but a %s is given", name.Name, x.sort, it.sort)
	}
	switch x.sort {
	case binary.SortType:
		if x.sub != (it.typ.kind == typResource) && (x.sub || x.typ.kind != it.typ.kind) {
			return it, binary.Errorf(offset, "type %q does not match: a %s is given", name.Name, it.typ.kind)
		}
	case binary.SortInstance:
		inst, err := b.instanceOf(x.typ, argBinder{it.inst}, offset)
		it.inst = inst
		return it, err
	}
	return it, nil
}

// coreTypeDef adds core types to s.
func (b *builder) coreTypeDef(s *scope, d *binary.DefCoreType) error {
	if d.Module != nil {
		s.coreTypes = append(s.coreTypes, &coreType{module: d.Module, env: s})
		return nil
	}
	for i := range d.Group {
		s.coreTypes = append(s.coreTypes, &coreType{sub: &d.Group[i]})
	}
	return nil
}

// importModule makes a core module that the host supplies.
func (b *builder) importModule(t *coreType, path ir.ImportPath, offset int) (*coreModule, error) {
	m := ir.ImportModule{Path: path}
	for i := range t.module.Decls {
		d := &t.module.Decls[i]
		if err := b.step(d.Offset); err != nil {
			return nil, err
		}
		switch {
		case d.Import != nil:
			m.Imports = append(m.Imports, d.Import.ModuleImport)
		case d.Export != nil:
			m.Exports = append(m.Exports, ir.ModuleExport{Name: d.Export.Name, Kind: d.Export.Kind, Index: uint32(len(m.ExportTypes))})
			m.ExportTypes = append(m.ExportTypes, d.Export.ModuleImport)
		case d.Alias != nil:
			// Level 0 is the module type itself, which has no types to alias but its own.
			if d.Alias.Count == 0 {
				return nil, binary.Errorf(d.Offset, "alias of a type of the same module type")
			}
			s, err := t.env.outer(d.Alias.Count-1, d.Offset)
			if err != nil {
				return nil, err
			}
			ct, err := at(s.coreTypes, d.Alias.Index, d.Offset, "core type")
			if err != nil {
				return nil, err
			}
			if ct.sub == nil || refersToTypes(ct.sub) {
				return nil, binary.Errorf(d.Offset, "alias of a core type that refers to other types is not supported")
			}
			st := *ct.sub
			st.Group, st.GroupLen = uint32(len(m.Types)), 1
			m.Types = append(m.Types, st)
		default:
			m.Types = append(m.Types, d.Type...)
		}
	}
	id := ir.ImportModuleID(len(b.p.ImportModules))
	b.p.ImportModules = append(b.p.ImportModules, m)
	return &coreModule{id: -1, imp: id}, nil
}

// refersToTypes reports whether a core type mentions another type by index.
func refersToTypes(t *ir.SubType) bool {
	ref := func(v ir.ValType) bool { return v.Kind == ir.Ref && v.Heap >= 0 }
	if t.Kind == ir.CompCont || len(t.Super) > 0 || t.Describes != nil || t.Descriptor != nil || slices.ContainsFunc(t.Func.Params, ref) || slices.ContainsFunc(t.Func.Results, ref) {
		return true
	}
	return slices.ContainsFunc(t.Fields, func(f ir.Field) bool { return ref(f.Type) })
}
