;; Pass tables: calls through tables that never change.
(module
  (import "m" "f" (func $import (param i32) (result i32)))
  (type $t (func (param i32) (result i32)))
  (type $u (func (param i64)))
  (type $none (func (param f32)))
  (table $const 8 funcref)
  (table $grows 8 funcref)
  (table $exported (export "table") 8 funcref)
  (elem (table $const) (i32.const 1) func $a $b $a $w $import)
  (elem (table $grows) (i32.const 1) func $a)
  (elem (table $exported) (i32.const 1) func $a)
  (memory 1)
  (func $a (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $b (param i32) (result i32) (i32.load (local.get 0)))
  (func $w (param i64) (i64.store (i32.const 0) (local.get 0)))
  ;; A switch; arguments that are more than a local are evaluated once.
  (func (export "switch") (param i32 i32) (result i32)
    (call_indirect $const (type $t) (i32.load (local.get 1)) (i32.load offset=4 (local.get 0))))
  ;; One function.
  (func (export "one") (param i32 i64) (call_indirect $const (type $u) (local.get 1) (local.get 0)))
  ;; A constant index: a direct call, or one that traps.
  (func (export "direct") (param i32) (result i32 i32)
    (call_indirect $const (type $t) (local.get 0) (i32.const 2))
    (call_indirect $const (type $t) (local.get 0) (i32.const 0)))
  ;; No function has the type: it traps.
  (func (export "none") (param i32) (call_indirect $const (type $none) (f32.const 1) (local.get 0)))
  ;; Tables that change, or that others reach.
  (func (export "changing") (param i32) (result i32 i32)
    (drop (table.grow $grows (ref.null func) (i32.const 1)))
    (call_indirect $grows (type $t) (local.get 0) (local.get 0))
    (call_indirect $exported (type $t) (local.get 0) (local.get 0)))
)
