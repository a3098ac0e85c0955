package ir

import (
	"fmt"
	"slices"
)

// This file: what must hold of a Program.

// Verify checks that p keeps the rules of this package: that every index is in
// range and of the right sort, that instances refer to earlier ones only, that
// computed fields are right, and the rules of function bodies (VerifyFunc).
func Verify(p *Program) error {
	v := verifier{p: p}
	v.program()
	if v.err != nil {
		return fmt.Errorf("ir: %w", v.err)
	}
	for _, m := range p.Modules {
		if err := VerifyModule(m); err != nil {
			return err
		}
	}
	return nil
}

type verifier struct {
	p   *Program
	err error
}

func (v *verifier) fail(format string, args ...any) {
	if v.err == nil {
		v.err = fmt.Errorf(format, args...)
	}
}

// check fails with the message unless ok, and reports ok.
func (v *verifier) check(ok bool, format string, args ...any) bool {
	if !ok {
		v.fail(format, args...)
	}
	return ok
}

func inRange[I ~int32 | ~uint32, T any](i I, s []T) bool { return i >= 0 && int64(i) < int64(len(s)) }

func (v *verifier) program() {
	p := v.p
	v.types()
	for i := range p.Resources {
		r := &p.Resources[i]
		v.check(r.ID == ResourceID(i), "resource %d has ID %d", i, r.ID)
		if r.Imported {
			v.check(len(r.Import) > 0, "resource %d is imported from nowhere", i)
			continue
		}
		v.check(inRange(r.Instance, p.Instances), "resource %d: no component instance %d", i, r.Instance)
		v.check(r.Rep == TypeI32 || r.Rep == TypeI64, "resource %d: representation is neither i32 nor i64", i)
		v.optDef(r.Dtor, ExternFunc, "resource %d: destructor", i)
	}
	for i := range p.Instances {
		in := &p.Instances[i]
		v.check(in.ID == ComponentInstanceID(i), "component instance %d has ID %d", i, in.ID)
		v.check(in.Parent >= -1 && int(in.Parent) < i, "component instance %d: parent %d is not an earlier one", i, in.Parent)
	}
	for i, m := range p.Modules {
		if !v.check(m != nil, "module %d is nil", i) {
			return
		}
		v.check(m.ID == ModuleID(i), "module %d has ID %d", i, m.ID)
	}
	for i := range p.CoreInstances {
		v.coreInstance(i)
	}
	for i := range p.Options {
		o := &p.Options[i]
		v.check(o.ID == OptionsID(i), "options %d have ID %d", i, o.ID)
		v.check(inRange(o.Instance, p.Instances), "options %d: no component instance %d", i, o.Instance)
		v.check(o.Encoding <= Latin1UTF16, "options %d: encoding %d", i, o.Encoding)
		v.optDef(o.Memory, ExternMemory, "options %d: memory", i)
		v.optDef(o.Realloc, ExternFunc, "options %d: realloc", i)
		v.optDef(o.PostReturn, ExternFunc, "options %d: post-return", i)
		v.optDef(o.Callback, ExternFunc, "options %d: callback", i)
	}
	for i := range p.ImportFuncs {
		v.check(inRange(p.ImportFuncs[i].Type, p.FuncTypes), "imported function %d: no function type %d", i, p.ImportFuncs[i].Type)
	}
	if v.err != nil {
		return
	}
	for i := range p.Lifts {
		v.lift(i)
	}
	for i := range p.Trampolines {
		v.trampoline(i)
	}
	v.init()
	for i := range p.Imports {
		v.extern(&p.Imports[i], true)
	}
	for i := range p.Exports {
		v.extern(&p.Exports[i], false)
	}
	if p.Core {
		v.check(len(p.Modules) == 1 && len(p.CoreInstances) == 1, "a core program has %d modules, %d instances", len(p.Modules), len(p.CoreInstances))
	}
}

func (v *verifier) types() {
	p := v.p
	for i := range p.Types {
		t := &p.Types[i]
		v.check(t.ID == TypeID(i), "type %d has ID %d", i, t.ID)
		v.check(t.Kind <= TFuture, "type %d: kind %d", i, t.Kind)
		ok := true
		t.eachComponent(func(id TypeID) {
			ok = v.check(id >= 0 && int(id) < i, "type %d: component type %d is not an earlier one", i, id) && ok
		})
		switch t.Kind {
		case TRecord, TTuple:
			for j := range t.Cases {
				ok = v.check(t.Cases[j].Type != NoType, "type %d: field %d has no type", i, j) && ok
			}
		case TList, TFixedList, TOption:
			ok = v.check(t.Elem != NoType, "type %d: no element type", i) && ok
		case TMap:
			ok = v.check(t.Elem != NoType && t.Key != NoType, "type %d: no key or element type", i) && ok
		case TOwn, TBorrow:
			v.check(inRange(t.Resource, p.Resources), "type %d: no resource %d", i, t.Resource)
		}
		if !ok {
			return
		}
		l := layoutOf(t, 4, func(id TypeID) Layout { return p.Types[id].layout() })
		v.check(l.Size == t.Size && l.Align == t.Align && l.DiscSize == t.DiscSize && l.PayloadOffset == t.PayloadOffset &&
			slices.Equal(l.Flat, t.Flat) && slices.Equal(l.Offsets, t.Offsets), "type %d: layout is not what its kind says", i)
	}
	for i := range p.FuncTypes {
		ft := &p.FuncTypes[i]
		for j := range ft.Params {
			v.check(inRange(ft.Params[j].Type, p.Types), "function type %d: parameter %d has no type", i, j)
		}
		v.check(ft.Result == NoType || inRange(ft.Result, p.Types), "function type %d: no type %d", i, ft.Result)
	}
}

func (v *verifier) optDef(d *CoreDef, sort ExternKind, format string, i int) {
	if d != nil {
		v.def(d, sort, len(v.p.CoreInstances), fmt.Sprintf(format, i))
	}
}

// def checks a core definition of a sort, of core instances below limit.
func (v *verifier) def(d *CoreDef, sort ExternKind, limit int, what string) {
	p := v.p
	if !v.check(d.Extern == sort, "%s is a %s, not a %s", what, d.Extern, sort) {
		return
	}
	if d.Kind == DefTrampoline {
		v.check(sort == ExternFunc && inRange(d.Trampoline, p.Trampolines), "%s: no trampoline %d", what, d.Trampoline)
		return
	}
	if !v.check(d.Instance >= 0 && int(d.Instance) < limit, "%s: core instance %d does not exist or is not an earlier one", what, d.Instance) {
		return
	}
	in := &p.CoreInstances[d.Instance]
	if in.Module < 0 {
		if !inRange(in.Import, p.ImportModules) {
			return // reported with the instance
		}
		for _, e := range p.ImportModules[in.Import].Exports {
			if e.Kind == sort && e.Name == d.Name {
				return
			}
		}
		v.fail("%s: imported module %d has no %s %q", what, in.Import, sort, d.Name)
		return
	}
	if !inRange(in.Module, p.Modules) {
		return
	}
	for _, e := range p.Modules[in.Module].Exports {
		if e.Kind == sort && e.Index == d.Index {
			return
		}
	}
	v.fail("%s: module %d does not export %s %d", what, in.Module, sort, d.Index)
}

func (v *verifier) coreInstance(i int) {
	p := v.p
	in := &p.CoreInstances[i]
	v.check(in.ID == CoreInstanceID(i), "core instance %d has ID %d", i, in.ID)
	if !p.Core {
		v.check(inRange(in.Component, p.Instances), "core instance %d: no component instance %d", i, in.Component)
	}
	var imports []ModuleImport
	if in.Module >= 0 {
		if !v.check(inRange(in.Module, p.Modules), "core instance %d: no module %d", i, in.Module) {
			return
		}
		imports = p.Modules[in.Module].Imports
	} else {
		if !v.check(inRange(in.Import, p.ImportModules), "core instance %d: no imported module %d", i, in.Import) {
			return
		}
		imports = p.ImportModules[in.Import].Imports
	}
	if p.Core && len(in.Args) == 0 {
		return // the host supplies the imports of a bare module
	}
	if !v.check(len(in.Args) == len(imports), "core instance %d: %d arguments for %d imports", i, len(in.Args), len(imports)) {
		return
	}
	for j := range in.Args {
		a := &in.Args[j]
		v.def(a, imports[j].Kind, i, fmt.Sprintf("core instance %d: argument %d (%q %q)", i, j, imports[j].Module, imports[j].Name))
		if v.err == nil && imports[j].Kind == ExternFunc && in.Module >= 0 {
			types := p.Modules[in.Module].Types
			if got, ok := p.CoreFuncType(a); ok && inRange(imports[j].Type, types) {
				want := &types[imports[j].Type].Func
				v.check(sameTypes(got.Params, want.Params) && sameTypes(got.Results, want.Results),
					"core instance %d: argument %d (%q %q) has another type than the import", i, j, imports[j].Module, imports[j].Name)
			}
		}
	}
}

// CoreFuncType gives the type of the core function that d names; ok is false
// if it is not known at compile time.
func (p *Program) CoreFuncType(d *CoreDef) (ft FuncType, ok bool) {
	if d.Kind == DefTrampoline {
		if !inRange(d.Trampoline, p.Trampolines) {
			return ft, false
		}
		return p.Trampolines[d.Trampoline].Core, true
	}
	if !inRange(d.Instance, p.CoreInstances) || !inRange(p.CoreInstances[d.Instance].Module, p.Modules) {
		return ft, false
	}
	m := p.Modules[p.CoreInstances[d.Instance].Module]
	t, ok := m.FuncTypeIndex(d.Index)
	if !ok || !inRange(t, m.Types) {
		return ft, false
	}
	return m.Types[t].Func, true
}

// sameTypes compares by what matters at run time: references of other modules
// have other type indices.
func sameTypes(a, b []ValType) bool {
	return slices.EqualFunc(a, b, func(x, y ValType) bool { return x.Kind == y.Kind })
}

func (v *verifier) lift(i int) {
	p := v.p
	l := &p.Lifts[i]
	v.check(l.ID == LiftID(i), "lift %d has ID %d", i, l.ID)
	v.check(inRange(l.Type, p.FuncTypes), "lift %d: no function type %d", i, l.Type)
	v.check(inRange(l.Options, p.Options), "lift %d: no options %d", i, l.Options)
	v.def(&l.Core, ExternFunc, len(p.CoreInstances), fmt.Sprintf("lift %d", i))
	if v.err != nil {
		return
	}
	if got, ok := p.CoreFuncType(&l.Core); ok {
		want, _, _ := p.CoreSignature(l.Type, true, &p.Options[l.Options])
		v.check(sameTypes(got.Params, want.Params) && sameTypes(got.Results, want.Results), "lift %d: the core function has not the type of the lift", i)
	}
}

func (v *verifier) trampoline(i int) {
	p := v.p
	t := &p.Trampolines[i]
	v.check(t.ID == TrampolineID(i), "trampoline %d has ID %d", i, t.ID)
	v.check(t.Options == -1 || inRange(t.Options, p.Options), "trampoline %d: no options %d", i, t.Options)
	v.check(inRange(t.Instance, p.Instances), "trampoline %d: no component instance %d", i, t.Instance)
	switch t.Kind {
	case TrampLower:
		v.check(inRange(t.ImportFunc, p.ImportFuncs), "trampoline %d: no imported function %d", i, t.ImportFunc)
	case TrampFused:
		v.check(inRange(t.Lift, p.Lifts), "trampoline %d: no lift %d", i, t.Lift)
	case TrampResourceNew, TrampResourceRep, TrampResourceDrop:
		v.check(inRange(t.Resource, p.Resources), "trampoline %d: no resource %d", i, t.Resource)
	case TrampBuiltin:
		v.check(t.Builtin != "", "trampoline %d: builtin without a name", i)
	case TrampTrap:
	default:
		v.fail("trampoline %d: kind %d", i, t.Kind)
	}
	if t.Kind != TrampLower && t.Kind != TrampFused {
		return
	}
	if !v.check(inRange(t.FuncType, p.FuncTypes), "trampoline %d: no function type %d", i, t.FuncType) || v.err != nil {
		return
	}
	var o *CanonOptions
	if t.Options >= 0 {
		o = &p.Options[t.Options]
	}
	want, _, _ := p.CoreSignature(t.FuncType, false, o)
	v.check(sameTypes(t.Core.Params, want.Params) && sameTypes(t.Core.Results, want.Results), "trampoline %d: core type is not that of its function type lowered", i)
}

func (v *verifier) init() {
	p := v.p
	done := make([]bool, len(p.CoreInstances))
	alive := make([]bool, len(p.Resources))
	for i, s := range p.Init {
		switch s.Kind {
		case InitCoreInstance:
			if !v.check(inRange(s.Instance, p.CoreInstances), "step %d: no core instance %d", i, s.Instance) {
				return
			}
			v.check(!done[s.Instance], "step %d: core instance %d is instantiated twice", i, s.Instance)
			for _, a := range p.CoreInstances[s.Instance].Args {
				v.check(a.Kind != DefExport || done[a.Instance], "step %d: core instance %d uses instance %d, which is later", i, s.Instance, a.Instance)
			}
			done[s.Instance] = true
		case InitResource:
			if !v.check(inRange(s.Resource, p.Resources), "step %d: no resource %d", i, s.Resource) {
				return
			}
			v.check(!alive[s.Resource] && !p.Resources[s.Resource].Imported, "step %d: resource %d comes to life twice or is imported", i, s.Resource)
			alive[s.Resource] = true
		default:
			v.fail("step %d: kind %d", i, s.Kind)
		}
	}
	for i, d := range done {
		v.check(d, "core instance %d is never instantiated", i)
	}
}

func (v *verifier) extern(e *Extern, imported bool) {
	p := v.p
	what := "export"
	if imported {
		what = "import"
	}
	switch e.Kind {
	case ItemFunc:
		v.check(inRange(e.FuncType, p.FuncTypes), "%s %q: no function type %d", what, e.Name, e.FuncType)
		if imported || e.ReexportsImport {
			v.check(inRange(e.Import, p.ImportFuncs), "%s %q: no imported function %d", what, e.Name, e.Import)
		} else {
			v.check(inRange(e.Lift, p.Lifts), "%s %q: no lift %d", what, e.Name, e.Lift)
		}
	case ItemInstance:
		for i := range e.Items {
			v.extern(&e.Items[i], imported)
		}
	case ItemType:
		v.check(inRange(e.Type, p.Types), "%s %q: no type %d", what, e.Name, e.Type)
	case ItemResource:
		v.check(inRange(e.Resource, p.Resources), "%s %q: no resource %d", what, e.Name, e.Resource)
	case ItemModule:
		if imported || e.ReexportsImport {
			v.check(inRange(e.ImportModule, p.ImportModules), "%s %q: no imported module %d", what, e.Name, e.ImportModule)
		} else {
			v.check(inRange(e.Module, p.Modules), "%s %q: no module %d", what, e.Name, e.Module)
		}
	case ItemComponent:
	default:
		v.fail("%s %q: kind %d", what, e.Name, e.Kind)
	}
}
