;; A guest that takes as much as there is.
(component
  (core module $m
    (memory (export "memory") 1)
    (table 1 funcref)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0)))
    (func (export "spin") (loop $l (br $l)))
    (func (export "count") (param i32) (result i32)
      (loop $l
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if $l (local.get 0)))
      (local.get 0))
    (func $deep (export "deep") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
        (else (i32.const 0))))
    ;; n zeros.
    (func (export "text") (param i32) (result i32)
      (i32.store (i32.const 0) (i32.const 8))
      (i32.store (i32.const 4) (local.get 0))
      (i32.const 0)))
  (core instance $i (instantiate $m))
  (func (export "grow") (param "n" u32) (result s32) (canon lift (core func $i "grow")))
  (func (export "table") (param "n" u32) (result s32) (canon lift (core func $i "table")))
  (func (export "spin") (canon lift (core func $i "spin")))
  (func (export "count") (param "n" u32) (result u32) (canon lift (core func $i "count")))
  (func (export "deep") (param "n" u32) (result u32) (canon lift (core func $i "deep")))
  (func (export "text") (param "n" u32) (result (list u8)) (canon lift (core func $i "text") (memory (core memory $i "memory")))))
