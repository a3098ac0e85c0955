package core

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/wc2go/wc2go/codegen/source"
	"github.com/wc2go/wc2go/ir"
)

// This file: where wasm instructions are in the generated text. Go's line
// tables lead from machine code to lines; a table that is embedded next to the
// code leads from there to offsets in the wasm module. There are no //line
// directives: Go's tables hold line numbers up to 2^20 only.

// mark says that the text at byte at stems from the instruction at offset pos
// of the module, which traps there (call false) or calls.
type mark struct {
	at    int
	pos   uint32
	call  bool
	chain int
}

// inlined is a call whose callee was put in its place.
type inlined struct {
	outer int // the call around it, 0 for none
	ir.Inlined
}

// chain is the number of an inlined call below another, from 1 on.
func (l *Layout) chain(outer int, in *ir.Inlined) int {
	k := inlined{outer, *in}
	n, ok := l.chainIndex[k]
	if !ok {
		l.chains = append(l.chains, k)
		n = len(l.chains)
		l.chainIndex[k] = n
	}
	return n
}

func (p *printer) mark(pos uint32, call bool) {
	p.marks = append(p.marks, mark{len(p.buf), pos, call, p.chain})
}

// breaks reports whether n is to stand on a line of its own: it has an instruction
// whose traps could not be told from those of one that the line already has.
func (p *printer) breaks(n *node) bool {
	i := len(p.marks) - 1
	for i >= 0 && p.marks[i].call {
		i--
	}
	return i >= 0 && bytes.IndexByte(p.buf[p.marks[i].at:], '\n') < 0 && n.traps(p.marks[i].pos)
}

// goOn begins a line in the middle of a statement.
func (p *printer) goOn() {
	p.str("\n")
	for range min(p.indent+p.level, maxTabs) {
		p.str("\t")
	}
}

// traps reports whether an instruction other than that at pos traps in n.
func (n *node) traps(pos uint32) bool {
	if n.pos != 0 && !n.call && n.pos != pos {
		return true
	}
	if n.x != nil && n.x.traps(pos) || n.y != nil && n.y.traps(pos) {
		return true
	}
	for _, a := range n.args {
		if a.traps(pos) {
			return true
		}
	}
	return false
}

// stmtPos is the offset of the instruction that a statement stems from, 0 if
// it is of no use.
func stmtPos(s ir.Stmt) uint32 {
	switch s := s.(type) {
	case *ir.Set:
		return s.X.Pos
	case *ir.SetGlobal:
		return s.Pos
	case *ir.Store:
		return s.Pos
	case *ir.Call:
		return s.Pos
	case *ir.Effect:
		return s.Pos
	case *ir.BrTable:
		return s.Pos
	case *ir.Fuel:
		return s.Pos
	case *ir.Unreachable:
		return s.Pos
	case *ir.Throw:
		return s.Pos
	}
	return 0
}

// printed ends a statement. What an effect calls is in its last line.
func (b *body) printed(s ir.Stmt) {
	switch s.(type) {
	case *ir.Effect, *ir.Throw:
		if n := len(b.buf); n > 0 && b.pos != 0 {
			b.marks = append(b.marks, mark{n - 1, b.pos, true, b.chain})
		}
	}
}

// panics reports whether a line of text raises a trap.
func panics(parts []string) bool {
	for _, s := range parts {
		if strings.Contains(s, "panic(rt.") {
			return true
		}
	}
	return false
}

// ex is x as a Go expression of x's Go type. An untyped constant stands for
// one of that type; where it could be mistaken, see K32 and K64 of rt.
func (b *body) ex(x *ir.Expr) *node {
	if x.Trap() == ir.TrapNone {
		return b.plain(x)
	}
	outer := b.pos
	b.pos = x.Pos
	n := b.plain(x)
	if n.pos == 0 && !x.Op.IsLoad() { // of a load, the address has it
		n.pos = x.Pos
	}
	b.pos = outer
	return n
}

// lineEntry is a line of a file that an instruction is in.
type lineEntry struct {
	line  int
	pos   uint32
	chain int
}

// lines finds the lines of marks in text, whose first line has the given
// number. A line has at most two entries, that of the first instruction
// that traps and that of the one that calls, if they differ.
func lines(text []byte, first int, marks []mark) (out []lineEntry) {
	line, at := first, 0
	for i := 0; i < len(marks); {
		line += bytes.Count(text[at:marks[i].at], []byte{'\n'})
		at = marks[i].at
		end := len(text)
		if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
			end = at + n
		}
		var trap, call *mark
		for ; i < len(marks) && marks[i].at <= end; i++ {
			switch m := &marks[i]; {
			case m.pos == 0:
			case m.call && call == nil:
				call = m
			case !m.call && trap == nil:
				trap = m
			}
		}
		if trap != nil {
			out = append(out, lineEntry{line, trap.pos, trap.chain})
		}
		if call != nil && (trap == nil || call.pos != trap.pos) {
			out = append(out, lineEntry{line, call.pos, call.chain})
		}
	}
	return out
}

// lineTable is the table of one variant of the shards, as rt/debuginfo.go reads it:
// the number of shards, the size of each, then their entries, each as
// differences of line, offset and, if bit 0 of the line's is set, inlined call to the
// entry before; then the inlined calls, each with the call around it, the callee and
// the offset of the call.
type lineTable struct {
	sizes, data []byte
	shards      int
}

func (t *lineTable) add(entries []lineEntry) {
	n := len(t.data)
	var last lineEntry
	for _, e := range entries {
		other := 0
		if e.chain != last.chain {
			other = 1
		}
		t.data = binary.AppendUvarint(t.data, uint64(e.line-last.line)<<1|uint64(other))
		t.data = binary.AppendVarint(t.data, int64(e.pos)-int64(last.pos))
		if other != 0 {
			t.data = binary.AppendVarint(t.data, int64(e.chain-last.chain))
		}
		last = e
	}
	t.sizes = binary.AppendUvarint(t.sizes, uint64(len(t.data)-n))
	t.shards++
}

func (t *lineTable) bytes(chains []inlined) []byte {
	b := binary.AppendUvarint(nil, uint64(t.shards))
	b = append(append(b, t.sizes...), t.data...)
	for _, c := range chains {
		b = binary.AppendUvarint(b, uint64(c.outer))
		b = binary.AppendUvarint(b, uint64(c.Func))
		b = binary.AppendUvarint(b, uint64(c.Pos))
	}
	return b
}

// hasDebugInfo reports whether the files of [Layout.debugInfo] are made.
func (l *Layout) hasDebugInfo() bool { return !l.opts.NoDebugInfo && len(l.shards) > 0 }

// debugInfo prints the embedded tables, when all shards have been printed.
func (l *Layout) debugInfo() []File {
	if !l.hasDebugInfo() {
		return nil
	}
	var files []File
	for _, v := range []struct {
		name, tag string
		checked   bool
	}{{"guarded", guardedTag, false}, {"checked", checkedTag, true}} {
		src := fmt.Sprintf("%s//go:build %s\n\npackage core\n\nimport _ \"embed\"\n\n//go:embed %s.lines\nvar linesText string\n", header, v.tag, v.name)
		files = append(files,
			File{"internal/core/lines_" + v.name + ".go", []byte(src)},
			File{"internal/core/" + v.name + ".lines", l.lines[v.checked].bytes(l.chains)})
	}
	var modules []source.Module
	for i, m := range l.p.Modules {
		if !l.used(i) {
			continue
		}
		offsets := slices.Clone(l.offsets[m.ID])
		slices.Sort(offsets)
		modules = append(modules, source.Module{
			ID: i, Name: m.Name, Offset: uint64(m.Offset), Sections: m.Customs, CodeOffset: m.CodeOffset, Offsets: slices.Compact(offsets),
		})
	}
	return append(files, File{"internal/core/source.map", source.Pack(modules)})
}
