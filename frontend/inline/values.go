package inline

import (
	"crypto/sha256"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: what the index spaces hold.

// scope is a set of index spaces: those of one instantiation of a component,
// or those of a component or instance type.
type scope struct {
	parent *scope // lexically enclosing; nil for the root
	// For instantiations: the component and its instance.
	def *binary.Component
	id  ir.ComponentInstanceID

	core        [ir.ExternTag + 1][]coreItem // by ExternKind
	coreTypes   []*coreType
	coreModules []*coreModule
	coreInsts   []*coreInstance
	funcs       []*function
	types       []*typ
	comps       []*component
	insts       []*instance
}

// outer is the scope count levels out; 0 is s itself.
func (s *scope) outer(count uint32, offset int) (*scope, error) {
	for t := s; t != nil; t = t.parent {
		if count == 0 {
			return t, nil
		}
		count--
	}
	return nil, binary.Errorf(offset, "outer alias reaches out of the root component")
}

// component is a component definition with the scope it closes over. def is
// nil for a component that the root imports.
type component struct {
	def *binary.Component
	env *scope
}

// instance is a component instance seen from outside: named items in order.
type instance struct {
	names []binary.ExternName
	items []item
	index map[string]int
}

func newInstance() *instance { return &instance{index: map[string]int{}} }

func (i *instance) add(name binary.ExternName, it item) error {
	if _, ok := i.index[name.Name]; ok {
		return binary.Errorf(name.Offset, "duplicate name %q", name.Name)
	}
	i.index[name.Name] = len(i.items)
	i.names = append(i.names, name)
	i.items = append(i.items, it)
	return nil
}

func (i *instance) get(name string) (item, bool) {
	n, ok := i.index[name]
	if !ok {
		return item{}, false
	}
	return i.items[n], true
}

// item is a component-level definition; the field of its sort is set.
type item struct {
	sort binary.Sort
	fn   *function
	inst *instance
	typ  *typ
	mod  *coreModule
	comp *component
}

// function is a component function: an import of the root or a lift, with its
// type as declared where the function is seen. An export may declare the type
// again with other names for equal types.
type function struct {
	typ  *funcType
	imp  ir.ImportFuncID // if lift is nil
	lift *lift
}

// lift is a lifted core function. It becomes an ir.Lift for each distinct type
// that the root exports it with.
type lift struct {
	core ir.CoreDef
	opts ir.OptionsID
	typ  *funcType
	ids  []ir.LiftID
}

// coreModule is a core module of the file, or one that the root imports.
type coreModule struct {
	static *binary.Module
	id     ir.ModuleID // static: -1 until the program needs it
	imp    ir.ImportModuleID

	exports map[string]ir.ModuleExport // static
	// imported gives, for each import in the index space of its sort, its
	// position among all imports.
	imported [ir.ExternTag + 1][]int
}

// module makes the value of a module definition. Modules of equal bytes are one:
// composed components often hold copies.
func (b *builder) module(m *binary.Module) *coreModule {
	if cm, ok := b.modules[m]; ok {
		return cm
	}
	var h [32]byte
	if len(m.Bytes) > 0 {
		h = sha256.Sum256(m.Bytes)
		if cm, ok := b.byHash[h]; ok {
			b.modules[m] = cm
			return cm
		}
	}
	cm := &coreModule{static: m, id: -1, imp: -1, exports: make(map[string]ir.ModuleExport, len(m.Exports))}
	for i := range m.Exports {
		cm.exports[m.Exports[i].Name] = m.Exports[i].ModuleExport
	}
	for i := range m.Imports {
		if k := m.Imports[i].Kind; k <= ir.ExternTag {
			cm.imported[k] = append(cm.imported[k], i)
		}
	}
	b.modules[m] = cm
	if len(m.Bytes) > 0 {
		b.byHash[h] = cm
	}
	return cm
}

// moduleID gives a static module its place in the program.
func (b *builder) moduleID(m *coreModule) ir.ModuleID {
	if m.id < 0 {
		m.id = ir.ModuleID(len(b.used))
		b.used = append(b.used, m)
	}
	return m.id
}

// coreInstance is an instantiated core module, or a bundle of exports.
type coreInstance struct {
	id     ir.CoreInstanceID
	mod    *coreModule         // nil: a bundle
	bundle map[string]coreItem // a bundle's exports
}

// coreItem is a core function, table, memory, global or tag.
type coreItem struct {
	kind  ir.ExternKind
	def   ir.CoreDef
	tramp *tramp // not nil: def is made when it is needed
}

// def gives what the program calls it.
func (b *builder) def(c coreItem) ir.CoreDef {
	if c.tramp == nil {
		return c.def
	}
	if c.tramp.id < 0 {
		c.tramp.id = ir.TrampolineID(len(b.tramps))
		b.tramps = append(b.tramps, c.tramp)
	}
	return ir.CoreDef{Kind: ir.DefTrampoline, Instance: -1, Extern: ir.ExternFunc, Trampoline: c.tramp.id}
}

// export finds an export of a core instance. An import that a module exports
// again is what was given for it: linking does not change an item's identity.
func (b *builder) export(ci *coreInstance, name string, kind ir.ExternKind, offset int) (coreItem, error) {
	none := func() (coreItem, error) {
		return coreItem{}, binary.Errorf(offset, "core instance has no %s export %q", kind, name)
	}
	if ci.mod == nil {
		it, ok := ci.bundle[name]
		if !ok || it.kind != kind {
			return none()
		}
		return it, nil
	}
	def := ir.CoreDef{Kind: ir.DefExport, Instance: ci.id, Extern: kind, Trampoline: -1}
	if ci.mod.static == nil {
		for _, e := range b.p.ImportModules[ci.mod.imp].Exports {
			if e.Name == name && e.Kind == kind {
				def.Name = name
				return coreItem{kind: kind, def: def}, nil
			}
		}
		return none()
	}
	e, ok := ci.mod.exports[name]
	if !ok || e.Kind != kind {
		return none()
	}
	if pos := ci.mod.imported[kind]; uint64(e.Index) < uint64(len(pos)) {
		return coreItem{kind: kind, def: b.p.CoreInstances[ci.id].Args[pos[e.Index]]}, nil
	}
	def.Index = e.Index
	return coreItem{kind: kind, def: def}, nil
}
