;;! custom_descriptors = true

;; The custom-descriptors proposal: order of traps, packed fields, chains, a
;; supertype without a descriptor, functions.

(module
  (rec
    (type $a (sub (descriptor $b) (struct (field i8) (field (mut (ref null any))))))
    (type $b (sub (describes $a) (descriptor $c) (struct (field i16))))
    (type $c (sub (describes $b) (struct (field i64) (field f32)))))
  (type $super (sub (struct (field i32))))
  (rec
    (type $sub (sub $super (descriptor $sub.desc) (struct (field i32) (field i64))))
    (type $sub.desc (describes $sub) (struct)))

  (func $a (param i32 i32) (result (ref (exact $a)))
    (struct.new_desc $a (local.get 0) (ref.i31 (local.get 0))
      (struct.new_desc $b (local.get 1)
        (struct.new $c (i64.const 7) (f32.const 1.5)))))

  (func (export "fields") (param i32 i32) (result i32 i32 i64 f32)
    (local $a (ref $a))
    (local.set $a (call $a (local.get 0) (local.get 1)))
    (struct.get_s $a 0 (local.get $a))
    (struct.get_u $b 0 (ref.get_desc $a (local.get $a)))
    (struct.get $c 0 (ref.get_desc $b (ref.get_desc $a (local.get $a))))
    (struct.get $c 1 (ref.get_desc $b (ref.get_desc $a (local.get $a)))))

  ;; a trap of a field comes before that of the descriptor
  (func (export "order") (result anyref)
    (struct.new_desc $a (i32.const 0)
      (ref.cast (ref i31) (struct.new $super (i32.const 1)))
      (ref.null none)))
  (func (export "order2") (result anyref)
    (struct.new_desc $a (i32.div_u (i32.const 1) (i32.const 0)) (ref.null none) (ref.null none)))
  (func (export "null") (result anyref)
    (struct.new_desc $a (i32.const 0) (ref.null none) (ref.null none)))
  (func (export "default-null") (result anyref) (struct.new_default_desc $a (ref.null none)))
  (func (export "default") (result i32)
    (struct.get_s $a 0 (struct.new_default_desc $a (struct.new_default_desc $b (struct.new_default $c)))))

  ;; a subtype whose supertype has no descriptor
  (global $d (ref (exact $sub.desc)) (struct.new $sub.desc))
  (func $sub (param i32) (result (ref $super))
    (struct.new_desc $sub (local.get 0) (i64.const 9) (global.get $d)))
  (func (export "sub") (param i32) (result i32)
    (struct.get $super 0 (call $sub (local.get 0))))
  (func (export "is") (param i32) (result i32)
    (local $x anyref)
    (local.set $x (select (result anyref) (call $sub (i32.const 3)) (struct.new $super (i32.const 3)) (local.get 0)))
    (i32.add (ref.test (ref $super) (local.get $x))
    (i32.add (i32.shl (ref.test (ref (exact $super)) (local.get $x)) (i32.const 1))
    (i32.add (i32.shl (ref.test (ref $sub) (local.get $x)) (i32.const 2))
    (i32.add (i32.shl (ref.test (ref (exact $sub)) (local.get $x)) (i32.const 3))
             (i32.shl (ref.test structref (local.get $x)) (i32.const 4)))))))
  (func (export "cast") (result i64)
    (struct.get $sub 1 (ref.cast_desc_eq (ref $sub) (call $sub (i32.const 3)) (global.get $d))))
  (func (export "cast-other") (result i64)
    (struct.get $sub 1 (ref.cast_desc_eq (ref $sub) (call $sub (i32.const 3)) (struct.new $sub.desc))))

  ;; the descriptor is evaluated once, whatever the branch
  (global $count (mut i32) (i32.const 0))
  (func $desc (param (ref null $sub.desc)) (result (ref null $sub.desc))
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (local.get 0))
  (func (export "branch") (param i32) (result i32)
    (drop
      (block $l (result (ref null $sub))
        (drop (br_on_cast_desc_eq $l anyref (ref null $sub)
          (call $sub (i32.const 3))
          (call $desc (select (result (ref null $sub.desc)) (global.get $d) (struct.new $sub.desc) (local.get 0)))))
        (return (global.get $count))))
    (i32.add (i32.const 100) (global.get $count)))
  (func (export "branch-fail") (param i32) (result i32)
    (drop
      (block $l (result anyref)
        (drop (br_on_cast_desc_eq_fail $l anyref (ref $sub)
          (call $sub (i32.const 3))
          (call $desc (select (result (ref null $sub.desc)) (global.get $d) (struct.new $sub.desc) (local.get 0)))))
        (return (global.get $count))))
    (i32.add (i32.const 100) (global.get $count)))
  (func (export "branch-null") (result i32)
    (drop
      (block $l (result anyref)
        (drop (br_on_cast_desc_eq_fail $l anyref (ref $sub) (call $sub (i32.const 3)) (ref.null none)))
        (return (i32.const 1))))
    (i32.const 2)))

(assert_return (invoke "fields" (i32.const 0x1ff) (i32.const 0x1ffff)) (i32.const -1) (i32.const 0xffff) (i64.const 7) (f32.const 1.5))
(assert_trap (invoke "order") "cast failure")
(assert_trap (invoke "order2") "integer divide by zero")
(assert_trap (invoke "null") "null descriptor reference")
(assert_trap (invoke "default-null") "null descriptor reference")
(assert_return (invoke "default") (i32.const 0))
(assert_return (invoke "sub" (i32.const 5)) (i32.const 5))
(assert_return (invoke "is" (i32.const 1)) (i32.const 29))
(assert_return (invoke "is" (i32.const 0)) (i32.const 19))
(assert_return (invoke "cast") (i64.const 9))
(assert_trap (invoke "cast-other") "descriptor cast failure")
(assert_return (invoke "branch" (i32.const 1)) (i32.const 101))
(assert_return (invoke "branch" (i32.const 0)) (i32.const 2))
(assert_return (invoke "branch-fail" (i32.const 1)) (i32.const 3))
(assert_return (invoke "branch-fail" (i32.const 0)) (i32.const 104))
(assert_trap (invoke "branch-null") "null descriptor reference")

;; globals and tables match only if both are exact or neither is
(module $m
  (type $t (sub (struct)))
  (global (export "exact") (ref (exact $t)) (struct.new $t))
  (global (export "sub") (ref $t) (struct.new $t))
  (table (export "table") 1 1 (ref null (exact $t))))
(register "m" $m)
(module
  (type $t (sub (struct)))
  (import "m" "exact" (global (ref (exact $t))))
  (import "m" "exact" (global (ref $t)))
  (import "m" "table" (table 1 (ref null (exact $t)))))
(assert_unlinkable
  (module
    (type $t (sub (struct)))
    (import "m" "sub" (global (ref (exact $t)))))
  "incompatible import type")
(assert_unlinkable
  (module
    (type $t (sub (struct)))
    (import "m" "table" (table 1 (ref null $t))))
  "incompatible import type")
