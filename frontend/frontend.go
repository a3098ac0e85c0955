// Package frontend is the way from the bytes of a WebAssembly component or core
// module to an [ir.Program]: decoding, validation, flattening, passes.
package frontend

import (
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/frontend/inline"
	"github.com/wc2go/wc2go/frontend/lower"
	"github.com/wc2go/wc2go/frontend/validate"
	"github.com/wc2go/wc2go/ir"
)

// Options are the parameters of [Translate]. The zero value is what the
// commands use.
type Options struct {
	// Features limits core WebAssembly; nil allows everything.
	Features *validate.Features
	// Passes changes which passes run.
	Passes ir.PassOptions
	// Fuel has the code count the instructions that it runs.
	Fuel bool
}

func (o *Options) features() validate.Features {
	if o.Features != nil {
		return *o.Features
	}
	return validate.AllFeatures()
}

// Translate turns the bytes of a component or a core module into a program on
// which the passes have run. A refusal of the input is a [*binary.Error] with the
// offset in data.
func Translate(data []byte, opts Options) (*ir.Program, error) {
	p, err := Flatten(data, opts)
	if err != nil {
		return nil, err
	}
	if err := ir.RunPasses(p, opts.Passes); err != nil {
		return nil, err
	}
	return p, nil
}

// Flatten is Translate without the passes.
func Flatten(data []byte, opts Options) (*ir.Program, error) {
	if binary.IsComponent(data) {
		return component(data, opts)
	}
	return core(data, opts)
}

// component translates a component.
func component(data []byte, opts Options) (*ir.Program, error) {
	c, err := binary.DecodeComponent(data, 0)
	if err != nil {
		return nil, err
	}
	if err := validate.Component(c, opts.features()); err != nil {
		return nil, err
	}
	p, err := inline.Component(c, inline.Options{LowerModule: lower.Options{Fuel: opts.Fuel}.Module})
	if err != nil {
		return nil, err
	}
	p.Fuel = opts.Fuel
	return p, nil
}

// core translates a bare core module into a program of one module and one
// instance without arguments: the host gives what the module imports.
func core(data []byte, opts Options) (*ir.Program, error) {
	m, err := binary.DecodeModule(data, 0)
	if err != nil {
		return nil, err
	}
	if err := validate.Module(m, opts.features()); err != nil {
		return nil, err
	}
	lowered, err := lower.Options{Fuel: opts.Fuel}.Module(m, 0)
	if err != nil {
		return nil, err
	}
	return &ir.Program{
		Core:          true,
		Fuel:          opts.Fuel,
		Name:          m.Names.Module,
		Modules:       []*ir.Module{lowered},
		CoreInstances: []ir.CoreInstance{{Import: -1, Component: -1}},
		Init:          []ir.Init{{Kind: ir.InitCoreInstance, Resource: -1}},
	}, nil
}
