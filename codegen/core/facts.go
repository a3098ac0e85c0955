package core

import "github.com/wc2go/wc2go/ir"

// Callgraph sets the facts of functions that depend on who calls whom:
// Recursive, Depth and Escapes. It must run once before anything is generated.
// Functions without a body count too, so it may run before or after dead ones are dropped.
//
// Recursive is over-approximated: an indirect call may go to any function whose
// address is taken. The host is no edge: a nested entry has its own budget check.
func Callgraph(p *ir.Program) {
	g := &graph{p: p, base: make([]int, len(p.Modules)+1)}
	for i, m := range p.Modules {
		g.base[i+1] = g.base[i] + len(m.Funcs)
	}
	n := g.base[len(p.Modules)]
	g.indirect = n // the node of indirect calls
	tramps := n + 1
	g.tramps = tramps
	g.out = make([][]int, n+1+len(p.Trampolines))
	g.needs = make([]bool, len(g.out))
	g.self = make([]bool, len(g.out))
	g.needs[g.indirect] = true
	for i := range p.Trampolines {
		g.needs[tramps+i] = true
		g.trampoline(i)
	}
	g.bare = bareModules(p, p.Core)
	g.insts = make([][]ir.CoreInstanceID, len(p.Modules))
	for i := range p.CoreInstances {
		if c := &p.CoreInstances[i]; c.Module >= 0 {
			g.insts[c.Module] = append(g.insts[c.Module], ir.CoreInstanceID(i))
		}
	}
	for _, m := range p.Modules {
		if m.Supplied {
			g.bare[m.ID] = true // the host's module may call whatever it is given
			for _, c := range g.insts[m.ID] {
				for k := range p.CoreInstances[c].Args {
					if d := &p.CoreInstances[c].Args[k]; d.Extern == ir.ExternFunc {
						g.edge(g.indirect, g.def(d))
					}
				}
			}
		}
		g.module(m)
	}
	comp := g.components()
	size := make(map[int]int)
	for _, c := range comp {
		size[c]++
	}
	// needs spreads from callees to callers.
	in := make([][]int, len(g.out))
	for v, l := range g.out {
		for _, w := range l {
			in[w] = append(in[w], v)
		}
	}
	var work []int
	for v := range g.out {
		if v < n && (size[comp[v]] > 1 || g.self[v]) {
			g.needs[v] = true
		}
		if g.needs[v] {
			work = append(work, v)
		}
	}
	for len(work) > 0 {
		v := work[len(work)-1]
		work = work[:len(work)-1]
		for _, u := range in[v] {
			if !g.needs[u] {
				g.needs[u] = true
				work = append(work, u)
			}
		}
	}
	for i, m := range p.Modules {
		for j, f := range m.Funcs {
			v := g.base[i] + j
			f.Recursive = size[comp[v]] > 1 || g.self[v]
			f.Depth = g.needs[v] || f.Escapes
		}
	}
	g.tails()
}

type graph struct {
	p                *ir.Program
	base             []int // node of a module's first function
	indirect, tramps int
	out              [][]int
	needs            []bool // the depth budget is wanted
	self             []bool // calls itself
	insts            [][]ir.CoreInstanceID
	bare             []bool // of each module: linked at run time, its imports may be any function
}

func (g *graph) edge(from, to int) {
	if to < 0 {
		return
	}
	if from == to {
		g.self[from] = true
	}
	g.out[from] = append(g.out[from], to)
}

// def is the node that a definition comes to, -1 if it is none.
func (g *graph) def(d *ir.CoreDef) int {
	if d == nil {
		return -1
	}
	r, err := resolve(g.p, *d)
	if err != nil {
		return -1
	}
	if r.Kind == ir.DefTrampoline {
		return g.tramps + int(r.Trampoline)
	}
	m := g.p.CoreInstances[r.Instance].Module
	return g.base[m] + int(r.Index) - g.p.Modules[m].NumImports(ir.ExternFunc)
}

// trampoline: what a trampoline may call on the same stack.
func (g *graph) trampoline(i int) {
	t := &g.p.Trampolines[i]
	opts := func(id ir.OptionsID) {
		if id >= 0 && int(id) < len(g.p.Options) {
			o := &g.p.Options[id]
			for _, d := range []*ir.CoreDef{o.Realloc, o.PostReturn, o.Callback} {
				g.edge(g.tramps+i, g.def(d))
			}
		}
	}
	opts(t.Options)
	switch t.Kind {
	case ir.TrampFused:
		if int(t.Lift) < len(g.p.Lifts) {
			l := &g.p.Lifts[t.Lift]
			g.edge(g.tramps+i, g.def(&l.Core))
			opts(l.Options)
		}
	case ir.TrampResourceDrop:
		if int(t.Resource) < len(g.p.Resources) {
			g.edge(g.tramps+i, g.def(g.p.Resources[t.Resource].Dtor))
		}
	}
}

// funcs are the nodes that function fn of m may be: several if instances of m differ.
func (g *graph) funcs(m *ir.Module, fn uint32, f func(int)) {
	k := importArg(m, ir.ExternFunc, fn)
	if k < 0 {
		f(g.base[m.ID] + int(fn) - m.NumImports(ir.ExternFunc))
		return
	}
	if g.bare[m.ID] {
		f(g.indirect)
	}
	if m.Supplied {
		return
	}
	for _, c := range g.insts[m.ID] {
		if args := g.p.CoreInstances[c].Args; k < len(args) {
			if v := g.def(&args[k]); v >= 0 {
				f(v)
			}
		}
	}
}

func (g *graph) module(m *ir.Module) {
	taken := func(x *ir.Expr) {
		walkExpr(x, func(x *ir.Expr) {
			if x.Op == ir.OpRefFunc {
				g.funcs(m, uint32(x.Imm), func(v int) {
					g.edge(g.indirect, v)
					if v < g.indirect {
						g.escapes(v)
					}
				})
			}
		})
	}
	for _, e := range m.Exports {
		if i := int(e.Index) - m.NumImports(ir.ExternFunc); e.Kind == ir.ExternFunc && i >= 0 {
			m.Funcs[i].Escapes = true
			if g.bare[m.ID] {
				g.edge(g.indirect, g.base[m.ID]+i)
			}
		}
	}
	for i := range m.Elems {
		for _, x := range m.Elems[i].Items {
			taken(x)
		}
	}
	for i := range m.Globals {
		taken(m.Globals[i].Init)
	}
	for i := range m.Tables {
		taken(m.Tables[i].Init)
	}
	for j, f := range m.Funcs {
		v := g.base[m.ID] + j
		walkStmts(f.Body, func(s ir.Stmt) {
			c, ok := s.(*ir.Call)
			if !ok {
				return
			}
			if c.Kind != ir.CallDirect {
				g.edge(v, g.indirect)
				return
			}
			g.funcs(m, c.Func, func(w int) {
				if w == v && c.Tail {
					return // becomes a jump
				}
				g.edge(v, w)
			})
		}, taken)
	}
}

// escapes marks the function of a node.
func (g *graph) escapes(v int) {
	for i := range g.p.Modules {
		if v < g.base[i+1] {
			g.p.Modules[i].Funcs[v-g.base[i]].Escapes = true
			return
		}
	}
}

// components gives each node the number of its strongly connected component
// (Tarjan's algorithm, without recursion: call chains are long).
func (g *graph) components() []int {
	n := len(g.out)
	comp := make([]int, n)
	index := make([]int, n) // 0: not seen
	low := make([]int, n)
	onStack := make([]bool, n)
	var stack []int
	type frame struct{ v, next int }
	var frames []frame
	count, comps := 0, 0
	visit := func(v int) {
		count++
		index[v], low[v] = count, count
		stack = append(stack, v)
		onStack[v] = true
		frames = append(frames, frame{v, 0})
	}
	for s := range n {
		if index[s] != 0 {
			continue
		}
		visit(s)
		for len(frames) > 0 {
			f := &frames[len(frames)-1]
			v := f.v
			if f.next < len(g.out[v]) {
				w := g.out[v][f.next]
				f.next++
				if index[w] == 0 {
					visit(w)
				} else if onStack[w] {
					low[v] = min(low[v], index[w])
				}
				continue
			}
			frames = frames[:len(frames)-1]
			if len(frames) > 0 {
				u := frames[len(frames)-1].v
				low[u] = min(low[u], low[v])
			}
			if low[v] == index[v] {
				for {
					w := stack[len(stack)-1]
					stack = stack[:len(stack)-1]
					onStack[w] = false
					comp[w] = comps
					if w == v {
						break
					}
				}
				comps++
			}
		}
	}
	return comp
}

// walkExpr calls f with x and what is below it.
func walkExpr(x *ir.Expr, f func(*ir.Expr)) {
	if x == nil {
		return
	}
	f(x)
	x.Operands(func(y *ir.Expr) { walkExpr(y, f) })
}

// walkStmts calls stmt with each statement, and expr with each expression tree
// of the statement itself.
func walkStmts(list []ir.Stmt, stmt func(ir.Stmt), expr func(*ir.Expr)) {
	for _, s := range list {
		stmt(s)
		stmtExprs(s, expr)
		switch s := s.(type) {
		case *ir.Block:
			walkStmts(s.Body, stmt, expr)
		case *ir.Loop:
			walkStmts(s.Body, stmt, expr)
		case *ir.If:
			walkStmts(s.Then, stmt, expr)
			walkStmts(s.Else, stmt, expr)
		case *ir.TryTable:
			walkStmts(s.Body, stmt, expr)
		}
	}
}

// stmtExprs calls f with the expression trees of one statement.
func stmtExprs(s ir.Stmt, f func(*ir.Expr)) {
	one := func(x *ir.Expr) {
		if x != nil {
			f(x)
		}
	}
	all := func(l []*ir.Expr) {
		for _, x := range l {
			one(x)
		}
	}
	switch s := s.(type) {
	case *ir.Set:
		one(s.X)
	case *ir.SetGlobal:
		one(s.X)
	case *ir.Store:
		one(s.Addr)
		one(s.X)
	case *ir.Call:
		all(s.Args)
		one(s.Callee)
	case *ir.Effect:
		all(s.Args)
	case *ir.If:
		one(s.Cond)
	case *ir.BrTable:
		one(s.X)
	case *ir.Return:
		all(s.Values)
	case *ir.Throw:
		all(s.Args)
		one(s.Ref)
	}
}
