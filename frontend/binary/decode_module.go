package binary

import (
	"math"

	"github.com/wc2go/wc2go/ir"
)

// This file: core modules (section 5.5).

// Section identifiers.
const (
	secCustom    = 0
	secType      = 1
	secImport    = 2
	secFunction  = 3
	secTable     = 4
	secMemory    = 5
	secGlobal    = 6
	secExport    = 7
	secStart     = 8
	secElement   = 9
	secCode      = 10
	secData      = 11
	secDataCount = 12
	secTag       = 13
)

// sectionOrder is the place of each non-custom section in a module.
var sectionOrder = [...]int{
	secType: 1, secImport: 2, secFunction: 3, secTable: 4, secMemory: 5, secTag: 6, secGlobal: 7,
	secExport: 8, secStart: 9, secElement: 10, secDataCount: 11, secCode: 12, secData: 13,
}

// maxEntries bounds the entries of the sections whose entries become large in memory.
const maxEntries = 1_000_000

// DecodeModule decodes a core module whose first byte is at offset base of the
// file. The module keeps referring to data.
func DecodeModule(data []byte, base int) (*Module, error) {
	d := moduleDecoder{r: NewReader(data, base), m: &Module{Base: base, Bytes: data}}
	d.module()
	if err := d.r.Err(); err != nil {
		return nil, err
	}
	return d.m, nil
}

type moduleDecoder struct {
	r  *Reader
	m  *Module
	in Instr // scratch
}

func (d *moduleDecoder) module() {
	r, m := d.r, d.m
	if !preamble(r, 1) {
		return
	}
	last := 0
	for !r.EOF() {
		at := r.Offset()
		id, sec := r.Section()
		if id > secTag {
			// Section reads the size first, but the id is what is wrong.
			r.err = Malformedf(at, "malformed section id: %d", id)
		}
		if r.Failed() {
			return
		}
		if id == secCustom {
			d.custom(sec)
			r.Adopt(sec)
			continue
		}
		if sectionOrder[id] <= last {
			r.Malformed(at, "unexpected content after last section: section out of order")
			return
		}
		last = sectionOrder[id]
		d.section(id, sec)
		r.End(sec)
	}
	if r.Failed() {
		return
	}
	if len(m.Codes) != len(m.Funcs) {
		r.Malformed(r.Offset(), "function and code section have inconsistent lengths")
	}
	if m.DataCount != nil && int64(*m.DataCount) != int64(len(m.Datas)) {
		r.Malformed(r.Offset(), "data count and data section have inconsistent lengths")
	}
}

// preamble reads the magic and the version field of a module (1) or component.
func preamble(r *Reader, version uint32) bool {
	at := r.Offset()
	if r.Len() >= 4 && string(r.data[r.pos:r.pos+4]) != "\x00asm" {
		r.Malformed(at, "magic header not detected: bad magic number")
		return false
	}
	r.F32()
	at = r.Offset()
	if v := r.F32(); v != version && !r.Failed() {
		r.Malformed(at, "unknown binary version: %#x", v)
	}
	return !r.Failed()
}

func (d *moduleDecoder) custom(r *Reader) {
	name := r.Name()
	if r.Failed() {
		return
	}
	c := Custom{Name: name, Offset: r.Offset(), Bytes: r.Rest()}
	d.m.Customs = append(d.m.Customs, c)
	if name == "name" {
		d.m.Names = coreNames(&Reader{data: c.Bytes, base: c.Offset, short: shortSection})
	}
}

// section decodes the contents of a section that is not custom.
func (d *moduleDecoder) section(id byte, r *Reader) {
	m := d.m
	switch id {
	case secType:
		for range r.CountMax(2, MaxTypes, "type") {
			at := r.Offset()
			group := r.RecType(uint32(len(m.Types)))
			if len(m.Types)+len(group) > MaxTypes {
				r.Malformed(at, "type count exceeds limit of %d", MaxTypes)
			}
			if r.Failed() {
				return
			}
			m.Types = append(m.Types, group...)
			for range group {
				m.TypeOffs = append(m.TypeOffs, at)
			}
		}
	case secImport:
		for range r.CountMax(3, maxEntries, "import") {
			group := r.coreImports(len(m.Imports))
			if len(m.Imports)+len(group) > maxEntries {
				r.Malformed(r.Offset(), "import count exceeds limit of %d", maxEntries)
			}
			if r.Failed() {
				return
			}
			m.Imports = append(m.Imports, group...)
		}
	case secFunction:
		n := r.CountMax(1, maxEntries, "function")
		m.Funcs, m.FuncOffs = make([]uint32, n), make([]int, n)
		for i := range n {
			m.FuncOffs[i] = r.Offset()
			m.Funcs[i] = r.U32()
		}
	case secTable:
		for range r.Count(2) {
			t := CoreTable{Offset: r.Offset()}
			if b, _ := r.Peek(); b == 0x40 { // with an initialiser
				r.Byte()
				if at := r.Offset(); r.Byte() != 0 {
					r.Malformed(at, "zero byte expected")
				}
				t.Type = r.TableType()
				e := r.skipExpr(&d.in)
				t.Init = &e
			} else {
				t.Type = r.TableType()
			}
			if r.Failed() {
				return
			}
			m.Tables = append(m.Tables, t)
		}
	case secMemory:
		for range r.Count(2) {
			m.MemOffs = append(m.MemOffs, r.Offset())
			m.Mems = append(m.Mems, r.MemoryType())
			if r.Failed() {
				return
			}
		}
	case secTag:
		for range r.CountMax(2, maxEntries, "tag") {
			m.TagOffs = append(m.TagOffs, r.Offset())
			m.Tags = append(m.Tags, r.TagType())
		}
	case secGlobal:
		for range r.CountMax(3, maxEntries, "global") {
			g := CoreGlobal{Offset: r.Offset(), Type: r.GlobalType()}
			g.Init = r.skipExpr(&d.in)
			if r.Failed() {
				return
			}
			m.Globals = append(m.Globals, g)
		}
	case secExport:
		for range r.CountMax(3, maxEntries, "export") {
			e := CoreExport{Offset: r.Offset()}
			e.Name = r.Name()
			at := r.Offset()
			k := r.Byte()
			if k > byte(ir.ExternTag) {
				r.Malformed(at, "malformed export kind")
			}
			e.Kind = ir.ExternKind(k)
			e.Index = r.U32()
			if r.Failed() {
				return
			}
			m.Exports = append(m.Exports, e)
		}
	case secStart:
		m.StartOff = r.Offset()
		f := r.U32()
		m.Start = &f
	case secElement:
		for range r.CountMax(3, maxEntries, "element segment") {
			e := d.elem(r)
			if r.Failed() {
				return
			}
			m.Elems = append(m.Elems, e)
		}
	case secDataCount:
		n := r.U32()
		m.DataCount = &n
	case secCode:
		m.CodeOffset = r.Offset()
		n := r.CountMax(2, maxEntries, "function body")
		if n != len(m.Funcs) && !r.Failed() {
			r.Malformed(r.Offset(), "function and code section have inconsistent lengths")
			return
		}
		m.Codes = make([]Code, 0, n)
		for range n {
			c := code(r)
			if r.Failed() {
				return
			}
			m.Codes = append(m.Codes, c)
		}
	case secData:
		n := r.CountMax(2, maxEntries, "data segment")
		if m.DataCount != nil && int64(*m.DataCount) != int64(n) && !r.Failed() {
			r.Malformed(r.Offset(), "data count and data section have inconsistent lengths")
			return
		}
		for range n {
			s := d.data(r)
			if r.Failed() {
				return
			}
			m.Datas = append(m.Datas, s)
		}
	}
}

// elem reads an element segment. Bit 0 of its flags says passive or declared,
// bit 1 that a table index (or declared) is given, bit 2 that items are expressions.
func (d *moduleDecoder) elem(r *Reader) CoreElem {
	e := CoreElem{Offset: r.Offset()}
	flags := r.U32()
	if flags > 7 {
		r.Malformed(e.Offset, "malformed elements segment kind: %d", flags)
		return e
	}
	switch {
	case flags&1 == 0:
		e.Mode = ir.SegActive
		if flags&2 != 0 {
			e.Table = r.U32()
		}
		e.OffsetIn = r.skipExpr(&d.in)
	case flags&2 == 0:
		e.Mode = ir.SegPassive
	default:
		e.Mode = ir.SegDeclared
	}
	e.IsExprs = flags&4 != 0
	// Function indices are never null; the abbreviations of active segments
	// for table 0 leave the type out.
	switch {
	case !e.IsExprs:
		e.Type = ir.ValType{Kind: ir.Ref, Heap: ir.HeapFunc}
		if flags&3 != 0 {
			if at := r.Offset(); r.Byte() != 0 {
				r.Malformed(at, "malformed element kind")
			}
		}
	case flags&3 == 0:
		e.Type = ir.TypeFuncRef
	default:
		e.Type = r.RefType()
	}
	if n := r.Count(1); e.IsExprs {
		e.ExprItems = make([]ConstExpr, n)
		for i := range e.ExprItems {
			e.ExprItems[i] = r.skipExpr(&d.in)
		}
	} else {
		e.FuncItems = make([]uint32, n)
		for i := range e.FuncItems {
			e.FuncItems[i] = r.U32()
		}
	}
	return e
}

func (d *moduleDecoder) data(r *Reader) CoreData {
	s := CoreData{Offset: r.Offset()}
	switch flags := r.U32(); flags {
	case 0, 2:
		s.Mode = ir.SegActive
		if flags == 2 {
			s.Memory = r.U32()
		}
		s.OffsetIn = r.skipExpr(&d.in)
	case 1:
		s.Mode = ir.SegPassive
	default:
		r.Malformed(s.Offset, "malformed data segment kind: %d", flags)
		return s
	}
	s.Bytes = r.Bytes(uint64(r.U32()))
	return s
}

// code reads an entry of the code section; the instructions stay undecoded.
func code(r *Reader) Code {
	c := Code{Entry: r.Offset()}
	size := r.U32()
	body := r.Sub(size)
	c.Size = r.Offset() - c.Entry
	var total uint64
	n := body.Count(2)
	if n > 0 {
		c.Locals = make([]LocalGroup, 0, n)
	}
	for range n {
		at := body.Offset()
		g := LocalGroup{Count: body.U32()}
		if total += uint64(g.Count); total > math.MaxUint32 {
			body.Malformed(at, "too many locals")
		}
		g.Type = body.ValType()
		if body.Failed() {
			break
		}
		c.Locals = append(c.Locals, g)
	}
	c.Offset = body.Offset()
	c.Body = body.Rest()
	r.Adopt(body)
	return c
}
