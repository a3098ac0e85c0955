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

// linkTimes sets the times of a symbolic link itself, which cannot be done safely here.
func (d *descriptor) linkTimes(string, time.Time, time.Time) error { return ErrorCodeUnsupported }
