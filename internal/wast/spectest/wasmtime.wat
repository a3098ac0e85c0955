;; The core module that Wasmtime's test harness calls "wasmtime". Go collects
;; garbage by itself, so there is nothing to do.
(module
  (func (export "gc")))
