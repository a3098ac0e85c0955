package rt

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// WAVEError says what is wrong with a WAVE text, and where.
type WAVEError struct {
	Offset int // in bytes
	Text   string
}

func (e *WAVEError) Error() string { return fmt.Sprintf("at byte %d: %s", e.Offset, e.Text) }

// ParseWAVE reads a value of type t. Whitespace and // comments may stand around it.
func ParseWAVE(t *Type, s string) (v Value, err error) {
	p := &waveParser{s: s}
	defer p.catch(&err)
	p.checkUTF8()
	v = p.value(t)
	p.space()
	if p.pos < len(s) {
		p.failf("%s after the value", p.found())
	}
	return v, nil
}

// WAVECall is a function call in WAVE whose arguments have not been read yet,
// because that needs the function's type.
type WAVECall struct {
	Name string // what stands before the parenthesis
	text string
	args int // offset of the parenthesis
}

// ParseWAVECall reads the name of a call `name(arguments…)`.
func ParseWAVECall(s string) (c *WAVECall, err error) {
	p := &waveParser{s: s}
	defer p.catch(&err)
	p.checkUTF8()
	p.space()
	start := p.pos
	n := strings.IndexByte(s[start:], '(')
	name := ""
	if n >= 0 {
		name = strings.TrimRight(s[start:start+n], " \t\r\n")
	}
	switch {
	case n < 0:
		p.pos = len(s)
		p.failf("expected '(' after the function's name: a call is written name(arguments)")
	case name == "":
		p.failf("expected a function name, found '('")
	case strings.ContainsAny(name, " \t\r\n\"'"):
		p.failf("%q is not a function name", name)
	}
	return &WAVECall{Name: strings.TrimPrefix(name, "%"), text: s, args: start + n}, nil
}

// Args reads the arguments. Options at the end that are none may be left out.
func (c *WAVECall) Args(t *FuncType) (args []Value, err error) {
	p := &waveParser{s: c.text, pos: c.args + 1}
	defer p.catch(&err)
	for {
		p.space()
		if p.eat(')') {
			break
		}
		if len(args) == len(t.Params) {
			p.failf("too many arguments: %s takes %d", t, len(t.Params))
		}
		args = append(args, p.value(t.Params[len(args)].Type))
		p.space()
		if !p.eat(',') {
			p.need(')')
			break
		}
	}
	end := p.pos - 1
	p.space()
	if p.pos < len(p.s) {
		p.failf("%s after the call", p.found())
	}
	for n := len(args); n < len(t.Params); n++ {
		if t.Params[n].Type.Kind != KindOption {
			p.pos = end
			p.failf("argument %q is missing: the function is %s", t.Params[n].Name, t)
		}
		args = append(args, OptionValue{})
	}
	return args, nil
}

// waveParser is directed by types, so its recursion is bounded by theirs. It
// gives up by panicking with a *WAVEError.
type waveParser struct {
	s   string
	pos int
}

func (p *waveParser) catch(err *error) {
	switch e := recover().(type) {
	case nil:
	case *WAVEError:
		*err = e
	default:
		panic(e)
	}
}

func (p *waveParser) failf(format string, args ...any) {
	panic(&WAVEError{p.pos, fmt.Sprintf(format, args...)})
}

func (p *waveParser) checkUTF8() {
	for i, r := range p.s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(p.s[i:]); n == 1 {
				p.pos = i
				p.failf("not UTF-8")
			}
		}
	}
}

// found describes what is at the position.
func (p *waveParser) found() string {
	if p.pos >= len(p.s) {
		return "end of text"
	}
	r, _ := utf8.DecodeRuneInString(p.s[p.pos:])
	return strconv.QuoteRune(r)
}

func (p *waveParser) peek() byte {
	if p.pos < len(p.s) {
		return p.s[p.pos]
	}
	return 0
}

func (p *waveParser) eat(c byte) bool {
	if p.pos < len(p.s) && p.s[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

func (p *waveParser) need(c byte) {
	if !p.eat(c) {
		p.failf("expected %q, found %s", c, p.found())
	}
}

// space skips whitespace and comments.
func (p *waveParser) space() {
	for p.pos < len(p.s) {
		switch c := p.s[p.pos]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			p.pos++
		case strings.HasPrefix(p.s[p.pos:], "//"):
			if n := strings.IndexByte(p.s[p.pos:], '\n'); n >= 0 {
				p.pos += n
			} else {
				p.pos = len(p.s)
			}
		default:
			return
		}
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// word gives the label or keyword at the position, without moving: its name
// (without '%'), whether it is a keyword, and where it ends. The name is "" if there is none.
func (p *waveParser) word() (name string, keyword bool, end int) {
	i := p.pos
	percent := i < len(p.s) && p.s[i] == '%'
	if percent {
		i++
	}
	start := i
	if i >= len(p.s) || !isLetter(p.s[i]) {
		return "", false, p.pos
	}
	for i < len(p.s) && (isLetter(p.s[i]) || isDigit(p.s[i]) || p.s[i] == '-' && i+1 < len(p.s) && (isLetter(p.s[i+1]) || isDigit(p.s[i+1]))) {
		i++
	}
	name = p.s[start:i]
	return name, !percent && isWAVEKeyword(name), i
}

// label reads a label; fields and flags may have a keyword's name.
func (p *waveParser) label(what string) string {
	name, _, end := p.word()
	if name == "" {
		p.failf("expected %s, found %s", what, p.found())
	}
	p.pos = end
	return name
}

func (p *waveParser) value(t *Type) Value {
	p.space()
	switch t.Kind {
	case KindBool:
		if name, keyword, end := p.word(); keyword && (name == "true" || name == "false") {
			p.pos = end
			return Bool(name == "true")
		}
		p.failf("expected true or false, found %s", p.found())
	case KindS8:
		return S8(p.int(t, 8))
	case KindS16:
		return S16(p.int(t, 16))
	case KindS32:
		return S32(p.int(t, 32))
	case KindS64:
		return S64(p.int(t, 64))
	case KindU8:
		return U8(p.uint(t, 8))
	case KindU16:
		return U16(p.uint(t, 16))
	case KindU32:
		return U32(p.uint(t, 32))
	case KindU64:
		return U64(p.uint(t, 64))
	case KindF32:
		return F32(p.float(t, 32))
	case KindF64:
		return F64(p.float(t, 64))
	case KindChar:
		return p.char()
	case KindString:
		return String(p.str())
	case KindList, KindFixedList:
		return p.list(t)
	case KindTuple:
		p.need('(')
		var out Tuple
		for n, c := range t.Cases {
			if n > 0 {
				p.need(',')
			}
			out = append(out, p.value(c.Type))
			p.space()
		}
		p.end(')', true)
		return out
	case KindRecord:
		return p.record(t)
	case KindMap:
		return p.mapValue(t)
	case KindFlags:
		return p.flags(t)
	case KindEnum, KindVariant:
		return p.variant(t)
	case KindOption:
		name, keyword, end := p.word()
		switch {
		case keyword && name == "none":
			p.pos = end
			return OptionValue{}
		case keyword && name == "some":
			p.pos = end
			return OptionValue{p.payload(t.Elem, "some")}
		case t.Elem.Kind == KindOption || t.Elem.Kind == KindResult:
			p.failf("expected some(…) or none, found %s", p.found())
		}
		return OptionValue{p.value(t.Elem)}
	case KindResult:
		name, keyword, end := p.word()
		switch {
		case keyword && name == "ok":
			p.pos = end
			return ResultValue{false, p.payload(t.Elem, "ok")}
		case keyword && name == "err":
			p.pos = end
			return ResultValue{true, p.payload(t.Err, "err")}
		case t.Elem == nil || t.Elem.Kind == KindOption || t.Elem.Kind == KindResult:
			p.failf("expected ok or err, found %s", p.found())
		}
		return ResultValue{false, p.value(t.Elem)}
	}
	p.failf("a value of type %s cannot be written in WAVE", t)
	return nil
}

// payload reads "(value)" where t is not nil.
func (p *waveParser) payload(t *Type, name string) Value {
	at := p.pos
	p.space()
	if t == nil {
		if p.peek() == '(' {
			p.failf("%s has no payload", name)
		}
		p.pos = at
		return nil
	}
	if !p.eat('(') {
		p.failf("%s needs a payload of type %s", name, t)
	}
	v := p.value(t)
	p.space()
	p.need(')')
	return v
}

// end reads a closing bracket, with a comma before it if comma is set.
func (p *waveParser) end(c byte, comma bool) {
	p.space()
	if comma && p.eat(',') {
		p.space()
	}
	p.need(c)
}

// number gives the number token at the position.
func (p *waveParser) number(t *Type, float bool) string {
	i := p.pos
	digits := func() bool {
		n := i
		for i < len(p.s) && isDigit(p.s[i]) {
			i++
		}
		return i > n
	}
	if i < len(p.s) && p.s[i] == '-' {
		i++
	}
	first := i
	if !digits() {
		p.failf("expected a number of type %s, found %s", t, p.found())
	}
	if p.s[first] == '0' && i > first+1 {
		p.failf("number has a leading zero")
	}
	if i < len(p.s) && (p.s[i] == '.' || p.s[i]|0x20 == 'e') {
		if !float {
			p.failf("expected an integer of type %s, found a number with a fraction or exponent", t)
		}
		if p.s[i] == '.' {
			i++
			if !digits() {
				p.failf("number has no digits after the point")
			}
		}
		if i < len(p.s) && p.s[i]|0x20 == 'e' {
			i++
			if i < len(p.s) && (p.s[i] == '+' || p.s[i] == '-') {
				i++
			}
			if !digits() {
				p.failf("number has no digits in its exponent")
			}
		}
	}
	return p.s[p.pos:i]
}

func (p *waveParser) int(t *Type, bits int) int64 {
	s := p.number(t, false)
	n, err := strconv.ParseInt(s, 10, bits)
	if err != nil {
		p.failf("%s is out of the range of %s", s, t)
	}
	p.pos += len(s)
	return n
}

func (p *waveParser) uint(t *Type, bits int) uint64 {
	s := p.number(t, false)
	n, err := strconv.ParseUint(s, 10, bits)
	if err != nil {
		p.failf("%s is out of the range of %s", s, t)
	}
	p.pos += len(s)
	return n
}

func (p *waveParser) float(t *Type, bits int) float64 {
	at := p.pos
	neg := p.eat('-')
	name, _, end := p.word()
	switch {
	case name == "inf" && p.peek() != '%':
		p.pos = end
		return math.Inf(map[bool]int{false: 1, true: -1}[neg])
	case name == "nan" && p.peek() != '%' && !neg:
		p.pos = end
		return math.NaN()
	}
	p.pos = at
	s := p.number(t, true)
	f, err := strconv.ParseFloat(s, bits)
	// Too large is infinity, as Wasmtime has it.
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		p.failf("%s is not a number", s)
	}
	p.pos += len(s)
	return f
}

func (p *waveParser) char() Value {
	if !p.eat('\'') {
		p.failf("expected a character in single quotes, found %s", p.found())
	}
	var r rune
	switch c := p.peek(); {
	case p.pos >= len(p.s) || c == '\'' || c == '\n':
		p.failf("expected a character, found %s", p.found())
	case c == '\\':
		r = p.escape()
	default:
		var n int
		r, n = utf8.DecodeRuneInString(p.s[p.pos:])
		p.pos += n
	}
	p.need('\'')
	return Char(r)
}

// escape reads an escape sequence.
func (p *waveParser) escape() rune {
	start := p.pos
	p.need('\\')
	c := p.peek()
	p.pos++
	switch c {
	case '\'', '"', '\\':
		return rune(c)
	case 't':
		return '\t'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 'u':
		if !p.eat('{') {
			break
		}
		var r rune
		first := p.pos
		for {
			c := p.peek()
			switch {
			case isDigit(c):
				r = r<<4 | rune(c-'0')
			case c|0x20 >= 'a' && c|0x20 <= 'f':
				r = r<<4 | rune(c|0x20-'a'+10)
			case c == '}' && p.pos > first:
				if !utf8.ValidRune(r) {
					p.pos = start
					p.failf("escape is no Unicode scalar value")
				}
				p.pos++
				return r
			default:
				p.failf("expected a hexadecimal digit, found %s", p.found())
			}
			if r > utf8.MaxRune {
				p.pos = start
				p.failf("escape is no Unicode scalar value")
			}
			p.pos++
		}
	}
	p.pos = start
	p.failf("unknown escape sequence")
	return 0
}

func (p *waveParser) str() string {
	if strings.HasPrefix(p.s[p.pos:], `"""`) {
		return p.multiline()
	}
	if !p.eat('"') {
		p.failf("expected a string in double quotes, found %s", p.found())
	}
	var b strings.Builder
	for {
		n := strings.IndexAny(p.s[p.pos:], "\"\\\n")
		if n < 0 {
			p.pos = len(p.s)
			p.failf("string has no end")
		}
		b.WriteString(p.s[p.pos : p.pos+n])
		p.pos += n
		switch p.peek() {
		case '"':
			p.pos++
			return b.String()
		case '\\':
			b.WriteRune(p.escape())
		default:
			p.failf("line break in a string: write \\n, or use \"\"\"")
		}
	}
}

// multiline reads a string in triple quotes. The spaces before the closing
// quotes are taken off every line.
func (p *waveParser) multiline() string {
	p.pos += 3
	p.eat('\r')
	if !p.eat('\n') {
		p.failf(`expected a line break after """, found %s`, p.found())
	}
	// The first """ ends the string even if a backslash stands before it.
	n := strings.Index(p.s[p.pos:], `"""`)
	if n < 0 {
		p.pos = len(p.s)
		p.failf("string has no end")
	}
	end := p.pos + n
	last := strings.LastIndexByte(p.s[:end], '\n') + 1 // start of the last line; not before p.pos
	indent := p.s[last:end]
	if strings.Trim(indent, " ") != "" {
		p.pos = last
		p.failf(`only spaces may stand before a closing """`)
	}
	var b strings.Builder
	for line := 0; p.pos < last; line++ {
		if line > 0 {
			b.WriteByte('\n')
		}
		if !strings.HasPrefix(p.s[p.pos:last], indent) {
			p.failf(`line is indented less than the closing """`)
		}
		p.pos += len(indent)
		stop := p.pos + strings.IndexByte(p.s[p.pos:], '\n')
		next := stop + 1
		if stop > p.pos && p.s[stop-1] == '\r' {
			stop--
		}
		for p.pos < stop {
			n := strings.IndexByte(p.s[p.pos:stop], '\\')
			if n < 0 {
				n = stop - p.pos
			}
			b.WriteString(p.s[p.pos : p.pos+n])
			p.pos += n
			if p.pos < stop {
				b.WriteRune(p.escape())
			}
		}
		p.pos = next
	}
	p.pos = end + 3
	return b.String()
}

func (p *waveParser) list(t *Type) Value {
	start := p.pos
	p.need('[')
	out, bytes, n := List{}, Bytes{}, 0
	for {
		p.space()
		if p.eat(']') {
			break
		}
		if v := p.value(t.Elem); t.Elem.Kind == KindU8 {
			bytes = append(bytes, byte(v.(U8)))
		} else {
			out = append(out, v)
		}
		n++
		p.space()
		if !p.eat(',') {
			p.need(']')
			break
		}
	}
	if t.Kind == KindFixedList && uint64(n) != uint64(t.Len) {
		p.pos = start
		p.failf("a list of %d is not a value of type %s", n, t)
	}
	if t.Elem.Kind == KindU8 {
		return bytes
	}
	return out
}

// mapValue reads {key: value, …}. WAVE has no form for maps yet; this is the
// one AppendWAVE writes.
func (p *waveParser) mapValue(t *Type) Value {
	p.need('{')
	out := MapValue{}
	for {
		p.space()
		if p.eat('}') {
			break
		}
		k := p.value(t.Key)
		p.space()
		p.need(':')
		out = append(out, MapEntry{k, p.value(t.Elem)})
		p.space()
		if !p.eat(',') {
			p.need('}')
			break
		}
	}
	return out
}

func (p *waveParser) record(t *Type) Value {
	p.need('{')
	out := make(Record, len(t.Cases))
	p.space()
	if p.eat(':') {
		p.space()
		p.need('}')
	} else {
		for {
			p.space()
			at := p.pos
			name := p.label("a field of " + t.String())
			n := t.Case(name)
			if n < 0 || out[n].Name != "" {
				p.pos = at
				if n < 0 {
					p.failf("%s has no field %q", t, name)
				}
				p.failf("field %q is given twice", name)
			}
			p.space()
			p.need(':')
			out[n] = RecordField{name, p.value(t.Cases[n].Type)}
			p.space()
			comma := p.eat(',')
			p.space()
			if p.eat('}') {
				break
			}
			if !comma {
				p.failf("expected ',' or '}', found %s", p.found())
			}
		}
	}
	for n, c := range t.Cases {
		if out[n].Name != "" {
			continue
		}
		if c.Type.Kind != KindOption {
			p.pos--
			p.failf("field %q of %s is missing", c.Name, t)
		}
		out[n] = RecordField{c.Name, OptionValue{}}
	}
	return out
}

func (p *waveParser) flags(t *Type) Value {
	p.need('{')
	set := make([]bool, len(t.Cases))
	for {
		p.space()
		if p.eat('}') {
			break
		}
		at := p.pos
		name := p.label("a flag of " + t.String())
		n := t.Case(name)
		if n < 0 || set[n] {
			p.pos = at
			if n < 0 {
				p.failf("%s has no flag %q", t, name)
			}
			p.failf("flag %q is given twice", name)
		}
		set[n] = true
		p.space()
		if !p.eat(',') {
			p.need('}')
			break
		}
	}
	out := Flags{}
	for n, c := range t.Cases {
		if set[n] {
			out = append(out, c.Name)
		}
	}
	return out
}

// variant reads a case of an enum or variant.
func (p *waveParser) variant(t *Type) Value {
	name, keyword, end := p.word()
	n := t.Case(name)
	switch {
	case name == "":
		p.failf("expected a case of %s, found %s", t, p.found())
	case keyword && n >= 0:
		p.failf("case %q has the name of a keyword: write %%%s", name, name)
	case n < 0:
		p.failf("%s has no case %q", t, name)
	}
	p.pos = end
	if t.Kind == KindEnum {
		return Enum(name)
	}
	return Variant{name, p.payload(t.Cases[n].Type, name)}
}
