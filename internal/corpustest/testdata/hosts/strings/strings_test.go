// corpus: found/runtime/strings.component.wasm
package strings

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"corpus.test/strings/api"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

const unicode = "🚀🚀🚀 𠈄𓀀"

type host struct{ basic int }

func (h *host) TakeBasic(_ context.Context, s string) error {
	h.basic++
	if s != "latin utf16" {
		return fmt.Errorf("take-basic got %q", s)
	}
	return nil
}

func (*host) ReturnUnicode(context.Context) (string, error) { return unicode, nil }

func TestStrings(t *testing.T) {
	st := rt.NewStore()
	defer st.Close()
	h := &host{}
	inst, err := api.Instantiate(t.Context(), st, api.Imports{Imports: h, WASI: wasi.New(wasi.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	if err := inst.TestImports(t.Context()); err != nil || h.basic != 1 {
		t.Errorf("test-imports: %v; take-basic was called %d times", err, h.basic)
	}
	if s, err := inst.ReturnEmpty(t.Context()); err != nil || s != "" {
		t.Errorf("return-empty = %q, %v", s, err)
	}
	for _, want := range []string{"str", unicode, strings.Repeat("größer ", 5000)} {
		if got, err := inst.Roundtrip(t.Context(), want); err != nil || got != want {
			t.Errorf("roundtrip(%.30q) = %.30q, %v", want, got, err)
		}
	}
}

// The guest asserts that roundtrip gets a string that is not empty.
func TestAssertion(t *testing.T) {
	st := rt.NewStore()
	defer st.Close()
	var stderr strings.Builder
	inst, err := api.Instantiate(t.Context(), st, api.Imports{Imports: &host{}, WASI: wasi.New(wasi.Config{Stderr: &stderr})})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := inst.Roundtrip(t.Context(), ""); !errors.Is(err, rt.TrapUnreachable) || !strings.HasPrefix(stderr.String(), "Assertion failed: ") {
		t.Errorf("roundtrip(\"\") = %q, %v; stderr %q", s, err, stderr.String())
	}
}
