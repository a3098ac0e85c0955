// Package semantics tests what goes wrong easily in the canonical ABI: each test
// in testdata fails if the rule is broken that it is about. NAME.wat is the component,
// NAME.wasm its binary (assembled with examples/assemble.mjs), NAME_test.go.txt a test that
// runs inside the package which wc2go makes of it. The conformance scripts, which
// internal/wast runs, test the same rules between two guests, and by dynamic calls.
package semantics

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/frontend/validate"
	"github.com/wc2go/wc2go/internal/rtsource"
	"github.com/wc2go/wc2go/internal/shared"
)

func Test(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	// go test must not answer from its cache when rt changes: its source becomes
	// part of this program.
	if len(rtsource.Files()) == 0 {
		t.Fatal("rt has no source")
	}
	wasms, err := filepath.Glob("testdata/*.wasm")
	if err != nil || len(wasms) == 0 {
		t.Fatalf("no components: %v", err)
	}
	tmp := t.TempDir()
	write := func(name string, data []byte) {
		path := filepath.Join(tmp, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", fmt.Appendf(nil, "module semantics.test\n\ngo 1.26\n\nrequire github.com/wc2go/wc2go v0.0.0\n\nreplace github.com/wc2go/wc2go => %s\n", shared.Repo()))
	for _, file := range wasms {
		name := strings.TrimSuffix(filepath.Base(file), ".wasm")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, err := frontend.Translate(data, frontend.Options{Fuel: name == "fuel"})
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		files, _, err := codegen.Generate(p, codegen.Options{Package: name, ImportPath: "semantics.test/" + name, Interruptible: strings.HasPrefix(name, "interrupt")})
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, f := range files {
			write(name+"/"+f.Name, f.Data)
		}
		host, err := os.ReadFile("testdata/" + name + "_test.go.txt")
		if err != nil {
			t.Fatal(err)
		}
		write(name+"/host_test.go", host)
	}
	for _, tags := range []string{"", "wc2go_checked"} {
		cmd := exec.Command("go", "test", "-mod=mod", "-vet=off", "-tags", tags, "./...")
		cmd.Dir = tmp
		cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "PWD="+tmp)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go test -tags %q: %v\n%s", tags, err, out)
		}
	}
}

// TestMemory64Feature: 64-bit memories at the boundary are a feature of their own (🐘).
func TestMemory64Feature(t *testing.T) {
	data, err := os.ReadFile("testdata/memory64.wasm")
	if err != nil {
		t.Fatal(err)
	}
	f := validate.AllFeatures()
	if _, err := frontend.Translate(data, frontend.Options{Features: &f}); err != nil {
		t.Errorf("with all features: %v", err)
	}
	f.Component.Memory64 = false
	if _, err := frontend.Translate(data, frontend.Options{Features: &f}); err == nil || !strings.Contains(err.Error(), "64-bit memories require the") {
		t.Errorf("without the feature: %v", err)
	}
	// A realloc of 32 bits does not go with a memory of 64: the type of the first core
	// function with four i64 parameters becomes that of one with four i32.
	wide, narrow := []byte{0x60, 4, 0x7e, 0x7e, 0x7e, 0x7e, 1, 0x7e}, []byte{0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f}
	if at := bytes.Index(data, wide); at < 0 {
		t.Error("no realloc")
	} else {
		changed := bytes.Clone(data)
		copy(changed[at:], narrow)
		if _, err := frontend.Translate(changed, frontend.Options{}); err == nil {
			t.Error("a realloc of 32 bits is accepted")
		}
	}
}
