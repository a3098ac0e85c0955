// Package examples tests the examples: each is what a user would write.
package examples

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// generated is a package that an example has from wc2go.
type generated struct {
	dir  string
	args []string // of wc2go generate
}

// consumer vets, tests and runs an example that is a module of its own, and
// checks that its generated packages are what wc2go generates today.
func consumer(t *testing.T, dir, prints string, packages ...generated) {
	t.Helper()
	goTool(t, dir, "vet", "./...")
	goTool(t, dir, "test", "./...")
	goTool(t, dir, "test", "-tags", "wc2go_checked", "./...")
	if got := goTool(t, dir, "run", "."); got != prints {
		t.Errorf("go run . printed %q, want %q", got, prints)
	}
	for _, p := range packages {
		name := p.dir + "_fresh"
		fresh := filepath.Join(dir, name)
		t.Cleanup(func() { os.RemoveAll(fresh) })
		args := append([]string{"run", "github.com/wc2go/wc2go/cmd/wc2go", "generate",
			"-o", name, "-pkg", p.dir, "--import-path", "example.com/" + dir + "/" + p.dir}, p.args...)
		goTool(t, dir, args...)
		same(t, filepath.Join(dir, p.dir), fresh)
		same(t, fresh, filepath.Join(dir, p.dir))
	}
}

func TestGreet(t *testing.T) {
	consumer(t, "greet", "Hello, world!\ncome back in 3 years\n3 guests\n", generated{"guestbook", []string{"greet.wasm"}})
}

func TestInstance(t *testing.T) {
	consumer(t, "instance", "f is a func()\ni#f is a func()\n", generated{"root", []string{"root.wasm"}}, generated{"nested", []string{"nested.wasm"}})
}

func TestConcurrent(t *testing.T) {
	consumer(t, "concurrent", "foo gave 43, bar 86\nthe calls gave 90\npauses ran beside each other: true\n", generated{"app", []string{"concurrent.wasm"}})
}

func TestCompose(t *testing.T) {
	consumer(t, "compose", "1 turned away\ncome back in 1 year\n2 guests\n", generated{"guestbook", []string{"../greet/greet.wasm"}},
		generated{"party", []string{"--map", "demo:greet/guests=example.com/compose/guestbook", "party.wasm"}})
}

func TestHTTPServer(t *testing.T) {
	consumer(t, "httpserver", "Hello from a component: /readme\n", generated{"app", []string{"--interruptible", "app.wasm"}})
}

// TestWASIP1 makes a native program of a Go program that was compiled to
// WebAssembly, and compares it with the one that Go makes.
func TestWASIP1(t *testing.T) {
	tmp := t.TempDir()
	module, native, translated := filepath.Join(tmp, "app.wasm"), filepath.Join(tmp, "native"), filepath.Join(tmp, "translated")
	goTool(t, "wasip1", "build", "-o", native, ".")
	t.Setenv("GOOS", "wasip1")
	t.Setenv("GOARCH", "wasm")
	goTool(t, "wasip1", "build", "-o", module, ".")
	os.Unsetenv("GOOS")
	os.Unsetenv("GOARCH")
	goTool(t, "..", "run", "./cmd/wc2go", "build", "--dir", ".::/", "--env", "LEVEL=3", "-o", translated, module)
	run := func(bin string) (out, errs string, status int) {
		cmd := exec.Command(bin, "one", "two words")
		cmd.Dir, cmd.Env = t.TempDir(), []string{"LEVEL=3"}
		cmd.Stdin = strings.NewReader("x y\nz")
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		cmd.Run()
		return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
	}
	out, errs, status := run(native)
	if status != 7 {
		t.Fatalf("native: %d\n%s%s", status, out, errs)
	}
	if o, e, s := run(translated); o != out || e != errs || s != status {
		t.Errorf("translated: %d\n%s%s\nnative: %d\n%s%s", s, o, e, status, out, errs)
	}
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
			t.Errorf("%s and %s differ (%v): run go generate in the example", path, filepath.Join(b, rel), err)
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
