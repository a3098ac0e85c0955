package bind

import (
	"fmt"
	"strconv"
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

// fieldType is the Go type of a field of Imports.
func (g *gen) fieldType(f *names.ImportField) *jen.Statement {
	switch {
	case f.Module != nil:
		return jen.Qual(names.RT, "CoreModule")
	case f.Func != nil:
		return jen.Func().Add(g.signature(f.Func))
	case f.Iface.Pkg != "":
		return jen.Qual(f.Iface.Pkg, f.Iface.Name)
	}
	return jen.Id(f.Iface.Name)
}

// missing is the condition that a field of the variable imports is not set.
func missing(f *names.ImportField) *jen.Statement {
	in := jen.Id("imports").Dot(f.Name)
	if f.Module != nil {
		return in.Dot("IsZero").Call()
	}
	return in.Op("==").Nil()
}

// imports prints Imports, Prepare and Pre.
func (g *gen) imports() {
	fields := g.m.ImportFields()
	g.f.Comment("// Imports is what the component needs from its host. No field may be nil.")
	if g.m.UsesWASI {
		g.f.Comment("// WASI provides those that it can and that are left nil.")
	}
	g.f.Type().Id("Imports").StructFunc(func(s *jen.Group) {
		if g.m.UsesWASI {
			s.Id("WASI").Op("*").Qual(wasiPath, "Host")
			s.Line()
		}
		for n := range fields {
			f := &fields[n]
			docs := f.Extern.Docs
			if f.Func != nil {
				docs = f.Func.Docs
			}
			if f.Iface == nil {
				for _, l := range docLines(docs) {
					s.Comment(l)
				}
			}
			st := s.Id(f.Name).Add(g.fieldType(f))
			if f.Iface != nil || docs == "" {
				st.Comment("// " + f.WIT)
			}
		}
	})

	g.f.Comment("// Pre is the component with its imports, ready to be instantiated any number of")
	g.f.Comment("// times, at the same time too.")
	g.f.Type().Id("Pre").Struct(
		jen.Id("imports").Id("Imports"),
		jen.Id("linked").Op("*").Qual(names.RT, "Linked").Comment("// nil unless PrepareDynamic made it"),
	)

	g.f.Comment("// Prepare checks that nothing is missing from the imports.")
	g.f.Func().Id("Prepare").Params(jen.Id("imports").Id("Imports")).Params(jen.Op("*").Id("Pre"), jen.Error()).BlockFunc(func(b *jen.Group) {
		g.fillWASI(b, fields)
		checked := false
		for n := range fields {
			f := &fields[n]
			if g.opts.TrapMissing && f.Module == nil {
				b.If(missing(f)).Block(jen.Id("imports").Dot(f.Name).Op("=").Add(g.stub(f)))
				continue
			}
			if !checked {
				checked = true
				b.Var().Id("missing").Index().Error()
			}
			msg := fmt.Sprintf("%s.Imports.%s (%s) is nil", g.m.Package, f.Name, f.WIT)
			if f.Module != nil {
				msg = fmt.Sprintf("%s.Imports.%s (%s) is no core module", g.m.Package, f.Name, f.WIT)
			}
			if f.Iface != nil && f.Iface.From != "" {
				msg += ", and so is WASI"
			}
			b.If(missing(f)).Block(
				jen.Id("missing").Op("=").Append(jen.Id("missing"), jen.Qual("errors", "New").Call(jen.Lit(msg))))
		}
		if checked {
			b.If(jen.Len(jen.Id("missing")).Op(">").Lit(0)).Block(
				jen.Return(jen.Nil(), jen.Qual("errors", "Join").Call(jen.Id("missing").Op("..."))))
		}
		g.checkModules(b, jen.Nil())
		b.Return(jen.Op("&").Id("Pre").Values(jen.Dict{jen.Id("imports"): jen.Id("imports")}), jen.Nil())
	})

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
	g.concurrent()

	taken := namesOf(plain(g.m.ExportRoot), g.accessors()...)
	for _, fn := range plain(g.m.ExportRoot) {
		r := receiver("Instance", fn.Params)
		g.doc(fn.Docs, fmt.Sprintf("%s calls the exported function %s.", fn.Name, fn.Extern.Name), "")
		g.f.Func().Params(jen.Id(r).Op("*").Id("Instance")).Id(fn.Name).Add(g.signature(fn)).Block(g.call(fn, jen.Id(r)))
		g.start(fn, r, jen.Id(r).Op("*").Id("Instance"), []jen.Code{jen.Id(r)}, taken)
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

// accessors are the methods of Instance that give exported interfaces.
func (g *gen) accessors() []string {
	var out []string
	for i := range g.m.ExportIfaces {
		if f := &g.m.ExportIfaces[i]; f.Needed {
			out = append(out, f.Field)
		}
	}
	return out
}

// call hands a call on to the glue, or to the import that an export passes through.
func (g *gen) call(f *names.Func, inst *jen.Statement) jen.Code {
	if !f.Extern.ReexportsImport {
		return jen.Return(jen.Id(lift(f.Extern)).Call(args(f, inst)...))
	}
	return jen.Return(inst.Clone().Dot("import" + strconv.Itoa(int(f.Extern.Import))).Call(args(f)...))
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
			kind := map[names.FuncKind]string{names.FuncConstructor: "constructor of", names.FuncStatic: "static function"}[fn.Kind]
			if kind == "" {
				kind = "exported function"
			}
			g.doc(fn.Docs, fmt.Sprintf("%s calls the %s %s.", fn.Name, kind, witFunc(fn)), "")
			g.f.Func().Params(jen.Id(r).Id(f.Name)).Id(fn.Name).Add(g.signature(fn)).Block(g.call(fn, jen.Id(r).Dot("i")))
			g.start(fn, r, jen.Id(r).Id(f.Name), []jen.Code{jen.Id(r).Dot("i")}, namesOf(plain(f.Funcs)))
		}
	}
	g.decls(f.Decls, f.Funcs)
}
