// Command kernels measures the code that wc2go generates against its peers: one
// run interleaves all engines, and every engine must give the same checksums. It measures
// kernels, calls, memory.grow, instantiation, whole programs, their start, translation and builds:
//
//	go run ./cmd/kernels -o ../docs
//
// writes performance.md (all but its notes, which people write) and performance.svg there, in about
// ten minutes on two cores. It needs cc and make (Debian: build-essential); Wasmtime,
// wazero and wasm2go are Go modules. The programs are sqlrun and gocmd of the corpus
// (-corpus); native sqlrun needs SQLite, from npm (Debian: npm, clang) or else the
// system's (Debian: libsqlite3-dev).
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wc2go/wc2go/bench"
	"github.com/wc2go/wc2go/bench/internal/engine"
	"github.com/wc2go/wc2go/bench/internal/worker"
)

// engines in the order of the tables.
var engines = []string{"C scalar", "C vectorised", "wasmtime", "wazero", "wasm2go", "wasm2go -unsafe", "wc2go", "wc2go checked", "wc2go interruptible", "wc2go fuel"}

const (
	baseline  = "C scalar"
	workerEnv = "WC2GO_BENCH_WORKER"
	objectEnv = "WC2GO_BENCH_OBJECTS"
)

var (
	rounds      = flag.Int("rounds", 9, "runs of each kernel in each engine")
	only        = flag.String("kernels", "", "kernels to run, with commas; all if empty")
	onlyEngines = flag.String("engines", "", "engines to run, with commas; all if empty")
	disable     = flag.String("disable", "", "passes of wc2go that are not to run, with commas")
	fastest     = flag.Bool("min", false, "take the fastest run of each kernel instead of the median (on a busy machine)")
	outDir      = flag.String("o", "", "directory to write performance.md and performance.svg to")
	workDir     = flag.String("work", "", "directory of generated code; one in the user's cache if empty")
	callsToo    = flag.Bool("calls", true, "measure calls, memory.grow and instantiation too")
	corpus      = flag.String("corpus", "", "directory of sqlrun and gocmd (default: shared/corpus/made beside the repository)")
	programsToo = flag.Bool("programs", true, "measure whole programs too, if the corpus is there")
	translate   = flag.String("translate", "corpus", "components whose translation is measured, with commas; \"corpus\": sqlrun and gocmd, if they are there")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("kernels: ")
	objects := os.Getenv(objectEnv)
	switch os.Getenv(workerEnv) {
	case "C scalar":
		worker.Serve(engine.Native(objects, ".scalar.so"))
		return
	case "C vectorised":
		worker.Serve(engine.Native(objects, ".so"))
		return
	case "wasmtime":
		worker.Serve(engine.Wasmtime())
		return
	case "wazero":
		worker.Serve(engine.Wazero())
		return
	case "wasmtime calls":
		worker.Serve(engine.WasmtimeCalls())
		return
	case "wazero calls":
		worker.Serve(engine.WazeroCalls())
		return
	}
	flag.Parse()
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

// chosen filters a list by a flag.
func chosen[T any](all []T, name func(T) string, list string) []T {
	if list == "" {
		return all
	}
	want := strings.Split(list, ",")
	return slices.DeleteFunc(slices.Clone(all), func(x T) bool { return !slices.Contains(want, name(x)) })
}

func run() error {
	w, err := newWork()
	if err != nil {
		return err
	}
	ks := chosen(bench.Kernels, func(k bench.Kernel) string { return k.Name }, *only)
	es := chosen(engines, func(e string) string { return e }, *onlyEngines)
	if !slices.Contains(es, baseline) {
		es = append([]string{baseline}, es...)
	}
	log.Printf("building in %s", w.dir)
	if err := w.build(es, ks); err != nil {
		return err
	}
	res, err := measure(w, es, ks)
	if err != nil {
		return err
	}
	rep := &report{results: res}
	if *callsToo {
		if rep.calls, err = w.calls(); err != nil {
			return err
		}
	}
	if *corpus == "" {
		*corpus = filepath.Join(w.root, "..", "shared", "corpus", "made")
	}
	if *programsToo {
		if rep.programs, err = w.programs(*corpus, *rounds); err != nil {
			return err
		}
	}
	if rep.builds, err = w.translations(translated()); err != nil {
		return err
	}
	fmt.Print(rep.markdown())
	if *outDir == "" {
		return nil
	}
	path := filepath.Join(*outDir, "performance.md")
	old, _ := os.ReadFile(path)
	if err := os.WriteFile(path, []byte(rep.markdown()+notes(old)), 0o666); err != nil {
		return err
	}
	return rep.chart(filepath.Join(*outDir, "performance.svg"))
}

// translated are the components whose translation is measured.
func translated() []string {
	var out []string
	for f := range strings.FieldsFuncSeq(*translate, func(r rune) bool { return r == ',' }) {
		if f != "corpus" {
			out = append(out, f)
			continue
		}
		for _, name := range []string{"sqlrun", "gocmd"} {
			f := filepath.Join(*corpus, name+".component.wasm")
			if _, err := os.Stat(f); err == nil {
				out = append(out, f)
			}
		}
	}
	return out
}

// results are the times of one run.
type results struct {
	engines []string
	kernels []bench.Kernel
	times   map[string]map[string][]time.Duration // by engine and kernel
	sums    map[string]uint32
}

// measure runs all kernels in all engines. The engines take turns within each
// round, and each round begins with another one.
func measure(w *work, es []string, ks []bench.Kernel) (*results, error) {
	r := &results{engines: es, kernels: ks, times: map[string]map[string][]time.Duration{}, sums: map[string]uint32{}}
	procs := map[string]*worker.Process{}
	defer func() {
		for _, p := range procs {
			p.Stop()
		}
	}()
	for _, e := range es {
		p, err := worker.Start(w.command(e))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e, err)
		}
		procs[e], r.times[e] = p, map[string][]time.Duration{}
	}
	for _, k := range ks {
		for round := -1; round < *rounds; round++ {
			for i := range es {
				e := es[(i+max(round, 0))%len(es)]
				n := k.N
				if round < 0 {
					n = max(n/16, 1) // to warm up
				}
				sum, t, err := procs[e].Run(k.Name, n)
				if err != nil {
					return nil, fmt.Errorf("%s: %s: %w", e, k.Name, err)
				}
				key := fmt.Sprint(k.Name, " ", n)
				if want, ok := r.sums[key]; ok && sum != want {
					return nil, fmt.Errorf("%s: %s(%d) is %#x, want %#x", e, k.Name, n, sum, want)
				}
				r.sums[key] = sum
				if round >= 0 {
					r.times[e][k.Name] = append(r.times[e][k.Name], t)
				}
			}
		}
		line := fmt.Sprintf("%-8s", k.Name)
		for _, e := range es {
			line += fmt.Sprintf("  %s %.2f", e, r.ratio(e, k.Name))
		}
		log.Print(line)
	}
	return r, nil
}

// median is the median time of a kernel.
func (r *results) median(e, kernel string) time.Duration {
	t := slices.Sorted(slices.Values(r.times[e][kernel]))
	if len(t) == 0 {
		return 0
	}
	if *fastest {
		return t[0]
	}
	return t[len(t)/2]
}

// ratio is the median time relative to scalar C.
func (r *results) ratio(e, kernel string) float64 {
	return float64(r.median(e, kernel)) / float64(r.median(baseline, kernel))
}

// command is the process of an engine.
func (w *work) command(e string) *exec.Cmd {
	if bin := w.bins[e]; bin != "" {
		return exec.Command(bin)
	}
	cmd := exec.Command(w.self)
	cmd.Env = append(os.Environ(), workerEnv+"="+e, objectEnv+"="+w.dir)
	return cmd
}
