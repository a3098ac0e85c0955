;; A component without imports: functions to call, a function name that two
;; interfaces have, a trap two calls deep, and wasi:cli/run.
(component
  (core module $m
    (func $inner unreachable)
    (func $outer call $inner)
    (func (export "run") (result i32) i32.const 0)
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "sub") (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1)))
    (func (export "boom") call $outer))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (func $add (param "x" u32) (param "y" u32) (result u32) (canon lift (core func $i "add")))
  (func $sub (param "x" u32) (param "y" u32) (result u32) (canon lift (core func $i "sub")))
  (func $boom (canon lift (core func $i "boom")))
  (instance $runs (export "run" (func $run)))
  (instance $one (export "calc" (func $add)))
  (instance $two (export "calc" (func $sub)))
  (export "wasi:cli/run@0.2.0" (instance $runs))
  (export "test:calc/plus@1.0.0" (instance $one))
  (export "test:calc/minus@1.0.0" (instance $two))
  (export "add" (func $add))
  (export "boom" (func $boom)))
