package ir

// This file: pass "forward".

// The limits of forwarding: how many statements ahead a use is looked for, and how large an
// expression may become.
const (
	forwardReach = 24
	forwardCost  = 24
)

// forward puts the value of a local in place of its reads, where the local is assigned
// once: constants and other locals everywhere, computed values and loads where there is one
// read, close by. Code that was compiled without optimisation, and inlined calls,
// consist of such locals to a good part. Go sees through them, but has to be told less.
func forward(p *Program) error {
	for _, m := range p.Modules {
		for _, f := range m.Funcs {
			if f.Dead {
				continue
			}
			w := forwarder{f: f, reads: make([]int, len(f.Locals)), assigns: make([]int, len(f.Locals))}
			for i := range m.Types[f.Type].Func.Params {
				w.assigns[i]++ // by the caller
			}
			assigned(f.Body, func(l Local) { w.assigns[l]++ })
			eachStmt(f.Body, func(s Stmt) { stmtExprs(s, func(x *Expr) { w.count(x, 1) }) })
			w.list(&f.Body)
		}
	}
	return nil
}

type forwarder struct {
	f              *Func
	reads, assigns []int
}

// count adds n to the reads of the locals in x.
func (w *forwarder) count(x *Expr, n int) {
	if x.Op == OpLocal {
		w.reads[x.Imm] += n
	}
	x.Operands(func(y *Expr) { w.count(y, n) })
}

func (w *forwarder) list(list *[]Stmt) {
	l := *list
	out := l[:0]
	for i, s := range l {
		if t, ok := s.(*Set); ok && t.Dst != NoLocal && w.assigns[t.Dst] == 1 && w.set(t, l[i+1:]) {
			w.assigns[t.Dst]--
			continue
		}
		lists(s, w.list)
		out = append(out, s)
	}
	clear(l[len(out):])
	*list = out
}

// set tries to put the value of s in place of all reads of its local, which must
// be in rest: the statements behind s in its list, which are reached only through s.
func (w *forwarder) set(s *Set, rest []Stmt) bool {
	n := w.reads[s.Dst]
	if n == 0 {
		return false // for pass deadsets
	}
	switch s.X.Op {
	case OpConst, OpLocal:
		return w.copy(s, rest, n)
	}
	if n != 1 || exprCost(s.X) > forwardCost {
		return false
	}
	return w.move(s, rest)
}

// copy replaces all reads of a local that is a constant or another local, if
// that one does not change before the last of them.
func (w *forwarder) copy(s *Set, rest []Stmt, n int) bool {
	source := NoLocal
	if s.X.Op == OpLocal {
		source = Local(s.X.Imm)
		if source == s.Dst || w.f.Locals[source] != w.f.Locals[s.Dst] {
			return false
		}
	}
	// Within the reach there must be all reads, and no assignment of the source: not even
	// behind a read, since there may be a loop around both.
	var found []*Expr
	var find func(x *Expr)
	find = func(x *Expr) {
		if x.Op == OpLocal && Local(x.Imm) == s.Dst {
			found = append(found, x)
		}
		x.Operands(find)
	}
	seen := 0
	for _, t := range rest {
		changed := false
		one := []Stmt{t}
		eachStmt(one, func(t Stmt) {
			seen++
			stmtExprs(t, find)
		})
		if source != NoLocal {
			assigned(one, func(l Local) { changed = changed || l == source })
		}
		if changed {
			// A plain assignment reads before it assigns.
			if len(found) == n && plain(t) {
				break
			}
			return false
		}
		if len(found) == n {
			break
		}
		if seen > forwardReach {
			return false
		}
	}
	if len(found) != n {
		return false
	}
	for _, x := range found {
		pos := x.Pos
		*x = *s.X
		x.Pos = pos
	}
	w.reads[s.Dst] = 0
	if source != NoLocal {
		w.reads[source] += n - 1
	}
	return true
}

// plain reports whether a statement evaluates its operands before it assigns
// anything, and holds no statements.
func plain(s Stmt) bool {
	switch s.(type) {
	case *Set, *Call, *Effect:
		return true
	}
	return false
}

// move puts the value of s in place of the only read of its local, if that is in
// an operand of a statement of the same list and nothing in between gets in the way.
func (w *forwarder) move(s *Set, rest []Stmt) bool {
	uses := make(map[Local]bool)
	loads, other := false, false
	var look func(x *Expr)
	look = func(x *Expr) {
		switch x.Op {
		case OpLocal:
			uses[Local(x.Imm)] = true
		case OpGlobal, OpMemorySize, OpTableSize, OpTableGet:
			other = true // depends on what statements change
		}
		switch x.Trap() {
		case TrapLoad:
			loads = true
		case TrapOther:
			other = true
		}
		if x.Op >= OpBaseFB && x.Op < OpBaseFD || x.Type.Kind == V128 {
			other = true
		}
		x.Operands(look)
	}
	look(s.X)
	if other {
		return false
	}
	for i, t := range rest {
		if i > forwardReach {
			return false
		}
		var at *Expr
		cost, trap, loose := 0, false, false
		stmtExprs(t, func(x *Expr) {
			cost += exprCost(x)
			var find func(x *Expr, bad bool)
			find = func(x *Expr, bad bool) {
				if x.Op == OpLocal && Local(x.Imm) == s.Dst {
					at, loose = x, bad
				}
				trap = trap || x.Trap() == TrapOther
				bad = bad || dropsBits(x.Op)
				x.Operands(func(y *Expr) { find(y, bad) })
			}
			find(x, false)
		})
		if at != nil {
			if cost+exprCost(s.X) > 2*forwardCost || loads && (trap || loose || trapsItself(t)) {
				return false
			}
			w.reads[s.Dst] = 0
			*at = *s.X
			return true
		}
		if trap && loads {
			return false
		}
		switch t := t.(type) {
		case *Set:
			if t.Dst != NoLocal && uses[t.Dst] {
				return false
			}
		case *Store, *SetGlobal:
			if loads {
				return false
			}
		case *Call:
			if loads || t.Tail {
				return false
			}
			for _, d := range t.Dsts {
				if uses[d] {
					return false
				}
			}
		case *Effect:
			if loads || uses[t.Dst] || uses[t.Dst2] {
				return false
			}
		default:
			return false
		}
	}
	return false
}

// dropsBits reports whether an operator may make no use of an operand, or not of all its
// bits: codegen has to check loads there, since Go would not load them.
func dropsBits(op Op) bool {
	switch op {
	case OpSelect, OpI32WrapI64, OpI32And, OpI64And, OpI32Mul, OpI64Mul, OpI32Shl, OpI64Shl, OpI32ShrS, OpI64ShrS, OpI32ShrU, OpI64ShrU,
		OpI32Extend8S, OpI32Extend16S, OpI64Extend8S, OpI64Extend16S, OpI64Extend32S:
		return true
	}
	return false
}

// trapsItself reports whether a statement may trap in another way than by its operands' loads
// before or after they are evaluated: order would matter.
func trapsItself(s Stmt) bool {
	switch s := s.(type) {
	case *Call:
		return s.Kind != CallDirect
	case *Effect:
		return true
	case *Store:
		return s.Op.Info().Bytes < 4 || s.Op == OpI64Store32 // drops bits too
	}
	return false
}
