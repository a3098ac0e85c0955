// Package binary decodes the binary formats of WebAssembly core modules and
// components into trees that mirror the files, with the byte offset of every
// node. It checks what the grammar says (malformed input); what is well formed
// but wrong (invalid input) is for package validate.
//
// Decoding never allocates more than a small multiple of the input's size: counts
// are checked against the bytes that are left before anything is allocated.
package binary
