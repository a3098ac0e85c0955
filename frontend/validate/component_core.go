package validate

import (
	"fmt"
	"strings"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: core types, modules and core instances inside components.
//
// All core types that components define go to one list for the whole file,
// componentValidator.core.defs; a core type index space holds indices into it.

// coreItem is the type of a core func, table, memory, global or tag.
type coreItem struct {
	defs []ir.SubType    // what type indices in ext refer to
	ext  ir.ModuleImport // without names
	gone *goneFunc       // not nil: the item cannot be used
}

// goneFunc is a built-in with an option that the specification has removed.
type goneFunc struct {
	builtin string
	at      int
}

// moduleNode is the type of a core module.
type moduleNode struct {
	defs    []ir.SubType
	imports []ir.ModuleImport
	// byName finds imports, nil until needed.
	byName  map[[2]string]int
	exports []coreExport
	index   map[string]int // of exports
}

type coreExport struct {
	name string
	ext  ir.ModuleImport
}

func (m *moduleNode) export(name string) (coreItem, bool) {
	i, ok := m.index[name]
	if !ok {
		return coreItem{}, false
	}
	return coreItem{defs: m.defs, ext: m.exports[i].ext}, true
}

// coreInst is the type of a core instance: of a module, or made from exports.
type coreInst struct {
	module  *moduleNode
	exports map[string]coreItem
}

func (i *coreInst) export(name string) (coreItem, bool) {
	if i.module != nil {
		return i.module.export(name)
	}
	x, ok := i.exports[name]
	return x, ok
}

// coreTypeRef is an entry of a core type index space: a module type, or a
// core type.
type coreTypeRef struct {
	module *moduleNode
	def    uint32 // in componentValidator.core.defs
}

// coreGroup adds a rec group to the scope's core type index space.
func (s *scope) coreGroup(group []ir.SubType, at int) {
	v := s.v
	base, first := uint32(len(s.coreTypes)), uint32(len(v.core.defs))
	v.step(at, len(group))
	index := func(i uint32) uint32 {
		if i >= base && i-base < uint32(len(group)) {
			return first + i - base
		}
		return s.coreType(i, at).def
	}
	val := func(t ir.ValType) ir.ValType {
		if t.Kind == ir.Ref && t.Heap >= 0 {
			t.Heap = ir.Heap(index(uint32(t.Heap)))
		}
		return t
	}
	vals := func(ts []ir.ValType) []ir.ValType {
		out := make([]ir.ValType, len(ts))
		for i, t := range ts {
			out[i] = val(t)
		}
		return out
	}
	for _, t := range group {
		t.Func = ir.FuncType{Params: vals(t.Func.Params), Results: vals(t.Func.Results)}
		fields := make([]ir.Field, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = ir.Field{Type: val(f.Type), Mutable: f.Mutable}
		}
		t.Fields = fields
		super := make([]uint32, len(t.Super))
		for i, x := range t.Super {
			super[i] = index(x)
		}
		t.Super = super
		for _, d := range []**uint32{&t.Describes, &t.Descriptor} {
			if *d != nil {
				i := index(**d)
				*d = &i
			}
		}
		t.Group, t.GroupLen = first, uint32(len(group))
		v.core.defs = append(v.core.defs, t)
		v.core.depth = append(v.core.depth, 0)
	}
	if len(group) == 0 {
		return
	}
	if err := v.core.group(first, at); err != nil {
		panic(err)
	}
	for i := range group {
		def := &v.core.defs[first+uint32(i)]
		group[i].Form, group[i].Sig = def.Form, def.Sig // what is linked at run time compares it
		s.coreTypes = append(s.coreTypes, coreTypeRef{def: first + uint32(i)})
	}
}

// coreType is the core type with index i, which must not be a module type.
func (s *scope) coreType(i uint32, at int) coreTypeRef {
	if i >= uint32(len(s.coreTypes)) {
		fail(at, "unknown type %d: type index out of bounds", i)
	}
	t := s.coreTypes[i]
	if t.module != nil {
		fail(at, "type index %d is a module type, not a sub type", i)
	}
	return t
}

// coreFuncType is the global index of a core function type without references.
func (v *componentValidator) coreFuncType(params, results []ir.Kind) uint32 {
	key := fmt.Sprint(params, results)
	if i, ok := v.coreFuncs[key]; ok {
		return i
	}
	list := func(kinds []ir.Kind) []ir.ValType {
		ts := make([]ir.ValType, len(kinds))
		for i, k := range kinds {
			ts[i] = ir.ValType{Kind: k}
		}
		return ts
	}
	i := uint32(len(v.core.defs))
	v.core.defs = append(v.core.defs, ir.SubType{
		Kind: ir.CompFunc, Final: true, Func: ir.FuncType{Params: list(params), Results: list(results)}, Group: i, GroupLen: 1,
	})
	v.core.depth = append(v.core.depth, 0)
	if err := v.core.group(i, 0); err != nil {
		panic(err)
	}
	v.coreFuncs[key] = i
	return i
}

// checkExtern checks the type of an import or export of a module type and
// makes its type index global.
func (s *scope) checkExtern(d *ir.ModuleImport, at int) {
	f := &s.v.features
	switch d.Kind {
	case ir.ExternFunc, ir.ExternTag:
		if d.Exact && !f.CustomDescriptors {
			fail(at, "custom descriptors support is not enabled")
		}
		t := s.coreType(d.Type, at)
		sub := &s.v.core.defs[t.def]
		if sub.Kind != ir.CompFunc {
			fail(at, "type index %d is not a function type", d.Type)
		}
		if d.Kind == ir.ExternTag && len(sub.Func.Results) > 0 {
			fail(at, "invalid exception type: non-empty tag result type")
		}
		d.Type = t.def
	case ir.ExternTable:
		d.Table.Elem = s.checkVal(d.Table.Elem, at)
		l := &d.Table.Limits
		if l.HasMax && l.Min > l.Max {
			fail(at, "size minimum must not be greater than maximum")
		}
		if l.Is64 && !f.Memory64 {
			fail(at, "memory64 must be enabled for 64-bit tables")
		}
		if !l.Is64 && (l.Min > 1<<32-1 || l.HasMax && l.Max > 1<<32-1) {
			fail(at, "table size must be at most 2^32-1")
		}
	case ir.ExternMemory:
		m := &d.Memory
		l := &m.Limits
		switch {
		case m.PageLog2 != 16 && m.PageLog2 != 0:
			fail(at, "invalid custom page size")
		case m.PageLog2 != 16 && !f.CustomPageSizes:
			fail(at, "the custom page sizes proposal must be enabled to customize a memory's page size")
		case l.Is64 && !f.Memory64:
			fail(at, "memory64 must be enabled for 64-bit memories")
		case l.Shared && !f.Threads:
			fail(at, "threads must be enabled for shared memories")
		case l.Shared && !l.HasMax:
			fail(at, "shared memory must have maximum size")
		case l.HasMax && l.Min > l.Max:
			fail(at, "size minimum must not be greater than maximum")
		}
		bits := 32 - int(m.PageLog2)
		if l.Is64 {
			bits = 64 - int(m.PageLog2)
		}
		// A memory of one-byte pages may be one page short of the whole
		// address space only.
		limit := uint64(1)<<bits - 1
		if m.PageLog2 != 0 {
			limit++
		}
		if l.Min > limit || l.HasMax && l.Max > limit {
			fail(at, "memory size must be at most %d pages", limit)
		}
	case ir.ExternGlobal:
		d.Global.Type = s.checkVal(d.Global.Type, at)
	}
}

func (s *scope) checkVal(t ir.ValType, at int) ir.ValType {
	if t.Kind == ir.Ref && t.Heap >= 0 {
		t.Heap = ir.Heap(s.coreType(uint32(t.Heap), at).def)
	}
	if err := s.v.features.checkValType(t, at); err != nil {
		panic(err)
	}
	return t
}

// moduleType makes the type that a core module type definition defines. It
// is validated in a scope of its own, whose only outer access is through aliases.
func (s *scope) moduleType(d *binary.CoreModuleType) *moduleNode {
	in := &scope{v: s.v, kind: moduleTypeScope, parent: s}
	m := &moduleNode{index: map[string]int{}}
	imports := map[[2]string]bool{}
	for i := range d.Decls {
		decl := &d.Decls[i]
		at := decl.Offset
		switch {
		case decl.Import != nil:
			im := decl.Import.ModuleImport
			in.checkExtern(&im, at)
			key := [2]string{im.Module, im.Name}
			if imports[key] {
				fail(at, "duplicate import name `%s:%s` already defined", im.Module, im.Name)
			}
			imports[key] = true
			m.imports = append(m.imports, im)
		case decl.Export != nil:
			ex := decl.Export.ModuleImport
			in.checkExtern(&ex, at)
			if _, ok := m.index[ex.Name]; ok {
				fail(at, "duplicate export name `%s` already defined", ex.Name)
			}
			m.index[ex.Name] = len(m.exports)
			m.exports = append(m.exports, coreExport{ex.Name, ex})
		case decl.Alias != nil:
			in.coreTypes = append(in.coreTypes, in.outerCoreType(decl.Alias))
			if in.coreTypes[len(in.coreTypes)-1].module != nil {
				fail(at, "not implemented: aliasing core module types into a core module's types index space")
			}
		default:
			in.coreGroup(decl.Type, at)
		}
	}
	m.defs = s.v.core.defs
	return m
}

// coreModule validates a module and makes its type.
func (s *scope) coreModule(m *binary.Module, at int) *moduleNode {
	if err := Module(m, s.v.features); err != nil {
		panic(asBinaryError(err, at))
	}
	types := TypesOf(m)
	n := &moduleNode{defs: m.Types, index: map[string]int{}}
	seen := map[[2]string]bool{}
	for i := range m.Imports {
		im := &m.Imports[i]
		// In a component the two names of an import become one.
		key := [2]string{im.Module, im.Name}
		if seen[key] {
			fail(im.Offset, "duplicate import name `%s:%s` already defined", im.Module, im.Name)
		}
		seen[key] = true
		n.imports = append(n.imports, im.ModuleImport)
	}
	for i := range m.Exports {
		ex := &m.Exports[i]
		n.index[ex.Name] = len(n.exports)
		n.exports = append(n.exports, coreExport{ex.Name, types.Extern(ex.Kind, ex.Index)})
	}
	return n
}

// matchModule says whether a module of type a may stand for one of type e:
// it imports no more and exports no less.
func (v *componentValidator) matchModule(a, e *moduleNode, at int) error {
	if a == e {
		return nil
	}
	v.step(at, len(a.imports)+len(e.exports))
	if e.byName == nil {
		e.byName = map[[2]string]int{}
		for i := range e.imports {
			e.byName[[2]string{e.imports[i].Module, e.imports[i].Name}] = i
		}
	}
	for i := range a.imports {
		im := &a.imports[i]
		name := im.Module + "::" + im.Name
		j, ok := e.byName[[2]string{im.Module, im.Name}]
		if !ok {
			return fmt.Errorf("missing expected import `%s`", name)
		}
		if err := matchCore(coreItem{defs: e.defs, ext: e.imports[j]}, coreItem{defs: a.defs, ext: *im}); err != nil {
			return fmt.Errorf("type mismatch in import `%s`: %w", name, err)
		}
	}
	for i := range e.exports {
		ex := &e.exports[i]
		x, ok := a.export(ex.name)
		if !ok {
			return fmt.Errorf("missing expected export `%s`", ex.name)
		}
		if err := matchCore(x, coreItem{defs: e.defs, ext: ex.ext}); err != nil {
			return fmt.Errorf("type mismatch in export `%s`: %w", ex.name, err)
		}
	}
	return nil
}

// matchCore says whether a may be supplied for e. The rules are MatchExtern's;
// the messages are those of the component test suite.
func matchCore(a, e coreItem) error {
	err := MatchExtern(a.defs, &a.ext, e.defs, &e.ext)
	if err == nil || a.ext.Kind != e.ext.Kind {
		return err
	}
	switch e.ext.Kind {
	case ir.ExternFunc, ir.ExternTag:
		return fmt.Errorf("type mismatch: expected: %s, found: %s", funcText(&e.defs[e.ext.Type].Func), funcText(&a.defs[a.ext.Type].Func))
	case ir.ExternGlobal:
		x, y := a.ext.Global, e.ext.Global
		if x.Mutable != y.Mutable {
			return fmt.Errorf("global types differ in mutability")
		}
		if x.Shared == y.Shared {
			return fmt.Errorf("expected global type %s, found %s", valString(y.Type), valString(x.Type))
		}
	case ir.ExternMemory:
		if a.ext.Memory.Limits.Shared != e.ext.Memory.Limits.Shared {
			return fmt.Errorf("mismatch in the shared flag for memories")
		}
		if a.ext.Memory.Limits.Is64 != e.ext.Memory.Limits.Is64 {
			return fmt.Errorf("mismatch in index type used for memories")
		}
	}
	return err
}

// funcText is a function type in the text format.
func funcText(t *ir.FuncType) string {
	var b strings.Builder
	b.WriteString("(func")
	list := func(what string, ts []ir.ValType) {
		if len(ts) == 0 {
			return
		}
		b.WriteString(" (" + what)
		for _, t := range ts {
			b.WriteString(" " + valString(t))
		}
		b.WriteString(")")
	}
	list("param", t.Params)
	list("result", t.Results)
	b.WriteString(")")
	return b.String()
}

// coreInstance makes the type of a core instance.
func (s *scope) coreInstance(d *binary.DefCoreInstance) *coreInst {
	at := d.Pos()
	if !d.Instantiate {
		s.v.grow(at, len(d.Exports)/2)
		inst := &coreInst{exports: map[string]coreItem{}}
		for i := range d.Exports {
			e := &d.Exports[i]
			x := s.coreItem(e.Sort, e.Index, e.Offset)
			if _, ok := inst.exports[e.Name]; ok {
				fail(e.Offset, "duplicate instantiation export name `%s` already defined", e.Name)
			}
			inst.exports[e.Name] = x
		}
		return inst
	}
	m := s.module(d.Module, at)
	args := map[string]*coreInst{}
	for i := range d.Args {
		a := &d.Args[i]
		if args[a.Name] != nil {
			fail(a.Offset, "duplicate module instantiation argument named `%s`", a.Name)
		}
		args[a.Name] = s.coreInst(a.Instance, a.Offset)
	}
	s.v.step(at, len(m.imports))
	for i := range m.imports {
		im := &m.imports[i]
		arg := args[im.Module]
		if arg == nil {
			fail(at, "missing module instantiation argument named `%s`", im.Module)
		}
		x, ok := arg.export(im.Name)
		if !ok {
			fail(at, "module instantiation argument `%s` does not export an item named `%s`", im.Module, im.Name)
		}
		if err := matchCore(x, coreItem{defs: m.defs, ext: *im}); err != nil {
			fail(at, "type mismatch for export `%s` of module instantiation argument `%s`: %v", im.Name, im.Module, err)
		}
	}
	return &coreInst{module: m}
}

func (s *scope) module(i uint32, at int) *moduleNode {
	if i >= uint32(len(s.modules)) {
		fail(at, "unknown module %d: module index out of bounds", i)
	}
	return s.modules[i]
}

func (s *scope) coreInst(i uint32, at int) *coreInst {
	if i >= uint32(len(s.coreInsts)) {
		fail(at, "unknown core instance %d: instance index out of bounds", i)
	}
	return s.coreInsts[i]
}

// externKinds are the kinds of core externs of the sorts that have one.
var externKinds = map[binary.Sort]ir.ExternKind{
	binary.SortCoreFunc: ir.ExternFunc, binary.SortCoreTable: ir.ExternTable, binary.SortCoreMemory: ir.ExternMemory,
	binary.SortCoreGlobal: ir.ExternGlobal, binary.SortCoreTag: ir.ExternTag,
}

// coreItem is the item with an index in the index space of a core sort.
func (s *scope) coreItem(sort binary.Sort, i uint32, at int) coreItem {
	kind, ok := externKinds[sort]
	if !ok {
		fail(at, "core instances cannot export a %s", sort)
	}
	if space := s.core[kind]; i < uint32(len(space)) {
		if g := space[i].gone; g != nil {
			fail(g.at, "invalid leading byte (0x1) for zero byte required: `%s` is no longer `cancellable`, an option which the specification "+
				"removed (component-model PR 716), so the function cannot be used", g.builtin)
		}
		return space[i]
	}
	if kind == ir.ExternFunc {
		fail(at, "unknown core function %d: function index out of bounds", i)
	}
	fail(at, "unknown %s %d: %s index out of bounds", kind, i, kind)
	return coreItem{}
}

// coreFunc is the type of a core function.
func (s *scope) coreFunc(i uint32, at int) *ir.FuncType {
	x := s.coreItem(binary.SortCoreFunc, i, at)
	return &x.defs[x.ext.Type].Func
}

// addCoreFunc adds a core function that a canonical definition makes.
func (s *scope) addCoreFunc(params, results []ir.Kind) {
	t := s.v.coreFuncType(params, results)
	s.core[ir.ExternFunc] = append(s.core[ir.ExternFunc], coreItem{defs: s.v.core.defs, ext: ir.ModuleImport{Kind: ir.ExternFunc, Type: t}})
}

// sameKinds reports whether ts are exactly the types kinds, without references.
func sameKinds(ts []ir.ValType, kinds []ir.Kind) bool {
	if len(ts) != len(kinds) {
		return false
	}
	for i, t := range ts {
		if t.Kind != kinds[i] {
			return false
		}
	}
	return true
}

// kindsText lists core types as the messages of the test suite do.
func kindsText[T ir.Kind | ir.ValType](ts []T) string {
	s := make([]string, len(ts))
	for i, t := range ts {
		switch t := any(t).(type) {
		case ir.Kind:
			s[i] = strings.ToUpper(valString(ir.ValType{Kind: t}))
		case ir.ValType:
			s[i] = strings.ToUpper(valString(t))
		}
	}
	return "[" + strings.Join(s, ", ") + "]"
}
