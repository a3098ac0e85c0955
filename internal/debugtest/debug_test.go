package debugtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/codegen/core"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/ir"
)

// program calls functions of the module, prints the backtraces as JSON, and
// writes a CPU profile.
const program = `package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"runtime/pprof"

	"debug.test/internal/core"
	_ "debug.test/internal/core/link"
	"github.com/wc2go/wc2go/rt"
)

func main() {
	ctx := context.Background()
	call := func(name string, arg uint32) string {
		st := rt.NewStore()
		inst, err := core.Core0.Instantiate(ctx, st, nil)
		if err != nil {
			panic(err)
		}
		f, ok := inst.Func(name)
		if !ok {
			panic("no function " + name)
		}
		_, err = f.Call(ctx, rt.CoreU32(arg))
		var trap *rt.Trap
		if !errors.As(err, &trap) {
			return ""
		}
		return trap.Error() + "\n" + trap.Backtrace()
	}
	out := map[string]string{
		"load":        call("load", 1<<25),
		"unreachable": call("load", 0),
		"div":         call("div", 0),
	}
	if len(os.Args) > 1 {
		f, err := os.Create(os.Args[1])
		if err != nil {
			panic(err)
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			panic(err)
		}
		call("spin", 300_000_000)
		pprof.StopCPUProfile()
		f.Close()
	}
	json.NewEncoder(os.Stdout).Encode(out)
}
`

// build makes the program and gives the path of its executable.
func build(t *testing.T, noDebug bool, disable []string, flags ...string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/trap.wasm")
	if err != nil {
		t.Fatal(err)
	}
	p, err := frontend.Translate(data, frontend.Options{Passes: ir.PassOptions{Disable: disable}})
	if err != nil {
		t.Fatal(err)
	}
	core.Callgraph(p)
	files, err := core.Generate(p, core.Options{ImportPath: "debug.test", Bare: true, NoDebugInfo: noDebug})
	if err != nil {
		t.Fatal(err)
	}
	_, self, _, _ := runtime.Caller(0)
	root := filepath.Dir(filepath.Dir(filepath.Dir(self)))
	dir := t.TempDir()
	write := func(name string, data []byte) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", []byte("module debug.test\n\ngo 1.26.0\n\nrequire github.com/wc2go/wc2go v0.0.0\n\nreplace github.com/wc2go/wc2go => "+root+"\n"))
	write("main.go", []byte(program))
	for _, f := range files {
		write(f.Name, f.Data)
	}
	exe := filepath.Join(dir, "prog")
	cmd := exec.Command("go", append(append([]string{"build", "-trimpath", "-o", exe}, flags...), ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return exe
}

func run(t *testing.T, exe string, args ...string) map[string]string {
	t.Helper()
	cmd := exec.Command(exe, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// want are the errors and backtraces. The offsets are those of the instructions
// that trap, and of the calls, as Wasmtime prints them.
var want = map[string]string{
	"load": `wasm trap: out of bounds memory access
    0:     0x7a - fetch
                    at /src/trap.c:7:9
              - inner
                    at /src/trap.c:12:13
    1:     0x8c - middle
                    at /src/trap.c:18:10
    2:     0xa8 - run_load
                    at /src/trap.c:28:9
`,
	"unreachable": `wasm trap: wasm ` + "`unreachable`" + ` instruction executed
    0:     0x87 - middle
                    at /src/trap.c:17:3
    1:     0xa8 - run_load
                    at /src/trap.c:28:9
`,
	"div": `wasm trap: integer divide by zero
    0:     0xa2 - divide
                    at /src/trap.c:24:11
    1:     0xbe - run_div
                    at /src/trap.c:32:9
`,
}

func TestBacktrace(t *testing.T) {
	disable := map[string][]string{"calls": {"inline"}}
	for name, flags := range map[string][]string{"guarded": nil, "checked": {"-tags", "wc2go_checked"}, "stripped": {"-ldflags=-s -w"}, "calls": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := run(t, build(t, false, disable[name], flags...))
			for k, w := range want {
				if got[k] != w {
					t.Errorf("%s: got\n%s\nwant\n%s", k, got[k], w)
				}
			}
		})
	}
}

// TestNoDebugInfo has names only, and says nothing of functions that were inlined.
func TestNoDebugInfo(t *testing.T) {
	t.Parallel()
	got := run(t, build(t, true, []string{"inline"}))["div"]
	if want := "wasm trap: integer divide by zero\n    0: <module 0>!divide\n    1: <module 0>!run_div\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestProfile looks for wasm names in what pprof prints.
func TestProfile(t *testing.T) {
	t.Parallel()
	exe := build(t, false, []string{"inline"})
	profile := filepath.Join(t.TempDir(), "cpu.pprof")
	run(t, exe, profile)
	out, err := exec.Command("go", "tool", "pprof", "-top", exe, profile).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) >= 6 && strings.HasPrefix(f[5], "debug.test/internal/core/s00.m0f") && strings.HasSuffix(f[5], "_busy") {
			return
		}
	}
	t.Errorf("pprof does not show m0f…_busy:\n%s", out)
}
