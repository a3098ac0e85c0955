package filesystem

import (
	"context"
	"errors"
	"hash/fnv"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
	"github.com/wc2go/wc2go/rt/wasi/clocks"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

// host implements wasi:filesystem/types' function.
type host struct{}

// TypesFrom gives wasi:filesystem/types.
func TypesFrom(*wasi.Host) Types { return host{} }

// FilesystemErrorCode gives the code behind a stream's error, if it came from a file.
func (host) FilesystemErrorCode(_ context.Context, e wasiio.Error) (rt.Option[ErrorCode], error) {
	if err := wasiio.Cause(e); err != nil {
		return rt.Some(codeOf(err)), nil
	}
	return rt.None[ErrorCode](), nil
}

type preopens struct{ h *wasi.Host }

// PreopensFrom gives the host's directories.
func PreopensFrom(h *wasi.Host) Preopens { return preopens{h} }

// GetDirectories opens every directory of the configuration anew.
func (p preopens) GetDirectories(context.Context) ([]rt.Tuple2[Descriptor, string], error) {
	var out []rt.Tuple2[Descriptor, string]
	for _, d := range p.h.Dirs {
		if d.FS != nil {
			out = append(out, rt.Tuple2[Descriptor, string]{F0: &fsDescriptor{h: p.h, preopen: true, fs: d.FS, name: "."}, F1: d.Guest})
			continue
		}
		root, err := os.OpenRoot(d.Host)
		if err != nil {
			for _, o := range out {
				if c, ok := o.F0.(*descriptor); ok {
					c.close()
				}
			}
			return nil, err
		}
		flags := DescriptorFlagsRead
		if !d.ReadOnly {
			flags |= DescriptorFlagsMutateDirectory
		}
		base := &directory{Root: root, host: p.h}
		base.users.Store(2)
		out = append(out, rt.Tuple2[Descriptor, string]{F0: &descriptor{root: base, base: base, preopen: true, flags: flags, readOnly: d.ReadOnly, name: "."}, F1: d.Guest})
	}
	return out, nil
}

// directory is an open directory that several descriptors use.
type directory struct {
	*os.Root
	host  *wasi.Host // of a preopened one
	users atomic.Int32
}

// use is the directory with one user more.
func (d *directory) use() *directory {
	d.users.Add(1)
	return d
}

// release closes the directory after its last user.
func (d *directory) release() error {
	if d.users.Add(-1) == 0 {
		return d.Close()
	}
	return nil
}

// descriptor is an open directory (root is set) or file. Paths are resolved by
// os.Root, which never leaves the directory it was opened for, symbolic
// links included.
type descriptor struct {
	root     *directory // a directory: itself
	base     *directory // the preopened directory
	file     *os.File   // a file
	parent   *directory // a file: the directory it was opened in
	name     string     // of a file in parent, of a directory in base
	flags    DescriptorFlags
	readOnly bool // the preopened directory is
	preopen  bool // it is the preopened directory
	closed   atomic.Bool
	append   sync.Mutex // serialises seeks of append streams
}

func (d *descriptor) close() error {
	if d.closed.Swap(true) {
		return nil
	}
	if !d.preopen {
		d.base.host.ReleaseDescriptor()
	}
	if d.root != nil {
		return errors.Join(d.root.release(), d.base.release())
	}
	return errors.Join(d.file.Close(), d.parent.release(), d.base.release())
}

// StoreClosed closes the descriptor.
func (d *descriptor) StoreClosed() { d.close() }

// Drop closes the descriptor.
func (d *descriptor) Drop(context.Context) error { return d.close() }

func (d *descriptor) asFile(need DescriptorFlags) (*os.File, error) {
	if d.root != nil {
		if need&DescriptorFlagsWrite != 0 {
			return nil, ErrorCodeBadDescriptor
		}
		return nil, ErrorCodeIsDirectory
	}
	if d.flags&need != need {
		return nil, ErrorCodeBadDescriptor
	}
	return d.file, nil
}

func offset(n uint64) (int64, error) {
	if n > math.MaxInt64 {
		return 0, ErrorCodeInvalid
	}
	return int64(n), nil
}

// ReadViaStream reads from an offset on.
func (d *descriptor) ReadViaStream(_ context.Context, off uint64) (wasiio.InputStream, error) {
	f, err := d.asFile(DescriptorFlagsRead)
	if err != nil {
		return nil, err
	}
	at, err := offset(off)
	if err != nil {
		return nil, err
	}
	return wasiio.NewInputStreamAt(f, at), nil
}

// WriteViaStream writes from an offset on.
func (d *descriptor) WriteViaStream(_ context.Context, off uint64) (wasiio.OutputStream, error) {
	f, err := d.asFile(DescriptorFlagsWrite)
	if err != nil {
		return nil, err
	}
	at, err := offset(off)
	if err != nil {
		return nil, err
	}
	return wasiio.NewOutputStream(io.NewOffsetWriter(f, at)), nil
}

// appender writes at the end of the file, wherever that is by then.
type appender struct{ d *descriptor }

// Unwrap tells the stream what it writes to.
func (a appender) Unwrap() io.Writer { return a.d.file }

func (a appender) Write(b []byte) (int, error) {
	a.d.append.Lock()
	defer a.d.append.Unlock()
	end, err := a.d.file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	return a.d.file.WriteAt(b, end)
}

// AppendViaStream writes at the end.
func (d *descriptor) AppendViaStream(context.Context) (wasiio.OutputStream, error) {
	if _, err := d.asFile(DescriptorFlagsWrite); err != nil {
		return nil, err
	}
	return wasiio.NewOutputStream(appender{d}), nil
}

// Advise is heard and not followed.
func (d *descriptor) Advise(context.Context, uint64, uint64, Advice) error {
	if _, err := d.asFile(0); err != nil {
		return ErrorCodeBadDescriptor
	}
	return nil
}

// SyncData writes data to the device.
func (d *descriptor) SyncData(ctx context.Context) error { return d.Sync(ctx) }

// Sync writes data and metadata to the device.
func (d *descriptor) Sync(context.Context) error {
	if d.root != nil {
		f, err := d.root.Open(".")
		if err != nil {
			return codeOf(err)
		}
		defer f.Close()
		return result(f.Sync())
	}
	if d.flags&DescriptorFlagsWrite == 0 {
		return nil // nothing of ours is unwritten
	}
	return result(d.file.Sync())
}

// GetFlags gives the flags it was opened with.
func (d *descriptor) GetFlags(context.Context) (DescriptorFlags, error) { return d.flags, nil }

// GetType gives the kind of file.
func (d *descriptor) GetType(context.Context) (DescriptorType, error) {
	if d.root != nil {
		return DescriptorTypeDirectory, nil
	}
	info, err := d.file.Stat()
	if err != nil {
		return 0, codeOf(err)
	}
	return typeOf(info.Mode()), nil
}

// SetSize truncates or extends a file.
func (d *descriptor) SetSize(_ context.Context, size uint64) error {
	switch { // the codes are Wasmtime's
	case d.root != nil:
		return ErrorCodeBadDescriptor
	case d.readOnly:
		return ErrorCodeNotPermitted
	case d.flags&DescriptorFlagsWrite == 0:
		return ErrorCodeInvalid
	}
	n, err := offset(size)
	if err != nil {
		return err
	}
	return result(d.file.Truncate(n))
}

func timeOf(t NewTimestamp) time.Time {
	switch t := t.(type) {
	case NewTimestampNow:
		return time.Now()
	case NewTimestampTimestamp:
		return t.Value.Time()
	}
	return time.Time{} // no change
}

// SetTimes sets the times of the file itself.
func (d *descriptor) SetTimes(_ context.Context, atime, mtime NewTimestamp) error {
	if d.readOnly {
		return ErrorCodeNotPermitted
	}
	if d.root != nil {
		return result(d.root.Chtimes(".", timeOf(atime), timeOf(mtime)))
	}
	return result(d.fileTimes(timeOf(atime), timeOf(mtime)))
}

// maxRead bounds one read; a guest asks again for more.
const maxRead = 1 << 20

// Read reads at an offset, and tells whether that reached the end.
func (d *descriptor) Read(_ context.Context, length, off uint64) ([]byte, bool, error) {
	f, err := d.asFile(DescriptorFlagsRead)
	if err != nil {
		return nil, false, err
	}
	at, err := offset(off)
	if err != nil {
		return nil, false, err
	}
	b := make([]byte, min(length, maxRead))
	n, err := f.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, codeOf(err)
	}
	return b[:n], errors.Is(err, io.EOF), nil
}

// Write writes at an offset.
func (d *descriptor) Write(_ context.Context, b []byte, off uint64) (uint64, error) {
	f, err := d.asFile(DescriptorFlagsWrite)
	if err != nil {
		return 0, err
	}
	at, err := offset(off)
	if err != nil {
		return 0, err
	}
	n, err := f.WriteAt(b, at)
	if n == 0 && err != nil {
		return 0, codeOf(err)
	}
	return uint64(n), nil
}

// entries is a directory-entry-stream.
type entries struct {
	dir  *os.File
	list []fs.DirEntry
}

// ReadDirectory lists a directory, without "." and "..".
func (d *descriptor) ReadDirectory(context.Context) (DirectoryEntryStream, error) {
	if d.root == nil {
		return nil, ErrorCodeNotDirectory
	}
	f, err := d.root.Open(".")
	if err != nil {
		return nil, codeOf(err)
	}
	return &entries{dir: f}, nil
}

// ReadDirectoryEntry gives the next entry, none at the end.
func (e *entries) ReadDirectoryEntry(context.Context) (rt.Option[DirectoryEntry], error) {
	if len(e.list) == 0 {
		l, err := e.dir.ReadDir(64)
		if len(l) == 0 {
			if err != nil && !errors.Is(err, io.EOF) {
				return rt.None[DirectoryEntry](), codeOf(err)
			}
			return rt.None[DirectoryEntry](), nil
		}
		e.list = l
	}
	entry := e.list[0]
	e.list = e.list[1:]
	return rt.Some(DirectoryEntry{Type: typeOf(entry.Type()), Name: entry.Name()}), nil
}

// StoreClosed closes the stream.
func (e *entries) StoreClosed() { e.dir.Close() }

// Drop closes the stream.
func (e *entries) Drop(context.Context) error { return e.dir.Close() }

// at checks a path for use in a directory.
func (d *descriptor) at(path string) error {
	switch {
	case d.root == nil:
		return ErrorCodeNotDirectory
	case path == "":
		return ErrorCodeNoEntry
	case strings.IndexByte(path, 0) >= 0:
		return ErrorCodeInvalid
	case strings.HasPrefix(path, "/"):
		return ErrorCodeNotPermitted
	}
	return nil
}

// mutable checks a path for a change in a directory.
func (d *descriptor) mutable(path string) error {
	if err := d.at(path); err != nil {
		return err
	}
	if d.flags&DescriptorFlagsMutateDirectory == 0 {
		return ErrorCodeNotPermitted
	}
	return nil
}

// CreateDirectoryAt is mkdirat.
func (d *descriptor) CreateDirectoryAt(_ context.Context, path string) error {
	if err := d.mutable(path); err != nil {
		return err
	}
	return result(d.root.Mkdir(path, 0o777))
}

func (d *descriptor) info() (fs.FileInfo, error) {
	if d.root != nil {
		return d.root.Stat(".")
	}
	return d.file.Stat()
}

func (d *descriptor) infoAt(flags PathFlags, path string) (fs.FileInfo, error) {
	if err := d.at(path); err != nil {
		return nil, err
	}
	if flags&PathFlagsSymlinkFollow != 0 {
		return d.root.Stat(path)
	}
	return d.root.Lstat(path)
}

// Stat describes the open file.
func (d *descriptor) Stat(context.Context) (DescriptorStat, error) { return statOf(d.info()) }

// StatAt describes a file by path.
func (d *descriptor) StatAt(_ context.Context, flags PathFlags, path string) (DescriptorStat, error) {
	return statOf(d.infoAt(flags, path))
}

func statOf(info fs.FileInfo, err error) (DescriptorStat, error) {
	if err != nil {
		return DescriptorStat{}, codeOf(err)
	}
	mtime := rt.Some(clocks.FromTime(info.ModTime()))
	s := DescriptorStat{Type: typeOf(info.Mode()), LinkCount: 1, Size: uint64(info.Size()),
		DataAccessTimestamp: mtime, DataModificationTimestamp: mtime, StatusChangeTimestamp: mtime}
	systemStat(info, &s)
	return s, nil
}

func typeOf(m fs.FileMode) DescriptorType {
	switch {
	case m.IsRegular():
		return DescriptorTypeRegularFile
	case m.IsDir():
		return DescriptorTypeDirectory
	case m&fs.ModeSymlink != 0:
		return DescriptorTypeSymbolicLink
	case m&fs.ModeNamedPipe != 0:
		return DescriptorTypeFifo
	case m&fs.ModeSocket != 0:
		return DescriptorTypeSocket
	case m&fs.ModeCharDevice != 0:
		return DescriptorTypeCharacterDevice
	case m&fs.ModeDevice != 0:
		return DescriptorTypeBlockDevice
	}
	return DescriptorTypeUnknown
}

// SetTimesAt sets the times of a file by path.
func (d *descriptor) SetTimesAt(_ context.Context, flags PathFlags, path string, atime, mtime NewTimestamp) error {
	if err := d.mutable(path); err != nil {
		return err
	}
	if flags&PathFlagsSymlinkFollow == 0 {
		info, err := d.root.Lstat(path)
		if err != nil {
			return codeOf(err)
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return result(d.linkTimes(path, timeOf(atime), timeOf(mtime))) // os.Root has no way to do it
		}
	}
	return result(d.root.Chtimes(path, timeOf(atime), timeOf(mtime)))
}

// other gives the directory of a second descriptor.
func (d *descriptor) other(o Descriptor, path string) (*descriptor, error) {
	n, ok := o.(*descriptor)
	if !ok {
		return nil, ErrorCodeCrossDevice
	}
	return n, n.mutable(path)
}

// last splits a path into the directory and the name that an operation is
// about. The name may not be one that stands for another directory.
func last(path string) (dir, name string, slash bool, err error) {
	trimmed := strings.TrimRight(path, "/")
	slash = trimmed != path
	dir, name = ".", trimmed
	if i := strings.LastIndexByte(trimmed, '/'); i >= 0 {
		dir, name = trimmed[:i+1], trimmed[i+1:]
	}
	if name == "." || name == ".." || name == "" {
		return "", "", false, ErrorCodeBusy
	}
	return dir, name, slash, nil
}

// named refuses a path whose last part is not a name of its own, "." or "..": with the error
// of going there if there is one, else with code.
func (d *descriptor) named(path string, code ErrorCode) error {
	if _, _, _, err := last(path); err == nil {
		return nil
	}
	if _, err := d.root.Lstat(path); err != nil {
		return codeOf(err)
	}
	return code
}

// LinkAt makes a hard link.
func (d *descriptor) LinkAt(_ context.Context, flags PathFlags, old string, to Descriptor, path string) error {
	if err := d.mutable(old); err != nil {
		return err
	}
	if flags&PathFlagsSymlinkFollow != 0 {
		return ErrorCodeInvalid
	}
	n, err := d.other(to, path)
	if err != nil {
		return err
	}
	if err := d.named(old, ErrorCodeNotPermitted); err != nil {
		return err
	}
	if err := n.named(path, ErrorCodeExist); err != nil {
		return err
	}
	if d == n {
		return result(d.root.Link(old, path))
	}
	return result(d.between(n, old, path, true))
}

// OpenAt opens a file or directory by path.
func (d *descriptor) OpenAt(_ context.Context, pf PathFlags, path string, of OpenFlags, df DescriptorFlags) (Descriptor, error) {
	if !d.base.host.TakeDescriptor() {
		return nil, ErrorCodeInsufficientMemory
	}
	o, err := d.openAt(pf, path, of, df)
	if err != nil {
		d.base.host.ReleaseDescriptor()
	}
	return o, err
}

func (d *descriptor) openAt(pf PathFlags, path string, of OpenFlags, df DescriptorFlags) (Descriptor, error) {
	if err := d.at(path); err != nil {
		return nil, err
	}
	changes := of&(OpenFlagsCreate|OpenFlagsTruncate) != 0 || df&(DescriptorFlagsWrite|DescriptorFlagsMutateDirectory) != 0
	if changes && d.flags&DescriptorFlagsMutateDirectory == 0 {
		return nil, ErrorCodeNotPermitted
	}
	if of&OpenFlagsDirectory != 0 && of&(OpenFlagsCreate|OpenFlagsExclusive|OpenFlagsTruncate) != 0 {
		return nil, ErrorCodeInvalid
	}
	if of&OpenFlagsCreate != 0 {
		// As open(2) has them: a name with a slash at the end is not one of a file, and what is to be
		// new must not be a symbolic link either, wherever that leads.
		if dir, _, slash, err := last(path); err == nil && slash {
			if _, err := d.root.Stat(dir); err != nil {
				return nil, codeOf(err)
			}
			return nil, ErrorCodeIsDirectory
		}
		if of&OpenFlagsExclusive != 0 {
			pf &^= PathFlagsSymlinkFollow
		}
	}
	info, err := d.infoAt(pf, path)
	switch {
	case err == nil && of&OpenFlagsExclusive != 0 && of&OpenFlagsCreate != 0:
		return nil, ErrorCodeExist
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		return nil, ErrorCodeLoop
	case err == nil && info.IsDir():
		if of&(OpenFlagsCreate|OpenFlagsTruncate) != 0 || df&DescriptorFlagsWrite != 0 {
			return nil, ErrorCodeIsDirectory
		}
		root, err := d.root.OpenRoot(path)
		if err != nil {
			return nil, codeOf(err)
		}
		flags := DescriptorFlagsRead | d.flags&DescriptorFlagsMutateDirectory
		dir := &directory{Root: root}
		dir.users.Store(1)
		return &descriptor{root: dir, base: d.base.use(), flags: flags, readOnly: d.readOnly, name: filepath.Join(d.name, path)}, nil
	case err == nil && of&OpenFlagsDirectory != 0:
		return nil, ErrorCodeNotDirectory
	case err != nil && (of&OpenFlagsCreate == 0 || !errors.Is(err, fs.ErrNotExist)):
		return nil, codeOf(err)
	}
	// Without either, a file is opened for reading, as Wasmtime does. A file that is only to be truncated
	// is opened for writing too, but its descriptor does not write.
	if df&(DescriptorFlagsRead|DescriptorFlagsWrite) == 0 {
		df |= DescriptorFlagsRead
	}
	mode := os.O_RDONLY
	switch writes := df&DescriptorFlagsWrite != 0 || of&OpenFlagsTruncate != 0; {
	case writes && df&DescriptorFlagsRead != 0:
		mode = os.O_RDWR
	case writes:
		mode = os.O_WRONLY
	}
	if of&OpenFlagsCreate != 0 {
		mode |= os.O_CREATE
	}
	if of&OpenFlagsExclusive != 0 {
		mode |= os.O_EXCL
	}
	if of&OpenFlagsTruncate != 0 {
		mode |= os.O_TRUNC
	}
	if df&(DescriptorFlagsFileIntegritySync|DescriptorFlagsDataIntegritySync|DescriptorFlagsRequestedWriteSync) != 0 {
		mode |= os.O_SYNC
	}
	f, err := d.root.OpenFile(path, mode|openFlags, 0o666)
	if err != nil {
		return nil, codeOf(err)
	}
	flags := df &^ DescriptorFlagsMutateDirectory
	return &descriptor{file: f, parent: d.root.use(), base: d.base.use(), name: path, flags: flags, readOnly: d.readOnly}, nil
}

// ReadlinkAt reads a symbolic link. An absolute target is not told.
func (d *descriptor) ReadlinkAt(_ context.Context, path string) (string, error) {
	if err := d.at(path); err != nil {
		return "", err
	}
	s, err := d.root.Readlink(path)
	if err != nil {
		return "", codeOf(err)
	}
	if strings.HasPrefix(s, "/") {
		return "", ErrorCodeNotPermitted
	}
	return s, nil
}

// RemoveDirectoryAt removes an empty directory.
func (d *descriptor) RemoveDirectoryAt(_ context.Context, path string) error {
	return d.remove(path, true)
}

// UnlinkFileAt removes a file.
func (d *descriptor) UnlinkFileAt(_ context.Context, path string) error { return d.remove(path, false) }

func (d *descriptor) remove(path string, dir bool) error {
	if err := d.mutable(path); err != nil {
		return err
	}
	if dir {
		if err := d.named(path, ErrorCodeInvalid); err != nil {
			return err
		}
	}
	info, err := d.root.Lstat(path)
	switch {
	case err != nil:
		return codeOf(err)
	case dir && !info.IsDir():
		return ErrorCodeNotDirectory
	case !dir && info.IsDir():
		return ErrorCodeIsDirectory
	}
	return result(d.root.Remove(path))
}

// RenameAt renames within a directory.
func (d *descriptor) RenameAt(_ context.Context, old string, to Descriptor, path string) error {
	if err := d.mutable(old); err != nil {
		return err
	}
	n, err := d.other(to, path)
	if err != nil {
		return err
	}
	if err := d.named(old, ErrorCodeBusy); err != nil {
		return err
	}
	if err := n.named(path, ErrorCodeBusy); err != nil {
		return err
	}
	return result(d.rename(n, old, path))
}

// SymlinkAt makes a symbolic link; an absolute target is refused.
func (d *descriptor) SymlinkAt(_ context.Context, target, path string) error {
	if err := d.mutable(path); err != nil {
		return err
	}
	if strings.HasPrefix(target, "/") {
		return ErrorCodeNotPermitted
	}
	return result(d.root.Symlink(target, path))
}

// IsSameObject tells whether two descriptors are one file.
func (d *descriptor) IsSameObject(_ context.Context, o Descriptor) (bool, error) {
	n, ok := o.(*descriptor)
	if !ok {
		return false, nil
	}
	a, err := d.info()
	if err != nil {
		return false, nil
	}
	b, err := n.info()
	return err == nil && os.SameFile(a, b), nil
}

// MetadataHash identifies the file and its state.
func (d *descriptor) MetadataHash(context.Context) (MetadataHashValue, error) {
	return hashOf(d.info())
}

// MetadataHashAt identifies a file by path.
func (d *descriptor) MetadataHashAt(_ context.Context, flags PathFlags, path string) (MetadataHashValue, error) {
	return hashOf(d.infoAt(flags, path))
}

func hashOf(info fs.FileInfo, err error) (MetadataHashValue, error) {
	if err != nil {
		return MetadataHashValue{}, codeOf(err)
	}
	h := fnv.New128a()
	io.WriteString(h, identity(info))
	sum := h.Sum(nil)
	var v MetadataHashValue
	for i := range 8 {
		v.Lower = v.Lower<<8 | uint64(sum[i])
		v.Upper = v.Upper<<8 | uint64(sum[8+i])
	}
	return v, nil
}

// result is the WIT result of a call without value.
func result(err error) error {
	if err == nil {
		return nil
	}
	return codeOf(err)
}

// OSFile gives the file of the host behind a descriptor, nil if there is none. Reads and
// writes of it must keep to the descriptor's flags.
func OSFile(d Descriptor) *os.File {
	if d, ok := d.(*descriptor); ok {
		return d.file
	}
	return nil
}

// CodeOf is the error code of a Go error.
func CodeOf(err error) ErrorCode { return codeOf(err) }

// codeOf is the error code of a Go error.
func codeOf(err error) ErrorCode {
	var code ErrorCode
	switch {
	case errors.As(err, &code):
		return code
	case strings.Contains(err.Error(), "escapes from parent"): // os.Root's error has no name
		return ErrorCodeNotPermitted
	}
	if code, ok := systemCode(err); ok {
		return code
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ErrorCodeNoEntry
	case errors.Is(err, fs.ErrExist):
		return ErrorCodeExist
	case errors.Is(err, fs.ErrPermission):
		return ErrorCodeAccess
	case errors.Is(err, fs.ErrInvalid):
		return ErrorCodeInvalid
	case errors.Is(err, fs.ErrClosed):
		return ErrorCodeBadDescriptor
	}
	return ErrorCodeIo
}
