// Package adapt prints the canonical ABI of a program: glue.go, with a liftN
// for every exported function, a trampN for every function that core code gets
// from the canonical ABI, and the instantiation. Everything is specialised
// straight-line Go; what is not specific to a type is in package rt.
//
// One emitter serves all directions. A [loc] is where a value is: in a Go
// variable, in flat core values, or in a guest's memory. emitter.copy prints the
// code that moves a value of a WIT type from one loc to another; so a lift is a copy
// from flat values or memory to Go, a lower the reverse, and a fused adapter a
// copy from guest to guest with no Go value of the WIT type in between.
//
// The files: adapt.go (a whole program), emit.go (text), gotype.go (Go types),
// loc.go (scalars and pairs), copy.go (the copier), check.go (checks of Go
// values), lift.go, tramp.go (lowered imports, fused adapters, built-ins),
// instantiate.go, dynamic.go.
package adapt
