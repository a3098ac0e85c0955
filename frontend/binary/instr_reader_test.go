package binary

import (
	"reflect"
	"testing"

	"github.com/wc2go/wc2go/ir"
)

func refType(null bool, h ir.Heap) ir.ValType { return ir.ValType{Kind: ir.Ref, Null: null, Heap: h} }

func TestInstrReader(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Instr
	}{
		{"\x02\x40", Instr{Op: OpBlock}},
		{"\x03\x7e", Instr{Op: OpLoop, Block: BlockType{Result: ir.TypeI64}}},
		{"\x04\x80\x01", Instr{Op: OpIf, Block: BlockType{IsIndex: true, Index: 128}}},
		{"\x02\x64\x05", Instr{Op: OpBlock, Block: BlockType{Result: refType(false, 5)}}},
		{"\x0e\x02\x01\x02\x03", Instr{Op: OpBrTable, Labels: []uint32{1, 2, 3}}},
		{"\x11\x03\x01", Instr{Op: OpCallIndirect, Index: 3, Index2: 1}},
		{"\x1c\x01\x70", Instr{Op: OpSelectT, Types: []ir.ValType{ir.TypeFuncRef}}},
		{"\x1f\x40\x02\x00\x01\x02\x03\x04", Instr{Op: OpTryTable, Catches: []CatchClause{{0, 1, 2}, {3, 0, 4}}}},
		{"\x18\x01", Instr{Op: OpDelegate, Index: 1}},
		{"\x20\x80\x02", Instr{Op: OpLocalGet, Index: 256}},
		{"\x28\x02\x80\x01", Instr{Op: ir.OpI32Load, Align: 2, MemOffset: 128}},
		{"\x37\x43\x07\x05", Instr{Op: ir.OpI64Store, Align: 3, Mem: 7, MemOffset: 5}},
		{"\x3f\x02", Instr{Op: ir.OpMemorySize, Mem: 2}},
		{"\x41\x7f", Instr{Op: OpI32Const, Imm: 0xffffffff}},
		{"\x42\x7f", Instr{Op: OpI64Const, Imm: 1<<64 - 1}},
		{"\x43\x00\x00\x80\x3f", Instr{Op: OpF32Const, Imm: 0x3f800000}},
		{"\x44\x00\x00\x00\x00\x00\x00\xf0\x3f", Instr{Op: OpF64Const, Imm: 0x3ff0 << 48}},
		{"\x6a", Instr{Op: ir.OpI32Add}},
		{"\xd0\x6f", Instr{Op: OpRefNull, RefType: ir.TypeExternRef}},
		{"\xfc\x08\x03\x01", Instr{Op: ir.OpMemoryInit, Index: 3, Index2: 1}},
		{"\xfc\x0a\x01\x02", Instr{Op: ir.OpMemoryCopy, Index: 1, Index2: 2}},
		{"\xfc\x0b\x02", Instr{Op: ir.OpMemoryFill, Mem: 2}},
		{"\xfc\x11\x02", Instr{Op: ir.OpTableFill, Index: 2}},
		{"\xfc\x16", Instr{Op: ir.OpI64MulWideU}},
		{"\xfb\x02\x01\x02", Instr{Op: ir.OpStructGet, Index: 1, Index2: 2}},
		{"\xfb\x08\x01\x02", Instr{Op: ir.OpArrayNewFixed, Index: 1, Index2: 2}},
		{"\xfb\x15\x6c", Instr{Op: ir.OpRefTestNull, RefType: refType(true, ir.HeapI31)}},
		{"\xfb\x16\x03", Instr{Op: ir.OpRefCast, RefType: refType(false, 3)}},
		{"\xfb\x18\x01\x02\x6e\x6c", Instr{Op: ir.OpBrOnCast, Index: 2, RefType: refType(true, ir.HeapAny), RefType2: refType(false, ir.HeapI31)}},
		{"\xfb\x1e", Instr{Op: ir.OpI31GetU}},
		{"\xfd\x0c0123456789abcdef", Instr{Op: ir.OpV128Const, Imm: 0x3736353433323130, Imm2: 0x6665646362613938}},
		{"\xfd\x15\x0f", Instr{Op: ir.OpI8x16ExtractLaneS, Lane: 15}},
		{"\xfd\x54\x00\x01\x02", Instr{Op: ir.OpV128Load8Lane, MemOffset: 1, Lane: 2}},
		{"\xfd\x5c\x02\x01", Instr{Op: ir.OpV128Load32Zero, Align: 2, MemOffset: 1}},
		{"\xfd\x93\x02", Instr{Op: ir.OpI32x4RelaxedDotI8x16I7x16AddS}},
		{"\xfe\x03\x00", Instr{Op: ir.OpAtomicFence}},
		{"\xfe\x4e\x02\x08", Instr{Op: ir.OpI64AtomicRmw32CmpxchgU, Align: 2, MemOffset: 8}},
	} {
		x := NewInstrReader([]byte(c.in), 100)
		got := Instr{}
		if err := x.Next(&got); err != nil {
			t.Errorf("%x: %v", c.in, err)
			continue
		}
		c.want.Offset = 100
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%x:\n got %+v\nwant %+v", c.in, got, c.want)
		}
		if !x.Done() {
			t.Errorf("%x: bytes left", c.in)
		}
	}
	for _, in := range []string{"", "\xff", "\x27", "\xfb\x1f", "\xfc\x17", "\xfd\x9a\x01", "\xfd\xff\xff\x03", "\xfe\x04", "\x41", "\x28\x80\x01\x00", "\xfe\x03\x01", "\x0e\x7f"} {
		var got Instr
		if err := NewInstrReader([]byte(in), 0).Next(&got); err == nil {
			t.Errorf("%x: accepted as %v", in, got.Op)
		}
	}
}

// Every operator that the IR's table knows must have an encoding, and no others.
func TestInstrReaderKnowsTheTable(t *testing.T) {
	zeros := make([]byte, 32)
	for op := ir.Op(0); op < ir.OpBaseIR; op++ {
		if op == ir.OpRefTestDescEq || op == ir.OpRefTestDescEqNull {
			continue // of the IR alone
		}
		enc := []byte{byte(op)}
		if op >= ir.OpBaseFC {
			prefix, n := byte(0xfc), op-ir.OpBaseFC
			switch {
			case op >= ir.OpBaseFE:
				prefix, n = 0xfe, op-ir.OpBaseFE
			case op >= ir.OpBaseFD:
				prefix, n = 0xfd, op-ir.OpBaseFD
			case op >= ir.OpBaseFB:
				prefix, n = 0xfb, op-ir.OpBaseFB
			}
			enc = []byte{prefix, byte(n) | 0x80, byte(n >> 7)}
		} else if op.Info().Name == "" {
			continue // control and the like have no entry
		}
		var in Instr
		err := NewInstrReader(append(enc, zeros...), 0).Next(&in)
		if known := op.Info().Name != ""; known != (err == nil) || known && in.Op != op {
			t.Errorf("%#x %q: decoded as %#x, %v", uint16(op), op.Info().Name, uint16(in.Op), err)
		}
	}
}

func TestInstrReaderDoesNotAllocate(t *testing.T) {
	body := []byte("\x02\x40\x41\x01\x0e\x02\x01\x02\x03\x1c\x02\x7f\x7f\xfd\x15\x0f\xfb\x02\x01\x02\xfc\x08\x03\x01\xfe\x4e\x02\x08\x28\x02\x00\x0b")
	x := NewInstrReader(nil, 0)
	var in Instr
	if n := testing.AllocsPerRun(100, func() {
		x.Reset(body, 0)
		for !x.Done() {
			if err := x.Next(&in); err != nil {
				t.Fatal(err)
			}
		}
	}); n > 0 {
		t.Errorf("%v allocations per body", n)
	}
}
