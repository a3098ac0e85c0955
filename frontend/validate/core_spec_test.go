package validate_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/frontend/validate"

	"github.com/wc2go/wc2go/internal/shared"
)

// TestSpecScripts runs the modules of the official test suite's scripts through
// decoding and validation.
func TestSpecScripts(t *testing.T) {
	dir := shared.Scripts(t, "core")
	var scripts []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "script.json" {
			scripts = append(scripts, filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(scripts) == 0 {
		t.Fatalf("no script.json below %s", dir)
	}
	for _, s := range scripts {
		name, _ := filepath.Rel(dir, s)
		t.Run(filepath.ToSlash(name), func(t *testing.T) { specScript(t, s, filepath.ToSlash(name)) })
	}
}

type scriptCommand struct {
	Type       string `json:"type"`
	Line       int    `json:"line"`
	Filename   string `json:"filename"`
	Binary     string `json:"binary_filename"`
	ModuleType string `json:"module_type"`
	Text       string `json:"text"`
}

func specScript(t *testing.T, dir, name string) {
	data, err := os.ReadFile(filepath.Join(dir, "script.json"))
	if err != nil {
		t.Fatal(err)
	}
	var script struct{ Commands []scriptCommand }
	if err := json.Unmarshal(data, &script); err != nil {
		t.Fatal(err)
	}
	features := validate.AllFeatures()
	if strings.HasPrefix(name, "proposals/threads/") {
		// The proposal is written against version 1 of the language.
		features = validate.Features{Threads: true, BulkMemory: true, MultiValue: true}
	}
	features.CustomDescriptors = strings.HasPrefix(name, "proposals/custom-descriptors/")
	var valid, refused, text, skipped int
	for _, c := range script.Commands {
		file := c.Filename
		if c.ModuleType == "text" {
			file = c.Binary
		}
		switch c.Type {
		case "module", "module_definition", "assert_unlinkable", "assert_uninstantiable", "assert_trap":
			if file == "" {
				continue
			}
			if err := checkCore(t, filepath.Join(dir, file), features); err == nil {
				valid++
			} else {
				t.Errorf("line %d: %s: %v", c.Line, c.Type, err)
			}
		case "assert_invalid", "assert_malformed":
			if file == "" {
				skipped++ // text that does not parse
				continue
			}
			err := checkCore(t, filepath.Join(dir, file), features)
			var e *binary.Error
			switch {
			case err == nil:
				t.Errorf("line %d: %s (%s): accepted", c.Line, c.Type, c.Text)
				continue
			case !errors.As(err, &e):
				t.Errorf("line %d: %T is no *binary.Error", c.Line, err)
			case !strings.Contains(e.Message, c.Text):
				if testing.Verbose() {
					t.Logf("line %d: %s: want %q, got %q", c.Line, c.Type, c.Text, e.Message)
				}
			case e.Malformed != (c.Type == "assert_malformed"):
				t.Logf("line %d: %s (%s): %q, malformed=%v", c.Line, c.Type, c.Text, e.Message, e.Malformed)
			default:
				text++
			}
			refused++
		}
	}
	t.Logf("valid %d, refused %d (%d with the expected text), skipped %d", valid, refused, text, skipped)
}

func checkCore(t *testing.T, file string, f validate.Features) error {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := binary.DecodeModule(data, 0)
	if err != nil {
		return err
	}
	return validate.Module(m, f)
}
