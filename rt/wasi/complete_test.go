package wasi_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wc2go/wc2go/internal/shared"
	"github.com/wc2go/wc2go/rt/wasi"
)

// provided gives the interfaces of wit.go files, and those that a function <Interface>From makes an
// implementation of: Go's compiler then sees to every function.
func provided(t *testing.T) (declared, implemented map[string]bool) {
	t.Helper()
	declared, implemented = map[string]bool{}, map[string]bool{}
	files, err := filepath.Glob("*/wit.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		functions := map[string]bool{}
		others, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		parse := func(name string) *ast.File {
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		for _, name := range others {
			for _, d := range parse(name).Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
					functions[f.Name.Name] = true
				}
			}
		}
		for _, d := range parse(file).Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Doc == nil {
				continue
			}
			for _, c := range g.Doc.List {
				id, ok := strings.CutPrefix(c.Text, "//wc2go:wit ")
				if !ok || strings.Contains(id, "#") {
					continue
				}
				declared[id] = true
				implemented[id] = functions[g.Specs[0].(*ast.TypeSpec).Name.Name+"From"]
			}
		}
	}
	return declared, implemented
}

// TestComplete holds the hosts against the interfaces of WASI 0.2.12.
func TestComplete(t *testing.T) {
	exports := map[string]bool{"wasi:cli/run": true, "wasi:http/incoming-handler": true} // of guests
	declared, implemented := provided(t)
	for id := range declared {
		if name, _, _ := strings.Cut(id, "@"); !implemented[id] && !exports[name] {
			t.Errorf("nothing implements %s", id)
		}
	}
	spec := shared.Dir(t, "spec/wasi-0.2.12")
	iface := regexp.MustCompile(`(?ms)^interface ([a-z0-9-]+) \{(.*?)^\}`)
	files, err := filepath.Glob(filepath.Join(spec, "*", "*.wit"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range iface.FindAllStringSubmatch(string(b), -1) {
			id := "wasi:" + filepath.Base(filepath.Dir(file)) + "/" + m[1] + "@0.2.12"
			free, depth := false, 0 // functions that are not methods make a Go interface
			for line := range strings.SplitSeq(m[2], "\n") {
				line, _, _ = strings.Cut(line, "//")
				free = free || depth == 0 && regexp.MustCompile(`^ +[a-z0-9-]+: func`).MatchString(line)
				depth += strings.Count(line, "{") - strings.Count(line, "}")
			}
			if free {
				n++
				if !declared[id] {
					t.Errorf("%s is missing", id)
				}
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d interfaces", n)
	}
	t.Logf("%d interfaces", n)
}

// TestNetworkAllows has a policy that denies the machine itself asked about it by its other names.
func TestNetworkAllows(t *testing.T) {
	var asked []string
	n := &wasi.Network{Allow: func(use wasi.NetworkUse, a netip.AddrPort) bool {
		asked = append(asked, a.String())
		return !a.Addr().IsLoopback()
	}}
	for _, a := range []string{"127.0.0.1:80", "127.1.2.3:80", "0.0.0.0:80", "[::]:80", "[::1]:80", "[::ffff:127.0.0.1]:80", "[::ffff:0.0.0.0]:80"} {
		for _, use := range []wasi.NetworkUse{wasi.TCPConnect, wasi.UDPSend} {
			if n.Allows(use, netip.MustParseAddrPort(a)) {
				t.Errorf("%v to %s is allowed: asked for %s", use, a, asked[len(asked)-1])
			}
		}
	}
	if !n.Allows(wasi.TCPConnect, netip.MustParseAddrPort("10.0.0.1:80")) || !n.Allows(wasi.TCPBind, netip.MustParseAddrPort("0.0.0.0:80")) {
		t.Error("what is allowed is denied")
	}
	if (&wasi.Network{}).Allows(wasi.TCPConnect, netip.MustParseAddrPort("10.0.0.1:80")) {
		t.Error("the zero policy allows something")
	}
}
