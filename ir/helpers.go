package ir

// This file: lookups in the index spaces of a Module, where imports come
// before definitions. Each answers ok false for an index out of range.

// FuncTypeIndex gives the type index of function i.
func (m *Module) FuncTypeIndex(i uint32) (typ uint32, ok bool) {
	for j := range m.Imports {
		if m.Imports[j].Kind == ExternFunc {
			if i == 0 {
				return m.Imports[j].Type, true
			}
			i--
		}
	}
	if uint64(i) < uint64(len(m.Funcs)) {
		return m.Funcs[i].Type, true
	}
	return 0, false
}

// Memory gives the type of memory i.
func (m *Module) Memory(i uint32) (mt MemoryType, ok bool) {
	for j := range m.Imports {
		if m.Imports[j].Kind == ExternMemory {
			if i == 0 {
				return m.Imports[j].Memory, true
			}
			i--
		}
	}
	if uint64(i) < uint64(len(m.Mems)) {
		return m.Mems[i], true
	}
	return mt, false
}

// Table gives the type of table i.
func (m *Module) Table(i uint32) (tt TableType, ok bool) {
	for j := range m.Imports {
		if m.Imports[j].Kind == ExternTable {
			if i == 0 {
				return m.Imports[j].Table, true
			}
			i--
		}
	}
	if uint64(i) < uint64(len(m.Tables)) {
		return m.Tables[i].Type, true
	}
	return tt, false
}

// Global gives the type of global i.
func (m *Module) Global(i uint32) (gt GlobalType, ok bool) {
	for j := range m.Imports {
		if m.Imports[j].Kind == ExternGlobal {
			if i == 0 {
				return m.Imports[j].Global, true
			}
			i--
		}
	}
	if uint64(i) < uint64(len(m.Globals)) {
		return m.Globals[i].Type, true
	}
	return gt, false
}

// Tag gives the type index of tag i.
func (m *Module) Tag(i uint32) (typ uint32, ok bool) {
	for j := range m.Imports {
		if m.Imports[j].Kind == ExternTag {
			if i == 0 {
				return m.Imports[j].Type, true
			}
			i--
		}
	}
	if uint64(i) < uint64(len(m.Tags)) {
		return m.Tags[i], true
	}
	return 0, false
}
