package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func serve(t *testing.T) *httptest.Server {
	h, err := routes()
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func get(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestRoutes(t *testing.T) {
	s := serve(t)
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/", "", 200, "Try /app/\n"},
		{"GET", "/app/x?y=z", "", 200, "Hello from a component: /x?y=z\n"},
		{"POST", "/app/echo", "some text", 200, "some text"},
		{"HEAD", "/app/x", "", 200, ""},
		{"GET", "/app/trap", "", 500, "Internal Server Error\n"},
		{"GET", "/app/grow", "", 500, "Internal Server Error\n"}, // memory.grow fails at the limit, then it traps
		{"POST", "/app/echo", strings.Repeat("x", 2<<20), 413, "request body too large\n"},
	} {
		status, got := get(t, c.method, s.URL+c.path, c.body)
		if status != c.status || got != c.want {
			t.Errorf("%s %s: %d %.100q, want %d %q", c.method, c.path, status, got, c.status, c.want)
		}
	}
}

// TestStream sends a body and reads what comes back at the same time: the
// guest has both open.
func TestStream(t *testing.T) {
	s := serve(t)
	r, w := io.Pipe()
	req, _ := http.NewRequest("POST", s.URL+"/app/echo", r)
	go fmt.Fprint(w, "first")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b := make([]byte, 5)
	for _, part := range []string{"first", "again", "third"} {
		if part != "first" {
			go fmt.Fprint(w, part)
		}
		if _, err := io.ReadFull(resp.Body, b); err != nil || string(b) != part {
			t.Fatalf("%q, %v", b, err)
		}
	}
	w.Close()
	if rest, err := io.ReadAll(resp.Body); len(rest) > 0 || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
}

// TestLoad makes many requests at once: each gets its own answer, and nothing
// is left behind.
func TestLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	s := serve(t)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	before := runtime.NumGoroutine()
	const requests, workers = 10000, 64
	next := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for n := range next {
				sum := sha256.Sum256(fmt.Append(nil, n))
				body := bytes.Repeat(sum[:], 1+n%200)
				resp, err := client.Post(s.URL+"/app/echo", "application/octet-stream", bytes.NewReader(body))
				if err != nil {
					t.Error(err)
					continue
				}
				got, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || !bytes.Equal(got, body) {
					t.Errorf("request %d: %d bytes of %d, %v", n, len(got), len(body), err)
				}
			}
		})
	}
	for n := range requests {
		next <- n
	}
	close(next)
	wg.Wait()
	client.CloseIdleConnections()
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before+2 && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	if now := runtime.NumGoroutine(); now > before+2 {
		t.Errorf("%d goroutines, %d before", now, before)
	}
}
