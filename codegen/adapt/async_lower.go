package adapt

import (
	"fmt"
	"strings"

	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/ir"
)

// This file: calls of functions of asynchronous type by guests.

// resultPlace gives where the lowering side of a call wants the result.
func (e *emitter) resultPlace(ft ir.FuncTypeID, s *side, indirect bool, in, out []slot) loc {
	if !indirect {
		return flatLoc(s, out)
	}
	it, p := e.layout(s, e.p.FuncTypes[ft].Result), in[len(in)-1].name
	e.f("%s.Check%s(%s, %d, %d)", s.cx, s.suffix(), p, it.Size, it.Align)
	return memLoc(s, p, 0)
}

// asyncFused prints the adapter between two components for a function of
// asynchronous type: the four shapes differ in rt only.
func (e *emitter) asyncFused(t *ir.Trampoline, l *ir.Lift, what string) {
	rt := e.rt()
	from, to := e.options(t.Options), e.options(l.Options)
	in, out := e.trampHead(t, what)
	e.f("i := (*Instance)(root)")
	e.mayLeave(t.Instance)
	e.spend()
	if e.related(t.Instance, to.Instance) {
		e.f("_ = i\n%s.Throw(%s.TrapCannotEnter)", rt, rt)
		e.trampEnd(out)
		return
	}
	_, paramsIndirect, resultIndirect := e.p.CoreSignature(l.Type, false, from)
	e.f("c := i.comp[%d].NewFused(&%s, root)\nsrc, dst := &c.Src, &c.Dst", to.Instance, e.callee(l))
	e.cx("*src = ", from, "d", false)
	e.cx("*dst = ", to, "d", false)
	e.f("dst.Scope = &c.Task")
	src := &side{cx: "src", enc: from.Encoding, inst: t.Instance, wide: e.p.Memory64(from)}
	dst := &side{cx: "dst", enc: to.Encoding, inst: to.Instance, wide: e.p.Memory64(to)}
	ts, r := e.params(l.Type), e.p.FuncTypes[l.Type].Result
	if len(ts) == 0 && r == ir.NoType {
		e.f("c.On(nil, nil)")
	} else {
		e.f("c.On(")
		if len(ts) > 0 {
			e.f("func(d int32, fl *%s.Flat) {\nsrc.D, dst.D = d, d", rt)
			if paramsIndirect {
				_, size, align := e.tupleLayout(src, ts)
				e.f("src.Check%s(%s, %d, %d)", src.suffix(), in[0].name, size, align)
			}
			froms := e.paramLocs(src, ts, paramsIndirect, in)
			e.startParams(l, dst, func(n int) loc { return froms[n] })
			e.f("}, ")
		} else {
			e.f("nil, ")
		}
		if r != ir.NoType {
			e.f("func(d int32, fl *%s.Flat) {\nsrc.D, dst.D = d, d", rt)
			res := e.resolved(l, dst)
			e.copy(r, res, e.resultPlace(l.Type, src, resultIndirect, in, out))
			e.f("})")
		} else {
			e.f("nil)")
		}
	}
	if from.Async {
		e.f("return i.comp[%d].CallAsync(d, c)\n}\n", t.Instance)
		return
	}
	e.f("i.comp[%d].Call(d, c)", t.Instance)
	e.trampEnd(out)
}

// asyncLower prints a lowered import of the root that is of asynchronous type:
// the host function runs in a goroutine of its own.
func (e *emitter) asyncLower(t *ir.Trampoline, name string) {
	rt := e.rt()
	o := e.options(t.Options)
	in, out := e.trampHead(t, "the import "+name)
	e.f("i := (*Instance)(root)")
	e.mayLeave(t.Instance)
	_, paramsIndirect, resultIndirect := e.p.CoreSignature(t.FuncType, false, o)
	s := e.makeCx("cx", o, "d", true)
	if !s.wide {
		e.lowerDynamic(t, s, in, out)
	}
	ts := e.params(t.FuncType)
	if paramsIndirect {
		_, size, align := e.tupleLayout(s, ts)
		e.f("cx.Check%s(%s, %d, %d)", s.suffix(), in[0].name, size, align)
	}
	var args []string
	for n, from := range e.paramLocs(s, ts, paramsIndirect, in) {
		a := fmt.Sprintf("a%d", n)
		e.liftTo(a, ts[n], from)
		args = append(args, a)
	}
	all := args
	imp := &e.m.ImportFuncs[t.ImportFunc]
	fn := "i.imports." + imp.Field
	switch {
	case imp.Kind == names.FuncMethod:
		fn, args = args[0]+"."+imp.Name, args[1:]
	case imp.Iface >= 0:
		fn += "." + imp.Name
	}
	var rs []string
	for n, id := range e.m.ResultIDs(t.FuncType) {
		r := fmt.Sprintf("r%d", n)
		rs = append(rs, r)
		e.f("var %s %s", r, e.goType(id))
	}
	e.f("var err error")
	call := fmt.Sprintf("i.comp[%d].HostCall(d, %t, %q, cx, func(ctx %s.Context) error {", t.Instance, o.Async, name, e.pkg("context"))
	if o.Async {
		call = "return " + call
	}
	e.f("%s", call)
	outs := strings.Join(append(rs, "err"), ", ")
	if s.wide {
		e.f("if f := i.pre.linked.Func(%d); f != nil {", t.ImportFunc)
		e.f("%s = %s(%s)\nreturn err\n}", outs, e.typedLinked(t.FuncType), strings.Join(append([]string{"ctx"}, all...), ", "))
	}
	e.f("%s = %s(%s)", outs, fn, strings.Join(append([]string{"ctx"}, args...), ", "))
	e.f("return err\n}, func(d int32) {\ncx.D = d")
	bad := func(err string) { e.f("%s.ThrowHost(%q, %s)", rt, name, err) }
	res := e.p.FuncTypes[t.FuncType].Result
	isResult := res != ir.NoType && e.p.Types[res].Kind == ir.TResult
	if !isResult {
		e.f("if err != nil {")
		bad("err")
		e.f("}")
	}
	if res != ir.NoType {
		dst := e.resultPlace(t.FuncType, s, resultIndirect, in, out)
		if isResult {
			e.lowerResult(t.FuncType, dst, bad)
		} else {
			e.checkResults(res, bad)
			e.copy(res, e.goResults(res), dst)
		}
	}
	e.f("})")
	if o.Async {
		e.f("}\n")
		return
	}
	e.trampEnd(out)
}
