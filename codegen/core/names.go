package core

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/ir"
)

// This file: the names and types that other parts of codegen need.

// maxName is how much of a wasm name goes into a Go name.
const maxName = 48

// FuncName is the Go name of a function that a module defines, the same in
// every package.
func FuncName(p *ir.Program, mod ir.ModuleID, fn uint32) string {
	m := p.Modules[mod]
	name := m.FuncNames[fn]
	if i := int(fn) - m.NumImports(ir.ExternFunc); i >= 0 && i < len(m.Funcs) {
		f := m.Funcs[i]
		if f.Name != "" {
			name = f.Name
		}
		if f.Outlined {
			// Backtraces take it for the function it is a part of, see rt/backtrace.go.
			return funcName(mod, f.Parent, "x"+strconv.FormatUint(uint64(fn), 10), name)
		}
	}
	return funcName(mod, fn, "", name)
}

// funcName is the number of a function, then a mark, then what of its name Go allows.
func funcName(mod ir.ModuleID, fn uint32, mark, name string) string {
	b := []byte("m" + strconv.Itoa(int(mod)) + "f" + strconv.FormatUint(uint64(fn), 10) + mark)
	n := len(b)
	under := true // one underscore has been asked for
	for i := 0; i < len(name) && len(b) < n+maxName; i++ {
		c := name[i]
		if c != '_' && !('a' <= c && c <= 'z') && !('A' <= c && c <= 'Z') && !('0' <= c && c <= '9') {
			under = true
			continue
		}
		if under || len(b) == n {
			if c != '_' || len(b) == n {
				b = append(b, '_')
			}
			under = false
			if c == '_' && len(b) == n+1 {
				continue
			}
		}
		b = append(b, c)
	}
	return strings.TrimRight(string(b), "_")
}

// GoType is the Go type of a core value of module m (nil if t refers to no type index).
func GoType(m *ir.Module, t ir.ValType) string {
	switch t.Kind {
	case ir.I32:
		return "uint32"
	case ir.I64:
		return "uint64"
	case ir.F32:
		return "float32"
	case ir.F64:
		return "float64"
	case ir.V128:
		return "rt.V128"
	case ir.Ref:
		return refType(m, t)
	}
	panic(unsupported("values of unknown type"))
}

// isFuncRef reports whether values of type t are function references.
func isFuncRef(m *ir.Module, t ir.ValType) bool {
	return refKindOf(m, t) == refFunc
}

// funcType is the type of function fn of module m.
func funcType(m *ir.Module, fn uint32) *ir.SubType {
	t, ok := m.FuncTypeIndex(fn)
	if !ok || int(t) >= len(m.Types) {
		panic(fmt.Errorf("function %d has no type", fn))
	}
	return &m.Types[t]
}

// FuncSig is what stands behind the name in the declaration of a function,
// with the given type for its first parameter: "(m *core.M0, d int32, l0 uint32) uint64".
func FuncSig(p *ir.Program, mod ir.ModuleID, fn uint32, instType string) string {
	m := p.Modules[mod]
	return goSig(m, &funcType(m, fn).Func, instType, hasDepth(m, fn), true)
}

// HasDepth reports whether a function has the depth budget as a parameter.
func HasDepth(p *ir.Program, mod ir.ModuleID, fn uint32) bool { return hasDepth(p.Modules[mod], fn) }

func hasDepth(m *ir.Module, fn uint32) bool {
	i := int(fn) - m.NumImports(ir.ExternFunc)
	return i < 0 || m.Funcs[i].Depth || m.Funcs[i].Escapes
}

// goSig prints a parameter and result list. Without names it is a func type's.
func goSig(m *ir.Module, t *ir.FuncType, inst string, depth, names bool) string {
	var b strings.Builder
	b.WriteByte('(')
	if names {
		b.WriteString("m ")
	}
	b.WriteString(inst)
	if depth {
		b.WriteString(", ")
		if names {
			b.WriteString("d ")
		}
		b.WriteString("int32")
	}
	for i, x := range t.Params {
		b.WriteString(", ")
		if names {
			fmt.Fprintf(&b, "l%d ", i)
		}
		b.WriteString(GoType(m, x))
	}
	b.WriteByte(')')
	switch len(t.Results) {
	case 0:
	case 1:
		b.WriteString(" " + GoType(m, t.Results[0]))
	default:
		b.WriteString(" (")
		for i, x := range t.Results {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(GoType(m, x))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// Target is what a definition of sort function comes to.
type Target struct {
	// Trampoline is the number of a trampoline, or -1 for a function that a
	// module defines.
	Trampoline ir.TrampolineID
	Instance   ir.CoreInstanceID
	Module     ir.ModuleID
	Func       uint32 // function index in Module
	// Name is the Go name: FuncName or "tramp<N>".
	Name string
	// Inst is the expression of the function's instance relative to Instances
	// ("C0"); "Root" for a trampoline.
	Inst string
	// Depth: the function has the depth budget as a parameter.
	Depth bool
}

// Callee finds what a definition of sort function comes to, through imports
// that are exported again.
func Callee(p *ir.Program, def ir.CoreDef) (Target, error) {
	def, err := resolve(p, def)
	if err != nil {
		return Target{}, err
	}
	if def.Kind == ir.DefTrampoline {
		return Target{
			Trampoline: def.Trampoline, Instance: -1, Module: -1,
			Name: "tramp" + strconv.Itoa(int(def.Trampoline)), Inst: "Root", Depth: true,
		}, nil
	}
	mod := p.CoreInstances[def.Instance].Module
	return Target{
		Trampoline: -1, Instance: def.Instance, Module: mod, Func: def.Index,
		Name: FuncName(p, mod, def.Index), Inst: instExpr(def.Instance), Depth: HasDepth(p, mod, def.Index),
	}, nil
}

// resolve follows def to the instance that defines the item, or to a trampoline.
func resolve(p *ir.Program, def ir.CoreDef) (ir.CoreDef, error) {
	for n := 0; def.Kind == ir.DefExport; n++ {
		if int(def.Instance) >= len(p.CoreInstances) || n > len(p.CoreInstances) {
			return def, fmt.Errorf("core definition does not come to anything")
		}
		ci := &p.CoreInstances[def.Instance]
		if ci.Module < 0 {
			return def, unsupported("core modules that the host supplies")
		}
		m := p.Modules[ci.Module]
		k := importArg(m, def.Extern, def.Index)
		if k < 0 || m.Supplied {
			return def, nil
		}
		if k >= len(ci.Args) {
			return def, fmt.Errorf("import %d of core instance %d is missing", k, def.Instance)
		}
		def = ci.Args[k]
	}
	return def, nil
}

// importArg tells which import of m item i of a sort is, or -1 if m defines it.
func importArg(m *ir.Module, kind ir.ExternKind, i uint32) int {
	for k := range m.Imports {
		if m.Imports[k].Kind == kind {
			if i == 0 {
				return k
			}
			i--
		}
	}
	return -1
}

func instExpr(i ir.CoreInstanceID) string { return "C" + strconv.Itoa(int(i)) }

// MemExpr is the expression of a memory's *rt.Memory relative to Instances: "C0.Mem0".
func MemExpr(p *ir.Program, def ir.CoreDef) string {
	return instExpr(def.Instance) + ".Mem" + strconv.FormatUint(uint64(def.Index), 10)
}

// TableExpr is the expression of a table's *rt.Table relative to Instances: "C0.Tab0".
func TableExpr(p *ir.Program, def ir.CoreDef) string {
	return instExpr(def.Instance) + ".Tab" + strconv.FormatUint(uint64(def.Index), 10)
}

// GlobalExpr is the expression of a global, a variable of its Go type, relative
// to Instances: "C0.G0", of the instance that defines it.
func GlobalExpr(p *ir.Program, def ir.CoreDef) (string, error) {
	def, err := resolve(p, def)
	if err != nil {
		return "", err
	}
	return instExpr(def.Instance) + ".G" + strconv.FormatUint(uint64(def.Index), 10), nil
}

// symbolPath is an import path as the linker writes it in symbols (cmd/internal/objabi.PathToPrefix).
func symbolPath(s string) string {
	slash := strings.LastIndexByte(s, '/')
	var b []byte
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c == '.' && i > slash || c == '%' || c == '"' || c >= 0x7f {
			b = append(b, '%', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}

// UnsupportedError says that a program uses a feature that codegen does not print yet.
type UnsupportedError struct {
	Feature string
	Where   string // module, function and offset; "" if it is the whole program
}

func (e *UnsupportedError) Error() string {
	s := "not supported yet: " + e.Feature
	if e.Where != "" {
		s = e.Where + ": " + s
	}
	return s
}

func unsupported(feature string) error { return &UnsupportedError{Feature: feature} }
