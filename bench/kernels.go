// Package bench holds the C kernels of the benchmark, built to core wasm.
package bench

import "embed"

//go:embed kernels/*.wasm
var modules embed.FS

// Kernel is one kernel: a core module that exports run(n) -> checksum.
type Kernel struct {
	Name string
	N    uint32 // 0.1 to 0.2 s natively
	Kind string // what it exercises
	// Given kernels are those that the targets are stated for.
	Given bool
}

// Kernels is every kernel, the given ones first.
var Kernels = []Kernel{
	{"fib", 38, "calls", true},
	{"sha256", 600000, "integer arithmetic", true},
	{"nbody", 1500000, "f64 latency", true},
	{"qsort", 16, "branches, recursion", true},
	{"lz", 60, "bytes", true},
	{"icall", 5000, "`call_indirect`", false},
	{"vm", 2000, "`br_table`", false},
	{"f32", 8000, "f32", false},
	{"wide", 200000, "i64 and 128-bit", false},
	{"search", 120, "string search", false},
	{"hash", 4000000, "hash table", false},
	{"queens", 400, "recursion with memory", false},
	{"alloc", 4000, "allocator", false},
	{"matmul", 180, "f64 throughput", false},
	{"sieve", 60, "strided stores", false},
}

// Wasm is the core module of a kernel.
func (k *Kernel) Wasm() []byte {
	b, err := modules.ReadFile("kernels/" + k.Name + ".wasm")
	if err != nil {
		panic(err) // embedded
	}
	return b
}

// Module is the core module of the kernel of a name.
func Module(kernel string) ([]byte, error) { return modules.ReadFile("kernels/" + kernel + ".wasm") }

// Calls is the component calls/calls.wat, CallsCore its core module, Async the
// component calls/async.wat.
var (
	//go:embed calls/calls.wasm
	Calls []byte
	//go:embed calls/core.wasm
	CallsCore []byte
	//go:embed calls/async.wasm
	Async []byte
)

// Whole programs: the script for sqlrun, and one that does nothing.
var (
	//go:embed programs/orders.sql
	Orders []byte
	//go:embed programs/hello.go.txt
	Hello []byte
)
