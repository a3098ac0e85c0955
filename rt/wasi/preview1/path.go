package preview1

import (
	"github.com/wc2go/wc2go/rt/wasi/filesystem"
)

// dir finds a directory and a path in it.
func (s *System) dir(fd, p, n uint32) (filesystem.Descriptor, string, uint32) {
	f := s.fd(fd)
	if f == nil || f.kind != typeDirectory {
		return nil, "", ebadf
	}
	path, e := s.text(p, n)
	return f.desc, path, e
}

func follow(flags uint32) filesystem.PathFlags {
	if flags&1 != 0 {
		return filesystem.PathFlagsSymlinkFollow
	}
	return 0
}

// PathCreateDirectory makes a directory.
func (s *System) PathCreateDirectory(fd, p, n uint32) uint32 {
	d, path, e := s.dir(fd, p, n)
	if e != success {
		return e
	}
	return errnoOf(s.ctx(), d.CreateDirectoryAt(s.ctx(), path))
}

// PathFilestatGet describes a file.
func (s *System) PathFilestatGet(fd, flags, p, n, out uint32) uint32 {
	d, path, e := s.dir(fd, p, n)
	if e != success {
		return e
	}
	ctx := s.ctx()
	st, err := d.StatAt(ctx, follow(flags), path)
	if err != nil {
		return errnoOf(ctx, err)
	}
	h, err := d.MetadataHashAt(ctx, follow(flags), path)
	if err != nil {
		return errnoOf(ctx, err)
	}
	return s.putStat(out, st, h.Lower)
}

// PathFilestatSetTimes sets the times of a file.
func (s *System) PathFilestatSetTimes(fd, flags, p, n uint32, atim, mtim uint64, set uint32) uint32 {
	d, path, e := s.dir(fd, p, n)
	if e != success {
		return e
	}
	a, m, e := times(atim, mtim, set)
	if e != success {
		return e
	}
	return errnoOf(s.ctx(), d.SetTimesAt(s.ctx(), follow(flags), path, a, m))
}

// PathLink makes a hard link.
func (s *System) PathLink(oldFD, flags, op, on, newFD, np, nn uint32) uint32 {
	d, old, e := s.dir(oldFD, op, on)
	if e != success {
		return e
	}
	to, path, e := s.dir(newFD, np, nn)
	if e != success {
		return e
	}
	return errnoOf(s.ctx(), d.LinkAt(s.ctx(), follow(flags), old, to, path))
}

// Flags of path_open.
const (
	openCreate    = 1
	openDirectory = 2
	openExclusive = 4
	openTruncate  = 8
)

// PathOpen opens a file or directory.
func (s *System) PathOpen(fd, lookup, p, n, oflags uint32, rights, inheriting uint64, flags, out uint32) uint32 {
	if f := s.fd(fd); f != nil && f.desc != nil && f.kind != typeDirectory {
		return enotdir // others give ebadf, as in Wasmtime
	}
	d, path, e := s.dir(fd, p, n)
	if e != success {
		return e
	}
	if oflags > 15 || flags > 31 {
		return einval
	}
	if s.bytes(out, 4) == nil {
		return efault
	}
	var of filesystem.OpenFlags
	for _, x := range [...]struct {
		bit  uint32
		flag filesystem.OpenFlags
	}{{openCreate, filesystem.OpenFlagsCreate}, {openDirectory, filesystem.OpenFlagsDirectory},
		{openExclusive, filesystem.OpenFlagsExclusive}, {openTruncate, filesystem.OpenFlagsTruncate}} {
		if oflags&x.bit != 0 {
			of |= x.flag
		}
	}
	// As Wasmtime does, reading and writing go by the rights asked for.
	var df filesystem.DescriptorFlags
	if rights&rightRead != 0 {
		df |= filesystem.DescriptorFlagsRead
	}
	if rights&rightWrite != 0 {
		df |= filesystem.DescriptorFlagsWrite
	}
	if flags&flagSync != 0 {
		df |= filesystem.DescriptorFlagsFileIntegritySync
	}
	if flags&flagDsync != 0 {
		df |= filesystem.DescriptorFlagsDataIntegritySync
	}
	if flags&flagRsync != 0 {
		df |= filesystem.DescriptorFlagsRequestedWriteSync
	}
	ctx := s.ctx()
	opened, err := d.OpenAt(ctx, follow(lookup), path, of, df)
	if err != nil {
		return errnoOf(ctx, err)
	}
	f := &file{desc: opened, os: filesystem.OSFile(opened), flags: uint16(flags)}
	t, err := opened.GetType(ctx)
	if err != nil {
		f.close()
		return errnoOf(ctx, err)
	}
	f.kind = fileType(t)
	parent := s.fd(fd)
	if f.kind == typeDirectory {
		f.rights, f.inherit, f.flags = parent.rights, parent.inherit, 0
	} else {
		f.rights = rightsFile & parent.inherit
		// Without either it can be read.
		if df&filesystem.DescriptorFlagsRead == 0 && df&filesystem.DescriptorFlagsWrite != 0 {
			f.rights &^= rightRead
		}
		if df&filesystem.DescriptorFlagsWrite == 0 {
			f.rights &^= rightWrite
		}
	}
	num, e := s.open(f)
	if e != success {
		return e
	}
	return s.put32(out, num)
}

// PathReadlink reads a symbolic link, as far as there is room.
func (s *System) PathReadlink(fd, p, n, buf, size, out uint32) uint32 {
	d, path, e := s.dir(fd, p, n)
	if e != success {
		return e
	}
	target, err := d.ReadlinkAt(s.ctx(), path)
	if err != nil {
		return errnoOf(s.ctx(), err)
	}
	k := min(uint64(len(target)), uint64(size))
	b := s.bytes(buf, k)
	if b == nil {
		return efault
	}
	copy(b, target)
	return s.put32(out, uint32(k))
}

// PathRemoveDirectory removes an empty directory.
func (s *System) PathRemoveDirectory(fd, p, n uint32) uint32 {
	d, path, e := s.dir(fd, p, n)
	if e != success {
		return e
	}
	return errnoOf(s.ctx(), d.RemoveDirectoryAt(s.ctx(), path))
}

// PathRename renames a file.
func (s *System) PathRename(oldFD, op, on, newFD, np, nn uint32) uint32 {
	d, old, e := s.dir(oldFD, op, on)
	if e != success {
		return e
	}
	to, path, e := s.dir(newFD, np, nn)
	if e != success {
		return e
	}
	return errnoOf(s.ctx(), d.RenameAt(s.ctx(), old, to, path))
}

// PathSymlink makes a symbolic link.
func (s *System) PathSymlink(tp, tn, fd, p, n uint32) uint32 {
	d, path, e := s.dir(fd, p, n)
	if e != success {
		return e
	}
	target, e := s.text(tp, tn)
	if e != success {
		return e
	}
	return errnoOf(s.ctx(), d.SymlinkAt(s.ctx(), target, path))
}

// PathUnlinkFile removes a file.
func (s *System) PathUnlinkFile(fd, p, n uint32) uint32 {
	d, path, e := s.dir(fd, p, n)
	if e != success {
		return e
	}
	return errnoOf(s.ctx(), d.UnlinkFileAt(s.ctx(), path))
}
