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

// linkTimes sets the times of a symbolic link itself. The zero time is no change.
func (d *descriptor) linkTimes(path string, atime, mtime time.Time) error {
	dir, name, err := d.holder(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	const omit, noFollow = 1<<30 - 2, 0x100 // UTIME_OMIT, AT_SYMLINK_NOFOLLOW
	var times [2]syscall.Timespec
	for i, t := range []time.Time{atime, mtime} {
		if times[i] = syscall.NsecToTimespec(t.UnixNano()); t.IsZero() {
			times[i] = syscall.Timespec{Nsec: omit}
		}
	}
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
