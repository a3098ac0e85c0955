package adapt

import (
	"github.com/wc2go/wc2go/ir"
)

// This file: built-ins that concern the current task and that synchronous
// components use too.

// taskBuiltin prints context.get, context.set, backpressure.inc and
// backpressure.dec, which do not check may_leave; false for other built-ins.
func (e *emitter) taskBuiltin(t *ir.Trampoline) bool {
	switch t.Builtin {
	case "context.get", "context.set", "backpressure.inc", "backpressure.dec":
	default:
		return false
	}
	in, out := e.trampHead(t, "the built-in "+t.Builtin)
	e.f("i := (*Instance)(root)")
	switch t.Builtin {
	case "context.get":
		e.f("g0 = %s(i.comp[%d].Context[%d])", goKind(t.Core.Results[0].Kind), t.Instance, t.Arg)
	case "context.set":
		e.f("i.comp[%d].Context[%d] = uint64(%s)", t.Instance, t.Arg, in[0].name)
	case "backpressure.inc":
		e.f("i.comp[%d].BackpressureInc()", t.Instance)
	case "backpressure.dec":
		e.f("i.comp[%d].BackpressureDec()", t.Instance)
	}
	e.trampEnd(out)
	return true
}

// hasContext reports whether code of an instance can see thread-local storage.
func (e *emitter) hasContext(c ir.ComponentInstanceID) bool {
	for n := range e.p.Trampolines {
		if t := &e.p.Trampolines[n]; t.Kind == ir.TrampBuiltin && t.Builtin == "context.get" && t.Instance == c {
			return true
		}
	}
	return false
}

// newThread prints what gives a call into an instance thread-local storage of its
// own (CanonicalABI.md, Thread.storage), and a task if its code can ask for one; post-return still
// belongs to the call. It returns what endThread restores.
func (e *emitter) newThread(c ir.ComponentInstanceID) (t threadVars) {
	if e.hasContext(c) {
		t.saved = e.v("saved")
		e.f("%s := i.comp[%d].Context", t.saved, c)
		e.f("i.comp[%d].Context = [2]uint64{}", c)
	}
	if e.tracked(c) {
		t.thread = e.v("th")
		e.f("%s := i.comp[%d].BeginSync()", t.thread, c)
	}
	return t
}

// threadVars are the variables that newThread prints, "" if there is none.
type threadVars struct{ saved, thread string }

func (e *emitter) endThread(c ir.ComponentInstanceID, t threadVars) {
	if t.thread != "" {
		e.f("i.comp[%d].EndSync(%s)", c, t.thread)
	}
	if t.saved != "" {
		e.f("i.comp[%d].Context = %s", c, t.saved)
	}
}
