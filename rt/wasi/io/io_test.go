package io

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestInputStream(t *testing.T) {
	ctx := t.Context()
	r, w := io.Pipe()
	s := NewInputStream(r)
	if b, err := s.Read(ctx, 10); len(b) != 0 || err != nil {
		t.Fatalf("Read of an empty pipe = %q, %v", b, err)
	}
	p, err := s.Subscribe(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if ok, _ := p.Ready(ctx); ok {
		t.Error("ready before there is data")
	}
	go func() {
		w.Write([]byte("hello"))
		w.Close()
	}()
	if got, err := (poller{}).Poll(ctx, []Pollable{p}); err != nil || len(got) != 1 {
		t.Fatalf("Poll = %v, %v", got, err)
	}
	if b, err := s.Read(ctx, 2); string(b) != "he" || err != nil {
		t.Errorf("Read = %q, %v", b, err)
	}
	if b, err := s.BlockingRead(ctx, 10); string(b) != "llo" || err != nil {
		t.Errorf("BlockingRead = %q, %v", b, err)
	}
	if _, err := s.BlockingRead(ctx, 10); err != (StreamErrorClosed{}) {
		t.Errorf("at the end: %v", err)
	}
}

func TestCancelledRead(t *testing.T) {
	r, _ := io.Pipe()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := NewInputStream(r).BlockingRead(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("BlockingRead of a cancelled context: %v", err)
	}
	p, _ := NewInputStream(r).Subscribe(ctx)
	if _, err := (poller{}).Poll(ctx, []Pollable{p}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Poll of a cancelled context: %v", err)
	}
	if _, err := (poller{}).Poll(t.Context(), nil); err == nil {
		t.Error("Poll of nothing is allowed")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk on fire") }

func TestOutputStreamFails(t *testing.T) {
	ctx := t.Context()
	s := NewOutputStream(failing{})
	err := s.Write(ctx, []byte("x"))
	var failed StreamErrorLastOperationFailed
	if !errors.As(err, &failed) {
		t.Fatalf("Write = %v", err)
	}
	if text, _ := failed.Value.ToDebugString(ctx); text != "disk on fire" {
		t.Errorf("debug string %q", text)
	}
	if err := s.Write(ctx, []byte("x")); err != (StreamErrorClosed{}) {
		t.Errorf("after a failure: %v", err)
	}
}

// TestPollMany polls more pollables than one select can wait for.
func TestPollMany(t *testing.T) {
	ready := make(chan struct{})
	var in []Pollable
	for range 70_000 {
		in = append(in, NewPollable(func() bool { return false }, func() <-chan struct{} { return nil }))
	}
	last := NewPollable(func() bool {
		select {
		case <-ready:
			return true
		default:
			return false
		}
	}, func() <-chan struct{} { return ready })
	in = append(in, last)
	time.AfterFunc(10*time.Millisecond, func() { close(ready) })
	if got, err := (poller{}).Poll(t.Context(), in); err != nil || len(got) != 1 || got[0] != 70_000 {
		t.Errorf("%v %v", got, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := (poller{}).Poll(ctx, in[:70_000]); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestCancelledWrite writes to a pipe that nobody reads.
func TestCancelledWrite(t *testing.T) {
	r, w := io.Pipe()
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	s := NewOutputStream(w)
	if err := s.BlockingWriteAndFlush(ctx, []byte("x")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	var b bytes.Buffer
	if err := NewOutputStream(&b).Write(ctx, []byte("x")); err != nil || b.String() != "x" {
		t.Errorf("a writer that does not block: %q %v", &b, err)
	}
}

// TestSplice moves bytes as far as both ends go.
func TestSplice(t *testing.T) {
	ctx := t.Context()
	p := NewPipe(10)
	out := p.Output()
	src := NewInputStream(strings.NewReader("0123456789abcdef"))
	if n, err := out.BlockingSplice(ctx, src, 4); n != 4 || err != nil {
		t.Fatalf("%d %v", n, err)
	}
	if n, err := out.Splice(ctx, src, 100); n != 6 || err != nil {
		t.Fatalf("into a pipe with room for 6: %d %v", n, err)
	}
	if n, err := out.CheckWrite(ctx); n != 0 || err != nil {
		t.Fatalf("check-write of a full pipe: %d %v", n, err)
	}
	if n, err := out.Splice(ctx, src, 100); n != 0 || err != nil {
		t.Fatalf("into a full pipe: %d %v", n, err)
	}
	if err := out.Write(ctx, []byte("x")); err == nil {
		t.Error("more was written than check-write permitted")
	}
	pollable, err := out.Subscribe(ctx)
	if ok, _ := pollable.Ready(ctx); ok || err != nil {
		t.Errorf("a full pipe is ready: %v", err)
	}
	got := make(chan string)
	go func() {
		b, _ := io.ReadAll(p)
		got <- string(b)
	}()
	if err := pollable.Block(ctx); err != nil {
		t.Error(err)
	}
	for {
		if _, err := out.BlockingSplice(ctx, src, 100); err != nil {
			if err != (StreamErrorClosed{}) {
				t.Error(err)
			}
			break
		}
	}
	out.(interface{ Drop(context.Context) error }).Drop(ctx)
	if s := <-got; s != "0123456789abcdef" {
		t.Errorf("%q", s)
	}
	to := NewOutputStream(io.Discard)
	if n, err := to.BlockingSplice(ctx, NewInputStream(strings.NewReader("abc")), 2); n != 2 || err != nil {
		t.Errorf("%d %v", n, err)
	}
}
