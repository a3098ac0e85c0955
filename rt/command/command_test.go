package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

// fake is an instance whose functions are Go functions.
type fake map[string]rt.Func

func (f fake) Func(name string) (rt.Func, bool) { fn, ok := f[name]; return fn, ok }

func TestResolve(t *testing.T) {
	funcs := []string{"add", "docs:adder/add@0.1.0#add", "docs:adder/add@0.1.0#sub", "a:b/c#mul", "a:b/d@1.0.0#mul", "plain#div"}
	for _, c := range []struct{ name, want, err string }{
		{"add", "add", ""},
		{"sub", "docs:adder/add@0.1.0#sub", ""},
		{"docs:adder/add#add", "docs:adder/add@0.1.0#add", ""},
		{"docs:adder/add@0.1.0#add", "docs:adder/add@0.1.0#add", ""},
		{"docs:adder/add.add@0.1.0", "docs:adder/add@0.1.0#add", ""},
		{"docs:adder/add.add", "docs:adder/add@0.1.0#add", ""},
		{"a:b/c#mul", "a:b/c#mul", ""},
		{"div", "plain#div", ""},
		{"mul", "", "several exports have a function \"mul\", use a more specific name: 'a:b/c#mul', 'a:b/d@1.0.0#mul'"},
		{"docs:adder/add@0.2.0#add", "", "no function"},
		{"nope", "", "no function \"nope\": the component exports 'add', "},
	} {
		got, err := Resolve(funcs, c.name)
		if got != c.want || c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%q: %q, %v", c.name, got, err)
		}
	}
	if _, err := Resolve(nil, "x"); err == nil || !strings.Contains(err.Error(), "exports none") {
		t.Error(err)
	}
}

func TestRun(t *testing.T) {
	types := rt.NewTypes("u32\nresult _ _ _\nfunc 0 x=0 y=0\nfunc 1\nfunc _\n")
	add := rt.NewFunc(types.Func(0), func(_ context.Context, a []rt.Value) (rt.Value, error) {
		return a[0].(rt.U32) + a[1].(rt.U32), nil
	}, nil)
	outcome := func(v rt.Value, err error) rt.Func {
		return rt.NewFunc(types.Func(1), func(context.Context, []rt.Value) (rt.Value, error) { return v, err }, nil)
	}
	trap := &rt.Trap{Code: rt.TrapUnreachable, Frames: []rt.Frame{
		{Module: 1, Func: 3, FuncName: "inner", Offset: 0x2f}, {Module: 1, Func: 4}}}
	inst := fake{
		"a:b/c#add": add,
		"ok":        outcome(rt.ResultValue{}, nil),
		"err":       outcome(rt.ResultValue{IsErr: true}, nil),
		"exit3":     outcome(nil, &rt.Trap{Code: rt.TrapExit, Cause: &rt.ExitError{Code: 3}}),
		"exit0":     outcome(nil, &rt.Trap{Code: rt.TrapExit, Cause: &rt.ExitError{}}),
		"trap":      outcome(nil, fmt.Errorf("wrapped: %w", trap)),
		"fail":      outcome(nil, errors.New("broken")),
		"nothing":   rt.NewFunc(types.Func(2), func(context.Context, []rt.Value) (rt.Value, error) { return nil, nil }, nil),
	}
	var names []string
	for n := range inst {
		names = append(names, n)
	}
	for _, c := range []struct {
		run, invoke    string
		status         int
		stdout, stderr string
	}{
		{"ok", "", 0, "", ""},
		{"err", "", 1, "", ""},
		{"exit3", "", 3, "", ""},
		{"exit0", "", 0, "", ""},
		{"fail", "", 1, "", "wc2go: broken\n"},
		{"trap", "", 134, "", "wc2go: wrapped: wasm trap: wasm `unreachable` instruction executed\n" +
			"wasm backtrace:\n    0:     0x2f - <module 1>!inner\n    1: <module 1>!<wasm function 4>\n"},
		{"", "", 2, "", "wc2go: the component does not export wasi:cli/run: name a function to call with --invoke\n"},
		{"", "add(1, 2)", 0, "3\n", ""},
		{"ok", "add(1, 2)", 0, "3\n", ""},
		{"", "err()", 0, "err\n", ""},
		{"", "nothing()", 0, "()\n", ""},
		{"", "trap()", 134, "", ""},
		{"", "add(1)", 2, "", "wc2go: --invoke \"add(1)\": at byte 5: argument \"y\" is missing: the function is func(x: u32, y: u32) -> u32\n"},
		{"", "add", 2, "", ""},
		{"", "nope()", 2, "", ""},
		{"missing", "", 1, "", "wc2go: the component has no function \"missing\"\n"},
	} {
		p := Program{Instantiate: func(context.Context, *rt.Store, *wasi.Host) (Instance, error) { return inst, nil }}
		var stdout, stderr bytes.Buffer
		got := run(t.Context(), p, &Settings{Run: c.run, Invoke: c.invoke, Funcs: names}, []string{"prog"}, nil, &stdout, &stderr)
		if got != c.status || stdout.String() != c.stdout || c.stderr != "" && stderr.String() != c.stderr || c.status == 0 && stderr.Len() > 0 {
			t.Errorf("run %q, invoke %q: %d, %q, %q", c.run, c.invoke, got, &stdout, &stderr)
		}
	}
	p := Program{Instantiate: func(context.Context, *rt.Store, *wasi.Host) (Instance, error) { return nil, errors.New("no import") }}
	var stderr bytes.Buffer
	if got := run(t.Context(), p, &Settings{Run: "ok"}, nil, nil, nil, &stderr); got != 1 || stderr.String() != "wc2go: no import\n" {
		t.Errorf("%d %q", got, &stderr)
	}
}

func TestSettings(t *testing.T) {
	t.Setenv(RunEnv, `{"env":["A=b"],"dirs":[{"host":".","guest":"/"}],"invoke":"f()"}`)
	s, err := Complete(Settings{Name: "x.wasm", Run: "r", Env: []string{"Z=z"}})
	if err != nil || s.Invoke != "" || len(s.Env) != 1 {
		t.Errorf("a program of wc2go build must not look at %s: %+v %v", RunEnv, s, err)
	}
	s, err = Complete(Settings{Name: "x.wasm", Run: "r", FromRun: true})
	if err != nil || s.Invoke != "f()" || s.Run != "r" || s.Env[0] != "A=b" || s.Dirs[0] != (Dir{Host: ".", Guest: "/"}) {
		t.Errorf("%+v %v", s, err)
	}
	c := s.Config([]string{"/cache/abc", "arg"}, nil, nil, nil)
	if c.Args[0] != "x.wasm" || c.Args[1] != "arg" || len(c.Env) != 1 || c.Dirs[0].Guest != "/" {
		t.Errorf("%+v", c)
	}
	t.Setenv(RunEnv, "{")
	if _, err := Complete(Settings{FromRun: true}); err == nil {
		t.Error("no error")
	}
}

func TestOptions(t *testing.T) {
	args := []string{"app", "--wasi-dir=/x::/y:ro", "--wasi-env=A=b=c", "--wasi-inherit-network", "--wasi-argv0=me", "one", "--wasi-env=D=e"}
	s := &Settings{}
	if got, err := s.take(args); err != nil || len(got) != len(args) {
		t.Errorf("options that are off: %q %v", got, err)
	}
	s = &Settings{Options: true}
	got, err := s.take(args)
	if err != nil || strings.Join(got, " ") != "app one --wasi-env=D=e" {
		t.Fatalf("%q %v", got, err)
	}
	c := s.Config(got, nil, nil, nil)
	if c.Dirs[0] != (wasi.Dir{Host: "/x", Guest: "/y", ReadOnly: true}) || c.Env[0] != "A=b=c" || c.Network == nil || c.Args[0] != "me" {
		t.Errorf("%+v", c)
	}
	if got, err := s.take([]string{"app", "--wasi-end", "--wasi-env=x"}); err != nil || len(got) != 2 {
		t.Errorf("%q %v", got, err)
	}
	for _, bad := range []string{"--wasi-dir", "--wasi-what=1", "--wasi-env=A", "--wasi-inherit-env=1"} {
		if _, err := s.take([]string{"app", bad}); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}
