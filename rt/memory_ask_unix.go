//go:build linux || darwin || freebsd

package rt

import "syscall"

// grants reports whether the system would give n bytes and a little more.
func grants(n uint64) bool {
	const more = 16 << 20 // what Go takes besides, for alignment
	if n > maxAlloc-more {
		return false
	}
	b, err := syscall.Mmap(-1, 0, int(n+more), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return false
	}
	syscall.Munmap(b)
	return true
}
