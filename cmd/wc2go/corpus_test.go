package main

import (
	"bytes"
	"encoding/json"
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
	tool := buildTool(t)
	built := map[string]string{} // programs by component
	sql := read("made/expected/sqlrun.txt")
	// Without the last line, which fails, it goes on to its own end.
	okSQL := sql[:strings.Index(sql, "sql: ")] + "-- sqlite 3.40.1, 1955632 bytes peak\n"
	summaries := map[string]string{} // of gocmd, by how it was made
	for _, c := range []struct {
		file, stdin string
		grants      []string // options of run and build
		args        []string
		output      string // stdout, then stderr
		status      int
	}{
		{file: "found/components/hello_stdout.component.wasm", output: "writing to stdout: hello, world\nwriting to stderr: hello, world\n"},
		{file: "found/components/utf8-utf16.composed.wasm", args: []string{"asdf中文🀄️⏰"}, output: "ret: asdf中文🀄️⏰asdf中文🀄️⏰\n"},
		{file: "found/components/env-allow.composed.wasm", grants: []string{"--env", "CUSTOM=VAL", "--invoke", "test-get-env()"},
			output: "[(\"CUSTOM\", \"VAL\")]\n"},
		{file: "made/sqlrun.component.wasm", stdin: read("made/inputs/bench.sql"), output: sql, status: 1},
		{file: "made/sqlrun.component.wasm", stdin: read("made/inputs/ok.sql"), output: okSQL},
		{file: "made/gocmd.component.wasm", grants: []string{"--dir", ".::/", "--env", "OUT=/sub"}, args: []string{"app.log"}, output: read("made/expected/gocmd.txt")},
	} {
		file := filepath.Join(corpus, filepath.FromSlash(c.file))
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
			cmd.Run()
			if got := cmd.ProcessState.ExitCode(); got != c.status {
				t.Errorf("%s %s: status %d, want %d\n%s", how, c.file, got, c.status, &stderr)
			}
			if got := stdout.String() + stderr.String(); got != c.output {
				t.Errorf("%s %s printed\n%.2000s\nwant\n%.2000s", how, c.file, got, c.output)
			}
			if strings.Contains(c.file, "gocmd") {
				b, err := os.ReadFile(filepath.Join(dir, "sub", "sub", "summary.json"))
				if err != nil || !json.Valid(b) {
					t.Errorf("%s: summary.json: %v %q", how, err, b)
				}
				summaries[how] = string(b)
			}
		}
		check("run", append(append([]string{tool, "run"}, c.grants...), file)...)
		bin, ok := built[c.file]
		if !ok {
			bin = filepath.Join(t.TempDir(), "program")
			if out, err := exec.Command(tool, append(append([]string{"build", "-o", bin}, c.grants...), file)...).CombinedOutput(); err != nil {
				t.Errorf("build %s: %v\n%s", c.file, err, out)
				continue
			}
			built[c.file] = bin
		}
		check("build", bin)
	}
	if summaries["run"] != summaries["build"] {
		t.Errorf("summary.json: %s and %s", summaries["run"], summaries["build"])
	}
}
