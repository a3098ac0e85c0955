package rt

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
	"unsafe"
)

// Number is an element type of a list that is copied as a block of bytes.
type Number interface {
	~uint8 | ~int8 | ~uint16 | ~int16 | ~uint32 | ~int32 | ~uint64 | ~int64 | ~float32 | ~float64
}

// littleEndian: a block of numbers can be copied as it is.
var littleEndian = func() bool {
	x := uint16(1)
	return *(*byte)(unsafe.Pointer(&x)) == 1
}()

// LiftNumbers lifts a list of numbers: one check, one allocation, one copy. The
// result is never nil.
func LiftNumbers[T Number](cx *Cx, p, n uint32) []T {
	var e T
	size := uint32(unsafe.Sizeof(e))
	cx.CheckList(p, n, size, size)
	s := MakeList[T](cx, n)
	copy(numberBytes(s), cx.bytes(p, n*size))
	if !littleEndian {
		swapNumbers(s)
	}
	return s
}

// LowerNumbers lowers a list of numbers.
func LowerNumbers[T Number](cx *Cx, s []T) (p, n uint32) {
	var e T
	size := uint32(unsafe.Sizeof(e))
	p = cx.NewList(len(s), size, size)
	dst := cx.bytes(p, uint32(len(s))*size)
	copy(dst, numberBytes(s))
	if !littleEndian {
		swapBytes(dst, int(size))
	}
	return p, uint32(len(s))
}

// LoadNumbers fills s with the numbers at p, which have been checked.
func LoadNumbers[T Number](cx *Cx, s []T, p uint32) {
	b := numberBytes(s)
	copy(b, cx.bytes(p, uint32(len(b))))
	if !littleEndian {
		swapNumbers(s)
	}
}

// StoreNumbers writes s to p; the range has been checked.
func StoreNumbers[T Number](cx *Cx, s []T, p uint32) {
	var e T
	b := numberBytes(s)
	dst := cx.bytes(p, uint32(len(b)))
	copy(dst, b)
	if !littleEndian {
		swapBytes(dst, int(unsafe.Sizeof(e)))
	}
}

func numberBytes[T Number](s []T) []byte {
	var e T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), uintptr(len(s))*unsafe.Sizeof(e))
}

func swapNumbers[T Number](s []T) {
	var e T
	swapBytes(numberBytes(s), int(unsafe.Sizeof(e)))
}

// swapBytes turns the byte order of each element of size bytes.
func swapBytes(b []byte, size int) {
	switch size {
	case 2:
		for i := 0; i+1 < len(b); i += 2 {
			b[i], b[i+1] = b[i+1], b[i]
		}
	case 4:
		for i := 0; i+3 < len(b); i += 4 {
			p := (*uint32)(unsafe.Pointer(&b[i]))
			*p = bits.ReverseBytes32(*p)
		}
	case 8:
		for i := 0; i+7 < len(b); i += 8 {
			p := (*uint64)(unsafe.Pointer(&b[i]))
			*p = bits.ReverseBytes64(*p)
		}
	}
}

// LiftBools lifts a list<bool>: any byte but 0 is true.
func LiftBools(cx *Cx, p, n uint32) []bool {
	cx.CheckList(p, n, 1, 1)
	s := MakeList[bool](cx, n)
	for i, b := range cx.bytes(p, n) {
		s[i] = b != 0
	}
	return s
}

// LowerBools lowers a list<bool>.
func LowerBools(cx *Cx, s []bool) (p, n uint32) {
	p = cx.NewList(len(s), 1, 1)
	dst := cx.bytes(p, uint32(len(s)))
	for i, b := range s {
		dst[i] = byte(Bool32(b))
	}
	return p, uint32(len(s))
}

// LiftChars lifts a list<char>.
func LiftChars(cx *Cx, p, n uint32) []rune {
	cx.CheckList(p, n, 4, 4)
	s := MakeList[rune](cx, n)
	for i := range s {
		s[i] = LiftChar(cx.Mem.Ld32(p + uint32(i)*4))
	}
	return s
}

// LowerChars lowers a list<char>.
func LowerChars(cx *Cx, s []rune) (p, n uint32) { return LowerNumbers(cx, s) }

// Copy copies size bytes from p in src's memory to q in dst's; both ranges have been
// checked.
func Copy(src *Cx, p uint32, dst *Cx, q, size uint32) {
	copy(dst.bytes(q, size), src.bytes(p, size))
}

// CopyList copies a list whose elements need no validation or conversion
// from one instance's memory to another's.
func CopyList(src *Cx, p, n uint32, dst *Cx, size, align uint32) uint32 {
	src.CheckList(p, n, size, align)
	q := dst.Realloc(0, 0, align, n*size)
	Copy(src, p, dst, q, n*size)
	return q
}

// CopyBools copies a list<bool>.
func CopyBools(src *Cx, p, n uint32, dst *Cx) uint32 {
	src.CheckList(p, n, 1, 1)
	q := dst.Realloc(0, 0, 1, n)
	s, d := src.bytes(p, n), dst.bytes(q, n)
	for i := range d {
		d[i] = byte(Bool32(s[i] != 0))
	}
	return q
}

// CopyChars copies a list<char>.
func CopyChars(src *Cx, p, n uint32, dst *Cx) uint32 {
	src.CheckList(p, n, 4, 4)
	q := dst.Realloc(0, 0, 4, n*4)
	for i := uint32(0); i < n; i++ {
		dst.Mem.St32(q+i*4, uint32(LiftChar(src.Mem.Ld32(p+i*4))))
	}
	return q
}

// Keys gives the keys of a map in order, so that a guest sees the same list on
// every run.
func Keys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range maps.Keys(m) {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// BoolKeys is [Keys] for maps with bool keys.
func BoolKeys[V any](m map[bool]V) []bool {
	var keys []bool
	for _, k := range [2]bool{false, true} {
		if _, ok := m[k]; ok {
			keys = append(keys, k)
		}
	}
	return keys
}
