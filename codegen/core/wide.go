package core

import (
	"strconv"

	"github.com/wc2go/wc2go/ir"
)

// This file: wide arithmetic.

// scalarTemp gives a temporary of type uint64 of the statement.
func (b *body) scalarTemp() string {
	t := "t" + strconv.Itoa(b.temps)
	b.temps++
	b.maxTemps = max(b.maxTemps, b.temps)
	return t
}

// wide prints an operator with 128-bit operands or results, in halves.
func (b *body) wide(s *ir.Effect) {
	dst := func(l ...ir.Local) string {
		if d := b.dsts(l); d != "" {
			return d
		}
		return "_, _ = "
	}
	line := func(dst string, n *node) {
		b.tabs()
		b.str(dst)
		b.expr(n, 0, 1)
		b.str("\n")
	}
	fn := map[ir.Op]string{ir.OpI64Add128: "Add64", ir.OpI64Sub128: "Sub64"}[s.Op]
	if fn == "" {
		// Nobody may want the result, but the operands may trap.
		force := b.force
		b.force = force || s.Dst == ir.NoLocal && s.Dst2 == ir.NoLocal || b.dead[s]
		x, y := b.ex(s.Args[0]), b.ex(s.Args[1])
		b.force = force
		if s.Op == ir.OpI64MulWideS {
			line(dst(s.Dst2, s.Dst), b.rtCall("MulWideS", x, y))
			return
		}
		b.file.bits = true
		line(dst(s.Dst2, s.Dst), call("bits.Mul64", x, y))
		return
	}
	b.file.bits = true
	// The low half goes to a temporary: the high operands may read its local.
	lo, carry := b.scalarTemp(), b.scalarTemp()
	high := s.Dst2 != ir.NoLocal && !b.dead[s]
	force := b.force
	b.force = force || s.Dst == ir.NoLocal && !high
	n := call("bits."+fn, b.ex(s.Args[0]), b.ex(s.Args[2]), lit("0"))
	b.force = force
	line(lo+", "+carry+" = ", n)
	b.force = force || !high
	n = call("bits."+fn, b.ex(s.Args[1]), b.ex(s.Args[3]), atom(carry))
	b.force = force
	line(dst(s.Dst2, ir.NoLocal), n)
	if s.Dst != ir.NoLocal {
		b.dst(s.Dst, atom(lo))
	}
}

func isWide(op ir.Op) bool { return op >= ir.OpI64Add128 && op <= ir.OpI64MulWideU }
