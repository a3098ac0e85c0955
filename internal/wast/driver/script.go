// Package driver runs test scripts against the modules that are linked into
// its program. It imports nothing but rt, because its source is built together with
// generated code.
package driver

import "encoding/json"

// Script is a test script, as wast2json makes it of a .wast file.
type Script struct {
	Source   string    `json:"source_filename"`
	Commands []Command `json:"commands"`
	// Config switches features of validation, by the names of Wasmtime's tests.
	Config map[string]bool `json:"config,omitempty"`
	// Shuffle is the seed of rt.WithShuffle for the stores of components; 0: none. It is not in the file.
	Shuffle uint64 `json:"shuffle,omitempty"`
}

// Command is a directive of a script.
type Command struct {
	Type       string  `json:"type"`
	Line       int     `json:"line"`
	Name       string  `json:"name,omitempty"`            // module, module_definition, register, thread
	Filename   string  `json:"filename,omitempty"`        // of the module
	Binary     string  `json:"binary_filename,omitempty"` // of a quoted module
	ModuleType string  `json:"module_type,omitempty"`     // binary or text
	Component  bool    `json:"component,omitempty"`
	As         string  `json:"as,omitempty"`       // register
	Module     string  `json:"module,omitempty"`   // module_instance: the definition
	Instance   string  `json:"instance,omitempty"` // module_instance: its name
	Action     *Action `json:"action,omitempty"`
	Expected   []Value `json:"expected,omitempty"`
	Text       string  `json:"text,omitempty"` // of the error
	Directive  string  `json:"directive,omitempty"`
	Reason     string  `json:"reason,omitempty"`

	// What follows is not in the file.

	// Index is the command's number in its script.
	Index int `json:"index,omitempty"`
	// Key names the command's module or component among those of the program; Missing says why
	// there is none. Skip: the directive could not be converted, so that what
	// depends on the module cannot be checked.
	Key     string `json:"key,omitempty"`
	Missing string `json:"missing,omitempty"`
	Skip    bool   `json:"skip,omitempty"`
}

// Action is a call or the reading of a global.
type Action struct {
	Type   string  `json:"type"` // invoke, get
	Module string  `json:"module,omitempty"`
	Field  string  `json:"field"`
	Args   []Value `json:"args,omitempty"`
}

// Value is a constant or a pattern for a result.
type Value struct {
	Type     string          `json:"type"`
	LaneType string          `json:"lane_type,omitempty"`
	Value    json.RawMessage `json:"value,omitempty"`  // a string, of v128 a list of strings
	Values   []Value         `json:"values,omitempty"` // either
}

// Status is what became of a command.
type Status string

// The statuses.
const (
	Passed  Status = "pass"
	Failed  Status = "fail"
	Skipped Status = "skip"
)

// Result is the driver's report on one command.
type Result struct {
	Index   int    `json:"i"`
	Status  Status `json:"s,omitempty"`
	Message string `json:"m,omitempty"`
	Done    bool   `json:"done,omitempty"` // the script is over; there is no command
}
