//go:build !linux || !(amd64 || arm64 || riscv64 || loong64 || ppc64le) || wc2go_checked

package rt

// populate is a hint that needs what only some kernels have.
func populate(*Memory, []byte) {}
