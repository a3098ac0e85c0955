package bind_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/dave/jennifer/jen"
	"golang.org/x/tools/txtar"

	"github.com/wc2go/wc2go/codegen/bind"
	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/frontend/inline"
	"github.com/wc2go/wc2go/internal/golden"
	"github.com/wc2go/wc2go/internal/witworld"
	"github.com/wc2go/wc2go/ir"
	"github.com/wc2go/wc2go/rt"

	"github.com/wc2go/wc2go/internal/shared"
)

// repo is the root of this repository.
func repo() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// find is names.Options.Find for packages of this module.
func find(path string) (fs.FS, error) {
	rest, ok := strings.CutPrefix(path, "github.com/wc2go/wc2go/")
	if !ok {
		return nil, fmt.Errorf("no package %s", path)
	}
	dir := filepath.Join(repo(), filepath.FromSlash(rest))
	_, err := os.Stat(dir)
	return os.DirFS(dir), err
}

// asComponent makes a world look like a component of it: exported resources
// are the guest's, exported functions have lifts.
func asComponent(p *ir.Program) {
	for i := range p.Resources {
		if r := &p.Resources[i]; r.Name.Export {
			r.Imported, r.Instance = false, 0
		}
	}
	var walk func(items []ir.Extern)
	walk = func(items []ir.Extern) {
		for i := range items {
			switch e := &items[i]; e.Kind {
			case ir.ItemFunc:
				e.Lift = ir.LiftID(len(p.Lifts))
				p.Lifts = append(p.Lifts, ir.Lift{ID: e.Lift, Type: e.FuncType})
			case ir.ItemInstance:
				walk(e.Items)
			}
		}
	}
	walk(p.Exports)
}

// stubGlue is a glue.go whose lifts panic.
func stubGlue(m *names.Model) []byte {
	f := jen.NewFilePathName(m.Path, m.Package)
	f.Var().Id("componentInfo").Qual(names.RT, "Component")
	ctx := jen.Id("ctx").Qual("context", "Context")
	f.Func().Params(jen.Id("i").Op("*").Id("Instance")).Id("instantiate").Params(ctx).Error().Block(
		jen.Id("_").Op("=").Index().Any().Values(jen.Id("i").Dot("store"), jen.Id("i").Dot("comp"), jen.Id("i").Dot("core"), jen.Id("i").Dot("imports")),
		jen.Return(jen.Nil()))
	for id, l := range m.Lifts {
		if l.Extern == nil {
			continue
		}
		params := []jen.Code{ctx.Clone(), jen.Id("i").Op("*").Id("Instance")}
		for k, p := range m.Program.FuncTypes[l.Type].Params {
			params = append(params, jen.Id(fmt.Sprintf("a%d", k)).Add(m.GoType(p.Type)))
		}
		var results []jen.Code
		for _, r := range m.ResultTypes(l.Type) {
			results = append(results, r)
		}
		f.Func().Id(fmt.Sprintf("lift%d", id)).Params(params...).Params(append(results, jen.Error())...).Block(jen.Panic(jen.Lit("stub")))
	}
	var b bytes.Buffer
	if err := f.Render(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// module is a Go module that generated packages are compiled in.
type module struct {
	dir string
}

func newModule(t *testing.T) *module {
	t.Helper()
	m := &module{t.TempDir()}
	data, err := os.ReadFile(filepath.Join(repo(), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod := strings.Replace(string(data), "module github.com/wc2go/wc2go", "module example.com/gen", 1)
	mod += "\nrequire github.com/wc2go/wc2go v0.0.0\nreplace github.com/wc2go/wc2go => " + repo() + "\n"
	sum, err := os.ReadFile(filepath.Join(repo(), "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	m.write(t, "go.mod", []byte(mod))
	m.write(t, "go.sum", sum)
	return m
}

func (m *module) write(t *testing.T, name string, data []byte) {
	t.Helper()
	file := filepath.Join(m.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// add writes a generated package with stubs for what adapt and core make.
func (m *module) add(t *testing.T, model *names.Model, src []byte, whole bool) {
	t.Helper()
	m.write(t, model.Package+"/"+model.Package+".go", src)
	if whole {
		m.write(t, model.Package+"/glue.go", stubGlue(model))
		dynamic, err := bind.Dynamic(model, bind.Options{})
		if err != nil {
			t.Fatal(err)
		}
		m.write(t, model.Package+"/dynamic.go", dynamic)
		m.write(t, model.Package+"/internal/core/core.go", []byte("package core\n\ntype Instances struct{}\n"))
	}
}

func (m *module) vet(t *testing.T) {
	t.Helper()
	cmd := exec.Command("go", "vet", "./...")
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go vet: %v\n%s", err, out)
	}
}

// TestGolden prints the worlds of testdata: world.wit in, package.go out. A file
// options holds "interfaces" or "trap-missing".
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	mod := newModule(t)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			opts := bind.Options{}
			var keep []txtar.File
			for _, f := range ar.Files {
				switch {
				case strings.HasSuffix(f.Name, ".wit"):
					p := filepath.Join(dir, filepath.FromSlash(f.Name))
					if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(p, f.Data, 0o666); err != nil {
						t.Fatal(err)
					}
				case f.Name == "options":
					opts.Interfaces = strings.Contains(string(f.Data), "interfaces")
					opts.TrapMissing = strings.Contains(string(f.Data), "trap-missing")
				default:
					continue
				}
				keep = append(keep, f)
			}
			build := func() (*names.Model, []byte) {
				p, err := witworld.Load(dir, "")
				if err != nil {
					t.Fatal(err)
				}
				if !opts.Interfaces {
					asComponent(p)
				}
				m, err := names.Build(p, names.Options{Path: "example.com/gen/" + name, Find: find})
				if err != nil {
					t.Fatal(err)
				}
				src, err := bind.Generate(m, opts)
				if err != nil {
					t.Fatal(err)
				}
				return m, src
			}
			m, src := build()
			if _, again := build(); !bytes.Equal(src, again) {
				t.Error("a second run gives other output")
			}
			mod.add(t, m, src, !opts.Interfaces)
			keep = append(keep, txtar.File{Name: name + ".go", Data: src})
			if !opts.Interfaces {
				dynamic, err := bind.Dynamic(m, opts)
				if err != nil {
					t.Fatal(err)
				}
				keep = append(keep, txtar.File{Name: "dynamic.go", Data: dynamic})
			}
			golden.Check(t, file, &txtar.Archive{Comment: ar.Comment, Files: keep})
		})
	}
	mod.vet(t)
}

// TestCorpus prints the API of every real component there is, and compiles it
// against stubs.
func TestCorpus(t *testing.T) {
	dir := shared.Corpus(t)
	files, _ := filepath.Glob(filepath.Join(dir, "found", "runtime", "*.wasm"))
	more, _ := filepath.Glob(filepath.Join(dir, "found", "components", "*.wasm"))
	files = append(files, more...)
	if len(files) == 0 {
		t.Fatal("no components in " + dir)
	}
	mod := newModule(t)
	out := os.Getenv("WC2GO_KEEP")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		base, _, _ := strings.Cut(filepath.Base(file), ".")
		t.Run(base, func(t *testing.T) {
			c, err := binary.DecodeComponent(data, 0)
			if err != nil {
				t.Skip(err)
			}
			p, err := inline.Component(c, inline.Options{LowerModule: headOnly})
			if err != nil {
				t.Fatal(err)
			}
			for i := range p.FuncTypes {
				if p.FuncTypes[i].Async {
					t.Skip("async")
				}
			}
			for i := range p.Types {
				switch p.Types[i].Kind {
				case ir.TStream, ir.TFuture, ir.TErrorContext:
					t.Skip("async types")
				}
			}
			m, err := names.Build(p, names.Options{Path: "example.com/gen/" + names.PackageName(base), Find: find})
			if err != nil {
				t.Fatal(err)
			}
			for _, trap := range []bool{true, false} {
				src, err := bind.Generate(m, bind.Options{TrapMissing: trap})
				if err != nil {
					t.Fatal(err)
				}
				mm := *m
				if trap {
					mm.Package += "trap"
					mm.Path += "trap"
					src, err = bind.Generate(&mm, bind.Options{TrapMissing: true})
					if err != nil {
						t.Fatal(err)
					}
				}
				mod.add(t, &mm, src, true)
				if out != "" && !trap {
					if err := os.WriteFile(filepath.Join(out, m.Package+".go"), src, 0o666); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
	mod.vet(t)
}

// headOnly lowers a module without its bodies: the API does not depend on them.
func headOnly(m *binary.Module, id ir.ModuleID) (*ir.Module, error) {
	r := &ir.Module{ID: id, Name: m.Names.Module, Types: m.Types, Mems: m.Mems}
	for _, i := range m.Imports {
		r.Imports = append(r.Imports, i.ModuleImport)
	}
	for _, e := range m.Exports {
		r.Exports = append(r.Exports, e.ModuleExport)
	}
	for _, t := range m.Tables {
		r.Tables = append(r.Tables, ir.Table{Type: t.Type})
	}
	for _, g := range m.Globals {
		r.Globals = append(r.Globals, ir.Global{Type: g.Type})
	}
	for i, typ := range m.Funcs {
		r.Funcs = append(r.Funcs, &ir.Func{Index: uint32(r.NumImports(ir.ExternFunc) + i), Type: typ})
	}
	return r, nil
}

// TestVersion: bind must say the version that rt has.
func TestVersion(t *testing.T) {
	m, err := names.Build(&ir.Program{}, names.Options{Path: "example.com/empty"})
	if err != nil {
		t.Fatal(err)
	}
	src, err := bind.Generate(m, bind.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("rt.Handshake{}[%d-rt.Version]", rt.Version); !strings.Contains(string(src), want) {
		t.Errorf("no %s in\n%s", want, src)
	}
}

// TestPassThrough: an exported function that is an imported one has no lift.
func TestPassThrough(t *testing.T) {
	p := &ir.Program{}
	str := p.AddType(ir.Type{Kind: ir.TString})
	ft := p.AddFuncType(ir.ComponentFuncType{Params: []ir.Param{{Name: "s", Type: str}}, Result: str})
	in := []ir.Extern{{Name: "echo", Kind: ir.ItemFunc, FuncType: ft}}
	out := []ir.Extern{{Name: "echo", Kind: ir.ItemFunc, FuncType: ft, ReexportsImport: true}}
	p.Imports = []ir.Extern{{Name: "a:b/c", Kind: ir.ItemInstance, Items: in}}
	p.Exports = []ir.Extern{{Name: "d:e/f", Kind: ir.ItemInstance, Items: out}}
	p.ImportFuncs = []ir.ImportFunc{{Path: ir.ImportPath{"a:b/c", "echo"}, Type: ft}}
	m, err := names.Build(p, names.Options{Path: "example.com/gen/pass"})
	if err != nil {
		t.Fatal(err)
	}
	src, err := bind.Generate(m, bind.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(src), "return f.i.import0(ctx, s)") {
		t.Errorf("no call of the import in\n%s", src)
	}
}

// TestHostileDocs: documentation comes from the component, and must stay a comment.
func TestHostileDocs(t *testing.T) {
	p := &ir.Program{Docs: "a\r\nb */ /* \x00\xff\ufeff\n//go:build ignore\ngo:embed x\n+build x"}
	ft := p.AddFuncType(ir.ComponentFuncType{Result: ir.NoType})
	p.Lifts = []ir.Lift{{Type: ft}}
	p.Exports = []ir.Extern{{Name: "f", Kind: ir.ItemFunc, FuncType: ft, Docs: "\n\n//go:noinline\ngo:linkname a b\n\u2028x\x1b"}}
	m, err := names.Build(p, names.Options{Path: "example.com/gen/docs"})
	if err != nil {
		t.Fatal(err)
	}
	src, err := bind.Generate(m, bind.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(src)) {
		if strings.HasPrefix(line, "//go:") || strings.HasPrefix(line, "//line") {
			t.Errorf("a directive: %s", line)
		}
	}
	mod := newModule(t)
	mod.add(t, m, src, true)
	mod.vet(t)
}
