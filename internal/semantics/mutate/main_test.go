package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMutations: each mutation fits the code as it is. (What they break is found by the command itself, which
// takes longer than tests may.)
func TestMutations(t *testing.T) {
	for _, m := range mutations {
		src, err := os.ReadFile(filepath.Join("..", "..", "..", filepath.FromSlash(m.file)))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(src), m.old); n != 1 || m.old == m.new || len(m.tests) == 0 {
			t.Errorf("%s: %s has it %d times, %d tests", m.rule, m.file, n, len(m.tests))
		}
	}
}
