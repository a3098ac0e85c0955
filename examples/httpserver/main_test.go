package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func serve(t *testing.T) *httptest.Server {
	h, err := routes(time.Second)
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

var requests = flag.Int("requests", 2000, "requests of TestLoad")

// loadEnv holds the address to which a process of this test sends requests.
const loadEnv = "HTTPSERVER_LOAD"

func TestMain(m *testing.M) {
	flag.Parse()
	if url := os.Getenv(loadEnv); url != "" {
		if err := load(url, *requests, 64); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// load sends requests, each with a body of its own, and checks that each gets that back. Some
// ask for what is denied to them in the meantime.
func load(url string, requests, workers int) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	var mu sync.Mutex
	var failed []error
	fail := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		failed = append(failed, fmt.Errorf(format, args...))
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for n := range next {
				path, want := "/app/echo", 200
				switch n % 500 {
				case 123:
					path, want = "/app/loop", 504 // at the limit of time
				case 321:
					path, want = "/app/grow", 500 // at the limit of memory
				case 432:
					path, want = "/app/trap", 500
				}
				sum := sha256.Sum256(fmt.Append(nil, n))
				body := bytes.Repeat(sum[:], 1+n%200)
				resp, err := client.Post(url+path, "application/octet-stream", bytes.NewReader(body))
				if err != nil {
					fail("%d: %v", n, err)
					continue
				}
				got, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != want || want == 200 && !bytes.Equal(got, body) {
					fail("request %d: status %d, %d bytes of %d, %v", n, resp.StatusCode, len(got), len(body), err)
				}
			}
		})
	}
	for n := range requests {
		next <- n
	}
	close(next)
	wg.Wait()
	return errors.Join(failed...)
}

// use is what a process has in use.
type use struct {
	goroutines, files int
	heap, resident    int // bytes
}

func inUse() use {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u := use{goroutines: runtime.NumGoroutine(), heap: int(m.HeapAlloc)}
	if l, err := os.ReadDir("/proc/self/fd"); err == nil {
		u.files = len(l)
	}
	if b, err := os.ReadFile("/proc/self/statm"); err == nil {
		var size int
		fmt.Sscan(string(b), &size, &u.resident)
		u.resident *= os.Getpagesize()
	}
	return u
}

// TestLoad has another process make many requests at once: each gets its own answer, a few
// that loop or grow without end disturb nobody, and nothing is left behind.
func TestLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the traps
	s := serve(t)
	send := func(n int) {
		t.Helper()
		cmd := exec.Command(os.Args[0], "-requests", strconv.Itoa(n))
		cmd.Env = append(os.Environ(), loadEnv+"="+s.URL)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%.2000s", err, out)
		}
	}
	send(1000) // what the process needs once
	var before, after use
	settled := func(a use) bool {
		return a.goroutines <= before.goroutines && a.files <= before.files && a.heap <= before.heap+1<<20 && a.resident <= before.resident+16<<20
	}
	time.Sleep(200 * time.Millisecond) // connections end
	before = inUse()
	start := time.Now()
	send(*requests)
	took := time.Since(start)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if after = inUse(); settled(after) || time.Now().After(end) {
			break
		}
	}
	if !settled(after) {
		t.Errorf("in use before %+v, after %+v", before, after)
	}
	t.Logf("%d requests in %v; in use before %+v, after %+v", *requests, took.Round(time.Millisecond), before, after)
}
