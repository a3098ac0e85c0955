package lower_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/frontend/lower"
	"github.com/wc2go/wc2go/frontend/validate"
	"github.com/wc2go/wc2go/ir"

	"github.com/wc2go/wc2go/internal/shared"
)

// TestSpecScripts runs the core conformance scripts through lowering and the interpreter.
func TestSpecScripts(t *testing.T) {
	dir := shared.Scripts(t, "core")
	scripts, _ := filepath.Glob(filepath.Join(dir, "*", "script.json"))
	if len(scripts) == 0 {
		t.Fatal("no scripts in " + dir)
	}
	for _, s := range scripts {
		t.Run(filepath.Base(filepath.Dir(s)), func(t *testing.T) { runScript(t, filepath.Dir(s)) })
	}
}

type scriptValue struct {
	Type  string
	Value json.RawMessage
}

type scriptAction struct {
	Type, Module, Field string
	Args                []scriptValue
}

type scriptCommand struct {
	Type       string
	Line       int
	Name       string
	Filename   string
	Binary     string `json:"binary_filename"`
	ModuleType string `json:"module_type"`
	Action     scriptAction
	Expected   []scriptValue
	Text       string
	As         string
	Module     string
	Instance   string
}

type runner struct {
	t       *testing.T
	dir     string
	last    *instance
	named   map[string]*instance
	defs    map[string]*ir.Module
	lastDef *ir.Module
	linked  map[string]*instance
	host    map[string]any
	asserts int
	skipped map[string]int
}

func runScript(t *testing.T, dir string) {
	data, err := os.ReadFile(filepath.Join(dir, "script.json"))
	if err != nil {
		t.Fatal(err)
	}
	var script struct{ Commands []scriptCommand }
	if err := json.Unmarshal(data, &script); err != nil {
		t.Fatal(err)
	}
	host := func(params ...ir.ValType) *fn {
		return &fn{host: func([]val) []val { return nil }, typ: ir.FuncType{Params: params}}
	}
	r := &runner{t: t, dir: dir, named: map[string]*instance{}, defs: map[string]*ir.Module{}, linked: map[string]*instance{}, skipped: map[string]int{}, host: map[string]any{
		"print": host(), "print_i32": host(ir.TypeI32), "print_i64": host(ir.TypeI64), "print_f32": host(ir.TypeF32), "print_f64": host(ir.TypeF64),
		"print_i32_f32": host(ir.TypeI32, ir.TypeF32), "print_f64_f64": host(ir.TypeF64, ir.TypeF64),
		"global_i32": &global{v: val{n: 666}}, "global_i64": &global{v: val{n: 666}},
		"global_f32": &global{v: fromF32(666.6)}, "global_f64": &global{v: fromF64(666.6)},
		"memory": &memory{data: make([]byte, 1<<16), typ: ir.MemoryType{PageLog2: 16, Limits: ir.Limits{Min: 1, Max: 2, HasMax: true}}},
		"table":  &table{elems: make([]any, 10), typ: ir.TableType{Elem: ir.TypeFuncRef, Limits: ir.Limits{Min: 10, Max: 20, HasMax: true}}},
	}}
	for i := range script.Commands {
		r.command(&script.Commands[i])
	}
	t.Logf("%d assertions, not run: %v", r.asserts, r.skipped)
}

// protect runs f and gives what it panicked with.
func protect(f func()) (p any) {
	defer func() {
		p = recover()
		switch p.(type) {
		case nil, trap, notImplemented, *exception:
		default:
			panic(p)
		}
	}()
	f()
	return nil
}

// load decodes, validates, lowers and verifies a module.
func load(file string, after func(*ir.Module)) (*ir.Module, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m, err := binary.DecodeModule(data, 0)
	if err != nil {
		return nil, err
	}
	if err := validate.Module(m, validate.AllFeatures()); err != nil {
		return nil, err
	}
	out, err := lower.Module(m, 0)
	if err != nil {
		return nil, err
	}
	if err := ir.VerifyModule(out); err != nil {
		return out, err
	}
	p := &ir.Program{Core: true, Modules: []*ir.Module{out}, CoreInstances: []ir.CoreInstance{{}}, Init: []ir.Init{{}}}
	if err := runPasses(p); err != nil {
		return out, err
	}
	if after != nil {
		after(out)
	}
	return out, nil
}

func (r *runner) module(c *scriptCommand) *ir.Module {
	file := c.Filename
	if c.ModuleType == "text" {
		file = c.Binary
	}
	if file == "" {
		return nil
	}
	m, err := load(filepath.Join(r.dir, file), nil)
	if err != nil {
		r.t.Errorf("line %d: %v", c.Line, err)
		return nil
	}
	return m
}

func (r *runner) instantiate(m *ir.Module) (in *instance, p any) {
	p = protect(func() {
		instantiate(m, func(module, name string) any {
			if module == "spectest" {
				return r.host[name]
			}
			if in := r.linked[module]; in != nil {
				return in.export(name)
			}
			return nil
		}, func(i *instance) { in = i })
	})
	return in, p
}

func (r *runner) command(c *scriptCommand) {
	switch c.Type {
	case "module", "module_definition":
		m := r.module(c)
		r.lastDef = m
		if c.Name != "" {
			r.defs[c.Name] = m
		}
		if c.Type == "module_definition" {
			return
		}
		r.start(c, m, c.Name)
	case "module_instance":
		m := r.lastDef
		if c.Module != "" {
			m = r.defs[c.Module]
		}
		r.start(c, m, c.Instance)
	case "register":
		r.linked[c.As] = r.find(c.Name)
	case "action":
		r.run(c, "")
	case "assert_return":
		r.run(c, "return")
	case "assert_trap":
		if c.Filename != "" {
			r.start(c, r.module(c), "")
			return
		}
		r.run(c, "trap")
	case "assert_uninstantiable":
		if m := r.module(c); m != nil {
			if _, p := r.instantiate(m); p == nil {
				r.t.Errorf("line %d: instantiated", c.Line)
			}
		}
	case "assert_exhaustion":
		r.run(c, "trap")
	case "assert_exception":
		r.run(c, "exception")
	}
}

func (r *runner) start(c *scriptCommand, m *ir.Module, name string) {
	r.last = nil
	if m == nil {
		return
	}
	in, p := r.instantiate(m)
	if p != nil {
		if ni, ok := p.(notImplemented); ok {
			r.skipped["module: "+ni.what]++
		} else {
			r.t.Errorf("line %d: %v", c.Line, p)
		}
		in = nil
	}
	r.last = in
	if name != "" {
		r.named[name] = in
	}
}

func (r *runner) find(name string) *instance {
	if name == "" {
		return r.last
	}
	return r.named[name]
}

func parseValue(v scriptValue) (val, bool) {
	var s string
	json.Unmarshal(v.Value, &s)
	switch v.Type {
	case "i32", "f32", "i64", "f64":
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			var i int64
			i, err = strconv.ParseInt(s, 10, 64)
			n = uint64(i)
			if v.Type == "i32" {
				n = uint64(uint32(i))
			}
		}
		return val{n: n}, err == nil
	case "externref":
		if s == "null" {
			return val{}, true
		}
		return val{ref: "extern " + s}, true
	case "funcref", "nullref", "nullfuncref", "nullexternref":
		return val{}, s == "null"
	}
	return val{}, false
}

func (r *runner) run(c *scriptCommand, want string) {
	in := r.find(c.Action.Module)
	if in == nil {
		r.skipped["no instance"]++
		return
	}
	var got []val
	p := protect(func() {
		*in.steps, *in.depth = 0, 0
		x := in.export(c.Action.Field)
		if c.Action.Type == "get" {
			got = []val{x.(*global).v}
			return
		}
		var args []val
		for _, a := range c.Action.Args {
			v, ok := parseValue(a)
			if !ok {
				panic(notImplemented{"argument " + a.Type})
			}
			args = append(args, v)
		}
		got = x.(*fn).call(args)
	})
	if ni, ok := p.(notImplemented); ok {
		r.skipped[ni.what]++
		if c.Type == "action" { // later ones rely on what it should have done
			in.m = &ir.Module{}
			r.last = nil
		}
		return
	}
	r.asserts++
	switch want {
	case "trap":
		tr, ok := p.(trap)
		if !ok {
			r.t.Errorf("line %d: %s: no trap, got %v %v", c.Line, c.Action.Field, got, p)
		} else if !strings.HasPrefix(c.Text, tr.msg) && !strings.HasPrefix(tr.msg, c.Text) && !strings.Contains(c.Text, "null") && !strings.HasPrefix(c.Text, "undefined element") {
			r.t.Errorf("line %d: %s: trap %q, want %q", c.Line, c.Action.Field, tr.msg, c.Text)
		}
		return
	case "exception":
		if _, ok := p.(*exception); !ok {
			r.t.Errorf("line %d: %s: no exception, got %v %v", c.Line, c.Action.Field, got, p)
		}
		return
	}
	if p != nil {
		r.t.Errorf("line %d: %s: %v", c.Line, c.Action.Field, p)
		return
	}
	if want == "" {
		return
	}
	if len(got) != len(c.Expected) {
		r.t.Errorf("line %d: %s: %d results", c.Line, c.Action.Field, len(got))
		return
	}
	for i, e := range c.Expected {
		if err := match(got[i], e); err != nil {
			r.t.Errorf("line %d: %s: %v", c.Line, c.Action.Field, err)
		}
	}
}

func match(got val, want scriptValue) error {
	var s string
	json.Unmarshal(want.Value, &s)
	if strings.HasPrefix(s, "nan") {
		if want.Type == "f32" && f32(got) != f32(got) || want.Type == "f64" && f64(got) != f64(got) {
			return nil
		}
		return fmt.Errorf("got %x, want %s", got.n, s)
	}
	if want.Type == "funcref" && s == "" {
		if got.ref == nil {
			return errors.New("got null")
		}
		return nil
	}
	w, ok := parseValue(want)
	if !ok {
		if want.Type == "either" {
			return nil
		}
		return nil
	}
	if w.n != got.n || w.ref != got.ref {
		if want.Type == "f32" && f32(w) != f32(w) && f32(got) != f32(got) || want.Type == "f64" && f64(w) != f64(w) && f64(got) != f64(got) {
			return nil // payloads are the code generator's business
		}
		return fmt.Errorf("got %#x %v, want %s %s (%v)", got.n, got.ref, want.Type, s, math.Float64frombits(w.n))
	}
	return nil
}

// runPasses runs the passes without "try": the interpreter runs try_table
// blocks where they stand.
func runPasses(p *ir.Program) error {
	for _, pass := range ir.Passes {
		if pass.Name == "try" {
			continue
		}
		if err := pass.Run(p); err != nil {
			return fmt.Errorf("pass %s: %w", pass.Name, err)
		}
		if err := ir.Verify(p); err != nil {
			return fmt.Errorf("after pass %s: %w", pass.Name, err)
		}
	}
	return nil
}
