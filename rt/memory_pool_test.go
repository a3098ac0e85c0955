//go:build linux && (amd64 || arm64 || riscv64 || loong64 || ppc64le) && !wc2go_checked

package rt

import (
	"context"
	"runtime/debug"
	"strings"
	"testing"
	"unsafe"
)

func testMemory(t *testing.T, pages uint64) (*Store, *Memory) {
	t.Helper()
	s := NewStore()
	m := NewMemory(s, MemoryType{Min: pages, PageLog2: 16})
	if m.Size != pages<<16 {
		t.Fatalf("%d bytes, want %d pages", m.Size, pages)
	}
	for _, b := range m.Bytes() {
		if b != 0 {
			t.Fatal("a new memory is not zero")
		}
	}
	return s, m
}

// TestReservationsReused: address space that is used again is zero, and not
// accessible behind the memory's end, whatever its last memory was.
func TestReservationsReused(t *testing.T) {
	faults := func(p unsafe.Pointer) (yes bool) {
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		defer func() { yes = recover() != nil }()
		*(*byte)(p) = 1
		return
	}
	seen := map[unsafe.Pointer]bool{}
	again := 0
	for _, pages := range []uint64{4, 4, 1, 7, 0, 3, 3, 2} {
		s, m := testMemory(t, pages)
		if seen[m.Base] {
			again++
		}
		seen[m.Base] = true
		for _, at := range []uint64{m.Size, m.Size + 1<<16, 5 << 16, 8 << 30} {
			if at >= m.Size && !faults(unsafe.Add(m.Base, at)) {
				t.Fatalf("%d pages: byte %d is accessible", pages, at)
			}
		}
		if m.Grow(2) != pages {
			t.Fatal("cannot grow")
		}
		b := m.Bytes()
		for i := range b {
			if b[i] != 0 {
				t.Fatal("grown memory is not zero")
			}
			b[i] = 0xff
		}
		if !faults(unsafe.Add(m.Base, m.Size)) {
			t.Fatal("the byte after a memory that grew is accessible")
		}
		s.Close()
		if m.Size != 0 || m.Base != nil || m.Bytes() != nil || m.Grow(1) != ^uint64(0) {
			t.Fatal("the memory of a closed store is within reach")
		}
	}
	if zeroes() && again == 0 {
		t.Error("no reservation was used again")
	}
}

// TestReservationsIdle: a store that is closed during a call keeps its memory to
// the end of the call, and no more than maxIdle reservations wait.
func TestReservationsIdle(t *testing.T) {
	s, m := testMemory(t, 1)
	err := s.Run(context.Background(), func(int32) {
		s.Close()
		m.Bytes()[9] = 9
		o, n := testMemory(t, 1)
		defer o.Close()
		if n.Base == m.Base {
			t.Error("the memory of a running call was given away")
		}
	})
	if err != nil || m.Size != 0 {
		t.Errorf("%v; %d bytes are left", err, m.Size)
	}
	var stores []*Store
	for range maxIdle + 4 {
		s, _ := testMemory(t, 1)
		stores = append(stores, s)
	}
	for _, s := range stores {
		s.Close()
		s.Close()
	}
	idle.Lock()
	defer idle.Unlock()
	if len(idle.list) > maxIdle {
		t.Errorf("%d reservations wait", len(idle.list))
	}
	for i, r := range idle.list {
		for _, o := range idle.list[:i] {
			if r.base() == o.base() {
				t.Fatal("a reservation waits twice")
			}
		}
	}
}

// TestReservationsHuge: what data was copied to in huge pages is zero, and no larger than it should be, when a
// small memory takes the reservation over.
func TestReservationsHuge(t *testing.T) {
	data := strings.Repeat("\x55", 3<<20)
	for range 2 {
		s, m := testMemory(t, 64)
		m.Init(4096+8, 0, uint64(len(data)), data)
		b := m.Bytes()
		if b[4096+7] != 0 || b[4096+8] != 0x55 || b[4096+8+len(data)-1] != 0x55 || b[4096+8+len(data)] != 0 {
			t.Fatal("the data is not where it should be")
		}
		if m.res.use.huge != (uintptr(m.Base)%hugePage == 0) {
			t.Errorf("base %p: huge pages: %v", m.Base, m.res.use.huge)
		}
		base := m.Base
		s.Close()
		s, m = testMemory(t, 1) // it looks at the bytes
		if m.Base == base && m.res.use.huge {
			t.Error("a small memory is in huge pages")
		}
		s.Close()
	}
}
