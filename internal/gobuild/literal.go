package gobuild

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// literal prints a value of structs, slices, pointers, strings, numbers and bools as a Go expression, without the
// fields that are zero. Types are written as their own package would be imported under its name.
func literal(v reflect.Value) string {
	t := v.Type()
	switch v.Kind() {
	case reflect.String:
		return strconv.Quote(v.String())
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.FormatUint(v.Uint(), 10)
	case reflect.Pointer:
		if v.IsNil() {
			return "nil"
		}
		if e := v.Elem(); e.Kind() != reflect.Struct {
			return "new(" + e.Type().String() + "(" + literal(e) + "))"
		}
		return "&" + literal(v.Elem())
	case reflect.Slice:
		var items []string
		for i := range v.Len() {
			items = append(items, literal(v.Index(i)))
		}
		return t.String() + "{" + strings.Join(items, ", ") + "}"
	case reflect.Struct:
		var fields []string
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() {
				fields = append(fields, t.Field(i).Name+": "+literal(f))
			}
		}
		return t.String() + "{" + strings.Join(fields, ", ") + "}"
	}
	panic(fmt.Errorf("gobuild: no literal of type %v", t))
}
