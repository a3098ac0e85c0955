// Package archtest keeps the layers of docs/architecture.md: it has tests only.
package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
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

// goPackage is what go list tells about a package.
type goPackage struct {
	ImportPath string
	Imports    []string
}

// packages are those of the module.
func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestLayers(t *testing.T) {
	seen := map[string]int{}
	for _, p := range packages(t) {
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

// TestTable: the table of packages in docs/architecture.md has every package of the
// compiler and its imports of ours, no more and no less.
func TestTable(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{} // the third column by the package
	for _, m := range regexp.MustCompile(`(?m)^\| (`+"`"+`.*) \| .* \| (.*) \|$`).FindAllStringSubmatch(string(text), -1) {
		for _, name := range quoted(m[1]) {
			rows[name] = m[2]
		}
	}
	byPath := map[string]goPackage{}
	for _, p := range packages(t) {
		if name, ok := strings.CutPrefix(p.ImportPath, module); ok {
			byPath[name] = p
		}
	}
	for name, imports := range rows {
		if !strings.HasSuffix(name, "/…") && byPath[name].ImportPath == "" {
			t.Errorf("there is no package %s (%s)", name, imports)
		}
	}
	for name, p := range byPath {
		top, _, _ := strings.Cut(name, "/")
		if !slices.Contains([]string{"cmd", "codegen", "frontend", "ir", "rt"}, top) {
			continue
		}
		want, ok := rows[name]
		for up := name; !ok && up != "."; up = path.Dir(up) { // `rt/wasi/…`
			want, ok = rows[up+"/…"]
		}
		switch {
		case !ok:
			t.Errorf("%s is not in the table", name)
			continue
		case want == "any":
			continue
		}
		var have []string
		for _, i := range p.Imports {
			if i, ok := strings.CutPrefix(i, module); ok {
				have = append(have, i)
			}
		}
		names := quoted(want)
		for _, i := range have {
			allowed := strings.Contains(want, "the packages below") && path.Dir(i) == name
			for _, n := range names {
				prefix, whole := strings.CutSuffix(n, "/…")
				allowed = allowed || i == n || i == path.Join(top, n) || whole && strings.HasPrefix(i, prefix+"/")
			}
			if !allowed {
				t.Errorf("%s imports %s; the table has %s", name, i, want)
			}
		}
		for _, n := range names {
			if !strings.HasSuffix(n, "/…") && top != "rt" && !slices.Contains(have, n) && !slices.Contains(have, path.Join(top, n)) {
				t.Errorf("%s does not import %s, as the table has it", name, n)
			}
		}
	}
}

// quoted gives what stands in backticks.
func quoted(text string) []string {
	var names []string
	for i, s := range strings.Split(text, "`") {
		if i%2 == 1 {
			names = append(names, s)
		}
	}
	return names
}
