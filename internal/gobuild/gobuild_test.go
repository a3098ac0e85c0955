package gobuild

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wc2go/wc2go/rt/command"
)

// component is a package such as codegen makes, as far as main needs it.
const component = `package component

import (
	"context"

	"github.com/wc2go/wc2go/rt"
	"wc2go.program/component/internal/core"
)

type Imports struct{}

type Instance struct{}

var types = rt.NewTypes("string\nfunc 0 x=0\n")

func (*Instance) Func(name string) (rt.Func, bool) {
	return rt.NewFunc(types.Func(0), func(_ context.Context, a []rt.Value) (rt.Value, error) {
		return a[0].(rt.String) + rt.String(core.Text), nil
	}, nil), true
}

func Instantiate(context.Context, *rt.Store, Imports) (*Instance, error) { return &Instance{}, nil }
`

func program(t *testing.T) *Program {
	return &Program{
		Files: map[string][]byte{
			"component.go":           []byte(component),
			"internal/core/core.go":  []byte("package core\n\nimport _ \"embed\"\n\n//go:embed data.bin\nvar Text string\n"),
			"internal/core/data.bin": []byte("!"),
		},
		Settings: command.Settings{Funcs: []string{"f"}, Invoke: `f("a")`},
		Output:   filepath.Join(t.TempDir(), "prog"),
	}
}

func needGo(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
}

func TestBuild(t *testing.T) {
	needGo(t)
	t.Setenv("TMPDIR", t.TempDir())
	p := program(t)
	// Nothing of this program is in Go's build cache, so that each package is a step.
	p.Files["component.go"] = fmt.Appendf(p.Files["component.go"], "\n// %d\n", time.Now().UnixNano())
	var steps []string
	p.Progress = func(pkg string, own bool) {
		if own {
			steps = append(steps, pkg)
		}
	}
	if err := p.Build(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(steps) == 0 || len(steps) > p.Packages() {
		t.Errorf("steps %q of %d", steps, p.Packages())
	}
	out, err := exec.Command(p.Output).CombinedOutput()
	if err != nil || string(out) != "\"a!\"\n" {
		t.Errorf("%q %v", out, err)
	}
	if runtime.GOOS == "linux" {
		f, err := elf.Open(p.Output)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if libs, err := f.ImportedLibraries(); err != nil || len(libs) > 0 {
			t.Errorf("not static: %q %v", libs, err)
		}
		for _, s := range f.Progs {
			if s.Type == elf.PT_INTERP {
				t.Error("has an interpreter")
			}
		}
		data, err := os.ReadFile(p.Output)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("Source holds the Go files")) {
			t.Error("the program carries rt's source")
		}
	}
	empty(t, os.TempDir())
	if files, _ := os.ReadDir(filepath.Dir(p.Output)); len(files) != 1 {
		t.Errorf("left beside the program: %v", files)
	}
}

// TestCompileError: what the compiler says comes out, and nothing stays.
func TestCompileError(t *testing.T) {
	needGo(t)
	t.Setenv("TMPDIR", t.TempDir())
	p := program(t)
	p.Files["component.go"] = append(p.Files["component.go"], "\nvar x int = \"s\"\n"...)
	err := p.Build(t.Context())
	if err == nil || !strings.Contains(err.Error(), "component.go:") || !strings.Contains(err.Error(), "cannot use") {
		t.Error(err)
	}
	empty(t, os.TempDir())
	empty(t, filepath.Dir(p.Output))
}

// TestCancel: a go command that would never end, and its child, are gone after
// a cancellation, and so are all files.
func TestCancel(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	bin, pids := t.TempDir(), filepath.Join(t.TempDir(), "pids")
	script := "#!/bin/sh\necho half >\"$GOTMPDIR/half\"\nsleep 600 &\necho $$ $! >" + pids + ".tmp\nmv " + pids + ".tmp " + pids + "\nwait\n"
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("TMPDIR", t.TempDir())
	p := program(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Build(ctx) }()
	var text []byte
	for len(text) == 0 {
		time.Sleep(10 * time.Millisecond)
		select {
		case err := <-done:
			t.Fatal(err)
		default:
		}
		text, _ = os.ReadFile(pids)
	}
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	case <-time.After(4 * time.Second):
		t.Fatal("still building")
	}
	empty(t, os.TempDir())
	empty(t, filepath.Dir(p.Output))
	for _, w := range strings.Fields(string(text)) {
		pid, err := strconv.Atoi(w)
		if err != nil {
			t.Fatal(err)
		}
		alive := true
		for range 100 {
			if alive = processAlive(pid); !alive {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if alive {
			t.Errorf("process %d is still there", pid)
		}
	}
}

// processAlive tells running processes from those that are gone or dead but not waited for.
func processAlive(pid int) bool {
	if stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil {
		_, after, _ := strings.Cut(string(stat), ") ")
		return !strings.HasPrefix(after, "Z") && !strings.HasPrefix(after, "X")
	}
	p, err := os.FindProcess(pid)
	return err == nil && p.Signal(syscall.Signal(0)) == nil
}

func empty(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		t.Errorf("left behind: %s", filepath.Join(dir, f.Name()))
	}
}

func TestNoGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := program(t).Build(t.Context()); err == nil || !strings.Contains(err.Error(), "Go toolchain") {
		t.Error(err)
	}
}
