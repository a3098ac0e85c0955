package rt

import (
	"context"
	"strings"
	"testing"
)

func TestBestVersion(t *testing.T) {
	for _, c := range []struct {
		want string
		have []string
		i    int
	}{
		{"a:b/c@0.2.0", []string{"a:b/c@0.2.12"}, 0},
		{"a:b/c@0.2.12", []string{"a:b/c@0.2.0"}, 0},
		{"a:b/c@0.2.1", []string{"a:b/c@0.2.9", "a:b/c@0.2.10", "a:b/c@0.3.0"}, 1},
		{"a:b/c@1.2.3", []string{"a:b/c@1.0.0", "a:b/c@1.10.0", "a:b/c@1.9.9"}, 1},
		{"a:b/c@1.2.3", []string{"a:b/c@2.0.0", "a:b/c", "a:b/d@1.2.3", "x:b/c@1.2.3"}, -1},
		{"a:b/c@0.0.1", []string{"a:b/c@0.0.2"}, -1},
		{"a:b/c@1.0.0-rc.1", []string{"a:b/c@1.0.0", "a:b/c@1.0.0-rc.2"}, -1},
		{"a:b/c@1.0.0", []string{"a:b/c@1.0.0-rc.2"}, -1},
		{"a:b/c", []string{"a:b/c@1.0.0"}, -1},
		{"a:b/c@1.0", []string{"a:b/c@1.0.0"}, -1},
		{"a:b/c@1.0.0", []string{"a:b/c@1.0.1+build"}, 0},
	} {
		if i := bestVersion(c.want, len(c.have), func(i int) string { return c.have[i] }); i != c.i {
			t.Errorf("%s of %q is %d, want %d", c.want, c.have, i, c.i)
		}
	}
}

func testComponent(imports, exports string) *Component {
	return &Component{Package: "test", Types: NewTypes("u32\nown a:b/c#r 0\nfunc 0 x=0\nfunc _ r=1\n"), Imports: imports, Exports: exports}
}

func TestExportTree(t *testing.T) {
	c := testComponent("", "0 func f 0\n0 instance a:b/c@0.2.3 0\n1 func f 1\n1 instance inner 0\n2 func g%23h 0\n2 type t 0\n1 resource r 0\n0 func last 0\n")
	other := testComponent("", c.Exports)
	for path, n := range map[string]int{
		"f": 1, "a:b/c@0.2.3": 2, "a:b/c@0.2.0#f": 3, "a:b/c@0.2.3#inner": 4, "a:b/c@0.2.3#inner#g#h": 5, "a:b/c@0.2.9#inner#t": 6,
		"a:b/c@0.2.3#r": 7, "last": 8, "inner": -1, "a:b/c#f": -1, "a:b/c@0.3.0#f": -1, "": -1, "#": -1, "f#f": -1,
	} {
		x := c.Path(path)
		if got := c.Number(x); got != n {
			t.Errorf("%q is export %d, want %d", path, got, n)
		}
		if other.Number(x) != -1 {
			t.Errorf("the other component has %q", path)
		}
	}
	outer, ok := c.ExportIndex(nil, "a:b/c@0.2.3")
	if !ok {
		t.Fatal("no a:b/c")
	}
	if x, ok := c.ExportIndex(&outer, "inner"); !ok || x.String() != "a:b/c@0.2.3#inner" {
		t.Errorf("inner is %v, %v", x, ok)
	}
	if _, ok := other.ExportIndex(&outer, "inner"); ok {
		t.Error("the other component takes the parent")
	}
	if _, ok := c.ExportIndex(&ExportIndex{}, "f"); ok {
		t.Error("the zero index is a parent")
	}
	res := []*ResourceType{{Name: "r"}}
	if r, ok := c.Resource(c.Path("a:b/c@0.2.3#r"), res); !ok || r != res[0] {
		t.Errorf("resource %v, %v", r, ok)
	}
	if _, ok := c.Resource(outer, res); ok {
		t.Error("an instance is a resource")
	}
	if got, want := c.All(nil, res).String(), "instance { f: func(x: u32) -> u32; a:b/c@0.2.3: instance { f: func(r: r); inner: instance { g#h: func(x: u32) -> u32; t: type u32; }; r: resource; }; last: func(x: u32) -> u32; }"; got != want {
		t.Errorf("all exports: %s\nwant %s", got, want)
	}
	if (ExportIndex{}).String() != "no export" {
		t.Error("the zero index has a name")
	}
}

// fakeInstance exports what a component's text says; its functions give their index.
type fakeInstance struct {
	Instance // nil: methods that DefineInstance does not need
	c        *Component
	res      []*ResourceType
}

func (f fakeInstance) ExportIndex(parent *ExportIndex, name string) (ExportIndex, bool) {
	return f.c.ExportIndex(parent, name)
}

func (f fakeInstance) Export(parent *ExportIndex, name string) (Item, ExportIndex, bool) {
	return f.c.Export(parent, name, nil, f.res)
}

func (f fakeInstance) FuncAt(x ExportIndex) (Func, bool) {
	return NewFunc(f.c.Types.Func(0), func(context.Context, []Value) (Value, error) { return U32(f.c.Number(x)), nil }, nil), true
}

// TestDefineInstance: an instance with one inside it, for a component that
// imports the same under another version.
func TestDefineInstance(t *testing.T) {
	from := fakeInstance{c: testComponent("", "0 instance a:b/c@0.2.3 0\n1 func f 0\n1 instance inner 0\n2 func g 0\n1 resource r 0\n"), res: []*ResourceType{{Name: "r"}}}
	l := NewLinker()
	if err := l.DefineInstance("a:b/c@0.2.1", from, "a:b/c@0.2.3"); err != nil {
		t.Fatal(err)
	}
	if err := l.DefineInstance("x", from, "inner"); err == nil || !strings.Contains(err.Error(), `exports no instance "inner"`) {
		t.Errorf("an instance that is not there: %v", err)
	}
	to := testComponent("0 instance a:b/c@0.2.1 0 0 -1\n1 func f 0 0 0\n1 instance inner 0 0 -1\n2 func g 0 1 0\n1 resource r 0 0 0\n", "")
	linked, err := l.Link(to, []bool{false}, 2, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []U32{2, 4} {
		if got, err := linked.Func(n).Export.Call(t.Context(), U32(0)); err != nil || got[0] != want {
			t.Errorf("function %d gives %v, %v; want %v", n, got, err, want)
		}
	}
	if linked.Resources[0] == nil || linked.Resources[0].Is(1) {
		t.Error("anything is an r")
	}
	// Typed imports come first.
	if linked, err = l.Link(to, []bool{true}, 2, 1, 0); err != nil || linked.Func(0) != nil || linked.Resources[0] != nil {
		t.Errorf("with typed imports: %v", err)
	}
}
