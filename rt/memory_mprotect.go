//go:build (linux || (darwin && !ios)) && (amd64 || arm64 || riscv64 || loong64 || ppc64le) && !wc2go_checked

package rt

import "syscall"

func mprotect(b []byte) error { return syscall.Mprotect(b, syscall.PROT_READ|syscall.PROT_WRITE) }
