// Package core prints the core modules of a program as Go: package core of the
// generated code, which holds the state of instances and brings them up, and
// its shards, which hold the functions. docs/generated-code.md is the contract
// with the rest of the generated code.
//
// Text comes from a direct writer that knows how gofmt spaces expressions
// (expr.go): a tree per statement, printed at once. The files of a shard come
// in two variants, chosen by build tags: guarded code lets the page protection
// find accesses out of bounds, checked code compares.
//
// Very large functions are printed as they are. Go's back end is linear up to
// about 80,000 lines and superlinear beyond; to split such functions is work
// for a pass over the IR.
package core
