package bind

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wc2go/wc2go/codegen/names"
)

// This file: interfaces, Imports, Prepare, Instance and its accessors.

const wasiPath = names.RT + "/wasi"

// imported prints the types and the Go interface of an imported instance.
func (g *gen) imported(f *names.Interface) {
	g.goInterface(f)
	g.decls(f.Decls, f.Funcs)
}

func (g *gen) goInterface(f *names.Interface) {
	if f.Pkg != "" || !f.Needed || g.printed[f.Name] {
		return
	}
	g.printed[f.Name] = true
	g.doc(f.Extern.Docs, fmt.Sprintf("%s is the WIT interface %s.", f.Name, strings.Join(f.Path, " ")), f.ID)
	g.iface(f.Name, plain(f.Funcs))
}

// plain leaves out methods of resources.
func plain(funcs []names.Func) []*names.Func {
	var out []*names.Func
	for i := range funcs {
		if funcs[i].Kind != names.FuncMethod {
			out = append(out, &funcs[i])
		}
	}
	return out
}

// rootInterfaces prints the functions of the world itself as Go interfaces.
func (g *gen) rootInterfaces() {
	for _, r := range []struct {
		name, doc string
		funcs     []names.Func
	}{
		{"Imports", "Imports has the functions that the world imports by themselves.", g.m.ImportRoot},
		{"Exports", "Exports has the functions that the world exports by themselves.", g.m.ExportRoot},
	} {
		if fs := plain(r.funcs); len(fs) > 0 {
			g.doc("", r.doc, "")
			g.iface(r.name, fs)
		}
	}
}

// field is a field of Imports.
type field struct {
	name  string
	wit   string
	typ   *jen.Statement
	iface *names.Interface // nil for a function
	fn    *names.Func
}

func (g *gen) fields() []field {
	var out []field
	seen := map[string]bool{}
	for i := range g.m.ImportIfaces {
		f := &g.m.ImportIfaces[i]
		if !f.Needed || seen[f.Field] {
			continue
		}
		seen[f.Field] = true
		typ := jen.Id(f.Name)
		if f.Pkg != "" {
			typ = jen.Qual(f.Pkg, f.Name)
		}
		out = append(out, field{name: f.Field, wit: strings.Join(f.Path, " "), typ: typ, iface: f})
	}
	for i := range g.m.ImportRoot {
		f := &g.m.ImportRoot[i]
		if f.Kind == names.FuncMethod {
			continue
		}
		out = append(out, field{name: f.Name, wit: f.Extern.Name, typ: jen.Func().Add(g.signature(f)), fn: f})
	}
	return out
}

// imports prints Imports, Prepare and Pre.
func (g *gen) imports() {
	fields := g.fields()
	g.f.Comment("// Imports is what the component needs from its host. No field may be nil.")
	if g.m.UsesWASI {
		g.f.Comment("// WASI provides those that it can and that are left nil.")
	}
	g.f.Type().Id("Imports").StructFunc(func(s *jen.Group) {
		if g.m.UsesWASI {
			s.Id("WASI").Op("*").Qual(wasiPath, "Host")
			s.Line()
		}
		for _, f := range fields {
			if f.fn != nil {
				for _, l := range docLines(f.fn.Docs) {
					s.Comment(l)
				}
			}
			st := s.Id(f.name).Add(f.typ)
			if f.fn == nil || f.fn.Docs == "" {
				st.Comment("// " + f.wit)
			}
		}
	})

	g.f.Comment("// Pre is the component with its imports, ready to be instantiated any number of")
	g.f.Comment("// times, at the same time too.")
	g.f.Type().Id("Pre").Struct(jen.Id("imports").Id("Imports"))

	g.f.Comment("// Prepare checks that nothing is missing from the imports.")
	g.f.Func().Id("Prepare").Params(jen.Id("imports").Id("Imports")).Params(jen.Op("*").Id("Pre"), jen.Error()).BlockFunc(func(b *jen.Group) {
		in := func(f field) *jen.Statement { return jen.Id("imports").Dot(f.name) }
		if g.m.UsesWASI {
			b.If(jen.Id("h").Op(":=").Id("imports").Dot("WASI"), jen.Id("h").Op("!=").Nil()).BlockFunc(func(b *jen.Group) {
				for _, f := range fields {
					if f.iface != nil && f.iface.From != "" {
						b.If(in(f).Op("==").Nil()).Block(in(f).Op("=").Qual(f.iface.Pkg, f.iface.From).Call(jen.Id("h")))
					}
				}
			})
		}
		if g.opts.TrapMissing {
			for _, f := range fields {
				b.If(in(f).Op("==").Nil()).Block(in(f).Op("=").Add(g.stub(f)))
			}
		} else if len(fields) > 0 {
			b.Var().Id("missing").Index().Error()
			for _, f := range fields {
				msg := fmt.Sprintf("%s.Imports.%s (%s) is nil", g.m.Package, f.name, f.wit)
				if f.iface != nil && f.iface.From != "" {
					msg += ", and so is WASI"
				}
				b.If(in(f).Op("==").Nil()).Block(
					jen.Id("missing").Op("=").Append(jen.Id("missing"), jen.Qual("errors", "New").Call(jen.Lit(msg))))
			}
			b.If(jen.Len(jen.Id("missing")).Op(">").Lit(0)).Block(
				jen.Return(jen.Nil(), jen.Qual("errors", "Join").Call(jen.Id("missing").Op("..."))))
		}
		b.Return(jen.Op("&").Id("Pre").Values(jen.Id("imports")), jen.Nil())
	})
	if g.opts.TrapMissing {
		g.stubs(fields)
	}

	ctx := func() *jen.Statement { return jen.Id("ctx").Qual("context", "Context") }
	g.f.Comment("// Instantiate makes an instance in st. It runs the component's start functions.")
	g.f.Func().Params(jen.Id("p").Op("*").Id("Pre")).Id("Instantiate").Params(ctx(), jen.Id("st").Op("*").Qual(names.RT, "Store")).
		Params(jen.Op("*").Id("Instance"), jen.Error()).Block(
		jen.Id("i").Op(":=").Op("&").Id("Instance").Values(jen.Dict{
			jen.Id("store"): jen.Id("st"), jen.Id("imports"): jen.Id("p").Dot("imports"), jen.Id("pre"): jen.Id("p"),
		}),
		jen.If(jen.Id("err").Op(":=").Id("i").Dot("instantiate").Call(jen.Id("ctx")), jen.Id("err").Op("!=").Nil()).Block(
			jen.Return(jen.Nil(), jen.Id("err"))),
		jen.Return(jen.Id("i"), jen.Nil()),
	)
	g.f.Comment("// Instantiate is Prepare and Pre.Instantiate in one.")
	g.f.Func().Id("Instantiate").Params(ctx(), jen.Id("st").Op("*").Qual(names.RT, "Store"), jen.Id("imports").Id("Imports")).
		Params(jen.Op("*").Id("Instance"), jen.Error()).Block(
		jen.List(jen.Id("p"), jen.Err()).Op(":=").Id("Prepare").Call(jen.Id("imports")),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err())),
		jen.Return(jen.Id("p").Dot("Instantiate").Call(jen.Id("ctx"), jen.Id("st"))),
	)
}

// stub is the value that stands for a missing import.
func (g *gen) stub(f field) *jen.Statement {
	if f.iface != nil {
		return jen.Id("missing" + f.name).Values()
	}
	return jen.Func().Add(g.stubBody(f.fn, f.wit))
}

// stubs prints the types of the stubs. That of a mapped interface embeds it,
// under a name that no method has, for it may have more methods than the component calls.
func (g *gen) stubs(fields []field) {
	for _, f := range fields {
		if f.iface == nil {
			continue
		}
		name := "missing" + f.name
		g.f.Commentf("// %s traps.", name)
		if f.iface.Pkg == "" {
			g.f.Type().Id(name).Struct()
		} else {
			g.f.Type().Id(name).Struct(jen.Id(name + "Iface"))
			g.f.Line()
			g.f.Type().Id(name + "Iface").Op("=").Add(f.typ)
		}
		for _, fn := range plain(f.iface.Funcs) {
			g.fn().Params(jen.Id(name)).Id(fn.Name).Add(g.stubBody(fn, f.wit+"#"+fn.Extern.Name))
		}
	}
}

func (g *gen) stubBody(f *names.Func, wit string) *jen.Statement {
	params := []jen.Code{jen.Qual("context", "Context")}
	ps := g.p.FuncTypes[f.Type].Params
	if f.Kind == names.FuncMethod {
		ps = ps[1:]
	}
	for _, p := range ps {
		params = append(params, g.m.GoType(p.Type))
	}
	var results []jen.Code
	for _, r := range g.m.ResultTypes(f.Type) {
		results = append(results, jen.Id("_").Add(r))
	}
	results = append(results, jen.Id("err").Error())
	return jen.Params(params...).Params(results...).Block(
		jen.Err().Op("=").Op("&").Qual(names.RT, "Trap").Values(jen.Dict{
			jen.Id("Code"): jen.Qual(names.RT, "TrapUnsupportedImport"), jen.Id("Message"): jen.Lit(wit),
		}),
		jen.Return(),
	)
}

// instance prints Instance, its accessors and its own functions.
func (g *gen) instance() {
	g.f.Comment("// Instance is an instance of the component. One call runs at a time; calls of other")
	g.f.Comment("// goroutines wait.")
	g.f.Type().Id("Instance").Struct(
		jen.Id("store").Op("*").Qual(names.RT, "Store"),
		jen.Id("comp").Index().Op("*").Qual(names.RT, "ComponentInstance"),
		jen.Id("core").Qual(g.m.Path+"/internal/core", "Instances"),
		jen.Id("imports").Id("Imports"),
		jen.Id("pre").Op("*").Id("Pre"),
	)
	g.f.Comment("// Pre is what the instance was made from.")
	g.f.Func().Params(jen.Id("i").Op("*").Id("Instance")).Id("Pre").Params().Op("*").Id("Pre").Block(jen.Return(jen.Id("i").Dot("pre")))

	for _, fn := range plain(g.m.ExportRoot) {
		r := receiver("Instance", fn.Params)
		g.doc(fn.Docs, fmt.Sprintf("%s calls the exported function %s.", fn.Name, fn.Extern.Name), "")
		g.f.Func().Params(jen.Id(r).Op("*").Id("Instance")).Id(fn.Name).Add(g.signature(fn)).Block(g.call(fn, jen.Id(r)))
	}
	for i := range g.m.ExportIfaces {
		f := &g.m.ExportIfaces[i]
		if !f.Needed {
			continue
		}
		g.f.Commentf("// %s gives the functions of %s.", f.Field, strings.Join(f.Path, " "))
		g.f.Func().Params(jen.Id("i").Op("*").Id("Instance")).Id(f.Field).Params().Id(f.Name).Block(
			jen.Return(jen.Id(f.Name).Values(jen.Id("i"))))
	}
}

// call hands a call on to the glue, or to the import that an export passes through.
func (g *gen) call(f *names.Func, inst *jen.Statement) jen.Code {
	if !f.Extern.ReexportsImport {
		return jen.Return(jen.Id(lift(f.Extern)).Call(args(f, inst)...))
	}
	imp := g.m.ImportFuncs[f.Extern.Import]
	fn := inst.Clone().Dot("imports").Dot(imp.Field)
	if imp.Iface >= 0 {
		fn.Dot(imp.Name)
	}
	return jen.Return(fn.Call(args(f)...))
}

// exported prints the accessor type and the types of an exported instance.
func (g *gen) exported(f *names.Interface) {
	if g.opts.Interfaces {
		g.goInterface(f)
		g.decls(f.Decls, f.Funcs)
		return
	}
	if f.Needed {
		g.doc(f.Extern.Docs, fmt.Sprintf("%s has the functions of the exported interface %s.", f.Name, strings.Join(f.Path, " ")), "")
		g.f.Type().Id(f.Name).Struct(jen.Id("i").Op("*").Id("Instance"))
		for _, fn := range plain(f.Funcs) {
			r := receiver(f.Name, fn.Params)
			g.f.Line()
			g.doc(fn.Docs, "", "")
			g.f.Func().Params(jen.Id(r).Id(f.Name)).Id(fn.Name).Add(g.signature(fn)).Block(g.call(fn, jen.Id(r).Dot("i")))
		}
	}
	g.decls(f.Decls, f.Funcs)
}
