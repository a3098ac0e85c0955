// Package golden compares what tests make with txtar files that are committed,
// and rewrites the files when the tests run with -update.
package golden

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite golden files")

// Check compares archive with the file at path, or rewrites the file.
func Check(t *testing.T, path string, archive *txtar.Archive) {
	t.Helper()
	got := txtar.Format(archive)
	if *update {
		if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, got) {
			return
		}
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update to make it)", err)
	}
	want := txtar.Parse(data)
	// Parse what was made too: txtar adds a final newline to files without one.
	have := txtar.Parse(got)
	if d := cmp.Diff(string(want.Comment), string(have.Comment)); d != "" {
		t.Errorf("%s: comment (-want +got):\n%s", path, d)
	}
	files := map[string]string{}
	for _, f := range want.Files {
		files[f.Name] = string(f.Data)
	}
	for _, f := range have.Files {
		w, ok := files[f.Name]
		if !ok {
			t.Errorf("%s: %s is new (run with -update)", path, f.Name)
		} else if d := cmp.Diff(w, string(f.Data)); d != "" {
			t.Errorf("%s: %s (-want +got):\n%s", path, f.Name, d)
		}
		delete(files, f.Name)
	}
	for name := range files {
		t.Errorf("%s: %s is no longer made", path, name)
	}
}
