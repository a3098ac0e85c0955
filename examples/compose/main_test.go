package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"example.com/compose/guestbook"
	"example.com/compose/party"
	"github.com/wc2go/wc2go/rt"
)

type quiet struct{}

func (quiet) Log(context.Context, guestbook.Level, string) error { return nil }

// linked makes a party out of the guest book, in one store or in two.
type linked func(ctx context.Context, books *guestbook.Instance, st *rt.Store) (*party.Instance, error)

func typed(ctx context.Context, books *guestbook.Instance, st *rt.Store) (*party.Instance, error) {
	return party.Instantiate(ctx, st, party.Imports{Guests: books.Guests()})
}

// byName links the same without the typed imports.
func byName(ctx context.Context, books *guestbook.Instance, st *rt.Store) (*party.Instance, error) {
	l := rt.NewLinker()
	if err := l.DefineInstance("demo:greet/guests", books, "demo:greet/guests"); err != nil {
		return nil, err
	}
	pre, err := party.PrepareDynamic(l, party.Imports{})
	if err != nil {
		return nil, err
	}
	return pre.Instantiate(ctx, st)
}

func each(t *testing.T, f func(t *testing.T, ctx context.Context, books *guestbook.Instance, p *party.Instance)) {
	for name, link := range map[string]linked{"typed": typed, "by name": byName} {
		for _, stores := range []int{1, 2} {
			t.Run(name+[]string{"", " in one store", " in two stores"}[stores], func(t *testing.T) {
				ctx := t.Context()
				st := rt.NewStore()
				t.Cleanup(func() { st.Close() })
				books, err := guestbook.Instantiate(ctx, st, guestbook.Imports{Logger: quiet{}})
				if err != nil {
					t.Fatal(err)
				}
				if stores == 2 {
					st = rt.NewStore()
					t.Cleanup(func() { st.Close() })
				}
				p, err := link(ctx, books, st)
				if err != nil {
					t.Fatal(err)
				}
				f(t, ctx, books, p)
			})
		}
	}
}

func TestParty(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, books *guestbook.Instance, p *party.Instance) {
		a, away, err := p.Open(ctx, []guestbook.Person{{Name: "Ann", Age: 30}, {Name: "Tim", Age: 15}, {Age: 50}, {Name: "Zoë", Age: 18}})
		if err != nil || away != 2 {
			t.Fatalf("Open: %d turned away, %v", away, err)
		}
		if s, err := p.Late(ctx, a, guestbook.Person{Name: "Bob", Age: 40}); err != nil || s != "Welcome, Bob!" {
			t.Errorf("Late = %q, %v", s, err)
		}
		_, err = p.Late(ctx, a, guestbook.Person{Name: "Eve", Age: 16})
		if young, ok := errors.AsType[guestbook.RefusalTooYoung](err); !ok || young.Value != 2 {
			t.Errorf("Late of a child: %v", err)
		}
		if n, err := a.Add(ctx, 0); err != nil || n != 3 {
			t.Errorf("the book has %d guests, %v; want 3", n, err)
		}
		b, err := books.Guests().NewBook(ctx, 4)
		if err != nil {
			t.Fatal(err)
		}
		both, err := p.Join(ctx, a, b)
		if err != nil {
			t.Fatal(err)
		}
		// One went into the guest book, the other was dropped by the party.
		for _, x := range []*guestbook.Book{a, b} {
			if _, err := x.Add(ctx, 1); !errors.Is(err, rt.ErrMoved) {
				t.Errorf("use of a book that was given away: %v", err)
			}
		}
		if n, err := p.End(ctx, both); err != nil || n != 7 {
			t.Errorf("End = %d, %v; want 7", n, err)
		}
	})
}

// TestTrap: what fails in one component is a trap of the other.
func TestTrap(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, books *guestbook.Instance, p *party.Instance) {
		b, err := books.Guests().NewBook(ctx, 4)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Drop(ctx); err != nil {
			t.Fatal(err)
		}
		_, err = p.End(ctx, b)
		if !errors.Is(err, rt.TrapHost) || !errors.Is(err, rt.ErrMoved) || !strings.Contains(err.Error(), "demo:greet/guests#[method]book.add") {
			t.Errorf("End of a book that is gone: %v", err)
		}
	})
}

// TestOtherBook: a book of another instance is no book of this one.
func TestOtherBook(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, books *guestbook.Instance, p *party.Instance) {
		st := rt.NewStore()
		defer st.Close()
		others, err := guestbook.Instantiate(ctx, st, guestbook.Imports{Logger: quiet{}})
		if err != nil {
			t.Fatal(err)
		}
		a, err := books.Guests().NewBook(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		b, err := others.Guests().NewBook(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Join(ctx, a, b); err == nil || !errors.Is(err, rt.ErrWrongStore) && !strings.Contains(err.Error(), "book") {
			t.Errorf("Join of books of two stores: %v", err)
		}
	})
}

// TestMismatch: what does not fit is refused when it is linked, by name.
func TestMismatch(t *testing.T) {
	ok := rt.HostFuncOf(func(p guestbook.Person) (string, error) { return p.Name, nil })
	book := rt.HostFuncOf(func(first uint32) *int { n := int(first); return &n })
	add := rt.HostFuncOf(func(b *int, n uint32) uint32 { *b += int(n); return uint32(*b) })
	for _, c := range []struct {
		name string
		f    rt.HostFunc
		want string
	}{
		{"admit", rt.HostFuncOf(func(name string) (string, error) { return "", nil }), "#admit: type mismatch with parameter p: expected record person, found Go type string"},
		{"admit", rt.HostFuncOf(func(guestbook.Person) string { return "" }), "expected an error as the last result"},
		{"[method]book.add", rt.HostFunc{Type: &rt.FuncType{}, Call: func(context.Context, []rt.Value) (rt.Value, error) { return nil, nil }},
			"#[method]book.add: expected 2 parameters, found 0"},
		{"", ok, "import demo:greet/guests#[static]book.merge is not defined"},
	} {
		l := &rt.Linker{Shadowing: true}
		for name, f := range map[string]rt.HostFunc{"admit": ok, "[constructor]book": book, "[method]book.add": add} {
			if err := l.Define("demo:greet/guests", name, f); err != nil {
				t.Fatal(err)
			}
		}
		if c.name != "" {
			if err := l.Define("demo:greet/guests", "[static]book.merge", rt.HostFuncOf(func(a, b *int) *int { *a += *b; return a })); err != nil {
				t.Fatal(err)
			}
			if err := l.Define("demo:greet/guests", c.name, c.f); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := party.PrepareDynamic(l, party.Imports{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
}

// TestHostBooks: the party with books that Go code provides, of any type.
func TestHostBooks(t *testing.T) {
	ctx := t.Context()
	dropped := 0
	l := rt.NewLinker()
	for name, f := range map[string]rt.HostFunc{
		"admit": rt.HostFuncOf(func(p guestbook.Person) (string, error) {
			if p.Age < 18 {
				return "", guestbook.RefusalTooYoung{Value: 18 - p.Age}
			}
			return "Hi, " + p.Name, nil
		}, rt.CasesOf[guestbook.Refusal](guestbook.RefusalNameless{}, guestbook.RefusalTooYoung{})),
		"[constructor]book":  rt.HostFuncOf(func(first uint32) *int { n := int(first); return &n }),
		"[method]book.add":   rt.HostFuncOf(func(b *int, n uint32) uint32 { *b += int(n); return uint32(*b) }),
		"[static]book.merge": rt.HostFuncOf(func(a, b *int) *int { *a += *b; return a }),
	} {
		if err := l.Define("demo:greet/guests", name, f); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.DefineResource("demo:greet/guests", "book", rt.HostResourceOf(func(context.Context, *int) error { dropped++; return nil })); err != nil {
		t.Fatal(err)
	}
	pre, err := party.PrepareDynamic(l, party.Imports{})
	if err != nil {
		t.Fatal(err)
	}
	st := rt.NewStore()
	defer st.Close()
	p, err := pre.Instantiate(ctx, st)
	if err != nil {
		t.Fatal(err)
	}
	open, _ := p.Func("open")
	people, err := rt.ParseWAVE(open.Type().Params[0].Type, `[{name: "Ann", age: 20}, {name: "Tim", age: 3}]`)
	if err != nil {
		t.Fatal(err)
	}
	r, err := open.Call(ctx, people)
	if err != nil {
		t.Fatal(err)
	}
	tuple := r[0].(rt.Tuple)
	book := tuple[0].(rt.ResourceValue)
	if n, ok := book.Value.(*int); !ok || *n != 1 || tuple[1] != rt.U32(1) {
		t.Errorf("open = %v", r)
	}
	late, _ := p.Func("late")
	tim, err := rt.ParseWAVE(late.Type().Params[1].Type, `{name: "Tim", age: 4}`)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := late.Call(ctx, book, tim); err != nil || r[0].String() != "err(too-young(14))" {
		t.Errorf("late = %v, %v", r, err)
	}
	if _, err := late.Call(ctx, rt.ResourceValue{Value: "no book"}, tim); err == nil || !strings.Contains(err.Error(), "string is no host value of resource") {
		t.Errorf("late of a string: %v", err)
	}
	end, _ := p.Func("end")
	if r, err := end.Call(ctx, book); err != nil || r[0] != rt.U32(1) || dropped != 1 {
		t.Errorf("end = %v, %v; %d dropped", r, err, dropped)
	}
}
