package sockets

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"syscall"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

// network is the network resource: what a guest may reach.
type network struct{ h *wasi.Host }

type instance struct{ h *wasi.Host }

// InstanceNetworkFrom gives the network of the host. What may be done with it is up to
// Config.Network.
func InstanceNetworkFrom(h *wasi.Host) InstanceNetwork { return instance{h} }

func (i instance) InstanceNetwork(context.Context) (Network, error) { return &network{i.h}, nil }

// NetworkIfaceFrom gives wasi:sockets/network.
func NetworkIfaceFrom(*wasi.Host) NetworkIface { return errorCodes{} }

type errorCodes struct{}

// NetworkErrorCode gives the code behind a stream's error, if it came from a socket.
func (errorCodes) NetworkErrorCode(_ context.Context, e wasiio.Error) (rt.Option[ErrorCode], error) {
	err := wasiio.Cause(e)
	var op *net.OpError
	var code ErrorCode
	if errors.As(err, &op) || errors.As(err, &code) {
		return rt.Some(codeOf(err)), nil
	}
	return rt.None[ErrorCode](), nil
}

// toAddrPort makes a Go address.
func toAddrPort(a IPSocketAddress) netip.AddrPort {
	switch a := a.(type) {
	case IPSocketAddressIPv4:
		v := a.Value.Address
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{v.F0, v.F1, v.F2, v.F3}), a.Value.Port)
	case IPSocketAddressIPv6:
		v := a.Value.Address
		var b [16]byte
		for i, w := range [8]uint16{v.F0, v.F1, v.F2, v.F3, v.F4, v.F5, v.F6, v.F7} {
			b[2*i], b[2*i+1] = byte(w>>8), byte(w)
		}
		addr := netip.AddrFrom16(b)
		if a.Value.ScopeID != 0 {
			addr = addr.WithZone(strconv.FormatUint(uint64(a.Value.ScopeID), 10))
		}
		return netip.AddrPortFrom(addr, a.Value.Port)
	}
	return netip.AddrPort{}
}

// fromAddr makes an address of wasi:sockets.
func fromAddr(a netip.Addr) IPAddress {
	if a.Is4() {
		b := a.As4()
		return IPAddressIPv4{Value: IPv4Address{F0: b[0], F1: b[1], F2: b[2], F3: b[3]}}
	}
	b := a.As16()
	w := func(i int) uint16 { return uint16(b[2*i])<<8 | uint16(b[2*i+1]) }
	return IPAddressIPv6{Value: IPv6Address{F0: w(0), F1: w(1), F2: w(2), F3: w(3), F4: w(4), F5: w(5), F6: w(6), F7: w(7)}}
}

func fromAddrPort(a netip.AddrPort, family IPAddressFamily) IPSocketAddress {
	addr := a.Addr()
	if family == IPAddressFamilyIPv4 {
		addr = addr.Unmap()
	}
	switch ip := fromAddr(addr).(type) {
	case IPAddressIPv4:
		return IPSocketAddressIPv4{Value: IPv4SocketAddress{Port: a.Port(), Address: ip.Value}}
	case IPAddressIPv6:
		scope, _ := strconv.ParseUint(addr.Zone(), 10, 32)
		return IPSocketAddressIPv6{Value: IPv6SocketAddress{Port: a.Port(), Address: ip.Value, ScopeID: uint32(scope)}}
	}
	return nil
}

// checkAddr refuses addresses that no socket of the family can have.
func checkAddr(a netip.AddrPort, family IPAddressFamily) error {
	addr := a.Addr()
	if addr.Is4() != (family == IPAddressFamilyIPv4) || addr.Is4In6() || addr.IsMulticast() || addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return ErrorCodeInvalidArgument
	}
	return nil
}

// checkRemote refuses addresses that nobody can be at.
func checkRemote(a netip.AddrPort, family IPAddressFamily) error {
	if err := checkAddr(a, family); err != nil {
		return err
	}
	if a.Addr().IsUnspecified() || a.Port() == 0 {
		return ErrorCodeInvalidArgument
	}
	return nil
}

// suffix is what Go's network names have at the end for a family.
func suffix(family IPAddressFamily) string {
	if family == IPAddressFamilyIPv4 {
		return "4"
	}
	return "6"
}

// errnos are the codes of the system's errors; Windows has numbers of its own
// for sockets, which package syscall does not name.
var errnos = []struct {
	unix    syscall.Errno
	windows uintptr
	code    ErrorCode
}{
	{syscall.EACCES, 10013, ErrorCodeAccessDenied},
	{syscall.EPERM, 10013, ErrorCodeAccessDenied},
	{syscall.EADDRINUSE, 10048, ErrorCodeAddressInUse},
	{syscall.EADDRNOTAVAIL, 10049, ErrorCodeAddressNotBindable},
	{syscall.EAFNOSUPPORT, 10047, ErrorCodeNotSupported},
	{syscall.ECONNREFUSED, 10061, ErrorCodeConnectionRefused},
	{syscall.ECONNRESET, 10054, ErrorCodeConnectionReset},
	{syscall.ECONNABORTED, 10053, ErrorCodeConnectionAborted},
	{syscall.EPIPE, 10058, ErrorCodeConnectionReset},
	{syscall.EHOSTUNREACH, 10065, ErrorCodeRemoteUnreachable},
	{syscall.ENETUNREACH, 10051, ErrorCodeRemoteUnreachable},
	{syscall.ENETDOWN, 10050, ErrorCodeRemoteUnreachable},
	{syscall.ETIMEDOUT, 10060, ErrorCodeTimeout},
	{syscall.EMSGSIZE, 10040, ErrorCodeDatagramTooLarge},
	{syscall.EMFILE, 10024, ErrorCodeNewSocketLimit},
	{syscall.ENFILE, 10024, ErrorCodeNewSocketLimit},
	{syscall.ENOMEM, 14, ErrorCodeOutOfMemory},
	{syscall.ENOBUFS, 10055, ErrorCodeOutOfMemory},
	{syscall.EINVAL, 10022, ErrorCodeInvalidArgument},
	{syscall.EOPNOTSUPP, 10045, ErrorCodeNotSupported},
}

// codeOf is the error code of a Go error.
func codeOf(err error) ErrorCode {
	var code ErrorCode
	if errors.As(err, &code) {
		return code
	}
	var n syscall.Errno
	if errors.As(err, &n) {
		for _, e := range errnos {
			if n == e.unix || runtime.GOOS == "windows" && uintptr(n) == e.windows {
				return e.code
			}
		}
	}
	var netErr net.Error
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &netErr) && netErr.Timeout():
		return ErrorCodeTimeout
	case errors.Is(err, net.ErrClosed):
		return ErrorCodeConnectionAborted
	}
	return ErrorCodeUnknown
}
