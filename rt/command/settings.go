package command

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/wc2go/wc2go/rt"
)

// RunEnv is the environment variable in which wc2go run hands a program that it
// made the Settings of this run.
const RunEnv = "WC2GO_RUN"

// Settings say how a component is to be run. wc2go writes them into the program
// it builds, and run gives the program more at its start, as JSON.
type Settings struct {
	// Name is the component's file, for messages and the guest's first argument.
	Name string `json:"name,omitempty"`
	// Run is the function that runs a command component, "wasi:cli/run@0.2.0#run"; "" if it has none.
	Run string `json:"run,omitempty"`
	// Funcs are the exported functions, named as in Run.
	Funcs []string `json:"funcs,omitempty"`
	// Invoke is a WAVE call to make instead of Run.
	Invoke string `json:"invoke,omitempty"`
	// Dirs are the directories that the guest may use.
	Dirs []Dir `json:"dirs,omitempty"`
	// Env is the guest's environment, "KEY=value"; with InheritEnv that of
	// the process too.
	Env        []string `json:"env,omitempty"`
	InheritEnv bool     `json:"inheritEnv,omitempty"`
	// InheritNetwork lets the guest use the network as the process may.
	InheritNetwork bool `json:"inheritNetwork,omitempty"`
	// TCPListen are addresses that a preview 1 guest finds open as sockets, after the directories.
	TCPListen []string `json:"tcpListen,omitempty"`
	// Argv0 is the guest's first argument; "" for the program's name.
	Argv0 string `json:"argv0,omitempty"`
	// Options lets the program's own first arguments change the settings: --wasi-dir=HOST::GUEST,
	// --wasi-env=KEY=VALUE, --wasi-inherit-env, --wasi-inherit-network, --wasi-tcp-listen=ADDRESS:PORT,
	// --wasi-argv0=NAME, --wasi-end.
	Options bool `json:"options,omitempty"`
	// Limits bound the guest; of a server, the guest of each request.
	Limits Limits `json:"limits,omitzero"`
	// Server has the settings of a component that is served over HTTP.
	Server *Server `json:"server,omitempty"`
	// FromRun: the program was made by wc2go run, and takes Settings from RunEnv.
	FromRun bool `json:"fromRun,omitempty"`
}

// Dir is a directory of the host and its name in the guest.
type Dir struct {
	Host     string `json:"host"`
	Guest    string `json:"guest"`
	ReadOnly bool   `json:"readOnly,omitempty"`
}

// Limits bound what a guest may use; zero fields are the defaults of rt.Limits.
type Limits struct {
	Memory        uint64 `json:"memory,omitempty"`
	TableElements uint64 `json:"tableElements,omitempty"`
	Instances     int    `json:"instances,omitempty"`
	Stack         int    `json:"stack,omitempty"`
	HostCall      uint64 `json:"hostCall,omitempty"`
	Handles       int    `json:"handles,omitempty"`
	// Fuel is for code that was generated to take it; nil: no bound.
	Fuel *uint64 `json:"fuel,omitempty"`
	// Timeout bounds the time of a command; 0: no bound.
	Timeout time.Duration `json:"timeout,omitempty"`
}

// Options are the limits as options of a store.
func (l *Limits) Options() []rt.StoreOption {
	o := []rt.StoreOption{rt.WithLimits(rt.Limits{
		MemoryBytes: l.Memory, TableElements: l.TableElements, Instances: l.Instances, StackBytes: l.Stack, HostCallBytes: l.HostCall, Handles: l.Handles,
	})}
	if l.Fuel != nil {
		o = append(o, rt.WithFuel(*l.Fuel))
	}
	return o
}

// ParseDir reads a directory as it is written at the command line, HOST[::GUEST][:ro].
func ParseDir(text string) (Dir, error) {
	d := Dir{}
	rest, ro := strings.CutSuffix(text, ":ro")
	d.ReadOnly = ro
	var ok bool
	if d.Host, d.Guest, ok = strings.Cut(rest, "::"); !ok {
		d.Guest = d.Host
	}
	if d.Host == "" || d.Guest == "" {
		return Dir{}, fmt.Errorf("--dir %q is not of the form HOST, HOST::GUEST or HOST::GUEST:ro", text)
	}
	return d, nil
}

// take takes the options of the program itself from its arguments, if Options says so; the rest is
// the guest's.
func (s *Settings) take(args []string) ([]string, error) {
	if !s.Options || len(args) == 0 {
		return args, nil
	}
	rest := args[1:]
	for len(rest) > 0 {
		name, value, given := strings.Cut(rest[0], "=")
		option, ok := strings.CutPrefix(name, "--wasi-")
		if !ok {
			break
		}
		flag := option == "inherit-env" || option == "inherit-network" || option == "end"
		if flag == given {
			return nil, fmt.Errorf("%s: write it %s", rest[0], map[bool]string{true: name, false: name + "=…"}[flag])
		}
		rest = rest[1:]
		if option == "end" {
			break
		}
		switch option {
		case "dir":
			d, err := ParseDir(value)
			if err != nil {
				return nil, err
			}
			s.Dirs = append(s.Dirs, d)
		case "env":
			if k, _, ok := strings.Cut(value, "="); !ok || k == "" {
				return nil, fmt.Errorf("--wasi-env=%s: not of the form KEY=VALUE", value)
			}
			s.Env = append(s.Env, value)
		case "tcp-listen":
			s.TCPListen = append(s.TCPListen, value)
		case "argv0":
			s.Argv0 = value
		case "inherit-env":
			s.InheritEnv = true
		case "inherit-network":
			s.InheritNetwork = true
		default:
			return nil, fmt.Errorf("unknown option %s", name)
		}
	}
	return append([]string{args[0]}, rest...), nil
}

// Server says how a component is served. Package serve explains the fields at its options.
type Server struct {
	Addr    string        `json:"addr,omitempty"`
	Timeout time.Duration `json:"timeout,omitempty"`
	MaxBody int64         `json:"maxBody,omitempty"`
	Grace   time.Duration `json:"grace,omitempty"`
	Health  string        `json:"health,omitempty"`
	Quiet   bool          `json:"quiet,omitempty"`
}

// Complete adds what RunEnv has to the settings that were built in.
func Complete(built Settings) (*Settings, error) {
	s := &built
	if !s.FromRun {
		return s, nil
	}
	run := os.Getenv(RunEnv)
	os.Unsetenv(RunEnv)
	if run == "" {
		return s, nil
	}
	// Decoding into s keeps the fields that the run does not mention.
	if err := json.Unmarshal([]byte(run), s); err != nil {
		return nil, fmt.Errorf("%s: %w", RunEnv, err)
	}
	return s, nil
}
