package lower_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/frontend/lower"
	"github.com/wc2go/wc2go/frontend/validate"
	"github.com/wc2go/wc2go/ir"

	"github.com/wc2go/wc2go/internal/shared"
)

// TestMutations changes bytes of modules at random: what is still valid must
// be lowered to IR that verifies, or refused for a limit, but never fail
// inside.
func TestMutations(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.wasm")
	if os.Getenv("WC2GO_WAST_CORE") != "" { // not by default: it is slow
		more, _ := filepath.Glob(filepath.Join(shared.Scripts(t, "core"), "*", "*.wasm"))
		files = append(files, more...)
	}
	r := rand.New(rand.NewPCG(1, 2))
	valid := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) == 0 {
			continue
		}
		rounds := 200
		if len(files) > 100 {
			rounds = 20
		}
		for range rounds {
			b := append([]byte(nil), data...)
			for range 1 + r.IntN(3) {
				b[r.IntN(len(b))] = byte(r.IntN(256))
			}
			m, err := binary.DecodeModule(b, 0)
			if err != nil || validate.Module(m, validate.AllFeatures()) != nil {
				continue
			}
			valid++
			out, err := lower.Module(m, 0)
			if err != nil {
				t.Logf("%s: %v", file, err)
				if len(err.Error()) > 8 && err.Error()[:8] == "internal" {
					t.Error(err)
				}
				continue
			}
			p := &ir.Program{Core: true, Modules: []*ir.Module{out}, CoreInstances: []ir.CoreInstance{{}}, Init: []ir.Init{{}}}
			if err := ir.RunPasses(p, ir.PassOptions{}); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
	t.Logf("%d valid", valid)
}
