package wit

import (
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// nameKey is a type's name without the side it is on: in WIT an interface is
// one thing, imported or exported.
type nameKey struct{ iface, name string }

// scope prints the items of one interface, or of the world.
type scope struct {
	pr    *printer
	iface string
	items []ir.Extern
	// local gives the names that types have here.
	local map[nameKey]string
	// methods are the functions of the resource of that name.
	methods map[string][]*ir.Extern
	funcs   []*ir.Extern // the other functions
	uses    []use
}

// use is `use path.{name as alias}`.
type use struct{ path, name, alias string }

func (pr *printer) scope(iface string, items []ir.Extern, world bool) *scope {
	s := &scope{pr: pr, iface: iface, items: items, local: map[nameKey]string{}, methods: map[string][]*ir.Extern{}}
	resources := map[string]bool{}
	for i := range items {
		e := &items[i]
		n, ok := s.nameOf(e)
		if !ok {
			continue
		}
		if e.Kind == ir.ItemResource {
			resources[e.Name] = true
		}
		k := nameKey{n.Interface, n.Name}
		// Its own name is better than one of its aliases.
		if _, ok := s.local[k]; !ok || (n.Interface == iface && n.Name == e.Name) {
			s.local[k] = e.Name
		}
		if n.Interface != iface && n.Name != "" {
			s.uses = append(s.uses, use{path(n.Interface, iface), n.Name, e.Name})
		}
	}
	for i := range items {
		e := &items[i]
		if e.Kind != ir.ItemFunc {
			continue
		}
		if _, res, _, ok := splitFunc(e.Name); ok && resources[res] {
			s.methods[res] = append(s.methods[res], e)
		} else {
			s.funcs = append(s.funcs, e)
		}
	}
	if world {
		return s
	}
	// Whatever else the functions and types mention is brought in by `use`.
	for i := range items {
		s.require(&items[i])
	}
	return s
}

// nameOf is the name of the type or resource that e is.
func (s *scope) nameOf(e *ir.Extern) (ir.Name, bool) {
	switch e.Kind {
	case ir.ItemType:
		return s.pr.p.Types[e.Type].Name, true
	case ir.ItemResource:
		return s.pr.p.Resources[e.Resource].Name, true
	}
	return ir.Name{}, false
}

// require makes sure that the named types that e mentions have a name here.
func (s *scope) require(e *ir.Extern) {
	seen := map[ir.TypeID]bool{}
	need := func(n ir.Name) {
		k := nameKey{n.Interface, n.Name}
		if _, ok := s.local[k]; ok || n.Name == "" || n.Interface == s.iface {
			return
		}
		if _, _, _, ok := splitName(n.Interface); !ok {
			return // world types and those of inline interfaces cannot be used
		}
		alias := n.Name
		for s.taken(alias) {
			alias += "-x"
		}
		s.local[k] = alias
		s.uses = append(s.uses, use{path(n.Interface, s.iface), n.Name, alias})
	}
	var walk func(id ir.TypeID, top bool)
	walk = func(id ir.TypeID, top bool) {
		if id == ir.NoType || seen[id] {
			return
		}
		seen[id] = true
		t := &s.pr.p.Types[id]
		if t.Name.Name != "" && !top {
			need(t.Name)
			return
		}
		if t.Kind == ir.TOwn || t.Kind == ir.TBorrow {
			need(s.pr.p.Resources[t.Resource].Name)
		}
		for i := range t.Cases {
			walk(t.Cases[i].Type, false)
		}
		walk(t.Elem, false)
		walk(t.Key, false)
		walk(t.Err, false)
	}
	switch e.Kind {
	case ir.ItemFunc:
		ft := &s.pr.p.FuncTypes[e.FuncType]
		for _, p := range ft.Params {
			walk(p.Type, false)
		}
		walk(ft.Result, false)
	case ir.ItemType:
		t := &s.pr.p.Types[e.Type]
		walk(e.Type, t.Name.Interface == s.iface && t.Name.Name == e.Name)
	}
}

func (s *scope) taken(name string) bool {
	for i := range s.items {
		if s.items[i].Name == name {
			return true
		}
	}
	for _, l := range s.local {
		if l == name {
			return true
		}
	}
	return false
}

// splitFunc takes the name of a resource's function apart.
func splitFunc(name string) (kind, resource, fn string, ok bool) {
	if !strings.HasPrefix(name, "[") {
		return "", "", name, false
	}
	kind, rest, ok := strings.Cut(name[1:], "]")
	if !ok {
		return "", "", name, false
	}
	resource, fn, _ = strings.Cut(rest, ".")
	return kind, resource, fn, kind == "constructor" || kind == "method" || kind == "static"
}

// print prints the items of an interface.
func (s *scope) print() {
	n := s.printUses()
	for i := range s.items {
		e := &s.items[i]
		switch e.Kind {
		case ir.ItemType, ir.ItemResource:
			if name, _ := s.nameOf(e); name.Interface != s.iface && name.Name != "" {
				continue // use
			}
			if n > 0 {
				s.pr.line("")
			}
			n++
			s.typeItem(e)
		case ir.ItemInstance, ir.ItemModule, ir.ItemComponent:
			s.foreign("export", e)
		}
	}
	for _, e := range s.funcs {
		if n > 0 {
			s.pr.line("")
		}
		n++
		s.pr.docs(e.Docs)
		s.fn("", e)
	}
}

// printUses prints the `use` items of an interface, one per other interface.
func (s *scope) printUses() int {
	done := map[string]bool{}
	for _, u := range s.uses {
		if !done[u.path] {
			done[u.path] = true
			s.printUse(u.path, s.uses)
		}
	}
	return len(done)
}

// printUse prints those of uses that have this path.
func (s *scope) printUse(path string, uses []use) {
	var names []string
	for _, u := range uses {
		switch {
		case u.path != path:
		case u.name == u.alias:
			names = append(names, id(u.name))
		default:
			names = append(names, id(u.name)+" as "+id(u.alias))
		}
	}
	s.pr.line("use %s.{%s};", path, strings.Join(names, ", "))
}

// world prints the items of one side of the world, in order.
func (s *scope) world(dir string) {
	isMethod := map[*ir.Extern]bool{}
	for _, m := range s.methods {
		for _, e := range m {
			isMethod[e] = true
		}
	}
	var pending []use // neighbours of one path are one line
	flush := func() {
		if len(pending) > 0 {
			s.printUse(pending[0].path, pending)
			pending = nil
		}
	}
	printed := false
	for i := range s.items {
		e := &s.items[i]
		if isMethod[e] {
			continue
		}
		if n, ok := s.nameOf(e); ok && n.Interface != s.iface && n.Name != "" {
			u := use{path(n.Interface, s.iface), n.Name, e.Name}
			if len(pending) > 0 && pending[0].path != u.path {
				flush()
			}
			pending = append(pending, u)
			printed = true
			continue
		}
		flush()
		if !plain(e.Name) && e.Kind != ir.ItemInstance {
			s.foreign(dir, e)
			continue
		}
		switch e.Kind {
		case ir.ItemFunc:
			s.pr.docs(e.Docs)
			s.fn(dir+" ", e)
		case ir.ItemInstance:
			switch {
			case e.Implements != "":
				s.pr.line("%s %s: %s;", dir, id(e.Name), path(e.Implements, s.iface))
			case strings.Contains(e.Name, "/"):
				s.pr.line("%s %s;", dir, path(e.Name, s.iface))
			case plain(e.Name):
				s.pr.docs(e.Docs)
				s.pr.open("%s %s: interface", dir, id(e.Name))
				s.pr.scope(e.Name, e.Items, false).print()
				s.pr.shut()
			default:
				s.foreign(dir, e)
			}
		case ir.ItemType, ir.ItemResource:
			if printed {
				s.pr.line("")
			}
			s.typeItem(e)
		default:
			s.foreign(dir, e)
		}
		printed = true
	}
	flush()
}

// plain reports whether name is a label, not an URL, hash or function of a resource.
func plain(name string) bool { return !strings.ContainsAny(name, "=<[/:") }

// foreign mentions an item that WIT has no word for.
func (s *scope) foreign(dir string, e *ir.Extern) {
	kind := map[ir.ItemKind]string{
		ir.ItemFunc: "func", ir.ItemInstance: "instance", ir.ItemType: "type", ir.ItemResource: "resource",
		ir.ItemModule: "core module", ir.ItemComponent: "component",
	}[e.Kind]
	s.pr.line("// %s %q: %s", dir, e.Name, kind)
}

// typeItem prints the declaration of a type or resource of this scope.
func (s *scope) typeItem(e *ir.Extern) {
	pr := s.pr
	n, _ := s.nameOf(e)
	docs := e.Docs
	if docs == "" {
		docs = n.Docs
	}
	pr.docs(docs)
	if n.Name != "" && n.Name != e.Name {
		pr.line("type %s = %s;", id(e.Name), id(s.local[nameKey{n.Interface, n.Name}]))
		return
	}
	if e.Kind == ir.ItemResource {
		s.resource(e)
		return
	}
	t := &pr.p.Types[e.Type]
	switch t.Kind {
	case ir.TRecord:
		pr.open("record %s", id(e.Name))
		for i := range t.Cases {
			pr.docs(t.Cases[i].Docs)
			pr.line("%s: %s,", id(t.Cases[i].Name), s.ref(t.Cases[i].Type))
		}
		pr.shut()
	case ir.TVariant:
		pr.open("variant %s", id(e.Name))
		for i := range t.Cases {
			pr.docs(t.Cases[i].Docs)
			if t.Cases[i].Type == ir.NoType {
				pr.line("%s,", id(t.Cases[i].Name))
			} else {
				pr.line("%s(%s),", id(t.Cases[i].Name), s.ref(t.Cases[i].Type))
			}
		}
		pr.shut()
	case ir.TEnum, ir.TFlags:
		word := "enum"
		if t.Kind == ir.TFlags {
			word = "flags"
		}
		pr.open("%s %s", word, id(e.Name))
		for i := range t.Cases {
			pr.docs(t.Cases[i].Docs)
			pr.line("%s,", id(t.Cases[i].Name))
		}
		pr.shut()
	default:
		pr.line("type %s = %s;", id(e.Name), s.shape(t))
	}
}

// resource prints a resource with its functions.
func (s *scope) resource(e *ir.Extern) {
	fns := s.methods[e.Name]
	if len(fns) == 0 {
		s.pr.line("resource %s;", id(e.Name))
		return
	}
	s.pr.open("resource %s", id(e.Name))
	for _, f := range fns {
		s.pr.docs(f.Docs)
		kind, _, fn, _ := splitFunc(f.Name)
		ft := s.pr.p.FuncTypes[f.FuncType]
		switch kind {
		case "constructor":
			result := ""
			if ft.Result != ir.NoType && s.pr.p.Types[ft.Result].Kind != ir.TOwn {
				result = " -> " + s.ref(ft.Result)
			}
			s.pr.line("constructor(%s)%s;", s.params(ft.Params), result)
		case "method":
			if len(ft.Params) > 0 { // the first is self
				ft.Params = ft.Params[1:]
			}
			s.pr.line("%s: %s;", id(fn), s.signature(&ft, ""))
		case "static":
			s.pr.line("%s: %s;", id(fn), s.signature(&ft, "static "))
		}
	}
	s.pr.shut()
}

// fn prints a function that belongs to no resource here.
func (s *scope) fn(dir string, e *ir.Extern) {
	if !plain(e.Name) {
		s.foreign(strings.TrimSpace(dir), e)
		return
	}
	s.pr.line("%s%s: %s;", dir, id(e.Name), s.signature(&s.pr.p.FuncTypes[e.FuncType], ""))
}

func (s *scope) signature(ft *ir.ComponentFuncType, static string) string {
	async := ""
	if ft.Async {
		async = "async "
	}
	text := static + async + "func(" + s.params(ft.Params) + ")"
	if ft.Result != ir.NoType {
		text += " -> " + s.ref(ft.Result)
	}
	return text
}

func (s *scope) params(params []ir.Param) string {
	var list []string
	for _, p := range params {
		list = append(list, id(p.Name)+": "+s.ref(p.Type))
	}
	return strings.Join(list, ", ")
}

// ref is a type as another mentions it: by name if it has one.
func (s *scope) ref(t ir.TypeID) string {
	if t == ir.NoType {
		return "_"
	}
	ty := &s.pr.p.Types[t]
	if l, ok := s.local[nameKey{ty.Name.Interface, ty.Name.Name}]; ok && ty.Name.Name != "" {
		return id(l)
	}
	return s.shape(ty)
}

var primitives = [...]string{
	ir.TBool: "bool", ir.TS8: "s8", ir.TU8: "u8", ir.TS16: "s16", ir.TU16: "u16", ir.TS32: "s32", ir.TU32: "u32", ir.TS64: "s64", ir.TU64: "u64",
	ir.TF32: "f32", ir.TF64: "f64", ir.TChar: "char", ir.TString: "string", ir.TErrorContext: "error-context",
}

// shape is a type written out.
func (s *scope) shape(t *ir.Type) string {
	if s.pr.err != nil {
		return ""
	}
	// Arguments are what a type is applied to; the whole may grow much larger
	// than the program, so the limit holds here too.
	apply := func(word string, args ...ir.TypeID) string {
		var list []string
		for _, a := range args {
			list = append(list, s.ref(a))
		}
		text := word + "<" + strings.Join(list, ", ") + ">"
		if len(text) > maxText {
			s.pr.fail("the world is too large to print")
		}
		return text
	}
	switch t.Kind {
	case ir.TList:
		return apply("list", t.Elem)
	case ir.TFixedList:
		return strings.TrimSuffix(apply("list", t.Elem), ">") + ", " + strconv.FormatUint(uint64(t.Len), 10) + ">"
	case ir.TMap:
		return apply("map", t.Key, t.Elem)
	case ir.TOption:
		return apply("option", t.Elem)
	case ir.TStream, ir.TFuture:
		word := "stream"
		if t.Kind == ir.TFuture {
			word = "future"
		}
		if t.Elem == ir.NoType {
			return word
		}
		return apply(word, t.Elem)
	case ir.TResult:
		switch {
		case t.Elem == ir.NoType && t.Err == ir.NoType:
			return "result"
		case t.Err == ir.NoType:
			return apply("result", t.Elem)
		}
		return apply("result", t.Elem, t.Err)
	case ir.TTuple:
		ids := make([]ir.TypeID, len(t.Cases))
		for i := range t.Cases {
			ids[i] = t.Cases[i].Type
		}
		return apply("tuple", ids...)
	case ir.TOwn, ir.TBorrow:
		n := s.pr.p.Resources[t.Resource].Name
		name, ok := s.local[nameKey{n.Interface, n.Name}]
		if !ok || n.Name == "" {
			s.pr.fail("a resource type without a name in %q cannot be written in WIT", s.iface)
			return ""
		}
		if t.Kind == ir.TBorrow {
			return "borrow<" + id(name) + ">"
		}
		return id(name)
	}
	if int(t.Kind) < len(primitives) {
		return primitives[t.Kind]
	}
	s.pr.fail("a record, variant, enum or flags type without a name in %q cannot be written in WIT", s.iface)
	return ""
}
