package http

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
	"github.com/wc2go/wc2go/rt/wasi/clocks"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

// RoundTripper makes the requests of an outgoing handler.
type RoundTripper = http.RoundTripper

// outgoing implements wasi:http/outgoing-handler.
type outgoing struct{ client http.RoundTripper }

// OutgoingHandlerFrom gives wasi:http/outgoing-handler: requests go through
// Config.HTTPClient, or if it is nil through a client that asks Config.Network about every address
// it connects to. Redirects are the guest's business and not followed.
func OutgoingHandlerFrom(h *wasi.Host) OutgoingHandler {
	type key struct{}
	return outgoing{h.Shared(key{}, func() any { return roundTripper(h) }).(http.RoundTripper)}
}

func roundTripper(h *wasi.Host) http.RoundTripper {
	switch c := h.HTTPClient.(type) {
	case *http.Client:
		if c.Transport != nil {
			return clientTripper{c.Transport, c.Timeout}
		}
		return clientTripper{http.DefaultTransport, c.Timeout}
	case http.RoundTripper:
		return c
	}
	if h.Network == nil {
		return denied{}
	}
	d := &net.Dialer{Resolver: h.Network.Resolver}
	d.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
		addr, err := netip.ParseAddrPort(address)
		if err != nil || !h.Network.Allows(wasi.TCPConnect, addr) {
			return ErrorCodeDestinationIPProhibited{}
		}
		return nil
	}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			name, _, err := net.SplitHostPort(address)
			if _, bad := netip.ParseAddr(name); err == nil && bad != nil && !h.Network.Lookup {
				return nil, ErrorCodeHTTPRequestDenied{}
			}
			return d.DialContext(ctx, network, address)
		},
		ForceAttemptHTTP2:   true,
		DisableCompression:  true, // a guest gets what was sent
		MaxIdleConns:        100,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 30 * time.Second,
	}
}

// clientTripper is the transport of an http.Client with its time limit.
type clientTripper struct {
	http.RoundTripper
	timeout time.Duration
}

func (t clientTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.timeout <= 0 {
		return t.RoundTripper.RoundTrip(r)
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	timer := time.AfterFunc(t.timeout, func() { cancel(ErrorCodeConnectionTimeout{}) })
	resp, err := t.RoundTripper.RoundTrip(r.WithContext(ctx))
	if err != nil {
		timer.Stop()
		err = errors.Join(err, context.Cause(ctx))
		cancel(nil)
		return nil, err
	}
	resp.Body = &closing{resp.Body, func() { timer.Stop(); cancel(nil) }}
	return resp, nil
}

// closing calls f after Close.
type closing struct {
	io.ReadCloser
	f func()
}

func (c *closing) Close() error {
	err := c.ReadCloser.Close()
	c.f()
	return err
}

// denied makes no requests.
type denied struct{}

func (denied) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, ErrorCodeHTTPRequestDenied{}
}

// Handle begins a request.
func (o outgoing) Handle(ctx context.Context, r OutgoingRequest, opts rt.Option[RequestOptions]) (FutureIncomingResponse, error) {
	req, ok := r.(*outgoingRequest)
	if !ok {
		return nil, foreign("an outgoing-request", r)
	}
	if _, ok := o.client.(denied); ok {
		req.Drop(ctx)
		return nil, ErrorCodeHTTPRequestDenied{}
	}
	var connect, first, between rt.Option[clocks.Duration]
	if v, ok := opts.Get(); ok {
		var e1, e2, e3 error
		connect, e1 = v.ConnectTimeout(ctx)
		first, e2 = v.FirstByteTimeout(ctx)
		between, e3 = v.BetweenBytesTimeout(ctx)
		if err := errors.Join(e1, e2, e3); err != nil {
			return nil, err
		}
	}
	f := &futureResponse{done: make(chan struct{})}
	ctx, f.cancel = context.WithCancelCause(ctx)
	hr, err := req.build(ctx)
	if err != nil {
		f.cancel(nil)
		req.Drop(ctx)
		return nil, err
	}
	go f.run(o.client, hr, req.body, duration(connect), duration(first), duration(between))
	return f, nil
}

// duration is 0 for none.
func duration(o rt.Option[clocks.Duration]) time.Duration {
	d, ok := o.Get()
	if !ok {
		return 0
	}
	return time.Duration(max(1, min(d, 1<<62)))
}

// build makes the request for net/http.
func (r *outgoingRequest) build(ctx context.Context) (*http.Request, error) {
	scheme := "https"
	switch s, _ := r.scheme.Get(); s.(type) {
	case SchemeHTTP:
		scheme = "http"
	case SchemeOther:
		return nil, ErrorCodeHTTPProtocolError{}
	}
	authority, ok := r.authority.Get()
	if !ok || !validAuthority(authority) || strings.Contains(authority, "@") {
		return nil, ErrorCodeHTTPRequestURIInvalid{}
	}
	path, _ := r.path.Get()
	u, err := url.ParseRequestURI(slash(path))
	if err != nil {
		return nil, ErrorCodeHTTPRequestURIInvalid{}
	}
	u.Scheme, u.Host = scheme, authority
	if _, ok := r.method.(MethodConnect); ok {
		return nil, ErrorCodeHTTPRequestMethodInvalid{} // a tunnel cannot be had this way
	}
	q := &http.Request{Method: methodName(r.method), URL: u, Host: authority, Header: http.Header{},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	r.headers.header(q.Header, "")
	delete(q.Header, "Content-Length") // net/http writes it
	if _, ok := q.Header["User-Agent"]; !ok {
		q.Header["User-Agent"] = nil // not Go's
	}
	if b := r.body; b != nil {
		q.Body = b.reader(func(h *fields) { h.header(q.Trailer, "") })
		q.ContentLength = b.length
		if b.length < 0 {
			q.Trailer = http.Header{}
		} else if b.length == 0 {
			q.Body = http.NoBody
		}
	} else if n := r.headers.contentLength(); n > 0 {
		return nil, ErrorCodeHTTPRequestBodySize{Value: rt.Some(uint64(0))}
	}
	return q.WithContext(ctx), nil
}

// reader gives the contents to the connection. trailer is called before the end is.
func (b *outgoingBody) reader(trailer func(*fields)) io.ReadCloser {
	return &bodyReader{b, trailer}
}

type bodyReader struct {
	b       *outgoingBody
	trailer func(*fields)
}

func (r *bodyReader) Read(p []byte) (int, error) {
	n, err := r.b.pipe.Read(p)
	if err == io.EOF && r.b.trailer != nil && r.b.length < 0 {
		r.trailer(r.b.trailer)
		r.trailer = func(*fields) {}
	}
	return n, err
}

// Close lets the guest's writes fail: nobody sends them any more.
func (r *bodyReader) Close() error {
	r.b.pipe.Fail(ErrorCodeConnectionTerminated{})
	return nil
}

// futureResponse is a future-incoming-response.
type futureResponse struct {
	cancel   context.CancelCauseFunc
	done     chan struct{}
	response *incomingResponse // after done
	code     ErrorCode
	got      bool

	mu      sync.Mutex
	timer   *time.Timer
	dropped bool
}

// after has the request cancelled with code unless d is 0 or after is called again before.
func (f *futureResponse) after(d time.Duration, code ErrorCode) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.timer != nil {
		f.timer.Stop()
		f.timer = nil
	}
	if d > 0 {
		f.timer = time.AfterFunc(d, func() { f.cancel(code) })
	}
}

// run makes the request.
func (f *futureResponse) run(client http.RoundTripper, q *http.Request, body *outgoingBody, connect, first, between time.Duration) {
	defer close(f.done)
	ctx := q.Context()
	f.after(connect, ErrorCodeConnectionTimeout{})
	q = q.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { f.after(0, nil) },
		WroteRequest: func(httptrace.WroteRequestInfo) { f.after(first, ErrorCodeConnectionReadTimeout{}) },
	}))
	resp, err := client.RoundTrip(q)
	f.after(0, nil)
	if err != nil {
		f.code = codeOf(ctx, err)
		if body != nil {
			body.pipe.Fail(f.code)
		}
		f.cancel(nil)
		return
	}
	b := &timedBody{resp.Body, f, between}
	src := newSource(b, func(err error) ErrorCode { return codeOf(ctx, err) }, func() http.Header { return resp.Trailer })
	f.response = &incomingResponse{status: StatusCode(resp.StatusCode), headers: fromHeader(resp.Header), body: &incomingBody{src: src}}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dropped {
		src.close()
	}
}

// timedBody limits the time of each read, and ends the request when it is closed.
type timedBody struct {
	io.ReadCloser
	f     *futureResponse
	limit time.Duration
}

func (b *timedBody) Read(p []byte) (int, error) {
	if b.limit > 0 {
		b.f.after(b.limit, ErrorCodeConnectionReadTimeout{})
		defer b.f.after(0, nil)
	}
	return b.ReadCloser.Read(p)
}

func (b *timedBody) Close() error {
	b.f.cancel(nil)
	return b.ReadCloser.Close()
}

// Subscribe is ready when there is a response or an error.
func (f *futureResponse) Subscribe(context.Context) (wasiio.Pollable, error) {
	return wasiio.NewPollable(f.ready, func() <-chan struct{} { return f.done }), nil
}

func (f *futureResponse) ready() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

// Get gives the response, once.
func (f *futureResponse) Get(context.Context) (rt.Option[rt.Result[rt.Result[IncomingResponse, ErrorCode], rt.Unit]], error) {
	type inner = rt.Result[IncomingResponse, ErrorCode]
	switch {
	case !f.ready():
		return rt.None[rt.Result[inner, rt.Unit]](), nil
	case f.got:
		return rt.Some(rt.Err[inner](rt.Unit{})), nil
	}
	f.got = true
	if f.code != nil {
		return rt.Some(rt.Ok[inner, rt.Unit](rt.Err[IncomingResponse](f.code))), nil
	}
	return rt.Some(rt.Ok[inner, rt.Unit](rt.Ok[IncomingResponse, ErrorCode](f.response))), nil
}

// StoreClosed is Drop.
func (f *futureResponse) StoreClosed() { f.Drop(context.Background()) }

// Drop ends the request if nobody has its response.
func (f *futureResponse) Drop(context.Context) error {
	if f.got {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dropped = true
	f.cancel(nil)
	if f.ready() && f.response != nil {
		f.response.body.src.close()
	}
	return nil
}

// codeOf is the error code of an error of net/http's client.
func codeOf(ctx context.Context, err error) ErrorCode {
	var code ErrorCode
	var dns *net.DNSError
	var alert tls.AlertError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var netErr net.Error
	var max *http.MaxBytesError
	text := err.Error()
	switch {
	case errors.As(err, &code), errors.As(context.Cause(ctx), &code):
		return code
	case errors.Is(err, errAborted):
		return ErrorCodeHTTPProtocolError{}
	case errors.As(err, &max):
		return ErrorCodeHTTPRequestBodySize{Value: rt.Some(uint64(max.Limit))}
	case errors.As(err, &dns):
		if dns.IsTimeout {
			return ErrorCodeDNSTimeout{}
		}
		rcode := "SERVFAIL"
		if dns.IsNotFound {
			rcode = "NXDOMAIN"
		}
		return ErrorCodeDNSError{Value: DNSErrorPayload{Rcode: rt.Some(rcode), InfoCode: rt.Some(uint16(0))}}
	case errors.As(err, &alert):
		return ErrorCodeTLSAlertReceived{Value: TLSAlertReceivedPayload{AlertID: rt.Some(uint8(alert)), AlertMessage: rt.Some(alert.Error())}}
	case errors.As(err, &cert):
		return ErrorCodeTLSCertificateError{}
	case errors.As(err, &record), strings.Contains(text, "server gave HTTP response to HTTPS client"):
		return ErrorCodeTLSProtocolError{}
	case isErrno(err, syscall.ECONNREFUSED, 10061):
		return ErrorCodeConnectionRefused{}
	case isErrno(err, syscall.ECONNRESET, 10054), isErrno(err, syscall.EPIPE, 10053), errors.Is(err, io.ErrClosedPipe):
		return ErrorCodeConnectionTerminated{}
	case isErrno(err, syscall.ENETUNREACH, 10051), isErrno(err, syscall.EHOSTUNREACH, 10065):
		return ErrorCodeDestinationUnavailable{}
	case errors.As(err, &netErr) && netErr.Timeout():
		return ErrorCodeConnectionTimeout{}
	case errors.Is(err, io.EOF):
		return ErrorCodeConnectionTerminated{}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return ErrorCodeHTTPResponseIncomplete{}
	case strings.Contains(text, "malformed HTTP"), strings.Contains(text, "http2:"):
		return ErrorCodeHTTPProtocolError{}
	case strings.Contains(text, "server response headers exceeded"):
		return ErrorCodeHTTPResponseHeaderSectionSize{}
	}
	return ErrorCodeInternalError{Value: rt.Some(text)}
}

// isErrno tells whether err is an error of the system: on Windows sockets have
// numbers of their own, which package syscall has no names for.
func isErrno(err error, code syscall.Errno, windows uintptr) bool {
	if errors.Is(err, code) {
		return true
	}
	var n syscall.Errno
	return runtime.GOOS == "windows" && errors.As(err, &n) && uintptr(n) == windows
}
