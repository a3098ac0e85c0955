package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/wc2go/wc2go/rt/command"
)

// limitFlags adds the flags that say what a guest may use.
func limitFlags(cmd *cobra.Command, l *command.Limits) {
	f := cmd.Flags()
	f.Uint64Var(&l.Memory, "max-memory", 0, "size of the guest's memories together in `bytes`; 0: what the guest declares")
	f.Uint64Var(&l.TableElements, "max-table-elements", 0, "`number` of elements of the guest's tables together; 0: 10,000,000 each")
	f.IntVar(&l.Instances, "max-instances", 0, "`number` of core instances; 0: 10,000")
	f.IntVar(&l.Stack, "max-stack", 0, "estimated stack of the guest in `bytes`; 0: 16 MiB")
	f.Uint64Var(&l.HostCall, "max-host-call", 0, "size of what the guest passes in one call of the host, as Go values, in `bytes`; 0: 128 MiB")
	f.IntVar(&l.Handles, "max-handles", 0, "`number` of handles of each of the guest's components; 0: 268,435,455")
	f.Var((*fuelFlag)(l), "fuel", "`units` of fuel: the guest traps when it has run about as many instructions")
}

// fuelFlag is the value of --fuel.
type fuelFlag command.Limits

func (l *fuelFlag) String() string {
	if l.Fuel == nil {
		return ""
	}
	return strconv.FormatUint(*l.Fuel, 10)
}

func (l *fuelFlag) Set(s string) error {
	n, err := strconv.ParseUint(s, 10, 64)
	l.Fuel = &n
	return err
}

func (l *fuelFlag) Type() string { return "units" }
