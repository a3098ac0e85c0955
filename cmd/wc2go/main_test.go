package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wc2go": main})
}

// TestScript runs testdata/script/*.txt, shell-like scripts with files; see
// the documentation of testscript. The components are in $DATA.
func TestScript(t *testing.T) {
	goEnv, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	dirs := strings.Split(strings.TrimSpace(string(goEnv)), "\n")
	data, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("DATA", data)
			env.Setenv("ROOT", filepath.Dir(filepath.Dir(filepath.Dir(data))))
			env.Setenv("WC2GO_CACHE", filepath.Join(env.WorkDir, ".cache"))
			tool, err := exec.LookPath("wc2go")
			if err != nil {
				return err
			}
			env.Setenv("WC2GO", tool) // for scripts that change PATH
			// Programs are built by the toolchain of this test, with what it has built before.
			env.Setenv("GOCACHE", dirs[0])
			env.Setenv("GOMODCACHE", dirs[1])
			env.Setenv("GOFLAGS", "-mod=mod")
			env.Setenv("GOPROXY", "off")
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":    status,
			"emptydir":  emptydir,
			"waitfor":   waitfor,
			"untouched": untouched,
			"samedir":   samedir,
		},
	})
}

// status N command...: the command exits with status N. Its output is kept for
// stdout and stderr as that of exec.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := err.(*exec.ExitError); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit status %d, want %s", got, args[0])
	}
}

// emptydir DIR: the directory has no files but the lock files of a cache.
func emptydir(ts *testscript.TestScript, neg bool, args []string) {
	err := filepath.WalkDir(ts.MkAbs(args[0]), func(file string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() && filepath.Ext(file) != ".lock" {
			ts.Fatalf("left behind: %s", file)
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), "wc2go-") {
			ts.Fatalf("left behind: %s", file)
		}
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		ts.Fatalf("%v", err)
	}
}

// waitfor FILE waits until the file is there.
func waitfor(ts *testscript.TestScript, neg bool, args []string) {
	for range 200 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("%s does not come", args[0])
}

// snapshot gives the files under dir with their contents, and the times of
// their last changes if times is set.
func snapshot(ts *testscript.TestScript, dir string, times bool) map[string]string {
	files := map[string]string{}
	dir = ts.MkAbs(dir)
	err := filepath.WalkDir(dir, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		files[rel] = string(data)
		if fi, err := d.Info(); err == nil && times {
			files[rel] += fi.ModTime().String()
		}
		return err
	})
	ts.Check(err)
	return files
}

// untouched DIR exec command...: the command succeeds and changes no file
// under the directory, not even the time of its last change.
func untouched(ts *testscript.TestScript, neg bool, args []string) {
	before := snapshot(ts, args[0], true)
	ts.Check(ts.Exec(args[2], args[3:]...))
	if !maps.Equal(before, snapshot(ts, args[0], true)) {
		ts.Fatalf("files of %s were touched", args[0])
	}
}

// samedir DIR1 DIR2: the directories have the same files.
func samedir(ts *testscript.TestScript, neg bool, args []string) {
	a, b := snapshot(ts, args[0], false), snapshot(ts, args[1], false)
	if len(a) == 0 || !maps.Equal(a, b) {
		ts.Fatalf("%s and %s differ", args[0], args[1])
	}
}
