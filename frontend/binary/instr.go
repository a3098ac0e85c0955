package binary

import "github.com/wc2go/wc2go/ir"

// Control operators, in the numbering of ir.Op (single bytes). They never
// appear in the IR, which has statements for them.
const (
	OpUnreachable        ir.Op = 0x00
	OpNop                ir.Op = 0x01
	OpBlock              ir.Op = 0x02
	OpLoop               ir.Op = 0x03
	OpIf                 ir.Op = 0x04
	OpElse               ir.Op = 0x05
	OpTry                ir.Op = 0x06 // legacy exceptions
	OpCatch              ir.Op = 0x07 // legacy
	OpThrow              ir.Op = 0x08
	OpRethrow            ir.Op = 0x09 // legacy
	OpThrowRef           ir.Op = 0x0a
	OpEnd                ir.Op = 0x0b
	OpBr                 ir.Op = 0x0c
	OpBrIf               ir.Op = 0x0d
	OpBrTable            ir.Op = 0x0e
	OpReturn             ir.Op = 0x0f
	OpCall               ir.Op = 0x10
	OpCallIndirect       ir.Op = 0x11
	OpReturnCall         ir.Op = 0x12
	OpReturnCallIndirect ir.Op = 0x13
	OpCallRef            ir.Op = 0x14
	OpReturnCallRef      ir.Op = 0x15
	OpDelegate           ir.Op = 0x18 // legacy
	OpCatchAll           ir.Op = 0x19 // legacy
	OpDrop               ir.Op = 0x1a
	OpSelect             ir.Op = 0x1b
	OpSelectT            ir.Op = 0x1c
	OpTryTable           ir.Op = 0x1f
	OpLocalGet           ir.Op = 0x20
	OpLocalSet           ir.Op = 0x21
	OpLocalTee           ir.Op = 0x22
	OpGlobalGet          ir.Op = 0x23
	OpGlobalSet          ir.Op = 0x24
	OpI32Const           ir.Op = 0x41
	OpI64Const           ir.Op = 0x42
	OpF32Const           ir.Op = 0x43
	OpF64Const           ir.Op = 0x44
	OpRefNull            ir.Op = 0xd0
	OpRefIsNull          ir.Op = 0xd1
	OpRefFunc            ir.Op = 0xd2
	OpRefEq              ir.Op = 0xd3
	OpRefAsNonNull       ir.Op = 0xd4
	OpBrOnNull           ir.Op = 0xd5
	OpBrOnNonNull        ir.Op = 0xd6
)

// BlockType is the type of a block: a single optional result, or a function type.
type BlockType struct {
	IsIndex bool
	Index   uint32     // if IsIndex
	Result  ir.ValType // otherwise; Kind == ir.KindNone: no result
}

// CatchClause is a clause of try_table.
type CatchClause struct {
	Kind  uint8 // 0 catch, 1 catch_ref, 2 catch_all, 3 catch_all_ref
	Tag   uint32
	Label uint32
}

// Instr is one decoded instruction. Only the immediates of its Op are set.
type Instr struct {
	Op     ir.Op
	Offset int // in the file
	Block  BlockType
	// Index: local, global, function, label, type, table, memory, tag, segment
	// or data index: the first one the text format names after the operator.
	// call_indirect: Index is the type, Index2 the table. memory.init and table.init:
	// Index the segment, Index2 the memory or table. memory.copy and
	// table.copy: Index destination, Index2 source. struct.get/set: Index type, Index2 field.
	// br_on_cast and br_on_cast_desc_eq: Index label, RefType and RefType2 the types.
	// array.new_fixed: Index type, Index2 length.
	Index, Index2 uint32
	// Labels of br_table, the default last.
	Labels []uint32
	// Imm holds a constant's bits (i32 zero-extended), Imm2 the high half of v128.const; the 16 lanes
	// of i8x16.shuffle are in Imm and Imm2, little-endian.
	Imm, Imm2 uint64
	// Mem, Align (log2) and MemOffset of loads, stores and atomics; Mem also of
	// memory.size, memory.grow, memory.fill.
	Mem       uint32
	Align     uint32
	MemOffset uint64
	Lane      uint8
	// Types of select t*; RefType of ref.null, ref.test, ref.cast, ref.cast_desc_eq (Kind Ref).
	Types             []ir.ValType
	RefType, RefType2 ir.ValType // br_on_cast: from, to
	Catches           []CatchClause
}
