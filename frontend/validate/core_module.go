package validate

import (
	"math"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: modules (section 3.5).

// The engines' limits on the number of these.
const (
	maxMemories = 100
	maxTables   = 100
)

// Module validates m and fills in the Sigs of its types.
func Module(m *binary.Module, f Features) error {
	v := &moduleValidator{m: m, types: TypesOf(m), features: f, declared: map[uint32]bool{}}
	if err := v.module(); err != nil {
		return err
	}
	return v.bodies()
}

type moduleValidator struct {
	m        *binary.Module
	types    *Types
	features Features
	declared map[uint32]bool
	exprs    *FuncValidator // of constant expressions
	reader   *binary.InstrReader
	in       binary.Instr
}

// module validates everything but function bodies.
func (v *moduleValidator) module() error {
	v.exprs = NewFuncValidator(v.types, v.features)
	v.exprs.declared = v.declared
	v.reader = binary.NewInstrReader(nil, 0)
	for _, part := range []func() error{v.typeSection, v.imports, v.definitions, v.exports, v.segments} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func (v *moduleValidator) typeSection() error {
	defs := v.m.Types
	c := typeChecker{features: v.features, defs: defs, depth: make([]uint8, len(defs)), forms: make(map[uint64][32]byte, len(defs))}
	for i := uint32(0); int64(i) < int64(len(defs)); i += defs[i].GroupLen {
		if err := c.group(i, v.m.TypeOffs[i]); err != nil {
			return err
		}
		if defs[i].GroupLen == 0 {
			return binary.Errorf(v.m.TypeOffs[i], "empty rec group")
		}
	}
	return nil
}

// funcType checks that type i is a function type.
func (v *moduleValidator) funcType(i uint32, at int) (*ir.FuncType, *binary.Error) {
	if int64(i) >= int64(len(v.m.Types)) {
		return nil, binary.Errorf(at, "unknown type %d: type index out of bounds", i)
	}
	if v.m.Types[i].Kind != ir.CompFunc {
		return nil, binary.Errorf(at, "unknown type %d: not a function type", i)
	}
	return &v.m.Types[i].Func, nil
}

func (v *moduleValidator) valType(t ir.ValType, at int) *binary.Error {
	if t.Kind == ir.Ref && t.Heap >= 0 && int(t.Heap) >= len(v.m.Types) {
		return binary.Errorf(at, "unknown type %d: type index out of bounds", t.Heap)
	}
	return v.features.checkValType(t, at)
}

func (v *moduleValidator) tagType(i uint32, at int) *binary.Error {
	if !v.features.Exceptions && !v.features.LegacyExceptions {
		return binary.Errorf(at, "exceptions support is not enabled")
	}
	t, err := v.funcType(i, at)
	if err == nil && len(t.Results) > 0 {
		return binary.Errorf(at, "non-empty tag result type: invalid exception type")
	}
	return err
}

func (v *moduleValidator) tableType(t *ir.TableType, at int) *binary.Error {
	if err := v.valType(t.Elem, at); err != nil {
		return err
	}
	l := &t.Limits
	if l.Is64 && !v.features.Memory64 {
		return binary.Errorf(at, "memory64 must be enabled for 64-bit tables")
	}
	if !l.Is64 && (l.Min > math.MaxUint32 || l.HasMax && l.Max > math.MaxUint32) {
		return binary.Errorf(at, "table size must be at most 2**32-1 elements")
	}
	if l.HasMax && l.Min > l.Max {
		return binary.Errorf(at, "size minimum must not be greater than maximum")
	}
	return nil
}

func (v *moduleValidator) memoryType(t *ir.MemoryType, at int) *binary.Error {
	l := &t.Limits
	switch {
	case l.Is64 && !v.features.Memory64:
		return binary.Errorf(at, "memory64 must be enabled for 64-bit memories")
	case l.Shared && !v.features.Threads:
		return binary.Errorf(at, "threads must be enabled for shared memories")
	case t.PageLog2 != 16 && t.PageLog2 != 0:
		return binary.Errorf(at, "invalid custom page size: only 1 and 65536 are allowed")
	case t.PageLog2 != 16 && !v.features.CustomPageSizes:
		return binary.Errorf(at, "custom page sizes must be enabled")
	}
	// The largest number of pages such that the size in bytes still can be
	// addressed; a size of 2^32 or 2^64 bytes itself is only possible in full pages.
	limit, text := uint64(1<<16), "65536 pages (4GiB)"
	switch {
	case l.Is64 && t.PageLog2 == 16:
		limit, text = 1<<48, "2**48 pages"
	case l.Is64:
		limit, text = math.MaxUint64, "2**64-1 bytes"
	case t.PageLog2 == 0:
		limit, text = math.MaxUint32, "2**32-1 bytes"
	}
	switch {
	case l.Min > limit, l.HasMax && l.Max > limit:
		return binary.Errorf(at, "memory size must be at most %s", text)
	case l.HasMax && l.Min > l.Max:
		return binary.Errorf(at, "size minimum must not be greater than maximum")
	case l.Shared && !l.HasMax:
		return binary.Errorf(at, "shared memory must have maximum")
	}
	return nil
}

func (v *moduleValidator) imports() error {
	for i := range v.m.Imports {
		im := &v.m.Imports[i]
		if im.Compact && !v.features.CompactImports {
			return binary.Errorf(im.Offset, "compact imports support is not enabled")
		}
		var err *binary.Error
		switch im.Kind {
		case ir.ExternFunc:
			if im.Exact && !v.features.CustomDescriptors {
				return binary.Errorf(im.Offset, "custom descriptors support is not enabled")
			}
			_, err = v.funcType(im.Type, im.Offset)
		case ir.ExternTable:
			err = v.tableType(&im.Table, im.Offset)
		case ir.ExternMemory:
			err = v.memoryType(&im.Memory, im.Offset)
		case ir.ExternGlobal:
			err = v.valType(im.Global.Type, im.Offset)
		case ir.ExternTag:
			err = v.tagType(im.Type, im.Offset)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// definitions validates functions' types, tables, memories, tags, globals and counts.
func (v *moduleValidator) definitions() error {
	m, t := v.m, v.types
	for i, typ := range m.Funcs {
		if _, err := v.funcType(typ, m.FuncOffs[i]); err != nil {
			return err
		}
	}
	for i := range m.Mems {
		if err := v.memoryType(&m.Mems[i], m.MemOffs[i]); err != nil {
			return err
		}
	}
	for i, typ := range m.Tags {
		if err := v.tagType(typ, m.TagOffs[i]); err != nil {
			return err
		}
	}
	end := m.Base + len(m.Bytes)
	switch {
	case len(t.Mems) > 1 && !v.features.MultiMemory:
		return binary.Errorf(end, "multiple memories are not allowed: multi-memory support is not enabled")
	case len(t.Tables) > 1 && !v.features.ReferenceTypes:
		return binary.Errorf(end, "multiple tables are not allowed: reference types support is not enabled")
	case len(t.Mems) > maxMemories:
		return binary.Errorf(end, "memories count exceeds limit of %d", maxMemories)
	case len(t.Tables) > maxTables:
		return binary.Errorf(end, "tables count exceeds limit of %d", maxTables)
	}
	// Tables come before globals, so their initialisers see imported ones only.
	imported := t.Imported[ir.ExternGlobal]
	for i := range m.Tables {
		d := &m.Tables[i]
		if err := v.tableType(&d.Type, d.Offset); err != nil {
			return err
		}
		if d.Init != nil {
			if !v.features.FunctionReferences {
				return binary.Errorf(d.Offset, "function references support is not enabled")
			}
			if err := v.constExpr(d.Init, d.Type.Elem, imported); err != nil {
				return err
			}
		} else if !d.Type.Elem.Null {
			return binary.Errorf(d.Offset, "type mismatch: non-defaultable element type must have initialization expression")
		}
	}
	for i := range m.Globals {
		g := &m.Globals[i]
		if err := v.valType(g.Type.Type, g.Offset); err != nil {
			return err
		}
		// A global may refer to those before it.
		if err := v.constExpr(&g.Init, g.Type.Type, imported+i); err != nil {
			return err
		}
	}
	return nil
}

func (v *moduleValidator) exports() error {
	t := v.types
	counts := [...]int{len(t.Funcs), len(t.Tables), len(t.Mems), len(t.Globals), len(t.Tags)}
	names := make(map[string]bool, len(v.m.Exports))
	for i := range v.m.Exports {
		e := &v.m.Exports[i]
		if int64(e.Index) >= int64(counts[e.Kind]) {
			what := e.Kind.String()
			if e.Kind == ir.ExternFunc {
				what = "function"
			}
			return binary.Errorf(e.Offset, "unknown %s %d: exported %s index out of bounds", what, e.Index, what)
		}
		if names[e.Name] {
			return binary.Errorf(e.Offset, "duplicate export name `%s` already defined", e.Name)
		}
		names[e.Name] = true
		if e.Kind == ir.ExternFunc {
			v.declared[e.Index] = true
		}
	}
	if s := v.m.Start; s != nil {
		if int64(*s) >= int64(len(t.Funcs)) {
			return binary.Errorf(v.m.StartOff, "unknown function %d: start function index out of bounds", *s)
		}
		if ft := t.FuncType(*s); len(ft.Params)+len(ft.Results) > 0 {
			return binary.Errorf(v.m.StartOff, "invalid start function type")
		}
	}
	return nil
}

func (v *moduleValidator) segments() error {
	t := v.types
	for i := range v.m.Elems {
		e := &v.m.Elems[i]
		if e.IsExprs { // otherwise it was not written
			if err := v.valType(e.Type, e.Offset); err != nil {
				return err
			}
		}
		if e.Mode != ir.SegActive && !v.features.BulkMemory {
			return binary.Errorf(e.Offset, "bulk memory support is not enabled")
		}
		if e.Mode == ir.SegActive {
			if int64(e.Table) >= int64(len(t.Tables)) {
				return binary.Errorf(e.Offset, "unknown table %d: table index out of bounds", e.Table)
			}
			table := t.Tables[e.Table]
			if !matchVal(t.Defs, e.Type, t.Defs, table.Elem) {
				return binary.Errorf(e.Offset, "type mismatch: segment of type %s for table of type %s", valString(e.Type), valString(table.Elem))
			}
			if err := v.constExpr(&e.OffsetIn, ir.ValType{Kind: indexKind(table.Limits)}, len(t.Globals)); err != nil {
				return err
			}
		}
		for _, f := range e.FuncItems {
			if int64(f) >= int64(len(t.Funcs)) {
				return binary.Errorf(e.Offset, "unknown function %d: function index out of bounds", f)
			}
			v.declared[f] = true
		}
		for j := range e.ExprItems {
			if err := v.constExpr(&e.ExprItems[j], e.Type, len(t.Globals)); err != nil {
				return err
			}
		}
	}
	for i := range v.m.Datas {
		d := &v.m.Datas[i]
		if d.Mode != ir.SegActive {
			if !v.features.BulkMemory {
				return binary.Errorf(d.Offset, "bulk memory support is not enabled")
			}
			continue
		}
		if int64(d.Memory) >= int64(len(t.Mems)) {
			return binary.Errorf(d.Offset, "unknown memory %d: memory index out of bounds", d.Memory)
		}
		if err := v.constExpr(&d.OffsetIn, ir.ValType{Kind: indexKind(t.Mems[d.Memory].Limits)}, len(t.Globals)); err != nil {
			return err
		}
	}
	return nil
}

// constExpr validates a constant expression of a type, which may use the first globals.
func (v *moduleValidator) constExpr(e *binary.ConstExpr, t ir.ValType, globals int) error {
	x := v.exprs
	x.reset(x.single(t), e.Offset)
	x.constant, x.globals = true, globals
	return v.run(x, e.Bytes, e.Offset)
}

// run validates a sequence that x has been prepared for.
func (v *moduleValidator) run(x *FuncValidator, body []byte, offset int) error {
	v.reader.Reset(body, offset)
	for !v.reader.Done() {
		if err := v.reader.Next(&v.in); err != nil {
			return err
		}
		if err := x.Step(&v.in); err != nil {
			return err
		}
	}
	if !x.Ended() {
		return v.reader.Next(&v.in) // says that the end is missing
	}
	return nil
}

func (v *moduleValidator) bodies() error {
	x := NewFuncValidator(v.types, v.features)
	x.declared = v.declared
	for i := range v.m.Codes {
		c := &v.m.Codes[i]
		if err := x.Begin(v.m.Funcs[i], c.Locals, c.Entry); err != nil {
			return err
		}
		if err := v.run(x, c.Body, c.Offset); err != nil {
			return err
		}
	}
	return nil
}
