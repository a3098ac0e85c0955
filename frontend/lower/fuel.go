package lower

import (
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: fuel. What an instruction costs is as in Wasmtime: one unit, but
// nothing for those that only structure code, and one for entering a function. All that runs in one piece
// is paid for where the piece begins. (What bulk operators cost besides depends on their
// operands: codegen/core/interrupt.go.)

// fuelOf is what an instruction costs.
func fuelOf(op ir.Op) uint32 {
	switch op {
	case binary.OpNop, binary.OpDrop, binary.OpBlock, binary.OpLoop, binary.OpUnreachable, binary.OpReturn, binary.OpElse, binary.OpEnd:
		return 0
	}
	return 1
}

// endsStretch reports whether what follows an instruction need not run when it does,
// or may run without it; after a call, because the host may look what is left.
func endsStretch(op ir.Op) bool {
	switch op {
	case binary.OpLoop, binary.OpIf, binary.OpElse, binary.OpEnd, binary.OpTry, binary.OpTryTable, binary.OpCatch, binary.OpCatchAll, binary.OpDelegate,
		binary.OpBrIf, binary.OpBrOnNull, binary.OpBrOnNonNull, ir.OpBrOnCast, ir.OpBrOnCastFail,
		binary.OpCall, binary.OpCallIndirect, binary.OpCallRef:
		return true
	}
	return false
}

// spend adds to what the stretch costs.
func (b *builder) spend(n uint32) {
	if n == 0 {
		return
	}
	if b.stretch == nil {
		b.stretch = &ir.Fuel{Pos: b.pos}
		b.emit(b.stretch)
	}
	b.stretch.N += n
}
