package wast

import (
	"bytes"
	"fmt"
	"go/format"
	"runtime/debug"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/frontend/validate"
	"github.com/wc2go/wc2go/internal/rtsource"
)

// This file: components become packages of the program, one each.

// component translates a component; features nil allows everything.
func (t *translator) component(data []byte, features *validate.Features) *module {
	m := t.entry("c", data, features)
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.tried {
		m.tried = true
		m.err = m.generate(data, frontend.Options{Features: features, Passes: t.opts.Passes, Fuel: t.opts.Fuel}, t.opts.Interruptible)
	}
	return m
}

// importPath is the import path of a component's package.
func (m *module) importPath() string { return goModule + "/" + m.dir() }

// dir is the directory of a component's package in the program.
func (m *module) dir() string { return "components/" + m.key }

// generate makes the package of a component.
func (m *module) generate(data []byte, o frontend.Options, interruptible bool) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	if m.prog, err = frontend.Translate(data, o); err != nil {
		return err
	}
	files, model, err := codegen.Generate(m.prog, codegen.Options{ImportPath: m.importPath(), NoDefaultMaps: true, TrapMissing: true, Interruptible: interruptible})
	if err != nil {
		return err
	}
	m.model, m.files = model, map[string][]byte{}
	for _, f := range files {
		m.files[f.Name] = f.Data
	}
	m.size = codeSize(m.prog) + componentCost
	return nil
}

// componentCost is what the packages of a component cost in addition to its
// code, as if they were code.
const componentCost = 1 << 10

// componentFiles adds the packages of components to a program, and the file
// that registers them.
func componentFiles(files map[string][]byte, comps []*module) error {
	var b bytes.Buffer
	b.WriteString("package components\n\nimport (\n")
	if len(comps) > 0 {
		fmt.Fprintf(&b, "\t\"context\"\n\n\t%q\n", rtsource.Module+"/rt")
	}
	fmt.Fprintf(&b, "\t%q\n", goModule+"/driver")
	for _, m := range comps {
		fmt.Fprintf(&b, "\t%s %q\n", m.key, m.importPath())
	}
	b.WriteString(")\n\n// Components are the components of the scripts by their keys.\nvar Components = map[string]driver.Component{\n")
	for _, m := range comps {
		fmt.Fprintf(&b, "%q: {\nPrepare: func(l *rt.Linker) (func(context.Context, *rt.Store) (rt.Instance, error), error) {\n", m.key)
		fmt.Fprintf(&b, "p, err := %s.PrepareDynamic(l, %s.Imports{})\nif err != nil {\nreturn nil, err\n}\n", m.key, m.key)
		b.WriteString("return func(ctx context.Context, st *rt.Store) (rt.Instance, error) {\nin, err := p.Instantiate(ctx, st)\nif err != nil {\nreturn nil, err\n}\nreturn in, nil\n}, nil\n},\n")
		fmt.Fprintf(&b, "Exports: %s.Exports,\n},\n", m.key)
		for name, data := range m.files {
			files[m.dir()+"/"+name] = data
		}
	}
	b.WriteString("}\n")
	src, err := format.Source(b.Bytes())
	if err != nil {
		return err
	}
	files["components/components.go"] = src
	return nil
}
