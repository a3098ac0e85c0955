package core

import (
	"strconv"

	"github.com/wc2go/wc2go/ir"
)

// This file: vectors. A vector is two or four Go values, its lanes, in one of
// four forms; a local of type v128 is that many variables, in the form that suits its
// uses (simd_form.go). Only parameters, results and globals are of type rt.V128.
//
// Lanes of 32 and 64 bits are worked on one by one: as variables of their own
// they stay in registers, floats in those for floats. Lanes of 8 and 16 bits
// are worked on together, as many as a uint64 has (rt/simd_int.go).

// form is how a vector is held.
type form uint8

const (
	halves  form = iota // two uint64, the low half first; also lanes of 64 bits
	words               // four uint32
	floats              // four float32
	doubles             // two float64
	noForm
)

// lanes gives the number of Go values.
func (f form) lanes() int {
	if f == words || f == floats {
		return 4
	}
	return 2
}

// bits gives the form of integers with the same lanes.
func (f form) bits() form {
	switch f {
	case floats:
		return words
	case doubles:
		return halves
	}
	return f
}

func (f form) goType() string { return [...]string{"uint64", "uint32", "float32", "float64"}[f] }

// suffix is that of rt.Ld and rt.St.
func (f form) suffix() string { return [...]string{"64", "32", "F32", "F64"}[f] }

// vectorTemps are temporaries of one type.
type vectorTemps struct{ used, most int }

const (
	pointerTemp = 4 // unsafe.Pointer
	vectorTemp  = 5 // rt.V128
)

var tempTypes = [...]struct{ prefix, typ string }{
	halves: {"w", "uint64"}, words: {"u", "uint32"}, floats: {"f", "float32"}, doubles: {"g", "float64"},
	pointerTemp: {"p", "unsafe.Pointer"}, vectorTemp: {"v", "rt.V128"},
}

// vectors is what a body keeps for vectors.
type vectors struct {
	forms []form // of the locals
	lost  map[*ir.Expr]bool
	temps [len(tempTypes)]vectorTemps
	vars  map[string]*bool // variables: whether the text reads them
	// results are those of the call that is printed, of type rt.V128.
	results []result
}

type result struct {
	dst ir.Local
	v   *node
}

// takeResults assigns the results of a call to their locals.
func (b *body) takeResults() {
	for _, r := range b.vec.results {
		b.file.rt = true
		b.assignLanes(r.dst, b.reform(b.unpack(r.v), halves, b.vec.forms[r.dst]))
	}
	b.vec.results = nil
}

// variable is a name of a lane or temporary; printing it counts as reading.
func (b *body) variable(name string) *node {
	if b.vec.vars == nil {
		b.vec.vars = map[string]*bool{}
	}
	used := b.vec.vars[name]
	if used == nil {
		used = new(bool)
		b.vec.vars[name] = used
	}
	return &node{kind: nAtom, text: name, used: used}
}

// unread reports whether a variable is assigned and not read.
func (b *body) unread(name string) bool { return !*b.variable(name).used }

// temp gives a temporary of the statement.
func (b *body) temp(kind int) *node {
	t := &b.vec.temps[kind]
	n := tempTypes[kind].prefix + strconv.Itoa(t.used)
	t.used++
	t.most = max(t.most, t.used)
	return b.variable(n)
}

// once is a value that can be written more than once: n itself or a temporary that holds it.
func (b *body) once(n *node, kind int) *node {
	if n.kind == nAtom {
		return n
	}
	t := b.temp(kind)
	b.assign(t.text, n)
	return t
}

// onces is once of each lane.
func (b *body) onces(l []*node, f form) []*node {
	out := make([]*node, len(l))
	for i, n := range l {
		out[i] = b.once(n, int(f))
	}
	return out
}

// hide makes a lane no constant for Go.
func (b *body) hide(n *node, f form) *node {
	if !n.konst {
		return n
	}
	return b.rtCall([...]string{"K64", "K32", "KF32", "KF64"}[f], n)
}

// isVector reports whether x is an expression of this file.
func isVector(x *ir.Expr) bool {
	if x.Op >= ir.OpBaseFD && x.Op < ir.OpBaseFE {
		return true
	}
	return x.Type.Kind == ir.V128 && (x.Op == ir.OpConst || x.Op == ir.OpLocal || x.Op == ir.OpSelect)
}

// laneNames are the variables of a local.
func (b *body) laneNames(l ir.Local) []string {
	n := local(l)
	if int(l) < b.params {
		return []string{n + ".Lo", n + ".Hi"}
	}
	if b.vec.forms[l].lanes() == 2 {
		return []string{n + "x", n + "y"}
	}
	return []string{n + "x", n + "y", n + "z", n + "w"}
}

// declareVectors prints the variables of locals and the temporaries.
func (b *body) declareVectors() {
	var types [4]string
	var unread []string
	add := func(k int, n string) {
		if types[k] != "" {
			types[k] += ", "
		}
		types[k] += n
		if b.unread(n) {
			unread = append(unread, n)
		}
	}
	for i := b.params; i < len(b.f.Locals); i++ {
		if l := ir.Local(i); b.f.Locals[i].Kind == ir.V128 && (b.read[i] || b.assigned[i]) {
			for _, n := range b.laneNames(l) {
				add(int(b.vec.forms[i]), n)
			}
		}
	}
	for k, t := range b.vec.temps {
		if k >= len(types) {
			s := ""
			for i := range t.most {
				n := tempTypes[k].prefix + strconv.Itoa(i)
				if i > 0 {
					s += ", "
				}
				s += n
				if b.unread(n) {
					unread = append(unread, n)
				}
			}
			if s != "" {
				b.line("var ", s, " ", tempTypes[k].typ)
			}
			continue
		}
		for i := range t.most {
			add(k, tempTypes[k].prefix+strconv.Itoa(i))
		}
	}
	for k, s := range types {
		if s != "" {
			b.line("var ", s, " ", tempTypes[k].typ)
		}
	}
	for _, n := range unread {
		b.line("_ = ", n)
	}
}

// assignLanes assigns lanes, in the local's form, as if at once.
func (b *body) assignLanes(dst ir.Local, lanes []*node) {
	if int(dst) >= b.params {
		b.assigned[dst] = true
	}
	var names []string
	var values []*node
	for i, n := range b.laneNames(dst) {
		if v := lanes[i]; v.kind != nAtom || v.text != n {
			names = append(names, n)
			values = append(values, v)
		}
	}
	together := false
	for i, n := range names {
		for _, v := range values[i+1:] {
			together = together || mentions(v, n)
		}
	}
	if together {
		b.tabs()
		for i, n := range names {
			if i > 0 {
				b.str(", ")
			}
			b.str(n)
		}
		b.str(" = ")
		b.printer.list(values, 2)
		b.str("\n")
		return
	}
	for i, n := range names {
		b.assign(n, values[i])
	}
}

// mentions reports whether a variable is part of an expression.
func mentions(n *node, name string) bool {
	if n.kind == nAtom {
		return n.text == name
	}
	if n.x != nil && mentions(n.x, name) || n.y != nil && mentions(n.y, name) {
		return true
	}
	for _, a := range n.args {
		if mentions(a, name) {
			return true
		}
	}
	return false
}

// setPacked assigns the rt.V128 x to a local.
func (b *body) setPacked(dst ir.Local, x *node) {
	b.file.rt = true
	v := b.temp(vectorTemp)
	b.assign(v.text, x)
	b.assignLanes(dst, b.reform(b.unpack(v), halves, b.vec.forms[dst]))
}

// unpack is the halves of a variable of type rt.V128.
func (b *body) unpack(v *node) []*node {
	return []*node{
		{kind: nAtom, text: v.text + ".Lo", used: v.used},
		{kind: nAtom, text: v.text + ".Hi", used: v.used},
	}
}

// packed is x as an rt.V128.
func (b *body) packed(x *ir.Expr) *node {
	if x.Op == ir.OpLocal && int(x.Imm) < b.params {
		b.readLocal(ir.Local(x.Imm))
		return atom(local(ir.Local(x.Imm)))
	}
	return b.pack(b.vector(x, halves))
}

func (b *body) pack(h []*node) *node { return b.rtCall("Vec", h[0], h[1]) }

// vector is x in the form f.
func (b *body) vector(x *ir.Expr, f form) []*node {
	have, _ := b.natural(x, f)
	return b.reform(b.inForm(x, have), have, f)
}

// own is x in the form that is natural for it.
func (b *body) own(x *ir.Expr) ([]*node, form) {
	f, _ := b.natural(x, halves)
	return b.inForm(x, f), f
}

// reform converts between forms.
func (b *body) reform(l []*node, have, want form) []*node {
	if have == want {
		return l
	}
	switch {
	case have == floats:
		return b.reform(b.each(l, func(n *node) *node { return b.mathCall("Float32bits", n) }), words, want)
	case have == doubles:
		return b.reform(b.each(l, func(n *node) *node { return b.mathCall("Float64bits", n) }), halves, want)
	case want == floats:
		return b.each(b.reform(l, have, words), func(n *node) *node { return b.mathCall("Float32frombits", n) })
	case want == doubles:
		return b.each(b.reform(l, have, halves), func(n *node) *node { return b.mathCall("Float64frombits", n) })
	case want == words:
		h := b.onces(l, halves)
		return []*node{
			conv("uint32", b.hide(h[0], halves)), conv("uint32", bin(">>", b.hide(h[0], halves), lit("32"))),
			conv("uint32", b.hide(h[1], halves)), conv("uint32", bin(">>", b.hide(h[1], halves), lit("32"))),
		}
	}
	return []*node{join(l[0], l[1]), join(l[2], l[3])}
}

// join makes a half of two words.
func join(lo, hi *node) *node {
	if isZero(hi) {
		return conv("uint64", lo)
	}
	h := bin("<<", conv("uint64", hi), lit("32"))
	if isZero(lo) {
		return h
	}
	return bin("|", conv("uint64", lo), h)
}

func isZero(n *node) bool { return n.konst && n.kind == nAtom && n.text == "0" }

func (b *body) each(l []*node, f func(*node) *node) []*node {
	out := make([]*node, len(l))
	for i, n := range l {
		out[i] = f(n)
	}
	return out
}

func (b *body) mathCall(fn string, n *node) *node {
	b.file.math = true
	return call("math."+fn, n)
}

// constLane is lane i of a constant; 1 and -1 of floats are variables, see factor.
func (b *body) constLane(x *ir.Expr, f form, i int) *node {
	switch f {
	case halves:
		return hexLit([2]uint64{x.Imm, x.Imm2}[i])
	case doubles:
		v := [2]uint64{x.Imm, x.Imm2}[i]
		return b.factor(&ir.Expr{Op: ir.OpConst, Type: ir.TypeF64, Imm: v})
	}
	v := uint64(uint32([2]uint64{x.Imm, x.Imm2}[i/2] >> (32 * (i % 2))))
	if f == floats {
		return b.factor(&ir.Expr{Op: ir.OpConst, Type: ir.TypeF32, Imm: v})
	}
	return hexLit(v)
}

func hexLit(v uint64) *node {
	if v < 10 {
		return uintLit(v)
	}
	return lit(hex(v))
}

// inForm is x in a form that natural gave.
func (b *body) inForm(x *ir.Expr, f form) []*node {
	switch x.Op {
	case ir.OpConst:
		l := make([]*node, f.lanes())
		for i := range l {
			l[i] = b.constLane(x, f, i)
		}
		return l
	case ir.OpLocal:
		dst := ir.Local(x.Imm)
		b.readLocal(dst)
		names := b.laneNames(dst)
		l := make([]*node, len(names))
		for i, n := range names {
			if int(dst) < b.params {
				l[i] = atom(n)
			} else {
				l[i] = b.variable(n)
			}
		}
		return l
	case ir.OpSelect:
		l, r := b.vector(x.X, f), b.vector(x.Y, f)
		c := b.cond(x.Z)
		if c.kind != nBin || c.x.kind != nAtom || c.y.kind != nAtom {
			c = bin("!=", b.once(b.rtCall("B2U", c), int(words)), lit("0"))
		}
		fn := [...]string{"SelI64", "SelI32", "SelF32", "SelF64"}[f]
		return zip(l, r, func(x, y *node) *node { return b.rtCall(fn, c, x, y) })
	}
	if op, ok := laneOps[x.Op]; ok {
		args := [][]*node{b.vector(x.X, op.in)}
		if x.Y != nil {
			args = append(args, b.vector(x.Y, op.in))
		}
		if x.Z != nil {
			args = append(args, b.vector(x.Z, op.in))
		}
		l := make([]*node, f.lanes())
		for i := range l {
			a := make([]*node, len(args))
			for j := range args {
				a[j] = args[j][i]
			}
			l[i] = op.lane(b, a)
		}
		return l
	}
	if x.Op.IsLoad() && isVector(x) {
		return b.loadVector(x, f)
	}
	if l := b.moved(x, f); l != nil {
		return l
	}
	if l := b.crossed(x); l != nil {
		return l
	}
	if isVector(x) {
		panic(unsupported(feature(x.Op)))
	}
	v := b.ex(x)
	if v.kind != nAtom {
		t := b.temp(vectorTemp)
		b.file.rt = true
		b.assign(t.text, v)
		v = t
	}
	return b.unpack(v)
}

func zip(x, y []*node, f func(x, y *node) *node) []*node {
	out := make([]*node, len(x))
	for i := range x {
		out[i] = f(x[i], y[i])
	}
	return out
}

// laneOp is an operator that works lane by lane: lane i of the result, in form
// out, depends on lane i of the operands, in form in.
type laneOp struct {
	in, out form
	lane    func(b *body, a []*node) *node
}

// goOp is an operator of Go.
func goOp(op string, f form) laneOp {
	return laneOp{f, f, func(b *body, a []*node) *node {
		x, y := a[0], a[1]
		if op == "/" || x.konst {
			y = b.hide(y, f)
		}
		n := bin(op, x, y)
		if op == "*" && (f == floats || f == doubles) {
			return conv(f.goType(), n) // rounds: no fused multiply-add
		}
		return n
	}}
}

// rtOp is a function of rt.
func rtOp(fn string, in, out form) laneOp {
	return laneOp{in, out, func(b *body, a []*node) *node { return b.rtCall(fn, a...) }}
}

// rtSwap is a function of rt with its operands exchanged.
func rtSwap(fn string, f form) laneOp {
	return laneOp{f, f, func(b *body, a []*node) *node { return b.rtCall(fn, a[1], a[0]) }}
}

// builtin is Go's min or max.
func builtin(fn string, signed bool) laneOp {
	return laneOp{words, words, func(b *body, a []*node) *node {
		x, y := b.hide(a[0], words), b.hide(a[1], words)
		if signed {
			return conv("uint32", call(fn, conv("int32", x), conv("int32", y)))
		}
		return call(fn, x, y)
	}}
}

// cmpOp is a comparison of lanes of 32 or 64 bits; true is all ones.
func cmpOp(op string, in form, signed bool) laneOp {
	out := in.bits()
	return laneOp{in, out, func(b *body, a []*node) *node {
		x, y := b.hide(a[0], in), b.hide(a[1], in)
		if signed {
			t := "int32"
			if in == halves {
				t = "int64"
			}
			x, y = conv(t, x), conv(t, y)
		}
		n := b.rtCall("B2U", bin(op, x, y))
		if out == halves {
			n = conv("uint64", n)
		}
		return neg(n)
	}}
}

// narrowCmp is a comparison of lanes of 8 or 16 bits.
type narrowCmp struct {
	fn   string // of rt; Zero is applied to the exclusive or
	swap bool
	not  bool
}

var narrowCmps = map[ir.Op]narrowCmp{
	ir.OpI8x16Eq: {"I8Zero", false, false}, ir.OpI8x16Ne: {"I8Zero", false, true},
	ir.OpI8x16LtS: {"I8LtS", false, false}, ir.OpI8x16LtU: {"I8LtU", false, false},
	ir.OpI8x16GtS: {"I8LtS", true, false}, ir.OpI8x16GtU: {"I8LtU", true, false},
	ir.OpI8x16LeS: {"I8LtS", true, true}, ir.OpI8x16LeU: {"I8LtU", true, true},
	ir.OpI8x16GeS: {"I8LtS", false, true}, ir.OpI8x16GeU: {"I8LtU", false, true},
	ir.OpI16x8Eq: {"I16Zero", false, false}, ir.OpI16x8Ne: {"I16Zero", false, true},
	ir.OpI16x8LtS: {"I16LtS", false, false}, ir.OpI16x8LtU: {"I16LtU", false, false},
	ir.OpI16x8GtS: {"I16LtS", true, false}, ir.OpI16x8GtU: {"I16LtU", true, false},
	ir.OpI16x8LeS: {"I16LtS", true, true}, ir.OpI16x8LeU: {"I16LtU", true, true},
	ir.OpI16x8GeS: {"I16LtS", false, true}, ir.OpI16x8GeU: {"I16LtU", false, true},
}

// is16 reports whether a comparison is of lanes of 16 bits.
func (c narrowCmp) is16() bool { return c.fn[1] == '1' }

// bits has the top bit of each lane where the comparison holds, and if it is
// negated (c.not), where it does not.
func (c narrowCmp) bits(b *body, x, y *node) *node {
	switch {
	case c.fn == "I8Zero" || c.fn == "I16Zero":
		if isZero(y) {
			return b.rtCall(c.fn, x)
		}
		return b.rtCall(c.fn, bin("^", b.hide(x, halves), y))
	case c.swap:
		return b.rtCall(c.fn, y, x)
	}
	return b.rtCall(c.fn, x, y)
}

// mask is the result of the comparison.
func (c narrowCmp) mask(b *body, a []*node) *node {
	fn := "I8Mask"
	if c.is16() {
		fn = "I16Mask"
	}
	n := b.rtCall(fn, c.bits(b, a[0], a[1]))
	if c.not {
		return un("^", n)
	}
	return n
}

// laneOps are the operators that work lane by lane.
var laneOps = func() map[ir.Op]laneOp {
	t := map[ir.Op]laneOp{
		ir.OpI8x16Abs: rtOp("I8Abs", halves, halves), ir.OpI8x16Popcnt: rtOp("I8Popcnt", halves, halves),
		ir.OpI8x16Neg: negOp("I8Sub"), ir.OpI16x8Neg: negOp("I16Sub"),
		ir.OpI8x16Add: rtOp("I8Add", halves, halves), ir.OpI8x16Sub: rtOp("I8Sub", halves, halves),
		ir.OpI8x16AddSatS: rtOp("I8AddSatS", halves, halves), ir.OpI8x16AddSatU: rtOp("I8AddSatU", halves, halves),
		ir.OpI8x16SubSatS: rtOp("I8SubSatS", halves, halves), ir.OpI8x16SubSatU: rtOp("I8SubSatU", halves, halves),
		ir.OpI8x16MinS: rtOp("I8MinS", halves, halves), ir.OpI8x16MinU: rtOp("I8MinU", halves, halves),
		ir.OpI8x16MaxS: rtOp("I8MaxS", halves, halves), ir.OpI8x16MaxU: rtOp("I8MaxU", halves, halves),
		ir.OpI8x16AvgrU: rtOp("I8Avgr", halves, halves),

		ir.OpI16x8Abs: rtOp("I16Abs", halves, halves),
		ir.OpI16x8Add: rtOp("I16Add", halves, halves), ir.OpI16x8Sub: rtOp("I16Sub", halves, halves),
		ir.OpI16x8AddSatS: rtOp("I16AddSatS", halves, halves), ir.OpI16x8AddSatU: rtOp("I16AddSatU", halves, halves),
		ir.OpI16x8SubSatS: rtOp("I16SubSatS", halves, halves), ir.OpI16x8SubSatU: rtOp("I16SubSatU", halves, halves),
		ir.OpI16x8MinS: rtOp("I16MinS", halves, halves), ir.OpI16x8MinU: rtOp("I16MinU", halves, halves),
		ir.OpI16x8MaxS: rtOp("I16MaxS", halves, halves), ir.OpI16x8MaxU: rtOp("I16MaxU", halves, halves),
		ir.OpI16x8AvgrU: rtOp("I16Avgr", halves, halves), ir.OpI16x8Mul: {halves, halves, mul16},
		ir.OpI16x8Q15mulrSatS: rtOp("I16Q15", halves, halves), ir.OpI16x8RelaxedQ15mulrS: rtOp("I16Q15", halves, halves),
		ir.OpI16x8ExtaddPairwiseI8x16S:  rtOp("I8PairS", halves, halves),
		ir.OpI16x8ExtaddPairwiseI8x16U:  rtOp("I8PairU", halves, halves),
		ir.OpI16x8RelaxedDotI8x16I7x16S: rtOp("I8Dot", halves, halves),

		ir.OpI32x4Abs: rtOp("I32Abs", words, words),
		ir.OpI32x4Neg: {words, words, func(b *body, a []*node) *node { return neg(b.hide(a[0], words)) }},
		ir.OpI32x4Add: goOp("+", words), ir.OpI32x4Sub: goOp("-", words), ir.OpI32x4Mul: goOp("*", words),
		ir.OpI32x4MinS: builtin("min", true), ir.OpI32x4MinU: builtin("min", false),
		ir.OpI32x4MaxS: builtin("max", true), ir.OpI32x4MaxU: builtin("max", false),
		ir.OpI32x4DotI16x8S:            rtOp("I32Dot", words, words),
		ir.OpI32x4ExtaddPairwiseI16x8S: rtOp("I32PairS", words, words),
		ir.OpI32x4ExtaddPairwiseI16x8U: rtOp("I32PairU", words, words),
		ir.OpI32x4RelaxedDotI8x16I7x16AddS: {words, words, func(b *body, a []*node) *node {
			return bin("+", b.rtCall("I32Dot8", a[0], a[1]), a[2])
		}},

		ir.OpI64x2Abs: rtOp("I64Abs", halves, halves),
		ir.OpI64x2Neg: {halves, halves, func(b *body, a []*node) *node { return neg(b.hide(a[0], halves)) }},
		ir.OpI64x2Add: goOp("+", halves), ir.OpI64x2Sub: goOp("-", halves), ir.OpI64x2Mul: goOp("*", halves),

		ir.OpF32x4ConvertI32x4S: {words, floats, func(b *body, a []*node) *node {
			return conv("float32", conv("int32", b.hide(a[0], words)))
		}},
		ir.OpF32x4ConvertI32x4U: {words, floats, func(b *body, a []*node) *node {
			return conv("float32", b.hide(a[0], words))
		}},
		ir.OpI32x4TruncSatF32x4S:     rtOp("I32SatF32S", floats, words),
		ir.OpI32x4TruncSatF32x4U:     rtOp("I32SatF32U", floats, words),
		ir.OpI32x4RelaxedTruncF32x4S: rtOp("I32SatF32S", floats, words),
		ir.OpI32x4RelaxedTruncF32x4U: rtOp("I32SatF32U", floats, words),

		ir.OpF32x4Sqrt: {floats, floats, func(b *body, a []*node) *node {
			return conv("float32", b.mathCall("Sqrt", conv("float64", b.hide(a[0], floats))))
		}},
		ir.OpF64x2Sqrt: {doubles, doubles, func(b *body, a []*node) *node { return b.mathCall("Sqrt", b.hide(a[0], doubles)) }},
	}
	for op, c := range narrowCmps {
		t[op] = laneOp{halves, halves, c.mask}
	}
	for i, op := range []string{"==", "!=", "<", ">", "<=", ">="} {
		t[ir.OpF32x4Eq+ir.Op(i)] = cmpOp(op, floats, false)
		t[ir.OpF64x2Eq+ir.Op(i)] = cmpOp(op, doubles, false)
	}
	for i, op := range []string{"==", "!=", "<", "<", ">", ">", "<=", "<=", ">=", ">="} {
		t[ir.OpI32x4Eq+ir.Op(i)] = cmpOp(op, words, i >= 2 && i%2 == 0)
	}
	for i, op := range []string{"==", "!=", "<", ">", "<=", ">="} {
		t[ir.OpI64x2Eq+ir.Op(i)] = cmpOp(op, halves, i >= 2)
	}
	for _, s := range []struct {
		f                                form
		rt                               string
		ceil, floor, trunc, nearest      ir.Op
		abs, neg, add, sub, mul, div     ir.Op
		min, max, pmin, pmax, rmin, rmax ir.Op
		madd, nmadd                      ir.Op
	}{
		{floats, "F32", ir.OpF32x4Ceil, ir.OpF32x4Floor, ir.OpF32x4Trunc, ir.OpF32x4Nearest,
			ir.OpF32x4Abs, ir.OpF32x4Neg, ir.OpF32x4Add, ir.OpF32x4Sub, ir.OpF32x4Mul, ir.OpF32x4Div,
			ir.OpF32x4Min, ir.OpF32x4Max, ir.OpF32x4Pmin, ir.OpF32x4Pmax, ir.OpF32x4RelaxedMin, ir.OpF32x4RelaxedMax,
			ir.OpF32x4RelaxedMadd, ir.OpF32x4RelaxedNmadd},
		{doubles, "F64", ir.OpF64x2Ceil, ir.OpF64x2Floor, ir.OpF64x2Trunc, ir.OpF64x2Nearest,
			ir.OpF64x2Abs, ir.OpF64x2Neg, ir.OpF64x2Add, ir.OpF64x2Sub, ir.OpF64x2Mul, ir.OpF64x2Div,
			ir.OpF64x2Min, ir.OpF64x2Max, ir.OpF64x2Pmin, ir.OpF64x2Pmax, ir.OpF64x2RelaxedMin, ir.OpF64x2RelaxedMax,
			ir.OpF64x2RelaxedMadd, ir.OpF64x2RelaxedNmadd},
	} {
		for op, fn := range map[ir.Op]string{
			s.ceil: "Ceil", s.floor: "Floor", s.trunc: "Trunc", s.nearest: "Nearest", s.abs: "Abs", s.neg: "Neg",
			s.min: "Min", s.max: "Max", s.pmin: "Pmin", s.pmax: "Pmax",
		} {
			t[op] = rtOp(s.rt+fn, s.f, s.f)
		}
		t[s.rmin], t[s.rmax] = rtSwap(s.rt+"Pmin", s.f), rtSwap(s.rt+"Pmax", s.f)
		mul := goOp("*", s.f)
		t[s.add], t[s.sub], t[s.mul], t[s.div] = goOp("+", s.f), goOp("-", s.f), mul, goOp("/", s.f)
		// Unfused: the same on every machine, and the product of x and y is rounded.
		t[s.madd] = laneOp{s.f, s.f, func(b *body, a []*node) *node { return bin("+", mul.lane(b, a[:2]), b.hide(a[2], s.f)) }}
		t[s.nmadd] = laneOp{s.f, s.f, func(b *body, a []*node) *node { return bin("-", b.hide(a[2], s.f), mul.lane(b, a[:2])) }}
	}
	return t
}()

// mul16 is i16x8.mul.
func mul16(b *body, a []*node) *node {
	for i, n := range a {
		if v, err := strconv.ParseUint(n.text, 0, 64); n.konst && n.kind == nAtom && err == nil && v == v&0xffff*0x1000100010001 {
			return b.rtCall("I16Scale", a[1-i], hexLit(v&0xffff))
		}
	}
	return b.rtCall("I16Mul", a...)
}

// neg is -n of an integer.
func neg(n *node) *node {
	if n.kind == nUn && n.text == "-" {
		return n.x
	}
	return un("-", n)
}

func negOp(sub string) laneOp {
	return laneOp{halves, halves, func(b *body, a []*node) *node { return b.rtCall(sub, lit("0"), a[0]) }}
}

// shiftOps are the shifts; I32 and I64 shift each lane with Go's operators.
var shiftOps = map[ir.Op]struct {
	fn     string // of rt
	f      form
	op     string
	signed string
}{
	ir.OpI8x16Shl: {fn: "I8Shl"}, ir.OpI8x16ShrS: {fn: "I8ShrS"}, ir.OpI8x16ShrU: {fn: "I8ShrU"},
	ir.OpI16x8Shl: {fn: "I16Shl"}, ir.OpI16x8ShrS: {fn: "I16ShrS"}, ir.OpI16x8ShrU: {fn: "I16ShrU"},
	ir.OpI32x4Shl: {f: words, op: "<<"}, ir.OpI32x4ShrS: {f: words, op: ">>", signed: "int32"}, ir.OpI32x4ShrU: {f: words, op: ">>"},
	ir.OpI64x2Shl: {f: halves, op: "<<"}, ir.OpI64x2ShrS: {f: halves, op: ">>", signed: "int64"}, ir.OpI64x2ShrU: {f: halves, op: ">>"},
}

// isBitwise reports whether op treats a vector as bits.
func isBitwise(op ir.Op) bool {
	return op >= ir.OpV128Not && op <= ir.OpV128Bitselect || op >= ir.OpI8x16RelaxedLaneselect && op <= ir.OpI64x2RelaxedLaneselect
}

func (b *body) bitwise(x *ir.Expr, f form) []*node {
	l := b.vector(x.X, f)
	if x.Op == ir.OpV128Not {
		return b.each(l, func(n *node) *node { return un("^", b.hide(n, f)) })
	}
	r := b.vector(x.Y, f)
	if x.Z != nil {
		m := b.vector(x.Z, f)
		fn := "Blend"
		if f == words {
			fn = "Blend32"
		}
		out := make([]*node, len(l))
		for i := range l {
			out[i] = b.rtCall(fn, l[i], r[i], m[i])
		}
		return out
	}
	op := map[ir.Op]string{ir.OpV128And: "&", ir.OpV128Andnot: "&^", ir.OpV128Or: "|", ir.OpV128Xor: "^"}[x.Op]
	return zip(l, r, func(x, y *node) *node {
		if x.konst {
			y = b.hide(y, f)
		}
		return bin(op, x, y)
	})
}

// laneShape is the form of a splat's or lane access's vector and the size of its lanes.
func laneShape(op ir.Op) (f form, size int) {
	switch op {
	case ir.OpI8x16Splat, ir.OpI8x16ExtractLaneS, ir.OpI8x16ExtractLaneU, ir.OpI8x16ReplaceLane, ir.OpV128Load8Lane, ir.OpV128Store8Lane, ir.OpV128Load8Splat:
		return halves, 1
	case ir.OpI16x8Splat, ir.OpI16x8ExtractLaneS, ir.OpI16x8ExtractLaneU, ir.OpI16x8ReplaceLane, ir.OpV128Load16Lane, ir.OpV128Store16Lane, ir.OpV128Load16Splat:
		return halves, 2
	case ir.OpI32x4Splat, ir.OpI32x4ExtractLane, ir.OpI32x4ReplaceLane, ir.OpV128Load32Lane, ir.OpV128Store32Lane, ir.OpV128Load32Splat, ir.OpV128Load32Zero:
		return words, 4
	case ir.OpF32x4Splat, ir.OpF32x4ExtractLane, ir.OpF32x4ReplaceLane:
		return floats, 4
	case ir.OpF64x2Splat, ir.OpF64x2ExtractLane, ir.OpF64x2ReplaceLane:
		return doubles, 8
	}
	return halves, 8
}

// insert is half h with the lane of size bytes at byte at replaced; v is a uint64 that fits.
func insert(h, v *node, at, size int) *node {
	m := uint64(1)<<(8*size) - 1
	if at > 0 {
		v = bin("<<", v, uintLit(uint64(8*at)))
	}
	return bin("|", bin("&^", h, lit(hex(m<<(8*at)))), v)
}

// moved are the operators that put lanes elsewhere; nil if x is none.
func (b *body) moved(x *ir.Expr, f form) []*node {
	switch {
	case isBitwise(x.Op):
		return b.bitwise(x, f)
	case x.Op == ir.OpI8x16Shuffle:
		return b.shuffle(x, f)
	}
	if s, ok := shiftOps[x.Op]; ok {
		l := b.vector(x.X, s.f)
		count := b.nval(x.Y)
		if x.Y.Op == ir.OpConst {
			count = uintLit(x.Y.Imm & uint64(8*8-1))
		} else {
			count = b.once(count, int(words))
		}
		return b.each(l, func(n *node) *node {
			if s.fn != "" {
				return b.rtCall(s.fn, n, count)
			}
			size := uint64(64)
			if s.f == words {
				size = 32
			}
			c := bin("&", count, uintLit(size-1))
			if x.Y.Op == ir.OpConst {
				c = uintLit(x.Y.Imm & (size - 1))
			}
			n = b.hide(n, s.f)
			if s.signed != "" {
				return conv(s.f.goType(), bin(s.op, conv(s.signed, n), c))
			}
			return bin(s.op, n, c)
		})
	}
	_, size := laneShape(x.Op)
	switch x.Op {
	case ir.OpI8x16Splat, ir.OpI16x8Splat:
		ones := [3]string{1: "0x101010101010101", 2: "0x1000100010001"}[size]
		typ := [3]string{1: "uint8", 2: "uint16"}[size]
		v := b.once(bin("*", conv("uint64", conv(typ, b.nval(x.X))), lit(ones)), int(halves))
		return []*node{v, v}
	case ir.OpI32x4Splat, ir.OpF32x4Splat:
		v := b.once(b.ex(x.X), int(f))
		return []*node{v, v, v, v}
	case ir.OpI64x2Splat, ir.OpF64x2Splat:
		v := b.once(b.ex(x.X), int(f))
		return []*node{v, v}
	case ir.OpI8x16ReplaceLane, ir.OpI16x8ReplaceLane:
		l := b.vector(x.X, halves)
		typ := [3]string{1: "uint8", 2: "uint16"}[size]
		at := int(x.Imm) * size
		out := []*node{l[0], l[1]}
		out[at/8] = insert(b.hide(l[at/8], halves), conv("uint64", conv(typ, b.nval(x.Y))), at%8, size)
		return out
	case ir.OpI32x4ReplaceLane, ir.OpF32x4ReplaceLane, ir.OpI64x2ReplaceLane, ir.OpF64x2ReplaceLane:
		out := append([]*node(nil), b.vector(x.X, f)...)
		out[x.Imm] = b.ex(x.Y)
		return out
	}
	return nil
}

// crossed are the operators that change the size of lanes; nil if x is none.
func (b *body) crossed(x *ir.Expr) []*node {
	low := func(h *node) *node { return conv("uint32", h) }
	high := func(h *node) *node { return conv("uint32", bin(">>", h, lit("32"))) }
	// half is the low or high half of an operand, writable more than once.
	half := func(x *ir.Expr, high bool) *node {
		return b.hide(b.once(b.vector(x, halves)[b2i(high)], int(halves)), halves)
	}
	// four are the lanes of 16 bits of a half, as 32.
	four := func(h *node, signed bool) []*node {
		typ := "uint16"
		if signed {
			typ = "int16"
		}
		l := make([]*node, 4)
		for i := range l {
			n := h
			if i > 0 {
				n = bin(">>", h, uintLit(uint64(16*i)))
			}
			l[i] = conv("uint32", conv(typ, n))
		}
		return l
	}
	// two are two lanes of 32 bits, as 64.
	two := func(x *ir.Expr, high, signed bool) []*node {
		w := b.vector(x, words)[2*b2i(high):][:2]
		return b.each(w, func(n *node) *node {
			n = b.hide(n, words)
			if signed {
				n = conv("int32", n)
			}
			return conv("uint64", n)
		})
	}
	mul := func(x, y *node) *node { return bin("*", x, y) }
	switch op := x.Op; op {
	case ir.OpI16x8ExtendLowI8x16S, ir.OpI16x8ExtendHighI8x16S, ir.OpI16x8ExtendLowI8x16U, ir.OpI16x8ExtendHighI8x16U:
		h := half(x.X, op == ir.OpI16x8ExtendHighI8x16S || op == ir.OpI16x8ExtendHighI8x16U)
		fn := "I8ExtU"
		if op == ir.OpI16x8ExtendLowI8x16S || op == ir.OpI16x8ExtendHighI8x16S {
			fn = "I8ExtS"
		}
		return []*node{b.rtCall(fn, low(h)), b.rtCall(fn, high(h))}
	case ir.OpI16x8ExtmulLowI8x16S, ir.OpI16x8ExtmulHighI8x16S, ir.OpI16x8ExtmulLowI8x16U, ir.OpI16x8ExtmulHighI8x16U:
		up := op == ir.OpI16x8ExtmulHighI8x16S || op == ir.OpI16x8ExtmulHighI8x16U
		fn := "I8ExtU"
		if op == ir.OpI16x8ExtmulLowI8x16S || op == ir.OpI16x8ExtmulHighI8x16S {
			fn = "I8ExtS"
		}
		h, k := half(x.X, up), half(x.Y, up)
		return []*node{
			b.rtCall("I16Mul", b.rtCall(fn, low(h)), b.rtCall(fn, low(k))),
			b.rtCall("I16Mul", b.rtCall(fn, high(h)), b.rtCall(fn, high(k))),
		}
	case ir.OpI32x4ExtendLowI16x8S, ir.OpI32x4ExtendHighI16x8S, ir.OpI32x4ExtendLowI16x8U, ir.OpI32x4ExtendHighI16x8U:
		return four(half(x.X, op == ir.OpI32x4ExtendHighI16x8S || op == ir.OpI32x4ExtendHighI16x8U),
			op == ir.OpI32x4ExtendLowI16x8S || op == ir.OpI32x4ExtendHighI16x8S)
	case ir.OpI32x4ExtmulLowI16x8S, ir.OpI32x4ExtmulHighI16x8S, ir.OpI32x4ExtmulLowI16x8U, ir.OpI32x4ExtmulHighI16x8U:
		up := op == ir.OpI32x4ExtmulHighI16x8S || op == ir.OpI32x4ExtmulHighI16x8U
		signed := op == ir.OpI32x4ExtmulLowI16x8S || op == ir.OpI32x4ExtmulHighI16x8S
		return zip(four(half(x.X, up), signed), four(half(x.Y, up), signed), mul)
	case ir.OpI64x2ExtendLowI32x4S, ir.OpI64x2ExtendHighI32x4S, ir.OpI64x2ExtendLowI32x4U, ir.OpI64x2ExtendHighI32x4U:
		return two(x.X, op == ir.OpI64x2ExtendHighI32x4S || op == ir.OpI64x2ExtendHighI32x4U,
			op == ir.OpI64x2ExtendLowI32x4S || op == ir.OpI64x2ExtendHighI32x4S)
	case ir.OpI64x2ExtmulLowI32x4S, ir.OpI64x2ExtmulHighI32x4S, ir.OpI64x2ExtmulLowI32x4U, ir.OpI64x2ExtmulHighI32x4U:
		up := op == ir.OpI64x2ExtmulHighI32x4S || op == ir.OpI64x2ExtmulHighI32x4U
		signed := op == ir.OpI64x2ExtmulLowI32x4S || op == ir.OpI64x2ExtmulHighI32x4S
		return zip(two(x.X, up, signed), two(x.Y, up, signed), mul)
	case ir.OpI8x16NarrowI16x8S, ir.OpI8x16NarrowI16x8U:
		fn := "I16NarrowS"
		if op == ir.OpI8x16NarrowI16x8U {
			fn = "I16NarrowU"
		}
		join := func(x *ir.Expr) *node {
			h := b.vector(x, halves)
			return bin("|", b.rtCall(fn, h[0]), bin("<<", b.rtCall(fn, h[1]), lit("32")))
		}
		return []*node{join(x.X), join(x.Y)}
	case ir.OpI16x8NarrowI32x4S, ir.OpI16x8NarrowI32x4U:
		fn := "I32NarrowS"
		if op == ir.OpI16x8NarrowI32x4U {
			fn = "I32NarrowU"
		}
		join := func(x *ir.Expr) *node {
			var n *node
			for i, w := range b.vector(x, words) {
				if w = b.rtCall(fn, w); i == 0 {
					n = w
				} else {
					n = bin("|", n, bin("<<", w, uintLit(uint64(16*i))))
				}
			}
			return n
		}
		return []*node{join(x.X), join(x.Y)}
	case ir.OpF32x4DemoteF64x2Zero:
		l := b.vector(x.X, doubles)
		return []*node{b.rtCall("Demote", l[0]), b.rtCall("Demote", l[1]), lit("0"), lit("0")}
	case ir.OpF64x2PromoteLowF32x4:
		l := b.vector(x.X, floats)
		return []*node{b.rtCall("Promote", l[0]), b.rtCall("Promote", l[1])}
	case ir.OpF64x2ConvertLowI32x4S:
		return b.each(b.vector(x.X, words)[:2], func(n *node) *node { return conv("float64", conv("int32", b.hide(n, words))) })
	case ir.OpF64x2ConvertLowI32x4U:
		return b.each(b.vector(x.X, words)[:2], func(n *node) *node { return conv("float64", b.hide(n, words)) })
	case ir.OpI32x4TruncSatF64x2SZero, ir.OpI32x4RelaxedTruncF64x2SZero, ir.OpI32x4TruncSatF64x2UZero, ir.OpI32x4RelaxedTruncF64x2UZero:
		fn := "I32SatF64S"
		if op == ir.OpI32x4TruncSatF64x2UZero || op == ir.OpI32x4RelaxedTruncF64x2UZero {
			fn = "I32SatF64U"
		}
		l := b.vector(x.X, doubles)
		return []*node{b.rtCall(fn, l[0]), b.rtCall(fn, l[1]), lit("0"), lit("0")}
	case ir.OpI8x16Swizzle, ir.OpI8x16RelaxedSwizzle:
		v := b.temp(vectorTemp)
		b.assign(v.text, b.rtCall("Swizzle", b.packed(x.X), b.packed(x.Y)))
		return b.unpack(v)
	}
	return nil
}

// vectorScalar is a vector operator with a scalar result.
func (b *body) vectorScalar(x *ir.Expr) *node {
	switch x.Op {
	case ir.OpI8x16ExtractLaneS, ir.OpI8x16ExtractLaneU, ir.OpI16x8ExtractLaneS, ir.OpI16x8ExtractLaneU,
		ir.OpI32x4ExtractLane, ir.OpI64x2ExtractLane, ir.OpF32x4ExtractLane, ir.OpF64x2ExtractLane:
		return b.extract(x.X, x.Op, int(x.Imm))
	case ir.OpI8x16Bitmask, ir.OpI16x8Bitmask:
		fn, width := "I8Bits", uint64(8)
		if x.Op == ir.OpI16x8Bitmask {
			fn, width = "I16Bits", 4
		}
		l, not := b.topBits(x.X, x.Op == ir.OpI16x8Bitmask)
		n := bin("|", b.rtCall(fn, l[0]), bin("<<", b.rtCall(fn, l[1]), uintLit(width)))
		if not {
			n = bin("^", n, lit(hex(1<<(2*width)-1)))
		}
		return n
	case ir.OpI32x4Bitmask:
		l := b.vector(x.X, words)
		n := bin(">>", b.hide(l[0], words), lit("31"))
		for i, w := range l[1:] {
			n = bin("|", n, bin("&", bin(">>", b.hide(w, words), uintLit(uint64(30-i))), uintLit(2<<i)))
		}
		return n
	case ir.OpI64x2Bitmask:
		l := b.vector(x.X, halves)
		return conv("uint32", bin("|", bin(">>", b.hide(l[0], halves), lit("63")),
			bin("&", bin(">>", b.hide(l[1], halves), lit("62")), lit("2"))))
	}
	panic(unsupported(feature(x.Op)))
}

// topBits is a vector of lanes of 8 or 16 bits of which only the top bits count;
// with not they are the other way round.
func (b *body) topBits(x *ir.Expr, is16 bool) (l []*node, not bool) {
	if c, ok := narrowCmps[x.Op]; ok && c.is16() == is16 {
		return zip(b.vector(x.X, halves), b.vector(x.Y, halves), func(x, y *node) *node { return c.bits(b, x, y) }), c.not
	}
	return b.vector(x, halves), false
}

// vectorCond is a vector operator whose result is a truth value, as a Go bool; nil if x is none.
func (b *body) vectorCond(x *ir.Expr) *node {
	all := func(l []*node) *node {
		// Not &&: that would evaluate a lane only if those before hold, and a lane
		// may be a load that traps.
		var n *node
		for i, c := range l {
			if c = b.rtCall("B2U", bin("!=", b.hide(c, halves), lit("0"))); i == 0 {
				n = c
			} else {
				n = bin("&", n, c)
			}
		}
		return bin("!=", n, lit("0"))
	}
	switch x.Op {
	case ir.OpV128AnyTrue:
		if c, ok := narrowCmps[x.X.Op]; ok && !c.not {
			l, _ := b.topBits(x.X, c.is16())
			return bin("!=", bin("|", l[0], l[1]), lit("0"))
		}
		l, f := b.own(x.X)
		if f.bits() != f {
			l, f = b.reform(l, f, f.bits()), f.bits()
		}
		n := b.hide(l[0], f)
		for _, w := range l[1:] {
			n = bin("|", n, w)
		}
		return bin("!=", n, lit("0"))
	case ir.OpI8x16AllTrue, ir.OpI16x8AllTrue:
		fn := "I8Zero"
		if x.Op == ir.OpI16x8AllTrue {
			fn = "I16Zero"
		}
		l := b.vector(x.X, halves)
		return bin("==", bin("|", b.rtCall(fn, l[0]), b.rtCall(fn, l[1])), lit("0"))
	case ir.OpI32x4AllTrue:
		l := b.vector(x.X, words)
		return all(b.each(l, func(n *node) *node { return b.hide(n, words) }))
	case ir.OpI64x2AllTrue:
		return all(b.vector(x.X, halves))
	}
	return nil
}

// extract is lane i of x, as extract_lane op has it.
func (b *body) extract(x *ir.Expr, op ir.Op, i int) *node {
	want, size := laneShape(op)
	l, f := b.own(x)
	if f == want && size >= 4 {
		return l[i]
	}
	to := f.bits()
	if size == 8 {
		to = halves
	}
	l = b.reform(l, f, to)
	at, width := i*size, 16/to.lanes()
	n := b.hide(l[at/width], to)
	if s := at % width; s > 0 {
		n = bin(">>", n, uintLit(uint64(8*s)))
	}
	switch op {
	case ir.OpI8x16ExtractLaneS:
		return conv("uint32", conv("int8", n))
	case ir.OpI8x16ExtractLaneU:
		return conv("uint32", conv("uint8", n))
	case ir.OpI16x8ExtractLaneS:
		return conv("uint32", conv("int16", n))
	case ir.OpI16x8ExtractLaneU:
		return conv("uint32", conv("uint16", n))
	case ir.OpF64x2ExtractLane:
		return b.mathCall("Float64frombits", n)
	}
	if to == halves && size == 4 {
		n = conv("uint32", n)
	}
	if op == ir.OpF32x4ExtractLane {
		return b.mathCall("Float32frombits", n)
	}
	return n
}
