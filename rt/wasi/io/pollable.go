package io

import (
	"context"
	"errors"
	"reflect"
	"sync"

	"github.com/wc2go/wc2go/rt/wasi"
)

// pollable is the Pollable of this package's streams and of the clocks.
type pollable struct {
	ready func() bool
	wait  func() <-chan struct{}
	drop  func() // nil: nothing to do
}

// NewPollable makes a Pollable. ready tells whether it is ready now; wait
// gives a channel that is closed when that may have changed. They are not called
// by two goroutines at the same time.
func NewPollable(ready func() bool, wait func() <-chan struct{}) Pollable {
	return &pollable{ready: ready, wait: wait}
}

// NewPollableDrop is NewPollable with a function that is called when the guest drops the pollable.
func NewPollableDrop(ready func() bool, wait func() <-chan struct{}, drop func()) Pollable {
	return &pollable{ready, wait, drop}
}

// StoreClosed is Drop.
func (p *pollable) StoreClosed() { p.Drop(context.Background()) }

// Drop gives up what the pollable holds.
func (p *pollable) Drop(context.Context) error {
	if p.drop != nil {
		p.drop()
	}
	return nil
}

// AlwaysReady is a Pollable that never blocks.
func AlwaysReady() Pollable { return alwaysReady }

var alwaysReady = &pollable{ready: func() bool { return true }}

// Ready reports whether the pollable is ready.
func (p *pollable) Ready(context.Context) (bool, error) { return p.ready(), nil }

// Block returns when the pollable is ready or ctx is done.
func (p *pollable) Block(ctx context.Context) error {
	for !p.ready() {
		select {
		case <-p.wait():
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// poller implements wasi:io/poll's function.
type poller struct{}

// Poll waits until one of in is ready and answers the indices of those that are.
// An empty list traps, as the interface says.
func (poller) Poll(ctx context.Context, in []Pollable) ([]uint32, error) {
	if len(in) == 0 {
		return nil, errors.New("wasi:io/poll.poll: empty list of pollables")
	}
	for {
		var out []uint32
		for i, p := range in {
			ok, err := p.Ready(ctx)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, uint32(i))
			}
		}
		if out != nil {
			return out, nil
		}
		if err := waitMany(ctx, in); err != nil {
			return nil, err
		}
	}
}

// waitAny returns when one of the pollables may have become ready.
func waitAny(ctx context.Context, in []Pollable) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	cases := make([]reflect.SelectCase, 1, len(in)+1)
	cases[0] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())}
	for _, p := range in {
		var c <-chan struct{}
		if own, ok := p.(*pollable); ok {
			c = own.wait()
		} else { // an embedder's own: all that can be done is to block on it
			done := make(chan struct{})
			go func() {
				if err := p.Block(ctx); err != nil && ctx.Err() == nil {
					cancel(err)
				}
				close(done)
			}()
			c = done
		}
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c)})
	}
	if i, _, _ := reflect.Select(cases); i == 0 {
		return context.Cause(ctx)
	}
	return nil
}

// maxSelect is how many pollables one select waits for; reflect.Select takes no more than 65536 channels.
const maxSelect = 1 << 15

// waitMany is waitAny for any number.
func waitMany(ctx context.Context, in []Pollable) error {
	if len(in) <= maxSelect {
		return waitAny(ctx, in)
	}
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel() // ends the others
	groups := (len(in) + maxSelect - 1) / maxSelect
	done := make(chan error, groups)
	for i := range groups {
		part := in[i*maxSelect : min(len(in), (i+1)*maxSelect)]
		running.Go(func() { done <- waitAny(ctx, part) })
	}
	if err := <-done; err != nil {
		if outer.Err() != nil {
			return context.Cause(outer)
		}
		return err
	}
	return nil
}

// PollFrom gives wasi:io/poll.
func PollFrom(*wasi.Host) Poll { return poller{} }
