package rt

import (
	"fmt"
	"runtime"
)

// SharedMemory is a memory for threads: a shared memory that belongs to no
// store, which instances of several stores can import at the same time. Each store
// runs on one goroutine at a time, so a thread of a guest is an instance in a
// store of its own.
type SharedMemory struct{ m *Memory }

// NewSharedMemory makes a memory of min pages of 64 KiB which can grow to max.
func NewSharedMemory(min, max uint64) (x *SharedMemory, err error) {
	if max > 1<<16 || min > max {
		return nil, fmt.Errorf("wc2go: a shared memory cannot have %d to %d pages", min, max)
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Trap:
			err = r
		default:
			panic(r)
		}
	}()
	t := MemoryType{Min: min, Max: max, HasMax: true, Shared: true, PageLog2: 16}
	m := newMemory(nil, t)
	if m.mapped {
		runtime.AddCleanup(m, reservation.free, m.res)
	}
	m.begin(t)
	return &SharedMemory{m}, nil
}

// Memory gives access to the bytes. They may change at any time.
func (x *SharedMemory) Memory() *Memory { return x.m }

// Extern is the memory as something to import, in any store.
func (x *SharedMemory) Extern() CoreExtern {
	return CoreExtern{memory: x.m, typ: CoreExternType{
		Kind: CoreKindMemory, PageLog2: 16,
		Limits: CoreLimits{Max: x.m.max, HasMax: true, Shared: true},
	}}
}

// anyStore reports whether an item can be used in every store.
func (x CoreExtern) anyStore() bool { return x.memory != nil && x.memory.store == nil }

// use notes that code of s accesses m, which may belong to no store.
func (s *Store) use(m *Memory) {
	if m.store != nil || !m.mapped {
		return
	}
	for _, o := range s.shared {
		if o == m {
			return
		}
	}
	s.shared = append(s.shared, m)
}

// faults reports whether an address that could not be accessed is in a memory
// that code of s may access.
func (s *Store) faults(addr uintptr) bool {
	for _, m := range s.shared {
		if m.res.contains(addr) {
			return true
		}
	}
	return s.res.contains(addr)
}
