package adapt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wc2go/wc2go/codegen/core"
	"github.com/wc2go/wc2go/ir"
)

// This file: core functions and memories as Go expressions.

// callee is a core function that glue calls: defined elsewhere, declared here
// without a body.
type callee struct{ link, sig string }

// call is a call of a core function.
func (e *emitter) call(def *ir.CoreDef, depth string, args ...string) string {
	t, err := core.Callee(e.p, *def)
	if err != nil {
		e.fail("%w", err)
		return "panic(0)"
	}
	first := e.unsafe() + ".Pointer(i)"
	if t.Trampoline < 0 {
		first = fmt.Sprintf("%s.Pointer(i.core.%s)", e.unsafe(), t.Inst)
		if _, ok := e.calls[t.Name]; !ok {
			e.calls[t.Name] = callee{e.opts.Link(t.Module, t.Func), core.FuncSig(e.p, t.Module, t.Func, "unsafe.Pointer")}
		}
	}
	all := []string{first}
	if t.Depth {
		all = append(all, depth)
	}
	return t.Name + "(" + strings.Join(append(all, args...), ", ") + ")"
}

// memory is a memory's *rt.Memory.
func (e *emitter) memory(def *ir.CoreDef) string { return "i.core." + core.MemExpr(e.p, *def) }

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
	fmt.Fprintf(&b, "%s\n\npackage %s\n\nimport (\n\t\"unsafe\"\n)\n", header, e.m.Package)
	for _, n := range names {
		c := e.calls[n]
		fmt.Fprintf(&b, "\n//go:linkname %s %s\nfunc %s%s\n", n, c.link, n, c.sig)
	}
	return b.String()
}
