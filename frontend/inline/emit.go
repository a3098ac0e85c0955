package inline

import (
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: names for types, and the tables of the program.

// emit finishes the program from what instantiation found.
func (b *builder) emit(c *binary.Component, imports, exports *instance) error {
	docs := readDocs(c.Customs)
	b.p.World, b.p.Docs = docs.world, docs.worldDocs
	// Imports first: a type that an exported interface uses from an imported
	// one is the imported one's.
	b.nameItems(imports, docs, "", nil, false)
	b.nameItems(exports, docs, "", nil, true)

	for i, ft := range b.importFuncs {
		b.p.ImportFuncs[i].Type = b.funcType(ft)
	}
	b.p.Imports = b.externs(imports, docs, nil, false, "")
	b.p.Exports = b.externs(exports, docs, nil, true, "")

	for id, m := range b.used {
		lowered, err := b.opts.LowerModule(m.static, ir.ModuleID(id))
		if err != nil {
			return err
		}
		b.p.Modules = append(b.p.Modules, lowered)
	}
	for _, t := range b.tramps {
		b.p.Trampolines = append(b.p.Trampolines, b.trampoline(t))
	}
	return nil
}

// interfaceID is the name under which an instance's types are known.
func interfaceID(n binary.ExternName) string {
	if n.Implements != "" {
		return n.Implements
	}
	return n.Name
}

// nameItems gives the types among the items of inst their names, unless they
// have one. d is the documentation of inst, nil for the root.
func (b *builder) nameItems(inst *instance, docs *docs, iface string, d *interfaceDocs, export bool) {
	if d == nil && iface == "" {
		d = docs.root(export)
	}
	for i, it := range inst.items {
		name := inst.names[i]
		switch it.sort {
		case binary.SortInstance:
			id := interfaceID(name)
			b.nameItems(it.inst, docs, id, docs.instance(name.Name, id, it.inst, export), export)
		case binary.SortType:
			n := ir.Name{Interface: iface, Name: name.Name, Export: export, Docs: d.typ(name.Name).text}
			switch {
			case it.typ.kind == typValue && !it.typ.val.named:
				it.typ.val.named = true
				it.typ.val.name = n
				it.typ.val.docs = d.typ(name.Name).items
			case it.typ.kind == typResource && !b.resNamed[it.typ.res]:
				b.resNamed[it.typ.res] = true
				b.p.Resources[it.typ.res].Name = n
			}
		}
	}
}

// typeID gives v's place in the program.
func (b *builder) typeID(v *valType) ir.TypeID {
	if v == nil {
		return ir.NoType
	}
	if v.id >= 0 {
		return v.id
	}
	t := ir.Type{
		Kind: v.kind, Name: v.name, Len: v.length, Resource: v.res,
		Elem: b.typeID(v.elem), Key: b.typeID(v.key), Err: b.typeID(v.err),
	}
	for _, c := range v.cases {
		t.Cases = append(t.Cases, ir.Case{Name: c.name, Type: b.typeID(c.typ), Docs: v.docs[c.name]})
	}
	v.id = b.p.AddType(t)
	return v.id
}

func (b *builder) funcType(f *funcType) ir.FuncTypeID {
	if id, ok := b.funcIDs[f]; ok {
		return id
	}
	ft := ir.ComponentFuncType{Async: f.async, Result: b.typeID(f.result)}
	for _, p := range f.params {
		ft.Params = append(ft.Params, ir.Param{Name: p.name, Type: b.typeID(p.typ)})
	}
	id := b.p.AddFuncType(ft)
	b.funcIDs[f] = id
	return id
}

// liftID is l with a function type that an export declares for it: its own, or
// an equal one in other names.
func (b *builder) liftID(l *lift, ft ir.FuncTypeID, name string) ir.LiftID {
	for _, id := range l.ids {
		if b.p.Lifts[id].Type == ft {
			return id
		}
	}
	id := ir.LiftID(len(b.p.Lifts))
	b.p.Lifts = append(b.p.Lifts, ir.Lift{ID: id, Type: ft, Core: l.core, Options: l.opts, Name: name})
	l.ids = append(l.ids, id)
	return id
}

// coreName is the name that a module exports a core function by, "" if none is known.
func (b *builder) coreName(d ir.CoreDef) string {
	if d.Kind == ir.DefExport {
		if id := b.p.CoreInstances[d.Instance].Module; id >= 0 {
			for _, e := range b.used[id].static.Exports {
				if e.Kind == d.Extern && e.Index == d.Index {
					return e.Name
				}
			}
		}
	}
	return d.Name
}

// externs lists the items of inst. Function types and types of instances and
// components can be exported too, but say nothing about the program.
func (b *builder) externs(inst *instance, docs *docs, d *interfaceDocs, export bool, prefix string) []ir.Extern {
	if d == nil && prefix == "" {
		d = docs.root(export)
	}
	var list []ir.Extern
	for i, it := range inst.items {
		name := inst.names[i]
		e := ir.Extern{
			Name: name.Name, Implements: name.Implements,
			FuncType: -1, Import: -1, Lift: -1, Type: ir.NoType, Resource: -1, Module: -1, ImportModule: -1,
		}
		switch it.sort {
		case binary.SortFunc:
			e.Kind, e.Docs = ir.ItemFunc, d.fn(name.Name)
			e.FuncType = b.funcType(it.fn.typ)
			if it.fn.lift == nil {
				e.Import, e.ReexportsImport = it.fn.imp, export
			} else {
				e.Lift = b.liftID(it.fn.lift, e.FuncType, prefix+name.Name)
			}
		case binary.SortInstance:
			id := interfaceID(name)
			dd := docs.instance(name.Name, id, it.inst, export)
			e.Kind, e.Docs = ir.ItemInstance, dd.text
			e.Items = b.externs(it.inst, docs, dd, export, prefix+name.Name+"#")
		case binary.SortType:
			e.Docs = d.typ(name.Name).text
			switch it.typ.kind {
			case typValue:
				e.Kind, e.Type = ir.ItemType, b.typeID(it.typ.val)
			case typResource:
				e.Kind, e.Resource = ir.ItemResource, it.typ.res
			default:
				continue
			}
		case binary.SortCoreModule:
			e.Kind = ir.ItemModule
			if it.mod.static == nil {
				e.ImportModule, e.ReexportsImport = it.mod.imp, export
			} else {
				e.Module = b.moduleID(it.mod)
			}
		case binary.SortComponent:
			e.Kind = ir.ItemComponent
		}
		list = append(list, e)
	}
	return list
}

// trampoline gives t its place in the program.
func (b *builder) trampoline(t *tramp) ir.Trampoline {
	r := ir.Trampoline{
		ID: t.id, Kind: t.kind, ImportFunc: t.imp, Lift: -1, Options: t.opts, FuncType: -1,
		Resource: t.res, Instance: t.inst, Builtin: t.builtin, Type: ir.NoType, Arg: t.arg, Async: t.async, Thread: t.start,
	}
	if t.table != (ir.CoreDef{}) {
		r.Table = &t.table
	}
	var opts *ir.CanonOptions
	if t.opts >= 0 {
		opts = &b.p.Options[t.opts]
	}
	switch t.kind {
	case ir.TrampLower:
		r.FuncType = b.p.ImportFuncs[t.imp].Type
		r.Core, _, _ = b.p.CoreSignature(r.FuncType, false, opts)
	case ir.TrampFused:
		r.FuncType = b.funcType(t.typ)
		// Which names the lift's types have does not matter here.
		if len(t.lift.ids) > 0 {
			r.Lift = t.lift.ids[0]
		} else {
			r.Lift = b.liftID(t.lift, b.funcType(t.lift.typ), b.coreName(t.lift.core))
		}
		r.Core, _, _ = b.p.CoreSignature(r.FuncType, false, opts)
	case ir.TrampResourceNew:
		r.Core = ir.FuncType{Params: []ir.ValType{b.p.Resources[t.res].Rep}, Results: i32s(1)}
	case ir.TrampResourceRep:
		r.Core = ir.FuncType{Params: i32s(1), Results: []ir.ValType{b.p.Resources[t.res].Rep}}
	case ir.TrampResourceDrop:
		r.Core = ir.FuncType{Params: i32s(1)}
	case ir.TrampBuiltin:
		r.Type = b.typeID(t.val)
		r.Core = b.builtinType(t, r.Type, opts)
	}
	return r
}

func i32s(n int) []ir.ValType {
	var t []ir.ValType
	for range n {
		t = append(t, ir.TypeI32)
	}
	return t
}

// builtinType is the core type of a built-in (CanonicalABI.md, "Canonical Definitions").
func (b *builder) builtinType(t *tramp, typ ir.TypeID, opts *ir.CanonOptions) ir.FuncType {
	i32, ptr := ir.TypeI32, ir.TypeI32
	is64 := b.p.Memory64(opts)
	if is64 {
		ptr = ir.TypeI64
	}
	f := func(results int, params ...ir.ValType) ir.FuncType {
		return ir.FuncType{Params: params, Results: i32s(results)}
	}
	switch t.builtin {
	case "task.return":
		if typ == ir.NoType {
			return ir.FuncType{}
		}
		flat := b.p.Layout(typ, is64).Flat
		if len(flat) > ir.MaxFlatParams {
			return f(0, ptr)
		}
		return f(0, append([]ir.ValType(nil), flat...)...)
	case "context.get":
		return ir.FuncType{Results: []ir.ValType{t.core}}
	case "context.set":
		return f(0, t.core)
	case "waitable-set.wait", "waitable-set.poll":
		return f(1, i32, ptr)
	case "stream.new", "future.new":
		return ir.FuncType{Results: []ir.ValType{ir.TypeI64}} // both ends, packed
	case "stream.read", "stream.write":
		return ir.FuncType{Params: []ir.ValType{i32, ptr, ptr}, Results: []ir.ValType{ptr}}
	case "future.read", "future.write":
		return f(1, i32, ptr)
	case "stream.cancel-read", "stream.cancel-write", "future.cancel-read", "future.cancel-write":
		return f(1, i32)
	case "stream.drop-readable", "stream.drop-writable", "future.drop-readable", "future.drop-writable":
		return f(0, i32)
	case "error-context.new":
		return f(1, ptr, ptr)
	case "error-context.debug-message":
		return f(0, i32, ptr)
	case "thread.new-indirect", "thread.spawn-indirect":
		index := i32
		if m := t.table; m.Kind == ir.DefExport && m.Instance >= 0 {
			if id := b.p.CoreInstances[m.Instance].Module; id >= 0 {
				if tt, ok := b.p.Modules[id].Table(m.Index); ok && tt.Limits.Is64 {
					index = ir.TypeI64
				}
			}
		}
		return f(1, index, t.start.Func.Params[0])
	case "thread.spawn-ref":
		return f(1, ir.TypeFuncRef, t.start.Func.Params[0])
	}
	n := simpleBuiltins[t.builtin]
	return f(n.results, i32s(n.params)...)
}
