package rt

import (
	"strconv"
	"strings"
)

// demangle makes a name of Rust's older mangling ("_ZN4core6option…17h0123456789abcdefE") a
// path, without the hash; other names it leaves as they are.
func demangle(name string) string {
	s, ok := strings.CutPrefix(name, "_ZN")
	if !ok {
		return name
	}
	var parts []string
	for {
		n := 0
		for n < len(s) && '0' <= s[n] && s[n] <= '9' {
			n++
		}
		if n == 0 {
			break
		}
		size, err := strconv.Atoi(s[:n])
		if err != nil || size > len(s)-n {
			return name
		}
		parts = append(parts, s[n:n+size])
		s = s[n+size:]
	}
	// What follows the E may be a suffix of LLVM's, ".llvm.123".
	if len(parts) < 2 || !strings.HasPrefix(s, "E") || !isHash(parts[len(parts)-1]) {
		return name
	}
	parts = parts[:len(parts)-1]
	for i, p := range parts {
		parts[i] = unescape(p)
	}
	return strings.Join(parts, "::")
}

func isHash(s string) bool {
	if len(s) != 17 || s[0] != 'h' {
		return false
	}
	return strings.Trim(s[1:], "0123456789abcdef") == ""
}

var escapes = map[string]string{
	"SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ",",
}

// unescape undoes what the mangling does to characters that linkers do not like.
func unescape(s string) string {
	if strings.HasPrefix(s, "_$") {
		s = s[1:]
	}
	var b strings.Builder
	for s != "" {
		switch {
		case strings.HasPrefix(s, ".."):
			b.WriteString("::")
			s = s[2:]
		case s[0] == '.':
			b.WriteByte('.')
			s = s[1:]
		case s[0] == '$':
			code, rest, ok := strings.Cut(s[1:], "$")
			if !ok {
				b.WriteString(s)
				return b.String()
			}
			if t, ok := escapes[code]; ok {
				b.WriteString(t)
			} else if c, err := strconv.ParseUint(strings.TrimPrefix(code, "u"), 16, 21); err == nil && strings.HasPrefix(code, "u") {
				b.WriteRune(rune(c))
			} else {
				b.WriteString(s)
				return b.String()
			}
			s = rest
		default:
			n := strings.IndexAny(s, ".$")
			if n < 0 {
				n = len(s)
			}
			b.WriteString(s[:n])
			s = s[n:]
		}
	}
	return b.String()
}
