package ir

// This file: lookups in the index spaces of a Module, where imports come
// before definitions. Each answers ok false for an index out of range.

// FuncTypeIndex gives the type index of function i.
func (m *Module) FuncTypeIndex(i uint32) (typ uint32, ok bool) {
	for j := range m.Imports {
		if m.Imports[j].Kind == ExternFunc {
			if i == 0 {
				return m.Imports[j].Type, true
			}
			i--
		}
	}
	if uint64(i) < uint64(len(m.Funcs)) {
		return m.Funcs[i].Type, true
	}
	return 0, false
}

// Memory gives the type of memory i.
func (m *Module) Memory(i uint32) (mt MemoryType, ok bool) {
	for j := range m.Imports {
		if m.Imports[j].Kind == ExternMemory {
			if i == 0 {
				return m.Imports[j].Memory, true
			}
			i--
		}
	}
	if uint64(i) < uint64(len(m.Mems)) {
		return m.Mems[i], true
	}
	return mt, false
}

// Table gives the type of table i.
func (m *Module) Table(i uint32) (tt TableType, ok bool) {
	for j := range m.Imports {
		if m.Imports[j].Kind == ExternTable {
			if i == 0 {
				return m.Imports[j].Table, true
			}
			i--
		}
	}
	if uint64(i) < uint64(len(m.Tables)) {
		return m.Tables[i].Type, true
	}
	return tt, false
}

// Global gives the type of global i.
func (m *Module) Global(i uint32) (gt GlobalType, ok bool) {
	for j := range m.Imports {
		if m.Imports[j].Kind == ExternGlobal {
			if i == 0 {
				return m.Imports[j].Global, true
			}
			i--
		}
	}
	if uint64(i) < uint64(len(m.Globals)) {
		return m.Globals[i].Type, true
	}
	return gt, false
}

// Tag gives the type index of tag i.
func (m *Module) Tag(i uint32) (typ uint32, ok bool) {
	for j := range m.Imports {
		if m.Imports[j].Kind == ExternTag {
			if i == 0 {
				return m.Imports[j].Type, true
			}
			i--
		}
	}
	if uint64(i) < uint64(len(m.Tags)) {
		return m.Tags[i], true
	}
	return 0, false
}

// TrapKind says how an operator may trap.
type TrapKind uint8

// The kinds of traps. Loads may trap in any order among themselves.
const (
	TrapNone  TrapKind = iota
	TrapLoad           // access out of bounds
	TrapOther          // any other trap
)

// Trap tells how the operator of x itself may trap, its operands aside. A
// division by a constant that cannot trap is TrapNone.
func (x *Expr) Trap() TrapKind {
	return OpTrap(x.Op, x.Y)
}

// OpTrap is Trap for an operator and its second operand (nil if there is none).
// GC operators that read mutable state count as TrapOther even if their
// operand cannot be null, which keeps them in order with effects.
func OpTrap(op Op, y *Expr) TrapKind {
	switch op {
	case OpI32DivS, OpI64DivS:
		if y != nil && y.Op == OpConst && y.Imm != 0 && !isMinusOne(y) {
			return TrapNone
		}
		return TrapOther
	case OpI32DivU, OpI64DivU, OpI32RemS, OpI64RemS, OpI32RemU, OpI64RemU:
		if y != nil && y.Op == OpConst && y.Imm != 0 {
			return TrapNone
		}
		return TrapOther
	case OpI32TruncF32S, OpI32TruncF32U, OpI32TruncF64S, OpI32TruncF64U,
		OpI64TruncF32S, OpI64TruncF32U, OpI64TruncF64S, OpI64TruncF64U,
		OpTableGet, OpRefAsNonNull:
		return TrapOther
	}
	if op >= OpBaseFB && op < OpBaseFD {
		switch op {
		case OpStructNew, OpStructNewDefault, OpRefTest, OpRefTestNull, OpAnyConvertExtern, OpExternConvertAny, OpRefI31:
			return TrapNone
		}
		return TrapOther
	}
	if op.IsLoad() {
		return TrapLoad
	}
	return TrapNone
}

func isMinusOne(x *Expr) bool {
	if x.Type.Kind == I32 {
		return uint32(x.Imm) == 1<<32-1
	}
	return x.Imm == 1<<64-1
}

// Mentions counts how often the body mentions each local.
func (f *Func) Mentions() []int {
	n := make([]int, len(f.Locals))
	visitLocals(f.Body, func(l Local) Local {
		n[l]++
		return l
	})
	return n
}

// Operands calls f with each operand of x.
func (x *Expr) Operands(f func(*Expr)) {
	if x.X != nil {
		f(x.X)
	}
	if x.Y != nil {
		f(x.Y)
	}
	if x.Z != nil {
		f(x.Z)
	}
	for _, a := range x.Args {
		f(a)
	}
}
