package binary

import "github.com/wc2go/wc2go/ir"

// Module is a decoded core module. Function bodies and constant expressions
// are kept as bytes; [InstrReader] iterates over them.
type Module struct {
	// Base is the offset of the module's first byte in the file (0 for a bare
	// module); all Offset fields of the tree are relative to the file.
	Base  int
	Bytes []byte // the module's own bytes

	Types    []ir.SubType // Sig is filled by package validate
	Imports  []CoreImport
	Funcs    []uint32 // type index per defined function
	Tables   []CoreTable
	Mems     []ir.MemoryType
	Globals  []CoreGlobal
	Tags     []uint32
	Exports  []CoreExport
	Start    *uint32
	StartOff int
	Elems    []CoreElem
	// DataCount is the data count section's number, nil if there is no such section.
	DataCount *uint32
	Codes     []Code
	// CodeOffset is where the contents of the code section begin in the file, 0
	// if there is none.
	CodeOffset int
	Datas      []CoreData
	Customs    []Custom
	Names      Names // from the name section; a broken name section gives empty names

	TypeOffs, FuncOffs, MemOffs, TagOffs []int // offsets of the entries
}

// CoreImport is an import of a module.
type CoreImport struct {
	ir.ModuleImport
	Compact bool // of a group (compact-import-section proposal)
	Offset  int
}

// CoreExport is an export of a module.
type CoreExport struct {
	ir.ModuleExport
	Offset int
}

// CoreTable is a table definition.
type CoreTable struct {
	Type   ir.TableType
	Init   *ConstExpr // nil: none given
	Offset int
}

// CoreGlobal is a global definition.
type CoreGlobal struct {
	Type   ir.GlobalType
	Init   ConstExpr
	Offset int
}

// ConstExpr is the bytes of an expression, its `end` included.
type ConstExpr struct {
	Bytes  []byte
	Offset int
}

// CoreElem is an element segment.
type CoreElem struct {
	Mode      ir.SegmentMode
	Table     uint32
	OffsetIn  ConstExpr // SegActive: offset in the table
	Type      ir.ValType
	FuncItems []uint32    // the short form
	ExprItems []ConstExpr // the expression form; one of the two is used
	IsExprs   bool
	Offset    int
}

// CoreData is a data segment.
type CoreData struct {
	Mode     ir.SegmentMode
	Memory   uint32
	OffsetIn ConstExpr // SegActive: offset in the memory
	Bytes    []byte
	Offset   int
}

// LocalGroup is a run of locals of one type in a code entry.
type LocalGroup struct {
	Count uint32
	Type  ir.ValType
}

// Code is a function body.
type Code struct {
	Locals []LocalGroup
	Body   []byte // after the locals, up to and including the last `end`
	Offset int    // of Body in the file
	Entry  int    // of the code entry in the file
	Size   int    // of the code entry, its size field included
}

// Custom is a custom section.
type Custom struct {
	Name   string
	Bytes  []byte
	Offset int
}

// Names is what a core name section says.
type Names struct {
	Module string
	Funcs  map[uint32]string
	Locals map[uint32]map[uint32]string
}
