package inline

import (
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: instantiation, one definition at a time.

// instantiate carries out one instantiation of c and gives its exports.
func (b *builder) instantiate(c *component, parent ir.ComponentInstanceID, imports binder, offset int) (*instance, error) {
	if c.def == nil {
		return nil, binary.Errorf(offset, "instantiation of an imported component is not supported")
	}
	if err := b.enter(offset); err != nil {
		return nil, err
	}
	defer func() { b.depth-- }()
	if len(b.p.Instances) >= maxInstances {
		return nil, binary.Errorf(offset, "component unfolds to more than %d component instances", maxInstances)
	}
	s := &scope{parent: c.env, def: c.def, id: ir.ComponentInstanceID(len(b.p.Instances))}
	b.p.Instances = append(b.p.Instances, ir.ComponentInstance{ID: s.id, Parent: parent, Name: c.def.Name})
	exports := newInstance()
	for _, d := range c.def.Defs {
		if err := b.step(d.Pos()); err != nil {
			return nil, err
		}
		if err := b.define(s, d, imports, exports); err != nil {
			return nil, err
		}
	}
	return exports, nil
}

// define evaluates one definition of a component.
func (b *builder) define(s *scope, d binary.Def, imports binder, exports *instance) error {
	pos := d.Pos()
	switch d := d.(type) {
	case *binary.DefCoreModule:
		s.coreModules = append(s.coreModules, b.module(d.Module))
	case *binary.DefCoreInstance:
		ci, err := b.coreInstance(s, d, pos)
		if err != nil {
			return err
		}
		s.coreInsts = append(s.coreInsts, ci)
	case *binary.DefCoreType:
		return b.coreTypeDef(s, d)
	case *binary.DefComponent:
		s.comps = append(s.comps, &component{d.Component, s})
	case *binary.DefInstance:
		inst, err := b.instance(s, d, pos)
		if err != nil {
			return err
		}
		s.insts = append(s.insts, inst)
	case *binary.DefAlias:
		return b.alias(s, &d.Alias, pos)
	case *binary.DefType:
		t, err := b.typeDef(s, &d.Type, pos)
		if err != nil {
			return err
		}
		s.types = append(s.types, t)
	case *binary.DefCanon:
		return b.canon(s, &d.Canon, pos)
	case *binary.DefImport:
		x, err := b.externType(s, &d.Type, pos)
		if err != nil {
			return err
		}
		it, err := imports.bind(b, d.Name, x, pos)
		if err != nil {
			return err
		}
		return s.push(it, pos)
	case *binary.DefExport:
		it, err := b.lookup(s, d.Ref.Sort, d.Ref.Index, pos)
		if err != nil {
			return err
		}
		if d.Type != nil {
			if it, err = b.ascribe(s, it, d.Type, pos); err != nil {
				return err
			}
		}
		if err := exports.add(d.Name, it); err != nil {
			return err
		}
		return s.push(it, pos)
	case *binary.DefStart:
		return binary.Errorf(pos, "component start functions are not supported")
	case *binary.DefValue:
		return binary.Errorf(pos, "value definitions are not supported")
	default:
		return binary.Errorf(pos, "unknown definition %T", d)
	}
	return nil
}

// lookup finds a definition in the index space of its sort.
func (b *builder) lookup(s *scope, sort binary.Sort, i uint32, offset int) (it item, err error) {
	it.sort = sort
	switch sort {
	case binary.SortFunc:
		it.fn, err = at(s.funcs, i, offset, "func")
	case binary.SortInstance:
		it.inst, err = at(s.insts, i, offset, "instance")
	case binary.SortType:
		it.typ, err = at(s.types, i, offset, "type")
	case binary.SortCoreModule:
		it.mod, err = at(s.coreModules, i, offset, "core module")
	case binary.SortComponent:
		it.comp, err = at(s.comps, i, offset, "component")
	default:
		err = binary.Errorf(offset, "a %s cannot be imported or exported", sort)
	}
	return it, err
}

// ascribe gives an exported item the type written at the export. A function's
// type may name types that the component exports itself in place of equal ones.
func (b *builder) ascribe(s *scope, it item, e *binary.ExternType, offset int) (item, error) {
	x, err := b.externType(s, e, offset)
	if err != nil {
		return it, err
	}
	if x.sort != it.sort {
		return it, binary.Errorf(offset, "a %s is exported as a %s", it.sort, x.sort)
	}
	switch x.sort {
	case binary.SortFunc:
		f := *it.fn
		f.typ = x.fn
		it.fn = &f
	case binary.SortInstance:
		it.inst, err = b.instanceOf(x.typ, argBinder{it.inst}, offset)
	}
	return it, err
}

// instance evaluates an instance definition.
func (b *builder) instance(s *scope, d *binary.DefInstance, offset int) (*instance, error) {
	inst := newInstance()
	if !d.Instantiate {
		for i := range d.Exports {
			e := &d.Exports[i]
			if err := b.step(offset); err != nil {
				return nil, err
			}
			it, err := b.lookup(s, e.Ref.Sort, e.Ref.Index, offset)
			if err != nil {
				return nil, err
			}
			if err := inst.add(e.Name, it); err != nil {
				return nil, err
			}
		}
		return inst, nil
	}
	c, err := at(s.comps, d.Component, offset, "component")
	if err != nil {
		return nil, err
	}
	for _, a := range d.Args {
		it, err := b.lookup(s, a.Sort, a.Index, a.Offset)
		if err != nil {
			return nil, err
		}
		if err := inst.add(binary.ExternName{Name: a.Name, Offset: a.Offset}, it); err != nil {
			return nil, err
		}
	}
	return b.instantiate(c, s.id, argBinder{inst}, offset)
}

// coreInstance evaluates a core instance definition.
func (b *builder) coreInstance(s *scope, d *binary.DefCoreInstance, offset int) (*coreInstance, error) {
	if !d.Instantiate {
		ci := &coreInstance{id: -1, bundle: make(map[string]coreItem, len(d.Exports))}
		for _, e := range d.Exports {
			if err := b.step(e.Offset); err != nil {
				return nil, err
			}
			if e.Sort > binary.SortCoreTag {
				return nil, binary.Errorf(e.Offset, "a %s cannot be an export of a core instance", e.Sort)
			}
			it, err := at(s.core[e.Sort], e.Index, e.Offset, e.Sort.String())
			if err != nil {
				return nil, err
			}
			if _, ok := ci.bundle[e.Name]; ok {
				return nil, binary.Errorf(e.Offset, "duplicate name %q", e.Name)
			}
			ci.bundle[e.Name] = it
		}
		return ci, nil
	}
	m, err := at(s.coreModules, d.Module, offset, "core module")
	if err != nil {
		return nil, err
	}
	args := make(map[string]*coreInstance, len(d.Args))
	for _, a := range d.Args {
		if args[a.Name], err = at(s.coreInsts, a.Instance, a.Offset, "core instance"); err != nil {
			return nil, err
		}
	}
	inst := ir.CoreInstance{Module: -1, Import: -1, Component: s.id}
	arg := func(i *ir.ModuleImport) error {
		if err := b.step(offset); err != nil {
			return err
		}
		from, ok := args[i.Module]
		if !ok {
			return binary.Errorf(offset, "nothing is given for module %q that the core module imports from", i.Module)
		}
		it, err := b.export(from, i.Name, i.Kind, offset)
		if err != nil {
			return err
		}
		inst.Args = append(inst.Args, b.def(it))
		return nil
	}
	if m.static != nil {
		inst.Module = b.moduleID(m)
		for i := range m.static.Imports {
			if err := arg(&m.static.Imports[i].ModuleImport); err != nil {
				return nil, err
			}
		}
	} else {
		inst.Import = m.imp
		imports := b.p.ImportModules[m.imp].Imports
		for i := range imports {
			if err := arg(&imports[i]); err != nil {
				return nil, err
			}
		}
	}
	inst.ID = ir.CoreInstanceID(len(b.p.CoreInstances))
	b.p.CoreInstances = append(b.p.CoreInstances, inst)
	b.p.Init = append(b.p.Init, ir.Init{Kind: ir.InitCoreInstance, Instance: inst.ID, Resource: -1})
	return &coreInstance{id: inst.ID, mod: m}, nil
}

// alias evaluates an alias of a component or of a type.
func (b *builder) alias(s *scope, a *binary.Alias, offset int) error {
	switch a.Kind {
	case binary.AliasCoreExport:
		ci, err := at(s.coreInsts, a.Instance, offset, "core instance")
		if err != nil {
			return err
		}
		if a.Sort > binary.SortCoreTag {
			return binary.Errorf(offset, "a %s cannot be an export of a core instance", a.Sort)
		}
		it, err := b.export(ci, a.Name, ir.ExternKind(a.Sort), offset)
		if err != nil {
			return err
		}
		s.core[it.kind] = append(s.core[it.kind], it)
		return nil
	case binary.AliasExport:
		inst, err := at(s.insts, a.Instance, offset, "instance")
		if err != nil {
			return err
		}
		it, ok := inst.get(a.Name)
		if !ok || it.sort != a.Sort {
			return binary.Errorf(offset, "instance has no %s export %q", a.Sort, a.Name)
		}
		return s.push(it, offset)
	case binary.AliasOuter:
		o, err := s.outer(a.Count, offset)
		if err != nil {
			return err
		}
		switch a.Sort {
		case binary.SortCoreType:
			t, err := at(o.coreTypes, a.Index, offset, "core type")
			if err != nil {
				return err
			}
			s.coreTypes = append(s.coreTypes, t)
			return nil
		case binary.SortCoreModule, binary.SortType, binary.SortComponent:
			it, err := b.lookup(o, a.Sort, a.Index, offset)
			if err != nil {
				return err
			}
			return s.push(it, offset)
		}
		return binary.Errorf(offset, "a %s cannot be an outer alias", a.Sort)
	}
	return binary.Errorf(offset, "unknown alias")
}
