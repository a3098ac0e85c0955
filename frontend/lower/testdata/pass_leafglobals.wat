;; Pass leafglobals: the stack pointer in functions that call nothing.
(module
  (memory 1)
  (global $sp (mut i32) (i32.const 65536))
  (global $n (mut i64) (i64.const 0))
  ;; Puts back what it found.
  (func (export "frame") (param i32) (result i32) (local i32)
    (global.set $sp (local.tee 1 (i32.sub (global.get $sp) (i32.const 16))))
    (i32.store offset=4 (local.get 1) (local.get 0))
    (if (i32.load offset=8 (local.get 1)) (then
      (global.set $sp (i32.add (local.get 1) (i32.const 16)))
      (return (i32.const 1))))
    (local.set 0 (i32.load offset=4 (local.get 1)))
    (global.set $sp (i32.add (local.get 1) (i32.const 16)))
    (local.get 0))
  ;; One exit does not: it is kept in a local.
  (func (export "leak") (param i32) (result i32) (local i32)
    (global.set $sp (local.tee 1 (i32.sub (global.get $sp) (i32.const 16))))
    (if (local.get 0) (then (return (local.get 1))))
    (global.set $sp (i32.add (local.get 1) (i32.const 16)))
    (local.get 0))
  ;; A counter in a loop.
  (func (export "count") (param i32)
    (loop $l
      (global.set $n (i64.add (global.get $n) (i64.const 1)))
      (if (i64.eqz (i64.rem_u (global.get $n) (i64.const 7))) (then (global.set $n (i64.const 0))))
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  ;; Calls: what is called may look.
  (func (export "calls") (local i32)
    (global.set $sp (local.tee 0 (i32.sub (global.get $sp) (i32.const 16))))
    (call 5)
    (global.set $sp (i32.add (local.get 0) (i32.const 16))))
  (func (export "sp") (result i32) (global.get $sp))
  (func (export "loop") (loop $l (br $l)))
)
