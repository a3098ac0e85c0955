//go:build (linux || (darwin && !ios) || freebsd) && (amd64 || arm64 || riscv64 || loong64 || ppc64le) && !wc2go_checked

package rt

import "syscall"

// reserve takes address space that nothing may touch yet.
func reserve(n uint64) (reservation, error) {
	b, err := syscall.Mmap(-1, 0, int(n), syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	return reservation{b}, err
}

// commit makes the bytes from old to size accessible; they are zero.
func (r reservation) commit(old, size uintptr) error {
	return mprotect(r.mem[old:size])
}

func (r reservation) free() { syscall.Munmap(r.mem) }
