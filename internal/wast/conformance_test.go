package wast

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/internal/shared"
	"github.com/wc2go/wc2go/ir"
)

// suite runs the scripts of folders of a conformance suite.
func suite(t *testing.T, suite string, o Options, folders ...string) (Summary, []string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds programs")
	}
	t.Setenv("WC2GO_CACHE", t.TempDir())
	dir := shared.Scripts(t, suite)
	var paths []string
	for _, f := range folders {
		paths = append(paths, filepath.Join(dir, f))
	}
	o.Verbose = true
	var b bytes.Buffer
	sum, err := Run(context.Background(), paths, o, &b)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "\t") && len(lines) > 0 {
			lines[len(lines)-1] += line
		} else {
			lines = append(lines, line)
		}
	}
	return sum, lines
}

// reason is why commands are skipped: text says how such lines look.
type reason struct {
	text *regexp.Regexp
	why  string
}

// settle fails the test for each line that is no note and whose skip has none of
// the reasons, counts the others by reason, and checks the summary: what passed
// must be at least passed commands.
func settle(t *testing.T, sum Summary, lines []string, reasons []reason, passed int) {
	t.Helper()
	counts := map[string]int{}
	for _, l := range lines {
		_, rest, _ := strings.Cut(l, ": ")
		if strings.HasPrefix(rest, "note: ") {
			continue
		}
		skip := strings.HasPrefix(rest, "skipped: ")
		i := slices.IndexFunc(reasons, func(r reason) bool { return r.text.MatchString(l) })
		if !skip || i < 0 {
			t.Error(strings.TrimSpace(l))
			continue
		}
		counts[reasons[i].why]++
	}
	t.Log(sum)
	total := 0
	for _, why := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%6d skipped: %s", counts[why], why)
		total += counts[why]
	}
	if sum.Failed > 0 || sum.Passed < passed || total != sum.Skipped {
		t.Errorf("%v; want no failure, at least %d passed, and a reason for each skip (%d have one)", sum, passed, total)
	}
}

// componentSkips are the commands of component scripts that cannot be checked.
var componentSkips = []reason{
	{regexp.MustCompile(`the text format is not parsed`), "what is malformed is the text, which wast2json reads"},
	{regexp.MustCompile(`async/cancellable\.wast:`), "the script needs an option that the specification has removed"},
}

// TestComponentSuite: no command of the component model's scripts fails.
func TestComponentSuite(t *testing.T) {
	for _, folder := range []string{"async", "binary", "linking", "resources", "validation", "values"} {
		t.Run(folder, func(t *testing.T) {
			sum, lines := suite(t, "component-model", Options{Timeout: time.Minute}, folder)
			settle(t, sum, lines, componentSkips, 1)
		})
	}
}

// coreSkips are the commands of core scripts that cannot be checked.
var coreSkips = []reason{
	{regexp.MustCompile(`skipped: [a-z_]+: the text format is not parsed`), "a text-format case"},
	{regexp.MustCompile(`skipped: assert_(invalid|malformed)_custom: `), "a text-format case (annotations)"},
	{regexp.MustCompile(`skipped: [a-z_]+: (no module of line \d+: )?[a-z_]+ could not be converted: `), "a directive that wast2json could not assemble"},
}

// Folders of the core scripts that machines of another kind run: where byte
// order, word size, the machine's float instructions or calling conventions matter.
var (
	memoryScripts = []string{
		"address", "address0", "address1", "address64", "align", "align64", "bulk", "bulk64", "data", "endianness", "endianness64", "load", "load64",
		"memory", "memory64", "memory_copy", "memory_copy64", "memory_fill", "memory_fill64", "memory_grow", "memory_grow64", "memory_init", "memory_init64",
		"memory_redundancy", "memory_redundancy64", "memory_size", "memory_trap", "memory_trap64", "memory-multi", "store", "traps", "proposals/custom-page-sizes",
	}
	floatScripts = []string{
		"f32", "f32_bitwise", "f32_cmp", "f64", "f64_bitwise", "f64_cmp", "float_exprs", "float_exprs0", "float_exprs1", "float_literals",
		"float_memory", "float_memory0", "float_memory64", "float_misc",
	}
	conversionScripts = []string{"conversions", "i32", "i64", "int_exprs"}
	callScripts       = []string{
		"call", "call_indirect", "call_indirect64", "call_ref", "fac", "func", "func_ptrs", "return_call", "return_call_indirect", "return_call_ref", "switch", "br_table",
	}
)

// TestCoreSuite: no command of the official scripts fails, whatever the
// variant of the programs and whatever the machine.
func TestCoreSuite(t *testing.T) {
	var passes []string
	for _, p := range ir.Passes {
		if !p.Required {
			passes = append(passes, p.Name)
		}
	}
	some := slices.Concat(memoryScripts, floatScripts, conversionScripts, callScripts)
	for _, v := range []struct {
		name, goarch, emulator string
		o                      Options
		scripts                []string
		passed                 int // a little below what it was when this was written
	}{
		{name: "default", scripts: []string{"."}, passed: 65_000},
		{name: "checked", o: Options{Tags: "wc2go_checked"}, scripts: []string{"."}, passed: 65_000},
		{name: "386", goarch: "386", scripts: []string{"."}, passed: 65_000},
		{name: "no passes", o: Options{Passes: ir.PassOptions{Disable: passes}}, scripts: []string{"."}, passed: 65_000},
		{name: "small pieces", o: Options{MaxVariables: 2, Passes: ir.PassOptions{Split: &ir.SplitLimits{Path: 1, Nodes: 10, Depth: 3, Piece: 8, Locals: 20}}}, scripts: []string{"."}, passed: 65_000},
		{name: "arm64", goarch: "arm64", emulator: "qemu-aarch64", scripts: some, passed: 20_000},
		{name: "s390x", goarch: "s390x", emulator: "qemu-s390x", scripts: some, passed: 20_000},
	} {
		t.Run(v.name, func(t *testing.T) {
			if v.goarch != "" {
				t.Setenv("GOARCH", v.goarch)
			}
			if v.emulator != "" {
				shared.Tool(t, v.emulator, "qemu-user")
				v.o.Exec = []string{v.emulator}
			}
			v.o.Timeout = 3 * time.Minute
			sum, lines := suite(t, "core", v.o, v.scripts...)
			settle(t, sum, lines, coreSkips, v.passed)
		})
	}
}

// ordered are the scripts that count on tasks being taken first come, first
// served, which the specification does not promise.
var ordered = map[string]string{
	"async-calls-sync": "two tasks of different instances that become ready together must run in this order for each to get its own number",
}

// TestShuffled runs the async scripts with ready tasks and events taken in the
// order of 20 seeds: nothing else depends on it.
func TestShuffled(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	t.Setenv("WC2GO_CACHE", t.TempDir())
	all, err := filepath.Glob(filepath.Join(shared.Scripts(t, "component-model"), "async", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, p := range all {
		if ordered[filepath.Base(p)] == "" {
			paths = append(paths, p)
		}
	}
	var first Summary
	for seed := range uint64(20) {
		var b bytes.Buffer
		sum, err := Run(context.Background(), paths, Options{Timeout: time.Minute, Shuffle: seed + 1}, &b)
		if err != nil {
			t.Fatal(err)
		}
		if seed == 0 {
			first = sum
		}
		if sum != first || sum.Passed == 0 || sum.Failed > 0 {
			t.Errorf("seed %d: %v\n%s", seed+1, sum, &b)
		}
	}
	t.Logf("each of 20 seeds: %v", first)
}

// builtins are the asynchronous built-ins of Binary.md, with the forms that they have.
var builtins = []string{
	"backpressure.inc", "backpressure.dec", "task.return", "task.cancel", "context.get", "context.set",
	"subtask.cancel", "subtask.cancel async", "subtask.drop",
	"stream.new", "stream.read", "stream.read async", "stream.write", "stream.write async",
	"stream.cancel-read", "stream.cancel-read async", "stream.cancel-write", "stream.cancel-write async", "stream.drop-readable", "stream.drop-writable",
	"future.new", "future.read", "future.read async", "future.write", "future.write async",
	"future.cancel-read", "future.cancel-read async", "future.cancel-write", "future.cancel-write async", "future.drop-readable", "future.drop-writable",
	"error-context.new", "error-context.debug-message", "error-context.drop",
	"waitable-set.new", "waitable-set.wait", "waitable-set.poll", "waitable-set.drop", "waitable.join",
	"thread.index", "thread.new-indirect", "thread.resume-later", "thread.suspend", "thread.yield",
	"thread.suspend-then-resume", "thread.yield-then-resume", "thread.suspend-then-promote", "thread.yield-then-promote",
	"lift callback", "lift stackful", "lift of an async type, synchronous",
	"call sync to sync", "call sync to async", "call async to sync", "call async to async",
}

// TestBuiltinsCovered: each of them is in a component of the scripts that these tests run.
func TestBuiltinsCovered(t *testing.T) {
	if testing.Short() {
		t.Skip("converts scripts")
	}
	files := map[string]map[string]bool{}
	for _, pattern := range []string{filepath.Join(shared.Scripts(t, "component-model"), "async", "*", "*.wasm"), "testdata/async/*.wasm"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("no components %s: %v", pattern, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			p, err := frontend.Translate(data, frontend.Options{})
			if err != nil {
				continue // scripts have invalid components too
			}
			note := func(what string, async bool) {
				if async {
					what += " async"
				}
				if files[what] == nil {
					files[what] = map[string]bool{}
				}
				files[what][filepath.Base(filepath.Dir(name))] = true
			}
			async := func(id ir.OptionsID) bool { return id >= 0 && p.Options[id].Async }
			for _, l := range p.Lifts {
				switch o := &p.Options[l.Options]; {
				case o.Callback != nil:
					note("lift callback", false)
				case o.Async:
					note("lift stackful", false)
				case p.FuncTypes[l.Type].Async:
					note("lift of an async type, synchronous", false)
				}
			}
			for n := range p.Trampolines {
				switch tr := &p.Trampolines[n]; tr.Kind {
				case ir.TrampBuiltin:
					a := tr.Async
					if strings.HasSuffix(tr.Builtin, ".read") || strings.HasSuffix(tr.Builtin, ".write") {
						a = async(tr.Options)
					}
					note(tr.Builtin, a)
				case ir.TrampFused:
					shape := map[bool]string{false: "sync", true: "async"}
					note("call "+shape[async(tr.Options)]+" to "+shape[async(p.Lifts[tr.Lift].Options)], false)
				}
			}
		}
	}
	for _, b := range builtins {
		if len(files[b]) == 0 {
			t.Errorf("no script has %s", b)
			continue
		}
		t.Logf("%s: %s", b, strings.Join(slices.Sorted(maps.Keys(files[b])), " "))
	}
}
