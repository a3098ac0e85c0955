package rt

import "unsafe"

// This file: objects that describe others (the custom-descriptors proposal).
//
// An object of a type with a descriptor needs no field for it: the type in its
// header is one that the descriptor holds, made for the descriptor from the defined type. So
// each descriptor's objects have a type of their own, whose display is the defined type's; a
// cast that compares descriptors compares these types.

// Descriptor is the header of objects that describe others. For generated code.
type Descriptor struct {
	Object
	described Desc
}

// Describe finishes a new descriptor of objects of a type. For generated code.
func (d *Descriptor) Describe(of *Desc) *Object {
	d.described = Desc{Sig: of.Sig, Kind: of.Kind, display: of.display, base: of, custom: &d.Object}
	return &d.Object
}

// DescribedBy is the type of the objects that d, a descriptor, describes. For generated code.
func DescribedBy(d *Object) *Desc {
	if d == nil {
		throwText(TrapNullReference, "null descriptor reference")
	}
	return &(*Descriptor)(unsafe.Pointer(d)).described
}

// GetDesc is ref.get_desc. For generated code.
func GetDesc(p *Object) *Object {
	if p == nil {
		panic(TrapNullReference)
	}
	return p.T.custom
}

// IsDesc tells whether d describes p; null tells whether a p of null passes. For generated code.
func IsDesc(p, d *Object, null bool) bool {
	t := DescribedBy(d)
	if p == nil {
		return null
	}
	return p.T == t
}

// CastDesc is ref.cast_desc_eq. For generated code.
func CastDesc(p, d *Object, null bool) *Object {
	if !IsDesc(p, d, null) {
		throwText(TrapCastFailure, "descriptor cast failure")
	}
	return p
}

// IsDescribed is ref.test for an exact type whose objects have descriptors. For generated code.
func IsDescribed(p *Object, t *Desc, null bool) bool {
	if p == nil {
		return null
	}
	return p.T != nil && p.T.base == t
}

// CastDescribed is ref.cast to an exact type whose objects have descriptors. For generated code.
func CastDescribed(p *Object, t *Desc, null bool) *Object { return castIf(p, IsDescribed(p, t, null)) }
