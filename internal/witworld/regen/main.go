// Command regen writes the wit.go of the packages below rt/wasi from the WIT
// text of WASI 0.2:
//
//	go run ./internal/witworld/regen -spec DIR
//
// where DIR has a directory per WASI package (cli, clocks, filesystem, http,
// io, random, sockets). It is `wc2go generate --wit` for each, in the order in which they
// refer to each other. Run it in the root of the repository.
package main

import (
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/wc2go/wc2go/codegen/bind"
	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/internal/witworld"
)

// packages are in the order of dependence; each with the world that has all
// its interfaces.
var packages = []struct{ name, world string }{
	{"io", "imports"}, {"clocks", "imports"}, {"random", "imports"}, {"filesystem", "imports"},
	{"sockets", "imports"}, {"cli", "command"}, {"http", "proxy"},
}

func main() {
	log.SetFlags(0)
	spec := flag.String("spec", "", "directory of the WIT packages")
	out := flag.String("o", "rt/wasi", "directory of the Go packages")
	flag.Parse()
	if err := run(*spec, *out); err != nil {
		log.Fatal("regen: ", err)
	}
}

func run(spec, out string) error {
	tmp, err := os.MkdirTemp("", "wit")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	for _, p := range packages {
		dir := filepath.Join(tmp, p.name)
		if err := lay(dir, spec, p.name); err != nil {
			return err
		}
		prog, err := witworld.Load(dir, p.world)
		if err != nil {
			return err
		}
		m, err := names.Build(prog, names.Options{Path: names.RT + "/wasi/" + p.name, Find: func(path string) (fs.FS, error) {
			rest, ok := strings.CutPrefix(path, names.RT+"/wasi/")
			if !ok {
				return nil, fmt.Errorf("no package %s", path)
			}
			dir := filepath.Join(out, rest)
			_, err := os.Stat(dir)
			return os.DirFS(dir), err
		}})
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		src, err := bind.Generate(m, bind.Options{Interfaces: true})
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(out, p.name), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, p.name, "wit.go"), src, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// lay copies the package main into dir and the others into dir/deps, the
// layout that wasm-tools wants.
func lay(dir, spec, main string) error {
	for _, p := range packages {
		to := filepath.Join(dir, "deps", p.name)
		if p.name == main {
			to = dir
		}
		if err := os.MkdirAll(to, 0o777); err != nil {
			return err
		}
		files, err := filepath.Glob(filepath.Join(spec, p.name, "*.wit"))
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return fmt.Errorf("no WIT files in %s", filepath.Join(spec, p.name))
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(to, filepath.Base(f)), b, 0o666); err != nil {
				return err
			}
		}
	}
	return nil
}
