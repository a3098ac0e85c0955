package ir

import (
	"math/bits"
)

// This file: pass "fold".

// foldConstants computes what is constant: operators on integer constants, locals that
// hold one, and the branches that depend on them. What can never run is dropped.
//
// Go does the same, but then a load in what it drops loses its trap; and what is dropped here calls
// nothing, so that deadfuncs finds more.
func foldConstants(p *Program) error {
	for _, m := range p.Modules {
		for _, f := range m.Funcs {
			if !f.Dead && plainLoops(f.Body, 0) {
				newFolder(m, f, true).run()
			}
		}
	}
	return deadFuncs(p)
}

// folder folds one function.
type folder struct {
	f    *Func
	used map[Label]bool
	// known are the constants that locals hold, nil for others, and trail the locals of
	// known in the order in which they came to hold them. locals tells if there are any.
	known  []*Expr
	trail  []Local
	locals bool
}

func newFolder(m *Module, f *Func, locals bool) *folder {
	c := &folder{f: f, used: make(map[Label]bool), locals: locals}
	if locals {
		c.known = make([]*Expr, len(f.Locals))
		for i := len(m.Types[f.Type].Func.Params); i < f.NumDeclared; i++ {
			if t := f.Locals[i]; t.Kind == I32 || t.Kind == I64 {
				c.learn(Local(i), zero(t, f.Offset))
			}
		}
	}
	return c
}

func (c *folder) run() { c.f.Body, _ = c.list(c.f.Body) }

func (c *folder) learn(l Local, x *Expr) {
	c.known[l] = x
	c.trail = append(c.trail, l)
}

// forget makes all unknown that came to be known since the trail was that long. What
// was known before then and has been assigned since is not known any more either.
func (c *folder) forget(mark int) {
	for _, l := range c.trail[mark:] {
		c.known[l] = nil
	}
	c.trail = c.trail[:mark]
}

// assign notes the assignment of x, nil if it is no expression.
func (c *folder) assign(l Local, x *Expr) {
	if !c.locals || l == NoLocal {
		return
	}
	c.known[l] = nil
	if x != nil && x.Op == OpConst && (x.Type.Kind == I32 || x.Type.Kind == I64) {
		c.learn(l, &Expr{Op: OpConst, Type: x.Type, Imm: x.Imm})
	}
}

// nested folds a list on whose end control comes from elsewhere too.
func (c *folder) nested(l []Stmt) (out []Stmt, completes bool) {
	mark := len(c.trail)
	out, completes = c.list(l)
	c.forget(mark)
	return out, completes
}

// list folds statements and tells whether control reaches their end.
func (c *folder) list(l []Stmt) (out []Stmt, completes bool) {
	out = make([]Stmt, 0, len(l))
	for _, s := range l {
		stmtExprs(s, c.expr)
		completes := true
		if t, ok := s.(*If); ok && t.Cond.Op == OpConst {
			body := t.Then
			if uint32(t.Cond.Imm) == 0 {
				body = t.Else
			}
			s = &Block{Label: t.Label, Body: body}
		}
		if t, ok := s.(*BrTable); ok && t.X.Op == OpConst {
			to := t.Default
			if i := uint64(uint32(t.X.Imm)); i < uint64(len(t.Targets)) {
				to = t.Targets[i]
			}
			s = &Br{Label: to}
		}
		switch s := s.(type) {
		case *Set:
			if s.Dst == NoLocal {
				evaluations(s.X, &out)
				continue
			}
			c.assign(s.Dst, s.X)
			out = append(out, s)
		case *Call:
			for _, d := range s.Dsts {
				c.assign(d, nil)
			}
			out = append(out, s)
			completes = !s.Tail
		case *Effect:
			c.assign(s.Dst, nil)
			if s.Op.Wide() {
				c.assign(s.Dst2, nil)
			}
			out = append(out, s)
		case *Block:
			mark := len(c.trail)
			s.Body, completes = c.list(s.Body)
			if s.Label != NoLabel && c.used[s.Label] {
				c.forget(mark)
				completes = true
			} else {
				s.Label = NoLabel
			}
			if s.Label == NoLabel && s.Inlined == nil {
				out = append(out, s.Body...)
			} else {
				out = append(out, s)
			}
		case *Loop:
			if c.locals {
				assigned(s.Body, func(l Local) { c.known[l] = nil })
			}
			s.Body, completes = c.nested(s.Body)
			if s.Label != NoLabel && !c.used[s.Label] {
				out = append(out, s.Body...)
			} else {
				out = append(out, s)
			}
		case *If:
			then, els := true, true
			s.Then, then = c.nested(s.Then)
			s.Else, els = c.nested(s.Else)
			if !c.used[s.Label] {
				s.Label = NoLabel
			}
			completes = then || els || s.Label != NoLabel
			out = append(out, tidyIf(s)...)
		case *TryTable:
			for i := range s.Catches {
				k := &s.Catches[i]
				c.used[k.Target] = true
				for _, d := range k.Dsts {
					c.assign(d, nil)
				}
				c.assign(k.Exn, nil)
			}
			s.Body, completes = c.nested(s.Body)
			if c.used[s.Label] {
				completes = true
			} else {
				s.Label = NoLabel
			}
			out = append(out, s)
		case *Br:
			c.used[s.Label] = true
			out, completes = append(out, s), false
		case *BrTable:
			c.used[s.Default] = true
			for _, l := range s.Targets {
				c.used[l] = true
			}
			out, completes = append(out, s), false
		case *Return, *Unreachable, *Throw:
			out, completes = append(out, s), false
		default:
			out = append(out, s)
		}
		if !completes {
			return out, false
		}
	}
	return out, true
}

// tidyIf gives what stands for an If of which parts may have become empty.
func tidyIf(s *If) []Stmt {
	if len(s.Then) > 0 {
		return []Stmt{s}
	}
	return emptied(s)
}

// expr folds an expression in place.
func (c *folder) expr(x *Expr) {
	if x.Op == OpLocal {
		if c.locals && c.known[x.Imm] != nil {
			*x = Expr{Op: OpConst, Type: x.Type, Imm: c.known[x.Imm].Imm, Pos: x.Pos}
		}
		return
	}
	x.Operands(c.expr)
	if x.Op == OpSelect && x.Z.Op == OpConst {
		a, b := x.X, x.Y
		if uint32(x.Z.Imm) == 0 {
			a, b = b, a
		}
		if !traps(b) {
			*x = *a
		}
		return
	}
	if x.X == nil || x.X.Op != OpConst || x.Y != nil && x.Y.Op != OpConst || x.Z != nil {
		return
	}
	var b uint64
	if x.Y != nil {
		b = x.Y.Imm
	}
	if v, ok := compute(x.Op, x.X.Imm, b); ok {
		*x = Expr{Op: OpConst, Type: x.Type, Imm: v, Pos: x.Pos}
	}
}

// compute is the value of an integer operator; ok is false if it traps, or is none.
func compute(op Op, a, b uint64) (v uint64, ok bool) {
	switch {
	case op == OpI32WrapI64, op == OpI64ExtendI32U:
		return uint64(uint32(a)), true
	case op == OpI64ExtendI32S, op == OpI64Extend32S:
		return uint64(int64(int32(a))), true
	case op == OpI32Extend8S:
		return uint64(uint32(int8(a))), true
	case op == OpI32Extend16S:
		return uint64(uint32(int16(a))), true
	case op == OpI64Extend8S:
		return uint64(int64(int8(a))), true
	case op == OpI64Extend16S:
		return uint64(int64(int16(a))), true
	case op >= OpI32Eqz && op <= OpI32GeU:
		return compare32(op-OpI32Eqz+OpI64Eqz, uint32(a), uint32(b)), true
	case op >= OpI64Eqz && op <= OpI64GeU:
		return compare64(op, a, b), true
	case op >= OpI32Clz && op <= OpI32Rotr:
		v, ok := compute32(op, uint32(a), uint32(b))
		return uint64(v), ok
	case op >= OpI64Clz && op <= OpI64Rotr:
		return compute64(op, a, b)
	}
	return 0, false
}

// compare32 compares numbers of 32 bits by the operator for 64: extended as the
// operator looks at them.
func compare32(op Op, a, b uint32) uint64 {
	switch op {
	case OpI64LtS, OpI64GtS, OpI64LeS, OpI64GeS:
		return compare64(op, uint64(int64(int32(a))), uint64(int64(int32(b))))
	}
	return compare64(op, uint64(a), uint64(b))
}

func compare64(op Op, a, b uint64) uint64 {
	is := false
	switch op {
	case OpI64Eqz:
		is = a == 0
	case OpI64Eq:
		is = a == b
	case OpI64Ne:
		is = a != b
	case OpI64LtS:
		is = int64(a) < int64(b)
	case OpI64LtU:
		is = a < b
	case OpI64GtS:
		is = int64(a) > int64(b)
	case OpI64GtU:
		is = a > b
	case OpI64LeS:
		is = int64(a) <= int64(b)
	case OpI64LeU:
		is = a <= b
	case OpI64GeS:
		is = int64(a) >= int64(b)
	case OpI64GeU:
		is = a >= b
	}
	if is {
		return 1
	}
	return 0
}

func compute32(op Op, a, b uint32) (v uint32, ok bool) {
	switch op {
	case OpI32Clz:
		return uint32(bits.LeadingZeros32(a)), true
	case OpI32Ctz:
		return uint32(bits.TrailingZeros32(a)), true
	case OpI32Popcnt:
		return uint32(bits.OnesCount32(a)), true
	case OpI32Add:
		return a + b, true
	case OpI32Sub:
		return a - b, true
	case OpI32Mul:
		return a * b, true
	case OpI32DivS:
		if b == 0 || a == 1<<31 && b == 1<<32-1 {
			return 0, false
		}
		return uint32(int32(a) / int32(b)), true
	case OpI32DivU:
		if b == 0 {
			return 0, false
		}
		return a / b, true
	case OpI32RemS:
		if b == 0 {
			return 0, false
		}
		return uint32(int32(a) % int32(b)), true
	case OpI32RemU:
		if b == 0 {
			return 0, false
		}
		return a % b, true
	case OpI32And:
		return a & b, true
	case OpI32Or:
		return a | b, true
	case OpI32Xor:
		return a ^ b, true
	case OpI32Shl:
		return a << (b & 31), true
	case OpI32ShrS:
		return uint32(int32(a) >> (b & 31)), true
	case OpI32ShrU:
		return a >> (b & 31), true
	case OpI32Rotl:
		return bits.RotateLeft32(a, int(b&31)), true
	case OpI32Rotr:
		return bits.RotateLeft32(a, -int(b&31)), true
	}
	return 0, false
}

func compute64(op Op, a, b uint64) (v uint64, ok bool) {
	switch op {
	case OpI64Clz:
		return uint64(bits.LeadingZeros64(a)), true
	case OpI64Ctz:
		return uint64(bits.TrailingZeros64(a)), true
	case OpI64Popcnt:
		return uint64(bits.OnesCount64(a)), true
	case OpI64Add:
		return a + b, true
	case OpI64Sub:
		return a - b, true
	case OpI64Mul:
		return a * b, true
	case OpI64DivS:
		if b == 0 || a == 1<<63 && b == 1<<64-1 {
			return 0, false
		}
		return uint64(int64(a) / int64(b)), true
	case OpI64DivU:
		if b == 0 {
			return 0, false
		}
		return a / b, true
	case OpI64RemS:
		if b == 0 {
			return 0, false
		}
		return uint64(int64(a) % int64(b)), true
	case OpI64RemU:
		if b == 0 {
			return 0, false
		}
		return a % b, true
	case OpI64And:
		return a & b, true
	case OpI64Or:
		return a | b, true
	case OpI64Xor:
		return a ^ b, true
	case OpI64Shl:
		return a << (b & 63), true
	case OpI64ShrS:
		return uint64(int64(a) >> (b & 63)), true
	case OpI64ShrU:
		return a >> (b & 63), true
	case OpI64Rotl:
		return bits.RotateLeft64(a, int(b&63)), true
	case OpI64Rotr:
		return bits.RotateLeft64(a, -int(b&63)), true
	}
	return 0, false
}
