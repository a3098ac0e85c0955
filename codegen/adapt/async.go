package adapt

import (
	"fmt"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// This file: what asynchronous lifts, lowers and built-ins share.

// typeKey is a text that is the same for equal types (component value types
// are equal by structure, resource types by identity).
func (e *emitter) typeKey(t ir.TypeID) string {
	if t == ir.NoType {
		return "_"
	}
	if s, ok := e.keys[t]; ok {
		return s
	}
	it := &e.p.Types[t]
	var b strings.Builder
	fmt.Fprintf(&b, "%d", it.Kind)
	switch it.Kind {
	case ir.TOwn, ir.TBorrow:
		fmt.Fprintf(&b, "(%s %d)", e.m.Path, it.Resource)
	case ir.TRecord, ir.TVariant, ir.TTuple, ir.TFlags, ir.TEnum:
		b.WriteByte('(')
		for _, c := range it.Cases {
			ct := c.Type
			if it.Kind == ir.TFlags || it.Kind == ir.TEnum {
				ct = ir.NoType
			}
			b.WriteString(c.Name + ":" + e.typeKey(ct) + ",")
		}
		b.WriteByte(')')
	case ir.TList, ir.TFixedList, ir.TOption, ir.TStream, ir.TFuture:
		fmt.Fprintf(&b, "(%s %d)", e.typeKey(it.Elem), it.Len)
	case ir.TMap:
		fmt.Fprintf(&b, "(%s %s)", e.typeKey(it.Key), e.typeKey(it.Elem))
	case ir.TResult:
		fmt.Fprintf(&b, "(%s %s)", e.typeKey(it.Elem), e.typeKey(it.Err))
	}
	e.keys[t] = b.String()
	return b.String()
}

// returnKey numbers what task.return and the lift of the current task must
// have in common: result type and string encoding, and the memory, 0 if there is none.
func (e *emitter) returnKey(t ir.TypeID, o *ir.CanonOptions) (key, memory int) {
	number := func(k string) int {
		n, ok := e.returns[k]
		if !ok {
			n = len(e.returns) + 1
			e.returns[k] = n
		}
		return n
	}
	if m := o.Memory; m != nil {
		memory = number(fmt.Sprintf("memory %d %d %s", m.Instance, m.Index, m.Name))
	}
	return number(fmt.Sprintf("%s|%d", e.typeKey(t), o.Encoding)), memory
}

// elem is the variable of the rt.Elem of a stream's or future's elements.
func (e *emitter) elem(t ir.TypeID) string {
	key := "elem " + e.typeKey(t)
	name, ok := e.outlined[key]
	if !ok {
		name = fmt.Sprintf("elem%d", len(e.outlined))
		e.outlined[key] = name
		e.queue = append(e.queue, func() {
			num := t == ir.NoType || number(e.p.Types[t].Kind)
			e.f("var %s = %s.Elem{Key: %q, Number: %t}\n", name, e.rt(), e.typeKey(t), num)
		})
	}
	return name
}

// tracked reports whether calls into an instance need a task: whether its code
// can ask for the current one.
func (e *emitter) tracked(c ir.ComponentInstanceID) bool {
	for n := range e.p.Trampolines {
		t := &e.p.Trampolines[n]
		if t.Instance != c {
			continue
		}
		switch t.Kind {
		case ir.TrampLower, ir.TrampFused:
			if e.p.FuncTypes[t.FuncType].Async {
				return true
			}
		case ir.TrampBuiltin:
			if !strings.HasPrefix(t.Builtin, "context.") && !strings.HasPrefix(t.Builtin, "backpressure.") && !strings.HasPrefix(t.Builtin, "error-context.") {
				return true
			}
		}
	}
	return false
}

// canBlock reports whether code of an instance can block in the middle of a call.
func (e *emitter) canBlock(c ir.ComponentInstanceID) bool {
	for n := range e.p.Trampolines {
		t := &e.p.Trampolines[n]
		if t.Instance != c {
			continue
		}
		switch t.Kind {
		case ir.TrampLower, ir.TrampFused:
			if e.p.FuncTypes[t.FuncType].Async && !e.options(t.Options).Async {
				return true
			}
		case ir.TrampBuiltin:
			switch b := t.Builtin; {
			case b == "waitable-set.wait", b == "thread.suspend", b == "thread.yield",
				strings.HasPrefix(b, "thread.suspend-then"), strings.HasPrefix(b, "thread.yield-then"):
				return true
			case b == "subtask.cancel", strings.HasSuffix(b, ".cancel-read"), strings.HasSuffix(b, ".cancel-write"):
				if !t.Async {
					return true
				}
			case strings.HasSuffix(b, ".read"), strings.HasSuffix(b, ".write"):
				if !e.options(t.Options).Async {
					return true
				}
			}
		}
	}
	return false
}

// callee is the variable of the rt.Callee of a lift of asynchronous type.
func (e *emitter) callee(l *ir.Lift) string {
	key := fmt.Sprintf("callee %d", l.ID)
	name, ok := e.outlined[key]
	if ok {
		return name
	}
	name = fmt.Sprintf("callee%d", l.ID)
	e.outlined[key] = name
	e.queue = append(e.queue, func() {
		o := e.options(l.Options)
		rt, ptr := e.rt(), e.unsafe()+".Pointer"
		sig, _, _ := e.p.CoreSignature(l.Type, true, o)
		key, memory := e.returnKey(e.p.FuncTypes[l.Type].Result, o)
		e.f("var %s = %s.Callee{\nName: %q, Async: %t, CanBlock: %t, Key: %d, Memory: %d,", name, rt, l.Name, o.Async, e.canBlock(o.Instance), key, memory)
		e.f("Call: func(root %s, d int32, fl *%s.Flat) uint64 {\ni := (*Instance)(root)", ptr, rt)
		var args []string
		for n, t := range sig.Params {
			args = append(args, e.fromBits(fmt.Sprintf("fl[%d]", n), t.Kind))
		}
		call := e.call(&l.Core, "d", args...)
		if len(sig.Results) > 0 {
			e.f("return %s\n},", e.toBits(call, sig.Results[0].Kind))
		} else {
			e.f("%s\nreturn 0\n},", call)
		}
		if o.Callback != nil {
			e.f("Callback: func(root %s, d int32, event, p1, p2 uint32) uint32 {\ni := (*Instance)(root)", ptr)
			e.f("return %s\n},", e.call(o.Callback, "d", "event", "p1", "p2"))
		}
		if o.PostReturn != nil {
			var args []string
			for _, t := range sig.Results {
				args = append(args, e.fromBits("r", t.Kind))
			}
			e.f("Post: func(root %s, d int32, r uint64) {\ni := (*Instance)(root)", ptr)
			e.f("%s\n},", e.call(o.PostReturn, "d", args...))
		}
		e.f("}\n")
	})
	return name
}

// startParams prints the part of a start function between the arguments and
// the flat values fl: it lowers what from gives into side s.
func (e *emitter) startParams(l *ir.Lift, s *side, from func(n int) loc) {
	o := e.options(l.Options)
	sig, indirect, _ := e.p.CoreSignature(l.Type, true, o)
	ts := e.params(l.Type)
	in := e.slots("c", sig.Params)
	if indirect {
		_, size, align := e.tupleLayout(s, ts)
		e.f("%s := %s.Realloc%s(0, 0, %d, %d)", in[0].name, s.cx, s.suffix(), align, size)
	} else {
		e.declare(in)
	}
	for n, to := range e.paramLocs(s, ts, indirect, in) {
		e.copy(ts[n], from(n), to)
	}
	for n, x := range in {
		e.f("fl[%d] = %s", n, e.toBits(x.name, x.kind))
	}
}

// resolved prints the declarations of the flat values in fl of a result, and
// gives where it is.
func (e *emitter) resolved(l *ir.Lift, s *side) loc {
	o := e.options(l.Options)
	t := e.p.FuncTypes[l.Type].Result
	flat, limit := e.p.FlattenResults(l.Type, s.wide), ir.MaxFlatResults
	if o.Async {
		limit = ir.MaxFlatParams
	}
	indirect := len(flat) > limit
	if indirect {
		flat = []ir.ValType{ir.TypeI32}
		if s.wide {
			flat[0] = ir.TypeI64
		}
	}
	out := e.slots("g", flat)
	for n := range out {
		out[n].name = e.v("x")
		e.f("%s := %s", out[n].name, e.fromBits(fmt.Sprintf("fl[%d]", n), out[n].kind))
		e.f("_ = %s", out[n].name)
	}
	return e.guestResult(t, s, indirect, out)
}

// copyChannel moves a stream, future or error context.
func (e *emitter) copyChannel(it *ir.Type, src, dst loc) {
	rt := e.rt()
	if it.Kind == ir.TErrorContext {
		switch {
		case !dst.guest():
			e.f("%s = %s.LiftErrorContext(%s)", dst.expr, src.side.cx, e.readBits(src, 4))
		case src.guest():
			e.writeVar(dst, fmt.Sprintf("%s.LowerErrorContext(%s.LiftErrorContext(%s))", dst.side.cx, src.side.cx, e.readBits(src, 4)))
		default:
			e.writeVar(dst, fmt.Sprintf("%s.LowerErrorContext(%s)", dst.side.cx, src.expr))
		}
		return
	}
	name, future := "Stream", false
	if it.Kind == ir.TFuture {
		name, future = "Future", true
	}
	switch {
	case src.guest() && dst.guest():
		e.writeVar(dst, fmt.Sprintf("%s.MoveChannel(%s, %s, &%s, %t, %s)", rt, src.side.cx, dst.side.cx, e.elem(it.Elem), future, e.readBits(src, 4)))
	case src.guest():
		e.f("%s = %s.Lift%s[%s](%s, &%s, %s)", dst.expr, rt, name, e.orUnit(it.Elem), src.side.cx, e.elem(it.Elem), e.readBits(src, 4))
	default:
		e.writeVar(dst, fmt.Sprintf("%s.Lower%s(%s, &%s, %s)", rt, name, dst.side.cx, e.elem(it.Elem), src.expr))
	}
}

// writeVar writes the value of a call to a guest: what the call moves memory
// for must be done first.
func (e *emitter) writeVar(dst loc, call string) {
	h := e.v("h")
	e.f("%s := %s", h, call)
	e.writeBits(dst, 4, h)
}
