;; Pass deadsets: locals that are assigned and not read.
(module
  (import "m" "f" (func $f (param i32) (result i32)))
  (memory 1)
  (func (export "sets") (param i32) (result i32) (local i32 i32)
    (local.set 1 (i32.add (local.get 0) (i32.const 1)))
    (local.set 1 (i32.load (local.get 0))) ;; may trap
    (local.set 1 (call $f (local.get 0)))
    (local.set 2 (i32.const 5))
    (if (local.get 0) (then (local.set 2 (i32.const 6))))
    (local.set 2 (i32.const 7))
    (local.get 2))
  (func (export "loop") (param i32) (result i32) (local i32 i32)
    (loop $l
      (local.set 1 (i32.add (local.get 1) (local.get 0))) ;; read in the next round
      (local.set 2 (local.get 1))
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1)))
