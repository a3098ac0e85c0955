package ir

// This file: core WebAssembly types and modules.

// Kind says what a core value type is.
type Kind uint8

// The kinds of core value types.
const (
	KindNone Kind = iota // no value (statements); never the type of a value
	I32
	I64
	F32
	F64
	V128
	Ref // a reference; Heap and Null say which
	I8  // packed storage type of GC fields only
	I16 // packed storage type of GC fields only
)

// Heap is the heap type of a reference: a type index if >= 0, otherwise one of
// the abstract heap types below.
type Heap int32

// The abstract heap types.
const (
	HeapFunc Heap = -1 - iota
	HeapNoFunc
	HeapExtern
	HeapNoExtern
	HeapAny
	HeapEq
	HeapI31
	HeapStruct
	HeapArray
	HeapNone
	HeapExn
	HeapNoExn
	HeapCont
	HeapNoCont
	HeapBottom // validation only: the type of an operand of unreachable code
)

// ValType is a core value type. It is comparable.
type ValType struct {
	Kind  Kind
	Null  bool // Ref: may be null
	Exact bool // Ref, Heap >= 0: of the very type, not of a subtype
	Heap  Heap // Ref
}

// The value types without parameters, and the common references.
var (
	TypeI32       = ValType{Kind: I32}
	TypeI64       = ValType{Kind: I64}
	TypeF32       = ValType{Kind: F32}
	TypeF64       = ValType{Kind: F64}
	TypeV128      = ValType{Kind: V128}
	TypeFuncRef   = ValType{Kind: Ref, Null: true, Heap: HeapFunc}
	TypeExternRef = ValType{Kind: Ref, Null: true, Heap: HeapExtern}
)

// FuncType is a core function type.
type FuncType struct {
	Params, Results []ValType
}

// CompositeKind says what a composite type is.
type CompositeKind uint8

// The composite types.
const (
	CompFunc CompositeKind = iota
	CompStruct
	CompArray
	CompCont
)

// Field is a field of a struct type, or the element of an array type.
type Field struct {
	Type    ValType
	Mutable bool
}

// SubType is one entry of a module's type index space. Recursion groups are
// contiguous: Group is the index of the first type of the entry's group,
// GroupLen the group's size.
type SubType struct {
	Kind   CompositeKind
	Func   FuncType
	Fields []Field // CompStruct: all; CompArray: exactly one
	Cont   uint32  // CompCont: function type index
	Final  bool
	Super  []uint32 // declared supertypes: none or one
	Shared bool
	// Descriptor is the type of the objects that describe objects of this type,
	// Describes the type that objects of this one describe: each the other's
	// inverse, nil if there is none (custom-descriptors proposal).
	Descriptor, Describes *uint32
	Group                 uint32
	GroupLen              uint32
	// Form identifies the type up to type equivalence across all modules ever
	// translated: SHA-256 over the canonical form of its recursion group and its
	// position in it. Sig is its first 8 bytes, which call_indirect compares. So few can
	// be made to collide on purpose: that no two types of a program share them is
	// checked here, and for programs that are linked at run time by rt.RegisterTypes.
	Form [32]byte
	Sig  uint64
}

// Limits are the limits of a memory or table, in pages or elements.
type Limits struct {
	Min    uint64
	Max    uint64 // valid if HasMax
	HasMax bool
	Is64   bool
	Shared bool
}

// TableType is the type of a table.
type TableType struct {
	Elem   ValType
	Limits Limits
}

// MemoryType is the type of a memory.
type MemoryType struct {
	Limits   Limits
	PageLog2 uint8 // 16 unless custom page sizes are used
}

// GlobalType is the type of a global.
type GlobalType struct {
	Type    ValType
	Mutable bool
	Shared  bool
}

// ExternKind is the sort of a core import or export.
type ExternKind uint8

// The core sorts, numbered as in the binary format.
const (
	ExternFunc ExternKind = iota
	ExternTable
	ExternMemory
	ExternGlobal
	ExternTag
)

func (k ExternKind) String() string {
	return [...]string{"func", "table", "memory", "global", "tag"}[k]
}

// ModuleImport is an import of a core module. In each index space the imports
// come first, in order.
type ModuleImport struct {
	Module, Name string
	Kind         ExternKind
	Type         uint32 // ExternFunc, ExternTag: type index
	Exact        bool   // ExternFunc: of the very type, not of a subtype
	Table        TableType
	Memory       MemoryType
	Global       GlobalType
}

// ModuleExport is an export of a core module.
type ModuleExport struct {
	Name  string
	Kind  ExternKind
	Index uint32 // in the index space of Kind
}

// Table is a table that a module defines.
type Table struct {
	Type TableType
	Init *Expr // nil: null
}

// Global is a global that a module defines.
type Global struct {
	Type GlobalType
	Init *Expr // constant expression
}

// ElemMode says what happens to a segment at instantiation.
type SegmentMode uint8

// The segment modes.
const (
	SegActive SegmentMode = iota
	SegPassive
	SegDeclared
)

// Elem is an element segment.
type Elem struct {
	Mode   SegmentMode
	Table  uint32
	Offset *Expr // SegActive
	Type   ValType
	Items  []*Expr // constant expressions: OpRefFunc, OpRefNull, ...
}

// Data is a data segment.
type Data struct {
	Mode   SegmentMode
	Memory uint32
	Offset *Expr // SegActive
	Bytes  []byte
}

// Module is a core module. Index spaces hold the imports of the sort, then the
// definitions.
type Module struct {
	ID      ModuleID
	Name    string // from the name section, for people
	Types   []SubType
	Imports []ModuleImport
	Funcs   []*Func // defined functions only; function index = NumImports(ExternFunc) + position
	Tables  []Table
	Mems    []MemoryType
	Globals []Global
	Tags    []uint32 // type indices
	Exports []ModuleExport
	Elems   []Elem
	Datas   []Data
	Start   *uint32 // function index

	// FuncNames holds names of functions (imports included) by function index,
	// from the name section; missing ones are absent.
	FuncNames map[uint32]string

	// Offset is where the module's bytes begin in the input file; positions in
	// expressions are relative to the module's own start.
	Offset int
	// CodeOffset is where the contents of the code section begin, relative to the
	// module; addresses in DWARF are relative to it. 0 if there is no code.
	CodeOffset uint32
	// Supplied is set for a module that stands for Program.ImportModules[Host], see
	// codegen/core.Supply: what the host's module exports it imports.
	Supplied bool
	Host     ImportModuleID
	// Customs are the custom sections that later phases use (DWARF).
	Customs map[string][]byte
}

// NumImports counts the module's imports of one sort.
func (m *Module) NumImports(k ExternKind) int {
	n := 0
	for i := range m.Imports {
		if m.Imports[i].Kind == k {
			n++
		}
	}
	return n
}

// Import returns the i-th import of one sort, nil if there is none.
func (m *Module) Import(k ExternKind, i int) *ModuleImport {
	for j := range m.Imports {
		if m.Imports[j].Kind == k {
			if i == 0 {
				return &m.Imports[j]
			}
			i--
		}
	}
	return nil
}

// Func is a function that a module defines.
type Func struct {
	Index uint32 // in the module's function index space
	Type  uint32 // index in Module.Types
	Name  string // from the name section, or ""
	// Locals are all variables of the body: the parameters first, then the
	// declared wasm locals (zero at entry), then temporaries made by lowering
	// (each assigned before it is read). NumDeclared counts the first two.
	Locals      []ValType
	NumDeclared int
	Body        []Stmt
	Offset      uint32 // of the code entry, relative to the module
	Size        uint32 // of the code entry in bytes; about its share if Outlined

	// Outlined is set for a function that a pass made of a part of function Parent.
	Outlined bool
	// Try is not nil for a function that pass "try" made of the body of a
	// TryTable in function Parent.
	Try    *Try
	Parent uint32

	// Facts that passes compute; zero until then.
	Recursive bool // may be entered again below itself (needs the depth check)
	Depth     bool // takes the depth budget as a parameter
	Bounce    bool // its tail calls may come back to it: they are made when it has returned
	Escapes   bool // its address is taken (ref.func, element segment, export), or it is the start function
	Dead      bool // nothing reaches it: it keeps its index but has no body
}

// Try says what a function made of a TryTable's body catches.
type Try struct {
	Catches []TryCatch
	// Results are the locals, parameters all, whose values the function returns
	// when it has caught an exception, NoLocal for a zero; the last result, which is
	// the catch's Code, has no entry.
	Results []Local
}

// TryCatch is a clause of a Try: an exception that matches assigns its payload
// to Dsts and itself to Exn.
type TryCatch struct {
	Tag  uint32
	All  bool
	Dsts []Local
	Exn  Local // NoLocal if it is not wanted
	Code uint32
}
