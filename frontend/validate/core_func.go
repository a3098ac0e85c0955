package validate

import (
	"slices"
	"sort"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: the validation algorithm for instruction sequences (appendix
// "Validation Algorithm"): an operand stack of types and a stack of control frames.

// bot is the type of an operand that unreachable code is assumed to have.
var bot = ir.ValType{}

// frame is an entry of the control stack.
type frame struct {
	op          ir.Op // what opened it; OpBlock for the function itself
	in, out     []ir.ValType
	height      int // of the operand stack at its start
	inits       int // of the initialisation stack at its start
	unreachable bool
	checked     uint // the br_table that checked this label last
}

// labelTypes are the types a branch to the frame carries.
func (f *frame) labelTypes() []ir.ValType {
	if f.op == binary.OpLoop {
		return f.in
	}
	return f.out
}

// FuncValidator validates function bodies and constant expressions
// instruction by instruction. It may be used for one body after the other.
type FuncValidator struct {
	types    *Types
	features Features

	stack  []ir.ValType
	frames []frame
	// A non-nullable local must be set before it is read. set holds those that
	// are, setStack the order, so that leaving a block takes its share back.
	set      map[uint32]bool
	setStack []uint32

	params  []ir.ValType // local indices start with them
	locals  []ir.ValType // the first ones after the parameters
	runs    []localRun   // all of them
	results []ir.ValType

	// constant: a constant expression, that may read the first globals.
	constant bool
	globals  int
	// declared holds the functions that ref.func may name; constant expressions add to it.
	declared map[uint32]bool

	singles  map[ir.ValType][]ir.ValType
	defaults map[uint32]bool // struct types whose fields are known to be defaultable
	brTables uint
	at       int // offset of the instruction
	err      *binary.Error
}

// localRun is a run of locals of one type that ends before index end.
type localRun struct {
	end uint32
	t   ir.ValType
}

const (
	maxLocals = 50_000 // the engines' limit
	// Bodies are short and locals can be many: only this many are spelt out.
	expandedLocals = 256
	// maxFixed is the engines' limit on the operands of array.new_fixed.
	maxFixed = 10_000
	// maxOperands keeps calls with many results from taking a thousand times
	// the input's size; no real code comes near it.
	maxOperands = 1 << 20
)

// NewFuncValidator makes a validator for the bodies of a module whose other
// parts are valid. Which functions are declared for ref.func is not checked,
// unlike in [Module].
func NewFuncValidator(t *Types, f Features) *FuncValidator {
	return &FuncValidator{types: t, features: f, set: map[uint32]bool{}, singles: map[ir.ValType][]ir.ValType{}, defaults: map[uint32]bool{}}
}

// Begin starts a body of function type index typ, with its local declarations.
func (v *FuncValidator) Begin(typ uint32, locals []binary.LocalGroup, at int) error {
	ft := &v.types.Defs[typ].Func
	v.reset(ft.Results, at)
	v.params = ft.Params
	n := uint32(len(ft.Params))
	for _, g := range locals {
		if g.Count > maxLocals || n+g.Count > maxLocals {
			v.fail("too many locals: locals exceed maximum of %d", maxLocals)
			return v.err
		}
		v.valType(g.Type)
		if g.Count == 0 {
			continue
		}
		n += g.Count
		v.runs = append(v.runs, localRun{n, g.Type})
		for i := uint32(0); i < g.Count && len(v.locals) < expandedLocals; i++ {
			v.locals = append(v.locals, g.Type)
		}
	}
	return v.result()
}

// reset starts a sequence with results.
func (v *FuncValidator) reset(results []ir.ValType, at int) {
	for _, l := range v.setStack { // only if the last body was left early
		delete(v.set, l)
	}
	v.stack, v.frames, v.setStack = v.stack[:0], v.frames[:0], v.setStack[:0]
	v.results, v.at, v.err, v.constant = results, at, nil, false
	v.params, v.locals, v.runs = nil, v.locals[:0], v.runs[:0]
	v.frames = append(v.frames, frame{op: binary.OpBlock, out: results})
}

func (v *FuncValidator) result() error {
	if v.err != nil {
		return v.err
	}
	return nil
}

// Ended reports whether the last `end` has been seen.
func (v *FuncValidator) Ended() bool { return len(v.frames) == 0 }

// Operands is the operand stack, of all open blocks; the zero ValType stands
// for an unknown type in unreachable code. It is valid until the next Step.
func (v *FuncValidator) Operands() []ir.ValType { return v.stack }

// Unreachable reports whether the next instruction cannot be reached.
func (v *FuncValidator) Unreachable() bool {
	return len(v.frames) > 0 && v.frames[len(v.frames)-1].unreachable
}

// fail records the first error.
func (v *FuncValidator) fail(format string, args ...any) {
	if v.err == nil {
		v.err = binary.Errorf(v.at, format, args...)
	}
}

func (v *FuncValidator) top() *frame { return &v.frames[len(v.frames)-1] }

func (v *FuncValidator) push(t ir.ValType) { v.stack = append(v.stack, t) }

func (v *FuncValidator) pushNum(k ir.Kind) { v.stack = append(v.stack, ir.ValType{Kind: k}) }

func (v *FuncValidator) pushAll(ts []ir.ValType) { v.stack = append(v.stack, ts...) }

// pop takes an operand of any type.
func (v *FuncValidator) pop() ir.ValType {
	f := v.top()
	if len(v.stack) == f.height {
		if !f.unreachable {
			v.fail("type mismatch: expected a type but nothing on stack")
		}
		return bot
	}
	t := v.stack[len(v.stack)-1]
	v.stack = v.stack[:len(v.stack)-1]
	return t
}

// popType takes an operand of a type and returns the type it has.
func (v *FuncValidator) popType(want ir.ValType) ir.ValType {
	f := v.top()
	if len(v.stack) == f.height {
		if !f.unreachable {
			v.fail("type mismatch: expected %s but nothing on stack", valString(want))
		}
		return bot
	}
	t := v.stack[len(v.stack)-1]
	v.stack = v.stack[:len(v.stack)-1]
	if t != want && t != bot && !matchVal(v.types.Defs, t, v.types.Defs, want) {
		v.fail("type mismatch: expected %s, found %s", valString(want), valString(t))
	}
	return t
}

func (v *FuncValidator) popNum(k ir.Kind) { v.popType(ir.ValType{Kind: k}) }

// popAll takes operands, the last one first.
func (v *FuncValidator) popAll(ts []ir.ValType) {
	if rest := len(v.stack) - len(ts); rest >= v.top().height && slices.Equal(v.stack[rest:], ts) {
		v.stack = v.stack[:rest] // the common case
		return
	}
	for i := len(ts) - 1; i >= 0 && !v.bottomless(); i-- {
		v.popType(ts[i])
	}
}

// popMany takes n operands of one type.
func (v *FuncValidator) popMany(n uint32, t ir.ValType) {
	for ; n > 0 && !v.bottomless(); n-- {
		v.popType(t)
	}
}

// bottomless reports whether any further pop would succeed, so that an
// instruction with many operands costs nothing in unreachable code.
func (v *FuncValidator) bottomless() bool {
	f := v.top()
	return f.unreachable && len(v.stack) == f.height
}

// popRef takes a reference of any type.
func (v *FuncValidator) popRef() ir.ValType {
	t := v.pop()
	if t == bot {
		return ir.ValType{Kind: ir.Ref, Heap: ir.HeapBottom}
	}
	if t.Kind != ir.Ref {
		v.fail("type mismatch: expected a reference type, found %s", valString(t))
	}
	return t
}

// pass checks that the top operands have types ts and leaves them there as ts.
func (v *FuncValidator) pass(ts []ir.ValType) {
	v.popAll(ts)
	v.pushAll(ts)
}

// unreachable makes the rest of the block unreachable.
func (v *FuncValidator) unreachable() {
	f := v.top()
	v.stack = v.stack[:f.height]
	f.unreachable = true
}

func (v *FuncValidator) pushFrame(op ir.Op, in, out []ir.ValType) {
	v.frames = append(v.frames, frame{op: op, in: in, out: out, height: len(v.stack), inits: len(v.setStack)})
	v.pushAll(in)
}

func (v *FuncValidator) popFrame() frame {
	f := *v.top()
	v.popAll(f.out)
	if len(v.stack) != f.height {
		v.fail("type mismatch: values remaining on stack at end of block")
		v.stack = v.stack[:min(f.height, len(v.stack))]
	}
	for _, l := range v.setStack[f.inits:] {
		delete(v.set, l)
	}
	v.setStack = v.setStack[:f.inits]
	v.frames = v.frames[:len(v.frames)-1]
	return f
}

// label returns the frame that a branch refers to.
func (v *FuncValidator) label(i uint32) *frame {
	if int64(i) >= int64(len(v.frames)) {
		v.fail("unknown label: branch depth %d too large", i)
		return v.top()
	}
	return &v.frames[len(v.frames)-1-int(i)]
}

// valType checks a type that an instruction or a local declaration names.
func (v *FuncValidator) valType(t ir.ValType) {
	if t.Kind == ir.Ref && t.Heap >= 0 && int(t.Heap) >= len(v.types.Defs) {
		v.fail("unknown type %d: type index out of bounds", t.Heap)
	}
	if err := v.features.checkValType(t, v.at); err != nil && v.err == nil {
		v.err = err
	}
}

// single is a list of one type, without making a new one each time.
func (v *FuncValidator) single(t ir.ValType) []ir.ValType {
	s := v.singles[t]
	if s == nil {
		s = []ir.ValType{t}
		v.singles[t] = s
	}
	return s
}

func (v *FuncValidator) block(b *binary.BlockType) (in, out []ir.ValType) {
	switch {
	case b.IsIndex:
		ft := v.funcType(b.Index)
		if !v.features.MultiValue && (len(ft.Params) > 0 || len(ft.Results) > 1) {
			v.fail("multi-value support is not enabled")
		}
		return ft.Params, ft.Results
	case b.Result.Kind == ir.KindNone:
		return nil, nil
	}
	v.valType(b.Result)
	return nil, v.single(b.Result)
}

var noFunc ir.FuncType

// funcType is function type i.
func (v *FuncValidator) funcType(i uint32) *ir.FuncType {
	if t := v.def(i, ir.CompFunc); t != nil {
		return &t.Func
	}
	return &noFunc
}

// def is type i, which must be of a kind; nil after an error.
func (v *FuncValidator) def(i uint32, kind ir.CompositeKind) *ir.SubType {
	if int64(i) >= int64(len(v.types.Defs)) {
		v.fail("unknown type %d: type index out of bounds", i)
		return nil
	}
	t := &v.types.Defs[i]
	if t.Kind != kind {
		v.fail("type mismatch: expected %s type at index %d, found %s type", heapNames[heapOf(kind)][0], i, heapNames[heapOf(t.Kind)][0])
		return nil
	}
	return t
}

func (v *FuncValidator) local(i uint32) ir.ValType {
	n := uint32(len(v.params))
	if i < n {
		return v.params[i]
	}
	if int64(i-n) < int64(len(v.locals)) {
		return v.locals[i-n]
	}
	j := sort.Search(len(v.runs), func(j int) bool { return i < v.runs[j].end })
	if j == len(v.runs) {
		v.fail("unknown local %d: local index out of bounds", i)
		return bot
	}
	return v.runs[j].t
}

func (v *FuncValidator) setLocal(i uint32, t ir.ValType) {
	if t.Kind == ir.Ref && !t.Null && int64(i) >= int64(len(v.params)) && !v.set[i] {
		v.set[i] = true
		v.setStack = append(v.setStack, i)
	}
}

// function is the type index of function i.
func (v *FuncValidator) function(i uint32) (uint32, bool) {
	if int64(i) >= int64(len(v.types.Funcs)) {
		v.fail("unknown function %d: function index out of bounds", i)
		return 0, false
	}
	return v.types.Funcs[i], true
}

func (v *FuncValidator) table(i uint32) (t ir.TableType, index ir.Kind) {
	if int64(i) >= int64(len(v.types.Tables)) {
		v.fail("unknown table %d: table index out of bounds", i)
		return ir.TableType{Elem: ir.TypeFuncRef}, ir.I32
	}
	t = v.types.Tables[i]
	return t, indexKind(t.Limits)
}

// memory is the index type of memory i.
func (v *FuncValidator) memory(i uint32) ir.Kind {
	if int64(i) >= int64(len(v.types.Mems)) {
		v.fail("unknown memory %d: memory index out of bounds", i)
		return ir.I32
	}
	return indexKind(v.types.Mems[i].Limits)
}

func indexKind(l ir.Limits) ir.Kind {
	if l.Is64 {
		return ir.I64
	}
	return ir.I32
}

// tag is the type of tag i.
func (v *FuncValidator) tag(i uint32) *ir.FuncType {
	if int64(i) >= int64(len(v.types.Tags)) {
		v.fail("unknown tag %d: tag index out of bounds", i)
		return &noFunc
	}
	return v.types.TagType(i)
}

func (v *FuncValidator) elem(i uint32) ir.ValType {
	if int64(i) >= int64(len(v.types.Module.Elems)) {
		v.fail("unknown elem segment %d: segment index out of bounds", i)
		return ir.TypeFuncRef
	}
	return v.types.Module.Elems[i].Type
}

// data checks a data index. It must be checkable before the data section has
// been seen, which is what the data count section is for.
func (v *FuncValidator) data(i uint32) {
	m := v.types.Module
	if m.DataCount == nil {
		if v.err == nil {
			v.err = binary.Malformedf(v.at, "data count section required")
		}
		return
	}
	if i >= *m.DataCount {
		v.fail("unknown data segment %d: segment index out of bounds", i)
	}
}

// memArg checks alignment and offset and returns the address type.
func (v *FuncValidator) memArg(in *binary.Instr, bytes uint8) ir.Kind {
	k := v.memory(in.Mem)
	if in.Op.IsAtomic() {
		if in.Align > 63 || uint64(1)<<in.Align != uint64(bytes) {
			v.fail("alignment must be equal to natural: invalid alignment of an atomic operation")
		}
	} else if in.Align > 63 || uint64(1)<<in.Align > uint64(bytes) {
		v.fail("alignment must not be larger than natural")
	}
	if k == ir.I32 && in.MemOffset > 1<<32-1 {
		v.fail("offset out of range: must be <= 2**32")
	}
	return k
}

func (v *FuncValidator) lane(in *binary.Instr, limit uint8) {
	if in.Lane >= limit {
		v.fail("invalid lane index: SIMD index out of bounds")
	}
}
