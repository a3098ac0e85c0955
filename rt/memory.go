package rt

import (
	"math/bits"
	"sync/atomic"
	"unsafe"
)

// Memory is a linear memory.
//
// Where [Guarded], a 32-bit memory of 64 KiB pages is a reservation of address
// space that covers every address an instruction can name: accesses need no
// check, they fault. Other memories live in Go memory, move when they grow,
// and every access is checked.
type Memory struct {
	Base  unsafe.Pointer // first byte; never moves where the memory is a reservation
	Size  uint64         // accessible bytes
	store *Store

	max      uint64 // pages
	pageLog2 uint8
	is64     bool
	mapped   bool // a reservation
	res      reservation
	shared   *sharedMemory // nil if it is not shared
}

// MemoryType is the type of a memory. For generated code.
type MemoryType struct {
	Min, Max uint64 // pages
	HasMax   bool
	Is64     bool
	Shared   bool
	PageLog2 uint8
}

// reservedBytes is the address space of a guarded memory: a 32-bit address,
// a 32-bit offset, and the widest access. It is a multiple of 2 MiB so that Linux has it begin
// at one, where a huge page can be.
const reservedBytes = 8<<30 + 2<<20

// maxShared is what a shared memory that is not a reservation can grow to: it
// must not move, so all of it is there from the beginning.
const maxShared = 1 << (28 + 4*(bits.UintSize/64))

// NewMemory makes a memory that belongs to s. It needs the baton. For generated code.
func NewMemory(s *Store, t MemoryType) *Memory {
	m := newMemory(s, t)
	if m.mapped {
		s.reservations().add(m.res)
		s.mapped = append(s.mapped, m)
	}
	m.begin(t)
	return m
}

// askFrom is the size from which on the system is asked whether there is so much memory
// before Go takes it.
const askFrom = 256 << 20

// begin gives a new memory its first pages.
func (m *Memory) begin(t MemoryType) {
	if m.shared != nil && !m.mapped {
		size := min(m.max<<m.pageLog2, maxShared)
		b, ok := makeBytes(max(size, t.Min<<t.PageLog2))
		if !ok {
			Throwf(TrapLimit, "shared memory of %d pages", m.max)
		}
		m.res = reservation{mem: b}
		m.Base = unsafe.Pointer(unsafe.SliceData(b))
	}
	if t.Min > 0 && m.Grow(t.Min) == ^uint64(0) {
		Throwf(TrapLimit, "memory minimum size of %d pages exceeds memory limits", t.Min)
	}
}

// newMemory makes a memory without pages.
func newMemory(s *Store, t MemoryType) *Memory {
	m := &Memory{store: s, max: t.Max, pageLog2: t.PageLog2, is64: t.Is64}
	limit := uint64(1) << (32 - t.PageLog2)
	switch {
	case t.Is64:
		limit = 1 << 48 >> t.PageLog2
	case t.PageLog2 == 0:
		limit -= 2 // memory.grow must not return -1 where it succeeds
	}
	if !t.HasMax || m.max > limit {
		m.max = limit
	}
	if Guarded && !t.Is64 && t.PageLog2 == 16 {
		r, err := reserve(uintptr(min(t.Min<<t.PageLog2, reservedBytes)))
		if err != nil {
			Throwf(TrapLimit, "no address space for a memory: %v", err)
		}
		m.mapped, m.res, m.Base = true, r, r.base()
	}
	if t.Shared {
		m.shared = &sharedMemory{}
	}
	return m
}

// Pages is memory.size.
func (m *Memory) Pages() uint64 { return m.Bound() >> m.pageLog2 }

// Bound is Size, where another thread may grow the memory meanwhile. For generated code.
func (m *Memory) Bound() uint64 {
	if bits.UintSize == 64 {
		return atomic.LoadUint64(&m.Size)
	}
	return m.Size
}

// Bytes is the memory as a slice, good until it grows or the store is closed.
func (m *Memory) Bytes() []byte {
	n := m.Bound()
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(m.Base), n)
}

// Grow is memory.grow: it returns the old size in pages, or all ones if the
// memory cannot grow. For generated code.
func (m *Memory) Grow(delta uint64) uint64 {
	if m.shared != nil {
		m.shared.grow.Lock()
		defer m.shared.grow.Unlock()
	}
	old := m.Size >> m.pageLog2
	if delta == 0 {
		return old
	}
	s := m.store // nil if it belongs to none
	if old > m.max || delta > m.max-old {
		return ^uint64(0)
	}
	add := delta << m.pageLog2
	size := m.Size + add
	if s != nil && s.limits.MemoryBytes != 0 {
		if l := s.limits.MemoryBytes; add > l || s.memBytes > l-add {
			return ^uint64(0)
		}
	} else if size > m.byDefault() {
		return ^uint64(0)
	}
	if m.mapped {
		if m.res.commit(uintptr(m.Size), uintptr(size)) != nil {
			return ^uint64(0)
		}
	} else if !m.move(size) {
		return ^uint64(0)
	}
	if s != nil {
		s.memBytes += add
	}
	if m.shared != nil && bits.UintSize == 64 {
		atomic.StoreUint64(&m.Size, size) // other threads look at it
		return old
	}
	m.Size = size // on 32-bit machines the high word is always zero
	return old
}

// move gives a checked memory a larger slice. Capacity grows ahead of the
// size, within the maximum, so that many small steps do not copy each time.
func (m *Memory) move(size uint64) (ok bool) {
	if size > maxAlloc {
		return false
	}
	if m.Size > 0 && size <= m.spare() {
		return true
	}
	if m.shared != nil {
		return size <= m.spare()
	}
	c := size
	if m.Size > 0 || size >= askFrom { // what nobody touches of so much is address space only
		c = max(size, min(size+size/2, m.max<<m.pageLog2, maxAlloc, m.room()))
	}
	b, ok := makeBytes(c)
	if !ok && c > size {
		b, ok = makeBytes(size)
	}
	if !ok {
		return false
	}
	if m.Size > 0 {
		copy(b, m.Bytes())
	}
	m.Base = unsafe.Pointer(unsafe.SliceData(b))
	m.res = reservation{mem: b}
	return true
}

// byDefault is how large the memory may become if the store has no limit.
func (m *Memory) byDefault() uint64 {
	if m.is64 {
		return maxMemory64
	}
	return maxMemory
}

// room is how large the memory may become by the store's limit.
func (m *Memory) room() uint64 {
	if m.store == nil || m.store.limits.MemoryBytes == 0 {
		return m.byDefault()
	}
	l := m.store.limits.MemoryBytes
	return l - min(m.store.memBytes-m.Size, l)
}

// makeBytes is make, with a refusal instead of a panic for a length that the
// machine cannot have, and for what the system would not give: that would end
// the program.
func makeBytes(n uint64) (b []byte, ok bool) {
	if n >= askFrom && !grants(n) {
		return nil, false
	}
	defer func() {
		if recover() != nil {
			b, ok = nil, false
		}
	}()
	// Atomic accesses want whole aligned words; small slices may begin anywhere.
	return make([]byte, (n+15)&^15), true
}

// spare is how many bytes the slice under a checked memory has.
func (m *Memory) spare() uint64 { return uint64(cap(m.res.mem)) }

// check traps unless n bytes at p are in the memory.
func (m *Memory) check(p, n uint64) {
	if size := m.Bound(); n > size || p > size-n {
		panic(TrapMemoryOutOfBounds)
	}
}

// slice is n bytes at p, which have been checked.
func (m *Memory) slice(p, n uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(m.Base, uintptr(p))), n)
}

// Fill is memory.fill. For generated code.
func (m *Memory) Fill(p uint64, v uint32, n uint64) {
	m.check(p, n)
	if n == 0 {
		return
	}
	b := m.slice(p, n)
	if v&0xff == 0 {
		clear(b)
		return
	}
	// A copy of what is filled already doubles it; memmove is faster than a loop of bytes.
	k := min(len(b), 64)
	for i := range b[:k] {
		b[i] = byte(v)
	}
	for k < len(b) {
		k += copy(b[k:], b[:min(k, 1<<16)])
	}
}

// Init is memory.init: n bytes of data at s go to p. For generated code.
func (m *Memory) Init(p, s, n uint64, data string) {
	m.check(p, n)
	if l := uint64(len(data)); n > l || s > l-n {
		panic(TrapMemoryOutOfBounds)
	}
	if n != 0 {
		b := m.slice(p, n)
		if m.mapped {
			populate(m, b)
		}
		copy(b, data[s:s+n])
	}
}

// MemoryCopy is memory.copy. For generated code.
func MemoryCopy(dst, src *Memory, d, s, n uint64) {
	dst.check(d, n)
	src.check(s, n)
	if n != 0 {
		copy(dst.slice(d, n), src.slice(s, n))
	}
}

// In reports whether an access of n bytes at p, a sum of an address and off,
// is inside size bytes. For the checked accesses of generated code.
func In(p, off, n, size uint64) bool { return p >= off && p+n >= n && p+n <= size }
