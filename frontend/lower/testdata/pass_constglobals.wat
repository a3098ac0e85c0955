;; Pass constglobals: globals that never change.
(module
  (global $c i32 (i32.const 7))
  (global $never-set (mut i64) (i64.const -5))
  (global $set (mut i32) (i32.const 1))
  (global $exported (mut i32) (i32.const 2))
  (global $exported-const f64 (f64.const 0x1.8p3))
  (global $computed i32 (i32.add (i32.const 1) (i32.const 2)))
  (export "e" (global $exported))
  (export "ec" (global $exported-const))
  (func (export "run") (result i32 i64 i32 i32 f64 i32)
    (global.set $set (i32.add (global.get $set) (global.get $c)))
    (global.get $c) (global.get $never-set) (global.get $set) (global.get $exported) (global.get $exported-const) (global.get $computed)))
