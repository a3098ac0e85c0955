package core

import (
	"fmt"
	"math"
	"strconv"

	"github.com/wc2go/wc2go/ir"
)

// This file: the Go expression of each operator.

func (b *body) exs(l []*ir.Expr) []*node {
	out := make([]*node, len(l))
	for i, x := range l {
		out[i] = b.ex(x)
	}
	return out
}

// plain is [body.ex] without the note of where a trap comes from.
func (b *body) plain(x *ir.Expr) *node {
	if x.Type.Kind == ir.V128 && isVector(x) {
		return b.packed(x)
	}
	switch x.Op {
	case ir.OpConst:
		return b.constant(x)
	case ir.OpLocal:
		n := b.held(ir.Local(x.Imm))
		if b.address32(x) {
			n = conv("uint32", n)
			n.lower = true
		}
		return n
	case ir.OpGlobal:
		g := b.global(uint32(x.Imm))
		if g[0] == '*' {
			// A deref of a name; gofmt treats it as any deref.
			return &node{kind: nCall, text: "", args: []*node{atom(g)}}
		}
		return atom(g)
	case ir.OpSelect:
		return b.selectOp(x)
	case ir.OpRefNull:
		return atom("nil")
	case ir.OpRefFunc:
		return atom("&m.Refs[" + strconv.Itoa(b.l.ref(b.m.ID, uint32(x.Imm))) + "]")
	case ir.OpTableGet:
		return call("m.Tab"+strconv.FormatUint(uint64(x.Index), 10)+".Get", b.widen(x.X))
	case ir.OpMemorySize:
		t, _ := b.m.Memory(x.Index)
		n := bin(">>", atom(b.memSize(x.Index)), uintLit(uint64(t.PageLog2)))
		if t.Limits.Is64 {
			return n
		}
		return conv("uint32", n)
	case ir.OpTableSize:
		typ := "uint32"
		if t, _ := b.m.Table(x.Index); t.Limits.Is64 {
			typ = "uint64"
		}
		return conv(typ, call("len", atom("m.Tab"+strconv.FormatUint(uint64(x.Index), 10)+".Elems")))
	}
	if x.Op.IsLoad() {
		return b.load(x, false)
	}
	if c := b.compare(x); c != nil {
		return b.rtCall("B2U", c)
	}
	if x.Op < 0x100 || x.Op >= ir.OpI32TruncSatF32S && x.Op <= ir.OpI64TruncSatF64U {
		if n := b.numeric(x); n != nil {
			return n
		}
	}
	if x.Op >= ir.OpBaseFD && x.Op < ir.OpBaseFE {
		n := b.vectorScalar(x)
		switch x.Type.Kind {
		case ir.I32:
			return b.hide(n, words)
		case ir.F32:
			return b.hide(n, floats)
		case ir.F64:
			return b.hide(n, doubles)
		}
		return b.hide(n, halves)
	}
	if n := b.gc(x); n != nil {
		return n
	}
	panic(unsupported(feature(x.Op)))
}

func (b *body) readLocal(l ir.Local) {
	if b.read != nil {
		b.read[l] = true
	}
}

// feature names what an operator belongs to.
func feature(op ir.Op) string {
	f := "instruction"
	switch {
	case op >= ir.OpBaseFB && op < ir.OpBaseFD || op == ir.OpRefEq || op == ir.OpRefAsNonNull:
		f = "garbage collection"
	case op >= ir.OpBaseFD && op < ir.OpBaseFE:
		f = "SIMD"
	case op >= ir.OpBaseFE && op < ir.OpBaseIR:
		f = "threads"
	case op >= ir.OpI64Add128 && op <= ir.OpI64MulWideU:
		f = "wide arithmetic"
	}
	return fmt.Sprintf("%s (%v)", f, op)
}

// constant is a literal. Floats that Go cannot write exactly go through their bits.
func (b *body) constant(x *ir.Expr) *node {
	switch x.Type.Kind {
	case ir.I32:
		return uintLit(uint64(uint32(x.Imm)))
	case ir.I64:
		return uintLit(x.Imm)
	case ir.F32:
		v := math.Float32frombits(uint32(x.Imm))
		if v != v || v == 0 && uint32(x.Imm) != 0 || math.IsInf(float64(v), 0) {
			return b.bits32(x)
		}
		return floatLit(float64(v), 32)
	case ir.F64:
		v := math.Float64frombits(x.Imm)
		if v != v || v == 0 && x.Imm != 0 || math.IsInf(v, 0) {
			return b.bits64(x)
		}
		return floatLit(v, 64)
	}
	panic(fmt.Errorf("constant of type %v", x.Type))
}

func (b *body) bits32(x *ir.Expr) *node {
	b.file.math = true
	return call("math.Float32frombits", lit(hex(uint64(uint32(x.Imm)))))
}

func (b *body) bits64(x *ir.Expr) *node {
	b.file.math = true
	return call("math.Float64frombits", lit(hex(x.Imm)))
}

func floatLit(v float64, bits int) *node {
	if v < 0 {
		n := un("-", floatLit(-v, bits))
		return n
	}
	return lit(strconv.FormatFloat(v, 'g', -1, bits))
}

// val is ex, except that a constant is no constant for Go.
func (b *body) val(x *ir.Expr) *node {
	if x.Op != ir.OpConst {
		return b.ex(x)
	}
	switch x.Type.Kind {
	case ir.I32:
		return b.rtCall("K32", b.ex(x))
	case ir.I64:
		return b.rtCall("K64", b.ex(x))
	case ir.F32:
		return b.bits32(x)
	case ir.F64:
		return b.bits64(x)
	}
	return b.ex(x)
}

// two are the operands of a binary operator, not both constants for Go.
func (b *body) two(x *ir.Expr) (*node, *node) {
	if x.X.Op == ir.OpConst && x.Y.Op == ir.OpConst {
		return b.val(x.X), b.ex(x.Y)
	}
	return b.ex(x.X), b.ex(x.Y)
}

// signed is an integer operand as a Go value of a signed type.
func (b *body) signed(x *ir.Expr, keep bool) *node {
	if x.Op == ir.OpConst && !keep {
		if x.Type.Kind == ir.I32 {
			return intLit(int64(int32(x.Imm)))
		}
		return intLit(int64(x.Imm))
	}
	if x.Type.Kind == ir.I32 {
		return conv("int32", b.val(x))
	}
	return conv("int64", b.val(x))
}

// cond is x != 0 as a Go bool.
func (b *body) cond(x *ir.Expr) *node {
	if x.Op == ir.OpI32Eqz || x.Op == ir.OpI64Eqz {
		if x.X.Type.Kind == ir.I32 && isCompare(x.X.Op) {
			return not(b.cond(x.X))
		}
		return bin("==", b.val(x.X), lit("0"))
	}
	if c := b.compare(x); c != nil {
		return c
	}
	return bin("!=", b.val(x), lit("0"))
}

// not is the opposite of a Go bool expression. Integer comparisons turn round;
// those of floats do not, because of NaN: only == and != do.
func not(n *node) *node {
	if n.kind == nUn && n.text == "!" {
		return n.x
	}
	if n.kind == nBin {
		switch n.text {
		case "==":
			return bin("!=", n.x, n.y)
		case "!=":
			return bin("==", n.x, n.y)
		}
	}
	return un("!", n)
}

func isCompare(op ir.Op) bool {
	return op >= ir.OpI32Eqz && op <= ir.OpF64Ge || op == ir.OpRefIsNull || op == ir.OpRefEq || op == ir.OpRefTest || op == ir.OpRefTestNull || op == ir.OpRefTestDescEq || op == ir.OpRefTestDescEqNull || op == ir.OpV128AnyTrue || op == ir.OpI8x16AllTrue ||
		op == ir.OpI16x8AllTrue || op == ir.OpI32x4AllTrue || op == ir.OpI64x2AllTrue
}

type cmp struct {
	op     string
	signed bool
}

var compares = map[ir.Op]cmp{
	ir.OpI32Eq: {"==", false}, ir.OpI32Ne: {"!=", false},
	ir.OpI32LtS: {"<", true}, ir.OpI32LtU: {"<", false}, ir.OpI32GtS: {">", true}, ir.OpI32GtU: {">", false},
	ir.OpI32LeS: {"<=", true}, ir.OpI32LeU: {"<=", false}, ir.OpI32GeS: {">=", true}, ir.OpI32GeU: {">=", false},
	ir.OpI64Eq: {"==", false}, ir.OpI64Ne: {"!=", false},
	ir.OpI64LtS: {"<", true}, ir.OpI64LtU: {"<", false}, ir.OpI64GtS: {">", true}, ir.OpI64GtU: {">", false},
	ir.OpI64LeS: {"<=", true}, ir.OpI64LeU: {"<=", false}, ir.OpI64GeS: {">=", true}, ir.OpI64GeU: {">=", false},
	ir.OpF32Eq: {"==", false}, ir.OpF32Ne: {"!=", false}, ir.OpF32Lt: {"<", false}, ir.OpF32Gt: {">", false}, ir.OpF32Le: {"<=", false}, ir.OpF32Ge: {">=", false},
	ir.OpF64Eq: {"==", false}, ir.OpF64Ne: {"!=", false}, ir.OpF64Lt: {"<", false}, ir.OpF64Gt: {">", false}, ir.OpF64Le: {"<=", false}, ir.OpF64Ge: {">=", false},
}

// compare is a comparison as a Go bool; nil if x is none.
func (b *body) compare(x *ir.Expr) *node {
	switch x.Op {
	case ir.OpI32Eqz, ir.OpI64Eqz:
		return b.cond(x)
	case ir.OpRefIsNull:
		if x.X.Op == ir.OpRefNull { // nil == nil is not Go
			return bin("==", b.rtCall("K32", lit("0")), lit("0"))
		}
		return bin("==", b.ex(x.X), atom("nil"))
	}
	if c := b.gcCond(x); c != nil {
		return c
	}
	c, ok := compares[x.Op]
	if !ok {
		return b.vectorCond(x)
	}
	if c.signed {
		// One side keeps its type, or the comparison would be of untyped constants.
		return bin(c.op, b.signed(x.X, x.Y.Op == ir.OpConst), b.signed(x.Y, false))
	}
	l, r := b.two(x)
	return bin(c.op, l, r)
}

func (b *body) selectOp(x *ir.Expr) *node {
	// Go must not drop the load that is not chosen.
	v := func(y *ir.Expr) *node {
		if y.Op.IsLoad() {
			return b.load(y, true)
		}
		return b.ex(y)
	}
	l, r := v(x.X), v(x.Y)
	c := b.cond(x.Z)
	switch x.Type.Kind {
	case ir.I32:
		return b.rtCall("SelI32", c, l, r)
	case ir.I64:
		return b.rtCall("SelI64", c, l, r)
	case ir.F32:
		return b.rtCall("SelF32", c, l, r)
	case ir.F64:
		return b.rtCall("SelF64", c, l, r)
	}
	return b.rtCall("SelRef["+b.goType(x.Type)+"]", c, l, r)
}

var arith = map[ir.Op]string{
	ir.OpI32Add: "+", ir.OpI32Sub: "-", ir.OpI32Mul: "*", ir.OpI32And: "&", ir.OpI32Or: "|", ir.OpI32Xor: "^",
	ir.OpI64Add: "+", ir.OpI64Sub: "-", ir.OpI64Mul: "*", ir.OpI64And: "&", ir.OpI64Or: "|", ir.OpI64Xor: "^",
	ir.OpF32Add: "+", ir.OpF32Sub: "-", ir.OpF32Mul: "*", ir.OpF32Div: "/",
	ir.OpF64Add: "+", ir.OpF64Sub: "-", ir.OpF64Mul: "*", ir.OpF64Div: "/",
}

// helpers are operators that are calls of functions of rt.
var helpers = map[ir.Op]string{
	ir.OpF32Abs: "F32Abs", ir.OpF64Abs: "F64Abs", ir.OpF32Neg: "F32Neg", ir.OpF64Neg: "F64Neg",
	ir.OpF32Ceil: "F32Ceil", ir.OpF32Floor: "F32Floor", ir.OpF32Trunc: "F32Trunc", ir.OpF32Nearest: "F32Nearest",
	ir.OpF64Ceil: "F64Ceil", ir.OpF64Floor: "F64Floor", ir.OpF64Trunc: "F64Trunc", ir.OpF64Nearest: "F64Nearest",
	ir.OpF32Min: "F32Min", ir.OpF32Max: "F32Max", ir.OpF64Min: "F64Min", ir.OpF64Max: "F64Max",
	ir.OpF32DemoteF64: "Demote", ir.OpF64PromoteF32: "Promote",
	ir.OpI32TruncF32S: "I32TruncF32S", ir.OpI32TruncF32U: "I32TruncF32U", ir.OpI32TruncF64S: "I32TruncF64S", ir.OpI32TruncF64U: "I32TruncF64U",
	ir.OpI64TruncF32S: "I64TruncF32S", ir.OpI64TruncF32U: "I64TruncF32U", ir.OpI64TruncF64S: "I64TruncF64S", ir.OpI64TruncF64U: "I64TruncF64U",
	ir.OpI32TruncSatF32S: "I32SatF32S", ir.OpI32TruncSatF32U: "I32SatF32U", ir.OpI32TruncSatF64S: "I32SatF64S", ir.OpI32TruncSatF64U: "I32SatF64U",
	ir.OpI64TruncSatF32S: "I64SatF32S", ir.OpI64TruncSatF32U: "I64SatF32U", ir.OpI64TruncSatF64S: "I64SatF64S", ir.OpI64TruncSatF64U: "I64SatF64U",
}

// numeric is an operator on numbers; nil if x is none.
func (b *body) numeric(x *ir.Expr) *node {
	op := x.Op
	if h := helpers[op]; h != "" {
		if x.Y != nil {
			return b.rtCall(h, b.ex(x.X), b.ex(x.Y))
		}
		return b.rtCall(h, b.ex(x.X))
	}
	kind := x.Type.Kind
	typ := "uint32"
	size := uint64(32)
	if kind == ir.I64 {
		typ, size = "uint64", 64
	}
	bitsCall := func(fn string, args ...*node) *node {
		b.file.bits = true
		return call("bits."+fn+strconv.FormatUint(size, 10), args...)
	}
	if n := b.reversed(x, 0); n != nil {
		return n
	}
	switch op {
	case ir.OpI32And, ir.OpI64And, ir.OpI32Mul, ir.OpI64Mul:
		if n := b.absorbing(x); n != nil {
			return n
		}
		fallthrough
	case ir.OpI32Sub, ir.OpI32Xor, ir.OpI32Or, ir.OpI64Sub, ir.OpI64Xor, ir.OpI64Or:
		l, r := b.two(x)
		return bin(arith[op], l, r)
	case ir.OpI32Add, ir.OpI64Add:
		l, r := b.two(x)
		if y := x.Y; y.Op == ir.OpConst && x.X.Op != ir.OpConst {
			v := int64(y.Imm)
			if kind == ir.I32 {
				v = int64(int32(y.Imm))
			}
			if v > -1<<31 {
				return plus(l, v)
			}
		}
		return bin("+", l, r)
	case ir.OpF32Mul, ir.OpF64Mul:
		// The conversion rounds the product, so that Go cannot fuse it with an
		// addition, even one in another statement (Go spec, "Floating-point operators").
		l, r := b.factor(x.X), b.factor(x.Y)
		if l.konst && r.konst {
			l = b.val(x.X)
		}
		return conv(b.goType(x.Type), bin("*", l, r))
	case ir.OpF32Add, ir.OpF32Sub, ir.OpF32Div, ir.OpF64Add, ir.OpF64Sub, ir.OpF64Div:
		if op == ir.OpF32Div || op == ir.OpF64Div {
			l, r := b.ex(x.X), b.factor(x.Y)
			if x.Y.Op == ir.OpConst && x.Y.Imm == 0 || l.konst && r.konst {
				r = b.val(x.Y) // 0 is no divisor in Go source
			}
			return bin("/", l, r)
		}
		l, r := b.two(x)
		return bin(arith[op], l, r)
	case ir.OpF32Copysign:
		b.file.math = true
		return call("math.Float32frombits", bin("|",
			bin("&", call("math.Float32bits", b.val(x.X)), lit("0x7fffffff")),
			bin("&", call("math.Float32bits", b.val(x.Y)), lit("0x80000000"))))
	case ir.OpF64Copysign:
		b.file.math = true
		return call("math.Float64frombits", bin("|",
			bin("&", call("math.Float64bits", b.val(x.X)), lit("0x7fffffffffffffff")),
			bin("&", call("math.Float64bits", b.val(x.Y)), lit("0x8000000000000000"))))
	case ir.OpF64Sqrt:
		b.file.math = true
		return call("math.Sqrt", b.fresh(x.X))
	case ir.OpF32Sqrt:
		b.file.math = true
		return conv("float32", call("math.Sqrt", conv("float64", b.fresh(x.X))))

	case ir.OpI32DivS, ir.OpI64DivS:
		if x.Trap() != ir.TrapNone {
			fn := "I32DivS"
			if kind == ir.I64 {
				fn = "I64DivS"
			}
			if x.Y.Op == ir.OpConst {
				return b.rtCall(fn, b.ex(x.X), b.val(x.Y))
			}
			return b.rtCall(fn, b.ex(x.X), b.ex(x.Y))
		}
		return conv(typ, bin("/", b.signed(x.X, true), b.signed(x.Y, false)))
	case ir.OpI32RemS, ir.OpI64RemS:
		// Go's % has the least integer % -1 == 0, as wasm wants it.
		return conv(typ, bin("%", b.signed(x.X, true), b.divisor(x.Y, true)))
	case ir.OpI32DivU, ir.OpI64DivU:
		return bin("/", b.val(x.X), b.divisor(x.Y, false))
	case ir.OpI32RemU, ir.OpI64RemU:
		return bin("%", b.val(x.X), b.divisor(x.Y, false))

	case ir.OpI32Shl, ir.OpI64Shl:
		return bin("<<", b.val(x.X), b.count(x.Y, size))
	case ir.OpI32ShrU, ir.OpI64ShrU:
		return bin(">>", b.val(x.X), b.count(x.Y, size))
	case ir.OpI32ShrS, ir.OpI64ShrS:
		return conv(typ, bin(">>", b.signed(x.X, true), b.count(x.Y, size)))
	case ir.OpI32Rotl, ir.OpI64Rotl:
		return bitsCall("RotateLeft", b.ex(x.X), b.rotation(x.Y, size, false))
	case ir.OpI32Rotr, ir.OpI64Rotr:
		return bitsCall("RotateLeft", b.ex(x.X), b.rotation(x.Y, size, true))
	case ir.OpI32Clz, ir.OpI64Clz:
		return conv(typ, bitsCall("LeadingZeros", b.ex(x.X)))
	case ir.OpI32Ctz, ir.OpI64Ctz:
		return conv(typ, bitsCall("TrailingZeros", b.ex(x.X)))
	case ir.OpI32Popcnt, ir.OpI64Popcnt:
		return conv(typ, bitsCall("OnesCount", b.ex(x.X)))

	case ir.OpI32WrapI64:
		return conv("uint32", b.nval(x.X))
	case ir.OpI64ExtendI32U:
		if b.address32(x.X) {
			return conv("uint64", b.held(ir.Local(x.X.Imm)))
		}
		return conv("uint64", b.val(x.X))
	case ir.OpI64ExtendI32S:
		return conv("uint64", conv("int32", b.val(x.X)))
	case ir.OpI32Extend8S, ir.OpI64Extend8S:
		return conv(typ, conv("int8", b.nval(x.X)))
	case ir.OpI32Extend16S, ir.OpI64Extend16S:
		return conv(typ, conv("int16", b.nval(x.X)))
	case ir.OpI64Extend32S:
		return conv("uint64", conv("int32", b.nval(x.X)))

	case ir.OpF32ConvertI32S, ir.OpF32ConvertI64S:
		return conv("float32", b.signed(x.X, true))
	case ir.OpF64ConvertI32S, ir.OpF64ConvertI64S:
		return conv("float64", b.signed(x.X, true))
	case ir.OpF32ConvertI32U, ir.OpF32ConvertI64U:
		return conv("float32", b.val(x.X))
	case ir.OpF64ConvertI32U, ir.OpF64ConvertI64U:
		return conv("float64", b.val(x.X))
	case ir.OpI32ReinterpretF32:
		b.file.math = true
		return call("math.Float32bits", b.val(x.X))
	case ir.OpI64ReinterpretF64:
		b.file.math = true
		return call("math.Float64bits", b.val(x.X))
	case ir.OpF32ReinterpretI32:
		b.file.math = true
		return call("math.Float32frombits", b.ex(x.X))
	case ir.OpF64ReinterpretI64:
		b.file.math = true
		return call("math.Float64frombits", b.ex(x.X))
	}
	return nil
}

// plus is x + v; x + 4294967280 is x - 16 to read.
func plus(x *node, v int64) *node {
	if v < 0 {
		return bin("-", x, uintLit(uint64(-v)))
	}
	return bin("+", x, uintLit(uint64(v)))
}

// fresh is the operand of a square root. On amd64 the instruction waits for what
// was in its destination before, unless that is its operand; Go uses the same register for both if
// the operand is not used again. x - 0 is x, for zeros too.
func (b *body) fresh(x *ir.Expr) *node {
	if x.Op == ir.OpLocal && b.reads(ir.Local(x.Imm)) > 1 {
		return bin("-", b.val(x), lit("0"))
	}
	return b.val(x)
}

// reads counts the places of the function that read a local.
func (b *body) reads(l ir.Local) int {
	if b.readCount == nil {
		b.readCount = make([]int, len(b.f.Locals))
		walkStmts(b.f.Body, func(ir.Stmt) {}, func(x *ir.Expr) {
			walkExpr(x, func(x *ir.Expr) {
				if x.Op == ir.OpLocal {
					b.readCount[x.Imm]++
				}
			})
		})
	}
	return b.readCount[l]
}

// factor is a factor or divisor. Go takes x*1 and x/1 for x, but they make a
// NaN quiet: 1 and -1 are variables then.
func (b *body) factor(x *ir.Expr) *node {
	if x.Op == ir.OpConst {
		switch {
		case x.Type.Kind == ir.F32 && uint32(x.Imm) == math.Float32bits(1):
			return b.rtVar("F32One")
		case x.Type.Kind == ir.F32 && uint32(x.Imm) == math.Float32bits(-1):
			return b.rtVar("F32MinusOne")
		case x.Type.Kind == ir.F64 && x.Imm == math.Float64bits(1):
			return b.rtVar("F64One")
		case x.Type.Kind == ir.F64 && x.Imm == math.Float64bits(-1):
			return b.rtVar("F64MinusOne")
		}
	}
	return b.ex(x)
}

func (b *body) rtVar(name string) *node {
	b.file.rt = true
	return atom("rt." + name)
}

// nval is val of an operand of which only the low bits count.
func (b *body) nval(x *ir.Expr) *node {
	if x.Op.IsLoad() {
		return b.load(x, true)
	}
	return b.val(x)
}

// absorbing handles multiplications and masks by a constant that make Go load
// less than wasm does, or nothing; nil if x is none.
func (b *body) absorbing(x *ir.Expr) *node {
	l, c := x.X, x.Y
	if l.Op == ir.OpConst {
		l, c = c, l
	}
	if c.Op != ir.OpConst || !l.Op.IsLoad() {
		return nil
	}
	and := x.Op == ir.OpI32And || x.Op == ir.OpI64And
	// A mask whose high bytes are all zero lets Go narrow the load.
	width := 8 * uint(l.Op.Info().Bytes)
	if !(c.Imm == 0 || and && c.Imm>>(width/2) == 0) {
		return nil
	}
	return bin(arith[x.Op], b.load(l, true), b.ex(c))
}

// divisor is a divisor that Go does not see to be zero.
func (b *body) divisor(x *ir.Expr, signed bool) *node {
	if x.Op == ir.OpConst && x.Imm != 0 {
		if signed {
			return b.signed(x, false)
		}
		return b.ex(x)
	}
	if signed {
		return b.signed(x, true)
	}
	return b.val(x)
}

// count is a shift count, modulo the size.
func (b *body) count(x *ir.Expr, size uint64) *node {
	if x.Op == ir.OpConst {
		return uintLit(x.Imm & (size - 1))
	}
	return bin("&", b.ex(x), uintLit(size-1))
}

// rotation is the count of a rotation to the left.
func (b *body) rotation(x *ir.Expr, size uint64, right bool) *node {
	if x.Op == ir.OpConst {
		n := x.Imm & (size - 1)
		if right {
			n = (size - n) & (size - 1)
		}
		return uintLit(n)
	}
	n := conv("int", b.ex(x))
	if right {
		n = un("-", n)
	}
	return n
}
