package core

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// This file: modules that are linked at run time. Package core declares a
// variable Core<ID> of type rt.CoreModule for each; all their imports are fields.

// bareModules finds the modules of p that are linked at run time: those that a
// component exports, and with all set every one.
func bareModules(p *ir.Program, all bool) []bool {
	bare := make([]bool, len(p.Modules))
	for i := range bare {
		bare[i] = all
	}
	var exported func(l []ir.Extern)
	exported = func(l []ir.Extern) {
		for i := range l {
			if e := &l[i]; e.Kind == ir.ItemModule && !e.ReexportsImport {
				bare[e.Module] = true
			}
			exported(l[i].Items)
		}
	}
	exported(p.Exports)
	return bare
}

// used reports whether anything is printed for a module.
func (l *Layout) used(mod int) bool { return l.bare[mod] || len(l.insts[mod]) > 0 }

// coreInstances are the instances that are known at compile time.
func (l *Layout) coreInstances() []ir.CoreInstance {
	if l.opts.Bare {
		return nil
	}
	return l.p.CoreInstances
}

// CoreModule is the name of the variable of package core that holds a module
// which is linked at run time.
func CoreModule(mod ir.ModuleID) string { return fmt.Sprintf("Core%d", mod) }

// coreModule prints the definition of a module that is linked at run time.
func (l *Layout) coreModule(b *bytes.Buffer, m *ir.Module) {
	fmt.Fprintf(b, "\n// %s is core module %d.\nvar %[1]s = rt.NewCoreModule(&core%[2]d)\n\n", CoreModule(m.ID), m.ID)
	fmt.Fprintf(b, "var core%d = rt.CoreModuleDef{\nName: %q,\nNames: &funcNames,\nLink: link%[1]d,\n", m.ID, m.Name)
	l.typeDefs(b, m)
	moduleImports(b, m.Imports)
	if len(m.Exports) > 0 {
		b.WriteString("Exports: []rt.CoreExport{\n")
		for i := range m.Exports {
			e := &m.Exports[i]
			t := exportType(m, e)
			fmt.Fprintf(b, "{Name: %s, Type: %s},\n", quoteBytes([]byte(e.Name)), externType(&t))
		}
		b.WriteString("},\n")
	}
	b.WriteString("}\n")
	l.linkFunc(b, m)
}

// typeDefs prints the types that imports and exports of m refer to.
func (l *Layout) typeDefs(b *bytes.Buffer, m *ir.Module) {
	types := l.externTypes(m)
	if len(types) > 0 {
		b.WriteString("Types: []rt.CoreTypeDef{\n")
		for i, t := range types {
			if t == nil {
				b.WriteString("{},\n") // no import or export refers to it
				continue
			}
			kind := [...]string{"rt.CoreDefFunc", "rt.CoreDefStruct", "rt.CoreDefArray", "rt.CoreDefCont"}[t.Kind]
			super := -1
			if len(t.Super) > 0 {
				super = int(t.Super[0])
			}
			fmt.Fprintf(b, "%d: {Sig: %s, Kind: %s, Super: %d", i, hex(t.Sig), kind, super)
			if len(t.Func.Params) > 0 {
				fmt.Fprintf(b, ", Params: []rt.CoreType{%s}", valTypes(t.Func.Params))
			}
			if len(t.Func.Results) > 0 {
				fmt.Fprintf(b, ", Results: []rt.CoreType{%s}", valTypes(t.Func.Results))
			}
			b.WriteString("},\n")
		}
		b.WriteString("},\n")
	}
}

func moduleImports(b *bytes.Buffer, list []ir.ModuleImport) {
	if len(list) > 0 {
		b.WriteString("Imports: []rt.CoreImport{\n")
		for i := range list {
			im := &list[i]
			fmt.Fprintf(b, "{Module: %s, Name: %s, Type: %s},\n", quoteBytes([]byte(im.Module)), quoteBytes([]byte(im.Name)), externType(im))
		}
		b.WriteString("},\n")
	}
}

// linkFunc prints the function that makes an instance of m.
func (l *Layout) linkFunc(b *bytes.Buffer, m *ir.Module) {
	fmt.Fprintf(b, "\nfunc link%d(l *rt.CoreLink, d int32) {\nm := &M%[1]d{Store: l.Store}\n", m.ID)
	linkImports(b, m)
	b.WriteString("m.init(d)\n")
	for k := range m.Exports {
		e := &m.Exports[k]
		if im := importArg(m, e.Kind, e.Index); im >= 0 {
			fmt.Fprintf(b, "l.ExportImport(%d, %d)\n", k, im)
			continue
		}
		switch e.Kind {
		case ir.ExternFunc:
			fmt.Fprintf(b, "l.ExportFunc(%d, &m.Refs[%d], %s)\n", k, l.ref(m.ID, e.Index), l.caller(m, &funcType(m, e.Index).Func))
		case ir.ExternTable:
			fmt.Fprintf(b, "l.ExportTable(%d, m.Tab%d)\n", k, e.Index)
		case ir.ExternMemory:
			fmt.Fprintf(b, "l.ExportMemory(%d, m.Mem%d)\n", k, e.Index)
		case ir.ExternGlobal:
			fmt.Fprintf(b, "l.ExportGlobal(%d, &m.G%d)\n", k, e.Index)
		case ir.ExternTag:
			fmt.Fprintf(b, "l.ExportTag(%d, m.T%d)\n", k, e.Index)
		}
	}
	b.WriteString("}\n")
}

// linkImports prints the statements that set what m imports from l, a CoreLink.
func linkImports(b *bytes.Buffer, m *ir.Module) {
	var n [5]int
	for k := range m.Imports {
		im := &m.Imports[k]
		i := n[im.Kind]
		n[im.Kind]++
		switch im.Kind {
		case ir.ExternFunc:
			fmt.Fprintf(b, "m.F%d = l.Func(%d)\n", i, k)
		case ir.ExternTable:
			fmt.Fprintf(b, "m.Tab%d = rt.LinkTable[%s](l, %d)\n", i, GoType(m, im.Table.Elem), k)
		case ir.ExternMemory:
			fmt.Fprintf(b, "m.Mem%d = l.Memory(%d)\n", i, k)
		case ir.ExternGlobal:
			fmt.Fprintf(b, "m.G%d = rt.LinkGlobal[%s](l, %d)\n", i, GoType(m, im.Global.Type), k)
		case ir.ExternTag:
			fmt.Fprintf(b, "m.T%d = l.Tag(%d)\n", i, k)
		}
	}
}

// externTypes are the types that imports and exports of m refer to, by type
// index; nil for others.
func (l *Layout) externTypes(m *ir.Module) []*ir.SubType {
	var types []*ir.SubType
	var see func(i uint32)
	val := func(t ir.ValType) {
		if t.Kind == ir.Ref && t.Heap >= 0 {
			see(uint32(t.Heap))
		}
	}
	see = func(i uint32) {
		for int(i) >= len(types) {
			types = append(types, nil)
		}
		if types[i] != nil {
			return
		}
		t := &m.Types[i]
		types[i] = t
		for _, s := range t.Super {
			see(s)
		}
		for _, p := range t.Func.Params {
			val(p)
		}
		for _, r := range t.Func.Results {
			val(r)
		}
	}
	item := func(t *ir.ModuleImport) {
		switch t.Kind {
		case ir.ExternFunc, ir.ExternTag:
			see(t.Type)
		case ir.ExternTable:
			val(t.Table.Elem)
		case ir.ExternGlobal:
			val(t.Global.Type)
		}
	}
	for i := range m.Imports {
		item(&m.Imports[i])
	}
	for i := range m.Exports {
		t := exportType(m, &m.Exports[i])
		item(&t)
	}
	return types
}

// exportType is the type of an export, as an import would state it.
func exportType(m *ir.Module, e *ir.ModuleExport) ir.ModuleImport {
	t := ir.ModuleImport{Kind: e.Kind}
	switch e.Kind {
	case ir.ExternFunc:
		t.Type, _ = m.FuncTypeIndex(e.Index)
	case ir.ExternTable:
		t.Table, _ = m.Table(e.Index)
	case ir.ExternMemory:
		t.Memory, _ = m.Memory(e.Index)
	case ir.ExternGlobal:
		t.Global, _ = m.Global(e.Index)
	case ir.ExternTag:
		t.Type, _ = m.Tag(e.Index)
	}
	return t
}

// externType prints an rt.CoreExternType.
func externType(t *ir.ModuleImport) string {
	var b strings.Builder
	limits := func(x ir.Limits) {
		b.WriteString(", Limits: rt.CoreLimits{" + limits(x))
		if x.Shared {
			b.WriteString(", Shared: true")
		}
		b.WriteString("}")
	}
	b.WriteString("rt.CoreExternType{Kind: rt.CoreKind" + [...]string{"Func", "Table", "Memory", "Global", "Tag"}[t.Kind])
	switch t.Kind {
	case ir.ExternFunc, ir.ExternTag:
		fmt.Fprintf(&b, ", Type: %d", t.Type)
		if t.Exact {
			b.WriteString(", Exact: true")
		}
	case ir.ExternTable:
		b.WriteString(", Value: rt.CoreType" + valType(t.Table.Elem))
		limits(t.Table.Limits)
	case ir.ExternMemory:
		limits(t.Memory.Limits)
		fmt.Fprintf(&b, ", PageLog2: %d", t.Memory.PageLog2)
	case ir.ExternGlobal:
		b.WriteString(", Value: rt.CoreType" + valType(t.Global.Type))
		if t.Global.Mutable {
			b.WriteString(", Mutable: true")
		}
	}
	b.WriteString("}")
	return b.String()
}

func valTypes(l []ir.ValType) string {
	var s []string
	for _, t := range l {
		s = append(s, valType(t))
	}
	return strings.Join(s, ", ")
}

// valType prints an rt.CoreType without its name.
func valType(t ir.ValType) string {
	kind := [...]string{"None", "I32", "I64", "F32", "F64", "V128", "Ref", "I8", "I16"}[t.Kind]
	if t.Kind != ir.Ref {
		return "{Kind: rt.Core" + kind + "}"
	}
	null := ""
	if t.Null {
		null = "Null: true, "
	}
	if t.Exact {
		null += "Exact: true, "
	}
	heap := fmt.Sprint(t.Heap)
	if t.Heap < 0 {
		heap = "rt.CoreHeap" + [...]string{"Func", "NoFunc", "Extern", "NoExtern", "Any", "Eq", "I31", "Struct", "Array", "None", "Exn", "NoExn", "Cont", "NoCont"}[-1-t.Heap]
	}
	return fmt.Sprintf("{Kind: rt.CoreRef, %sHeap: %s}", null, heap)
}

// caller gives the name of the function that calls functions of a signature
// dynamically; there is one for all types that look the same in Go.
func (l *Layout) caller(m *ir.Module, t *ir.FuncType) string {
	sig := goSig(m, t, "unsafe.Pointer", true, false)
	n, ok := l.callers[sig]
	if !ok {
		n = len(l.callers)
		l.callers[sig] = n
		l.callerText.WriteString(callerFunc(m, t, n, sig))
	}
	return fmt.Sprintf("call%d", n)
}

// callerFunc prints the dynamic caller of one signature.
func callerFunc(m *ir.Module, t *ir.FuncType, n int, sig string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nfunc call%d(f *rt.FuncRef, d int32, a, r []rt.CoreValue) {\n", n)
	var results []string
	for i := range t.Results {
		results = append(results, fmt.Sprintf("r%d", i))
	}
	if len(results) > 0 {
		b.WriteString(strings.Join(results, ", ") + " := ")
	}
	fmt.Fprintf(&b, "rt.CoreCode[func%s](f)(f.Inst, d", sig)
	for i, p := range t.Params {
		switch p.Kind {
		case ir.I32:
			fmt.Fprintf(&b, ", a[%d].U32()", i)
		case ir.I64:
			fmt.Fprintf(&b, ", a[%d].U64()", i)
		case ir.F32:
			fmt.Fprintf(&b, ", a[%d].Float32()", i)
		case ir.F64:
			fmt.Fprintf(&b, ", a[%d].Float64()", i)
		case ir.V128:
			fmt.Fprintf(&b, ", a[%d].Vector()", i)
		default:
			fmt.Fprintf(&b, ", rt.CoreArg[%s](&a[%d])", GoType(m, p), i)
		}
	}
	b.WriteString(")\n")
	for i, t := range t.Results {
		f := map[ir.Kind]string{ir.I32: "CoreU32", ir.I64: "CoreU64", ir.F32: "CoreFloat32", ir.F64: "CoreFloat64", ir.V128: "CoreVector", ir.Ref: "CoreReference"}[t.Kind]
		fmt.Fprintf(&b, "r[%d] = rt.%s(r%[1]d)\n", i, f)
	}
	b.WriteString("}\n")
	return b.String()
}

// findBare decides which modules are linked at run time.
func (l *Layout) findBare() {
	l.bare = bareModules(l.p, l.opts.Bare)
	l.callers = make(map[string]int)
	l.callerText.Reset()
}
