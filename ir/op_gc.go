package ir

// This file: operators of garbage-collected references (the 0xfb prefix).

// GC operators. ref.test and ref.cast have one encoding for each nullability.
const (
	OpStructNew        Op = 0x200 // struct.new
	OpStructNewDefault Op = 0x201 // struct.new_default
	OpStructGet        Op = 0x202 // struct.get
	OpStructGetS       Op = 0x203 // struct.get_s
	OpStructGetU       Op = 0x204 // struct.get_u
	OpStructSet        Op = 0x205 // struct.set
	OpArrayNew         Op = 0x206 // array.new
	OpArrayNewDefault  Op = 0x207 // array.new_default
	OpArrayNewFixed    Op = 0x208 // array.new_fixed
	OpArrayNewData     Op = 0x209 // array.new_data
	OpArrayNewElem     Op = 0x20a // array.new_elem
	OpArrayGet         Op = 0x20b // array.get
	OpArrayGetS        Op = 0x20c // array.get_s
	OpArrayGetU        Op = 0x20d // array.get_u
	OpArraySet         Op = 0x20e // array.set
	OpArrayLen         Op = 0x20f // array.len
	OpArrayFill        Op = 0x210 // array.fill
	OpArrayCopy        Op = 0x211 // array.copy
	OpArrayInitData    Op = 0x212 // array.init_data
	OpArrayInitElem    Op = 0x213 // array.init_elem
	OpRefTest          Op = 0x214 // ref.test
	OpRefTestNull      Op = 0x215 // ref.test null
	OpRefCast          Op = 0x216 // ref.cast
	OpRefCastNull      Op = 0x217 // ref.cast null
	OpBrOnCast         Op = 0x218 // br_on_cast
	OpBrOnCastFail     Op = 0x219 // br_on_cast_fail
	OpAnyConvertExtern Op = 0x21a // any.convert_extern
	OpExternConvertAny Op = 0x21b // extern.convert_any
	OpRefI31           Op = 0x21c // ref.i31
	OpI31GetS          Op = 0x21d // i31.get_s
	OpI31GetU          Op = 0x21e // i31.get_u

	// The custom-descriptors proposal. The descriptor is the last operand.
	OpStructNewDesc        Op = 0x220 // struct.new_desc
	OpStructNewDefaultDesc Op = 0x221 // struct.new_default_desc
	OpRefGetDesc           Op = 0x222 // ref.get_desc
	OpRefCastDescEq        Op = 0x223 // ref.cast_desc_eq
	OpRefCastDescEqNull    Op = 0x224 // ref.cast_desc_eq null
	OpBrOnCastDescEq       Op = 0x225 // br_on_cast_desc_eq
	OpBrOnCastDescEqFail   Op = 0x226 // br_on_cast_desc_eq_fail

	// The test in a br_on_cast_desc_eq; no operator of the binary format.
	OpRefTestDescEq     Op = 0x227
	OpRefTestDescEqNull Op = 0x228
)

// TestExact in Imm of OpRefTest and OpRefTestNull: only the very type passes.
const TestExact = 2

// gcOps names them; their types depend on immediates.
var gcOps = []opRow{
	{OpStructNew, OpInfo{"struct.new", "", 0}},
	{OpStructNewDefault, OpInfo{"struct.new_default", "", 0}},
	{OpStructGet, OpInfo{"struct.get", "", 0}},
	{OpStructGetS, OpInfo{"struct.get_s", "", 0}},
	{OpStructGetU, OpInfo{"struct.get_u", "", 0}},
	{OpStructSet, OpInfo{"struct.set", "", 0}},
	{OpArrayNew, OpInfo{"array.new", "", 0}},
	{OpArrayNewDefault, OpInfo{"array.new_default", "", 0}},
	{OpArrayNewFixed, OpInfo{"array.new_fixed", "", 0}},
	{OpArrayNewData, OpInfo{"array.new_data", "", 0}},
	{OpArrayNewElem, OpInfo{"array.new_elem", "", 0}},
	{OpArrayGet, OpInfo{"array.get", "", 0}},
	{OpArrayGetS, OpInfo{"array.get_s", "", 0}},
	{OpArrayGetU, OpInfo{"array.get_u", "", 0}},
	{OpArraySet, OpInfo{"array.set", "", 0}},
	{OpArrayLen, OpInfo{"array.len", "", 0}},
	{OpArrayFill, OpInfo{"array.fill", "", 0}},
	{OpArrayCopy, OpInfo{"array.copy", "", 0}},
	{OpArrayInitData, OpInfo{"array.init_data", "", 0}},
	{OpArrayInitElem, OpInfo{"array.init_elem", "", 0}},
	{OpRefTest, OpInfo{"ref.test", "", 0}},
	{OpRefTestNull, OpInfo{"ref.test null", "", 0}},
	{OpRefCast, OpInfo{"ref.cast", "", 0}},
	{OpRefCastNull, OpInfo{"ref.cast null", "", 0}},
	{OpBrOnCast, OpInfo{"br_on_cast", "", 0}},
	{OpBrOnCastFail, OpInfo{"br_on_cast_fail", "", 0}},
	{OpAnyConvertExtern, OpInfo{"any.convert_extern", "", 0}},
	{OpExternConvertAny, OpInfo{"extern.convert_any", "", 0}},
	{OpRefI31, OpInfo{"ref.i31", "", 0}},
	{OpI31GetS, OpInfo{"i31.get_s", "", 0}},
	{OpI31GetU, OpInfo{"i31.get_u", "", 0}},
	{OpStructNewDesc, OpInfo{"struct.new_desc", "", 0}},
	{OpStructNewDefaultDesc, OpInfo{"struct.new_default_desc", "", 0}},
	{OpRefGetDesc, OpInfo{"ref.get_desc", "", 0}},
	{OpRefCastDescEq, OpInfo{"ref.cast_desc_eq", "", 0}},
	{OpRefCastDescEqNull, OpInfo{"ref.cast_desc_eq null", "", 0}},
	{OpBrOnCastDescEq, OpInfo{"br_on_cast_desc_eq", "", 0}},
	{OpBrOnCastDescEqFail, OpInfo{"br_on_cast_desc_eq_fail", "", 0}},
	{OpRefTestDescEq, OpInfo{"ref.test_desc_eq", "", 0}},
	{OpRefTestDescEqNull, OpInfo{"ref.test_desc_eq null", "", 0}},
}
