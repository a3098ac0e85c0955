package core

import (
	"bytes"
	"fmt"

	"github.com/wc2go/wc2go/ir"
)

// This file: core modules that the host supplies to a component at run time.
//
// For each that the program instantiates there is a module of the program's that stands
// for it: it imports what the host's module exports, and exports it again, functions through
// a function of its own. So all else in the program refers to it as to any other.

// Supplied is the name of the variable of package core that holds the declared
// type of a module which the host supplies.
func Supplied(id ir.ImportModuleID) string { return fmt.Sprintf("Supplied%d", id) }

// Supply makes the modules that stand for those of the host. It comes before
// [Callgraph]; a second time it does nothing.
func Supply(p *ir.Program) {
	shims := make(map[ir.ImportModuleID]*ir.Module)
	for i := range p.CoreInstances {
		c := &p.CoreInstances[i]
		if c.Module >= 0 {
			continue
		}
		m := shims[c.Import]
		if m == nil {
			m = standIn(p, c.Import)
			shims[c.Import] = m
		}
		c.Module = m.ID
	}
	if len(shims) == 0 {
		return
	}
	eachDef(p, func(d *ir.CoreDef) {
		if d == nil || d.Kind != ir.DefExport || d.Instance < 0 || int(d.Instance) >= len(p.CoreInstances) {
			return
		}
		m := p.Modules[p.CoreInstances[d.Instance].Module]
		if !m.Supplied {
			return
		}
		for _, e := range m.Exports {
			if e.Name == d.Name && e.Kind == d.Extern {
				d.Index = e.Index
			}
		}
	})
}

// eachDef calls f with every core definition that p refers to.
func eachDef(p *ir.Program, f func(*ir.CoreDef)) {
	for i := range p.CoreInstances {
		for k := range p.CoreInstances[i].Args {
			f(&p.CoreInstances[i].Args[k])
		}
	}
	for i := range p.Options {
		o := &p.Options[i]
		f(o.Memory)
		f(o.Realloc)
		f(o.PostReturn)
		f(o.Callback)
	}
	for i := range p.Lifts {
		f(&p.Lifts[i].Core)
	}
	for i := range p.Resources {
		f(p.Resources[i].Dtor)
	}
	for i := range p.Trampolines {
		f(p.Trampolines[i].Table)
	}
}

// standIn makes the module for an imported one.
func standIn(p *ir.Program, id ir.ImportModuleID) *ir.Module {
	im := &p.ImportModules[id]
	m := &ir.Module{ID: ir.ModuleID(len(p.Modules)), Supplied: true, Host: id, Types: im.Types, FuncNames: make(map[uint32]string)}
	if len(im.Path) > 0 {
		m.Name = im.Path[len(im.Path)-1]
	}
	p.Modules = append(p.Modules, m)
	for k := range im.Exports {
		x := im.ExportTypes[im.Exports[k].Index]
		x.Module, x.Name = "", im.Exports[k].Name
		m.Imports = append(m.Imports, x)
	}
	funcs := uint32(m.NumImports(ir.ExternFunc))
	var n [5]uint32
	for k := range m.Imports {
		x := &m.Imports[k]
		e := ir.ModuleExport{Name: x.Name, Kind: x.Kind, Index: n[x.Kind]}
		n[x.Kind]++
		if x.Kind == ir.ExternFunc {
			m.Funcs = append(m.Funcs, forward(m, e.Index, funcs+e.Index, x))
			e.Index += funcs
		}
		m.Exports = append(m.Exports, e)
	}
	return m
}

// forward makes function index, which calls imported function to.
func forward(m *ir.Module, to, index uint32, x *ir.ModuleImport) *ir.Func {
	t := &m.Types[x.Type].Func
	f := &ir.Func{Index: index, Type: x.Type, Name: x.Name, NumDeclared: len(t.Params)}
	call := &ir.Call{Kind: ir.CallDirect, Func: to, Type: x.Type}
	ret := &ir.Return{}
	local := func(t ir.ValType) (ir.Local, *ir.Expr) {
		l := ir.Local(len(f.Locals))
		f.Locals = append(f.Locals, t)
		return l, &ir.Expr{Op: ir.OpLocal, Type: t, Imm: uint64(l)}
	}
	for _, p := range t.Params {
		_, v := local(p)
		call.Args = append(call.Args, v)
	}
	for _, r := range t.Results {
		l, v := local(r)
		call.Dsts = append(call.Dsts, l)
		ret.Values = append(ret.Values, v)
	}
	f.Body = []ir.Stmt{call, ret}
	return f
}

// supplied prints the declared types of the modules that the host supplies.
func (l *Layout) supplied(b *bytes.Buffer) {
	for i := range l.p.ImportModules {
		im := &l.p.ImportModules[i]
		id := ir.ImportModuleID(i)
		fmt.Fprintf(b, "\n// %s is the type of the core module that the component imports as %q.\nvar %[1]s = rt.NewCoreModule(&supplied%[3]d)\n\nvar supplied%[3]d = rt.CoreModuleDef{\n", Supplied(id), im.Path, id)
		all := &ir.Module{Types: im.Types, Imports: append(im.Imports[:len(im.Imports):len(im.Imports)], im.ExportTypes...)}
		l.typeDefs(b, all)
		moduleImports(b, im.Imports)
		if len(im.Exports) > 0 {
			b.WriteString("Exports: []rt.CoreExport{\n")
			for k := range im.Exports {
				fmt.Fprintf(b, "{Name: %s, Type: %s},\n", quoteBytes([]byte(im.Exports[k].Name)), externType(&im.ExportTypes[im.Exports[k].Index]))
			}
			b.WriteString("},\n")
		}
		b.WriteString("}\n")
	}
}

// initSupplied prints the function that brings up an instance of a module that
// the host supplies.
func (l *Layout) initSupplied(b *bytes.Buffer, id ir.CoreInstanceID, f *file) {
	c := &l.p.CoreInstances[id]
	m := l.p.Modules[c.Module]
	im := &l.p.ImportModules[m.Host]
	fmt.Fprintf(b, "\n// Init%d instantiates core instance %[1]d, of a module that the host supplies.\nfunc (x *Instances) Init%[1]d(d int32) {\nx.Store.AddNames(&funcNames)\n", id)
	fmt.Fprintf(b, "s := rt.Supply{Store: x.Store, Module: x.Modules[%d], Type: %s}\n", m.Host, Supplied(m.Host))
	for k := range im.Imports {
		if k >= len(c.Args) {
			panic(fmt.Errorf("core instance %d: import %d is missing", id, k))
		}
		arg := c.Args[k]
		switch x := &im.Imports[k]; x.Kind {
		case ir.ExternFunc:
			t, err := Callee(l.p, arg)
			if err != nil {
				panic(err)
			}
			bd := body{l: l, m: m, file: f}
			inst := "x." + t.Inst
			if t.Trampoline < 0 {
				inst = "unsafe.Pointer(" + inst + ")"
				bd.declareFunc(t.Name, t.Module, t.Func)
			} else {
				f.calls[t.Name] = declared{l.opts.rootSymbol() + "." + t.Name, goSig(m, &im.Types[x.Type].Func, "unsafe.Pointer", true, true)}
			}
			fmt.Fprintf(b, "s.Func(rt.FuncRef{Sig: %s, Inst: %s, Code: rt.CodeOf(%s)})\n", hex(im.Types[x.Type].Sig), inst, t.Name)
		case ir.ExternMemory:
			fmt.Fprintf(b, "s.Memory(x.%s)\n", MemExpr(l.p, arg))
		case ir.ExternTable:
			fmt.Fprintf(b, "s.Table(x.%s)\n", TableExpr(l.p, arg))
		case ir.ExternGlobal:
			g, err := l.globalPointer(arg)
			if err != nil {
				panic(err)
			}
			fmt.Fprintf(b, "s.Global(%s)\n", g)
		case ir.ExternTag:
			fmt.Fprintf(b, "s.Tag(x.%s.T%d)\n", instExpr(arg.Instance), arg.Index)
		}
	}
	fmt.Fprintf(b, "l := s.Link(d)\nm := &M%d{Root: x.Root, Store: x.Store}\n", m.ID)
	if c.Component >= 0 {
		fmt.Fprintf(b, "m.Comp = x.Comp[%d]\n", c.Component)
	}
	linkImports(b, m)
	fmt.Fprintf(b, "x.C%d = m\nm.init(d)\n}\n", id)
}

// globalPointer is a pointer to the global that def comes to.
func (l *Layout) globalPointer(def ir.CoreDef) (string, error) {
	g, err := GlobalExpr(l.p, def)
	if err != nil {
		return "", err
	}
	if def, err = resolve(l.p, def); err != nil {
		return "", err
	}
	if l.p.Modules[l.p.CoreInstances[def.Instance].Module].Supplied {
		return "x." + g, nil // a pointer already
	}
	return "&x." + g, nil
}
