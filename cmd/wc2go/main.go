// Command wc2go translates WebAssembly components ahead of time to Go.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	statusFailed      = 1
	statusUsage       = 2
	statusInterrupted = 130 // 128 + SIGINT
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends wc2go at once
	status := run(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

// usageError is a mistake at the command line.
type usageError struct {
	error
	cmd *cobra.Command
}

func (e usageError) Unwrap() error { return e.error }

// statusError is an exit status about which all has been said.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// run runs wc2go and gives its exit status. Every error is printed here, once.
func run(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(goFlags(args))
	err := root.ExecuteContext(ctx)
	var usage usageError
	var status statusError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "wc2go: interrupted")
		return statusInterrupted
	case errors.As(err, &usage):
		fmt.Fprintf(os.Stderr, "wc2go: %v\n", err)
		if usage.cmd != nil {
			fmt.Fprintf(os.Stderr, "Run '%s --help' for usage.\n", usage.cmd.CommandPath())
		}
		return statusUsage
	}
	fmt.Fprintf(os.Stderr, "wc2go: %v\n", err)
	return statusFailed
}

// goFlags lets -pkg be written with one dash, as Go's own tools have it.
func goFlags(args []string) []string {
	if len(args) == 0 || args[0] != "generate" {
		return args
	}
	args = slices.Clone(args)
	for i, a := range args {
		if a == "-pkg" || strings.HasPrefix(a, "-pkg=") {
			args[i] = "-" + a
		}
	}
	return args
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "wc2go",
		Short: "Translate WebAssembly components to Go",
		Long: `wc2go translates WebAssembly components ahead of time to typed Go source: as a
package to link ("generate"), as a static program ("build"), or to run right
away ("run").

Exit status: that of the guest for a program that runs; 134 if it traps; 1 if
something cannot be translated or built; 2 for bad usage.`,
		Example: `  wc2go run app.wasm arg1 arg2
  wc2go run --invoke 'add(1, 2)' adder.wasm
  wc2go generate -o kv kv.wasm
  wc2go build -o app app.wasm`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			err := fmt.Errorf("unknown command %q", args[0])
			cmd.SuggestionsMinimumDistance = 2
			if s := cmd.SuggestionsFor(args[0]); len(s) > 0 {
				err = fmt.Errorf("unknown command %q, did you mean %q?", args[0], s[0])
			}
			return usageError{err, cmd}
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usageError{errors.New("a command is missing: generate, build, run..."), cmd}
		},
		Version: version(), // --version
	}
	root.SetVersionTemplate(versionText() + "\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usageError{err, cmd} })
	root.AddCommand(newGenerate(), newBuild(), newRun(), newServe(), newWit(), newValidate(), newDump(), newWast(), newVersion())
	root.InitDefaultHelpCmd()
	help, _, _ := root.Find([]string{"help"})
	help.Args = func(cmd *cobra.Command, args []string) error {
		// Find gives the command as far as the names go; what is left is none.
		if about, rest, err := cmd.Root().Find(args); err != nil || len(rest) > 0 && len(args) > 0 && about.HasSubCommands() {
			return usageError{fmt.Errorf("unknown command %q", strings.Join(args, " ")), cmd.Root()}
		}
		return nil
	}
	return root
}

// exactly wants n arguments, called what they are.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < n:
			return usageError{fmt.Errorf("%s is missing", what), cmd}
		case len(args) > n:
			return usageError{fmt.Errorf("unexpected argument %q", args[n]), cmd}
		}
		return nil
	}
}

// atLeastOne wants an argument or more.
func atLeastOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usageError{fmt.Errorf("%s is missing", what), cmd}
		}
		return nil
	}
}

// wasmFiles completes names of .wasm files.
func wasmFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"wasm"}, cobra.ShellCompDirectiveFilterFileExt
}
