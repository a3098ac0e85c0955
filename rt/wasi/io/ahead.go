package io

import (
	"context"
	"sync"
)

// Ahead runs a function that blocks ahead of the guest that wants its result,
// in a goroutine that begins when the guest first looks. Each result is given once; the
// function runs again when the guest looks again.
type Ahead[T any] struct {
	f       func() (T, error)
	mu      sync.Mutex
	have    bool
	v       T
	err     error
	running chan struct{} // closed when the running f is done; nil if none runs
	discard func(T)       // not nil: nobody wants results any more
}

// NewAhead makes an Ahead of f.
func NewAhead[T any](f func() (T, error)) *Ahead[T] { return &Ahead[T]{f: f} }

// start makes sure that there is a result, or an f running. a.mu is held.
func (a *Ahead[T]) start() {
	if a.have || a.running != nil || a.discard != nil {
		return
	}
	done := make(chan struct{})
	a.running = done
	go func() {
		v, err := a.f()
		a.mu.Lock()
		defer a.mu.Unlock()
		a.running = nil
		if a.discard != nil {
			if err == nil {
				a.discard(v)
			}
		} else {
			a.have, a.v, a.err = true, v, err
		}
		close(done)
	}()
}

// Get takes the result, if there is one.
func (a *Ahead[T]) Get() (v T, err error, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.start()
	if !a.have {
		return v, nil, false
	}
	v, err = a.v, a.err
	var zero T
	a.have, a.v, a.err = false, zero, nil
	return v, err, true
}

// Wait waits for a result and takes it.
func (a *Ahead[T]) Wait(ctx context.Context) (T, error) {
	for {
		if v, err, ok := a.Get(); ok {
			return v, err
		}
		select {
		case <-a.ready():
		case <-ctx.Done():
			var zero T
			return zero, context.Cause(ctx)
		}
	}
}

// ready is closed when there is a result.
func (a *Ahead[T]) ready() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.start()
	if a.running == nil {
		return closed
	}
	return a.running
}

// Pollable is ready when there is a result.
func (a *Ahead[T]) Pollable() Pollable {
	return NewPollable(func() bool { return a.ready() == (<-chan struct{})(closed) }, a.ready)
}

// Stop has results that nobody will ask for given to discard. It does not end a running
// function.
func (a *Ahead[T]) Stop(discard func(T)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.discard = discard
	if a.have && a.err == nil {
		discard(a.v)
	}
	a.have = false
}
