package adapt

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wc2go/wc2go/codegen/core"
	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/ir"
)

// emitter prints one glue file.
type emitter struct {
	m *names.Model
	p *ir.Program

	buf   bytes.Buffer
	n     int               // number of the next variable of the function being printed
	paths map[string]string // import path to name
	taken map[string]bool   // import names

	// Functions that were asked for while printing others.
	queue    []func()
	outlined map[string]string // key to name
	calls    map[string]callee // core functions called, by Go name
	reallocs map[reallocKey]string
	checks   map[ir.TypeID]bool // needsCheck
	bulks    map[ir.TypeID]bool // bulk
	keys     map[ir.TypeID]string
	returns  map[string]int
	hosts    map[string][]ir.TypeID

	opts Options
	err  error
}

func newEmitter(m *names.Model) *emitter {
	e := &emitter{
		m: m, p: m.Program, paths: map[string]string{}, taken: map[string]bool{}, outlined: map[string]string{},
		calls: map[string]callee{}, reallocs: map[reallocKey]string{},
		checks: map[ir.TypeID]bool{}, bulks: map[ir.TypeID]bool{},
		keys: map[ir.TypeID]string{}, returns: map[string]int{},
	}
	for _, s := range []string{"ctx", "err", "cx", "src", "dst", "self", "task", "call", "check", componentVar, typesVar} {
		e.taken[s] = true
	}
	return e
}

// f prints a line, or several.
func (e *emitter) f(format string, args ...any) {
	fmt.Fprintf(&e.buf, format, args...)
	e.buf.WriteByte('\n')
}

// fail remembers the first error of a program that cannot be translated.
func (e *emitter) fail(format string, args ...any) {
	if e.err == nil {
		e.err = fmt.Errorf(format, args...)
	}
}

// unsupported fails with what the input uses and this version does not translate.
func (e *emitter) unsupported(where, feature string) {
	e.fail("%w", &core.UnsupportedError{Where: where, Feature: feature})
}

// v makes a new variable name.
func (e *emitter) v(prefix string) string {
	e.n++
	return prefix + strconv.Itoa(e.n)
}

// pkg is the name that a package is imported by.
func (e *emitter) pkg(path string) string {
	if s, ok := e.paths[path]; ok {
		return s
	}
	base := path[strings.LastIndexByte(path, '/')+1:]
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return -1
	}, base)
	name := clean
	for n := 1; name == "" || len(name) < 2 || e.taken[name] || looksLocal(name); n++ {
		name = clean + "pkg"
		if n > 1 {
			name += strconv.Itoa(n)
		}
	}
	e.paths[path], e.taken[name] = name, true
	return name
}

// looksLocal reports whether a name could be one that v makes, or starts with
// a digit.
func looksLocal(s string) bool {
	t := strings.TrimRight(s, "0123456789")
	return t == "" || s[0] >= '0' && s[0] <= '9' || t != s && len(t) <= 5
}

func (e *emitter) rt() string     { return e.pkg(names.RT) }
func (e *emitter) unsafe() string { return e.pkg("unsafe") }
func (e *emitter) math() string   { return e.pkg("math") }

// imports prints the import declaration.
func (e *emitter) imports() string {
	paths := make([]string, 0, len(e.paths))
	for p := range e.paths {
		paths = append(paths, p)
	}
	slices.SortFunc(paths, func(a, b string) int {
		ad, bd := strings.Contains(a, "."), strings.Contains(b, ".")
		switch {
		case ad != bd && bd:
			return -1
		case ad != bd:
			return 1
		}
		return strings.Compare(a, b)
	})
	var b strings.Builder
	b.WriteString("import (\n")
	std := true
	for _, p := range paths {
		if std && strings.Contains(p, ".") {
			b.WriteString("\n")
			std = false
		}
		name := e.paths[p]
		if p[strings.LastIndexByte(p, '/')+1:] == name {
			fmt.Fprintf(&b, "%q\n", p)
		} else {
			fmt.Fprintf(&b, "%s %q\n", name, p)
		}
	}
	b.WriteString(")\n")
	return b.String()
}
