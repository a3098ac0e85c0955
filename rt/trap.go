package rt

import (
	"fmt"
	"runtime"
	"strings"
)

// TrapCode says why a guest trapped. It is an error, so that
// errors.Is(err, rt.TrapUnreachable) works on any error that wraps a [*Trap].
type TrapCode uint8

// The trap codes. Numbers are never reused.
const (
	TrapUnknown             TrapCode = iota
	TrapUnreachable                  // unreachable instruction
	TrapMemoryOutOfBounds            // load, store or bulk operation past the end of a memory
	TrapTableOutOfBounds             // table access past the end
	TrapIndirectCallToNull           // call through a null table entry
	TrapBadSignature                 // call_indirect with the wrong type
	TrapIntegerOverflow              // INT_MIN / -1, or truncation out of range
	TrapIntegerDivideByZero          // division or remainder by zero
	TrapBadConversion                // truncation of NaN
	TrapStackOverflow                // call depth exhausted
	TrapNullReference                // null where a reference is needed
	TrapArrayOutOfBounds             // GC array access past the end
	TrapCastFailure                  // ref.cast
	TrapUnalignedAtomic              // atomic access not naturally aligned
	TrapHeapMisaligned               // canonical ABI: pointer not aligned
	TrapUncaughtException            // exception left the outermost call
	TrapInterrupt                    // context cancelled
	TrapOutOfFuel                    // fuel used up
	TrapLimit                        // a limit of the store was reached
	TrapCannotEnter                  // component instance cannot be re-entered
	TrapCannotLeave                  // call out of a component that may not leave
	TrapInvalidHandle                // unknown, dropped or foreign handle index
	TrapHandleInUse                  // handle dropped or moved while lent
	TrapBorrowsRemain                // call returned with borrows not dropped
	TrapInvalidDiscriminant          // variant or enum discriminant out of range
	TrapInvalidChar                  // char that is no Unicode scalar value
	TrapInvalidString                // bytes that are not the encoding they should be
	TrapStringOutOfBounds            // string or list beyond memory, or too long
	TrapHost                         // a host function failed; see Trap.Cause
	TrapExit                         // the guest asked to exit (wasi:cli/exit)
	TrapUnsupportedImport            // a stubbed import was called
	TrapDeadlock                     // nothing left to run while a call waits
	TrapAsync                        // a rule of the async canonical ABI was broken
	TrapWaitNotShared                // atomic wait on a memory that is not shared
)

// trapText is indexed by TrapCode; texts as wasmtime prints them.
var trapText = [...]string{
	TrapUnknown:             "unknown trap",
	TrapUnreachable:         "wasm `unreachable` instruction executed",
	TrapMemoryOutOfBounds:   "out of bounds memory access",
	TrapTableOutOfBounds:    "undefined element: out of bounds table access",
	TrapIndirectCallToNull:  "uninitialized element",
	TrapBadSignature:        "indirect call type mismatch",
	TrapIntegerOverflow:     "integer overflow",
	TrapIntegerDivideByZero: "integer divide by zero",
	TrapBadConversion:       "invalid conversion to integer",
	TrapStackOverflow:       "call stack exhausted",
	TrapNullReference:       "null reference",
	TrapArrayOutOfBounds:    "out of bounds array access",
	TrapCastFailure:         "cast failure",
	TrapUnalignedAtomic:     "unaligned atomic",
	TrapHeapMisaligned:      "unaligned pointer",
	TrapUncaughtException:   "uncaught exception",
	TrapInterrupt:           "interrupt",
	TrapOutOfFuel:           "all fuel consumed by WebAssembly",
	TrapLimit:               "resource limit exceeded",
	TrapCannotEnter:         "cannot enter component instance",
	TrapCannotLeave:         "cannot leave component instance",
	TrapInvalidHandle:       "unknown handle index",
	TrapHandleInUse:         "cannot remove owned resource while borrowed",
	TrapBorrowsRemain:       "borrow handles still remain at the end of the call",
	TrapInvalidDiscriminant: "invalid variant discriminant",
	TrapInvalidChar:         "invalid `char` bit pattern",
	TrapInvalidString:       "invalid string encoding",
	TrapStringOutOfBounds:   "string or list out of bounds of memory",
	TrapHost:                "host function failed",
	TrapExit:                "exit",
	TrapUnsupportedImport:   "import is not implemented",
	TrapDeadlock:            "deadlock detected: event loop cannot make further progress",
	TrapAsync:               "async canonical ABI violated",
	TrapWaitNotShared:       "atomic wait on non-shared memory",
}

// Error is the trap's message.
func (c TrapCode) Error() string {
	if int(c) < len(trapText) && trapText[c] != "" {
		return trapText[c]
	}
	return fmt.Sprintf("trap %d", uint8(c))
}

// Frame is a wasm function on the stack of a trap, innermost first.
type Frame struct {
	Module   int    // number of the core module in the component
	Func     uint32 // function index in the module
	FuncName string // from the name section; may be ""
	Offset   uint32 // of the instruction in the module; 0 if not known

	names *FuncNames
}

// Trap is the error of a guest that misbehaved. Its store is poisoned.
type Trap struct {
	Code    TrapCode
	Message string  // more than Code's text; may be ""
	Frames  []Frame // wasm backtrace
	Cause   error   // the host's error for TrapHost; may be nil
	full    bool    // Message stands for Code's text too
}

func (t *Trap) Error() string {
	var b strings.Builder
	b.WriteString("wasm trap: ")
	switch {
	case t.full:
		b.WriteString(t.Message)
	case t.Message == "":
		b.WriteString(t.Code.Error())
	default:
		b.WriteString(t.Code.Error())
		b.WriteString(": ")
		b.WriteString(t.Message)
	}
	if t.Cause != nil {
		b.WriteString(": ")
		b.WriteString(t.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the code and the cause.
func (t *Trap) Unwrap() []error {
	if t.Cause != nil {
		return []error{t.Code, t.Cause}
	}
	return []error{t.Code}
}

// Throw raises a trap. For generated code.
//
//go:noinline
func Throw(code TrapCode) { panic(&Trap{Code: code}) }

// Throwf raises a trap with a message. For generated code and hosts.
//
//go:noinline
func Throwf(code TrapCode, format string, args ...any) {
	panic(&Trap{Code: code, Message: fmt.Sprintf(format, args...)})
}

// asTrap tells what guest code panicked with: a trap, or nil for a panic that is
// not the guest's. Generated code panics with a [TrapCode], so that the Go
// compiler knows that nothing follows.
func (s *Store) asTrap(r any) *Trap {
	switch r := r.(type) {
	case *Trap:
		if r.Code == TrapInterrupt && r.Cause == nil {
			return s.interrupted()
		}
		return r
	case TrapCode:
		if r == TrapInterrupt {
			return s.interrupted()
		}
		return &Trap{Code: r}
	case *Exception:
		if s.exn != r {
			return nil
		}
		s.exn = nil
		return &Trap{Code: TrapUncaughtException}
	case runtime.Error:
		if s.inHost {
			return nil
		}
		if a, ok := r.(interface{ Addr() uintptr }); ok && s.faults(a.Addr()) {
			return &Trap{Code: TrapMemoryOutOfBounds}
		}
		// Generated code leaves these checks to Go.
		switch text := r.Error(); {
		case text == "runtime error: integer divide by zero":
			return &Trap{Code: TrapIntegerDivideByZero}
		case text == "runtime error: invalid memory address or nil pointer dereference" && s.guestPanics():
			return &Trap{Code: TrapNullReference}
		case strings.HasPrefix(text, "runtime error: index out of range [") && s.guestPanics():
			return &Trap{Code: TrapArrayOutOfBounds}
		}
	}
	return nil
}

// throwText raises a trap whose message says all, in place of the code's text.
//
//go:noinline
func throwText(code TrapCode, format string, args ...any) {
	panic(&Trap{Code: code, Message: fmt.Sprintf(format, args...), full: true})
}
