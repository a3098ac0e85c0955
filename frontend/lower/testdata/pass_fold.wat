;; Pass fold: what is constant, and what never runs.
(module
  (import "m" "f" (func $f (param i32)))
  (memory 1)
  (func $only-when-debugging (call $f (i32.const 99)))
  ;; Operators and locals; a declared local begins at zero.
  (func (export "values") (param i32) (result i32 i64 i32) (local $a i32) (local i64 i32)
    (local.set $a (i32.shl (i32.const 3) (i32.const 2)))
    (local.set 2 (i64.extend_i32_s (i32.sub (local.get $a) (i32.const 20))))
    (i32.add (local.get 0) (i32.mul (local.get $a) (i32.const 10)))
    (local.get 2)
    (local.get 3))
  ;; Branches; what traps in a condition stays.
  (func (export "branches") (param i32) (result i32) (local $debug i32)
    (if (local.get $debug) (then (call $only-when-debugging)))
    (if (i32.eqz (local.get $debug)) (then (call $f (i32.const 1))) (else (call $f (i32.const 2))))
    (block $out
      (block $a (block $b (br_table $a $b $out (i32.const 1))) (call $f (i32.const 3)) (br $out))
      (call $f (i32.const 4)))
    (select (i32.load (local.get 0)) (i32.const 5) (local.get $debug)))
  ;; Not known: what a loop or a branch changes.
  (func (export "unknown") (param i32) (result i32) (local $i i32) (local $c i32)
    (local.set $c (i32.const 7))
    (loop $l
      (if (i32.gt_u (local.get $i) (i32.const 5)) (then (local.set $c (i32.const 8))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (local.get 0))))
    (i32.add (local.get $c) (local.get $i)))
  ;; A division by zero traps when it runs.
  (func (export "traps") (result i32) (local i32)
    (i32.div_u (i32.const 1) (local.get 0))))
