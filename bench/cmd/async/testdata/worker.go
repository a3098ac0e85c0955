// The program that is measured; cmd/async builds it beside the packages that
// it has wc2go generate.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"

	"bench.test/async"
	"bench.test/calls"
	"github.com/wc2go/wc2go/rt"
)

var (
	rounds  = flag.Int("rounds", 5, "")
	profile = flag.String("cpuprofile", "", "")
	only    = flag.String("only", "", "")
)

const chunk = 64 << 10

// row is one measurement, and what it must not be worse than.
type row struct {
	name string
	unit string
	best func(a, b float64) bool
	run  func() (float64, error)
	// ok tells whether the target is met; nil if there is none.
	ok     func(v float64) bool
	target string
}

func less(a, b float64) bool { return a < b }
func more(a, b float64) bool { return a > b }

// gate is the host's import: it waits until the call is cancelled or the gate is opened.
type gate struct{ open chan struct{} }

func (g gate) wait(ctx context.Context) error {
	select {
	case <-g.open:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func newInstance(g gate) (*rt.Store, *async.Instance, error) {
	st := rt.NewStore()
	i, err := async.Instantiate(context.Background(), st, async.Imports{Gate: g.wait})
	return st, i, err
}

// calling measures one of the loops of calls.
func calling(f func(i *async.Instance, ctx context.Context, n uint32) error) func() (float64, error) {
	return func() (float64, error) {
		st, i, err := newInstance(gate{})
		if err != nil {
			return 0, err
		}
		defer st.Close()
		const n = 300_000
		if err := f(i, context.Background(), n/100); err != nil {
			return 0, err
		}
		start := time.Now()
		err = f(i, context.Background(), n)
		return float64(time.Since(start).Nanoseconds()) / n, err
	}
}

func rate(bytes int, d time.Duration) float64 { return float64(bytes) / d.Seconds() / 1e9 }

const chunks = 40_000 // 2.6 GB

func memcpy() (float64, error) {
	a, b := make([]byte, chunk), make([]byte, chunk)
	start := time.Now()
	for range chunks {
		copy(a, b)
	}
	return rate(chunks*chunk, time.Since(start)), nil
}

func guestToHost() (float64, error) {
	ctx := context.Background()
	st, i, err := newInstance(gate{})
	if err != nil {
		return 0, err
	}
	defer st.Close()
	r, err := i.Source(ctx, chunks)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	buf := make([]byte, chunk)
	start := time.Now()
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r}, buf)
	if err == nil && n != chunks*chunk {
		err = fmt.Errorf("%d bytes came", n)
	}
	return rate(chunks*chunk, time.Since(start)), err
}

func hostToGuest() (float64, error) {
	ctx := context.Background()
	st, i, err := newInstance(gate{})
	if err != nil {
		return 0, err
	}
	defer st.Close()
	r, w, err := rt.NewStream[byte](st)
	if err != nil {
		return 0, err
	}
	var d time.Duration
	err = st.RunConcurrent(ctx, func(ctx context.Context, acc *rt.Accessor) error {
		start := time.Now()
		c := i.StartSink(acc, r)
		buf := make([]byte, chunk)
		for range chunks {
			if _, err := w.WriteContext(ctx, buf); err != nil {
				return err
			}
		}
		w.Close()
		n, err := c.Wait(ctx)
		if err == nil && n != chunks*chunk {
			err = fmt.Errorf("%d bytes came", n)
		}
		d = time.Since(start)
		return err
	})
	return rate(chunks*chunk, d), err
}

func guestToGuest() (float64, error) {
	st, i, err := newInstance(gate{})
	if err != nil {
		return 0, err
	}
	defer st.Close()
	start := time.Now()
	n, err := i.Pipe(context.Background(), chunks)
	if err == nil && n != chunks*chunk {
		err = fmt.Errorf("%d bytes came", n)
	}
	return rate(chunks*chunk, time.Since(start)), err
}

// memory is what Go has from the system for heap and stacks, in use.
func memory() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}

const tasks = 10_000

// parking measures the memory of tasks that wait.
func parking(host bool, start func(i *async.Instance, acc *rt.Accessor) *rt.Call[rt.Unit]) func() (float64, error) {
	return func() (v float64, err error) {
		g := gate{make(chan struct{})}
		st, i, err := newInstance(g)
		if err != nil {
			return 0, err
		}
		defer st.Close()
		err = st.RunConcurrent(context.Background(), func(ctx context.Context, acc *rt.Accessor) error {
			before := memory()
			calls := make([]*rt.Call[rt.Unit], tasks)
			for n := range calls {
				calls[n] = start(i, acc)
			}
			v = (memory() - before) / tasks
			for _, c := range calls {
				select {
				case <-c.Done():
					return fmt.Errorf("a task did not wait")
				default:
				}
			}
			if host {
				close(g.open)
			} else if err := i.Release(ctx); err != nil {
				return err
			}
			for _, c := range calls {
				if _, err := c.Wait(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		return v, err
	}
}

func syncCall() (float64, error) {
	st := rt.NewStore()
	defer st.Close()
	ctx := context.Background()
	i, err := calls.Instantiate(ctx, st, calls.Imports{Get: func(_ context.Context, a, b uint32) (uint32, error) { return a + b, nil }})
	if err != nil {
		return 0, err
	}
	const n = 2_000_000
	start := time.Now()
	for k := range uint32(n) {
		if _, err := i.Add(ctx, k, 1); err != nil {
			return 0, err
		}
	}
	return float64(time.Since(start).Nanoseconds()) / n, nil
}

func main() {
	log.SetFlags(0)
	flag.Parse()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			log.Fatal(err)
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			log.Fatal(err)
		}
		defer pprof.StopCPUProfile()
	}
	copied := 0.0
	call := func(v float64) bool { return v <= 600 }
	stream := func(v float64) bool { return v >= 3 || v >= copied/2 }
	task := func(v float64) bool { return v <= 4096 }
	const streams = "at least 3, or half of memcpy"
	rows := []row{
		{"plain call, host to guest", "ns", less, syncCall, nil, ""},
		{"call guest to guest that suspends once; callback caller", "ns", less, calling((*async.Instance).CallbackCalls), call, "at most 600"},
		{"call guest to guest that suspends once; stackful caller", "ns", less, calling((*async.Instance).StackfulCalls), call, "at most 600"},
		{"call guest to guest that suspends once; synchronous lower", "ns", less, calling((*async.Instance).SyncCalls), call, "at most 600"},
		{"memcpy, 64 KiB at a time", "GB/s", more, memcpy, nil, ""},
		{"stream<u8> guest to host, chunks of 64 KiB", "GB/s", more, guestToHost, stream, streams},
		{"stream<u8> host to guest, chunks of 64 KiB", "GB/s", more, hostToGuest, stream, streams},
		{"stream<u8> guest to guest, chunks of 64 KiB", "GB/s", more, guestToGuest, stream, streams},
		{"memory of a task that waits, of 10,000; callback", "bytes", less, parking(false, func(i *async.Instance, acc *rt.Accessor) *rt.Call[rt.Unit] { return i.StartPark(acc) }), task, "at most 4096"},
		{"memory of a task that waits, of 10,000; stackful", "bytes", less, parking(false, func(i *async.Instance, acc *rt.Accessor) *rt.Call[rt.Unit] { return i.StartParkStackful(acc) }), task, "at most 4096"},
		{"memory of a task that waits for the host, of 10,000", "bytes", less, parking(true, func(i *async.Instance, acc *rt.Accessor) *rt.Call[rt.Unit] { return i.StartParkHost(acc) }), task, "at most 4096"},
	}
	missed := false
	for _, r := range rows {
		if !strings.Contains(r.name, *only) && r.name[:6] != "memcpy" {
			continue
		}
		var best float64
		for n := range *rounds {
			v, err := r.run()
			if err != nil {
				log.Fatalf("%s: %v", r.name, err)
			}
			if n == 0 || r.best(v, best) {
				best = v
			}
		}
		if r.unit == "GB/s" && copied == 0 {
			copied = best
		}
		verdict := ""
		if r.ok != nil {
			verdict = "ok: "
			if !r.ok(best) {
				verdict, missed = "MISSED: ", true
			}
		}
		fmt.Printf("%-58s %9.1f %-6s %s%s\n", r.name, best, r.unit, verdict, r.target)
	}
	if missed {
		pprof.StopCPUProfile()
		os.Exit(1)
	}
}
