package bind

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/ir"
)

// This file: value types and resources.

// decls prints declarations. funcs are the functions of the same interface:
// methods of resources are among them.
func (g *gen) decls(ds []names.Decl, funcs []names.Func) {
	for _, d := range ds {
		switch d.Kind {
		case names.DeclType:
			g.typ(d)
		case names.DeclAlias:
			g.doc(d.Docs, fmt.Sprintf("%s is the WIT type %s.", d.Name, witName(d.WIT)), d.WIT)
			rhs := g.m.Types[d.Type]
			if rhs.Form == names.FormBuiltin {
				g.f.Type().Id(d.Name).Op("=").Add(g.m.Literal(d.Type))
			} else {
				g.f.Type().Id(d.Name).Op("=").Add(g.m.GoType(d.Type))
			}
		case names.DeclResource:
			g.resource(d, funcs)
		}
	}
}

// typ prints a record, variant, enum or flags type.
func (g *gen) typ(d names.Decl) {
	t := &g.p.Types[d.Type]
	mt := &g.m.Types[d.Type]
	g.doc(d.Docs, g.origin(d), d.WIT)
	switch t.Kind {
	case ir.TRecord:
		g.record(t, mt)
	case ir.TVariant:
		g.variant(d, t, mt)
	case ir.TEnum:
		g.enum(t, mt)
	case ir.TFlags:
		g.flags(t, mt)
	}
}

// origin says which WIT type a Go type stands for; of a variant, also which types
// are its cases.
func (g *gen) origin(d names.Decl) string {
	if d.WIT == "" {
		return ""
	}
	t, kind := &g.p.Types[d.Type], "type"
	switch t.Kind {
	case ir.TRecord:
		kind = "record"
	case ir.TVariant:
		kind = "variant"
	case ir.TEnum:
		kind = "enum"
	case ir.TFlags:
		kind = "flags"
	}
	text := fmt.Sprintf("%s is the WIT %s %s", d.Name, kind, witName(d.WIT))
	if t.Kind == ir.TVariant {
		text += ": "
		for i, c := range g.m.Types[d.Type].Cases {
			switch {
			case i == 0:
			case i == len(t.Cases)-1:
				text += " or "
			default:
				text += ", "
			}
			text += "[" + c + "]"
		}
	}
	return wrap(text+".", 100)
}

// witName is a WIT identifier for people: ns:pkg/iface.type.
func witName(id string) string {
	if len(id) > 0 && id[0] == '#' {
		return id[1:]
	}
	for i := range len(id) {
		if id[i] == '#' {
			return id[i+1:] + " of " + id[:i]
		}
	}
	return id
}

// witFunc is the name of a function for people: without [method] and the like.
func witFunc(f *names.Func) string {
	_, name, ok := strings.Cut(f.Extern.Name, "]")
	if !ok {
		return f.Extern.Name
	}
	return name
}

// errorText is the beginning of an error's text: "kv error".
func (g *gen) errorText(t *ir.Type) string { return g.m.Package + " " + t.Name.Name }

func (g *gen) record(t *ir.Type, mt *names.Type) {
	g.f.Type().Id(mt.Name).StructFunc(func(s *jen.Group) {
		for i, c := range t.Cases {
			doc(func(c ...jen.Code) { s.Add(c...) }, c.Docs, "", "")
			s.Id(mt.Cases[i]).Add(g.m.GoType(c.Type))
		}
	})
	if mt.IsError {
		// The conversion drops the method, so that Sprintf does not call it again.
		g.fn().Params(jen.Id("e").Id(mt.Name)).Id("Error").Params().String().Block(
			jen.Type().Id("plain").Id(mt.Name),
			jen.Return(jen.Qual("fmt", "Sprintf").Call(jen.Lit(g.errorText(t)+": %+v"), jen.Id("plain").Call(jen.Id("e")))),
		)
	}
}

func (g *gen) variant(d names.Decl, t *ir.Type, mt *names.Type) {
	seal := "is" + mt.Name
	g.f.Type().Id(mt.Name).InterfaceFunc(func(s *jen.Group) {
		if mt.IsError {
			s.Error()
		}
		s.Id(seal).Params()
	})
	for i, c := range t.Cases {
		name := mt.Cases[i]
		directive := ""
		if d.WIT != "" && names.UsualCase(mt.Name, c.Name) != name {
			directive = d.WIT + "." + c.Name
		}
		g.doc(c.Docs, fmt.Sprintf("%s is the case %s of %s.", name, c.Name, mt.Name), directive)
		if c.Type == ir.NoType {
			g.f.Type().Id(name).Struct()
		} else {
			g.f.Type().Id(name).Struct(jen.Id("Value").Add(g.m.GoType(c.Type)))
		}
	}
	for _, name := range mt.Cases {
		g.f.Func().Params(jen.Id(name)).Id(seal).Params().Block()
	}
	if !mt.IsError {
		return
	}
	for i, c := range t.Cases {
		name := mt.Cases[i]
		text := g.errorText(t) + ": " + c.Name
		fn := g.fn()
		switch {
		case c.Type == ir.NoType || g.p.Types[c.Type].HasResource:
			fn.Params(jen.Id(name)).Id("Error").Params().String().Block(jen.Return(jen.Lit(text)))
		case g.p.Types[c.Type].Kind == ir.TString:
			fn.Params(jen.Id("e").Id(name)).Id("Error").Params().String().Block(
				jen.Return(jen.Lit(text + ": ").Op("+").Id("e").Dot("Value")))
		default:
			verb := ": %v"
			if g.p.Types[c.Type].Kind == ir.TRecord {
				verb = ": %+v"
			}
			fn.Params(jen.Id("e").Id(name)).Id("Error").Params().String().Block(
				jen.Return(jen.Qual("fmt", "Sprintf").Call(jen.Lit(text+verb), jen.Id("e").Dot("Value"))))
		}
		if c.Type != ir.NoType && g.m.Types[c.Type].IsError {
			g.fn().Params(jen.Id("e").Id(name)).Id("Unwrap").Params().Error().Block(jen.Return(jen.Id("e").Dot("Value")))
		}
	}
}

func (g *gen) constants(t *ir.Type, mt *names.Type, first jen.Code) {
	if len(t.Cases) == 0 {
		return
	}
	g.f.Const().DefsFunc(func(s *jen.Group) {
		for i, c := range t.Cases {
			directive := ""
			if t.Name.Name != "" && names.UsualCase(mt.Name, c.Name) != mt.Cases[i] {
				directive = t.Name.Interface + "#" + t.Name.Name + "." + c.Name
			}
			doc(func(c ...jen.Code) { s.Add(c...) }, c.Docs, "", directive)
			if i == 0 {
				s.Id(mt.Cases[i]).Id(mt.Name).Op("=").Add(first)
			} else {
				s.Id(mt.Cases[i])
			}
		}
	})
}

func (g *gen) enum(t *ir.Type, mt *names.Type) {
	if len(t.Cases) == 0 { // validation refuses it
		g.f.Type().Id(mt.Name).Id(mt.Repr)
		return
	}
	g.f.Type().Id(mt.Name).Id(mt.Repr)
	g.constants(t, mt, jen.Iota())
	v := jen.Id("v").Id(mt.Name)
	g.fn().Params(v.Clone()).Id("String").Params().String().Block(
		jen.Switch(jen.Id("v")).BlockFunc(func(s *jen.Group) {
			for i, c := range t.Cases {
				s.Case(jen.Id(mt.Cases[i])).Block(jen.Return(jen.Lit(c.Name)))
			}
		}),
		jen.Return(jen.Lit(mt.Name+"(").Op("+").Qual("strconv", "Itoa").Call(jen.Int().Call(jen.Id("v"))).Op("+").Lit(")")),
	)
	g.f.Comment("// Valid reports whether v is one of the cases.")
	g.f.Func().Params(v.Clone()).Id("Valid").Params().Bool().Block(
		jen.Return(jen.Id("v").Op("<=").Id(mt.Cases[len(mt.Cases)-1])))
	if mt.IsError {
		g.fn().Params(v.Clone()).Id("Error").Params().String().Block(
			jen.Return(jen.Lit(g.errorText(t) + ": ").Op("+").Id("v").Dot("String").Call()))
	}
}

func (g *gen) flags(t *ir.Type, mt *names.Type) {
	g.f.Type().Id(mt.Name).Id(mt.Repr)
	g.constants(t, mt, jen.Lit(1).Op("<<").Iota())
	v := jen.Id("v").Id(mt.Name)
	g.f.Comment("// Has reports whether all of f are set.")
	g.f.Func().Params(v.Clone()).Id("Has").Params(jen.Id("f").Id(mt.Name)).Bool().Block(
		jen.Return(jen.Id("v").Op("&").Id("f").Op("==").Id("f")))
	g.fn().Params(v.Clone()).Id("String").Params().String().BlockFunc(func(b *jen.Group) {
		if len(t.Cases) == 0 {
			b.Return(jen.Lit(""))
			return
		}
		b.Var().Id("s").String()
		b.For(jen.List(jen.Id("i"), jen.Id("name")).Op(":=").Range().Index(jen.Op("...")).String().ValuesFunc(func(s *jen.Group) {
			for _, c := range t.Cases {
				s.Lit(c.Name)
			}
		})).Block(
			jen.If(jen.Id("v").Op("&").Parens(jen.Lit(1).Op("<<").Id("i")).Op("!=").Lit(0)).Block(jen.Id("s").Op("+=").Lit("|").Op("+").Id("name")),
		)
		b.Return(jen.Qual("strings", "TrimPrefix").Call(jen.Id("s"), jen.Lit("|")))
	})
	width := map[string]int{"uint8": 8, "uint16": 16, "uint32": 32}[mt.Repr]
	g.f.Comment("// Valid reports whether only declared flags are set.")
	g.f.Func().Params(v.Clone()).Id("Valid").Params().Bool().BlockFunc(func(b *jen.Group) {
		if len(t.Cases) == width {
			b.Return(jen.True())
			return
		}
		b.Return(jen.Id("v").Op(">>").Lit(len(t.Cases)).Op("==").Lit(0))
	})
	if mt.IsError {
		g.fn().Params(v.Clone()).Id("Error").Params().String().Block(
			jen.Return(jen.Lit(g.errorText(t) + ": ").Op("+").Id("v").Dot("String").Call()))
	}
}

// resource prints a resource type: of the host a Go interface, of the guest a struct.
func (g *gen) resource(d names.Decl, funcs []names.Func) {
	mr := &g.m.Resources[d.Resource]
	g.doc(d.Docs, fmt.Sprintf("%s is the WIT resource %s.", d.Name, witName(d.WIT)), d.WIT)
	var methods []*names.Func
	for i := range funcs {
		if funcs[i].Kind == names.FuncMethod && funcs[i].Resource == d.Resource {
			methods = append(methods, &funcs[i])
		}
	}
	if mr.Host {
		g.iface(mr.Name, methods)
		return
	}
	g.f.Type().Id(mr.Name).Struct(
		jen.Id("h").Qual(names.RT, "GuestResource"),
		jen.Id("i").Op("*").Id("Instance"),
	)
	for _, f := range methods {
		r := receiver(mr.Name, f.Params)
		g.f.Line()
		g.doc(f.Docs, fmt.Sprintf("%s calls the method %s.", f.Name, witFunc(f)), "")
		g.f.Func().Params(jen.Id(r).Op("*").Id(mr.Name)).Id(f.Name).Add(g.signature(f)).Block(
			jen.Return(jen.Id(lift(f.Extern)).Call(args(f, jen.Id(r).Dot("i"), jen.Id(r))...)))
		g.start(f, r, jen.Id(r).Op("*").Id(mr.Name), []jen.Code{jen.Id(r).Dot("i"), jen.Id(r)}, namesOf(methods, "Drop"))
	}
	r := receiver(mr.Name, []string{"ctx"})
	g.f.Comment("// Drop gives the resource up: its destructor runs, and it can be used no more.")
	g.f.Func().Params(jen.Id(r).Op("*").Id(mr.Name)).Id("Drop").Params(jen.Id("ctx").Qual("context", "Context")).Error().Block(
		jen.Return(jen.Id(r).Dot("h").Dot("Drop").Call(jen.Id("ctx"))))
}

// iface prints a Go interface.
func (g *gen) iface(name string, methods []*names.Func) {
	g.f.Type().Id(name).InterfaceFunc(func(s *jen.Group) {
		for i, f := range methods {
			if lines := docLines(f.Docs); len(lines) > 0 {
				if i > 0 {
					s.Line()
				}
				for _, l := range lines {
					s.Comment(l)
				}
			}
			s.Id(f.Name).Add(g.signature(f))
		}
	})
}

// fn begins a function that has no comment: jennifer would not separate it.
func (g *gen) fn() *jen.Statement {
	g.f.Line()
	return g.f.Func()
}

func lift(e *ir.Extern) string { return fmt.Sprintf("lift%d", e.Lift) }
