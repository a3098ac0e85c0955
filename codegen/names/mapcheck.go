package names

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// This file: whether what a mapped package declares has the types that the
// component says. A type is compared as text in which every name has its import
// path and no alias is left. An expression that has no such text (generated
// packages have none) is left to the Go compiler.

// checkMapped compares the mapped types and functions with their Go declarations.
func (b *builder) checkMapped() error {
	for _, id := range b.order {
		if b.m.Types[id].Form == FormMapped {
			if err := b.checkMappedType(id); err != nil {
				return err
			}
		}
	}
	for i := range b.m.ImportIfaces {
		f := &b.m.ImportIfaces[i]
		g := b.mapper.iface(f.ID)
		if g == nil {
			continue
		}
		d := g.types[""]
		for j := range f.Funcs {
			fn := &f.Funcs[j]
			typ := ""
			switch {
			case fn.Kind == FuncMethod && b.m.Resources[fn.Resource].Pkg == g.pkg.path:
				typ = b.m.Resources[fn.Resource].Name
			case fn.Kind != FuncMethod && d != nil:
				typ = d.name
			}
			have, ok := g.pkg.sigs[typ+"."+fn.Name]
			if !ok {
				continue
			}
			if have, want := b.mapper.funcText(g.pkg, have), b.signatureText(fn); have != "" && have != want {
				return fmt.Errorf("%s#%s is mapped to %s.%s.%s, which has another type: it is func%s, and the component imports func%s",
					f.ID, fn.Extern.Name, g.pkg.path, typ, fn.Name, have, want)
			}
		}
	}
	return nil
}

func (b *builder) checkMappedType(id ir.TypeID) error {
	t, mt := &b.p.Types[id], &b.m.Types[id]
	p := b.mapper.pkgs[mt.Pkg]
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%s#%s is mapped to %s.%s, which has another type: %s", t.Name.Interface, t.Name.Name, mt.Pkg, mt.Name, fmt.Sprintf(format, args...))
	}
	switch t.Kind {
	case ir.TRecord:
		fields, ok := p.fields[mt.Name]
		if !ok {
			return nil
		}
		if have := p.members[mt.Name]; len(have) != len(t.Cases) {
			return bad("the fields are %s, those of the component are %s", strings.Join(have, ", "), strings.Join(mt.Cases, ", "))
		}
		for i, c := range t.Cases {
			if have, want := b.mapper.typeText(p, fields[mt.Cases[i]]), b.typeText(c.Type); have != "" && have != want {
				return bad("field %s is %s, that of the component is %s", mt.Cases[i], have, want)
			}
		}
	case ir.TVariant:
		for i, c := range t.Cases {
			fields, ok := p.fields[mt.Cases[i]]
			if !ok {
				continue
			}
			value, has := fields["Value"]
			switch {
			case has && c.Type == ir.NoType:
				return bad("%s has a value, the component's case has none", mt.Cases[i])
			case !has && c.Type != ir.NoType:
				return bad("%s has no value, the component's case has %s", mt.Cases[i], b.typeText(c.Type))
			case has:
				if have, want := b.mapper.typeText(p, value), b.typeText(c.Type); have != "" && have != want {
					return bad("the value of %s is %s, that of the component's case is %s", mt.Cases[i], have, want)
				}
			}
		}
	case ir.TEnum, ir.TFlags:
		// Their numbers are those of the WIT type.
		if have := p.consts[mt.Name]; len(have) > 0 && !slices.Equal(have, mt.Cases) {
			return bad("the constants are %s, those of the component are %s", strings.Join(have, ", "), strings.Join(mt.Cases, ", "))
		}
	}
	return nil
}

// typeText is the text of a value type.
func (b *builder) typeText(t ir.TypeID) string {
	if t == ir.NoType {
		return RT + ".Unit"
	}
	mt, it := &b.m.Types[t], &b.p.Types[t]
	switch mt.Form {
	case FormNamed:
		return b.m.Path + "." + mt.Name
	case FormMapped:
		return mt.Pkg + "." + mt.Name
	}
	switch it.Kind {
	case ir.TList:
		return "[]" + b.typeText(it.Elem)
	case ir.TFixedList:
		return "[" + strconv.Itoa(int(it.Len)) + "]" + b.typeText(it.Elem)
	case ir.TMap:
		return "map[" + b.typeText(it.Key) + "]" + b.typeText(it.Elem)
	case ir.TTuple:
		var parts []string
		for _, c := range it.Cases {
			parts = append(parts, b.typeText(c.Type))
		}
		return RT + ".Tuple" + strconv.Itoa(len(parts)) + "[" + strings.Join(parts, ",") + "]"
	case ir.TOption:
		return RT + ".Option[" + b.typeText(it.Elem) + "]"
	case ir.TResult:
		return RT + ".Result[" + b.typeText(it.Elem) + "," + b.typeText(it.Err) + "]"
	case ir.TStream:
		return "*" + RT + ".StreamReader[" + b.typeText(it.Elem) + "]"
	case ir.TFuture:
		return "*" + RT + ".Future[" + b.typeText(it.Elem) + "]"
	case ir.TErrorContext:
		return "*" + RT + ".ErrorContext"
	case ir.TOwn, ir.TBorrow:
		r := &b.m.Resources[it.Resource]
		s := b.m.Path + "." + r.Name
		if r.Pkg != "" {
			s = r.Pkg + "." + r.Name
		}
		if r.Pointer {
			s = "*" + s
		}
		return s
	}
	return goScalar[it.Kind]
}

// goScalar is the Go types of scalars and strings.
var goScalar = map[ir.TypeKind]string{
	ir.TBool: "bool", ir.TS8: "int8", ir.TU8: "uint8", ir.TS16: "int16", ir.TU16: "uint16", ir.TS32: "int32", ir.TU32: "uint32",
	ir.TS64: "int64", ir.TU64: "uint64", ir.TF32: "float32", ir.TF64: "float64", ir.TChar: "int32", ir.TString: "string",
}

// signatureText is the text of a function's Go type, as bind prints it.
func (b *builder) signatureText(f *Func) string {
	params := []string{"context.Context"}
	for i, p := range b.p.FuncTypes[f.Type].Params {
		if i > 0 || f.Kind != FuncMethod {
			params = append(params, b.typeText(p.Type))
		}
	}
	var results []string
	for _, t := range b.m.ResultIDs(f.Type) {
		results = append(results, b.typeText(t))
	}
	return signature(params, append(results, "error"))
}

func signature(params, results []string) string {
	s := "(" + strings.Join(params, ", ") + ") "
	if len(results) == 1 {
		return s + results[0]
	}
	return s + "(" + strings.Join(results, ", ") + ")"
}

// goExpr is a Go type as it is written in a file of a package.
type goExpr struct {
	x       ast.Expr
	imports map[string]string // name in the file to import path
}

// goImports are the imports of a file.
func goImports(f *ast.File) map[string]string {
	m := map[string]string{}
	for _, im := range f.Imports {
		path, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			continue
		}
		name := path[strings.LastIndexByte(path, '/')+1:]
		if im.Name != nil {
			name = im.Name.Name
		}
		m[name] = path
	}
	return m
}

// constants notes the constants of a declaration by their type: those that are
// counted by iota, one a line.
func (p *goPackage) constants(d *ast.GenDecl) {
	if d.Tok != token.CONST {
		return
	}
	typ := ""
	for _, s := range d.Specs {
		v := s.(*ast.ValueSpec)
		if id, ok := v.Type.(*ast.Ident); ok {
			typ = id.Name
		} else if v.Type != nil || len(v.Values) > 0 {
			typ = ""
		}
		if typ != "" && len(v.Names) == 1 && v.Names[0].Name != "_" {
			p.consts[typ] = append(p.consts[typ], v.Names[0].Name)
		}
	}
}

// funcText is the text of a function type, "" if it has none.
func (m *mapper) funcText(p *goPackage, e goExpr) string {
	f := e.x.(*ast.FuncType)
	list := func(fs *ast.FieldList) (out []string, ok bool) {
		if fs == nil {
			return nil, true
		}
		for _, x := range fs.List {
			s := m.typeText(p, goExpr{x.Type, e.imports})
			if s == "" {
				return nil, false
			}
			for range max(1, len(x.Names)) {
				out = append(out, s)
			}
		}
		return out, true
	}
	params, ok1 := list(f.Params)
	results, ok2 := list(f.Results)
	if !ok1 || !ok2 || f.TypeParams != nil {
		return ""
	}
	return signature(params, results)
}

// typeText is the text of a type, "" if it has none.
func (m *mapper) typeText(p *goPackage, e goExpr) string {
	// Each step goes to a part of an expression or follows an alias; those of a
	// package that does not compile may go round.
	steps := 1000
	ok := true
	var text func(p *goPackage, e goExpr) string
	name := func(path, name string) string {
		q := m.pkgs[path]
		if q == nil && path != RT && strings.Contains(path, ".") {
			q, _ = m.load(path)
		}
		if q != nil {
			if alias, is := q.aliases[name]; is {
				return text(q, alias)
			}
		}
		return path + "." + name
	}
	text = func(p *goPackage, e goExpr) string {
		if steps--; steps < 0 {
			ok = false
		}
		if !ok {
			return ""
		}
		part := func(x ast.Expr) string { return text(p, goExpr{x, e.imports}) }
		switch x := e.x.(type) {
		case *ast.Ident:
			if p.idents[x.Name] {
				return name(p.path, x.Name)
			}
			switch x.Name {
			case "byte":
				return "uint8"
			case "rune":
				return "int32"
			}
			return x.Name
		case *ast.SelectorExpr:
			if id, is := x.X.(*ast.Ident); is && e.imports[id.Name] != "" {
				return name(e.imports[id.Name], x.Sel.Name)
			}
		case *ast.StarExpr:
			return "*" + part(x.X)
		case *ast.ParenExpr:
			return part(x.X)
		case *ast.ArrayType:
			if x.Len == nil {
				return "[]" + part(x.Elt)
			}
			if n, is := x.Len.(*ast.BasicLit); is {
				return "[" + n.Value + "]" + part(x.Elt)
			}
		case *ast.MapType:
			return "map[" + part(x.Key) + "]" + part(x.Value)
		case *ast.IndexExpr:
			return part(x.X) + "[" + part(x.Index) + "]"
		case *ast.IndexListExpr:
			var parts []string
			for _, i := range x.Indices {
				parts = append(parts, part(i))
			}
			return part(x.X) + "[" + strings.Join(parts, ",") + "]"
		}
		ok = false
		return ""
	}
	s := text(p, e)
	if !ok {
		return ""
	}
	return s
}
