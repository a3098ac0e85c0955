//go:build !unix

package gobuild

import (
	"os"
	"os/exec"
)

// ownGroup: here the go command alone is killed; its children notice.
func ownGroup(cmd *exec.Cmd) {}

func umask() os.FileMode { return 0o022 }
