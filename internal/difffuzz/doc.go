// Package difffuzz runs again what bench/difffuzz has found: modules for which
// generated code once answered something else than wazero's interpreter, as scripts that
// have the interpreter's answers. It has tests only.
package difffuzz
