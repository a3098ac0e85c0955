;; Names of types: two enums of one shape stay two; `use` keeps the first name;
;; the exported interface comes out of a shim that declares its types again, as
;; wit-component writes it.
(component
  (import "t:t/types" (instance $types
    (type $e1 (enum "a" "b"))
    (export "first" (type $x1 (eq $e1)))
    (type $e2 (enum "a" "b"))
    (export "second" (type $x2 (eq $e2)))
    (type $l' (list $x1))
    (export "firsts" (type $l (eq $l')))
    (export "thing" (type $thing (sub resource)))
    (export "f" (func (param "x" $x1) (param "y" $x2) (param "z" $l) (param "t" (borrow $thing))))
  ))
  (alias export $types "second" (type $second))
  (import "t:t/more" (instance $more
    (alias outer 1 $second (type $s))
    (export "renamed" (type $r (eq $s)))
    (type $rec' (record (field "s" $r)))
    (export "rec" (type $rec (eq $rec')))
    (export "g" (func (param "r" $rec)))
  ))
  (import "second" (type $second' (eq $second)))
  (import "h" (func $h (param "s" $second')))
  (core module $M
    (func (export "k") (param i32 i32) (result i32) local.get 0)
  )
  (core instance $m (instantiate $M))
  (type $point' (record (field "x" u32)))
  (type $k' (func (param "p" $point') (param "s" $second) (result $point')))
  (func $k (type $k') (canon lift (core func $m "k")))
  (component $shim
    (type $e (enum "a" "b"))
    (import "import-type-second" (type $second (eq $e)))
    (type $p' (record (field "x" u32)))
    (import "import-type-point" (type $p (eq $p')))
    (import "import-func-k" (func $k (param "p" $p) (param "s" $second) (result $p)))
    (export $second-out "second" (type $second))
    (type $q' (record (field "x" u32)))
    (export $q "point" (type $q'))
    (export "k" (func $k) (func (param "p" $q) (param "s" $second-out) (result $q)))
  )
  (instance $out (instantiate $shim
    (with "import-type-second" (type $second))
    (with "import-type-point" (type $point'))
    (with "import-func-k" (func $k))))
  (export "t:t/out" (instance $out))
  (export "again" (func $h))
)
