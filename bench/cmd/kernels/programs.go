package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	bench "github.com/wc2go/wc2go/bench"
)

// This file: whole programs, as processes from start to end, and how long one takes
// until the guest runs.

// sqliteOptions are those that sqlrun.component.wasm was compiled with, as
// its PRAGMA compile_options tells.
var sqliteOptions = strings.Fields("-DSQLITE_THREADSAFE=0 -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE -DSQLITE_ENABLE_MATH_FUNCTIONS -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_WAL -DSQLITE_TEMP_STORE=3 -DSQLITE_DEFAULT_MMAP_SIZE=0 -DSQLITE_MAX_MMAP_SIZE=0")

// sqlitePackage is an npm package that has the source of SQLite 3.40.1 in one file.
const sqlitePackage = "better-sqlite3@8.1.0"

// programEngines in the order of the table; the first is what the others are compared with.
var programEngines = []string{"native", "wasmtime", "wc2go"}

// programRow is one program with one input.
type programRow struct {
	name, what, native string
	target             float64 // most that wc2go may take, as a ratio to native; 0 if there is none
	first              bool    // wall is the time until the first byte of output
	wall, cpu          map[string]time.Duration
	rss                map[string]int64
}

// programs measures what there is in the corpus.
func (w *work) programs(dir string, rounds int) ([]programRow, error) {
	if _, err := os.Stat(filepath.Join(dir, "sqlrun.component.wasm")); err != nil {
		log.Printf("no programs: %v", err)
		return nil, nil
	}
	sqlite, sqliteName, err := w.sqlite(dir)
	if err != nil {
		return nil, err
	}
	source, err := os.ReadFile(filepath.Join(dir, "src", "gocmd.go.txt"))
	if err != nil {
		return nil, err
	}
	gocmd, err := w.native("gocmd", source)
	if err != nil {
		return nil, err
	}
	hello, err := w.native("hello", bench.Hello)
	if err != nil {
		return nil, err
	}
	// A program that does nothing but say that its main was reached before all else.
	begun := bytes.Replace(source, []byte("\nfunc main() {\n"), []byte("\nfunc main() {\n\tos.Stdout.WriteString(\"main\\n\")\n"), 1)
	if bytes.Equal(begun, source) {
		return nil, errors.New("gocmd.go.txt has no main")
	}
	begunNative, err := w.native("gocmd-main", begun)
	if err != nil {
		return nil, err
	}
	begunWasm := filepath.Join(w.dir, "gocmd-main.core.wasm")
	if err := command(filepath.Join(w.dir, "native", "gocmd-main"), "env", "GOOS=wasip1", "GOARCH=wasm", "go", "build", "-o", begunWasm, "."); err != nil {
		return nil, err
	}
	runner := filepath.Join(w.dir, "bin", "wasmtime")
	if err := command(w.bench, "go", "build", "-o", runner, "./cmd/wasmtime"); err != nil {
		return nil, err
	}
	bins := map[string]string{}
	for name, component := range map[string]string{
		"sqlrun": filepath.Join(dir, "sqlrun.component.wasm"), "gocmd": filepath.Join(dir, "gocmd.component.wasm"), "gocmd-main": begunWasm,
	} {
		if component != begunWasm {
			data, err := os.ReadFile(component)
			if err != nil {
				return nil, err
			}
			core, err := mainModule(data)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", component, err)
			}
			if err := w.write(name+".core.wasm", core); err != nil {
				return nil, err
			}
		}
		if err := command(w.dir, runner, "-compile", name+".cwasm", name+".core.wasm"); err != nil {
			return nil, err
		}
		log.Printf("building %s", name)
		bins[name] = filepath.Join(w.dir, "bin", name)
		if err := command(w.dir, filepath.Join(w.dir, "wc2go"), "build", "-o", bins[name], component); err != nil {
			return nil, err
		}
	}
	log10, err := os.ReadFile(filepath.Join(dir, "inputs", "app.log"))
	if err != nil {
		return nil, err
	}
	log10 = bytes.Repeat(log10, 10)
	const goNative = "the same source, native Go"
	var rows []programRow
	for _, p := range []struct {
		programRow
		stdin    []byte
		runs     int
		commands map[string][]string
	}{
		{programRow{name: "sqlrun", what: "200,000 orders: joins, window functions, FTS, R-tree", native: sqliteName, target: 1.5}, bench.Orders, rounds,
			map[string][]string{"native": {sqlite}, "wasmtime": {runner, "sqlrun.cwasm"}, "wc2go": {bins["sqlrun"]}}},
		{programRow{name: "gocmd", what: "ten times its log", native: goNative, target: 3.5}, log10, 2*rounds + 1,
			map[string][]string{"native": {gocmd, "-"}, "wasmtime": {runner, "gocmd.cwasm", "-"}, "wc2go": {bins["gocmd"], "-"}}},
		{programRow{name: "sqlrun", what: "nothing to do", native: "hello in Go"}, nil, 41,
			map[string][]string{"native": {hello}, "wasmtime": {runner, "sqlrun.cwasm"}, "wc2go": {bins["sqlrun"]}}},
		{programRow{name: "gocmd", what: "nothing to do", native: goNative}, nil, 41,
			map[string][]string{"native": {gocmd, "-"}, "wasmtime": {runner, "gocmd.cwasm", "-"}, "wc2go": {bins["gocmd"], "-"}}},
		{programRow{name: "gocmd", what: "until its main is reached", native: goNative, first: true}, nil, 61,
			map[string][]string{"native": {begunNative, "-"}, "wasmtime": {runner, "gocmd-main.cwasm", "-"}, "wc2go": {bins["gocmd-main"], "-"}}},
	} {
		row := p.programRow
		row.wall, row.cpu, row.rss = map[string]time.Duration{}, map[string]time.Duration{}, map[string]int64{}
		wall, cpu := map[string][]time.Duration{}, map[string][]time.Duration{}
		var want []byte
		for round := range p.runs {
			for i := range programEngines {
				e := programEngines[(i+round)%len(programEngines)]
				out, c, t, err := w.process(p.commands[e], p.stdin, p.first)
				if err != nil {
					return nil, fmt.Errorf("%s: %s: %w", e, p.name, err)
				}
				if len(p.stdin) > 0 {
					if want == nil {
						want = out
					}
					if !bytes.Equal(out, want) {
						return nil, fmt.Errorf("%s: %s prints\n%s\nnot\n%s", e, p.name, out, want)
					}
				}
				wall[e], cpu[e] = append(wall[e], t), append(cpu[e], c.ProcessState.UserTime()+c.ProcessState.SystemTime())
				row.rss[e] = max(row.rss[e], maxRSS(c.ProcessState))
			}
		}
		line := fmt.Sprintf("%s, %s:", p.name, p.what)
		for _, e := range programEngines {
			row.wall[e], row.cpu[e] = middle(wall[e]), middle(cpu[e])
			line += fmt.Sprintf("  %s %.1f ms (CPU %.1f)", e, ms(row.wall[e]), ms(row.cpu[e]))
		}
		log.Print(line)
		rows = append(rows, row)
	}
	return rows, nil
}

func ms(t time.Duration) float64 { return t.Seconds() * 1000 }

// middle is the median, the least with -min.
func middle(t []time.Duration) time.Duration {
	slices.Sort(t)
	if *fastest {
		return t[0]
	}
	return t[len(t)/2]
}

// process runs a program once. t is the time until it ends, or with first until it has written something. The last line that sqlrun prints tells how much
// memory SQLite used; it depends on the size of a pointer and is left out.
func (w *work) process(args []string, stdin []byte, first bool) (out []byte, cmd *exec.Cmd, t time.Duration, err error) {
	in, err := os.CreateTemp(w.dir, "in")
	if err != nil {
		return nil, nil, 0, err
	}
	defer os.Remove(in.Name())
	defer in.Close()
	if _, err := in.WriteAt(stdin, 0); err != nil {
		return nil, nil, 0, err
	}
	cmd = exec.Command(args[0], args[1:]...)
	cmd.Dir = w.dir
	cmd.Stdin = in
	var b, e bytes.Buffer
	cmd.Stderr = &e
	begin := time.Now()
	if first {
		pipe, failed := cmd.StdoutPipe()
		if failed != nil {
			return nil, nil, 0, failed
		}
		if err := cmd.Start(); err != nil {
			return nil, nil, 0, err
		}
		_, err = io.CopyN(&b, pipe, 1)
		t = time.Since(begin)
		if err == nil {
			_, err = b.ReadFrom(pipe)
		}
		if failed := cmd.Wait(); failed != nil {
			err = failed
		}
	} else {
		cmd.Stdout = &b
		err = cmd.Run()
		t = time.Since(begin)
	}
	if err != nil {
		return nil, nil, 0, fmt.Errorf("%w\n%s", err, e.Bytes())
	}
	out = b.Bytes()
	if i := bytes.LastIndex(out, []byte("-- sqlite ")); i >= 0 {
		out = out[:i]
	}
	return out, cmd, t, nil
}

// native builds a Go program of one file.
func (w *work) native(name string, source []byte) (string, error) {
	dir := filepath.Join("native", name)
	if err := w.write(filepath.Join(dir, "main.go"), source); err != nil {
		return "", err
	}
	if err := w.write(filepath.Join(dir, "go.mod"), []byte("module "+name+"\n\ngo 1.26\n")); err != nil {
		return "", err
	}
	bin := filepath.Join(w.dir, "bin", name+".native")
	return bin, command(filepath.Join(w.dir, dir), "go", "build", "-o", bin, ".")
}

// sqlite builds sqlrun with the SQLite that its component has: with the source
// from an npm package, or where that is not to be had with the system's library. name tells which.
func (w *work) sqlite(dir string) (bin, name string, err error) {
	bin = filepath.Join(w.dir, "bin", "sqlrun.native")
	main := filepath.Join(dir, "src", "sqlrun.c")
	source := filepath.Join(w.dir, "sqlite", "package", "deps", "sqlite3")
	cc := "clang" // which made the component
	if _, err := exec.LookPath(cc); err != nil {
		cc = "cc"
	}
	if _, err := os.Stat(filepath.Join(source, "sqlite3.c")); err != nil {
		tmp := filepath.Join(w.dir, "sqlite")
		if err := os.MkdirAll(tmp, 0o777); err != nil {
			return "", "", err
		}
		err := command(tmp, "npm", "pack", "--silent", sqlitePackage)
		if err == nil {
			err = command(tmp, "tar", "xzf", strings.ReplaceAll(sqlitePackage, "@", "-")+".tgz")
		}
		if err != nil {
			log.Printf("no source of SQLite, the system's library stands in: %v", err)
			return bin, "C (" + cc + " -O2), the system's libsqlite3", command(w.dir, cc, "-O2", "-o", bin, main, "-lsqlite3")
		}
	}
	args := append([]string{"-O2", "-I" + source, "-o", bin, main, filepath.Join(source, "sqlite3.c"), "-lm"}, sqliteOptions...)
	return bin, "C (" + cc + " -O2), the same SQLite with the same options", command(w.dir, cc, args...)
}

// mainModule is the largest core module of a component, which is the program; the
// others adapt preview 1 to WASI 0.2, which Wasmtime's C API does itself.
func mainModule(component []byte) ([]byte, error) {
	var best []byte
	for p := 8; p < len(component); {
		id := component[p]
		size, n := binary.Uvarint(component[p+1:])
		if n <= 0 || size > uint64(len(component)-p-1-n) {
			return nil, errors.New("not a component")
		}
		p += 1 + n
		if id == 1 && size > uint64(len(best)) {
			best = component[p : p+int(size)]
		}
		p += int(size)
	}
	if best == nil {
		return nil, errors.New("no core module")
	}
	return best, nil
}

func (rep *report) programTable() string {
	if len(rep.programs) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## Programs\n\nWhole processes (but for the row that says when main is reached), medians, all engines with the same output. Wasmtime runs the core module with its own preview 1 from code that it compiled before;\nits process is a Go program with Wasmtime's C API. wc2go's are static binaries made by `wc2go build`.\n\n")
	b.WriteString("| program | input | native |")
	for _, e := range programEngines {
		fmt.Fprintf(&b, " %s, ms | CPU, ms | MB |", e)
	}
	b.WriteString(" wasmtime / native | wc2go / native |\n| --- | --- | --- |" + strings.Repeat(" --: |", 3*len(programEngines)+2) + "\n")
	for _, r := range rep.programs {
		fmt.Fprintf(&b, "| %s | %s | %s |", r.name, r.what, r.native)
		for _, e := range programEngines {
			fmt.Fprintf(&b, " %.1f | %.1f | %d |", ms(r.wall[e]), ms(r.cpu[e]), r.rss[e]>>20)
		}
		for _, e := range programEngines[1:] {
			fmt.Fprintf(&b, " %.2f |", float64(r.wall[e])/float64(r.wall["native"]))
		}
		b.WriteString("\n")
	}
	return b.String()
}
