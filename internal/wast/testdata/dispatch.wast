;; Loops that begin with a br_table over their blocks, as Go's compiler makes them.

(module
  ;; 0: start, 1: loop head, 2: body, 3: end; anything else ends with what is in $acc.
  (func (export "sum") (param $n i32) (param $pc i32) (result i32)
    (local $i i32) (local $acc i32)
    (loop $top
      (block $end (block $b3 (block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 $b3 $end (local.get $pc)))
        ;; 0
        (local.set $acc (i32.const 100))
        (local.set $pc (i32.const 1))
        (br $top))
        ;; 1
        (if (i32.ge_u (local.get $i) (local.get $n))
          (then (local.set $pc (i32.const 3)) (br $top))))
        ;; 2
        (local.set $acc (i32.add (local.get $acc) (local.get $i)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (if (i32.eq (local.get $i) (i32.const 7))
          (then (local.set $pc (i32.const 1000000)) (br $top)))
        (if (i32.eq (local.get $i) (i32.const 5))
          ;; not a constant: to 2 or 3
          (then (local.set $pc (i32.add (i32.const 2) (i32.and (local.get $n) (i32.const 1)))) (br $top)))
        (if (i32.eq (local.get $acc) (i32.const 101))
          ;; the local that is set is another one
          (then (local.set $pc (i32.const 2)) (local.set $acc (i32.const 200)) (br $top)))
        (local.set $pc (i32.const 1))
        (br $top))
        ;; 3
        (local.set $acc (i32.sub (i32.const 0) (local.get $acc)))))
    (local.get $acc))

  ;; Loops in each other, in an if, the inner one with the outer one's labels in its table.
  (func (export "nested") (param $n i32) (result i32)
    (local $p i32) (local $q i32) (local $r i32)
    (if (local.get $n) (then
      (loop $outer
        (block $done (block $c2 (block $c1 (block $c0
          (br_table $c0 $c1 $c2 $done (local.get $p)))
          (local.set $q (i32.const 0))
          (loop $inner
            (block $d1 (block $d0
              (br_table $d0 $d1 $c2 $done (local.get $q)))
              (local.set $r (i32.add (local.get $r) (i32.const 1)))
              (local.set $q (i32.const 1))
              (br $inner))
            (local.set $r (i32.mul (local.get $r) (i32.const 3)))
            (if (i32.gt_u (local.get $r) (local.get $n))
              (then (local.set $q (i32.const 3)) (br $inner)))
            (if (i32.eq (local.get $n) (i32.const 500))
              (then (local.set $q (i32.const 2)) (br $inner)))
            (if (i32.gt_u (local.get $r) (i32.const 1000))
              (then (local.set $p (i32.const 1)) (br $outer)))
            (local.set $q (i32.const 0))
            (br $inner))
          (unreachable))
          (local.set $r (i32.add (local.get $r) (i32.const 5)))
          (local.set $p (i32.const -1))
          (br $outer))
          (local.set $r (i32.add (local.get $r) (i32.const 10000)))))))
    (local.get $r))

  ;; A load whose value the way through the table uses, and the short way too.
  (memory 1)
  (func (export "load") (param $a i32) (result i32)
    (local $v i32) (local $pc i32)
    (loop $top
      (block $b3 (block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 $b3 (local.get $pc)))
        (local.set $v (i32.load (local.get $a)))
        (if (local.get $a)
          (then (local.set $pc (i32.const 2)) (br $top)))
        (local.set $pc (i32.const 1))
        (br $top))
        (return (local.get $v)))
      (return (i32.const 9)))
      (return (i32.const 11)))
    (unreachable)))

(assert_return (invoke "sum" (i32.const 0) (i32.const 0)) (i32.const -100))
(assert_return (invoke "sum" (i32.const 2) (i32.const 0)) (i32.const -202))
(assert_return (invoke "sum" (i32.const 4) (i32.const 0)) (i32.const -205))
(assert_return (invoke "sum" (i32.const 5) (i32.const 0)) (i32.const -209))
(assert_return (invoke "sum" (i32.const 6) (i32.const 0)) (i32.const -214))
(assert_return (invoke "sum" (i32.const 8) (i32.const 0)) (i32.const 220))
(assert_return (invoke "sum" (i32.const 9) (i32.const 0)) (i32.const -209))
(assert_return (invoke "sum" (i32.const 3) (i32.const 1)) (i32.const -3))
(assert_return (invoke "sum" (i32.const 3) (i32.const 2)) (i32.const -3))
(assert_return (invoke "sum" (i32.const 3) (i32.const 3)) (i32.const 0))
(assert_return (invoke "sum" (i32.const 3) (i32.const 4)) (i32.const 0))
(assert_return (invoke "sum" (i32.const 3) (i32.const -1)) (i32.const 0))
(assert_return (invoke "nested" (i32.const 0)) (i32.const 0))
(assert_return (invoke "nested" (i32.const 50)) (i32.const 120))
(assert_return (invoke "nested" (i32.const 100000)) (i32.const 1097))
(assert_return (invoke "nested" (i32.const 500)) (i32.const 10003))
(assert_return (invoke "load" (i32.const 0)) (i32.const 0))
(assert_return (invoke "load" (i32.const 4)) (i32.const 9))
(assert_trap (invoke "load" (i32.const 65533)) "out of bounds memory access")
