package clocks

import (
	"context"
	"sync"
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
	t := &timer{now: c.h.Monotonic, when: when}
	return wasiio.NewPollableDrop(t.ready, t.wait, t.stop)
}

// timer is a timer that runs while somebody waits for it.
type timer struct {
	now  func() uint64
	when uint64

	mu    sync.Mutex
	timer *time.Timer
	done  chan struct{} // closed when timer has fired; nil if none runs
}

func (t *timer) ready() bool { return t.now() >= t.when }

func (t *timer) wait() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done != nil {
		return t.done
	}
	done := make(chan struct{})
	now := t.now()
	if now >= t.when {
		close(done)
		return done
	}
	t.done = done
	// A duration holds 292 years: a longer wait looks at the clock again then. So does one for a
	// clock of the embedder's that goes at another speed.
	t.timer = time.AfterFunc(time.Duration(min(t.when-now, 1<<62)), func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.done = nil
		close(done)
	})
	return done
}

func (t *timer) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timer != nil {
		t.timer.Stop()
	}
}

type timezone struct{ location *time.Location }

// TimezoneFrom gives the host's time zone.
func TimezoneFrom(h *wasi.Host) Timezone { return timezone{h.Config.Location} }

func (z timezone) Display(_ context.Context, when Datetime) (TimezoneDisplay, error) {
	t := when.Time().In(z.location)
	name, offset := t.Zone()
	return TimezoneDisplay{UtcOffset: int32(offset), Name: name, InDaylightSavingTime: t.IsDST()}, nil
}

func (z timezone) UtcOffset(_ context.Context, when Datetime) (int32, error) {
	_, offset := when.Time().In(z.location).Zone()
	return int32(offset), nil
}
