package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestServe serves the example's component, by serve and by a built server.
func TestServe(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	t.Setenv("WC2GO_CACHE", t.TempDir())
	dir := t.TempDir()
	tool, bin := filepath.Join(dir, "wc2go"), filepath.Join(dir, "server")
	component := filepath.Join("..", "..", "examples", "httpserver", "app.wasm")
	for _, argv := range [][]string{{"go", "build", "-o", tool, "."}, {tool, "build", "-o", bin, "--timeout", "5s", component}} {
		if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", argv, err, out)
		}
	}
	options := []string{"--addr", "127.0.0.1:0", "--max-body", "100", "--max-memory", "1000000", "--health", "/healthz"}
	for name, argv := range map[string][]string{
		"serve": append(append([]string{tool, "serve"}, options...), component),
		"build": append([]string{bin}, options...),
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(argv[0], argv[1:]...)
			cmd.Env = os.Environ()
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer cmd.Process.Kill()
			var log bytes.Buffer
			lines := bufio.NewReader(stderr)
			url := ""
			for url == "" {
				line, err := lines.ReadString('\n')
				log.WriteString(line)
				if m := regexp.MustCompile(`url=(\S+)/`).FindStringSubmatch(line); m != nil {
					url = m[1]
				} else if err != nil {
					t.Fatalf("no address: %v\n%s", err, &log)
				}
			}
			rest := make(chan struct{})
			go func() {
				io.Copy(&log, lines)
				close(rest)
			}()
			client := &http.Client{Timeout: time.Minute}
			for _, c := range []struct {
				path, body string
				status     int
				want       string
			}{
				{"/x", "", 200, "Hello from a component: /x\n"},
				{"/echo", "abc", 200, "abc"},
				{"/echo", strings.Repeat("x", 101), 413, "request body too large\n"},
				{"/grow", "", 500, "Internal Server Error\n"},
				{"/trap", "", 500, "Internal Server Error\n"},
				{"/healthz", "", 200, "ok\n"},
			} {
				resp, err := client.Post(url+c.path, "text/plain", strings.NewReader(c.body))
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != c.status || string(got) != c.want {
					t.Errorf("%s: %d %q %v, want %d %q", c.path, resp.StatusCode, got, err, c.status, c.want)
				}
			}
			c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(c, "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			if b, err := io.ReadAll(c); !strings.HasSuffix(string(b), "Hello from a component: *\n") || err != nil {
				t.Errorf("OPTIONS *: %q %v", b, err)
			}
			c.Close()
			// A signal ends it after the request that is under way.
			r, w := io.Pipe()
			answer := make(chan string, 1)
			started := make(chan struct{})
			go func() {
				resp, err := client.Post(url+"/echo", "text/plain", r)
				if err != nil {
					answer <- err.Error()
					return
				}
				defer resp.Body.Close()
				b := make([]byte, 1)
				io.ReadFull(resp.Body, b)
				close(started)
				more, err := io.ReadAll(resp.Body)
				if err != nil {
					answer <- err.Error()
					return
				}
				answer <- string(b) + string(more)
			}()
			io.WriteString(w, "s")
			select {
			case <-started:
			case got := <-answer:
				t.Fatal(got)
			}
			cmd.Process.Signal(syscall.SIGTERM)
			time.Sleep(100 * time.Millisecond)
			io.WriteString(w, "low")
			w.Close()
			if got := <-answer; got != "slow" {
				t.Errorf("the last request got %q", got)
			}
			<-rest
			if err := cmd.Wait(); err != nil {
				t.Errorf("%v\n%s", err, &log)
			}
			for _, want := range []string{"method=POST path=/x status=200 bytes=27", "shutting down", "status=413"} {
				if !strings.Contains(log.String(), want) {
					t.Errorf("no %q in the log:\n%s", want, &log)
				}
			}
		})
	}
}
