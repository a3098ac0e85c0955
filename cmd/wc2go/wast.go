package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wc2go/wc2go/internal/progress"
	"github.com/wc2go/wc2go/internal/wast"
)

func newWast() *cobra.Command {
	var o wast.Options
	var execs string
	cmd := &cobra.Command{
		Use:   "wast PATH…",
		Short: "Run WebAssembly test scripts",
		Long: `Wast runs test scripts that tools/wast2json has converted: directories with a
script.json. Directories are searched for them. Each failure is printed with file and line,
and a count of all commands at the end. Skipped are commands that need a parser of
the text format, and what the converter could not assemble.

Components find what they import by name: in Wasmtime's instances host and wasmtime, and
in what named instances export; each instance has a store of its own. Core modules
find what is registered, or else a module of that name. A feature that the script's
configuration sets to false is off.

The modules become Go programs for GOOS and GOARCH of the environment, which are kept
in the cache (see "wc2go run"). --exec names a command that runs them where the machine
is another one.`,
		Example: `  node wast2json/index.mjs -o out testsuite && wc2go wast out
  wc2go wast -v out/i32
  GOARCH=s390x wc2go wast --exec qemu-s390x out/endianness`,
		Args: atLeastOne("a directory of scripts"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Exec = strings.Fields(execs)
			if cmd.Flags().Changed("exec") && len(o.Exec) == 0 {
				return usageError{errors.New("--exec is empty"), cmd}
			}
			o.Progress = progress.New(os.Stderr)
			sum, err := wast.Run(cmd.Context(), args, o, cmd.OutOrStdout())
			o.Progress.Done()
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), sum)
			if sum.Failed > 0 {
				return statusError(statusFailed)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&o.Verbose, "verbose", "v", false, "list what is skipped, and refusals in other words than the script's")
	f.StringVar(&o.Tags, "tags", "", "build `tags` of the programs: wc2go_checked has memory accesses compared with the size")
	f.StringVar(&execs, "exec", "", "run the programs with this `command`")
	f.DurationVar(&o.Timeout, "timeout", time.Minute, "how long one script may run")
	f.Uint64Var(&o.Shuffle, "shuffle", 0, "take ready tasks and events in an order that depends on this `seed`")
	f.StringSliceVar(&o.Passes.Disable, "disable", nil, "do not run these `passes`, or all")
	f.BoolVar(&o.Interruptible, "interruptible", false, "have the code interruptible")
	f.BoolVar(&o.Fuel, "fuel", false, "have the code count fuel")
	f.StringVar(&o.Keep, "keep", "", "leave the generated programs in this `directory`")
	return cmd
}
