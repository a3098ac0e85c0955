// Package wasi configures the WASI hosts of the packages below it. A [Host]
// is what a guest is given: arguments, environment, streams, directories,
// clocks, random numbers. Nothing is granted by default.
//
// Each package below holds the interfaces of one WASI package as Go interfaces
// (wit.go, generated) and an implementation of each, made by a function
// <Interface>From(*wasi.Host). An embedder may use any of them alone, and
// replace any by an implementation of their own.
package wasi

import (
	"crypto/rand"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Config says what a guest is given. The zero Config gives nothing: no
// arguments, an empty environment, an empty stdin, outputs that go nowhere, no
// directory.
type Config struct {
	Args   []string  // the program's name first
	Env    []string  // "KEY=value"
	Cwd    string    // initial working directory as the guest sees it; "" if none
	Stdin  io.Reader // nil: empty
	Stdout io.Writer // nil: discarded
	Stderr io.Writer // nil: discarded
	// Terminals tells the guest which of its standard streams are terminals.
	StdinTTY, StdoutTTY, StderrTTY bool
	Dirs                           []Dir
	// Now is the wall clock; nil: time.Now.
	Now func() time.Time
	// Monotonic is the monotonic clock in nanoseconds; nil: time since the host was made.
	Monotonic func() uint64
	// Location is the time zone of wasi:clocks/timezone; nil: UTC.
	Location *time.Location
	// Rand gives random bytes; nil: crypto/rand.
	Rand io.Reader
	// InsecureRand gives bytes for wasi:random/insecure; nil: Rand.
	InsecureRand io.Reader
	// Network says what a guest may reach; nil: nothing at all.
	Network *Network
	// Listeners are sockets that a preview 1 guest finds open after its
	// directories; they are closed by who made them.
	Listeners []net.Listener
	// HTTPClient makes the requests of wasi:http/outgoing-handler: an *http.Client or http.RoundTripper of
	// net/http. nil: a client that keeps to Network, and no requests at all without one.
	// (The type is any so that only programs that use HTTP link net/http.)
	HTTPClient any
	// Limits bound what guests hold of the host's.
	Limits Limits
}

// Limits bound what all guests of one host hold at the same time.
type Limits struct {
	// Descriptors is how many files, directories and sockets may be open besides the directories of the
	// configuration; 0: as many as the process may have. One more is insufficient-memory, or new-socket-limit.
	Descriptors int
}

// NetworkUse is what a guest wants of an address.
type NetworkUse uint8

// The uses of an address.
const (
	TCPConnect NetworkUse = iota // connect to it, for wasi:sockets or wasi:http
	TCPBind                      // listen at it, or connect from it
	UDPBind                      // receive at it, or send from it
	UDPSend                      // send to it
)

// String is the use in words.
func (u NetworkUse) String() string {
	return [...]string{"TCP connect", "TCP bind", "UDP bind", "UDP send"}[u&3]
}

// Network is a policy for wasi:sockets and wasi:http. The zero Network allows nothing.
type Network struct {
	// Allow is asked before every use of an address; nil allows none.
	Allow func(use NetworkUse, addr netip.AddrPort) bool
	// Lookup allows names to be resolved. What a name resolves to is still subject to Allow.
	Lookup bool
	// Resolver resolves names; nil: net.DefaultResolver.
	Resolver *net.Resolver
}

// InheritNetwork is the policy that allows everything that the process may do.
func InheritNetwork() *Network {
	return &Network{Lookup: true, Allow: func(NetworkUse, netip.AddrPort) bool { return true }}
}

// Allows tells whether a use is allowed; n may be nil.
func (n *Network) Allows(use NetworkUse, addr netip.AddrPort) bool {
	if n == nil || n.Allow == nil {
		return false
	}
	a := addr.Addr().Unmap() // an IPv4 address in IPv6 clothes is that IPv4 address
	if a.IsUnspecified() && (use == TCPConnect || use == UDPSend) {
		// Systems, and package net, reach their own machine by it.
		if a = netip.IPv6Loopback(); addr.Addr().Unmap().Is4() {
			a = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		}
	}
	return n.Allow(use, netip.AddrPortFrom(a, addr.Port()))
}

// Dir is a directory that a guest may open files in.
type Dir struct {
	Host     string // path on the host
	Guest    string // the name that the guest sees, "/" or "data"
	ReadOnly bool
	// FS is what the directory holds, in place of Host; it is always read-only.
	FS fs.FS
}

// Host is a configuration with its defaults filled in. It may serve many
// stores at the same time.
type Host struct {
	Config
	mu     sync.Mutex
	shared map[any]any
	open   atomic.Int64 // descriptors
}

// TakeDescriptor counts a descriptor that a guest opens, if there may be one more.
func (h *Host) TakeDescriptor() bool {
	if n := h.open.Add(1); h.Limits.Descriptors > 0 && n > int64(h.Limits.Descriptors) {
		h.open.Add(-1)
		return false
	}
	return true
}

// ReleaseDescriptor is called once for each descriptor that TakeDescriptor allowed.
func (h *Host) ReleaseDescriptor() { h.open.Add(-1) }

// Shared returns the host's value for key, made by the first call: for state
// that all users of one host share, such as what was read ahead of stdin.
func (h *Host) Shared(key any, make func() any) any {
	h.mu.Lock()
	defer h.mu.Unlock()
	v, ok := h.shared[key]
	if !ok {
		v = make()
		if h.shared == nil {
			h.shared = map[any]any{}
		}
		h.shared[key] = v
	}
	return v
}

// New makes a host.
func New(c Config) *Host {
	if c.Stdin == nil {
		c.Stdin = eof{}
	}
	if c.Stdout == nil {
		c.Stdout = io.Discard
	}
	if c.Stderr == nil {
		c.Stderr = io.Discard
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Monotonic == nil {
		start := time.Now()
		c.Monotonic = func() uint64 { return uint64(time.Since(start)) }
	}
	if c.Location == nil {
		c.Location = time.UTC
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.InsecureRand == nil {
		c.InsecureRand = c.Rand
	}
	return &Host{Config: c}
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }
