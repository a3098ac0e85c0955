package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/internal/shared"
)

// TestCorpusCommands runs the real WASI 0.2 programs, through run and through
// build, and compares all that they print.
func TestCorpusCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("builds large programs")
	}
	corpus := shared.Corpus(t)
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(corpus, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	t.Setenv("WC2GO_CACHE", t.TempDir())
	tool := filepath.Join(t.TempDir(), "wc2go")
	if out, err := exec.Command("go", "build", "-o", tool, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, c := range []struct {
		file, stdin string
		grants      []string // options of run and build
		runOnly     []string
		args        []string
		output      string // stdout, then stderr
		fails       bool
	}{
		{file: "found/components/hello_stdout.component.wasm", output: "writing to stdout: hello, world\nwriting to stderr: hello, world\n"},
		{file: "found/components/utf8-utf16.composed.wasm", args: []string{"asdf中文🀄️⏰"}, output: "ret: asdf中文🀄️⏰asdf中文🀄️⏰\n"},
		{file: "found/components/env-allow.composed.wasm", grants: []string{"--env", "CUSTOM=VAL"},
			runOnly: []string{"--invoke", "test-get-env()"}, output: "[(\"CUSTOM\", \"VAL\")]\n"},
		{file: "made/sqlrun.component.wasm", stdin: read("made/inputs/bench.sql"), output: read("made/expected/sqlrun.txt"), fails: true},
		{file: "made/sqlrun.component.wasm", stdin: read("made/inputs/ok.sql"), output: "?"},
		{file: "made/gocmd.component.wasm", grants: []string{"--dir", ".::/", "--env", "OUT=/sub"}, args: []string{"app.log"}, output: read("made/expected/gocmd.txt")},
	} {
		file := filepath.Join(corpus, filepath.FromSlash(c.file))
		bin := filepath.Join(t.TempDir(), "program")
		check := func(how string, argv ...string) {
			t.Helper()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "app.log"), []byte(read("made/inputs/app.log")), 0o666); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(argv[0], append(argv[1:], c.args...)...)
			cmd.Dir, cmd.Stdin = dir, strings.NewReader(c.stdin)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			if (err != nil) != c.fails {
				t.Errorf("%s %s: %v\n%s", how, c.file, err, &stderr)
			}
			if got := stdout.String() + stderr.String(); got != c.output && c.output != "?" {
				t.Errorf("%s %s printed\n%.2000s\nwant\n%.2000s", how, c.file, got, c.output)
			}
			if strings.Contains(c.file, "gocmd") {
				if fi, err := os.Stat(filepath.Join(dir, "sub", "sub", "summary.json")); err != nil && fi == nil {
					if _, err := os.Stat(filepath.Join(dir, "sub", "summary.json")); err != nil {
						t.Errorf("%s: no summary.json", how)
					}
				}
			}
		}
		check("run", append(append(append([]string{tool, "run"}, c.grants...), c.runOnly...), file)...)
		if c.runOnly != nil {
			continue
		}
		out, err := exec.Command(tool, append(append([]string{"build", "-o", bin}, c.grants...), file)...).CombinedOutput()
		if err != nil {
			t.Errorf("build %s: %v\n%s", c.file, err, out)
			continue
		}
		check("build", bin)
	}
}
