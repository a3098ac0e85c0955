package sockets

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

type udpCreate struct{ h *wasi.Host }

// UDPCreateSocketFrom gives wasi:sockets/udp-create-socket. A socket can do what
// Config.Network allows.
func UDPCreateSocketFrom(h *wasi.Host) UDPCreateSocket { return udpCreate{h} }

func (c udpCreate) CreateUDPSocket(_ context.Context, family IPAddressFamily) (UDPSocket, error) {
	if !c.h.TakeDescriptor() {
		return nil, ErrorCodeNewSocketLimit
	}
	return &udpSocket{h: c.h, family: family, options: defaultOptions()}, nil
}

// udpSocket is a udp-socket.
type udpSocket struct {
	h       *wasi.Host
	family  IPAddressFamily
	options options
	dropped sync.Once

	binding bool
	bound   bool
	bindErr error
	conn    *net.UDPConn
	receive *wasiio.Ahead[datagram]
	remote  netip.AddrPort // valid: the only address to exchange datagrams with
}

// datagram is a datagram received.
type datagram struct {
	data []byte
	from netip.AddrPort
}

// StartBind binds.
func (s *udpSocket) StartBind(_ context.Context, n Network, local IPSocketAddress) error {
	addr := toAddrPort(local)
	if _, ok := n.(*network); !ok {
		return ErrorCodeInvalidArgument
	}
	if err := checkAddr(addr, s.family); err != nil {
		return err
	}
	if s.bound || s.binding {
		return ErrorCodeInvalidState
	}
	if !s.h.Network.Allows(wasi.UDPBind, addr) {
		return ErrorCodeAccessDenied
	}
	s.conn, s.bindErr = net.ListenUDP("udp"+suffix(s.family), net.UDPAddrFromAddrPort(addr))
	s.binding = true
	return nil
}

// maxDatagram is the size of the largest datagram.
const maxDatagram = 64 << 10

// FinishBind tells how binding went.
func (s *udpSocket) FinishBind(context.Context) error {
	if !s.binding {
		return ErrorCodeNotInProgress
	}
	s.binding = false
	if s.bindErr != nil {
		return codeOf(s.bindErr)
	}
	s.bound = true
	buf := make([]byte, maxDatagram) // of the one read that runs at a time
	s.receive = wasiio.NewAhead(func() (datagram, error) {
		n, from, err := s.conn.ReadFromUDPAddrPort(buf)
		return datagram{append([]byte{}, buf[:n]...), netip.AddrPortFrom(from.Addr().Unmap(), from.Port())}, err
	})
	return s.apply()
}

func (s *udpSocket) apply() error {
	if s.conn == nil {
		return nil
	}
	if err := s.options.apply(s.conn, s.family); err != nil {
		return codeOf(err)
	}
	return nil
}

// Stream gives the streams of the socket, for one peer or for all. A socket has one pair at a time:
// the last one that was asked for.
func (s *udpSocket) Stream(_ context.Context, remote rt.Option[IPSocketAddress]) (IncomingDatagramStream, OutgoingDatagramStream, error) {
	if !s.bound {
		return nil, nil, ErrorCodeInvalidState
	}
	s.remote = netip.AddrPort{}
	if r, ok := remote.Get(); ok {
		addr := toAddrPort(r)
		if err := checkRemote(addr, s.family); err != nil {
			return nil, nil, err
		}
		if !s.h.Network.Allows(wasi.UDPSend, addr) {
			return nil, nil, ErrorCodeAccessDenied
		}
		s.remote = addr
	}
	return &incoming{s, s.remote}, &outgoing{s: s, remote: s.remote}, nil
}

// LocalAddress is the address that the socket is bound to.
func (s *udpSocket) LocalAddress(context.Context) (IPSocketAddress, error) {
	if !s.bound {
		return nil, ErrorCodeInvalidState
	}
	return fromAddrPort(addrPortOf(s.conn.LocalAddr()), s.family), nil
}

// RemoteAddress is the address of the only peer.
func (s *udpSocket) RemoteAddress(context.Context) (IPSocketAddress, error) {
	if !s.remote.IsValid() {
		return nil, ErrorCodeInvalidState
	}
	return fromAddrPort(s.remote, s.family), nil
}

func (s *udpSocket) AddressFamily(context.Context) (IPAddressFamily, error) { return s.family, nil }

func (s *udpSocket) UnicastHopLimit(context.Context) (uint8, error) { return s.options.hopLimit, nil }

func (s *udpSocket) SetUnicastHopLimit(_ context.Context, n uint8) error {
	if n == 0 {
		return ErrorCodeInvalidArgument
	}
	s.options.hopLimit, s.options.hopSet = n, true
	return s.apply()
}

func (s *udpSocket) ReceiveBufferSize(context.Context) (uint64, error) { return s.options.receive, nil }

func (s *udpSocket) SetReceiveBufferSize(_ context.Context, n uint64) error {
	if n == 0 {
		return ErrorCodeInvalidArgument
	}
	s.options.receive, s.options.receiveSet = n, true
	return s.apply()
}

func (s *udpSocket) SendBufferSize(context.Context) (uint64, error) { return s.options.send, nil }

func (s *udpSocket) SetSendBufferSize(_ context.Context, n uint64) error {
	if n == 0 {
		return ErrorCodeInvalidArgument
	}
	s.options.send, s.options.sendSet = n, true
	return s.apply()
}

// Subscribe is always ready: binding does not block.
func (s *udpSocket) Subscribe(context.Context) (wasiio.Pollable, error) {
	return wasiio.AlwaysReady(), nil
}

// StoreClosed is Drop.
func (s *udpSocket) StoreClosed() { s.Drop(context.Background()) }

// Drop closes the socket.
func (s *udpSocket) Drop(context.Context) error {
	s.dropped.Do(s.h.ReleaseDescriptor)
	if s.receive != nil {
		s.receive.Stop(func(datagram) {})
	}
	if s.conn != nil {
		s.conn.Close()
	}
	return nil
}

// incoming is an incoming-datagram-stream.
type incoming struct {
	s      *udpSocket
	remote netip.AddrPort
}

// Receive gives datagrams that have come.
func (i *incoming) Receive(_ context.Context, most uint64) ([]IncomingDatagram, error) {
	var out []IncomingDatagram
	for uint64(len(out)) < most {
		d, err, ok := i.s.receive.Get()
		if !ok {
			break
		}
		if err != nil {
			if len(out) > 0 {
				break
			}
			return nil, codeOf(err)
		}
		if i.remote.IsValid() && d.from != i.remote {
			continue
		}
		out = append(out, IncomingDatagram{Data: d.data, RemoteAddress: fromAddrPort(d.from, i.s.family)})
	}
	return out, nil
}

// Subscribe is ready when a datagram has come.
func (i *incoming) Subscribe(context.Context) (wasiio.Pollable, error) {
	return i.s.receive.Pollable(), nil
}

// outgoing is an outgoing-datagram-stream.
type outgoing struct {
	s      *udpSocket
	remote netip.AddrPort
	permit uint64
}

// maxSend is how many datagrams may be sent at once.
const maxSend = 16

// CheckSend says how many datagrams may be sent.
func (o *outgoing) CheckSend(context.Context) (uint64, error) {
	o.permit = maxSend
	return maxSend, nil
}

// Send sends datagrams, and tells how many were. An error is reported if the
// first fails.
func (o *outgoing) Send(_ context.Context, list []OutgoingDatagram) (uint64, error) {
	if uint64(len(list)) > o.permit {
		return 0, errors.New("wasi:sockets: send of more datagrams than check-send permitted")
	}
	o.permit -= uint64(len(list))
	for n := range list {
		if err := o.send(&list[n]); err != nil {
			if n > 0 {
				return uint64(n), nil
			}
			return 0, err
		}
	}
	return uint64(len(list)), nil
}

func (o *outgoing) send(d *OutgoingDatagram) error {
	to := o.remote
	if a, ok := d.RemoteAddress.Get(); ok {
		addr := toAddrPort(a)
		if err := checkRemote(addr, o.s.family); err != nil {
			return err
		}
		if to.IsValid() && addr != to {
			return ErrorCodeInvalidArgument
		}
		to = addr
	}
	if !to.IsValid() {
		return ErrorCodeInvalidArgument
	}
	if !o.s.h.Network.Allows(wasi.UDPSend, to) {
		return ErrorCodeAccessDenied
	}
	if len(d.Data) >= maxDatagram {
		return ErrorCodeDatagramTooLarge
	}
	if _, err := o.s.conn.WriteToUDPAddrPort(d.Data, to); err != nil {
		return codeOf(err)
	}
	return nil
}

// Subscribe is always ready: sending does not wait for the peer.
func (o *outgoing) Subscribe(context.Context) (wasiio.Pollable, error) {
	return wasiio.AlwaysReady(), nil
}
