package ir

// This file: atomic operators (the 0xfe prefix).

// Atomic operators. In the IR they are Effects, loads and stores included:
// they are ordered.
const (
	OpMemoryAtomicNotify     Op = 0x500 // memory.atomic.notify
	OpMemoryAtomicWait32     Op = 0x501 // memory.atomic.wait32
	OpMemoryAtomicWait64     Op = 0x502 // memory.atomic.wait64
	OpAtomicFence            Op = 0x503 // atomic.fence
	OpI32AtomicLoad          Op = 0x510 // i32.atomic.load
	OpI64AtomicLoad          Op = 0x511 // i64.atomic.load
	OpI32AtomicLoad8U        Op = 0x512 // i32.atomic.load8_u
	OpI32AtomicLoad16U       Op = 0x513 // i32.atomic.load16_u
	OpI64AtomicLoad8U        Op = 0x514 // i64.atomic.load8_u
	OpI64AtomicLoad16U       Op = 0x515 // i64.atomic.load16_u
	OpI64AtomicLoad32U       Op = 0x516 // i64.atomic.load32_u
	OpI32AtomicStore         Op = 0x517 // i32.atomic.store
	OpI64AtomicStore         Op = 0x518 // i64.atomic.store
	OpI32AtomicStore8        Op = 0x519 // i32.atomic.store8
	OpI32AtomicStore16       Op = 0x51a // i32.atomic.store16
	OpI64AtomicStore8        Op = 0x51b // i64.atomic.store8
	OpI64AtomicStore16       Op = 0x51c // i64.atomic.store16
	OpI64AtomicStore32       Op = 0x51d // i64.atomic.store32
	OpI32AtomicRmwAdd        Op = 0x51e // i32.atomic.rmw.add
	OpI64AtomicRmwAdd        Op = 0x51f // i64.atomic.rmw.add
	OpI32AtomicRmw8AddU      Op = 0x520 // i32.atomic.rmw8.add_u
	OpI32AtomicRmw16AddU     Op = 0x521 // i32.atomic.rmw16.add_u
	OpI64AtomicRmw8AddU      Op = 0x522 // i64.atomic.rmw8.add_u
	OpI64AtomicRmw16AddU     Op = 0x523 // i64.atomic.rmw16.add_u
	OpI64AtomicRmw32AddU     Op = 0x524 // i64.atomic.rmw32.add_u
	OpI32AtomicRmwSub        Op = 0x525 // i32.atomic.rmw.sub
	OpI64AtomicRmwSub        Op = 0x526 // i64.atomic.rmw.sub
	OpI32AtomicRmw8SubU      Op = 0x527 // i32.atomic.rmw8.sub_u
	OpI32AtomicRmw16SubU     Op = 0x528 // i32.atomic.rmw16.sub_u
	OpI64AtomicRmw8SubU      Op = 0x529 // i64.atomic.rmw8.sub_u
	OpI64AtomicRmw16SubU     Op = 0x52a // i64.atomic.rmw16.sub_u
	OpI64AtomicRmw32SubU     Op = 0x52b // i64.atomic.rmw32.sub_u
	OpI32AtomicRmwAnd        Op = 0x52c // i32.atomic.rmw.and
	OpI64AtomicRmwAnd        Op = 0x52d // i64.atomic.rmw.and
	OpI32AtomicRmw8AndU      Op = 0x52e // i32.atomic.rmw8.and_u
	OpI32AtomicRmw16AndU     Op = 0x52f // i32.atomic.rmw16.and_u
	OpI64AtomicRmw8AndU      Op = 0x530 // i64.atomic.rmw8.and_u
	OpI64AtomicRmw16AndU     Op = 0x531 // i64.atomic.rmw16.and_u
	OpI64AtomicRmw32AndU     Op = 0x532 // i64.atomic.rmw32.and_u
	OpI32AtomicRmwOr         Op = 0x533 // i32.atomic.rmw.or
	OpI64AtomicRmwOr         Op = 0x534 // i64.atomic.rmw.or
	OpI32AtomicRmw8OrU       Op = 0x535 // i32.atomic.rmw8.or_u
	OpI32AtomicRmw16OrU      Op = 0x536 // i32.atomic.rmw16.or_u
	OpI64AtomicRmw8OrU       Op = 0x537 // i64.atomic.rmw8.or_u
	OpI64AtomicRmw16OrU      Op = 0x538 // i64.atomic.rmw16.or_u
	OpI64AtomicRmw32OrU      Op = 0x539 // i64.atomic.rmw32.or_u
	OpI32AtomicRmwXor        Op = 0x53a // i32.atomic.rmw.xor
	OpI64AtomicRmwXor        Op = 0x53b // i64.atomic.rmw.xor
	OpI32AtomicRmw8XorU      Op = 0x53c // i32.atomic.rmw8.xor_u
	OpI32AtomicRmw16XorU     Op = 0x53d // i32.atomic.rmw16.xor_u
	OpI64AtomicRmw8XorU      Op = 0x53e // i64.atomic.rmw8.xor_u
	OpI64AtomicRmw16XorU     Op = 0x53f // i64.atomic.rmw16.xor_u
	OpI64AtomicRmw32XorU     Op = 0x540 // i64.atomic.rmw32.xor_u
	OpI32AtomicRmwXchg       Op = 0x541 // i32.atomic.rmw.xchg
	OpI64AtomicRmwXchg       Op = 0x542 // i64.atomic.rmw.xchg
	OpI32AtomicRmw8XchgU     Op = 0x543 // i32.atomic.rmw8.xchg_u
	OpI32AtomicRmw16XchgU    Op = 0x544 // i32.atomic.rmw16.xchg_u
	OpI64AtomicRmw8XchgU     Op = 0x545 // i64.atomic.rmw8.xchg_u
	OpI64AtomicRmw16XchgU    Op = 0x546 // i64.atomic.rmw16.xchg_u
	OpI64AtomicRmw32XchgU    Op = 0x547 // i64.atomic.rmw32.xchg_u
	OpI32AtomicRmwCmpxchg    Op = 0x548 // i32.atomic.rmw.cmpxchg
	OpI64AtomicRmwCmpxchg    Op = 0x549 // i64.atomic.rmw.cmpxchg
	OpI32AtomicRmw8CmpxchgU  Op = 0x54a // i32.atomic.rmw8.cmpxchg_u
	OpI32AtomicRmw16CmpxchgU Op = 0x54b // i32.atomic.rmw16.cmpxchg_u
	OpI64AtomicRmw8CmpxchgU  Op = 0x54c // i64.atomic.rmw8.cmpxchg_u
	OpI64AtomicRmw16CmpxchgU Op = 0x54d // i64.atomic.rmw16.cmpxchg_u
	OpI64AtomicRmw32CmpxchgU Op = 0x54e // i64.atomic.rmw32.cmpxchg_u
)

// IsAtomic reports whether op is an atomic operator.
func (op Op) IsAtomic() bool { return op >= OpBaseFE && op < OpBaseIR }

// atomicOps describes them; Bytes is also their required alignment.
var atomicOps = []opRow{
	{OpMemoryAtomicNotify, OpInfo{"memory.atomic.notify", "pi:i", 4}},
	{OpMemoryAtomicWait32, OpInfo{"memory.atomic.wait32", "piI:i", 4}},
	{OpMemoryAtomicWait64, OpInfo{"memory.atomic.wait64", "pII:i", 8}},
	{OpAtomicFence, OpInfo{"atomic.fence", "", 0}},
	{OpI32AtomicLoad, OpInfo{"i32.atomic.load", "p:i", 4}},
	{OpI64AtomicLoad, OpInfo{"i64.atomic.load", "p:I", 8}},
	{OpI32AtomicLoad8U, OpInfo{"i32.atomic.load8_u", "p:i", 1}},
	{OpI32AtomicLoad16U, OpInfo{"i32.atomic.load16_u", "p:i", 2}},
	{OpI64AtomicLoad8U, OpInfo{"i64.atomic.load8_u", "p:I", 1}},
	{OpI64AtomicLoad16U, OpInfo{"i64.atomic.load16_u", "p:I", 2}},
	{OpI64AtomicLoad32U, OpInfo{"i64.atomic.load32_u", "p:I", 4}},
	{OpI32AtomicStore, OpInfo{"i32.atomic.store", "pi:", 4}},
	{OpI64AtomicStore, OpInfo{"i64.atomic.store", "pI:", 8}},
	{OpI32AtomicStore8, OpInfo{"i32.atomic.store8", "pi:", 1}},
	{OpI32AtomicStore16, OpInfo{"i32.atomic.store16", "pi:", 2}},
	{OpI64AtomicStore8, OpInfo{"i64.atomic.store8", "pI:", 1}},
	{OpI64AtomicStore16, OpInfo{"i64.atomic.store16", "pI:", 2}},
	{OpI64AtomicStore32, OpInfo{"i64.atomic.store32", "pI:", 4}},
	{OpI32AtomicRmwAdd, OpInfo{"i32.atomic.rmw.add", "pi:i", 4}},
	{OpI64AtomicRmwAdd, OpInfo{"i64.atomic.rmw.add", "pI:I", 8}},
	{OpI32AtomicRmw8AddU, OpInfo{"i32.atomic.rmw8.add_u", "pi:i", 1}},
	{OpI32AtomicRmw16AddU, OpInfo{"i32.atomic.rmw16.add_u", "pi:i", 2}},
	{OpI64AtomicRmw8AddU, OpInfo{"i64.atomic.rmw8.add_u", "pI:I", 1}},
	{OpI64AtomicRmw16AddU, OpInfo{"i64.atomic.rmw16.add_u", "pI:I", 2}},
	{OpI64AtomicRmw32AddU, OpInfo{"i64.atomic.rmw32.add_u", "pI:I", 4}},
	{OpI32AtomicRmwSub, OpInfo{"i32.atomic.rmw.sub", "pi:i", 4}},
	{OpI64AtomicRmwSub, OpInfo{"i64.atomic.rmw.sub", "pI:I", 8}},
	{OpI32AtomicRmw8SubU, OpInfo{"i32.atomic.rmw8.sub_u", "pi:i", 1}},
	{OpI32AtomicRmw16SubU, OpInfo{"i32.atomic.rmw16.sub_u", "pi:i", 2}},
	{OpI64AtomicRmw8SubU, OpInfo{"i64.atomic.rmw8.sub_u", "pI:I", 1}},
	{OpI64AtomicRmw16SubU, OpInfo{"i64.atomic.rmw16.sub_u", "pI:I", 2}},
	{OpI64AtomicRmw32SubU, OpInfo{"i64.atomic.rmw32.sub_u", "pI:I", 4}},
	{OpI32AtomicRmwAnd, OpInfo{"i32.atomic.rmw.and", "pi:i", 4}},
	{OpI64AtomicRmwAnd, OpInfo{"i64.atomic.rmw.and", "pI:I", 8}},
	{OpI32AtomicRmw8AndU, OpInfo{"i32.atomic.rmw8.and_u", "pi:i", 1}},
	{OpI32AtomicRmw16AndU, OpInfo{"i32.atomic.rmw16.and_u", "pi:i", 2}},
	{OpI64AtomicRmw8AndU, OpInfo{"i64.atomic.rmw8.and_u", "pI:I", 1}},
	{OpI64AtomicRmw16AndU, OpInfo{"i64.atomic.rmw16.and_u", "pI:I", 2}},
	{OpI64AtomicRmw32AndU, OpInfo{"i64.atomic.rmw32.and_u", "pI:I", 4}},
	{OpI32AtomicRmwOr, OpInfo{"i32.atomic.rmw.or", "pi:i", 4}},
	{OpI64AtomicRmwOr, OpInfo{"i64.atomic.rmw.or", "pI:I", 8}},
	{OpI32AtomicRmw8OrU, OpInfo{"i32.atomic.rmw8.or_u", "pi:i", 1}},
	{OpI32AtomicRmw16OrU, OpInfo{"i32.atomic.rmw16.or_u", "pi:i", 2}},
	{OpI64AtomicRmw8OrU, OpInfo{"i64.atomic.rmw8.or_u", "pI:I", 1}},
	{OpI64AtomicRmw16OrU, OpInfo{"i64.atomic.rmw16.or_u", "pI:I", 2}},
	{OpI64AtomicRmw32OrU, OpInfo{"i64.atomic.rmw32.or_u", "pI:I", 4}},
	{OpI32AtomicRmwXor, OpInfo{"i32.atomic.rmw.xor", "pi:i", 4}},
	{OpI64AtomicRmwXor, OpInfo{"i64.atomic.rmw.xor", "pI:I", 8}},
	{OpI32AtomicRmw8XorU, OpInfo{"i32.atomic.rmw8.xor_u", "pi:i", 1}},
	{OpI32AtomicRmw16XorU, OpInfo{"i32.atomic.rmw16.xor_u", "pi:i", 2}},
	{OpI64AtomicRmw8XorU, OpInfo{"i64.atomic.rmw8.xor_u", "pI:I", 1}},
	{OpI64AtomicRmw16XorU, OpInfo{"i64.atomic.rmw16.xor_u", "pI:I", 2}},
	{OpI64AtomicRmw32XorU, OpInfo{"i64.atomic.rmw32.xor_u", "pI:I", 4}},
	{OpI32AtomicRmwXchg, OpInfo{"i32.atomic.rmw.xchg", "pi:i", 4}},
	{OpI64AtomicRmwXchg, OpInfo{"i64.atomic.rmw.xchg", "pI:I", 8}},
	{OpI32AtomicRmw8XchgU, OpInfo{"i32.atomic.rmw8.xchg_u", "pi:i", 1}},
	{OpI32AtomicRmw16XchgU, OpInfo{"i32.atomic.rmw16.xchg_u", "pi:i", 2}},
	{OpI64AtomicRmw8XchgU, OpInfo{"i64.atomic.rmw8.xchg_u", "pI:I", 1}},
	{OpI64AtomicRmw16XchgU, OpInfo{"i64.atomic.rmw16.xchg_u", "pI:I", 2}},
	{OpI64AtomicRmw32XchgU, OpInfo{"i64.atomic.rmw32.xchg_u", "pI:I", 4}},
	{OpI32AtomicRmwCmpxchg, OpInfo{"i32.atomic.rmw.cmpxchg", "pii:i", 4}},
	{OpI64AtomicRmwCmpxchg, OpInfo{"i64.atomic.rmw.cmpxchg", "pII:I", 8}},
	{OpI32AtomicRmw8CmpxchgU, OpInfo{"i32.atomic.rmw8.cmpxchg_u", "pii:i", 1}},
	{OpI32AtomicRmw16CmpxchgU, OpInfo{"i32.atomic.rmw16.cmpxchg_u", "pii:i", 2}},
	{OpI64AtomicRmw8CmpxchgU, OpInfo{"i64.atomic.rmw8.cmpxchg_u", "pII:I", 1}},
	{OpI64AtomicRmw16CmpxchgU, OpInfo{"i64.atomic.rmw16.cmpxchg_u", "pII:I", 2}},
	{OpI64AtomicRmw32CmpxchgU, OpInfo{"i64.atomic.rmw32.cmpxchg_u", "pII:I", 4}},
}
