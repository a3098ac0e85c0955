package core_test

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/codegen/core"
	"github.com/wc2go/wc2go/ir"
)

func i32(v uint64) *ir.Expr { return &ir.Expr{Op: ir.OpConst, Type: ir.TypeI32, Imm: v} }
func get(l uint64) *ir.Expr { return &ir.Expr{Op: ir.OpLocal, Type: ir.TypeI32, Imm: l} }
func op(o ir.Op, x, y *ir.Expr) *ir.Expr {
	return &ir.Expr{Op: o, Type: ir.TypeI32, X: x, Y: y}
}

// TestLinks has a module twice whose import is a trampoline here and a function
// of another module there; tables and references of both; a root package that
// is not main, with a dot in the last element of its path; a backtrace; a load that is
// kept, also where pointers are checked, as they are with -race.
func TestLinks(t *testing.T) {
	unary := []ir.SubType{{Kind: ir.CompFunc, Func: ir.FuncType{Params: []ir.ValType{ir.TypeI32}, Results: []ir.ValType{ir.TypeI32}}, Sig: 77, Final: true}}
	locals := []ir.ValType{ir.TypeI32}
	add := &ir.Module{
		ID: 0, Types: unary,
		Funcs: []*ir.Func{
			{Index: 0, Name: "add 100", Locals: locals, NumDeclared: 1, Body: []ir.Stmt{&ir.Return{Values: []*ir.Expr{op(ir.OpI32Add, get(0), i32(100))}}}},
		},
		Exports: []ir.ModuleExport{{Name: "f", Kind: ir.ExternFunc}},
	}
	ref := func(f uint64) *ir.Expr { return &ir.Expr{Op: ir.OpRefFunc, Type: ir.TypeFuncRef, Imm: f} }
	user := &ir.Module{
		ID: 1, Types: unary,
		Imports: []ir.ModuleImport{{Kind: ir.ExternFunc, Module: "", Name: "f"}},
		Funcs: []*ir.Func{
			{Index: 1, Name: "direct", Locals: []ir.ValType{ir.TypeI32, ir.TypeI32}, NumDeclared: 1, Body: []ir.Stmt{
				// Its value, 321, is not used. It is no valid pointer, but is made one for KeepAlive.
				&ir.Set{Dst: ir.NoLocal, X: &ir.Expr{Op: ir.OpI32Load, Type: ir.TypeI32, X: get(0)}},
				&ir.Call{Kind: ir.CallDirect, Func: 0, Args: []*ir.Expr{get(0)}, Dsts: []ir.Local{1}},
				&ir.Return{Values: []*ir.Expr{get(1)}},
			}},
			{Index: 2, Name: "[method]table.call", Locals: []ir.ValType{ir.TypeI32, ir.TypeI32}, NumDeclared: 1, Body: []ir.Stmt{
				&ir.Call{Kind: ir.CallIndirect, Type: 0, Callee: op(ir.OpI32RemU, get(0), i32(3)), Args: []*ir.Expr{get(0)}, Dsts: []ir.Local{1}},
				&ir.Return{Values: []*ir.Expr{get(1)}},
			}},
		},
		Mems:    []ir.MemoryType{{Limits: ir.Limits{Min: 1}, PageLog2: 16}},
		Datas:   []ir.Data{{Mode: ir.SegActive, Offset: i32(0), Bytes: []byte{0, 65, 1}}},
		Tables:  []ir.Table{{Type: ir.TableType{Elem: ir.TypeFuncRef, Limits: ir.Limits{Min: 3}}}},
		Elems:   []ir.Elem{{Offset: i32(0), Type: ir.TypeFuncRef, Items: []*ir.Expr{ref(0), ref(1)}}},
		Exports: []ir.ModuleExport{{Name: "direct", Kind: ir.ExternFunc, Index: 1}, {Name: "table", Kind: ir.ExternFunc, Index: 2}},
	}
	p := &ir.Program{
		Modules: []*ir.Module{add, user},
		CoreInstances: []ir.CoreInstance{
			{ID: 0, Module: 0, Component: -1},
			{ID: 1, Module: 1, Component: -1, Args: []ir.CoreDef{{Kind: ir.DefTrampoline, Trampoline: 0}}},
			{ID: 2, Module: 1, Component: -1, Args: []ir.CoreDef{{Kind: ir.DefExport, Instance: 0}}},
		},
		Trampolines: []ir.Trampoline{{Core: unary[0].Func, Options: -1}},
	}
	const path = "links.test/a.b/root.v1"
	core.Callgraph(p)
	l, err := core.NewLayout(p, core.Options{ImportPath: path, Package: "root"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := l.Generate()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".go") {
			if g, err := format.Source(f.Data); err != nil || !bytes.Equal(g, f.Data) {
				t.Errorf("%s is not as gofmt has it: %v", f.Name, err)
			}
		}
		write(t, dir, filepath.Join("a.b/root.v1", f.Name), string(f.Data))
	}
	repo, _ := filepath.Abs("../..")
	write(t, dir, "go.mod", fmt.Sprintf("module links.test\n\ngo 1.26\n\nrequire github.com/wc2go/wc2go v0.0.0\n\nreplace github.com/wc2go/wc2go => %s\n", repo))
	var b strings.Builder
	fmt.Fprintf(&b, `package root

import (
	"context"
	"errors"
	"testing"
	"unsafe"

	%q
	_ %q

	"github.com/wc2go/wc2go/rt"
)

func tramp0(root unsafe.Pointer, d int32, x uint32) uint32 { return x + *(*uint32)(root) }
`, path+"/internal/core", l.LinkImport())
	for fn, name := range map[uint32]string{1: "direct", 2: "table"} {
		fmt.Fprintf(&b, "\n//go:linkname %s %s\nfunc %s(m unsafe.Pointer, d int32, x uint32) uint32\n", name, l.LinkName(1, fn), name)
	}
	b.WriteString(`
func Test(t *testing.T) {
	st := rt.NewStore()
	defer st.Close()
	n := uint32(1000)
	x := core.Instances{Store: st, Root: unsafe.Pointer(&n)}
	err := st.Run(context.Background(), func(d int32) {
		x.Init0(d)
		x.Init1(d)
		x.Init2(d)
		one, two := unsafe.Pointer(x.C1), unsafe.Pointer(x.C2)
		for _, r := range [][2]uint32{{direct(one, d, 1), 1001}, {direct(two, d, 1), 101}, {table(one, d, 3), 1003}, {table(two, d, 3), 103}, {table(one, d, 4), 1004}, {table(two, d, 4), 104}} {
			if r[0] != r[1] {
				t.Error(r)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	err = st.Run(context.Background(), func(d int32) { table(unsafe.Pointer(x.C1), d, 5) })
	var trap *rt.Trap
	if !errors.As(err, &trap) || trap.Code != rt.TrapIndirectCallToNull {
		t.Fatal(err)
	}
	if f := trap.Frames; len(f) != 1 || f[0].Module != 1 || f[0].Func != 2 || f[0].FuncName != "[method]table.call" {
		t.Error(f)
	}
}
`)
	write(t, dir, "a.b/root.v1/root_test.go", b.String())
	write(t, dir, "a.b/root.v1/root.go", "package root\n")
	write(t, dir, "a.b/root.v1/stub.s", "")
	for _, args := range [][]string{{"vet", "./..."}, {"test", "./..."}, {"test", "-tags=wc2go_checked", "./..."}, {"test", "-gcflags=./...=-d=checkptr", "./..."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// write writes a file below root.
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
