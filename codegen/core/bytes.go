package core

import "github.com/wc2go/wc2go/ir"

// This file: numbers with their bytes in the opposite order. wasm has no instruction for it, so LLVM makes shifts, masks and
// ors of what was one in the source, eight or more of them. Go knows that pattern only in loads and stores of single bytes.

// byteMap is where the bytes of a number come from: byte i is byte m[i] of a local, or zero if m[i] is noByte.
type byteMap [8]int8

const noByte = -1

// maxByteNodes bounds the trees that are looked at.
const maxByteNodes = 48

// byteFinder finds the byteMap of a tree.
type byteFinder struct {
	nodes int
	x     *ir.Expr // the local
}

// find gives the byteMap of x, which has so many bytes.
func (f *byteFinder) find(x *ir.Expr) (m byteMap, ok bool) {
	if f.nodes++; f.nodes > maxByteNodes {
		return m, false
	}
	size := 4
	if x.Type.Kind == ir.I64 {
		size = 8
	}
	for i := range m {
		m[i] = noByte
	}
	switch x.Op {
	case ir.OpLocal:
		if f.x == nil {
			f.x = x
		}
		for i := range size {
			m[i] = int8(i)
		}
		return m, f.x.Imm == x.Imm
	case ir.OpI32WrapI64, ir.OpI64ExtendI32U:
		y, ok := f.find(x.X)
		copy(m[:4], y[:4])
		return m, ok
	case ir.OpI32Shl, ir.OpI64Shl, ir.OpI32ShrU, ir.OpI64ShrU:
		by := int(x.Y.Imm) & (8*size - 1)
		if x.Y.Op != ir.OpConst || by%8 != 0 {
			return m, false
		}
		by /= 8
		y, ok := f.find(x.X)
		if x.Op == ir.OpI32Shl || x.Op == ir.OpI64Shl {
			copy(m[by:size], y[:size])
		} else {
			copy(m[:size-by], y[by:size])
		}
		return m, ok
	case ir.OpI32And, ir.OpI64And:
		if x.Y.Op != ir.OpConst {
			return m, false
		}
		y, ok := f.find(x.X)
		for i := range size {
			switch uint8(x.Y.Imm >> (8 * i)) {
			case 0xff:
				m[i] = y[i]
			case 0:
			default:
				return m, false
			}
		}
		return m, ok
	case ir.OpI32Or, ir.OpI64Or:
		y, ok := f.find(x.X)
		if !ok {
			return m, false
		}
		z, ok := f.find(x.Y)
		if !ok {
			return m, false
		}
		for i := range m {
			m[i] = max(y[i], z[i])
			if y[i] != noByte && z[i] != noByte {
				return m, false
			}
		}
		return m, true
	}
	return m, false
}

// reversed is an or whose first n bytes are those of a local, or the first of it, in the opposite order,
// and whose other bytes are zero, or do not matter if narrow is n; nil if x is none. All of the local is used, so that
// Go does not load less of it.
func (b *body) reversed(x *ir.Expr, narrow int) *node {
	if x.Op != ir.OpI32Or && x.Op != ir.OpI64Or && !(x.Op == ir.OpI32And && x.X.Op == ir.OpI32Or) {
		return nil
	}
	var f byteFinder
	m, ok := f.find(x)
	if !ok || f.x == nil {
		return nil
	}
	n := 0
	for n < 8 && m[n] != noByte && (narrow == 0 || n < narrow) {
		n++
	}
	if n != 2 && n != 4 && n != 8 || narrow != 0 && n != narrow {
		return nil
	}
	for i := range m {
		if i < n && m[i] != int8(n-1-i) || i >= n && narrow == 0 && m[i] != noByte {
			return nil
		}
	}
	bits, typ := 32, "uint32"
	fn := "bits.ReverseBytes32"
	if f.x.Type.Kind == ir.I64 {
		bits, typ = 64, "uint64"
		fn = "bits.ReverseBytes64"
	}
	b.file.bits = true
	out := call(fn, b.ex(f.x))
	if by := bits - 8*n; by > 0 {
		out = bin(">>", out, uintLit(uint64(by)))
	}
	if want := b.goType(x.Type); want != typ {
		out = conv(want, out)
	}
	return out
}
