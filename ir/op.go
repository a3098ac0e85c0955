package ir

// This file: operators. An Op that wasm has is numbered after its encoding:
// 0x00-0xff the single bytes, 0x100+n the 0xfc prefix, 0x200+n 0xfb (GC),
// 0x300+n 0xfd (SIMD), 0x500+n 0xfe (atomics). IR-only operators are 0x600+.

// Op is an operator of an Expr, Store or Effect.
type Op uint16

// Bases of the prefixed opcode spaces.
const (
	OpBaseFC Op = 0x100
	OpBaseFB Op = 0x200
	OpBaseFD Op = 0x300
	OpBaseFE Op = 0x500
	OpBaseIR Op = 0x600
)

// Operators that only the IR has, and wasm operators that change shape in it.
const (
	OpInvalid Op = 0
	// OpConst is a constant of Type; Imm (and Imm2 for v128) hold its bits.
	OpConst Op = OpBaseIR + iota
	// OpLocal reads local Imm.
	OpLocal
	// OpGlobal reads global Imm.
	OpGlobal
	// OpSelect is Z != 0 ? X : Y. Both X and Y are evaluated.
	OpSelect
	// OpRefNull is a null reference of Type.
	OpRefNull
	// OpRefFunc is a reference to function Imm.
	OpRefFunc
	// OpRefIsNull is 1 if X is null.
	OpRefIsNull
	// OpRefEq is 1 if X and Y are the same reference.
	OpRefEq
	// OpRefAsNonNull is X, not null; it traps if X is null.
	OpRefAsNonNull
)

// Scalar wasm operators.
const (
	OpTableGet          Op = 0x25  // table.get
	OpTableSet          Op = 0x26  // table.set
	OpI32Load           Op = 0x28  // i32.load
	OpI64Load           Op = 0x29  // i64.load
	OpF32Load           Op = 0x2a  // f32.load
	OpF64Load           Op = 0x2b  // f64.load
	OpI32Load8S         Op = 0x2c  // i32.load8_s
	OpI32Load8U         Op = 0x2d  // i32.load8_u
	OpI32Load16S        Op = 0x2e  // i32.load16_s
	OpI32Load16U        Op = 0x2f  // i32.load16_u
	OpI64Load8S         Op = 0x30  // i64.load8_s
	OpI64Load8U         Op = 0x31  // i64.load8_u
	OpI64Load16S        Op = 0x32  // i64.load16_s
	OpI64Load16U        Op = 0x33  // i64.load16_u
	OpI64Load32S        Op = 0x34  // i64.load32_s
	OpI64Load32U        Op = 0x35  // i64.load32_u
	OpI32Store          Op = 0x36  // i32.store
	OpI64Store          Op = 0x37  // i64.store
	OpF32Store          Op = 0x38  // f32.store
	OpF64Store          Op = 0x39  // f64.store
	OpI32Store8         Op = 0x3a  // i32.store8
	OpI32Store16        Op = 0x3b  // i32.store16
	OpI64Store8         Op = 0x3c  // i64.store8
	OpI64Store16        Op = 0x3d  // i64.store16
	OpI64Store32        Op = 0x3e  // i64.store32
	OpMemorySize        Op = 0x3f  // memory.size
	OpMemoryGrow        Op = 0x40  // memory.grow
	OpI32Eqz            Op = 0x45  // i32.eqz
	OpI32Eq             Op = 0x46  // i32.eq
	OpI32Ne             Op = 0x47  // i32.ne
	OpI32LtS            Op = 0x48  // i32.lt_s
	OpI32LtU            Op = 0x49  // i32.lt_u
	OpI32GtS            Op = 0x4a  // i32.gt_s
	OpI32GtU            Op = 0x4b  // i32.gt_u
	OpI32LeS            Op = 0x4c  // i32.le_s
	OpI32LeU            Op = 0x4d  // i32.le_u
	OpI32GeS            Op = 0x4e  // i32.ge_s
	OpI32GeU            Op = 0x4f  // i32.ge_u
	OpI64Eqz            Op = 0x50  // i64.eqz
	OpI64Eq             Op = 0x51  // i64.eq
	OpI64Ne             Op = 0x52  // i64.ne
	OpI64LtS            Op = 0x53  // i64.lt_s
	OpI64LtU            Op = 0x54  // i64.lt_u
	OpI64GtS            Op = 0x55  // i64.gt_s
	OpI64GtU            Op = 0x56  // i64.gt_u
	OpI64LeS            Op = 0x57  // i64.le_s
	OpI64LeU            Op = 0x58  // i64.le_u
	OpI64GeS            Op = 0x59  // i64.ge_s
	OpI64GeU            Op = 0x5a  // i64.ge_u
	OpF32Eq             Op = 0x5b  // f32.eq
	OpF32Ne             Op = 0x5c  // f32.ne
	OpF32Lt             Op = 0x5d  // f32.lt
	OpF32Gt             Op = 0x5e  // f32.gt
	OpF32Le             Op = 0x5f  // f32.le
	OpF32Ge             Op = 0x60  // f32.ge
	OpF64Eq             Op = 0x61  // f64.eq
	OpF64Ne             Op = 0x62  // f64.ne
	OpF64Lt             Op = 0x63  // f64.lt
	OpF64Gt             Op = 0x64  // f64.gt
	OpF64Le             Op = 0x65  // f64.le
	OpF64Ge             Op = 0x66  // f64.ge
	OpI32Clz            Op = 0x67  // i32.clz
	OpI32Ctz            Op = 0x68  // i32.ctz
	OpI32Popcnt         Op = 0x69  // i32.popcnt
	OpI32Add            Op = 0x6a  // i32.add
	OpI32Sub            Op = 0x6b  // i32.sub
	OpI32Mul            Op = 0x6c  // i32.mul
	OpI32DivS           Op = 0x6d  // i32.div_s
	OpI32DivU           Op = 0x6e  // i32.div_u
	OpI32RemS           Op = 0x6f  // i32.rem_s
	OpI32RemU           Op = 0x70  // i32.rem_u
	OpI32And            Op = 0x71  // i32.and
	OpI32Or             Op = 0x72  // i32.or
	OpI32Xor            Op = 0x73  // i32.xor
	OpI32Shl            Op = 0x74  // i32.shl
	OpI32ShrS           Op = 0x75  // i32.shr_s
	OpI32ShrU           Op = 0x76  // i32.shr_u
	OpI32Rotl           Op = 0x77  // i32.rotl
	OpI32Rotr           Op = 0x78  // i32.rotr
	OpI64Clz            Op = 0x79  // i64.clz
	OpI64Ctz            Op = 0x7a  // i64.ctz
	OpI64Popcnt         Op = 0x7b  // i64.popcnt
	OpI64Add            Op = 0x7c  // i64.add
	OpI64Sub            Op = 0x7d  // i64.sub
	OpI64Mul            Op = 0x7e  // i64.mul
	OpI64DivS           Op = 0x7f  // i64.div_s
	OpI64DivU           Op = 0x80  // i64.div_u
	OpI64RemS           Op = 0x81  // i64.rem_s
	OpI64RemU           Op = 0x82  // i64.rem_u
	OpI64And            Op = 0x83  // i64.and
	OpI64Or             Op = 0x84  // i64.or
	OpI64Xor            Op = 0x85  // i64.xor
	OpI64Shl            Op = 0x86  // i64.shl
	OpI64ShrS           Op = 0x87  // i64.shr_s
	OpI64ShrU           Op = 0x88  // i64.shr_u
	OpI64Rotl           Op = 0x89  // i64.rotl
	OpI64Rotr           Op = 0x8a  // i64.rotr
	OpF32Abs            Op = 0x8b  // f32.abs
	OpF32Neg            Op = 0x8c  // f32.neg
	OpF32Ceil           Op = 0x8d  // f32.ceil
	OpF32Floor          Op = 0x8e  // f32.floor
	OpF32Trunc          Op = 0x8f  // f32.trunc
	OpF32Nearest        Op = 0x90  // f32.nearest
	OpF32Sqrt           Op = 0x91  // f32.sqrt
	OpF32Add            Op = 0x92  // f32.add
	OpF32Sub            Op = 0x93  // f32.sub
	OpF32Mul            Op = 0x94  // f32.mul
	OpF32Div            Op = 0x95  // f32.div
	OpF32Min            Op = 0x96  // f32.min
	OpF32Max            Op = 0x97  // f32.max
	OpF32Copysign       Op = 0x98  // f32.copysign
	OpF64Abs            Op = 0x99  // f64.abs
	OpF64Neg            Op = 0x9a  // f64.neg
	OpF64Ceil           Op = 0x9b  // f64.ceil
	OpF64Floor          Op = 0x9c  // f64.floor
	OpF64Trunc          Op = 0x9d  // f64.trunc
	OpF64Nearest        Op = 0x9e  // f64.nearest
	OpF64Sqrt           Op = 0x9f  // f64.sqrt
	OpF64Add            Op = 0xa0  // f64.add
	OpF64Sub            Op = 0xa1  // f64.sub
	OpF64Mul            Op = 0xa2  // f64.mul
	OpF64Div            Op = 0xa3  // f64.div
	OpF64Min            Op = 0xa4  // f64.min
	OpF64Max            Op = 0xa5  // f64.max
	OpF64Copysign       Op = 0xa6  // f64.copysign
	OpI32WrapI64        Op = 0xa7  // i32.wrap_i64
	OpI32TruncF32S      Op = 0xa8  // i32.trunc_f32_s
	OpI32TruncF32U      Op = 0xa9  // i32.trunc_f32_u
	OpI32TruncF64S      Op = 0xaa  // i32.trunc_f64_s
	OpI32TruncF64U      Op = 0xab  // i32.trunc_f64_u
	OpI64ExtendI32S     Op = 0xac  // i64.extend_i32_s
	OpI64ExtendI32U     Op = 0xad  // i64.extend_i32_u
	OpI64TruncF32S      Op = 0xae  // i64.trunc_f32_s
	OpI64TruncF32U      Op = 0xaf  // i64.trunc_f32_u
	OpI64TruncF64S      Op = 0xb0  // i64.trunc_f64_s
	OpI64TruncF64U      Op = 0xb1  // i64.trunc_f64_u
	OpF32ConvertI32S    Op = 0xb2  // f32.convert_i32_s
	OpF32ConvertI32U    Op = 0xb3  // f32.convert_i32_u
	OpF32ConvertI64S    Op = 0xb4  // f32.convert_i64_s
	OpF32ConvertI64U    Op = 0xb5  // f32.convert_i64_u
	OpF32DemoteF64      Op = 0xb6  // f32.demote_f64
	OpF64ConvertI32S    Op = 0xb7  // f64.convert_i32_s
	OpF64ConvertI32U    Op = 0xb8  // f64.convert_i32_u
	OpF64ConvertI64S    Op = 0xb9  // f64.convert_i64_s
	OpF64ConvertI64U    Op = 0xba  // f64.convert_i64_u
	OpF64PromoteF32     Op = 0xbb  // f64.promote_f32
	OpI32ReinterpretF32 Op = 0xbc  // i32.reinterpret_f32
	OpI64ReinterpretF64 Op = 0xbd  // i64.reinterpret_f64
	OpF32ReinterpretI32 Op = 0xbe  // f32.reinterpret_i32
	OpF64ReinterpretI64 Op = 0xbf  // f64.reinterpret_i64
	OpI32Extend8S       Op = 0xc0  // i32.extend8_s
	OpI32Extend16S      Op = 0xc1  // i32.extend16_s
	OpI64Extend8S       Op = 0xc2  // i64.extend8_s
	OpI64Extend16S      Op = 0xc3  // i64.extend16_s
	OpI64Extend32S      Op = 0xc4  // i64.extend32_s
	OpI32TruncSatF32S   Op = 0x100 // i32.trunc_sat_f32_s
	OpI32TruncSatF32U   Op = 0x101 // i32.trunc_sat_f32_u
	OpI32TruncSatF64S   Op = 0x102 // i32.trunc_sat_f64_s
	OpI32TruncSatF64U   Op = 0x103 // i32.trunc_sat_f64_u
	OpI64TruncSatF32S   Op = 0x104 // i64.trunc_sat_f32_s
	OpI64TruncSatF32U   Op = 0x105 // i64.trunc_sat_f32_u
	OpI64TruncSatF64S   Op = 0x106 // i64.trunc_sat_f64_s
	OpI64TruncSatF64U   Op = 0x107 // i64.trunc_sat_f64_u
	OpMemoryInit        Op = 0x108 // memory.init
	OpDataDrop          Op = 0x109 // data.drop
	OpMemoryCopy        Op = 0x10a // memory.copy
	OpMemoryFill        Op = 0x10b // memory.fill
	OpTableInit         Op = 0x10c // table.init
	OpElemDrop          Op = 0x10d // elem.drop
	OpTableCopy         Op = 0x10e // table.copy
	OpTableGrow         Op = 0x10f // table.grow
	OpTableSize         Op = 0x110 // table.size
	OpTableFill         Op = 0x111 // table.fill
)

// OpInfo describes a wasm operator.
type OpInfo struct {
	Name string // as in the text format
	// Sig is "params:result": i, I, f, F, v stand for i32, i64, f32, f64,
	// v128; p is an address, a the memory's index type. Empty if the operator
	// is described by its own rule.
	Sig string
	// Bytes is how much memory a load or store touches; 0 for others.
	Bytes uint8
}

// Info describes op; the zero OpInfo for IR-only and unknown ones.
func (op Op) Info() OpInfo {
	if int(op) < len(opInfos) {
		return opInfos[op]
	}
	return OpInfo{}
}

func (op Op) String() string {
	if n := op.Info().Name; n != "" {
		return n
	}
	if n, ok := irOpNames[op]; ok {
		return n
	}
	return "op?"
}

// IsLoad reports whether op reads memory and yields the value; not so for atomics.
func (op Op) IsLoad() bool {
	i := op.Info()
	return i.Bytes != 0 && !op.IsAtomic() && i.Sig[len(i.Sig)-1] != ':'
}

// IsStore reports whether op writes memory; not so for atomics.
func (op Op) IsStore() bool {
	i := op.Info()
	return i.Bytes != 0 && !op.IsAtomic() && i.Sig[len(i.Sig)-1] == ':'
}

var irOpNames = map[Op]string{
	OpConst: "const", OpLocal: "local", OpGlobal: "global", OpSelect: "select",
	OpRefNull: "ref.null", OpRefFunc: "ref.func", OpRefIsNull: "ref.is_null",
	OpRefEq: "ref.eq", OpRefAsNonNull: "ref.as_non_null",
}

// opRow is a line of an operator table.
type opRow struct {
	op   Op
	info OpInfo
}

// opInfos is indexed by Op.
var opInfos = func() (t [OpBaseIR]OpInfo) {
	copy(t[:], scalarOps[:])
	for _, rows := range [][]opRow{gcOps, wideOps, simdOps, atomicOps} {
		for _, r := range rows {
			t[r.op] = r.info
		}
	}
	return t
}()

// scalarOps is indexed by Op.
var scalarOps = [OpBaseFB]OpInfo{
	OpTableGet:          {"table.get", "", 0},
	OpTableSet:          {"table.set", "", 0},
	OpI32Load:           {"i32.load", "p:i", 4},
	OpI64Load:           {"i64.load", "p:I", 8},
	OpF32Load:           {"f32.load", "p:f", 4},
	OpF64Load:           {"f64.load", "p:F", 8},
	OpI32Load8S:         {"i32.load8_s", "p:i", 1},
	OpI32Load8U:         {"i32.load8_u", "p:i", 1},
	OpI32Load16S:        {"i32.load16_s", "p:i", 2},
	OpI32Load16U:        {"i32.load16_u", "p:i", 2},
	OpI64Load8S:         {"i64.load8_s", "p:I", 1},
	OpI64Load8U:         {"i64.load8_u", "p:I", 1},
	OpI64Load16S:        {"i64.load16_s", "p:I", 2},
	OpI64Load16U:        {"i64.load16_u", "p:I", 2},
	OpI64Load32S:        {"i64.load32_s", "p:I", 4},
	OpI64Load32U:        {"i64.load32_u", "p:I", 4},
	OpI32Store:          {"i32.store", "pi:", 4},
	OpI64Store:          {"i64.store", "pI:", 8},
	OpF32Store:          {"f32.store", "pf:", 4},
	OpF64Store:          {"f64.store", "pF:", 8},
	OpI32Store8:         {"i32.store8", "pi:", 1},
	OpI32Store16:        {"i32.store16", "pi:", 2},
	OpI64Store8:         {"i64.store8", "pI:", 1},
	OpI64Store16:        {"i64.store16", "pI:", 2},
	OpI64Store32:        {"i64.store32", "pI:", 4},
	OpMemorySize:        {"memory.size", ":a", 0},
	OpMemoryGrow:        {"memory.grow", "a:a", 0},
	OpI32Eqz:            {"i32.eqz", "i:i", 0},
	OpI32Eq:             {"i32.eq", "ii:i", 0},
	OpI32Ne:             {"i32.ne", "ii:i", 0},
	OpI32LtS:            {"i32.lt_s", "ii:i", 0},
	OpI32LtU:            {"i32.lt_u", "ii:i", 0},
	OpI32GtS:            {"i32.gt_s", "ii:i", 0},
	OpI32GtU:            {"i32.gt_u", "ii:i", 0},
	OpI32LeS:            {"i32.le_s", "ii:i", 0},
	OpI32LeU:            {"i32.le_u", "ii:i", 0},
	OpI32GeS:            {"i32.ge_s", "ii:i", 0},
	OpI32GeU:            {"i32.ge_u", "ii:i", 0},
	OpI64Eqz:            {"i64.eqz", "I:i", 0},
	OpI64Eq:             {"i64.eq", "II:i", 0},
	OpI64Ne:             {"i64.ne", "II:i", 0},
	OpI64LtS:            {"i64.lt_s", "II:i", 0},
	OpI64LtU:            {"i64.lt_u", "II:i", 0},
	OpI64GtS:            {"i64.gt_s", "II:i", 0},
	OpI64GtU:            {"i64.gt_u", "II:i", 0},
	OpI64LeS:            {"i64.le_s", "II:i", 0},
	OpI64LeU:            {"i64.le_u", "II:i", 0},
	OpI64GeS:            {"i64.ge_s", "II:i", 0},
	OpI64GeU:            {"i64.ge_u", "II:i", 0},
	OpF32Eq:             {"f32.eq", "ff:i", 0},
	OpF32Ne:             {"f32.ne", "ff:i", 0},
	OpF32Lt:             {"f32.lt", "ff:i", 0},
	OpF32Gt:             {"f32.gt", "ff:i", 0},
	OpF32Le:             {"f32.le", "ff:i", 0},
	OpF32Ge:             {"f32.ge", "ff:i", 0},
	OpF64Eq:             {"f64.eq", "FF:i", 0},
	OpF64Ne:             {"f64.ne", "FF:i", 0},
	OpF64Lt:             {"f64.lt", "FF:i", 0},
	OpF64Gt:             {"f64.gt", "FF:i", 0},
	OpF64Le:             {"f64.le", "FF:i", 0},
	OpF64Ge:             {"f64.ge", "FF:i", 0},
	OpI32Clz:            {"i32.clz", "i:i", 0},
	OpI32Ctz:            {"i32.ctz", "i:i", 0},
	OpI32Popcnt:         {"i32.popcnt", "i:i", 0},
	OpI32Add:            {"i32.add", "ii:i", 0},
	OpI32Sub:            {"i32.sub", "ii:i", 0},
	OpI32Mul:            {"i32.mul", "ii:i", 0},
	OpI32DivS:           {"i32.div_s", "ii:i", 0},
	OpI32DivU:           {"i32.div_u", "ii:i", 0},
	OpI32RemS:           {"i32.rem_s", "ii:i", 0},
	OpI32RemU:           {"i32.rem_u", "ii:i", 0},
	OpI32And:            {"i32.and", "ii:i", 0},
	OpI32Or:             {"i32.or", "ii:i", 0},
	OpI32Xor:            {"i32.xor", "ii:i", 0},
	OpI32Shl:            {"i32.shl", "ii:i", 0},
	OpI32ShrS:           {"i32.shr_s", "ii:i", 0},
	OpI32ShrU:           {"i32.shr_u", "ii:i", 0},
	OpI32Rotl:           {"i32.rotl", "ii:i", 0},
	OpI32Rotr:           {"i32.rotr", "ii:i", 0},
	OpI64Clz:            {"i64.clz", "I:I", 0},
	OpI64Ctz:            {"i64.ctz", "I:I", 0},
	OpI64Popcnt:         {"i64.popcnt", "I:I", 0},
	OpI64Add:            {"i64.add", "II:I", 0},
	OpI64Sub:            {"i64.sub", "II:I", 0},
	OpI64Mul:            {"i64.mul", "II:I", 0},
	OpI64DivS:           {"i64.div_s", "II:I", 0},
	OpI64DivU:           {"i64.div_u", "II:I", 0},
	OpI64RemS:           {"i64.rem_s", "II:I", 0},
	OpI64RemU:           {"i64.rem_u", "II:I", 0},
	OpI64And:            {"i64.and", "II:I", 0},
	OpI64Or:             {"i64.or", "II:I", 0},
	OpI64Xor:            {"i64.xor", "II:I", 0},
	OpI64Shl:            {"i64.shl", "II:I", 0},
	OpI64ShrS:           {"i64.shr_s", "II:I", 0},
	OpI64ShrU:           {"i64.shr_u", "II:I", 0},
	OpI64Rotl:           {"i64.rotl", "II:I", 0},
	OpI64Rotr:           {"i64.rotr", "II:I", 0},
	OpF32Abs:            {"f32.abs", "f:f", 0},
	OpF32Neg:            {"f32.neg", "f:f", 0},
	OpF32Ceil:           {"f32.ceil", "f:f", 0},
	OpF32Floor:          {"f32.floor", "f:f", 0},
	OpF32Trunc:          {"f32.trunc", "f:f", 0},
	OpF32Nearest:        {"f32.nearest", "f:f", 0},
	OpF32Sqrt:           {"f32.sqrt", "f:f", 0},
	OpF32Add:            {"f32.add", "ff:f", 0},
	OpF32Sub:            {"f32.sub", "ff:f", 0},
	OpF32Mul:            {"f32.mul", "ff:f", 0},
	OpF32Div:            {"f32.div", "ff:f", 0},
	OpF32Min:            {"f32.min", "ff:f", 0},
	OpF32Max:            {"f32.max", "ff:f", 0},
	OpF32Copysign:       {"f32.copysign", "ff:f", 0},
	OpF64Abs:            {"f64.abs", "F:F", 0},
	OpF64Neg:            {"f64.neg", "F:F", 0},
	OpF64Ceil:           {"f64.ceil", "F:F", 0},
	OpF64Floor:          {"f64.floor", "F:F", 0},
	OpF64Trunc:          {"f64.trunc", "F:F", 0},
	OpF64Nearest:        {"f64.nearest", "F:F", 0},
	OpF64Sqrt:           {"f64.sqrt", "F:F", 0},
	OpF64Add:            {"f64.add", "FF:F", 0},
	OpF64Sub:            {"f64.sub", "FF:F", 0},
	OpF64Mul:            {"f64.mul", "FF:F", 0},
	OpF64Div:            {"f64.div", "FF:F", 0},
	OpF64Min:            {"f64.min", "FF:F", 0},
	OpF64Max:            {"f64.max", "FF:F", 0},
	OpF64Copysign:       {"f64.copysign", "FF:F", 0},
	OpI32WrapI64:        {"i32.wrap_i64", "I:i", 0},
	OpI32TruncF32S:      {"i32.trunc_f32_s", "f:i", 0},
	OpI32TruncF32U:      {"i32.trunc_f32_u", "f:i", 0},
	OpI32TruncF64S:      {"i32.trunc_f64_s", "F:i", 0},
	OpI32TruncF64U:      {"i32.trunc_f64_u", "F:i", 0},
	OpI64ExtendI32S:     {"i64.extend_i32_s", "i:I", 0},
	OpI64ExtendI32U:     {"i64.extend_i32_u", "i:I", 0},
	OpI64TruncF32S:      {"i64.trunc_f32_s", "f:I", 0},
	OpI64TruncF32U:      {"i64.trunc_f32_u", "f:I", 0},
	OpI64TruncF64S:      {"i64.trunc_f64_s", "F:I", 0},
	OpI64TruncF64U:      {"i64.trunc_f64_u", "F:I", 0},
	OpF32ConvertI32S:    {"f32.convert_i32_s", "i:f", 0},
	OpF32ConvertI32U:    {"f32.convert_i32_u", "i:f", 0},
	OpF32ConvertI64S:    {"f32.convert_i64_s", "I:f", 0},
	OpF32ConvertI64U:    {"f32.convert_i64_u", "I:f", 0},
	OpF32DemoteF64:      {"f32.demote_f64", "F:f", 0},
	OpF64ConvertI32S:    {"f64.convert_i32_s", "i:F", 0},
	OpF64ConvertI32U:    {"f64.convert_i32_u", "i:F", 0},
	OpF64ConvertI64S:    {"f64.convert_i64_s", "I:F", 0},
	OpF64ConvertI64U:    {"f64.convert_i64_u", "I:F", 0},
	OpF64PromoteF32:     {"f64.promote_f32", "f:F", 0},
	OpI32ReinterpretF32: {"i32.reinterpret_f32", "f:i", 0},
	OpI64ReinterpretF64: {"i64.reinterpret_f64", "F:I", 0},
	OpF32ReinterpretI32: {"f32.reinterpret_i32", "i:f", 0},
	OpF64ReinterpretI64: {"f64.reinterpret_i64", "I:F", 0},
	OpI32Extend8S:       {"i32.extend8_s", "i:i", 0},
	OpI32Extend16S:      {"i32.extend16_s", "i:i", 0},
	OpI64Extend8S:       {"i64.extend8_s", "I:I", 0},
	OpI64Extend16S:      {"i64.extend16_s", "I:I", 0},
	OpI64Extend32S:      {"i64.extend32_s", "I:I", 0},
	OpI32TruncSatF32S:   {"i32.trunc_sat_f32_s", "f:i", 0},
	OpI32TruncSatF32U:   {"i32.trunc_sat_f32_u", "f:i", 0},
	OpI32TruncSatF64S:   {"i32.trunc_sat_f64_s", "F:i", 0},
	OpI32TruncSatF64U:   {"i32.trunc_sat_f64_u", "F:i", 0},
	OpI64TruncSatF32S:   {"i64.trunc_sat_f32_s", "f:I", 0},
	OpI64TruncSatF32U:   {"i64.trunc_sat_f32_u", "f:I", 0},
	OpI64TruncSatF64S:   {"i64.trunc_sat_f64_s", "F:I", 0},
	OpI64TruncSatF64U:   {"i64.trunc_sat_f64_u", "F:I", 0},
	OpMemoryInit:        {"memory.init", "", 0},
	OpDataDrop:          {"data.drop", "", 0},
	OpMemoryCopy:        {"memory.copy", "", 0},
	OpMemoryFill:        {"memory.fill", "", 0},
	OpTableInit:         {"table.init", "", 0},
	OpElemDrop:          {"elem.drop", "", 0},
	OpTableCopy:         {"table.copy", "", 0},
	OpTableGrow:         {"table.grow", "", 0},
	OpTableSize:         {"table.size", "", 0},
	OpTableFill:         {"table.fill", "", 0},
}
