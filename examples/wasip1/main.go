// Command wasip1 is an ordinary Go program that examples_test.go compiles to a
// WebAssembly module (GOOS=wasip1 GOARCH=wasm) and wc2go back to a native program, which
// must do the same as the program that Go makes of it directly.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

type item struct {
	Name  string            `json:"name"`
	Count int               `json:"count"`
	Tags  map[string]string `json:"tags,omitempty"`
}

func main() {
	fmt.Println(len(os.Args), os.Args[1:], os.Getenv("LEVEL"))
	var items []item
	if err := json.Unmarshal([]byte(`[{"name":"a","count":3,"tags":{"x":"y"}},{"name":"b","count":-1}]`), &items); err != nil {
		panic(err)
	}
	out, _ := json.MarshalIndent(items, "", " ")
	fmt.Println(string(out))
	re := regexp.MustCompile(`(\w+)@(\w+)\.com`)
	fmt.Println(re.FindAllStringSubmatch("bob@example.com, alice@test.com", -1))
	var wg sync.WaitGroup
	ch := make(chan int, 4)
	for i := range 10 {
		wg.Add(1)
		go func() { defer wg.Done(); time.Sleep(time.Duration(i) * time.Millisecond); ch <- i * i }()
	}
	go func() { wg.Wait(); close(ch) }()
	sum := 0
	for v := range ch {
		sum += v
	}
	fmt.Println("sum", sum)
	start := time.Now()
	time.Sleep(20 * time.Millisecond)
	fmt.Println("slept", time.Since(start) >= 20*time.Millisecond, time.Since(start) < 2*time.Second)
	dir := "work"
	check(os.MkdirAll(dir+"/a/b", 0o755))
	check(os.WriteFile(dir+"/a/b/f.txt", []byte("hello\nworld\n"), 0o644))
	f, err := os.OpenFile(dir+"/a/b/f.txt", os.O_APPEND|os.O_WRONLY, 0)
	check(err)
	fmt.Fprintf(f, "more\n")
	check(f.Close())
	check(os.Rename(dir+"/a/b/f.txt", dir+"/a/g.txt"))
	check(os.Symlink("a/g.txt", dir+"/link"))
	l, err := os.Readlink(dir + "/link")
	fmt.Println(l, err)
	f, err = os.Open(dir + "/link")
	check(err)
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		fmt.Println("line", strings.ToUpper(sc.Text()))
	}
	st, err := f.Stat()
	check(err)
	fmt.Println(st.Name(), st.Size(), st.Mode().IsRegular())
	f.Seek(6, 0)
	b := make([]byte, 5)
	f.Read(b)
	fmt.Println(string(b))
	f.Close()
	var names []string
	check(filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		names = append(names, fmt.Sprint(p, " ", d.IsDir(), " ", err))
		return nil
	}))
	sort.Strings(names)
	fmt.Println(strings.Join(names, "\n"))
	_, err = os.Stat(dir + "/none")
	fmt.Println(errors.Is(err, fs.ErrNotExist)) // the texts differ from system to system
	check(os.Truncate(dir+"/a/g.txt", 3))
	check(os.Chtimes(dir+"/a/g.txt", time.Unix(1000, 0), time.Unix(2000, 5000)))
	st, err = os.Stat(dir + "/a/g.txt")
	check(err)
	fmt.Println(st.Size(), st.ModTime().UTC())
	fmt.Println(errors.Is(os.Remove(dir+"/a"), syscall.ENOTEMPTY))
	check(os.Remove(dir + "/link"))
	check(os.RemoveAll(dir))
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		fmt.Println("in:", in.Text())
	}
	fmt.Fprintln(os.Stderr, "to stderr")
	os.Exit(7)
}

func check(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}
