package filesystem

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/wc2go/wc2go/rt/wasi"
)

// snapshot describes every file below dir.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(&b, p, info.Mode(), info.ModTime())
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(p)
			fmt.Fprintf(&b, "%q %v\n", data, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestSandbox tries to get at files outside the directory that a guest has, in
// every way that the interface offers.
func TestSandbox(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("makes symbolic links")
	}
	ctx := t.Context()
	top := t.TempDir()
	outside, inside := filepath.Join(top, "outside"), filepath.Join(top, "inside")
	check(t, os.MkdirAll(filepath.Join(outside, "dir"), 0o777))
	check(t, os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o666))
	check(t, os.MkdirAll(filepath.Join(inside, "sub", "deep"), 0o777))
	check(t, os.WriteFile(filepath.Join(inside, "own"), []byte("own"), 0o666))
	for name, target := range map[string]string{
		"abs": filepath.Join(outside, "secret"), "absdir": outside, "rel": "../outside/secret", "reldir": "../outside", "up": "..",
		"proc": "/proc/self/root", "procfd": "/proc/self/fd", "procexe": "/proc/self/exe", "chain": "chain2", "chain2": "sub/chain3",
		"sub/chain3": "../../outside/secret", "loop": "loop2", "loop2": "loop", "root": "/", "dangling": "../outside/new", "subup": "sub/../../outside",
		"dev": "/dev/null",
	} {
		check(t, os.Symlink(target, filepath.Join(inside, name)))
	}
	d := open(t, inside, false)
	sub, err := d.OpenAt(ctx, 0, "sub", OpenFlagsDirectory, DescriptorFlagsRead)
	check(t, err)
	before := snapshot(t, outside)

	attempts := 0
	refused := func(what string, err error, want ...ErrorCode) {
		t.Helper()
		attempts++
		var code ErrorCode
		if !errors.As(err, &code) {
			t.Errorf("%s: %v, want %v", what, err, want)
		} else if !slices.Contains(want, code) {
			t.Errorf("%s: %v, want %v", what, code, want)
		}
	}
	follow := PathFlagsSymlinkFollow
	abs := filepath.Join(outside, "secret")
	// Paths that lead out when links are followed.
	for _, p := range []string{
		"../outside/secret", "..", "../", "./..", "sub/../..", "sub/../../outside/secret", "sub/deep/../../../outside/secret", ".//..//outside/secret",
		abs, "/", "//", "/proc/self/root/" + abs, "abs", "absdir/secret", "rel", "reldir/secret", "reldir", "up", "up/outside/secret", "up/inside/own",
		"proc", "proc/etc/passwd", "procfd/0", "procexe", "chain", "root", "root/etc/passwd", "subup/secret", "dev", "abs/", "reldir/", "reldir/.", "reldir/..",
	} {
		_, err := d.OpenAt(ctx, follow, p, 0, DescriptorFlagsRead)
		refused("open "+p, err, ErrorCodeNotPermitted)
		_, err = d.OpenAt(ctx, follow, p, OpenFlagsCreate|OpenFlagsTruncate, DescriptorFlagsWrite)
		want := ErrorCodeNotPermitted
		if p == "abs/" || p == "reldir/" {
			want = ErrorCodeIsDirectory // whatever it is, it is none to be made
		}
		refused("create "+p, err, want)
		_, err = d.StatAt(ctx, follow, p)
		refused("stat "+p, err, ErrorCodeNotPermitted)
		_, err = d.MetadataHashAt(ctx, follow, p)
		refused("hash "+p, err, ErrorCodeNotPermitted)
		refused("set times "+p, d.SetTimesAt(ctx, follow, p, NewTimestampNow{}, NewTimestampNow{}), ErrorCodeNotPermitted)
	}
	// Paths that lead out whether links are followed or not.
	for _, p := range []string{"../outside/dir", "reldir/dir", "absdir/dir", "/tmp", "sub/../../outside/dir", "up/outside/dir", "proc/tmp"} {
		refused("rmdir "+p, d.RemoveDirectoryAt(ctx, p), ErrorCodeNotPermitted)
		refused("mkdir "+p, d.CreateDirectoryAt(ctx, p+"/new"), ErrorCodeNotPermitted)
		refused("unlink "+p, d.UnlinkFileAt(ctx, p), ErrorCodeNotPermitted)
		refused("rename from "+p, d.RenameAt(ctx, p, d, "stolen"), ErrorCodeNotPermitted)
		refused("rename to "+p, d.RenameAt(ctx, "own", d, p), ErrorCodeNotPermitted)
		refused("rename from another descriptor to "+p, sub.RenameAt(ctx, "deep", d, p), ErrorCodeNotPermitted)
		refused("rename to another descriptor from "+p, d.RenameAt(ctx, p, sub, "stolen"), ErrorCodeNotPermitted)
		refused("link from "+p, d.LinkAt(ctx, 0, p, d, "stolen"), ErrorCodeNotPermitted)
		refused("link to "+p, d.LinkAt(ctx, 0, "own", d, p), ErrorCodeNotPermitted)
		refused("link to another descriptor from "+p, d.LinkAt(ctx, 0, p, sub, "stolen"), ErrorCodeNotPermitted)
		refused("symlink at "+p, d.SymlinkAt(ctx, "x", p), ErrorCodeNotPermitted)
		_, err := d.ReadlinkAt(ctx, p)
		refused("readlink "+p, err, ErrorCodeNotPermitted)
	}
	for _, p := range []string{abs, "/", "/etc/passwd"} {
		refused("symlink to "+p, d.SymlinkAt(ctx, p, "mine"), ErrorCodeNotPermitted)
	}
	for _, p := range []string{"abs", "absdir", "proc", "root"} {
		_, err := d.ReadlinkAt(ctx, p)
		refused("readlink "+p, err, ErrorCodeNotPermitted)
		_, err = d.OpenAt(ctx, 0, p, 0, DescriptorFlagsRead)
		refused("open the link "+p, err, ErrorCodeLoop)
	}
	// ".." is out of a directory below, too: a descriptor is all that counts.
	for _, p := range []string{"..", "../own", "../sub/deep", "deep/../../own"} {
		_, err := sub.OpenAt(ctx, follow, p, 0, DescriptorFlagsRead)
		refused("open below "+p, err, ErrorCodeNotPermitted)
		refused("rename below "+p, sub.RenameAt(ctx, p, d, "stolen"), ErrorCodeNotPermitted)
	}
	// A file by another name is that file only where it is given: nothing outside can be linked to, and what is renamed
	// over is the link, not what it leads to.
	check(t, os.WriteFile(filepath.Join(inside, "spare"), nil, 0o666))
	check(t, os.Symlink("../outside/secret", filepath.Join(inside, "over")))
	check(t, d.RenameAt(ctx, "spare", d, "over"))
	if st, err := d.StatAt(ctx, 0, "over"); err != nil || st.Type != DescriptorTypeRegularFile {
		t.Errorf("renamed over a link: %+v %v", st, err)
	}
	// Special files do not stop the host, and are no way to what is behind them.
	specials(t, inside)
	_, err = d.OpenAt(ctx, follow, "fifo", OpenFlagsDirectory, DescriptorFlagsRead)
	refused("fifo as a directory", err, ErrorCodeNotDirectory)
	_, err = d.OpenAt(ctx, follow, "fifo", 0, DescriptorFlagsWrite)
	refused("fifo that nobody reads", err, ErrorCodeIo)
	if f, err := d.OpenAt(ctx, follow, "fifo", 0, DescriptorFlagsRead); err == nil {
		_, _, err = f.Read(ctx, 1, 0)
		refused("read of a fifo", err, ErrorCodeInvalidSeek)
		check(t, f.(*descriptor).close())
	} else {
		t.Errorf("fifo: %v", err)
	}
	// Odd names.
	_, err = d.OpenAt(ctx, follow, "", 0, DescriptorFlagsRead)
	refused("empty name", err, ErrorCodeNoEntry)
	_, err = d.OpenAt(ctx, follow, "own\x00/../../outside/secret", 0, DescriptorFlagsRead)
	refused("zero byte", err, ErrorCodeInvalid)
	_, err = d.OpenAt(ctx, follow, strings.Repeat("x", 300), OpenFlagsCreate, DescriptorFlagsWrite)
	refused("long name", err, ErrorCodeNameTooLong)
	_, err = d.OpenAt(ctx, follow, strings.Repeat("sub/../", 2000)+"../outside/secret", 0, DescriptorFlagsRead)
	refused("long path", err, ErrorCodeNotPermitted, ErrorCodeNameTooLong)
	_, err = d.OpenAt(ctx, follow, "loop", 0, DescriptorFlagsRead)
	refused("loop", err, ErrorCodeLoop)
	_, err = d.OpenAt(ctx, follow, "own/..", 0, DescriptorFlagsRead)
	refused("through a file", err, ErrorCodeNotDirectory, ErrorCodeNotPermitted)

	// A symlink that goes up inside is made, and used: only then it is seen where it leads.
	check(t, d.SymlinkAt(ctx, "../../outside/secret", "sub/later"))
	_, err = d.OpenAt(ctx, follow, "sub/later", 0, DescriptorFlagsRead)
	refused("symlink of the guest's own", err, ErrorCodeNotPermitted)
	// It leads elsewhere once it is moved.
	check(t, d.SymlinkAt(ctx, "../own", "sub/ok"))
	if f, err := d.OpenAt(ctx, follow, "sub/ok", 0, DescriptorFlagsRead); err != nil {
		t.Errorf("link inside: %v", err)
	} else {
		check(t, f.(*descriptor).close())
	}
	check(t, sub.RenameAt(ctx, "ok", d, "ok"))
	_, err = d.OpenAt(ctx, follow, "ok", 0, DescriptorFlagsRead)
	refused("a link moved up", err, ErrorCodeNotPermitted)
	// A link to a link to outside is a file like others, and does not open it.
	check(t, d.LinkAt(ctx, 0, "abs", sub, "hard"))
	_, err = sub.OpenAt(ctx, follow, "hard", 0, DescriptorFlagsRead)
	refused("hard link of a symlink", err, ErrorCodeNotPermitted)

	check(t, sub.(*descriptor).close())
	if after := snapshot(t, outside); after != before {
		t.Errorf("outside has changed:\n%s\nwas\n%s", after, before)
	}
	if attempts < 60 {
		t.Errorf("%d attempts", attempts)
	}
	t.Logf("%d attempts", attempts)
}

// TestReadOnly tries to change a directory that may only be read.
func TestReadOnlyDirectory(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	check(t, os.MkdirAll(filepath.Join(dir, "sub"), 0o777))
	check(t, os.WriteFile(filepath.Join(dir, "f"), []byte("text"), 0o666))
	before := snapshot(t, dir)
	for name, d := range map[string]Descriptor{"host": open(t, dir, true), "fs": openFS(t, os.DirFS(dir)),
		"map": openFS(t, fstest.MapFS{"f": {Data: []byte("text")}, "sub": {Mode: fs.ModeDir | 0o777}})} {
		sub, err := d.OpenAt(ctx, 0, "sub", OpenFlagsDirectory, DescriptorFlagsRead)
		check(t, err)
		_, create := d.OpenAt(ctx, 0, "new", OpenFlagsCreate, DescriptorFlagsWrite)
		_, write := d.OpenAt(ctx, 0, "f", 0, DescriptorFlagsWrite)
		_, truncate := d.OpenAt(ctx, 0, "f", OpenFlagsTruncate, DescriptorFlagsRead)
		_, below := sub.OpenAt(ctx, 0, "new", OpenFlagsCreate, DescriptorFlagsWrite)
		_, mutate := d.OpenAt(ctx, 0, "sub", 0, DescriptorFlagsMutateDirectory)
		now := NewTimestampNow{}
		for what, err := range map[string]error{"create": create, "write": write, "truncate": truncate, "create below": below, "mutate": mutate,
			"mkdir": d.CreateDirectoryAt(ctx, "x"), "rmdir": d.RemoveDirectoryAt(ctx, "sub"), "unlink": d.UnlinkFileAt(ctx, "f"),
			"rename": d.RenameAt(ctx, "f", d, "g"), "link": d.LinkAt(ctx, 0, "f", d, "g"), "symlink": d.SymlinkAt(ctx, "f", "g"),
			"times": d.SetTimesAt(ctx, 0, "f", now, now), "own times": d.SetTimes(ctx, now, now)} {
			if err != ErrorCodeNotPermitted {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
		f, err := d.OpenAt(ctx, 0, "f", 0, DescriptorFlagsRead)
		check(t, err)
		if b, end, err := f.Read(ctx, 10, 1); string(b) != "ext" || !end || err != nil {
			t.Errorf("%s: Read = %q, %v, %v", name, b, end, err)
		}
		if _, err := f.Write(ctx, []byte("x"), 0); err != ErrorCodeBadDescriptor {
			t.Errorf("%s: Write: %v", name, err)
		}
		if err := f.SetTimes(ctx, now, now); err != ErrorCodeNotPermitted {
			t.Errorf("%s: SetTimes: %v", name, err)
		}
		check(t, f.(interface{ Drop(context.Context) error }).Drop(ctx))
		check(t, sub.(interface{ Drop(context.Context) error }).Drop(ctx))
	}
	if after := snapshot(t, dir); after != before {
		t.Errorf("changed:\n%s\nwas\n%s", after, before)
	}
}

func openFS(t *testing.T, f fs.FS) Descriptor {
	t.Helper()
	l, err := PreopensFrom(wasi.New(wasi.Config{Dirs: []wasi.Dir{{FS: f, Guest: "/"}}})).GetDirectories(t.Context())
	check(t, err)
	return l[0].F0
}

func TestFS(t *testing.T) {
	ctx := t.Context()
	d := openFS(t, fstest.MapFS{"a/b.txt": {Data: []byte("hello")}, "c": {}})
	for _, p := range []string{"..", "../a", "a/../../x", "/a"} {
		if _, err := d.StatAt(ctx, 0, p); err != ErrorCodeNotPermitted {
			t.Errorf("%s: %v", p, err)
		}
	}
	a, err := d.OpenAt(ctx, 0, "a", 0, DescriptorFlagsRead)
	check(t, err)
	if _, err := a.StatAt(ctx, 0, "../c"); err != ErrorCodeNotPermitted {
		t.Errorf("out of a: %v", err)
	}
	st, err := a.StatAt(ctx, 0, "./x/../b.txt")
	if err != nil || st.Size != 5 {
		t.Errorf("%+v %v", st, err)
	}
	list, err := d.ReadDirectory(ctx)
	check(t, err)
	var names []string
	for {
		o, err := list.ReadDirectoryEntry(ctx)
		check(t, err)
		e, ok := o.Get()
		if !ok {
			break
		}
		names = append(names, fmt.Sprint(e.Name, " ", e.Type))
	}
	if !slices.Equal(names, []string{"a directory", "c regular-file"}) {
		t.Errorf("%q", names)
	}
	x, _ := d.MetadataHashAt(ctx, 0, "a/b.txt")
	y, _ := a.MetadataHashAt(ctx, 0, "b.txt")
	z, _ := d.MetadataHashAt(ctx, 0, "c")
	if x != y || x == z {
		t.Error(x, y, z)
	}
}

// TestRaces has links swapped while a guest goes through them.
func TestRaces(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("makes symbolic links")
	}
	ctx := t.Context()
	top := t.TempDir()
	outside, inside := filepath.Join(top, "outside"), filepath.Join(top, "inside")
	check(t, os.MkdirAll(outside, 0o777))
	check(t, os.MkdirAll(filepath.Join(inside, "dir", "x"), 0o777))
	check(t, os.MkdirAll(filepath.Join(inside, "to"), 0o777))
	check(t, os.WriteFile(filepath.Join(outside, "f"), []byte("secret"), 0o666))
	check(t, os.WriteFile(filepath.Join(inside, "dir", "f"), []byte("mine"), 0o666))
	check(t, os.Symlink(outside, filepath.Join(inside, "link")))
	check(t, os.Symlink("../outside", filepath.Join(inside, "link2")))
	d := open(t, inside, false)
	to, err := d.OpenAt(ctx, 0, "to", 0, DescriptorFlagsRead)
	check(t, err)
	before := snapshot(t, outside)

	var stop atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		at := func(n string) string { return filepath.Join(inside, n) }
		for i := 0; !stop.Load(); i++ {
			link := [...]string{"link", "link2"}[i%2]
			// "now" is by turns the directory and a link out.
			os.Rename(at("dir"), at("now"))
			os.Rename(at("now"), at("dir"))
			os.Rename(at(link), at("now"))
			os.Rename(at("now"), at(link))
		}
	}()
	end := time.Now().Add(500 * time.Millisecond)
	opened := 0
	for n := 0; time.Now().Before(end); n++ {
		f, err := d.OpenAt(ctx, PathFlagsSymlinkFollow, "now/f", 0, DescriptorFlagsRead)
		if err == nil {
			opened++
			b, _, err := f.Read(ctx, 10, 0)
			if err != nil || string(b) != "mine" {
				t.Fatalf("read %q, %v", b, err)
			}
			f.(*descriptor).close()
		}
		if f, err := d.OpenAt(ctx, PathFlagsSymlinkFollow, "now", OpenFlagsDirectory, DescriptorFlagsRead); err == nil {
			if _, err := f.OpenAt(ctx, 0, "x", 0, DescriptorFlagsRead); err != nil {
				t.Fatalf("now is not the directory: %v", err)
			}
			f.(*descriptor).close()
		}
		name := fmt.Sprint("new", n)
		if f, err := d.OpenAt(ctx, PathFlagsSymlinkFollow, "now/"+name, OpenFlagsCreate, DescriptorFlagsWrite); err == nil {
			f.(*descriptor).close()
		}
		d.RenameAt(ctx, "now/"+name, to, "moved")
		to.RenameAt(ctx, "moved", d, "now/back")
		d.LinkAt(ctx, 0, "now/f", to, "stolen")
		if f, err := to.OpenAt(ctx, 0, "stolen", 0, DescriptorFlagsRead); err == nil {
			if b, _, _ := f.Read(ctx, 10, 0); string(b) != "mine" {
				t.Fatalf("linked %q", b)
			}
			f.(*descriptor).close()
			to.UnlinkFileAt(ctx, "stolen")
		}
		d.UnlinkFileAt(ctx, "now/"+name)
		d.CreateDirectoryAt(ctx, "now/newdir")
		d.RemoveDirectoryAt(ctx, "now/newdir")
	}
	stop.Store(true)
	<-done
	if after := snapshot(t, outside); after != before {
		t.Errorf("outside has changed:\n%s\nwas\n%s", after, before)
	}
	if opened == 0 {
		t.Log("the guest never won")
	}
	check(t, to.(*descriptor).close())
}
