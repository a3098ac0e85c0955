package bind

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/ir"
)

// This file: what the API has for functions of asynchronous type.

// startName is the name of the method that starts a call of f: Start and its
// name, with an ending if one of the others has that name.
func startName(f *names.Func, taken func(string) bool) string {
	s := "Start" + f.Name
	for taken(s) {
		s += "Call"
	}
	return s
}

// start prints the method that starts a call of f, if its type is asynchronous.
// recv prints the receiver, self the arguments of the glue before the parameters.
func (g *gen) start(f *names.Func, receiver string, recv *jen.Statement, self []jen.Code, taken func(string) bool) {
	if !g.p.FuncTypes[f.Type].Async || f.Extern.ReexportsImport {
		return
	}
	name := startName(f, taken)
	acc := "acc"
	for _, p := range f.Params {
		if p == acc {
			acc = "accessor"
		}
	}
	if receiver == acc {
		acc = "accessor"
	}
	list := append([]jen.Code{jen.Id(acc).Dot("Context").Call()}, self...)
	for _, p := range f.Params {
		list = append(list, jen.Id(p))
	}
	g.f.Line()
	g.f.Commentf("// %s starts a call of %s beside others; see [rt.Call].", name, f.Name)
	g.f.Func().Params(recv).Id(name).ParamsFunc(func(ps *jen.Group) {
		ps.Id(acc).Op("*").Qual(names.RT, "Accessor")
		g.params(ps, f)
	}).Op("*").Qual(names.RT, "Call").Types(g.callType(f.Type)).Block(
		jen.Return(jen.Id(fmt.Sprintf("start%d", f.Extern.Lift)).Call(list...)))
}

// callType is the type of the result of a call that was started: a tuple of
// several results.
func (g *gen) callType(ft ir.FuncTypeID) *jen.Statement {
	t := g.p.FuncTypes[ft].Result
	if t != ir.NoType && g.p.Types[t].Kind == ir.TResult {
		t = g.p.Types[t].Elem
	}
	if t == ir.NoType {
		return jen.Qual(names.RT, "Unit")
	}
	return g.m.GoType(t)
}

// concurrent prints the methods of Instance that concern the event loop.
func (g *gen) concurrent() {
	ctx := jen.Qual("context", "Context")
	acc := jen.Op("*").Qual(names.RT, "Accessor")
	fn := jen.Func().Params(ctx.Clone(), acc.Clone()).Error()
	recv := jen.Id("i").Op("*").Id("Instance")
	g.f.Comment("// RunConcurrent runs the event loop of the instance's store until fn returns; see")
	g.f.Comment("// [rt.Store.RunConcurrent].")
	g.f.Func().Params(recv.Clone()).Id("RunConcurrent").Params(jen.Id("ctx").Add(ctx.Clone()), jen.Id("fn").Add(fn.Clone())).Error().Block(
		jen.Return(jen.Id("i").Dot("store").Dot("RunConcurrent").Call(jen.Id("ctx"), jen.Id("fn"))))
	g.f.Comment("// Spawn adds a task to the event loop of the instance's store; see [rt.Store.Spawn].")
	g.f.Func().Params(recv.Clone()).Id("Spawn").Params(jen.Id("task").Add(fn.Clone())).Op("*").Qual(names.RT, "JoinHandle").Block(
		jen.Return(jen.Id("i").Dot("store").Dot("Spawn").Call(jen.Id("task"))))
}

// namesOf tells which names functions have.
func namesOf(funcs []*names.Func, more ...string) func(string) bool {
	taken := map[string]bool{}
	for _, f := range funcs {
		taken[f.Name] = true
	}
	for _, s := range more {
		taken[s] = true
	}
	return func(s string) bool { return taken[s] }
}
