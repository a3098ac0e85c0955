package rt

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// Cx is the context of lifting from, or lowering into, one component instance
// with one set of canonical options (CanonicalABI.md, LiftLowerContext). It
// lives on the stack of the adapter that uses it. For generated code.
//
// Everything here checks ranges itself: a host access never relies on a fault.
type Cx struct {
	Inst *ComponentInstance
	Mem  *Memory
	// Fn is the realloc option; Root and D are its first arguments.
	Fn   func(root unsafe.Pointer, d int32, old, oldSize, align, size uint32) uint32
	Root unsafe.Pointer
	D    int32
	// Wide: Mem has 64-bit addresses; realloc is Fn64. See abi_wide.go.
	Wide bool
	// Charge: the other side is the host, and lifted data counts against
	// Limits.HostCallBytes.
	Charge bool
	Fn64   func(root unsafe.Pointer, d int32, old, oldSize, align, size uint64) uint64
	// Scope is the task that borrow handles are lowered for.
	Scope *Task

	lifted uint64

	nlent, nguests int32
	lent           [4]uint32         // handles lent by the instance for this call
	guests         [2]*GuestResource // guest resources lent by the host for this call
	more           *moreLends
}

// moreLends is what a Cx has no room for.
type moreLends struct {
	lent   []uint32
	guests []*GuestResource
}

func (cx *Cx) moreLends() *moreLends {
	if cx.more == nil {
		cx.more = new(moreLends)
	}
	return cx.more
}

// MaxByteLength is MAX_STRING_BYTE_LENGTH and MAX_LIST_BYTE_LENGTH.
const MaxByteLength = 1<<28 - 1

// Realloc calls the realloc option: may_leave is false meanwhile, and what
// comes back is checked for alignment and range (CanonicalABI.md,
// LiftLowerContext.reallocate and its callers). The memory may have grown or moved.
func (cx *Cx) Realloc(old, oldSize, align, size uint32) uint32 {
	cx.Inst.MayLeave = false
	p := cx.Fn(cx.Root, cx.D, old, oldSize, align, size)
	cx.Inst.MayLeave = true
	if p&(align-1) != 0 {
		Throwf(TrapHeapMisaligned, "realloc return: result not aligned: %#x where alignment %d is needed", p, align)
	}
	if uint64(p)+uint64(size) > cx.Mem.Size {
		cx.throwRange("realloc return: beyond end of memory", "list content out-of-bounds", uint64(size), uint64(p))
	}
	return p
}

// Check checks that size bytes at p are in memory and that p is aligned
// (CanonicalABI.md, lift_flat_values and lower_flat_values).
func (cx *Cx) Check(p, size, align uint32) {
	if p&(align-1) != 0 {
		Throwf(TrapHeapMisaligned, "argument or return pointer not aligned to %d: %#x", align, p)
	}
	if uint64(p)+uint64(size) > cx.Mem.Size {
		Throwf(TrapMemoryOutOfBounds, "pointer out of bounds of memory: %d bytes at %#x", size, p)
	}
}

// CheckList checks a list of n elements at p (CanonicalABI.md, load_list_from_range).
func (cx *Cx) CheckList(p, n, size, align uint32) {
	bytes := uint64(n) * uint64(size)
	if bytes > MaxByteLength {
		cx.throwLong("list pointer/length out of bounds of memory", "list content out-of-bounds", bytes)
	}
	if p&(align-1) != 0 {
		Throwf(TrapHeapMisaligned, "list pointer is not aligned to %d: %#x", align, p)
	}
	if uint64(p)+bytes > cx.Mem.Size {
		cx.throwRange("list pointer/length out of bounds of memory", "list content out-of-bounds", bytes, uint64(p))
	}
}

// NewList allocates room for a list of n elements of the given size and
// alignment in the instance's memory.
func (cx *Cx) NewList(n int, size, align uint32) uint32 {
	bytes := uint64(n) * uint64(size)
	if bytes > MaxByteLength {
		cx.throwLong("list pointer/length out of bounds of memory", "list content out-of-bounds", bytes)
	}
	return cx.Realloc(0, 0, align, uint32(bytes))
}

// throwRange raises the trap of a range that is not in memory. Like wasmtime's,
// its text tells calls of the host from calls between guests.
//
//go:noinline
func (cx *Cx) throwRange(host, fused string, size, p uint64) {
	if cx.Charge {
		fused = host
	}
	throwText(TrapStringOutOfBounds, "%s: %d bytes at %#x", fused, size, p)
}

// throwLong raises the trap of a string or list of more than MaxByteLength bytes.
//
//go:noinline
func (cx *Cx) throwLong(host, fused string, size uint64) {
	if cx.Charge {
		fused = host
	}
	throwText(TrapStringOutOfBounds, "%s: more than %d bytes: %d", fused, MaxByteLength, size)
}

// bytes is n bytes at p, which have been checked. It is good until the next realloc.
func (cx *Cx) bytes(p, n uint32) []byte {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Add(cx.Mem.Base, uintptr(p))), n)
}

// charge counts host memory that a guest makes the host allocate.
func (cx *Cx) charge(n uint64) {
	if !cx.Charge {
		return
	}
	cx.lifted += n
	limit := cx.Inst.Store.limits.HostCallBytes
	if limit == 0 {
		limit = defaultHostCallBytes
	}
	if cx.lifted > limit {
		Throwf(TrapLimit, "more than %d bytes of arguments or results in one call", limit)
	}
}

const defaultHostCallBytes = 128 << 20

// MakeList makes the Go slice for a list of n elements, which CheckList has
// accepted.
func MakeList[T any](cx *Cx, n uint32) []T {
	var e T
	cx.charge(uint64(n) * uint64(unsafe.Sizeof(e)))
	return make([]T, n)
}

// MakeMap makes the Go map for a map of n entries, which CheckList has accepted.
func MakeMap[K comparable, V any](cx *Cx, n uint32) map[K]V {
	var k K
	var v V
	cx.charge(uint64(n) * uint64(unsafe.Sizeof(k)+unsafe.Sizeof(v)))
	return make(map[K]V, n)
}

// The accessors of memory that has been checked. Wasm is little-endian.

// Ld8 reads a byte.
func (m *Memory) Ld8(p uint32) uint8 { return *(*uint8)(unsafe.Add(m.Base, uintptr(p))) }

// Ld16 reads 16 bits.
func (m *Memory) Ld16(p uint32) uint16 {
	return binary.LittleEndian.Uint16((*[2]byte)(unsafe.Add(m.Base, uintptr(p)))[:])
}

// Ld32 reads 32 bits.
func (m *Memory) Ld32(p uint32) uint32 {
	return binary.LittleEndian.Uint32((*[4]byte)(unsafe.Add(m.Base, uintptr(p)))[:])
}

// Ld64 reads 64 bits.
func (m *Memory) Ld64(p uint32) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(m.Base, uintptr(p)))[:])
}

// St8 writes a byte.
func (m *Memory) St8(p uint32, v uint8) { *(*uint8)(unsafe.Add(m.Base, uintptr(p))) = v }

// St16 writes 16 bits.
func (m *Memory) St16(p uint32, v uint16) {
	binary.LittleEndian.PutUint16((*[2]byte)(unsafe.Add(m.Base, uintptr(p)))[:], v)
}

// St32 writes 32 bits.
func (m *Memory) St32(p uint32, v uint32) {
	binary.LittleEndian.PutUint32((*[4]byte)(unsafe.Add(m.Base, uintptr(p)))[:], v)
}

// St64 writes 64 bits.
func (m *Memory) St64(p uint32, v uint64) {
	binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(m.Base, uintptr(p)))[:], v)
}

// Bool32 is 1 for true.
func Bool32(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// LiftChar is convert_i32_to_char.
func LiftChar(c uint32) rune {
	if c >= 0x110000 || c-0xd800 < 0x800 {
		Throwf(TrapInvalidChar, "%#x: converted integer out of range for `char`", c)
	}
	return rune(c)
}

// ThrowDisc raises the trap of a discriminant that names no case.
//
//go:noinline
func ThrowDisc(d uint32) {
	Throwf(TrapInvalidDiscriminant, "unexpected discriminant: %d", d)
}

// The handles of one call.

// LiftOwn takes an own handle out of the instance's table.
func (cx *Cx) LiftOwn(res *ResourceType, i uint32) (rep uint32, val any) {
	return cx.Inst.liftOwn(res, i)
}

// LiftBorrow reads a handle, which is lent until [Cx.EndLends].
func (cx *Cx) LiftBorrow(res *ResourceType, i uint32) (rep uint32, val any) {
	rep, val = cx.Inst.liftBorrow(res, i)
	if int(cx.nlent) < len(cx.lent) {
		cx.lent[cx.nlent] = i
	} else {
		m := cx.moreLends()
		m.lent = append(m.lent, i)
	}
	cx.nlent++
	return rep, val
}

// EndLends gives back what was lent for the call (CanonicalABI.md,
// Subtask.deliver_resolve).
func (cx *Cx) EndLends() {
	for _, i := range cx.lent[:min(int(cx.nlent), len(cx.lent))] {
		cx.Inst.unlend(i)
	}
	for _, r := range cx.guests[:min(int(cx.nguests), len(cx.guests))] {
		r.lends--
	}
	if m := cx.more; m != nil {
		for _, i := range m.lent {
			cx.Inst.unlend(i)
		}
		for _, r := range m.guests {
			r.lends--
		}
	}
	cx.nlent, cx.nguests, cx.more = 0, 0, nil
}

// LowerOwn puts an own handle into the instance's table.
func (cx *Cx) LowerOwn(res *ResourceType, rep uint32, val any) uint32 {
	return cx.Inst.lowerOwn(res, rep, val)
}

// LowerBorrow puts a borrow handle of the task cx.Scope into the instance's table.
func (cx *Cx) LowerBorrow(res *ResourceType, rep uint32, val any) uint32 {
	return cx.Inst.lowerBorrow(res, rep, val, cx.Scope)
}

// MoveGuest lowers a guest resource that Go owns: the guest owns it then.
func (cx *Cx) MoveGuest(res *ResourceType, r *GuestResource) uint32 {
	if err := r.movable(res); err != nil {
		ThrowHost(res.Name, err) // an asynchronous call started late
	}
	r.moved = true
	return cx.Inst.lowerOwn(res, r.rep, nil)
}

// LendGuest lowers a guest resource that Go owns as a borrow, until [Cx.EndLends].
func (cx *Cx) LendGuest(res *ResourceType, r *GuestResource) uint32 {
	if err := r.lendable(res); err != nil {
		ThrowHost(res.Name, err)
	}
	r.lends++
	if int(cx.nguests) < len(cx.guests) {
		cx.guests[cx.nguests] = r
	} else {
		m := cx.moreLends()
		m.guests = append(m.guests, r)
	}
	cx.nguests++
	return cx.Inst.lowerBorrow(res, r.rep, nil, cx.Scope)
}

// The checks of Go values, made before they are lowered.

// ArgError says that a value given to the guest is not a value of its type.
type ArgError struct {
	Name string // parameter
	Err  error
}

func (e *ArgError) Error() string {
	return "wc2go: argument " + e.Name + ": " + strings.TrimPrefix(e.Err.Error(), "wc2go: ")
}

// Unwrap gives Err.
func (e *ArgError) Unwrap() error { return e.Err }

// CheckString says what is wrong with a string for WIT.
func CheckString(s string) error {
	if len(s) > MaxByteLength {
		return fmt.Errorf("string of %d bytes is too long", len(s))
	}
	if !utf8.ValidString(s) {
		return fmt.Errorf("string is not UTF-8")
	}
	return nil
}

// CheckChar says what is wrong with a rune for WIT.
func CheckChar(c rune) error {
	if !utf8.ValidRune(c) {
		return fmt.Errorf("%#x is not a Unicode scalar value", uint32(c))
	}
	return nil
}

// CheckLen says what is wrong with the length of a list of elements of size bytes.
func CheckLen(n int, size uint32) error {
	if uint64(n)*uint64(size) > MaxByteLength {
		return fmt.Errorf("list of %d elements is too long", n)
	}
	return nil
}

// CheckRange says what is wrong with the value of an enum or flags type.
func CheckRange[T ~uint8 | ~uint16 | ~uint32 | ~uint64](v T, ok bool) error {
	if !ok {
		return fmt.Errorf("%#x is not a value of %T", uint64(v), v)
	}
	return nil
}

// CheckVariant says that v is not one of the cases of a variant type.
func CheckVariant(v any) error {
	if v == nil {
		return fmt.Errorf("nil is not a case of a variant")
	}
	return fmt.Errorf("%T is not a case of the variant", v)
}

// CheckHost says what is wrong with a host resource.
func CheckHost(v any, name string) error {
	if v == nil {
		return fmt.Errorf("wc2go: nil %s", name)
	}
	return nil
}
