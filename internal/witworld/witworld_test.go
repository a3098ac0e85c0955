package witworld

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/ir"
)

// write lays out WIT files in a new directory.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var files = map[string]string{
	"main.wit": `package demo:main@1.0.0;
/// One.
world one {
  import dep:lib/api@0.1.0;
  export api2;
  export run: func(x: list<tuple<u8, string>>) -> result<_, string>;
}
world two { import api2; }
interface api2 {
  use dep:lib/api@0.1.0.{thing, size as length};
  type alias = length;
  /// Takes it.
  take: func(t: thing, n: length) -> alias;
}`,
	"deps/lib/lib.wit": `package dep:lib@0.1.0;
world one { }
interface api {
  resource thing { constructor(); get: func() -> u8; }
  type size = u64;
  record pair { a: size, b: borrow<thing> }
}`,
}

func TestLoad(t *testing.T) {
	dir := write(t, files)
	p, err := Load(dir, "one")
	if err != nil {
		t.Fatal(err)
	}
	if p.World != "demo:main/one@1.0.0" || p.Docs != "One." {
		t.Errorf("world %q, docs %q", p.World, p.Docs)
	}
	if len(p.Imports) != 1 || p.Imports[0].Name != "dep:lib/api@0.1.0" || len(p.Exports) != 2 {
		t.Fatalf("imports %+v\nexports %+v", p.Imports, p.Exports)
	}
	if len(p.Resources) != 1 || p.Resources[0].Name.Interface != "dep:lib/api@0.1.0" || !p.Resources[0].Imported {
		t.Errorf("resources %+v", p.Resources)
	}
	if len(p.ImportFuncs) != 2 || p.ImportFuncs[1].Path[1] != "[method]thing.get" {
		t.Errorf("imported functions %+v", p.ImportFuncs)
	}
	var api *ir.Extern
	for i := range p.Exports {
		if p.Exports[i].Name == "demo:main/api2@1.0.0" {
			api = &p.Exports[i]
		}
	}
	if api == nil {
		t.Fatalf("exports %+v", p.Exports)
	}
	for _, it := range api.Items {
		switch it.Name {
		case "thing":
			if it.Kind != ir.ItemResource || it.Resource != 0 {
				t.Errorf("thing: %+v", it)
			}
		case "length", "alias":
			if n := p.Types[it.Type].Name; n.Name != "size" || n.Export {
				t.Errorf("%s: %+v", it.Name, n)
			}
		case "take":
			if it.Docs != "Takes it." {
				t.Errorf("docs %q", it.Docs)
			}
		default:
			t.Errorf("unexpected %s", it.Name)
		}
	}
	if p, err := Load(filepath.Join(dir, "deps", "lib", "lib.wit"), ""); err != nil || p.World != "dep:lib/one@0.1.0" {
		t.Errorf("a single file: %v, %v", p, err)
	}
}

func TestLoadErrors(t *testing.T) {
	dir := write(t, files)
	bad := write(t, map[string]string{"x.wit": "package a:b;\nworld w { import f: func( }"})
	fixed := write(t, map[string]string{"x.wit": "package a:b;\nworld w { import f: func(x: list<u8, 4>); }"})
	for _, c := range []struct{ dir, world, want string }{
		{dir, "", "which world: demo:main/one@1.0.0, demo:main/two@1.0.0?"},
		{dir, "three", `no world "three"`},
		{filepath.Join(dir, "nowhere"), "", "no such file"},
		{bad, "", "x.wit:2"},
		{fixed, "", "fixed-length list"},
	} {
		if _, err := Load(c.dir, c.world); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Load(%s, %q): %v, want %q", c.dir, c.world, err, c.want)
		}
	}
}

// Async functions have the names that they have in components, whatever
// wasm-tools calls them.
func TestAsync(t *testing.T) {
	dir := write(t, map[string]string{"a.wit": `package a:b;
interface i {
  resource r {
    m: async func(n: u8) -> u8;
    s: static async func();
    plain: func();
  }
  f: async func() -> result<r, string>;
}
world w { import i; export g: async func(); }`})
	p, err := Load(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{p.Exports[0].Name: p.FuncTypes[p.Exports[0].FuncType].Async}
	for _, f := range p.ImportFuncs {
		got[f.Path[len(f.Path)-1]] = p.FuncTypes[f.Type].Async
	}
	want := map[string]bool{"[method]r.m": true, "[static]r.s": true, "[method]r.plain": false, "f": true, "g": true}
	if !maps.Equal(got, want) {
		t.Errorf("async functions: %v, want %v", got, want)
	}
}
