package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/wc2go/wc2go/internal/cache"
	"github.com/wc2go/wc2go/internal/progress"
	"github.com/wc2go/wc2go/internal/translate"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/command"
)

func newRun() *cobra.Command {
	var o options
	var debugInfo onOff
	var g grantFlags
	var invoke string
	var limits command.Limits
	var as wasmtimeFlags
	cmd := &cobra.Command{
		Use:   "run FILE.wasm [ARGS…]",
		Short: "Translate, build and run a component",
		Long: `Run makes a program of a component and runs it. Programs are kept in a cache, so
the second run of a component starts at once. The cache is wc2go in the user's
cache directory, or $WC2GO_CACHE.

The guest gets the arguments and the standard streams; environment variables and
directories only if they are granted with --env and --dir.

With --invoke, one exported function is called instead of wasi:cli/run, and its
result printed. The call is written in WAVE, the text form of component values,
as Wasmtime does. A function's name may be qualified with its interface where it
is ambiguous.`,
		Example: `  wc2go run app.wasm arg1 arg2
  wc2go run --dir .::/ --env LEVEL=3 app.wasm
  wc2go run --invoke 'add(1, 2)' adder.wasm
  wc2go run --invoke 'docs:adder/add#add(1, 2)' adder.wasm`,
		Args:              atLeastOne("the component file"),
		ValidArgsFunction: wasmFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			var s command.Settings
			if err := as.set(target{&limits, &limits.Timeout, &g, &o.trapMissing}); err != nil {
				return usageError{err, cmd}
			}
			if err := g.settings(&s); err != nil {
				return usageError{err, cmd}
			}
			if err := checkDirs(&s); err != nil {
				return usageError{err, cmd}
			}
			if cmd.Flags().Changed("invoke") {
				if _, err := rt.ParseWAVECall(invoke); err != nil {
					return usageError{fmt.Errorf("--invoke %q: %w", invoke, err), cmd}
				}
				s.Invoke, o.invoke = invoke, invoke
			}
			if limits.Timeout < 0 {
				return usageError{errors.New("--timeout must not be negative"), cmd}
			}
			s.Limits, o.fuel, o.timed = limits, limits.Fuel != nil, limits.Timeout > 0
			o.noDebugInfo = debugInfo.off
			s.Name = filepath.Base(args[0])
			return runComponent(cmd.Context(), args[0], args[1:], s, o)
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false) // what follows the file is the guest's
	g.add(cmd)
	limitFlags(cmd, &limits)
	as.add(cmd)
	f.DurationVar(&limits.Timeout, "timeout", 0, "how long the guest may run; 0: no limit")
	f.BoolVar(&g.inheritEnv, "inherit-env", false, "give the guest the environment of this process")
	f.StringVar(&invoke, "invoke", "", "call an exported function: `'NAME(ARGUMENTS)'` in WAVE")
	trapMissingFlag(cmd, &o.trapMissing)
	debugInfoFlag(cmd, &debugInfo)
	interruptibleFlag(cmd, &o.interruptible, "")
	disableFlag(cmd, &o.disable)
	return cmd
}

func runComponent(ctx context.Context, file string, args []string, s command.Settings, o options) error {
	data, err := translate.Read(file)
	if err != nil {
		return err
	}
	version, err := cache.Version()
	if err != nil {
		return err
	}
	key := cache.NewKey(version, runtime.GOOS, runtime.GOARCH, fmt.Sprint(o.trapMissing, o.noDebugInfo, o.serve, o.interruptible.or(o.serve || o.timed), o.fuel, o.disable), string(data))
	p := progress.New(os.Stderr)
	program, err := cache.Get(ctx, key, func(ctx context.Context, out string) error {
		// The program may be run under other settings the next time, so it
		// gets none of ours.
		return makeProgram(ctx, file, data, out, command.Settings{FromRun: true}, o, p)
	})
	p.Done()
	if err != nil {
		return err
	}
	settings, err := json.Marshal(&s)
	if err != nil {
		return err
	}
	return execute(ctx, program, append([]string{program}, args...), append(os.Environ(), command.RunEnv+"="+string(settings)))
}
