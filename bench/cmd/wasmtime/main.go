// Command wasmtime runs a core module of preview 1 in Wasmtime, as "wc2go run" runs it here. It is there to record
// what Wasmtime does where tests compare with it:
//
//	go run ./cmd/wasmtime -dir HOST::GUEST[:ro] FILE.wasm [ARGS…]
//	go run ./cmd/wasmtime -compile FILE.cwasm FILE.wasm
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/bytecodealliance/wasmtime-go/v39"
)

func main() {
	wasi := wasmtime.NewWasiConfig()
	flag.Func("dir", "give the guest a directory: `HOST::GUEST[:ro]`", func(text string) error {
		text, ro := strings.CutSuffix(text, ":ro")
		host, guest, ok := strings.Cut(text, "::")
		if !ok {
			return errors.New("not of the form HOST::GUEST")
		}
		if ro {
			return wasi.PreopenDir(host, guest, wasmtime.DIR_READ, wasmtime.FILE_READ)
		}
		return wasi.PreopenDir(host, guest, wasmtime.DIR_READ|wasmtime.DIR_WRITE, wasmtime.FILE_READ|wasmtime.FILE_WRITE)
	})
	compile := flag.String("compile", "", "only compile FILE.wasm, to `FILE.cwasm`, which can be run in its place")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	if *compile != "" {
		if err := compileTo(*compile, flag.Arg(0)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	wasi.SetArgv(flag.Args())
	wasi.InheritStdin()
	wasi.InheritStdout()
	wasi.InheritStderr()
	err := run(wasi, flag.Arg(0))
	var exit *wasmtime.Error
	if errors.As(err, &exit) {
		if status, ok := exit.ExitStatus(); ok {
			os.Exit(int(status))
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(wasi *wasmtime.WasiConfig, file string) error {
	store := wasmtime.NewStore(wasmtime.NewEngine())
	store.SetWasi(wasi)
	linker := wasmtime.NewLinker(store.Engine)
	if err := linker.DefineWasi(); err != nil {
		return err
	}
	load := wasmtime.NewModuleFromFile
	if strings.HasSuffix(file, ".cwasm") {
		load = wasmtime.NewModuleDeserializeFile
	}
	module, err := load(store.Engine, file)
	if err != nil {
		return err
	}
	// What a module imports twice has another name the second time if it comes from a component.
	for _, im := range module.Imports() {
		if name, _, ok := strings.Cut(*im.Name(), " [v"); ok {
			if f := linker.Get(store, im.Module(), name); f != nil {
				if err := linker.Define(store, im.Module(), *im.Name(), f); err != nil {
					return err
				}
			}
		}
	}
	inst, err := linker.Instantiate(store, module)
	if err != nil {
		return err
	}
	start := inst.GetFunc(store, "_start")
	if start == nil {
		return errors.New("no function _start")
	}
	_, err = start.Call(store)
	return err
}

// compileTo writes the machine code of a module to a file.
func compileTo(out, file string) error {
	module, err := wasmtime.NewModuleFromFile(wasmtime.NewEngine(), file)
	if err != nil {
		return err
	}
	code, err := module.Serialize()
	if err != nil {
		return err
	}
	return os.WriteFile(out, code, 0o666)
}
