// Package names resolves a program's WIT names to Go names, once: the [Model]
// holds every Go identifier and type that the typed API consists of. Packages
// bind and adapt print from it and invent no names.
package names

import (
	"github.com/dave/jennifer/jen"

	"github.com/wc2go/wc2go/ir"
)

// Model is a program with Go names.
type Model struct {
	Program *ir.Program
	Package string // package name
	Path    string // import path

	Types     []Type     // by ir.TypeID
	Resources []Resource // by ir.ResourceID

	ImportIfaces []Interface  // one per imported instance (nested ones included)
	ExportIfaces []Interface  // one per exported instance (nested ones included)
	ImportFuncs  []ImportFunc // by ir.ImportFuncID
	Lifts        []ExportFunc // by ir.LiftID; zero for lifts that are not exported

	UsesWASI bool // Imports has a WASI field
}

// TypeForm says how a type appears in Go.
type TypeForm uint8

// The forms.
const (
	// FormBuiltin is written with predeclared Go types, slices, arrays, maps and rt generics only.
	FormBuiltin TypeForm = iota
	// FormNamed is declared in this package (or an unexported helper type, for
	// types that no import or export of the root names).
	FormNamed
	// FormMapped lives in another package.
	FormMapped
)

// Type is a value type in Go.
type Type struct {
	ID   ir.TypeID
	Form TypeForm
	// Pkg is the import path for FormMapped; Name the Go type name for FormNamed and FormMapped.
	Pkg, Name string
	// Cases has the Go names of ir.Type.Cases: struct fields of a record, case
	// types of a variant, constants of an enum or of flags.
	Cases []string
	// IsError: the Go type implements error.
	IsError bool
	// Repr is the predeclared integer type under an enum or flags ("uint8"...).
	Repr string
}

// Resource is a resource type in Go.
type Resource struct {
	ID ir.ResourceID
	// Pkg, Name: as in Type; the Go value is Name for an interface type (host
	// resource), *Name for a struct (guest resource, or a mapped struct).
	Pkg, Name string
	Pointer   bool
	// Host: values are the embedder's (imported); otherwise *rt-backed handles.
	Host bool
}

// Interface is an imported or exported instance in Go.
type Interface struct {
	Extern *ir.Extern
	ID     string // "ns:pkg/iface@1.2.3" or plain name
	Pkg    string // not "" if mapped (imports)
	Name   string // Go interface type (imports), Go struct type of the accessor's result (exports)
	Field  string // imports: field of Imports; exports: accessor method of Instance
	// From is the function of Pkg that makes the default implementation from a
	// *wasi.Host ("StdoutFrom"), "" if there is none.
	From  string
	Funcs []Func // in declaration order
	// Needed is false for an imported interface that holds only types and resource methods: it has no field in Imports.
	Needed bool
}

// FuncKind says how a WIT function appears.
type FuncKind uint8

// The kinds of functions.
const (
	FuncPlain FuncKind = iota
	FuncConstructor
	FuncMethod
	FuncStatic
)

// Func is a component function in Go.
type Func struct {
	Extern   *ir.Extern
	Kind     FuncKind
	Resource ir.ResourceID // methods, constructors, statics
	Name     string        // Go name: method of the interface, of the resource, or of Instance
	Params   []string      // Go parameter names; for FuncMethod without self
	Type     ir.FuncTypeID
	Docs     string
}

// ImportFunc says how generated glue calls an imported function.
type ImportFunc struct {
	Func
	// Iface is the index in ImportIfaces, -1 for a function of the world itself
	// (then Field names a func-typed field of Imports).
	Iface int
	Field string // field of Imports that holds the interface or the func
}

// ExportFunc says where an exported function appears.
type ExportFunc struct {
	Func
	Iface int // index in ExportIfaces, -1: method of Instance
}

// GoType writes the Go type of a value type.
func (m *Model) GoType(t ir.TypeID) *jen.Statement { panic("not yet") }

// ResultTypes gives the Go results of a function without the final error: the
// type of the result, or of its ok payload if it is a result type; nil if there is none.
func (m *Model) ResultTypes(f ir.FuncTypeID) []*jen.Statement { panic("not yet") }
