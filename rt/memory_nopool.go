//go:build ((darwin && !ios) || freebsd) && (amd64 || arm64 || riscv64 || loong64 || ppc64le) && !wc2go_checked

package rt

// reserve takes address space of reservedBytes. Nothing is accessible yet.
func reserve(uintptr) (reservation, error) { return mapReservation() }

// commit makes the bytes from old to size accessible; they are zero.
func (r reservation) commit(old, size uintptr) error { return mprotect(r.mem[old:size]) }

// recycle frees a reservation: MADV_DONTNEED does not give zero pages here.
func (r reservation) recycle() { r.free() }
