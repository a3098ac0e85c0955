package rt

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Tests of the event loop and of streams without guests; those with guests are
// in internal/asynctest.

var (
	_ io.ReadCloser  = (*StreamReader[byte])(nil)
	_ io.WriteCloser = (*StreamWriter[byte])(nil)
)

// newStore makes a store, and sees to it that nothing is left of it at the end.
func newStore(t *testing.T) *Store {
	t.Helper()
	before := runtime.NumGoroutine()
	s := NewStore()
	t.Cleanup(func() {
		s.Close()
		for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				buf := make([]byte, 1<<16)
				t.Fatalf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
			}
		}
	})
	return s
}

func mustHold(t *testing.T, s *Store, want Stats) {
	t.Helper()
	got, err := s.Stats(t.Context())
	if err != nil || got != want {
		t.Errorf("the store holds %+v, %v, want %+v", got, err, want)
	}
}

func newStream[T any](t *testing.T, s *Store) (*StreamReader[T], *StreamWriter[T]) {
	t.Helper()
	r, w, err := NewStream[T](s)
	if err != nil {
		t.Fatal(err)
	}
	return r, w
}

// TestStream has one Go function write and another read, in pieces that do not match.
func TestStream(t *testing.T) {
	s := newStore(t)
	r, w := newStream[int](t, s)
	const n = 1000
	err := s.RunConcurrent(t.Context(), func(ctx context.Context, acc *Accessor) error {
		acc.Spawn(func(ctx context.Context, acc *Accessor) error {
			defer w.Close()
			for i := 0; i < n; {
				k := min(i%7+1, n-i)
				p := make([]int, k)
				for j := range p {
					p[j] = i + j
				}
				if done, err := w.WriteContext(ctx, p); done != k || err != nil {
					t.Errorf("wrote %d of %d: %v", done, k, err)
				}
				i += k
			}
			return nil
		})
		next := 0
		for v, err := range r.All(ctx) {
			if err != nil || v != next {
				t.Fatalf("%d, %v, want %d", v, err, next)
			}
			if next++; next == n/2 {
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// What All had read ahead is gone with it; the rest comes one by one, and in slices.
	v, err := r.Next(t.Context())
	if err != nil || v < n/2 {
		t.Errorf("after a break: %d, %v", v, err)
	}
	buf := make([]int, n)
	for {
		k, err := r.Read(buf)
		for i := range k {
			if v++; buf[i] != v {
				t.Fatalf("%d, want %d", buf[i], v)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if v != n-1 {
		t.Errorf("the last is %d", v)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	mustHold(t, s, Stats{})
}

// TestStreamIO copies bytes through a stream with package io.
func TestStreamIO(t *testing.T) {
	s := newStore(t)
	r, w := newStream[byte](t, s)
	data := bytes.Repeat([]byte("0123456789"), 20_000)
	var wg sync.WaitGroup
	wg.Go(func() {
		if n, err := io.Copy(w, bytes.NewReader(data)); n != int64(len(data)) || err != nil {
			t.Errorf("wrote %d, %v", n, err)
		}
		w.Close()
	})
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes came, %v", len(got), err)
	}
	wg.Wait()
	r.Close()
}

// TestStreamErrors: the errors that ends give.
func TestStreamErrors(t *testing.T) {
	s, other := newStore(t), newStore(t)
	ctx := t.Context()
	r, w := newStream[byte](t, s)
	// A copy that is cancelled leaves the stream as it was.
	short, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	if n, err := r.ReadContext(short, make([]byte, 1)); n != 0 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("read without writer: %d, %v", n, err)
	}
	if n, err := w.WriteContext(short, []byte("x")); n != 0 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("write without reader: %d, %v", n, err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if n, err := w.WriteLast(ctx, []byte("ab")); n != 2 || err != nil {
			t.Errorf("WriteLast: %d, %v", n, err)
		}
	})
	// One byte, then the other with the end, which shows at the next read.
	for _, want := range []byte("ab") {
		var b [1]byte
		if n, err := r.ReadContext(ctx, b[:]); n != 1 || err != nil || b[0] != want {
			t.Errorf("read %d %q, %v", n, b, err)
		}
	}
	if n, err := r.ReadContext(ctx, make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("at the end: %d, %v", n, err)
	}
	wg.Wait()
	if _, err := w.Write([]byte("x")); !errors.Is(err, ErrMoved) {
		t.Errorf("write to a closed end: %v", err)
	}
	if err := r.e.check(other); !errors.Is(err, ErrWrongStore) {
		t.Errorf("in another store: %v", err)
	}
	r.Close()

	r, w = newStream[byte](t, s)
	wg.Go(func() {
		if n, err := r.ReadLast(ctx, make([]byte, 2)); n != 2 || err != nil {
			t.Errorf("ReadLast: %d, %v", n, err)
		}
	})
	if n, err := w.WriteContext(ctx, []byte("abc")); n != 2 || !errors.Is(err, ErrDropped) {
		t.Errorf("write to a reader that goes: %d, %v", n, err)
	}
	wg.Wait()
	w.Close()

	// Close ends a read that runs.
	r, w = newStream[byte](t, s)
	started := make(chan struct{})
	wg.Go(func() {
		close(started)
		if _, err := r.ReadContext(ctx, make([]byte, 1)); !errors.Is(err, ErrCancelled) && !errors.Is(err, ErrMoved) {
			t.Errorf("a read that Close ended: %v", err)
		}
	})
	<-started
	time.Sleep(time.Millisecond)
	r.Close()
	wg.Wait()
	if n, err := w.Write([]byte("x")); n != 0 || !errors.Is(err, ErrDropped) {
		t.Errorf("write without reader: %d, %v", n, err)
	}
	w.Close()
	mustHold(t, s, Stats{})
	s.Close()
	if _, _, err := NewStream[byte](s); !errors.Is(err, ErrClosed) {
		t.Errorf("a stream of a closed store: %v", err)
	}
}

// TestStreamZero: copies of no elements wait for the other end.
func TestStreamZero(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	r, w := newStream[string](t, s)
	var wg sync.WaitGroup
	wg.Go(func() {
		if n, err := r.ReadContext(ctx, nil); n != 0 || err != nil {
			t.Errorf("read of nothing: %d, %v", n, err)
		}
		if v, err := r.Next(ctx); v != "x" || err != nil {
			t.Errorf("%q, %v", v, err)
		}
		r.Close()
	})
	if n, err := w.WriteContext(ctx, nil); n != 0 || err != nil {
		t.Errorf("write of nothing: %d, %v", n, err)
	}
	if n, err := w.WriteContext(ctx, []string{"x"}); n != 1 || err != nil {
		t.Errorf("wrote %d, %v", n, err)
	}
	wg.Wait()
	w.Close()
}

func TestFuture(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	f, w, err := NewFuture[string](s)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := w.Set(ctx, "v"); err != nil {
			t.Error(err)
		}
		if err := w.Set(ctx, "v"); !errors.Is(err, ErrMoved) {
			t.Errorf("set twice: %v", err)
		}
	})
	if v, err := f.Get(ctx); v != "v" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
	if _, err := f.Get(ctx); !errors.Is(err, ErrMoved) {
		t.Errorf("got twice: %v", err)
	}
	wg.Wait()

	f, w, _ = NewFuture[string](s)
	short, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := f.Get(short); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	f.Close()
	if err := w.Set(ctx, "v"); !errors.Is(err, ErrDropped) {
		t.Errorf("set without reader: %v", err)
	}
	mustHold(t, s, Stats{})
}

// TestSpawn: what JoinHandle promises.
func TestSpawn(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	began := make(chan struct{})
	h := s.Spawn(func(ctx context.Context, acc *Accessor) error {
		close(began)
		if acc.Store() != s || acc.Context() == nil {
			t.Error("the accessor is another one's")
		}
		return io.ErrUnexpectedEOF
	})
	select {
	case <-began:
		t.Error("a task began although the loop does not run")
	case <-time.After(5 * time.Millisecond):
	}
	dropped := make(chan struct{})
	err := s.RunConcurrent(ctx, func(ctx context.Context, acc *Accessor) error {
		if err := h.Wait(ctx); err != io.ErrUnexpectedEOF {
			t.Errorf("Wait: %v", err)
		}
		<-h.Done()
		acc.Spawn(func(context.Context, *Accessor) error { close(dropped); return nil }) // nobody holds the handle
		<-dropped
		c := acc.Spawn(func(ctx context.Context, acc *Accessor) error {
			<-ctx.Done()
			return context.Cause(ctx)
		})
		c.Cancel()
		if err := c.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("a task that was cancelled: %v", err)
		}
		// With holds the store, and gives errors on.
		if err := acc.With(func(a *Access) error {
			if a.Store() != s {
				t.Error("another store")
			}
			return io.EOF
		}); err != io.EOF {
			t.Errorf("With: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	never := s.Spawn(func(context.Context, *Accessor) error { t.Error("a task ran that was cancelled before"); return nil })
	never.Cancel()
	if err := s.RunConcurrent(ctx, func(ctx context.Context, acc *Accessor) error { return never.Wait(ctx) }); !errors.Is(err, context.Canceled) {
		t.Errorf("a task that was cancelled before it began: %v", err)
	}
	// A task that RunConcurrent does not wait for goes on when the loop runs again.
	gate := make(chan struct{})
	late := s.Spawn(func(ctx context.Context, acc *Accessor) error { <-gate; return nil })
	if err := s.RunConcurrent(ctx, func(ctx context.Context, acc *Accessor) error { return io.EOF }); err != io.EOF {
		t.Errorf("RunConcurrent: %v", err)
	}
	close(gate)
	if err := late.Wait(ctx); err != nil {
		t.Error(err)
	}
	mustHold(t, s, Stats{})
}

// recovered calls f and gives what it panics with.
func recovered(f func()) (r any) {
	defer func() { r = recover() }()
	f()
	return nil
}

// TestPanics: a panic of Go code in the loop surfaces in the caller of
// RunConcurrent, and everybody who waits gets an error.
func TestPanics(t *testing.T) {
	for name, fn := range map[string]func(ctx context.Context, acc *Accessor) error{
		"function": func(ctx context.Context, acc *Accessor) error { panic("oh") },
		"task": func(ctx context.Context, acc *Accessor) error {
			h := acc.Spawn(func(context.Context, *Accessor) error { panic("oh") })
			if err := h.Wait(ctx); err == nil {
				t.Error("no error of a task that panicked")
			}
			<-ctx.Done()
			return ctx.Err()
		},
		"With": func(ctx context.Context, acc *Accessor) error {
			return acc.With(func(*Access) error { panic("oh") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			r, _ := newStream[byte](t, s)
			others := make(chan error, 1)
			if name == "task" {
				go func() {
					_, err := r.ReadContext(context.Background(), make([]byte, 1))
					others <- err
				}()
			} else {
				others <- io.EOF
			}
			p, ok := recovered(func() { s.RunConcurrent(t.Context(), fn) }).(*HostPanic)
			if !ok || p.Value != "oh" || !strings.Contains(p.Error(), "async_test.go") {
				t.Errorf("surfaced: %v", p)
			}
			if err := <-others; err == nil {
				t.Error("a reader got no error")
			}
		})
	}
	// A function that ends its goroutine does not leave the caller waiting.
	s := newStore(t)
	if err := s.RunConcurrent(t.Context(), func(context.Context, *Accessor) error { runtime.Goexit(); return nil }); err == nil {
		t.Error("no error of a function that ended its goroutine")
	}
}

// TestCloseEndsWaits: closing a store ends all that waits in it.
func TestCloseEndsWaits(t *testing.T) {
	s := newStore(t)
	r, w := newStream[byte](t, s)
	f, _, err := NewFuture[byte](s)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	ctx := context.Background()
	wg.Go(func() {
		err := s.RunConcurrent(ctx, func(ctx context.Context, acc *Accessor) error {
			acc.Spawn(func(ctx context.Context, acc *Accessor) error { <-ctx.Done(); return nil })
			<-ctx.Done()
			return context.Cause(ctx)
		})
		if !errors.Is(err, ErrClosed) {
			t.Errorf("RunConcurrent: %v", err)
		}
	})
	wg.Go(func() {
		if _, err := r.ReadContext(ctx, make([]byte, 1)); !errors.Is(err, ErrClosed) {
			t.Errorf("read: %v", err)
		}
	})
	wg.Go(func() {
		if _, err := f.Get(ctx); !errors.Is(err, ErrClosed) {
			t.Errorf("future: %v", err)
		}
	})
	time.Sleep(2 * time.Millisecond)
	s.Close()
	wg.Wait()
	if _, err := w.Write([]byte("x")); !errors.Is(err, ErrClosed) {
		t.Errorf("write: %v", err)
	}
	if err := s.Spawn(func(context.Context, *Accessor) error { return nil }).Wait(ctx); !errors.Is(err, ErrClosed) {
		t.Errorf("Spawn: %v", err)
	}
	if err := s.RunConcurrent(ctx, func(context.Context, *Accessor) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("RunConcurrent: %v", err)
	}
	mustHold(t, s, Stats{})
}

// TestPick: the shuffle takes all of what there is, and depends on its seed only.
func TestPick(t *testing.T) {
	draw := func(seed uint64) (out []int) {
		s := NewStore(WithShuffle(seed))
		defer s.Close()
		for range 50 {
			out = append(out, s.pick(5))
		}
		return out
	}
	a := draw(1)
	if !slices.Equal(a, draw(1)) || slices.Equal(a, draw(2)) {
		t.Error("the order does not depend on the seed alone")
	}
	for n := range 5 {
		if !slices.Contains(a, n) {
			t.Errorf("%d is never taken", n)
		}
	}
	s := NewStore()
	defer s.Close()
	if s.pick(5) != 0 {
		t.Error("without a seed it is not first come, first served")
	}
}

// Who leaves a loop over All early reads on with the next element, and cannot
// give the stream away meanwhile.
func TestAllEarly(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	r, w := newStream[int](t, s)
	go func() {
		w.Write([]int{1, 2, 3, 4, 5, 6, 7})
		w.Close()
	}()
	var got []int
	for v, err := range r.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, v); v == 2 {
			break
		}
	}
	if err := CheckStream(s, r); err == nil {
		t.Error("elements would be lost")
	}
	v, err := r.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p := make([]int, 2)
	n, err := r.Read(p)
	got = append(append(got, v), p[:n]...)
	for v, err := range r.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	if err != nil || !slices.Equal(got, []int{1, 2, 3, 4, 5, 6, 7}) {
		t.Error(got, err)
	}
	if err := CheckStream(s, r); err != nil {
		t.Error(err)
	}
}

// What was read ahead is gone when the stream is closed, in the loop too.
func TestAllClosed(t *testing.T) {
	s := newStore(t)
	r, w := newStream[int](t, s)
	go func() {
		w.Write([]int{1, 2, 3})
		w.Close()
	}()
	n := 0
	for _, err := range r.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 1 {
			r.Close()
			break
		}
	}
	if v, err := r.Next(t.Context()); err != ErrMoved && err != io.EOF {
		t.Error(v, err)
	}
}

// A copy that waits for another one of the same end heeds its context.
func TestCopyWaitsItsTurn(t *testing.T) {
	s := newStore(t)
	r, w := newStream[byte](t, s)
	done := make(chan error)
	go func() {
		_, err := r.ReadContext(t.Context(), make([]byte, 1))
		done <- err
	}()
	for len(r.e.op) == 0 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := r.ReadContext(ctx, make([]byte, 1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if _, err := w.Write([]byte("x")); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
