package corpustest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/internal/shared"
)

// invalid are the components that must be refused: they use a byte that the
// specification has since removed (component-model PR 716).
var invalid = map[string]bool{"found/p3/yield/async-yield-callee-synchronous.wasm": true}

// TestAll translates every component of the corpus to Go: what cannot be
// generated yet says so.
func TestAll(t *testing.T) {
	dir := shared.Corpus(t)
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".wasm") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no components in %s: %v", dir, err)
	}
	for _, file := range files {
		name, err := filepath.Rel(dir, file)
		if err != nil {
			t.Fatal(err)
		}
		name = filepath.ToSlash(name)
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if testing.Short() && len(data) > 5<<20 {
				t.Skip("-short: big")
			}
			start := time.Now()
			p, err := frontend.Translate(data, frontend.Options{})
			if invalid[name] {
				if _, ok := errors.AsType[*binary.Error](err); !ok {
					t.Errorf("not refused as invalid: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			front := time.Since(start)
			out, _, err := codegen.Generate(p, codegen.Options{Package: "all", ImportPath: "corpus.test/all", Find: findInRepo})
			if u, ok := errors.AsType[*codegen.UnsupportedError](err); ok {
				t.Skip(u)
			}
			if err != nil {
				t.Fatal(err)
			}
			size := 0
			for _, f := range out {
				size += len(f.Data)
			}
			t.Logf("%d KiB become %d KiB in %d files; frontend %v, in all %v", len(data)>>10, size>>10, len(out), front.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))
		})
	}
}
