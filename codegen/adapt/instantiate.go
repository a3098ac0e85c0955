package adapt

import (
	"fmt"
	"strings"

	"github.com/wc2go/wc2go/codegen/core"
	"github.com/wc2go/wc2go/ir"
)

// instantiate prints (*Instance).instantiate: component instances, resource
// types, then the program's Init list.
func (e *emitter) instantiate() {
	e.n = 0
	rt, unsafe := e.rt(), e.unsafe()
	e.f("func (i *Instance) instantiate(ctx %s.Context) (err error) {", e.pkg("context"))
	e.f("var e %s.Entry", rt)
	e.f("if err = e.Enter(ctx, i.store, nil); err != nil {\nreturn\n}")
	e.f("defer e.Exit(&err)")
	parents := []string{}
	for _, c := range e.p.Instances {
		parents = append(parents, fmt.Sprint(c.Parent))
	}
	if len(parents) == 0 {
		parents = []string{"-1"}
	}
	e.f("i.comp = %s.NewComponents(i.store, []int32{%s}, %d)", rt, strings.Join(parents, ", "), len(e.p.Resources))
	for n := range e.p.Resources {
		r := &e.p.Resources[n]
		e.f("i.comp[0].Res[%d] = &%s.ResourceType{\nName: %q,\nStore: i.store,", n, rt, e.resourceName(ir.ResourceID(n)))
		if !r.Imported {
			e.f("Inst: i.comp[%d],", r.Instance)
			if r.Dtor != nil {
				e.f("Dtor: func(d int32, rep uint32) {")
				th := e.newThread(r.Instance)
				e.f("%s", e.call(r.Dtor, "d", "rep"))
				e.endThread(r.Instance, th)
				e.f("},")
			}
			if mr := &e.m.Resources[n]; mr.Name != "" && !mr.Host && mr.Pkg == "" {
				e.f("Wrap: func(rep uint32) any {\nreturn %s\n},", e.newGuest(ir.ResourceID(n), fmt.Sprintf("i.comp[0].Res[%d]", n), "rep", "i"))
				e.f("Unwrap: func(v any) *%s.GuestResource {", rt)
				e.f("if r, ok := v.(*%s); ok && r != nil {\nreturn &r.h\n}\nreturn nil\n},", mr.Name)
			}
		} else if mr := &e.m.Resources[n]; mr.Name != "" {
			e.f("Is: func(v any) bool {\n_, ok := v.(%s)\nreturn ok\n},", e.goResource(ir.ResourceID(n)))
		}
		e.f("}")
	}
	if e.hostResources() {
		e.f("i.pre.linked.Bind(i.comp[0].Res)")
	}
	for n := range e.p.Instances {
		if e.tracked(ir.ComponentInstanceID(n)) {
			e.f("i.comp[%d].Tracked = true", n)
		}
	}
	e.f("i.core = %s.Instances{Store: i.store, Root: %s.Pointer(i), Comp: i.comp}", e.pkg(e.m.Path+"/internal/core"), unsafe)
	if n := len(e.p.ImportModules); n > 0 {
		e.f("i.core.Modules = []%s.CoreModule{%s}", rt, e.moduleList())
	}
	// Code of an instance that is being instantiated is inside it.
	in := []ir.ComponentInstanceID{0}
	e.f("i.comp[0].MayEnter = false")
	for _, step := range e.p.Init {
		if step.Kind != ir.InitCoreInstance {
			continue
		}
		to := e.ancestors(e.p.CoreInstances[step.Instance].Component)
		if e.p.Core || len(to) == 0 {
			to = in
		}
		for _, c := range in {
			if !contains(to, c) {
				e.f("i.comp[%d].MayEnter = true", c)
			}
		}
		for _, c := range to {
			if !contains(in, c) {
				e.f("i.comp[%d].MayEnter = false", c)
			}
		}
		in = to
		th := e.newThread(to[0])
		e.f("i.core.Init%d(e.Depth)", step.Instance)
		e.endThread(to[0], th)
	}
	for _, c := range in {
		e.f("i.comp[%d].MayEnter = true", c)
	}
	e.f("return nil\n}\n")
}

func contains(set []ir.ComponentInstanceID, c ir.ComponentInstanceID) bool {
	for _, x := range set {
		if x == c {
			return true
		}
	}
	return false
}

// hostResources reports whether the component imports resource types.
func (e *emitter) hostResources() bool {
	for n := range e.p.Resources {
		if e.p.Resources[n].Imported {
			return true
		}
	}
	return false
}

func (e *emitter) moduleList() string {
	var list []string
	for n := range e.p.ImportModules {
		list = append(list, fmt.Sprintf("i.module%d()", n))
	}
	return strings.Join(list, ", ")
}

// suppliedModules prints what the core modules come from that the host supplies.
func (e *emitter) suppliedModules() {
	if len(e.p.ImportModules) == 0 {
		return
	}
	rt := e.rt()
	for n := range e.p.ImportModules {
		e.f("// module%d is the core module %s.", n, strings.Join(e.p.ImportModules[n].Path, " "))
		e.f("func (i *Instance) module%d() %s.CoreModule {", n, rt)
		e.f("return i.pre.linked.Module(%d, i.imports.%s)\n}\n", n, e.m.ImportModules[n].Field)
	}
	e.f("// checkModules compares the core modules that the host supplies with what the")
	e.f("// component declares.")
	e.f("func checkModules(imports *Imports, l *%s.Linked) error {", rt)
	for n := range e.m.ImportModules {
		m := &e.m.ImportModules[n]
		e.f("if err := l.Module(%d, imports.%s).Check(%s.%s); err != nil {", n, m.Field, e.pkg(e.m.Path+"/internal/core"), core.Supplied(ir.ImportModuleID(n)))
		e.f("return &%s.ImportError{Path: %q, Kind: %[1]s.ItemModule, Found: \"module\", Reason: err}\n}", rt, strings.Join(m.Path, "#"))
	}
	e.f("return nil\n}\n")
}
