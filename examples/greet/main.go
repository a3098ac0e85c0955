// Command greet uses the component greet.wasm like any other Go package.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"example.com/greet/guestbook"
	"github.com/wc2go/wc2go/rt"
)

//go:generate go run github.com/wc2go/wc2go/cmd/wc2go generate -o guestbook greet.wasm

// logger is what the component imports as demo:greet/logger.
type logger struct{}

func (logger) Log(_ context.Context, l guestbook.Level, msg string) error {
	slog.Info(msg, "level", l)
	return nil
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "greet:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	st := rt.NewStore()
	defer st.Close()
	inst, err := guestbook.Instantiate(ctx, st, guestbook.Imports{Logger: logger{}})
	if err != nil {
		return err
	}
	s, err := inst.Greet(ctx, "world")
	if err != nil {
		return err
	}
	fmt.Println(s)

	_, err = inst.Guests().Admit(ctx, guestbook.Person{Name: "Tim", Age: 15})
	if young, ok := errors.AsType[guestbook.RefusalTooYoung](err); ok {
		fmt.Println("come back in", young.Value, "years")
	} else if err != nil {
		return err
	}

	book, err := inst.Guests().NewBook(ctx, 1)
	if err != nil {
		return err
	}
	defer book.Drop(ctx)
	n, err := book.Add(ctx, 2)
	if err != nil {
		return err
	}
	fmt.Println(n, "guests")
	return nil
}
