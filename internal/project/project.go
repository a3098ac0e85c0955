// Package project knows the Go module that generated code is put into: what
// import path a directory has, and how to replace the generated files in it without
// touching anything else.
package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// ErrNoModule is the error of a directory that is in no Go module.
var ErrNoModule = errors.New("no go.mod in it or above it")

// ImportPath gives the import path that a package in dir has, from the go.mod
// of the module around it. The directory need not exist.
func ImportPath(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for root := abs; ; {
		data, err := os.ReadFile(filepath.Join(root, "go.mod"))
		switch {
		case err == nil:
			mod := modfile.ModulePath(data)
			if mod == "" {
				return "", fmt.Errorf("%s: no module path in it", filepath.Join(root, "go.mod"))
			}
			rel, err := filepath.Rel(root, abs)
			if err != nil {
				return "", err
			}
			p := path.Join(mod, filepath.ToSlash(rel))
			if err := module.CheckImportPath(p); err != nil {
				return "", fmt.Errorf("%s: %w", dir, err)
			}
			return p, nil
		case !errors.Is(err, fs.ErrNotExist) && !isNotDir(err):
			return "", err
		}
		parent := filepath.Dir(root)
		if parent == root {
			return "", fmt.Errorf("%s: %w", dir, ErrNoModule)
		}
		root = parent
	}
}

// isNotDir: a path below something that is no directory.
func isNotDir(err error) bool {
	var pe *fs.PathError
	return errors.As(err, &pe) && pe.Err.Error() == "not a directory"
}
