package rt

import "math"

// This file: fuel. Code that was generated with --fuel counts what it runs:
// docs/embedding.md says what costs how much. Other code takes none.

// WithFuel gives the store fuel: see [Store.SetFuel].
func WithFuel(n uint64) StoreOption { return func(s *Store) { s.SetFuel(n) } }

// SetFuel sets how much fuel there is for guests of the store; as long as nobody does, there
// is no bound. A guest that needs more than there is traps with [TrapOutOfFuel]. It
// may be called between calls, and by host functions.
func (s *Store) SetFuel(n uint64) { s.FuelLeft = int64(min(n, math.MaxInt64)) }

// Fuel is how much fuel is left: nothing after a trap for want of it.
func (s *Store) Fuel() uint64 { return uint64(max(s.FuelLeft, 0)) }

// Spend takes n units of fuel, and gives n. For generated code.
func (s *Store) Spend(n uint64) uint64 {
	if n >= 1<<40 {
		return n // more than any memory or table has: it will fail at once
	}
	if n > uint64(max(s.FuelLeft, 0)) {
		s.FuelLeft = 0
		panic(TrapOutOfFuel)
	}
	s.FuelLeft -= int64(n)
	return n
}
