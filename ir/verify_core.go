package ir

import (
	"fmt"
	"slices"
)

// This file: what must hold of a Module and its function bodies.

// VerifyModule checks m and all its functions.
func VerifyModule(m *Module) error {
	v := newFuncVerifier(m)
	if err := v.module(); err != nil {
		return fmt.Errorf("ir: module %d: %w", m.ID, err)
	}
	for _, f := range m.Funcs {
		if err := v.verify(f); err != nil {
			return fmt.Errorf("ir: module %d: function %d %s: %w", m.ID, f.Index, f.Name, err)
		}
	}
	return nil
}

// VerifyFunc checks the body of f, a function of m, against the rules at the
// top of body.go.
func VerifyFunc(m *Module, f *Func) error {
	v := newFuncVerifier(m)
	if err := v.verify(f); err != nil {
		return fmt.Errorf("ir: module %d: function %d %s: %w", m.ID, f.Index, f.Name, err)
	}
	return nil
}

type funcVerifier struct {
	m           *Module
	funcTypes   []uint32
	tableTypes  []TableType
	memTypes    []MemoryType
	globalTypes []GlobalType
	tagTypes    []uint32

	f      *Func
	sig    *FuncType
	seen   map[*Expr]struct{}
	dsts   map[*Local]struct{} // the first destination of each call
	labels map[Label]*labelState
	err    error

	// assigned has a bit per temporary; nil where the code is not reachable.
	assigned []uint64
	// loads and traps of the statement being checked.
	loads, traps int
}

type labelState struct {
	open     bool
	loop     bool
	used     bool
	assigned []uint64 // at all Brs to the end so far
}

func newFuncVerifier(m *Module) *funcVerifier {
	v := &funcVerifier{m: m}
	for i := range m.Imports {
		switch im := &m.Imports[i]; im.Kind {
		case ExternFunc:
			v.funcTypes = append(v.funcTypes, im.Type)
		case ExternTable:
			v.tableTypes = append(v.tableTypes, im.Table)
		case ExternMemory:
			v.memTypes = append(v.memTypes, im.Memory)
		case ExternGlobal:
			v.globalTypes = append(v.globalTypes, im.Global)
		case ExternTag:
			v.tagTypes = append(v.tagTypes, im.Type)
		}
	}
	for _, f := range m.Funcs {
		v.funcTypes = append(v.funcTypes, f.Type)
	}
	for i := range m.Tables {
		v.tableTypes = append(v.tableTypes, m.Tables[i].Type)
	}
	v.memTypes = append(v.memTypes, m.Mems...)
	for i := range m.Globals {
		v.globalTypes = append(v.globalTypes, m.Globals[i].Type)
	}
	v.tagTypes = append(v.tagTypes, m.Tags...)
	return v
}

func (v *funcVerifier) fail(format string, args ...any) {
	if v.err == nil {
		v.err = fmt.Errorf(format, args...)
	}
}

// module checks what is not a function body.
func (v *funcVerifier) module() error {
	m := v.m
	for i := range m.Imports {
		if im := &m.Imports[i]; im.Kind == ExternFunc && !v.isFuncType(im.Type) {
			v.fail("import %d: type %d is not a function type", i, im.Type)
		}
	}
	count := func(k ExternKind) int {
		return [...]int{len(v.funcTypes), len(v.tableTypes), len(v.memTypes), len(v.globalTypes), len(v.tagTypes)}[k]
	}
	for _, e := range m.Exports {
		if e.Kind > ExternTag || int64(e.Index) >= int64(count(e.Kind)) {
			v.fail("export %q: no such item", e.Name)
		}
	}
	imported := m.NumImports(ExternFunc)
	for i, f := range m.Funcs {
		if int(f.Index) != imported+i {
			v.fail("defined function %d has index %d", i, f.Index)
		}
		if !v.isFuncType(f.Type) {
			v.fail("function %d: type %d is not a function type", f.Index, f.Type)
		}
	}
	for i := range m.Tables {
		if x := m.Tables[i].Init; x != nil {
			v.constant(x, m.Tables[i].Type.Elem)
		}
	}
	for i := range m.Globals {
		v.constant(m.Globals[i].Init, m.Globals[i].Type.Type)
	}
	for i := range m.Elems {
		e := &m.Elems[i]
		if e.Mode == SegActive {
			if !inRange(e.Table, v.tableTypes) {
				v.fail("element segment %d: no table %d", i, e.Table)
				continue
			}
			v.constant(e.Offset, addrType(v.tableTypes[e.Table].Limits))
		}
		for _, x := range e.Items {
			v.constant(x, e.Type)
		}
	}
	for i := range m.Datas {
		d := &m.Datas[i]
		if d.Mode == SegActive {
			if !inRange(d.Memory, v.memTypes) {
				v.fail("data segment %d: no memory %d", i, d.Memory)
				continue
			}
			v.constant(d.Offset, addrType(v.memTypes[d.Memory].Limits))
		}
	}
	if s := m.Start; s != nil && !inRange(*s, v.funcTypes) {
		v.fail("start function %d does not exist", *s)
	}
	return v.err
}

func addrType(l Limits) ValType {
	if l.Is64 {
		return TypeI64
	}
	return TypeI32
}

func (v *funcVerifier) isFuncType(i uint32) bool {
	return inRange(i, v.m.Types) && v.m.Types[i].Kind == CompFunc
}

func (v *funcVerifier) constant(x *Expr, t ValType) {
	if x == nil {
		v.fail("constant expression is missing")
		return
	}
	v.f, v.seen = nil, map[*Expr]struct{}{}
	v.operand(x, t)
	v.loads, v.traps = 0, 0
}

func (v *funcVerifier) verify(f *Func) error {
	v.f, v.err = f, nil
	if f.Dead {
		if f.Body != nil {
			return fmt.Errorf("a dead function has a body")
		}
		return nil
	}
	if !v.isFuncType(f.Type) {
		return fmt.Errorf("type %d is not a function type", f.Type)
	}
	v.sig = &v.m.Types[f.Type].Func
	n := len(v.sig.Params)
	if f.NumDeclared < n || f.NumDeclared > len(f.Locals) || !slices.Equal(f.Locals[:n], v.sig.Params) {
		return fmt.Errorf("locals do not begin with the parameters")
	}
	v.seen = make(map[*Expr]struct{})
	v.dsts = make(map[*Local]struct{})
	v.labels = make(map[Label]*labelState)
	v.assigned = make([]uint64, (len(f.Locals)-f.NumDeclared+63)/64)
	v.loads, v.traps = 0, 0
	if f.Try != nil {
		v.try(f)
	}
	completes := v.list(f.Body)
	if completes && len(v.sig.Results) > 0 {
		v.fail("the body ends without a return")
	}
	return v.err
}

// try checks what f catches.
func (v *funcVerifier) try(f *Func) {
	n := len(v.sig.Params)
	param := func(l Local) {
		if int(l) >= n {
			v.fail("a caught exception concerns local %d, which is no parameter", l)
		}
	}
	if len(f.Try.Results)+1 != len(v.sig.Results) {
		v.fail("%d results after an exception, want %d", len(f.Try.Results)+1, len(v.sig.Results))
		return
	}
	for i, l := range f.Try.Results {
		if l != NoLocal {
			param(l)
			if v.err == nil && !v.matches(f.Locals[l], v.sig.Results[i]) {
				v.fail("result %d after an exception: type is %s, want %s", i, f.Locals[l], v.sig.Results[i])
			}
		}
	}
	for _, c := range f.Try.Catches {
		if !c.All {
			if !inRange(c.Tag, v.tagTypes) || !v.isFuncType(v.tagTypes[c.Tag]) {
				v.fail("no tag %d", c.Tag)
				return
			}
			if k := len(v.m.Types[v.tagTypes[c.Tag]].Func.Params); len(c.Dsts) != k {
				v.fail("catch of tag %d assigns %d locals, want %d", c.Tag, len(c.Dsts), k)
			}
		}
		for _, l := range c.Dsts {
			param(l)
		}
		if c.Exn != NoLocal {
			param(c.Exn)
		}
	}
}

// list checks statements and reports whether the end of the list is reached.
func (v *funcVerifier) list(list []Stmt) bool {
	for i, s := range list {
		if v.err != nil {
			return true
		}
		completes := v.stmt(s)
		v.loads, v.traps = 0, 0
		if !completes {
			v.assigned = nil
			if i+1 < len(list) {
				v.fail("statement %T after the end of reachable code", list[i+1])
			}
			return false
		}
	}
	return true
}

// open enters a labelled block.
func (v *funcVerifier) open(l Label, loop bool) *labelState {
	s := &labelState{open: true, loop: loop}
	if l != NoLabel {
		if v.labels[l] != nil {
			v.fail("label %d is defined twice", l)
		}
		v.labels[l] = s
	}
	return s
}

// close leaves it and reports whether what follows is reached.
func (v *funcVerifier) close(l Label, s *labelState, completes bool) bool {
	s.open = false
	if l != NoLabel && !s.used {
		v.fail("nothing branches to label %d", l)
	}
	if s.used && !s.loop {
		v.assigned = meet(v.assigned, s.assigned)
		return true
	}
	return completes
}

// meet intersects two states; nil is the state of unreachable code.
func meet(a, b []uint64) []uint64 {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	for i := range a {
		a[i] &= b[i]
	}
	return a
}

func (v *funcVerifier) branch(l Label, dsts ...Local) {
	s := v.labels[l]
	if l == NoLabel || s == nil || !s.open {
		v.fail("branch to label %d, which is not open here", l)
		return
	}
	s.used = true
	if s.loop {
		return
	}
	state := slices.Clone(v.assigned)
	if state == nil {
		state = []uint64{}
	}
	for _, d := range dsts {
		v.setIn(state, d)
	}
	s.assigned = meet(s.assigned, state)
}

func (v *funcVerifier) setIn(state []uint64, l Local) {
	if i := int(l) - v.f.NumDeclared; i >= 0 && i/64 < len(state) {
		state[i/64] |= 1 << (i % 64)
	}
}

// dst checks the assignment of a value of type t.
func (v *funcVerifier) dst(l Local, t ValType) {
	if l == NoLocal {
		return
	}
	if !inRange(l, v.f.Locals) {
		v.fail("assignment to local %d, which does not exist", l)
		return
	}
	if !v.matches(t, v.f.Locals[l]) {
		v.fail("assignment to local %d: type is %s, want %s", l, t, v.f.Locals[l])
	}
	v.setIn(v.assigned, l)
}

// matches compares types by representation: the kinds, and for references
// whether they are functions. Static types may be supertypes of the value's.
func (v *funcVerifier) matches(got, want ValType) bool {
	return got.Kind == want.Kind && (got.Kind != Ref || v.isFunc(got) == v.isFunc(want))
}

func (v *funcVerifier) isFunc(t ValType) bool {
	switch {
	case t.Heap == HeapFunc, t.Heap == HeapNoFunc:
		return true
	case t.Heap >= 0:
		return inRange(t.Heap, v.m.Types) && v.m.Types[t.Heap].Kind == CompFunc
	}
	return false
}

func (v *funcVerifier) stmt(s Stmt) bool {
	switch s := s.(type) {
	case *Set:
		if s.X == nil {
			v.fail("set without a value")
			return true
		}
		v.expr(s.X)
		if s.Dst == NoLocal && v.loads+v.traps == 0 {
			v.fail("value without effect is evaluated")
		}
		v.dst(s.Dst, s.X.Type)
	case *SetGlobal:
		if !inRange(s.Global, v.globalTypes) {
			v.fail("no global %d", s.Global)
			return true
		}
		if !v.globalTypes[s.Global].Mutable {
			v.fail("global %d is not mutable", s.Global)
		}
		v.operand(s.X, v.globalTypes[s.Global].Type)
	case *Store:
		if !s.Op.IsStore() {
			v.fail("%s is not a store", s.Op)
		}
		if !inRange(s.Mem, v.memTypes) {
			v.fail("no memory %d", s.Mem)
			return true
		}
		v.end(s.End, s.Offset, s.Op)
		v.operand(s.Addr, addrType(v.memTypes[s.Mem].Limits))
		v.operand(s.X, sigType(s.Op.Info().Sig[1]))
	case *Call:
		return v.call(s)
	case *Effect:
		v.effect(s)
	case *Block:
		l := v.open(s.Label, false)
		if s.Label == NoLabel && s.Inlined == nil {
			v.fail("block without a label")
		}
		if s.Inlined != nil && !inRange(s.Inlined.Func, v.funcTypes) {
			v.fail("no function %d", s.Inlined.Func)
		}
		return v.close(s.Label, l, v.list(s.Body))
	case *Loop:
		l := v.open(s.Label, true)
		return v.close(s.Label, l, v.list(s.Body))
	case *If:
		v.operand(s.Cond, TypeI32)
		v.loads, v.traps = 0, 0
		if len(s.Then) == 0 {
			v.fail("if with an empty then part")
		}
		l := v.open(s.Label, false)
		before := slices.Clone(v.assigned)
		if before == nil {
			before = []uint64{}
		}
		then := v.list(s.Then)
		after := v.assigned
		v.assigned = before
		els := v.list(s.Else)
		v.assigned = meet(v.assigned, after)
		return v.close(s.Label, l, then || els)
	case *TryTable:
		for _, c := range s.Catches {
			dsts := c.Dsts
			if c.Exn != NoLocal {
				dsts = append(slices.Clone(dsts), c.Exn)
			}
			for _, d := range dsts {
				if !inRange(d, v.f.Locals) {
					v.fail("catch assigns local %d, which does not exist", d)
				}
			}
			v.branch(c.Target, dsts...)
		}
		l := v.open(s.Label, false)
		return v.close(s.Label, l, v.list(s.Body))
	case *Br:
		v.branch(s.Label)
		return false
	case *BrTable:
		v.operand(s.X, TypeI32)
		for _, l := range s.Targets {
			v.branch(l)
		}
		v.branch(s.Default)
		return false
	case *Return:
		if len(s.Values) != len(v.sig.Results) {
			v.fail("return of %d values, want %d", len(s.Values), len(v.sig.Results))
			return false
		}
		for i, x := range s.Values {
			v.operand(x, v.sig.Results[i])
		}
		return false
	case *Unreachable:
		return false
	case *Fuel:
		if s.N == 0 {
			v.fail("fuel %d", s.N)
		}
	case *Throw:
		if s.Ref != nil {
			v.expr(s.Ref)
			return false
		}
		if !inRange(s.Tag, v.tagTypes) || !v.isFuncType(v.tagTypes[s.Tag]) {
			v.fail("no tag %d", s.Tag)
			return false
		}
		v.operands(s.Args, v.m.Types[v.tagTypes[s.Tag]].Func.Params)
		return false
	default:
		v.fail("statement %T", s)
	}
	return true
}

// end checks what pass bounds says of an access.
func (v *funcVerifier) end(end uint32, off uint64, op Op) {
	if end != 0 && end != NoCheck && uint64(end) < off+uint64(op.Info().Bytes) {
		v.fail("%s at offset %d is checked up to %d only", op, off, end)
	}
}

func (v *funcVerifier) operands(args []*Expr, types []ValType) {
	if len(args) != len(types) {
		v.fail("%d operands, want %d", len(args), len(types))
		return
	}
	for i, x := range args {
		v.operand(x, types[i])
	}
}

func (v *funcVerifier) call(s *Call) bool {
	if !v.isFuncType(s.Type) {
		v.fail("call: type %d is not a function type", s.Type)
		return true
	}
	sig := &v.m.Types[s.Type].Func
	switch s.Kind {
	case CallDirect:
		if !inRange(s.Func, v.funcTypes) {
			v.fail("call of function %d, which does not exist", s.Func)
		} else if want := v.funcTypes[s.Func]; want != s.Type && !v.sameType(want, s.Type) {
			v.fail("call of function %d: type is %d, want %d", s.Func, s.Type, v.funcTypes[s.Func])
		}
	case CallIndirect:
		if !inRange(s.Table, v.tableTypes) {
			v.fail("no table %d", s.Table)
			return true
		}
		v.operand(s.Callee, addrType(v.tableTypes[s.Table].Limits))
	default:
		v.operand(s.Callee, TypeFuncRef)
	}
	v.operands(s.Args, sig.Params)
	if s.Tail {
		if len(s.Dsts) > 0 || !sameTypes(sig.Results, v.sig.Results) {
			v.fail("tail call has destinations or other results than the function")
		}
		return false
	}
	if len(s.Dsts) > 0 {
		if _, ok := v.dsts[&s.Dsts[0]]; ok {
			v.fail("two calls share their list of destinations")
		}
		v.dsts[&s.Dsts[0]] = struct{}{}
	}
	if len(s.Dsts) != len(sig.Results) {
		v.fail("call: %d destinations, want %d", len(s.Dsts), len(sig.Results))
		return true
	}
	for i, d := range s.Dsts {
		v.dst(d, sig.Results[i])
		if d != NoLocal && slices.Contains(s.Dsts[:i], d) {
			v.fail("call assigns local %d twice", d)
		}
	}
	return true
}

// sameType reports whether two types of the module are one type, written twice.
func (v *funcVerifier) sameType(a, b uint32) bool {
	if !inRange(a, v.m.Types) || !inRange(b, v.m.Types) {
		return false
	}
	sig := v.m.Types[a].Sig
	return sig != 0 && sig == v.m.Types[b].Sig
}

func (v *funcVerifier) effect(s *Effect) {
	table := func(i uint32) ValType {
		if !inRange(i, v.tableTypes) {
			v.fail("no table %d", i)
			return TypeI32
		}
		return addrType(v.tableTypes[i].Limits)
	}
	elem := func(i uint32) ValType {
		if !inRange(i, v.tableTypes) {
			return TypeFuncRef
		}
		return v.tableTypes[i].Elem
	}
	mem := func(i uint32) ValType {
		if !inRange(i, v.memTypes) {
			v.fail("no memory %d", i)
			return TypeI32
		}
		return addrType(v.memTypes[i].Limits)
	}
	// The length operand of a copy has the smaller of the two index types.
	least := func(a, b ValType) ValType {
		if a == TypeI32 {
			return a
		}
		return b
	}
	args := func(types ...ValType) { v.operands(s.Args, types) }
	var result ValType
	switch s.Op {
	case OpMemoryGrow:
		result = mem(s.Index)
		args(result)
	case OpMemoryFill:
		args(mem(s.Index), TypeI32, mem(s.Index))
	case OpMemoryCopy:
		args(mem(s.Index), mem(s.Index2), least(mem(s.Index), mem(s.Index2)))
	case OpMemoryInit:
		if !inRange(s.Index2, v.m.Datas) {
			v.fail("no data segment %d", s.Index2)
		}
		args(mem(s.Index), TypeI32, TypeI32)
	case OpDataDrop:
		if !inRange(s.Index, v.m.Datas) {
			v.fail("no data segment %d", s.Index)
		}
		args()
	case OpTableSet:
		args(table(s.Index), elem(s.Index))
	case OpTableGrow:
		result = table(s.Index)
		args(elem(s.Index), result)
	case OpTableFill:
		args(table(s.Index), elem(s.Index), table(s.Index))
	case OpTableCopy:
		args(table(s.Index), table(s.Index2), least(table(s.Index), table(s.Index2)))
	case OpTableInit:
		if !inRange(s.Index2, v.m.Elems) {
			v.fail("no element segment %d", s.Index2)
		}
		args(table(s.Index), TypeI32, TypeI32)
	case OpElemDrop:
		if !inRange(s.Index, v.m.Elems) {
			v.fail("no element segment %d", s.Index)
		}
		args()
	case OpI64Add128, OpI64Sub128:
		result = TypeI64
		args(TypeI64, TypeI64, TypeI64, TypeI64)
		v.dst(s.Dst2, TypeI64)
	case OpI64MulWideS, OpI64MulWideU:
		result = TypeI64
		args(TypeI64, TypeI64)
		v.dst(s.Dst2, TypeI64)
	default:
		switch {
		case s.Op == OpAtomicFence:
			args()
		case s.Op.IsAtomic():
			sig := s.Op.Info().Sig
			i := 0
			var types []ValType
			for ; i < len(sig) && sig[i] != ':'; i++ {
				if sig[i] == 'p' {
					types = append(types, mem(s.Index))
				} else {
					types = append(types, sigType(sig[i]))
				}
			}
			args(types...)
			if i+1 < len(sig) {
				result = sigType(sig[i+1])
			}
		case s.Op >= OpBaseFB && s.Op < OpBaseFD:
			for _, x := range s.Args {
				v.expr(x)
			}
		default:
			v.fail("%s is not an effect", s.Op)
		}
	}
	if result.Kind != KindNone {
		v.dst(s.Dst, result)
	} else if s.Dst != NoLocal {
		v.fail("%s has no result", s.Op)
	}
}

func sigType(c byte) ValType {
	switch c {
	case 'i':
		return TypeI32
	case 'I':
		return TypeI64
	case 'f':
		return TypeF32
	case 'F':
		return TypeF64
	}
	return TypeV128
}

// operand checks a tree that must have type t.
func (v *funcVerifier) operand(x *Expr, t ValType) {
	if x == nil {
		v.fail("operand is missing")
		return
	}
	v.expr(x)
	if !v.matches(x.Type, t) {
		v.fail("%s: type is %s, want %s", x.Op, x.Type, t)
	}
}

func (v *funcVerifier) expr(x *Expr) {
	if v.err != nil {
		return
	}
	if _, ok := v.seen[x]; ok {
		v.fail("%s stands in two places", x.Op)
		return
	}
	v.seen[x] = struct{}{}
	switch x.Trap() {
	case TrapLoad:
		v.loads++
		v.end(x.End, x.Imm, x.Op)
	case TrapOther:
		v.traps++
	}
	// A trap that is not a load's must be the only one of the statement.
	if v.traps > 0 && v.loads+v.traps > 1 && v.f != nil {
		v.fail("%s shares a statement with another trap", x.Op)
	}
	n, result := v.rule(x)
	if n >= 0 {
		have := 0
		for _, o := range [...]*Expr{x.X, x.Y, x.Z} {
			if o != nil {
				have++
			}
		}
		if have != n || len(x.Args) > 0 {
			v.fail("%s has %d operands, want %d", x.Op, have+len(x.Args), n)
		}
	}
	if result.Kind != KindNone && !v.matches(x.Type, result) {
		v.fail("result of %s: type is %s, want %s", x.Op, x.Type, result)
	}
}

// rule checks x's operands and gives their number (-1: not fixed) and the
// type of its value (KindNone: what x.Type says).
func (v *funcVerifier) rule(x *Expr) (n int, result ValType) {
	switch x.Op {
	case OpConst:
		if x.Type.Kind < I32 || x.Type.Kind > V128 {
			v.fail("constant of type %s", x.Type)
		}
		return 0, ValType{}
	case OpLocal:
		if v.f == nil || !inRange(Local(x.Imm), v.f.Locals) {
			v.fail("no local %d", x.Imm)
			return 0, ValType{}
		}
		if i := int(x.Imm) - v.f.NumDeclared; i >= 0 && v.assigned != nil && v.assigned[i/64]&(1<<(i%64)) == 0 {
			v.fail("temporary %d is read before it is assigned", x.Imm)
		}
		return 0, v.f.Locals[x.Imm]
	case OpGlobal:
		if x.Imm >= uint64(len(v.globalTypes)) {
			v.fail("no global %d", x.Imm)
			return 0, ValType{}
		}
		return 0, v.globalTypes[x.Imm].Type
	case OpSelect:
		v.operand(x.X, x.Type)
		v.operand(x.Y, x.Type)
		v.operand(x.Z, TypeI32)
		return 3, ValType{}
	case OpRefNull:
		if x.Type.Kind != Ref {
			v.fail("null of type %s", x.Type)
		}
		return 0, ValType{}
	case OpRefFunc:
		if x.Imm >= uint64(len(v.funcTypes)) {
			v.fail("reference to function %d, which does not exist", x.Imm)
		}
		return 0, TypeFuncRef
	case OpRefIsNull, OpRefAsNonNull, OpRefEq:
		v.refs(x)
		if x.Op == OpRefEq {
			return 2, TypeI32
		} else if x.Op == OpRefIsNull {
			return 1, TypeI32
		}
		return 1, ValType{}
	case OpMemorySize:
		if !inRange(x.Index, v.memTypes) {
			v.fail("no memory %d", x.Index)
			return 0, ValType{}
		}
		return 0, addrType(v.memTypes[x.Index].Limits)
	case OpTableSize, OpTableGet:
		if !inRange(x.Index, v.tableTypes) {
			v.fail("no table %d", x.Index)
			return -1, ValType{}
		}
		t := v.tableTypes[x.Index]
		if x.Op == OpTableSize {
			return 0, addrType(t.Limits)
		}
		v.operand(x.X, addrType(t.Limits))
		return 1, t.Elem
	}
	if x.Op >= OpBaseFB && x.Op < OpBaseFD {
		x.Operands(v.expr)
		return -1, ValType{}
	}
	sig := x.Op.Info().Sig
	if sig == "" || x.Op.IsStore() || x.Op.IsAtomic() || x.Op == OpMemoryGrow {
		v.fail("%s is not an expression", x.Op)
		return -1, ValType{}
	}
	operands := [...]*Expr{x.X, x.Y, x.Z}
	i := 0
	for ; i < len(sig) && sig[i] != ':'; i++ {
		if sig[i] == 'p' {
			if !inRange(x.Index, v.memTypes) {
				v.fail("no memory %d", x.Index)
				return -1, ValType{}
			}
			v.operand(operands[i], addrType(v.memTypes[x.Index].Limits))
		} else {
			v.operand(operands[i], sigType(sig[i]))
		}
	}
	return i, sigType(sig[i+1])
}

// refs checks operands that may be any references.
func (v *funcVerifier) refs(x *Expr) {
	x.Operands(func(o *Expr) {
		v.expr(o)
		if o.Type.Kind != Ref {
			v.fail("%s of a %s", x.Op, o.Type)
		}
	})
}
