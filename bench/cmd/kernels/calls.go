package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	bench "github.com/wc2go/wc2go/bench"
	"github.com/wc2go/wc2go/bench/internal/worker"
)

// This file: what is not the speed of guest code.

// callRow is one measurement: nanoseconds of one operation by engine.
type callRow struct {
	name string
	ns   map[string]float64
}

// callOps are the operations; the names are those that workers know.
var callOps = []struct {
	op, name string
	n        uint32
}{
	{"call", "host → guest call, (i32, i32) → i32", 2000000},
	{"import", "guest → host call, (i32, i32) → i32", 2000000},
	{"grow", "`memory.grow` by a page", 20000},
	{"instantiate", "instantiation (one page of memory)", 2000},
}

var callEngines = []string{"wasmtime", "wazero", "wc2go", "wc2go checked"}

// calls measures the operations, the engines taking turns.
func (w *work) calls() ([]callRow, error) {
	if err := w.generate("calls", bench.Calls); err != nil {
		return nil, err
	}
	if err := w.write(filepath.Join("worker", "calls", "main.go"), []byte(callsWorker)); err != nil {
		return nil, err
	}
	procs := map[string]*worker.Process{}
	defer func() {
		for _, p := range procs {
			p.Stop()
		}
	}()
	for _, e := range callEngines {
		cmd := exec.Command(w.self)
		cmd.Env = append(os.Environ(), workerEnv+"="+e+" calls")
		if tags, ok := strings.CutPrefix(e, "wc2go"); ok {
			if tags != "" {
				tags = "wc2go_checked"
			}
			bin := filepath.Join(w.dir, "bin", "calls"+tags)
			if err := command(w.dir, "go", "build", "-mod=mod", "-tags="+tags, "-o", bin, "./worker/calls"); err != nil {
				return nil, err
			}
			cmd = exec.Command(bin)
		}
		p, err := worker.Start(cmd)
		if err != nil {
			return nil, err
		}
		procs[e] = p
	}
	var rows []callRow
	for _, op := range callOps {
		times := map[string][]time.Duration{}
		for range *rounds {
			for _, e := range callEngines {
				_, t, err := procs[e].Run(op.op, op.n)
				if err != nil {
					return nil, fmt.Errorf("%s: %s: %w", e, op.op, err)
				}
				times[e] = append(times[e], t)
			}
		}
		row := callRow{name: op.name, ns: map[string]float64{}}
		line := fmt.Sprintf("%-12s", op.op)
		for _, e := range callEngines {
			slices.Sort(times[e])
			row.ns[e] = float64(times[e][len(times[e])/2]) / float64(op.n)
			line += fmt.Sprintf("  %s %.1f ns", e, row.ns[e])
		}
		fmt.Fprintln(os.Stderr, line)
		rows = append(rows, row)
	}
	return rows, nil
}

func (rep *report) callTable() string {
	if len(rep.calls) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## Calls, memory and instances\n\nNanoseconds of CPU time for one operation. wc2go goes through the generated API of a component; the others call a core module.\nInstances of wc2go live in one store, which is closed after 1000 of them; those of the others are closed one by one.\n\n| operation | " + strings.Join(callEngines, " | ") + " |\n| --- |" + strings.Repeat(" --: |", len(callEngines)) + "\n")
	for _, r := range rep.calls {
		b.WriteString("| " + r.name)
		for _, e := range callEngines {
			fmt.Fprintf(&b, " | %.1f", r.ns[e])
		}
		b.WriteString(" |\n")
	}
	return b.String()
}

// callsWorker does the operations with the generated package.
const callsWorker = `// Command calls measures calls of a component that wc2go translated.
package main

import (
	"context"
	"fmt"

	"github.com/wc2go/wc2go/bench/internal/worker"
	"github.com/wc2go/wc2go/bench/work/gen/calls"
	"github.com/wc2go/wc2go/rt"
)

func main() { worker.Serve(open) }

type host struct{}

func (host) Get(_ context.Context, a, b uint32) (uint32, error) { return a ^ b, nil }

func open(op string) (worker.Func, error) {
	ctx := context.Background()
	imports := calls.Imports{Get: host{}.Get}
	i, err := calls.Instantiate(ctx, rt.NewStore(), imports)
	if err != nil {
		return nil, err
	}
	switch op {
	case "call":
		return func(n uint32) (uint32, error) {
			r := uint32(0)
			for k := range n {
				var err error
				if r, err = i.Add(ctx, r, k); err != nil {
					return 0, err
				}
			}
			return r, nil
		}, nil
	case "import":
		return func(n uint32) (uint32, error) { return i.Import(ctx, n) }, nil
	case "grow":
		return func(n uint32) (uint32, error) {
			for range n / 1000 {
				s := rt.NewStore()
				i, err := calls.Instantiate(ctx, s, imports)
				if err != nil {
					return 0, err
				}
				if r, err := i.Grow(ctx, 1000); err != nil || r != 1000 {
					return 0, fmt.Errorf("grow: %d, %v", r, err)
				}
				if err := s.Close(); err != nil {
					return 0, err
				}
			}
			return 1000, nil
		}, nil
	case "instantiate":
		p, err := calls.Prepare(imports)
		if err != nil {
			return nil, err
		}
		return func(n uint32) (uint32, error) {
			s := rt.NewStore()
			for k := range n {
				if k%1000 == 999 {
					s.Close()
					s = rt.NewStore()
				}
				if _, err := p.Instantiate(ctx, s); err != nil {
					return 0, err
				}
			}
			return 0, s.Close()
		}, nil
	}
	return nil, fmt.Errorf("no operation %q", op)
}
`

// buildRow is what it took to translate and build one component.
type buildRow struct {
	name                string
	wasm, gosize        int64
	translate, build    time.Duration
	cpu                 time.Duration // of the build
	translateRSS, goRSS int64         // bytes, of the largest process
}

// translations measures translation and a build from nothing.
func (w *work) translations(files []string) ([]buildRow, error) {
	var rows []buildRow
	for _, file := range files {
		fi, err := os.Stat(file)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(filepath.Base(file), ".wasm")
		dir := filepath.Join(w.dir, "translate", "c"+fmt.Sprint(len(rows)))
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
		row := buildRow{name: name, wasm: fi.Size()}
		timed := func(wall, cpu *time.Duration, rss *int64, cmd *exec.Cmd) error {
			begin := time.Now()
			out, err := cmd.CombinedOutput()
			if err != nil {
				return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
			}
			*wall = time.Since(begin)
			if cpu != nil {
				*cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			}
			*rss = maxRSS(cmd.ProcessState)
			return nil
		}
		abs, err := filepath.Abs(file)
		if err != nil {
			return nil, err
		}
		cmd := exec.Command(filepath.Join(w.dir, "wc2go"), "generate", "-o", dir, abs)
		cmd.Dir = w.dir
		if err := timed(&row.translate, nil, &row.translateRSS, cmd); err != nil {
			return nil, err
		}
		err = filepath.Walk(dir, func(path string, fi os.FileInfo, err error) error {
			if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "checked.go") {
				row.gosize += fi.Size()
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		// A cache of its own that knows the standard library and rt, nothing else.
		cache, err := os.MkdirTemp("", "wc2go-bench")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(cache)
		goBuild := func(pkg string) *exec.Cmd {
			cmd := exec.Command("go", "build", "-mod=mod", pkg)
			cmd.Dir = w.dir
			cmd.Env = append(os.Environ(), "GOCACHE="+cache)
			return cmd
		}
		if out, err := goBuild("github.com/wc2go/wc2go/rt/...").CombinedOutput(); err != nil {
			return nil, fmt.Errorf("rt: %w\n%s", err, out)
		}
		if err := timed(&row.build, &row.cpu, &row.goRSS, goBuild("./translate/"+filepath.Base(dir)+"/...")); err != nil {
			return nil, err
		}
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, row)
		rows = append(rows, row)
	}
	return rows, nil
}

func (rep *report) buildTable() string {
	if len(rep.builds) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## Translation and build\n\nFrom nothing but a built rt; memory is that of the largest process.\n\n| component | wasm, KB | Go, KB | translate, s | memory, MB | go build, s | CPU, s | memory, MB |\n| --- | --: | --: | --: | --: | --: | --: | --: |\n")
	for _, r := range rep.builds {
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f | %d | %.1f | %.1f | %d |\n", r.name, r.wasm>>10, r.gosize>>10, r.translate.Seconds(), r.translateRSS>>20, r.build.Seconds(), r.cpu.Seconds(), r.goRSS>>20)
	}
	return b.String()
}

// maxRSS is the peak memory of a process, in bytes.
func maxRSS(s *os.ProcessState) int64 { return s.SysUsage().(*syscall.Rusage).Maxrss << 10 }
