package core

import (
	"bytes"
	hexdigits "encoding/hex"
	"fmt"
	"go/format"
	"slices"
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// This file: references and objects (rt/gc.go tells how they are held).
//
// A struct type becomes a Go struct type of package core with the fields' Go types, one
// for all types whose fields look the same in Go. A wasm type itself is a
// variable of type *rt.Desc. Both are declared in types.go of package core, which is
// printed last and has what the rest refers to.

// refKind is a hierarchy of reference types.
type refKind uint8

const (
	refFunc refKind = iota
	refExtern
	refAny
	refExn
	refCont
)

func refKindOf(m *ir.Module, t ir.ValType) refKind {
	switch t.Heap {
	case ir.HeapFunc, ir.HeapNoFunc:
		return refFunc
	case ir.HeapExtern, ir.HeapNoExtern:
		return refExtern
	case ir.HeapExn, ir.HeapNoExn:
		return refExn
	case ir.HeapCont, ir.HeapNoCont:
		return refCont
	}
	if t.Heap >= 0 && m != nil {
		switch m.Types[t.Heap].Kind {
		case ir.CompFunc:
			return refFunc
		case ir.CompCont:
			return refCont
		}
	}
	return refAny
}

// refType is the Go type of references.
func refType(m *ir.Module, t ir.ValType) string {
	switch refKindOf(m, t) {
	case refFunc:
		return "*rt.FuncRef"
	case refExtern:
		return "any"
	case refExn:
		return "*rt.Exception"
	case refCont:
		panic(unsupported("stack switching"))
	}
	return "*rt.Object"
}

// objectTypes is what types.go is to declare.
type objectTypes struct {
	descs   map[uint64]desc
	structs layouts
	exns    layouts
	useI31  bool
}

// layouts are Go struct types, by the fields' Go types. The first one is
// describes for objects that describe others.
type layouts struct {
	index map[string]int
	list  []string
	// described are those of objects with descriptors.
	described map[int]bool
}

// describes is the Go type that describing objects embed in place of rt.Object.
const describes = "rt.Descriptor"

type desc struct {
	kind  ir.CompositeKind
	super uint64 // signature, 0 if there is none
}

// desc gives the name of the variable of a type.
func (l *Layout) desc(m *ir.Module, i uint32) string {
	t := &m.Types[i]
	if _, ok := l.types.descs[t.Sig]; !ok {
		d := desc{kind: t.Kind}
		if len(t.Super) > 0 {
			l.desc(m, t.Super[0])
			d.super = m.Types[t.Super[0]].Sig
		}
		if l.types.descs == nil {
			l.types.descs = make(map[uint64]desc)
		}
		l.types.descs[t.Sig] = d
	}
	return descName(t.Sig)
}

func descName(sig uint64) string { return fmt.Sprintf("T%016x", sig) }

// fieldType is the Go type of a field or element.
func fieldType(m *ir.Module, t ir.ValType) string {
	switch t.Kind {
	case ir.I8:
		return "uint8"
	case ir.I16:
		return "uint16"
	}
	return GoType(m, t)
}

// number finds or makes the Go struct type that has fields of the types.
func (l *layouts) number(m *ir.Module, types []ir.ValType, s ...string) int {
	for _, t := range types {
		s = append(s, fieldType(m, t))
	}
	key := strings.Join(s, " ")
	n, ok := l.index[key]
	if !ok {
		n = len(l.list)
		if l.index == nil {
			l.index = make(map[string]int)
		}
		l.index[key] = n
		l.list = append(l.list, key)
	}
	return n
}

func (l *Layout) exceptionLayout(m *ir.Module, types []ir.ValType) int {
	return l.types.exns.number(m, types)
}

func (l *Layout) structLayout(m *ir.Module, i uint32) int {
	var types []ir.ValType
	for _, f := range m.Types[i].Fields {
		types = append(types, f.Type)
	}
	if m.Types[i].Describes != nil {
		return l.types.structs.number(m, types, describes)
	}
	return l.types.structs.number(m, types)
}

// typesFile prints types.go.
func (l *Layout) typesFile() ([]File, error) {
	// Casts of functions find supertypes by signature, also of functions that
	// only other modules cast.
	for i, m := range l.p.Modules {
		if l.used(i) {
			for k := range m.Types {
				if t := &m.Types[k]; t.Kind == ir.CompFunc && len(t.Super) > 0 {
					l.desc(m, uint32(k))
				}
			}
		}
	}
	t := &l.types
	forms := l.forms()
	if forms == "" && len(t.descs) == 0 && len(t.structs.list) == 0 && len(t.exns.list) == 0 && !t.useI31 {
		return nil, nil
	}
	var b bytes.Buffer
	b.WriteString(header + "package core\n\nimport " + strconv.Quote(rtPath) + "\n")
	if forms != "" {
		fmt.Fprintf(&b, "\nvar _ = rt.RegisterTypes(%q)\n", forms)
	}
	if t.useI31 {
		b.WriteString("\nfunc init() { rt.UseI31() }\n")
	}
	if len(t.descs) > 0 {
		b.WriteString("\n// The types of objects.\nvar (\n")
		sigs := make([]uint64, 0, len(t.descs))
		for s := range t.descs {
			sigs = append(sigs, s)
		}
		slices.Sort(sigs)
		for _, s := range sigs {
			d := t.descs[s]
			super := "nil"
			if d.super != 0 {
				super = descName(d.super)
			}
			fmt.Fprintf(&b, "%s = rt.NewDesc(%s, rt.CoreDef%s, %s)\n", descName(s), hex(s), [...]string{"Func", "Struct", "Array", "Cont"}[d.kind], super)
		}
		b.WriteString(")\n")
	}
	fields := func(key string) (params, values string) {
		for i, f := range strings.Fields(key) {
			fmt.Fprintf(&b, "F%d %s\n", i, f)
			params += fmt.Sprintf(", f%d %s", i, f)
			values += ", f" + strconv.Itoa(i)
		}
		return params, values
	}
	for n, key := range t.exns.list {
		fmt.Fprintf(&b, "\n// X%d is exceptions.\ntype X%[1]d struct {\nrt.Exception\n", n)
		params, values := fields(key)
		fmt.Fprintf(&b, "}\n\n// NewX%d makes an exception.\nfunc NewX%[1]d(t *rt.Tag%[2]s) *rt.Exception { return &(&X%[1]d{rt.Exception{Tag: t}%[3]s}).Exception }\n", n, params, values)
	}
	for n, key := range t.structs.list {
		fmt.Fprintf(&b, "\n// S%d is the objects of some struct types.\ntype S%[1]d struct {\n", n)
		// Descriptors have the type that objects they describe get; of is what it is based on.
		of, ofArg, object := "", "", "&(&S%d{%srt.Object{T: t}%s}).Object"
		key, describing := strings.CutPrefix(key, describes)
		if describing {
			of, ofArg, object = ", of *rt.Desc", ", of", "(&S%d{%srt.Descriptor{Object: rt.Object{T: t}}%s}).Describe(of)"
			b.WriteString(describes + "\n")
		} else {
			b.WriteString("rt.Object\n")
		}
		params, values := fields(key)
		fmt.Fprintf(&b, "}\n\n// NewS%d makes an object.\nfunc NewS%[1]d(t *rt.Desc%[2]s%[3]s) *rt.Object { return ", n, of, params)
		fmt.Fprintf(&b, object+" }\n", n, "", values)
		zero := "Object: "
		if describing {
			zero = "Descriptor: "
		}
		fmt.Fprintf(&b, "\n// ZeroS%d makes an object of zeros.\nfunc ZeroS%[1]d(t *rt.Desc%[2]s) *rt.Object { return ", n, of)
		fmt.Fprintf(&b, object+" }\n", n, zero, "")
		if t.structs.described[n] {
			fmt.Fprintf(&b, "\n// NewD%d makes an object with a descriptor.\nfunc NewD%[1]d(%s", n, strings.TrimPrefix(of+params+", d *rt.Object", ", "))
			fmt.Fprintf(&b, ") *rt.Object { return NewS%d(rt.DescribedBy(d)%s%s) }\n", n, ofArg, values)
		}
	}
	src, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("core: %w\n%s", err, b.Bytes())
	}
	return []File{{"internal/core/types.go", src}}, nil
}

// forms are the forms of all types in hexadecimal digits, if references may come
// from or go to modules of other packages; "" if not.
func (l *Layout) forms() string {
	if len(l.p.ImportModules) == 0 && !slices.Contains(l.bare, true) {
		return ""
	}
	seen := make(map[[32]byte]bool)
	var list []string
	for i, m := range l.p.Modules {
		for k := range m.Types {
			if f := m.Types[k].Form; l.used(i) && !seen[f] && f != [32]byte{} {
				seen[f] = true
				list = append(list, hexdigits.EncodeToString(f[:]))
			}
		}
	}
	slices.Sort(list)
	return strings.Join(list, "")
}

// core is a name of package core.
func (b *body) core(name string) string {
	if b.f == nil {
		return name // constant expressions are printed there
	}
	return "core." + name
}

func (b *body) descOf(i uint32) *node { return atom(b.core(b.l.desc(b.m, i))) }

// basis is what the constructor of an object of type i wants besides the type:
// for a descriptor the type that it describes.
func (b *body) basis(i uint32) []*node {
	if d := b.m.Types[i].Describes; d != nil {
		return []*node{b.descOf(*d)}
	}
	return nil
}

// describe has the constructor for objects of type i that takes a descriptor printed.
func (l *Layout) describe(m *ir.Module, i uint32) {
	s := &l.types.structs
	if s.described == nil {
		s.described = make(map[int]bool)
	}
	s.described[l.structLayout(m, i)] = true
}

// targetSig is the type of what import fn of m comes to, of which the type that the
// import states may be a supertype.
func (l *Layout) targetSig(t Target, m *ir.Module, fn uint32) uint64 {
	if t.Trampoline >= 0 {
		return funcType(m, fn).Sig
	}
	return funcType(l.p.Modules[t.Module], t.Func).Sig
}

func boolLit(v bool) *node { return atom(strconv.FormatBool(v)) }

// pointer is a reference to an object as a pointer to a Go type.
func (b *body) pointer(typ string, x *ir.Expr) *node {
	b.file.unsafe = true
	return call("(*"+typ+")", call("unsafe.Pointer", b.ex(x)))
}

// field is a field of the struct that x refers to.
func (b *body) field(typ uint32, x *ir.Expr, field uint64) *node {
	s := b.core("S" + strconv.Itoa(b.l.structLayout(b.m, typ)))
	return &node{kind: nSel, x: b.pointer(s, x), text: "F" + strconv.FormatUint(field, 10)}
}

func (b *body) elemType(typ uint32) string { return fieldType(b.m, b.m.Types[typ].Fields[0].Type) }

// element is an element of the array that x refers to.
func (b *body) element(typ uint32, x, index *ir.Expr) *node {
	b.file.rt = true
	e := &node{kind: nSel, x: b.pointer("rt.Array["+b.elemType(typ)+"]", x), text: "E"}
	return &node{kind: nIndex, x: e, y: b.ex(index)}
}

// unpacked is what get, get_s or get_u give of a field.
func unpacked(t ir.ValType, signed bool, n *node) *node {
	switch {
	case t.Kind == ir.I8 && signed:
		n = conv("int8", n)
	case t.Kind == ir.I16 && signed:
		n = conv("int16", n)
	}
	if t.Kind == ir.I8 || t.Kind == ir.I16 {
		n = conv("uint32", n)
	}
	return n
}

// toField is x as the Go value of a field.
func (b *body) toField(t ir.ValType, x *ir.Expr) *node {
	if t.Kind != ir.I8 && t.Kind != ir.I16 {
		return b.ex(x)
	}
	if x.Op == ir.OpConst {
		return uintLit(x.Imm & (1<<map[ir.Kind]uint{ir.I8: 8, ir.I16: 16}[t.Kind] - 1))
	}
	return conv(fieldType(b.m, t), b.narrowed(x, map[ir.Kind]uint8{ir.I8: 1, ir.I16: 2}[t.Kind]))
}

// gc is an expression of references; nil if x is none.
func (b *body) gc(x *ir.Expr) *node {
	switch x.Op {
	case ir.OpRefAsNonNull:
		return b.rtCall("NonNull", b.ref(x.X))
	case ir.OpRefI31:
		b.l.types.useI31 = true
		return b.rtCall("RefI31", b.ex(x.X))
	case ir.OpI31GetS:
		return b.rtCall("I31S", b.ref(x.X))
	case ir.OpI31GetU:
		return b.rtCall("I31U", b.ref(x.X))
	case ir.OpAnyConvertExtern:
		return b.rtCall("AnyConvertExtern", b.ref(x.X))
	case ir.OpExternConvertAny:
		return b.rtCall("ExternConvertAny", b.ref(x.X))
	case ir.OpRefCast, ir.OpRefCastNull:
		return b.castOrTest("Cast", x.X, x.Type, x.Op == ir.OpRefCastNull)
	case ir.OpStructNew, ir.OpStructNewDesc:
		n := strconv.Itoa(b.l.structLayout(b.m, x.Index))
		fields := operands(x)
		args := b.basis(x.Index)
		name := "NewD" + n
		var desc []*node
		if x.Op == ir.OpStructNew {
			name, args = "NewS"+n, slices.Insert(args, 0, b.descOf(x.Index))
		} else {
			// The descriptor comes last: that it is null shows after the fields' traps.
			last := len(fields) - 1
			fields, desc = fields[:last], []*node{b.ex(fields[last])}
			b.l.describe(b.m, x.Index)
		}
		for i, y := range fields {
			args = append(args, b.toField(b.m.Types[x.Index].Fields[i].Type, y))
		}
		return call(b.core(name), append(args, desc...)...)
	case ir.OpStructNewDefault:
		args := append([]*node{b.descOf(x.Index)}, b.basis(x.Index)...)
		return call(b.core("ZeroS"+strconv.Itoa(b.l.structLayout(b.m, x.Index))), args...)
	case ir.OpStructNewDefaultDesc:
		args := append([]*node{b.rtCall("DescribedBy", b.ex(x.X))}, b.basis(x.Index)...)
		return call(b.core("ZeroS"+strconv.Itoa(b.l.structLayout(b.m, x.Index))), args...)
	case ir.OpRefGetDesc:
		return b.rtCall("GetDesc", b.ex(x.X))
	case ir.OpRefCastDescEq, ir.OpRefCastDescEqNull:
		return b.rtCall("CastDesc", b.ex(x.X), b.ex(x.Y), boolLit(x.Op == ir.OpRefCastDescEqNull))
	case ir.OpStructGet, ir.OpStructGetS, ir.OpStructGetU:
		return unpacked(b.m.Types[x.Index].Fields[x.Imm].Type, x.Op == ir.OpStructGetS, b.field(x.Index, x.X, x.Imm))
	case ir.OpArrayLen:
		return b.rtCall("ArrayLen", b.ref(x.X))
	case ir.OpArrayGet, ir.OpArrayGetS, ir.OpArrayGetU:
		return unpacked(b.m.Types[x.Index].Fields[0].Type, x.Op == ir.OpArrayGetS, b.element(x.Index, x.X, x.Y))
	case ir.OpArrayNew:
		return b.rtCall("NewArray["+b.elemType(x.Index)+"]", b.descOf(x.Index), b.toField(b.m.Types[x.Index].Fields[0].Type, x.X), b.ex(x.Y))
	case ir.OpArrayNewDefault:
		return b.rtCall("ZeroArray["+b.elemType(x.Index)+"]", b.descOf(x.Index), b.ex(x.X))
	case ir.OpArrayNewFixed:
		args := []*node{b.descOf(x.Index)}
		for _, y := range operands(x) {
			args = append(args, b.toField(b.m.Types[x.Index].Fields[0].Type, y))
		}
		return b.rtCall("ArrayOf["+b.elemType(x.Index)+"]", args...)
	case ir.OpArrayNewData:
		return b.rtCall("ArrayFromData["+b.elemType(x.Index)+"]", b.descOf(x.Index), b.dataSegment(uint32(x.Imm)), b.ex(x.X), b.ex(x.Y))
	case ir.OpArrayNewElem:
		return b.rtCall("ArrayFromElems["+b.elemType(x.Index)+"]", b.descOf(x.Index), b.elemSegment(uint32(x.Imm)), b.ex(x.X), b.ex(x.Y))
	}
	return nil
}

// ref is a reference as an argument whose type Go finds out by itself.
func (b *body) ref(x *ir.Expr) *node {
	n := b.ex(x)
	if x.Op == ir.OpRefNull {
		return call("("+b.goType(x.Type)+")", n)
	}
	return n
}

// operands are the operands of an operator that may have any number of them.
func operands(x *ir.Expr) (l []*ir.Expr) {
	x.Operands(func(y *ir.Expr) { l = append(l, y) })
	return l
}

// gcCond is a test of references as a Go bool; nil if x is none.
func (b *body) gcCond(x *ir.Expr) *node {
	switch x.Op {
	case ir.OpRefEq:
		return b.rtCall("RefEq", b.ex(x.X), b.ex(x.Y))
	case ir.OpRefTest, ir.OpRefTestNull:
		t := ir.ValType{Kind: ir.Ref, Exact: x.Imm&ir.TestExact != 0, Heap: ir.Heap(int32(x.Index))}
		return b.castOrTest("Is", x.X, t, x.Op == ir.OpRefTestNull)
	case ir.OpRefTestDescEq, ir.OpRefTestDescEqNull:
		return b.rtCall("IsDesc", b.ex(x.X), b.ex(x.Y), boolLit(x.Op == ir.OpRefTestDescEqNull))
	}
	return nil
}

// castOrTest is a call of a function of rt that tests (prefix Is) or casts (Cast).
func (b *body) castOrTest(prefix string, x *ir.Expr, typ ir.ValType, null bool) *node {
	v, n, h := b.ref(x), boolLit(null), typ.Heap
	switch h {
	case ir.HeapFunc, ir.HeapExtern, ir.HeapAny, ir.HeapExn, ir.HeapCont:
		return b.rtCall(prefix+"Top", v, n)
	case ir.HeapNoFunc, ir.HeapNoExtern, ir.HeapNone, ir.HeapNoExn, ir.HeapNoCont:
		return b.rtCall(prefix+"Bottom", v, n)
	case ir.HeapEq:
		return b.rtCall(prefix+"Eq", v, n)
	case ir.HeapI31:
		return b.rtCall(prefix+"I31", v, n)
	case ir.HeapStruct:
		return b.rtCall(prefix+"Struct", v, n)
	case ir.HeapArray:
		return b.rtCall(prefix+"Array", v, n)
	}
	t := &b.m.Types[h]
	switch {
	case t.Kind == ir.CompFunc && typ.Exact:
		return b.rtCall(prefix+"ExactFunc", v, b.descOf(uint32(h)), n)
	case t.Kind == ir.CompFunc:
		return b.rtCall(prefix+"Func", v, b.descOf(uint32(h)), n)
	case t.Descriptor != nil && (t.Final || typ.Exact):
		return b.rtCall(prefix+"Described", v, b.descOf(uint32(h)), n)
	case t.Final || typ.Exact:
		return b.rtCall(prefix+"Exact", v, b.descOf(uint32(h)), n)
	}
	return b.rtCall(prefix+"Sub", v, b.descOf(uint32(h)), n)
}

// dataSegment is a data segment. Active ones are dropped at instantiation.
func (b *body) dataSegment(i uint32) *node {
	if b.m.Datas[i].Mode == ir.SegPassive {
		return atom("m.D" + strconv.FormatUint(uint64(i), 10))
	}
	return atom(`""`)
}

func (b *body) elemSegment(i uint32) *node {
	if b.m.Elems[i].Mode == ir.SegPassive {
		return atom("m.E" + strconv.FormatUint(uint64(i), 10))
	}
	return atom("nil")
}

// gcEffect prints an effect on objects.
func (b *body) gcEffect(s *ir.Effect) {
	stmt := func(n *node) {
		b.tabs()
		b.expr(n, 0, 1)
		b.str("\n")
	}
	set := func(dst, v *node) {
		b.tabs()
		b.expr(dst, 0, 1)
		b.str(" = ")
		b.expr(v, 0, 1)
		b.str("\n")
	}
	t := b.m.Types[s.Index].Fields
	switch s.Op {
	case ir.OpStructSet:
		v := b.toField(t[s.Index2].Type, s.Args[1])
		set(b.field(s.Index, s.Args[0], uint64(s.Index2)), v)
	case ir.OpArraySet:
		v := b.toField(t[0].Type, s.Args[2])
		set(b.element(s.Index, s.Args[0], s.Args[1]), v)
	case ir.OpArrayFill:
		stmt(b.rtCall("ArrayFill["+b.elemType(s.Index)+"]", b.ex(s.Args[0]), b.ex(s.Args[1]), b.toField(t[0].Type, s.Args[2]), b.ex(s.Args[3])))
	case ir.OpArrayCopy:
		stmt(b.rtCall("ArrayCopy["+b.elemType(s.Index)+"]", b.exs(s.Args)...))
	case ir.OpArrayInitData:
		a := b.exs(s.Args)
		stmt(b.rtCall("ArrayInitData["+b.elemType(s.Index)+"]", a[0], a[1], b.dataSegment(s.Index2), a[2], a[3]))
	case ir.OpArrayInitElem:
		a := b.exs(s.Args)
		stmt(b.rtCall("ArrayInitElems["+b.elemType(s.Index)+"]", a[0], a[1], b.elemSegment(s.Index2), a[2], a[3]))
	default:
		panic(unsupported(feature(s.Op)))
	}
}
