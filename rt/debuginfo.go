package rt

import (
	"encoding/binary"
	"sort"
	"sync"
)

// This file: the tables that lead from a line of generated code to the wasm
// instruction it stems from, and from there to lines of source files. codegen
// writes them (codegen/core/positions.go, codegen/source); they are embedded in
// the program and looked at only when there is a backtrace to print.

// Symbol is a function of the guest's source code.
type Symbol struct {
	Name   string // "" if not known
	File   string // "" if not known
	Line   int    // 0 if not known
	Column int    // 0 if not known
}

// debugInfo is what has been read of the tables of one package.
type debugInfo struct {
	once   sync.Once
	shards []shardLines
	calls  []inlinedCall // from 1 on
	source sourceTable
}

// shardLines is the table of one shard.
type shardLines struct {
	once    sync.Once
	data    string
	entries []lineOffset
}

// lineOffset is a line that the instruction at an offset of its module is in.
// Of two entries of one line the first traps, the second calls.
type lineOffset struct {
	line, offset uint32
	call         int // the inlined call that it is in, 0 for none
}

// inlinedCall is a call whose callee was put in its place.
type inlinedCall struct {
	outer  uint64 // the inlined call around it
	fn     uint32
	offset uint32 // of the call
}

// numbers reads varints from a table. What is missing reads as 0.
type numbers struct{ s string }

func (n *numbers) more() bool { return n.s != "" }

func (n *numbers) uint() uint64 {
	v, size := binary.Uvarint([]byte(n.s[:min(len(n.s), binary.MaxVarintLen64)]))
	if size <= 0 {
		n.s = ""
		return 0
	}
	n.s = n.s[size:]
	return v
}

func (n *numbers) int() int64 {
	v := n.uint()
	return int64(v>>1) ^ -int64(v&1)
}

func (n *numbers) bytes() string {
	size := min(n.uint(), uint64(len(n.s)))
	s := n.s[:size]
	n.s = n.s[size:]
	return s
}

// init reads the parts of the tables.
func (d *debugInfo) init(lines, source *string) {
	d.once.Do(func() {
		if lines != nil {
			n := numbers{*lines}
			d.shards = make([]shardLines, min(n.uint(), uint64(len(n.s))))
			sizes := make([]uint64, len(d.shards))
			for i := range sizes {
				sizes[i] = n.uint()
			}
			for i := range d.shards {
				size := min(sizes[i], uint64(len(n.s)))
				d.shards[i].data, n.s = n.s[:size], n.s[size:]
			}
			d.calls = make([]inlinedCall, 1)
			for n.more() {
				d.calls = append(d.calls, inlinedCall{n.uint(), uint32(n.uint()), uint32(n.uint())})
			}
		}
		if source != nil {
			d.source.read(*source)
		}
	})
}

// offset finds the instruction of a line, the zero value if it is not known. What the Go
// compiler has moved to a line where nothing can trap comes from a line before it.
func (s *shardLines) offset(line int, calls bool) lineOffset {
	s.once.Do(func() {
		n := numbers{s.data}
		var e lineOffset
		s.entries = make([]lineOffset, 0, len(s.data)/3)
		for n.more() {
			line := n.uint()
			e.line += uint32(line >> 1)
			e.offset = uint32(int64(e.offset) + n.int())
			if line&1 != 0 {
				e.call += int(n.int())
			}
			s.entries = append(s.entries, e)
		}
	})
	i := sort.Search(len(s.entries), func(i int) bool { return int(s.entries[i].line) > line }) - 1
	if i < 0 {
		return lineOffset{}
	}
	if !calls && i > 0 && s.entries[i-1].line == s.entries[i].line {
		i--
	}
	return s.entries[i]
}

// sourceTable is the table that codegen/source.Pack describes.
type sourceTable struct {
	strings []string
	scopes  []sourceScope // from 1 on
	modules map[int]*sourceModule
}

type sourceScope struct {
	parent, name, file uint64
	line, column       int
}

type sourceModule struct {
	name   string
	offset uint64
	once   sync.Once
	data   string
	rows   []sourceRow
}

type sourceRow struct {
	offset, scope, file, line, column uint32
}

func (t *sourceTable) read(text string) {
	n := numbers{text}
	t.strings = make([]string, min(n.uint(), uint64(len(text))))
	for i := range t.strings {
		t.strings[i] = n.bytes()
	}
	t.scopes = make([]sourceScope, 1+min(n.uint(), uint64(len(text))))
	for i := 1; i < len(t.scopes); i++ {
		t.scopes[i] = sourceScope{n.uint(), n.uint(), n.uint(), int(n.uint()), int(n.uint())}
	}
	t.modules = map[int]*sourceModule{}
	for range n.uint() {
		id := int(n.uint())
		name := t.string(n.uint())
		t.modules[id] = &sourceModule{name: name, offset: n.uint(), data: n.bytes()}
		if !n.more() {
			break
		}
	}
}

func (t *sourceTable) string(i uint64) string {
	if i < uint64(len(t.strings)) {
		return t.strings[i]
	}
	return ""
}

// symbols finds what is known of an instruction: the function that it stems from,
// then those that it was inlined into, from the inside out.
func (t *sourceTable) symbols(module int, offset uint32) []Symbol {
	m := t.modules[module]
	if m == nil {
		return nil
	}
	m.once.Do(func() {
		n := numbers{m.data}
		var r sourceRow
		for n.more() {
			r.offset += uint32(n.uint())
			r.scope = uint32(int64(r.scope) + n.int())
			r.file = uint32(int64(r.file) + n.int())
			r.line = uint32(int64(r.line) + n.int())
			r.column = uint32(n.uint())
			m.rows = append(m.rows, r)
		}
	})
	i := sort.Search(len(m.rows), func(i int) bool { return m.rows[i].offset > offset }) - 1
	if i < 0 {
		return nil
	}
	r := &m.rows[i]
	if r.scope == 0 && r.file == 0 {
		return nil
	}
	s := Symbol{File: t.string(uint64(r.file)), Line: int(r.line), Column: int(r.column)}
	scope := uint64(r.scope)
	var out []Symbol
	for range 1000 {
		if scope == 0 || scope >= uint64(len(t.scopes)) {
			break
		}
		x := &t.scopes[scope]
		s.Name = demangle(t.string(x.name))
		out = append(out, s)
		s = Symbol{File: t.string(x.file), Line: x.line, Column: x.column}
		scope = x.parent
	}
	if len(out) == 0 {
		out = append(out, s)
	}
	return out
}
