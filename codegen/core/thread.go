package core

import "github.com/wc2go/wc2go/ir"

// This file: jumps through a dispatch loop. Go's own wasm compiler has one loop for
// each function, which begins with a br_table over the blocks of the function; to go to a
// block is to set a local to its number and jump to the loop. A structured program can do no
// better, but Go has goto: where the number is a constant, the jump goes to the block at
// once. So the loops that the source had are loops again for the Go compiler.
//
// LLVM has a br_table of two or three blocks before a loop that had several entries. There nothing is
// gained, and much is lost: with a loop of several entries anywhere in a function the Go compiler takes none of
// its loops for a loop, and moves what does not change in them into them. Such tables stay.
//
// Only what is printed changes. What analyses see is the way through the br_table, of
// which the shorter one is a part.

// minBlocks is the least number of blocks a br_table has that jumps go past.
const minBlocks = 4

// dispatch finds the br_table that a loop begins with, nil if there is none or
// if it does not look at a local.
func dispatch(l *ir.Loop) *ir.BrTable {
	body := l.Body
	for len(body) > 0 {
		switch s := body[0].(type) {
		case *ir.Block:
			body = s.Body
		case *ir.BrTable:
			if s.X.Op != ir.OpLocal || blocks(s) < minBlocks {
				return nil
			}
			return s
		default:
			return nil
		}
	}
	return nil
}

// blocks is the number of different places that a br_table leads to.
func blocks(s *ir.BrTable) int {
	seen := map[ir.Label]bool{s.Default: true}
	for _, l := range s.Targets {
		seen[l] = true
	}
	return len(seen)
}

// through finds where a jump to a label leads after the statement before it.
// The labels of the br_table's blocks are printed in the same Go block as that of the loop, so
// that what may jump to the one may jump to the others.
func (s *simplifier) through(l ir.Label, before ir.Stmt) (ir.Label, bool) {
	t := s.tables[l]
	set, ok := before.(*ir.Set)
	if t == nil || !ok || set.Dst != ir.Local(t.X.Imm) || set.X.Op != ir.OpConst {
		return 0, false
	}
	if i := uint32(set.X.Imm); uint64(i) < uint64(len(t.Targets)) {
		return t.Targets[i], true
	}
	return t.Default, true
}
