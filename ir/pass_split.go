package ir

import "slices"

// This file: pass "split".

// SplitLimits say which functions pass "split" splits, and into what.
type SplitLimits struct {
	// Path is how many memory accesses may be on one path through a function
	// without another way to get there. What the Go compiler knows of their addresses
	// holds to the end of the path, and the time it takes to find out more is cubic in
	// their number: 2,700 in a row take 6 s, 5,300 take 48 s.
	Path int
	// Nodes is how large a function may be in all, in nodes of expressions. Real code has
	// up to 80,000; beyond 300,000 the Go compiler's memory grows faster than the function.
	Nodes int
	// Depth is how deep statements may be nested: 2,000 ifs in each other take the Go
	// compiler 120 MB, 10,000 take it 1.5 GB.
	Depth int
	// Piece is about how large pieces are, in nodes; an access counts as accessCost.
	Piece int
	// Locals bounds the locals that a piece mentions, which become its parameters.
	Locals int
}

var defaultSplit = SplitLimits{Path: 1500, Nodes: 200_000, Depth: 1000, Piece: 20_000, Locals: 300}

const (
	accessCost = 30
	// callNodes is what a call counts besides its operands: where Go inlines it, it has
	// variables of its own, and 20,000 of them in a function take 3.3 GB.
	callNodes = 10
)

func splitLarge(p *Program) error { return defaultSplit.split(p) }

// split makes several functions of one that is too large for the Go
// compiler: stretches of its statements become functions, as those in a TryTable do.
func (lim *SplitLimits) split(p *Program) error {
	for _, m := range p.Modules {
		types := make(map[string]uint32)
		for i, n := 0, len(m.Funcs); i < n; i++ {
			f := m.Funcs[i]
			if f.Dead || !lim.exceeded(f.Body) {
				continue
			}
			s := splitter{lim, f.Try, make(map[uint32]bool), outliner{m: m, f: f, types: types, counts: make([]int, len(f.Locals)), label: maxLabel(f.Body), pieces: true}}
			s.o.count(f.Body, 1)
			if f.Try != nil {
				for _, l := range f.Try.Results {
					if l != NoLocal {
						s.o.counts[l]++
					}
				}
			}
			f.Body, _, _ = s.list(f.Body, false)
			s.o.zeroTemps()
		}
	}
	return nil
}

// exceeded says whether a body is to be split.
func (lim *SplitLimits) exceeded(body []Stmt) bool {
	p := paths{at: make(map[Label]int)}
	p.list(body, 0)
	return p.longest > lim.Path || p.nodes > lim.Nodes || p.deepest > lim.Depth
}

// paths measures a body.
type paths struct {
	longest int // memory accesses that lie on the way to some place whichever way that is
	nodes   int // of all expressions
	depth   int // of the list at hand
	deepest int
	at      map[Label]int // accesses on the way to the first branch to a label
}

// list gives the accesses that lie on the way to the end of l, if there are n on the way to it.
func (p *paths) list(l []Stmt, n int) int {
	p.depth++
	p.deepest = max(p.deepest, p.depth)
	defer func() { p.depth-- }()
	for _, s := range l {
		nodes, accesses := stmtSize(s)
		p.nodes += nodes
		n += accesses
		p.longest = max(p.longest, n)
		branch := func(l Label) {
			if k, ok := p.at[l]; !ok || n < k {
				p.at[l] = n
			}
		}
		switch s := s.(type) {
		case *Br:
			branch(s.Label)
		case *BrTable:
			for _, l := range s.Targets {
				branch(l)
			}
			branch(s.Default)
		case *Block:
			n = p.merge(s.Label, p.list(s.Body, n))
		case *TryTable:
			n = min(n, p.list(s.Body, n))
		case *Loop:
			n = p.list(s.Body, n)
		case *If:
			p.list(s.Then, n)
			p.list(s.Else, n)
		}
	}
	return n
}

// merge is n, or what was on the way to the first branch to l if that is less.
func (p *paths) merge(l Label, n int) int {
	if k, ok := p.at[l]; ok {
		return min(n, k)
	}
	return n
}

// stmtSize counts the nodes of s's own expressions, itself included, and the
// accesses of memory among them.
func stmtSize(s Stmt) (nodes, accesses int) {
	nodes = 1
	if _, ok := s.(*Store); ok {
		accesses++
	}
	var expr func(*Expr)
	expr = func(x *Expr) {
		nodes++
		if x.Op.IsLoad() {
			accesses++
		}
		x.Operands(expr)
	}
	stmtExprs(s, expr)
	if c, ok := s.(*Call); ok {
		nodes += callNodes + len(c.Dsts)
	}
	return nodes, accesses
}

// splitter works on one function.
type splitter struct {
	lim *SplitLimits
	// try is of a function that catches. It needs its results as they are when something is
	// thrown: what throws can be in a piece only if the piece changes none of them.
	try   *Try
	quiet map[uint32]bool // pieces that throw nothing
	o     outliner
}

// throws reports whether something in l may throw.
func (s *splitter) throws(l ...Stmt) bool {
	found := false
	eachStmt(l, func(x Stmt) {
		switch x := x.(type) {
		case *Call:
			found = found || x.Kind != CallDirect || !s.quiet[x.Func]
		case *Throw, *TryTable:
			found = true
		}
	})
	return found
}

// changes reports whether l assigns a local that the function gives when it catches.
func (s *splitter) changes(l ...Stmt) bool {
	found := false
	assigned(l, func(l Local) { found = found || slices.Contains(s.try.Results, l) })
	return found
}

// piece makes a function of a stretch.
func (s *splitter) piece(l []Stmt, loop bool) []Stmt {
	index := uint32(s.o.m.NumImports(ExternFunc) + len(s.o.m.Funcs))
	s.quiet[index] = s.try != nil && !s.throws(l...)
	return s.o.try(&TryTable{Body: append([]Stmt(nil), l...)}, loop)
}

// stretch is what of a list may become a piece.
type stretch struct {
	start, cost, depth int
	locals             map[Local]bool
	throws, changes    bool // for splitter.try
}

// list makes functions of stretches of l and of the lists in it, and gives
// what remains, its cost and its depth.
func (s *splitter) list(l []Stmt, loop bool) ([]Stmt, int, int) {
	var out []Stmt
	total, deepest := 0, 0
	cur := stretch{locals: make(map[Local]bool)}
	// end closes the stretch at hand, which becomes a function if it is worth it.
	end := func() {
		worth := cur.cost > 4*len(cur.locals) || cur.depth >= s.lim.Depth
		if s.try != nil { // it may be short
			worth = worth && !(cur.throws && cur.changes) && (cur.cost >= s.lim.Piece/8 || cur.depth >= s.lim.Depth)
		}
		if worth {
			call := s.piece(out[cur.start:], loop)
			out = append(out[:cur.start], call...)
			cur.cost, cur.depth = 0, 1
			for _, y := range call {
				cur.cost += stmtCost(y)
			}
		}
		total += cur.cost
		deepest = max(deepest, cur.depth)
		clear(cur.locals)
		cur = stretch{start: len(out), locals: cur.locals}
	}
	for _, x := range l {
		c, depth := stmtCost(x), 0
		inner := loop
		if _, ok := x.(*Loop); ok {
			inner = true
		}
		lists(x, func(l *[]Stmt) {
			if b, ok := x.(*Block); ok && b.Inlined != nil {
				// A backtrace must find all of it in one place.
				for _, y := range *l {
					c += stmtCost(y)
				}
				return
			}
			n, k, d := s.list(*l, inner)
			*l = n
			c += k
			depth = max(depth, 1+d)
		})
		if s.try != nil {
			throws, changes := s.throws(x), s.changes(x)
			if (cur.throws || throws) && (cur.changes || changes) {
				end()
			}
			cur.throws, cur.changes = cur.throws || throws, cur.changes || changes
		}
		out = append(out, x)
		cur.cost += c
		cur.depth = max(cur.depth, depth)
		if c < s.lim.Piece { // what is larger has been split, and its locals are many anyway
			visitLocals([]Stmt{x}, func(l Local) Local {
				cur.locals[l] = true
				return l
			})
		}
		if cur.cost >= s.lim.Piece || len(cur.locals) >= s.lim.Locals || cur.depth >= s.lim.Depth || cur.throws && cur.changes {
			end()
		}
	}
	return out, total + cur.cost, max(deepest, cur.depth)
}

func stmtCost(s Stmt) int {
	nodes, accesses := stmtSize(s)
	return nodes + accessCost*accesses
}
