//go:build (linux || (darwin && !ios) || freebsd) && (amd64 || arm64 || riscv64 || loong64 || ppc64le) && !wc2go_checked

package rt

import (
	"fmt"
	"sync"
	"syscall"
	"unsafe"
)

// This file: i31 as addresses in a stretch of address space that nothing else
// uses. It can be read, and has only zeros, so that the header of what is an i31 seems to have no
// type; it costs no memory but for page tables. Reads go as far behind the last
// address as a header is long.

var i31 struct {
	once sync.Once
	base unsafe.Pointer
}

// UseI31 must be called before the first i31 is made. For generated code.
func UseI31() {
	i31.once.Do(func() {
		b, err := syscall.Mmap(-1, 0, 1<<31+1<<16, syscall.PROT_READ, syscall.MAP_ANON|syscall.MAP_PRIVATE)
		if err != nil {
			panic(fmt.Sprintf("wc2go: no address space for i31 references: %v", err))
		}
		i31.base = unsafe.Pointer(unsafe.SliceData(b))
	})
}

// RefI31 is ref.i31. The address need not be aligned.
//
//go:nocheckptr
func RefI31(x uint32) *Object { return (*Object)(unsafe.Add(i31.base, x&(1<<31-1))) }

func isI31(p *Object) bool {
	return uintptr(unsafe.Pointer(p))-uintptr(i31.base) < 1<<31 && i31.base != nil
}

// I31U is i31.get_u.
func I31U(p *Object) uint32 {
	if p == nil {
		panic(TrapNullReference)
	}
	return uint32(uintptr(unsafe.Pointer(p)) - uintptr(i31.base))
}

// RefEq is ref.eq.
func RefEq(p, q *Object) bool { return p == q }
