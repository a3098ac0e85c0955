package rt

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"unsafe"
)

// This file: core modules that are linked at run time.

// CoreModule is a core module whose code is part of the program. It can be
// instantiated any number of times, in any store.
type CoreModule struct{ def *CoreModuleDef }

// CoreModuleDef is what generated code tells about a core module. For generated code.
type CoreModuleDef struct {
	Name    string
	Types   []CoreTypeDef
	Imports []CoreImport
	Exports []CoreExport
	Names   *FuncNames
	// Link makes an instance out of what it imports, runs the start function,
	// and sets the exports.
	Link func(l *CoreLink, d int32)

	once    sync.Once
	exports map[string]int
}

// NewCoreModule makes a module of its definition, which must not change
// afterwards. For generated code.
func NewCoreModule(def *CoreModuleDef) CoreModule {
	for i := range def.Imports {
		def.Imports[i].Type.defs = def.Types
	}
	for i := range def.Exports {
		def.Exports[i].Type.defs = def.Types
	}
	return CoreModule{def}
}

// CoreImport is an import of a core module.
type CoreImport struct {
	Module, Name string
	Type         CoreExternType
}

// CoreExport is an export of a core module.
type CoreExport struct {
	Name string
	Type CoreExternType
}

// IsZero reports whether m is the zero CoreModule, which is no module.
func (m CoreModule) IsZero() bool { return m.def == nil }

// Name is the module's name in its name section, or "".
func (m CoreModule) Name() string { return m.def.Name }

// Imports lists what the module imports. The list must not be changed.
func (m CoreModule) Imports() []CoreImport { return m.def.Imports }

// Exports lists what the module exports. The list must not be changed.
func (m CoreModule) Exports() []CoreExport { return m.def.Exports }

func (d *CoreModuleDef) export(name string) (int, bool) {
	d.once.Do(func() {
		d.exports = make(map[string]int, len(d.Exports))
		for i := range d.Exports {
			d.exports[d.Exports[i].Name] = i
		}
	})
	i, ok := d.exports[name]
	return i, ok
}

// LinkError says why a core module cannot be instantiated with the imports it was given.
type LinkError struct {
	Module, Name string // of the import
	Want         CoreExternType
	Found        *CoreExternType // nil: there is no such item
}

func (e *LinkError) Error() string {
	if e.Found == nil {
		return fmt.Sprintf("unknown import: `%s::%s` has not been defined, expected %v", e.Module, e.Name, e.Want)
	}
	return fmt.Sprintf("incompatible import type for `%s::%s`: %s", e.Module, e.Name, e.Found.mismatch(&e.Want))
}

// Instantiate makes an instance of m in st. imports finds what m imports; it is
// asked for all imports in order before anything else happens, and items that do not
// have the type wanted are a [*LinkError].
//
// A trap of a segment or of the start function is a [*Trap]. There is no
// instance then; but what it wrote to memories and tables that others own stays, and
// so do references to its functions in them, which work.
func (m CoreModule) Instantiate(ctx context.Context, st *Store, imports func(module, name string) (CoreExtern, bool)) (in *CoreInstance, err error) {
	d := m.def
	if d == nil || d.Link == nil {
		return nil, errors.New("wc2go: no core module")
	}
	if err := typesCollide(); err != nil {
		return nil, err
	}
	l := &CoreLink{Store: st, imports: make([]CoreExtern, len(d.Imports)), exports: make([]CoreExtern, len(d.Exports)), def: d}
	for i := range d.Imports {
		im := &d.Imports[i]
		x, ok := CoreExtern{}, false
		if imports != nil {
			x, ok = imports(im.Module, im.Name)
		}
		if !ok || x.store == nil && !x.anyStore() {
			return nil, &LinkError{Module: im.Module, Name: im.Name, Want: im.Type}
		}
		if x.store != st && !x.anyStore() {
			return nil, ErrWrongStore
		}
		l.imports[i] = x
	}
	var e Entry
	if err = e.Enter(ctx, st, nil); err != nil {
		return nil, err
	}
	defer e.Exit(&err)
	// The sizes of memories and tables count, so nobody else may run now.
	for i := range d.Imports {
		im := &d.Imports[i]
		if t := l.imports[i].Type(); !t.matches(&im.Type) {
			return nil, &LinkError{Module: im.Module, Name: im.Name, Want: im.Type, Found: &t}
		}
	}
	if d.Names != nil {
		st.AddNames(d.Names)
	}
	st.NewInstance()
	d.Link(l, e.Depth)
	return &CoreInstance{module: m, exports: l.exports}, nil
}

// CoreInstance is an instance of a core module.
type CoreInstance struct {
	module  CoreModule
	exports []CoreExtern
}

// Module gives the module that i is an instance of.
func (i *CoreInstance) Module() CoreModule { return i.module }

// Export finds an exported item by its name.
func (i *CoreInstance) Export(name string) (CoreExtern, bool) {
	if n, ok := i.module.def.export(name); ok {
		return i.exports[n], true
	}
	return CoreExtern{}, false
}

// Func finds an exported function by its name.
func (i *CoreInstance) Func(name string) (CoreFunc, bool) {
	x, _ := i.Export(name)
	return x.Func()
}

// CoreExtern is an item of a store that a core module can import: a function,
// table, memory, global or tag.
type CoreExtern struct {
	store  *Store
	typ    CoreExternType // as declared where it is defined
	ref    *FuncRef
	call   CoreCaller
	table  coreTable
	memory *Memory
	global any // pointer to the variable
	tag    *Tag
}

// coreTable is a *Table of any type.
type coreTable interface{ Len() uint64 }

// Len is the number of elements, table.size.
func (t *Table[T]) Len() uint64 { return uint64(len(t.Elems)) }

// Tag is the identity of a tag of exceptions.
type Tag struct{ Sig uint64 }

// Type is the type of the item now: the minimum of a table or memory is its size.
// It must not be called while guest code of the store runs on another goroutine.
func (x CoreExtern) Type() CoreExternType {
	t := x.typ
	switch t.Kind {
	case CoreKindTable:
		t.Limits.Min = x.table.Len()
	case CoreKindMemory:
		t.Limits.Min = x.memory.Pages()
	}
	return t
}

// Func gives the function that x is.
func (x CoreExtern) Func() (CoreFunc, bool) {
	if x.ref == nil {
		return CoreFunc{}, false
	}
	p, r := x.typ.FuncType()
	return CoreFunc{x.store, x.ref, x.call, x.typ.defs, p, r}, true
}

// Memory gives the memory that x is.
func (x CoreExtern) Memory() (*Memory, bool) { return x.memory, x.memory != nil }

// Global gives the value of the global that x is. It must not be called while
// guest code of the store runs on another goroutine.
func (x CoreExtern) Global() (CoreValue, bool) {
	switch p := x.global.(type) {
	case nil:
		return CoreValue{}, false
	case *uint32:
		return CoreU32(*p), true
	case *uint64:
		return CoreU64(*p), true
	case *float32:
		return CoreFloat32(*p), true
	case *float64:
		return CoreFloat64(*p), true
	case *V128:
		return CoreVector(*p), true
	case **FuncRef:
		v := CoreReference(*p)
		v.Type = x.typ.Value
		return v, true
	case **Object:
		return CoreValue{Type: x.typ.Value, Ref: ExternConvertAny(*p)}, true
	case **Exception:
		v := CoreReference(*p)
		v.Type = x.typ.Value
		return v, true
	case *any:
		return CoreValue{Type: x.typ.Value, Ref: *p}, true
	}
	return CoreValue{}, false
}

// CoreFunc is a function of a core instance.
type CoreFunc struct {
	store           *Store
	ref             *FuncRef
	call            CoreCaller
	defs            []CoreTypeDef // what the types refer to
	params, results []CoreType
}

// CoreCaller calls functions of one signature. For generated code.
type CoreCaller func(f *FuncRef, d int32, args, results []CoreValue)

// Params gives the types of the parameters.
func (f CoreFunc) Params() []CoreType { return f.params }

// Results gives the types of the results.
func (f CoreFunc) Results() []CoreType { return f.results }

// Call calls the function. A trap is a [*Trap]; the store can be used afterwards.
func (f CoreFunc) Call(ctx context.Context, args ...CoreValue) (results []CoreValue, err error) {
	if f.ref == nil {
		return nil, errors.New("wc2go: no function")
	}
	if len(args) != len(f.params) {
		return nil, fmt.Errorf("wc2go: %d arguments for a function of %d parameters", len(args), len(f.params))
	}
	for i := range args {
		a, p := &args[i], f.params[i]
		if a.Type.Kind != p.Kind {
			return nil, fmt.Errorf("wc2go: argument %d is %v, the parameter %v", i+1, a.Type, p)
		}
		if p.Kind == CoreRef {
			if a.Ref == nil && !p.Null {
				return nil, fmt.Errorf("wc2go: argument %d is null, the parameter %v", i+1, p)
			}
			if a.Ref != nil && !isOfHeap(a.Ref, f.defs, p) {
				return nil, fmt.Errorf("wc2go: argument %d is of another type than the parameter, %v", i+1, p)
			}
		}
	}
	results = make([]CoreValue, len(f.results))
	var e Entry
	if err = e.Enter(ctx, f.store, nil); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			results = nil
		}
	}()
	defer e.Exit(&err)
	f.call(f.ref, e.Depth, args, results)
	for i := range results {
		results[i].Type = f.results[i]
	}
	return results, nil
}

// CoreValue is a core value of any type. Numbers are in Lo (v128: and in Hi), floats as their bits.
type CoreValue struct {
	Type   CoreType
	Lo, Hi uint64
	// Ref is a reference: nil is null, a *FuncRef is a function; others are what the
	// store's code uses, and whatever the host gave for an externref.
	Ref any
}

// CoreU32 is a value of type i32.
func CoreU32(v uint32) CoreValue { return CoreValue{Type: CoreType{Kind: CoreI32}, Lo: uint64(v)} }

// CoreU64 is a value of type i64.
func CoreU64(v uint64) CoreValue { return CoreValue{Type: CoreType{Kind: CoreI64}, Lo: v} }

// CoreFloat32 is a value of type f32.
func CoreFloat32(v float32) CoreValue {
	return CoreValue{Type: CoreType{Kind: CoreF32}, Lo: uint64(math.Float32bits(v))}
}

// CoreFloat64 is a value of type f64.
func CoreFloat64(v float64) CoreValue {
	return CoreValue{Type: CoreType{Kind: CoreF64}, Lo: math.Float64bits(v)}
}

// CoreVector is a value of type v128.
func CoreVector(v V128) CoreValue {
	return CoreValue{Type: CoreType{Kind: CoreV128}, Lo: v.Lo, Hi: v.Hi}
}

// CoreReference is a reference; the zero value of T is null. For generated code.
func CoreReference[T comparable](v T) CoreValue {
	t := CoreType{Kind: CoreRef, Null: true, Heap: CoreHeapExtern}
	switch p := any(v).(type) {
	case *FuncRef:
		t.Heap = CoreHeapFunc
	case *Exception:
		t.Heap = CoreHeapExn
	case *Object:
		t.Heap = CoreHeapAny
		return CoreValue{Type: t, Ref: ExternConvertAny(p)}
	}
	var null T
	if v == null {
		return CoreValue{Type: t}
	}
	return CoreValue{Type: t, Ref: v}
}

// CoreHostRef is an externref that holds v; nil is null.
func CoreHostRef(v any) CoreValue {
	return CoreValue{Type: CoreType{Kind: CoreRef, Null: true, Heap: CoreHeapExtern}, Ref: v}
}

// U32 is the value of an i32.
func (v *CoreValue) U32() uint32 { return uint32(v.Lo) }

// U64 is the value of an i64.
func (v *CoreValue) U64() uint64 { return v.Lo }

// Float32 is the value of an f32.
func (v *CoreValue) Float32() float32 { return math.Float32frombits(uint32(v.Lo)) }

// Float64 is the value of an f64.
func (v *CoreValue) Float64() float64 { return math.Float64frombits(v.Lo) }

// Vector is the value of a v128.
func (v *CoreValue) Vector() V128 { return V128{v.Lo, v.Hi} }

// CoreArg is a reference as generated code has it. For generated code.
func CoreArg[T any](v *CoreValue) T {
	var null T
	if v.Ref == nil {
		return null
	}
	if p, ok := any(&null).(**Object); ok {
		*p = AnyConvertExtern(v.Ref)
		return null
	}
	x, ok := v.Ref.(T)
	if !ok {
		Throwf(TrapCastFailure, "argument of type %T", v.Ref)
	}
	return x
}

// CoreLink is what an instance is made of. For generated code.
type CoreLink struct {
	Store            *Store
	imports, exports []CoreExtern
	def              *CoreModuleDef
}

// Func gives import i, a function.
func (l *CoreLink) Func(i int) FuncRef { return *l.imports[i].ref }

// Memory gives import i, a memory.
func (l *CoreLink) Memory(i int) *Memory {
	m := l.imports[i].memory
	l.Store.use(m)
	return m
}

// Tag gives import i, a tag.
func (l *CoreLink) Tag(i int) *Tag { return l.imports[i].tag }

// LinkTable gives import i of l, a table. For generated code.
func LinkTable[T any](l *CoreLink, i int) *Table[T] { return l.imports[i].table.(*Table[T]) }

// LinkGlobal gives import i of l, a global. For generated code.
func LinkGlobal[T any](l *CoreLink, i int) *T { return l.imports[i].global.(*T) }

func (l *CoreLink) set(i int, x CoreExtern) {
	x.store, x.typ = l.Store, l.def.Exports[i].Type
	l.exports[i] = x
}

// ExportImport exports import k as export i.
func (l *CoreLink) ExportImport(i, k int) { l.exports[i] = l.imports[k] }

// ExportFunc sets export i; call calls functions of f's signature.
func (l *CoreLink) ExportFunc(i int, f *FuncRef, call CoreCaller) {
	l.set(i, CoreExtern{ref: f, call: call})
}

// ExportTable sets export i.
func (l *CoreLink) ExportTable(i int, t coreTable) { l.set(i, CoreExtern{table: t}) }

// ExportMemory sets export i.
func (l *CoreLink) ExportMemory(i int, m *Memory) { l.set(i, CoreExtern{memory: m}) }

// ExportGlobal sets export i; p is a pointer to the variable.
func (l *CoreLink) ExportGlobal(i int, p any) { l.set(i, CoreExtern{global: p}) }

// ExportTag sets export i.
func (l *CoreLink) ExportTag(i int, t *Tag) { l.set(i, CoreExtern{tag: t}) }

// CoreCode is the Go function of type F behind a reference. For generated code.
func CoreCode[F any](f *FuncRef) F { return *(*F)(unsafe.Pointer(&f.Code)) }

// Supply makes an instance of a core module that the host supplies to a
// component. The methods that take items are called once for each import of
// Type, in order. For generated code.
type Supply struct {
	Store  *Store
	Module CoreModule
	Type   CoreModule // as the component declares it
	args   []CoreExtern
}

func (s *Supply) add(x CoreExtern) {
	x.store, x.typ = s.Store, s.Type.def.Imports[len(s.args)].Type
	s.args = append(s.args, x)
}

// Func gives a function.
func (s *Supply) Func(f FuncRef) { s.add(CoreExtern{ref: &f}) }

// Memory gives a memory.
func (s *Supply) Memory(m *Memory) { s.add(CoreExtern{memory: m}) }

// Table gives a table.
func (s *Supply) Table(t coreTable) { s.add(CoreExtern{table: t}) }

// Global gives a global; p is a pointer to the variable.
func (s *Supply) Global(p any) { s.add(CoreExtern{global: p}) }

// Tag gives a tag.
func (s *Supply) Tag(t *Tag) { s.add(CoreExtern{tag: t}) }

// Link makes the instance. The result has as imports what Type exports.
func (s *Supply) Link(d int32) *CoreLink {
	if err := typesCollide(); err != nil {
		panic(&Trap{Code: TrapHost, Cause: err})
	}
	def, want := s.Module.def, s.Type.def
	l := &CoreLink{Store: s.Store, imports: make([]CoreExtern, len(def.Imports)), exports: make([]CoreExtern, len(def.Exports)), def: def}
	for i := range def.Imports {
		im := &def.Imports[i]
		k := want.imported(im.Module, im.Name)
		if k < 0 {
			panic(&Trap{Code: TrapHost, Cause: &LinkError{Module: im.Module, Name: im.Name, Want: im.Type}})
		}
		l.imports[i] = s.args[k]
		if t := s.args[k].Type(); !t.matches(&im.Type) {
			panic(&Trap{Code: TrapHost, Cause: &LinkError{Module: im.Module, Name: im.Name, Want: im.Type, Found: &t}})
		}
	}
	if def.Names != nil {
		s.Store.AddNames(def.Names)
	}
	s.Store.NewInstance()
	def.Link(l, d)
	out := &CoreLink{Store: s.Store, imports: make([]CoreExtern, len(want.Exports))}
	for i := range want.Exports {
		n, _ := def.export(want.Exports[i].Name) // [CoreModule.Check] has seen it
		out.imports[i] = l.exports[n]
	}
	return out
}

// imported is the number of an import, -1 if there is none.
func (d *CoreModuleDef) imported(module, name string) int {
	for i := range d.Imports {
		if d.Imports[i].Module == module && d.Imports[i].Name == name {
			return i
		}
	}
	return -1
}

// Check says why m cannot be supplied where a component imports a core module of type
// want: it must import no more and export no less. For generated code.
func (m CoreModule) Check(want CoreModule) error {
	d, w := m.def, want.def
	if d == nil || d.Link == nil {
		return errors.New("no core module")
	}
	for i := range d.Imports {
		im := &d.Imports[i]
		k := w.imported(im.Module, im.Name)
		if k < 0 {
			return fmt.Errorf("module import `%s::%s` not defined", im.Module, im.Name)
		}
		if t := w.Imports[k].Type; !t.matches(&im.Type) {
			return fmt.Errorf("module import `%s::%s` has the wrong type: %s", im.Module, im.Name, t.mismatch(&im.Type))
		}
	}
	for i := range w.Exports {
		e := &w.Exports[i]
		n, ok := d.export(e.Name)
		if !ok {
			return fmt.Errorf("module export `%s` not defined", e.Name)
		}
		if t := d.Exports[n].Type; !t.matches(&e.Type) {
			return fmt.Errorf("module export `%s` has the wrong type: %s", e.Name, t.mismatch(&e.Type))
		}
	}
	return nil
}
