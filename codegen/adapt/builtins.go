package adapt

import (
	"fmt"
	"strings"

	"github.com/wc2go/wc2go/codegen/core"
	"github.com/wc2go/wc2go/ir"
)

// This file: the built-ins of the async ABI.

// builtin prints a canonical built-in.
func (e *emitter) builtin(t *ir.Trampoline) {
	if e.taskBuiltin(t) {
		return
	}
	in, out := e.trampHead(t, "the built-in "+t.Builtin)
	o := e.options(t.Options)
	e.f("i := (*Instance)(root)")
	if t.Builtin != "thread.available-parallelism" {
		e.mayLeave(t.Instance)
	}
	c := fmt.Sprintf("i.comp[%d]", t.Instance)
	arg := func(n int) string { return in[n].name }
	// ptr is an address or a length, as rt takes them of memories of either kind.
	ptr := func(n int) string { return "uint64(" + arg(n) + ")" }
	// with is a call whose arguments are those of the built-in.
	with := func(method string, first ...string) string {
		return fmt.Sprintf("%s.%s(%s)", c, method, strings.Join(append(first, slotNames(in)...), ", "))
	}
	async := fmt.Sprint(t.Async)
	var elem ir.TypeID
	future := strings.HasPrefix(t.Builtin, "future.")
	kind, op, _ := strings.Cut(t.Builtin, ".")
	if kind == "stream" || future {
		elem = e.p.Types[t.Type].Elem
	}
	switch t.Builtin {
	case "task.return":
		flat := "nil"
		if len(in) > 0 {
			flat = "fl"
			e.f("fl := %s.Flat()", c)
		}
		for n, s := range in {
			e.f("fl[%d] = %s", n, e.toBits(s.name, s.kind))
		}
		key, memory := e.returnKey(t.Type, o)
		e.f("%s.TaskReturn(d, %d, %d, %s)", c, key, memory, flat)
	case "task.cancel":
		e.f("%s.TaskCancel(d)", c)
	case "waitable-set.new":
		e.f("g0 = %s.WaitableSetNew()", c)
	case "waitable-set.wait":
		e.f("g0 = %s.WaitableSetWait(%s, %s, %s, %s)", c, e.memory(o.Memory), async, arg(0), ptr(1))
	case "waitable-set.poll":
		e.f("g0 = %s.WaitableSetPoll(%s, %s, %s, %s)", c, e.memory(o.Memory), async, arg(0), ptr(1))
	case "waitable-set.drop":
		e.f("%s", with("WaitableSetDrop"))
	case "waitable.join":
		e.f("%s", with("WaitableJoin"))
	case "subtask.cancel":
		e.f("g0 = %s", with("SubtaskCancel", "d", async))
	case "subtask.drop":
		e.f("%s", with("SubtaskDrop"))
	case "stream.new", "future.new":
		e.f("g0 = %s.ChannelNew(&%s, %t)", c, e.elem(elem), future)
	case "stream.read", "stream.write", "future.read", "future.write":
		n := "1"
		if !future {
			n = ptr(2)
		}
		e.f("g0 = %s(%s.ChannelCopy(root, d, &%s, %t, %t, %t, %s, %s, %s))", goKind(out[0].kind), c, e.copyOp(t, elem), future, op == "write", o.Async, arg(0), ptr(1), n)
	case "stream.cancel-read", "stream.cancel-write", "future.cancel-read", "future.cancel-write":
		e.f("g0 = %s.ChannelCancel(&%s, %t, %t, %s, %s)", c, e.elem(elem), future, op == "cancel-write", async, arg(0))
	case "stream.drop-readable", "stream.drop-writable", "future.drop-readable", "future.drop-writable":
		e.f("%s.ChannelDrop(&%s, %t, %t, %s)", c, e.elem(elem), future, op == "drop-writable", arg(0))
	case "error-context.new":
		s := e.makeCx("cx", o, "d", false)
		e.f("g0 = %s.ErrorContextNew(%s, %s, %s, %s)", c, s.cx, e.encoding(o.Encoding), ptr(0), ptr(1))
	case "error-context.debug-message":
		s := e.makeCx("cx", o, "d", false)
		e.f("%s.ErrorContextDebugMessage(%s, %s, %s, %s)", c, s.cx, e.encoding(o.Encoding), arg(0), ptr(1))
	case "error-context.drop":
		e.f("%s", with("ErrorContextDrop"))
	case "thread.index":
		e.f("g0 = %s.ThreadIndex()", c)
	case "thread.new-indirect":
		e.f("f := i.core.%s.Get(uint64(%s))", core.TableExpr(e.p, *t.Table), arg(0))
		e.f("if f == nil {\n%s.Throwf(%s.TrapIndirectCallToNull, \"the start function index points to an uninitialized function\")\n}", e.rt(), e.rt())
		e.f("if f.Sig != %#x {\n%s.Throwf(%s.TrapBadSignature, \"start function does not match expected type (currently only `(%s) -> ()` is supported)\")\n}", t.Thread.Sig, e.rt(), e.rt(), t.Thread.Func.Params[0])
		e.f("g0 = %s.ThreadNew(func(d int32) {", c)
		e.f("%s.CoreCode[func(%s.Pointer, int32, %s)](f)(f.Inst, d, %s)\n})", e.rt(), e.unsafe(), goKind(in[1].kind), arg(1))
	case "thread.resume-later":
		e.f("%s", with("ThreadResumeLater"))
	case "thread.suspend":
		e.f("g0 = %s.ThreadSuspend(%s)", c, async)
	case "thread.yield":
		e.f("g0 = %s.ThreadYield(%s)", c, async)
	case "thread.suspend-then-resume":
		e.f("g0 = %s", with("ThreadSuspendThenResume", async))
	case "thread.yield-then-resume":
		e.f("g0 = %s", with("ThreadYieldThenResume", async))
	case "thread.suspend-then-promote":
		e.f("g0 = %s", with("ThreadSuspendThenPromote", async))
	case "thread.yield-then-promote":
		e.f("g0 = %s", with("ThreadYieldThenPromote", async))
	case "thread.available-parallelism":
		e.f("_ = i\ng0 = 1") // DETERMINISTIC_PROFILE
	case "thread.spawn-ref", "thread.spawn-indirect":
		e.f("g0 = 0") // DETERMINISTIC_PROFILE: there is no parallelism
	default:
		e.f("%s.Throwf(%s.TrapUnsupportedImport, %q)", e.rt(), e.rt(), t.Builtin)
	}
	e.trampEnd(out)
}

// copyOps are the trampolines that copy elements of a type.
func (e *emitter) copyOps(elem ir.TypeID, op string) []*ir.Trampoline {
	var out []*ir.Trampoline
	for n := range e.p.Trampolines {
		t := &e.p.Trampolines[n]
		if t.Kind == ir.TrampBuiltin && (t.Builtin == "stream."+op || t.Builtin == "future."+op) && e.typeKey(e.p.Types[t.Type].Elem) == e.typeKey(elem) {
			out = append(out, t)
		}
	}
	return out
}

// copyOp is the variable of the rt.CopyOp of a read or write.
func (e *emitter) copyOp(t *ir.Trampoline, elem ir.TypeID) string {
	_, op, _ := strings.Cut(t.Builtin, ".")
	key := fmt.Sprintf("op %d %s %s", t.Options, op, e.typeKey(elem))
	if name, ok := e.outlined[key]; ok {
		return name
	}
	name := fmt.Sprintf("copyOp%d", len(e.outlined))
	e.outlined[key] = name
	e.queue = append(e.queue, func() {
		rt := e.rt()
		o := e.options(t.Options)
		el := e.elem(elem)
		e.f("var %s = %s.CopyOp{Elem: &%s, ID: %d,", name, rt, el, t.Options)
		if elem != ir.NoType {
			it := e.p.Layout(elem, e.p.Memory64(o))
			e.f("Size: %d, Align: %d,", it.Size, it.Align)
			e.f("Mem: func(root %s.Pointer) *%s.Memory {\ni := (*Instance)(root)\nreturn %s\n},", e.unsafe(), rt, e.memory(o.Memory))
			e.f("Cx: func(root %s.Pointer, d int32) %s.Cx {\ni := (*Instance)(root)", e.unsafe(), rt)
			e.cx("return ", o, "d", false)
			e.f("},")
		} else {
			e.f("Align: 1,")
		}
		if elem != ir.NoType && !number(e.p.Types[elem].Kind) {
			e.f("Move: %s,", e.moves(elem))
		}
		if elem != ir.NoType {
			for n, host := range e.hostElems(elem) {
				if n == 0 {
					e.f("Codecs: []any{")
				}
				e.codec(host, o, op == "read")
			}
			if len(e.hostElems(elem)) > 0 {
				e.f("},")
			}
		}
		e.f("}\n")
	})
	return name
}

// moves is the function that finds how elements get from one memory to another.
func (e *emitter) moves(elem ir.TypeID) string {
	key := "moves " + e.typeKey(elem)
	if name, ok := e.outlined[key]; ok {
		return name
	}
	name := fmt.Sprintf("moves%d", len(e.outlined))
	e.outlined[key] = name
	e.queue = append(e.queue, func() {
		rt := e.rt()
		fn := fmt.Sprintf("func(src *%[1]s.Cx, sp uint64, dst *%[1]s.Cx, dp uint64)", rt)
		e.f("func %s(from, to int32) %s {\nswitch [2]int32{from, to} {", name, fn)
		seen := map[[2]ir.OptionsID]bool{}
		for _, w := range e.copyOps(elem, "write") {
			for _, r := range e.copyOps(elem, "read") {
				k := [2]ir.OptionsID{w.Options, r.Options}
				if seen[k] {
					continue
				}
				seen[k] = true
				wo, ro := e.options(w.Options), e.options(r.Options)
				e.f("case [2]int32{%d, %d}:\nreturn %s {", k[0], k[1], fn)
				src := &side{cx: "src", enc: wo.Encoding, inst: wo.Instance, wide: e.p.Memory64(wo)}
				dst := &side{cx: "dst", enc: ro.Encoding, inst: ro.Instance, wide: e.p.Memory64(ro)}
				e.f("p, q := %s(sp), %s(dp)", src.addr(), dst.addr())
				e.copy(elem, memLoc(src, "p", 0), memLoc(dst, "q", 0))
				e.f("}")
			}
		}
		e.f("}\nreturn nil\n}\n")
	})
	return name
}

// hostElems are the element types of streams and futures that the host sees
// and that are equal to elem, one per Go type.
func (e *emitter) hostElems(elem ir.TypeID) []ir.TypeID {
	if e.hosts == nil {
		e.hosts = map[string][]ir.TypeID{}
		see := func(t *ir.Type) bool {
			if (t.Kind == ir.TStream || t.Kind == ir.TFuture) && t.Elem != ir.NoType {
				k := e.typeKey(t.Elem)
				for _, x := range e.hosts[k] {
					if e.goType(x) == e.goType(t.Elem) {
						return false
					}
				}
				e.hosts[k] = append(e.hosts[k], t.Elem)
			}
			return false
		}
		for n := range e.p.ImportFuncs {
			e.anyType(e.p.ImportFuncs[n].Type, true, true, see)
		}
		for n := range e.m.Lifts {
			if exported(&e.m.Lifts[n]) {
				e.anyType(e.p.Lifts[n].Type, true, true, see)
			}
		}
	}
	return e.hosts[e.typeKey(elem)]
}

// codec prints an rt.Codec for elements of type t in memory with options o: what
// a read stores, or what a write loads.
func (e *emitter) codec(t ir.TypeID, o *ir.CanonOptions, read bool) {
	rt, g := e.rt(), e.goType(t)
	s := &side{cx: "cx", enc: o.Encoding, inst: o.Instance, wide: e.p.Memory64(o)}
	size := e.layout(s, t).Size
	e.f("&%s.Codec[%s]{", rt, g)
	if read {
		e.f("Store: func(cx *%s.Cx, p uint64, from []%s) {", rt, g)
		if number(e.p.Types[t].Kind) {
			e.f("%s.StoreNumbers64(cx, from, p)\n},\n},", rt)
			return
		}
		if e.needsCheck(t) {
			e.f("i := (*Instance)(cx.Root)\n_ = i")
			e.beginClaims(t)
		}
		e.f("for k := range from {")
		e.check(t, "from[k]", func(err string) { e.f("%s.ThrowHost(\"stream\", %s)", rt, err) })
		e.f("q := %s(p) + %[1]s(k)*%[2]d", s.addr(), size)
		e.copy(t, goLoc("from[k]"), memLoc(s, "q", 0))
		e.f("}\n},\n},")
		return
	}
	e.f("Load: func(cx *%s.Cx, p uint64, to []%s) {", rt, g)
	if number(e.p.Types[t].Kind) {
		e.f("%s.LoadNumbers64(cx, to, p)\n},\n},", rt)
		return
	}
	e.f("for k := range to {\nq := %s(p) + %[1]s(k)*%[2]d", s.addr(), size)
	e.copy(t, memLoc(s, "q", 0), goLoc("to[k]"))
	e.f("}\n},\n},")
}
