package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestServeLimits has requests that loop or take memory without end: their limits end
// them, while others are served.
func TestServeLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	t.Setenv("WC2GO_CACHE", t.TempDir())
	dir := t.TempDir()
	tool := filepath.Join(dir, "wc2go")
	if out, err := exec.Command("go", "build", "-o", tool, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	component := filepath.Join("..", "..", "examples", "httpserver", "app.wasm")
	cmd := exec.Command(tool, "serve", "--addr", "127.0.0.1:0", "--quiet", "--timeout", "1s", "--max-memory", "1000000", component)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	url := ""
	lines := bufio.NewReader(stderr)
	for url == "" {
		line, err := lines.ReadString('\n')
		if m := regexp.MustCompile(`url=(\S+)/`).FindStringSubmatch(line); m != nil {
			url = m[1]
		} else if err != nil {
			t.Fatalf("no address: %v", err)
		}
	}
	var log strings.Builder
	logged := make(chan struct{})
	go func() {
		io.Copy(&log, lines)
		close(logged)
	}()
	client := &http.Client{Timeout: time.Minute}
	get := func(path string) (int, string) {
		resp, err := client.Get(url + path)
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Error(err)
		}
		return resp.StatusCode, string(b)
	}
	var loops sync.WaitGroup
	var running sync.WaitGroup
	for range 3 {
		running.Add(1)
		loops.Go(func() {
			running.Done()
			start := time.Now()
			if status, _ := get("/loop"); status != http.StatusGatewayTimeout {
				t.Errorf("/loop: %d", status)
			}
			if d := time.Since(start); d < 900*time.Millisecond {
				t.Errorf("/loop took %v", d)
			}
		})
	}
	running.Wait()
	for i := range 20 {
		path := fmt.Sprint("/", i)
		if status, body := get(path); status != 200 || body != "Hello from a component: "+path+"\n" {
			t.Errorf("%s: %d %q", path, status, body)
		}
		if status, _ := get("/grow"); status != http.StatusInternalServerError {
			t.Errorf("/grow: %d", status)
		}
	}
	// Without --health there is no such endpoint.
	for _, path := range []string{"/healthz", "/health"} {
		if status, body := get(path); status != 200 || body != "Hello from a component: "+path+"\n" {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
	loops.Wait()
	// The guests that looped have ended: nothing runs any more.
	if before, ok := userTime(cmd.Process.Pid); ok {
		time.Sleep(500 * time.Millisecond)
		if after, _ := userTime(cmd.Process.Pid); after-before > 20 {
			t.Errorf("%d ticks of CPU time in half a second without requests", after-before)
		}
	}
	if status, _ := get("/after"); status != 200 {
		t.Errorf("/after: %d", status)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	<-logged
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if got := log.String(); strings.Count(got, "path=/loop error=") != 3 || strings.Count(got, "path=/grow error=") != 20 {
		t.Errorf("log:\n%s", got)
	}
}

// userTime is the CPU time that a process has spent in user mode, in ticks of
// 10 ms, where that is easily known.
func userTime(pid int) (ticks int, ok bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	if len(f) < 12 {
		return 0, false
	}
	_, err = fmt.Sscan(f[11], &ticks)
	return ticks, err == nil
}
