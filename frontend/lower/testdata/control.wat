(module $control
  (memory 1)
  (func $then-block (param i32) (result i32)
    block
      local.get 0
      br_if 0
      i32.const 7
      local.set 0
    end
    local.get 0)
  (func $if-result (param i32 i32) (result i32)
    local.get 0
    i32.eqz
    if (result i32)
      local.get 1
    else
      i32.const 2
    end
    i32.const 1
    i32.add)
  (func $swap-loop (param i32 i32 i32) (result i32)
    local.get 0
    local.get 1
    loop (param i32 i32) (result i32)
      local.set 0
      local.set 1
      local.get 0
      local.get 1
      local.get 2
      i32.const -1
      i32.add
      local.tee 2
      br_if 0
      i32.sub
    end)
  (func $br-values (param i32) (result i32 i64)
    block (result i32 i64)
      i32.const 1
      i64.const 2
      local.get 0
      br_if 0
      drop
      i64.const 3
    end)
  (func $table (param i32) (result i32)
    block $a (result i32)
      block $b (result i32)
        i32.const 10
        local.get 0
        br_table $a $b 2
      end
      i32.const 1
      i32.add
    end)
  (func $dead (param i32) (result i32)
    block
      local.get 0
      if
        i32.const 1
        return
        i32.const 2
        drop
      else
        unreachable
      end
      br 0
    end
    i32.const 3)
  (func $flat (result i32)
    block (result i32)
      block
        nop
      end
      i32.const 5
    end)
  (func $select-cheap (param i32 i32) (result i32)
    i32.const 1
    local.get 1
    local.get 0
    select)
  (func $select-costly (param i32 i32) (result i32)
    local.get 1
    i32.const 3
    i32.mul
    local.get 1
    i32.add
    local.get 1
    local.get 0
    select)
  (func $select-trap (param i32 i32) (result i32)
    local.get 1
    i32.load
    local.get 1
    local.get 0
    select)
)
