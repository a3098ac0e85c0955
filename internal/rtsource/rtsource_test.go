package rtsource

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestComplete compares what is embedded with the files of the checkout: every
// file that the Go command would compile must be there.
func TestComplete(t *testing.T) {
	files := Files()
	seen := map[string]bool{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(filepath.Join(root, "rt"), func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		if e := filepath.Ext(file); e != ".go" && e != ".s" && e != ".h" && e != ".bin" || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		seen[name] = true
		want, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if got, ok := files[name]; !ok {
			t.Errorf("%s is not embedded: see the source.go files of rt", name)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s differs from what is embedded", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range files {
		if !seen[name] {
			t.Errorf("%s is embedded but not in the checkout", name)
		}
	}
}

// TestStandardLibraryOnly: the extracted module has no requirements, so rt may
// import nothing but itself and the standard library.
func TestStandardLibraryOnly(t *testing.T) {
	for name, data := range Files() {
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, data, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, imp := range f.Imports {
			p, _ := strconv.Unquote(imp.Path.Value)
			first, _, _ := strings.Cut(p, "/")
			if strings.Contains(first, ".") && !strings.HasPrefix(p, Module+"/rt") {
				t.Errorf("%s imports %s", name, p)
			}
		}
	}
}

func TestExtract(t *testing.T) {
	dir := t.TempDir()
	if err := Extract(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "rt/value.go", "rt/command/command.go", "rt/wasi/wasi.go"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}
