;; The core module simple-module of the instance "host" of Wasmtime's test harness.
(module
  (global (export "g") i32 (i32.const 100))
  (func (export "f") (result i32) (i32.const 101)))
