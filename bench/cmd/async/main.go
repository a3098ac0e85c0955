// Command async measures what tasks, streams and the event loop cost, beside a
// memcpy and a plain call of the same run:
//
//	go run ./cmd/async
//
// to be run in the directory bench. The exit status is 1 if a target is missed.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/wc2go/wc2go/bench"
)

//go:embed testdata/worker.go
var worker []byte

var (
	workDir = flag.String("work", "", "directory of generated code; one in the user's cache if empty")
	rounds  = flag.Int("rounds", 5, "runs of each measurement; the best counts")
	profile = flag.String("cpuprofile", "", "file for a CPU profile of the measurements")
	only    = flag.String("only", "", "measure only rows that contain this text")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("async: ")
	flag.Parse()
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	dir := *workDir
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		dir = filepath.Join(cache, "wc2go-bench-async")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return fmt.Errorf("go env GOMOD: %w", err)
	}
	root := filepath.Dir(filepath.Dir(strings.TrimSpace(string(mod))))
	if _, err := os.Stat(filepath.Join(root, "rt")); err != nil {
		return fmt.Errorf("run it in the directory bench: %w", err)
	}
	for name, data := range map[string][]byte{
		"go.mod":     fmt.Appendf(nil, "module bench.test\n\ngo 1.26.0\n\nrequire github.com/wc2go/wc2go v0.0.0\n\nreplace github.com/wc2go/wc2go => %s\n", root),
		"main.go":    worker,
		"async.wasm": bench.Async,
		"calls.wasm": bench.Calls,
	} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			return err
		}
	}
	wc2go := filepath.Join(dir, "wc2go")
	for _, c := range []struct {
		dir  string
		args []string
	}{
		{root, []string{"go", "build", "-o", wc2go, "./cmd/wc2go"}},
		{dir, []string{wc2go, "generate", "-o", "async", "async.wasm"}},
		{dir, []string{wc2go, "generate", "-o", "calls", "calls.wasm"}},
		{dir, []string{"go", "build", "-mod=mod", "-o", "worker", "."}},
	} {
		cmd := exec.Command(c.args[0], c.args[1:]...)
		cmd.Dir = c.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(c.args, " "), err, out)
		}
	}
	cmd := exec.Command(filepath.Join(dir, "worker"), fmt.Sprintf("-rounds=%d", *rounds), "-cpuprofile="+*profile, "-only="+*only)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}
