package rt

import (
	"errors"
	"math"
	"testing"
)

func TestSpend(t *testing.T) {
	s := NewStore(WithFuel(10))
	if s.Spend(4) != 4 || s.Spend(6) != 6 || s.Spend(0) != 0 || s.Fuel() != 0 {
		t.Error(s.Fuel())
	}
	s.SetFuel(10)
	if err := s.Run(t.Context(), func(int32) { s.Spend(11) }); !errors.Is(err, TrapOutOfFuel) || s.Fuel() != 0 {
		t.Error(err, s.Fuel())
	}
	// What cannot be done costs nothing.
	s.SetFuel(10)
	if s.Spend(math.MaxUint64) != math.MaxUint64 || s.Fuel() != 10 {
		t.Error(s.Fuel())
	}
	if s := NewStore(); s.Fuel() != math.MaxInt64 {
		t.Error(s.Fuel())
	}
}
