package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/internal/translate"
	"github.com/wc2go/wc2go/internal/wit"
	"github.com/wc2go/wc2go/ir"
)

func newWit() *cobra.Command {
	return &cobra.Command{
		Use:   "wit FILE.wasm",
		Short: "Print the world of a component as WIT",
		Long: `Wit prints what a component imports and exports as the text of a WIT world, with
the interfaces and types that it needs.`,
		Example:           `  wc2go wit app.wasm`,
		Args:              exactly(1, "the component file"),
		ValidArgsFunction: wasmFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := translate.Read(args[0])
			if err != nil {
				return err
			}
			prog, err := translate.Frontend(cmd.Context(), args[0], data, frontend.Options{}, nil)
			if err != nil {
				return err
			}
			if prog.Core {
				return fmt.Errorf("%s: is a core module, which has no world", args[0])
			}
			return printTo(cmd.OutOrStdout(), prog, wit.Print)
		},
	}
}

// printTo prints prog to w through a buffer.
func printTo(w io.Writer, prog *ir.Program, print func(io.Writer, *ir.Program) error) error {
	b := bufio.NewWriter(w)
	if err := print(b, prog); err != nil {
		return err
	}
	return b.Flush()
}

func newValidate() *cobra.Command {
	return &cobra.Command{
		Use:   "validate FILE…",
		Short: "Check that components or core modules are valid",
		Long: `Validate checks files completely, and says for each one that is not valid why not,
and at which byte. The exit status is 1 if one of them is not valid.`,
		Example:           `  wc2go validate *.wasm`,
		Args:              atLeastOne("a file"),
		ValidArgsFunction: wasmFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			bad := false
			for _, file := range args {
				data, err := translate.Read(file)
				if err == nil {
					err = translate.Validate(cmd.Context(), file, data)
				}
				if err != nil {
					if cmd.Context().Err() != nil {
						return err
					}
					fmt.Fprintf(os.Stderr, "wc2go: %v\n", err)
					bad = true
				}
			}
			if bad {
				return statusError(statusFailed)
			}
			return nil
		},
	}
}

func newDump() *cobra.Command {
	var after string
	var disable passList
	cmd := &cobra.Command{
		Use:   "dump [--after=PASS] FILE.wasm",
		Short: "Print the program that a component is translated to",
		Long: `Dump prints the flat program that wc2go makes of a component before it prints Go:
for people who work on wc2go, or want to know how a component is put together.
With --after the program is printed as it is after that pass.`,
		Example: `  wc2go dump app.wasm
  wc2go dump --after=frontend app.wasm`,
		Args:              exactly(1, "the component file"),
		ValidArgsFunction: wasmFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("after") {
				if err := translate.CheckPass(after); err != nil {
					return usageError{fmt.Errorf("--after: %w", err), cmd}
				}
			}
			data, err := translate.Read(args[0])
			if err != nil {
				return err
			}
			prog, err := translate.Frontend(cmd.Context(), args[0], data, frontend.Options{}, nil)
			if err != nil {
				return err
			}
			// A pass rewrites the program in place, so it is printed while they run.
			var printErr error
			err = translate.Passes(cmd.Context(), args[0], prog, ir.PassOptions{Disable: disable, After: func(pass string, p *ir.Program) {
				if pass == after {
					printErr = printTo(cmd.OutOrStdout(), p, ir.Print)
				}
			}})
			if err == nil && after == "" {
				printErr = printTo(cmd.OutOrStdout(), prog, ir.Print)
			}
			return errors.Join(err, printErr)
		},
	}
	cmd.Flags().StringVar(&after, "after", "", "print the program after this `pass` (default: the last)")
	disableFlag(cmd, &disable)
	cmd.RegisterFlagCompletionFunc("after", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return translate.PassNames(), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}
