package gen

import (
	"encoding/binary"
)

// fn makes a function body. It keeps the types of the operand stack as a validator does.
type fn struct {
	*module
	writer
	params, locals []Type // locals: the declared ones
	temps          map[Type]int
	places         []int // locals that hold addresses
	stack          []Type
	ctrl           []ctrl
	left           int // about how many instructions may follow
}

// ctrl is a block that is open.
type ctrl struct {
	label  []Type // what a branch to it takes
	result []Type
	base   int // height of the stack
}

func (f *fn) op(b byte) { f.writer.byte(b) }

func (f *fn) simd(op int) {
	f.op(0xfd)
	f.uint(op)
}

// local declares a local.
func (f *fn) local(t Type) int {
	f.locals = append(f.locals, t)
	return len(f.params) + len(f.locals) - 1
}

// temp is a local of the type for the use of one instruction sequence.
func (f *fn) temp(t Type) int {
	if f.temps == nil {
		f.temps = map[Type]int{}
	}
	l, ok := f.temps[t]
	if !ok {
		l = f.local(t)
		f.temps[t] = l
	}
	return l
}

func (f *fn) finish() []byte {
	var w writer
	w.uint(len(f.locals))
	for _, t := range f.locals {
		w.uint(1)
		w.byte(byte(t))
	}
	w.raw(string(f.buf))
	w.byte(0x0b)
	return w.buf
}

// canonical makes a NaN on top of the stack the canonical one.
func (f *fn) canonical(t Type) {
	var eq byte
	switch t {
	case F32:
		eq = 0x5b
	case F64:
		eq = 0x61
	default:
		return
	}
	l := f.temp(t)
	f.op(0x22)
	f.uint(l)
	f.nan(t)
	for range 2 {
		f.op(0x20)
		f.uint(l)
	}
	f.op(eq)
	f.op(0x1b)
}

func (f *fn) nan(t Type) {
	if t == F32 {
		f.op(0x43)
		f.buf = binary.LittleEndian.AppendUint32(f.buf, 0x7fc00000)
	} else {
		f.op(0x44)
		f.buf = binary.LittleEndian.AppendUint64(f.buf, 0x7ff8<<48)
	}
}

// canonicalLanes does the same to float lanes of a vector.
func (f *fn) canonicalLanes(lane Type) {
	l := f.temp(V128)
	f.op(0x22)
	f.uint(l)
	f.simd(0x0c)
	eq := 65
	if lane == F32 {
		for range 4 {
			f.buf = binary.LittleEndian.AppendUint32(f.buf, 0x7fc00000)
		}
	} else {
		eq = 71
		for range 2 {
			f.buf = binary.LittleEndian.AppendUint64(f.buf, 0x7ff8<<48)
		}
	}
	for range 2 {
		f.op(0x20)
		f.uint(l)
	}
	f.simd(eq)
	f.simd(82)
}

func (m *module) function(i int) []byte {
	t := m.types[m.funcs[i]]
	f := &fn{module: m, params: t.Params, left: 10 + m.r.IntN(m.opts.Size)}
	for range 1 + m.r.IntN(5) {
		f.locals = append(f.locals, m.number(true))
	}
	f.burn()
	if f.chance(60) {
		for range 1 + f.r.IntN(2) {
			l := f.local(I32)
			f.places = append(f.places, l)
			f.setPlace(l)
		}
	}
	f.ctrl = []ctrl{{label: t.Results, result: t.Results}}
	f.body()
	return f.finish()
}

// burn takes fuel, and traps if there is none.
func (f *fn) burn() {
	f.raw("\x23\x00\x41\x01\x6b\x24\x00") // global 0 -= 1
	f.raw("\x23\x00\x41\x00\x48\x04\x40\x00\x0b")
}

func (f *fn) top() *ctrl         { return &f.ctrl[len(f.ctrl)-1] }
func (f *fn) push(t ...Type)     { f.stack = append(f.stack, t...) }
func (f *fn) pop(n int)          { f.stack = f.stack[:len(f.stack)-n] }
func (f *fn) varType(l int) Type { return append(append([]Type(nil), f.params...), f.locals...)[l] }

// has reports whether the top of the stack has these types.
func (f *fn) has(t []Type) bool {
	if len(f.stack)-f.top().base < len(t) {
		return false
	}
	return string(bytesOf(f.stack[len(f.stack)-len(t):])) == string(bytesOf(t))
}

// need sees to it that the top of the stack has these types.
func (f *fn) need(t ...Type) {
	if f.has(t) && f.chance(75) {
		return
	}
	for i, x := range t {
		// Some of them may be there.
		if i == 0 {
			for n := len(t) - 1; n > 0; n-- {
				if f.has(t[:n]) && f.chance(75) {
					for _, y := range t[n:] {
						f.expr(y, 2)
					}
					return
				}
			}
		}
		f.expr(x, 2)
	}
}

// expr pushes a value of type t.
func (f *fn) expr(t Type, depth int) {
	f.left--
	if t == FuncRef {
		if f.chance(50) {
			f.op(0xd2)
			f.uint(f.someFunc())
		} else {
			f.op(0xd0)
			f.op(byte(FuncRef))
		}
		f.push(t)
		return
	}
	if depth > 0 && f.chance(45) {
		for range 8 {
			o := &ops[f.r.IntN(len(ops))]
			if o.result == t && f.usable(o) {
				for _, p := range o.params {
					f.expr(p, depth-1)
				}
				f.apply(o)
				return
			}
		}
	}
	switch f.r.IntN(10) {
	case 0, 1, 2, 3, 4, 5:
		n := len(f.params) + len(f.locals)
		for range 6 {
			if l := f.r.IntN(n); f.varType(l) == t && !f.isTemp(l) { // a temporary may hold any NaN
				f.op(0x20)
				f.uint(l)
				f.push(t)
				return
			}
		}
	case 6:
		for i, g := range f.globals {
			if i > 0 && g == t {
				f.op(0x23)
				f.uint(i)
				f.push(t)
				return
			}
		}
	}
	f.constant(&f.writer, t)
	f.push(t)
}

// someFunc is a function that references may be made to.
func (f *fn) someFunc() int {
	for range 10 {
		if s := f.elems[f.r.IntN(len(f.elems))]; len(s) > 0 {
			if x := s[f.r.IntN(len(s))]; x >= 0 {
				return x
			}
		}
	}
	return f.declared()
}

// declared is a function that an export declares: the first one called from outside. The
// element section may declare none.
func (f *fn) declared() int {
	for i, s := range f.elems {
		for _, x := range s {
			if x >= 0 {
				return x
			}
		}
		if i == 0 && len(s) == 0 {
			f.elems[0] = []int{0}
			return 0
		}
	}
	f.elems[0][0] = 0
	return 0
}

func (f *fn) usable(o *operator) bool {
	if o.vector && !f.opts.SIMD {
		return false
	}
	return !o.traps || f.chance(8)
}

// apply writes an operator whose operands are on the stack.
func (f *fn) apply(o *operator) {
	f.left--
	switch o.before {
	case fixDivisor:
		if f.chance(85) {
			t := o.params[1]
			if t == I32 {
				f.raw("\x41\x01\x72") // i32.const 1, i32.or
			} else {
				f.raw("\x42\x01\x84")
			}
		}
	case fixNaN:
		f.canonical(o.params[len(o.params)-1])
	}
	if o.prefix != 0 {
		f.op(o.prefix)
		f.uint(o.code)
	} else {
		f.op(byte(o.code))
	}
	switch {
	case o.lanes > 0:
		f.op(byte(f.r.IntN(o.lanes)))
	case o.code == 13 && o.prefix == 0xfd:
		for range 16 {
			f.op(byte(f.r.IntN(32)))
		}
	}
	if o.nan != 0 {
		f.canonicalLanes(o.nan)
	}
	f.pop(len(o.params))
	if o.result != 0 {
		f.push(o.result)
	}
}

// body fills the block on top, and leaves its results.
func (f *fn) body() {
	c := *f.top()
	for f.left > 0 && !f.chance(4) {
		f.instruction()
		if len(f.stack)-c.base > 12 {
			f.discard()
		}
	}
	// What the block leaves.
	if f.has(c.result) && len(f.stack) == c.base+len(c.result) {
		return
	}
	for len(f.stack) > c.base {
		f.discard()
	}
	for _, t := range c.result {
		f.expr(t, 1)
	}
}

// discard takes one value off the stack.
func (f *fn) discard() {
	t := f.stack[len(f.stack)-1]
	if f.chance(60) {
		if l, ok := f.someLocal(t); ok {
			f.op(0x21)
			f.uint(l)
			f.pop(1)
			return
		}
	}
	f.op(0x1a)
	f.pop(1)
}

func (f *fn) someLocal(t Type) (int, bool) {
	n := len(f.params) + len(f.locals)
	for range 6 {
		if l := f.r.IntN(n); f.varType(l) == t && !f.isTemp(l) {
			return l, true
		}
	}
	return 0, false
}

func (f *fn) isTemp(l int) bool {
	for _, t := range f.temps {
		if t == l {
			return true
		}
	}
	for _, p := range f.places {
		if p == l {
			return true
		}
	}
	return false
}

// setPlace gives a local for addresses a value: mostly one of which accesses are in bounds.
func (f *fn) setPlace(l int) {
	switch n := f.r.IntN(100); {
	case n < 30:
		f.op(0x41)
		f.sint(int64(65536*(1+f.r.IntN(2)/2) - f.r.IntN(300)))
	case n < 35:
		f.constant(&f.writer, I32)
	default:
		p := f.r.IntN(len(f.params) + len(f.locals))
		if f.varType(p) == I32 && !f.isTemp(p) {
			f.op(0x20)
			f.uint(p)
		} else {
			f.op(0x41)
			f.sint(int64(f.r.IntN(spread)))
		}
		f.op(0x41)
		f.sint(spread - 1)
		f.op(0x71)
	}
	f.op(0x21)
	f.uint(l)
}

// instruction writes one instruction, with what it needs.
func (f *fn) instruction() {
	f.left--
	switch n := f.r.IntN(1000); {
	case n < 330:
		o := &ops[f.r.IntN(len(ops))]
		if f.usable(o) {
			f.need(o.params...)
			f.apply(o)
		}
	case n < 390:
		f.load()
	case n < 460:
		f.store()
	case n < 530: // local.set, local.tee
		l := f.r.IntN(len(f.params) + len(f.locals))
		if !f.isTemp(l) {
			t := f.varType(l)
			f.need(t)
			if f.chance(70) {
				f.op(0x21)
				f.pop(1)
			} else {
				f.op(0x22)
			}
			f.uint(l)
		}
	case n < 560: // global.set
		g := 1 + f.r.IntN(len(f.globals)-1)
		if f.consts[g] || f.unset[g] {
			return
		}
		f.need(f.globals[g])
		f.op(0x24)
		f.uint(g)
		f.pop(1)
	case n < 590: // select
		t := f.number(true)
		f.need(t, t, I32)
		if f.chance(80) {
			f.op(0x1b)
		} else {
			f.op(0x1c)
			f.uint(1)
			f.op(byte(t))
		}
		f.pop(2)
	case n < 610:
		if len(f.stack) > f.top().base {
			f.discard()
		}
	case n < 730:
		if len(f.ctrl) < 9 {
			f.block()
		}
	case n < 830:
		f.branch()
	case n < 890:
		f.call()
	case n < 900:
		switch {
		case len(f.tags) > 0 && f.chance(40):
			t := f.r.IntN(len(f.tags))
			f.need(f.tags[t].Params...)
			f.op(0x08)
			f.uint(t)
			f.unreachable()
		case f.chance(10):
			f.op(0x00)
			f.unreachable()
		}
	case n < 920:
		f.op(0x3f)
		f.uint(0)
		f.push(I32)
	case n < 930:
		f.op(0x41)
		f.sint(int64(f.r.IntN(3)))
		f.op(0x40)
		f.uint(0)
		f.push(I32)
	case n < 965:
		f.bulk()
	default:
		f.table()
	}
}

// unreachable is what follows an instruction that control does not pass.
func (f *fn) unreachable() {
	f.stack = f.stack[:f.top().base]
	if f.chance(80) {
		f.left = min(f.left, f.r.IntN(4)) // some code that never runs
	}
}

// address pushes the address of an access of size bytes, and gives a static offset for it.
func (f *fn) address(size int) (offset int) {
	if len(f.places) > 0 && f.chance(40) {
		l := f.places[f.r.IntN(len(f.places))]
		if f.chance(15) {
			f.setPlace(l)
		}
		f.op(0x20)
		f.uint(l)
		f.push(I32)
		return f.r.IntN(24)
	}
	switch n := f.r.IntN(1000); {
	case n < 900:
		f.need(I32)
		f.op(0x41)
		f.sint(spread - 1)
		f.op(0x71)
		return f.r.IntN(200)
	case n < 940: // at the end of a page
		off := f.r.IntN(3) * f.r.IntN(40000)
		f.op(0x41)
		at := 65536*(1+f.r.IntN(2)/2) - size - off
		if f.chance(10) {
			at += f.r.IntN(16)
		}
		f.sint(int64(at))
		f.push(I32)
		return off
	case n < 990:
		f.op(0x41)
		f.sint(int64(f.r.IntN(spread)))
		f.push(I32)
		return f.r.IntN(200)
	}
	f.need(I32)
	if f.chance(20) {
		return int(f.r.Uint32())
	}
	return f.r.IntN(100000)
}

func (f *fn) access(a *memOp, offset int) {
	if a.vector {
		f.simd(int(a.code))
	} else {
		f.op(a.code)
	}
	f.uint(f.r.IntN(a.align + 1))
	f.uint(offset)
	if a.lanes > 0 {
		f.op(byte(f.r.IntN(a.lanes)))
	}
}

func (f *fn) load() {
	a := &loads[f.r.IntN(len(loads))]
	if a.vector && !f.opts.SIMD {
		return
	}
	off := f.address(1 << a.align)
	if a.lanes > 0 {
		f.expr(V128, 1)
		f.pop(1)
	}
	f.access(a, off)
	f.pop(1)
	f.push(a.t)
	if f.chance(10) {
		f.discard() // the load may trap all the same
	}
}

func (f *fn) store() {
	a := &stores[f.r.IntN(len(stores))]
	if a.vector && !f.opts.SIMD {
		return
	}
	off := f.address(1 << a.align)
	f.expr(a.t, 2)
	f.canonical(a.t)
	f.access(a, off)
	f.pop(2)
}

// few is a random list of types for blocks: parameters from the stack, results.
func (f *fn) few() (params, results []Type) {
	n := 0
	if f.chance(30) {
		n = 1 + f.r.IntN(2)
	}
	if have := len(f.stack) - f.top().base; n > have {
		n = have
	}
	for _, t := range f.stack[len(f.stack)-n:] {
		if t == FuncRef {
			n = 0
		}
	}
	params = append(params, f.stack[len(f.stack)-n:]...)
	if f.chance(50) {
		results = append(results, f.number(true))
		if f.chance(25) {
			results = append(results, f.number(true))
		}
	}
	return params, results
}

func (f *fn) blockType(params, results []Type) {
	switch {
	case len(params) == 0 && len(results) == 0:
		f.op(0x40)
	case len(params) == 0 && len(results) == 1:
		f.op(byte(results[0]))
	default:
		f.sint(int64(f.typeIndex(Sig{params, results})))
	}
}

func (f *fn) block() {
	kind := f.r.IntN(3)
	if len(f.tags) > 0 && f.chance(25) {
		kind = 3
	}
	params, results := f.few()
	if kind == 2 {
		f.expr(I32, 2)
		f.pop(1)
	}
	f.pop(len(params))
	base := len(f.stack)
	c := ctrl{label: results, result: results, base: base}
	if kind == 1 {
		c.label = params
	}
	f.op([]byte{0x02, 0x03, 0x04, 0x1f}[kind])
	f.blockType(params, results)
	if kind == 3 {
		f.catches()
	}
	f.ctrl = append(f.ctrl, c)
	f.push(params...)
	if kind == 1 {
		f.burn()
	}
	left := f.left
	f.left = f.left*2/3 + 2
	f.body()
	used := left*2/3 + 2 - f.left
	if kind == 2 && (f.chance(60) || string(bytesOf(params)) != string(bytesOf(results))) {
		f.op(0x05)
		f.stack = append(f.stack[:base], params...)
		f.left = (left - used) / 2
		f.body()
		used += (left-used)/2 - f.left
	}
	f.left = left - used
	f.op(0x0b)
	f.ctrl = f.ctrl[:len(f.ctrl)-1]
	f.stack = append(f.stack[:base], results...)
}

// catches writes the clauses of a try_table.
func (f *fn) catches() {
	var w writer
	n := 0
	for range 1 + f.r.IntN(4) {
		l := f.r.IntN(len(f.ctrl))
		label := string(bytesOf(f.ctrl[len(f.ctrl)-1-l].label))
		for t, sig := range f.tags {
			if string(bytesOf(sig.Params)) == label && f.chance(70) {
				w.byte(0)
				w.uint(t)
				w.uint(l)
				n++
			}
		}
		if label == "" && f.chance(30) {
			w.byte(2)
			w.uint(l)
			n++
		}
	}
	f.uint(n)
	f.raw(string(w.buf))
}

func (f *fn) branch() {
	l := f.r.IntN(len(f.ctrl))
	t := f.ctrl[len(f.ctrl)-1-l].label
	switch n := f.r.IntN(100); {
	case n < 65: // br_if
		f.need(append(append([]Type(nil), t...), I32)...)
		f.op(0x0d)
		f.uint(l)
		f.pop(1)
	case n < 80: // br
		f.need(t...)
		f.op(0x0c)
		f.uint(l)
		f.unreachable()
	case n < 93: // br_table
		var same []int
		for i := range f.ctrl {
			if string(bytesOf(f.ctrl[len(f.ctrl)-1-i].label)) == string(bytesOf(t)) {
				same = append(same, i)
			}
		}
		f.need(t...)
		f.expr(I32, 2)
		if f.chance(80) {
			f.op(0x41)
			f.sint(7)
			f.op(0x71)
		}
		f.op(0x0e)
		n := f.r.IntN(7)
		f.uint(n)
		for range n + 1 {
			f.uint(same[f.r.IntN(len(same))])
		}
		f.unreachable()
	default: // return
		f.need(f.ctrl[0].result...)
		f.op(0x0f)
		f.unreachable()
	}
}

func (f *fn) call() {
	callee := f.r.IntN(len(f.funcs))
	t := f.types[f.funcs[callee]]
	indirect := f.chance(25)
	tail := f.opts.Tail && f.chance(25) && string(bytesOf(t.Results)) == string(bytesOf(f.ctrl[0].result))
	f.need(t.Params...)
	code := byte(0x10)
	if tail {
		code = 0x12
	}
	if indirect {
		f.expr(I32, 1)
		f.pop(1)
		f.op(0x41)
		f.sint(7)
		f.op(0x71)
		f.op(code + 1)
		f.uint(f.funcs[callee])
		f.uint(f.r.IntN(f.tables))
	} else {
		f.op(code)
		f.uint(callee)
	}
	if tail {
		f.unreachable()
		return
	}
	f.pop(len(t.Params))
	f.push(t.Results...)
}

// small pushes an i32 between 0 and n-1, n being a power of two.
func (f *fn) small(n int) {
	if f.chance(50) {
		f.op(0x41)
		f.sint(int64(f.r.IntN(n)))
		f.push(I32)
		return
	}
	f.expr(I32, 1)
	f.op(0x41)
	f.sint(int64(n - 1))
	f.op(0x71)
}

// place pushes the address that a bulk operation begins at.
func (f *fn) place() {
	if f.chance(95) {
		f.small(4096)
		return
	}
	f.op(0x41)
	f.sint(int64(65536 - f.r.IntN(300)))
	f.push(I32)
}

func (f *fn) bulk() {
	f.place()
	switch f.r.IntN(5) {
	case 0, 1: // memory.fill
		f.expr(I32, 1)
		f.small(256)
		f.raw("\xfc\x0b\x00")
	case 2, 3: // memory.copy
		f.place()
		f.small(256)
		f.raw("\xfc\x0a\x00\x00")
	case 4: // memory.init; wazero does not drop the active segment 0, as the specification wants it
		if len(f.datas) == 1 {
			f.op(0x1a)
			f.pop(1)
			return
		}
		f.small(16)
		f.small(16)
		f.raw("\xfc\x08")
		f.uint(1 + f.r.IntN(len(f.datas)-1))
		f.uint(0)
	}
	f.pop(3)
	if f.chance(2) {
		f.raw("\xfc\x09")
		f.uint(f.r.IntN(len(f.datas)))
	}
}

func (f *fn) table() {
	t := f.r.IntN(f.tables)
	switch f.r.IntN(8) {
	case 0, 1: // table.get, ref.is_null
		f.small(8)
		f.op(0x25)
		f.uint(t)
		f.op(0xd1)
	case 2: // table.set
		f.small(8)
		f.expr(FuncRef, 0)
		f.op(0x26)
		f.uint(t)
		f.pop(2)
	case 3: // table.grow
		f.expr(FuncRef, 0)
		f.small(4)
		f.raw("\xfc\x0f")
		f.uint(t)
		f.pop(2)
		f.push(I32)
	case 4: // table.size
		f.raw("\xfc\x10")
		f.uint(t)
		f.push(I32)
	case 5: // table.fill
		f.small(8)
		f.expr(FuncRef, 0)
		f.small(4)
		f.raw("\xfc\x11")
		f.uint(t)
		f.pop(3)
	case 6: // table.copy
		f.small(8)
		f.small(8)
		f.small(4)
		f.raw("\xfc\x0e")
		f.uint(t)
		f.uint(f.r.IntN(f.tables))
		f.pop(3)
	case 7: // table.init, elem.drop
		if f.chance(10) {
			f.raw("\xfc\x0d")
			f.uint(f.r.IntN(len(f.elems)))
			return
		}
		if f.active == len(f.elems) {
			return
		}
		f.small(8)
		f.small(2)
		f.small(4)
		f.raw("\xfc\x0c")
		f.uint(f.active + f.r.IntN(len(f.elems)-f.active))
		f.uint(t)
		f.pop(3)
	}
}
