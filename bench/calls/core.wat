;; The core module of calls.wat, for engines that have no components.
(module
  (import "host" "get" (func $get (param i32 i32) (result i32)))
  (memory 1)
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "import") (param $n i32) (result i32) (local $r i32)
    (loop $l
      (local.set $r (call $get (local.get $r) (local.get $n)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $r))
  (func (export "grow") (param $n i32) (result i32) (local $r i32)
    (loop $l
      (local.set $r (memory.grow (i32.const 1)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $r)))
