// Package typetable writes the value types of a program as the text that
// rt.NewTypes reads, which is how generated code carries them.
package typetable

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// Encode gives the type table of p. Type n of the table is p.Types[n],
// function type n is p.FuncTypes[n]. The form is described at rt.Types.
func Encode(p *ir.Program) string {
	var b strings.Builder
	for i := range p.Types {
		t := &p.Types[i]
		name := t.Name
		if t.Kind == ir.TOwn || t.Kind == ir.TBorrow {
			name = p.Resources[t.Resource].Name
		}
		words := []string{word(t.Kind), origin(name)}
		switch t.Kind {
		case ir.TRecord, ir.TVariant, ir.TTuple, ir.TFlags, ir.TEnum:
			for _, c := range t.Cases {
				words = append(words, escape(c.Name)+"="+ref(c.Type))
			}
		case ir.TList, ir.TOption, ir.TStream, ir.TFuture:
			words = append(words, ref(t.Elem))
		case ir.TFixedList:
			words = append(words, ref(t.Elem), strconv.FormatUint(uint64(t.Len), 10))
		case ir.TMap:
			words = append(words, ref(t.Key), ref(t.Elem))
		case ir.TResult:
			words = append(words, ref(t.Elem), ref(t.Err))
		case ir.TOwn, ir.TBorrow:
			words = append(words, strconv.Itoa(int(t.Resource)))
		default:
			if words[1] == "_" {
				words = words[:1]
			}
		}
		b.WriteString(strings.Join(words, " "))
		b.WriteByte('\n')
	}
	for _, f := range p.FuncTypes {
		if f.Async {
			b.WriteString("async ")
		} else {
			b.WriteString("func ")
		}
		b.WriteString(ref(f.Result))
		for _, a := range f.Params {
			b.WriteString(" " + escape(a.Name) + "=" + ref(a.Type))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

var words = map[ir.TypeKind]string{
	ir.TBool: "bool", ir.TS8: "s8", ir.TU8: "u8", ir.TS16: "s16", ir.TU16: "u16", ir.TS32: "s32", ir.TU32: "u32",
	ir.TS64: "s64", ir.TU64: "u64", ir.TF32: "f32", ir.TF64: "f64", ir.TChar: "char", ir.TString: "string",
	ir.TErrorContext: "error-context", ir.TRecord: "record", ir.TVariant: "variant", ir.TList: "list", ir.TFixedList: "fixed",
	ir.TMap: "map", ir.TTuple: "tuple", ir.TFlags: "flags", ir.TEnum: "enum", ir.TOption: "option", ir.TResult: "result",
	ir.TOwn: "own", ir.TBorrow: "borrow", ir.TStream: "stream", ir.TFuture: "future",
}

func word(k ir.TypeKind) string {
	w, ok := words[k]
	if !ok {
		panic(fmt.Sprintf("typetable: no word for type kind %d", k))
	}
	return w
}

func ref(t ir.TypeID) string {
	if t == ir.NoType {
		return "_"
	}
	return strconv.Itoa(int(t))
}

func origin(n ir.Name) string {
	switch {
	case n.Name == "":
		return "_"
	case n.Interface == "":
		return escape(n.Name)
	}
	return escape(n.Interface) + "#" + escape(n.Name)
}

// escape writes what could not stand in a word as %XX.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c <= ' ', c == '%', c == '=', c == '#', c == '_', c == 0x7f:
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Exports gives the exports of p as the text that rt.Component holds, and
// calls each with every item and its number.
func Exports(p *ir.Program, each func(n int, e *ir.Extern)) string {
	t := items{each: each}
	t.add(p.Exports, 0)
	return t.b.String()
}

// Imports gives the imports of p as the text that rt.Component holds. field
// tells which field of the typed imports provides an item that is in an imported instance (path: names from the
// root down) or, with an empty path, the item itself; -1 for none.
func Imports(p *ir.Program, field func(path []string, e *ir.Extern) int) string {
	t := items{field: field}
	t.add(p.Imports, 0)
	return t.b.String()
}

type items struct {
	b     strings.Builder
	n     int
	path  []string
	each  func(n int, e *ir.Extern)
	field func(path []string, e *ir.Extern) int
}

var itemWords = [...]string{"func", "instance", "type", "resource", "module", "component"}

func (t *items) add(list []ir.Extern, depth int) {
	for i := range list {
		e := &list[i]
		t.n++
		arg, num := 0, 0
		switch e.Kind {
		case ir.ItemFunc:
			arg, num = int(e.FuncType), int(e.Import)
		case ir.ItemType:
			arg = int(e.Type)
		case ir.ItemResource:
			arg = int(e.Resource)
		case ir.ItemModule:
			num = int(e.ImportModule)
		}
		fmt.Fprintf(&t.b, "%d %s %s %d", depth, itemWords[e.Kind], escape(e.Name), arg)
		if t.field != nil {
			fmt.Fprintf(&t.b, " %d %d", num, t.field(t.path, e))
		}
		t.b.WriteByte('\n')
		if t.each != nil {
			t.each(t.n, e)
		}
		t.path = append(t.path, e.Name)
		t.add(e.Items, depth+1)
		t.path = t.path[:len(t.path)-1]
	}
}
