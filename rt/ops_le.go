//go:build amd64 || 386 || arm64 || riscv64 || loong64 || ppc64le

package rt

import "unsafe"

// This file: memory accesses on little-endian machines that do not mind
// unaligned addresses. For generated code; the address has been checked. Small.

// Ld16 reads 16 bits.
func Ld16(p unsafe.Pointer) uint16 { return *(*uint16)(p) }

// Ld32 reads 32 bits.
func Ld32(p unsafe.Pointer) uint32 { return *(*uint32)(p) }

// Ld64 reads 64 bits.
func Ld64(p unsafe.Pointer) uint64 { return *(*uint64)(p) }

// LdF32 reads a float32.
func LdF32(p unsafe.Pointer) float32 { return *(*float32)(p) }

// LdF64 reads a float64.
func LdF64(p unsafe.Pointer) float64 { return *(*float64)(p) }

// St16 writes 16 bits.
func St16(p unsafe.Pointer, v uint16) { *(*uint16)(p) = v }

// St32 writes 32 bits.
func St32(p unsafe.Pointer, v uint32) { *(*uint32)(p) = v }

// St64 writes 64 bits.
func St64(p unsafe.Pointer, v uint64) { *(*uint64)(p) = v }

// StF32 writes a float32.
func StF32(p unsafe.Pointer, v float32) { *(*float32)(p) = v }

// StF64 writes a float64.
func StF64(p unsafe.Pointer, v float64) { *(*float64)(p) = v }
