;; set-max-table-capacity of the instance wasmtime bounds the handles of the store's instances.
(component
  (import "wasmtime" (instance $w (export "set-max-table-capacity" (func (param "n" u32)))))
  (core func $set (canon lower (func $w "set-max-table-capacity")))
  (core func $new (canon waitable-set.new))
  (core func $drop (canon waitable-set.drop))
  (core module $m
    (import "" "set" (func $set (param i32)))
    (import "" "new" (func $new (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "set") (param i32) (call $set (local.get 0)))
    ;; makes and drops so many, one at a time
    (func (export "turn-over") (param i32) (loop (call $drop (call $new))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    ;; keeps so many
    (func (export "keep") (param i32) (loop (drop (call $new))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
  (core instance $i (instantiate $m (with "" (instance
    (export "set" (func $set)) (export "new" (func $new)) (export "drop" (func $drop))))))
  (func (export "set") (param "n" u32) (canon lift (core func $i "set")))
  (func (export "turn-over") (param "n" u32) (canon lift (core func $i "turn-over")))
  (func (export "keep") (param "n" u32) (canon lift (core func $i "keep"))))
(assert_return (invoke "keep" (u32.const 50)))
(assert_return (invoke "set" (u32.const 60)))
(assert_return (invoke "turn-over" (u32.const 1000)))
(assert_return (invoke "keep" (u32.const 10)))
(assert_trap (invoke "keep" (u32.const 1)) "resource table has no free keys")
