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

// reserve takes address space of reservedBytes. Nothing is accessible yet.
func reserve(uintptr) (reservation, error) {
	p, _, err := virtualAlloc.Call(0, reservedBytes, memReserve, pageNoAccess)
	if p == 0 {
		return reservation{}, err
	}
	// The address is not Go memory, so the conversion is safe; through a
	// pointer to it, because vet cannot know that.
	return reservation{mem: unsafe.Slice(*(**byte)(unsafe.Pointer(&p)), reservedBytes)}, nil
}

// commit makes the bytes from old to size accessible; they are zero.
func (r reservation) commit(old, size uintptr) error {
	p, _, err := virtualAlloc.Call(uintptr(r.base())+old, size-old, memCommit, pageReadWrite)
	if p == 0 {
		return err
	}
	return nil
}

// recycle frees a reservation.
func (r reservation) recycle() { r.free() }

func (r reservation) free() { virtualFree.Call(uintptr(r.base()), 0, memRelease) }
