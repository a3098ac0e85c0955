package rt

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestConform(t *testing.T) {
	for _, c := range []struct {
		typ  int // of waveTable
		v    Value
		want Value  // nil: an error
		err  string // part of it
	}{
		{2, U8(1), U8(1), ""},
		{2, U16(1), nil, "rt.U16 is not a value of type u8"},
		{2, nil, nil, "nil is not a value of type u8"},
		{7, Char(0xd800), nil, "not a Unicode scalar value"},
		{7, Char(-1), nil, "not a Unicode scalar value"},
		{8, String("\xff"), nil, "not UTF-8"},
		{9, List{U8(1), U8(2)}, Bytes{1, 2}, ""},
		{9, List{U8(1), S8(2)}, nil, "element 1: rt.S8"},
		{9, Bytes{1}, Bytes{1}, ""},
		{10, Bytes{1}, nil, "rt.Bytes is not a value of type list<string>"},
		{10, List{String("a"), nil}, nil, "element 1: nil"},
		{11, List{String("a")}, nil, "a list of 1 is not a value of type list<string, 2>"},
		{12, MapValue{{String("k"), U16(1)}}, nil, "value of entry 0"},
		{12, MapValue{{U8(1), U8(1)}}, nil, "key of entry 0"},
		{12, Tuple{}, nil, "rt.Tuple is not"},
		{13, Tuple{String("a")}, nil, "a tuple of 1 is not a value of type tuple<string, u8>"},
		{13, Tuple{String("a"), String("b")}, nil, "element 1"},
		{14, OptionValue{U16(1)}, nil, "payload of some"},
		{16, Record{{"ok", OptionValue{}}, {"must-have", U8(1)}}, Record{{"must-have", U8(1)}, {"ok", OptionValue{}}}, ""},
		{16, Record{{"must-have", U8(1)}}, nil, `field "ok" of rec is missing`},
		{16, Record{{"must-have", U8(1)}, {"must-have", U8(1)}}, nil, "given twice"},
		{16, Record{{"x", U8(1)}}, nil, `no field "x"`},
		{16, Record{{"must-have", S8(1)}}, nil, `field "must-have": rt.S8`},
		{18, Variant{"empty", nil}, Variant{"empty", nil}, ""},
		{18, Variant{"empty", U8(1)}, nil, "empty has no payload"},
		{18, Variant{"body", nil}, nil, "body needs a payload of type list<u8>"},
		{18, Variant{"body", List{U8(1)}}, Variant{"body", Bytes{1}}, ""},
		{18, Variant{"other", nil}, nil, `no case "other"`},
		{18, Enum("empty"), nil, "rt.Enum is not a value of type var"},
		{19, Enum("x"), nil, `no case "x"`},
		{20, Flags{"write", "read", "write"}, Flags{"read", "write"}, ""},
		{20, Flags{"exec"}, nil, `no flag "exec"`},
		{21, ResultValue{true, String("e")}, ResultValue{true, String("e")}, ""},
		{21, ResultValue{true, U8(1)}, nil, "payload of err"},
		{23, ResultValue{false, U8(1)}, nil, "ok has no payload"},
		{26, ResourceValue{Value: 1}, ResourceValue{Value: 1}, ""},
		{26, U32(1), nil, "rt.U32 is not a value of type res"},
		{31, U32(1), nil, "rt.U32 is not a value of type borrow<res>"},
		{32, U32(1), nil, "is not a value of type stream<u8>"},
	} {
		typ := waveTable.Type(c.typ)
		got, err := Conform(typ, c.v)
		if c.want == nil {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %#v: got %v, %v, want error %q", typ, c.v, got, err, c.err)
			}
		} else if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %#v: got %#v, %v", typ, c.v, got, err)
		}
	}
	r := Record{{"a", U8(1)}}
	if r.Get("a") != U8(1) || r.Get("b") != nil {
		t.Error("Record.Get")
	}
	if f := (Flags{"a"}); !f.Has("a") || f.Has("b") {
		t.Error("Flags.Has")
	}
}

type oneFunc struct{ f Func }

func (f oneFunc) Func(name string) (Func, bool)     { return f.f, name == "join" }
func (f oneFunc) FuncAt(x ExportIndex) (Func, bool) { return Func{}, false }

func TestFunc(t *testing.T) {
	typ := waveTable.Func(0) // (string, u8, option<u8>, option<u8>) -> string
	var got []Value
	broken := errors.New("broken")
	fail := false
	f := NewFunc(typ, func(_ context.Context, args []Value) (Value, error) {
		got = args
		if fail {
			return nil, broken
		}
		return String("r"), nil
	}, func(s string) string { return s + "!" })
	if f.Type() != typ {
		t.Error("type")
	}
	r, err := f.Call(t.Context(), String("a"), U8(1), OptionValue{}, OptionValue{U8(2)})
	if err != nil || len(r) != 1 || r[0] != String("r") || len(got) != 4 {
		t.Errorf("%v %v %v", r, err, got)
	}
	got = nil
	if _, err := f.Call(t.Context(), String("a")); err == nil || !strings.Contains(err.Error(), "takes 4 arguments, got 1") {
		t.Error(err)
	}
	if _, err := f.Call(t.Context(), String("a"), U16(1), OptionValue{}, OptionValue{}); err == nil ||
		!strings.Contains(err.Error(), "argument 2 (count): rt.U16") || got != nil {
		t.Error(err, got)
	}
	fail = true
	if _, err := f.Call(t.Context(), String("a"), U8(1), OptionValue{}, OptionValue{}); err != broken {
		t.Error(err)
	}
	if _, err := (Func{}).Call(t.Context()); err == nil {
		t.Error("call of a zero Func")
	}

	typed, err := TypedFunc[func(string) string](oneFunc{f}, "join")
	if err != nil || typed("a") != "a!" {
		t.Error(err)
	}
	if _, err := TypedFunc[func()](oneFunc{f}, "join"); err == nil || !strings.Contains(err.Error(), "has the type func(string) string, not func()") {
		t.Error(err)
	}
	if _, err := TypedFunc[func()](oneFunc{f}, "x"); err == nil || !strings.Contains(err.Error(), `exports no function "x"`) {
		t.Error(err)
	}
}

func TestTypeTable(t *testing.T) {
	for _, text := range []string{
		"boot", "list _", "list _ 0", "bool\nlist _ 1", "bool\nlist _ -1", "bool\nfixed _ 0", "bool\nfixed _ 0 x", "own _", "map _ 0 0",
		"bool\nrecord _ a", "bool\nrecord _ a=_", "bool\ntuple _ =_", "bool\nresult _ 0", "func", "func 0", "func _ x", "func _ x=_", "\n",
	} {
		if err := NewTypes(text).Err(); err == nil || !strings.Contains(err.Error(), "type table, line ") {
			t.Errorf("%q: %v", text, err)
		}
	}
	table := NewTypes("u32\nvariant a%3Ab#v x=_ y%2Dz=0\nenum _ a=_ b=_\n")
	if v := table.Type(1); v.Interface != "a:b" || v.Name != "v" || v.Cases[1].Name != "y-z" || v.Case("y-z") != 1 || v.Case("q") != -1 {
		t.Errorf("%+v", v)
	}
	if s := table.Type(2).String(); s != "enum { a, b }" {
		t.Error(s)
	}
	for n, want := range map[int]string{11: "list<string, 2>", 12: "map<string, u8>", 13: "tuple<string, u8>", 16: "rec", 21: "result<u8, string>",
		22: "result<_, string>", 23: "result", 24: "result<option<u8>>", 26: "res", 31: "borrow<res>", 32: "stream<u8>", 33: "future"} {
		if got := waveTable.Type(n).String(); got != want {
			t.Errorf("type %d is %q, want %q", n, got, want)
		}
	}
}
