;; What calls cost: exports that do nothing, a loop around an import, a loop
;; around memory.grow.
(component
  (import "get" (func $get (param "a" u32) (param "b" u32) (result u32)))
  (core func $get_core (canon lower (func $get)))
  (core module $m
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
  (core instance $host (export "get" (func $get_core)))
  (core instance $i (instantiate $m (with "host" (instance $host))))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (func (export "import") (param "n" u32) (result u32) (canon lift (core func $i "import")))
  (func (export "grow") (param "n" u32) (result u32) (canon lift (core func $i "grow"))))
