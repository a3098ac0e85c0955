// Package names resolves a program's WIT names to Go names, once: the [Model]
// holds every Go identifier and type that the typed API consists of. Packages
// bind and adapt print from it and invent no names.
//
// # How a WIT name becomes a Go name
//
// A label is split at its hyphens; each word is capitalised, words that Go
// spells in one case (id, url, http...) and words in upper case stay so: get-id
// is GetID. Parameters begin in lower case; where that is a keyword or a
// predeclared name they get the usual substitute (type: typ, len: n) or an underscore.
//
// Scopes are real: the package, the fields of Imports, the methods of Instance,
// of each Go interface and of each resource, the fields of each record. In each
// the names of the API itself are taken first, then names are given in the order
// of declaration, imports before exports, types before interfaces, those before cases.
// What comes later and finds its name taken is qualified:
//
//   - a type that is imported and exported alike, with no resource in it, is one Go type; otherwise
//     the exported one is ExportT, as is the accessor type of an interface that is also imported;
//   - another version of the same interface: TestV0_2_0, and so its types;
//   - a type that meets another interface's: <Interface><Type> (<Package><Type>
//     if the interface is called types), then with the package in front;
//   - a Go interface that meets a type: PollIface; that meets another: <Package><Interface>;
//   - a function that meets a name of the API: DropFunc; a record's field: ErrorField;
//   - labels that differ in their hyphens only: X1 for x1, X_1 for x-1.
//
// A type that no import or export names, but that a fused adapter passes, is t12Name.
//
// The files: model.go (what is known after), build.go (the order of naming),
// scope.go (collisions), ident.go (single identifiers), gotype.go (Go types as
// code), mapper.go (types that live in other packages).
package names
