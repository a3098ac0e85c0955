package adapt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// This file: core functions and memories as Go expressions.

// callee is a core function that glue calls: defined elsewhere, declared here
// without a body.
type callee struct {
	link string // what it is linked to
	sig  ir.FuncType
}

// resolve follows a function through imports to where it is defined: a
// trampoline, or function index of a core instance's own module.
func (e *emitter) resolve(def *ir.CoreDef) (inst *ir.CoreInstance, index uint32, tramp *ir.Trampoline) {
	for range len(e.p.CoreInstances) + 1 {
		if def.Kind == ir.DefTrampoline {
			return nil, 0, &e.p.Trampolines[def.Trampoline]
		}
		inst = &e.p.CoreInstances[def.Instance]
		if inst.Module < 0 {
			e.fail("functions of imported core modules are not supported yet (%q)", def.Name)
			return nil, 0, nil
		}
		m := e.p.Modules[inst.Module]
		if index = def.Index; int(index) >= m.NumImports(ir.ExternFunc) {
			return inst, index, nil
		}
		n := index
		for i := range m.Imports {
			if m.Imports[i].Kind != ir.ExternFunc {
				continue
			}
			if n == 0 {
				def = &inst.Args[i]
				break
			}
			n--
		}
	}
	e.fail("adapt: a core function is imported in a circle")
	return nil, 0, nil
}

// call is a call of a core function.
func (e *emitter) call(def *ir.CoreDef, depth string, args ...string) string {
	inst, index, tramp := e.resolve(def)
	var fn, first string
	switch {
	case tramp != nil:
		fn, first = fmt.Sprintf("tramp%d", tramp.ID), e.unsafe()+".Pointer(i)"
	case inst != nil:
		m := e.p.Modules[inst.Module]
		fn = e.opts.Core.FuncName(inst.Module, index)
		if _, ok := e.calls[fn]; !ok {
			t, _ := m.FuncTypeIndex(index)
			e.calls[fn] = callee{e.opts.Core.LinkName(inst.Module, index), m.Types[t].Func}
		}
		first = fmt.Sprintf("%s.Pointer(i.core.C%d)", e.unsafe(), inst.ID)
	default:
		return "panic(0)"
	}
	return fn + "(" + strings.Join(append([]string{first, depth}, args...), ", ") + ")"
}

// memory is a memory's *rt.Memory.
func (e *emitter) memory(def *ir.CoreDef) string {
	return fmt.Sprintf("i.core.C%d.Mem%d", def.Instance, def.Index)
}

// links prints the file of body-less declarations; "" if there are none.
func (e *emitter) links() string {
	if len(e.calls) == 0 {
		return ""
	}
	names := make([]string, 0, len(e.calls))
	for n := range e.calls {
		names = append(names, n)
	}
	slices.Sort(names)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\npackage %s\n\nimport \"unsafe\"\n", header, e.m.Package)
	for _, n := range names {
		c := e.calls[n]
		var ps, rs []string
		for i, t := range c.sig.Params {
			ps = append(ps, fmt.Sprintf(", p%d %s", i, goKind(t.Kind)))
		}
		for _, t := range c.sig.Results {
			rs = append(rs, goKind(t.Kind))
		}
		r := strings.Join(rs, ", ")
		if len(rs) > 1 {
			r = "(" + r + ")"
		}
		fmt.Fprintf(&b, "\n//go:linkname %s %s\nfunc %s(inst unsafe.Pointer, d int32%s) %s\n", n, c.link, n, strings.Join(ps, ""), r)
	}
	return b.String()
}
