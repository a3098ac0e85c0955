package lower

import (
	"maps"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// module is what the builders of a module's functions share; they only read it.
type module struct {
	m           *ir.Module
	base        int
	funcTypes   []uint32 // type index per function, imports included
	tableTypes  []ir.TableType
	memTypes    []ir.MemoryType
	globalTypes []ir.GlobalType
	tagTypes    []uint32
	fuel        bool
	err         error // set by a builder in its own copy
}

func (m *module) tagType(i uint32) uint32 { return m.tagTypes[i] }

// addrType is the index type of memory i.
func (m *module) addrType(i uint32) ir.ValType {
	if m.memTypes[i].Limits.Is64 {
		return ir.TypeI64
	}
	return ir.TypeI32
}

func (m *module) tableAddr(i uint32) ir.ValType {
	if m.tableTypes[i].Limits.Is64 {
		return ir.TypeI64
	}
	return ir.TypeI32
}

func (m *module) funcRef(i uint32) ir.ValType {
	return ir.ValType{Kind: ir.Ref, Heap: ir.Heap(m.funcTypes[i])}
}

// Options are the parameters of the lowering.
type Options struct {
	// Fuel has the code count what it runs (ir.Fuel).
	Fuel bool
}

// Module is that of the zero Options.
func Module(m *binary.Module, id ir.ModuleID) (*ir.Module, error) { return Options{}.Module(m, id) }

// Module turns m, which must be valid, into an ir.Module. Func.Escapes is set;
// the other facts are those of pass "callgraph".
func (o Options) Module(m *binary.Module, id ir.ModuleID) (*ir.Module, error) {
	out := &ir.Module{
		ID: id, Name: m.Names.Module, Types: m.Types, Mems: m.Mems, Tags: m.Tags,
		Start: m.Start, FuncNames: maps.Clone(m.Names.Funcs), Offset: m.Base, CodeOffset: uint32(max(m.CodeOffset-m.Base, 0)),
	}
	for i := range m.Customs {
		if c := &m.Customs[i]; strings.HasPrefix(c.Name, ".debug_") {
			if out.Customs == nil {
				out.Customs = make(map[string][]byte)
			}
			out.Customs[c.Name] = c.Bytes
		}
	}
	s := &module{m: out, base: m.Base, fuel: o.Fuel}
	for i := range m.Imports {
		im := m.Imports[i].ModuleImport
		out.Imports = append(out.Imports, im)
		switch im.Kind {
		case ir.ExternFunc:
			s.funcTypes = append(s.funcTypes, im.Type)
		case ir.ExternTable:
			s.tableTypes = append(s.tableTypes, im.Table)
		case ir.ExternMemory:
			s.memTypes = append(s.memTypes, im.Memory)
		case ir.ExternGlobal:
			s.globalTypes = append(s.globalTypes, im.Global)
		case ir.ExternTag:
			s.tagTypes = append(s.tagTypes, im.Type)
		}
	}
	imported := uint32(len(s.funcTypes))
	s.funcTypes = append(s.funcTypes, m.Funcs...)
	s.memTypes = append(s.memTypes, m.Mems...)
	s.tagTypes = append(s.tagTypes, m.Tags...)
	for i := range m.Tables {
		s.tableTypes = append(s.tableTypes, m.Tables[i].Type)
	}
	for i := range m.Globals {
		s.globalTypes = append(s.globalTypes, m.Globals[i].Type)
	}
	for i := range m.Exports {
		out.Exports = append(out.Exports, m.Exports[i].ModuleExport)
	}
	if len(m.Codes) != len(m.Funcs) {
		return nil, binary.Errorf(m.Base, "function and code section have inconsistent lengths")
	}

	b := newBuilder(s)
	if err := b.definitions(m); err != nil {
		return nil, err
	}
	if n := countLocals(m); n > maxLocals {
		return nil, binary.Errorf(m.Base, "the module's functions have %d locals; more than %d are not supported", n, maxLocals)
	}
	out.Funcs = make([]*ir.Func, len(m.Funcs))
	for i := range m.Funcs {
		code := &m.Codes[i]
		index := imported + uint32(i)
		f := &ir.Func{
			Index: index, Type: m.Funcs[i], Name: m.Names.Funcs[index],
			Offset: uint32(code.Entry - m.Base), Size: uint32(code.Size),
		}
		params := s.m.Types[f.Type].Func.Params
		n := len(params)
		for _, g := range code.Locals {
			n += int(g.Count)
		}
		f.NumDeclared = n
		f.Locals = append(make([]ir.ValType, 0, n+8), params...)
		for _, g := range code.Locals {
			for range g.Count {
				f.Locals = append(f.Locals, g.Type)
			}
		}
		out.Funcs[i] = f
	}
	refs, err := bodies(s, m)
	if err != nil {
		return nil, err
	}
	refs = append(refs, b.funcRefs...)
	for _, e := range out.Exports {
		if e.Kind == ir.ExternFunc {
			refs = append(refs, e.Index)
		}
	}
	if out.Start != nil {
		refs = append(refs, *out.Start)
	}
	for _, i := range refs {
		if i >= imported {
			out.Funcs[i-imported].Escapes = true
		}
	}
	return out, nil
}

// maxLocals limits the declared locals of a module, so that a small file of
// functions with the most locals allowed does not fill memory.
const maxLocals = 16 << 20

func countLocals(m *binary.Module) (n uint64) {
	for i := range m.Codes {
		for _, g := range m.Codes[i].Locals {
			n += uint64(g.Count)
		}
	}
	return n
}

func newBuilder(s *module) *builder {
	own := *s
	return &builder{module: &own, r: binary.NewInstrReader(nil, 0)}
}

// bodies lowers all functions, several at a time, and gives the functions
// whose address they take.
func bodies(s *module, m *binary.Module) ([]uint32, error) {
	workers := min(runtime.GOMAXPROCS(0), 1+len(m.Codes)/64)
	builders := make([]*builder, workers)
	errs := make([]error, len(m.Codes))
	var next atomic.Int64
	var failed atomic.Bool
	var wg sync.WaitGroup
	for w := range builders {
		b := newBuilder(s)
		builders[w] = b
		wg.Go(func() {
			for !failed.Load() {
				// Functions are taken in order, so all before a failing one are
				// looked at and the first error is the same on each run.
				i := int(next.Add(1) - 1)
				if i >= len(m.Codes) {
					return
				}
				if errs[i] = b.guarded(s.m.Funcs[i], &m.Codes[i]); errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	var refs []uint32
	for _, b := range builders {
		refs = append(refs, b.funcRefs...)
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return refs, nil
}

// guarded is lower, with a panic (which would be a bug, of this package or of
// validation) turned into an error that says where.
func (b *builder) guarded(f *ir.Func, code *binary.Code) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = binary.Errorf(b.in.Offset, "internal error: lowering %s of function %d: %v", b.in.Op, f.Index, p)
		}
	}()
	b.f, b.err = f, nil
	return b.lower(code)
}

// definitions lowers what the module defines besides functions.
func (b *builder) definitions(m *binary.Module) error {
	out := b.m
	for i := range m.Tables {
		t := ir.Table{Type: m.Tables[i].Type}
		if m.Tables[i].Init != nil {
			var err error
			if t.Init, err = b.constExpr(*m.Tables[i].Init); err != nil {
				return err
			}
		}
		out.Tables = append(out.Tables, t)
	}
	for i := range m.Globals {
		x, err := b.constExpr(m.Globals[i].Init)
		if err != nil {
			return err
		}
		out.Globals = append(out.Globals, ir.Global{Type: m.Globals[i].Type, Init: x})
	}
	for i := range m.Elems {
		e := &m.Elems[i]
		s := ir.Elem{Mode: e.Mode, Table: e.Table, Type: e.Type}
		var err error
		if e.Mode == ir.SegActive {
			if s.Offset, err = b.constExpr(e.OffsetIn); err != nil {
				return err
			}
		}
		for _, f := range e.FuncItems {
			b.funcRefs = append(b.funcRefs, f)
			x := b.exprs.new()
			*x = ir.Expr{Op: ir.OpRefFunc, Type: b.funcRef(f), Imm: uint64(f), Pos: uint32(e.Offset - b.base)}
			s.Items = append(s.Items, x)
		}
		for _, c := range e.ExprItems {
			x, err := b.constExpr(c)
			if err != nil {
				return err
			}
			s.Items = append(s.Items, x)
		}
		out.Elems = append(out.Elems, s)
	}
	for i := range m.Datas {
		d := &m.Datas[i]
		s := ir.Data{Mode: d.Mode, Memory: d.Memory, Bytes: d.Bytes}
		if d.Mode == ir.SegActive {
			var err error
			if s.Offset, err = b.constExpr(d.OffsetIn); err != nil {
				return err
			}
		}
		out.Datas = append(out.Datas, s)
	}
	return nil
}

// constExpr lowers a constant expression to one tree.
func (b *builder) constExpr(c binary.ConstExpr) (x *ir.Expr, err error) {
	defer func() {
		if p := recover(); p != nil {
			x, err = nil, binary.Errorf(b.in.Offset, "internal error: lowering %s in a constant expression: %v", b.in.Op, p)
		}
	}()
	b.f, b.err = nil, nil
	b.constant, b.dead = true, false // no tree is spilled: nothing changes state
	b.stack, b.stable = b.stack[:0], 0
	b.loads, b.traps, b.globals, b.sizes = 0, 0, 0, 0
	b.r.Reset(c.Bytes, c.Offset)
	for {
		if err := b.r.Next(&b.in); err != nil {
			return nil, err
		}
		b.pos = uint32(b.in.Offset - b.base)
		if b.in.Op == binary.OpEnd {
			break
		}
		b.instr()
		if b.err != nil {
			return nil, b.err
		}
	}
	if len(b.stack) != 1 {
		return nil, binary.Errorf(c.Offset, "constant expression leaves %d values", len(b.stack))
	}
	return b.pop().x, nil
}
