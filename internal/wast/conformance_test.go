package wast

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wc2go/wc2go/internal/shared"
)

// suite runs the scripts of a folder of a conformance suite.
func suite(t *testing.T, suite, folder string) (Summary, []string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds programs")
	}
	t.Setenv("WC2GO_CACHE", t.TempDir())
	var b bytes.Buffer
	sum, err := Run(context.Background(), []string{filepath.Join(shared.Scripts(t, suite), folder)}, Options{Timeout: time.Minute, Verbose: true}, &b)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "\t") && len(lines) > 0 {
			lines[len(lines)-1] += line
		} else {
			lines = append(lines, line)
		}
	}
	return sum, lines
}

// known tells the commands of component scripts that cannot be checked, and why.
var known = []struct{ text, why string }{
	{"the text format is not parsed", "what is malformed is the text, which wast2json reads"},
	{"async/cancellable.wast:", "the script needs an option that the specification has removed"},
}

// TestComponentSuite: no command of the component model's scripts fails.
func TestComponentSuite(t *testing.T) {
	for _, folder := range []string{"async", "binary", "linking", "resources", "validation", "values"} {
		t.Run(folder, func(t *testing.T) {
			sum, lines := suite(t, "component-model", folder)
			for _, l := range lines {
				_, rest, _ := strings.Cut(l, ": ")
				why := ""
				for _, k := range known {
					if strings.HasPrefix(rest, "skipped: ") && strings.Contains(l, k.text) {
						why = k.why
					}
				}
				switch {
				case strings.HasPrefix(rest, "note: "):
				case why != "":
					t.Logf("%s (%s)", strings.TrimSpace(l), why)
				default:
					t.Error(l)
				}
			}
			t.Log(sum)
			if sum.Passed == 0 || sum.Failed > 0 {
				t.Error(sum)
			}
		})
	}
}

// ordered are the scripts that count on tasks being taken first come, first
// served, which the specification does not promise.
var ordered = map[string]string{
	"async-calls-sync": "two tasks of different instances that become ready together must run in this order for each to get its own number",
}

// TestShuffled runs the async scripts with ready tasks and events taken in the
// order of 20 seeds: nothing else depends on it.
func TestShuffled(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	t.Setenv("WC2GO_CACHE", t.TempDir())
	all, err := filepath.Glob(filepath.Join(shared.Scripts(t, "component-model"), "async", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, p := range all {
		if ordered[filepath.Base(p)] == "" {
			paths = append(paths, p)
		}
	}
	var first Summary
	for seed := range uint64(20) {
		var b bytes.Buffer
		sum, err := Run(context.Background(), paths, Options{Timeout: time.Minute, Shuffle: seed + 1}, &b)
		if err != nil {
			t.Fatal(err)
		}
		if seed == 0 {
			first = sum
		}
		if sum != first || sum.Passed == 0 || sum.Failed > 0 {
			t.Errorf("seed %d: %v\n%s", seed+1, sum, &b)
		}
	}
	t.Logf("each of 20 seeds: %v", first)
}
