;; Exception handling as it was before try_table. The assembler of tools/wast2json does not know
;; it any more; the modules beside this file's script.json were made with wabt.

(module
  (tag $e (param i32))
  (tag $f)
  (func $throw (param i32)
    (if (i32.eqz (local.get 0)) (then (throw $f)) (else (throw $e (local.get 0)))))
  (func (export "catch") (param $n i32) (result i32) (local $x i32)
    (try (result i32)
      (do
        (local.set $x (i32.const 1))
        (if (i32.ge_s (local.get $n) (i32.const 0)) (then (call $throw (local.get $n))))
        (i32.const 50))
      (catch $e (i32.add (local.get $x)))
      (catch_all (i32.const 1000)))
    (i32.add (i32.const 2)))
  ;; The handler throws on, and an outer one of the same function catches.
  (func (export "rethrow") (param $n i32) (result i32)
    (try $a (result i32)
      (do
        (try $b (result i32)
          (do (call $throw (local.get $n)) (i32.const 0))
          (catch $e
            (drop)
            (try (do (throw $f)) (catch $f (rethrow 1)))
            (i32.const 1))
          (catch $f (i32.const 2))))
      (catch $e (i32.add (i32.const 100)))))
  ;; Past the handler between, to one that is two tries out; and out of the function.
  (func $delegate (export "delegate") (param $n i32) (param $deep i32) (result i32)
    (try $a (result i32)
      (do
        (try $b (result i32)
          (do
            (if (local.get $deep)
              (then (try (do (call $throw (local.get $n))) (delegate 3)))
              (else (try (do (call $throw (local.get $n))) (delegate 2))))
            (i32.const 0))
          (catch_all (i32.const 1))))
      (catch_all (i32.const 2))))
  (func (export "around") (param $n i32) (param $deep i32) (result i32)
    (try (result i32)
      (do (call $delegate (local.get $n) (local.get $deep)))
      (catch $e (i32.add (i32.const 10)))))
  ;; Branches and a return out of bodies and handlers, in a loop.
  (func (export "loop") (param $n i32) (result i32) (local $sum i32)
    (block $out
      (loop $l
        (try
          (do (call $throw (i32.rem_u (local.get $n) (i32.const 3))) (unreachable))
          (catch $e
            (local.set $sum (i32.add (local.get $sum)))
            (br_if $out (i32.eq (local.get $n) (i32.const 10))))
          (catch $f
            (if (i32.eq (local.get $n) (i32.const 3)) (then (return (local.get $sum))))))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $l)))
    (i32.add (local.get $sum) (i32.const 1000))))

(assert_return (invoke "catch" (i32.const -1)) (i32.const 52))
(assert_return (invoke "catch" (i32.const 0)) (i32.const 1002))
(assert_return (invoke "catch" (i32.const 7)) (i32.const 10))
(assert_return (invoke "rethrow" (i32.const 5)) (i32.const 105))
(assert_return (invoke "rethrow" (i32.const 0)) (i32.const 2))
(assert_return (invoke "delegate" (i32.const 5) (i32.const 0)) (i32.const 2))
(assert_exception (invoke "delegate" (i32.const 5) (i32.const 1)))
(assert_return (invoke "around" (i32.const 5) (i32.const 0)) (i32.const 2))
(assert_return (invoke "around" (i32.const 5) (i32.const 1)) (i32.const 15))
(assert_exception (invoke "around" (i32.const 0) (i32.const 1)))
(assert_return (invoke "loop" (i32.const 8)) (i32.const 6))
(assert_return (invoke "loop" (i32.const 14)) (i32.const 1006))
