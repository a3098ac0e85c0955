;; Pass inline: small callees go to their callers.
(module
  (import "m" "f" (func $f (param i32) (result i32)))
  (memory 1)
  ;; Tiny: everywhere.
  (func $get (param i32) (result i32) (i32.load offset=8 (local.get 0)))
  ;; Has an early return: becomes a block.
  (func $clamp (param i32) (result i32)
    (if (i32.gt_u (local.get 0) (i32.const 100)) (then (return (i32.const 100))))
    (local.get 0))
  ;; A declared local is zero each time.
  (func $zero (param i32) (result i32) (local i32)
    (if (local.get 0) (then (local.set 1 (i32.const 7))))
    (local.get 1))
  ;; Two results, one dropped.
  (func $two (param i32 i32) (result i32 i32) (i32.add (local.get 0) (local.get 1)) (i32.load (local.get 0)))
  ;; Middling: into loops only.
  (func $mix (param i32 i32) (result i32)
    (i32.xor (i32.mul (i32.add (i32.rotl (local.get 0) (i32.const 5)) (local.get 1)) (i32.const 31))
      (i32.sub (i32.shr_u (local.get 1) (i32.const 3)) (i32.or (i32.shl (local.get 0) (i32.const 1))
        (i32.and (i32.popcnt (local.get 1)) (i32.sub (i32.clz (local.get 0)) (i32.ctz (local.get 1))))))))
  ;; Never returns: stays a call.
  (func $fail (param i32) (result i32) (drop (call $f (local.get 0))) (unreachable))
  ;; A tail call needs no stack: it stays one.
  (func $tail (param i32) (result i32) (return_call $f (local.get 0)))
  ;; Recursion is unrolled.
  (func $fib (param i32) (result i32)
    (if (i32.le_u (local.get 0) (i32.const 1)) (then (return (local.get 0))))
    (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))
  (func (export "run") (param i32) (result i32) (local i32)
    (local.set 1 (i32.add (call $get (local.get 0)) (call $clamp (call $zero (local.get 0)))))
    (call $two (local.get 1) (call $mix (local.get 0) (local.get 1)))
    (drop)
    (local.set 1)
    (loop $l
      (local.set 1 (call $mix (local.get 1) (local.get 0)))
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (if (local.get 1) (then (return (call $fail (call $tail (local.get 0))))))
    (call $fib (local.get 1))))
