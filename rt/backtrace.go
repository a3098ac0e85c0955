package rt

import (
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// maxFrames is how many Go frames a trap looks at.
const maxFrames = 96

// FuncNames tells the functions of a generated package in a Go backtrace, and
// their wasm names. Nothing is read before there is a trap. For generated code.
type FuncNames struct {
	// Prefix is what the symbols of the package's core functions begin with:
	// "import/path/internal/core/s".
	Prefix string
	// Text has a line "module function name" per named function; the name is
	// quoted as in Go. It may be nil.
	Text *string

	once  sync.Once
	names map[[2]uint32]string
}

// AddNames makes the names known to backtraces. For generated code.
func (s *Store) AddNames(n *FuncNames) {
	for _, o := range s.names {
		if o == n {
			return
		}
	}
	s.names = append(s.names, n)
}

// name finds the name of a function, "" if it has none.
func (n *FuncNames) name(module, fn uint32) string {
	n.once.Do(func() {
		n.names = make(map[[2]uint32]string)
		if n.Text == nil {
			return
		}
		for line := range strings.Lines(*n.Text) {
			m, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			f, quoted, _ := strings.Cut(rest, " ")
			mi, err1 := strconv.ParseUint(m, 10, 32)
			fi, err2 := strconv.ParseUint(f, 10, 32)
			if name, err3 := strconv.Unquote(quoted); err1 == nil && err2 == nil && err3 == nil {
				n.names[[2]uint32{uint32(mi), uint32(fi)}] = name
			}
		}
	})
	return n.names[[2]uint32{module, fn}]
}

// backtrace finds the wasm functions on the stack of the running goroutine. In
// a deferred call the frames of the panic are still there.
func (s *Store) backtrace() []Frame {
	if len(s.names) == 0 {
		return nil
	}
	var pcs [maxFrames]uintptr
	n := runtime.Callers(3, pcs[:])
	var out []Frame
	frames := runtime.CallersFrames(pcs[:n])
	for {
		f, more := frames.Next()
		for _, names := range s.names {
			if rest, ok := strings.CutPrefix(f.Function, names.Prefix); ok {
				if m, i, ok := parseSymbol(rest); ok {
					out = append(out, Frame{Module: int(m), Func: i, FuncName: names.name(m, i)})
				}
				break
			}
		}
		if !more {
			return out
		}
	}
}

// parseSymbol reads what follows FuncNames.Prefix in a symbol: "03.m0f12_name".
func parseSymbol(s string) (module, fn uint32, ok bool) {
	_, s, ok = strings.Cut(s, ".m")
	if !ok {
		return 0, 0, false
	}
	m, rest, ok := strings.Cut(s, "f")
	if !ok {
		return 0, 0, false
	}
	f, _, _ := strings.Cut(rest, "_")
	mi, err1 := strconv.ParseUint(m, 10, 32)
	fi, err2 := strconv.ParseUint(f, 10, 32)
	return uint32(mi), uint32(fi), err1 == nil && err2 == nil
}
