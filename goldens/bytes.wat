;; Bytes in the opposite order, as LLVM writes them.
(component
  (core module $m
    (memory (export "memory") 1)
    (data (i32.const 0) "\01\02\03\04\05\06\07\08")
    (func (export "swap32") (param $x i32) (result i32)
      (i32.or
        (i32.or
          (i32.shl (local.get $x) (i32.const 24))
          (i32.and (i32.shl (local.get $x) (i32.const 8)) (i32.const 0xff0000)))
        (i32.or
          (i32.and (i32.shr_u (local.get $x) (i32.const 8)) (i32.const 0xff00))
          (i32.shr_u (local.get $x) (i32.const 24)))))
    (func (export "swap16") (param $x i32) (result i32)
      (i32.and
        (i32.or
          (i32.shl (local.get $x) (i32.const 8))
          (i32.shr_u (i32.and (local.get $x) (i32.const 0xff00)) (i32.const 8)))
        (i32.const 0xffff)))
    (func (export "swap64") (param $x i64) (result i64)
      (i64.or
        (i64.or
          (i64.or
            (i64.shl (local.get $x) (i64.const 56))
            (i64.shl (i64.and (local.get $x) (i64.const 0xff00)) (i64.const 40)))
          (i64.or
            (i64.shl (i64.and (local.get $x) (i64.const 0xff0000)) (i64.const 24))
            (i64.shl (i64.and (local.get $x) (i64.const 0xff000000)) (i64.const 8))))
        (i64.or
          (i64.or
            (i64.and (i64.shr_u (local.get $x) (i64.const 8)) (i64.const 0xff000000))
            (i64.and (i64.shr_u (local.get $x) (i64.const 24)) (i64.const 0xff0000)))
          (i64.or
            (i64.and (i64.shr_u (local.get $x) (i64.const 40)) (i64.const 0xff00))
            (i64.shr_u (local.get $x) (i64.const 56))))))
    ;; The upper 32 bits of the result are zero.
    (func (export "low-of-64") (param $x i64) (result i64)
      (i64.extend_i32_u
        (i32.or
          (i32.or
            (i32.shl (i32.wrap_i64 (local.get $x)) (i32.const 24))
            (i32.and (i32.shl (i32.wrap_i64 (local.get $x)) (i32.const 8)) (i32.const 0xff0000)))
          (i32.or
            (i32.and (i32.shr_u (i32.wrap_i64 (local.get $x)) (i32.const 8)) (i32.const 0xff00))
            (i32.shr_u (i32.wrap_i64 (local.get $x)) (i32.const 24))))))
    ;; A load that traps in its last bytes, of which none is stored.
    (func (export "store16") (param $p i32) (result i32)
      (local $x i32)
      (local.set $x (i32.load (local.get $p)))
      (i32.store16 (i32.const 100)
        (i32.or
          (i32.shl (local.get $x) (i32.const 8))
          (i32.shr_u (i32.and (local.get $x) (i32.const 0xff00)) (i32.const 8))))
      (i32.load16_u (i32.const 100)))
    ;; Not quite: a bit is missing, a byte comes twice, another local.
    (func (export "almost") (param $x i32) (param $y i32) (result i32)
      (i32.add
        (i32.or
          (i32.shl (local.get $x) (i32.const 8))
          (i32.and (i32.shr_u (local.get $x) (i32.const 8)) (i32.const 0xfe)))
        (i32.add
          (i32.or
            (i32.shl (local.get $x) (i32.const 24))
            (i32.or (i32.shr_u (local.get $x) (i32.const 24)) (local.get $x)))
          (i32.or
            (i32.or
              (i32.shl (local.get $x) (i32.const 24))
              (i32.and (i32.shl (local.get $x) (i32.const 8)) (i32.const 0xff0000)))
            (i32.or
              (i32.and (i32.shr_u (local.get $x) (i32.const 8)) (i32.const 0xff00))
              (i32.shr_u (local.get $y) (i32.const 24))))))))
  (core instance $i (instantiate $m))
  (func (export "swap32") (param "x" u32) (result u32) (canon lift (core func $i "swap32")))
  (func (export "swap16") (param "x" u32) (result u32) (canon lift (core func $i "swap16")))
  (func (export "swap64") (param "x" u64) (result u64) (canon lift (core func $i "swap64")))
  (func (export "low-of-64") (param "x" u64) (result u64) (canon lift (core func $i "low-of-64")))
  (func (export "store16") (param "p" u32) (result u32) (canon lift (core func $i "store16")))
  (func (export "almost") (param "x" u32) (param "y" u32) (result u32) (canon lift (core func $i "almost"))))
