//go:build !linux

package filesystem

import (
	"os"
	"path/filepath"
	"time"
)

// shared tells whether two descriptors are of one preopened directory.
func (d *descriptor) shared(n *descriptor) bool {
	if d.base == n.base {
		return true
	}
	// A second call of get-directories opened the same directory again.
	a, err1 := d.base.Stat(".")
	b, err2 := n.base.Stat(".")
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

// between renames or links a file from one directory to another: by their
// paths in the preopened directory, if they are still there. Without a way to name files in two
// directories at once, two preopened directories are different devices to a guest.
func (d *descriptor) between(n *descriptor, old, path string, link bool) error {
	if !d.shared(n) {
		return ErrorCodeCrossDevice
	}
	for _, x := range []*descriptor{d, n} {
		now, err := d.base.Stat(x.name)
		if err != nil {
			return err
		}
		opened, err := x.root.Stat(".")
		if err != nil {
			return err
		}
		if !os.SameFile(now, opened) {
			return ErrorCodeCrossDevice // it has been moved
		}
	}
	// Root itself refuses a path that leads out of the directory; within it, ".." of a
	// descriptor must not lead out of that one either.
	if !filepath.IsLocal(filepath.FromSlash(old)) || !filepath.IsLocal(filepath.FromSlash(path)) {
		return ErrorCodeNotPermitted
	}
	from, to := filepath.Join(d.name, old), filepath.Join(n.name, path)
	if link {
		return d.base.Link(from, to)
	}
	return d.base.Rename(from, to)
}

// rename renames. What the guest knows is rename(2): a directory may take the place of an empty
// one, and what it cannot replace has its own error. Without a call for it, the empty one is removed
// first.
func (d *descriptor) rename(n *descriptor, old, path string) error {
	from, err := d.root.Lstat(old)
	if err != nil {
		return err
	}
	if to, err := n.root.Lstat(path); err == nil && !os.SameFile(from, to) {
		switch {
		case from.IsDir() && !to.IsDir():
			return ErrorCodeNotDirectory
		case !from.IsDir() && to.IsDir():
			return ErrorCodeIsDirectory
		case to.IsDir():
			if err := n.root.Remove(path); err != nil {
				return ErrorCodeNotEmpty
			}
		}
	} else if err == nil {
		return nil
	}
	if d == n {
		return d.root.Rename(old, path)
	}
	return d.between(n, old, path, false)
}

// fileTimes sets the times of an open file, by its name as long as that is the file's.
func (d *descriptor) fileTimes(atime, mtime time.Time) error {
	opened, err := d.file.Stat()
	if err != nil {
		return err
	}
	if named, err := d.parent.Lstat(d.name); err != nil || !os.SameFile(opened, named) {
		if named, err = d.parent.Stat(d.name); err != nil || !os.SameFile(opened, named) {
			return ErrorCodeUnsupported
		}
	}
	return d.parent.Chtimes(d.name, atime, mtime)
}

// linkTimes sets the times of a symbolic link itself, which cannot be done safely here.
func (d *descriptor) linkTimes(string, time.Time, time.Time) error { return ErrorCodeUnsupported }
