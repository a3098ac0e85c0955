package http

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/wc2go/wc2go/rt"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

// unit is the error of functions whose WIT error says nothing.
var unit = &rt.ErrorValue[rt.Unit]{}

// source is a body that comes in: it counts, notes its end, and turns errors
// into those of wasi:http.
type source struct {
	body     io.ReadCloser
	code     func(error) ErrorCode
	trailer  func() http.Header // to be read after the end of the body
	turn     sync.Mutex         // held by the goroutine that reads
	mu       sync.Mutex
	reading  bool
	began    bool // there has been a read
	closed   bool
	err      error         // of the last read, io.EOF at the end
	finished chan struct{} // closed with the first error
}

func newSource(body io.ReadCloser, code func(error) ErrorCode, trailer func() http.Header) *source {
	return &source{body: body, code: code, trailer: trailer, finished: make(chan struct{})}
}

// Read reads.
func (s *source) Read(b []byte) (int, error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return 0, s.end(ErrorCodeConnectionTerminated{})
	}
	s.reading, s.began = true, true
	s.mu.Unlock()
	n, err := s.body.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = s.code(err)
	} else if err != nil {
		err = io.EOF
	}
	s.mu.Lock()
	s.reading = false
	s.mu.Unlock()
	return n, s.end(err)
}

// end notes the first error.
func (s *source) end(err error) error {
	if err == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
		close(s.finished)
	}
	return err
}

// stop makes later reads fail, and says whether one is running.
func (s *source) stop() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return s.reading
}

// wasRead says whether there has been a read.
func (s *source) wasRead() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.began
}

// incomingBody is an incoming-body.
type incomingBody struct {
	src    *source
	taken  bool
	stream *bodyStream
}

// bodyStream is the stream of an incoming body. Dropping it does not close the
// body: that is up to the body.
type bodyStream struct {
	wasiio.InputStream
	dropped bool
}

func (s *bodyStream) Drop(context.Context) error { s.dropped = true; return nil }

// onlyReader hides the Close method of a body from its stream.
type onlyReader struct{ io.Reader }

// Stream gives the contents, once.
func (b *incomingBody) Stream(context.Context) (wasiio.InputStream, error) {
	if b.taken {
		return nil, unit
	}
	b.taken = true
	b.stream = &bodyStream{InputStream: wasiio.NewInputStream(onlyReader{b.src})}
	return b.stream, nil
}

// StoreClosed closes the body.
func (b *incomingBody) StoreClosed() { b.src.close() }

// Drop closes the body: what has not been read is lost.
func (b *incomingBody) Drop(context.Context) error {
	if b.stream != nil && !b.stream.dropped {
		return errors.New("wasi:http: incoming-body dropped before its stream")
	}
	b.src.close()
	return nil
}

// atEnd says whether the body has been read to its end.
func (s *source) atEnd() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err == io.EOF
}

func (s *source) close() {
	if !s.stop() {
		s.body.Close()
		return
	}
	// A read is running, whose goroutine may hold the body: it is not waited for.
	go s.body.Close()
}

// trailers is a future-trailers.
type trailers struct {
	src   *source
	start sync.Once
	got   bool
}

// run reads what is left of the body, for what comes after it.
func (t *trailers) run() {
	t.start.Do(func() {
		go func() {
			b := make([]byte, 4<<10)
			for {
				select {
				case <-t.src.finished:
					return
				default:
				}
				if _, err := t.src.Read(b); err != nil {
					return
				}
			}
		}()
	})
}

func (t *trailers) ready() bool {
	select {
	case <-t.src.finished:
		return true
	default:
		t.run()
		return false
	}
}

// Subscribe is ready when the body has been received.
func (t *trailers) Subscribe(context.Context) (wasiio.Pollable, error) {
	return wasiio.NewPollable(t.ready, func() <-chan struct{} {
		t.run()
		return t.src.finished
	}), nil
}

// Get gives the trailers, once.
func (t *trailers) Get(context.Context) (rt.Option[rt.Result[rt.Result[rt.Option[Fields], ErrorCode], rt.Unit]], error) {
	type inner = rt.Result[rt.Option[Fields], ErrorCode]
	switch {
	case t.got:
		return rt.Some(rt.Err[inner](rt.Unit{})), nil
	case !t.ready():
		return rt.None[rt.Result[inner, rt.Unit]](), nil
	}
	t.got = true
	t.src.mu.Lock()
	err := t.src.err
	t.src.mu.Unlock()
	var code ErrorCode
	if errors.As(err, &code) {
		return rt.Some(rt.Ok[inner, rt.Unit](rt.Err[rt.Option[Fields]](code))), nil
	}
	found := rt.None[Fields]()
	if h := t.src.trailer(); len(h) > 0 {
		found = rt.Some[Fields](fromHeader(h))
	}
	return rt.Some(rt.Ok[inner, rt.Unit](rt.Ok[rt.Option[Fields], ErrorCode](found))), nil
}

// StoreClosed closes the body.
func (t *trailers) StoreClosed() { t.src.close() }

// Drop closes the body.
func (t *trailers) Drop(context.Context) error { t.src.close(); return nil }

// outgoingBody is an outgoing-body: a pipe to the connection.
type outgoingBody struct {
	pipe    *wasiio.Pipe
	length  int64 // as content-length says; -1 if it says nothing
	written int64
	size    func(uint64) ErrorCode // the error of a body of the wrong size
	stream  *countingStream
	trailer *fields // set before the pipe's end is seen
	done    bool
}

func newOutgoingBody(f *fields, size func(uint64) ErrorCode) *outgoingBody {
	return &outgoingBody{pipe: wasiio.NewPipe(0), length: f.contentLength(), size: size}
}

// Write gives the stream for the contents, once.
func (b *outgoingBody) Write(context.Context) (wasiio.OutputStream, error) {
	if b.stream != nil {
		return nil, unit
	}
	b.stream = &countingStream{OutputStream: b.pipe.Output(), body: b}
	return b.stream, nil
}

// errAborted ends a body that the guest did not finish.
var errAborted = errors.New("wasi:http: body dropped before it was finished")

// StoreClosed aborts the body if it was not finished.
func (b *outgoingBody) StoreClosed() { b.abort() }

// Drop aborts the body if it was not finished.
func (b *outgoingBody) Drop(context.Context) error {
	if b.stream != nil && !b.stream.dropped {
		return errors.New("wasi:http: outgoing-body dropped before its stream")
	}
	b.abort()
	return nil
}

func (b *outgoingBody) abort() {
	if !b.done {
		b.done = true
		b.pipe.Finish(errAborted)
	}
}

// finish ends the body.
func (b *outgoingBody) finish(trailer *fields) error {
	if b.stream != nil && !b.stream.dropped {
		return errors.New("wasi:http: outgoing-body finished before its stream was dropped")
	}
	if b.done {
		return ErrorCodeHTTPProtocolError{}
	}
	b.done = true
	if b.length >= 0 && b.written != b.length {
		b.pipe.Finish(errAborted)
		return b.size(uint64(b.written))
	}
	b.trailer = trailer
	b.pipe.Finish(nil)
	return nil
}

// countingStream holds a body to its content-length.
type countingStream struct {
	wasiio.OutputStream
	body    *outgoingBody
	dropped bool
}

// count notes n more bytes.
func (s *countingStream) count(n uint64) error {
	b := s.body
	b.written += int64(n)
	if b.length >= 0 && b.written > b.length {
		return wasiio.Failed(b.size(uint64(b.written)))
	}
	return nil
}

func (s *countingStream) Write(ctx context.Context, b []byte) error {
	if err := s.count(uint64(len(b))); err != nil {
		return err
	}
	return s.OutputStream.Write(ctx, b)
}

func (s *countingStream) BlockingWriteAndFlush(ctx context.Context, b []byte) error {
	if err := s.count(uint64(len(b))); err != nil {
		return err
	}
	return s.OutputStream.BlockingWriteAndFlush(ctx, b)
}

func (s *countingStream) WriteZeroes(ctx context.Context, n uint64) error {
	if err := s.count(n); err != nil {
		return err
	}
	return s.OutputStream.WriteZeroes(ctx, n)
}

func (s *countingStream) BlockingWriteZeroesAndFlush(ctx context.Context, n uint64) error {
	if err := s.count(n); err != nil {
		return err
	}
	return s.OutputStream.BlockingWriteZeroesAndFlush(ctx, n)
}

func (s *countingStream) Splice(ctx context.Context, src wasiio.InputStream, n uint64) (uint64, error) {
	return s.spliced(s.OutputStream.Splice(ctx, src, n))
}

func (s *countingStream) BlockingSplice(ctx context.Context, src wasiio.InputStream, n uint64) (uint64, error) {
	return s.spliced(s.OutputStream.BlockingSplice(ctx, src, n))
}

func (s *countingStream) spliced(n uint64, err error) (uint64, error) {
	if err == nil {
		err = s.count(n)
	}
	return n, err
}

// Drop ends writing; the body itself goes on until it is finished.
func (s *countingStream) Drop(context.Context) error { s.dropped = true; return nil }
