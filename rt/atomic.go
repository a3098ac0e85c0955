package rt

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// This file: atomic operators, wait and notify (threads proposal). For generated
// code, which has checked that the address is in the memory and aligned. What reads,
// modifies and writes gives the old value.

// le32 turns a word of memory into its value and back.
func le32(x uint32) uint32 {
	if bigEndian {
		return bits.ReverseBytes32(x)
	}
	return x
}

func le64(x uint64) uint64 {
	if bigEndian {
		return bits.ReverseBytes64(x)
	}
	return x
}

var fence atomic.Uint32

// Fence is atomic.fence.
func Fence() { fence.Add(0) }

// AtomicLoad32 is i32.atomic.load.
func AtomicLoad32(p unsafe.Pointer) uint32 { return le32(atomic.LoadUint32((*uint32)(p))) }

// AtomicLoad64 is i64.atomic.load.
func AtomicLoad64(p unsafe.Pointer) uint64 { return le64(atomic.LoadUint64((*uint64)(p))) }

// AtomicStore32 is i32.atomic.store.
func AtomicStore32(p unsafe.Pointer, v uint32) { atomic.StoreUint32((*uint32)(p), le32(v)) }

// AtomicStore64 is i64.atomic.store.
func AtomicStore64(p unsafe.Pointer, v uint64) { atomic.StoreUint64((*uint64)(p), le64(v)) }

// AtomicAdd32 is i32.atomic.rmw.add.
func AtomicAdd32(p unsafe.Pointer, v uint32) uint32 {
	if bigEndian {
		return swapped32(p, narrowAdd, v)
	}
	return atomic.AddUint32((*uint32)(p), v) - v
}

// AtomicAdd64 is i64.atomic.rmw.add.
func AtomicAdd64(p unsafe.Pointer, v uint64) uint64 {
	if bigEndian {
		for {
			old := AtomicLoad64(p)
			if AtomicCmpxchg64(p, old, old+v) == old {
				return old
			}
		}
	}
	return atomic.AddUint64((*uint64)(p), v) - v
}

// AtomicSub32 is i32.atomic.rmw.sub.
func AtomicSub32(p unsafe.Pointer, v uint32) uint32 { return AtomicAdd32(p, -v) }

// AtomicSub64 is i64.atomic.rmw.sub.
func AtomicSub64(p unsafe.Pointer, v uint64) uint64 { return AtomicAdd64(p, -v) }

// AtomicAnd32 is i32.atomic.rmw.and.
func AtomicAnd32(p unsafe.Pointer, v uint32) uint32 {
	return le32(atomic.AndUint32((*uint32)(p), le32(v)))
}

// AtomicAnd64 is i64.atomic.rmw.and.
func AtomicAnd64(p unsafe.Pointer, v uint64) uint64 {
	return le64(atomic.AndUint64((*uint64)(p), le64(v)))
}

// AtomicOr32 is i32.atomic.rmw.or.
func AtomicOr32(p unsafe.Pointer, v uint32) uint32 {
	return le32(atomic.OrUint32((*uint32)(p), le32(v)))
}

// AtomicOr64 is i64.atomic.rmw.or.
func AtomicOr64(p unsafe.Pointer, v uint64) uint64 {
	return le64(atomic.OrUint64((*uint64)(p), le64(v)))
}

// AtomicXor32 is i32.atomic.rmw.xor.
func AtomicXor32(p unsafe.Pointer, v uint32) uint32 { return swapped32(p, narrowXor, v) }

// AtomicXor64 is i64.atomic.rmw.xor.
func AtomicXor64(p unsafe.Pointer, v uint64) uint64 {
	for {
		old := AtomicLoad64(p)
		if AtomicCmpxchg64(p, old, old^v) == old {
			return old
		}
	}
}

// AtomicXchg32 is i32.atomic.rmw.xchg.
func AtomicXchg32(p unsafe.Pointer, v uint32) uint32 {
	return le32(atomic.SwapUint32((*uint32)(p), le32(v)))
}

// AtomicXchg64 is i64.atomic.rmw.xchg.
func AtomicXchg64(p unsafe.Pointer, v uint64) uint64 {
	return le64(atomic.SwapUint64((*uint64)(p), le64(v)))
}

// AtomicCmpxchg32 is i32.atomic.rmw.cmpxchg.
func AtomicCmpxchg32(p unsafe.Pointer, expected, v uint32) uint32 {
	for {
		if atomic.CompareAndSwapUint32((*uint32)(p), le32(expected), le32(v)) {
			return expected
		}
		if old := AtomicLoad32(p); old != expected {
			return old
		}
	}
}

// AtomicCmpxchg64 is i64.atomic.rmw.cmpxchg.
func AtomicCmpxchg64(p unsafe.Pointer, expected, v uint64) uint64 {
	for {
		if atomic.CompareAndSwapUint64((*uint64)(p), le64(expected), le64(v)) {
			return expected
		}
		if old := AtomicLoad64(p); old != expected {
			return old
		}
	}
}

// narrowOp is an operator on a part of a word.
type narrowOp uint8

const (
	narrowLoad narrowOp = iota
	narrowAdd
	narrowSub
	narrowAnd
	narrowOr
	narrowXor
	narrowXchg
)

func (op narrowOp) apply(x, v uint32) uint32 {
	switch op {
	case narrowAdd:
		return x + v
	case narrowSub:
		return x - v
	case narrowAnd:
		return x & v
	case narrowOr:
		return x | v
	case narrowXor:
		return x ^ v
	}
	return v
}

// swapped32 is an operator that the machine does not have for a whole word.
func swapped32(p unsafe.Pointer, op narrowOp, v uint32) uint32 {
	for {
		old := AtomicLoad32(p)
		if AtomicCmpxchg32(p, old, op.apply(old, v)) == old {
			return old
		}
	}
}

// word finds the word that the bytes at p are in, and how far up in the
// word's value they are. Memories end with whole words.
func word(p unsafe.Pointer) (w unsafe.Pointer, shift uint) {
	at := uintptr(p) & 3
	return unsafe.Add(p, -int(at)), uint(at) * 8
}

// narrow is an operator on the bits of mask at p.
func narrow(p unsafe.Pointer, mask uint32, op narrowOp, v uint32) uint32 {
	w, shift := word(p)
	for {
		all := AtomicLoad32(w)
		old := all >> shift & mask
		if op == narrowLoad {
			return old
		}
		if AtomicCmpxchg32(w, all, all&^(mask<<shift)|op.apply(old, v)&mask<<shift) == all {
			return old
		}
	}
}

// narrowCmpxchg compares all bits of expected, which no narrow value may have.
func narrowCmpxchg(p unsafe.Pointer, mask, expected, v uint32) uint32 {
	w, shift := word(p)
	for {
		all := AtomicLoad32(w)
		old := all >> shift & mask
		if old != expected || AtomicCmpxchg32(w, all, all&^(mask<<shift)|v&mask<<shift) == all {
			return old
		}
	}
}

const (
	mask8  = 0xff
	mask16 = 0xffff
)

// AtomicLoad8 is i32.atomic.load8_u.
func AtomicLoad8(p unsafe.Pointer) uint32 { return narrow(p, mask8, narrowLoad, 0) }

// AtomicLoad16 is i32.atomic.load16_u.
func AtomicLoad16(p unsafe.Pointer) uint32 { return narrow(p, mask16, narrowLoad, 0) }

// AtomicStore8 is i32.atomic.store8.
func AtomicStore8(p unsafe.Pointer, v uint32) { narrow(p, mask8, narrowXchg, v) }

// AtomicStore16 is i32.atomic.store16.
func AtomicStore16(p unsafe.Pointer, v uint32) { narrow(p, mask16, narrowXchg, v) }

// AtomicAdd8 is i32.atomic.rmw8.add_u.
func AtomicAdd8(p unsafe.Pointer, v uint32) uint32 { return narrow(p, mask8, narrowAdd, v) }

// AtomicAdd16 is i32.atomic.rmw16.add_u.
func AtomicAdd16(p unsafe.Pointer, v uint32) uint32 { return narrow(p, mask16, narrowAdd, v) }

// AtomicSub8 is i32.atomic.rmw8.sub_u.
func AtomicSub8(p unsafe.Pointer, v uint32) uint32 { return narrow(p, mask8, narrowSub, v) }

// AtomicSub16 is i32.atomic.rmw16.sub_u.
func AtomicSub16(p unsafe.Pointer, v uint32) uint32 { return narrow(p, mask16, narrowSub, v) }

// AtomicAnd8 is i32.atomic.rmw8.and_u.
func AtomicAnd8(p unsafe.Pointer, v uint32) uint32 { return narrow(p, mask8, narrowAnd, v) }

// AtomicAnd16 is i32.atomic.rmw16.and_u.
func AtomicAnd16(p unsafe.Pointer, v uint32) uint32 { return narrow(p, mask16, narrowAnd, v) }

// AtomicOr8 is i32.atomic.rmw8.or_u.
func AtomicOr8(p unsafe.Pointer, v uint32) uint32 { return narrow(p, mask8, narrowOr, v) }

// AtomicOr16 is i32.atomic.rmw16.or_u.
func AtomicOr16(p unsafe.Pointer, v uint32) uint32 { return narrow(p, mask16, narrowOr, v) }

// AtomicXor8 is i32.atomic.rmw8.xor_u.
func AtomicXor8(p unsafe.Pointer, v uint32) uint32 { return narrow(p, mask8, narrowXor, v) }

// AtomicXor16 is i32.atomic.rmw16.xor_u.
func AtomicXor16(p unsafe.Pointer, v uint32) uint32 { return narrow(p, mask16, narrowXor, v) }

// AtomicXchg8 is i32.atomic.rmw8.xchg_u.
func AtomicXchg8(p unsafe.Pointer, v uint32) uint32 { return narrow(p, mask8, narrowXchg, v) }

// AtomicXchg16 is i32.atomic.rmw16.xchg_u.
func AtomicXchg16(p unsafe.Pointer, v uint32) uint32 { return narrow(p, mask16, narrowXchg, v) }

// AtomicCmpxchg8 is i32.atomic.rmw8.cmpxchg_u.
func AtomicCmpxchg8(p unsafe.Pointer, expected, v uint32) uint32 {
	return narrowCmpxchg(p, mask8, expected, v)
}

// AtomicCmpxchg16 is i32.atomic.rmw16.cmpxchg_u.
func AtomicCmpxchg16(p unsafe.Pointer, expected, v uint32) uint32 {
	return narrowCmpxchg(p, mask16, expected, v)
}

// sharedMemory is what a shared memory has in addition to others.
type sharedMemory struct {
	grow    sync.Mutex
	mu      sync.Mutex
	waiting map[uint64][]chan struct{} // by address, in the order in which they came
}

// What wait gives.
const (
	waitOK       = 0 // woken by notify
	waitNotEqual = 1
	waitTimedOut = 2
)

// Wait32 is memory.atomic.wait32 in code of store s. It waits as long as the
// context of the call allows.
func (m *Memory) Wait32(s *Store, addr uint64, expected uint32, timeout uint64) uint32 {
	return m.wait(s, addr, int64(timeout), func(p unsafe.Pointer) bool { return AtomicLoad32(p) == expected })
}

// Wait64 is memory.atomic.wait64.
func (m *Memory) Wait64(s *Store, addr, expected, timeout uint64) uint32 {
	return m.wait(s, addr, int64(timeout), func(p unsafe.Pointer) bool { return AtomicLoad64(p) == expected })
}

func (m *Memory) wait(s *Store, addr uint64, timeout int64, equal func(unsafe.Pointer) bool) uint32 {
	x := m.shared
	if x == nil {
		panic(TrapWaitNotShared)
	}
	x.mu.Lock()
	if !equal(unsafe.Add(m.Base, uintptr(addr))) {
		x.mu.Unlock()
		return waitNotEqual
	}
	woken := make(chan struct{})
	if x.waiting == nil {
		x.waiting = make(map[uint64][]chan struct{})
	}
	x.waiting[addr] = append(x.waiting[addr], woken)
	x.mu.Unlock()

	var timer <-chan time.Time
	if timeout >= 0 {
		t := time.NewTimer(time.Duration(timeout))
		defer t.Stop()
		timer = t.C
	}
	interrupted := false
	select {
	case <-woken:
		return waitOK
	case <-timer:
	case <-s.ctx.Done():
		interrupted = true
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	l := x.waiting[addr]
	for i, w := range l {
		if w == woken {
			x.forget(addr, append(l[:i:i], l[i+1:]...))
			if interrupted {
				panic(&Trap{Code: TrapInterrupt, Cause: s.ctx.Err()})
			}
			return waitTimedOut
		}
	}
	return waitOK // notify was first
}

// forget leaves the waiters of l at an address.
func (x *sharedMemory) forget(addr uint64, l []chan struct{}) {
	if len(l) == 0 {
		delete(x.waiting, addr)
	} else {
		x.waiting[addr] = l
	}
}

// Notify is memory.atomic.notify: it wakes at most count waiters.
func (m *Memory) Notify(addr uint64, count uint32) uint32 {
	x := m.shared
	if x == nil {
		return 0
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	l := x.waiting[addr]
	n := min(uint64(count), uint64(len(l)))
	for _, w := range l[:n] {
		close(w)
	}
	x.forget(addr, l[n:])
	return uint32(n)
}
