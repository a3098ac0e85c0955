package rt

import (
	"math"
	"testing"
	"unsafe"
)

func TestHandleIndices(t *testing.T) {
	res := &ResourceType{Name: "r"}
	c := NewComponents(&Store{}, []int32{-1}, 0)[0]
	var got []uint32
	add := func(rep uint32) { got = append(got, c.ResourceNew(res, rep)) }
	add(10)
	add(20)
	add(30)
	c.ResourceDrop(res, 1)
	c.ResourceDrop(res, 3)
	add(40) // last freed, first used
	add(50)
	add(60)
	want := []uint32{1, 2, 3, 3, 1, 4}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("indices %v, want %v", got, want)
		}
	}
	if r := c.ResourceRep(res, 1); r != 50 {
		t.Errorf("rep of 1 is %d", r)
	}
	if n := c.Handles.Len(); n != 4 {
		t.Errorf("%d handles", n)
	}
}

func TestHandleTraps(t *testing.T) {
	cs := NewComponents(&Store{}, []int32{-1, 0}, 0)
	c, other := cs[1], cs[0]
	res, foreign := &ResourceType{Name: "r", Inst: c}, &ResourceType{Name: "f", Inst: other}
	own := c.ResourceNew(res, 7)
	cx := &Cx{Inst: c, Scope: new(Task)}
	check := func(what string, want TrapCode, f func()) {
		t.Helper()
		if got := trapOf(f); got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	check("index 0", TrapInvalidHandle, func() { c.ResourceDrop(res, 0) })
	check("index past the end", TrapInvalidHandle, func() { c.ResourceDrop(res, 99) })
	check("other type", TrapInvalidHandle, func() { c.ResourceDrop(foreign, own) })
	check("other type lifted", TrapInvalidHandle, func() { cx.LiftOwn(foreign, own) })

	// A borrow in the defining instance is the representation.
	if h := cx.LowerBorrow(res, 7, nil); h != 7 {
		t.Errorf("borrow in the defining instance is %d", h)
	}
	cx.Scope.Return()
	b := cx.LowerBorrow(foreign, 8, nil)
	check("borrow moved", TrapInvalidHandle, func() { cx.LiftOwn(foreign, b) })
	check("borrow not dropped", TrapBorrowsRemain, func() { cx.Scope.Return() })
	if _, _, own := c.ResourceDrop(foreign, b); own {
		t.Error("a borrow handle owns")
	}
	cx.Scope.Return()

	// More lends than fit the inline array.
	for range 6 {
		cx.LiftBorrow(res, own)
	}
	check("dropped while lent", TrapHandleInUse, func() { c.ResourceDrop(res, own) })
	check("moved while lent", TrapHandleInUse, func() { cx.LiftOwn(res, own) })
	cx.EndLends()
	if rep, _ := cx.LiftOwn(res, own); rep != 7 {
		t.Errorf("rep %d", rep)
	}
	check("moved before", TrapInvalidHandle, func() { c.ResourceRep(res, own) })
	c.MayLeave = false
	check("resource.new in post-return", TrapCannotLeave, func() { c.ResourceNew(res, 1) })
	check("resource.drop in post-return", TrapCannotLeave, func() { c.ResourceDrop(res, 1) })
}

func TestGuestResourceChecks(t *testing.T) {
	s1, s2 := &Store{}, &Store{}
	c := NewComponents(s1, []int32{-1}, 0)[0]
	res := &ResourceType{Name: "r", Inst: c, Store: s1}
	elsewhere := &ResourceType{Name: "r", Store: s2}
	r := NewGuestResource(res, 5)
	if err := r.CheckOwn(res); err != nil {
		t.Error(err)
	}
	if err := r.CheckBorrow(elsewhere); err != ErrWrongStore {
		t.Errorf("other store: %v", err)
	}
	cx := &Cx{Inst: c}
	if h := cx.LendGuest(res, &r); h != 5 {
		t.Errorf("lent as %d", h)
	}
	if err := r.CheckOwn(res); err != ErrInUse {
		t.Errorf("moved while lent: %v", err)
	}
	cx.EndLends()
	h := cx.MoveGuest(res, &r)
	if rep, _ := cx.LiftOwn(res, h); rep != 5 {
		t.Errorf("rep %d", rep)
	}
	if err := r.CheckBorrow(res); err != ErrMoved {
		t.Errorf("after the move: %v", err)
	}
}

// longHeader is a slice or string that claims to be longer than it is: the race
// detector's checks do not let package unsafe make one.
type longHeader struct {
	p        unsafe.Pointer
	len, cap int
}

// TestLimits: Table.MAX_LENGTH, MAX_STRING_BYTE_LENGTH and MAX_LIST_BYTE_LENGTH
// (CanonicalABI.md). What is too long is not looked at, so there is nothing of that size here.
func TestLimits(t *testing.T) {
	c := NewComponents(&Store{}, []int32{-1}, 0)[0]
	res := &ResourceType{Name: "r"}
	var one handle
	if uint64(math.MaxInt)/uint64(unsafe.Sizeof(one)) > 1<<28 { // with 32 bits there are no such slices, as Go's compiler knows
		c.Handles.entries = *(*[]handle)(unsafe.Pointer(&longHeader{unsafe.Pointer(&one), 1 << 28, 1 << 28}))
		if got := trapOf(func() { c.ResourceNew(res, 1) }); got != TrapLimit {
			t.Errorf("handle 2^28: %v", got)
		}
	}
	cx := &Cx{Inst: c, Mem: &Memory{Size: 1 << 32}}
	for _, x := range []struct {
		what string
		f    func()
		want TrapCode
	}{
		{"list of 2^28-1 bytes", func() { cx.CheckList(0, 1<<28-1, 1, 1) }, trapOf(func() {})},
		{"list of 2^28 bytes", func() { cx.CheckList(0, 1<<28, 1, 1) }, TrapStringOutOfBounds},
		{"list of 2^26 u32", func() { cx.CheckList(0, 1<<26, 4, 4) }, TrapStringOutOfBounds},
		{"new list of 2^28 bytes", func() { cx.NewList(1<<28, 1, 1) }, TrapStringOutOfBounds},
		{"string of 2^28 bytes", func() { cx.load(EncodingUTF8, 0, 1<<28) }, TrapStringOutOfBounds},
		{"string of 2^27 UTF-16 units", func() { cx.load(EncodingUTF16, 0, 1<<27) }, TrapStringOutOfBounds},
		{"string of 2^27 tagged units", func() { cx.load(EncodingLatin1UTF16, 0, 1<<27|utf16Tag) }, TrapStringOutOfBounds},
	} {
		if got := trapOf(x.f); got != x.want {
			t.Errorf("%s: %v, want %v", x.what, got, x.want)
		}
	}
	b := byte('x')
	if CheckString(*(*string)(unsafe.Pointer(&longHeader{unsafe.Pointer(&b), 1 << 28, 0}))) == nil {
		t.Error("string of 2^28 bytes is accepted from Go")
	}
	if CheckLen(1<<28, 1) == nil || CheckLen(1<<28-1, 1) != nil {
		t.Error("lists of 2^28 bytes from Go")
	}
}

// A store can have a limit for the handles of each component instance; one that is given
// up makes room.
func TestHandleLimit(t *testing.T) {
	st := NewStore(WithLimits(Limits{Handles: 20}))
	defer st.Close()
	for _, c := range NewComponents(st, []int32{-1, 0}, 1) {
		res := &ResourceType{}
		for range 20 {
			c.ResourceNew(res, 1)
		}
		if got := trapOf(func() { c.ResourceNew(res, 1) }); got != TrapLimit {
			t.Errorf("the 21st: %v", got)
		}
		c.ResourceDrop(res, 7)
		if i := c.ResourceNew(res, 1); i != 7 {
			t.Errorf("index %d", i)
		}
	}
}
