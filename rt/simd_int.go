package rt

// This file: integer vector operators on one half of a vector, a uint64 with
// eight lanes of 8 bits (I8...) or four of 16 bits (I16...), all lanes at once.
// For generated code. Lanes of 32 and 64 bits need no helpers: generated
// code keeps them in variables of their own. Those with a comment "small" have an inlining
// cost of at most 20, see ops.go; all others of at most 80 unless they say so.
//
// Comparisons give the top bit of each lane; I8Mask and I16Mask make a lane full of it.

const (
	one8  = 0x0101010101010101
	top8  = 0x8080808080808080
	rest8 = 0x7f7f7f7f7f7f7f7f

	one16  = 0x0001000100010001
	top16  = 0x8000800080008000
	rest16 = 0x7fff7fff7fff7fff

	even8  = 0x00ff00ff00ff00ff // the even bytes
	even16 = 0x0000ffff0000ffff
)

// Vec makes a vector of its halves. Small.
func Vec(lo, hi uint64) V128 { return V128{lo, hi} }

// Blend takes the bits of x where m has ones, those of y where it has zeros
// (v128.bitselect). Small.
func Blend(x, y, m uint64) uint64 { return y ^ (x^y)&m }

// Blend32 is Blend of one lane. Small.
func Blend32(x, y, m uint32) uint32 { return y ^ (x^y)&m }

// Addition and subtraction: the top bits are worked out apart, so that no carry
// leaves its lane.

// I8Add is i8x16.add. Small.
func I8Add(x, y uint64) uint64 { return ((x & rest8) + (y & rest8)) ^ ((x ^ y) & top8) }

// I8Sub is i8x16.sub. Small.
func I8Sub(x, y uint64) uint64 { return ((x | top8) - (y &^ top8)) ^ ((x ^ ^y) & top8) }

// I16Add is i16x8.add. Small.
func I16Add(x, y uint64) uint64 { return ((x & rest16) + (y & rest16)) ^ ((x ^ y) & top16) }

// I16Sub is i16x8.sub. Small.
func I16Sub(x, y uint64) uint64 { return ((x | top16) - (y &^ top16)) ^ ((x ^ ^y) & top16) }

// I8Mask fills each lane with its top bit; all other bits of t must be 0. Small.
func I8Mask(t uint64) uint64 { return t<<1 - t>>7 }

// I16Mask is I8Mask of four lanes. Small.
func I16Mask(t uint64) uint64 { return t<<1 - t>>15 }

// I8Zero has the top bit of each lane of z that is 0. Small.
func I8Zero(z uint64) uint64 { return ^(((z & rest8) + rest8) | z | rest8) }

// I16Zero is I8Zero of four lanes. Small.
func I16Zero(z uint64) uint64 { return ^(((z & rest16) + rest16) | z | rest16) }

// I8LtS compares. Small.
func I8LtS(x, y uint64) uint64 { return (x&^y | ^(x^y)&^((x|top8)-(y&^top8))) & top8 }

// I8LtU compares. Small.
func I8LtU(x, y uint64) uint64 { return (y&^x | ^(x^y)&^((x|top8)-(y&^top8))) & top8 }

// I16LtS compares. Small.
func I16LtS(x, y uint64) uint64 { return (x&^y | ^(x^y)&^((x|top16)-(y&^top16))) & top16 }

// I16LtU compares. Small.
func I16LtU(x, y uint64) uint64 { return (y&^x | ^(x^y)&^((x|top16)-(y&^top16))) & top16 }

// I8Bits gathers the top bits of the lanes, the lowest lane's in bit 0. Small.
func I8Bits(t uint64) uint32 { return uint32((t >> 7 & one8) * 0x0102040810204080 >> 56) }

// I16Bits is I8Bits of four lanes. Small.
func I16Bits(t uint64) uint32 { return uint32((t>>15&one16)*0x0001000200040008>>48) & 15 }

// I8Shl is i8x16.shl. Small.
func I8Shl(x uint64, n uint32) uint64 { return x & (one8 * (0xff >> (n & 7))) << (n & 7) }

// I8ShrU is i8x16.shr_u. Small.
func I8ShrU(x uint64, n uint32) uint64 { return x >> (n & 7) & (one8 * (0xff >> (n & 7))) }

// I8ShrS is i8x16.shr_s: bits that come in are those from n below the top bit up.
func I8ShrS(x uint64, n uint32) uint64 {
	t := x & top8
	return I8ShrU(x, n) | (t<<1 - t>>(n&7))
}

// I16Shl is i16x8.shl. Small.
func I16Shl(x uint64, n uint32) uint64 { return x & (one16 * (0xffff >> (n & 15))) << (n & 15) }

// I16ShrU is i16x8.shr_u. Small.
func I16ShrU(x uint64, n uint32) uint64 { return x >> (n & 15) & (one16 * (0xffff >> (n & 15))) }

// I16ShrS is i16x8.shr_s.
func I16ShrS(x uint64, n uint32) uint64 {
	t := x & top16
	return I16ShrU(x, n) | (t<<1 - t>>(n&15))
}

// I8MinS is i8x16.min_s.
func I8MinS(x, y uint64) uint64 { return Blend(x, y, I8Mask(I8LtS(x, y))) }

// I8MinU is i8x16.min_u.
func I8MinU(x, y uint64) uint64 { return Blend(x, y, I8Mask(I8LtU(x, y))) }

// I8MaxS is i8x16.max_s.
func I8MaxS(x, y uint64) uint64 { return Blend(y, x, I8Mask(I8LtS(x, y))) }

// I8MaxU is i8x16.max_u.
func I8MaxU(x, y uint64) uint64 { return Blend(y, x, I8Mask(I8LtU(x, y))) }

// I16MinS is i16x8.min_s.
func I16MinS(x, y uint64) uint64 { return Blend(x, y, I16Mask(I16LtS(x, y))) }

// I16MinU is i16x8.min_u.
func I16MinU(x, y uint64) uint64 { return Blend(x, y, I16Mask(I16LtU(x, y))) }

// I16MaxS is i16x8.max_s.
func I16MaxS(x, y uint64) uint64 { return Blend(y, x, I16Mask(I16LtS(x, y))) }

// I16MaxU is i16x8.max_u.
func I16MaxU(x, y uint64) uint64 { return Blend(y, x, I16Mask(I16LtU(x, y))) }

// I8AddSatU is i8x16.add_sat_u: lanes with a carry become all ones.
func I8AddSatU(x, y uint64) uint64 {
	s := I8Add(x, y)
	return s | I8Mask((x&y|(x|y)&^s)&top8)
}

// I16AddSatU is i16x8.add_sat_u.
func I16AddSatU(x, y uint64) uint64 {
	s := I16Add(x, y)
	return s | I16Mask((x&y|(x|y)&^s)&top16)
}

// I8SubSatU is i8x16.sub_sat_u: lanes with a borrow become zero.
func I8SubSatU(x, y uint64) uint64 { return I8Sub(x, y) &^ I8Mask(I8LtU(x, y)) }

// I16SubSatU is i16x8.sub_sat_u.
func I16SubSatU(x, y uint64) uint64 { return I16Sub(x, y) &^ I16Mask(I16LtU(x, y)) }

// I8AddSatS is i8x16.add_sat_s: where the sum has the wrong sign, the greatest
// or, if x is negative, the least number.
func I8AddSatS(x, y uint64) uint64 {
	s := I8Add(x, y)
	return Blend(x>>7&one8+rest8, s, I8Mask(^(x^y)&(x^s)&top8))
}

// I16AddSatS is i16x8.add_sat_s.
func I16AddSatS(x, y uint64) uint64 {
	s := I16Add(x, y)
	return Blend(x>>15&one16+rest16, s, I16Mask(^(x^y)&(x^s)&top16))
}

// I8SubSatS is i8x16.sub_sat_s.
func I8SubSatS(x, y uint64) uint64 {
	s := I8Sub(x, y)
	return Blend(x>>7&one8+rest8, s, I8Mask((x^y)&(x^s)&top8))
}

// I16SubSatS is i16x8.sub_sat_s.
func I16SubSatS(x, y uint64) uint64 {
	s := I16Sub(x, y)
	return Blend(x>>15&one16+rest16, s, I16Mask((x^y)&(x^s)&top16))
}

// I8Avgr is i8x16.avgr_u: x|y is the sum less the half that is shifted. Small.
func I8Avgr(x, y uint64) uint64 { return (x | y) - (x^y)>>1&rest8 }

// I16Avgr is i16x8.avgr_u. Small.
func I16Avgr(x, y uint64) uint64 { return (x | y) - (x^y)>>1&rest16 }

// I8Abs is i8x16.abs.
func I8Abs(x uint64) uint64 {
	t := x & top8
	return I8Add(x^I8Mask(t), t>>7)
}

// I16Abs is i16x8.abs.
func I16Abs(x uint64) uint64 {
	t := x & top16
	return I16Add(x^I16Mask(t), t>>15)
}

// I8Popcnt is i8x16.popcnt.
func I8Popcnt(x uint64) uint64 {
	x -= x >> 1 & 0x5555555555555555
	x = x&0x3333333333333333 + x>>2&0x3333333333333333
	return (x + x>>4) & 0x0f0f0f0f0f0f0f0f
}

// I16Mul is i16x8.mul. The low bits of a product need only the low bits of its factors.
func I16Mul(x, y uint64) uint64 {
	return x*y&0xffff | (x>>16)*(y>>16)&0xffff<<16 | (x>>32)*(y>>32)&0xffff<<32 | (x>>48)*(y>>48)<<48
}

// I16Scale is I16Mul where all lanes of one factor are y. Small.
func I16Scale(x, y uint64) uint64 {
	return x&even16*y&even16 | (x>>16&even16*y&even16)<<16
}

// I16Q15 is i16x8.q15mulr_sat_s. A call.
func I16Q15(x, y uint64) uint64 {
	return q15(x, y) | q15(x>>16, y>>16)<<16 | q15(x>>32, y>>32)<<32 | q15(x>>48, y>>48)<<48
}

// q15 multiplies the low lanes; only -1 by -1 does not fit. Small.
func q15(x, y uint64) uint64 {
	return uint64(min((int64(int16(x))*int64(int16(y))+0x4000)>>15, 0x7fff)) & 0xffff
}

// I8ExtU widens four lanes of 8 bits.
func I8ExtU(x uint32) uint64 {
	v := uint64(x)
	v = (v | v<<16) & even16
	return (v | v<<8) & even8
}

// I8ExtS widens four lanes of 8 bits with their signs.
func I8ExtS(x uint32) uint64 {
	v := I8ExtU(x)
	t := v & (top8 & even8)
	return v | (t<<9 - t<<1)
}

// I16ExtU widens two lanes of 16 bits. Small.
func I16ExtU(x uint32) uint64 { return uint64(x)&0xffff | uint64(x)>>16<<32 }

// I8Even gathers the even bytes.
func I8Even(x uint64) uint64 {
	x &= even8
	x = (x | x>>8) & even16
	return (x | x>>16) & 0xffffffff
}

// I16Even gathers the even lanes of 16 bits. Small.
func I16Even(x uint64) uint64 { return x&0xffff | x>>16&0xffff0000 }

// I8PairU is i16x8.extadd_pairwise_i8x16_u. Small.
func I8PairU(x uint64) uint64 { return x&even8 + x>>8&even8 }

// I8PairS is i16x8.extadd_pairwise_i8x16_s: both are taken as larger by 128.
func I8PairS(x uint64) uint64 { return I16Sub(I8PairU(x^top8), one16<<8) }

// I16NarrowS is half of i8x16.narrow_i16x8_s. Negative lanes are worked on as
// their complements; what then has a bit above the lowest seven is too large.
func I16NarrowS(x uint64) uint64 {
	m := I16Mask(x & top16)
	x ^= m
	t := (x>>7&even8 + even8) & (one16 << 8)
	return I8Even((x|(t>>1-t>>8))&(even8&rest8) ^ m)
}

// I16NarrowU is half of i8x16.narrow_i16x8_u.
func I16NarrowU(x uint64) uint64 {
	x &^= I16Mask(x & top16)
	t := (x>>8&even8 + even8&rest8) & (one16 << 7)
	return I8Even(x | (t<<1 - t>>7))
}

// I32NarrowS saturates a lane to 16 bits. Small.
func I32NarrowS(x uint32) uint64 { return uint64(uint16(min(max(int32(x), -1<<15), 1<<15-1))) }

// I32NarrowU is I32NarrowS to an unsigned number. Small.
func I32NarrowU(x uint32) uint64 { return uint64(min(max(int32(x), 0), 1<<16-1)) }

// I32Abs is i32x4.abs. Small.
func I32Abs(x uint32) uint32 { return uint32(max(int32(x), -int32(x))) }

// I64Abs is i64x2.abs. Small.
func I64Abs(x uint64) uint64 { return uint64(max(int64(x), -int64(x))) }

// I32Dot is a lane of i32x4.dot_i16x8_s. Small.
func I32Dot(x, y uint32) uint32 {
	return uint32(int32(int16(x))*int32(int16(y)) + int32(x)>>16*(int32(y)>>16))
}

// I32PairS is a lane of i32x4.extadd_pairwise_i16x8_s. Small.
func I32PairS(x uint32) uint32 { return uint32(int32(int16(x)) + int32(x)>>16) }

// I32PairU is a lane of i32x4.extadd_pairwise_i16x8_u. Small.
func I32PairU(x uint32) uint32 { return x&0xffff + x>>16 }

// I8Dot is i16x8.relaxed_dot_i8x16_i7x16_s with both operands signed; sums wrap. A call.
func I8Dot(x, y uint64) uint64 {
	return I16Add(I16Mul(i8Signed(x), i8Signed(y)), I16Mul(i8Signed(x>>8), i8Signed(y>>8)))
}

// i8Signed extends the sign of the even bytes.
func i8Signed(x uint64) uint64 {
	t := x & (top8 & even8)
	return x&even8 | (t<<9 - t<<1)
}

// I32Dot8 is a lane of i32x4.relaxed_dot_i8x16_i7x16_add_s but for the
// addition: sums of two wrap at 16 bits, as I8Dot's do.
func I32Dot8(x, y uint32) uint32 { return uint32(dot8(x, y) + dot8(x>>16, y>>16)) }

func dot8(x, y uint32) int32 {
	return int32(int16(int8(x))*int16(int8(y)) + int16(int8(x>>8))*int16(int8(y>>8)))
}

// Swizzle is i8x16.swizzle. A call: it is too large to be inlined.
func Swizzle(x, index V128) V128 {
	var t [16]byte
	for i := range 8 {
		t[i] = byte(x.Lo >> (8 * i))
		t[i+8] = byte(x.Hi >> (8 * i))
	}
	var r V128
	for i := range 8 {
		if k := byte(index.Lo >> (8 * i)); k < 16 {
			r.Lo |= uint64(t[k]) << (8 * i)
		}
		if k := byte(index.Hi >> (8 * i)); k < 16 {
			r.Hi |= uint64(t[k]) << (8 * i)
		}
	}
	return r
}

// Shuffle is i8x16.shuffle with lanes that follow no pattern. A call.
func Shuffle(x, y, lanes V128) V128 {
	h := [4]uint64{x.Lo, x.Hi, y.Lo, y.Hi}
	var r V128
	for i := range 8 {
		k := lanes.Lo >> (8 * i)
		r.Lo |= h[k>>3&3] >> (8 * (k & 7)) & 0xff << (8 * i)
		k = lanes.Hi >> (8 * i)
		r.Hi |= h[k>>3&3] >> (8 * (k & 7)) & 0xff << (8 * i)
	}
	return r
}
