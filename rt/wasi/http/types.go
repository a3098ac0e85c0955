package http

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
	"github.com/wc2go/wc2go/rt/wasi/clocks"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

// host implements the functions of wasi:http/types.
type host struct{}

// TypesFrom gives wasi:http/types. It grants nothing: requests are made by
// the outgoing handler.
func TypesFrom(*wasi.Host) Types { return host{} }

// HTTPErrorCode gives the code behind a stream's error, if it came from HTTP.
func (host) HTTPErrorCode(_ context.Context, e wasiio.Error) (rt.Option[ErrorCode], error) {
	var code ErrorCode
	if errors.As(wasiio.Cause(e), &code) {
		return rt.Some(code), nil
	}
	return rt.None[ErrorCode](), nil
}

func (host) NewFields(context.Context) (Fields, error) { return &fields{}, nil }

func (host) FieldsFromList(_ context.Context, entries []rt.Tuple2[FieldKey, FieldValue]) (Fields, error) {
	for _, e := range entries {
		if err := checkField(e.F0, e.F1); err != nil {
			return nil, err
		}
	}
	return &fields{list: slices.Clone(entries)}, nil
}

// foreign is the error of a resource that is an embedder's own where this
// package has to see into it.
func foreign(what string, v any) error {
	return fmt.Errorf("wasi:http: %s of type %T is not this host's", what, v)
}

// outgoingRequest is an outgoing-request.
type outgoingRequest struct {
	headers   *fields
	method    Method
	path      rt.Option[string]
	scheme    rt.Option[Scheme]
	authority rt.Option[string]
	body      *outgoingBody
}

func (host) NewOutgoingRequest(ctx context.Context, headers Fields) (OutgoingRequest, error) {
	f, err := own(ctx, headers)
	if err != nil {
		return nil, err
	}
	return &outgoingRequest{headers: f.frozen(), method: MethodGet{}}, nil
}

// Body gives the body, once.
func (r *outgoingRequest) Body(context.Context) (OutgoingBody, error) {
	if r.body != nil {
		return nil, unit
	}
	r.body = newOutgoingBody(r.headers, func(n uint64) ErrorCode { return ErrorCodeHTTPRequestBodySize{Value: rt.Some(n)} })
	return r.body, nil
}

func (r *outgoingRequest) Method(context.Context) (Method, error) { return r.method, nil }

// SetMethod sets the method.
func (r *outgoingRequest) SetMethod(_ context.Context, m Method) error {
	if o, ok := m.(MethodOther); ok {
		if !validToken(o.Value) {
			return unit
		}
		m = methodOf(o.Value)
	}
	r.method = m
	return nil
}

func (r *outgoingRequest) PathWithQuery(context.Context) (rt.Option[string], error) {
	return r.path, nil
}

// SetPathWithQuery sets the path and query.
func (r *outgoingRequest) SetPathWithQuery(_ context.Context, path rt.Option[string]) error {
	if p, ok := path.Get(); ok && p != "" {
		if strings.ContainsAny(p, " #\"<>\\^`{|}") || !printable(p) {
			return unit
		}
		if _, err := url.ParseRequestURI(slash(p)); err != nil {
			return unit
		}
	}
	r.path = path
	return nil
}

// printable tells whether s is of visible ASCII characters.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// slash puts a slash before a path that has none: "?q" and "" are "/?q" and "/".
func slash(p string) string {
	if strings.HasPrefix(p, "/") {
		return p
	}
	return "/" + p
}

func (r *outgoingRequest) Scheme(context.Context) (rt.Option[Scheme], error) { return r.scheme, nil }

// SetScheme sets the scheme.
func (r *outgoingRequest) SetScheme(_ context.Context, scheme rt.Option[Scheme]) error {
	if s, ok := scheme.Get(); ok {
		if o, ok := s.(SchemeOther); ok {
			if !validScheme(o.Value) {
				return unit
			}
			scheme = rt.Some(schemeOf(o.Value))
		}
	}
	r.scheme = scheme
	return nil
}

// validScheme tells whether s is a scheme (RFC 3986, 3.1).
func validScheme(s string) bool {
	for i := range len(s) {
		b := s[i] | 0x20
		if b >= 'a' && b <= 'z' || i > 0 && (s[i] >= '0' && s[i] <= '9' || strings.IndexByte("+-.", s[i]) >= 0) {
			continue
		}
		return false
	}
	return s != ""
}

func (r *outgoingRequest) Authority(context.Context) (rt.Option[string], error) {
	return r.authority, nil
}

// SetAuthority sets the authority.
func (r *outgoingRequest) SetAuthority(_ context.Context, authority rt.Option[string]) error {
	if a, ok := authority.Get(); ok && !validAuthority(a) {
		return unit
	}
	r.authority = authority
	return nil
}

// validAuthority tells whether a is a host with or without a port.
func validAuthority(a string) bool {
	if a == "" || !printable(a) || strings.ContainsAny(a, "/?#\\\"<>^`{|} ") {
		return false
	}
	u, err := url.Parse("http://" + a + "/")
	return err == nil && u.Hostname() != ""
}

func (r *outgoingRequest) Headers(context.Context) (Fields, error) { return r.headers, nil }

// Drop aborts the body: nobody will send it.
func (r *outgoingRequest) Drop(context.Context) error {
	if r.body != nil {
		r.body.abort()
	}
	return nil
}

// methods are the methods that have a case of their own.
var methods = []struct {
	name string
	m    Method
}{
	{"GET", MethodGet{}}, {"HEAD", MethodHead{}}, {"POST", MethodPost{}}, {"PUT", MethodPut{}}, {"DELETE", MethodDelete{}},
	{"CONNECT", MethodConnect{}}, {"OPTIONS", MethodOptions{}}, {"TRACE", MethodTrace{}}, {"PATCH", MethodPatch{}},
}

func methodOf(name string) Method {
	for _, x := range methods {
		if x.name == name {
			return x.m
		}
	}
	return MethodOther{Value: name}
}

func methodName(m Method) string {
	for _, x := range methods {
		if x.m == m {
			return x.name
		}
	}
	o, _ := m.(MethodOther)
	return o.Value
}

func schemeOf(name string) Scheme {
	switch strings.ToLower(name) {
	case "http":
		return SchemeHTTP{}
	case "https":
		return SchemeHTTPS{}
	}
	return SchemeOther{Value: name}
}

// requestOptions is a request-options.
type requestOptions struct {
	connect, firstByte, betweenBytes rt.Option[clocks.Duration]
}

func (host) NewRequestOptions(context.Context) (RequestOptions, error) { return &requestOptions{}, nil }

func (o *requestOptions) ConnectTimeout(context.Context) (rt.Option[clocks.Duration], error) {
	return o.connect, nil
}

func (o *requestOptions) SetConnectTimeout(_ context.Context, d rt.Option[clocks.Duration]) error {
	o.connect = d
	return nil
}

func (o *requestOptions) FirstByteTimeout(context.Context) (rt.Option[clocks.Duration], error) {
	return o.firstByte, nil
}

func (o *requestOptions) SetFirstByteTimeout(_ context.Context, d rt.Option[clocks.Duration]) error {
	o.firstByte = d
	return nil
}

func (o *requestOptions) BetweenBytesTimeout(context.Context) (rt.Option[clocks.Duration], error) {
	return o.betweenBytes, nil
}

func (o *requestOptions) SetBetweenBytesTimeout(_ context.Context, d rt.Option[clocks.Duration]) error {
	o.betweenBytes = d
	return nil
}

// outgoingResponse is an outgoing-response.
type outgoingResponse struct {
	headers *fields
	status  StatusCode
	body    *outgoingBody
}

func (host) NewOutgoingResponse(ctx context.Context, headers Fields) (OutgoingResponse, error) {
	f, err := own(ctx, headers)
	if err != nil {
		return nil, err
	}
	return &outgoingResponse{headers: f.frozen(), status: http.StatusOK}, nil
}

func (r *outgoingResponse) StatusCode(context.Context) (StatusCode, error) { return r.status, nil }

// SetStatusCode sets the status.
func (r *outgoingResponse) SetStatusCode(_ context.Context, status StatusCode) error {
	if status < 100 || status > 999 {
		return unit
	}
	r.status = status
	return nil
}

func (r *outgoingResponse) Headers(context.Context) (Fields, error) { return r.headers, nil }

// Body gives the body, once.
func (r *outgoingResponse) Body(context.Context) (OutgoingBody, error) {
	if r.body != nil {
		return nil, unit
	}
	r.body = newOutgoingBody(r.headers, func(n uint64) ErrorCode { return ErrorCodeHTTPResponseBodySize{Value: rt.Some(n)} })
	return r.body, nil
}

// Drop aborts the body: nobody will send it.
func (r *outgoingResponse) Drop(context.Context) error {
	if r.body != nil {
		r.body.abort()
	}
	return nil
}

// OutgoingBodyFinish ends a body.
func (host) OutgoingBodyFinish(ctx context.Context, b OutgoingBody, t rt.Option[Fields]) error {
	body, ok := b.(*outgoingBody)
	if !ok {
		return foreign("an outgoing-body", b)
	}
	var trailer *fields
	if f, ok := t.Get(); ok {
		var err error
		if trailer, err = own(ctx, f); err != nil {
			return err
		}
	}
	return body.finish(trailer)
}

// IncomingBodyFinish gives up the contents of a body for its trailers.
func (host) IncomingBodyFinish(_ context.Context, b IncomingBody) (FutureTrailers, error) {
	body, ok := b.(*incomingBody)
	if !ok {
		return nil, foreign("an incoming-body", b)
	}
	if body.stream != nil && !body.stream.dropped {
		return nil, errors.New("wasi:http: incoming-body finished before its stream was dropped")
	}
	return &trailers{src: body.src}, nil
}

// incomingRequest is an incoming-request.
type incomingRequest struct {
	method          Method
	path, authority rt.Option[string]
	scheme          Scheme
	headers         *fields
	body            *incomingBody
	taken           bool
}

func (r *incomingRequest) Method(context.Context) (Method, error) { return r.method, nil }
func (r *incomingRequest) PathWithQuery(context.Context) (rt.Option[string], error) {
	return r.path, nil
}
func (r *incomingRequest) Scheme(context.Context) (rt.Option[Scheme], error) {
	return rt.Some(r.scheme), nil
}
func (r *incomingRequest) Authority(context.Context) (rt.Option[string], error) {
	return r.authority, nil
}
func (r *incomingRequest) Headers(context.Context) (Fields, error) { return r.headers, nil }

// Consume gives the body, once.
func (r *incomingRequest) Consume(context.Context) (IncomingBody, error) {
	if r.taken {
		return nil, unit
	}
	r.taken = true
	return r.body, nil
}

// incomingResponse is an incoming-response.
type incomingResponse struct {
	status  StatusCode
	headers *fields
	body    *incomingBody
	taken   bool
}

func (r *incomingResponse) Status(context.Context) (StatusCode, error) { return r.status, nil }
func (r *incomingResponse) Headers(context.Context) (Fields, error)    { return r.headers, nil }

// Consume gives the body, once.
func (r *incomingResponse) Consume(context.Context) (IncomingBody, error) {
	if r.taken {
		return nil, unit
	}
	r.taken = true
	return r.body, nil
}

// StoreClosed is Drop.
func (r *incomingResponse) StoreClosed() { r.Drop(context.Background()) }

// Drop closes the body if nobody took it.
func (r *incomingResponse) Drop(context.Context) error {
	if !r.taken {
		r.body.src.close()
	}
	return nil
}

// ResponseOutparamSet answers a request.
func (host) ResponseOutparamSet(_ context.Context, p ResponseOutparam, r rt.Result[OutgoingResponse, ErrorCode]) error {
	out, ok := p.(*outparam)
	if !ok {
		return foreign("a response-outparam", p)
	}
	if code, bad := r.Err(); bad {
		return out.set(answer{code: code})
	}
	v, _ := r.OK()
	resp, ok := v.(*outgoingResponse)
	if !ok {
		return foreign("an outgoing-response", v)
	}
	return out.set(answer{response: resp})
}
