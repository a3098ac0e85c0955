package http

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wc2go/wc2go/rt"
)

// HandlerConfig says how requests reach a component.
type HandlerConfig struct {
	// New makes an instance in the store, which is that of one request: usually by the
	// Instantiate method of a prepared component.
	New func(ctx context.Context, st *rt.Store) (IncomingHandler, error)
	// Limits bound each request's store.
	Limits rt.Limits
	// Store has more options for each request's store, such as [rt.WithFuel].
	Store []rt.StoreOption
	// Timeout bounds the time of a request, and of what its guest does after the
	// response; 0: no bound.
	Timeout time.Duration
	// MaxBody bounds the body of a request; 0: no bound.
	MaxBody int64
	// Logger is told why a request failed; nil: nobody is.
	Logger *slog.Logger
}

// Handler is an http.Handler that gives each request to a fresh instance of a
// component that exports wasi:http/incoming-handler.
type Handler struct {
	c      HandlerConfig
	guests sync.WaitGroup
}

// NewHandler makes a handler.
func NewHandler(c HandlerConfig) *Handler {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return &Handler{c: c}
}

// Wait waits until no guest runs any more: one may go on after its response. It is to be
// called when no more requests come.
func (h *Handler) Wait() { h.guests.Wait() }

// answer is what a guest gives to response-outparam.set.
type answer struct {
	response *outgoingResponse
	code     ErrorCode
}

// outparam is a response-outparam.
type outparam struct {
	answer chan answer // room for one
	mu     sync.Mutex
	used   bool
	resp   *outgoingResponse
	w      http.ResponseWriter // nil when the request is over
}

// abort ends a body that the guest has left unfinished at its end.
func (o *outparam) abort() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.resp != nil && o.resp.body != nil {
		o.resp.body.abort()
	}
}

func (o *outparam) set(a answer) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.used {
		return errors.New("wasi:http: response-outparam set twice")
	}
	o.used, o.resp = true, a.response
	o.answer <- a
	return nil
}

// SendInformational sends a 1xx response.
func (o *outparam) SendInformational(ctx context.Context, status uint16, f Fields) error {
	if status < 100 || status > 199 || status == http.StatusSwitchingProtocols {
		return ErrorCodeHTTPProtocolError{}
	}
	list, err := own(ctx, f)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.w == nil || o.used {
		return ErrorCodeConnectionTerminated{}
	}
	clear(o.w.Header())
	list.header(o.w.Header(), "")
	o.w.WriteHeader(int(status))
	clear(o.w.Header())
	return nil
}

// over cuts the guest off from the request, which is finished.
func (o *outparam) over() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.w = nil
}

// errTimeout ends a guest that takes too long.
var errTimeout = errors.New("request takes too long")

// errClient ends a guest whose client has gone.
var errClient = errors.New("client has gone")

// ServeHTTP runs a guest on the request and sends its response. A body that the
// guest does not finish ends in a broken connection, as HTTP has no other sign: by
// a panic with http.ErrAbortHandler, which net/http's server understands.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.c.MaxBody > 0 && r.ContentLength > h.c.MaxBody {
		http.Error(w, "request body too large", http.StatusRequestEntityTooLarge)
		return
	}
	control := http.NewResponseController(w)
	control.EnableFullDuplex() // HTTP/1 only; others have it anyway

	// The guest may go on after the response, so its context outlives the request's.
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(r.Context()))
	timer := (*time.Timer)(nil)
	if h.c.Timeout > 0 {
		timer = time.AfterFunc(h.c.Timeout, func() { cancel(errTimeout) })
	}
	unwatch := context.AfterFunc(r.Context(), func() { cancel(errClient) })
	var sides atomic.Int32 // that need the context: the guest's and this
	sides.Store(2)
	leave := func() {
		if sides.Add(-1) == 0 {
			if timer != nil {
				timer.Stop()
			}
			cancel(nil)
		}
	}

	src := h.source(w, r)
	out := &outparam{answer: make(chan answer, 1), w: w}
	done := make(chan error, 1)
	h.guests.Add(1)
	go func() {
		defer h.guests.Done()
		defer leave()
		done <- h.run(ctx, request(r, src), out)
	}()
	defer leave()
	defer unwatch()
	defer src.stop()
	defer out.over()

	var a answer
	select {
	case a = <-out.answer:
	case err := <-done:
		done <- err // logged below
		select {
		case a = <-out.answer:
		default:
		}
	case <-ctx.Done():
	}
	out.over()
	if a.response == nil && a.code == nil {
		h.refuse(w, r, ctx, done)
		closeBody(w, control, r, src)
		return
	}
	if a.code != nil {
		h.c.Logger.Error("the guest answered with an error", "method", r.Method, "path", r.URL.Path, "error", a.code)
		plain(w, statusOf(a.code))
		closeBody(w, control, r, src)
		return
	}
	if err := h.respond(ctx, w, control, r, a.response); err != nil {
		h.c.Logger.Error("response ended early", "method", r.Method, "path", r.URL.Path, "error", err)
		panic(http.ErrAbortHandler)
	}
	closeBody(w, control, r, src)
}

// drainTime bounds how long the rest of a request's body is waited for.
const drainTime = time.Second

// closeBody ends what reads the body of an HTTP/1 request, and closes it, before the handler
// returns. net/http would close it afterwards; but in full duplex mode that starts a read of the
// connection that runs into the next request's ("invalid concurrent Body.Read call").
func closeBody(w http.ResponseWriter, control *http.ResponseController, r *http.Request, src *source) {
	if r.ProtoMajor != 1 || r.Body == nil || r.Body == http.NoBody {
		return
	}
	reads := src.stop()
	if !reads && src.atEnd() {
		return
	}
	if !src.wasRead() && r.Header.Get("Expect") != "" && closeAfter(w) {
		// The client waits to be asked for the body: it gets the response instead, and need not
		// send any more.
		control.SetReadDeadline(time.Now().Add(drainTime))
		return
	}
	if control.Flush() != nil || control.SetReadDeadline(time.Now().Add(drainTime)) != nil {
		return // no connection of net/http's
	}
	src.turn.Lock() // a read that runs ends at the deadline
	defer src.turn.Unlock()
	if err := r.Body.Close(); err != nil && !closeAfter(w) {
		// The rest of the body must not be taken for a request.
		panic(http.ErrAbortHandler)
	}
}

// closeAfter has the connection closed after the response; it fails if w is not net/http's.
func closeAfter(w http.ResponseWriter) bool {
	for {
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			break
		}
		w = u.Unwrap()
	}
	if fmt.Sprintf("%T", w) != "*http.response" {
		return false
	}
	// MaxBytesReader tells the writer so when its limit is passed, which is the way there is once the
	// header has been written.
	http.MaxBytesReader(w, io.NopCloser(strings.NewReader("x")), 0).Read(make([]byte, 1))
	return true
}

// plain answers with a status and its text.
func plain(w http.ResponseWriter, status int) {
	text := http.StatusText(status) + "\n"
	h := w.Header()
	clear(h)
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	io.WriteString(w, text)
}

// refuse answers a request whose guest did not.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, ctx context.Context, done chan error) {
	status := http.StatusInternalServerError
	var err error
	select {
	case err = <-done:
		if err == nil {
			err = errors.New("the guest gave no response")
		}
	default:
		err = context.Cause(ctx)
	}
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errTimeout):
		status = http.StatusGatewayTimeout
	case errors.Is(cause, errClient):
		return // nobody is there to be answered
	case errors.Is(err, rt.TrapLimit):
		status = http.StatusServiceUnavailable
	}
	h.c.Logger.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	plain(w, status)
}

// run runs the guest in a store of its own.
func (h *Handler) run(ctx context.Context, q *incomingRequest, out *outparam) (err error) {
	st := rt.NewStore(append([]rt.StoreOption{rt.WithLimits(h.c.Limits)}, h.c.Store...)...)
	defer st.Close()
	ctx, cancel := context.WithCancel(ctx) // ends the requests that the guest has made
	defer cancel()
	guest, err := h.c.New(ctx, st)
	if err != nil {
		return err
	}
	defer out.abort()
	err = guest.Handle(ctx, q, out)
	out.mu.Lock()
	answered := out.used
	out.mu.Unlock()
	if err != nil && answered {
		h.c.Logger.Error("the guest failed after its response", "error", err)
	}
	return err
}

// request makes an incoming-request.
func request(r *http.Request, src *source) *incomingRequest {
	q := &incomingRequest{method: methodOf(r.Method), scheme: SchemeHTTP{}, headers: fromHeader(r.Header),
		body: &incomingBody{src: src}}
	if r.TLS != nil {
		q.scheme = SchemeHTTPS{}
	}
	if r.URL.IsAbs() && r.URL.Scheme != "" {
		q.scheme = schemeOf(r.URL.Scheme)
	}
	if p := r.URL.RequestURI(); p != "" {
		q.path = rt.Some(p)
	}
	if r.Host != "" {
		q.authority = rt.Some(r.Host)
	}
	return q
}

// source makes the body of a request.
func (h *Handler) source(w http.ResponseWriter, r *http.Request) *source {
	body := r.Body
	if body == nil {
		body = http.NoBody
	}
	if h.c.MaxBody > 0 {
		body = http.MaxBytesReader(w, body, h.c.MaxBody)
	}
	ctx := r.Context()
	// net/http closes the body itself.
	return newSource(io.NopCloser(body), func(err error) ErrorCode { return codeOf(ctx, err) }, func() http.Header { return r.Trailer })
}

// statusOf is the status that stands for a guest's error.
func statusOf(code ErrorCode) int {
	switch code.(type) {
	case ErrorCodeHTTPRequestBodySize:
		return http.StatusRequestEntityTooLarge
	case ErrorCodeHTTPRequestURITooLong:
		return http.StatusRequestURITooLong
	case ErrorCodeHTTPRequestHeaderSectionSize, ErrorCodeHTTPRequestHeaderSize:
		return http.StatusRequestHeaderFieldsTooLarge
	case ErrorCodeHTTPRequestLengthRequired:
		return http.StatusLengthRequired
	case ErrorCodeDNSTimeout, ErrorCodeConnectionTimeout, ErrorCodeConnectionReadTimeout, ErrorCodeConnectionWriteTimeout, ErrorCodeHTTPResponseTimeout:
		return http.StatusGatewayTimeout
	case ErrorCodeDNSError, ErrorCodeDestinationNotFound, ErrorCodeDestinationUnavailable, ErrorCodeDestinationIPUnroutable,
		ErrorCodeConnectionRefused, ErrorCodeConnectionTerminated, ErrorCodeTLSProtocolError, ErrorCodeTLSCertificateError, ErrorCodeTLSAlertReceived:
		return http.StatusBadGateway
	}
	return http.StatusInternalServerError
}

// flushAfter is how long a response waits for more before what there is goes
// out: long enough for a short body to come with its header in one packet.
const flushAfter = 500 * time.Microsecond

var buffers = sync.Pool{New: func() any { b := make([]byte, 16<<10); return &b }}

// respond sends a response.
func (h *Handler) respond(ctx context.Context, w http.ResponseWriter, control *http.ResponseController, r *http.Request, resp *outgoingResponse) error {
	if resp.status < 200 {
		return fmt.Errorf("status %d is not that of a final response", resp.status)
	}
	header := w.Header()
	header["Content-Type"] = nil // net/http shall not guess
	resp.headers.header(header, "")
	if v := header["Content-Type"]; len(v) == 0 {
		header["Content-Type"] = nil
	}
	w.WriteHeader(int(resp.status))
	if resp.body == nil {
		if resp.headers.contentLength() > 0 && r.Method != http.MethodHead {
			return errors.New("no body, but a content-length")
		}
		return nil
	}
	p := resp.body.pipe
	defer p.Close()
	bodyless := r.Method == http.MethodHead || resp.status == http.StatusNoContent || resp.status == http.StatusNotModified
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	fresh := true // there is something to flush
	for {
		if c := p.Wait(); c != nil && fresh {
			timer := time.NewTimer(flushAfter)
			select {
			case <-c:
			case <-ctx.Done():
			case <-timer.C:
				control.Flush()
				fresh = false
			}
			timer.Stop()
			if fresh && ctx.Err() == nil {
				continue
			}
		}
		n, err := p.ReadContext(ctx, *buf)
		if n > 0 && !bodyless {
			if _, err := w.Write((*buf)[:n]); err != nil {
				p.Fail(ErrorCodeConnectionTerminated{})
				return err
			}
			fresh = true
		}
		switch {
		case errors.Is(err, io.EOF):
			if t := resp.body.trailer; t != nil {
				// A short response would get a content-length, which has no trailers after it.
				control.Flush()
				t.header(header, http.TrailerPrefix)
			}
			return nil
		case err != nil:
			return err
		}
	}
}
