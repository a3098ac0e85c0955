package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wc2go/wc2go/rt/command"
)

// wasmtimeFlags are -W and -S, in which Wasmtime has what are flags of their own here. They
// are there so that its command lines work as they are.
type wasmtimeFlags struct{ wasm, wasi []string }

func (w *wasmtimeFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVarP(&w.wasm, "wasm", "W", nil, "limits as Wasmtime writes them: `fuel=N,timeout=TIME,max-memory-size=N`, max-table-elements=N, max-instances=N, max-wasm-stack=N, unknown-imports-trap; features are always on")
	f.StringArrayVarP(&w.wasi, "wasi", "S", nil, "grants as Wasmtime writes them: `inherit-network,inherit-env,tcplisten=ADDRESS:PORT`; cli, http and the like are always there")
}

// target is what the options change.
type target struct {
	limits      *command.Limits
	timeout     *time.Duration
	grants      *grantFlags
	trapMissing *bool
}

// Features and interfaces that are always on: to ask for them is no change, and they cannot
// be turned off.
var (
	alwaysOnWasm = strings.Fields(`simd relaxed-simd bulk-memory multi-memory multi-value reference-types threads shared-memory memory64 component-model
		component-model-async component-model-async-builtins component-model-async-stackful component-model-more-async-builtins component-model-threading
		component-model-error-context component-model-gc component-model-map component-model-fixed-length-lists function-references gc gc-support tail-call exceptions
		legacy-exceptions wide-arithmetic extended-const custom-page-sizes all-proposals`)
	alwaysOnWASI = strings.Fields("cli cli-exit-with-code common http p3 preview2 tcp udp network-error-code allow-ip-name-lookup")
)

// set reads the options.
func (w *wasmtimeFlags) set(t target) error {
	return w.each(func(flag, key, value string, given bool) error {
		on := !given || slices.Contains([]string{"y", "yes", "true"}, value)
		off := given && slices.Contains([]string{"n", "no", "false"}, value)
		number := func(bits int) (uint64, error) {
			n, err := strconv.ParseUint(value, 10, bits)
			if err != nil {
				err = fmt.Errorf("-%s %s=%s: a number is needed", flag, key, value)
			}
			return n, err
		}
		switch flag + " " + key {
		case "W fuel":
			n, err := number(64)
			t.limits.Fuel = &n
			return err
		case "W timeout":
			d, err := duration(value)
			if err != nil {
				return fmt.Errorf("-W timeout=%s: a time is needed, as 10s or 500ms", value)
			}
			*t.timeout = d
			return nil
		case "W max-memory-size":
			n, err := number(64)
			t.limits.Memory = n
			return err
		case "W max-table-elements":
			n, err := number(64)
			t.limits.TableElements = n
			return err
		case "W max-instances":
			n, err := number(31)
			t.limits.Instances = int(n)
			return err
		case "W max-wasm-stack":
			n, err := number(31)
			t.limits.Stack = int(n)
			return err
		case "S tcplisten":
			if _, err := netip.ParseAddrPort(value); err != nil {
				return fmt.Errorf("-S tcplisten=%s: not of the form ADDRESS:PORT", value)
			}
			t.grants.tcpListen = append(t.grants.tcpListen, value)
			return nil
		}
		if !on && !off {
			return fmt.Errorf("-%s %s=%s: y or n is needed", flag, key, value)
		}
		switch flag + " " + key {
		case "W unknown-imports-trap":
			*t.trapMissing = on
			return nil
		case "S inherit-network":
			t.grants.inheritNetwork = on
			return nil
		case "S inherit-env":
			t.grants.inheritEnv = on
			return nil
		}
		known := alwaysOnWasm
		if flag == "S" {
			known = alwaysOnWASI
		}
		switch {
		case !slices.Contains(known, key):
			return fmt.Errorf("-%s %s: there is no such option here", flag, key)
		case off:
			return fmt.Errorf("-%s %s=n: it is always on", flag, key)
		}
		return nil
	})
}

// each calls f with every option.
func (w *wasmtimeFlags) each(f func(flag, key, value string, given bool) error) error {
	for _, l := range []struct {
		flag string
		list []string
	}{{"W", w.wasm}, {"S", w.wasi}} {
		for _, text := range l.list {
			for o := range strings.SplitSeq(text, ",") {
				key, value, given := strings.Cut(o, "=")
				if err := f(l.flag, key, value, given); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// duration reads a time: Go's, or a number of seconds.
func duration(text string) (time.Duration, error) {
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second, nil
	}
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		err = strconv.ErrRange
	}
	return d, err
}
