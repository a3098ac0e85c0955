// corpus: found/p3/general/async-short-reads.wasm
// corpus transmit: found/p3/general/async-synchronous-transmit.wasm
// corpus closed: found/p3/streams/async-closed-stream.wasm
// corpus resources: found/p3/streams/async-read-resource-stream.wasm
// corpus errorcontext: found/p3/error-context/async-error-context.wasm
// corpus contextsync: found/p3/context-sync/component.wasm
// corpus poll: found/p3/poll/async-poll-stackless.wasm
package asyncstreams

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"
	"testing"

	"corpus.test/asyncstreams/api"
	"corpus.test/asyncstreams/closed"
	"corpus.test/asyncstreams/contextsync"
	"corpus.test/asyncstreams/errorcontext"
	"corpus.test/asyncstreams/poll"
	"corpus.test/asyncstreams/resources"
	"corpus.test/asyncstreams/transmit"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

func store(t *testing.T) *rt.Store {
	st := rt.NewStore()
	t.Cleanup(func() { st.Close() })
	return st
}

var host = wasi.New(wasi.Config{Stderr: os.Stderr})

// TestShortReads gives five things to the guest and reads them back one at a time.
func TestShortReads(t *testing.T) {
	ctx, st := t.Context(), store(t)
	i, err := api.Instantiate(ctx, st, api.Imports{WASI: host})
	if err != nil {
		t.Fatal(err)
	}
	words := []string{"a", "b", "c", "d", "e"}
	var things []*api.Thing
	for _, s := range words {
		x, err := i.ShortReads().NewThing(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		things = append(things, x)
	}
	r, w, err := rt.NewStream[*api.Thing](st)
	if err != nil {
		t.Fatal(err)
	}
	err = i.RunConcurrent(ctx, func(ctx context.Context, acc *rt.Accessor) error {
		writer := acc.Spawn(func(ctx context.Context, acc *rt.Accessor) error {
			defer w.Close()
			n, err := w.WriteContext(ctx, things)
			if n != len(things) {
				t.Errorf("wrote %d", n)
			}
			return err
		})
		out, err := i.ShortReads().ShortReads(ctx, r)
		if err != nil {
			return err
		}
		for _, s := range words {
			x, err := out.Next(ctx)
			if err != nil {
				return err
			}
			if got, err := x.Get(ctx); got != s || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, s)
			}
			if err := x.Drop(ctx); err != nil {
				t.Error(err)
			}
		}
		if _, err := out.Next(ctx); err != io.EOF {
			t.Errorf("at the end: %v", err)
		}
		if err := out.Close(); err != nil {
			t.Error(err)
		}
		return writer.Wait(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]*api.Thing, 1)); !errors.Is(err, rt.ErrMoved) {
		t.Errorf("a stream that was given away: %v", err)
	}
}

func TestTransmit(t *testing.T) {
	ctx, st := t.Context(), store(t)
	i, err := transmit.Instantiate(ctx, st, transmit.Imports{WASI: host})
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := rt.NewStream[byte](st)
	if err != nil {
		t.Fatal(err)
	}
	f, fw, err := rt.NewFuture[byte](st)
	if err != nil {
		t.Fatal(err)
	}
	data := []byte("hello")
	// The guest reads and writes synchronously, in this order, and wants to be told that
	// all was copied and the other end dropped.
	err = i.RunConcurrent(ctx, func(ctx context.Context, acc *rt.Accessor) error {
		out, expected, fut, fexp, err := i.SynchronousTransmit().Start(ctx, r, data, f, 42)
		if err != nil {
			return err
		}
		if n, err := w.WriteLast(ctx, data); n != len(data) || err != nil {
			t.Errorf("wrote %d, %v", n, err)
		}
		got := make([]byte, len(expected))
		if n, err := out.ReadLast(ctx, got); err != nil || !bytes.Equal(got[:n], expected) {
			t.Errorf("stream: %q, %v, want %q", got[:n], err, expected)
		}
		if err := fw.Set(ctx, 42); err != nil {
			t.Error(err)
		}
		if v, err := fut.Get(ctx); v != fexp || err != nil {
			t.Errorf("future: %d, %v, want %d", v, err, fexp)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestClosed(t *testing.T) {
	ctx, st := t.Context(), store(t)
	i, err := closed.Instantiate(ctx, st, closed.Imports{WASI: host})
	if err != nil {
		t.Fatal(err)
	}
	r, err := i.ClosedStream().Get(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for v, err := range r.All(ctx) {
		t.Errorf("item %v, %v", v, err)
	}
}

type x struct{ calls *atomic.Int32 }

func (x x) Foo(context.Context) error { x.calls.Add(1); return nil }

func (x x) Drop(context.Context) error { x.calls.Add(100); return nil }

type streamHost struct {
	st    *rt.Store
	calls atomic.Int32
	tasks []*rt.JoinHandle
}

func (h *streamHost) Foo(ctx context.Context, count uint32) (*rt.StreamReader[resources.X], error) {
	r, w, err := rt.NewStream[resources.X](h.st)
	if err != nil {
		return nil, err
	}
	go func() {
		defer w.Close()
		for range count {
			w.Write([]resources.X{x{&h.calls}})
		}
	}()
	return r, nil
}

func TestResources(t *testing.T) {
	ctx, st := t.Context(), store(t)
	h := &streamHost{st: st}
	i, err := resources.Instantiate(ctx, st, resources.Imports{ResourceStream: h, WASI: host})
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Run().Run(ctx); err != nil {
		t.Fatal(err)
	}
	if n := h.calls.Load(); n%100 == 0 || n/100 != n%100 {
		t.Errorf("%d calls and drops", n)
	}
}

func TestErrorContext(t *testing.T) {
	ctx, st := t.Context(), store(t)
	i, err := errorcontext.Instantiate(ctx, st, errorcontext.Imports{WASI: host})
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Run().Run(ctx); err != nil {
		t.Fatal(err)
	}
}

type thing struct{ ready chan struct{} }

func (h thing) SetReady(_ context.Context, ready bool) error {
	select {
	case <-h.ready:
	default:
	}
	if ready {
		h.ready <- struct{}{}
	}
	return nil
}

func (h thing) WhenReady(ctx context.Context) error {
	select {
	case <-h.ready:
		h.ready <- struct{}{}
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

type readyHost struct{}

func (readyHost) NewThing(context.Context) (poll.Thing, error) {
	return thing{make(chan struct{}, 1)}, nil
}

func TestPoll(t *testing.T) {
	ctx, st := t.Context(), store(t)
	i, err := poll.Instantiate(ctx, st, poll.Imports{Ready: readyHost{}, WASI: host})
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Run().Run(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestContextSync: the context of a synchronous task is its own, and zero at first.
func TestContextSync(t *testing.T) {
	ctx, st := t.Context(), store(t)
	i, err := contextsync.Instantiate(ctx, st, contextsync.Imports{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := i.PushContext(ctx, 42)
	if err != nil {
		t.Fatal(err)
	}
	b, err := i.PullContext(ctx)
	if err != nil || b != 0 {
		t.Errorf("push gave %d, pull %d, %v", a, b, err)
	}
}
