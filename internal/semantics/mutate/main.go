// Command mutate breaks the rules of the canonical ABI one at a time, in a copy of
// the repository, and runs the tests that docs/semantics.md names for each: they have to fail.
//
//	go run ./internal/semantics/mutate [-run REGEXP] [-scripts DIR]
//
// DIR is the component model's test suite as wast2json makes it
// (../shared/tools/wast2json); without it, mutations that only scripts find are left out.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	run     = flag.String("run", "", "only mutations whose rule matches")
	scripts = flag.String("scripts", "", "the converted component scripts")
)

// mutation breaks a rule: old, which stands once in file, becomes new. The tests are run in
// turn until one fails: a package and a pattern for go test, or "scripts" and a folder of them.
type mutation struct {
	rule, file, old, new string
	tests                [][2]string
}

func main() {
	flag.Parse()
	survived, err := all()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
	if survived > 0 {
		fmt.Fprintf(os.Stderr, "mutate: %d mutations were not found\n", survived)
		os.Exit(1)
	}
}

func all() (survived int, err error) {
	pattern, err := regexp.Compile(*run)
	if err != nil {
		return 0, err
	}
	if *scripts != "" {
		if *scripts, err = filepath.Abs(*scripts); err != nil {
			return 0, err
		}
	}
	// The copy stands beside shared, where tests look for it.
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return 0, err
	}
	root := filepath.Dir(strings.TrimSpace(string(mod)))
	tmp, err := os.MkdirTemp("", "wc2go-mutate")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(tmp)
	dir := filepath.Join(tmp, "main")
	if err := os.CopyFS(dir, os.DirFS(root)); err != nil {
		return 0, err
	}
	if err := os.Symlink(filepath.Join(filepath.Dir(root), "shared"), filepath.Join(tmp, "shared")); err != nil {
		return 0, err
	}
	for _, m := range mutations {
		if !pattern.MatchString(m.rule) {
			continue
		}
		by, err := m.try(dir)
		if err != nil {
			return survived, fmt.Errorf("%s: %w", m.rule, err)
		}
		if by == "" {
			survived++
			by = "NOT FOUND"
		}
		fmt.Printf("%-80s %s\n", m.rule, by)
	}
	return survived, nil
}

// try gives the test that finds the mutation, "" if none does.
func (m *mutation) try(dir string) (string, error) {
	path := filepath.Join(dir, m.file)
	src, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(src), m.old); n != 1 {
		return "", fmt.Errorf("%s has %q %d times", m.file, m.old, n)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(src), m.old, m.new, 1)), 0o666); err != nil {
		return "", err
	}
	defer os.WriteFile(path, src, 0o666)
	tool := filepath.Join(filepath.Dir(dir), "wc2go")
	if out, err := command(dir, "go", "build", "-o", tool, "./cmd/wc2go"); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out) // not a mutation that tests could find
	}
	ran := false
	for _, t := range m.tests {
		args := []string{"go", "test", "-count=1", "-run", t[1], t[0]}
		if t[0] == "scripts" {
			if *scripts == "" {
				continue
			}
			args = []string{tool, "wast", "--timeout", "60s", filepath.Join(*scripts, filepath.FromSlash(t[1]))}
		}
		ran = true
		out, err := command(dir, args[0], args[1:]...)
		var exit *exec.ExitError
		switch {
		case err == nil:
		case errors.As(err, &exit):
			return t[0] + " " + t[1], nil
		default:
			return "", fmt.Errorf("%w\n%s", err, out)
		}
	}
	if !ran {
		return "(no -scripts)", nil
	}
	return "", nil
}

func command(dir, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "PWD="+dir)
	return cmd.CombinedOutput()
}
