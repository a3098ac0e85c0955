package ir

import "math/bits"

// This file: pass "bounds".

// findBounds finds out which accesses of memory need no check where accesses are
// checked (it changes nothing where memory is guarded): those of an address below a
// bound within the memory's initial size, and those of a local as address that was used
// before, on all ways here, at least as far from it. Memories never shrink.
//
// The first of a group of accesses is checked for all of them, if they follow one
// another with nothing between them that could be observed after a trap: no write, no
// call, no other kind of trap, no branch.
//
// What it finds is in Expr.End and Store.End.
func findBounds(p *Program) error {
	for _, m := range p.Modules {
		w := bounds{m: m}
		for i := range uint32(m.NumImports(ExternMemory) + len(m.Mems)) {
			t, _ := m.Memory(i)
			size := uint64(0)
			if t.Limits.Min < 1<<47>>t.PageLog2 {
				size = t.Limits.Min << t.PageLog2
			}
			w.sizes = append(w.sizes, size)
		}
		for _, f := range m.Funcs {
			if !f.Dead && plainLoops(f.Body, 0) {
				w.function(f)
			}
		}
	}
	return nil
}

// NoCheck as Expr.End or Store.End tells that the access is in bounds.
const NoCheck = ^uint32(0)

// maxEnd is how far from a local what is known of it reaches.
const maxEnd = 1 << 30

// bounds walks a function in order.
type bounds struct {
	m     *Module
	sizes []uint64 // of the memories, initially
	state []reach
	trail []oldReach
	clock int
}

// reach is what is known of a local: of memory mem, end bytes from the local on are in bounds.
type reach struct {
	end      uint64
	mem      uint32
	assigned int // when it was assigned last
}

// oldReach is what was known before, as an entry of the trail.
type oldReach struct {
	local Local
	end   uint64
	mem   uint32
	time  int
}

func (w *bounds) function(f *Func) {
	w.state = make([]reach, len(f.Locals))
	w.trail, w.clock = w.trail[:0], 0
	w.list(f.Body)
}

func (w *bounds) assign(l Local) {
	if l == NoLocal {
		return
	}
	w.clock++
	w.state[l] = reach{assigned: w.clock}
}

func (w *bounds) learn(l Local, mem uint32, end uint64) {
	r := &w.state[l]
	if end > maxEnd || r.mem == mem && r.end >= end {
		return
	}
	w.clock++
	w.trail = append(w.trail, oldReach{l, r.end, r.mem, w.clock})
	r.end, r.mem = end, mem
}

// nested walks a list and forgets what has become known in it.
func (w *bounds) nested(l []Stmt) {
	mark := len(w.trail)
	w.list(l)
	w.forget(mark)
}

func (w *bounds) forget(mark int) {
	for len(w.trail) > mark {
		o := w.trail[len(w.trail)-1]
		w.trail = w.trail[:len(w.trail)-1]
		if r := &w.state[o.local]; r.assigned < o.time {
			r.end, r.mem = o.end, o.mem
		} else {
			r.end = 0 // it had been assigned since
		}
	}
}

// access is a load or the store of a statement whose address is a local.
type access struct {
	local Local
	mem   uint32
	end   uint64 // of what it accesses, from the local on
	mark  *uint32
	// sure: it is checked before the next statement, even if only a part of its value is
	// used. last: it is done after all checks of its statement.
	sure, last bool
}

// accesses gives the accesses of s in their order, and marks those of small addresses.
func (w *bounds) accesses(s Stmt) (list []access) {
	plain := true
	add := func(mem uint32, addr *Expr, off uint64, op Op, a access) {
		end := off + uint64(op.Info().Bytes)
		if off > maxEnd {
			return
		}
		if hi := largest(addr); addr.Op != OpConst && hi < maxEnd && hi+end <= w.sizes[mem] {
			*a.mark = NoCheck
		} else if addr.Op == OpLocal {
			a.local, a.mem, a.end = Local(addr.Imm), mem, end
			list = append(list, a)
		}
	}
	var expr func(x *Expr, outer bool)
	expr = func(x *Expr, outer bool) {
		load := x.Op.IsLoad()
		x.Operands(func(y *Expr) { expr(y, outer && !load) })
		plain = plain && x.Type.Kind != V128
		if load {
			add(x.Index, x.X, x.Imm, x.Op, access{mark: &x.End, last: outer})
		}
	}
	stmtExprs(s, func(x *Expr) { expr(x, true) })
	inOrder := false // the checks of its accesses are in the order of list
	switch s := s.(type) {
	case *Store:
		plain = plain && s.X.Type.Kind != V128
		add(s.Mem, s.Addr, s.Offset, s.Op, access{mark: &s.End, last: true, sure: true})
		inOrder = plain
	case *Set:
		inOrder = plain
		if n := len(list); n > 0 && list[n-1].mark == &s.X.End {
			list[n-1].sure = true // a whole vector
		}
	case *SetGlobal, *Return, *If, *BrTable:
		inOrder = plain
	}
	for i := range list {
		list[i].sure = list[i].sure || plain
		list[i].last = list[i].last && inOrder
	}
	return list
}

// statement looks at the accesses of list[i].
func (w *bounds) statement(list []Stmt, i int) {
	all := w.accesses(list[i])
	for k, a := range all {
		if r := w.state[a.local]; r.mem == a.mem && r.end >= a.end {
			*a.mark = NoCheck
			continue
		}
		// One before it in this statement may be checked for it.
		covered := false
		first := true
		for _, b := range all[:k] {
			if b.local == a.local && b.mem == a.mem {
				first = false
				covered = covered || b.sure && b.end >= a.end
			}
		}
		if covered && a.last {
			*a.mark = NoCheck
			continue
		}
		if end := w.group(list, i, a); first && a.sure && end > a.end {
			*a.mark = uint32(end)
			all[k].end = end
		}
	}
	for _, a := range all {
		if a.sure && *a.mark != NoCheck {
			w.learn(a.local, a.mem, a.end)
		}
	}
}

// group gives how far the accesses reach, from a in list[i] on, that follow one another.
func (w *bounds) group(list []Stmt, i int, a access) uint64 {
	end := a.end
	for k := i; k < len(list) && k < i+32; k++ {
		s := list[k]
		last := true
		switch s := s.(type) {
		case *Set:
			last = s.Dst == a.local
			if trapsOtherwise(s.X) {
				return end
			}
		case *Block:
			return end
		}
		var expr func(x *Expr)
		reach := func(mem uint32, addr *Expr, off uint64, op Op) {
			if addr.Op == OpLocal && Local(addr.Imm) == a.local && mem == a.mem {
				if e := off + uint64(op.Info().Bytes); off < maxEnd && e > end && e <= maxEnd {
					end = e
				}
			}
		}
		expr = func(x *Expr) {
			x.Operands(expr)
			if x.Op.IsLoad() {
				reach(x.Index, x.X, x.Imm, x.Op)
			}
		}
		other := false
		stmtExprs(s, func(x *Expr) { other = other || trapsOtherwise(x) })
		if other {
			return end
		}
		if _, ok := s.(*Loop); ok {
			return end
		}
		stmtExprs(s, expr)
		if s, ok := s.(*Store); ok {
			reach(s.Mem, s.Addr, s.Offset, s.Op)
		}
		if last {
			return end
		}
	}
	return end
}

// trapsOtherwise reports whether evaluating x may trap, not for a load.
func trapsOtherwise(x *Expr) bool {
	t := x.Trap() == TrapOther
	x.Operands(func(y *Expr) { t = t || trapsOtherwise(y) })
	return t
}

func (w *bounds) list(list []Stmt) {
	for i, s := range list {
		w.statement(list, i)
		switch s := s.(type) {
		case *Set:
			w.assign(s.Dst)
		case *Call:
			for _, d := range s.Dsts {
				w.assign(d)
			}
		case *Effect:
			w.assign(s.Dst)
			if s.Op.Wide() {
				w.assign(s.Dst2)
			}
		case *Block:
			if s.Label == NoLabel {
				w.list(s.Body)
			} else {
				w.nested(s.Body)
			}
		case *Loop:
			assigned(s.Body, w.assign)
			w.nested(s.Body)
		case *If:
			w.nested(s.Then)
			w.nested(s.Else)
		}
	}
}

// largest is the largest unsigned number that x may be, as far as is easy to see.
func largest(x *Expr) uint64 {
	hi := uint64(1<<64 - 1)
	width := uint64(64)
	if x.Type.Kind == I32 {
		hi, width = 1<<32-1, 32
	}
	switch x.Op {
	case OpConst:
		return x.Imm & hi
	case OpI32Load8U, OpI64Load8U:
		return 1<<8 - 1
	case OpI32Load16U, OpI64Load16U:
		return 1<<16 - 1
	case OpI64ExtendI32U:
		return largest(x.X)
	case OpI32And, OpI64And:
		return min(largest(x.X), largest(x.Y))
	case OpI32Or, OpI64Or, OpI32Xor, OpI64Xor:
		return 1<<bits.Len64(largest(x.X)|largest(x.Y)) - 1
	case OpI32Add, OpI64Add:
		if a, b := largest(x.X), largest(x.Y); a < 1<<31 && b < 1<<31 {
			return a + b
		}
	case OpI32ShrU, OpI64ShrU:
		if x.Y.Op == OpConst {
			return largest(x.X) >> (x.Y.Imm & (width - 1))
		}
	case OpI32Shl, OpI64Shl:
		if a, n := largest(x.X), x.Y.Imm&(width-1); x.Y.Op == OpConst && uint64(bits.Len64(a))+n <= 31 {
			return a << n
		}
	}
	return hi
}
