package ir

// This file: passes "constglobals" and "leafglobals".

// constGlobals replaces reads of globals that never change by their value: those
// that a module defines as a constant, that nothing sets, and that nobody else can set. What can
// never run for it is dropped.
func constGlobals(p *Program) error {
	o := findOutside(p)
	for _, m := range p.Modules {
		imported := uint32(m.NumImports(ExternGlobal))
		values := make(map[uint32]*Expr)
		for i := range m.Globals {
			g := &m.Globals[i]
			if index := imported + uint32(i); g.Init != nil && (!g.Type.Mutable || !o.reaches(m, ExternGlobal, index)) {
				x := (&cloner{}).expr(g.Init)
				new(folder).expr(x)
				if x.Op == OpConst {
					values[index] = x
				}
			}
		}
		for _, f := range m.Funcs {
			eachStmt(f.Body, func(s Stmt) {
				if s, ok := s.(*SetGlobal); ok {
					delete(values, s.Global)
				}
			})
		}
		if len(values) == 0 {
			continue
		}
		changed := false
		var replace func(x *Expr)
		replace = func(x *Expr) {
			if x.Op == OpGlobal {
				if v := values[uint32(x.Imm)]; v != nil {
					x.Op, x.Imm, x.Imm2 = OpConst, v.Imm, v.Imm2
					changed = true
				}
				return
			}
			x.Operands(replace)
		}
		for _, f := range m.Funcs {
			changed = false
			eachStmt(f.Body, func(s Stmt) { stmtExprs(s, replace) })
			if changed {
				// A division by what is constant now may do nothing at all.
				newFolder(m, f, false).run()
			}
		}
	}
	return nil
}

// leafGlobals keeps globals in locals in functions that call nothing. The
// global that matters is the stack pointer: a leaf that puts back what it found need not
// change it at all.
//
// A trap in such a function finds the global as it was before the call. Nobody sees it: a
// component instance is not entered again after a trap. Modules that a host
// links keep their globals, since those live on.
func leafGlobals(p *Program) error {
	o := findOutside(p)
	for _, m := range p.Modules {
		if o.open[m.ID] {
			continue
		}
		for _, f := range m.Funcs {
			if !f.Dead {
				leafGlobalsOf(m, f)
			}
		}
	}
	return nil
}

func leafGlobalsOf(m *Module, f *Func) {
	sets := make(map[uint32]int)
	var order []uint32
	leaf := true
	eachStmt(f.Body, func(s Stmt) {
		switch s := s.(type) {
		case *Call, *TryTable, *Throw:
			leaf = false
		case *Effect:
			leaf = leaf && (s.Op < OpBaseFE || s.Op >= OpBaseIR) // others may run meanwhile
		case *SetGlobal:
			if sets[s.Global] == 0 {
				order = append(order, s.Global)
			}
			sets[s.Global]++
		}
	})
	if !leaf {
		return
	}
	for _, g := range order {
		t, _ := m.Global(g)
		if k := t.Type.Kind; k != I32 && k != I64 && k != F32 && k != F64 || t.Shared {
			continue
		}
		e := globalEdit{f: f, global: g, typ: t.Type, params: len(m.Types[f.Type].Func.Params)}
		if e.restored() {
			e.drop(&f.Body)
		} else if sets[g] > 1 {
			e.keep()
		}
	}
}

// globalEdit changes how one function treats one global.
type globalEdit struct {
	f      *Func
	global uint32
	typ    ValType
	params int // of the function
	local  Local
}

// restored reports whether the function leaves the global as it found it, by the
// pattern that compilers emit: a local becomes the global minus a constant and is
// stored to it, and right before every exit the global becomes the local plus the constant.
func (e *globalEdit) restored() bool {
	if e.typ.Kind != I32 && e.typ.Kind != I64 {
		return false
	}
	frame, size := NoLocal, uint64(0)
	assigns := make(map[Local]int)
	assigned(e.f.Body, func(l Local) { assigns[l]++ })
	for _, s := range e.f.Body {
		s, ok := s.(*Set)
		if !ok {
			break // what comes first is not conditional
		}
		if s.Dst != NoLocal && assigns[s.Dst] == 1 && int(s.Dst) >= e.params {
			if c, ok := e.minus(s.X, func(x *Expr) bool { return x.Op == OpGlobal && uint32(x.Imm) == e.global }); ok {
				frame, size = s.Dst, c
			}
		}
	}
	if frame == NoLocal {
		return false
	}
	isFrame := func(x *Expr) bool { return x.Op == OpLocal && Local(x.Imm) == frame }
	// down: the global is the local; up: it is what it was.
	down, ups, exits, good := 0, 0, 0, true
	var list func(l []Stmt, top bool)
	list = func(l []Stmt, top bool) {
		for i, s := range l {
			if s, ok := s.(*SetGlobal); ok && s.Global == e.global {
				if isFrame(s.X) {
					down++
					continue
				}
				c, ok := e.minus(s.X, isFrame)
				before := i+1 == len(l) && top
				if i+1 < len(l) {
					_, before = l[i+1].(*Return)
				}
				good = good && ok && (c+size)&e.mask() == 0 && before
				ups++
				continue
			}
			if _, ok := s.(*Return); ok {
				exits++
				if i == 0 {
					good = false
				} else if g, ok := l[i-1].(*SetGlobal); !ok || g.Global != e.global {
					good = false
				}
			}
			lists(s, func(l *[]Stmt) { list(*l, false) })
		}
	}
	list(e.f.Body, true)
	if completes(e.f.Body, map[Label]bool{}) {
		exits++
		if n := len(e.f.Body); n == 0 {
			good = false
		} else if g, ok := e.f.Body[n-1].(*SetGlobal); !ok || g.Global != e.global {
			good = false
		}
	}
	// Reads behind the first assignment would see the local's value.
	reads := 0
	var count func(x *Expr)
	count = func(x *Expr) {
		if x.Op == OpGlobal && uint32(x.Imm) == e.global {
			reads++
		}
		x.Operands(count)
	}
	eachStmt(e.f.Body, func(s Stmt) { stmtExprs(s, count) })
	return good && down == 1 && reads == 1 && ups == exits
}

func (e *globalEdit) mask() uint64 {
	if e.typ.Kind == I32 {
		return 1<<32 - 1
	}
	return 1<<64 - 1
}

// minus reports whether x is base - c, and gives c modulo the size.
func (e *globalEdit) minus(x *Expr, base func(*Expr) bool) (c uint64, ok bool) {
	if x.X == nil || x.Y == nil {
		return 0, false
	}
	switch x.Op {
	case OpI32Sub, OpI64Sub:
		if base(x.X) && x.Y.Op == OpConst {
			return x.Y.Imm & e.mask(), true
		}
	case OpI32Add, OpI64Add:
		if base(x.X) && x.Y.Op == OpConst {
			return -x.Y.Imm & e.mask(), true
		}
		if base(x.Y) && x.X.Op == OpConst {
			return -x.X.Imm & e.mask(), true
		}
	}
	return 0, false
}

// drop removes the assignments of the global.
func (e *globalEdit) drop(list *[]Stmt) {
	out := (*list)[:0]
	for _, s := range *list {
		if g, ok := s.(*SetGlobal); ok && g.Global == e.global {
			continue
		}
		lists(s, e.drop)
		out = append(out, s)
	}
	*list = out
}

// keep has the global in a local from the begin of the function to its exits.
func (e *globalEdit) keep() {
	e.local = Local(len(e.f.Locals))
	e.f.Locals = append(e.f.Locals[:len(e.f.Locals):len(e.f.Locals)], e.typ)
	ends := completes(e.f.Body, map[Label]bool{})
	e.list(&e.f.Body)
	first := &Set{Dst: e.local, X: &Expr{Op: OpGlobal, Type: e.typ, Imm: uint64(e.global), Pos: e.f.Offset}}
	e.f.Body = append([]Stmt{first}, e.f.Body...)
	if ends {
		e.f.Body = append(e.f.Body, e.back())
	}
}

// back stores the local to the global.
func (e *globalEdit) back() Stmt {
	return &SetGlobal{Global: e.global, X: &Expr{Op: OpLocal, Type: e.typ, Imm: uint64(e.local), Pos: e.f.Offset}, Pos: e.f.Offset}
}

func (e *globalEdit) list(list *[]Stmt) {
	var out []Stmt
	var replace func(x *Expr)
	replace = func(x *Expr) {
		if x.Op == OpGlobal && uint32(x.Imm) == e.global {
			x.Op, x.Imm = OpLocal, uint64(e.local)
		}
		x.Operands(replace)
	}
	for _, s := range *list {
		stmtExprs(s, replace)
		lists(s, e.list)
		switch s := s.(type) {
		case *SetGlobal:
			if s.Global == e.global {
				out = append(out, &Set{Dst: e.local, X: s.X})
				continue
			}
		case *Return:
			out = append(out, e.back())
		}
		out = append(out, s)
	}
	*list = out
}
