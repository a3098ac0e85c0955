package rt

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

// waveTypes has one type or more of each kind, by a name for the tests.
var waveTable = NewTypes(strings.Join([]string{
	/* 0 */ "bool",
	/* 1 */ "s8",
	/* 2 */ "u8",
	/* 3 */ "s64",
	/* 4 */ "u64",
	/* 5 */ "f32",
	/* 6 */ "f64",
	/* 7 */ "char",
	/* 8 */ "string",
	/* 9 */ "list _ 2",
	/* 10 */ "list _ 8",
	/* 11 */ "fixed _ 8 2",
	/* 12 */ "map _ 8 2",
	/* 13 */ "tuple _ =8 =2",
	/* 14 */ "option _ 2",
	/* 15 */ "option _ 14",
	/* 16 */ "record test:t/i@1.0.0#rec must-have=2 ok=14",
	/* 17 */ "record test:t/i@1.0.0#opts a=14 b=14",
	/* 18 */ "variant test:t/i@1.0.0#var empty=_ body=9 err=8",
	/* 19 */ "enum test:t/i@1.0.0#en ok=_ not-found=_ HTTP3=_",
	/* 20 */ "flags test:t/i@1.0.0#fl read=_ write=_ nan=_",
	/* 21 */ "result _ 2 8",
	/* 22 */ "result _ _ 8",
	/* 23 */ "result _ _ _",
	/* 24 */ "result _ 14 _",
	/* 25 */ "option _ 18",
	/* 26 */ "own test:t/i@1.0.0#res 3",
	/* 27 */ "s16",
	/* 28 */ "u16",
	/* 29 */ "s32",
	/* 30 */ "u32",
	/* 31 */ "borrow test:t/i@1.0.0#res 3",
	/* 32 */ "stream _ 2",
	/* 33 */ "future _ _",
	/* 34 */ "option _ 0",
	/* 35 */ "list _ 16",
	"func 8 name=8 count=2 opt=14 opt2=14",
	"async _",
}, "\n") + "\n")

func TestParseWAVE(t *testing.T) {
	rec := func(must, ok Value) Record {
		return Record{{"must-have", must}, {"ok", ok}}
	}
	some := func(v Value) OptionValue { return OptionValue{v} }
	for _, c := range []struct {
		typ  int
		text string
		want Value  // nil: as printed
		out  string // "" where printing gives text again
	}{
		{0, "true", Bool(true), ""},
		{0, " false // no\n ", Bool(false), "false"},
		{1, "-128", S8(-128), ""},
		{2, "255", U8(255), ""},
		{27, "-32768", S16(math.MinInt16), ""},
		{28, "65535", U16(math.MaxUint16), ""},
		{29, "-2147483648", S32(math.MinInt32), ""},
		{30, "4294967295", U32(math.MaxUint32), ""},
		{3, "-9223372036854775808", S64(math.MinInt64), ""},
		{4, "18446744073709551615", U64(math.MaxUint64), ""},
		{5, "3.14", F32(3.14), ""},
		{5, "1", F32(1), ""},
		{6, "6.022e+23", F64(6.022e23), "602200000000000000000000"},
		{6, "-0", F64(math.Copysign(0, -1)), ""},
		{6, "1e-7", F64(1e-7), "0.0000001"},
		{6, "1e999", F64(math.Inf(1)), "inf"},
		{6, "inf", F64(math.Inf(1)), ""},
		{5, "-inf", F32(math.Inf(-1)), ""},
		{7, "'x'", Char('x'), ""},
		{7, `'☃'`, Char('☃'), ""},
		{7, `'\''`, Char('\''), ""},
		{7, `'"'`, Char('"'), `'\"'`},
		{7, `'\u{0}'`, Char(0), ""},
		{7, `'🚩'`, Char('🚩'), ""},
		{8, `""`, String(""), ""},
		{8, `"WAVE🌊"`, String("WAVE🌊"), ""},
		{8, `"\\\'\"\t\n\r"`, String("\\'\"\t\n\r"), ""},
		{8, `"☃\u{2603}\u{002603}"`, String("☃☃☃"), `"☃☃☃"`},
		{8, "\"\"\"\n\"\"\"", String(""), `""`},
		{8, "\"\"\"\nA single line\n\"\"\"", String("A single line"), `"A single line"`},
		{8, "\"\"\"\r\n    Indentation determined\r\n      by ending delimiter\n  \"\"\"", String("  Indentation determined\n    by ending delimiter"),
			`"  Indentation determined\n    by ending delimiter"`},
		{8, "\"\"\"\n  cr: \\r\n  quotes: \"\"\\\"\"\n  \"\"\"", String("cr: \r\nquotes: \"\"\"\""), `"cr: \r\nquotes: \"\"\"\""`},
		{8, "\"\"\"\n\nkept\n\n\"\"\"", String("\nkept\n"), `"\nkept\n"`},
		{9, "[1, 2, 255]", Bytes{1, 2, 255}, ""},
		{9, "[]", Bytes{}, ""},
		{10, `["a","b",]`, List{String("a"), String("b")}, `["a", "b"]`},
		{10, `[ ]`, List{}, "[]"},
		{11, `["a", "b"]`, List{String("a"), String("b")}, ""},
		{12, `{"a": 1, "b": 2}`, MapValue{{String("a"), U8(1)}, {String("b"), U8(2)}}, ""},
		{12, `{}`, MapValue{}, ""},
		{13, `("abc", 123,)`, Tuple{String("abc"), U8(123)}, `("abc", 123)`},
		{14, "12", some(U8(12)), "some(12)"},
		{14, "some( 12 )", some(U8(12)), "some(12)"},
		{14, "none", OptionValue{}, ""},
		{15, "some(none)", some(OptionValue{}), ""},
		{15, "some(some(42))", some(some(U8(42))), ""},
		{15, "some(42)", some(some(U8(42))), "some(some(42))"},
		{15, "none", OptionValue{}, ""},
		{34, "true", some(Bool(true)), "some(true)"},
		{16, "{must-have: 123}", rec(U8(123), OptionValue{}), ""},
		{16, "{must-have: 123, ok: none,}", rec(U8(123), OptionValue{}), "{must-have: 123}"},
		{16, "{ok: 1, %must-have: 2}", rec(U8(2), some(U8(1))), "{must-have: 2, ok: some(1)}"},
		{17, "{:}", Record{{"a", OptionValue{}}, {"b", OptionValue{}}}, ""},
		{17, "{ : }", Record{{"a", OptionValue{}}, {"b", OptionValue{}}}, "{:}"},
		{18, "empty", Variant{"empty", nil}, ""},
		{18, "body ([79, 75])", Variant{"body", Bytes{79, 75}}, "body([79, 75])"},
		{18, `%err("oops")`, Variant{"err", String("oops")}, ""},
		{19, "%ok", Enum("ok"), ""},
		{19, "not-found", Enum("not-found"), ""},
		{19, "%HTTP3", Enum("HTTP3"), "HTTP3"},
		{20, "{write, read,}", Flags{"read", "write"}, "{read, write}"},
		{20, "{nan}", Flags{"nan"}, ""},
		{20, "{}", Flags{}, ""},
		{21, "12", ResultValue{false, U8(12)}, "ok(12)"},
		{21, "ok(12)", ResultValue{false, U8(12)}, ""},
		{21, `err("oops")`, ResultValue{true, String("oops")}, ""},
		{22, "ok", ResultValue{}, ""},
		{23, "err", ResultValue{IsErr: true}, ""},
		{24, "ok(none)", ResultValue{false, OptionValue{}}, ""},
		{25, "%err(\"x\")", some(Variant{"err", String("x")}), `some(%err("x"))`},
		{35, "[{must-have: 1}, {must-have: 2, ok: 3}]", List{rec(U8(1), OptionValue{}), rec(U8(2), some(U8(3)))}, "[{must-have: 1}, {must-have: 2, ok: some(3)}]"},
	} {
		typ := waveTable.Type(c.typ)
		got, err := ParseWAVE(typ, c.text)
		if err != nil {
			t.Errorf("%s: %q: %v", typ, c.text, err)
			continue
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q: got %#v, want %#v", typ, c.text, got, c.want)
		}
		out := c.out
		if out == "" {
			out = c.text
		}
		if got.String() != out {
			t.Errorf("%s: %q prints as %q, want %q", typ, c.text, got, out)
		}
		conformed, err := Conform(typ, got)
		if err != nil || !reflect.DeepEqual(conformed, got) {
			t.Errorf("%s: %q: Conform: %#v, %v", typ, c.text, conformed, err)
		}
	}
	for _, n := range []int{5, 6} {
		v, err := ParseWAVE(waveTable.Type(n), "nan")
		if err != nil || v.String() != "nan" {
			t.Errorf("nan: %v, %v", v, err)
		}
	}
}

func TestParseWAVEErrors(t *testing.T) {
	for _, c := range []struct {
		typ  int
		text string
		at   int
		want string
	}{
		{0, "tru", 0, "expected true or false"},
		{0, "%true", 0, "expected true or false"},
		{0, "true false", 5, "after the value"},
		{0, "", 0, "end of text"},
		{0, "\xff", 0, "not UTF-8"},
		{1, "128", 0, "out of the range of s8"},
		{2, "-1", 0, "out of the range of u8"},
		{2, "1.0", 0, "expected an integer"},
		{2, "01", 0, "leading zero"},
		{2, "x", 0, "expected a number"},
		{6, "-nan", 0, "expected a number"},
		{6, "NaN", 0, "expected a number"},
		{6, "Inf", 0, "expected a number"},
		{6, "infinity", 0, "expected a number"},
		{6, "1.", 0, "no digits after the point"},
		{6, "1e", 0, "no digits in its exponent"},
		{7, "''", 1, "expected a character"},
		{7, "'ab'", 2, "expected"},
		{7, `'\x'`, 1, "unknown escape"},
		{7, `'\u{}'`, 4, "hexadecimal"},
		{8, `"\u{d800}"`, 1, "scalar"},
		{8, `"\u{110000}"`, 1, "scalar"},
		{8, `"\u{ffffffffffffffffff}"`, 1, "scalar"},
		{8, `"\u{-1}"`, 4, "hexadecimal"},
		{8, `"`, 1, "no end"},
		{8, "\"a\nb\"", 2, "line break"},
		{8, `"""""")`, 3, "line break"},
		{8, `""" """`, 3, "line break"},
		{8, "\"\"\"\n\"\"", 6, "no end"},
		{8, "\"\"\"\n\"\"\"\"", 7, "after the value"},
		{8, "\"\"\"\nextra\"\"\"", 4, "only spaces"},
		{8, "\"\"\"\n  Between \"\"\" words\n  \"\"\"", 4, "only spaces"},
		{8, "\"\"\"\n a\n  \"\"\"", 4, "indented"},
		{8, "\"\"\"\nbad \\j\n\"\"\"", 8, "unknown escape"},
		{9, "[1 2]", 3, "expected ']'"},
		{9, "[,]", 1, "expected a number"},
		{11, `["a"]`, 0, "a list of 1"},
		{13, "(\"a\")", 4, "expected ','"},
		{13, "(\"a\", 1, 2)", 9, "expected ')'"},
		{15, "42", 0, "expected some(…) or none"},
		{14, "some", 4, "needs a payload"},
		{16, "{}", 1, "expected a field"},
		{16, "{:}", 2, `field "must-have" of rec is missing`},
		{16, "{must-have: 1, must-have: 2}", 15, "given twice"},
		{16, "{other: 1}", 1, `no field "other"`},
		{16, "{must-have: 1 ok: 2}", 14, "expected ',' or '}'"},
		{18, "body", 4, "needs a payload"},
		{18, "empty(1)", 5, "no payload"},
		{18, "err(\"x\")", 0, "write %err"},
		{18, "other", 0, `no case "other"`},
		{19, "ok", 0, "write %ok"},
		{19, "1", 0, "expected a case"},
		{20, "{exec}", 1, `no flag "exec"`},
		{20, "{read, read}", 7, "given twice"},
		{20, "{:}", 1, "expected a flag"},
		{22, "1", 0, "expected ok or err"},
		{22, "ok(1)", 2, "no payload"},
		{24, "5", 0, "expected ok or err"},
		{26, "1", 0, "type res cannot be written"},
		{32, "1", 0, "type stream<u8> cannot be written"},
	} {
		typ := waveTable.Type(c.typ)
		v, err := ParseWAVE(typ, c.text)
		if err == nil {
			t.Errorf("%s: %q: got %v, want an error", typ, c.text, v)
			continue
		}
		if e := err.(*WAVEError); e.Offset != c.at || !strings.Contains(e.Text, c.want) {
			t.Errorf("%s: %q: got %q, want %q at %d", typ, c.text, err, c.want, c.at)
		}
	}
}

func TestParseWAVECall(t *testing.T) {
	f := waveTable.Func(0)
	if got, want := f.String(), "func(name: string, count: u8, opt: option<u8>, opt2: option<u8>) -> string"; got != want {
		t.Errorf("type is %q, want %q", got, want)
	}
	if got := waveTable.Func(1).String(); got != "async func()" {
		t.Errorf("type is %q", got)
	}
	for _, c := range []struct{ text, name, want string }{
		{`greet("a", 1)`, "greet", `["a", 1, none, none]`},
		{` docs:adder/add@0.1.0#add ( "a" , 1, 5, ) // call`, "docs:adder/add@0.1.0#add", `["a", 1, some(5), none]`},
		{`%ok("a",1,none,some(2))`, "ok", `["a", 1, none, some(2)]`},
		{`[method]counter.get("(", 1)`, "[method]counter.get", `["(", 1, none, none]`},
	} {
		call, err := ParseWAVECall(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		args, err := call.Args(f)
		if call.Name != c.name || List(args).String() != c.want || err != nil {
			t.Errorf("%q: %q %v %v", c.text, call.Name, args, err)
		}
	}
	for _, c := range []struct {
		text string
		at   int
		want string
	}{
		{"greet", 5, "expected '('"},
		{"(1)", 0, "expected a function name"},
		{"a b(1)", 0, "not a function name"},
		{`greet("a")`, 9, `argument "count" is missing`},
		{`greet()`, 6, `argument "name" is missing`},
		{`greet("a", 1, 2, 3, 4)`, 20, "too many arguments"},
		{`greet("a", 1`, 12, "expected ')'"},
		{`greet("a", 1) x`, 14, "after the call"},
	} {
		call, err := ParseWAVECall(c.text)
		if err == nil {
			_, err = call.Args(f)
		}
		e, ok := err.(*WAVEError)
		if !ok || e.Offset != c.at || !strings.Contains(e.Text, c.want) {
			t.Errorf("%q: got %v, want %q at %d", c.text, err, c.want, c.at)
		}
	}
}

func TestFormatWAVEWithoutForm(t *testing.T) {
	if got := (List{ResourceValue{}, nil}).String(); got != "[<resource>, <nil>]" {
		t.Error(got)
	}
	if got := String("a\u0301\u200b\x7f").String(); got != `"a\u{301}\u{200b}\u{7f}"` {
		t.Error(got)
	}
}

// FuzzParseWAVE: no text makes the parser panic, and what it accepts it also
// accepts again as printed, with the same value.
func FuzzParseWAVE(f *testing.F) {
	waveTable.decode()
	for _, s := range []string{
		"true", "-1", "1.5e+3", "nan", `'\u{1f30a}'`, `"a\tb"`, "\"\"\"\n  x\n  \"\"\"", "[1, 2,]", `("a", 1)`, "{must-have: 1}", "{:}",
		"some(none)", "ok(12)", `%err("x")`, "{read, write}", `{"a": 1}`, "// c\n1",
	} {
		for n := range waveTable.types {
			f.Add(n, s)
		}
	}
	f.Fuzz(func(t *testing.T, n int, s string) {
		if n < 0 || n >= len(waveTable.types) {
			return
		}
		typ := waveTable.Type(n)
		v, err := ParseWAVE(typ, s)
		if err != nil {
			if e, ok := err.(*WAVEError); !ok || e.Offset < 0 || e.Offset > len(s) {
				t.Fatalf("%s: %q: bad error %v", typ, s, err)
			}
			return
		}
		text := v.String()
		again, err := ParseWAVE(typ, text)
		if err != nil {
			t.Fatalf("%s: %q printed as %q: %v", typ, s, text, err)
		}
		if again.String() != text {
			t.Fatalf("%s: %q printed as %q, then as %q", typ, s, text, again)
		}
		if c, err := Conform(typ, v); err != nil || c.String() != text {
			t.Fatalf("%s: %q: Conform: %v, %v", typ, s, c, err)
		}
	})
}
