package translate

import (
	"errors"
	"io/fs"

	"github.com/wc2go/wc2go/codegen/bind"
	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/ir"
)

// This file: where the compiler's packages are plugged in.

// Options say what package to generate.
type Options struct {
	Path        string // import path
	Package     string // name; from Path if empty
	Maps        []names.Mapping
	TrapMissing bool
	Interfaces  bool   // types and Go interfaces only
	Source      string // for the package comment
	Find        func(importPath string) (fs.FS, error)
}

func generate(prog *ir.Program, opts Options) (map[string][]byte, *names.Model, error) {
	m, err := names.Build(prog, names.Options{Package: opts.Package, Path: opts.Path, Maps: opts.Maps, Find: opts.Find})
	if err != nil {
		return nil, nil, err
	}
	if opts.Interfaces {
		api, err := bind.Generate(m, bind.Options{Interfaces: true, Source: opts.Source})
		return map[string][]byte{m.Package + ".go": api}, m, err
	}
	return nil, nil, errors.New("code generation is not finished")
}
