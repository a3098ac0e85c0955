package main

import (
	"errors"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wc2go/wc2go/rt/command"
)

func newServe() *cobra.Command {
	var o options
	var debugInfo onOff
	var g grantFlags
	var limits command.Limits
	var server command.Server
	var as wasmtimeFlags
	cmd := &cobra.Command{
		Use:   "serve FILE.wasm",
		Short: "Serve a component over HTTP",
		Long: `Serve makes an HTTP server of a component that exports wasi:http/incoming-handler
(WASI 0.2) and runs it. Each request gets an instance of its own. SIGTERM and
SIGINT end the server after the requests that are under way. The access log is
on standard error.

"wc2go build" makes the same server as a static program.`,
		Example: `  wc2go serve app.wasm
  wc2go serve --addr :8080 --timeout 10s --max-body 1000000 app.wasm`,
		Args:              exactly(1, "the component file"),
		ValidArgsFunction: wasmFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			s := command.Settings{Name: filepath.Base(args[0]), Server: &server}
			if err := as.set(target{&limits, &server.Timeout, &g, &o.trapMissing}); err != nil {
				return usageError{err, cmd}
			}
			if err := g.settings(&s); err != nil {
				return usageError{err, cmd}
			}
			if err := checkDirs(&s); err != nil {
				return usageError{err, cmd}
			}
			if server.Timeout < 0 || server.MaxBody < 0 {
				return usageError{errors.New("--timeout and --max-body must not be negative"), cmd}
			}
			s.Limits = limits
			o.serve, o.noDebugInfo, o.fuel = true, debugInfo.off, s.Limits.Fuel != nil
			return runComponent(cmd.Context(), args[0], nil, s, o)
		},
	}
	serverFlags(cmd, &server)
	g.add(cmd)
	limitFlags(cmd, &limits)
	as.add(cmd)
	cmd.Flags().BoolVar(&g.inheritEnv, "inherit-env", false, "give the guest the environment of this process")
	trapMissingFlag(cmd, &o.trapMissing)
	debugInfoFlag(cmd, &debugInfo)
	interruptibleFlag(cmd, &o.interruptible, " (default true)")
	return cmd
}

// serverFlags are the settings of a server; a built one has options of the
// same names.
func serverFlags(cmd *cobra.Command, s *command.Server) {
	f := cmd.Flags()
	f.StringVar(&s.Addr, "addr", "127.0.0.1:8080", "`HOST:PORT` to listen at; port 0 takes any that is free")
	f.DurationVar(&s.Timeout, "timeout", 30*time.Second, "how long one request may take; 0: no limit")
	f.Int64Var(&s.MaxBody, "max-body", 0, "size of the largest request body in `bytes`; 0: no limit")
	f.DurationVar(&s.Grace, "shutdown-timeout", 10*time.Second, "how long requests may go on after a signal to stop")
	f.StringVar(&s.Health, "health", "", "`path` that answers 200 without the guest; empty: none")
	f.BoolVar(&s.Quiet, "quiet", false, "no access log")
}
