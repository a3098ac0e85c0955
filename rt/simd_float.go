package rt

// This file: floating-point vector operators, on one lane, and what else
// generated code needs for lanes. The others are those of ops.go.

// KF32 is K32 for float32. Small.
func KF32(x float32) float32 { return x }

// KF64 is K32 for float64. Small.
func KF64(x float64) float64 { return x }

// F32Pmin is f32x4.pmin: x unless y is less, so x if one of them is a NaN.
// f32x4.relaxed_min is pmin with its operands exchanged, as MINPS has it. Small.
func F32Pmin(x, y float32) float32 {
	if y < x {
		return y
	}
	return x
}

// F32Pmax is f32x4.pmax. Small.
func F32Pmax(x, y float32) float32 {
	if x < y {
		return y
	}
	return x
}

// F64Pmin is f64x2.pmin. Small.
func F64Pmin(x, y float64) float64 {
	if y < x {
		return y
	}
	return x
}

// F64Pmax is f64x2.pmax. Small.
func F64Pmax(x, y float64) float64 {
	if x < y {
		return y
	}
	return x
}
