package adapt

import (
	"fmt"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// This file: exports of asynchronous type.

// callType is the Go type of the result of a call that was started: of several
// results a tuple.
func (e *emitter) callType(ft ir.FuncTypeID) (string, ir.TypeID) {
	t := e.p.FuncTypes[ft].Result
	if t != ir.NoType && e.p.Types[t].Kind == ir.TResult {
		t = e.p.Types[t].Elem
	}
	return e.orUnit(t), t
}

// asyncLift prints startN, which starts a call, and liftN, which waits for it too.
func (e *emitter) asyncLift(l *ir.Lift) {
	e.n = 0
	rt, ctx := e.rt(), e.pkg("context")
	o := e.options(l.Options)
	ft := &e.p.FuncTypes[l.Type]
	params, args := "", ""
	for n, p := range ft.Params {
		params += fmt.Sprintf(", a%d %s", n, e.goType(p.Type))
		args += fmt.Sprintf(", a%d", n)
	}
	value, vt := e.callType(l.Type)
	spread := e.m.Spreads(vt)
	var types, names []string
	for n, t := range e.m.ResultIDs(l.Type) {
		types = append(types, e.goType(t))
		switch {
		case spread:
			names = append(names, "v."+e.tupleField(vt, n))
		default:
			names = append(names, "v")
		}
	}

	e.f("// lift%d calls %s.", l.ID, l.Name)
	e.f("func lift%d(ctx %s.Context, i *Instance%s) (%s) {", l.ID, ctx, params, strings.Join(append(types, "error"), ", "))
	v := "v"
	if len(names) == 0 {
		v = "_"
	}
	e.f("%s, err := start%d(ctx, i%s).Finish(ctx)", v, l.ID, args)
	e.f("return %s\n}\n", strings.Join(append(names, "err"), ", "))

	e.f("// start%d starts a call of %s.", l.ID, l.Name)
	e.f("func start%d(ctx %s.Context, i *Instance%s) *%s.Call[%s] {", l.ID, ctx, params, rt, value)
	e.f("call := new(%s.Call[%s])", rt, value)
	s := e.makeCx("cx", o, "0", true)
	check := "nil"
	mark := e.buf.Len()
	e.f("check := func() error {")
	e.beginClaims(e.params(l.Type)...)
	before := e.buf.Len()
	for n, p := range ft.Params {
		e.check(p.Type, fmt.Sprintf("a%d", n), func(err string) {
			e.f("return &%s.ArgError{Name: %q, Err: %s}", rt, p.Name, err)
		})
	}
	if e.buf.Len() == before {
		e.buf.Truncate(mark)
	} else {
		e.f("return nil\n}")
		check = "check"
	}
	e.f("call.Start(ctx, i.comp[%d], &%s, cx, %s, func(d int32, fl *%s.Flat) {", o.Instance, e.callee(l), check, rt)
	e.f("cx.D = d")
	e.startParams(l, s, func(n int) loc { return goLoc(fmt.Sprintf("a%d", n)) })
	e.f("}, func(d int32, fl *%s.Flat) {", rt)
	e.f("cx.D = d")
	if ft.Result != ir.NoType {
		src := e.resolved(l, s)
		e.liftCall(l.Type, vt, src, goLoc("call.Value"))
	}
	e.f("})\nreturn call\n}\n")
}

// liftCall prints the lifting of a result at src into dst and call.Err.
func (e *emitter) liftCall(ft ir.FuncTypeID, vt ir.TypeID, src, dst loc) {
	t := e.p.FuncTypes[ft].Result
	it := &e.p.Types[t]
	if it.Kind != ir.TResult {
		e.copy(t, src, dst)
		return
	}
	d := e.v("d")
	e.f("switch %s := %s; %s {\ncase 0:", d, e.readBits(src, it.DiscSize), d)
	if vt != ir.NoType {
		e.copy(vt, e.payload(t, vt, src), dst)
	}
	e.f("case 1:")
	v := e.rt() + ".Unit{}"
	if it.Err != ir.NoType {
		v = e.v("v")
		e.liftTo(v, it.Err, e.payload(t, it.Err, src))
	}
	if it.Err != ir.NoType && e.m.Types[it.Err].IsError {
		e.f("call.Err = %s", v)
	} else {
		e.f("call.Err = %s.NewError(%s)", e.rt(), v)
	}
	e.f("default:\n%s.ThrowDisc(%s)\n}", e.rt(), d)
}
