package validate

import (
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: the typing rules of structs, arrays, casts and i31.

func packed(t ir.ValType) bool { return t.Kind == ir.I8 || t.Kind == ir.I16 }

// unpack is the type that a field's value has on the stack.
func unpack(t ir.ValType) ir.ValType {
	if packed(t) {
		return ir.TypeI32
	}
	return t
}

func defaultable(t ir.ValType) bool { return t.Kind != ir.Ref || t.Null }

// exactly is the type of a new object of type i.
func exactly(i uint32) ir.ValType { return ir.ValType{Kind: ir.Ref, Exact: true, Heap: ir.Heap(i)} }

func refTo(i uint32, null bool) ir.ValType {
	return ir.ValType{Kind: ir.Ref, Null: null, Heap: ir.Heap(i)}
}

// field is field j of struct type i; false after an error.
func (v *FuncValidator) field(i, j uint32) (ir.Field, bool) {
	t := v.def(i, ir.CompStruct)
	if t == nil {
		return ir.Field{}, false
	}
	if int64(j) >= int64(len(t.Fields)) {
		v.fail("unknown field: field index %d out of bounds", j)
		return ir.Field{}, false
	}
	return t.Fields[j], true
}

// array is the element of array type i; false after an error.
func (v *FuncValidator) array(i uint32) (ir.Field, bool) {
	t := v.def(i, ir.CompArray)
	if t == nil {
		return ir.Field{}, false
	}
	return t.Fields[0], true
}

// mutableArray is array for an operator that writes.
func (v *FuncValidator) mutableArray(i uint32) (ir.Field, bool) {
	f, ok := v.array(i)
	if ok && !f.Mutable {
		v.fail("immutable array: array is immutable")
	}
	return f, ok
}

// access checks that a getter's signedness fits the field.
func (v *FuncValidator) access(f ir.Field, plain bool) {
	switch {
	case plain && packed(f.Type):
		v.fail("type mismatch: field is packed: can only use struct.get or array.get with non-packed storage types")
	case !plain && !packed(f.Type):
		v.fail("type mismatch: field is unpacked: cannot use a signed or unsigned get with non-packed storage types")
	}
}

// fromData and fromElem check the segment that an array is filled from.
func (v *FuncValidator) fromData(f ir.Field, segment uint32) {
	if f.Type.Kind == ir.Ref {
		v.fail("array type is not numeric or vector")
	}
	v.data(segment)
}

func (v *FuncValidator) fromElem(f ir.Field, segment uint32) {
	if e := v.elem(segment); v.err == nil && (f.Type.Kind != ir.Ref || !matchVal(v.types.Defs, e, v.types.Defs, f.Type)) {
		v.fail("type mismatch: segment of type %s for array of %s", valString(e), valString(f.Type))
	}
}

func (v *FuncValidator) gcRule(in *binary.Instr) {
	x := in.Index
	switch in.Op {
	case ir.OpStructNew, ir.OpStructNewDefault, ir.OpStructNewDesc, ir.OpStructNewDefaultDesc:
		t := v.def(x, ir.CompStruct)
		if t == nil {
			return
		}
		switch described := in.Op == ir.OpStructNewDesc || in.Op == ir.OpStructNewDefaultDesc; {
		case described && t.Descriptor == nil:
			v.fail("type without descriptor requires non-descriptor allocation")
			return
		case !described && t.Descriptor != nil:
			v.fail("type with descriptor requires descriptor allocation")
			return
		case described:
			v.popType(ir.ValType{Kind: ir.Ref, Null: true, Exact: true, Heap: ir.Heap(*t.Descriptor)})
		}
		if in.Op == ir.OpStructNew || in.Op == ir.OpStructNewDesc {
			for i := len(t.Fields) - 1; i >= 0 && !v.bottomless(); i-- {
				v.popType(unpack(t.Fields[i].Type))
			}
		} else if !v.defaults[x] {
			for _, f := range t.Fields {
				if !defaultable(f.Type) {
					v.fail("type mismatch: invalid `struct.new_default`: %s field is not defaultable", valString(f.Type))
				}
			}
			v.defaults[x] = true
		}
		v.push(exactly(x))
	case ir.OpStructGet, ir.OpStructGetS, ir.OpStructGetU:
		f, ok := v.field(x, in.Index2)
		if !ok {
			return
		}
		v.access(f, in.Op == ir.OpStructGet)
		v.popType(refTo(x, true))
		v.push(unpack(f.Type))
	case ir.OpStructSet:
		f, ok := v.field(x, in.Index2)
		if !ok {
			return
		}
		if !f.Mutable {
			v.fail("immutable field: field is immutable")
		}
		v.popType(unpack(f.Type))
		v.popType(refTo(x, true))

	case ir.OpArrayNew, ir.OpArrayNewDefault:
		f, ok := v.array(x)
		if !ok {
			return
		}
		v.popNum(ir.I32)
		if in.Op == ir.OpArrayNew {
			v.popType(unpack(f.Type))
		} else if !defaultable(f.Type) {
			v.fail("type mismatch: invalid `array.new_default`: %s field is not defaultable", valString(f.Type))
		}
		v.push(exactly(x))
	case ir.OpArrayNewFixed:
		f, ok := v.array(x)
		if !ok {
			return
		}
		if in.Index2 > maxFixed {
			v.fail("array.new_fixed size is too large: more than %d", maxFixed)
			return
		}
		v.popMany(in.Index2, unpack(f.Type))
		v.push(exactly(x))
	case ir.OpArrayNewData, ir.OpArrayNewElem:
		f, ok := v.array(x)
		if !ok {
			return
		}
		if in.Op == ir.OpArrayNewData {
			v.fromData(f, in.Index2)
		} else {
			v.fromElem(f, in.Index2)
		}
		v.popMany(2, ir.TypeI32)
		v.push(exactly(x))
	case ir.OpArrayGet, ir.OpArrayGetS, ir.OpArrayGetU:
		f, ok := v.array(x)
		if !ok {
			return
		}
		v.access(f, in.Op == ir.OpArrayGet)
		v.popNum(ir.I32)
		v.popType(refTo(x, true))
		v.push(unpack(f.Type))
	case ir.OpArraySet:
		f, ok := v.mutableArray(x)
		if !ok {
			return
		}
		v.popType(unpack(f.Type))
		v.popNum(ir.I32)
		v.popType(refTo(x, true))
	case ir.OpArrayLen:
		v.popType(ir.ValType{Kind: ir.Ref, Null: true, Heap: ir.HeapArray})
		v.pushNum(ir.I32)
	case ir.OpArrayFill:
		f, ok := v.mutableArray(x)
		if !ok {
			return
		}
		v.popNum(ir.I32)
		v.popType(unpack(f.Type))
		v.popNum(ir.I32)
		v.popType(refTo(x, true))
	case ir.OpArrayCopy:
		f, ok := v.mutableArray(x)
		g, ok2 := v.array(in.Index2)
		if !ok || !ok2 {
			return
		}
		if !matchVal(v.types.Defs, g.Type, v.types.Defs, f.Type) {
			v.fail("array types do not match: %s copied to %s", valString(g.Type), valString(f.Type))
		}
		v.popMany(2, ir.TypeI32)
		v.popType(refTo(in.Index2, true))
		v.popNum(ir.I32)
		v.popType(refTo(x, true))
	case ir.OpArrayInitData, ir.OpArrayInitElem:
		f, ok := v.mutableArray(x)
		if !ok {
			return
		}
		if in.Op == ir.OpArrayInitData {
			v.fromData(f, in.Index2)
		} else {
			v.fromElem(f, in.Index2)
		}
		v.popMany(3, ir.TypeI32)
		v.popType(refTo(x, true))

	case ir.OpRefTest, ir.OpRefTestNull, ir.OpRefCast, ir.OpRefCastNull:
		v.valType(in.RefType)
		if v.err != nil {
			return
		}
		// Any operand of the same hierarchy will do.
		v.popType(ir.ValType{Kind: ir.Ref, Null: true, Heap: topOf(v.types.Defs, in.RefType.Heap)})
		if in.Op == ir.OpRefTest || in.Op == ir.OpRefTestNull {
			v.pushNum(ir.I32)
		} else {
			v.push(in.RefType)
		}
	case ir.OpBrOnCast, ir.OpBrOnCastFail, ir.OpBrOnCastDescEq, ir.OpBrOnCastDescEqFail:
		v.brOnCast(in)
	case ir.OpRefGetDesc:
		if int64(x) >= int64(len(v.types.Defs)) {
			v.fail("unknown type %d: type index out of bounds", x)
			return
		}
		d := v.types.Defs[x].Descriptor
		if d == nil {
			v.fail("type without descriptor: type %d", x)
			return
		}
		// An object of the very type has a descriptor of the very descriptor type.
		t := v.popType(refTo(x, true))
		exact := t == bot || t.Heap < 0 || t.Exact && v.types.Defs[t.Heap].Sig == v.types.Defs[x].Sig
		v.push(ir.ValType{Kind: ir.Ref, Exact: exact, Heap: ir.Heap(*d)})
	case ir.OpRefCastDescEq, ir.OpRefCastDescEqNull:
		v.valType(in.RefType)
		if v.err != nil {
			return
		}
		v.popDescriptor(in.RefType)
		if v.err != nil {
			return
		}
		v.popType(ir.ValType{Kind: ir.Ref, Null: true, Heap: topOf(v.types.Defs, in.RefType.Heap)})
		v.push(in.RefType)
	case ir.OpAnyConvertExtern, ir.OpExternConvertAny:
		from, to := ir.HeapExtern, ir.HeapAny
		if in.Op == ir.OpExternConvertAny {
			from, to = to, from
		}
		t := v.popType(ir.ValType{Kind: ir.Ref, Null: true, Heap: from})
		v.push(ir.ValType{Kind: ir.Ref, Null: t.Null && t != bot, Heap: to})
	case ir.OpRefI31:
		v.popNum(ir.I32)
		v.push(ir.ValType{Kind: ir.Ref, Heap: ir.HeapI31})
	case ir.OpI31GetS, ir.OpI31GetU:
		v.popType(ir.ValType{Kind: ir.Ref, Null: true, Heap: ir.HeapI31})
		v.pushNum(ir.I32)
	default:
		v.fail("illegal opcode fb %02x", uint16(in.Op-ir.OpBaseFB))
	}
}

// popDescriptor takes the descriptor that an object of type t must have.
func (v *FuncValidator) popDescriptor(t ir.ValType) {
	if t.Heap < 0 {
		v.fail("type %s does not have a descriptor", heapNames[t.Heap][0])
		return
	}
	d := v.types.Defs[t.Heap].Descriptor
	if d == nil {
		v.fail("type %d does not have a descriptor", t.Heap)
		return
	}
	v.popType(ir.ValType{Kind: ir.Ref, Null: true, Exact: t.Exact, Heap: ir.Heap(*d)})
}

func (v *FuncValidator) brOnCast(in *binary.Instr) {
	from, to := in.RefType, in.RefType2
	v.valType(from)
	v.valType(to)
	if v.err != nil {
		return
	}
	if in.Op == ir.OpBrOnCastDescEq || in.Op == ir.OpBrOnCastDescEqFail {
		v.popDescriptor(to)
		if v.err != nil {
			return
		}
	}
	// Custom descriptors make do with types of the same hierarchy.
	defs := v.types.Defs
	if v.features.CustomDescriptors && topOf(defs, from.Heap) != topOf(defs, to.Heap) || !v.features.CustomDescriptors && !matchVal(defs, to, defs, from) {
		v.fail("type mismatch: expected %s, found %s", valString(from), valString(to))
		return
	}
	// What remains of from when the cast fails: no null, if to takes nulls.
	rest := from
	rest.Null = from.Null && !to.Null
	taken, stays := to, rest
	if in.Op == ir.OpBrOnCastFail || in.Op == ir.OpBrOnCastDescEqFail {
		taken, stays = rest, to
	}
	ts := v.label(in.Index).labelTypes()
	if len(ts) == 0 || ts[len(ts)-1].Kind != ir.Ref {
		v.fail("type mismatch: branch target of %s must end in a reference type", in.Op)
		return
	}
	v.popType(from)
	v.push(taken)
	v.pass(ts)
	v.pop()
	v.push(stays)
}
