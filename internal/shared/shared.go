// Package shared finds what tests need from the folder shared/ beside the
// checkout: real components, conformance scripts. It is not part of the
// repository; tests skip, saying so, where it is absent. Only tests import
// this package.
package shared

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

// Repo is the root of this repository.
func Repo() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// Dir gives a folder of shared/ ("corpus", "spec/wasi-0.2.12"), and skips the
// test where it is absent. WC2GO_SHARED names another place for shared/.
func Dir(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("WC2GO_SHARED")
	if root == "" {
		root = filepath.Join(filepath.Dir(Repo()), "shared")
	}
	dir := filepath.Join(root, filepath.FromSlash(name))
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("shared/%s is not here (%v); WC2GO_SHARED names the folder shared", name, err)
	}
	return dir
}

// Corpus gives the folder of real components.
func Corpus(t testing.TB) string {
	t.Helper()
	return Dir(t, "corpus")
}

// CI is the environment variable of a run that installs what tests need: it must be
// there then.
const CI = "CI"

// Tool skips the test where a program is not installed, and fails it in CI,
// which installs it from the Debian package of that name.
func Tool(t testing.TB, name, debian string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if os.Getenv(CI) != "" {
		t.Fatalf("%s is not here: .ci/run should have installed %s", name, debian)
	}
	t.Skipf("%s is not here; apt-get install %s", name, debian)
}

var (
	scriptsMu sync.Mutex
	converted = map[string]string{}
)

// Scripts gives the folder of the converted conformance scripts of a suite,
// "core" or "component-model".
func Scripts(t testing.TB, suite string) string {
	t.Helper()
	scriptsMu.Lock()
	defer scriptsMu.Unlock()
	if dir := converted[suite]; dir != "" {
		return dir
	}
	dir := Convert(t, Dir(t, "conformance/"+suite), suite)
	converted[suite] = dir
	return dir
}

// Convert gives a folder of scripts in the form that `wc2go wast` reads. They
// are converted once, by shared/tools/wast2json, into the user's cache, where their
// folder's name begins with name; that needs node and npm, without which the test is skipped.
func Convert(t testing.TB, source, name string) string {
	t.Helper()
	tool := Dir(t, "tools/wast2json")
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("scripts need %s to be converted: %v", name, err)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("no place for converted scripts: %v", err)
	}
	key, err := hashFolders(source, tool)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "wc2go-tests", name+"-"+key)
	if err := convertOnce(dir, source, tool); err != nil {
		t.Fatalf("converting %s: %v", source, err)
	}
	return dir
}

// convertOnce fills dir unless it is there. Test binaries run side by side: one
// works behind a lock folder, the others wait for dir to appear.
func convertOnce(dir, source, tool string) error {
	lock := dir + ".lock"
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return err
	}
	for start := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		if _, err := os.Stat(dir); err == nil {
			return nil
		}
		err := os.Mkdir(lock, 0o777)
		if err == nil {
			break
		}
		if info, err := os.Stat(lock); err == nil && time.Since(info.ModTime()) > 10*time.Minute {
			os.Remove(lock) // left by a process that was killed
		}
		if time.Since(start) > 15*time.Minute {
			return fmt.Errorf("waited too long for %s: %w", lock, err)
		}
	}
	defer os.Remove(lock)
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "tmp")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	work := filepath.Join(tmp, "tool")
	if err := os.CopyFS(work, os.DirFS(tool)); err != nil {
		return err
	}
	run := func(name string, args ...string) error {
		cmd := exec.Command(name, args...)
		cmd.Dir = work
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", name, err, out)
		}
		return nil
	}
	if err := run("npm", "install", "--no-audit", "--no-fund"); err != nil {
		return err
	}
	out := filepath.Join(tmp, "out")
	if err := run("node", "index.mjs", "-o", out, source); err != nil {
		return err
	}
	return os.Rename(out, dir)
}

// hashFolders identifies the content of folders.
func hashFolders(dirs ...string) (string, error) {
	h := sha256.New()
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			rel, err := filepath.Rel(dir, path)
			if err != nil {
				return err
			}
			fmt.Fprintf(h, "%s\x00", rel)
			_, err = io.Copy(h, f)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}
