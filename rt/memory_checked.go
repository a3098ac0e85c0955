//go:build !((linux || (darwin && !ios) || freebsd || windows) && (amd64 || arm64 || riscv64 || loong64 || ppc64le)) || wc2go_checked

package rt

import (
	"errors"
	"math/bits"
	"unsafe"
)

// Guarded says that 32-bit memories are reservations whose accesses are not
// checked. Here they are slices, and every access is checked.
const Guarded = false

// maxAlloc is what a slice can be at most.
const maxAlloc = 1<<(31+15*(bits.UintSize/64)) - 1

// reservation is the Go memory of a checked memory.
type reservation struct {
	mem []byte
}

func (r reservation) base() unsafe.Pointer           { return nil }
func (r reservation) contains(uintptr) bool          { return false }
func (r reservation) commit(old, size uintptr) error { return nil }
func (r reservation) free()                          {}
func (r reservation) recycle()                       {}

func reserve(uintptr) (reservation, error) { return reservation{}, errors.ErrUnsupported }
