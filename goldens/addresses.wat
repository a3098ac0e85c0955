;; Locals that hold addresses: they are uintptr in Go, and wrap around like an i32.
(component
  (core module $m
    (memory (export "memory") 1)
    (data (i32.const 0) "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f\10\11\12\13\14\15\16\17\18\19\1a\1b\1c\1d\1e\1f")
    ;; The sum of n bytes from p on; a pointer that moves.
    (func (export "sum") (param $p i32) (param $n i32) (result i32)
      (local $s i32)
      (block $done
        (loop $next
          (br_if $done (i32.eqz (local.get $n)))
          (local.set $s (i32.add (local.get $s) (i32.load8_u (local.get $p))))
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $next)))
      (local.get $s))
    ;; Four bytes beside a + b, each of which may be reached by wrapping around.
    (func (export "beside") (param $a i32) (param $b i32) (result i32)
      (local $q i32)
      (local.set $q (i32.add (local.get $a) (local.get $b)))
      (i32.add
        (i32.add
          (i32.load8_u (i32.add (local.get $q) (i32.const 4)))
          (i32.shl (i32.load8_u (i32.add (local.get $q) (i32.const 8))) (i32.const 8)))
        (i32.add
          (i32.shl (i32.load8_u offset=1 (i32.add (i32.add (local.get $b) (local.get $a)) (i32.const -1))) (i32.const 16))
          (i32.shl (i32.load8_u (local.get $q)) (i32.const 24)))))
    ;; A pointer that is compared, goes through a table and is widened.
    (func (export "other") (param $p i32) (param $k i32) (result i64)
      (local $q i32)
      (local.set $q (local.get $p))
      (block $c (block $b (block $a
        (br_table $a $b $c (local.get $q)))
        (local.set $q (i32.add (local.get $q) (local.get $k)))
        (br $c))
        (local.set $q (i32.sub (local.get $q) (local.get $k))))
      (if (i32.lt_s (local.get $q) (i32.const 0))
        (then (return (i64.extend_i32_u (local.get $q)))))
      (i64.add
        (i64.extend_i32_s (local.get $q))
        (i64.extend_i32_u (i32.load8_u (local.get $q))))))
  (core instance $i (instantiate $m))
  (func (export "sum") (param "p" u32) (param "n" u32) (result u32) (canon lift (core func $i "sum")))
  (func (export "beside") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "beside")))
  (func (export "other") (param "p" u32) (param "k" u32) (result u64) (canon lift (core func $i "other"))))
