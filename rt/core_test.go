package rt

import (
	"context"
	"errors"
	"math"
	"runtime"
	"sync"
	"testing"
	"time"
	"unsafe"
)

// guest is what the entry of a lifted function looks like.
func guest(ctx context.Context, s *Store, c *ComponentInstance, f func(d int32)) (err error) {
	var e Entry
	if err = e.Enter(ctx, s, c); err != nil {
		return
	}
	defer e.Exit(&err)
	f(e.Depth)
	return
}

func component(s *Store) *ComponentInstance { return NewComponents(s, []int32{-1}, 0)[0] }

//go:noinline
func load(m *Memory, p uint64) uint32 {
	if !m.mapped && !In(p, 0, 4, m.Size) {
		panic(TrapMemoryOutOfBounds)
	}
	return *(*uint32)(unsafe.Add(m.Base, uintptr(p)))
}

func TestEntryTraps(t *testing.T) {
	ctx := context.Background()
	zero := 0
	for _, x := range []struct {
		code TrapCode
		f    func(m *Memory)
	}{
		{TrapUnreachable, func(*Memory) { panic(TrapUnreachable) }},
		{TrapUnreachable, func(*Memory) { Throw(TrapUnreachable) }},
		{TrapIntegerDivideByZero, func(*Memory) { zero = 1 / zero }},
		{TrapMemoryOutOfBounds, func(m *Memory) { load(m, 65536) }},
		{TrapMemoryOutOfBounds, func(m *Memory) { load(m, 65533) }},
		{TrapMemoryOutOfBounds, func(m *Memory) { load(m, 1<<33-4) }},
		{TrapMemoryOutOfBounds, func(m *Memory) { m.Fill(65530, 1, 7) }},
	} {
		s := NewStore()
		c := component(s)
		var m *Memory
		if err := s.Run(ctx, func(int32) { m = NewMemory(s, MemoryType{PageLog2: 16, Min: 1}) }); err != nil {
			t.Fatal(err)
		}
		err := guest(ctx, s, c, func(int32) { x.f(m) })
		if !errors.Is(err, x.code) {
			t.Errorf("%v: got %v", x.code, err)
		}
		if err := guest(ctx, s, c, func(int32) {}); err != ErrPoisoned {
			t.Errorf("after a trap: %v", err)
		}
		s.Close()
		if err := guest(ctx, s, c, func(int32) {}); err != ErrClosed {
			t.Errorf("after Close: %v", err)
		}
	}
}

func TestEntryWithoutStore(t *testing.T) {
	var e Entry
	if err := e.Enter(context.Background(), nil, nil); err != errNoStore {
		t.Error(err)
	}
}

func TestEntryForeignPanics(t *testing.T) {
	ctx := context.Background()
	for name, f := range map[string]func(s *Store){
		"host panic": func(s *Store) { s.BeginHost(10); panic("mine") },
		"host division": func(s *Store) {
			s.BeginHost(10)
			z := 0
			_ = 1 / z
		},
		"foreign fault": func(s *Store) { sink = *nowhere },
		"other panic":   func(s *Store) { panic("other") },
	} {
		s := NewStore()
		c := component(s)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			guest(ctx, s, c, func(int32) { f(s) })
		}()
		if err := guest(ctx, s, c, func(int32) {}); err != ErrPoisoned {
			t.Errorf("%s: %v afterwards", name, err)
		}
	}
	s := NewStore()
	c := component(s)
	done := make(chan bool)
	go func() {
		defer close(done)
		guest(ctx, s, c, func(int32) { s.BeginHost(1); runtime.Goexit() })
	}()
	<-done
	if err := guest(ctx, s, c, func(int32) {}); err != ErrPoisoned {
		t.Errorf("Goexit: %v", err)
	}
}

func TestEntryNested(t *testing.T) {
	ctx := context.Background()
	s := NewStore()
	cs := NewComponents(s, []int32{-1, -1, 0}, 0)
	var inner, again, below error
	var depth int32
	err := guest(ctx, s, cs[0], func(d int32) {
		s.BeginHost(d - 5)
		h := s.HostContext()
		again = guest(h, s, cs[0], func(int32) {})
		below = guest(h, s, cs[2], func(int32) {})
		inner = guest(h, s, cs[1], func(d int32) { depth = d })
		if !s.inHost || s.HostContext() != h {
			t.Error("state of the outer entry is lost")
		}
		s.EndHost()
		// The context has had its time as soon as the host function returns.
		short, cancel := context.WithTimeout(h, time.Millisecond)
		defer cancel()
		if err := guest(short, s, cs[1], func(int32) {}); err != context.DeadlineExceeded {
			t.Errorf("old context: %v", err)
		}
	})
	if err != nil || inner != nil || depth >= s.budget-5 {
		t.Error(err, inner, depth)
	}
	if !errors.Is(again, TrapCannotEnter) || !errors.Is(below, TrapCannotEnter) {
		t.Error("re-entered:", again, below)
	}
	if err := guest(ctx, s, cs[2], func(int32) {}); err != nil {
		t.Error(err)
	}
	// A trap below ends the guest above too.
	after := false
	err = guest(ctx, s, cs[0], func(d int32) {
		s.BeginHost(d)
		guest(s.HostContext(), s, cs[1], func(int32) { panic(TrapUnreachable) })
		s.EndHost()
		after = true
	})
	if !errors.Is(err, TrapUnreachable) || after {
		t.Error(err, after)
	}
}

func TestBaton(t *testing.T) {
	s := NewStore()
	c := component(s)
	n := 0
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				if err := guest(context.Background(), s, c, func(int32) { n++ }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n != 4000 {
		t.Error(n)
	}
	// Cancelled while it waits; Close while a call runs.
	ctx, cancel := context.WithCancel(context.Background())
	err := guest(context.Background(), s, c, func(int32) {
		r := make(chan error)
		go func() { r <- guest(ctx, s, c, func(int32) {}) }()
		time.Sleep(time.Millisecond)
		cancel()
		if err := <-r; err != context.Canceled {
			t.Error(err)
		}
		s.Close()
	})
	if err != nil {
		t.Error(err)
	}
	if err := guest(context.Background(), s, c, func(int32) {}); err != ErrClosed {
		t.Error(err)
	}
	if s.state.Load()&stateFreed == 0 {
		t.Error("not freed")
	}
}

func TestMemory(t *testing.T) {
	s := NewStore(WithLimits(Limits{MemoryBytes: 10 << 16}))
	m := NewMemory(s, MemoryType{PageLog2: 16, Min: 1, Max: 8, HasMax: true})
	m.Fill(3, 0x1ff, 65533)
	m.Init(1, 1, 3, "abcd")
	if string(m.Bytes()[1:5]) != "bcd\xff" {
		t.Error(m.Bytes()[:8])
	}
	if m.Grow(3) != 1 || m.Grow(5) != ^uint64(0) || m.Grow(0) != 4 || m.Pages() != 4 {
		t.Error("grow")
	}
	if b := m.Bytes(); len(b) != 4<<16 || b[65535] != 0xff || b[65536] != 0 {
		t.Error("contents after grow")
	}
	m64 := NewMemory(s, MemoryType{PageLog2: 16, Min: 1, Is64: true})
	if m64.Grow(6) != ^uint64(0) || m64.Grow(5) != 1 {
		t.Error("store limit")
	}
	MemoryCopy(m64, m, 0, 0, 8)
	if string(m64.Bytes()[1:4]) != "bcd" {
		t.Error("copy")
	}
	s.Close()
}

func TestTable(t *testing.T) {
	s := NewStore()
	x := NewTable(s, TableType{Min: 2, Max: 5, HasMax: true}, any(1))
	if x.Grow(4, nil) != ^uint64(0) || x.Grow(2, 7) != 2 || x.Get(3) != 7 || x.Get(0) != 1 {
		t.Error(x.Elems)
	}
	TableCopy(x, x, 1, 0, 3)
	x.Init(0, 1, 1, []any{8, 9})
	x.Fill(3, 3, 1)
	if x.Elems[0] != 9 || x.Elems[1] != 1 || x.Elems[2] != 1 || x.Elems[3] != 3 {
		t.Error(x.Elems)
	}
	if err := s.Run(context.Background(), func(int32) { x.Init(3, 0, 2, []any{8, 9}) }); !errors.Is(err, TrapTableOutOfBounds) {
		t.Error(err)
	}
}

func TestOps(t *testing.T) {
	snan := math.Float64frombits(0x7ff4000000000000)
	for name, v := range map[string]float64{"min": F64Min(snan, 1.25), "max": F64Max(1.25, snan), "floor": F64Floor(snan), "nearest": F64Nearest(snan), "promote": Promote(math.Float32frombits(0x7fa00000))} {
		if b := math.Float64bits(v); b>>51&1 == 0 || v == v {
			t.Errorf("%s: %#x", name, b)
		}
	}
	if math.Float64bits(F64Min(0, math.Copysign(0, -1))) != 1<<63 || math.Float64bits(F64Max(math.Copysign(0, -1), 0)) != 0 {
		t.Error("zeros")
	}
	if I64TruncF64U(1<<63+2048) != 1<<63+2048 || I64SatF64S(1e30) != 1<<63-1 || I32SatF64U(-1) != 0 || I32TruncF64S(-2147483648.9) != 1<<31 {
		t.Error("truncation")
	}
}

func BenchmarkEntry(b *testing.B) {
	s := NewStore()
	c := component(s)
	ctx := context.Background()
	for b.Loop() {
		bare(ctx, s, c)
	}
}

var (
	sink    uint32
	nowhere *uint32
)

//go:noinline
func bare(ctx context.Context, s *Store, c *ComponentInstance) (err error) {
	var e Entry
	if err = e.Enter(ctx, s, c); err != nil {
		return
	}
	defer e.Exit(&err)
	sink++
	return
}

func BenchmarkFault(b *testing.B) {
	ctx := context.Background()
	s := NewStore()
	m := NewMemory(s, MemoryType{PageLog2: 16, Min: 1})
	for b.Loop() {
		if s.Run(ctx, func(int32) { load(m, 1<<20) }) == nil {
			b.Fatal("no trap")
		}
	}
}
