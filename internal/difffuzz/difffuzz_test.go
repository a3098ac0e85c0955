package difffuzz

import (
	"strings"
	"testing"

	"github.com/wc2go/wc2go/internal/wast"
)

func TestRegressions(t *testing.T) {
	for _, tags := range []string{"", "wc2go_checked"} {
		t.Run("tags="+tags, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			sum, err := wast.Run(t.Context(), []string{"testdata"}, wast.Options{Tags: tags}, &out)
			if err != nil {
				t.Fatal(err)
			}
			if sum.Failed != 0 || sum.Skipped != 0 || sum.Passed == 0 {
				t.Errorf("%v\n%s", sum, &out)
			}
		})
	}
}
