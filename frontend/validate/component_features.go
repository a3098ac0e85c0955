package validate

import (
	"strings"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/ir"
)

// ComponentFeatures says which parts of the component model, beyond those of
// WASI 0.2, a component may use (Explainer.md, "Gated Features").
type ComponentFeatures struct {
	Async             bool // 🔀
	MoreAsyncBuiltins bool // 🚝: asynchronous cancellation, synchronous reads and writes
	AsyncStackful     bool // 🚟: the async option without callback
	Threading         bool // 🧵
	ErrorContext      bool // 📝
	Map               bool // 🗺️
	FixedLengthLists  bool // 🔧
	Implements        bool // 🏷️
	Memory64          bool // 🐘
}

func allComponentFeatures() ComponentFeatures {
	return ComponentFeatures{
		Async: true, MoreAsyncBuiltins: true, AsyncStackful: true, Threading: true, ErrorContext: true, Map: true,
		FixedLengthLists: true, Implements: true, Memory64: true,
	}
}

// require refuses what needs a feature that is off.
func (s *scope) require(on bool, at int, what, feature string) {
	if !on {
		fail(at, "%s requires the component model %s feature", what, feature)
	}
}

// requireType checks the features of a kind of value type.
func (s *scope) requireType(k ir.TypeKind, at int) {
	f := &s.v.features.Component
	switch k {
	case ir.TErrorContext:
		s.require(f.ErrorContext, at, "`error-context`", "error-context")
	case ir.TStream, ir.TFuture:
		s.require(f.Async, at, "`"+kindNames[k]+"`", "async")
	case ir.TMap:
		if !f.Map {
			fail(at, "Maps require the component model map feature")
		}
	case ir.TFixedList:
		if !f.FixedLengthLists {
			fail(at, "Fixed-length lists require the component model fixed-length lists feature")
		}
	}
}

// requireBuiltin checks the features of a canonical built-in.
func (s *scope) requireBuiltin(c *binary.Canon) {
	f, at, what := &s.v.features.Component, c.Offset, "`"+c.Builtin+"`"
	switch {
	case strings.HasPrefix(c.Builtin, "error-context."):
		s.require(f.ErrorContext, at, what, "error-context")
	case strings.HasPrefix(c.Builtin, "thread.") && c.Builtin != "thread.yield":
		s.require(f.Threading, at, what, "threading")
	default:
		s.require(f.Async, at, what, "async")
	}
	switch c.Builtin {
	case "subtask.cancel", "stream.cancel-read", "stream.cancel-write", "future.cancel-read", "future.cancel-write":
		s.require(f.MoreAsyncBuiltins || !c.Async, at, "async "+what, "more async builtins")
	case "stream.read", "stream.write", "future.read", "future.write":
		async := false
		for i := range c.Opts {
			async = async || c.Opts[i].Name == "async"
		}
		s.require(f.MoreAsyncBuiltins || async, at, "synchronous "+what, "more async builtins")
	}
}

// requireName checks the features of an import's or export's name.
func (s *scope) requireName(n *binary.ExternName) {
	if n.HasImplements {
		if !s.v.features.Component.Implements {
			fail(n.Offset, "the `cm-implements` feature is not active: `implements` requires the component model implements feature")
		}
	}
}
