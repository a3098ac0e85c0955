// Package goldens shows what wc2go makes of small components, end to end:
// NAME.wat is the source, NAME.wasm its binary (assembled with
// examples/assemble.mjs), NAME.calls what is called, and NAME.txtar, rewritten by
// `go test ./goldens -update`, the IR, the generated Go, and what each call answers.
// Components interruptible and fuel are generated with the option of that name.
package goldens

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/internal/golden"
	"github.com/wc2go/wc2go/internal/rtsource"
	"github.com/wc2go/wc2go/ir"
)

// built is a golden component, translated.
type built struct {
	name  string
	prog  *ir.Program
	files []codegen.File
	calls []string
}

func TestGolden(t *testing.T) {
	// go test must not answer from its cache when rt changes: its source becomes
	// part of this program.
	if len(rtsource.Files()) == 0 {
		t.Fatal("rt has no source")
	}
	wasms, err := filepath.Glob("*.wasm")
	if err != nil || len(wasms) == 0 {
		t.Fatalf("no components: %v", err)
	}
	var all []*built
	for _, file := range wasms {
		all = append(all, build(t, file))
	}
	answers := run(t, all)
	if checked := run(t, all, "-tags", "wc2go_checked"); !slices.Equal(answers, checked) {
		t.Errorf("with -tags wc2go_checked the answers differ:\n%s\nwithout:\n%s", strings.Join(checked, "\n"), strings.Join(answers, "\n"))
	}
	for _, b := range all {
		t.Run(b.name, func(t *testing.T) {
			var a txtar.Archive
			var text bytes.Buffer
			if err := ir.Print(&text, b.prog); err != nil {
				t.Fatal(err)
			}
			a.Files = append(a.Files, txtar.File{Name: "ir", Data: text.Bytes()})
			for _, f := range b.files {
				if strings.HasSuffix(f.Name, ".go") {
					if formatted, err := format.Source(f.Data); err != nil || !bytes.Equal(formatted, f.Data) {
						t.Errorf("%s is not gofmt-ed (%v)", f.Name, err)
					}
				}
				// Tables for backtraces are no text; internal/debugtest has tests of them.
				if ext := filepath.Ext(f.Name); ext == ".lines" || ext == ".map" {
					continue
				}
				if len(f.Data) > 0 {
					a.Files = append(a.Files, txtar.File{Name: "go/" + f.Name, Data: f.Data})
				}
			}
			var behaviour strings.Builder
			for _, line := range answers {
				if rest, ok := strings.CutPrefix(line, b.name+": "); ok {
					behaviour.WriteString(rest + "\n")
				}
			}
			if len(b.calls) > 0 {
				a.Files = append(a.Files, txtar.File{Name: "behaviour", Data: []byte(behaviour.String())})
			}
			golden.Check(t, b.name+".txtar", &a)
		})
	}
}

func build(t *testing.T, file string) *built {
	t.Helper()
	b := &built{name: strings.TrimSuffix(file, ".wasm")}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.prog, err = frontend.Translate(data, frontend.Options{Fuel: b.name == "fuel"}); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	b.files, _, err = codegen.Generate(b.prog, codegen.Options{Package: b.name, ImportPath: "golden.test/" + b.name, Interruptible: b.name == "interruptible"})
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if text, err := os.ReadFile(b.name + ".calls"); err == nil {
		b.calls = strings.Split(strings.TrimSpace(string(text)), "\n")
	}
	return b
}

// run builds one program of all components, makes the calls, each on a new
// instance in a new store, and gives the lines "component: call -> answer".
func run(t *testing.T, all []*built, flags ...string) []string {
	t.Helper()
	_, self, _, _ := runtime.Caller(0)
	tmp := t.TempDir()
	write := func(name string, data []byte) {
		path := filepath.Join(tmp, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", fmt.Appendf(nil, "module golden.test\n\ngo 1.26.0\n\nrequire github.com/wc2go/wc2go v0.0.0\n\nreplace github.com/wc2go/wc2go => %s\n",
		filepath.Dir(filepath.Dir(self))))
	var imports, cases strings.Builder
	calls := map[string][]string{}
	for _, b := range all {
		for _, f := range b.files {
			write(b.name+"/"+f.Name, f.Data)
		}
		if host, err := os.ReadFile(filepath.Join("hosts", b.name+"_test.go.txt")); err == nil {
			write(b.name+"/host_test.go", host)
		}
		if len(b.calls) > 0 {
			calls[b.name] = b.calls
			fmt.Fprintf(&imports, "\t%q\n", "golden.test/"+b.name)
			fmt.Fprintf(&cases, "\tcase %q:\n\t\treturn %s.Instantiate(ctx, st, %[2]s.Imports{})\n", b.name, b.name)
		}
	}
	write("main.go", []byte(strings.NewReplacer("IMPORTS", imports.String(), "CASES", cases.String()).Replace(runner)))
	list, err := json.Marshal(calls)
	if err != nil {
		t.Fatal(err)
	}
	write("calls.json", list)

	goTool := func(args ...string) []byte {
		t.Helper()
		cmd := exec.Command("go", args...)
		cmd.Dir = tmp
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return out
	}
	goTool(append([]string{"vet"}, append(slices.Clone(flags), "./...")...)...)
	goTool(append([]string{"test"}, append(slices.Clone(flags), "./...")...)...)
	out := goTool(append([]string{"run"}, append(slices.Clone(flags), ".")...)...)
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// runner is the main function of the program that makes the calls.
const runner = `package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/wc2go/wc2go/rt"
IMPORTS)

//go:embed calls.json
var list []byte

type instance interface{ Func(string) (rt.Func, bool) }

func instantiate(ctx context.Context, st *rt.Store, name string) (instance, error) {
	switch name {
CASES	}
	panic("no component " + name)
}

func main() {
	var calls map[string][]string
	if err := json.Unmarshal(list, &calls); err != nil {
		panic(err)
	}
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		for _, text := range calls[name] {
			fmt.Printf("%s: %s -> %s\n", name, text, answer(name, text))
		}
	}
}

// answer makes one call; the call before it may have trapped, in a store of its own.
func answer(name, text string) string {
	ctx := context.Background()
	st := rt.NewStore()
	defer st.Close()
	inst, err := instantiate(ctx, st, name)
	if err != nil {
		return "cannot instantiate: " + err.Error()
	}
	call, err := rt.ParseWAVECall(text)
	if err != nil {
		return "cannot parse: " + err.Error()
	}
	f, ok := inst.Func(call.Name)
	if !ok {
		return "no such function"
	}
	args, err := call.Args(f.Type())
	if err != nil {
		return "bad arguments: " + err.Error()
	}
	results, err := f.Call(ctx, args...)
	if err != nil {
		var trap *rt.Trap
		if !errors.As(err, &trap) {
			return "error: " + err.Error()
		}
		s := err.Error()
		for i, f := range trap.Frames {
			if i == 3 {
				s += " ..."
				break
			}
			s += fmt.Sprintf(" @%d:%d", f.Module, f.Func)
		}
		if _, err := f.Call(ctx, args...); !errors.Is(err, rt.ErrPoisoned) {
			s += fmt.Sprintf("; and the store is not poisoned: %v", err)
		}
		return s
	}
	if len(results) == 0 {
		return "()"
	}
	return results[0].String()
}
`
