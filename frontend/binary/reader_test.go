package binary

import (
	"strings"
	"testing"
)

func TestLEB128(t *testing.T) {
	type read func(*Reader) int64
	u32 := func(r *Reader) int64 { return int64(r.U32()) }
	u64 := func(r *Reader) int64 { return int64(r.U64()) }
	s32 := func(r *Reader) int64 { return int64(r.S32()) }
	s33 := func(r *Reader) int64 { return r.S33() }
	s64 := func(r *Reader) int64 { return r.S64() }
	for _, c := range []struct {
		f    read
		in   string
		want int64
		err  string
	}{
		{u32, "\x00", 0, ""},
		{u32, "\x7f", 127, ""},
		{u32, "\x80\x01", 128, ""},
		{u32, "\x80\x80\x80\x80\x00", 0, ""},
		{u32, "\xff\xff\xff\xff\x0f", 1<<32 - 1, ""},
		{u32, "\xff\xff\xff\xff\x1f", 0, "integer too large"},
		{u32, "\x80\x80\x80\x80\x80\x00", 0, "integer representation too long"},
		{u32, "\x80", 0, "unexpected end"},
		{u64, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", -1, ""},
		{u64, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 0, "integer too large"},
		{u64, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 0, "integer representation too long"},
		{s32, "\x7f", -1, ""},
		{s32, "\x40", -64, ""},
		{s32, "\xff\xff\xff\xff\x7f", -1, ""},
		{s32, "\xff\xff\xff\xff\x07", 1<<31 - 1, ""},
		{s32, "\x80\x80\x80\x80\x78", -1 << 31, ""},
		{s32, "\x80\x80\x80\x80\x70", 0, "integer too large"},
		{s32, "\xff\xff\xff\xff\x0f", 0, "integer too large"},
		{s32, "\x80\x80\x80\x80\x80\x00", 0, "integer representation too long"},
		{s33, "\xff\xff\xff\xff\x0f", 1<<32 - 1, ""},
		{s33, "\x80\x80\x80\x80\x70", -1 << 32, ""},
		{s33, "\xff\xff\xff\xff\x1f", 0, "integer too large"},
		{s64, "\x7f", -1, ""},
		{s64, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", -1 << 63, ""},
		{s64, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00", 1<<63 - 1, ""},
		{s64, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 0, "integer too large"},
	} {
		r := NewReader([]byte(c.in), 0x100)
		got := c.f(r)
		switch err := r.Err(); {
		case c.err == "" && (err != nil || got != c.want || !r.EOF()):
			t.Errorf("%x: %d, %v, want %d", c.in, got, err, c.want)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%x: %d, %v, want error %s", c.in, got, err, c.err)
		}
	}
}

func TestReaderErrorsStick(t *testing.T) {
	r := NewReader([]byte("\x02\xff\xfe\x01\x02\x03"), 10)
	if s := r.Name(); s != "" {
		t.Errorf("name %q", s)
	}
	err, ok := r.Err().(*Error)
	if !ok || err.Offset != 11 || !err.Malformed || err.Message != "malformed UTF-8 encoding" {
		t.Fatalf("%#v", r.Err())
	}
	if r.Byte() != 0 || r.U32() != 0 || !r.EOF() || r.Err() != error(err) {
		t.Error("reading went on")
	}
}

func TestCountsAreBounded(t *testing.T) {
	if n := NewReader([]byte("\xff\xff\xff\xff\x0f1234"), 0).Count(1); n != 0 {
		t.Errorf("count %d", n)
	}
	r := NewReader([]byte("\x02\x01\x02\x03"), 0)
	if n := r.Count(2); n != 0 || r.Err() == nil {
		t.Errorf("count %d of %d bytes", n, 3)
	}
	if r := NewReader([]byte("\x04"), 0).Sub(2); r.Err() == nil || r.Len() != 0 {
		t.Error("section larger than the file")
	}
}
