package sockets

import (
	"context"
	"io"
	"math"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/wc2go/wc2go/rt/wasi"
	"github.com/wc2go/wc2go/rt/wasi/clocks"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

type tcpCreate struct{ h *wasi.Host }

// TCPCreateSocketFrom gives wasi:sockets/tcp-create-socket. A socket can do what
// Config.Network allows.
func TCPCreateSocketFrom(h *wasi.Host) TCPCreateSocket { return tcpCreate{h} }

func (c tcpCreate) CreateTCPSocket(_ context.Context, family IPAddressFamily) (TCPSocket, error) {
	if !c.h.TakeDescriptor() {
		return nil, ErrorCodeNewSocketLimit
	}
	return &tcpSocket{h: c.h, family: family, options: defaultOptions()}, nil
}

// tcpState is the state of a TCP socket, as wasi:sockets names them.
type tcpState uint8

const (
	tcpUnbound tcpState = iota
	tcpBindStarted
	tcpBound
	tcpConnecting
	tcpConnected
	tcpListenStarted
	tcpListening
	tcpClosed
)

// options are the settings of a socket. They are kept here, so that they can
// be asked for, and set on the socket when there is one.
type options struct {
	keepAlive           bool
	idle, interval      clocks.Duration
	count               uint32
	hopLimit            uint8
	receive, send       uint64
	hopSet              bool
	receiveSet, sendSet bool
}

func defaultOptions() options {
	return options{idle: clocks.Duration(2 * time.Hour), interval: clocks.Duration(75 * time.Second), count: 9, hopLimit: 64, receive: 64 << 10, send: 64 << 10}
}

// tcpSocket is a tcp-socket on package net. Go binds and listens in one step, so
// a bound socket's port takes connections early; nobody sees them before the
// guest listens.
type tcpSocket struct {
	h       *wasi.Host
	family  IPAddressFamily
	state   tcpState
	options options
	bindErr error
	dropped sync.Once

	listener *net.TCPListener
	accept   *wasiio.Ahead[*net.TCPConn]
	dial     *wasiio.Ahead[*net.TCPConn]
	cancel   context.CancelFunc // ends dialling
	conn     *net.TCPConn
	stream   *tcpStream
}

// StartBind binds.
func (s *tcpSocket) StartBind(_ context.Context, n Network, local IPSocketAddress) error {
	addr := toAddrPort(local)
	if _, ok := n.(*network); !ok {
		return ErrorCodeInvalidArgument
	}
	if err := checkAddr(addr, s.family); err != nil {
		return err
	}
	if s.state != tcpUnbound {
		return ErrorCodeInvalidState
	}
	if !s.h.Network.Allows(wasi.TCPBind, addr) {
		return ErrorCodeAccessDenied
	}
	s.listener, s.bindErr = net.ListenTCP("tcp"+suffix(s.family), net.TCPAddrFromAddrPort(addr))
	s.state = tcpBindStarted
	return nil
}

// FinishBind tells how binding went.
func (s *tcpSocket) FinishBind(context.Context) error {
	if s.state != tcpBindStarted {
		return ErrorCodeNotInProgress
	}
	if s.bindErr != nil {
		s.state = tcpUnbound
		return codeOf(s.bindErr)
	}
	s.state = tcpBound
	return nil
}

// StartConnect begins to connect.
func (s *tcpSocket) StartConnect(ctx context.Context, n Network, remote IPSocketAddress) error {
	addr := toAddrPort(remote)
	if s.state != tcpUnbound && s.state != tcpBound {
		return ErrorCodeInvalidState
	}
	if _, ok := n.(*network); !ok {
		return ErrorCodeInvalidArgument
	}
	if err := checkRemote(addr, s.family); err != nil {
		return err
	}
	if !s.h.Network.Allows(wasi.TCPConnect, addr) {
		return ErrorCodeAccessDenied
	}
	d := &net.Dialer{}
	if s.listener != nil { // bound: the port is given from one socket to the next
		d.LocalAddr = s.listener.Addr()
		s.listener.Close()
		s.listener = nil
	}
	ctx, s.cancel = context.WithCancel(ctx)
	network := "tcp" + suffix(s.family)
	s.dial = wasiio.NewAhead(func() (*net.TCPConn, error) {
		c, err := d.DialContext(ctx, network, addr.String())
		if err != nil {
			return nil, err
		}
		return c.(*net.TCPConn), nil
	})
	s.state = tcpConnecting
	s.dial.Pollable().Ready(ctx) // begins
	return nil
}

// FinishConnect gives the streams of the connection when it is there.
func (s *tcpSocket) FinishConnect(context.Context) (wasiio.InputStream, wasiio.OutputStream, error) {
	if s.state != tcpConnecting {
		return nil, nil, ErrorCodeNotInProgress
	}
	c, err, ok := s.dial.Get()
	if !ok {
		return nil, nil, ErrorCodeWouldBlock
	}
	if err != nil {
		s.state = tcpClosed
		return nil, nil, codeOf(err)
	}
	s.connected(c)
	return s.stream.in, s.stream.pipe.Output(), nil
}

// connected makes s the socket of c.
func (s *tcpSocket) connected(c *net.TCPConn) {
	s.state, s.conn = tcpConnected, c
	s.apply()
	s.stream = newTCPStream(c)
}

// StartListen begins to listen, which Go's socket does already.
func (s *tcpSocket) StartListen(context.Context) error {
	if s.state != tcpBound {
		return ErrorCodeInvalidState
	}
	s.state = tcpListenStarted
	return nil
}

// FinishListen ends StartListen.
func (s *tcpSocket) FinishListen(context.Context) error {
	if s.state != tcpListenStarted {
		return ErrorCodeNotInProgress
	}
	s.state = tcpListening
	s.accept = wasiio.NewAhead(s.listener.AcceptTCP)
	return nil
}

// Accept gives a connection if there is one.
func (s *tcpSocket) Accept(context.Context) (TCPSocket, wasiio.InputStream, wasiio.OutputStream, error) {
	if s.state != tcpListening {
		return nil, nil, nil, ErrorCodeInvalidState
	}
	c, err, ok := s.accept.Get()
	if !ok {
		return nil, nil, nil, ErrorCodeWouldBlock
	}
	if err != nil {
		return nil, nil, nil, codeOf(err)
	}
	if !s.h.TakeDescriptor() {
		c.Close()
		return nil, nil, nil, ErrorCodeNewSocketLimit
	}
	// An accepted socket has the listener's options.
	n := &tcpSocket{h: s.h, family: s.family, options: s.options}
	n.connected(c)
	return n, n.stream.in, n.stream.pipe.Output(), nil
}

func addrPortOf(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.TCPAddr:
		return a.AddrPort()
	case *net.UDPAddr:
		return a.AddrPort()
	}
	return netip.AddrPort{}
}

// LocalAddress is the address that the socket is bound to.
func (s *tcpSocket) LocalAddress(context.Context) (IPSocketAddress, error) {
	switch {
	case s.conn != nil:
		return fromAddrPort(addrPortOf(s.conn.LocalAddr()), s.family), nil
	case s.listener != nil && s.state != tcpBindStarted:
		return fromAddrPort(addrPortOf(s.listener.Addr()), s.family), nil
	}
	return nil, ErrorCodeInvalidState
}

// RemoteAddress is the address that the socket is connected to.
func (s *tcpSocket) RemoteAddress(context.Context) (IPSocketAddress, error) {
	if s.conn == nil {
		return nil, ErrorCodeInvalidState
	}
	return fromAddrPort(addrPortOf(s.conn.RemoteAddr()), s.family), nil
}

func (s *tcpSocket) IsListening(context.Context) (bool, error) { return s.state == tcpListening, nil }

func (s *tcpSocket) AddressFamily(context.Context) (IPAddressFamily, error) { return s.family, nil }

// SetListenBacklogSize is a hint, which package net has no way to pass on.
func (s *tcpSocket) SetListenBacklogSize(_ context.Context, n uint64) error {
	switch {
	case n == 0:
		return ErrorCodeInvalidArgument
	case s.state == tcpListening:
		return ErrorCodeNotSupported
	case s.state == tcpConnecting || s.state == tcpConnected:
		return ErrorCodeInvalidState
	}
	return nil
}

// seconds rounds up to what sockets count in.
func seconds(d clocks.Duration) time.Duration {
	return max(time.Duration(min(d, math.MaxInt64)).Round(time.Second), time.Second)
}

// apply sets the options on the connection.
func (s *tcpSocket) apply() error {
	if s.conn == nil {
		return nil
	}
	err := s.conn.SetKeepAliveConfig(net.KeepAliveConfig{Enable: s.options.keepAlive,
		Idle: seconds(s.options.idle), Interval: seconds(s.options.interval), Count: int(min(s.options.count, 127))})
	if err == nil {
		err = s.options.apply(s.conn, s.family)
	}
	if err != nil {
		return codeOf(err)
	}
	return nil
}

// apply sets the options that TCP and UDP have.
func (o *options) apply(c interface {
	rawConn
	SetReadBuffer(int) error
	SetWriteBuffer(int) error
}, family IPAddressFamily) error {
	if o.hopSet {
		if err := setHopLimit(c, family, int(o.hopLimit)); err != nil {
			return err
		}
	}
	if o.receiveSet {
		if err := c.SetReadBuffer(int(min(o.receive, math.MaxInt32))); err != nil {
			return err
		}
	}
	if o.sendSet {
		return c.SetWriteBuffer(int(min(o.send, math.MaxInt32)))
	}
	return nil
}

func (s *tcpSocket) KeepAliveEnabled(context.Context) (bool, error) { return s.options.keepAlive, nil }

func (s *tcpSocket) SetKeepAliveEnabled(_ context.Context, on bool) error {
	s.options.keepAlive = on
	return s.apply()
}

func (s *tcpSocket) KeepAliveIdleTime(context.Context) (clocks.Duration, error) {
	return s.options.idle, nil
}

func (s *tcpSocket) SetKeepAliveIdleTime(_ context.Context, d clocks.Duration) error {
	if d == 0 {
		return ErrorCodeInvalidArgument
	}
	s.options.idle = clocks.Duration(seconds(d))
	return s.apply()
}

func (s *tcpSocket) KeepAliveInterval(context.Context) (clocks.Duration, error) {
	return s.options.interval, nil
}

func (s *tcpSocket) SetKeepAliveInterval(_ context.Context, d clocks.Duration) error {
	if d == 0 {
		return ErrorCodeInvalidArgument
	}
	s.options.interval = clocks.Duration(seconds(d))
	return s.apply()
}

func (s *tcpSocket) KeepAliveCount(context.Context) (uint32, error) { return s.options.count, nil }

func (s *tcpSocket) SetKeepAliveCount(_ context.Context, n uint32) error {
	if n == 0 {
		return ErrorCodeInvalidArgument
	}
	s.options.count = min(n, 127)
	return s.apply()
}

func (s *tcpSocket) HopLimit(context.Context) (uint8, error) { return s.options.hopLimit, nil }

func (s *tcpSocket) SetHopLimit(_ context.Context, n uint8) error {
	if n == 0 {
		return ErrorCodeInvalidArgument
	}
	s.options.hopLimit, s.options.hopSet = n, true
	return s.apply()
}

func (s *tcpSocket) ReceiveBufferSize(context.Context) (uint64, error) { return s.options.receive, nil }

func (s *tcpSocket) SetReceiveBufferSize(_ context.Context, n uint64) error {
	if n == 0 {
		return ErrorCodeInvalidArgument
	}
	s.options.receive, s.options.receiveSet = n, true
	return s.apply()
}

func (s *tcpSocket) SendBufferSize(context.Context) (uint64, error) { return s.options.send, nil }

func (s *tcpSocket) SetSendBufferSize(_ context.Context, n uint64) error {
	if n == 0 {
		return ErrorCodeInvalidArgument
	}
	s.options.send, s.options.sendSet = n, true
	return s.apply()
}

// Subscribe is ready when finish-connect or accept has something to say.
func (s *tcpSocket) Subscribe(context.Context) (wasiio.Pollable, error) {
	switch s.state {
	case tcpConnecting:
		return s.dial.Pollable(), nil
	case tcpListening:
		return s.accept.Pollable(), nil
	}
	return wasiio.AlwaysReady(), nil
}

// Shutdown ends one direction of a connection, or both.
func (s *tcpSocket) Shutdown(_ context.Context, how ShutdownType) error {
	if s.state != tcpConnected {
		return ErrorCodeInvalidState
	}
	if how != ShutdownTypeSend {
		s.stream.closeRead()
	}
	if how != ShutdownTypeReceive {
		s.stream.pipe.Finish(nil)
	}
	return nil
}

// StoreClosed is Drop.
func (s *tcpSocket) StoreClosed() { s.Drop(context.Background()) }

// Drop closes the socket. What a guest has written still goes out.
func (s *tcpSocket) Drop(context.Context) error {
	s.dropped.Do(s.h.ReleaseDescriptor)
	if s.listener != nil {
		s.listener.Close()
	}
	if s.accept != nil {
		s.accept.Stop(func(c *net.TCPConn) { c.Close() })
	}
	if s.dial != nil {
		s.dial.Stop(func(c *net.TCPConn) { c.Close() })
		s.cancel()
	}
	if s.stream != nil {
		s.stream.close()
	}
	s.state = tcpClosed
	return nil
}

// tcpStream carries the data of a connection.
type tcpStream struct {
	conn *net.TCPConn
	in   wasiio.InputStream
	pipe *wasiio.Pipe // to the goroutine that sends

	mu      sync.Mutex
	noRead  bool
	sending chan struct{} // closed when the sender has ended
}

func newTCPStream(c *net.TCPConn) *tcpStream {
	t := &tcpStream{conn: c, pipe: wasiio.NewPipe(0), sending: make(chan struct{})}
	t.in = wasiio.NewInputStream(tcpReader{t})
	t.pipe.OnDrop(func() {}) // the socket outlives its stream
	go t.send()
	return t
}

// send sends what the guest writes.
func (t *tcpStream) send() {
	defer close(t.sending)
	b := make([]byte, 16<<10)
	for {
		n, err := t.pipe.Read(b)
		if n > 0 {
			if _, werr := t.conn.Write(b[:n]); werr != nil {
				t.pipe.Fail(werr)
				return
			}
		}
		if err == io.EOF {
			t.conn.CloseWrite()
		}
		if err != nil {
			return
		}
	}
}

func (t *tcpStream) closeRead() {
	t.mu.Lock()
	t.noRead = true
	t.mu.Unlock()
	t.conn.CloseRead()
}

// tcpReader is what the guest reads; dropping its stream does not close the socket.
type tcpReader struct{ t *tcpStream }

func (r tcpReader) Read(b []byte) (int, error) {
	r.t.mu.Lock()
	stop := r.t.noRead
	r.t.mu.Unlock()
	if stop {
		return 0, io.EOF
	}
	return r.t.conn.Read(b)
}

// linger bounds how long a closed socket goes on sending.
const linger = 10 * time.Second

// close closes the connection when all has been sent.
func (t *tcpStream) close() {
	t.pipe.Finish(nil)
	select {
	case <-t.sending:
		t.conn.Close()
		return
	default:
	}
	t.conn.SetReadDeadline(time.Unix(1, 0)) // ends a read that runs
	t.conn.SetWriteDeadline(time.Now().Add(linger))
	go func() {
		<-t.sending
		t.conn.Close()
	}()
}
