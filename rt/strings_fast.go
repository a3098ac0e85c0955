package rt

import (
	"encoding/binary"
	"math/bits"
)

// This file: eight code units at a time, for text that is mostly ASCII. A word
// that is not takes the way of single units, for as many as it has.

const (
	high8   = 0x8080808080808080 // what ASCII bytes have not
	high16  = 0xff80ff80ff80ff80 // what ASCII units have not
	upper16 = 0xff00ff00ff00ff00 // what Latin-1 units have not
)

// widen4 makes four units of the low four bytes.
func widen4(x uint64) uint64 {
	x = (x | x<<16) & 0x0000ffff0000ffff
	return (x | x<<8) & 0x00ff00ff00ff00ff
}

// narrow4 makes four bytes of units below 0x100.
func narrow4(x uint64) uint32 {
	x = (x | x>>8) & 0x0000ffff0000ffff
	return uint32(x | x>>16)
}

// widenBytes writes bytes as UTF-16 units, eight at a time until one of eight has a
// bit of not, and returns how many. dst has room for a unit per byte.
func widenBytes(dst, src []byte, not uint64) int {
	n := 0
	for len(src) >= 16 && len(dst) >= 32 {
		x, y := le(src), le(src[8:])
		if (x|y)&not != 0 {
			break
		}
		d := dst[:32]
		binary.LittleEndian.PutUint64(d, widen4(x&0xffffffff))
		binary.LittleEndian.PutUint64(d[8:], widen4(x>>32))
		binary.LittleEndian.PutUint64(d[16:], widen4(y&0xffffffff))
		binary.LittleEndian.PutUint64(d[24:], widen4(y>>32))
		src, dst = src[16:], dst[32:]
		n += 16
	}
	for len(src) >= 8 && len(dst) >= 16 {
		x := binary.LittleEndian.Uint64(src)
		if x&not != 0 {
			break
		}
		binary.LittleEndian.PutUint64(dst, widen4(x&0xffffffff))
		binary.LittleEndian.PutUint64(dst[8:], widen4(x>>32))
		src, dst = src[8:], dst[16:]
		n += 8
	}
	return n
}

// narrowUnits writes UTF-16 units as bytes, eight at a time until one of eight has a
// bit of not, and returns how many. dst may be where src is.
func narrowUnits(dst, src []byte, not uint64) int {
	n := 0
	for len(src) >= 16 && len(dst) >= 8 {
		x, y := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:])
		if (x|y)&not != 0 {
			break
		}
		binary.LittleEndian.PutUint64(dst, uint64(narrow4(x))|uint64(narrow4(y))<<32)
		src, dst = src[16:], dst[8:]
		n += 8
	}
	return n
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

// latin1Prefix is how many units, eight at a time, are below 0x100.
func latin1Prefix(b []byte) int {
	n := 0
	for ; len(b) >= 16; n += 8 {
		if (binary.LittleEndian.Uint64(b)|binary.LittleEndian.Uint64(b[8:]))&upper16 != 0 {
			break
		}
		b = b[16:]
	}
	return n
}

// asciiPrefix copies ASCII, eight bytes at a time, and returns how many.
func asciiPrefix(dst, src []byte) int {
	n := 0
	for len(src) >= 8 && len(dst) >= 8 {
		x := binary.LittleEndian.Uint64(src)
		if x&high8 != 0 {
			break
		}
		binary.LittleEndian.PutUint64(dst, x)
		src, dst = src[8:], dst[8:]
		n += 8
	}
	return n
}

// asciiUnits is how many units, eight at a time, are ASCII.
func asciiUnits(b []byte) int {
	n := len(b)
	for len(b) >= 64 {
		w := b[:64]
		if (le(w)|le(w[8:])|le(w[16:])|le(w[24:])|le(w[32:])|le(w[40:])|le(w[48:])|le(w[56:]))&high16 != 0 {
			break
		}
		b = b[64:]
	}
	for len(b) >= 16 {
		if (le(b)|le(b[8:]))&high16 != 0 {
			break
		}
		b = b[16:]
	}
	return (n - len(b)) / 2
}

func le(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
