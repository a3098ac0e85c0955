//go:build (amd64 || arm64 || riscv64 || loong64 || ppc64le) && !wc2go_checked

package rt

import (
	"syscall"
	"unsafe"
)

const (
	// populateMin is the least number of bytes that populate is worth a system call for.
	populateMin = 64 << 10
	// hugePage is the size of a huge page on amd64, and elsewhere with pages of 4 KiB.
	hugePage = 2 << 20
	// hugeMin is how much of a huge page must be written: pages of 4 KiB for it take longer.
	hugeMin = hugePage / 4

	madvPopulateWrite = 23 // MADV_POPULATE_WRITE, since Linux 5.14
)

// populate has the kernel provide the pages of b, a part of m which is going to be written, at once instead
// of one after another when they are. Large parts come in huge pages, of which one takes as long as a hundred small ones;
// what the guest has behind its data, stack and heap, is in them too. All of it is a hint: where the kernel does
// not know it, pages come with the faults.
func populate(m *Memory, b []byte) {
	if len(b) < populateMin {
		return
	}
	page := uintptr(syscall.Getpagesize())
	at := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	if page == 4<<10 && len(b) >= hugeMin && uintptr(m.Base)%hugePage == 0 {
		first := at - uintptr(m.Base)
		last := first + uintptr(len(b))
		for i := first &^ (hugePage - 1); i < last && i+hugePage <= uintptr(m.Size); i += hugePage {
			if min(last, i+hugePage)-max(first, i) >= hugeMin {
				m.res.askHuge(i, hugePage)
			}
		}
	}
	skip := -at & (page - 1)
	n := (uintptr(len(b)) - skip) &^ (page - 1)
	syscall.Madvise(b[skip:skip+n], madvPopulateWrite)
}
