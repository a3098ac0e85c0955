// Package driver calls the functions of abifuzz's components with random values,
// dynamic and typed, and compares what comes back.
package driver

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"github.com/wc2go/wc2go/rt"
)

// Component is a generated package.
type Component struct {
	Name    string
	Imports reflect.Type // the package's Imports
	// Dynamic makes an instance whose imports are the linker's.
	Dynamic func(context.Context, *rt.Store, *rt.Linker) (rt.Instance, error)
	// Typed makes an instance with an Imports.
	Typed func(context.Context, *rt.Store, reflect.Value) (rt.Instance, error)
}

// Run calls a component's functions with rounds lists of values, and gives the first difference.
func Run(c *Component, seed uint64, rounds int) error {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(seed, 2))

	var dynamic []rt.Value
	linker := rt.NewLinker()
	err := linker.Define("", "sink", rt.HostFunc{Call: func(_ context.Context, args []rt.Value) (rt.Value, error) {
		dynamic = args
		return nil, nil
	}})
	if err != nil {
		return err
	}
	st := rt.NewStore()
	defer st.Close()
	inst, err := c.Dynamic(ctx, st, linker)
	if err != nil {
		return err
	}

	var typed []reflect.Value
	imports := reflect.New(c.Imports).Elem()
	sink := imports.FieldByName("Sink")
	sink.Set(reflect.MakeFunc(sink.Type(), func(args []reflect.Value) []reflect.Value {
		typed = args[1:]
		return []reflect.Value{reflect.Zero(reflect.TypeFor[error]())}
	}))
	tst := rt.NewStore()
	defer tst.Close()
	tinst, err := c.Typed(ctx, tst, imports)
	if err != nil {
		return err
	}
	for round := range rounds {
		if err := run(ctx, r, inst, tinst, &dynamic, &typed); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
	}
	return nil
}

func run(ctx context.Context, r *rand.Rand, inst, tinst rt.Instance, dynamic *[]rt.Value, typed *[]reflect.Value) error {
	echo, ok := inst.Func("echo")
	if !ok {
		return errors.New("no echo")
	}
	fwd, _ := inst.Func("fwd")
	var args []rt.Value
	for _, p := range echo.Type().Params {
		args = append(args, value(r, p.Type))
	}
	n := len(fwd.Type().Params)
	for i := range n {
		// WAVE in and out.
		back, err := rt.ParseWAVE(fwd.Type().Params[i].Type, args[i].String())
		if err != nil || text(back) != text(args[i]) {
			return fmt.Errorf("WAVE: %s became %v (%v)", text(args[i]), back, err)
		}
	}

	// From dynamic values to dynamic values.
	if _, err := fwd.Call(ctx, args[:n]...); err != nil {
		return fmt.Errorf("fwd: %w", err)
	}
	if err := same("fwd", args[:n], *dynamic); err != nil {
		return err
	}
	results, err := echo.Call(ctx, args...)
	if err != nil {
		return fmt.Errorf("echo: %w", err)
	}
	if err := same("echo", args, fields(results[0])); err != nil {
		return err
	}
	single, ok := inst.Func("same")
	if ok {
		results, err := single.Call(ctx, args[0])
		if err != nil {
			return fmt.Errorf("same: %w", err)
		}
		if err := same("same", args[:1], results); err != nil {
			return err
		}
	}

	// From dynamic values to Go values, from these to Go values, and back.
	tfwd, _ := tinst.Func("fwd")
	if _, err := tfwd.Call(ctx, args[:n]...); err != nil {
		return fmt.Errorf("typed fwd: %w", err)
	}
	first := *typed
	methods := reflect.ValueOf(tinst)
	call := func(name string, args []reflect.Value) ([]reflect.Value, error) {
		out := methods.MethodByName(name).Call(append([]reflect.Value{reflect.ValueOf(ctx)}, args...))
		err, _ := out[len(out)-1].Interface().(error)
		return out[:len(out)-1], err
	}
	if _, err := call("Fwd", first); err != nil {
		return fmt.Errorf("typed Fwd: %w", err)
	}
	for i := range first {
		if !equal(first[i], (*typed)[i]) {
			return fmt.Errorf("typed Fwd: p%d was %#v, is %#v", i, first[i], (*typed)[i])
		}
	}
	method := methods.MethodByName("Echo").Type()
	all := first
	for i := n; i < len(args); i++ {
		all = append(all, reflect.ValueOf(number(args[i])).Convert(method.In(i+1)))
	}
	out, err := call("Echo", all)
	if err != nil {
		return fmt.Errorf("typed Echo: %w", err)
	}
	for i := range all {
		if f := out[0].Field(i); !equal(all[i], f) {
			return fmt.Errorf("typed Echo: p%d was %#v, is %#v", i, all[i], f)
		}
	}
	if single, ok := tinst.Func("same"); ok && single.Type().Result.Kind != rt.KindResult {
		out, err := call("Same", first[:1])
		if err != nil {
			return fmt.Errorf("typed Same: %w", err)
		}
		want := first[:1]
		if single.Type().Result.Kind == rt.KindTuple { // the results of a Go function
			want = nil
			for i := range first[0].NumField() {
				want = append(want, first[0].Field(i))
			}
		}
		for i := range want {
			if !equal(want[i], out[i]) {
				return fmt.Errorf("typed Same: was %#v, is %#v", want[i], out[i])
			}
		}
	}
	// What arrived as Go values is what was sent: a dynamic call's values prove it.
	techo, _ := tinst.Func("echo")
	if results, err = techo.Call(ctx, args...); err != nil {
		return fmt.Errorf("echo of the typed instance: %w", err)
	}
	return same("echo of the typed instance", args, fields(results[0]))
}

func same(what string, want, got []rt.Value) error {
	if len(want) != len(got) {
		return fmt.Errorf("%s: %d values became %d", what, len(want), len(got))
	}
	for i := range want {
		if text(want[i]) != text(got[i]) {
			return fmt.Errorf("%s: p%d was %s, is %s", what, i, text(want[i]), text(got[i]))
		}
	}
	return nil
}

func fields(v rt.Value) []rt.Value {
	var out []rt.Value
	for _, f := range v.(rt.Record) {
		out = append(out, f.Value)
	}
	return out
}

// text is a value in WAVE. The entries of maps are sorted, for Go's maps have no order.
func text(v rt.Value) string {
	if v == nil {
		return "nothing"
	}
	return sorted(v).String()
}

func sorted(v rt.Value) rt.Value {
	list := func(vs []rt.Value) []rt.Value {
		out := make([]rt.Value, len(vs))
		for i, x := range vs {
			out[i] = sorted(x)
		}
		return out
	}
	switch v := v.(type) {
	case rt.MapValue:
		out := make(rt.MapValue, len(v))
		for i, x := range v {
			out[i] = rt.MapEntry{Key: x.Key, Value: sorted(x.Value)}
		}
		slices.SortFunc(out, func(a, b rt.MapEntry) int { return strings.Compare(a.Key.String(), b.Key.String()) })
		return out
	case rt.List:
		return rt.List(list(v))
	case rt.Tuple:
		return rt.Tuple(list(v))
	case rt.Record:
		out := slices.Clone(v)
		for i := range out {
			out[i].Value = sorted(out[i].Value)
		}
		return out
	case rt.Variant:
		v.Value = sorted(v.Value)
		return v
	case rt.OptionValue:
		v.Value = sorted(v.Value)
		return v
	case rt.ResultValue:
		v.Value = sorted(v.Value)
		return v
	}
	return v
}

func number(v rt.Value) uint64 {
	switch v := v.(type) {
	case rt.U8:
		return uint64(v)
	case rt.U16:
		return uint64(v)
	case rt.U64:
		return uint64(v)
	}
	panic(fmt.Sprintf("abifuzz: padding of type %T", v))
}

// equal compares Go values; all NaNs are one (the canonical ABI makes them so), and no
// elements are no elements.
func equal(a, b reflect.Value) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case reflect.Float32, reflect.Float64:
		x, y := a.Float(), b.Float()
		return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
	case reflect.Interface, reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return a.Elem().Type() == b.Elem().Type() && equal(a.Elem(), b.Elem())
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !equal(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range a.NumField() {
			if !equal(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		if a.Len() != b.Len() {
			return false
		}
		for _, k := range a.MapKeys() {
			if x := b.MapIndex(k); !x.IsValid() || !equal(a.MapIndex(k), x) {
				return false
			}
		}
		return true
	case reflect.String:
		return a.String() == b.String()
	case reflect.Bool:
		return a.Bool() == b.Bool()
	default:
		if a.CanInt() {
			return a.Int() == b.Int()
		}
		return a.Uint() == b.Uint()
	}
}

// value makes a random value of a type.
func value(r *rand.Rand, t *rt.Type) rt.Value {
	bits := func(n int) uint64 {
		switch r.IntN(4) {
		case 0:
			return uint64(r.IntN(4))
		case 1:
			return ^uint64(r.IntN(4)) >> (64 - n)
		default:
			return r.Uint64() >> (64 - n)
		}
	}
	elem := func() rt.Value {
		if t.Elem == nil {
			return nil
		}
		return value(r, t.Elem)
	}
	switch t.Kind {
	case rt.KindBool:
		return rt.Bool(r.IntN(2) == 0)
	case rt.KindU8:
		return rt.U8(bits(8))
	case rt.KindS8:
		return rt.S8(bits(8))
	case rt.KindU16:
		return rt.U16(bits(16))
	case rt.KindS16:
		return rt.S16(bits(16))
	case rt.KindU32:
		return rt.U32(bits(32))
	case rt.KindS32:
		return rt.S32(bits(32))
	case rt.KindU64:
		return rt.U64(bits(64))
	case rt.KindS64:
		return rt.S64(bits(64))
	case rt.KindF32:
		return rt.F32(math.Float32frombits(uint32(bits(32))))
	case rt.KindF64:
		return rt.F64(math.Float64frombits(bits(64)))
	case rt.KindChar:
		return rt.Char(char(r))
	case rt.KindString:
		var b strings.Builder
		for range length(r, 40) {
			b.WriteRune(char(r))
		}
		return rt.String(b.String())
	case rt.KindRecord:
		var v rt.Record
		for _, f := range t.Cases {
			v = append(v, rt.RecordField{Name: f.Name, Value: value(r, f.Type)})
		}
		return v
	case rt.KindTuple:
		var v rt.Tuple
		for _, f := range t.Cases {
			v = append(v, value(r, f.Type))
		}
		return v
	case rt.KindVariant:
		c := t.Cases[r.IntN(len(t.Cases))]
		if c.Type == nil {
			return rt.Variant{Case: c.Name}
		}
		return rt.Variant{Case: c.Name, Value: value(r, c.Type)}
	case rt.KindEnum:
		return rt.Enum(t.Cases[r.IntN(len(t.Cases))].Name)
	case rt.KindFlags:
		var v rt.Flags
		for _, c := range t.Cases {
			if r.IntN(2) == 0 {
				v = append(v, c.Name)
			}
		}
		return v
	case rt.KindOption:
		if r.IntN(3) == 0 {
			return rt.OptionValue{}
		}
		return rt.OptionValue{Value: elem()}
	case rt.KindResult:
		if r.IntN(2) == 0 {
			v := rt.ResultValue{IsErr: true}
			if t.Err != nil {
				v.Value = value(r, t.Err)
			}
			return v
		}
		return rt.ResultValue{Value: elem()}
	case rt.KindList:
		if t.Elem.Kind == rt.KindU8 {
			v := make(rt.Bytes, length(r, 100))
			for i := range v {
				v[i] = byte(bits(8))
			}
			return v
		}
		v := rt.List{}
		for range length(r, 6) {
			v = append(v, elem())
		}
		return v
	case rt.KindMap:
		v := rt.MapValue{}
		seen := map[string]bool{}
		for range length(r, 6) {
			k := value(r, t.Key)
			if !seen[k.String()] {
				seen[k.String()] = true
				v = append(v, rt.MapEntry{Key: k, Value: elem()})
			}
		}
		return v
	case rt.KindFixedList:
		v := rt.List{}
		for range t.Len {
			v = append(v, elem())
		}
		return v
	}
	panic("abifuzz: no values of kind " + t.Kind.String())
}

// length is a length, often none at all.
func length(r *rand.Rand, most int) int {
	switch r.IntN(4) {
	case 0:
		return 0
	case 1:
		return r.IntN(3)
	default:
		return r.IntN(most)
	}
}

// char is a character of any length in each of the encodings.
func char(r *rand.Rand) rune {
	switch r.IntN(8) {
	case 0:
		return rune(0x80 + r.IntN(0x80))
	case 1:
		return rune(0x100 + r.IntN(0xd700))
	case 2:
		return rune(0xe000 + r.IntN(0x110000-0xe000))
	default:
		return rune(r.IntN(0x80))
	}
}
