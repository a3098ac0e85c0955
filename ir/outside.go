package ir

// This file: what of a module others can reach.

// outside tells which tables and globals of modules are reached from outside:
// by other core instances, by the canonical ABI, or by a host.
type outside struct {
	open []bool // of each module: all its exports may be used
	used map[outsideItem]bool
}

type outsideItem struct {
	module ModuleID
	kind   ExternKind
	index  uint32
}

func findOutside(p *Program) *outside {
	o := &outside{open: make([]bool, len(p.Modules)), used: make(map[outsideItem]bool)}
	use := func(d *CoreDef) {
		if d == nil || d.Kind != DefExport {
			return
		}
		if id := p.CoreInstances[d.Instance].Module; id >= 0 {
			o.used[outsideItem{id, d.Extern, d.Index}] = true
		}
	}
	for i := range p.CoreInstances {
		for j := range p.CoreInstances[i].Args {
			use(&p.CoreInstances[i].Args[j])
		}
	}
	for i := range p.Trampolines {
		use(p.Trampolines[i].Table)
	}
	var exported func(es []Extern)
	exported = func(es []Extern) {
		for i := range es {
			if es[i].Kind == ItemModule && !es[i].ReexportsImport {
				o.open[es[i].Module] = true
			}
			exported(es[i].Items)
		}
	}
	exported(p.Exports)
	for i := range o.open {
		o.open[i] = o.open[i] || p.Core
	}
	return o
}

// reaches reports whether an item of m is reached.
func (o *outside) reaches(m *Module, kind ExternKind, index uint32) bool {
	if o.used[outsideItem{m.ID, kind, index}] {
		return true
	}
	if o.open[m.ID] {
		for i := range m.Exports {
			if e := &m.Exports[i]; e.Kind == kind && e.Index == index {
				return true
			}
		}
	}
	return false
}
