// Package wast runs WebAssembly test scripts, converted by wast2json: it checks
// with the frontend what must be refused, translates the other modules, a good number of
// them into one program, and has these programs run the scripts.
package wast

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wc2go/wc2go/internal/progress"
	"github.com/wc2go/wc2go/internal/wast/driver"
	"github.com/wc2go/wc2go/ir"
)

// Options say how scripts are run.
type Options struct {
	// Tags are the build tags of the programs.
	Tags string
	// Exec is a command that runs the programs, with its arguments; for programs
	// of another machine.
	Exec []string
	// Timeout is how long one script may run.
	Timeout time.Duration
	// Shuffle is a seed for the order in which ready tasks run; 0: first come, first served.
	Shuffle uint64
	// Verbose lists skipped commands, and refusals whose text is not the script's.
	Verbose bool
	// Passes changes which passes run.
	Passes ir.PassOptions
	// Interruptible and Fuel are options of the code, to test that it is the same code with them.
	Interruptible, Fuel bool
	// MaxVariables is core.Options.MaxVariables of modules.
	MaxVariables int
	// Keep is a directory for the generated programs; "" is a temporary one, which is removed.
	Keep string
	// Progress shows what goes on; nil does not.
	Progress *progress.Progress
}

// Summary counts the commands of the scripts.
type Summary struct{ Passed, Failed, Skipped int }

func (s Summary) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", s.Passed, s.Failed, s.Skipped)
}

// outcome is what became of a command.
type outcome struct {
	status driver.Status // "" if not known yet
	text   string
	note   string // what is worth knowing although it passed
}

// script is a script with what is known of its commands.
type script struct {
	dir      string // of script.json
	name     string // of the source, for people
	driver   driver.Script
	modules  []*module // those the commands need, once each
	outcomes []outcome
	size     int // of the modules' code
}

// Run runs the scripts that paths name: a script.json, its directory, or a
// directory of such directories. Failures are printed to w, in order.
func Run(ctx context.Context, paths []string, o Options, w io.Writer) (Summary, error) {
	if o.Timeout <= 0 {
		o.Timeout = time.Minute
	}
	if err := ir.RunPasses(&ir.Program{}, o.Passes); err != nil {
		return Summary{}, err // of the options: there is nothing to run passes on
	}
	scripts, err := find(paths)
	if err != nil {
		return Summary{}, err
	}
	p := o.Progress
	p.Phase("translate", 0)
	t := &translator{opts: &o, modules: map[string]*module{}}
	if err := each(ctx, scripts, t.script); err != nil {
		return Summary{}, err
	}
	if err := runAll(ctx, scripts, t, &o); err != nil {
		return Summary{}, err
	}
	p.Done()
	var sum Summary
	for _, s := range scripts {
		s.report(&sum, o.Verbose, w)
	}
	return sum, nil
}

// report prints what did not pass, and counts.
func (s *script) report(sum *Summary, verbose bool, w io.Writer) {
	for i := range s.driver.Commands {
		c, r := &s.driver.Commands[i], &s.outcomes[i]
		say := func(what, text string) {
			text = strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n\t")
			fmt.Fprintf(w, "%s:%d: %s%s: %s\n", s.name, c.Line, what, c.Type, text)
		}
		switch r.status {
		case driver.Passed:
			sum.Passed++
			if verbose && r.note != "" {
				say("note: ", r.note)
			}
		case driver.Skipped:
			sum.Skipped++
			if verbose {
				say("skipped: ", r.text)
			}
		default:
			sum.Failed++
			say("", cmp.Or(r.text, "it was not run"))
		}
	}
}

// each calls f with every element of list, as many at a time as there are processors.
func each[T any](ctx context.Context, list []T, f func(context.Context, T) error) error {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var next int
	var first error
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range min(runtime.GOMAXPROCS(0), len(list)) {
		wg.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= len(list) || ctx.Err() != nil {
					return
				}
				if err := f(ctx, list[i]); err != nil {
					mu.Lock()
					if first == nil {
						first = err
					}
					mu.Unlock()
					cancel()
				}
			}
		})
	}
	wg.Wait()
	return cmp.Or(first, ctx.Err())
}

// scriptFile is the name that wast2json gives to scripts.
const scriptFile = "script.json"

// find reads the scripts below paths, in order of their names.
func find(paths []string) ([]*script, error) {
	var scripts []*script
	for _, p := range paths {
		var files []string
		err := filepath.WalkDir(p, func(file string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (d.Name() == scriptFile || file == p) {
				files = append(files, file)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("%s: there is no %s; convert scripts with tools/wast2json", p, scriptFile)
		}
		for _, f := range files {
			s, err := load(f)
			if err != nil { // the others are none the worse for it
				s = &script{dir: filepath.Dir(f), name: f, outcomes: []outcome{{status: driver.Failed, text: err.Error()}}}
				s.driver.Commands = []driver.Command{{Type: "script", Line: 1}}
			}
			scripts = append(scripts, s)
		}
	}
	slices.SortStableFunc(scripts, func(a, b *script) int { return strings.Compare(a.name, b.name) })
	return scripts, nil
}

func load(file string) (*script, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	s := &script{dir: filepath.Dir(file)}
	if err := json.Unmarshal(data, &s.driver); err != nil {
		return nil, fmt.Errorf("this is no script of wast2json: %w", err)
	}
	if s.driver.Commands == nil {
		return nil, errors.New("this is no script of wast2json: it has no commands")
	}
	s.name = cmp.Or(s.driver.Source, s.dir)
	s.outcomes = make([]outcome, len(s.driver.Commands))
	for i := range s.driver.Commands {
		s.driver.Commands[i].Index = i
	}
	return s, nil
}
