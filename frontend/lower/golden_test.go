package lower_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/frontend/lower"
	"github.com/wc2go/wc2go/frontend/validate"
	"github.com/wc2go/wc2go/ir"
)

var update = flag.Bool("update", false, "write the golden files of testdata")

// TestGolden compares the IR of testdata/*.wasm (assembled from the .wat files
// beside them) with the .txt files: as lowered and, for passes.wasm, after each pass.
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
			var got bytes.Buffer
			after := func(name string, p *ir.Program) {
				if name == "frontend" || filepath.Base(file) == "passes.wasm" {
					fmt.Fprintf(&got, "-- %s --\n", name)
					ir.PrintModule(&got, out)
				}
			}
			p := &ir.Program{Core: true, Modules: []*ir.Module{out}, CoreInstances: []ir.CoreInstance{{}}, Init: []ir.Init{{}}}
			if err := ir.RunPasses(p, ir.PassOptions{After: after}); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".wasm") + ".txt"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s is not current (run go test -update and look at the difference); got:\n%s", golden, got.Bytes())
			}
		})
	}
}
