// Command boundary measures what it costs to cross the boundary of a component:
// calls from Go with numbers and strings, a list from one guest to another, an
// instance made and closed. It prints a table of medians beside their targets.
//
//	cd bench && go run ./cmd/boundary
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

var (
	rounds = flag.Int("rounds", 9, "measurements of each operation, of which the median counts")
	tags   = flag.String("tags", "", "build tags of the measured program (wc2go_checked)")
	adder  = flag.String("adder", "", "the component that is instantiated and closed (default: shared/corpus/found/adder.component.wasm beside the repository)")
	keep   = flag.Bool("work", false, "keep the generated program and say where it is")
)

//go:embed worker.go.txt
var worker []byte

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "boundary:", err)
		os.Exit(1)
	}
}

func run() error {
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return fmt.Errorf("go env GOMOD: %w", err)
	}
	bench := filepath.Dir(strings.TrimSpace(string(mod)))
	boundary := filepath.Join(bench, "calls", "boundary.wasm")
	if _, err := os.Stat(boundary); err != nil {
		return fmt.Errorf("run it in the directory bench: %w", err)
	}
	root := filepath.Dir(bench)
	if *adder == "" {
		*adder = filepath.Join(filepath.Dir(root), "shared", "corpus", "found", "adder.component.wasm")
	}
	instantiated, err := filepath.Abs(*adder)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "wc2go-boundary")
	if err != nil {
		return err
	}
	if *keep {
		fmt.Println(dir)
	} else {
		defer os.RemoveAll(dir)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return err
	}
	goMod := fmt.Sprintf("module boundary.bench\n\ngo 1.26\n\nrequire github.com/wc2go/wc2go v0.0.0\n\nreplace github.com/wc2go/wc2go => %s\n", root)
	for name, data := range map[string][]byte{"go.mod": []byte(goMod), "go.sum": sum, "main.go": worker} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			return err
		}
	}
	tool := filepath.Join(dir, "wc2go")
	for _, c := range []struct {
		dir  string
		args []string
	}{
		{root, []string{"go", "build", "-o", tool, "./cmd/wc2go"}},
		{dir, []string{tool, "generate", "-o", "boundary", boundary}},
		{dir, []string{tool, "generate", "-o", "adder", instantiated}},
		{dir, []string{"go", "build", "-mod=mod", "-tags=" + *tags, "-o", "bench", "."}},
	} {
		cmd := exec.Command(c.args[0], c.args[1:]...)
		cmd.Dir, cmd.Env = c.dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(c.args, " "), err, out)
		}
	}
	cmd := exec.Command(filepath.Join(dir, "bench"), fmt.Sprint(*rounds))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}
