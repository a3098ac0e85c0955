// Package names resolves a program's WIT names to Go names, once: the [Model]
// holds every Go identifier and type that the typed API consists of. Packages
// bind and adapt print from it and invent no names.
//
// The files: model.go (what is known after), build.go (the order of naming),
// scope.go (collisions), ident.go (single identifiers), gotype.go (Go types as
// code), mapper.go (types that live in other packages).
package names
