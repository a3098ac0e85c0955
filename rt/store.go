package rt

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Errors of stores and handles.
var (
	ErrPoisoned   = errors.New("wc2go: store is poisoned by an earlier trap")
	ErrClosed     = errors.New("wc2go: store is closed")
	ErrWrongStore = errors.New("wc2go: value belongs to another store")
	ErrMoved      = errors.New("wc2go: resource was moved or dropped")
)

// Limits bound what guests of a store may use. Zero fields mean the default.
type Limits struct {
	MemoryBytes   uint64 // all memories together; default: 4 GiB per memory, no sum
	TableElements uint64 // per table; default 10,000,000
	Instances     int    // core instances; default 10,000
	StackBytes    int    // of estimated guest stack; default 16 MiB
	HostCallBytes uint64 // lifted by one host call; default 128 MiB
}

// Option configures a store.
type StoreOption func(*Store)

// WithLimits sets limits.
func WithLimits(l Limits) StoreOption { return func(s *Store) { s.limits = l } }

// Store owns instances and all they allocate. One goroutine at a time runs
// guest code of a store; calls from others wait.
type Store struct {
	limits   Limits
	busy     atomic.Int32 // the baton: 1 while a call is running
	waiting  sync.Mutex   // held by the goroutine that waits for the baton next
	baton    chan struct{}
	poisoned atomic.Bool
	closed   atomic.Bool

	// The state of the running call, owned by the holder of the baton.
	ctx    context.Context // of the current entry
	hctx   *hostContext    // made from ctx on first use
	depth  int32           // budget left at the innermost host call
	inHost bool            // host code runs: panics are its own

	memories []*Memory
	closers  []func()
}

// hostContext is the context that host functions get: it tells a nested entry
// that its caller holds the baton.
type hostContext struct {
	context.Context
	store *Store
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
	s := &Store{}
	for _, o := range opts {
		o(s)
	}
	return s
}

// Close frees what the store holds. Calls after it give ErrClosed.
func (s *Store) Close() error { panic("not yet") }

// HostContext is the context to give to host functions. For generated code.
func (s *Store) HostContext() context.Context {
	if s.hctx == nil {
		s.hctx = &hostContext{s.ctx, s}
	}
	return s.hctx
}

// BeginHost marks that host code runs; d is the depth budget left. For generated code.
func (s *Store) BeginHost(d int32) { s.inHost, s.depth = true, d }

// EndHost ends BeginHost.
func (s *Store) EndHost() { s.inHost = false }

// Entry is one entry from Go into guest code. For generated code.
type Entry struct {
	Depth int32 // budget for the callee
	store *Store
	inst  *ComponentInstance
	// saved state of the enclosing entry
	ctx    context.Context
	hctx   *hostContext
	inHost bool
	nested bool
	fault  bool
	depth  int32
}

// Enter begins the entry: see docs/generated-code.md.
func (e *Entry) Enter(ctx context.Context, s *Store, inst *ComponentInstance) error {
	_ = debug.SetPanicOnFault
	panic("not yet")
}

// Exit ends the entry; it must be deferred directly. A trap goes to *err.
func (e *Entry) Exit(err *error) { panic("not yet") }
