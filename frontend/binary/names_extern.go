package binary

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// This file: the names of imports and exports (Explainer.md, "Import and
// Export Definitions" and "Name Uniqueness").

// NameKind says what an extern name is.
type NameKind uint8

// The kinds of extern names.
const (
	NameLabel       NameKind = iota // foo-bar
	NameConstructor                 // [constructor]r
	NameMethod                      // [method]r.f
	NameStatic                      // [static]r.f
	NameInterface                   // ns:pkg/iface@1.2.3
)

// ParsedName is an extern name taken apart.
type ParsedName struct {
	Kind     NameKind
	Resource string // NameConstructor, NameMethod, NameStatic
	Label    string // NameLabel; NameMethod, NameStatic: the function; NameInterface: the interface
	// NameInterface only.
	Namespace, Package string
	Version            string // without @
	HasVersion         bool
	full               string
}

// Unique is the canonical form of the name: two names are strongly unique if
// these differ.
func (n *ParsedName) Unique() string {
	switch n.Kind {
	case NameMethod, NameStatic:
		r, l := strings.ToLower(n.Resource), strings.ToLower(n.Label)
		if r == l {
			return l
		}
		return r + "." + l
	}
	return strings.ToLower(n.full)
}

// IsLabel reports whether s is a label: kebab case, whose fragments are either
// all lower or all upper case.
func IsLabel(s string) bool { return isKebab(s, true) }

func isKebab(s string, acronyms bool) bool {
	for i, f := range strings.Split(s, "-") {
		if f == "" || i == 0 && f[0] >= '0' && f[0] <= '9' {
			return false
		}
		var lower, upper bool
		for j := range len(f) {
			switch c := f[j]; {
			case c >= 'a' && c <= 'z':
				lower = true
			case c >= 'A' && c <= 'Z':
				upper = true
			case c >= '0' && c <= '9':
			default:
				return false
			}
		}
		if upper && (lower || !acronyms) {
			return false
		}
	}
	return true
}

func checkKebab(s string) error {
	if !isKebab(s, true) {
		return fmt.Errorf("`%s` is not in kebab case", s)
	}
	return nil
}

// checkWords checks the name of a namespace or package, which is kebab case
// without acronyms.
func checkWords(s string) error {
	if err := checkKebab(s); err != nil || isKebab(s, false) {
		return err
	}
	i := strings.IndexFunc(s, unicode.IsUpper)
	return fmt.Errorf("character `%c` is not lowercase in package name/namespace", s[i])
}

// ParseExternName takes a name of an import or export apart. The version is
// as written; [ParsedName.CheckVersion] checks it.
func ParseExternName(s string) (ParsedName, error) {
	n := ParsedName{full: s}
	if rest, ok := strings.CutPrefix(s, "[constructor]"); ok {
		n.Kind, n.Resource = NameConstructor, rest
		return n, checkKebab(rest)
	}
	for prefix, kind := range map[string]NameKind{"[method]": NameMethod, "[static]": NameStatic} {
		rest, ok := strings.CutPrefix(s, prefix)
		if !ok {
			continue
		}
		n.Kind = kind
		if n.Resource, n.Label, ok = strings.Cut(rest, "."); !ok {
			return n, fmt.Errorf("failed to find `.` character")
		}
		if err := checkKebab(n.Resource); err != nil {
			return n, err
		}
		return n, checkKebab(n.Label)
	}
	ns, rest, ok := strings.Cut(s, ":")
	if !ok {
		n.Label = s
		return n, checkKebab(s)
	}
	n.Kind, n.Namespace = NameInterface, ns
	if err := checkWords(ns); err != nil {
		return n, err
	}
	n.Package, rest = word(rest)
	if err := checkWords(n.Package); err != nil {
		return n, err
	}
	if rest, ok = strings.CutPrefix(rest, "/"); !ok {
		return n, fmt.Errorf("expected `/` after package name")
	}
	n.Label, rest = word(rest)
	if err := checkKebab(n.Label); err != nil {
		return n, err
	}
	if n.Version, ok = strings.CutPrefix(rest, "@"); !ok {
		if rest != "" {
			return n, fmt.Errorf("trailing characters found: `%s`", rest)
		}
		n.Version = ""
		return n, nil
	}
	n.HasVersion = true
	return n, nil
}

// CheckVersion checks the version of an interface name, together with the
// versionsuffix that the name has, if any.
func (n *ParsedName) CheckVersion(suffix string, hasSuffix bool) error {
	switch {
	case hasSuffix && !n.HasVersion:
		return fmt.Errorf("invalid interface version: a version suffix requires the name to have a version")
	case hasSuffix && suffix == "":
		return fmt.Errorf("version suffix cannot be empty")
	case !n.HasVersion:
		return nil
	}
	full := n.Version + suffix
	if err := CheckSemver(full); err != nil {
		return fmt.Errorf("invalid interface version: `%s` is not a valid semver: %v", full, err)
	}
	if hasSuffix && !isCanonVersion(n.Version) {
		return fmt.Errorf("invalid interface version: `%s` is not the canonical version of `%s`", n.Version, full)
	}
	return nil
}

// word splits off the characters that can stand in a label.
func word(s string) (string, string) {
	i := 0
	for i < len(s) && (s[i] == '-' || s[i] >= '0' && s[i] <= '9' || s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z') {
		i++
	}
	return s[:i], s[i:]
}

// isCanonVersion reports whether s is a canonversion: the part of a version
// that decides compatibility.
func isCanonVersion(s string) bool {
	number := func(s string) bool { return s != "" && s[0] != '0' && strings.Trim(s, "0123456789") == "" }
	if s == "0.0.0" {
		return true
	}
	if rest, ok := strings.CutPrefix(s, "0.0."); ok {
		return number(rest)
	}
	if rest, ok := strings.CutPrefix(s, "0."); ok {
		return number(rest)
	}
	return number(s)
}

// CheckSemver checks that s is a version as of https://semver.org, version 2.0.0.
func CheckSemver(s string) error {
	if s == "" {
		return fmt.Errorf("empty string, expected a semver version")
	}
	parts := [...]string{"major", "minor", "patch"}
	for i, part := range parts {
		digits := 0
		for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
			digits++
		}
		if digits == 0 {
			return unexpected(s, "while parsing "+part+" version number")
		}
		if digits > 1 && s[0] == '0' {
			return fmt.Errorf("invalid leading zero in %s version number", part)
		}
		if _, err := strconv.ParseUint(s[:digits], 10, 64); err != nil {
			return fmt.Errorf("value of %s version number exceeds 64 bits", part)
		}
		s = s[digits:]
		if i < 2 {
			if s == "" || s[0] != '.' {
				return unexpected(s, "after "+part+" version number")
			}
			s = s[1:]
		}
	}
	pre, build, hasBuild := strings.Cut(s, "+")
	if pre != "" {
		if pre[0] != '-' {
			return unexpected(pre, "after patch version number")
		}
		for _, id := range strings.Split(pre[1:], ".") {
			if err := checkIdentifier(id, "pre-release identifier"); err != nil {
				return err
			}
			if len(id) > 1 && id[0] == '0' && strings.Trim(id, "0123456789") == "" {
				return fmt.Errorf("invalid leading zero in pre-release identifier")
			}
		}
	}
	if hasBuild {
		for _, id := range strings.Split(build, ".") {
			if err := checkIdentifier(id, "build metadata"); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkIdentifier(id, what string) error {
	if id == "" {
		return fmt.Errorf("empty identifier segment in %s", what)
	}
	if _, rest := word(id); rest != "" {
		return unexpected(rest, "in "+what)
	}
	return nil
}

func unexpected(s, where string) error {
	for _, c := range s {
		return fmt.Errorf("unexpected character %q %s", c, where)
	}
	return fmt.Errorf("unexpected end of input %s", where)
}
