package adapt_test

import (
	"bytes"
	"go/format"
	"os"
	"path/filepath"
	"testing"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/frontend"
)

// TestDeterministic generates the components of the repository twice: the same
// bytes, formatted.
func TestDeterministic(t *testing.T) {
	var inputs []string
	for _, p := range []string{"../../goldens/*.wasm", "../../examples/*/*.wasm"} {
		m, _ := filepath.Glob(p)
		inputs = append(inputs, m...)
	}
	if len(inputs) == 0 {
		t.Fatal("no components")
	}
	for _, in := range inputs {
		data, err := os.ReadFile(in)
		if err != nil {
			t.Fatal(err)
		}
		gen := func() []codegen.File {
			p, err := frontend.Translate(data, frontend.Options{})
			if err != nil {
				t.Fatalf("%s: %v", in, err)
			}
			files, _, err := codegen.Generate(p, codegen.Options{ImportPath: "example.com/x"})
			if err != nil {
				t.Fatalf("%s: %v", in, err)
			}
			return files
		}
		a, b := gen(), gen()
		if len(a) != len(b) {
			t.Fatalf("%s: %d files, then %d", in, len(a), len(b))
		}
		for n := range a {
			if a[n].Name != b[n].Name || !bytes.Equal(a[n].Data, b[n].Data) {
				t.Errorf("%s: %s differs the second time", in, a[n].Name)
			}
			if a[n].Name != "glue.go" && a[n].Name != "links.go" {
				continue
			}
			if f, err := format.Source(a[n].Data); err != nil || !bytes.Equal(f, a[n].Data) {
				t.Errorf("%s: %s is not as gofmt has it (%v)", in, a[n].Name, err)
			}
		}
	}
}
