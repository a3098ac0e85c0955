// Package validate says whether decoded modules and components are valid.
//
// The files named core_*.go are about core WebAssembly (3.0 and the proposals of
// [Features]): [Module] checks a whole module and fills in the signatures of
// its types; [FuncValidator] checks the instructions of one function body or
// constant expression one by one; [Types] gives the types of a module's index
// spaces; [IsSubtype] and [MatchExtern] are subtyping within and between modules.
//
// The files named component_*.go are about components: [Component] checks a
// whole component with everything in it, [Bytes] decodes and checks either kind of file.
//
// Every error is a *binary.Error with an offset in the input file. Where the
// official test suite expects a certain message, the error contains it.
package validate
