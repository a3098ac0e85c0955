package engine

import (
	"context"
	"fmt"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	bench "github.com/wc2go/wc2go/bench"
	"github.com/wc2go/wc2go/bench/internal/worker"
)

// WasmtimeCalls does the operations of calls.wat in wasmtime.
func WasmtimeCalls() worker.Open {
	eng := wasmtime.NewEngine()
	instantiate := func(m *wasmtime.Module) (*wasmtime.Store, *wasmtime.Instance, error) {
		s := wasmtime.NewStore(eng)
		get := wasmtime.WrapFunc(s, func(a, b int32) int32 { return a ^ b })
		i, err := wasmtime.NewInstance(s, m, []wasmtime.AsExtern{get})
		return s, i, err
	}
	return func(op string) (worker.Func, error) {
		m, err := wasmtime.NewModule(eng, bench.CallsCore)
		if err != nil {
			return nil, err
		}
		s, i, err := instantiate(m)
		if err != nil {
			return nil, err
		}
		switch op {
		case "call":
			f := i.GetFunc(s, "add")
			return func(n uint32) (uint32, error) {
				r := int32(0)
				for k := range n {
					v, err := f.Call(s, r, int32(k))
					if err != nil {
						return 0, err
					}
					r = v.(int32)
				}
				return uint32(r), nil
			}, nil
		case "import":
			f := i.GetFunc(s, "import")
			return func(n uint32) (uint32, error) {
				v, err := f.Call(s, int32(n))
				if err != nil {
					return 0, err
				}
				return uint32(v.(int32)), nil
			}, nil
		case "grow":
			return func(n uint32) (uint32, error) {
				for range n / 1000 {
					s, i, err := instantiate(m)
					if err != nil {
						return 0, err
					}
					if _, err := i.GetFunc(s, "grow").Call(s, int32(1000)); err != nil {
						return 0, err
					}
					s.Close()
				}
				return 1000, nil
			}, nil
		case "instantiate":
			return func(n uint32) (uint32, error) {
				for range n {
					s, _, err := instantiate(m)
					if err != nil {
						return 0, err
					}
					s.Close()
				}
				return 0, nil
			}, nil
		}
		return nil, fmt.Errorf("no operation %q", op)
	}
}

// WazeroCalls does the operations of calls.wat in wazero.
func WazeroCalls() worker.Open {
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	_, hostErr := r.NewHostModuleBuilder("host").NewFunctionBuilder().WithGoFunction(api.GoFunc(func(_ context.Context, stack []uint64) {
		stack[0] = uint64(uint32(stack[0]) ^ uint32(stack[1]))
	}), []api.ValueType{api.ValueTypeI32, api.ValueTypeI32}, []api.ValueType{api.ValueTypeI32}).Export("get").Instantiate(ctx)
	return func(op string) (worker.Func, error) {
		if hostErr != nil {
			return nil, hostErr
		}
		c, err := r.CompileModule(ctx, bench.CallsCore)
		if err != nil {
			return nil, err
		}
		instantiate := func() (api.Module, error) {
			return r.InstantiateModule(ctx, c, wazero.NewModuleConfig().WithName(""))
		}
		i, err := instantiate()
		if err != nil {
			return nil, err
		}
		stack := make([]uint64, 2)
		switch op {
		case "call":
			f := i.ExportedFunction("add")
			return func(n uint32) (uint32, error) {
				r := uint64(0)
				for k := range n {
					stack[0], stack[1] = r, uint64(k)
					if err := f.CallWithStack(ctx, stack); err != nil {
						return 0, err
					}
					r = stack[0]
				}
				return uint32(r), nil
			}, nil
		case "import":
			f := i.ExportedFunction("import")
			return func(n uint32) (uint32, error) {
				stack[0] = uint64(n)
				err := f.CallWithStack(ctx, stack)
				return uint32(stack[0]), err
			}, nil
		case "grow":
			return func(n uint32) (uint32, error) {
				for range n / 1000 {
					i, err := instantiate()
					if err != nil {
						return 0, err
					}
					stack[0] = 1000
					if err := i.ExportedFunction("grow").CallWithStack(ctx, stack); err != nil {
						return 0, err
					}
					if err := i.Close(ctx); err != nil {
						return 0, err
					}
				}
				return 1000, nil
			}, nil
		case "instantiate":
			return func(n uint32) (uint32, error) {
				for range n {
					i, err := instantiate()
					if err != nil {
						return 0, err
					}
					if err := i.Close(ctx); err != nil {
						return 0, err
					}
				}
				return 0, nil
			}, nil
		}
		return nil, fmt.Errorf("no operation %q", op)
	}
}
