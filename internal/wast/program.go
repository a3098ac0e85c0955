package wast

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"go/format"
	"maps"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wc2go/wc2go/codegen/core"
	"github.com/wc2go/wc2go/internal/cache"
	"github.com/wc2go/wc2go/internal/project"
	"github.com/wc2go/wc2go/internal/rtsource"
	"github.com/wc2go/wc2go/internal/wast/driver"
	"github.com/wc2go/wc2go/ir"
)

//go:embed driver/*.go
var driverSource embed.FS

// program is a Go program that runs some scripts.
type program struct {
	opts    *Options
	scripts []*script
	modules []*module
}

const (
	// maxCode bounds the wasm code of the modules of one program, so that building
	// it takes neither long nor much memory; maxModules bounds their number.
	maxCode    = 160 << 10
	maxModules = 300
	// goModule is the module path of programs.
	goModule = "wc2go.wast"
)

// programs distributes scripts over programs, in order.
func programs(scripts []*script, t *translator, o *Options) []*program {
	builtin := map[string]*module{
		driver.Spectest:        t.module(spectest, nil),
		driver.SpectestThreads: t.module(spectestThreads, nil),
		driver.Wasmtime:        t.module(wasmtimeModule, nil),
		driver.Simple:          t.module(simpleModule, nil),
	}
	var list []*program
	var size int
	var has map[*module]bool
	for _, s := range scripts {
		if len(s.modules) == 0 {
			// Its commands fail or are skipped, but somebody has to find out which.
			s.withoutProgram()
			continue
		}
		if len(list) == 0 || size+s.size > maxCode || len(has)+len(s.modules) > maxModules {
			list = append(list, &program{opts: o})
			size, has = 0, map[*module]bool{}
			p := list[len(list)-1]
			for _, key := range slices.Sorted(maps.Keys(builtin)) {
				if m := builtin[key]; m.broken() == nil {
					p.modules = append(p.modules, &module{key: key, prog: m.prog, tried: true})
				}
			}
		}
		p := list[len(list)-1]
		p.scripts = append(p.scripts, s)
		size += s.size
		for _, m := range s.modules {
			if !has[m] {
				has[m] = true
				p.modules = append(p.modules, m)
			}
		}
	}
	return list
}

// withoutProgram runs a script none of whose modules can be run.
func (s *script) withoutProgram() {
	d := s.toRun()
	driver.Run(&d, nil, nil, func(r driver.Result) { s.set(r) })
}

// toRun is the script with the commands that are not decided yet.
func (s *script) toRun() driver.Script {
	d := driver.Script{Source: s.driver.Source}
	for i, c := range s.driver.Commands {
		if s.outcomes[i].status == "" || c.Type == "module" {
			d.Commands = append(d.Commands, c)
		}
	}
	return d
}

func (s *script) set(r driver.Result) {
	if r.Index >= 0 && r.Index < len(s.outcomes) && s.outcomes[r.Index].status == "" {
		s.outcomes[r.Index] = outcome{status: r.Status, text: r.Message}
	}
}

// files prints the program: its module's files by slash-separated path.
func (p *program) files() (map[string][]byte, []*module, error) {
	var mods, comps []*module
	prog := &ir.Program{Core: true, Fuel: p.opts.Fuel}
	for _, m := range p.modules {
		if m.broken() != nil {
			continue
		}
		if m.files != nil {
			comps = append(comps, m)
			continue
		}
		// Several programs may have the same module, under different numbers.
		own := *m.prog.Modules[0]
		own.ID = ir.ModuleID(len(mods))
		own.Funcs = slices.Clone(own.Funcs)
		for i, f := range own.Funcs {
			c := *f
			own.Funcs[i] = &c
		}
		prog.Modules = append(prog.Modules, &own)
		mods = append(mods, m)
	}
	core.Callgraph(prog)
	out, err := core.Generate(prog, core.Options{ImportPath: goModule + "/modules", Bare: true, ShardBytes: maxCode/2 + 1, Interruptible: p.opts.Interruptible, MaxVariables: p.opts.MaxVariables})
	if err != nil {
		return nil, nil, err
	}
	files := map[string][]byte{
		"go.mod": []byte("module " + goModule + "\n\ngo 1.26\n\nrequire " + rtsource.Module + " v0.0.0\n\nreplace " + rtsource.Module + " => ./wc2go\n"),
		"main.go": []byte(`package main

import (
	"` + goModule + `/components"
	"` + goModule + `/driver"
	"` + goModule + `/modules"
)

func main() { driver.Main(modules.Modules, components.Components) }
`),
		"wc2go/go.mod": []byte("module " + rtsource.Module + "\n\ngo 1.26\n"),
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "package modules\n\nimport (\n\t%q\n\t%q\n\t_ %q\n)\n\n// Modules are the modules of the scripts by their keys.\nvar Modules = map[string]rt.CoreModule{\n",
		rtsource.Module+"/rt", goModule+"/modules/internal/core", goModule+"/modules/internal/core/link")
	for i, m := range mods {
		fmt.Fprintf(&b, "\t%q: core.%s,\n", m.key, core.CoreModule(ir.ModuleID(i)))
	}
	b.WriteString("}\n")
	src, err := format.Source(b.Bytes())
	if err != nil {
		return nil, nil, err
	}
	files["modules/modules.go"] = src
	for _, f := range out {
		files["modules/"+f.Name] = f.Data
	}
	if err := componentFiles(files, comps); err != nil {
		return nil, nil, err
	}
	for name, data := range rtsource.Files() {
		if path.Dir(name) == "rt" {
			files["wc2go/"+name] = data
		}
	}
	entries, err := driverSource.ReadDir("driver")
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		if name := "driver/" + e.Name(); !strings.HasSuffix(name, "_test.go") {
			if files[name], err = driverSource.ReadFile(name); err != nil {
				return nil, nil, err
			}
		}
	}
	return files, mods, nil
}

// build builds the program, unless the cache has it. Modules whose code the Go
// compiler refuses are taken out, so that only the commands that need them fail.
func (p *program) build(ctx context.Context, env string) (string, error) {
	for range 20 {
		files, mods, err := p.files()
		if err != nil {
			return "", err
		}
		key := []string{"wast", env, p.opts.Tags}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			key = append(key, name, string(files[name]))
		}
		exe, err := cache.Get(ctx, cache.NewKey(key...), func(ctx context.Context, out string) error {
			return p.compile(ctx, files, out)
		})
		var ce *compileError
		if !errors.As(err, &ce) {
			return exe, err
		}
		if !ce.blame(files, mods, p.modules) {
			return "", err
		}
	}
	return "", errors.New("too many modules that the Go compiler refuses")
}

// compileError is what the Go compiler says.
type compileError struct{ text string }

func (e *compileError) Error() string { return "go build failed:\n" + strings.TrimSpace(e.text) }

// compile writes the files to a directory and builds them.
func (p *program) compile(ctx context.Context, files map[string][]byte, out string) (err error) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		return errors.New("the Go toolchain (1.26 or newer) is needed to build programs, and there is no go command in PATH")
	}
	if p.opts.Keep != "" {
		if err := os.MkdirAll(p.opts.Keep, 0o777); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp(p.opts.Keep, "wc2go-wast-")
	if err != nil {
		return err
	}
	if p.opts.Keep == "" {
		defer os.RemoveAll(dir)
	}
	if err := project.WriteFiles(dir, files); err != nil {
		return err
	}
	args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-gcflags=-e", "-o", out}
	if p.opts.Tags != "" {
		args = append(args, "-tags", p.opts.Tags)
	}
	cmd := exec.CommandContext(ctx, goTool, append(args, ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GO111MODULE=on", "GOTOOLCHAIN=local", "PWD="+dir)
	cmd.WaitDelay = 5 * time.Second
	text, err := cmd.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && len(text) > 0:
		return &compileError{string(text)}
	}
	return err
}

// blameComponents marks the components in whose packages errors are.
func (e *compileError) blameComponents(all []*module) (found bool) {
	for _, m := range all {
		if m.files == nil || m.broken() != nil {
			continue
		}
		for line := range strings.Lines(e.text) {
			if strings.HasPrefix(line, m.dir()+"/") || strings.Contains(line, m.importPath()) && !strings.HasPrefix(line, "#") {
				m.fail(line)
				found = true
				break
			}
		}
	}
	return found
}

// fail says that the Go compiler refuses the module's code.
func (m *module) fail(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = fmt.Errorf("the Go compiler refuses the code: %s", strings.TrimSpace(text))
}

var (
	errorLine = regexp.MustCompile(`(?m)^(modules/[^:\n]+\.go):(\d+):.*$`)
	numbered  = regexp.MustCompile(`\b(?:m|M|core|link|Core)(\d+)(?:f\d+|Refs|Elem\d+|Data)?\b`)
	// declared is the beginning of a declaration that belongs to a module.
	declared = regexp.MustCompile(`^(?:func|type|var) (?:\(m \*M(\d+)\)|(?:m|M|core|link|Core)(\d+))`)
)

// blame marks the modules that have code the compiler refuses; false if none can be found.
func (e *compileError) blame(files map[string][]byte, mods, all []*module) bool {
	if e.blameComponents(all) {
		return true
	}
	reasons := map[int][]string{}
	for _, x := range errorLine.FindAllStringSubmatch(e.text, -1) {
		lines := strings.Split(string(files[x[1]]), "\n")
		at, _ := strconv.Atoi(x[2])
		for n := min(at, len(lines)) - 1; n >= 0; n-- {
			if d := declared.FindStringSubmatch(lines[n]); d != nil {
				k, err := strconv.Atoi(d[1] + d[2])
				if err == nil && k < len(mods) {
					reasons[k] = append(reasons[k], strings.TrimSpace(x[0])+"\n\t"+strings.TrimSpace(lines[at-1]))
				}
				break
			}
		}
	}
	// The linker and the assembler name symbols.
	if len(reasons) == 0 {
		for _, line := range strings.Split(e.text, "\n") {
			if n := numbered.FindStringSubmatch(line); n != nil {
				if k, err := strconv.Atoi(n[1]); err == nil && k < len(mods) {
					reasons[k] = append(reasons[k], line)
				}
			}
		}
	}
	for k, text := range reasons {
		mods[k].fail(strings.Join(text[:min(3, len(text))], "\n"))
	}
	return len(reasons) > 0
}
