package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestCurrent: the wit.go of rt/wasi are what regen makes.
func TestCurrent(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	shared := os.Getenv("WC2GO_SHARED")
	if shared == "" {
		shared = filepath.Join(root, "..", "shared")
	}
	spec := filepath.Join(shared, "spec", "wasi-0.2.12")
	if _, err := os.Stat(spec); err != nil {
		t.Skipf("the WIT text of WASI is not here (%v); WC2GO_SHARED may name the folder that holds spec/", err)
	}
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
