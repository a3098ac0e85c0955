;; Pass try: what a try_table holds becomes a function.
(module
  (import "m" "f" (func $f (param i32) (result i32)))
  (tag $e (param i32))
  (func (export "catch") (param i32) (result i32) (local i32)
    (local.set 1 (i32.const 3))
    (block $caught (result i32)
      (try_table (catch $e $caught)
        (local.set 1 (call $f (local.get 0)))
        (if (i32.gt_u (local.get 1) (i32.const 9)) (then (throw $e (local.get 1))))
        (return (local.get 1)))
      (i32.const 2))
    (i32.add (local.get 1))))
