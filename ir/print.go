package ir

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// This file: the text of a Program, for people and goldens.

// Print writes p as text. The text is stable: it depends on p only.
func Print(w io.Writer, p *Program) error {
	pr := newPrinter(w)
	pr.program(p)
	return pr.w.Flush()
}

// PrintModule writes m as text.
func PrintModule(w io.Writer, m *Module) error {
	pr := newPrinter(w)
	pr.module(m)
	return pr.w.Flush()
}

// PrintFunc writes f, a function of m, as text.
func PrintFunc(w io.Writer, m *Module, f *Func) error {
	pr := newPrinter(w)
	pr.fn(m, f)
	return pr.w.Flush()
}

type printer struct {
	w      *bufio.Writer
	indent int
	f      *Func
}

func newPrinter(w io.Writer) *printer { return &printer{w: bufio.NewWriter(w)} }

// line writes one line.
func (p *printer) line(format string, args ...any) {
	p.begin()
	fmt.Fprintf(p.w, format, args...)
	p.w.WriteByte('\n')
}

func (p *printer) begin() {
	for range p.indent {
		p.w.WriteString("  ")
	}
}

func (p *printer) program(g *Program) {
	p.line("program %s", strconv.Quote(g.Name))
	p.indent++
	if g.World != "" {
		p.line("world %s", strconv.Quote(g.World))
	}
	if g.Core {
		p.line("core")
	}
	for i := range g.Types {
		p.line("type %d = %s", i, typeText(&g.Types[i]))
	}
	for i := range g.FuncTypes {
		p.line("functype %d = %s", i, funcTypeText(&g.FuncTypes[i]))
	}
	for i := range g.Resources {
		r := &g.Resources[i]
		text := nameText(r.Name)
		if r.Imported {
			text += " imported " + strings.Join(r.Import, "/")
		} else {
			text += fmt.Sprintf(" of instance %d rep %s", r.Instance, r.Rep)
			text += optText(" dtor ", r.Dtor)
		}
		p.line("resource %d%s", i, text)
	}
	for i := range g.Imports {
		p.extern("import", &g.Imports[i], true)
	}
	for i := range g.ImportFuncs {
		p.line("import func %d = %s: functype %d", i, strings.Join(g.ImportFuncs[i].Path, "/"), g.ImportFuncs[i].Type)
	}
	for i := range g.ImportModules {
		m := &g.ImportModules[i]
		p.line("import module %d = %s", i, strings.Join(m.Path, "/"))
		p.indent++
		for j := range m.Imports {
			p.moduleImport(&m.Imports[j], m.Types)
		}
		for _, e := range m.Exports {
			p.line("export %s %s", strconv.Quote(e.Name), e.Kind)
		}
		p.indent--
	}
	for i := range g.Instances {
		in := &g.Instances[i]
		p.line("instance %d parent %d %s", i, in.Parent, strconv.Quote(in.Name))
	}
	for i := range g.CoreInstances {
		in := &g.CoreInstances[i]
		if in.Module >= 0 {
			p.line("core instance %d = module %d in %d", i, in.Module, in.Component)
		} else {
			p.line("core instance %d = import module %d in %d", i, in.Import, in.Component)
		}
		p.indent++
		for j := range in.Args {
			p.line("%d: %s", j, defText(&in.Args[j]))
		}
		p.indent--
	}
	for i := range g.Options {
		o := &g.Options[i]
		text := [...]string{"utf8", "utf16", "latin1+utf16"}[o.Encoding]
		text += optText(" memory ", o.Memory) + optText(" realloc ", o.Realloc) + optText(" post-return ", o.PostReturn) + optText(" callback ", o.Callback)
		if o.Async {
			text += " async"
		}
		if o.Gc {
			text += " gc"
		}
		if o.CoreType != nil {
			text += fmt.Sprintf(" core-type %d", *o.CoreType)
		}
		p.line("options %d = instance %d %s", i, o.Instance, text)
	}
	for i := range g.Lifts {
		l := &g.Lifts[i]
		p.line("lift %d = %s functype %d of %s options %d", i, strconv.Quote(l.Name), l.Type, defText(&l.Core), l.Options)
	}
	for i := range g.Trampolines {
		p.line("trampoline %d = %s", i, trampolineText(&g.Trampolines[i]))
	}
	for _, s := range g.Init {
		if s.Kind == InitResource {
			p.line("init resource %d", s.Resource)
		} else {
			p.line("init core instance %d", s.Instance)
		}
	}
	for i := range g.Exports {
		p.extern("export", &g.Exports[i], false)
	}
	p.indent--
	for _, m := range g.Modules {
		p.module(m)
	}
}

var typeKindNames = [...]string{
	"bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string", "error-context",
	"record", "variant", "list", "list", "map", "tuple", "flags", "enum", "option", "result", "own", "borrow", "stream", "future",
}

func (k TypeKind) String() string {
	if int(k) < len(typeKindNames) {
		return typeKindNames[k]
	}
	return fmt.Sprintf("kind?%d", uint8(k))
}

func ref(id TypeID) string {
	if id == NoType {
		return "_"
	}
	return "t" + strconv.Itoa(int(id))
}

func nameText(n Name) string {
	if n.Name == "" {
		return ""
	}
	s := n.Name
	if n.Interface != "" {
		s = n.Interface + "#" + s
	}
	if n.Export {
		s += " (export)"
	}
	return " " + s
}

func typeText(t *Type) string {
	var b strings.Builder
	b.WriteString(t.Kind.String())
	switch t.Kind {
	case TRecord, TVariant, TTuple, TFlags, TEnum:
		b.WriteString(" {")
		for i, c := range t.Cases {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(c.Name)
			if c.Type != NoType {
				if c.Name != "" {
					b.WriteString(": ")
				}
				b.WriteString(ref(c.Type))
			}
		}
		b.WriteString("}")
	case TFixedList:
		fmt.Fprintf(&b, "<%s, %d>", ref(t.Elem), t.Len)
	case TList, TOption, TStream, TFuture:
		fmt.Fprintf(&b, "<%s>", ref(t.Elem))
	case TMap:
		fmt.Fprintf(&b, "<%s, %s>", ref(t.Key), ref(t.Elem))
	case TResult:
		fmt.Fprintf(&b, "<%s, %s>", ref(t.Elem), ref(t.Err))
	case TOwn, TBorrow:
		fmt.Fprintf(&b, "<resource %d>", t.Resource)
	}
	b.WriteString(nameText(t.Name))
	fmt.Fprintf(&b, " size %d align %d flat (%s)", t.Size, t.Align, valTypes(t.Flat))
	if t.DiscSize > 0 {
		fmt.Fprintf(&b, " disc %d payload at %d", t.DiscSize, t.PayloadOffset)
	}
	if len(t.Offsets) > 0 {
		fmt.Fprintf(&b, " offsets %v", t.Offsets)
	}
	return b.String()
}

func funcTypeText(ft *ComponentFuncType) string {
	var b strings.Builder
	if ft.Async {
		b.WriteString("async ")
	}
	b.WriteString("func(")
	for i, a := range ft.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(a.Name + ": " + ref(a.Type))
	}
	b.WriteString(")")
	if ft.Result != NoType {
		b.WriteString(" -> " + ref(ft.Result))
	}
	return b.String()
}

func defText(d *CoreDef) string {
	if d.Kind == DefTrampoline {
		return fmt.Sprintf("trampoline %d", d.Trampoline)
	}
	s := fmt.Sprintf("%s %d of core instance %d", d.Extern, d.Index, d.Instance)
	if d.Name != "" {
		s += " " + strconv.Quote(d.Name)
	}
	return s
}

func optText(prefix string, d *CoreDef) string {
	if d == nil {
		return ""
	}
	return prefix + "(" + defText(d) + ")"
}

func trampolineText(t *Trampoline) string {
	var s string
	switch t.Kind {
	case TrampLower:
		s = fmt.Sprintf("lower import func %d functype %d", t.ImportFunc, t.FuncType)
	case TrampFused:
		s = fmt.Sprintf("lower lift %d functype %d", t.Lift, t.FuncType)
	case TrampResourceNew:
		s = fmt.Sprintf("resource.new %d", t.Resource)
	case TrampResourceRep:
		s = fmt.Sprintf("resource.rep %d", t.Resource)
	case TrampResourceDrop:
		s = fmt.Sprintf("resource.drop %d", t.Resource)
	case TrampBuiltin:
		s = fmt.Sprintf("builtin %s type %d arg %d", t.Builtin, t.Type, t.Arg)
		if t.Async {
			s += " async"
		}
	default:
		s = "trap"
	}
	if t.Options >= 0 {
		s += fmt.Sprintf(" options %d", t.Options)
	}
	return s + fmt.Sprintf(" in instance %d: %s", t.Instance, sigText(&t.Core))
}

func (p *printer) extern(what string, e *Extern, imported bool) {
	s := what + " " + strconv.Quote(e.Name) + " "
	switch e.Kind {
	case ItemFunc:
		s += fmt.Sprintf("func functype %d = ", e.FuncType)
		if imported || e.ReexportsImport {
			s += fmt.Sprintf("import func %d", e.Import)
		} else {
			s += fmt.Sprintf("lift %d", e.Lift)
		}
	case ItemInstance:
		s += "instance"
	case ItemType:
		s += fmt.Sprintf("type %d", e.Type)
	case ItemResource:
		s += fmt.Sprintf("resource %d", e.Resource)
	case ItemModule:
		if imported || e.ReexportsImport {
			s += fmt.Sprintf("import module %d", e.ImportModule)
		} else {
			s += fmt.Sprintf("module %d", e.Module)
		}
	case ItemComponent:
		s += "component"
	}
	if e.Implements != "" {
		s += " implements " + strconv.Quote(e.Implements)
	}
	p.line("%s", s)
	p.indent++
	for i := range e.Items {
		p.extern(what, &e.Items[i], imported)
	}
	p.indent--
}

var heapNames = [...]string{
	"func", "nofunc", "extern", "noextern", "any", "eq", "i31", "struct", "array", "none", "exn", "noexn", "cont", "nocont", "bottom",
}

func (h Heap) String() string {
	if h >= 0 {
		return strconv.Itoa(int(h))
	}
	if i := int(-1 - h); i < len(heapNames) {
		return heapNames[i]
	}
	return "heap?"
}

func exactly(exact bool) string {
	if exact {
		return "exact "
	}
	return ""
}

func (t ValType) String() string {
	switch t.Kind {
	case KindNone:
		return "none"
	case I32:
		return "i32"
	case I64:
		return "i64"
	case F32:
		return "f32"
	case F64:
		return "f64"
	case V128:
		return "v128"
	case I8:
		return "i8"
	case I16:
		return "i16"
	}
	heap := t.Heap.String()
	if t.Exact {
		heap = "(exact " + heap + ")"
	}
	if t.Null {
		return "(ref null " + heap + ")"
	}
	return "(ref " + heap + ")"
}

func valTypes(ts []ValType) string {
	var b strings.Builder
	for i, t := range ts {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(t.String())
	}
	return b.String()
}

func sigText(f *FuncType) string {
	return "(" + valTypes(f.Params) + ") -> (" + valTypes(f.Results) + ")"
}

func limitsText(l Limits) string {
	s := strconv.FormatUint(l.Min, 10)
	if l.HasMax {
		s += ".." + strconv.FormatUint(l.Max, 10)
	}
	if l.Is64 {
		s += " i64"
	}
	if l.Shared {
		s += " shared"
	}
	return s
}

func memoryText(m MemoryType) string {
	s := limitsText(m.Limits)
	if m.PageLog2 != 16 {
		s += fmt.Sprintf(" pagesize 1<<%d", m.PageLog2)
	}
	return s
}

func globalText(g GlobalType) string {
	if g.Mutable {
		return "mut " + g.Type.String()
	}
	return g.Type.String()
}

func (p *printer) moduleImport(im *ModuleImport, types []SubType) {
	var s string
	switch im.Kind {
	case ExternFunc, ExternTag:
		s = fmt.Sprintf("type %d", im.Type)
		if int(im.Type) < len(types) {
			s += " " + sigText(&types[im.Type].Func)
		}
		if im.Exact {
			s += " exact"
		}
	case ExternTable:
		s = im.Table.Elem.String() + " " + limitsText(im.Table.Limits)
	case ExternMemory:
		s = memoryText(im.Memory)
	case ExternGlobal:
		s = globalText(im.Global)
	}
	p.line("import %s %s %s: %s", strconv.Quote(im.Module), strconv.Quote(im.Name), im.Kind, s)
}

func (p *printer) module(m *Module) {
	p.line("module %d %s", m.ID, strconv.Quote(m.Name))
	p.indent++
	for i := range m.Types {
		t := &m.Types[i]
		switch t.Kind {
		case CompFunc:
			p.line("type %d = func%s", i, sigText(&t.Func))
		case CompStruct, CompArray:
			var fields []string
			for _, f := range t.Fields {
				s := f.Type.String()
				if f.Mutable {
					s = "mut " + s
				}
				fields = append(fields, s)
			}
			p.line("type %d = %s{%s}", i, [...]string{CompStruct: "struct", CompArray: "array"}[t.Kind], strings.Join(fields, ", "))
		case CompCont:
			p.line("type %d = cont %d", i, t.Cont)
		}
	}
	for i := range m.Imports {
		p.moduleImport(&m.Imports[i], m.Types)
	}
	for i := range m.Tables {
		s := ""
		if m.Tables[i].Init != nil {
			s = " = " + p.text(m.Tables[i].Init)
		}
		p.line("table %d %s %s%s", m.NumImports(ExternTable)+i, m.Tables[i].Type.Elem, limitsText(m.Tables[i].Type.Limits), s)
	}
	for i := range m.Mems {
		p.line("memory %d %s", m.NumImports(ExternMemory)+i, memoryText(m.Mems[i]))
	}
	for i := range m.Globals {
		p.line("global %d %s = %s", m.NumImports(ExternGlobal)+i, globalText(m.Globals[i].Type), p.text(m.Globals[i].Init))
	}
	for i, t := range m.Tags {
		p.line("tag %d type %d", m.NumImports(ExternTag)+i, t)
	}
	for _, e := range m.Exports {
		p.line("export %s %s %d", strconv.Quote(e.Name), e.Kind, e.Index)
	}
	if m.Start != nil {
		p.line("start %d", *m.Start)
	}
	modes := [...]string{"active", "passive", "declared"}
	for i := range m.Elems {
		e := &m.Elems[i]
		s := modes[e.Mode]
		if e.Mode == SegActive {
			s += fmt.Sprintf(" table %d at %s", e.Table, p.text(e.Offset))
		}
		var items []string
		for _, x := range e.Items {
			items = append(items, p.text(x))
		}
		p.line("elem %d %s %s [%s]", i, s, e.Type, strings.Join(items, ", "))
	}
	for i := range m.Datas {
		d := &m.Datas[i]
		s := modes[d.Mode]
		if d.Mode == SegActive {
			s += fmt.Sprintf(" memory %d at %s", d.Memory, p.text(d.Offset))
		}
		const shown = 32
		if len(d.Bytes) <= shown {
			p.line("data %d %s %q", i, s, d.Bytes)
		} else {
			p.line("data %d %s %q... %d bytes", i, s, d.Bytes[:shown], len(d.Bytes))
		}
	}
	imported := uint32(m.NumImports(ExternFunc))
	for _, i := range slices.SortedFunc(maps.Keys(m.FuncNames), cmp.Compare[uint32]) {
		if i < imported {
			p.line("name func %d %s", i, strconv.Quote(m.FuncNames[i]))
		}
	}
	for _, f := range m.Funcs {
		p.fn(m, f)
	}
	p.indent--
}

func (p *printer) fn(m *Module, f *Func) {
	p.f = f
	p.begin()
	fmt.Fprintf(p.w, "func %d", f.Index)
	if f.Name != "" {
		fmt.Fprintf(p.w, " %s", strconv.Quote(f.Name))
	}
	sig := &m.Types[f.Type].Func
	p.w.WriteString(" (")
	for i, t := range sig.Params {
		if i > 0 {
			p.w.WriteString(", ")
		}
		fmt.Fprintf(p.w, "v%d %s", i, t)
	}
	fmt.Fprintf(p.w, ") -> (%s)", valTypes(sig.Results))
	for _, fact := range []struct {
		on   bool
		name string
	}{{f.Escapes, "escapes"}, {f.Recursive, "recursive"}, {f.Depth, "depth"}, {f.Bounce, "bounces"}, {f.Dead, "dead"}} {
		if fact.on {
			p.w.WriteString(" " + fact.name)
		}
	}
	p.w.WriteString("\n")
	p.indent++
	for i := len(sig.Params); i < len(f.Locals) && !f.Dead; i++ {
		// Runs of one type on one line.
		j := i
		for j+1 < len(f.Locals) && f.Locals[j+1] == f.Locals[i] && j+1 != f.NumDeclared {
			j++
		}
		names := p.local(Local(i))
		if j > i {
			names += ".." + p.local(Local(j))
		}
		p.line("var %s %s", names, f.Locals[i])
		i = j
	}
	p.list(f.Body)
	if f.Try != nil {
		for _, c := range f.Try.Catches {
			what := fmt.Sprintf("tag %d", c.Tag)
			if c.All {
				what = "all"
			}
			p.line("catch %s (%s) exn %s return %s, %d", what, p.locals(c.Dsts), p.local(c.Exn), p.locals(f.Try.Results), c.Code)
		}
	}
	p.indent--
	p.f = nil
}

// local names a local: v0, v1... the declared ones, t5, t6... the temporaries.
func (p *printer) local(l Local) string {
	switch {
	case l == NoLocal:
		return "_"
	case p.f != nil && int(l) >= p.f.NumDeclared:
		return "t" + strconv.Itoa(int(l))
	}
	return "v" + strconv.Itoa(int(l))
}

func (p *printer) locals(ls []Local) string {
	var b strings.Builder
	for i, l := range ls {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.local(l))
	}
	return b.String()
}

func (p *printer) list(list []Stmt) {
	for _, s := range list {
		p.stmt(s)
	}
}

func (p *printer) nested(list []Stmt) {
	p.indent++
	p.list(list)
	p.indent--
}

func labelText(l Label) string {
	if l == NoLabel {
		return ""
	}
	return fmt.Sprintf(" L%d", l)
}

func (p *printer) stmt(s Stmt) {
	switch s := s.(type) {
	case *Set:
		p.line("%s = %s", p.local(s.Dst), p.text(s.X))
	case *SetGlobal:
		p.line("g%d = %s", s.Global, p.text(s.X))
	case *Store:
		lane := ""
		if s.Op >= OpBaseFD && s.Op.Info().Bytes < 16 {
			lane = fmt.Sprintf(" lane %d", s.Lane)
		}
		p.line("%s%s(%s)%s%s = %s", s.Op, memSuffix(s.Mem), p.address(s.Addr, s.Offset), lane, checkSuffix(s.End), p.text(s.X))
	case *Call:
		p.call(s)
	case *Effect:
		text := s.Op.String() + "["
		text += strconv.FormatUint(uint64(s.Index), 10)
		if s.Index2 != 0 || s.Op == OpMemoryCopy || s.Op == OpTableCopy || s.Op == OpMemoryInit || s.Op == OpTableInit {
			text += " " + strconv.FormatUint(uint64(s.Index2), 10)
		}
		text += "](" + p.args(s.Args) + ")"
		if s.Offset != 0 {
			text += fmt.Sprintf(" offset %d", s.Offset)
		}
		dst := ""
		if s.Op.Wide() {
			dst = p.local(s.Dst) + ", " + p.local(s.Dst2) + " = "
		} else if s.Dst != NoLocal {
			dst = p.local(s.Dst) + " = "
		}
		p.line("%s%s", dst, text)
	case *Block:
		inlined := ""
		if s.Inlined != nil {
			inlined = fmt.Sprintf(" inlined f%d", s.Inlined.Func)
		}
		p.line("block%s%s", labelText(s.Label), inlined)
		p.nested(s.Body)
	case *Loop:
		p.line("loop%s", labelText(s.Label))
		p.nested(s.Body)
	case *If:
		p.line("if%s %s", labelText(s.Label), p.text(s.Cond))
		p.nested(s.Then)
		if len(s.Else) > 0 {
			p.line("else")
			p.nested(s.Else)
		}
	case *Br:
		p.line("br%s", labelText(s.Label))
	case *BrTable:
		var b strings.Builder
		for _, l := range s.Targets {
			b.WriteString(labelText(l))
		}
		p.line("br_table %s [%s] default%s", p.text(s.X), strings.TrimPrefix(b.String(), " "), labelText(s.Default))
	case *Return:
		if len(s.Values) == 0 {
			p.line("return")
		} else {
			p.line("return %s", p.args(s.Values))
		}
	case *Unreachable:
		p.line("unreachable")
	case *Fuel:
		p.line("fuel %d", s.N)
	case *TryTable:
		p.line("try%s", labelText(s.Label))
		p.nested(s.Body)
		for _, c := range s.Catches {
			what := fmt.Sprintf("tag %d", c.Tag)
			if c.All {
				what = "all"
			}
			p.line("catch %s (%s) exn %s br%s", what, p.locals(c.Dsts), p.local(c.Exn), labelText(c.Target))
		}
	case *Throw:
		if s.Ref != nil {
			p.line("throw_ref %s", p.text(s.Ref))
		} else {
			p.line("throw %d(%s)", s.Tag, p.args(s.Args))
		}
	}
}

func (p *printer) call(s *Call) {
	text := ""
	if s.Tail {
		text = "return_"
	}
	if len(s.Dsts) > 0 {
		text = p.locals(s.Dsts) + " = "
	}
	switch s.Kind {
	case CallDirect:
		text += fmt.Sprintf("call f%d", s.Func)
	case CallIndirect:
		text += fmt.Sprintf("call_indirect table %d type %d [%s]", s.Table, s.Type, p.text(s.Callee))
	case CallRef:
		text += fmt.Sprintf("call_ref type %d [%s]", s.Type, p.text(s.Callee))
	}
	p.line("%s(%s)", text, p.args(s.Args))
}

func (p *printer) args(xs []*Expr) string {
	var b strings.Builder
	for i, x := range xs {
		if i > 0 {
			b.WriteString(", ")
		}
		p.expr(&b, x)
	}
	return b.String()
}

func memSuffix(mem uint32) string {
	if mem == 0 {
		return ""
	}
	return fmt.Sprintf("[%d]", mem)
}

func (p *printer) address(x *Expr, offset uint64) string {
	s := p.text(x)
	if offset != 0 {
		s += " + " + strconv.FormatUint(offset, 10)
	}
	return s
}

func (p *printer) text(x *Expr) string {
	var b strings.Builder
	p.expr(&b, x)
	return b.String()
}

// expr writes x: constants as numbers (with their type unless i32), the rest
// as operator(operands).
func (p *printer) expr(b *strings.Builder, x *Expr) {
	if x == nil {
		b.WriteString("<nil>")
		return
	}
	switch x.Op {
	case OpConst:
		b.WriteString(constText(x))
		return
	case OpLocal:
		b.WriteString(p.local(Local(x.Imm)))
		return
	case OpGlobal:
		fmt.Fprintf(b, "g%d", x.Imm)
		return
	case OpRefNull:
		fmt.Fprintf(b, "null %s", x.Type.Heap)
		return
	case OpRefFunc:
		fmt.Fprintf(b, "ref f%d", x.Imm)
		return
	}
	b.WriteString(x.Op.String())
	switch {
	case x.Op.IsLoad():
		b.WriteString(memSuffix(x.Index))
	case x.Op == OpMemorySize, x.Op == OpTableSize, x.Op == OpTableGet:
		fmt.Fprintf(b, "[%d]", x.Index)
	case x.Op == OpI8x16Shuffle:
		fmt.Fprintf(b, "[%016x%016x]", x.Imm2, x.Imm)
	case x.Op == OpRefTest, x.Op == OpRefTestNull:
		fmt.Fprintf(b, "[%s%s]", exactly(x.Imm&TestExact != 0), Heap(x.Index))
	case x.Op == OpRefCast, x.Op == OpRefCastNull:
		fmt.Fprintf(b, "[%s%s]", exactly(x.Type.Exact), x.Type.Heap)
	case x.Op >= OpBaseFB && x.Op < OpBaseFD:
		fmt.Fprintf(b, "[%d %d]", x.Index, x.Imm)
	case x.Op >= OpI8x16ExtractLaneS && x.Op <= OpF64x2ReplaceLane:
		fmt.Fprintf(b, "[%d]", x.Imm)
	}
	b.WriteByte('(')
	first := true
	x.Operands(func(o *Expr) {
		if !first {
			b.WriteString(", ")
		}
		p.expr(b, o)
		if first && x.Op.IsLoad() && x.Imm != 0 {
			fmt.Fprintf(b, " + %d", x.Imm)
		}
		first = false
	})
	if x.Op.IsLoad() && x.Y != nil {
		fmt.Fprintf(b, ", lane %d", x.Imm2)
	}
	b.WriteByte(')')
	b.WriteString(checkSuffix(x.End))
}

// checkSuffix tells what pass bounds found out about an access.
func checkSuffix(end uint32) string {
	switch end {
	case 0:
		return ""
	case NoCheck:
		return "!"
	}
	return fmt.Sprintf("!%d", end)
}

func constText(x *Expr) string {
	switch x.Type.Kind {
	case I32:
		return strconv.Itoa(int(int32(x.Imm)))
	case I64:
		return strconv.FormatInt(int64(x.Imm), 10) + ":i64"
	case F32:
		if f := math.Float32frombits(uint32(x.Imm)); f == f {
			return strconv.FormatFloat(float64(f), 'g', -1, 32) + ":f32"
		}
		return fmt.Sprintf("nan(%08x):f32", uint32(x.Imm))
	case F64:
		if f := math.Float64frombits(x.Imm); f == f {
			return strconv.FormatFloat(f, 'g', -1, 64) + ":f64"
		}
		return fmt.Sprintf("nan(%016x):f64", x.Imm)
	}
	return fmt.Sprintf("%016x%016x:%s", x.Imm2, x.Imm, x.Type)
}
