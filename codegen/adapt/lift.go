package adapt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/ir"
)

// options gives canonical options; the zero options for none.
func (e *emitter) options(id ir.OptionsID) *ir.CanonOptions {
	if id < 0 || int(id) >= len(e.p.Options) {
		return &ir.CanonOptions{ID: -1, Instance: 0}
	}
	return &e.p.Options[id]
}

// anyType reports whether some of a function's types has a property.
func (e *emitter) anyType(ft ir.FuncTypeID, params, result bool, f func(*ir.Type) bool) bool {
	t := &e.p.FuncTypes[ft]
	var ts []ir.TypeID
	if params {
		ts = e.params(ft)
	}
	if result {
		ts = append(ts, t.Result)
	}
	return e.anyOf(ts, f)
}

// anyOf reports whether some of the types, or of those they are made of, has a property.
func (e *emitter) anyOf(ts []ir.TypeID, f func(*ir.Type) bool) bool {
	seen := map[ir.TypeID]bool{}
	var in func(id ir.TypeID) bool
	in = func(id ir.TypeID) bool {
		if id == ir.NoType || seen[id] {
			return false
		}
		seen[id] = true
		it := &e.p.Types[id]
		if f(it) {
			return true
		}
		if it.Kind != ir.TEnum && it.Kind != ir.TFlags {
			for _, c := range it.Cases {
				if in(c.Type) {
					return true
				}
			}
		}
		return in(it.Elem) || in(it.Key) || in(it.Err)
	}
	return slices.ContainsFunc(ts, in)
}

// needsCx reports whether a function's values touch memory or handles.
func (e *emitter) needsCx(ft ir.FuncTypeID) bool {
	return e.anyType(ft, true, true, func(t *ir.Type) bool { return t.HasPointer || t.HasResource || isAsyncValue(t.Kind) })
}

func isAsyncValue(k ir.TypeKind) bool {
	return k == ir.TStream || k == ir.TFuture || k == ir.TErrorContext
}

// scoped reports whether parameters hold borrows that become handles in inst.
func (e *emitter) scoped(ft ir.FuncTypeID, inst ir.ComponentInstanceID) bool {
	return e.anyType(ft, true, false, func(t *ir.Type) bool {
		if t.Kind != ir.TBorrow {
			return false
		}
		r := &e.p.Resources[t.Resource]
		return r.Imported || r.Instance != inst
	})
}

// borrows reports whether parameters hold borrows.
func (e *emitter) borrows(ft ir.FuncTypeID) bool {
	return e.anyType(ft, true, false, func(t *ir.Type) bool { return t.Kind == ir.TBorrow })
}

// makeCx prints the declaration of a context.
func (e *emitter) makeCx(name string, o *ir.CanonOptions, depth string, host bool) *side {
	e.cx(name+" := &", o, depth, host)
	return &side{cx: name, enc: o.Encoding, inst: o.Instance, wide: e.p.Memory64(o)}
}

// cx prints an rt.Cx after what comes before it.
func (e *emitter) cx(before string, o *ir.CanonOptions, depth string, host bool) {
	var b strings.Builder
	fmt.Fprintf(&b, "Inst: i.comp[%d], Root: %s.Pointer(i), D: %s", o.Instance, e.unsafe(), depth)
	if o.Memory != nil {
		fmt.Fprintf(&b, ", Mem: %s", e.memory(o.Memory))
	}
	if o.Realloc != nil {
		fmt.Fprintf(&b, ", Fn%s: %s", wide(e.p.Memory64(o)), e.realloc(o.Realloc, o.Instance, e.p.Memory64(o)))
	}
	if e.p.Memory64(o) {
		b.WriteString(", Wide: true")
	}
	if host {
		b.WriteString(", Charge: true")
	}
	e.f("%s%s.Cx{%s}", before, e.rt(), b.String())
}

// realloc is the name of the function that calls a realloc option in an
// instance: as a call of its own, with its own thread-local storage.
func (e *emitter) realloc(def *ir.CoreDef, inst ir.ComponentInstanceID, is64 bool) string {
	key := reallocKey{*def, inst}
	if s, ok := e.reallocs[key]; ok {
		return s
	}
	s := fmt.Sprintf("realloc%d", len(e.reallocs))
	e.reallocs[key] = s
	e.queue = append(e.queue, func() {
		e.f("func %s(root %s.Pointer, d int32, old, oldSize, align, size %[3]s) %[3]s {", s, e.unsafe(), (&side{wide: is64}).addr())
		e.f("i := (*Instance)(root)")
		call := e.call(def, "d", "old", "oldSize", "align", "size")
		if e.hasContext(inst) {
			e.f("saved := i.comp[%d].Context", inst)
			e.f("i.comp[%d].Context = [2]uint64{}", inst)
			e.f("p := %s", call)
			e.f("i.comp[%d].Context = saved", inst)
			call = "p"
		}
		e.f("return %s\n}\n", call)
	})
	return s
}

type reallocKey struct {
	def  ir.CoreDef
	inst ir.ComponentInstanceID
}

// slots makes variables for flat values.
func (e *emitter) slots(prefix string, flat []ir.ValType) []slot {
	out := make([]slot, len(flat))
	for n, t := range flat {
		out[n] = slot{fmt.Sprintf("%s%d", prefix, n), t.Kind}
	}
	return out
}

// declare prints the declarations of slots.
func (e *emitter) declare(slots []slot) {
	for _, s := range slots {
		e.f("var %s %s", s.name, goKind(s.kind))
	}
}

func slotNames(slots []slot) []string {
	out := make([]string, len(slots))
	for n, s := range slots {
		out[n] = s.name
	}
	return out
}

// params gives the types of a function's parameters.
func (e *emitter) params(ft ir.FuncTypeID) []ir.TypeID {
	var out []ir.TypeID
	for _, p := range e.p.FuncTypes[ft].Params {
		out = append(out, p.Type)
	}
	return out
}

// tupleLayout lays out parameters in the memory of a side.
func (e *emitter) tupleLayout(s *side, ts []ir.TypeID) (offsets []uint32, size, align uint32) {
	align = 1
	for _, t := range ts {
		it := e.layout(s, t)
		size = roundUp(size, it.Align)
		offsets = append(offsets, size)
		size += it.Size
		align = max(align, it.Align)
	}
	return offsets, roundUp(size, align), align
}

// paramLocs gives where each parameter is on a guest side.
func (e *emitter) paramLocs(s *side, ts []ir.TypeID, indirect bool, slots []slot) []loc {
	out := make([]loc, len(ts))
	if indirect {
		offsets, _, _ := e.tupleLayout(s, ts)
		for n := range ts {
			out[n] = memLoc(s, slots[0].name, offsets[n])
		}
		return out
	}
	from := 0
	for n, t := range ts {
		out[n] = flatLoc(s, slots[from:from+e.flatLen(t)])
		from += e.flatLen(t)
	}
	return out
}

// lift prints liftN.
func (e *emitter) lift(l *ir.Lift) {
	o := e.options(l.Options)
	if e.p.FuncTypes[l.Type].Async {
		e.asyncLift(l)
		return
	}
	e.n = 0
	ft := &e.p.FuncTypes[l.Type]
	sig, paramsIndirect, resultIndirect := e.p.CoreSignature(l.Type, true, o)
	results := e.m.ResultIDs(l.Type)

	params := ""
	for n, p := range ft.Params {
		params += fmt.Sprintf(", a%d %s", n, e.goType(p.Type))
	}
	rs := ""
	for n, t := range results {
		rs += fmt.Sprintf("r%d %s, ", n, e.goType(t))
	}
	e.f("// lift%d calls %s.", l.ID, l.Name)
	e.f("func lift%d(ctx %s.Context, i *Instance%s) (%serr error) {", l.ID, e.pkg("context"), params, rs)
	e.f("var e %s.Entry", e.rt())
	e.f("if err = e.Enter(ctx, i.store, i.comp[%d]); err != nil {\nreturn\n}", o.Instance)
	e.f("defer e.Exit(&err)")
	e.beginClaims(e.params(l.Type)...)
	for n, p := range ft.Params {
		e.check(p.Type, fmt.Sprintf("a%d", n), func(err string) {
			e.f("err = &%s.ArgError{Name: %q, Err: %s}\nreturn", e.rt(), p.Name, err)
		})
	}
	s := &side{enc: o.Encoding, inst: o.Instance, wide: e.p.Memory64(o)}
	cx := paramsIndirect || resultIndirect || e.needsCx(l.Type)
	if cx {
		s = e.makeCx("cx", o, "e.Depth", true)
	}
	saved := e.newThread(o.Instance)
	scoped := e.scoped(l.Type, o.Instance)
	if scoped {
		e.f("cx.Scope = new(%s.Task)", e.rt())
	}
	ts := e.params(l.Type)
	in := e.slots("f", sig.Params)
	if paramsIndirect {
		_, size, align := e.tupleLayout(s, ts)
		e.f("%s := cx.Realloc%s(0, 0, %d, %d)", in[0].name, s.suffix(), align, size)
	} else {
		e.declare(in)
	}
	for n, to := range e.paramLocs(s, ts, paramsIndirect, in) {
		e.copy(ts[n], goLoc(fmt.Sprintf("a%d", n)), to)
	}
	out := e.slots("g", sig.Results)
	call := e.call(&l.Core, "e.Depth", slotNames(in)...)
	if len(out) > 0 {
		call = strings.Join(slotNames(out), ", ") + " := " + call
	}
	e.f("%s", call)
	if ft.Result != ir.NoType {
		e.liftResult(l.Type, s, resultIndirect, out)
	}
	if scoped {
		e.f("cx.Scope.Return()")
	}
	if o.PostReturn != nil {
		e.f("i.comp[%d].MayLeave = false", o.Instance)
		e.f("%s", e.call(o.PostReturn, "e.Depth", slotNames(out)...))
		e.f("i.comp[%d].MayLeave = true", o.Instance)
	}
	e.endThread(o.Instance, saved)
	if cx && e.borrows(l.Type) {
		e.f("cx.EndLends()")
	}
	e.f("e.Done = true\nreturn\n}\n")
}

// guestResult gives where a function's result is that a guest returned.
func (e *emitter) guestResult(t ir.TypeID, s *side, indirect bool, out []slot) loc {
	if !indirect {
		return flatLoc(s, out)
	}
	it := e.layout(s, t)
	e.f("%s.Check%s(%s, %d, %d)", s.cx, s.suffix(), out[0].name, it.Size, it.Align)
	return memLoc(s, out[0].name, 0)
}

// liftResult prints the lifting of a result into r0... and err.
func (e *emitter) liftResult(ft ir.FuncTypeID, s *side, indirect bool, out []slot) {
	t := e.p.FuncTypes[ft].Result
	it := &e.p.Types[t]
	src := e.guestResult(t, s, indirect, out)
	if it.Kind != ir.TResult {
		e.copy(t, src, e.goResults(t))
		return
	}
	d := e.v("d")
	e.f("switch %s := %s; %s {\ncase 0:", d, e.readBits(src, it.DiscSize), d)
	if it.Elem != ir.NoType {
		e.copy(it.Elem, e.payload(t, it.Elem, src), e.goResults(it.Elem))
	}
	e.f("case 1:")
	v := e.rt() + ".Unit{}"
	if it.Err != ir.NoType {
		v = e.v("v")
		e.liftTo(v, it.Err, e.payload(t, it.Err, src))
	}
	if it.Err != ir.NoType && e.m.Types[it.Err].IsError {
		e.f("err = %s", v)
	} else {
		e.f("err = %s.NewError(%s)", e.rt(), v)
	}
	e.f("default:\n%s.ThrowDisc(%s)\n}", e.rt(), d)
}

// goResults is the Go results r0... as one place for a value of type t.
func (e *emitter) goResults(t ir.TypeID) loc {
	l := goLoc("r0")
	if e.m.Spreads(t) {
		for n := range e.p.Types[t].Cases {
			l.parts = append(l.parts, fmt.Sprintf("r%d", n))
		}
	}
	return l
}

// exported reports whether the root exports a lift.
func exported(f *names.ExportFunc) bool { return f.Extern != nil }
