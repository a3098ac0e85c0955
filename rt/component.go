package rt

// ComponentInstance is the state of one instantiation of one component
// (CanonicalABI.md, "Component Instances"). For generated code.
type ComponentInstance struct {
	Store  *Store
	Parent *ComponentInstance
	// MayEnter is false while the instance, or a descendant that was entered
	// through it, is on the stack.
	MayEnter bool
	// MayLeave is false during realloc and post-return.
	MayLeave bool
	// Context is the thread-local storage of the thread that runs in the
	// instance, if it can see it: a call into the instance puts its own in place.
	Context [2]uint64
	Handles HandleTable
	// Tracked: code of the instance can ask for the current task, so that every
	// call needs one.
	Tracked bool
	// Res holds the resource types of the program, by the compiler's number;
	// all component instances of one instantiation share it.
	Res []*ResourceType
	// backpressure keeps calls of async functions from starting while it is not zero.
	backpressure uint32
	asyncState
}

// NewComponents makes the component instances of one instantiation: parents[n]
// is the number of the parent of instance n, negative for none; resources is
// the number of resource types, which the caller fills in.
func NewComponents(s *Store, parents []int32, resources int) []*ComponentInstance {
	res := make([]*ResourceType, resources)
	out := make([]*ComponentInstance, len(parents))
	for n, p := range parents {
		c := &ComponentInstance{Store: s, MayEnter: true, MayLeave: true, Res: res, Handles: HandleTable{max: s.limits.Handles}}
		if p >= 0 {
			c.Parent = out[p]
		}
		out[n] = c
	}
	s.comps = append(s.comps, out...)
	return out
}

// enterFromHost is may_enter_from and enter_from with a caller of None: the
// instance and all its ancestors are entered, or none of them if one may not be.
func (c *ComponentInstance) enterFromHost() bool {
	for a := c; a != nil; a = a.Parent {
		if !a.MayEnter {
			return false
		}
	}
	for a := c; a != nil; a = a.Parent {
		a.MayEnter = false
	}
	return true
}

// leaveToHost is leave_to with a caller of None.
func (c *ComponentInstance) leaveToHost() {
	for a := c; a != nil; a = a.Parent {
		a.MayEnter = true
	}
}
