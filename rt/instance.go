package rt

import "fmt"

// Instance is what every generated Instance has beside its typed API: exports
// found at run time, by name or by index.
//
// A name is "function", or "instance#function" for one of an exported interface.
// An interface may be named in any compatible version.
type Instance interface {
	// Func finds an exported function by name, FuncAt by index.
	Func(name string) (Func, bool)
	FuncAt(x ExportIndex) (Func, bool)
	// Module finds an exported core module.
	Module(name string) (CoreModule, bool)
	ModuleAt(x ExportIndex) (CoreModule, bool)
	// Resource finds an exported resource type: of this instance, others have their own.
	Resource(name string) (*ResourceType, bool)
	ResourceAt(x ExportIndex) (*ResourceType, bool)
	// ExportIndex finds any export, of the root or, with a parent, of an exported
	// instance; Export describes it too, which costs more.
	ExportIndex(parent *ExportIndex, name string) (ExportIndex, bool)
	Export(parent *ExportIndex, name string) (Item, ExportIndex, bool)
}

// ExportLookup is how an export is named: by path or by index.
type ExportLookup interface {
	string | ExportIndex | *ExportIndex
}

// TypedFunc gives an exported function as a Go function of type F, which must
// be exactly the type that the typed API gives the function:
//
//	greet, err := rt.TypedFunc[func(context.Context, string) (string, error)](inst, "greet")
//
// Methods of resources have the resource as their first parameter after the context.
func TypedFunc[F any, At ExportLookup](inst interface {
	Func(name string) (Func, bool)
	FuncAt(x ExportIndex) (Func, bool)
}, at At) (F, error) {
	var zero F
	var f Func
	var ok bool
	var name string
	switch at := any(at).(type) {
	case string:
		name = fmt.Sprintf("%q", at)
		f, ok = inst.Func(at)
	case ExportIndex:
		name = fmt.Sprintf("at index %q", at)
		f, ok = inst.FuncAt(at)
	case *ExportIndex:
		if at == nil {
			return zero, fmt.Errorf("wc2go: nil index of an export")
		}
		name = fmt.Sprintf("at index %q", *at)
		f, ok = inst.FuncAt(*at)
	}
	if !ok {
		return zero, fmt.Errorf("wc2go: %T exports no function %s", inst, name)
	}
	typed, ok := f.typed.(F)
	if !ok {
		return zero, fmt.Errorf("wc2go: function %s has the type %T, not %T", name, f.typed, zero)
	}
	return typed, nil
}
