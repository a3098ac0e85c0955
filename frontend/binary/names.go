package binary

// This file: the name section of core modules (section 7.4.1).

// coreNames decodes a name section. Whatever is wrong with it, it is not an
// error: what was read before stays.
func coreNames(contents *Reader) Names {
	var n Names
	for !contents.EOF() {
		id, sub := contents.Section()
		if contents.Failed() {
			break
		}
		switch id {
		case 0:
			if name := sub.Name(); !sub.Failed() {
				n.Module = name
			}
		case 1:
			if m := nameMap(sub); !sub.Failed() {
				n.Funcs = m
			}
		case 2:
			locals := map[uint32]map[uint32]string{}
			for range sub.Count(2) {
				f := sub.U32()
				m := nameMap(sub)
				if sub.Failed() {
					break
				}
				locals[f] = m
			}
			if !sub.Failed() {
				n.Locals = locals
			}
		}
	}
	return n
}

// nameMap reads a vector of indices with names.
func nameMap(r *Reader) map[uint32]string {
	n := r.Count(2)
	m := make(map[uint32]string, n)
	for range n {
		i := r.U32()
		name := r.Name()
		if r.Failed() {
			return m
		}
		m[i] = name
	}
	return m
}
