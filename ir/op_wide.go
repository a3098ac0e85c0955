package ir

// This file: wide arithmetic (0xfc 19 to 22).

// Wide arithmetic operators: i64.add128 and i64.sub128 take four i64 (low and
// high half of each operand), the multiplications two; all yield low and high half.
const (
	OpI64Add128   Op = 0x113 // i64.add128
	OpI64Sub128   Op = 0x114 // i64.sub128
	OpI64MulWideS Op = 0x115 // i64.mul_wide_s
	OpI64MulWideU Op = 0x116 // i64.mul_wide_u
)

// Wide reports whether op is of wide arithmetic: it has two results.
func (op Op) Wide() bool { return op >= OpI64Add128 && op <= OpI64MulWideU }

// wideOps names them; they have two results, which no Sig says.
var wideOps = []opRow{
	{OpI64Add128, OpInfo{"i64.add128", "", 0}},
	{OpI64Sub128, OpInfo{"i64.sub128", "", 0}},
	{OpI64MulWideS, OpInfo{"i64.mul_wide_s", "", 0}},
	{OpI64MulWideU, OpInfo{"i64.mul_wide_u", "", 0}},
}
