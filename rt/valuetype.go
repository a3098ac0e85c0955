package rt

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// TypeKind says what a WIT value type is. The numbers are those of the
// compiler's ir.TypeKind.
type TypeKind uint8

// The kinds of value types.
const (
	KindBool TypeKind = iota
	KindS8
	KindU8
	KindS16
	KindU16
	KindS32
	KindU32
	KindS64
	KindU64
	KindF32
	KindF64
	KindChar
	KindString
	KindErrorContext
	KindRecord
	KindVariant
	KindList
	KindFixedList
	KindMap
	KindTuple
	KindFlags
	KindEnum
	KindOption
	KindResult
	KindOwn
	KindBorrow
	KindStream
	KindFuture
)

// kindText is indexed by TypeKind: WIT's keyword.
var kindText = [...]string{
	"bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string",
	"error-context", "record", "variant", "list", "list", "map", "tuple", "flags", "enum", "option",
	"result", "own", "borrow", "stream", "future",
}

func (k TypeKind) String() string {
	if int(k) < len(kindText) {
		return kindText[k]
	}
	return "type kind " + strconv.Itoa(int(k))
}

// Type describes a WIT value type.
type Type struct {
	Kind TypeKind
	// Interface and Name: where a named type comes from, "ns:pkg/iface@1.2.3"
	// and "type-name".
	Interface, Name string
	// Cases: fields of a record, elements of a tuple (without names), cases of
	// a variant or enum, flags.
	Cases []Case
	// Elem: of list, fixed list, option, stream, future; the value of a map, the ok
	// payload of a result. Key: of a map. Err: the error payload of a result.
	// Nil where there is none.
	Elem, Key, Err *Type
	Len            uint32 // of a fixed list
	Resource       uint32 // of own and borrow: number of the resource type in its component

	// Layout in a 32-bit memory (CanonicalABI.md "Alignment", "Element Size",
	// "Flattening"), for the dynamic ABI.
	size, align             uint32
	discSize, payloadOffset uint32   // variant, enum, option, result
	offsets                 []uint32 // record, tuple
	flat                    string   // complete flattening, one of 'i' (i32), 'l' (i64), 'f' (f32), 'd' (f64) each
}

// Case is a field of a record, an element of a tuple, a case of a variant or enum, a flag.
type Case struct {
	Name string
	Type *Type // nil: no payload
}

// Param is a parameter of a function.
type Param struct {
	Name string
	Type *Type
}

// FuncType is the type of a component function.
type FuncType struct {
	Params []Param
	Result *Type // nil: none
	Async  bool
}

// String is the type as WIT writes it.
func (t *FuncType) String() string {
	var b strings.Builder
	if t.Async {
		b.WriteString("async ")
	}
	b.WriteString("func(")
	for n, p := range t.Params {
		if n > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name + ": " + p.Type.String())
	}
	b.WriteString(")")
	if t.Result != nil {
		b.WriteString(" -> " + t.Result.String())
	}
	return b.String()
}

// String is the type as WIT refers to it: by its name if it has one.
func (t *Type) String() string {
	if t == nil {
		return "_"
	}
	if t.Name != "" && t.Kind != KindOwn && t.Kind != KindBorrow {
		return t.Name
	}
	var args []string
	switch t.Kind {
	case KindList, KindOption:
		args = []string{t.Elem.String()}
	case KindFixedList:
		args = []string{t.Elem.String(), strconv.Itoa(int(t.Len))}
	case KindMap:
		args = []string{t.Key.String(), t.Elem.String()}
	case KindStream, KindFuture:
		if t.Elem != nil {
			args = []string{t.Elem.String()}
		}
	case KindResult:
		if t.Err != nil {
			args = []string{t.Elem.String(), t.Err.String()}
		} else if t.Elem != nil {
			args = []string{t.Elem.String()}
		}
	case KindTuple:
		for _, c := range t.Cases {
			args = append(args, c.Type.String())
		}
	case KindRecord, KindVariant, KindFlags, KindEnum:
		for _, c := range t.Cases {
			s := c.Name
			switch {
			case t.Kind == KindRecord:
				s += ": " + c.Type.String()
			case c.Type != nil:
				s += "(" + c.Type.String() + ")"
			}
			args = append(args, s)
		}
		return t.Kind.String() + " { " + strings.Join(args, ", ") + " }"
	case KindOwn, KindBorrow:
		name := t.Name
		if name == "" {
			name = "resource" + strconv.Itoa(int(t.Resource))
		}
		if t.Kind == KindOwn {
			return name
		}
		args = []string{name}
	}
	if args == nil {
		return t.Kind.String()
	}
	return t.Kind.String() + "<" + strings.Join(args, ", ") + ">"
}

// Case returns the number of the case, field or flag of that name, -1 if there
// is none.
func (t *Type) Case(name string) int {
	for n := range t.Cases {
		if t.Cases[n].Name == name {
			return n
		}
	}
	return -1
}

// Types is the type table of a generated package: the value types and function
// types of its component. It is decoded on first use.
//
// The text has a line per type; types are numbered from 0 by line, function
// types after them from 0 again. A line is words separated by one space; inside a word
// "%XX" stands for the byte with that hexadecimal number. A reference is the number of an
// earlier line, or "_" for none.
//
//	bool                                    and the other kinds without parts
//	record|variant|flags|enum|tuple ORIGIN (NAME=REF)…   NAME empty in a tuple, REF "_" without payload
//	list|option|stream|future ORIGIN REF
//	fixed ORIGIN REF LENGTH
//	map ORIGIN KEYREF VALUEREF
//	result ORIGIN OKREF ERRREF
//	own|borrow ORIGIN RESOURCE              ORIGIN is that of the resource type
//	func|async RESULTREF (NAME=REF)…
//
// ORIGIN is "_" or "NAME" or "INTERFACE#NAME". A primitive with a name (a type
// alias that the compiler kept apart) is "KIND ORIGIN".
type Types struct {
	Text  string
	once  sync.Once
	types []*Type
	funcs []*FuncType
	err   error
}

// NewTypes makes a table from its text. For generated code.
func NewTypes(text string) *Types { return &Types{Text: text} }

// Type returns type n; it panics if the table has none. For generated code.
func (t *Types) Type(n int) *Type { t.decode(); return t.types[n] }

// Func returns function type n; it panics if the table has none. For generated code.
func (t *Types) Func(n int) *FuncType { t.decode(); return t.funcs[n] }

// Err says what is wrong with the table, nil for any that the compiler made.
func (t *Types) Err() error { t.once.Do(t.parse); return t.err }

func (t *Types) decode() {
	if err := t.Err(); err != nil {
		panic(err)
	}
}

func (t *Types) parse() {
	line := 0
	for text := range strings.Lines(t.Text) {
		line++
		if err := t.parseLine(strings.TrimSuffix(text, "\n")); err != nil {
			t.err = fmt.Errorf("wc2go: type table, line %d: %w", line, err)
			return
		}
	}
}

var errTypeLine = errors.New("not a type")

func (t *Types) parseLine(line string) error {
	words := strings.Split(line, " ")
	word := func(n int) string {
		if n < len(words) {
			return words[n]
		}
		return ""
	}
	ref := func(s string) (*Type, error) {
		if s == "_" {
			return nil, nil
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 || n >= len(t.types) {
			return nil, fmt.Errorf("bad reference %q", s)
		}
		return t.types[n], nil
	}
	pairs := func(words []string) ([]Case, error) {
		cs := make([]Case, 0, len(words))
		for _, w := range words {
			name, r, ok := strings.Cut(w, "=")
			if !ok {
				return nil, fmt.Errorf("bad case %q", w)
			}
			typ, err := ref(r)
			if err != nil {
				return nil, err
			}
			cs = append(cs, Case{unescapeWord(name), typ})
		}
		return cs, nil
	}

	if words[0] == "func" || words[0] == "async" {
		f := &FuncType{Async: words[0] == "async"}
		var err error
		if f.Result, err = ref(word(1)); err != nil {
			return err
		}
		cs, err := pairs(words[2:])
		if err != nil {
			return err
		}
		for _, c := range cs {
			if c.Type == nil {
				return errTypeLine
			}
			f.Params = append(f.Params, Param(c))
		}
		t.funcs = append(t.funcs, f)
		return nil
	}

	typ := &Type{}
	switch words[0] {
	case "list":
		typ.Kind = KindList
	case "fixed":
		typ.Kind = KindFixedList
	default:
		k := 0
		for k < len(kindText) && kindText[k] != words[0] {
			k++
		}
		if k == len(kindText) {
			return errTypeLine
		}
		typ.Kind = TypeKind(k)
	}
	if o := word(1); o != "" && o != "_" {
		iface, name, ok := strings.Cut(o, "#")
		if !ok {
			iface, name = "", iface
		}
		typ.Interface, typ.Name = unescapeWord(iface), unescapeWord(name)
	}
	var err error
	need := func(n int) *Type {
		if err != nil {
			return nil
		}
		var r *Type
		if r, err = ref(word(n)); err == nil && r == nil {
			err = errTypeLine
		}
		return r
	}
	may := func(n int) *Type {
		if err != nil {
			return nil
		}
		var r *Type
		r, err = ref(word(n))
		return r
	}
	number := func(n int) uint32 {
		if err != nil {
			return 0
		}
		var u uint64
		u, err = strconv.ParseUint(word(n), 10, 32)
		return uint32(u)
	}
	switch typ.Kind {
	case KindRecord, KindVariant, KindFlags, KindEnum, KindTuple:
		typ.Cases, err = pairs(words[min(2, len(words)):])
		for _, c := range typ.Cases {
			if (typ.Kind == KindRecord || typ.Kind == KindTuple) && c.Type == nil {
				err = errTypeLine
			}
		}
	case KindList, KindOption:
		typ.Elem = need(2)
	case KindStream, KindFuture:
		typ.Elem = may(2)
	case KindFixedList:
		typ.Elem, typ.Len = need(2), number(3)
	case KindMap:
		typ.Key, typ.Elem = need(2), need(3)
	case KindResult:
		typ.Elem, typ.Err = may(2), may(3)
	case KindOwn, KindBorrow:
		typ.Resource = number(2)
	}
	if err != nil {
		return err
	}
	typ.layout()
	t.types = append(t.types, typ)
	return nil
}

// unescapeWord undoes "%XX".
func unescapeWord(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// maxFlat bounds flattenings that are remembered: beyond MAX_FLAT_PARAMS (and
// one more, so that "too long" can be told) nobody looks.
const maxFlat = 17

// layout fills in size, align and flattening. The parts have theirs already.
func (t *Type) layout() {
	scalar := func(size uint32, flat string) { t.size, t.align, t.flat = size, size, flat }
	switch t.Kind {
	case KindBool, KindS8, KindU8:
		scalar(1, "i")
	case KindS16, KindU16:
		scalar(2, "i")
	case KindS32, KindU32, KindChar, KindErrorContext, KindOwn, KindBorrow, KindStream, KindFuture:
		scalar(4, "i")
	case KindS64, KindU64:
		scalar(8, "l")
	case KindF32:
		scalar(4, "f")
	case KindF64:
		scalar(8, "d")
	case KindString, KindList, KindMap:
		t.size, t.align, t.flat = 8, 4, "ii"
	case KindFixedList:
		t.size, t.align = t.Elem.size*t.Len, t.Elem.align
		for n := uint32(0); n < t.Len && len(t.flat) < maxFlat; n++ {
			t.flat += t.Elem.flat
		}
	case KindRecord, KindTuple:
		t.align = 1
		for _, c := range t.Cases {
			t.align = max(t.align, c.Type.align)
			t.size = roundUp32(t.size, c.Type.align)
			t.offsets = append(t.offsets, t.size)
			t.size += c.Type.size
			if len(t.flat) < maxFlat {
				t.flat += c.Type.flat
			}
		}
		t.size = roundUp32(t.size, t.align)
	case KindFlags:
		// CanonicalABI.md "Alignment": up to 8, 16 or 32 flags; more are not allowed,
		// but older components have them as several i32.
		switch n := len(t.Cases); {
		case n <= 8:
			scalar(1, "i")
		case n <= 16:
			scalar(2, "i")
		default:
			words := (n + 31) / 32
			t.size, t.align, t.flat = uint32(words)*4, 4, strings.Repeat("i", words)
		}
	case KindVariant, KindEnum, KindOption, KindResult:
		var payloads []*Type
		n := 2
		switch t.Kind {
		case KindOption:
			payloads = []*Type{nil, t.Elem}
		case KindResult:
			payloads = []*Type{t.Elem, t.Err}
		default:
			n = len(t.Cases)
			for _, c := range t.Cases {
				payloads = append(payloads, c.Type)
			}
		}
		switch {
		case n <= 1<<8:
			t.discSize = 1
		case n <= 1<<16:
			t.discSize = 2
		default:
			t.discSize = 4
		}
		palign, psize := uint32(1), uint32(0)
		var flat []byte
		for _, p := range payloads {
			if p == nil {
				continue
			}
			palign, psize = max(palign, p.align), max(psize, p.size)
			for i := range len(p.flat) {
				if i < len(flat) {
					flat[i] = joinFlat(flat[i], p.flat[i])
				} else {
					flat = append(flat, p.flat[i])
				}
			}
		}
		t.align = max(t.discSize, palign)
		t.payloadOffset = roundUp32(t.discSize, palign)
		t.size = roundUp32(t.payloadOffset+psize, t.align)
		t.flat = "i" + string(flat)
	}
}

// Layout gives the size and alignment of values of the type in a 32-bit
// memory, and their flattening as far as anybody looks (one more than MAX_FLAT_PARAMS), a
// letter each: i (i32), l (i64), f (f32), d (f64). For generated code.
func (t *Type) Layout() (size, align uint32, flat string) {
	return t.size, t.align, t.flat[:min(len(t.flat), maxFlat)]
}

// joinFlat is CanonicalABI.md's join of two flat types.
func joinFlat(a, b byte) byte {
	switch {
	case a == b:
		return a
	case a == 'i' && b == 'f', a == 'f' && b == 'i':
		return 'i'
	}
	return 'l'
}

func roundUp32(n, align uint32) uint32 { return (n + align - 1) &^ (align - 1) }
