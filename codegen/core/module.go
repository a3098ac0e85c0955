package core

import (
	"bytes"
	"fmt"
	"go/format"
	"slices"
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// This file: package core of the generated code. It is small beside the
// shards, so go/format may lay it out.

// embedMin is the size from which on data segments go to an embedded file.
const embedMin = 128

// modules prints package core.
func (l *Layout) modules() ([]File, error) {
	var files []File
	f := &file{calls: make(map[string]declared), rt: true, unsafe: true}
	var b bytes.Buffer
	b.WriteString("\n// Instances holds the core instances of one instantiation.\ntype Instances struct {\nStore *rt.Store\nRoot unsafe.Pointer\nComp []*rt.ComponentInstance\n\n")
	for i, c := range l.coreInstances() {
		fmt.Fprintf(&b, "C%d *M%d\n", i, c.Module)
	}
	if len(l.p.ImportModules) > 0 {
		b.WriteString("Modules []rt.CoreModule // that the host supplies\n")
	}
	b.WriteString("}\n")
	l.supplied(&b)
	for i, c := range l.coreInstances() {
		if err := l.in(l.p.Modules[c.Module], func() { l.initInstance(&b, ir.CoreInstanceID(i), f) }); err != nil {
			return nil, err
		}
	}
	embed := false
	for i, m := range l.p.Modules {
		if !l.used(i) {
			continue
		}
		data, err := l.printModule(&b, m, f)
		if err != nil {
			return nil, err
		}
		if len(data) > 0 {
			embed = true
			name := fmt.Sprintf("m%d.data", i)
			fmt.Fprintf(&b, "\n//go:embed %s\nvar m%dData string\n", name, i)
			files = append(files, File{"internal/core/" + name, data})
		}
	}
	b.WriteString(l.callerText.String())
	text := "nil"
	if names := l.nameText(); names != "" {
		embed = true
		text = "&namesText"
		b.WriteString("\n//go:embed names.txt\nvar namesText string\n")
		files = append(files, File{"internal/core/names.txt", []byte(names)})
	}
	debug := ""
	if l.hasDebugInfo() {
		embed = true
		debug = ", Lines: &linesText, Source: &sourceText"
		b.WriteString("\n//go:embed source.map\nvar sourceText string\n")
	}
	fmt.Fprintf(&b, "\nvar funcNames = rt.FuncNames{Prefix: %q, Text: %s%s}\n", l.opts.ImportPath+"/internal/core/s", text, debug)
	b.WriteString("\n// begin is what every Init function does first.\nfunc (x *Instances) begin() {\nx.Store.AddNames(&funcNames)\nx.Store.NewInstance()\n}\n")
	var out bytes.Buffer
	out.WriteString(header + "// Package core holds the state of the core instances; packages below it hold their functions.\npackage core\n\nimport (\n")
	if embed {
		out.WriteString("_ \"embed\"\n")
	}
	if f.math {
		out.WriteString("\"math\"\n")
	}
	if f.bits {
		out.WriteString("\"math/bits\"\n")
	}
	out.WriteString("\"unsafe\"\n\n" + strconv.Quote(rtPath) + "\n)\n")
	out.Write(b.Bytes())
	src, err := format.Source(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("core: %w\n%s", err, out.Bytes())
	}
	files = append(files, File{"internal/core/core.go", src})
	files = append(files, File{"internal/core/links.go", l.printLinks("core", f.calls, "")}, File{"internal/core/stub.s", []byte(stub)})
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

// printModule prints the type of a module's instances and how they begin.
func (l *Layout) printModule(b *bytes.Buffer, m *ir.Module, f *file) (data []byte, err error) {
	err = l.in(m, func() {
		l.moduleType(b, m)
		data = l.initModule(b, m, f)
		if l.bare[m.ID] {
			l.coreModule(b, m)
		}
	})
	return data, err
}

// in runs f; an unsupported feature is reported to be in module m.
func (l *Layout) in(m *ir.Module, f func()) (err error) {
	defer func() {
		if u, ok := err.(*UnsupportedError); ok && u.Where == "" {
			u.Where = fmt.Sprintf("module %d", m.ID)
		}
	}()
	defer catch(&err)
	f()
	return nil
}

// nameText is the text of rt.FuncNames.
func (l *Layout) nameText() string {
	var b strings.Builder
	for i, m := range l.p.Modules {
		if !l.used(i) {
			continue
		}
		inlined := map[uint32]bool{} // they may be in backtraces without being there
		for _, f := range m.Funcs {
			walkStmts(f.Body, func(s ir.Stmt) {
				if b, ok := s.(*ir.Block); ok && b.Inlined != nil {
					inlined[b.Inlined.Func] = true
				}
			}, func(*ir.Expr) {})
		}
		for _, f := range m.Funcs {
			name := f.Name
			if name == "" {
				name = m.FuncNames[f.Index]
			}
			if name != "" && (!f.Dead || inlined[f.Index]) {
				fmt.Fprintf(&b, "%d %d %s\n", i, f.Index, strconv.Quote(name))
			}
		}
	}
	return b.String()
}

// moduleType prints the type of a module's instances.
func (l *Layout) moduleType(b *bytes.Buffer, m *ir.Module) {
	fmt.Fprintf(b, "\n// M%d is an instance of core module %d", m.ID, m.ID)
	if m.Name != "" {
		fmt.Fprintf(b, ", %s", strings.Join(strings.Fields(strconv.Quote(m.Name)), " "))
	}
	fmt.Fprintf(b, ".\ntype M%d struct {\n", m.ID)
	for i := range m.NumImports(ir.ExternMemory) + len(m.Mems) {
		fmt.Fprintf(b, "B%d unsafe.Pointer\n", i)
	}
	if l.opts.Interruptible {
		b.WriteString("Stop int32 // not zero: the call is to end\n")
	}
	for i := range m.NumImports(ir.ExternMemory) + len(m.Mems) {
		fmt.Fprintf(b, "Mem%d *rt.Memory\n", i)
	}
	for i := range m.NumImports(ir.ExternTable) + len(m.Tables) {
		t, _ := m.Table(uint32(i))
		fmt.Fprintf(b, "Tab%d *rt.Table[%s]\n", i, GoType(m, t.Elem))
	}
	imported := m.NumImports(ir.ExternGlobal)
	for i := range imported + len(m.Globals) {
		t, _ := m.Global(uint32(i))
		star := ""
		if i < imported {
			star = "*"
		}
		fmt.Fprintf(b, "G%d %s%s\n", i, star, GoType(m, t.Type))
	}
	for i := range m.NumImports(ir.ExternTag) + len(m.Tags) {
		fmt.Fprintf(b, "T%d *rt.Tag\n", i)
	}
	for i := range uint32(m.NumImports(ir.ExternFunc)) {
		switch x := l.links[m.ID][i]; {
		case x.dynamic:
			fmt.Fprintf(b, "F%d rt.FuncRef\n", i)
		case x.target.Trampoline < 0:
			fmt.Fprintf(b, "L%d *M%d\n", i, x.target.Module)
		}
	}
	for i, d := range m.Datas {
		if d.Mode == ir.SegPassive {
			fmt.Fprintf(b, "D%d string\n", i)
		}
	}
	for i, e := range m.Elems {
		if e.Mode == ir.SegPassive {
			fmt.Fprintf(b, "E%d []%s\n", i, GoType(m, e.Type))
		}
	}
	if n := len(l.refs[m.ID].list); n > 0 {
		fmt.Fprintf(b, "Refs [%d]rt.FuncRef\n", n)
	}
	l.tailFields(b, m)
	b.WriteString("Root unsafe.Pointer\nStore *rt.Store\nComp *rt.ComponentInstance\n}\n")
	l.tailFuncs(b, m)
}

// initInstance prints the function that brings up one core instance: what it
// gets from others, then what all instances of its module do.
func (l *Layout) initInstance(b *bytes.Buffer, id ir.CoreInstanceID, f *file) {
	c := &l.p.CoreInstances[id]
	m := l.p.Modules[c.Module]
	if m.Supplied {
		l.initSupplied(b, id, f)
		return
	}
	fmt.Fprintf(b, "\n// Init%d instantiates core instance %d.\nfunc (x *Instances) Init%d(d int32) {\nx.begin()\nm := &M%d{Root: x.Root, Store: x.Store}\n", id, id, id, m.ID)
	if !l.p.Core && c.Component >= 0 {
		fmt.Fprintf(b, "m.Comp = x.Comp[%d]\n", c.Component)
	}
	var n [5]int
	for k := range m.Imports {
		im := &m.Imports[k]
		i := n[im.Kind]
		n[im.Kind]++
		if k >= len(c.Args) {
			panic(fmt.Errorf("core instance %d: import %d is missing", id, k))
		}
		arg := c.Args[k]
		switch im.Kind {
		case ir.ExternFunc:
			x := l.links[m.ID][uint32(i)]
			t := x.inst[slices.Index(l.insts[m.ID], id)]
			inst := "x." + t.Inst
			switch {
			case x.dynamic:
				bd := body{l: l, m: m, file: f}
				tail := ""
				if t.Trampoline < 0 {
					inst = "unsafe.Pointer(" + inst + ")"
					bd.declareFunc(t.Name, t.Module, t.Func)
					if bounces(l.p.Modules[t.Module], t.Func) {
						tail = ", Body: rt.CodeOf(" + bd.declareBody(t.Module, t.Func) + ")"
					}
				} else {
					bd.declareTrampoline(t.Name, uint32(i))
				}
				fmt.Fprintf(b, "m.F%d = rt.FuncRef{Sig: %s, Inst: %s, Code: rt.CodeOf(%s)%s}\n", i, hex(l.targetSig(t, m, uint32(i))), inst, t.Name, tail)
			case t.Trampoline < 0:
				fmt.Fprintf(b, "m.L%d = %s\n", i, inst)
			}
		case ir.ExternMemory:
			fmt.Fprintf(b, "m.Mem%d = x.%s\n", i, MemExpr(l.p, arg))
		case ir.ExternTable:
			fmt.Fprintf(b, "m.Tab%d = x.%s\n", i, TableExpr(l.p, arg))
		case ir.ExternGlobal:
			g, err := l.globalPointer(arg)
			if err != nil {
				panic(err)
			}
			fmt.Fprintf(b, "m.G%d = %s\n", i, g)
		case ir.ExternTag:
			fmt.Fprintf(b, "m.T%d = x.%s.T%d\n", i, instExpr(arg.Instance), arg.Index)
		}
	}
	fmt.Fprintf(b, "x.C%d = m\nm.init(d)\n}\n", id)
}

// initModule prints the method that all instances of m are brought up with, in
// the order of the core spec ("Modules", instantiation): globals, tables and memories, element
// segments, data segments, start function. It returns what the embedded file of segments holds.
func (l *Layout) initModule(out *bytes.Buffer, m *ir.Module, f *file) (data []byte) {
	b := body{l: l, m: m, file: f}
	b.indent = 1
	offset := func(x *ir.Expr) string {
		p := printer{}
		p.expr(b.widen(x), 0, 1)
		return string(p.buf)
	}
	text := func(x *ir.Expr) string {
		p := printer{}
		p.expr(b.ex(x), 0, 1)
		return string(p.buf)
	}
	var vars bytes.Buffer
	if l.opts.Interruptible {
		b.line("m.Store.Interruptible(&m.Stop)")
	}
	refs := l.refs[m.ID].list
	imported := uint32(m.NumImports(ir.ExternFunc))
	if len(refs) > 0 {
		fmt.Fprintf(&vars, "\nvar m%dRefs = [...]rt.FuncDef{\n", m.ID)
		var later bytes.Buffer
		for k, fn := range refs {
			name, inst, tail := "", "", ""
			sig := funcType(m, fn).Sig
			if fn >= imported {
				name = FuncName(l.p, m.ID, fn)
				b.declareFunc(name, m.ID, fn)
				if bounces(m, fn) {
					tail = ", Body: " + b.declareBody(m.ID, fn)
				}
			} else {
				switch x := l.links[m.ID][fn]; {
				case x.dynamic:
					fmt.Fprintf(&later, "m.Refs[%d] = m.F%d\n", k, fn)
				case x.target.Trampoline >= 0:
					name, inst = x.target.Name, "m.Root"
					b.direct(fn, nil) // declares it
				default:
					name, inst = x.target.Name, fmt.Sprintf("unsafe.Pointer(m.L%d)", fn)
					b.direct(fn, nil)
					sig = l.targetSig(x.target, m, fn)
					if bounces(l.p.Modules[x.target.Module], x.target.Func) {
						tail = ", Body: " + b.declareBody(x.target.Module, x.target.Func)
					}
				}
			}
			if name == "" {
				vars.WriteString("{},\n")
				continue
			}
			fmt.Fprintf(&vars, "{Sig: %s, F: %s%s},\n", hex(sig), name, tail)
			if inst != "" {
				fmt.Fprintf(&later, "m.Refs[%d].Inst = %s\n", k, inst)
			}
		}
		vars.WriteString("}\n")
		b.line("rt.FillRefs(m.Refs[:], m", strconv.Itoa(int(m.ID)), "Refs[:], unsafe.Pointer(m))")
		b.str(later.String())
	}
	for i := range m.Globals {
		g := &m.Globals[i]
		if x := g.Init; x != nil && !(x.Op == ir.OpConst && x.Imm == 0 && x.Imm2 == 0 || x.Op == ir.OpRefNull) {
			b.line("m.G", strconv.Itoa(i+m.NumImports(ir.ExternGlobal)), " = ", text(x))
		}
	}
	for i := range m.Tables {
		t := &m.Tables[i].Type
		init := "nil"
		if x := m.Tables[i].Init; x != nil {
			init = text(x)
		}
		b.line(fmt.Sprintf("m.Tab%d = rt.NewTable[%s](m.Store, rt.TableType{%s}, %s)", i+m.NumImports(ir.ExternTable), GoType(m, t.Elem), limits(t.Limits), init))
	}
	for i := range m.Mems {
		t := &m.Mems[i]
		shared := ""
		if t.Limits.Shared {
			shared = ", Shared: true"
		}
		b.line(fmt.Sprintf("m.Mem%d = rt.NewMemory(m.Store, rt.MemoryType{%s%s, PageLog2: %d})", i+m.NumImports(ir.ExternMemory), limits(t.Limits), shared, t.PageLog2))
	}
	for i, t := range m.Tags {
		b.line(fmt.Sprintf("m.T%d = &rt.Tag{Sig: %s}", i+m.NumImports(ir.ExternTag), hex(m.Types[t].Sig)))
	}
	for i := range b.numMems() {
		b.line(fmt.Sprintf("m.B%d = m.Mem%d.Base", i, i))
	}
	for i := range m.Elems {
		e := &m.Elems[i]
		if e.Mode == ir.SegDeclared {
			continue
		}
		elems := "nil"
		if len(e.Items) > 0 {
			elems = l.elems(&b, &vars, m, i)
		}
		if e.Mode == ir.SegPassive {
			b.line(fmt.Sprintf("m.E%d = %s", i, elems))
			continue
		}
		b.line(fmt.Sprintf("m.Tab%d.Init(%s, 0, %d, %s)", e.Table, offset(e.Offset), len(e.Items), elems))
	}
	str := func(bytes []byte) string {
		if len(bytes) < embedMin {
			return quoteBytes(bytes)
		}
		data = append(data, bytes...)
		return fmt.Sprintf("m%dData[%d:%d]", m.ID, len(data)-len(bytes), len(data))
	}
	for i := range m.Datas {
		if d := &m.Datas[i]; d.Mode == ir.SegPassive {
			b.line(fmt.Sprintf("m.D%d = %s", i, str(d.Bytes)))
		}
	}
	for _, d := range joinedDatas(m) {
		b.line(fmt.Sprintf("m.Mem%d.Init(%s, 0, %d, %s)", d.Memory, offset(d.Offset), len(d.Bytes), str(d.Bytes)))
	}
	if m.Start != nil {
		p := printer{}
		p.expr(b.direct(*m.Start, nil), 0, 1)
		b.line(string(p.buf))
	}
	fmt.Fprintf(out, "\nfunc (m *M%d) init(d int32) {\n%s}\n%s", m.ID, b.buf, vars.Bytes())
	return data
}

// quoteBytes is a string literal of any bytes.
func quoteBytes(d []byte) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range d {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c >= ' ' && c <= '~':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "\\x%02x", c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// elems is the expression of an element segment's references.
func (l *Layout) elems(b *body, vars *bytes.Buffer, m *ir.Module, i int) string {
	e := &m.Elems[i]
	simple := isFuncRef(m, e.Type)
	for _, x := range e.Items {
		simple = simple && (x.Op == ir.OpRefFunc || x.Op == ir.OpRefNull)
	}
	var s strings.Builder
	if !simple {
		fmt.Fprintf(&s, "[]%s{", GoType(m, e.Type))
		for k, x := range e.Items {
			if k > 0 {
				s.WriteString(", ")
			}
			p := printer{}
			p.expr(b.ex(x), 0, 1)
			s.Write(p.buf)
		}
		s.WriteString("}")
		return s.String()
	}
	fmt.Fprintf(vars, "\nvar m%dElem%d = [...]int32{", m.ID, i)
	for k, x := range e.Items {
		if k%16 == 0 {
			vars.WriteString("\n")
		}
		n := -1
		if x.Op == ir.OpRefFunc {
			n = l.ref(m.ID, uint32(x.Imm))
		}
		fmt.Fprintf(vars, "%d, ", n)
	}
	vars.WriteString("\n}\n")
	refs := "m.Refs[:]"
	if len(l.refs[m.ID].list) == 0 {
		refs = "nil"
	}
	return fmt.Sprintf("rt.Elems(%s, m%dElem%d[:])", refs, m.ID, i)
}

// limits prints the fields that rt.MemoryType and rt.TableType share.
func limits(t ir.Limits) string {
	s := fmt.Sprintf("Min: %d", t.Min)
	if t.HasMax {
		s += fmt.Sprintf(", Max: %d, HasMax: true", t.Max)
	}
	if t.Is64 {
		s += ", Is64: true"
	}
	return s
}
