//go:build (linux || (darwin && !ios) || freebsd || windows) && (amd64 || arm64 || riscv64 || loong64 || ppc64le) && !wc2go_checked

package rt

import "unsafe"

// Guarded says that 32-bit memories are reservations whose accesses are not
// checked: a 64-bit little-endian machine, and a system with page protection.
const Guarded = true

const maxAlloc = 1 << 46

// reservation is address space, or the Go memory of a checked memory.
type reservation struct {
	mem []byte
	use *use // where reservations are used again
}

// use is what must be known of a reservation to use it again.
type use struct {
	ready uintptr // accessible bytes
	huge  bool    // some are to be in huge pages
}

func (r reservation) base() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(r.mem)) }

func (r reservation) contains(addr uintptr) bool {
	return addr-uintptr(r.base()) < uintptr(len(r.mem))
}
