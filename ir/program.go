package ir

// This file: the component-level program.

// Indices of a Program.
type (
	ModuleID            int32 // Program.Modules
	CoreInstanceID      int32 // Program.CoreInstances
	ComponentInstanceID int32 // Program.Instances
	OptionsID           int32 // Program.Options
	TrampolineID        int32 // Program.Trampolines
	LiftID              int32 // Program.Lifts
	ImportFuncID        int32 // Program.ImportFuncs
	ImportModuleID      int32 // Program.ImportModules
)

// Program is one component, flattened.
type Program struct {
	// Fuel: the code counts the instructions that it runs, see [Fuel].
	Fuel      bool
	Name      string // for people: from the component's name section
	World     string // name of the world if package-docs or the producer tells it
	Docs      string // of the world
	Types     []Type
	FuncTypes []ComponentFuncType
	Resources []Resource

	Imports       []Extern       // root imports, in order
	ImportFuncs   []ImportFunc   // every function in Imports, nested ones included
	ImportModules []ImportModule // every core module in Imports

	Modules       []*Module
	CoreInstances []CoreInstance
	Instances     []ComponentInstance
	Options       []CanonOptions
	Lifts         []Lift
	Trampolines   []Trampoline

	// Init is what instantiation does, in order.
	Init    []Init
	Exports []Extern // root exports, in order

	// Core is set for a program made from a bare core module instead of a
	// component: it has one module, one core instance, no component parts.
	Core bool

	typeIndex map[string]TypeID
	funcIndex map[string]FuncTypeID
	layouts64 map[TypeID]Layout
}

// ImportPath names an item of the root imports: names from the root down.
type ImportPath []string

// ItemKind is the sort of a component import or export.
type ItemKind uint8

// The component-level sorts.
const (
	ItemFunc ItemKind = iota
	ItemInstance
	ItemType     // a value type: Type
	ItemResource // a resource type: Resource
	ItemModule   // a core module
	ItemComponent
)

// Extern is a root import or export, with what it holds.
type Extern struct {
	Name string // as written: plain or interface name
	Kind ItemKind
	Docs string
	// Implements is the interface name of an `implements` attribute, "" otherwise.
	Implements string

	FuncType FuncTypeID   // ItemFunc
	Import   ImportFuncID // ItemFunc of an import; exports: valid if ReexportsImport
	Lift     LiftID       // ItemFunc of an export, unless ReexportsImport
	// ReexportsImport: the exported function or module is an imported one, passed through.
	ReexportsImport bool

	Type     TypeID     // ItemType
	Resource ResourceID // ItemResource

	Module       ModuleID       // ItemModule of an export
	ImportModule ImportModuleID // ItemModule of an import, or re-exported

	Items []Extern // ItemInstance
}

// ImportFunc is a component function that the host supplies.
type ImportFunc struct {
	Path ImportPath
	Type FuncTypeID
}

// ImportModule is a core module that the host supplies.
type ImportModule struct {
	Path    ImportPath
	Imports []ModuleImport
	Exports []ModuleExport // Index is the position in ExportTypes
	// ExportTypes are the types of the exports: Kind and the field of its sort.
	ExportTypes []ModuleImport
	Types       []SubType
}

// ComponentInstance is the run-time state of one instantiation of one
// component: handle table, may_leave, may_enter, backpressure.
type ComponentInstance struct {
	ID     ComponentInstanceID
	Parent ComponentInstanceID // -1 for the root
	Name   string              // for people
}

// CoreDefKind says what a CoreDef names.
type CoreDefKind uint8

// The kinds of core definitions.
const (
	DefExport     CoreDefKind = iota // an export (by index, not name) of a core instance
	DefTrampoline                    // a function made by the canonical ABI
)

// CoreDef is a core item: something a core instance exports, or a trampoline.
type CoreDef struct {
	Kind     CoreDefKind
	Instance CoreInstanceID // DefExport
	Extern   ExternKind     // DefExport; ExternFunc for trampolines
	// Index is in the module's index space of Extern, for modules known at
	// compile time. For an instance of an imported module Index is unused and
	// Name counts.
	Index      uint32
	Name       string
	Trampoline TrampolineID
}

// CoreInstance is one instantiation of a core module.
type CoreInstance struct {
	ID     CoreInstanceID
	Module ModuleID // -1: ImportModule
	Import ImportModuleID
	// Args has one entry per import of the module, in order, resolved.
	Args []CoreDef
	// Component is the component instance it was instantiated in.
	Component ComponentInstanceID
}

// Encoding is a string encoding of the canonical ABI.
type Encoding uint8

// The string encodings.
const (
	UTF8 Encoding = iota
	UTF16
	Latin1UTF16 // "CompactUTF16"
)

// CanonOptions are the canonical options of a lift, lower or builtin.
type CanonOptions struct {
	ID         OptionsID
	Instance   ComponentInstanceID // the component instance that owns them
	Encoding   Encoding
	Memory     *CoreDef
	Realloc    *CoreDef
	PostReturn *CoreDef
	Callback   *CoreDef
	Async      bool
	Gc         bool
	CoreType   *uint32 // `core-type` option
}

// Lift is a core function lifted to a component function.
type Lift struct {
	ID      LiftID
	Type    FuncTypeID
	Core    CoreDef
	Options OptionsID
	Name    string // for people: the export's path, "iface#func"
}

// TrampolineKind says what a Trampoline does.
type TrampolineKind uint8

// The trampolines: canonical definitions seen from core code.
const (
	TrampLower        TrampolineKind = iota // a lowered import of the root: ImportFunc
	TrampFused                              // lower of a lift of the same program: Lift
	TrampResourceNew                        // Resource
	TrampResourceRep                        // Resource
	TrampResourceDrop                       // Resource
	TrampBuiltin                            // Builtin: async and others, by spec name
	TrampTrap                               // always traps: an import lowered that can never be called
)

// Trampoline is a core function that the canonical ABI makes.
type Trampoline struct {
	ID         TrampolineID
	Kind       TrampolineKind
	ImportFunc ImportFuncID
	Lift       LiftID
	// Options of the lowering side (TrampLower, TrampFused, builtins with options); -1 if none.
	Options  OptionsID
	FuncType FuncTypeID // as seen by the lowering side; TrampLower, TrampFused
	Resource ResourceID
	// Instance is the component instance whose core code calls it.
	Instance ComponentInstanceID
	// Builtin is the canonical built-in's name as in Explainer.md ("task.return",
	// "stream.new", ...); Type its stream, future or result type; Arg its
	// immediate (context slot, table...); Async its flag.
	Builtin string
	Type    TypeID
	Arg     uint32
	Async   bool
	// Table and Thread are the table of thread.new-indirect and the like, and
	// the core type of the functions in it.
	Table  *CoreDef
	Thread *SubType
	// Core is the core type of the function.
	Core FuncType
}

// InitKind is a kind of instantiation step.
type InitKind uint8

// The instantiation steps.
const (
	InitCoreInstance InitKind = iota // instantiate CoreInstance (globals, segments, start)
	InitResource                     // Resource comes to life (its dtor is known now)
)

// Init is one step of instantiation.
type Init struct {
	Kind     InitKind
	Instance CoreInstanceID
	Resource ResourceID
}
