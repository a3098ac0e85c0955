;; A component with imports that nothing provides. "safe" does not call them.
(component
  (import "test:dep/log@1.0.0" (instance $log (export "line" (func (param "n" u32)))))
  (import "tick" (func $tick (result u32)))
  (core func $line (canon lower (func $log "line")))
  (core func $tick' (canon lower (func $tick)))
  (core module $m
    (import "host" "line" (func $line (param i32)))
    (import "host" "tick" (func $tick (result i32)))
    (func (export "safe") (result i32) i32.const 7)
    (func (export "unsafe") (call $line (call $tick))))
  (core instance $i (instantiate $m (with "host" (instance
    (export "line" (func $line))
    (export "tick" (func $tick'))))))
  (func $safe (result u32) (canon lift (core func $i "safe")))
  (func $unsafe (canon lift (core func $i "unsafe")))
  (export "safe" (func $safe))
  (export "unsafe" (func $unsafe)))
