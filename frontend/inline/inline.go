// Package inline turns a decoded, validated component into an [ir.Program]: it
// carries out instantiation symbolically, so that every alias, import, `with`
// argument, nested component and re-export is resolved before the program runs.
//
// Each instantiation of a component opens a [scope] with its own index spaces.
// What the index spaces hold are not values but where values will come from: a
// core function is an export of some core instance or a trampoline, a resource
// type is an entry of Program.Resources. The core instantiations, canonical
// definitions and resource definitions met on the way become the program.
//
// Types are objects with identity while this goes on; only at the end, when the
// root's imports and exports have told their names, do they become ir.Types.
//
// The input should have passed package validate. Nothing here relies on it for
// safety: what does not fit is refused with an offset.
package inline

import (
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// Options are the parameters of [Component].
type Options struct {
	// LowerModule translates the bodies of a core module; it is called once per
	// distinct module, in the order of the IDs.
	LowerModule func(m *binary.Module, id ir.ModuleID) (*ir.Module, error)
}

// The limits on what a component may unfold to: nesting of instantiations
// multiplies, so a small file can describe a huge program.
const (
	maxInstances = 10_000  // component instances
	maxSteps     = 500_000 // definitions and declarations evaluated
	maxNesting   = 500     // instantiations or instance types inside each other
	maxTypeDepth = 500
	maxTypeSize  = 1_000_000 // nodes of a type written out in full
)

// builder is the state of one flattening.
type builder struct {
	p     *ir.Program
	opts  Options
	steps int
	depth int

	modules map[*binary.Module]*coreModule
	byHash  map[[32]byte]*coreModule
	used    []*coreModule // by ModuleID

	importFuncs []*funcType // by ImportFuncID
	optionIndex map[optionsKey]ir.OptionsID
	trampIndex  map[trampKey]*tramp
	tramps      []*tramp // by TrampolineID
	prims       map[ir.TypeKind]*valType
	funcIDs     map[*funcType]ir.FuncTypeID
	resNamed    []bool // by ResourceID
}

// Component flattens the root component c.
func Component(c *binary.Component, opts Options) (*ir.Program, error) {
	b := &builder{
		p:           &ir.Program{Name: c.Name},
		opts:        opts,
		modules:     map[*binary.Module]*coreModule{},
		byHash:      map[[32]byte]*coreModule{},
		optionIndex: map[optionsKey]ir.OptionsID{},
		trampIndex:  map[trampKey]*tramp{},
		prims:       map[ir.TypeKind]*valType{},
		funcIDs:     map[*funcType]ir.FuncTypeID{},
	}
	imports := newInstance()
	exports, err := b.instantiate(&component{def: c}, -1, &rootBinder{imports: imports}, c.Offset)
	if err != nil {
		return nil, err
	}
	if err := b.emit(c, imports, exports); err != nil {
		return nil, err
	}
	return b.p, nil
}

// step accounts for one definition or declaration.
func (b *builder) step(offset int) error {
	if b.steps++; b.steps > maxSteps {
		return binary.Errorf(offset, "component unfolds to more than %d definitions", maxSteps)
	}
	return nil
}

// enter accounts for one level of nesting; leave it with b.depth--.
func (b *builder) enter(offset int) error {
	if b.depth++; b.depth > maxNesting {
		return binary.Errorf(offset, "instantiations nested more than %d levels deep", maxNesting)
	}
	return nil
}

// at is s[i], or an error that names the index space.
func at[T any](s []T, i uint32, offset int, space string) (v T, err error) {
	if uint64(i) >= uint64(len(s)) {
		return v, binary.Errorf(offset, "unknown %s %d", space, i)
	}
	return s[i], nil
}
