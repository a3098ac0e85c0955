package core

import (
	"strconv"

	"github.com/wc2go/wc2go/ir"
)

// This file: vectors in memory. A vector is accessed lane by lane. All of its
// lanes are in bounds if the last one is, so the last lane is stored
// first: a store that traps has written nothing.

// access is the place in memory of a load or store, which may be named more than once.
type access struct {
	b    *body
	base *node // of unsafe.Add
	addr *node // uint64, or uint32 if conv is set; nil: base is the place itself
	conv bool
	off  uint64
	pos  uint32 // of the instruction
}

// access evaluates the place x+off. See addr for check.
func (b *body) access(mem uint32, x *ir.Expr, off uint64, size uint8, end uint32, check bool) access {
	i := strconv.FormatUint(uint64(mem), 10)
	b.file.unsafe = true
	at, in := b.fixed(mem, x, off, size)
	if in {
		if b.guarded(mem) {
			return access{b: b, base: b.variable(base(mem)), addr: uintLit(0), off: at}
		}
		return access{b: b, base: atom("m.Mem" + i + ".Base"), addr: uintLit(0), off: at}
	}
	if !b.guarded(mem) {
		t := b.bounds(mem, x, off, size, end)
		p := b.temp(pointerTemp)
		b.assign(p.text, call("unsafe.Add", atom("m.Mem"+i+".Base"), conv("uintptr", atom(t))))
		return access{b: b, base: p}
	}
	if check {
		return access{b: b, base: b.variable(base(mem)), addr: atom(b.bounds(mem, x, off, size, end))}
	}
	a := b.address(x, off, false)
	if x.Op == ir.OpConst {
		return access{b: b, base: b.variable(base(mem)), addr: uintLit(0), off: uint64(uint32(x.Imm)) + off, pos: b.pos}
	}
	return access{b: b, base: b.variable(base(mem)), addr: b.once(a, int(words)), conv: true, off: off, pos: b.pos}
}

// at is the unsafe.Pointer d bytes behind the place.
func (a access) at(d int) *node {
	n := a.place(d)
	if n != a.base { // without pos there was a check
		n.pos = a.pos
	}
	return n
}

func (a access) place(d int) *node {
	off := a.off + uint64(d)
	if a.addr == nil {
		if off == 0 {
			return a.base
		}
		return call("unsafe.Add", a.base, uintLit(off))
	}
	n := a.addr
	if n.konst {
		return call("unsafe.Add", a.base, uintLit(off))
	}
	if a.conv {
		n = conv("uint64", n)
	}
	if off != 0 {
		n = bin("+", n, uintLit(off))
	}
	return call("unsafe.Add", a.base, n)
}

// load reads a value of a Go type d bytes behind the place. suffix is that of rt.Ld.
func (a access) load(typ, suffix string, d int) *node {
	if !a.b.checked || suffix == "8" {
		return deref(typ, a.at(d))
	}
	n := a.b.rtCall("Ld"+suffix, a.at(d))
	if typ[0] == 'i' {
		n = conv(typ, n)
	}
	return n
}

// store prints the writing of a value.
func (a access) store(typ, suffix string, d int, v *node) {
	b := a.b
	b.tabs()
	if !b.checked || suffix == "8" {
		b.expr(deref(typ, a.at(d)), 0, 1)
		b.storeValue(v)
	} else {
		b.expr(b.rtCall("St"+suffix, a.at(d), v), 0, 1)
	}
	b.str("\n")
}

// loadVector is a load in a form that natural gave.
func (b *body) loadVector(x *ir.Expr, f form) []*node {
	outer := b.pos
	b.pos = x.Pos
	defer func() { b.pos = outer }()
	op := x.Op
	check := b.force || b.needsCheck(x)
	var old []*node // of the vector that a lane is loaded into
	if x.Y != nil {
		old = b.vector(x.Y, f)
	}
	size := int(op.Info().Bytes)
	a := b.access(x.Index, x.X, x.Imm, uint8(size), x.End, check)
	lane := func(d int) *node { return a.load(f.goType(), f.suffix(), d) }
	small := func() *node { return conv("uint64", a.load("uint"+strconv.Itoa(8*size), strconv.Itoa(8*size), 0)) }
	out := make([]*node, f.lanes())
	width := 16 / len(out)
	switch op {
	case ir.OpV128Load:
		for i := range out {
			out[i] = lane(width * i)
		}
	case ir.OpV128Load8x8S, ir.OpV128Load8x8U:
		fn := "I8ExtS"
		if op == ir.OpV128Load8x8U {
			fn = "I8ExtU"
		}
		v := b.once(lane(0), int(halves))
		out[0] = b.rtCall(fn, conv("uint32", v))
		out[1] = b.rtCall(fn, conv("uint32", bin(">>", v, lit("32"))))
	case ir.OpV128Load16x4S, ir.OpV128Load16x4U, ir.OpV128Load32x2S, ir.OpV128Load32x2U:
		n := size / len(out)
		typ := "int"
		if op == ir.OpV128Load16x4U || op == ir.OpV128Load32x2U {
			typ = "uint"
		}
		for i := range out {
			out[i] = conv(f.goType(), a.load(typ+strconv.Itoa(8*n), strconv.Itoa(8*n), n*i))
		}
	case ir.OpV128Load8Splat, ir.OpV128Load16Splat:
		ones := "0x101010101010101"
		if size == 2 {
			ones = "0x1000100010001"
		}
		v := b.once(bin("*", small(), lit(ones)), int(halves))
		out[0], out[1] = v, v
	case ir.OpV128Load32Splat, ir.OpV128Load64Splat:
		v := b.once(lane(0), int(f))
		for i := range out {
			out[i] = v
		}
	case ir.OpV128Load32Zero, ir.OpV128Load64Zero:
		for i := range out {
			out[i] = lit("0")
		}
		out[0] = lane(0)
	case ir.OpV128Load8Lane, ir.OpV128Load16Lane:
		at := int(x.Imm2) * size
		copy(out, old)
		out[at/8] = insert(b.hide(old[at/8], halves), small(), at%8, size)
	case ir.OpV128Load32Lane, ir.OpV128Load64Lane:
		copy(out, old)
		out[x.Imm2] = lane(0)
	}
	return out
}

// storeVector prints a store of a vector or of one of its lanes.
func (b *body) storeVector(s *ir.Store) {
	size := s.Op.Info().Bytes
	if s.Op != ir.OpV128Store {
		b.storeLane(s, size)
		return
	}
	l, f := b.own(s.X)
	if readsMemory(s.X) {
		// All of it is read before any of it is written.
		for i := range l {
			if l[i].kind != nAtom {
				l[i] = b.once(l[i], int(f))
			}
		}
	}
	a := b.access(s.Mem, s.Addr, s.Offset, size, s.End, b.between[s])
	for i := len(l) - 1; i >= 0; i-- {
		a.store(f.goType(), f.suffix(), 16/len(l)*i, l[i])
	}
}

func (b *body) storeLane(s *ir.Store, size uint8) {
	a := b.access(s.Mem, s.Addr, s.Offset, size, s.End, b.between[s])
	bits := strconv.Itoa(8 * int(size))
	op := map[uint8]ir.Op{1: ir.OpI8x16ExtractLaneU, 2: ir.OpI16x8ExtractLaneU, 4: ir.OpI32x4ExtractLane, 8: ir.OpI64x2ExtractLane}[size]
	if f, _ := b.natural(s.X, halves); size == 4 && f == floats || size == 8 && f == doubles {
		a.store(f.goType(), f.suffix(), 0, b.inForm(s.X, f)[s.Lane])
		return
	}
	v := b.extract(s.X, op, int(s.Lane))
	if size < 4 {
		// The extraction has the type of the lane inside a conversion.
		v = v.args[0]
	}
	a.store("uint"+bits, bits, 0, v)
}

func readsMemory(x *ir.Expr) (yes bool) {
	walkExpr(x, func(x *ir.Expr) {
		yes = yes || x.Op.IsLoad() || x.Op == ir.OpGlobal
	})
	return yes
}
