package bind

import (
	"bytes"
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/wc2go/wc2go/codegen/names"
)

// This file: imports that are given otherwise than by a value of Imports, or
// not at all.

// Dynamic prints PrepareDynamic, TrapImports and the stubs for missing imports.
func Dynamic(m *names.Model, opts Options) ([]byte, error) {
	g := newGen(m, opts)
	fields := m.ImportFields()
	g.prepareDynamic(fields)
	g.trapImports(fields)
	g.stubs(fields)
	var b bytes.Buffer
	if err := g.f.Render(&b); err != nil {
		return nil, fmt.Errorf("printing package %s: %w", m.Package, err)
	}
	return groupImports(b.Bytes()), nil
}

// fillWASI prints the statement that fills fields of the variable imports that
// are nil from its field WASI.
func (g *gen) fillWASI(b *jen.Group, fields []names.ImportField) {
	if !g.m.UsesWASI {
		return
	}
	b.If(jen.Id("h").Op(":=").Id("imports").Dot("WASI"), jen.Id("h").Op("!=").Nil()).BlockFunc(func(b *jen.Group) {
		for n := range fields {
			if f := &fields[n]; f.Iface != nil && f.Iface.From != "" {
				b.If(missing(f)).Block(jen.Id("imports").Dot(f.Name).Op("=").Qual(f.Iface.Pkg, f.Iface.From).Call(jen.Id("h")))
			}
		}
	})
}

func (g *gen) prepareDynamic(fields []names.ImportField) {
	g.f.Comment("// PrepareDynamic is Prepare with imports that are found by name: l provides what")
	g.f.Comment("// the fields of imports that are nil do not. Types are compared here, not at the calls.")
	g.f.Func().Id("PrepareDynamic").Params(jen.Id("l").Op("*").Qual(names.RT, "Linker"), jen.Id("imports").Id("Imports")).
		Params(jen.Op("*").Id("Pre"), jen.Error()).BlockFunc(func(b *jen.Group) {
		g.fillWASI(b, fields)
		b.List(jen.Id("linked"), jen.Err()).Op(":=").Id("l").Dot("Link").Call(
			jen.Op("&").Id("componentInfo"),
			jen.Index().Bool().ValuesFunc(func(v *jen.Group) {
				for n := range fields {
					f := &fields[n]
					in := jen.Id("imports").Dot(f.Name)
					if f.Module != nil {
						v.Op("!").Add(in.Dot("IsZero").Call())
					} else {
						v.Add(in.Op("!=").Nil())
					}
				}
			}),
			jen.Lit(len(g.p.ImportFuncs)), jen.Lit(len(g.p.Resources)), jen.Lit(len(g.p.ImportModules)))
		b.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
		for n := range fields {
			if f := &fields[n]; f.Module == nil {
				b.If(missing(f)).Block(jen.Id("imports").Dot(f.Name).Op("=").Add(g.stub(f)))
			}
		}
		g.checkModules(b, jen.Id("linked"))
		b.Return(jen.Op("&").Id("Pre").Values(jen.Id("imports"), jen.Id("linked")), jen.Nil())
	})
}

// checkModules prints the check of core modules that the host supplies.
func (g *gen) checkModules(b *jen.Group, linked *jen.Statement) {
	if len(g.p.ImportModules) == 0 {
		return
	}
	b.If(jen.Err().Op(":=").Id("checkModules").Call(jen.Op("&").Id("imports"), linked), jen.Err().Op("!=").Nil()).Block(
		jen.Return(jen.Nil(), jen.Err()))
}

func (g *gen) trapImports(fields []names.ImportField) {
	g.f.Comment("// TrapImports gives imports whose functions trap when they are called: set the")
	g.f.Comment("// fields that are needed.")
	g.f.Func().Id("TrapImports").Params().Id("Imports").Block(jen.Return(jen.Id("Imports").Values(jen.DictFunc(func(d jen.Dict) {
		for n := range fields {
			if f := &fields[n]; f.Module == nil {
				d[jen.Id(f.Name)] = g.stub(f)
			}
		}
	}))))
}

// stub is the value that stands for a missing import.
func (g *gen) stub(f *names.ImportField) *jen.Statement {
	if f.Iface != nil {
		return jen.Id("missing" + f.Name).Values()
	}
	return jen.Id("missing" + f.Name)
}

// stubs prints the types and functions of the stubs. The type for a mapped
// interface embeds it, under a name that no method has, for it may have more methods than the component calls.
func (g *gen) stubs(fields []names.ImportField) {
	for n := range fields {
		f := &fields[n]
		name := "missing" + f.Name
		switch {
		case f.Func != nil:
			g.f.Commentf("// %s traps.", name)
			g.f.Func().Id(name).Add(g.stubBody(f.Func, f.WIT))
		case f.Iface != nil:
			g.f.Commentf("// %s traps.", name)
			if f.Iface.Pkg == "" {
				g.f.Type().Id(name).Struct()
			} else {
				g.f.Type().Id(name).Struct(jen.Id(name + "Iface"))
				g.f.Line()
				g.f.Type().Id(name + "Iface").Op("=").Add(g.fieldType(f))
			}
			for _, fn := range plain(f.Iface.Funcs) {
				g.fn().Params(jen.Id(name)).Id(fn.Name).Add(g.stubBody(fn, f.WIT+"#"+fn.Extern.Name))
			}
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
