package core

import (
	"strconv"

	"github.com/wc2go/wc2go/ir"
)

// This file: the checks that bound what runs without calling out: the depth
// budget, and, in interruptible code, whether the call is to end
// (rt/interrupt.go). An instance's field Stop is zero until then, and the largest
// int32 afterwards. So a function that can recurse compares the budget with it in place of
// zero, and every loop looks at it once in each turn. The load is atomic for the Go compiler's sake
// too: it would not read a plain field again in a loop that stores nothing.

// stop is the value of the field Stop.
func (b *body) stop() string {
	b.file.atomic = true
	return "atomic.LoadInt32(&m.Stop)"
}

// enter prints what a function that can recurse begins with.
func (b *body) enter() {
	if !b.f.Recursive {
		return
	}
	b.file.rt = true
	if b.l.opts.Interruptible {
		b.line("if d -= ", strconv.Itoa(frameUnits(b.f)), "; d < ", b.stop(), " {")
		b.line("\tpanic(rt.Exhausted(d))")
	} else {
		b.line("if d -= ", strconv.Itoa(frameUnits(b.f)), "; d < 0 {")
		b.line("\tpanic(rt.TrapStackOverflow)")
	}
	b.line("}")
}

// interrupt prints a check.
func (b *body) interrupt() {
	if !b.l.opts.Interruptible {
		return
	}
	b.file.rt = true
	b.line("if ", b.stop(), " != 0 {")
	b.line("\tpanic(rt.TrapInterrupt)")
	b.line("}")
}

// loopCheck says how a loop is checked.
type loopCheck struct {
	pos   uint32
	begin bool // where it begins
}

// loop prints the check of a loop that has it at its beginning, because jumps
// back are in many places or in a br_table. Others have it where they jump back, which costs
// nothing in the last turn.
func (b *body) loop(s *ir.Loop) {
	jumps := b.labels[s.Label]
	if !b.l.opts.Interruptible || jumps == 0 {
		return
	}
	begin := jumps > 2
	walkStmts(s.Body, func(t ir.Stmt) {
		if t, ok := t.(*ir.BrTable); ok {
			if _, one := oneTarget(t); !one {
				for _, l := range append(t.Targets[:len(t.Targets):len(t.Targets)], t.Default) {
					begin = begin || l == s.Label
				}
			}
		}
	}, func(*ir.Expr) {})
	if b.loops == nil {
		b.loops = map[ir.Label]loopCheck{}
	}
	b.loops[s.Label] = loopCheck{s.Pos, begin}
	if begin {
		b.pos = s.Pos
		b.interrupt()
	}
}

// jump prints a jump, which may go further than to its label: see thread.go.
func (b *body) jump(s *ir.Br) {
	l := s.Label
	if to, ok := b.thread[s]; ok {
		l = to
	}
	b.back(s.Label, l)
	b.line("goto ", label(l))
}

// back prints the check of a jump to label l, if it goes back in the text: all
// that runs for ever does so. It stands for a jump to the loop of another label, or l.
func (b *body) back(loop, l ir.Label) {
	if !b.passed[l] || b.loops[l].begin {
		return
	}
	outer := b.pos
	b.pos = b.loops[loop].pos
	b.interrupt()
	b.pos = outer
}

// fuel prints what takes fuel.
func (b *body) fuel(s *ir.Fuel) {
	b.file.rt = true
	b.line("if m.Store.FuelLeft -= ", strconv.FormatUint(uint64(s.N), 10), "; m.Store.FuelLeft < 0 {")
	b.line("\tpanic(rt.TrapOutOfFuel)")
	b.line("}")
}

// amount is the last operand of a bulk operator, which takes a unit of fuel for
// each byte or element.
func (b *body) amount(x *ir.Expr) *node {
	n := b.widen(x)
	if b.l.p.Fuel {
		n = call("m.Store.Spend", n)
	}
	return n
}
