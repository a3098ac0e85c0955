;; What values cost at the boundary of a component: guests that give back what
;; they get. Each has one place for arguments, so that realloc costs nothing.
(component
  (core module $echo
    (memory (export "memory") 2)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "echo") (param $p i32) (param $n i32) (result i32)
      (i32.store (i32.const 16) (local.get $p))
      (i32.store (i32.const 20) (local.get $n))
      (i32.const 16)))
  (core instance $i (instantiate $echo))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (func (export "echo") (param "s" string) (result string)
    (canon lift (core func $i "echo") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
  (func (export "echo16") (param "s" string) (result string)
    (canon lift (core func $i "echo") (memory (core memory $i "memory")) (realloc (core func $i "realloc")) string-encoding=utf16))

  ;; A component inside takes a list from another one: a fused call.
  (component $taker
    (core module $m
      (memory (export "memory") 20)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
      (func (export "take") (param $p i32) (param $n i32) (result i32)
        (i32.add (i32.load8_u (local.get $p)) (i32.load8_u (i32.add (local.get $p) (i32.sub (local.get $n) (i32.const 1)))))))
    (core instance $i (instantiate $m))
    (func (export "take") (param "l" (list u8)) (result u32)
      (canon lift (core func $i "take") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
  (component $giver
    (import "take" (func $take (param "l" (list u8)) (result u32)))
    (core module $libc
      (memory (export "memory") 20)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
    (core instance $libc (instantiate $libc))
    (core func $take_core (canon lower (func $take) (memory (core memory $libc "memory"))))
    (core module $m
      (import "host" "take" (func $take (param i32 i32) (result i32)))
      (import "libc" "memory" (memory 1))
      ;; gives n times a list of 1 MiB
      (func (export "give") (param $n i32) (result i32) (local $r i32)
        (memory.fill (i32.const 1024) (i32.const 3) (i32.const 1048576))
        (i32.store8 (i32.const 1049599) (i32.const 4))
        (loop $l
          (local.set $r (i32.add (local.get $r) (call $take (i32.const 1024) (i32.const 1048576))))
          (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $r)))
    (core instance $host (export "take" (func $take_core)))
    (core instance $i (instantiate $m (with "host" (instance $host)) (with "libc" (instance $libc))))
    (func (export "give") (param "n" u32) (result u32) (canon lift (core func $i "give"))))
  (instance $t (instantiate $taker))
  (instance $g (instantiate $giver (with "take" (func $t "take"))))
  (export "give" (func $g "give")))
