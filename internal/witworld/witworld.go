// Package witworld reads WIT text: a world, without a component, as the part
// of an ir.Program that names and bind need (imports, exports, types,
// resources).
//
// The text is read by wasm-tools, which go.bytecodealliance.org/wit carries as
// a wasm module and runs: the first time on a machine takes seconds. It knows neither
// maps nor fixed-length lists; a world that needs them is refused.
package witworld

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.bytecodealliance.org/wit"

	"github.com/wc2go/wc2go/ir"
)

// Load reads the WIT package in dir (or the single file dir), its dependencies
// in deps/ as usual, and gives a world of it: by its name, by its full name
// "ns:pkg/world", or the only one if world is "". Every resource is the host's:
// there is no component that defines one.
func Load(dir, world string) (*ir.Program, error) {
	// wasm-tools sees the parent of dir; an absolute path keeps that exact.
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(abs); err != nil {
		return nil, err
	}
	res, err := wit.LoadWIT(abs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	w, err := find(res, mainPackage(abs), world)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return convert(w)
}

// find picks a world. Without a package in its name it is one of the package
// main ("ns:pkg"), or of any package if only one has it.
func find(res *wit.Resolve, main, name string) (*wit.World, error) {
	var all, own []*wit.World
	for _, p := range res.Packages {
		p.Worlds.All()(func(_ string, w *wit.World) bool {
			if name != "" && !w.Match(name) {
				return true
			}
			all = append(all, w)
			if p.Name.Namespace+":"+p.Name.Package == main {
				own = append(own, w)
			}
			return true
		})
	}
	if len(own) > 0 {
		all = own
	}
	switch {
	case len(all) == 1:
		return all[0], nil
	case len(all) == 0 && name == "":
		return nil, errors.New("no world")
	case len(all) == 0:
		return nil, fmt.Errorf("no world %q", name)
	}
	var ids []string
	for _, w := range all {
		ids = append(ids, id(w.Package, w.Name))
	}
	return nil, fmt.Errorf("which world: %s?", strings.Join(ids, ", "))
}

var packageDecl = regexp.MustCompile(`(?m)^\s*package\s+%?([a-z0-9-]+)\s*:\s*%?([a-z0-9-]+)`)

// mainPackage is the package that the files of dir itself belong to; the JSON
// of wasm-tools does not tell it from its dependencies.
func mainPackage(dir string) string {
	files, _ := filepath.Glob(filepath.Join(dir, "*.wit"))
	for _, f := range append(files, dir) {
		b, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		if m := packageDecl.FindSubmatch(b); m != nil {
			return string(m[1]) + ":" + string(m[2])
		}
	}
	return ""
}

// converter turns a world into a program.
type converter struct {
	p       *ir.Program
	w       *wit.World
	exports map[*wit.Interface]string // exported interfaces, and the name they have
	imports map[*wit.Interface]string
	types   map[key]ir.TypeID
	res     map[key]ir.ResourceID
}

// key: a type of an interface that is imported and exported is two types.
type key struct {
	t      *wit.TypeDef
	export bool
}

func convert(w *wit.World) (*ir.Program, error) {
	c := &converter{
		p: &ir.Program{World: id(w.Package, w.Name), Docs: w.Docs.Contents}, w: w,
		exports: map[*wit.Interface]string{}, imports: map[*wit.Interface]string{},
		types: map[key]ir.TypeID{}, res: map[key]ir.ResourceID{},
	}
	remember := func(m map[*wit.Interface]string) func(string, wit.WorldItem) bool {
		return func(name string, item wit.WorldItem) bool {
			if r, ok := item.(*wit.InterfaceRef); ok {
				m[r.Interface] = ifaceName(name, r.Interface)
			}
			return true
		}
	}
	w.Imports.All()(remember(c.imports))
	w.Exports.All()(remember(c.exports))
	var err error
	w.Imports.All()(func(name string, item wit.WorldItem) bool {
		var e ir.Extern
		if e, err = c.item(name, item, false); err == nil {
			c.p.Imports = append(c.p.Imports, e)
		}
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	w.Exports.All()(func(name string, item wit.WorldItem) bool {
		var e ir.Extern
		if e, err = c.item(name, item, true); err == nil {
			c.p.Exports = append(c.p.Exports, e)
		}
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	c.importFuncs(nil, c.p.Imports)
	return c.p, nil
}

func id(p *wit.Package, name string) string {
	s := p.Name.Namespace + ":" + p.Name.Package + "/" + name
	if v := p.Name.Version; v != nil {
		s += "@" + v.String()
	}
	return s
}

// ifaceName is the extern name of an interface: name itself where it is written
// inline in the world.
func ifaceName(name string, f *wit.Interface) string {
	if f.Name == nil {
		return name
	}
	return id(f.Package, *f.Name)
}

// importFuncs fills Program.ImportFuncs and the externs that refer to it.
func (c *converter) importFuncs(path ir.ImportPath, items []ir.Extern) {
	for i := range items {
		e := &items[i]
		p := append(append(ir.ImportPath(nil), path...), e.Name)
		switch e.Kind {
		case ir.ItemFunc:
			e.Import = ir.ImportFuncID(len(c.p.ImportFuncs))
			c.p.ImportFuncs = append(c.p.ImportFuncs, ir.ImportFunc{Path: p, Type: e.FuncType})
		case ir.ItemInstance:
			c.importFuncs(p, e.Items)
		}
	}
}

func (c *converter) item(name string, item wit.WorldItem, export bool) (ir.Extern, error) {
	switch item := item.(type) {
	case *wit.InterfaceRef:
		return c.iface(ifaceName(name, item.Interface), item.Interface, export)
	case *wit.TypeDef:
		return c.typeItem(name, item, export)
	case *wit.Function:
		return c.function(item, export)
	}
	return ir.Extern{}, fmt.Errorf("%s: unknown kind of item", name)
}

func (c *converter) iface(name string, f *wit.Interface, export bool) (ir.Extern, error) {
	e := ir.Extern{Name: name, Kind: ir.ItemInstance, Docs: f.Docs.Contents}
	var err error
	f.TypeDefs.All()(func(n string, t *wit.TypeDef) bool {
		var it ir.Extern
		if it, err = c.typeItem(n, t, export); err == nil {
			e.Items = append(e.Items, it)
		}
		return err == nil
	})
	if err != nil {
		return e, fmt.Errorf("%s: %w", name, err)
	}
	f.Functions.All()(func(n string, fn *wit.Function) bool {
		var it ir.Extern
		if it, err = c.function(fn, export); err == nil {
			e.Items = append(e.Items, it)
		}
		return err == nil
	})
	if err != nil {
		return e, fmt.Errorf("%s: %w", name, err)
	}
	return e, nil
}

func (c *converter) typeItem(name string, t *wit.TypeDef, export bool) (ir.Extern, error) {
	e := ir.Extern{Name: name, Docs: t.Docs.Contents, Kind: ir.ItemType}
	if _, ok := t.Root().Kind.(*wit.Resource); ok {
		e.Kind, e.Resource = ir.ItemResource, c.resource(t.Root(), export)
		return e, nil
	}
	var err error
	e.Type, err = c.typeDef(t, export)
	return e, err
}

// name is where a type got its name. An export refers to the exported side of an
// interface if there is one, else to the imported side.
func (c *converter) name(t *wit.TypeDef, export bool) ir.Name {
	n := ir.Name{Name: t.TypeName(), Docs: t.Docs.Contents, Export: export}
	if f, ok := t.Owner.(*wit.Interface); ok {
		if e, exported := c.exports[f]; exported && export {
			n.Interface = e
		} else if i, ok := c.imports[f]; ok {
			n.Interface, n.Export = i, false
		} else {
			n.Interface = ifaceName("", f)
		}
	}
	return n
}

func (c *converter) resource(t *wit.TypeDef, export bool) ir.ResourceID {
	n := c.name(t, export)
	k := key{t, n.Export}
	if r, ok := c.res[k]; ok {
		return r
	}
	r := ir.ResourceID(len(c.p.Resources))
	c.res[k] = r
	path := ir.ImportPath{n.Name}
	if n.Interface != "" {
		path = ir.ImportPath{n.Interface, n.Name}
	}
	c.p.Resources = append(c.p.Resources, ir.Resource{
		ID: r, Name: n, Imported: true, Import: path, Instance: -1, Rep: ir.TypeI32,
	})
	return r
}

// plainName is the name that a function has in components, and whether the
// function is async: this wasm-tools notes that in the name, as components did once.
func plainName(name string) (plain string, async bool) {
	if rest, ok := strings.CutPrefix(name, "[async]"); ok {
		return rest, true
	}
	if rest, ok := strings.CutPrefix(name, "[async "); ok { // "[async method]r.f", "[async static]r.f"
		return "[" + rest, true
	}
	return name, false
}

func (c *converter) function(f *wit.Function, export bool) (ir.Extern, error) {
	name, async := plainName(f.Name)
	e := ir.Extern{Name: name, Kind: ir.ItemFunc, Docs: f.Docs.Contents, Lift: -1, Import: -1}
	ft := ir.ComponentFuncType{Async: async, Result: ir.NoType}
	for _, p := range f.Params {
		t, err := c.typ(p.Type, export)
		if err != nil {
			return e, fmt.Errorf("%s: %w", f.Name, err)
		}
		ft.Params = append(ft.Params, ir.Param{Name: p.Name, Type: t})
	}
	switch len(f.Results) {
	case 0:
	case 1:
		if f.Results[0].Type == nil {
			break
		}
		t, err := c.typ(f.Results[0].Type, export)
		if err != nil {
			return e, fmt.Errorf("%s: %w", f.Name, err)
		}
		ft.Result = t
	default:
		return e, fmt.Errorf("%s: named results are gone from the component model", f.Name)
	}
	e.FuncType = c.p.AddFuncType(ft)
	return e, nil
}

var primitives = map[wit.Type]ir.TypeKind{
	wit.Bool{}: ir.TBool, wit.S8{}: ir.TS8, wit.U8{}: ir.TU8, wit.S16{}: ir.TS16, wit.U16{}: ir.TU16,
	wit.S32{}: ir.TS32, wit.U32{}: ir.TU32, wit.S64{}: ir.TS64, wit.U64{}: ir.TU64, wit.F32{}: ir.TF32,
	wit.F64{}: ir.TF64, wit.Char{}: ir.TChar, wit.String{}: ir.TString, wit.ErrorContext{}: ir.TErrorContext,
}

func (c *converter) typ(t wit.Type, export bool) (ir.TypeID, error) {
	if t == nil {
		return ir.NoType, nil
	}
	if td, ok := t.(*wit.TypeDef); ok {
		return c.typeDef(td, export)
	}
	k, ok := primitives[t]
	if !ok {
		return ir.NoType, fmt.Errorf("unknown type %T", t)
	}
	return c.p.AddType(ir.Type{Kind: k}), nil
}

func (c *converter) typeDef(t *wit.TypeDef, export bool) (ir.TypeID, error) {
	k := key{t, export}
	if id, ok := c.types[k]; ok {
		return id, nil
	}
	id, err := c.newType(t, export)
	if err == nil {
		c.types[k] = id
	}
	return id, err
}

func (c *converter) newType(t *wit.TypeDef, export bool) (ir.TypeID, error) {
	n := ir.Type{}
	if t.Name != nil {
		n.Name = c.name(t, export)
	}
	var err error
	sub := func(t wit.Type) ir.TypeID {
		if err != nil {
			return ir.NoType
		}
		var id ir.TypeID
		id, err = c.typ(t, export)
		return id
	}
	switch k := t.Kind.(type) {
	case *wit.TypeDef: // an alias, or brought in by use
		return c.typeDef(k, export)
	case *wit.Record:
		n.Kind = ir.TRecord
		for _, f := range k.Fields {
			n.Cases = append(n.Cases, ir.Case{Name: f.Name, Type: sub(f.Type), Docs: f.Docs.Contents})
		}
	case *wit.Variant:
		n.Kind = ir.TVariant
		for _, f := range k.Cases {
			n.Cases = append(n.Cases, ir.Case{Name: f.Name, Type: sub(f.Type), Docs: f.Docs.Contents})
		}
	case *wit.Enum:
		n.Kind = ir.TEnum
		for _, f := range k.Cases {
			n.Cases = append(n.Cases, ir.Case{Name: f.Name, Type: ir.NoType, Docs: f.Docs.Contents})
		}
	case *wit.Flags:
		n.Kind = ir.TFlags
		for _, f := range k.Flags {
			n.Cases = append(n.Cases, ir.Case{Name: f.Name, Type: ir.NoType, Docs: f.Docs.Contents})
		}
	case *wit.Tuple:
		n.Kind = ir.TTuple
		for _, e := range k.Types {
			n.Cases = append(n.Cases, ir.Case{Type: sub(e)})
		}
	case *wit.List:
		n.Kind, n.Elem = ir.TList, sub(k.Type)
	case *wit.Option:
		n.Kind, n.Elem = ir.TOption, sub(k.Type)
	case *wit.Result:
		n.Kind, n.Elem, n.Err = ir.TResult, sub(k.OK), sub(k.Err)
	case *wit.Stream:
		n.Kind, n.Elem = ir.TStream, sub(k.Type)
	case *wit.Future:
		n.Kind, n.Elem = ir.TFuture, sub(k.Type)
	case *wit.Own:
		n.Kind, n.Resource = ir.TOwn, c.resource(k.Type.Root(), export)
	case *wit.Borrow:
		n.Kind, n.Resource = ir.TBorrow, c.resource(k.Type.Root(), export)
	case *wit.Resource:
		n.Kind, n.Resource = ir.TOwn, c.resource(t, export)
		n.Name = ir.Name{}
	case wit.Type:
		kind, ok := primitives[k]
		if !ok {
			return ir.NoType, fmt.Errorf("type %s: unknown kind %T", t.TypeName(), k)
		}
		n.Kind = kind
	default:
		err = errors.New("fixed-length lists are not read from WIT text yet: generate from a component of the world")
	}
	if err != nil {
		if t.Name != nil {
			err = fmt.Errorf("type %s: %w", *t.Name, err)
		}
		return ir.NoType, err
	}
	return c.p.AddType(n), nil
}
