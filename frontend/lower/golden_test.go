package lower_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/frontend/lower"
	"github.com/wc2go/wc2go/frontend/validate"
	"github.com/wc2go/wc2go/internal/golden"
	"github.com/wc2go/wc2go/ir"
)

// TestGolden compares the IR of testdata/*.wasm (assembled from the .wat files
// beside them) with the .txtar files: as lowered; for passes.wasm, after each pass; for
// pass_NAME.wasm, before and after pass NAME.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.wasm")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m, err := binary.DecodeModule(data, 0)
			if err == nil {
				err = validate.Module(m, validate.AllFeatures())
			}
			if err != nil {
				t.Fatal(err)
			}
			out, err := lower.Module(m, 0)
			if err != nil {
				t.Fatal(err)
			}
			var got, before bytes.Buffer
			pass, one := strings.CutPrefix(strings.TrimSuffix(filepath.Base(file), ".wasm"), "pass_")
			after := func(name string, p *ir.Program) {
				switch {
				case one && name == pass:
					fmt.Fprintf(&got, "-- before --\n%s-- after --\n", before.Bytes())
					ir.PrintModule(&got, out)
				case one:
					before.Reset()
					ir.PrintModule(&before, out)
				case name == "frontend" || filepath.Base(file) == "passes.wasm":
					fmt.Fprintf(&got, "-- %s --\n", name)
					ir.PrintModule(&got, out)
				}
			}
			p := &ir.Program{Core: true, Modules: []*ir.Module{out}, CoreInstances: []ir.CoreInstance{{}}, Init: []ir.Init{{}}}
			if pass == "leafglobals" { // not for modules that a host links
				p.Core, p.Instances = false, []ir.ComponentInstance{{Parent: -1}}
				for i := range out.Exports {
					e := &out.Exports[i]
					p.Options = append(p.Options, ir.CanonOptions{ID: ir.OptionsID(i), Callback: &ir.CoreDef{Kind: ir.DefExport, Extern: e.Kind, Index: e.Index}})
				}
			}
			o := ir.PassOptions{After: after}
			if pass == "split" {
				o.Split = &ir.SplitLimits{Path: 4, Nodes: 60, Depth: 100, Piece: 60, Locals: 20}
			}
			if err := ir.RunPasses(p, o); err != nil {
				t.Fatal(err)
			}
			golden.Check(t, strings.TrimSuffix(file, ".wasm")+".txtar", txtar.Parse(got.Bytes()))
		})
	}
}

// TestEveryPass: each pass has a golden.
func TestEveryPass(t *testing.T) {
	for _, p := range ir.Passes {
		if _, err := os.Stat("testdata/pass_" + p.Name + ".wasm"); err != nil {
			t.Errorf("pass %s has no golden: %v", p.Name, err)
		}
	}
}
