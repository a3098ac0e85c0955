package asynctest

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/internal/shared"
)

var stores = flag.Int("stores", 60, "stores of the stress test; 1000 for the full form")

// TestAsync runs the tests of testdata/host against the component
// testdata/scenario.wasm (made from scenario.wat).
func TestAsync(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	dir := t.TempDir()
	data, err := os.ReadFile("testdata/scenario.wasm")
	if err != nil {
		t.Fatal(err)
	}
	p, err := frontend.Translate(data, frontend.Options{})
	if err != nil {
		t.Fatal(err)
	}
	files, _, err := codegen.Generate(p, codegen.Options{Package: "scenario", ImportPath: "async.test/scenario"})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{
		"go.mod": fmt.Appendf(nil, "module async.test\n\ngo 1.26.0\n\nrequire github.com/wc2go/wc2go v0.0.0\n\nreplace github.com/wc2go/wc2go => %s\n", shared.Repo()),
	}
	for _, f := range files {
		out["scenario/"+f.Name] = f.Data
	}
	hosts, err := filepath.Glob("testdata/host/*_test.go")
	if err != nil || len(hosts) == 0 {
		t.Fatal("no hosts", err)
	}
	for _, h := range hosts {
		if out["host/"+filepath.Base(h)], err = os.ReadFile(h); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range out {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range []struct {
		name  string
		flags []string
	}{
		{"plain", []string{"-v", "-args", "-stores", strconv.Itoa(*stores)}},
		{"race", []string{"-race", "-args", "-stores", strconv.Itoa(min(*stores, 100))}},
		{"checked", []string{"-tags", "wc2go_checked", "-args", "-stores", "10"}},
	} {
		t.Run(v.name, func(t *testing.T) {
			if v.name == "race" && !race(t) {
				t.Skip("this machine has no race detector")
			}
			cmd := exec.Command("go", append([]string{"test", "-count=1", "-trimpath", "-timeout=5m", "./host"}, v.flags...)...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("%s", out)
		})
	}
}

// race reports whether programs can be built with the race detector: it needs
// cgo, and a C compiler in most places.
func race(t *testing.T) bool {
	t.Helper()
	return exec.Command("go", "build", "-race", "-o", os.DevNull, "runtime/race").Run() == nil
}
