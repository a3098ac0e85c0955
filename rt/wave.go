package rt

import (
	"math"
	"strconv"
	"unicode"
	"unicode/utf8"
)

func (v Bool) String() string          { return FormatWAVE(v) }
func (v S8) String() string            { return FormatWAVE(v) }
func (v U8) String() string            { return FormatWAVE(v) }
func (v S16) String() string           { return FormatWAVE(v) }
func (v U16) String() string           { return FormatWAVE(v) }
func (v S32) String() string           { return FormatWAVE(v) }
func (v U32) String() string           { return FormatWAVE(v) }
func (v S64) String() string           { return FormatWAVE(v) }
func (v U64) String() string           { return FormatWAVE(v) }
func (v F32) String() string           { return FormatWAVE(v) }
func (v F64) String() string           { return FormatWAVE(v) }
func (v Char) String() string          { return FormatWAVE(v) }
func (v String) String() string        { return FormatWAVE(v) }
func (v Bytes) String() string         { return FormatWAVE(v) }
func (v List) String() string          { return FormatWAVE(v) }
func (v MapValue) String() string      { return FormatWAVE(v) }
func (v Record) String() string        { return FormatWAVE(v) }
func (v Tuple) String() string         { return FormatWAVE(v) }
func (v Variant) String() string       { return FormatWAVE(v) }
func (v Enum) String() string          { return FormatWAVE(v) }
func (v Flags) String() string         { return FormatWAVE(v) }
func (v OptionValue) String() string   { return FormatWAVE(v) }
func (v ResultValue) String() string   { return FormatWAVE(v) }
func (v ResourceValue) String() string { return FormatWAVE(v) }

// FormatWAVE prints a value in WAVE.
func FormatWAVE(v Value) string { return string(AppendWAVE(nil, v)) }

// AppendWAVE appends a value in WAVE to b. Options and results are always
// written with some, none, ok and err; a record's fields that are none are left out, as
// Wasmtime does. What WAVE has no form for (handles) is written as "<resource>".
func AppendWAVE(b []byte, v Value) []byte {
	list := func(open string, n int, each func(b []byte, i int) []byte, end string) {
		b = append(b, open...)
		for i := range n {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = each(b, i)
		}
		b = append(b, end...)
	}
	payload := func(p Value) {
		if p != nil {
			b = append(b, '(')
			b = AppendWAVE(b, p)
			b = append(b, ')')
		}
	}
	switch v := v.(type) {
	case Bool:
		b = strconv.AppendBool(b, bool(v))
	case S8:
		b = strconv.AppendInt(b, int64(v), 10)
	case U8:
		b = strconv.AppendUint(b, uint64(v), 10)
	case S16:
		b = strconv.AppendInt(b, int64(v), 10)
	case U16:
		b = strconv.AppendUint(b, uint64(v), 10)
	case S32:
		b = strconv.AppendInt(b, int64(v), 10)
	case U32:
		b = strconv.AppendUint(b, uint64(v), 10)
	case S64:
		b = strconv.AppendInt(b, int64(v), 10)
	case U64:
		b = strconv.AppendUint(b, uint64(v), 10)
	case F32:
		b = appendWAVEFloat(b, float64(v), 32)
	case F64:
		b = appendWAVEFloat(b, float64(v), 64)
	case Char:
		b = append(b, '\'')
		b = appendWAVERune(b, rune(v))
		b = append(b, '\'')
	case String:
		b = append(b, '"')
		for _, r := range string(v) {
			b = appendWAVERune(b, r)
		}
		b = append(b, '"')
	case Bytes:
		list("[", len(v), func(b []byte, i int) []byte { return strconv.AppendUint(b, uint64(v[i]), 10) }, "]")
	case List:
		list("[", len(v), func(b []byte, i int) []byte { return AppendWAVE(b, v[i]) }, "]")
	case MapValue:
		list("{", len(v), func(b []byte, i int) []byte {
			return AppendWAVE(append(AppendWAVE(b, v[i].Key), ": "...), v[i].Value)
		}, "}")
	case Record:
		shown := make(Record, 0, len(v))
		for _, f := range v {
			if o, ok := f.Value.(OptionValue); !ok || o.Value != nil {
				shown = append(shown, f)
			}
		}
		if len(shown) == 0 {
			return append(b, "{:}"...)
		}
		list("{", len(shown), func(b []byte, i int) []byte {
			return AppendWAVE(append(append(b, shown[i].Name...), ": "...), shown[i].Value)
		}, "}")
	case Tuple:
		list("(", len(v), func(b []byte, i int) []byte { return AppendWAVE(b, v[i]) }, ")")
	case Variant:
		b = appendWAVELabel(b, v.Case)
		payload(v.Value)
	case Enum:
		b = appendWAVELabel(b, string(v))
	case Flags:
		list("{", len(v), func(b []byte, i int) []byte { return append(b, v[i]...) }, "}")
	case OptionValue:
		if v.Value == nil {
			return append(b, "none"...)
		}
		b = append(b, "some"...)
		payload(v.Value)
	case ResultValue:
		if v.IsErr {
			b = append(b, "err"...)
		} else {
			b = append(b, "ok"...)
		}
		payload(v.Value)
	case ResourceValue:
		b = append(b, "<resource>"...)
	case AsyncValue:
		b = append(b, v.String()...)
	case nil:
		b = append(b, "<nil>"...)
	}
	return b
}

// appendWAVEFloat writes a float without an exponent, as Wasmtime does.
func appendWAVEFloat(b []byte, f float64, bits int) []byte {
	switch {
	case f != f:
		return append(b, "nan"...)
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	}
	return strconv.AppendFloat(b, f, 'f', -1, bits)
}

// appendWAVERune writes a character of a string or char. Both quotes are
// escaped in both, and so is what would not be seen.
func appendWAVERune(b []byte, r rune) []byte {
	switch r {
	case '\\', '"', '\'':
		return append(b, '\\', byte(r))
	case '\t':
		return append(b, `\t`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	}
	if !unicode.IsPrint(r) || unicode.In(r, unicode.Mn, unicode.Me, unicode.Other_Grapheme_Extend) {
		b = append(b, `\u{`...)
		b = strconv.AppendInt(b, int64(r), 16)
		return append(b, '}')
	}
	return utf8.AppendRune(b, r)
}

func isWAVEKeyword(s string) bool {
	switch s {
	case "true", "false", "inf", "nan", "some", "none", "ok", "err":
		return true
	}
	return false
}

func appendWAVELabel(b []byte, s string) []byte {
	if isWAVEKeyword(s) {
		b = append(b, '%')
	}
	return append(b, s...)
}
