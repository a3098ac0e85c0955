package filesystem

import (
	"os"
	"syscall"
	"time"
	"unsafe"
)

// between renames or links a file from one directory to another. os.Root has
// no way to name files in two directories at once, so it resolves the directories, and
// the kernel gets their descriptors and plain names, which it cannot leave them by.
func (d *descriptor) between(n *descriptor, old, path string, link bool) error {
	from, oldName, err := d.holder(old)
	if err != nil {
		return err
	}
	defer from.Close()
	to, newName, err := n.holder(path)
	if err != nil {
		return err
	}
	defer to.Close()
	if !link {
		return syscall.Renameat(int(from.Fd()), oldName, int(to.Fd()), newName)
	}
	p, err := syscall.BytePtrFromString(oldName)
	if err != nil {
		return ErrorCodeInvalid
	}
	q, err := syscall.BytePtrFromString(newName)
	if err != nil {
		return ErrorCodeInvalid
	}
	// Without AT_SYMLINK_FOLLOW a symbolic link is linked itself.
	_, _, e := syscall.Syscall6(syscall.SYS_LINKAT, from.Fd(), uintptr(unsafe.Pointer(p)), to.Fd(), uintptr(unsafe.Pointer(q)), 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

// rename renames as the kernel does it: os.Root's Rename refuses to put a directory
// in the place of an empty one.
func (d *descriptor) rename(n *descriptor, old, path string) error {
	return d.between(n, old, path, false)
}

// fileTimes sets the times of an open file, whatever its name is by now. The zero
// time is no change.
func (d *descriptor) fileTimes(atime, mtime time.Time) error {
	times := timespecs(atime, mtime)
	c, err := d.file.SyscallConn()
	if err != nil {
		return err
	}
	var e syscall.Errno
	if err := c.Control(func(fd uintptr) {
		_, _, e = syscall.Syscall6(syscall.SYS_UTIMENSAT, fd, 0, uintptr(unsafe.Pointer(&times)), 0, 0, 0)
	}); err != nil {
		return err
	}
	if e != 0 {
		return e
	}
	return nil
}

// timespecs are two times as utimensat takes them.
func timespecs(atime, mtime time.Time) (times [2]syscall.Timespec) {
	const omit = 1<<30 - 2 // UTIME_OMIT
	for i, t := range []time.Time{atime, mtime} {
		if t.IsZero() {
			times[i] = syscall.Timespec{Nsec: omit}
		} else {
			times[i] = syscall.NsecToTimespec(t.UnixNano())
		}
	}
	return times
}

// linkTimes sets the times of a symbolic link itself. The zero time is no change.
func (d *descriptor) linkTimes(path string, atime, mtime time.Time) error {
	dir, name, err := d.holder(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	const noFollow = 0x100 // AT_SYMLINK_NOFOLLOW
	times := timespecs(atime, mtime)
	p, err := syscall.BytePtrFromString(name)
	if err != nil {
		return ErrorCodeInvalid
	}
	_, _, e := syscall.Syscall6(syscall.SYS_UTIMENSAT, dir.Fd(), uintptr(unsafe.Pointer(p)), uintptr(unsafe.Pointer(&times)), noFollow, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

// holder opens the directory that path names a file of.
func (d *descriptor) holder(path string) (*os.File, string, error) {
	dir, name, slash, err := last(path)
	if err != nil {
		return nil, "", err
	}
	if slash {
		if info, err := d.root.Lstat(path[:len(path)-1]); err == nil && !info.IsDir() {
			return nil, "", ErrorCodeNotDirectory
		}
	}
	f, err := d.root.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY, 0)
	return f, name, err
}
