package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"example.com/greet/guestbook"
	"github.com/wc2go/wc2go/rt"
)

// recorder keeps what the component logs.
type recorder struct{ lines []string }

func (r *recorder) Log(_ context.Context, l guestbook.Level, msg string) error {
	r.lines = append(r.lines, l.String()+": "+msg)
	return nil
}

func start(t *testing.T) (*guestbook.Instance, *recorder) {
	t.Helper()
	rec := &recorder{}
	st := rt.NewStore()
	t.Cleanup(func() { st.Close() })
	inst, err := guestbook.Instantiate(t.Context(), st, guestbook.Imports{Logger: rec})
	if err != nil {
		t.Fatal(err)
	}
	return inst, rec
}

func TestGreet(t *testing.T) {
	inst, rec := start(t)
	for _, name := range []string{"world", "", "Zoë ⚑", strings.Repeat("x", 200_000)} {
		got, err := inst.Greet(t.Context(), name)
		if want := "Hello, " + name + "!"; err != nil || got != want {
			t.Fatalf("Greet(%.20q) = %.30q, %v; want %.30q", name, got, err, want)
		}
	}
	if !slices.Contains(rec.lines, "info: Hello, world!") {
		t.Errorf("the component logged %.60q", rec.lines)
	}
	if _, err := inst.Greet(t.Context(), "bad \xff"); err == nil {
		t.Error("a string that is not UTF-8 was accepted")
	}
}

func TestAdmit(t *testing.T) {
	inst, rec := start(t)
	got, err := inst.Guests().Admit(t.Context(), guestbook.Person{Name: "Ann", Age: 30})
	if err != nil || got != "Welcome, Ann!" {
		t.Errorf("Admit = %q, %v", got, err)
	}
	_, err = inst.Guests().Admit(t.Context(), guestbook.Person{Name: "Tim", Age: 15})
	if young, ok := errors.AsType[guestbook.RefusalTooYoung](err); !ok || young.Value != 3 {
		t.Errorf("Admit of a child: %v", err)
	}
	if !slices.Equal(rec.lines, []string{"warn: a guest is too young"}) {
		t.Errorf("the component logged %q", rec.lines)
	}
	_, err = inst.Guests().Admit(t.Context(), guestbook.Person{Age: 99})
	if _, ok := errors.AsType[guestbook.RefusalNameless](err); !ok {
		t.Errorf("Admit without a name: %v", err)
	}
}

func TestBook(t *testing.T) {
	inst, _ := start(t)
	ctx := t.Context()
	a, err := inst.Guests().NewBook(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	b, err := inst.Guests().NewBook(ctx, 40)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := a.Add(ctx, 3); err != nil || n != 5 {
		t.Errorf("Add = %d, %v; want 5", n, err)
	}
	c, err := inst.Guests().BookMerge(ctx, a, b)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := c.Add(ctx, 0); err != nil || n != 45 {
		t.Errorf("merged book has %d guests, %v; want 45", n, err)
	}
	// a was moved into the component, b was only lent.
	if _, err := a.Add(ctx, 1); !errors.Is(err, rt.ErrMoved) {
		t.Errorf("use of a moved book: %v", err)
	}
	if n, err := b.Add(ctx, 1); err != nil || n != 41 {
		t.Errorf("lent book: %d, %v", n, err)
	}
	for _, x := range []*guestbook.Book{b, c} {
		if err := x.Drop(ctx); err != nil {
			t.Error(err)
		}
	}

	other, _ := start(t)
	d, err := other.Guests().NewBook(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inst.Guests().BookMerge(ctx, d, d); !errors.Is(err, rt.ErrWrongStore) {
		t.Errorf("book of another store: %v", err)
	}
}
