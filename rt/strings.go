package rt

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// This file: strings between Go and guests, and between guests, in the three
// encodings of the canonical ABI (CanonicalABI.md, load_string_from_range and
// store_string_into_range). A guest's string is checked before anything is
// allocated for it.

// StringEncoding is a string-encoding option.
type StringEncoding uint8

// The string encodings, numbered as in the compiler's IR.
const (
	EncodingUTF8 StringEncoding = iota
	EncodingUTF16
	EncodingLatin1UTF16
)

// utf16Tag is the bit of a latin1+utf16 length that says UTF-16.
const utf16Tag = 1 << 31

// simple is the encoding a string has at run time.
type simple uint8

const (
	simpleUTF8 simple = iota
	simpleUTF16
	simpleLatin1
)

// source is a string to be lowered: in a guest's memory, or a Go string. It has
// been validated.
type source struct {
	enc   simple
	units uint32 // code units
	cx    *Cx    // guest memory
	ptr   uint64
	str   string // if cx is nil
	// Of UTF-16 in a guest's memory: how many units are ASCII before the first that is not, or so.
	ascii int
}

// bytes is the string's code units; they are good until the next realloc.
func (s *source) bytes() []byte {
	if s.cx == nil {
		return unsafe.Slice(unsafe.StringData(s.str), len(s.str))
	}
	n := s.units
	if s.enc == simpleUTF16 {
		n *= 2
	}
	return s.cx.bytes64(s.ptr, n)
}

// load is load_string_from_range up to the decoding: range, alignment,
// validity.
func (cx *Cx) load(enc StringEncoding, p uint64, tagged uint32) source {
	s := source{cx: cx, ptr: p, units: tagged}
	size, align := uint64(tagged), uint32(1)
	switch enc {
	case EncodingUTF8:
		s.enc = simpleUTF8
	case EncodingUTF16:
		s.enc = simpleUTF16
		size, align = 2*uint64(tagged), 2
	default:
		s.enc, align = simpleLatin1, 2
		if tagged&utf16Tag != 0 {
			s.enc, s.units = simpleUTF16, tagged^utf16Tag
			size = 2 * uint64(s.units)
		}
	}
	if size > MaxByteLength {
		cx.throwLong("string pointer/length out of bounds of memory", "string content out-of-bounds", size)
	}
	if p&uint64(align-1) != 0 {
		Throwf(TrapHeapMisaligned, "string pointer not aligned to %d: %#x", align, p)
	}
	if p > cx.Mem.Size || size > cx.Mem.Size-p {
		cx.throwRange("string pointer/length out of bounds of memory", "string content out-of-bounds", size, p)
	}
	b := s.bytes()
	switch s.enc {
	case simpleUTF8:
		if !utf8.Valid(b) {
			throwUTF8(b)
		}
	case simpleUTF16:
		s.ascii = asciiUnits(b)
		if !validUTF16(b[2*s.ascii:]) {
			throwUTF16(b)
		}
	}
	return s
}

// throwUTF8 raises the trap of bytes that are not UTF-8.
//
//go:noinline
func throwUTF8(b []byte) {
	at := 0
	for {
		r, n := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && n <= 1 {
			break
		}
		at += n
	}
	if !utf8.FullRune(b[at:]) {
		throwText(TrapInvalidString, "invalid utf8 encoding: incomplete utf-8 byte sequence from index %d", at)
	}
	// As Unicode counts them: the bytes that could have begun a character.
	n := 1
	for n < 4 && at+n < len(b) && !utf8.FullRune(b[at:at+n]) {
		n++
	}
	if n > 1 {
		n--
	}
	throwText(TrapInvalidString, "invalid utf8 encoding: invalid utf-8 sequence of %d bytes from index %d", n, at)
}

// throwUTF16 raises the trap of bytes that are not UTF-16.
//
//go:noinline
func throwUTF16(b []byte) {
	for i, n := 0, len(b)/2; i < n; i++ {
		switch u := unit(b, i); {
		case !utf16.IsSurrogate(rune(u)):
		case i+1 < n && utf16.DecodeRune(rune(u), rune(unit(b, i+1))) != utf8.RuneError:
			i++
		default:
			throwText(TrapInvalidString, "invalid utf16 encoding: unpaired surrogate found: %x", u)
		}
	}
	panic("rt: UTF-16 without an error")
}

// unit is UTF-16 code unit i of b.
func unit(b []byte, i int) uint16 { return binary.LittleEndian.Uint16(b[2*i:]) }

// validUTF16 reports whether every surrogate of b has its other half.
func validUTF16(b []byte) bool {
	n := len(b) / 2
	for i := 0; i < n; i++ {
		for i+4 <= n && !surrogateIn4(binary.LittleEndian.Uint64(b[2*i:])) {
			i += 4
		}
		if i == n {
			break
		}
		u := unit(b, i)
		if u&0xf800 != 0xd800 {
			continue
		}
		if u >= 0xdc00 || i+1 == n || unit(b, i+1)&0xfc00 != 0xdc00 {
			return false
		}
		i++
	}
	return true
}

// rune16 decodes the code point at unit i of valid UTF-16. Units that a guest
// changed since they were validated decode to U+FFFD.
func rune16(b []byte, i int) (r rune, units int) {
	u := unit(b, i)
	if u&0xf800 != 0xd800 {
		return rune(u), 1
	}
	if u < 0xdc00 && 2*i+3 < len(b) {
		return utf16.DecodeRune(rune(u), rune(unit(b, i+1))), 2
	}
	return utf8.RuneError, 1
}

// LiftString lifts a string in the given encoding to a Go string.
func (cx *Cx) LiftString(enc StringEncoding, p, tagged uint32) string {
	if enc == EncodingUTF8 {
		return cx.LiftUTF8(p, tagged)
	}
	return cx.lift(enc, uint64(p), tagged)
}

// lift lifts a string.
func (cx *Cx) lift(enc StringEncoding, p uint64, tagged uint32) string {
	s := cx.load(enc, p, tagged)
	b := s.bytes()
	if s.enc == simpleLatin1 {
		high := highBytes(b)
		cx.charge(uint64(len(b) + high))
		if high == 0 {
			return string(b)
		}
		out := make([]byte, 0, len(b)+high)
		for _, c := range b {
			out = utf8.AppendRune(out, rune(c))
		}
		return ownedString(out)
	}
	k := s.ascii
	size := k + sizeAsUTF8(b[2*k:])
	cx.charge(uint64(size))
	out := make([]byte, size)
	narrowUnits(out[:k], b, 0) // k is a multiple of 4
	for i := k &^ 7; i < k; i++ {
		out[i] = b[2*i]
	}
	return ownedString(appendUTF8(out[:k], b[2*k:]))
}

// sizeAsUTF8 is how many bytes valid UTF-16 takes as UTF-8.
func sizeAsUTF8(b []byte) (size int) {
	for n := len(b) / 2; n > 0; n = len(b) / 2 {
		if k := asciiUnits(b); k > 0 {
			size += k
			b = b[2*k:]
			continue
		}
		k := min(n, 16)
		for i := range k {
			// Half a surrogate pair counts two: it is four bytes.
			switch u := unit(b, i); {
			case u < 0x80:
				size++
			case u < 0x800 || u&0xf800 == 0xd800:
				size += 2
			default:
				size += 3
			}
		}
		b = b[2*k:]
	}
	return size
}

// appendUTF8 appends UTF-16, which was valid, as UTF-8.
func appendUTF8(out, b []byte) []byte {
	for len(b) >= 2 {
		if k := narrowUnits(out[len(out):cap(out)], b, high16); k > 0 {
			out, b = out[:len(out)+k], b[2*k:]
		}
		i := 0
		for n := min(len(b)/2, 16); i < n; {
			if u := unit(b, i); u < 0x80 {
				out = append(out, byte(u))
				i++
				continue
			}
			r, k := rune16(b, i)
			out = utf8.AppendRune(out, r)
			i += k
		}
		b = b[2*i:]
	}
	return out
}

// LiftUTF8 lifts a UTF-8 string.
func (cx *Cx) LiftUTF8(p, n uint32) string {
	s := cx.load(EncodingUTF8, uint64(p), n)
	cx.charge(uint64(n))
	return string(s.bytes())
}

// ownedString is b, which nobody else refers to, as a string.
func ownedString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// LowerString lowers a Go string, which CheckString has accepted.
func (cx *Cx) LowerString(enc StringEncoding, s string) (p, tagged uint32) {
	if enc == EncodingUTF8 {
		return cx.LowerUTF8(s)
	}
	if len(s) > MaxByteLength {
		cx.throwLong("string pointer/length out of bounds of memory", "string content out-of-bounds", uint64(len(s)))
	}
	src := source{enc: simpleUTF8, units: uint32(len(s)), str: s}
	q, tagged := cx.store(enc, EncodingUTF8, &src)
	return uint32(q), tagged
}

// LowerUTF8 lowers a Go string, which CheckString has accepted, to UTF-8.
func (cx *Cx) LowerUTF8(s string) (p, n uint32) {
	if len(s) > MaxByteLength {
		cx.throwLong("string pointer/length out of bounds of memory", "string content out-of-bounds", uint64(len(s)))
	}
	n = uint32(len(s))
	p = cx.Realloc(0, 0, 1, n)
	copy(cx.bytes(p, n), s)
	return p, n
}

// CopyString moves a string from src's instance to dst's.
func CopyString(src *Cx, from StringEncoding, p, tagged uint32, dst *Cx, to StringEncoding) (q, qtagged uint32) {
	s := src.load(from, uint64(p), tagged)
	at, qtagged := dst.store(to, from, &s)
	return uint32(at), qtagged
}

// store is store_string_into_range; hint is the declared encoding of the source.
func (cx *Cx) store(enc, hint StringEncoding, s *source) (p uint64, tagged uint32) {
	switch enc {
	case EncodingUTF8:
		switch s.enc {
		case simpleUTF8:
			p = cx.realloc64(0, 0, 1, s.units)
			copy(cx.bytes64(p, s.units), s.bytes())
			return p, s.units
		case simpleUTF16:
			return cx.storeToUTF8(s, s.units*3)
		default:
			return cx.storeToUTF8(s, s.units*2)
		}
	case EncodingUTF16:
		switch s.enc {
		case simpleUTF8:
			return cx.storeUTF8ToUTF16(s)
		case simpleUTF16:
			p = cx.realloc64(0, 0, 2, 2*s.units)
			copy(cx.bytes64(p, 2*s.units), s.bytes())
			return p, s.units
		default:
			p = cx.realloc64(0, 0, 2, 2*s.units)
			dst := cx.bytes64(p, 2*s.units)
			src := s.bytes()
			for i := widenBytes(dst, src, 0); i < len(src); i++ {
				dst[2*i], dst[2*i+1] = src[i], 0
			}
			return p, s.units
		}
	default:
		switch {
		case hint != EncodingLatin1UTF16:
			return cx.storeToLatin1OrUTF16(s)
		case s.enc == simpleLatin1:
			p = cx.realloc64(0, 0, 2, s.units)
			copy(cx.bytes64(p, s.units), s.bytes())
			return p, s.units
		default:
			return cx.storeProbablyUTF16(s)
		}
	}
}

// storeToUTF8 is store_string_to_utf8: as many bytes as code units if all are
// ASCII, else room for the worst case, shrunk at the end.
func (cx *Cx) storeToUTF8(s *source, worst uint32) (p uint64, n uint32) {
	p = cx.realloc64(0, 0, 1, s.units)
	src, dst := s.bytes(), cx.bytes64(p, s.units)
	i := 0
	if s.enc == simpleUTF16 {
		for i = narrowUnits(dst, src, high16); i < len(dst); {
			u := unit(src, i)
			if u >= 0x80 {
				break
			}
			dst[i] = byte(u)
			i++
		}
	} else {
		for i < len(dst) && src[i] < 0x80 {
			dst[i] = src[i]
			i++
		}
	}
	if i == len(dst) {
		return p, s.units
	}
	p = cx.realloc64(p, s.units, 1, worst)
	src = s.bytes() // memory may have moved
	out := cx.bytes64(p, worst)[:i]
	if s.enc == simpleUTF16 {
		out = appendUTF8(out, src[2*i:])
	} else {
		for ; i < len(src); i++ {
			out = utf8.AppendRune(out, rune(src[i]))
		}
	}
	n = uint32(len(out))
	if n < worst {
		p = cx.realloc64(p, worst, 1, n)
	}
	return p, n
}

// storeUTF8ToUTF16 is store_utf8_to_utf16: room for the worst case, shrunk.
func (cx *Cx) storeUTF8ToUTF16(s *source) (p uint64, units uint32) {
	worst := 2 * s.units
	p = cx.realloc64(0, 0, 2, worst)
	src, dst := s.bytes(), cx.bytes64(p, worst)
	n := utf8To16(dst, 0, src)
	if 2*uint32(n) < worst {
		p = cx.realloc64(p, worst, 2, 2*uint32(n))
	}
	return p, uint32(n)
}

// utf8To16 writes src as UTF-16 to dst from unit n on, and returns the unit
// after the last. dst has room for a unit per byte.
func utf8To16(dst []byte, n int, src []byte) int {
	for i := 0; i < len(src); {
		k := widenBytes(dst[2*n:], src[i:], high8)
		i += k
		n += k
		for end := min(i+16, len(src)); i < end; {
			c := rune(src[i])
			k := 1
			if c >= utf8.RuneSelf {
				c, k = utf8.DecodeRune(src[i:])
			}
			i += k
			if c < 0x10000 {
				binary.LittleEndian.PutUint16(dst[2*n:], uint16(c))
				n++
				continue
			}
			a, b := utf16.EncodeRune(c)
			binary.LittleEndian.PutUint16(dst[2*n:], uint16(a))
			binary.LittleEndian.PutUint16(dst[2*n+2:], uint16(b))
			n += 2
		}
	}
	return n
}

// storeToLatin1OrUTF16 is store_string_to_latin1_or_utf16: Latin-1 until a
// code point does not fit, then UTF-16, the bytes so far inflated in place.
func (cx *Cx) storeToLatin1OrUTF16(s *source) (p uint64, tagged uint32) {
	p = cx.realloc64(0, 0, 2, s.units)
	src, dst := s.bytes(), cx.bytes64(p, s.units)
	n := 0 // bytes written
	i := 0 // position in src: bytes or units
	units := int(s.units)
	if s.enc == simpleUTF16 {
		i = narrowUnits(dst, src, upper16)
	} else {
		i = asciiPrefix(dst, src)
	}
	n = i
	for i < units {
		var r rune
		var k int
		if s.enc == simpleUTF8 {
			if r, k = rune(src[i]), 1; r >= utf8.RuneSelf {
				r, k = utf8.DecodeRune(src[i:])
			}
		} else {
			r, k = rune16(src, i)
		}
		if r >= 0x100 {
			break
		}
		dst[n] = byte(r)
		n++
		i += k
	}
	if i == units {
		if uint32(n) < s.units {
			p = cx.realloc64(p, s.units, 2, uint32(n))
		}
		return p, uint32(n)
	}
	worst := 2 * s.units
	p = cx.realloc64(p, s.units, 2, worst)
	src, dst = s.bytes(), cx.bytes64(p, worst)
	for j := n - 1; j >= 0; j-- {
		dst[2*j], dst[2*j+1] = dst[j], 0
	}
	if s.enc == simpleUTF8 {
		n = utf8To16(dst, n, src[i:])
	} else {
		n += copy(dst[2*n:], src[2*i:]) / 2
	}
	if 2*uint32(n) < worst {
		p = cx.realloc64(p, worst, 2, 2*uint32(n))
	}
	return p, uint32(n) | utf16Tag
}

// storeProbablyUTF16 is store_probably_utf16_to_latin1_or_utf16: the producer
// chose UTF-16, so copy as that, and deflate if every code point fits Latin-1.
func (cx *Cx) storeProbablyUTF16(s *source) (p uint64, tagged uint32) {
	size := 2 * s.units
	p = cx.realloc64(0, 0, 2, size)
	src, dst := s.bytes(), cx.bytes64(p, size)
	high := byte(0)
	for i := 2*latin1Prefix(src) + 1; i < len(src); i += 2 {
		high |= src[i]
	}
	copy(dst, src)
	if high != 0 {
		return p, s.units | utf16Tag
	}
	for i := narrowUnits(dst, dst, 0); i < int(s.units); i++ {
		dst[i] = dst[2*i]
	}
	p = cx.realloc64(p, size, 1, s.units)
	return p, s.units
}
