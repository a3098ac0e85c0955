package rt

import (
	"strings"
	"testing"
)

// TestInitLarge copies data to the beginning, the middle and the end of a memory, over pages that
// nobody has touched, some that have been written, and less than is worth a hint to the kernel.
func TestInitLarge(t *testing.T) {
	s := NewStore()
	defer s.Close()
	m := NewMemory(s, MemoryType{Min: 8, PageLog2: 16})
	data := strings.Repeat("0123456789abcde", 20000)
	want := make([]byte, m.Size)
	for _, c := range []struct{ p, s, n uint64 }{
		{100_001, 7, 70_000}, // as few pages as are worth it, at an odd place
		{0, 0, 65536},
		{m.Size - 200_003, 1, 200_003},
		{99_999, 3, 250_000},
		{5, 2, 10},
		{m.Size, 0, 0},
	} {
		m.Init(c.p, c.s, c.n, data)
		copy(want[c.p:], data[c.s:c.s+c.n])
	}
	if string(m.Bytes()) != string(want) {
		t.Error("the memory is not what was copied to it")
	}
	for _, c := range []struct{ p, s, n uint64 }{{m.Size - 99_999, 0, 100_000}, {0, 1, uint64(len(data))}, {m.Size + 1, 0, 0}} {
		func() {
			defer func() {
				if r := recover(); r != TrapMemoryOutOfBounds {
					t.Errorf("Init(%d, %d, %d): %v", c.p, c.s, c.n, r)
				}
			}()
			m.Init(c.p, c.s, c.n, data)
			t.Errorf("Init(%d, %d, %d) did not trap", c.p, c.s, c.n)
		}()
	}
	if string(m.Bytes()) != string(want) {
		t.Error("an Init that trapped wrote")
	}
}
