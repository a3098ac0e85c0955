package ir

// This file: pass "counters".

// rebaseCounters has loops that count to a constant count from zero if the counter only
// makes addresses, and moves the constants of these addresses into the offsets of the accesses.
//
// LLVM lets such a loop end at zero, so a counter begins below it, at 2^32 minus a few, and the address
// counter + table wraps around. An offset does not wrap, so the sum must be computed on its own at each
// access, which takes an instruction and a register. Where the counter begins at zero it is seen that
// nothing wraps, and the constant becomes the displacement of the machine's address.
func rebaseCounters(p *Program) error {
	for _, m := range p.Modules {
		for _, f := range m.Funcs {
			f.Body = countersIn(f.Body)
		}
	}
	return nil
}

func countersIn(list []Stmt) []Stmt {
	for _, s := range list {
		lists(s, func(l *[]Stmt) { *l = countersIn(*l) })
	}
	for i := 0; i < len(list); i++ {
		l, ok := list[i].(*Loop)
		if !ok {
			continue
		}
		c := counter{loop: l}
		if c.find(list[:i]) && c.rewrite() {
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

// find recognises the loop: its last statement is the only jump to its start, taken unless the counter
// is at its end, and the only way out of it.
func (c *counter) find(before []Stmt) bool {
	body := c.loop.Body
	n := len(body) - 1
	if n < 1 {
		return false
	}
	last, ok := body[n].(*If)
	if !ok || len(last.Else) != 0 || len(last.Then) != 1 {
		return false
	}
	if br, ok := last.Then[0].(*Br); !ok || br.Label != c.loop.Label {
		return false
	}
	c.cond = last.Cond
	x := c.cond
	if x.Op == OpI32Ne && x.Y.Op == OpConst {
		c.end = uint32(x.Y.Imm)
		x = x.X
	}
	if x.Op != OpLocal || x.Type.Kind != I32 {
		return false
	}
	c.local = Local(x.Imm)
	for i := len(before) - 1; c.init == nil; i-- {
		if i < 0 {
			return false
		}
		s, ok := before[i].(*Set)
		if !ok {
			return false
		}
		if s.Dst == c.local {
			if s.X.Op != OpConst {
				return false
			}
			c.init, c.start = s, uint32(s.X.Imm)
		} else if readsLocal(s.X, c.local) {
			return false
		}
	}
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
	if d := c.end - c.start; c.at < 0 || int32(step) <= 0 || d == 0 || d%step != 0 {
		return false
	}
	return c.closed(last)
}

func readsLocal(x *Expr, l Local) bool {
	found := x.Op == OpLocal && Local(x.Imm) == l
	x.Operands(func(y *Expr) { found = found || readsLocal(y, l) })
	return found
}

// closed reports whether the loop is left at its end only, or with the function,
// and starts again from its end only.
func (c *counter) closed(last *If) bool {
	inside := map[Label]bool{}
	eachStmt(c.loop.Body, func(s Stmt) {
		switch s := s.(type) {
		case *Block:
			inside[s.Label] = true
		case *Loop:
			inside[s.Label] = true
		case *If:
			inside[s.Label] = true
		}
	})
	delete(inside, NoLabel)
	ok := true
	eachStmt(c.loop.Body, func(s Stmt) {
		switch s := s.(type) {
		case *Br:
			ok = ok && (inside[s.Label] || s == last.Then[0])
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

// rewrite changes the loop if that is of use.
func (c *counter) rewrite() bool {
	c.env = map[Local]uint32{c.local: 0}
	n := len(c.loop.Body) - 1
	for i := range c.loop.Body[:n] {
		if i == c.at {
			c.env = map[Local]uint32{c.local: 0} // the others are a step behind
			continue
		}
		c.stmt(c.loop.Body[i], true)
	}
	if len(c.folds) == 0 || c.others && c.start != 0 {
		return false
	}
	counted := func(pos uint32) *Expr { return &Expr{Op: OpLocal, Type: TypeI32, Imm: uint64(c.local), Pos: pos} }
	for _, p := range c.sums {
		x := *p
		_, k, _ := plusConst(x)
		*p = &Expr{Op: OpI32Add, Type: TypeI32, Pos: x.Pos, X: counted(x.Pos), Y: constI32(c.start+k, x.Pos)}
	}
	for _, f := range c.folds {
		*f.addr = counted((*f.addr).Pos)
		*f.offset += uint64(f.add)
	}
	c.init.X = constI32(0, c.init.X.Pos)
	c.loop.Body[n].(*If).Cond = &Expr{Op: OpI32Ne, Type: TypeI32, Pos: c.cond.Pos, X: counted(c.cond.Pos), Y: constI32(c.end-c.start, c.cond.Pos)}
	return true
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

// access notes an address that can be an offset from what the counter has counted:
// their sum must not wrap around, or the access would be elsewhere.
func (c *counter) access(addr **Expr, offset *uint64) {
	if l, k, ok := plusConst(*addr); ok {
		if d, known := c.env[l]; known {
			add := c.start + d + k
			const limit = 1<<32 - 1
			if uint64(add)+uint64(c.end-c.start) <= limit && *offset+uint64(add) <= limit {
				if add != 0 || l != c.local || k != 0 {
					c.folds = append(c.folds, fold{addr, offset, add})
				}
				return
			}
		}
	}
	c.expr(*addr)
}
