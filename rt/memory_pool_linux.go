//go:build (amd64 || arm64 || riscv64 || loong64 || ppc64le) && !wc2go_checked

package rt

import (
	"sync"
	"syscall"
)

// This file: reservations of closed stores wait here for the next memory. To
// unmap and map 8 GiB costs several times what the rest of a small instance
// does. What waits is zero, and accessible only as far as its last memory was.

const (
	// maxIdle is how many reservations wait; the others are unmapped.
	maxIdle = 32
	// maxIdleBytes is how large the memory may have been: of a larger one the
	// kernel would keep page tables, and count it as in use.
	maxIdleBytes = 16 << 20
)

var idle struct {
	sync.Mutex
	list []reservation
}

// zeroes reports whether the kernel gives zero pages after MADV_DONTNEED.
// Linux does; some of what emulates it takes the call for a hint.
var zeroes = sync.OnceValue(func() bool {
	b, err := syscall.Mmap(-1, 0, 64<<10, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return false
	}
	defer syscall.Munmap(b)
	b[0], b[len(b)-1] = 1, 1
	return syscall.Madvise(b, syscall.MADV_DONTNEED) == nil && b[0] == 0 && b[len(b)-1] == 0
})

// reserve takes address space of reservedBytes for a memory that begins with
// size bytes. No more than those are accessible, and they are zero.
func reserve(size uintptr) (reservation, error) {
	if r, ok := takeIdle(size); ok {
		if r.use.ready <= size {
			return r, nil
		}
		if syscall.Mprotect(r.mem[size:r.use.ready], syscall.PROT_NONE) == nil {
			r.use.ready = size
			return r, nil
		}
		r.free()
	}
	r, err := mapReservation()
	r.use = new(use)
	return r, err
}

// takeIdle takes a reservation that waits, if possible one of which just size
// bytes are accessible.
func takeIdle(size uintptr) (reservation, bool) {
	idle.Lock()
	defer idle.Unlock()
	n := len(idle.list)
	if n == 0 {
		return reservation{}, false
	}
	i := n - 1
	for k := i; k >= 0; k-- {
		if idle.list[k].use.ready == size {
			i = k
			break
		}
	}
	r := idle.list[i]
	idle.list[i] = idle.list[n-1]
	idle.list[n-1] = reservation{}
	idle.list = idle.list[:n-1]
	return r, true
}

// commit makes the bytes from old to size accessible; they are zero.
func (r reservation) commit(old, size uintptr) error {
	if size <= r.use.ready {
		return nil
	}
	if err := mprotect(r.mem[max(old, r.use.ready):size]); err != nil {
		return err
	}
	r.use.ready = size
	return nil
}

// recycle frees a reservation or has it wait for the next memory. Nothing may
// access it any more.
func (r reservation) recycle() {
	n := r.use.ready
	if r.use.huge && syscall.Madvise(r.mem[:n], syscall.MADV_NOHUGEPAGE) != nil {
		r.free() // the next memory may be small
		return
	}
	r.use.huge = false
	if n > maxIdleBytes || !zeroes() || n > 0 && syscall.Madvise(r.mem[:n], syscall.MADV_DONTNEED) != nil {
		r.free() // madvise fails where the process has locked its memory
		return
	}
	idle.Lock()
	full := len(idle.list) >= maxIdle
	if !full {
		idle.list = append(idle.list, r)
	}
	idle.Unlock()
	if full {
		r.free()
	}
}

// askHuge asks for huge pages for a part of what is accessible.
func (r reservation) askHuge(from, n uintptr) {
	r.use.huge = syscall.Madvise(r.mem[from:from+n], syscall.MADV_HUGEPAGE) == nil || r.use.huge
}
