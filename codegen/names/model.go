package names

import (
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// Model is a program with Go names. It is made by [Build] and read-only after.
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

	// ImportRoot and ExportRoot are the functions of the world itself.
	ImportRoot, ExportRoot []Func
	// ImportModules are the core modules that the host supplies, by ir.ImportModuleID.
	ImportModules []ImportModule
	// ImportDecls and ExportDecls are the types of the world itself.
	ImportDecls, ExportDecls []Decl
	// Helpers are types that no import or export names but that fused adapters
	// pass; their Go names are unexported.
	Helpers []ir.TypeID

	UsesWASI bool // Imports has a WASI field
	// PackageNames are the names of the packages that types are mapped to, by import path.
	PackageNames map[string]string
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
	// Cases has the Go names of ir.Type.Cases: struct fields of a record or
	// tuple, case types of a variant, constants of an enum or of flags. Case
	// types and constants live in the package of the type.
	Cases []string
	// IsError: the Go type implements error.
	IsError bool
	// Repr is the predeclared integer type under an enum or flags ("uint8"...).
	Repr string
	// Alias is the Go alias that stands for a FormBuiltin type with a WIT name
	// (`type filesize = u64`), AliasPkg its package if that is another one.
	Alias, AliasPkg string
}

// Resource is a resource type in Go.
type Resource struct {
	ID ir.ResourceID
	// Pkg, Name: as in Type; the Go value is Name for an interface type (host
	// resource), *Name for a struct (guest resource, or a mapped struct).
	// Name is "" for a resource that never leaves the program.
	Pkg, Name string
	Pointer   bool
	// Host: values are the embedder's (imported); otherwise *rt-backed handles.
	Host bool
}

// DeclKind says what a Decl declares.
type DeclKind uint8

// The kinds of declarations.
const (
	DeclType DeclKind = iota
	DeclResource
	DeclAlias
)

// Decl is a declaration that bind prints: a value type, a resource, or an
// alias of a type.
type Decl struct {
	Kind     DeclKind
	Type     ir.TypeID // DeclType, DeclAlias
	Resource ir.ResourceID
	Name     string // Go name
	WIT      string // "ns:pkg/iface@1.2.3#name"
	Docs     string
}

// Interface is an imported or exported instance in Go.
type Interface struct {
	Extern *ir.Extern
	Path   []string // names from the root down
	ID     string   // "ns:pkg/iface@1.2.3" or plain name
	Pkg    string   // not "" if mapped (imports)
	Name   string   // Go interface type (imports), Go struct type of the accessor's result (exports)
	Field  string   // imports: field of Imports; exports: accessor method of Instance
	// From is the function of Pkg that makes the default implementation from a
	// *wasi.Host ("StdoutFrom"), "" if there is none.
	From  string
	Funcs []Func // in declaration order
	// Needed is false for an imported interface that holds only types and
	// resource methods: it has no field in Imports; and for an exported one
	// without functions other than methods: it has no accessor.
	Needed bool
	// Decls are the types that this package declares for it, in order.
	Decls []Decl
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
	Resource ir.ResourceID // methods, constructors, statics; -1 otherwise
	Name     string        // Go name: method of the interface, of the resource, or of Instance
	Params   []string      // Go parameter names; for FuncMethod without self
	Type     ir.FuncTypeID
	Docs     string
}

// ImportFunc says how generated glue calls an imported function:
//
//	FuncMethod:        self.Name(ctx, ...)
//	Iface >= 0:        i.imports.Field.Name(ctx, ...)
//	Iface < 0:         i.imports.Field(ctx, ...)
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

// ImportField is a field of Imports.
type ImportField struct {
	Name string
	WIT  string // the import's name, for people
	// One of these: an interface, a function, a core module.
	Iface  *Interface
	Func   *Func
	Module *ImportModule
	// Extern is the import.
	Extern *ir.Extern
}

// ImportModule is a core module that the host supplies.
type ImportModule struct {
	Extern *ir.Extern
	Path   []string // names from the root down
	Field  string   // field of Imports
}

// ImportFields lists the fields of Imports, but WASI, in order.
func (m *Model) ImportFields() []ImportField {
	var out []ImportField
	seen := map[string]bool{}
	for i := range m.ImportIfaces {
		f := &m.ImportIfaces[i]
		if !f.Needed || seen[f.Field] {
			continue
		}
		seen[f.Field] = true
		out = append(out, ImportField{Name: f.Field, WIT: strings.Join(f.Path, " "), Iface: f, Extern: f.Extern})
	}
	for i := range m.ImportRoot {
		f := &m.ImportRoot[i]
		if f.Kind == FuncMethod {
			continue
		}
		out = append(out, ImportField{Name: f.Name, WIT: f.Extern.Name, Func: f, Extern: f.Extern})
	}
	for i := range m.ImportModules {
		f := &m.ImportModules[i]
		out = append(out, ImportField{Name: f.Field, WIT: strings.Join(f.Path, " "), Module: f, Extern: f.Extern})
	}
	return out
}
