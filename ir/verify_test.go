package ir

import (
	"strings"
	"testing"
)

func constant(n uint64) *Expr { return &Expr{Op: OpConst, Type: TypeI32, Imm: n} }
func read(l Local) *Expr      { return &Expr{Op: OpLocal, Type: TypeI32, Imm: uint64(l)} }
func add(x, y *Expr) *Expr    { return &Expr{Op: OpI32Add, Type: TypeI32, X: x, Y: y} }
func load(x *Expr) *Expr      { return &Expr{Op: OpI32Load, Type: TypeI32, X: x} }
func div(x, y *Expr) *Expr    { return &Expr{Op: OpI32DivU, Type: TypeI32, X: x, Y: y} }

func TestVerifyFunc(t *testing.T) {
	shared := read(0)
	long := &Expr{Op: OpConst, Type: TypeI64, Imm: 1}
	ret := &Return{Values: []*Expr{constant(1)}}
	dsts := []Local{1}
	tests := []struct {
		name string
		body []Stmt
		want string // part of the error; "": none
	}{
		{"ok", []Stmt{&Set{Dst: 1, X: constant(1)}, &Return{Values: []*Expr{add(read(0), read(1))}}}, ""},
		{"no return", []Stmt{&Set{Dst: 1, X: constant(1)}}, "without a return"},
		{"dead code", []Stmt{ret, &Set{Dst: 1, X: constant(1)}}, "after the end of reachable code"},
		{"dead after if", []Stmt{&If{Cond: read(0), Then: []Stmt{ret}, Else: []Stmt{&Unreachable{}}}, &Unreachable{}}, "after the end of reachable code"},
		{"shared", []Stmt{&Return{Values: []*Expr{add(shared, shared)}}}, "two places"},
		{"type", []Stmt{&Return{Values: []*Expr{long}}}, "type is i64, want i32"},
		{"operand type", []Stmt{&Return{Values: []*Expr{add(read(0), long)}}}, "type is i64, want i32"},
		{"operands", []Stmt{&Return{Values: []*Expr{add(read(0), nil)}}}, "operand is missing"},
		{"local", []Stmt{&Return{Values: []*Expr{read(9)}}}, "no local 9"},
		{"not assigned", []Stmt{&Return{Values: []*Expr{read(1)}}}, "before it is assigned"},
		{"not assigned on one way", []Stmt{&If{Cond: read(0), Then: []Stmt{&Set{Dst: 1, X: constant(1)}}}, &Return{Values: []*Expr{read(1)}}}, "before it is assigned"},
		{"assigned on all ways", []Stmt{
			&Block{Label: 1, Body: []Stmt{
				&If{Cond: read(0), Then: []Stmt{&Set{Dst: 1, X: constant(1)}, &Br{1}}}, &Set{Dst: 1, X: constant(2)}}},
			&Return{Values: []*Expr{read(1)}}}, ""},
		{"label", []Stmt{&Br{Label: 3}}, "not open"},
		{"label closed", []Stmt{&Block{Label: 1, Body: []Stmt{&If{Cond: read(0), Then: []Stmt{&Br{1}}}}}, &Br{1}}, "not open"},
		{"label twice", []Stmt{&Block{Label: 1, Body: []Stmt{&Block{Label: 1, Body: []Stmt{&Br{1}}}}}, ret}, "defined twice"},
		{"label unused", []Stmt{&Block{Label: 1, Body: []Stmt{ret}}}, "nothing branches"},
		{"loop without end", []Stmt{&Loop{Label: 1, Body: []Stmt{&Br{1}}}}, ""},
		{"trap order", []Stmt{&Return{Values: []*Expr{add(load(read(0)), div(read(0), read(0)))}}}, "shares a statement"},
		{"harmless division", []Stmt{&Return{Values: []*Expr{add(load(read(0)), div(read(0), constant(3)))}}}, ""},
		{"useless", []Stmt{&Set{Dst: NoLocal, X: read(0)}, ret}, "without effect"},
		{"call", []Stmt{&Call{Func: 7, Dsts: []Local{1}, Args: []*Expr{read(0)}}, ret}, "does not exist"},
		{"call results", []Stmt{&Call{Func: 0, Args: []*Expr{read(0)}}, ret}, "destinations"},
		{"call results shared", []Stmt{
			&Call{Args: []*Expr{read(0)}, Dsts: dsts}, &Call{Args: []*Expr{read(0)}, Dsts: dsts}, ret}, "share"},
		{"global", []Stmt{&SetGlobal{Global: 0, X: read(0)}, ret}, "no global"},
		{"memory", []Stmt{&Store{Op: OpI32Store, Mem: 1, Addr: read(0), X: read(0)}, ret}, "no memory"},
		{"effect", []Stmt{&Effect{Op: OpI32Add, Dst: NoLocal}, ret}, "not an effect"},
		{"expression", []Stmt{&Set{Dst: 1, X: &Expr{Op: OpMemoryGrow, Type: TypeI32, X: read(0)}}, ret}, "not an expression"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := &Module{
				Types: []SubType{{Func: FuncType{Params: []ValType{TypeI32}, Results: []ValType{TypeI32}}}},
				Mems:  []MemoryType{{PageLog2: 16}},
			}
			f := &Func{Locals: []ValType{TypeI32, TypeI32}, NumDeclared: 1, Body: tt.body}
			m.Funcs = []*Func{f}
			err := VerifyFunc(m, f)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
			} else if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestVerifyProgram(t *testing.T) {
	program := func() *Program {
		p := &Program{}
		u32 := p.AddType(Type{Kind: TU32})
		ft := p.AddFuncType(ComponentFuncType{Params: []Param{{"a", u32}}, Result: u32})
		sig := FuncType{Params: []ValType{TypeI32}, Results: []ValType{TypeI32}}
		p.Instances = []ComponentInstance{{Parent: -1}}
		callee := &Module{Types: []SubType{{Func: sig}}, Exports: []ModuleExport{{Name: "f", Index: 0}},
			Funcs: []*Func{{Locals: []ValType{TypeI32}, NumDeclared: 1, Body: []Stmt{&Return{Values: []*Expr{read(0)}}}}}}
		caller := &Module{ID: 1, Types: []SubType{{Func: sig}}, Imports: []ModuleImport{{Kind: ExternFunc}, {Kind: ExternFunc}}}
		p.Modules = []*Module{callee, caller}
		p.ImportFuncs = []ImportFunc{{Path: ImportPath{"f"}, Type: ft}}
		p.Imports = []Extern{{Name: "f", Kind: ItemFunc, FuncType: ft}}
		p.CoreInstances = []CoreInstance{{}, {ID: 1, Module: 1, Args: []CoreDef{{Kind: DefExport, Instance: 0}, {Kind: DefTrampoline}}}}
		p.Options = []CanonOptions{{}}
		p.Lifts = []Lift{{Type: ft}}
		p.Trampolines = []Trampoline{{Kind: TrampLower, FuncType: ft, Core: sig, Options: -1}}
		p.Init = []Init{{}, {Instance: 1}}
		p.Exports = []Extern{{Name: "g", Kind: ItemFunc, FuncType: ft}}
		return p
	}
	tests := []struct {
		name   string
		change func(*Program)
		want   string
	}{
		{"ok", func(*Program) {}, ""},
		{"init order", func(p *Program) { p.Init[0], p.Init[1] = p.Init[1], p.Init[0] }, "which is later"},
		{"init missing", func(p *Program) { p.Init = p.Init[:1] }, "never instantiated"},
		{"init twice", func(p *Program) { p.Init = append(p.Init, p.Init[0]) }, "twice"},
		{"arguments", func(p *Program) { p.CoreInstances[1].Args = nil }, "arguments"},
		{"later instance", func(p *Program) { p.CoreInstances[1].Args[0].Instance = 1 }, "not an earlier one"},
		{"not exported", func(p *Program) { p.CoreInstances[1].Args[0].Index = 5 }, "does not export"},
		{"sort", func(p *Program) { p.CoreInstances[1].Args[0].Extern = ExternMemory }, "is a memory"},
		{"trampoline", func(p *Program) { p.CoreInstances[1].Args[1].Trampoline = 3 }, "no trampoline"},
		{"import function", func(p *Program) { p.Trampolines[0].ImportFunc = 1 }, "no imported function"},
		{"core type", func(p *Program) { p.Trampolines[0].Core.Results = nil }, "another type"},
		{"argument type", func(p *Program) { p.Modules[0].Types[0].Func.Results = []ValType{TypeI64} }, "another type"},
		{"options", func(p *Program) { p.Lifts[0].Options = 4 }, "no options"},
		{"layout", func(p *Program) { p.Types[0].Size = 8 }, "layout"},
		{"type", func(p *Program) { p.FuncTypes[0].Result = 8 }, "no type 8"},
		{"lift", func(p *Program) { p.Exports[0].Lift = 1 }, "no lift"},
		{"resource", func(p *Program) { p.Init = append(p.Init, Init{Kind: InitResource}) }, "no resource"},
		{"module", func(p *Program) { p.Modules[1].ID = 0 }, "has ID"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := program()
			tt.change(p)
			err := Verify(p)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
			} else if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// TestTypesCollide: two modules of a program whose types differ but have one signature.
func TestTypesCollide(t *testing.T) {
	module := func(id ModuleID, form byte) *Module {
		return &Module{ID: id, Types: []SubType{{Final: true, GroupLen: 1, Sig: 7, Form: [32]byte{31: form}}}}
	}
	for form, ok := range map[byte]bool{1: true, 2: false} {
		p := &Program{Core: true, Modules: []*Module{module(0, 1), module(1, form)}}
		if err := checkTypes(p); (err == nil) != ok || !ok && !strings.Contains(err.Error(), "signature 0x7") {
			t.Errorf("form %d: %v", form, err)
		}
	}
}
