// Package rtsource has the source of rt, which travels inside the wc2go
// binary so that wc2go build and run need a Go toolchain but no network.
package rtsource

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/wc2go/wc2go/internal/project"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/command"
	"github.com/wc2go/wc2go/rt/serve"
	"github.com/wc2go/wc2go/rt/wasi"
)

// Module is the path of the module that rt is part of.
const Module = "github.com/wc2go/wc2go"

// trees are the embedded trees and where in the module they belong.
var trees = []struct {
	dir string
	fs  embed.FS
}{
	{"rt", rt.Source},
	{"rt/command", command.Source},
	{"rt/serve", serve.Source},
	{"rt/wasi", wasi.Source},
}

// Files gives the source files of rt by their slash-separated paths in the
// module, tests left out.
var Files = sync.OnceValue(func() map[string][]byte {
	files := map[string][]byte{}
	for _, t := range trees {
		err := fs.WalkDir(t.fs, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") {
				return err
			}
			data, err := t.fs.ReadFile(name)
			files[path.Join(t.dir, name)] = data
			return err
		})
		if err != nil {
			panic(fmt.Sprintf("rtsource: %v", err)) // an embed.FS does not fail
		}
	}
	return files
})

// Extract writes a module that holds rt and nothing else into dir, which must
// exist.
func Extract(dir string) error {
	gomod := "module " + Module + "\n\ngo 1.26\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(gomod), 0o666); err != nil {
		return err
	}
	return project.WriteFiles(dir, Files())
}

// Package gives the files of one package of rt, by its directory in the
// module: "rt/wasi/io".
func Package(dir string) (fs.FS, error) {
	for i := len(trees) - 1; i >= 0; i-- {
		t := trees[i]
		if dir == t.dir {
			return t.fs, nil
		}
		if sub, ok := strings.CutPrefix(dir, t.dir+"/"); ok {
			if fi, err := fs.Stat(t.fs, sub); err != nil || !fi.IsDir() {
				continue
			}
			return fs.Sub(t.fs, sub)
		}
	}
	return nil, fmt.Errorf("there is no package %s/%s", Module, dir)
}
