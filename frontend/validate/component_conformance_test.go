package validate

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/frontend/binary"

	"github.com/wc2go/wc2go/internal/shared"
)

// TestComponentConformance runs the reference test scripts of the component
// model.
func TestComponentConformance(t *testing.T) {
	dir := shared.Scripts(t, "component-model")
	scripts, _ := filepath.Glob(filepath.Join(dir, "*", "*", "script.json"))
	if len(scripts) == 0 {
		t.Fatalf("no scripts in %s", dir)
	}
	type counts struct{ valid, refused, texts, otherText int }
	folders := map[string]*counts{}
	for _, script := range scripts {
		folder := filepath.Base(filepath.Dir(filepath.Dir(script)))
		if folders[folder] == nil {
			folders[folder] = &counts{}
		}
		runScript(t, script, func(bad, text bool) {
			n := folders[folder]
			switch {
			case !bad:
				n.valid++
			case text:
				n.refused++
				n.texts++
			default:
				n.refused++
				n.otherText++
			}
		})
	}
	for folder, n := range folders {
		t.Logf("%-12s %3d valid, %3d refused (%d with the expected text, %d with another)", folder, n.valid, n.refused, n.texts, n.otherText)
	}
}

func runScript(t *testing.T, script string, count func(bad, text bool)) {
	raw, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Commands []struct {
			Type, Filename, Text string
			Line                 int
			ModuleType           string `json:"module_type"`
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Commands {
		if c.Filename == "" || c.ModuleType == "text" {
			continue
		}
		var bad bool
		switch c.Type {
		case "module", "module_definition":
		case "assert_invalid", "assert_malformed":
			bad = true
		default:
			continue
		}
		data, err := os.ReadFile(filepath.Join(filepath.Dir(script), c.Filename))
		if err != nil {
			t.Fatal(err)
		}
		where := fmt.Sprintf("%s:%d (%s)", script, c.Line, c.Filename)
		err = Bytes(data, AllFeatures())
		switch {
		case !bad && err != nil:
			t.Errorf("%s: is valid, but: %v", where, err)
		case bad && err == nil:
			t.Errorf("%s: %s was accepted; want %q", where, c.Type, c.Text)
		case bad && !strings.Contains(err.Error(), c.Text):
			t.Logf("%s: message differs:\n\tgot  %v\n\twant %s", where, err, c.Text)
			count(true, false)
		default:
			count(bad, true)
		}
	}
}

// TestComponentCorpus validates the real components.
func TestComponentCorpus(t *testing.T) {
	dir := shared.Corpus(t)
	n := 0
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".wasm") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !binary.IsComponent(data) {
			return nil
		}
		n++
		err = Bytes(data, AllFeatures())
		if strings.HasSuffix(path, "async-yield-callee-synchronous.wasm") {
			if err == nil || !strings.Contains(err.Error(), "cancellable") {
				t.Errorf("%s: want a refusal of `cancellable`, got %v", path, err)
			}
		} else if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d components", n)
}
