package core

import (
	"slices"

	"github.com/wc2go/wc2go/ir"
)

// This file: a body made ready for printing. What can never run is dropped (go vet
// refuses it), so are jumps to where control goes anyway, and the labels
// that are still needed are counted. The IR itself is left alone.

type simplifier struct {
	used   map[ir.Label]int         // jumps to each label that will be printed
	tables map[ir.Label]*ir.BrTable // of the loops around that begin with one; see thread.go
	thread map[*ir.Br]ir.Label      // jumps that go somewhere else
}

// list simplifies statements. next holds the labels that stand right behind
// the list; falls tells whether control reaches its end.
func (s *simplifier) list(l []ir.Stmt, next []ir.Label) (out []ir.Stmt, falls bool) {
	out = make([]ir.Stmt, 0, len(l))
	for i, st := range l {
		var after []ir.Label
		if i == len(l)-1 {
			after = next
		}
		if br, ok := st.(*ir.Br); ok && i > 0 {
			if to, ok := s.through(br.Label, l[i-1]); ok {
				if !has(after, to) {
					s.used[to]++
					s.thread[br] = to
					return append(out, br), false
				}
				return out, true
			}
		}
		st, falls := s.stmt(st, after)
		if st != nil {
			out = append(out, st)
		}
		if !falls {
			return out, false
		}
	}
	return out, true
}

func has(l []ir.Label, x ir.Label) bool {
	for _, y := range l {
		if x == y {
			return true
		}
	}
	return false
}

// with is next and the label of a statement before it.
func with(next []ir.Label, l ir.Label) []ir.Label {
	if l == ir.NoLabel {
		return next
	}
	return append(next[:len(next):len(next)], l)
}

// stmt simplifies one statement; nil if nothing is left of it.
func (s *simplifier) stmt(st ir.Stmt, next []ir.Label) (out ir.Stmt, falls bool) {
	switch st := st.(type) {
	case *ir.Br:
		if has(next, st.Label) {
			return nil, true
		}
		s.used[st.Label]++
		return st, false
	case *ir.BrTable:
		if l, ok := oneTarget(st); ok {
			s.used[l]++
			return st, false
		}
		seen := map[ir.Label]bool{}
		for _, l := range append([]ir.Label{st.Default}, st.Targets...) {
			if !seen[l] {
				seen[l] = true
				s.used[l]++
			}
		}
		return st, false
	case *ir.Block:
		body, falls := s.list(st.Body, with(next, st.Label))
		return &ir.Block{Label: st.Label, Body: body, Inlined: st.Inlined}, falls || s.used[st.Label] > 0
	case *ir.Loop:
		if t := dispatch(st); t != nil {
			s.tables[st.Label] = t
		}
		body, falls := s.list(st.Body, next)
		return &ir.Loop{Label: st.Label, Body: body, Pos: st.Pos}, falls
	case *ir.If:
		after := with(next, st.Label)
		then, f1 := s.list(st.Then, after)
		els, f2 := s.list(st.Else, after)
		return &ir.If{Label: st.Label, Cond: st.Cond, Then: then, Else: els}, f1 || f2 || s.used[st.Label] > 0
	case *ir.Return, *ir.Unreachable, *ir.Throw:
		return st, false
	case *ir.Call:
		return st, !st.Tail
	}
	return st, true
}

// oneTarget tells if a br_table always goes to the same label.
func oneTarget(t *ir.BrTable) (ir.Label, bool) {
	for _, l := range t.Targets {
		if l != t.Default {
			return 0, false
		}
	}
	return t.Default, true
}

// liveness finds the assignments of loaded values to locals that are not read
// afterwards: the Go compiler would drop the load, and with it the trap.
type liveness struct {
	words int
	at    map[ir.Label][]uint64 // live at the label: before a Loop, behind a Block or If
	dead  map[ir.Stmt]bool      // a Set, or wide arithmetic whose high half is not read
	again bool
	keep  []ir.Local
	parts parts // nil: a local is live or it is not
	over  map[ir.Stmt]bool
}

// parts refines liveness: to the parts of a local that are used. It says how many
// bits a local has in a liveSet, and what they are.
type parts interface {
	// kill ends the life of a local's former value.
	kill(live liveSet, l ir.Local)
	// all notes that x is used, useless that nothing of it is, returned that a function returns it.
	all(live liveSet, x *ir.Expr)
	useless(live liveSet, x *ir.Expr)
	returned(live liveSet, x *ir.Expr)
	// assigned goes over an assignment; it answers false if it is a dead one.
	assigned(live liveSet, st *ir.Set) bool
	// stored goes over the value of a store.
	stored(live liveSet, st *ir.Store)
}

type liveSet []uint64

func (l liveSet) has(i ir.Local) bool { return l[i>>6]>>(i&63)&1 != 0 }
func (l liveSet) add(i ir.Local)      { l[i>>6] |= 1 << (i & 63) }
func (l liveSet) del(i ir.Local)      { l[i>>6] &^= 1 << (i & 63) }

// findDead runs backwards over the body until what is live at the loops does
// not change any more. The locals of keep are always live.
func findDead(body []ir.Stmt, locals int, keep []ir.Local) map[ir.Stmt]bool {
	v := &liveness{words: (locals + 63) / 64, at: map[ir.Label][]uint64{}, keep: keep}
	for range 20 {
		v.again = false
		v.dead = map[ir.Stmt]bool{}
		v.list(body, make(liveSet, v.words))
		if !v.again {
			return v.dead
		}
	}
	return nil // deeply nested; what is live is not known
}

// list changes live from what is live behind l to what is live before it.
func (v *liveness) list(l []ir.Stmt, live liveSet) {
	for i := len(l) - 1; i >= 0; i-- {
		for _, k := range v.keep {
			live.add(k)
		}
		v.stmt(l[i], live)
	}
}

func (v *liveness) reads(live liveSet, xs ...*ir.Expr) {
	for _, x := range xs {
		if x == nil {
			continue
		}
		if v.parts != nil {
			v.parts.all(live, x)
			continue
		}
		if x.Op == ir.OpLocal {
			live.add(ir.Local(x.Imm))
		}
		x.Operands(func(y *ir.Expr) { v.reads(live, y) })
	}
}

// jump makes live what is live at a label.
func (v *liveness) jump(live liveSet, l ir.Label) {
	copy(live, v.at[l]) // a loop's set is empty the first time
	if v.at[l] == nil {
		clear(live)
	}
}

func (v *liveness) mark(l ir.Label, live liveSet) {
	if l != ir.NoLabel {
		v.at[l] = append(v.at[l][:0], live...)
	}
}

// idle reports whether Go may find that an if decides nothing: both ways set the same locals to
// the same, or one way sets locals to constants that they may hold already. Go drops its condition then.
func idle(st *ir.If) bool {
	if len(st.Then) == 0 || len(st.Else) == 0 {
		return !slices.ContainsFunc(slices.Concat(st.Then, st.Else), func(s ir.Stmt) bool {
			set, ok := s.(*ir.Set)
			return !ok || set.X.Op != ir.OpConst
		})
	}
	return slices.EqualFunc(st.Then, st.Else, func(a, b ir.Stmt) bool {
		x, ok := a.(*ir.Set)
		y, also := b.(*ir.Set)
		return ok && also && x.Dst == y.Dst && same(x.X, y.X)
	})
}

// discarded calls read with what body.discard evaluates of x.
func discarded(x *ir.Expr, read func(*ir.Expr)) {
	switch {
	case x.Op.IsLoad():
		read(x.X)
		if x.Y != nil {
			discarded(x.Y, read)
		}
	case x.Trap() == ir.TrapNone:
		x.Operands(func(y *ir.Expr) { discarded(y, read) })
	default:
		read(x)
	}
}

// kill ends the life of a local's former value.
func (v *liveness) kill(live liveSet, l ir.Local) {
	if v.parts != nil {
		v.parts.kill(live, l)
		return
	}
	live.del(l)
}

// written goes over a value that is written to a global or to memory.
func (v *liveness) written(live liveSet, st ir.Stmt, x *ir.Expr) {
	if v.parts != nil && v.over[st] {
		v.parts.useless(live, x)
		return
	}
	v.reads(live, x)
}

func (v *liveness) stmt(st ir.Stmt, live liveSet) {
	switch st := st.(type) {
	case *ir.Set:
		switch {
		case st.Dst == ir.NoLocal:
			discarded(st.X, func(x *ir.Expr) { v.reads(live, x) })
			return
		case v.parts != nil && v.parts.assigned(live, st):
			return
		case v.parts != nil || !live.has(st.Dst):
			v.dead[st] = true
			v.kill(live, st.Dst)
			discarded(st.X, func(x *ir.Expr) { v.reads(live, x) })
			return
		}
		v.kill(live, st.Dst)
		v.reads(live, st.X)
	case *ir.Call:
		for _, d := range st.Dsts {
			if d != ir.NoLocal {
				v.kill(live, d)
			}
		}
		if st.Tail {
			clear(live)
		}
		v.reads(live, st.Args...)
		v.reads(live, st.Callee)
	case *ir.Effect:
		if isWide(st.Op) && st.Dst2 != ir.NoLocal {
			if v.parts == nil && !live.has(st.Dst2) && (st.Dst == ir.NoLocal || !live.has(st.Dst) || st.Op < ir.OpI64MulWideS) {
				v.dead[st] = true
			}
			v.kill(live, st.Dst2)
		}
		if st.Dst != ir.NoLocal {
			v.kill(live, st.Dst)
		}
		v.reads(live, st.Args...)
	case *ir.Store:
		if v.parts != nil && !v.over[st] {
			v.parts.stored(live, st)
		} else {
			v.written(live, st, st.X)
		}
		v.reads(live, st.Addr)
	case *ir.SetGlobal:
		v.written(live, st, st.X)
	case *ir.Block:
		v.mark(st.Label, live)
		v.list(st.Body, live)
	case *ir.Loop:
		v.list(st.Body, live)
		if st.Label != ir.NoLabel {
			old := v.at[st.Label]
			same := old != nil
			for i := range old {
				same = same && old[i] == live[i]
			}
			if !same {
				v.again = true
				v.mark(st.Label, live)
			}
		}
	case *ir.If:
		v.mark(st.Label, live)
		other := append(liveSet(nil), live...)
		v.list(st.Then, live)
		v.list(st.Else, other)
		for i := range live {
			live[i] |= other[i]
		}
		if v.parts != nil && idle(st) {
			v.parts.useless(live, st.Cond)
		} else {
			v.reads(live, st.Cond)
		}
	case *ir.Br:
		v.jump(live, st.Label)
	case *ir.BrTable:
		v.jump(live, st.Default)
		for _, l := range st.Targets {
			for i, w := range v.at[l] {
				live[i] |= w
			}
		}
		v.reads(live, st.X)
	case *ir.Return, *ir.Unreachable, *ir.Throw:
		clear(live)
		if _, ok := st.(*ir.Return); ok && v.parts != nil {
			stmtExprs(st, func(x *ir.Expr) { v.parts.returned(live, x) })
			return
		}
		stmtExprs(st, func(x *ir.Expr) { v.reads(live, x) })
	default:
		stmtExprs(st, func(x *ir.Expr) { v.reads(live, x) })
	}
}
