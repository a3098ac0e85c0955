package lower

import (
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: instructions.

// opRow is what the lowering needs of an operator that is described by ir.OpInfo.Sig.
type opRow struct {
	params uint8
	result ir.ValType // KindNone: none
	addr   bool       // the result has the memory's index type
	known  bool
}

// opTable is indexed by ir.Op; prefixed operators that need a rule of their own are unknown to it.
var opTable = func() (t [ir.OpBaseIR]opRow) {
	types := map[byte]ir.ValType{'i': ir.TypeI32, 'I': ir.TypeI64, 'f': ir.TypeF32, 'F': ir.TypeF64, 'v': ir.TypeV128}
	for op := range t {
		sig := ir.Op(op).Info().Sig
		for i := 0; i < len(sig); i++ {
			if sig[i] == ':' {
				t[op].known = true
				t[op].params = uint8(i)
				if i+1 < len(sig) {
					t[op].result = types[sig[i+1]]
					t[op].addr = sig[i+1] == 'a'
				}
			}
		}
	}
	return t
}()

// instr lowers b.in, which is reachable.
func (b *builder) instr() {
	in := &b.in
	switch in.Op {
	case binary.OpNop:
	case binary.OpUnreachable:
		b.leave(0)
		b.emit(&ir.Unreachable{Pos: b.pos})
		b.terminate()
	case binary.OpBlock, binary.OpLoop, binary.OpIf, binary.OpTryTable, binary.OpTry:
		b.begin()
	case binary.OpElse:
		b.doElse()
	case binary.OpCatch, binary.OpCatchAll:
		b.doCatch(in.Op == binary.OpCatchAll)
	case binary.OpRethrow:
		b.rethrow()
	case binary.OpEnd, binary.OpDelegate:
		b.doEnd()
	case binary.OpBr:
		b.br(in.Index)
	case binary.OpBrIf:
		b.brIf(in.Index, b.pop())
	case binary.OpBrTable:
		b.brTable()
	case binary.OpReturn:
		n := len(b.sig.Results)
		b.leave(n)
		b.ret(n)
		b.terminate()
	case binary.OpBrOnNull, binary.OpBrOnNonNull:
		b.brOnNull()
	case ir.OpBrOnCast, ir.OpBrOnCastFail, ir.OpBrOnCastDescEq, ir.OpBrOnCastDescEqFail:
		b.brOnCast()
	case binary.OpThrow:
		n := len(b.m.Types[b.tagType(in.Index)].Func.Params)
		b.leave(n)
		s := &ir.Throw{Tag: in.Index, Pos: b.pos, Args: b.args(n)}
		b.emit(s)
		b.terminate()
	case binary.OpThrowRef:
		b.leave(1)
		b.emit(&ir.Throw{Ref: b.use(b.pop()), Pos: b.pos})
		b.terminate()

	case binary.OpCall, binary.OpReturnCall, binary.OpCallIndirect, binary.OpReturnCallIndirect,
		binary.OpCallRef, binary.OpReturnCallRef:
		b.call()

	case binary.OpDrop:
		b.doDrop()
	case binary.OpSelect, binary.OpSelectT:
		b.selectOp()

	case binary.OpLocalGet:
		b.push(b.local(ir.Local(in.Index), b.pos))
	case binary.OpLocalSet:
		b.setLocal(ir.Local(in.Index))
	case binary.OpLocalTee:
		b.setLocal(ir.Local(in.Index))
		b.push(b.local(ir.Local(in.Index), b.pos))
	case binary.OpGlobalGet:
		g := &b.globalTypes[in.Index]
		var f flags
		if g.Mutable {
			f = fGlobal
		}
		b.leaf(ir.Expr{Op: ir.OpGlobal, Type: g.Type, Imm: uint64(in.Index)}, f)
	case binary.OpGlobalSet:
		b.spillBelow(1, fTraps|fGlobal)
		b.emit(&ir.SetGlobal{Global: in.Index, X: b.use(b.pop()), Pos: b.pos})

	case binary.OpI32Const:
		b.leaf(ir.Expr{Op: ir.OpConst, Type: ir.TypeI32, Imm: in.Imm}, 0)
	case binary.OpI64Const:
		b.leaf(ir.Expr{Op: ir.OpConst, Type: ir.TypeI64, Imm: in.Imm}, 0)
	case binary.OpF32Const:
		b.leaf(ir.Expr{Op: ir.OpConst, Type: ir.TypeF32, Imm: in.Imm}, 0)
	case binary.OpF64Const:
		b.leaf(ir.Expr{Op: ir.OpConst, Type: ir.TypeF64, Imm: in.Imm}, 0)
	case ir.OpV128Const:
		b.leaf(ir.Expr{Op: ir.OpConst, Type: ir.TypeV128, Imm: in.Imm, Imm2: in.Imm2}, 0)
	case binary.OpRefNull:
		b.leaf(ir.Expr{Op: ir.OpRefNull, Type: in.RefType}, 0)
	case binary.OpRefFunc:
		b.funcRefs = append(b.funcRefs, in.Index)
		b.leaf(ir.Expr{Op: ir.OpRefFunc, Type: b.funcRef(in.Index), Imm: uint64(in.Index)}, 0)
	case binary.OpRefIsNull:
		b.tree(ir.Expr{Op: ir.OpRefIsNull, Type: ir.TypeI32}, 1, 0)
	case binary.OpRefEq:
		b.tree(ir.Expr{Op: ir.OpRefEq, Type: ir.TypeI32}, 2, 0)
	case binary.OpRefAsNonNull:
		t := b.top(0).Type
		t.Null = false
		b.tree(ir.Expr{Op: ir.OpRefAsNonNull, Type: t}, 1, 0)

	case ir.OpMemorySize:
		b.leaf(ir.Expr{Op: ir.OpMemorySize, Type: b.addrType(in.Mem), Index: in.Mem}, fSize)
	case ir.OpTableSize:
		b.leaf(ir.Expr{Op: ir.OpTableSize, Type: b.tableAddr(in.Index), Index: in.Index}, fSize)
	case ir.OpTableGet:
		b.tree(ir.Expr{Op: ir.OpTableGet, Type: b.tableTypes[in.Index].Elem, Index: in.Index}, 1, 0)
	case ir.OpTableSet:
		b.effect(ir.Effect{Op: in.Op, Index: in.Index}, 2, ir.ValType{})
	case ir.OpTableGrow:
		b.effect(ir.Effect{Op: in.Op, Index: in.Index}, 2, b.tableAddr(in.Index))
	case ir.OpTableFill:
		b.effect(ir.Effect{Op: in.Op, Index: in.Index}, 3, ir.ValType{})
	case ir.OpMemoryGrow:
		b.effect(ir.Effect{Op: in.Op, Index: in.Mem}, 1, b.addrType(in.Mem))
	case ir.OpMemoryFill:
		b.effect(ir.Effect{Op: in.Op, Index: in.Mem}, 3, ir.ValType{})
	case ir.OpMemoryCopy, ir.OpTableCopy:
		b.effect(ir.Effect{Op: in.Op, Index: in.Index, Index2: in.Index2}, 3, ir.ValType{})
	case ir.OpMemoryInit, ir.OpTableInit:
		b.effect(ir.Effect{Op: in.Op, Index: in.Index2, Index2: in.Index}, 3, ir.ValType{})
	case ir.OpDataDrop, ir.OpElemDrop:
		b.effect(ir.Effect{Op: in.Op, Index: in.Index}, 0, ir.ValType{})
	case ir.OpI64Add128, ir.OpI64Sub128:
		b.wide(4)
	case ir.OpI64MulWideS, ir.OpI64MulWideU:
		b.wide(2)

	case ir.OpI32Eqz:
		// eqz of a comparison is the opposite comparison.
		if x := b.top(0); inverse(x) {
			x.Pos = b.pos
			return
		}
		b.tree(ir.Expr{Op: in.Op, Type: ir.TypeI32}, 1, 0)
	default:
		b.plain()
	}
}

// plain lowers an operator that opTable describes.
func (b *builder) plain() {
	in := &b.in
	if int(in.Op) >= len(opTable) || !opTable[in.Op].known {
		b.gc()
		return
	}
	row := &opTable[in.Op]
	n := int(row.params)
	switch {
	case in.Op.IsAtomic():
		// Also loads: they are ordered with all other accesses.
		b.effect(ir.Effect{Op: in.Op, Index: in.Mem, Offset: in.MemOffset}, n, row.result)
	case in.Op.IsStore():
		b.spillBelow(2, fTraps)
		b.spillTop(2, 2, fTrap) // what checks the address may stand before the store
		v, addr := b.pop(), b.pop()
		s := b.stores.new()
		*s = ir.Store{Op: in.Op, Mem: in.Mem, Offset: in.MemOffset, Lane: in.Lane, Pos: b.pos}
		s.Addr, s.X = b.use(addr), b.use(v)
		b.emit(s)
	case in.Op.IsLoad():
		x := ir.Expr{Op: in.Op, Type: row.result, Index: in.Mem, Imm: in.MemOffset}
		if n == 2 {
			x.Imm2 = uint64(in.Lane)
		}
		b.tree(x, n, 0)
	case in.Op == ir.OpI8x16Shuffle:
		b.tree(ir.Expr{Op: in.Op, Type: row.result, Imm: in.Imm, Imm2: in.Imm2}, n, 0)
	case in.Op >= ir.OpBaseFD:
		b.tree(ir.Expr{Op: in.Op, Type: row.result, Imm: uint64(in.Lane)}, n, 0)
	default:
		b.tree(ir.Expr{Op: in.Op, Type: row.result}, n, 0)
	}
}

// top gives the tree i entries below the top of the stack.
func (b *builder) top(i int) *ir.Expr { return b.stack[len(b.stack)-1-i].x }

// leaf pushes x, which has no operands.
func (b *builder) leaf(x ir.Expr, f flags) {
	x.Pos = b.pos
	p := b.exprs.new()
	*p = x
	b.push(value{x: p, flags: f, depth: 1, size: 1})
}

// tree pops n operands, makes them those of x, and pushes x.
func (b *builder) tree(x ir.Expr, n int, f flags) {
	var second *ir.Expr
	if n == 2 {
		second = b.top(0)
	}
	switch ir.OpTrap(x.Op, second) {
	case ir.TrapLoad:
		b.spillBelow(0, fTrap)
		f |= fLoad
	case ir.TrapOther:
		b.spillBelow(0, fTraps)
		f |= fTrap
	}
	base := len(b.stack) - n
	if n == 2 && !b.constant && b.stack[base].flags&fLoad != 0 && b.stack[base+1].flags&fLoad != 0 && (x.Op < ir.OpI32Eqz || x.Op > ir.OpF64Ge) {
		// Go makes one machine instruction of an operator and a load that is its second
		// operand, and attributes it to the operator's line: no other load may be there.
		b.spill(base)
	}
	for {
		size, depth := 1, 0
		for _, v := range b.stack[base:] {
			size += int(v.size)
			depth = max(depth, int(v.depth))
		}
		if size <= maxSize && depth < maxDepth {
			break
		}
		if b.constant {
			if depth < 200 {
				break
			}
			b.err = binary.Errorf(b.in.Offset, "constant expression is nested too deeply")
			return
		}
		// Too big: the biggest operand becomes a local.
		big := base
		for i := base; i < len(b.stack); i++ {
			if b.stack[i].size > b.stack[big].size {
				big = i
			}
		}
		if b.stack[big].size == 1 {
			break // an operator with very many operands
		}
		b.spill(big)
	}
	v := value{flags: f, size: 1}
	for _, o := range b.stack[base:] {
		v.mask |= o.mask
		v.flags |= o.flags
		v.size += o.size
		v.depth = max(v.depth, o.depth)
	}
	v.depth++
	x.Pos = b.pos
	switch n {
	case 0:
	case 1:
		x.X = b.top(0)
	case 2:
		x.X, x.Y = b.top(1), b.top(0)
	case 3:
		x.X, x.Y, x.Z = b.top(2), b.top(1), b.top(0)
	default:
		x.Args = make([]*ir.Expr, n)
		for i := range n {
			x.Args[i] = b.stack[base+i].x
		}
	}
	for range n {
		b.pop()
	}
	v.x = b.exprs.new()
	*v.x = x
	b.push(v)
}

// args pops n operands for a statement.
func (b *builder) args(n int) []*ir.Expr {
	if n == 0 {
		return nil
	}
	xs := make([]*ir.Expr, n)
	for i := n - 1; i >= 0; i-- {
		xs[i] = b.use(b.pop())
	}
	return xs
}

// effect emits e with n operands from the stack; result KindNone: no result.
func (b *builder) effect(e ir.Effect, n int, result ir.ValType) {
	b.spillBelow(n, fEffects)
	b.spillTop(n, n, fTrap)
	e.Args = b.args(n)
	e.Dst, e.Dst2, e.Pos = ir.NoLocal, ir.NoLocal, b.pos
	s := new(ir.Effect)
	*s = e
	if result.Kind != ir.KindNone {
		s.Dst = b.temp(result)
	}
	b.emit(s)
	if s.Dst != ir.NoLocal {
		b.push(b.local(s.Dst, b.pos))
	}
}

// wide emits a wide arithmetic operator: no effect, but two results.
func (b *builder) wide(n int) {
	s := &ir.Effect{Op: b.in.Op, Pos: b.pos, Args: b.args(n)}
	s.Dst, s.Dst2 = b.temp(ir.TypeI64), b.temp(ir.TypeI64)
	b.emit(s)
	b.push(b.local(s.Dst, b.pos))
	b.push(b.local(s.Dst2, b.pos))
}

// setLocal pops a value and assigns it to l.
func (b *builder) setLocal(l ir.Local) {
	b.spillReaders(1, l)
	v := b.pop()
	x := b.use(v)
	if x.Op == ir.OpLocal {
		src := ir.Local(x.Imm)
		if src == l || b.redirect(src, l) {
			return
		}
	}
	b.set(l, x)
}

// redirect makes the last statement, if it is a call or effect that assigns
// temporary t, assign l instead. t has been read for the last time.
func (b *builder) redirect(t, l ir.Local) bool {
	if int(t) < b.f.NumDeclared || b.pending[t] > 0 || b.held[t] || len(b.stmts) <= b.at(0).start {
		return false
	}
	switch s := b.stmts[len(b.stmts)-1].(type) {
	case *ir.Call:
		for i, d := range s.Dsts {
			if d == l && l != ir.NoLocal {
				return false // assigned twice: the order counts
			} else if d == t {
				for _, e := range s.Dsts[i+1:] {
					if e == l && l != ir.NoLocal {
						return false
					}
				}
				s.Dsts[i] = l
				return true
			}
		}
	case *ir.Effect:
		if s.Dst == t && (s.Dst2 != l || l == ir.NoLocal) {
			s.Dst = l
			return true
		}
		if s.Dst2 == t && (s.Dst != l || l == ir.NoLocal) {
			s.Dst2 = l
			return true
		}
	}
	return false
}

func (b *builder) doDrop() {
	v := b.pop()
	if v.flags&fTraps != 0 {
		x := b.use(v)
		b.evaluate(x)
		return
	}
	x := b.use(v)
	if x.Op == ir.OpLocal {
		b.redirect(ir.Local(x.Imm), ir.NoLocal)
	}
}

// selectOp: an expression if evaluating both arms costs little, otherwise an
// If that evaluates one. An arm that may trap is evaluated before in any case.
func (b *builder) selectOp() {
	n := len(b.stack)
	typ := b.stack[n-3].x.Type
	if b.in.Op == binary.OpSelectT && len(b.in.Types) == 1 {
		typ = b.in.Types[0]
	}
	for i := n - 3; i < n-1; i++ {
		if b.stack[i].flags&fTraps != 0 {
			b.spill(i)
		}
	}
	const cheap = 3
	if b.stack[n-3].size <= cheap && b.stack[n-2].size <= cheap {
		b.tree(ir.Expr{Op: ir.OpSelect, Type: typ}, 3, 0)
		return
	}
	cond, y, x := b.pop(), b.pop(), b.pop()
	s := b.ifs.new()
	s.Cond = condition(b.use(cond))
	then, els := b.sets.new(), b.sets.new()
	then.X, els.X = b.use(x), b.use(y)
	t := b.temp(typ)
	then.Dst, els.Dst = t, t
	s.Then, s.Else = []ir.Stmt{then}, []ir.Stmt{els}
	b.emit(s)
	b.push(b.local(t, b.pos))
}

// call lowers the six call operators.
func (b *builder) call() {
	in := &b.in
	s := b.calls.new()
	s.Pos = b.pos
	switch in.Op {
	case binary.OpReturnCall, binary.OpReturnCallIndirect, binary.OpReturnCallRef:
		s.Tail = true
	}
	operands := 1
	switch in.Op {
	case binary.OpCall, binary.OpReturnCall:
		s.Kind, s.Func, s.Type = ir.CallDirect, in.Index, b.funcTypes[in.Index]
		operands = 0
	case binary.OpCallIndirect, binary.OpReturnCallIndirect:
		s.Kind, s.Type, s.Table = ir.CallIndirect, in.Index, in.Index2
	default:
		s.Kind, s.Type = ir.CallRef, in.Index
	}
	sig := &b.m.Types[s.Type].Func
	n := len(sig.Params)
	if s.Tail {
		b.leave(n + operands)
	} else {
		b.spillBelow(n+operands, fEffects)
	}
	if operands > 0 {
		// The arguments trap before the callee is looked at.
		b.spillTop(n+operands, n, fTraps)
		s.Callee = b.use(b.pop())
	} else {
		b.spillTop(n, n, fTrap) // a line of its own, for backtraces
	}
	s.Args = b.args(n)
	if s.Tail {
		b.emit(s)
		b.terminate()
		return
	}
	if len(sig.Results) > 0 {
		s.Dsts = make([]ir.Local, len(sig.Results))
		for i, t := range sig.Results {
			s.Dsts[i] = b.temp(t)
		}
	}
	b.emit(s)
	for _, l := range s.Dsts {
		b.push(b.local(l, b.pos))
	}
}

// brOnNull lowers br_on_null and br_on_non_null.
func (b *builder) brOnNull() {
	ref := b.simple(len(b.stack) - 1)
	isNull := func(v value) value {
		b.pushOnly(v)
		b.tree(ir.Expr{Op: ir.OpRefIsNull, Type: ir.TypeI32}, 1, 0)
		return b.pop()
	}
	if b.in.Op == binary.OpBrOnNull {
		// The branch does not take the reference along, the rest does.
		cond := isNull(b.copy(ref))
		v := b.pop()
		b.brIf(b.in.Index, cond)
		b.push(v)
		return
	}
	cond := isNull(b.copy(ref))
	cond.x = b.not(cond.x)
	b.brIf(b.in.Index, cond)
	b.use(b.pop())
}
