;; Generated with --fuel: each stretch of code that runs in one piece is paid for
;; at its beginning.
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
    (func $fib (export "fib") (param i32) (result i32)
      (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
        (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                       (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    ;; A unit more for each byte.
    (func (export "fill") (param i32) (result i32)
      (memory.fill (i32.const 0) (i32.const 7) (local.get 0))
      (i32.load8_u (i32.const 3))))
  (core instance $i (instantiate $m))
  (func (export "gcd") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "gcd")))
  (func (export "fib") (param "n" u32) (result u32) (canon lift (core func $i "fib")))
  (func (export "fill") (param "n" u32) (result u32) (canon lift (core func $i "fill"))))
