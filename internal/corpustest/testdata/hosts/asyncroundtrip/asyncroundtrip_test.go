// corpus: found/p3/round-trip/async-round-trip-stackless.wasm
// corpus stackful: found/p3/round-trip/async-round-trip-stackful.wasm
// corpus syncimport: found/p3/round-trip/async-round-trip-stackless-sync-import.wasm
// corpus many: found/p3/round-trip/async-round-trip-many-stackless.wasm
// corpus manywait: found/p3/round-trip/async-round-trip-many-wait.wasm
package asyncroundtrip

import (
	"context"
	"os"
	"reflect"
	"runtime"
	"sync"
	"testing"
	"time"

	"corpus.test/asyncroundtrip/api"
	"corpus.test/asyncroundtrip/many"
	"corpus.test/asyncroundtrip/manywait"
	"corpus.test/asyncroundtrip/stackful"
	"corpus.test/asyncroundtrip/syncimport"
	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

type baz struct{ mu *sync.Mutex }

func (b baz) Foo(ctx context.Context, s string) (string, error) {
	select {
	case <-time.After(time.Millisecond):
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	return s + " - entered host - exited host", nil
}

func want(s string) string {
	return s + " - entered guest - entered host - exited host - exited guest"
}

var inputs = []string{"hello, world!", "¡hola, mundo!", "hi y'all!"}

// fooer is what the exports of the four components have in common.
type fooer interface {
	Foo(ctx context.Context, s string) (string, error)
	StartFoo(acc *rt.Accessor, s string) *rt.Call[string]
}

func each(t *testing.T, f func(t *testing.T, st *rt.Store, foo fooer)) {
	host := wasi.New(wasi.Config{Stderr: os.Stderr})
	ctx := t.Context()
	makers := map[string]func(st *rt.Store) (fooer, error){
		"stackless": func(st *rt.Store) (fooer, error) {
			i, err := api.Instantiate(ctx, st, api.Imports{Baz: baz{}, WASI: host})
			if err != nil {
				return nil, err
			}
			return i.Baz(), nil
		},
		"stackful": func(st *rt.Store) (fooer, error) {
			i, err := stackful.Instantiate(ctx, st, stackful.Imports{Baz: baz{}, WASI: host})
			if err != nil {
				return nil, err
			}
			return i.Baz(), nil
		},
		"sync import": func(st *rt.Store) (fooer, error) {
			i, err := syncimport.Instantiate(ctx, st, syncimport.Imports{Baz: baz{}, WASI: host})
			if err != nil {
				return nil, err
			}
			return i.Baz(), nil
		},
	}
	for name, mk := range makers {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			st := rt.NewStore()
			foo, err := mk(st)
			if err != nil {
				t.Fatal(err)
			}
			f(t, st, foo)
			st.Close()
			deadline := time.Now().Add(2 * time.Second)
			for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
				time.Sleep(time.Millisecond)
			}
			if n := runtime.NumGoroutine(); n > before {
				t.Errorf("%d goroutines are left behind", n-before)
			}
		})
	}
}

func TestPlain(t *testing.T) {
	each(t, func(t *testing.T, st *rt.Store, foo fooer) {
		for _, s := range inputs {
			if got, err := foo.Foo(t.Context(), s); err != nil || got != want(s) {
				t.Errorf("Foo(%q) = %q, %v", s, got, err)
			}
		}
	})
}

func TestConcurrent(t *testing.T) {
	each(t, func(t *testing.T, st *rt.Store, foo fooer) {
		err := st.RunConcurrent(t.Context(), func(ctx context.Context, acc *rt.Accessor) error {
			var calls []*rt.Call[string]
			for range 10 {
				for _, s := range inputs {
					calls = append(calls, foo.StartFoo(acc, s))
				}
			}
			for n, c := range calls {
				if got, err := c.Wait(ctx); err != nil || got != want(inputs[n%3]) {
					t.Errorf("call %d: %q, %v", n, got, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestGoroutines has many goroutines call at once, without RunConcurrent.
func TestGoroutines(t *testing.T) {
	each(t, func(t *testing.T, st *rt.Store, foo fooer) {
		var wg sync.WaitGroup
		for n := range 20 {
			wg.Go(func() {
				s := inputs[n%3]
				if got, err := foo.Foo(t.Context(), s); err != nil || got != want(s) {
					t.Errorf("Foo(%q) = %q, %v", s, got, err)
				}
			})
		}
		wg.Wait()
	})
}

// TestDynamic calls by name.
func TestDynamic(t *testing.T) {
	st := rt.NewStore()
	defer st.Close()
	i, err := api.Instantiate(t.Context(), st, api.Imports{Baz: baz{}, WASI: wasi.New(wasi.Config{Stderr: os.Stderr})})
	if err != nil {
		t.Fatal(err)
	}
	f, ok := i.Func("local:local/baz#[async]foo")
	if !ok {
		if f, ok = i.Func("local:local/baz#foo"); !ok {
			t.Fatal("no foo")
		}
	}
	got, err := f.Call(t.Context(), rt.String(inputs[0]))
	if err != nil || got[0] != rt.Value(rt.String(want(inputs[0]))) {
		t.Errorf("Call: %v, %v", got, err)
	}
	err = i.RunConcurrent(t.Context(), func(ctx context.Context, acc *rt.Accessor) error {
		c, err := f.CallConcurrent(acc, rt.String(inputs[1]))
		if err != nil {
			return err
		}
		v, err := c.Wait(ctx)
		if err != nil || v != rt.Value(rt.String(want(inputs[1]))) {
			t.Errorf("CallConcurrent: %v, %v", v, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

type manyHost struct{}

func (manyHost) Foo(ctx context.Context, a string, b uint32, c []byte, d rt.Tuple2[uint64, uint64], e many.Stuff, f rt.Option[many.Stuff], g rt.Result[many.Stuff, rt.Unit]) (string, uint32, []byte, rt.Tuple2[uint64, uint64], many.Stuff, rt.Option[many.Stuff], rt.Result[many.Stuff, rt.Unit], error) {
	return a + " - entered host - exited host", b, c, d, e, f, g, nil
}

type manyWaitHost struct{}

func (manyWaitHost) Foo(ctx context.Context, a string, b uint32, c []byte, d rt.Tuple2[uint64, uint64], e manywait.Stuff, f rt.Option[manywait.Stuff], g rt.Result[manywait.Stuff, rt.Unit]) (string, uint32, []byte, rt.Tuple2[uint64, uint64], manywait.Stuff, rt.Option[manywait.Stuff], rt.Result[manywait.Stuff, rt.Unit], error) {
	return a + " - entered host - exited host", b, c, d, e, f, g, nil
}

func TestMany(t *testing.T) {
	ctx := t.Context()
	st := rt.NewStore()
	defer st.Close()
	i, err := many.Instantiate(ctx, st, many.Imports{Many: manyHost{}, WASI: wasi.New(wasi.Config{Stderr: os.Stderr})})
	if err != nil {
		t.Fatal(err)
	}
	j, err := manywait.Instantiate(ctx, st, manywait.Imports{Many: manyWaitHost{}, WASI: wasi.New(wasi.Config{Stderr: os.Stderr})})
	if err != nil {
		t.Fatal(err)
	}
	c, d := make([]byte, 42), rt.Tuple2[uint64, uint64]{F0: 4242, F1: 424242424242}
	ints := make([]int32, 42)
	for n := range c {
		c[n], ints[n] = 42, 42
	}
	{
		e := many.Stuff{A: ints, B: true, C: 424242}
		a, b, cc, dd, ee, f, g, err := i.Many().Foo(ctx, inputs[0], 42, c, d, e, rt.Some(e), rt.Err[many.Stuff, rt.Unit](rt.Unit{}))
		if v, ok := f.Get(); err != nil || a != want(inputs[0]) || b != 42 || !reflect.DeepEqual(cc, c) || dd != d || !reflect.DeepEqual(ee, e) || !ok || !reflect.DeepEqual(v, e) || !g.IsErr() {
			t.Error(a, b, cc, dd, ee, f, g, err)
		}
	}
	{
		e := manywait.Stuff{A: ints, B: true, C: 424242}
		a, b, cc, dd, ee, f, g, err := j.Many().Foo(ctx, inputs[0], 42, c, d, e, rt.Some(e), rt.Err[manywait.Stuff, rt.Unit](rt.Unit{}))
		if v, ok := f.Get(); err != nil || a != want(inputs[0]) || b != 42 || !reflect.DeepEqual(cc, c) || dd != d || !reflect.DeepEqual(ee, e) || !ok || !reflect.DeepEqual(v, e) || !g.IsErr() {
			t.Error(a, b, cc, dd, ee, f, g, err)
		}
	}
}
