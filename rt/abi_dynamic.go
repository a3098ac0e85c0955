package rt

import (
	"context"
	"fmt"
	"math"
	"unsafe"
)

// This file: calls whose types are known at run time only. It does what the
// generated lifts do, by walking types (CanonicalABI.md, "Loading", "Storing",
// "Flat Lifting", "Flat Lowering").

// The limits of flat parameters and results.
const (
	maxFlatParams  = 16
	maxFlatResults = 1
)

// DynFunc is a lifted function for dynamic calls. For generated code.
type DynFunc struct {
	Type *FuncType
	Inst *ComponentInstance
	Root unsafe.Pointer
	Mem  *Memory
	Fn   func(root unsafe.Pointer, d int32, old, oldSize, align, size uint32) uint32
	Enc  StringEncoding
	// Core calls the core function: args and results are the bits of its core
	// values, an f32 in the low half.
	Core func(root unsafe.Pointer, d int32, args, results []uint64)
	// Post is the post-return function, which gets the results; nil if there is none.
	Post func(root unsafe.Pointer, d int32, results []uint64)
	// Async is set for a function of asynchronous type, in place of Core and Post.
	Async *Callee
}

// Call calls the function with arguments that [Conform] has put in order.
func (f *DynFunc) Call(ctx context.Context, args []Value) (v Value, err error) {
	if f.Async != nil {
		return f.start(ctx, args).Finish(ctx)
	}
	var e Entry
	if err = e.Enter(ctx, f.Inst.Store, f.Inst); err != nil {
		return nil, err
	}
	defer e.Exit(&err)
	f.Inst.Store.BeginClaims()
	for n, p := range f.Type.Params {
		if err := checkHandles(f.Inst.Res, p.Type, args[n]); err != nil {
			return nil, &ArgError{p.Name, err}
		}
	}
	saved := f.Inst.Context
	f.Inst.Context = [2]uint64{}
	if f.Inst.Tracked {
		defer f.Inst.EndSync(f.Inst.BeginSync())
	}
	cx := &Cx{
		Inst: f.Inst, Mem: f.Mem, Fn: f.Fn, Root: f.Root, D: e.Depth, Scope: new(Task), Charge: true,
	}
	c := dynCx{cx, f.Enc}
	flatLen, size, align := 0, uint32(0), uint32(1)
	for _, p := range f.Type.Params {
		flatLen += len(p.Type.flat)
		size = roundUp32(size, p.Type.align) + p.Type.size
		align = max(align, p.Type.align)
	}
	var flat []uint64
	if flatLen > maxFlatParams {
		size = roundUp32(size, align)
		ptr := cx.Realloc(0, 0, align, size)
		at := ptr
		for n, p := range f.Type.Params {
			at = roundUp32(at, p.Type.align)
			c.store(p.Type, args[n], at)
			at += p.Type.size
		}
		flat = []uint64{uint64(ptr)}
	} else {
		for n, p := range f.Type.Params {
			flat = c.lowerFlat(flat, p.Type, args[n])
		}
	}
	var results []uint64
	t := f.Type.Result
	if t != nil {
		results = make([]uint64, 1)
	}
	f.Core(f.Root, e.Depth, flat, results)
	switch {
	case t == nil:
	case len(t.flat) > maxFlatResults:
		p := uint32(results[0])
		cx.Check(p, t.size, t.align)
		v = c.load(t, p)
	default:
		v, _ = c.liftFlat(t, results)
	}
	cx.Scope.Return()
	if f.Post != nil {
		f.Inst.MayLeave = false
		f.Post(f.Root, e.Depth, results)
		f.Inst.MayLeave = true
	}
	f.Inst.Context = saved
	cx.EndLends()
	return v, nil
}

// checkHandles finds handles in v that cannot be given to the guest.
func checkHandles(res []*ResourceType, t *Type, v Value) error {
	switch v := v.(type) {
	case AsyncValue:
		var s *Store
		if len(res) > 0 {
			s = res[0].Store
		}
		return v.check(s)
	case ResourceValue:
		r := res[t.Resource]
		if r.Inst == nil {
			if v.Value == nil || r.Is == nil || !r.Is(v.Value) {
				return fmt.Errorf("%T is no host value of resource %s", v.Value, r.Name)
			}
			return nil
		}
		var g *GuestResource
		if r.Unwrap != nil {
			g = r.Unwrap(v.Value)
		}
		if g == nil {
			return fmt.Errorf("%T is no handle of resource %s", v.Value, r.Name)
		}
		if t.Kind == KindBorrow {
			return g.CheckBorrow(r)
		}
		return g.CheckOwn(r)
	case List:
		if t.Elem == nil {
			return nil
		}
		for _, x := range v {
			if err := checkHandles(res, t.Elem, x); err != nil {
				return err
			}
		}
	case MapValue:
		for _, x := range v {
			if err := checkHandles(res, t.Elem, x.Value); err != nil {
				return err
			}
		}
	case Record:
		for n, x := range v {
			if err := checkHandles(res, t.Cases[n].Type, x.Value); err != nil {
				return err
			}
		}
	case Tuple:
		for n, x := range v {
			if err := checkHandles(res, t.Cases[n].Type, x); err != nil {
				return err
			}
		}
	case Variant, OptionValue, ResultValue:
		if _, p, x := splitVariant(t, v); p != nil {
			return checkHandles(res, p, x)
		}
	}
	return nil
}

// splitVariant gives the case number of a variant, option, result or enum,
// and its payload with its type, nil if it has none.
func splitVariant(t *Type, v Value) (n int, payload *Type, x Value) {
	switch v := v.(type) {
	case Enum:
		return t.Case(string(v)), nil, nil
	case OptionValue:
		if v.Value == nil {
			return 0, nil, nil
		}
		return 1, t.Elem, v.Value
	case ResultValue:
		if v.IsErr {
			return 1, t.Err, v.Value
		}
		return 0, t.Elem, v.Value
	case Variant:
		n = t.Case(v.Case)
		return n, t.Cases[n].Type, v.Value
	}
	panic(fmt.Sprintf("rt: %T is no variant", v))
}

// numCases is the number of cases of a variant, option, result or enum, and
// casePayload the payload type of one.
func (t *Type) numCases() int {
	if t.Kind == KindOption || t.Kind == KindResult {
		return 2
	}
	return len(t.Cases)
}

func (t *Type) casePayload(n int) *Type {
	switch t.Kind {
	case KindOption:
		if n == 0 {
			return nil
		}
		return t.Elem
	case KindResult:
		if n == 0 {
			return t.Elem
		}
		return t.Err
	}
	return t.Cases[n].Type
}

// makeVariant is the reverse of splitVariant.
func makeVariant(t *Type, n int, x Value) Value {
	switch t.Kind {
	case KindEnum:
		return Enum(t.Cases[n].Name)
	case KindOption:
		return OptionValue{x}
	case KindResult:
		return ResultValue{n == 1, x}
	}
	return Variant{t.Cases[n].Name, x}
}

// dynCx lifts and lowers by walking types.
type dynCx struct {
	*Cx
	enc StringEncoding
}

// bitsOf gives the core bits of a number, bool or char: sign-extended to 32
// bits, or 64.
func bitsOf(v Value) (uint64, bool) {
	switch v := v.(type) {
	case Bool:
		return uint64(Bool32(bool(v))), true
	case S8:
		return uint64(uint32(v)), true
	case U8:
		return uint64(v), true
	case S16:
		return uint64(uint32(v)), true
	case U16:
		return uint64(v), true
	case S32:
		return uint64(uint32(v)), true
	case U32:
		return uint64(v), true
	case S64:
		return uint64(v), true
	case U64:
		return uint64(v), true
	case F32:
		return uint64(math.Float32bits(float32(v))), true
	case F64:
		return math.Float64bits(float64(v)), true
	case Char:
		return uint64(uint32(v)), true
	}
	return 0, false
}

// scalarOf is the reverse of bitsOf; unused high bits are ignored.
func scalarOf(k TypeKind, x uint64) Value {
	switch k {
	case KindBool:
		return Bool(uint32(x) != 0)
	case KindS8:
		return S8(x)
	case KindU8:
		return U8(x)
	case KindS16:
		return S16(x)
	case KindU16:
		return U16(x)
	case KindS32:
		return S32(x)
	case KindU32:
		return U32(x)
	case KindS64:
		return S64(x)
	case KindU64:
		return U64(x)
	case KindF32:
		return F32(math.Float32frombits(uint32(x)))
	case KindF64:
		return F64(math.Float64frombits(x))
	case KindChar:
		return Char(LiftChar(uint32(x)))
	}
	panic("rt: values of " + k.String() + " are no scalars")
}

func flagBits(t *Type, v Flags) uint32 {
	x := uint32(0)
	for _, name := range v {
		x |= 1 << t.Case(name)
	}
	return x
}

func flagsOf(t *Type, x uint32) Flags {
	out := Flags{}
	for n, c := range t.Cases {
		if x>>n&1 != 0 {
			out = append(out, c.Name)
		}
	}
	return out
}

// lowerHandle lowers an own or borrow handle.
func (c dynCx) lowerHandle(t *Type, v ResourceValue) uint32 {
	r := c.Inst.Res[t.Resource]
	switch {
	case r.Inst == nil && t.Kind == KindOwn:
		return c.LowerOwn(r, 0, v.Value)
	case r.Inst == nil:
		return c.LowerBorrow(r, 0, v.Value)
	case t.Kind == KindOwn:
		return c.MoveGuest(r, r.Unwrap(v.Value))
	}
	return c.LendGuest(r, r.Unwrap(v.Value))
}

// liftHandle lifts a handle. Borrows are of host resources only: what a
// component imports cannot name resources that it defines.
func (c dynCx) liftHandle(t *Type, i uint32) Value {
	r := c.Inst.Res[t.Resource]
	if t.Kind == KindBorrow {
		_, val := c.LiftBorrow(r, i)
		return ResourceValue{Value: val, Borrow: true, typ: r}
	}
	rep, val := c.LiftOwn(r, i)
	if r.Inst == nil {
		return ResourceValue{Value: val, typ: r}
	}
	return ResourceValue{Value: r.Wrap(rep), typ: r}
}

// lowerFlat appends the flat values of v.
func (c dynCx) lowerFlat(flat []uint64, t *Type, v Value) []uint64 {
	switch v := v.(type) {
	case String:
		p, n := c.LowerString(c.enc, string(v))
		return append(flat, uint64(p), uint64(n))
	case Bytes, List, MapValue:
		if t.Kind != KindFixedList {
			p, n := c.lowerList(t, v)
			return append(flat, uint64(p), uint64(n))
		}
		if b, ok := v.(Bytes); ok {
			for _, x := range b {
				flat = append(flat, uint64(x))
			}
			return flat
		}
		for _, x := range v.(List) {
			flat = c.lowerFlat(flat, t.Elem, x)
		}
		return flat
	case Record:
		for n, f := range v {
			flat = c.lowerFlat(flat, t.Cases[n].Type, f.Value)
		}
		return flat
	case Tuple:
		for n, x := range v {
			flat = c.lowerFlat(flat, t.Cases[n].Type, x)
		}
		return flat
	case Flags:
		return append(flat, uint64(flagBits(t, v)))
	case AsyncValue:
		return append(flat, uint64(c.lowerAsync(t, v)))
	case ResourceValue:
		return append(flat, uint64(c.lowerHandle(t, v)))
	case Variant, OptionValue, ResultValue, Enum:
		end := len(flat) + len(t.flat)
		n, p, x := splitVariant(t, v)
		flat = append(flat, uint64(n))
		if p != nil {
			// All core types are their zero-extended bits here, so the coercions of
			// lower_flat_variant need no code.
			flat = c.lowerFlat(flat, p, x)
		}
		for len(flat) < end {
			flat = append(flat, 0)
		}
		return flat
	}
	x, ok := bitsOf(v)
	if !ok {
		panic(fmt.Sprintf("rt: value %T", v))
	}
	return append(flat, x)
}

// lowerList stores a list, list<u8> or map in new guest memory.
func (c dynCx) lowerList(t *Type, v Value) (p, n uint32) {
	switch v := v.(type) {
	case Bytes:
		return LowerNumbers(c.Cx, []byte(v))
	case List:
		p = c.NewList(len(v), t.Elem.size, t.Elem.align)
		for i, x := range v {
			c.store(t.Elem, x, p+uint32(i)*t.Elem.size)
		}
		return p, uint32(len(v))
	case MapValue:
		size, align, off := mapLayout(t)
		p = c.NewList(len(v), size, align)
		for i, x := range v {
			c.store(t.Key, x.Key, p+uint32(i)*size)
			c.store(t.Elem, x.Value, p+uint32(i)*size+off)
		}
		return p, uint32(len(v))
	}
	panic(fmt.Sprintf("rt: %T is no list", v))
}

// mapLayout lays out an entry of a map: a tuple<K, V>.
func mapLayout(t *Type) (size, align, off uint32) {
	align = max(t.Key.align, t.Elem.align)
	off = roundUp32(t.Key.size, t.Elem.align)
	return roundUp32(off+t.Elem.size, align), align, off
}

// storeBits writes an integer of size bytes.
func (c dynCx) storeBits(p, size uint32, x uint64) {
	switch size {
	case 1:
		c.Mem.St8(p, uint8(x))
	case 2:
		c.Mem.St16(p, uint16(x))
	case 4:
		c.Mem.St32(p, uint32(x))
	default:
		c.Mem.St64(p, x)
	}
}

// loadBits reads an integer of size bytes.
func (c dynCx) loadBits(p, size uint32) uint64 {
	switch size {
	case 1:
		return uint64(c.Mem.Ld8(p))
	case 2:
		return uint64(c.Mem.Ld16(p))
	case 4:
		return uint64(c.Mem.Ld32(p))
	}
	return c.Mem.Ld64(p)
}

// store writes v at p, which has been checked.
func (c dynCx) store(t *Type, v Value, p uint32) {
	switch v := v.(type) {
	case String:
		q, n := c.LowerString(c.enc, string(v))
		c.Mem.St32(p, q)
		c.Mem.St32(p+4, n)
	case Bytes, List, MapValue:
		if t.Kind != KindFixedList {
			q, n := c.lowerList(t, v)
			c.Mem.St32(p, q)
			c.Mem.St32(p+4, n)
			return
		}
		if b, ok := v.(Bytes); ok {
			StoreNumbers(c.Cx, []byte(b), p)
			return
		}
		for i, x := range v.(List) {
			c.store(t.Elem, x, p+uint32(i)*t.Elem.size)
		}
	case Record:
		for n, f := range v {
			c.store(t.Cases[n].Type, f.Value, p+t.offsets[n])
		}
	case Tuple:
		for n, x := range v {
			c.store(t.Cases[n].Type, x, p+t.offsets[n])
		}
	case Flags:
		c.storeBits(p, t.size, uint64(flagBits(t, v)))
	case AsyncValue:
		c.Mem.St32(p, c.lowerAsync(t, v))
	case ResourceValue:
		c.Mem.St32(p, c.lowerHandle(t, v))
	case Variant, OptionValue, ResultValue, Enum:
		n, payload, x := splitVariant(t, v)
		c.storeBits(p, t.discSize, uint64(n))
		if payload != nil {
			c.store(payload, x, p+t.payloadOffset)
		}
	default:
		x, ok := bitsOf(v)
		if !ok {
			panic(fmt.Sprintf("rt: value %T", v))
		}
		c.storeBits(p, t.size, x)
	}
}

// dynValueSize is what a Value in a list takes at least; dynFieldSize a field of
// a record, and dynCaseSize a variant besides its payload.
const (
	dynValueSize = uint64(unsafe.Sizeof(Value(nil))) + 8
	dynFieldSize = uint64(unsafe.Sizeof(RecordField{})) + 8
	dynCaseSize  = uint64(unsafe.Sizeof(Variant{}))
)

// liftList reads a list or map of n elements at p.
func (c dynCx) liftList(t *Type, p, n uint32) Value {
	if t.Kind == KindMap {
		size, align, off := mapLayout(t)
		c.CheckList(p, n, size, align)
		c.charge(uint64(n) * 2 * dynValueSize)
		out := make(MapValue, n)
		for i := range out {
			at := p + uint32(i)*size
			out[i] = MapEntry{c.load(t.Key, at), c.load(t.Elem, at+off)}
		}
		return out
	}
	if t.Elem.Kind == KindU8 {
		return Bytes(LiftNumbers[byte](c.Cx, p, n))
	}
	c.CheckList(p, n, t.Elem.size, t.Elem.align)
	c.charge(uint64(n) * dynValueSize)
	out := make(List, n)
	for i := range out {
		out[i] = c.load(t.Elem, p+uint32(i)*t.Elem.size)
	}
	return out
}

// load reads a value at p, which has been checked.
func (c dynCx) load(t *Type, p uint32) Value {
	switch t.Kind {
	case KindString:
		return String(c.LiftString(c.enc, c.Mem.Ld32(p), c.Mem.Ld32(p+4)))
	case KindList, KindMap:
		return c.liftList(t, c.Mem.Ld32(p), c.Mem.Ld32(p+4))
	case KindFixedList:
		c.charge(uint64(t.Len) * dynValueSize)
		if t.Elem.Kind == KindU8 {
			out := make(Bytes, t.Len)
			LoadNumbers(c.Cx, out, p)
			return out
		}
		out := make(List, t.Len)
		for i := range out {
			out[i] = c.load(t.Elem, p+uint32(i)*t.Elem.size)
		}
		return out
	case KindRecord:
		c.charge(uint64(len(t.Cases)) * dynFieldSize)
		out := make(Record, len(t.Cases))
		for n, f := range t.Cases {
			out[n] = RecordField{f.Name, c.load(f.Type, p+t.offsets[n])}
		}
		return out
	case KindTuple:
		c.charge(uint64(len(t.Cases)) * dynValueSize)
		out := make(Tuple, len(t.Cases))
		for n, f := range t.Cases {
			out[n] = c.load(f.Type, p+t.offsets[n])
		}
		return out
	case KindFlags:
		c.charge(uint64(len(t.Cases)) * dynValueSize)
		return flagsOf(t, uint32(c.loadBits(p, t.size)))
	case KindOwn, KindBorrow:
		return c.liftHandle(t, c.Mem.Ld32(p))
	case KindStream, KindFuture, KindErrorContext:
		return c.liftAsync(t, c.Mem.Ld32(p))
	case KindVariant, KindOption, KindResult, KindEnum:
		c.charge(dynCaseSize)
		n := t.checkDisc(c.loadBits(p, t.discSize))
		payload := t.casePayload(n)
		if payload == nil {
			return makeVariant(t, n, nil)
		}
		return makeVariant(t, n, c.load(payload, p+t.payloadOffset))
	}
	return scalarOf(t.Kind, c.loadBits(p, t.size))
}

func (t *Type) checkDisc(d uint64) int {
	if uint64(uint32(d)) >= uint64(t.numCases()) {
		ThrowDisc(uint32(d))
	}
	return int(uint32(d))
}

// liftFlat reads a value from flat values, and gives those that follow.
func (c dynCx) liftFlat(t *Type, flat []uint64) (Value, []uint64) {
	switch t.Kind {
	case KindString:
		return String(c.LiftString(c.enc, uint32(flat[0]), uint32(flat[1]))), flat[2:]
	case KindList, KindMap:
		return c.liftList(t, uint32(flat[0]), uint32(flat[1])), flat[2:]
	case KindFixedList:
		out := make(List, t.Len)
		for i := range out {
			out[i], flat = c.liftFlat(t.Elem, flat)
		}
		if t.Elem.Kind == KindU8 {
			b := make(Bytes, t.Len)
			for i, x := range out {
				b[i] = byte(x.(U8))
			}
			return b, flat
		}
		return out, flat
	case KindRecord:
		out := make(Record, len(t.Cases))
		for n, f := range t.Cases {
			out[n].Name = f.Name
			out[n].Value, flat = c.liftFlat(f.Type, flat)
		}
		return out, flat
	case KindTuple:
		out := make(Tuple, len(t.Cases))
		for n, f := range t.Cases {
			out[n], flat = c.liftFlat(f.Type, flat)
		}
		return out, flat
	case KindFlags:
		return flagsOf(t, uint32(flat[0])), flat[1:]
	case KindOwn, KindBorrow:
		return c.liftHandle(t, uint32(flat[0])), flat[1:]
	case KindStream, KindFuture, KindErrorContext:
		return c.liftAsync(t, uint32(flat[0])), flat[1:]
	case KindVariant, KindOption, KindResult, KindEnum:
		n := t.checkDisc(flat[0])
		rest := flat[len(t.flat):]
		payload := t.casePayload(n)
		if payload == nil {
			return makeVariant(t, n, nil), rest
		}
		v, _ := c.liftFlat(payload, flat[1:])
		return makeVariant(t, n, v), rest
	}
	return scalarOf(t.Kind, flat[0]), flat[1:]
}
