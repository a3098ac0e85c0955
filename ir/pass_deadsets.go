package ir

import "slices"

// This file: pass "deadsets".

// deadSets removes assignments to locals that no path reads before the next
// assignment. A value that may trap is still evaluated (Dst NoLocal): left as
// an assignment to a dead Go variable, the Go compiler would drop the load
// and with it the trap.
func deadSets(p *Program) error {
	for _, m := range p.Modules {
		for _, f := range m.Funcs {
			if len(f.Body) > 0 && f.Try == nil && plainLoops(f.Body, 0) {
				words := (len(f.Locals) + 63) / 64
				l := liveness{live: make([]uint64, words), at: make(map[Label][]uint64)}
				f.Body = l.edit(f.Body)
			}
		}
	}
	return nil
}

// maxLoops is how deep loops may be nested in a function that deadSets looks
// at: the statements of a loop are walked once for each loop around them.
const maxLoops = 64

// plainLoops reports whether list has no deeper nest of loops and no
// TryTable, out of which each call may jump.
func plainLoops(list []Stmt, depth int) bool {
	for _, s := range list {
		ok := true
		switch s := s.(type) {
		case *Block:
			ok = plainLoops(s.Body, depth)
		case *Loop:
			ok = depth < maxLoops && plainLoops(s.Body, depth+1)
		case *If:
			ok = plainLoops(s.Then, depth) && plainLoops(s.Else, depth)
		case *TryTable:
			ok = false
		}
		if !ok {
			return false
		}
	}
	return true
}

// liveness walks a body backwards with the set of locals that are live.
type liveness struct {
	live []uint64
	at   map[Label][]uint64 // what is live where a branch to an open label leads
}

func (l *liveness) has(x Local) bool { return l.live[x/64]&(1<<(x%64)) != 0 }
func (l *liveness) kill(x Local)     { l.live[x/64] &^= 1 << (x % 64) }

func (l *liveness) reads(x *Expr) {
	if x.Op == OpLocal {
		l.live[x.Imm/64] |= 1 << (x.Imm % 64)
		return
	}
	if x.X != nil {
		l.reads(x.X)
	}
	if x.Y != nil {
		l.reads(x.Y)
	}
	if x.Z != nil {
		l.reads(x.Z)
	}
	for _, a := range x.Args {
		l.reads(a)
	}
}

func (l *liveness) add(set []uint64) {
	for i, w := range set {
		l.live[i] |= w
	}
}

// edit walks list backwards and removes dead assignments from it.
func (l *liveness) edit(list []Stmt) []Stmt {
	changed := false
	for i := len(list) - 1; i >= 0; i-- {
		s := list[i]
		if x, dead := l.deadValue(s); dead {
			list[i] = nil
			changed = true
			var evals []Stmt
			evaluations(x, &evals)
			if len(evals) > 0 {
				for _, e := range evals {
					l.reads(e.(*Set).X)
				}
				if len(evals) == 1 {
					list[i] = evals[0]
				} else {
					list = slices.Insert(list, i, evals...)
				}
			}
			continue
		}
		l.stmt(s, true)
	}
	if changed {
		list = slices.DeleteFunc(list, func(s Stmt) bool { return s == nil })
	}
	return list
}

// deadValue reports whether s does nothing but compute x, which nobody wants.
func (l *liveness) deadValue(s Stmt) (x *Expr, dead bool) {
	switch s := s.(type) {
	case *Set:
		return s.X, s.Dst != NoLocal && !l.has(s.Dst)
	case *If:
		// The parts may become empty only in edit, so they are walked here.
		l.ifParts(s, true)
		if len(s.Then) == 0 && len(s.Else) == 0 {
			return s.Cond, true
		}
		if len(s.Then) == 0 {
			s.Then, s.Else = s.Else, nil
			s.Cond = &Expr{Op: OpI32Eqz, Type: TypeI32, X: s.Cond, Pos: s.Cond.Pos}
		}
	}
	return nil, false
}

// evaluations appends what is left of x when only its traps matter: a Set for
// each outermost operator that may trap.
func evaluations(x *Expr, out *[]Stmt) {
	if x.Trap() != TrapNone {
		*out = append(*out, &Set{Dst: NoLocal, X: x})
		return
	}
	x.Operands(func(o *Expr) { evaluations(o, out) })
}

// scan walks list backwards and changes nothing.
func (l *liveness) scan(list []Stmt) {
	for i := len(list) - 1; i >= 0; i-- {
		if s, ok := list[i].(*If); ok {
			l.ifParts(s, false)
		}
		l.stmt(list[i], false)
	}
}

func (l *liveness) ifParts(s *If, edit bool) {
	after := slices.Clone(l.live)
	if s.Label != NoLabel {
		l.at[s.Label] = after
	}
	if edit {
		s.Then = l.edit(s.Then)
	} else {
		l.scan(s.Then)
	}
	then := l.live
	l.live = slices.Clone(after)
	if edit {
		s.Else = l.edit(s.Else)
	} else {
		l.scan(s.Else)
	}
	l.add(then)
	delete(l.at, s.Label)
}

// dst handles the assignment of a call's or effect's result.
func (l *liveness) dst(d *Local, edit bool) {
	switch {
	case *d == NoLocal:
	case l.has(*d):
		l.kill(*d)
	case edit:
		*d = NoLocal
	}
}

// stmt takes l from behind s to before s. The parts of an If have been walked.
func (l *liveness) stmt(s Stmt, edit bool) {
	switch s := s.(type) {
	case *Set:
		if s.Dst != NoLocal {
			l.kill(s.Dst)
		}
	case *Call:
		if s.Tail {
			clear(l.live)
		}
		for i := range s.Dsts {
			l.dst(&s.Dsts[i], edit)
		}
	case *Effect:
		l.dst(&s.Dst, edit)
		if s.Op.Wide() {
			l.dst(&s.Dst2, edit)
		}
	case *Br:
		copy(l.live, l.at[s.Label])
	case *BrTable:
		copy(l.live, l.at[s.Default])
		for _, t := range s.Targets {
			l.add(l.at[t])
		}
	case *Return, *Unreachable, *Throw:
		clear(l.live)
	case *Block:
		l.at[s.Label] = slices.Clone(l.live)
		if edit {
			s.Body = l.edit(s.Body)
		} else {
			l.scan(s.Body)
		}
		delete(l.at, s.Label)
	case *Loop:
		// What is live at the loop's begin is needed at each Br back to it.
		// One scan finds it: what a way around the loop adds to the set is in
		// the set that a way without one gives, as nothing is added for being live.
		exit := slices.Clone(l.live)
		l.at[s.Label] = make([]uint64, len(l.live))
		l.scan(s.Body)
		if edit {
			l.at[s.Label], l.live = l.live, exit
			s.Body = l.edit(s.Body)
		}
		delete(l.at, s.Label)
	}
	stmtExprs(s, l.reads)
}
