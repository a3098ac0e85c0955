package lower_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/bits"

	"github.com/wc2go/wc2go/ir"
)

// This file: an interpreter of the IR, to test what lowering means. It is
// written for plainness. Vectors and garbage-collected objects are not
// implemented: running them panics with notImplemented.

type notImplemented struct{ what string }

// trap is what a trapping instruction panics with.
type trap struct{ msg string }

func throw(msg string) { panic(trap{msg}) }

// exception is what throw panics with.
type exception struct {
	tag  *tag
	args []val
}

type tag struct{ typ ir.FuncType }

type val struct {
	n   uint64
	ref any // *fn, *exception or a host value; nil: null
}

type memory struct {
	data []byte
	typ  ir.MemoryType
}

type table struct {
	elems []any
	typ   ir.TableType
}

type global struct {
	v   val
	typ ir.GlobalType
}

type fn struct {
	inst *instance
	f    *ir.Func
	host func([]val) []val
	typ  ir.FuncType
	sig  uint64
}

type instance struct {
	m       *ir.Module
	funcs   []*fn
	mems    []*memory
	tables  []*table
	globals []*global
	tags    []*tag
	elems   [][]any
	datas   [][]byte
	steps   *int
	depth   *int
}

// linker finds an import: *fn, *memory, *table, *global or *tag.
type linker func(module, name string) any

func (in *instance) export(name string) any {
	for _, e := range in.m.Exports {
		if e.Name != name {
			continue
		}
		switch e.Kind {
		case ir.ExternFunc:
			return in.funcs[e.Index]
		case ir.ExternMemory:
			return in.mems[e.Index]
		case ir.ExternTable:
			return in.tables[e.Index]
		case ir.ExternGlobal:
			return in.globals[e.Index]
		case ir.ExternTag:
			return in.tags[e.Index]
		}
	}
	return nil
}

// instantiate makes an instance; its traps are panics.
func instantiate(m *ir.Module, link linker, keep func(*instance)) *instance {
	in := &instance{m: m, steps: new(int), depth: new(int)}
	for _, im := range m.Imports {
		x := link(im.Module, im.Name)
		ok := false
		switch im.Kind {
		case ir.ExternFunc:
			var f *fn
			if f, ok = x.(*fn); ok {
				if f.host != nil { // has the type it is imported with
					f = &fn{host: f.host, sig: m.Types[im.Type].Sig}
				}
				in.funcs = append(in.funcs, f)
			}
		case ir.ExternMemory:
			var f *memory
			if f, ok = x.(*memory); ok {
				in.mems = append(in.mems, f)
			}
		case ir.ExternTable:
			var f *table
			if f, ok = x.(*table); ok {
				in.tables = append(in.tables, f)
			}
		case ir.ExternGlobal:
			var f *global
			if f, ok = x.(*global); ok {
				in.globals = append(in.globals, f)
			}
		case ir.ExternTag:
			var f *tag
			if f, ok = x.(*tag); ok {
				in.tags = append(in.tags, f)
			}
		}
		if !ok {
			panic(notImplemented{"import " + im.Module + " " + im.Name})
		}
	}
	for _, f := range m.Funcs {
		in.funcs = append(in.funcs, &fn{inst: in, f: f, typ: m.Types[f.Type].Func, sig: m.Types[f.Type].Sig})
	}
	for _, t := range m.Mems {
		in.mems = append(in.mems, &memory{data: make([]byte, t.Limits.Min<<t.PageLog2), typ: t})
	}
	for _, t := range m.Tags {
		in.tags = append(in.tags, &tag{m.Types[t].Func})
	}
	fr := &frame{in: in}
	for _, g := range m.Globals {
		in.globals = append(in.globals, &global{v: fr.eval(g.Init), typ: g.Type})
	}
	for _, t := range m.Tables {
		tb := &table{elems: make([]any, t.Type.Limits.Min), typ: t.Type}
		if t.Init != nil {
			v := fr.eval(t.Init)
			for i := range tb.elems {
				tb.elems[i] = v.ref
			}
		}
		in.tables = append(in.tables, tb)
	}
	for _, e := range m.Elems {
		var items []any
		for _, x := range e.Items {
			items = append(items, fr.eval(x).ref)
		}
		in.elems = append(in.elems, items)
	}
	for _, d := range m.Datas {
		in.datas = append(in.datas, d.Bytes)
	}
	if keep != nil {
		keep(in)
	}
	for i, e := range m.Elems {
		if e.Mode == ir.SegActive {
			in.tableInit(e.Table, i, fr.eval(e.Offset).n, 0, uint64(len(e.Items)))
		}
		if e.Mode != ir.SegPassive {
			in.elems[i] = nil
		}
	}
	for i, d := range m.Datas {
		if d.Mode == ir.SegActive {
			in.memoryInit(d.Memory, i, fr.eval(d.Offset).n, 0, uint64(len(d.Bytes)))
			in.datas[i] = nil
		}
	}
	if m.Start != nil {
		in.funcs[*m.Start].call(nil)
	}
	return in
}

func span(off, n uint64, size int) bool { return n <= uint64(size) && off <= uint64(size)-n }

func (in *instance) tableInit(t uint32, seg int, dst, src, n uint64) {
	tb := in.tables[t]
	if !span(src, n, len(in.elems[seg])) || !span(dst, n, len(tb.elems)) {
		throw("out of bounds table access")
	}
	copy(tb.elems[dst:], in.elems[seg][src:src+n])
}

func (in *instance) memoryInit(m uint32, seg int, dst, src, n uint64) {
	mem := in.mems[m]
	if !span(src, n, len(in.datas[seg])) || !span(dst, n, len(mem.data)) {
		throw("out of bounds memory access")
	}
	copy(mem.data[dst:], in.datas[seg][src:src+n])
}

type frame struct {
	in     *instance
	locals []val
	result []val
	tail   func() []val
	f      *ir.Func
}

const (
	next   = -1 // go on with the next statement
	ret    = -2
	maxRun = 20_000_000
)

// matches reports whether f's type is the one of sig or a declared subtype.
func (f *fn) matches(sig uint64) bool {
	if f.sig == sig || f.f == nil {
		return f.sig == sig
	}
	for t := &f.inst.m.Types[f.f.Type]; len(t.Super) > 0; {
		t = &f.inst.m.Types[t.Super[0]]
		if t.Sig == sig {
			return true
		}
	}
	return false
}

func (f *fn) call(args []val) []val {
	if f.host != nil {
		return f.host(args)
	}
	in := f.inst
	*in.depth++
	if *in.depth > 2000 {
		*in.depth = 0
		throw("call stack exhausted")
	}
	fr := &frame{in: in, locals: make([]val, len(f.f.Locals)), f: f.f}
	copy(fr.locals, args)
	fr.list(f.f.Body)
	*in.depth--
	if fr.tail == nil {
		return fr.result
	}
	return fr.tail()
}

func (fr *frame) list(list []ir.Stmt) int {
	for _, s := range list {
		if r := fr.stmt(s); r != next {
			return r
		}
	}
	return next
}

func (fr *frame) set(l ir.Local, v val) {
	if l != ir.NoLocal {
		fr.locals[l] = v
	}
}

func (fr *frame) vals(xs []*ir.Expr) []val {
	out := make([]val, len(xs))
	for i, x := range xs {
		out[i] = fr.eval(x)
	}
	return out
}

func (fr *frame) stmt(s ir.Stmt) int {
	in := fr.in
	if *in.steps++; *in.steps > maxRun {
		panic(notImplemented{"so many steps"})
	}
	switch s := s.(type) {
	case *ir.Set:
		fr.set(s.Dst, fr.eval(s.X))
	case *ir.SetGlobal:
		in.globals[s.Global].v = fr.eval(s.X)
	case *ir.Store:
		if s.Op >= ir.OpBaseFD {
			panic(notImplemented{s.Op.String()})
		}
		a := fr.eval(s.Addr).n
		v := fr.eval(s.X).n
		b := in.checked(s.Mem, a, s.Offset, uint64(s.Op.Info().Bytes), s.End)
		for i := range b {
			b[i] = byte(v >> (8 * i))
		}
	case *ir.Call:
		return fr.call(s)
	case *ir.Effect:
		fr.effect(s)
	case *ir.Block:
		if r := fr.list(s.Body); r != int(s.Label) {
			return r
		}
	case *ir.Loop:
		for {
			r := fr.list(s.Body)
			if r != int(s.Label) || r == 0 {
				return r
			}
			if *in.steps++; *in.steps > maxRun {
				panic(notImplemented{"so many steps"})
			}
		}
	case *ir.If:
		list := s.Else
		if uint32(fr.eval(s.Cond).n) != 0 {
			list = s.Then
		}
		if r := fr.list(list); r != int(s.Label) {
			return r
		}
	case *ir.Br:
		return int(s.Label)
	case *ir.BrTable:
		i := uint32(fr.eval(s.X).n)
		if i < uint32(len(s.Targets)) {
			return int(s.Targets[i])
		}
		return int(s.Default)
	case *ir.Return:
		fr.result = fr.vals(s.Values)
		return ret
	case *ir.Unreachable:
		throw("unreachable")
	case *ir.Throw:
		if s.Ref != nil {
			e := fr.eval(s.Ref).ref
			if e == nil {
				throw("null exception reference")
			}
			panic(e)
		}
		panic(&exception{in.tags[s.Tag], fr.vals(s.Args)})
	case *ir.TryTable:
		return fr.try(s)
	default:
		panic(fmt.Sprintf("statement %T", s))
	}
	return next
}

func (fr *frame) try(s *ir.TryTable) (r int) {
	depth := *fr.in.depth
	defer func() {
		p := recover()
		e, ok := p.(*exception)
		if p == nil {
			return
		} else if !ok {
			panic(p)
		}
		*fr.in.depth = depth
		for _, c := range s.Catches {
			if !c.All && fr.in.tags[c.Tag] != e.tag {
				continue
			}
			for i, d := range c.Dsts {
				fr.set(d, e.args[i])
			}
			fr.set(c.Exn, val{ref: e})
			r = int(c.Target)
			return
		}
		panic(p)
	}()
	r = fr.list(s.Body)
	if r == int(s.Label) {
		r = next
	}
	return r
}

func (fr *frame) call(s *ir.Call) int {
	in := fr.in
	var args []val
	var f *fn
	switch s.Kind {
	case ir.CallDirect:
		args = fr.vals(s.Args)
		f = in.funcs[s.Func]
	case ir.CallIndirect:
		args = fr.vals(s.Args)
		i := fr.eval(s.Callee).n
		t := in.tables[s.Table]
		if i >= uint64(len(t.elems)) {
			throw("undefined element")
		}
		if t.elems[i] == nil {
			throw("uninitialized element")
		}
		f = t.elems[i].(*fn)
		if !f.matches(in.m.Types[s.Type].Sig) {
			throw("indirect call type mismatch")
		}
	case ir.CallRef:
		args = fr.vals(s.Args)
		r := fr.eval(s.Callee).ref
		if r == nil {
			throw("null function reference")
		}
		f = r.(*fn)
	}
	if s.Tail {
		fr.tail = func() []val { return f.call(args) }
		return ret
	}
	for i, v := range f.call(args) {
		fr.set(s.Dsts[i], v)
	}
	return next
}

func (in *instance) access(mem uint32, addr, offset, n uint64) []byte {
	m := in.mems[mem]
	ea, carry := bits.Add64(addr, offset, 0)
	if carry != 0 || !span(ea, n, len(m.data)) {
		throw("out of bounds memory access")
	}
	return m.data[ea : ea+n]
}

// checked is access as pass bounds wants it checked.
func (in *instance) checked(mem uint32, addr, offset, n uint64, end uint32) []byte {
	switch {
	case end == ir.NoCheck:
		if ea, carry := bits.Add64(addr, offset, 0); carry != 0 || !span(ea, n, len(in.mems[mem].data)) {
			panic("an access that needs no check is out of bounds")
		}
	case end != 0:
		in.access(mem, addr, 0, uint64(end))
	}
	return in.access(mem, addr, offset, n)
}

func (fr *frame) effect(s *ir.Effect) {
	in := fr.in
	a := fr.vals(s.Args)
	switch s.Op {
	case ir.OpMemoryGrow:
		m := in.mems[s.Index]
		fail := uint64(math.MaxUint64)
		if !m.typ.Limits.Is64 {
			fail = math.MaxUint32
		}
		old := uint64(len(m.data)) >> m.typ.PageLog2
		limit := uint64(1 << 16)
		if m.typ.Limits.HasMax {
			limit = min(limit, m.typ.Limits.Max)
		}
		if a[0].n > limit || old+a[0].n > limit || (old+a[0].n)<<m.typ.PageLog2 > 1<<28 {
			fr.set(s.Dst, val{n: fail})
			return
		}
		m.data = append(m.data, make([]byte, a[0].n<<m.typ.PageLog2)...)
		m.typ.Limits.Min = old + a[0].n
		fr.set(s.Dst, val{n: old})
	case ir.OpMemoryFill:
		m := in.mems[s.Index]
		if !span(a[0].n, a[2].n, len(m.data)) {
			throw("out of bounds memory access")
		}
		for i := range a[2].n {
			m.data[a[0].n+i] = byte(a[1].n)
		}
	case ir.OpMemoryCopy:
		d, src := in.mems[s.Index], in.mems[s.Index2]
		if !span(a[0].n, a[2].n, len(d.data)) || !span(a[1].n, a[2].n, len(src.data)) {
			throw("out of bounds memory access")
		}
		copy(d.data[a[0].n:], src.data[a[1].n:a[1].n+a[2].n])
	case ir.OpMemoryInit:
		in.memoryInit(s.Index, int(s.Index2), a[0].n, a[1].n, a[2].n)
	case ir.OpDataDrop:
		in.datas[s.Index] = nil
	case ir.OpTableSet:
		t := in.tables[s.Index]
		if a[0].n >= uint64(len(t.elems)) {
			throw("out of bounds table access")
		}
		t.elems[a[0].n] = a[1].ref
	case ir.OpTableGrow:
		t := in.tables[s.Index]
		fail := uint64(math.MaxUint64)
		if !t.typ.Limits.Is64 {
			fail = math.MaxUint32
		}
		limit := uint64(1 << 20)
		if t.typ.Limits.HasMax {
			limit = min(limit, t.typ.Limits.Max)
		}
		old := uint64(len(t.elems))
		if a[1].n > limit || old+a[1].n > limit {
			fr.set(s.Dst, val{n: fail})
			return
		}
		for range a[1].n {
			t.elems = append(t.elems, a[0].ref)
		}
		fr.set(s.Dst, val{n: old})
	case ir.OpTableFill:
		t := in.tables[s.Index]
		if !span(a[0].n, a[2].n, len(t.elems)) {
			throw("out of bounds table access")
		}
		for i := range a[2].n {
			t.elems[a[0].n+i] = a[1].ref
		}
	case ir.OpTableCopy:
		d, src := in.tables[s.Index], in.tables[s.Index2]
		if !span(a[0].n, a[2].n, len(d.elems)) || !span(a[1].n, a[2].n, len(src.elems)) {
			throw("out of bounds table access")
		}
		copy(d.elems[a[0].n:], src.elems[a[1].n:a[1].n+a[2].n])
	case ir.OpTableInit:
		in.tableInit(s.Index, int(s.Index2), a[0].n, a[1].n, a[2].n)
	case ir.OpElemDrop:
		in.elems[s.Index] = nil
	case ir.OpI64Add128:
		lo, c := bits.Add64(a[0].n, a[2].n, 0)
		hi, _ := bits.Add64(a[1].n, a[3].n, c)
		fr.set(s.Dst, val{n: lo})
		fr.set(s.Dst2, val{n: hi})
	case ir.OpI64Sub128:
		lo, c := bits.Sub64(a[0].n, a[2].n, 0)
		hi, _ := bits.Sub64(a[1].n, a[3].n, c)
		fr.set(s.Dst, val{n: lo})
		fr.set(s.Dst2, val{n: hi})
	case ir.OpI64MulWideU:
		hi, lo := bits.Mul64(a[0].n, a[1].n)
		fr.set(s.Dst, val{n: lo})
		fr.set(s.Dst2, val{n: hi})
	case ir.OpI64MulWideS:
		p := new(big.Int).Mul(big.NewInt(int64(a[0].n)), big.NewInt(int64(a[1].n)))
		p.And(p, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1)))
		var b [16]byte
		p.FillBytes(b[:])
		fr.set(s.Dst, val{n: binary.BigEndian.Uint64(b[8:])})
		fr.set(s.Dst2, val{n: binary.BigEndian.Uint64(b[:])})
	default:
		panic(notImplemented{s.Op.String()})
	}
}

func boolean(b bool) val {
	if b {
		return val{n: 1}
	}
	return val{}
}

func f32(v val) float32     { return math.Float32frombits(uint32(v.n)) }
func f64(v val) float64     { return math.Float64frombits(v.n) }
func fromF32(f float32) val { return val{n: uint64(math.Float32bits(f))} }
func fromF64(f float64) val { return val{n: math.Float64bits(f)} }
func i32(n uint32) val      { return val{n: uint64(n)} }

func (fr *frame) eval(x *ir.Expr) val {
	in := fr.in
	switch x.Op {
	case ir.OpConst:
		if x.Type.Kind == ir.V128 {
			panic(notImplemented{"v128"})
		}
		return val{n: x.Imm}
	case ir.OpLocal:
		return fr.locals[x.Imm]
	case ir.OpGlobal:
		return in.globals[x.Imm].v
	case ir.OpSelect:
		a, b := fr.eval(x.X), fr.eval(x.Y)
		if uint32(fr.eval(x.Z).n) != 0 {
			return a
		}
		return b
	case ir.OpRefNull:
		return val{}
	case ir.OpRefFunc:
		return val{ref: in.funcs[x.Imm]}
	case ir.OpRefIsNull:
		return boolean(fr.eval(x.X).ref == nil)
	case ir.OpRefEq:
		return boolean(fr.eval(x.X).ref == fr.eval(x.Y).ref)
	case ir.OpRefAsNonNull:
		v := fr.eval(x.X)
		if v.ref == nil {
			throw("null reference")
		}
		return v
	case ir.OpMemorySize:
		return val{n: uint64(len(in.mems[x.Index].data)) >> in.mems[x.Index].typ.PageLog2}
	case ir.OpTableSize:
		return val{n: uint64(len(in.tables[x.Index].elems))}
	case ir.OpTableGet:
		i := fr.eval(x.X).n
		if t := in.tables[x.Index]; i < uint64(len(t.elems)) {
			return val{ref: t.elems[i]}
		}
		throw("out of bounds table access")
	}
	if x.Op.IsLoad() && x.Op < ir.OpBaseFB {
		b := in.checked(x.Index, fr.eval(x.X).n, x.Imm, uint64(x.Op.Info().Bytes), x.End)
		var v uint64
		for i, c := range b {
			v |= uint64(c) << (8 * i)
		}
		switch x.Op {
		case ir.OpI32Load8S:
			return i32(uint32(int8(v)))
		case ir.OpI32Load16S:
			return i32(uint32(int16(v)))
		case ir.OpI64Load8S:
			return val{n: uint64(int8(v))}
		case ir.OpI64Load16S:
			return val{n: uint64(int16(v))}
		case ir.OpI64Load32S:
			return val{n: uint64(int32(v))}
		}
		return val{n: v}
	}
	if x.Op >= ir.OpBaseFB && x.Op != ir.OpInvalid && x.Op < ir.OpBaseIR {
		panic(notImplemented{x.Op.String()})
	}
	var a, b val
	if x.X != nil {
		a = fr.eval(x.X)
	}
	if x.Y != nil {
		b = fr.eval(x.Y)
	}
	return number(x.Op, a, b)
}

// number computes a numeric operator.
func number(op ir.Op, a, b val) val {
	x, y := uint32(a.n), uint32(b.n)
	X, Y := a.n, b.n
	sx, sy, sX, sY := int32(x), int32(y), int64(X), int64(Y)
	zero := func(z bool) {
		if z {
			throw("integer divide by zero")
		}
	}
	switch op {
	case ir.OpI32Eqz:
		return boolean(x == 0)
	case ir.OpI32Eq:
		return boolean(x == y)
	case ir.OpI32Ne:
		return boolean(x != y)
	case ir.OpI32LtS:
		return boolean(sx < sy)
	case ir.OpI32LtU:
		return boolean(x < y)
	case ir.OpI32GtS:
		return boolean(sx > sy)
	case ir.OpI32GtU:
		return boolean(x > y)
	case ir.OpI32LeS:
		return boolean(sx <= sy)
	case ir.OpI32LeU:
		return boolean(x <= y)
	case ir.OpI32GeS:
		return boolean(sx >= sy)
	case ir.OpI32GeU:
		return boolean(x >= y)
	case ir.OpI64Eqz:
		return boolean(X == 0)
	case ir.OpI64Eq:
		return boolean(X == Y)
	case ir.OpI64Ne:
		return boolean(X != Y)
	case ir.OpI64LtS:
		return boolean(sX < sY)
	case ir.OpI64LtU:
		return boolean(X < Y)
	case ir.OpI64GtS:
		return boolean(sX > sY)
	case ir.OpI64GtU:
		return boolean(X > Y)
	case ir.OpI64LeS:
		return boolean(sX <= sY)
	case ir.OpI64LeU:
		return boolean(X <= Y)
	case ir.OpI64GeS:
		return boolean(sX >= sY)
	case ir.OpI64GeU:
		return boolean(X >= Y)
	case ir.OpF32Eq:
		return boolean(f32(a) == f32(b))
	case ir.OpF32Ne:
		return boolean(f32(a) != f32(b))
	case ir.OpF32Lt:
		return boolean(f32(a) < f32(b))
	case ir.OpF32Gt:
		return boolean(f32(a) > f32(b))
	case ir.OpF32Le:
		return boolean(f32(a) <= f32(b))
	case ir.OpF32Ge:
		return boolean(f32(a) >= f32(b))
	case ir.OpF64Eq:
		return boolean(f64(a) == f64(b))
	case ir.OpF64Ne:
		return boolean(f64(a) != f64(b))
	case ir.OpF64Lt:
		return boolean(f64(a) < f64(b))
	case ir.OpF64Gt:
		return boolean(f64(a) > f64(b))
	case ir.OpF64Le:
		return boolean(f64(a) <= f64(b))
	case ir.OpF64Ge:
		return boolean(f64(a) >= f64(b))
	case ir.OpI32Clz:
		return i32(uint32(bits.LeadingZeros32(x)))
	case ir.OpI32Ctz:
		return i32(uint32(bits.TrailingZeros32(x)))
	case ir.OpI32Popcnt:
		return i32(uint32(bits.OnesCount32(x)))
	case ir.OpI32Add:
		return i32(x + y)
	case ir.OpI32Sub:
		return i32(x - y)
	case ir.OpI32Mul:
		return i32(x * y)
	case ir.OpI32DivS:
		zero(y == 0)
		if sx == math.MinInt32 && sy == -1 {
			throw("integer overflow")
		}
		return i32(uint32(sx / sy))
	case ir.OpI32DivU:
		zero(y == 0)
		return i32(x / y)
	case ir.OpI32RemS:
		zero(y == 0)
		return i32(uint32(sx % sy))
	case ir.OpI32RemU:
		zero(y == 0)
		return i32(x % y)
	case ir.OpI32And:
		return i32(x & y)
	case ir.OpI32Or:
		return i32(x | y)
	case ir.OpI32Xor:
		return i32(x ^ y)
	case ir.OpI32Shl:
		return i32(x << (y & 31))
	case ir.OpI32ShrS:
		return i32(uint32(sx >> (y & 31)))
	case ir.OpI32ShrU:
		return i32(x >> (y & 31))
	case ir.OpI32Rotl:
		return i32(bits.RotateLeft32(x, int(y&31)))
	case ir.OpI32Rotr:
		return i32(bits.RotateLeft32(x, -int(y&31)))
	case ir.OpI64Clz:
		return val{n: uint64(bits.LeadingZeros64(X))}
	case ir.OpI64Ctz:
		return val{n: uint64(bits.TrailingZeros64(X))}
	case ir.OpI64Popcnt:
		return val{n: uint64(bits.OnesCount64(X))}
	case ir.OpI64Add:
		return val{n: X + Y}
	case ir.OpI64Sub:
		return val{n: X - Y}
	case ir.OpI64Mul:
		return val{n: X * Y}
	case ir.OpI64DivS:
		zero(Y == 0)
		if sX == math.MinInt64 && sY == -1 {
			throw("integer overflow")
		}
		return val{n: uint64(sX / sY)}
	case ir.OpI64DivU:
		zero(Y == 0)
		return val{n: X / Y}
	case ir.OpI64RemS:
		zero(Y == 0)
		return val{n: uint64(sX % sY)}
	case ir.OpI64RemU:
		zero(Y == 0)
		return val{n: X % Y}
	case ir.OpI64And:
		return val{n: X & Y}
	case ir.OpI64Or:
		return val{n: X | Y}
	case ir.OpI64Xor:
		return val{n: X ^ Y}
	case ir.OpI64Shl:
		return val{n: X << (Y & 63)}
	case ir.OpI64ShrS:
		return val{n: uint64(sX >> (Y & 63))}
	case ir.OpI64ShrU:
		return val{n: X >> (Y & 63)}
	case ir.OpI64Rotl:
		return val{n: bits.RotateLeft64(X, int(Y&63))}
	case ir.OpI64Rotr:
		return val{n: bits.RotateLeft64(X, -int(Y&63))}
	case ir.OpF32Abs:
		return val{n: uint64(x &^ (1 << 31))}
	case ir.OpF32Neg:
		return val{n: uint64(x ^ 1<<31)}
	case ir.OpF32Copysign:
		return val{n: uint64(x&^(1<<31) | y&(1<<31))}
	case ir.OpF64Abs:
		return val{n: X &^ (1 << 63)}
	case ir.OpF64Neg:
		return val{n: X ^ 1<<63}
	case ir.OpF64Copysign:
		return val{n: X&^(1<<63) | Y&(1<<63)}
	case ir.OpF32Ceil:
		return fromF32(float32(math.Ceil(float64(f32(a)))))
	case ir.OpF32Floor:
		return fromF32(float32(math.Floor(float64(f32(a)))))
	case ir.OpF32Trunc:
		return fromF32(float32(math.Trunc(float64(f32(a)))))
	case ir.OpF32Nearest:
		return fromF32(float32(math.RoundToEven(float64(f32(a)))))
	case ir.OpF32Sqrt:
		return fromF32(float32(math.Sqrt(float64(f32(a)))))
	case ir.OpF32Add:
		return fromF32(f32(a) + f32(b))
	case ir.OpF32Sub:
		return fromF32(f32(a) - f32(b))
	case ir.OpF32Mul:
		return fromF32(f32(a) * f32(b))
	case ir.OpF32Div:
		return fromF32(f32(a) / f32(b))
	case ir.OpF32Min:
		return fromF32(float32(floatMin(float64(f32(a)), float64(f32(b)))))
	case ir.OpF32Max:
		return fromF32(float32(floatMax(float64(f32(a)), float64(f32(b)))))
	case ir.OpF64Ceil:
		return fromF64(math.Ceil(f64(a)))
	case ir.OpF64Floor:
		return fromF64(math.Floor(f64(a)))
	case ir.OpF64Trunc:
		return fromF64(math.Trunc(f64(a)))
	case ir.OpF64Nearest:
		return fromF64(math.RoundToEven(f64(a)))
	case ir.OpF64Sqrt:
		return fromF64(math.Sqrt(f64(a)))
	case ir.OpF64Add:
		return fromF64(f64(a) + f64(b))
	case ir.OpF64Sub:
		return fromF64(f64(a) - f64(b))
	case ir.OpF64Mul:
		return fromF64(f64(a) * f64(b))
	case ir.OpF64Div:
		return fromF64(f64(a) / f64(b))
	case ir.OpF64Min:
		return fromF64(floatMin(f64(a), f64(b)))
	case ir.OpF64Max:
		return fromF64(floatMax(f64(a), f64(b)))
	case ir.OpI32WrapI64:
		return i32(uint32(X))
	case ir.OpI64ExtendI32S:
		return val{n: uint64(sx)}
	case ir.OpI64ExtendI32U:
		return val{n: uint64(x)}
	case ir.OpI32TruncF32S:
		return i32(uint32(int32(truncate(float64(f32(a)), -1<<31, 1<<31))))
	case ir.OpI32TruncF64S:
		return i32(uint32(int32(truncate(f64(a), -1<<31, 1<<31))))
	case ir.OpI32TruncF32U:
		return i32(uint32(truncate(float64(f32(a)), 0, 1<<32)))
	case ir.OpI32TruncF64U:
		return i32(uint32(truncate(f64(a), 0, 1<<32)))
	case ir.OpI64TruncF32S:
		return val{n: uint64(int64(truncate(float64(f32(a)), -1<<63, 1<<63)))}
	case ir.OpI64TruncF64S:
		return val{n: uint64(int64(truncate(f64(a), -1<<63, 1<<63)))}
	case ir.OpI64TruncF32U:
		return val{n: uint64(truncate(float64(f32(a)), 0, 1<<64))}
	case ir.OpI64TruncF64U:
		return val{n: uint64(truncate(f64(a), 0, 1<<64))}
	case ir.OpI32TruncSatF32S:
		return i32(uint32(int32(saturate(float64(f32(a)), math.MinInt32, math.MaxInt32))))
	case ir.OpI32TruncSatF64S:
		return i32(uint32(int32(saturate(f64(a), math.MinInt32, math.MaxInt32))))
	case ir.OpI32TruncSatF32U:
		return i32(uint32(saturate(float64(f32(a)), 0, math.MaxUint32)))
	case ir.OpI32TruncSatF64U:
		return i32(uint32(saturate(f64(a), 0, math.MaxUint32)))
	case ir.OpI64TruncSatF32S, ir.OpI64TruncSatF64S:
		f := f64(a)
		if op == ir.OpI64TruncSatF32S {
			f = float64(f32(a))
		}
		if f >= 1<<63 {
			return val{n: math.MaxInt64}
		}
		return val{n: uint64(int64(saturate(f, -1<<63, 1<<63)))}
	case ir.OpI64TruncSatF32U, ir.OpI64TruncSatF64U:
		f := f64(a)
		if op == ir.OpI64TruncSatF32U {
			f = float64(f32(a))
		}
		if f >= 1<<64 {
			return val{n: math.MaxUint64}
		}
		return val{n: uint64(saturate(f, 0, 1<<64))}
	case ir.OpF32ConvertI32S:
		return fromF32(float32(sx))
	case ir.OpF32ConvertI32U:
		return fromF32(float32(x))
	case ir.OpF32ConvertI64S:
		return fromF32(float32(sX))
	case ir.OpF32ConvertI64U:
		return fromF32(float32(X))
	case ir.OpF32DemoteF64:
		return fromF32(float32(f64(a)))
	case ir.OpF64ConvertI32S:
		return fromF64(float64(sx))
	case ir.OpF64ConvertI32U:
		return fromF64(float64(x))
	case ir.OpF64ConvertI64S:
		return fromF64(float64(sX))
	case ir.OpF64ConvertI64U:
		return fromF64(float64(X))
	case ir.OpF64PromoteF32:
		return fromF64(float64(f32(a)))
	case ir.OpI32ReinterpretF32, ir.OpI64ReinterpretF64, ir.OpF32ReinterpretI32, ir.OpF64ReinterpretI64:
		return a
	case ir.OpI32Extend8S:
		return i32(uint32(int8(x)))
	case ir.OpI32Extend16S:
		return i32(uint32(int16(x)))
	case ir.OpI64Extend8S:
		return val{n: uint64(int8(X))}
	case ir.OpI64Extend16S:
		return val{n: uint64(int16(X))}
	case ir.OpI64Extend32S:
		return val{n: uint64(int32(X))}
	}
	panic(notImplemented{op.String()})
}

func floatMin(a, b float64) float64 {
	if a != a || b != b {
		return math.NaN()
	}
	return math.Min(a, b)
}

func floatMax(a, b float64) float64 {
	if a != a || b != b {
		return math.NaN()
	}
	return math.Max(a, b)
}

// truncate gives f without its fraction if that is in [lo, hi).
func truncate(f, lo, hi float64) float64 {
	if f != f {
		throw("invalid conversion to integer")
	}
	f = math.Trunc(f)
	if f < lo || f >= hi {
		throw("integer overflow")
	}
	return f
}

func saturate(f, lo, hi float64) float64 {
	switch {
	case f != f:
		return 0
	case f < lo:
		return lo
	case f > hi:
		return hi
	}
	return math.Trunc(f)
}
