package lower_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/frontend/lower"
	"github.com/wc2go/wc2go/frontend/validate"
	"github.com/wc2go/wc2go/ir"

	"github.com/wc2go/wc2go/internal/shared"
)

// TestCorpus lowers and verifies every core module of the components in the
// corpus, if it is there.
func TestCorpus(t *testing.T) {
	dir := shared.Corpus(t)
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".wasm") {
			return err
		}
		if info, err := d.Info(); err != nil || testing.Short() && info.Size() > 1<<20 {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if len(data) < 8 || data[6] == 0 {
				m, err := binary.DecodeModule(data, 0)
				if err != nil {
					t.Fatal(err)
				}
				lowerModule(t, m)
				return
			}
			c, err := binary.DecodeComponent(data, 0)
			if err != nil {
				t.Fatal(err)
			}
			lowerAll(t, c)
		})
		return nil
	})
}

func lowerAll(t *testing.T, c *binary.Component) {
	for _, d := range c.Defs {
		switch d := d.(type) {
		case *binary.DefCoreModule:
			lowerModule(t, d.Module)
		case *binary.DefComponent:
			lowerAll(t, d.Component)
		}
	}
}

func lowerModule(t *testing.T, m *binary.Module) {
	if err := validate.Module(m, validate.AllFeatures()); err != nil {
		t.Error(err)
		return
	}
	begin := time.Now()
	out, err := lower.Module(m, 0)
	if err != nil {
		t.Error(err)
		return
	}
	lowered := time.Now()
	p := &ir.Program{Core: true, Modules: []*ir.Module{out}, CoreInstances: []ir.CoreInstance{{}}, Init: []ir.Init{{}}}
	if err := ir.RunPasses(p, ir.PassOptions{}); err != nil {
		t.Error(err)
		return
	}
	if took := time.Since(begin); took > time.Second {
		t.Logf("%d bytes: lowered in %v, passes in %v", len(m.Bytes), lowered.Sub(begin), time.Since(lowered))
	}
}
