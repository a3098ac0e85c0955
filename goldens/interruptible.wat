;; Generated with --interruptible: checks where the code turns or recurses.
(component
  (core module $m
    (memory 1)
    (func (export "gcd") (param i32 i32) (result i32)
      (local i32)
      (block $done
        (loop $again
          (br_if $done (i32.eqz (local.get 1)))
          (local.set 2 (i32.rem_u (local.get 0) (local.get 1)))
          (local.set 0 (local.get 1))
          (local.set 1 (local.get 2))
          (br $again)))
      (local.get 0))
    ;; The check is where the loop begins, as jumps back are in many places.
    (func (export "turns") (param $n i32) (result i32) (local $i i32)
      (block $out
        (loop $l
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_table $l $out $l (i32.eq (local.get $i) (local.get $n)))))
      (local.get $i))
    ;; It compares the depth budget with the flag.
    (func $fib (export "fib") (param i32) (result i32)
      (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
        (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                       (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func $forever (export "forever") (result i32) (i32.add (call $forever) (i32.const 1)))
    (func $count (export "tail") (param i32 i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call $count (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 1))))
    ;; No check: it has an end.
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func (export "gcd") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "gcd")))
  (func (export "turns") (param "n" u32) (result u32) (canon lift (core func $i "turns")))
  (func (export "fib") (param "n" u32) (result u32) (canon lift (core func $i "fib")))
  (func (export "forever") (result u32) (canon lift (core func $i "forever")))
  (func (export "tail") (param "n" u32) (param "m" u32) (result u32) (canon lift (core func $i "tail")))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add"))))
