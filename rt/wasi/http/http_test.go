package http

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
	"github.com/wc2go/wc2go/rt/wasi/clocks"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

func TestFields(t *testing.T) {
	ctx := t.Context()
	f, _ := host{}.NewFields(ctx)
	for name, want := range map[string]error{"x-a": nil, "X-A": nil, "": HeaderErrorInvalidSyntax{}, "a b": HeaderErrorInvalidSyntax{}, "ä": HeaderErrorInvalidSyntax{},
		"Host": HeaderErrorForbidden{}, "connection": HeaderErrorForbidden{}, "Transfer-Encoding": HeaderErrorForbidden{}} {
		if err := f.Append(ctx, name, []byte("v")); err != want {
			t.Errorf("append %q: %v", name, err)
		}
	}
	if err := f.Set(ctx, "y", [][]byte{[]byte("a\r\nb: c")}); err != (HeaderErrorInvalidSyntax{}) {
		t.Errorf("a value of two lines: %v", err)
	}
	if v, _ := f.Get(ctx, "x-A"); len(v) != 2 {
		t.Errorf("%q", v)
	}
	c, _ := f.Clone(ctx)
	f.Delete(ctx, "X-a")
	if ok, _ := f.Has(ctx, "x-a"); ok {
		t.Error("not deleted")
	}
	if ok, _ := c.Has(ctx, "x-a"); !ok {
		t.Error("deleted from the clone")
	}
	r, err := host{}.NewOutgoingRequest(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	h, _ := r.Headers(ctx)
	if err := h.Set(ctx, "a", nil); err != (HeaderErrorImmutable{}) {
		t.Errorf("headers of a request: %v", err)
	}
}

func TestRequestSetters(t *testing.T) {
	ctx := t.Context()
	r := &outgoingRequest{headers: &fields{}, method: MethodGet{}}
	for p, ok := range map[string]bool{"/a?b=c": true, "": true, "*": true, "/a b": false, "/a\nb": false, "/ä": false, "/%41": true, "/%zz": false, "/a#f": false} {
		if err := r.SetPathWithQuery(ctx, rt.Some(p)); (err == nil) != ok {
			t.Errorf("path %q: %v", p, err)
		}
	}
	for a, ok := range map[string]bool{"x": true, "x:80": true, "[::1]:80": true, "": false, "x/y": false, "x y": false, "x:y": false} {
		if err := r.SetAuthority(ctx, rt.Some(a)); (err == nil) != ok {
			t.Errorf("authority %q: %v", a, err)
		}
	}
	if r.SetMethod(ctx, MethodOther{Value: "a b"}) == nil || r.SetMethod(ctx, MethodOther{Value: "PUT"}) != nil || r.method != (MethodPut{}) {
		t.Error(r.method)
	}
	if r.SetScheme(ctx, rt.Some[Scheme](SchemeOther{Value: "1x"})) == nil {
		t.Error("scheme 1x")
	}
}

// request makes a request as a guest does. body may be nil.
func fetch(t *testing.T, h *wasi.Host, method Method, url string, opts *requestOptions, body func(wasiio.OutputStream) rt.Option[Fields]) (*incomingResponse, error) {
	t.Helper()
	ctx := t.Context()
	scheme, rest, _ := strings.Cut(url, "://")
	authority, path, _ := strings.Cut(rest, "/")
	r, err := host{}.NewOutgoingRequest(ctx, &fields{})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{r.SetMethod(ctx, method), r.SetScheme(ctx, rt.Some(schemeOf(scheme))), r.SetAuthority(ctx, rt.Some(authority)), r.SetPathWithQuery(ctx, rt.Some("/"+path))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var out OutgoingBody
	if body != nil {
		if out, err = r.Body(ctx); err != nil {
			t.Fatal(err)
		}
	}
	o := rt.None[RequestOptions]()
	if opts != nil {
		o = rt.Some[RequestOptions](opts)
	}
	f, err := OutgoingHandlerFrom(h).Handle(ctx, r, o)
	if err != nil {
		return nil, err
	}
	if body != nil {
		s, err := out.Write(ctx)
		if err != nil {
			t.Fatal(err)
		}
		trailers := body(s)
		s.(rt.Dropper).Drop(ctx)
		if err := (host{}).OutgoingBodyFinish(ctx, out, trailers); err != nil {
			t.Fatal(err)
		}
	}
	p, _ := f.Subscribe(ctx)
	wait, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := p.Block(wait); err != nil {
		t.Fatal(err)
	}
	outer, _ := f.Get(ctx)
	result, _ := outer.Get()
	inner, _ := result.OK()
	if code, bad := inner.Err(); bad {
		return nil, code
	}
	resp, _ := inner.OK()
	return resp.(*incomingResponse), nil
}

// readBody reads a body to its end, and the trailers.
func readBody(t *testing.T, r *incomingResponse) (string, http.Header, error) {
	t.Helper()
	ctx := t.Context()
	b, err := r.Consume(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.Stream(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var text []byte
	for {
		part, err := s.BlockingRead(ctx, 100)
		text = append(text, part...)
		if err == (wasiio.StreamErrorClosed{}) {
			break
		}
		if err != nil {
			return string(text), nil, err
		}
	}
	s.(rt.Dropper).Drop(ctx)
	f, err := host{}.IncomingBodyFinish(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := f.Subscribe(ctx)
	p.Block(ctx)
	o, _ := f.Get(ctx)
	outer, _ := o.Get()
	inner, _ := outer.OK()
	found, _ := inner.OK()
	h := http.Header{}
	if f, ok := found.Get(); ok {
		f.(*fields).header(h, "")
	}
	return string(text), h, nil
}

func TestOutgoing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow":
			select {
			case <-time.After(5 * time.Second):
			case <-r.Context().Done():
			}
		case "/stall":
			io.WriteString(w, "begin")
			w.(http.Flusher).Flush()
			select {
			case <-time.After(5 * time.Second):
			case <-r.Context().Done():
			}
		case "/redirect":
			http.Redirect(w, r, "/", 302)
		case "/cut":
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "part")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		default:
			b, _ := io.ReadAll(r.Body)
			w.Header().Set("X-Ua", strings.Join(r.Header["User-Agent"], ","))
			w.Header().Set(http.TrailerPrefix+"Sum", r.Trailer.Get("Sum"))
			fmt.Fprintf(w, "%s %s %s", r.Method, r.URL, b)
		}
	}))
	defer server.Close()
	h := wasi.New(wasi.Config{Network: wasi.InheritNetwork()})

	resp, err := fetch(t, h, MethodGet{}, server.URL+"/a?b", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, _, err := readBody(t, resp); text != "GET /a?b " || err != nil || resp.status != 200 {
		t.Errorf("%d %q %v", resp.status, text, err)
	}
	if v, _ := resp.headers.Get(t.Context(), "X-UA"); string(v[0]) != "" {
		t.Errorf("user agent %q", v)
	}
	resp, err = fetch(t, h, MethodPost{}, server.URL+"/p", nil, func(s wasiio.OutputStream) rt.Option[Fields] {
		for range 3 {
			if err := s.BlockingWriteAndFlush(t.Context(), []byte("abc")); err != nil {
				t.Error(err)
			}
		}
		return rt.Some[Fields](&fields{list: []rt.Tuple2[FieldKey, FieldValue]{{F0: "sum", F1: []byte("42")}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if text, trailer, err := readBody(t, resp); text != "POST /p abcabcabc" || trailer.Get("Sum") != "42" || err != nil {
		t.Errorf("%q %v %v", text, trailer, err)
	}
	if resp, err = fetch(t, h, MethodGet{}, server.URL+"/redirect", nil, nil); err != nil || resp.status != 302 {
		t.Errorf("redirect: %v", err)
	}
	if resp, err = fetch(t, h, MethodGet{}, server.URL+"/cut", nil, nil); err != nil {
		t.Fatal(err)
	}
	var failed wasiio.StreamErrorLastOperationFailed
	if text, _, err := readBody(t, resp); text != "part" || !errors.As(err, &failed) {
		t.Errorf("cut off: %q %v", text, err)
	} else if o, _ := (host{}).HTTPErrorCode(t.Context(), failed.Value); !o.IsSome() {
		t.Error("no code of a stream's error")
	}
	brief := rt.Some(clocks.Duration(50 * time.Millisecond))
	if _, err := fetch(t, h, MethodGet{}, server.URL+"/slow", &requestOptions{firstByte: brief}, nil); err != (ErrorCodeConnectionReadTimeout{}) {
		t.Errorf("first byte: %v", err)
	}
	if resp, err = fetch(t, h, MethodGet{}, server.URL+"/stall", &requestOptions{betweenBytes: brief}, nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readBody(t, resp); !errors.As(err, &failed) {
		t.Errorf("between bytes: %v", err)
	}
}

func TestOutgoingErrors(t *testing.T) {
	h := wasi.New(wasi.Config{Network: wasi.InheritNetwork()})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	l.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	for url, want := range map[string]ErrorCode{
		"http://" + nobody + "/":                          ErrorCodeConnectionRefused{},
		"https://" + plain.Listener.Addr().String() + "/": ErrorCodeTLSProtocolError{},
		secure.URL + "/":                                  ErrorCodeTLSCertificateError{},
		"ftp://x/":                                        ErrorCodeHTTPProtocolError{},
	} {
		if _, err := fetch(t, h, MethodGet{}, url, nil, nil); err != want {
			t.Errorf("%s: %v, want %v", url, err, want)
		}
	}
	if _, err := fetch(t, wasi.New(wasi.Config{}), MethodGet{}, plain.URL+"/", nil, nil); err != (ErrorCodeHTTPRequestDenied{}) {
		t.Errorf("without a network: %v", err)
	}
	other := wasi.New(wasi.Config{Network: &wasi.Network{Allow: func(_ wasi.NetworkUse, a netip.AddrPort) bool { return a.Port() == 1 }}})
	if _, err := fetch(t, other, MethodGet{}, plain.URL+"/", nil, nil); err != (ErrorCodeDestinationIPProhibited{}) {
		t.Errorf("outside the policy: %v", err)
	}
	if _, err := fetch(t, other, MethodGet{}, "http://localhost:1/", nil, nil); err != (ErrorCodeHTTPRequestDenied{}) {
		t.Errorf("a name without lookup: %v", err)
	}
	if resp, err := fetch(t, wasi.New(wasi.Config{HTTPClient: plain.Client()}), MethodGet{}, plain.URL+"/", nil, nil); err != nil || resp.status != 404 {
		t.Errorf("with a client: %v", err)
	}
}

// handler is a component written in Go.
type handler func(ctx context.Context, q IncomingRequest, out ResponseOutparam) error

func (h handler) Handle(ctx context.Context, q IncomingRequest, out ResponseOutparam) error {
	return h(ctx, q, out)
}

func serve(t *testing.T, c HandlerConfig, h handler) (*httptest.Server, *Handler) {
	c.New = func(context.Context, *rt.Store) (IncomingHandler, error) { return h, nil }
	guest := NewHandler(c)
	s := httptest.NewServer(guest)
	t.Cleanup(s.Close)
	return s, guest
}

func TestHandler(t *testing.T) {
	background := make(chan error, 1)
	s, guest := serve(t, HandlerConfig{Timeout: 300 * time.Millisecond}, func(ctx context.Context, q IncomingRequest, out ResponseOutparam) error {
		path, _ := q.PathWithQuery(ctx)
		p, _ := path.Get()
		r, _ := host{}.NewOutgoingResponse(ctx, &fields{})
		body, _ := r.Body(ctx)
		w, _ := body.Write(ctx)
		switch p {
		case "/error":
			return host{}.ResponseOutparamSet(ctx, out, rt.Err[OutgoingResponse, ErrorCode](ErrorCodeDNSTimeout{}))
		case "/none":
			return nil
		case "/hang":
			<-ctx.Done()
			return context.Cause(ctx)
		case "/hints":
			if err := out.SendInformational(ctx, 103, &fields{list: []rt.Tuple2[FieldKey, FieldValue]{{F0: "link", F1: []byte("x")}}}); err != nil {
				return err
			}
		}
		host{}.ResponseOutparamSet(ctx, out, rt.Ok[OutgoingResponse, ErrorCode](r))
		w.BlockingWriteAndFlush(ctx, []byte("text"))
		w.(rt.Dropper).Drop(ctx)
		if p == "/unfinished" {
			return nil
		}
		trailers := rt.None[Fields]()
		if p == "/trailers" {
			trailers = rt.Some[Fields](&fields{list: []rt.Tuple2[FieldKey, FieldValue]{{F0: "sum", F1: []byte("7")}}})
		}
		err := host{}.OutgoingBodyFinish(ctx, body, trailers)
		if p == "/background" {
			time.Sleep(100 * time.Millisecond)
			background <- ctx.Err()
		}
		return err
	})
	for path, want := range map[string]int{"/": 200, "/error": 504, "/none": 500, "/hang": 504, "/trailers": 200, "/background": 200, "/hints": 200} {
		start := time.Now()
		resp, err := http.Get(s.URL + path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != want || err != nil || want == 200 && string(b) != "text" {
			t.Errorf("%s: %d %q %v", path, resp.StatusCode, b, err)
		}
		if path == "/trailers" && resp.Trailer.Get("Sum") != "7" {
			t.Errorf("trailers: %v", resp.Trailer)
		}
		if path == "/background" && time.Since(start) > 90*time.Millisecond {
			t.Error("the response waits for what the guest does afterwards")
		}
	}
	if err := <-background; err != nil {
		t.Errorf("a guest that goes on after its response: %v", err)
	}
	if resp, err := http.Get(s.URL + "/unfinished"); err == nil {
		if b, err := io.ReadAll(resp.Body); err == nil {
			t.Errorf("a body that was not finished: %q", b)
		}
		resp.Body.Close()
	}
	guest.Wait()
}

// TestUnreadBody has a guest that looks at no body: the connection stays good for the
// requests that follow, and a client that does not send what it promised stops nobody.
func TestUnreadBody(t *testing.T) {
	guest := NewHandler(HandlerConfig{New: func(context.Context, *rt.Store) (IncomingHandler, error) {
		return handler(func(ctx context.Context, q IncomingRequest, out ResponseOutparam) error {
			path, _ := q.PathWithQuery(ctx)
			if p, _ := path.Get(); p == "/trap" {
				return errors.New("a trap")
			} else if p == "/peek" { // begins to read, and leaves it at that
				b, _ := q.Consume(ctx)
				s, _ := b.Stream(ctx)
				s.Read(ctx, 1)
			}
			r, _ := host{}.NewOutgoingResponse(ctx, &fields{})
			body, _ := r.Body(ctx)
			host{}.ResponseOutparamSet(ctx, out, rt.Ok[OutgoingResponse, ErrorCode](r))
			w, _ := body.Write(ctx)
			w.BlockingWriteAndFlush(ctx, []byte("text"))
			w.(rt.Dropper).Drop(ctx)
			return host{}.OutgoingBodyFinish(ctx, body, rt.None[Fields]())
		}), nil
	}, Logger: slog.New(slog.DiscardHandler)})
	var log safeBuffer
	s := httptest.NewUnstartedServer(guest)
	s.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(&log, nil), slog.LevelError)
	s.Start()
	defer s.Close()
	for _, size := range []int{0, 10, 5000, 100_000, 200_000} {
		for _, path := range []string{"/x", "/trap", "/peek"} {
			for n := range 10 {
				var body io.Reader = strings.NewReader(strings.Repeat("x", size))
				if n%2 == 1 {
					body = struct{ io.Reader }{body} // chunked
				}
				resp, err := s.Client().Post(s.URL+path, "text/plain", body)
				if err != nil {
					t.Errorf("%s, %d bytes: %v", path, size, err)
					continue
				}
				b, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || path != "/trap" && string(b) != "text" || path == "/trap" && resp.StatusCode != 500 {
					t.Errorf("%s, %d bytes: %d %q %v", path, size, resp.StatusCode, b, err)
				}
			}
		}
	}
	for _, path := range []string{"/x", "/trap", "/peek"} {
		c, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(30 * time.Second))
		fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\npart", path)
		answered(t, path, c)
		c.Close()
	}
	// A client that asks whether to send its body gets the response at once.
	for _, path := range []string{"/x", "/trap"} {
		c, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(30 * time.Second))
		fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n", path)
		answered(t, path, c)
		c.Close()
	}
	if got := log.String(); got != "" {
		t.Error(got)
	}
}

// answered reads a whole response, and the end of the connection after it.
func answered(t *testing.T, path string, c net.Conn) {
	t.Helper()
	r := bufio.NewReader(c)
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	b, err := io.ReadAll(resp.Body)
	if path == "/trap" && resp.StatusCode != 500 || path != "/trap" && string(b) != "text" || err != nil {
		t.Errorf("%s: %d %q %v", path, resp.StatusCode, b, err)
	}
	if more, err := io.ReadAll(r); len(more) > 0 || err != nil {
		t.Errorf("%s: after the response: %q %v", path, more, err)
	}
}

type safeBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *safeBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
