package cli

import (
	"context"
	"io"
	"strings"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

type environment struct{ h *wasi.Host }

// EnvironmentFrom gives the host's arguments, environment and working directory.
func EnvironmentFrom(h *wasi.Host) Environment { return environment{h} }

func (e environment) GetEnvironment(context.Context) ([]rt.Tuple2[string, string], error) {
	var out []rt.Tuple2[string, string]
	for _, kv := range e.h.Env {
		k, v, _ := strings.Cut(kv, "=")
		out = append(out, rt.Tuple2[string, string]{F0: k, F1: v})
	}
	return out, nil
}

func (e environment) GetArguments(context.Context) ([]string, error) { return e.h.Args, nil }

func (e environment) InitialCwd(context.Context) (rt.Option[string], error) {
	if e.h.Cwd == "" {
		return rt.None[string](), nil
	}
	return rt.Some(e.h.Cwd), nil
}

type exit struct{}

// ExitFrom ends the guest: its call returns a *rt.Trap with code rt.TrapExit
// whose cause is a *rt.ExitError.
func ExitFrom(*wasi.Host) Exit { return exit{} }

func (exit) Exit(_ context.Context, status rt.Result[rt.Unit, rt.Unit]) error {
	if status.IsErr() {
		return rt.Exit(1)
	}
	return rt.Exit(0)
}

func (exit) ExitWithCode(_ context.Context, code uint8) error { return rt.Exit(int(code)) }

// onlyReader hides a Close method: dropping stdin does not close the host's.
type onlyReader struct{ io.Reader }
type onlyWriter struct{ io.Writer }

// Unwrap tells streams what they write to.
func (w onlyWriter) Unwrap() io.Writer { return w.Writer }

type stdin struct{ s wasiio.InputStream }

// StdinFrom gives the host's standard input. All users of one host share what was read ahead.
func StdinFrom(h *wasi.Host) Stdin {
	type key struct{}
	return stdin{h.Shared(key{}, func() any { return wasiio.NewInputStream(onlyReader{h.Config.Stdin}) }).(wasiio.InputStream)}
}

func (s stdin) GetStdin(context.Context) (wasiio.InputStream, error) { return s.s, nil }

type stdout struct{ h *wasi.Host }

// StdoutFrom gives the host's standard output.
func StdoutFrom(h *wasi.Host) Stdout { return stdout{h} }

func (s stdout) GetStdout(context.Context) (wasiio.OutputStream, error) {
	return wasiio.NewOutputStream(onlyWriter{s.h.Config.Stdout}), nil
}

type stderr struct{ h *wasi.Host }

// StderrFrom gives the host's standard error.
func StderrFrom(h *wasi.Host) Stderr { return stderr{h} }

func (s stderr) GetStderr(context.Context) (wasiio.OutputStream, error) {
	return wasiio.NewOutputStream(onlyWriter{s.h.Config.Stderr}), nil
}

// terminal is a terminal-input and terminal-output: both have no functions.
type terminal struct{}

type terminals struct{ h *wasi.Host }

// TerminalStdinFrom tells whether stdin is a terminal.
func TerminalStdinFrom(h *wasi.Host) TerminalStdin { return terminals{h} }

// TerminalStdoutFrom tells whether stdout is a terminal.
func TerminalStdoutFrom(h *wasi.Host) TerminalStdout { return terminals{h} }

// TerminalStderrFrom tells whether stderr is a terminal.
func TerminalStderrFrom(h *wasi.Host) TerminalStderr { return terminals{h} }

func (t terminals) GetTerminalStdin(context.Context) (rt.Option[TerminalInput], error) {
	if !t.h.StdinTTY {
		return rt.None[TerminalInput](), nil
	}
	return rt.Some[TerminalInput](terminal{}), nil
}

func (t terminals) GetTerminalStdout(context.Context) (rt.Option[TerminalOutput], error) {
	return terminalIf(t.h.StdoutTTY), nil
}

func (t terminals) GetTerminalStderr(context.Context) (rt.Option[TerminalOutput], error) {
	return terminalIf(t.h.StderrTTY), nil
}

func terminalIf(tty bool) rt.Option[TerminalOutput] {
	if !tty {
		return rt.None[TerminalOutput]()
	}
	return rt.Some[TerminalOutput](terminal{})
}
