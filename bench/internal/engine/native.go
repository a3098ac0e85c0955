// Package engine runs the kernels in engines that need no generated code.
package engine

/*
#cgo LDFLAGS: -ldl
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
static uint32_t call(void *f, uint32_t n) { return ((uint32_t (*)(uint32_t))f)(n); }
*/
import "C"

import (
	"errors"
	"path/filepath"
	"unsafe"

	"github.com/wc2go/wc2go/bench/internal/worker"
)

// Native runs shared objects DIR/KERNEL+suffix.
func Native(dir, suffix string) worker.Open {
	return func(kernel string) (worker.Func, error) {
		path := C.CString(filepath.Join(dir, kernel+suffix))
		defer C.free(unsafe.Pointer(path))
		lib := C.dlopen(path, C.RTLD_NOW)
		if lib == nil {
			return nil, errors.New(C.GoString(C.dlerror()))
		}
		run := C.CString("run")
		defer C.free(unsafe.Pointer(run))
		f := C.dlsym(lib, run)
		if f == nil {
			return nil, errors.New(C.GoString(C.dlerror()))
		}
		return func(n uint32) (uint32, error) { return uint32(C.call(f, C.uint32_t(n))), nil }, nil
	}
}
