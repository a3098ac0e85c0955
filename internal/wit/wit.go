// Package wit prints the world of a program as WIT text (WIT.md): the world
// `root:component/root`, then the packages whose interfaces it imports or
// exports, with what the component knows of them.
package wit

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// maxText bounds the output: unnamed types are written out at each use.
const maxText = 64 << 20

// Print writes the world of p.
func Print(w io.Writer, p *ir.Program) error {
	if p.Core {
		return fmt.Errorf("a core module has no world")
	}
	pr := &printer{p: p}
	pr.collect(p.Imports)
	pr.collect(p.Exports)
	pr.line("package root:component;")
	pr.line("")
	pr.world()
	for _, pkg := range pr.packages {
		pr.pkg(pkg)
	}
	if pr.err != nil {
		return pr.err
	}
	_, err := w.Write(pr.out.Bytes())
	return err
}

// printer is the state of one printing. The first error stays in err.
type printer struct {
	p        *ir.Program
	out      bytes.Buffer
	indent   int
	err      error
	packages []*pkg
}

// pkg is a package with the interfaces the world mentions.
type pkg struct {
	name, version string
	ifaces        []*iface
}

// iface is an interface: what its import and its export show of it together.
type iface struct {
	id, name, docs string
	items          []ir.Extern
}

// splitName takes an interface name apart: "ns:pkg/iface@1.2.3".
func splitName(id string) (pkg, name, version string, ok bool) {
	rest, version, _ := strings.Cut(id, "@")
	i := strings.LastIndexByte(rest, '/')
	if i < 0 {
		return "", id, "", false
	}
	return rest[:i], rest[i+1:], version, true
}

// interfaceID is the interface of an instance: a name with a package, or a plain name.
func interfaceID(e *ir.Extern) string {
	if e.Implements != "" {
		return e.Implements
	}
	return e.Name
}

// collect gathers the interfaces of instances among items.
func (pr *printer) collect(items []ir.Extern) {
	for i := range items {
		e := &items[i]
		if e.Kind != ir.ItemInstance {
			continue
		}
		id := interfaceID(e)
		pkgName, name, version, ok := splitName(id)
		if !ok {
			continue
		}
		n := slices.IndexFunc(pr.packages, func(p *pkg) bool { return p.name == pkgName && p.version == version })
		if n < 0 {
			n = len(pr.packages)
			pr.packages = append(pr.packages, &pkg{name: pkgName, version: version})
		}
		in := pr.packages[n]
		m := slices.IndexFunc(in.ifaces, func(f *iface) bool { return f.name == name })
		if m < 0 {
			m = len(in.ifaces)
			in.ifaces = append(in.ifaces, &iface{id: id, name: name})
		}
		f := in.ifaces[m]
		if f.docs == "" {
			f.docs = e.Docs
		}
		f.items = merge(f.items, e.Items)
	}
}

// merge adds to items those of more whose names are new.
func merge(items, more []ir.Extern) []ir.Extern {
	have := make(map[string]bool, len(items))
	for i := range items {
		have[items[i].Name] = true
	}
	items = slices.Clip(items)
	for _, e := range more {
		if !have[e.Name] {
			items = append(items, e)
		}
	}
	return items
}

func (pr *printer) fail(format string, args ...any) {
	if pr.err == nil {
		pr.err = fmt.Errorf(format, args...)
	}
}

func (pr *printer) line(format string, args ...any) {
	if pr.err != nil {
		return
	}
	if pr.out.Len() > maxText {
		pr.fail("the world is too large to print")
		return
	}
	if format != "" {
		pr.out.WriteString(strings.Repeat("  ", pr.indent))
		fmt.Fprintf(&pr.out, format, args...)
	}
	pr.out.WriteByte('\n')
}

// open begins a block, shut ends it.
func (pr *printer) open(format string, args ...any) { pr.line(format+" {", args...); pr.indent++ }
func (pr *printer) shut()                           { pr.indent--; pr.line("}") }

func (pr *printer) docs(text string) {
	if text == "" {
		return
	}
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		pr.line("%s", strings.TrimRight("/// "+strings.TrimRight(l, "\r"), " "))
	}
}

// keywords are the words of WIT that are no identifiers by themselves.
var keywords = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("as async bool borrow char constructor enum export f32 f64 flags from func future import include " +
		"interface list map option own package record resource result s16 s32 s64 s8 static stream string tuple type u16 u32 u64 u8 use " +
		"variant with world error-context") {
		m[w] = true
	}
	return m
}()

// id is an identifier.
func id(name string) string {
	if keywords[name] {
		return "%" + name
	}
	return name
}

// pkg prints a package and its interfaces.
func (pr *printer) pkg(p *pkg) {
	if p.version == "" {
		pr.open("package %s", packageID(p.name))
	} else {
		pr.open("package %s@%s", packageID(p.name), p.version)
	}
	for i, f := range p.ifaces {
		if i > 0 {
			pr.line("")
		}
		pr.docs(f.docs)
		pr.open("interface %s", id(f.name))
		pr.scope(f.id, f.items, false).print()
		pr.shut()
	}
	pr.shut()
}

func packageID(name string) string {
	parts := strings.Split(name, ":")
	for i := range parts {
		parts[i] = id(parts[i])
	}
	return strings.Join(parts, ":")
}

// path is how an interface is named in scope from.
func path(iface, from string) string {
	pkg, name, version, ok := splitName(iface)
	if !ok {
		return id(iface)
	}
	if fromPkg, _, fromVersion, ok := splitName(from); ok && fromPkg == pkg && fromVersion == version {
		return id(name)
	}
	if version != "" {
		version = "@" + version
	}
	return packageID(pkg) + "/" + id(name) + version
}

// world prints the root's imports and exports.
func (pr *printer) world() {
	pr.docs(pr.p.Docs)
	pr.open("world root")
	s := pr.scope("", pr.p.Imports, true)
	s.world("import")
	if len(pr.p.Imports) > 0 && len(pr.p.Exports) > 0 {
		pr.line("")
	}
	// A world exports no types: those its exported functions use are declared
	// in the world itself, unless an import did.
	seen := map[string]bool{}
	for i := range pr.p.Imports {
		seen[pr.p.Imports[i].Name] = true
	}
	var items []ir.Extern
	for _, e := range pr.p.Exports {
		if (e.Kind == ir.ItemType || e.Kind == ir.ItemResource) && seen[e.Name] {
			continue
		}
		items = append(items, e)
	}
	x := pr.scope("", items, true)
	for k, v := range s.local {
		if _, ok := x.local[k]; !ok {
			x.local[k] = v
		}
	}
	x.world("export")
	pr.shut()
}
