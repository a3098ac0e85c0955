package driver

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/rt"
)

// hostRef is what a script's host references refer to: two of the same number are the same.
type hostRef uint32

func (v *Value) text() string {
	var s string
	json.Unmarshal(v.Value, &s)
	return s
}

func (v *Value) lanes() []string {
	var s []string
	json.Unmarshal(v.Value, &s)
	return s
}

// show is v for people.
func (v *Value) show() string {
	if v.Type == "either" {
		var s []string
		for i := range v.Values {
			s = append(s, v.Values[i].show())
		}
		return "one of " + strings.Join(s, ", ")
	}
	if v.Type == "v128" {
		return "v128 " + v.LaneType + " " + strings.Join(v.lanes(), " ")
	}
	t := v.text()
	if n, err := bits(t, 64); err == nil && (v.Type == "f32" || v.Type == "f64") {
		t = fmt.Sprintf("%#x", n)
	}
	return strings.TrimSpace(v.Type + " " + t)
}

// show is a result for people.
func show(v *rt.CoreValue) string {
	switch v.Type.Kind {
	case rt.CoreI32:
		return fmt.Sprintf("i32 %d", int32(v.Lo))
	case rt.CoreI64:
		return fmt.Sprintf("i64 %d", int64(v.Lo))
	case rt.CoreF32, rt.CoreF64:
		return fmt.Sprintf("%v %#x", v.Type, v.Lo)
	case rt.CoreV128:
		return fmt.Sprintf("v128 %#016x %016x", v.Hi, v.Lo)
	}
	if v.Ref == nil {
		return "null"
	}
	return fmt.Sprintf("%v %v", v.Type, v.Ref)
}

func showAll(vs []rt.CoreValue) string {
	if len(vs) == 0 {
		return "no results"
	}
	var s []string
	for i := range vs {
		s = append(s, show(&vs[i]))
	}
	return strings.Join(s, ", ")
}

// bits reads an integer of a size, written with or without sign.
func bits(s string, size int) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, size)
	if err == nil {
		return n, nil
	}
	i, err := strconv.ParseInt(s, 10, size)
	if err != nil {
		return 0, err
	}
	if size < 64 {
		return uint64(i) & (1<<size - 1), nil
	}
	return uint64(i), nil
}

// laneBits gives the size of a lane or scalar.
func laneBits(t string) int {
	switch t {
	case "i8":
		return 8
	case "i16":
		return 16
	case "i32", "f32":
		return 32
	}
	return 64
}

// value is a constant as rt has it.
func (v *Value) value() (rt.CoreValue, error) {
	s := v.text()
	switch v.Type {
	case "i32", "f32":
		n, err := bits(s, 32)
		x := rt.CoreU32(uint32(n))
		if v.Type == "f32" {
			x.Type.Kind = rt.CoreF32
		}
		return x, err
	case "i64", "f64":
		n, err := bits(s, 64)
		x := rt.CoreU64(n)
		if v.Type == "f64" {
			x.Type.Kind = rt.CoreF64
		}
		return x, err
	case "v128":
		var x rt.V128
		size := laneBits(v.LaneType)
		for i, l := range v.lanes() {
			n, err := bits(l, size)
			if err != nil {
				return rt.CoreValue{}, err
			}
			if at := i * size; at < 64 {
				x.Lo |= n << at
			} else {
				x.Hi |= n << (at - 64)
			}
		}
		return rt.CoreVector(x), nil
	}
	if v.null() {
		return rt.CoreHostRef(nil), nil
	}
	if v.Type == "externref" || v.Type == "anyref" {
		n, err := bits(s, 32)
		return rt.CoreHostRef(hostRef(n)), err
	}
	return rt.CoreValue{}, fmt.Errorf("argument of type %s", v.Type)
}

// null reports whether v is null and nothing else.
func (v *Value) null() bool {
	switch v.Type {
	case "refnull", "nullref", "nullfuncref", "nullexternref", "nullexnref":
		return true
	}
	return v.text() == "null"
}

// match reports whether a result is what is wanted.
func match(got *rt.CoreValue, want *Value) bool {
	kinds := map[string]rt.CoreTypeKind{"i32": rt.CoreI32, "i64": rt.CoreI64, "f32": rt.CoreF32, "f64": rt.CoreF64, "v128": rt.CoreV128}
	if want.Type == "either" {
		for i := range want.Values {
			if match(got, &want.Values[i]) {
				return true
			}
		}
		return false
	}
	k, number := kinds[want.Type]
	if !number {
		return got.Type.Kind == rt.CoreRef && matchRef(got, want)
	}
	if got.Type.Kind != k {
		return false
	}
	if k != rt.CoreV128 {
		return matchLane(got.Lo, want.text(), want.Type)
	}
	size := laneBits(want.LaneType)
	for i, l := range want.lanes() {
		n := got.Lo
		if i*size >= 64 {
			n = got.Hi
		}
		n >>= i * size % 64
		if size < 64 {
			n &= 1<<size - 1
		}
		if !matchLane(n, l, want.LaneType) {
			return false
		}
	}
	return true
}

// matchLane compares the bits of a scalar; a NaN pattern leaves some open
// (core spec, "Floating-Point Numbers", NaN values).
func matchLane(got uint64, want, typ string) bool {
	if strings.HasPrefix(want, "nan:") {
		exp, quiet := uint64(0x7f800000), uint64(1)<<22
		if typ == "f64" {
			exp, quiet = 0x7ff<<52, 1<<51
		}
		switch want {
		case "nan:canonical":
			return got&(exp|(quiet<<1-1)) == exp|quiet
		case "nan:arithmetic":
			return got&(exp|quiet) == exp|quiet
		}
		return false
	}
	n, err := bits(want, laneBits(typ))
	return err == nil && got == n
}

func matchRef(got *rt.CoreValue, want *Value) bool {
	if want.null() {
		return got.Ref == nil
	}
	if got.Ref == nil {
		return false
	}
	_, isFunc := got.Ref.(*rt.FuncRef)
	_, isHost := got.Ref.(hostRef)
	switch want.Type {
	case "funcref":
		return isFunc
	case "externref", "anyref":
		if s := want.text(); s != "" {
			n, err := bits(s, 32)
			return err == nil && got.Ref == any(hostRef(n))
		}
		return !isFunc
	case "eqref", "structref", "arrayref", "i31ref", "exnref":
		return !isFunc && !isHost
	}
	return false
}
