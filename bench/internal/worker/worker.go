// Package worker is the protocol between the runner and its workers. Each
// engine runs in a process of its own, so that build tags can differ, and only one
// of them works at a time.
package worker

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Func runs a kernel.
type Func func(n uint32) (uint32, error)

// Open prepares a kernel.
type Open func(kernel string) (Func, error)

// Serve answers requests on standard input until its end. Time is CPU time of
// the thread, so that other work of the machine disturbs less.
func Serve(open Open) {
	runtime.LockOSThread()
	funcs := map[string]Func{}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var name string
		var n uint32
		if _, err := fmt.Sscan(in.Text(), &name, &n); err != nil {
			fmt.Printf("error %v\n", err)
			continue
		}
		f := funcs[name]
		if f == nil {
			var err error
			if f, err = open(name); err != nil {
				fmt.Printf("error %s\n", strings.ReplaceAll(err.Error(), "\n", " "))
				continue
			}
			funcs[name] = f
		}
		begin := now()
		sum, err := f(n)
		t := now() - begin
		if err != nil {
			fmt.Printf("error %s\n", strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		fmt.Printf("%d %d\n", sum, t.Nanoseconds())
	}
}

func now() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

// Process is a worker seen from the runner.
type Process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// Start starts a worker.
func Start(cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd}
	cmd.Stderr = os.Stderr
	var err error
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	return p, cmd.Start()
}

// Run has the worker run a kernel.
func (p *Process) Run(kernel string, n uint32) (sum uint32, t time.Duration, err error) {
	if _, err := fmt.Fprintf(p.in, "%s %d\n", kernel, n); err != nil {
		return 0, 0, err
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		return 0, 0, err
	}
	if msg, ok := strings.CutPrefix(line, "error "); ok {
		return 0, 0, fmt.Errorf("%s", strings.TrimSpace(msg))
	}
	var ns int64
	_, err = fmt.Sscan(line, &sum, &ns)
	return sum, time.Duration(ns), err
}

// Stop ends the worker.
func (p *Process) Stop() error {
	p.in.Close()
	return p.cmd.Wait()
}
