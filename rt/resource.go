package rt

import (
	"context"
	"errors"
	"fmt"
)

// ErrInUse is the error of a guest resource that is dropped or moved while a
// call that borrows it runs.
var ErrInUse = errors.New("wc2go: resource is in use by a running call")

// ResourceType is a resource type at run time (CanonicalABI.md, ResourceType):
// each instantiation of a component that defines one makes a new one, so types are compared
// by their pointers. The fields are for generated code.
type ResourceType struct {
	Name string
	// Inst is the component instance that defines the resource, nil if the
	// host does.
	Inst *ComponentInstance
	// Store is the store of the instantiation.
	Store *Store
	// Dtor runs the destructor with a depth budget; nil if there is none. Entering Inst is the
	// caller's business.
	Dtor func(d int32, rep uint32)
	// Wrap and Unwrap make and open the typed API's handle of a guest resource;
	// Is tells the embedder's values of a host resource. For dynamic calls.
	Wrap   func(rep uint32) any
	Unwrap func(v any) *GuestResource
	Is     func(v any) bool
	// HostDrop tells the host of a value that the guest dropped; if it is nil,
	// the value's own Drop method does.
	HostDrop func(ctx context.Context, v any) error
}

// String is the resource's name, "ns:pkg/iface#name".
func (t *ResourceType) String() string { return t.Name }

// owns reports whether v is a value of the type: of a resource of a guest the
// handle that the typed API has, if it belongs to this instance.
func (t *ResourceType) owns(v any) bool {
	if t.Inst == nil {
		return v != nil && t.Is != nil && t.Is(v)
	}
	if t.Unwrap == nil {
		return false
	}
	g := t.Unwrap(v)
	return g != nil && g.res == t
}

// kind names the type in a trap's message, set apart from another one.
func (t *ResourceType) kind(from *ResourceType) string {
	s := "host-defined resource"
	if t.Inst != nil {
		s = "guest-defined resource"
	}
	if from != nil && (from.Inst == nil) == (t.Inst == nil) {
		return "a different " + s
	}
	return s
}

// GuestResource is Go's ownership of a resource that a guest defines: the part
// that all generated resource types share. It changes hands only while a call of its
// store runs, so the store's baton guards it.
//
// A GuestResource that is never dropped keeps its guest state until the store
// is closed; closing a store runs no destructor.
type GuestResource struct {
	res   *ResourceType
	rep   uint32
	moved bool
	lends int32
	// claim is Store.claims of the last arguments or results that r was found in,
	// plus 1 if as an owner.
	claim uint64
}

// NewGuestResource takes ownership of a representation. For generated code.
func NewGuestResource(res *ResourceType, rep uint32) GuestResource {
	return GuestResource{res: res, rep: rep}
}

// Drop runs the resource's destructor. A resource that was dropped, or moved
// to a guest, gives [ErrMoved].
func (r *GuestResource) Drop(ctx context.Context) (err error) {
	if r == nil || r.res == nil {
		return ErrMoved
	}
	var e Entry
	if err = e.Enter(ctx, r.res.Store, r.res.Inst); err != nil {
		return err
	}
	defer e.Exit(&err)
	if r.moved {
		return ErrMoved
	}
	if r.lends > 0 {
		return ErrInUse
	}
	r.moved = true
	if r.res.Dtor != nil {
		r.res.Dtor(e.Depth, r.rep)
	}
	return nil
}

// BeginClaims begins the check of one call's arguments, or of one host
// function's results: [GuestResource.CheckOwn] and
// [GuestResource.CheckBorrow] refuse a resource that is given away and used
// a second time among them, before any of them is lowered. It needs the
// baton. For generated code.
func (s *Store) BeginClaims() { s.claims += 2 }

// CheckOwn says whether r can be moved to a guest as a resource of type res.
// It needs the baton of res's store. For generated code.
func (r *GuestResource) CheckOwn(res *ResourceType) error {
	if err := r.movable(res); err != nil {
		return err
	}
	switch now := res.Store.claims; {
	case now == 0:
	case r.claim == now:
		return ErrInUse
	case r.claim == now|1:
		return ErrMoved
	default:
		r.claim = now | 1
	}
	return nil
}

// CheckBorrow says whether r can be lent to a guest as a resource of type res.
// It needs the baton of res's store. For generated code.
func (r *GuestResource) CheckBorrow(res *ResourceType) error {
	if err := r.lendable(res); err != nil {
		return err
	}
	if now := res.Store.claims; r.claim == now|1 {
		return ErrMoved
	} else {
		r.claim = now
	}
	return nil
}

// movable says why r cannot be moved to a guest as a resource of type res.
func (r *GuestResource) movable(res *ResourceType) error {
	if err := r.lendable(res); err != nil {
		return err
	}
	if r.lends > 0 {
		return ErrInUse
	}
	return nil
}

// lendable says why r cannot be lent to a guest as a resource of type res.
func (r *GuestResource) lendable(res *ResourceType) error {
	switch {
	case r == nil || r.res == nil:
		return fmt.Errorf("wc2go: nil %s", res.Name)
	case r.res.Store != res.Store:
		return ErrWrongStore
	case r.res != res:
		return fmt.Errorf("wc2go: %s belongs to another instance", res.Name)
	case r.moved:
		return ErrMoved
	}
	return nil
}

// DropHost tells the embedder's value of a host resource that the guest
// dropped its last owner. For generated code.
func (t *ResourceType) DropHost(d int32, val any) {
	dr, ok := val.(Dropper)
	if !ok && t.HostDrop == nil {
		return
	}
	var err error
	t.Store.BeginHost(d)
	if t.HostDrop != nil {
		err = t.HostDrop(t.Store.HostContext(), val)
	} else {
		err = dr.Drop(t.Store.HostContext())
	}
	t.Store.EndHost()
	if err != nil {
		ThrowHost(t.Name+".drop", err)
	}
}

// ThrowHost raises the trap of a host function that failed. An error that is
// itself a [*Trap] is raised as it is. For generated code.
//
//go:noinline
func ThrowHost(name string, err error) {
	if t, ok := err.(*Trap); ok {
		panic(t)
	}
	panic(&Trap{Code: TrapHost, Message: name, Cause: err})
}

// HostValue is a value of a host resource as the Go type that the typed
// imports have for it. For generated code.
func HostValue[T any](t *ResourceType, val any) T {
	v, ok := val.(T)
	if !ok {
		throwHostValue(t, val)
	}
	return v
}

//go:noinline
func throwHostValue(t *ResourceType, val any) {
	ThrowHost(t.Name, fmt.Errorf("a %T is not what the typed imports take for a %s", val, t.Name))
}
