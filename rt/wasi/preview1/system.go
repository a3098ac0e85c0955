// Package preview1 implements wasi_snapshot_preview1, the interface that core
// modules were written for before there were components, on the hosts of
// WASI 0.2. A [System] is what one instance of such a module sees: its descriptors,
// arguments, environment and clocks.
//
// The functions are called by generated code, with the module's memory in
// [System.Memory]. They answer an errno. Addresses outside the memory give
// EFAULT.
package preview1

import (
	"context"
	"encoding/binary"
	"io"
	"math"
	"net"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
	"github.com/wc2go/wc2go/rt/wasi/cli"
	"github.com/wc2go/wc2go/rt/wasi/filesystem"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

// System is the state of one module instance. One goroutine at a time uses it.
type System struct {
	// Memory is the memory that addresses are in.
	Memory *rt.Memory

	host    *wasi.Host
	store   *rt.Store
	fds     []*file // nil: not open
	free    uint32  // no lower number is free
	args    []string
	env     []string
	scratch []byte
}

// file is an open descriptor of any kind.
type file struct {
	kind    uint8 // a file type
	flags   uint16
	rights  uint64
	inherit uint64

	// Files and directories.
	desc   filesystem.Descriptor
	os     *os.File // of a file on the host: read and written without a detour
	pos    uint64
	prefix string  // of a preopened directory: what the guest calls it
	list   []entry // what fd_readdir has found

	// Standard streams.
	in  wasiio.InputStream
	out *wasiio.ContextWriter

	// Sockets.
	listener *acceptor
	conn     *connection
}

// File types.
const (
	typeUnknown   = 0
	typeBlock     = 1
	typeCharacter = 2
	typeDirectory = 3
	typeRegular   = 4
	typeStream    = 6
	typeSymlink   = 7
)

// Rights, by bit. This host knows rights as what a descriptor's file can do; it
// lets guests take them away, which old libraries look at, and goes by the
// descriptor itself.
const (
	rightRead          = 1 << 1
	rightSeek          = 1 << 2
	rightTell          = 1 << 5
	rightWrite         = 1 << 6
	rightReaddir       = 1 << 14
	rightPoll          = 1 << 27
	rightStat          = 1 << 21
	rightSockShutdown  = 1 << 28
	rightSockAccept    = 1 << 29
	rightsAll          = 1<<30 - 1
	rightsFile         = 1 | rightRead | rightSeek | 1<<3 | 1<<4 | rightTell | rightWrite | 1<<7 | 1<<8 | rightStat | 1<<22 | 1<<23 | rightPoll
	rightsDirectory    = 1<<3 | 1<<4 | 1<<9 | 1<<10 | 1<<11 | 1<<12 | 1<<13 | rightReaddir | 1<<15 | 1<<16 | 1<<17 | 1<<18 | 1<<19 | 1<<20 | rightStat | 1<<23 | 1<<24 | 1<<25 | 1<<26
	rightsDirectoryRO  = 1<<3 | 1<<4 | 1<<13 | rightReaddir | 1<<15 | 1<<18 | rightStat
	rightsWriteRemoved = rightWrite | 1<<8 | 1<<22 | 1<<23 | 1 | 1<<4
)

// Flags of descriptors.
const (
	flagAppend   = 1
	flagDsync    = 2
	flagNonblock = 4
	flagRsync    = 8
	flagSync     = 16
)

// New makes the state of an instance in st: standard streams, then the host's directories,
// then its listeners.
func New(ctx context.Context, h *wasi.Host, st *rt.Store) (*System, error) {
	s := &System{host: h, store: st, args: h.Args, env: h.Env}
	in, err := cli.StdinFrom(h).GetStdin(ctx)
	if err != nil {
		return nil, err
	}
	kind := func(tty bool) uint8 {
		if tty {
			return typeCharacter
		}
		return typeUnknown
	}
	s.fds = []*file{
		{kind: kind(h.StdinTTY), in: in, rights: rightRead | rightPoll | rightStat},
		{kind: kind(h.StdoutTTY), out: wasiio.NewContextWriter(h.Stdout), rights: rightWrite | rightPoll | rightStat},
		{kind: kind(h.StderrTTY), out: wasiio.NewContextWriter(h.Stderr), rights: rightWrite | rightPoll | rightStat},
	}
	dirs, err := filesystem.PreopensFrom(h).GetDirectories(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range dirs {
		f := &file{kind: typeDirectory, desc: d.F0, prefix: d.F1, rights: rightsDirectory, inherit: rightsDirectory | rightsFile}
		if flags, err := d.F0.GetFlags(ctx); err == nil && flags&filesystem.DescriptorFlagsMutateDirectory == 0 {
			f.rights, f.inherit = rightsDirectoryRO, rightsDirectoryRO|rightsFile&^rightsWriteRemoved
		}
		s.fds = append(s.fds, f)
	}
	for _, l := range h.Listeners {
		s.fds = append(s.fds, &file{kind: typeStream, listener: newAcceptor(l), rights: rightSockAccept | rightPoll | rightStat | 1<<3, inherit: rightsAll})
	}
	s.free = uint32(len(s.fds))
	st.OnClose(s.close)
	return s, nil
}

// close closes all descriptors.
func (s *System) close() {
	for _, f := range s.fds {
		if f != nil {
			f.close()
		}
	}
	s.fds = nil
}

func (f *file) close() error {
	switch {
	case f.desc != nil:
		if d, ok := f.desc.(rt.Dropper); ok {
			return d.Drop(context.Background())
		}
	case f.conn != nil:
		return f.conn.close()
	case f.listener != nil:
		f.listener.Stop(func(c net.Conn) { c.Close() }) // the listener itself is the host's
	}
	return nil // standard streams are the host's
}

// ctx is the context of the call.
func (s *System) ctx() context.Context { return s.store.HostContext() }

// fd finds an open descriptor, nil if there is none.
func (s *System) fd(n uint32) *file {
	if uint64(n) < uint64(len(s.fds)) {
		return s.fds[n]
	}
	return nil
}

// maxFDs bounds how many descriptors an instance may have.
const maxFDs = 1 << 16

// open gives f the lowest free number.
func (s *System) open(f *file) (uint32, uint32) {
	for int(s.free) < len(s.fds) && s.fds[s.free] != nil {
		s.free++
	}
	n := s.free
	if n >= maxFDs {
		f.close()
		return 0, enfile
	}
	if int(n) == len(s.fds) {
		s.fds = append(s.fds, nil)
	}
	s.fds[n] = f
	s.free++
	return n, success
}

// bytes is n bytes of memory at p, nil if they are not all there. (For n of 0
// it is not nil where p is in bounds.)
func (s *System) bytes(p uint32, n uint64) []byte {
	if s.Memory == nil {
		return nil
	}
	m := s.Memory.Bytes()
	if n > uint64(len(m)) || uint64(p) > uint64(len(m))-n {
		return nil
	}
	if n == 0 {
		return empty
	}
	return m[p : uint64(p)+n : uint64(p)+n]
}

var empty = []byte{}

var le = binary.LittleEndian

func (s *System) put32(p, v uint32) uint32 {
	b := s.bytes(p, 4)
	if b == nil {
		return efault
	}
	le.PutUint32(b, v)
	return success
}

func (s *System) put64(p uint32, v uint64) uint32 {
	b := s.bytes(p, 8)
	if b == nil {
		return efault
	}
	le.PutUint64(b, v)
	return success
}

// text reads a path. Paths are UTF-8 without zero bytes.
func (s *System) text(p, n uint32) (string, uint32) {
	b := s.bytes(p, uint64(n))
	if b == nil {
		return "", efault
	}
	t := string(b)
	if strings.IndexByte(t, 0) >= 0 {
		return "", einval
	}
	if !utf8.ValidString(t) {
		return "", eilseq
	}
	return t, success
}

// ArgsGet writes the arguments: pointers, and the texts they point to.
func (s *System) ArgsGet(argv, buf uint32) uint32 { return s.list(s.args, argv, buf) }

// ArgsSizesGet tells the number of arguments and the size of their texts.
func (s *System) ArgsSizesGet(count, size uint32) uint32 { return s.sizes(s.args, count, size) }

// EnvironGet writes the environment as ArgsGet does arguments.
func (s *System) EnvironGet(environ, buf uint32) uint32 { return s.list(s.env, environ, buf) }

// EnvironSizesGet tells the number of variables and the size of their texts.
func (s *System) EnvironSizesGet(count, size uint32) uint32 { return s.sizes(s.env, count, size) }

func (s *System) list(l []string, pointers, buf uint32) uint32 {
	for _, t := range l {
		b := s.bytes(buf, uint64(len(t))+1)
		if b == nil || s.put32(pointers, buf) != success {
			return efault
		}
		copy(b, t)
		b[len(t)] = 0
		buf += uint32(len(t)) + 1
		pointers += 4
	}
	return success
}

func (s *System) sizes(l []string, count, size uint32) uint32 {
	total := 0
	for _, t := range l {
		total += len(t) + 1
	}
	if total > math.MaxInt32 {
		return eoverflow
	}
	if s.put32(count, uint32(len(l))) != success {
		return efault
	}
	return s.put32(size, uint32(total))
}

// ClockResGet tells the resolution of a clock.
func (s *System) ClockResGet(id, res uint32) uint32 {
	if id > 1 {
		return ebadf
	}
	return s.put64(res, 1)
}

// ClockTimeGet reads a clock. There are no clocks of CPU time.
func (s *System) ClockTimeGet(id uint32, _ uint64, out uint32) uint32 {
	switch id {
	case 0:
		return s.put64(out, uint64(s.host.Config.Now().UnixNano()))
	case 1:
		return s.put64(out, s.host.Monotonic())
	}
	return ebadf
}

// RandomGet fills memory with random bytes.
func (s *System) RandomGet(p, n uint32) uint32 {
	b := s.bytes(p, uint64(n))
	if b == nil {
		return efault
	}
	if _, err := io.ReadFull(s.host.Rand, b); err != nil {
		return eio
	}
	return success
}

// ProcExit ends the guest.
func (s *System) ProcExit(code uint32) { panic(rt.Exit(int(code))) }

// ProcRaise is not supported, as in later versions of the interface.
func (s *System) ProcRaise(uint32) uint32 { return enotsup }

// SchedYield gives others a turn: there are none.
func (s *System) SchedYield() uint32 { return success }
