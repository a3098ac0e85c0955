package adapt

import (
	"fmt"
	"strings"

	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/ir"
)

// frameCost is the depth budget that an adapter takes which calls a guest, in
// units of 16 bytes: its own Go frame and those of rt below it.
const frameCost = 64

// trampHead prints the beginning of a trampoline.
func (e *emitter) trampHead(t *ir.Trampoline, what string) (in, out []slot) {
	e.n = 0
	in, out = e.slots("f", t.Core.Params), e.slots("g", t.Core.Results)
	e.f("// tramp%d is %s.", t.ID, what)
	var ps, rs []string
	for _, s := range in {
		ps = append(ps, ", "+s.name+" "+goKind(s.kind))
	}
	for _, s := range out {
		rs = append(rs, s.name+" "+goKind(s.kind))
	}
	r := ""
	if len(rs) > 0 {
		r = "(" + strings.Join(rs, ", ") + ") "
	}
	e.f("func tramp%d(root %s.Pointer, d int32%s) %s{", t.ID, e.unsafe(), strings.Join(ps, ""), r)
	return in, out
}

func (e *emitter) trampEnd(out []slot) {
	if len(out) > 0 {
		e.f("return %s", strings.Join(slotNames(out), ", "))
	}
	e.f("}\n")
}

// mayLeave prints the check that comes first in a function that guests import.
func (e *emitter) mayLeave(inst ir.ComponentInstanceID) {
	e.f("if !i.comp[%d].MayLeave {\n%s.Throw(%s.TrapCannotLeave)\n}", inst, e.rt(), e.rt())
}

// trampoline prints trampN.
func (e *emitter) trampoline(t *ir.Trampoline) {
	switch t.Kind {
	case ir.TrampLower:
		e.lower(t)
	case ir.TrampFused:
		e.fused(t)
	case ir.TrampResourceNew:
		in, out := e.trampHead(t, "resource.new of "+e.resourceName(t.Resource))
		e.f("i := (*Instance)(root)")
		e.f("g0 = i.comp[%d].ResourceNew(i.comp[0].Res[%d], %s)", t.Instance, t.Resource, in[0].name)
		e.trampEnd(out)
	case ir.TrampResourceRep:
		in, out := e.trampHead(t, "resource.rep of "+e.resourceName(t.Resource))
		e.f("i := (*Instance)(root)")
		e.f("g0 = i.comp[%d].ResourceRep(i.comp[0].Res[%d], %s)", t.Instance, t.Resource, in[0].name)
		e.trampEnd(out)
	case ir.TrampResourceDrop:
		e.resourceDrop(t)
	case ir.TrampBuiltin:
		e.builtin(t)
	default:
		e.trap(t, "an import that can never be called", "import")
	}
}

// trap prints a trampoline that traps.
func (e *emitter) trap(t *ir.Trampoline, what, msg string) {
	_, out := e.trampHead(t, what)
	e.f("%s.Throwf(%s.TrapUnsupportedImport, %q)", e.rt(), e.rt(), strings.ReplaceAll(msg, "%", "%%"))
	e.trampEnd(out)
}

func (e *emitter) resourceName(r ir.ResourceID) string {
	n := e.p.Resources[r].Name
	switch {
	case n.Name == "":
		return fmt.Sprintf("resource %d", r)
	case n.Interface == "":
		return n.Name
	}
	return n.Interface + "#" + n.Name
}

// importName is the name of an import for people.
func (e *emitter) importName(id ir.ImportFuncID) string {
	return strings.Join(e.p.ImportFuncs[id].Path, "#")
}

// lower prints a lowered import of the root: lift the parameters to Go, call
// the embedder, lower what it returns.
func (e *emitter) lower(t *ir.Trampoline) {
	name := e.importName(t.ImportFunc)
	o := e.options(t.Options)
	if e.p.FuncTypes[t.FuncType].Async {
		e.asyncLower(t, name)
		return
	}
	rt := e.rt()
	in, out := e.trampHead(t, "the import "+name)
	e.f("i := (*Instance)(root)")
	e.mayLeave(t.Instance)
	_, paramsIndirect, resultIndirect := e.p.CoreSignature(t.FuncType, false, o)
	s := &side{enc: o.Encoding, inst: o.Instance, wide: e.p.Memory64(o)}
	if paramsIndirect || resultIndirect || e.needsCx(t.FuncType) {
		s = e.makeCx("cx", o, "d", true)
	}
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
	for n := range e.m.ResultIDs(t.FuncType) {
		rs = append(rs, fmt.Sprintf("r%d", n))
	}
	e.f("i.store.BeginHost(d)")
	call := fmt.Sprintf("%s(%s)", fn, strings.Join(append([]string{"i.store.HostContext()"}, args...), ", "))
	if outs := strings.Join(append(rs, "err"), ", "); s.wide {
		for n, t := range e.m.ResultIDs(t.FuncType) {
			e.f("var r%d %s", n, e.goType(t))
		}
		e.f("var err error")
		e.f("if f := i.pre.linked.Func(%d); f != nil {", t.ImportFunc)
		e.f("%s = %s(%s)", outs, e.typedLinked(t.FuncType), strings.Join(append([]string{"i.store.HostContext()"}, all...), ", "))
		e.f("} else {\n%s = %s\n}", outs, call)
	} else {
		e.f("%s := %s", outs, call)
	}
	e.f("i.store.EndHost()")

	bad := func(err string) { e.f("%s.ThrowHost(%q, %s)", rt, name, err) }
	res := e.p.FuncTypes[t.FuncType].Result
	isResult := res != ir.NoType && e.p.Types[res].Kind == ir.TResult
	if !isResult {
		e.f("if err != nil {")
		bad("err")
		e.f("}")
	}
	if res != ir.NoType {
		dst := flatLoc(s, out)
		if resultIndirect {
			it, p := e.layout(s, res), in[len(in)-1].name
			e.f("cx.Check%s(%s, %d, %d)", s.suffix(), p, it.Size, it.Align)
			dst = memLoc(s, p, 0)
		}
		if isResult {
			e.lowerResult(t.FuncType, dst, bad)
		} else {
			e.checkResults(res, bad)
			e.copy(res, e.goResults(res), dst)
		}
	}
	if e.borrows(t.FuncType) {
		e.f("cx.EndLends()")
	}
	e.trampEnd(out)
}

// lowerDynamic prints the branch to a host function that a rt.Linker has.
func (e *emitter) lowerDynamic(t *ir.Trampoline, s *side, in, out []slot) {
	e.f("if h := i.pre.linked.Func(%d); h != nil {", t.ImportFunc)
	if s.cx == "" {
		e.makeCx("cx", e.options(t.Options), "d", true)
	}
	flat := ""
	for _, x := range in {
		flat += ", " + e.toBits(x.name, x.kind)
	}
	o := e.options(t.Options)
	call := fmt.Sprintf("h.Lower(cx, %s%s)", e.encoding(o.Encoding), flat)
	if e.p.FuncTypes[t.FuncType].Async {
		call = fmt.Sprintf("h.HostCall(cx, %s, %t%s)", e.encoding(o.Encoding), o.Async, flat)
	}
	if len(out) > 0 {
		e.f("return %s\n}", e.fromBits(call, out[0].kind))
		return
	}
	e.f("%s\nreturn\n}", call)
}

// checkResults checks r0....
func (e *emitter) checkResults(t ir.TypeID, bad func(string)) {
	e.beginClaims(t)
	l := e.goResults(t)
	if l.parts == nil {
		e.check(t, l.expr, bad)
		return
	}
	for n, c := range e.p.Types[t].Cases {
		e.check(c.Type, l.parts[n], bad)
	}
}

// lowerResult prints the lowering of r0... and err as a WIT result.
func (e *emitter) lowerResult(ft ir.FuncTypeID, dst loc, bad func(string)) {
	t := e.p.FuncTypes[ft].Result
	it := &e.p.Types[t]
	e.f("if err == nil {")
	if it.Elem != ir.NoType {
		e.checkResults(it.Elem, bad)
	}
	e.writeBits(dst, it.DiscSize, "0")
	if it.Elem != ir.NoType {
		e.copy(it.Elem, e.goResults(it.Elem), e.payload(t, it.Elem, dst))
	}
	e.f("} else {")
	v := e.v("v")
	payload := v
	if it.Err != ir.NoType && e.m.Types[it.Err].IsError {
		e.f("var %s %s", v, e.goType(it.Err))
	} else {
		e.f("var %s *%s.ErrorValue[%s]", v, e.rt(), e.orUnit(it.Err))
		payload += ".Value"
	}
	e.f("if !%s.As(err, &%s) {", e.pkg("errors"), v)
	bad("err")
	e.f("}")
	if it.Err != ir.NoType {
		e.beginClaims(it.Err)
		e.check(it.Err, payload, bad)
	}
	e.writeBits(dst, it.DiscSize, "1")
	if it.Err != ir.NoType {
		e.copy(it.Err, goLoc(payload), e.payload(t, it.Err, dst))
	}
	e.f("}")
}

// ancestors are an instance and its ancestors.
func (e *emitter) ancestors(c ir.ComponentInstanceID) []ir.ComponentInstanceID {
	var out []ir.ComponentInstanceID
	for c >= 0 && len(out) <= len(e.p.Instances) {
		out = append(out, c)
		if int(c) >= len(e.p.Instances) {
			break
		}
		c = e.p.Instances[c].Parent
	}
	return out
}

// entering is the set of instances that a call from one instance into another
// enters (CanonicalABI.md, entering_set): known here, not at run time.
func (e *emitter) entering(from, to ir.ComponentInstanceID) []ir.ComponentInstanceID {
	inside := map[ir.ComponentInstanceID]bool{}
	for _, c := range e.ancestors(from) {
		inside[c] = true
	}
	var out []ir.ComponentInstanceID
	for _, c := range e.ancestors(to) {
		if !inside[c] {
			out = append(out, c)
		}
	}
	return out
}

// related reports whether one of two instances is the other, or an ancestor of
// it. Calls between them always trap "for now", as the reference tests say
// (async/trap-on-reenter.wast) and Wasmtime does: entering_set of CanonicalABI.md, which would let a parent
// wrap its child, is what holds between all others.
func (e *emitter) related(a, b ir.ComponentInstanceID) bool {
	return contains(e.ancestors(a), b) || contains(e.ancestors(b), a)
}

// enter prints may_enter_from and enter_from.
func (e *emitter) enter(set []ir.ComponentInstanceID) {
	if len(set) == 0 {
		return
	}
	var cond []string
	for _, c := range set {
		cond = append(cond, fmt.Sprintf("!i.comp[%d].MayEnter", c))
	}
	e.f("if %s {\n%s.Throw(%s.TrapCannotEnter)\n}", strings.Join(cond, " || "), e.rt(), e.rt())
	for _, c := range set {
		e.f("i.comp[%d].MayEnter = false", c)
	}
}

// leave prints leave_to.
func (e *emitter) leave(set []ir.ComponentInstanceID) {
	for _, c := range set {
		e.f("i.comp[%d].MayEnter = true", c)
	}
}

// spend prints the depth check of an adapter that calls a guest.
func (e *emitter) spend() {
	e.f("if d -= %d; d < 0 {\n%s.Throw(%s.TrapStackOverflow)\n}", frameCost, e.rt(), e.rt())
}

// fused prints the adapter between two components of the program.
func (e *emitter) fused(t *ir.Trampoline) {
	l := &e.p.Lifts[t.Lift]
	what := fmt.Sprintf("the call of %s by instance %d", l.Name, t.Instance)
	from, to := e.options(t.Options), e.options(l.Options)
	if e.p.FuncTypes[l.Type].Async {
		e.asyncFused(t, l, what)
		return
	}
	in, out := e.trampHead(t, what)
	e.f("i := (*Instance)(root)")
	e.mayLeave(t.Instance)
	if e.related(t.Instance, to.Instance) {
		e.f("%s.Throw(%s.TrapCannotEnter)", e.rt(), e.rt())
		e.trampEnd(out)
		return
	}
	e.spend()
	set := e.entering(t.Instance, to.Instance)
	e.enter(set)
	saved := e.newThread(to.Instance)

	_, fromParamsIndirect, fromResultIndirect := e.p.CoreSignature(l.Type, false, from)
	toSig, toParamsIndirect, toResultIndirect := e.p.CoreSignature(l.Type, true, to)
	cx := e.needsCx(l.Type)
	src := &side{enc: from.Encoding, inst: t.Instance, wide: e.p.Memory64(from)}
	dst := &side{enc: to.Encoding, inst: to.Instance, wide: e.p.Memory64(to)}
	if cx || fromParamsIndirect || fromResultIndirect {
		src = e.makeCx("src", from, "d", false)
	}
	if cx || toParamsIndirect || toResultIndirect {
		dst = e.makeCx("dst", to, "d", false)
	}
	scoped := e.scoped(l.Type, to.Instance)
	if scoped {
		e.f("dst.Scope = new(%s.Task)", e.rt())
	}
	ts := e.params(l.Type)
	if fromParamsIndirect {
		_, size, align := e.tupleLayout(src, ts)
		e.f("src.Check%s(%s, %d, %d)", src.suffix(), in[0].name, size, align)
	}
	args := e.slots("c", toSig.Params)
	if toParamsIndirect {
		_, size, align := e.tupleLayout(dst, ts)
		e.f("%s := dst.Realloc%s(0, 0, %d, %d)", args[0].name, dst.suffix(), align, size)
	} else {
		e.declare(args)
	}
	froms, tos := e.paramLocs(src, ts, fromParamsIndirect, in), e.paramLocs(dst, ts, toParamsIndirect, args)
	for n := range ts {
		e.copy(ts[n], froms[n], tos[n])
	}
	rets := e.slots("r", toSig.Results)
	call := e.call(&l.Core, "d", slotNames(args)...)
	if len(rets) > 0 {
		call = strings.Join(slotNames(rets), ", ") + " := " + call
	}
	e.f("%s", call)
	if scoped {
		e.f("dst.Scope.Return()")
	}
	if r := e.p.FuncTypes[l.Type].Result; r != ir.NoType {
		res := e.guestResult(r, dst, toResultIndirect, rets)
		back := flatLoc(src, out)
		if fromResultIndirect {
			it, p := e.layout(src, r), in[len(in)-1].name
			e.f("src.Check%s(%s, %d, %d)", src.suffix(), p, it.Size, it.Align)
			back = memLoc(src, p, 0)
		}
		e.copy(r, res, back)
	}
	if to.PostReturn != nil {
		e.f("i.comp[%d].MayLeave = false", to.Instance)
		e.f("%s", e.call(to.PostReturn, "d", slotNames(rets)...))
		e.f("i.comp[%d].MayLeave = true", to.Instance)
	}
	e.endThread(to.Instance, saved)
	e.leave(set)
	if e.borrows(l.Type) {
		e.f("src.EndLends()")
	}
	e.trampEnd(out)
}

// resourceDrop prints resource.drop: the destructor runs like a call from one
// component to another (CanonicalABI.md, canon resource.drop).
func (e *emitter) resourceDrop(t *ir.Trampoline) {
	r := &e.p.Resources[t.Resource]
	in, out := e.trampHead(t, "resource.drop of "+e.resourceName(t.Resource))
	e.f("i := (*Instance)(root)")
	res := fmt.Sprintf("i.comp[0].Res[%d]", t.Resource)
	drop := fmt.Sprintf("i.comp[%d].ResourceDrop(%s, %s)", t.Instance, res, in[0].name)
	set := []ir.ComponentInstanceID(nil)
	if !r.Imported {
		set = e.entering(t.Instance, r.Instance)
	}
	switch {
	case r.Imported:
		e.f("if _, val, own := %s; own {", drop)
		e.f("%s.DropHost(d, val)\n}", res)
	case r.Dtor == nil && len(set) == 0:
		e.f("%s", drop)
	case r.Dtor == nil:
		e.f("if _, _, own := %s; own {", drop)
		e.enter(set)
		e.leave(set)
		e.f("}")
	default:
		e.f("if rep, _, own := %s; own {", drop)
		e.spend()
		e.enter(set)
		saved := e.newThread(r.Instance)
		e.f("%s", e.call(r.Dtor, "d", "rep"))
		e.endThread(r.Instance, saved)
		e.leave(set)
		e.f("}")
	}
	e.trampEnd(out)
}
