// Package translate takes a file through the compiler: frontend, passes,
// codegen. It is what the commands of wc2go have in common.
package translate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/frontend/validate"
	"github.com/wc2go/wc2go/internal/progress"
	"github.com/wc2go/wc2go/internal/witworld"
	"github.com/wc2go/wc2go/ir"
)

// fileError puts the file's name before an error.
func fileError(file string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%s: %w", file, err)
}

// Read reads an input file.
func Read(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err // "open" and "read" say nothing new
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if isText(data) {
		return nil, fmt.Errorf("%s: is WebAssembly text, which has to be assembled first: wasm-tools parse -o OUT.wasm %s", file, file)
	}
	return data, nil
}

// isText: the file begins as text of WebAssembly does, with a list or a comment.
func isText(data []byte) bool {
	data = bytes.TrimLeft(data, " \t\r\n")
	return bytes.HasPrefix(data, []byte("(")) || bytes.HasPrefix(data, []byte(";;"))
}

// Validate checks that data, the contents of file, is a valid component or core module.
func Validate(ctx context.Context, file string, data []byte) error {
	_, err := cancellable(ctx, func() (struct{}, error) { return struct{}{}, validateBytes(data) })
	if err != nil {
		return fileError(file, err)
	}
	return nil
}

func validateBytes(data []byte) error {
	if binary.IsComponent(data) {
		c, err := binary.DecodeComponent(data, 0)
		if err != nil {
			return err
		}
		return validate.Component(c, validate.AllFeatures())
	}
	m, err := binary.DecodeModule(data, 0)
	if err != nil {
		return err
	}
	return validate.Module(m, validate.AllFeatures())
}

// Frontend makes a program of data, the contents of file. No passes have run on it.
func Frontend(ctx context.Context, file string, data []byte, o frontend.Options, p *progress.Progress) (*ir.Program, error) {
	p.Phase("translate", 0)
	prog, err := cancellable(ctx, func() (*ir.Program, error) { return frontend.Flatten(data, o) })
	if err != nil {
		return nil, fileError(file, err)
	}
	return prog, nil
}

// World makes a program of a world in WIT text: imports and exports, without a component.
func World(ctx context.Context, dir, world string, p *progress.Progress) (*ir.Program, error) {
	p.Phase("read WIT", 0)
	return cancellable(ctx, func() (*ir.Program, error) { return witworld.Load(dir, world) })
}

// Passes runs the passes of the IR on prog, those aside that o disables.
func Passes(ctx context.Context, file string, prog *ir.Program, o ir.PassOptions) error {
	_, err := cancellable(ctx, func() (struct{}, error) {
		return struct{}{}, ir.RunPasses(prog, o)
	})
	if err != nil {
		return fileError(file, err)
	}
	return nil
}

// PassNames lists what a program can be printed after: the frontend and the
// passes in order.
func PassNames() []string {
	n := []string{"frontend"}
	for _, p := range ir.Passes {
		n = append(n, p.Name)
	}
	return n
}

// CheckPass returns an error if there is no pass of that name.
func CheckPass(name string) error {
	if !slices.Contains(PassNames(), name) {
		return fmt.Errorf("no pass %q: there are %s", name, strings.Join(PassNames(), ", "))
	}
	return nil
}

// CheckDisable returns an error if there is no pass of that name that can be left out; "all" are all that can.
func CheckDisable(name string) error {
	var can []string
	for _, p := range ir.Passes {
		if !p.Required {
			can = append(can, p.Name)
		}
	}
	if name != "all" && !slices.Contains(can, name) {
		return fmt.Errorf("no pass %q that can be left out: there are all, %s", name, strings.Join(can, ", "))
	}
	return nil
}

// Package generates the Go package of prog: its files by slash-separated path.
func Package(ctx context.Context, file string, prog *ir.Program, opts codegen.Options, p *progress.Progress) (map[string][]byte, *names.Model, error) {
	p.Phase("generate", 0)
	type result struct {
		files []codegen.File
		model *names.Model
	}
	r, err := cancellable(ctx, func() (result, error) {
		files, model, err := codegen.Generate(prog, opts)
		return result{files, model}, err
	})
	if err != nil {
		return nil, nil, fileError(file, err)
	}
	files := make(map[string][]byte, len(r.files))
	for _, f := range r.files {
		files[f.Name] = f.Data
	}
	return files, r.model, nil
}

// cancellable runs f and returns early when ctx is cancelled. What f is doing
// then goes on until the process ends, which is soon: the compiler works in memory only.
func cancellable[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		v   T
		err error
	}
	done := make(chan result, 1)
	go func() {
		v, err := f()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.v, r.err
	case <-ctx.Done():
		var zero T
		return zero, ctx.Err()
	}
}

// Missing names the imports of a component that nothing provides: no mapped
// package has an implementation.
func Missing(m *names.Model) []string {
	var missing []string
	for i := range m.ImportIfaces {
		if f := &m.ImportIfaces[i]; f.Needed && f.From == "" {
			missing = append(missing, strings.Join(f.Path, " "))
		}
	}
	for i := range m.ImportRoot {
		if f := &m.ImportRoot[i]; f.Kind != names.FuncMethod {
			missing = append(missing, f.Extern.Name)
		}
	}
	return missing
}

// Func is an exported function.
type Func struct {
	Name string // full: "interface#function" or "function"
	Type ir.FuncTypeID
}

// Funcs gives the exported functions of prog, but for imported ones that are
// only passed through.
func Funcs(prog *ir.Program) []Func {
	var funcs []Func
	var walk func(prefix string, items []ir.Extern)
	walk = func(prefix string, items []ir.Extern) {
		for i := range items {
			switch e := &items[i]; e.Kind {
			case ir.ItemFunc:
				if !e.ReexportsImport {
					funcs = append(funcs, Func{prefix + e.Name, e.FuncType})
				}
			case ir.ItemInstance:
				walk(prefix+e.Name+"#", e.Items)
			}
		}
	}
	walk("", prog.Exports)
	return funcs
}

// RunFunc gives the full name of the function that runs a command component, "" if
// there is none.
func RunFunc(funcs []Func) string {
	for _, f := range funcs {
		iface, fn, _ := strings.Cut(f.Name, "#")
		if fn == "run" && (iface == "wasi:cli/run" || strings.HasPrefix(iface, "wasi:cli/run@")) {
			return f.Name
		}
	}
	return ""
}

// Run gives the method that is the function called name, a RunFunc, as an expression after a generated Instance:
// "Run().Run". It is "" if its type is not that of wasi:cli/run.
func Run(m *names.Model, name string) string {
	iface, fn, _ := strings.Cut(name, "#")
	for i := range m.ExportIfaces {
		f := &m.ExportIfaces[i]
		if f.ID != iface || len(f.Path) != 1 {
			continue
		}
		for k := range f.Funcs {
			if g := &f.Funcs[k]; g.Extern.Name == fn && isRun(m.Program, &m.Program.FuncTypes[g.Type]) {
				return f.Field + "()." + g.Name
			}
		}
	}
	return ""
}

// isRun tells whether a function takes nothing and returns a result without payloads.
func isRun(p *ir.Program, t *ir.ComponentFuncType) bool {
	if len(t.Params) != 0 || t.Result == ir.NoType {
		return false
	}
	r := &p.Types[t.Result]
	return r.Kind == ir.TResult && r.Elem == ir.NoType && r.Err == ir.NoType
}

// handlerIface is the interface of a component that answers HTTP requests, but
// for its version.
const handlerIface = "wasi:http/incoming-handler"

// HandlerFunc gives the full name of the function that answers HTTP requests, "" if
// there is none.
func HandlerFunc(funcs []Func) string {
	for _, f := range funcs {
		iface, fn, _ := strings.Cut(f.Name, "#")
		if fn == "handle" && strings.HasPrefix(iface, handlerIface+"@0.2.") {
			return f.Name
		}
	}
	return ""
}

// Handler gives the method of a generated Instance that gives the handler of HTTP requests.
func Handler(m *names.Model) string {
	for i := range m.ExportIfaces {
		if f := &m.ExportIfaces[i]; strings.HasPrefix(f.ID, handlerIface+"@0.2.") {
			return f.Field
		}
	}
	return ""
}

// HasStart tells whether a program made from a core module can be run.
func HasStart(p *ir.Program) bool {
	for _, e := range p.Modules[0].Exports {
		if e.Name == "_start" && e.Kind == ir.ExternFunc {
			return true
		}
	}
	return false
}
