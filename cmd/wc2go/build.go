package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/internal/gobuild"
	"github.com/wc2go/wc2go/internal/progress"
	"github.com/wc2go/wc2go/internal/translate"
	"github.com/wc2go/wc2go/internal/typetable"
	"github.com/wc2go/wc2go/ir"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/command"
)

func newBuild() *cobra.Command {
	var out string
	var trapMissing bool
	var disable passList
	var g grantFlags
	var limits command.Limits
	var server command.Server
	var as wasmtimeFlags
	var wasiOptions bool
	var invoke string
	var interruptible choice
	var debugInfo onOff
	cmd := &cobra.Command{
		Use:   "build -o BIN FILE.wasm",
		Short: "Make a static program of a component",
		Long: `Build makes a program of a component that exports wasi:cli/run, or an HTTP server
of one that exports wasi:http/incoming-handler. The program needs nothing but
itself. It is built for GOOS and GOARCH by the Go toolchain, without network.

The program gives the guest its arguments and standard streams. Environment
variables, directories and the network it gives only if they are granted here:
with --env, --inherit-env, --dir, --inherit-network. HOST of --dir is then a directory of
the machine where the program runs, relative to where it is started.`,
		Example: `  wc2go build -o app app.wasm
  wc2go build -o app --dir .::/ app.wasm
  GOOS=windows GOARCH=amd64 wc2go build -o app.exe app.wasm`,
		Args:              exactly(1, "the component file"),
		ValidArgsFunction: wasmFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usageError{errors.New("-o BIN is missing"), cmd}
			}
			if fi, err := os.Stat(out); err == nil && fi.IsDir() {
				return usageError{fmt.Errorf("-o %s: is a directory", out), cmd}
			}
			s := command.Settings{Invoke: invoke}
			if cmd.Flags().Changed("invoke") {
				if _, err := rt.ParseWAVECall(invoke); err != nil {
					return usageError{fmt.Errorf("--invoke %q: %w", invoke, err), cmd}
				}
			}
			var timeout time.Duration
			if err := as.set(target{&limits, &timeout, &g, &trapMissing}); err != nil {
				return usageError{err, cmd}
			}
			if err := g.settings(&s); err != nil {
				return usageError{err, cmd}
			}
			s.Limits = limits
			if timeout > 0 {
				server.Timeout = timeout
			}
			if timeout > 0 || cmd.Flags().Changed("timeout") {
				s.Limits.Timeout = server.Timeout
			}
			s.Server, s.Options = &server, wasiOptions
			data, err := translate.Read(args[0])
			if err != nil {
				return err
			}
			p := progress.New(os.Stderr)
			defer p.Done()
			return makeProgram(cmd.Context(), args[0], data, out, s, options{trapMissing: trapMissing, noDebugInfo: debugInfo.off, disable: disable, interruptible: interruptible, invoke: invoke, fuel: limits.Fuel != nil, timed: s.Limits.Timeout > 0}, p)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&out, "output", "o", "", "`file` to write the program to")
	g.add(cmd)
	f.BoolVar(&g.inheritEnv, "inherit-env", false, "give the guest the environment of the program")
	f.StringVar(&invoke, "invoke", "", "have the program call an exported function: `'NAME(ARGUMENTS)'` in WAVE")
	limitFlags(cmd, &limits)
	as.add(cmd)
	serverFlags(cmd, &server)
	f.BoolVar(&wasiOptions, "wasi-options", false, "let the program's own first arguments grant more: --wasi-dir=HOST::GUEST[:ro], --wasi-env=KEY=VALUE, --wasi-inherit-env, --wasi-inherit-network, --wasi-tcp-listen=ADDRESS:PORT, --wasi-argv0=NAME, --wasi-end")
	trapMissingFlag(cmd, &trapMissing)
	debugInfoFlag(cmd, &debugInfo)
	interruptibleFlag(cmd, &interruptible, " (default: for servers)")
	disableFlag(cmd, &disable)
	cmd.MarkFlagFilename("output")
	return cmd
}

func trapMissingFlag(cmd *cobra.Command, trapMissing *bool) {
	cmd.Flags().BoolVar(trapMissing, "trap-missing", false, "let imports that nothing provides trap when they are called")
}

// onOff is a flag that is on or off; on is the zero value.
type onOff struct{ off bool }

func (o *onOff) String() string {
	if o.off {
		return "off"
	}
	return "on"
}

func (o *onOff) Set(s string) error {
	if s != "on" && s != "off" {
		return errors.New("is neither on nor off")
	}
	o.off = s == "off"
	return nil
}

func (o *onOff) Type() string { return "on|off" }

func debugInfoFlag(cmd *cobra.Command, o *onOff) {
	cmd.Flags().Var(o, "debug-info", "have backtraces tell wasm offsets, and source lines if the module has DWARF; it makes the program larger, not slower")
	cmd.RegisterFlagCompletionFunc("debug-info", cobra.FixedCompletions([]string{"on", "off"}, cobra.ShellCompDirectiveNoFileComp))
}

// choice is a flag that may be given or not.
type choice struct{ given, on bool }

func (c *choice) String() string {
	if !c.given {
		return ""
	}
	return strconv.FormatBool(c.on)
}

func (c *choice) Set(s string) (err error) {
	c.given = true
	c.on, err = strconv.ParseBool(s)
	return err
}

func (c *choice) Type() string { return "bool" }

func (c *choice) or(otherwise bool) bool {
	if c.given {
		return c.on
	}
	return otherwise
}

// interruptibleFlag adds --interruptible; end is what is said about the default.
func interruptibleFlag(cmd *cobra.Command, c *choice, end string) {
	f := cmd.Flags().VarPF(c, "interruptible", "", "make code that ends when the context of its call does, even where it calls nothing; it costs a few per cent of speed"+end)
	f.NoOptDefVal = "true"
}

// passList is the value of --disable.
type passList []string

func (l *passList) String() string { return strings.Join(*l, ",") }

func (l *passList) Type() string { return "passes" }

func (l *passList) Set(v string) error {
	for name := range strings.SplitSeq(v, ",") {
		if err := translate.CheckDisable(name); err != nil {
			return err
		}
		*l = append(*l, name)
	}
	return nil
}

func disableFlag(cmd *cobra.Command, l *passList) {
	cmd.Flags().Var(l, "disable", "do not run these `passes` over the program, or all (to find out about wc2go)")
	cmd.RegisterFlagCompletionFunc("disable", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return translate.PassNames()[1:], cobra.ShellCompDirectiveNoFileComp
	})
}

// options say what a program is made like.
type options struct {
	trapMissing, noDebugInfo bool
	disable                  passList
	// invoke is a call; if it is not empty it is checked against the component
	// before the long part begins.
	invoke string
	// serve wants a server, not a command.
	serve bool
	// interruptible is --interruptible, which is on for servers unless given.
	interruptible choice
	// fuel: the code is to count what it runs; timed: the program has a time limit.
	fuel, timed bool
}

// makeProgram makes a program of a component.
func makeProgram(ctx context.Context, file string, data []byte, out string, s command.Settings, o options, p *progress.Progress) error {
	prog, err := translate.Frontend(ctx, file, data, frontend.Options{Fuel: o.fuel}, p)
	if err != nil {
		return err
	}
	isCore := prog.Core
	funcs := translate.Funcs(prog)
	s.Name = filepath.Base(file)
	s.Run = translate.RunFunc(funcs)
	for _, f := range funcs {
		s.Funcs = append(s.Funcs, f.Name)
	}
	handler := translate.HandlerFunc(funcs) != ""
	switch {
	case isCore && (o.invoke != "" || o.serve):
		return usageError{error: fmt.Errorf("%s: is a core module, not a component: it can only be run", file)}
	case isCore && !translate.HasStart(prog):
		return fmt.Errorf("%s: is a core module without a function _start, so there is nothing to run; 'wc2go generate' makes a package of it", file)
	case isCore:
	case o.serve && !handler:
		return usageError{error: fmt.Errorf("%s: does not export wasi:http/incoming-handler@0.2, there is nothing to serve", file)}
	case o.serve, handler && s.Run == "" && !s.FromRun && o.invoke == "":
		o.serve = true
	case o.invoke != "":
		if err := checkInvoke(prog, funcs, o.invoke); err != nil {
			return usageError{error: err}
		}
	case s.Run == "" && s.FromRun:
		return usageError{error: fmt.Errorf("%s: does not export wasi:cli/run: name a function to call with --invoke; there are %s", file, strings.Join(s.Funcs, ", "))}
	case s.Run == "":
		return fmt.Errorf("%s: does not export wasi:cli/run, so there is nothing that a program could run; 'wc2go generate' makes a package of it", file)
	}
	if err := translate.Passes(ctx, file, prog, ir.PassOptions{Disable: o.disable}); err != nil {
		return err
	}
	files, model, err := translate.Package(ctx, file, prog, codegen.Options{
		ImportPath: gobuild.Package, Source: s.Name, TrapMissing: o.trapMissing, NoDebugInfo: o.noDebugInfo, Interruptible: o.interruptible.or(o.serve || o.timed), Find: translate.Finder(ctx, ""),
	}, p)
	if err != nil {
		return err
	}
	if missing := translate.Missing(model); len(missing) > 0 && !o.trapMissing {
		return fmt.Errorf("%s: nothing provides these imports (--trap-missing lets them trap, 'wc2go generate' lets you implement them in Go):\n\t%s",
			file, strings.Join(missing, "\n\t"))
	}
	if !o.serve {
		s.Server = nil
	}
	b := &gobuild.Program{Files: files, Settings: s, Run: translate.Run(model, s.Run), WASI: model.UsesWASI, Output: out, Host: s.FromRun, Core: isCore}
	if o.serve {
		b.Handler = translate.Handler(model)
	}
	p.Phase("compile", b.Packages())
	b.Progress = func(pkg string, own bool) {
		p.Note(pkg)
		if own {
			p.Step()
		}
	}
	return b.Build(ctx)
}

// checkInvoke checks a call against the exports of a component.
func checkInvoke(prog *ir.Program, funcs []translate.Func, invoke string) error {
	call, err := rt.ParseWAVECall(invoke)
	if err != nil {
		return fmt.Errorf("--invoke %q: %w", invoke, err)
	}
	names := make([]string, len(funcs))
	for i, f := range funcs {
		names[i] = f.Name
	}
	name, err := command.Resolve(names, call.Name)
	if err != nil {
		return err
	}
	types := rt.NewTypes(typetable.Encode(prog))
	for _, f := range funcs {
		if f.Name == name {
			if _, err := call.Args(types.Func(int(f.Type))); err != nil {
				return fmt.Errorf("--invoke %q: %w", invoke, err)
			}
		}
	}
	return nil
}
