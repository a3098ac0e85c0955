package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
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

var recordWasmtime = flag.Bool("record-wasmtime", false, "have Wasmtime write testdata/c/escape.txt and every.txt (needs what bench needs)")

// TestEscapes has a guest try several hundred ways out of its directories. None
// succeeds, and each gives the errno that it gives under Wasmtime.
func TestEscapes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
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

	got, want := asWasmtime(t, "escape", "-dir", in("inside")+"::/", "-dir", in("ro")+"::/ro:ro", "-dir", in("other")+"::/other")
	if want == "" {
		return
	}
	attempts, refused := strings.Split(strings.TrimSpace(got), "\n"), 0
	expected := strings.Split(strings.TrimSpace(want), "\n")
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

// asWasmtime runs a program of testdata/c and gives its output, and what Wasmtime gave. With -record-wasmtime
// it has Wasmtime give it, and nothing else.
func asWasmtime(t *testing.T, program string, dirs ...string) (got, want string) {
	t.Helper()
	args := append(dirs, compileC(t, program))
	record := filepath.Join("testdata", "c", program+".txt")
	if *recordWasmtime {
		cmd := exec.Command("go", append([]string{"run", "./cmd/wasmtime"}, args...)...)
		cmd.Dir, cmd.Stderr = filepath.Join(shared.Repo(), "bench"), os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(record, out, 0o666); err != nil {
			t.Fatal(err)
		}
		return "", ""
	}
	recorded, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("WC2GO_CACHE", t.TempDir())
	for i := range args {
		args[i] = strings.Replace(args[i], "-dir", "--dir", 1)
	}
	cmd := exec.Command(buildTool(t), append([]string{"run"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	return string(out), string(recorded)
}

// TestEvery calls every function of preview 1 on every kind of descriptor, as it is meant to be called
// and as it is not, and compares the errnos and results with Wasmtime's. Left out is where this host
// does more: flags of standard streams, O_SYNC, sync and times of directories.
func TestEvery(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	top := t.TempDir()
	in := func(name string) string { return filepath.Join(top, filepath.FromSlash(name)) }
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"in/sub/deep", "ro/dir", "other"} {
		try(os.MkdirAll(in(dir), 0o777))
	}
	for name, text := range map[string]string{
		"in/file": "file content", "in/sub/x": "x\n", "in/sub/a-rather-long-name-of-a-file": "long\n", "ro/f": "f\n", "other/mine": "mine\n",
	} {
		try(os.WriteFile(in(name), []byte(text), 0o666))
	}
	for name, target := range map[string]string{"in/sub/s": "x", "in/link": "file", "in/dirlink": "sub", "in/dangling": "gone", "in/loop": "loop"} {
		try(os.Symlink(target, in(name)))
	}
	got, want := asWasmtime(t, "every", "-dir", in("in")+"::/", "-dir", in("ro")+"::/ro:ro", "-dir", in("other")+"::/other")
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) {
			t.Fatalf("%d lines, Wasmtime has %d", len(g), len(w))
		}
		if g[i] != w[i] {
			t.Errorf("line %d: %s; Wasmtime has %s", i+1, g[i], w[i])
		}
	}
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

// TestRust compares a Rust program with what it printed as a native one, and has it panic and exit.
func TestRust(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	module := filepath.Join("testdata", "c", "rust.wasm")
	want, err := os.ReadFile(filepath.Join("testdata", "c", "rust.txt"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("WC2GO_CACHE", t.TempDir())
	tool, built := buildTool(t), filepath.Join(t.TempDir(), "built")
	grants := []string{"--dir", ".", "--env", "T_A=1", "--env", "T_B=x y"}
	if out, err := exec.Command(tool, append(append([]string{"build", "-o", built}, grants...), module)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if module, err = filepath.Abs(module); err != nil {
		t.Fatal(err)
	}
	program := append(append([]string{tool, "run"}, grants...), module)
	for _, c := range []struct {
		args           []string
		status         int
		stdout, stderr string // the end of what it prints on stdout, something on stderr
	}{
		{args: []string{"one", "two words"}},
		{args: []string{"exit", "7"}, status: 7},
		{args: []string{"exit", "255"}, status: 255},
		{args: []string{"panic"}, status: 134, stderr: "panicked at 'on purpose 42'"},
		{args: []string{"abort"}, status: 134, stderr: "wasm trap: wasm `unreachable` instruction executed"},
		{args: []string{"oob"}, status: 134, stderr: "index out of bounds: the len is 3 but the index is 6"},
		{args: []string{"thread"}, stdout: "Err(Unsupported)\n"},
		{args: []string{"process"}, stdout: "true\n"},
		{args: []string{"sandbox"}, stdout: "true true\n"},
		{args: []string{"overflow"}, status: 134, stderr: "wasm trap: "},
	} {
		for _, argv := range [][]string{program, {built}} {
			cmd := exec.Command(argv[0], append(argv[1:], c.args...)...)
			cmd.Dir, cmd.Stdin = t.TempDir(), strings.NewReader("first\nsecond\nthird")
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			cmd.Run()
			if got := cmd.ProcessState.ExitCode(); got != c.status {
				t.Errorf("%s %q: status %d, want %d", filepath.Base(argv[0]), c.args, got, c.status)
			}
			args := strings.ReplaceAll(fmt.Sprintf("%q", c.args), `" "`, `", "`)
			if got := stdout.String(); got != strings.Replace(string(want), `["one", "two words"]`, args, 1)+c.stdout {
				t.Errorf("%s %q printed\n%s", filepath.Base(argv[0]), c.args, got)
			}
			if got := stderr.String(); !strings.HasPrefix(got, "to stderr\n") || !strings.Contains(got, c.stderr) {
				t.Errorf("%s %q: stderr %.1000s", filepath.Base(argv[0]), c.args, got)
			}
		}
	}
}

// TestGrants gives a program what the options grant, and nothing else: by run, by build, and by a
// program's own options.
func TestGrants(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	module := compileC(t, "grants")
	t.Setenv("WC2GO_CACHE", t.TempDir())
	t.Setenv("SECRET", "s")
	t.Setenv("PASSED", "p")
	tool, dir := buildTool(t), t.TempDir()
	for _, d := range []string{"ro", "rw"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, d, "file"), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	addr := fmt.Sprint("127.0.0.1:", freePort(t))
	run := func(argv ...string) string {
		t.Helper()
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Dir = dir
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%v: %v\n%s", argv, err, &stderr)
		}
		return string(out)
	}
	build := func(options ...string) string {
		t.Helper()
		bin := filepath.Join(t.TempDir(), "program")
		run(append(append([]string{tool, "build", "-o", bin}, options...), module)...)
		return bin
	}
	same := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
	none := "arg grants.wasm\narg a\n"
	same(run(tool, "run", module, "a"), none)
	bare := build("--wasi-options")
	same(run(bare, "a"), strings.Replace(none, "grants.wasm", bare, 1))

	grants := []string{"--dir", "ro::/r:ro", "--dir", "rw", "--env", "A=b=c", "--env", "PASSED", "--env", "UNSET", "--argv0", "me", "--tcp-listen", addr}
	all := "arg me\narg a\nenv A=b=c\nenv PASSED=p\ndir /r read yes write Operation not permitted\ndir rw read yes write yes\nsocket: ping\n"
	ping := func() {
		c, err := dialRetry(portOf(addr))
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		c.Write([]byte("ping"))
		b := make([]byte, 4)
		if _, err := io.ReadFull(c, b); err != nil || string(b) != "ping" {
			t.Errorf("%q %v", b, err)
		}
	}
	go ping()
	same(run(append(append([]string{tool, "run"}, grants...), module, "a")...), all)
	full := build(grants...)
	go ping()
	same(run(full, "a"), all)
	go ping()
	same(run(bare, "--wasi-dir=ro::/r:ro", "--wasi-dir=rw", "--wasi-env=A=b=c", "--wasi-env=PASSED=p", "--wasi-argv0=me", "--wasi-tcp-listen="+addr, "a"), all)
	for how, out := range map[string]string{"run": run(tool, "run", "--inherit-env", module), "-S": run(tool, "run", "-S", "inherit-env", module), "build": run(build("--inherit-env")), "option": run(bare, "--wasi-inherit-env")} {
		if !strings.Contains(out, "\nenv SECRET=s\n") {
			t.Errorf("%s --inherit-env: %s", how, out)
		}
	}
}

func portOf(addr string) int {
	var n int
	fmt.Sscanf(addr, "127.0.0.1:%d", &n)
	return n
}
