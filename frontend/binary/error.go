package binary

import "fmt"

// Error is a refusal of an input, at a byte offset of the input file.
type Error struct {
	Offset  int
	Message string
	// Malformed tells a binary that breaks the grammar from one that is merely invalid.
	Malformed bool
}

func (e *Error) Error() string { return fmt.Sprintf("%s (at offset 0x%x)", e.Message, e.Offset) }

// Errorf makes a validation error.
func Errorf(offset int, format string, args ...any) *Error {
	return &Error{Offset: offset, Message: fmt.Sprintf(format, args...)}
}

// Malformedf makes a decoding error.
func Malformedf(offset int, format string, args ...any) *Error {
	return &Error{Offset: offset, Message: fmt.Sprintf(format, args...), Malformed: true}
}
