package lower_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"testing"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/frontend/lower"
	"github.com/wc2go/wc2go/frontend/validate"
	"github.com/wc2go/wc2go/ir"
)

// TestRandom makes functions at random and compares what their lowered form
// does with what a direct interpreter of the stack code does: results, traps,
// memory, globals and the calls made. $WC2GO_RANDOM is the number of
// functions (300 if not set), $WC2GO_RANDOM_FIRST the first seed.
func TestRandom(t *testing.T) {
	n := 300
	if s := os.Getenv("WC2GO_RANDOM"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	first := 0
	if s := os.Getenv("WC2GO_RANDOM_FIRST"); s != "" {
		first, _ = strconv.Atoi(s)
	}
	traps := 0
	for seed := first; seed < first+n; seed++ {
		g := &generator{r: rand.New(rand.NewPCG(uint64(seed), 7))}
		data := g.module()
		m, err := binary.DecodeModule(data, 0)
		if err == nil {
			err = validate.Module(m, validate.AllFeatures())
		}
		if err != nil {
			t.Fatalf("seed %d: the generator is wrong: %v", seed, err)
		}
		out, err := lower.Module(m, 0)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		p := &ir.Program{Core: true, Modules: []*ir.Module{out}, CoreInstances: []ir.CoreInstance{{}}, Init: []ir.Init{{}}}
		run := func(name string) {
			for _, arg := range []uint64{0, 1, 3, 0x10000, 0xffffffff} {
				want := g.direct(m, arg)
				got := g.lowered(out, arg)
				if want.trap != "" {
					traps++
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("seed %d, argument %#x, after %s: got %v, want %v", seed, arg, name, got, want)
					f, _ := os.CreateTemp("", "random*.wasm")
					f.Write(data)
					f.Close()
					t.Log(f.Name())
					ir.PrintFunc(os.Stderr, out, out.Funcs[0])
					t.FailNow()
				}
			}
		}
		// "frontend" is before all passes, "callgraph" after them.
		limits := &ir.SplitLimits{Path: 1 + g.r.IntN(4), Nodes: 20 + g.r.IntN(100), Depth: 1 + g.r.IntN(6), Piece: 2 + g.r.IntN(60), Locals: 1 + g.r.IntN(8)}
		err = ir.RunPasses(p, ir.PassOptions{Split: limits, After: func(name string, _ *ir.Program) {
			if name == "frontend" || name == "callgraph" {
				run(name)
			}
		}})
		if err != nil {
			ir.PrintFunc(os.Stderr, out, out.Funcs[0])
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	t.Logf("%d runs, %d of them trap", n*10, traps)
}

// outcome is all that can be observed of a run.
type outcome struct {
	trap    string
	results []uint64
	calls   []uint64
	globals [2]uint64
	memory  string
}

func (o outcome) String() string {
	return fmt.Sprintf("{trap %q results %x calls %x globals %x memory %x}", o.trap, o.results, o.calls, o.globals, o.memory)
}

const (
	genLocals = 5 // i32, the first is the parameter
	genFuel   = 4 // the last local counts loops down
)

// generator makes a module with one exported function (i32) -> (i32, i32).
// Type 0 is its type, 1 the import's (i32) -> (i32), 2 (i32, i32) -> (i32,
// i32), 3 () -> (i32, i32), 4 (i32, i32) -> (i32).
type generator struct {
	r      *rand.Rand
	b      []byte
	labels []int // per open block: values a branch to it takes
	loops  []bool
	size   int
}

func (g *generator) op(bs ...byte) { g.b = append(g.b, bs...) }

func (g *generator) module() []byte {
	g.size = 60 + g.r.IntN(200)
	var body []byte
	g.labels, g.loops = []int{2}, []bool{false}
	g.op(0x41, 12, 0x21, genFuel)
	g.statements()
	g.value(6)
	g.value(6)
	g.op(0x0b)
	body = append([]byte{1, genLocals - 1, 0x7f}, g.b...)
	section := func(id byte, content ...byte) []byte {
		return append(append([]byte{id}, leb(len(content))...), content...)
	}
	out := []byte("\x00asm\x01\x00\x00\x00")
	out = append(out, section(1, 5, 0x60, 1, 0x7f, 2, 0x7f, 0x7f, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 2, 0x7f, 0x7f, 0x60, 0, 2, 0x7f, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7f)...)
	out = append(out, section(2, 2, 1, 'm', 1, 'f', 0, 1, 1, 'm', 1, 'g', 0, 2)...)
	out = append(out, section(3, 1, 0)...)
	out = append(out, section(5, 1, 1, 1, 4)...)
	out = append(out, section(6, 2, 0x7f, 1, 0x41, 0, 0x0b, 0x7f, 1, 0x41, 5, 0x0b)...)
	out = append(out, section(7, 1, 1, 'r', 0, 2)...)
	code := append(leb(len(body)), body...)
	return append(out, section(10, append([]byte{1}, code...)...)...)
}

func leb(n int) (b []byte) {
	for {
		c := byte(n & 0x7f)
		n >>= 7
		if n == 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

// value makes code that pushes an i32.
func (g *generator) value(depth int) {
	g.size--
	if depth <= 0 || g.size < 0 {
		switch g.r.IntN(4) {
		case 0:
			g.op(0x41, byte(g.r.IntN(64)))
		case 1:
			g.op(0x23, byte(g.r.IntN(2)))
		default:
			g.op(0x20, byte(g.r.IntN(genLocals)))
		}
		return
	}
	switch g.r.IntN(24) {
	case 0, 1, 2:
		g.value(0)
	case 3, 4, 5, 6:
		g.value(depth - 1)
		g.value(depth - 1)
		g.op([]byte{0x6a, 0x6b, 0x6c, 0x71, 0x73, 0x46, 0x48, 0x4d}[g.r.IntN(8)])
	case 7:
		g.value(depth - 1)
		g.value(depth - 1)
		g.op([]byte{0x6d, 0x6e, 0x6f, 0x70}[g.r.IntN(4)])
	case 8:
		g.value(depth - 1)
		g.op(0x41, byte(1+g.r.IntN(9)), 0x6e)
	case 9, 10:
		g.value(depth - 1)
		g.op(0x28, 2, byte(g.r.IntN(4)))
	case 11:
		g.value(depth - 1)
		g.op(0x22, byte(g.r.IntN(genFuel)))
	case 12:
		g.value(depth - 1)
		g.op(0x10, 0)
	case 13:
		g.value(depth - 1)
		g.value(depth - 1)
		g.value(depth - 1)
		g.op(0x1b)
	case 14:
		g.value(depth - 1)
		g.op(0x45)
	case 15: // block with a result
		g.op(0x02, 0x7f)
		g.open(1, false)
		g.statements()
		g.value(depth - 1)
		g.branchValue(depth)
		g.close()
	case 16: // if with a result
		g.value(depth - 1)
		g.op(0x04, 0x7f)
		g.open(1, false)
		g.statements()
		g.value(depth - 1)
		g.op(0x05)
		if g.r.IntN(5) == 0 {
			g.jump()
		} else {
			g.value(depth - 1)
		}
		g.close()
	case 17: // loop with parameters
		g.value(depth - 1)
		g.value(depth - 1)
		g.op(0x03, 4)
		g.open(2, true)
		switch g.r.IntN(3) {
		case 0:
			g.op(0x21, 1, 0x21, 2, 0x20, 1, 0x20, 2)
		case 1:
			g.op(0x22, 1)
			g.statements()
		}
		g.fuel()
		g.op(0x0d, 0)
		g.op(0x6a)
		g.close()
	case 18: // statement in between
		g.value(depth - 1)
		g.statement(depth - 1)
	case 19:
		g.value(depth - 1)
		g.value(depth - 1)
		g.op(0x10, 1) // two results
		g.op([]byte{0x6a, 0x6b, 0x1a}[g.r.IntN(3)])
	case 20:
		g.op(0x3f, 0)
	case 21: // a branch that leaves a value behind
		g.value(depth - 1)
		g.maybeBranch(depth)
	case 22: // two results of a block
		g.op(0x02, 3)
		g.open(2, false)
		g.value(depth - 1)
		g.value(depth - 1)
		g.value(depth - 1)
		g.op(0x0d, 0)
		if g.r.IntN(2) == 0 {
			g.op(0x1a)
			g.value(depth - 1)
		}
		g.close()
		g.op(0x6b)
	case 23: // if with parameters
		g.value(depth - 1)
		g.value(depth - 1)
		g.value(depth - 1)
		g.op(0x04, 2)
		g.open(2, false)
		g.statements()
		if g.r.IntN(2) == 0 {
			g.op(0x05)
			g.op(0x10, 1)
		}
		g.close()
		g.op(0x6b)
	}
}

func (g *generator) open(arity int, loop bool) {
	g.labels, g.loops = append(g.labels, arity), append(g.loops, loop)
}

func (g *generator) close() {
	g.op(0x0b)
	g.labels, g.loops = g.labels[:len(g.labels)-1], g.loops[:len(g.loops)-1]
}

// fuel pushes whether the loop may go on.
func (g *generator) fuel() {
	g.op(0x20, genFuel, 0x41, 1, 0x6b, 0x22, genFuel, 0x41, 0, 0x4a)
}

// branchValue: the value on the stack, or on a branch to this block.
func (g *generator) branchValue(depth int) {
	if g.r.IntN(2) == 0 {
		g.value(depth - 2)
		g.op(0x0d, 0)
	}
}

// target picks a label that a branch may go to: loops only with fuel.
func (g *generator) target() (label, arity int, loop bool) {
	label = g.r.IntN(len(g.labels))
	i := len(g.labels) - 1 - label
	return label, g.labels[i], g.loops[i]
}

// maybeBranch emits a conditional branch somewhere, which leaves the stack as it was.
func (g *generator) maybeBranch(depth int) {
	label, arity, loop := g.target()
	for range arity {
		g.value(depth - 2)
	}
	if loop {
		g.fuel()
	} else {
		g.value(depth - 2)
	}
	g.op(0x0d, byte(label))
	for range arity {
		g.op(0x1a)
	}
}

// jump leaves for good.
func (g *generator) jump() {
	for range 10 {
		label, arity, loop := g.target()
		if loop {
			continue
		}
		for range arity {
			g.value(2)
		}
		if g.r.IntN(2) == 0 {
			g.op(0x0c, byte(label))
			return
		}
		// A br_table over all labels that take as much.
		g.value(2)
		var ls []byte
		for i, a := range g.labels {
			if l := len(g.labels) - 1 - i; a == arity && !g.loops[i] {
				ls = append(ls, byte(l))
			}
		}
		g.op(0x0e, byte(len(ls)))
		g.op(ls...)
		g.op(byte(label))
		return
	}
	g.op(0x00)
}

func (g *generator) statements() {
	for range g.r.IntN(4) {
		g.statement(4)
	}
}

// statement makes code that leaves the stack as it was.
func (g *generator) statement(depth int) {
	if g.size--; g.size < 0 || depth <= 0 {
		return
	}
	switch g.r.IntN(12) {
	case 0, 1, 2:
		g.value(depth)
		g.op(0x21, byte(g.r.IntN(genFuel)))
	case 3, 4:
		g.value(depth)
		g.value(depth)
		g.op(0x36, 2, byte(g.r.IntN(4)))
	case 5:
		g.value(depth)
		g.op(0x24, byte(g.r.IntN(2)))
	case 6:
		g.value(depth)
		g.op(0x1a)
	case 7:
		g.op(0x02, 0x40)
		g.open(0, false)
		g.statements()
		g.value(depth - 1)
		g.op(0x0d, 0)
		g.statements()
		if g.r.IntN(4) == 0 {
			g.jump()
		}
		g.close()
	case 8:
		g.value(depth)
		g.op(0x04, 0x40)
		g.open(0, false)
		g.statements()
		if g.r.IntN(4) == 0 {
			g.jump()
		}
		if g.r.IntN(2) == 0 {
			g.op(0x05)
			g.statements()
		}
		g.close()
	case 9:
		g.op(0x03, 0x40)
		g.open(0, true)
		g.statements()
		g.fuel()
		g.op(0x0d, 0)
		g.statements()
		g.close()
	case 10:
		g.maybeBranch(depth)
	case 11:
		g.value(depth - 1)
		g.op(0x40, 0) // memory.grow by something
		g.op(0x1a)
	}
}

func hostCall(calls *[]uint64, args []val) []val {
	var out []val
	for _, a := range args {
		*calls = append(*calls, a.n)
	}
	for i := range args {
		out = append(out, val{n: uint64(uint32(args[len(args)-1-i].n*3 + uint64(len(*calls))))})
	}
	return out
}

func digest(mem []byte) string {
	h := uint64(14695981039346656037)
	for _, c := range mem {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return fmt.Sprintf("%d bytes %x", len(mem), h)
}

func (g *generator) lowered(m *ir.Module, arg uint64) (o outcome) {
	f := &fn{host: func(args []val) []val { return hostCall(&o.calls, args) }}
	in := instantiate(m, func(string, string) any { return f }, nil)
	p := protect(func() {
		for _, v := range in.export("r").(*fn).call([]val{{n: arg}}) {
			o.results = append(o.results, v.n)
		}
	})
	o.finish(p, in.mems[0].data, [2]uint64{in.globals[0].v.n, in.globals[1].v.n})
	return o
}

func (o *outcome) finish(p any, mem []byte, globals [2]uint64) {
	if tr, ok := p.(trap); ok {
		o.trap = tr.msg
	} else if p != nil {
		o.trap = fmt.Sprint(p)
	}
	o.memory, o.globals = digest(mem), globals
}

// stackMachine interprets the stack code itself.
type stackMachine struct {
	o       *outcome
	ins     []binary.Instr
	end     []int // per block instruction: its end
	els     []int
	stack   []uint64
	locals  []uint64
	globals [2]uint64
	mem     []byte
}

func (g *generator) direct(m *binary.Module, arg uint64) (o outcome) {
	s := &stackMachine{o: &o, globals: [2]uint64{0, 5}, mem: make([]byte, 1<<16), locals: make([]uint64, genLocals)}
	s.locals[0] = arg
	r := binary.NewInstrReader(m.Codes[0].Body, 0)
	var open []int
	for !r.Done() {
		var in binary.Instr
		if err := r.Next(&in); err != nil {
			panic(err)
		}
		i := len(s.ins)
		s.ins, s.end, s.els = append(s.ins, in), append(s.end, 0), append(s.els, 0)
		switch in.Op {
		case binary.OpBlock, binary.OpLoop, binary.OpIf:
			open = append(open, i)
		case binary.OpElse:
			s.els[open[len(open)-1]] = i
		case binary.OpEnd:
			if len(open) > 0 {
				s.end[open[len(open)-1]] = i
				open = open[:len(open)-1]
			}
		}
	}
	p := protect(func() {
		s.run(m)
		o.results = append([]uint64(nil), s.stack[len(s.stack)-2:]...)
	})
	o.finish(p, s.mem, s.globals)
	return o
}

func (s *stackMachine) pop() uint64 {
	v := s.stack[len(s.stack)-1]
	s.stack = s.stack[:len(s.stack)-1]
	return v
}

func (s *stackMachine) push(v uint64) { s.stack = append(s.stack, v) }

func (s *stackMachine) access(offset uint64) []byte {
	ea := s.pop() + offset
	if ea+4 > uint64(len(s.mem)) {
		throw("out of bounds memory access")
	}
	return s.mem[ea : ea+4]
}

type openBlock struct {
	at, height, arity int
	loop              bool
}

func (s *stackMachine) run(m *binary.Module) {
	last := len(s.ins) - 1
	blocks := []openBlock{{at: -1, arity: 2}}
	pc := 0
	branch := func(n uint32) {
		i := len(blocks) - 1 - int(n)
		b := blocks[i]
		vals := append([]uint64(nil), s.stack[len(s.stack)-b.arity:]...)
		s.stack = append(s.stack[:b.height], vals...)
		switch {
		case b.at < 0:
			blocks, pc = nil, last+1
		case b.loop:
			blocks, pc = blocks[:i+1], b.at+1
		default:
			blocks, pc = blocks[:i], s.end[b.at]+1
		}
	}
	for pc <= last {
		in := &s.ins[pc]
		at := pc
		pc++
		switch in.Op {
		case binary.OpUnreachable:
			throw("unreachable")
		case binary.OpBlock, binary.OpLoop, binary.OpIf:
			params, results := 0, 0
			if in.Block.IsIndex {
				params, results = len(m.Types[in.Block.Index].Func.Params), len(m.Types[in.Block.Index].Func.Results)
			} else if in.Block.Result.Kind != ir.KindNone {
				results = 1
			}
			cond := uint64(1)
			if in.Op == binary.OpIf {
				cond = s.pop()
			}
			b := openBlock{at: at, height: len(s.stack) - params, arity: results}
			if in.Op == binary.OpLoop {
				b.loop, b.arity = true, params
			}
			if uint32(cond) == 0 {
				if s.els[at] == 0 {
					pc = s.end[at] + 1
					continue
				}
				pc = s.els[at] + 1
			}
			blocks = append(blocks, b)
		case binary.OpElse:
			b := blocks[len(blocks)-1]
			blocks = blocks[:len(blocks)-1]
			pc = s.end[b.at] + 1
		case binary.OpEnd:
			if len(blocks) > 0 {
				blocks = blocks[:len(blocks)-1]
			}
		case binary.OpBr:
			branch(in.Index)
		case binary.OpBrIf:
			if uint32(s.pop()) != 0 {
				branch(in.Index)
			}
		case binary.OpBrTable:
			i := min(s.pop(), uint64(len(in.Labels)-1))
			branch(in.Labels[i])
		case binary.OpCall:
			n := int(in.Index) + 1
			var args []val
			for _, v := range s.stack[len(s.stack)-n:] {
				args = append(args, val{n: v})
			}
			s.stack = s.stack[:len(s.stack)-n]
			for _, v := range hostCall(&s.o.calls, args) {
				s.push(v.n)
			}
		case binary.OpDrop:
			s.pop()
		case binary.OpSelect:
			c, y, x := s.pop(), s.pop(), s.pop()
			if uint32(c) == 0 {
				x = y
			}
			s.push(x)
		case binary.OpLocalGet:
			s.push(s.locals[in.Index])
		case binary.OpLocalSet:
			s.locals[in.Index] = s.pop()
		case binary.OpLocalTee:
			s.locals[in.Index] = s.stack[len(s.stack)-1]
		case binary.OpGlobalGet:
			s.push(s.globals[in.Index])
		case binary.OpGlobalSet:
			s.globals[in.Index] = s.pop()
		case binary.OpI32Const:
			s.push(in.Imm)
		case ir.OpI32Load:
			b := s.access(in.MemOffset)
			s.push(uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24)
		case ir.OpI32Store:
			v := s.pop()
			b := s.access(in.MemOffset)
			for i := range b {
				b[i] = byte(v >> (8 * i))
			}
		case ir.OpMemorySize:
			s.push(uint64(len(s.mem)) >> 16)
		case ir.OpMemoryGrow:
			n, old := s.pop(), uint64(len(s.mem))>>16
			if n > 4 || old+n > 4 {
				s.push(0xffffffff)
			} else {
				s.mem = append(s.mem, make([]byte, n<<16)...)
				s.push(old)
			}
		default:
			var a, b val
			if in.Op != ir.OpI32Eqz {
				b.n = s.pop()
			}
			a.n = s.pop()
			s.push(number(in.Op, a, b).n)
		}
	}
}
