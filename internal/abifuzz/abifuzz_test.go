// Package abifuzz tests the canonical ABI with random types and values: each
// component takes random parameters through two guests, flat and in memory, with random string
// encodings, and gives them back; dynamic values and Go values have to survive it unchanged.
//
//	go test ./internal/abifuzz -args -n 200 -seed 1000
package abifuzz

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/internal/rtsource"
	"github.com/wc2go/wc2go/internal/shared"
)

var (
	count  = flag.Int("n", 16, "how many `components`")
	seed   = flag.Uint64("seed", 20, "the first component's `seed`")
	rounds = flag.Int("rounds", 50, "how many lists of `values` each of them gets")
	keep   = flag.String("keep", "", "`directory` that keeps the program")
)

func TestRoundTrip(t *testing.T) {
	if len(rtsource.Files()) == 0 { // so that go test sees changes of rt
		t.Fatal("rt has no source")
	}
	source := t.TempDir()
	var script strings.Builder
	for i := range *count {
		script.WriteString(Component(*seed + uint64(i)))
	}
	if err := os.WriteFile(filepath.Join(source, "abi.wast"), []byte(script.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	wasm := shared.Convert(t, source, "abifuzz")

	tmp := *keep
	if tmp == "" {
		tmp = t.TempDir()
	}
	write := func(name string, data []byte) {
		path := filepath.Join(tmp, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	// A path below the project's, so that the driver can stay internal.
	const module = "github.com/wc2go/wc2go/internal/abifuzz/program"
	var imports, list strings.Builder
	for i := range *count {
		name := fmt.Sprintf("p%d", *seed+uint64(i))
		data, err := os.ReadFile(filepath.Join(wasm, "abi", fmt.Sprintf("%d.wasm", i)))
		if err != nil {
			t.Fatal(err)
		}
		p, err := frontend.Translate(data, frontend.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		files, _, err := codegen.Generate(p, codegen.Options{Package: name, ImportPath: module + "/" + name})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, f := range files {
			write(name+"/"+f.Name, f.Data)
		}
		fmt.Fprintf(&imports, "\t%q\n", module+"/"+name)
		fmt.Fprintf(&list, `	{"%[1]s", reflect.TypeFor[%[1]s.Imports](),
		func(ctx context.Context, st *rt.Store, l *rt.Linker) (rt.Instance, error) {
			pre, err := %[1]s.PrepareDynamic(l, %[1]s.Imports{})
			if err != nil {
				return nil, err
			}
			return pre.Instantiate(ctx, st)
		},
		func(ctx context.Context, st *rt.Store, imports reflect.Value) (rt.Instance, error) {
			return %[1]s.Instantiate(ctx, st, imports.Interface().(%[1]s.Imports))
		}},
`, name)
	}
	write("go.mod", fmt.Appendf(nil, "module %s\n\ngo 1.26\n\nrequire github.com/wc2go/wc2go v0.0.0\n\nreplace github.com/wc2go/wc2go => %s\n", module, shared.Repo()))
	write("main.go", fmt.Appendf(nil, `package main

import (
	"context"
	"fmt"
	"os"
	"reflect"

	"github.com/wc2go/wc2go/internal/abifuzz/driver"
	"github.com/wc2go/wc2go/rt"
%s)

var components = []driver.Component{
%s}

func main() {
	status := 0
	for i := range components {
		if err := driver.Run(&components[i], %d+uint64(i), %d); err != nil {
			fmt.Printf("%%s: %%v\n", components[i].Name, err)
			status = 1
		}
	}
	fmt.Printf("%%d components ran\n", len(components))
	os.Exit(status)
}
`, imports.String(), list.String(), *seed, *rounds))
	cmd := exec.Command("go", "run", "-mod=mod", "-trimpath", ".")
	cmd.Dir = tmp
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "PWD="+tmp)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := fmt.Sprintf("%d components ran\n", *count); string(out) != want {
		t.Fatalf("%q, want %q", out, want)
	}
}
