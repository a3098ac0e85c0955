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

// try gives what stands for t.
func (o *outliner) try(t *TryTable, loop bool) []Stmt {
	o.count([]Stmt{t}, -1)
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

	// The new function's locals: parameters, declared ones, temporaries.
	numParams := len(o.m.Types[f.Type].Func.Params)
	to := make([]Local, n)
	var params, results []Local
	var locals []ValType
	take := func(l int) {
		to[l] = Local(len(locals))
		locals = append(locals, f.Locals[l])
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
		params = append(params, Local(l))
		if shared[l] && changed[l] {
			results = append(results, Local(l))
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
	declared := len(locals)
	var begin []Stmt
	for l := f.NumDeclared; l < n; l++ {
		if mentioned[l] && !shared[l] {
			take(l)
			if o.zeroed[Local(l)] { // shared with a try inside this one only
				delete(o.zeroed, Local(l))
				begin = append(begin, &Set{Dst: to[l], X: zero(f.Locals[l], 0)})
			}
		}
	}
	visitLocals([]Stmt{t}, func(l Local) Local { return to[l] })

	e := &tryEdit{o: o, end: t.Label, own: make(map[Label]bool), locals: locals}
	eachStmt(t.Body, func(s Stmt) {
		switch s := s.(type) {
		case *Block:
			e.own[s.Label] = true
		case *Loop:
			e.own[s.Label] = true
		case *If:
			e.own[s.Label] = true
		case *TryTable:
			e.own[s.Label] = true
		}
	})
	body := e.list(t.Body)
	catches := make([]TryCatch, len(t.Catches))
	for i, c := range t.Catches {
		catches[i] = TryCatch{Tag: c.Tag, All: c.All, Dsts: c.Dsts, Exn: c.Exn, Code: uint32(e.exit(c.Target) + 1)}
	}

	// The results: shared locals, what exits carry, the code.
	sig := FuncType{}
	for _, l := range params {
		sig.Params = append(sig.Params, f.Locals[l])
	}
	try := &Try{Catches: catches}
	for _, l := range results {
		sig.Results = append(sig.Results, f.Locals[l])
		try.Results = append(try.Results, to[l])
	}
	dsts := slices.Clone(results)
	temps := make([][]Local, len(e.exits))
	for i := range e.exits {
		for _, s := range e.exits[i].slots {
			sig.Results = append(sig.Results, s.typ)
			try.Results = append(try.Results, NoLocal)
			d := o.temp(s.typ)
			temps[i] = append(temps[i], d)
			dsts = append(dsts, d)
		}
	}
	sig.Results = append(sig.Results, TypeI32)
	code := o.temp(TypeI32)
	dsts = append(dsts, code)

	// leave returns with a code and the slots of one exit.
	leave := func(k int) Stmt {
		r := &Return{}
		for i, l := range try.Results {
			if l != NoLocal {
				r.Values = append(r.Values, &Expr{Op: OpLocal, Type: sig.Results[i], Imm: uint64(l)})
			}
		}
		for i := range e.exits {
			for _, s := range e.exits[i].slots {
				if i == k-1 {
					r.Values = append(r.Values, &Expr{Op: OpLocal, Type: s.typ, Imm: uint64(s.local)})
				} else {
					r.Values = append(r.Values, zero(s.typ, 0))
				}
			}
		}
		r.Values = append(r.Values, &Expr{Op: OpConst, Type: TypeI32, Imm: uint64(k)})
		return r
	}
	ends := completes(body, map[Label]bool{})
	if e.ended {
		body = []Stmt{&Block{Label: e.end, Body: body}}
		ends = true
	}
	if ends {
		body = append(body, leave(0))
	}
	for i := range e.exits {
		if x := &e.exits[i]; x.inner != NoLabel {
			body = []Stmt{&Block{Label: x.inner, Body: body}, leave(i + 1)}
		}
	}
	body = append(begin, body...)
	g := &Func{
		Index: uint32(o.m.NumImports(ExternFunc) + len(o.m.Funcs)), Type: o.funcType(sig), Name: f.Name,
		Locals: e.locals, NumDeclared: declared, Body: body, Offset: f.Offset, Size: min(f.Size, 3*nodesOf(body)),
		Outlined: true, Try: try, Parent: f.origin(),
	}
	if o.pieces {
		g.Try = nil
	}
	o.m.Funcs = append(o.m.Funcs, g)

	// The call, and what comes after it.
	call := &Call{Func: g.Index, Type: g.Type, Dsts: dsts}
	for _, l := range params {
		call.Args = append(call.Args, &Expr{Op: OpLocal, Type: f.Locals[l], Imm: uint64(l)})
	}
	readCode := func() *Expr { return &Expr{Op: OpLocal, Type: TypeI32, Imm: uint64(code)} }
	var after []Stmt
	for i := range e.exits {
		x := &e.exits[i]
		act := Stmt(&Br{Label: x.label})
		if x.then != nil {
			act = x.then(temps[i])
		}
		if i+1 < len(e.exits) {
			is := &Expr{Op: OpI32Eq, Type: TypeI32, X: readCode(), Y: &Expr{Op: OpConst, Type: TypeI32, Imm: uint64(i + 1)}}
			act = &If{Cond: is, Then: []Stmt{act}}
		}
		after = append(after, act)
	}
	switch {
	case len(after) == 0 && !ends:
		after = []Stmt{&Unreachable{}} // it traps, or goes on for ever
	case len(after) > 0 && ends:
		after = []Stmt{&If{Cond: readCode(), Then: after}}
	}
	out := append([]Stmt{call}, after...)
	o.count(out, 1)
	return out
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
