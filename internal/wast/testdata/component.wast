;; Components: instances and their stores, values, Wasmtime's host, links.

(component $counter
  (core module $m
    (global $n (mut i32) (i32.const 0))
    (func (export "bump") (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (global.get $n))
    (func (export "trap") unreachable))
  (core instance $i (instantiate $m))
  (func (export "bump") (result u32) (canon lift (core func $i "bump")))
  (func (export "trap") (canon lift (core func $i "trap"))))
(assert_return (invoke "bump") (u32.const 1))
(assert_return (invoke "bump") (u32.const 2))

;; each instance has its own store: a trap ends one of them
(component definition $d
  (core module $m
    (global $n (mut i32) (i32.const 0))
    (func (export "bump") (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (global.get $n))
    (func (export "trap") unreachable))
  (core instance $i (instantiate $m))
  (func (export "bump") (result u32) (canon lift (core func $i "bump")))
  (func (export "trap") (canon lift (core func $i "trap"))))
(component instance $a $d)
(assert_return (invoke "bump") (u32.const 1))
(component instance $b $d)
(assert_return (invoke "bump") (u32.const 1))
(assert_return (invoke $a "bump") (u32.const 2))
(assert_trap (invoke $a "trap") "wasm `unreachable` instruction executed")
(assert_trap (invoke $a "bump") "cannot enter component instance")
(assert_return (invoke $b "bump") (u32.const 2))
(assert_return (invoke $counter "bump") (u32.const 3))

;; the host
(component
  (import "host-return-two" (func $two (result u32)))
  (import "host" (instance $host
    (export "return-three" (func (result u32)))
    (export "nested" (instance
      (export "return-four" (func (result u32)))))
    (export "return-hi" (func (result string)))))
  (alias export $host "return-three" (func $three))
  (alias export $host "nested" (instance $nested))
  (alias export $nested "return-four" (func $four))
  (alias export $host "return-hi" (func $hi))
  (core module $libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 100)))
  (core instance $libc (instantiate $libc))
  (core func $two (canon lower (func $two)))
  (core func $three (canon lower (func $three)))
  (core func $four (canon lower (func $four)))
  (core func $hi (canon lower (func $hi) (memory $libc "memory") (realloc (func $libc "realloc"))))
  (core module $m
    (import "" "two" (func $two (result i32)))
    (import "" "three" (func $three (result i32)))
    (import "" "four" (func $four (result i32)))
    (import "" "hi" (func $hi (param i32)))
    (import "libc" "memory" (memory 1))
    (func (export "sum") (result i32)
      (i32.add (call $two) (i32.add (call $three) (call $four))))
    (func (export "hi") (result i32) (call $hi (i32.const 8)) (i32.const 8)))
  (core instance $i (instantiate $m
    (with "libc" (instance $libc))
    (with "" (instance
      (export "two" (func $two)) (export "three" (func $three)) (export "four" (func $four)) (export "hi" (func $hi))))))
  (func (export "sum") (result u32) (canon lift (core func $i "sum")))
  (func (export "hi") (result string) (canon lift (core func $i "hi") (memory $libc "memory"))))
(assert_return (invoke "sum") (u32.const 9))
(assert_return (invoke "hi") (str.const "hi"))

;; resources of the host
(component
  (import "host" (instance $host
    (export "resource1" (type $r (sub resource)))
    (export "resource1-again" (type (eq $r)))
    (export "resource2" (type (sub resource)))
    (export "[constructor]resource1" (func (param "r" u32) (result (own $r))))
    (export "[static]resource1.assert" (func (param "r" (own $r)) (param "rep" u32)))
    (export "[static]resource1.last-drop" (func (result u32)))
    (export "[static]resource1.drops" (func (result u32)))
    (export "[method]resource1.simple" (func (param "self" (borrow $r)) (param "rep" u32)))
    (export "[method]resource1.take-borrow" (func (param "self" (borrow $r)) (param "b" (borrow $r))))
    (export "[method]resource1.take-own" (func (param "self" (borrow $r)) (param "b" (own $r))))))
  (alias export $host "resource1" (type $r))
  (core func $drop (canon resource.drop $r))
  (core func $new (canon lower (func $host "[constructor]resource1")))
  (core func $assert (canon lower (func $host "[static]resource1.assert")))
  (core func $last (canon lower (func $host "[static]resource1.last-drop")))
  (core func $drops (canon lower (func $host "[static]resource1.drops")))
  (core func $simple (canon lower (func $host "[method]resource1.simple")))
  (core func $take-borrow (canon lower (func $host "[method]resource1.take-borrow")))
  (core func $take-own (canon lower (func $host "[method]resource1.take-own")))
  (core module $m
    (import "" "drop" (func $drop (param i32)))
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "assert" (func $assert (param i32 i32)))
    (import "" "last" (func $last (result i32)))
    (import "" "drops" (func $drops (result i32)))
    (import "" "simple" (func $simple (param i32 i32)))
    (import "" "take-borrow" (func $take-borrow (param i32 i32)))
    (import "" "take-own" (func $take-own (param i32 i32)))
    (func $eq (param i32 i32) (if (i32.ne (local.get 0) (local.get 1)) (then unreachable)))
    (func (export "run")
      (local $a i32) (local $b i32)
      (local.set $a (call $new (i32.const 100)))
      (local.set $b (call $new (i32.const 200)))
      (call $eq (local.get $a) (i32.const 1))
      (call $eq (local.get $b) (i32.const 2))
      (call $simple (local.get $a) (i32.const 100))
      (call $take-borrow (local.get $a) (local.get $b))
      (call $take-borrow (local.get $a) (local.get $a))
      (call $eq (call $drops) (i32.const 0))
      (call $drop (local.get $a))
      (call $eq (call $drops) (i32.const 1))
      (call $eq (call $last) (i32.const 100))
      (call $assert (local.get $b) (i32.const 200))
      ;; given away, so there is nothing that this component dropped
      (call $eq (call $drops) (i32.const 1))
      (local.set $a (call $new (i32.const 300)))
      (call $eq (local.get $a) (i32.const 2))
      (local.set $b (call $new (i32.const 400)))
      (call $take-own (local.get $a) (local.get $b))
      (call $drop (local.get $a))
      (call $eq (call $drops) (i32.const 2))
      (call $eq (call $last) (i32.const 300)))
    (func (export "wrong") (call $simple (call $new (i32.const 1)) (i32.const 2))))
  (core instance $i (instantiate $m (with "" (instance
    (export "drop" (func $drop)) (export "new" (func $new)) (export "assert" (func $assert)) (export "last" (func $last))
    (export "drops" (func $drops)) (export "simple" (func $simple)) (export "take-borrow" (func $take-borrow))
    (export "take-own" (func $take-own))))))
  (func (export "run") (canon lift (core func $i "run")))
  (func (export "wrong") (canon lift (core func $i "wrong"))))
(assert_return (invoke "run"))
(assert_trap (invoke "wrong") "resource1 has the representation 1, not 2")

;; core modules: of the host, and of other instances
(component $exporter
  (core module (export "m")
    (global (export "g") i32 (i32.const 7)))
  (type $r (resource (rep i32)))
  (export "r" (type $r)))
(component
  (import "host" (instance $host
    (export "simple-module" (core module
      (export "g" (global i32))
      (export "f" (func (result i32)))))))
  (import "exporter" (instance $exporter
    (export "m" (core module (export "g" (global i32))))
    (export "r" (type (sub resource)))))
  (core instance $s (instantiate (module $host "simple-module")))
  (core instance $e (instantiate (module $exporter "m")))
  (core module $m
    (import "s" "g" (global $g i32))
    (import "s" "f" (func $f (result i32)))
    (import "e" "g" (global $e i32))
    (func (export "sum") (result i32) (i32.add (global.get $e) (i32.add (global.get $g) (call $f)))))
  (core instance $i (instantiate $m (with "s" (instance $s)) (with "e" (instance $e))))
  (func (export "sum") (result u32) (canon lift (core func $i "sum"))))
(assert_return (invoke "sum") (u32.const 208))

(component
  (import "wasmtime" (instance $w
    (export "set-max-table-capacity" (func (param "n" u32)))
    (export "gc" (func))))
  (core func $set (canon lower (func $w "set-max-table-capacity")))
  (core func $gc (canon lower (func $w "gc")))
  (core module $m
    (import "" "set" (func $set (param i32)))
    (import "" "gc" (func $gc))
    (func (export "f") (call $set (i32.const 100)) (call $gc)))
  (core instance $i (instantiate $m (with "" (instance (export "set" (func $set)) (export "gc" (func $gc))))))
  (func (export "f") (canon lift (core func $i "f"))))
(assert_return (invoke "f"))

;; functions of asynchronous type
(component
  (import "host-echo-u32" (func $echo async (param "x" u32) (result u32)))
  (import "host" (instance $host
    (export "return-two-slowly" (func async (result s32)))
    (export "echo-slowly" (func async (param "x" u32) (result u32)))
    (export "never-return" (func async))))
  (core module $libc (memory (export "memory") 1))
  (core instance $libc (instantiate $libc))
  (core func $echo' (canon lower (func $echo) async (memory (core memory $libc "memory"))))
  (core func $two (canon lower (func $host "return-two-slowly")))
  (core func $slowly (canon lower (func $host "echo-slowly")))
  (core func $never (canon lower (func $host "never-return")))
  (core func $return (canon task.return (result u32)))
  (core module $m
    (import "libc" "memory" (memory 1))
    (import "" "echo" (func $echo (param i32 i32) (result i32)))
    (import "" "two" (func $two (result i32)))
    (import "" "slowly" (func $slowly (param i32) (result i32)))
    (import "" "never" (func $never))
    (import "" "return" (func $return (param i32)))
    (func (export "echo") (result i32)
      (if (i32.ne (call $echo (i32.const 42) (i32.const 8)) (i32.const 2 (; RETURNED ;))) (then unreachable))
      (i32.load (i32.const 8)))
    (func (export "slowly")
      (call $return (i32.add (call $two) (call $slowly (i32.const 40)))))
    (func (export "blocked") (call $never)))
  (core instance $i (instantiate $m
    (with "libc" (instance $libc))
    (with "" (instance
      (export "echo" (func $echo')) (export "two" (func $two)) (export "slowly" (func $slowly)) (export "never" (func $never))
      (export "return" (func $return))))))
  (func (export "echo") (result u32) (canon lift (core func $i "echo")))
  (func (export "slowly") async (result u32) (canon lift (core func $i "slowly") async))
  (func (export "blocked") (canon lift (core func $i "blocked"))))
(assert_return (invoke "echo") (u32.const 42))
(assert_return (invoke "slowly") (u32.const 42))
(assert_trap (invoke "blocked") "cannot block a synchronous task before returning")

;; what cannot be linked
(assert_unlinkable
  (component (import "nothing" (func)))
  "component imports function `nothing`, but a matching implementation was not found in the linker")
(assert_unlinkable
  (component (import "host-return-two" (instance)))
  "expected instance found function")
(assert_unlinkable
  (component (import "host-return-two" (core module)))
  "expected module found function")
(assert_unlinkable
  (component (import "host" (func)))
  "expected function found instance")
(assert_unlinkable
  (component (import "host-return-two" (func (result u64))))
  "type mismatch with result")
(assert_unlinkable
  (component (import "host" (instance (export "return-three" (func (param "x" u32) (result u32))))))
  "instance export `return-three` has the wrong type")
(assert_unlinkable
  (component (import "host" (instance (export "nested" (instance (export "return-five" (func)))))))
  "function implementation is missing")
(assert_unlinkable
  (component (import "host" (instance (export "resource3" (type (sub resource))))))
  "resource implementation is missing")
(assert_unlinkable
  (component (import "host" (instance (export "return-three" (type (sub resource))))))
  "expected resource found function")
(assert_unlinkable
  (component (import "host" (instance
    (export "resource1" (type $r (sub resource)))
    (export "resource2" (type (eq $r))))))
  "mismatched resource types")
(assert_unlinkable
  (component (import "host" (instance
    (export "resource1" (type (sub resource)))
    (export "resource2" (type $r (sub resource)))
    (export "[static]resource1.assert" (func (param "r" (own $r)) (param "rep" u32))))))
  "mismatched resource types")
(assert_unlinkable
  (component
    (import "host" (instance (export "simple-module" (core module (export "h" (func)))))))
  "module export `h` not defined")

;; traps while an instance is made
(assert_trap
  (component
    (core module $m (func $f unreachable) (start $f))
    (core instance (instantiate $m)))
  "unreachable")
(assert_invalid
  (component (import "f" (func (param "x" 0))))
  "type index out of bounds")
(assert_malformed
  (component binary "\00asm" "\0d\00\01")
  "unexpected end")

;; an instance made of what the host has, and passed on
(component
  (import "host" (instance $host (export "return-three" (func (result u32)))))
  (export "again" (instance $host)))

;; functions of a named instance, and of an instance that it exports, as imports of another
(component $server
  (core module $m
    (global $n (mut i32) (i32.const 40))
    (func (export "next") (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (global.get $n)))
  (core instance $i (instantiate $m))
  (func $next (result u32) (canon lift (core func $i "next")))
  (instance $inner (export "again" (func $next)))
  (export "next" (func $next))
  (export "inner" (instance $inner)))
(component
  (import "server" (instance $s
    (export "next" (func (result u32)))
    (export "inner" (instance (export "again" (func (result u32)))))))
  (alias export $s "inner" (instance $inner))
  (core func $next (canon lower (func $s "next")))
  (core func $again (canon lower (func $inner "again")))
  (core module $m
    (import "" "next" (func $next (result i32)))
    (import "" "again" (func $again (result i32)))
    (func (export "both") (result i32)
      (i32.add (i32.mul (call $next) (i32.const 1000)) (call $again))))
  (core instance $i (instantiate $m (with "" (instance (export "next" (func $next)) (export "again" (func $again))))))
  (func (export "both") (result u32) (canon lift (core func $i "both"))))
(assert_return (invoke "both") (u32.const 41042))
(assert_unlinkable
  (component (import "server" (instance (export "next" (func (result u64))))))
  "instance export `next` has the wrong type")
