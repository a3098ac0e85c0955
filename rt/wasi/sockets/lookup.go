package sockets

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

type lookup struct{ h *wasi.Host }

// IPNameLookupFrom gives wasi:sockets/ip-name-lookup.
func IPNameLookupFrom(h *wasi.Host) IPNameLookup { return lookup{h} }

// validName tells whether a name could be one of a host: anything without
// characters that URLs give a meaning.
func validName(name string) bool {
	return name != "" && len(name) <= 253 && !strings.ContainsAny(name, " /:@?#[]%<>^|\\\"\x00\t\r\n") && !strings.Contains(strings.TrimSuffix(name, "."), "..")
}

// ResolveAddresses begins to look a name up.
func (l lookup) ResolveAddresses(ctx context.Context, n Network, name string) (ResolveAddressStream, error) {
	if _, ok := n.(*network); !ok {
		return nil, ErrorCodeInvalidArgument
	}
	policy := l.h.Network
	if policy == nil || !policy.Lookup {
		return nil, ErrorCodePermanentResolverFailure // as Wasmtime says it
	}
	r := &resolved{}
	r.ctx, r.cancel = context.WithCancel(ctx)
	text := strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		r.list, r.done = []netip.Addr{a.Unmap()}, true
	} else if !validName(name) {
		r.cancel()
		return nil, ErrorCodeInvalidArgument
	}
	resolver := policy.Resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	r.ahead = wasiio.NewAhead(func() ([]netip.Addr, error) { return resolver.LookupNetIP(r.ctx, "ip", name) })
	if !r.done {
		r.take() // begins
	}
	return r, nil
}

// resolved is a resolve-address-stream.
type resolved struct {
	ctx    context.Context
	cancel context.CancelFunc
	ahead  *wasiio.Ahead[[]netip.Addr]
	done   bool
	list   []netip.Addr
	err    error
}

// take takes the answer when it is there.
func (r *resolved) take() {
	if !r.done {
		r.list, r.err, r.done = r.ahead.Get()
	}
}

// ResolveNextAddress gives the next address, none at the end.
func (r *resolved) ResolveNextAddress(context.Context) (rt.Option[IPAddress], error) {
	none := rt.None[IPAddress]()
	r.take()
	switch {
	case !r.done:
		return none, ErrorCodeWouldBlock
	case r.err != nil:
		var dns *net.DNSError
		switch {
		case errors.As(r.err, &dns) && dns.IsNotFound:
			return none, ErrorCodeNameUnresolvable
		case errors.As(r.err, &dns) && (dns.IsTemporary || dns.IsTimeout):
			return none, ErrorCodeTemporaryResolverFailure
		}
		return none, ErrorCodePermanentResolverFailure
	case len(r.list) == 0:
		return none, nil
	}
	a := r.list[0].Unmap().WithZone("")
	r.list = r.list[1:]
	return rt.Some(fromAddr(a)), nil
}

// Subscribe is ready when there is an answer.
func (r *resolved) Subscribe(context.Context) (wasiio.Pollable, error) {
	r.take()
	if r.done {
		return wasiio.AlwaysReady(), nil
	}
	return r.ahead.Pollable(), nil
}

// StoreClosed ends the lookup.
func (r *resolved) StoreClosed() { r.cancel() }

// Drop ends the lookup.
func (r *resolved) Drop(context.Context) error { r.cancel(); return nil }
