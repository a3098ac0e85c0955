package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wc2go/wc2go/rt/command"
)

// netProgram gives the program that "wc2go run" makes of testdata/c/net.wasm: it takes
// settings as run gives them, without the time that run itself needs.
func netProgram(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds programs")
	}
	cache := t.TempDir()
	t.Setenv("WC2GO_CACHE", cache)
	if got := runNet(t, buildTool(t), nil, "--invoke", "sleep(1)"); got != "()\n" {
		t.Fatal(got)
	}
	program := ""
	err := filepath.WalkDir(cache, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if fi, err := d.Info(); err == nil && fi.Size() > 1<<20 && fi.Mode()&0o111 != 0 {
				program = p
			}
		}
		return err
	})
	if err != nil || program == "" {
		t.Fatalf("no program in the cache: %v", err)
	}
	return program
}

// runNet is wc2go run of net.wasm.
func runNet(t *testing.T, tool string, stdin io.Reader, options ...string) string {
	t.Helper()
	cmd := exec.Command(tool, append(append([]string{"run"}, options...), filepath.Join("testdata", "c", "net.wasm"))...)
	cmd.Stdin = stdin
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", options, err, out)
	}
	return string(out)
}

// freePort finds a port that nobody uses.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// dialRetry connects to a port that somebody is about to listen at.
func dialRetry(port int) (net.Conn, error) {
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
		if err == nil || time.Now().After(end) {
			return c, err
		}
	}
}

// TestSockets has a guest use TCP, UDP and names, with and without leave.
func TestSockets(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	t.Setenv("WC2GO_CACHE", t.TempDir())
	tool := buildTool(t)
	port := freePort(t)
	for call, want := range map[string]string{
		fmt.Sprintf("fetch(%d, \"x\")", port):     "err(access-denied)\n",
		fmt.Sprintf("echo-once(%d)", port):        "err(access-denied)\n",
		fmt.Sprintf("udp-echo-once(%d)", port):    "err(access-denied)\n",
		fmt.Sprintf("udp-fetch(%d, \"x\")", port): "err(access-denied)\n",
		`lookup("localhost")`:                     "err(permanent-resolver-failure)\n",
	} {
		if got := runNet(t, tool, nil, "--invoke", call); got != want {
			t.Errorf("%s without a network: %s", call, got)
		}
	}
	for call, want := range map[string]string{
		`lookup("127.0.0.1")`:                 "ok([ipv4((127, 0, 0, 1))])\n",
		`lookup("::1")`:                       "ok([ipv6((0, 0, 0, 0, 0, 0, 0, 1))])\n",
		`lookup("not a name")`:                "err(invalid-argument)\n",
		fmt.Sprintf("fetch(%d, \"x\")", port): "err(connection-refused)\n",
	} {
		if got := runNet(t, tool, nil, "--inherit-network", "--invoke", call); got != want {
			t.Errorf("%s: %s, want %s", call, got, want)
		}
	}
	if got := runNet(t, tool, nil, "--inherit-network", "--invoke", `lookup("localhost")`); !strings.Contains(got, "ipv4((127, 0, 0, 1))") {
		t.Errorf("localhost is %s", got)
	}

	// --tcp-listen allows that address, and nothing else.
	listen := []string{"--tcp-listen", fmt.Sprint("127.0.0.1:", port)}
	if got := runNet(t, tool, nil, append(listen, "--invoke", fmt.Sprintf("echo-once(%d)", port+1))...); got != "err(access-denied)\n" {
		t.Errorf("at another port: %s", got)
	}
	if got := runNet(t, tool, nil, append(listen, "--invoke", fmt.Sprintf("fetch(%d, \"x\")", port))...); got != "err(access-denied)\n" {
		t.Errorf("connect: %s", got)
	}
	var wg sync.WaitGroup
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<15)
	wg.Go(func() {
		c, err := dialRetry(port)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		go func() {
			c.Write(data)
			c.(*net.TCPConn).CloseWrite()
		}()
		if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes came back of %d: %v", len(got), len(data), err)
		}
	})
	if got := runNet(t, tool, nil, append(listen, "--invoke", fmt.Sprintf("echo-once(%d)", port))...); got != fmt.Sprintf("ok(%d)\n", len(data)) {
		t.Errorf("echo-once: %s", got)
	}
	wg.Wait()

	// A server of the host's.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	wg.Go(func() {
		c, err := l.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		b, err := io.ReadAll(c) // to the guest's shutdown
		fmt.Fprintf(c, "got %s, %v", b, err)
	})
	if got := runNet(t, tool, nil, "--inherit-network", "--invoke", fmt.Sprintf("fetch(%d, \"héllo\")", l.Addr().(*net.TCPAddr).Port)); got != "ok(\"got héllo, <nil>\")\n" {
		t.Errorf("fetch: %s", got)
	}
	wg.Wait()

	// UDP, one guest with another.
	wg.Go(func() {
		if got := runNet(t, tool, nil, "--inherit-network", "--invoke", fmt.Sprintf("udp-echo-once(%d)", port)); got != "ok(4)\n" {
			t.Errorf("udp-echo-once: %s", got)
		}
	})
	fetched := make(chan string, 1)
	go func() {
		// A datagram that nobody receives is lost: ask until there is an answer.
		c, err := net.Dial("udp", fmt.Sprint("127.0.0.1:", port))
		if err != nil {
			fetched <- err.Error()
			return
		}
		defer c.Close()
		b := make([]byte, 100)
		for end := time.Now().Add(time.Minute); time.Now().Before(end); {
			c.Write([]byte("ping"))
			c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
			if n, err := c.Read(b); err == nil {
				fetched <- string(b[:n])
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		fetched <- "no answer"
	}()
	if got := <-fetched; got != "ping" {
		t.Errorf("udp-echo-once sent back %q", got)
	}
	wg.Wait()
	u, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	wg.Go(func() {
		b := make([]byte, 100)
		n, from, err := u.ReadFrom(b)
		if err != nil {
			t.Error(err)
			return
		}
		u.WriteTo(append([]byte("re: "), b[:n]...), from)
	})
	if got := runNet(t, tool, nil, "--inherit-network", "--invoke", fmt.Sprintf("udp-fetch(%d, \"question\")", u.LocalAddr().(*net.UDPAddr).Port)); got != "ok(\"re: question\")\n" {
		t.Errorf("udp-fetch: %s", got)
	}
	wg.Wait()
}

// TestIdle measures what a guest uses that waits for two seconds: nothing.
func TestIdle(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("counts CPU time coarsely")
	}
	program := netProgram(t)
	port := freePort(t)
	const wait = 2 * time.Second
	type step struct {
		call, want string
		during     func(stdin io.WriteCloser)
	}
	var wg sync.WaitGroup
	for _, s := range []step{
		{"sleep(2000000000)", "()\n", nil},
		{"poll-many(100, 2000000000)", "[1]\n", nil},
		{"read-stdin()", "5\n", func(in io.WriteCloser) {
			time.Sleep(wait)
			io.WriteString(in, "hello")
			in.Close()
		}},
		{"poll-many(100, 60000000000)", "[0]\n", func(in io.WriteCloser) {
			time.Sleep(wait)
			in.Close()
		}},
		{fmt.Sprintf("echo-once(%d)", port), "ok(2)\n", func(io.WriteCloser) {
			time.Sleep(wait)
			c, err := dialRetry(port)
			if err != nil {
				t.Error(err)
				return
			}
			time.Sleep(wait)
			io.WriteString(c, "hi")
			c.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, c)
			c.Close()
		}},
	} {
		wg.Go(func() {
			settings, err := json.Marshal(command.Settings{Invoke: s.call, InheritNetwork: true})
			if err != nil {
				t.Error(err)
				return
			}
			cmd := exec.Command(program)
			cmd.Env = append(os.Environ(), command.RunEnv+"="+string(settings))
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Error(err)
				return
			}
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			start := time.Now()
			if err := cmd.Start(); err != nil {
				t.Error(err)
				return
			}
			if s.during != nil {
				s.during(in)
			}
			if err := cmd.Wait(); err != nil || out.String() != s.want {
				t.Errorf("%s: %v, %s", s.call, err, &out)
			}
			took, user := time.Since(start), cmd.ProcessState.UserTime()
			if took < wait || user >= 50*time.Millisecond {
				t.Errorf("%s used %v of %v", s.call, user, took)
			}
			t.Logf("%s used %v of %v", s.call, user, took)
		})
	}
	wg.Wait()
}
