// Package debugtest tests what people see of guest code when something goes
// wrong: backtraces and profiles. It has tests only.
//
// testdata/trap.wasm is made of testdata/trap.c by
//
//	clang --target=wasm32 -nostdlib -O1 -g -fdebug-prefix-map=$PWD=/src -Wl,--no-entry -o trap.wasm trap.c
package debugtest
