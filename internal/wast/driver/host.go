package driver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wc2go/wc2go/rt"
)

// Host has what scripts import from Wasmtime's test harness: the instances host
// and wasmtime, and functions of the root. A script has one Host.
type Host struct {
	linker   *rt.Linker
	store    *rt.Store // of the instance that the command is for
	drops    uint32    // of resource1
	lastDrop uint32    // the representation of the last one
}

// resource is a value of a resource type of the host.
type resource struct {
	kind string
	rep  uint32
}

// Types of the host's functions.
var (
	typeU32    = &rt.Type{Kind: rt.KindU32}
	typeS32    = &rt.Type{Kind: rt.KindS32}
	typeString = &rt.Type{Kind: rt.KindString}
)

func handle(kind rt.TypeKind, name string) *rt.Type {
	return &rt.Type{Kind: kind, Interface: "host", Name: name}
}

func funcType(result *rt.Type, params ...*rt.Type) *rt.FuncType {
	t := &rt.FuncType{Result: result}
	for i, p := range params {
		t.Params = append(t.Params, rt.Param{Name: fmt.Sprintf("p%d", i), Type: p})
	}
	return t
}

func async(t *rt.FuncType) *rt.FuncType { t.Async = true; return t }

// newHost defines everything that scripts can import. simple is the core module
// simple-module of the instance host.
func newHost(simple rt.CoreModule) (*Host, error) {
	h := &Host{linker: rt.NewLinker()}
	h.linker.Strict = true
	own, borrow := handle(rt.KindOwn, "resource1"), handle(rt.KindBorrow, "resource1")
	constant := func(v rt.Value) func(context.Context, []rt.Value) (rt.Value, error) {
		return func(context.Context, []rt.Value) (rt.Value, error) { return v, nil }
	}
	echo := func(_ context.Context, args []rt.Value) (rt.Value, error) { return args[0], nil }
	// check takes a resource and what its representation must be.
	check := func(_ context.Context, args []rt.Value) (rt.Value, error) {
		r := args[0].(rt.ResourceValue).Value.(*resource)
		if want := uint32(args[1].(rt.U32)); r.rep != want {
			return nil, fmt.Errorf("%s has the representation %d, not %d", r.kind, r.rep, want)
		}
		return nil, nil
	}
	never := func(ctx context.Context, _ []rt.Value) (rt.Value, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	slowly := func(call func(context.Context, []rt.Value) (rt.Value, error)) func(context.Context, []rt.Value) (rt.Value, error) {
		return func(ctx context.Context, args []rt.Value) (rt.Value, error) {
			time.Sleep(10 * time.Millisecond)
			return call(ctx, args)
		}
	}
	var errs []error
	for _, f := range []struct {
		iface, name string
		typ         *rt.FuncType
		call        func(context.Context, []rt.Value) (rt.Value, error)
	}{
		{"", "host-echo-u32", async(funcType(typeU32, typeU32)), echo},
		{"", "host-return-two", funcType(typeU32), constant(rt.U32(2))},
		{"host", "return-three", funcType(typeU32), constant(rt.U32(3))},
		{"host#nested", "return-four", funcType(typeU32), constant(rt.U32(4))},
		{"host", "return-hi", funcType(typeString), constant(rt.String("hi"))},
		{"host", "[constructor]resource1", funcType(own, typeU32), func(_ context.Context, args []rt.Value) (rt.Value, error) {
			return rt.ResourceValue{Value: &resource{"resource1", uint32(args[0].(rt.U32))}}, nil
		}},
		{"host", "[static]resource1.assert", funcType(nil, own, typeU32), check},
		{"host", "[static]resource1.last-drop", funcType(typeU32), func(context.Context, []rt.Value) (rt.Value, error) {
			return rt.U32(h.lastDrop), nil
		}},
		{"host", "[static]resource1.drops", funcType(typeU32), func(context.Context, []rt.Value) (rt.Value, error) {
			return rt.U32(h.drops), nil
		}},
		{"host", "[method]resource1.simple", funcType(nil, borrow, typeU32), check},
		{"host", "[method]resource1.take-borrow", funcType(nil, borrow, borrow), constant(nil)},
		{"host", "[method]resource1.take-own", funcType(nil, borrow, own), constant(nil)},
		{"host", "[method]resource1.never-return", async(funcType(nil, borrow)), never},
		{"host", "never-return", async(funcType(nil)), never},
		{"host", "return-two-slowly", async(funcType(typeS32)), slowly(constant(rt.S32(2)))},
		{"host", "echo-slowly", async(funcType(typeU32, typeU32)), slowly(echo)},
		{"wasmtime", "set-max-table-capacity", funcType(nil, typeU32), func(_ context.Context, args []rt.Value) (rt.Value, error) {
			h.store.SetMaxHandles(int(args[0].(rt.U32)))
			return nil, nil
		}},
		{"wasmtime", "gc", funcType(nil), constant(nil)},
	} {
		errs = append(errs, h.linker.Define(f.iface, f.name, rt.HostFunc{Type: f.typ, Call: f.call, Immediate: f.iface == ""}))
	}
	for _, r := range []struct{ name, kind string }{
		{"resource1", "resource1"}, {"resource2", "resource2"}, {"resource1-again", "resource1"},
	} {
		errs = append(errs, h.linker.DefineResource("host", r.name, rt.HostResource{
			ID: r.kind,
			Is: func(v any) bool { x, ok := v.(*resource); return ok && x.kind == r.kind },
			Drop: func(_ context.Context, v any) error {
				if r.kind == "resource1" {
					h.drops++
					h.lastDrop = v.(*resource).rep
				}
				return nil
			},
		}))
	}
	errs = append(errs, h.linker.DefineModule("host", "simple-module", simple))
	return h, errors.Join(errs...)
}

// reflect defines what a named instance of a component exports, under its name. (Wasmtime's
// harness defines core modules and resource types only, for its functions cannot be called from another store.)
func (h *Host) reflect(name string, in rt.Instance, exports rt.Item) error {
	h.linker.Shadowing = true
	for export := range exports.Items() {
		var err error
		switch item, x, _ := in.Export(nil, export); item.Kind {
		case rt.ItemFunc:
			f, _ := in.FuncAt(x)
			err = h.linker.Define(name, export, f.HostFunc())
		case rt.ItemInstance:
			err = h.linker.DefineInstance(name+"#"+export, in, export)
		case rt.ItemModule:
			err = h.linker.DefineModule(name, export, item.Module)
		case rt.ItemResource:
			err = h.linker.DefineResource(name, export, item.Resource.HostResource())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
