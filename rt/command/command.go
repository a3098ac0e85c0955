// Package command is the main function of a component that was made into a
// program by wc2go build or run: it grants what the settings say, calls the
// component's wasi:cli/run or one function of choice, and exits with the status that
// follows.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

// The exit statuses of a program, besides the guest's own.
const (
	StatusFailed = 1   // run returned an error, or something else failed
	StatusUsage  = 2   // what to invoke was not understood
	StatusTrap   = 134 // the guest trapped: 128 + SIGABRT, as Wasmtime's
)

// Instance is what every generated package's *Instance is.
type Instance interface {
	Func(name string) (rt.Func, bool)
}

// Program is a component ready to be made a program.
type Program struct {
	Settings    Settings
	Instantiate func(ctx context.Context, st *rt.Store, host *wasi.Host) (Instance, error)
	// Run calls the component's wasi:cli/run; nil if it has none. It is Settings.Run without the
	// types of the component's functions, which take a while to read.
	Run func(ctx context.Context, inst Instance) error
	// RunCore is there in place of the others for a core module: it runs all of it.
	RunCore func(ctx context.Context, st *rt.Store, host *wasi.Host) error
}

// Main runs the program and exits.
func Main(p Program) {
	s, err := Complete(p.Settings)
	if err != nil {
		fmt.Fprintf(os.Stderr, "wc2go: %v\n", err)
		os.Exit(StatusFailed)
	}
	os.Exit(run(context.Background(), p, s, os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// usageError is an error that the person at the command line made.
type usageError struct{ error }

// run runs the program and gives its exit status.
func run(ctx context.Context, p Program, s *Settings, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	result, err := call(ctx, p, s, args, stdin, stdout, stderr)
	if err == nil {
		if result != "" {
			fmt.Fprintln(stdout, result)
		}
		return 0
	}
	var exit *rt.ExitError
	var trap *rt.Trap
	switch {
	case errors.As(err, &exit):
		return exit.Code
	case errors.Is(err, errRun):
		return StatusFailed // the guest has said why
	case errors.As(err, &trap):
		fmt.Fprintf(stderr, "wc2go: %v\n", err)
		writeBacktrace(stderr, trap)
		return StatusTrap
	}
	fmt.Fprintf(stderr, "wc2go: %v\n", err)
	if errors.As(err, new(usageError)) {
		return StatusUsage
	}
	return StatusFailed
}

// errRun tells that run returned an error of its own.
var errRun = errors.New("run failed")

func call(ctx context.Context, p Program, s *Settings, args []string, stdin io.Reader, stdout, stderr io.Writer) (result string, err error) {
	if args, err = s.take(args); err != nil {
		return "", usageError{err}
	}
	if t := s.Limits.Timeout; t > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, t, fmt.Errorf("it took longer than %v", t))
		defer cancel()
	}
	if p.RunCore != nil {
		if s.Invoke != "" {
			return "", usageError{fmt.Errorf("%s: is a core module, not a component: it can only be run", s.Name)}
		}
		host, done, err := s.host(p.RunCore != nil, args, stdin, stdout, stderr)
		if err != nil {
			return "", err
		}
		defer done()
		st := rt.NewStore(s.Limits.Options()...)
		defer st.Close()
		return "", p.RunCore(ctx, st, host)
	}
	name := s.Run
	var wave *rt.WAVECall
	if s.Invoke != "" {
		if wave, err = rt.ParseWAVECall(s.Invoke); err != nil {
			return "", usageError{fmt.Errorf("--invoke %q: %w", s.Invoke, err)}
		}
		if name, err = Resolve(s.Funcs, wave.Name); err != nil {
			return "", usageError{err}
		}
	}
	if name == "" {
		return "", usageError{errors.New("the component does not export wasi:cli/run: name a function to call with --invoke")}
	}

	host, done, err := s.host(p.RunCore != nil, args, stdin, stdout, stderr)
	if err != nil {
		return "", err
	}
	defer done()
	st := rt.NewStore(s.Limits.Options()...)
	defer st.Close()
	inst, err := p.Instantiate(ctx, st, host)
	if err != nil {
		return "", err
	}
	if wave == nil && p.Run != nil {
		err := p.Run(ctx, inst)
		if errors.As(err, new(*rt.ErrorValue[rt.Unit])) {
			return "", errRun
		}
		return "", err
	}
	f, ok := inst.Func(name)
	if !ok {
		return "", fmt.Errorf("the component has no function %q", name)
	}
	var values []rt.Value
	if wave != nil {
		if values, err = wave.Args(f.Type()); err != nil {
			return "", usageError{fmt.Errorf("--invoke %q: %w", s.Invoke, err)}
		}
	}
	results, err := f.Call(ctx, values...)
	if err != nil {
		return "", err
	}
	if wave != nil {
		return formatResults(results), nil
	}
	if len(results) == 1 {
		if r, ok := results[0].(rt.ResultValue); ok && r.IsErr {
			return "", errRun
		}
	}
	return "", nil
}

// formatResults prints results as Wasmtime does: nothing is "()".
func formatResults(results []rt.Value) string {
	if len(results) == 1 {
		return rt.FormatWAVE(results[0])
	}
	return rt.FormatWAVE(rt.Tuple(results))
}

// host makes the host, for a core module with the sockets of TCPListen open.
func (s *Settings) host(core bool, args []string, stdin io.Reader, stdout, stderr io.Writer) (*wasi.Host, func(), error) {
	c := s.Config(args, stdin, stdout, stderr)
	done := func() {
		for _, l := range c.Listeners {
			l.Close()
		}
	}
	for _, a := range s.TCPListen {
		if !core {
			break // a component listens itself, see Config
		}
		l, err := net.Listen("tcp", a)
		if err != nil {
			done()
			return nil, nil, fmt.Errorf("--tcp-listen: %w", err)
		}
		c.Listeners = append(c.Listeners, l)
	}
	return wasi.New(c), done, nil
}

// Config is what the settings grant.
func (s *Settings) Config(args []string, stdin io.Reader, stdout, stderr io.Writer) wasi.Config {
	c := wasi.Config{Stdin: stdin, Stdout: stdout, Stderr: stderr, Args: slices.Clone(args)}
	if s.FromRun && len(c.Args) > 0 {
		c.Args[0] = s.Name // the program is a file in the cache
	}
	if s.Argv0 != "" && len(c.Args) > 0 {
		c.Args[0] = s.Argv0
	}
	switch {
	case s.InheritNetwork:
		c.Network = wasi.InheritNetwork()
	case len(s.TCPListen) > 0:
		c.Network = &wasi.Network{Allow: func(use wasi.NetworkUse, addr netip.AddrPort) bool {
			return use == wasi.TCPBind && slices.ContainsFunc(s.TCPListen, func(a string) bool {
				listen, err := netip.ParseAddrPort(a)
				return err == nil && listen == addr
			})
		}}
	}
	if s.InheritEnv {
		// The process's directory says nothing about the guest's: Go's and C's libraries
		// would look for it there.
		c.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool {
			return strings.HasPrefix(kv, "PWD=") || strings.HasPrefix(kv, "OLDPWD=")
		})
	}
	c.Env = append(c.Env, s.Env...)
	for _, d := range s.Dirs {
		c.Dirs = append(c.Dirs, wasi.Dir{Host: d.Host, Guest: d.Guest, ReadOnly: d.ReadOnly})
	}
	c.StdinTTY, c.StdoutTTY, c.StderrTTY = isTerminal(stdin), isTerminal(stdout), isTerminal(stderr)
	return c
}

// isTerminal says whether a stream is a terminal, as well as can be told
// without system calls of our own: a character device that is not the null device.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	fi, err := f.Stat()
	if err != nil || fi.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(fi, null)
}

// Resolve finds the function that a name at the command line means among full
// names "interface@version#func" and "func". The name may be full, or without the
// version, or written "interface.func@version" as newer versions of Wasmtime do, or just
// the function's, if only one interface has it; a function of the component itself is
// preferred to one of an interface.
func Resolve(funcs []string, name string) (string, error) {
	if slices.Contains(funcs, name) {
		return name, nil
	}
	var found []string
	for _, f := range funcs {
		iface, fn, ok := cutLast(f, "#")
		if !ok {
			continue
		}
		bare, version, _ := strings.Cut(iface, "@")
		dotted := bare + "." + fn
		switch name {
		case fn, bare + "#" + fn, dotted, dotted + "@" + version:
			found = append(found, f)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		if len(funcs) == 0 {
			return "", fmt.Errorf("no function %q: the component exports none", name)
		}
		return "", fmt.Errorf("no function %q: the component exports %s", name, quoteList(funcs))
	}
	return "", fmt.Errorf("several exports have a function %q, use a more specific name: %s", name, quoteList(found))
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func quoteList(names []string) string {
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = "'" + n + "'"
	}
	return strings.Join(q, ", ")
}

// writeBacktrace prints the wasm functions on the stack of a trap, innermost first.
func writeBacktrace(w io.Writer, t *rt.Trap) {
	if text := t.Backtrace(); text != "" {
		fmt.Fprintf(w, "wasm backtrace:\n%s", text)
	}
}
