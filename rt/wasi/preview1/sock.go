package preview1

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/wc2go/wc2go/rt/wasi/filesystem"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

// acceptor takes connections from a listener.
type acceptor = wasiio.Ahead[net.Conn]

func newAcceptor(l net.Listener) *acceptor { return wasiio.NewAhead(l.Accept) }

// connection is an accepted connection.
type connection struct {
	net.Conn
	in       wasiio.InputStream
	nonblock bool
	peeked   []byte
}

type onlyReader struct{ io.Reader }

func newConnection(c net.Conn) *connection {
	return &connection{Conn: c, in: wasiio.NewInputStream(onlyReader{c})}
}

func (c *connection) close() error { return c.Conn.Close() }

// read gives what there is, after waiting for something unless the descriptor
// does not block.
func (c *connection) read(ctx context.Context, b []byte) (int, error) {
	n, err := c.peek(ctx, len(b), b)
	c.peeked = c.peeked[n:]
	return n, err
}

// peek is read that leaves the bytes there.
func (c *connection) peek(ctx context.Context, want int, b []byte) (int, error) {
	if len(c.peeked) == 0 {
		read := c.in.BlockingRead
		if c.nonblock {
			read = c.in.Read
		}
		data, err := read(ctx, uint64(want))
		if errors.Is(err, wasiio.StreamErrorClosed{}) {
			return 0, io.EOF
		}
		if err != nil {
			var failed wasiio.StreamErrorLastOperationFailed
			if errors.As(err, &failed) && wasiio.Cause(failed.Value) != nil {
				err = wasiio.Cause(failed.Value)
			}
			return 0, err
		}
		if len(data) == 0 && want > 0 {
			return 0, filesystem.ErrorCodeWouldBlock
		}
		c.peeked = data
	}
	return copy(b, c.peeked), nil
}

// write writes all of b; a cancelled call closes the connection to end a write that waits.
func (c *connection) write(ctx context.Context, b []byte) (int, error) {
	stop := context.AfterFunc(ctx, func() { c.Conn.Close() })
	n, err := c.Conn.Write(b)
	if !stop() {
		return n, context.Cause(ctx)
	}
	return n, err
}

// SockAccept accepts a connection.
func (s *System) SockAccept(fd, flags, out uint32) uint32 {
	f := s.fd(fd)
	switch {
	case f == nil:
		return ebadf
	case f.listener == nil:
		return enotsock
	case flags&^flagNonblock != 0:
		return einval
	}
	var c net.Conn
	var err error
	if f.flags&flagNonblock != 0 {
		var ok bool
		if c, err, ok = f.listener.Get(); !ok {
			return eagain
		}
	} else {
		c, err = f.listener.Wait(s.ctx())
	}
	if err != nil {
		return errnoOf(s.ctx(), err)
	}
	num, e := s.open(&file{kind: typeStream, flags: uint16(flags), conn: newConnection(c),
		rights: rightRead | rightWrite | rightPoll | rightStat | rightSockShutdown | 1<<3})
	if e != success {
		return e
	}
	return s.put32(out, num)
}

func (s *System) socket(fd uint32) (*file, uint32) {
	f := s.fd(fd)
	switch {
	case f == nil:
		return nil, ebadf
	case f.listener != nil:
		return nil, enotconn
	case f.conn == nil:
		return nil, enotsock
	}
	f.conn.nonblock = f.flags&flagNonblock != 0
	return f, success
}

// SockRecv receives.
func (s *System) SockRecv(fd, iovs, n, flags, outLen, outFlags uint32) uint32 {
	f, e := s.socket(fd)
	if e != success {
		return e
	}
	const peek, waitAll = 1, 2
	if flags&^(peek|waitAll) != 0 {
		return einval
	}
	b := s.bytes(outFlags, 2)
	if b == nil {
		return efault
	}
	le.PutUint16(b, 0)
	ctx := s.ctx()
	return s.read(iovs, n, outLen, func(b []byte) (int, error) {
		if flags&peek != 0 {
			return f.conn.peek(ctx, len(b), b)
		}
		k, err := f.conn.read(ctx, b)
		for flags&waitAll != 0 && err == nil && k < len(b) {
			var more int
			more, err = f.conn.read(ctx, b[k:])
			k += more
		}
		return k, err
	})
}

// SockSend sends.
func (s *System) SockSend(fd, iovs, n, flags, out uint32) uint32 {
	if _, e := s.socket(fd); e != success {
		return e
	}
	if flags != 0 {
		return einval
	}
	return s.FdWrite(fd, iovs, n, out)
}

// SockShutdown ends one direction of a connection, or both.
func (s *System) SockShutdown(fd, how uint32) uint32 {
	f, e := s.socket(fd)
	if e != success {
		return e
	}
	if how == 0 || how > 3 {
		return einval
	}
	var err error
	if c, ok := f.conn.Conn.(interface{ CloseRead() error }); ok && how&1 != 0 {
		err = c.CloseRead()
	}
	if c, ok := f.conn.Conn.(interface{ CloseWrite() error }); ok && how&2 != 0 && err == nil {
		err = c.CloseWrite()
	}
	return errnoOf(s.ctx(), err)
}
