package corpustest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/frontend/binary"
)

// The bounds that bad input must keep.
const (
	maxTime   = 10 * time.Second
	maxMemory = 1 << 30
)

// damaged are components of different origin and size; translating each takes
// well below a second, so that thousands of damaged copies are affordable.
var damaged = []string{
	"found/adder.component.wasm",
	"found/runtime/simple-nested.component.wasm",
	"found/runtime/resource-borrow-simple.component.wasm",
	"found/runtime/records.component.wasm",
	"found/p3/context-sync/component.wasm",
}

// TestTruncated cuts components at 200 random offsets each.
func TestTruncated(t *testing.T) {
	forDamaged(t, func(t *testing.T, data []byte, rnd *rand.Rand) {
		for range 200 {
			n := rnd.IntN(len(data))
			mustRefuseOrTranslate(t, fmt.Sprintf("first %d bytes", n), data[:n])
		}
	})
}

// TestFlipped changes random bytes, 2,000 copies of each component.
func TestFlipped(t *testing.T) {
	count := 2000
	if testing.Short() {
		count = 100
	}
	forDamaged(t, func(t *testing.T, data []byte, rnd *rand.Rand) {
		copied := make([]byte, len(data))
		for range count {
			copy(copied, data)
			at, bit := rnd.IntN(len(data)), byte(1+rnd.IntN(255))
			copied[at] ^= bit
			mustRefuseOrTranslate(t, fmt.Sprintf("byte %#x ^ %#x", at, bit), copied)
		}
	})
}

func forDamaged(t *testing.T, f func(*testing.T, []byte, *rand.Rand)) {
	dir := corpus(t)
	for i, name := range damaged {
		t.Run(filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			f(t, data, rand.New(rand.NewPCG(uint64(i), 2026)))
		})
	}
}

// mustRefuseOrTranslate checks that data is translated, or refused with an offset, within bounds.
func mustRefuseOrTranslate(t *testing.T, what string, data []byte) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		done <- translate(data)
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	case <-time.After(maxTime):
		t.Fatalf("%s: still busy after %v", what, maxTime)
	}
	runtime.ReadMemStats(&after)
	// What was allocated in all is an upper bound of what was held at a time.
	if d := after.TotalAlloc - before.TotalAlloc; d > maxMemory {
		t.Errorf("%s: allocated %d MiB in %v", what, d>>20, time.Since(start))
	}
}

// translate gives an error for what a translation must not do: fail without an offset.
func translate(data []byte) error {
	p, err := frontend.Translate(data, frontend.Options{})
	if err != nil {
		var located *binary.Error
		if !errors.As(err, &located) {
			return fmt.Errorf("refused without an offset: %w", err)
		}
		return nil
	}
	// A valid component may still use what code generation does not do yet.
	_, _, err = codegen.Generate(p, codegen.Options{Package: "damaged", ImportPath: "corpus.test/damaged"})
	var unsupported *codegen.UnsupportedError
	if err != nil && !errors.As(err, &unsupported) {
		return fmt.Errorf("valid, but not generated: %w", err)
	}
	return nil
}

// TestDeterministic translates twice and compares every byte.
func TestDeterministic(t *testing.T) {
	dir := corpus(t)
	for _, name := range append(damaged[:4:4], "found/runtime/resource_aggregates.component.wasm", "found/components/utf8-utf16.composed.wasm") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			var runs [2]map[string]string
			for i := range runs {
				p, err := frontend.Translate(data, frontend.Options{})
				if err != nil {
					t.Fatal(err)
				}
				files, _, err := codegen.Generate(p, codegen.Options{Package: "twice", ImportPath: "corpus.test/twice"})
				if err != nil {
					t.Fatal(err)
				}
				runs[i] = map[string]string{}
				for _, f := range files {
					runs[i][f.Name] = string(f.Data)
				}
			}
			for name, a := range runs[0] {
				if runs[1][name] != a {
					t.Errorf("%s differs between two runs", name)
				}
			}
			if len(runs[0]) != len(runs[1]) || len(runs[0]) == 0 {
				t.Errorf("%d files, then %d", len(runs[0]), len(runs[1]))
			}
		})
	}
}
