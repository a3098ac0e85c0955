package binary

import (
	"errors"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/ir"
)

// comp makes a component of sections.
func comp(sections ...string) string { return magic + versionComponent + strings.Join(sections, "") }

// sec makes a section of at most 127 bytes.
func sec(id byte, parts ...string) string {
	body := strings.Join(parts, "")
	return string([]byte{id, byte(len(body))}) + body
}

func TestDecodeComponent(t *testing.T) {
	tests := []struct{ name, in, err string }{
		{"empty", comp(), ""},
		{"nothing", "", "unexpected end-of-file"},
		{"short preamble", magic + "\x0d\x00\x01", "unexpected end-of-file"},
		{"magic", "\x00ASM" + versionComponent, "bad magic number"},
		{"module", magic + versionModule, "expected a version header for a component"},
		{"version", magic + "\x0c\x00\x01\x00", "unknown binary version"},
		{"section id", comp(sec(13)), "malformed section id: 13 (at offset 0x8)"},
		{"long section", comp("\x07\x05\x00"), "unexpected end-of-file"},
		{"section too large", comp(sec(7, "\x00", "\x73")), "section size mismatch"},
		{"types", comp(sec(7, "\x03", "\x73", "\x70\x00", "\x6a\x01\x7d\x00")), ""},
		{"count beyond the section", comp(sec(7, "\xff\xff\xff\xff\x0f\x73")), "definition count exceeds limit"},
		{"count", comp(sec(7, "\x09\x73")), "unexpected end-of-file"},
		{"defined type", comp(sec(7, "\x01\x44")), "invalid leading byte (0x44) for component defined type"},
		{"value type", comp(sec(7, "\x01\x70\x72\x00")), "invalid leading byte (0x72) for component value type"},
		{"case", comp(sec(7, "\x01\x71\x01\x01a\x00\x01")), "invalid leading byte (0x1) for zero byte required"},
		{"result list", comp(sec(7, "\x01\x40\x00\x01\x01")), "invalid leading byte (0x1) for number of results"},
		{"label not UTF-8", comp(sec(7, "\x01\x6d\x01\x01\xff")), "malformed UTF-8 encoding"},
		{"alias sort", comp(sec(6, "\x01\x01\x02\x00\x00")), "invalid leading byte (0x1) for component outer alias kind"},
		{"alias kind", comp(sec(6, "\x01\x03\x03\x00\x00")), "invalid leading byte (0x3) for alias"},
		{"canon", comp(sec(8, "\x01\x07")), "invalid leading byte (0x7) for canonical function"},
		{"canon flag", comp(sec(8, "\x01\x0c\x02")), "invalid boolean value"},
		{"old flag is for validation", comp(sec(8, "\x01\x0c\x01")), ""},
		{"option", comp(sec(8, "\x01\x01\x00\x00\x01\x0a")), "invalid leading byte (0xa) for canonical option"},
		{"external name", comp(sec(10, "\x01\x03\x01a\x01\x00")), "invalid leading byte (0x3) for component name"},
		{"attribute twice", comp(sec(10, "\x01\x02\x01a\x02\x02\x01x\x02\x01y\x01\x00")), "duplicate 'external-id' option in name"},
		{"nested", comp(sec(4, comp(sec(4, comp())))), ""},
		{"component for a module", comp(sec(1, comp())), "expected a version header for a module"},
		{"broken names are ignored", comp(sec(0, "\x0ecomponent-name\xff")), ""},
		{"start", comp(sec(9, "\x00\x01\x00\x00")), ""},
		{"value", comp(sec(12, "\x01\x7d\x01\x2a")), ""},
		{"declarator", comp(sec(7, "\x01\x42\x01\x03\x00\x01a\x03\x01")), "invalid leading byte (0x3) for component or instance type declaration"},
		{"core declarator", comp(sec(3, "\x01\x50\x01\x04\x60")), "invalid leading byte (0x4) for type definition"},
		{"core sub type", comp(sec(3, "\x01\x00\x50\x00\x60\x00\x00")), ""},
	}
	for _, tt := range tests {
		_, err := DecodeComponent([]byte(tt.in), 0)
		var e *Error
		switch {
		case tt.err == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err) || !errors.As(err, &e)):
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.err)
		}
		// Every prefix of the input must end in an error or a shorter component.
		for n := range tt.in {
			DecodeComponent([]byte(tt.in[:n]), 0)
		}
	}
}

func TestComponentNesting(t *testing.T) {
	c := ""
	for range maxNesting + 2 {
		body := magic + versionComponent + c
		c = "\x04" + string([]byte{byte(len(body)) | 0x80, byte(len(body)>>7) | 0x80, byte(len(body) >> 14)}) + body
	}
	_, err := DecodeComponent([]byte(comp(c)), 0)
	if err == nil || !strings.Contains(err.Error(), "nested more than") {
		t.Errorf("components: got %v", err)
	}
	types := strings.Repeat("\x42\x01\x01", maxNesting+2) + "\x73"
	section := "\x01" + types
	in := comp("\x07" + string([]byte{byte(len(section)) | 0x80, byte(len(section) >> 7)}) + section)
	if _, err = DecodeComponent([]byte(in), 0); err == nil || !strings.Contains(err.Error(), "nested more than") {
		t.Errorf("types: got %v", err)
	}
}

func TestDecodeComponentTree(t *testing.T) {
	in := comp(
		sec(7, "\x02", "\x72\x01\x01x\x7d", "\x43\x01\x01p\x00\x00\x79"),
		sec(10, "\x01", "\x02\x01f\x02\x00\x05a:b/c\x02\x02id", "\x01\x01"),
		sec(8, "\x02", "\x01\x00\x00\x02\x01\x03\x07", "\x16\x04\x01\x06"),
		sec(0, "\x04meta", "data"),
		sec(0, "\x0ecomponent-name", "\x00\x03\x02me"),
	)
	c, err := DecodeComponent([]byte(in), 100)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "me" || len(c.Customs) != 1 || c.Customs[0].Name != "meta" || string(c.Customs[0].Bytes) != "data" {
		t.Errorf("names: %q, customs %v", c.Name, c.Customs)
	}
	if len(c.Defs) != 5 {
		t.Fatalf("%d definitions", len(c.Defs))
	}
	rec := c.Defs[0].(*DefType).Type
	if rec.Kind != DefinedValue || rec.Value.Kind != ir.TRecord || rec.Value.Labels[0].Name != "x" || rec.Value.Labels[0].Type.Kind != ir.TU8 {
		t.Errorf("record: %+v", rec.Value)
	}
	if rec.Offset != 100+8+3 || c.Defs[0].Pos() != rec.Offset {
		t.Errorf("offset of the first type: %d", rec.Offset)
	}
	fn := c.Defs[1].(*DefType).Type.Func
	if !fn.Async || fn.Params[0].Type.Prim || fn.Params[0].Type.Index != 0 || fn.Result.Kind != ir.TU32 {
		t.Errorf("func: %+v", fn)
	}
	im := c.Defs[2].(*DefImport)
	if im.Name.Name != "f" || im.Name.Implements != "a:b/c" || im.Name.ExternalID != "id" || im.Type.Sort != SortFunc || im.Type.Index != 1 {
		t.Errorf("import: %+v", im)
	}
	lower := c.Defs[3].(*DefCanon).Canon
	if o, ok := lower.Opts.Get("memory"); lower.Kind != CanonLower || !ok || o.Index != 7 {
		t.Errorf("lower: %+v", lower)
	}
	read := c.Defs[4].(*DefCanon).Canon
	if _, ok := read.Opts.Get("async"); read.Builtin != "future.read" || read.Type != 4 || !ok {
		t.Errorf("future.read: %+v", read)
	}
}

func TestParseExternName(t *testing.T) {
	tests := []struct{ in, err string }{
		{"a", ""}, {"a-b1-C2", ""}, {"a1-2-3", ""}, {"A11-4CR0NYMS", ""}, {"m1x3d-4CR0NYMS", ""},
		{"", "`` is not in kebab case"}, {"1-a", "kebab"}, {"a--b", "kebab"}, {"a-", "kebab"}, {"aB", "kebab"}, {"é", "kebab"},
		{"[constructor]a", ""}, {"[constructor]", "kebab"}, {"[method]a.b", ""}, {"[method]a", "failed to find `.`"},
		{"[static]a.b.c", "kebab"}, {"[async]a", "kebab"},
		{"wasi:http/types", ""}, {"wasi:http/types@1.0.0", ""}, {"a-b:c-d/E-f@0.0.0-abcd.1.2+efg.4.ee.05", ""},
		{"wasi:http", "expected `/`"}, {"wasi:", "kebab"}, {"WASI:http/types", "character `W` is not lowercase in package name/namespace"}, {"wasi:hTtp/types", "kebab"}, {"wasi:HTTP/types", "character `H`"}, {"a:b/c/d", "trailing characters found: `/d`"},
		{"a:b:c/d", "expected `/` after package name"},
		{"a:b/c@", "empty string"}, {"a:b/c@1", "unexpected end of input after major"}, {"a:b/c@01.0.0", "leading zero"},
		{"a:b/c@1.0.0-01", "leading zero"}, {"a:b/c@1.0.0-a..b", "empty identifier segment"}, {"a:b/c@1.0.0-é", "unexpected character 'é'"},
		{"a:b/c@99999999999999999999.0.0", "exceeds 64 bits"}, {"url=<https://x>", "kebab"},
	}
	for _, tt := range tests {
		n, err := ParseExternName(tt.in)
		if err == nil {
			err = n.CheckVersion("", false)
		}
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%q: got %v, want %q", tt.in, err, tt.err)
		}
	}
	for _, tt := range []struct{ version, suffix, err string }{
		{"0.0.0", "-a", ""}, {"0.0.3", "+b", ""}, {"0.2", ".6-rc.1", ""}, {"1", ".2.3", ""}, {"12", ".0.0+c", ""},
		{"0", ".0.1", "`0` is not the canonical version of `0.0.1`"}, {"0.0", ".1", "`0.0` is not the canonical version of `0.0.1`"},
		{"1.2", ".3", "`1.2` is not the canonical version of `1.2.3`"}, {"0.2.0", "+b", "is not the canonical version"},
		{"1", "2.3", "invalid interface version: `12.3` is not a valid semver"}, {"1", ".2", "unexpected end of input"},
		{"01", ".0.0", "leading zero"}, {"", "1.2.3", "is not the canonical version"}, {"1", "", "version suffix cannot be empty"},
	} {
		n, err := ParseExternName("a:b/c@" + tt.version)
		if err == nil {
			err = n.CheckVersion(tt.suffix, true)
		}
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("version %s with suffix %s: got %v, want %q", tt.version, tt.suffix, err, tt.err)
		}
	}
}

// The examples of Explainer.md, "Name Uniqueness".
func TestUniqueNames(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range []string{"foo", "foo-bar", "[constructor]foo", "[method]foo.bar", "[static]foo.baz", "foo:bar/baz"} {
		n, err := ParseExternName(s)
		if err != nil || seen[n.Unique()] {
			t.Errorf("%s: %v, conflicts: %v", s, err, seen[n.Unique()])
		}
		seen[n.Unique()] = true
	}
	for _, s := range []string{"FOO", "foo-BAR", "[constructor]FOO", "[method]foo.BAR", "[static]foo.bar", "[method]foo.baz", "[method]foo.foo",
		"[static]foo-BAR.FOO-bar", "foo:bar/BAZ"} {
		if n, err := ParseExternName(s); err != nil || !seen[n.Unique()] {
			t.Errorf("%s: %v, should conflict", s, err)
		}
	}
}
