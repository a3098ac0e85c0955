package driver

import (
	"context"
	"fmt"
)

// Host has what scripts import from Wasmtime's test harness: the functions of the
// instances host and wasmtime, and those of the root. A script has one Host.
type Host struct {
	drops    uint32 // of resource1
	lastDrop uint32 // the representation of the last one
}

// Resource is a value of a resource type of the host.
type Resource struct {
	host *Host
	kind string
	rep  uint32
}

// Drop is the destructor.
func (r *Resource) Drop(context.Context) error {
	if r.kind == "resource1" {
		r.host.drops++
		r.host.lastDrop = r.rep
	}
	return nil
}

// Call calls a function by its path, "instance#instance#function".
// Arguments and results are as the generated packages have them, resources
// are *Resource.
func (h *Host) Call(_ context.Context, name string, args ...any) ([]any, error) {
	switch name {
	case "host-return-two":
		return []any{uint32(2)}, nil
	case "host#return-three":
		return []any{uint32(3)}, nil
	case "host#nested#return-four":
		return []any{uint32(4)}, nil
	case "host#return-hi":
		return []any{"hi"}, nil
	case "host#[constructor]resource1":
		return []any{&Resource{h, "resource1", args[0].(uint32)}}, nil
	case "host#[static]resource1.assert", "host#[method]resource1.simple":
		if rep := args[0].(*Resource).rep; rep != args[1].(uint32) {
			return nil, fmt.Errorf("resource1 is %d, not %d", rep, args[1])
		}
		return nil, nil
	case "host#[static]resource1.last-drop":
		return []any{h.lastDrop}, nil
	case "host#[static]resource1.drops":
		return []any{h.drops}, nil
	case "host#[method]resource1.take-borrow", "host#[method]resource1.take-own",
		"wasmtime#set-max-table-capacity", "wasmtime#gc":
		return nil, nil
	}
	return nil, fmt.Errorf("the host has no function %s", name)
}
