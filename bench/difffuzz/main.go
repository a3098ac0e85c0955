// Command difffuzz runs random modules in wc2go and in wazero's interpreter, and
// compares results, traps, and at the end memory, globals and tables.
//
//	go build -o /tmp/wc2go ./cmd/wc2go && (cd bench && go run ./difffuzz -wc2go /tmp/wc2go -n 10000)
//
// Every module becomes a script as wast2json writes them, with what wazero
// answers as what is expected; `wc2go wast` runs the scripts. A module whose answers
// differ stays in the directory -keep; made small by hand it goes to
// internal/difffuzz/testdata, whose test needs no wazero.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/wc2go/wc2go/bench/difffuzz/gen"
)

var (
	count  = flag.Int("n", 1000, "how many `modules`")
	seed   = flag.Uint64("seed", 1, "the first module's `seed`; the others' follow")
	batch  = flag.Int("batch", 1000, "`modules` in one run of wc2go wast")
	wc2go  = flag.String("wc2go", "wc2go", "the wc2go `program`")
	keep   = flag.String("keep", "", "`directory` that keeps what differs (default: a temporary one)")
	simd   = flag.Bool("simd", true, "with vectors")
	tail   = flag.Bool("tail", true, "with tail calls")
	except = flag.Bool("exceptions", true, "with exceptions, in every second module")
	size   = flag.Int("size", 120, "how many `instructions` a function has at most, about")
	args   = flag.String("args", "", "more `arguments` of wc2go wast, separated by blanks")
	single = flag.Bool("single", false, "make the script of -seed in -keep, and do not run it")
)

type value struct {
	Type  string `json:"type"`
	Value any    `json:"value,omitempty"`
}

type action struct {
	Type  string  `json:"type"`
	Field string  `json:"field"`
	Args  []value `json:"args"`
}

type command struct {
	Type       string  `json:"type"`
	Line       int     `json:"line"`
	Filename   string  `json:"filename,omitempty"`
	ModuleType string  `json:"module_type,omitempty"`
	Action     *action `json:"action,omitempty"`
	Expected   []value `json:"expected,omitempty"`
	Text       string  `json:"text,omitempty"`
}

type script struct {
	Source   string    `json:"source_filename"`
	Commands []command `json:"commands"`
}

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "difffuzz:", err)
		os.Exit(1)
	}
}

func run() error {
	dir := *keep
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "difffuzz-"); err != nil {
			return err
		}
	}
	var total stats
	if *single {
		return makeScript(dir, *seed, &total)
	}
	start := time.Now()
	differ := 0
	for first := 0; first < *count; first += *batch {
		n := min(*batch, *count-first)
		bad, err := runBatch(dir, *seed+uint64(first), n, &total)
		if err != nil {
			return err
		}
		differ += bad
		fmt.Printf("%d modules, %d differ (%v; %d calls, of which %d trap)\n", first+n, differ, time.Since(start).Round(time.Second), total.calls, total.traps)
	}
	var traps []string
	for t, n := range total.why {
		traps = append(traps, fmt.Sprintf("%s: %d", t, n))
	}
	sort.Strings(traps)
	fmt.Println(strings.Join(traps, ", "))
	if *keep == "" && differ == 0 {
		os.RemoveAll(dir)
	}
	if differ > 0 {
		return fmt.Errorf("%d modules differ: see %s", differ, dir)
	}
	return nil
}

type stats struct {
	mu           sync.Mutex
	calls, traps int
	why          map[string]int
}

var failure = regexp.MustCompile(`(?m)^seed-(\d+):.*$`)

// runBatch runs n modules and gives how many differ.
func runBatch(dir string, first uint64, n int, total *stats) (int, error) {
	work := filepath.Join(dir, "batch")
	if err := os.RemoveAll(work); err != nil {
		return 0, err
	}
	var wg sync.WaitGroup
	seeds := make(chan uint64)
	errs := make(chan error, runtime.GOMAXPROCS(0))
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for s := range seeds {
				if err := makeScript(work, s, total); err != nil {
					select {
					case errs <- fmt.Errorf("seed %d: %w", s, err):
					default:
					}
				}
			}
		})
	}
	for i := range n {
		seeds <- first + uint64(i)
	}
	close(seeds)
	wg.Wait()
	select {
	case err := <-errs:
		return 0, err
	default:
	}
	cmd := exec.Command(*wc2go, append(append([]string{"wast"}, strings.Fields(*args)...), work)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	bad := map[string]bool{}
	for _, m := range failure.FindAllSubmatch(out, -1) {
		s := string(m[1])
		if !bad[s] {
			fmt.Printf("%s\n", m[0])
			if err := os.Rename(filepath.Join(work, "seed-"+s), filepath.Join(dir, "seed-"+s)); err != nil && !errors.Is(err, os.ErrExist) {
				fmt.Fprintln(os.Stderr, err)
			}
		}
		bad[s] = true
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	last := string(lines[len(lines)-1])
	var passed, failed, skipped int
	if _, serr := fmt.Sscanf(last, "%d passed, %d failed, %d skipped", &passed, &failed, &skipped); serr != nil {
		return 0, fmt.Errorf("wc2go wast: %v\n%s", err, out)
	}
	if skipped > 0 || failed > 0 && len(bad) == 0 {
		return 0, fmt.Errorf("wc2go wast: %s\n%s", last, out)
	}
	return len(bad), os.RemoveAll(work)
}

// trapText are the errors of wazero and the texts of the specification.
var trapText = []struct{ wazero, spec string }{
	{"integer divide by zero", "integer divide by zero"},
	{"integer overflow", "integer overflow"},
	{"invalid conversion to integer", "invalid conversion to integer"},
	{"out of bounds memory access", "out of bounds memory access"},
	{"invalid table access", "table"},
	{"indirect call type mismatch", "indirect call type mismatch"},
	{"unreachable", "unreachable"},
	{"stack overflow", "call stack exhausted"},
}

// makeScript runs a module in wazero and writes its script.
func makeScript(dir string, seed uint64, total *stats) error {
	m := gen.New(seed, gen.Options{SIMD: *simd, Tail: *tail, Exceptions: *except && seed%2 == 1, Size: *size})
	name := fmt.Sprintf("seed-%d", seed)
	s := script{Source: name, Commands: []command{{Type: "module", Line: 1, Filename: "0.wasm", ModuleType: "binary"}}}

	ctx := context.Background()
	features := api.CoreFeaturesV2
	if *tail {
		features |= experimental.CoreFeaturesTailCall
	}
	if *except {
		features |= experimental.CoreFeaturesExceptionHandling
	}
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(features))
	defer rt.Close(ctx)
	inst, err := rt.InstantiateWithConfig(ctx, m.Wasm, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		os.WriteFile(filepath.Join(os.TempDir(), name+".wasm"), m.Wasm, 0o666)
		return fmt.Errorf("wazero: %w", err)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	line := 1
	call := func(field string, sig gen.Sig) error {
		line++
		c := command{Line: line, Action: &action{Type: "invoke", Field: field, Args: []value{}}}
		var in []uint64
		for _, t := range sig.Params {
			v := gen.Bits(r, t)
			in = append(in, v)
			c.Action.Args = append(c.Action.Args, bits(t, v))
		}
		out, err := inst.ExportedFunction(field).Call(ctx, in...)
		total.mu.Lock()
		total.calls++
		if err != nil {
			total.traps++
		}
		total.mu.Unlock()
		if err == nil {
			c.Type = "assert_return"
			for i, t := range sig.Results {
				c.Expected = append(c.Expected, bits(t, out[i]))
			}
			s.Commands = append(s.Commands, c)
			return nil
		}
		c.Type = "assert_trap"
		for _, t := range trapText {
			if strings.Contains(err.Error(), t.wazero) {
				if c.Text = t.spec; c.Text == "call stack exhausted" {
					c.Type = "assert_exhaustion"
				}
				break
			}
		}
		if c.Text == "" {
			return fmt.Errorf("wazero: %w", err)
		}
		total.mu.Lock()
		if total.why == nil {
			total.why = map[string]int{}
		}
		total.why[c.Text]++
		total.mu.Unlock()
		if c.Text == "table" {
			c.Text = "" // wazero does not tell null from out of bounds
		}
		s.Commands = append(s.Commands, c)
		return nil
	}
	digest := gen.Sig{Results: []gen.Type{gen.I64}}
	if err := call(gen.Digest, digest); err != nil {
		return err
	}
	for range 3 {
		for i, sig := range m.Funcs {
			if err := call("f"+strconv.Itoa(i), sig); err != nil {
				return err
			}
		}
		if err := call(gen.Digest, digest); err != nil {
			return err
		}
	}

	dir = filepath.Join(dir, name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "0.wasm"), m.Wasm, 0o666); err != nil {
		return err
	}
	text, err := json.MarshalIndent(&s, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "script.json"), append(text, '\n'), 0o666)
}

func bits(t gen.Type, v uint64) value {
	name := map[gen.Type]string{gen.I32: "i32", gen.I64: "i64", gen.F32: "f32", gen.F64: "f64"}[t]
	if t == gen.I32 || t == gen.F32 {
		v = uint64(uint32(v))
	}
	return value{name, strconv.FormatUint(v, 10)}
}
