package core

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// body prints one function, in one variant.
type body struct {
	frames   frames           // of functions with very many locals
	pointers []bool           // locals that hold addresses, see findPointers
	sums     map[*ir.Set]bool // sums that are made in 64 bits
	printer
	l       *Layout
	m       *ir.Module
	f       *ir.Func // nil for the constant expressions of a module
	checked bool     // the variant where every access is compared with the size
	file    *file    // what the file needs
	pos     uint32   // where the wasm instruction is that is being printed, 0 if not known

	params int
	self   bool // the function starts with the label of its own tail calls
	called bool // temporaries of calls through references are needed

	indexed bool // of calls through tables

	labels   map[ir.Label]int       // jumps to each label
	thread   map[*ir.Br]ir.Label    // see thread.go
	loops    map[ir.Label]loopCheck // of the loops so far, for interruptible code
	passed   map[ir.Label]bool      // labels so far, for interruptible code
	dead     map[ir.Stmt]bool
	loose    map[*ir.Set]bool // see findLoose
	keep     map[*ir.Unreachable][]ir.Local
	between  map[*ir.Store]bool // see findOverwritten
	read     []bool             // locals that the text reads
	assigned []bool
	temps    int // temporaries in use by the statement
	maxTemps int
	force    bool // loads must be done even where memory is guarded and their values are not used
	kept     bool // keepLoad was used: -race would find that it makes invalid pointers
	vec      vectors

	readCount []int // see reads
}

// file collects what the text of one file refers to.
type file struct {
	math, bits, unsafe, rt, atomic, runtime bool
	calls                                   map[string]declared
}

// declared is a function of another package: its symbol and its signature.
type declared struct{ symbol, sig string }

// local is the Go name of a local.
func local(l ir.Local) string { return "l" + strconv.FormatUint(uint64(l), 10) }

func label(l ir.Label) string { return "L" + strconv.FormatUint(uint64(l), 10) }

// maxTabs bounds the indentation: that of blocks which are 20,000 deep would be
// gigabytes.
const maxTabs = 100

func (b *body) tabs() {
	for range min(b.indent, maxTabs) {
		b.buf = append(b.buf, '\t')
	}
}

// line prints a line of text.
func (b *body) line(parts ...string) {
	b.tabs()
	if b.pos != 0 && panics(parts) {
		b.mark(b.pos, false)
	}
	for _, s := range parts {
		b.str(s)
	}
	b.str("\n")
}

// assign prints "dst = x".
func (b *body) assign(dst string, x *node) {
	b.tabs()
	b.str(dst)
	b.str(" = ")
	b.expr(x, 0, 1)
	b.str("\n")
}

// label prints a label if something jumps to it.
func (b *body) label(l ir.Label) {
	if l != ir.NoLabel && b.labels[l] > 0 {
		b.indent--
		b.line(label(l), ":")
		b.indent++
		if b.l.opts.Interruptible {
			if b.passed == nil {
				b.passed = map[ir.Label]bool{}
			}
			b.passed[l] = true
		}
	}
}

func (b *body) trap(code string) {
	b.file.rt = true
	b.line("panic(rt.", code, ")")
}

// function prints the whole function.
func (b *body) function() []byte {
	t := &b.m.Types[b.f.Type].Func
	b.params = len(t.Params)
	s := simplifier{used: map[ir.Label]int{}, tables: map[ir.Label]*ir.BrTable{}, thread: map[*ir.Br]ir.Label{}}
	list, falls := s.list(b.f.Body, nil)
	b.labels, b.thread = s.used, s.thread
	if n := len(list); n > 0 && len(t.Results) == 0 {
		if _, ok := list[n-1].(*ir.Return); ok {
			list, falls = list[:n-1], true
		}
	}
	b.dead = findDead(list, len(b.f.Locals), caughtResults(b.f))
	b.loose, b.keep = findLoose(list, len(b.f.Locals), b.dead)
	over, between := findOverwritten(list, b.labels)
	b.between = between
	lost, inline := findLost(b.f, b.params, list, b.dead, over)
	b.vec.lost = lost
	b.chooseForms(list)
	b.chooseFrames()
	b.findPointers(list)
	b.read = make([]bool, len(b.f.Locals))
	b.assigned = make([]bool, len(b.f.Locals))
	b.indent = 1
	b.list(list)
	if falls && len(t.Results) > 0 {
		b.trap("TrapUnreachable")
	}
	text, marks := b.buf, b.marks
	b.buf, b.marks, b.pos = nil, nil, 0
	if b.f.Try != nil {
		b.catch()
	}
	catch := b.buf

	b.buf, b.marks, b.pos = nil, nil, b.f.Offset
	if !inline {
		b.str("//go:noinline\n")
	}
	if b.kept {
		b.str("//go:nocheckptr\n")
	}
	b.mark(b.pos, false)
	b.str("func ")
	if b.f.Bounce {
		b.str(bodyName(b.l.p, b.m.ID, b.f.Index))
	} else {
		b.str(FuncName(b.l.p, b.m.ID, b.f.Index))
	}
	sig := FuncSig(b.l.p, b.m.ID, b.f.Index, "*core.M"+strconv.Itoa(int(b.m.ID)))
	b.file.rt = b.file.rt || strings.Contains(sig, "rt.")
	if b.f.Try != nil {
		sig = b.trySig(sig)
	}
	b.str(sig)
	b.str(" {\n")
	b.enter()
	b.declare()
	if b.f.Try != nil {
		b.takeParams()
	}
	b.buf = append(b.buf, catch...)
	if b.self {
		b.str("tail:\n")
		if b.f.NumDeclared > b.params {
			// Declared locals begin at zero in every call.
			for i := b.params; i < b.f.NumDeclared; i++ {
				if b.read[i] && b.f.Locals[i].Kind == ir.V128 {
					for _, n := range b.laneNames(ir.Local(i)) {
						b.line(n, " = 0")
					}
				} else if b.read[i] {
					b.line(b.local(ir.Local(i)), " = ", b.zero(b.f.Locals[i]))
				}
			}
		}
	}
	for _, m := range marks {
		m.at += len(b.buf)
		b.marks = append(b.marks, m)
	}
	b.buf = append(b.buf, text...)
	b.str("}\n")
	if b.f.Bounce {
		b.bouncer()
	}
	return b.buf
}

// frameUnits estimates the stack of a function in units of 16 bytes.
func frameUnits(f *ir.Func) int { return 6 + len(f.Locals) }

func (b *body) zero(t ir.ValType) string {
	switch t.Kind {
	case ir.Ref:
		return "nil"
	case ir.V128:
		return "rt.V128{}"
	}
	return "0"
}

// declare prints the variables.
func (b *body) declare() {
	for mem := range b.numMems() {
		if n := base(uint32(mem)); !b.unread(n) {
			b.line(n, " := m.B", strconv.Itoa(mem))
		}
	}
	var unread []string
	for i := range b.params {
		if b.isPointer(ir.Local(i)) && (b.read[i] || b.assigned[i]) {
			n := b.local(ir.Local(i))
			b.line(n, " := uintptr(", local(ir.Local(i)), ")")
			if !b.read[i] {
				unread = append(unread, n)
			}
		}
	}
	byType := map[string][]string{}
	var types []string
	for i := b.params; i < len(b.f.Locals); i++ {
		if b.frames.has(ir.Local(i)) {
			continue
		}
		if b.f.Locals[i].Kind != ir.V128 && (b.read[i] || b.assigned[i]) {
			n := local(ir.Local(i))
			t := b.localType(ir.Local(i))
			if byType[t] == nil {
				types = append(types, t)
			}
			byType[t] = append(byType[t], n)
			if !b.read[i] {
				unread = append(unread, n)
			}
		}
	}
	if b.maxTemps > 0 {
		var t []string
		for i := range b.maxTemps {
			t = append(t, "t"+strconv.Itoa(i))
		}
		b.line("var ", strings.Join(t, ", "), " uint64")
	}
	if b.called {
		if b.indexed {
			b.line("var ti uint64")
		}
		b.line("var tf *rt.FuncRef")
	}
	for _, t := range types {
		b.line("var ", strings.Join(byType[t], ", "), " ", t)
	}
	for _, n := range unread {
		b.line("_ = ", n)
	}
	b.declareFrames()
	b.declareVectors()
}

func (b *body) numMems() int { return b.m.NumImports(ir.ExternMemory) + len(b.m.Mems) }

func (b *body) goType(t ir.ValType) string {
	if t.Kind == ir.V128 || t.Kind == ir.Ref && refKindOf(b.m, t) != refExtern {
		b.file.rt = true
	}
	return GoType(b.m, t)
}

func (b *body) list(l []ir.Stmt) {
	for _, s := range l {
		b.temps = 0
		for i := range b.vec.temps {
			b.vec.temps[i].used = 0
		}
		b.stmt(s)
	}
}

func (b *body) stmt(s ir.Stmt) {
	b.pos = stmtPos(s)
	b.print(s)
	b.printed(s)
}

func (b *body) print(s ir.Stmt) {
	switch s := s.(type) {
	case *ir.Set:
		b.set(s)
	case *ir.SetGlobal:
		if s.X.Op == ir.OpGlobal && uint32(s.X.Imm) == s.Global {
			return
		}
		x := b.ex(s.X)
		b.assign(b.global(s.Global), x)
	case *ir.Store:
		b.store(s)
	case *ir.Call:
		b.call(s)
	case *ir.Effect:
		b.effect(s)
	case *ir.Block:
		outer := b.chain
		if s.Inlined != nil {
			b.chain = b.l.chain(outer, s.Inlined)
		}
		b.list(s.Body)
		b.chain = outer
		b.label(s.Label)
	case *ir.Loop:
		b.label(s.Label)
		b.loop(s)
		b.list(s.Body)
	case *ir.If:
		b.branch(s)
	case *ir.Br:
		b.jump(s)
	case *ir.BrTable:
		b.brTable(s)
	case *ir.Return:
		b.ret(b.exs(s.Values))
	case *ir.Unreachable:
		b.keepLoads(s)
		b.trap("TrapUnreachable")
	case *ir.Fuel:
		b.fuel(s)
	case *ir.Throw:
		b.throw(s)
	default:
		panic(fmt.Errorf("statement %T", s))
	}
}

// keepLoads uses what Go might not have loaded otherwise, so that it traps first.
func (b *body) keepLoads(s *ir.Unreachable) {
	for _, l := range b.keep[s] {
		x := &ir.Expr{Op: ir.OpLocal, Type: b.f.Locals[l], Imm: uint64(l)}
		fn := ""
		switch x.Type.Kind {
		case ir.I32:
			fn = "KeepI32"
		case ir.I64:
			fn = "KeepI64"
		case ir.F32:
			fn = "KeepF32"
		case ir.F64:
			fn = "KeepF64"
		case ir.V128:
			fn = "KeepV128"
		default:
			continue
		}
		n := b.rtCall(fn, b.ex(x))
		b.tabs()
		b.expr(n, 0, 1)
		b.str("\n")
	}
}

func (b *body) ret(values []*node) {
	b.tabs()
	b.str("return")
	if len(values) > 0 {
		b.str(" ")
		b.printer.list(values, 1)
	}
	b.str("\n")
}

func (b *body) set(s *ir.Set) {
	if s.Dst == ir.NoLocal || b.dead[s] {
		b.discard(s.X)
		return
	}
	if s.X.Op == ir.OpLocal && ir.Local(s.X.Imm) == s.Dst {
		return
	}
	b.force = b.loose[s]
	if b.f.Locals[s.Dst].Kind == ir.V128 {
		l := b.vector(s.X, b.vec.forms[s.Dst])
		b.force = false
		b.assignLanes(s.Dst, l)
		return
	}
	var n *node
	if b.sums[s] {
		n = b.sum(s.X)
	} else {
		n = b.ex(s.X)
	}
	b.force = false
	b.dst(s.Dst, n)
}

// dst assigns a value to a local.
func (b *body) dst(l ir.Local, x *node) {
	if b.f.Locals[l].Kind == ir.V128 {
		b.setPacked(l, x)
		return
	}
	if int(l) >= b.params || b.isPointer(l) {
		b.assigned[l] = true
	}
	if b.isPointer(l) {
		x = toPointer(x)
	}
	b.assign(b.local(l), x)
}

// dsts is the left side of an assignment of several results, "" if none is wanted.
func (b *body) dsts(l []ir.Local) string {
	var names []string
	wanted := false
	for _, x := range l {
		if x == ir.NoLocal {
			names = append(names, "_")
			continue
		}
		wanted = true
		if b.f.Locals[x].Kind == ir.V128 && int(x) >= b.params {
			v := b.temp(vectorTemp)
			b.vec.results = append(b.vec.results, result{x, v})
			names = append(names, v.text)
			continue
		}
		if int(x) >= b.params {
			b.assigned[x] = true
		}
		names = append(names, b.local(x))
	}
	if !wanted {
		return ""
	}
	return strings.Join(names, ", ") + " = "
}

// discard evaluates x for its traps only.
func (b *body) discard(x *ir.Expr) {
	switch {
	case x.Op.IsLoad():
		b.pos = x.Pos
		if _, in := b.fixed(x.Index, x.X, x.Imm, x.Op.Info().Bytes); in {
			b.discard(x.X)
		} else if !b.guarded(x.Index) && x.End == ir.NoCheck {
			b.discard(x.X)
		} else if _, ok := loadKinds[x.Op]; ok && b.guarded(x.Index) {
			b.keepLoad(x)
		} else {
			b.bounds(x.Index, x.X, x.Imm, x.Op.Info().Bytes, x.End)
		}
		if x.Y != nil {
			b.discard(x.Y)
		}
	case x.Trap() == ir.TrapNone:
		x.Operands(b.discard)
	default:
		b.force = true
		n := b.ex(x)
		b.force = false
		b.assign("_", n)
	}
}

func (b *body) branch(s *ir.If) {
	cond := s.Cond
	then, els := s.Then, s.Else
	if len(then) == 0 && len(els) == 0 {
		b.discard(cond)
		b.label(s.Label)
		return
	}
	c := b.cond(cond)
	if len(then) == 0 {
		c, then, els = not(c), els, nil
	}
	b.tabs()
	b.str("if ")
	b.expr(c, 0, 1)
	b.str(" {\n")
	b.indent++
	b.list(then)
	b.indent--
	switch {
	case len(els) == 0:
		b.line("}")
	case ends(then):
		b.line("}")
		b.list(els)
	default:
		b.line("} else {")
		b.indent++
		b.list(els)
		b.indent--
		b.line("}")
	}
	b.label(s.Label)
}

// ends reports whether the last statement of l is a jump, so that what follows
// need not be indented.
func ends(l []ir.Stmt) bool {
	switch s := l[len(l)-1].(type) {
	case *ir.Br, *ir.BrTable, *ir.Return, *ir.Unreachable, *ir.Throw:
		return true
	case *ir.Call:
		return s.Tail
	}
	return false
}

func (b *body) brTable(s *ir.BrTable) {
	if l, ok := oneTarget(s); ok {
		b.discard(s.X)
		b.back(l, l)
		b.line("goto ", label(l))
		return
	}
	x := b.ex(s.X)
	if x.konst {
		x = b.rtCall("K32", x)
	} else if x.lower {
		x = x.args[0]
	}
	b.tabs()
	b.str("switch ")
	b.expr(x, 0, 1)
	b.str(" {\n")
	var order []ir.Label
	cases := map[ir.Label][]string{}
	for i, l := range s.Targets {
		if l == s.Default {
			continue
		}
		if cases[l] == nil {
			order = append(order, l)
		}
		cases[l] = append(cases[l], strconv.Itoa(i))
	}
	for _, l := range order {
		b.line("case ", strings.Join(cases[l], ", "), ":")
		b.line("\tgoto ", label(l))
	}
	b.line("default:")
	b.line("\tgoto ", label(s.Default))
	b.line("}")
}

// rtCall is a call of a helper of package rt.
func (b *body) rtCall(fn string, args ...*node) *node {
	b.file.rt = true
	return call("rt."+fn, args...)
}

// global is the variable of a global.
func (b *body) global(i uint32) string {
	n := "m.G" + strconv.FormatUint(uint64(i), 10)
	if importArg(b.m, ir.ExternGlobal, i) >= 0 {
		return "*" + n
	}
	return n
}

// depth is the budget to pass to a callee.
func (b *body) depth() string {
	switch {
	case b.f == nil:
		return "d"
	case hasDepth(b.m, b.f.Index):
		return "d"
	}
	return "0" // the callee's address is taken, but it makes no use of it
}

func (b *body) call(s *ir.Call) {
	t := &b.m.Types[s.Type].Func
	if s.Kind == ir.CallDirect {
		t = &funcType(b.m, s.Func).Func
		if s.Tail && s.Func == b.f.Index {
			b.selfCall(s)
			return
		}
	}
	if s.Tail && b.f.Bounce && b.l.bounced(b.m, s) {
		b.noteTail(s, t)
		return
	}
	args := b.exs(s.Args)
	var n *node
	switch s.Kind {
	case ir.CallDirect:
		n = b.direct(s.Func, args)
	case ir.CallIndirect:
		n = b.indirect(s, t, args)
	default:
		n = b.refCall(s, t, args)
	}
	if !s.Tail && len(s.Dsts) == 1 && s.Dsts[0] != ir.NoLocal && b.isPointer(s.Dsts[0]) {
		b.dst(s.Dsts[0], n)
		return
	}
	b.tabs()
	switch {
	case s.Tail && len(t.Results) > 0:
		b.str("return ")
	default:
		b.str(b.dsts(s.Dsts))
	}
	b.expr(n, 0, 1)
	b.str("\n")
	b.takeResults()
	if s.Tail && len(t.Results) == 0 {
		b.line("return")
	}
}

// selfCall turns a tail call of the function itself into a jump.
func (b *body) selfCall(s *ir.Call) {
	args := b.exs(s.Args)
	var names []string
	var values []*node
	for i, x := range args {
		n := b.local(ir.Local(i))
		if b.isPointer(ir.Local(i)) {
			x = toPointer(x)
		}
		if x.kind == nAtom && x.text == n {
			continue
		}
		names = append(names, n)
		values = append(values, x)
	}
	if len(names) > 0 {
		b.tabs()
		b.str(strings.Join(names, ", "))
		b.str(" = ")
		b.printer.list(values, 1+b2i(len(values) > 1))
		b.str("\n")
	}
	b.self = true
	b.interrupt()
	b.line("goto tail")
}

// direct calls a function by its index.
func (b *body) direct(fn uint32, args []*node) *node {
	k := importArg(b.m, ir.ExternFunc, fn)
	if k < 0 {
		name := FuncName(b.l.p, b.m.ID, fn)
		b.declareFunc(name, b.m.ID, fn)
		return b.callArgs(name, "m", hasDepth(b.m, fn), args)
	}
	link := b.l.links[b.m.ID][fn]
	i := strconv.FormatUint(uint64(fn), 10)
	switch {
	case link.dynamic:
		t := &funcType(b.m, fn).Func
		b.file.unsafe = true
		b.file.rt = b.file.rt || strings.Contains(goSig(b.m, t, "", true, false), "rt.")
		return b.callArgs(codeExpr(b.m, t, "m.F"+i), "m.F"+i+".Inst", true, args)
	case link.target.Trampoline >= 0:
		b.declareTrampoline(link.target.Name, fn)
		return b.callArgs(link.target.Name, "m.Root", true, args)
	}
	b.declareFunc(link.target.Name, link.target.Module, link.target.Func)
	return b.callArgs(link.target.Name, "m.L"+i, link.target.Depth, args)
}

// declareTrampoline notes that the file refers to a trampoline, which is
// imported as function fn.
func (b *body) declareTrampoline(name string, fn uint32) {
	b.file.calls[name] = declared{
		b.l.opts.rootSymbol() + "." + name,
		goSig(b.m, &funcType(b.m, fn).Func, "unsafe.Pointer", true, true),
	}
}

// declareFunc notes that the file refers to a function that a module defines.
func (b *body) declareFunc(name string, mod ir.ModuleID, fn uint32) {
	b.file.calls[name] = declared{
		b.l.LinkName(mod, fn),
		FuncSig(b.l.p, mod, fn, "*core.M"+strconv.Itoa(int(mod))),
	}
}

func (b *body) callArgs(fn, inst string, depth bool, args []*node) *node {
	all := []*node{atom(inst)}
	if depth {
		all = append(all, atom(b.depth()))
	}
	n := call(fn, append(all, args...)...)
	n.pos, n.call = b.pos, true
	return n
}

// codeExpr is the Go function behind an rt.FuncRef.
func codeExpr(m *ir.Module, t *ir.FuncType, ref string) string {
	return "(*(*func" + goSig(m, t, "unsafe.Pointer", true, false) + ")(unsafe.Pointer(&" + ref + ".Code)))"
}

// indirect is call_indirect: bounds, null, signature.
func (b *body) indirect(s *ir.Call, t *ir.FuncType, args []*node) *node {
	b.called, b.indexed, b.file.rt, b.file.unsafe = true, true, true, true
	x := b.ex(s.Callee)
	if s.Callee.Type.Kind != ir.I64 {
		x = conv("uint64", x)
	}
	b.assign("ti", x)
	b.line("if t := m.Tab", strconv.FormatUint(uint64(s.Table), 10), ".Elems; ti < uint64(len(t)) {")
	b.line("\ttf = t[ti]")
	b.line("} else {")
	b.line("\tpanic(rt.TrapTableOutOfBounds)")
	b.line("}")
	b.line("if tf == nil {")
	b.line("\tpanic(rt.TrapIndirectCallToNull)")
	if typ := &b.m.Types[s.Type]; typ.Final {
		b.line("} else if tf.Sig != ", hex(typ.Sig), " {")
	} else {
		b.line("} else if !rt.FuncBelow(tf.Sig, ", b.descOf(s.Type).text, ") {")
	}
	b.line("\tpanic(rt.TrapBadSignature)")
	b.line("}")
	return b.callArgs(codeExpr(b.m, t, "tf"), "tf.Inst", true, args)
}

// refCall is call_ref. The type needs no check; a null is found when it is read.
func (b *body) refCall(s *ir.Call, t *ir.FuncType, args []*node) *node {
	b.called, b.file.rt, b.file.unsafe = true, true, true
	b.assign("tf", b.ex(s.Callee))
	return b.callArgs(codeExpr(b.m, t, "tf"), "tf.Inst", true, args)
}

func hex(v uint64) string { return "0x" + strconv.FormatUint(v, 16) }

// widen is the operand of a bulk operation as uint64.
func (b *body) widen(x *ir.Expr) *node {
	n := b.ex(x)
	if x.Type.Kind == ir.I64 || n.konst {
		return n
	}
	return conv("uint64", n)
}

func (b *body) effect(s *ir.Effect) {
	i, j := strconv.FormatUint(uint64(s.Index), 10), strconv.FormatUint(uint64(s.Index2), 10)
	var n *node
	stmt := func(n *node) {
		b.tabs()
		b.expr(n, 0, 1)
		b.str("\n")
	}
	switch s.Op {
	case ir.OpMemoryGrow, ir.OpTableGrow:
		is64 := false
		if s.Op == ir.OpMemoryGrow {
			n = call("m.Mem"+i+".Grow", b.widen(s.Args[0]))
			mt, _ := b.m.Memory(s.Index)
			is64 = mt.Limits.Is64
		} else {
			v := b.ex(s.Args[0])
			n = call("m.Tab"+i+".Grow", b.amount(s.Args[1]), v)
			tt, _ := b.m.Table(s.Index)
			is64 = tt.Limits.Is64
		}
		if s.Dst == ir.NoLocal {
			stmt(n)
			return
		}
		if !is64 {
			n = conv("uint32", n)
		}
		b.dst(s.Dst, n)
	case ir.OpMemoryFill:
		stmt(call("m.Mem"+i+".Fill", b.widen(s.Args[0]), b.ex(s.Args[1]), b.amount(s.Args[2])))
	case ir.OpMemoryCopy:
		stmt(b.rtCall("MemoryCopy", atom("m.Mem"+i), atom("m.Mem"+j), b.widen(s.Args[0]), b.widen(s.Args[1]), b.amount(s.Args[2])))
	case ir.OpMemoryInit:
		data := atom(`""`) // active segments are dropped at instantiation
		if b.m.Datas[s.Index2].Mode == ir.SegPassive {
			data = atom("m.D" + j)
		}
		stmt(call("m.Mem"+i+".Init", b.widen(s.Args[0]), b.widen(s.Args[1]), b.amount(s.Args[2]), data))
	case ir.OpDataDrop:
		if b.m.Datas[s.Index].Mode == ir.SegPassive {
			b.line("m.D", i, ` = ""`)
		}
	case ir.OpTableSet:
		stmt(call("m.Tab"+i+".Set", b.widen(s.Args[0]), b.ex(s.Args[1])))
	case ir.OpTableFill:
		stmt(call("m.Tab"+i+".Fill", b.widen(s.Args[0]), b.ex(s.Args[1]), b.amount(s.Args[2])))
	case ir.OpTableCopy:
		stmt(b.rtCall("TableCopy", atom("m.Tab"+i), atom("m.Tab"+j), b.widen(s.Args[0]), b.widen(s.Args[1]), b.amount(s.Args[2])))
	case ir.OpTableInit:
		elems := atom("nil")
		if b.m.Elems[s.Index2].Mode == ir.SegPassive {
			elems = atom("m.E" + j)
		}
		stmt(call("m.Tab"+i+".Init", b.widen(s.Args[0]), b.widen(s.Args[1]), b.amount(s.Args[2]), elems))
	case ir.OpElemDrop:
		if b.m.Elems[s.Index].Mode == ir.SegPassive {
			b.line("m.E", i, " = nil")
		}
	case ir.OpI64Add128, ir.OpI64Sub128, ir.OpI64MulWideS, ir.OpI64MulWideU:
		b.wide(s)
	default:
		if s.Op.IsAtomic() {
			b.atomic(s)
			return
		}
		b.gcEffect(s)
	}
}

// guarded reports whether accesses to a memory need no check.
func (b *body) guarded(mem uint32) bool {
	t, _ := b.m.Memory(mem)
	return !b.checked && !t.Limits.Is64 && t.PageLog2 == 16
}

// address is the operand x of an access as a Go expression of an unsigned type.
func (b *body) address(x *ir.Expr, off uint64, is64 bool) *node {
	if x.Op == ir.OpConst {
		if is64 {
			return b.rtCall("K64", uintLit(x.Imm))
		}
		return uintLit(uint64(uint32(x.Imm)) + off)
	}
	force := b.force
	b.force = false // what the check uses is not dropped
	var n *node
	if b.address32(x) {
		n = b.held(ir.Local(x.Imm))
	} else if base, ok := besides(x); ok && b.pointers != nil && isSum(base) {
		n = plus(b.sum(base), int64(int32(x.Y.Imm)))
	} else {
		n = b.ex(x)
	}
	b.force = force
	return n
}

// base is the variable of a memory's base.
func base(mem uint32) string { return "b" + strconv.FormatUint(uint64(mem), 10) }

// addr is the unsafe.Pointer of an access of size bytes at x+off. Unless the
// memory is guarded, or if check is set, the access is checked before.
func (b *body) addr(mem uint32, x *ir.Expr, off uint64, size uint8, end uint32, check bool) *node {
	i := strconv.FormatUint(uint64(mem), 10)
	guarded := b.guarded(mem)
	var a *node
	at, in := b.fixed(mem, x, off, size)
	switch {
	case in:
		a = uintLit(at)
	case !guarded || check:
		a = atom(b.bounds(mem, x, off, size, end))
	default:
		a = b.address(x, off, false)
		if x.Op != ir.OpConst && off != 0 {
			if !b.address32(x) {
				a = conv("uint64", a)
			}
			a = bin("+", a, uintLit(off))
		}
	}
	b.file.unsafe = true
	if guarded {
		n := call("unsafe.Add", b.variable(base(mem)), a)
		if !check && !in {
			n.pos = b.pos
		}
		return n
	}
	return call("unsafe.Add", atom("m.Mem"+i+".Base"), conv("uintptr", a))
}

// fixed is the place of an access with a constant address. in tells that it is within
// what the memory has from the start: memories never shrink.
func (b *body) fixed(mem uint32, x *ir.Expr, off uint64, size uint8) (at uint64, in bool) {
	if x.Op != ir.OpConst {
		return 0, false
	}
	t, _ := b.m.Memory(mem)
	at = x.Imm
	if !t.Limits.Is64 {
		at = uint64(uint32(at))
	}
	const limit = 1 << 48 // far from an overflow
	if at >= limit || off >= limit || t.Limits.Min >= limit>>t.PageLog2 {
		return 0, false
	}
	at += off
	end := at + uint64(size)
	return at, end <= t.Limits.Min<<t.PageLog2 && end < 1<<31 // a constant fits into int on every machine
}

// bounds prints a check of an access of size bytes at x+off as a statement. It
// returns the temporary that holds the address. end is as ir.Expr.End; where memory is
// guarded no check stands in for another one.
func (b *body) bounds(mem uint32, x *ir.Expr, off uint64, size uint8, end uint32) string {
	tmp := b.effective(mem, x, off)
	n := uint64(size)
	switch {
	case b.guarded(mem) || end == 0:
	case end == ir.NoCheck:
		return tmp
	default:
		n = uint64(end) - off
	}
	b.inBounds(mem, tmp, off, n)
	return tmp
}

// effective prints the address of an access at x+off, and returns the temporary
// that holds it. The sum may have wrapped around in a 64-bit memory.
func (b *body) effective(mem uint32, x *ir.Expr, off uint64) string {
	t, _ := b.m.Memory(mem)
	a := b.address(x, off, t.Limits.Is64)
	switch {
	case t.Limits.Is64:
		if off != 0 {
			a = bin("+", a, uintLit(off))
		}
	case x.Op != ir.OpConst:
		a = conv("uint64", a)
		if off != 0 {
			a = bin("+", a, uintLit(off))
		}
	}
	tmp := "t" + strconv.Itoa(b.temps)
	b.temps++
	b.maxTemps = max(b.maxTemps, b.temps)
	b.assign(tmp, a)
	return tmp
}

// inBounds prints a check that n bytes at tmp, which effective has given for off, are in
// the memory.
func (b *body) inBounds(mem uint32, tmp string, off, n uint64) {
	b.file.rt = true
	if t, _ := b.m.Memory(mem); t.Limits.Is64 {
		b.line("if !rt.In(", tmp, ", ", strconv.FormatUint(off, 10), ", ", strconv.FormatUint(n, 10), ", ", b.memSize(mem), ") {")
	} else {
		b.line("if ", tmp, "+", strconv.FormatUint(n, 10), " > ", b.memSize(mem), " {")
	}
	b.line("\tpanic(rt.TrapMemoryOutOfBounds)")
	b.line("}")
}

// memSize is the size of a memory in bytes as a Go expression. Other threads grow
// shared ones meanwhile.
func (b *body) memSize(mem uint32) string {
	m := "m.Mem" + strconv.FormatUint(uint64(mem), 10)
	if t, _ := b.m.Memory(mem); t.Limits.Shared {
		return m + ".Bound()"
	}
	return m + ".Size"
}

func (b *body) store(s *ir.Store) {
	k, ok := storeKinds[s.Op]
	if !ok {
		b.storeVector(s)
		return
	}
	p := b.addr(s.Mem, s.Addr, s.Offset, s.Op.Info().Bytes, s.End, b.between[s])
	var x *node
	if y := s.X; y.Op.IsLoad() && y.Index == s.Mem && y.Imm == s.Offset && same(y.X, s.Addr) {
		// Go drops a store of what is there already, and the load with it.
		x = b.load(y, true)
		if k.narrow {
			x = conv(k.typ, x)
		}
	} else if k.narrow {
		if x = b.reversed(s.X, int(s.Op.Info().Bytes)); x == nil {
			x = b.narrowed(s.X, s.Op.Info().Bytes)
		}
		if x.konst {
			x = uintLit(s.X.Imm & (1<<(8*s.Op.Info().Bytes) - 1))
		} else {
			x = conv(k.typ, x)
		}
	} else {
		x = b.ex(s.X)
	}
	b.tabs()
	if !b.checked || k.typ == "uint8" {
		b.expr(deref(k.typ, p), 0, 1)
		b.storeValue(x)
	} else {
		b.expr(b.rtCall("St"+k.suffix, p, x), 0, 1)
	}
	b.str("\n")
}

// storeValue prints the right side of an assignment to memory.
func (b *body) storeValue(x *node) {
	if b.breaks(x) {
		b.str(" =")
		b.level++
		b.goOn()
		b.expr(x, 0, 1)
		b.level--
		return
	}
	b.str(" = ")
	b.expr(x, 0, 1)
}

// load is the value of a load.
func (b *body) load(x *ir.Expr, check bool) *node {
	k, ok := loadKinds[x.Op]
	if !ok {
		panic(unsupported(feature(x.Op)))
	}
	outer := b.pos
	b.pos = x.Pos
	defer func() { b.pos = outer }()
	check = check || b.force || b.needsCheck(x)
	if check && b.guarded(x.Index) {
		if _, in := b.fixed(x.Index, x.X, x.Imm, x.Op.Info().Bytes); !in {
			return b.keptLoad(x, k)
		}
	}
	p := b.addr(x.Index, x.X, x.Imm, x.Op.Info().Bytes, x.End, check)
	var n *node
	switch {
	case !b.checked:
		n = deref(k.typ, p)
	case k.suffix == "8":
		n = deref(k.typ, p)
	default:
		n = b.rtCall("Ld"+k.suffix, p)
		if k.signed != "" {
			n = conv(k.signed, n)
		}
	}
	if k.to != "" {
		n = conv(k.to, n)
	}
	return n
}

// keepLoad prints a load of guarded memory that Go must not drop, narrow or move, as a statement of
// its own. It returns a uint64 that begins with what was loaded. runtime.KeepAlive is an effect on memory for the compiler, which
// needs all of its argument; there is no instruction for it. What it keeps is a pointer, because a number
// would become a Go object; it never is where the garbage collector looks.
func (b *body) keepLoad(x *ir.Expr) *node {
	p := b.addr(x.Index, x.X, x.Imm, x.Op.Info().Bytes, x.End, false)
	typ := "uint" + strconv.Itoa(8*int(x.Op.Info().Bytes))
	n := deref(typ, p)
	if typ != "uint64" {
		n = conv("uint64", n)
	}
	t := "t" + strconv.Itoa(b.temps)
	b.temps++
	b.maxTemps = max(b.maxTemps, b.temps)
	b.assign(t, n)
	b.file.runtime, b.kept = true, true
	b.line("runtime.KeepAlive(unsafe.Add(unsafe.Pointer(nil), ", t, "))")
	return atom(t)
}

// keptLoad is the value of a load that keepLoad prints.
func (b *body) keptLoad(x *ir.Expr, k memKind) *node {
	n := b.keepLoad(x)
	switch k.typ {
	case "float32":
		b.file.math = true
		return call("math.Float32frombits", conv("uint32", n))
	case "float64":
		b.file.math = true
		return call("math.Float64frombits", n)
	case "int8", "int16", "int32":
		return conv(k.to, conv(k.typ, n))
	}
	if x.Type.Kind == ir.I32 {
		return conv("uint32", n)
	}
	return n
}

// needsCheck reports whether a load of guarded memory needs a check: Go may drop it,
// or has a reason to move it. A load whose place is in one register is moved to where its value is
// used, past what traps in another way; one with a register beside the memory's base is not.
func (b *body) needsCheck(x *ir.Expr) bool { return b.vec.lost[x] || x.X.Op == ir.OpConst }

// narrowed is the value of x where only its low bytes count: Go would load less
// than wasm does, and miss a trap at the end of memory.
func (b *body) narrowed(x *ir.Expr, bytes uint8) *node {
	if x.Op.IsLoad() && x.Op.Info().Bytes > bytes {
		return b.load(x, true)
	}
	return b.ex(x)
}

type memKind struct {
	typ    string // of the access
	to     string // conversion of the result, if any
	suffix string // of rt.Ld and rt.St
	signed string // conversion of what rt.Ld gives
	narrow bool
}

var loadKinds = map[ir.Op]memKind{
	ir.OpI32Load:    {typ: "uint32", suffix: "32"},
	ir.OpI64Load:    {typ: "uint64", suffix: "64"},
	ir.OpF32Load:    {typ: "float32", suffix: "F32"},
	ir.OpF64Load:    {typ: "float64", suffix: "F64"},
	ir.OpI32Load8S:  {typ: "int8", to: "uint32", suffix: "8"},
	ir.OpI32Load8U:  {typ: "uint8", to: "uint32", suffix: "8"},
	ir.OpI32Load16S: {typ: "int16", to: "uint32", suffix: "16", signed: "int16"},
	ir.OpI32Load16U: {typ: "uint16", to: "uint32", suffix: "16"},
	ir.OpI64Load8S:  {typ: "int8", to: "uint64", suffix: "8"},
	ir.OpI64Load8U:  {typ: "uint8", to: "uint64", suffix: "8"},
	ir.OpI64Load16S: {typ: "int16", to: "uint64", suffix: "16", signed: "int16"},
	ir.OpI64Load16U: {typ: "uint16", to: "uint64", suffix: "16"},
	ir.OpI64Load32S: {typ: "int32", to: "uint64", suffix: "32", signed: "int32"},
	ir.OpI64Load32U: {typ: "uint32", to: "uint64", suffix: "32"},
}

var storeKinds = map[ir.Op]memKind{
	ir.OpI32Store:   {typ: "uint32", suffix: "32"},
	ir.OpI64Store:   {typ: "uint64", suffix: "64"},
	ir.OpF32Store:   {typ: "float32", suffix: "F32"},
	ir.OpF64Store:   {typ: "float64", suffix: "F64"},
	ir.OpI32Store8:  {typ: "uint8", suffix: "8", narrow: true},
	ir.OpI32Store16: {typ: "uint16", suffix: "16", narrow: true},
	ir.OpI64Store8:  {typ: "uint8", suffix: "8", narrow: true},
	ir.OpI64Store16: {typ: "uint16", suffix: "16", narrow: true},
	ir.OpI64Store32: {typ: "uint32", suffix: "32", narrow: true},
}
