package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/wc2go/wc2go/internal/shared"
)

// TestCurrent: the wit.go of rt/wasi are what regen makes.
func TestCurrent(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	spec := shared.Dir(t, "spec/wasi-0.2.12")
	out := t.TempDir()
	if err := run(spec, out); err != nil {
		t.Fatal(err)
	}
	for _, p := range packages {
		got, err := os.ReadFile(filepath.Join(out, p.name, "wit.go"))
		if err != nil {
			t.Fatal(err)
		}
		have, err := os.ReadFile(filepath.Join(root, "rt", "wasi", p.name, "wit.go"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, have) {
			t.Errorf("rt/wasi/%s/wit.go is not current: go run ./internal/witworld/regen -spec %s", p.name, spec)
		}
	}
}
