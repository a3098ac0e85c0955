package rt

import "fmt"

// Unit is the type of nothing: absent payloads of nested results.
type Unit = struct{}

// Option is a WIT option. The zero value is none.
type Option[T any] struct {
	ok bool
	v  T
}

// Some makes an option that holds v.
func Some[T any](v T) Option[T] { return Option[T]{true, v} }

// None makes an empty option.
func None[T any]() Option[T] { return Option[T]{} }

// Get returns the value, and whether there is one.
func (o Option[T]) Get() (T, bool) { return o.v, o.ok }

// IsSome reports whether there is a value.
func (o Option[T]) IsSome() bool { return o.ok }

// Or returns the value, or d if there is none.
func (o Option[T]) Or(d T) T {
	if o.ok {
		return o.v
	}
	return d
}

func (o Option[T]) String() string {
	if o.ok {
		return fmt.Sprintf("some(%v)", o.v)
	}
	return "none"
}

// Result is a WIT result that is not a function's result. The zero value is ok
// of a zero T.
type Result[T, E any] struct {
	bad bool
	ok  T
	err E
}

// Ok makes a result that holds a value.
func Ok[T, E any](v T) Result[T, E] { return Result[T, E]{ok: v} }

// Err makes a result that holds an error.
func Err[T, E any](e E) Result[T, E] { return Result[T, E]{bad: true, err: e} }

// IsErr reports whether the result is an error.
func (r Result[T, E]) IsErr() bool { return r.bad }

// OK returns the value, and whether there is one.
func (r Result[T, E]) OK() (T, bool) { return r.ok, !r.bad }

// Err returns the error value, and whether there is one.
func (r Result[T, E]) Err() (E, bool) { return r.err, r.bad }

func (r Result[T, E]) String() string {
	if r.bad {
		return fmt.Sprintf("err(%v)", r.err)
	}
	return fmt.Sprintf("ok(%v)", r.ok)
}

// ErrorValue is the Go error of a function whose WIT result has an error type
// without a name: string, u32, a list... Host functions return it to
// report such an error; any other error traps the guest.
type ErrorValue[E any] struct{ Value E }

// NewError makes an ErrorValue.
func NewError[E any](v E) *ErrorValue[E] { return &ErrorValue[E]{v} }

func (e *ErrorValue[E]) Error() string {
	switch v := any(e.Value).(type) {
	case string:
		return v
	case Unit:
		return "error"
	case error:
		return v.Error()
	}
	return fmt.Sprint(e.Value)
}

// Dropper is implemented by host resources that want to know when the guest
// drops the last handle it owns.
type Dropper interface {
	Drop(ctx Context) error
}

// V128 is a value of wasm type v128, little-endian.
type V128 struct{ Lo, Hi uint64 }
