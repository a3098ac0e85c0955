package rt

import "slices"

// maxHandles is Table.MAX_LENGTH: the top four bits of an index stay free.
const maxHandles = 1<<28 - 1

// handleKind says what an entry of a handle table is.
type handleKind uint8

const (
	handleFree handleKind = iota
	handleOwn
	handleBorrow
	handleSubtask // val is a *Subtask
	handleSet     // a *WaitableSet
	handleEnd     // an end of a stream or future: a *copyEnd
	handleError   // an *ErrorContext
)

// handle is an entry of a handle table (CanonicalABI.md, ResourceHandle).
type handle struct {
	kind  handleKind
	rep   uint32 // representation of a guest resource
	lends uint32 // num_lends
	res   *ResourceType
	val   any   // the embedder's value of a host resource
	scope *Task // borrow_scope of a borrow handle
}

// HandleTable is the handle table of a component instance (CanonicalABI.md,
// "Table State"): index 0 is never used, freed indices are reused last in,
// first out.
type HandleTable struct {
	entries []handle
	free    []uint32
	max     int // Limits.Handles; 0: maxHandles
}

// Len is the number of live handles.
func (t *HandleTable) Len() int {
	if len(t.entries) == 0 {
		return 0
	}
	return len(t.entries) - 1 - len(t.free)
}

// add is Table.add.
func (t *HandleTable) add(h handle) uint32 {
	if n := len(t.free); n > 0 {
		i := t.free[n-1]
		t.free = t.free[:n-1]
		t.entries[i] = h
		return i
	}
	if len(t.entries) == 0 {
		t.entries = append(slices.Grow(t.entries, 8), handle{})
	}
	i := len(t.entries)
	if i > maxHandles || t.max != 0 && i > t.max {
		Throwf(TrapLimit, "handle table is full: resource table has no free keys") // Wasmtime's words, after ours
	}
	t.entries = append(t.entries, h)
	return uint32(i)
}

// get is Table.get; the pointer is good until the next add.
func (t *HandleTable) get(i uint32) *handle {
	if uint64(i) >= uint64(len(t.entries)) || t.entries[i].kind == handleFree {
		throwText(TrapInvalidHandle, "unknown handle index %d", i)
	}
	return &t.entries[i]
}

// has reports whether entry i exists.
func (t *HandleTable) has(i uint32) bool {
	return uint64(i) < uint64(len(t.entries)) && t.entries[i].kind != handleFree
}

// resource gives entry i, which must be a handle of type res.
func (t *HandleTable) resource(i uint32, res *ResourceType) *handle {
	h := t.get(i)
	if h.kind > handleBorrow {
		throwText(TrapInvalidHandle, "handle index %d used with the wrong type, expected %s", i, res.kind(nil))
	}
	if h.res != res {
		throwText(TrapInvalidHandle, "handle index %d used with the wrong type, expected %s but found %s", i, res.kind(nil), h.res.kind(res))
	}
	return h
}

// remove frees entry i, which exists.
func (t *HandleTable) remove(i uint32) {
	t.entries[i] = handle{}
	t.free = append(t.free, i)
}

// ResourceNew is canon resource.new.
func (c *ComponentInstance) ResourceNew(res *ResourceType, rep uint32) uint32 {
	if !c.MayLeave {
		Throw(TrapCannotLeave)
	}
	return c.Handles.add(handle{kind: handleOwn, res: res, rep: rep})
}

// ResourceRep is canon resource.rep.
func (c *ComponentInstance) ResourceRep(res *ResourceType, i uint32) uint32 {
	return c.Handles.resource(i, res).rep
}

// ResourceDrop is canon resource.drop without the destructor, which the caller
// runs if own is true: with rep for a guest resource, through
// [ResourceType.DropHost] with val for a host resource.
func (c *ComponentInstance) ResourceDrop(res *ResourceType, i uint32) (rep uint32, val any, own bool) {
	if !c.MayLeave {
		Throw(TrapCannotLeave)
	}
	h := c.Handles.resource(i, res)
	if h.lends != 0 {
		Throwf(TrapHandleInUse, "handle index %d", i)
	}
	rep, val, own = h.rep, h.val, h.kind == handleOwn
	if !own {
		h.scope.borrows--
	}
	c.Handles.remove(i)
	return rep, val, own
}

// liftOwn is lift_own: the handle leaves the table.
func (c *ComponentInstance) liftOwn(res *ResourceType, i uint32) (rep uint32, val any) {
	h := c.Handles.resource(i, res)
	if h.lends != 0 {
		Throwf(TrapHandleInUse, "handle index %d", i)
	}
	if h.kind != handleOwn {
		throwText(TrapInvalidHandle, "handle index %d is borrowed where an owned one is needed", i)
	}
	rep, val = h.rep, h.val
	c.Handles.remove(i)
	return rep, val
}

// liftBorrow is lift_borrow; the handle stays lent until unlend.
func (c *ComponentInstance) liftBorrow(res *ResourceType, i uint32) (rep uint32, val any) {
	h := c.Handles.resource(i, res)
	h.lends++
	return h.rep, h.val
}

// unlend ends a liftBorrow. A lent handle cannot leave the table, so the index
// still names it.
func (c *ComponentInstance) unlend(i uint32) { c.Handles.entries[i].lends-- }

// lowerOwn is lower_own.
func (c *ComponentInstance) lowerOwn(res *ResourceType, rep uint32, val any) uint32 {
	return c.Handles.add(handle{kind: handleOwn, res: res, rep: rep, val: val})
}

// lowerBorrow is lower_borrow: in the instance that defines the resource a
// borrow is the bare representation.
func (c *ComponentInstance) lowerBorrow(res *ResourceType, rep uint32, val any, scope *Task) uint32 {
	if res.Inst == c {
		return rep
	}
	scope.borrows++
	return c.Handles.add(handle{kind: handleBorrow, res: res, rep: rep, val: val, scope: scope})
}
