package adapt

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/ir"
)

// maxTuple is the longest tuple that rt has a type for.
const maxTuple = 16

// goType is the Go type of a value type, the same as names.Model.GoType's
// with aliases resolved.
func (e *emitter) goType(t ir.TypeID) string {
	mt := &e.m.Types[t]
	switch mt.Form {
	case names.FormNamed:
		return mt.Name
	case names.FormMapped:
		return e.pkg(mt.Pkg) + "." + mt.Name
	}
	it := &e.p.Types[t]
	switch it.Kind {
	case ir.TList:
		return "[]" + e.goType(it.Elem)
	case ir.TFixedList:
		return "[" + strconv.Itoa(int(it.Len)) + "]" + e.goType(it.Elem)
	case ir.TMap:
		return "map[" + e.goType(it.Key) + "]" + e.goType(it.Elem)
	case ir.TTuple:
		var parts []string
		for i, c := range it.Cases {
			s := e.goType(c.Type)
			if len(it.Cases) > maxTuple {
				s = e.tupleField(t, i) + " " + s
			}
			parts = append(parts, s)
		}
		if len(it.Cases) > maxTuple {
			return "struct{" + strings.Join(parts, "; ") + "}"
		}
		return e.rt() + ".Tuple" + strconv.Itoa(len(parts)) + "[" + strings.Join(parts, ", ") + "]"
	case ir.TOption:
		return e.rt() + ".Option[" + e.goType(it.Elem) + "]"
	case ir.TResult:
		return e.rt() + ".Result[" + e.orUnit(it.Elem) + ", " + e.orUnit(it.Err) + "]"
	case ir.TOwn, ir.TBorrow:
		return e.goResource(it.Resource)
	case ir.TStream:
		return "*" + e.rt() + ".StreamReader[" + e.orUnit(it.Elem) + "]"
	case ir.TFuture:
		return "*" + e.rt() + ".Future[" + e.orUnit(it.Elem) + "]"
	case ir.TErrorContext:
		return "*" + e.rt() + ".ErrorContext"
	}
	if s := goScalar[it.Kind]; s != "" {
		return s
	}
	e.unsupported("", kindName(it.Kind)+" values")
	return "any"
}

// goScalar is indexed by ir.TypeKind.
var goScalar = [ir.TFuture + 1]string{
	ir.TBool: "bool", ir.TS8: "int8", ir.TU8: "byte", ir.TS16: "int16", ir.TU16: "uint16", ir.TS32: "int32", ir.TU32: "uint32",
	ir.TS64: "int64", ir.TU64: "uint64", ir.TF32: "float32", ir.TF64: "float64", ir.TChar: "rune", ir.TString: "string",
}

func kindName(k ir.TypeKind) string {
	switch k {
	case ir.TStream:
		return "stream"
	case ir.TFuture:
		return "future"
	case ir.TErrorContext:
		return "error-context"
	}
	return fmt.Sprintf("type kind %d", k)
}

func (e *emitter) orUnit(t ir.TypeID) string {
	if t == ir.NoType {
		return e.rt() + ".Unit"
	}
	return e.goType(t)
}

// goResource is the Go type of a handle.
func (e *emitter) goResource(r ir.ResourceID) string {
	res := &e.m.Resources[r]
	s := res.Name
	if s == "" {
		return "uint32"
	}
	if res.Pkg != "" {
		s = e.pkg(res.Pkg) + "." + s
	}
	if res.Pointer {
		s = "*" + s
	}
	return s
}

// member is the Go name of case n of a variant, enum or flags type, qualified.
func (e *emitter) member(t ir.TypeID, n int) string {
	mt := &e.m.Types[t]
	s := mt.Cases[n]
	if mt.Form == names.FormMapped {
		s = e.pkg(mt.Pkg) + "." + s
	}
	return s
}

// tupleField is the name of a tuple's field n.
func (e *emitter) tupleField(t ir.TypeID, n int) string {
	if c := e.m.Types[t].Cases; n < len(c) && c[n] != "" {
		return c[n]
	}
	return "F" + strconv.Itoa(n)
}

// field is the Go field n of a record or tuple.
func (e *emitter) field(t ir.TypeID, n int) string {
	if e.p.Types[t].Kind == ir.TTuple {
		return e.tupleField(t, n)
	}
	return e.m.Types[t].Cases[n]
}
