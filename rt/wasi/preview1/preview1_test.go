package preview1

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

// guest is a System with one page of memory, inside a call under ctx.
type guest struct {
	*System
	t   *testing.T
	mem []byte
}

// enter makes a guest. Its descriptors 0 to 2 are the streams of c, then follow directories and listeners.
func enter(t *testing.T, ctx context.Context, c wasi.Config) *guest {
	t.Helper()
	st := rt.NewStore()
	t.Cleanup(func() { st.Close() })
	var e rt.Entry
	if err := e.Enter(ctx, st, nil); err != nil {
		t.Fatal(err)
	}
	var err error
	t.Cleanup(func() { e.Done = true; e.Exit(&err) })
	s, err := New(ctx, wasi.New(c), st)
	if err != nil {
		t.Fatal(err)
	}
	s.Memory = rt.NewMemory(st, rt.MemoryType{Min: 1, Max: 1, HasMax: true, PageLog2: 16})
	return &guest{System: s, t: t, mem: s.Memory.Bytes()}
}

// want checks an errno.
func (g *guest) want(what string, got, want uint32) {
	g.t.Helper()
	if got != want {
		g.t.Errorf("%s = %d, want %d", what, got, want)
	}
}

// Places in the guest's memory.
const (
	iovs   = 0x100
	out    = 0x200
	out2   = 0x208
	text   = 0x400
	text2  = 0x800
	buffer = 0x1000
	events = 0x4000
	size   = 0x10000
)

func (g *guest) u32(p uint32) uint32 { return binary.LittleEndian.Uint32(g.mem[p:]) }
func (g *guest) u64(p uint32) uint64 { return binary.LittleEndian.Uint64(g.mem[p:]) }

// put places a text and gives its address and length.
func (g *guest) put(p uint32, s string) (uint32, uint32) {
	return p, uint32(copy(g.mem[p:], s))
}

// vec places vectors: each is a text at buffer.
func (g *guest) vec(parts ...string) (p, n uint32) {
	at := uint32(buffer)
	for i, part := range parts {
		binary.LittleEndian.PutUint32(g.mem[iovs+8*i:], at)
		binary.LittleEndian.PutUint32(g.mem[iovs+8*i+4:], uint32(len(part)))
		copy(g.mem[at:], part)
		at += uint32(len(part))
	}
	return iovs, uint32(len(parts))
}

func (g *guest) open(dir uint32, path string, oflags uint32, rights uint64, flags uint32) (uint32, uint32) {
	p, n := g.put(text, path)
	e := g.PathOpen(dir, 1, p, n, oflags, rights, 0, flags, out)
	return g.u32(out), e
}

func (g *guest) mustOpen(dir uint32, path string, oflags uint32, rights uint64) uint32 {
	g.t.Helper()
	fd, e := g.open(dir, path, oflags, rights, 0)
	g.want("path_open "+path, e, success)
	return fd
}

func (g *guest) write(fd uint32, parts ...string) (uint32, uint32) {
	p, n := g.vec(parts...)
	e := g.FdWrite(fd, p, n, out)
	return g.u32(out), e
}

func (g *guest) read(fd, length uint32) (string, uint32) {
	p, n := g.vec(strings.Repeat("?", int(length)))
	e := g.FdRead(fd, p, n, out)
	if e != success {
		return "", e
	}
	return string(g.mem[buffer : buffer+g.u32(out)]), e
}

// TestFault gives every function, for each of its parameters that is an address, one outside the
// memory, and one that is so only with the size of what is there.
func TestFault(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	g := enter(t, t.Context(), wasi.Config{Args: []string{"a", "b"}, Env: []string{"A=1"}, Stdin: strings.NewReader("in"),
		Dirs: []wasi.Dir{{Host: t.TempDir(), Guest: "/"}}, Listeners: []net.Listener{l}})
	g.mustOpen(3, "f", openCreate, rightRead|rightWrite) // 5
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write([]byte("hello"))
	g.want("sock_accept", g.SockAccept(4, 0, out), success) // 6
	p, n := g.put(text, "f")
	g.mem[0] = 0 // a subscription: a timer that is over
	for far := range 2 {
		bad := [...]uint32{0xffff_fff0, size - 1}[far]
		for what, e := range map[string]uint32{
			"args_get argv":             g.ArgsGet(bad, buffer),
			"args_get buf":              g.ArgsGet(out, bad),
			"args_sizes_get count":      g.ArgsSizesGet(bad, out),
			"args_sizes_get size":       g.ArgsSizesGet(out, bad),
			"environ_get environ":       g.EnvironGet(bad, buffer),
			"environ_get buf":           g.EnvironGet(out, bad),
			"environ_sizes_get":         g.EnvironSizesGet(out, bad),
			"clock_res_get":             g.ClockResGet(0, bad),
			"clock_time_get":            g.ClockTimeGet(1, 0, bad),
			"random_get":                g.RandomGet(bad, 2),
			"random_get size":           g.RandomGet(0, size+1),
			"fd_fdstat_get":             g.FdFdstatGet(5, bad),
			"fd_filestat_get":           g.FdFilestatGet(5, bad),
			"fd_filestat_get stdin":     g.FdFilestatGet(0, bad),
			"fd_read iovs":              g.FdRead(5, bad, 1, out),
			"fd_read iovs size":         g.FdRead(5, iovs, 1<<29, out),
			"fd_pread iovs":             g.FdPread(5, bad, 1, 0, out),
			"fd_write iovs":             g.FdWrite(5, bad, 1, out),
			"fd_write two iovs":         g.FdWrite(5, bad, 2, out),
			"fd_pwrite iovs":            g.FdPwrite(5, bad, 1, 0, out),
			"fd_prestat_get":            g.FdPrestatGet(3, bad),
			"fd_prestat_dir_name":       g.FdPrestatDirName(3, size, 1),
			"fd_readdir buf":            g.FdReaddir(3, bad, 2, 0, out),
			"fd_readdir out":            g.FdReaddir(3, buffer, 2, 0, bad),
			"fd_seek":                   g.FdSeek(5, 0, 0, bad),
			"fd_tell":                   g.FdTell(5, bad),
			"path_create_directory":     g.PathCreateDirectory(3, bad, 2),
			"path_filestat_get path":    g.PathFilestatGet(3, 0, bad, 2, out),
			"path_filestat_get out":     g.PathFilestatGet(3, 0, p, n, bad),
			"path_filestat_set_times":   g.PathFilestatSetTimes(3, 0, bad, 2, 0, 0, 0),
			"path_link old":             g.PathLink(3, 0, bad, 2, 3, p, n),
			"path_link new":             g.PathLink(3, 0, p, n, 3, bad, 2),
			"path_open path":            g.PathOpen(3, 0, bad, 2, 0, 0, 0, 0, out),
			"path_open out":             g.PathOpen(3, 0, p, n, 0, 0, 0, 0, bad),
			"path_readlink path":        g.PathReadlink(3, bad, 2, buffer, 1, out),
			"path_remove_directory":     g.PathRemoveDirectory(3, bad, 2),
			"path_rename old":           g.PathRename(3, bad, 2, 3, p, n),
			"path_rename new":           g.PathRename(3, p, n, 3, bad, 2),
			"path_symlink target":       g.PathSymlink(bad, 2, 3, p, n),
			"path_symlink path":         g.PathSymlink(p, n, 3, bad, 2),
			"path_unlink_file":          g.PathUnlinkFile(3, bad, 2),
			"poll_oneoff in":            g.PollOneoff(bad, events, 1, out),
			"poll_oneoff out":           g.PollOneoff(buffer, bad, 1, out),
			"poll_oneoff in size":       g.PollOneoff(buffer, events, 1<<28, out),
			"sock_recv iovs":            g.SockRecv(6, bad, 1, 0, out, out2),
			"sock_recv flags":           g.SockRecv(6, iovs, 0, 0, out, bad),
			"sock_send iovs":            g.SockSend(6, bad, 1, 0, out),
			"fd_prestat_dir_name short": g.FdPrestatDirName(3, buffer, 0) - enametoolong + efault,
		} {
			g.want(fmt.Sprintf("%s at %#x", what, bad), e, efault)
		}
		// A vector that refers to what is not there, after one that is.
		for _, f := range []func(p, n uint32) uint32{
			func(p, n uint32) uint32 { return g.FdWrite(5, p, n, out) },
			func(p, n uint32) uint32 { return g.FdPwrite(5, p, n, 0, out) },
			func(p, n uint32) uint32 { return g.FdRead(5, p, n, out) },
		} {
			g.write(5, "something to read")
			g.want("fd_seek", g.FdSeek(5, 0, 0, out), success)
			p, _ := g.vec("abc")
			binary.LittleEndian.PutUint32(g.mem[p+8:], bad)
			binary.LittleEndian.PutUint32(g.mem[p+12:], 2)
			g.want("vectors", f(p, 2), efault)
			g.want("one vector", f(p+8, 1), efault)
		}
	}
	st, err := os.Stat(filepath.Join(g.host.Dirs[0].Host, "f"))
	if err != nil || st.Size() != 17 {
		t.Errorf("something was written: %v %v", st, err)
	}
}

// TestMisuse is about flags that do not exist, and texts that are no paths.
func TestMisuse(t *testing.T) {
	g := enter(t, t.Context(), wasi.Config{Dirs: []wasi.Dir{{Host: t.TempDir(), Guest: "/"}}})
	f := g.mustOpen(3, "f", openCreate, rightRead|rightWrite)
	_, e := g.open(3, "f", 16, rightRead, 0)
	g.want("oflags", e, einval)
	_, e = g.open(3, "f", 0, rightRead, 32)
	g.want("fdflags", e, einval)
	_, e = g.open(3, "a\x00b", 0, rightRead, 0)
	g.want("a zero byte", e, einval)
	_, e = g.open(3, "\xff", 0, rightRead, 0)
	g.want("not UTF-8", e, eilseq)
	g.want("whence", g.FdSeek(f, 0, 3, out), einval)
	g.want("advice", g.FdAdvise(f, 0, 0, 6), einval)
	g.want("times", g.FdFilestatSetTimes(f, 0, 0, 16), einval)
	g.want("flags", g.FdFdstatSetFlags(f, 32), einval)
	g.want("flags that cannot change", g.FdFdstatSetFlags(f, flagSync), einval)
	g.want("no subscriptions", g.PollOneoff(buffer, events, 0, out), einval)
	g.mem[buffer+8] = 3
	g.want("no such event", g.PollOneoff(buffer, events, 1, out), einval)
	g.want("a clock", g.ClockTimeGet(4, 0, out), ebadf)
	g.want("proc_raise", g.ProcRaise(6), enotsup)
	// Rights can be taken away, and not be taken.
	g.want("fewer rights", g.FdFdstatSetRights(f, rightRead, 0), success)
	g.want("more rights", g.FdFdstatSetRights(f, rightRead|rightWrite, 0), 76)
	_, e = g.write(f, "x")
	g.want("a write without the right", e, ebadf)
	func() {
		defer func() {
			var exit *rt.ExitError
			if err, ok := recover().(error); !ok || !errors.As(err, &exit) || exit.Code != 7 {
				t.Errorf("proc_exit: %v", err)
			}
		}()
		g.ProcExit(7)
	}()
}

// TestReadWrite is about how a file is opened, and what is then read.
func TestReadWrite(t *testing.T) {
	dir := t.TempDir()
	g := enter(t, t.Context(), wasi.Config{Dirs: []wasi.Dir{{Host: dir, Guest: "/"}}})
	// A file that is emptied when it is opened for reading can be read.
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	f := g.mustOpen(3, "f", openTruncate, rightRead)
	if s, e := g.read(f, 10); s != "" || e != success {
		t.Errorf("read %q, %d", s, e)
	}
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte("new"), 0o666); err != nil {
		t.Fatal(err)
	}
	if s, e := g.read(f, 10); s != "new" || e != success {
		t.Errorf("read %q, %d", s, e)
	}
	// One write of many vectors; a read into many.
	f = g.mustOpen(3, "g", openCreate, rightRead|rightWrite)
	if n, e := g.write(f, "one", "", "two", "three"); n != 11 || e != success {
		t.Errorf("wrote %d, %d", n, e)
	}
	g.want("fd_seek", g.FdSeek(f, 1, 0, out), success)
	p, n := g.vec("....", "", "...", "..........")
	g.want("fd_read", g.FdRead(f, p, n, out), success)
	if got := string(g.mem[buffer : buffer+g.u32(out)]); got != "netwothree" {
		t.Errorf("read %q", got)
	}
	// The times of an open file are set, not those of what has its name by now.
	if err := os.Rename(filepath.Join(dir, "g"), filepath.Join(dir, "h")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "g"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(filepath.Join(dir, "g"))
	if err != nil {
		t.Fatal(err)
	}
	e := g.FdFilestatSetTimes(f, 1e18, 1e18, 1|4)
	if after, err := os.Stat(filepath.Join(dir, "g")); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("the other file's time has changed: %v %v", after.ModTime(), err)
	}
	if st, err := os.Stat(filepath.Join(dir, "h")); e == success && (err != nil || !st.ModTime().Equal(time.Unix(1e9, 0))) {
		t.Errorf("time %v, %v", st.ModTime(), err)
	}
}

// TestReaddir reads a directory with buffers of every size, and begins again at every cookie.
func TestReaddir(t *testing.T) {
	dir := t.TempDir()
	names := []string{".", ".."}
	for i := range 20 {
		name := strings.Repeat("n", i+1)
		names = append(names, name)
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(names)
	g := enter(t, t.Context(), wasi.Config{Dirs: []wasi.Dir{{Host: dir, Guest: "/"}}})
	type dirent struct {
		name   string
		cookie uint64
	}
	list := func(cookie uint64, length uint32) (l []dirent) {
		for {
			g.want("fd_readdir", g.FdReaddir(3, buffer, length, cookie, out), success)
			used := g.u32(out)
			before := len(l)
			for at := uint32(0); at+24 <= used; {
				n := g.u32(buffer + at + 16)
				if at+24+n > used {
					break // cut short: it comes again
				}
				cookie = g.u64(buffer + at)
				l = append(l, dirent{string(g.mem[buffer+at+24:][:n]), cookie})
				at += 24 + n
			}
			if used < length {
				return l
			}
			if len(l) == before {
				t.Fatalf("nothing fits into %d bytes", length)
			}
		}
	}
	whole := list(0, 0x3000)
	var got []string
	for _, e := range whole {
		got = append(got, e.name)
	}
	slices.Sort(got)
	if !slices.Equal(got, names) {
		t.Errorf("got %q", got)
	}
	for length := uint32(44); length < 300; length++ {
		if l := list(0, length); !slices.Equal(l, whole) {
			t.Errorf("with %d bytes: %v", length, l)
		}
	}
	for i, e := range whole {
		if l := list(e.cookie, 0x3000); !slices.Equal(l, whole[i+1:]) {
			t.Errorf("from %d on: %v", e.cookie, l)
		}
	}
}

// TestDescriptors opens and closes many, renumbers, and runs out.
func TestDescriptors(t *testing.T) {
	g := enter(t, t.Context(), wasi.Config{Dirs: []wasi.Dir{{FS: fstest.MapFS{"d/f": {Data: []byte("text")}}, Guest: "/"}},
		Limits: wasi.Limits{Descriptors: 4}})
	var fds []uint32
	for range 4 {
		fds = append(fds, g.mustOpen(3, "d/f", 0, rightRead))
	}
	if !slices.Equal(fds, []uint32{4, 5, 6, 7}) {
		t.Errorf("numbers %v", fds)
	}
	_, e := g.open(3, "d/f", 0, rightRead, 0)
	g.want("one too many", e, enomem)
	g.want("fd_close", g.FdClose(5), success)
	g.want("fd_close", g.FdClose(5), ebadf)
	if fd := g.mustOpen(3, "d/f", 0, rightRead); fd != 5 {
		t.Errorf("the lowest number is 5, not %d", fd)
	}
	if s, _ := g.read(6, 2); s != "te" {
		t.Errorf("read %q", s)
	}
	g.want("fd_renumber", g.FdRenumber(6, 4), success)
	if s, e := g.read(4, 2); s != "xt" || e != success {
		t.Errorf("the position has moved with the descriptor: %q %d", s, e)
	}
	g.want("fd_tell of what was renumbered", g.FdTell(6, out), ebadf)
	g.want("fd_renumber to nothing", g.FdRenumber(4, 6), ebadf)
	if fd := g.mustOpen(3, "d/f", 0, rightRead); fd != 6 { // what 4 was has been closed
		t.Errorf("6 is free, not %d", fd)
	}
	// An fs.FS is read-only.
	for what, e := range map[string]uint32{
		"mkdir":  g.PathCreateDirectory(3, text, 1),
		"unlink": g.PathUnlinkFile(3, text, 3),
		"rename": g.PathRename(3, text, 3, 3, text, 1),
	} {
		g.want(what, e, eperm)
	}
	if _, e := g.write(4, "x"); e != ebadf {
		t.Errorf("fd_write = %d", e)
	}
}

// subscribe places a subscription: a clock's timeout, or a descriptor.
func (g *guest) subscribe(i int, userdata uint64, kind byte, id uint32, timeout uint64, flags uint16) {
	b := g.mem[buffer+i*subscriptionSize:][:subscriptionSize]
	clear(b)
	binary.LittleEndian.PutUint64(b, userdata)
	b[8] = kind
	binary.LittleEndian.PutUint32(b[16:], id)
	binary.LittleEndian.PutUint64(b[24:], timeout)
	binary.LittleEndian.PutUint16(b[40:], flags)
}

// poll gives the userdata of the events of n subscriptions, which must be without error.
func (g *guest) poll(n uint32) (ready []uint64) {
	g.t.Helper()
	g.want("poll_oneoff", g.PollOneoff(buffer, events, n, out), success)
	for i := range g.u32(out) {
		if e := binary.LittleEndian.Uint16(g.mem[events+i*eventSize+8:]); e != success {
			g.t.Errorf("event %d: errno %d", i, e)
		}
		ready = append(ready, g.u64(events+i*eventSize))
	}
	return ready
}

func TestPoll(t *testing.T) {
	in, stdin := io.Pipe()
	now := time.Unix(1000, 0)
	g := enter(t, t.Context(), wasi.Config{Stdin: in, Now: func() time.Time { return now }, Dirs: []wasi.Dir{{FS: fstest.MapFS{"f": {Data: []byte("text")}}, Guest: "/"}}})
	const hour = uint64(time.Hour)
	f := g.mustOpen(3, "f", 0, rightRead)
	// The first of several timers, on both clocks, relative and absolute.
	g.subscribe(0, 1, eventClock, 1, hour, 0)
	g.subscribe(1, 2, eventClock, 0, uint64(now.UnixNano())+1000, 1)
	g.subscribe(2, 3, eventClock, 1, hour, 1)
	g.subscribe(3, 4, eventRead, 0, 0, 0)
	if r := g.poll(4); !slices.Equal(r, []uint64{2}) {
		t.Errorf("ready: %v", r)
	}
	// What is ready without waiting, while stdin is not.
	g.subscribe(0, 1, eventRead, 0, 0, 0)
	g.subscribe(1, 2, eventWrite, 1, 0, 0)
	g.subscribe(2, 3, eventRead, f, 0, 0)
	g.subscribe(3, 4, eventClock, 1, hour, 0)
	if r := g.poll(4); !slices.Equal(r, []uint64{2, 3}) {
		t.Errorf("ready: %v", r)
	}
	if n := g.u64(events + eventSize + 16); n != 4 {
		t.Errorf("%d bytes of the file are there", n)
	}
	// stdin, without and with something in it.
	g.want("nonblock", g.FdFdstatSetFlags(0, flagNonblock), success)
	_, e := g.read(0, 5)
	g.want("a read of nothing", e, eagain)
	go func() {
		time.Sleep(20 * time.Millisecond)
		stdin.Write([]byte("hello"))
		stdin.Close()
	}()
	g.subscribe(0, 1, eventRead, 0, 0, 0)
	g.subscribe(1, 2, eventClock, 0, hour, 0)
	if r := g.poll(2); !slices.Equal(r, []uint64{1}) {
		t.Errorf("ready: %v", r)
	}
	if s, e := g.read(0, 5); s != "hello" || e != success {
		t.Errorf("read %q, %d", s, e)
	}
	g.want("block", g.FdFdstatSetFlags(0, 0), success)
	if s, e := g.read(0, 5); s != "" || e != success {
		t.Errorf("at the end: %q, %d", s, e)
	}
	// Errors are the whole call's.
	g.subscribe(0, 1, eventClock, 1, 0, 0)
	for what, subscribe := range map[string]func(){
		"no descriptor":     func() { g.subscribe(1, 2, eventRead, 99, 0, 0) },
		"stdin for writing": func() { g.subscribe(1, 2, eventWrite, 0, 0, 0) },
		"a directory":       func() { g.subscribe(1, 2, eventRead, 3, 0, 0) },
	} {
		subscribe()
		g.want(what, g.PollOneoff(buffer, events, 2, out), ebadf)
	}
}

// TestCancelled ends guests that wait: with a trap, whatever they wait for.
func TestCancelled(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for what, wait := range map[string]func(g *guest){
		"poll_oneoff": func(g *guest) {
			g.subscribe(0, 1, eventClock, 1, uint64(time.Hour), 0)
			g.PollOneoff(buffer, events, 1, out)
		},
		"fd_read":     func(g *guest) { g.read(0, 1) },
		"sock_accept": func(g *guest) { g.SockAccept(3, 0, out) },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		in, _ := io.Pipe()
		g := enter(t, ctx, wasi.Config{Stdin: in, Listeners: []net.Listener{l}})
		func() {
			defer func() {
				trap, ok := recover().(*rt.Trap)
				if !ok || !errors.Is(trap, context.DeadlineExceeded) {
					t.Errorf("%s: %v", what, trap)
				}
			}()
			wait(g)
			t.Errorf("%s has come to an end", what)
		}()
	}
}

// TestSocket accepts connections and uses them.
func TestSocket(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	g := enter(t, t.Context(), wasi.Config{Listeners: []net.Listener{l}})
	const listener = 3
	_, e := g.read(listener, 1)
	g.want("read of a listener", e, ebadf)
	g.want("sock_recv of a listener", g.SockRecv(listener, iovs, 0, 0, out, out2), enotconn)
	g.want("sock_accept of stdin", g.SockAccept(0, 0, out), enotsock)
	g.want("sock_accept of nothing", g.SockAccept(99, 0, out), ebadf)
	g.want("sock_accept flags", g.SockAccept(listener, flagAppend, out), einval)
	g.want("nonblock", g.FdFdstatSetFlags(listener, flagNonblock), success)
	g.want("nobody has come", g.SockAccept(listener, 0, out), eagain)

	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	g.subscribe(0, 1, eventRead, listener, 0, 0)
	if r := g.poll(1); !slices.Equal(r, []uint64{1}) {
		t.Errorf("ready: %v", r)
	}
	g.want("sock_accept", g.SockAccept(listener, 0, out), success)
	conn := g.u32(out)
	g.want("fdstat", g.FdFdstatGet(conn, buffer), success)
	if g.mem[buffer] != typeStream {
		t.Errorf("type %d", g.mem[buffer])
	}
	io.WriteString(c, "hello, guest")
	// Peek, and read all that is asked for.
	p, n := g.vec(".....")
	g.want("peek", g.SockRecv(conn, p, n, 1, out, out2), success)
	p, n = g.vec("............")
	g.want("wait for all", g.SockRecv(conn, p, n, 2, out, out2), success)
	if got := string(g.mem[buffer : buffer+g.u32(out)]); got != "hello, guest" {
		t.Errorf("received %q", got)
	}
	g.want("flags", g.SockRecv(conn, p, n, 4, out, out2), einval)
	g.want("nonblock", g.FdFdstatSetFlags(conn, flagNonblock), success)
	g.want("nothing there", g.SockRecv(conn, p, n, 0, out, out2), eagain)
	p, n = g.vec("hello, ", "host")
	g.want("sock_send flags", g.SockSend(conn, p, n, 1, out), einval)
	g.want("sock_send", g.SockSend(conn, p, n, 0, out), success)
	g.want("fd_seek", g.FdSeek(conn, 0, 0, out), espipe)
	g.want("fd_tell", g.FdTell(conn, out), espipe)
	g.want("fd_pread", g.FdPread(conn, p, n, 0, out), espipe)
	g.want("sock_shutdown nothing", g.SockShutdown(conn, 0), einval)
	g.want("sock_shutdown", g.SockShutdown(conn, 2), success)
	var b bytes.Buffer
	if _, err := b.ReadFrom(c); err != nil || b.String() != "hello, host" {
		t.Errorf("%q %v", &b, err)
	}
	c.Close()
	g.subscribe(0, 1, eventRead, conn, 0, 0)
	g.poll(1)
	if s, e := g.read(conn, 1); s != "" || e != success {
		t.Errorf("at the end: %q %d", s, e)
	}
	g.want("fd_close", g.FdClose(conn), success)
	g.want("sock_shutdown of what is closed", g.SockShutdown(conn, 1), ebadf)
	g.want("sock_shutdown of stdin", g.SockShutdown(0, 1), enotsock)
}

// TestNothing checks that a guest of the zero Config has nothing.
func TestNothing(t *testing.T) {
	g := enter(t, t.Context(), wasi.Config{})
	g.want("a first directory", g.FdPrestatGet(3, out), ebadf)
	if s, e := g.read(0, 1); s != "" || e != success {
		t.Errorf("stdin: %q %d", s, e)
	}
	if n, e := g.write(1, "lost"); n != 4 || e != success {
		t.Errorf("stdout: %d %d", n, e)
	}
	for _, f := range []func(a, b uint32) uint32{g.ArgsSizesGet, g.EnvironSizesGet} {
		if e := f(out, out2); e != success || g.u32(out) != 0 || g.u32(out2) != 0 {
			t.Errorf("%d, %d of %d bytes", e, g.u32(out), g.u32(out2))
		}
	}
}

// TestAll checks that every function of the interface is a method.
func TestAll(t *testing.T) {
	s := reflect.TypeFor[*System]()
	for name := range strings.FieldsSeq(`ArgsGet ArgsSizesGet EnvironGet EnvironSizesGet ClockResGet ClockTimeGet FdAdvise FdAllocate FdClose FdDatasync
		FdFdstatGet FdFdstatSetFlags FdFdstatSetRights FdFilestatGet FdFilestatSetSize FdFilestatSetTimes FdPread FdPrestatGet FdPrestatDirName FdPwrite
		FdRead FdReaddir FdRenumber FdSeek FdSync FdTell FdWrite PathCreateDirectory PathFilestatGet PathFilestatSetTimes PathLink PathOpen PathReadlink
		PathRemoveDirectory PathRename PathSymlink PathUnlinkFile PollOneoff ProcExit ProcRaise SchedYield RandomGet SockAccept SockRecv SockSend SockShutdown`) {
		if _, ok := s.MethodByName(name); !ok {
			t.Errorf("no %s", name)
		}
	}
}
