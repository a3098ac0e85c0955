//go:build (linux || (darwin && !ios) || freebsd) && (amd64 || arm64 || riscv64 || loong64 || ppc64le) && !wc2go_checked

package rt

import "syscall"

// mapReservation takes address space that nothing may touch yet.
func mapReservation() (reservation, error) {
	b, err := syscall.Mmap(-1, 0, reservedBytes, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	return reservation{mem: b}, err
}

func (r reservation) free() { syscall.Munmap(r.mem) }
