package gobuild

import (
	"go/parser"
	"reflect"
	"testing"
	"time"

	"github.com/wc2go/wc2go/rt/command"
)

// TestLiteral: settings are printed with all that is not zero.
func TestLiteral(t *testing.T) {
	fuel := uint64(7)
	for _, c := range []struct {
		s    command.Settings
		want string
	}{
		{command.Settings{}, "command.Settings{}"},
		{command.Settings{Name: "a\"\n", Dirs: []command.Dir{{Host: "h", Guest: "/", ReadOnly: true}, {}}, Funcs: []string{"x", ""}},
			`command.Settings{Name: "a\"\n", Funcs: []string{"x", ""}, Dirs: []command.Dir{command.Dir{Host: "h", Guest: "/", ReadOnly: true}, command.Dir{}}}`},
		{command.Settings{Limits: command.Limits{Memory: 1 << 63, Stack: -1, Fuel: &fuel, Timeout: time.Second}, Server: &command.Server{Quiet: true}},
			`command.Settings{Limits: command.Limits{Memory: 9223372036854775808, Stack: -1, Fuel: new(uint64(7)), Timeout: 1000000000}, Server: &command.Server{Quiet: true}}`},
	} {
		got := literal(reflect.ValueOf(c.s))
		if got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
		if _, err := parser.ParseExpr(got); err != nil {
			t.Error(err)
		}
	}
}
