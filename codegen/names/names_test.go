package names

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/wc2go/wc2go/ir"
)

func TestIdentifiers(t *testing.T) {
	for _, c := range []struct{ label, exp, unexp string }{
		{"a", "A", "a"},
		{"get-id", "GetID", "getID"},
		{"url-path", "URLPath", "urlPath"},
		{"is-XML", "IsXML", "isXML"},
		{"XML-of", "XMLOf", "xmlOf"},
		{"x-1", "X1", "x1"},
		{"io", "Io", "io"},
		{"ipv4-address", "IPv4Address", "ipv4Address"},
		{"http-2", "HTTP2", "http2"},
	} {
		if got := exported(c.label); got != c.exp {
			t.Errorf("exported(%q) = %s, want %s", c.label, got, c.exp)
		}
		if got := unexported(c.label); got != c.unexp {
			t.Errorf("unexported(%q) = %s, want %s", c.label, got, c.unexp)
		}
	}
	got := params([]string{"type", "typ", "ctx", "x1", "x-1", "lift12", "string", "len", "n", "len"})
	want := []string{"typ", "typ_2", "ctx_", "x1", "x1_2", "lift12_", "str", "n", "n_2", "len_"}
	if !slices.Equal(got, want) {
		t.Errorf("params: %q, want %q", got, want)
	}
}

func TestPackageName(t *testing.T) {
	for path, want := range map[string]string{
		"example.com/x/kv": "kv", "a/My-Thing_2": "mything2", "a/2x": "p2x", "a/func": "funcpkg", "": "p",
		"example.com/kv/v2": "kv", "example.com/kv/v1": "v1", "gopkg.in/kv.v3": "kv", "v2": "v2",
	} {
		if got := PackageName(path); got != want {
			t.Errorf("PackageName(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestParseIface(t *testing.T) {
	for s, want := range map[string][4]string{
		"wasi:io/streams@0.2.3": {"wasi", "io", "streams", "0.2.3"},
		"a:b:c/d/e":             {"a:b", "c", "e", ""},
		"plain":                 {"", "", "plain", ""},
	} {
		n := parseIface(s)
		if got := [4]string{n.ns, n.pkg, n.iface, n.version}; got != want {
			t.Errorf("%s: %q, want %q", s, got, want)
		}
	}
}

func TestCompatible(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1.2.3", "1.9.0", true}, {"1.0.0", "2.0.0", false}, {"0.2.0", "0.2.12", true}, {"0.2.0", "0.3.0", false},
		{"0.0.1", "0.0.2", false}, {"0.2.0-rc-2023", "0.2.0", false}, {"0.2.0-rc", "0.2.0-rc", true}, {"", "", true},
		{"", "1.0.0", false}, {"0.2.0+x", "0.2.1", true}, {"x", "y", false},
	} {
		if got := compatible(c.a, c.b); got != c.want {
			t.Errorf("compatible(%q, %q) = %v", c.a, c.b, got)
		}
	}
}

// prog makes programs by hand: what WIT text cannot say, components can.
type prog struct{ ir.Program }

func (p *prog) typ(t ir.Type) ir.TypeID { return p.AddType(t) }

func (p *prog) prim(k ir.TypeKind) ir.TypeID { return p.AddType(ir.Type{Kind: k}) }

func (p *prog) fn(name string, result ir.TypeID, params ...ir.Param) ir.Extern {
	return ir.Extern{
		Name: name, Kind: ir.ItemFunc, Lift: -1,
		FuncType: p.AddFuncType(ir.ComponentFuncType{Params: params, Result: result}),
	}
}

func (p *prog) imports(items ...ir.Extern) {
	p.Imports = items
	var walk func(path ir.ImportPath, items []ir.Extern)
	walk = func(path ir.ImportPath, items []ir.Extern) {
		for i := range items {
			e := &items[i]
			path := append(slices.Clone(path), e.Name)
			if e.Kind == ir.ItemFunc {
				e.Import = ir.ImportFuncID(len(p.ImportFuncs))
				p.ImportFuncs = append(p.ImportFuncs, ir.ImportFunc{Path: path, Type: e.FuncType})
			}
			walk(path, e.Items)
		}
	}
	walk(nil, p.Imports)
}

func instance(name string, items ...ir.Extern) ir.Extern {
	return ir.Extern{Name: name, Kind: ir.ItemInstance, Items: items}
}

func typeItem(name string, t ir.TypeID) ir.Extern {
	return ir.Extern{Name: name, Kind: ir.ItemType, Type: t}
}

func mustBuild(t *testing.T, p *prog, opts Options) *Model {
	t.Helper()
	if opts.Path == "" {
		opts.Path = "example.com/x"
	}
	m, err := Build(&p.Program, opts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestHyphens(t *testing.T) {
	p := &prog{}
	u8 := p.prim(ir.TU8)
	rec := p.typ(ir.Type{Kind: ir.TRecord, Name: ir.Name{Interface: "i", Name: "r"}, Cases: []ir.Case{{Name: "x1", Type: u8}, {Name: "x-1", Type: u8}}})
	enum := p.typ(ir.Type{Kind: ir.TEnum, Name: ir.Name{Interface: "i", Name: "e"}, Cases: []ir.Case{{Name: "x1"}, {Name: "x-1"}}})
	t1 := p.typ(ir.Type{Kind: ir.TFlags, Name: ir.Name{Interface: "i", Name: "f1"}, Cases: []ir.Case{{Name: "a"}}})
	t2 := p.typ(ir.Type{Kind: ir.TFlags, Name: ir.Name{Interface: "i", Name: "f-1"}, Cases: []ir.Case{{Name: "a"}}})
	p.imports(instance("i", typeItem("r", rec), typeItem("e", enum), typeItem("f1", t1), typeItem("f-1", t2),
		p.fn("x1", ir.NoType), p.fn("x-1", ir.NoType)))
	m := mustBuild(t, p, Options{})
	for id, want := range map[ir.TypeID][]string{rec: {"X1", "X_1"}, enum: {"EX1", "E_X_1"}, t1: {"F1A"}, t2: {"IF1A"}} {
		if got := m.Types[id].Cases; !slices.Equal(got, want) {
			t.Errorf("type %s: cases %q, want %q", m.Types[id].Name, got, want)
		}
	}
	f := m.ImportIfaces[0].Funcs
	if f[0].Name != "X1" || f[1].Name != "X_1" {
		t.Errorf("functions %s, %s", f[0].Name, f[1].Name)
	}
	if m.ImportFuncs[1].Name != "X_1" || m.ImportFuncs[1].Field != "I" {
		t.Errorf("ImportFuncs[1] = %+v", m.ImportFuncs[1])
	}
}

func TestNestedInstances(t *testing.T) {
	p := &prog{}
	p.imports(instance("outer", p.fn("f", ir.NoType), instance("inner", p.fn("g", ir.NoType))))
	m := mustBuild(t, p, Options{})
	if len(m.ImportIfaces) != 2 {
		t.Fatalf("%d interfaces", len(m.ImportIfaces))
	}
	in := m.ImportIfaces[1]
	if in.Name != "OuterInner" || in.Field != "OuterInner" || !slices.Equal(in.Path, []string{"outer", "inner"}) {
		t.Errorf("inner: %+v", in)
	}
	if f := m.ImportFuncs[1]; f.Iface != 1 || f.Field != "OuterInner" || f.Name != "G" {
		t.Errorf("g: %+v", f)
	}
}

// both gives a program that imports and exports iface with one record, which
// holds a resource if res is set.
func both(res bool) (*prog, [2]ir.TypeID) {
	p := &prog{}
	var ids [2]ir.TypeID
	var sides [2]ir.Extern
	for i, export := range []bool{false, true} {
		elem := p.prim(ir.TU8)
		var items []ir.Extern
		if res {
			r := ir.ResourceID(len(p.Resources))
			p.Resources = append(p.Resources, ir.Resource{ID: r, Imported: !export, Name: ir.Name{Interface: "a:b/c", Name: "res", Export: export}})
			items = append(items, ir.Extern{Name: "res", Kind: ir.ItemResource, Resource: r})
			elem = p.typ(ir.Type{Kind: ir.TOwn, Resource: r})
		}
		ids[i] = p.typ(ir.Type{Kind: ir.TRecord, Name: ir.Name{Interface: "a:b/c", Name: "rec", Export: export}, Cases: []ir.Case{{Name: "f", Type: elem}}})
		items = append(items, typeItem("rec", ids[i]), p.fn("use", ids[i]))
		sides[i] = instance("a:b/c", items...)
	}
	p.imports(sides[0])
	p.Exports = sides[1:]
	p.Exports[0].Items[len(p.Exports[0].Items)-1].Lift = 0
	p.Lifts = []ir.Lift{{}}
	return p, ids
}

func TestSharedTypes(t *testing.T) {
	p, ids := both(false)
	m := mustBuild(t, p, Options{})
	if a, b := m.Types[ids[0]], m.Types[ids[1]]; a.Name != "Rec" || b.Name != "Rec" || len(m.ExportIfaces[0].Decls) != 0 {
		t.Errorf("%q and %q: one type should serve both", a.Name, b.Name)
	}
	if m.ExportIfaces[0].Name != "ExportC" || m.ExportIfaces[0].Field != "C" || m.ImportIfaces[0].Name != "C" {
		t.Errorf("%+v", m.ExportIfaces[0])
	}
	p, ids = both(true)
	m = mustBuild(t, p, Options{})
	if a, b := m.Types[ids[0]], m.Types[ids[1]]; a.Name != "Rec" || b.Name != "ExportRec" {
		t.Errorf("%q and %q: resources differ", a.Name, b.Name)
	}
	if r := m.Resources[1]; r.Name != "ExportRes" || !r.Pointer || r.Host {
		t.Errorf("%+v", r)
	}
	if l := m.Lifts[0]; l.Name != "Use" || l.Iface != 0 {
		t.Errorf("%+v", l)
	}
}

func TestHelpers(t *testing.T) {
	p := &prog{}
	inner := p.typ(ir.Type{Kind: ir.TEnum, Name: ir.Name{Interface: "in:side/x", Name: "mode"}, Cases: []ir.Case{{Name: "on"}}})
	ft := p.AddFuncType(ir.ComponentFuncType{Params: []ir.Param{{Name: "m", Type: inner}}, Result: ir.NoType})
	p.Lifts = []ir.Lift{{Type: ft}}
	p.Trampolines = []ir.Trampoline{{Kind: ir.TrampFused, Lift: 0, FuncType: ft}}
	m := mustBuild(t, p, Options{})
	if got := m.Types[inner]; got.Name != "t0Mode" || got.Cases[0] != "t0ModeOn" || len(m.Helpers) != 1 {
		t.Errorf("%+v, helpers %v", got, m.Helpers)
	}
}

func TestResults(t *testing.T) {
	p := &prog{}
	u8, str := p.prim(ir.TU8), p.prim(ir.TString)
	pair := p.typ(ir.Type{Kind: ir.TTuple, Cases: []ir.Case{{Type: u8}, {Type: str}}})
	enum := p.typ(ir.Type{Kind: ir.TEnum, Name: ir.Name{Name: "bad"}, Cases: []ir.Case{{Name: "x"}}})
	for i, c := range []struct {
		t     ir.Type
		types string
		form  ErrorForm
		err   string
	}{
		{ir.Type{Kind: ir.TResult, Elem: pair, Err: str}, "uint8, string", ErrorValue, "*rt.ErrorValue[string]"},
		{ir.Type{Kind: ir.TResult, Elem: ir.NoType, Err: ir.NoType}, "", ErrorValue, "*rt.ErrorValue[rt.Unit]"},
		{ir.Type{Kind: ir.TResult, Elem: u8, Err: enum}, "uint8", ErrorSelf, "Bad"},
		{ir.Type{Kind: ir.TOption, Elem: pair}, "rt.Option[rt.Tuple2[uint8, string]]", ErrorNone, ""},
		{ir.Type{Kind: ir.TList, Elem: u8}, "[]byte", ErrorNone, ""},
		{ir.Type{Kind: ir.TMap, Key: str, Elem: u8}, "map[string]uint8", ErrorNone, ""},
		{ir.Type{Kind: ir.TFixedList, Elem: str, Len: 3}, "[3]string", ErrorNone, ""},
	} {
		q := *p
		r := q.AddType(c.t)
		q.imports(q.fn("f", r))
		m := mustBuild(t, &q, Options{})
		var got []string
		for _, s := range m.ResultTypes(q.Imports[0].FuncType) {
			got = append(got, s.GoString())
		}
		if s := strings.Join(got, ", "); s != c.types {
			t.Errorf("%d: results %q, want %q", i, s, c.types)
		}
		form, e := m.ErrorType(q.Imports[0].FuncType)
		s := ""
		if e != nil {
			s = e.GoString()
		}
		if form != c.form || s != c.err {
			t.Errorf("%d: error %d %q, want %d %q", i, form, s, c.form, c.err)
		}
	}
}

const mappedSource = `package shapes

import "context"

//wc2go:wit geo:shapes/draw@1.2.0
type Draw interface {
	Area(ctx context.Context, s Shape) (float64, error)
}

func DrawFrom(h any) Draw { return nil }

type (
	//wc2go:wit geo:shapes/draw@1.2.0#shape
	Shape interface { isShape() }
	ShapeCircle struct{ Value float64 }
	// A square.
	//
	//wc2go:wit geo:shapes/draw@1.2.0#shape.square
	Quad struct{ Value float64 }
)

//wc2go:wit geo:shapes/draw@1.2.0#canvas
type Canvas struct { w int }

func (c *Canvas) Fill(ctx context.Context) error { return nil }

//wc2go:wit geo:shapes/draw@1.2.0#failure
type Failure uint8

const FailureFull Failure = 0

func (Failure) Error() string { return "" }
`

func mapped(version string, extra ...ir.Extern) (*prog, ir.TypeID, ir.TypeID) {
	p := &prog{}
	iface := "geo:shapes/draw" + version
	f64 := p.prim(ir.TF64)
	p.Resources = []ir.Resource{{Imported: true, Name: ir.Name{Interface: iface, Name: "canvas"}}}
	shape := p.typ(ir.Type{Kind: ir.TVariant, Name: ir.Name{Interface: iface, Name: "shape"}, Cases: []ir.Case{{Name: "circle", Type: f64}, {Name: "square", Type: f64}}})
	bad := p.typ(ir.Type{Kind: ir.TEnum, Name: ir.Name{Interface: iface, Name: "failure"}, Cases: []ir.Case{{Name: "full"}}})
	res := p.typ(ir.Type{Kind: ir.TResult, Elem: f64, Err: bad})
	borrow := p.typ(ir.Type{Kind: ir.TBorrow})
	p.imports(instance(iface, append([]ir.Extern{
		{Name: "canvas", Kind: ir.ItemResource}, typeItem("shape", shape), typeItem("failure", bad),
		p.fn("area", res, ir.Param{Name: "s", Type: shape}),
		p.fn("[method]canvas.fill", ir.NoType, ir.Param{Name: "self", Type: borrow}),
	}, extra...)...))
	return p, shape, bad
}

func TestMapping(t *testing.T) {
	find := func(path string) (fs.FS, error) {
		if path != "example.com/shapes" {
			return nil, errors.New("not found")
		}
		return fstest.MapFS{"shapes.go": {Data: []byte(mappedSource)}, "shapes_test.go": {Data: []byte("not Go")}}, nil
	}
	opts := Options{Maps: []Mapping{{"geo:shapes/draw", "example.com/shapes"}}, Find: find}

	p, shape, bad := mapped("@1.0.5")
	m := mustBuild(t, p, opts)
	if got := m.GoType(shape).GoString(); got != "shapes.Shape" {
		t.Errorf("shape is %s", got)
	}
	if got := m.Types[shape].Cases; !slices.Equal(got, []string{"ShapeCircle", "Quad"}) {
		t.Errorf("cases %q", got)
	}
	if got := m.Types[bad]; got.Form != FormMapped || !got.IsError {
		t.Errorf("failure: %+v", got)
	}
	if r := m.Resources[0]; r.Name != "Canvas" || !r.Pointer || r.Pkg == "" {
		t.Errorf("canvas: %+v", r)
	}
	if f := m.ImportIfaces[0]; f.From != "DrawFrom" || f.Field != "Draw" || len(f.Decls) != 0 || !m.UsesWASI {
		t.Errorf("interface: %+v", f)
	}

	p, _, _ = mapped("@1.0.5")
	p.Imports[0].Items[3].Name = "perimeter"
	fails := func(p *prog, opts Options, want string) {
		t.Helper()
		opts.Path = "example.com/x"
		if _, err := Build(&p.Program, opts); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	fails(p, opts, "has no method Perimeter")
	p, _, _ = mapped("@1.0.5")
	p.Types[1].Cases[0].Name = "oval"
	fails(p, opts, "has no ShapeOval")

	// The names are right, the types are not.
	for _, x := range []struct {
		change func(p *prog)
		want   string
	}{
		{func(p *prog) { p.FuncTypes[0].Params[0].Type = 0 },
			"geo:shapes/draw@1.0.5#area is mapped to example.com/shapes.Draw.Area, which has another type: it is func(context.Context, example.com/shapes.Shape) (float64, error), and the component imports func(context.Context, float64) (float64, error)"},
		{func(p *prog) { p.FuncTypes[0].Result = p.prim(ir.TF32) }, "the component imports func(context.Context, example.com/shapes.Shape) (float32, error)"},
		{func(p *prog) {
			p.FuncTypes[1].Params = append(p.FuncTypes[1].Params, ir.Param{Name: "x", Type: 0})
		}, "#[method]canvas.fill is mapped to example.com/shapes.Canvas.Fill"},
		{func(p *prog) { p.Types[1].Cases[0].Type = p.prim(ir.TString) }, "the value of ShapeCircle is float64, that of the component's case is string"},
		{func(p *prog) { p.Types[1].Cases[0].Type = ir.NoType }, "ShapeCircle has a value"},
		{func(p *prog) {
			p.Types[2].Cases = []ir.Case{{Name: "empty"}, {Name: "full"}}
		}, "constants"},
	} {
		src := mappedSource
		if strings.Contains(x.want, "constants") {
			// The constants of the package are in another order.
			src = strings.Replace(src, "const FailureFull Failure = 0", "const (\nFailureFull Failure = iota\nFailureEmpty\n)", 1)
			x.want = "the constants are FailureFull, FailureEmpty, those of the component are FailureEmpty, FailureFull"
		}
		p, _, _ = mapped("@1.0.5")
		x.change(p)
		fails(p, Options{Maps: opts.Maps, Find: func(string) (fs.FS, error) {
			return fstest.MapFS{"shapes.go": {Data: []byte(src)}}, nil
		}}, x.want)
	}

	// A compatible version in the mapping does as well; the very version wins.
	for _, maps := range [][]Mapping{
		{{"geo:shapes/draw@1.0.5", "example.com/shapes"}},
		{{"geo:shapes/draw@1.9.0", "example.com/shapes"}},
	} {
		p, shape, _ = mapped("@1.0.5")
		if m := mustBuild(t, p, Options{Maps: maps, Find: find}); m.Types[shape].Form != FormMapped {
			t.Errorf("%v does not map 1.0.5", maps)
		}
	}
	p, _, _ = mapped("@1.0.5")
	fails(p, Options{Maps: []Mapping{{"geo:shapes/draw@1.9.0", "example.com/shapes"}, {"geo:shapes/draw@1.0.5", "example.com/shapes"}}, Find: find},
		"mapping geo:shapes/draw@1.9.0=example.com/shapes is not used")

	// A package whose component exports the interface has its types, but no Go
	// interface for it: one is made, of those types.
	exporter := strings.Replace(mappedSource, "//wc2go:wit geo:shapes/draw@1.2.0\n", "", 1)
	if exporter == mappedSource {
		t.Fatal("the source has no such directive")
	}
	p, shape, _ = mapped("@1.0.5")
	m = mustBuild(t, p, Options{Maps: opts.Maps, Find: func(string) (fs.FS, error) {
		return fstest.MapFS{"shapes.go": {Data: []byte(exporter)}}, nil
	}})
	if f := m.ImportIfaces[0]; f.Pkg != "" || f.Name != "Draw" || f.Field != "Draw" || f.From != "" {
		t.Errorf("interface: %+v", f)
	}
	if m.Types[shape].Form != FormMapped || m.Resources[0].Pkg == "" {
		t.Error("the types are not mapped")
	}

	// No mapping for another major version, and one that is not used is an error.
	p, shape, _ = mapped("@2.0.0")
	if m := mustBuild(t, p, opts); m.Types[shape].Form != FormNamed {
		t.Error("2.0.0 is mapped to 1.2.0")
	}
	fails(&prog{}, opts, "is not used")
	fails(&prog{}, Options{Maps: []Mapping{{"geo:shapes/draw", "example.com/other"}}, Find: find}, "not found")
	fails(&prog{}, Options{Maps: []Mapping{{"geo:shapes/other", "example.com/shapes"}}, Find: find}, "declares nothing")
	fails(&prog{}, Options{Maps: []Mapping{{"geo:shapes/draw", "example.com/x"}}, Find: find}, "being generated")
}
