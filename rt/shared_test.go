package rt

import (
	"sync"
	"testing"
)

// TestSharedGrow: with the race detector, nobody may look at the size of a memory
// in another way than the thread that grows it.
func TestSharedGrow(t *testing.T) {
	x, err := NewSharedMemory(1, 33)
	if err != nil {
		t.Fatal(err)
	}
	m := x.Memory()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 8 {
				old := m.Grow(1)
				if old == ^uint64(0) || m.Pages() <= old {
					t.Errorf("memory.grow gives %d", old)
				}
				p := old << 16
				m.Fill(p, 7, 1<<16)
				if b := m.Bytes(); b[p] != 7 || m.Bound() < p+1<<16 {
					t.Errorf("byte %d is not there", p)
				}
			}
		})
	}
	wg.Wait()
	if m.Pages() != 33 || m.Grow(1) != ^uint64(0) {
		t.Errorf("%d pages", m.Pages())
	}
}
