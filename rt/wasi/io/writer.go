package io

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"sync"
)

// ContextWriter writes to a writer that may block, without holding back a call that is
// cancelled. One goroutine at a time uses it.
type ContextWriter struct {
	w      io.Writer
	kind   sync.Once
	direct bool // w does not block
}

// NewContextWriter makes a ContextWriter of w. If w hides another writer, it may say
// so by a method Unwrap() io.Writer.
func NewContextWriter(w io.Writer) *ContextWriter { return &ContextWriter{w: w} }

// WriteContext is Write that waits no longer than ctx lives. What a cancelled write
// writes is not known.
func (c *ContextWriter) WriteContext(ctx context.Context, b []byte) (int, error) {
	if ctx.Done() == nil {
		return c.w.Write(b)
	}
	c.kind.Do(func() { c.direct = direct(c.w) })
	if c.direct {
		return c.w.Write(b)
	}
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	b = bytes.Clone(b) // the guest goes on with its memory if the call is cancelled
	go func() {
		n, err := c.w.Write(b)
		done <- result{n, err}
	}()
	select {
	case r := <-done:
		return r.n, r.err
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// direct tells whether w is known not to block.
func direct(w io.Writer) bool {
	for {
		u, ok := w.(interface{ Unwrap() io.Writer })
		if !ok {
			break
		}
		w = u.Unwrap()
	}
	switch w := w.(type) {
	case *bytes.Buffer, *strings.Builder, *io.OffsetWriter:
		return true
	case *os.File:
		fi, err := w.Stat()
		return err == nil && fi.Mode().IsRegular()
	}
	return w == io.Discard
}
