//go:build (amd64 || arm64 || riscv64) && !wc2go_checked

package rt

import (
	"syscall"
	"unsafe"
)

// mprotect is not in package syscall here.
func mprotect(b []byte) error {
	_, _, e := syscall.Syscall(syscall.SYS_MPROTECT, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), syscall.PROT_READ|syscall.PROT_WRITE)
	if e != 0 {
		return e
	}
	return nil
}
