package corpustest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/frontend/binary"
	"github.com/wc2go/wc2go/internal/shared"
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

// TestFlipped changes random bytes, 2,000 copies of each small component.
func TestFlipped(t *testing.T) {
	forDamaged(t, func(t *testing.T, data []byte, rnd *rand.Rand) {
		count := 2000
		if len(data) > 60_000 {
			count = 500 // most are damaged inside functions, and take long
		}
		if testing.Short() {
			count = 100
		}
		copied := make([]byte, len(data))
		for range count {
			copy(copied, data)
			at, bit := rnd.IntN(len(data)), byte(1+rnd.IntN(255))
			copied[at] ^= bit
			mustRefuseOrTranslate(t, fmt.Sprintf("byte %#x ^ %#x", at, bit), copied)
		}
	})
}

// TestHuge writes the greatest numbers of 32 and 64 bits over random places,
// so that counts and sizes become hostile.
func TestHuge(t *testing.T) {
	huge := []string{"\xff\xff\xff\xff\x0f", "\xff\xff\xff\xff\x07", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x80\x80\x80\x80\x01"}
	forDamaged(t, func(t *testing.T, data []byte, rnd *rand.Rand) {
		copied := make([]byte, len(data))
		for range 300 {
			copy(copied, data)
			// Most of a component is code; its counts stand in front and behind.
			at, n := rnd.IntN(len(data)), huge[rnd.IntN(len(huge))]
			if rnd.IntN(2) == 0 {
				at = rnd.IntN(min(len(data), 1000))
				if rnd.IntN(2) == 0 {
					at = len(data) - 1 - at
				}
			}
			copy(copied[at:], n)
			mustRefuseOrTranslate(t, fmt.Sprintf("%q at %#x", n, at), copied)
		}
	})
}

// TestSpliced copies random pieces to random places, inserts and removes some.
func TestSpliced(t *testing.T) {
	forDamaged(t, func(t *testing.T, data []byte, rnd *rand.Rand) {
		for i := range 300 {
			from, at := rnd.IntN(len(data)), rnd.IntN(len(data))
			piece := data[from:min(len(data), from+1+rnd.IntN(40))]
			copied := slices.Clone(data)
			switch i % 3 {
			case 0:
				copy(copied[at:], piece)
			case 1:
				copied = slices.Insert(copied, at, piece...)
			case 2:
				copied = slices.Delete(copied, from, from+len(piece))
			}
			mustRefuseOrTranslate(t, fmt.Sprintf("splice %d: [%#x:+%d] at %#x", i, from, len(piece), at), copied)
		}
	})
}

// TestFlippedBuilds compiles what damaged but valid components become.
func TestFlippedBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: compiles many packages")
	}
	const each = 8
	tmp := t.TempDir()
	writeGoMod(t, tmp)
	n := 0
	forDamaged(t, func(t *testing.T, data []byte, rnd *rand.Rand) {
		if len(data) > 60_000 {
			t.Skip("the small ones tell enough")
		}
		sound, err := generate(data, "corpus.test/sound")
		if err != nil {
			t.Fatal(err)
		}
		for range 2000 {
			copied := slices.Clone(data)
			copied[rnd.IntN(len(data))] ^= byte(1 + rnd.IntN(255))
			path := fmt.Sprintf("corpus.test/d%d", n)
			files, err := generate(copied, path)
			if err != nil || sameCode(sound, files, path) {
				continue
			}
			for _, f := range files {
				write(t, filepath.Join(tmp, fmt.Sprintf("d%d", n), f.Name), string(f.Data))
			}
			if n++; n%each == 0 {
				break
			}
		}
	})
	if n == 0 {
		t.Fatal("no damaged component is valid")
	}
	cmd := exec.Command("go", "vet", "-trimpath", "./...")
	cmd.Dir, cmd.Env = tmp, goEnv()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go vet of %d damaged components: %v\n%s", n, err, head(out, 60))
	}
}

// generate translates data to a package.
func generate(data []byte, path string) ([]codegen.File, error) {
	p, err := frontend.Translate(data, frontend.Options{})
	if err != nil {
		return nil, err
	}
	files, _, err := codegen.Generate(p, codegen.Options{Package: "damaged", ImportPath: path, Find: findInRepo})
	return files, err
}

// sameCode tells whether b, a package of that import path, is as a, which has
// another: damage in names and custom sections changes nothing.
func sameCode(a, b []codegen.File, path string) bool {
	return slices.EqualFunc(a, b, func(a, b codegen.File) bool {
		return strings.ReplaceAll(string(a.Data), "corpus.test/sound", path) == string(b.Data)
	})
}

// FuzzTranslate translates anything. The seeds are small components.
func FuzzTranslate(f *testing.F) {
	for _, pattern := range []string{
		"goldens/*.wasm", "frontend/*/testdata/*.wasm", "internal/semantics/testdata/*.wasm", "internal/wast/testdata/component/*.wasm", "examples/*/*.wasm",
	} {
		seeds, err := filepath.Glob(filepath.Join(shared.Repo(), pattern))
		if err != nil || len(seeds) == 0 {
			f.Fatalf("no seeds %s: %v", pattern, err)
		}
		for _, name := range seeds {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		if err := translate(data); err != nil {
			t.Error(err)
		}
		if d := time.Since(start); d > maxTime {
			t.Errorf("busy for %v", d)
		}
		runtime.ReadMemStats(&after)
		// What was allocated in all is an upper bound of what was held at a time.
		if d := after.TotalAlloc - before.TotalAlloc; d > maxMemory {
			t.Errorf("allocated %d MiB", d>>20)
		}
	})
}

func forDamaged(t *testing.T, f func(*testing.T, []byte, *rand.Rand)) {
	dir := shared.Corpus(t)
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
	if p.Core && len(p.Modules[0].Imports) > 0 {
		return nil // nobody says what they are: not a package of its own
	}
	// A valid component may still use what code generation does not do yet.
	_, _, err = codegen.Generate(p, codegen.Options{Package: "damaged", ImportPath: "corpus.test/damaged", NoDefaultMaps: true})
	var unsupported *codegen.UnsupportedError
	if err != nil && !errors.As(err, &unsupported) {
		return fmt.Errorf("valid, but not generated: %w", err)
	}
	// That its WASI is not like rt/wasi's is an error that has no offset.
	names.Build(p, names.Options{Path: "corpus.test/damaged", Find: findInRepo})
	return nil
}

// TestDeterministic translates twice and compares every byte.
func TestDeterministic(t *testing.T) {
	dir := shared.Corpus(t)
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
