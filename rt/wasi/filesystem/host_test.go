package filesystem

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

func open(t *testing.T, dir string, readOnly bool) Descriptor {
	t.Helper()
	h := wasi.New(wasi.Config{Dirs: []wasi.Dir{{Host: dir, Guest: "/", ReadOnly: readOnly}}})
	l, err := PreopensFrom(h).GetDirectories(t.Context())
	if err != nil || len(l) != 1 || l[0].F1 != "/" {
		t.Fatalf("GetDirectories = %v, %v", l, err)
	}
	t.Cleanup(func() { l[0].F0.(*descriptor).close() })
	return l[0].F0
}

func TestFile(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	d := open(t, dir, false)
	if err := d.CreateDirectoryAt(ctx, "sub"); err != nil {
		t.Fatal(err)
	}
	f, err := d.OpenAt(ctx, 0, "sub/a.txt", OpenFlagsCreate, DescriptorFlagsRead|DescriptorFlagsWrite)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := f.Write(ctx, []byte("hello"), 2); n != 5 || err != nil {
		t.Fatalf("Write = %d, %v", n, err)
	}
	out, err := f.AppendViaStream(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.BlockingWriteAndFlush(ctx, []byte("!")); err != nil {
		t.Fatal(err)
	}
	b, end, err := f.Read(ctx, 100, 0)
	if string(b) != "\x00\x00hello!" || !end || err != nil {
		t.Errorf("Read = %q, %v, %v", b, end, err)
	}
	in, err := f.ReadViaStream(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := in.BlockingRead(ctx, 3); string(b) != "hel" || err != nil {
		t.Errorf("stream read = %q, %v", b, err)
	}
	st, err := d.StatAt(ctx, 0, "sub/a.txt")
	if err != nil || st.Size != 8 || st.Type != DescriptorTypeRegularFile {
		t.Errorf("StatAt = %+v, %v", st, err)
	}
	sub, err := d.OpenAt(ctx, 0, "sub", OpenFlagsDirectory, DescriptorFlagsRead)
	if err != nil {
		t.Fatal(err)
	}
	list, err := sub.ReadDirectory(ctx)
	if err != nil {
		t.Fatal(err)
	}
	e, err := list.ReadDirectoryEntry(ctx)
	if v, ok := e.Get(); err != nil || !ok || v.Name != "a.txt" {
		t.Errorf("ReadDirectoryEntry = %v, %v", e, err)
	}
	if e, err := list.ReadDirectoryEntry(ctx); err != nil || e.IsSome() {
		t.Errorf("after the last entry: %v, %v", e, err)
	}
	if err := d.RenameAt(ctx, "sub/a.txt", d, "b"); err != nil {
		t.Error(err)
	}
	if err := d.RemoveDirectoryAt(ctx, "b"); err != ErrorCodeNotDirectory {
		t.Errorf("RemoveDirectoryAt of a file: %v", err)
	}
	if err := d.UnlinkFileAt(ctx, "b"); err != nil {
		t.Error(err)
	}
}

func TestNoEscape(t *testing.T) {
	ctx := t.Context()
	top := t.TempDir()
	if err := os.WriteFile(filepath.Join(top, "secret"), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(top, "d")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"abs": filepath.Join(top, "secret"), "rel": "../secret", "up": ".."} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	d := open(t, dir, false)
	for _, path := range []string{"../secret", "/etc/passwd", "x/../../secret", "abs", "rel", "up/secret", "./../secret"} {
		if f, err := d.OpenAt(ctx, PathFlagsSymlinkFollow, path, 0, DescriptorFlagsRead); err == nil {
			t.Errorf("%s was opened: %v", path, f)
		}
	}
	if err := d.SymlinkAt(ctx, "/etc", "link"); err != ErrorCodeNotPermitted {
		t.Errorf("absolute link target: %v", err)
	}
}

func TestReadOnly(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	d := open(t, dir, true)
	for what, err := range map[string]error{
		"mkdir":  d.CreateDirectoryAt(ctx, "x"),
		"unlink": d.UnlinkFileAt(ctx, "f"),
		"rename": d.RenameAt(ctx, "f", d, "g"),
	} {
		if err != ErrorCodeNotPermitted {
			t.Errorf("%s in a read-only directory: %v", what, err)
		}
	}
	if _, err := d.OpenAt(ctx, 0, "f", 0, DescriptorFlagsWrite); err != ErrorCodeNotPermitted {
		t.Errorf("open for writing: %v", err)
	}
	f, err := d.OpenAt(ctx, 0, "f", 0, DescriptorFlagsRead)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetSize(ctx, 1); err != ErrorCodeNotPermitted {
		t.Errorf("SetSize of a file open for reading: %v", err)
	}
}

func TestDescriptorLimit(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "f"), nil, 0o666))
	check(t, os.Mkdir(filepath.Join(dir, "d"), 0o777))
	h := wasi.New(wasi.Config{Dirs: []wasi.Dir{{Host: dir, Guest: "/"}, {FS: os.DirFS(dir), Guest: "/fs"}}, Limits: wasi.Limits{Descriptors: 3}})
	l, err := PreopensFrom(h).GetDirectories(ctx)
	check(t, err)
	for range 3 {
		var open []Descriptor
		for _, o := range []struct {
			dir  int
			name string
		}{{0, "f"}, {1, "d"}, {0, "d"}} {
			if _, err := l[o.dir].F0.OpenAt(ctx, 0, "none", 0, DescriptorFlagsRead); err != ErrorCodeNoEntry {
				t.Error(err)
			}
			f, err := l[o.dir].F0.OpenAt(ctx, 0, o.name, 0, DescriptorFlagsRead)
			check(t, err)
			open = append(open, f)
		}
		for i := range l {
			for _, name := range []string{"f", "d"} {
				if _, err := l[i].F0.OpenAt(ctx, 0, name, 0, DescriptorFlagsRead); err != ErrorCodeInsufficientMemory {
					t.Errorf("one more: %v", err)
				}
			}
		}
		for _, f := range open {
			for range 2 {
				check(t, f.(rt.Dropper).Drop(ctx))
			}
		}
	}
	for _, d := range l {
		check(t, d.F0.(rt.Dropper).Drop(ctx))
	}
}
