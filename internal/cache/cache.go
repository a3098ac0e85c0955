// Package cache keeps the programs that wc2go run has built.
package cache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// Env is the environment variable that moves the cache.
const Env = "WC2GO_CACHE"

// keep is how long a program that is not run stays in the cache.
const keep = 30 * 24 * time.Hour

// Dir is the cache's directory: $WC2GO_CACHE, or wc2go in the user's cache directory.
func Dir() (string, error) {
	if d := os.Getenv(Env); d != "" {
		return filepath.Abs(d)
	}
	d, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache directory, set %s: %w", Env, err)
	}
	return filepath.Join(d, "wc2go"), nil
}

// Key names a program by all that it is made from.
type Key [sha256.Size]byte

// NewKey makes a key of parts: each counts with its length, so that no two
// lists of parts give the same key.
func NewKey(parts ...string) Key {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:", len(p))
		io.WriteString(h, p)
	}
	return Key(h.Sum(nil))
}

// Version identifies this very wc2go: the hash of its own file, because
// neither a version number nor a commit tells two builds of a work in progress apart.
func Version() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(exe)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Get gives the file of the program named by key. If the cache has none, make
// is called to write it; when several processes want the same program, one
// makes it and the others wait.
func Get(ctx context.Context, key Key, make func(ctx context.Context, file string) error) (string, error) {
	dir, err := Dir()
	if err != nil {
		return "", err
	}
	name := hex.EncodeToString(key[:])
	sub := filepath.Join(dir, name[:2])
	file := filepath.Join(sub, name+".exe") // Windows wants the suffix, others do not mind
	if found(file) {
		return file, nil
	}
	if err := os.MkdirAll(sub, 0o777); err != nil {
		return "", err
	}
	unlock, err := lock(ctx, filepath.Join(sub, name+".lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if found(file) { // made while we waited
		return file, nil
	}
	tmp, err := os.MkdirTemp(sub, ".tmp-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	fresh := filepath.Join(tmp, filepath.Base(file))
	if err := make(ctx, fresh); err != nil {
		return "", err
	}
	if err := os.Rename(fresh, file); err != nil {
		return "", err
	}
	trim(dir, time.Now())
	return file, nil
}

// found reports whether the file is there, and notes that it is used.
func found(file string) bool {
	fi, err := os.Stat(file)
	if err != nil || !fi.Mode().IsRegular() || fi.Size() == 0 { // empty after a crash of the machine
		return false
	}
	if now := time.Now(); now.Sub(fi.ModTime()) > 24*time.Hour {
		os.Chtimes(file, now, now)
	}
	return true
}

// lock waits for a lock file. It is left behind when unlocked: another process
// may be waiting on it.
func lock(ctx context.Context, file string) (unlock func(), err error) {
	type result struct {
		unlock func()
		err    error
	}
	done := make(chan result)
	go func() {
		unlock, err := lockedfile.MutexAt(file).Lock()
		select {
		case done <- result{unlock, err}:
		case <-ctx.Done():
			if err == nil {
				unlock()
			}
		}
	}()
	select {
	case r := <-done:
		return r.unlock, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// trim removes programs that have not been used for long, and what broken-off
// builds have left. It is a courtesy: errors do not matter.
func trim(dir string, now time.Time) {
	filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || file == dir {
			return nil
		}
		fi, err := d.Info()
		if err != nil {
			return nil
		}
		old := now.Sub(fi.ModTime()) > keep
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".tmp-") {
				if old {
					os.RemoveAll(file)
				}
				return fs.SkipDir
			}
			return nil
		}
		if name := d.Name(); old && (strings.HasSuffix(name, ".exe") || strings.HasSuffix(name, ".lock")) && len(name) > 2*sha256.Size {
			os.Remove(file)
		}
		return nil
	})
}
