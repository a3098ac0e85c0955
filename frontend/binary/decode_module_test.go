package binary

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/ir"
)

const header = "\x00asm\x01\x00\x00\x00"

func section(id byte, contents string) string {
	return string([]byte{id, byte(len(contents))}) + contents
}

func TestDecodeModule(t *testing.T) {
	src := header +
		section(1, "\x03"+"\x60\x01\x7f\x01\x7f"+"\x4e\x02\x50\x00\x5f\x01\x63\x02\x01\x4f\x01\x01\x5f\x02\x63\x02\x01\x77\x00"+"\x5e\x78\x01") +
		section(0, "\x05hello!") +
		section(2, "\x02"+"\x01a\x01b\x00\x00"+"\x01a\x01m\x02\x07\x01\x02") +
		section(3, "\x01\x00") +
		section(4, "\x02"+"\x70\x00\x01"+"\x40\x00\x64\x70\x00\x01\xd2\x00\x0b") +
		section(5, "\x01\x08\x00\x00") +
		section(6, "\x01\x7f\x01\x41\x2a\x0b") +
		section(7, "\x01\x01f\x00\x01") +
		section(9, "\x02"+"\x00\x41\x00\x0b\x01\x01"+"\x05\x70\x01\xd0\x70\x0b") +
		section(12, "\x02") +
		section(10, "\x01\x08\x02\x02\x7f\x01\x7e\x20\x00\x0b") +
		section(11, "\x02"+"\x01\x02hi"+"\x02\x01\x41\x01\x0b\x01x") +
		section(0, "\x04name"+"\x00\x02\x01M"+"\x01\x04\x01\x01\x01f"+"\x02\x06\x01\x01\x01\x00\x01x")
	const base = 1000
	m, err := DecodeModule([]byte(src), base)
	if err != nil {
		t.Fatal(err)
	}
	types := []ir.SubType{
		{Func: ir.FuncType{Params: []ir.ValType{ir.TypeI32}, Results: []ir.ValType{ir.TypeI32}}, Final: true, GroupLen: 1},
		{Kind: ir.CompStruct, Fields: []ir.Field{{Type: refType(true, 2), Mutable: true}}, Group: 1, GroupLen: 2},
		{Kind: ir.CompStruct, Fields: []ir.Field{{Type: refType(true, 2), Mutable: true}, {Type: ir.ValType{Kind: ir.I16}}}, Final: true, Super: []uint32{1}, Group: 1, GroupLen: 2},
		{Kind: ir.CompArray, Fields: []ir.Field{{Type: ir.ValType{Kind: ir.I8}, Mutable: true}}, Final: true, Group: 3, GroupLen: 1},
	}
	if !reflect.DeepEqual(m.Types, types) {
		t.Errorf("types\n got %+v\nwant %+v", m.Types, types)
	}
	at := func(what string, offset int, b string) {
		t.Helper()
		if i := offset - base; i < 0 || !strings.HasPrefix(src[i:], b) {
			t.Errorf("%s: offset %d is not that of %x", what, offset, b)
		}
	}
	at("memory import", m.Imports[1].Offset, "\x01a\x01m\x02")
	if l := m.Imports[1].Memory.Limits; !l.Shared || !l.Is64 || !l.HasMax || l.Min != 1 || l.Max != 2 {
		t.Errorf("limits %+v", l)
	}
	if len(m.Tables) != 2 || m.Tables[0].Init != nil || string(m.Tables[1].Init.Bytes) != "\xd2\x00\x0b" {
		t.Errorf("tables %+v", m.Tables)
	}
	if m.Mems[0].PageLog2 != 0 || m.Imports[1].Memory.PageLog2 != 16 {
		t.Error("page sizes")
	}
	at("global", m.Globals[0].Offset, "\x7f\x01\x41")
	at("global's initialiser", m.Globals[0].Init.Offset, "\x41\x2a\x0b")
	at("memory", m.MemOffs[0], "\x08\x00\x00")
	if e := m.Elems[1]; e.Mode != ir.SegPassive || !e.IsExprs || string(e.ExprItems[0].Bytes) != "\xd0\x70\x0b" {
		t.Errorf("element segment %+v", e)
	}
	if e := m.Elems[0]; e.Type != refType(false, ir.HeapFunc) || !reflect.DeepEqual(e.FuncItems, []uint32{1}) {
		t.Errorf("element segment %+v", e)
	}
	c := m.Codes[0]
	at("code entry", c.Entry, "\x08\x02")
	at("body", c.Offset, "\x20\x00\x0b")
	if c.Size != 9 || string(c.Body) != "\x20\x00\x0b" || !reflect.DeepEqual(c.Locals, []LocalGroup{{2, ir.TypeI32}, {1, ir.TypeI64}}) {
		t.Errorf("code %+v", c)
	}
	if d := m.Datas; string(d[0].Bytes) != "hi" || d[0].Mode != ir.SegPassive || d[1].Memory != 1 || *m.DataCount != 2 {
		t.Errorf("data %+v", d)
	}
	if len(m.Customs) != 2 || m.Customs[0].Name != "hello" || string(m.Customs[0].Bytes) != "!" {
		t.Errorf("custom sections %+v", m.Customs)
	}
	if n := m.Names; n.Module != "M" || n.Funcs[1] != "f" || n.Locals[1][0] != "x" {
		t.Errorf("names %+v", n)
	}
}

func TestBrokenNamesAreIgnored(t *testing.T) {
	src := header + section(0, "\x04name"+"\x00\x02\x01M"+"\x01\x05\x02\x01\x01f\x07")
	m, err := DecodeModule([]byte(src), 0)
	if err != nil || m.Names.Module != "M" || m.Names.Funcs != nil {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestDecodeModuleErrors(t *testing.T) {
	for _, c := range []struct {
		in        string
		offset    int
		text      string
		malformed bool
	}{
		{"", 0, "unexpected end", true},
		{"\x00asn\x01\x00\x00\x00", 0, "magic header not detected", true},
		{"\x00asm\x0d\x00\x01\x00", 4, "unknown binary version", true},
		{header + "\x0e\x00", 8, "malformed section id", true},
		{header + "\x01\x05\x00", 10, "length out of bounds", true},
		{header + section(3, "\x00") + section(1, "\x00"), 11, "unexpected content after last section", true},
		{header + section(1, "\x01\x60\x00\x00\x00"), 14, "section size mismatch", true},
		{header + section(3, "\x01\x00"), 12, "function and code section have inconsistent lengths", true},
		{header + section(1, "\x01\x50\x02\x00\x00\x60\x00\x00"), 12, "only have one supertype", false},
		{header + section(5, "\x01\x10\x00"), 11, "malformed limits flags", true},
	} {
		_, err := DecodeModule([]byte(c.in), 0)
		var e *Error
		if !errors.As(err, &e) || e.Offset != c.offset || !strings.Contains(e.Message, c.text) || e.Malformed != c.malformed {
			t.Errorf("%q: %v (malformed %v), want %s at %#x", c.in, err, e != nil && e.Malformed, c.text, c.offset)
		}
	}
}
