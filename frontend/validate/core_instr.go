package validate

import (
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: the typing rules of the instructions (section 3.4).

// sig is ir.OpInfo.Sig, prepared.
type sig struct {
	ok      bool
	bytes   uint8
	params  string // from the last to the first
	result  byte   // 0: none
	feature bool   // some Features can turn it off
}

var sigs = func() (t [ir.OpBaseIR]sig) {
	for op := range t {
		info := ir.Op(op).Info()
		s := &t[op]
		s.feature = new(Features).opNeeds(ir.Op(op)) != ""
		s.bytes = info.Bytes
		if info.Sig == "" {
			continue
		}
		s.ok = true
		params := []byte{}
		i := 0
		for ; info.Sig[i] != ':'; i++ {
			params = append([]byte{info.Sig[i]}, params...)
		}
		s.params = string(params)
		if i+1 < len(info.Sig) {
			s.result = info.Sig[i+1]
		}
	}
	return t
}()

var kindOf = [128]ir.Kind{'i': ir.I32, 'I': ir.I64, 'f': ir.F32, 'F': ir.F64, 'v': ir.V128}

// Step validates the next instruction. After an error the validator must not
// be used until Begin.
func (v *FuncValidator) Step(in *binary.Instr) error {
	v.at = in.Offset
	if len(v.frames) == 0 {
		return binary.Malformedf(in.Offset, "operators remaining after end of function: section size mismatch")
	}
	s := &sigs[in.Op]
	if s.feature {
		if err := v.features.checkOp(in.Op, in.Offset); err != nil {
			return err
		}
	}
	if v.constant {
		v.constantOp(in)
	}
	if s.ok {
		v.bySig(in, s)
	} else {
		v.byRule(in)
	}
	if len(v.stack) > maxOperands {
		v.fail("operand stack exceeds limit of %d", maxOperands)
	}
	if v.err != nil {
		return v.err
	}
	return nil
}

// bySig validates an operator whose type its signature tells.
func (v *FuncValidator) bySig(in *binary.Instr, s *sig) {
	var addr ir.Kind
	switch {
	case s.bytes != 0:
		addr = v.memArg(in, s.bytes)
	case in.Op == ir.OpMemorySize || in.Op == ir.OpMemoryGrow:
		addr = v.memory(in.Mem)
	}
	if in.Op >= ir.OpBaseFD && in.Op < ir.OpBaseFE {
		v.checkLanes(in, s)
	}
	for i := range len(s.params) {
		k := kindOf[s.params[i]]
		if k == 0 {
			k = addr // 'p' or 'a'
		}
		if n := len(v.stack); n > v.top().height && v.stack[n-1].Kind == k {
			v.stack = v.stack[:n-1] // the common case
			continue
		}
		v.popNum(k)
	}
	if s.result != 0 {
		k := kindOf[s.result]
		if k == 0 {
			k = addr
		}
		v.pushNum(k)
	}
}

// checkLanes checks the lane immediates of vector operators.
func (v *FuncValidator) checkLanes(in *binary.Instr, s *sig) {
	switch op := in.Op; {
	case op >= ir.OpV128Load8Lane && op <= ir.OpV128Store64Lane:
		v.lane(in, 16/s.bytes)
	case op == ir.OpI8x16Shuffle:
		for i := range 8 {
			if in.Imm>>(8*i)&0xff >= 32 || in.Imm2>>(8*i)&0xff >= 32 {
				v.fail("invalid lane index: SIMD index out of bounds")
			}
		}
	case op < ir.OpI8x16ExtractLaneS || op > ir.OpF64x2ReplaceLane:
	case op <= ir.OpI8x16ReplaceLane:
		v.lane(in, 16)
	case op <= ir.OpI16x8ReplaceLane:
		v.lane(in, 8)
	case op <= ir.OpI32x4ReplaceLane, op == ir.OpF32x4ExtractLane, op == ir.OpF32x4ReplaceLane:
		v.lane(in, 4)
	default:
		v.lane(in, 2)
	}
}

// constantOp refuses what may not be in a constant expression (section 3.4.15).
func (v *FuncValidator) constantOp(in *binary.Instr) {
	switch in.Op {
	case binary.OpEnd, binary.OpI32Const, binary.OpI64Const, binary.OpF32Const, binary.OpF64Const, ir.OpV128Const,
		binary.OpRefNull, binary.OpRefFunc,
		ir.OpStructNew, ir.OpStructNewDefault, ir.OpArrayNew, ir.OpArrayNewDefault, ir.OpArrayNewFixed,
		ir.OpStructNewDesc, ir.OpStructNewDefaultDesc, ir.OpRefI31, ir.OpAnyConvertExtern, ir.OpExternConvertAny:
		return
	case binary.OpGlobalGet:
		switch {
		case int64(in.Index) >= int64(v.globals):
			v.fail("unknown global %d: global index out of bounds", in.Index)
		case v.types.Globals[in.Index].Mutable:
			v.fail("constant expression required: global.get of mutable global")
		case !v.features.GC && int(in.Index) >= v.types.Imported[ir.ExternGlobal]:
			v.fail("constant expression required: global.get of locally defined global")
		}
		return
	case ir.OpI32Add, ir.OpI32Sub, ir.OpI32Mul, ir.OpI64Add, ir.OpI64Sub, ir.OpI64Mul:
		if v.features.ExtendedConst {
			return
		}
	}
	v.fail("constant expression required: non-constant operator")
}

// byRule validates an operator that has its own rule.
func (v *FuncValidator) byRule(in *binary.Instr) {
	switch in.Op {
	case binary.OpUnreachable:
		v.unreachable()
	case binary.OpNop:
	case binary.OpBlock, binary.OpLoop, binary.OpTry:
		ins, outs := v.block(&in.Block)
		v.popAll(ins)
		v.pushFrame(in.Op, ins, outs)
	case binary.OpIf:
		ins, outs := v.block(&in.Block)
		v.popNum(ir.I32)
		v.popAll(ins)
		v.pushFrame(in.Op, ins, outs)
	case binary.OpElse:
		if v.top().op != binary.OpIf {
			v.fail("else found outside of an `if` block")
			return
		}
		f := v.popFrame()
		v.pushFrame(binary.OpElse, f.in, f.out)
	case binary.OpEnd:
		v.end()
	case binary.OpTryTable:
		v.tryTable(in)
	case binary.OpCatch, binary.OpCatchAll:
		if k := v.top().op; k != binary.OpTry && k != binary.OpCatch {
			v.fail("catch found outside of an `try` block")
			return
		}
		f := v.popFrame()
		v.pushFrame(in.Op, nil, f.out)
		if in.Op == binary.OpCatch {
			v.pushAll(v.tag(in.Index).Params)
		}
	case binary.OpDelegate:
		if v.top().op != binary.OpTry {
			v.fail("delegate found outside of an `try` block")
			return
		}
		f := v.popFrame()
		if len(v.frames) == 0 {
			return
		}
		v.label(in.Index)
		v.pushAll(f.out)
	case binary.OpThrow:
		v.popAll(v.tag(in.Index).Params)
		v.unreachable()
	case binary.OpThrowRef:
		v.popType(ir.ValType{Kind: ir.Ref, Null: true, Heap: ir.HeapExn})
		v.unreachable()
	case binary.OpRethrow:
		if k := v.label(in.Index).op; k != binary.OpCatch && k != binary.OpCatchAll {
			v.fail("invalid rethrow label: target was not a `catch` block")
		}
		v.unreachable()
	case binary.OpBr:
		v.popAll(v.label(in.Index).labelTypes())
		v.unreachable()
	case binary.OpBrIf:
		v.popNum(ir.I32)
		v.pass(v.label(in.Index).labelTypes())
	case binary.OpBrTable:
		v.brTable(in)
	case binary.OpReturn:
		v.popAll(v.results)
		v.unreachable()
	case binary.OpCall, binary.OpReturnCall:
		if t, ok := v.function(in.Index); ok {
			v.call(v.funcType(t), in.Op == binary.OpReturnCall)
		}
	case binary.OpCallIndirect, binary.OpReturnCallIndirect:
		t, index := v.table(in.Index2)
		if !v.features.ReferenceTypes && in.Index2 != 0 {
			v.fail("zero byte expected: reference types support is not enabled")
		}
		if !matchVal(v.types.Defs, t.Elem, v.types.Defs, ir.TypeFuncRef) {
			v.fail("type mismatch: indirect calls must go through a table with type <= funcref")
		}
		v.popNum(index)
		v.call(v.funcType(in.Index), in.Op == binary.OpReturnCallIndirect)
	case binary.OpCallRef, binary.OpReturnCallRef:
		ft := v.funcType(in.Index)
		if v.err != nil {
			return
		}
		v.popType(ir.ValType{Kind: ir.Ref, Null: true, Heap: ir.Heap(in.Index)})
		v.call(ft, in.Op == binary.OpReturnCallRef)
	case binary.OpDrop:
		v.pop()
	case binary.OpSelect:
		v.popNum(ir.I32)
		a, b := v.pop(), v.pop()
		switch {
		case a.Kind == ir.Ref || b.Kind == ir.Ref:
			v.fail("type mismatch: select only takes integral types")
		case a != b && a != bot && b != bot:
			v.fail("type mismatch: select operands have different types")
		case a == bot:
			v.push(b)
		default:
			v.push(a)
		}
	case binary.OpSelectT:
		if len(in.Types) != 1 {
			v.fail("invalid result arity: select must have exactly one result type")
			return
		}
		t := in.Types[0]
		v.valType(t)
		if v.err != nil {
			return
		}
		v.popNum(ir.I32)
		v.popType(t)
		v.popType(t)
		v.push(t)
	case binary.OpLocalGet:
		t := v.local(in.Index)
		if t.Kind == ir.Ref && !t.Null && int64(in.Index) >= int64(len(v.params)) && !v.set[in.Index] {
			v.fail("uninitialized local: %d", in.Index)
		}
		v.push(t)
	case binary.OpLocalSet:
		t := v.local(in.Index)
		v.popType(t)
		v.setLocal(in.Index, t)
	case binary.OpLocalTee:
		t := v.local(in.Index)
		v.popType(t)
		v.push(t)
		v.setLocal(in.Index, t)
	case binary.OpGlobalGet, binary.OpGlobalSet:
		if int64(in.Index) >= int64(len(v.types.Globals)) {
			v.fail("unknown global: global index out of bounds")
			return
		}
		g := v.types.Globals[in.Index]
		switch {
		case in.Op == binary.OpGlobalGet:
			v.push(g.Type)
		case !g.Mutable:
			v.fail("immutable global: cannot modify it with `global.set`")
		default:
			v.popType(g.Type)
		}
	case binary.OpI32Const:
		v.pushNum(ir.I32)
	case binary.OpI64Const:
		v.pushNum(ir.I64)
	case binary.OpF32Const:
		v.pushNum(ir.F32)
	case binary.OpF64Const:
		v.pushNum(ir.F64)
	case ir.OpV128Const:
		v.pushNum(ir.V128)
	case ir.OpI64Add128, ir.OpI64Sub128:
		for range 4 {
			v.popNum(ir.I64)
		}
		v.pushNum(ir.I64)
		v.pushNum(ir.I64)
	case ir.OpI64MulWideS, ir.OpI64MulWideU:
		v.popNum(ir.I64)
		v.popNum(ir.I64)
		v.pushNum(ir.I64)
		v.pushNum(ir.I64)
	case ir.OpAtomicFence:
	default:
		switch {
		case in.Op >= ir.OpBaseFB && in.Op < ir.OpBaseFD:
			v.gcRule(in)
		case in.Op >= ir.OpMemoryInit, in.Op == ir.OpTableGet, in.Op == ir.OpTableSet:
			v.bulkRule(in)
		default:
			v.refRule(in)
		}
	}
}

func (v *FuncValidator) end() {
	f := v.popFrame()
	if f.op == binary.OpIf { // without else: the missing one passes its operands on
		if len(f.in) != len(f.out) {
			v.fail("type mismatch: else required when an `if` has different parameters and results")
			return
		}
		for i := range f.in {
			if !matchVal(v.types.Defs, f.in[i], v.types.Defs, f.out[i]) {
				v.fail("type mismatch: else required when an `if` has different parameters and results")
			}
		}
	}
	if len(v.frames) > 0 {
		v.pushAll(f.out)
	}
}

func (v *FuncValidator) tryTable(in *binary.Instr) {
	ins, outs := v.block(&in.Block)
	v.popAll(ins)
	// The labels of the clauses are seen from outside the block.
	for _, c := range in.Catches {
		var got []ir.ValType
		if c.Kind < 2 {
			got = v.tag(c.Tag).Params
		}
		want := v.label(c.Label).labelTypes()
		n := len(got)
		if c.Kind&1 != 0 {
			n++
		}
		if v.err == nil && n != len(want) {
			v.fail("type mismatch: catch clause passes %d values, label takes %d", n, len(want))
		}
		if v.err != nil {
			return
		}
		for i, w := range want {
			t := ir.ValType{Kind: ir.Ref, Heap: ir.HeapExn} // the last of catch_ref
			if i < len(got) {
				t = got[i]
			}
			if !matchVal(v.types.Defs, t, v.types.Defs, w) {
				v.fail("type mismatch: catch clause passes %s, label takes %s", valString(t), valString(w))
			}
		}
	}
	v.pushFrame(in.Op, ins, outs)
}

func (v *FuncValidator) brTable(in *binary.Instr) {
	v.popNum(ir.I32)
	v.brTables++
	def := v.label(in.Labels[len(in.Labels)-1]).labelTypes()
	for _, l := range in.Labels {
		f := v.label(l)
		if v.err != nil {
			return
		}
		if f.checked == v.brTables {
			continue // keeps long tables over wide labels linear
		}
		f.checked = v.brTables
		ts := f.labelTypes()
		if len(ts) != len(def) {
			v.fail("type mismatch: br_table target labels have different number of types")
			return
		}
		// The operands stay as they are for the next label: in unreachable code
		// they may have to be subtypes of different types.
		cur := v.top()
		for i := range ts {
			want := ts[len(ts)-1-i]
			at := len(v.stack) - 1 - i
			if at < cur.height {
				if !cur.unreachable {
					v.fail("type mismatch: expected %s but nothing on stack", valString(want))
				}
				break
			}
			if t := v.stack[at]; t != want && t != bot && !matchVal(v.types.Defs, t, v.types.Defs, want) {
				v.fail("type mismatch: expected %s, found %s", valString(want), valString(t))
			}
		}
	}
	v.unreachable()
}

func (v *FuncValidator) call(t *ir.FuncType, tail bool) {
	v.popAll(t.Params)
	if !tail {
		v.pushAll(t.Results)
		return
	}
	ok := len(t.Results) == len(v.results)
	for i := range t.Results {
		ok = ok && matchVal(v.types.Defs, t.Results[i], v.types.Defs, v.results[i])
	}
	if !ok {
		v.fail("type mismatch: current function requires result type %s but callee returns %s",
			funcString(&ir.FuncType{Results: v.results}), funcString(&ir.FuncType{Results: t.Results}))
	}
	v.unreachable()
}

// refRule validates the reference operators of function references.
func (v *FuncValidator) refRule(in *binary.Instr) {
	switch in.Op {
	case binary.OpRefNull:
		v.valType(in.RefType)
		v.push(in.RefType)
	case binary.OpRefIsNull:
		v.popRef()
		v.pushNum(ir.I32)
	case binary.OpRefFunc:
		t, ok := v.function(in.Index)
		if !ok {
			return
		}
		if v.constant {
			v.declared[in.Index] = true
		} else if v.declared != nil && !v.declared[in.Index] {
			v.fail("undeclared function reference: function %d", in.Index)
		}
		if !v.features.FunctionReferences {
			v.push(ir.TypeFuncRef)
			return
		}
		v.push(ir.ValType{Kind: ir.Ref, Exact: v.types.exact(in.Index), Heap: ir.Heap(t)})
	case binary.OpRefEq:
		eq := ir.ValType{Kind: ir.Ref, Null: true, Heap: ir.HeapEq}
		v.popType(eq)
		v.popType(eq)
		v.pushNum(ir.I32)
	case binary.OpRefAsNonNull:
		t := v.popRef()
		t.Null = false
		v.push(t)
	case binary.OpBrOnNull:
		t := v.popRef()
		t.Null = false
		v.pass(v.label(in.Index).labelTypes())
		v.push(t)
	case binary.OpBrOnNonNull:
		t := v.popRef()
		t.Null = false
		ts := v.label(in.Index).labelTypes()
		if len(ts) == 0 || ts[len(ts)-1].Kind != ir.Ref {
			v.fail("type mismatch: br_on_non_null target has no heap types")
			return
		}
		v.push(t)
		v.pass(ts)
		v.pop()
	default:
		v.fail("illegal opcode %02x", uint16(in.Op))
	}
}

// bulkRule validates the operators on tables, segments and ranges of memory.
func (v *FuncValidator) bulkRule(in *binary.Instr) {
	switch in.Op {
	case ir.OpMemoryInit:
		k := v.memory(in.Index2)
		v.data(in.Index)
		v.popNum(ir.I32)
		v.popNum(ir.I32)
		v.popNum(k)
	case ir.OpDataDrop:
		v.data(in.Index)
	case ir.OpMemoryCopy:
		dst, src := v.memory(in.Index), v.memory(in.Index2)
		v.popNum(min(dst, src)) // I32 < I64: the narrower one
		v.popNum(src)
		v.popNum(dst)
	case ir.OpMemoryFill:
		k := v.memory(in.Mem)
		v.popNum(k)
		v.popNum(ir.I32)
		v.popNum(k)
	case ir.OpTableInit:
		t, k := v.table(in.Index2)
		e := v.elem(in.Index)
		if v.err == nil && !matchVal(v.types.Defs, e, v.types.Defs, t.Elem) {
			v.fail("type mismatch: segment of type %s for table of type %s", valString(e), valString(t.Elem))
		}
		v.popNum(ir.I32)
		v.popNum(ir.I32)
		v.popNum(k)
	case ir.OpElemDrop:
		v.elem(in.Index)
	case ir.OpTableCopy:
		t, dst := v.table(in.Index)
		s, src := v.table(in.Index2)
		if v.err == nil && !matchVal(v.types.Defs, s.Elem, v.types.Defs, t.Elem) {
			v.fail("type mismatch: table of type %s copied to table of type %s", valString(s.Elem), valString(t.Elem))
		}
		v.popNum(min(dst, src))
		v.popNum(src)
		v.popNum(dst)
	case ir.OpTableGet:
		t, k := v.table(in.Index)
		v.popNum(k)
		v.push(t.Elem)
	case ir.OpTableSet:
		t, k := v.table(in.Index)
		v.popType(t.Elem)
		v.popNum(k)
	case ir.OpTableGrow:
		t, k := v.table(in.Index)
		v.popNum(k)
		v.popType(t.Elem)
		v.pushNum(k)
	case ir.OpTableSize:
		_, k := v.table(in.Index)
		v.pushNum(k)
	case ir.OpTableFill:
		t, k := v.table(in.Index)
		v.popNum(k)
		v.popType(t.Elem)
		v.popNum(k)
	default:
		v.fail("illegal opcode")
	}
}
