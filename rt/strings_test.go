package rt

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// testGuest is an instance with a memory and a bump allocator.
type testGuest struct {
	Cx
	buf   []byte
	next  uint32
	calls []string // realloc calls: "old size align new"
}

func newTestGuest() *testGuest {
	g := &testGuest{buf: make([]byte, 1<<16), next: 64}
	g.Cx = Cx{
		Inst: NewComponents(&Store{}, []int32{-1}, 0)[0],
		Mem:  &Memory{Base: unsafe.Pointer(&g.buf[0]), Size: uint64(len(g.buf))},
		Root: unsafe.Pointer(g),
		Fn: func(root unsafe.Pointer, d int32, old, oldSize, align, size uint32) uint32 {
			g := (*testGuest)(root)
			if g.Inst.MayLeave {
				panic("may_leave is true in realloc")
			}
			g.calls = append(g.calls, fmt.Sprint(old != 0, oldSize, align, size))
			p := (g.next + align - 1) &^ (align - 1)
			g.next = p + size + 3
			copy(g.buf[p:p+min(size, oldSize)], g.buf[old:])
			return p
		},
	}
	return g
}

// put writes s in an encoding (simple) and gives pointer and tagged length.
func (g *testGuest) put(enc StringEncoding, s string) (p, n uint32) {
	b, n := encodeForTest(enc, s, enc == EncodingLatin1UTF16 && !isLatin1(s))
	p = (g.next + 1) &^ 1
	copy(g.buf[p:], b)
	g.next = p + uint32(len(b))
	return p, n
}

func isLatin1(s string) bool {
	for _, r := range s {
		if r > 0xff {
			return false
		}
	}
	return true
}

func encodeForTest(enc StringEncoding, s string, tag bool) ([]byte, uint32) {
	switch {
	case enc == EncodingUTF8:
		return []byte(s), uint32(len(s))
	case enc == EncodingLatin1UTF16 && !tag:
		var b []byte
		for _, r := range s {
			b = append(b, byte(r))
		}
		return b, uint32(len(b))
	}
	var b []byte
	u := utf16.Encode([]rune(s))
	for _, x := range u {
		b = binary.LittleEndian.AppendUint16(b, x)
	}
	n := uint32(len(u))
	if enc == EncodingLatin1UTF16 {
		n |= utf16Tag
	}
	return b, n
}

var testStrings = []string{
	"", "a", "hello", "héllo", "ÿ", "Ā", "héllo Ā", "日本語", "a🚩b", "🚀🚀🚀 𠈄𓀀", strings.Repeat("x", 1000), strings.Repeat("é", 300),
	strings.Repeat("abc ", 100) + "日" + strings.Repeat("é🚩", 50), "\x00\u07ff\u0800\uffff\U0010ffff",
}

var testEncodings = []StringEncoding{EncodingUTF8, EncodingUTF16, EncodingLatin1UTF16}

func TestStringsToAndFromGo(t *testing.T) {
	for _, enc := range testEncodings {
		for _, s := range testStrings {
			g := newTestGuest()
			p, n := g.LowerString(enc, s)
			want, wantn := encodeForTest(enc, s, !isLatin1(s))
			if n != wantn || string(g.buf[p:int(p)+len(want)]) != string(want) {
				t.Errorf("encoding %d: lowering %q gave length %#x, want %#x", enc, s, n, wantn)
			}
			if got := g.LiftString(enc, p, n); got != s {
				t.Errorf("encoding %d: %q came back as %q", enc, s, got)
			}
		}
	}
}

func TestCopyString(t *testing.T) {
	for _, from := range testEncodings {
		for _, to := range testEncodings {
			for _, s := range testStrings {
				src, dst := newTestGuest(), newTestGuest()
				p, n := src.put(from, s)
				q, m := CopyString(&src.Cx, from, p, n, &dst.Cx, to)
				if got := dst.LiftString(to, q, m); got != s {
					t.Errorf("%d to %d: %q became %q", from, to, s, got)
				}
				if to == EncodingLatin1UTF16 && (m&utf16Tag != 0) == isLatin1(s) {
					t.Errorf("%d to %d: %q has tagged length %#x", from, to, s, m)
				}
			}
		}
	}
	// UTF-16 that fits Latin-1 is deflated.
	src, dst := newTestGuest(), newTestGuest()
	b, n := encodeForTest(EncodingLatin1UTF16, "héllo", true)
	copy(src.buf[100:], b)
	q, m := CopyString(&src.Cx, EncodingLatin1UTF16, 100, n, &dst.Cx, EncodingLatin1UTF16)
	if m != 5 || string(dst.buf[q:q+5]) != "h\xe9llo" {
		t.Errorf("deflated to %d units %q", m, dst.buf[q:q+5])
	}
}

// TestReallocStrategy holds the calls that store_string_into_range makes.
func TestReallocStrategy(t *testing.T) {
	for _, c := range []struct {
		from, to StringEncoding
		s        string
		want     string
	}{
		{EncodingUTF8, EncodingUTF8, "héllo", "false 0 1 6"},
		{EncodingUTF8, EncodingUTF16, "hello", "false 0 2 10"},
		{EncodingUTF8, EncodingUTF16, "héllo", "false 0 2 12|true 12 2 10"},
		{EncodingUTF16, EncodingUTF8, "hello", "false 0 1 5"},
		{EncodingUTF16, EncodingUTF8, "héllo", "false 0 1 5|true 5 1 15|true 15 1 6"},
		{EncodingUTF16, EncodingUTF8, "日本", "false 0 1 2|true 2 1 6"},
		{EncodingLatin1UTF16, EncodingUTF8, "héllo", "false 0 1 5|true 5 1 10|true 10 1 6"},
		{EncodingLatin1UTF16, EncodingUTF16, "héllo", "false 0 2 10"},
		{EncodingUTF8, EncodingLatin1UTF16, "hello", "false 0 2 5"},
		{EncodingUTF8, EncodingLatin1UTF16, "héllo", "false 0 2 6|true 6 2 5"},
		{EncodingUTF8, EncodingLatin1UTF16, "héĀ", "false 0 2 5|true 5 2 10|true 10 2 6"},
		{EncodingUTF16, EncodingLatin1UTF16, "héĀ", "false 0 2 3|true 3 2 6"},
		{EncodingLatin1UTF16, EncodingLatin1UTF16, "héllo", "false 0 2 5"},
		{EncodingLatin1UTF16, EncodingLatin1UTF16, "héĀ", "false 0 2 6"},
	} {
		src, dst := newTestGuest(), newTestGuest()
		p, n := src.put(c.from, c.s)
		CopyString(&src.Cx, c.from, p, n, &dst.Cx, c.to)
		if got := strings.Join(dst.calls, "|"); got != c.want {
			t.Errorf("%d to %d, %q: realloc %s, want %s", c.from, c.to, c.s, got, c.want)
		}
	}
}

// trapOf runs f and gives the code that it traps with.
func trapOf(f func()) (code TrapCode) {
	defer func() {
		if r := recover(); r != nil {
			code = r.(*Trap).Code
		}
	}()
	f()
	return TrapUnknown
}

func TestBadStrings(t *testing.T) {
	g := newTestGuest()
	copy(g.buf[100:], "\xff\x00\x00\xd8a\x00\x00\xdc")
	for _, c := range []struct {
		enc  StringEncoding
		p, n uint32
		want TrapCode
	}{
		{EncodingUTF8, 100, 1, TrapInvalidString},
		{EncodingUTF16, 102, 2, TrapInvalidString}, // high half alone
		{EncodingUTF16, 102, 1, TrapInvalidString},
		{EncodingUTF16, 106, 1, TrapInvalidString}, // low half alone
		{EncodingUTF16, 101, 1, TrapHeapMisaligned},
		{EncodingLatin1UTF16, 101, 1, TrapHeapMisaligned},
		{EncodingUTF8, 1 << 16, 1, TrapStringOutOfBounds},
		{EncodingUTF8, 0xffffffff, 0xfffffff, TrapStringOutOfBounds},
		{EncodingUTF8, 0, 1 << 28, TrapStringOutOfBounds},
		{EncodingUTF16, 0, 1<<31 + 1, TrapStringOutOfBounds},
		{EncodingLatin1UTF16, 0, 1<<31 | 1<<27, TrapStringOutOfBounds},
		{EncodingUTF8, 1 << 16, 0, TrapUnknown}, // empty at the very end
	} {
		if got := trapOf(func() { g.LiftString(c.enc, c.p, c.n) }); got != c.want {
			t.Errorf("encoding %d at %#x, length %#x: %v, want %v", c.enc, c.p, c.n, got, c.want)
		}
	}
}

func TestBadRealloc(t *testing.T) {
	for p, want := range map[uint32]TrapCode{1: TrapHeapMisaligned, 1<<16 - 2: TrapStringOutOfBounds, 0xfffffffe: TrapStringOutOfBounds} {
		g := newTestGuest()
		g.Fn = func(root unsafe.Pointer, d int32, old, oldSize, align, size uint32) uint32 { return p }
		if got := trapOf(func() { g.LowerString(EncodingUTF16, "abc") }); got != want {
			t.Errorf("realloc returned %#x: %v, want %v", p, got, want)
		}
	}
}

func TestLists(t *testing.T) {
	g := newTestGuest()
	p, n := LowerNumbers(&g.Cx, []uint32{1, 0xdeadbeef})
	if p&3 != 0 || n != 2 || g.Mem.Ld32(p+4) != 0xdeadbeef {
		t.Errorf("lowered to %#x, %d", p, n)
	}
	if s := LiftNumbers[uint32](&g.Cx, p, n); !slices.Equal(s, []uint32{1, 0xdeadbeef}) {
		t.Errorf("lifted %v", s)
	}
	if got := trapOf(func() { LiftNumbers[uint32](&g.Cx, p+1, n) }); got != TrapHeapMisaligned {
		t.Errorf("misaligned: %v", got)
	}
	if got := trapOf(func() { LiftNumbers[uint64](&g.Cx, 0, 1<<13+1) }); got != TrapStringOutOfBounds {
		t.Errorf("out of bounds: %v", got)
	}
	if got := trapOf(func() { LiftNumbers[uint64](&g.Cx, 0, 1<<29) }); got != TrapStringOutOfBounds {
		t.Errorf("too long: %v", got)
	}
	g.Mem.St32(p, 0xd800)
	if got := trapOf(func() { LiftChars(&g.Cx, p, 1) }); got != TrapInvalidChar {
		t.Errorf("surrogate: %v", got)
	}
	if LiftChar(0xd7ff) != 0xd7ff || LiftChar(0xe000) != 0xe000 || LiftChar(utf8.MaxRune) != utf8.MaxRune {
		t.Error("valid chars")
	}
	g.Charge = true
	g.Inst.Store.limits.HostCallBytes = 100
	if got := trapOf(func() {
		for range 11 {
			LiftNumbers[byte](&g.Cx, 0, 10)
		}
	}); got != TrapLimit {
		t.Errorf("limit of lifted bytes: %v", got)
	}
}

func TestStringAllocations(t *testing.T) {
	g := newTestGuest()
	s := strings.Repeat("x", 1000)
	p, n := g.put(EncodingUTF8, s)
	g.Fn = func(root unsafe.Pointer, d int32, old, oldSize, align, size uint32) uint32 { return 4096 }
	if a := testing.AllocsPerRun(100, func() { g.LowerUTF8(s) }); a != 0 {
		t.Errorf("lowering allocates %v times", a)
	}
	if a := testing.AllocsPerRun(100, func() { g.LiftUTF8(p, n) }); a != 1 {
		t.Errorf("lifting allocates %v times", a)
	}
}

// TestStringPositions has a character that is not ASCII at each place of strings
// around the lengths that are handled as words.
func TestStringPositions(t *testing.T) {
	for n := range 36 {
		for at := range n + 1 {
			for _, c := range []string{"", "é", "ß\u0080", "Ā", "日", "\ud7ff", "\ue000", "😀", "é😀日a"} {
				s := strings.Repeat("abcdefghijk", 4)
				s = s[:at] + c + s[at:n]
				for _, from := range testEncodings {
					for _, to := range testEncodings {
						if to == EncodingLatin1UTF16 && from == to {
							continue // how it is written is another test's
						}
						src, dst := newTestGuest(), newTestGuest()
						p, k := src.put(from, s)
						if got := src.LiftString(from, p, k); got != s {
							t.Fatalf("%d: %q lifted as %q", from, s, got)
						}
						q, m := CopyString(&src.Cx, from, p, k, &dst.Cx, to)
						if got := dst.LiftString(to, q, m); got != s {
							t.Fatalf("%d to %d: %q became %q", from, to, s, got)
						}
						if want, wantN := encodeForTest(to, s, m&utf16Tag != 0); wantN&^utf16Tag != m&^utf16Tag || string(dst.buf[q:int(q)+len(want)]) != string(want) {
							t.Fatalf("%d to %d: %q became %q, want %q", from, to, s, dst.buf[q:int(q)+len(want)], want)
						}
					}
				}
			}
		}
	}
}

// TestLoneSurrogates has one at each place among other units.
func TestLoneSurrogates(t *testing.T) {
	for _, other := range []uint16{'a', 0xd7ff, 0xe000, 0} {
		for n := 1; n < 20; n++ {
			for at := range n {
				for _, u := range []uint16{0xd800, 0xdbff, 0xdc00, 0xdfff} {
					var b []byte
					for i := range n {
						x := other
						if i == at {
							x = u
						}
						b = binary.LittleEndian.AppendUint16(b, x)
					}
					if validUTF16(b) || validUTF16(b[2*asciiUnits(b):]) {
						t.Fatalf("%#x at %d of %d among %#x is taken for valid", u, at, n, other)
					}
				}
			}
		}
	}
}

// The words are those of Wasmtime, whose scripts look for them.
func TestInvalidStringText(t *testing.T) {
	for _, c := range []struct {
		enc  StringEncoding
		b    string
		want string
	}{
		{EncodingUTF8, "ab\xff", "invalid utf-8 sequence of 1 bytes from index 2"},
		{EncodingUTF8, "a\xe2\x28\xa1", "invalid utf-8 sequence of 1 bytes from index 1"},
		{EncodingUTF8, "\xe2\x82\x28", "invalid utf-8 sequence of 2 bytes from index 0"},
		{EncodingUTF8, "\xf0\x9f\x98a", "invalid utf-8 sequence of 3 bytes from index 0"},
		{EncodingUTF8, "\xed\xa0\x80", "invalid utf-8 sequence of 1 bytes from index 0"},
		{EncodingUTF8, "aé\xf0\x9f", "incomplete utf-8 byte sequence from index 3"},
		{EncodingUTF16, "a\x00\x3d\xd8\x00\xde\x01\xdc", "unpaired surrogate found: dc01"},
		{EncodingUTF16, "\x3d\xd8\x3d\xd8\x00\xde", "unpaired surrogate found: d83d"},
		{EncodingUTF16, "a\x00\x3d\xd8", "unpaired surrogate found: d83d"},
	} {
		g := newTestGuest()
		n := uint32(len(c.b))
		copy(g.bytes(64, n), c.b)
		if c.enc == EncodingUTF16 {
			n /= 2
		}
		var text string
		func() {
			defer func() { text = recover().(*Trap).Error() }()
			g.LiftString(c.enc, 64, n)
		}()
		if !strings.HasPrefix(text, "wasm trap: invalid utf") || !strings.Contains(text, c.want) {
			t.Errorf("%q: %q, want %q", c.b, text, c.want)
		}
	}
}
