package rt

import (
	"context"
	"errors"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Errors of stores and handles.
var (
	ErrPoisoned   = errors.New("wc2go: store is poisoned by an earlier trap")
	ErrClosed     = errors.New("wc2go: store is closed")
	ErrWrongStore = errors.New("wc2go: value belongs to another store")
	ErrMoved      = errors.New("wc2go: resource was moved or dropped")
	errNoStore    = errors.New("wc2go: nil store")
)

// Limits bound what guests of a store may use. Zero fields mean the default.
type Limits struct {
	MemoryBytes   uint64 // all memories together; default: 4 GiB per memory, 16 GiB if it is 64-bit, no sum
	TableElements uint64 // all tables together; default: 10,000,000 per table, no sum
	Instances     int    // core instances; default 10,000
	StackBytes    int    // of estimated guest stack; default 16 MiB
	HostCallBytes uint64 // lifted by one host call; default 128 MiB
	Handles       int    // of each component instance: resources, streams, tasks that it waits for; default 2^28-1
}

const (
	defaultTableElements = 10_000_000
	defaultInstances     = 10_000
	defaultStackBytes    = 16 << 20
	// maxStackBytes keeps the estimate, which may be a few times too small, well
	// inside Go's own limit (1 GB, or 250 MB on 32-bit machines).
	maxStackBytes = 64 << 20
	maxMemory     = 4 << 30
	maxMemory64   = 16 << 30
	// nestCost is what a host call and the entry below it are taken to cost, in
	// units of 16 bytes, so that guest and host calling each other end in a trap.
	nestCost = 256
)

// StoreOption configures a store.
type StoreOption func(*Store)

// WithLimits sets limits.
func WithLimits(l Limits) StoreOption { return func(s *Store) { s.limits = l } }

// Store owns instances and all they allocate. One goroutine at a time runs
// guest code of a store; calls from others wait.
type Store struct {
	limits Limits
	budget int32 // Limits.StackBytes in units of 16 bytes

	baton baton
	state atomic.Uint32 // statePoisoned, stateClosed

	// The state of the running call, owned by the holder of the baton.
	ctx    context.Context // of the current entry
	hctx   *hostContext    // made from ctx on first use
	depth  int32           // budget left at the innermost host call
	inHost bool            // host code runs: panics are its own
	trap   *Trap           // the trap that poisoned the store
	Tail   TailCall        // for generated code
	// FuelLeft is what is left of the fuel, below zero if it was not enough. For
	// generated code; see SetFuel.
	FuelLeft int64
	exn      *Exception // the exception that is thrown
	claims   uint64     // see BeginClaims

	res       *reservations
	mapped    []*Memory // the memories in res
	shared    []*Memory // memories of no store that code of this one accesses
	memBytes  uint64
	elements  uint64 // of tables
	instances int
	names     []*FuncNames
	closers   []func()

	// stops is intr.stops for who has the baton: nil if no code can be interrupted.
	stops []*int32
	intr  interrupts

	loopState
}

// Bits of Store.state.
const (
	statePoisoned = 1 << iota
	stateClosed
	stateFreed
)

// hostContext is the context that host functions get: it tells a nested entry
// that its caller holds the baton.
type hostContext struct {
	context.Context
	store *Store
	done  atomic.Bool // the entry that made it is over
	baton baton       // held by the nested call that runs
	depth int32       // Store.depth before that call
}

type batonKey struct{ s *Store }

func (c *hostContext) Value(key any) any {
	if k, ok := key.(batonKey); ok && k.s == c.store {
		return c
	}
	return c.Context.Value(key)
}

// NewStore makes a store.
func NewStore(opts ...StoreOption) *Store {
	s := &Store{FuelLeft: math.MaxInt64}
	for _, o := range opts {
		o(s)
	}
	n := s.limits.StackBytes
	if n <= 0 {
		n = defaultStackBytes
	}
	s.budget = int32(min(n, maxStackBytes) / 16)
	return s
}

// Close frees what the store holds. Calls after it give [ErrClosed]; a call that
// is running finishes first, and what it uses is freed at its end.
func (s *Store) Close() error {
	s.state.Or(stateClosed)
	if s.baton.try() {
		s.release()
	}
	return nil
}

// release gives the baton back, after what Close left to do.
func (s *Store) release() {
	if s.state.Load()&(stateClosed|stateFreed) == stateClosed {
		s.free()
	}
	s.baton.clear()
	s.released()
}

// released is what there may be to do after the baton has been given back: wake
// who waits, and free the store if Close came while the baton was held.
func (s *Store) released() {
	if s.state.Load()&(stateClosed|stateFreed) == stateClosed && s.baton.try() {
		s.release()
		return
	}
	s.baton.signal()
}

// baton is a lock that a caller can stop waiting for. Whoever finds it taken
// counts itself in waiting and sleeps on wake; whoever gives it back and sees
// waiting != 0 sends a token. A token without a sleeper does no harm: the next
// sleeper looks once too often. Where clear is a plain store, its giver may look
// at waiting before the store is seen: a sleeper looks again after a moment, once.
type baton struct {
	busy, waiting atomic.Int32
	once          sync.Once
	wake          chan struct{}
}

func (b *baton) try() bool { return b.busy.CompareAndSwap(0, 1) }

// acquire waits for the baton as long as ctx allows.
func (b *baton) acquire(ctx context.Context) error {
	if b.try() {
		return nil
	}
	wake := b.channel()
	b.waiting.Add(1)
	defer b.waiting.Add(-1)
	var again <-chan time.Time
	if plainClear {
		t := time.NewTimer(time.Millisecond)
		defer t.Stop()
		again = t.C
	}
	for {
		if b.try() {
			return nil
		}
		select {
		case <-wake:
		case <-again:
			again = nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (b *baton) release() {
	b.clear()
	b.signal()
}

// signal wakes a sleeper, if there is one.
func (b *baton) signal() {
	if b.waiting.Load() != 0 {
		select {
		case b.channel() <- struct{}{}:
		default:
		}
	}
}

func (b *baton) channel() chan struct{} {
	b.once.Do(func() { b.wake = make(chan struct{}, 1) })
	return b.wake
}

// free drops what the store holds; the caller has the baton.
func (s *Store) free() {
	s.state.Or(stateFreed)
	s.endLoop()
	s.closeResources()
	closers := s.closers
	s.closers = nil
	for i := len(closers) - 1; i >= 0; i-- {
		closers[i]()
	}
	// What the address space becomes next must not be within reach of who has
	// kept a memory or an instance.
	for _, m := range s.mapped {
		m.Base, m.Size, m.max, m.res = nil, 0, 0, reservation{}
	}
	s.mapped = nil
	if s.res != nil {
		s.res.recycle()
	}
}

// OnClose has f called when the store is closed, last registered first. It
// needs the baton. For generated code and hosts.
func (s *Store) OnClose(f func()) { s.closers = append(s.closers, f) }

// Limits returns the limits that the store was made with.
func (s *Store) Limits() Limits { return s.limits }

// SetMaxHandles changes Limits.Handles, for the component instances that the store has and for those
// it will have. Handles beyond the new limit stay. It needs the baton.
func (s *Store) SetMaxHandles(n int) {
	s.limits.Handles = n
	for _, c := range s.comps {
		c.Handles.max = n
	}
}

// NewInstance counts a core instance against the limit. For generated code.
func (s *Store) NewInstance() {
	limit := s.limits.Instances
	if limit == 0 {
		limit = defaultInstances
	}
	if s.instances >= limit {
		Throwf(TrapLimit, "more than %d core instances", limit)
	}
	s.instances++
}

// HostContext is the context to give to host functions. It is good until the
// host function returns. For generated code.
func (s *Store) HostContext() context.Context {
	if s.hctx == nil {
		s.hctx = &hostContext{Context: s.ctx, store: s}
	}
	return s.hctx
}

// BeginHost marks that host code runs; d is the depth budget left. For generated code.
func (s *Store) BeginHost(d int32) { s.inHost, s.depth = true, d }

// EndHost ends BeginHost. If a nested call has poisoned the store meanwhile,
// the guest that made the host call must not go on: its trap is raised again.
func (s *Store) EndHost() {
	s.inHost = false
	if s.trap != nil {
		panic(s.trap)
	}
}

// reservations is the address space that a store's memories hold. It is apart
// from the store, so that a cleanup can free it once the store is garbage.
type reservations struct {
	list []reservation
	one  [1]reservation // most stores have one memory
}

func (s *Store) reservations() *reservations {
	if s.res == nil {
		s.res = &reservations{}
		runtime.AddCleanup(s, (*reservations).free, s.res)
	}
	return s.res
}

func (r *reservations) free() {
	for _, x := range r.list {
		x.free()
	}
	r.list = nil
}

func (r *reservations) add(x reservation) {
	if r.list == nil {
		r.list = r.one[:0]
	}
	r.list = append(r.list, x)
}

// recycle is free where nothing can have kept an address: Close came, and no
// guest code runs.
func (r *reservations) recycle() {
	for _, x := range r.list {
		x.recycle()
	}
	r.list, r.one = nil, [1]reservation{}
}

// contains reports whether an address lies in one of the reservations.
func (r *reservations) contains(addr uintptr) bool {
	if r == nil {
		return false
	}
	for _, x := range r.list {
		if x.contains(addr) {
			return true
		}
	}
	return false
}
