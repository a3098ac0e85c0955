package binary

import (
	"encoding/binary"

	"github.com/wc2go/wc2go/ir"
)

// InstrReader iterates over the instructions of a function body or constant expression.
type InstrReader struct{ r Reader }

// NewInstrReader reads body, whose first byte is at offset of the file.
func NewInstrReader(body []byte, offset int) *InstrReader {
	return &InstrReader{Reader{data: body, base: offset, short: shortBody}}
}

// Reset starts over with another body.
func (x *InstrReader) Reset(body []byte, offset int) {
	x.r = Reader{data: body, base: offset, short: shortBody}
}

const shortBody = shortSection + ": END opcode expected"

// Done reports whether all bytes are used up.
func (x *InstrReader) Done() bool { return x.r.EOF() }

// Next reads one instruction into in. Its slices are reused by the next call;
// fields that are no immediates of in.Op keep old values. Reading past the end is an error.
func (x *InstrReader) Next(in *Instr) error {
	x.r.instr(in)
	if x.r.err != nil {
		return x.r.err
	}
	return nil
}

// instr reads one instruction (section 5.4).
func (r *Reader) instr(in *Instr) {
	in.Offset = r.Offset()
	b := r.Byte()
	in.Op = ir.Op(b)
	switch b {
	case 0x00, 0x01, 0x05, 0x0a, 0x0b, 0x0f, 0x19, 0x1a, 0x1b, 0xd1, 0xd3, 0xd4:
		// no immediates
	case 0x02, 0x03, 0x04, 0x06:
		r.blockType(&in.Block)
	case 0x1f:
		r.blockType(&in.Block)
		n := r.Count(2)
		in.Catches = in.Catches[:0]
		for range n {
			at := r.Offset()
			c := CatchClause{Kind: r.Byte()}
			if c.Kind > 3 {
				r.Malformed(at, "malformed catch clause")
			}
			if c.Kind < 2 {
				c.Tag = r.U32()
			}
			c.Label = r.U32()
			if r.err != nil {
				return
			}
			in.Catches = append(in.Catches, c)
		}
	case 0x0e:
		n := r.Count(1)
		in.Labels = in.Labels[:0]
		for range n + 1 {
			in.Labels = append(in.Labels, r.U32())
		}
	case 0x11, 0x13:
		in.Index, in.Index2 = r.U32(), r.U32()
	case 0x07, 0x08, 0x09, 0x0c, 0x0d, 0x10, 0x12, 0x14, 0x15, 0x18,
		0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0xd2, 0xd5, 0xd6:
		in.Index = r.U32()
	case 0x1c:
		n := r.Count(1)
		in.Types = in.Types[:0]
		for range n {
			t := r.ValType()
			if r.err != nil {
				return
			}
			in.Types = append(in.Types, t)
		}
	case 0x3f, 0x40:
		in.Mem = r.U32()
	case 0x41:
		in.Imm = uint64(uint32(r.S32()))
	case 0x42:
		in.Imm = uint64(r.S64())
	case 0x43:
		in.Imm = uint64(r.F32())
	case 0x44:
		in.Imm = r.F64()
	case 0xd0:
		in.RefType = r.RefTo(true)
	case 0xfb:
		r.prefixed(in, ir.OpBaseFB, r.instrFB)
	case 0xfc:
		r.prefixed(in, ir.OpBaseFC, r.instrFC)
	case 0xfd:
		r.prefixed(in, ir.OpBaseFD, r.instrFD)
	case 0xfe:
		r.prefixed(in, ir.OpBaseFE, r.instrFE)
	default:
		switch {
		case b >= 0x28 && b <= 0x3e:
			r.memArg(in)
		case b >= 0x45 && b <= 0xc4:
			// numeric, no immediates
		default:
			if r.err == nil {
				r.Malformed(in.Offset, "illegal opcode %02x", b)
			}
		}
	}
}

// prefixed reads the rest of an operator after its prefix byte.
func (r *Reader) prefixed(in *Instr, base ir.Op, immediates func(*Instr, uint32) bool) {
	n := r.U32()
	if r.err != nil {
		return
	}
	if n < 0x200 {
		in.Op = base + ir.Op(n)
		if immediates(in, n) {
			return
		}
	}
	r.Malformed(in.Offset, "illegal opcode %02x %02x", r.data[in.Offset-r.base], n)
}

func (r *Reader) instrFB(in *Instr, n uint32) bool {
	switch n {
	case 0, 1, 6, 7, 11, 12, 13, 14, 16, 32, 33, 34:
		in.Index = r.U32()
	case 2, 3, 4, 5, 8, 9, 10, 17, 18, 19:
		in.Index, in.Index2 = r.U32(), r.U32()
	case 20, 21, 22, 23:
		in.RefType = r.RefTo(n&1 != 0)
	case 35, 36:
		in.RefType = r.RefTo(n == 36)
	case 24, 25, 37, 38:
		at := r.Offset()
		flags := r.Byte()
		if flags > 3 {
			r.Malformed(at, "malformed br_on_cast flags")
			return true
		}
		in.Index = r.U32()
		in.RefType = r.RefTo(flags&1 != 0)
		in.RefType2 = r.RefTo(flags&2 != 0)
	case 15, 26, 27, 28, 29, 30:
	default:
		return false
	}
	return true
}

func (r *Reader) instrFC(in *Instr, n uint32) bool {
	switch {
	case n < 8, n >= 19 && n <= 22:
	case n == 9, n == 13, n >= 15 && n <= 17:
		in.Index = r.U32()
	case n == 11:
		in.Mem = r.U32()
	case n == 8, n == 10, n == 12, n == 14:
		in.Index, in.Index2 = r.U32(), r.U32()
	default:
		return false
	}
	return true
}

func (r *Reader) instrFD(in *Instr, n uint32) bool {
	switch {
	case n <= 0x0b, n == 0x5c, n == 0x5d:
		r.memArg(in)
	case n == 0x0c, n == 0x0d:
		if b := r.Bytes(16); b != nil {
			in.Imm, in.Imm2 = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
		}
	case n >= 0x15 && n <= 0x22:
		in.Lane = r.Byte()
	case n >= 0x54 && n <= 0x5b:
		r.memArg(in)
		in.Lane = r.Byte()
	default:
		return in.Op.Info().Name != ""
	}
	return true
}

func (r *Reader) instrFE(in *Instr, n uint32) bool {
	if n == 3 { // atomic.fence has a reserved byte
		at := r.Offset()
		if r.Byte() != 0 {
			r.Malformed(at, "zero byte expected")
		}
		return true
	}
	if in.Op.Info().Name == "" {
		return false
	}
	r.memArg(in)
	return true
}

// memArg reads alignment, memory and offset. Bit 6 of the alignment says that
// a memory index follows (section 5.4.6).
func (r *Reader) memArg(in *Instr) {
	at := r.Offset()
	flags := r.U32()
	if flags >= 0x80 {
		r.Malformed(at, "malformed memop flags")
		return
	}
	in.Align = flags & 0x3f
	in.Mem = 0
	if flags&0x40 != 0 {
		in.Mem = r.U32()
	}
	in.MemOffset = r.U64()
}

func (r *Reader) blockType(t *BlockType) {
	at := r.Offset()
	b, _ := r.Peek()
	*t = BlockType{}
	switch {
	case b == 0x40:
		r.Byte()
	case b >= 0x80 || b < 0x40: // a number >= 0
		i := r.S33()
		if i < 0 {
			r.Malformed(at, "malformed block type")
			return
		}
		t.IsIndex, t.Index = true, r.typeIndex(at, uint64(i))
	default:
		t.Result = r.ValType()
	}
}

// skipExpr moves past a constant expression, its `end` included. in is scratch space.
func (r *Reader) skipExpr(in *Instr) ConstExpr {
	e := ConstExpr{Offset: r.Offset()}
	depth := 0
	for r.err == nil {
		r.instr(in)
		switch in.Op {
		case OpBlock, OpLoop, OpIf, OpTry, OpTryTable:
			depth++
		case OpDelegate:
			depth--
		case OpEnd:
			depth--
		}
		if depth < 0 {
			break
		}
	}
	e.Bytes = r.Since(e.Offset)
	return e
}
