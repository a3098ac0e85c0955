//go:build !unix

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
)

// execute runs the program and exits with its status.
func execute(ctx context.Context, program string, args, env []string) error {
	cmd := exec.CommandContext(ctx, program)
	cmd.Args, cmd.Env = args, env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() >= 0 {
		return statusError(exit.ExitCode())
	}
	return err
}
