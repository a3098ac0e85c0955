package io

import (
	"context"
	"errors"
	"io"
	"sync"
)

// chunk is how much a stream reads ahead, and how much it lets a guest write at once.
const chunk = 64 << 10

// minChunk is how much a stream reads ahead at first.
const minChunk = 4 << 10

// failure is the wasi:io/error of a Go error.
type failure struct{ err error }

// NewError makes a wasi:io/error that stands for err; see Cause.
func NewError(err error) Error { return &failure{err} }

// Cause gives the Go error behind a wasi:io/error made by NewError, nil for others.
func Cause(e Error) error {
	if f, ok := e.(*failure); ok {
		return f.err
	}
	return nil
}

// ToDebugString describes the error.
func (f *failure) ToDebugString(context.Context) (string, error) { return f.err.Error(), nil }

// Failed makes the stream error that reports err: closed for io.EOF.
func Failed(err error) StreamError {
	if errors.Is(err, io.EOF) {
		return StreamErrorClosed{}
	}
	return StreamErrorLastOperationFailed{Value: NewError(err)}
}

// input is an InputStream over an io.Reader that may block: a goroutine reads
// ahead while the guest waits, so that a read can be polled and cancelled.
type input struct {
	mu      sync.Mutex
	src     io.Reader
	buf     []byte
	err     error         // what the source ended with, reported after buf
	reading chan struct{} // closed when the running read is done; nil if none runs
	size    int           // of the next read
}

// NewInputStream makes a stream of r. If r is an io.Closer it is closed when
// the guest drops the stream.
func NewInputStream(r io.Reader) InputStream { return &input{src: r} }

// fill makes sure that there is data, an end, or a running read. s.mu is held.
func (s *input) fill() {
	if len(s.buf) > 0 || s.err != nil || s.reading != nil {
		return
	}
	done := make(chan struct{})
	s.reading = done
	size := max(s.size, minChunk)
	go func() {
		b := make([]byte, size)
		n, err := s.src.Read(b)
		s.mu.Lock()
		s.buf, s.err, s.reading = b[:n], err, nil
		if n == size { // there is more: read more at once
			s.size = min(2*size, chunk)
		}
		s.mu.Unlock()
		close(done)
	}()
}

// take removes up to n bytes. s.mu is held.
func (s *input) take(n uint64) ([]byte, error) {
	if len(s.buf) == 0 && s.err != nil {
		err := s.err
		s.err = io.EOF // an error is reported once; then the stream is closed
		return nil, Failed(err)
	}
	n = min(n, uint64(len(s.buf)))
	b := s.buf[:n:n]
	s.buf = s.buf[n:]
	return b, nil
}

// Read gives what is there, perhaps nothing.
func (s *input) Read(_ context.Context, n uint64) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fill()
	return s.take(n)
}

// BlockingRead waits for at least a byte.
func (s *input) BlockingRead(ctx context.Context, n uint64) ([]byte, error) {
	for {
		s.mu.Lock()
		s.fill()
		reading := s.reading
		if reading == nil || n == 0 {
			b, err := s.take(n)
			s.mu.Unlock()
			if len(b) > 0 || err != nil || n == 0 {
				return b, err
			}
			continue
		}
		s.mu.Unlock()
		select {
		case <-reading:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Skip reads and forgets.
func (s *input) Skip(ctx context.Context, n uint64) (uint64, error) {
	b, err := s.Read(ctx, n)
	return uint64(len(b)), err
}

// BlockingSkip waits for at least a byte to skip.
func (s *input) BlockingSkip(ctx context.Context, n uint64) (uint64, error) {
	b, err := s.BlockingRead(ctx, n)
	return uint64(len(b)), err
}

// Subscribe is ready when a read would give data or an end.
func (s *input) Subscribe(context.Context) (Pollable, error) {
	return NewPollable(func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.fill()
		return s.reading == nil
	}, func() <-chan struct{} {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.fill()
		if s.reading != nil {
			return s.reading
		}
		return closed
	}), nil
}

// StoreClosed closes the source.
func (s *input) StoreClosed() { s.Drop(context.Background()) }

// Drop closes the source.
func (s *input) Drop(context.Context) error {
	if c, ok := s.src.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// output is an OutputStream over an io.Writer.
type output struct {
	dst    io.Writer
	writer *ContextWriter // of dst
	closed bool
}

// NewOutputStream makes a stream of w. If w has a Sync or Flush method flushing calls it;
// if it is an io.Closer it is closed when the guest drops the stream.
func NewOutputStream(w io.Writer) OutputStream { return &output{dst: w, writer: NewContextWriter(w)} }

// CheckWrite says how much may be written at once.
func (s *output) CheckWrite(context.Context) (uint64, error) {
	if s.closed {
		return 0, StreamErrorClosed{}
	}
	return chunk, nil
}

// Write writes all of b.
func (s *output) Write(ctx context.Context, b []byte) error {
	if s.closed {
		return StreamErrorClosed{}
	}
	if _, err := s.writer.WriteContext(ctx, b); err != nil {
		s.closed = true
		if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
			return err // ends the guest
		}
		return Failed(err)
	}
	return nil
}

// BlockingWriteAndFlush writes all of b and flushes.
func (s *output) BlockingWriteAndFlush(ctx context.Context, b []byte) error {
	if err := s.Write(ctx, b); err != nil {
		return err
	}
	return s.Flush(ctx)
}

// Flush flushes what the writer buffers.
func (s *output) Flush(context.Context) error {
	if s.closed {
		return StreamErrorClosed{}
	}
	if f, ok := s.dst.(interface{ Flush() error }); ok {
		if err := f.Flush(); err != nil {
			s.closed = true
			return Failed(err)
		}
	}
	return nil
}

// BlockingFlush is Flush: writes are never left pending.
func (s *output) BlockingFlush(ctx context.Context) error { return s.Flush(ctx) }

// Subscribe is always ready: writes block the guest.
func (s *output) Subscribe(context.Context) (Pollable, error) { return AlwaysReady(), nil }

// WriteZeroes writes n zero bytes.
func (s *output) WriteZeroes(ctx context.Context, n uint64) error {
	zeroes := make([]byte, min(n, chunk))
	for n > 0 {
		k := min(n, chunk)
		if err := s.Write(ctx, zeroes[:k]); err != nil {
			return err
		}
		n -= k
	}
	return nil
}

// BlockingWriteZeroesAndFlush writes n zero bytes and flushes.
func (s *output) BlockingWriteZeroesAndFlush(ctx context.Context, n uint64) error {
	if err := s.WriteZeroes(ctx, n); err != nil {
		return err
	}
	return s.Flush(ctx)
}

// Splice moves what src has, up to n bytes.
func (s *output) Splice(ctx context.Context, src InputStream, n uint64) (uint64, error) {
	return s.splice(ctx, src.Read, n)
}

// BlockingSplice waits for src to have at least a byte.
func (s *output) BlockingSplice(ctx context.Context, src InputStream, n uint64) (uint64, error) {
	return s.splice(ctx, src.BlockingRead, n)
}

func (s *output) splice(ctx context.Context, read func(context.Context, uint64) ([]byte, error), n uint64) (uint64, error) {
	b, err := read(ctx, min(n, chunk))
	if err != nil {
		return 0, err
	}
	return uint64(len(b)), s.Write(ctx, b)
}

// StoreClosed closes the writer.
func (s *output) StoreClosed() { s.Drop(context.Background()) }

// Drop closes the writer.
func (s *output) Drop(context.Context) error {
	s.closed = true
	if c, ok := s.dst.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
