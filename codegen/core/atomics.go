package core

import (
	"strconv"

	"github.com/wc2go/wc2go/ir"
)

// This file: atomic operators. They are calls of functions of rt, which take the
// address; that it is in the memory and aligned is checked before, in either variant:
// beside the cost of the operator that does not count.

// atomicWidth is the access of an atomic operator in bits, as its name has it.
func atomicWidth(op ir.Op) string { return strconv.Itoa(8 * int(op.Info().Bytes)) }

// rmwNames are the operators that read, modify and write, in the order of the encoding.
var rmwNames = [...]string{"Add", "Sub", "And", "Or", "Xor", "Xchg", "Cmpxchg"}

// atomic prints an atomic operator.
func (b *body) atomic(s *ir.Effect) {
	if s.Op == ir.OpAtomicFence {
		b.file.rt = true
		b.line("rt.Fence()")
		return
	}
	info := s.Op.Info()
	// Operands first: what they need is printed before the check.
	var args []*node
	for _, x := range s.Args[1:] {
		args = append(args, b.ex(x))
	}
	t := b.effective(s.Index, s.Args[0], s.Offset)
	if info.Bytes > 1 { // before the bounds, as the specification has it
		b.file.rt = true
		b.line("if ", t, "&", strconv.Itoa(int(info.Bytes)-1), " != 0 {")
		b.line("\tpanic(rt.TrapUnalignedAtomic)")
		b.line("}")
	}
	b.inBounds(s.Index, t, s.Offset, uint64(info.Bytes))
	i := strconv.FormatUint(uint64(s.Index), 10)
	var n *node
	switch {
	case s.Op == ir.OpMemoryAtomicNotify:
		n = call("m.Mem"+i+".Notify", atom(t), args[0])
	case s.Op == ir.OpMemoryAtomicWait32, s.Op == ir.OpMemoryAtomicWait64:
		n = call("m.Mem"+i+".Wait"+atomicWidth(s.Op), atom("m.Store"), atom(t), args[0], args[1])
	default:
		n = b.atomicAccess(s, t, args)
	}
	if s.Dst != ir.NoLocal {
		b.dst(s.Dst, n)
		return
	}
	b.tabs()
	b.expr(n, 0, 1)
	b.str("\n")
}

// atomicAccess is a load, a store, or what reads, modifies and writes, at the
// checked address t. Narrow operators are on uint32.
func (b *body) atomicAccess(s *ir.Effect, t string, args []*node) *node {
	i := strconv.FormatUint(uint64(s.Index), 10)
	b.file.unsafe = true
	p := call("unsafe.Add", atom("m.Mem"+i+".Base"), conv("uintptr", atom(t)))
	info := s.Op.Info()
	width := atomicWidth(s.Op)
	narrowed := info.Bytes < 8 && (len(s.Args) > 1 && s.Args[1].Type.Kind == ir.I64 || info.Sig[len(info.Sig)-1] == 'I')
	if narrowed {
		// The operator is on i64, its access is narrower.
		for k, x := range args {
			if s.Args[k+1].Op == ir.OpConst {
				args[k] = uintLit(uint64(uint32(s.Args[k+1].Imm)))
			} else {
				args[k] = conv("uint32", x)
			}
		}
	}
	args = append([]*node{p}, args...)
	var n *node
	switch {
	case s.Op >= ir.OpI32AtomicRmwAdd:
		n = b.rtCall("Atomic"+rmwNames[(s.Op-ir.OpI32AtomicRmwAdd)/7]+width, args...)
	case s.Op >= ir.OpI32AtomicStore:
		return b.rtCall("AtomicStore"+width, args...)
	default:
		n = b.rtCall("AtomicLoad"+width, args...)
	}
	if narrowed && s.Dst != ir.NoLocal {
		n = conv("uint64", n)
	}
	return n
}
