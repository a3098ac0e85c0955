;; A function of an instance that a component exports.
(component
  (core module $m
    (func (export "f"))
  )
  (core instance $i (instantiate $m))
  (func $f
    (canon lift (core func $i "f")))
  (instance $i
    (export "f" (func $f)))
  (export "i" (instance $i))
)
