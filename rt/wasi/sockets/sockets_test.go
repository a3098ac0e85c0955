package sockets

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

// guest has what a guest of a host has.
type guest struct {
	*testing.T
	h   *wasi.Host
	ctx context.Context
	net Network
}

func newGuest(t *testing.T, policy *wasi.Network) *guest {
	h := wasi.New(wasi.Config{Network: policy})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	n, err := InstanceNetworkFrom(h).InstanceNetwork(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return &guest{t, h, ctx, n}
}

func (g *guest) check(err error) {
	g.Helper()
	if err != nil {
		g.Fatal(err)
	}
}

func (g *guest) tcp() TCPSocket {
	s, err := TCPCreateSocketFrom(g.h).CreateTCPSocket(g.ctx, IPAddressFamilyIPv4)
	g.check(err)
	g.Cleanup(func() { s.(rt.Dropper).Drop(context.Background()) })
	return s
}

func (g *guest) udp() UDPSocket {
	s, err := UDPCreateSocketFrom(g.h).CreateUDPSocket(g.ctx, IPAddressFamilyIPv4)
	g.check(err)
	g.Cleanup(func() { s.(rt.Dropper).Drop(context.Background()) })
	return s
}

func (g *guest) block(p wasiio.Pollable, err error) {
	g.Helper()
	g.check(err)
	g.check(p.Block(g.ctx))
}

func addr(s string) IPSocketAddress {
	a := netip.MustParseAddrPort(s)
	f := IPAddressFamilyIPv6
	if a.Addr().Is4() {
		f = IPAddressFamilyIPv4
	}
	return fromAddrPort(a, f)
}

func TestAddresses(t *testing.T) {
	for _, s := range []string{"1.2.3.4:5", "[::1]:80", "[2001:db8::ff00:1]:65535", "[fe80::1%3]:1"} {
		if got := toAddrPort(addr(s)).String(); got != s {
			t.Errorf("%s became %s", s, got)
		}
	}
}

// listen gives a listening socket and its address.
func (g *guest) listen() (TCPSocket, IPSocketAddress) {
	g.Helper()
	l := g.tcp()
	g.check(l.StartBind(g.ctx, g.net, addr("127.0.0.1:0")))
	g.check(l.FinishBind(g.ctx))
	g.check(l.StartListen(g.ctx))
	g.check(l.FinishListen(g.ctx))
	at, err := l.LocalAddress(g.ctx)
	g.check(err)
	return l, at
}

func TestTCP(t *testing.T) {
	g := newGuest(t, wasi.InheritNetwork())
	l, at := g.listen()
	if _, _, _, err := l.Accept(g.ctx); err != ErrorCodeWouldBlock {
		t.Fatalf("Accept of nobody: %v", err)
	}
	c := g.tcp()
	if _, _, err := c.FinishConnect(g.ctx); err != ErrorCodeNotInProgress {
		t.Errorf("FinishConnect too early: %v", err)
	}
	g.check(c.SetKeepAliveEnabled(g.ctx, true))
	g.check(c.SetHopLimit(g.ctx, 33))
	g.check(c.StartConnect(g.ctx, g.net, at))
	if err := c.StartConnect(g.ctx, g.net, at); err != ErrorCodeInvalidState {
		t.Errorf("StartConnect twice: %v", err)
	}
	g.block(c.Subscribe(g.ctx))
	in, out, err := c.FinishConnect(g.ctx)
	g.check(err)
	g.block(l.Subscribe(g.ctx))
	s, sin, sout, err := l.Accept(g.ctx)
	g.check(err)
	local, err := c.LocalAddress(g.ctx)
	g.check(err)
	if remote, err := s.RemoteAddress(g.ctx); err != nil || remote != local {
		t.Errorf("remote %v, %v; local %v", remote, err, local)
	}

	g.check(out.BlockingWriteAndFlush(g.ctx, []byte("ping")))
	if b, err := sin.BlockingRead(g.ctx, 10); string(b) != "ping" || err != nil {
		t.Fatalf("%q %v", b, err)
	}
	// A guest that writes without end is held back, and not the host's memory.
	total := 0
	for total < 64<<20 {
		n, err := sout.CheckWrite(g.ctx)
		g.check(err)
		if n == 0 {
			p, err := sout.Subscribe(g.ctx)
			g.check(err)
			time.Sleep(50 * time.Millisecond)
			if ok, _ := p.Ready(g.ctx); !ok {
				break
			}
			continue
		}
		g.check(sout.Write(g.ctx, make([]byte, n)))
		total += int(n)
	}
	if total >= 64<<20 {
		t.Error("no backpressure")
	}
	for got := 0; got < total; {
		b, err := in.BlockingRead(g.ctx, 1<<20)
		g.check(err)
		got += len(b)
	}
	g.check(s.Shutdown(g.ctx, ShutdownTypeSend))
	if b, err := in.BlockingRead(g.ctx, 1); err != (wasiio.StreamErrorClosed{}) {
		t.Errorf("after shutdown: %q, %v", b, err)
	}
	g.check(out.BlockingWriteAndFlush(g.ctx, []byte("pong")))
	if b, err := sin.BlockingRead(g.ctx, 10); string(b) != "pong" || err != nil {
		t.Errorf("half open: %q %v", b, err)
	}
	// What was written before the drop arrives.
	g.check(out.Write(g.ctx, []byte("last")))
	g.check(c.(rt.Dropper).Drop(g.ctx))
	if b, err := sin.BlockingRead(g.ctx, 10); string(b) != "last" || err != nil {
		t.Errorf("after drop: %q %v", b, err)
	}
}

func TestTCPErrors(t *testing.T) {
	g := newGuest(t, wasi.InheritNetwork())
	s := g.tcp()
	for a, want := range map[string]error{"[::1]:1": ErrorCodeInvalidArgument, "0.0.0.0:1": ErrorCodeInvalidArgument, "127.0.0.1:0": ErrorCodeInvalidArgument,
		"224.0.0.1:1": ErrorCodeInvalidArgument, "255.255.255.255:1": ErrorCodeInvalidArgument, "[::ffff:127.0.0.1]:1": ErrorCodeInvalidArgument} {
		if err := s.StartConnect(g.ctx, g.net, addr(a)); err != want {
			t.Errorf("connect to %s: %v", a, err)
		}
	}
	if err := s.StartListen(g.ctx); err != ErrorCodeInvalidState {
		t.Errorf("listen unbound: %v", err)
	}
	if _, err := s.LocalAddress(g.ctx); err != ErrorCodeInvalidState {
		t.Errorf("address unbound: %v", err)
	}
	l, at := g.listen()
	g.check(l.(rt.Dropper).Drop(g.ctx))
	g.check(s.StartConnect(g.ctx, g.net, at))
	g.block(s.Subscribe(g.ctx))
	if _, _, err := s.FinishConnect(g.ctx); err != ErrorCodeConnectionRefused {
		t.Errorf("connect to nobody: %v", err)
	}
	_, at = g.listen()
	b := g.tcp()
	g.check(b.StartBind(g.ctx, g.net, at))
	if err := b.FinishBind(g.ctx); err != ErrorCodeAddressInUse {
		t.Errorf("bind twice: %v", err)
	}
}

func TestUDP(t *testing.T) {
	g := newGuest(t, wasi.InheritNetwork())
	a, b := g.udp(), g.udp()
	var at [2]IPSocketAddress
	for i, s := range []UDPSocket{a, b} {
		g.check(s.StartBind(g.ctx, g.net, addr("127.0.0.1:0")))
		g.check(s.FinishBind(g.ctx))
		var err error
		at[i], err = s.LocalAddress(g.ctx)
		g.check(err)
	}
	_, aout, err := a.Stream(g.ctx, rt.Some(at[1]))
	g.check(err)
	bin, bout, err := b.Stream(g.ctx, rt.None[IPSocketAddress]())
	g.check(err)
	if _, err := aout.Send(g.ctx, []OutgoingDatagram{{Data: []byte("x")}}); err == nil {
		t.Error("send without permit")
	}
	_, err = aout.CheckSend(g.ctx)
	g.check(err)
	n, err := aout.Send(g.ctx, []OutgoingDatagram{{Data: []byte("one")}, {Data: []byte("two"), RemoteAddress: rt.Some(at[1])}, {RemoteAddress: rt.Some(at[0])}})
	if n != 2 || err != nil {
		t.Errorf("Send = %d, %v", n, err)
	}
	for _, want := range []string{"one", "two"} {
		g.block(bin.Subscribe(g.ctx))
		l, err := bin.Receive(g.ctx, 1)
		if err != nil || len(l) != 1 || string(l[0].Data) != want || l[0].RemoteAddress != at[0] {
			t.Errorf("%v %v", l, err)
		}
	}
	bout.CheckSend(g.ctx)
	if _, err := bout.Send(g.ctx, []OutgoingDatagram{{Data: []byte("x")}}); err != ErrorCodeInvalidArgument {
		t.Errorf("send to nobody: %v", err)
	}
}

func TestPolicy(t *testing.T) {
	only := netip.MustParseAddrPort("127.0.0.1:9")
	attempts := 0
	for name, policy := range map[string]*wasi.Network{"nil": nil, "zero": {}, "one": {Allow: func(use wasi.NetworkUse, a netip.AddrPort) bool { return use == wasi.UDPSend && a == only }}} {
		g := newGuest(t, policy)
		for _, a := range []string{"127.0.0.1:80", "10.0.0.1:1", "8.8.8.8:53", "169.254.169.254:80"} {
			attempts++
			if err := g.tcp().StartConnect(g.ctx, g.net, addr(a)); err != ErrorCodeAccessDenied {
				t.Errorf("%s: connect to %s: %v", name, a, err)
			}
		}
		for _, a := range []string{"127.0.0.1:0", "0.0.0.0:80"} {
			attempts += 2
			if err := g.tcp().StartBind(g.ctx, g.net, addr(a)); err != ErrorCodeAccessDenied {
				t.Errorf("%s: bind to %s: %v", name, a, err)
			}
			if err := g.udp().StartBind(g.ctx, g.net, addr(a)); err != ErrorCodeAccessDenied {
				t.Errorf("%s: UDP bind to %s: %v", name, a, err)
			}
		}
		for _, n := range []string{"localhost", "example.com", "127.0.0.1"} {
			attempts++
			if _, err := IPNameLookupFrom(g.h).ResolveAddresses(g.ctx, g.net, n); err != ErrorCodePermanentResolverFailure {
				t.Errorf("%s: lookup of %s: %v", name, n, err)
			}
		}
	}
	t.Logf("%d attempts", attempts)
}

func TestLookup(t *testing.T) {
	g := newGuest(t, &wasi.Network{Lookup: true})
	for name, want := range map[string]string{"127.0.0.1": "127.0.0.1", "::1": "::1", "[::1]": "::1", "localhost": "127.0.0.1"} {
		r, err := IPNameLookupFrom(g.h).ResolveAddresses(g.ctx, g.net, name)
		g.check(err)
		found := false
		for {
			g.block(r.Subscribe(g.ctx))
			o, err := r.ResolveNextAddress(g.ctx)
			g.check(err)
			a, ok := o.Get()
			if !ok {
				break
			}
			found = found || a == fromAddr(netip.MustParseAddr(want))
		}
		if !found {
			t.Errorf("%s is not %s", name, want)
		}
	}
	for _, n := range []string{"", "a b", "http://x", "x:80", "a..b"} {
		if _, err := IPNameLookupFrom(g.h).ResolveAddresses(g.ctx, g.net, n); err != ErrorCodeInvalidArgument {
			t.Errorf("%q: %v", n, err)
		}
	}
}

func TestSocketLimit(t *testing.T) {
	g := newGuest(t, wasi.InheritNetwork())
	g.h.Limits.Descriptors = 2
	g.tcp()
	u := g.udp()
	if _, err := TCPCreateSocketFrom(g.h).CreateTCPSocket(g.ctx, IPAddressFamilyIPv4); err != ErrorCodeNewSocketLimit {
		t.Errorf("%v", err)
	}
	if _, err := UDPCreateSocketFrom(g.h).CreateUDPSocket(g.ctx, IPAddressFamilyIPv4); err != ErrorCodeNewSocketLimit {
		t.Errorf("%v", err)
	}
	g.check(u.(rt.Dropper).Drop(g.ctx))
	g.tcp()
}

// TestStates calls every function of a socket in every state, with both families.
func TestStates(t *testing.T) {
	for family, loopback := range map[IPAddressFamily]string{IPAddressFamilyIPv4: "127.0.0.1", IPAddressFamilyIPv6: "[::1]"} {
		if c, err := net.Listen("tcp", loopback+":0"); err != nil {
			t.Logf("no %s here: %v", loopback, err)
			continue
		} else {
			c.Close()
		}
		g := newGuest(t, wasi.InheritNetwork())
		ctx := g.ctx
		tcp := func() TCPSocket {
			s, err := TCPCreateSocketFrom(g.h).CreateTCPSocket(ctx, family)
			g.check(err)
			t.Cleanup(func() { s.(rt.Dropper).Drop(context.Background()) })
			return s
		}
		free := addr(loopback + ":0")
		bind := func(s TCPSocket) {
			g.check(s.StartBind(ctx, g.net, free))
			g.check(s.FinishBind(ctx))
		}
		// What each function gives in a state, besides those that go on from it.
		check := func(state string, s TCPSocket, want map[string]error, listening bool) {
			t.Helper()
			got := map[string]func() error{
				"start-bind":     func() error { return s.StartBind(ctx, g.net, free) },
				"finish-bind":    func() error { return s.FinishBind(ctx) },
				"start-connect":  func() error { return s.StartConnect(ctx, g.net, addr(loopback+":9")) },
				"finish-connect": func() error { _, _, err := s.FinishConnect(ctx); return err },
				"start-listen":   func() error { return s.StartListen(ctx) },
				"finish-listen":  func() error { return s.FinishListen(ctx) },
				"accept":         func() error { _, _, _, err := s.Accept(ctx); return err },
				"shutdown":       func() error { return s.Shutdown(ctx, ShutdownTypeBoth) },
				"local-address":  func() error { _, err := s.LocalAddress(ctx); return err },
				"remote-address": func() error { _, err := s.RemoteAddress(ctx); return err },
			}
			for name, w := range want {
				if err := got[name](); err != w {
					t.Errorf("%s %s: %s = %v, want %v", loopback, state, name, err, w)
				}
			}
			if is, err := s.IsListening(ctx); is != listening || err != nil {
				t.Errorf("%s %s: is-listening %v, %v", loopback, state, is, err)
			}
			if f, err := s.AddressFamily(ctx); f != family || err != nil {
				t.Errorf("%s %s: family %v, %v", loopback, state, f, err)
			}
			g.check(s.SetKeepAliveEnabled(ctx, false))
			g.check(s.SetHopLimit(ctx, 255))
			g.check(s.SetReceiveBufferSize(ctx, 16000))
			g.check(s.SetSendBufferSize(ctx, 16000))
			for _, err := range []error{s.SetHopLimit(ctx, 0), s.SetReceiveBufferSize(ctx, 0), s.SetSendBufferSize(ctx, 0), s.SetKeepAliveCount(ctx, 0),
				s.SetKeepAliveIdleTime(ctx, 0), s.SetKeepAliveInterval(ctx, 0)} {
				if err != ErrorCodeInvalidArgument {
					t.Errorf("%s %s: an option of 0: %v", loopback, state, err)
				}
			}
		}
		no, bad := ErrorCodeNotInProgress, ErrorCodeInvalidState
		check("unbound", tcp(), map[string]error{"finish-bind": no, "finish-connect": no, "start-listen": bad, "finish-listen": no, "accept": bad, "shutdown": bad,
			"local-address": bad, "remote-address": bad}, false)
		s := tcp()
		g.check(s.StartBind(ctx, g.net, free))
		check("binding", s, map[string]error{"start-bind": bad, "start-connect": bad, "finish-connect": no, "start-listen": bad, "finish-listen": no, "accept": bad,
			"shutdown": bad, "local-address": bad, "remote-address": bad}, false)
		g.check(s.FinishBind(ctx))
		check("bound", s, map[string]error{"start-bind": bad, "finish-bind": no, "finish-connect": no, "finish-listen": no, "accept": bad, "shutdown": bad,
			"local-address": nil, "remote-address": bad}, false)
		g.check(s.StartListen(ctx))
		check("beginning to listen", s, map[string]error{"start-bind": bad, "finish-bind": no, "start-connect": bad, "finish-connect": no, "start-listen": bad, "accept": bad,
			"shutdown": bad, "remote-address": bad}, false)
		g.check(s.FinishListen(ctx))
		check("listening", s, map[string]error{"start-bind": bad, "finish-bind": no, "start-connect": bad, "finish-connect": no, "start-listen": bad, "finish-listen": no,
			"accept": ErrorCodeWouldBlock, "shutdown": bad, "local-address": nil, "remote-address": bad}, true)
		at, err := s.LocalAddress(ctx)
		g.check(err)
		c := tcp()
		bind(c) // a bound socket may connect, and keeps its address
		mine, err := c.LocalAddress(ctx)
		g.check(err)
		g.check(c.StartConnect(ctx, g.net, at))
		g.block(c.Subscribe(ctx))
		_, _, err = c.FinishConnect(ctx)
		g.check(err)
		if now, err := c.LocalAddress(ctx); now != mine || err != nil {
			t.Errorf("%s: bound to %v, connected from %v, %v", loopback, mine, now, err)
		}
		check("connected", c, map[string]error{"start-bind": bad, "finish-bind": no, "start-connect": bad, "finish-connect": no, "start-listen": bad, "finish-listen": no,
			"accept": bad, "local-address": nil, "remote-address": nil, "shutdown": nil}, false)

		// A UDP socket has one peer, or all.
		u, err := UDPCreateSocketFrom(g.h).CreateUDPSocket(ctx, family)
		g.check(err)
		t.Cleanup(func() { u.(rt.Dropper).Drop(context.Background()) })
		none := rt.None[IPSocketAddress]()
		if _, _, err := u.Stream(ctx, none); err != bad {
			t.Errorf("stream unbound: %v", err)
		}
		if err := u.FinishBind(ctx); err != no {
			t.Errorf("finish-bind: %v", err)
		}
		g.check(u.StartBind(ctx, g.net, free))
		g.check(u.FinishBind(ctx))
		if err := u.StartBind(ctx, g.net, free); err != bad {
			t.Errorf("start-bind twice: %v", err)
		}
		one, two := addr(loopback+":4321"), addr(loopback+":4320")
		for _, peer := range []IPSocketAddress{nil, nil, one, one, two, nil, one} {
			o := none
			if peer != nil {
				o = rt.Some(peer)
			}
			_, _, err := u.Stream(ctx, o)
			g.check(err)
			if got, err := u.RemoteAddress(ctx); got != peer || (err != nil) != (peer == nil) {
				t.Errorf("%s: remote %v, %v, want %v", loopback, got, err, peer)
			}
		}
	}
}

// TestOptions checks that a connection has the options that its listener had when it was accepted.
func TestOptions(t *testing.T) {
	g := newGuest(t, wasi.InheritNetwork())
	l, at := g.listen()
	set := func(hops uint8, size uint64, keep bool) {
		g.check(l.SetHopLimit(g.ctx, hops))
		g.check(l.SetReceiveBufferSize(g.ctx, size))
		g.check(l.SetSendBufferSize(g.ctx, size))
		g.check(l.SetKeepAliveEnabled(g.ctx, keep))
	}
	set(42, 0x10000, true)
	c := g.tcp()
	g.check(c.StartConnect(g.ctx, g.net, at))
	g.block(c.Subscribe(g.ctx))
	_, _, err := c.FinishConnect(g.ctx)
	g.check(err)
	g.block(l.Subscribe(g.ctx))
	s, _, _, err := l.Accept(g.ctx)
	g.check(err)
	t.Cleanup(func() { s.(rt.Dropper).Drop(context.Background()) })
	set(43, 0x20000, false)
	hops, _ := s.HopLimit(g.ctx)
	receive, _ := s.ReceiveBufferSize(g.ctx)
	send, _ := s.SendBufferSize(g.ctx)
	keep, _ := s.KeepAliveEnabled(g.ctx)
	if hops != 42 || receive != 0x10000 || send != 0x10000 || !keep {
		t.Errorf("hop limit %d, buffers %#x and %#x, keep-alive %v", hops, receive, send, keep)
	}
}
