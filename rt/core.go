package rt

import "unsafe"

// FuncRef is a function reference: what a table entry or a function import
// holds. For generated code.
type FuncRef struct {
	Sig  uint64         // ir.SubType.Sig of its type
	Inst unsafe.Pointer // first argument
	Code unsafe.Pointer // bits of a Go func value
	Body unsafe.Pointer // the same of what tail calls go to, nil: Code
}

// FuncDef is a function that a core module refers to, as a constant: its
// signature and the Go function. For generated code.
type FuncDef struct {
	Sig  uint64
	Body any // of func type: what tail calls go to; nil: F
	F    any // of func type; the zero FuncDef stands for a function known at run time only
}

// FillRefs makes the references of an instance. For generated code.
func FillRefs(refs []FuncRef, defs []FuncDef, inst unsafe.Pointer) {
	for i := range defs {
		if d := &defs[i]; d.F != nil {
			refs[i] = FuncRef{Sig: d.Sig, Inst: inst, Code: CodeOf(d.F), Body: CodeOf(d.Body)}
		}
	}
}

// CodeOf gives the bits of a func value: what [FuncRef.Code] holds. For generated code.
func CodeOf(f any) unsafe.Pointer {
	// A func value is one pointer, so the data word of its interface is the value itself.
	return (*[2]unsafe.Pointer)(unsafe.Pointer(&f))[1]
}

// Elems makes the references of an element segment that consists of functions:
// list holds indices in refs, or -1 for null. For generated code.
func Elems(refs []FuncRef, list []int32) []*FuncRef {
	out := make([]*FuncRef, len(list))
	for i, n := range list {
		if n >= 0 {
			out[i] = &refs[n]
		}
	}
	return out
}
