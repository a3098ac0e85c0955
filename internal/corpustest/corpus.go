// Package corpustest runs wc2go on real components that nobody here wrote
// (shared/corpus): its tests translate each, build it into a Go program with a
// host written against the generated API, and check what the component must do.
// It has tests only; corpus.go holds what they share.
package corpustest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// repo is the root of this repository.
func repo() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// corpus gives the folder of real components, and skips the test where it is absent.
func corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("WC2GO_SHARED")
	if dir == "" {
		dir = filepath.Join(filepath.Dir(repo()), "shared")
	}
	dir = filepath.Join(dir, "corpus")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the corpus of real components is not here (%v); set WC2GO_SHARED to the folder that holds corpus/", err)
	}
	return dir
}
