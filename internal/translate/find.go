package translate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/wc2go/wc2go/internal/rtsource"
)

// Finder gives a function that finds the source of a package by its import
// path: packages of rt in what wc2go carries, so that they always match it; others as
// the go command sees them from dir, or not at all if dir is empty.
func Finder(ctx context.Context, dir string) func(importPath string) (fs.FS, error) {
	return func(importPath string) (fs.FS, error) {
		if name, ok := strings.CutPrefix(importPath, rtsource.Module+"/"); ok && (name == "rt" || strings.HasPrefix(name, "rt/")) {
			return rtsource.Package(name)
		}
		if dir == "" {
			return nil, fmt.Errorf("package %s is not known here", importPath)
		}
		return goList(ctx, dir, importPath)
	}
}

// goList asks the go command for the directory of a package.
func goList(ctx context.Context, dir, importPath string) (fs.FS, error) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		return nil, errors.New("there is no go command in PATH to find it with")
	}
	// The directory may not be there yet; its module is.
	from, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for {
		if fi, err := os.Stat(from); err == nil && fi.IsDir() || from == filepath.Dir(from) {
			break
		}
		from = filepath.Dir(from)
	}
	cmd := exec.CommandContext(ctx, goTool, "list", "-find", "-f", "{{.Dir}}", "--", importPath)
	cmd.Dir = from
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(stderr.String()); text != "" {
			return nil, errors.New(text)
		}
		return nil, err
	}
	found := strings.TrimSuffix(stdout.String(), "\n")
	if found == "" {
		return nil, errors.New("package not found")
	}
	return os.DirFS(found), nil
}
