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
	use := func(x *ir.Expr) {
		if x.Op == ir.OpLocal && x.Type.Kind == ir.I32 {
			address[x.Imm] = true
		}
	}
	var several []ir.Local // results of one call go to variables of their own types
	walkStmts(list, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Set:
			count(s.Dst)
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
	for _, l := range several {
		if l != ir.NoLocal {
			address[l] = false
		}
	}
	for l := range address {
		address[l] = address[l] && values[l] > 1 && !b.frames.has(ir.Local(l))
	}
	b.pointers = address
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
