package ir

// This file: vector operators (the 0xfd prefix), relaxed ones from 0x400 on.

// Vector operators. A lane index is an immediate.
const (
	OpV128Load                      Op = 0x300 // v128.load
	OpV128Load8x8S                  Op = 0x301 // v128.load8x8_s
	OpV128Load8x8U                  Op = 0x302 // v128.load8x8_u
	OpV128Load16x4S                 Op = 0x303 // v128.load16x4_s
	OpV128Load16x4U                 Op = 0x304 // v128.load16x4_u
	OpV128Load32x2S                 Op = 0x305 // v128.load32x2_s
	OpV128Load32x2U                 Op = 0x306 // v128.load32x2_u
	OpV128Load8Splat                Op = 0x307 // v128.load8_splat
	OpV128Load16Splat               Op = 0x308 // v128.load16_splat
	OpV128Load32Splat               Op = 0x309 // v128.load32_splat
	OpV128Load64Splat               Op = 0x30a // v128.load64_splat
	OpV128Store                     Op = 0x30b // v128.store
	OpV128Const                     Op = 0x30c // v128.const
	OpI8x16Shuffle                  Op = 0x30d // i8x16.shuffle
	OpI8x16Swizzle                  Op = 0x30e // i8x16.swizzle
	OpI8x16Splat                    Op = 0x30f // i8x16.splat
	OpI16x8Splat                    Op = 0x310 // i16x8.splat
	OpI32x4Splat                    Op = 0x311 // i32x4.splat
	OpI64x2Splat                    Op = 0x312 // i64x2.splat
	OpF32x4Splat                    Op = 0x313 // f32x4.splat
	OpF64x2Splat                    Op = 0x314 // f64x2.splat
	OpI8x16ExtractLaneS             Op = 0x315 // i8x16.extract_lane_s
	OpI8x16ExtractLaneU             Op = 0x316 // i8x16.extract_lane_u
	OpI8x16ReplaceLane              Op = 0x317 // i8x16.replace_lane
	OpI16x8ExtractLaneS             Op = 0x318 // i16x8.extract_lane_s
	OpI16x8ExtractLaneU             Op = 0x319 // i16x8.extract_lane_u
	OpI16x8ReplaceLane              Op = 0x31a // i16x8.replace_lane
	OpI32x4ExtractLane              Op = 0x31b // i32x4.extract_lane
	OpI32x4ReplaceLane              Op = 0x31c // i32x4.replace_lane
	OpI64x2ExtractLane              Op = 0x31d // i64x2.extract_lane
	OpI64x2ReplaceLane              Op = 0x31e // i64x2.replace_lane
	OpF32x4ExtractLane              Op = 0x31f // f32x4.extract_lane
	OpF32x4ReplaceLane              Op = 0x320 // f32x4.replace_lane
	OpF64x2ExtractLane              Op = 0x321 // f64x2.extract_lane
	OpF64x2ReplaceLane              Op = 0x322 // f64x2.replace_lane
	OpI8x16Eq                       Op = 0x323 // i8x16.eq
	OpI8x16Ne                       Op = 0x324 // i8x16.ne
	OpI8x16LtS                      Op = 0x325 // i8x16.lt_s
	OpI8x16LtU                      Op = 0x326 // i8x16.lt_u
	OpI8x16GtS                      Op = 0x327 // i8x16.gt_s
	OpI8x16GtU                      Op = 0x328 // i8x16.gt_u
	OpI8x16LeS                      Op = 0x329 // i8x16.le_s
	OpI8x16LeU                      Op = 0x32a // i8x16.le_u
	OpI8x16GeS                      Op = 0x32b // i8x16.ge_s
	OpI8x16GeU                      Op = 0x32c // i8x16.ge_u
	OpI16x8Eq                       Op = 0x32d // i16x8.eq
	OpI16x8Ne                       Op = 0x32e // i16x8.ne
	OpI16x8LtS                      Op = 0x32f // i16x8.lt_s
	OpI16x8LtU                      Op = 0x330 // i16x8.lt_u
	OpI16x8GtS                      Op = 0x331 // i16x8.gt_s
	OpI16x8GtU                      Op = 0x332 // i16x8.gt_u
	OpI16x8LeS                      Op = 0x333 // i16x8.le_s
	OpI16x8LeU                      Op = 0x334 // i16x8.le_u
	OpI16x8GeS                      Op = 0x335 // i16x8.ge_s
	OpI16x8GeU                      Op = 0x336 // i16x8.ge_u
	OpI32x4Eq                       Op = 0x337 // i32x4.eq
	OpI32x4Ne                       Op = 0x338 // i32x4.ne
	OpI32x4LtS                      Op = 0x339 // i32x4.lt_s
	OpI32x4LtU                      Op = 0x33a // i32x4.lt_u
	OpI32x4GtS                      Op = 0x33b // i32x4.gt_s
	OpI32x4GtU                      Op = 0x33c // i32x4.gt_u
	OpI32x4LeS                      Op = 0x33d // i32x4.le_s
	OpI32x4LeU                      Op = 0x33e // i32x4.le_u
	OpI32x4GeS                      Op = 0x33f // i32x4.ge_s
	OpI32x4GeU                      Op = 0x340 // i32x4.ge_u
	OpF32x4Eq                       Op = 0x341 // f32x4.eq
	OpF32x4Ne                       Op = 0x342 // f32x4.ne
	OpF32x4Lt                       Op = 0x343 // f32x4.lt
	OpF32x4Gt                       Op = 0x344 // f32x4.gt
	OpF32x4Le                       Op = 0x345 // f32x4.le
	OpF32x4Ge                       Op = 0x346 // f32x4.ge
	OpF64x2Eq                       Op = 0x347 // f64x2.eq
	OpF64x2Ne                       Op = 0x348 // f64x2.ne
	OpF64x2Lt                       Op = 0x349 // f64x2.lt
	OpF64x2Gt                       Op = 0x34a // f64x2.gt
	OpF64x2Le                       Op = 0x34b // f64x2.le
	OpF64x2Ge                       Op = 0x34c // f64x2.ge
	OpV128Not                       Op = 0x34d // v128.not
	OpV128And                       Op = 0x34e // v128.and
	OpV128Andnot                    Op = 0x34f // v128.andnot
	OpV128Or                        Op = 0x350 // v128.or
	OpV128Xor                       Op = 0x351 // v128.xor
	OpV128Bitselect                 Op = 0x352 // v128.bitselect
	OpV128AnyTrue                   Op = 0x353 // v128.any_true
	OpV128Load8Lane                 Op = 0x354 // v128.load8_lane
	OpV128Load16Lane                Op = 0x355 // v128.load16_lane
	OpV128Load32Lane                Op = 0x356 // v128.load32_lane
	OpV128Load64Lane                Op = 0x357 // v128.load64_lane
	OpV128Store8Lane                Op = 0x358 // v128.store8_lane
	OpV128Store16Lane               Op = 0x359 // v128.store16_lane
	OpV128Store32Lane               Op = 0x35a // v128.store32_lane
	OpV128Store64Lane               Op = 0x35b // v128.store64_lane
	OpV128Load32Zero                Op = 0x35c // v128.load32_zero
	OpV128Load64Zero                Op = 0x35d // v128.load64_zero
	OpF32x4DemoteF64x2Zero          Op = 0x35e // f32x4.demote_f64x2_zero
	OpF64x2PromoteLowF32x4          Op = 0x35f // f64x2.promote_low_f32x4
	OpI8x16Abs                      Op = 0x360 // i8x16.abs
	OpI8x16Neg                      Op = 0x361 // i8x16.neg
	OpI8x16Popcnt                   Op = 0x362 // i8x16.popcnt
	OpI8x16AllTrue                  Op = 0x363 // i8x16.all_true
	OpI8x16Bitmask                  Op = 0x364 // i8x16.bitmask
	OpI8x16NarrowI16x8S             Op = 0x365 // i8x16.narrow_i16x8_s
	OpI8x16NarrowI16x8U             Op = 0x366 // i8x16.narrow_i16x8_u
	OpF32x4Ceil                     Op = 0x367 // f32x4.ceil
	OpF32x4Floor                    Op = 0x368 // f32x4.floor
	OpF32x4Trunc                    Op = 0x369 // f32x4.trunc
	OpF32x4Nearest                  Op = 0x36a // f32x4.nearest
	OpI8x16Shl                      Op = 0x36b // i8x16.shl
	OpI8x16ShrS                     Op = 0x36c // i8x16.shr_s
	OpI8x16ShrU                     Op = 0x36d // i8x16.shr_u
	OpI8x16Add                      Op = 0x36e // i8x16.add
	OpI8x16AddSatS                  Op = 0x36f // i8x16.add_sat_s
	OpI8x16AddSatU                  Op = 0x370 // i8x16.add_sat_u
	OpI8x16Sub                      Op = 0x371 // i8x16.sub
	OpI8x16SubSatS                  Op = 0x372 // i8x16.sub_sat_s
	OpI8x16SubSatU                  Op = 0x373 // i8x16.sub_sat_u
	OpF64x2Ceil                     Op = 0x374 // f64x2.ceil
	OpF64x2Floor                    Op = 0x375 // f64x2.floor
	OpI8x16MinS                     Op = 0x376 // i8x16.min_s
	OpI8x16MinU                     Op = 0x377 // i8x16.min_u
	OpI8x16MaxS                     Op = 0x378 // i8x16.max_s
	OpI8x16MaxU                     Op = 0x379 // i8x16.max_u
	OpF64x2Trunc                    Op = 0x37a // f64x2.trunc
	OpI8x16AvgrU                    Op = 0x37b // i8x16.avgr_u
	OpI16x8ExtaddPairwiseI8x16S     Op = 0x37c // i16x8.extadd_pairwise_i8x16_s
	OpI16x8ExtaddPairwiseI8x16U     Op = 0x37d // i16x8.extadd_pairwise_i8x16_u
	OpI32x4ExtaddPairwiseI16x8S     Op = 0x37e // i32x4.extadd_pairwise_i16x8_s
	OpI32x4ExtaddPairwiseI16x8U     Op = 0x37f // i32x4.extadd_pairwise_i16x8_u
	OpI16x8Abs                      Op = 0x380 // i16x8.abs
	OpI16x8Neg                      Op = 0x381 // i16x8.neg
	OpI16x8Q15mulrSatS              Op = 0x382 // i16x8.q15mulr_sat_s
	OpI16x8AllTrue                  Op = 0x383 // i16x8.all_true
	OpI16x8Bitmask                  Op = 0x384 // i16x8.bitmask
	OpI16x8NarrowI32x4S             Op = 0x385 // i16x8.narrow_i32x4_s
	OpI16x8NarrowI32x4U             Op = 0x386 // i16x8.narrow_i32x4_u
	OpI16x8ExtendLowI8x16S          Op = 0x387 // i16x8.extend_low_i8x16_s
	OpI16x8ExtendHighI8x16S         Op = 0x388 // i16x8.extend_high_i8x16_s
	OpI16x8ExtendLowI8x16U          Op = 0x389 // i16x8.extend_low_i8x16_u
	OpI16x8ExtendHighI8x16U         Op = 0x38a // i16x8.extend_high_i8x16_u
	OpI16x8Shl                      Op = 0x38b // i16x8.shl
	OpI16x8ShrS                     Op = 0x38c // i16x8.shr_s
	OpI16x8ShrU                     Op = 0x38d // i16x8.shr_u
	OpI16x8Add                      Op = 0x38e // i16x8.add
	OpI16x8AddSatS                  Op = 0x38f // i16x8.add_sat_s
	OpI16x8AddSatU                  Op = 0x390 // i16x8.add_sat_u
	OpI16x8Sub                      Op = 0x391 // i16x8.sub
	OpI16x8SubSatS                  Op = 0x392 // i16x8.sub_sat_s
	OpI16x8SubSatU                  Op = 0x393 // i16x8.sub_sat_u
	OpF64x2Nearest                  Op = 0x394 // f64x2.nearest
	OpI16x8Mul                      Op = 0x395 // i16x8.mul
	OpI16x8MinS                     Op = 0x396 // i16x8.min_s
	OpI16x8MinU                     Op = 0x397 // i16x8.min_u
	OpI16x8MaxS                     Op = 0x398 // i16x8.max_s
	OpI16x8MaxU                     Op = 0x399 // i16x8.max_u
	OpI16x8AvgrU                    Op = 0x39b // i16x8.avgr_u
	OpI16x8ExtmulLowI8x16S          Op = 0x39c // i16x8.extmul_low_i8x16_s
	OpI16x8ExtmulHighI8x16S         Op = 0x39d // i16x8.extmul_high_i8x16_s
	OpI16x8ExtmulLowI8x16U          Op = 0x39e // i16x8.extmul_low_i8x16_u
	OpI16x8ExtmulHighI8x16U         Op = 0x39f // i16x8.extmul_high_i8x16_u
	OpI32x4Abs                      Op = 0x3a0 // i32x4.abs
	OpI32x4Neg                      Op = 0x3a1 // i32x4.neg
	OpI32x4AllTrue                  Op = 0x3a3 // i32x4.all_true
	OpI32x4Bitmask                  Op = 0x3a4 // i32x4.bitmask
	OpI32x4ExtendLowI16x8S          Op = 0x3a7 // i32x4.extend_low_i16x8_s
	OpI32x4ExtendHighI16x8S         Op = 0x3a8 // i32x4.extend_high_i16x8_s
	OpI32x4ExtendLowI16x8U          Op = 0x3a9 // i32x4.extend_low_i16x8_u
	OpI32x4ExtendHighI16x8U         Op = 0x3aa // i32x4.extend_high_i16x8_u
	OpI32x4Shl                      Op = 0x3ab // i32x4.shl
	OpI32x4ShrS                     Op = 0x3ac // i32x4.shr_s
	OpI32x4ShrU                     Op = 0x3ad // i32x4.shr_u
	OpI32x4Add                      Op = 0x3ae // i32x4.add
	OpI32x4Sub                      Op = 0x3b1 // i32x4.sub
	OpI32x4Mul                      Op = 0x3b5 // i32x4.mul
	OpI32x4MinS                     Op = 0x3b6 // i32x4.min_s
	OpI32x4MinU                     Op = 0x3b7 // i32x4.min_u
	OpI32x4MaxS                     Op = 0x3b8 // i32x4.max_s
	OpI32x4MaxU                     Op = 0x3b9 // i32x4.max_u
	OpI32x4DotI16x8S                Op = 0x3ba // i32x4.dot_i16x8_s
	OpI32x4ExtmulLowI16x8S          Op = 0x3bc // i32x4.extmul_low_i16x8_s
	OpI32x4ExtmulHighI16x8S         Op = 0x3bd // i32x4.extmul_high_i16x8_s
	OpI32x4ExtmulLowI16x8U          Op = 0x3be // i32x4.extmul_low_i16x8_u
	OpI32x4ExtmulHighI16x8U         Op = 0x3bf // i32x4.extmul_high_i16x8_u
	OpI64x2Abs                      Op = 0x3c0 // i64x2.abs
	OpI64x2Neg                      Op = 0x3c1 // i64x2.neg
	OpI64x2AllTrue                  Op = 0x3c3 // i64x2.all_true
	OpI64x2Bitmask                  Op = 0x3c4 // i64x2.bitmask
	OpI64x2ExtendLowI32x4S          Op = 0x3c7 // i64x2.extend_low_i32x4_s
	OpI64x2ExtendHighI32x4S         Op = 0x3c8 // i64x2.extend_high_i32x4_s
	OpI64x2ExtendLowI32x4U          Op = 0x3c9 // i64x2.extend_low_i32x4_u
	OpI64x2ExtendHighI32x4U         Op = 0x3ca // i64x2.extend_high_i32x4_u
	OpI64x2Shl                      Op = 0x3cb // i64x2.shl
	OpI64x2ShrS                     Op = 0x3cc // i64x2.shr_s
	OpI64x2ShrU                     Op = 0x3cd // i64x2.shr_u
	OpI64x2Add                      Op = 0x3ce // i64x2.add
	OpI64x2Sub                      Op = 0x3d1 // i64x2.sub
	OpI64x2Mul                      Op = 0x3d5 // i64x2.mul
	OpI64x2Eq                       Op = 0x3d6 // i64x2.eq
	OpI64x2Ne                       Op = 0x3d7 // i64x2.ne
	OpI64x2LtS                      Op = 0x3d8 // i64x2.lt_s
	OpI64x2GtS                      Op = 0x3d9 // i64x2.gt_s
	OpI64x2LeS                      Op = 0x3da // i64x2.le_s
	OpI64x2GeS                      Op = 0x3db // i64x2.ge_s
	OpI64x2ExtmulLowI32x4S          Op = 0x3dc // i64x2.extmul_low_i32x4_s
	OpI64x2ExtmulHighI32x4S         Op = 0x3dd // i64x2.extmul_high_i32x4_s
	OpI64x2ExtmulLowI32x4U          Op = 0x3de // i64x2.extmul_low_i32x4_u
	OpI64x2ExtmulHighI32x4U         Op = 0x3df // i64x2.extmul_high_i32x4_u
	OpF32x4Abs                      Op = 0x3e0 // f32x4.abs
	OpF32x4Neg                      Op = 0x3e1 // f32x4.neg
	OpF32x4Sqrt                     Op = 0x3e3 // f32x4.sqrt
	OpF32x4Add                      Op = 0x3e4 // f32x4.add
	OpF32x4Sub                      Op = 0x3e5 // f32x4.sub
	OpF32x4Mul                      Op = 0x3e6 // f32x4.mul
	OpF32x4Div                      Op = 0x3e7 // f32x4.div
	OpF32x4Min                      Op = 0x3e8 // f32x4.min
	OpF32x4Max                      Op = 0x3e9 // f32x4.max
	OpF32x4Pmin                     Op = 0x3ea // f32x4.pmin
	OpF32x4Pmax                     Op = 0x3eb // f32x4.pmax
	OpF64x2Abs                      Op = 0x3ec // f64x2.abs
	OpF64x2Neg                      Op = 0x3ed // f64x2.neg
	OpF64x2Sqrt                     Op = 0x3ef // f64x2.sqrt
	OpF64x2Add                      Op = 0x3f0 // f64x2.add
	OpF64x2Sub                      Op = 0x3f1 // f64x2.sub
	OpF64x2Mul                      Op = 0x3f2 // f64x2.mul
	OpF64x2Div                      Op = 0x3f3 // f64x2.div
	OpF64x2Min                      Op = 0x3f4 // f64x2.min
	OpF64x2Max                      Op = 0x3f5 // f64x2.max
	OpF64x2Pmin                     Op = 0x3f6 // f64x2.pmin
	OpF64x2Pmax                     Op = 0x3f7 // f64x2.pmax
	OpI32x4TruncSatF32x4S           Op = 0x3f8 // i32x4.trunc_sat_f32x4_s
	OpI32x4TruncSatF32x4U           Op = 0x3f9 // i32x4.trunc_sat_f32x4_u
	OpF32x4ConvertI32x4S            Op = 0x3fa // f32x4.convert_i32x4_s
	OpF32x4ConvertI32x4U            Op = 0x3fb // f32x4.convert_i32x4_u
	OpI32x4TruncSatF64x2SZero       Op = 0x3fc // i32x4.trunc_sat_f64x2_s_zero
	OpI32x4TruncSatF64x2UZero       Op = 0x3fd // i32x4.trunc_sat_f64x2_u_zero
	OpF64x2ConvertLowI32x4S         Op = 0x3fe // f64x2.convert_low_i32x4_s
	OpF64x2ConvertLowI32x4U         Op = 0x3ff // f64x2.convert_low_i32x4_u
	OpI8x16RelaxedSwizzle           Op = 0x400 // i8x16.relaxed_swizzle
	OpI32x4RelaxedTruncF32x4S       Op = 0x401 // i32x4.relaxed_trunc_f32x4_s
	OpI32x4RelaxedTruncF32x4U       Op = 0x402 // i32x4.relaxed_trunc_f32x4_u
	OpI32x4RelaxedTruncF64x2SZero   Op = 0x403 // i32x4.relaxed_trunc_f64x2_s_zero
	OpI32x4RelaxedTruncF64x2UZero   Op = 0x404 // i32x4.relaxed_trunc_f64x2_u_zero
	OpF32x4RelaxedMadd              Op = 0x405 // f32x4.relaxed_madd
	OpF32x4RelaxedNmadd             Op = 0x406 // f32x4.relaxed_nmadd
	OpF64x2RelaxedMadd              Op = 0x407 // f64x2.relaxed_madd
	OpF64x2RelaxedNmadd             Op = 0x408 // f64x2.relaxed_nmadd
	OpI8x16RelaxedLaneselect        Op = 0x409 // i8x16.relaxed_laneselect
	OpI16x8RelaxedLaneselect        Op = 0x40a // i16x8.relaxed_laneselect
	OpI32x4RelaxedLaneselect        Op = 0x40b // i32x4.relaxed_laneselect
	OpI64x2RelaxedLaneselect        Op = 0x40c // i64x2.relaxed_laneselect
	OpF32x4RelaxedMin               Op = 0x40d // f32x4.relaxed_min
	OpF32x4RelaxedMax               Op = 0x40e // f32x4.relaxed_max
	OpF64x2RelaxedMin               Op = 0x40f // f64x2.relaxed_min
	OpF64x2RelaxedMax               Op = 0x410 // f64x2.relaxed_max
	OpI16x8RelaxedQ15mulrS          Op = 0x411 // i16x8.relaxed_q15mulr_s
	OpI16x8RelaxedDotI8x16I7x16S    Op = 0x412 // i16x8.relaxed_dot_i8x16_i7x16_s
	OpI32x4RelaxedDotI8x16I7x16AddS Op = 0x413 // i32x4.relaxed_dot_i8x16_i7x16_add_s
)

// simdOps describes them; v128.const becomes OpConst in the IR.
var simdOps = []opRow{
	{OpV128Load, OpInfo{"v128.load", "p:v", 16}},
	{OpV128Load8x8S, OpInfo{"v128.load8x8_s", "p:v", 8}},
	{OpV128Load8x8U, OpInfo{"v128.load8x8_u", "p:v", 8}},
	{OpV128Load16x4S, OpInfo{"v128.load16x4_s", "p:v", 8}},
	{OpV128Load16x4U, OpInfo{"v128.load16x4_u", "p:v", 8}},
	{OpV128Load32x2S, OpInfo{"v128.load32x2_s", "p:v", 8}},
	{OpV128Load32x2U, OpInfo{"v128.load32x2_u", "p:v", 8}},
	{OpV128Load8Splat, OpInfo{"v128.load8_splat", "p:v", 1}},
	{OpV128Load16Splat, OpInfo{"v128.load16_splat", "p:v", 2}},
	{OpV128Load32Splat, OpInfo{"v128.load32_splat", "p:v", 4}},
	{OpV128Load64Splat, OpInfo{"v128.load64_splat", "p:v", 8}},
	{OpV128Store, OpInfo{"v128.store", "pv:", 16}},
	{OpV128Const, OpInfo{"v128.const", "", 0}},
	{OpI8x16Shuffle, OpInfo{"i8x16.shuffle", "vv:v", 0}},
	{OpI8x16Swizzle, OpInfo{"i8x16.swizzle", "vv:v", 0}},
	{OpI8x16Splat, OpInfo{"i8x16.splat", "i:v", 0}},
	{OpI16x8Splat, OpInfo{"i16x8.splat", "i:v", 0}},
	{OpI32x4Splat, OpInfo{"i32x4.splat", "i:v", 0}},
	{OpI64x2Splat, OpInfo{"i64x2.splat", "I:v", 0}},
	{OpF32x4Splat, OpInfo{"f32x4.splat", "f:v", 0}},
	{OpF64x2Splat, OpInfo{"f64x2.splat", "F:v", 0}},
	{OpI8x16ExtractLaneS, OpInfo{"i8x16.extract_lane_s", "v:i", 0}},
	{OpI8x16ExtractLaneU, OpInfo{"i8x16.extract_lane_u", "v:i", 0}},
	{OpI8x16ReplaceLane, OpInfo{"i8x16.replace_lane", "vi:v", 0}},
	{OpI16x8ExtractLaneS, OpInfo{"i16x8.extract_lane_s", "v:i", 0}},
	{OpI16x8ExtractLaneU, OpInfo{"i16x8.extract_lane_u", "v:i", 0}},
	{OpI16x8ReplaceLane, OpInfo{"i16x8.replace_lane", "vi:v", 0}},
	{OpI32x4ExtractLane, OpInfo{"i32x4.extract_lane", "v:i", 0}},
	{OpI32x4ReplaceLane, OpInfo{"i32x4.replace_lane", "vi:v", 0}},
	{OpI64x2ExtractLane, OpInfo{"i64x2.extract_lane", "v:I", 0}},
	{OpI64x2ReplaceLane, OpInfo{"i64x2.replace_lane", "vI:v", 0}},
	{OpF32x4ExtractLane, OpInfo{"f32x4.extract_lane", "v:f", 0}},
	{OpF32x4ReplaceLane, OpInfo{"f32x4.replace_lane", "vf:v", 0}},
	{OpF64x2ExtractLane, OpInfo{"f64x2.extract_lane", "v:F", 0}},
	{OpF64x2ReplaceLane, OpInfo{"f64x2.replace_lane", "vF:v", 0}},
	{OpI8x16Eq, OpInfo{"i8x16.eq", "vv:v", 0}},
	{OpI8x16Ne, OpInfo{"i8x16.ne", "vv:v", 0}},
	{OpI8x16LtS, OpInfo{"i8x16.lt_s", "vv:v", 0}},
	{OpI8x16LtU, OpInfo{"i8x16.lt_u", "vv:v", 0}},
	{OpI8x16GtS, OpInfo{"i8x16.gt_s", "vv:v", 0}},
	{OpI8x16GtU, OpInfo{"i8x16.gt_u", "vv:v", 0}},
	{OpI8x16LeS, OpInfo{"i8x16.le_s", "vv:v", 0}},
	{OpI8x16LeU, OpInfo{"i8x16.le_u", "vv:v", 0}},
	{OpI8x16GeS, OpInfo{"i8x16.ge_s", "vv:v", 0}},
	{OpI8x16GeU, OpInfo{"i8x16.ge_u", "vv:v", 0}},
	{OpI16x8Eq, OpInfo{"i16x8.eq", "vv:v", 0}},
	{OpI16x8Ne, OpInfo{"i16x8.ne", "vv:v", 0}},
	{OpI16x8LtS, OpInfo{"i16x8.lt_s", "vv:v", 0}},
	{OpI16x8LtU, OpInfo{"i16x8.lt_u", "vv:v", 0}},
	{OpI16x8GtS, OpInfo{"i16x8.gt_s", "vv:v", 0}},
	{OpI16x8GtU, OpInfo{"i16x8.gt_u", "vv:v", 0}},
	{OpI16x8LeS, OpInfo{"i16x8.le_s", "vv:v", 0}},
	{OpI16x8LeU, OpInfo{"i16x8.le_u", "vv:v", 0}},
	{OpI16x8GeS, OpInfo{"i16x8.ge_s", "vv:v", 0}},
	{OpI16x8GeU, OpInfo{"i16x8.ge_u", "vv:v", 0}},
	{OpI32x4Eq, OpInfo{"i32x4.eq", "vv:v", 0}},
	{OpI32x4Ne, OpInfo{"i32x4.ne", "vv:v", 0}},
	{OpI32x4LtS, OpInfo{"i32x4.lt_s", "vv:v", 0}},
	{OpI32x4LtU, OpInfo{"i32x4.lt_u", "vv:v", 0}},
	{OpI32x4GtS, OpInfo{"i32x4.gt_s", "vv:v", 0}},
	{OpI32x4GtU, OpInfo{"i32x4.gt_u", "vv:v", 0}},
	{OpI32x4LeS, OpInfo{"i32x4.le_s", "vv:v", 0}},
	{OpI32x4LeU, OpInfo{"i32x4.le_u", "vv:v", 0}},
	{OpI32x4GeS, OpInfo{"i32x4.ge_s", "vv:v", 0}},
	{OpI32x4GeU, OpInfo{"i32x4.ge_u", "vv:v", 0}},
	{OpF32x4Eq, OpInfo{"f32x4.eq", "vv:v", 0}},
	{OpF32x4Ne, OpInfo{"f32x4.ne", "vv:v", 0}},
	{OpF32x4Lt, OpInfo{"f32x4.lt", "vv:v", 0}},
	{OpF32x4Gt, OpInfo{"f32x4.gt", "vv:v", 0}},
	{OpF32x4Le, OpInfo{"f32x4.le", "vv:v", 0}},
	{OpF32x4Ge, OpInfo{"f32x4.ge", "vv:v", 0}},
	{OpF64x2Eq, OpInfo{"f64x2.eq", "vv:v", 0}},
	{OpF64x2Ne, OpInfo{"f64x2.ne", "vv:v", 0}},
	{OpF64x2Lt, OpInfo{"f64x2.lt", "vv:v", 0}},
	{OpF64x2Gt, OpInfo{"f64x2.gt", "vv:v", 0}},
	{OpF64x2Le, OpInfo{"f64x2.le", "vv:v", 0}},
	{OpF64x2Ge, OpInfo{"f64x2.ge", "vv:v", 0}},
	{OpV128Not, OpInfo{"v128.not", "v:v", 0}},
	{OpV128And, OpInfo{"v128.and", "vv:v", 0}},
	{OpV128Andnot, OpInfo{"v128.andnot", "vv:v", 0}},
	{OpV128Or, OpInfo{"v128.or", "vv:v", 0}},
	{OpV128Xor, OpInfo{"v128.xor", "vv:v", 0}},
	{OpV128Bitselect, OpInfo{"v128.bitselect", "vvv:v", 0}},
	{OpV128AnyTrue, OpInfo{"v128.any_true", "v:i", 0}},
	{OpV128Load8Lane, OpInfo{"v128.load8_lane", "pv:v", 1}},
	{OpV128Load16Lane, OpInfo{"v128.load16_lane", "pv:v", 2}},
	{OpV128Load32Lane, OpInfo{"v128.load32_lane", "pv:v", 4}},
	{OpV128Load64Lane, OpInfo{"v128.load64_lane", "pv:v", 8}},
	{OpV128Store8Lane, OpInfo{"v128.store8_lane", "pv:", 1}},
	{OpV128Store16Lane, OpInfo{"v128.store16_lane", "pv:", 2}},
	{OpV128Store32Lane, OpInfo{"v128.store32_lane", "pv:", 4}},
	{OpV128Store64Lane, OpInfo{"v128.store64_lane", "pv:", 8}},
	{OpV128Load32Zero, OpInfo{"v128.load32_zero", "p:v", 4}},
	{OpV128Load64Zero, OpInfo{"v128.load64_zero", "p:v", 8}},
	{OpF32x4DemoteF64x2Zero, OpInfo{"f32x4.demote_f64x2_zero", "v:v", 0}},
	{OpF64x2PromoteLowF32x4, OpInfo{"f64x2.promote_low_f32x4", "v:v", 0}},
	{OpI8x16Abs, OpInfo{"i8x16.abs", "v:v", 0}},
	{OpI8x16Neg, OpInfo{"i8x16.neg", "v:v", 0}},
	{OpI8x16Popcnt, OpInfo{"i8x16.popcnt", "v:v", 0}},
	{OpI8x16AllTrue, OpInfo{"i8x16.all_true", "v:i", 0}},
	{OpI8x16Bitmask, OpInfo{"i8x16.bitmask", "v:i", 0}},
	{OpI8x16NarrowI16x8S, OpInfo{"i8x16.narrow_i16x8_s", "vv:v", 0}},
	{OpI8x16NarrowI16x8U, OpInfo{"i8x16.narrow_i16x8_u", "vv:v", 0}},
	{OpF32x4Ceil, OpInfo{"f32x4.ceil", "v:v", 0}},
	{OpF32x4Floor, OpInfo{"f32x4.floor", "v:v", 0}},
	{OpF32x4Trunc, OpInfo{"f32x4.trunc", "v:v", 0}},
	{OpF32x4Nearest, OpInfo{"f32x4.nearest", "v:v", 0}},
	{OpI8x16Shl, OpInfo{"i8x16.shl", "vi:v", 0}},
	{OpI8x16ShrS, OpInfo{"i8x16.shr_s", "vi:v", 0}},
	{OpI8x16ShrU, OpInfo{"i8x16.shr_u", "vi:v", 0}},
	{OpI8x16Add, OpInfo{"i8x16.add", "vv:v", 0}},
	{OpI8x16AddSatS, OpInfo{"i8x16.add_sat_s", "vv:v", 0}},
	{OpI8x16AddSatU, OpInfo{"i8x16.add_sat_u", "vv:v", 0}},
	{OpI8x16Sub, OpInfo{"i8x16.sub", "vv:v", 0}},
	{OpI8x16SubSatS, OpInfo{"i8x16.sub_sat_s", "vv:v", 0}},
	{OpI8x16SubSatU, OpInfo{"i8x16.sub_sat_u", "vv:v", 0}},
	{OpF64x2Ceil, OpInfo{"f64x2.ceil", "v:v", 0}},
	{OpF64x2Floor, OpInfo{"f64x2.floor", "v:v", 0}},
	{OpI8x16MinS, OpInfo{"i8x16.min_s", "vv:v", 0}},
	{OpI8x16MinU, OpInfo{"i8x16.min_u", "vv:v", 0}},
	{OpI8x16MaxS, OpInfo{"i8x16.max_s", "vv:v", 0}},
	{OpI8x16MaxU, OpInfo{"i8x16.max_u", "vv:v", 0}},
	{OpF64x2Trunc, OpInfo{"f64x2.trunc", "v:v", 0}},
	{OpI8x16AvgrU, OpInfo{"i8x16.avgr_u", "vv:v", 0}},
	{OpI16x8ExtaddPairwiseI8x16S, OpInfo{"i16x8.extadd_pairwise_i8x16_s", "v:v", 0}},
	{OpI16x8ExtaddPairwiseI8x16U, OpInfo{"i16x8.extadd_pairwise_i8x16_u", "v:v", 0}},
	{OpI32x4ExtaddPairwiseI16x8S, OpInfo{"i32x4.extadd_pairwise_i16x8_s", "v:v", 0}},
	{OpI32x4ExtaddPairwiseI16x8U, OpInfo{"i32x4.extadd_pairwise_i16x8_u", "v:v", 0}},
	{OpI16x8Abs, OpInfo{"i16x8.abs", "v:v", 0}},
	{OpI16x8Neg, OpInfo{"i16x8.neg", "v:v", 0}},
	{OpI16x8Q15mulrSatS, OpInfo{"i16x8.q15mulr_sat_s", "vv:v", 0}},
	{OpI16x8AllTrue, OpInfo{"i16x8.all_true", "v:i", 0}},
	{OpI16x8Bitmask, OpInfo{"i16x8.bitmask", "v:i", 0}},
	{OpI16x8NarrowI32x4S, OpInfo{"i16x8.narrow_i32x4_s", "vv:v", 0}},
	{OpI16x8NarrowI32x4U, OpInfo{"i16x8.narrow_i32x4_u", "vv:v", 0}},
	{OpI16x8ExtendLowI8x16S, OpInfo{"i16x8.extend_low_i8x16_s", "v:v", 0}},
	{OpI16x8ExtendHighI8x16S, OpInfo{"i16x8.extend_high_i8x16_s", "v:v", 0}},
	{OpI16x8ExtendLowI8x16U, OpInfo{"i16x8.extend_low_i8x16_u", "v:v", 0}},
	{OpI16x8ExtendHighI8x16U, OpInfo{"i16x8.extend_high_i8x16_u", "v:v", 0}},
	{OpI16x8Shl, OpInfo{"i16x8.shl", "vi:v", 0}},
	{OpI16x8ShrS, OpInfo{"i16x8.shr_s", "vi:v", 0}},
	{OpI16x8ShrU, OpInfo{"i16x8.shr_u", "vi:v", 0}},
	{OpI16x8Add, OpInfo{"i16x8.add", "vv:v", 0}},
	{OpI16x8AddSatS, OpInfo{"i16x8.add_sat_s", "vv:v", 0}},
	{OpI16x8AddSatU, OpInfo{"i16x8.add_sat_u", "vv:v", 0}},
	{OpI16x8Sub, OpInfo{"i16x8.sub", "vv:v", 0}},
	{OpI16x8SubSatS, OpInfo{"i16x8.sub_sat_s", "vv:v", 0}},
	{OpI16x8SubSatU, OpInfo{"i16x8.sub_sat_u", "vv:v", 0}},
	{OpF64x2Nearest, OpInfo{"f64x2.nearest", "v:v", 0}},
	{OpI16x8Mul, OpInfo{"i16x8.mul", "vv:v", 0}},
	{OpI16x8MinS, OpInfo{"i16x8.min_s", "vv:v", 0}},
	{OpI16x8MinU, OpInfo{"i16x8.min_u", "vv:v", 0}},
	{OpI16x8MaxS, OpInfo{"i16x8.max_s", "vv:v", 0}},
	{OpI16x8MaxU, OpInfo{"i16x8.max_u", "vv:v", 0}},
	{OpI16x8AvgrU, OpInfo{"i16x8.avgr_u", "vv:v", 0}},
	{OpI16x8ExtmulLowI8x16S, OpInfo{"i16x8.extmul_low_i8x16_s", "vv:v", 0}},
	{OpI16x8ExtmulHighI8x16S, OpInfo{"i16x8.extmul_high_i8x16_s", "vv:v", 0}},
	{OpI16x8ExtmulLowI8x16U, OpInfo{"i16x8.extmul_low_i8x16_u", "vv:v", 0}},
	{OpI16x8ExtmulHighI8x16U, OpInfo{"i16x8.extmul_high_i8x16_u", "vv:v", 0}},
	{OpI32x4Abs, OpInfo{"i32x4.abs", "v:v", 0}},
	{OpI32x4Neg, OpInfo{"i32x4.neg", "v:v", 0}},
	{OpI32x4AllTrue, OpInfo{"i32x4.all_true", "v:i", 0}},
	{OpI32x4Bitmask, OpInfo{"i32x4.bitmask", "v:i", 0}},
	{OpI32x4ExtendLowI16x8S, OpInfo{"i32x4.extend_low_i16x8_s", "v:v", 0}},
	{OpI32x4ExtendHighI16x8S, OpInfo{"i32x4.extend_high_i16x8_s", "v:v", 0}},
	{OpI32x4ExtendLowI16x8U, OpInfo{"i32x4.extend_low_i16x8_u", "v:v", 0}},
	{OpI32x4ExtendHighI16x8U, OpInfo{"i32x4.extend_high_i16x8_u", "v:v", 0}},
	{OpI32x4Shl, OpInfo{"i32x4.shl", "vi:v", 0}},
	{OpI32x4ShrS, OpInfo{"i32x4.shr_s", "vi:v", 0}},
	{OpI32x4ShrU, OpInfo{"i32x4.shr_u", "vi:v", 0}},
	{OpI32x4Add, OpInfo{"i32x4.add", "vv:v", 0}},
	{OpI32x4Sub, OpInfo{"i32x4.sub", "vv:v", 0}},
	{OpI32x4Mul, OpInfo{"i32x4.mul", "vv:v", 0}},
	{OpI32x4MinS, OpInfo{"i32x4.min_s", "vv:v", 0}},
	{OpI32x4MinU, OpInfo{"i32x4.min_u", "vv:v", 0}},
	{OpI32x4MaxS, OpInfo{"i32x4.max_s", "vv:v", 0}},
	{OpI32x4MaxU, OpInfo{"i32x4.max_u", "vv:v", 0}},
	{OpI32x4DotI16x8S, OpInfo{"i32x4.dot_i16x8_s", "vv:v", 0}},
	{OpI32x4ExtmulLowI16x8S, OpInfo{"i32x4.extmul_low_i16x8_s", "vv:v", 0}},
	{OpI32x4ExtmulHighI16x8S, OpInfo{"i32x4.extmul_high_i16x8_s", "vv:v", 0}},
	{OpI32x4ExtmulLowI16x8U, OpInfo{"i32x4.extmul_low_i16x8_u", "vv:v", 0}},
	{OpI32x4ExtmulHighI16x8U, OpInfo{"i32x4.extmul_high_i16x8_u", "vv:v", 0}},
	{OpI64x2Abs, OpInfo{"i64x2.abs", "v:v", 0}},
	{OpI64x2Neg, OpInfo{"i64x2.neg", "v:v", 0}},
	{OpI64x2AllTrue, OpInfo{"i64x2.all_true", "v:i", 0}},
	{OpI64x2Bitmask, OpInfo{"i64x2.bitmask", "v:i", 0}},
	{OpI64x2ExtendLowI32x4S, OpInfo{"i64x2.extend_low_i32x4_s", "v:v", 0}},
	{OpI64x2ExtendHighI32x4S, OpInfo{"i64x2.extend_high_i32x4_s", "v:v", 0}},
	{OpI64x2ExtendLowI32x4U, OpInfo{"i64x2.extend_low_i32x4_u", "v:v", 0}},
	{OpI64x2ExtendHighI32x4U, OpInfo{"i64x2.extend_high_i32x4_u", "v:v", 0}},
	{OpI64x2Shl, OpInfo{"i64x2.shl", "vi:v", 0}},
	{OpI64x2ShrS, OpInfo{"i64x2.shr_s", "vi:v", 0}},
	{OpI64x2ShrU, OpInfo{"i64x2.shr_u", "vi:v", 0}},
	{OpI64x2Add, OpInfo{"i64x2.add", "vv:v", 0}},
	{OpI64x2Sub, OpInfo{"i64x2.sub", "vv:v", 0}},
	{OpI64x2Mul, OpInfo{"i64x2.mul", "vv:v", 0}},
	{OpI64x2Eq, OpInfo{"i64x2.eq", "vv:v", 0}},
	{OpI64x2Ne, OpInfo{"i64x2.ne", "vv:v", 0}},
	{OpI64x2LtS, OpInfo{"i64x2.lt_s", "vv:v", 0}},
	{OpI64x2GtS, OpInfo{"i64x2.gt_s", "vv:v", 0}},
	{OpI64x2LeS, OpInfo{"i64x2.le_s", "vv:v", 0}},
	{OpI64x2GeS, OpInfo{"i64x2.ge_s", "vv:v", 0}},
	{OpI64x2ExtmulLowI32x4S, OpInfo{"i64x2.extmul_low_i32x4_s", "vv:v", 0}},
	{OpI64x2ExtmulHighI32x4S, OpInfo{"i64x2.extmul_high_i32x4_s", "vv:v", 0}},
	{OpI64x2ExtmulLowI32x4U, OpInfo{"i64x2.extmul_low_i32x4_u", "vv:v", 0}},
	{OpI64x2ExtmulHighI32x4U, OpInfo{"i64x2.extmul_high_i32x4_u", "vv:v", 0}},
	{OpF32x4Abs, OpInfo{"f32x4.abs", "v:v", 0}},
	{OpF32x4Neg, OpInfo{"f32x4.neg", "v:v", 0}},
	{OpF32x4Sqrt, OpInfo{"f32x4.sqrt", "v:v", 0}},
	{OpF32x4Add, OpInfo{"f32x4.add", "vv:v", 0}},
	{OpF32x4Sub, OpInfo{"f32x4.sub", "vv:v", 0}},
	{OpF32x4Mul, OpInfo{"f32x4.mul", "vv:v", 0}},
	{OpF32x4Div, OpInfo{"f32x4.div", "vv:v", 0}},
	{OpF32x4Min, OpInfo{"f32x4.min", "vv:v", 0}},
	{OpF32x4Max, OpInfo{"f32x4.max", "vv:v", 0}},
	{OpF32x4Pmin, OpInfo{"f32x4.pmin", "vv:v", 0}},
	{OpF32x4Pmax, OpInfo{"f32x4.pmax", "vv:v", 0}},
	{OpF64x2Abs, OpInfo{"f64x2.abs", "v:v", 0}},
	{OpF64x2Neg, OpInfo{"f64x2.neg", "v:v", 0}},
	{OpF64x2Sqrt, OpInfo{"f64x2.sqrt", "v:v", 0}},
	{OpF64x2Add, OpInfo{"f64x2.add", "vv:v", 0}},
	{OpF64x2Sub, OpInfo{"f64x2.sub", "vv:v", 0}},
	{OpF64x2Mul, OpInfo{"f64x2.mul", "vv:v", 0}},
	{OpF64x2Div, OpInfo{"f64x2.div", "vv:v", 0}},
	{OpF64x2Min, OpInfo{"f64x2.min", "vv:v", 0}},
	{OpF64x2Max, OpInfo{"f64x2.max", "vv:v", 0}},
	{OpF64x2Pmin, OpInfo{"f64x2.pmin", "vv:v", 0}},
	{OpF64x2Pmax, OpInfo{"f64x2.pmax", "vv:v", 0}},
	{OpI32x4TruncSatF32x4S, OpInfo{"i32x4.trunc_sat_f32x4_s", "v:v", 0}},
	{OpI32x4TruncSatF32x4U, OpInfo{"i32x4.trunc_sat_f32x4_u", "v:v", 0}},
	{OpF32x4ConvertI32x4S, OpInfo{"f32x4.convert_i32x4_s", "v:v", 0}},
	{OpF32x4ConvertI32x4U, OpInfo{"f32x4.convert_i32x4_u", "v:v", 0}},
	{OpI32x4TruncSatF64x2SZero, OpInfo{"i32x4.trunc_sat_f64x2_s_zero", "v:v", 0}},
	{OpI32x4TruncSatF64x2UZero, OpInfo{"i32x4.trunc_sat_f64x2_u_zero", "v:v", 0}},
	{OpF64x2ConvertLowI32x4S, OpInfo{"f64x2.convert_low_i32x4_s", "v:v", 0}},
	{OpF64x2ConvertLowI32x4U, OpInfo{"f64x2.convert_low_i32x4_u", "v:v", 0}},
	{OpI8x16RelaxedSwizzle, OpInfo{"i8x16.relaxed_swizzle", "vv:v", 0}},
	{OpI32x4RelaxedTruncF32x4S, OpInfo{"i32x4.relaxed_trunc_f32x4_s", "v:v", 0}},
	{OpI32x4RelaxedTruncF32x4U, OpInfo{"i32x4.relaxed_trunc_f32x4_u", "v:v", 0}},
	{OpI32x4RelaxedTruncF64x2SZero, OpInfo{"i32x4.relaxed_trunc_f64x2_s_zero", "v:v", 0}},
	{OpI32x4RelaxedTruncF64x2UZero, OpInfo{"i32x4.relaxed_trunc_f64x2_u_zero", "v:v", 0}},
	{OpF32x4RelaxedMadd, OpInfo{"f32x4.relaxed_madd", "vvv:v", 0}},
	{OpF32x4RelaxedNmadd, OpInfo{"f32x4.relaxed_nmadd", "vvv:v", 0}},
	{OpF64x2RelaxedMadd, OpInfo{"f64x2.relaxed_madd", "vvv:v", 0}},
	{OpF64x2RelaxedNmadd, OpInfo{"f64x2.relaxed_nmadd", "vvv:v", 0}},
	{OpI8x16RelaxedLaneselect, OpInfo{"i8x16.relaxed_laneselect", "vvv:v", 0}},
	{OpI16x8RelaxedLaneselect, OpInfo{"i16x8.relaxed_laneselect", "vvv:v", 0}},
	{OpI32x4RelaxedLaneselect, OpInfo{"i32x4.relaxed_laneselect", "vvv:v", 0}},
	{OpI64x2RelaxedLaneselect, OpInfo{"i64x2.relaxed_laneselect", "vvv:v", 0}},
	{OpF32x4RelaxedMin, OpInfo{"f32x4.relaxed_min", "vv:v", 0}},
	{OpF32x4RelaxedMax, OpInfo{"f32x4.relaxed_max", "vv:v", 0}},
	{OpF64x2RelaxedMin, OpInfo{"f64x2.relaxed_min", "vv:v", 0}},
	{OpF64x2RelaxedMax, OpInfo{"f64x2.relaxed_max", "vv:v", 0}},
	{OpI16x8RelaxedQ15mulrS, OpInfo{"i16x8.relaxed_q15mulr_s", "vv:v", 0}},
	{OpI16x8RelaxedDotI8x16I7x16S, OpInfo{"i16x8.relaxed_dot_i8x16_i7x16_s", "vv:v", 0}},
	{OpI32x4RelaxedDotI8x16I7x16AddS, OpInfo{"i32x4.relaxed_dot_i8x16_i7x16_add_s", "vvv:v", 0}},
}
