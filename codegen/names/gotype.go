package names

import (
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/wc2go/wc2go/ir"
)

// This file: Go types as code.

// RT is the import path of the runtime.
const RT = "github.com/wc2go/wc2go/rt"

// maxTuple is the longest tuple that rt has a type for.
const maxTuple = 16

// GoType writes the Go type of a value type.
func (m *Model) GoType(t ir.TypeID) *jen.Statement {
	mt := &m.Types[t]
	switch {
	case mt.Form == FormNamed:
		return jen.Id(mt.Name)
	case mt.Form == FormMapped:
		return jen.Qual(mt.Pkg, mt.Name)
	case mt.AliasPkg != "":
		return jen.Qual(mt.AliasPkg, mt.Alias)
	case mt.Alias != "":
		return jen.Id(mt.Alias)
	}
	return m.Literal(t)
}

// Literal writes the Go type of a FormBuiltin type without its alias.
func (m *Model) Literal(t ir.TypeID) *jen.Statement {
	it := &m.Program.Types[t]
	switch it.Kind {
	case ir.TBool:
		return jen.Bool()
	case ir.TS8:
		return jen.Int8()
	case ir.TU8:
		return jen.Uint8()
	case ir.TS16:
		return jen.Int16()
	case ir.TU16:
		return jen.Uint16()
	case ir.TS32:
		return jen.Int32()
	case ir.TU32:
		return jen.Uint32()
	case ir.TS64:
		return jen.Int64()
	case ir.TU64:
		return jen.Uint64()
	case ir.TF32:
		return jen.Float32()
	case ir.TF64:
		return jen.Float64()
	case ir.TChar:
		return jen.Rune()
	case ir.TString:
		return jen.String()
	case ir.TErrorContext:
		return jen.Op("*").Qual(RT, "ErrorContext")
	case ir.TList:
		if e := &m.Types[it.Elem]; m.Program.Types[it.Elem].Kind == ir.TU8 && e.Alias == "" {
			return jen.Index().Byte()
		}
		return jen.Index().Add(m.GoType(it.Elem))
	case ir.TFixedList:
		return jen.Index(jen.Lit(int(it.Len))).Add(m.GoType(it.Elem))
	case ir.TMap:
		return jen.Map(m.GoType(it.Key)).Add(m.GoType(it.Elem))
	case ir.TTuple:
		if len(it.Cases) > maxTuple {
			return jen.StructFunc(func(g *jen.Group) {
				for i, c := range it.Cases {
					g.Id("F" + strconv.Itoa(i)).Add(m.GoType(c.Type))
				}
			})
		}
		return jen.Qual(RT, "Tuple"+strconv.Itoa(len(it.Cases))).TypesFunc(func(g *jen.Group) {
			for _, c := range it.Cases {
				g.Add(m.GoType(c.Type))
			}
		})
	case ir.TOption:
		return jen.Qual(RT, "Option").Types(m.GoType(it.Elem))
	case ir.TResult:
		return jen.Qual(RT, "Result").Types(m.orUnit(it.Elem), m.orUnit(it.Err))
	case ir.TOwn, ir.TBorrow:
		return m.ResourceType(it.Resource)
	case ir.TStream:
		return jen.Op("*").Qual(RT, "StreamReader").Types(m.orUnit(it.Elem))
	case ir.TFuture:
		return jen.Op("*").Qual(RT, "Future").Types(m.orUnit(it.Elem))
	}
	panic("names: type " + strconv.Itoa(int(t)) + " has no Go name")
}

// ResourceType writes the Go type of a handle to a resource. A resource that
// never leaves the program is its representation.
func (m *Model) ResourceType(r ir.ResourceID) *jen.Statement {
	res := &m.Resources[r]
	s := &jen.Statement{}
	if res.Name == "" {
		return s.Uint32()
	}
	if res.Pointer {
		s.Op("*")
	}
	if res.Pkg != "" {
		return s.Qual(res.Pkg, res.Name)
	}
	return s.Id(res.Name)
}

func (m *Model) orUnit(t ir.TypeID) *jen.Statement {
	if t == ir.NoType {
		return jen.Qual(RT, "Unit")
	}
	return m.GoType(t)
}

// ResultIDs gives the value types that are the Go results of a function, in
// front of the final error: none, one, or one per element of a tuple. A result
// type stands for its ok payload. (A tuple without a name is several results,
// be it the function's result or its ok payload.)
func (m *Model) ResultIDs(f ir.FuncTypeID) []ir.TypeID {
	t := m.Program.FuncTypes[f].Result
	if t != ir.NoType && m.Program.Types[t].Kind == ir.TResult {
		t = m.Program.Types[t].Elem
	}
	if t == ir.NoType {
		return nil
	}
	if it := &m.Program.Types[t]; m.Spreads(t) {
		ids := make([]ir.TypeID, len(it.Cases))
		for i, c := range it.Cases {
			ids[i] = c.Type
		}
		return ids
	}
	return []ir.TypeID{t}
}

// Spreads reports whether a result of type t is several Go results.
func (m *Model) Spreads(t ir.TypeID) bool {
	return t != ir.NoType && m.Program.Types[t].Kind == ir.TTuple
}

// ResultTypes gives the Go results of a function without the final error: the
// type of the result, or of its ok payload if it is a result type, a tuple
// element by element; nil if there is none.
func (m *Model) ResultTypes(f ir.FuncTypeID) []*jen.Statement {
	var out []*jen.Statement
	for _, id := range m.ResultIDs(f) {
		out = append(out, m.GoType(id))
	}
	return out
}

// ErrorForm says what Go error a WIT function's own error is.
type ErrorForm uint8

// The error forms.
const (
	ErrorNone  ErrorForm = iota // the function's result is no result type
	ErrorSelf                   // the error type implements error
	ErrorValue                  // *rt.ErrorValue[E]
)

// ErrorType gives the Go error of a function whose result is a result type:
// its form and its Go type.
func (m *Model) ErrorType(f ir.FuncTypeID) (ErrorForm, *jen.Statement) {
	t := m.Program.FuncTypes[f].Result
	if t == ir.NoType || m.Program.Types[t].Kind != ir.TResult {
		return ErrorNone, nil
	}
	e := m.Program.Types[t].Err
	if e != ir.NoType && m.Types[e].IsError {
		return ErrorSelf, m.GoType(e)
	}
	return ErrorValue, jen.Op("*").Qual(RT, "ErrorValue").Types(m.orUnit(e))
}
