package lower

import (
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: operators of garbage-collected references, and what is not supported.

// gc lowers an operator of the 0xfb prefix.
func (b *builder) gc() {
	in := &b.in
	ref := ir.ValType{Kind: ir.Ref, Heap: ir.Heap(in.Index)}
	switch in.Op {
	case ir.OpStructNew:
		b.tree(ir.Expr{Op: in.Op, Type: ref, Index: in.Index}, len(b.m.Types[in.Index].Fields), 0)
	case ir.OpStructNewDefault:
		b.tree(ir.Expr{Op: in.Op, Type: ref, Index: in.Index}, 0, 0)
	case ir.OpStructNewDesc:
		b.tree(ir.Expr{Op: in.Op, Type: ref, Index: in.Index}, len(b.m.Types[in.Index].Fields)+1, 0)
	case ir.OpStructNewDefaultDesc:
		b.tree(ir.Expr{Op: in.Op, Type: ref, Index: in.Index}, 1, 0)
	case ir.OpRefGetDesc:
		b.tree(ir.Expr{Op: in.Op, Type: ir.ValType{Kind: ir.Ref, Heap: ir.Heap(*b.m.Types[in.Index].Descriptor)}, Index: in.Index}, 1, 0)
	case ir.OpRefCastDescEq, ir.OpRefCastDescEqNull:
		b.tree(ir.Expr{Op: in.Op, Type: in.RefType}, 2, 0)
	case ir.OpStructGet, ir.OpStructGetS, ir.OpStructGetU:
		t := unpacked(b.m.Types[in.Index].Fields[in.Index2].Type)
		b.tree(ir.Expr{Op: in.Op, Type: t, Index: in.Index, Imm: uint64(in.Index2)}, 1, 0)
	case ir.OpStructSet:
		b.effect(ir.Effect{Op: in.Op, Index: in.Index, Index2: in.Index2}, 2, ir.ValType{})
	case ir.OpArrayNew:
		b.tree(ir.Expr{Op: in.Op, Type: ref, Index: in.Index}, 2, 0)
	case ir.OpArrayNewDefault:
		b.tree(ir.Expr{Op: in.Op, Type: ref, Index: in.Index}, 1, 0)
	case ir.OpArrayNewFixed:
		b.tree(ir.Expr{Op: in.Op, Type: ref, Index: in.Index}, int(in.Index2), 0)
	case ir.OpArrayNewData, ir.OpArrayNewElem:
		b.tree(ir.Expr{Op: in.Op, Type: ref, Index: in.Index, Imm: uint64(in.Index2)}, 2, 0)
	case ir.OpArrayGet, ir.OpArrayGetS, ir.OpArrayGetU:
		b.tree(ir.Expr{Op: in.Op, Type: unpacked(b.m.Types[in.Index].Fields[0].Type), Index: in.Index}, 2, 0)
	case ir.OpArraySet:
		b.effect(ir.Effect{Op: in.Op, Index: in.Index}, 3, ir.ValType{})
	case ir.OpArrayLen:
		b.tree(ir.Expr{Op: in.Op, Type: ir.TypeI32}, 1, 0)
	case ir.OpArrayFill:
		b.effect(ir.Effect{Op: in.Op, Index: in.Index}, 4, ir.ValType{})
	case ir.OpArrayCopy:
		b.effect(ir.Effect{Op: in.Op, Index: in.Index, Index2: in.Index2}, 5, ir.ValType{})
	case ir.OpArrayInitData, ir.OpArrayInitElem:
		b.effect(ir.Effect{Op: in.Op, Index: in.Index, Index2: in.Index2}, 4, ir.ValType{})
	case ir.OpRefTest, ir.OpRefTestNull:
		b.tree(refTest(in.RefType), 1, 0)
	case ir.OpRefCast, ir.OpRefCastNull:
		b.tree(ir.Expr{Op: in.Op, Type: in.RefType}, 1, 0)
	case ir.OpAnyConvertExtern:
		b.tree(ir.Expr{Op: in.Op, Type: ir.ValType{Kind: ir.Ref, Null: b.top(0).Type.Null, Heap: ir.HeapAny}}, 1, 0)
	case ir.OpExternConvertAny:
		b.tree(ir.Expr{Op: in.Op, Type: ir.ValType{Kind: ir.Ref, Null: b.top(0).Type.Null, Heap: ir.HeapExtern}}, 1, 0)
	case ir.OpRefI31:
		b.tree(ir.Expr{Op: in.Op, Type: ir.ValType{Kind: ir.Ref, Heap: ir.HeapI31}}, 1, 0)
	case ir.OpI31GetS, ir.OpI31GetU:
		b.tree(ir.Expr{Op: in.Op, Type: ir.TypeI32}, 1, 0)
	case ir.OpAtomicFence:
		b.effect(ir.Effect{Op: in.Op}, 0, ir.ValType{})
	default:
		b.unsupported()
	}
}

// unsupported reports the instruction as one of a feature that is not implemented.
func (b *builder) unsupported() {
	b.err = binary.Errorf(b.in.Offset, "instruction %s is not supported yet", b.in.Op)
}

func unpacked(t ir.ValType) ir.ValType {
	if t.Kind == ir.I8 || t.Kind == ir.I16 {
		return ir.TypeI32
	}
	return t
}

func refTest(t ir.ValType) ir.Expr {
	x := ir.Expr{Op: ir.OpRefTest, Type: ir.TypeI32, Index: uint32(t.Heap)}
	if t.Null {
		x.Op, x.Imm = ir.OpRefTestNull, 1
	}
	if t.Exact {
		x.Imm |= ir.TestExact
	}
	return x
}

// brOnCast lowers br_on_cast, br_on_cast_fail and their variants with
// descriptors. On both ways the reference stays as it is; only its static type differs.
func (b *builder) brOnCast() {
	if b.in.Op == ir.OpBrOnCastDescEq || b.in.Op == ir.OpBrOnCastDescEqFail {
		ref := b.simple(len(b.stack) - 2)
		desc := b.pop()
		b.pushOnly(b.copy(ref))
		b.pushOnly(desc)
		x := ir.Expr{Op: ir.OpRefTestDescEq, Type: ir.TypeI32}
		if b.in.RefType2.Null {
			x.Op = ir.OpRefTestDescEqNull
		}
		b.tree(x, 2, 0)
		cond := b.pop()
		if b.in.Op == ir.OpBrOnCastDescEqFail {
			cond.x = b.not(cond.x)
		}
		b.brIf(b.in.Index, cond)
		return
	}
	ref := b.simple(len(b.stack) - 1)
	b.pushOnly(b.copy(ref))
	b.tree(refTest(b.in.RefType2), 1, 0)
	cond := b.pop()
	if b.in.Op == ir.OpBrOnCastFail {
		cond.x = b.not(cond.x)
	}
	b.brIf(b.in.Index, cond)
}
