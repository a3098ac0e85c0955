package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/wc2go/wc2go/bench"
	"github.com/wc2go/wc2go/bench/internal/component"
)

// work is the directory of generated code: a module that uses bench and wc2go.
type work struct {
	dir   string // of the generated module and the shared objects
	bench string // of this module
	root  string // of wc2go
	self  string // this program
	bins  map[string]string
}

const workModule = "github.com/wc2go/wc2go/bench/work"

func newWork() (*work, error) {
	w := &work{dir: *workDir, bins: map[string]string{}}
	if w.dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, err
		}
		w.dir = filepath.Join(cache, "wc2go-bench")
	}
	var err error
	if w.dir, err = filepath.Abs(w.dir); err != nil {
		return nil, err
	}
	if w.self, err = os.Executable(); err != nil {
		return nil, err
	}
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOMOD: %w", err)
	}
	w.bench = filepath.Dir(strings.TrimSpace(string(mod)))
	w.root = filepath.Dir(w.bench)
	if _, err := os.Stat(filepath.Join(w.bench, "kernels", "kernel.h")); err != nil {
		return nil, fmt.Errorf("run it in the directory bench: %w", err)
	}
	return w, os.MkdirAll(w.dir, 0o777)
}

// command runs a program in a directory; what it prints is shown if it fails.
func command(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// write writes a file of the work directory if it changes.
func (w *work) write(name string, data []byte) error {
	path := filepath.Join(w.dir, name)
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o666)
}

// module writes the go.mod of the work directory.
func (w *work) module() error {
	sum, err := os.ReadFile(filepath.Join(w.bench, "go.sum"))
	if err != nil {
		return err
	}
	if err := w.write("go.sum", sum); err != nil {
		return err
	}
	return w.write("go.mod", fmt.Appendf(nil, `module %s

go 1.26.0

require (
	github.com/wc2go/wc2go v0.0.0
	github.com/wc2go/wc2go/bench v0.0.0
	golang.org/x/sys v0.49.0
)

replace (
	github.com/wc2go/wc2go => %s
	github.com/wc2go/wc2go/bench => %s
)
`, workModule, w.root, w.bench))
}

// generate translates a component with wc2go to the package gen/name.
func (w *work) generate(name string, data []byte, more ...string) error {
	file := filepath.Join("gen", name+".wasm")
	if err := w.write(file, data); err != nil {
		return err
	}
	args := append([]string{"generate", "-o", filepath.Join("gen", name)}, more...)
	for _, p := range strings.FieldsFunc(*disable, func(r rune) bool { return r == ',' }) {
		args = append(args, "--disable="+p)
	}
	return command(w.dir, filepath.Join(w.dir, "wc2go"), append(args, file)...)
}

// build builds what the engines need.
func (w *work) build(es []string, ks []bench.Kernel) error {
	if err := command(filepath.Join(w.bench, "kernels"), "make", "-s", "native", "SO="+w.dir); err != nil {
		return err
	}
	if err := w.module(); err != nil {
		return err
	}
	if err := command(w.root, "go", "build", "-o", filepath.Join(w.dir, "wc2go"), "./cmd/wc2go"); err != nil {
		return err
	}
	built := map[string]bool{}
	for _, e := range es {
		pkg, tags := "", ""
		switch e {
		case "wc2go":
			pkg = "wc2go"
		case "wc2go checked":
			pkg, tags = "wc2go", "wc2go_checked"
		case "wc2go interruptible":
			pkg = "wc2gointerruptible"
		case "wc2go fuel":
			pkg = "wc2gofuel"
		case "wasm2go":
			pkg = "wasm2go"
		case "wasm2go -unsafe":
			pkg = "wasm2gounsafe"
		default:
			continue
		}
		if !built[pkg] {
			built[pkg] = true
			if err := w.sources(pkg, ks); err != nil {
				return fmt.Errorf("%s: %w", e, err)
			}
		}
		bin := filepath.Join(w.dir, "bin", strings.ReplaceAll(strings.ReplaceAll(e, " ", ""), "-", "_"))
		if err := command(w.dir, "go", "build", "-mod=mod", "-tags="+tags, "-o", bin, "./worker/"+pkg); err != nil {
			return err
		}
		w.bins[e] = bin
	}
	return nil
}

// sources writes the worker of wc2go or wasm2go and the packages that it runs.
func (w *work) sources(pkg string, ks []bench.Kernel) error {
	var imports, cases strings.Builder
	for _, k := range ks {
		if strings.HasPrefix(pkg, "wc2go") {
			dir := strings.TrimPrefix(pkg+"/", "wc2go/") + k.Name
			var args []string
			switch pkg {
			case "wc2gointerruptible":
				args = []string{"--interruptible"}
			case "wc2gofuel":
				args = []string{"--fuel"}
			}
			if err := w.generate(dir, component.Wrap(k.Wasm()), args...); err != nil {
				return err
			}
			fmt.Fprintf(&imports, "\t%q\n", workModule+"/gen/"+dir)
			fmt.Fprintf(&cases, `	case %q:
		i, err := %[1]s.Instantiate(ctx, rt.NewStore(), %[1]s.Imports{})
		if err != nil {
			return nil, err
		}
		return func(n uint32) (uint32, error) { return i.Run(ctx, n) }, nil
`, k.Name)
			continue
		}
		dir := filepath.Join(w.dir, "gen", pkg, k.Name)
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		in := filepath.Join("gen", pkg, k.Name+".wasm")
		if err := w.write(in, k.Wasm()); err != nil {
			return err
		}
		args := []string{"tool", "wasm2go", "-pkg", k.Name, "-o", filepath.Join(dir, k.Name+".go")}
		if pkg == "wasm2gounsafe" {
			args = append(args, "-unsafe")
		}
		if err := command(w.bench, "go", append(args, filepath.Join(w.dir, in))...); err != nil {
			return err
		}
		fmt.Fprintf(&imports, "\t%q\n", workModule+"/gen/"+pkg+"/"+k.Name)
		fmt.Fprintf(&cases, `	case %q:
		m := %[1]s.New()
		return func(n uint32) (uint32, error) { return uint32(m.Xrun(int32(n))), nil }, nil
`, k.Name)
	}
	std, rt := "", ""
	if strings.HasPrefix(pkg, "wc2go") {
		std, rt = "\t\"context\"\n", "\t\"github.com/wc2go/wc2go/rt\"\n"
		cases.WriteString("\t}\n\treturn nil, fmt.Errorf(\"no kernel %q\", kernel)\n}\n\nvar ctx = context.Background()\n")
	} else {
		cases.WriteString("\t}\n\treturn nil, fmt.Errorf(\"no kernel %q\", kernel)\n}\n")
	}
	return w.write(filepath.Join("worker", pkg, "main.go"), fmt.Appendf(nil, `// Command %s runs the kernels as %[1]s translates them.
package main

import (
%s	"fmt"

%s	"github.com/wc2go/wc2go/bench/internal/worker"
%s)

func main() { worker.Serve(open) }

func open(kernel string) (worker.Func, error) {
	switch kernel {
%s`, pkg, std, rt, imports.String(), cases.String()))
}
