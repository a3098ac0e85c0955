package inline

import (
	"encoding/json"
	"strings"

	"github.com/wc2go/wc2go/frontend/binary"
)

// This file: the `package-docs` custom section. WIT tools put the doc comments
// of one WIT package there: a version byte (0 or 1), then JSON. It tells nothing
// that matters, so whatever is wrong with it only means fewer comments.

// itemDocs is the documentation of a function or type. Version 0 wrote a
// function's as a bare string.
type itemDocs struct {
	text  string
	items map[string]string // fields, cases, flags
}

func (d *itemDocs) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &d.text) == nil {
		return nil
	}
	var v struct {
		Docs  string            `json:"docs"`
		Items map[string]string `json:"items"`
	}
	if json.Unmarshal(data, &v) == nil {
		d.text, d.items = v.Docs, v.Items
	}
	return nil
}

// interfaceDocs is the documentation of an interface, or of the root's own items.
type interfaceDocs struct {
	text  string
	funcs map[string]itemDocs
	types map[string]itemDocs
}

func (d *interfaceDocs) typ(name string) itemDocs { return d.types[name] }
func (d *interfaceDocs) fn(name string) string    { return d.funcs[name].text }

// describes reports whether d can be about inst. The section does not say which
// package it is about, and interfaces named "types" are common.
func (d *interfaceDocs) describes(inst *instance) bool {
	for _, names := range []map[string]itemDocs{d.funcs, d.types} {
		for n := range names {
			if _, ok := inst.get(n); ok {
				return true
			}
		}
	}
	return len(d.funcs)+len(d.types) == 0
}

func (d *interfaceDocs) UnmarshalJSON(data []byte) error {
	var v struct {
		Docs  string              `json:"docs"`
		Funcs map[string]itemDocs `json:"funcs"`
		Types map[string]itemDocs `json:"types"`
	}
	if json.Unmarshal(data, &v) == nil {
		d.text, d.funcs, d.types = v.Docs, v.Funcs, v.Types
	}
	return nil
}

// docs is a decoded package-docs section.
type docs struct {
	world, worldDocs     string
	interfaces           map[string]*interfaceDocs // by name without package
	imports, exports     map[string]*interfaceDocs // inline interfaces of the world
	importRoot, exprRoot *interfaceDocs
}

// readDocs decodes the section among customs; what it cannot read it leaves out.
func readDocs(customs []binary.Custom) *docs {
	d := &docs{importRoot: &interfaceDocs{}, exprRoot: &interfaceDocs{}}
	for _, c := range customs {
		if c.Name != "package-docs" || len(c.Bytes) == 0 || c.Bytes[0] > 1 {
			continue
		}
		var v struct {
			Worlds map[string]*struct {
				Docs          string                    `json:"docs"`
				Interfaces    map[string]*interfaceDocs `json:"interfaces"`
				Types         map[string]itemDocs       `json:"types"`
				Funcs         map[string]itemDocs       `json:"funcs"`
				ExportedIface map[string]*interfaceDocs `json:"interface_exports"`
				ExportedFuncs map[string]itemDocs       `json:"func_exports"`
			} `json:"worlds"`
			Interfaces map[string]*interfaceDocs `json:"interfaces"`
		}
		if json.Unmarshal(c.Bytes[1:], &v) != nil {
			continue
		}
		d.interfaces = v.Interfaces
		if len(v.Worlds) != 1 {
			break // which of them the component implements is not recorded
		}
		for name, w := range v.Worlds {
			if w == nil {
				break
			}
			d.world, d.worldDocs = name, w.Docs
			d.importRoot = &interfaceDocs{funcs: w.Funcs, types: w.Types}
			d.exprRoot = &interfaceDocs{funcs: w.ExportedFuncs, types: w.Types}
			if len(w.ExportedFuncs) == 0 {
				d.exprRoot.funcs = w.Funcs // version 0 had one map for both
			}
			d.imports, d.exports = w.Interfaces, w.ExportedIface
		}
		break
	}
	return d
}

// root is the documentation of the root's own items.
func (d *docs) root(export bool) *interfaceDocs {
	if export {
		return d.exprRoot
	}
	return d.importRoot
}

// instance is the documentation of an imported or exported instance, whose
// interface is id; never nil.
func (d *docs) instance(name, id string, inst *instance, export bool) *interfaceDocs {
	if _, iface, ok := strings.Cut(id, "/"); ok {
		iface, _, _ = strings.Cut(iface, "@")
		for _, key := range []string{id, iface} {
			if i := d.interfaces[key]; i != nil && i.describes(inst) {
				return i
			}
		}
		return &interfaceDocs{}
	}
	if export {
		if i := d.exports[name]; i != nil {
			return i
		}
	}
	if i := d.imports[name]; i != nil {
		return i
	}
	return &interfaceDocs{}
}
