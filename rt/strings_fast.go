package rt

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// This file: eight code units at a time, for text that is mostly ASCII. A word
// that is not takes the way of single units, for as many as it has.

const (
	high8   = 0x8080808080808080 // what ASCII bytes have not
	high16  = 0xff80ff80ff80ff80 // what ASCII units have not
	upper16 = 0xff00ff00ff00ff00 // what Latin-1 units have not
)

// widenBytes writes bytes as UTF-16 units, eight at a time until one of eight has a
// bit of not, and returns how many. dst has room for a unit per byte.
func widenBytes(dst, src []byte, not uint64) int {
	n := min(len(src), len(dst)/2) &^ 7
	if not != 0 {
		n = prefix(src[:n], not) &^ 7
	}
	if n == 0 {
		return 0
	}
	// Loads that extend and stores of units are faster than to spread a word by
	// shifts and masks, and the slices' own checks would cost as much again.
	s, d := unsafe.Pointer(&src[0]), unsafe.Pointer(&dst[:2*n][0])
	for i := 0; i < n; i += 8 {
		s, d := (*[8]byte)(unsafe.Add(s, i)), (*[8]uint16)(unsafe.Add(d, 2*i))
		d[0] = le16(uint16(s[0]))
		d[1] = le16(uint16(s[1]))
		d[2] = le16(uint16(s[2]))
		d[3] = le16(uint16(s[3]))
		d[4] = le16(uint16(s[4]))
		d[5] = le16(uint16(s[5]))
		d[6] = le16(uint16(s[6]))
		d[7] = le16(uint16(s[7]))
	}
	return n
}

// narrowUnits writes UTF-16 units as bytes, eight at a time until one of eight has a
// bit of not, and returns how many. dst may be where src is.
func narrowUnits(dst, src []byte, not uint64) int {
	n := min(len(src)/2, len(dst)) &^ 7
	if not != 0 {
		n = prefix(src[:2*n], not) / 2 &^ 7
	}
	if n == 0 {
		return 0
	}
	s, d := unsafe.Pointer(&src[0]), unsafe.Pointer(&dst[:n][0])
	for i := 0; i < n; i += 8 {
		s, d := (*[16]byte)(unsafe.Add(s, 2*i)), (*[8]byte)(unsafe.Add(d, i)) // d may be odd
		x, y := le(s[:]), le(s[8:])
		x |= x >> 8
		y |= y >> 8
		binary.LittleEndian.PutUint16(d[0:], uint16(x))
		binary.LittleEndian.PutUint16(d[2:], uint16(x>>32))
		binary.LittleEndian.PutUint16(d[4:], uint16(y))
		binary.LittleEndian.PutUint16(d[6:], uint16(y>>32))
	}
	return n
}

// prefix is how many bytes, of whole words, have no bit of not.
func prefix(b []byte, not uint64) int {
	n := len(b)
	for len(b) >= 64 {
		w := b[:64]
		if (le(w)|le(w[8:])|le(w[16:])|le(w[24:])|le(w[32:])|le(w[40:])|le(w[48:])|le(w[56:]))&not != 0 {
			break
		}
		b = b[64:]
	}
	for len(b) >= 8 && le(b)&not == 0 {
		b = b[8:]
	}
	return n - len(b)
}

// highBytes counts the bytes from 0x80 on.
func highBytes(b []byte) (n int) {
	for len(b) >= 8 {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(b) & high8)
		b = b[8:]
	}
	for _, c := range b {
		n += int(c >> 7)
	}
	return n
}

// surrogateIn4 reports whether one of four units is a surrogate.
func surrogateIn4(x uint64) bool {
	x = x&0xf800f800f800f800 ^ 0xd800d800d800d800 // zero in its place
	return (x-0x0001000100010001)&^x&0x8000800080008000 != 0
}

// latin1Prefix is how many units, four at a time, are below 0x100.
func latin1Prefix(b []byte) int { return prefix(b, upper16) / 2 }

// asciiPrefix copies ASCII, whole words of it, and returns how many.
func asciiPrefix(dst, src []byte) int {
	n := prefix(src[:min(len(src), len(dst))], high8)
	return copy(dst, src[:n])
}

// asciiUnits is how many units, four at a time, are ASCII.
func asciiUnits(b []byte) int { return prefix(b, high16) / 2 }

// le16 is x in little-endian order. (What encoding/binary writes for a byte that
// was extended, Go's compiler makes worse.)
func le16(x uint16) uint16 {
	if bigEndian {
		return bits.ReverseBytes16(x)
	}
	return x
}

func le(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
