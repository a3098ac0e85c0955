//go:build !((linux || (darwin && !ios) || freebsd) && (amd64 || arm64 || riscv64 || loong64 || ppc64le)) || wc2go_checked

package rt

import "unsafe"

// This file: i31 as objects, where address space is scarce or memory is not to be
// mapped. Two objects may stand for the same number.

type i31Object struct {
	Object
	v uint32
}

// smallI31 are those that need not be made.
var smallI31 [256]i31Object

// UseI31 must be called before the first i31 is made. For generated code.
func UseI31() {}

func init() {
	for i := range smallI31 {
		smallI31[i].v = uint32(i)
	}
}

// RefI31 is ref.i31.
func RefI31(x uint32) *Object {
	x &= 1<<31 - 1
	if x < uint32(len(smallI31)) {
		return &smallI31[x].Object
	}
	return &(&i31Object{v: x}).Object
}

func isI31(p *Object) bool { return p.T == nil }

// I31U is i31.get_u.
func I31U(p *Object) uint32 {
	if p == nil {
		panic(TrapNullReference)
	}
	return (*i31Object)(unsafe.Pointer(p)).v
}

// RefEq is ref.eq.
func RefEq(p, q *Object) bool {
	return p == q || p != nil && q != nil && isI31(p) && isI31(q) && I31U(p) == I31U(q)
}
