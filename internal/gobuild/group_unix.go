//go:build unix

package gobuild

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup lets cmd run in a process group of its own, which is killed as a
// whole when the context is cancelled: the go command's children too.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// umask is the process's file mode creation mask.
func umask() os.FileMode {
	m := syscall.Umask(0)
	syscall.Umask(m)
	return os.FileMode(m)
}
