//go:build (amd64 || arm64 || riscv64 || loong64 || ppc64le) && !wc2go_checked

package rt

import (
	"syscall"
	"unsafe"
)

const (
	// populateMin is the least number of bytes that populate is worth a system call for.
	populateMin = 64 << 10

	madvPopulateWrite = 23 // MADV_POPULATE_WRITE, since Linux 5.14
)

// populate has the kernel provide the pages of b, which are going to be written, at once instead
// of one after another when they are. It is a hint: where the kernel does not know it, they come with the faults.
func populate(b []byte) {
	if len(b) < populateMin {
		return
	}
	page := uintptr(syscall.Getpagesize())
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (page - 1)
	n := (uintptr(len(b)) - skip) &^ (page - 1)
	syscall.Madvise(b[skip:skip+n], madvPopulateWrite)
}
