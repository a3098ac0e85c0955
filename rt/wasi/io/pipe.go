package io

import (
	"context"
	"errors"
	"io"
	"sync"
)

// Pipe carries bytes from a guest to the host: the guest has its output-stream,
// the host reads from it. A guest that writes faster than the host reads is held
// back by check-write.
type Pipe struct {
	mu      sync.Mutex
	buf     []byte
	size    int
	handed  bool          // what the last Read gave may still be on its way
	flush   bool          // a flush waits for buf to be read
	ended   error         // the guest's end, reported after buf: io.EOF or a failure
	failed  error         // the host's end: what the guest gets told
	told    bool          // the guest knows of failed
	dropped func()        // called when the guest drops the stream
	changed chan struct{} // closed at the next change; nil while nobody waits
}

// NewPipe makes a pipe that buffers up to size bytes, 64 KiB if it is 0.
func NewPipe(size int) *Pipe {
	if size <= 0 {
		size = chunk
	}
	return &Pipe{size: size}
}

// notify wakes all who wait. p.mu is held.
func (p *Pipe) notify() {
	if p.changed != nil {
		close(p.changed)
		p.changed = nil
	}
}

// change is closed at the next change. p.mu is held.
func (p *Pipe) change() <-chan struct{} {
	if p.changed == nil {
		p.changed = make(chan struct{})
	}
	return p.changed
}

// Read waits for bytes. The end is the error that Finish was given. A Read tells the guest's
// side that what the one before it gave has arrived.
func (p *Pipe) Read(b []byte) (int, error) { return p.ReadContext(context.Background(), b) }

// ReadContext is Read that waits no longer than ctx lives.
func (p *Pipe) ReadContext(ctx context.Context, b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(b) == 0 {
		return 0, nil
	}
	for {
		p.arrived()
		switch {
		case p.failed != nil:
			return 0, io.ErrClosedPipe
		case len(p.buf) > 0:
			n := copy(b, p.buf)
			p.buf = p.buf[:copy(p.buf, p.buf[n:])]
			p.handed = true
			p.notify()
			return n, nil
		case p.ended != nil:
			return 0, p.ended
		}
		c := p.change()
		p.mu.Unlock()
		select {
		case <-c:
		case <-ctx.Done():
			p.mu.Lock()
			return 0, context.Cause(ctx)
		}
		p.mu.Lock()
	}
}

// arrived notes that the host is done with what it has read. p.mu is held.
func (p *Pipe) arrived() {
	if p.handed || p.flush && len(p.buf) == 0 {
		p.handed = false
		if len(p.buf) == 0 {
			p.flush = false
		}
		p.notify()
	}
}

// Wait is nil if a Read would not wait. Else the channel is closed when that may
// have changed. Like Read, it says that what was read has arrived.
func (p *Pipe) Wait() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.arrived()
	if p.failed != nil || len(p.buf) > 0 || p.ended != nil {
		return nil
	}
	return p.change()
}

// Close is for the host: it reads no more. The guest finds its stream closed.
func (p *Pipe) Close() error { p.Fail(io.EOF); return nil }

// Fail is Close with an error for the guest's next write; io.EOF is an end without one.
func (p *Pipe) Fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == nil {
		p.failed, p.buf = err, nil
		p.notify()
	}
}

// Finish is for the guest's side: nothing more is written. Reads end with err
// after what is buffered, with io.EOF if err is nil.
func (p *Pipe) Finish(err error) {
	if err == nil {
		err = io.EOF
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended == nil {
		p.ended = err
		p.notify()
	}
}

// OnDrop has f called when the guest drops the stream. It is to be set before the guest has it.
func (p *Pipe) OnDrop(f func()) { p.dropped = f }

// Output is the guest's stream.
func (p *Pipe) Output() OutputStream { return pipeWriter{p} }

// pipeWriter is the guest's side of a pipe.
type pipeWriter struct{ *Pipe }

// permit is check-write. p.mu is held.
func (p *Pipe) permit() (uint64, error) {
	switch {
	case p.failed != nil:
		if p.told {
			return 0, StreamErrorClosed{}
		}
		p.told = true
		return 0, Failed(p.failed)
	case p.ended != nil:
		return 0, StreamErrorClosed{}
	case p.flush:
		return 0, nil
	}
	return uint64(p.size - len(p.buf)), nil
}

// busy says whether a write would have to wait. p.mu is held.
func (p *Pipe) busy() bool {
	return p.failed == nil && p.ended == nil && (p.flush || len(p.buf) >= p.size)
}

// CheckWrite says how much may be written: nothing while a flush runs.
func (w pipeWriter) CheckWrite(context.Context) (uint64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.permit()
}

// Write takes all of b, or traps if check-write would not have allowed that much.
func (w pipeWriter) Write(_ context.Context, b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.put(b, uint64(len(b)))
}

var errPermit = errors.New("wasi:io/streams: write of more than check-write permitted")

// put appends b, or n zero bytes if b is nil. p.mu is held.
func (p *Pipe) put(b []byte, n uint64) error {
	room, err := p.permit()
	if err != nil {
		return err
	}
	if n > room {
		return errPermit
	}
	if b != nil {
		p.buf = append(p.buf, b...)
	} else {
		p.buf = append(p.buf, make([]byte, n)...)
	}
	if n > 0 {
		p.notify()
	}
	return nil
}

// wait waits until a write is possible, or the pipe has come to an end.
func (p *Pipe) wait(ctx context.Context) error {
	for {
		p.mu.Lock()
		if !p.busy() {
			p.mu.Unlock()
			return nil
		}
		c := p.change()
		p.mu.Unlock()
		select {
		case <-c:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// BlockingWriteAndFlush writes b in as many steps as it takes.
func (w pipeWriter) BlockingWriteAndFlush(ctx context.Context, b []byte) error {
	for len(b) > 0 {
		if err := w.wait(ctx); err != nil {
			return err
		}
		w.mu.Lock()
		room, err := w.permit()
		n := min(room, uint64(len(b)))
		if err == nil {
			err = w.put(b[:n], n)
		}
		w.mu.Unlock()
		if err != nil {
			return err
		}
		b = b[n:]
	}
	return w.BlockingFlush(ctx)
}

// Flush asks that everything written reach the host.
func (w pipeWriter) Flush(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil || w.ended != nil {
		_, err := w.permit()
		return err
	}
	w.flush = len(w.buf) > 0 || w.handed
	return nil
}

// BlockingFlush waits until the host has all that was written.
func (w pipeWriter) BlockingFlush(ctx context.Context) error {
	if err := w.Flush(ctx); err != nil {
		return err
	}
	if err := w.wait(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.permit()
	return err
}

// Subscribe is ready when check-write says something other than 0.
func (w pipeWriter) Subscribe(context.Context) (Pollable, error) {
	return NewPollable(func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return !w.busy()
	}, func() <-chan struct{} {
		w.mu.Lock()
		defer w.mu.Unlock()
		if !w.busy() {
			return closed
		}
		return w.change()
	}), nil
}

// WriteZeroes writes n zero bytes.
func (w pipeWriter) WriteZeroes(_ context.Context, n uint64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.put(nil, n)
}

// BlockingWriteZeroesAndFlush writes n zero bytes.
func (w pipeWriter) BlockingWriteZeroesAndFlush(ctx context.Context, n uint64) error {
	zeroes := make([]byte, min(n, chunk))
	for n > chunk {
		if err := w.BlockingWriteAndFlush(ctx, zeroes); err != nil {
			return err
		}
		n -= chunk
	}
	return w.BlockingWriteAndFlush(ctx, zeroes[:n])
}

// Splice moves what src has, as far as there is room.
func (w pipeWriter) Splice(ctx context.Context, src InputStream, n uint64) (uint64, error) {
	return w.splice(ctx, src.Read, n)
}

// BlockingSplice waits for room, and for src to have at least a byte.
func (w pipeWriter) BlockingSplice(ctx context.Context, src InputStream, n uint64) (uint64, error) {
	if err := w.wait(ctx); err != nil {
		return 0, err
	}
	return w.splice(ctx, src.BlockingRead, n)
}

func (w pipeWriter) splice(ctx context.Context, read func(context.Context, uint64) ([]byte, error), n uint64) (uint64, error) {
	room, err := w.CheckWrite(ctx)
	if err != nil || room == 0 || n == 0 {
		return 0, err
	}
	b, err := read(ctx, min(n, room))
	if err != nil {
		return 0, err
	}
	return uint64(len(b)), w.Write(ctx, b)
}

// StoreClosed is Drop.
func (w pipeWriter) StoreClosed() { w.Drop(context.Background()) }

// Drop tells whoever made the pipe; without OnDrop it is Finish.
func (w pipeWriter) Drop(context.Context) error {
	if w.dropped != nil {
		w.dropped()
	} else {
		w.Finish(nil)
	}
	return nil
}

// NewWriterStream makes a stream of a writer that may block: a goroutine writes
// while the guest goes on. It ends when the guest has dropped the stream and what
// it had written is out, or at the first error; then dst is closed if it is an io.Closer.
func NewWriterStream(dst io.Writer) OutputStream {
	p := NewPipe(0)
	go func() {
		b := make([]byte, 16<<10)
		for {
			n, err := p.Read(b)
			if err == nil {
				_, err = dst.Write(b[:n])
			}
			if err != nil {
				p.Fail(err)
				break
			}
		}
		if c, ok := dst.(io.Closer); ok {
			c.Close()
		}
	}()
	return p.Output()
}
