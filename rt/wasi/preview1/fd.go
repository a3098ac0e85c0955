package preview1

import (
	"errors"
	"io"
	"math"
	"time"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi/clocks"
	"github.com/wc2go/wc2go/rt/wasi/filesystem"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

// vectors reads a list of n pairs of pointer and length at p. f is called with each
// in turn; it says whether to go on.
func (s *System) vectors(p, n uint32, f func(b []byte) bool) uint32 {
	list := s.bytes(p, uint64(n)*8)
	if list == nil {
		return efault
	}
	for ; len(list) > 0; list = list[8:] {
		b := s.bytes(le.Uint32(list), uint64(le.Uint32(list[4:])))
		if b == nil {
			return efault
		}
		if len(b) > 0 && !f(b) {
			break
		}
	}
	return success
}

// gather copies what n vectors at p refer to, up to a bound; one vector is given as it is.
func (s *System) gather(p, n uint32) ([]byte, uint32) {
	if n == 1 {
		list := s.bytes(p, 8)
		if list == nil {
			return nil, efault
		}
		b := s.bytes(le.Uint32(list), uint64(le.Uint32(list[4:])))
		if b == nil {
			return nil, efault
		}
		return b, success
	}
	s.scratch = s.scratch[:0]
	e := s.vectors(p, n, func(b []byte) bool {
		const most = 1 << 20
		if len(s.scratch)+len(b) > most {
			b = b[:most-len(s.scratch)]
		}
		s.scratch = append(s.scratch, b...)
		return len(s.scratch) < most
	})
	return s.scratch, e
}

// read fills vectors by a function that is like io.Reader's Read, but that a
// short read ends it.
func (s *System) read(iovs, n, out uint32, read func(b []byte) (int, error)) uint32 {
	total := uint32(0)
	var fail error
	e := s.vectors(iovs, n, func(b []byte) bool {
		k, err := read(b)
		total += uint32(k)
		fail = err
		return err == nil && k == len(b)
	})
	switch {
	case e != success:
		return e
	case fail != nil && !errors.Is(fail, io.EOF) && total == 0:
		return errnoOf(s.ctx(), fail)
	}
	return s.put32(out, total)
}

// readAt is the read function of a file from *pos on, which it moves.
func (s *System) readAt(f *file, pos *uint64) func(b []byte) (int, error) {
	return func(b []byte) (int, error) {
		if *pos > math.MaxInt64 {
			return 0, filesystem.ErrorCodeInvalid
		}
		if f.os != nil {
			k, err := f.os.ReadAt(b, int64(*pos))
			*pos += uint64(k)
			return k, err
		}
		data, end, err := f.desc.Read(s.ctx(), uint64(len(b)), *pos)
		k := copy(b, data)
		*pos += uint64(k)
		if err == nil && end {
			err = io.EOF
		}
		return k, err
	}
}

// fileFor finds a descriptor that is a file with a right.
func (s *System) fileFor(fd uint32, right uint64) (*file, uint32) {
	f := s.fd(fd)
	switch {
	case f == nil, f.kind == typeDirectory, f.rights&right != right:
		return nil, ebadf
	}
	return f, success
}

// FdRead reads at the descriptor's position.
func (s *System) FdRead(fd, iovs, n, out uint32) uint32 {
	f, e := s.fileFor(fd, rightRead)
	if e != success {
		return e
	}
	switch {
	case f.desc != nil:
		return s.read(iovs, n, out, s.readAt(f, &f.pos))
	case f.conn != nil:
		f.conn.nonblock = f.flags&flagNonblock != 0
		return s.read(iovs, n, out, func(b []byte) (int, error) { return f.conn.read(s.ctx(), b) })
	case f.in == nil:
		return ebadf
	}
	return s.read(iovs, n, out, func(b []byte) (int, error) {
		read := f.in.BlockingRead
		if f.flags&flagNonblock != 0 {
			read = f.in.Read
		}
		data, err := read(s.ctx(), uint64(len(b)))
		if errors.Is(err, wasiio.StreamErrorClosed{}) {
			return 0, io.EOF
		}
		if err == nil && len(data) == 0 {
			return 0, filesystem.ErrorCodeWouldBlock
		}
		// A stream gives what it has; the guest asks again for more.
		return copy(b, data), err
	})
}

// FdPread reads at an offset.
func (s *System) FdPread(fd, iovs, n uint32, off uint64, out uint32) uint32 {
	f, e := s.fileFor(fd, rightRead)
	if e != success {
		return e
	}
	if f.desc == nil {
		return espipe
	}
	return s.read(iovs, n, out, s.readAt(f, &off))
}

// FdWrite writes at the descriptor's position.
func (s *System) FdWrite(fd, iovs, n, out uint32) uint32 {
	f, e := s.fileFor(fd, rightWrite)
	if e != success {
		return e
	}
	b, e := s.gather(iovs, n)
	if e != success {
		return e
	}
	var k int
	var err error
	switch {
	case f.desc != nil:
		k, err = s.writeAt(f, b, &f.pos)
	case f.conn != nil:
		k, err = f.conn.write(s.ctx(), b)
	case f.out != nil:
		k, err = f.out.WriteContext(s.ctx(), b)
	default:
		return ebadf
	}
	if err != nil && k == 0 {
		return errnoOf(s.ctx(), err)
	}
	return s.put32(out, uint32(k))
}

// writeAt writes b to a file at *pos, or at its end, and moves *pos.
func (s *System) writeAt(f *file, b []byte, pos *uint64) (int, error) {
	if f.flags&flagAppend != 0 {
		st, err := f.desc.Stat(s.ctx())
		if err != nil {
			return 0, err
		}
		*pos = st.Size
	}
	if *pos > math.MaxInt64 {
		return 0, filesystem.ErrorCodeInvalid
	}
	if f.os != nil {
		k, err := f.os.WriteAt(b, int64(*pos))
		*pos += uint64(k)
		return k, err
	}
	k, err := f.desc.Write(s.ctx(), b, *pos)
	*pos += k
	return int(k), err
}

// FdPwrite writes at an offset.
func (s *System) FdPwrite(fd, iovs, n uint32, off uint64, out uint32) uint32 {
	f, e := s.fileFor(fd, rightWrite)
	if e != success {
		return e
	}
	if f.desc == nil {
		return espipe
	}
	b, e := s.gather(iovs, n)
	if e != success {
		return e
	}
	k, err := s.writeAt(f, b, &off)
	if err != nil && k == 0 {
		return errnoOf(s.ctx(), err)
	}
	return s.put32(out, uint32(k))
}

// FdSeek moves the position.
func (s *System) FdSeek(fd uint32, delta uint64, whence, out uint32) uint32 {
	f := s.fd(fd)
	switch {
	case f == nil:
		return ebadf
	case f.kind == typeDirectory:
		return ebadf
	case f.desc == nil:
		return espipe
	}
	base := uint64(0)
	switch whence {
	case 0:
	case 1:
		base = f.pos
	case 2:
		st, err := f.desc.Stat(s.ctx())
		if err != nil {
			return errnoOf(s.ctx(), err)
		}
		base = st.Size
	default:
		return einval
	}
	pos := base + delta
	if int64(delta) < 0 && pos > base || int64(delta) > 0 && pos < base {
		return einval
	}
	f.pos = pos
	return s.put64(out, f.pos)
}

// FdTell tells the position.
func (s *System) FdTell(fd, out uint32) uint32 {
	f := s.fd(fd)
	switch {
	case f == nil, f.kind == typeDirectory:
		return ebadf
	case f.desc == nil:
		return espipe
	}
	return s.put64(out, f.pos)
}

// FdClose closes a descriptor.
func (s *System) FdClose(fd uint32) uint32 {
	f := s.fd(fd)
	if f == nil {
		return ebadf
	}
	s.fds[fd] = nil
	s.free = min(s.free, fd)
	return errnoOf(s.ctx(), f.close())
}

// FdRenumber closes to and moves from there.
func (s *System) FdRenumber(from, to uint32) uint32 {
	f, t := s.fd(from), s.fd(to)
	if f == nil || t == nil {
		return ebadf
	}
	if from == to {
		return success
	}
	s.fds[to], s.fds[from] = f, nil
	s.free = min(s.free, from)
	return errnoOf(s.ctx(), t.close())
}

// descriptor finds a descriptor of a file or directory.
func (s *System) descriptor(fd uint32) (filesystem.Descriptor, uint32) {
	f := s.fd(fd)
	if f == nil || f.desc == nil {
		return nil, ebadf
	}
	return f.desc, success
}

// FdSync writes a file to its device.
func (s *System) FdSync(fd uint32) uint32 {
	d, e := s.descriptor(fd)
	if e != success {
		return e
	}
	return errnoOf(s.ctx(), d.Sync(s.ctx()))
}

// FdDatasync writes a file's data to its device.
func (s *System) FdDatasync(fd uint32) uint32 {
	d, e := s.descriptor(fd)
	if e != success {
		return e
	}
	return errnoOf(s.ctx(), d.SyncData(s.ctx()))
}

// FdAdvise is about how a file will be used.
func (s *System) FdAdvise(fd uint32, off, n uint64, advice uint32) uint32 {
	d, e := s.descriptor(fd)
	if e != success {
		return e
	}
	if advice > uint32(filesystem.AdviceNoReuse) {
		return einval
	}
	return errnoOf(s.ctx(), d.Advise(s.ctx(), off, n, filesystem.Advice(advice)))
}

// FdAllocate is not supported, as in WASI 0.2.
func (s *System) FdAllocate(fd uint32, _, _ uint64) uint32 {
	if f := s.fd(fd); f == nil || f.desc == nil || f.kind == typeDirectory {
		return ebadf
	}
	return enotsup
}

// FdFdstatGet describes a descriptor.
func (s *System) FdFdstatGet(fd, out uint32) uint32 {
	f := s.fd(fd)
	if f == nil {
		return ebadf
	}
	b := s.bytes(out, 24)
	if b == nil {
		return efault
	}
	clear(b)
	b[0] = f.kind
	le.PutUint16(b[2:], f.flags)
	le.PutUint64(b[8:], f.rights)
	le.PutUint64(b[16:], f.inherit)
	return success
}

// FdFdstatSetFlags changes flags: append and nonblock.
func (s *System) FdFdstatSetFlags(fd, flags uint32) uint32 {
	f := s.fd(fd)
	switch {
	case f == nil, f.kind == typeDirectory:
		return ebadf
	case flags&^31 != 0, flags&(flagDsync|flagSync|flagRsync) != 0:
		return einval
	}
	f.flags = f.flags&^(flagAppend|flagNonblock) | uint16(flags)
	return success
}

// FdFdstatSetRights takes rights away.
func (s *System) FdFdstatSetRights(fd uint32, base, inheriting uint64) uint32 {
	f := s.fd(fd)
	switch {
	case f == nil:
		return ebadf
	case base&^f.rights != 0, inheriting&^f.inherit != 0:
		return 76 // notcapable
	}
	f.rights, f.inherit = base, inheriting
	return success
}

func fileType(t filesystem.DescriptorType) uint8 {
	switch t {
	case filesystem.DescriptorTypeBlockDevice:
		return typeBlock
	case filesystem.DescriptorTypeCharacterDevice:
		return typeCharacter
	case filesystem.DescriptorTypeDirectory:
		return typeDirectory
	case filesystem.DescriptorTypeRegularFile:
		return typeRegular
	case filesystem.DescriptorTypeSocket:
		return typeStream
	case filesystem.DescriptorTypeSymbolicLink:
		return typeSymlink
	}
	return typeUnknown
}

// nanoseconds since 1970.
func nanoseconds(o rt.Option[clocks.Datetime]) uint64 {
	d, ok := o.Get()
	if !ok {
		return 0
	}
	return uint64(d.Time().UnixNano())
}

// putStat writes a filestat.
func (s *System) putStat(out uint32, st filesystem.DescriptorStat, ino uint64) uint32 {
	b := s.bytes(out, 64)
	if b == nil {
		return efault
	}
	clear(b)
	le.PutUint64(b, 1)
	le.PutUint64(b[8:], ino)
	b[16] = fileType(st.Type)
	le.PutUint64(b[24:], st.LinkCount)
	le.PutUint64(b[32:], st.Size)
	le.PutUint64(b[40:], nanoseconds(st.DataAccessTimestamp))
	le.PutUint64(b[48:], nanoseconds(st.DataModificationTimestamp))
	le.PutUint64(b[56:], nanoseconds(st.StatusChangeTimestamp))
	return success
}

// FdFilestatGet describes an open file.
func (s *System) FdFilestatGet(fd, out uint32) uint32 {
	f := s.fd(fd)
	if f == nil {
		return ebadf
	}
	if f.desc == nil {
		e := s.putStat(out, filesystem.DescriptorStat{}, 0)
		if e == success {
			b := s.bytes(out, 64)
			b[0], b[16] = 0, f.kind
		}
		return e
	}
	ctx := s.ctx()
	st, err := f.desc.Stat(ctx)
	if err != nil {
		return errnoOf(ctx, err)
	}
	h, err := f.desc.MetadataHash(ctx)
	if err != nil {
		return errnoOf(ctx, err)
	}
	return s.putStat(out, st, h.Lower)
}

// FdFilestatSetSize sets the size of a file.
func (s *System) FdFilestatSetSize(fd uint32, size uint64) uint32 {
	d, e := s.descriptor(fd)
	if e != success {
		return e
	}
	return errnoOf(s.ctx(), d.SetSize(s.ctx(), size))
}

// times are the new times that flags speak of.
func times(atim, mtim uint64, flags uint32) (a, m filesystem.NewTimestamp, e uint32) {
	one := func(t uint64, flags uint32) filesystem.NewTimestamp {
		switch flags {
		case 1:
			return filesystem.NewTimestampTimestamp{Value: clocks.FromTime(time.Unix(int64(t/1e9), int64(t%1e9)))}
		case 2:
			return filesystem.NewTimestampNow{}
		}
		return filesystem.NewTimestampNoChange{}
	}
	if flags&3 == 3 || flags&12 == 12 || flags > 15 {
		return nil, nil, einval
	}
	return one(atim, flags&3), one(mtim, flags>>2), success
}

// FdFilestatSetTimes sets the times of an open file.
func (s *System) FdFilestatSetTimes(fd uint32, atim, mtim uint64, flags uint32) uint32 {
	a, m, e := times(atim, mtim, flags)
	if e != success {
		return e
	}
	d, e := s.descriptor(fd)
	if e != success {
		return e
	}
	return errnoOf(s.ctx(), d.SetTimes(s.ctx(), a, m))
}

// FdPrestatGet tells whether a descriptor is a directory that the guest begins with.
func (s *System) FdPrestatGet(fd, out uint32) uint32 {
	f := s.fd(fd)
	if f == nil || f.prefix == "" {
		return ebadf
	}
	b := s.bytes(out, 8)
	if b == nil {
		return efault
	}
	le.PutUint32(b, 0)
	le.PutUint32(b[4:], uint32(len(f.prefix)))
	return success
}

// FdPrestatDirName gives the name of such a directory.
func (s *System) FdPrestatDirName(fd, p, n uint32) uint32 {
	f := s.fd(fd)
	switch {
	case f == nil:
		return ebadf
	case f.prefix == "":
		return enotdir
	}
	if uint64(n) < uint64(len(f.prefix)) {
		return enametoolong
	}
	b := s.bytes(p, uint64(len(f.prefix)))
	if b == nil {
		return efault
	}
	copy(b, f.prefix)
	return success
}

// entry is a name in a directory.
type entry struct {
	name string
	kind uint8
	ino  uint64
}

// FdReaddir lists a directory from the entry cookie on, as far as buf goes; the
// last entry may be cut short.
func (s *System) FdReaddir(fd, buf, size uint32, cookie uint64, out uint32) uint32 {
	f := s.fd(fd)
	if f == nil || f.kind != typeDirectory {
		return ebadf
	}
	b := s.bytes(buf, uint64(size))
	if b == nil {
		return efault
	}
	if cookie == 0 || f.list == nil {
		list, err := s.entries(f.desc)
		if err != nil {
			return errnoOf(s.ctx(), err)
		}
		f.list = list
	}
	used := 0
	for i := cookie; i < uint64(len(f.list)) && used < len(b); i++ {
		var head [24]byte
		e := &f.list[i]
		if e.ino == 0 {
			if h, err := f.desc.MetadataHashAt(s.ctx(), 0, e.name); err == nil {
				e.ino = h.Lower
			}
		}
		le.PutUint64(head[:], i+1)
		le.PutUint64(head[8:], e.ino)
		le.PutUint32(head[16:], uint32(len(e.name)))
		head[20] = e.kind
		used += copy(b[used:], head[:])
		used += copy(b[used:], e.name)
	}
	return s.put32(out, uint32(used))
}

func (s *System) entries(d filesystem.Descriptor) ([]entry, error) {
	ctx := s.ctx()
	list := []entry{{name: ".", kind: typeDirectory}, {name: "..", kind: typeDirectory, ino: 1}}
	if h, err := d.MetadataHash(ctx); err == nil {
		list[0].ino, list[1].ino = h.Lower, h.Lower // what is above is not told
	}
	st, err := d.ReadDirectory(ctx)
	if errors.Is(err, filesystem.ErrorCodeNoEntry) {
		return list, nil // it has been removed
	}
	if err != nil {
		return nil, err
	}
	if c, ok := st.(rt.Dropper); ok {
		defer c.Drop(ctx)
	}
	for {
		o, err := st.ReadDirectoryEntry(ctx)
		if errors.Is(err, filesystem.ErrorCodeNoEntry) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		e, ok := o.Get()
		if !ok {
			return list, nil
		}
		list = append(list, entry{name: e.Name, kind: fileType(e.Type)})
	}
}
