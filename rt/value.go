package rt

import (
	"context"
	"fmt"
)

// Value is a WIT value whose type is known only at run time: what a [Func]
// takes and gives. It is one of [Bool], [S8], [U8], [S16], [U16], [S32], [U32],
// [S64], [U64], [F32], [F64], [Char], [String], [Bytes], [List], [MapValue],
// [Record], [Tuple], [Variant], [Enum], [Flags], [OptionValue], [ResultValue]
// and [ResourceValue]. A nil Value is no value of any type.
//
// String gives it in WAVE, the text form that `wc2go run --invoke` speaks.
type Value interface {
	fmt.Stringer
	isValue()
}

// The values of the primitive types.
type (
	Bool   bool
	S8     int8
	U8     uint8
	S16    int16
	U16    uint16
	S32    int32
	U32    uint32
	S64    int64
	U64    uint64
	F32    float32
	F64    float64
	Char   rune
	String string
)

// Bytes is a list<u8> without a Value per byte. Where a list<u8> is wanted,
// a [List] of [U8] does as well; results are always Bytes.
type Bytes []byte

// List is a list<T> or list<T, N>.
type List []Value

// MapValue is a map<K, V>, in the order of its entries.
type MapValue []MapEntry

// MapEntry is an entry of a MapValue.
type MapEntry struct{ Key, Value Value }

// Record is a record. Where one is wanted the fields may come in any order;
// results have the order of the type.
type Record []RecordField

// RecordField is a field of a Record; Name is the WIT name.
type RecordField struct {
	Name  string
	Value Value
}

// Tuple is a tuple.
type Tuple []Value

// Variant is a case of a variant. Value is nil for a case without payload.
type Variant struct {
	Case  string
	Value Value
}

// Enum is a case of an enum.
type Enum string

// Flags are the names of the flags that are set. Results have the order of
// the type.
type Flags []string

// OptionValue is an option: none if Value is nil.
type OptionValue struct{ Value Value }

// ResultValue is a result. Value is nil where the type has no payload.
type ResultValue struct {
	IsErr bool
	Value Value
}

// ResourceValue is a handle. Value is the embedder's own value for a host
// resource, and the handle that the typed API gives for a guest resource.
type ResourceValue struct {
	Value  any
	Borrow bool
	typ    *ResourceType // of what a guest gave
}

// Type is the resource type of a handle that came from a guest, nil for a
// handle that the embedder made.
func (v ResourceValue) Type() *ResourceType { return v.typ }

// Drop gives up a resource that is owned: of a guest resource the destructor
// runs, of a host resource the value's own Drop method, if it has one.
func (v ResourceValue) Drop(ctx context.Context) error {
	if d, ok := v.Value.(Dropper); ok && !v.Borrow {
		return d.Drop(ctx)
	}
	return nil
}

func (Bool) isValue()          {}
func (S8) isValue()            {}
func (U8) isValue()            {}
func (S16) isValue()           {}
func (U16) isValue()           {}
func (S32) isValue()           {}
func (U32) isValue()           {}
func (S64) isValue()           {}
func (U64) isValue()           {}
func (F32) isValue()           {}
func (F64) isValue()           {}
func (Char) isValue()          {}
func (String) isValue()        {}
func (Bytes) isValue()         {}
func (List) isValue()          {}
func (MapValue) isValue()      {}
func (Record) isValue()        {}
func (Tuple) isValue()         {}
func (Variant) isValue()       {}
func (Enum) isValue()          {}
func (Flags) isValue()         {}
func (OptionValue) isValue()   {}
func (ResultValue) isValue()   {}
func (ResourceValue) isValue() {}

// Get returns the field of that name, nil if there is none.
func (r Record) Get(name string) Value {
	for _, f := range r {
		if f.Name == name {
			return f.Value
		}
	}
	return nil
}

// Has reports whether the flag is set.
func (f Flags) Has(name string) bool {
	for _, n := range f {
		if n == name {
			return true
		}
	}
	return false
}

// Func is an exported function that is called by name, with dynamic values.
type Func struct {
	typ   *FuncType
	call  func(ctx context.Context, args []Value) (Value, error)
	typed any
	start func(ctx context.Context, args []Value) *Call[Value] // asynchronous type only
}

// NewFunc makes a Func. call gets arguments that [Conform] has put in order and
// returns nil for a function without a result; typed is the function of the typed API, nil if
// there is none. For generated code.
func NewFunc(t *FuncType, call func(ctx context.Context, args []Value) (Value, error), typed any) Func {
	return Func{typ: t, call: call, typed: typed}
}

// AsyncFunc is f, the Func of d, which is of asynchronous type. For generated code.
func (d *DynFunc) AsyncFunc(f Func) Func {
	f.start = d.start
	return f
}

// Type is the function's type.
func (f Func) Type() *FuncType { return f.typ }

// Call calls the function. There is one result, or none if the type has none.
// A WIT result is returned as a [ResultValue]; the error is a trap, or says that the
// arguments do not have the right types, in which case the guest was not entered.
func (f Func) Call(ctx context.Context, args ...Value) ([]Value, error) {
	if f.typ == nil {
		return nil, fmt.Errorf("wc2go: call of a zero rt.Func")
	}
	r, err := f.call1(ctx, args)
	if err != nil || f.typ.Result == nil {
		return nil, err
	}
	return []Value{r}, nil
}

// call1 is Call with the one result.
func (f Func) call1(ctx context.Context, args []Value) (Value, error) {
	args, err := f.conform(args)
	if err != nil {
		return nil, err
	}
	return f.call(ctx, args)
}

// conform puts arguments in the form that call and start want.
func (f Func) conform(args []Value) ([]Value, error) {
	if len(args) != len(f.typ.Params) {
		return nil, fmt.Errorf("wc2go: function takes %d arguments, got %d", len(f.typ.Params), len(args))
	}
	conformed := make([]Value, len(args))
	for n, p := range f.typ.Params {
		v, err := Conform(p.Type, args[n])
		if err != nil {
			return nil, fmt.Errorf("wc2go: argument %d (%s): %w", n+1, p.Name, err)
		}
		conformed[n] = v
	}
	return conformed, nil
}
