package binary

import "github.com/wc2go/wc2go/ir"

// Component is a decoded component: its definitions in the order of the file.
// Each definition adds to the index space of its sort; validate and inline
// replay the list.
type Component struct {
	Offset int // of the component's preamble in the file
	Defs   []Def
	Name   string // from the component-name section
	// Customs are the custom sections of this component (package-docs,
	// producers...), without component-name.
	Customs []Custom
}

// Def is a definition of a component; one of the types below.
type Def interface{ Pos() int }

type pos int

// Pos is the definition's offset in the file.
func (p pos) Pos() int { return int(p) }

// At makes the position that definitions embed.
func At(offset int) pos { return pos(offset) }

// The definitions.
type (
	// DefCoreModule is section 1: adds a core module.
	DefCoreModule struct {
		pos
		Module *Module
	}
	// DefCoreInstance adds a core instance.
	DefCoreInstance struct {
		pos
		Instantiate bool
		Module      uint32        // if Instantiate
		Args        []CoreArg     // if Instantiate
		Exports     []CoreSortRef // otherwise: inline exports, named
	}
	// DefCoreType adds core types: one module type, or all types of a rec group.
	DefCoreType struct {
		pos
		Module *CoreModuleType
		Group  []ir.SubType // if Module is nil
	}
	// DefComponent is section 4: adds a component.
	DefComponent struct {
		pos
		Component *Component
	}
	// DefInstance adds an instance.
	DefInstance struct {
		pos
		Instantiate bool
		Component   uint32
		Args        []SortRef // `with` arguments, Name set
		Exports     []InlineExport
	}
	// DefAlias adds an alias to the index space of its sort.
	DefAlias struct {
		pos
		Alias Alias
	}
	// DefType adds a type.
	DefType struct {
		pos
		Type TypeDef
	}
	// DefCanon adds a func (lift) or a core func (all others).
	DefCanon struct {
		pos
		Canon Canon
	}
	// DefStart is a component start function.
	DefStart struct {
		pos
		Func    uint32
		Args    []uint32
		Results uint32
	}
	// DefImport adds an import to the index space of its sort.
	DefImport struct {
		pos
		Name ExternName
		Type ExternType
	}
	// DefExport exports, and adds an alias to the index space of its sort.
	DefExport struct {
		pos
		Name ExternName
		Ref  SortRef
		Type *ExternType // ascribed, or nil
	}
	// DefValue is a value definition.
	DefValue struct {
		pos
		Type  ValType
		Bytes []byte
	}
)

// Sort is a sort of definition.
type Sort uint8

// The sorts. Core sorts come first.
const (
	SortCoreFunc Sort = iota
	SortCoreTable
	SortCoreMemory
	SortCoreGlobal
	SortCoreTag
	SortCoreType
	SortCoreModule
	SortCoreInstance
	SortFunc
	SortValue
	SortType
	SortComponent
	SortInstance
)

func (s Sort) String() string {
	return [...]string{"core func", "core table", "core memory", "core global", "core tag", "core type", "core module", "core instance",
		"func", "value", "type", "component", "instance"}[s]
}

// CoreArg is a `with` argument of a core instantiation: always an instance.
type CoreArg struct {
	Name     string
	Instance uint32
	Offset   int
}

// CoreSortRef is a named reference to a core definition.
type CoreSortRef struct {
	Name   string
	Sort   Sort
	Index  uint32
	Offset int
}

// SortRef is a reference to a definition; named in `with` arguments.
type SortRef struct {
	Name   string
	Sort   Sort
	Index  uint32
	Offset int
}

// InlineExport is an export of an instance made from exports.
type InlineExport struct {
	Name ExternName
	Ref  SortRef
}

// AliasKind says what an alias points into.
type AliasKind uint8

// The kinds of aliases.
const (
	AliasExport     AliasKind = iota // Name of Instance
	AliasCoreExport                  // Name of core Instance
	AliasOuter                       // Index of the scope Count levels out
)

// Alias is an alias definition.
type Alias struct {
	Kind     AliasKind
	Sort     Sort
	Instance uint32
	Name     string
	Count    uint32
	Index    uint32
	Offset   int
}

// ExternName is a name of an import or export with its attributes.
type ExternName struct {
	Name          string // plainname or interfacename, as written
	Implements    string // "" if absent
	VersionSuffix string // "" if absent
	ExternalID    string
	HasExternalID bool
	HasVersion    bool // versionsuffix attribute present
	HasImplements bool
	Offset        int
}

// ExternType is the type of an import or export.
type ExternType struct {
	Sort Sort // SortCoreModule, SortFunc, SortValue, SortType, SortComponent, SortInstance
	// Index is the type index (core type index for modules, the type for
	// func, component, instance and for a type bound or value bound (eq i)).
	Index uint32
	// SortType: SubResource is (sub resource), otherwise (eq Index).
	SubResource bool
	// SortValue: IsEq is (eq Index), otherwise Value.
	IsEq   bool
	Value  ValType
	Offset int
}

// ValType is a component value type as written: a primitive or a type index.
type ValType struct {
	Prim   bool
	Kind   ir.TypeKind // if Prim
	Index  uint32      // otherwise
	Offset int
}

// TypeDefKind says what a type definition defines.
type TypeDefKind uint8

// The kinds of type definitions.
const (
	DefinedValue TypeDefKind = iota
	DefinedFunc
	DefinedComponent
	DefinedInstance
	DefinedResource
)

// TypeDef is a type definition.
type TypeDef struct {
	Kind     TypeDefKind
	Value    *ValueTypeDef
	Func     *FuncTypeDef
	Decls    []Decl // DefinedComponent, DefinedInstance
	Resource *ResourceDef
	Offset   int
}

// Label is a field, case, flag or enum name with its payload.
type Label struct {
	Name   string
	Type   *ValType // nil: none
	Offset int
}

// ValueTypeDef is a defvaltype.
type ValueTypeDef struct {
	Kind   ir.TypeKind // primitives too
	Labels []Label     // record, variant, flags, enum
	Types  []ValType   // tuple
	Elem   *ValType    // list, fixed list, option, stream, future, map value, result ok
	Err    *ValType    // result error
	Key    *ValType    // map key
	Len    uint32      // fixed list
	Index  uint32      // own, borrow: the resource's type index
	Offset int
}

// FuncTypeDef is a functype.
type FuncTypeDef struct {
	Async  bool
	Params []Label // Type always set
	Result *ValType
}

// ResourceDef is a resourcetype.
type ResourceDef struct {
	Rep  ir.ValType
	Dtor *uint32 // core func index
	// Async and Callback belong to an asynchronous destructor, which the
	// current binary format does not have; kept nil/false.
}

// DeclKind says what a declarator of a component or instance type declares.
type DeclKind uint8

// The declarators.
const (
	DeclCoreType DeclKind = iota
	DeclType
	DeclAlias
	DeclImport // component types only
	DeclExport
)

// Decl is a declarator of a component type or instance type.
type Decl struct {
	Kind     DeclKind
	CoreType *DefCoreType
	Type     *TypeDef
	Alias    *Alias
	Name     ExternName // DeclImport, DeclExport
	Extern   ExternType // DeclImport, DeclExport
	Offset   int
}

// CoreModuleType is a core module type.
type CoreModuleType struct {
	Decls []CoreModuleDecl
}

// CoreModuleDecl is a declarator of a core module type; one field is set.
type CoreModuleDecl struct {
	Import *CoreImport
	Type   []ir.SubType
	Alias  *Alias // outer, core type
	Export *CoreExportDecl
	Offset int
}

// CoreExportDecl declares an export of a core module type; the fields are
// those of an import without module name.
type CoreExportDecl struct {
	ir.ModuleImport
	Offset int
}

// CanonKind says what a canonical definition makes.
type CanonKind uint8

// The canonical definitions.
const (
	CanonLift CanonKind = iota
	CanonLower
	CanonResourceNew
	CanonResourceDrop
	CanonResourceRep
	CanonBuiltin // all others, by name
)

// Canon is a canonical definition.
type Canon struct {
	Kind CanonKind
	Func uint32 // CanonLift: core func; CanonLower: func
	Opts CanonOpts
	// Type is the func type of a lift, the resource of resource.*, the stream
	// or future type, the core func type of thread.*.
	Type uint32
	// Builtin is the spec's name: "task.return", "stream.new", "thread.yield"...
	Builtin     string
	Result      *ValType // task.return
	Async       bool     // the `async?` immediate
	Cancellable bool     // the `cancel?` immediate, where an input still has it
	Shared      bool
	CoreType    ir.ValType // context.get/set
	Arg         uint32     // context slot; table of thread.new-indirect; memory of waitable-set.*
	Offset      int
}

// CanonOpt is one canonical option.
type CanonOpt struct {
	// Name as in the text format: "utf8", "utf16", "latin1+utf16", "memory",
	// "realloc", "post-return", "async", "callback", "core-type", "gc".
	Name   string
	Index  uint32
	Offset int
}

// CanonOpts are canonical options in the order written; duplicates and
// conflicts are for package validate.
type CanonOpts []CanonOpt

// Get returns the option with that name.
func (o CanonOpts) Get(name string) (CanonOpt, bool) {
	for _, x := range o {
		if x.Name == name {
			return x, true
		}
	}
	return CanonOpt{}, false
}
