package rt

import (
	"fmt"
	"unicode/utf8"
)

// Conform checks that v is a value of type t and gives it the one form that
// such values have: record fields and flags in the order of the type, list<u8> as
// Bytes. What a handle refers to is not looked at. v is not changed.
func Conform(t *Type, v Value) (Value, error) {
	mismatch := func() (Value, error) {
		return nil, fmt.Errorf("%s is not a value of type %s", valueKind(v), t)
	}
	switch t.Kind {
	case KindBool:
		if _, ok := v.(Bool); ok {
			return v, nil
		}
	case KindS8:
		if _, ok := v.(S8); ok {
			return v, nil
		}
	case KindU8:
		if _, ok := v.(U8); ok {
			return v, nil
		}
	case KindS16:
		if _, ok := v.(S16); ok {
			return v, nil
		}
	case KindU16:
		if _, ok := v.(U16); ok {
			return v, nil
		}
	case KindS32:
		if _, ok := v.(S32); ok {
			return v, nil
		}
	case KindU32:
		if _, ok := v.(U32); ok {
			return v, nil
		}
	case KindS64:
		if _, ok := v.(S64); ok {
			return v, nil
		}
	case KindU64:
		if _, ok := v.(U64); ok {
			return v, nil
		}
	case KindF32:
		if _, ok := v.(F32); ok {
			return v, nil
		}
	case KindF64:
		if _, ok := v.(F64); ok {
			return v, nil
		}
	case KindChar:
		if c, ok := v.(Char); ok {
			if !utf8.ValidRune(rune(c)) {
				return nil, fmt.Errorf("%#x is not a Unicode scalar value", int32(c))
			}
			return v, nil
		}
	case KindString:
		if s, ok := v.(String); ok {
			if !utf8.ValidString(string(s)) {
				return nil, fmt.Errorf("string is not UTF-8")
			}
			return v, nil
		}
	case KindList, KindFixedList:
		return conformList(t, v)
	case KindMap:
		m, ok := v.(MapValue)
		if !ok {
			return mismatch()
		}
		out := make(MapValue, len(m))
		for n, e := range m {
			var err error
			if out[n].Key, err = Conform(t.Key, e.Key); err != nil {
				return nil, fmt.Errorf("key of entry %d: %w", n, err)
			}
			if out[n].Value, err = Conform(t.Elem, e.Value); err != nil {
				return nil, fmt.Errorf("value of entry %d: %w", n, err)
			}
		}
		return out, nil
	case KindRecord:
		return conformRecord(t, v)
	case KindTuple:
		tu, ok := v.(Tuple)
		if !ok {
			return mismatch()
		}
		if len(tu) != len(t.Cases) {
			return nil, fmt.Errorf("a tuple of %d is not a value of type %s", len(tu), t)
		}
		out := make(Tuple, len(tu))
		for n, c := range t.Cases {
			var err error
			if out[n], err = Conform(c.Type, tu[n]); err != nil {
				return nil, fmt.Errorf("element %d: %w", n, err)
			}
		}
		return out, nil
	case KindVariant:
		x, ok := v.(Variant)
		if !ok {
			return mismatch()
		}
		n := t.Case(x.Case)
		if n < 0 {
			return nil, fmt.Errorf("%s has no case %q", t, x.Case)
		}
		p, err := conformPayload(t.Cases[n].Type, x.Value, x.Case)
		return Variant{x.Case, p}, err
	case KindEnum:
		x, ok := v.(Enum)
		if !ok {
			return mismatch()
		}
		if t.Case(string(x)) < 0 {
			return nil, fmt.Errorf("%s has no case %q", t, string(x))
		}
		return x, nil
	case KindFlags:
		x, ok := v.(Flags)
		if !ok {
			return mismatch()
		}
		set := make([]bool, len(t.Cases))
		for _, name := range x {
			n := t.Case(name)
			if n < 0 {
				return nil, fmt.Errorf("%s has no flag %q", t, name)
			}
			set[n] = true
		}
		out := make(Flags, 0, len(x))
		for n, c := range t.Cases {
			if set[n] {
				out = append(out, c.Name)
			}
		}
		return out, nil
	case KindOption:
		x, ok := v.(OptionValue)
		if !ok {
			return mismatch()
		}
		if x.Value == nil {
			return x, nil
		}
		p, err := conformPayload(t.Elem, x.Value, "some")
		return OptionValue{p}, err
	case KindResult:
		x, ok := v.(ResultValue)
		if !ok {
			return mismatch()
		}
		payload, name := t.Elem, "ok"
		if x.IsErr {
			payload, name = t.Err, "err"
		}
		p, err := conformPayload(payload, x.Value, name)
		return ResultValue{x.IsErr, p}, err
	case KindOwn, KindBorrow:
		if x, ok := v.(ResourceValue); ok {
			return x, nil
		}
	case KindStream, KindFuture, KindErrorContext:
		if x, ok := v.(AsyncValue); ok && x.kind == t.Kind {
			return x, nil
		}
	}
	return mismatch()
}

func conformPayload(t *Type, v Value, name string) (Value, error) {
	switch {
	case t == nil && v == nil:
		return nil, nil
	case t == nil:
		return nil, fmt.Errorf("%s has no payload", name)
	case v == nil:
		return nil, fmt.Errorf("%s needs a payload of type %s", name, t)
	}
	p, err := Conform(t, v)
	if err != nil {
		return nil, fmt.Errorf("payload of %s: %w", name, err)
	}
	return p, nil
}

func conformList(t *Type, v Value) (Value, error) {
	var n int
	switch x := v.(type) {
	case Bytes:
		if t.Elem.Kind != KindU8 {
			return nil, fmt.Errorf("%s is not a value of type %s", valueKind(v), t)
		}
		n = len(x)
	case List:
		n = len(x)
	default:
		return nil, fmt.Errorf("%s is not a value of type %s", valueKind(v), t)
	}
	if t.Kind == KindFixedList && uint64(n) != uint64(t.Len) {
		return nil, fmt.Errorf("a list of %d is not a value of type %s", n, t)
	}
	l, ok := v.(List)
	if !ok {
		return v, nil
	}
	if t.Elem.Kind == KindU8 {
		out := make(Bytes, n)
		for i, e := range l {
			u, ok := e.(U8)
			if !ok {
				return nil, fmt.Errorf("element %d: %s is not a value of type u8", i, valueKind(e))
			}
			out[i] = byte(u)
		}
		return out, nil
	}
	out := make(List, n)
	for i, e := range l {
		var err error
		if out[i], err = Conform(t.Elem, e); err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
	}
	return out, nil
}

func conformRecord(t *Type, v Value) (Value, error) {
	r, ok := v.(Record)
	if !ok {
		return nil, fmt.Errorf("%s is not a value of type %s", valueKind(v), t)
	}
	out := make(Record, len(t.Cases))
	for _, f := range r {
		n := t.Case(f.Name)
		if n < 0 {
			return nil, fmt.Errorf("%s has no field %q", t, f.Name)
		}
		if out[n].Name != "" {
			return nil, fmt.Errorf("field %q is given twice", f.Name)
		}
		p, err := Conform(t.Cases[n].Type, f.Value)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", f.Name, err)
		}
		out[n] = RecordField{f.Name, p}
	}
	for n := range out {
		if out[n].Name == "" {
			return nil, fmt.Errorf("field %q of %s is missing", t.Cases[n].Name, t)
		}
	}
	return out, nil
}

// valueKind names what a value is, for error messages.
func valueKind(v Value) string {
	switch v.(type) {
	case nil:
		return "nil"
	case Bytes:
		return "rt.Bytes"
	}
	return fmt.Sprintf("%T", v)
}
