//go:build !(linux || darwin || freebsd)

package rt

// grants reports whether the system would give n bytes. It cannot be asked here.
func grants(n uint64) bool { return n <= maxMemory }
