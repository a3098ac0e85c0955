package validate

import (
	"fmt"
	"slices"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

const typeSort = binary.SortType

// matcher checks that one type is a subtype of another (Explainer.md, "Type
// Checking"). Resources that are bound in the expected type are bound to
// the actual ones where the expected type introduces them, by a type import
// or export with a `sub` bound.
type matcher struct {
	v        *componentValidator
	at       int
	act, exp *side
}

// side is what is known of the bound resources of the actual or expected type.
type side struct {
	res   map[*resource]*resource
	nodes map[any]any // what nodes of type imports and exports were matched with
	// open are the binders whose resources may be bound now.
	open map[binder]bool
}

// binder is one half of the resources of a scope.
type binder struct {
	tag      *tag
	imported bool
}

func newSide() *side {
	return &side{map[*resource]*resource{}, map[any]any{}, map[binder]bool{}}
}

func (s *side) resolve(r *resource) *resource {
	if x, ok := s.res[r]; ok {
		return x
	}
	return r
}

// opened makes the resources of b bindable while f runs. A type can be matched
// more than once, each time with bindings of its own.
func (s *side) opened(m *matcher, b binder, f func() error) error {
	if s.open[b] { // inside itself: a type cannot, but a tag is shared by copies of a type
		return f()
	}
	s.open[b] = true
	err := f()
	delete(s.open, b)
	m.v.step(m.at, len(s.res))
	for r := range s.res {
		if r.owner == b.tag && r.imported == b.imported {
			delete(s.res, r)
		}
	}
	return err
}

func (m *matcher) entity(a, e entity) error {
	m.v.step(m.at, 1)
	if a.sort != e.sort {
		return fmt.Errorf("expected %s, found %s", sortName(e.sort), sortName(a.sort))
	}
	if e.sort != typeSort {
		return m.typ(a.t, e.t)
	}
	if er, ok := e.t.(*resNode); ok {
		ar, ok := a.t.(*resNode)
		if !ok {
			return fmt.Errorf("expected resource, found %s", describeType(a.t))
		}
		_, bound := m.exp.res[er.r]
		if !bound && m.exp.open[binder{er.r.owner, er.r.imported}] {
			m.exp.res[er.r] = m.act.resolve(ar.r)
		}
	}
	m.exp.nodes[e.t] = a.t
	return m.typ(a.t, e.t)
}

// typ is a <: e for all but core values' sorts.
func (m *matcher) typ(a, e any) error {
	switch e := e.(type) {
	case *resNode:
		if a, ok := a.(*resNode); ok {
			if m.act.resolve(a.r) != m.exp.resolve(e.r) {
				return fmt.Errorf("resource types are not the same")
			}
			return nil
		}
	case *valNode:
		if a, ok := a.(*valNode); ok {
			return m.val(a, e)
		}
	case *funcNode:
		if a, ok := a.(*funcNode); ok {
			return m.fn(a, e)
		}
	case *instNode:
		if a, ok := a.(*instNode); ok {
			return m.inst(a, e)
		}
	case *compNode:
		if a, ok := a.(*compNode); ok {
			return m.comp(a, e)
		}
	case *moduleNode:
		if a, ok := a.(*moduleNode); ok {
			return m.v.matchModule(a, e, m.at)
		}
	}
	return fmt.Errorf("expected %s, found %s", describeType(e), describeType(a))
}

func (m *matcher) val(a, e *valNode) error {
	if a == e && !a.resources {
		return nil
	}
	m.v.step(m.at, 1+len(a.names)+len(e.names))
	switch {
	case isPrimitive(a.kind) && isPrimitive(e.kind):
		if a.kind != e.kind {
			return fmt.Errorf("expected primitive `%s` found primitive `%s`", kindNames[e.kind], kindNames[a.kind])
		}
		return nil
	case a.kind != e.kind:
		want := kindNames[e.kind]
		if isPrimitive(e.kind) && !e.inline {
			want = "primitive"
		}
		return fmt.Errorf("expected %s, found %s", want, kindNames[a.kind])
	}
	in := func(err error, format string, args ...any) error {
		if err == nil {
			return nil
		}
		return fmt.Errorf("type mismatch in %s: %w", fmt.Sprintf(format, args...), err)
	}
	switch e.kind {
	case ir.TRecord:
		if len(a.elems) != len(e.elems) {
			return fmt.Errorf("expected %d fields, found %d", len(e.elems), len(a.elems))
		}
		for i, f := range e.elems {
			if a.names[i] != e.names[i] {
				return fmt.Errorf("expected field name `%s`, found `%s`", e.names[i], a.names[i])
			}
			if err := m.val(a.elems[i], f); err != nil {
				return in(err, "record field `%s`", e.names[i])
			}
		}
	case ir.TVariant:
		if len(a.elems) != len(e.elems) {
			return fmt.Errorf("expected %d cases, found %d", len(e.elems), len(a.elems))
		}
		for i, c := range e.elems {
			name := e.names[i]
			switch d := a.elems[i]; {
			case a.names[i] != name:
				return fmt.Errorf("expected case named `%s`, found `%s`", name, a.names[i])
			case c == nil && d != nil:
				return fmt.Errorf("expected case `%s` to have no type", name)
			case c != nil && d == nil:
				return fmt.Errorf("expected case `%s` to have a type, found none", name)
			case c != nil:
				if err := m.val(d, c); err != nil {
					return in(err, "variant case `%s`", name)
				}
			}
		}
	case ir.TTuple:
		if len(a.elems) != len(e.elems) {
			return fmt.Errorf("expected %d types, found %d", len(e.elems), len(a.elems))
		}
		for i, f := range e.elems {
			if err := m.val(a.elems[i], f); err != nil {
				return in(err, "tuple field %d", i)
			}
		}
	case ir.TFlags, ir.TEnum:
		if !slices.Equal(a.names, e.names) {
			return fmt.Errorf("mismatch in %s elements", kindNames[e.kind])
		}
	case ir.TResult:
		if err := m.optional("ok", a.elem, e.elem); err != nil {
			return err
		}
		return m.optional("err", a.err, e.err)
	case ir.TOwn, ir.TBorrow:
		return m.typ(a.res, e.res)
	case ir.TStream, ir.TFuture:
		switch {
		case e.elem == nil && a.elem != nil:
			return fmt.Errorf("expected %s type to not be present", kindNames[e.kind])
		case e.elem != nil && a.elem == nil:
			return fmt.Errorf("expected %s type, but found none", kindNames[e.kind])
		case e.elem != nil:
			return in(m.val(a.elem, e.elem), "%s", kindNames[e.kind])
		}
	case ir.TFixedList:
		if a.n != e.n {
			return fmt.Errorf("expected fixed-length list of length %d, found %d", e.n, a.n)
		}
		return m.val(a.elem, e.elem)
	case ir.TMap:
		if err := m.val(a.key, e.key); err != nil {
			return in(err, "map key")
		}
		return in(m.val(a.elem, e.elem), "map value")
	case ir.TList, ir.TOption:
		return m.val(a.elem, e.elem)
	}
	return nil
}

// optional matches the types of a case of result.
func (m *matcher) optional(name string, a, e *valNode) error {
	switch {
	case e == nil && a != nil:
		return fmt.Errorf("expected %s type to not be present", name)
	case e != nil && a == nil:
		return fmt.Errorf("expected %s type, but found none", name)
	case e != nil:
		if err := m.val(a, e); err != nil {
			return fmt.Errorf("type mismatch in %s variant: %w", name, err)
		}
	}
	return nil
}

func (m *matcher) fn(a, e *funcNode) error {
	if a == e && !a.resources {
		return nil
	}
	m.v.step(m.at, 1+len(a.params))
	if a.async != e.async {
		kind := map[bool]string{true: "async", false: "sync"}
		return fmt.Errorf("expected %s function, found %s function", kind[e.async], kind[a.async])
	}
	if len(a.params) != len(e.params) {
		return fmt.Errorf("expected %d parameters, found %d", len(e.params), len(a.params))
	}
	for i, p := range e.params {
		if a.names[i] != e.names[i] {
			return fmt.Errorf("expected parameter named `%s`, found `%s`", e.names[i], a.names[i])
		}
		if err := m.val(a.params[i], p); err != nil {
			return fmt.Errorf("type mismatch in function parameter `%s`: %w", e.names[i], err)
		}
	}
	switch {
	// The wording of the next two is that of the reference test suite; it is
	// seen from the function's type.
	case a.result != nil && e.result == nil:
		return fmt.Errorf("expected a result, found none")
	case a.result == nil && e.result != nil:
		return fmt.Errorf("expected no result, found one")
	case e.result != nil:
		if err := m.val(a.result, e.result); err != nil {
			return fmt.Errorf("type mismatch with result type: %w", err)
		}
	}
	return nil
}

func (m *matcher) inst(a, e *instNode) error {
	if a == e && !a.resources {
		return nil
	}
	exports := func() error { return m.exports(&a.exports, &e.exports, "instance ") }
	if !e.resources {
		return exports()
	}
	return m.exp.opened(m, binder{e.tag, false}, exports)
}

func (m *matcher) exports(a, e *externs, what string) error {
	for i := range e.list {
		x := &e.list[i]
		y, ok := a.get(x.name)
		if !ok {
			return fmt.Errorf("missing expected export `%s`", x.name)
		}
		if err := m.entity(y, x.entity); err != nil {
			return fmt.Errorf("type mismatch in %sexport `%s`: %w", what, x.name, err)
		}
	}
	return nil
}

// comp is contravariant in the imports: a is given what e may assume of its
// imports, and must then export what e promises.
func (m *matcher) comp(a, e *compNode) error {
	if a == e && !a.resources {
		return nil
	}
	flip := &matcher{m.v, m.at, m.exp, m.act}
	return m.act.opened(m, binder{a.tag, true}, func() error {
		for i := range a.imports.list {
			x := &a.imports.list[i]
			y, ok := e.imports.get(x.name)
			if !ok {
				return fmt.Errorf("missing expected import `%s`", x.name)
			}
			if err := flip.entity(y, x.entity); err != nil {
				return fmt.Errorf("type mismatch in import `%s`: %w", x.name, err)
			}
		}
		return m.exp.opened(m, binder{e.tag, false}, func() error { return m.exports(&a.exports, &e.exports, "component ") })
	})
}
