// Package serve is the main function of a component that exports
// wasi:http/incoming-handler and was made into a program by wc2go build or serve: an
// HTTP server with one instance of the component for each request.
package serve

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/command"
	"github.com/wc2go/wc2go/rt/wasi"
	wasihttp "github.com/wc2go/wc2go/rt/wasi/http"
)

// New makes an instance of a prepared component.
type New = func(ctx context.Context, st *rt.Store) (wasihttp.IncomingHandler, error)

// Program is a component ready to be made a server.
type Program struct {
	Settings command.Settings
	Prepare  func(host *wasi.Host) (New, error)
}

// Main runs the server and exits.
func Main(p Program) {
	s, err := command.Complete(p.Settings)
	if err != nil {
		fmt.Fprintf(os.Stderr, "wc2go: %v\n", err)
		os.Exit(command.StatusFailed)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, p, s, os.Args, os.Stdout, os.Stderr))
}

// options reads the options of the server at its command line.
func options(s *command.Settings, args []string, stderr io.Writer) (*command.Server, error) {
	o := s.Server
	if o == nil {
		o = &command.Server{}
	}
	f := flag.NewFlagSet(s.Name, flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.Addr, "addr", or(o.Addr, "127.0.0.1:8080"), "`host:port` to listen at; port 0 takes any that is free")
	f.DurationVar(&o.Timeout, "timeout", o.Timeout, "how long one request may take; 0: no limit")
	f.Int64Var(&o.MaxBody, "max-body", o.MaxBody, "size of the largest request body in `bytes`; 0: no limit")
	l := &s.Limits
	f.Uint64Var(&l.Memory, "max-memory", l.Memory, "memory of one request's guest in `bytes`; 0: what the guest declares")
	f.Uint64Var(&l.TableElements, "max-table-elements", l.TableElements, "elements of the tables of one request's guest; 0: 10,000,000 each")
	f.IntVar(&l.Instances, "max-instances", l.Instances, "core instances of one request's guest; 0: 10,000")
	f.IntVar(&l.Stack, "max-stack", l.Stack, "stack of one request's guest in `bytes`, estimated; 0: 16 MiB")
	f.Uint64Var(&l.HostCall, "max-host-call", l.HostCall, "`bytes` that a guest may pass in one call of the host; 0: 128 MiB")
	f.IntVar(&l.Handles, "max-handles", l.Handles, "handles of each component of one request's guest; 0: 268,435,455")
	f.DurationVar(&o.Grace, "shutdown-timeout", or(o.Grace, 10*time.Second), "how long requests may go on after SIGTERM or SIGINT")
	f.StringVar(&o.Health, "health", o.Health, "`path` that answers 200 without the guest; empty: none")
	f.BoolVar(&o.Quiet, "quiet", o.Quiet, "no access log")
	f.Usage = func() {
		fmt.Fprintf(f.Output(), "Usage: %s [options]\nServes the component %s over HTTP.\n", args[0], s.Name)
		f.PrintDefaults()
	}
	if err := f.Parse(args[1:]); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		err := fmt.Errorf("unexpected argument %q", f.Arg(0))
		fmt.Fprintf(stderr, "%s: %v\n", s.Name, err)
		return nil, err
	}
	return o, nil
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// run serves until ctx is done and gives the exit status.
func run(ctx context.Context, p Program, s *command.Settings, args []string, stdout, stderr io.Writer) int {
	o, err := options(s, args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return command.StatusUsage
	}
	fail := func(err error) int {
		fmt.Fprintf(stderr, "wc2go: %v\n", err)
		return command.StatusFailed
	}
	c := s.Config([]string{s.Name}, nil, stdout, stderr)
	newInstance, err := p.Prepare(wasi.New(c))
	if err != nil {
		return fail(err)
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	guest := wasihttp.NewHandler(wasihttp.HandlerConfig{
		New: newInstance, Store: s.Limits.Options(), Timeout: o.Timeout, MaxBody: o.MaxBody, Logger: log,
	})
	var handler http.Handler = guest
	if o.Health != "" {
		handler = health(o.Health, handler)
	}
	if !o.Quiet {
		handler = accessLog(log, handler)
	}
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return fail(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		DisableGeneralOptionsHandler: true, // "OPTIONS *" is the guest's
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelError)}
	log.Info("serving", "component", s.Name, "url", "http://"+l.Addr().String()+"/")
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return fail(err)
	case <-ctx.Done():
	}
	log.Info("shutting down")
	grace, cancel := context.WithTimeout(context.Background(), o.Grace)
	defer cancel()
	err = server.Shutdown(grace)
	if err == nil {
		err = waitFor(grace, guest)
	}
	if err != nil {
		server.Close()
		log.Error("requests were cut off", "error", err)
		return command.StatusFailed
	}
	return 0
}

// waitFor waits for guests that go on after their response.
func waitFor(ctx context.Context, h *wasihttp.Handler) error {
	done := make(chan struct{})
	go func() {
		h.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// health answers one path itself.
func health(path string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, "ok\n")
	})
}

// accessLog writes a line about each request when it has been answered.
func accessLog(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		start := time.Now()
		broken := true
		defer func() {
			log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("method", r.Method), slog.String("path", r.URL.RequestURI()),
				slog.Int("status", rec.status), slog.Int64("bytes", rec.bytes), slog.Duration("duration", time.Since(start)),
				slog.String("remote", r.RemoteAddr), slog.Bool("complete", !broken && rec.status != 0))
		}()
		next.ServeHTTP(rec, r)
		broken = false
	})
}

// recorder notes what a response was.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// Unwrap lets http.ResponseController find the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) WriteHeader(status int) {
	if status >= 200 && r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}
