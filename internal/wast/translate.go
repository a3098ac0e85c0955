package wast

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/wc2go/wc2go/codegen/core"
	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/frontend/validate"
	"github.com/wc2go/wc2go/internal/wast/driver"
	"github.com/wc2go/wc2go/ir"
)

// The modules that scripts import from without having defined them.
var (
	//go:embed spectest/spectest.wasm
	spectest []byte
	//go:embed spectest/threads.wasm
	spectestThreads []byte
	//go:embed spectest/wasmtime.wasm
	wasmtimeModule []byte
	//go:embed spectest/simple.wasm
	simpleModule []byte
)

// module is a module or component that is to be run.
type module struct {
	key   string
	prog  *ir.Program
	model *names.Model      // of a component
	files map[string][]byte // of a component: its package
	size  int               // of the code
	err   error             // why it cannot be run
	mu    sync.Mutex
	tried bool
}

// broken says why the module cannot be run, nil if it can.
func (m *module) broken() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.err
}

// translator translates the modules of scripts, equal ones once.
type translator struct {
	opts    *Options
	mu      sync.Mutex
	modules map[string]*module
}

// entry finds or makes the entry of a module.
func (t *translator) entry(prefix string, data []byte, features *validate.Features) *module {
	h := sha256.Sum256(data)
	key := prefix + hex.EncodeToString(h[:10])
	if features != nil {
		f := sha256.Sum256(fmt.Append(nil, *features))
		key += "_" + hex.EncodeToString(f[:3])
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.modules[key]
	if m == nil {
		m = &module{key: key}
		t.modules[key] = m
	}
	return m
}

// module translates a module; features nil allows everything.
func (t *translator) module(data []byte, features *validate.Features) *module {
	m := t.entry("", data, features)
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.tried {
		m.tried = true
		m.prog, m.err = translate(data, frontend.Options{Features: features, Passes: t.opts.Passes, Fuel: t.opts.Fuel})
		if m.err == nil {
			m.size = codeSize(m.prog)
		}
	}
	return m
}

func codeSize(p *ir.Program) (n int) {
	for _, m := range p.Modules {
		for _, f := range m.Funcs {
			n += int(f.Size) + 32
		}
	}
	return n
}

// translate makes a program of a core module and finds out whether it can be printed.
func translate(data []byte, o frontend.Options) (p *ir.Program, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	p, err = frontend.Translate(data, o)
	if err != nil {
		return nil, err
	}
	core.Callgraph(p)
	if _, err := core.Generate(p, core.Options{ImportPath: "p", Bare: true}); err != nil {
		return nil, err
	}
	return p, nil
}

// script decides what can be decided without running anything, and translates
// the modules that are to be run.
func (t *translator) script(_ context.Context, s *script) error {
	features := s.features()
	seen := map[*module]bool{}
	for i := range s.driver.Commands {
		c, r := &s.driver.Commands[i], &s.outcomes[i]
		file := c.Filename
		if c.ModuleType == "text" {
			file = c.Binary
		}
		read := func() ([]byte, error) { return os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(file))) }
		switch c.Type {
		case "skip":
			*r = outcome{status: driver.Skipped, text: fmt.Sprintf("%s could not be converted: %s", c.Directive, c.Reason)}
			if c.Directive == "module" || c.Directive == "component" {
				c.Type, c.Missing, c.Skip = "module", r.text, true
			}
		case "assert_malformed", "assert_invalid", "assert_malformed_custom", "assert_invalid_custom":
			if file == "" {
				*r = outcome{status: driver.Skipped, text: "the text format is not parsed: " + c.Text}
				continue
			}
			data, err := read()
			if err != nil {
				*r = outcome{status: driver.Failed, text: err.Error()}
				continue
			}
			if strings.HasSuffix(c.Type, "_custom") {
				// What is wrong is an annotation of the text, which must not break the module.
				*r = outcome{status: driver.Skipped, text: "custom sections of text annotations never make a module invalid"}
				if refuse(data, c, features).status == driver.Passed {
					*r = outcome{status: driver.Failed, text: "refused because of a custom section"}
				}
				continue
			}
			*r = refuse(data, c, features)
		case "module", "module_definition", "assert_unlinkable", "assert_uninstantiable", "assert_trap", "assert_exhaustion":
			if c.Action != nil {
				continue
			}
			if file == "" {
				c.Missing, c.Skip = "the text format is not parsed", true
				continue
			}
			data, err := read()
			if err != nil {
				c.Missing = err.Error()
				continue
			}
			var m *module
			if c.Component {
				m = t.component(data, features)
			} else {
				m = t.module(data, features)
			}
			if err := m.broken(); err != nil {
				c.Missing = err.Error()
				continue
			}
			c.Key = m.key
			if !seen[m] {
				seen[m] = true
				s.modules = append(s.modules, m)
				s.size += m.size
			}
		}
	}
	return nil
}

// check decodes and validates a component or module.
func check(data []byte, component bool, f validate.Features) error {
	if component && (binary.IsComponent(data) || len(data) < 8) {
		c, err := binary.DecodeComponent(data, 0)
		if err != nil {
			return err
		}
		return validate.Component(c, f)
	}
	m, err := binary.DecodeModule(data, 0)
	if err != nil {
		return err
	}
	return validate.Module(m, f)
}

// refuse checks that a module is refused.
func refuse(data []byte, c *driver.Command, f *validate.Features) (r outcome) {
	defer func() {
		if p := recover(); p != nil {
			r = outcome{status: driver.Failed, text: fmt.Sprintf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	features := validate.AllFeatures()
	if f != nil {
		features = *f
	}
	err := check(data, c.Component, features)
	var refused *binary.Error
	switch {
	case err == nil:
		return outcome{status: driver.Failed, text: "accepted, want: " + c.Text}
	case !errors.As(err, &refused):
		return outcome{status: driver.Failed, text: err.Error()}
	}
	r.status = driver.Passed
	if !strings.Contains(err.Error(), c.Text) {
		r.note = fmt.Sprintf("refused with %q, the script says %q", err, c.Text)
	}
	return r
}
