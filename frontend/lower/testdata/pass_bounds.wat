;; Pass bounds: accesses that need no check where memory is checked.
(module
  (import "m" "f" (func $f (param i32)))
  (memory 1)
  (global $g (mut i32) (i32.const 0))
  ;; One check for a group; none for what was checked before.
  (func (export "group") (param $p i32) (result i32) (local $a i32) (local $b i32)
    (local.set $a (i32.load offset=4 (local.get $p)))
    (local.set $b (i32.load offset=8 (local.get $p)))
    (i32.store offset=12 (local.get $p) (i32.add (local.get $a) (local.get $b)))
    ;; The store before can be observed after a trap: a check of its own.
    (i32.store offset=16 (local.get $p) (local.get $a))
    (call $f (i32.const 1))
    (i32.load8_u offset=19 (local.get $p)))
  ;; The same place is read and written.
  (func (export "increment") (param $p i32)
    (i32.store offset=4 (local.get $p) (i32.add (i32.load offset=4 (local.get $p)) (i32.const 1))))
  ;; An address that is assigned is another one.
  (func (export "assigned") (param $p i32) (result i32) (local $a i32)
    (local.set $a (i32.load offset=8 (local.get $p)))
    (local.set $p (i32.add (local.get $p) (i32.const 1)))
    (i32.add (local.get $a) (i32.load (local.get $p))))
  ;; What holds before a branch holds behind it; what is found in it does not.
  (func (export "branches") (param $p i32) (param $q i32) (result i32) (local $a i32)
    (i32.store (local.get $p) (i32.const 1))
    (if (local.get $q)
      (then (i32.store (local.get $q) (i32.load (local.get $p))))
      (else (local.set $a (i32.load16_u offset=2 (local.get $p)))))
    (i32.add (i32.load (local.get $q)) (i32.add (local.get $a) (i32.load (local.get $p)))))
  (func (export "loop") (param $p i32) (param $i i32) (result i32)
    (i32.store (local.get $p) (i32.const 1))
    (loop $l
      (i32.store (local.get $p) (i32.add (i32.load (local.get $p)) (i32.load (local.get $i))))
      (br_if $l (local.tee $i (i32.sub (local.get $i) (i32.const 4)))))
    (i32.load (local.get $p)))
  ;; A trap of another kind must come first.
  (func (export "division") (param $p i32) (param $q i32) (result i32) (local $a i32) (local $b i32)
    (local.set $a (i32.load (local.get $p)))
    (local.set $b (i32.div_u (local.get $a) (local.get $q)))
    (i32.add (local.get $b) (i32.load offset=4 (local.get $p))))
  ;; Addresses that are small.
  (func (export "small") (param $p i32) (result i32)
    (i32.add
      (i32.load offset=100 (i32.shl (i32.and (local.get $p) (i32.const 0xff)) (i32.const 2)))
      (i32.load offset=65000 (i32.shl (i32.and (local.get $p) (i32.const 0xff)) (i32.const 2)))))
)
