package core

import "strconv"

// This file: Go expressions, and printing them as gofmt does. gofmt leaves out the
// spaces around operators that bind tighter than their surroundings; the rules are
// those of go/printer (binaryExpr, cutoff, walkBinary, diffPrec).

type nodeKind uint8

const (
	nAtom  nodeKind = iota // text: a name, a literal, a selector
	nBin                   // x text y
	nUn                    // text x
	nCall                  // text(args...), text being a name, or a type in a conversion
	nDeref                 // *(*text)(x)
	nParen                 // (x)
	nSel                   // x.text
	nIndex                 // x[y]
)

// node is a Go expression.
type node struct {
	kind nodeKind
	prec uint8 // nBin: Go's precedence of the operator
	// konst: the expression is a constant for Go, which refuses overflow and
	// division by zero in operations on constants alone.
	konst bool
	text  string
	x, y  *node
	args  []*node
	// pos is where the wasm instruction is that traps or calls here, 0 if
	// nothing does (see positions.go); call says which.
	pos  uint32
	call bool
	used *bool // nAtom: set when the text has it
	// lower: the lower half of a local that holds an address, args[0].
	lower bool
}

// Precedences of Go's binary operators.
const (
	precOr  = 1
	precAnd = 2
	precCmp = 3
	precAdd = 4
	precMul = 5
	precUn  = 6
)

func opPrec(op string) uint8 {
	switch op {
	case "||":
		return precOr
	case "&&":
		return precAnd
	case "==", "!=", "<", "<=", ">", ">=":
		return precCmp
	case "+", "-", "|", "^":
		return precAdd
	}
	return precMul
}

func atom(s string) *node { return &node{kind: nAtom, text: s} }

// lit is a constant.
func lit(s string) *node { return &node{kind: nAtom, text: s, konst: true} }

func uintLit(v uint64) *node { return lit(strconv.FormatUint(v, 10)) }

// intLit is a constant that may be negative.
func intLit(v int64) *node {
	if v >= 0 {
		return lit(strconv.FormatInt(v, 10))
	}
	return &node{kind: nUn, text: "-", x: lit(strconv.FormatUint(-uint64(v), 10)), konst: true}
}

func bin(op string, x, y *node) *node {
	// a ^ b + c means (a ^ b) + c in Go, which nobody reads that way.
	if x.kind == nBin && x.text != op && x.prec == opPrec(op) && !(plusMinus(x.text) && plusMinus(op)) {
		x = &node{kind: nParen, x: x, konst: x.konst}
	}
	return &node{kind: nBin, prec: opPrec(op), text: op, x: x, y: y, konst: x.konst && y.konst}
}

func plusMinus(op string) bool { return op == "+" || op == "-" }

func un(op string, x *node) *node { return &node{kind: nUn, text: op, x: x, konst: x.konst} }

// conv is a conversion.
func conv(typ string, x *node) *node {
	return &node{kind: nCall, text: typ, args: []*node{x}, konst: x.konst}
}

func call(fn string, args ...*node) *node { return &node{kind: nCall, text: fn, args: args} }

func deref(typ string, x *node) *node { return &node{kind: nDeref, text: typ, x: x} }

// printer collects text.
type printer struct {
	buf   []byte
	marks []mark
	chain int // the innermost call that was inlined here: see Layout.chains
	// indent is how many tabs are before a statement, level how many more where it
	// goes on in another line.
	indent, level int
}

func (p *printer) str(s string) { p.buf = append(p.buf, s...) }

// expr prints n as gofmt does in a context of the given precedence and depth.
func (p *printer) expr(n *node, prec1 uint8, depth int) {
	if n.pos != 0 {
		p.mark(n.pos, n.call)
	}
	switch n.kind {
	case nAtom:
		p.str(n.text)
		if n.used != nil {
			*n.used = true
		}
	case nBin:
		if n.prec < prec1 {
			p.str("(")
			p.expr(n, 0, max(depth-1, 1))
			p.str(")")
			return
		}
		blanks := int(n.prec) < cutoff(n, depth)
		left := depth + 1
		if n.x.kind == nBin && n.x.prec == n.prec {
			left = depth
		}
		p.expr(n.x, n.prec, left)
		if blanks {
			p.str(" ")
		}
		p.str(n.text)
		if p.breaks(n.y) {
			p.level++
			p.goOn()
			p.expr(n.y, n.prec+1, depth+1)
			p.level--
			return
		}
		if blanks {
			p.str(" ")
		}
		p.expr(n.y, n.prec+1, depth+1)
	case nSel:
		p.expr(n.x, precUn+1, depth)
		p.str(".")
		p.str(n.text)
	case nIndex:
		p.expr(n.x, precUn+1, 1)
		p.str("[")
		p.expr(n.y, 0, depth+1)
		p.str("]")
	case nParen:
		p.str("(")
		p.expr(n.x, 0, max(depth-1, 1))
		p.str(")")
	case nUn:
		// Two operators must not become another one (go/printer, mayCombine).
		if l := len(p.buf); l > 0 && p.buf[l-1] == n.text[0] {
			p.str(" ")
		}
		p.str(n.text)
		p.expr(n.x, precUn, depth)
	case nCall:
		p.str(n.text)
		p.str("(")
		p.list(n.args, depth+b2i(len(n.args) > 1))
		p.str(")")
	case nDeref:
		p.str("*(*")
		p.str(n.text)
		p.str(")(")
		p.expr(n.x, 0, 1)
		p.str(")")
	}
}

// list prints expressions with commas.
func (p *printer) list(l []*node, depth int) {
	broken := false
	for i, n := range l {
		if i > 0 {
			p.str(",")
			if p.breaks(n) {
				if !broken {
					broken = true
					p.level++
				}
				p.goOn()
			} else {
				p.str(" ")
			}
		}
		p.expr(n, 0, depth)
	}
	p.level -= b2i(broken)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func cutoff(n *node, depth int) int {
	has4, has5, problem := walkBinary(n)
	if problem > 0 {
		return problem + 1
	}
	if has4 && has5 {
		if depth == 1 {
			return 5
		}
		return 4
	}
	if depth == 1 {
		return 6
	}
	return 4
}

func walkBinary(n *node) (has4, has5 bool, problem int) {
	has4, has5 = n.prec == precAdd, n.prec == precMul
	if l := n.x; l.kind == nBin && l.prec >= n.prec {
		h4, h5, p := walkBinary(l)
		has4, has5, problem = has4 || h4, has5 || h5, max(problem, p)
	}
	switch r := n.y; r.kind {
	case nBin:
		if r.prec > n.prec {
			h4, h5, p := walkBinary(r)
			has4, has5, problem = has4 || h4, has5 || h5, max(problem, p)
		}
	case nDeref:
		if n.text == "/" {
			problem = max(problem, 5)
		}
	case nUn:
		switch n.text + r.text {
		case "&^":
			problem = max(problem, 5)
		case "--":
			problem = max(problem, 4)
		}
	}
	return
}
