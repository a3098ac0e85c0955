;; Loops that count to a constant, whose accesses pass "counters" rewrites, or must not.

(module
  (memory 1)
  (data (i32.const 5184) "\01\00\00\00\02\00\00\00\03\00\00\00\04\00\00\00")
  (func (export "sum") (result i32 i32)
    (local $i i32) (local $p i32) (local $sum i32)
    (local.set $i (i32.const -16))
    (loop $l
      (local.set $p (i32.add (local.get $i) (i32.const 5200)))
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 10)) (i32.load (local.get $p))))
      (i32.store offset=1000 (local.get $p) (local.get $p))
      (br_if $l (local.tee $i (i32.add (local.get $i) (i32.const 4)))))
    (local.get $sum)
    (i32.add (i32.load (i32.const 6196)) (local.get $i)))
  ;; Reads behind the increment, and of the sum of the round before.
  (func (export "behind") (result i32)
    (local $i i32) (local $p i32) (local $sum i32)
    (local.set $i (i32.const -12))
    (local.set $p (i32.const 5184))
    (loop $l
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 10)) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $i) (i32.const 5196)))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 10)) (i32.load (i32.add (local.get $i) (i32.const 5196)))))
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 10)) (i32.load (local.get $p))))
      (br_if $l (local.get $i)))
    (local.get $sum))
  ;; The sum wraps around: the address is small, not beyond 2^32.
  (func (export "wraps") (result i32)
    (local $i i32) (local $sum i32)
    (i32.store (i32.const 0) (i32.const 7))
    (i32.store (i32.const 4) (i32.const 8))
    (local.set $i (i32.const 4294967288))
    (loop $l
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 10)) (i32.load (i32.add (local.get $i) (i32.const 8)))))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br_if $l (i32.ne (local.get $i) (i32.const 0))))
    (local.get $sum))
  (func (export "wraps half way") (result i32)
    (local $i i32) (local $sum i32)
    (local.set $i (i32.const -8))
    (loop $l
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.add (local.get $i) (i32.const 4)))))
      (br_if $l (local.tee $i (i32.add (local.get $i) (i32.const 4)))))
    (local.get $sum))
  ;; The last round is out of bounds.
  (func (export "beyond") (param $n i32) (result i32)
    (local $i i32) (local $sum i32)
    (local.set $i (i32.const -16))
    (loop $l
      (i32.store (i32.const 0) (local.get $i))
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.add (local.get $i) (i32.const 65544)))))
      (br_if $l (local.tee $i (i32.add (local.get $i) (i32.const 4)))))
    (local.get $sum))
  (func (export "word") (result i32) (i32.load (i32.const 0)))
  ;; Nested loops that share locals, and a loop whose counter begins at zero and is a number too.
  (func (export "nested") (result i32 i32 i32)
    (local $i i32) (local $j i32) (local $sum i32)
    (local.set $i (i32.const -8))
    (loop $l
      (local.set $j (i32.const 0))
      (loop $k
        (local.set $sum (i32.add (i32.add (local.get $sum) (local.get $j))
          (i32.mul (i32.load (i32.add (local.get $i) (i32.const 5192))) (i32.load (i32.add (local.get $j) (i32.const 5184))))))
        (br_if $k (i32.ne (local.tee $j (i32.add (local.get $j) (i32.const 4))) (i32.const 16))))
      (br_if $l (local.tee $i (i32.add (local.get $i) (i32.const 4)))))
    (local.get $sum) (local.get $i) (local.get $j))
  ;; Not a multiple of the step: goes on until the memory ends.
  (func (export "misses")
    (local $i i32)
    (local.set $i (i32.const -6))
    (loop $l
      (drop (i32.load (i32.add (local.get $i) (i32.const 5184))))
      (br_if $l (local.tee $i (i32.add (local.get $i) (i32.const 4))))))
  ;; The test comes before the addition; left early too.
  (func (export "while") (param $want i32) (result i32 i32)
    (local $i i32) (local $sum i32)
    (local.set $i (i32.const 4))
    (block $out
      (loop $l
        (br_if $out (i32.eq (local.get $i) (i32.const 16)))
        (br_if $out (i32.eq (i32.load (i32.add (local.get $i) (i32.const 5184))) (local.get $want)))
        (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 10)) (i32.load (i32.add (local.get $i) (i32.const 5180)))))
        (local.set $i (i32.add (local.get $i) (i32.const 4)))
        (i32.store offset=2000 (i32.add (local.get $i) (i32.const 5184)) (local.get $i))
        (br $l)))
    (local.get $sum)
    (i32.add (local.get $i) (i32.load (i32.const 7192))))
  ;; The sum wraps around and is in bounds; with an offset the access would be beyond 2^32.
  (func (export "while wraps") (result i32)
    (local $i i32) (local $sum i32)
    (local.set $i (i32.const 4096))
    (block $out
      (loop $l
        (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 10)) (i32.load (i32.add (local.get $i) (i32.const 1088)))))
        (local.set $sum (i32.sub (local.get $sum) (i32.load (i32.add (local.get $i) (i32.const -3000)))))
        (br_if $out (i32.eq (local.get $i) (i32.const 4108)))
        (local.set $i (i32.add (local.get $i) (i32.const 4)))
        (br $l)))
    (local.get $sum))
  ;; The test is jumped over: the counter goes on.
  (func (export "over") (param $n i32) (result i32)
    (local $i i32) (local $sum i32)
    (block $out
      (loop $l
        (block $skip
          (br_if $skip (i32.eqz (local.get $n)))
          (br_if $out (i32.eq (local.get $i) (i32.const 16))))
        (local.set $sum (i32.add (local.get $sum) (i32.load (i32.add (local.get $i) (i32.const 5184)))))
        (local.set $i (i32.add (local.get $i) (i32.const 4)))
        (br $l)))
    (local.get $sum))
  ;; What is stored is there already.
  (func (export "store8 loaded") (param $a i32) (i32.store8 (local.get $a) (i32.load8_u (local.get $a))))
  (func (export "store loaded") (param $a i32) (i32.store offset=4 (local.get $a) (i32.load offset=4 (local.get $a))))
  ;; The constant takes the start back: the address is what has been counted.
  (func (export "back") (result i32)
    (local $i i32)
    (local.set $i (i32.const -8))
    (loop $l
      (i32.store offset=3000 (i32.add (local.get $i) (i32.const 8)) (i32.load (i32.add (local.get $i) (i32.const 5192))))
      (br_if $l (local.tee $i (i32.add (local.get $i) (i32.const 4)))))
    (i32.add (i32.mul (i32.load (i32.const 3000)) (i32.const 10)) (i32.load (i32.const 3004)))))

(assert_return (invoke "sum") (i32.const 1234) (i32.const 5196))
(assert_return (invoke "behind") (i32.const 121132243))
(assert_return (invoke "wraps") (i32.const 78))
(assert_trap (invoke "wraps half way") "out of bounds memory access")
(assert_trap (invoke "beyond" (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "word") (i32.const -8))
(assert_return (invoke "nested") (i32.const 78) (i32.const 0) (i32.const 16))
(assert_trap (invoke "misses") "out of bounds memory access")
(assert_return (invoke "while" (i32.const 9)) (i32.const 123) (i32.const 24))
(assert_return (invoke "while" (i32.const 3)) (i32.const 1) (i32.const 16))
(assert_return (invoke "while" (i32.const 2)) (i32.const 0) (i32.const 12))
(assert_return (invoke "while wraps") (i32.const 1234))
(assert_return (invoke "over" (i32.const 1)) (i32.const 10))
(assert_trap (invoke "over" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "store8 loaded" (i32.const 65536)) "out of bounds memory access")
(assert_return (invoke "store8 loaded" (i32.const 65535)))
(assert_trap (invoke "store loaded" (i32.const 65529)) "out of bounds memory access")
(assert_return (invoke "store loaded" (i32.const 65528)))
(assert_return (invoke "back") (i32.const 12))
