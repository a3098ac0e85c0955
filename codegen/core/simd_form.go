package core

import "github.com/wc2go/wc2go/ir"

// This file: the forms of vectors. Most operators have a form of their own;
// loads, constants, selects and moves of lanes take the form of what surrounds them.

// natural gives the form in which x is best worked out where want is wanted.
// fixed: it does not depend on want.
func (b *body) natural(x *ir.Expr, want form) (f form, fixed bool) {
	switch x.Op {
	case ir.OpConst, ir.OpV128Load:
		return want, false
	case ir.OpLocal:
		if int(x.Imm) < b.params {
			return halves, true
		}
		f := b.vec.forms[x.Imm]
		if f == noForm { // not known yet
			return want, false
		}
		return f, true
	case ir.OpSelect:
		return b.agreed(want, x.X, x.Y)
	case ir.OpI8x16Shuffle:
		switch shuffleUnit(x) {
		case 8:
			return b.agreed(want, x.X, x.Y)
		case 4:
			f, fixed := b.agreed(want, x.X, x.Y)
			if f == floats || f == doubles {
				return floats, fixed
			}
			return words, fixed
		case unitSwap32:
			return words, true
		}
		return halves, true
	case ir.OpI32x4Splat, ir.OpI32x4ReplaceLane, ir.OpV128Load16x4S, ir.OpV128Load16x4U:
		return words, true
	case ir.OpF32x4Splat, ir.OpF32x4ReplaceLane, ir.OpF32x4DemoteF64x2Zero:
		return floats, true
	case ir.OpF64x2Splat, ir.OpF64x2ReplaceLane, ir.OpF64x2PromoteLowF32x4, ir.OpF64x2ConvertLowI32x4S, ir.OpF64x2ConvertLowI32x4U:
		return doubles, true
	case ir.OpV128Load32Splat, ir.OpV128Load32Zero, ir.OpV128Load32Lane:
		if want == floats {
			return floats, false
		}
		return words, want == words
	case ir.OpV128Load64Splat, ir.OpV128Load64Zero, ir.OpV128Load64Lane:
		if want == doubles {
			return doubles, false
		}
		return halves, want == halves
	case ir.OpI32x4ExtendLowI16x8S, ir.OpI32x4ExtendHighI16x8S, ir.OpI32x4ExtendLowI16x8U, ir.OpI32x4ExtendHighI16x8U,
		ir.OpI32x4ExtmulLowI16x8S, ir.OpI32x4ExtmulHighI16x8S, ir.OpI32x4ExtmulLowI16x8U, ir.OpI32x4ExtmulHighI16x8U,
		ir.OpI32x4TruncSatF64x2SZero, ir.OpI32x4RelaxedTruncF64x2SZero, ir.OpI32x4TruncSatF64x2UZero, ir.OpI32x4RelaxedTruncF64x2UZero:
		return words, true
	}
	if op, ok := laneOps[x.Op]; ok {
		return op.out, true
	}
	if s, ok := shiftOps[x.Op]; ok {
		return s.f, true
	}
	if isBitwise(x.Op) {
		f, fixed := b.agreed(want, x.X, x.Y, x.Z)
		return f.bits(), fixed
	}
	return halves, true
}

// agreed is the form that most of the operands whose form is fixed have.
func (b *body) agreed(want form, xs ...*ir.Expr) (form, bool) {
	var n [noForm + 1]int
	for _, x := range xs {
		if x == nil {
			continue
		}
		if f, fixed := b.natural(x, want); fixed {
			n[f]++
		}
	}
	best := want
	for f := halves; f < noForm; f++ {
		if n[f] > 0 && (best == noForm || n[f] > n[best]) {
			best = f
		}
	}
	return best, best != noForm && n[best] > 0
}

// chooseForms gives each local of type v128 the form that its uses and
// assignments want most; those in loops count more. Locals that depend on other
// locals follow in later rounds.
func (b *body) chooseForms(list []ir.Stmt) {
	b.vec.forms = make([]form, len(b.f.Locals))
	any := false
	for i, t := range b.f.Locals {
		if t.Kind == ir.V128 && i >= b.params {
			b.vec.forms[i] = noForm
			any = true
		}
	}
	if !any {
		return
	}
	for range 4 {
		v := &formVotes{b: b, votes: make([][noForm]int, len(b.f.Locals)), weight: 1}
		v.list(list)
		for i, f := range b.vec.forms {
			if b.f.Locals[i].Kind != ir.V128 || i < b.params {
				continue
			}
			best := f
			for g, n := range v.votes[i] {
				if n > 0 && (best == noForm || n > v.votes[i][best]) {
					best = form(g)
				}
			}
			b.vec.forms[i] = best
		}
	}
	for i, f := range b.vec.forms {
		if f == noForm {
			b.vec.forms[i] = halves
		}
	}
}

type formVotes struct {
	b      *body
	votes  [][noForm]int
	weight int
}

func (v *formVotes) list(l []ir.Stmt) {
	for _, s := range l {
		switch s := s.(type) {
		case *ir.Block:
			v.list(s.Body)
		case *ir.Loop:
			w := v.weight
			v.weight = min(w*8, 1<<15)
			v.list(s.Body)
			v.weight = w
		case *ir.If:
			v.list(s.Then)
			v.list(s.Else)
		case *ir.TryTable:
			v.list(s.Body)
		case *ir.Set:
			if s.Dst != ir.NoLocal && v.b.f.Locals[s.Dst].Kind == ir.V128 {
				if f, fixed := v.b.natural(s.X, noForm); fixed {
					v.vote(s.Dst, f)
				}
				v.expr(s.X, v.b.vec.forms[s.Dst])
				continue
			}
		}
		want := noForm
		switch s.(type) {
		case *ir.Call, *ir.Return, *ir.SetGlobal:
			want = halves
		}
		stmtExprs(s, func(x *ir.Expr) { v.expr(x, want) })
	}
}

func (v *formVotes) vote(l ir.Local, f form) {
	if f != noForm && int(l) >= v.b.params {
		v.votes[l][f] += v.weight
	}
}

// expr counts the votes of x, which is wanted in a form (noForm: in any).
func (v *formVotes) expr(x *ir.Expr, want form) {
	if x.Op == ir.OpLocal {
		if x.Type.Kind == ir.V128 {
			v.vote(ir.Local(x.Imm), want)
		}
		return
	}
	f := want
	if op, ok := laneOps[x.Op]; ok {
		f = op.in
	} else if s, ok := shiftOps[x.Op]; ok {
		f = s.f
	} else if isVector(x) {
		switch x.Op {
		case ir.OpI8x16ExtractLaneS, ir.OpI8x16ExtractLaneU, ir.OpI16x8ExtractLaneS, ir.OpI16x8ExtractLaneU, ir.OpV128AnyTrue:
			f = noForm
		case ir.OpI32x4ExtractLane, ir.OpF32x4ExtractLane, ir.OpI64x2ExtractLane, ir.OpF64x2ExtractLane:
			f, _ = laneShape(x.Op)
		case ir.OpI32x4AllTrue, ir.OpI32x4Bitmask, ir.OpF64x2ConvertLowI32x4S, ir.OpF64x2ConvertLowI32x4U,
			ir.OpI16x8NarrowI32x4S, ir.OpI16x8NarrowI32x4U,
			ir.OpI64x2ExtendLowI32x4S, ir.OpI64x2ExtendHighI32x4S, ir.OpI64x2ExtendLowI32x4U, ir.OpI64x2ExtendHighI32x4U,
			ir.OpI64x2ExtmulLowI32x4S, ir.OpI64x2ExtmulHighI32x4S, ir.OpI64x2ExtmulLowI32x4U, ir.OpI64x2ExtmulHighI32x4U:
			f = words
		case ir.OpF64x2PromoteLowF32x4:
			f = floats
		case ir.OpF32x4DemoteF64x2Zero, ir.OpI32x4TruncSatF64x2SZero, ir.OpI32x4TruncSatF64x2UZero,
			ir.OpI32x4RelaxedTruncF64x2SZero, ir.OpI32x4RelaxedTruncF64x2UZero:
			f = doubles
		case ir.OpI32x4ExtendLowI16x8S, ir.OpI32x4ExtendHighI16x8S, ir.OpI32x4ExtendLowI16x8U, ir.OpI32x4ExtendHighI16x8U,
			ir.OpI32x4ExtmulLowI16x8S, ir.OpI32x4ExtmulHighI16x8S, ir.OpI32x4ExtmulLowI16x8U, ir.OpI32x4ExtmulHighI16x8U:
			f = halves
		default:
			f, _ = v.b.natural(x, want)
		}
	}
	x.Operands(func(y *ir.Expr) { v.expr(y, f) })
}
