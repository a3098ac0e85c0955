package rt

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// This file: Go functions of ordinary types as host functions. Reflection does
// here at link time and at each call what generated code does by itself.

// HostFuncOf makes a host function of a Go function, whose type is compared
// with the imported one when the two are linked. The Go function may take a context first and give an
// error last; between them are Go types that can hold the WIT types, those of the generated API:
//
//   - numbers, bool, rune and string; [Option], [Result], slices, arrays and maps;
//   - for a record a struct with fields of the same names, in Go's spelling
//     (max-size is MaxSize); for a tuple a [Tuple2] and so on, or any struct of as many fields;
//   - for an enum an integer of a defined type (the number of the case) or a string (its
//     name); for flags an unsigned integer of a defined type or a []string;
//   - for a variant an interface type, whose cases a [Cases] lists;
//   - for a resource whatever Go type the host's values have.
//
// A function whose WIT result is a result<T, E> returns (T, error). If the error is, or wraps, a Go
// value that can hold E ([NewError] makes one of a value without Error method), the guest gets it; any
// other error traps. A tuple can be returned as several results.
func HostFuncOf(fn any, cases ...Cases) HostFunc {
	return HostFunc{bind: func(want *FuncType) (func(ctx context.Context, args []Value) (Value, error), error) {
		return bindFunc(want, reflect.ValueOf(fn), cases)
	}}
}

// Cases are the cases of a variant in Go: the interface type that stands for it and a
// value of each case's type, in the order of the cases. The payload is in the field Value.
type Cases struct {
	iface reflect.Type
	cases []reflect.Type
}

// CasesOf lists the cases of the variant that the interface type T stands for.
func CasesOf[T any](cases ...T) Cases {
	c := Cases{iface: reflect.TypeFor[T]()}
	for _, x := range cases {
		c.cases = append(c.cases, reflect.TypeOf(x))
	}
	return c
}

// converter moves values of one type between Go and [Value].
type converter struct {
	toGo   func(v Value) (reflect.Value, error)
	fromGo func(g reflect.Value) (Value, error)
}

// binder makes converters.
type binder struct {
	cases []Cases
	depth int
}

// bindFunc makes a Go function one that takes and gives values of type want.
func bindFunc(want *FuncType, fn reflect.Value, cases []Cases) (func(ctx context.Context, args []Value) (Value, error), error) {
	if fn.Kind() != reflect.Func || fn.IsNil() {
		return nil, fmt.Errorf("%v is no Go function", fn)
	}
	b := &binder{cases: cases}
	ft := fn.Type()
	first := 0
	if ft.NumIn() > 0 && ft.In(0) == reflect.TypeFor[context.Context]() {
		first = 1
	}
	if ft.IsVariadic() || ft.NumIn()-first != len(want.Params) {
		return nil, fmt.Errorf("expected %d parameters, found %v", len(want.Params), ft)
	}
	params := make([]converter, len(want.Params))
	for n, p := range want.Params {
		var err error
		if params[n], err = b.bind(p.Type, ft.In(first+n)); err != nil {
			return nil, fmt.Errorf("type mismatch with parameter %s: %w", p.Name, err)
		}
	}
	outs := ft.NumOut()
	hasErr := outs > 0 && ft.Out(outs-1) == reflect.TypeFor[error]()
	if hasErr {
		outs--
	}
	ok := want.Result
	isResult := ok != nil && ok.Kind == KindResult
	if isResult {
		if !hasErr {
			return nil, fmt.Errorf("type mismatch with result: expected an error as the last result of %v", ft)
		}
		ok = ok.Elem
	}
	var results []converter
	spread := ok != nil && ok.Kind == KindTuple && outs == len(ok.Cases)
	if spread && outs == 1 { // a tuple of one, or the one itself
		_, err := b.bind(ok, ft.Out(0))
		spread = err != nil
	}
	switch {
	case spread:
		results = make([]converter, outs)
		for n, c := range ok.Cases {
			var err error
			if results[n], err = b.bind(c.Type, ft.Out(n)); err != nil {
				return nil, fmt.Errorf("type mismatch with result %d: %w", n+1, err)
			}
		}
	case ok == nil && outs != 0 || ok != nil && outs != 1:
		return nil, fmt.Errorf("type mismatch with result: expected %s, found %v", want.Result.Describe(), ft)
	case ok != nil:
		c, err := b.bind(ok, ft.Out(0))
		if err != nil {
			return nil, fmt.Errorf("type mismatch with result: %w", err)
		}
		results = []converter{c}
	}
	return func(ctx context.Context, args []Value) (Value, error) {
		in := make([]reflect.Value, 0, len(args)+1)
		if first == 1 {
			in = append(in, reflect.ValueOf(&ctx).Elem())
		}
		for n, c := range params {
			g, err := c.toGo(args[n])
			if err != nil {
				return nil, fmt.Errorf("argument %s: %w", want.Params[n].Name, err)
			}
			in = append(in, g)
		}
		out := fn.Call(in)
		if hasErr {
			if err, _ := out[outs].Interface().(error); err != nil {
				if !isResult {
					return nil, err
				}
				v, found := b.errorValue(want.Result.Err, err)
				if !found {
					return nil, err
				}
				return ResultValue{IsErr: true, Value: v}, nil
			}
		}
		var v Value
		if spread {
			t := make(Tuple, len(results))
			for n, c := range results {
				var err error
				if t[n], err = c.fromGo(out[n]); err != nil {
					return nil, fmt.Errorf("result %d: %w", n+1, err)
				}
			}
			v = t
		} else if ok != nil {
			var err error
			if v, err = results[0].fromGo(out[0]); err != nil {
				return nil, fmt.Errorf("result: %w", err)
			}
		}
		if isResult {
			v = ResultValue{Value: v}
		}
		return v, nil
	}, nil
}

// errorValue finds a value of type t, the error of a WIT result, in an error.
func (b *binder) errorValue(t *Type, err error) (Value, bool) {
	if e, ok := err.(interface{ witError() any }); ok {
		x := e.witError()
		if _, unit := x.(Unit); t == nil || unit {
			return nil, t == nil && unit
		}
		return b.fromAny(t, x)
	}
	if t != nil {
		if v, ok := b.fromAny(t, err); ok {
			return v, true
		}
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if x := e.Unwrap(); x != nil {
			return b.errorValue(t, x)
		}
	case interface{ Unwrap() []error }:
		for _, x := range e.Unwrap() {
			if v, ok := b.errorValue(t, x); ok {
				return v, true
			}
		}
	}
	return nil, false
}

// fromAny converts a Go value whose static type is not known.
func (b *binder) fromAny(t *Type, x any) (Value, bool) {
	g := reflect.ValueOf(x)
	if _, ok := x.(*Trap); ok || !g.IsValid() {
		return nil, false
	}
	if t.Kind == KindOwn || t.Kind == KindBorrow || t.Kind == KindString && g.Type() != reflect.TypeFor[string]() {
		return nil, false
	}
	typ := g.Type()
	if t.Kind == KindVariant {
		for _, c := range b.cases {
			for _, ct := range c.cases {
				if ct == typ {
					typ = c.iface
				}
			}
		}
	}
	c, err := b.bind(t, typ)
	if err != nil {
		return nil, false
	}
	if typ.Kind() == reflect.Interface {
		p := reflect.New(typ).Elem()
		p.Set(g)
		g = p
	}
	v, err := c.fromGo(g)
	return v, err == nil
}

func mismatch(t *Type, g reflect.Type) error {
	return fmt.Errorf("expected %s, found Go type %v", t.Describe(), g)
}

// scalarKind is the Go kind of a primitive type, Invalid for other types. It
// and its like are functions, not tables, so that programs that do not use them pay nothing.
func scalarKind(k TypeKind) reflect.Kind {
	switch k {
	case KindBool:
		return reflect.Bool
	case KindS8:
		return reflect.Int8
	case KindU8:
		return reflect.Uint8
	case KindS16:
		return reflect.Int16
	case KindU16:
		return reflect.Uint16
	case KindS32, KindChar:
		return reflect.Int32
	case KindU32:
		return reflect.Uint32
	case KindS64:
		return reflect.Int64
	case KindU64:
		return reflect.Uint64
	case KindF32:
		return reflect.Float32
	case KindF64:
		return reflect.Float64
	case KindString:
		return reflect.String
	}
	return reflect.Invalid
}

// scalarValue converts a Go value of kind scalarKind(k).
func scalarValue(k TypeKind, x reflect.Value) Value {
	switch k {
	case KindBool:
		return Bool(x.Bool())
	case KindS8:
		return S8(x.Int())
	case KindU8:
		return U8(x.Uint())
	case KindS16:
		return S16(x.Int())
	case KindU16:
		return U16(x.Uint())
	case KindS32:
		return S32(x.Int())
	case KindU32:
		return U32(x.Uint())
	case KindS64:
		return S64(x.Int())
	case KindU64:
		return U64(x.Uint())
	case KindF32:
		return F32(x.Float())
	case KindF64:
		return F64(x.Float())
	case KindChar:
		return Char(x.Int())
	}
	return String(x.String())
}

// bind makes a converter between a WIT type and a Go type, or says why the Go
// type cannot hold it.
func (b *binder) bind(t *Type, g reflect.Type) (c converter, err error) {
	if b.depth++; b.depth > 200 {
		return c, mismatch(t, g)
	}
	defer func() { b.depth-- }()
	if k := scalarKind(t.Kind); k != reflect.Invalid {
		if g.Kind() != k {
			return c, mismatch(t, g)
		}
		return converter{
			toGo:   func(v Value) (reflect.Value, error) { return reflect.ValueOf(v).Convert(g), nil },
			fromGo: func(x reflect.Value) (Value, error) { return scalarValue(t.Kind, x), nil },
		}, nil
	}
	switch t.Kind {
	case KindList, KindFixedList:
		return b.bindList(t, g)
	case KindMap:
		return b.bindMap(t, g)
	case KindRecord, KindTuple:
		return b.bindStruct(t, g)
	case KindEnum:
		return bindEnum(t, g)
	case KindFlags:
		return bindFlags(t, g)
	case KindOption, KindResult:
		return b.bindGeneric(t, g)
	case KindVariant:
		return b.bindVariant(t, g)
	case KindOwn, KindBorrow:
		return converter{
			toGo: func(v Value) (reflect.Value, error) {
				x := reflect.ValueOf(v.(ResourceValue).Value)
				if !x.IsValid() || !x.Type().AssignableTo(g) {
					return x, fmt.Errorf("a %T is not of Go type %v", v.(ResourceValue).Value, g)
				}
				return x, nil
			},
			fromGo: func(x reflect.Value) (Value, error) { return ResourceValue{Value: x.Interface()}, nil },
		}, nil
	}
	return c, mismatch(t, g)
}

func (b *binder) bindList(t *Type, g reflect.Type) (c converter, err error) {
	fixed := t.Kind == KindFixedList
	if !fixed && g.Kind() != reflect.Slice || fixed && (g.Kind() != reflect.Array || uint64(g.Len()) != uint64(t.Len)) {
		return c, mismatch(t, g)
	}
	el, err := b.bind(t.Elem, g.Elem())
	if err != nil {
		return c, fmt.Errorf("element: %w", err)
	}
	bytes := t.Elem.Kind == KindU8
	return converter{
		toGo: func(v Value) (reflect.Value, error) {
			x := reflect.New(g).Elem()
			if p, ok := v.(Bytes); ok {
				if !fixed {
					x.Set(reflect.MakeSlice(g, len(p), len(p)))
				}
				for i := range p {
					x.Index(i).SetUint(uint64(p[i]))
				}
				return x, nil
			}
			l := v.(List)
			if !fixed {
				x.Set(reflect.MakeSlice(g, len(l), len(l)))
			}
			for i := range l {
				e, err := el.toGo(l[i])
				if err != nil {
					return x, err
				}
				x.Index(i).Set(e)
			}
			return x, nil
		},
		fromGo: func(x reflect.Value) (Value, error) {
			n := x.Len()
			if bytes {
				p := make(Bytes, n)
				for i := range p {
					p[i] = byte(x.Index(i).Uint())
				}
				return p, nil
			}
			l := make(List, n)
			for i := range l {
				var err error
				if l[i], err = el.fromGo(x.Index(i)); err != nil {
					return nil, err
				}
			}
			return l, nil
		},
	}, nil
}

func (b *binder) bindMap(t *Type, g reflect.Type) (c converter, err error) {
	if g.Kind() != reflect.Map {
		return c, mismatch(t, g)
	}
	key, err := b.bind(t.Key, g.Key())
	if err != nil {
		return c, fmt.Errorf("key: %w", err)
	}
	el, err := b.bind(t.Elem, g.Elem())
	if err != nil {
		return c, fmt.Errorf("value: %w", err)
	}
	return converter{
		toGo: func(v Value) (reflect.Value, error) {
			x := reflect.MakeMap(g)
			for _, e := range v.(MapValue) {
				k, err := key.toGo(e.Key)
				if err != nil {
					return x, err
				}
				y, err := el.toGo(e.Value)
				if err != nil {
					return x, err
				}
				x.SetMapIndex(k, y)
			}
			return x, nil
		},
		fromGo: func(x reflect.Value) (Value, error) {
			m := MapValue{}
			for it := x.MapRange(); it.Next(); {
				k, err := key.fromGo(it.Key())
				if err != nil {
					return nil, err
				}
				v, err := el.fromGo(it.Value())
				if err != nil {
					return nil, err
				}
				m = append(m, MapEntry{k, v})
			}
			return m, nil
		},
	}, nil
}

// goName is a WIT or Go name without what the spellings differ in.
func goName(s string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s))
}

// fieldFor finds the field of a struct for field n of a record: the one at its
// place, if the names agree, or else any.
func fieldFor(t *Type, n int, g reflect.Type) int {
	name := goName(t.Cases[n].Name)
	fits := func(i int) bool {
		f := g.Field(i)
		have := goName(f.Name)
		return f.IsExported() && (have == name || have == name+"field")
	}
	if n < g.NumField() && fits(n) {
		return n
	}
	for i := range g.NumField() {
		if fits(i) {
			return i
		}
	}
	return -1
}

func (b *binder) bindStruct(t *Type, g reflect.Type) (c converter, err error) {
	if g.Kind() != reflect.Struct || g.NumField() != len(t.Cases) {
		return c, mismatch(t, g)
	}
	fields := make([]int, len(t.Cases))
	parts := make([]converter, len(t.Cases))
	seen := map[int]bool{}
	for n := range t.Cases {
		f := &t.Cases[n]
		i := n
		if t.Kind == KindRecord {
			i = fieldFor(t, n, g)
		}
		if i < 0 || seen[i] || !g.Field(i).IsExported() {
			return c, fmt.Errorf("Go type %v has no field for %s of %s", g, f.Name, t.Describe())
		}
		seen[i] = true
		fields[n] = i
		if parts[n], err = b.bind(f.Type, g.Field(i).Type); err != nil {
			return c, fmt.Errorf("field %s: %w", g.Field(i).Name, err)
		}
	}
	return converter{
		toGo: func(v Value) (reflect.Value, error) {
			x := reflect.New(g).Elem()
			for n := range parts {
				var e Value
				switch v := v.(type) {
				case Record:
					e = v[n].Value
				case Tuple:
					e = v[n]
				}
				p, err := parts[n].toGo(e)
				if err != nil {
					return x, err
				}
				x.Field(fields[n]).Set(p)
			}
			return x, nil
		},
		fromGo: func(x reflect.Value) (Value, error) {
			r, tu := make(Record, len(parts)), make(Tuple, len(parts))
			for n := range parts {
				p, err := parts[n].fromGo(x.Field(fields[n]))
				if err != nil {
					return nil, err
				}
				r[n], tu[n] = RecordField{t.Cases[n].Name, p}, p
			}
			if t.Kind == KindTuple {
				return tu, nil
			}
			return r, nil
		},
	}, nil
}

// defined reports whether g has a name of its own.
func defined(g reflect.Type) bool { return g.PkgPath() != "" }

func bindEnum(t *Type, g reflect.Type) (c converter, err error) {
	switch {
	case g.Kind() == reflect.String:
		return converter{
			toGo:   func(v Value) (reflect.Value, error) { return reflect.ValueOf(string(v.(Enum))).Convert(g), nil },
			fromGo: func(x reflect.Value) (Value, error) { return Enum(x.String()), nil },
		}, nil
	case defined(g) && g.Kind() >= reflect.Int && g.Kind() <= reflect.Uint64:
		return converter{
			toGo: func(v Value) (reflect.Value, error) {
				return reflect.ValueOf(t.Case(string(v.(Enum)))).Convert(g), nil
			},
			fromGo: func(x reflect.Value) (Value, error) {
				n := x.Convert(reflect.TypeFor[int64]()).Int()
				if n < 0 || n >= int64(len(t.Cases)) {
					return nil, fmt.Errorf("%v is no case of %s", x, t.Describe())
				}
				return Enum(t.Cases[n].Name), nil
			},
		}, nil
	}
	return c, mismatch(t, g)
}

func bindFlags(t *Type, g reflect.Type) (c converter, err error) {
	switch {
	case g.Kind() == reflect.Slice && g.Elem().Kind() == reflect.String:
		return converter{
			toGo: func(v Value) (reflect.Value, error) {
				x := reflect.MakeSlice(g, 0, 0)
				for _, s := range v.(Flags) {
					x = reflect.Append(x, reflect.ValueOf(s).Convert(g.Elem()))
				}
				return x, nil
			},
			fromGo: func(x reflect.Value) (Value, error) {
				var f Flags
				for i := range x.Len() {
					f = append(f, x.Index(i).String())
				}
				return f, nil
			},
		}, nil
	case defined(g) && g.Kind() >= reflect.Uint && g.Kind() <= reflect.Uint64 && g.Bits() >= len(t.Cases):
		return converter{
			toGo: func(v Value) (reflect.Value, error) {
				x := reflect.New(g).Elem()
				for _, s := range v.(Flags) {
					x.SetUint(x.Uint() | 1<<t.Case(s))
				}
				return x, nil
			},
			fromGo: func(x reflect.Value) (Value, error) {
				bits := x.Uint()
				f := Flags{}
				for n, c := range t.Cases {
					if bits>>n&1 != 0 {
						f = append(f, c.Name)
					}
				}
				if bits>>len(t.Cases) != 0 {
					return nil, fmt.Errorf("%#x has bits that are no flags of %s", bits, t.Describe())
				}
				return f, nil
			},
		}, nil
	}
	return c, mismatch(t, g)
}

// goGeneric is what Option and Result have for reflection: parts gives the case
// and its payload, types the payload types, set stores a case.
type goGeneric interface {
	witParts() (n int, payload any)
	witTypes() [2]reflect.Type
	witSet(n int, payload any)
}

func (o *Option[T]) witParts() (int, any) {
	if o.ok {
		return 1, o.v
	}
	return 0, nil
}

func (o *Option[T]) witTypes() [2]reflect.Type {
	return [2]reflect.Type{nil, reflect.TypeFor[T]()}
}

func (o *Option[T]) witSet(n int, x any) {
	*o = Option[T]{}
	if n == 1 {
		o.ok = true
		o.v, _ = x.(T)
	}
}

func (r *Result[T, E]) witParts() (int, any) {
	if r.bad {
		return 1, r.err
	}
	return 0, r.ok
}

func (r *Result[T, E]) witTypes() [2]reflect.Type {
	return [2]reflect.Type{reflect.TypeFor[T](), reflect.TypeFor[E]()}
}

func (r *Result[T, E]) witSet(n int, x any) {
	*r = Result[T, E]{bad: n == 1}
	if n == 1 {
		r.err, _ = x.(E)
	} else {
		r.ok, _ = x.(T)
	}
}

func (e *ErrorValue[E]) witError() any { return e.Value }

func (b *binder) bindGeneric(t *Type, g reflect.Type) (c converter, err error) {
	if t.Kind == KindOption && g.Kind() == reflect.Pointer {
		return b.bindPointer(t, g)
	}
	gen, ok := reflect.New(g).Interface().(goGeneric)
	if !ok || (gen.witTypes()[0] == nil) != (t.Kind == KindOption) {
		return c, mismatch(t, g)
	}
	types := gen.witTypes()
	var parts [2]converter
	for n, pt := range [2]*Type{t.casePayload(0), t.casePayload(1)} {
		switch {
		case pt != nil:
			if parts[n], err = b.bind(pt, types[n]); err != nil {
				return c, fmt.Errorf("in %s: %w", t.Kind, err)
			}
		case types[n] != nil && types[n] != reflect.TypeFor[Unit]():
			return c, mismatch(t, g)
		}
	}
	return converter{
		toGo: func(v Value) (reflect.Value, error) {
			n, pt, x := splitVariant(t, v)
			p := reflect.New(g)
			var payload any
			if pt != nil {
				e, err := parts[n].toGo(x)
				if err != nil {
					return p, err
				}
				payload = e.Interface()
			}
			p.Interface().(goGeneric).witSet(n, payload)
			return p.Elem(), nil
		},
		fromGo: func(x reflect.Value) (Value, error) {
			p := reflect.New(g)
			p.Elem().Set(x)
			n, payload := p.Interface().(goGeneric).witParts()
			if t.casePayload(n) == nil {
				return makeVariant(t, n, nil), nil
			}
			e := reflect.New(types[n]).Elem()
			if payload != nil {
				e.Set(reflect.ValueOf(payload))
			}
			v, err := parts[n].fromGo(e)
			return makeVariant(t, n, v), err
		},
	}, nil
}

// bindPointer holds an option in a pointer: nil is none.
func (b *binder) bindPointer(t *Type, g reflect.Type) (c converter, err error) {
	el, err := b.bind(t.Elem, g.Elem())
	if err != nil {
		return c, fmt.Errorf("in option: %w", err)
	}
	return converter{
		toGo: func(v Value) (reflect.Value, error) {
			x := v.(OptionValue).Value
			if x == nil {
				return reflect.Zero(g), nil
			}
			e, err := el.toGo(x)
			if err != nil {
				return e, err
			}
			p := reflect.New(g.Elem())
			p.Elem().Set(e)
			return p, nil
		},
		fromGo: func(x reflect.Value) (Value, error) {
			if x.IsNil() {
				return OptionValue{}, nil
			}
			v, err := el.fromGo(x.Elem())
			return OptionValue{v}, err
		},
	}, nil
}

func (b *binder) bindVariant(t *Type, g reflect.Type) (c converter, err error) {
	var cs *Cases
	for i := range b.cases {
		if b.cases[i].iface == g {
			cs = &b.cases[i]
		}
	}
	if cs == nil {
		return c, fmt.Errorf("%w, of which no rt.CasesOf lists the cases", mismatch(t, g))
	}
	if len(cs.cases) != len(t.Cases) {
		return c, fmt.Errorf("%w with %d cases, not %d", mismatch(t, g), len(cs.cases), len(t.Cases))
	}
	parts := make([]converter, len(t.Cases))
	fields := make([]int, len(t.Cases))
	for n := range t.Cases {
		pt, ct := t.Cases[n].Type, cs.cases[n]
		if ct == nil || ct.Kind() != reflect.Struct {
			return c, fmt.Errorf("case %s of %v: %v is no struct", t.Cases[n].Name, g, ct)
		}
		if pt == nil {
			continue
		}
		f, ok := ct.FieldByName("Value")
		if !ok || len(f.Index) != 1 {
			return c, fmt.Errorf("case %s of %v: %v has no field Value", t.Cases[n].Name, g, ct)
		}
		fields[n] = f.Index[0]
		if parts[n], err = b.bind(pt, f.Type); err != nil {
			return c, fmt.Errorf("case %s: %w", t.Cases[n].Name, err)
		}
	}
	return converter{
		toGo: func(v Value) (reflect.Value, error) {
			n, pt, x := splitVariant(t, v)
			p := reflect.New(cs.cases[n]).Elem()
			if pt != nil {
				e, err := parts[n].toGo(x)
				if err != nil {
					return p, err
				}
				p.Field(fields[n]).Set(e)
			}
			return p, nil
		},
		fromGo: func(x reflect.Value) (Value, error) {
			if x.IsNil() {
				return nil, errors.New("nil is not a case of a variant")
			}
			x = x.Elem()
			for n, ct := range cs.cases {
				if x.Type() != ct {
					continue
				}
				if t.Cases[n].Type == nil {
					return Variant{Case: t.Cases[n].Name}, nil
				}
				v, err := parts[n].fromGo(x.Field(fields[n]))
				return Variant{t.Cases[n].Name, v}, err
			}
			return nil, fmt.Errorf("%v is not a case of %s", x.Type(), t.Describe())
		},
	}, nil
}

// ReexportFunc is an imported function that a component exports again: typed
// is the function as the typed API has it, be it of the typed imports or a linker's. For generated code.
func ReexportFunc(l *Linked, n int, t *FuncType, typed any, cases ...Cases) Func {
	if f := l.Func(n); f != nil {
		e := f.Export
		e.typed = typed
		return e
	}
	bind := sync.OnceValues(func() (func(ctx context.Context, args []Value) (Value, error), error) {
		return bindFunc(t, reflect.ValueOf(typed), cases)
	})
	return NewFunc(t, func(ctx context.Context, args []Value) (Value, error) {
		call, err := bind()
		if err != nil {
			return nil, err
		}
		return call(ctx, args)
	}, typed)
}

// LinkedError is the Go error that a function of the typed API gives for the
// err of a WIT result.
type LinkedError struct {
	typ  reflect.Type
	wrap func(v reflect.Value) error
}

// ErrorSelf is for an E that implements error. For generated code.
func ErrorSelf[E error]() LinkedError {
	return LinkedError{reflect.TypeFor[E](), func(v reflect.Value) error { return v.Interface().(error) }}
}

// ErrorWrapped is for an E that is in an [*ErrorValue]. For generated code.
func ErrorWrapped[E any]() LinkedError {
	return LinkedError{reflect.TypeFor[E](), func(v reflect.Value) error { return NewError(v.Interface().(E)) }}
}

// TypedLinked is a function that a linker has as the Go function that the typed
// API has for it; e is the zero LinkedError if its result is no WIT result. For generated code.
func TypedLinked[F any](f *LinkedFunc, e LinkedError, cases ...Cases) F {
	return f.typed(reflect.TypeFor[F](), e, cases).(F)
}

// makeFunc makes a Go function of type ft that calls a function which takes and gives values
// of type t. ft has a context in front and an error at the end, as the typed API does.
func makeFunc(t *FuncType, ft reflect.Type, e LinkedError, cases []Cases, call func(ctx context.Context, args []Value) (Value, error)) (reflect.Value, error) {
	b := &binder{cases: cases}
	params := make([]converter, len(t.Params))
	for n, p := range t.Params {
		var err error
		if params[n], err = b.bind(p.Type, ft.In(n+1)); err != nil {
			return reflect.Value{}, fmt.Errorf("parameter %s: %w", p.Name, err)
		}
	}
	ok := t.Result
	isResult := ok != nil && ok.Kind == KindResult
	var failure converter
	if isResult {
		if ok.Err != nil {
			var err error
			if failure, err = b.bind(ok.Err, e.typ); err != nil {
				return reflect.Value{}, fmt.Errorf("error: %w", err)
			}
		}
		ok = ok.Elem
	}
	parts := []*Type{ok}
	spread := ok != nil && ok.Kind == KindTuple
	if ok == nil {
		parts = nil
	} else if spread {
		parts = nil
		for _, c := range ok.Cases {
			parts = append(parts, c.Type)
		}
	}
	results := make([]converter, len(parts))
	for n, p := range parts {
		var err error
		if results[n], err = b.bind(p, ft.Out(n)); err != nil {
			return reflect.Value{}, fmt.Errorf("result: %w", err)
		}
	}
	run := func(in []reflect.Value, out []reflect.Value) error {
		args := make([]Value, len(params))
		for n, c := range params {
			v, err := c.fromGo(in[n+1])
			if err == nil {
				v, err = Conform(t.Params[n].Type, v)
			}
			if err != nil {
				return &ArgError{t.Params[n].Name, err}
			}
			args[n] = v
		}
		ctx, _ := in[0].Interface().(context.Context)
		v, err := call(ctx, args)
		if err != nil {
			return err
		}
		if isResult {
			r := v.(ResultValue)
			v = r.Value
			if r.IsErr {
				g := reflect.Zero(e.typ)
				if v != nil {
					if g, err = failure.toGo(v); err != nil {
						return err
					}
				}
				p := reflect.New(e.typ).Elem() // an interface type keeps its type
				p.Set(g)
				return e.wrap(p)
			}
		}
		for n, c := range results {
			x := v
			if spread {
				x = v.(Tuple)[n]
			}
			g, err := c.toGo(x)
			if err != nil {
				return fmt.Errorf("result: %w", err)
			}
			p := reflect.New(ft.Out(n)).Elem()
			p.Set(g)
			out[n] = p
		}
		return nil
	}
	return reflect.MakeFunc(ft, func(in []reflect.Value) []reflect.Value {
		out := make([]reflect.Value, ft.NumOut())
		for n := range out {
			out[n] = reflect.Zero(ft.Out(n))
		}
		if err := run(in, out); err != nil {
			for n := range out[:len(out)-1] {
				out[n] = reflect.Zero(ft.Out(n))
			}
			out[len(out)-1] = reflect.ValueOf(&err).Elem()
		}
		return out
	}), nil
}
