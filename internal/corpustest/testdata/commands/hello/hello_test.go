// corpus: found/components/hello_stdout.component.wasm
package hello

import (
	"bytes"
	"testing"

	"corpus.test/hello/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

func TestStreams(t *testing.T) {
	var stdout, stderr bytes.Buffer
	pre, err := api.Prepare(api.Imports{WASI: wasi.New(wasi.Config{Args: []string{"hello"}, Stdout: &stdout, Stderr: &stderr})})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // an instance of a command runs once
		stdout.Reset()
		stderr.Reset()
		st := rt.NewStore()
		inst, err := pre.Instantiate(t.Context(), st)
		if err != nil {
			t.Fatal(err)
		}
		if err := inst.Run().Run(t.Context()); err != nil {
			t.Error("run:", err)
		}
		if got, want := stdout.String(), "writing to stdout: hello, world\n"; got != want {
			t.Errorf("stdout %q, want %q", got, want)
		}
		if got, want := stderr.String(), "writing to stderr: hello, world\n"; got != want {
			t.Errorf("stderr %q, want %q", got, want)
		}
		st.Close()
	}
}
