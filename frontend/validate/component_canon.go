package validate

import (
	"slices"
	"strings"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: canonical definitions (CanonicalABI.md, "Canonical Definitions").

// Limits on values passed as core values.
const (
	maxFlatParams      = maxFlat
	maxFlatAsyncParams = 4
	maxFlatResults     = 1
)

// canonOpts are checked canonical options.
type canonOpts struct {
	at         int
	memory     bool
	pointer    ir.Kind // of the memory, i32 if there is none
	realloc    bool
	async      bool
	postReturn *ir.FuncType
	callback   bool
}

// canonOpts checks options; allowed lists those that the definition what can have,
// besides the string encodings.
func (s *scope) canonOpts(opts binary.CanonOpts, what string, at int, allowed ...string) canonOpts {
	o := canonOpts{at: at, pointer: ir.I32}
	seen := map[string]bool{}
	encoding := ""
	for _, opt := range opts {
		at := opt.Offset
		switch opt.Name {
		case "utf8", "utf16", "latin1+utf16":
			name := strings.ReplaceAll(opt.Name, "+", "-")
			if encoding != "" {
				fail(at, "canonical encoding option `%s` conflicts with option `%s`", encoding, name)
			}
			encoding = name
			continue
		case "core-type", "gc":
			if opt.Name == "gc" {
				fail(at, "canonical option `gc` requires the `cm-gc` feature")
			}
			fail(at, "canonical option `core type` requires the component model gc feature")
		}
		if !slices.Contains(allowed, opt.Name) {
			if what == "lower" {
				fail(at, "canonical option `%s` cannot be specified for lowerings", opt.Name)
			}
			fail(at, "cannot specify `%s` option on `%s`", opt.Name, what)
		}
		if seen[opt.Name] {
			fail(at, "canonical option `%s` is specified more than once", opt.Name)
		}
		seen[opt.Name] = true
		switch opt.Name {
		case "memory":
			o.pointer = s.memory(opt.Index, at)
			o.memory = true
		case "realloc":
			s.coreFunc(opt.Index, at)
			o.realloc = true
		case "post-return":
			o.postReturn = s.coreFunc(opt.Index, at)
		case "callback":
			if f := s.coreFunc(opt.Index, at); !sameKinds(f.Params, []ir.Kind{ir.I32, ir.I32, ir.I32}) || !sameKinds(f.Results, []ir.Kind{ir.I32}) {
				fail(at, "canonical option `callback` uses a core function with an incorrect signature")
			}
			o.callback = true
		case "async":
			s.require(s.v.features.Component.Async, at, "canonical option `async`", "async")
			o.async = true
		}
	}
	for _, opt := range opts {
		// The memory may come behind it.
		if opt.Name == "realloc" {
			p := o.pointer
			if f := s.coreFunc(opt.Index, opt.Offset); !sameKinds(f.Params, []ir.Kind{p, p, p, p}) || !sameKinds(f.Results, []ir.Kind{p}) {
				fail(opt.Offset, "canonical option `realloc` uses a core function with an incorrect signature")
			}
		}
	}
	switch {
	case o.realloc && !o.memory:
		fail(at, "canonical option `realloc` requires `memory` to also be specified")
	case o.callback && !o.async:
		fail(at, "cannot specify callback without async")
	case o.postReturn != nil && o.async:
		fail(at, "cannot specify post-return function in async")
	}
	return o
}

// memory checks a memory that canonical definitions use, and gives the type of
// its addresses.
func (s *scope) memory(i uint32, at int) ir.Kind {
	m := s.coreItem(binary.SortCoreMemory, i, at)
	any := ir.MemoryType{PageLog2: 16}
	if m.ext.Kind == ir.ExternMemory && m.ext.Memory.Limits.Is64 && s.v.features.Component.Memory64 {
		any.Limits.Is64 = true
	}
	if m.ext.Memory.Limits.Is64 && !any.Limits.Is64 {
		fail(at, "64-bit memories require the `cm64` feature to be enabled")
	}
	if err := matchCore(m, coreItem{ext: ir.ModuleImport{Kind: ir.ExternMemory, Memory: any}}); err != nil {
		fail(at, "canonical option `memory` needs a 32-bit unshared memory: %v", err)
	}
	if any.Limits.Is64 {
		return ir.I64
	}
	return ir.I32
}

func (o *canonOpts) need(ok bool, option string) {
	if !ok {
		fail(o.at, "canonical option `%s` is required", option)
	}
}

// flatten flattens types, up to limit core values; false if there are more. ptr is what pointers are.
func flatten(ts []*valNode, limit int, ptr ir.Kind) ([]ir.Kind, bool) {
	var flat []ir.Kind
	for _, t := range ts {
		if t.over || len(flat)+len(t.flat) > limit {
			return nil, false
		}
		for _, k := range t.flat {
			if k == pointer {
				k = ptr
			}
			flat = append(flat, k)
		}
	}
	return flat, true
}

func anyPointer(ts ...*valNode) bool {
	return slices.ContainsFunc(ts, func(t *valNode) bool { return t.pointer })
}

func list(t *valNode) []*valNode {
	if t == nil {
		return nil
	}
	return []*valNode{t}
}

// lift checks a canon lift and gives its function's type.
func (s *scope) lift(c *binary.Canon) *funcNode {
	at := c.Offset
	ft := s.funcType(c.Type, at)
	core := s.coreFunc(c.Func, at)
	o := s.canonOpts(c.Opts, "lift", at, "memory", "realloc", "post-return", "async", "callback")
	if o.async && !ft.async {
		fail(at, "the `async` canonical option requires an async function type")
	}
	if o.async && !o.callback {
		s.require(s.v.features.Component.AsyncStackful, at, "canonical option `async` without `callback`", "async stackful")
	}
	params, ok := flatten(ft.params, maxFlatParams, o.pointer)
	if !ok {
		params = []ir.Kind{o.pointer}
	}
	if !ok || anyPointer(ft.params...) {
		o.need(o.memory, "memory")
		o.need(o.realloc, "realloc")
	}
	limit := maxFlatResults
	if o.async {
		limit = maxFlatParams // of task.return
	}
	results, ok := flatten(list(ft.result), limit, o.pointer)
	if !ok {
		results = []ir.Kind{o.pointer}
	}
	if !ok || anyPointer(list(ft.result)...) {
		o.need(o.memory, "memory")
	}
	if o.async {
		results = nil
		if o.callback {
			results = []ir.Kind{ir.I32}
		}
	}
	if !sameKinds(core.Params, params) {
		fail(at, "lowered parameter types `%s` do not match parameter types `%s` of core function %d", kindsText(params), kindsText(core.Params), c.Func)
	}
	if !sameKinds(core.Results, results) {
		fail(at, "lowered result types `%s` do not match result types `%s` of core function %d", kindsText(results), kindsText(core.Results), c.Func)
	}
	if p := o.postReturn; p != nil && (!sameKinds(p.Params, results) || len(p.Results) > 0) {
		fail(at, "canonical option `post-return` uses a core function with an incorrect signature")
	}
	return ft
}

// lower checks a canon lower and adds its core function.
func (s *scope) lower(c *binary.Canon) {
	at := c.Offset
	ft := s.fn(c.Func, at)
	o := s.canonOpts(c.Opts, "lower", at, "memory", "realloc", "async")
	if o.async && !ft.async {
		fail(at, "the `async` canonical option requires an async function type")
	}
	maxParams, maxResults := maxFlatParams, maxFlatResults
	if o.async {
		maxParams, maxResults = maxFlatAsyncParams, 0
	}
	params, ok := flatten(ft.params, maxParams, o.pointer)
	if !ok {
		params = []ir.Kind{o.pointer}
	}
	if !ok || anyPointer(ft.params...) {
		o.need(o.memory, "memory")
	}
	results, ok := flatten(list(ft.result), maxResults, o.pointer)
	if !ok {
		params, results = append(params, o.pointer), nil
		o.need(o.memory, "memory")
	}
	if anyPointer(list(ft.result)...) {
		o.need(o.memory, "memory")
		o.need(o.realloc, "realloc")
	}
	if o.async {
		results = []ir.Kind{ir.I32}
	}
	s.addCoreFunc(params, results)
}

// canon checks a canonical definition and adds what it defines.
func (s *scope) canon(c *binary.Canon) {
	at := c.Offset
	i32 := []ir.Kind{ir.I32}
	switch c.Kind {
	case binary.CanonLift:
		s.funcs = append(s.funcs, s.lift(c))
	case binary.CanonLower:
		s.lower(c)
	case binary.CanonResourceDrop:
		s.resourceType(c.Type, at)
		s.addCoreFunc(i32, nil)
	case binary.CanonResourceNew, binary.CanonResourceRep:
		if r := s.resourceType(c.Type, at).r; !r.local || r.owner != s.tag {
			fail(at, "type %d is not a local resource", c.Type)
		}
		s.addCoreFunc(i32, i32)
	default:
		s.builtin(c)
		if c.Cancellable {
			// Binary.md and the reference tests still have the byte, but what it asked
			// for was removed (component-model PR 716). A definition that nobody uses does
			// no harm, so it passes; a function that would have to do what is gone does not.
			space := s.core[ir.ExternFunc]
			space[len(space)-1].gone = &goneFunc{c.Builtin, c.Offset}
		}
	}
}

// builtinTypes are the core types of the built-ins without checks of their
// own, as numbers of i32 parameters and results.
var builtinTypes = map[string][2]int{
	"backpressure.inc": {0, 0}, "backpressure.dec": {0, 0},
	"task.cancel": {0, 0}, "subtask.cancel": {1, 1}, "subtask.drop": {1, 0},
	"waitable-set.new": {0, 1}, "waitable-set.drop": {1, 0}, "waitable.join": {2, 0},
	"waitable-set.wait": {2, 1}, "waitable-set.poll": {2, 1},
	"error-context.drop": {1, 0},
	"stream.read":        {3, 1}, "stream.write": {3, 1}, "future.read": {2, 1}, "future.write": {2, 1},
	"stream.cancel-read": {1, 1}, "stream.cancel-write": {1, 1}, "stream.drop-readable": {1, 0}, "stream.drop-writable": {1, 0},
	"future.cancel-read": {1, 1}, "future.cancel-write": {1, 1}, "future.drop-readable": {1, 0}, "future.drop-writable": {1, 0},
	"error-context.new": {2, 1}, "error-context.debug-message": {2, 0},
	"thread.index": {0, 1}, "thread.new-indirect": {2, 1}, "thread.resume-later": {1, 0},
	"thread.yield": {0, 1}, "thread.suspend": {0, 1}, "thread.suspend-then-resume": {1, 1}, "thread.yield-then-resume": {1, 1},
	"thread.suspend-then-promote": {1, 1}, "thread.yield-then-promote": {1, 1},
	"context.get": {0, 1}, "context.set": {1, 0},
}

func (s *scope) builtin(c *binary.Canon) {
	at, name := c.Offset, c.Builtin
	n, known := builtinTypes[name]
	i32s := []ir.Kind{ir.I32, ir.I32, ir.I32}
	params, results := slices.Clone(i32s[:n[0]]), slices.Clone(i32s[:n[1]])
	s.requireBuiltin(c)
	switch name {
	case "task.return":
		s.taskReturn(c)
		return
	case "stream.new", "future.new":
		s.element(c)
		s.addCoreFunc(nil, []ir.Kind{ir.I64})
		return
	case "stream.read", "stream.write", "future.read", "future.write":
		t := s.element(c)
		o := s.canonOpts(c.Opts, name, at, "memory", "realloc", "async")
		params[1] = o.pointer
		if strings.HasPrefix(name, "stream.") {
			params[2], results[0] = o.pointer, o.pointer
		}
		if t.elem != nil {
			o.need(o.memory, "memory")
			if strings.HasSuffix(name, ".read") && t.elem.pointer {
				o.need(o.realloc, "realloc")
			}
		}
	case "error-context.new":
		o := s.canonOpts(c.Opts, name, at, "memory", "realloc")
		o.need(o.memory, "memory")
		params[0], params[1] = o.pointer, o.pointer
	case "error-context.debug-message":
		o := s.canonOpts(c.Opts, name, at, "memory", "realloc")
		params[1] = o.pointer
		o.need(o.memory, "memory")
		o.need(o.realloc, "realloc")
	case "waitable-set.wait", "waitable-set.poll":
		params[1] = s.memory(c.Arg, at)
	case "context.get", "context.set":
		switch wide := c.CoreType == ir.TypeI64 && s.v.features.Component.Memory64; {
		case c.CoreType != ir.TypeI32 && !wide:
			fail(at, "`%s` only supports `i32` or `i64`: 64-bit `%s` requires the component model 64-bit feature", name, name)
		case s.context == nil:
			s.context = &c.CoreType
		case *s.context != c.CoreType:
			fail(at, "`%s`: type must match previous context type", name)
		}
		if name == "context.get" {
			results[0] = c.CoreType.Kind
		} else {
			params[0] = c.CoreType.Kind
		}
		if c.Arg >= 2 {
			fail(at, "`%s` immediate must be zero or one: %d", name, c.Arg)
		}
	case "thread.new-indirect":
		t := s.coreType(c.Type, at)
		sub := &s.v.core.defs[t.def]
		switch {
		case sub.Kind != ir.CompFunc:
			fail(at, "start type must be a function")
		case !sameKinds(sub.Func.Params, []ir.Kind{ir.I32}):
			fail(at, "start function must take a single `i32` argument (currently)")
		case len(sub.Func.Results) > 0:
			fail(at, "start function must not return any values")
		}
		table := s.coreItem(binary.SortCoreTable, c.Arg, at)
		if table.ext.Table.Limits.Is64 {
			fail(at, "table is not a 32-bit table of (ref null (func)): mismatch in table limits")
		}
		if !matchVal(table.defs, table.ext.Table.Elem, nil, ir.TypeFuncRef) {
			fail(at, "table is not a 32-bit table of (ref null (func)): expected table element type funcref, found %s", valString(table.ext.Table.Elem))
		}
	default:
		if strings.HasPrefix(name, "stream.") || strings.HasPrefix(name, "future.") {
			s.element(c)
		}
	}
	if !known {
		fail(at, "`%s` requires the shared-everything-threads proposal", strings.ReplaceAll(name, "available-parallelism", "available_parallelism"))
	}
	s.addCoreFunc(params, results)
}

// element is the stream or future type of a built-in.
func (s *scope) element(c *binary.Canon) *valNode {
	kind, what := ir.TStream, "stream"
	if strings.HasPrefix(c.Builtin, "future.") {
		kind, what = ir.TFuture, "future"
	}
	t, ok := s.typ(c.Type, c.Offset).(*valNode)
	if !ok || t.kind != kind {
		fail(c.Offset, "`%s` requires a %s type", c.Builtin, what)
	}
	return t
}

// taskReturn is like a lowered import that takes the task's result.
func (s *scope) taskReturn(c *binary.Canon) {
	result := list(s.resultType(c.Result))
	o := s.canonOpts(c.Opts, c.Builtin, c.Offset, "memory")
	params, ok := flatten(result, maxFlatParams, o.pointer)
	if !ok {
		params = []ir.Kind{o.pointer}
	}
	if !ok || anyPointer(result...) {
		o.need(o.memory, "memory")
	}
	s.addCoreFunc(params, nil)
}
