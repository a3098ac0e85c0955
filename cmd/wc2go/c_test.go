package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/internal/shared"
)

// compileC makes a module of preview 1 of testdata/c/NAME.c with wasi-libc.
func compileC(t *testing.T, name string) string {
	t.Helper()
	clang := func(stdin string, args ...string) ([]byte, error) {
		cmd := exec.Command("clang", append([]string{"--target=wasm32-wasi", "-O2", "-Wall", "-Werror"}, args...)...)
		cmd.Stdin = strings.NewReader(stdin)
		return cmd.CombinedOutput()
	}
	dir := t.TempDir()
	if msg, err := clang("#include <stdio.h>\nint main(void) { return puts(\"\"); }", "-x", "c", "-", "-o", filepath.Join(dir, "probe.wasm")); err != nil {
		text := fmt.Sprintf("there is no clang for wasm32-wasi (Debian: clang lld wasi-libc libclang-rt-14-dev-wasm32): %v\n%s", err, msg)
		if os.Getenv("CI") != "" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	out := filepath.Join(dir, name+".wasm")
	if msg, err := clang("", "-o", out, filepath.Join("testdata", "c", name+".c")); err != nil {
		t.Fatalf("%v\n%s", err, msg)
	}
	return out
}

// buildTool makes the command of this package.
func buildTool(t *testing.T) string {
	t.Helper()
	tool := filepath.Join(t.TempDir(), "wc2go")
	if out, err := exec.Command("go", "build", "-o", tool, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return tool
}

var recordWasmtime = flag.Bool("record-wasmtime", false, "have Wasmtime write testdata/c/escape.txt (needs what bench needs)")

// TestEscapes has a guest try several hundred ways out of its directories. None
// succeeds, and each gives the errno that it gives under Wasmtime.
func TestEscapes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	module := compileC(t, "escape")
	top := t.TempDir()
	in := func(name string) string { return filepath.Join(top, filepath.FromSlash(name)) }
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"outside/dir", "inside/sub/deep", "ro/dir", "other"} {
		try(os.MkdirAll(in(dir), 0o777))
	}
	for _, file := range []string{"outside/secret", "inside/own", "inside/spare", "ro/f", "ro/dir/g", "other/mine"} {
		try(os.WriteFile(in(file), []byte(file), 0o666))
	}
	for name, target := range map[string]string{
		"abs": in("outside/secret"), "absdir": in("outside"), "rel": "../outside/secret", "reldir": "../outside", "up": "..",
		"proc": "/proc/self/root", "procfd": "/proc/self/fd", "procexe": "/proc/self/exe", "procmem": "/proc/self/mem", "chain": "chain2", "chain2": "sub/chain3",
		"sub/chain3": "../../outside/secret", "loop": "loop2", "loop2": "loop", "root": "/", "dangling": "../outside/new", "subup": "sub/../../outside",
		"devnull": "/dev/null", "deep1": "sub/deep2", "sub/deep2": "../../outside", "selfup": "../inside",
	} {
		try(os.Symlink(target, in("inside/"+name)))
	}
	l, err := net.Listen("unix", in("inside/sock"))
	try(err)
	defer l.Close()
	before := describe(t, in("outside")) + describe(t, in("ro"))

	args := []string{"-dir", in("inside") + "::/", "-dir", in("ro") + "::/ro:ro", "-dir", in("other") + "::/other", module}
	record := filepath.Join("testdata", "c", "escape.txt")
	if *recordWasmtime {
		cmd := exec.Command("go", append([]string{"run", "./cmd/wasmtime"}, args...)...)
		cmd.Dir, cmd.Stderr = filepath.Join(shared.Repo(), "bench"), os.Stderr
		out, err := cmd.Output()
		try(err)
		try(os.WriteFile(record, out, 0o666))
		return
	}
	want, err := os.ReadFile(record)
	try(err)
	t.Setenv("WC2GO_CACHE", t.TempDir())
	for i := range args {
		args[i] = strings.Replace(args[i], "-dir", "--dir", 1)
	}
	cmd := exec.Command(buildTool(t), append([]string{"run"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	got, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	attempts, refused := strings.Split(strings.TrimSpace(string(got)), "\n"), 0
	expected := strings.Split(strings.TrimSpace(string(want)), "\n")
	if len(attempts) != len(expected) {
		t.Errorf("%d attempts, Wasmtime made %d", len(attempts), len(expected))
	}
	for i, a := range attempts {
		if !strings.HasSuffix(a, ": 0") {
			refused++
		}
		if i < len(expected) && a != expected[i] {
			t.Errorf("%s; Wasmtime has %s", a, expected[i])
		}
	}
	if after := describe(t, in("outside")) + describe(t, in("ro")); after != before {
		t.Errorf("outside has changed:\n%s\nwas\n%s", after, before)
	}
	t.Logf("%d attempts, %d of them refused", len(attempts), refused)
}

// describe tells of every file below dir.
func describe(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(&b, p, info.Mode(), info.ModTime())
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(p)
			fmt.Fprintf(&b, "%q %v\n", data, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestC compares a C program made with wasi-libc and wc2go with the one that the
// C compiler makes.
func TestC(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	module := compileC(t, "program")
	dir := t.TempDir()
	native, built := filepath.Join(dir, "native"), filepath.Join(dir, "built")
	t.Setenv("WC2GO_CACHE", t.TempDir())
	tool := buildTool(t)
	for _, argv := range [][]string{
		{"clang", "-O2", "-o", native, filepath.Join("testdata", "c", "program.c"), "-lm"},
		{tool, "build", "-o", built, "--dir", ".::/", "--env", "LEVEL=3", module},
	} {
		if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", argv, err, out)
		}
	}
	run := func(argv ...string) string {
		cmd := exec.Command(argv[0], append(argv[1:], "one", "two words")...)
		cmd.Dir, cmd.Stdin = t.TempDir(), strings.NewReader("a\nlast")
		cmd.Env = append(os.Environ(), "LEVEL=3")
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		cmd.Run()
		return fmt.Sprintf("%s%sstatus %d", &stdout, &stderr, cmd.ProcessState.ExitCode())
	}
	want := run(native)
	if !strings.HasSuffix(want, "2: last\nto stderr\nstatus 42") {
		t.Fatalf("native: %s", want)
	}
	if got := run(built); got != want {
		t.Errorf("built:\n%s\nnative:\n%s", got, want)
	}
	if got := run(tool, "run", "--dir", ".::/", "--env", "LEVEL=3", module); got != want {
		t.Errorf("run:\n%s\nnative:\n%s", got, want)
	}
}
