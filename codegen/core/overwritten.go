package core

import (
	"fmt"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// findOverwritten finds writes to globals and to memory after which, in a
// straight line, the same place is written again. Go drops the first one, and with it a load of the value,
// unless memory is read in between, other than what was written just before.
// labels tells how many jumps lead to each label.
//
// A store in between may trap, and what the first write wrote can be seen then. between are such
// stores: with an explicit check before them, Go keeps the first write.
func findOverwritten(body []ir.Stmt, labels map[ir.Label]int) (found map[ir.Stmt]bool, between map[*ir.Store]bool) {
	o := &overwritten{labels: labels, found: map[ir.Stmt]bool{}, between: map[*ir.Store]bool{}}
	o.list(body)
	o.flush()
	return o.found, o.between
}

type overwritten struct {
	labels  map[ir.Label]int
	found   map[ir.Stmt]bool
	between map[*ir.Store]bool
	run     []ir.Stmt // statements one after the other
}

func (o *overwritten) list(l []ir.Stmt) {
	for _, s := range l {
		switch s := s.(type) {
		case *ir.Block:
			o.list(s.Body)
			if o.labels[s.Label] > 0 {
				o.flush()
			}
		case *ir.Loop:
			if o.labels[s.Label] > 0 {
				o.flush()
			}
			o.list(s.Body)
		case *ir.If:
			o.flush()
			o.list(s.Then)
			o.flush()
			o.list(s.Else)
			o.flush()
		case *ir.TryTable:
			o.flush()
			o.list(s.Body)
			o.flush()
		case *ir.Set, *ir.SetGlobal, *ir.Store:
			o.run = append(o.run, s)
		default: // calls and jumps
			o.flush()
		}
	}
}

// flush looks at what has been collected.
func (o *overwritten) flush() {
	// reading tells for each statement whether it reads memory for sure: not the place of
	// a store before it, of which Go knows the value.
	reading := make([]bool, len(o.run))
	stored := newPlaces()
	for i, s := range o.run {
		stmtExprs(s, func(x *ir.Expr) {
			walkExpr(x, func(x *ir.Expr) {
				if x.Op.IsLoad() {
					name, _ := place(x.Index, x.Imm, x.X)
					if _, ok := stored.has[name]; !ok {
						reading[i] = true
					}
				}
			})
		})
		switch s := s.(type) {
		case *ir.Store:
			name, locals := place(s.Mem, s.Offset, s.Addr)
			stored.add(i, name, locals)
		case *ir.Set:
			stored.assign(s.Dst)
		}
	}
	globals := map[uint32]int{}
	overwritten := func(i, j int) {
		o.found[o.run[i]] = true
		for _, s := range o.run[i+1 : j] {
			if s, ok := s.(*ir.Store); ok {
				o.between[s] = true
			}
		}
	}
	later := newPlaces()
	for i := len(o.run) - 1; i >= 0; i-- {
		s := o.run[i]
		switch s := s.(type) {
		case *ir.SetGlobal:
			if j, ok := globals[s.Global]; ok {
				overwritten(i, j)
			}
			globals[s.Global] = i
		case *ir.Store:
			name, locals := place(s.Mem, s.Offset, s.Addr)
			if j, ok := later.has[name]; ok {
				overwritten(i, j)
			}
			later.add(i, name, locals)
		case *ir.Set:
			later.assign(s.Dst)
		}
		if reading[i] {
			clear(globals)
			later = newPlaces()
		}
		stmtExprs(s, func(x *ir.Expr) {
			walkExpr(x, func(x *ir.Expr) {
				switch {
				case x.Op == ir.OpGlobal:
					delete(globals, uint32(x.Imm))
				case x.Op.IsLoad():
					name, _ := place(x.Index, x.Imm, x.X)
					delete(later.has, name)
				}
			})
		})
	}
	o.run = o.run[:0]
}

// places are places in memory by name.
type places struct {
	has   map[string]int        // where they are in the run
	using map[ir.Local][]string // those that depend on a local
}

func newPlaces() *places { return &places{map[string]int{}, map[ir.Local][]string{}} }

func (p *places) add(i int, name string, locals []ir.Local) {
	p.has[name] = i
	for _, l := range locals {
		p.using[l] = append(p.using[l], name)
	}
}

func (p *places) assign(l ir.Local) {
	for _, name := range p.using[l] {
		delete(p.has, name)
	}
	delete(p.using, l)
}

// place names the place of an access, whatever its size, and gives the locals on which that depends.
func place(mem uint32, off uint64, addr *ir.Expr) (name string, locals []ir.Local) {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d ", mem, off)
	var expr func(x *ir.Expr)
	expr = func(x *ir.Expr) {
		if x.Op == ir.OpLocal {
			b.WriteString(local(ir.Local(x.Imm)) + " ")
			locals = append(locals, ir.Local(x.Imm))
			return
		}
		fmt.Fprintf(&b, "%d,%d,%d( ", x.Op, x.Imm, x.Index)
		x.Operands(expr)
		b.WriteString(")")
	}
	expr(addr)
	return b.String(), locals
}
