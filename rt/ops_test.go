package rt

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"testing"
)

// TestSmall: what the comments call small can be inlined into big functions.
func TestSmall(t *testing.T) {
	if runtime.GOARCH == "386" {
		t.Skip("without instructions for rounding, these functions are larger")
	}
	src, err := os.ReadFile("ops.go")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "build", "-gcflags=-m=2", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	small := regexp.MustCompile(`(?s)Small\.\nfunc (\w+)`).FindAllSubmatch(src, -1)
	if len(small) == 0 {
		t.Fatal("no small functions")
	}
	for _, m := range small {
		name := m[1]
		if bytes.Equal(name, []byte("SelRef")) {
			continue // generic: its instances have costs, it has none
		}
		c := regexp.MustCompile(`can inline ` + string(name) + ` with cost (\d+)`).FindSubmatch(out)
		if c == nil {
			t.Errorf("%s is not inlined", name)
		} else if n, _ := strconv.Atoi(string(c[1])); n > 20 {
			t.Errorf("%s has cost %d", name, n)
		}
	}
}
