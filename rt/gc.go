package rt

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"unsafe"
)

// This file: objects of the garbage-collected types. They live in Go's heap.
//
// A reference of the any hierarchy is an *Object, whatever type of the hierarchy it
// has. It points to the header of a struct (a Go struct of the generated code, whose layout
// follows from the types of the fields alone, so that all packages agree on
// it), of an array (an [Array]), or of a value of the host that any.convert_extern made a
// reference of; or it is an i31, which needs no object where the machine allows (i31_*.go).

// Object is the header of objects. For generated code.
type Object struct {
	T *Desc // nil: an i31
}

// Array is an array of elements of type T. For generated code.
type Array[T any] struct {
	Object
	E []T
}

// hostType is the type of hostObject; it is below no other.
var hostType = &Desc{Kind: 255}

// hostObject is a value of the host as a reference of the any hierarchy.
type hostObject struct {
	Object
	v any
}

// String describes the object for people.
func (p *Object) String() string {
	switch {
	case p == nil:
		return "null"
	case isI31(p):
		return fmt.Sprintf("i31 %d", int32(I31S(p)))
	case p.T == hostType:
		return fmt.Sprintf("host %v", (*hostObject)(unsafe.Pointer(p)).v)
	case p.T.Kind == CoreDefArray:
		return fmt.Sprintf("array of %d", arrayLen(p))
	}
	return "struct"
}

// IsExact is ref.test for a type without subtypes. For generated code, as are
// all functions of this file; null tells whether null passes.
func IsExact(p *Object, t *Desc, null bool) bool {
	if p == nil {
		return null
	}
	return p.T == t
}

// IsSub is ref.test for a type that may have subtypes.
func IsSub(p *Object, t *Desc, null bool) bool {
	if p == nil {
		return null
	}
	x := p.T
	return x == t || x != nil && x.below(t)
}

// IsEq is ref.test for eq.
func IsEq(p *Object, null bool) bool {
	if p == nil {
		return null
	}
	return p.T != hostType
}

// IsI31 is ref.test for i31.
func IsI31(p *Object, null bool) bool {
	if p == nil {
		return null
	}
	return isI31(p)
}

// IsStruct is ref.test for struct.
func IsStruct(p *Object, null bool) bool { return isKind(p, CoreDefStruct, null) }

// IsArray is ref.test for array.
func IsArray(p *Object, null bool) bool { return isKind(p, CoreDefArray, null) }

func isKind(p *Object, k CoreDefKind, null bool) bool {
	if p == nil {
		return null
	}
	return p.T != nil && p.T.Kind == k
}

// CastExact is ref.cast to a type without subtypes.
func CastExact(p *Object, t *Desc, null bool) *Object { return castIf(p, IsExact(p, t, null)) }

// CastSub is ref.cast to a type that may have subtypes.
func CastSub(p *Object, t *Desc, null bool) *Object { return castIf(p, IsSub(p, t, null)) }

// CastEq is ref.cast to eq.
func CastEq(p *Object, null bool) *Object { return castIf(p, IsEq(p, null)) }

// CastI31 is ref.cast to i31.
func CastI31(p *Object, null bool) *Object { return castIf(p, IsI31(p, null)) }

// CastStruct is ref.cast to struct.
func CastStruct(p *Object, null bool) *Object { return castIf(p, IsStruct(p, null)) }

// CastArray is ref.cast to array.
func CastArray(p *Object, null bool) *Object { return castIf(p, IsArray(p, null)) }

func castIf(p *Object, ok bool) *Object {
	if !ok {
		panic(TrapCastFailure)
	}
	return p
}

// AnyConvertExtern is any.convert_extern.
func AnyConvertExtern(x any) *Object {
	switch x := x.(type) {
	case nil:
		return nil
	case *Object:
		return x
	}
	return &(&hostObject{Object{hostType}, x}).Object
}

// ExternConvertAny is extern.convert_any.
func ExternConvertAny(p *Object) any {
	switch {
	case p == nil:
		return nil
	case p.T == hostType:
		return (*hostObject)(unsafe.Pointer(p)).v
	}
	return p
}

// arrayLen is the length of an array of any elements: the header of a slice is
// the same for all.
func arrayLen(p *Object) int { return len((*Array[byte])(unsafe.Pointer(p)).E) }

// ArrayLen is array.len.
func ArrayLen(p *Object) uint32 {
	if p == nil {
		panic(TrapNullReference)
	}
	return uint32(arrayLen(p))
}

// maxArray bounds the bytes of one array.
const maxArray = min(1<<31, math.MaxInt/8)

func makeArray[T any](t *Desc, n uint32) *Array[T] {
	var z T
	if uint64(n)*uint64(unsafe.Sizeof(z)) > maxArray {
		Throwf(TrapLimit, "array of %d elements: allocation size too large", n)
	}
	return &Array[T]{Object{t}, make([]T, n)}
}

// NewArray is array.new.
func NewArray[T any](t *Desc, v T, n uint32) *Object {
	a := makeArray[T](t, n)
	fill(a.E, v)
	return &a.Object
}

// ZeroArray is array.new_default.
func ZeroArray[T any](t *Desc, n uint32) *Object { return &makeArray[T](t, n).Object }

// ArrayOf is array.new_fixed.
func ArrayOf[T any](t *Desc, elems ...T) *Object { return &(&Array[T]{Object{t}, elems}).Object }

// ArrayFromData is array.new_data: n elements at byte i of data.
func ArrayFromData[T any](t *Desc, data string, i, n uint32) *Object {
	src := dataRange[T](data, i, n)
	a := makeArray[T](t, n)
	fromBytes(a.E, src)
	return &a.Object
}

// dataRange is the bytes of n elements of type T at byte i of data.
func dataRange[T any](data string, i, n uint32) string {
	var z T
	bytes := uint64(n) * uint64(unsafe.Sizeof(z))
	if size := uint64(len(data)); bytes > size || uint64(i) > size-bytes {
		panic(TrapMemoryOutOfBounds)
	}
	return data[i:][:bytes]
}

// fromBytes fills numbers with their little-endian bytes.
func fromBytes[T any](dst []T, src string) {
	if len(dst) == 0 {
		return
	}
	var z T
	size := unsafe.Sizeof(z)
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(dst))), uintptr(len(dst))*size)
	copy(b, src)
	if !bigEndian {
		return
	}
	size = min(size, 8) // a vector is two numbers, the low one first
	for ; len(b) > 0; b = b[size:] {
		for i, j := 0, int(size)-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
	}
}

// ArrayFromElems is array.new_elem: n references at i of elems.
func ArrayFromElems[T any](t *Desc, elems []T, i, n uint32) *Object {
	inRange(uint64(i), uint64(n), len(elems))
	a := makeArray[T](t, n)
	copy(a.E, elems[i:])
	return &a.Object
}

// arrayRange is n elements at i of an array.
func arrayRange[T any](p *Object, i, n uint32) []T {
	if p == nil {
		panic(TrapNullReference)
	}
	e := (*Array[T])(unsafe.Pointer(p)).E
	if size := uint64(len(e)); uint64(n) > size || uint64(i) > size-uint64(n) {
		panic(TrapArrayOutOfBounds)
	}
	return e[i:][:n]
}

// ArrayFill is array.fill.
func ArrayFill[T any](p *Object, i uint32, v T, n uint32) { fill(arrayRange[T](p, i, n), v) }

// ArrayCopy is array.copy.
func ArrayCopy[T any](dst *Object, d uint32, src *Object, s, n uint32) {
	to := arrayRange[T](dst, d, n)
	copy(to, arrayRange[T](src, s, n))
}

// ArrayInitData is array.init_data.
func ArrayInitData[T any](p *Object, d uint32, data string, s, n uint32) {
	to := arrayRange[T](p, d, n)
	fromBytes(to, dataRange[T](data, s, n))
}

// ArrayInitElems is array.init_elem.
func ArrayInitElems[T any](p *Object, d uint32, elems []T, s, n uint32) {
	to := arrayRange[T](p, d, n)
	inRange(uint64(s), uint64(n), len(elems))
	copy(to, elems[s:])
}

// I31S is i31.get_s.
func I31S(p *Object) uint32 { return uint32(int32(I31U(p)<<1) >> 1) }

// isOfHeap reports whether a reference that the host gives, which is not null,
// is of a type's heap type; indices mean types of defs.
func isOfHeap(x any, defs []CoreTypeDef, typ CoreType) bool {
	h := typ.Heap
	if h < 0 {
		switch bottomHeap(h) {
		case CoreHeapNoExtern:
			return h == CoreHeapExtern
		case CoreHeapNoFunc:
			_, ok := x.(*FuncRef)
			return ok && h == CoreHeapFunc
		case CoreHeapNoExn:
			_, ok := x.(*Exception)
			return ok && h == CoreHeapExn
		}
		p, ok := x.(*Object)
		switch h {
		case CoreHeapAny:
			return true
		case CoreHeapEq:
			return ok && IsEq(p, false)
		case CoreHeapI31:
			return ok && IsI31(p, false)
		case CoreHeapStruct:
			return ok && IsStruct(p, false)
		case CoreHeapArray:
			return ok && IsArray(p, false)
		}
		return false
	}
	sig := defs[h].Sig
	t := typeOf(sig)
	switch x := x.(type) {
	case *FuncRef:
		return x.Sig == sig || !typ.Exact && t != nil && FuncBelow(x.Sig, t)
	case *Object:
		if typ.Exact {
			return t != nil && (IsExact(x, t, false) || IsDescribed(x, t, false))
		}
		return t != nil && IsSub(x, t, false)
	}
	return false
}

// NewI31 makes an i31, for the host to give to the guest: the low 31 bits of v.
func NewI31(v int32) *Object {
	UseI31()
	return RefI31(uint32(v))
}

// I31 gives the number that an i31 is.
func (p *Object) I31() (v int32, ok bool) {
	if p == nil || !isI31(p) {
		return 0, false
	}
	return int32(I31S(p)), true
}

// guestPanics reports whether the function that panics is one of the guest's, and
// not one of rt with a mistake.
func (s *Store) guestPanics() bool {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for panics := false; ; {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panics = true
		case !panics || strings.HasPrefix(f.Function, "runtime."):
		default:
			for _, n := range s.names {
				if strings.HasPrefix(f.Function, n.Prefix) {
					return true
				}
			}
			return false
		}
		if !more {
			return false
		}
	}
}
