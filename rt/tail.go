package rt

import "unsafe"

// TailCall is a tail call that a function left to be made when it had returned.
// For generated code.
type TailCall struct {
	Next unsafe.Pointer // bits of a Go func value: what makes the call; nil: there is none
	Inst unsafe.Pointer // its first argument
}

// NextTail takes the tail call that s has to make: the function, of type F, and
// its first argument. For generated code.
func NextTail[F any](s *Store) (f F, inst unsafe.Pointer) {
	t := s.Tail
	s.Tail.Next = nil
	return *(*F)(unsafe.Pointer(&t.Next)), t.Inst
}

// TailCode gives the code to go to in a tail call: the body of a function that
// bounces. For generated code.
func (f *FuncRef) TailCode() unsafe.Pointer {
	if f.Body != nil {
		return f.Body
	}
	return f.Code
}
