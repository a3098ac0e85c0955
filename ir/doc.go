// Package ir is the flat program that every phase of wc2go talks about.
//
// The frontend produces one [Program] from one component (or core module);
// the passes of [Passes] rewrite it; codegen prints it as Go. Nothing in a
// Program refers to the component's nesting any more: every alias, import,
// `with` argument, nested component and re-export has been resolved, so a
// reader needs indices only, never names. Names that survive (of exports,
// WIT types, wasm functions) are for people.
//
// Ownership: the frontend fills a Program, a pass may rewrite it in place
// and must leave it such that [Verify] accepts it, codegen only reads it.
//
// The files: core.go (core value types, modules), body.go (function bodies),
// op.go (operators), types.go (component-level value types and layout),
// program.go (instances, canonical definitions, instantiation order, exports),
// verify.go, print.go, passes.go.
package ir
