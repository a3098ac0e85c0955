;; The component of this example, by hand: a core module with a bump allocator,
;; and the canonical definitions around it. greet.wit is its world.
(component
  ;; import demo:greet/logger
  (type $logger-type (instance
    (type $level' (enum "info" "warn"))
    (export "level" (type $level (eq $level')))
    (type $log (func (param "level" $level) (param "msg" string)))
    (export "log" (func (type $log)))
  ))
  (import "demo:greet/logger" (instance $logger (type $logger-type)))
  (alias export $logger "log" (func $log))

  ;; The memory and its allocator come first: lowering `log` needs them.
  (core module $alloc
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 4096))
    (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
      (local $p i32)
      ;; p = align_up(next, align)
      (local.set $p (i32.and (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
                             (i32.sub (i32.const 0) (local.get $align))))
      (global.set $next (i32.add (local.get $p) (local.get $size)))
      (if (i32.gt_u (global.get $next) (i32.shl (memory.size) (i32.const 16)))
        (then
          (if (i32.eq (i32.const -1) (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1))))
            (then unreachable))))
      (memory.copy (local.get $p) (local.get $old)
        (select (local.get $old-size) (local.get $size) (i32.lt_u (local.get $old-size) (local.get $size))))
      (local.get $p))
    ;; Everything allocated during a call is given back after it.
    (func (export "reset") (global.set $next (i32.const 4096))))
  (core instance $alloc (instantiate $alloc))
  (alias core export $alloc "memory" (core memory $memory))
  (alias core export $alloc "realloc" (core func $realloc))
  (core func $log-lowered (canon lower (func $log) (memory $memory) string-encoding=utf8))

  (type $book-def (resource (rep i32)))
  (core func $book-new (canon resource.new $book-def))
  (core func $book-rep (canon resource.rep $book-def))
  (core func $book-drop (canon resource.drop $book-def))

  (core module $main
    (import "alloc" "memory" (memory 1))
    (import "alloc" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
    (import "alloc" "reset" (func $reset))
    (import "logger" "log" (func $log (param i32 i32 i32)))
    (import "book" "new" (func $book-new (param i32) (result i32)))
    (import "book" "rep" (func $book-rep (param i32) (result i32)))
    (import "book" "drop" (func $book-drop (param i32)))
    (data (i32.const 16) "Hello, ")
    (data (i32.const 32) "!")
    (data (i32.const 48) "Welcome, ")
    (data (i32.const 64) "a guest is too young")

    ;; concat(prefix, name, "!") -> pointer to (pointer, length) at 8
    (func $sentence (param $pre i32) (param $pre-len i32) (param $s i32) (param $len i32) (param $suf-len i32) (result i32)
      (local $p i32)
      (local.set $p (call $realloc (i32.const 0) (i32.const 0) (i32.const 1)
        (i32.add (i32.add (local.get $pre-len) (local.get $len)) (local.get $suf-len))))
      (memory.copy (local.get $p) (local.get $pre) (local.get $pre-len))
      (memory.copy (i32.add (local.get $p) (local.get $pre-len)) (local.get $s) (local.get $len))
      (memory.copy (i32.add (i32.add (local.get $p) (local.get $pre-len)) (local.get $len)) (i32.const 32) (local.get $suf-len))
      (local.get $p))

    ;; greet: func(name: string) -> string
    (func (export "greet") (param $s i32) (param $len i32) (result i32)
      (local $p i32)
      (local.set $p (call $sentence (i32.const 16) (i32.const 7) (local.get $s) (local.get $len) (i32.const 1)))
      (call $log (i32.const 0) (local.get $p) (i32.add (local.get $len) (i32.const 8)))
      (i32.store (i32.const 0) (local.get $p))
      (i32.store (i32.const 4) (i32.add (local.get $len) (i32.const 8)))
      (i32.const 0))
    (func (export "post-greet") (param i32) (call $reset))

    ;; admit: func(p: person) -> result<string, refusal>
    ;; result at 0: discriminant; ok: 4 pointer, 8 length; err: 4 discriminant, 8 payload
    (func (export "admit") (param $s i32) (param $len i32) (param $age i32) (result i32)
      (if (i32.eqz (local.get $len))
        (then
          (i32.store8 (i32.const 0) (i32.const 1))
          (i32.store8 (i32.const 4) (i32.const 0))
          (return (i32.const 0))))
      (if (i32.lt_u (local.get $age) (i32.const 18))
        (then
          (call $log (i32.const 1) (i32.const 64) (i32.const 20))
          (i32.store8 (i32.const 0) (i32.const 1))
          (i32.store8 (i32.const 4) (i32.const 1))
          (i32.store (i32.const 8) (i32.sub (i32.const 18) (local.get $age)))
          (return (i32.const 0))))
      (i32.store8 (i32.const 0) (i32.const 0))
      (i32.store (i32.const 4) (call $sentence (i32.const 48) (i32.const 9) (local.get $s) (local.get $len) (i32.const 1)))
      (i32.store (i32.const 8) (i32.add (local.get $len) (i32.const 10)))
      (i32.const 0))
    (func (export "post-admit") (param i32) (call $reset))

    ;; The representation of a book is its number of guests, in a cell of its own:
    ;; cells are kept below 4096, four bytes each, from 1024 up.
    (global $cells (mut i32) (i32.const 1024))
    (func $cell (param $n i32) (result i32)
      (i32.store (global.get $cells) (local.get $n))
      (global.get $cells)
      (global.set $cells (i32.add (global.get $cells) (i32.const 4)))
      (if (i32.gt_u (global.get $cells) (i32.const 4092)) (then unreachable)))
    (func (export "book-constructor") (param $first i32) (result i32)
      (call $book-new (call $cell (local.get $first))))
    (func (export "book-add") (param $rep i32) (param $n i32) (result i32)
      (i32.store (local.get $rep) (i32.add (i32.load (local.get $rep)) (local.get $n)))
      (i32.load (local.get $rep)))
    ;; a is owned: a handle; b is borrowed by the component that defines it: a representation
    (func (export "book-merge") (param $a i32) (param $b i32) (result i32)
      (local $n i32)
      (local.set $n (i32.add (i32.load (call $book-rep (local.get $a))) (i32.load (local.get $b))))
      (call $book-drop (local.get $a))
      (call $book-new (call $cell (local.get $n)))))

  (core instance $main (instantiate $main
    (with "alloc" (instance $alloc))
    (with "logger" (instance (export "log" (func $log-lowered))))
    (with "book" (instance
      (export "new" (func $book-new)) (export "rep" (func $book-rep)) (export "drop" (func $book-drop))))))

  (func $greet (param "name" string) (result string)
    (canon lift (core func $main "greet") (memory $memory) (realloc (core func $realloc))
      (post-return (core func $main "post-greet"))))
  (export "greet" (func $greet))

  (type $person-def (record (field "name" string) (field "age" u32)))
  (type $refusal-def (variant (case "nameless") (case "too-young" u32)))
  (func $book-constructor (param "first" u32) (result (own $book-def))
    (canon lift (core func $main "book-constructor")))
  (func $book-add (param "self" (borrow $book-def)) (param "n" u32) (result u32)
    (canon lift (core func $main "book-add")))
  (func $book-merge (param "a" (own $book-def)) (param "b" (borrow $book-def)) (result (own $book-def))
    (canon lift (core func $main "book-merge")))
  (func $admit (param "p" $person-def) (result (result string (error $refusal-def)))
    (canon lift (core func $main "admit") (memory $memory) (realloc (core func $realloc))
      (post-return (core func $main "post-admit"))))

  ;; The exported interface: a component that names the types.
  (component $guests-shim
    (import "book" (type $book (sub resource)))
    (type $person' (record (field "name" string) (field "age" u32)))
    (import "person" (type $person (eq $person')))
    (type $refusal' (variant (case "nameless") (case "too-young" u32)))
    (import "refusal" (type $refusal (eq $refusal')))
    (import "constructor" (func $constructor (param "first" u32) (result (own $book))))
    (import "add" (func $add (param "self" (borrow $book)) (param "n" u32) (result u32)))
    (import "merge" (func $merge (param "a" (own $book)) (param "b" (borrow $book)) (result (own $book))))
    (import "admit" (func $admit (param "p" $person) (result (result string (error $refusal)))))

    (export $person-out "person" (type $person))
    (export $refusal-out "refusal" (type $refusal))
    (export $book-out "book" (type $book))
    (export "[constructor]book" (func $constructor) (func (param "first" u32) (result (own $book-out))))
    (export "[method]book.add" (func $add) (func (param "self" (borrow $book-out)) (param "n" u32) (result u32)))
    (export "[static]book.merge" (func $merge)
      (func (param "a" (own $book-out)) (param "b" (borrow $book-out)) (result (own $book-out))))
    (export "admit" (func $admit) (func (param "p" $person-out) (result (result string (error $refusal-out))))))
  (instance $guests (instantiate $guests-shim
    (with "book" (type $book-def))
    (with "person" (type $person-def))
    (with "refusal" (type $refusal-def))
    (with "constructor" (func $book-constructor))
    (with "add" (func $book-add))
    (with "merge" (func $book-merge))
    (with "admit" (func $admit))))
  (export "demo:greet/guests" (instance $guests))

  ;; The documentation of the world, as wit-component would put it.
  (@custom "package-docs" "\01{\"worlds\": {\"root\": {\"docs\": \"A guest book that greets.\", \"func_exports\": {\"greet\": {\"docs\": \"Greets somebody by name.\"}}}}}"))
