;; A wasi:cli command by hand: prints a line through wasi:cli/stdout.
(component
  (type $error-type (instance
    (export "error" (type (sub resource)))))
  (import "wasi:io/error@0.2.0" (instance $error (type $error-type)))
  (alias export $error "error" (type $io-error))

  (type $streams-type (instance
    (export "output-stream" (type $output-stream (sub resource)))
    (alias outer 1 $io-error (type $io-error'))
    (export "error" (type $error (eq $io-error')))
    (type $own-error (own $error))
    (type $stream-error' (variant (case "last-operation-failed" $own-error) (case "closed")))
    (export "stream-error" (type $stream-error (eq $stream-error')))
    (type $self (borrow $output-stream))
    (type $bytes (list u8))
    (type $done (result (error $stream-error)))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" $self) (param "contents" $bytes) (result $done)))))
  (import "wasi:io/streams@0.2.0" (instance $streams (type $streams-type)))
  (alias export $streams "output-stream" (type $output-stream))

  (type $stdout-type (instance
    (alias outer 1 $output-stream (type $output-stream''))
    (export "output-stream" (type $output-stream' (eq $output-stream'')))
    (export "get-stdout" (func (result (own $output-stream'))))))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout (type $stdout-type)))

  (core module $memory
    (memory (export "memory") 1))
  (core instance $memory (instantiate $memory))
  (alias core export $memory "memory" (core memory $memory))

  (alias export $stdout "get-stdout" (func $get-stdout))
  (alias export $streams "[method]output-stream.blocking-write-and-flush" (func $write))
  (core func $get-stdout-lowered (canon lower (func $get-stdout)))
  (core func $write-lowered (canon lower (func $write) (memory $memory)))
  (core func $drop-stream (canon resource.drop $output-stream))

  (core module $main
    (import "env" "memory" (memory 1))
    (import "env" "get-stdout" (func $get-stdout (result i32)))
    (import "env" "write" (func $write (param i32 i32 i32 i32)))
    (import "env" "drop-stream" (func $drop-stream (param i32)))
    (data (i32.const 64) "Hello from a component!\n")
    ;; run: func() -> result
    (func (export "run") (result i32)
      (local $out i32)
      (local.set $out (call $get-stdout))
      (call $write (local.get $out) (i32.const 64) (i32.const 24) (i32.const 16))
      (call $drop-stream (local.get $out))
      (i32.load8_u (i32.const 16))))
  (core instance $main (instantiate $main (with "env" (instance
    (export "memory" (memory $memory))
    (export "get-stdout" (func $get-stdout-lowered))
    (export "write" (func $write-lowered))
    (export "drop-stream" (func $drop-stream))))))

  (func $run (result (result)) (canon lift (core func $main "run")))
  (instance $run-exports (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $run-exports)))
