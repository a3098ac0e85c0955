package core

import "github.com/wc2go/wc2go/ir"

// This file: locals that hold addresses.
//
// An access needs its address in 64 bits. Where Go cannot see that the upper half of a register is zero already, which it
// does not where values of several places meet, it extends a uint32 anew for each access: one more instruction, and one
// more register for the same number. A local that is used as an address is a uintptr, whose upper half is zero by what is
// assigned to it; all else takes its lower half, which costs nothing. It is no uint64 because of machines with 32 bits.

// findPointers finds the locals that are variables of type uintptr: those used as addresses that
// have more than one value. Of a single value Go sees what its upper half is.
func (b *body) findPointers(list []ir.Stmt) {
	if b.f.Try != nil {
		return
	}
	values := make([]int, len(b.f.Locals))
	for i := range b.params {
		values[i] = 1
	}
	count := func(l ir.Local) {
		if l != ir.NoLocal {
			values[l]++
		}
	}
	address := make([]bool, len(b.f.Locals))
	var sums []*ir.Set
	moved := make([]bool, len(b.f.Locals)) // a place beside that where the local points is accessed
	wide := make([]bool, len(b.f.Locals))  // operands of sums in 64 bits
	operands := func(sum *ir.Expr) {
		for _, x := range []*ir.Expr{sum.X, sum.Y} {
			if x.Op == ir.OpLocal {
				wide[x.Imm] = true
			}
		}
	}
	use := func(x *ir.Expr) {
		if x.Type.Kind != ir.I32 {
			return
		}
		if x.Op == ir.OpLocal {
			address[x.Imm] = true
		} else if base, ok := besides(x); ok {
			if base.Op == ir.OpLocal {
				moved[base.Imm] = true
			} else if isSum(base) {
				operands(base)
			}
		}
	}
	var several []ir.Local // results of one call go to variables of their own types
	walkStmts(list, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Set:
			count(s.Dst)
			if s.Dst != ir.NoLocal && isSum(s.X) {
				sums = append(sums, s)
			}
		case *ir.Effect:
			count(s.Dst)
			count(s.Dst2)
		case *ir.Call:
			for _, l := range s.Dsts {
				count(l)
			}
			if len(s.Dsts) > 1 {
				several = append(several, s.Dsts...)
			}
			if s.Tail && s.Kind == ir.CallDirect && s.Func == b.f.Index {
				for i := range ir.Local(b.params) {
					count(i)
				}
			}
		case *ir.Store:
			use(s.Addr)
		}
	}, func(x *ir.Expr) {
		walkExpr(x, func(x *ir.Expr) {
			if x.Op.IsLoad() {
				use(x.X)
			}
		})
	})
	for _, s := range sums {
		if moved[s.Dst] && !b.frames.has(s.Dst) {
			if b.sums == nil {
				b.sums = map[*ir.Set]bool{}
			}
			b.sums[s], wide[s.Dst] = true, true
			operands(s.X)
		}
	}
	for l := range address {
		address[l] = (address[l] && values[l] > 1 || wide[l]) && !b.frames.has(ir.Local(l))
	}
	for _, l := range several {
		if l != ir.NoLocal {
			address[l] = false
		}
	}
	b.pointers = address
}

// besides is x in an address x + c.
func besides(x *ir.Expr) (*ir.Expr, bool) {
	return x.X, x.Op == ir.OpI32Add && x.Y.Op == ir.OpConst
}

// isSum reports whether x is a sum of two numbers that Go does not know. Its compiler makes one sum of x + c,
// for which it has no instruction as fast as two, and of which it does not see that the upper half is zero.
// So such sums are made in 64 bits, and c is added to the lower half: Go leaves them alone.
func isSum(x *ir.Expr) bool {
	return x.Op == ir.OpI32Add && x.X.Op != ir.OpConst && x.Y.Op != ir.OpConst
}

// sum is the lower half of a sum that is made in 64 bits.
func (b *body) sum(x *ir.Expr) *node {
	operand := func(x *ir.Expr) *node {
		if b.address32(x) {
			return b.held(ir.Local(x.Imm))
		}
		return conv("uintptr", b.ex(x))
	}
	l := operand(x.X)
	return conv("uint32", bin("+", l, operand(x.Y)))
}

// address32 reports whether x is a local that holds an address.
func (b *body) address32(x *ir.Expr) bool {
	return x.Op == ir.OpLocal && b.isPointer(ir.Local(x.Imm))
}

func (b *body) isPointer(l ir.Local) bool { return int(l) < len(b.pointers) && b.pointers[l] }

// held is the variable of a local, whatever its type is.
func (b *body) held(l ir.Local) *node {
	n := atom(b.local(l))
	if b.read != nil {
		n.used = &b.read[l]
	}
	return n
}

// toPointer is an i32 as a uintptr.
func toPointer(x *node) *node {
	if x.konst {
		return x
	}
	if x.lower {
		return x.args[0]
	}
	return conv("uintptr", x)
}

// localType is the Go type of a local.
func (b *body) localType(l ir.Local) string {
	if b.isPointer(l) {
		return "uintptr"
	}
	return b.goType(b.f.Locals[l])
}
