;; Which instances may be entered while others run: a parent with two children,
;; whose functions it exports, and a function of its own.
(component $P
  (import "hook" (func $hook))
  (component $C
    (import "hook" (func $hook))
    (core func $hook' (canon lower (func $hook)))
    (core module $m
      (import "" "hook" (func $hook))
      (func (export "call") (call $hook))
      (func (export "quiet"))
      (func (export "dtor") (param i32) (call $hook))
      (func (export "one") (result i32) (i32.const 1)))
    (core instance $i (instantiate $m (with "" (instance (export "hook" (func $hook'))))))
    (type $r (resource (rep i32) (dtor (core func $i "dtor"))))
    (core func $new (canon resource.new $r))
    (core module $make
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 5))))
    (core instance $make (instantiate $make (with "" (instance (export "new" (func $new))))))
    (export $r' "r" (type $r))
    (func (export "call") (canon lift (core func $i "call")))
    (func (export "quiet") (canon lift (core func $i "quiet")))
    (func (export "make") (result (own $r')) (canon lift (core func $make "make"))))
  (instance $c1 (instantiate $C (with "hook" (func $hook))))
  (instance $c2 (instantiate $C (with "hook" (func $hook))))
  (core func $hook' (canon lower (func $hook)))
  (core module $m
    (import "" "hook" (func $hook))
    (func (export "call") (call $hook))
    (func (export "quiet")))
  (core instance $i (instantiate $m (with "" (instance (export "hook" (func $hook'))))))
  (func (export "call") (canon lift (core func $i "call")))
  (func (export "quiet") (canon lift (core func $i "quiet")))
  (export "one" (instance $c1))
  (export "two" (instance $c2)))
