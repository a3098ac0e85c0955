package ir

import (
	"cmp"
	"slices"
)

// This file: pass "reassoc".

// reassociate reorders sums and the like, so that what is ready first is
// combined first: a sum takes as long as its last operand and one addition then, not
// that operand and all additions after it. Go keeps the order of the source.
//
// Only integer operators that are associative and commutative are touched. Operands
// of one chain may be loads, which may trap in any order among themselves; one that
// traps otherwise stands alone (see the rules in body.go).
func reassociate(p *Program) error {
	for _, m := range p.Modules {
		for _, f := range m.Funcs {
			if !f.Dead {
				r := reassoc{ready: make([]int, len(f.Locals))}
				r.list(f.Body, nil)
			}
		}
	}
	return nil
}

// notReady is the time of an operand that depends on the result of the round of
// the loop before: it is the last to come.
const notReady = 1000

// reassoc walks a function in order.
type reassoc struct {
	// ready estimates for each local when its value is there, in cycles from the
	// last label or jump on.
	ready []int
}

// list walks statements; loop counts the assignments of each local in the
// innermost loop, nil outside of loops.
func (r *reassoc) list(list []Stmt, loop map[Local]int) {
	for _, s := range list {
		self := NoLocal
		if t, ok := s.(*Set); ok && t.Dst != NoLocal && loop[t.Dst] == 1 {
			self = t.Dst
		}
		if self != NoLocal {
			r.ready[self] = notReady
		}
		stmtExprs(s, func(x *Expr) { r.expr(x) })
		switch s := s.(type) {
		case *Set:
			if s.Dst != NoLocal {
				r.ready[s.Dst] = min(r.time(s.X), notReady/2)
			}
		case *Call:
			r.clear(s.Dsts...)
		case *Effect:
			r.clear(s.Dst)
			r.clear(s.Dst2)
		case *Loop:
			counts := make(map[Local]int)
			assigned(s.Body, func(l Local) { counts[l]++ })
			r.forget(counts)
			r.list(s.Body, counts)
			r.forget(counts)
		default:
			nested := false
			lists(s, func(l *[]Stmt) {
				nested = true
				r.list(*l, loop)
			})
			if nested {
				counts := make(map[Local]int)
				lists(s, func(l *[]Stmt) { assigned(*l, func(l Local) { counts[l]++ }) })
				r.forget(counts)
			}
		}
	}
}

func (r *reassoc) clear(dsts ...Local) {
	for _, d := range dsts {
		if int64(d) < int64(len(r.ready)) {
			r.ready[d] = 0
		}
	}
}

func (r *reassoc) forget(l map[Local]int) {
	for l := range l {
		r.clear(l)
	}
}

// associative reports whether op may be reordered.
func associative(op Op) bool {
	switch op {
	case OpI32Add, OpI32And, OpI32Or, OpI32Xor, OpI32Mul, OpI64Add, OpI64And, OpI64Or, OpI64Xor, OpI64Mul:
		return true
	}
	return false
}

// expr reorders the chains below x.
func (r *reassoc) expr(x *Expr) {
	if !associative(x.Op) || x.X.Op != x.Op && x.Y.Op != x.Op {
		x.Operands(r.expr)
		return
	}
	var nodes, leaves []*Expr
	var collect func(y *Expr)
	collect = func(y *Expr) {
		if y.Op != x.Op {
			leaves = append(leaves, y)
			return
		}
		nodes = append(nodes, y)
		collect(y.X)
		collect(y.Y)
	}
	collect(x)
	for _, l := range leaves {
		r.expr(l)
	}
	type leaf struct {
		x    *Expr
		time int
	}
	order := make([]leaf, len(leaves))
	for i, l := range leaves {
		t := r.time(l)
		if l.Op == OpConst {
			t = 2 * notReady // outermost, where it becomes part of an address or operand
		}
		order[i] = leaf{l, t}
	}
	slices.SortStableFunc(order, func(a, b leaf) int { return cmp.Compare(a.time, b.time) })
	time := order[0].time
	for _, l := range order[1:] {
		if l.x.Op != OpConst {
			time = max(time, l.time) + 1
		}
	}
	if time >= r.chain(x) {
		return
	}
	// nodes[0] is x itself, and stays the root.
	acc := order[0].x
	for i, l := range order[1:] {
		n := nodes[len(nodes)-1-i]
		n.X, n.Y = acc, l.x
		acc = n
	}
}

// chain is the time of a chain of one operator as it stands. Operations with a
// constant are taken to be free, as they are in a chain that is put in order.
func (r *reassoc) chain(x *Expr) int {
	op := x.Op
	var time func(y *Expr) int
	time = func(y *Expr) int {
		if y.Op != op {
			return r.time(y)
		}
		switch {
		case y.Y.Op == OpConst:
			return time(y.X)
		case y.X.Op == OpConst:
			return time(y.Y)
		}
		return max(time(y.X), time(y.Y)) + 1
	}
	return time(x)
}

// time estimates when the value of x is there.
func (r *reassoc) time(x *Expr) int {
	t := 0
	x.Operands(func(y *Expr) { t = max(t, r.time(y)) })
	switch op := x.Op; {
	case op == OpLocal:
		return r.ready[x.Imm]
	case op == OpConst:
		return 0
	case op.IsLoad():
		// Most loads do not depend on what is computed around them, and run ahead of it.
		return t
	case (op == OpI32Add || op == OpI64Add) && (x.X.Op == OpConst || x.Y.Op == OpConst):
		return t // part of an address, or of the addition that follows
	case op == OpI32Mul, op == OpI64Mul, op == OpI32Clz, op == OpI32Ctz, op == OpI32Popcnt, op == OpI64Clz, op == OpI64Ctz, op == OpI64Popcnt:
		return t + 3
	case op >= OpI32DivS && op <= OpI32RemU, op >= OpI64DivS && op <= OpI64RemU:
		return t + 15
	case op == OpI64ExtendI32U, op == OpI32WrapI64:
		return t
	}
	return t + 1
}
