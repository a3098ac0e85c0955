package http

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/wc2go/wc2go/rt"
)

// fields is a list of header or trailer fields in order, in the case they were given in.
type fields struct {
	list      []rt.Tuple2[FieldKey, FieldValue]
	immutable bool
}

// forbidden are the fields that are about one connection and not about the
// message, which net/http sets itself.
var forbidden = map[string]bool{
	"connection": true, "keep-alive": true, "proxy-authenticate": true, "proxy-authorization": true, "proxy-connection": true,
	"transfer-encoding": true, "upgrade": true, "host": true, "http2-settings": true,
}

// tokenByte tells whether b may be in a token (RFC 9110, 5.6.2).
func tokenByte(b byte) bool {
	switch {
	case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9':
		return true
	}
	return strings.IndexByte("!#$%&'*+-.^_`|~", b) >= 0
}

func validToken(s string) bool {
	for i := range len(s) {
		if !tokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

// validValue tells whether v has no control characters but tabs (RFC 9110, 5.5).
func validValue(v []byte) bool {
	for _, b := range v {
		if b < ' ' && b != '\t' || b == 0x7f {
			return false
		}
	}
	return true
}

// checkField says why a guest may not set a field.
func checkField(name string, values ...FieldValue) error {
	if !validToken(name) {
		return HeaderErrorInvalidSyntax{}
	}
	for _, v := range values {
		if !validValue(v) {
			return HeaderErrorInvalidSyntax{}
		}
	}
	if forbidden[strings.ToLower(name)] {
		return HeaderErrorForbidden{}
	}
	return nil
}

// Get gives the values of a name.
func (f *fields) Get(_ context.Context, name FieldKey) ([]FieldValue, error) {
	values := []FieldValue{}
	for _, e := range f.list {
		if strings.EqualFold(e.F0, name) {
			values = append(values, e.F1)
		}
	}
	return values, nil
}

// Has tells whether there is a value of a name.
func (f *fields) Has(_ context.Context, name FieldKey) (bool, error) { return f.index(name) >= 0, nil }

func (f *fields) index(name string) int {
	return slices.IndexFunc(f.list, func(e rt.Tuple2[FieldKey, FieldValue]) bool { return strings.EqualFold(e.F0, name) })
}

// Set replaces the values of a name, at the place of the first one.
func (f *fields) Set(_ context.Context, name FieldKey, values []FieldValue) error {
	if f.immutable {
		return HeaderErrorImmutable{}
	}
	if err := checkField(name, values...); err != nil {
		return err
	}
	at := f.index(name)
	f.remove(name)
	if at < 0 {
		at = len(f.list)
	}
	add := make([]rt.Tuple2[FieldKey, FieldValue], len(values))
	for i, v := range values {
		add[i] = rt.Tuple2[FieldKey, FieldValue]{F0: name, F1: v}
	}
	f.list = slices.Insert(f.list, at, add...)
	return nil
}

func (f *fields) remove(name string) {
	f.list = slices.DeleteFunc(f.list, func(e rt.Tuple2[FieldKey, FieldValue]) bool { return strings.EqualFold(e.F0, name) })
}

// Delete removes the values of a name.
func (f *fields) Delete(_ context.Context, name FieldKey) error {
	if f.immutable {
		return HeaderErrorImmutable{}
	}
	if err := checkField(name); err != nil {
		return err
	}
	f.remove(name)
	return nil
}

// Append adds a value to those of a name.
func (f *fields) Append(_ context.Context, name FieldKey, value FieldValue) error {
	if f.immutable {
		return HeaderErrorImmutable{}
	}
	if err := checkField(name, value); err != nil {
		return err
	}
	f.list = append(f.list, rt.Tuple2[FieldKey, FieldValue]{F0: name, F1: value})
	return nil
}

// Entries gives all fields.
func (f *fields) Entries(context.Context) ([]rt.Tuple2[FieldKey, FieldValue], error) {
	return f.list, nil
}

// Clone makes a mutable copy.
func (f *fields) Clone(context.Context) (Fields, error) {
	return &fields{list: slices.Clone(f.list)}, nil
}

// frozen is the same fields where the guest may not change them.
func (f *fields) frozen() *fields { return &fields{list: f.list, immutable: true} }

// own gives fields that are this package's: those of an embedder are copied.
func own(ctx context.Context, f Fields) (*fields, error) {
	if f, ok := f.(*fields); ok {
		return f, nil
	}
	list, err := f.Entries(ctx)
	if err != nil {
		return nil, err
	}
	return &fields{list: slices.Clone(list)}, nil
}

// fromHeader makes fields of a header of net/http, which has no order: names
// are sorted, and in lower case as HTTP/2 has them.
func fromHeader(h http.Header) *fields {
	f := &fields{immutable: true}
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		lower := strings.ToLower(name)
		if forbidden[lower] {
			continue
		}
		for _, v := range h[name] {
			f.list = append(f.list, rt.Tuple2[FieldKey, FieldValue]{F0: lower, F1: []byte(v)})
		}
	}
	return f
}

// header makes a header of net/http; prefix goes before each name.
func (f *fields) header(into http.Header, prefix string) {
	for _, e := range f.list {
		name := prefix + http.CanonicalHeaderKey(e.F0)
		into[name] = append(into[name], string(e.F1))
	}
}

// contentLength gives the value of content-length, -1 if there is none that can be understood.
func (f *fields) contentLength() int64 {
	i := f.index("content-length")
	if i < 0 {
		return -1
	}
	n, ok := parseLength(string(f.list[i].F1))
	if !ok {
		return -1
	}
	return n
}

func parseLength(s string) (int64, bool) {
	if s == "" || len(s) > 18 {
		return 0, false
	}
	n := int64(0)
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}
