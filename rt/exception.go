package rt

// This file: exceptions. An exception is a Go panic with an *Exception, which
// the store knows meanwhile: a function that catches looks there before it asks Go to
// recover, so that neither a normal return nor a trap costs it anything, and so
// that what it does not catch passes as if it were not there.

// Exception is the header of an exception: the Go struct of the generated code
// that holds its payload begins with it. For generated code.
type Exception struct {
	Tag  *Tag
	comp *ComponentInstance // where it was thrown last
}

// Throwing makes x the exception that is thrown; the caller must panic with it
// at once. For generated code.
func Throwing(s *Store, c *ComponentInstance, x *Exception) *Exception {
	if x == nil {
		panic(TrapNullReference)
	}
	x.comp = c
	s.exn = x
	return x
}

// Thrown gives the exception that is passing a function of component instance c,
// nil if there is none. An exception of another component instance is not caught: it would have to leave
// its component, which is a trap. For generated code.
func Thrown(s *Store, c *ComponentInstance) *Exception {
	if x := s.exn; x != nil && x.comp == c {
		return x
	}
	return nil
}

// Caught ends what Throwing began. For generated code.
func Caught(s *Store) { s.exn = nil }
