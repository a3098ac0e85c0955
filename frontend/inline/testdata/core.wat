;; Core items: bundles of exports, an import that a module exports again, an
;; imported module, a module and an instance passed through, outer aliases.
(component
  (import "mod" (core module $imported
    (import "env" "mem" (memory 1))
    (export "f" (func (param i32) (result i32)))
    (export "mem2" (memory 1))))
  (core module $mem (memory (export "memory") 1) (func (export "noop")))
  (core module $pass
    (import "x" "m" (memory 1))
    (import "x" "f" (func $f))
    (export "m" (memory 0))
    (export "f" (func $f))
    (func (export "g"))
    (export "h" (func 1)))
  (core instance $m (instantiate $mem))
  (alias core export $m "memory" (core memory $memory))
  (core instance $bundle (export "m" (memory $memory)) (export "f" (func $m "noop")))
  (core instance $p (instantiate $pass (with "x" (instance $bundle))))
  (core instance $i (instantiate $imported (with "env" (instance (export "mem" (memory $p "m"))))))
  (component $inner
    (alias outer 1 $mem (core module $again))
    (core instance $m (instantiate $again))
    (func (export "f") (canon lift (core func $m "noop")))
  )
  (instance $in (instantiate $inner))
  (func $f (param "x" u32) (result u32) (canon lift (core func $i "f")))
  (export "f" (func $f))
  (core module $T
    (func (export "take") (param i32 i32))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
  (core instance $take (instantiate $T))
  (func $s (param "x" string) (canon lift (core func $take "take") (memory (core memory $p "m")) (realloc (core func $take "realloc"))))
  (export "s" (func $s))
  (export "inner" (instance $in))
  (export "pass" (core module $pass))
  (export "mod-out" (core module $imported))
)
