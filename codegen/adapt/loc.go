package adapt

import (
	"fmt"

	"github.com/wc2go/wc2go/ir"
)

// side is a guest side of a copy: a component instance with its options.
type side struct {
	cx   string // Go variable, a *rt.Cx
	enc  ir.Encoding
	inst ir.ComponentInstanceID
	wide bool // 64-bit addresses
}

// addr is the Go type of the side's addresses.
func (s *side) addr() string {
	if s.wide {
		return "uint64"
	}
	return "uint32"
}

// wide is the suffix of the methods of rt that take 64-bit addresses.
func wide(b bool) string {
	if b {
		return "64"
	}
	return ""
}

// suffix is wide for a side.
func (s *side) suffix() string { return wide(s.wide) }

// layout is how a type lies in the memory of a side.
func (e *emitter) layout(s *side, t ir.TypeID) ir.Layout { return e.p.Layout(t, s != nil && s.wide) }

// locKind says where a value is.
type locKind uint8

const (
	inGo   locKind = iota // a Go variable
	inFlat                // core values
	inMem                 // guest memory
)

// loc is where a value is, or goes.
type loc struct {
	kind  locKind
	expr  string   // inGo: the variable (addressable); inMem: a variable that holds a guest address
	parts []string // inGo: a tuple spread over variables
	off   uint32   // inMem: offset from expr
	slots []slot   // inFlat
	side  *side    // guests
}

// slot is a variable of a core type. A slot of a variant's payload may have a
// wider type than the value in it (CanonicalABI.md, join).
type slot struct {
	name string
	kind ir.Kind
}

func goLoc(v string) loc { return loc{kind: inGo, expr: v} }

func memLoc(s *side, ptr string, off uint32) loc {
	return loc{kind: inMem, side: s, expr: ptr, off: off}
}

func flatLoc(s *side, slots []slot) loc { return loc{kind: inFlat, side: s, slots: slots} }

func (l loc) guest() bool { return l.kind != inGo }

// addr is a guest address off bytes into the value.
func (l loc) addr(off uint32) string {
	if l.off+off == 0 {
		return l.expr
	}
	return fmt.Sprintf("%s+%d", l.expr, l.off+off)
}

// goKind is the Go type of a core value.
func goKind(k ir.Kind) string {
	switch k {
	case ir.I32:
		return "uint32"
	case ir.I64:
		return "uint64"
	case ir.F32:
		return "float32"
	case ir.F64:
		return "float64"
	}
	return "any"
}

// readSlot reads a slot as a value of core type want (CanonicalABI.md,
// CoerceValueIter).
func (e *emitter) readSlot(s slot, want ir.Kind) string {
	switch {
	case s.kind == want:
		return s.name
	case s.kind == ir.I32 && want == ir.F32:
		return e.math() + ".Float32frombits(" + s.name + ")"
	case s.kind == ir.I64 && want == ir.I32:
		return "uint32(" + s.name + ")"
	case s.kind == ir.I64 && want == ir.F32:
		return e.math() + ".Float32frombits(uint32(" + s.name + "))"
	case s.kind == ir.I64 && want == ir.F64:
		return e.math() + ".Float64frombits(" + s.name + ")"
	}
	e.fail("adapt: flat value of kind %d read as %d", s.kind, want)
	return s.name
}

// writeSlot writes x, of core type have, to a slot (CanonicalABI.md,
// lower_flat_variant).
func (e *emitter) writeSlot(s slot, have ir.Kind, x string) {
	switch {
	case s.kind == have:
	case have == ir.F32 && s.kind == ir.I32:
		x = e.math() + ".Float32bits(" + x + ")"
	case have == ir.I32 && s.kind == ir.I64:
		x = "uint64(" + x + ")"
	case have == ir.F32 && s.kind == ir.I64:
		x = "uint64(" + e.math() + ".Float32bits(" + x + "))"
	case have == ir.F64 && s.kind == ir.I64:
		x = e.math() + ".Float64bits(" + x + ")"
	default:
		e.fail("adapt: flat value of kind %d written as %d", have, s.kind)
	}
	e.f("%s = %s", s.name, x)
}

// at is the suffix of the accessors of the side's memory.
func (l loc) at() string {
	if l.side.wide {
		return "At"
	}
	return ""
}

// ld is a load of size bytes from guest memory, as an unsigned integer.
func (l loc) ld(size, off uint32) string {
	return fmt.Sprintf("%s.Mem.Ld%d%s(%s)", l.side.cx, size*8, l.at(), l.addr(off))
}

// st prints a store of an unsigned integer of size bytes.
func (e *emitter) st(l loc, size, off uint32, x string) {
	e.f("%s.Mem.St%d%s(%s, %s)", l.side.cx, size*8, l.at(), l.addr(off), x)
}

// readBits reads an integer of size bytes as a uint32 (uint64 if size is 8): a
// discriminant, flags, a handle.
func (e *emitter) readBits(l loc, size uint32) string {
	if l.kind == inFlat {
		return e.readSlot(l.slots[0], ir.I32)
	}
	if size == 4 {
		return l.ld(4, 0)
	}
	return "uint32(" + l.ld(size, 0) + ")"
}

// writeBits writes a uint32 as an integer of size bytes.
func (e *emitter) writeBits(l loc, size uint32, x string) {
	if l.kind == inFlat {
		e.writeSlot(l.slots[0], ir.I32, x)
		return
	}
	if size != 4 {
		x = fmt.Sprintf("uint%d(%s)", size*8, x)
	}
	e.st(l, size, 0, x)
}

// readScalar gives a number, bool or char as an expression of its Go type.
func (e *emitter) readScalar(k ir.TypeKind, l loc) string {
	g := goScalar[k]
	switch l.kind {
	case inGo:
		return l.expr
	case inFlat:
		switch k {
		case ir.TBool:
			return e.readSlot(l.slots[0], ir.I32) + " != 0"
		case ir.TChar:
			return e.rt() + ".LiftChar(" + e.readSlot(l.slots[0], ir.I32) + ")"
		case ir.TU32:
			return e.readSlot(l.slots[0], ir.I32)
		case ir.TU64:
			return e.readSlot(l.slots[0], ir.I64)
		case ir.TS64:
			return "int64(" + e.readSlot(l.slots[0], ir.I64) + ")"
		case ir.TF32:
			return e.readSlot(l.slots[0], ir.F32)
		case ir.TF64:
			return e.readSlot(l.slots[0], ir.F64)
		}
		return g + "(" + e.readSlot(l.slots[0], ir.I32) + ")"
	}
	switch k {
	case ir.TBool:
		return l.ld(1, 0) + " != 0"
	case ir.TChar:
		return e.rt() + ".LiftChar(" + l.ld(4, 0) + ")"
	case ir.TU8, ir.TU16, ir.TU32, ir.TU64:
		return l.ld(scalarSize(k), 0)
	case ir.TF32:
		return e.math() + ".Float32frombits(" + l.ld(4, 0) + ")"
	case ir.TF64:
		return e.math() + ".Float64frombits(" + l.ld(8, 0) + ")"
	}
	return g + "(" + l.ld(scalarSize(k), 0) + ")"
}

// writeScalar writes an expression of the Go type of k.
func (e *emitter) writeScalar(k ir.TypeKind, l loc, x string) {
	switch l.kind {
	case inGo:
		e.f("%s = %s", l.expr, x)
		return
	case inFlat:
		switch k {
		case ir.TBool:
			e.writeSlot(l.slots[0], ir.I32, e.rt()+".Bool32("+x+")")
		case ir.TU32:
			e.writeSlot(l.slots[0], ir.I32, x)
		case ir.TU64:
			e.writeSlot(l.slots[0], ir.I64, x)
		case ir.TS64:
			e.writeSlot(l.slots[0], ir.I64, "uint64("+x+")")
		case ir.TF32:
			e.writeSlot(l.slots[0], ir.F32, x)
		case ir.TF64:
			e.writeSlot(l.slots[0], ir.F64, x)
		default:
			e.writeSlot(l.slots[0], ir.I32, "uint32("+x+")")
		}
		return
	}
	size := scalarSize(k)
	switch k {
	case ir.TBool:
		x = "uint8(" + e.rt() + ".Bool32(" + x + "))"
	case ir.TU8, ir.TU16, ir.TU32, ir.TU64:
	case ir.TF32:
		x = e.math() + ".Float32bits(" + x + ")"
	case ir.TF64:
		x = e.math() + ".Float64bits(" + x + ")"
	default:
		x = fmt.Sprintf("uint%d(%s)", size*8, x)
	}
	e.st(l, size, 0, x)
}

// scalarSize is the size in memory of a number, bool or char.
func scalarSize(k ir.TypeKind) uint32 {
	switch k {
	case ir.TBool, ir.TS8, ir.TU8:
		return 1
	case ir.TS16, ir.TU16:
		return 2
	case ir.TS64, ir.TU64, ir.TF64:
		return 8
	}
	return 4
}

// readPair gives the pointer and length of a string, list or map.
func (e *emitter) readPair(l loc) (p, n string) {
	if l.side.wide {
		if l.kind == inFlat {
			return e.readSlot(l.slots[0], ir.I64), e.readSlot(l.slots[1], ir.I64)
		}
		return l.ld(8, 0), l.ld(8, 8)
	}
	if l.kind == inFlat {
		return e.readSlot(l.slots[0], ir.I32), e.readSlot(l.slots[1], ir.I32)
	}
	return l.ld(4, 0), l.ld(4, 4)
}

// widePair is readPair for functions that take 64 bits of either side.
func (e *emitter) widePair(l loc) (p, n string) {
	p, n = e.readPair(l)
	if !l.side.wide {
		p, n = "uint64("+p+")", "uint64("+n+")"
	}
	return p, n
}

// writeWide is writePair of 64-bit values to either side.
func (e *emitter) writeWide(l loc, p, n string) {
	if !l.side.wide {
		p, n = "uint32("+p+")", "uint32("+n+")"
	}
	e.writePair(l, p, n)
}

// writePair writes a pointer and a length.
func (e *emitter) writePair(l loc, p, n string) {
	if l.side.wide {
		if l.kind == inFlat {
			e.writeSlot(l.slots[0], ir.I64, p)
			e.writeSlot(l.slots[1], ir.I64, n)
			return
		}
		e.st(l, 8, 0, p)
		e.st(l, 8, 8, n)
		return
	}
	if l.kind == inFlat {
		e.writeSlot(l.slots[0], ir.I32, p)
		e.writeSlot(l.slots[1], ir.I32, n)
		return
	}
	e.st(l, 4, 0, p)
	e.st(l, 4, 4, n)
}
