package core

import (
	"math/bits"

	"github.com/wc2go/wc2go/ir"
)

// This file: loads of numbers of which Go needs less than wasm loads, or nothing: the
// value is masked, or is subtracted from itself, or it is written where something else is written at
// once. Go loads only what it needs, and a trap is lost. findNarrow marks them like
// the loads of vectors of simd_live.go; they are checked.

// findNarrow adds to lost the loads of numbers whose last bytes are not used for sure.
func findNarrow(f *ir.Func, body []ir.Stmt, dead, over map[ir.Stmt]bool, lost map[*ir.Expr]bool) {
	found := map[*ir.Expr]bool{}
	n := &bitNeeds{locals: f.Locals, dead: dead, lost: found}
	v := &liveness{words: (bytesPer*len(f.Locals) + 63) / 64, at: map[ir.Label][]uint64{}, parts: n, over: over}
	for range 20 {
		v.again = false
		v.dead = map[ir.Stmt]bool{}
		clear(found)
		v.list(body, make(liveSet, v.words))
		if !v.again {
			break
		}
	}
	if v.again { // deeply nested; what is used is not known
		walkStmts(body, func(ir.Stmt) {}, n.lose)
	}
	for x := range found {
		lost[x] = true
	}
}

// bytesPer is how many bits a local has in a set of bitNeeds: one for its first byte, the
// second, the next two, and the four after that. These are the sizes that Go may
// narrow a load to.
const bytesPer = 4

// bitNeeds finds which bits of a number are used. A number that is no integer is
// used whole or not at all.
type bitNeeds struct {
	locals []ir.ValType
	dead   map[ir.Stmt]bool
	lost   map[*ir.Expr]bool
}

const allBits = ^uint64(0)

// byteMasks are the bits of a local that one bit of a set stands for.
var byteMasks = [bytesPer]uint64{0xff, 0xff00, 0xffff0000, 0xffffffff00000000}

func (n *bitNeeds) integer(l ir.Local) bool {
	k := n.locals[l].Kind
	return k == ir.I32 || k == ir.I64
}

func (n *bitNeeds) kill(live liveSet, l ir.Local) {
	for i := range ir.Local(bytesPer) {
		live.del(bytesPer*l + i)
	}
}

func (n *bitNeeds) add(live liveSet, l ir.Local, need uint64) {
	for i, m := range byteMasks {
		if need&m != 0 || need != 0 && !n.integer(l) {
			live.add(bytesPer*l + ir.Local(i))
		}
	}
}

func (n *bitNeeds) all(live liveSet, x *ir.Expr)      { n.read(live, x, allBits) }
func (n *bitNeeds) useless(live liveSet, x *ir.Expr)  { n.read(live, x, 0) }
func (n *bitNeeds) returned(live liveSet, x *ir.Expr) { n.read(live, x, allBits) }

func (n *bitNeeds) assigned(live liveSet, st *ir.Set) bool {
	if n.dead[st] {
		return false
	}
	need := uint64(0)
	for i, m := range byteMasks {
		if live.has(bytesPer*st.Dst + ir.Local(i)) {
			need |= m
		}
	}
	if need != 0 && !n.integer(st.Dst) {
		need = allBits
	}
	n.kill(live, st.Dst)
	n.read(live, st.X, need)
	return true
}

func (n *bitNeeds) stored(live liveSet, st *ir.Store) {
	need := allBits
	if k := st.X.Type.Kind; k == ir.I32 || k == ir.I64 {
		need = ones(8 * int(st.Op.Info().Bytes))
	}
	n.read(live, st.X, need)
}

// lose marks all loads of a tree.
func (n *bitNeeds) lose(x *ir.Expr) {
	walkExpr(x, func(x *ir.Expr) {
		if x.Op.IsLoad() {
			n.lost[x] = true
		}
	})
}

func ones(n int) uint64 {
	if n >= 64 {
		return allBits
	}
	return 1<<n - 1
}

// loadNeed is the bits of a load's value of which one must be needed for Go to load all.
func loadNeed(x *ir.Expr) uint64 {
	switch x.Op {
	case ir.OpI32Load, ir.OpI64Load32U:
		return 0xffff0000
	case ir.OpI64Load:
		return 0xffffffff00000000
	case ir.OpI32Load16U, ir.OpI64Load16U:
		return 0xff00
	case ir.OpI32Load8U, ir.OpI64Load8U:
		return 0xff
	case ir.OpI32Load16S, ir.OpI64Load16S:
		return allBits &^ 0xff
	case ir.OpI64Load32S:
		return allBits &^ 0xffff
	}
	return allBits
}

// extended is what of a number is needed that is extended from so many bits.
func extended(need uint64, size int) uint64 {
	out := need & ones(size)
	if need&^ones(size) != 0 {
		out |= 1 << (size - 1)
	}
	return out
}

// read notes what x uses if need of its value is used.
func (n *bitNeeds) read(live liveSet, x *ir.Expr, need uint64) {
	width := 64
	switch x.Type.Kind {
	case ir.I32:
		width = 32
		need &= ones(32)
	case ir.I64:
	default:
		if need != 0 {
			need = allBits
		}
	}
	switch op := x.Op; op {
	case ir.OpLocal:
		n.add(live, ir.Local(x.Imm), need)
		return
	case ir.OpSelect:
		if x.Z.Op == ir.OpConst {
			a, b := x.X, x.Y
			if x.Z.Imm == 0 {
				a, b = b, a
			}
			n.read(live, a, need)
			n.read(live, b, 0)
			return
		}
		// One of the two is not used.
		n.lose(x.X)
		n.lose(x.Y)
		n.read(live, x.X, need)
		n.read(live, x.Y, need)
		if need != 0 && !same(x.X, x.Y) {
			need = allBits
		} else {
			need = 0
		}
		n.read(live, x.Z, need)
		return
	case ir.OpI32WrapI64, ir.OpI64ExtendI32U:
		n.read(live, x.X, need&ones(32))
		return
	case ir.OpI64ExtendI32S, ir.OpI64Extend32S:
		n.read(live, x.X, extended(need, 32))
		return
	case ir.OpI32Extend8S, ir.OpI64Extend8S:
		n.read(live, x.X, extended(need, 8))
		return
	case ir.OpI32Extend16S, ir.OpI64Extend16S:
		n.read(live, x.X, extended(need, 16))
		return
	}
	switch {
	case x.Op.IsLoad():
		if need&loadNeed(x) == 0 {
			n.lost[x] = true
		}
		n.read(live, x.X, allBits) // the check needs the address in any case
		if x.Y != nil {
			n.read(live, x.Y, need)
		}
		return
	case x.Trap() == ir.TrapOther:
		need = allBits // it looks at its operands in any case
	case isInteger(x) && x.Y != nil && n.binary(live, x, need, width):
		return
	}
	if need != 0 {
		need = allBits
	}
	x.Operands(func(y *ir.Expr) { n.read(live, y, need) })
}

// isInteger reports whether x is an operator on integers.
func isInteger(x *ir.Expr) bool {
	return x.Op >= ir.OpI32Eqz && x.Op <= ir.OpI64GeU || x.Op >= ir.OpI32Clz && x.Op <= ir.OpI64Rotr
}

// binary is read for operators of which Go knows that they do not depend on all of their
// operands; it answers false for others.
func (n *bitNeeds) binary(live liveSet, x *ir.Expr, need uint64, width int) bool {
	one, other := x.X, x.Y // if there is a constant, it is other
	if one.Op == ir.OpConst {
		one, other = other, one
	}
	konst := other.Op == ir.OpConst
	c := other.Imm & ones(width)
	both := func(need uint64) bool {
		n.read(live, x.X, need)
		n.read(live, x.Y, need)
		return true
	}
	first := func(need uint64) bool {
		n.read(live, one, need)
		return true
	}
	// whole is for what Go does not look through to find what is needed.
	whole := func(need uint64) uint64 {
		if need != 0 {
			return allBits
		}
		return 0
	}
	by := int(x.Y.Imm & uint64(width-1))
	switch x.Op {
	case ir.OpI32And, ir.OpI64And:
		if konst {
			return first(need & c)
		}
		return both(whole(need))
	case ir.OpI32Or, ir.OpI64Or:
		if konst {
			need &^= c
		}
		return both(whole(need))
	case ir.OpI32Xor, ir.OpI64Xor:
		if same(x.X, x.Y) {
			need = 0
		}
		return both(whole(need))
	case ir.OpI32Add, ir.OpI64Add:
		if s := x.X; isSub(s.Op) && same(s.Y, x.Y) {
			n.read(live, s.X, need)
			n.read(live, s.Y, 0)
			n.read(live, x.Y, 0)
			return true
		}
	case ir.OpI32Sub, ir.OpI64Sub:
		if same(x.X, x.Y) {
			return both(0)
		}
		if s := x.X; (s.Op == ir.OpI32Add || s.Op == ir.OpI64Add) && (same(s.X, x.Y) || same(s.Y, x.Y)) {
			a, b := s.X, s.Y
			if same(a, x.Y) {
				a, b = b, a
			}
			n.read(live, a, need)
			n.read(live, b, 0)
			n.read(live, x.Y, 0)
			return true
		}
	case ir.OpI32Mul, ir.OpI64Mul:
		if konst && c&(c-1) == 0 {
			if c == 0 {
				return first(0)
			}
			return first(need >> bits.TrailingZeros64(c))
		}
	case ir.OpI32Shl, ir.OpI64Shl:
		if x.Y.Op == ir.OpConst {
			return first(need >> by)
		}
	case ir.OpI32ShrU, ir.OpI64ShrU:
		if x.Y.Op == ir.OpConst {
			return first(whole(need << by & ones(bits.Len64(most(x.X, width)))))
		}
	case ir.OpI32RemU, ir.OpI64RemU, ir.OpI32RemS, ir.OpI64RemS:
		// Only with a constant that does not trap.
		one, c = x.X, x.Y.Imm&ones(width)
		signed := x.Op == ir.OpI32RemS || x.Op == ir.OpI64RemS
		switch {
		case c == 1, signed && c == ones(width):
			return first(0)
		case !signed && c&(c-1) == 0:
			return first(need & (c - 1))
		}
	case ir.OpI32DivU, ir.OpI64DivU:
		one, c = x.X, x.Y.Imm&ones(width)
		return first(whole(need & ones(bits.Len64(most(x.X, width)/c))))
	default:
		if x.Op < ir.OpI32Eq || x.Op > ir.OpI64GeU || x.Op == ir.OpI64Eqz {
			return false
		}
		if need&1 == 0 || same(x.X, x.Y) || decided(x) {
			return both(0)
		}
	}
	return false
}

func isSub(op ir.Op) bool { return op == ir.OpI32Sub || op == ir.OpI64Sub }

// relations are the comparisons of integers in the order of their codes.
var relations = [...]struct {
	rel    string
	signed bool
}{{"==", false}, {"!=", false}, {"<", true}, {"<", false}, {">", true}, {">", false}, {"<=", true}, {"<=", false}, {">=", true}, {">=", false}}

// decided reports whether a comparison with a constant has the same result for
// every value that Go may know to be possible.
func decided(x *ir.Expr) bool {
	first, width := ir.OpI32Eq, 32
	if x.Op >= ir.OpI64Eq {
		first, width = ir.OpI64Eq, 64
	}
	r := relations[x.Op-first]
	one, other := x.X, x.Y
	if one.Op == ir.OpConst {
		one, other = other, one
		r.rel = map[string]string{"<": ">", ">": "<", "<=": ">=", ">=": "<="}[r.rel] + map[string]string{"==": "==", "!=": "!="}[r.rel]
	}
	if other.Op != ir.OpConst {
		return false
	}
	c := other.Imm & ones(width)
	hi := most(one, width)
	if !r.signed {
		return outside(r.rel, c, 0, hi)
	}
	if hi >= 1<<(width-1) {
		if width == 32 {
			return outside(r.rel, int64(int32(c)), -1<<31, 1<<31-1)
		}
		return outside(r.rel, int64(c), -1<<63, 1<<63-1)
	}
	if width == 32 {
		return outside(r.rel, int64(int32(c)), 0, int64(hi))
	}
	return outside(r.rel, int64(c), 0, int64(hi))
}

// outside reports whether all numbers from lo to hi compare with c alike.
func outside[T int64 | uint64](rel string, c, lo, hi T) bool {
	switch rel {
	case "==", "!=":
		return c < lo || c > hi
	case "<", ">=":
		return hi < c || lo >= c
	}
	return hi <= c || lo > c
}

// most is the largest unsigned number that x may be, as far as is easy to see.
func most(x *ir.Expr, width int) uint64 {
	hi := ones(width)
	switch op := x.Op; op {
	case ir.OpConst:
		return x.Imm & hi
	case ir.OpI32Load8U, ir.OpI64Load8U:
		return 0xff
	case ir.OpI32Load16U, ir.OpI64Load16U:
		return 0xffff
	case ir.OpI64Load32U:
		return 0xffffffff
	case ir.OpI64ExtendI32U:
		return most(x.X, 32)
	case ir.OpI32And, ir.OpI64And:
		return min(most(x.X, width), most(x.Y, width))
	case ir.OpI32ShrU, ir.OpI64ShrU:
		if x.Y.Op == ir.OpConst {
			return most(x.X, width) >> (x.Y.Imm & uint64(width-1))
		}
	}
	if isCompare(x.Op) {
		return 1
	}
	return hi
}
