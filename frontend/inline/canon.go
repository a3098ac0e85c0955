package inline

import (
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// This file: canonical definitions.

// tramp is a core function made by the canonical ABI. It gets an ID when
// something refers to it.
type tramp struct {
	trampKey
	id ir.TrampolineID
}

// trampKey says what a tramp does; equal keys are one trampoline.
type trampKey struct {
	kind    ir.TrampolineKind
	imp     ir.ImportFuncID
	lift    *lift
	typ     *funcType // TrampFused: as the lowering side sees it
	opts    ir.OptionsID
	inst    ir.ComponentInstanceID
	res     ir.ResourceID
	builtin string
	val     *valType
	arg     uint32
	async   bool
	core    ir.ValType // context.get, context.set
	table   ir.CoreDef // thread.new-indirect and its like
	start   *ir.SubType
}

// optionsKey is an ir.CanonOptions by value.
type optionsKey struct {
	inst                                  ir.ComponentInstanceID
	encoding                              ir.Encoding
	memory, realloc, postReturn, callback ir.CoreDef
	has                                   [4]bool // which of the four
	async, gc, hasCoreType                bool
	coreType                              uint32
}

// options evaluates canonical options.
func (b *builder) options(s *scope, opts binary.CanonOpts) (ir.OptionsID, error) {
	k := optionsKey{inst: s.id}
	for _, o := range opts {
		def := func(kind ir.ExternKind, n int, d *ir.CoreDef) error {
			it, err := at(s.core[kind], o.Index, o.Offset, "core "+kind.String())
			if err != nil {
				return err
			}
			*d, k.has[n] = b.def(it), true
			return nil
		}
		var err error
		switch o.Name {
		case "utf8":
			k.encoding = ir.UTF8
		case "utf16":
			k.encoding = ir.UTF16
		case "latin1+utf16":
			k.encoding = ir.Latin1UTF16
		case "memory":
			err = def(ir.ExternMemory, 0, &k.memory)
		case "realloc":
			err = def(ir.ExternFunc, 1, &k.realloc)
		case "post-return":
			err = def(ir.ExternFunc, 2, &k.postReturn)
		case "callback":
			err = def(ir.ExternFunc, 3, &k.callback)
		case "async":
			k.async = true
		case "gc":
			k.gc = true
		case "core-type":
			k.coreType, k.hasCoreType = o.Index, true
		default:
			err = binary.Errorf(o.Offset, "unknown canonical option %q", o.Name)
		}
		if err != nil {
			return -1, err
		}
	}
	return b.addOptions(k), nil
}

func (b *builder) addOptions(k optionsKey) ir.OptionsID {
	if id, ok := b.optionIndex[k]; ok {
		return id
	}
	id := ir.OptionsID(len(b.p.Options))
	o := ir.CanonOptions{ID: id, Instance: k.inst, Encoding: k.encoding, Async: k.async, Gc: k.gc}
	ptr := func(n int, d ir.CoreDef) *ir.CoreDef {
		if !k.has[n] {
			return nil
		}
		return &d
	}
	o.Memory, o.Realloc, o.PostReturn, o.Callback = ptr(0, k.memory), ptr(1, k.realloc), ptr(2, k.postReturn), ptr(3, k.callback)
	if k.hasCoreType {
		o.CoreType = &k.coreType
	}
	b.p.Options = append(b.p.Options, o)
	b.optionIndex[k] = id
	return id
}

// canon evaluates a canonical definition: a func for a lift, a core func for
// all others.
func (b *builder) canon(s *scope, c *binary.Canon, offset int) error {
	if c.Kind == binary.CanonLift {
		f, err := at(s.core[ir.ExternFunc], c.Func, offset, "core func")
		if err != nil {
			return err
		}
		ft, err := b.funcTypeAt(s, c.Type, offset)
		if err != nil {
			return err
		}
		opts, err := b.options(s, c.Opts)
		if err != nil {
			return err
		}
		s.funcs = append(s.funcs, &function{typ: ft, imp: -1, lift: &lift{core: b.def(f), opts: opts, typ: ft}})
		return nil
	}

	k := trampKey{imp: -1, opts: -1, inst: s.id, res: -1}
	var err error
	switch c.Kind {
	case binary.CanonLower:
		f, err := at(s.funcs, c.Func, offset, "func")
		if err != nil {
			return err
		}
		if k.opts, err = b.options(s, c.Opts); err != nil {
			return err
		}
		if f.lift == nil {
			k.kind, k.imp = ir.TrampLower, f.imp
		} else {
			k.kind, k.lift, k.typ = ir.TrampFused, f.lift, f.typ
		}
	case binary.CanonResourceNew, binary.CanonResourceRep, binary.CanonResourceDrop:
		k.kind = map[binary.CanonKind]ir.TrampolineKind{
			binary.CanonResourceNew: ir.TrampResourceNew, binary.CanonResourceRep: ir.TrampResourceRep, binary.CanonResourceDrop: ir.TrampResourceDrop,
		}[c.Kind]
		if k.res, err = b.resource(s, c.Type, offset); err != nil {
			return err
		}
		if c.Kind != binary.CanonResourceDrop && b.p.Resources[k.res].Instance != s.id {
			return binary.Errorf(offset, "resource.new and resource.rep need a resource type that the component defines")
		}
		k.async = c.Async
	case binary.CanonBuiltin:
		if err := b.builtin(s, c, &k, offset); err != nil {
			return err
		}
	default:
		return binary.Errorf(offset, "unknown canonical definition")
	}
	t, ok := b.trampIndex[k]
	if !ok {
		t = &tramp{k, -1}
		b.trampIndex[k] = t
	}
	s.core[ir.ExternFunc] = append(s.core[ir.ExternFunc], coreItem{kind: ir.ExternFunc, tramp: t})
	return nil
}

// builtin fills k for the canonical built-ins of Concurrency.md.
func (b *builder) builtin(s *scope, c *binary.Canon, k *trampKey, offset int) (err error) {
	k.kind, k.builtin, k.async = ir.TrampBuiltin, c.Builtin, c.Async
	switch c.Builtin {
	case "task.return":
		if k.val, err = b.optRef(s, c.Result); err != nil {
			return err
		}
		k.opts, err = b.options(s, c.Opts)
	case "context.get", "context.set":
		k.arg, k.core = c.Arg, c.CoreType
	case "waitable-set.wait", "waitable-set.poll":
		// The memory is an immediate here, not an option; for what comes after it is one.
		m, err := at(s.core[ir.ExternMemory], c.Arg, offset, "core memory")
		if err != nil {
			return err
		}
		k.opts = b.addOptions(optionsKey{inst: s.id, memory: b.def(m), has: [4]bool{0: true}})
	case "stream.read", "stream.write", "future.read", "future.write",
		"stream.new", "stream.cancel-read", "stream.cancel-write", "stream.drop-readable", "stream.drop-writable",
		"future.new", "future.cancel-read", "future.cancel-write", "future.drop-readable", "future.drop-writable":
		want := ir.TStream
		if c.Builtin[0] == 'f' {
			want = ir.TFuture
		}
		t, err := at(s.types, c.Type, offset, "type")
		if err != nil {
			return err
		}
		if t.kind != typValue || t.val.kind != want {
			return binary.Errorf(offset, "%s of a type that is not one", c.Builtin)
		}
		k.val = t.val
		switch c.Builtin[len("stream."):] {
		case "read", "write":
			k.opts, err = b.options(s, c.Opts)
		}
		return err
	case "error-context.new", "error-context.debug-message":
		k.opts, err = b.options(s, c.Opts)
	case "thread.new-indirect", "thread.spawn-indirect", "thread.spawn-ref":
		ct, err := at(s.coreTypes, c.Type, offset, "core type")
		if err != nil {
			return err
		}
		if ct.sub == nil || ct.sub.Kind != ir.CompFunc || len(ct.sub.Func.Params) != 1 {
			return binary.Errorf(offset, "%s needs a function type with one parameter", c.Builtin)
		}
		k.start = ct.sub
		if c.Builtin == "thread.spawn-ref" {
			return nil
		}
		t, err := at(s.core[ir.ExternTable], c.Arg, offset, "core table")
		if err != nil {
			return err
		}
		k.table = b.def(t)
	default:
		if _, ok := simpleBuiltins[c.Builtin]; !ok {
			return binary.Errorf(offset, "unknown canonical built-in %q", c.Builtin)
		}
	}
	return err
}

// simpleBuiltins are the built-ins without types and options: the number of
// their i32 parameters and results.
var simpleBuiltins = map[string]struct{ params, results int }{
	"backpressure.inc":             {0, 0},
	"backpressure.dec":             {0, 0},
	"task.cancel":                  {0, 0},
	"waitable-set.new":             {0, 1},
	"waitable-set.drop":            {1, 0},
	"waitable.join":                {2, 0},
	"subtask.cancel":               {1, 1},
	"subtask.drop":                 {1, 0},
	"thread.index":                 {0, 1},
	"thread.resume-later":          {1, 0},
	"thread.suspend":               {0, 1},
	"thread.yield":                 {0, 1},
	"thread.suspend-then-resume":   {1, 1},
	"thread.yield-then-resume":     {1, 1},
	"thread.suspend-then-promote":  {1, 1},
	"thread.yield-then-promote":    {1, 1},
	"thread.available-parallelism": {0, 1},
	"error-context.drop":           {1, 0},
}
