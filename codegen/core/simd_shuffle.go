package core

import "github.com/wc2go/wc2go/ir"

// This file: i8x16.shuffle. Its lanes are constants, so a shuffle is printed as
// what it comes to: whole lanes of 64 or 32 bits that change places, lanes whose
// bytes are swapped, bytes that are interleaved, or for each half of the result
// the shifted and masked parts of the operands' halves.

// shuffleLanes are the 16 lane numbers.
func shuffleLanes(x *ir.Expr) (l [16]uint8) {
	for i := range 8 {
		l[i] = uint8(x.Imm>>(8*i)) & 31
		l[i+8] = uint8(x.Imm2>>(8*i)) & 31
	}
	return l
}

// unitSwap32: lanes of 32 bits with their bytes swapped.
const unitSwap32 = -4

// shuffleUnit tells the size in bytes of the lanes that a shuffle moves as a whole.
func shuffleUnit(x *ir.Expr) int {
	l := shuffleLanes(x)
	for _, n := range []int{8, 4} {
		if movesWhole(l, n, false) {
			return n
		}
	}
	if movesWhole(l, 4, true) {
		return unitSwap32
	}
	return 1
}

func movesWhole(l [16]uint8, n int, swapped bool) bool {
	for i := 0; i < 16; i += n {
		for j := range n {
			want := int(l[i])&^(n-1) + j
			if swapped {
				want = int(l[i])&^(n-1) + n - 1 - j
			}
			if int(l[i+j]) != want {
				return false
			}
		}
	}
	return true
}

func (b *body) shuffle(x *ir.Expr, f form) []*node {
	l := shuffleLanes(x)
	unit := shuffleUnit(x)
	if unit != 1 {
		src := append(append([]*node(nil), b.vector(x.X, f)...), b.vector(x.Y, f)...)
		width := 16 / f.lanes()
		out := make([]*node, f.lanes())
		for i := range out {
			n := src[int(l[i*width])/width]
			if unit == unitSwap32 {
				b.file.bits = true
				n = call("bits.ReverseBytes32", n)
			}
			out[i] = n
		}
		return b.shared(out, f)
	}
	h := append(append([]*node(nil), b.onces(b.vector(x.X, halves), halves)...), b.onces(b.vector(x.Y, halves), halves)...)
	for i := range h {
		h[i] = b.hide(h[i], halves)
	}
	out := make([]*node, 2)
	for i := range out {
		if out[i] = b.shuffleHalf([8]uint8(l[8*i:]), h); out[i] == nil {
			v := b.temp(vectorTemp)
			b.assign(v.text, b.rtCall("Shuffle", b.pack(h[:2]), b.pack(h[2:]), b.pack([]*node{hexLit(x.Imm), hexLit(x.Imm2)})))
			return b.unpack(v)
		}
	}
	if l2 := [16]uint8(l); [8]uint8(l2[:8]) == [8]uint8(l2[8:]) {
		out[0] = b.once(out[0], int(halves))
		out[1] = out[0]
	}
	return out
}

// shared gives lanes that stand more than once, a splat's, a temporary.
func (b *body) shared(l []*node, f form) []*node {
	for i, n := range l {
		for j := range l[:i] {
			if l[j] == n && n.kind != nAtom {
				t := b.once(n, int(f))
				for k := range l {
					if l[k] == n {
						l[k] = t
					}
				}
				break
			}
		}
	}
	return l
}

// shuffleHalf is a half of the result from the four halves of the operands; nil
// if its bytes follow no pattern.
func (b *body) shuffleHalf(l [8]uint8, h []*node) *node {
	same, reversed, even, interleaved8, interleaved16 := true, true, true, true, true
	for i, k := range l {
		same = same && k == l[0]
		reversed = reversed && k == l[0]-uint8(i) && k>>3 == l[0]>>3
		even = even && k == l[i&4]+2*uint8(i&3) && k>>3 == l[i&4]>>3
		interleaved8 = interleaved8 && k == l[i&1]+uint8(i/2)
		interleaved16 = interleaved16 && k == l[i&2]+uint8(i/4*2+i&1)
	}
	// at is a half shifted so that byte k is the lowest.
	at := func(k uint8) *node {
		if k&7 == 0 {
			return h[k>>3]
		}
		return bin(">>", h[k>>3], uintLit(uint64(8*(k&7))))
	}
	switch {
	case same:
		return bin("*", bin("&", at(l[0]), lit("0xff")), lit("0x101010101010101"))
	case reversed && l[0]&7 == 7:
		b.file.bits = true
		return call("bits.ReverseBytes64", h[l[0]>>3])
	case even && l[0]&7 < 2 && l[4]&7 < 2:
		lo, hi := b.rtCall("I8Even", at(l[0])), b.rtCall("I8Even", at(l[4]))
		return bin("|", lo, bin("<<", hi, lit("32")))
	case interleaved8 && l[0]&7 <= 4 && l[1]&7 <= 4:
		lo, hi := b.rtCall("I8ExtU", conv("uint32", at(l[0]))), b.rtCall("I8ExtU", conv("uint32", at(l[1])))
		return bin("|", lo, bin("<<", hi, lit("8")))
	case interleaved16 && l[0]&7 <= 4 && l[2]&7 <= 4:
		lo, hi := b.rtCall("I16ExtU", conv("uint32", at(l[0]))), b.rtCall("I16ExtU", conv("uint32", at(l[2])))
		return bin("|", lo, bin("<<", hi, lit("16")))
	}
	// Four bytes in a row that go to every other place: extended, with something between.
	for first := range 2 {
		row := l[first]
		if row&7 > 4 {
			continue
		}
		yes := true
		for i := range 4 {
			yes = yes && l[2*i+first] == row+uint8(i)
		}
		if !yes {
			continue
		}
		others := uint64(even8Mask)
		if first == 0 {
			others <<= 8
		}
		n := b.rtCall("I8ExtU", conv("uint32", at(row)))
		if first == 1 {
			n = bin("<<", n, lit("8"))
		}
		if rest := b.shuffleParts(l, h, others, 3); rest != nil {
			return bin("|", n, rest)
		}
	}
	return b.shuffleParts(l, h, ^uint64(0), 5)
}

const even8Mask = 0x00ff00ff00ff00ff

// shuffleParts is those bytes of shuffleHalf that mask has, the others 0, from at
// most so many parts; nil if it takes more.
func (b *body) shuffleParts(l [8]uint8, h []*node, mask uint64, most int) *node {
	// Bytes that come from the same half at the same distance go together.
	type part struct{ half, dist int }
	masks := map[part]uint64{}
	var order []part
	for i, k := range l {
		if mask>>(8*i)&1 == 0 {
			continue
		}
		p := part{int(k >> 3), i - int(k&7)}
		if masks[p] == 0 {
			order = append(order, p)
		}
		masks[p] |= 0xff << (8 * i)
	}
	if len(order) > most {
		return nil
	}
	var n *node
	for _, p := range order {
		// What a shift has brought in need not be masked.
		v, left := h[p.half], ^uint64(0)
		switch {
		case p.dist > 0:
			v, left = bin("<<", v, uintLit(uint64(8*p.dist))), left<<(8*p.dist)
		case p.dist < 0:
			v, left = bin(">>", v, uintLit(uint64(-8*p.dist))), left>>(-8*p.dist)
		}
		if masks[p] != left {
			v = bin("&", v, lit(hex(masks[p])))
		}
		if n == nil {
			n = v
		} else {
			n = bin("|", n, v)
		}
	}
	return n
}
