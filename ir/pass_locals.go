package ir

// This file: pass "locals".

// dropLocals removes temporaries that no statement uses and numbers the rest
// anew.
func dropLocals(p *Program) error {
	for _, m := range p.Modules {
		for _, f := range m.Funcs {
			if len(f.Locals) > f.NumDeclared {
				dropLocalsOf(f)
			}
		}
	}
	return nil
}

func dropLocalsOf(f *Func) {
	used := make([]bool, len(f.Locals))
	visitLocals(f.Body, func(l Local) Local {
		used[l] = true
		return l
	})
	to := make([]Local, len(f.Locals))
	kept := f.Locals[:f.NumDeclared]
	for i := range f.Locals {
		switch {
		case i < f.NumDeclared:
			to[i] = Local(i)
		case used[i]:
			to[i] = Local(len(kept))
			kept = append(kept, f.Locals[i])
		}
	}
	if len(kept) == len(f.Locals) {
		return
	}
	f.Locals = kept
	visitLocals(f.Body, func(l Local) Local { return to[l] })
}

// visitLocals replaces each local l, read or assigned, by f(l).
func visitLocals(list []Stmt, f func(Local) Local) {
	var expr func(x *Expr)
	expr = func(x *Expr) {
		if x.Op == OpLocal {
			x.Imm = uint64(f(Local(x.Imm)))
			return
		}
		if x.X != nil {
			expr(x.X)
		}
		if x.Y != nil {
			expr(x.Y)
		}
		if x.Z != nil {
			expr(x.Z)
		}
		for _, a := range x.Args {
			expr(a)
		}
	}
	eachStmt(list, func(s Stmt) {
		destinations(s, func(d *Local) { *d = f(*d) })
		stmtExprs(s, expr)
	})
}
