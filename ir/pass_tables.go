package ir

import "slices"

// This file: pass "tables".

// The limits of a call that becomes a switch: functions, and the highest index.
const (
	switchFuncs = 8
	switchIndex = 1024
)

// devirtualise turns calls through tables that never change into direct
// calls, chosen by a switch where a few functions have the right type. The call through
// the table stays as the way for indices that trap.
func devirtualise(p *Program) error {
	o := findOutside(p)
	for _, m := range p.Modules {
		tables := constTables(m, o)
		if len(tables) == 0 {
			continue
		}
		for _, f := range m.Funcs {
			d := devirtualiser{m: m, f: f, tables: tables, label: maxLabel(f.Body)}
			d.list(&f.Body)
		}
	}
	return nil
}

// constTables gives the contents of the tables of m that never change: function indices, or
// -1 for null.
func constTables(m *Module, o *outside) map[uint32][]int64 {
	imported := uint32(m.NumImports(ExternTable))
	out := make(map[uint32][]int64)
	for i := range m.Tables {
		t := &m.Tables[i]
		if index := imported + uint32(i); t.Init == nil && !t.Type.Limits.Is64 && t.Type.Limits.Min <= 1<<20 && !o.reaches(m, ExternTable, index) {
			c := make([]int64, t.Type.Limits.Min)
			for k := range c {
				c[k] = -1
			}
			out[index] = c
		}
	}
	for i := range m.Elems {
		e := &m.Elems[i]
		c := out[e.Table]
		if e.Mode != SegActive || c == nil {
			continue
		}
		at := e.Offset.Imm
		if e.Offset.Op != OpConst || at > uint64(len(c)) || uint64(len(e.Items)) > uint64(len(c))-at {
			delete(out, e.Table)
			continue
		}
		for k, x := range e.Items {
			switch x.Op {
			case OpRefFunc:
				c[at+uint64(k)] = int64(x.Imm)
			case OpRefNull:
				c[at+uint64(k)] = -1
			default:
				delete(out, e.Table)
			}
		}
	}
	for _, f := range m.Funcs {
		eachStmt(f.Body, func(s Stmt) {
			if e, ok := s.(*Effect); ok {
				switch e.Op {
				case OpTableSet, OpTableGrow, OpTableFill, OpTableCopy, OpTableInit:
					delete(out, e.Index)
				}
			}
		})
	}
	return out
}

type devirtualiser struct {
	m      *Module
	f      *Func
	tables map[uint32][]int64
	label  Label
}

func (d *devirtualiser) list(list *[]Stmt) {
	var out []Stmt
	for i, s := range *list {
		lists(s, d.list)
		in := []Stmt(nil)
		if c, ok := s.(*Call); ok && c.Kind == CallIndirect && !c.Tail {
			in = d.call(c)
		}
		switch {
		case in != nil:
			if out == nil {
				out = append(make([]Stmt, 0, len(*list)+len(in)), (*list)[:i]...)
			}
			out = append(out, in...)
		case out != nil:
			out = append(out, s)
		}
	}
	if out != nil {
		*list = out
	}
}

func (d *devirtualiser) newLabel() Label {
	d.label++
	return d.label
}

func (d *devirtualiser) newLocal(t ValType) Local {
	d.f.Locals = append(d.f.Locals[:len(d.f.Locals):len(d.f.Locals)], t)
	return Local(len(d.f.Locals) - 1)
}

// call gives the statements for a call through a table; nil if it stays.
func (d *devirtualiser) call(c *Call) []Stmt {
	contents, ok := d.tables[c.Table]
	if !ok {
		return nil
	}
	sig := d.m.Types[c.Type].Sig
	matches := func(fn int64) bool {
		if fn < 0 {
			return false
		}
		t, _ := d.m.FuncTypeIndex(uint32(fn))
		return d.m.Types[t].Sig == sig
	}
	direct := func(fn uint32, args []*Expr) *Call {
		return &Call{Kind: CallDirect, Func: fn, Type: c.Type, Args: args, Dsts: slices.Clone(c.Dsts), Pos: c.Pos}
	}
	if x := c.Callee; x.Op == OpConst {
		if i := uint64(uint32(x.Imm)); i < uint64(len(contents)) && matches(contents[i]) {
			return []Stmt{direct(uint32(contents[i]), c.Args)}
		}
		return nil
	}
	var funcs []uint32 // in the order of their first indices
	last := 0
	for i, fn := range contents {
		if matches(fn) {
			last = i
			if !slices.Contains(funcs, uint32(fn)) {
				funcs = append(funcs, uint32(fn))
			}
		}
		if len(funcs) > switchFuncs {
			return nil
		}
	}
	if len(funcs) == 0 || last > switchIndex {
		return nil
	}

	// What is evaluated once goes to locals: arguments first, as in wasm.
	var out []Stmt
	copies := cloner{local: func(l Local) Local { return l }}
	args := make([]*Expr, len(c.Args))
	for i, x := range c.Args {
		if x.Op == OpConst || x.Op == OpLocal {
			args[i] = x
			continue
		}
		l := d.newLocal(x.Type)
		out = append(out, &Set{Dst: l, X: x})
		args[i] = &Expr{Op: OpLocal, Type: x.Type, Imm: uint64(l), Pos: x.Pos}
	}
	index := c.Callee
	if index.Op != OpLocal {
		l := d.newLocal(index.Type)
		out = append(out, &Set{Dst: l, X: index})
		index = &Expr{Op: OpLocal, Type: index.Type, Imm: uint64(l), Pos: index.Pos}
	}
	slow := *c
	slow.Callee, slow.Args = copies.expr(index), copies.exprs(args)

	end, other := d.newLabel(), d.newLabel()
	labels := make(map[uint32]Label)
	for _, fn := range funcs {
		labels[fn] = d.newLabel()
	}
	table := &BrTable{X: index, Default: other, Pos: c.Pos}
	for _, fn := range contents[:last+1] {
		to := other
		if matches(fn) {
			to = labels[uint32(fn)]
		}
		table.Targets = append(table.Targets, to)
	}
	body := []Stmt{table}
	for _, fn := range funcs {
		body = append([]Stmt{&Block{Label: labels[fn], Body: body}}, direct(fn, copies.exprs(args)), &Br{Label: end})
	}
	body = []Stmt{&Block{Label: other, Body: body}, &slow}
	return append(out, &Block{Label: end, Body: body})
}
