;; A component that imports what examples/greet exports. party.wit is its world.
(component
  (type $guests-type (instance
    (export "book" (type $book (sub resource)))
    (type $person' (record (field "name" string) (field "age" u32)))
    (export "person" (type $person (eq $person')))
    (type $refusal' (variant (case "nameless") (case "too-young" u32)))
    (export "refusal" (type $refusal (eq $refusal')))
    (export "[constructor]book" (func (param "first" u32) (result (own $book))))
    (export "[method]book.add" (func (param "self" (borrow $book)) (param "n" u32) (result u32)))
    (export "[static]book.merge" (func (param "a" (own $book)) (param "b" (borrow $book)) (result (own $book))))
    (export "admit" (func (param "p" $person) (result (result string (error $refusal)))))
  ))
  (import "demo:greet/guests" (instance $guests (type $guests-type)))
  (alias export $guests "book" (type $book))
  (alias export $guests "person" (type $person))
  (alias export $guests "refusal" (type $refusal))
  (alias export $guests "[constructor]book" (func $new))
  (alias export $guests "[method]book.add" (func $add))
  (alias export $guests "[static]book.merge" (func $merge))
  (alias export $guests "admit" (func $admit))

  ;; The memory and its allocator come first: lowering needs them.
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
    (func (export "reset") (param i32) (global.set $next (i32.const 4096))))
  (core instance $alloc (instantiate $alloc))
  (alias core export $alloc "memory" (core memory $memory))
  (alias core export $alloc "realloc" (core func $realloc))
  (alias core export $alloc "reset" (core func $reset))

  (core func $new' (canon lower (func $new)))
  (core func $add' (canon lower (func $add)))
  (core func $merge' (canon lower (func $merge)))
  (core func $admit' (canon lower (func $admit) (memory $memory) (realloc $realloc)))
  (core func $drop' (canon resource.drop $book))

  (core module $main
    (import "alloc" "memory" (memory 1))
    (import "guests" "new" (func $new (param i32) (result i32)))
    (import "guests" "add" (func $add (param i32 i32) (result i32)))
    (import "guests" "merge" (func $merge (param i32 i32) (result i32)))
    (import "guests" "admit" (func $admit (param i32 i32 i32 i32)))
    (import "guests" "drop" (func $drop (param i32)))

    ;; open: func(people: list<person>) -> tuple<book, u32>; a person has 12 bytes
    (func (export "open") (param $p i32) (param $n i32) (result i32)
      (local $book i32)
      (local $away i32)
      (local.set $book (call $new (i32.const 0)))
      (block $done
        (loop $next
          (br_if $done (i32.eqz (local.get $n)))
          (call $admit (i32.load (local.get $p)) (i32.load offset=4 (local.get $p)) (i32.load offset=8 (local.get $p))
            (i32.const 16))
          (if (i32.load8_u (i32.const 16))
            (then (local.set $away (i32.add (local.get $away) (i32.const 1))))
            (else (drop (call $add (local.get $book) (i32.const 1)))))
          (local.set $p (i32.add (local.get $p) (i32.const 12)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $next)))
      (i32.store (i32.const 0) (local.get $book))
      (i32.store (i32.const 4) (local.get $away))
      (i32.const 0))

    ;; late: func(b: borrow<book>, p: person) -> result<string, refusal>
    (func (export "late") (param $book i32) (param $s i32) (param $len i32) (param $age i32) (result i32)
      (call $admit (local.get $s) (local.get $len) (local.get $age) (i32.const 16))
      (if (i32.eqz (i32.load8_u (i32.const 16)))
        (then (drop (call $add (local.get $book) (i32.const 1)))))
      (call $drop (local.get $book))
      (i32.const 16))

    ;; join: func(a: book, b: book) -> book
    (func (export "join") (param $a i32) (param $b i32) (result i32)
      (local $both i32)
      (local.set $both (call $merge (local.get $a) (local.get $b)))
      (call $drop (local.get $b))
      (local.get $both))

    ;; end: func(b: book) -> u32
    (func (export "end") (param $book i32) (result i32)
      (call $add (local.get $book) (i32.const 0))
      (call $drop (local.get $book))))

  (core instance $main (instantiate $main
    (with "alloc" (instance $alloc))
    (with "guests" (instance
      (export "new" (func $new')) (export "add" (func $add')) (export "merge" (func $merge'))
      (export "admit" (func $admit')) (export "drop" (func $drop'))))))

  (func (export "open") (param "people" (list $person)) (result (tuple (own $book) u32))
    (canon lift (core func $main "open") (memory $memory) (realloc (core func $realloc)) (post-return (core func $reset))))
  (func (export "late") (param "b" (borrow $book)) (param "p" $person) (result (result string (error $refusal)))
    (canon lift (core func $main "late") (memory $memory) (realloc (core func $realloc)) (post-return (core func $reset))))
  (func (export "join") (param "a" (own $book)) (param "b" (own $book)) (result (own $book))
    (canon lift (core func $main "join")))
  (func (export "end") (param "b" (own $book)) (result u32)
    (canon lift (core func $main "end")))
  (@custom "package-docs" "\01{\"worlds\": {\"root\": {\"docs\": \"A party.\", \"func_exports\": {\"open\": {\"docs\": \"Lets people in: their book, and how many were turned away.\"}, \"late\": {\"docs\": \"Lets a guest in who comes late.\"}, \"join\": {\"docs\": \"Two parties become one.\"}, \"end\": {\"docs\": \"Ends a party: how many guests there were.\"}}}}}"))
