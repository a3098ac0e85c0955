package rt

import (
	"iter"
	"strconv"
)

// ItemKind is the sort of a component import or export.
type ItemKind uint8

// The sorts.
const (
	ItemFunc ItemKind = iota
	ItemInstance
	ItemType      // a value type
	ItemResource  // a resource type
	ItemModule    // a core module
	ItemComponent // a component
)

var itemText = [...]string{"func", "instance", "type", "resource", "module", "component"}

func (k ItemKind) String() string {
	if int(k) < len(itemText) {
		return itemText[k]
	}
	return "item kind " + strconv.Itoa(int(k))
}

// Item describes what a component exports under one name. Only the fields of
// its Kind are set.
type Item struct {
	Kind ItemKind
	Func *FuncType // ItemFunc
	Type *Type     // ItemType
	// Resource is the resource type of an instance; nil if the item was found
	// before instantiation, when there is none yet.
	Resource *ResourceType
	// Module is the core module. Of one that the component imports and exports
	// again it is the declared type, until an instance is asked: it cannot be instantiated.
	Module CoreModule

	tree *itemTree
	node int32
	env  itemEnv
}

// itemEnv is what an instance knows and its component does not.
type itemEnv struct {
	res []*ResourceType
	mod func(n int) CoreModule
}

// Items are the names and items of an exported instance, in order; none of
// other items.
func (it Item) Items() iter.Seq2[string, Item] {
	return func(yield func(string, Item) bool) {
		if it.Kind != ItemInstance || it.tree == nil {
			return
		}
		for _, k := range it.tree.nodes[it.node].kids {
			if !yield(it.tree.nodes[k].name, it.tree.item(k, it.env)) {
				return
			}
		}
	}
}

// String is the item roughly as WIT writes it.
func (it Item) String() string {
	switch it.Kind {
	case ItemFunc:
		return it.Func.String()
	case ItemType:
		return "type " + it.Type.String()
	case ItemInstance:
		s := "instance {"
		for name, x := range it.Items() {
			s += " " + name + ": " + x.String() + ";"
		}
		return s + " }"
	}
	return it.Kind.String()
}

// item describes node n.
func (t *itemTree) item(n int32, env itemEnv) Item {
	x := &t.nodes[n]
	it := Item{Kind: x.kind, tree: t, node: n, env: env}
	switch x.kind {
	case ItemFunc:
		it.Func = t.types.Func(int(x.arg))
	case ItemType:
		it.Type = t.types.Type(int(x.arg))
	case ItemResource:
		if int(x.arg) < len(env.res) {
			it.Resource = env.res[x.arg]
		}
	case ItemModule:
		if env.mod != nil {
			it.Module = env.mod(int(n))
		}
	}
	return it
}
