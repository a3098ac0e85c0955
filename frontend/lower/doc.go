// Package lower turns core modules, decoded and validated, into ir.Modules:
// the stack code of each function becomes structured statements over
// expression trees, by the rules at the top of ir/body.go.
//
// How it works: an operand stack of expressions that have not been evaluated
// yet. An instruction takes its operands' trees from the stack and pushes one
// of its own, so nothing is emitted until an effect needs a value. What keeps
// that correct is that before each change of state the pending trees that
// read that state are spilled: assigned to a temporary, whose read takes the
// tree's place on the stack. Three invariants hold between instructions:
//
//   - at most one pending tree has a trap that is not a load's, and if there is
//     one no other tree has a load: traps of different kinds keep their order;
//   - no pending tree with a trap or a load is left behind by an effect, a
//     branch or a block's begin;
//   - what is on the stack when a block begins is stable for all of the block:
//     constants and temporaries.
//
// Unreachable code is skipped, so the polymorphic stack of the validator has
// no counterpart here.
package lower
