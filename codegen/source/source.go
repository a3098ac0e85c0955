// Package source finds out from DWARF what lines of which source files wasm
// instructions stem from, and packs the answer for package rt
// (rt/debuginfo.go), so that a backtrace needs no DWARF.
package source

import (
	"debug/dwarf"
	"encoding/binary"
	"errors"
	"slices"
	"sort"
	"strings"
)

// Module is a core module whose instructions are looked for.
type Module struct {
	ID   int
	Name string // from the name section
	// Offset is where the module begins in the input file.
	Offset uint64
	// Sections are the custom sections .debug_*.
	Sections map[string][]byte
	// CodeOffset is where the contents of the code section begin, relative to
	// the module. Addresses in DWARF are relative to it.
	CodeOffset uint32
	// Offsets are the instructions: ascending offsets relative to the module.
	Offsets []uint32
}

// Pack makes the table of modules. DWARF that makes no sense, which is no
// error of a wasm module, is left out.
//
// The table has strings; then scopes, which are functions inlined into others;
// then the modules with rows of offset, innermost scope, file, line and column. A row
// holds up to the next one. All numbers are varints, those of rows differences to the
// row before, but for the column.
func Pack(modules []Module) []byte {
	p := packer{strings: map[string]uint64{"": 0}, scopes: map[scopeKey]uint64{}}
	p.stringTable = binary.AppendUvarint(nil, 0)
	var mods []byte
	for i := range modules {
		m := &modules[i]
		mods = binary.AppendUvarint(mods, uint64(m.ID))
		mods = binary.AppendUvarint(mods, p.str(m.Name))
		mods = binary.AppendUvarint(mods, m.Offset)
		rows := p.rows(m)
		mods = binary.AppendUvarint(mods, uint64(len(rows)))
		mods = append(mods, rows...)
	}
	out := binary.AppendUvarint(nil, uint64(len(p.strings)))
	out = append(out, p.stringTable...)
	out = binary.AppendUvarint(out, uint64(len(p.scopes)))
	out = append(out, p.scopeTable...)
	out = binary.AppendUvarint(out, uint64(len(modules)))
	return append(out, mods...)
}

type packer struct {
	strings     map[string]uint64
	stringTable []byte
	scopes      map[scopeKey]uint64
	scopeTable  []byte
}

// scopeKey is a scope as it is written: scope 0 is none.
type scopeKey struct{ parent, name, file, line, column uint64 }

func (p *packer) str(s string) uint64 {
	i, ok := p.strings[s]
	if !ok {
		i = uint64(len(p.strings))
		p.strings[s] = i
		p.stringTable = binary.AppendUvarint(p.stringTable, uint64(len(s)))
		p.stringTable = append(p.stringTable, s...)
	}
	return i
}

func (p *packer) scope(s *scope) uint64 {
	if s == nil {
		return 0
	}
	k := scopeKey{p.scope(s.parent), p.str(s.name()), p.str(s.file), uint64(max(s.line, 0)), uint64(max(s.column, 0))}
	i, ok := p.scopes[k]
	if !ok {
		i = uint64(len(p.scopes)) + 1
		p.scopes[k] = i
		for _, v := range []uint64{k.parent, k.name, k.file, k.line, k.column} {
			p.scopeTable = binary.AppendUvarint(p.scopeTable, v)
		}
	}
	return i
}

// rows packs what is known of the instructions of m.
func (p *packer) rows(m *Module) (out []byte) {
	info := read(m.Sections)
	if info == nil {
		return nil
	}
	type row struct{ scope, file, line, column uint64 }
	var last row
	var lastOffset uint32
	find := info.finder()
	for _, off := range m.Offsets {
		if off < m.CodeOffset {
			continue
		}
		s, l := find(uint64(off - m.CodeOffset))
		r := row{scope: p.scope(s)}
		if l != nil {
			r.file, r.line, r.column = p.str(l.file), uint64(max(l.line, 0)), uint64(max(l.column, 0))
		}
		if r == last {
			continue
		}
		out = binary.AppendUvarint(out, uint64(off-lastOffset))
		out = binary.AppendVarint(out, int64(r.scope-last.scope))
		out = binary.AppendVarint(out, int64(r.file-last.file))
		out = binary.AppendVarint(out, int64(r.line-last.line))
		out = binary.AppendUvarint(out, r.column)
		last, lastOffset = r, off
	}
	return out
}

// scope is a function, or one that was inlined into its parent at the given place.
type scope struct {
	parent       *scope
	function     *function
	file         string
	line, column int
	depth        int
}

func (s *scope) name() string {
	f := s.function
	for range 8 { // origins of origins; hostile ones may go in circles
		if f == nil {
			break
		}
		if f.name != "" {
			return f.name
		}
		f = f.origin
	}
	return ""
}

// function is what an entry of tag subprogram says of names.
type function struct {
	name      string
	origin    *function
	originOff dwarf.Offset
}

// span is a range of addresses that belongs to a scope.
type span struct {
	low, high uint64
	scope     *scope
}

// line is a row of a line table: it holds from its address to the next row's.
type line struct {
	address      uint64
	file         string
	line, column int
	end          bool // nothing is known from here on
}

// info is what the DWARF of a module says.
type info struct {
	data      *dwarf.Data
	functions map[dwarf.Offset]*function
	spans     []span
	lines     []line
}

// read reads DWARF; nil if there is none, or it makes no sense.
func read(sections map[string][]byte) (x *info) {
	defer func() {
		if recover() != nil { // debug/dwarf was not made for hostile input
			x = nil
		}
	}()
	if len(sections[".debug_info"]) == 0 {
		return nil
	}
	s := func(name string) []byte { return sections[".debug_"+name] }
	d, err := dwarf.New(s("abbrev"), s("aranges"), s("frame"), s("info"), s("line"), s("pubnames"), s("ranges"), s("str"))
	if err != nil {
		return nil
	}
	for _, name := range []string{"addr", "line_str", "str_offsets", "rnglists"} {
		if b := s(name); b != nil {
			if err := d.AddSection(".debug_"+name, b); err != nil {
				return nil
			}
		}
	}
	x = &info{data: d, functions: map[dwarf.Offset]*function{}}
	if err := x.entries(); err != nil && len(x.spans) == 0 && len(x.lines) == 0 {
		return nil
	}
	for _, f := range x.functions {
		f.origin = x.functions[f.originOff]
	}
	sort.SliceStable(x.lines, func(i, j int) bool { return x.lines[i].address < x.lines[j].address })
	slices.SortStableFunc(x.spans, func(a, b span) int {
		switch {
		case a.low != b.low:
			return cmp(a.low, b.low)
		case a.high != b.high:
			return cmp(b.high, a.high) // the outer one first
		}
		return a.scope.depth - b.scope.depth
	})
	return x
}

func cmp(a, b uint64) int {
	if a < b {
		return -1
	}
	return 1
}

// level is an entry that has children, while they are read.
type level struct {
	prefix string // of names in it
	scope  *scope // the innermost around it
}

// entries reads .debug_info and the line tables it refers to.
func (x *info) entries() error {
	r := x.data.Reader()
	var files []*dwarf.LineFile
	var levels []level
	var prefix string
	var around *scope
	for {
		e, err := r.Next()
		if err != nil {
			return err
		}
		if e == nil {
			return nil
		}
		if e.Tag == 0 { // the end of children
			if n := len(levels); n > 0 {
				prefix, around = levels[n-1].prefix, levels[n-1].scope
				levels = levels[:n-1]
			}
			continue
		}
		if len(levels) > 1000 {
			return errors.New("entries are nested too deeply")
		}
		inner, innerScope := prefix, around
		switch e.Tag {
		case dwarf.TagCompileUnit, dwarf.TagPartialUnit:
			levels, inner, innerScope = nil, "", nil
			files = x.lineTable(e)
		case dwarf.TagNamespace, dwarf.TagStructType, dwarf.TagClassType, dwarf.TagUnionType, dwarf.TagEnumerationType, dwarf.TagModule:
			if name, ok := e.Val(dwarf.AttrName).(string); ok && len(prefix) < 1000 {
				inner = prefix + name + "::"
			}
		case dwarf.TagSubprogram:
			f := &function{name: functionName(e, prefix)}
			for _, a := range []dwarf.Attr{dwarf.AttrAbstractOrigin, dwarf.AttrSpecification} {
				if off, ok := e.Val(a).(dwarf.Offset); ok {
					f.originOff = off
				}
			}
			if f.originOff != 0 && e.Val(dwarf.AttrLinkageName) == nil {
				f.name = "" // the origin has the whole one
			}
			x.functions[e.Offset] = f
			innerScope = x.enter(e, &scope{function: f})
			inner = ""
		case dwarf.TagInlinedSubroutine:
			s := &scope{parent: around, function: &function{}}
			if around != nil {
				s.depth = around.depth + 1
			}
			if off, ok := e.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset); ok {
				if s.function = x.functions[off]; s.function == nil {
					s.function = &function{originOff: off}
					x.functions[e.Offset] = s.function
				}
			}
			if i, ok := e.Val(dwarf.AttrCallFile).(int64); ok && i >= 0 && i < int64(len(files)) && files[i] != nil {
				s.file = files[i].Name
			}
			s.line, s.column = number(e, dwarf.AttrCallLine), number(e, dwarf.AttrCallColumn)
			innerScope = x.enter(e, s)
		case dwarf.TagSubroutineType, dwarf.TagArrayType:
			r.SkipChildren()
			continue
		}
		if e.Children {
			levels = append(levels, level{prefix, around})
			prefix, around = inner, innerScope
		}
	}
}

func number(e *dwarf.Entry, a dwarf.Attr) int {
	n, _ := e.Val(a).(int64)
	return int(min(max(n, 0), 1<<31-1))
}

// functionName is the name of a function for people. Rust's mangled name says
// more than where the entry is nested; rt knows how to read it.
func functionName(e *dwarf.Entry, prefix string) string {
	if s, ok := e.Val(dwarf.AttrLinkageName).(string); ok && strings.HasPrefix(s, "_ZN") && strings.HasSuffix(s, "E") && strings.Contains(s, "17h") {
		return s
	}
	if s, ok := e.Val(dwarf.AttrName).(string); ok {
		return prefix + s
	}
	return ""
}

// enter notes the addresses of a scope; nil if it has none.
func (x *info) enter(e *dwarf.Entry, s *scope) *scope {
	ranges, err := x.data.Ranges(e)
	if err != nil {
		return nil
	}
	any := false
	for _, r := range ranges {
		if live(r[0]) && r[0] < r[1] {
			x.spans = append(x.spans, span{r[0], r[1], s})
			any = true
		}
	}
	if !any {
		return nil
	}
	return s
}

// live reports whether an address is one of code that the linker kept: wasm-ld
// writes 0 or numbers next to 2^32 for the rest, and a code section begins with a count.
func live(address uint64) bool { return address > 0 && address < 1<<32-16 }

// lineTable reads the line table of a compilation unit. It gives the files by number.
func (x *info) lineTable(unit *dwarf.Entry) []*dwarf.LineFile {
	lr, err := x.data.LineReader(unit)
	if err != nil || lr == nil {
		return nil
	}
	var e dwarf.LineEntry
	keep, fresh := false, true
	for lr.Next(&e) == nil {
		if fresh {
			keep = live(e.Address)
			fresh = false
		}
		if keep {
			l := line{address: e.Address, line: e.Line, column: e.Column, end: e.EndSequence}
			if e.File != nil {
				l.file = e.File.Name
			}
			if n := len(x.lines); n > 0 && !x.lines[n-1].end && x.lines[n-1].address == l.address {
				x.lines[n-1] = l
			} else {
				x.lines = append(x.lines, l)
			}
		}
		if e.EndSequence {
			fresh = true
		}
	}
	if n := len(x.lines); n > 0 && !x.lines[n-1].end {
		x.lines[n-1].end = true // the table broke off
	}
	return lr.Files()
}

// finder gives a function that finds the innermost scope of an address, and its
// line; it must be called with ascending addresses.
func (x *info) finder() func(address uint64) (*scope, *line) {
	var open []span
	next := 0
	return func(address uint64) (s *scope, l *line) {
		for ; next < len(x.spans) && x.spans[next].low <= address; next++ {
			for len(open) > 0 && open[len(open)-1].high <= x.spans[next].low {
				open = open[:len(open)-1]
			}
			open = append(open, x.spans[next])
		}
		for len(open) > 0 && open[len(open)-1].high <= address {
			open = open[:len(open)-1]
		}
		if n := len(open); n > 0 {
			s = open[n-1].scope
		}
		i := sort.Search(len(x.lines), func(i int) bool { return x.lines[i].address > address })
		if i > 0 {
			// Of rows at one address, a sequence's end may stand behind the next one's start.
			j := i - 1
			for j > 0 && x.lines[j].end && x.lines[j-1].address == x.lines[j].address {
				j--
			}
			if !x.lines[j].end {
				l = &x.lines[j]
			}
		}
		return s, l
	}
}
