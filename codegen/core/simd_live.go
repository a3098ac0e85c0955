package core

import "github.com/wc2go/wc2go/ir"

// This file: loads that need a check although memory is guarded, because Go
// drops a load that is not used, and its trap with it. findDead (simplify.go) finds the
// plain case, a local that is not read; here are the others.
//
// A vector counts as loaded for sure only if its last byte is used: if the load
// traps, that byte is out of bounds.
//
// Go may inline a small function, and its caller may not use the results. So a small
// function that loads anything is not inlined, nor is one that does not use all its parameters,
// since the argument may be a load. Pass inline of package ir knows better.

// need says which part of a value is used for sure.
type need uint8

const (
	needNone need = 0
	needLast need = 1 // the last byte, of the lane that has it
	needAll  need = 3 // every byte
)

// Go might inline a function whose wasm code has up to inlinable bytes, or that the passes have
// made as small as inlinableNodes expressions and statements. (Go's own limit is 80 nodes of its
// syntax tree, of which each of ours becomes one at least, but for a few that are folded.)
const (
	inlinable      = 160
	inlinableNodes = 120
)

// isSmall reports whether Go might inline a function.
func isSmall(f *ir.Func, body []ir.Stmt) bool {
	if f.Size <= inlinable {
		return true
	}
	n := 0
	walkStmts(body, func(ir.Stmt) { n++ }, func(x *ir.Expr) { walkExpr(x, func(*ir.Expr) { n++ }) })
	return n <= inlinableNodes
}

// findLost finds the loads that are not used for sure. inline tells whether
// Go may inline the function.
func findLost(f *ir.Func, params int, body []ir.Stmt, dead map[ir.Stmt]bool, over map[ir.Stmt]bool) (lost map[*ir.Expr]bool, inline bool) {
	small := isSmall(f, body)
	if !anyLoads(body) {
		return findLostIn(f, params, body, dead, nil, small)
	}
	lost, inline = findLostIn(f, params, body, dead, over, false)
	if lost == nil {
		lost = map[*ir.Expr]bool{}
	}
	findNarrow(f, body, dead, over, lost)
	return lost, inline && !small
}

// anyLoads reports whether a body reads memory.
func anyLoads(body []ir.Stmt) bool {
	found := false
	walkStmts(body, func(ir.Stmt) {}, func(x *ir.Expr) { found = found || loads(x) })
	return found
}

// findLostIn is findLost; small tells whether Go might inline the function.
func findLostIn(f *ir.Func, params int, body []ir.Stmt, dead, over map[ir.Stmt]bool, small bool) (lost map[*ir.Expr]bool, inline bool) {
	any := small
	if !any {
		walkStmts(body, func(ir.Stmt) {}, func(x *ir.Expr) {
			walkExpr(x, func(x *ir.Expr) { any = any || isVector(x) })
		})
	}
	if !any {
		return nil, true
	}
	l := &laneLiveness{locals: f.Locals, small: small, dead: dead}
	v := &liveness{words: (2*len(f.Locals) + 63) / 64, at: map[ir.Label][]uint64{}, parts: l, over: over}
	for range 20 {
		v.again = false
		v.dead = map[ir.Stmt]bool{}
		l.lost = map[*ir.Expr]bool{}
		live := make(liveSet, v.words)
		v.list(body, live)
		if !v.again {
			inline = true
			for p := range ir.Local(params) {
				inline = inline && l.wanted(live, p) == needAll
			}
			return l.lost, inline || !small
		}
	}
	// Deeply nested; what is used is not known.
	walkStmts(body, func(ir.Stmt) {}, l.lose)
	return l.lost, !small
}

// laneLiveness is what liveness has for parts of values: bit 2*l of a set is the
// last byte of local l, bit 2*l+1 all of it. Of a scalar needLast says that some of its
// bits are used, but not for sure the upper ones.
type laneLiveness struct {
	locals []ir.ValType
	small  bool // the function is small
	dead   map[ir.Stmt]bool
	lost   map[*ir.Expr]bool
}

// lose marks all loads of a tree.
func (v *laneLiveness) lose(x *ir.Expr) {
	walkExpr(x, func(x *ir.Expr) {
		if x.Op.IsLoad() {
			v.lost[x] = true
		}
	})
}

// wanted is what of local l is used for sure behind its assignment. A scalar
// that is not used at all is findDead's matter, except where that is not enough.
func (v *laneLiveness) wanted(live liveSet, l ir.Local) need {
	switch {
	case live.has(2*l + 1):
		return needAll
	case live.has(2 * l):
		return needLast
	case v.locals[l].Kind != ir.V128 && !v.small:
		return needAll
	}
	return needNone
}

func (v *laneLiveness) kill(live liveSet, l ir.Local) {
	live.del(2 * l)
	live.del(2*l + 1)
}

func (v *laneLiveness) all(live liveSet, x *ir.Expr)      { v.read(live, x, needAll) }
func (v *laneLiveness) useless(live liveSet, x *ir.Expr)  { v.read(live, x, needNone) }
func (v *laneLiveness) returned(live liveSet, x *ir.Expr) { v.read(live, x, v.result()) }

func (v *laneLiveness) assigned(live liveSet, st *ir.Set) bool {
	if v.dead[st] {
		return false
	}
	d := v.wanted(live, st.Dst)
	v.kill(live, st.Dst)
	v.read(live, st.X, d)
	return true
}

func (v *laneLiveness) stored(live liveSet, st *ir.Store) { v.read(live, st.X, v.store(st)) }

// store is what a store uses of its value.
func (v *laneLiveness) store(s *ir.Store) need {
	switch size := s.Op.Info().Bytes; {
	case size == 16:
		return needAll
	case s.X.Type.Kind == ir.I32 && size < 4 || s.X.Type.Kind == ir.I64 && size < 8:
		return needLast
	case s.X.Type.Kind != ir.V128:
		return needAll
	}
	return laneNeed(int(s.Lane), int(s.Op.Info().Bytes))
}

// result is what a return uses of the values.
func (v *laneLiveness) result() need {
	if v.small {
		return needNone
	}
	return needAll
}

func laneNeed(lane, size int) need {
	if (lane+1)*size == 16 {
		return needLast
	}
	return needNone
}

// read notes what x uses if d of its own value is used.
func (v *laneLiveness) read(live liveSet, x *ir.Expr, d need) {
	if x == nil {
		return
	}
	if x.Op == ir.OpLocal {
		if d&needLast != 0 {
			live.add(ir.Local(2 * x.Imm))
		}
		if d == needAll {
			live.add(ir.Local(2*x.Imm + 1))
		}
		return
	}
	if !isVector(x) {
		if d == needNone {
			v.lose(x)
		}
		x.Operands(func(y *ir.Expr) { v.read(live, y, operandNeed(x, y, d)) })
		return
	}
	if d == needNone {
		v.lose(x)
	}
	if x.Op.IsLoad() {
		switch {
		case d == needAll:
		case x.Y == nil && x.Op != ir.OpV128Load32Zero && x.Op != ir.OpV128Load64Zero:
		default:
			v.lost[x] = true
		}
		v.read(live, x.X, needAll) // the check needs the address in any case
		if x.Y != nil {
			v.read(live, x.Y, v.replaced(d, int(x.Imm2), int(x.Op.Info().Bytes)))
		}
		return
	}
	last := d & needLast
	whole := needNone // for operands of which no lane alone is known to matter
	if d == needAll {
		whole = needAll
	}
	switch op := x.Op; op {
	case ir.OpSelect:
		// One of the two is not used.
		v.read(live, x.X, needNone)
		v.read(live, x.Y, needNone)
		v.read(live, x.Z, needAll)
	case ir.OpI8x16ExtractLaneS, ir.OpI8x16ExtractLaneU, ir.OpI16x8ExtractLaneS, ir.OpI16x8ExtractLaneU,
		ir.OpI32x4ExtractLane, ir.OpI64x2ExtractLane, ir.OpF32x4ExtractLane, ir.OpF64x2ExtractLane:
		_, size := laneShape(op)
		if size == 8 && d != needAll {
			d = needNone // it is loaded like a number
		}
		v.read(live, x.X, laneNeed(int(x.Imm), size)&d)
	case ir.OpI8x16Bitmask, ir.OpI16x8Bitmask, ir.OpI32x4Bitmask, ir.OpI64x2Bitmask:
		// The last lane is the highest bit.
		if d != needAll {
			d = needNone
		}
		v.read(live, x.X, d)
	case ir.OpI8x16ReplaceLane, ir.OpI16x8ReplaceLane, ir.OpI32x4ReplaceLane, ir.OpI64x2ReplaceLane, ir.OpF32x4ReplaceLane, ir.OpF64x2ReplaceLane:
		_, size := laneShape(op)
		v.read(live, x.X, v.replaced(d, int(x.Imm), size))
		if d == needLast && laneNeed(int(x.Imm), size) == needNone {
			d = needNone
		}
		v.read(live, x.Y, d)
	case ir.OpI8x16Shuffle:
		l := shuffleLanes(x)
		var ds [2]need
		for i, k := range l {
			if k&15 == 15 && (d == needAll || d == needLast && i == 15) {
				ds[k>>4] = needLast
			}
		}
		v.read(live, x.X, ds[0])
		v.read(live, x.Y, ds[1])
	case ir.OpI8x16Swizzle, ir.OpI8x16RelaxedSwizzle:
		v.read(live, x.X, needNone)
		v.read(live, x.Y, d)
	case ir.OpI8x16NarrowI16x8S, ir.OpI8x16NarrowI16x8U, ir.OpI16x8NarrowI32x4S, ir.OpI16x8NarrowI32x4U:
		v.read(live, x.X, whole)
		v.read(live, x.Y, d)
	case ir.OpF32x4DemoteF64x2Zero, ir.OpI32x4TruncSatF64x2SZero, ir.OpI32x4TruncSatF64x2UZero,
		ir.OpI32x4RelaxedTruncF64x2SZero, ir.OpI32x4RelaxedTruncF64x2UZero:
		v.read(live, x.X, whole)
	case ir.OpI16x8ExtendHighI8x16S, ir.OpI16x8ExtendHighI8x16U, ir.OpI32x4ExtendHighI16x8S, ir.OpI32x4ExtendHighI16x8U,
		ir.OpI64x2ExtendHighI32x4S, ir.OpI64x2ExtendHighI32x4U,
		ir.OpI16x8ExtmulHighI8x16S, ir.OpI16x8ExtmulHighI8x16U, ir.OpI32x4ExtmulHighI16x8S, ir.OpI32x4ExtmulHighI16x8U,
		ir.OpI64x2ExtmulHighI32x4S, ir.OpI64x2ExtmulHighI32x4U:
		v.read(live, x.X, last)
		v.read(live, x.Y, last)
	case ir.OpI16x8ExtendLowI8x16S, ir.OpI16x8ExtendLowI8x16U, ir.OpI32x4ExtendLowI16x8S, ir.OpI32x4ExtendLowI16x8U,
		ir.OpI64x2ExtendLowI32x4S, ir.OpI64x2ExtendLowI32x4U,
		ir.OpI16x8ExtmulLowI8x16S, ir.OpI16x8ExtmulLowI8x16U, ir.OpI32x4ExtmulLowI16x8S, ir.OpI32x4ExtmulLowI16x8U,
		ir.OpI64x2ExtmulLowI32x4S, ir.OpI64x2ExtmulLowI32x4U,
		ir.OpF64x2PromoteLowF32x4, ir.OpF64x2ConvertLowI32x4S, ir.OpF64x2ConvertLowI32x4U:
		v.read(live, x.X, needNone)
		v.read(live, x.Y, needNone)
	default:
		// Lane by lane, a splat, a truth value or a shift; the count of a shift is used if any lane is.
		x.Operands(func(y *ir.Expr) {
			if y.Type.Kind != ir.V128 {
				v.read(live, y, last)
			} else if absorbed(x, y) {
				v.read(live, y, needNone)
			} else {
				v.read(live, y, d)
			}
		})
	}
}

// operandNeed is what x, which is no operator of vectors, uses of y if d of its own value is used.
func operandNeed(x, y *ir.Expr, d need) need {
	if d == needNone {
		return needNone
	}
	var konst *ir.Expr // the other operand, if it is a constant
	switch {
	case x.Y == nil || x.Z != nil:
	case y == x.X && x.Y.Op == ir.OpConst:
		konst = x.Y
	case y == x.Y && x.X.Op == ir.OpConst:
		konst = x.X
	}
	switch x.Op {
	case ir.OpI32Add, ir.OpI64Add, ir.OpI32Sub, ir.OpI64Sub, ir.OpI32Rotl, ir.OpI64Rotl, ir.OpI32Rotr, ir.OpI64Rotr,
		ir.OpI64ExtendI32S, ir.OpI64ExtendI32U:
		return d
	case ir.OpI32And, ir.OpI64And:
		if konst != nil && konst.Imm>>topBit(y)&1 != 0 {
			return d
		}
		return needLast
	case ir.OpI32Or, ir.OpI64Or:
		if konst != nil {
			return needLast
		}
		return d
	case ir.OpI32Xor, ir.OpI64Xor:
		if same(x.X, x.Y) {
			return needNone
		}
		return d
	case ir.OpI32Eq, ir.OpI64Eq, ir.OpI32Ne, ir.OpI64Ne:
		if konst != nil && konst.Imm == 0 {
			return needAll
		}
		return needLast
	case ir.OpSelect, ir.OpI32WrapI64,
		ir.OpI32Extend8S, ir.OpI32Extend16S, ir.OpI64Extend8S, ir.OpI64Extend16S, ir.OpI64Extend32S,
		ir.OpI32Mul, ir.OpI64Mul, ir.OpI32Shl, ir.OpI64Shl, ir.OpI32ShrS, ir.OpI64ShrS, ir.OpI32ShrU, ir.OpI64ShrU,
		ir.OpI32DivS, ir.OpI64DivS, ir.OpI32DivU, ir.OpI64DivU, ir.OpI32RemS, ir.OpI64RemS, ir.OpI32RemU, ir.OpI64RemU:
		return needLast
	}
	if x.Op > ir.OpI64Eqz && x.Op <= ir.OpI64GeU || x.Op > ir.OpI32Eqz && x.Op < ir.OpI64Eqz {
		return needLast
	}
	return needAll
}

// topBit is the highest bit that x may have.
func topBit(x *ir.Expr) int {
	switch {
	case x.Op == ir.OpI8x16Bitmask:
		return 15
	case x.Op == ir.OpI16x8Bitmask:
		return 7
	case x.Op == ir.OpI32x4Bitmask:
		return 3
	case x.Op == ir.OpI64x2Bitmask:
		return 1
	case x.Type.Kind == ir.I32:
		return 31
	}
	return 63
}

// replaced is what of a vector is used of which a lane is replaced.
func (v *laneLiveness) replaced(d need, lane, size int) need {
	if laneNeed(lane, size) == needLast {
		return needNone // that lane is not used; no other is sure to be in bounds only if all is
	}
	return d
}

// absorbed reports whether Go may find that the result of x does not depend on
// the last lane of its operand y.
func absorbed(x, y *ir.Expr) bool {
	other := x.Y
	if y == x.Y {
		other = x.X
	}
	if x.Z != nil && foldable(x.Z) && y != x.Z {
		if x.Z.Op != ir.OpConst {
			return true
		}
		mask := x.Z.Imm2 >> 56
		if y == x.Y {
			mask ^= 0xff
		}
		return mask == 0
	}
	if other == nil || other.Type.Kind != ir.V128 {
		return false // a shift loads all of its operand
	}
	if other.Op != ir.OpConst {
		return foldable(other) || same(x.X, x.Y)
	}
	switch x.Op {
	case ir.OpV128And:
		return other.Imm2>>56 == 0
	case ir.OpV128Or:
		return other.Imm2>>56 == 0xff
	case ir.OpV128Andnot:
		return y == x.X && other.Imm2>>56 == 0xff || y == x.Y && other.Imm2>>56 == 0
	case ir.OpV128Xor, ir.OpI8x16Add, ir.OpI16x8Add, ir.OpI32x4Add, ir.OpI64x2Add,
		ir.OpI8x16Sub, ir.OpI16x8Sub, ir.OpI32x4Sub, ir.OpI64x2Sub,
		ir.OpI8x16Eq, ir.OpI8x16Ne, ir.OpI16x8Eq, ir.OpI16x8Ne, ir.OpI32x4Eq, ir.OpI32x4Ne, ir.OpI64x2Eq, ir.OpI64x2Ne,
		ir.OpF32x4Add, ir.OpF32x4Sub, ir.OpF32x4Mul, ir.OpF32x4Div, ir.OpF64x2Add, ir.OpF64x2Sub, ir.OpF64x2Mul, ir.OpF64x2Div:
		return false
	}
	// Extreme constants may make any other operator ignore its operand.
	switch other.Imm2 >> 56 {
	case 0, 0x7f, 0x80, 0xff:
		return true
	}
	return false
}

// foldable reports whether x is a constant for Go.
func foldable(x *ir.Expr) bool {
	yes := true
	walkExpr(x, func(x *ir.Expr) {
		yes = yes && x.Op != ir.OpLocal && x.Op != ir.OpGlobal && !x.Op.IsLoad()
	})
	return yes
}

// same reports whether two trees are sure to have the same value; it may not see it.
func same(x, y *ir.Expr) bool {
	switch {
	case x == nil || y == nil:
		return x == y
	case x.Op != y.Op || x.Imm != y.Imm || x.Imm2 != y.Imm2 || x.Index != y.Index || len(x.Args) > 0:
		return false
	}
	return same(x.X, y.X) && same(x.Y, y.Y) && same(x.Z, y.Z)
}
