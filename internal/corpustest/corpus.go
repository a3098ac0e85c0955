// Package corpustest runs wc2go on real components that nobody here wrote
// (shared/corpus): its tests translate each, build it into a Go program with a
// host written against the generated API, and check what the component must do.
// It has tests only; corpus.go holds what they share.
package corpustest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// repo is the root of this repository.
func repo() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// findInRepo is codegen.Options.Find for packages of this repository.
func findInRepo(path string) (fs.FS, error) {
	rest, ok := strings.CutPrefix(path, "github.com/wc2go/wc2go/")
	if !ok {
		return nil, fmt.Errorf("%s is not a package of this repository", path)
	}
	dir := filepath.Join(repo(), filepath.FromSlash(rest))
	_, err := os.Stat(dir)
	return os.DirFS(dir), err
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
