package lower

import (
	"slices"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: a function body's control structure.

// builder lowers one function at a time; its buffers are reused.
type builder struct {
	*module
	f        *ir.Func
	sig      *ir.FuncType
	in       binary.Instr
	r        *binary.InstrReader
	pos      uint32 // of in, relative to the module
	stmts    []ir.Stmt
	ctrl     []frame
	label    ir.Label
	skip     int      // depth of blocks in unreachable code
	constant bool     // the code is a constant expression: there are no statements and no locals
	dead     bool     // the code from here to the frame's else or end cannot be reached
	stretch  *ir.Fuel // of the instructions since the last label or jump; nil if there is none yet

	stack                        []value
	stable                       int     // stack[:stable] has no flags
	loads, traps, globals, sizes int     // trees on the stack with the flag
	pending                      []int32 // per local: reads of it in pending trees
	held                         []bool  // per local: reserved for a block
	variable                     []bool  // per temporary: a loop's parameter
	freeTemps                    [ir.Ref][]ir.Local
	freeRefs                     map[ir.ValType]*[]ir.Local
	exprs                        slab[ir.Expr]
	sets                         slab[ir.Set]
	stores                       slab[ir.Store]
	calls                        slab[ir.Call]
	ifs                          slab[ir.If]
	brs                          slab[ir.Br]
	funcRefs                     []uint32 // functions whose address a body takes
}

type frameKind uint8

const (
	frameFunc frameKind = iota
	frameBlock
	frameLoop
	frameIf
	frameElse
	frameTry
	frameLegacy // the body of a legacy try
	frameCatch  // a handler of a legacy try
)

// frame is a block that is open.
type frame struct {
	kind    frameKind
	label   ir.Label // NoLabel until a Br needs it
	uses    int      // Brs to label
	height  int      // of the operand stack below the block's parameters
	start   int      // where its statements begin in builder.stmts
	pos     uint32   // frameLoop: of the instruction
	params  []ir.ValType
	results []ir.ValType
	dsts    []ir.Local // what a Br to it assigns; nil until needed
	cond    *ir.Expr   // frameIf, frameElse
	els     []value    // frameIf: copies of the parameters, for the else part
	then    []ir.Stmt  // frameElse
	ends    bool       // frameElse: the end of `then` is reached
	catches []ir.Catch // frameTry
	legacy  *legacyTry // frameLegacy, frameCatch; others: if exceptions are delegated to the frame
	// first is the index in stmts of the conditional Br that is the first use
	// of the label, if that is directly in the block; -1 otherwise.
	first int
}

func (b *builder) emit(s ir.Stmt) { b.stmts = append(b.stmts, s) }

// take removes the statements from start on.
func (b *builder) take(start int) []ir.Stmt {
	if start == len(b.stmts) {
		return nil
	}
	list := slices.Clone(b.stmts[start:])
	clear(b.stmts[start:])
	b.stmts = b.stmts[:start]
	return list
}

// lower makes the body of b.f from code.
func (b *builder) lower(code *binary.Code) error {
	f := b.f
	b.sig = &b.m.Types[f.Type].Func
	b.stmts, b.ctrl, b.stack = b.stmts[:0], b.ctrl[:0], b.stack[:0]
	b.stable, b.loads, b.traps, b.globals, b.sizes = 0, 0, 0, 0, 0
	b.label, b.skip, b.dead, b.constant = ir.NoLabel, 0, false, false
	for i := range b.freeTemps {
		b.freeTemps[i] = b.freeTemps[i][:0]
	}
	b.freeRefs = make(map[ir.ValType]*[]ir.Local)
	b.pending = append(b.pending[:0], make([]int32, len(f.Locals))...)
	b.held = append(b.held[:0], make([]bool, len(f.Locals))...)
	b.variable = append(b.variable[:0], make([]bool, len(f.Locals))...)

	b.ctrl = append(b.ctrl, frame{kind: frameFunc, results: b.sig.Results, first: -1})
	b.r.Reset(code.Body, code.Offset)
	b.stretch = nil
	if b.fuel {
		b.pos = f.Offset
		b.spend(1)
	}
	for len(b.ctrl) > 0 {
		if err := b.r.Next(&b.in); err != nil {
			return err
		}
		b.pos = uint32(b.in.Offset - b.base)
		if b.dead {
			b.skipInstr()
			b.stretch = nil
			continue
		}
		if b.fuel {
			b.spend(fuelOf(b.in.Op))
		}
		b.instr()
		if b.fuel && endsStretch(b.in.Op) {
			b.stretch = nil
		}
		if b.err != nil {
			return b.err
		}
	}
	f.Body = b.take(0)
	f.Locals = slices.Clip(f.Locals)
	return nil
}

// skipInstr passes over an instruction of unreachable code.
func (b *builder) skipInstr() {
	switch b.in.Op {
	case binary.OpBlock, binary.OpLoop, binary.OpIf, binary.OpTryTable, binary.OpTry:
		b.skip++
	case binary.OpElse:
		if b.skip == 0 {
			b.doElse()
		}
	case binary.OpCatch, binary.OpCatchAll:
		if b.skip == 0 {
			b.doCatch(b.in.Op == binary.OpCatchAll)
		}
	case binary.OpEnd, binary.OpDelegate:
		if b.skip == 0 {
			b.doEnd()
		} else {
			b.skip--
		}
	}
}

// blockType gives the parameters and results of b.in.Block.
func (b *builder) blockType() (params, results []ir.ValType) {
	switch t := b.in.Block; {
	case t.IsIndex:
		ft := &b.m.Types[t.Index].Func
		return ft.Params, ft.Results
	case t.Result.Kind != ir.KindNone:
		return nil, []ir.ValType{t.Result}
	}
	return nil, nil
}

// at gives the frame that label depth n means.
func (b *builder) at(n uint32) *frame { return &b.ctrl[len(b.ctrl)-1-int(n)] }

// targets gives the locals that a Br to fr assigns.
func (b *builder) targets(fr *frame) []ir.Local {
	types := fr.results
	if fr.kind == frameLoop {
		types = fr.params
	}
	if fr.dsts == nil && len(types) > 0 {
		fr.dsts = b.reserve(types)
	}
	return fr.dsts
}

// reserve gives temporaries that no spill takes until they are unheld.
func (b *builder) reserve(types []ir.ValType) []ir.Local {
	ls := make([]ir.Local, len(types))
	for i, t := range types {
		ls[i] = b.temp(t)
		b.held[ls[i]] = true
	}
	return ls
}

// arity is the number of values a branch to fr takes.
func (fr *frame) arity() int {
	if fr.kind == frameLoop {
		return len(fr.params)
	}
	return len(fr.results)
}

// maxNesting limits how deep blocks may be nested: the passes and the Go
// compiler walk them recursively, with a state per block.
const maxNesting = 20_000

func (b *builder) begin() {
	if len(b.ctrl) > maxNesting {
		b.err = binary.Errorf(b.in.Offset, "more than %d nested blocks are not supported", maxNesting)
		return
	}
	params, results := b.blockType()
	fr := frame{params: params, results: results, first: -1}
	n := len(params)
	switch b.in.Op {
	case binary.OpBlock:
		fr.kind = frameBlock
		b.spillBelow(0, fAll)
		fr.height = len(b.stack) - n
	case binary.OpLoop:
		fr.kind, fr.pos = frameLoop, b.pos
		b.spillBelow(n, fAll) // the parameters are assigned below
		fr.height = len(b.stack) - n
		if n > 0 {
			fr.dsts = b.reserve(params)
			b.assign(fr.dsts)
			for _, l := range fr.dsts {
				b.variable[l] = true
				b.push(b.local(l, b.pos))
			}
		}
	case binary.OpIf:
		fr.kind = frameIf
		b.spillBelow(1, fAll)
		fr.height = len(b.stack) - 1 - n
		for i := range n {
			fr.els = append(fr.els, b.copy(b.simple(fr.height+i)))
		}
		// Last, as this frees temporaries: the parts begin after the condition is evaluated.
		fr.cond = b.use(b.pop())
	case binary.OpTry:
		fr.kind = frameLegacy
		fr.legacy = &legacyTry{}
		b.spillBelow(0, fAll)
		fr.height = len(b.stack) - n
	case binary.OpTryTable:
		fr.kind = frameTry
		b.spillBelow(0, fAll)
		fr.height = len(b.stack) - n
		for _, c := range b.in.Catches {
			fr.catches = append(fr.catches, b.catch(c))
		}
	}
	fr.start = len(b.stmts)
	b.ctrl = append(b.ctrl, fr)
}

// simple makes the tree at stack[i] one that can be copied.
func (b *builder) simple(i int) value {
	if !simple(b.stack[i].x) {
		b.spill(i)
	}
	return b.stack[i]
}

// catch resolves a clause of try_table, whose labels count from outside the block.
func (b *builder) catch(c binary.CatchClause) ir.Catch {
	fr := b.at(c.Label)
	dsts := slices.Clone(b.targets(fr))
	out := ir.Catch{Tag: c.Tag, All: c.Kind >= 2, Exn: ir.NoLocal, Target: b.branch(fr)}
	if c.Kind == 1 || c.Kind == 3 {
		out.Exn = dsts[len(dsts)-1]
		dsts = dsts[:len(dsts)-1]
	}
	out.Dsts = dsts
	return out
}

// branch counts a use of fr's label and gives the label.
func (b *builder) branch(fr *frame) ir.Label {
	if fr.label == ir.NoLabel {
		b.label++
		fr.label = b.label
	}
	fr.uses++
	return fr.label
}

// jump emits a branch to fr with the values on top of the stack, which it pops.
func (b *builder) jump(fr *frame) {
	if fr.kind == frameFunc {
		b.ret(len(fr.results))
		return
	}
	if fr.arity() > 0 {
		b.assign(b.targets(fr))
	}
	s := b.brs.new()
	s.Label = b.branch(fr)
	b.emit(s)
}

// ret emits a Return of the n values on top of the stack, which it pops.
func (b *builder) ret(n int) {
	s := &ir.Return{}
	if n > 0 {
		s.Values = make([]*ir.Expr, n)
		for i := n - 1; i >= 0; i-- {
			s.Values[i] = b.use(b.pop())
		}
	}
	b.emit(s)
}

// terminate ends the reachable code of the current frame.
func (b *builder) terminate() {
	b.drop(b.at(0).height)
	b.dead = true
}

// drop forgets the stack above height; nothing of it may still trap.
func (b *builder) drop(height int) {
	for len(b.stack) > height {
		b.use(b.pop())
	}
}

// leave evaluates what may trap below the n operands of a terminator.
func (b *builder) leave(n int) {
	if !b.any(fTraps) {
		return
	}
	for i := b.stable; i < len(b.stack)-n; i++ {
		v := &b.stack[i]
		if v.flags&fTraps == 0 {
			continue
		}
		b.evaluate(v.x)
		b.count(v.flags, -1)
		v.flags &^= fTraps
		b.count(v.flags, 1)
	}
}

func (b *builder) br(n uint32) {
	fr := b.at(n)
	b.leave(fr.arity())
	b.jump(fr)
	b.terminate()
}

// brIf emits a branch that is taken if cond is not zero; the values it takes
// along stay on the stack. cond is popped but not yet used.
func (b *builder) brIf(n uint32, cond value) {
	fr := b.at(n)
	b.spillBelow(0, fTraps)
	k := fr.arity()
	for i := range k {
		b.simple(len(b.stack) - k + i)
	}
	if fr.uses == 0 && n == 0 && fr.kind == frameBlock && k == 0 {
		fr.first = len(b.stmts)
	}
	x := b.use(cond)
	start := len(b.stmts)
	base := len(b.stack) - k
	for i := range k {
		b.pushOnly(b.copy(b.stack[base+i]))
	}
	b.jump(fr)
	s := b.ifs.new()
	s.Cond, s.Then = condition(x), b.take(start)
	b.emit(s)
}

// brTable: the locals of all targets are assigned before the switch. That is
// safe: what the labels not taken would read is assigned again on each way
// to their end, and nothing that is live at the label taken was pending when
// its block began.
func (b *builder) brTable() {
	labels := b.in.Labels
	index := b.pop()
	k := b.at(labels[len(labels)-1]).arity()
	b.leave(k)
	if k > 0 {
		// The index first, as it was pushed last: in the way of assign.
		b.push(index)
		top := len(b.stack) - 1
		for i := range k {
			b.simple(top - k + i)
		}
		index = b.simple(top)
		for l := range targetsOf(labels) {
			if fr := b.at(l); fr.dsts == nil || !slices.ContainsFunc(fr.dsts, func(d ir.Local) bool { return isRead(index.x, d) }) {
				b.targets(fr)
				continue
			}
			b.spill(top) // a loop's parameter selects, and is assigned below
			index = b.stack[top]
		}
		index = b.pop()
		base := len(b.stack) - k
		b.spillLoopReads(labels, base)
		for l := range targetsOf(labels) {
			for i := range k {
				b.pushOnly(b.copy(b.stack[base+i]))
			}
			b.assign(b.targets(b.at(l)))
		}
	}
	s := &ir.BrTable{Pos: b.pos, X: b.use(index), Targets: make([]ir.Label, len(labels)-1)}
	for i, l := range labels[:len(labels)-1] {
		s.Targets[i] = b.branch(b.at(l))
	}
	s.Default = b.branch(b.at(labels[len(labels)-1]))
	b.emit(s)
	b.terminate()
}

// spillLoopReads spills the values of a br_table that read a local which one
// of its targets assigns.
func (b *builder) spillLoopReads(labels []uint32, base int) {
	for l := range targetsOf(labels) {
		for _, d := range b.targets(b.at(l)) {
			if b.pending[d] == 0 {
				continue
			}
			for i := base; i < len(b.stack); i++ {
				if isRead(b.stack[i].x, d) {
					b.spill(i)
				}
			}
		}
	}
}

// targetsOf gives the distinct labels of a br_table.
func targetsOf(labels []uint32) func(func(uint32) bool) {
	return func(yield func(uint32) bool) {
		seen := make(map[uint32]bool)
		for _, l := range labels {
			if !seen[l] {
				seen[l] = true
				if !yield(l) {
					return
				}
			}
		}
	}
}

func (b *builder) doElse() {
	fr := b.at(0)
	if !b.dead {
		if len(fr.results) > 0 {
			b.assign(b.targets(fr))
		}
		b.drop(fr.height)
	}
	fr.ends = !b.dead
	fr.then = b.take(fr.start)
	fr.kind = frameElse
	b.dead = false
	for _, v := range fr.els {
		b.push(v)
	}
	fr.els = nil
}

func (b *builder) doEnd() {
	fr := b.at(0)
	switch fr.kind {
	case frameFunc:
		b.endFunc(fr)
	case frameLoop:
		b.endLoop(fr)
	case frameIf:
		// An `if` without `else` passes its parameters on.
		b.doElse()
		b.endIf(b.at(0))
	case frameElse:
		b.endIf(fr)
	case frameCatch:
		b.endTry(fr)
	case frameLegacy:
		if b.in.Op == binary.OpDelegate {
			b.delegate()
		} else {
			b.endPlainTry(fr)
		}
	default:
		b.endBlock(fr)
	}
	b.ctrl = b.ctrl[:len(b.ctrl)-1]
	if b.dead && len(b.ctrl) > 0 {
		b.drop(b.at(0).height)
	}
}

// trailingBr removes a Br to label at the end of the statements from start on,
// where it does nothing.
func (b *builder) trailingBr(fr *frame, list []ir.Stmt) ([]ir.Stmt, bool) {
	if fr.uses == 0 || len(list) == 0 {
		return list, false
	}
	if s, ok := list[len(list)-1].(*ir.Br); ok && s.Label == fr.label {
		fr.uses--
		return list[:len(list)-1], true
	}
	return list, false
}

func (b *builder) endFunc(fr *frame) {
	n := len(fr.results)
	if fr.legacy != nil {
		if !b.dead {
			b.ret(n)
			b.dead = true
		}
		b.stmts = append(b.stmts, b.land(fr.legacy, b.take(0))...)
	}
	if fr.uses == 0 {
		if !b.dead && n > 0 {
			b.ret(n)
		} else if last := len(b.stmts) - 1; n == 0 && last >= 0 {
			if _, ok := b.stmts[last].(*ir.Return); ok { // does nothing at the end
				b.stmts = b.stmts[:last]
			}
		}
		return
	}
	// A br_table or catch leaves the function: its label is a Block around the body.
	if !b.dead {
		if n > 0 {
			b.assign(b.targets(fr))
		}
	}
	b.emit(&ir.Block{Label: fr.label, Body: b.take(0)})
	for _, l := range fr.dsts {
		b.push(b.local(l, b.pos))
	}
	if n > 0 {
		b.ret(n)
	}
}

func (b *builder) endLoop(fr *frame) {
	if fr.uses > 0 {
		s := &ir.Loop{Label: fr.label, Body: b.take(fr.start), Pos: fr.pos}
		b.emit(s)
	}
	for _, l := range fr.dsts {
		b.unhold(l)
	}
	// Values of the fall-through stay pending; if it is not reached, neither is what follows.
}

// results pushes the reads of a block's result locals.
func (b *builder) results(fr *frame) {
	for _, l := range fr.dsts {
		b.push(b.local(l, b.pos))
		b.unhold(l)
	}
}

func (b *builder) endBlock(fr *frame) {
	reached, assigned := !b.dead, false
	if b.dead {
		var list []ir.Stmt
		if list, assigned = b.trailingBr(fr, b.stmts[fr.start:]); assigned {
			b.stmts = b.stmts[:fr.start+len(list)]
		}
	}
	if fr.uses == 0 && !assigned && fr.kind != frameTry {
		// Nothing branches here: no block, and the results stay pending.
		for _, l := range fr.dsts {
			b.unhold(l)
		}
		return
	}
	if reached && len(fr.results) > 0 {
		b.assign(b.targets(fr))
	}
	switch {
	case fr.kind == frameTry:
		s := &ir.TryTable{Label: ir.NoLabel, Body: b.take(fr.start), Catches: fr.catches}
		if fr.legacy != nil {
			if reached || assigned {
				s.Body = append(s.Body, &ir.Br{Label: b.branch(fr)})
			}
			s.Body = b.land(fr.legacy, s.Body)
		}
		if fr.uses > 0 {
			s.Label = fr.label
		}
		b.emit(s)
	case fr.uses > 0:
		if !b.invert(fr) {
			b.emit(&ir.Block{Label: fr.label, Body: b.take(fr.start)})
		}
	}
	b.dead = !reached && !assigned && fr.uses == 0
	if !b.dead {
		b.targets(fr)
		b.results(fr)
	} else {
		for _, l := range fr.dsts {
			b.unhold(l)
		}
	}
}

// invert turns `block … br_if 0 … end` into an If whose Then part is the rest
// of the block. It reports false if the block does not have that form.
func (b *builder) invert(fr *frame) bool {
	if fr.first < 0 {
		return false
	}
	outer := b.stmts[fr.first].(*ir.If)
	outer.Then = slices.Clone(b.stmts[fr.first+1:])
	clear(b.stmts[fr.first+1:])
	b.stmts = b.stmts[:fr.first+1]
	outer.Cond = b.not(outer.Cond)
	fr.uses--
	if fr.uses > 0 {
		outer.Label = fr.label
		fr.uses = 1
	} else {
		fr.uses = 1 // the end of the If is reached, label or not
	}
	if len(outer.Then) == 0 {
		b.stmts = b.stmts[:fr.first]
		b.evaluate(outer.Cond)
	}
	return true
}

func (b *builder) endIf(fr *frame) {
	if !b.dead && len(fr.results) > 0 {
		b.assign(b.targets(fr))
	}
	els := b.take(fr.start)
	ends := fr.ends || !b.dead
	var ok bool
	if !fr.ends {
		fr.then, ok = b.trailingBr(fr, fr.then)
		ends = ends || ok
	}
	if b.dead {
		els, ok = b.trailingBr(fr, els)
		ends = ends || ok
	}
	ends = ends || fr.uses > 0
	cond := condition(fr.cond)
	then := fr.then
	switch {
	case len(then) == 0 && len(els) == 0:
		b.evaluate(cond)
	default:
		if len(then) == 0 {
			then, els, cond = els, nil, b.not(cond)
		} else if cond.Op == ir.OpI32Eqz && len(els) > 0 {
			then, els, cond = els, then, condition(cond.X)
		}
		s := b.ifs.new()
		s.Cond, s.Then, s.Else = cond, then, els
		if fr.uses > 0 {
			s.Label = fr.label
		}
		b.emit(s)
	}
	b.dead = !ends
	if ends {
		b.targets(fr)
		b.results(fr)
	} else {
		for _, l := range fr.dsts {
			b.unhold(l)
		}
	}
}

// condition simplifies x where only zero or not matters.
func condition(x *ir.Expr) *ir.Expr {
	for {
		switch {
		case x.Op == ir.OpI32Eqz && x.X.Op == ir.OpI32Eqz:
			x = x.X.X
		case x.Op == ir.OpI32Ne && x.Y.Op == ir.OpConst && x.Y.Imm == 0:
			x = x.X
		default:
			return x
		}
	}
}

// not gives a tree that is zero if x is not.
func (b *builder) not(x *ir.Expr) *ir.Expr {
	if x.Op == ir.OpI32Eqz {
		return condition(x.X)
	}
	if inverse(x) {
		return x
	}
	n := b.exprs.new()
	*n = ir.Expr{Op: ir.OpI32Eqz, Type: ir.TypeI32, X: x, Pos: x.Pos}
	return n
}

// inverse turns a comparison into its opposite, in place. Floats have one
// only for equality: NaN is neither less nor greater or equal.
func inverse(x *ir.Expr) bool {
	op := x.Op
	switch op {
	case ir.OpI32Eqz, ir.OpI64Eqz:
		return false
	case ir.OpI32Eq, ir.OpI64Eq, ir.OpF32Eq, ir.OpF64Eq:
		op++
	case ir.OpI32Ne, ir.OpI64Ne, ir.OpF32Ne, ir.OpF64Ne:
		op--
	case ir.OpI32LtS, ir.OpI32LtU, ir.OpI64LtS, ir.OpI64LtU:
		op += ir.OpI32GeS - ir.OpI32LtS
	case ir.OpI32GeS, ir.OpI32GeU, ir.OpI64GeS, ir.OpI64GeU:
		op -= ir.OpI32GeS - ir.OpI32LtS
	case ir.OpI32GtS, ir.OpI32GtU, ir.OpI64GtS, ir.OpI64GtU:
		op += ir.OpI32LeS - ir.OpI32GtS
	case ir.OpI32LeS, ir.OpI32LeU, ir.OpI64LeS, ir.OpI64LeU:
		op -= ir.OpI32LeS - ir.OpI32GtS
	default:
		return false
	}
	x.Op = op
	return true
}
