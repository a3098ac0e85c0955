// Package gen makes random valid core modules that always terminate and give
// the same results everywhere: what a NaN's bits are is never looked at.
package gen

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// Type is a value type in the binary format.
type Type byte

// The value types.
const (
	I32     Type = 0x7f
	I64     Type = 0x7e
	F32     Type = 0x7d
	F64     Type = 0x7c
	V128    Type = 0x7b
	FuncRef Type = 0x70
)

// Sig is a function type.
type Sig struct{ Params, Results []Type }

// Options say what modules are like.
type Options struct {
	SIMD bool
	// Tail makes tail calls.
	Tail bool
	// Exceptions throws and catches.
	Exceptions bool
	// Size is about how many instructions a function has at most; 0 means 120.
	Size int
}

// Module is a random module.
type Module struct {
	Wasm []byte
	// Funcs are the exported functions "f0", "f1"...; they have numbers as
	// parameters and results only.
	Funcs []Sig
}

// Digest is the exported function () -> i64 that makes a number of all memory,
// globals and tables.
const Digest = "digest"

const (
	fuel     = 400  // entries of functions and loops in one call from outside
	maxPages = 3    // of memory
	memPage  = 1    // pages at the beginning
	tableMax = 24   // elements of the table
	spread   = 4000 // what addresses are, mostly
)

type module struct {
	r       *rand.Rand
	opts    Options
	types   []Sig
	funcs   []int  // type of each function
	globals []Type // global 0 is the fuel
	consts  []bool // of each global: it is not mutable
	unset   []bool // of each global: it is mutable, and never set
	tags    []Sig
	tables  int // of functions
	elems   [][]int
	active  int // the first segments are active
	datas   [][]byte
	blocks  map[string]int // types of blocks with parameters or several results
}

// New makes the module of a seed.
func New(seed uint64, o Options) *Module {
	if o.Size == 0 {
		o.Size = 120
	}
	m := &module{r: rand.New(rand.NewPCG(seed, 0x77633267)), opts: o}
	return m.build()
}

func (m *module) chance(percent int) bool { return m.r.IntN(100) < percent }

// number is a random type of a number; v128 only if vector.
func (m *module) number(vector bool) Type {
	if vector && m.opts.SIMD && m.chance(25) {
		return V128
	}
	switch n := m.r.IntN(100); {
	case n < 45:
		return I32
	case n < 70:
		return I64
	case n < 85:
		return F64
	}
	return F32
}

func (m *module) numbers(most int, vector bool) []Type {
	out := make([]Type, m.r.IntN(most+1))
	for i := range out {
		out[i] = m.number(vector)
	}
	return out
}

func (m *module) typeIndex(s Sig) int {
	for i, t := range m.types {
		if string(bytesOf(t.Params)) == string(bytesOf(s.Params)) && string(bytesOf(t.Results)) == string(bytesOf(s.Results)) {
			return i
		}
	}
	m.types = append(m.types, s)
	return len(m.types) - 1
}

func bytesOf(t []Type) []byte {
	b := make([]byte, len(t))
	for i, x := range t {
		b[i] = byte(x)
	}
	return b
}

func (m *module) build() *Module {
	var sigs []Sig
	for range 2 + m.r.IntN(4) {
		sigs = append(sigs, Sig{m.numbers(4, true), m.numbers(2, true)})
	}
	n := 2 + m.r.IntN(5)
	for range n {
		m.funcs = append(m.funcs, m.typeIndex(sigs[m.r.IntN(len(sigs))]))
	}
	m.globals = []Type{I32}
	m.consts, m.unset = []bool{false}, []bool{false}
	for range 1 + m.r.IntN(6) {
		m.globals = append(m.globals, m.number(true))
		m.consts = append(m.consts, m.chance(20))
		m.unset = append(m.unset, m.chance(15))
	}
	if m.opts.Exceptions {
		for range 1 + m.r.IntN(3) {
			m.tags = append(m.tags, Sig{Params: m.numbers(2, true)})
			m.typeIndex(m.tags[len(m.tags)-1])
		}
	}
	m.tables = 1 + m.r.IntN(2)
	m.active = 1 + m.r.IntN(2)
	for range m.active + m.r.IntN(3) {
		seg := make([]int, m.r.IntN(8))
		for i := range seg {
			seg[i] = m.r.IntN(n+1) - 1 // -1 is null
		}
		m.elems = append(m.elems, seg)
	}
	for range 1 + m.r.IntN(4) {
		d := make([]byte, m.r.IntN(300))
		for i := range d {
			d[i] = byte(m.r.Uint32())
		}
		m.datas = append(m.datas, d)
	}

	// Bodies first: they make types.
	bodies := make([][]byte, 0, 2*n+1)
	for i := range n {
		bodies = append(bodies, m.function(i))
	}
	out := &Module{}
	var exported []int
	for i := range n {
		t := m.types[m.funcs[i]]
		if hasVector(t) {
			continue // cannot be called from outside
		}
		out.Funcs = append(out.Funcs, t)
		exported = append(exported, len(m.funcs))
		m.funcs = append(m.funcs, m.funcs[i])
		bodies = append(bodies, m.entry(i))
	}
	digest := len(m.funcs)
	m.funcs = append(m.funcs, m.typeIndex(Sig{nil, []Type{I64}}))
	bodies = append(bodies, m.digest())

	w := writer{}
	w.raw("\x00asm\x01\x00\x00\x00")
	w.section(1, func(w *writer) {
		w.uint(len(m.types))
		for _, t := range m.types {
			w.byte(0x60)
			w.typeList(t.Params)
			w.typeList(t.Results)
		}
	})
	w.section(3, func(w *writer) {
		w.uint(len(m.funcs))
		for _, f := range m.funcs {
			w.uint(f)
		}
	})
	w.section(4, func(w *writer) {
		w.uint(m.tables)
		for range m.tables {
			w.byte(byte(FuncRef))
			w.byte(1)
			w.uint(10)
			w.uint(tableMax)
		}
	})
	w.section(5, func(w *writer) {
		w.uint(1)
		w.byte(1)
		w.uint(memPage)
		w.uint(maxPages)
	})
	if len(m.tags) > 0 {
		w.section(13, func(w *writer) {
			w.uint(len(m.tags))
			for _, t := range m.tags {
				w.byte(0)
				w.uint(m.typeIndex(t))
			}
		})
	}
	w.section(6, func(w *writer) {
		w.uint(len(m.globals))
		for i, t := range m.globals {
			w.byte(byte(t))
			if m.consts[i] {
				w.byte(0)
			} else {
				w.byte(1)
			}
			if i == 0 {
				w.byte(0x41)
				w.sint(0)
			} else {
				m.constant(w, t)
			}
			w.byte(0x0b)
		}
	})
	w.section(7, func(w *writer) {
		w.uint(len(exported) + 2)
		for i, f := range exported {
			w.name("f" + string(rune('0'+i)))
			w.byte(0)
			w.uint(f)
		}
		w.name(Digest)
		w.byte(0)
		w.uint(digest)
		w.name("memory")
		w.byte(2)
		w.uint(0)
	})
	w.section(9, func(w *writer) {
		w.uint(len(m.elems))
		for i, seg := range m.elems {
			if i < m.active {
				w.uint(6) // active, with table, expressions
				w.uint(m.r.IntN(m.tables))
				w.byte(0x41)
				w.sint(int64(m.r.IntN(3)))
				w.byte(0x0b)
			} else {
				w.uint(5) // passive, expressions
			}
			w.byte(byte(FuncRef))
			w.uint(len(seg))
			for _, f := range seg {
				if f < 0 {
					w.byte(0xd0)
					w.byte(byte(FuncRef))
				} else {
					w.byte(0xd2)
					w.uint(f)
				}
				w.byte(0x0b)
			}
		}
	})
	w.section(12, func(w *writer) { w.uint(len(m.datas)) })
	w.section(10, func(w *writer) {
		w.uint(len(bodies))
		for _, b := range bodies {
			w.uint(len(b))
			w.raw(string(b))
		}
	})
	w.section(11, func(w *writer) {
		w.uint(len(m.datas))
		for i, d := range m.datas {
			if i == 0 {
				w.uint(0)
				w.byte(0x41)
				w.sint(int64(m.r.IntN(spread)))
				w.byte(0x0b)
			} else {
				w.uint(1)
			}
			w.uint(len(d))
			w.raw(string(d))
		}
	})
	out.Wasm = w.buf
	return out
}

func hasVector(s Sig) bool {
	for _, t := range append(append([]Type(nil), s.Params...), s.Results...) {
		if t == V128 {
			return true
		}
	}
	return false
}

// entry calls function i from outside: with full fuel, and NaNs in results made canonical.
func (m *module) entry(i int) []byte {
	t := m.types[m.funcs[i]]
	f := &fn{module: m, params: t.Params}
	f.op(0x41)
	f.sint(fuel)
	f.op(0x24)
	f.uint(0)
	if len(m.tags) > 0 { // what nobody catches ends here
		f.raw("\x02\x40\x1f\x40\x01\x02\x00") // block, try_table (catch_all 0)
	}
	for p := range t.Params {
		f.op(0x20)
		f.uint(p)
	}
	f.op(0x10)
	f.uint(i)
	var locals []int
	for k := len(t.Results) - 1; k >= 0; k-- {
		l := f.local(t.Results[k])
		locals = append(locals, l)
		f.op(0x21)
		f.uint(l)
	}
	results := func() {
		for k := range t.Results {
			f.op(0x20)
			f.uint(locals[len(locals)-1-k])
			f.canonical(t.Results[k])
		}
	}
	if len(m.tags) > 0 {
		results()
		f.raw("\x0f\x0b\x0b") // return, end, end
	}
	results()
	return f.finish()
}

// digest makes a number of the state.
func (m *module) digest() []byte {
	f := &fn{module: m}
	sum, at, end, tab := f.local(I64), f.local(I32), f.local(I32), f.local(I32)
	get := func(l int) { f.op(0x20); f.uint(l) }
	set := func(l int) { f.op(0x21); f.uint(l) }
	// mix takes an i64 from the stack.
	mix := func() {
		get(sum)
		f.op(0x85) // i64.xor
		f.op(0x42)
		f.sint(1099511628211)
		f.op(0x7e) // i64.mul
		f.op(0x42)
		f.sint(29)
		f.op(0x89) // i64.rotl
		set(sum)
	}
	for i, t := range m.globals[1:] {
		switch t {
		case V128:
			for lane := range 2 {
				f.op(0x23)
				f.uint(i + 1)
				f.simd(0x1d)
				f.op(byte(lane))
				mix()
			}
			continue
		}
		f.op(0x23)
		f.uint(i + 1)
		f.canonical(t)
		switch t {
		case I32:
			f.op(0xad)
		case F32:
			f.op(0xbc)
			f.op(0xad)
		case F64:
			f.op(0xbd)
		}
		mix()
	}
	for t := range m.tables {
		f.op(0x41)
		f.sint(0)
		set(tab)
		f.op(0x02) // block
		f.op(0x40)
		f.op(0x03) // loop
		f.op(0x40)
		get(tab)
		f.raw("\xfc\x10") // table.size
		f.uint(t)
		f.op(0x4f) // ge_u
		f.op(0x0d)
		f.uint(1)
		get(tab)
		f.op(0x25)
		f.uint(t)
		f.op(0xd1) // ref.is_null
		f.op(0xad)
		mix()
		get(tab)
		f.op(0x41)
		f.sint(1)
		f.op(0x6a)
		set(tab)
		f.op(0x0c)
		f.uint(0)
		f.op(0x0b)
		f.op(0x0b)
	}
	f.op(0x3f)
	f.uint(0)
	f.op(0x41)
	f.sint(16)
	f.op(0x74)
	set(end)
	f.op(0x03)
	f.op(0x40)
	get(at)
	f.op(0x29) // i64.load
	f.uint(3)
	f.uint(0)
	mix()
	get(at)
	f.op(0x41)
	f.sint(8)
	f.op(0x6a)
	f.op(0x22) // tee
	f.uint(at)
	get(end)
	f.op(0x49) // lt_u
	f.op(0x0d)
	f.uint(0)
	f.op(0x0b)
	get(sum)
	return f.finish()
}

// writer writes the binary format.
type writer struct{ buf []byte }

func (w *writer) raw(s string) { w.buf = append(w.buf, s...) }
func (w *writer) byte(b byte)  { w.buf = append(w.buf, b) }
func (w *writer) uint(n int)   { w.buf = binary.AppendUvarint(w.buf, uint64(n)) }

func (w *writer) sint(v int64) {
	for {
		b := byte(v & 0x7f)
		v >>= 7
		if v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
			w.byte(b)
			return
		}
		w.byte(b | 0x80)
	}
}

func (w *writer) typeList(t []Type) {
	w.uint(len(t))
	w.raw(string(bytesOf(t)))
}

func (w *writer) name(s string) {
	w.uint(len(s))
	w.raw(s)
}

func (w *writer) section(id byte, f func(*writer)) {
	var s writer
	f(&s)
	w.byte(id)
	w.uint(len(s.buf))
	w.raw(string(s.buf))
}

// Bits is a random value of a type that is no vector, as bits: often one of those
// where operators have their corners.
func Bits(r *rand.Rand, t Type) uint64 {
	pick := func(l []uint64) uint64 { return l[r.IntN(len(l))] }
	switch t {
	case I32:
		switch r.IntN(4) {
		case 0:
			return uint64(r.Uint32())
		case 1:
			return uint64(r.IntN(300))
		case 2:
			return uint64(uint32(-r.IntN(300)))
		}
		return pick([]uint64{0, 1, 2, 31, 32, 33, 63, 64, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe})
	case I64:
		switch r.IntN(4) {
		case 0:
			return r.Uint64()
		case 1:
			return uint64(r.IntN(300))
		case 2:
			return uint64(-int64(r.IntN(300)))
		}
		return pick([]uint64{0, 1, 2, 31, 32, 63, 64, 65, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff})
	case F32:
		switch r.IntN(3) {
		case 0:
			return uint64(math.Float32bits(float32(r.NormFloat64() * 100)))
		case 1:
			return uint64(r.Uint32())
		}
		return uint64(math.Float32bits(float32(special[r.IntN(len(special))])))
	case F64:
		switch r.IntN(3) {
		case 0:
			return math.Float64bits(r.NormFloat64() * 100)
		case 1:
			return r.Uint64()
		}
		return math.Float64bits(special[r.IntN(len(special))])
	}
	return r.Uint64()
}

var special = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 1.5, 2.5, -1.5, 0.1, math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64, -math.MaxFloat64,
	math.SmallestNonzeroFloat64, math.MaxFloat32, math.SmallestNonzeroFloat32, 2147483647, 2147483648, -2147483648, -2147483649, 4294967295, 4294967296,
	9223372036854775807, 9223372036854775808, -9223372036854775808, 18446744073709551615, 18446744073709551616, 1e10, 1e-10, 16777216, 16777217, 9007199254740993, 0x1p-149, 0x1p-1022,
}

// constant writes a constant instruction.
func (m *module) constant(w *writer, t Type) {
	switch t {
	case I32:
		w.byte(0x41)
		w.sint(int64(int32(Bits(m.r, t))))
	case I64:
		w.byte(0x42)
		w.sint(int64(Bits(m.r, t)))
	case F32:
		w.byte(0x43)
		w.buf = binary.LittleEndian.AppendUint32(w.buf, uint32(Bits(m.r, t)))
	case F64:
		w.byte(0x44)
		w.buf = binary.LittleEndian.AppendUint64(w.buf, Bits(m.r, t))
	case V128:
		w.raw("\xfd\x0c")
		lane := []Type{I32, I64, F32, F64, I64}[m.r.IntN(5)]
		if lane == I32 || lane == F32 {
			for range 4 {
				w.buf = binary.LittleEndian.AppendUint32(w.buf, uint32(Bits(m.r, lane)))
			}
		} else {
			for range 2 {
				w.buf = binary.LittleEndian.AppendUint64(w.buf, Bits(m.r, lane))
			}
		}
	}
}
