package core

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// This file: tail calls. One of the function itself is a jump, and most others can be
// plain calls: a chain of tail calls that comes to no function twice has an
// end. Functions that tail calls may come back to (ir.Func.Bounce) have two Go functions. The body,
// instead of a tail call, notes the callee and its arguments in fields of the
// instance, and returns. The other, which has the function's name and which
// everybody calls, calls the body and then whatever has been noted, until nothing is. What
// it calls are functions of package core that take the arguments out of the fields again.

// tailKind is the fields of a module's instances for tail calls of functions
// that look the same in Go.
type tailKind struct {
	sig  string
	typ  *ir.FuncType
	body string // of the struct type
}

// bodyName is the Go name of the body of a function that bounces.
func bodyName(p *ir.Program, mod ir.ModuleID, fn uint32) string {
	name := FuncName(p, mod, fn)
	i := strings.IndexByte(name, '_')
	if i < 0 {
		return name + "x"
	}
	return name[:i] + "x" + name[i:]
}

// bounces reports whether function fn of m, not an import, has a body of its own.
func bounces(m *ir.Module, fn uint32) bool {
	i := int(fn) - m.NumImports(ir.ExternFunc)
	return i >= 0 && i < len(m.Funcs) && m.Funcs[i].Bounce
}

// bounced reports whether a tail call in a function that bounces is not made
// before it returns: its callee is not known, or one that bounces.
func (l *Layout) bounced(m *ir.Module, s *ir.Call) bool {
	if !s.Tail || s.Kind != ir.CallDirect {
		return s.Tail
	}
	if importArg(m, ir.ExternFunc, s.Func) < 0 {
		return bounces(m, s.Func)
	}
	switch x := l.links[m.ID][s.Func]; {
	case x.dynamic:
		return true
	case x.target.Trampoline >= 0:
		return false
	default:
		return bounces(l.p.Modules[x.target.Module], x.target.Func)
	}
}

// tailKinds finds the kinds of tail calls that m's functions note.
func (l *Layout) tailKinds(m *ir.Module) []tailKind {
	if k, ok := l.tails[m.ID]; ok {
		return k
	}
	var kinds []tailKind
	for _, f := range m.Funcs {
		if !f.Bounce || f.Dead {
			continue
		}
		walkStmts(f.Body, func(s ir.Stmt) {
			c, ok := s.(*ir.Call)
			if !ok || !l.bounced(m, c) || c.Kind == ir.CallDirect && c.Func == f.Index {
				return
			}
			t := &m.Types[c.Type].Func
			sig := goSig(m, t, "unsafe.Pointer", true, false)
			if slices.ContainsFunc(kinds, func(k tailKind) bool { return k.sig == sig }) {
				return
			}
			body := "struct {\nCode, Inst unsafe.Pointer\n"
			for i, p := range t.Params {
				body += fmt.Sprintf("F%d %s\n", i, GoType(m, p))
			}
			kinds = append(kinds, tailKind{sig, t, body + "}"})
		}, func(*ir.Expr) {})
	}
	if l.tails == nil {
		l.tails = make(map[ir.ModuleID][]tailKind)
	}
	l.tails[m.ID] = kinds
	return kinds
}

// tailFields prints the fields.
func (l *Layout) tailFields(b *bytes.Buffer, m *ir.Module) {
	for k, x := range l.tailKinds(m) {
		fmt.Fprintf(b, "Tail%d %s\n", k, x.body)
	}
}

func tailFunc(mod ir.ModuleID, kind int) string { return fmt.Sprintf("Tail%dx%d", mod, kind) }

// tailFuncs prints the functions that make the calls that were noted. References
// do not stay in the fields.
func (l *Layout) tailFuncs(b *bytes.Buffer, m *ir.Module) {
	for k, x := range l.tailKinds(m) {
		results := strings.TrimPrefix(x.sig[strings.IndexByte(x.sig, ')')+1:], " ")
		fmt.Fprintf(b, "\n// %s makes a tail call that an instance of module %d has noted.\nfunc %[1]s(m unsafe.Pointer, d int32) %[3]s {\na := &(*M%[2]d)(m).Tail%[4]d\n", tailFunc(m.ID, k), m.ID, results, k)
		args := ""
		for i, p := range x.typ.Params {
			f := fmt.Sprintf("a.F%d", i)
			if p.Kind == ir.Ref {
				fmt.Fprintf(b, "f%d := %s\n%[2]s = nil\n", i, f)
				f = fmt.Sprintf("f%d", i)
			}
			args += ", " + f
		}
		if results != "" {
			b.WriteString("return ")
		}
		fmt.Fprintf(b, "(*(*func%s)(unsafe.Pointer(&a.Code)))(a.Inst, d%s)\n}\n", x.sig, args)
	}
}

// declareBody notes that the file refers to the body of a function that bounces,
// and gives its name.
func (b *body) declareBody(mod ir.ModuleID, fn uint32) string {
	name := bodyName(b.l.p, mod, fn)
	entry := FuncName(b.l.p, mod, fn)
	b.file.calls[name] = declared{
		strings.TrimSuffix(b.l.LinkName(mod, fn), entry) + name,
		FuncSig(b.l.p, mod, fn, "*core.M"+strconv.Itoa(int(mod))),
	}
	return name
}

// noteTail prints a tail call as a note and a return.
func (b *body) noteTail(s *ir.Call, t *ir.FuncType) {
	b.file.rt, b.file.unsafe = true, true
	sig := goSig(b.m, t, "unsafe.Pointer", true, false)
	k := slices.IndexFunc(b.l.tailKinds(b.m), func(k tailKind) bool { return k.sig == sig })
	field := "m.Tail" + strconv.Itoa(k)
	args := b.exs(s.Args)
	code, inst := "", ""
	switch {
	case s.Kind == ir.CallIndirect:
		b.indirect(s, t, nil)
		code, inst = "tf.TailCode()", "tf.Inst"
	case s.Kind == ir.CallRef:
		b.refCall(s, t, nil)
		b.line("if tf == nil {")
		b.line("\tpanic(rt.TrapNullReference)")
		b.line("}")
		code, inst = "tf.TailCode()", "tf.Inst"
	case importArg(b.m, ir.ExternFunc, s.Func) < 0:
		code, inst = "rt.CodeOf("+b.declareBody(b.m.ID, s.Func)+")", "unsafe.Pointer(m)"
	default:
		i := strconv.FormatUint(uint64(s.Func), 10)
		if x := b.l.links[b.m.ID][s.Func]; x.dynamic {
			code, inst = "m.F"+i+".TailCode()", "m.F"+i+".Inst"
		} else {
			code, inst = "rt.CodeOf("+b.declareBody(x.target.Module, x.target.Func)+")", "unsafe.Pointer(m.L"+i+")"
		}
	}
	for i, a := range args {
		b.assign(field+".F"+strconv.Itoa(i), a)
	}
	b.line(field, ".Code, ", field, ".Inst = ", code, ", ", inst)
	b.line("m.Store.Tail = rt.TailCall{Next: rt.CodeOf(", b.core(tailFunc(b.m.ID, k)), "), Inst: unsafe.Pointer(m)}")
	b.tabs()
	b.str("return")
	for i, r := range t.Results {
		if i > 0 {
			b.str(",")
		}
		b.str(" " + b.zero(r))
	}
	b.str("\n")
}

// bouncer prints the function that calls the body of one that bounces, and
// whatever it notes.
func (b *body) bouncer() {
	t := &b.m.Types[b.f.Type].Func
	b.file.rt, b.file.unsafe = true, true
	sig := FuncSig(b.l.p, b.m.ID, b.f.Index, "*core.M"+strconv.Itoa(int(b.m.ID)))
	args := "m, d"
	for i := range t.Params {
		args += ", " + local(ir.Local(i))
	}
	var results []string
	for i := range t.Results {
		results = append(results, "r"+strconv.Itoa(i))
	}
	list := strings.Join(results, ", ")
	set := ""
	if list != "" {
		set = list + " "
	}
	resultTypes := sig[strings.IndexByte(sig, ')')+1:]
	b.str("\nfunc " + FuncName(b.l.p, b.m.ID, b.f.Index) + sig + " {\n")
	b.indent = 1
	first, next := set, set
	if set != "" {
		first, next = set+":= ", set+"= "
	}
	b.line(first, bodyName(b.l.p, b.m.ID, b.f.Index), "(", args, ")")
	b.line("for m.Store.Tail.Next != nil {")
	b.line("\tf, i := rt.NextTail[func(unsafe.Pointer, int32)", resultTypes, "](m.Store)")
	b.line("\t", next, "f(i, d)")
	b.line("}")
	if list != "" {
		b.line("return ", list)
	}
	b.str("}\n")
}

// tails sets Bounce: a function bounces if its tail calls may lead, through
// tail calls alone, back to it. A call through a reference may lead to any function
// that there are references to and that has the type; with modules that are linked at run time,
// to one outside, which may call all of ours.
func (g *graph) tails() {
	n := len(g.out)
	t := &graph{out: make([][]int, n+1)}
	outside := n
	bySig := map[uint64]int{}
	node := func(sig uint64) int {
		v, ok := bySig[sig]
		if !ok {
			v = len(t.out)
			bySig[sig] = v
			t.out = append(t.out, nil)
		}
		return v
	}
	edge := func(v, w int) { t.out[v] = append(t.out[v], w) }
	for _, m := range g.p.Modules {
		for j, f := range m.Funcs {
			v := g.base[m.ID] + j
			f.Bounce = false
			walkStmts(f.Body, func(s ir.Stmt) {
				c, ok := s.(*ir.Call)
				switch {
				case !ok || !c.Tail || c.Kind == ir.CallDirect && c.Func == f.Index:
				case c.Kind != ir.CallDirect:
					edge(v, node(m.Types[c.Type].Sig))
				default:
					g.funcs(m, c.Func, func(w int) {
						if w == g.indirect {
							w = outside
						}
						edge(v, w)
					})
				}
			}, func(*ir.Expr) {})
		}
	}
	open := slices.Contains(g.bare, true)
	if open {
		for _, v := range bySig {
			edge(v, outside)
		}
	}
	for _, m := range g.p.Modules {
		for j, f := range m.Funcs {
			v := g.base[m.ID] + j
			if !f.Escapes {
				continue
			}
			if open {
				edge(outside, v)
			}
			for k := f.Type; ; k = m.Types[k].Super[0] {
				if s, ok := bySig[m.Types[k].Sig]; ok {
					edge(s, v)
				}
				if len(m.Types[k].Super) == 0 {
					break
				}
			}
		}
	}
	comp := t.components()
	for i, m := range g.p.Modules {
		for j, f := range m.Funcs {
			v := g.base[i] + j
			for _, w := range t.out[v] {
				f.Bounce = f.Bounce || comp[v] == comp[w]
			}
			f.Depth = f.Depth || f.Bounce
		}
	}
}
