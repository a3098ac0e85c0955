// Package rt is what generated code runs on: stores, memories, tables, traps,
// handle tables, string transcoding, the entry into guest code.
//
// It never imports the compiler, and outside the standard library only golang.org/x/sys.
// Identifiers documented "for generated code" are not for people; they may
// change with [Version].
package rt
