package wast

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wc2go/wc2go/internal/wast/driver"
)

// runAll builds programs for the scripts and has them run.
func runAll(ctx context.Context, scripts []*script, t *translator, o *Options) error {
	list := programs(scripts, t, o)
	if len(list) == 0 {
		return nil
	}
	env, err := goEnv(ctx)
	if err != nil {
		return err
	}
	o.Progress.Phase("run", len(list))
	return each(ctx, list, func(ctx context.Context, p *program) error {
		defer o.Progress.Step()
		exe, err := p.build(ctx, env)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			for _, s := range p.scripts {
				s.fail(fmt.Sprintf("the program of this script could not be built: %v", err))
			}
			return nil
		}
		return p.run(ctx, exe)
	})
}

// goEnv is what the machine code of a program depends on besides its source.
func goEnv(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOVERSION", "GOOS", "GOARCH", "GOAMD64", "GO386", "GOARM64", "GOEXPERIMENT").Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", errors.New("the Go toolchain (1.26 or newer) is needed to run scripts, and there is no go command in PATH")
	}
	return string(out), err
}

// fail settles the commands that have no outcome yet.
func (s *script) fail(text string) {
	for i := range s.outcomes {
		if s.outcomes[i].status == "" {
			s.outcomes[i] = outcome{status: driver.Failed, text: text}
		}
	}
}

// run has the program run its scripts. A program that dies or hangs is started
// again for the scripts that are left.
func (p *program) run(ctx context.Context, exe string) error {
	// Modules may have been found to be broken while the program was built.
	broken := map[string]error{}
	for _, m := range p.modules {
		if err := m.broken(); err != nil {
			broken[m.key] = err
		}
	}
	left := p.scripts
	for len(left) > 0 && ctx.Err() == nil {
		proc, err := start(ctx, p.opts.Exec, exe)
		if err != nil {
			return err
		}
		for len(left) > 0 {
			s := left[0]
			left = left[1:]
			d := s.toRun()
			d.Shuffle = p.opts.Shuffle
			for i := range d.Commands {
				if err := broken[d.Commands[i].Key]; err != nil {
					d.Commands[i].Missing = err.Error()
				}
			}
			if err := proc.script(ctx, s, &d, p.opts.Timeout); err != nil {
				s.died(&d, err)
				break
			}
		}
		proc.stop()
	}
	return ctx.Err()
}

// died blames the first command without an outcome for the end of the program.
func (s *script) died(d *driver.Script, err error) {
	for i := range d.Commands {
		c := &d.Commands[i]
		if r := &s.outcomes[c.Index]; r.status == "" {
			*r = outcome{status: driver.Failed, text: err.Error()}
			s.fail(fmt.Sprintf("not run: line %d ended the program", c.Line))
			return
		}
	}
}

// process is a running program.
type process struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	results chan driver.Result
	stderr  tail
}

// start starts a program.
func start(ctx context.Context, wrapper []string, exe string) (*process, error) {
	args := append(slices.Clone(wrapper), exe)
	p := &process{cmd: exec.CommandContext(ctx, args[0], args[1:]...), results: make(chan driver.Result, 64)}
	p.cmd.Stderr = &p.stderr
	p.cmd.Env = append(os.Environ(), "GOTRACEBACK=single")
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.results)
		for dec := json.NewDecoder(out); ; {
			var r driver.Result
			if dec.Decode(&r) != nil {
				return
			}
			p.results <- r
		}
	}()
	return p, nil
}

// script has the program run one script; the error says that the program is
// not there any more.
func (p *process) script(ctx context.Context, s *script, d *driver.Script, timeout time.Duration) error {
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	go p.in.Write(data) // an error shows when the results end
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		select {
		case r, ok := <-p.results:
			switch {
			case !ok:
				err := p.cmd.Wait()
				return fmt.Errorf("the program ended: %v\n%s", err, p.stderr.text())
			case r.Done:
				return nil
			}
			s.set(r)
		case <-timer.C:
			return fmt.Errorf("still running after %v", timeout)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// stop ends the program if it has not ended itself.
func (p *process) stop() {
	p.in.Close()
	p.cmd.Process.Kill()
	for range p.results { // so that the reader can end
	}
	p.cmd.Wait()
}

// tail keeps the beginning of what is written to it, where a Go program says why it dies.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := 4096 - t.buf.Len(); room > 0 {
		t.buf.Write(b[:min(len(b), room)])
	}
	return len(b), nil
}

// text is the first lines.
func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(t.buf.String(), "\n")
	return strings.Join(lines[:min(len(lines), 12)], "\n")
}
