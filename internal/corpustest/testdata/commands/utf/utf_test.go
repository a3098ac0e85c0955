// corpus: found/components/utf8-utf16.composed.wasm
package utf

import (
	"bytes"
	"strings"
	"testing"

	"corpus.test/utf/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

// A UTF-8 guest calls a UTF-16 guest: strings are transcoded between the two.
func TestTranscoding(t *testing.T) {
	for _, s := range []string{"asdf中文🀄️⏰", "ascii", "größer", strings.Repeat("🀄x", 1000)} {
		var stdout, stderr bytes.Buffer
		st := rt.NewStore()
		inst, err := api.Instantiate(t.Context(), st, api.Imports{WASI: wasi.New(wasi.Config{Args: []string{"utf8-utf16", s}, Stdout: &stdout, Stderr: &stderr})})
		if err != nil {
			t.Fatal(err)
		}
		if err := inst.Run().Run(t.Context()); err != nil {
			t.Errorf("run: %v; stderr %q", err, stderr.String())
		}
		if got, want := stdout.String(), "ret: "+s+s+"\n"; got != want {
			t.Errorf("stdout %.100q, want %.100q", got, want)
		}
		st.Close()
	}
}
