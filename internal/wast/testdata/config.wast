;;! multi_memory = false
;;! simd = true
;;! component_model_async = false
;;! hogs_memory = false

;; What the configuration sets to false is off.
(assert_invalid
  (module (memory 1) (memory 1))
  "multiple memories")
(assert_invalid
  (component (core module (memory 1) (memory 1)))
  "multiple memories")
(module (func (export "f") (result v128) (v128.const i32x4 1 2 3 4)))
(assert_return (invoke "f") (v128.const i32x4 1 2 3 4))
(assert_invalid
  (component (import "f" (func async)))
  "async component functions require the component model async feature")
