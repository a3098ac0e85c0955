package clocks

import (
	"context"
	"time"

	"github.com/wc2go/wc2go/rt/wasi"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

type wallClock struct{ h *wasi.Host }

// WallClockFrom gives the host's wall clock.
func WallClockFrom(h *wasi.Host) WallClock { return wallClock{h} }

// FromTime is the datetime of a time; times before 1970 give the epoch, the
// type has no others.
func FromTime(t time.Time) Datetime {
	if t.Unix() < 0 {
		return Datetime{}
	}
	return Datetime{Seconds: uint64(t.Unix()), Nanoseconds: uint32(t.Nanosecond())}
}

// Time is the time of a datetime.
func (d Datetime) Time() time.Time { return time.Unix(int64(d.Seconds), int64(d.Nanoseconds)) }

func (c wallClock) Now(context.Context) (Datetime, error) { return FromTime(c.h.Config.Now()), nil }

func (c wallClock) Resolution(context.Context) (Datetime, error) {
	return Datetime{Nanoseconds: 1}, nil
}

type monotonicClock struct{ h *wasi.Host }

// MonotonicClockFrom gives the host's monotonic clock.
func MonotonicClockFrom(h *wasi.Host) MonotonicClock { return monotonicClock{h} }

func (c monotonicClock) Now(context.Context) (uint64, error) { return c.h.Monotonic(), nil }

func (c monotonicClock) Resolution(context.Context) (uint64, error) { return 1, nil }

func (c monotonicClock) SubscribeInstant(_ context.Context, when uint64) (wasiio.Pollable, error) {
	return c.timer(when), nil
}

func (c monotonicClock) SubscribeDuration(_ context.Context, d uint64) (wasiio.Pollable, error) {
	now := c.h.Monotonic()
	when := now + d
	if when < now { // so far ahead that the clock cannot say
		when = ^uint64(0)
	}
	return c.timer(when), nil
}

// timer is ready from the instant when on.
func (c monotonicClock) timer(when uint64) wasiio.Pollable {
	return wasiio.NewPollable(
		func() bool { return c.h.Monotonic() >= when },
		func() <-chan struct{} {
			done := make(chan struct{})
			now := c.h.Monotonic()
			if now >= when {
				close(done)
				return done
			}
			// A duration holds 292 years: a longer wait looks at the clock again then.
			time.AfterFunc(time.Duration(min(when-now, 1<<62)), func() { close(done) })
			return done
		})
}
