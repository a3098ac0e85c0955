//go:build !(amd64 || 386 || arm64 || riscv64 || loong64 || ppc64le)

package rt

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// This file: memory accesses on machines that are big-endian or want aligned
// addresses. For generated code; the address has been checked.

// Ld16 reads 16 bits.
func Ld16(p unsafe.Pointer) uint16 { return binary.LittleEndian.Uint16((*[2]byte)(p)[:]) }

// Ld32 reads 32 bits.
func Ld32(p unsafe.Pointer) uint32 { return binary.LittleEndian.Uint32((*[4]byte)(p)[:]) }

// Ld64 reads 64 bits.
func Ld64(p unsafe.Pointer) uint64 { return binary.LittleEndian.Uint64((*[8]byte)(p)[:]) }

// LdF32 reads a float32.
func LdF32(p unsafe.Pointer) float32 { return math.Float32frombits(Ld32(p)) }

// LdF64 reads a float64.
func LdF64(p unsafe.Pointer) float64 { return math.Float64frombits(Ld64(p)) }

// St16 writes 16 bits.
func St16(p unsafe.Pointer, v uint16) { binary.LittleEndian.PutUint16((*[2]byte)(p)[:], v) }

// St32 writes 32 bits.
func St32(p unsafe.Pointer, v uint32) { binary.LittleEndian.PutUint32((*[4]byte)(p)[:], v) }

// St64 writes 64 bits.
func St64(p unsafe.Pointer, v uint64) { binary.LittleEndian.PutUint64((*[8]byte)(p)[:], v) }

// StF32 writes a float32.
func StF32(p unsafe.Pointer, v float32) { St32(p, math.Float32bits(v)) }

// StF64 writes a float64.
func StF64(p unsafe.Pointer, v float64) { St64(p, math.Float64bits(v)) }
