package rt

// This file: exceptions.

// Exception is the header of an exception: the Go struct of the generated code
// that holds its arguments begins with it. For generated code.
type Exception struct {
	Tag *Tag
}
