package names

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// This file: types and interfaces that live in another Go package, told by
// directive comments on its declarations:
//
//	//wc2go:wit ns:pkg/iface@1.2.3#type-name   on the Go type of a WIT type
//	//wc2go:wit ns:pkg/iface@1.2.3             on the Go interface of a WIT interface
//	//wc2go:wit ns:pkg/iface@1.2.3#type.case   on a case whose Go name is not the usual one

// Mapping says that the types of an interface live in a Go package.
type Mapping struct {
	Iface      string // "ns:pkg/iface", with or without "@version"
	ImportPath string
}

// ParseMapping reads "ns:pkg/iface[@version]=import/path".
func ParseMapping(s string) (Mapping, error) {
	iface, path, ok := strings.Cut(s, "=")
	if !ok || iface == "" || path == "" {
		return Mapping{}, fmt.Errorf("mapping %q is not of the form ns:pkg/iface=import/path", s)
	}
	return Mapping{iface, path}, nil
}

// wasiPackages are the packages of rt/wasi, by WIT package.
var wasiPackages = map[string]bool{
	"io": true, "cli": true, "clocks": true, "random": true, "filesystem": true, "sockets": true, "http": true,
}

type declKind uint8

const (
	declOther declKind = iota
	declInterface
	declStruct
)

// goDecl is a declaration with a directive.
type goDecl struct {
	iface ifaceName
	typ   string // "" for the Go interface
	name  string
	kind  declKind
}

// goPackage is what the mapper knows of a package.
type goPackage struct {
	path    string
	name    string
	decls   []goDecl
	idents  map[string]bool            // everything at package scope
	funcs   map[string]bool            // functions
	members map[string][]string        // struct fields, interface methods, in order
	methods map[string]map[string]bool // methods with a receiver
	embeds  map[string]bool            // interface embeds error
	sigs    map[string]goExpr          // "Type.Method": interface methods, and methods with a receiver
	fields  map[string]map[string]goExpr
	aliases map[string]goExpr
	consts  map[string][]string // constants by their type, in order
}

// goIface is an interface in the package that it is mapped to.
type goIface struct {
	pkg   *goPackage
	id    string
	types map[string]*goDecl
}

type mapper struct {
	opts   Options
	pkgs   map[string]*goPackage
	ifaces map[string]*goIface
	used   map[int]bool
}

func newMapper(opts Options) (*mapper, error) {
	m := &mapper{opts: opts, pkgs: map[string]*goPackage{}, ifaces: map[string]*goIface{}, used: map[int]bool{}}
	for _, mp := range opts.Maps {
		if mp.ImportPath == opts.Path {
			return nil, fmt.Errorf("mapping %s=%s maps to the package being generated", mp.Iface, mp.ImportPath)
		}
		p, err := m.load(mp.ImportPath)
		if err != nil {
			return nil, fmt.Errorf("mapping %s=%s: %w", mp.Iface, mp.ImportPath, err)
		}
		if !p.declares(parseIface(mp.Iface)) {
			return nil, fmt.Errorf("mapping %s=%s: the package declares nothing with //wc2go:wit %s", mp.Iface, mp.ImportPath, mp.Iface)
		}
	}
	return m, nil
}

// iface gives the mapping of an interface, nil if it has none.
func (m *mapper) iface(id string) *goIface {
	if g, ok := m.ifaces[id]; ok {
		return g
	}
	g := m.find(id)
	m.ifaces[id] = g
	return g
}

func (m *mapper) find(id string) *goIface {
	n := parseIface(id)
	if n.plain {
		return nil
	}
	// A mapping of that very version, or of every one, comes before one of a
	// compatible version.
	for _, exact := range []bool{true, false} {
		for i, mp := range m.opts.Maps {
			want := parseIface(mp.Iface)
			if want.withoutVersionID != n.withoutVersionID ||
				exact && want.version != "" && want.version != n.version || !exact && !compatible(want.version, n.version) {
				continue
			}
			m.used[i] = true
			p, _ := m.load(mp.ImportPath)
			return p.iface(n)
		}
	}
	if m.opts.NoDefaultMaps || m.opts.Find == nil || n.ns != "wasi" || !wasiPackages[n.pkg] {
		return nil
	}
	path := RT + "/wasi/" + n.pkg
	if path == m.opts.Path {
		return nil
	}
	p, err := m.load(path)
	if err != nil {
		return nil // no such package: the interface is declared here
	}
	return p.iface(n)
}

// unused reports a mapping that nothing needed.
func (m *mapper) unused() error {
	var errs []error
	for i, mp := range m.opts.Maps {
		if !m.used[i] {
			errs = append(errs, fmt.Errorf("mapping %s=%s is not used: no import or export has this interface", mp.Iface, mp.ImportPath))
		}
	}
	return errors.Join(errs...)
}

func (m *mapper) load(path string) (*goPackage, error) {
	if p, ok := m.pkgs[path]; ok {
		if p == nil {
			return nil, errors.New("package not found")
		}
		return p, nil
	}
	m.pkgs[path] = nil
	if m.opts.Find == nil {
		return nil, errors.New("no way to find packages")
	}
	fsys, err := m.opts.Find(path)
	if err != nil {
		return nil, err
	}
	p, err := readPackage(path, fsys)
	if err != nil {
		return nil, err
	}
	m.pkgs[path] = p
	return p, nil
}

// readPackage parses the Go files of a package for directives.
func readPackage(path string, fsys fs.FS) (*goPackage, error) {
	p := &goPackage{
		path: path, idents: map[string]bool{}, funcs: map[string]bool{}, members: map[string][]string{},
		methods: map[string]map[string]bool{}, embeds: map[string]bool{}, sigs: map[string]goExpr{},
		fields: map[string]map[string]goExpr{}, aliases: map[string]goExpr{}, consts: map[string][]string{},
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if f.Name.Name == "main" {
			continue
		}
		p.name = f.Name.Name
		p.read(f)
	}
	return p, nil
}

func (p *goPackage) read(f *ast.File) {
	imports := goImports(f)
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				p.funcs[d.Name.Name] = true
				p.idents[d.Name.Name] = true
				continue
			}
			r := receiver(d.Recv.List[0].Type)
			if p.methods[r] == nil {
				p.methods[r] = map[string]bool{}
			}
			p.methods[r][d.Name.Name] = true
			p.sigs[r+"."+d.Name.Name] = goExpr{d.Type, imports}
		case *ast.GenDecl:
			p.constants(d)
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.ValueSpec:
					for _, n := range s.Names {
						p.idents[n.Name] = true
					}
					if len(s.Names) == 1 {
						p.directives(s.Names[0].Name, declOther, s.Doc)
					}
				case *ast.TypeSpec:
					p.typeSpec(s, d, imports)
				}
			}
		}
	}
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func (p *goPackage) typeSpec(s *ast.TypeSpec, d *ast.GenDecl, imports map[string]string) {
	name := s.Name.Name
	if s.Assign.IsValid() {
		p.aliases[name] = goExpr{s.Type, imports}
	}
	p.idents[name] = true
	kind := declOther
	var list *ast.FieldList
	switch t := s.Type.(type) {
	case *ast.InterfaceType:
		kind, list = declInterface, t.Methods
	case *ast.StructType:
		kind, list = declStruct, t.Fields
	}
	if list != nil {
		p.members[name] = []string{}
		if kind == declStruct {
			p.fields[name] = map[string]goExpr{}
		}
		for _, f := range list.List {
			for _, n := range f.Names {
				p.members[name] = append(p.members[name], n.Name)
				if kind == declStruct {
					p.fields[name][n.Name] = goExpr{f.Type, imports}
				} else if _, ok := f.Type.(*ast.FuncType); ok {
					p.sigs[name+"."+n.Name] = goExpr{f.Type, imports}
				}
			}
			if id, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 && id.Name == "error" {
				p.embeds[name] = true
			}
		}
	}
	p.directives(name, kind, s.Doc)
	if !d.Lparen.IsValid() {
		p.directives(name, kind, d.Doc)
	}
}

func (p *goPackage) directives(name string, kind declKind, doc *ast.CommentGroup) {
	if doc == nil {
		return
	}
	for _, c := range doc.List {
		rest, ok := strings.CutPrefix(c.Text, "//wc2go:wit ")
		if !ok {
			continue
		}
		iface, typ, _ := strings.Cut(strings.TrimSpace(rest), "#")
		p.decls = append(p.decls, goDecl{parseIface(iface), typ, name, kind})
	}
}

func (p *goPackage) declares(n ifaceName) bool {
	for i := range p.decls {
		if p.decls[i].iface.withoutVersionID == n.withoutVersionID {
			return true
		}
	}
	return false
}

// iface collects the declarations for an interface: of its own version where
// they exist, else of a compatible one. It is nil if there are none.
func (p *goPackage) iface(n ifaceName) *goIface {
	g := &goIface{pkg: p, id: n.full, types: map[string]*goDecl{}}
	for i := range p.decls {
		d := &p.decls[i]
		if d.iface.withoutVersionID != n.withoutVersionID || !compatible(d.iface.version, n.version) {
			continue
		}
		if old := g.types[d.typ]; old == nil || old.iface.version != n.version && (d.iface.version == n.version || newer(d.iface.version, old.iface.version)) {
			g.types[d.typ] = d
		}
	}
	if len(g.types) == 0 {
		return nil
	}
	return g
}

// compatible reports whether two versions may stand for each other (Binary.md,
// canonical interface names): equal, or the same left-most non-zero number.
func compatible(a, b string) bool {
	if a == b || a == "" || b == "" {
		return a == b
	}
	x, ok1 := track(a)
	y, ok2 := track(b)
	return ok1 && ok2 && x == y
}

// newer reports whether a is a higher version than b; both are of one track.
func newer(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, _ := strconv.ParseUint(x[i], 10, 64)
		n, _ := strconv.ParseUint(y[i], 10, 64)
		if m != n {
			return m > n
		}
	}
	return false
}

// track is a version up to its left-most number that is not zero.
func track(v string) (string, bool) {
	v, _, _ = strings.Cut(v, "+")
	if strings.ContainsRune(v, '-') {
		return "", false
	}
	parts := strings.Split(v, ".")
	for i, s := range parts {
		if _, err := strconv.ParseUint(s, 10, 64); err != nil {
			return "", false
		}
		if s != "0" {
			return strings.Join(parts[:i+1], "."), true
		}
	}
	return v, true
}

// typeDecl finds the Go declaration of a type. If there is none that is an
// error, or nil if optional.
func (g *goIface) typeDecl(typ string, optional bool) (*goDecl, error) {
	if d := g.types[typ]; d != nil || optional {
		return d, nil
	}
	return nil, fmt.Errorf("%s is mapped to %s, which declares no type with //wc2go:wit %s#%s", g.id, g.pkg.path, g.id, typ)
}

// isError reports whether a type implements error.
func (p *goPackage) isError(name string) bool { return p.embeds[name] || p.methods[name]["Error"] }

// cases finds the Go names of the cases of a mapped type.
func (g *goIface) cases(t *ir.Type, mt *Type) ([]string, error) {
	out := make([]string, len(t.Cases))
	if t.Kind == ir.TRecord {
		fields, known := g.pkg.members[mt.Name]
		s := newMembers()
		if mt.IsError {
			s["Error"] = true
		}
		for i, c := range t.Cases {
			out[i] = s.declare(exported(c.Name), c.Name, "Field")
			if !known || slices.Contains(fields, out[i]) {
				continue
			}
			return nil, fmt.Errorf("%s#%s is mapped to %s.%s, which has no field %s", g.id, t.Name.Name, g.pkg.path, mt.Name, out[i])
		}
		return out, nil
	}
	for i, c := range t.Cases {
		out[i] = mt.Name + exported(c.Name)
		if d := g.types[t.Name.Name+"."+c.Name]; d != nil {
			out[i] = d.name
		}
		if !g.pkg.idents[out[i]] {
			return nil, fmt.Errorf("%s#%s is mapped to %s.%s, but the package has no %s", g.id, t.Name.Name, g.pkg.path, mt.Name, out[i])
		}
	}
	return out, nil
}

// checkMethods makes sure that the Go interface d, which may be nil, and the
// resource types have the methods that the component calls.
func (g *goIface) checkMethods(d *goDecl, funcs []Func, m *Model) error {
	for _, f := range funcs {
		typ := ""
		switch {
		case f.Kind == FuncMethod && m.Resources[f.Resource].Pkg == g.pkg.path:
			typ = m.Resources[f.Resource].Name
		case f.Kind != FuncMethod && d != nil:
			typ = d.name
		default:
			continue
		}
		if have, known := g.pkg.members[typ]; known && !slices.Contains(have, f.Name) && !g.pkg.methods[typ][f.Name] {
			return fmt.Errorf("%s is mapped to %s, whose %s has no method %s (for %s)", g.id, g.pkg.path, typ, f.Name, f.Extern.Name)
		}
	}
	return nil
}
