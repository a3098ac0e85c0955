package driver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wc2go/wc2go/rt"
)

// This file: components, their instances and their values.

// Component is a component of the program.
type Component struct {
	// Prepare finds what the component imports, and gives a function that makes
	// instances.
	Prepare func(l *rt.Linker) (func(ctx context.Context, st *rt.Store) (rt.Instance, error), error)
	// Exports describes what the component exports.
	Exports func() rt.Item
}

// component finds the component of a command in the program.
func (r *runner) component(c *Command) (Component, error) {
	if err := missing(c); err != nil {
		return Component{}, err
	}
	x, ok := r.components[c.Key]
	if !ok {
		return x, errors.New("the component is not in the program")
	}
	return x, nil
}

// instantiateComponent makes an instance of the command's component, in a store
// of its own.
func (r *runner) instantiateComponent(c *Command) (rt.Instance, error) {
	x, err := r.component(c)
	if err != nil {
		return nil, err
	}
	if r.host == nil {
		m, ok := r.modules[Simple]
		if !ok {
			return nil, errors.New("module simple-module could not be translated")
		}
		if r.host, err = newHost(m); err != nil {
			return nil, err
		}
	}
	instantiate, err := x.Prepare(r.host.linker)
	if err != nil {
		return nil, linkError(err)
	}
	var opts []rt.StoreOption
	if r.shuffle != 0 {
		opts = append(opts, rt.WithShuffle(r.shuffle))
	}
	st := rt.NewStore(opts...)
	r.stores = append(r.stores, st)
	r.host.store = st
	in, err := instantiate(r.ctx, st)
	if in != nil {
		if r.storeOf == nil {
			r.storeOf = make(map[rt.Instance]*rt.Store)
		}
		r.storeOf[in] = st
	}
	var unlinked *rt.ImportError
	if errors.As(err, &unlinked) {
		err = linkError(err)
	}
	return in, err
}

// LinkError says why a component cannot have what it imports, in Wasmtime's
// words too, which scripts know.
type LinkError struct {
	err  error
	text string
}

func (e *LinkError) Error() string { return e.err.Error() + "\n" + e.text }
func (e *LinkError) Unwrap() error { return e.err }

// linkError adds Wasmtime's words to the error of a link.
func linkError(err error) error {
	var texts []string
	var walk func(err error)
	walk = func(err error) {
		switch e := err.(type) {
		case *rt.ImportError:
			texts = append(texts, wasmtimeText(e))
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				walk(err)
			}
		case interface{ Unwrap() error }:
			walk(e.Unwrap())
		}
	}
	walk(err)
	if texts == nil {
		return err
	}
	return &LinkError{err, strings.Join(texts, "\n")}
}

// wasmtimeText says what Wasmtime says about an import that is missing or wrong: its
// words are parts of the scripts that must not link.
func wasmtimeText(e *rt.ImportError) string {
	sort := func(kind string) string {
		if kind == "func" {
			return "function"
		}
		return kind
	}
	path := strings.Split(e.Path, "#")
	top := sort(e.Kind.String())
	if len(path) > 1 {
		top = "instance"
	} else if e.Kind == rt.ItemModule {
		top = "core module"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "component imports %s `%s`, but a matching implementation was not found in the linker", top, path[0])
	for _, name := range path[1:] {
		fmt.Fprintf(&b, ": instance export `%s` has the wrong type", name)
	}
	kind := sort(e.Kind.String())
	switch {
	case e.Found == "":
		fmt.Fprintf(&b, ": %s implementation is missing", kind)
	case e.Reason == nil:
		fmt.Fprintf(&b, ": expected %s found %s", kind, sort(e.Found))
	default:
		fmt.Fprintf(&b, ": %v", e.Reason)
		for _, w := range mismatches {
			if reason := e.Reason.Error(); w.reason.MatchString(reason) {
				b.WriteString("\n" + w.reason.ReplaceAllString(reason, w.text))
				break
			}
		}
	}
	return b.String()
}

// mismatches are what Wasmtime says about a function of another type, in terms of the
// reasons that rt gives. Wasmtime sees it from the host's side: expected is what the host's function is.
var mismatches = []struct {
	reason *regexp.Regexp
	text   string
}{
	{regexp.MustCompile(`^expected (\d+) parameters, found (\d+)$`), "type mismatch with parameters: expected ${2}-tuple, found ${1}-tuple"},
	{regexp.MustCompile(`^type mismatch with parameter .*expected (\S+)(?: \S+)?, found (\S+)`), "type mismatch with parameters: expected `$2` found `$1`"},
	{regexp.MustCompile(`^type mismatch with result: expected (nothing), found (.*)`), "type mismatch with results: expected 1-tuple, found 0-tuple"},
	{regexp.MustCompile(`^type mismatch with result: expected (.*), found (nothing)`), "type mismatch with results: expected 0-tuple, found 1-tuple"},
	{regexp.MustCompile(`^type mismatch with result: .*expected (\S+)(?: \S+)?, found (\S+)`), "type mismatch with results: expected `$2` found `$1`"},
}

// invoke calls an exported function of a component instance.
func (r *runner) invoke(in rt.Instance, a *Action) (t *rt.Type, result []rt.Value, err error) {
	if a.Type == "get" {
		return nil, nil, errors.New("components have no globals")
	}
	f, ok := in.Func(a.Field)
	if !ok {
		return nil, nil, fmt.Errorf("no exported function %q", a.Field)
	}
	ft := f.Type()
	if len(a.Args) != len(ft.Params) {
		return nil, nil, fmt.Errorf("%q takes %d arguments, the script gives %d", a.Field, len(ft.Params), len(a.Args))
	}
	args := make([]rt.Value, len(a.Args))
	for i := range a.Args {
		if args[i], err = a.Args[i].componentValue(ft.Params[i].Type); err != nil {
			return nil, nil, fmt.Errorf("argument %d of %q: %w", i+1, a.Field, err)
		}
	}
	r.host.store = r.storeOf[in]
	result, err = f.Call(r.ctx, args...)
	return ft.Result, result, err
}

// returned compares the result of a call with what the script wants.
func returned(a *Action, t *rt.Type, got []rt.Value, want []Value) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d results, want %d", len(got), len(want))
	}
	for i := range got {
		ok, err := want[i].matches(t, got[i])
		if err != nil {
			return fmt.Errorf("result of %q: %w", a.Field, err)
		}
		if !ok {
			return fmt.Errorf("result of %q is %s, want %s %s", a.Field, rt.FormatWAVE(got[i]), want[i].Type, want[i].Value)
		}
	}
	return nil
}

// list reads a value that is a list of values: of lists, tuples.
func (v *Value) list() ([]Value, error) {
	var l []Value
	err := json.Unmarshal(v.Value, &l)
	return l, err
}

// recordField is a field of a record: a pair in JSON.
type recordField struct {
	name  string
	value Value
}

func (f *recordField) UnmarshalJSON(b []byte) error {
	var pair [2]json.RawMessage
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	if err := json.Unmarshal(pair[0], &f.name); err != nil {
		return err
	}
	return json.Unmarshal(pair[1], &f.value)
}

// resultCase reads a result: which case, and its payload.
func (v *Value) resultCase() (isErr bool, payload *Value, err error) {
	var m map[string]*Value
	if err := json.Unmarshal(v.Value, &m); err != nil {
		return false, nil, err
	}
	if len(m) == 1 {
		if p, ok := m["Ok"]; ok {
			return false, p, nil
		}
		if p, ok := m["Err"]; ok {
			return true, p, nil
		}
	}
	return false, nil, errors.New("a result is Ok or Err")
}

// variantCase reads a variant.
func (v *Value) variantCase() (name string, payload *Value, err error) {
	var c struct {
		Case    string `json:"case"`
		Payload *Value `json:"payload"`
	}
	err = json.Unmarshal(v.Value, &c)
	return c.Case, c.Payload, err
}

// componentValue is v as a value of type t.
func (v *Value) componentValue(t *rt.Type) (rt.Value, error) {
	if t == nil {
		return nil, fmt.Errorf("a value of type %s where there is none", v.Type)
	}
	s := v.text()
	payload := func(t *rt.Type, p *Value) (rt.Value, error) {
		if p == nil {
			return nil, nil
		}
		return p.componentValue(t)
	}
	each := func(n int, typ func(int) *rt.Type) ([]rt.Value, error) {
		l, err := v.list()
		if err != nil {
			return nil, err
		}
		if n >= 0 && len(l) != n {
			return nil, fmt.Errorf("%d values for %s", len(l), t)
		}
		out := make([]rt.Value, len(l))
		for i := range l {
			if out[i], err = l[i].componentValue(typ(i)); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	switch v.Type {
	case "bool":
		var b bool
		err := json.Unmarshal(v.Value, &b)
		return rt.Bool(b), err
	case "s8":
		n, err := strconv.ParseInt(s, 10, 8)
		return rt.S8(n), err
	case "u8":
		n, err := strconv.ParseUint(s, 10, 8)
		return rt.U8(n), err
	case "s16":
		n, err := strconv.ParseInt(s, 10, 16)
		return rt.S16(n), err
	case "u16":
		n, err := strconv.ParseUint(s, 10, 16)
		return rt.U16(n), err
	case "s32":
		n, err := strconv.ParseInt(s, 10, 32)
		return rt.S32(n), err
	case "u32":
		n, err := strconv.ParseUint(s, 10, 32)
		return rt.U32(n), err
	case "s64":
		n, err := strconv.ParseInt(s, 10, 64)
		return rt.S64(n), err
	case "u64":
		n, err := strconv.ParseUint(s, 10, 64)
		return rt.U64(n), err
	case "f32": // floats are their bits
		n, err := bits(s, 32)
		return rt.F32(math.Float32frombits(uint32(n))), err
	case "f64":
		n, err := bits(s, 64)
		return rt.F64(math.Float64frombits(n)), err
	case "char":
		c, size := utf8.DecodeRuneInString(s)
		if size == 0 || size != len(s) {
			return nil, fmt.Errorf("%q is no char", s)
		}
		return rt.Char(c), nil
	case "string":
		return rt.String(s), nil
	case "enum":
		return rt.Enum(s), nil
	case "flags":
		var f []string
		err := json.Unmarshal(v.Value, &f)
		return rt.Flags(f), err
	case "list":
		if t.Kind == rt.KindMap {
			return v.mapValue(t)
		}
		l, err := each(-1, func(int) *rt.Type { return t.Elem })
		return rt.List(l), err
	case "map":
		return v.mapValue(t)
	case "tuple":
		l, err := each(len(t.Cases), func(i int) *rt.Type { return t.Cases[i].Type })
		return rt.Tuple(l), err
	case "record":
		var fields []recordField
		if err := json.Unmarshal(v.Value, &fields); err != nil {
			return nil, err
		}
		out := rt.Record{}
		for i := range fields {
			n := t.Case(fields[i].name)
			if n < 0 {
				return nil, fmt.Errorf("%s has no field %q", t, fields[i].name)
			}
			x, err := fields[i].value.componentValue(t.Cases[n].Type)
			if err != nil {
				return nil, err
			}
			out = append(out, rt.RecordField{Name: fields[i].name, Value: x})
		}
		return out, nil
	case "variant":
		name, p, err := v.variantCase()
		if err != nil {
			return nil, err
		}
		n := t.Case(name)
		if n < 0 {
			return nil, fmt.Errorf("%s has no case %q", t, name)
		}
		x, err := payload(t.Cases[n].Type, p)
		return rt.Variant{Case: name, Value: x}, err
	case "option":
		var p *Value
		if err := json.Unmarshal(v.Value, &p); err != nil {
			return nil, err
		}
		x, err := payload(t.Elem, p)
		return rt.OptionValue{Value: x}, err
	case "result":
		isErr, p, err := v.resultCase()
		if err != nil {
			return nil, err
		}
		of := t.Elem
		if isErr {
			of = t.Err
		}
		x, err := payload(of, p)
		return rt.ResultValue{IsErr: isErr, Value: x}, err
	}
	return nil, fmt.Errorf("values of type %s cannot be made", v.Type)
}

// mapValue reads a map: a list of pairs.
func (v *Value) mapValue(t *rt.Type) (rt.Value, error) {
	entries, err := v.entries()
	if err != nil {
		return nil, err
	}
	out := rt.MapValue{}
	for _, kv := range entries {
		k, err := kv[0].componentValue(t.Key)
		if err != nil {
			return nil, err
		}
		x, err := kv[1].componentValue(t.Elem)
		if err != nil {
			return nil, err
		}
		out = append(out, rt.MapEntry{Key: k, Value: x})
	}
	return out, nil
}

// entries reads the entries of a map: pairs, or tuples of two.
func (v *Value) entries() ([][2]Value, error) {
	var pairs [][2]Value
	if err := json.Unmarshal(v.Value, &pairs); err == nil {
		return pairs, nil
	}
	l, err := v.list()
	if err != nil {
		return nil, err
	}
	for i := range l {
		kv, err := l[i].list()
		if err != nil {
			return nil, err
		}
		if len(kv) != 2 {
			return nil, errors.New("an entry of a map is a key and a value")
		}
		pairs = append(pairs, [2]Value{kv[0], kv[1]})
	}
	return pairs, nil
}

// matches reports whether a result of type t is what v says. Floats may be
// patterns for NaNs wherever they stand; without one every NaN matches every other, as
// component values have only one.
func (v *Value) matches(t *rt.Type, got rt.Value) (bool, error) {
	if v.Type == "either" {
		for i := range v.Values {
			if ok, err := v.Values[i].matches(t, got); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	}
	all := func(want []Value, got []rt.Value, typ func(int) *rt.Type) (bool, error) {
		if len(want) != len(got) {
			return false, nil
		}
		for i := range want {
			if ok, err := want[i].matches(typ(i), got[i]); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	opt := func(t *rt.Type, want *Value, got rt.Value) (bool, error) {
		if want == nil || got == nil {
			return want == nil && got == nil, nil
		}
		return want.matches(t, got)
	}
	switch got := got.(type) {
	case rt.F32:
		if v.Type == "f32" && (got != got || strings.HasPrefix(v.text(), "nan:")) {
			return nanMatches(float64(got), v.text(), 32)
		}
	case rt.F64:
		if v.Type == "f64" && (got != got || strings.HasPrefix(v.text(), "nan:")) {
			return nanMatches(float64(got), v.text(), 64)
		}
	case rt.List:
		if v.Type == "list" {
			l, err := v.list()
			if err != nil {
				return false, err
			}
			return all(l, got, func(int) *rt.Type { return t.Elem })
		}
	case rt.Tuple:
		if v.Type == "tuple" {
			l, err := v.list()
			if err != nil {
				return false, err
			}
			return all(l, got, func(i int) *rt.Type { return t.Cases[i].Type })
		}
	case rt.Record:
		if v.Type == "record" {
			var fields []recordField
			if err := json.Unmarshal(v.Value, &fields); err != nil {
				return false, err
			}
			if len(fields) != len(got) {
				return false, nil
			}
			for i := range fields {
				n := t.Case(fields[i].name)
				if n < 0 {
					return false, fmt.Errorf("%s has no field %q", t, fields[i].name)
				}
				if ok, err := fields[i].value.matches(t.Cases[n].Type, got.Get(fields[i].name)); !ok || err != nil {
					return false, err
				}
			}
			return true, nil
		}
	case rt.MapValue:
		if v.Type == "map" || v.Type == "list" {
			entries, err := v.entries()
			if err != nil || len(entries) != len(got) {
				return false, err
			}
			for i := range entries {
				k, err := entries[i][0].matches(t.Key, got[i].Key)
				if !k || err != nil {
					return false, err
				}
				x, err := entries[i][1].matches(t.Elem, got[i].Value)
				if !x || err != nil {
					return false, err
				}
			}
			return true, nil
		}
	case rt.Variant:
		if v.Type == "variant" {
			name, p, err := v.variantCase()
			if err != nil || name != got.Case {
				return false, err
			}
			n := t.Case(name)
			if n < 0 {
				return false, fmt.Errorf("%s has no case %q", t, name)
			}
			return opt(t.Cases[n].Type, p, got.Value)
		}
	case rt.OptionValue:
		if v.Type == "option" {
			var p *Value
			if err := json.Unmarshal(v.Value, &p); err != nil {
				return false, err
			}
			return opt(t.Elem, p, got.Value)
		}
	case rt.ResultValue:
		if v.Type == "result" {
			isErr, p, err := v.resultCase()
			if err != nil || isErr != got.IsErr {
				return false, err
			}
			of := t.Elem
			if isErr {
				of = t.Err
			}
			return opt(of, p, got.Value)
		}
	}
	x, err := v.componentValue(t)
	if err != nil {
		return false, err
	}
	if x, err = rt.Conform(t, x); err != nil {
		return false, err
	}
	return rt.FormatWAVE(x) == rt.FormatWAVE(got), nil
}

// nanMatches compares a float with a pattern for NaNs or with bits.
func nanMatches(got float64, want string, size int) (bool, error) {
	if want == "nan:canonical" || want == "nan:arithmetic" {
		return got != got, nil
	}
	n, err := bits(want, size)
	if err != nil {
		return false, err
	}
	f := math.Float64frombits(n)
	if size == 32 {
		f = float64(math.Float32frombits(uint32(n)))
	}
	return f != f && got != got, nil
}
