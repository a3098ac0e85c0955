package wast

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wc2go/wc2go/internal/wast/driver"
	"github.com/wc2go/wc2go/ir"
)

// run runs the scripts of testdata, which wast2json made of the .wast files there.
func run(t *testing.T, o Options, names ...string) (Summary, string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds programs")
	}
	t.Setenv("WC2GO_CACHE", t.TempDir())
	var paths []string
	for _, n := range names {
		paths = append(paths, "testdata/"+n)
	}
	var b bytes.Buffer
	sum, err := Run(context.Background(), paths, o, &b)
	if err != nil {
		t.Fatal(err)
	}
	return sum, b.String()
}

func TestLink(t *testing.T) {
	for _, tags := range []string{"", "wc2go_checked"} {
		if sum, out := run(t, Options{Tags: tags}, "link"); sum.Failed > 0 || sum.Passed != 55 {
			t.Errorf("tags %q: %v\n%s", tags, sum, out)
		}
	}
}

// TestFeatures: exceptions, tail calls, objects and loops that are printed in other ways. legacy.wast needs an
// assembler of its own.
func TestFeatures(t *testing.T) {
	for _, o := range []Options{{}, {Tags: "wc2go_checked"}, {Passes: ir.PassOptions{Disable: []string{"counters", "deadfuncs", "inline", "deadsets", "locals"}}}} {
		if sum, out := run(t, o, "features", "legacy", "dispatch", "counters"); sum.Failed > 0 || sum.Passed != 65+20+20 {
			t.Errorf("tags %q: %v\n%s", o.Tags, sum, out)
		}
	}
}

// TestTraps: which trap it is, and what limits say.
func TestTraps(t *testing.T) {
	for _, o := range []Options{{}, {Tags: "wc2go_checked"}} {
		if sum, out := run(t, o, "traps", "limits"); sum != (Summary{Passed: 29 + 33}) {
			t.Errorf("tags %q: %v\n%s", o.Tags, sum, out)
		}
	}
}

// TestAsyncBuiltins: what the specification's scripts about tasks leave out, and each trap of the
// built-ins with Wasmtime's text for it; the same with 64-bit memories.
func TestAsyncBuiltins(t *testing.T) {
	for _, o := range []Options{{}, {Tags: "wc2go_checked"}, {Shuffle: 1}, {Shuffle: 2}, {Shuffle: 3}} {
		if sum, out := run(t, o, "async", "asynctraps", "asyncwide", "asynchost", "asyncresources"); sum != (Summary{Passed: 25 + 509 + 81 + 35 + 45}) {
			t.Errorf("tags %q, seed %d: %v\n%s", o.Tags, o.Shuffle, sum, out)
		}
	}
	if sum, out := run(t, Options{Shuffle: 1}, "asyncrandom"); sum != (Summary{Passed: 241}) {
		t.Errorf("%v\n%s", sum, out)
	}
}

func TestDescriptors(t *testing.T) {
	for _, o := range []Options{{Verbose: true}, {Tags: "wc2go_checked", Passes: ir.PassOptions{Disable: []string{"counters", "deadfuncs", "inline", "deadsets", "locals"}}}} {
		if sum, out := run(t, o, "descriptors"); sum != (Summary{Passed: 22}) {
			t.Errorf("tags %q: %v\n%s", o.Tags, sum, out)
		}
	}
}

func TestComponents(t *testing.T) {
	if sum, out := run(t, Options{Verbose: true}, "component"); sum != (Summary{Passed: 48}) {
		t.Errorf("%v\n%s", sum, out)
	}
	if sum, out := run(t, Options{Verbose: true}, "host", "reentrance", "backpressure", "fused", "handles", "unusual", "named", "capacity"); sum != (Summary{Passed: 42 + 20 + 4 + 71 + 9 + 50 + 25 + 6}) {
		t.Errorf("%v\n%s", sum, out)
	}
}

func TestConfig(t *testing.T) {
	if sum, out := run(t, Options{Verbose: true}, "config"); sum != (Summary{Passed: 5}) || out != "" {
		t.Errorf("%v\n%s", sum, out)
	}
}

// TestWrong: what is wrong must be reported, every command of it and each with its line.
func TestWrong(t *testing.T) {
	sum, out := run(t, Options{}, "wrong")
	if sum != (Summary{Passed: 1, Failed: 20}) {
		t.Errorf("%v\n%s", sum, out)
	}
	for line := 10; line <= 29; line++ {
		if n := strings.Count(out, fmt.Sprintf("wrong.wast:%d: ", line)); n != 1 {
			t.Errorf("line %d is reported %d times", line, n)
		}
	}
}

// TestDamaged: what cannot be read fails, and the rest runs.
func TestDamaged(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	t.Setenv("WC2GO_CACHE", t.TempDir())
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "good"), os.DirFS("testdata/traps")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"json": "{",
		"none": `{}`,
		"file": `{"source_filename":"file.wast","commands":[{"type":"module","line":3,"filename":"none.wasm"},{"type":"assert_malformed","line":4,"filename":"none.wasm","text":""}]}`,
	} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, scriptFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	sum, err := Run(context.Background(), []string{dir}, Options{}, &b)
	if err != nil || sum != (Summary{Passed: 29, Failed: 4}) {
		t.Errorf("%v, %v\n%s", sum, err, b.String())
	}
	for _, want := range []string{"json/script.json:1: script: ", "none/script.json:1: script: ", "file.wast:3: module: ", "file.wast:4: assert_malformed: "} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in:\n%s", want, b.String())
		}
	}
}

// TestHang: a program that hangs is killed, and another one runs the rest.
func TestHang(t *testing.T) {
	sum, out := run(t, Options{Timeout: 2 * time.Second}, "hang", "link")
	if sum.Passed != 55+2 || sum.Failed != 2 || !strings.Contains(out, "hang.wast:4: action: still running") {
		t.Errorf("%v\n%s", sum, out)
	}
}

func TestExec(t *testing.T) {
	if _, err := exec.LookPath("false"); err != nil {
		t.Skip(err)
	}
	sum, out := run(t, Options{Exec: []string{"false"}}, "link")
	if sum.Passed > 0 || !strings.Contains(out, "link.wast:3: module: the program ended: exit status 1") {
		t.Errorf("%v\n%s", sum, out)
	}
}

func TestNoScripts(t *testing.T) {
	for _, p := range []string{t.TempDir(), "no such directory"} {
		if _, err := Run(context.Background(), []string{p}, Options{}, &bytes.Buffer{}); err == nil {
			t.Errorf("%s: no error", p)
		}
	}
	var b bytes.Buffer
	if sum, err := Run(context.Background(), []string{"wast.go"}, Options{}, &b); err != nil || sum != (Summary{Failed: 1}) || !strings.Contains(b.String(), "wast.go:1: script: ") {
		t.Errorf("a file that is no script: %v, %v\n%s", sum, err, b.String())
	}
}

func TestBlame(t *testing.T) {
	files := map[string][]byte{
		"modules/internal/core/core.go":      []byte("package core\n\ntype M0 struct {\n\tx int\n}\n\nfunc (m *M1) init(d int32) {\n\tm.x = 1\n}\n"),
		"modules/internal/core/s00/guard.go": []byte("package s00\n\nfunc m0f1(m *core.M0) {\n\treturn\n}\n\nfunc m2f12_name(m *core.M2) {\n\tx\n}\n"),
	}
	mods := []*module{{key: "a"}, {key: "b"}, {key: "c"}, {key: "d"}}
	e := &compileError{"# wc2go.wast/modules/internal/core\nmodules/internal/core/core.go:8:2: m.x undefined\n# wc2go.wast/modules/internal/core/s00\nmodules/internal/core/s00/guard.go:8:2: x is not used\n"}
	if !e.blame(files, mods, mods) || mods[0].err != nil || mods[1].err == nil || mods[2].err == nil || mods[3].err != nil {
		t.Error(mods[0].err, mods[1].err, mods[2].err, mods[3].err)
	}
	if !strings.Contains(mods[2].err.Error(), "x is not used") {
		t.Error(mods[2].err)
	}
	link := &compileError{"# wc2go.wast\nwc2go.wast/modules/internal/core.link3: relocation target m3f0 not defined"}
	if !link.blame(files, mods, mods) || mods[3].err == nil {
		t.Error(mods[3].err)
	}
	if (&compileError{"no space left on device"}).blame(files, mods, mods) {
		t.Error("somebody is to blame for a full disk")
	}
}

// TestWithoutProgram: a script none of whose modules can be run still has all its commands reported.
func TestWithoutProgram(t *testing.T) {
	s := &script{outcomes: make([]outcome, 2)}
	s.driver.Commands = []driver.Command{
		{Type: "module", Line: 1, Missing: "not supported"},
		{Type: "assert_return", Index: 1, Line: 2, Action: &driver.Action{Type: "invoke", Field: "f"}},
	}
	s.withoutProgram()
	for _, o := range s.outcomes {
		if o.status != driver.Failed || !strings.Contains(o.text, "not supported") {
			t.Error(o)
		}
	}
}
