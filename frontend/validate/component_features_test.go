package validate

import (
	"strings"
	"testing"
)

// TestComponentFeatures: what needs a feature is valid with it only.
func TestComponentFeatures(t *testing.T) {
	for _, tt := range []struct {
		name string
		off  func(f *ComponentFeatures)
		in   string
		err  string
	}{
		{"async function", func(f *ComponentFeatures) { f.Async = false }, comp(vec(7, "\x43\x00\x01\x00")), "async component functions require the component model async feature"},
		{"stream", func(f *ComponentFeatures) { f.Async = false }, comp(vec(7, "\x66\x01\x7d")), "`stream` requires the component model async feature"},
		{"future", func(f *ComponentFeatures) { f.Async = false }, comp(vec(7, "\x65\x00")), "`future` requires the component model async feature"},
		{"yield", func(f *ComponentFeatures) { f.Async = false }, comp(vec(8, "\x0c\x00")), "`thread.yield` requires the component model async feature"},
		{"context", func(f *ComponentFeatures) { f.Async = false }, comp(vec(8, "\x0a\x7f\x00")), "`context.get` requires the component model async feature"},
		{"cancel", func(f *ComponentFeatures) { f.MoreAsyncBuiltins = false }, comp(vec(8, "\x06\x01")), "async `subtask.cancel` requires the component model more async builtins feature"},
		{"read", func(f *ComponentFeatures) { f.MoreAsyncBuiltins = false }, comp(vec(7, "\x65\x00"), vec(8, "\x16\x00\x00")), "synchronous `future.read` requires the component model more async builtins feature"},
		{"stackful", func(f *ComponentFeatures) { f.AsyncStackful = false }, withLibc(vec(7, "\x43\x00\x01\x00"), vec(8, "\x00\x00\x02\x01\x06\x00")), "requires the component model async stackful feature"},
		{"thread", func(f *ComponentFeatures) { f.Threading = false }, comp(vec(8, "\x26")), "`thread.index` requires the component model threading feature"},
		{"error context", func(f *ComponentFeatures) { f.ErrorContext = false }, comp(vec(7, "\x64")), "`error-context` requires the component model error-context feature"},
		{"map", func(f *ComponentFeatures) { f.Map = false }, comp(vec(7, "\x63\x73\x79")), "Maps require the component model map feature"},
		{"fixed-length list", func(f *ComponentFeatures) { f.FixedLengthLists = false }, comp(vec(7, "\x67\x7d\x03")), "Fixed-length lists require the component model fixed-length lists feature"},
		{"implements", func(f *ComponentFeatures) { f.Implements = false }, comp(vec(7, "\x42\x00"), vec(10, "\x02"+str("i")+"\x01\x00"+str("a:b/c")+"\x05\x00")), "the `cm-implements` feature is not active"},
	} {
		if err := Bytes([]byte(tt.in), AllFeatures()); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		f := AllFeatures()
		tt.off(&f.Component)
		if err := Bytes([]byte(tt.in), f); err == nil || !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.err)
		}
	}
}
