package ir

// This file: function bodies. A body is structured control over expression
// trees. The rules that codegen relies on:
//
//   - Every value is either used exactly once, as a sub-expression, or lives
//     in a local. Wasm block parameters and results, and values that are live
//     across a statement that could change them, are locals.
//   - An expression has no effect other than a trap. Effects are statements,
//     in the order of the wasm code. An expression's own traps may happen in
//     any order among themselves only if they are of the same kind (loads);
//     an operator that traps otherwise (div, rem, trunc, table.get...) stands
//     alone as the root of a Set whenever another trap or load would share
//     its tree.
//   - There is no dead code: nothing follows a terminator (Br, BrTable, Return,
//     Unreachable, a tail call, Throw) in a list, except the end of it.
//   - Locals of a Block's results are assigned before each Br to it.

// Local is an index into Func.Locals.
type Local uint32

// Label identifies a Block, Loop or If of a function body; unique in it.
type Label uint32

// NoLabel is the label of a Loop or If that no Br targets. Every other Block,
// Loop or If has a label that some Br does target.
const NoLabel Label = 0

// Expr is a value. Which fields mean something depends on Op; see op.go.
type Expr struct {
	Op      Op
	Type    ValType
	X, Y, Z *Expr
	// Imm is: the bits of a constant (OpConst of any number type, low half of
	// v128), the local (OpLocal), the global (OpGlobal), the static offset of a
	// load, the lane, the function index (OpRefFunc), the field of struct.get,
	// the segment of array.new_data and array.new_elem; for ref.test 1 if
	// null passes.
	Imm uint64
	// Imm2 is the high half of a v128 constant; for shuffles Imm and Imm2 hold
	// the 16 lane bytes; for v128.loadN_lane the lane.
	Imm2 uint64
	// Index is the memory, table or type index; for ref.test the Heap that is
	// tested for, as bits (ref.cast: Type says it); Imm of ref.test has TestExact if
	// subtypes do not pass.
	Index uint32
	// End is for a load where accesses are checked, see pass bounds: 0 if the bytes that
	// it reads must be in bounds, otherwise how many bytes from the address operand on; NoCheck if none.
	End uint32
	// Args are operands beyond three (struct.new, array.new_fixed).
	Args []*Expr
	// Pos is the offset of the instruction relative to its module.
	Pos uint32
}

// Stmt is one of the statement types of this file.
type Stmt interface{ stmt() }

// Set assigns X to Dst. With Dst == NoLocal the value is evaluated for its
// trap only (a dropped load or division).
type Set struct {
	Dst Local
	X   *Expr
}

// NoLocal is the Dst of a Set whose value is not wanted.
const NoLocal = ^Local(0)

// SetGlobal is global.set.
type SetGlobal struct {
	Global uint32
	X      *Expr
	Pos    uint32
}

// Store writes X to memory. Op is the wasm store operator (OpI32Store8...).
type Store struct {
	Op     Op
	Mem    uint32
	Addr   *Expr
	Offset uint64
	X      *Expr
	Lane   uint8  // v128.storeN_lane
	End    uint32 // as for a load
	Pos    uint32
}

// CallKind says how a Call finds its callee.
type CallKind uint8

// The ways to call.
const (
	CallDirect   CallKind = iota // Func
	CallIndirect                 // Table, Type, Callee = table index operand
	CallRef                      // Type, Callee = function reference operand
)

// Call calls a function. Dsts has one entry per result; NoLocal discards.
type Call struct {
	Kind   CallKind
	Func   uint32 // CallDirect: function index
	Type   uint32 // type index of the callee
	Table  uint32 // CallIndirect
	Callee *Expr
	Args   []*Expr
	Dsts   []Local
	Tail   bool // return_call*: a terminator, Dsts empty
	Pos    uint32
}

// Effect is any other operator with an effect or whose value depends on state
// that has no statement of its own: memory.grow, memory.copy, memory.fill, memory.init, data.drop,
// table.set/grow/fill/copy/init, elem.drop, atomics, struct.set, array.set...
// (memory.size and table.size are expressions: OpMemorySize, OpTableSize.)
type Effect struct {
	Op     Op
	Index  uint32 // memory, table, type or, of data.drop and elem.drop, segment (destination for copies)
	Index2 uint32 // second index: source memory/table/type, segment, field
	Offset uint64 // atomics
	Args   []*Expr
	Dst    Local // NoLocal if there is no result or it is not wanted
	Dst2   Local // the high half of wide arithmetic (OpI64Add128...), NoLocal if not wanted
	Pos    uint32
}

// Block runs Body; Br to Label continues after it. Only an Inlined block may have
// NoLabel.
type Block struct {
	Label   Label
	Body    []Stmt
	Inlined *Inlined // not nil: Body is that of a function, in place of a call
}

// Inlined tells backtraces of a call that a pass has replaced by the callee's body.
type Inlined struct {
	Func uint32 // the callee
	Pos  uint32 // of the call
}

// Loop runs Body once; Br to Label starts Body again.
type Loop struct {
	Label Label
	Body  []Stmt
	Pos   uint32
}

// If runs Then if Cond is not zero, else Else; Br to Label continues after it.
type If struct {
	Label Label
	Cond  *Expr
	Then  []Stmt
	Else  []Stmt
}

// Br jumps to Label: to the start of a Loop, to the end of a Block or If.
type Br struct{ Label Label }

// BrTable jumps to Targets[X], or Default if X is out of range.
type BrTable struct {
	X       *Expr
	Targets []Label
	Default Label
	Pos     uint32
}

// Return leaves the function. A body without results may also just end.
type Return struct{ Values []*Expr }

// Unreachable traps.
type Unreachable struct{ Pos uint32 }

// TryTable runs Body; an exception that matches a catch assigns the payload
// to Dsts and jumps to its label.
type TryTable struct {
	Label   Label
	Body    []Stmt
	Catches []Catch
}

// Catch is one clause of a TryTable.
type Catch struct {
	Tag    uint32
	All    bool
	Dsts   []Local // payload
	Exn    Local   // the exnref, NoLocal if not wanted
	Target Label
}

// Fuel takes N units of fuel, and traps if there are not as many. It stands where a
// straight stretch of the wasm code begins, for all of the stretch; there is one only in programs
// with Program.Fuel.
type Fuel struct {
	N   uint32
	Pos uint32 // of the stretch
}

// Throw raises an exception (throw, throw_ref).
type Throw struct {
	Tag  uint32
	Args []*Expr
	Ref  *Expr // throw_ref
	Pos  uint32
}

func (*Set) stmt()         {}
func (*SetGlobal) stmt()   {}
func (*Store) stmt()       {}
func (*Call) stmt()        {}
func (*Effect) stmt()      {}
func (*Block) stmt()       {}
func (*Loop) stmt()        {}
func (*If) stmt()          {}
func (*Br) stmt()          {}
func (*BrTable) stmt()     {}
func (*Return) stmt()      {}
func (*Unreachable) stmt() {}
func (*TryTable) stmt()    {}
func (*Throw) stmt()       {}
func (*Fuel) stmt()        {}
