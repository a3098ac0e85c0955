package validate

// subst rewrites types: resources stand for others, and nodes for others.
type subst struct {
	v   *componentValidator
	at  int // offset for errors
	res map[*resource]*resource
	// nodes maps nodes to what they become; it begins with what is to be replaced
	// and also remembers what has been rewritten.
	nodes map[any]any
	// fresh gives the resource that a bound one becomes, nil if it is not bound.
	fresh func(*resource) *resource
}

func (s *subst) resource(r *resource) *resource {
	if x, ok := s.res[r]; ok {
		return x
	}
	if s.fresh != nil {
		if x := s.fresh(r); x != nil {
			s.res[r] = x
			return x
		}
	}
	return r
}

func (s *subst) resNode(n *resNode) *resNode {
	if x, ok := s.nodes[n]; ok {
		// A resource can only be replaced by a resource, which the matching
		// that made the replacement checked.
		if x, ok := x.(*resNode); ok {
			return x
		}
		return n
	}
	x := n
	if r := s.resource(n.r); r != n.r {
		x = &resNode{r}
	}
	s.nodes[n] = x
	return x
}

func (s *subst) val(t *valNode) *valNode {
	if t == nil || !t.named {
		return t
	}
	if x, ok := s.nodes[t]; ok {
		if x, ok := x.(*valNode); ok {
			return x
		}
		return t
	}
	s.v.step(s.at, 1+len(t.elems))
	x, changed := *t, false
	one := func(p *valNode) *valNode {
		q := s.val(p)
		changed = changed || q != p
		return q
	}
	if len(t.elems) > 0 {
		x.elems = make([]*valNode, len(t.elems))
		for i, e := range t.elems {
			x.elems[i] = one(e)
		}
	}
	x.elem, x.err, x.key = one(t.elem), one(t.err), one(t.key)
	if t.res != nil {
		x.res = s.resNode(t.res)
		changed = changed || x.res != t.res
	}
	result := t
	if changed {
		s.v.grow(s.at, 1+len(x.elems)/4)
		result = &x
	}
	s.nodes[t] = result
	return result
}

func (s *subst) fn(t *funcNode) *funcNode {
	if !t.named {
		return t
	}
	if x, ok := s.nodes[t].(*funcNode); ok {
		return x
	}
	s.v.step(s.at, 1+len(t.params))
	x, changed := *t, false
	x.params = make([]*valNode, len(t.params))
	for i, p := range t.params {
		x.params[i] = s.val(p)
		changed = changed || x.params[i] != p
	}
	x.result = s.val(t.result)
	result := t
	if changed || x.result != t.result {
		s.v.grow(s.at, 1+len(x.params)/4)
		result = &x
	}
	s.nodes[t] = result
	return result
}

func (s *subst) externs(e *externs) (externs, bool) {
	changed := false
	s.v.step(s.at, len(e.list))
	list := make([]extern, len(e.list))
	for i, x := range e.list {
		list[i] = extern{x.name, entity{x.sort, s.typ(x.t)}}
		changed = changed || list[i].t != x.t
	}
	if !changed {
		return *e, false
	}
	s.v.grow(s.at, len(list))
	return externs{list: list, index: e.index}, true // the index stays right
}

func (s *subst) inst(t *instNode) *instNode {
	if !t.named {
		return t
	}
	if x, ok := s.nodes[t].(*instNode); ok {
		return x
	}
	result := t
	if e, changed := s.externs(&t.exports); changed {
		x := *t
		x.exports = e
		result = &x
	}
	s.nodes[t] = result
	return result
}

func (s *subst) comp(t *compNode) *compNode {
	if !t.named {
		return t
	}
	if x, ok := s.nodes[t].(*compNode); ok {
		return x
	}
	result := t
	im, c1 := s.externs(&t.imports)
	ex, c2 := s.externs(&t.exports)
	if c1 || c2 {
		x := *t
		x.imports, x.exports = im, ex
		result = &x
	}
	s.nodes[t] = result
	return result
}

func (s *subst) typ(t any) any {
	switch t := t.(type) {
	case *valNode:
		return s.val(t)
	case *resNode:
		return s.resNode(t)
	case *funcNode:
		return s.fn(t)
	case *instNode:
		return s.inst(t)
	case *compNode:
		return s.comp(t)
	}
	return t
}

// rename rewrites an instance so that each type it exports is a node of its
// own, and what follows in the instance refers to the new nodes.
func (s *subst) rename(t *instNode) *instNode {
	if !t.named {
		return t
	}
	s.v.step(s.at, len(t.exports.list))
	s.v.grow(s.at, len(t.exports.list))
	x := *t
	x.exports.list = make([]extern, len(t.exports.list))
	for i, e := range t.exports.list {
		switch old := e.t.(type) {
		case *instNode:
			if e.sort != typeSort {
				e.t = s.rename(old)
				break
			}
			e.t = copyType(s.inst(old))
			s.nodes[old] = e.t
		default:
			e.t = s.typ(old)
			if e.sort == typeSort {
				e.t = copyType(e.t)
				s.nodes[old] = e.t
			}
		}
		x.exports.list[i] = e
	}
	return &x
}
