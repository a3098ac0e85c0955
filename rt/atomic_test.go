package rt

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
	"unsafe"
)

func TestAtomicNarrow(t *testing.T) {
	word := []uint32{le32(0x44332211), 0}
	at := func(i int) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(&word[0]), i) }
	if v := AtomicAdd8(at(1), 0xf0); v != 0x22 {
		t.Errorf("old byte %#x", v)
	}
	if v := AtomicXor16(at(2), 0xffff); v != 0x4433 {
		t.Errorf("old half %#x", v)
	}
	if v := AtomicCmpxchg8(at(0), 0x111, 7); v != 0x11 {
		t.Errorf("compared byte %#x", v)
	}
	if v := AtomicLoad32(at(0)); v != 0xbbcc1211 {
		t.Errorf("word is %#x", v)
	}
	if v := AtomicSub64(at(0), 1); v != 0xbbcc1211 || AtomicLoad64(at(0)) != 0xbbcc1210 {
		t.Errorf("old %#x", v)
	}
}

func TestSharedMemory(t *testing.T) {
	x, err := NewSharedMemory(1, 2)
	if err != nil {
		t.Fatal(err)
	}
	m := x.Memory()
	var wg sync.WaitGroup
	results := make(chan uint32, 3)
	for range 3 {
		wg.Go(func() {
			s := NewStore()
			if err := s.Run(context.Background(), func(int32) { results <- m.Wait32(s, 8, 0, ^uint64(0)) }); err != nil {
				t.Error(err)
			}
		})
	}
	n := uint32(0)
	for n < 3 {
		n += m.Notify(8, 2)
		time.Sleep(time.Millisecond)
	}
	wg.Wait()
	for range 3 {
		if r := <-results; r != waitOK {
			t.Errorf("wait gave %d", r)
		}
	}
	if m.Grow(1) != 1 || m.Grow(1) != ^uint64(0) {
		t.Error("grow")
	}

	s := NewStore()
	ctx, cancel := context.WithCancel(context.Background())
	run := func(f func()) error { return s.Run(ctx, func(int32) { f() }) }
	if err := run(func() {
		if r := m.Wait64(s, 16, 1, 0); r != waitNotEqual {
			t.Errorf("wait gave %d", r)
		}
		if r := m.Wait64(s, 16, 0, 1000); r != waitTimedOut {
			t.Errorf("wait gave %d", r)
		}
	}); err != nil {
		t.Error(err)
	}
	if len(m.shared.waiting) != 0 {
		t.Error("waiters are left")
	}
	time.AfterFunc(10*time.Millisecond, cancel)
	if err := run(func() { m.Wait32(s, 0, 0, ^uint64(0)) }); !errors.Is(err, TrapInterrupt) || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	own := NewMemory(s, MemoryType{Min: 1, PageLog2: 16})
	if err := run(func() { own.Wait32(s, 0, 0, 0) }); !errors.Is(err, TrapWaitNotShared) {
		t.Errorf("not shared: %v", err)
	}
	if own.Notify(0, 1) != 0 {
		t.Error("notify")
	}
}
