//go:build windows && (amd64 || arm64) && !wc2go_checked

package rt

import (
	"syscall"
	"unsafe"
)

var (
	kernel32     = syscall.NewLazyDLL("kernel32.dll")
	virtualAlloc = kernel32.NewProc("VirtualAlloc")
	virtualFree  = kernel32.NewProc("VirtualFree")
)

const (
	memCommit     = 0x1000
	memReserve    = 0x2000
	memRelease    = 0x8000
	pageNoAccess  = 0x01
	pageReadWrite = 0x04
)

// reserve takes address space that nothing may touch yet.
func reserve(n uint64) (reservation, error) {
	p, _, err := virtualAlloc.Call(0, uintptr(n), memReserve, pageNoAccess)
	if p == 0 {
		return reservation{}, err
	}
	// The address is not Go memory, so the conversion is safe; through a
	// pointer to it, because vet cannot know that.
	return reservation{unsafe.Slice(*(**byte)(unsafe.Pointer(&p)), n)}, nil
}

// commit makes the bytes from old to size accessible; they are zero.
func (r reservation) commit(old, size uintptr) error {
	p, _, err := virtualAlloc.Call(uintptr(r.base())+old, size-old, memCommit, pageReadWrite)
	if p == 0 {
		return err
	}
	return nil
}

func (r reservation) free() { virtualFree.Call(uintptr(r.base()), 0, memRelease) }
