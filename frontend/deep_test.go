package frontend_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/frontend"
	wasm "github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

func section(id byte, contents string) string {
	return string(binary.AppendUvarint([]byte{id}, uint64(len(contents)))) + contents
}

// moduleOf is a module whose function (i32) -> i32 has a body, before whose end
// stands local.get 0, and n locals.
func moduleOf(body string, locals int) string {
	entry := "\x01" + string(binary.AppendUvarint(nil, uint64(locals))) + "\x7f" + body + "\x20\x00\x0b"
	entry = string(binary.AppendUvarint(nil, uint64(len(entry)))) + entry
	return "\x00asm\x01\x00\x00\x00" + section(1, "\x01\x60\x01\x7f\x01\x7f") + section(3, "\x01\x00") + section(5, "\x01\x00\x01") +
		section(7, "\x01\x01f\x00\x00") + section(10, "\x01"+entry)
}

// TestDeep: input that is nested a million deep is one error, and no overflow of Go's stack.
func TestDeep(t *testing.T) {
	const n = 1_000_000
	repeat := strings.Repeat
	components := "\x00asm\x0d\x00\x01\x00"
	for range 200 { // sections have their sizes in front of them
		components = "\x00asm\x0d\x00\x01\x00" + section(4, components)
	}
	for name, c := range map[string]struct{ src, text string }{
		"blocks":     {moduleOf(repeat("\x02\x40", n)+repeat("\x0b", n), 0), "nested blocks"},
		"loops":      {moduleOf(repeat("\x03\x40", n)+repeat("\x0b", n), 0), "nested blocks"},
		"ifs":        {moduleOf(repeat("\x20\x00\x04\x40", n)+repeat("\x05\x0b", n), 0), "nested blocks"},
		"try_tables": {moduleOf(repeat("\x1f\x40\x00", n)+repeat("\x0b", n), 0), "nested blocks"},
		"tries":      {moduleOf(repeat("\x06\x40", n)+repeat("\x19\x0b", n), 0), "nested blocks"},
		"constant":   {"\x00asm\x01\x00\x00\x00" + section(6, "\x01\x7f\x00"+repeat("\x41\x01", n)+repeat("\x6a", n-1)+"\x0b"), "nested too deeply"},
		"components": {components, "nested more than"},
		"types":      {"\x00asm\x0d\x00\x01\x00" + section(7, "\x01"+repeat("\x41\x01\x01", n)+"\x41\x00"), "nested more than"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := frontend.Translate([]byte(c.src), frontend.Options{})
			if refused := (*wasm.Error)(nil); !errors.As(err, &refused) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%v, want: %s", err, c.text)
			}
		})
	}
}

// TestLarge: functions that the Go compiler could not take come out in pieces.
func TestLarge(t *testing.T) {
	var straight bytes.Buffer
	for i := range 30_000 { // l0 = l0 ^ load(l0 + i)
		straight.WriteString("\x20\x00\x20\x00\x28\x02")
		straight.Write(binary.AppendUvarint(nil, uint64(i)))
		straight.WriteString("\x73\x21\x00")
	}
	// Between two calls that may throw.
	inTry := "\x02\x40\x1f\x40\x01\x02\x00" + "\x20\x00\x10\x00\x21\x00" + straight.String() + "\x20\x00\x10\x00\x21\x00\x0b\x0b"
	calls := strings.Repeat("\x20\x00\x10\x00\x21\x00", 20_000)
	deep := strings.Repeat("\x20\x00\x04\x40\x20\x00\x41\x01\x6a\x21\x00", 5000) + strings.Repeat("\x05\x20\x00\x41\x01\x6a\x21\x00\x0b", 5000)
	for name, c := range map[string]struct {
		body   string
		pieces int // at least
	}{"straight": {straight.String(), 30}, "try": {inTry, 30}, "calls": {calls, 5}, "deep": {deep, 5}, "small": {strings.Repeat("\x20\x00\x28\x02\x00\x21\x00", 1000), 0}} {
		t.Run(name, func(t *testing.T) {
			p, err := frontend.Translate([]byte(moduleOf(c.body, 1)), frontend.Options{})
			if err != nil {
				t.Fatal(err)
			}
			pieces := len(p.Modules[0].Funcs) - 1
			if pieces < c.pieces || c.pieces == 0 && pieces > 0 {
				t.Errorf("%d pieces", pieces)
			}
			largest := 0
			for _, f := range p.Modules[0].Funcs {
				var b bytes.Buffer
				ir.PrintFunc(&b, p.Modules[0], f)
				largest = max(largest, bytes.Count(b.Bytes(), []byte{'\n'}))
			}
			if largest > 6000 {
				t.Errorf("a function of %d lines", largest)
			}
		})
	}
}
