package rt

import (
	"encoding/binary"
	"unsafe"
)

// This file: the canonical ABI where a memory has 64-bit addresses. Lengths are
// 64 bits wide there too, but a valid one is below 1<<28. Of a copy between two guests
// one may have 32 bits; [Cx.Wide] tells.

// utf16Tag64 is utf16Tag in 64-bit memories.
const utf16Tag64 = 1 << 63

// realloc64 is [Cx.Realloc] for either kind of memory.
func (cx *Cx) realloc64(old uint64, oldSize, align, size uint32) uint64 {
	if !cx.Wide {
		return uint64(cx.Realloc(uint32(old), oldSize, align, size))
	}
	cx.Inst.MayLeave = false
	p := cx.Fn64(cx.Root, cx.D, old, uint64(oldSize), uint64(align), uint64(size))
	cx.Inst.MayLeave = true
	if p&uint64(align-1) != 0 {
		Throwf(TrapHeapMisaligned, "realloc return: result not aligned: %#x where alignment %d is needed", p, align)
	}
	if !cx.in(p, uint64(size)) {
		cx.throwRange("realloc return: beyond end of memory", "list content out-of-bounds", uint64(size), p)
	}
	return p
}

// in reports whether n bytes at p are in memory.
func (cx *Cx) in(p, n uint64) bool { return p <= cx.Mem.Size && n <= cx.Mem.Size-p }

// bytes64 is n bytes at p, which have been checked. It is good until the next realloc.
func (cx *Cx) bytes64(p uint64, n uint32) []byte {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Add(cx.Mem.Base, uintptr(p))), n)
}

// Realloc64 is [Cx.Realloc].
func (cx *Cx) Realloc64(old uint64, oldSize, align, size uint32) uint64 {
	return cx.realloc64(old, oldSize, align, size)
}

// Check64 is [Cx.Check].
func (cx *Cx) Check64(p uint64, size, align uint32) {
	if p&uint64(align-1) != 0 {
		Throwf(TrapHeapMisaligned, "argument or return pointer not aligned to %d: %#x", align, p)
	}
	if !cx.in(p, uint64(size)) {
		Throwf(TrapMemoryOutOfBounds, "pointer out of bounds of memory: %d bytes at %#x", size, p)
	}
}

// CheckList64 is [Cx.CheckList]; it returns n.
func (cx *Cx) CheckList64(p, n uint64, size, align uint32) uint32 {
	if n > MaxByteLength || n*uint64(size) > MaxByteLength {
		cx.throwLong("list pointer/length out of bounds of memory", "list content out-of-bounds", n*uint64(size))
	}
	if p&uint64(align-1) != 0 {
		Throwf(TrapHeapMisaligned, "list pointer is not aligned to %d: %#x", align, p)
	}
	if !cx.in(p, n*uint64(size)) {
		cx.throwRange("list pointer/length out of bounds of memory", "list content out-of-bounds", n*uint64(size), p)
	}
	return uint32(n)
}

// NewList64 is [Cx.NewList].
func (cx *Cx) NewList64(n int, size, align uint32) uint64 {
	bytes := uint64(n) * uint64(size)
	if bytes > MaxByteLength {
		cx.throwLong("list pointer/length out of bounds of memory", "list content out-of-bounds", bytes)
	}
	return cx.realloc64(0, 0, align, uint32(bytes))
}

// narrow gives a length of a string as 32-bit memories have it.
func (cx *Cx) narrow(enc StringEncoding, tagged uint64) uint32 {
	if !cx.Wide {
		return uint32(tagged)
	}
	units, tag := tagged, uint32(0)
	if enc == EncodingLatin1UTF16 && tagged&utf16Tag64 != 0 {
		units, tag = tagged^utf16Tag64, utf16Tag
	}
	if units > MaxByteLength {
		cx.throwLong("string pointer/length out of bounds of memory", "string content out-of-bounds", units)
	}
	return uint32(units) | tag
}

// widen is the reverse of narrow.
func (cx *Cx) widen(enc StringEncoding, tagged uint32) uint64 {
	if cx.Wide && enc == EncodingLatin1UTF16 && tagged&utf16Tag != 0 {
		return uint64(tagged^utf16Tag) | utf16Tag64
	}
	return uint64(tagged)
}

// LiftString64 is [Cx.LiftString].
func (cx *Cx) LiftString64(enc StringEncoding, p, tagged uint64) string {
	n := cx.narrow(enc, tagged)
	if enc == EncodingUTF8 {
		s := cx.load(enc, p, n)
		cx.charge(uint64(n))
		return string(s.bytes())
	}
	return cx.lift(enc, p, n)
}

// LowerString64 is [Cx.LowerString].
func (cx *Cx) LowerString64(enc StringEncoding, s string) (p, tagged uint64) {
	if len(s) > MaxByteLength {
		cx.throwLong("string pointer/length out of bounds of memory", "string content out-of-bounds", uint64(len(s)))
	}
	src := source{enc: simpleUTF8, units: uint32(len(s)), str: s}
	p, n := cx.store(enc, EncodingUTF8, &src)
	return p, cx.widen(enc, n)
}

// CopyString64 is [CopyString]; one of the two may have 32 bits.
func CopyString64(src *Cx, from StringEncoding, p, tagged uint64, dst *Cx, to StringEncoding) (q, qtagged uint64) {
	s := src.load(from, p, src.narrow(from, tagged))
	q, n := dst.store(to, from, &s)
	return q, dst.widen(to, n)
}

// LiftNumbers64 is [LiftNumbers].
func LiftNumbers64[T Number](cx *Cx, p, n uint64) []T {
	var e T
	size := uint32(unsafe.Sizeof(e))
	k := cx.CheckList64(p, n, size, size)
	s := MakeList[T](cx, k)
	LoadNumbers64(cx, s, p)
	return s
}

// LowerNumbers64 is [LowerNumbers].
func LowerNumbers64[T Number](cx *Cx, s []T) (p, n uint64) {
	var e T
	size := uint32(unsafe.Sizeof(e))
	p = cx.NewList64(len(s), size, size)
	StoreNumbers64(cx, s, p)
	return p, uint64(len(s))
}

// LoadNumbers64 is [LoadNumbers].
func LoadNumbers64[T Number](cx *Cx, s []T, p uint64) {
	b := numberBytes(s)
	copy(b, cx.bytes64(p, uint32(len(b))))
	if !littleEndian {
		swapNumbers(s)
	}
}

// StoreNumbers64 is [StoreNumbers].
func StoreNumbers64[T Number](cx *Cx, s []T, p uint64) {
	var e T
	b := numberBytes(s)
	dst := cx.bytes64(p, uint32(len(b)))
	copy(dst, b)
	if !littleEndian {
		swapBytes(dst, int(unsafe.Sizeof(e)))
	}
}

// LiftBools64 is [LiftBools].
func LiftBools64(cx *Cx, p, n uint64) []bool {
	s := MakeList[bool](cx, cx.CheckList64(p, n, 1, 1))
	for i, b := range cx.bytes64(p, uint32(n)) {
		s[i] = b != 0
	}
	return s
}

// LowerBools64 is [LowerBools].
func LowerBools64(cx *Cx, s []bool) (p, n uint64) {
	p = cx.NewList64(len(s), 1, 1)
	dst := cx.bytes64(p, uint32(len(s)))
	for i, b := range s {
		dst[i] = byte(Bool32(b))
	}
	return p, uint64(len(s))
}

// LiftChars64 is [LiftChars].
func LiftChars64(cx *Cx, p, n uint64) []rune {
	s := MakeList[rune](cx, cx.CheckList64(p, n, 4, 4))
	for i := range s {
		s[i] = LiftChar(cx.Mem.Ld32At(p + uint64(i)*4))
	}
	return s
}

// LowerChars64 is [LowerChars].
func LowerChars64(cx *Cx, s []rune) (p, n uint64) { return LowerNumbers64(cx, s) }

// Copy64 is [Copy]; one of the two may have 32 bits.
func Copy64(src *Cx, p uint64, dst *Cx, q uint64, size uint32) {
	copy(dst.bytes64(q, size), src.bytes64(p, size))
}

// CopyList64 is [CopyList]; one of the two may have 32 bits.
func CopyList64(src *Cx, p, n uint64, dst *Cx, size, align uint32) uint64 {
	k := src.CheckList64(p, n, size, align)
	q := dst.realloc64(0, 0, align, k*size)
	Copy64(src, p, dst, q, k*size)
	return q
}

// CopyBools64 is [CopyBools]; one of the two may have 32 bits.
func CopyBools64(src *Cx, p, n uint64, dst *Cx) uint64 {
	k := src.CheckList64(p, n, 1, 1)
	q := dst.realloc64(0, 0, 1, k)
	s, d := src.bytes64(p, k), dst.bytes64(q, k)
	for i := range d {
		d[i] = byte(Bool32(s[i] != 0))
	}
	return q
}

// CopyChars64 is [CopyChars]; one of the two may have 32 bits.
func CopyChars64(src *Cx, p, n uint64, dst *Cx) uint64 {
	k := src.CheckList64(p, n, 4, 4)
	q := dst.realloc64(0, 0, 4, k*4)
	for i := uint64(0); i < uint64(k); i++ {
		dst.Mem.St32At(q+i*4, uint32(LiftChar(src.Mem.Ld32At(p+i*4))))
	}
	return q
}

// The accessors of memory that has been checked, by 64-bit addresses.

// Ld8At reads a byte.
func (m *Memory) Ld8At(p uint64) uint8 { return *(*uint8)(unsafe.Add(m.Base, uintptr(p))) }

// Ld16At reads 16 bits.
func (m *Memory) Ld16At(p uint64) uint16 {
	return binary.LittleEndian.Uint16((*[2]byte)(unsafe.Add(m.Base, uintptr(p)))[:])
}

// Ld32At reads 32 bits.
func (m *Memory) Ld32At(p uint64) uint32 {
	return binary.LittleEndian.Uint32((*[4]byte)(unsafe.Add(m.Base, uintptr(p)))[:])
}

// Ld64At reads 64 bits.
func (m *Memory) Ld64At(p uint64) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(m.Base, uintptr(p)))[:])
}

// St8At writes a byte.
func (m *Memory) St8At(p uint64, v uint8) { *(*uint8)(unsafe.Add(m.Base, uintptr(p))) = v }

// St16At writes 16 bits.
func (m *Memory) St16At(p uint64, v uint16) {
	binary.LittleEndian.PutUint16((*[2]byte)(unsafe.Add(m.Base, uintptr(p)))[:], v)
}

// St32At writes 32 bits.
func (m *Memory) St32At(p uint64, v uint32) {
	binary.LittleEndian.PutUint32((*[4]byte)(unsafe.Add(m.Base, uintptr(p)))[:], v)
}

// St64At writes 64 bits.
func (m *Memory) St64At(p, v uint64) {
	binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(m.Base, uintptr(p)))[:], v)
}
