package ir

// This file: pass "inline".

// The limits of inlining, in operators and statements.
const (
	// inlineTiny is the cost of a callee that costs hardly more than its call.
	inlineTiny = 12
	// inlineLoop is the cost up to which a callee without loops is put into a loop.
	inlineLoop = 40
	// inlineOnce is inlineLoop for a callee that nothing else calls.
	inlineOnce = 80
	// inlineSelf is the cost up to which a function is put into itself, inlineLevels how
	// often, and inlineSelfTotal what it may become.
	inlineSelf      = 60
	inlineLevels    = 3
	inlineSelfTotal = 400
	// inlineCaller is the cost from which on a function does not grow any more.
	inlineCaller = 20000
)

// inlineCalls puts the bodies of small functions in place of direct calls of
// them. Go does so itself only within a package and for functions without loops that call
// nothing; it never unrolls recursion. Recursion is unrolled a few levels, where
// most of what a call costs is the call.
//
// Callees come first, so that what is inlined has been through the pass.
func inlineCalls(p *Program) error {
	for _, m := range p.Modules {
		n := &inliner{m: m, imported: uint32(m.NumImports(ExternFunc)), info: make([]inlineInfo, len(m.Funcs))}
		n.module()
	}
	return deadFuncs(p) // some have been inlined wherever they were called
}

type inliner struct {
	m        *Module
	imported uint32
	info     []inlineInfo
}

// inlineInfo is what the pass knows about a function.
type inlineInfo struct {
	cost    int
	calls   int  // direct calls of it in the module
	loops   bool // has loops
	self    bool // calls itself
	cyclic  bool // calls itself, perhaps through others
	refused bool // cannot be inlined
	frame   bool // may be in a backtrace: something in it may trap or call
}

func (n *inliner) module() {
	graph := callsOf(n.m, n.imported)
	next := make([][]uint32, len(n.m.Funcs))
	for i := range graph {
		next[i] = graph[i].direct
	}
	cyclic := onCycle(next)
	for i, f := range n.m.Funcs {
		n.info[i].cyclic = cyclic[i]
		n.measure(i, f)
		eachStmt(f.Body, func(s Stmt) {
			if c, ok := s.(*Call); ok && c.Kind == CallDirect && c.Func >= n.imported {
				n.info[c.Func-n.imported].calls++
				if int(c.Func-n.imported) == i {
					n.info[i].self = true
				}
			}
		})
	}
	for _, i := range postOrder(next) {
		f := n.m.Funcs[i]
		if f.Dead || n.info[i].cost > inlineCaller {
			continue
		}
		if !n.caller(f, int(i)) {
			continue
		}
		n.measure(int(i), f)
	}
}

// measure computes the cost of f and what there is against inlining it.
func (n *inliner) measure(i int, f *Func) {
	k := &n.info[i]
	k.cost, k.loops, k.refused, k.frame = 0, false, f.Dead, false
	returns := len(n.m.Types[f.Type].Func.Results) == 0
	count := func(x *Expr) {
		k.cost += exprCost(x)
		k.frame = k.frame || traps(x)
	}
	eachStmt(f.Body, func(s Stmt) {
		switch s := s.(type) {
		case *Set:
			if s.X.Op == OpLocal || s.X.Op == OpConst {
				k.cost++
			}
		case *Call:
			k.cost += 5
			k.frame = true
			if s.Tail {
				// It would need stack where it needs none now.
				k.refused = true
			}
		case *Loop:
			k.loops = true
		case *Return:
			returns = true
		case *TryTable, *Throw:
			k.refused = true
		case *Block:
		case *Store, *Effect, *Unreachable, *Fuel:
			k.cost++
			k.frame = true
		default:
			k.cost++
		}
		stmtExprs(s, count)
	})
	if !returns {
		k.refused = true // what follows the call would be dead code
	} else if l := len(f.Body); l > 0 && len(n.m.Types[f.Type].Func.Results) == 0 {
		k.refused = k.refused || !mayEnd(f.Body)
	}
	for _, t := range f.Locals {
		if t.Kind == Ref && !t.Null {
			k.refused = true // has no zero
		}
	}
}

// mayEnd reports whether a body without results can come to its end or to a Return.
func mayEnd(body []Stmt) bool {
	ends := false
	eachStmt(body, func(s Stmt) {
		if _, ok := s.(*Return); ok {
			ends = true
		}
	})
	return ends || completes(body, map[Label]bool{})
}

// completes reports whether the end of a list can be reached. broken collects the labels
// that are branched to.
func completes(list []Stmt, broken map[Label]bool) bool {
	for _, s := range list {
		ok := true
		switch s := s.(type) {
		case *Br:
			broken[s.Label] = true
			ok = false
		case *BrTable:
			broken[s.Default] = true
			for _, t := range s.Targets {
				broken[t] = true
			}
			ok = false
		case *Return, *Unreachable, *Throw:
			ok = false
		case *Call:
			ok = !s.Tail
		case *Block:
			ok = completes(s.Body, broken)
			ok = ok || broken[s.Label]
		case *TryTable:
			for _, k := range s.Catches {
				broken[k.Target] = true
			}
			ok = completes(s.Body, broken)
			ok = ok || broken[s.Label]
		case *Loop:
			ok = completes(s.Body, broken)
		case *If:
			a, b := completes(s.Then, broken), completes(s.Else, broken)
			ok = a || b || broken[s.Label]
		}
		if !ok {
			return false
		}
	}
	return true
}

// exprCost counts operators.
func exprCost(x *Expr) int {
	if x.Op == OpLocal || x.Op == OpConst {
		return 0
	}
	n := 1
	x.Operands(func(y *Expr) { n += exprCost(y) })
	return n
}

// caller inlines calls in f, which is function i. It reports whether anything changed.
func (n *inliner) caller(f *Func, i int) bool {
	e := &inlineEdit{inliner: n, f: f, label: maxLabel(f.Body), cost: n.info[i].cost}
	if k := &n.info[i]; k.self && !k.refused && k.cost <= inlineSelf {
		body, locals := f.Body, f.Locals
		orig := &Func{Index: f.Index, Type: f.Type, Locals: locals[:len(locals):len(locals)], NumDeclared: f.NumDeclared}
		c := cloner{local: func(l Local) Local { return l }, label: func(l Label) Label { return l }}
		orig.Body = c.list(body)
		cost := k.cost
		each := selfCalls(orig)
		calls := each
		for level := 0; level < inlineLevels && calls > 0 && e.cost+calls*cost <= inlineSelfTotal; level++ {
			e.self = orig
			f.Body = e.list(f.Body, 0)
			calls *= each
		}
		e.self = nil
	}
	f.Body = e.list(f.Body, 0)
	return e.changed
}

func selfCalls(f *Func) int {
	n := 0
	eachStmt(f.Body, func(s Stmt) {
		if c, ok := s.(*Call); ok && c.Kind == CallDirect && c.Func == f.Index && !c.Tail {
			n++
		}
	})
	return n
}

// inlineEdit inlines into one function.
type inlineEdit struct {
	*inliner
	f       *Func
	self    *Func // what calls of f itself are replaced by; nil: they stay
	label   Label // the highest in use
	cost    int
	changed bool
}

func (e *inlineEdit) list(l []Stmt, loops int) []Stmt {
	var out []Stmt // nil as long as it would be the same as l
	for i, s := range l {
		var in []Stmt
		if c, ok := s.(*Call); ok {
			if callee := e.wanted(c, loops); callee != nil {
				in = e.inline(c, callee)
			}
		} else {
			depth := loops
			if _, ok := s.(*Loop); ok {
				depth++
			}
			lists(s, func(l *[]Stmt) { *l = e.list(*l, depth) })
			if f, ok := s.(*If); ok && len(f.Then) == 0 {
				in = emptied(f)
			}
		}
		switch {
		case in != nil:
			if out == nil {
				out = append(make([]Stmt, 0, len(l)+len(in)), l[:i]...)
			}
			out = append(out, in...)
		case out != nil:
			out = append(out, s)
		}
	}
	if out == nil {
		return l
	}
	return out
}

// emptied gives what stands for an If whose Then part has become empty: a call
// of a function that does nothing was all it did.
func emptied(f *If) []Stmt {
	if len(f.Else) == 0 {
		out := []Stmt{}
		evaluations(f.Cond, &out)
		return out
	}
	f.Then, f.Else = f.Else, nil
	f.Cond = &Expr{Op: OpI32Eqz, Type: TypeI32, X: f.Cond, Pos: f.Cond.Pos}
	return []Stmt{f}
}

// wanted gives the function to put in place of a call; nil if the call stays.
func (e *inlineEdit) wanted(c *Call, loops int) *Func {
	if c.Kind != CallDirect || c.Tail || c.Func < e.imported {
		return nil
	}
	if c.Func == e.f.Index {
		return e.self
	}
	if e.self != nil {
		return nil
	}
	f := e.m.Funcs[c.Func-e.imported]
	k := &e.info[c.Func-e.imported]
	if k.refused || k.cyclic || e.cost+k.cost > inlineCaller {
		return nil
	}
	switch {
	case k.cost <= inlineTiny:
	case loops == 0 || k.loops:
		return nil
	case k.cost <= inlineLoop:
	case k.calls > 1 || f.Escapes || k.cost > inlineOnce:
		return nil
	}
	return f
}

// inline gives the statements that do what a call of g does.
func (e *inlineEdit) inline(c *Call, g *Func) []Stmt {
	e.changed = true
	base := Local(len(e.f.Locals))
	e.f.Locals = append(e.f.Locals[:len(e.f.Locals):len(e.f.Locals)], g.Locals...)
	out := []Stmt{} // not nil even if nothing is left of the call
	for i, x := range c.Args {
		out = append(out, &Set{Dst: base + Local(i), X: x})
	}
	for i := len(c.Args); i < g.NumDeclared; i++ {
		out = append(out, &Set{Dst: base + Local(i), X: zero(g.Locals[i], c.Pos)})
	}
	first := e.label
	end := NoLabel
	cl := cloner{
		local: func(l Local) Local { return base + l },
		label: func(l Label) Label {
			e.label = max(e.label, first+l)
			return first + l
		},
	}
	result := func(r *Return) []Stmt {
		var s []Stmt
		for i, x := range r.Values {
			if d := c.Dsts[i]; d != NoLocal || traps(x) {
				s = append(s, &Set{Dst: d, X: cl.expr(x)})
			}
		}
		return s
	}
	body := g.Body
	var last *Return
	if n := len(body); n > 0 {
		if r, ok := body[n-1].(*Return); ok {
			last, body = r, body[:n-1]
		}
	}
	end = first + maxLabel(g.Body) + 1
	jumps := false
	cl.ret = func(r *Return) []Stmt {
		jumps = true
		return append(result(r), &Br{Label: end})
	}
	in := cl.list(body)
	if last != nil {
		in = append(in, result(last)...)
	}
	e.label = max(e.label, end)
	k := &e.info[g.Index-e.imported]
	if !jumps {
		end = NoLabel
	}
	if jumps || k.frame {
		b := &Block{Label: end, Body: in}
		if k.frame {
			b.Inlined = &Inlined{Func: g.Index, Pos: c.Pos}
		}
		in = []Stmt{b}
	}
	e.cost += k.cost
	return append(out, in...)
}

// traps reports whether evaluating x may trap.
func traps(x *Expr) bool {
	t := x.Trap() != TrapNone
	x.Operands(func(y *Expr) { t = t || traps(y) })
	return t
}

// zero is what a declared local of a type begins with.
func zero(t ValType, pos uint32) *Expr {
	if t.Kind == Ref {
		return &Expr{Op: OpRefNull, Type: t, Pos: pos}
	}
	return &Expr{Op: OpConst, Type: t, Pos: pos}
}

// postOrder lists the nodes of a graph, successors first as far as cycles allow.
func postOrder(next [][]uint32) []uint32 {
	out := make([]uint32, 0, len(next))
	seen := make([]bool, len(next))
	type visit struct {
		node uint32
		edge int
	}
	var path []visit
	for root := range next {
		if seen[root] {
			continue
		}
		seen[root] = true
		path = append(path, visit{node: uint32(root)})
		for len(path) > 0 {
			v := &path[len(path)-1]
			if v.edge < len(next[v.node]) {
				w := next[v.node][v.edge]
				v.edge++
				if !seen[w] {
					seen[w] = true
					path = append(path, visit{node: w})
				}
				continue
			}
			out = append(out, v.node)
			path = path[:len(path)-1]
		}
	}
	return out
}
