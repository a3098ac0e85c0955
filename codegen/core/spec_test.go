package core_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/codegen/core"
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/frontend/lower"
	"github.com/wc2go/wc2go/frontend/validate"
	"github.com/wc2go/wc2go/ir"

	"github.com/wc2go/wc2go/internal/shared"
)

// TestSpecScripts turns each script of the official test suite into a Go
// program that has all its modules, and runs it. WC2GO_WAST_RUN is a pattern that the
// scripts' names must match.
func TestSpecScripts(t *testing.T) {
	dir := shared.Scripts(t, "core")
	pattern := regexp.MustCompile(os.Getenv("WC2GO_WAST_RUN"))
	scripts, err := filepath.Glob(filepath.Join(dir, "*", "script.json"))
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	root := os.Getenv("WC2GO_WAST_KEEP")
	if root == "" {
		root = t.TempDir()
	}
	if err := os.MkdirAll(filepath.Join(root, "bin"), 0o777); err != nil {
		t.Fatal(err)
	}
	repo, _ := filepath.Abs("../..")
	write(t, root, "go.mod", fmt.Sprintf("module spec.test\n\ngo 1.26\n\nrequire github.com/wc2go/wc2go v0.0.0\n\nreplace github.com/wc2go/wc2go => %s\n", repo))
	runner, err := os.ReadFile("testdata/runner.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range scripts {
		name := filepath.Base(filepath.Dir(s))
		if !pattern.MatchString(name) {
			continue
		}
		sc := &script{dir: filepath.Dir(s), skip: map[int]string{}}
		if err := sc.load(); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		files, err := sc.generate("spec.test/" + name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(sc.steps) == 0 {
			continue
		}
		for _, f := range files {
			if strings.HasSuffix(f.Name, ".go") {
				if g, err := format.Source(f.Data); err != nil || !bytes.Equal(g, f.Data) {
					write(t, root, filepath.Join(name, f.Name+".fmt"), string(g))
					t.Errorf("%s: %s is not as gofmt has it: %v", name, f.Name, err)
				}
			}
			write(t, root, filepath.Join(name, f.Name), string(f.Data))
		}
		write(t, root, filepath.Join(name, "main.go"), strings.ReplaceAll(string(runner), "NAME", name))
		write(t, root, filepath.Join(name, "glue.go"), sc.glue("spec.test/"+name))
		write(t, root, filepath.Join(name, "stub.s"), "")
		steps, _ := json.Marshal(sc.steps)
		write(t, root, filepath.Join(name, "steps.json"), string(steps))
		names = append(names, name)
		if len(sc.skip) > 0 {
			t.Logf("%s: %d modules not supported: %v", name, len(sc.skip), slices.Collect(maps.Values(sc.skip))[0])
		}
	}
	if len(names) == 0 {
		return
	}
	run := func(args ...string) ([]byte, error) {
		cmd := exec.Command("go", args...)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
		return cmd.CombinedOutput()
	}
	for _, tags := range []string{"", "wc2go_checked"} {
		if out, err := run(append(append([]string{"build", "-tags=" + tags}, strings.Fields(os.Getenv("WC2GO_WAST_GOFLAGS"))...), "-o", "bin/", "./...")...); err != nil {
			t.Fatalf("go build -tags=%s: %v\n%s", tags, err, out)
		}
		if tags == "" {
			if out, err := run("vet", "./..."); err != nil {
				t.Errorf("go vet: %v\n%s", err, out)
			}
		}
		for _, name := range names {
			cmd := exec.Command(filepath.Join(root, "bin", name), filepath.Join(root, name, "steps.json"))
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%s (tags %q): %v\n%s", name, tags, err, out[:min(len(out), 3000)])
			} else {
				t.Logf("%s (tags %q): %s", name, tags, bytes.TrimSpace(out))
			}
		}
	}
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	p := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

type step struct {
	Line     int
	Kind     string
	Inst     int
	Field    string
	Args     []json.RawMessage
	Expected []json.RawMessage
	Trap     string
	Return   bool
}

type command struct {
	Type     string
	Line     int
	Name     string
	As       string
	Filename string
	Binary   string `json:"binary_filename"`
	Module   string
	Instance string
	Text     string
	ModType  string `json:"module_type"`
	Action   struct {
		Type, Module, Field string
		Args                []json.RawMessage
	}
	Expected []json.RawMessage
}

type script struct {
	dir   string
	skip  map[int]string // by number of the command: module that is not supported
	p     *ir.Program
	steps []step
	used  map[string]bool
}

// load reads the script into a program and steps.
func (s *script) load() error {
	data, err := os.ReadFile(filepath.Join(s.dir, "script.json"))
	if err != nil {
		return err
	}
	var f struct{ Commands []command }
	if err := json.Unmarshal(data, &f); err != nil {
		return err
	}
	s.p = &ir.Program{Core: true}
	s.steps = nil
	s.used = map[string]bool{}
	spec := spectest()
	s.p.Modules = append(s.p.Modules, spec)
	s.p.CoreInstances = append(s.p.CoreInstances, ir.CoreInstance{ID: 0, Component: -1})
	s.steps = append(s.steps, step{Kind: "init"})
	registered := map[string]int{"spectest": 0}
	named := map[string]int{}
	current := -1
	find := func(name string) int {
		if name == "" {
			return current
		}
		if i, ok := named[name]; ok {
			return i
		}
		return -1
	}
	instantiate := func(n int, c command) int {
		file := c.Filename
		if c.ModType == "text" {
			file = c.Binary
		}
		if file == "" || s.skip[n] != "" {
			return -1
		}
		data, err := os.ReadFile(filepath.Join(s.dir, file))
		if err != nil {
			return -1
		}
		bm, err := binary.DecodeModule(data, 0)
		if err == nil {
			err = validate.Module(bm, validate.AllFeatures())
		}
		if err != nil {
			s.skip[n] = err.Error()
			return -1
		}
		m, err := lower.Module(bm, ir.ModuleID(len(s.p.Modules)))
		if err != nil {
			s.skip[n] = err.Error()
			return -1
		}
		ci := ir.CoreInstance{ID: ir.CoreInstanceID(len(s.p.CoreInstances)), Module: m.ID, Component: -1}
		for _, im := range m.Imports {
			i, ok := registered[im.Module]
			if !ok || i < 0 {
				s.skip[n] = "import " + im.Module
				return -1
			}
			from := s.p.Modules[s.p.CoreInstances[i].Module]
			k := slices.IndexFunc(from.Exports, func(e ir.ModuleExport) bool { return e.Name == im.Name && e.Kind == im.Kind })
			if k < 0 {
				s.skip[n] = "import " + im.Module + " " + im.Name
				return -1
			}
			ci.Args = append(ci.Args, ir.CoreDef{Kind: ir.DefExport, Instance: ir.CoreInstanceID(i), Extern: im.Kind, Index: from.Exports[k].Index})
		}
		m.Name = strconv.Itoa(n) // to find the command again
		s.p.Modules = append(s.p.Modules, m)
		s.p.CoreInstances = append(s.p.CoreInstances, ci)
		return int(ci.ID)
	}
	action := func(c command, st step) {
		i := find(c.Action.Module)
		if i < 0 {
			return
		}
		m := s.p.Modules[s.p.CoreInstances[i].Module]
		k := slices.IndexFunc(m.Exports, func(e ir.ModuleExport) bool { return e.Name == c.Action.Field })
		if k < 0 {
			return
		}
		st.Inst, st.Field, st.Args, st.Line = i, c.Action.Field, c.Action.Args, c.Line
		st.Kind = "call"
		if c.Action.Type == "get" {
			st.Kind = "get"
		}
		s.used[fmt.Sprint(i, " ", k)] = true
		s.steps = append(s.steps, st)
	}
	for n, c := range f.Commands {
		switch c.Type {
		case "module":
			current = instantiate(n, c)
			if c.Name != "" {
				named[c.Name] = current
			}
			if current >= 0 {
				s.steps = append(s.steps, step{Kind: "init", Inst: current, Line: c.Line})
			}
		case "register":
			registered[c.As] = find(c.Name)
		case "assert_uninstantiable":
			if i := instantiate(n, c); i >= 0 {
				s.steps = append(s.steps, step{Kind: "init", Inst: i, Line: c.Line, Trap: c.Text})
			}
		case "action":
			action(c, step{})
		case "assert_return":
			action(c, step{Return: true, Expected: c.Expected})
		case "assert_trap", "assert_exhaustion":
			if c.Filename != "" {
				if i := instantiate(n, c); i >= 0 {
					s.steps = append(s.steps, step{Kind: "init", Inst: i, Line: c.Line, Trap: c.Text})
				}
				continue
			}
			action(c, step{Trap: c.Text})
		}
	}
	return nil
}

// generate prints the program, leaving out modules that are not supported.
func (s *script) generate(path string) ([]core.File, error) {
	for {
		core.Callgraph(s.p)
		files, err := core.Generate(s.p, core.Options{ImportPath: path, Package: "main", ShardBytes: 1000})
		var u *core.UnsupportedError
		if !errors.As(err, &u) {
			return files, err
		}
		where := regexp.MustCompile(`module (\d+)`).FindStringSubmatch(u.Where)
		if where == nil {
			return nil, err
		}
		k, _ := strconv.Atoi(where[1])
		n, _ := strconv.Atoi(s.p.Modules[k].Name)
		s.skip[n] = u.Error()
		if err := s.load(); err != nil {
			return nil, err
		}
	}
}

// glue prints the root package: calls of what the steps use.
func (s *script) glue(path string) string {
	var b, links strings.Builder
	l, err := core.NewLayout(s.p, core.Options{ImportPath: path, Package: "main", ShardBytes: 1000})
	if err != nil {
		panic(err)
	}
	declared := map[string]bool{}
	b.WriteString("var inits = []func(d int32){\n")
	for i := range s.p.CoreInstances {
		fmt.Fprintf(&b, "func(d int32) { x.Init%d(d) },\n", i)
	}
	b.WriteString("}\n\nvar calls = map[string]func(d int32, a []any) []any{\n")
	var gets strings.Builder
	for _, key := range slices.Sorted(maps.Keys(s.used)) {
		var i, k int
		fmt.Sscan(key, &i, &k)
		e := s.p.Modules[s.p.CoreInstances[i].Module].Exports[k]
		def := ir.CoreDef{Kind: ir.DefExport, Instance: ir.CoreInstanceID(i), Extern: e.Kind, Index: e.Index}
		if e.Kind == ir.ExternGlobal {
			g, err := core.GlobalExpr(s.p, def)
			if err != nil {
				panic(err)
			}
			fmt.Fprintf(&gets, "%q: func() any { return x.%s },\n", fmt.Sprint(i, " ", e.Name), g)
			continue
		}
		if e.Kind != ir.ExternFunc {
			continue
		}
		t, err := core.Callee(s.p, def)
		if err != nil {
			panic(err)
		}
		m := s.p.Modules[t.Module]
		if !declared[t.Name] {
			declared[t.Name] = true
			fmt.Fprintf(&links, "\n//go:linkname %s %s\nfunc %s%s\n", t.Name, l.LinkName(t.Module, t.Func), t.Name, core.FuncSig(s.p, t.Module, t.Func, "unsafe.Pointer"))
		}
		ti, _ := m.FuncTypeIndex(t.Func)
		ft := m.Types[ti].Func
		args := "unsafe.Pointer(x." + t.Inst + ")"
		if t.Depth {
			args += ", d"
		}
		for j, p := range ft.Params {
			if typ := core.GoType(m, p); typ == "any" {
				args += fmt.Sprintf(", a[%d]", j)
			} else {
				args += fmt.Sprintf(", arg[%s](a[%d])", typ, j)
			}
		}
		var rs []string
		for j := range ft.Results {
			rs = append(rs, fmt.Sprintf("r%d", j))
		}
		set := ""
		if len(rs) > 0 {
			set = strings.Join(rs, ", ") + " := "
		}
		fmt.Fprintf(&b, "%q: func(d int32, a []any) []any { %s%s(%s); return []any{%s} },\n", fmt.Sprint(i, " ", e.Name), set, t.Name, args, strings.Join(rs, ", "))
	}
	b.WriteString("}\n\nvar gets = map[string]func() any{\n" + gets.String() + "}\n\nfunc arg[T any](x any) T {\n\tt, _ := x.(T)\n\treturn t\n}\n")
	return "package main\n\nimport (\n\t\"unsafe\"\n\n\t\"github.com/wc2go/wc2go/rt\"\n)\n\nvar _ unsafe.Pointer\nvar _ rt.V128\n" + links.String() + "\n" + b.String()
}

// spectest is the module that the scripts import from.
func spectest() *ir.Module {
	m := &ir.Module{ID: 0, Name: "spectest"}
	params := [][]ir.ValType{{}, {ir.TypeI32}, {ir.TypeI64}, {ir.TypeF32}, {ir.TypeF64}, {ir.TypeI32, ir.TypeF32}, {ir.TypeF64, ir.TypeF64}}
	for i, name := range []string{"print", "print_i32", "print_i64", "print_f32", "print_f64", "print_i32_f32", "print_f64_f64"} {
		m.Types = append(m.Types, ir.SubType{Kind: ir.CompFunc, Func: ir.FuncType{Params: params[i]}, Final: true, Sig: uint64(i) + 1})
		m.Funcs = append(m.Funcs, &ir.Func{Index: uint32(i), Type: uint32(i), Name: name, Locals: params[i], NumDeclared: len(params[i]), Body: []ir.Stmt{&ir.Return{}}})
		m.Exports = append(m.Exports, ir.ModuleExport{Name: name, Kind: ir.ExternFunc, Index: uint32(i)})
	}
	c := func(t ir.ValType, v uint64) *ir.Expr { return &ir.Expr{Op: ir.OpConst, Type: t, Imm: v} }
	for i, g := range []struct {
		t ir.ValType
		v uint64
	}{{ir.TypeI32, 666}, {ir.TypeI64, 666}, {ir.TypeF32, uint64(math.Float32bits(666.6))}, {ir.TypeF64, math.Float64bits(666.6)}} {
		m.Globals = append(m.Globals, ir.Global{Type: ir.GlobalType{Type: g.t}, Init: c(g.t, g.v)})
		m.Exports = append(m.Exports, ir.ModuleExport{Name: "global_" + []string{"i32", "i64", "f32", "f64"}[i], Kind: ir.ExternGlobal, Index: uint32(i)})
	}
	m.Tables = []ir.Table{
		{Type: ir.TableType{Elem: ir.TypeFuncRef, Limits: ir.Limits{Min: 10, Max: 20, HasMax: true}}},
		{Type: ir.TableType{Elem: ir.TypeFuncRef, Limits: ir.Limits{Min: 10, Max: 20, HasMax: true, Is64: true}}},
	}
	m.Mems = []ir.MemoryType{{Limits: ir.Limits{Min: 1, Max: 2, HasMax: true}, PageLog2: 16}}
	m.Exports = append(m.Exports,
		ir.ModuleExport{Name: "table", Kind: ir.ExternTable, Index: 0},
		ir.ModuleExport{Name: "table64", Kind: ir.ExternTable, Index: 1},
		ir.ModuleExport{Name: "memory", Kind: ir.ExternMemory, Index: 0})
	return m
}
