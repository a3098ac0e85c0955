package engine

import (
	"context"
	"fmt"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"github.com/tetratelabs/wazero"

	"github.com/wc2go/wc2go/bench"
	"github.com/wc2go/wc2go/bench/internal/worker"
)

// Wasmtime runs the kernels in wasmtime.
func Wasmtime() worker.Open {
	return func(kernel string) (worker.Func, error) {
		data, err := bench.Module(kernel)
		if err != nil {
			return nil, err
		}
		store := wasmtime.NewStore(wasmtime.NewEngine())
		m, err := wasmtime.NewModule(store.Engine, data)
		if err != nil {
			return nil, err
		}
		inst, err := wasmtime.NewInstance(store, m, nil)
		if err != nil {
			return nil, err
		}
		f := inst.GetFunc(store, "run")
		if f == nil {
			return nil, fmt.Errorf("no export run")
		}
		return func(n uint32) (uint32, error) {
			r, err := f.Call(store, int32(n))
			if err != nil {
				return 0, err
			}
			return uint32(r.(int32)), nil
		}, nil
	}
}

// Wazero runs the kernels in wazero's compiler.
func Wazero() worker.Open {
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	return func(kernel string) (worker.Func, error) {
		data, err := bench.Module(kernel)
		if err != nil {
			return nil, err
		}
		m, err := r.InstantiateWithConfig(ctx, data, wazero.NewModuleConfig().WithName(kernel))
		if err != nil {
			return nil, err
		}
		f := m.ExportedFunction("run")
		return func(n uint32) (uint32, error) {
			res, err := f.Call(ctx, uint64(n))
			if err != nil {
				return 0, err
			}
			return uint32(res[0]), nil
		}, nil
	}
}
