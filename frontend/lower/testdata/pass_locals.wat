;; Pass locals: temporaries that other passes left behind.
(module
  (import "m" "f" (func $f (param i32 i32)))
  (memory 1)
  (func $both (param i32 i32) (result i32)
    (call $f (local.get 0) (local.get 1))
    (i32.add (local.get 0) (i32.const 1)))
  (func (export "run") (param i32) (result i32) (local i32)
    (drop (call $both (i32.const 1) (i32.const 2)))
    (call $both (local.get 0) (i32.const 4))))
