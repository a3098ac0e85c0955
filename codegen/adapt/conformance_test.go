package adapt_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/frontend/binary"

	"github.com/wc2go/wc2go/internal/shared"
)

// TestScripts turns the components of component-model scripts (their folders
// values, resources and linking are what this package is about) into one Go program and
// carries the scripts out. WC2GO_WAST_RUN is a pattern for their names.
func TestScripts(t *testing.T) {
	for _, folder := range []string{"values", "resources", "linking"} {
		t.Run(folder, func(t *testing.T) { runScripts(t, filepath.Join(shared.Scripts(t, "component-model"), folder)) })
	}
}

func runScripts(t *testing.T, dir string) {
	pattern := regexp.MustCompile(os.Getenv("WC2GO_WAST_RUN"))
	scripts, err := filepath.Glob(filepath.Join(dir, "*", "script.json"))
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	root := t.TempDir()
	repo, _ := filepath.Abs("../..")
	write(t, root, "go.mod", fmt.Sprintf("module run\n\ngo 1.26\n\nrequire github.com/wc2go/wc2go v0.0.0\n\nreplace github.com/wc2go/wc2go => %s\n", repo))
	sums, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	write(t, root, "go.sum", string(sums))
	runner, err := os.ReadFile("testdata/run.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	write(t, root, "main.go", string(runner))
	var imports, regs, skip, wanted strings.Builder
	n := 0
	for _, s := range scripts {
		name := filepath.Base(filepath.Dir(s))
		if !pattern.MatchString(name) {
			continue
		}
		fmt.Fprintf(&wanted, "%q: true,\n", name)
		modules, _ := filepath.Glob(filepath.Join(filepath.Dir(s), "*.wasm"))
		for _, m := range modules {
			key := name + "/" + strings.TrimSuffix(filepath.Base(m), ".wasm")
			data, err := os.ReadFile(m)
			if err != nil {
				t.Fatal(err)
			}
			pkg := fmt.Sprintf("p%d", n)
			n++
			p, err := frontend.Translate(data, frontend.Options{})
			if bad := (*binary.Error)(nil); errors.As(err, &bad) {
				continue // for assert_invalid, or the script misses it
			}
			var files []codegen.File
			if err == nil {
				files, _, err = codegen.Generate(p, codegen.Options{ImportPath: "run/" + pkg})
			}
			if err != nil {
				fmt.Fprintf(&skip, "%q: %q,\n", key, err)
				continue
			}
			for _, f := range files {
				write(t, root, filepath.Join(pkg, f.Name), string(f.Data))
			}
			fmt.Fprintf(&imports, "%s \"run/%s\"\n", pkg, pkg)
			fmt.Fprintf(&regs, "%q: func(st *rt.Store) (inst, error) { return %s.Instantiate(ctx, st, %s.Imports{}) },\n", key, pkg, pkg)
		}
	}
	write(t, root, "regs.go", fmt.Sprintf("package main\n\nimport (\n\"github.com/wc2go/wc2go/rt\"\n%s)\n\n"+
		"var regs = map[string]func(st *rt.Store) (inst, error){\n%s}\n\nvar skip = map[string]string{\n%s}\n\nvar wanted = map[string]bool{\n%s}\n",
		imports.String(), regs.String(), skip.String(), wanted.String()))
	build := exec.Command("go", "build", "-mod=mod", "-o", "run", ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	abs, _ := filepath.Abs(dir)
	out, err := exec.Command(filepath.Join(root, "run"), abs).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
