package rt

import "fmt"

// ExitError is the cause of a trap with code TrapExit: the guest asked to end
// the program.
type ExitError struct {
	Code int // exit status
}

func (e *ExitError) Error() string { return fmt.Sprintf("exit status %d", e.Code) }

// Exit is the error with which a host function ends the program.
func Exit(code int) error { return &Trap{Code: TrapExit, Cause: &ExitError{code}} }
