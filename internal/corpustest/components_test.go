package corpustest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/internal/shared"
)

// TestComponents translates the components that testdata/hosts names, builds
// each beside its host, a Go test written against the generated API, and runs
// all of them. The first line of a host names its component:
//
//	// corpus: found/adder.component.wasm
//
// More lines of the form
//
//	// corpus callee: found/other.component.wasm
//
// may follow, each for another component, whose package is corpus.test/NAME/callee.
//
// A host lives in testdata/hosts/NAME/NAME_test.go and imports the generated
// package as corpus.test/NAME/api.
func TestComponents(t *testing.T) {
	runHosts(t, "hosts", "default")
}

// TestComponentsChecked runs the same with explicit bounds checks.
func TestComponentsChecked(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the same hosts run without -tags wc2go_checked")
	}
	runHosts(t, "hosts", "checked", "-tags", "wc2go_checked")
}

// TestCommands does the same with the WASI commands, whose hosts are in testdata/commands.
func TestCommands(t *testing.T) {
	runHosts(t, "commands", "default")
}

func runHosts(t *testing.T, folder, what string, flags ...string) {
	dir := shared.Corpus(t)
	hosts, err := filepath.Glob("testdata/" + folder + "/*/*_test.go")
	if err != nil || len(hosts) == 0 {
		t.Fatalf("no hosts under testdata/%s: %v", folder, err)
	}
	// With -trimpath what was built is found again in Go's cache, whatever the
	// name of the temporary folder.
	flags = append(flags, "-trimpath")
	tmp := t.TempDir()
	writeGoMod(t, tmp)
	var pkgs []string
	for _, host := range hosts {
		name := filepath.Base(filepath.Dir(host))
		src, err := os.ReadFile(host)
		if err != nil {
			t.Fatal(err)
		}
		components := hostComponents(string(src))
		if len(components) == 0 {
			t.Fatalf("%s does not begin with \"// corpus: FILE\"", host)
		}
		ok := true
		for _, c := range components {
			if err := generateComponent(t, filepath.Join(dir, c.wasm), filepath.Join(tmp, name, c.pkg), "corpus.test/"+name+"/"+c.pkg, c.pkg); err != nil {
				t.Errorf("%s: %v", c.wasm, err)
				ok = false
			}
		}
		if !ok {
			continue
		}
		write(t, filepath.Join(tmp, name, filepath.Base(host)), string(src))
		pkgs = append(pkgs, name)
	}
	env := goEnv()

	vet := exec.Command("go", append([]string{"vet"}, append(flags, "./...")...)...)
	vet.Dir, vet.Env = tmp, env
	if out, err := vet.CombinedOutput(); err != nil {
		t.Errorf("go vet of generated packages: %v\n%s", err, head(out, 60))
	}

	cmd := exec.Command("go", append([]string{"test", "-json", "-count=1"}, append(flags, "./...")...)...)
	cmd.Dir, cmd.Env = tmp, env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, _ := cmd.Output() // failures are in the events
	results := parseEvents(t, out)
	for _, name := range pkgs {
		t.Run(name, func(t *testing.T) {
			r := results["corpus.test/"+name]
			switch {
			case r == nil:
				t.Errorf("no result (%s)\n%s", what, head(stderr.Bytes(), 40))
			case r.failed || r.tests == 0:
				t.Errorf("failed (%s), %d tests ran:\n%s", what, r.tests, head([]byte(r.output.String()), 80))
			default:
				t.Logf("%d checks passed (%s)", r.tests, what)
			}
		})
	}
}

// hostComponent is a component that a host names, and the package it becomes.
type hostComponent struct{ pkg, wasm string }

// hostComponents reads the first lines of a host.
func hostComponents(src string) []hostComponent {
	var out []hostComponent
	for line := range strings.Lines(src) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "// corpus")
		name, wasm, found := strings.Cut(rest, ": ")
		if !ok || !found {
			break
		}
		if name = strings.TrimSpace(name); name == "" {
			name = "api"
		}
		out = append(out, hostComponent{name, wasm})
	}
	return out
}

// generateComponent writes the package of a component.
func generateComponent(t *testing.T, wasm, dir, path, pkg string) error {
	data, err := os.ReadFile(wasm)
	if err != nil {
		return err
	}
	p, err := frontend.Translate(data, frontend.Options{})
	if err != nil {
		return err
	}
	files, _, err := codegen.Generate(p, codegen.Options{Package: pkg, ImportPath: path, Find: findInRepo})
	if err != nil {
		return err
	}
	for _, f := range files {
		write(t, filepath.Join(dir, f.Name), string(f.Data))
	}
	return nil
}

// writeGoMod makes dir the root of module corpus.test, which uses this repository.
func writeGoMod(t *testing.T, dir string) {
	t.Helper()
	write(t, filepath.Join(dir, "go.mod"), fmt.Sprintf("module corpus.test\n\ngo 1.26.0\n\nrequire github.com/wc2go/wc2go v0.0.0\n\nreplace github.com/wc2go/wc2go => %s\n", shared.Repo()))
}

// goEnv is the environment of go commands in such a module.
func goEnv() []string {
	return append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
}

type result struct {
	failed bool
	tests  int
	output strings.Builder
}

// parseEvents reads what `go test -json` printed, by package.
func parseEvents(t *testing.T, out []byte) map[string]*result {
	results := map[string]*result{}
	sc := bufio.NewScanner(bytes.NewReader(out))
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		var e struct{ Action, Package, ImportPath, Test, Output string }
		if json.Unmarshal(sc.Bytes(), &e) != nil {
			continue
		}
		if e.Package == "" { // build output: "pkg [pkg.test]"
			e.Package, _, _ = strings.Cut(e.ImportPath, " ")
			e.Package = strings.TrimSuffix(strings.TrimSuffix(e.Package, "/api"), "_test")
		}
		r := results[e.Package]
		if r == nil {
			r = &result{}
			results[e.Package] = r
		}
		switch e.Action {
		case "output", "build-output":
			r.output.WriteString(e.Output)
		case "pass":
			if e.Test != "" {
				r.tests++
			}
		case "fail", "build-fail":
			r.failed = true
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return results
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// head gives the first n lines.
func head(b []byte, n int) string {
	lines := strings.SplitAfterN(string(b), "\n", n+1)
	if len(lines) > n {
		lines[n] = "...\n"
	}
	return strings.Join(lines, "")
}
