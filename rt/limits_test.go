package rt

import "testing"

// What the host reads from a guest's stream counts as what a call passes does:
// each piece for itself, and each string as often as the guest points to it.
func TestStreamLimit(t *testing.T) {
	g := newTestGuest()
	g.Inst.Store.limits.HostCallBytes = 100
	op := &CopyOp{Elem: &Elem{}, Size: 8, Align: 4, Codecs: []any{&Codec[string]{Load: func(cx *Cx, p uint64, to []string) {
		for i := range to {
			to[i] = cx.LiftUTF8(0, 30)
		}
	}}}}
	b := slice[string]{make([]string, 10)}
	for range 2 {
		b.fromGuest(op, &g.Cx, 0, 3)
	}
	if b.remain() != 4 {
		t.Error(b.remain())
	}
	if got := trapOf(func() { b.fromGuest(op, &g.Cx, 0, 4) }); got != TrapLimit {
		t.Errorf("%v", got)
	}
}

// A memory that moves takes no more room ahead than its store allows.
func TestMemoryRoom(t *testing.T) {
	s := NewStore(WithLimits(Limits{MemoryBytes: 21 << 16}))
	defer s.Close()
	m := NewMemory(s, MemoryType{PageLog2: 16, Min: 1, Is64: true})
	n := NewMemory(s, MemoryType{PageLog2: 16, Min: 4, Is64: true})
	if m.Grow(13) != 1 || m.Grow(1) != 14 {
		t.Fatal(m.Pages())
	}
	if got := m.spare(); got > 17<<16 {
		t.Errorf("%d bytes for a memory that may have %d", got, 17<<16)
	}
	if n.Grow(3) != ^uint64(0) || n.Grow(2) != 4 || m.Grow(1) != ^uint64(0) {
		t.Error("sum")
	}
}
