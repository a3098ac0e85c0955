package names

import (
	"io/fs"
	"strconv"
	"strings"

	"golang.org/x/mod/module"

	"github.com/wc2go/wc2go/ir"
)

// Options say what package a program becomes.
type Options struct {
	Package string // name; what PackageName makes of Path if empty
	Path    string // import path
	Maps    []Mapping
	// NoDefaultMaps leaves out the mapping of wasi:* to rt/wasi.
	NoDefaultMaps bool
	// Find gives the source of a package that a mapping names. If it is nil
	// nothing is mapped by default and every explicit mapping is an error.
	Find func(importPath string) (fs.FS, error)
}

// Build gives every type, interface and function of p its Go name.
//
// Names are given in the order of declaration, imports before exports, types
// before the Go interfaces, those before cases: an earlier one keeps the plain name, see
// pkgScope.declare for what the later one gets. The same program always gets
// the same names.
func Build(p *ir.Program, opts Options) (*Model, error) {
	if opts.Package == "" {
		opts.Package = PackageName(opts.Path)
	}
	b := &builder{
		p: p, opts: opts,
		m: &Model{
			Program: p, Package: opts.Package, Path: opts.Path,
			Types:       make([]Type, len(p.Types)),
			Resources:   make([]Resource, len(p.Resources)),
			ImportFuncs: make([]ImportFunc, len(p.ImportFuncs)),
			Lifts:       make([]ExportFunc, len(p.Lifts)),
		},
		scope:   newPkgScope(),
		done:    make([]bool, len(p.Types)),
		shared:  map[ir.Name][]ir.TypeID{},
		aliases: map[string]ir.TypeID{},
		sameAs:  map[[2]ir.TypeID]bool{},
	}
	for i := range b.m.Types {
		b.m.Types[i].ID = ir.TypeID(i)
	}
	for i := range b.m.Resources {
		b.m.Resources[i].ID = ir.ResourceID(i)
	}
	if err := b.build(); err != nil {
		return nil, err
	}
	return b.m, nil
}

// PackageName is the package name that an import path suggests: its last element,
// or the one before a major version (example.com/kv/v2).
func PackageName(path string) string {
	if prefix, _, ok := module.SplitPathVersion(path); ok {
		path = prefix
	}
	s := path[strings.LastIndexByte(path, '/')+1:]
	s = strings.ToLower(strings.Join(words(s), ""))
	if s == "" || '0' <= s[0] && s[0] <= '9' {
		s = "p" + s
	}
	if _, ok := shy[s]; ok && s != "wasi" {
		s += "pkg"
	}
	return s
}

type builder struct {
	p       *ir.Program
	opts    Options
	m       *Model
	scope   pkgScope
	mapper  *mapper
	done    []bool                  // types that have their name
	shared  map[ir.Name][]ir.TypeID // types by name, Export left out
	aliases map[string]ir.TypeID    // Go name of an alias to what it stands for
	sameAs  map[[2]ir.TypeID]bool
	order   []ir.TypeID // named types in the order of naming
}

func (b *builder) build() error {
	var err error
	if b.mapper, err = newMapper(b.opts); err != nil {
		return err
	}
	b.m.ImportIfaces = b.collect(nil, nil, b.p.Imports)
	b.m.ExportIfaces = b.collect(nil, nil, b.p.Exports)

	// Types, imports first.
	for i := range b.m.ImportIfaces {
		f := &b.m.ImportIfaces[i]
		if err := b.declareItems(f.Extern.Items, f.ID, false, &f.Decls); err != nil {
			return err
		}
	}
	if err := b.declareItems(b.p.Imports, "", false, &b.m.ImportDecls); err != nil {
		return err
	}
	for i := range b.m.ExportIfaces {
		f := &b.m.ExportIfaces[i]
		if err := b.declareItems(f.Extern.Items, f.ID, true, &f.Decls); err != nil {
			return err
		}
	}
	if err := b.declareItems(b.p.Exports, "", true, &b.m.ExportDecls); err != nil {
		return err
	}
	if err := b.declareRest(); err != nil {
		return err
	}

	// Go interfaces, then what the world itself has.
	imports := newMembers([]string{"WASI"})
	for i := range b.m.ImportIfaces {
		if err := b.nameImport(&b.m.ImportIfaces[i], imports); err != nil {
			return err
		}
	}
	b.m.ImportRoot = b.funcs(b.p.Imports, imports, nil)
	b.m.ImportModules = make([]ImportModule, len(b.p.ImportModules))
	b.nameModules(nil, b.p.Imports, imports)
	instance := newMembers(reservedInstance, vetMethods)
	for i := range b.m.ExportIfaces {
		b.nameExport(&b.m.ExportIfaces[i], instance)
	}
	b.m.ExportRoot = b.funcs(b.p.Exports, instance, b.resourceScope())

	// Cases come after everything that a person looks up first.
	b.markErrors()
	for _, t := range b.order {
		if err := b.nameCases(t); err != nil {
			return err
		}
	}
	for i := range b.p.Types {
		if t := &b.p.Types[i]; t.Kind == ir.TTuple {
			b.m.Types[i].Cases = make([]string, len(t.Cases))
			for j := range t.Cases {
				b.m.Types[i].Cases[j] = "F" + strconv.Itoa(j)
			}
		}
	}
	b.linkFuncs()
	if err := b.checkMapped(); err != nil {
		return err
	}
	b.m.PackageNames = map[string]string{}
	for path, p := range b.mapper.pkgs {
		if p != nil {
			b.m.PackageNames[path] = p.name
		}
	}
	return b.mapper.unused()
}

// collect lists the instances among items, nested ones after their parent.
func (b *builder) collect(out []Interface, path []string, items []ir.Extern) []Interface {
	for i := range items {
		e := &items[i]
		if e.Kind != ir.ItemInstance {
			continue
		}
		p := append(append([]string(nil), path...), e.Name)
		id := e.Name
		if e.Implements != "" {
			id = e.Implements
		}
		out = append(out, Interface{Extern: e, Path: p, ID: id})
		out = b.collect(out, p, e.Items)
	}
	return out
}

// UsualCase is the Go name of a case of a variant, enum or flags type where
// nothing is in its way.
func UsualCase(typ, label string) string { return typ + exported(label) }

func nominal(k ir.TypeKind) bool {
	return k == ir.TRecord || k == ir.TVariant || k == ir.TEnum || k == ir.TFlags
}

func witID(iface, name string) string { return iface + "#" + name }

// declareItems names the types that items declare: those that carry the
// interface's own name. The others are brought in by `use`.
func (b *builder) declareItems(items []ir.Extern, iface string, export bool, out *[]Decl) error {
	for i := range items {
		e := &items[i]
		switch e.Kind {
		case ir.ItemType:
			t := &b.p.Types[e.Type]
			own := t.Name.Interface == iface && t.Name.Name == e.Name
			switch {
			case nominal(t.Kind) && own:
				if err := b.declareType(e.Type, e.Docs, out); err != nil {
					return err
				}
			case nominal(t.Kind) && t.Name.Interface != iface, t.Kind == ir.TOwn, t.Kind == ir.TBorrow:
				// use
			default:
				if err := b.declareAlias(e, own, iface, export, out); err != nil {
					return err
				}
			}
		case ir.ItemResource:
			n := b.p.Resources[e.Resource].Name
			if n.Interface != iface || n.Name != e.Name {
				continue
			}
			if err := b.declareResource(e.Resource, e.Docs, out); err != nil {
				return err
			}
		}
	}
	return nil
}

// declareType gives a record, variant, enum or flags its name.
func (b *builder) declareType(id ir.TypeID, docs string, out *[]Decl) error {
	if b.done[id] {
		return nil
	}
	b.done[id] = true
	t := &b.p.Types[id]
	mt := &b.m.Types[id]
	key := t.Name
	key.Export, key.Docs = false, ""
	for _, o := range b.shared[key] {
		if b.same(o, id) {
			*mt = b.m.Types[o]
			mt.ID = id
			b.order = append(b.order, id)
			return nil
		}
	}
	b.shared[key] = append(b.shared[key], id)
	b.order = append(b.order, id)
	if t.Kind == ir.TEnum || t.Kind == ir.TFlags {
		mt.Repr = repr(t)
	}
	if docs == "" {
		docs = t.Name.Docs
	}
	if g := b.mapper.iface(t.Name.Interface); g != nil && !(t.Name.Export && t.HasResource) {
		d, err := g.typeDecl(t.Name.Name, t.Name.Export)
		if err != nil {
			return err
		}
		if d != nil {
			mt.Form, mt.Pkg, mt.Name = FormMapped, g.pkg.path, d.name
			return nil
		}
	}
	mt.Form = FormNamed
	mt.Name = b.scope.declare(exported(t.Name.Name), owner{roleType, parseIface(t.Name.Interface), t.Name.Export})
	*out = append(*out, Decl{Kind: DeclType, Type: id, Name: mt.Name, WIT: witID(t.Name.Interface, t.Name.Name), Docs: docs})
	return nil
}

// declareAlias names `type a = b`.
func (b *builder) declareAlias(e *ir.Extern, own bool, iface string, export bool, out *[]Decl) error {
	t := &b.p.Types[e.Type]
	if t.Name.Name != "" && !own && t.Name.Interface != iface {
		return nil // use
	}
	mt := &b.m.Types[e.Type]
	if g := b.mapper.iface(iface); g != nil {
		d, err := g.typeDecl(e.Name, true)
		if err != nil {
			return err
		}
		if d != nil && own && !nominal(t.Kind) {
			mt.Alias, mt.AliasPkg = d.name, g.pkg.path
		}
		return nil
	}
	base := exported(e.Name)
	if old, ok := b.aliases[base]; ok && b.same(old, e.Type) {
		if own && !nominal(t.Kind) {
			mt.Alias = base
		}
		return nil // the same alias again: brought in by use, or the other side's
	}
	name := b.scope.declare(base, owner{roleType, parseIface(iface), export})
	b.aliases[name] = e.Type
	if own && !nominal(t.Kind) {
		mt.Alias = name
	}
	docs := e.Docs
	if docs == "" && own {
		docs = t.Name.Docs
	}
	*out = append(*out, Decl{Kind: DeclAlias, Type: e.Type, Name: name, WIT: witID(iface, e.Name), Docs: docs})
	return nil
}

func (b *builder) declareResource(id ir.ResourceID, docs string, out *[]Decl) error {
	r := &b.p.Resources[id]
	mr := &b.m.Resources[id]
	if mr.Name != "" {
		return nil
	}
	mr.Host, mr.Pointer = r.Imported, !r.Imported
	if g := b.mapper.iface(r.Name.Interface); g != nil && r.Imported {
		d, err := g.typeDecl(r.Name.Name, false)
		if err != nil {
			return err
		}
		mr.Pkg, mr.Name, mr.Pointer = g.pkg.path, d.name, d.kind == declStruct
		return nil
	}
	if docs == "" {
		docs = r.Name.Docs
	}
	mr.Name = b.scope.declare(exported(r.Name.Name), owner{roleType, parseIface(r.Name.Interface), r.Name.Export})
	*out = append(*out, Decl{Kind: DeclResource, Resource: id, Name: mr.Name, WIT: witID(r.Name.Interface, r.Name.Name), Docs: docs})
	return nil
}

// declareRest names what functions of the root use and no item declares, and
// then what fused adapters pass.
func (b *builder) declareRest() error {
	seen := make([]bool, len(b.p.Types))
	var err error
	var root, helper func(id ir.TypeID)
	root = func(id ir.TypeID) {
		if id == ir.NoType || seen[id] || err != nil {
			return
		}
		seen[id] = true
		t := &b.p.Types[id]
		b.components(t, root)
		if t.Kind == ir.TOwn || t.Kind == ir.TBorrow {
			r := &b.p.Resources[t.Resource]
			if b.m.Resources[t.Resource].Name == "" {
				if r.Name.Name == "" {
					r := *r
					r.Name.Name = "resource-" + strconv.Itoa(int(r.ID))
					err = b.declareNameless(t.Resource, r.Name)
					return
				}
				err = b.declareResource(t.Resource, "", b.declsOf(r.Name))
			}
			return
		}
		if nominal(t.Kind) && !b.done[id] {
			if t.Name.Name == "" {
				b.declareHelper(id)
				return
			}
			err = b.declareType(id, "", b.declsOf(t.Name))
		}
	}
	b.eachRootFunc(func(ft ir.FuncTypeID) {
		f := &b.p.FuncTypes[ft]
		for _, pa := range f.Params {
			root(pa.Type)
		}
		root(f.Result)
	})
	if err != nil {
		return err
	}
	for i := range b.p.Types { // types of types: items that no function uses
		if b.done[i] {
			b.components(&b.p.Types[i], root)
		}
	}
	if err != nil {
		return err
	}
	helper = func(id ir.TypeID) {
		if id == ir.NoType || seen[id] {
			return
		}
		seen[id] = true
		t := &b.p.Types[id]
		b.components(t, helper)
		if nominal(t.Kind) && !b.done[id] {
			b.declareHelper(id)
		}
	}
	for i := range b.p.Trampolines {
		tr := &b.p.Trampolines[i]
		if tr.Kind != ir.TrampFused {
			continue
		}
		for _, ft := range []ir.FuncTypeID{b.p.Lifts[tr.Lift].Type, tr.FuncType} {
			f := &b.p.FuncTypes[ft]
			for _, pa := range f.Params {
				helper(pa.Type)
			}
			helper(f.Result)
		}
	}
	return nil
}

// declareHelper names a type that stays inside: tN and its WIT name.
func (b *builder) declareHelper(id ir.TypeID) {
	b.done[id] = true
	t := &b.p.Types[id]
	mt := &b.m.Types[id]
	mt.Form, mt.Name = FormNamed, "t"+strconv.Itoa(int(id))+exported(t.Name.Name)
	if t.Name.Name == "" {
		mt.Name = "t" + strconv.Itoa(int(id))
	}
	if t.Kind == ir.TEnum || t.Kind == ir.TFlags {
		mt.Repr = repr(t)
	}
	b.scope[mt.Name] = owner{role: roleType}
	b.order = append(b.order, id)
	b.m.Helpers = append(b.m.Helpers, id)
}

func (b *builder) declareNameless(id ir.ResourceID, n ir.Name) error {
	r := b.p.Resources[id]
	mr := &b.m.Resources[id]
	mr.Host, mr.Pointer = r.Imported, !r.Imported
	mr.Name = b.scope.declare(exported(n.Name), owner{roleType, parseIface(n.Interface), n.Export})
	decls := b.declsOf(n)
	*decls = append(*decls, Decl{Kind: DeclResource, Resource: id, Name: mr.Name, WIT: witID(n.Interface, n.Name)})
	return nil
}

// declsOf finds where a type that no item declares is printed.
func (b *builder) declsOf(n ir.Name) *[]Decl {
	ifaces, root := b.m.ImportIfaces, &b.m.ImportDecls
	if n.Export {
		ifaces, root = b.m.ExportIfaces, &b.m.ExportDecls
	}
	for i := range ifaces {
		if ifaces[i].ID == n.Interface {
			return &ifaces[i].Decls
		}
	}
	return root
}

func (b *builder) components(t *ir.Type, f func(ir.TypeID)) {
	for i := range t.Cases {
		if t.Cases[i].Type != ir.NoType && t.Kind != ir.TEnum && t.Kind != ir.TFlags {
			f(t.Cases[i].Type)
		}
	}
	switch t.Kind {
	case ir.TList, ir.TFixedList, ir.TOption, ir.TStream, ir.TFuture:
		f(t.Elem)
	case ir.TMap:
		f(t.Key)
		f(t.Elem)
	case ir.TResult:
		f(t.Elem)
		f(t.Err)
	}
}

// eachRootFunc calls f with the type of every function that the root imports
// or exports.
func (b *builder) eachRootFunc(f func(ir.FuncTypeID)) {
	var walk func(items []ir.Extern)
	walk = func(items []ir.Extern) {
		for i := range items {
			switch items[i].Kind {
			case ir.ItemFunc:
				f(items[i].FuncType)
			case ir.ItemInstance:
				walk(items[i].Items)
			}
		}
	}
	walk(b.p.Imports)
	walk(b.p.Exports)
}

// same reports whether one Go type can serve two value types: equal
// structures, where names may differ in being of the import or the export side,
// and the same resources.
func (b *builder) same(x, y ir.TypeID) bool {
	if x == y {
		return true
	}
	if x == ir.NoType || y == ir.NoType {
		return false
	}
	// Remembered, for types share parts: without it the walk is exponential.
	k := [2]ir.TypeID{x, y}
	if r, ok := b.sameAs[k]; ok {
		return r
	}
	r := b.compare(x, y)
	b.sameAs[k] = r
	return r
}

func (b *builder) compare(x, y ir.TypeID) bool {
	s, t := &b.p.Types[x], &b.p.Types[y]
	if s.Kind != t.Kind || len(s.Cases) != len(t.Cases) || s.Len != t.Len {
		return false
	}
	if nominal(s.Kind) && (s.Name.Interface != t.Name.Interface || s.Name.Name != t.Name.Name) {
		return false
	}
	if s.Kind == ir.TOwn || s.Kind == ir.TBorrow {
		return s.Resource == t.Resource
	}
	for i := range s.Cases {
		if s.Cases[i].Name != t.Cases[i].Name || !b.same(s.Cases[i].Type, t.Cases[i].Type) {
			return false
		}
	}
	switch s.Kind {
	case ir.TList, ir.TFixedList, ir.TOption, ir.TStream, ir.TFuture:
		return b.same(s.Elem, t.Elem)
	case ir.TMap:
		return b.same(s.Key, t.Key) && b.same(s.Elem, t.Elem)
	case ir.TResult:
		return b.same(s.Elem, t.Elem) && b.same(s.Err, t.Err)
	}
	return true
}

func repr(t *ir.Type) string {
	n := len(t.Cases)
	if t.Kind == ir.TEnum {
		switch {
		case n <= 1<<8:
			return "uint8"
		case n <= 1<<16:
			return "uint16"
		}
		return "uint32"
	}
	switch {
	case n <= 8:
		return "uint8"
	case n <= 16:
		return "uint16"
	}
	return "uint32"
}

// baseName is what an instance is called if nothing is in the way.
func baseName(f *Interface, id ifaceName) string {
	switch {
	case f.Extern.Implements != "":
		return exported(f.Extern.Name)
	case len(f.Path) > 1 && id.plain:
		return exported(strings.Join(f.Path, "-"))
	}
	return exported(id.iface)
}

// nameImport gives an imported instance its Go interface, its field and its
// functions.
func (b *builder) nameImport(f *Interface, imports members) error {
	id := parseIface(f.ID)
	base := baseName(f, id)
	f.Funcs = b.funcs(f.Extern.Items, newMembers(vetMethods), b.resourceScope())
	for i := range f.Funcs {
		f.Needed = f.Needed || f.Funcs[i].Kind != FuncMethod
	}
	g := b.mapper.iface(f.ID)
	if g != nil {
		d := g.types[""]
		if err := g.checkMethods(d, f.Funcs, b.m); err != nil {
			return err
		}
		if !f.Needed {
			f.Pkg = g.pkg.path
			return nil
		}
		if d == nil {
			// A package whose component exports the interface has its types, but
			// no Go interface for it. The one that is made here is what its accessor implements.
			f.Name = b.scope.declare(base, owner{roleIface, id, false})
			f.Field = b.importField(imports, base, id)
			return nil
		}
		f.Pkg, f.Name = g.pkg.path, d.name
		if g.pkg.funcs[d.name+"From"] {
			f.From = d.name + "From"
			b.m.UsesWASI = true
		}
		// Two versions of an interface that one Go interface serves share a field.
		for i := range b.m.ImportIfaces {
			if o := &b.m.ImportIfaces[i]; o != f && o.Extern.Implements == "" && f.Extern.Implements == "" && o.Pkg == f.Pkg && o.Name == f.Name && o.Field != "" {
				f.Field = o.Field
				return nil
			}
		}
	} else if f.Needed {
		f.Name = b.scope.declare(base, owner{roleIface, id, false})
	}
	if f.Needed {
		f.Field = b.importField(imports, base, id)
	}
	return nil
}

// importField declares the field of Imports for an interface.
func (b *builder) importField(imports members, base string, id ifaceName) string {
	if base == "Types" && id.pkg != "" {
		base = exported(id.pkg) + base // filesystem/types: Types alone says nothing
	}
	return b.member(imports, base, id)
}

// nameModules gives the imported core modules their fields.
func (b *builder) nameModules(path []string, items []ir.Extern, imports members) {
	for i := range items {
		e := &items[i]
		p := append(append([]string(nil), path...), e.Name)
		switch {
		case e.Kind == ir.ItemInstance:
			b.nameModules(p, e.Items, imports)
		case e.Kind == ir.ItemModule && e.ImportModule >= 0 && int(e.ImportModule) < len(b.m.ImportModules):
			m := &b.m.ImportModules[e.ImportModule]
			if m.Extern != nil {
				continue
			}
			m.Extern, m.Path = e, p
			base := exported(e.Name)
			if len(path) > 0 {
				base = exported(parseIface(path[len(path)-1]).iface) + base
			}
			m.Field = imports.declare(base, strings.Join(p, "-"), "Module")
		}
	}
}

// member declares a field or accessor for an interface; where the plain name
// is taken the package, the namespace and the version qualify it.
func (b *builder) member(scope members, base string, id ifaceName) string {
	c := []string{base}
	if ver := id.versionIdent(); ver != "" {
		c = append(c, base+ver)
	}
	if id.pkg != "" {
		q := exported(id.pkg) + base
		// Another version of the same interface is told by its version alone.
		if o, ok := b.memberOwner(scope, base); !ok || o.withoutVersionID != id.withoutVersionID {
			c = append(c[:1], q, exported(id.ns)+q)
			if ver := id.versionIdent(); ver != "" {
				c = append(c, q+ver)
			}
		}
	}
	c = append(c, base+"Iface")
	for _, n := range c {
		if !scope.taken(n) {
			scope[n] = false
			return n
		}
	}
	return scope.declare(base, "", "Iface")
}

func (b *builder) memberOwner(scope members, field string) (ifaceName, bool) {
	for _, list := range [][]Interface{b.m.ImportIfaces, b.m.ExportIfaces} {
		for i := range list {
			if list[i].Field == field {
				return parseIface(list[i].ID), true
			}
		}
	}
	return ifaceName{}, false
}

// nameExport gives an exported instance its accessor.
func (b *builder) nameExport(f *Interface, instance members) {
	id := parseIface(f.ID)
	base := baseName(f, id)
	f.Funcs = b.funcs(f.Extern.Items, newMembers(vetMethods), b.resourceScope())
	for i := range f.Funcs {
		f.Needed = f.Needed || f.Funcs[i].Kind != FuncMethod
	}
	if !f.Needed {
		return
	}
	f.Name = b.scope.declare(base, owner{roleIface, id, true})
	f.Field = b.member(instance, base, id)
}

// resourceScope makes the method scopes of resources.
func (b *builder) resourceScope() map[ir.ResourceID]members { return map[ir.ResourceID]members{} }

// funcs names the functions among items. own is the scope of everything but
// methods.
func (b *builder) funcs(items []ir.Extern, own members, methods map[ir.ResourceID]members) []Func {
	if methods == nil {
		methods = b.resourceScope()
	}
	resources := map[string]ir.ResourceID{}
	for i := range items {
		if items[i].Kind == ir.ItemResource {
			resources[items[i].Name] = items[i].Resource
		}
	}
	var out []Func
	for i := range items {
		e := &items[i]
		if e.Kind != ir.ItemFunc {
			continue
		}
		ft := &b.p.FuncTypes[e.FuncType]
		f := Func{Extern: e, Resource: -1, Type: e.FuncType, Docs: e.Docs}
		kind, res, label := splitFuncName(e.Name)
		if r, ok := resources[res]; ok {
			f.Kind, f.Resource = kind, r
		} else {
			kind = FuncPlain // validation refuses it; name it all the same
		}
		labels := make([]string, 0, len(ft.Params))
		for i, pa := range ft.Params {
			if i > 0 || kind != FuncMethod {
				labels = append(labels, pa.Name)
			}
		}
		f.Params = params(labels)
		switch kind {
		case FuncConstructor:
			f.Name = own.declare("New"+exported(res), "", "Func")
		case FuncStatic:
			f.Name = own.declare(exported(res)+exported(label), "", "Func")
		case FuncMethod:
			s := methods[f.Resource]
			if s == nil {
				s = newMembers([]string{"Drop"}, vetMethods)
				methods[f.Resource] = s
			}
			f.Name = s.declare(exported(label), label, "Func")
		default:
			f.Name = own.declare(exported(label), label, "Func")
		}
		out = append(out, f)
	}
	return out
}

// splitFuncName takes apart [method]r.f and its like (Explainer.md, plainname).
func splitFuncName(name string) (kind FuncKind, resource, label string) {
	if r, ok := strings.CutPrefix(name, "[constructor]"); ok {
		return FuncConstructor, r, ""
	}
	for prefix, k := range map[string]FuncKind{"[method]": FuncMethod, "[static]": FuncStatic} {
		if r, ok := strings.CutPrefix(name, prefix); ok {
			r, f, _ := strings.Cut(r, ".")
			return k, r, f
		}
	}
	return FuncPlain, "", name
}

// markErrors finds the types that functions return as their error.
func (b *builder) markErrors() {
	b.eachRootFunc(func(ft ir.FuncTypeID) {
		t := b.p.FuncTypes[ft].Result
		if t == ir.NoType || b.p.Types[t].Kind != ir.TResult {
			return
		}
		e := b.p.Types[t].Err
		if e == ir.NoType || !nominal(b.p.Types[e].Kind) {
			return
		}
		mt := &b.m.Types[e]
		if mt.Form == FormMapped {
			g := b.mapper.iface(b.p.Types[e].Name.Interface)
			mt.IsError = g != nil && g.pkg.isError(mt.Name)
			return
		}
		for i := range b.m.Types { // both sides of a shared type
			if o := &b.m.Types[i]; o.Form == FormNamed && o.Name == mt.Name {
				o.IsError = true
			}
		}
	})
}

// nameCases names the cases of a nominal type.
func (b *builder) nameCases(id ir.TypeID) error {
	t := &b.p.Types[id]
	mt := &b.m.Types[id]
	key := t.Name
	key.Export, key.Docs = false, ""
	for _, o := range b.shared[key] {
		if o != id && len(b.m.Types[o].Cases) > 0 && b.same(o, id) {
			mt.Cases = b.m.Types[o].Cases
			return nil
		}
	}
	if mt.Form == FormMapped {
		var err error
		mt.Cases, err = b.mapper.iface(t.Name.Interface).cases(t, mt)
		return err
	}
	mt.Cases = make([]string, len(t.Cases))
	switch t.Kind {
	case ir.TRecord:
		var reserved []string
		if mt.IsError {
			reserved = []string{"Error"}
		}
		s := newMembers(reserved)
		for i, c := range t.Cases {
			mt.Cases[i] = s.declare(exported(c.Name), c.Name, "Field")
		}
	default:
		me := owner{roleCase, parseIface(t.Name.Interface), t.Name.Export}
		for i, c := range t.Cases {
			name := mt.Name + exported(c.Name)
			if _, taken := b.scope[name]; taken && len(words(c.Name)) > 1 {
				name = mt.Name + "_" + joined(c.Name, "_")
			}
			mt.Cases[i] = b.scope.declare(name, me)
		}
	}
	return nil
}

// linkFuncs fills ImportFuncs and Lifts.
func (b *builder) linkFuncs() {
	where := map[string]ImportFunc{}
	key := func(path []string) string { return strings.Join(path, "\x00") }
	for i := range b.m.ImportIfaces {
		f := &b.m.ImportIfaces[i]
		for _, fn := range f.Funcs {
			where[key(append(append([]string(nil), f.Path...), fn.Extern.Name))] = ImportFunc{Func: fn, Iface: i, Field: f.Field}
		}
	}
	for _, fn := range b.m.ImportRoot {
		where[key([]string{fn.Extern.Name})] = ImportFunc{Func: fn, Iface: -1, Field: fn.Name}
	}
	for i := range b.p.ImportFuncs {
		b.m.ImportFuncs[i] = where[key(b.p.ImportFuncs[i].Path)]
	}
	for i := range b.m.Lifts {
		b.m.Lifts[i].Iface = -1
	}
	link := func(fn Func, iface int) {
		if e := fn.Extern; !e.ReexportsImport && e.Lift >= 0 && int(e.Lift) < len(b.m.Lifts) && b.m.Lifts[e.Lift].Extern == nil {
			b.m.Lifts[e.Lift] = ExportFunc{Func: fn, Iface: iface}
		}
	}
	for _, fn := range b.m.ExportRoot {
		link(fn, -1)
	}
	for i := range b.m.ExportIfaces {
		for _, fn := range b.m.ExportIfaces[i].Funcs {
			link(fn, i)
		}
	}
}
