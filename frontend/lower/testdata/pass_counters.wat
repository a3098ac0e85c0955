;; Pass counters: loops that count to a constant.
(module
  (memory 1)
  ;; Counts to zero, as LLVM does it: from 0 now, and the table is an offset.
  (func (export "a") (result i32)
    (local $i i32) (local $p i32) (local $sum i32)
    (local.set $i (i32.const -64))
    (loop $l
      (local.set $p (i32.add (local.get $i) (i32.const 5248)))
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (i32.store offset=8 (local.get $p) (i32.load8_u (i32.add (local.get $i) (i32.const 100))))
      (br_if $l (local.tee $i (i32.add (local.get $i) (i32.const 4)))))
    (i32.add (local.get $sum) (local.get $i)))
  ;; The counter is used as a number: left alone.
  (func (export "b") (result i32)
    (local $i i32) (local $sum i32)
    (local.set $i (i32.const -64))
    (loop $l
      (local.set $sum (i32.xor (local.get $sum) (i32.mul (local.get $i) (i32.load (i32.add (local.get $i) (i32.const 64))))))
      (br_if $l (local.tee $i (i32.add (local.get $i) (i32.const 4)))))
    (local.get $sum))
  ;; The address wraps around on the way: left alone.
  (func (export "c") (result i32)
    (local $i i32) (local $sum i32)
    (local.set $i (i32.const -64))
    (loop $l
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.add (local.get $i) (i32.const 32)))))
      (br_if $l (local.tee $i (i32.add (local.get $i) (i32.const 4)))))
    (local.get $sum))
  ;; Left early, with the counter: left alone.
  (func (export "d") (result i32)
    (local $i i32)
    (local.set $i (i32.const -64))
    (block $out
      (loop $l
        (br_if $out (i32.load (i32.add (local.get $i) (i32.const 64))))
        (br_if $l (local.tee $i (i32.add (local.get $i) (i32.const 4))))))
    (local.get $i))
  ;; Never less than 4, never more than 16: it stays, the table is an offset.
  (func (export "e") (param $want i32) (result i32)
    (local $i i32)
    (local.set $i (i32.const 4))
    (block $out
      (loop $l
        (br_if $out (i32.eq (local.get $i) (i32.const 16)))
        (br_if $out (i32.eq (i32.load (i32.add (local.get $i) (i32.const 5184))) (local.get $want)))
        (local.set $i (i32.add (local.get $i) (i32.const 4)))
        (br $l)))
    (local.get $i)))
