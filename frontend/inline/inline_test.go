package inline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// outline stands for lowering: everything of a module but its bodies.
func outline(m *binary.Module, id ir.ModuleID) (*ir.Module, error) {
	r := &ir.Module{ID: id, Types: m.Types, Mems: m.Mems, Offset: m.Base}
	for _, i := range m.Imports {
		r.Imports = append(r.Imports, i.ModuleImport)
	}
	for _, e := range m.Exports {
		r.Exports = append(r.Exports, e.ModuleExport)
	}
	for i, t := range m.Funcs {
		r.Funcs = append(r.Funcs, &ir.Func{Type: t, Index: uint32(r.NumImports(ir.ExternFunc) + i)})
	}
	for _, t := range m.Tables {
		r.Tables = append(r.Tables, ir.Table{Type: t.Type})
	}
	return r, nil
}

func load(t *testing.T, name string) *ir.Program {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".wasm"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := binary.DecodeComponent(data, 0)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Component(c, Options{LowerModule: outline})
	if err != nil {
		t.Fatal(err)
	}
	checkArgs(t, p)
	return p
}

// checkArgs compares what core instances get with what their modules import.
func checkArgs(t *testing.T, p *ir.Program) {
	t.Helper()
	for _, ci := range p.CoreInstances {
		if ci.Module < 0 {
			if got, want := len(ci.Args), len(p.ImportModules[ci.Import].Imports); got != want {
				t.Errorf("core instance %d has %d args for %d imports", ci.ID, got, want)
			}
			continue
		}
		m := p.Modules[ci.Module]
		if len(ci.Args) != len(m.Imports) {
			t.Errorf("core instance %d has %d args for %d imports", ci.ID, len(ci.Args), len(m.Imports))
			continue
		}
		for i, a := range ci.Args {
			if a.Extern != m.Imports[i].Kind {
				t.Errorf("core instance %d: arg %d is a %s", ci.ID, i, a.Extern)
			}
			if a.Kind != ir.DefTrampoline {
				continue
			}
			want := m.Types[m.Imports[i].Type].Func
			if got := p.Trampolines[a.Trampoline].Core; !slices.Equal(got.Params, want.Params) || !slices.Equal(got.Results, want.Results) {
				t.Errorf("core instance %d, import %q: trampoline has type %v, the module wants %v", ci.ID, m.Imports[i].Name, got, want)
			}
		}
	}
}

func find(t *testing.T, items []ir.Extern, path ...string) ir.Extern {
	t.Helper()
	for _, e := range items {
		if e.Name != path[0] {
			continue
		}
		if len(path) == 1 {
			return e
		}
		return find(t, e.Items, path[1:]...)
	}
	t.Fatalf("no item %q", path[0])
	panic("unreachable")
}

func TestTwoInstancesOfAComponent(t *testing.T) {
	p := load(t, "twice")
	if len(p.Modules) != 3 {
		t.Errorf("%d modules, want 3: each is lowered once", len(p.Modules))
	}
	if len(p.Instances) != 4 || len(p.CoreInstances) != 5 {
		t.Errorf("%d component and %d core instances", len(p.Instances), len(p.CoreInstances))
	}
	if len(p.Resources) != 2 {
		t.Fatalf("%d resources, want one per instantiation", len(p.Resources))
	}
	for i, r := range p.Resources {
		if r.Imported || r.Instance != ir.ComponentInstanceID(i+1) || r.Dtor == nil || r.Dtor.Instance != ir.CoreInstanceID(2*i) {
			t.Errorf("resource %d: %+v", i, r)
		}
	}
	if r := p.Resources[0]; r.Name.Interface != "one" || r.Name.Name != "counter" || !r.Name.Export {
		t.Errorf("resource 0 is named %+v", r.Name)
	}

	// The user's module gets makea, dropa, makeb, dropb, and makea again.
	user := p.CoreInstances[4]
	var got []string
	for _, a := range user.Args {
		tr := p.Trampolines[a.Trampoline]
		switch tr.Kind {
		case ir.TrampFused:
			l := p.Lifts[tr.Lift]
			got = append(got, fmt.Sprintf("call into %d for %d", p.Options[l.Options].Instance, tr.Instance))
		case ir.TrampResourceDrop:
			got = append(got, fmt.Sprintf("drop %d for %d", tr.Resource, tr.Instance))
		}
	}
	want := []string{"call into 1 for 3", "drop 0 for 3", "call into 2 for 3", "drop 1 for 3", "call into 1 for 3"}
	if !slices.Equal(got, want) {
		t.Errorf("trampolines: %v, want %v", got, want)
	}
	if user.Args[0].Trampoline != user.Args[4].Trampoline {
		t.Error("lowering a function twice the same way makes two trampolines")
	}

	var init []string
	for _, s := range p.Init {
		if s.Kind == ir.InitResource {
			init = append(init, fmt.Sprintf("resource %d", s.Resource))
		} else {
			init = append(init, fmt.Sprintf("core %d", s.Instance))
		}
	}
	want = []string{"core 0", "resource 0", "core 1", "core 2", "resource 1", "core 3", "core 4"}
	if !slices.Equal(init, want) {
		t.Errorf("init order %v, want %v", init, want)
	}
	get := find(t, p.Exports, "one", "get")
	if l := p.Lifts[get.Lift]; l.Type != get.FuncType || l.Core.Instance != 0 {
		t.Errorf("one#get is %+v", l)
	}
}

func TestTypeNames(t *testing.T) {
	p := load(t, "types")
	typ := func(items []ir.Extern, path ...string) *ir.Type { return &p.Types[find(t, items, path...).Type] }
	name := func(ty *ir.Type) string {
		s := ty.Name.Interface + "#" + ty.Name.Name
		if ty.Name.Export {
			s += " exported"
		}
		return s
	}
	first, second := typ(p.Imports, "t:t/types", "first"), typ(p.Imports, "t:t/types", "second")
	if first.ID == second.ID || name(first) != "t:t/types#first" || name(second) != "t:t/types#second" {
		t.Errorf("%s and %s", name(first), name(second))
	}
	if l := typ(p.Imports, "t:t/types", "firsts"); l.Elem != first.ID || name(l) != "t:t/types#firsts" {
		t.Errorf("firsts is a list of %s", name(&p.Types[l.Elem]))
	}
	f := p.FuncTypes[find(t, p.Imports, "t:t/types", "f").FuncType]
	if f.Params[0].Name != "x" || f.Params[0].Type != first.ID || f.Params[1].Type != second.ID {
		t.Errorf("f: %+v", f)
	}
	res := p.Resources[p.Types[f.Params[3].Type].Resource]
	if !res.Imported || !slices.Equal(res.Import, []string{"t:t/types", "thing"}) || res.Name.Name != "thing" {
		t.Errorf("thing: %+v", res)
	}
	if r := typ(p.Imports, "t:t/more", "renamed"); r.ID != second.ID {
		t.Errorf("renamed is %s", name(r))
	}
	if r := typ(p.Imports, "second"); r.ID != second.ID {
		t.Errorf("the world's second is %s", name(r))
	}
	if r := typ(p.Imports, "t:t/more", "rec"); r.Cases[0].Type != second.ID {
		t.Errorf("rec holds %s", name(&p.Types[r.Cases[0].Type]))
	}
	// What the shim exports, and the lift behind it, use the exported names.
	point := typ(p.Exports, "t:t/out", "point")
	if name(point) != "t:t/out#point exported" {
		t.Errorf("point is %s", name(point))
	}
	if s := typ(p.Exports, "t:t/out", "second"); s.ID != second.ID {
		t.Errorf("the exported second is %s", name(s))
	}
	k := find(t, p.Exports, "t:t/out", "k")
	kt := p.FuncTypes[k.FuncType]
	if kt.Params[0].Type != point.ID || kt.Result != point.ID || kt.Params[1].Type != second.ID {
		t.Errorf("k: %+v", kt)
	}
	if l := p.Lifts[k.Lift]; l.Type != k.FuncType || l.Name != "t:t/out#k" {
		t.Errorf("the lift of k: %+v", l)
	}
	again, h := find(t, p.Exports, "again"), find(t, p.Imports, "h")
	if !again.ReexportsImport || again.Import != h.Import || again.FuncType != h.FuncType {
		t.Errorf("again: %+v", again)
	}
	if got := p.ImportFuncs[h.Import]; got.Type != h.FuncType || !slices.Equal(got.Path, []string{"h"}) {
		t.Errorf("h: %+v", got)
	}
}

func TestCoreLinking(t *testing.T) {
	p := load(t, "core")
	// $pass exports what it imports: those resolve to instance 0, through the bundle.
	mem := ir.CoreDef{Kind: ir.DefExport, Instance: 0, Extern: ir.ExternMemory, Trampoline: -1}
	if pass := p.CoreInstances[1]; pass.Args[0] != mem || pass.Args[1].Instance != 0 || pass.Args[1].Extern != ir.ExternFunc {
		t.Errorf("args of $pass: %+v", pass.Args)
	}
	imported := p.CoreInstances[2]
	if imported.Module != -1 || imported.Import != 0 || imported.Args[0] != mem {
		t.Errorf("instance of the imported module: %+v", imported)
	}
	f := p.Lifts[find(t, p.Exports, "f").Lift]
	if f.Core.Instance != 2 || f.Core.Name != "f" {
		t.Errorf("f is %+v", f.Core)
	}
	if o := p.Options[p.Lifts[find(t, p.Exports, "s").Lift].Options]; o.Memory == nil || *o.Memory != mem || o.Realloc == nil || o.PostReturn != nil {
		t.Errorf("options of s: %+v", o)
	}
	inner := p.Lifts[find(t, p.Exports, "inner", "f").Lift]
	ci := p.CoreInstances[inner.Core.Instance]
	if ci.Module != p.CoreInstances[0].Module || ci.Component != 1 {
		t.Errorf("inner instance: %+v", ci)
	}
	im := p.ImportModules[0]
	if len(im.Imports) != 1 || len(im.Exports) != 2 || im.ExportTypes[im.Exports[1].Index].Kind != ir.ExternMemory {
		t.Errorf("imported module: %+v", im)
	}
	if e := find(t, p.Exports, "pass"); e.Kind != ir.ItemModule || e.Module != p.CoreInstances[1].Module || e.ReexportsImport {
		t.Errorf("pass: %+v", e)
	}
	if e := find(t, p.Exports, "mod-out"); e.ImportModule != 0 || !e.ReexportsImport {
		t.Errorf("mod-out: %+v", e)
	}
}

func TestAsyncBuiltins(t *testing.T) {
	p := load(t, "async")
	var got []string
	for _, tr := range p.Trampolines {
		s := tr.Builtin
		if tr.Kind == ir.TrampLower {
			s = "lower"
		}
		if tr.Type != ir.NoType {
			s += fmt.Sprintf(" kind=%d", p.Types[tr.Type].Kind)
		}
		if tr.Options >= 0 {
			o := p.Options[tr.Options]
			s += fmt.Sprintf(" memory=%t async=%t", o.Memory != nil, o.Async)
		}
		got = append(got, s)
	}
	want := []string{
		fmt.Sprintf("task.return kind=%d memory=true async=false", ir.TString),
		"waitable-set.wait memory=true async=false",
		fmt.Sprintf("stream.read kind=%d memory=true async=true", ir.TStream),
		fmt.Sprintf("stream.new kind=%d", ir.TStream),
		"context.get",
		"lower memory=true async=true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	l := p.Lifts[find(t, p.Exports, "run").Lift]
	if o := p.Options[l.Options]; !o.Async || o.Callback == nil || !p.FuncTypes[l.Type].Async {
		t.Errorf("run: %+v", o)
	}
}

func TestDocs(t *testing.T) {
	p := load(t, "docs")
	r := p.Types[find(t, p.Imports, "d:d/api", "r").Type]
	thing := p.Resources[find(t, p.Imports, "d:d/api", "thing").Resource]
	for _, c := range []struct{ what, got, want string }{
		{"world", p.World, "w"},
		{"world docs", p.Docs, "The world."},
		{"interface", find(t, p.Imports, "d:d/api").Docs, "The API."},
		{"interface of that name in another package", find(t, p.Imports, "other:other/api").Docs, ""},
		{"function", find(t, p.Imports, "d:d/api", "f").Docs, "F."},
		{"method", find(t, p.Imports, "d:d/api", "[method]thing.go").Docs, "Go."},
		{"type", r.Name.Docs, "R."},
		{"field", r.Cases[0].Docs, "X."},
		{"field without", r.Cases[1].Docs, ""},
		{"resource", thing.Name.Docs, "Thing."},
		{"imported function of the world", find(t, p.Imports, "host").Docs, "Host."},
		{"exported function of the world", find(t, p.Exports, "out").Docs, "Out."},
		{"inline interface", find(t, p.Imports, "env").Docs, "Env."},
		{"its function, as version 0 wrote it", find(t, p.Imports, "env", "get").Docs, "Get."},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
}

func TestBrokenDocsAreIgnored(t *testing.T) {
	for _, s := range []string{"", "\x01", "\x02{}", "\x01{\"worlds\":3}", "\x01{\"worlds\":{\"w\":null}}", "\x01{\"interfaces\":{\"a\":null,\"b\":7}}"} {
		d := readDocs([]binary.Custom{{Name: "package-docs", Bytes: []byte(s)}})
		if d.root(true) == nil || d.instance("a", "x:y/b", newInstance(), false) == nil {
			t.Errorf("%q", s)
		}
	}
}

// refs to definitions that do not exist, in trees that no validation has seen.
func TestInconsistentTrees(t *testing.T) {
	u := uint32(3)
	bad := map[string]binary.Def{
		"core instance of no module":    &binary.DefCoreInstance{Instantiate: true, Module: 3},
		"core bundle":                   &binary.DefCoreInstance{Exports: []binary.CoreSortRef{{Name: "x", Sort: binary.SortCoreTable, Index: 1, Offset: 7}}},
		"core bundle of a wrong sort":   &binary.DefCoreInstance{Exports: []binary.CoreSortRef{{Name: "x", Sort: binary.SortFunc, Offset: 7}}},
		"instance of no component":      &binary.DefInstance{Instantiate: true},
		"export of nothing":             &binary.DefExport{Ref: binary.SortRef{Sort: binary.SortFunc, Index: 9}},
		"export of a core func":         &binary.DefExport{Ref: binary.SortRef{Sort: binary.SortCoreFunc}},
		"import of an unknown type":     &binary.DefImport{Type: binary.ExternType{Sort: binary.SortInstance, Index: 4}},
		"import of a value":             &binary.DefImport{Type: binary.ExternType{Sort: binary.SortValue}},
		"alias out of the root":         &binary.DefAlias{Alias: binary.Alias{Kind: binary.AliasOuter, Sort: binary.SortType, Count: 1}},
		"alias of no instance":          &binary.DefAlias{Alias: binary.Alias{Sort: binary.SortFunc}},
		"alias of no core instance":     &binary.DefAlias{Alias: binary.Alias{Kind: binary.AliasCoreExport}},
		"lift of nothing":               &binary.DefCanon{Canon: binary.Canon{Kind: binary.CanonLift}},
		"lower of nothing":              &binary.DefCanon{Canon: binary.Canon{Kind: binary.CanonLower}},
		"resource.new of nothing":       &binary.DefCanon{Canon: binary.Canon{Kind: binary.CanonResourceNew}},
		"unknown builtin":               &binary.DefCanon{Canon: binary.Canon{Kind: binary.CanonBuiltin, Builtin: "x"}},
		"stream.new of nothing":         &binary.DefCanon{Canon: binary.Canon{Kind: binary.CanonBuiltin, Builtin: "stream.new", Type: 1}},
		"wait without a memory":         &binary.DefCanon{Canon: binary.Canon{Kind: binary.CanonBuiltin, Builtin: "waitable-set.wait", Arg: 1}},
		"own of nothing":                valueType(binary.ValueTypeDef{Kind: ir.TOwn}),
		"list of itself":                valueType(binary.ValueTypeDef{Kind: ir.TList, Elem: &binary.ValType{}}),
		"list of nothing":               valueType(binary.ValueTypeDef{Kind: ir.TList}),
		"record field without a type":   valueType(binary.ValueTypeDef{Kind: ir.TRecord, Labels: []binary.Label{{Name: "x"}}}),
		"not a primitive":               valueType(binary.ValueTypeDef{Kind: ir.TList, Elem: &binary.ValType{Prim: true, Kind: ir.TRecord}}),
		"unknown kind of type":          valueType(binary.ValueTypeDef{Kind: 99}),
		"type definition without tree":  &binary.DefType{Type: binary.TypeDef{Kind: binary.DefinedFunc}},
		"resource with unknown dtor":    &binary.DefType{Type: binary.TypeDef{Kind: binary.DefinedResource, Resource: &binary.ResourceDef{Rep: ir.TypeI32, Dtor: &u}}},
		"start function":                &binary.DefStart{},
		"value":                         &binary.DefValue{},
		"export ascribed unknown types": &binary.DefExport{Ref: binary.SortRef{Sort: binary.SortType}, Type: &binary.ExternType{Sort: binary.SortType, Index: 8}},
	}
	for name, d := range bad {
		t.Run(name, func(t *testing.T) {
			c := &binary.Component{Defs: []binary.Def{d}}
			if name == "export ascribed unknown types" {
				c.Defs = append([]binary.Def{valueType(binary.ValueTypeDef{Kind: ir.TU8})}, c.Defs...)
			}
			_, err := Component(c, Options{LowerModule: outline})
			var e *binary.Error
			if !errors.As(err, &e) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func valueType(d binary.ValueTypeDef) binary.Def {
	return &binary.DefType{Type: binary.TypeDef{Kind: binary.DefinedValue, Value: &d}}
}

// Each level instantiates the one below it many times.
func TestExponentialNesting(t *testing.T) {
	inner := &binary.Component{}
	for range 40 {
		c := &binary.Component{Defs: []binary.Def{&binary.DefComponent{Component: inner}}}
		for range 4 {
			c.Defs = append(c.Defs, &binary.DefInstance{Instantiate: true})
		}
		inner = c
	}
	_, err := Component(inner, Options{LowerModule: outline})
	if err == nil || !strings.Contains(err.Error(), "unfolds to more than") {
		t.Errorf("got %v", err)
	}

	// The same with instance types that export the one before twice.
	c := &binary.Component{Defs: []binary.Def{&binary.DefType{Type: binary.TypeDef{Kind: binary.DefinedInstance}}}}
	for i := range uint32(60) {
		alias := binary.Decl{Kind: binary.DeclAlias, Alias: &binary.Alias{Kind: binary.AliasOuter, Sort: binary.SortType, Count: 1, Index: i}}
		decls := []binary.Decl{alias}
		for _, n := range []string{"a", "b"} {
			decls = append(decls, binary.Decl{Kind: binary.DeclExport, Name: binary.ExternName{Name: n}, Extern: binary.ExternType{Sort: binary.SortInstance}})
		}
		c.Defs = append(c.Defs, &binary.DefType{Type: binary.TypeDef{Kind: binary.DefinedInstance, Decls: decls}})
	}
	c.Defs = append(c.Defs, &binary.DefImport{Name: binary.ExternName{Name: "x"}, Type: binary.ExternType{Sort: binary.SortInstance, Index: 60}})
	_, err = Component(c, Options{LowerModule: outline})
	if err == nil || !strings.Contains(err.Error(), "unfolds to more than") {
		t.Errorf("got %v", err)
	}

	// And with tuples of the tuple before.
	c = &binary.Component{Defs: []binary.Def{valueType(binary.ValueTypeDef{Kind: ir.TU8})}}
	for i := range uint32(60) {
		v := binary.ValType{Index: i}
		c.Defs = append(c.Defs, valueType(binary.ValueTypeDef{Kind: ir.TTuple, Types: []binary.ValType{v, v}}))
	}
	_, err = Component(c, Options{LowerModule: outline})
	if err == nil || !strings.Contains(err.Error(), "type too large") {
		t.Errorf("got %v", err)
	}
}
