package lower

import "github.com/wc2go/wc2go/ir"

// This file: the stack of pending trees, and temporaries.

// flags says what the value of a pending tree depends on, and how it traps.
type flags uint8

const (
	fLoad   flags = 1 << iota // has a memory load
	fTrap                     // has a trap that is not a load's
	fGlobal                   // reads a mutable global
	fSize                     // reads the size of a memory or table
	fVar                      // reads a variable: a wasm local or a loop parameter

	fTraps   = fLoad | fTrap
	fEffects = fTraps | fGlobal | fSize // what a call may change or must follow
	fAll     = fEffects | fVar
)

const (
	maxDepth   = 40  // of a tree
	maxSize    = 200 // nodes of a tree
	maxPending = 128 // unstable trees on the stack
)

// value is an entry of the operand stack.
type value struct {
	x     *ir.Expr
	mask  uint64 // bit l%64 for each local l that x reads
	flags flags
	depth uint8
	size  uint32
}

func bit(l ir.Local) uint64 { return 1 << (l % 64) }

// local gives a tree that reads l, and counts the read.
func (b *builder) local(l ir.Local, pos uint32) value {
	b.pending[l]++
	x := b.exprs.new()
	*x = ir.Expr{Op: ir.OpLocal, Type: b.f.Locals[l], Imm: uint64(l), Pos: pos}
	v := value{x: x, mask: bit(l), depth: 1, size: 1}
	if !b.isTemp(l) {
		v.flags = fVar
	}
	return v
}

// isTemp reports whether l keeps its value while a read of it is pending.
func (b *builder) isTemp(l ir.Local) bool {
	return int(l) >= b.f.NumDeclared && !b.variable[l]
}

func (b *builder) push(v value) {
	if len(b.stack)-b.stable >= maxPending {
		b.spillRange(b.stable, len(b.stack)-maxPending/2, fAll)
	}
	b.pushOnly(v)
}

// pushOnly is push where no statement may be emitted.
func (b *builder) pushOnly(v value) {
	if v.flags == 0 && b.stable == len(b.stack) {
		b.stable++
	}
	b.count(v.flags, 1)
	b.stack = append(b.stack, v)
}

// pop takes the top of the stack. Its reads of locals still count as pending
// until use.
func (b *builder) pop() value {
	n := len(b.stack) - 1
	v := b.stack[n]
	b.stack = b.stack[:n]
	if b.stable > n {
		b.stable = n
	}
	b.count(v.flags, -1)
	return v
}

func (b *builder) count(f flags, d int) {
	if f&fLoad != 0 {
		b.loads += d
	}
	if f&fTrap != 0 {
		b.traps += d
	}
	if f&fGlobal != 0 {
		b.globals += d
	}
	if f&fSize != 0 {
		b.sizes += d
	}
}

// any reports whether a pending tree may have one of the flags.
func (b *builder) any(f flags) bool {
	return f&fLoad != 0 && b.loads > 0 || f&fTrap != 0 && b.traps > 0 ||
		f&fGlobal != 0 && b.globals > 0 || f&fSize != 0 && b.sizes > 0 || f&fVar != 0
}

// use ends a popped value's time as a pending tree: the statement that is
// emitted next has it. Temporaries that it was the last to read are free.
func (b *builder) use(v value) *ir.Expr {
	if v.mask != 0 {
		b.release(v.x)
	}
	return v.x
}

func (b *builder) release(x *ir.Expr) {
	if x.Op == ir.OpLocal {
		b.unread(ir.Local(x.Imm))
		return
	}
	if x.X != nil {
		b.release(x.X)
	}
	if x.Y != nil {
		b.release(x.Y)
	}
	if x.Z != nil {
		b.release(x.Z)
	}
	for _, a := range x.Args {
		b.release(a)
	}
}

func (b *builder) unread(l ir.Local) {
	b.pending[l]--
	if b.pending[l] == 0 && int(l) >= b.f.NumDeclared && !b.held[l] {
		b.free(l)
	}
}

// temp gives a free temporary of type t.
func (b *builder) temp(t ir.ValType) ir.Local {
	if list := b.freeList(t); len(*list) > 0 {
		l := (*list)[len(*list)-1]
		*list = (*list)[:len(*list)-1]
		return l
	}
	l := ir.Local(len(b.f.Locals))
	b.f.Locals = append(b.f.Locals, t)
	b.pending = append(b.pending, 0)
	b.held = append(b.held, false)
	b.variable = append(b.variable, false)
	return l
}

func (b *builder) free(l ir.Local) {
	b.variable[l] = false
	list := b.freeList(b.f.Locals[l])
	*list = append(*list, l)
}

func (b *builder) freeList(t ir.ValType) *[]ir.Local {
	if t.Kind != ir.Ref {
		return &b.freeTemps[t.Kind]
	}
	list := b.freeRefs[t]
	if list == nil {
		list = new([]ir.Local)
		b.freeRefs[t] = list
	}
	return list
}

// unhold ends the time in which l is reserved for a block.
func (b *builder) unhold(l ir.Local) {
	b.held[l] = false
	if b.pending[l] == 0 {
		b.free(l)
	}
}

// spill evaluates the tree at stack[i] now, into a temporary.
func (b *builder) spill(i int) {
	v := b.stack[i]
	b.count(v.flags, -1)
	typ := v.x.Type
	x := b.use(v)
	t := b.temp(typ)
	b.set(t, x)
	b.stack[i] = b.local(t, x.Pos)
	if b.stable == i {
		b.stable++
	}
}

// spillRange spills the trees of stack[from:to] that have one of the flags.
func (b *builder) spillRange(from, to int, f flags) {
	if !b.any(f) || b.constant {
		return
	}
	for i := max(from, b.stable); i < to; i++ {
		if v := &b.stack[i]; v.flags&f != 0 {
			b.spill(i)
		} else if v.flags == 0 && i == b.stable {
			b.stable++
		}
	}
}

// spillBelow spills the trees with one of the flags, but for the n on top.
func (b *builder) spillBelow(n int, f flags) { b.spillRange(0, len(b.stack)-n, f) }

// spillTop spills the trees with one of the flags among the first count of the n on top.
func (b *builder) spillTop(n, count int, f flags) {
	b.spillRange(len(b.stack)-n, len(b.stack)-n+count, f)
}

// spillReaders spills the trees below the n on top that read l.
func (b *builder) spillReaders(n int, l ir.Local) {
	if b.pending[l] == 0 {
		return
	}
	for i := b.stable; i < len(b.stack)-n; i++ {
		if v := &b.stack[i]; v.mask&bit(l) != 0 && reads(v.x, l) {
			b.spill(i)
		}
	}
}

func reads(x *ir.Expr, l ir.Local) bool {
	if x.Op == ir.OpLocal {
		return ir.Local(x.Imm) == l
	}
	if x.X != nil && reads(x.X, l) || x.Y != nil && reads(x.Y, l) || x.Z != nil && reads(x.Z, l) {
		return true
	}
	for _, a := range x.Args {
		if reads(a, l) {
			return true
		}
	}
	return false
}

// evaluate emits what of x may trap, and drops its value. The root of each
// emitted tree is the operator that traps.
func (b *builder) evaluate(x *ir.Expr) {
	if x.Trap() != ir.TrapNone {
		b.set(ir.NoLocal, x)
		return
	}
	x.Operands(b.evaluate)
}

func (b *builder) set(dst ir.Local, x *ir.Expr) {
	s := b.sets.new()
	s.Dst, s.X = dst, x
	b.emit(s)
}

// assign pops len(dsts) values and assigns them, as if at once, to dsts.
func (b *builder) assign(dsts []ir.Local) {
	n := len(dsts)
	base := len(b.stack) - n
	for i, d := range dsts {
		if b.pending[d] == 0 || isRead(b.stack[base+i].x, d) { // d keeps its value
			continue
		}
		for j := base + i + 1; j < base+n; j++ {
			if v := &b.stack[j]; v.mask&bit(d) != 0 && reads(v.x, d) {
				b.spill(j)
			}
		}
	}
	for i, d := range dsts {
		v := b.stack[base+i]
		b.count(v.flags, -1)
		x := b.use(v)
		if !isRead(x, d) {
			b.set(d, x)
		}
	}
	b.stack = b.stack[:base]
	b.stable = min(b.stable, base)
}

func isRead(x *ir.Expr, l ir.Local) bool { return x.Op == ir.OpLocal && ir.Local(x.Imm) == l }

// copy gives a second tree like v, a constant or the read of a local.
func (b *builder) copy(v value) value {
	x := b.exprs.new()
	*x = *v.x
	if x.Op == ir.OpLocal {
		b.pending[x.Imm]++
	}
	v.x = x
	return v
}

// simple reports whether copy can copy x.
func simple(x *ir.Expr) bool { return x.Op == ir.OpConst || x.Op == ir.OpLocal }

// slab allocates values of one type in chunks.
type slab[T any] struct{ buf []T }

func (s *slab[T]) new() *T {
	if len(s.buf) == cap(s.buf) {
		s.buf = make([]T, 0, min(max(16, 2*cap(s.buf)), 512))
	}
	s.buf = s.buf[:len(s.buf)+1]
	return &s.buf[len(s.buf)-1]
}
