package rt

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// This file: what a component imports and exports, as data.

// Component is what a generated package tells about its component. It is
// decoded on first use; its address is the component's identity. For generated code.
type Component struct {
	Package          string // import path of the generated package
	Types            *Types
	Imports, Exports string // see itemTree

	once             sync.Once
	imports, exports *itemTree
}

// itemTree is a decoded tree of imports or exports. The text has a line per
// item, parents before their children; names are escaped like those of [Types]:
//
//	DEPTH KIND NAME ARG [NUMBER FIELD]
//
// DEPTH is the number of instances around the item. ARG is a function type, a type, or
// a resource by number, 0 for other kinds. Imports have two more words: the number of the imported
// function or module, and the field of the typed imports that provides it, -1 for none.
// Node 0 is the root, node n is line n.
type itemTree struct {
	types *Types
	nodes []itemNode
	index map[itemKey]int32
}

type itemKey struct {
	parent int32
	name   string
}

type itemNode struct {
	name       string
	kind       ItemKind
	parent     int32
	arg        int32
	num, field int32 // imports
	kids       []int32
}

func (c *Component) decode() {
	c.once.Do(func() {
		var err1, err2 error
		c.imports, err1 = parseItems(c.Imports, c.Types)
		c.exports, err2 = parseItems(c.Exports, c.Types)
		if err := errors.Join(err1, err2); err != nil {
			panic(fmt.Errorf("wc2go: package %s: %w", c.Package, err))
		}
	})
}

func parseItems(text string, types *Types) (*itemTree, error) {
	t := &itemTree{types: types, nodes: []itemNode{{kind: ItemInstance, parent: -1}}, index: map[itemKey]int32{}}
	path := []int32{0} // the last node of each depth, from the root
	for line := range strings.Lines(text) {
		w := strings.Split(strings.TrimSuffix(line, "\n"), " ")
		var num [6]int
		bad := len(w) != 4 && len(w) != 6
		for i, s := range w {
			if !bad && i != 1 && i != 2 {
				var err error
				num[i], err = strconv.Atoi(s)
				bad = err != nil
			}
		}
		if bad || num[0] < 0 || num[0] >= len(path) {
			return nil, fmt.Errorf("bad item %q", line)
		}
		n := itemNode{name: unescapeWord(w[2]), parent: path[num[0]], arg: int32(num[3]), num: int32(num[4]), field: int32(num[5])}
		for int(n.kind) < len(itemText) && itemText[n.kind] != w[1] {
			n.kind++
		}
		id := int32(len(t.nodes))
		path = append(path[:num[0]+1], id)
		p := &t.nodes[n.parent]
		p.kids = append(p.kids, id)
		t.index[itemKey{n.parent, n.name}] = id
		t.nodes = append(t.nodes, n)
	}
	return t, nil
}

// find finds an item by its name, or by that of a compatible version.
func (t *itemTree) find(parent int32, name string) (int32, bool) {
	if n, ok := t.index[itemKey{parent, name}]; ok {
		return n, true
	}
	kids := t.nodes[parent].kids
	i := bestVersion(name, len(kids), func(i int) string { return t.nodes[kids[i]].name })
	if i < 0 {
		return 0, false
	}
	return kids[i], true
}

// findPath finds "name", or "instance#name" to any depth.
func (t *itemTree) findPath(parent int32, path string) (int32, bool) {
	if n, ok := t.find(parent, path); ok {
		return n, true
	}
	for i := range len(path) {
		if path[i] != '#' {
			continue
		}
		if n, ok := t.find(parent, path[:i]); ok {
			if n, ok := t.findPath(n, path[i+1:]); ok {
				return n, true
			}
		}
	}
	return 0, false
}

// path is the reverse of findPath.
func (t *itemTree) path(n int32) string {
	x := &t.nodes[n]
	if x.parent <= 0 {
		return x.name
	}
	return t.path(x.parent) + "#" + x.name
}

// ExportIndex names an export of a component: finding a function by it needs no
// search. It is good for all instances of the component; any other component answers
// that it has no such export. The zero ExportIndex names nothing.
type ExportIndex struct {
	c *Component
	n int32
}

// String is the export's path, "instance#name".
func (x ExportIndex) String() string {
	if x.c == nil {
		return "no export"
	}
	return x.c.exports.path(x.n)
}

// ExportIndex finds an export of the component, or with a parent one of an
// exported instance. For generated code.
func (c *Component) ExportIndex(parent *ExportIndex, name string) (ExportIndex, bool) {
	c.decode()
	n := int32(0)
	if parent != nil {
		if parent.c != c {
			return ExportIndex{}, false
		}
		n = parent.n
	}
	n, ok := c.exports.find(n, name)
	if !ok {
		return ExportIndex{}, false
	}
	return ExportIndex{c, n}, true
}

// Path finds an export by "name" or "instance#name". For generated code.
func (c *Component) Path(path string) ExportIndex {
	c.decode()
	if n, ok := c.exports.findPath(0, path); ok {
		return ExportIndex{c, n}
	}
	return ExportIndex{}
}

// Number is the number of an export of c, a line of its text; -1 for an index
// of another component. For generated code.
func (c *Component) Number(x ExportIndex) int {
	if x.c != c {
		return -1
	}
	return int(x.n)
}

// Export is ExportIndex with a description: mod gives the core modules by
// Number, res has the resource types of an instance; either may be nil. For generated code.
func (c *Component) Export(parent *ExportIndex, name string, mod func(n int) CoreModule, res []*ResourceType) (Item, ExportIndex, bool) {
	x, ok := c.ExportIndex(parent, name)
	if !ok {
		return Item{}, x, false
	}
	return c.exports.item(x.n, itemEnv{res, mod}), x, true
}

// All describes all that the component exports, as one item of kind
// [ItemInstance]. For generated code.
func (c *Component) All(mod func(n int) CoreModule, res []*ResourceType) Item {
	c.decode()
	return c.exports.item(0, itemEnv{res, mod})
}

// Resource finds an exported resource type among those of an instance. For generated code.
func (c *Component) Resource(x ExportIndex, res []*ResourceType) (*ResourceType, bool) {
	if x.c != c {
		return nil, false
	}
	n := &c.exports.nodes[x.n]
	if n.kind != ItemResource || int(n.arg) >= len(res) {
		return nil, false
	}
	return res[n.arg], true
}
