;; The script does not end; the one after it runs all the same.
(module (func (export "loop") (loop (br 0))) (func (export "one") (result i32) (i32.const 1)))
(assert_return (invoke "one") (i32.const 1))
(invoke "loop")
(assert_return (invoke "one") (i32.const 1))
