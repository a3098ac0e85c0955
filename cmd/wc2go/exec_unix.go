//go:build unix

package main

import (
	"context"
	"os/signal"
	"syscall"
)

// execute becomes the program, so that signals, the terminal and the exit
// status are its own.
func execute(_ context.Context, program string, args, env []string) error {
	signal.Reset()
	return syscall.Exec(program, args, env)
}
