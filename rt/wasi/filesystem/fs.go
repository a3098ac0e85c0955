package filesystem

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
	"path"
	"strings"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

// fsDescriptor is an open file or directory of an fs.FS. It is read-only.
type fsDescriptor struct {
	h       *wasi.Host
	preopen bool // it is one of the configuration
	closed  bool
	fs      fs.FS
	name    string      // as fs.FS has it
	file    fs.File     // a file
	at      io.ReaderAt // file, or all that is in it
}

// StoreClosed closes the descriptor.
func (d *fsDescriptor) StoreClosed() { d.Drop(context.Background()) }

// Drop closes the descriptor.
func (d *fsDescriptor) Drop(context.Context) error {
	if d.closed {
		return nil
	}
	if d.closed = true; !d.preopen {
		d.h.ReleaseDescriptor()
	}
	if d.file != nil {
		return d.file.Close()
	}
	return nil
}

// path checks a path and makes it one of fs.FS. ".." may not leave the descriptor's
// directory, not even to come back.
func (d *fsDescriptor) path(p string) (string, error) {
	switch {
	case d.file != nil:
		return "", ErrorCodeNotDirectory
	case p == "":
		return "", ErrorCodeNoEntry
	case strings.IndexByte(p, 0) >= 0:
		return "", ErrorCodeInvalid
	case strings.HasPrefix(p, "/"):
		return "", ErrorCodeNotPermitted
	}
	depth := 0
	for e := range strings.SplitSeq(p, "/") {
		switch e {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return "", ErrorCodeNotPermitted
			}
		default:
			depth++
		}
	}
	return path.Join(d.name, p), nil
}

func (d *fsDescriptor) reader() (io.ReaderAt, error) {
	if d.file == nil {
		return nil, ErrorCodeIsDirectory
	}
	if d.at == nil {
		if r, ok := d.file.(io.ReaderAt); ok {
			d.at = r
		} else {
			b, err := io.ReadAll(d.file)
			if err != nil {
				return nil, codeOf(err)
			}
			d.at = strings.NewReader(string(b))
		}
	}
	return d.at, nil
}

func (d *fsDescriptor) ReadViaStream(_ context.Context, off uint64) (wasiio.InputStream, error) {
	r, err := d.reader()
	if err != nil {
		return nil, err
	}
	at, err := offset(off)
	if err != nil {
		return nil, err
	}
	return wasiio.NewInputStreamAt(r, at), nil
}

func (d *fsDescriptor) Read(_ context.Context, length, off uint64) ([]byte, bool, error) {
	r, err := d.reader()
	if err != nil {
		return nil, false, err
	}
	if off > math.MaxInt64 {
		return nil, false, ErrorCodeInvalid
	}
	b := make([]byte, min(length, maxRead))
	n, err := r.ReadAt(b, int64(off))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, codeOf(err)
	}
	return b[:n], errors.Is(err, io.EOF), nil
}

// noWrite is what a write to a descriptor gives that was not opened for it.
func (d *fsDescriptor) noWrite() error { return ErrorCodeBadDescriptor }

func (d *fsDescriptor) WriteViaStream(context.Context, uint64) (wasiio.OutputStream, error) {
	return nil, d.noWrite()
}
func (d *fsDescriptor) AppendViaStream(context.Context) (wasiio.OutputStream, error) {
	return nil, d.noWrite()
}
func (d *fsDescriptor) Write(context.Context, []byte, uint64) (uint64, error) { return 0, d.noWrite() }
func (d *fsDescriptor) SetSize(context.Context, uint64) error                 { return d.noWrite() }

func (d *fsDescriptor) Advise(context.Context, uint64, uint64, Advice) error {
	if d.file == nil {
		return ErrorCodeBadDescriptor
	}
	return nil
}
func (d *fsDescriptor) SyncData(context.Context) error { return nil }
func (d *fsDescriptor) Sync(context.Context) error     { return nil }
func (d *fsDescriptor) GetFlags(context.Context) (DescriptorFlags, error) {
	return DescriptorFlagsRead, nil
}

func (d *fsDescriptor) info() (fs.FileInfo, error) {
	if d.file != nil {
		return d.file.Stat()
	}
	return fs.Stat(d.fs, d.name)
}

func (d *fsDescriptor) GetType(context.Context) (DescriptorType, error) {
	info, err := d.info()
	if err != nil {
		return 0, codeOf(err)
	}
	return typeOf(info.Mode()), nil
}

func (d *fsDescriptor) Stat(context.Context) (DescriptorStat, error) { return statOf(d.info()) }

func (d *fsDescriptor) infoAt(flags PathFlags, p string) (fs.FileInfo, error) {
	name, err := d.path(p)
	if err != nil {
		return nil, err
	}
	if flags&PathFlagsSymlinkFollow == 0 {
		return fs.Lstat(d.fs, name)
	}
	return fs.Stat(d.fs, name)
}

func (d *fsDescriptor) StatAt(_ context.Context, flags PathFlags, p string) (DescriptorStat, error) {
	return statOf(d.infoAt(flags, p))
}

// ReadDirectory lists the directory.
func (d *fsDescriptor) ReadDirectory(context.Context) (DirectoryEntryStream, error) {
	if d.file != nil {
		return nil, ErrorCodeNotDirectory
	}
	list, err := fs.ReadDir(d.fs, d.name)
	if err != nil {
		return nil, codeOf(err)
	}
	return &listed{list}, nil
}

// listed is a directory-entry-stream of a list.
type listed struct{ list []fs.DirEntry }

func (l *listed) ReadDirectoryEntry(context.Context) (rt.Option[DirectoryEntry], error) {
	if len(l.list) == 0 {
		return rt.None[DirectoryEntry](), nil
	}
	e := l.list[0]
	l.list = l.list[1:]
	return rt.Some(DirectoryEntry{Type: typeOf(e.Type()), Name: e.Name()}), nil
}

// OpenAt opens a file or directory for reading.
func (d *fsDescriptor) OpenAt(_ context.Context, pf PathFlags, p string, of OpenFlags, df DescriptorFlags) (Descriptor, error) {
	name, err := d.path(p)
	if err != nil {
		return nil, err
	}
	if of&(OpenFlagsCreate|OpenFlagsTruncate) != 0 || df&(DescriptorFlagsWrite|DescriptorFlagsMutateDirectory) != 0 {
		return nil, ErrorCodeNotPermitted
	}
	info, err := d.infoAt(pf, p)
	switch {
	case err != nil:
		return nil, codeOf(err)
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, ErrorCodeLoop
	case info.IsDir():
		if !d.h.TakeDescriptor() {
			return nil, ErrorCodeInsufficientMemory
		}
		return &fsDescriptor{h: d.h, fs: d.fs, name: name}, nil
	case of&OpenFlagsDirectory != 0 || strings.HasSuffix(p, "/"):
		return nil, ErrorCodeNotDirectory
	}
	if !d.h.TakeDescriptor() {
		return nil, ErrorCodeInsufficientMemory
	}
	f, err := d.fs.Open(name)
	if err != nil {
		d.h.ReleaseDescriptor()
		return nil, codeOf(err)
	}
	return &fsDescriptor{h: d.h, fs: d.fs, name: name, file: f}, nil
}

func (d *fsDescriptor) ReadlinkAt(_ context.Context, p string) (string, error) {
	name, err := d.path(p)
	if err != nil {
		return "", err
	}
	s, err := fs.ReadLink(d.fs, name)
	if err != nil {
		return "", codeOf(err)
	}
	if strings.HasPrefix(s, "/") {
		return "", ErrorCodeNotPermitted
	}
	return s, nil
}

// noChange checks a path of an operation that changes something, which is not permitted.
func (d *fsDescriptor) noChange(p string) error {
	if _, err := d.path(p); err != nil {
		return err
	}
	return ErrorCodeNotPermitted
}

func (d *fsDescriptor) SetTimes(context.Context, NewTimestamp, NewTimestamp) error {
	return ErrorCodeNotPermitted
}
func (d *fsDescriptor) SetTimesAt(_ context.Context, _ PathFlags, p string, _, _ NewTimestamp) error {
	return d.noChange(p)
}
func (d *fsDescriptor) CreateDirectoryAt(_ context.Context, p string) error { return d.noChange(p) }
func (d *fsDescriptor) LinkAt(_ context.Context, _ PathFlags, p string, _ Descriptor, _ string) error {
	return d.noChange(p)
}
func (d *fsDescriptor) RemoveDirectoryAt(_ context.Context, p string) error { return d.noChange(p) }
func (d *fsDescriptor) RenameAt(_ context.Context, p string, _ Descriptor, _ string) error {
	return d.noChange(p)
}
func (d *fsDescriptor) SymlinkAt(_ context.Context, _, p string) error { return d.noChange(p) }
func (d *fsDescriptor) UnlinkFileAt(_ context.Context, p string) error { return d.noChange(p) }

// IsSameObject compares names: an fs.FS has no other identity.
func (d *fsDescriptor) IsSameObject(_ context.Context, o Descriptor) (bool, error) {
	n, ok := o.(*fsDescriptor)
	return ok && d.name == n.name && (d == n || sameFS(d.fs, n.fs)), nil
}

// sameFS compares file systems; those that Go cannot compare are different.
func sameFS(a, b fs.FS) (same bool) {
	defer func() {
		if recover() != nil {
			same = false
		}
	}()
	return a == b
}

// fsInfo has a file's path for its name, so that hashes of two files differ.
type fsInfo struct {
	fs.FileInfo
	path string
}

func (i fsInfo) Name() string { return i.path }
func (i fsInfo) Sys() any     { return nil }

func (d *fsDescriptor) MetadataHash(context.Context) (MetadataHashValue, error) {
	info, err := d.info()
	if err != nil {
		return MetadataHashValue{}, codeOf(err)
	}
	return hashOf(fsInfo{info, d.name}, nil)
}

func (d *fsDescriptor) MetadataHashAt(_ context.Context, flags PathFlags, p string) (MetadataHashValue, error) {
	info, err := d.infoAt(flags, p)
	if err != nil {
		return MetadataHashValue{}, codeOf(err)
	}
	name, _ := d.path(p)
	return hashOf(fsInfo{info, name}, nil)
}
