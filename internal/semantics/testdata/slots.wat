;; A realloc is a call of its own: its context slots begin at zero, and what it sets is gone
;; when the caller goes on.
(component
  (import "text" (func $text (result string)))
  (core func $get (canon context.get i32 0))
  (core func $set (canon context.set i32 0))
  (core module $libc
    (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))
    (memory (export "memory") 1)
    (global $seen (mut i32) (i32.const -1))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $seen (call $get))
      (call $set (i32.const 9))
      (i32.const 1024))
    (func (export "seen") (result i32) (global.get $seen)))
  (core instance $libc (instantiate $libc (with "" (instance (export "get" (func $get)) (export "set" (func $set))))))
  (core func $lowered (canon lower (func $text) (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (core module $m
    (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))
    (import "" "text" (func $text (param i32)))
    (import "libc" "seen" (func $seen (result i32)))
    ;; what the realloc has seen, and 100 times what is in the slot afterwards
    (func (export "run") (result i32)
      (call $set (i32.const 7))
      (call $text (i32.const 16))
      (i32.add (i32.mul (call $get) (i32.const 100)) (call $seen))))
  (core instance $i (instantiate $m
    (with "" (instance (export "get" (func $get)) (export "set" (func $set)) (export "text" (func $lowered))))
    (with "libc" (instance $libc))))
  (func (export "run") (result u32) (canon lift (core func $i "run"))))
