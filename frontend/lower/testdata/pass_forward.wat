;; Pass forward: values go where locals stand for them.
(module
  (import "m" "f" (func $f (param i32) (result i32)))
  (memory 1)
  ;; Copies and constants, also into nested statements.
  (func (export "copies") (param i32) (result i32) (local i32 i32 i32)
    (local.set 1 (local.get 0))
    (local.set 2 (i32.const 7))
    (local.set 3 (local.get 1))
    (loop $l
      (i32.store (local.get 3) (local.get 2))
      (br_if $l (i32.load offset=4 (local.get 3))))
    (i32.add (local.get 3) (local.get 2)))
  ;; The source changes before the read.
  (func (export "changes") (param i32) (result i32) (local i32)
    (local.set 1 (local.get 0))
    (local.set 0 (call $f (i32.const 1)))
    (i32.sub (local.get 1) (local.get 0)))
  ;; A computed value and a load, past statements that do not matter.
  (func (export "moves") (param i32 i32) (result i32) (local i32 i32 i32)
    (local.set 2 (i32.add (local.get 0) (local.get 1)))
    (local.set 3 (i32.load (local.get 1)))
    (local.set 4 (i32.load8_u (local.get 0)))
    (i32.store (local.get 2) (i32.xor (local.get 3) (local.get 4)))
    (local.get 0))
  ;; A load does not pass a store or a division, a value does.
  (func (export "stays") (param i32 i32) (result i32 i32) (local i32 i32 i32)
    (local.set 2 (i32.load (local.get 0)))
    (local.set 3 (i32.add (local.get 1) (i32.const 1)))
    (i32.store (local.get 1) (i32.const 1))
    (local.set 4 (i32.load (local.get 1)))
    (if (i32.div_u (local.get 0) (local.get 1)) (then (return (local.get 4) (local.get 0))))
    (i32.add (local.get 2) (i32.const 5)) (local.get 3))
  ;; Read in a loop: computed once.
  (func (export "loop") (param i32 i32) (result i32) (local i32)
    (local.set 2 (i32.mul (local.get 0) (local.get 1)))
    (loop $l
      (local.set 0 (i32.add (local.get 0) (local.get 2)))
      (br_if $l (i32.lt_u (local.get 0) (i32.const 100))))
    (local.get 0))
)
