package preview1

import (
	"context"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi/clocks"
	wasiio "github.com/wc2go/wc2go/rt/wasi/io"
)

// Sizes in memory.
const (
	subscriptionSize = 48
	eventSize        = 32
)

// Kinds of events.
const (
	eventClock = 0
	eventRead  = 1
	eventWrite = 2
)

// event is what a subscription came to.
type event struct {
	userdata uint64
	errno    uint32
	kind     uint8
	bytes    uint64
}

// PollOneoff waits until one of n subscriptions has something to say.
func (s *System) PollOneoff(in, out, n, count uint32) uint32 {
	if n == 0 {
		return einval
	}
	subs := s.bytes(in, uint64(n)*subscriptionSize)
	events := s.bytes(out, uint64(n)*eventSize)
	if subs == nil || events == nil {
		return efault
	}
	ctx := s.ctx()
	var wait []wasiio.Pollable
	var waiting, now []event // what is waited for, by pollable; what is known already
	for i := range n {
		b := subs[i*subscriptionSize:][:subscriptionSize]
		ev := event{userdata: le.Uint64(b), kind: b[8]}
		var p wasiio.Pollable
		switch ev.kind {
		case eventClock:
			p, ev.errno = s.timer(ctx, le.Uint32(b[16:]), le.Uint64(b[24:]), le.Uint16(b[40:]))
		case eventRead, eventWrite:
			p, ev.bytes, ev.errno = s.ready(ctx, le.Uint32(b[16:]), ev.kind)
		default:
			return einval
		}
		if ev.errno != success {
			return ev.errno // Wasmtime answers so, and not with an event
		}
		if p != nil {
			wait, waiting = append(wait, p), append(waiting, ev)
		} else {
			now = append(now, ev)
		}
	}
	defer func() {
		for _, p := range wait {
			if d, ok := p.(rt.Dropper); ok {
				d.Drop(ctx)
			}
		}
	}()
	if len(wait) > 0 {
		var ready []uint32
		if len(now) == 0 {
			var err error
			if ready, err = wasiio.PollFrom(s.host).Poll(ctx, wait); err != nil {
				return errnoOf(ctx, err)
			}
		} else {
			for i, p := range wait {
				if ok, err := p.Ready(ctx); ok && err == nil {
					ready = append(ready, uint32(i))
				}
			}
		}
		for _, i := range ready {
			now = append(now, waiting[i])
		}
	}
	clear(events[:len(now)*eventSize])
	for i, ev := range now {
		b := events[i*eventSize:]
		le.PutUint64(b, ev.userdata)
		le.PutUint16(b[8:], uint16(ev.errno))
		b[10] = ev.kind
		le.PutUint64(b[16:], ev.bytes)
	}
	return s.put32(count, uint32(len(now)))
}

// timer is ready when a clock reaches a time.
func (s *System) timer(ctx context.Context, clock uint32, timeout uint64, flags uint16) (wasiio.Pollable, uint32) {
	mono := clocks.MonotonicClockFrom(s.host)
	absolute := flags&1 != 0
	var p wasiio.Pollable
	var err error
	switch {
	case clock > 1:
		return nil, einval
	case !absolute:
		p, err = mono.SubscribeDuration(ctx, timeout)
	case clock == 1:
		p, err = mono.SubscribeInstant(ctx, timeout)
	default:
		now := uint64(s.host.Config.Now().UnixNano())
		p, err = mono.SubscribeDuration(ctx, max(timeout, now)-now)
	}
	return p, errnoOf(ctx, err)
}

// ready is ready when a descriptor can be read or written; nil if it can be now, or
// never.
func (s *System) ready(ctx context.Context, fd uint32, kind uint8) (wasiio.Pollable, uint64, uint32) {
	f := s.fd(fd)
	if f == nil {
		return nil, 0, ebadf
	}
	if kind == eventWrite {
		if f.rights&rightWrite == 0 {
			return nil, 0, ebadf
		}
		return nil, 1, success // writes wait themselves
	}
	switch {
	case f.listener != nil:
		return f.listener.Pollable(), 1, success
	case f.rights&rightRead == 0:
		return nil, 0, ebadf
	case f.desc != nil:
		st, err := f.desc.Stat(ctx)
		if err != nil {
			return nil, 0, errnoOf(ctx, err)
		}
		return nil, max(st.Size, f.pos) - f.pos, success
	}
	in := f.in
	if f.conn != nil {
		if len(f.conn.peeked) > 0 {
			return nil, uint64(len(f.conn.peeked)), success
		}
		in = f.conn.in
	}
	p, err := in.Subscribe(ctx)
	if err != nil {
		return nil, 0, errnoOf(ctx, err)
	}
	return p, 1, success
}
