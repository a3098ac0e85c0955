package core

import "github.com/wc2go/wc2go/ir"

// A load that is used on some paths only is loose: Go's compiler moves it to
// where it is used, as long as memory does not change before, and with it the fault. Wasm
// says the load traps where it stands, whether its value is used or not. findLoose finds the
// loads that need more for it (body.keepLoad): those whose value is not certainly used
// from here on, and that no change of memory keeps in their place.
//
// Unreachable counts as a use of everything. It is a place that nobody hurries to, so what Go would
// not load on the way to it is used there, to have it trap first: findLoose gives those locals for
// each Unreachable.
func findLoose(body []ir.Stmt, locals int, dead map[ir.Stmt]bool) (loose map[*ir.Set]bool, keep map[*ir.Unreachable][]ir.Local) {
	d := &mustUse{words: (locals + 63) / 64, dead: dead}
	d.run(body)
	loose = d.loose
	d.strict = true
	d.run(body)
	p := &pending{words: d.words, dead: dead, late: map[*ir.Set]bool{}, at: map[ir.Label]liveSet{}, keep: map[*ir.Unreachable][]ir.Local{}}
	for st := range d.loose {
		if !loose[st] {
			p.late[st] = true
		}
	}
	if len(p.late) > 0 {
		p.list(body, make(liveSet, d.words))
	}
	return loose, p.keep
}

// run leaves in d.loose the loads that are not certainly used.
func (d *mustUse) run(body []ir.Stmt) {
	d.at, d.all = map[ir.Label]liveSet{}, false
	for range 20 {
		d.again = false
		d.loose = map[*ir.Set]bool{}
		d.list(body, make(liveSet, d.words))
		if !d.again {
			return
		}
	}
	// Nested too deeply to be sure of anything: all are loose.
	d.at, d.all = map[ir.Label]liveSet{}, true
	d.loose = map[*ir.Set]bool{}
	d.list(body, make(liveSet, d.words))
}

// mustUse is what certainly is used later, at a point of a function: the
// liveness of simplify.go with "on all paths" for "on some path".
type mustUse struct {
	words int
	at    map[ir.Label]liveSet // behind a Block, before a Loop
	dead  map[ir.Stmt]bool     // evaluated for their traps only
	loose map[*ir.Set]bool
	again bool
	all   bool
	// strict: Unreachable uses nothing.
	strict bool
}

func (d *mustUse) top(used liveSet) {
	for i := range used {
		used[i] = ^uint64(0)
	}
}

func (d *mustUse) reads(used liveSet, x *ir.Expr) {
	if x == nil {
		return
	}
	if x.Op == ir.OpLocal {
		used.add(ir.Local(x.Imm))
	}
	x.Operands(func(y *ir.Expr) { d.reads(used, y) })
}

// loads reports whether x reads guarded memory.
func loads(x *ir.Expr) bool {
	found := x.Op.IsLoad()
	x.Operands(func(y *ir.Expr) { found = found || loads(y) })
	return found
}

// trapsOtherwise reports whether x may trap, not for a load.
func trapsOtherwise(x *ir.Expr) bool {
	found := x.Trap() == ir.TrapOther
	x.Operands(func(y *ir.Expr) { found = found || trapsOtherwise(y) })
	return found
}

// list changes used from what is used behind l to what is used from its start on.
func (d *mustUse) list(l []ir.Stmt, used liveSet) {
	for i := len(l) - 1; i >= 0; i-- {
		d.stmt(l[i], l[i+1:], used)
	}
}

// kept reports whether the statements that follow a load change memory before
// control divides.
func kept(rest []ir.Stmt) bool {
	for _, st := range rest {
		switch st := st.(type) {
		case *ir.Set:
			if trapsOtherwise(st.X) {
				return false // Go's test for it divides control
			}
		case *ir.Store, *ir.Call, *ir.SetGlobal, *ir.Effect, *ir.Fuel:
			return true
		default:
			return false
		}
	}
	return false
}

func (d *mustUse) mark(l ir.Label, used liveSet) {
	if l != ir.NoLabel {
		d.at[l] = append(d.at[l][:0], used...)
	}
}

// meet leaves in used what is used after a jump to l too.
func (d *mustUse) meet(used liveSet, l ir.Label) {
	for i, w := range d.at[l] { // none the first time at a loop: everything
		used[i] &= w
	}
}

func (d *mustUse) stmt(st ir.Stmt, rest []ir.Stmt, used liveSet) {
	switch st := st.(type) {
	case *ir.Set:
		if trapsOtherwise(st.X) {
			clear(used) // what is used behind it only may be loaded behind it
		}
		if st.Dst == ir.NoLocal || d.dead[st] {
			if st.Dst != ir.NoLocal {
				used.del(st.Dst)
			}
			discarded(st.X, func(x *ir.Expr) { d.reads(used, x) })
			return
		}
		wanted := st.Dst != ir.NoLocal && used.has(st.Dst)
		load := loads(st.X)
		if st.Dst != ir.NoLocal {
			used.del(st.Dst)
			if load && (!wanted || d.all) && !kept(rest) {
				d.loose[st] = true
			}
		}
		if wanted || load || st.X.Trap() != ir.TrapNone {
			d.reads(used, st.X)
		}
	case *ir.Call:
		for _, l := range st.Dsts {
			if l != ir.NoLocal {
				used.del(l)
			}
		}
		if st.Tail {
			clear(used)
		}
		stmtExprs(st, func(x *ir.Expr) { d.reads(used, x) })
	case *ir.Effect:
		if st.Dst != ir.NoLocal {
			used.del(st.Dst)
		}
		stmtExprs(st, func(x *ir.Expr) { d.reads(used, x) })
	case *ir.Block:
		d.mark(st.Label, used)
		d.list(st.Body, used)
	case *ir.TryTable:
		d.mark(st.Label, used)
		clear(used) // an exception may leave it anywhere
		d.list(st.Body, used)
	case *ir.Loop:
		d.list(st.Body, used)
		if st.Label != ir.NoLabel {
			old := d.at[st.Label]
			same := old != nil
			for i := range old {
				same = same && old[i] == used[i]
			}
			if !same {
				d.again = true
				d.mark(st.Label, used)
			}
		}
	case *ir.If:
		d.mark(st.Label, used)
		other := append(liveSet(nil), used...)
		d.list(st.Then, used)
		d.list(st.Else, other)
		for i := range used {
			used[i] &= other[i]
		}
		d.reads(used, st.Cond)
	case *ir.Br:
		d.top(used)
		d.meet(used, st.Label)
	case *ir.BrTable:
		d.top(used)
		d.meet(used, st.Default)
		for _, l := range st.Targets {
			d.meet(used, l)
		}
		d.reads(used, st.X)
	case *ir.Unreachable:
		if d.strict {
			clear(used)
		} else {
			d.top(used)
		}
	case *ir.Return, *ir.Throw:
		clear(used)
		stmtExprs(st, func(x *ir.Expr) { d.reads(used, x) })
	default:
		stmtExprs(st, func(x *ir.Expr) { d.reads(used, x) })
	}
}

// pending walks a function forwards with the locals whose load Go may not have done
// yet: those that late loads are assigned to, and what is computed from these.
type pending struct {
	words int
	dead  map[ir.Stmt]bool
	late  map[*ir.Set]bool // loads that are used for sure only if Unreachable is a use
	at    map[ir.Label]liveSet
	keep  map[*ir.Unreachable][]ir.Local
}

// list changes set from what is pending before l to what is pending behind it.
func (p *pending) list(l []ir.Stmt, set liveSet) {
	for _, st := range l {
		p.stmt(st, set)
	}
}

// done takes away the locals that x reads.
func (p *pending) done(set liveSet, x *ir.Expr) {
	walkExpr(x, func(x *ir.Expr) {
		if x.Op == ir.OpLocal {
			set.del(ir.Local(x.Imm))
		}
	})
}

func (p *pending) jump(set liveSet, l ir.Label) {
	if p.at[l] == nil {
		p.at[l] = make(liveSet, p.words)
	}
	for i, w := range set {
		p.at[l][i] |= w
	}
}

func (p *pending) join(set liveSet, l ir.Label) {
	for i, w := range p.at[l] {
		set[i] |= w
	}
}

func (p *pending) stmt(st ir.Stmt, set liveSet) {
	switch st := st.(type) {
	case *ir.Set:
		if loads(st.X) || trapsOtherwise(st.X) {
			p.done(set, st.X)
		}
		if st.Dst == ir.NoLocal {
			return
		}
		from := p.late[st]
		walkExpr(st.X, func(x *ir.Expr) {
			from = from || x.Op == ir.OpLocal && set.has(ir.Local(x.Imm))
		})
		set.del(st.Dst)
		if from && !p.dead[st] {
			set.add(st.Dst)
		}
	case *ir.Call:
		stmtExprs(st, func(x *ir.Expr) { p.done(set, x) })
		for _, l := range st.Dsts {
			if l != ir.NoLocal {
				set.del(l)
			}
		}
		if st.Tail {
			clear(set)
		}
	case *ir.Effect:
		stmtExprs(st, func(x *ir.Expr) { p.done(set, x) })
		if st.Dst != ir.NoLocal {
			set.del(st.Dst)
		}
	case *ir.Block:
		p.list(st.Body, set)
		p.join(set, st.Label)
	case *ir.TryTable:
		p.list(st.Body, set)
		p.join(set, st.Label)
	case *ir.Loop:
		// What the last round left may be pending too.
		walkStmts(st.Body, func(s ir.Stmt) {
			if s, ok := s.(*ir.Set); ok && p.late[s] {
				set.add(s.Dst)
			}
		}, func(*ir.Expr) {})
		p.list(st.Body, set)
	case *ir.If:
		p.done(set, st.Cond)
		other := append(liveSet(nil), set...)
		p.list(st.Then, set)
		p.list(st.Else, other)
		for i, w := range other {
			set[i] |= w
		}
		p.join(set, st.Label)
	case *ir.Br:
		p.jump(set, st.Label)
		clear(set)
	case *ir.BrTable:
		p.done(set, st.X)
		p.jump(set, st.Default)
		for _, l := range st.Targets {
			p.jump(set, l)
		}
		clear(set)
	case *ir.Unreachable:
		for l := range ir.Local(64 * p.words) {
			if set.has(l) {
				p.keep[st] = append(p.keep[st], l)
			}
		}
		clear(set)
	case *ir.Return, *ir.Throw:
		clear(set)
	default:
		stmtExprs(st, func(x *ir.Expr) { p.done(set, x) })
	}
}
