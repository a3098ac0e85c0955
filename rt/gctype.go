package rt

import (
	"fmt"
	"strconv"
	"sync"
)

// This file: defined types at run time.

// Desc is a defined type: of objects, or of functions that are subtypes of
// others. There is one for each type of the program, whatever modules define
// it, so types are compared as pointers. For generated code.
type Desc struct {
	Sig  uint64 // ir.SubType.Sig
	Kind CoreDefKind
	// display holds the supertypes by depth, from the one without supertypes
	// to the type itself: t is below x if x is in t's display at x's depth.
	display []*Desc
	// base and custom are set in the types that descriptors have for what they
	// describe (descriptor.go): the defined type, and the descriptor.
	base   *Desc
	custom *Object
}

var descs struct {
	sync.RWMutex
	bySig map[uint64]*Desc
}

// NewDesc gives the type that a signature stands for; super is its declared
// supertype or nil. For generated code.
func NewDesc(sig uint64, kind CoreDefKind, super *Desc) *Desc {
	descs.Lock()
	defer descs.Unlock()
	if t := descs.bySig[sig]; t != nil {
		return t
	}
	t := &Desc{Sig: sig, Kind: kind}
	if super != nil {
		t.display = append(t.display, super.display...)
	}
	t.display = append(t.display, t)
	if descs.bySig == nil {
		descs.bySig = make(map[uint64]*Desc)
	}
	descs.bySig[sig] = t
	return t
}

var forms struct {
	sync.RWMutex
	bySig map[uint64]string
	err   error // two types have one signature
}

// RegisterTypes notes the types of a package whose modules are linked with those
// of others: their ir.SubType.Form, 64 hexadecimal digits each, of which the first 16 are the
// signature. Where two types of the process have one signature nothing can be linked, because a
// function or object of one would pass for one of the other. For generated code.
func RegisterTypes(list string) bool {
	const digits = 64
	forms.Lock()
	defer forms.Unlock()
	if forms.bySig == nil {
		forms.bySig = make(map[uint64]string)
	}
	for ; len(list) >= digits; list = list[digits:] {
		form := list[:digits]
		sig, err := strconv.ParseUint(form[:16], 16, 64)
		if err != nil {
			panic("wc2go: the generated code is damaged: " + err.Error())
		}
		if old, ok := forms.bySig[sig]; !ok {
			forms.bySig[sig] = form
		} else if old != form && forms.err == nil {
			forms.err = fmt.Errorf("wc2go: two different types of the program's core modules have the signature %#x", sig)
		}
	}
	return true
}

// typesCollide is the error of modules that cannot be linked.
func typesCollide() error {
	forms.RLock()
	defer forms.RUnlock()
	return forms.err
}

func typeOf(sig uint64) *Desc {
	descs.RLock()
	defer descs.RUnlock()
	return descs.bySig[sig]
}

// below reports whether t is x or one of its subtypes.
func (t *Desc) below(x *Desc) bool {
	i := len(x.display) - 1
	return i < len(t.display) && t.display[i] == x
}

// FuncBelow reports whether functions of one signature are of type t: what a
// call through a reference, and casts of functions, ask if t may have subtypes.
// For generated code.
func FuncBelow(sig uint64, t *Desc) bool {
	if sig == t.Sig {
		return true
	}
	// A type that nobody registered has no supertypes.
	x := typeOf(sig)
	return x != nil && x.below(t)
}

// IsFunc is ref.test of a function; null tells whether null passes. For generated code.
func IsFunc(f *FuncRef, t *Desc, null bool) bool {
	if f == nil {
		return null
	}
	return FuncBelow(f.Sig, t)
}

// CastFunc is ref.cast of a function. For generated code.
func CastFunc(f *FuncRef, t *Desc, null bool) *FuncRef {
	if !IsFunc(f, t, null) {
		panic(TrapCastFailure)
	}
	return f
}

// IsExactFunc is ref.test of a function for an exact type. For generated code.
func IsExactFunc(f *FuncRef, t *Desc, null bool) bool {
	if f == nil {
		return null
	}
	return f.Sig == t.Sig
}

// CastExactFunc is ref.cast of a function to an exact type. For generated code.
func CastExactFunc(f *FuncRef, t *Desc, null bool) *FuncRef {
	if !IsExactFunc(f, t, null) {
		panic(TrapCastFailure)
	}
	return f
}

// IsTop is ref.test for the top type of a hierarchy. For generated code.
func IsTop[T comparable](x T, null bool) bool {
	var z T
	return x != z || null
}

// IsBottom is ref.test for a type that only null has. For generated code.
func IsBottom[T comparable](x T, null bool) bool {
	var z T
	return x == z && null
}

// CastTop is ref.cast to the top type of a hierarchy. For generated code.
func CastTop[T comparable](x T, null bool) T {
	if !IsTop(x, null) {
		panic(TrapCastFailure)
	}
	return x
}

// CastBottom is ref.cast to a type that only null has. For generated code.
func CastBottom[T comparable](x T, null bool) T {
	if !IsBottom(x, null) {
		panic(TrapCastFailure)
	}
	return x
}

// NonNull is ref.as_non_null. For generated code.
func NonNull[T comparable](x T) T {
	var z T
	if x == z {
		panic(TrapNullReference)
	}
	return x
}
