package cache

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestKey(t *testing.T) {
	if NewKey("a", "bc") == NewKey("ab", "c") || NewKey("a") == NewKey("a", "") {
		t.Error("different parts, same key")
	}
	if NewKey("a", "b") != NewKey("a", "b") {
		t.Error("same parts, different keys")
	}
}

func TestVersion(t *testing.T) {
	v, err := Version()
	if err != nil || len(v) != 64 {
		t.Errorf("%q %v", v, err)
	}
}

func TestDir(t *testing.T) {
	t.Setenv(Env, "")
	t.Setenv("XDG_CACHE_HOME", "/x")
	if d, err := Dir(); err != nil || filepath.Base(d) != "wc2go" {
		t.Errorf("%q %v", d, err)
	}
}

// leftovers gives the files in the cache but for programs and lock files.
func leftovers(t *testing.T) (files []string) {
	filepath.WalkDir(os.Getenv(Env), func(file string, d os.DirEntry, err error) error {
		if n := d.Name(); strings.HasPrefix(n, ".tmp") {
			files = append(files, file)
		}
		return err
	})
	return files
}

func TestGet(t *testing.T) {
	t.Setenv(Env, t.TempDir())
	var calls atomic.Int32
	build := func(_ context.Context, file string) error {
		calls.Add(1)
		time.Sleep(20 * time.Millisecond)
		return os.WriteFile(file, []byte("program"), 0o777)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			file, err := Get(t.Context(), NewKey("x"), build)
			if err != nil {
				t.Error(err)
				return
			}
			if data, err := os.ReadFile(file); err != nil || string(data) != "program" {
				t.Errorf("%q %v", data, err)
			}
		})
	}
	wg.Wait()
	if n := calls.Load(); n != 1 {
		t.Errorf("made %d times", n)
	}

	// A failure leaves nothing, and the next try makes it again.
	broken := errors.New("broken")
	_, err := Get(t.Context(), NewKey("y"), func(_ context.Context, file string) error {
		os.WriteFile(file, []byte("half"), 0o777)
		return broken
	})
	if err != broken {
		t.Error(err)
	}
	if l := leftovers(t); l != nil {
		t.Errorf("left: %q", l)
	}
	if _, err := Get(t.Context(), NewKey("y"), build); err != nil {
		t.Error(err)
	}
}

// A crash of the machine can leave a name without what it names: the program is made again.
func TestGetEmpty(t *testing.T) {
	t.Setenv(Env, t.TempDir())
	build := func(_ context.Context, file string) error { return os.WriteFile(file, []byte("program"), 0o777) }
	file, err := Get(t.Context(), NewKey("x"), build)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, 0); err != nil {
		t.Fatal(err)
	}
	if again, err := Get(t.Context(), NewKey("x"), build); err != nil || again != file {
		t.Fatal(again, err)
	}
	if b, err := os.ReadFile(file); string(b) != "program" || err != nil {
		t.Errorf("%q %v", b, err)
	}
}

func TestGetCancelled(t *testing.T) {
	t.Setenv(Env, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	started, waiter := make(chan bool), make(chan error)
	go func() {
		<-started
		_, err := Get(ctx, NewKey("x"), nil) // waits for the other
		waiter <- err
	}()
	_, err := Get(t.Context(), NewKey("x"), func(_ context.Context, file string) error {
		close(started)
		time.Sleep(20 * time.Millisecond)
		cancel()
		if err := <-waiter; !errors.Is(err, context.Canceled) {
			t.Errorf("waiter: %v", err)
		}
		return os.WriteFile(file, []byte("x"), 0o777)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestTrim(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(Env, dir)
	write := func(_ context.Context, file string) error { return os.WriteFile(file, []byte("x"), 0o777) }
	file, err := Get(t.Context(), NewKey("x"), write)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(other, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	trim(dir, time.Now())
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
	trim(dir, time.Now().Add(2*keep))
	if _, err := os.Stat(file); err == nil {
		t.Error("an old program stayed")
	}
	if _, err := os.Stat(other); err != nil {
		t.Error("a file that is not the cache's went:", err)
	}
}
