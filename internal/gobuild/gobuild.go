// Package gobuild makes a program of a generated package: a module of its own in
// a temporary directory, with a copy of rt's source, built by the Go toolchain
// without network.
package gobuild

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/format"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/wc2go/wc2go/internal/project"
	"github.com/wc2go/wc2go/internal/rtsource"
	"github.com/wc2go/wc2go/rt/command"
)

// The module of a built program, and its generated package.
const (
	Module  = "wc2go.program"
	Package = Module + "/component"
)

// Program is what to build.
type Program struct {
	Files    map[string][]byte // of the generated package, whose import path is Package
	Settings command.Settings
	WASI     bool // the package's Imports has a field WASI
	// Handler is the method of the package's Instance that gives wasi:http/incoming-handler: the
	// program is a server then. "" for a command.
	Handler string
	// Run is the method that runs a command component, as an expression after the package's Instance
	// ("Run().Run"); "" if there is none.
	Run string
	// Core: the package is that of a core module, which is run by Instance.Run.
	Core   bool
	Output string // the file to write
	// Progress is called for each package whose compilation begins; own tells those
	// of the program itself from those of rt and the standard library, which are compiled
	// the first time only.
	Progress func(pkg string, own bool)
	Tags     string // build tags
	// Host builds for this machine, whatever GOOS and GOARCH of the environment say.
	Host bool
}

// Packages gives the number of the program's own packages.
func (p *Program) Packages() int {
	dirs := map[string]bool{}
	for name := range p.Files {
		if strings.HasSuffix(name, ".go") {
			dirs[path.Dir(name)] = true
		}
	}
	return len(dirs) + 1
}

// Build builds p for GOOS and GOARCH of the environment. The output file appears complete
// or not at all; when ctx is cancelled the toolchain is stopped and nothing stays.
func (p *Program) Build(ctx context.Context) (err error) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		return errors.New("the Go toolchain (1.26 or newer) is needed to build programs, and there is no go command in PATH")
	}
	dir, err := os.MkdirTemp("", "wc2go-build-")
	if err != nil {
		return err
	}
	defer func() {
		if rmErr := removeAll(dir); rmErr != nil && err == nil {
			err = rmErr
		}
	}()
	if err := lay(dir, p); err != nil {
		return err
	}
	tmp := filepath.Join(dir, "tmp") // the go command's own, so that it goes with ours when the command is killed
	if err := os.Mkdir(tmp, 0o777); err != nil {
		return err
	}

	// Beside the output, so that the move at the end stays on one file system.
	out, err := filepath.Abs(p.Output)
	if err != nil {
		return err
	}
	fresh, err := os.CreateTemp(filepath.Dir(out), ".wc2go-*.tmp")
	if err != nil {
		return err
	}
	fresh.Close()
	defer os.Remove(fresh.Name())

	args := []string{"build", "-v", "-trimpath", "-buildvcs=false", "-p", strconv.Itoa(runtime.NumCPU()), "-ldflags=-s -w", "-o", fresh.Name()}
	if p.Tags != "" {
		args = append(args, "-tags", p.Tags)
	}
	cmd := exec.CommandContext(ctx, goTool, append(args, ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GO111MODULE=on", "GOTOOLCHAIN=local", "GOTMPDIR="+tmp, "PWD="+dir)
	if p.Host {
		cmd.Env = append(cmd.Env, "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	}
	ownGroup(cmd)
	cmd.WaitDelay = 5 * time.Second
	var messages bytes.Buffer
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	watch(stderr, &messages, p.Progress)
	err = cmd.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		text := strings.TrimSpace(messages.String())
		if text == "" {
			text = err.Error()
		}
		return fmt.Errorf("go build failed:\n%s", text)
	}
	if err := os.Chmod(fresh.Name(), 0o777&^umask()); err != nil {
		return err
	}
	return os.Rename(fresh.Name(), out)
}

// removeAll removes a directory in which processes that were killed just now
// may still be writing for a moment.
func removeAll(dir string) error {
	var err error
	for range 20 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return err
}

// lay writes the module of p into dir.
func lay(dir string, p *Program) error {
	source := filepath.Join(dir, "wc2go")
	if err := os.Mkdir(source, 0o777); err != nil {
		return err
	}
	if err := rtsource.Extract(source); err != nil {
		return err
	}
	main, err := mainFile(p)
	if err != nil {
		return err
	}
	files := map[string][]byte{
		"go.mod":  []byte("module " + Module + "\n\ngo 1.26\n\nrequire " + rtsource.Module + " v0.0.0\n\nreplace " + rtsource.Module + " => ./wc2go\n"),
		"main.go": main,
	}
	for name, data := range p.Files {
		files["component/"+name] = data
	}
	return project.WriteFiles(dir, files)
}

// mainFile prints the main package.
func mainFile(p *Program) ([]byte, error) {
	imports := "component.Imports{}"
	host := "_"
	if p.WASI {
		imports, host = "component.Imports{WASI: host}", "host"
	}
	settings := literal(reflect.ValueOf(p.Settings))
	var b bytes.Buffer
	if p.Handler != "" {
		fmt.Fprintf(&b, `// Code generated by wc2go; DO NOT EDIT.

package main

import (
	"context"

	%q
	%q
	%q
	%q
	"%s/http"
	%q
)

func main() {
	serve.Main(serve.Program{
		Settings: %s,
		Prepare: func(%s *wasi.Host) (serve.New, error) {
			pre, err := component.Prepare(%s)
			if err != nil {
				return nil, err
			}
			return func(ctx context.Context, st *rt.Store) (http.IncomingHandler, error) {
				inst, err := pre.Instantiate(ctx, st)
				if err != nil {
					return nil, err
				}
				return inst.%s(), nil
			}, nil
		},
	})
}
`, rtsource.Module+"/rt", rtsource.Module+"/rt/command", rtsource.Module+"/rt/serve", rtsource.Module+"/rt/wasi", rtsource.Module+"/rt/wasi", Package, settings, host, imports, p.Handler)
		return format.Source(b.Bytes())
	}
	if p.Core {
		fmt.Fprintf(&b, `// Code generated by wc2go; DO NOT EDIT.

package main

import (
	"context"

	%q
	%q
	%q
	%q
)

func main() {
	command.Main(command.Program{
		Settings: %s,
		RunCore: func(ctx context.Context, st *rt.Store, %s *wasi.Host) error {
			inst, err := component.Instantiate(ctx, st, %s)
			if err != nil {
				return err
			}
			return inst.Run(ctx)
		},
	})
}
`, rtsource.Module+"/rt", rtsource.Module+"/rt/command", rtsource.Module+"/rt/wasi", Package, settings, host, imports)
		return format.Source(b.Bytes())
	}
	run := ""
	if p.Run != "" {
		run = "Run: func(ctx context.Context, inst command.Instance) error { return inst.(*component.Instance)." + p.Run + "(ctx) },"
	}
	fmt.Fprintf(&b, `// Code generated by wc2go; DO NOT EDIT.

package main

import (
	"context"

	%q
	%q
	%q
	%q
)

func main() {
	command.Main(command.Program{
		Settings: %s,
		Instantiate: func(ctx context.Context, st *rt.Store, %s *wasi.Host) (command.Instance, error) {
			return component.Instantiate(ctx, st, %s)
		},
		%s
	})
}
`, rtsource.Module+"/rt", rtsource.Module+"/rt/command", rtsource.Module+"/rt/wasi", Package, settings, host, imports, run)
	return format.Source(b.Bytes())
}

// watch reads what go build -v says: names of packages go to progress, the
// rest is kept as messages.
func watch(r io.Reader, messages *bytes.Buffer, progress func(string, bool)) {
	br := bufio.NewReader(r)
	for {
		line, err := br.ReadString('\n')
		if name := strings.TrimSpace(line); !strings.ContainsAny(name, " \t:#") && name != "" {
			if progress != nil {
				progress(name, name == Module || strings.HasPrefix(name, Module+"/"))
			}
		} else if messages.Len() < 1<<16 {
			messages.WriteString(line)
		}
		if err != nil {
			return
		}
	}
}
