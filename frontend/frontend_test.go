package frontend_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/internal/golden"
	"github.com/wc2go/wc2go/internal/wit"
	"github.com/wc2go/wc2go/ir"
	"golang.org/x/tools/txtar"

	"github.com/wc2go/wc2go/internal/shared"
)

// corpus is a directory of real components, which is not part of the repository.
func corpus(t *testing.T) string {
	return shared.Corpus(t)
}

// removed names the component of the corpus that uses what the specification
// has since removed (component-model PR 716).
const removed = "async-yield-callee-synchronous.wasm"

func TestCorpus(t *testing.T) {
	dir := corpus(t)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".wasm" {
			return err
		}
		if info, err := d.Info(); err == nil && info.Size() > 10<<20 && testing.Short() {
			return nil
		}
		t.Run(strings.TrimSuffix(d.Name(), ".wasm"), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			p, err := frontend.Translate(data, frontend.Options{})
			if d.Name() == removed {
				var e *binary.Error
				if !errors.As(err, &e) {
					t.Errorf("got %v, want a refusal", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := ir.Verify(p); err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := wit.Print(&b, p); err != nil {
				t.Error(err)
			}
			async := false
			for _, tr := range p.Trampolines {
				async = async || tr.Kind == ir.TrampBuiltin
			}
			if want := strings.Contains(path, string(filepath.Separator)+"p3"+string(filepath.Separator)); want && !async &&
				!strings.HasPrefix(d.Name(), "async-") {
				t.Error("a component of the async part of the corpus has no trampolines for built-ins")
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestGolden prints the programs and worlds of the components in inline's testdata.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("inline", "testdata", "*.wasm"))
	if err != nil || len(files) == 0 {
		t.Fatal("no components", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".wasm")
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			p, err := frontend.Flatten(data, frontend.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var program, world bytes.Buffer
			if err := ir.Print(&program, p); err != nil {
				t.Error(err)
			}
			if err := wit.Print(&world, p); err != nil {
				t.Error(err)
			}
			golden.Check(t, filepath.Join("testdata", name+".txtar"), &txtar.Archive{
				Comment: []byte("The program and the world of inline/testdata/" + name + ".wat.\n"),
				Files:   []txtar.File{{Name: "program", Data: program.Bytes()}, {Name: "world.wit", Data: world.Bytes()}},
			})
		})
	}
}

func TestCoreModule(t *testing.T) {
	// (module (import "e" "f" (func)) (func (export "g") (call 0)))
	m := "\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x02\x07\x01\x01e\x01f\x00\x00\x03\x02\x01\x00\x07\x05\x01\x01g\x00\x01\x0a\x06\x01\x04\x00\x10\x00\x0b"
	p, err := frontend.Translate([]byte(m), frontend.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := ir.Verify(p); err != nil {
		t.Error(err)
	}
	if !p.Core || len(p.Modules) != 1 || len(p.CoreInstances) != 1 || len(p.Modules[0].Imports) != 1 {
		t.Errorf("%+v", p)
	}
}

func TestRefusals(t *testing.T) {
	for _, data := range []string{"", "\x00asm", "wasm", "\x00asm\x01\x00\x00\x00\x01", "\x00asm\x0d\x00\x01\x00\x07", "\x00asm\x0e\x00\x01\x00"} {
		_, err := frontend.Translate([]byte(data), frontend.Options{})
		var e *binary.Error
		if !errors.As(err, &e) {
			t.Errorf("%q: got %v", data, err)
		}
	}
}
