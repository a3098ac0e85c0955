package ir

// This file: pass "counters".

// rebaseCounters has loops that count to a constant count from zero if the counter only
// makes addresses, and moves the constants of these addresses into the offsets of the accesses.
//
// LLVM lets such a loop end at zero, so a counter begins below it, at 2^32 minus a few, and the address
// counter + table wraps around. An offset does not wrap, so the sum must be computed on its own at each
// access, which takes an instruction and a register. Where the counter begins at zero it is seen that
// nothing wraps, and the constant becomes the displacement of the machine's address.
// A counter that does not wrap itself stays as it is.
func rebaseCounters(p *Program) error {
	for _, m := range p.Modules {
		for _, f := range m.Funcs {
			f.Body = countersIn(f.Body, nil)
		}
	}
	return nil
}

// countersIn looks at the loops of a list. outer are the statements that come before it,
// as far as they are sure to, those of the outermost Block first.
func countersIn(list []Stmt, outer [][]Stmt) []Stmt {
	for i, s := range list {
		lists(s, func(l *[]Stmt) {
			if _, ok := s.(*Block); ok {
				*l = countersIn(*l, append(outer, list[:i]))
			} else {
				*l = countersIn(*l, nil)
			}
		})
	}
	for i := 0; i < len(list); i++ {
		l, ok := list[i].(*Loop)
		if !ok {
			continue
		}
		c := counter{loop: l}
		switch {
		case !c.find(append(outer, list[:i])) || !c.look():
		case c.bounded:
			c.fold()
		case c.closed() && (!c.others || c.start == 0):
			c.rewrite()
			// What the counter was at the end, for those who read it.
			after := &Set{Dst: c.local, X: constI32(c.end, c.cond.Pos)}
			list = append(list[:i+1], append([]Stmt{after}, list[i+1:]...)...)
			i++
		}
	}
	return list
}

func constI32(v uint32, pos uint32) *Expr {
	return &Expr{Op: OpConst, Type: TypeI32, Imm: uint64(v), Pos: pos}
}

// counter is a local that a loop counts from one constant to another.
type counter struct {
	loop       *Loop
	local      Local
	init       *Set // before the loop
	start, end uint32
	at         int   // position of the increment in the body
	cond       *Expr // of the jump back
	again      *Br   // the jump back
	// bounded: the counter is never less than start or more than end, so it need
	// not be changed.
	bounded bool

	assigned map[Local]int    // assignments in the loop
	env      map[Local]uint32 // locals that are the counter plus a constant
	folds    []fold
	sums     []**Expr // the counter plus a constant, assigned to locals
	others   bool     // other uses of the counter
}

// fold is an access whose address is the start of the counter plus add, plus what it
// has counted.
type fold struct {
	addr   **Expr
	offset *uint64
	add    uint32
}

// find recognises the loop: it adds to a local, in one place that every round comes to, and leaves when that has
// a value that it is sure to have at some time. Either the last statement jumps back unless it has
// that value, or the jump back is the last statement, and one before the addition leaves the loop.
func (c *counter) find(before [][]Stmt) bool {
	body := c.loop.Body
	n := len(body) - 1
	if n < 1 {
		return false
	}
	test := n
	switch last := body[n].(type) {
	case *If:
		if len(last.Else) != 0 || len(last.Then) != 1 {
			return false
		}
		c.again, _ = last.Then[0].(*Br)
		if !c.counts(last.Cond, OpI32Ne) {
			return false
		}
	case *Br:
		c.again = last
		for test = 0; ; test++ {
			if test == n {
				return false
			}
			s, ok := body[test].(*If)
			if ok && len(s.Else) == 0 && s.Cond.Op == OpI32Eq && c.counts(s.Cond, OpI32Eq) && c.leaves(s.Then) {
				break
			}
		}
	}
	if c.again == nil || c.again.Label != c.loop.Label {
		return false
	}
	if c.init = c.initial(before); c.init == nil || c.init.X.Op != OpConst {
		return false
	}
	c.start = uint32(c.init.X.Imm)
	c.assigned = make(map[Local]int)
	assigned(body, func(l Local) { c.assigned[l]++ })
	if c.assigned[c.local] != 1 {
		return false
	}
	c.at = -1
	step := uint32(0)
	for i, s := range body {
		if s, ok := s.(*Set); ok && s.Dst == c.local {
			if x := s.X; x.Op == OpI32Add && x.X.Op == OpLocal && Local(x.X.Imm) == c.local && x.Y.Op == OpConst {
				c.at, step = i, uint32(x.Y.Imm)
			}
		}
	}
	d := c.end - c.start
	if c.at < 0 || int32(step) <= 0 || d == 0 || d%step != 0 {
		return false
	}
	c.bounded = c.start <= c.end
	return c.jumpsBack() == 1 && (test == n || c.at > test && c.bounded)
}

// initial finds the assignment of the counter before the loop, nil if there is none that only
// assignments follow which do not read it.
func (c *counter) initial(before [][]Stmt) *Set {
	for k := len(before) - 1; k >= 0; k-- {
		for i := len(before[k]) - 1; i >= 0; i-- {
			s, ok := before[k][i].(*Set)
			if !ok || readsLocal(s.X, c.local) {
				return nil
			}
			if s.Dst == c.local {
				return s
			}
		}
	}
	return nil
}

// counts takes cond for the comparison of a local with its last value.
func (c *counter) counts(cond *Expr, op Op) bool {
	c.cond, c.end = cond, 0
	x := cond
	if x.Op == op && x.Y.Op == OpConst {
		c.end = uint32(x.Y.Imm)
		x = x.X
	}
	c.local = Local(x.Imm)
	return x.Op == OpLocal && x.Type.Kind == I32
}

// leaves reports whether a list ends outside of the loop.
func (c *counter) leaves(l []Stmt) bool {
	if len(l) == 0 {
		return false
	}
	switch s := l[len(l)-1].(type) {
	case *Return, *Unreachable, *Throw:
		return true
	case *Br:
		return s.Label != c.loop.Label && !c.labels()[s.Label]
	}
	return false
}

// jumpsBack counts the jumps to the start of the loop.
func (c *counter) jumpsBack() int {
	n := 0
	eachStmt(c.loop.Body, func(s Stmt) {
		switch s := s.(type) {
		case *Br:
			n += one(s.Label == c.loop.Label)
		case *BrTable:
			n += one(s.Default == c.loop.Label)
			for _, l := range s.Targets {
				n += one(l == c.loop.Label)
			}
		case *TryTable:
			for i := range s.Catches {
				n += one(s.Catches[i].Target == c.loop.Label)
			}
		}
	})
	return n
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// labels are those of the statements in the loop.
func (c *counter) labels() map[Label]bool {
	inside := map[Label]bool{}
	eachStmt(c.loop.Body, func(s Stmt) {
		switch s := s.(type) {
		case *Block:
			inside[s.Label] = true
		case *Loop:
			inside[s.Label] = true
		case *If:
			inside[s.Label] = true
		case *TryTable:
			inside[s.Label] = true
		}
	})
	delete(inside, NoLabel)
	return inside
}

func readsLocal(x *Expr, l Local) bool {
	found := x.Op == OpLocal && Local(x.Imm) == l
	x.Operands(func(y *Expr) { found = found || readsLocal(y, l) })
	return found
}

// closed reports whether the loop is left at its end only, or with the function.
func (c *counter) closed() bool {
	inside := c.labels()
	ok := true
	eachStmt(c.loop.Body, func(s Stmt) {
		switch s := s.(type) {
		case *Br:
			ok = ok && (inside[s.Label] || s == c.again)
		case *BrTable:
			ok = ok && inside[s.Default]
			for _, l := range s.Targets {
				ok = ok && inside[l]
			}
		case *TryTable:
			ok = false
		}
	})
	return ok
}

// look collects the uses of the counter, and reports whether there is
// something to gain.
func (c *counter) look() bool {
	c.env = map[Local]uint32{c.local: 0}
	for i, s := range c.loop.Body {
		if i == c.at {
			c.env = map[Local]uint32{c.local: 0} // the others are a step behind
			continue
		}
		if s, ok := s.(*If); ok && s.Cond == c.cond {
			for _, s := range s.Then {
				c.stmt(s, false)
			}
			continue
		}
		c.stmt(s, true)
	}
	return len(c.folds) > 0
}

func (c *counter) counted(pos uint32) *Expr {
	return &Expr{Op: OpLocal, Type: TypeI32, Imm: uint64(c.local), Pos: pos}
}

// fold moves constants into offsets.
func (c *counter) fold() {
	for _, f := range c.folds {
		*f.addr = c.counted((*f.addr).Pos)
		*f.offset += uint64(f.add)
	}
}

// rewrite has the counter begin at zero.
func (c *counter) rewrite() {
	for _, p := range c.sums {
		x := *p
		_, k, _ := plusConst(x)
		*p = &Expr{Op: OpI32Add, Type: TypeI32, Pos: x.Pos, X: c.counted(x.Pos), Y: constI32(c.start+k, x.Pos)}
	}
	c.fold()
	c.init.X = constI32(0, c.init.X.Pos)
	c.loop.Body[len(c.loop.Body)-1].(*If).Cond = &Expr{Op: OpI32Ne, Type: TypeI32, Pos: c.cond.Pos, X: c.counted(c.cond.Pos), Y: constI32(c.end-c.start, c.cond.Pos)}
}

// plusConst takes x for a local plus a constant.
func plusConst(x *Expr) (l Local, k uint32, ok bool) {
	if x.Type.Kind != I32 {
		return 0, 0, false
	}
	switch {
	case x.Op == OpLocal:
		return Local(x.Imm), 0, true
	case x.Op == OpI32Add && x.X.Op == OpLocal && x.Y.Op == OpConst:
		return Local(x.X.Imm), uint32(x.Y.Imm), true
	}
	return 0, 0, false
}

// stmt looks for uses of the counter. top: it is one of the loop's own statements,
// which each round runs once.
func (c *counter) stmt(s Stmt, top bool) {
	switch s := s.(type) {
	case *Set:
		l, k, ok := plusConst(s.X)
		if ok && s.Dst != NoLocal {
			if d, known := c.env[l]; known && top && c.assigned[s.Dst] == 1 {
				c.env[s.Dst] = d + k
			}
			if l == c.local {
				c.sums = append(c.sums, &s.X)
			}
			return
		}
	case *Store:
		c.access(&s.Addr, &s.Offset)
		c.expr(s.X)
		return
	}
	stmtExprs(s, c.expr)
	lists(s, func(l *[]Stmt) {
		for _, s := range *l {
			c.stmt(s, false)
		}
	})
}

func (c *counter) expr(x *Expr) {
	switch {
	case x.Op == OpLocal:
		c.others = c.others || Local(x.Imm) == c.local
	case x.Op.IsLoad():
		c.access(&x.X, &x.Imm)
		if x.Y != nil {
			c.expr(x.Y)
		}
	default:
		x.Operands(c.expr)
	}
}

// access notes an address that can be an offset from the counter: their sum must
// not wrap around, or the access would be elsewhere.
func (c *counter) access(addr **Expr, offset *uint64) {
	if l, k, ok := plusConst(*addr); ok {
		if d, known := c.env[l]; known {
			add, most := d+k, c.end
			if !c.bounded { // it will begin at zero
				add, most = c.start+add, c.end-c.start
			}
			const limit = 1<<32 - 1
			if uint64(add)+uint64(most) <= limit && *offset+uint64(add) <= limit {
				if add != 0 || l != c.local || k != 0 {
					c.folds = append(c.folds, fold{addr, offset, add})
				}
				return
			}
		}
	}
	c.expr(*addr)
}
