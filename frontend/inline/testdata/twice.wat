;; A component that defines a resource, instantiated twice: two resources, two
;; component instances, one module. $user calls both through fused adapters.
(component $root
  (component $counter
    (core module $M
      (func (export "dtor") (param i32))
      (func (export "get") (param i32) (result i32) local.get 0)
    )
    (core instance $m (instantiate $M))
    (type $c' (resource (rep i32) (dtor (core func $m "dtor"))))
    (export $c "counter" (type $c'))
    (core func $new (canon resource.new $c))
    (core module $N
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) i32.const 1 call $new)
    )
    (core instance $n (instantiate $N (with "" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $c)) (canon lift (core func $n "make")))
    (func (export "get") (param "self" (borrow $c)) (result u32) (canon lift (core func $m "get")))
  )
  (instance $a (instantiate $counter))
  (instance $b (instantiate $counter))
  (component $user
    (import "a" (instance $a
      (export "counter" (type $c (sub resource)))
      (export "make" (func (result (own $c))))))
    (import "b" (instance $b
      (export "counter" (type $c (sub resource)))
      (export "make" (func (result (own $c))))))
    (alias export $a "counter" (type $ca))
    (alias export $b "counter" (type $cb))
    (core func $makea (canon lower (func $a "make")))
    (core func $makeb (canon lower (func $b "make")))
    (core func $makea2 (canon lower (func $a "make")))
    (core func $dropa (canon resource.drop $ca))
    (core func $dropb (canon resource.drop $cb))
    (core module $M
      (import "a" "make" (func $makea (result i32)))
      (import "a" "drop" (func $dropa (param i32)))
      (import "b" "make" (func $makeb (result i32)))
      (import "b" "drop" (func $dropb (param i32)))
      (import "c" "make" (func (result i32)))
      (func (export "run") call $makea call $dropa call $makeb call $dropb)
    )
    (core instance $m (instantiate $M
      (with "a" (instance (export "make" (func $makea)) (export "drop" (func $dropa))))
      (with "b" (instance (export "make" (func $makeb)) (export "drop" (func $dropb))))
      (with "c" (instance (export "make" (func $makea2))))))
    (func (export "run") (canon lift (core func $m "run")))
  )
  (instance $u (instantiate $user (with "a" (instance $a)) (with "b" (instance $b))))
  (export "run" (func $u "run"))
  (export "one" (instance $a))
)
