// Package archtest keeps the layers of docs/architecture.md: it has tests only.
package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/wc2go/wc2go/"

// rules: packages under a prefix must not import packages under the others.
// Prefixes are relative to the module; "" in deny means any package of another
// module that is not in the standard library.
var rules = []struct {
	of   string
	deny []string
	why  string
}{
	{"rt", []string{"frontend", "ir", "codegen", "internal", "cmd"}, "generated programs link rt: the compiler must not come along"},
	{"ir", []string{"frontend", "codegen", "rt", "internal", "cmd"}, "the IR is the bottom layer"},
	{"frontend", []string{"codegen", "rt", "cmd"}, "data flows one way"},
	{"codegen", []string{"frontend", "rt", "cmd"}, "codegen knows the IR only; it prints calls to rt, it makes none"},
}

func under(pkg, prefix string) bool {
	return pkg == module+prefix || strings.HasPrefix(pkg, module+prefix+"/")
}

func TestLayers(t *testing.T) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Standard", module+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]int{}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, r := range rules {
			if !under(p.ImportPath, r.of) {
				continue
			}
			seen[r.of]++
			for _, imp := range p.Imports {
				for _, d := range r.deny {
					if under(imp, d) {
						t.Errorf("%s imports %s: %s", p.ImportPath, imp, r.why)
					}
				}
				if r.of == "rt" && strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") &&
					!strings.HasPrefix(imp, module) && !strings.HasPrefix(imp, "golang.org/x/sys/") {
					t.Errorf("%s imports %s: rt may use the standard library and golang.org/x/sys only", p.ImportPath, imp)
				}
			}
		}
	}
	for _, r := range rules {
		if seen[r.of] == 0 {
			t.Errorf("no package under %s: the rule checks nothing", r.of)
		}
	}
}
