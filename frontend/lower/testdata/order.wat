(module $order
  (import "m" "f" (func $f (param i32) (result i32)))
  (import "m" "g2" (func $g2 (result i32 i32)))
  (memory 1)
  (table 3 funcref)
  (global $g (mut i32) (i32.const 0))
  (global $c i32 (i32.const 4))
  (type $t (func (param i32) (result i32)))
  (func $increment (param i32) (result i32)
    local.get 0
    local.get 0
    i32.const 1
    i32.add
    local.set 0)
  (func $load-store (param i32) (result i32)
    local.get 0
    i32.load
    local.get 0
    i32.const 1
    i32.store)
  (func $globals (result i32)
    global.get $g
    global.get $c
    i32.const 5
    global.set $g
    i32.add)
  (func $calls (param i32) (result i32)
    global.get $c
    local.get 0
    i32.load offset=8
    global.get $g
    local.get 0
    call $f
    i32.add
    i32.add
    i32.add)
  (func $into-local (param i32) (result i32) (local i32)
    i32.const 1
    call $f
    local.set 1
    call $g2
    local.set 0
    local.set 1
    local.get 0
    local.get 1
    i32.sub)
  (func $traps (param i32 i32) (result i32)
    local.get 0
    i32.load
    local.get 0
    local.get 1
    i32.div_s
    local.get 1
    i32.load
    i32.add
    i32.add)
  (func $no-trap (param i32) (result i32)
    local.get 0
    i32.load
    i32.const 10
    i32.div_u)
  (func $drops (param i32)
    local.get 0
    i32.load
    i32.const 1
    i32.add
    drop
    local.get 0
    drop
    local.get 0
    call $f
    drop)
  (func $grow (result i32)
    memory.size
    i32.const 1
    memory.grow
    i32.add)
  (func $indirect (param i32) (result i32)
    local.get 0
    local.get 0
    i32.load
    call_indirect (type $t))
  (func $tail (param i32) (result i32)
    local.get 0
    return_call $f)
  (func $left-behind (param i32)
    local.get 0
    i32.load
    br 0)
  (func $bulk (param i32 i32 i32)
    local.get 0
    local.get 1
    local.get 2
    memory.copy
    local.get 0
    i32.const 0
    local.get 2
    memory.fill)
)
