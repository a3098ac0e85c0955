package binary

import (
	"encoding/binary"
	"unicode/utf8"
)

// Reader reads the primitives of the binary formats from a range of a file.
//
// Errors stick: the first one is kept, the range counts as used up from then
// on, and all later reads give zero values. So a decoder reads a whole node and asks
// [Reader.Err] once, and at least once per element of a loop that does not
// take its bound from [Reader.Count].
type Reader struct {
	data []byte
	pos  int
	base int // of data[0] in the file
	err  *Error
	// short is the message for reading past the end of data.
	short string
}

const (
	shortFile    = "unexpected end"
	shortSection = "unexpected end of section or function"
)

// NewReader makes a reader of data, whose first byte is at offset base of the file.
func NewReader(data []byte, base int) *Reader {
	return &Reader{data: data, base: base, short: shortFile}
}

// Err returns the first error, as an *Error.
func (r *Reader) Err() error {
	if r.err == nil {
		return nil // not a nil *Error in an interface
	}
	return r.err
}

// Failed reports whether there was an error.
func (r *Reader) Failed() bool { return r.err != nil }

// Fail records err unless there was an error before.
func (r *Reader) Fail(err *Error) {
	if r.err == nil && err != nil {
		r.err = err
	}
	r.pos = len(r.data)
}

// Malformed records a decoding error at a file offset.
func (r *Reader) Malformed(offset int, format string, args ...any) {
	if r.err == nil {
		r.err = Malformedf(offset, format, args...)
	}
	r.pos = len(r.data)
}

// Adopt takes over the error of a sub-reader, if it has one.
func (r *Reader) Adopt(sub *Reader) {
	if sub.err != nil {
		r.Fail(sub.err)
	}
}

// Offset is the file offset of the next byte.
func (r *Reader) Offset() int { return r.base + r.pos }

// Len is the number of bytes left.
func (r *Reader) Len() int { return len(r.data) - r.pos }

// EOF reports whether no bytes are left (always so after an error).
func (r *Reader) EOF() bool { return r.pos >= len(r.data) }

// Rest returns the bytes that are left and moves to the end.
func (r *Reader) Rest() []byte {
	b := r.data[r.pos:]
	r.pos = len(r.data)
	return b
}

// Since returns the bytes from the file offset start up to here.
func (r *Reader) Since(start int) []byte {
	if r.err != nil {
		return nil
	}
	return r.data[start-r.base : r.pos : r.pos]
}

func (r *Reader) tooShort() { r.Malformed(r.base+len(r.data), "%s", r.short) }

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if r.pos >= len(r.data) {
		r.tooShort()
		return 0
	}
	b := r.data[r.pos]
	r.pos++
	return b
}

// Peek returns the next byte without reading it; false at the end.
func (r *Reader) Peek() (byte, bool) {
	if r.pos >= len(r.data) {
		return 0, false
	}
	return r.data[r.pos], true
}

// Bytes reads n bytes. The result shares memory with the file.
func (r *Reader) Bytes(n uint64) []byte {
	if n > uint64(r.Len()) {
		r.Malformed(r.Offset(), "%s: length out of bounds", r.short)
		return nil
	}
	b := r.data[r.pos : r.pos+int(n) : r.pos+int(n)]
	r.pos += int(n)
	return b
}

// U32 reads an unsigned LEB128 number of at most 32 bits.
func (r *Reader) U32() uint32 {
	if r.pos < len(r.data) && r.data[r.pos] < 0x80 { // nearly all are short
		r.pos++
		return uint32(r.data[r.pos-1])
	}
	return uint32(r.unsigned(32))
}

// U64 reads an unsigned LEB128 number of at most 64 bits.
func (r *Reader) U64() uint64 { return r.unsigned(64) }

// S32 reads a signed LEB128 number of 32 bits.
func (r *Reader) S32() int32 { return int32(r.signed(32)) }

// S33 reads a signed LEB128 number of 33 bits.
func (r *Reader) S33() int64 { return r.signed(33) }

// S64 reads a signed LEB128 number of 64 bits.
func (r *Reader) S64() int64 { return r.signed(64) }

func (r *Reader) unsigned(bits uint) uint64 {
	start := r.Offset()
	var x uint64
	for shift := uint(0); ; shift += 7 {
		if shift >= bits {
			r.Malformed(start, "integer representation too long")
			return 0
		}
		b := r.Byte()
		if bits-shift < 7 && b&0x7f>>(bits-shift) != 0 {
			r.Malformed(start, "integer too large")
			return 0
		}
		x |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return x
		}
	}
}

func (r *Reader) signed(bits uint) int64 {
	start := r.Offset()
	var x int64
	for shift := uint(0); ; shift += 7 {
		if shift >= bits {
			r.Malformed(start, "integer representation too long")
			return 0
		}
		b := r.Byte()
		// The bits of the last byte beyond the number's width must repeat its
		// sign bit (section 5.2.2).
		if left := bits - shift; left < 7 {
			if top := int8(b<<1) >> left; top != 0 && top != -1 {
				r.Malformed(start, "integer too large")
				return 0
			}
		}
		x |= int64(b&0x7f) << shift
		if b < 0x80 {
			if shift+7 < 64 && b&0x40 != 0 {
				x |= -1 << (shift + 7)
			}
			return x
		}
	}
}

// F32 reads the bits of a 32-bit float, little-endian.
func (r *Reader) F32() uint32 {
	if b := r.Bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// F64 reads the bits of a 64-bit float, little-endian.
func (r *Reader) F64() uint64 {
	if b := r.Bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Name reads a length and that many bytes of UTF-8.
func (r *Reader) Name() string {
	n := r.U32()
	start := r.Offset()
	b := r.Bytes(uint64(n))
	if !utf8.Valid(b) {
		r.Malformed(start, "malformed UTF-8 encoding")
		return ""
	}
	return string(b)
}

// Count reads the length of a vector whose elements take at least minSize
// bytes (1 or more) each, so that the result can size an allocation.
func (r *Reader) Count(minSize int) int {
	n := r.U32()
	if uint64(n)*uint64(minSize) > uint64(r.Len()) {
		r.tooShort()
		return 0
	}
	return int(n)
}

// CountMax is Count with an upper limit on the number of elements.
func (r *Reader) CountMax(minSize, limit int, what string) int {
	start := r.Offset()
	n := r.U32()
	if int64(n) > int64(limit) {
		r.Malformed(start, "%s count exceeds limit of %d", what, limit)
		return 0
	}
	if uint64(n)*uint64(minSize) > uint64(r.Len()) {
		r.tooShort()
		return 0
	}
	return int(n)
}

// Sub makes a reader of the next n bytes and moves past them. After an error it is empty.
func (r *Reader) Sub(n uint32) *Reader {
	base := r.Offset()
	s := &Reader{data: r.Bytes(uint64(n)), base: base, short: shortSection}
	if r.err != nil {
		s.err = r.err
	}
	return s
}

// Section reads a section header and gives a reader of its contents. The caller
// checks with [Reader.End] that the contents are used up.
func (r *Reader) Section() (id byte, contents *Reader) {
	id = r.Byte()
	n := r.U32()
	return id, r.Sub(n)
}

// End takes over the error of a section's reader, and refuses a section that
// has bytes left.
func (r *Reader) End(section *Reader) {
	if section.err == nil && !section.EOF() {
		section.Malformed(section.Offset(), "section size mismatch")
	}
	r.Adopt(section)
}
