package names

import (
	"strconv"
	"strings"
)

// This file: single identifiers. What is taken in a scope is decided in
// scope.go; nothing here knows about collisions.

// initialisms are the words that Go spells in one case (the list of
// staticcheck's ST1003, and WIT's own frequent ones).
var initialisms = map[string]string{
	"ipv4": "IPv4", "ipv6": "IPv6", "utf8": "UTF8", "utf16": "UTF16", "wasi": "WASI",
}

func init() {
	for w := range strings.FieldsSeq(`acl api ascii cpu css dns eof gid guid html http https id ip json
		qps ram rpc sla smtp sql ssh tcp tls ttl udp ui uid uri url uuid vm xml xmpp xsrf xss`) {
		initialisms[w] = strings.ToUpper(w)
	}
}

// words splits a kebab-case label at everything that may not stand in a Go
// identifier.
func words(label string) []string {
	return strings.FieldsFunc(label, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
	})
}

func capitalise(w string) string {
	if up, ok := initialisms[w]; ok {
		return up
	}
	return strings.ToUpper(w[:1]) + w[1:]
}

// exported is the exported Go identifier of a label: get-id is GetID. A word in
// upper case is an acronym (Explainer.md, "Import and Export Definitions") and
// stays.
func exported(label string) string { return joined(label, "") }

// joined is exported with sep between the words: x-1 is X_1. It tells labels
// apart that differ in their hyphens only (x-1 and x1).
func joined(label, sep string) string {
	ws := words(label)
	for i, w := range ws {
		ws[i] = capitalise(w)
	}
	id := strings.Join(ws, sep)
	if id == "" || '0' <= id[0] && id[0] <= '9' {
		id = "X" + id
	}
	return id
}

// unexported is the unexported Go identifier of a label: url-path is urlPath.
// It may be a keyword.
func unexported(label string) string {
	ws := words(label)
	if len(ws) == 0 {
		return "x"
	}
	first := strings.ToLower(ws[0])
	for i, w := range ws {
		ws[i] = capitalise(w)
	}
	ws[0] = first
	id := strings.Join(ws, "")
	if '0' <= id[0] && id[0] <= '9' {
		id = "x" + id
	}
	return id
}

// shy are the identifiers that a parameter may not have, with what people
// write instead where there is a custom: keywords, and the predeclared names
// that generated bodies use.
var shy = map[string]string{
	"type": "typ", "func": "fn", "len": "n", "string": "str", "range": "rng", "package": "pkg",
	"interface": "iface", "default": "def", "import": "imp", "map": "mapping", "struct": "structure",
	"var": "variable", "const": "constant", "error": "errValue", "return": "ret",
	"ctx": "", "err": "errValue", "rt": "", "core": "", "context": "", "errors": "", "fmt": "", "unsafe": "", "math": "", "iter": "",
	"wasi": "",
}

func init() {
	for w := range strings.FieldsSeq(`break case chan continue defer else fallthrough for go goto if select switch
		any append bool byte cap clear close comparable complex complex64 complex128 copy delete false
		float32 float64 imag int int8 int16 int32 int64 iota make max min new nil panic print println
		real recover rune true uint uint8 uint16 uint32 uint64 uintptr _ init main`) {
		if _, ok := shy[w]; !ok {
			shy[w] = ""
		}
	}
}

// params gives the Go names of parameters, each once.
func params(labels []string) []string {
	taken := make(map[string]bool, len(labels))
	out := make([]string, len(labels))
	for i, l := range labels {
		id := unexported(l)
		if better, ok := shy[id]; ok {
			if better == "" || taken[better] {
				better = id + "_"
			}
			id = better
		} else if glueName(id) {
			id += "_"
		}
		for n, base := 2, id; taken[id]; n++ {
			id = base + "_" + strconv.Itoa(n)
		}
		taken[id] = true
		out[i] = id
	}
	return out
}

// glueName reports whether id is a name that glue.go declares: liftN, trampN,
// dropN.
func glueName(id string) bool {
	rest := strings.TrimRight(id, "0123456789")
	return rest != id && (rest == "lift" || rest == "tramp" || rest == "drop")
}

// ifaceName is the parsed name of an instance.
type ifaceName struct {
	full             string // as written
	ns, pkg, iface   string
	version          string
	plain            bool // not an interface name
	withoutVersionID string
}

// parseIface takes apart "ns:pkg/iface@1.2.3" (Explainer.md, interfacename) or
// a plain name.
func parseIface(full string) ifaceName {
	n := ifaceName{full: full}
	s := full
	if i := strings.IndexByte(s, '@'); i >= 0 {
		n.version, s = s[i+1:], s[:i]
	}
	n.withoutVersionID = s
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		n.iface, n.plain = s, true
		return n
	}
	n.ns, s = s[:i], s[i+1:]
	n.pkg, n.iface = s, s
	if i := strings.IndexByte(s, '/'); i >= 0 {
		n.pkg, n.iface = s[:i], s[strings.LastIndexByte(s, '/')+1:]
	}
	return n
}

// versionIdent is the suffix that tells versions apart: 0.2.0 is V0_2_0.
func (n ifaceName) versionIdent() string {
	if n.version == "" {
		return ""
	}
	return "V" + strings.Join(words(n.version), "_")
}

// qualifier is what distinguishes a type of the interface from its namesakes.
// Half the world's interfaces are called types; their package says more.
func (n ifaceName) qualifier() string {
	if n.iface == "types" && n.pkg != "" {
		return exported(n.pkg)
	}
	if n.iface == "" {
		return ""
	}
	return exported(n.iface)
}
