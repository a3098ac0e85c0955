package ir

import "slices"

// This file: pass "try".

// outlineTries makes a function of the body of each TryTable, and a call of it
// in its place. Such a function (its Try is not nil) catches; the function
// it came from is left without exceptions, so that its variables can be in registers and
// what it does between tries costs what it would cost without them.
//
// The new function has the locals that the body shares with the rest as parameters, and
// those it may change as results. Its last result tells how it was left: 0 at
// the end, or else a number for each label outside that it jumps to, each return and
// each tail call, which the caller then carries out.
func outlineTries(p *Program) error {
	for _, m := range p.Modules {
		types := make(map[string]uint32)
		for i := 0; i < len(m.Funcs); i++ { // without those that are appended
			if f := m.Funcs[i]; !f.Dead && f.Try == nil && hasTry(f.Body) {
				o := &outliner{m: m, f: f, types: types, counts: make([]int, len(f.Locals)), label: maxLabel(f.Body)}
				o.count(f.Body, 1)
				f.Body = o.list(f.Body, false)
				o.zeroTemps()
			}
		}
	}
	return nil
}

// zeroTemps sets the temporaries that need a value at all times where f begins.
func (o *outliner) zeroTemps() {
	var begin []Stmt
	for l := range o.f.Locals {
		if o.zeroed[Local(l)] {
			begin = append(begin, &Set{Dst: Local(l), X: zero(o.f.Locals[l], 0)})
		}
	}
	o.f.Body = append(begin, o.f.Body...)
}

func hasTry(list []Stmt) bool {
	found := false
	eachStmt(list, func(s Stmt) {
		if _, ok := s.(*TryTable); ok {
			found = true
		}
	})
	return found
}

// outliner works on one function, inner tries first.
type outliner struct {
	m      *Module
	f      *Func
	types  map[string]uint32 // function types that have been made
	counts []int             // how often each local of f is mentioned
	zeroed map[Local]bool    // temporaries that tries take and give: they need a value at all times
	label  Label             // the highest in use
	pieces bool              // what is outlined catches nothing: pass "split"
}

func (o *outliner) count(list []Stmt, d int) {
	visitLocals(list, func(l Local) Local {
		for int(l) >= len(o.counts) {
			o.counts = append(o.counts, 0)
		}
		o.counts[l] += d
		return l
	})
}

func (o *outliner) temp(t ValType) Local {
	o.f.Locals = append(o.f.Locals, t)
	o.counts = append(o.counts, 0)
	return Local(len(o.f.Locals) - 1)
}

func (o *outliner) list(l []Stmt, loop bool) []Stmt {
	var out []Stmt // nil as long as it would be the same as l
	for i, s := range l {
		inner := loop
		if _, ok := s.(*Loop); ok {
			inner = true
		}
		lists(s, func(l *[]Stmt) { *l = o.list(*l, inner) })
		t, ok := s.(*TryTable)
		f, empty := s.(*If)
		empty = empty && len(f.Then) == 0 // it held a try without catches or body
		if (ok || empty) && out == nil {
			out = append(make([]Stmt, 0, len(l)+4), l[:i]...)
		}
		switch {
		case empty:
			out = append(out, emptied(f)...)
		case ok && len(t.Catches) == 0:
			if t.Label == NoLabel {
				out = append(out, t.Body...)
			} else {
				out = append(out, &Block{Label: t.Label, Body: t.Body})
			}
		case ok:
			out = append(out, o.try(t, loop)...)
		case out != nil:
			out = append(out, s)
		}
	}
	if out == nil {
		return l
	}
	return out
}

// exit is a way out of a try other than its end.
type exit struct {
	label Label // outside; NoLabel: a Return or tail call
	inner Label // stands for it inside, once something jumps there
	// slots are results that only this exit has, and what f does with them.
	slots []slot
	then  func(temps []Local) Stmt
}

// slot is a value that an exit carries: a temporary of the new function.
type slot struct {
	typ   ValType
	local Local
}

// tryEdit turns a body into one of a function.
type tryEdit struct {
	o      *outliner
	end    Label // of the try
	ended  bool  // something jumps there
	exits  []exit
	own    map[Label]bool // labels of the body
	locals []ValType      // of the new function: as f has them, then more
}

// try gives what stands for t: a call of a new function that holds it, and the ways on.
func (o *outliner) try(t *TryTable, loop bool) []Stmt {
	o.count([]Stmt{t}, -1)
	l := o.divide(t, loop)
	visitLocals([]Stmt{t}, func(x Local) Local { return l.to[x] })

	e := &tryEdit{o: o, end: t.Label, own: ownLabels(t.Body), locals: l.types}
	body := e.list(t.Body)
	catches := make([]TryCatch, len(t.Catches))
	for i, c := range t.Catches {
		catches[i] = TryCatch{Tag: c.Tag, All: c.All, Dsts: c.Dsts, Exn: c.Exn, Code: uint32(e.exit(c.Target) + 1)}
	}
	r := o.results(&l, e.exits)
	body, ends := e.leaving(body, &r)

	f := o.f
	g := &Func{
		Index: uint32(o.m.NumImports(ExternFunc) + len(o.m.Funcs)), Type: o.funcType(r.sig), Name: f.Name,
		Locals: e.locals, NumDeclared: l.declared, Body: append(l.begin, body...), Offset: f.Offset,
		Outlined: true, Try: &Try{Catches: catches, Results: r.from}, Parent: f.origin(),
	}
	g.Size = min(f.Size, 3*nodesOf(g.Body))
	if o.pieces {
		g.Try = nil
	}
	o.m.Funcs = append(o.m.Funcs, g)

	call := &Call{Func: g.Index, Type: g.Type, Dsts: r.dsts}
	for _, x := range l.params {
		call.Args = append(call.Args, &Expr{Op: OpLocal, Type: f.Locals[x], Imm: uint64(x)})
	}
	out := append([]Stmt{call}, e.ways(&r, ends)...)
	o.count(out, 1)
	return out
}

// tryLocals are the locals of the new function: parameters, declared ones, temporaries.
type tryLocals struct {
	to              []Local // for each local of the function around it, what it is called here
	params, results []Local // locals of the function around it that go in and out
	types           []ValType
	declared        int
	begin           []Stmt // gives temporaries the value that they need at all times
}

// divide tells the locals that t shares with the code around it from its own.
func (o *outliner) divide(t *TryTable, loop bool) tryLocals {
	f := o.f
	// What the body and the catches mention, and may change.
	n := len(f.Locals)
	mentioned, changed, caught := make([]bool, n), make([]bool, n), make([]bool, n)
	visitLocals(t.Body, func(l Local) Local {
		mentioned[l] = true
		return l
	})
	assigned(t.Body, func(l Local) { changed[l] = true })
	for _, c := range t.Catches {
		for _, l := range append(slices.Clone(c.Dsts), c.Exn) {
			if l != NoLocal {
				mentioned[l], changed[l], caught[l] = true, true, true
			}
		}
	}

	numParams := len(o.m.Types[f.Type].Func.Params)
	d := tryLocals{to: make([]Local, n)}
	take := func(l int) {
		d.to[l] = Local(len(d.types))
		d.types = append(d.types, f.Locals[l])
	}
	shared := make([]bool, n)
	for l := range n {
		if !mentioned[l] {
			continue
		}
		shared[l] = o.counts[l] > 0 || caught[l] || l < f.NumDeclared && loop
		if !shared[l] && l >= numParams {
			continue
		}
		take(l)
		d.params = append(d.params, Local(l))
		if shared[l] && changed[l] {
			d.results = append(d.results, Local(l))
		}
		if l >= f.NumDeclared {
			if o.zeroed == nil {
				o.zeroed = make(map[Local]bool)
			}
			o.zeroed[Local(l)] = true
		}
	}
	for l := numParams; l < f.NumDeclared; l++ {
		if mentioned[l] && !shared[l] {
			take(l)
		}
	}
	d.declared = len(d.types)
	for l := f.NumDeclared; l < n; l++ {
		if mentioned[l] && !shared[l] {
			take(l)
			if o.zeroed[Local(l)] { // shared with a try inside this one only
				delete(o.zeroed, Local(l))
				d.begin = append(d.begin, &Set{Dst: d.to[l], X: zero(f.Locals[l], 0)})
			}
		}
	}
	return d
}

// ownLabels are the labels of the statements of a body.
func ownLabels(body []Stmt) map[Label]bool {
	own := make(map[Label]bool)
	eachStmt(body, func(s Stmt) {
		switch s := s.(type) {
		case *Block:
			own[s.Label] = true
		case *Loop:
			own[s.Label] = true
		case *If:
			own[s.Label] = true
		case *TryTable:
			own[s.Label] = true
		}
	})
	return own
}

// tryResults are the results of the new function: shared locals, what exits carry, and
// the code, which says how it ended: 0 at its end, else by which exit, counted from 1.
type tryResults struct {
	sig   FuncType
	from  []Local   // the locals in it that hold the results, NoLocal for those of exits
	dsts  []Local   // where the function around it gets them
	temps [][]Local // those of each exit
	code  Local
}

// results gives the new function its signature.
func (o *outliner) results(l *tryLocals, exits []exit) tryResults {
	r := tryResults{dsts: slices.Clone(l.results), temps: make([][]Local, len(exits))}
	for _, x := range l.params {
		r.sig.Params = append(r.sig.Params, o.f.Locals[x])
	}
	for _, x := range l.results {
		r.sig.Results = append(r.sig.Results, o.f.Locals[x])
		r.from = append(r.from, l.to[x])
	}
	for i := range exits {
		for _, s := range exits[i].slots {
			r.sig.Results = append(r.sig.Results, s.typ)
			r.from = append(r.from, NoLocal)
			d := o.temp(s.typ)
			r.temps[i] = append(r.temps[i], d)
			r.dsts = append(r.dsts, d)
		}
	}
	r.sig.Results = append(r.sig.Results, TypeI32)
	r.code = o.temp(TypeI32)
	r.dsts = append(r.dsts, r.code)
	return r
}

// leave returns with a code and the slots of its exit.
func (e *tryEdit) leave(r *tryResults, code int) Stmt {
	ret := &Return{}
	for i, l := range r.from {
		if l != NoLocal {
			ret.Values = append(ret.Values, &Expr{Op: OpLocal, Type: r.sig.Results[i], Imm: uint64(l)})
		}
	}
	for i := range e.exits {
		for _, s := range e.exits[i].slots {
			if i == code-1 {
				ret.Values = append(ret.Values, &Expr{Op: OpLocal, Type: s.typ, Imm: uint64(s.local)})
			} else {
				ret.Values = append(ret.Values, zero(s.typ, 0))
			}
		}
	}
	ret.Values = append(ret.Values, &Expr{Op: OpConst, Type: TypeI32, Imm: uint64(code)})
	return ret
}

// leaving puts the returns behind an edited body, and reports whether its end is reached.
func (e *tryEdit) leaving(body []Stmt, r *tryResults) (_ []Stmt, ends bool) {
	ends = completes(body, map[Label]bool{})
	if e.ended {
		body = []Stmt{&Block{Label: e.end, Body: body}}
		ends = true
	}
	if ends {
		body = append(body, e.leave(r, 0))
	}
	for i := range e.exits {
		if x := &e.exits[i]; x.inner != NoLabel {
			body = []Stmt{&Block{Label: x.inner, Body: body}, e.leave(r, i+1)}
		}
	}
	return body, ends
}

// ways is what comes after the call: it goes on where the code says.
func (e *tryEdit) ways(r *tryResults, ends bool) []Stmt {
	readCode := func() *Expr { return &Expr{Op: OpLocal, Type: TypeI32, Imm: uint64(r.code)} }
	var after []Stmt
	for i := range e.exits {
		x := &e.exits[i]
		act := Stmt(&Br{Label: x.label})
		if x.then != nil {
			act = x.then(r.temps[i])
		}
		if i+1 < len(e.exits) {
			is := &Expr{Op: OpI32Eq, Type: TypeI32, X: readCode(), Y: &Expr{Op: OpConst, Type: TypeI32, Imm: uint64(i + 1)}}
			act = &If{Cond: is, Then: []Stmt{act}}
		}
		after = append(after, act)
	}
	switch {
	case len(after) == 0 && !ends:
		return []Stmt{&Unreachable{}} // it traps, or goes on for ever
	case len(after) > 0 && ends:
		return []Stmt{&If{Cond: readCode(), Then: after}}
	}
	return after
}

// origin is the function of the module that f's code is of.
func (f *Func) origin() uint32 {
	if f.Outlined {
		return f.Parent
	}
	return f.Index
}

// funcType finds or makes a type.
func (o *outliner) funcType(t FuncType) uint32 {
	key := ""
	for _, p := range t.Params {
		key += p.String() + " "
	}
	key += "->"
	for _, r := range t.Results {
		key += " " + r.String()
	}
	i, ok := o.types[key]
	if !ok {
		i = uint32(len(o.m.Types))
		// No reference is made to a function of the type, so it needs no signature.
		o.m.Types = append(slices.Clip(o.m.Types), SubType{Kind: CompFunc, Func: t, Final: true, Group: i, GroupLen: 1})
		o.types[key] = i
	}
	return i
}

// exit finds or makes the exit to a label outside.
func (e *tryEdit) exit(l Label) int {
	for i := range e.exits {
		if e.exits[i].label == l {
			return i
		}
	}
	e.exits = append(e.exits, exit{label: l})
	return len(e.exits) - 1
}

// to is the label that a branch to l is to have.
func (e *tryEdit) to(l Label) Label {
	switch {
	case e.own[l]:
		return l
	case l == e.end:
		e.ended = true
		return l
	}
	return e.jump(e.exit(l))
}

// jump is the label inside that leads to an exit.
func (e *tryEdit) jump(i int) Label {
	if e.exits[i].inner == NoLabel {
		e.o.label++
		e.exits[i].inner = e.o.label
	}
	return e.exits[i].inner
}

// list edits the statements that leave the body.
func (e *tryEdit) list(l []Stmt) []Stmt {
	for i, s := range l {
		lists(s, func(l *[]Stmt) { *l = e.list(*l) })
		switch s := s.(type) {
		case *Br:
			s.Label = e.to(s.Label)
		case *BrTable:
			for k := range s.Targets {
				s.Targets[k] = e.to(s.Targets[k])
			}
			s.Default = e.to(s.Default)
		case *TryTable:
			for k := range s.Catches {
				s.Catches[k].Target = e.to(s.Catches[k].Target)
			}
		case *Return:
			// Always the last of its list.
			return append(l[:i:i], e.carry(s.Values, func(temps []*Expr) Stmt { return &Return{Values: temps} })...)
		case *Call:
			if !s.Tail {
				continue
			}
			args := s.Args
			if s.Callee != nil {
				args = append(slices.Clip(args), s.Callee)
			}
			return append(l[:i:i], e.carry(args, func(temps []*Expr) Stmt {
				t := *s
				t.Args, t.Callee = temps[:len(s.Args)], nil
				if s.Callee != nil {
					t.Callee = temps[len(s.Args)]
				}
				return &t
			})...)
		}
	}
	return l
}

// carry makes an exit that takes values along; then gives what is done with
// them outside.
func (e *tryEdit) carry(values []*Expr, then func([]*Expr) Stmt) []Stmt {
	x := exit{label: NoLabel}
	var out []Stmt
	for _, v := range values {
		l := Local(len(e.locals))
		e.locals = append(e.locals, v.Type)
		x.slots = append(x.slots, slot{v.Type, l})
		out = append(out, &Set{Dst: l, X: v})
	}
	x.then = func(temps []Local) Stmt {
		var xs []*Expr
		for i, l := range temps {
			xs = append(xs, &Expr{Op: OpLocal, Type: x.slots[i].typ, Imm: uint64(l)})
		}
		return then(xs)
	}
	e.exits = append(e.exits, x)
	return append(out, &Br{Label: e.jump(len(e.exits) - 1)})
}

// nodesOf counts the nodes of a body; code has about three bytes for each.
func nodesOf(body []Stmt) uint32 {
	n := 0
	eachStmt(body, func(s Stmt) {
		k, _ := stmtSize(s)
		n += k
	})
	return uint32(n)
}
