package rt

import (
	"fmt"
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
	// Lines and Source are the tables that debuginfo.go tells of; they may be nil.
	Lines, Source *string

	once  sync.Once
	names map[[2]uint32]string
	debug debugInfo
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
	calls := false // the frame called another function, other than to panic
	// A part of a function was called by another part or by what runs tail calls, which
	// is no frame of its own.
	skip := false
	for {
		f, more := frames.Next()
		for _, names := range s.names {
			if rest, ok := strings.CutPrefix(f.Function, names.Prefix); ok {
				if shard, m, i, part, ok := parseSymbol(rest); ok {
					if skip {
						skip = part
						break
					}
					skip = part
					names.frames(m, i, names.offset(shard, f.Line, calls), func(f Frame) { out = append(out, f) })
				}
				break
			}
		}
		calls = !strings.HasPrefix(f.Function, "runtime.")
		if !more {
			return out
		}
	}
}

// frames gives the frames that a Go frame stands for: functions that were
// inlined, from the inside out, and fn itself.
func (n *FuncNames) frames(module, fn uint32, at lineOffset, out func(Frame)) {
	frame := func(fn, offset uint32) {
		out(Frame{Module: int(module), Func: fn, FuncName: n.name(module, fn), Offset: offset, names: n})
	}
	offset := at.offset
	// An inlined call comes after the one around it, so this ends.
	for c := at.call; c > 0 && c < len(n.debug.calls); {
		in := &n.debug.calls[c]
		frame(in.fn, offset)
		offset = in.offset
		if in.outer >= uint64(c) {
			break
		}
		c = int(in.outer)
	}
	frame(fn, offset)
}

// offset finds the instruction that a line of a shard stems from, the zero value if it is not known.
func (n *FuncNames) offset(shard, line int, calls bool) lineOffset {
	n.debug.init(n.Lines, n.Source)
	if shard >= len(n.debug.shards) {
		return lineOffset{}
	}
	return n.debug.shards[shard].offset(line, calls)
}

// ModuleName is the module's name from its name section, "" if it has none.
func (f Frame) ModuleName() string {
	if m := f.module(); m != nil {
		return m.name
	}
	return ""
}

// FileOffset is where the instruction is in the file that was translated, which
// for a component is not the same as where it is in its module; 0 if not known.
func (f Frame) FileOffset() uint64 {
	if m := f.module(); m != nil && f.Offset != 0 {
		return m.offset + uint64(f.Offset)
	}
	return uint64(f.Offset)
}

func (f Frame) module() *sourceModule {
	if f.names == nil {
		return nil
	}
	f.names.debug.init(f.names.Lines, f.names.Source)
	return f.names.debug.source.modules[f.Module]
}

// Symbols tells the frame in terms of the guest's source code, if the module has
// debug information (DWARF): the function that the instruction stems from, and
// if it was inlined, those around it, from the inside out.
func (f Frame) Symbols() []Symbol {
	if f.module() == nil || f.Offset == 0 {
		return nil
	}
	return f.names.debug.source.symbols(f.Module, f.Offset)
}

// String is the frame as Wasmtime prints it: the offset in the file, module and
// function; with debug information, functions and source lines, on several lines.
func (f Frame) String() string {
	var b strings.Builder
	if off := f.FileOffset(); off != 0 {
		fmt.Fprintf(&b, "%#8x - ", off)
	}
	name := demangle(f.FuncName)
	if name == "" {
		name = fmt.Sprintf("<wasm function %d>", f.Func)
	}
	symbols := f.Symbols()
	if len(symbols) == 0 {
		module := f.ModuleName()
		if module == "" {
			module = fmt.Sprintf("<module %d>", f.Module)
		}
		b.WriteString(module + "!" + name)
	}
	for i, s := range symbols {
		if i > 0 {
			b.WriteString("\n              - ")
		}
		switch {
		case s.Name != "":
			b.WriteString(s.Name)
		case i == len(symbols)-1:
			b.WriteString(name)
		default:
			b.WriteString("<inlined function>")
		}
		if s.File != "" {
			b.WriteString("\n                    at " + s.File)
			if s.Line != 0 {
				fmt.Fprintf(&b, ":%d", s.Line)
				if s.Column != 0 {
					fmt.Fprintf(&b, ":%d", s.Column)
				}
			}
		}
	}
	return b.String()
}

// maxPrinted bounds a printed backtrace; the middle of a longer one is left out.
const maxPrinted = 40

// Backtrace is the stack of the trap in lines of text as Wasmtime prints it,
// innermost function first; "" if nothing is known of it.
func (t *Trap) Backtrace() string {
	var b strings.Builder
	for i := 0; i < len(t.Frames); i++ {
		if len(t.Frames) > maxPrinted && i == maxPrinted/2 {
			skip := len(t.Frames) - maxPrinted
			fmt.Fprintf(&b, "    … %d frames left out\n", skip)
			i += skip
		}
		fmt.Fprintf(&b, "%5d: %v\n", i, t.Frames[i])
	}
	return b.String()
}

// parseSymbol reads what follows FuncNames.Prefix in a symbol: "03.m0f12_name",
// or, if it is a part of the function, "03.m0f12x34_name".
func parseSymbol(s string) (shard int, module, fn uint32, part, ok bool) {
	number, s, ok := strings.Cut(s, ".m")
	if !ok {
		return 0, 0, 0, false, false
	}
	shard, err := strconv.Atoi(number)
	if err != nil || shard < 0 {
		return 0, 0, 0, false, false
	}
	m, rest, ok := strings.Cut(s, "f")
	if !ok {
		return 0, 0, 0, false, false
	}
	f, _, _ := strings.Cut(rest, "_")
	f, _, part = strings.Cut(f, "x")
	mi, err1 := strconv.ParseUint(m, 10, 32)
	fi, err2 := strconv.ParseUint(f, 10, 32)
	return shard, uint32(mi), uint32(fi), part, err1 == nil && err2 == nil
}
