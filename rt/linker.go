package rt

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// HostFunc is a host function that a [Linker] defines by name.
type HostFunc struct {
	// Type is the function's type. It is compared with the type that a component
	// imports when the two are linked. If it is nil the function takes any type, and only
	// what it returns is checked, at each call.
	Type *FuncType
	// Call gets arguments of the import's type, in the form that [Conform] gives;
	// it returns nil if the type has no result. A WIT result is a [ResultValue]; an error traps the guest.
	//
	// A resource is a [ResourceValue] with any Go value of the host's in it.
	Call func(ctx context.Context, args []Value) (Value, error)
	// Immediate says of a function of asynchronous type that Call never waits: a call
	// has its result at once. Others are called on goroutines of their own.
	Immediate bool

	// bind makes Call for a type that is not known before; see [HostFuncOf].
	bind func(want *FuncType) (func(ctx context.Context, args []Value) (Value, error), error)
}

// HostFunc makes an exported function one that another component can import.
func (f Func) HostFunc() HostFunc {
	if f.typ == nil {
		return HostFunc{}
	}
	return HostFunc{Type: f.typ, Call: f.call1}
}

// link gives the function as one of the imported type.
func (f *HostFunc) link(want *FuncType, res func(want, have *Type) error) (func(ctx context.Context, args []Value) (Value, error), error) {
	if f.bind != nil {
		return f.bind(want)
	}
	if f.Type != nil {
		if err := matchFunc(want, f.Type, res); err != nil {
			return nil, err
		}
	}
	return f.Call, nil
}

// HostResource is a resource type that a [Linker] defines.
type HostResource struct {
	// ID tells resource types apart: definitions with equal IDs are the same type. A
	// definition without ID is a type of its own.
	ID any
	// Is tells the Go values that are such resources; nil: all but nil.
	Is func(v any) bool
	// Drop is called when a guest drops its last handle that owns the value; if it is
	// nil, the value's own Drop method is, see [Dropper].
	Drop func(ctx context.Context, v any) error
}

// HostResourceOf makes a resource type whose values are of the Go type T. drop
// may be nil.
func HostResourceOf[T any](drop func(ctx context.Context, v T) error) HostResource {
	r := HostResource{Is: func(v any) bool { _, ok := v.(T); return ok }}
	if drop != nil {
		r.Drop = func(ctx context.Context, v any) error { return drop(ctx, v.(T)) }
	}
	return r
}

// HostResource makes the resource type of an instance one that another component
// can import. Its resources stay those of the instance.
func (t *ResourceType) HostResource() HostResource {
	return HostResource{ID: t, Is: t.owns}
}

// Linker holds host functions, resources and core modules by name: the imports of
// components that are linked without their typed Imports, by the function
// PrepareDynamic of a generated package. The zero Linker is empty. It must not be changed and
// used at the same time.
//
// Items are named as WIT names them: interface "wasi:cli/stdout@0.2.0", or ""
// for what a world imports by itself, and "get-stdout", "[method]bucket.get". An interface of
// another version serves if it is compatible: 0.2.0 asks, 0.2.12 serves, and the reverse.
// An instance inside an instance is "outer#inner".
type Linker struct {
	// TrapMissing makes functions that are not defined trap when they are
	// called, instead of failing the link.
	TrapMissing bool
	// Shadowing lets a later definition replace an earlier one.
	Shadowing bool
	// Strict demands that everything is defined that a component imports, resource
	// types too, and that a synchronous call of a function of asynchronous type
	// traps in a synchronous task: it is not held up. So does Wasmtime.
	Strict bool

	instances []linkerInstance
}

type linkerInstance struct {
	name  string
	items map[string]any // HostFunc, HostResource, CoreModule
}

// NewLinker makes an empty linker.
func NewLinker() *Linker { return &Linker{} }

// Define defines a function.
func (l *Linker) Define(iface, name string, f HostFunc) error {
	if f.Call == nil && f.bind == nil {
		return fmt.Errorf("wc2go: %s is defined without a Go function", itemPath(iface, name))
	}
	return l.define(iface, name, f)
}

// DefineResource defines a resource type. A linker that defines functions of
// an interface need not define its resources: any value is one then.
func (l *Linker) DefineResource(iface, name string, r HostResource) error {
	return l.define(iface, name, r)
}

// DefineModule defines a core module.
func (l *Linker) DefineModule(iface, name string, m CoreModule) error {
	if m.def == nil {
		return fmt.Errorf("wc2go: %s is defined without a core module", itemPath(iface, name))
	}
	return l.define(iface, name, m)
}

// DefineInstance defines everything that an exported instance of another
// component has: iface is what importers call it, export the export of from. A
// resource that moves over the link stays one of from's component.
func (l *Linker) DefineInstance(iface string, from Instance, export string) error {
	it, x, ok := from.Export(nil, export)
	if !ok || it.Kind != ItemInstance {
		return fmt.Errorf("wc2go: %T exports no instance %q", from, export)
	}
	return l.defineItems(iface, from, it, x)
}

// defineItems defines what the exported instance it of from, at x, has.
func (l *Linker) defineItems(iface string, from Instance, it Item, x ExportIndex) error {
	for name, item := range it.Items() {
		k, _ := from.ExportIndex(&x, name)
		var err error
		switch item.Kind {
		case ItemFunc:
			f, ok := from.FuncAt(k)
			if !ok {
				return fmt.Errorf("wc2go: %s of %T cannot be called by name", k, from)
			}
			err = l.Define(iface, name, f.HostFunc())
		case ItemResource:
			err = l.DefineResource(iface, name, item.Resource.HostResource())
		case ItemModule:
			m, _ := from.ModuleAt(k)
			err = l.DefineModule(iface, name, m)
		case ItemInstance:
			err = l.defineItems(itemPath(iface, name), from, item, k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *Linker) define(iface, name string, item any) error {
	i := slices.IndexFunc(l.instances, func(x linkerInstance) bool { return x.name == iface })
	if i < 0 {
		i = len(l.instances)
		l.instances = append(l.instances, linkerInstance{iface, map[string]any{}})
	}
	items := l.instances[i].items
	if items[name] != nil && !l.Shadowing {
		return fmt.Errorf("wc2go: %s is defined twice", itemPath(iface, name))
	}
	items[name] = item
	return nil
}

// find gives a definition, nil if there is none.
func (l *Linker) find(iface, name string) any {
	if i := l.instance(iface); i >= 0 {
		return l.instances[i].items[name]
	}
	return nil
}

// instance gives the instance of that very name, or else the highest
// compatible version; -1 if there is none.
func (l *Linker) instance(iface string) int {
	i := slices.IndexFunc(l.instances, func(x linkerInstance) bool { return x.name == iface })
	if i < 0 {
		i = bestVersion(iface, len(l.instances), func(i int) string { return l.instances[i].name })
	}
	return i
}

// resourceID is the identity of a resource type that the linker defines.
type resourceID struct {
	instance int
	name     string
}

// id gives the identity of the resource type that is defined as iface and name.
func (l *Linker) id(iface, name string) (any, bool) {
	r, ok := l.find(iface, name).(HostResource)
	switch {
	case !ok:
		return nil, false
	case r.ID != nil:
		return r.ID, true
	}
	return resourceID{l.instance(iface), name}, true
}

// An ImportError says why a component cannot have something that it imports.
// The error of a link that failed holds one for each such item.
type ImportError struct {
	Path   string   // "interface#name", or "name"
	Kind   ItemKind // what the component wants
	Found  string   // what the linker has: "func", "resource"...; "" for nothing
	Reason error    // why it does not do; nil if it is something else altogether
}

func (e *ImportError) Error() string {
	switch {
	case e.Found == "":
		return fmt.Sprintf("wc2go: import %s is not defined", e.Path)
	case e.Reason == nil:
		return fmt.Sprintf("wc2go: import %s: expected %s, found %s", e.Path, e.Kind, e.Found)
	}
	return fmt.Sprintf("wc2go: import %s: %v", e.Path, e.Reason)
}

func (e *ImportError) Unwrap() error { return e.Reason }

func itemPath(iface, name string) string {
	if iface == "" {
		return name
	}
	return iface + "#" + name
}

// Linked is what a [Linker] found for a component. For generated code.
type Linked struct {
	Funcs     []*LinkedFunc   // by imported function; nil: the typed imports have it
	Resources []*HostResource // by resource type; nil: the typed imports have it
	Modules   []CoreModule    // by imported core module
}

// LinkedFunc is a host function with the type of the import. For generated code.
type LinkedFunc struct {
	// Lower lifts the flat arguments of a lowered import, calls the host, and
	// lowers the result, which it returns if it is flat. It is a field so that programs
	// that link nothing by name do without its code.
	Lower func(cx *Cx, enc StringEncoding, flat ...uint64) uint64
	// Export is the function as one that the component exports again.
	Export Func
	// typed makes a Go function of it, see [TypedLinked]. It is a field for the same reason.
	typed func(ft reflect.Type, e LinkedError, cases []Cases) any

	path              string
	typ               *FuncType
	call              func(ctx context.Context, args []Value) (Value, error)
	immediate, strict bool // see HostFunc and Linker
}

// Func gives imported function n, nil if the typed imports have it. For generated code.
func (l *Linked) Func(n int) *LinkedFunc {
	if l == nil {
		return nil
	}
	return l.Funcs[n]
}

// Module gives imported core module n: typed, unless the linker has one. For generated code.
func (l *Linked) Module(n int, typed CoreModule) CoreModule {
	if l != nil && l.Modules[n].def != nil {
		return l.Modules[n]
	}
	return typed
}

// Bind gives the resource types of an instance their hosts. For generated code.
func (l *Linked) Bind(res []*ResourceType) {
	if l == nil {
		return
	}
	for n, r := range l.Resources {
		if r != nil {
			res[n].Is, res[n].HostDrop = r.Is, r.Drop
		}
	}
}

// Link finds what component c imports: given tells which fields of the typed
// imports are set, and take precedence. funcs, resources and modules are how many the program has. For generated code.
func (l *Linker) Link(c *Component, given []bool, funcs, resources, modules int) (*Linked, error) {
	if l == nil {
		l = &Linker{}
	}
	c.decode()
	t := c.imports
	out := &Linked{Funcs: make([]*LinkedFunc, funcs), Resources: make([]*HostResource, resources), Modules: make([]CoreModule, modules)}
	var errs []error
	ids := make([]any, resources) // identities of the resource types that the linker has defined
	for n := range t.nodes {
		x := &t.nodes[n]
		if x.field >= 0 && n > 0 && int(x.field) < len(given) && given[x.field] {
			continue
		}
		iface := ""
		if x.parent > 0 {
			iface = t.path(x.parent)
		}
		path := itemPath(iface, x.name)
		found := l.find(iface, x.name)
		fail := func(reason error) {
			errs = append(errs, &ImportError{Path: path, Kind: x.kind, Found: l.kind(iface, x.name), Reason: reason})
		}
		switch x.kind {
		case ItemFunc:
			f, ok := found.(HostFunc)
			if !ok {
				if found != nil || l.Strict || x.field >= 0 && !l.TrapMissing {
					fail(nil)
				}
				continue
			}
			want := t.types.Func(int(x.arg))
			call, err := f.link(want, func(want, have *Type) error { return l.sameResource(ids[want.Resource], want, have) })
			if err != nil {
				fail(err)
				continue
			}
			out.Funcs[x.num] = linkedFunc(path, want, call)
			out.Funcs[x.num].immediate, out.Funcs[x.num].strict = f.Immediate, l.Strict
		case ItemResource:
			r, ok := found.(HostResource)
			switch {
			case ok:
				id, _ := l.id(iface, x.name)
				if old := ids[x.arg]; old == nil {
					ids[x.arg] = id
				} else if old != id {
					fail(errors.New("mismatched resource types"))
					continue
				}
			case found != nil:
				fail(nil)
				continue
			case out.Resources[x.arg] != nil:
				// Another name of a type that is there.
			case l.Strict:
				fail(nil)
				continue
			case x.field < 0 && !slices.ContainsFunc(t.nodes[x.parent].kids, func(k int32) bool {
				return t.nodes[k].kind == ItemFunc && l.find(iface, t.nodes[k].name) != nil
			}):
				continue
			}
			// The functions of an interface may come from the linker without the
			// resource; whatever they give is one then.
			if r.Is == nil {
				r.Is = func(v any) bool { return v != nil }
			}
			if out.Resources[x.arg] == nil {
				out.Resources[x.arg] = &r
			}
		case ItemModule:
			m, ok := found.(CoreModule)
			if !ok {
				fail(nil)
				continue
			}
			out.Modules[x.num] = m
		case ItemInstance:
			if n > 0 && found != nil {
				fail(nil)
			}
		case ItemComponent:
			if l.Strict {
				fail(nil)
			}
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return out, nil
}

// kind says what is defined under a name, "" for nothing.
func (l *Linker) kind(iface, name string) string {
	switch l.find(iface, name).(type) {
	case HostFunc:
		return ItemFunc.String()
	case HostResource:
		return ItemResource.String()
	case CoreModule:
		return ItemModule.String()
	}
	path := itemPath(iface, name)
	if slices.ContainsFunc(l.instances, func(x linkerInstance) bool {
		return x.name == path || strings.HasPrefix(x.name, path+"#")
	}) {
		return ItemInstance.String()
	}
	return ""
}

// sameResource compares the resource types of two handles: id is the identity of the
// one that is wanted, if the linker has defined it. Where identities are not known, names must do.
func (l *Linker) sameResource(id any, want, have *Type) error {
	if id != nil && have.Name != "" {
		if other, ok := l.id(have.Interface, have.Name); ok {
			if id != other {
				return errors.New("mismatched resource types")
			}
			return nil
		}
	}
	if want.Name != "" && have.Name != "" && want.Name != have.Name {
		return fmt.Errorf("expected %s, found %s", want.Describe(), have.Describe())
	}
	return nil
}

// linkedFunc makes a function out of its parts.
func linkedFunc(path string, t *FuncType, call func(ctx context.Context, args []Value) (Value, error)) *LinkedFunc {
	checked := func(ctx context.Context, args []Value) (Value, error) {
		v, err := call(ctx, args)
		if err != nil {
			return nil, err
		}
		if t.Result == nil {
			if v != nil {
				return nil, fmt.Errorf("result %s of a function without result", valueKind(v))
			}
			return nil, nil
		}
		if v, err = Conform(t.Result, v); err != nil {
			return nil, fmt.Errorf("result: %w", err)
		}
		return v, nil
	}
	var once sync.Once
	var fn any
	return &LinkedFunc{
		typed: func(ft reflect.Type, e LinkedError, cases []Cases) any {
			// It is always the same type: a component has one for each of its imports.
			once.Do(func() {
				v, err := makeFunc(t, ft, e, cases, checked)
				if err != nil {
					panic(fmt.Errorf("wc2go: import %s has not the type of the generated code: %w", path, err))
				}
				fn = v.Interface()
			})
			return fn
		},
		Lower: func(cx *Cx, enc StringEncoding, flat ...uint64) uint64 {
			return lowerHost(cx, enc, path, t, checked, flat)
		},
		Export: NewFunc(t, checked, nil),
		path:   path, typ: t, call: checked,
	}
}

// lowerHost is a lowered import (CanonicalABI.md, canon lower) whose types are
// known at run time only.
func lowerHost(cx *Cx, enc StringEncoding, path string, t *FuncType, call func(ctx context.Context, args []Value) (Value, error), flat []uint64) uint64 {
	c := dynCx{cx, enc}
	args := make([]Value, len(t.Params))
	flatLen, size, align := 0, uint32(0), uint32(1)
	for _, p := range t.Params {
		flatLen += len(p.Type.flat)
		size = roundUp32(size, p.Type.align) + p.Type.size
		align = max(align, p.Type.align)
	}
	if flatLen > maxFlatParams {
		at := uint32(flat[0])
		flat = flat[1:]
		cx.Check(at, roundUp32(size, align), align)
		for n, p := range t.Params {
			at = roundUp32(at, p.Type.align)
			args[n] = c.load(p.Type, at)
			at += p.Type.size
		}
	} else {
		for n, p := range t.Params {
			args[n], flat = c.liftFlat(p.Type, flat)
		}
	}
	st := cx.Inst.Store
	st.BeginHost(cx.D)
	v, err := call(st.HostContext(), args)
	st.EndHost()
	if err == nil && t.Result != nil {
		st.BeginClaims()
		err = checkHandles(cx.Inst.Res, t.Result, v)
	}
	if err != nil {
		ThrowHost(path, err)
	}
	var out uint64
	switch r := t.Result; {
	case r == nil:
	case len(r.flat) > maxFlatResults:
		p := uint32(flat[0])
		cx.Check(p, r.size, r.align)
		c.store(r, v, p)
	default:
		out = c.lowerFlat(make([]uint64, 0, 1), r, v)[0]
	}
	cx.EndLends()
	return out
}

// matchFunc says how a function's type differs from the one that is wanted; res
// compares two handles.
func matchFunc(want, have *FuncType, res func(want, have *Type) error) error {
	switch {
	case want.Async != have.Async:
		return fmt.Errorf("expected %s, found %s", want, have)
	case len(want.Params) != len(have.Params):
		return fmt.Errorf("expected %d parameters, found %d", len(want.Params), len(have.Params))
	}
	for n, p := range want.Params {
		if err := matchTypes(p.Type, have.Params[n].Type, res); err != nil {
			return fmt.Errorf("type mismatch with parameter %s: %w", p.Name, err)
		}
	}
	if err := matchTypes(want.Result, have.Result, res); err != nil {
		return fmt.Errorf("type mismatch with result: %w", err)
	}
	return nil
}

// matchTypes says how a type differs from the one that is wanted. Types are
// equal by structure, handles as res says; nil is the absent type.
func matchTypes(want, have *Type, res func(want, have *Type) error) error {
	if want == have {
		return nil
	}
	expected := func() error { return fmt.Errorf("expected %s, found %s", want.Describe(), have.Describe()) }
	if want == nil || have == nil || want.Kind != have.Kind || want.Len != have.Len {
		return expected()
	}
	if want.Kind == KindOwn || want.Kind == KindBorrow {
		return res(want, have)
	}
	if len(want.Cases) != len(have.Cases) {
		return fmt.Errorf("expected %s of %d, found %d", want.Kind, len(want.Cases), len(have.Cases))
	}
	for n, c := range want.Cases {
		h := &have.Cases[n]
		if c.Name != h.Name {
			return fmt.Errorf("expected %s %q, found %q", caseWord(want.Kind), c.Name, h.Name)
		}
		if err := matchTypes(c.Type, h.Type, res); err != nil {
			return fmt.Errorf("%s %s: %w", caseWord(want.Kind), strings.TrimSpace(fmt.Sprint(c.Name, " ", n)), err)
		}
	}
	for _, x := range [][2]*Type{{want.Elem, have.Elem}, {want.Key, have.Key}, {want.Err, have.Err}} {
		if err := matchTypes(x[0], x[1], res); err != nil {
			return fmt.Errorf("in %s: %w", want.Kind, err)
		}
	}
	return nil
}

func caseWord(k TypeKind) string {
	switch k {
	case KindRecord:
		return "field"
	case KindTuple:
		return "element"
	case KindFlags:
		return "flag"
	}
	return "case"
}

// Describe is the type for messages: with its name, and what it is.
func (t *Type) Describe() string {
	switch {
	case t == nil:
		return "nothing"
	case t.Name != "" && t.Kind != KindOwn && t.Kind != KindBorrow:
		return t.Kind.String() + " " + t.Name
	}
	return t.String()
}
