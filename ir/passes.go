package ir

import (
	"fmt"
	"slices"
)

// This file: the passes between the frontend and codegen.

// Pass rewrites a Program in place.
type Pass struct {
	Name string
	Doc  string // one line, for people
	Run  func(*Program) error
	// Required passes cannot be disabled: codegen relies on what they compute.
	Required bool
}

// Passes is every pass, in the order of running.
var Passes = []Pass{
	{Name: "deadfuncs", Doc: "drop the bodies of functions that nothing can reach", Run: deadFuncs},
	{Name: "constglobals", Doc: "replace globals that never change by their values", Run: constGlobals},
	{Name: "tables", Doc: "replace calls through tables that never change by direct calls", Run: devirtualise},
	{Name: "leafglobals", Doc: "leave globals alone in functions that call nothing and put them back", Run: leafGlobals},
	{Name: "inline", Doc: "put small functions in place of calls of them", Run: inlineCalls},
	{Name: "fold", Doc: "compute what is constant, and drop what can never run", Run: foldConstants},
	{Name: "reassoc", Doc: "put sums and the like in an order that makes them ready early", Run: reassociate},
	{Name: "counters", Doc: "let loops that count to a constant count from zero, where that saves computing addresses", Run: rebaseCounters},
	{Name: "try", Doc: "make functions of what try_table blocks hold", Run: outlineTries, Required: true},
	{Name: "split", Doc: "make several functions of one that is too large for the Go compiler", Run: splitLarge, Required: true},
	{Name: "deadsets", Doc: "do not assign locals that are not read afterwards", Run: deadSets},
	{Name: "locals", Doc: "drop temporaries that are not used", Run: dropLocals},
	{Name: "bounds", Doc: "find accesses that need no check where memory is checked", Run: findBounds},
	{Name: "callgraph", Doc: "find recursive functions and those that need the depth budget", Run: callGraph, Required: true},
}

// PassOptions change what RunPasses does.
type PassOptions struct {
	// Disable names passes that are not to run; "all" stands for all that are not required.
	Disable []string
	// After, if not nil, is called after each pass (also a disabled one), and with
	// name "frontend" before the first.
	After func(name string, p *Program)
	// Split changes what pass "split" takes for large; nil does not.
	Split *SplitLimits
}

// RunPasses runs Passes on p, verifying it before the first and after each.
func RunPasses(p *Program, o PassOptions) error {
	for _, name := range o.Disable {
		if name == "all" {
			continue
		}
		i := slices.IndexFunc(Passes, func(s Pass) bool { return s.Name == name })
		if i < 0 {
			return fmt.Errorf("no pass is called %q", name)
		}
		if Passes[i].Required {
			return fmt.Errorf("pass %q cannot be disabled", name)
		}
	}
	if err := Verify(p); err != nil {
		return fmt.Errorf("frontend: %w", err)
	}
	if err := checkTypes(p); err != nil {
		return err
	}
	if o.After != nil {
		o.After("frontend", p)
	}
	for _, s := range Passes {
		if s.Required || !slices.Contains(o.Disable, s.Name) && !slices.Contains(o.Disable, "all") {
			run := s.Run
			if s.Name == "split" && o.Split != nil {
				run = o.Split.split
			}
			if err := run(p); err != nil {
				return fmt.Errorf("pass %s: %w", s.Name, err)
			}
			if err := Verify(p); err != nil {
				return fmt.Errorf("after pass %s: %w", s.Name, err)
			}
		}
		if o.After != nil {
			o.After(s.Name, p)
		}
	}
	return nil
}

// checkTypes refuses a program in which two types have one Sig: a function of one
// could be called as one of the other.
func checkTypes(p *Program) error {
	forms := make(map[uint64]*SubType)
	var lists [][]SubType
	for _, m := range p.Modules {
		lists = append(lists, m.Types)
	}
	for i := range p.ImportModules {
		lists = append(lists, p.ImportModules[i].Types)
	}
	for _, types := range lists {
		for i := range types {
			t := &types[i]
			if old := forms[t.Sig]; old == nil {
				forms[t.Sig] = t
			} else if old.Form != t.Form {
				return fmt.Errorf("two different types of the program's core modules have the signature %#x", t.Sig)
			}
		}
	}
	return nil
}

// eachStmt calls f with every statement of list, outer ones first.
func eachStmt(list []Stmt, f func(Stmt)) {
	for _, s := range list {
		f(s)
		switch s := s.(type) {
		case *Block:
			eachStmt(s.Body, f)
		case *Loop:
			eachStmt(s.Body, f)
		case *If:
			eachStmt(s.Then, f)
			eachStmt(s.Else, f)
		case *TryTable:
			eachStmt(s.Body, f)
		}
	}
}

// destinations calls f with each local that s itself assigns.
func destinations(s Stmt, f func(*Local)) {
	dst := func(d *Local) {
		if *d != NoLocal {
			f(d)
		}
	}
	switch s := s.(type) {
	case *Set:
		dst(&s.Dst)
	case *Call:
		for i := range s.Dsts {
			dst(&s.Dsts[i])
		}
	case *Effect:
		dst(&s.Dst)
		if s.Op.Wide() {
			dst(&s.Dst2)
		}
	case *TryTable:
		for i := range s.Catches {
			c := &s.Catches[i]
			for j := range c.Dsts {
				dst(&c.Dsts[j])
			}
			dst(&c.Exn)
		}
	}
}

// assigned calls f with each local that a list assigns, once for each assignment.
func assigned(list []Stmt, f func(Local)) {
	eachStmt(list, func(s Stmt) { destinations(s, func(d *Local) { f(*d) }) })
}

// stmtExprs calls f with the operand trees of s, those of nested statements aside.
func stmtExprs(s Stmt, f func(*Expr)) {
	all := func(xs []*Expr) {
		for _, x := range xs {
			f(x)
		}
	}
	switch s := s.(type) {
	case *Set:
		f(s.X)
	case *SetGlobal:
		f(s.X)
	case *Store:
		f(s.Addr)
		f(s.X)
	case *Call:
		if s.Callee != nil {
			f(s.Callee)
		}
		all(s.Args)
	case *Effect:
		all(s.Args)
	case *If:
		f(s.Cond)
	case *BrTable:
		f(s.X)
	case *Return:
		all(s.Values)
	case *Throw:
		all(s.Args)
		if s.Ref != nil {
			f(s.Ref)
		}
	}
}

// calls is what a function calls.
type calls struct {
	direct  []uint32 // positions in Module.Funcs, ascending, once each
	unknown bool     // calls an import or through a reference
}

func callsOf(m *Module, imported uint32) []calls {
	out := make([]calls, len(m.Funcs))
	for i, f := range m.Funcs {
		c := &out[i]
		eachStmt(f.Body, func(s Stmt) {
			call, ok := s.(*Call)
			switch {
			case !ok:
			case call.Kind != CallDirect || call.Func < imported:
				c.unknown = true
			default:
				c.direct = append(c.direct, call.Func-imported)
			}
		})
		slices.Sort(c.direct)
		c.direct = slices.Compact(c.direct)
	}
	return out
}

// callGraph computes Func.Recursive and Func.Depth of each module. In the
// graph there is one node more than functions, the outside: calls of imports
// and through references lead to it, and it may call whatever escapes.
func callGraph(p *Program) error {
	for _, m := range p.Modules {
		graph := callsOf(m, uint32(m.NumImports(ExternFunc)))
		outside := len(m.Funcs)
		next := make([][]uint32, outside+1)
		for i, f := range m.Funcs {
			next[i] = graph[i].direct
			if graph[i].unknown {
				next[i] = append(next[i], uint32(outside))
			}
			if f.Escapes {
				next[outside] = append(next[outside], uint32(i))
			}
		}
		cyclic := onCycle(next)
		for i, f := range m.Funcs {
			f.Recursive = cyclic[i]
			f.Depth = f.Escapes || f.Recursive || graph[i].unknown
		}
		// Callers of what takes the budget take it, to pass it on.
		callers := make([][]uint32, outside)
		var work []uint32
		for i, f := range m.Funcs {
			for _, c := range graph[i].direct {
				if int(c) < outside {
					callers[c] = append(callers[c], uint32(i))
				}
			}
			if f.Depth {
				work = append(work, uint32(i))
			}
		}
		for len(work) > 0 {
			f := work[len(work)-1]
			work = work[:len(work)-1]
			for _, c := range callers[f] {
				if !m.Funcs[c].Depth {
					m.Funcs[c].Depth = true
					work = append(work, c)
				}
			}
		}
	}
	return nil
}

// onCycle reports for each node of a graph whether it is on a cycle: Tarjan's
// strongly connected components, with a stack of its own because call graphs
// are deep.
func onCycle(next [][]uint32) []bool {
	n := len(next)
	out := make([]bool, n)
	index := make([]int32, n) // 0: not visited
	low := make([]int32, n)
	onStack := make([]bool, n)
	type visit struct {
		node uint32
		edge int
	}
	var stack []uint32
	var path []visit
	count := int32(0)
	for root := range n {
		if index[root] != 0 {
			continue
		}
		path = append(path, visit{node: uint32(root)})
		for len(path) > 0 {
			v := &path[len(path)-1]
			u := v.node
			if v.edge == 0 {
				count++
				index[u], low[u] = count, count
				stack = append(stack, u)
				onStack[u] = true
			}
			if v.edge < len(next[u]) {
				w := next[u][v.edge]
				v.edge++
				switch {
				case w == u:
					out[u] = true
				case index[w] == 0:
					path = append(path, visit{node: w})
				case onStack[w]:
					low[u] = min(low[u], index[w])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				parent := path[len(path)-1].node
				low[parent] = min(low[parent], low[u])
			}
			if low[u] != index[u] {
				continue
			}
			alone := stack[len(stack)-1] == u
			for {
				w := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				onStack[w] = false
				if !alone {
					out[w] = true
				}
				if w == u {
					break
				}
			}
		}
	}
	return out
}

// deadFuncs drops bodies of functions that cannot be called: not through an
// export that the program uses, nor from an element segment, a reference, a
// global or the start function, nor from such a function.
func deadFuncs(p *Program) error {
	used := make([]map[CoreDef]bool, len(p.Modules)) // exports used, by module
	open := make([]bool, len(p.Modules))             // all exports may be used
	use := func(d *CoreDef) {
		if d == nil || d.Kind != DefExport || d.Extern != ExternFunc {
			return
		}
		if id := p.CoreInstances[d.Instance].Module; id >= 0 {
			if used[id] == nil {
				used[id] = make(map[CoreDef]bool)
			}
			used[id][CoreDef{Index: d.Index}] = true
		}
	}
	for i := range p.CoreInstances {
		in := &p.CoreInstances[i]
		for j := range in.Args {
			use(&in.Args[j])
			// A module given to a host module gives it nothing but these items.
		}
	}
	for i := range p.Options {
		use(p.Options[i].Realloc)
		use(p.Options[i].PostReturn)
		use(p.Options[i].Callback)
	}
	for i := range p.Lifts {
		use(&p.Lifts[i].Core)
	}
	for i := range p.Resources {
		use(p.Resources[i].Dtor)
	}
	var exported func(es []Extern)
	exported = func(es []Extern) {
		for i := range es {
			if es[i].Kind == ItemModule && !es[i].ReexportsImport {
				open[es[i].Module] = true
			}
			exported(es[i].Items)
		}
	}
	exported(p.Exports)
	for i, m := range p.Modules {
		if p.Core {
			open[i] = true
		}
		deadFuncsOf(m, open[i], used[i])
	}
	return nil
}

func deadFuncsOf(m *Module, open bool, used map[CoreDef]bool) {
	imported := uint32(m.NumImports(ExternFunc))
	live := make([]bool, len(m.Funcs))
	var work []uint32
	mark := func(i uint32) {
		if i >= imported && int(i-imported) < len(live) && !live[i-imported] {
			live[i-imported] = true
			work = append(work, i-imported)
		}
	}
	for _, e := range m.Exports {
		if e.Kind == ExternFunc && (open || used[CoreDef{Index: e.Index}]) {
			mark(e.Index)
		}
	}
	if m.Start != nil {
		mark(*m.Start)
	}
	var refs func(x *Expr)
	refs = func(x *Expr) {
		if x == nil {
			return
		}
		if x.Op == OpRefFunc {
			mark(uint32(x.Imm))
		}
		x.Operands(refs)
	}
	for i := range m.Globals {
		refs(m.Globals[i].Init)
	}
	for i := range m.Tables {
		refs(m.Tables[i].Init)
	}
	for i := range m.Elems {
		if m.Elems[i].Mode != SegDeclared {
			for _, x := range m.Elems[i].Items {
				refs(x)
			}
		}
	}
	for len(work) > 0 {
		f := m.Funcs[work[len(work)-1]]
		work = work[:len(work)-1]
		eachStmt(f.Body, func(s Stmt) {
			if c, ok := s.(*Call); ok && c.Kind == CallDirect {
				mark(c.Func)
			}
			stmtExprs(s, refs)
		})
	}
	for i, f := range m.Funcs {
		if !live[i] {
			f.Body, f.Dead = nil, true
			f.Locals = f.Locals[:min(f.NumDeclared, len(f.Locals))]
		}
	}
}
