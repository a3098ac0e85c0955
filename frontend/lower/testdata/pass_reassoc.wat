;; Pass reassoc: what is ready first is combined first.
(module
  (memory 1)
  ;; The deep operand comes last, constants outermost.
  (func (export "sum") (param i32 i32 i32) (result i32)
    (i32.add (i32.add (i32.add (i32.add
      (i32.mul (i32.mul (local.get 0) (local.get 1)) (local.get 1)) (i32.const 5))
      (local.get 1)) (i32.load (local.get 2))) (local.get 2)))
  ;; The value of the round before comes last.
  (func (export "loop") (param i32 i32) (result i32) (local i32)
    (loop $l
      (local.set 2 (i32.xor (i32.xor (i32.xor (local.get 2) (i32.load8_u (local.get 0))) (local.get 0)) (i32.shl (local.get 1) (i32.const 3))))
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 2))
  ;; Time counts through locals.
  (func (export "local") (param i64 i64) (result i64) (local i64)
    (local.set 2 (i64.mul (local.get 0) (local.get 1)))
    (i64.add (i64.add (i64.add (local.get 2) (local.get 1)) (local.get 0)) (i64.add (local.get 1) (local.get 2))))
  ;; Floats stay.
  (func (export "float") (param f64 f64) (result f64)
    (f64.add (f64.add (f64.sqrt (local.get 0)) (local.get 1)) (local.get 0))))
