package validate

import (
	"fmt"
	"strings"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// nameContext has the names of the imports, or of the exports, of a scope.
type nameContext struct {
	seen      map[string]string   // canonical form to the name as written
	resources map[*resNode]string // names that imports or exports gave to resources
	labels    map[string]bool     // those names
}

// register records the name of a resource for the annotated names that follow.
func (c *nameContext) register(name *binary.ExternName, t any) {
	r, ok := t.(*resNode)
	if !ok {
		return
	}
	if c.resources == nil {
		c.resources, c.labels = map[*resNode]string{}, map[string]bool{}
	}
	c.resources[r] = name.Name
	c.labels[name.Name] = true
}

// check checks the name of an import or export of e and its attributes.
func (c *nameContext) check(name *binary.ExternName, e entity, kind string) {
	at := name.Offset
	n, err := binary.ParseExternName(name.Name)
	suffixed := &n // what the version suffix belongs to
	if name.HasImplements {
		suffixed = nil
	}
	if err == nil && n.Kind == binary.NameInterface {
		err = n.CheckVersion(name.VersionSuffix, name.HasVersion && suffixed == &n)
	}
	if err != nil {
		fail(at, "%s name `%s` is not a valid extern name: %v", kind, name.Name, err)
	}
	if name.HasVersion {
		if e.sort != binary.SortInstance {
			fail(at, "only instances can have an `versionsuffix`")
		}
		if suffixed == &n && n.Kind != binary.NameInterface {
			fail(at, "`versionsuffix` requires an interface name or `implements`")
		}
	}
	if name.HasImplements {
		i, err := binary.ParseExternName(name.Implements)
		if err == nil && i.Kind == binary.NameInterface {
			err = i.CheckVersion(name.VersionSuffix, name.HasVersion)
		}
		switch {
		case err != nil:
			fail(at, "`implements` value `%s` is not a valid name: %v", name.Implements, err)
		case i.Kind != binary.NameInterface:
			fail(at, "`implements` value `%s` must be an interface name", name.Implements)
		case e.sort != binary.SortInstance:
			fail(at, "only instances can have an `implements`: `%s` is a %s", name.Name, e.sort)
		case n.Kind != binary.NameLabel:
			fail(at, "name `%s` is not valid with `implements`", name.Name)
		}
	}
	unique := n.Unique()
	if c.seen == nil {
		c.seen = map[string]string{}
	}
	if old, ok := c.seen[unique]; ok {
		fail(at, "%s name `%s` conflicts with previous name `%s`", kind, name.Name, old)
	}
	c.seen[unique] = name.Name
	if n.Kind != binary.NameConstructor && n.Kind != binary.NameMethod && n.Kind != binary.NameStatic {
		return
	}
	bad := func(format string, args ...any) {
		fail(at, "%s name `%s` is not valid: %s", kind, name.Name, fmt.Sprintf(format, args...))
	}
	f, ok := e.t.(*funcNode)
	if !ok || e.sort != binary.SortFunc {
		bad("item is not a func")
	}
	switch n.Kind {
	case binary.NameConstructor:
		if f.async {
			bad("constructor function cannot be async")
		}
		if f.result == nil {
			bad("function should return one value")
		}
		t := f.result
		if t.kind == ir.TResult && t.elem != nil {
			t = t.elem
		}
		if t.kind != ir.TOwn {
			bad("function should return `(own $T)` or `(result (own $T))`")
		}
		c.sameResource(t.res, n.Resource, bad)
	case binary.NameMethod:
		if len(f.params) == 0 {
			bad("function should have at least one argument")
		}
		if f.names[0] != "self" {
			bad("function should have a first argument called `self`")
		}
		if f.params[0].kind != ir.TBorrow {
			bad("function should take a first argument of `(borrow $T)`")
		}
		c.sameResource(f.params[0].res, n.Resource, bad)
	case binary.NameStatic:
		if !c.labels[n.Resource] {
			bad("static resource name is not known in this context: `%s`", n.Resource)
		}
	}
}

// sameResource checks that a resource has the name that an annotation gives it;
// bad reports that it does not.
func (c *nameContext) sameResource(r *resNode, name string, bad func(string, ...any)) {
	known, ok := c.resources[r]
	if !ok {
		bad("resource used in function does not have a name in this context")
	}
	if known != name {
		bad("function does not match expected resource name `%s`", known)
	}
}

// labels checks the labels of a type: kebab case and strongly unique. what
// and short are what messages call such a label.
func labels(ls []binary.Label, what, short string) []string {
	names := make([]string, len(ls))
	seen := map[string]string{}
	for i := range ls {
		l := &ls[i]
		if l.Name == "" {
			fail(l.Offset, "%s name cannot be empty", what)
		}
		if !binary.IsLabel(l.Name) {
			fail(l.Offset, "%s name `%s` is not in kebab case", what, l.Name)
		}
		key := strings.ToLower(l.Name)
		if old, ok := seen[key]; ok {
			fail(l.Offset, "%s name `%s` conflicts with previous %s name `%s`", what, l.Name, short, old)
		}
		seen[key] = l.Name
		names[i] = l.Name
	}
	return names
}
