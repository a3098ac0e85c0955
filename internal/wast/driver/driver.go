package driver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/wc2go/wc2go/rt"
)

// Main reads scripts from standard input, a JSON value each, runs them, and
// writes a [Result] for each command to standard output as soon as it is known: if
// the program dies, the results show where.
func Main(modules map[string]rt.CoreModule, components map[string]Component) {
	out := json.NewEncoder(os.Stdout)
	in := json.NewDecoder(os.Stdin)
	for {
		var s Script
		if err := in.Decode(&s); err != nil {
			if !errors.Is(err, io.EOF) {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(2)
			}
			return
		}
		Run(&s, modules, components, func(r Result) { out.Encode(r) })
		out.Encode(Result{Done: true})
	}
}

// Run runs the commands of s. Its core modules share a store, each instance of a
// component has one of its own.
func Run(s *Script, modules map[string]rt.CoreModule, components map[string]Component, report func(Result)) {
	r := &runner{
		modules: modules, components: components, store: rt.NewStore(), ctx: context.Background(),
		named: map[string]instance{}, defs: map[string]*Command{}, linked: map[string]instance{},
		current: instance{why: "there is no module"}, shuffle: s.Shuffle,
	}
	defer r.close()
	r.spectest()
	for i := range s.Commands {
		c := &s.Commands[i]
		err := r.command(c)
		res := Result{Index: c.Index, Status: Passed}
		if err != nil {
			res.Status, res.Message = Failed, err.Error()
			var sk skipped
			if errors.As(err, &sk) {
				res.Status = Skipped
			}
		}
		report(res)
	}
}

// instance is an instance of a module or of a component, or why there is none.
type instance struct {
	in   *rt.CoreInstance
	comp rt.Instance
	why  string
	skip bool
}

// err is the error of a command that needs the instance, which is not there.
func (i instance) err() error {
	if i.skip {
		return skipped(i.why)
	}
	return errors.New(i.why)
}

// skipped is the error of a command that cannot be checked.
type skipped string

func (s skipped) Error() string { return string(s) }

type runner struct {
	modules    map[string]rt.CoreModule
	components map[string]Component
	store      *rt.Store   // of the core instances
	stores     []*rt.Store // of the instances of components
	storeOf    map[rt.Instance]*rt.Store
	host       *Host // nil until a component needs it
	ctx        context.Context
	shuffle    uint64 // of the stores of components

	current instance
	lastDef *Command
	unknown string // why there is no module whose name is not known
	named   map[string]instance
	defs    map[string]*Command
	linked  map[string]instance // by the name they are registered under
	extra   *rt.CoreInstance    // more of spectest
}

// Keys of the modules that make up spectest, of the module wasmtime, and of
// simple-module of the instance host.
const (
	Spectest        = "spectest"
	SpectestThreads = "spectest-threads"
	Wasmtime        = "wasmtime"
	Simple          = "simple-module"
)

func (r *runner) spectest() {
	start := func(key string) instance {
		m, ok := r.modules[key]
		if !ok {
			return instance{why: "module " + key + " could not be translated"}
		}
		in, err := m.Instantiate(r.ctx, r.store, nil)
		if err != nil {
			return instance{why: "module " + key + ": " + err.Error()}
		}
		return instance{in: in}
	}
	r.linked["spectest"] = start(Spectest)
	r.extra = start(SpectestThreads).in
	r.linked["wasmtime"] = start(Wasmtime)
}

// close frees what the script has made.
func (r *runner) close() {
	r.store.Close()
	for _, st := range r.stores {
		st.Close()
	}
}

// command runs one command and gives what is wrong with it.
func (r *runner) command(c *Command) (err error) {
	defer func() {
		// A panic that is no trap is a mistake of generated code or of rt. It has
		// poisoned the store, so what follows in the script fails too.
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	switch c.Type {
	case "module":
		r.define(c)
		return r.start(c.Name, c, c)
	case "module_definition":
		r.define(c)
		return r.translated(c)
	case "module_instance":
		def := r.lastDef
		if c.Module != "" {
			def = r.defs[c.Module]
		}
		if def == nil {
			if r.unknown != "" {
				return skipped(r.unknown)
			}
			return errors.New("no such module definition")
		}
		return r.start(c.Instance, def, c)
	case "register":
		i, err := r.find(c.Name)
		if err == nil && i.comp != nil {
			err = errors.New("an instance of a component cannot be registered for core modules")
		}
		if err != nil {
			i = instance{why: err.Error()}
			var sk skipped
			i.skip = errors.As(err, &sk)
		}
		r.linked[c.As] = i
		return err
	case "action":
		_, err := r.action(c.Action)
		return err
	case "assert_return":
		i, err := r.target(c.Action)
		if err != nil {
			return err
		}
		if i.comp != nil {
			t, got, err := r.invoke(i.comp, c.Action)
			if err != nil {
				return err
			}
			return returned(c.Action, t, got, c.Expected)
		}
		got, err := r.coreAction(i.in, c.Action)
		if err != nil {
			return err
		}
		if len(got) != len(c.Expected) {
			return fmt.Errorf("%d results, want %d", len(got), len(c.Expected))
		}
		for i := range got {
			if !match(&got[i], &c.Expected[i]) {
				return fmt.Errorf("result %d of %q is %s, want %s", i+1, c.Action.Field, show(&got[i]), c.Expected[i].show())
			}
		}
		return nil
	case "assert_trap", "assert_exhaustion":
		if c.Action == nil { // a module whose instantiation traps
			return r.trapping(c)
		}
		got, err := r.action(c.Action)
		return wantTrap(err, c.Text, got)
	case "assert_uninstantiable":
		return r.trapping(c)
	case "assert_unlinkable":
		_, err := r.make(c)
		var link *rt.LinkError
		var unlinked *LinkError
		var trap *rt.Trap // of a segment: scripts of before bulk operations have this
		switch {
		case err == nil:
			return fmt.Errorf("linked, want: %s", c.Text)
		case !errors.As(err, &link) && !errors.As(err, &unlinked) && !errors.As(err, &trap):
			return err
		case !strings.Contains(err.Error(), c.Text):
			return fmt.Errorf("%v, want: %s", err, c.Text)
		}
		return nil
	case "assert_exception":
		got, err := r.action(c.Action)
		switch {
		case err == nil:
			return fmt.Errorf("no exception, got %s", got())
		case !errors.Is(err, rt.TrapUncaughtException):
			return err
		}
		return nil
	}
	return fmt.Errorf("directive %q is not known", c.Type)
}

func (r *runner) define(c *Command) {
	r.lastDef = c
	if c.Skip && c.Name == "" {
		r.unknown = c.Missing
	}
	if c.Name != "" {
		r.defs[c.Name] = c
	}
}

// start makes an instance of the module or component of def and names it.
func (r *runner) start(name string, def, c *Command) error {
	i, err := r.make(def)
	r.set(name, i, err, c)
	if err == nil && i.comp != nil && name != "" {
		err = r.host.reflect(name, i.comp, r.components[def.Key].Exports())
	}
	return err
}

// set makes an instance the current one; err says why there is none.
func (r *runner) set(name string, i instance, err error, c *Command) {
	r.current = i
	if err != nil {
		var sk skipped
		r.current = instance{why: fmt.Sprintf("no module of line %d: %v", c.Line, err), skip: errors.As(err, &sk)}
	}
	if name != "" {
		r.named[name] = r.current
	}
}

func (r *runner) find(name string) (instance, error) {
	i := r.current
	if name != "" {
		var ok bool
		if i, ok = r.named[name]; !ok {
			if r.unknown != "" {
				return i, skipped(r.unknown)
			}
			return i, fmt.Errorf("no instance %q", name)
		}
	}
	if i.in == nil && i.comp == nil {
		return i, i.err()
	}
	return i, nil
}

// missing says why the module or component of a command is not in the program.
func missing(c *Command) error {
	switch {
	case c.Missing == "":
		return nil
	case c.Skip:
		return skipped(c.Missing)
	}
	return errors.New(c.Missing)
}

// translated says whether the command's module or component is in the program.
func (r *runner) translated(c *Command) error {
	if c.Component {
		_, err := r.component(c)
		return err
	}
	_, err := r.module(c)
	return err
}

// make makes an instance of the command's module or component.
func (r *runner) make(c *Command) (instance, error) {
	if c.Component {
		in, err := r.instantiateComponent(c)
		return instance{comp: in}, err
	}
	in, err := r.instantiate(c)
	return instance{in: in}, err
}

func (r *runner) module(c *Command) (rt.CoreModule, error) {
	if err := missing(c); err != nil {
		return rt.CoreModule{}, err
	}
	m, ok := r.modules[c.Key]
	if !ok {
		return m, errors.New("the module is not in the program")
	}
	return m, nil
}

// instantiate makes an instance of the command's module.
func (r *runner) instantiate(c *Command) (*rt.CoreInstance, error) {
	m, err := r.module(c)
	if err != nil {
		return nil, err
	}
	var missing error
	in, err := m.Instantiate(r.ctx, r.store, func(module, name string) (rt.CoreExtern, bool) {
		i, ok := r.linked[module]
		if !ok {
			// As Wasmtime has it: what has a name can be imported by it.
			i, ok = r.named[module]
		}
		if !ok || i.comp != nil {
			return rt.CoreExtern{}, false
		}
		if i.in == nil {
			if missing == nil {
				missing = i.err()
			}
			return rt.CoreExtern{}, false
		}
		x, ok := i.in.Export(name)
		if !ok && module == "spectest" && r.extra != nil {
			x, ok = r.extra.Export(name)
		}
		return x, ok
	})
	if missing != nil {
		return nil, missing
	}
	return in, err
}

// trapping instantiates a module that must trap meanwhile.
func (r *runner) trapping(c *Command) error {
	_, err := r.make(c)
	return wantTrap(err, c.Text, func() string { return "instantiated" })
}

// wantTrap checks that err is the trap that text tells.
func wantTrap(err error, text string, got func() string) error {
	var t *rt.Trap
	if errors.Is(err, rt.ErrPoisoned) {
		// An instance of a component whose store has trapped cannot be entered any
		// more; scripts know this state by the text of Wasmtime's trap.
		t = &rt.Trap{Code: rt.TrapCannotEnter}
		err = t
	}
	switch {
	case err == nil:
		return fmt.Errorf("no trap, got %s; want: %s", got(), text)
	case !errors.As(err, &t):
		return err
	}
	have := err.Error()
	switch {
	case strings.Contains(have, text):
	case strings.HasPrefix(text, "uninitialized element ") && t.Code == rt.TrapIndirectCallToNull:
		// Which element it was the trap does not tell.
	case strings.HasPrefix(text, "null ") && strings.HasSuffix(text, " reference") && t.Code == rt.TrapNullReference:
		// Nor of what type a reference was.
	case sameDirection(have, text, "cannot write"), sameDirection(have, text, "cannot read"):
		// The specification's scripts and Wasmtime's word it differently when an end of a
		// stream or future is done with; Wasmtime's runner takes either for the other.
	default:
		return fmt.Errorf("%v, want: %s", err, text)
	}
	return nil
}

// sameDirection reports whether two texts of traps are about the same kind of copy.
func sameDirection(have, want, what string) bool {
	return strings.Contains(have, what) && strings.Contains(want, what)
}

// target finds the instance that an action is about.
func (r *runner) target(a *Action) (instance, error) {
	if a == nil {
		return instance{}, errors.New("no action")
	}
	return r.find(a.Module)
}

// action carries out an action; got shows what came of it, for people.
func (r *runner) action(a *Action) (got func() string, err error) {
	i, err := r.target(a)
	if err != nil {
		return nil, err
	}
	if i.comp != nil {
		_, vs, err := r.invoke(i.comp, a)
		return func() string {
			s := "no results"
			for _, v := range vs {
				s = rt.FormatWAVE(v)
			}
			return s
		}, err
	}
	vs, err := r.coreAction(i.in, a)
	return func() string { return showAll(vs) }, err
}

// coreAction carries out an action on an instance of a core module.
func (r *runner) coreAction(in *rt.CoreInstance, a *Action) ([]rt.CoreValue, error) {
	x, ok := in.Export(a.Field)
	if !ok {
		return nil, fmt.Errorf("no export %q", a.Field)
	}
	if a.Type == "get" {
		v, ok := x.Global()
		if !ok {
			return nil, fmt.Errorf("export %q is no global", a.Field)
		}
		return []rt.CoreValue{v}, nil
	}
	f, ok := x.Func()
	if !ok {
		return nil, fmt.Errorf("export %q is no function", a.Field)
	}
	args := make([]rt.CoreValue, len(a.Args))
	for i := range a.Args {
		var err error
		if args[i], err = a.Args[i].value(); err != nil {
			return nil, err
		}
	}
	return f.Call(r.ctx, args...)
}
