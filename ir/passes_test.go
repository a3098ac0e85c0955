package ir

import (
	"slices"
	"testing"
)

func TestDisable(t *testing.T) {
	program := func() *Program {
		f := &Func{Locals: []ValType{TypeI32}, NumDeclared: 1, Body: []Stmt{&Set{Dst: 0, X: add(constant(1), constant(2))}, &Return{Values: []*Expr{read(0)}}}}
		m := &Module{Types: []SubType{{Func: FuncType{Params: []ValType{TypeI32}, Results: []ValType{TypeI32}}}}, Funcs: []*Func{f}, Exports: []ModuleExport{{Name: "f"}}}
		return &Program{Core: true, Modules: []*Module{m}, CoreInstances: []CoreInstance{{}}, Init: []Init{{}}}
	}
	folded := func(disable ...string) bool {
		p := program()
		var after []string
		if err := RunPasses(p, PassOptions{Disable: disable, After: func(name string, _ *Program) { after = append(after, name) }}); err != nil {
			t.Fatal(err)
		}
		if len(after) != len(Passes)+1 || !slices.Contains(after, "callgraph") {
			t.Errorf("after: %v", after)
		}
		body := p.Modules[0].Funcs[0].Body
		return body[len(body)-1].(*Return).Values[0].Op == OpConst
	}
	if !folded() || !folded("deadsets") || folded("fold") || folded("all") {
		t.Error("--disable does not do what it says")
	}
	for _, name := range []string{"callgraph", "nothing"} {
		if err := RunPasses(program(), PassOptions{Disable: []string{name}}); err == nil {
			t.Errorf("pass %s was disabled", name)
		}
	}
}
