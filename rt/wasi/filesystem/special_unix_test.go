//go:build unix

package filesystem

import (
	"path/filepath"
	"syscall"
	"testing"
)

// specials makes files in dir that are not files.
func specials(t *testing.T, dir string) {
	check(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o666))
}
