package adapt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wc2go/wc2go/codegen/core"
	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/internal/typetable"
	"github.com/wc2go/wc2go/ir"
)

// componentVar and typesVar are the variables of glue.go that describe the
// component: names that no import path suggests for a package.
const (
	componentVar = "componentInfo"
	typesVar     = "typeTable"
)

// dynamic prints what finds exports and imports at run time: a description of
// the component, which is decoded on first use, and the functions that refer to it. A
// program that does not use them does not link them.
func (e *emitter) dynamic() {
	rt := e.rt()
	type export struct {
		n int
		x *ir.Extern
	}
	var funcs, modules []export
	exports := typetable.Exports(e.p, func(n int, x *ir.Extern) {
		switch x.Kind {
		case ir.ItemFunc:
			funcs = append(funcs, export{n, x})
		case ir.ItemModule:
			modules = append(modules, export{n, x})
		}
	})
	imports := typetable.Imports(e.p, e.importField)
	e.f("// %s describes the component.", componentVar)
	e.f("var %s = %s.Component{\nPackage: %q,\nTypes: &%s,", componentVar, rt, e.m.Path, typesVar)
	e.f("Imports: %s,\nExports: %s,\n}\n", textLiteral(imports), textLiteral(exports))
	e.f("var %s = %s.Types{Text: %s}\n", typesVar, rt, textLiteral(typetable.Encode(e.p)))

	static, ofInstance := "nil", "nil"
	if len(modules) > 0 {
		static, ofInstance = "(*Instance)(nil).exportedModule", "i.exportedModule"
	}
	e.f("// ExportIndex finds an export of the component or, with a parent, of an instance")
	e.f("// that it exports. The index is good for every Instance.")
	e.f("func ExportIndex(parent *%s.ExportIndex, name string) (%s.ExportIndex, bool) {", rt, rt)
	e.f("return %s.ExportIndex(parent, name)\n}\n", componentVar)
	e.f("// Export is ExportIndex with a description of the export.")
	e.f("func Export(parent *%s.ExportIndex, name string) (%s.Item, %s.ExportIndex, bool) {", rt, rt, rt)
	e.f("return %s.Export(parent, name, %s, nil)\n}\n", componentVar, static)
	e.f("// Exports describes all exports, as one instance.")
	e.f("func Exports() %s.Item {\nreturn %s.All(%s, nil)\n}\n", rt, componentVar, static)

	e.f("// ExportIndex finds an export, as the function ExportIndex does.")
	e.f("func (i *Instance) ExportIndex(parent *%s.ExportIndex, name string) (%s.ExportIndex, bool) {", rt, rt)
	e.f("return %s.ExportIndex(parent, name)\n}\n", componentVar)
	e.f("// Export is ExportIndex with a description of the export.")
	e.f("func (i *Instance) Export(parent *%s.ExportIndex, name string) (%s.Item, %s.ExportIndex, bool) {", rt, rt, rt)
	e.f("return %s.Export(parent, name, %s, i.comp[0].Res)\n}\n", componentVar, ofInstance)

	e.f("// Func gives the exported function of that name: \"instance#function\", or")
	e.f("// \"function\" for one of the world itself.")
	e.f("func (i *Instance) Func(name string) (%s.Func, bool) {\nreturn i.FuncAt(%s.Path(name))\n}\n", rt, componentVar)
	e.f("// FuncAt gives the exported function at an index.")
	e.f("func (i *Instance) FuncAt(x %s.ExportIndex) (%s.Func, bool) {", rt, rt)
	e.f("switch %s.Number(x) {", componentVar)
	done := map[string]bool{}
	var makers []func()
	for _, f := range funcs {
		name := fmt.Sprintf("func%d", f.x.Lift)
		make := func() { e.dynFunc(&e.p.Lifts[f.x.Lift]) }
		if f.x.ReexportsImport {
			name = fmt.Sprintf("reexport%d", f.x.Import)
			make = func() { e.reexport(f.x) }
		}
		e.f("case %d:\nreturn i.%s(), true", f.n, name)
		if !done[name] {
			done[name] = true
			makers = append(makers, make)
		}
	}
	e.f("}\nreturn %s.Func{}, false\n}\n", rt)

	e.f("// Resource gives the exported resource type of that name.")
	e.f("func (i *Instance) Resource(name string) (*%s.ResourceType, bool) {\nreturn i.ResourceAt(%s.Path(name))\n}\n", rt, componentVar)
	e.f("// ResourceAt gives the exported resource type at an index.")
	e.f("func (i *Instance) ResourceAt(x %s.ExportIndex) (*%s.ResourceType, bool) {\nreturn %s.Resource(x, i.comp[0].Res)\n}\n", rt, rt, componentVar)

	e.f("// Module gives the exported core module of that name.")
	e.f("func (i *Instance) Module(name string) (%s.CoreModule, bool) {\nreturn i.ModuleAt(%s.Path(name))\n}\n", rt, componentVar)
	e.f("// ModuleAt gives the exported core module at an index.")
	e.f("func (i *Instance) ModuleAt(x %s.ExportIndex) (%s.CoreModule, bool) {", rt, rt)
	if len(modules) == 0 {
		e.f("return %s.CoreModule{}, false\n}\n", rt)
	} else {
		e.f("m := i.exportedModule(%s.Number(x))\nreturn m, m != (%s.CoreModule{})\n}\n", componentVar, rt)
	}
	if len(modules) > 0 {
		e.f("// exportedModule gives the core module that is export n. Of an imported module")
		e.f("// that is exported again only the type is known if i is nil.")
		e.f("func (i *Instance) exportedModule(n int) %s.CoreModule {\nswitch n {", rt)
		for _, m := range modules {
			if m.x.ReexportsImport {
				e.f("case %d:\nif i == nil {\nreturn %s.%s\n}\nreturn i.module%d()", m.n, e.pkg(e.m.Path+"/internal/core"), core.Supplied(m.x.ImportModule), m.x.ImportModule)
			} else {
				e.f("case %d:\nreturn %s.%s", m.n, e.pkg(e.m.Path+"/internal/core"), core.CoreModule(m.x.Module))
			}
		}
		e.f("}\nreturn %s.CoreModule{}\n}\n", rt)
	}
	for _, m := range makers {
		m()
	}
}

// importField is the field of Imports that provides an imported item: its
// number among names.Model.ImportFields, -1 if the items of a resource's values do.
func (e *emitter) importField(path []string, x *ir.Extern) int {
	for n, f := range e.m.ImportFields() {
		switch {
		case f.Iface != nil && slices.Equal(f.Iface.Path, path) && (x.Kind == ir.ItemFunc || x.Kind == ir.ItemResource):
			return n
		case f.Iface == nil && f.Extern == x:
			return n
		}
	}
	// Two versions of an interface can share a field.
	for i := range e.m.ImportIfaces {
		if f := &e.m.ImportIfaces[i]; slices.Equal(f.Path, path) && f.Needed && x.Kind != ir.ItemModule {
			for n, g := range e.m.ImportFields() {
				if g.Name == f.Field {
					return n
				}
			}
		}
	}
	return -1
}

// reexport prints reexportN, which gives an imported function that is exported
// again, and importN, which calls it.
func (e *emitter) reexport(x *ir.Extern) {
	rt := e.rt()
	imp := &e.m.ImportFuncs[x.Import]
	ft := &e.p.FuncTypes[x.FuncType]
	params, args := "", []string{"ctx"}
	for n, p := range ft.Params {
		params += fmt.Sprintf(", a%d %s", n, e.goType(p.Type))
		args = append(args, fmt.Sprintf("a%d", n))
	}
	var results []string
	for _, t := range e.m.ResultIDs(x.FuncType) {
		results = append(results, e.goType(t))
	}
	sig := fmt.Sprintf("(ctx %s.Context%s) (%s)", e.pkg("context"), params, strings.Join(append(results, "error"), ", "))
	fn, rest := "i.imports."+imp.Field, args
	switch {
	case imp.Kind == names.FuncMethod:
		fn, rest = args[1]+"."+imp.Name, append(args[:1:1], args[2:]...)
	case imp.Iface >= 0:
		fn += "." + imp.Name
	}
	e.f("// import%d calls the import %s, which is exported again.", x.Import, e.importName(x.Import))
	e.f("func (i *Instance) import%d%s {", x.Import, sig)
	e.f("if f := i.pre.linked.Func(%d); f != nil {", x.Import)
	e.f("return %s(%s)\n}", e.typedLinked(x.FuncType), strings.Join(args, ", "))
	e.f("return %s(%s)\n}\n", fn, strings.Join(rest, ", "))
	e.f("// reexport%d is import%d for dynamic calls.", x.Import, x.Import)
	e.f("func (i *Instance) reexport%d() %s.Func {", x.Import, rt)
	e.f("return %s.ReexportFunc(i.pre.linked, %d, %s.Func(%d), i.import%d%s)\n}\n", rt, x.Import, typesVar, x.FuncType, x.Import, e.casesOf(x.FuncType))
}

// casesOf are the arguments that tell the cases of a function's variants.
func (e *emitter) casesOf(ft ir.FuncTypeID) string {
	cases := ""
	for _, t := range e.variants(ft) {
		cases += fmt.Sprintf(",\n%s.CasesOf[%s](", e.rt(), e.goType(t))
		for n := range e.p.Types[t].Cases {
			if n > 0 {
				cases += ", "
			}
			cases += e.member(t, n) + "{}"
		}
		cases += ")"
	}
	return cases
}

// typedLinked is the typed function of the linker's function f.
func (e *emitter) typedLinked(id ir.FuncTypeID) string {
	ft, rt := &e.p.FuncTypes[id], e.rt()
	failure := rt + ".LinkedError{}"
	if t := ft.Result; t != ir.NoType && e.p.Types[t].Kind == ir.TResult {
		if et := e.p.Types[t].Err; et != ir.NoType && e.m.Types[et].IsError {
			failure = fmt.Sprintf("%s.ErrorSelf[%s]()", rt, e.goType(et))
		} else {
			failure = fmt.Sprintf("%s.ErrorWrapped[%s]()", rt, e.orUnit(et))
		}
	}
	types := e.pkg("context") + ".Context"
	for _, p := range ft.Params {
		types += ", " + e.goType(p.Type)
	}
	var results []string
	for _, t := range e.m.ResultIDs(id) {
		results = append(results, e.goType(t))
	}
	return fmt.Sprintf("%s.TypedLinked[func(%s) (%s)](f, %s%s)", rt, types, strings.Join(append(results, "error"), ", "), failure, e.casesOf(id))
}

// variants are the variant types in a function's type, one for each Go type.
func (e *emitter) variants(ft ir.FuncTypeID) []ir.TypeID {
	var out []ir.TypeID
	seen := map[string]bool{}
	e.anyType(ft, true, true, func(t *ir.Type) bool {
		if t.Kind == ir.TVariant && !seen[e.goType(t.ID)] {
			seen[e.goType(t.ID)] = true
			out = append(out, t.ID)
		}
		return false
	})
	return out
}

// textLiteral is a Go string literal over several lines.
func textLiteral(s string) string {
	if s == "" {
		return `""`
	}
	var b strings.Builder
	for line := range strings.Lines(s) {
		if b.Len() > 0 {
			b.WriteString(" +\n")
		}
		fmt.Fprintf(&b, "%q", line)
	}
	return b.String()
}

func (e *emitter) dynFunc(l *ir.Lift) {
	rt := e.rt()
	o := e.options(l.Options)
	ft := &e.p.FuncTypes[l.Type]
	sig, _, _ := e.p.CoreSignature(l.Type, true, o)
	e.f("// func%d is %s for dynamic calls.", l.ID, l.Name)
	e.f("func (i *Instance) func%d() %s.Func {", l.ID, rt)
	if e.p.Memory64(o) {
		// What walks types in rt knows 32-bit addresses only: this goes by the typed function.
		e.dynTyped(l)
		e.f("return %s.ReexportFunc(nil, 0, %s.Func(%d), typed%s)\n}\n", rt, typesVar, l.Type, e.casesOf(l.Type))
		return
	}
	e.f("f := &%s.DynFunc{", rt)
	e.f("Type: %s.Func(%d), Inst: i.comp[%d], Root: %s.Pointer(i), Enc: %s,", typesVar, l.Type, o.Instance, e.unsafe(), e.encoding(o.Encoding))
	if o.Memory != nil {
		e.f("Mem: %s,", e.memory(o.Memory))
	}
	if o.Realloc != nil {
		e.f("Fn: %s,", e.realloc(o.Realloc, o.Instance, false))
	}
	if ft.Async {
		e.f("Async: &%s,\n}", e.callee(l))
		e.dynTyped(l)
		e.f("return f.AsyncFunc(%s.NewFunc(f.Type, f.Call, typed))\n}\n", rt)
		return
	}
	var args []string
	for n, t := range sig.Params {
		args = append(args, e.fromBits(fmt.Sprintf("a[%d]", n), t.Kind))
	}
	e.f("Core: func(root %s.Pointer, d int32, a, r []uint64) {", e.unsafe())
	call := e.call(&l.Core, "d", args...)
	if len(sig.Results) > 0 {
		call = "r[0] = " + e.toBits(call, sig.Results[0].Kind)
	}
	e.f("%s\n},", call)
	if o.PostReturn != nil {
		var rs []string
		for n, t := range sig.Results {
			rs = append(rs, e.fromBits(fmt.Sprintf("r[%d]", n), t.Kind))
		}
		e.f("Post: func(root %s.Pointer, d int32, r []uint64) {\n%s\n},", e.unsafe(), e.call(o.PostReturn, "d", rs...))
	}
	e.f("}")
	e.dynTyped(l)
	e.f("return %s.NewFunc(f.Type, f.Call, typed)\n}\n", rt)
}

// dynTyped prints the typed form of a function, for rt.TypedFunc.
func (e *emitter) dynTyped(l *ir.Lift) {
	ft := &e.p.FuncTypes[l.Type]
	params, names := "", ""
	for n, p := range ft.Params {
		params += fmt.Sprintf(", a%d %s", n, e.goType(p.Type))
		names += fmt.Sprintf(", a%d", n)
	}
	var results []string
	for _, t := range e.m.ResultIDs(l.Type) {
		results = append(results, e.goType(t))
	}
	e.f("typed := func(ctx %s.Context%s) (%s) {", e.pkg("context"), params, strings.Join(append(results, "error"), ", "))
	e.f("return lift%d(ctx, i%s)\n}", l.ID, names)
}

// fromBits turns the bits of a core value into it.
func (e *emitter) fromBits(x string, k ir.Kind) string {
	switch k {
	case ir.I32:
		return "uint32(" + x + ")"
	case ir.F32:
		return e.math() + ".Float32frombits(uint32(" + x + "))"
	case ir.F64:
		return e.math() + ".Float64frombits(" + x + ")"
	}
	return x
}

// toBits is the reverse of fromBits.
func (e *emitter) toBits(x string, k ir.Kind) string {
	switch k {
	case ir.I32:
		return "uint64(" + x + ")"
	case ir.F32:
		return "uint64(" + e.math() + ".Float32bits(" + x + "))"
	case ir.F64:
		return e.math() + ".Float64bits(" + x + ")"
	}
	return x
}
