package clocks

import (
	"context"
	"testing"
	"time"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi"
)

func TestTimer(t *testing.T) {
	ctx := t.Context()
	c := MonotonicClockFrom(wasi.New(wasi.Config{}))
	far, err := c.SubscribeDuration(ctx, 1<<63)
	if err != nil {
		t.Fatal(err)
	}
	brief, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
	defer cancel()
	if err := far.Block(brief); err != context.DeadlineExceeded {
		t.Errorf("%v", err)
	}
	if err := far.(rt.Dropper).Drop(ctx); err != nil {
		t.Error(err)
	}
	start, _ := c.Now(ctx)
	soon, _ := c.SubscribeInstant(ctx, start+5e6)
	if ok, _ := soon.Ready(ctx); ok {
		t.Error("ready at once")
	}
	if err := soon.Block(ctx); err != nil {
		t.Error(err)
	}
	if now, _ := c.Now(ctx); now < start+5e6 {
		t.Errorf("ready after %d ns", now-start)
	}
	past, _ := c.SubscribeInstant(ctx, 0)
	if ok, _ := past.Ready(ctx); !ok {
		t.Error("the past is not ready")
	}
	// A clock of the embedder's that goes at half the speed.
	begin := time.Now()
	slow := MonotonicClockFrom(wasi.New(wasi.Config{Monotonic: func() uint64 { return uint64(time.Since(begin)) / 2 }}))
	p, _ := slow.SubscribeDuration(ctx, 5e6)
	if err := p.Block(ctx); err != nil || time.Since(begin) < 10*time.Millisecond {
		t.Errorf("after %v: %v", time.Since(begin), err)
	}
}

func TestTimezone(t *testing.T) {
	ctx := t.Context()
	when := Datetime{Seconds: 1_700_000_000}
	for _, c := range []struct {
		location *time.Location
		want     TimezoneDisplay
	}{
		{nil, TimezoneDisplay{Name: "UTC"}},
		{time.FixedZone("X", -3600), TimezoneDisplay{UtcOffset: -3600, Name: "X"}},
	} {
		z := TimezoneFrom(wasi.New(wasi.Config{Location: c.location}))
		d, err := z.Display(ctx, when)
		if d != c.want || err != nil {
			t.Errorf("%+v %v", d, err)
		}
		if off, err := z.UtcOffset(ctx, when); off != c.want.UtcOffset || err != nil {
			t.Errorf("%d %v", off, err)
		}
	}
}
