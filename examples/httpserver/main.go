// Command httpserver has a component answer HTTP requests, as an http.Handler
// beside other handlers.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"example.com/httpserver/app"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
	wasihttp "github.com/wc2go/wc2go/rt/wasi/http"
)

//go:generate go run github.com/wc2go/wc2go/cmd/wc2go generate --interruptible -o app app.wasm

// routes gives /app/ to the component: each request gets an instance of its own, which is
// ended when it takes longer than timeout.
func routes(timeout time.Duration) (http.Handler, error) {
	pre, err := app.Prepare(app.Imports{WASI: wasi.New(wasi.Config{})})
	if err != nil {
		return nil, err
	}
	guest := wasihttp.NewHandler(wasihttp.HandlerConfig{
		New: func(ctx context.Context, st *rt.Store) (wasihttp.IncomingHandler, error) {
			inst, err := pre.Instantiate(ctx, st)
			if err != nil {
				return nil, err
			}
			return inst.IncomingHandler(), nil
		},
		Limits:  rt.Limits{MemoryBytes: 16 << 20},
		Timeout: timeout,
		MaxBody: 1 << 20,
		Logger:  slog.Default(),
	})
	mux := http.NewServeMux()
	mux.Handle("/app/", http.StripPrefix("/app", guest))
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "Try /app/") })
	return mux, nil
}

func main() {
	addr := flag.String("addr", "", "host:port to listen at; without it one request is answered and printed")
	flag.Parse()
	h, err := routes(10 * time.Second)
	if err != nil {
		log.Fatal(err)
	}
	if *addr != "" {
		log.Fatal(http.ListenAndServe(*addr, h))
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/app/readme", nil))
	fmt.Print(w.Body)
}
