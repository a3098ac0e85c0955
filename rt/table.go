package rt

import (
	"math"
	"unsafe"
)

// Table is a table of references.
type Table[T any] struct {
	Elems []T
	Max   uint64
	store *Store
}

// TableType is the type of a table. For generated code.
type TableType struct {
	Min, Max uint64
	HasMax   bool
	Is64     bool
}

// NewTable makes a table whose elements are v. It needs the baton. For generated code.
func NewTable[T any](s *Store, t TableType, v T) *Table[T] {
	x := &Table[T]{Max: t.Max, store: s}
	if !t.HasMax {
		x.Max = 1<<32 - 1
	}
	if x.Grow(t.Min, v) == ^uint64(0) {
		if t.Min > math.MaxInt/uint64(unsafe.Sizeof(v)) {
			Throwf(TrapLimit, "table of %d elements: overflow calculating table allocation size", t.Min)
		}
		Throwf(TrapLimit, "table minimum size of %d elements exceeds table limits", t.Min)
	}
	return x
}

// Grow is table.grow: it returns the old size, or all ones if the table cannot
// grow. For generated code.
func (t *Table[T]) Grow(delta uint64, v T) uint64 {
	old := uint64(len(t.Elems))
	if delta == 0 {
		return old
	}
	m := t.most(old)
	if old > m || delta > m-old {
		return ^uint64(0)
	}
	t.store.elements += delta
	elems := make([]T, old+delta, max(old+delta, min(old+old/4, m)))
	copy(elems, t.Elems)
	t.Elems = elems
	fill(elems[old:], v)
	return old
}

// most is how many elements the table, which has n, may have.
func (t *Table[T]) most(n uint64) uint64 {
	limit := t.store.limits.TableElements
	if limit == 0 {
		return min(t.Max, defaultTableElements)
	}
	return min(t.Max, limit-min(t.store.elements-n, limit))
}

func fill[T any](s []T, v T) {
	for i := range s {
		s[i] = v
	}
}

// Get is table.get. For generated code.
func (t *Table[T]) Get(i uint64) T {
	if i >= uint64(len(t.Elems)) {
		panic(TrapTableOutOfBounds)
	}
	return t.Elems[i]
}

// Set is table.set. For generated code.
func (t *Table[T]) Set(i uint64, v T) {
	if i >= uint64(len(t.Elems)) {
		panic(TrapTableOutOfBounds)
	}
	t.Elems[i] = v
}

// inRange traps unless n elements at i are among size.
func inRange(i, n uint64, size int) {
	if n > uint64(size) || i > uint64(size)-n {
		panic(TrapTableOutOfBounds)
	}
}

// Fill is table.fill. For generated code.
func (t *Table[T]) Fill(i uint64, v T, n uint64) {
	inRange(i, n, len(t.Elems))
	fill(t.Elems[i:i+n], v)
}

// Init is table.init: n elements of a segment at s go to i. For generated code.
func (t *Table[T]) Init(i, s, n uint64, elems []T) {
	inRange(i, n, len(t.Elems))
	inRange(s, n, len(elems))
	copy(t.Elems[i:], elems[s:s+n])
}

// TableCopy is table.copy. For generated code.
func TableCopy[T any](dst, src *Table[T], d, s, n uint64) {
	inRange(d, n, len(dst.Elems))
	inRange(s, n, len(src.Elems))
	copy(dst.Elems[d:], src.Elems[s:s+n])
}
