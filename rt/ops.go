package rt

import "math"

// This file: operators that Go lacks. For generated code. Those with a
// comment "small" must stay at an inlining cost of at most 20: Go inlines no more into
// big functions (ops_test.go checks it).

// B2U is 1 for true. Small.
func B2U(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// K32 hides a constant from the Go compiler's front end, which refuses
// constant expressions that overflow or divide by zero. Small.
func K32(x uint32) uint32 { return x }

// K64 is K32 for uint64. Small.
func K64(x uint64) uint64 { return x }

// KeepI32 uses a value, so that Go does not put off the load it comes from.
//
//go:noinline
func KeepI32(uint32) {}

// KeepI64 is KeepI32 for uint64.
//
//go:noinline
func KeepI64(uint64) {}

// KeepF32 is KeepI32 for float32.
//
//go:noinline
func KeepF32(float32) {}

// KeepF64 is KeepI32 for float64.
//
//go:noinline
func KeepF64(float64) {}

// KeepV128 is KeepI32 for V128.
//
//go:noinline
func KeepV128(V128) {}

// SelI32 is select. Small.
func SelI32(c bool, x, y uint32) uint32 {
	if c {
		return x
	}
	return y
}

// SelI64 is select. Small.
func SelI64(c bool, x, y uint64) uint64 {
	if c {
		return x
	}
	return y
}

// SelF32 is select. Small.
func SelF32(c bool, x, y float32) float32 {
	if c {
		return x
	}
	return y
}

// SelF64 is select. Small.
func SelF64(c bool, x, y float64) float64 {
	if c {
		return x
	}
	return y
}

// SelRef is select of references. Small.
func SelRef[T any](c bool, x, y T) T {
	if c {
		return x
	}
	return y
}

// I32DivS is i32.div_s; Go itself traps a zero divisor. Small.
func I32DivS(x, y uint32) uint32 {
	if x == 1<<31 && y == 1<<32-1 {
		panic(TrapIntegerOverflow)
	}
	return uint32(int32(x) / int32(y))
}

// I64DivS is i64.div_s. Small.
func I64DivS(x, y uint64) uint64 {
	if x == 1<<63 && y == 1<<64-1 {
		panic(TrapIntegerOverflow)
	}
	return uint64(int64(x) / int64(y))
}

// Floating point. A NaN that is a result must be quiet (Wasm core spec,
// "NaN Propagation"); x + x makes it so on all machines. Bit operators
// (neg, abs, copysign) change the sign bit only.

// Factors and divisors that Go's compiler must not know: it takes x*1 for x,
// even if x is a NaN that is not quiet.
var (
	F32One, F32MinusOne float32 = 1, -1
	F64One, F64MinusOne float64 = 1, -1
)

// F32Neg is f32.neg. Small.
func F32Neg(x float32) float32 { return math.Float32frombits(math.Float32bits(x) ^ 1<<31) }

// F64Neg is f64.neg. Small.
func F64Neg(x float64) float64 { return math.Float64frombits(math.Float64bits(x) ^ 1<<63) }

// F32Abs is f32.abs. Small.
func F32Abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// F64Abs is f64.abs. Small.
func F64Abs(x float64) float64 { return math.Float64frombits(math.Float64bits(x) &^ (1 << 63)) }

// F64Ceil is f64.ceil. Small.
func F64Ceil(x float64) float64 {
	if x != x {
		return x + x
	}
	return math.Ceil(x)
}

// F64Floor is f64.floor. Small.
func F64Floor(x float64) float64 {
	if x != x {
		return x + x
	}
	return math.Floor(x)
}

// F64Trunc is f64.trunc. Small.
func F64Trunc(x float64) float64 {
	if x != x {
		return x + x
	}
	return math.Trunc(x)
}

// F64Nearest is f64.nearest. Small.
func F64Nearest(x float64) float64 {
	if x != x {
		return x + x
	}
	return math.RoundToEven(x)
}

// F32Ceil is f32.ceil: rounding to an integer in float64 is exact. Small.
func F32Ceil(x float32) float32 {
	if x != x {
		return x + x
	}
	return float32(math.Ceil(float64(x)))
}

// F32Floor is f32.floor. Small.
func F32Floor(x float32) float32 {
	if x != x {
		return x + x
	}
	return float32(math.Floor(float64(x)))
}

// F32Trunc is f32.trunc. Small.
func F32Trunc(x float32) float32 {
	if x != x {
		return x + x
	}
	return float32(math.Trunc(float64(x)))
}

// F32Nearest is f32.nearest. Small.
func F32Nearest(x float32) float32 {
	if x != x {
		return x + x
	}
	return float32(math.RoundToEven(float64(x)))
}

// F32Min is f32.min. Go's min has its treatment of zeros, but may make up the bits of a NaN.
func F32Min(x, y float32) float32 {
	if x != x || y != y {
		return x + y
	}
	return min(x, y)
}

// F64Min is f64.min.
func F64Min(x, y float64) float64 {
	if x != x || y != y {
		return x + y
	}
	return min(x, y)
}

// F32Max is f32.max.
func F32Max(x, y float32) float32 {
	if x != x || y != y {
		return x + y
	}
	return max(x, y)
}

// F64Max is f64.max.
func F64Max(x, y float64) float64 {
	if x != x || y != y {
		return x + y
	}
	return max(x, y)
}

// Demote is f32.demote_f64. Small.
func Demote(x float64) float32 {
	if x != x {
		x += x
	}
	return float32(x)
}

// Promote is f64.promote_f32. Small.
func Promote(x float32) float64 {
	if x != x {
		x += x
	}
	return float64(x)
}

// Truncation. The bounds are the neighbours of the range that the source type
// can hold; a comparison with NaN is false. The slow path finds out which trap.

func badTrunc(nan bool) {
	if nan {
		panic(TrapBadConversion)
	}
	panic(TrapIntegerOverflow)
}

// I32TruncF32S is i32.trunc_f32_s.
func I32TruncF32S(x float32) uint32 {
	if !(x >= -1<<31 && x < 1<<31) {
		badTrunc(x != x)
	}
	return uint32(int32(x))
}

// I32TruncF32U is i32.trunc_f32_u.
func I32TruncF32U(x float32) uint32 {
	if !(x > -1 && x < 1<<32) {
		badTrunc(x != x)
	}
	return uint32(int64(x))
}

// I32TruncF64S is i32.trunc_f64_s.
func I32TruncF64S(x float64) uint32 {
	if !(x > -1<<31-1 && x < 1<<31) {
		badTrunc(x != x)
	}
	return uint32(int32(x))
}

// I32TruncF64U is i32.trunc_f64_u.
func I32TruncF64U(x float64) uint32 {
	if !(x > -1 && x < 1<<32) {
		badTrunc(x != x)
	}
	return uint32(int64(x))
}

// I64TruncF32S is i64.trunc_f32_s.
func I64TruncF32S(x float32) uint64 {
	if !(x >= -1<<63 && x < 1<<63) {
		badTrunc(x != x)
	}
	return uint64(int64(x))
}

// I64TruncF32U is i64.trunc_f32_u.
func I64TruncF32U(x float32) uint64 {
	if !(x > -1 && x < 1<<64) {
		badTrunc(x != x)
	}
	if x < 1<<63 {
		return uint64(int64(x))
	}
	return uint64(int64(x-1<<63)) ^ 1<<63
}

// I64TruncF64S is i64.trunc_f64_s.
func I64TruncF64S(x float64) uint64 {
	if !(x >= -1<<63 && x < 1<<63) {
		badTrunc(x != x)
	}
	return uint64(int64(x))
}

// I64TruncF64U is i64.trunc_f64_u.
func I64TruncF64U(x float64) uint64 {
	if !(x > -1 && x < 1<<64) {
		badTrunc(x != x)
	}
	if x < 1<<63 {
		return uint64(int64(x))
	}
	return uint64(int64(x-1<<63)) ^ 1<<63
}

// I32SatF32S is i32.trunc_sat_f32_s.
func I32SatF32S(x float32) uint32 { return I32SatF64S(float64(x)) }

// I32SatF32U is i32.trunc_sat_f32_u.
func I32SatF32U(x float32) uint32 { return I32SatF64U(float64(x)) }

// I32SatF64S is i32.trunc_sat_f64_s.
func I32SatF64S(x float64) uint32 {
	switch {
	case x != x:
		return 0
	case x < -1<<31:
		return 1 << 31
	case x >= 1<<31:
		return 1<<31 - 1
	}
	return uint32(int32(x))
}

// I32SatF64U is i32.trunc_sat_f64_u.
func I32SatF64U(x float64) uint32 {
	switch {
	case !(x > 0):
		return 0
	case x >= 1<<32:
		return 1<<32 - 1
	}
	return uint32(int64(x))
}

// I64SatF32S is i64.trunc_sat_f32_s.
func I64SatF32S(x float32) uint64 { return I64SatF64S(float64(x)) }

// I64SatF32U is i64.trunc_sat_f32_u.
func I64SatF32U(x float32) uint64 { return I64SatF64U(float64(x)) }

// I64SatF64S is i64.trunc_sat_f64_s.
func I64SatF64S(x float64) uint64 {
	switch {
	case x != x:
		return 0
	case x < -1<<63:
		return 1 << 63
	case x >= 1<<63:
		return 1<<63 - 1
	}
	return uint64(int64(x))
}

// I64SatF64U is i64.trunc_sat_f64_u.
func I64SatF64U(x float64) uint64 {
	switch {
	case !(x > 0):
		return 0
	case x >= 1<<64:
		return 1<<64 - 1
	case x < 1<<63:
		return uint64(int64(x))
	}
	return uint64(int64(x-1<<63)) ^ 1<<63
}
