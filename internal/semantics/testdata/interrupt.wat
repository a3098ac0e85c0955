;; Functions that make n turns, or turn without end if n is 0, in every way that
;; code can without calling out. Each returns how many it has made.
(component
  (import "nested" (func $nested (param "n" u32) (result u32)))
  (core func $call (canon lower (func $nested)))
  (core module $m
    (import "host" "call" (func $call (param i32) (result i32)))
    (memory 1)
    (tag $e (param i32))
    (type $f (func (param i32 i32) (result i32)))
    (table funcref (elem $tail2 $tail3))
    ;; A loop that stores nothing and does nothing.
    (func (export "loop") (param $n i32) (result i32) (local $i i32)
      (loop $l
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.ne (local.get $i) (local.get $n))))
      (local.get $i))
    ;; The shortest loop there is.
    (func (export "empty") (param $n i32) (result i32)
      (if (i32.eqz (local.get $n)) (then (loop $l (br $l))))
      (local.get $n))
    ;; Nested loops, the inner one with an end.
    (func (export "nest") (param $n i32) (result i32) (local $i i32) (local $j i32)
      (loop $outer
        (local.set $j (i32.const 0))
        (loop $inner
          (local.set $j (i32.add (local.get $j) (i32.const 1)))
          (br_if $inner (i32.lt_u (local.get $j) (i32.const 3))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $outer (i32.ne (local.get $i) (local.get $n))))
      (local.get $i))
    ;; Jumps back from many places.
    (func (export "many") (param $n i32) (result i32) (local $i i32)
      (loop $l
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.eq (i32.and (local.get $i) (i32.const 3)) (i32.const 0)))
        (br_if $l (i32.eq (i32.and (local.get $i) (i32.const 3)) (i32.const 1)))
        (br_if $l (i32.eq (i32.and (local.get $i) (i32.const 3)) (i32.const 2)))
        (br_if $l (i32.lt_u (i32.sub (local.get $i) (i32.const 1)) (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $i))
    ;; Jumps back by br_table.
    (func (export "table") (param $n i32) (result i32) (local $i i32)
      (block $out
        (loop $l
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_table $l $out $l (i32.eq (local.get $i) (local.get $n)))))
      (local.get $i))
    ;; Jumps back by way of a br_table at the loop's beginning, as Go's compiler does it.
    (func (export "dispatch") (param $n i32) (result i32) (local $i i32) (local $pc i32)
      (loop $l
        (block $b2 (block $b1 (block $b0
          (br_table $b0 $b1 $b2 (local.get $pc)))
          ;; 0
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (local.set $pc (i32.const 1))
          (br $l))
          ;; 1
          (if (i32.eq (local.get $i) (local.get $n)) (then (local.set $pc (i32.const 2)) (br $l)))
          (local.set $pc (i32.const 0))
          (br $l)))
      (local.get $i))
    ;; Recursion of two functions, never deep.
    (func $even (param $n i32) (param $i i32) (param $d i32) (result i32)
      (if (i32.ge_u (local.get $d) (i32.const 30)) (then (return (local.get $i))))
      (if (i32.and (i32.ne (local.get $n) (i32.const 0)) (i32.ge_u (local.get $i) (local.get $n))) (then (return (local.get $i))))
      (call $odd (local.get $n) (i32.add (local.get $i) (i32.const 1)) (i32.add (local.get $d) (i32.const 1)))
      (local.set $i)
      (call $odd (local.get $n) (local.get $i) (i32.add (local.get $d) (i32.const 1))))
    (func $odd (param $n i32) (param $i i32) (param $d i32) (result i32)
      (if (i32.ge_u (local.get $d) (i32.const 30)) (then (return (local.get $i))))
      (if (i32.and (i32.ne (local.get $n) (i32.const 0)) (i32.ge_u (local.get $i) (local.get $n))) (then (return (local.get $i))))
      (call $even (local.get $n) (i32.add (local.get $i) (i32.const 1)) (i32.add (local.get $d) (i32.const 1)))
      (local.set $i)
      (call $even (local.get $n) (local.get $i) (i32.add (local.get $d) (i32.const 1))))
    (func (export "recursion") (param $n i32) (result i32)
      (call $even (local.get $n) (i32.const 0) (i32.const 0)))
    ;; Tail calls of the function itself.
    (func $tail1 (param $n i32) (param $i i32) (result i32)
      (if (i32.eq (i32.add (local.get $i) (i32.const 1)) (local.get $n)) (then (return (local.get $n))))
      (return_call $tail1 (local.get $n) (i32.add (local.get $i) (i32.const 1))))
    (func (export "tail") (param $n i32) (result i32)
      (call $tail1 (local.get $n) (i32.const 0)))
    ;; Tail calls of two functions in turn, one through a table.
    (func $tail2 (param $n i32) (param $i i32) (result i32)
      (if (i32.eq (i32.add (local.get $i) (i32.const 1)) (local.get $n)) (then (return (local.get $n))))
      (return_call_indirect (type $f) (local.get $n) (i32.add (local.get $i) (i32.const 1)) (i32.const 1)))
    (func $tail3 (param $n i32) (param $i i32) (result i32)
      (if (i32.eq (i32.add (local.get $i) (i32.const 1)) (local.get $n)) (then (return (local.get $n))))
      (return_call $tail2 (local.get $n) (i32.add (local.get $i) (i32.const 1))))
    (func (export "tails") (param $n i32) (result i32)
      (call $tail2 (local.get $n) (i32.const 0)))
    ;; A loop in a try that catches all there is to catch.
    (func (export "try") (param $n i32) (result i32) (local $i i32)
      (block $caught
        (try_table (catch_all $caught)
          (loop $l
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $l (i32.ne (local.get $i) (local.get $n))))))
      (local.get $i))
    ;; A loop around a try that throws each time.
    (func (export "throw") (param $n i32) (result i32) (local $i i32)
      (loop $l
        (local.set $i (block $caught (result i32)
          (try_table (catch $e $caught)
            (throw $e (i32.add (local.get $i) (i32.const 1))))
          (unreachable)))
        (br_if $l (i32.ne (local.get $i) (local.get $n))))
      (local.get $i))
    ;; Vectors.
    (func (export "simd") (param $n i32) (result i32) (local $i v128)
      (loop $l
        (local.set $i (i32x4.add (local.get $i) (v128.const i32x4 1 2 3 4)))
        (v128.store (i32.const 16) (local.get $i))
        (br_if $l (i32.ne (i32x4.extract_lane 0 (local.get $i)) (local.get $n))))
      (i32x4.extract_lane 0 (local.get $i)))
    ;; Loads and stores.
    (func (export "memory") (param $n i32) (result i32)
      (i32.store (i32.const 0) (i32.const 0))
      (loop $l
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
        (br_if $l (i32.ne (i32.load (i32.const 0)) (local.get $n))))
      (i32.load (i32.const 0)))
    ;; Calls the host with n-1, as long as n is above 1.
    (func (export "host") (param $n i32) (result i32)
      (if (result i32) (i32.le_u (local.get $n) (i32.const 1))
        (then (local.get $n))
        (else (i32.add (call $call (i32.sub (local.get $n) (i32.const 1))) (i32.const 1)))))
  )
  (core module $wide
    (memory i64 1)
    (func (export "wide") (param $n i32) (result i32)
      (i64.store (i64.const 8) (i64.const 0))
      (loop $l
        (i64.store (i64.const 8) (i64.add (i64.load (i64.const 8)) (i64.const 1)))
        (br_if $l (i32.ne (i32.wrap_i64 (i64.load (i64.const 8))) (local.get $n))))
      (i32.wrap_i64 (i64.load (i64.const 8)))))
  (core instance $i (instantiate $m (with "host" (instance (export "call" (func $call))))))
  (core instance $w (instantiate $wide))
  (func (export "loop") (param "n" u32) (result u32) (canon lift (core func $i "loop")))
  (func (export "empty") (param "n" u32) (result u32) (canon lift (core func $i "empty")))
  (func (export "nest") (param "n" u32) (result u32) (canon lift (core func $i "nest")))
  (func (export "many") (param "n" u32) (result u32) (canon lift (core func $i "many")))
  (func (export "table") (param "n" u32) (result u32) (canon lift (core func $i "table")))
  (func (export "dispatch") (param "n" u32) (result u32) (canon lift (core func $i "dispatch")))
  (func (export "recursion") (param "n" u32) (result u32) (canon lift (core func $i "recursion")))
  (func (export "tail") (param "n" u32) (result u32) (canon lift (core func $i "tail")))
  (func (export "tails") (param "n" u32) (result u32) (canon lift (core func $i "tails")))
  (func (export "try") (param "n" u32) (result u32) (canon lift (core func $i "try")))
  (func (export "throw") (param "n" u32) (result u32) (canon lift (core func $i "throw")))
  (func (export "simd") (param "n" u32) (result u32) (canon lift (core func $i "simd")))
  (func (export "memory") (param "n" u32) (result u32) (canon lift (core func $i "memory")))
  (func (export "wide") (param "n" u32) (result u32) (canon lift (core func $w "wide")))
  (func (export "host") (param "n" u32) (result u32) (canon lift (core func $i "host")))
)
