package wast

import (
	"bytes"
	"context"
	"path/filepath"
	"regexp"
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

// failures gives the lines that are about failed commands.
func failures(lines []string) (out []string) {
	for _, l := range lines {
		if _, rest, ok := strings.Cut(l, ": "); ok && !strings.HasPrefix(rest, "note: ") && !strings.HasPrefix(rest, "skipped: ") {
			out = append(out, l)
		}
	}
	return out
}

// notYet tells the failures of component scripts that are known: what fails needs
// something that is not there yet, or follows such a failure.
var notYet = []struct {
	folder, why string
	text        *regexp.Regexp
}{
	{"linking", "tags need exceptions", regexp.MustCompile(`tags\.wast.*not supported yet: exception handling`)},
}

func TestComponentSuite(t *testing.T) {
	for _, folder := range []string{"async", "binary", "linking", "resources", "validation", "values"} {
		t.Run(folder, func(t *testing.T) {
			sum, lines := suite(t, "component-model", folder)
			known := map[string]int{}
			for _, l := range failures(lines) {
				why := ""
				for _, n := range notYet {
					if n.folder == folder && n.text.MatchString(l) {
						why = n.why
						break
					}
				}
				if why == "" {
					t.Error(l)
				}
				known[why]++
			}
			for why, n := range known {
				if why != "" {
					t.Logf("%d fail: %s", n, why)
				}
			}
			for _, l := range lines {
				if strings.Contains(l, ": skipped: ") {
					t.Log(strings.TrimSpace(l))
				}
			}
			t.Log(sum)
			if sum.Passed == 0 {
				t.Error("nothing passed")
			}
		})
	}
}
