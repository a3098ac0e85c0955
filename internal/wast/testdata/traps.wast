;; Which trap it is where an operator could trap in two ways, and what limits say.

;; Atomic operators look at the alignment of the effective address first.
(module
  (memory 1 1 shared)
  (func (export "load") (param i32) (result i32) (i32.atomic.load offset=1 (local.get 0)))
  (func (export "store") (param i32) (i64.atomic.store offset=4 (local.get 0) (i64.const 1)))
  (func (export "add") (param i32) (result i32) (i32.atomic.rmw16.add_u (local.get 0) (i32.const 1)))
  (func (export "cmpxchg") (param i32) (result i64) (i64.atomic.rmw32.cmpxchg_u (local.get 0) (i64.const 1) (i64.const 2)))
  (func (export "wait32") (param i32) (result i32) (memory.atomic.wait32 (local.get 0) (i32.const 0) (i64.const 0)))
  (func (export "wait64") (param i32) (result i32) (memory.atomic.wait64 (local.get 0) (i64.const 0) (i64.const 0)))
  (func (export "notify") (param i32) (result i32) (memory.atomic.notify offset=2 (local.get 0) (i32.const 0))))
(assert_trap (invoke "load" (i32.const 65532)) "unaligned atomic")
(assert_trap (invoke "load" (i32.const 65535)) "out of bounds memory access")
(assert_trap (invoke "load" (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "load" (i32.const -2)) "unaligned atomic")
(assert_trap (invoke "store" (i32.const 65532)) "out of bounds memory access")
(assert_trap (invoke "store" (i32.const 65528)) "unaligned atomic")
(assert_trap (invoke "add" (i32.const 65535)) "unaligned atomic")
(assert_trap (invoke "add" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "cmpxchg" (i32.const 65534)) "unaligned atomic")
(assert_trap (invoke "wait32" (i32.const 65533)) "unaligned atomic")
(assert_trap (invoke "wait64" (i32.const 65532)) "unaligned atomic")
(assert_trap (invoke "wait64" (i32.const 65536)) "out of bounds memory access")
(assert_return (invoke "wait64" (i32.const 65528)) (i32.const 2))
(assert_trap (invoke "notify" (i32.const 65533)) "unaligned atomic")
(assert_return (invoke "notify" (i32.const 65530)) (i32.const 0))

;; 64-bit addresses that wrap around.
(module
  (memory i64 1 1 shared)
  (func (export "load") (param i64) (result i32) (i32.atomic.load offset=0xffff_ffff_ffff_fffd (local.get 0)))
  (func (export "load8") (param i64) (result i32) (i32.atomic.load8_u offset=0xffff_ffff_ffff_fffd (local.get 0))))
(assert_trap (invoke "load" (i64.const 8)) "unaligned atomic")
(assert_trap (invoke "load" (i64.const 7)) "out of bounds memory access")
(assert_trap (invoke "load8" (i64.const 7)) "out of bounds memory access")

;; Sizes that no machine has.
(module
  (type $bytes (array i8))
  (type $longs (array i64))
  (type $vectors (array v128))
  (func (export "longs") (drop (array.new_default $longs (i32.const -1))))
  (func (export "bytes") (drop (array.new_default $bytes (i32.const -21))))
  (func (export "vectors") (drop (array.new $vectors (v128.const i64x2 1 2) (i32.const 0x7fff_ffff)))))
(assert_trap (invoke "longs") "allocation size too large")
(assert_trap (invoke "bytes") "allocation size too large")
(assert_trap (invoke "vectors") "allocation size too large")
(assert_trap (module (table i64 0x2000_0000_0000_0000 funcref)) "overflow calculating table allocation size")
(module
  (table i64 0 funcref)
  (func (export "grow") (param i64) (result i64) (table.grow (ref.null func) (local.get 0))))
(assert_return (invoke "grow" (i64.const 0x1_0000_0000)) (i64.const -1))
(assert_return (invoke "grow" (i64.const 0x2000_0000_0000_0000)) (i64.const -1))
(assert_return (invoke "grow" (i64.const -1)) (i64.const -1))
