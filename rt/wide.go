package rt

import "math/bits"

// MulWideS is i64.mul_wide_s: the product of two signed integers, high half
// first. For generated code.
func MulWideS(x, y uint64) (hi, lo uint64) {
	hi, lo = bits.Mul64(x, y)
	// A negative factor stands for itself plus 2^64.
	return hi - uint64(int64(x)>>63)&y - uint64(int64(y)>>63)&x, lo
}
