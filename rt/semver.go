package rt

import (
	"cmp"
	"strconv"
	"strings"
)

// This file: versions in interface names (Binary.md, "canonical interface
// name"): "ns:pkg/iface@0.2.0" can be served by 0.2.12, and the reverse.

// version is a version number without pre-release part.
type version [3]uint64

// splitVersion gives the name up to its version's track, the version up to its
// left-most number that is not zero: "ns:pkg/iface@0.2". ok is false for names
// that are compatible with themselves only.
func splitVersion(name string) (track string, v version, ok bool) {
	i := strings.LastIndexByte(name, '@')
	if i < 0 {
		return "", v, false
	}
	text, _, _ := strings.Cut(name[i+1:], "+")
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return "", v, false
	}
	end := -1
	for n, s := range parts {
		var err error
		if v[n], err = strconv.ParseUint(s, 10, 64); err != nil {
			return "", v, false // a pre-release, "1.0.0-rc.1", too
		}
		if end < 0 && v[n] != 0 {
			end = n
		}
	}
	if end < 0 {
		end = 2 // 0.0.0
	}
	return name[:i+1] + strings.Join(parts[:end+1], "."), v, true
}

func (v version) compare(w version) int {
	return cmp.Or(cmp.Compare(v[0], w[0]), cmp.Compare(v[1], w[1]), cmp.Compare(v[2], w[2]))
}

// bestVersion finds the highest version among n names that can stand for name;
// -1 if there is none. A name itself is for the caller to look up first.
func bestVersion(name string, n int, at func(i int) string) int {
	track, _, ok := splitVersion(name)
	if !ok {
		return -1
	}
	best, high := -1, version{}
	for i := range n {
		if t, v, ok := splitVersion(at(i)); ok && t == track && (best < 0 || v.compare(high) > 0) {
			best, high = i, v
		}
	}
	return best
}
