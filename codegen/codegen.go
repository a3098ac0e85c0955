// Package codegen prints a program as a Go package: its typed API (package
// bind), the canonical ABI (adapt) and the core modules (core), with the names
// that package names gives.
package codegen

import (
	"io/fs"
	"strings"

	"github.com/wc2go/wc2go/codegen/adapt"
	"github.com/wc2go/wc2go/codegen/bare"
	"github.com/wc2go/wc2go/codegen/bind"
	"github.com/wc2go/wc2go/codegen/core"
	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/ir"
)

// Options say what package a program becomes.
type Options struct {
	Package    string // name; made from ImportPath if empty
	ImportPath string
	Maps       []names.Mapping
	// NoDefaultMaps leaves out the mapping of wasi:* to rt/wasi.
	NoDefaultMaps bool
	// Find gives the source of a package that a mapping names.
	Find func(importPath string) (fs.FS, error)
	// TrapMissing makes imports that are nil, or cannot be translated yet, trap
	// when they are called.
	TrapMissing bool
	// Interfaces prints types and Go interfaces only.
	Interfaces bool
	Source     string // names the input in the package comment; may be ""
	ShardBytes int    // see core.Options
	// NoDebugInfo leaves wasm offsets and source lines out of backtraces.
	NoDebugInfo bool
	// Interruptible makes code that ends when the context of its call does.
	Interruptible bool
}

// UnsupportedError is the error of a valid program that uses what code
// generation cannot print yet.
type UnsupportedError = core.UnsupportedError

// File is a generated file; Name is its slash-separated path in the package's directory.
type File struct {
	Name string
	Data []byte
}

// Generate prints p, on which the passes have run. It also gives the names that
// it used. The same program always gives the same files.
func Generate(p *ir.Program, opts Options) ([]File, *names.Model, error) {
	if p.Core {
		return generateCore(p, opts)
	}
	m, err := names.Build(p, names.Options{
		Package: opts.Package, Path: opts.ImportPath, Maps: opts.Maps, NoDefaultMaps: opts.NoDefaultMaps, Find: opts.Find,
	})
	if err != nil {
		return nil, nil, err
	}
	api, err := bind.Generate(m, bind.Options{Interfaces: opts.Interfaces, TrapMissing: opts.TrapMissing, Source: opts.Source})
	if err != nil {
		return nil, nil, err
	}
	files := []File{{apiFile(m.Package), api}}
	if opts.Interfaces {
		return files, m, nil
	}

	dynamic, err := bind.Dynamic(m, bind.Options{})
	if err != nil {
		return nil, nil, err
	}
	files = append(files, File{"dynamic.go", dynamic})

	core.Supply(p)
	core.Callgraph(p)
	layout, err := core.NewLayout(p, core.Options{ImportPath: opts.ImportPath, Package: m.Package, ShardBytes: opts.ShardBytes, NoDebugInfo: opts.NoDebugInfo, Interruptible: opts.Interruptible})
	if err != nil {
		return nil, nil, err
	}
	glue, err := adapt.Generate(m, adapt.Options{Link: layout.LinkName, LinkImport: layout.LinkImport(), TrapMissing: opts.TrapMissing})
	if err != nil {
		return nil, nil, err
	}
	for _, f := range glue {
		files = append(files, File(f))
	}
	modules, err := layout.Generate()
	if err != nil {
		return nil, nil, err
	}
	for _, f := range modules {
		files = append(files, File(f))
	}
	return files, m, nil
}

// apiFile is the name of the file of the typed API: one that is not another
// generated file's and that Go does not read a build constraint or a test in.
func apiFile(pkg string) string {
	if pkg == "glue" || pkg == "links" || pkg == "dynamic" || strings.Contains(pkg, "_") {
		return "api.go"
	}
	return pkg + ".go"
}

// generateCore prints a program that was made from a core module.
func generateCore(p *ir.Program, opts Options) ([]File, *names.Model, error) {
	list, m, err := bare.Generate(p, bare.Options{Package: opts.Package, ImportPath: opts.ImportPath, TrapMissing: opts.TrapMissing,
		Source: opts.Source, ShardBytes: opts.ShardBytes, NoDebugInfo: opts.NoDebugInfo, Interruptible: opts.Interruptible})
	if err != nil {
		return nil, nil, err
	}
	files := make([]File, len(list))
	for i, f := range list {
		files[i] = File(f)
	}
	return files, m, nil
}
