package rt

import "unsafe"

// Memory is a linear memory.
type Memory struct {
	Base  unsafe.Pointer // first byte; never moves where Guarded
	Size  uint64         // accessible bytes
	store *Store
}

// FuncRef is a function reference: what a table entry or a function import
// holds. For generated code.
type FuncRef struct {
	Sig  uint64         // ir.SubType.Sig of its type
	Inst unsafe.Pointer // first argument
	Code unsafe.Pointer // bits of a Go func value
}

// Table is a table of references.
type Table[T any] struct {
	Elems []T
	Max   uint64
}
