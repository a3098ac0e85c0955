// Command compose links two components: what party.wasm imports is what
// greet.wasm of the next example exports.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"example.com/compose/guestbook"
	"example.com/compose/party"
	"github.com/wc2go/wc2go/rt"
)

// The second package takes the types of the interface that both have from the first.
//go:generate go run github.com/wc2go/wc2go/cmd/wc2go generate -o guestbook ../greet/greet.wasm
//go:generate go run github.com/wc2go/wc2go/cmd/wc2go generate -o party --map demo:greet/guests=example.com/compose/guestbook party.wasm

// logger is what the guest book imports as demo:greet/logger.
type logger struct{}

func (logger) Log(_ context.Context, l guestbook.Level, msg string) error {
	slog.Info(msg, "level", l)
	return nil
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "compose:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	st := rt.NewStore()
	defer st.Close()
	books, err := guestbook.Instantiate(ctx, st, guestbook.Imports{Logger: logger{}})
	if err != nil {
		return err
	}
	// An exported interface is what another component imports.
	p, err := party.Instantiate(ctx, st, party.Imports{Guests: books.Guests()})
	if err != nil {
		return err
	}

	book, away, err := p.Open(ctx, []guestbook.Person{{Name: "Ann", Age: 30}, {Name: "Tim", Age: 15}, {Name: "Bob", Age: 40}})
	if err != nil {
		return err
	}
	fmt.Println(away, "turned away")

	_, err = p.Late(ctx, book, guestbook.Person{Name: "Eve", Age: 17})
	if young, ok := errors.AsType[guestbook.RefusalTooYoung](err); ok {
		fmt.Println("come back in", young.Value, "year")
	} else if err != nil {
		return err
	}

	n, err := p.End(ctx, book)
	if err != nil {
		return err
	}
	fmt.Println(n, "guests")
	return nil
}
