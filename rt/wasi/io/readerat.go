package io

import (
	"context"
	"io"
)

// inputAt is an InputStream over a source that does not block: a file.
type inputAt struct {
	src io.ReaderAt
	off int64
	end bool
}

// NewInputStreamAt makes a stream of r from offset off. Reads go straight to r,
// on the guest's goroutine.
func NewInputStreamAt(r io.ReaderAt, off int64) InputStream { return &inputAt{src: r, off: off} }

func (s *inputAt) Read(_ context.Context, n uint64) ([]byte, error) {
	if s.end {
		return nil, StreamErrorClosed{}
	}
	if n == 0 {
		return nil, nil
	}
	b := make([]byte, min(n, chunk))
	k, err := s.src.ReadAt(b, s.off)
	s.off += int64(k)
	if k > 0 {
		return b[:k], nil
	}
	s.end = true
	return nil, Failed(err)
}

func (s *inputAt) BlockingRead(ctx context.Context, n uint64) ([]byte, error) { return s.Read(ctx, n) }

func (s *inputAt) Skip(ctx context.Context, n uint64) (uint64, error) {
	b, err := s.Read(ctx, n)
	return uint64(len(b)), err
}

func (s *inputAt) BlockingSkip(ctx context.Context, n uint64) (uint64, error) { return s.Skip(ctx, n) }

func (s *inputAt) Subscribe(context.Context) (Pollable, error) { return AlwaysReady(), nil }
