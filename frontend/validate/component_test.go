package validate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	wasm "github.com/wc2go/wc2go/frontend/binary"
)

// Small components are built by hand from sections.

func leb(n int) string { return string(binary.AppendUvarint(nil, uint64(n))) }

// sleb is a type index of up to 13 bits where a type may stand.
func sleb(n int) string {
	if n < 64 {
		return leb(n)
	}
	return string([]byte{byte(n) | 0x80, byte(n >> 7)})
}

func comp(sections ...string) string {
	return "\x00asm\x0d\x00\x01\x00" + strings.Join(sections, "")
}

// vec is a section of items.
func vec(id byte, items ...string) string {
	return whole(id, leb(len(items))+strings.Join(items, ""))
}

func whole(id byte, body string) string { return string([]byte{id}) + leb(len(body)) + body }

func str(s string) string { return leb(len(s)) + s }

func importOf(name, typ string) string     { return "\x00" + str(name) + typ }
func exportOf(name, sortIdx string) string { return "\x00" + str(name) + sortIdx + "\x00" }

const (
	subResource = "\x03\x01"
	emptyFunc   = "\x40\x00\x01\x00"
)

// libc is a core module with a memory "m", a realloc "r" and functions "f" [i32] -> []
// and "g" [] -> [].
const libc = "\x00asm\x01\x00\x00\x00" +
	"\x01\x10\x03\x60\x04\x7f\x7f\x7f\x7f\x01\x7f\x60\x01\x7f\x00\x60\x00\x00" +
	"\x03\x04\x03\x00\x01\x02" + "\x05\x03\x01\x00\x01" +
	"\x07\x11\x04\x01m\x02\x00\x01r\x00\x00\x01f\x00\x01\x01g\x00\x02" +
	"\x0a\x0c\x03\x04\x00\x41\x00\x0b\x02\x00\x0b\x02\x00\x0b"

// withLibc has core funcs 0 (r), 1 (f), 2 (g) and core memory 0.
func withLibc(sections ...string) string {
	return comp(append([]string{
		whole(1, libc), vec(2, "\x00\x00\x00"),
		vec(6, "\x00\x00\x01\x00"+str("r"), "\x00\x00\x01\x00"+str("f"), "\x00\x00\x01\x00"+str("g"), "\x00\x02\x01\x00"+str("m")),
	}, sections...)...)
}

func TestComponent(t *testing.T) {
	stringFunc := "\x40\x01\x01s\x73\x01\x00" // (func (param "s" string))
	tests := []struct{ name, in, err string }{
		{"empty", comp(), ""},
		{"libc", withLibc(), ""},

		{"type index", comp(vec(7, "\x70\x00")), "unknown type 0: type index out of bounds (at offset 0xc)"},
		{"not a value type", comp(vec(7, emptyFunc, "\x70\x00")), "type index 0 is not a defined type"},
		{"labels", comp(vec(7, "\x6d\x02\x01a\x01A")), "enum tag name `A` conflicts with previous tag name `a`"},
		{"map key", comp(vec(7, "\x63\x76\x7f")), "map keys must be"},
		{"map", comp(vec(7, "\x63\x73\x7f")), ""},
		{"stream of chars", comp(vec(7, "\x66\x01\x74")), "`stream<char>` is not valid"},
		{"empty fixed list", comp(vec(7, "\x67\x7d\x00")), "more than zero elements"},
		{"big fixed list", comp(vec(7, "\x67\x79"+leb(1<<26))), "exceeds maximum byte size"},
		{"value import", comp(vec(10, importOf("v", "\x02\x01\x7d"))), "`value`s is not enabled"},

		{"resource", comp(vec(7, "\x3f\x7f\x00", "\x69\x00"), vec(8, "\x02\x00", "\x04\x00", "\x03\x00")), ""},
		{"resource rep", comp(vec(7, "\x3f\x7e\x00")), "represented by `i32`"},
		{"destructor", withLibc(vec(7, "\x3f\x7f\x01\x01")), ""},
		{"wrong destructor", withLibc(vec(7, "\x3f\x7f\x01\x00")), "wrong signature for a destructor"},
		{"imported resource", comp(vec(10, importOf("r", subResource)), vec(8, "\x03\x00")), ""},
		{"imported resource is not local", comp(vec(10, importOf("r", subResource)), vec(8, "\x02\x00")), "not a local resource"},
		{"own of a record", comp(vec(7, "\x72\x01\x01x\x7d", "\x69\x00")), "not a resource type"},
		{"borrow in a result", comp(vec(10, importOf("r", subResource)), vec(7, "\x68\x00", "\x40\x00\x00\x01")),
			"function result cannot contain a `borrow` type"},
		{"borrow in a stream", comp(vec(10, importOf("r", subResource)), vec(7, "\x68\x00", "\x66\x01\x01")), "cannot contain a `borrow`"},

		{"lift", withLibc(vec(7, emptyFunc), vec(8, "\x00\x00\x02\x00\x00"), vec(11, exportOf("f", "\x01\x00"))), ""},
		{"lift of another type", withLibc(vec(7, emptyFunc), vec(8, "\x00\x00\x01\x00\x00")), "lowered parameter types `[]` do not match parameter types `[I32]`"},
		{"lift without memory", withLibc(vec(7, stringFunc), vec(8, "\x00\x00\x01\x00\x00")), "canonical option `memory` is required"},
		{"lift without realloc", withLibc(vec(7, stringFunc), vec(8, "\x00\x00\x01\x01\x03\x00\x00")), "canonical option `realloc` is required"},
		{"realloc without memory", withLibc(vec(7, stringFunc), vec(8, "\x00\x00\x01\x01\x04\x00\x00")), "requires `memory` to also be specified"},
		{"wrong realloc", withLibc(vec(7, stringFunc), vec(8, "\x00\x00\x01\x02\x03\x00\x04\x01\x00")), "`realloc` uses a core function with an incorrect signature"},
		{"async lift of a sync type", withLibc(vec(7, emptyFunc), vec(8, "\x00\x00\x02\x01\x06\x00")), "requires an async function type"},
		{"stackful lift", withLibc(vec(7, "\x43\x00\x01\x00"), vec(8, "\x00\x00\x02\x01\x06\x00")), ""},
		{"callback without async", withLibc(vec(7, emptyFunc), vec(8, "\x00\x00\x02\x01\x07\x00\x00")), "incorrect signature"},
		{"encodings", comp(vec(7, emptyFunc), vec(10, importOf("f", "\x01\x00")), vec(8, "\x01\x00\x00\x02\x00\x02")), "`utf8` conflicts with option `latin1-utf16`"},
		{"gc option", comp(vec(7, emptyFunc), vec(10, importOf("f", "\x01\x00")), vec(8, "\x01\x00\x00\x01\x09")), "canonical option `gc` requires the `cm-gc` feature"},
		{"core type option", comp(vec(7, emptyFunc), vec(10, importOf("f", "\x01\x00")), vec(8, "\x01\x00\x00\x01\x08\x00")), "canonical option `core type` requires the component model gc feature"},
		{"post-return of lower", withLibc(vec(7, emptyFunc), vec(10, importOf("f", "\x01\x00")), vec(8, "\x01\x00\x00\x01\x05\x02")), "canonical option `post-return` cannot be specified for lowerings"},
		{"realloc of task.return", withLibc(vec(8, "\x09\x01\x00\x02\x03\x00\x04\x00")), "cannot specify `realloc` option on `task.return`"},
		{"async task.return", comp(vec(8, "\x09\x01\x00\x01\x06")), "cannot specify `async` option on `task.return`"},
		{"post-return of an async lift", withLibc(vec(7, "\x43\x00\x01\x00"), vec(8, "\x00\x00\x02\x02\x06\x05\x02\x00")), "cannot specify post-return function in async"},
		{"resource rep i64", comp(vec(7, "\x3f\x7e\x00")), "resources with `i64` require the `cm64` feature to be enabled"},
		{"resource rep f32", comp(vec(7, "\x3f\x7d\x00")), "resources can only be represented by `i32` or `i64`"},
		{"alias of a function in a type", comp(vec(7, "\x42\x01\x02\x01\x00\x00\x01a")), "aliases in a component or instance type may only refer to types or instances"},
		{"core alias of another kind", withLibc(vec(6, "\x00\x00\x01\x00"+str("m"))), "export `m` for core instance 0 is not a function"},
		{"stream with and without type", comp(vec(7, "\x66\x01\x7d"), whole(4, comp(vec(7, "\x66\x00"), vec(10, importOf("s", "\x03\x00\x00")))),
			vec(5, "\x00\x00\x01"+str("s")+"\x03\x00")), "expected stream type to not be present"},
		{"cancellable, not used", comp(vec(8, "\x0c\x01")), ""},
		{"cancellable", comp(vec(8, "\x0c\x01"), vec(2, "\x01\x01\x01y\x00\x00")), "no longer `cancellable`"},
		{"cancellable, passed on", comp(vec(8, "\x0c\x01"), whole(4, comp()), vec(2, "\x01\x01\x01y\x00\x00"), vec(6, "\x00\x00\x01\x00\x01y")), "no longer `cancellable`"},
		{"another core function is used", comp(vec(8, "\x0c\x01", "\x0c\x00"), vec(2, "\x01\x01\x01y\x00\x01")), ""},
		{"yield", comp(vec(8, "\x0c\x00")), ""},
		{"context slot", comp(vec(8, "\x0a\x7f\x02")), "`context.get` immediate must be zero or one: 2"},
		{"spawn", comp(vec(8, "\x42\x00")), "shared-everything-threads"},
		{"stream.new of a future", comp(vec(7, "\x65\x00"), vec(8, "\x0e\x00")), "`stream.new` requires a stream type"},
		{"future.new", comp(vec(7, "\x65\x00"), vec(8, "\x15\x00")), ""},
		{"read without memory", comp(vec(7, "\x65\x01\x7d"), vec(8, "\x16\x00\x00")), "canonical option `memory` is required"},
		{"memory of wait", comp(vec(8, "\x20\x00\x00")), "memory index out of bounds"},

		{"names", comp(vec(7, emptyFunc), vec(10, importOf("a", "\x01\x00"), importOf("A", "\x01\x00"))), "import name `A` conflicts with previous name `a`"},
		{"method", comp(vec(10, importOf("r", subResource)), vec(7, "\x68\x00", "\x40\x01"+str("self")+"\x01\x01\x00"),
			vec(10, importOf("[method]r.f", "\x01\x02"))), ""},
		{"method of nothing", comp(vec(10, importOf("s", subResource)), vec(7, "\x68\x00", "\x40\x01"+str("self")+"\x01\x01\x00"),
			vec(10, importOf("[method]r.f", "\x01\x02"))), "function does not match expected resource name `s`"},
		{"versionsuffix", comp(vec(7, "\x42\x00"), vec(10, "\x02"+str("a:b/c@0.2")+"\x01\x01"+str(".6-rc.1")+"\x05\x00")), ""},
		{"versionsuffix not semver", comp(vec(7, "\x42\x00"), vec(10, "\x02"+str("a:b/c@0.2")+"\x01\x01"+str("x")+"\x05\x00")), "invalid interface version: `0.2x` is not a valid semver"},
		{"versionsuffix of implements", comp(vec(7, "\x42\x00"), vec(10, "\x02"+str("x")+"\x02\x00"+str("a:b/c@1")+"\x01"+str(".2.3")+"\x05\x00")), ""},
		{"wrong versionsuffix of implements", comp(vec(7, "\x42\x00"), vec(10, "\x02"+str("x")+"\x02\x00"+str("a:b/c@1")+"\x01"+str("2.3")+"\x05\x00")), "invalid interface version"},
		{"versionsuffix of a label", comp(vec(7, "\x42\x00"), vec(10, "\x02"+str("x")+"\x01\x01"+str(".2.3")+"\x05\x00")), "`versionsuffix` requires an interface name or `implements`"},
		{"versionsuffix of a function", comp(vec(7, emptyFunc), vec(10, "\x02"+str("a:b/c@1")+"\x01\x01"+str(".2.3")+"\x01\x00")), "only instances can have an `versionsuffix`"},
		{"versionsuffix without version", comp(vec(7, "\x42\x00"), vec(10, "\x02"+str("a:b/c")+"\x01\x01"+str(".2")+"\x05\x00")), "a version suffix requires the name to have a version"},
		{"method without self", comp(vec(10, importOf("r", subResource)), vec(7, emptyFunc), vec(10, importOf("[method]r.f", "\x01\x01"))),
			"import name `[method]r.f` is not valid: function should have at least one argument"},
		{"async constructor", comp(vec(10, importOf("r", subResource)), vec(7, "\x69\x00", "\x43\x00\x00\x01"), vec(10, importOf("[constructor]r", "\x01\x02"))),
			"constructor function cannot be async"},

		{"unnamed record", comp(vec(7, "\x72\x01\x01x\x7d", "\x40\x00\x00\x00"), vec(10, importOf("f", "\x01\x01"))), "func not valid to be used as import"},
		{"outer resource", comp(vec(7, "\x3f\x7f\x00"), whole(4, comp(vec(6, "\x03\x02\x01\x00")))), "transitively refers to resources"},
		{"outer instance type", comp(vec(7, "\x42\x01\x04"+importOf("r", subResource)), whole(4, comp(vec(6, "\x03\x02\x01\x00"), vec(10, importOf("i", "\x05\x00"))))), ""},
		{"outer count", comp(vec(6, "\x03\x02\x01\x00")), "invalid outer alias count of 1"},
		{"resource in a type", comp(vec(7, "\x42\x01\x01\x3f\x7f\x00")), "resources can only be defined within a concrete component"},

		{"instantiate", comp(whole(4, comp(vec(10, importOf("r", subResource)))), vec(7, "\x3f\x7f\x00"), vec(5, "\x00\x00\x01"+str("r")+"\x03\x00")), ""},
		{"root import of a component", comp(vec(7, "\x41\x00"), vec(10, importOf("c", "\x04\x00"))), "root-level component imports are not supported"},
		{"root export of a component", comp(whole(4, comp()), vec(11, exportOf("c", "\x04\x00"))), "exporting a component from the root component is not supported"},
		{"root export of an instance with a component", comp(whole(4, comp()), vec(5, "\x01\x01\x00"+str("c")+"\x04\x00"), vec(11, exportOf("i", "\x05\x00"))), "exporting a component from the root component is not supported"},
		{"import and export of components further in", comp(whole(4, comp(vec(7, "\x41\x00"), vec(10, importOf("c", "\x04\x00")), vec(11, exportOf("d", "\x04\x00")))), vec(7, "\x41\x00"), vec(11, exportOf("t", "\x03\x00"))), ""},
		{"missing argument", comp(whole(4, comp(vec(10, importOf("r", subResource)))), vec(5, "\x00\x00\x00")), "missing import named `r`"},
		{"wrong argument", comp(whole(4, comp(vec(10, importOf("r", subResource)))), vec(7, "\x7d"), vec(5, "\x00\x00\x01"+str("r")+"\x03\x00")), "expected resource, found defined type"},
		{"core argument", withLibc(whole(1, "\x00asm\x01\x00\x00\x00\x02\x08\x01\x01a\x01b\x02\x00\x01"), vec(2, "\x00\x01\x01"+str("a")+"\x12\x00")),
			"module instantiation argument `a` does not export an item named `b`"},
		{"two imports of a name", comp(whole(1, "\x00asm\x01\x00\x00\x00\x02\x0f\x02\x01a\x01b\x02\x00\x01\x01a\x01b\x02\x00\x01")), "duplicate import name `a:b`"},
		{"module type", comp(vec(3, "\x50\x02\x01\x60\x00\x00\x03\x01f\x00\x00"), vec(10, importOf("m", "\x00\x11\x00")), vec(2, "\x00\x00\x00"), vec(6, "\x00\x00\x01\x00\x01f")), ""},
		{"bag", withLibc(vec(2, "\x01\x02\x01a\x00\x00\x01a\x00\x01")), "duplicate instantiation export name `a` already defined"},
		{"start", comp(whole(9, "\x00\x00\x00")), "support for component model `value`s is not enabled"},
	}
	for _, tt := range tests {
		err := Bytes([]byte(tt.in), AllFeatures())
		var e *wasm.Error
		switch {
		case tt.err == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err) || !errors.As(err, &e)):
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.err)
		}
	}
}

// Types that share their parts can stand for trees of exponential size.
func TestComponentTypeSize(t *testing.T) {
	var values, instances, deep []string
	values = append(values, "\x7d")
	instances = append(instances, "\x42\x00")
	deep = append(deep, "\x7d")
	for i := range 60 {
		values = append(values, "\x70"+sleb(2*i), "\x6f\x02"+sleb(2*i+1)+sleb(2*i+1))
		outer := func(n int) string { return "\x02\x03\x02\x01" + leb(n) }
		instances = append(instances, "\x42\x03"+outer(i)+"\x04"+importOf("a", "\x05\x00")+"\x04"+importOf("b", "\x05\x00"))
	}
	for i := range 200 {
		deep = append(deep, "\x70"+sleb(i))
	}
	for name, tt := range map[string]struct {
		types []string
		err   string
	}{
		"values": {values, "effective type size"}, "instances": {instances, "effective type size"}, "deep": {deep, "nesting"},
	} {
		if err := Bytes([]byte(comp(vec(7, tt.types...))), AllFeatures()); err == nil || !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Index spaces have Wasmtime's limits.
func TestComponentCounts(t *testing.T) {
	many := func(n int, item string) []string {
		items := make([]string, n)
		for i := range items {
			items[i] = item
		}
		return items
	}
	for _, tt := range []struct {
		what string
		in   func(n int) string
	}{
		{"instances", func(n int) string { return comp(vec(2, many(n-1, "\x01\x00")...), vec(5, "\x01\x00")) }},
		{"modules", func(n int) string {
			return comp(whole(1, "\x00asm\x01\x00\x00\x00"), whole(4, comp(vec(6, many(n, "\x00\x11\x02\x01\x00")...))))
		}},
		{"components", func(n int) string { return comp(many(n, whole(4, comp()))...) }},
	} {
		if err := Bytes([]byte(tt.in(1000)), AllFeatures()); err != nil {
			t.Errorf("1000 %s: %v", tt.what, err)
		}
		if err := Bytes([]byte(tt.in(1001)), AllFeatures()); err == nil || !strings.Contains(err.Error(), tt.what+" count exceeds limit of 1000") {
			t.Errorf("1001 %s: got %v", tt.what, err)
		}
	}
}

// A value type may be 100 deep, the primitive type in it included.
func TestComponentTypeDepth(t *testing.T) {
	nested := func(n int) string { // n lists
		types := []string{"\x70\x7d"}
		for i := range n - 1 {
			types = append(types, "\x70"+sleb(i))
		}
		return comp(vec(7, append(types, "\x40\x01\x01x"+sleb(n-1)+"\x01\x00")...), vec(10, importOf("f", "\x01"+leb(n))))
	}
	if err := Bytes([]byte(nested(99)), AllFeatures()); err != nil {
		t.Error(err)
	}
	if err := Bytes([]byte(nested(100)), AllFeatures()); err == nil || !strings.Contains(err.Error(), "type nesting is too deep") {
		t.Errorf("got %v", err)
	}
}

// Many comparisons of large types have to end in an error soon.
func TestComponentWork(t *testing.T) {
	resources := func(n int) string { // an instance type with 2^n copies of a resource, shared
		types := []string{"\x42\x01\x04" + importOf("r", subResource)}
		for i := range n {
			types = append(types, "\x42\x03\x02\x03\x02\x01"+leb(i)+"\x04"+importOf("a", "\x05\x00")+"\x04"+importOf("b", "\x05\x00"))
		}
		return vec(7, types...)
	}
	var imports []string
	for i := range 100 {
		imports = append(imports, importOf(fmt.Sprintf("i%d", i), "\x05"+leb(16)))
	}
	err := Bytes([]byte(comp(resources(16), vec(10, imports...))), AllFeatures())
	if err == nil || !strings.Contains(err.Error(), "too complex") && !strings.Contains(err.Error(), "effective type size") {
		t.Errorf("got %v", err)
	}
}

func FuzzDecodeComponent(f *testing.F) {
	f.Add([]byte(comp()))
	f.Add([]byte(withLibc(vec(7, emptyFunc), vec(8, "\x00\x00\x02\x00\x00"), vec(11, exportOf("f", "\x01\x00")))))
	f.Add([]byte(comp(whole(4, comp(vec(10, importOf("r", subResource)))), vec(7, "\x3f\x7f\x00"), vec(5, "\x00\x00\x01"+str("r")+"\x03\x00"))))
	f.Add([]byte(comp(vec(7, "\x42\x01\x04"+importOf("r", subResource), "\x41\x02\x02\x03\x02\x01\x00\x03"+importOf("i", "\x05\x00")))))
	f.Add([]byte(comp(vec(3, "\x50\x02\x01\x60\x00\x00\x03\x01f\x00\x00"), vec(10, importOf("m", "\x00\x11\x00")), vec(2, "\x00\x00\x00"))))
	// The reference tests are good seeds, where they are at hand.
	files, _ := filepath.Glob(filepath.Join(os.Getenv("WC2GO_WAST_COMPONENT"), "*", "*", "*.wasm"))
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil && len(data) < 4096 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := wasm.DecodeComponent(data, 0)
		if err == nil {
			err = Component(c, AllFeatures())
		}
		var e *wasm.Error
		if err != nil && (!errors.As(err, &e) || e.Message == "") {
			t.Errorf("error without an offset: %v", err)
		}
	})
}
