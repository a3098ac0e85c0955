package adapt

import (
	"fmt"
	"strings"

	"github.com/wc2go/wc2go/internal/typetable"
	"github.com/wc2go/wc2go/ir"
)

// dynamic prints (*Instance).Func, which finds exported functions by name, and
// what dynamic calls of them need.
func (e *emitter) dynamic() {
	rt := e.rt()
	type export struct {
		name string
		lift *ir.Lift
	}
	var exports []export
	var walk func(prefix string, items []ir.Extern)
	walk = func(prefix string, items []ir.Extern) {
		for i := range items {
			switch x := &items[i]; {
			case x.Kind == ir.ItemInstance:
				walk(prefix+x.Name+"#", x.Items)
			case x.Kind == ir.ItemFunc && !x.ReexportsImport:
				exports = append(exports, export{prefix + x.Name, &e.p.Lifts[x.Lift]})
			}
		}
	}
	walk("", e.p.Exports)
	e.f("// Func gives the exported function of that name: \"interface#function\", or")
	e.f("// \"function\" for one of the world itself.")
	if len(exports) == 0 {
		e.f("func (i *Instance) Func(name string) (%s.Func, bool) {\nreturn %s.Func{}, false\n}\n", rt, rt)
		return
	}
	e.f("func (i *Instance) Func(name string) (%s.Func, bool) {", rt)
	e.f("switch name {")
	for _, x := range exports {
		e.f("case %q:\nreturn i.func%d(), true", x.name, x.lift.ID)
	}
	e.f("}\nreturn %s.Func{}, false\n}\n", rt)
	e.f("// types are the types of the component.")
	e.f("var types = %s.NewTypes(%s)\n", rt, textLiteral(typetable.Encode(e.p)))

	done := map[ir.LiftID]bool{}
	for _, x := range exports {
		if !done[x.lift.ID] {
			done[x.lift.ID] = true
			e.dynFunc(x.lift)
		}
	}
}

// textLiteral is a Go string literal over several lines.
func textLiteral(s string) string {
	if s == "" {
		return `""`
	}
	var b strings.Builder
	for line := range strings.Lines(s) {
		if b.Len() > 0 {
			b.WriteString(" +\n")
		}
		fmt.Fprintf(&b, "%q", line)
	}
	return b.String()
}

func (e *emitter) dynFunc(l *ir.Lift) {
	rt := e.rt()
	o := e.options(l.Options)
	if o.Async || e.p.Memory64(o) {
		return // lift has said so
	}
	ft := &e.p.FuncTypes[l.Type]
	sig, _, _ := e.p.CoreSignature(l.Type, true, o)
	e.f("// func%d is %s for dynamic calls.", l.ID, l.Name)
	e.f("func (i *Instance) func%d() %s.Func {", l.ID, rt)
	e.f("f := &%s.DynFunc{", rt)
	e.f("Type: types.Func(%d), Inst: i.comp[%d], Root: %s.Pointer(i), Enc: %s,", l.Type, o.Instance, e.unsafe(), e.encoding(o.Encoding))
	if o.Memory != nil {
		e.f("Mem: %s,", e.memory(o.Memory))
	}
	if o.Realloc != nil {
		e.f("Fn: %s,", e.realloc(o.Realloc))
	}
	var args []string
	for n, t := range sig.Params {
		args = append(args, e.fromBits(fmt.Sprintf("a[%d]", n), t.Kind))
	}
	e.f("Core: func(root %s.Pointer, d int32, a, r []uint64) {", e.unsafe())
	call := e.call(&l.Core, "d", args...)
	if len(sig.Results) > 0 {
		call = "r[0] = " + e.toBits(call, sig.Results[0].Kind)
	}
	e.f("%s\n},", call)
	if o.PostReturn != nil {
		var rs []string
		for n, t := range sig.Results {
			rs = append(rs, e.fromBits(fmt.Sprintf("r[%d]", n), t.Kind))
		}
		e.f("Post: func(root %s.Pointer, d int32, r []uint64) {\n%s\n},", e.unsafe(), e.call(o.PostReturn, "d", rs...))
	}
	e.f("}")

	// The typed form, for rt.TypedFunc.
	params, names := "", ""
	for n, p := range ft.Params {
		params += fmt.Sprintf(", a%d %s", n, e.goType(p.Type))
		names += fmt.Sprintf(", a%d", n)
	}
	var results []string
	for _, t := range e.m.ResultIDs(l.Type) {
		results = append(results, e.goType(t))
	}
	e.f("typed := func(ctx %s.Context%s) (%s) {", e.pkg("context"), params, strings.Join(append(results, "error"), ", "))
	e.f("return lift%d(ctx, i%s)\n}", l.ID, names)
	e.f("return %s.NewFunc(f.Type, f.Call, typed)\n}\n", rt)
}

// fromBits turns the bits of a core value into it.
func (e *emitter) fromBits(x string, k ir.Kind) string {
	switch k {
	case ir.I32:
		return "uint32(" + x + ")"
	case ir.F32:
		return e.math() + ".Float32frombits(uint32(" + x + "))"
	case ir.F64:
		return e.math() + ".Float64frombits(" + x + ")"
	}
	return x
}

// toBits is the reverse of fromBits.
func (e *emitter) toBits(x string, k ir.Kind) string {
	switch k {
	case ir.I32:
		return "uint64(" + x + ")"
	case ir.F32:
		return "uint64(" + e.math() + ".Float32bits(" + x + "))"
	case ir.F64:
		return e.math() + ".Float64bits(" + x + ")"
	}
	return x
}
