package rt

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// This file: calls of functions of asynchronous type whose types are known at
// run time only.

// layoutParams gives the flat length, the size and the alignment of parameters.
func layoutParams(ps []Param) (flat int, size, align uint32) {
	align = 1
	for _, p := range ps {
		flat += len(p.Type.flat)
		size = roundUp32(size, p.Type.align) + p.Type.size
		align = max(align, p.Type.align)
	}
	return flat, roundUp32(size, align), align
}

// start starts a call of a function of asynchronous type.
func (f *DynFunc) start(ctx context.Context, args []Value) *Call[Value] {
	call := new(Call[Value])
	cx := &Cx{Inst: f.Inst, Mem: f.Mem, Fn: f.Fn, Root: f.Root, Charge: true}
	c := dynCx{cx, f.Enc}
	check := func() error {
		f.Inst.Store.BeginClaims()
		for n, p := range f.Type.Params {
			if err := checkHandles(f.Inst.Res, p.Type, args[n]); err != nil {
				return &ArgError{p.Name, err}
			}
		}
		return nil
	}
	call.Start(ctx, f.Inst, f.Async, cx, check, func(d int32, fl *Flat) {
		cx.D = d
		n, size, align := layoutParams(f.Type.Params)
		if n > maxFlatParams {
			at := cx.Realloc(0, 0, align, size)
			fl[0] = uint64(at)
			for n, p := range f.Type.Params {
				at = roundUp32(at, p.Type.align)
				c.store(p.Type, args[n], at)
				at += p.Type.size
			}
			return
		}
		flat := fl[:0]
		for n, p := range f.Type.Params {
			flat = c.lowerFlat(flat, p.Type, args[n])
		}
	}, func(d int32, fl *Flat) {
		cx.D = d
		limit := maxFlatResults
		if f.Async.Async {
			limit = maxFlatParams
		}
		switch t := f.Type.Result; {
		case t == nil:
		case len(t.flat) > limit:
			p := uint32(fl[0])
			cx.Check(p, t.size, t.align)
			call.Value = c.load(t, p)
		default:
			call.Value, _ = c.liftFlat(t, fl[:])
		}
	})
	return call
}

// CallConcurrent starts a call beside others in the event loop, and returns
// without waiting for it. The function must be of asynchronous type.
func (f Func) CallConcurrent(acc *Accessor, args ...Value) (*Call[Value], error) {
	if f.typ == nil {
		return nil, errors.New("wc2go: call of a zero rt.Func")
	}
	if !f.typ.Async {
		return nil, errors.New("wc2go: the function's type is not async")
	}
	args, err := f.conform(args)
	if err != nil {
		return nil, err
	}
	if f.start == nil {
		return acc.startApart(f.call, args), nil
	}
	return f.start(acc.ctx, args), nil
}

// startApart starts a call of a function that is known in its blocking form only: as a task of
// its own in the event loop.
func (a *Accessor) startApart(f func(ctx context.Context, args []Value) (Value, error), args []Value) *Call[Value] {
	c := new(Call[Value])
	c.w.begin(a.s, a.ev)
	var v Value
	h := a.s.spawn(a.base, func(ctx context.Context, _ *Accessor) (err error) {
		v, err = f(ctx, args)
		return err
	}, func(err error) {
		c.w.finishWith(func() {
			if c.Value, c.Err = v, err; errors.Is(err, context.Canceled) {
				c.Err = ErrCancelled
			}
		}, nil)
	})
	c.stop = h.Cancel
	return c
}

// HostCall is a lowered import of asynchronous type that a [Linker] defines.
// For generated code.
func (l *LinkedFunc) HostCall(cx *Cx, enc StringEncoding, async bool, flat ...uint64) uint64 {
	c := dynCx{cx, enc}
	t := l.typ
	args := make([]Value, len(t.Params))
	limit, results := maxFlatParams, maxFlatResults
	if async {
		limit, results = 4, 0 // MAX_FLAT_ASYNC_PARAMS
	}
	n, size, align := layoutParams(t.Params)
	if n > limit {
		at := uint32(flat[0])
		flat = flat[1:]
		cx.Check(at, size, align)
		for n, p := range t.Params {
			at = roundUp32(at, p.Type.align)
			args[n] = c.load(p.Type, at)
			at += p.Type.size
		}
	} else {
		for n, p := range t.Params {
			args[n], flat = c.liftFlat(p.Type, flat)
		}
	}
	var v Value
	var err error
	var out uint64
	run := func(ctx context.Context) error {
		v, err = l.call(ctx, args)
		return err
	}
	done := func(d int32) {
		cx.D = d
		if err == nil && t.Result != nil {
			cx.Inst.Store.BeginClaims()
			err = checkHandles(cx.Inst.Res, t.Result, v)
		}
		if err != nil {
			ThrowHost(l.path, err)
		}
		switch r := t.Result; {
		case r == nil:
		case len(r.flat) > results:
			p := uint32(flat[0])
			cx.Check(p, r.size, r.align)
			c.store(r, v, p)
		default:
			out = c.lowerFlat(make([]uint64, 0, 1), r, v)[0]
		}
	}
	s := cx.Inst.Store
	if l.strict && !async && (s.cur == nil || s.cur.inline) {
		throwCannotBlock()
	}
	state := uint32(subtaskReturned)
	if l.immediate {
		s.BeginHost(cx.D)
		run(s.HostContext()) // done sees its error
		s.EndHost()
		done(cx.D)
		cx.EndLends()
	} else {
		state = cx.Inst.HostCall(cx.D, async, l.path, cx, run, done)
	}
	if async {
		return uint64(state)
	}
	return out
}

// AsyncValue is a stream, a future or an error context as a [Value]. Typed
// handles make one and are got out of one: [StreamOf], [FutureOf], [ErrorContextOf].
type AsyncValue struct {
	kind TypeKind
	end  *hostEnd
	err  *ErrorContext
}

func (AsyncValue) isValue() {}

// String is "<stream>" and the like: such values have no text form.
func (v AsyncValue) String() string { return "<" + v.kind.String() + ">" }

// Value is the stream as a dynamic value.
func (r *StreamReader[T]) Value() AsyncValue { return AsyncValue{kind: KindStream, end: r.e} }

// Value is the future as a dynamic value.
func (f *Future[T]) Value() AsyncValue { return AsyncValue{kind: KindFuture, end: f.e} }

// Value is the error context as a dynamic value.
func (e *ErrorContext) Value() AsyncValue { return AsyncValue{kind: KindErrorContext, err: e} }

// StreamOf gives the stream in a dynamic value. Elements are read as T if that
// is the Go type that the typed API has for them.
func StreamOf[T any](v Value) (*StreamReader[T], bool) {
	x, ok := v.(AsyncValue)
	if !ok || x.kind != KindStream {
		return nil, false
	}
	return &StreamReader[T]{x.end}, true
}

// FutureOf gives the future in a dynamic value.
func FutureOf[T any](v Value) (*Future[T], bool) {
	x, ok := v.(AsyncValue)
	if !ok || x.kind != KindFuture {
		return nil, false
	}
	return &Future[T]{x.end}, true
}

// ErrorContextOf gives the error context in a dynamic value.
func ErrorContextOf(v Value) (*ErrorContext, bool) {
	x, ok := v.(AsyncValue)
	return x.err, ok && x.kind == KindErrorContext
}

// check says what is wrong with a value that is to be given to a guest of store s.
func (v AsyncValue) check(s *Store) error {
	if v.kind == KindErrorContext {
		return CheckErrorContext(v.err)
	}
	return v.end.check(s)
}

func (c dynCx) liftAsync(t *Type, i uint32) Value {
	switch t.Kind {
	case KindErrorContext:
		return c.LiftErrorContext(i).Value()
	case KindFuture:
		return LiftFuture[Unit](c.Cx, dynElem(t.Elem), i).Value()
	}
	return LiftStream[Unit](c.Cx, dynElem(t.Elem), i).Value()
}

func (c dynCx) lowerAsync(t *Type, v AsyncValue) uint32 {
	if t.Kind == KindErrorContext {
		return c.LowerErrorContext(v.err)
	}
	return c.lowerEnd(dynElem(t.Elem), v.end)
}

// dynElem makes the Elem of a type that is known at run time only, with the
// same key that generated code has for it.
func dynElem(t *Type) *Elem {
	if t == nil {
		return &Elem{Key: "_", Number: true}
	}
	var b strings.Builder
	t.key(&b)
	return &Elem{Key: b.String(), Number: t.Kind >= KindS8 && t.Kind <= KindF64, anyResource: t.hasHandle()}
}

// key writes what codegen/adapt's typeKey does; resource types are left out.
func (t *Type) key(b *strings.Builder) {
	if t == nil {
		b.WriteByte('_')
		return
	}
	fmt.Fprintf(b, "%d", t.Kind)
	switch t.Kind {
	case KindRecord, KindVariant, KindTuple, KindFlags, KindEnum:
		b.WriteByte('(')
		for _, c := range t.Cases {
			b.WriteString(c.Name + ":")
			c.Type.key(b)
			b.WriteByte(',')
		}
		b.WriteByte(')')
	case KindList, KindFixedList, KindOption, KindStream, KindFuture:
		b.WriteByte('(')
		t.Elem.key(b)
		fmt.Fprintf(b, " %d)", t.Len)
	case KindMap:
		b.WriteByte('(')
		t.Key.key(b)
		b.WriteByte(' ')
		t.Elem.key(b)
		b.WriteByte(')')
	case KindResult:
		b.WriteByte('(')
		t.Elem.key(b)
		b.WriteByte(' ')
		t.Err.key(b)
		b.WriteByte(')')
	}
}

func (t *Type) hasHandle() bool {
	if t == nil {
		return false
	}
	for _, c := range t.Cases {
		if c.Type.hasHandle() {
			return true
		}
	}
	return t.Kind == KindOwn || t.Elem.hasHandle() || t.Key.hasHandle() || t.Err.hasHandle()
}
