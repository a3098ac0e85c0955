package io

import (
	"context"
	"errors"
	"io"
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
