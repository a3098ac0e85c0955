// Package examples tests the examples: each is what a user would write.
package examples

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// goTool runs the go command in a folder and gives its output.
func goTool(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("go %v: %v\n%s%s", args, err, &stdout, &stderr)
	}
	return stdout.String()
}

// TestGreet vets, tests and runs the consumer module, and checks that its
// generated package is what wc2go generates today.
func TestGreet(t *testing.T) {
	goTool(t, "greet", "vet", "./...")
	goTool(t, "greet", "test", "./...")
	goTool(t, "greet", "test", "-tags", "wc2go_checked", "./...")
	if got, want := goTool(t, "greet", "run", "."), "Hello, world!\ncome back in 3 years\n3 guests\n"; got != want {
		t.Errorf("go run . printed %q, want %q", got, want)
	}
	fresh := filepath.Join("greet", "guestbook_fresh")
	t.Cleanup(func() { os.RemoveAll(fresh) })
	goTool(t, "greet", "run", "github.com/wc2go/wc2go/cmd/wc2go", "generate",
		"-o", "guestbook_fresh", "-pkg", "guestbook", "--import-path", "example.com/greet/guestbook", "greet.wasm")
	same(t, filepath.Join("greet", "guestbook"), fresh)
	same(t, fresh, filepath.Join("greet", "guestbook"))
}

// same checks that every file of a is in b with the same content.
func same(t *testing.T, a, b string) {
	t.Helper()
	err := filepath.WalkDir(a, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(a, path)
		if err != nil {
			return err
		}
		x, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		y, err := os.ReadFile(filepath.Join(b, rel))
		if err != nil || !bytes.Equal(x, y) {
			t.Errorf("%s and %s differ (%v): run go generate in examples/greet", path, filepath.Join(b, rel), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestHello runs the wasi:cli command, and builds it.
func TestHello(t *testing.T) {
	t.Setenv("WC2GO_CACHE", t.TempDir())
	const want = "Hello from a component!\n"
	if got := goTool(t, "..", "run", "./cmd/wc2go", "run", "examples/hello/hello.wasm"); got != want {
		t.Errorf("wc2go run printed %q, want %q", got, want)
	}
	bin := filepath.Join(t.TempDir(), "hello")
	goTool(t, "..", "run", "./cmd/wc2go", "build", "-o", bin, "examples/hello/hello.wasm")
	cmd := exec.Command(bin)
	cmd.Dir, cmd.Env = t.TempDir(), []string{}
	out, err := cmd.Output()
	if err != nil || string(out) != want {
		t.Errorf("the built program printed %q, %v", out, err)
	}
}
