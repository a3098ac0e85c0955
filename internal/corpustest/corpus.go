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
	"strings"

	"github.com/wc2go/wc2go/internal/shared"
)

// findInRepo is codegen.Options.Find for packages of this repository.
func findInRepo(path string) (fs.FS, error) {
	rest, ok := strings.CutPrefix(path, "github.com/wc2go/wc2go/")
	if !ok {
		return nil, fmt.Errorf("%s is not a package of this repository", path)
	}
	dir := filepath.Join(shared.Repo(), filepath.FromSlash(rest))
	_, err := os.Stat(dir)
	return os.DirFS(dir), err
}
