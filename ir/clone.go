package ir

import "slices"

// This file: copies of function bodies.

// cloner copies statements, with other locals and labels.
type cloner struct {
	local func(Local) Local
	label func(Label) Label
	// ret, if not nil, gives what stands for a Return.
	ret func(*Return) []Stmt
}

func (c *cloner) dst(l Local) Local {
	if l == NoLocal {
		return l
	}
	return c.local(l)
}

func (c *cloner) dsts(l []Local) []Local {
	out := slices.Clone(l)
	for i := range out {
		out[i] = c.dst(out[i])
	}
	return out
}

func (c *cloner) to(l Label) Label {
	if l == NoLabel {
		return l
	}
	return c.label(l)
}

func (c *cloner) expr(x *Expr) *Expr {
	if x == nil {
		return nil
	}
	y := *x
	if x.Op == OpLocal {
		y.Imm = uint64(c.local(Local(x.Imm)))
		return &y
	}
	y.X, y.Y, y.Z, y.Args = c.expr(x.X), c.expr(x.Y), c.expr(x.Z), c.exprs(x.Args)
	return &y
}

func (c *cloner) exprs(l []*Expr) []*Expr {
	out := slices.Clone(l)
	for i := range out {
		out[i] = c.expr(out[i])
	}
	return out
}

func (c *cloner) list(l []Stmt) []Stmt {
	out := make([]Stmt, 0, len(l))
	for _, s := range l {
		if r, ok := s.(*Return); ok && c.ret != nil {
			out = append(out, c.ret(r)...)
			continue
		}
		out = append(out, c.stmt(s))
	}
	return out
}

func (c *cloner) stmt(s Stmt) Stmt {
	switch s := s.(type) {
	case *Set:
		return &Set{Dst: c.dst(s.Dst), X: c.expr(s.X)}
	case *SetGlobal:
		t := *s
		t.X = c.expr(s.X)
		return &t
	case *Store:
		t := *s
		t.Addr, t.X = c.expr(s.Addr), c.expr(s.X)
		return &t
	case *Call:
		t := *s
		t.Callee, t.Args, t.Dsts = c.expr(s.Callee), c.exprs(s.Args), c.dsts(s.Dsts)
		return &t
	case *Effect:
		t := *s
		t.Args, t.Dst = c.exprs(s.Args), c.dst(s.Dst)
		if s.Op.Wide() {
			t.Dst2 = c.dst(s.Dst2)
		}
		return &t
	case *Block:
		return &Block{Label: c.to(s.Label), Body: c.list(s.Body), Inlined: s.Inlined}
	case *Loop:
		return &Loop{Label: c.to(s.Label), Body: c.list(s.Body), Pos: s.Pos}
	case *If:
		return &If{Label: c.to(s.Label), Cond: c.expr(s.Cond), Then: c.list(s.Then), Else: c.list(s.Else)}
	case *Br:
		return &Br{Label: c.to(s.Label)}
	case *BrTable:
		t := *s
		t.X, t.Default = c.expr(s.X), c.to(s.Default)
		t.Targets = slices.Clone(s.Targets)
		for i := range t.Targets {
			t.Targets[i] = c.to(t.Targets[i])
		}
		return &t
	case *Return:
		return &Return{Values: c.exprs(s.Values)}
	case *Unreachable:
		t := *s
		return &t
	case *Fuel:
		t := *s
		return &t
	case *Throw:
		t := *s
		t.Args, t.Ref = c.exprs(s.Args), c.expr(s.Ref)
		return &t
	case *TryTable:
		t := &TryTable{Label: c.to(s.Label), Body: c.list(s.Body), Catches: slices.Clone(s.Catches)}
		for i := range t.Catches {
			k := &t.Catches[i]
			k.Dsts, k.Exn, k.Target = c.dsts(k.Dsts), c.dst(k.Exn), c.to(k.Target)
		}
		return t
	}
	panic("ir: unknown statement")
}

// lists calls f with each list of statements that s holds.
func lists(s Stmt, f func(*[]Stmt)) {
	switch s := s.(type) {
	case *Block:
		f(&s.Body)
	case *Loop:
		f(&s.Body)
	case *If:
		f(&s.Then)
		f(&s.Else)
	case *TryTable:
		f(&s.Body)
	}
}

// maxLabel is the highest label of a body.
func maxLabel(list []Stmt) Label {
	max := NoLabel
	eachStmt(list, func(s Stmt) {
		l := NoLabel
		switch s := s.(type) {
		case *Block:
			l = s.Label
		case *Loop:
			l = s.Label
		case *If:
			l = s.Label
		case *TryTable:
			l = s.Label
		}
		if l > max {
			max = l
		}
	})
	return max
}
