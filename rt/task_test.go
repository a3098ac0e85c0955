package rt

import (
	"slices"
	"testing"
)

// asyncTask is a running task of an async lift whose task.return needs key 7
// and, if it names a memory, memory 3.
func asyncTask() (*ComponentInstance, *Task) {
	s := &Store{}
	c := NewComponents(s, []int32{-1}, 0)[0]
	t := NewTask(c, &Callee{Async: true, Key: 7, Memory: 3}, nil, nil, nil)
	t.state = taskStarted
	t.register(&t.implicit)
	s.cur = &t.implicit
	return c, t
}

// TestTaskReturn: canon task.return and Task.return_ (CanonicalABI.md).
func TestTaskReturn(t *testing.T) {
	none := trapOf(func() {})
	for _, x := range []struct {
		what        string
		key, memory int32
		want        TrapCode
	}{
		{"another type or encoding", 8, 3, TrapAsync},
		{"another memory", 7, 4, TrapAsync},
		{"no memory", 7, 0, none},
		{"all the same", 7, 3, none},
	} {
		c, task := asyncTask()
		if got := trapOf(func() { c.TaskReturn(0, x.key, x.memory, nil) }); got != x.want {
			t.Errorf("%s: %v, want %v", x.what, got, x.want)
		}
		if x.want != none {
			continue
		}
		if got := trapOf(func() { c.TaskReturn(0, x.key, x.memory, nil) }); got != TrapAsync {
			t.Errorf("%s, twice: %v", x.what, got)
		}
		if got := trapOf(func() { task.exit() }); got != none {
			t.Errorf("%s, then the end: %v", x.what, got)
		}
	}
	_, task := asyncTask()
	if got := trapOf(func() { task.exit() }); got != TrapAsync {
		t.Errorf("no task.return: %v", got)
	}
	c, task := asyncTask()
	task.borrows = 1
	if got := trapOf(func() { c.TaskReturn(0, 7, 3, nil) }); got != TrapBorrowsRemain {
		t.Errorf("with a borrow: %v", got)
	}
	c, task = asyncTask()
	if got := trapOf(func() { c.TaskCancel(0) }); got != TrapAsync {
		t.Errorf("task.cancel of a task that nobody cancels: %v", got)
	}
	task.callee = &Callee{}
	if got := trapOf(func() { c.TaskReturn(0, 0, 0, nil) }); got != TrapAsync {
		t.Errorf("task.return of a synchronous lift: %v", got)
	}
}

// fakeEnd notes what it is told.
type fakeEnd struct{ told []uint8 }

const fakeCopied = 0xff

func (e *fakeEnd) copied()               { e.told = append(e.told, fakeCopied) }
func (e *fakeEnd) copyDone(result uint8) { e.told = append(e.told, result) }

// TestZeroLength: a write of nothing that meets a read of nothing is over, and the
// read goes on waiting for elements; in any other meeting of a copy of nothing, the one that waits is over
// (CanonicalABI.md, SharedStreamImpl.write and read).
func TestZeroLength(t *testing.T) {
	el := &Elem{Number: true}
	some := func() *buffer {
		return &buffer{op: &CopyOp{Elem: el, Size: 1}, length: 1, host: &slice[byte]{v: make([]byte, 1)}}
	}
	nothing := func() *buffer { return &buffer{op: &CopyOp{Elem: el, Size: 1}} }
	for _, x := range []struct {
		what          string
		first, second *buffer
		write         bool // the second
		one, two      []uint8
		waits         int // 1, 2 or 0
	}{
		{"write of nothing, read of nothing waits", nothing(), nothing(), true, nil, []uint8{copyCompleted}, 1},
		{"write, read of nothing waits", nothing(), some(), true, []uint8{copyCompleted}, nil, 2},
		{"read of nothing, write of nothing waits", nothing(), nothing(), false, []uint8{copyCompleted}, nil, 2},
		{"read, write of nothing waits", nothing(), some(), false, []uint8{copyCompleted}, nil, 2},
		{"write of nothing, read waits", some(), nothing(), true, nil, []uint8{copyCompleted}, 1},
		{"read of nothing, write waits", some(), nothing(), false, nil, []uint8{copyCompleted}, 1},
		{"write, read waits", some(), some(), true, []uint8{fakeCopied}, []uint8{copyCompleted}, 1},
	} {
		c := &channel{elem: el}
		one, two := &fakeEnd{}, &fakeEnd{}
		c.copy(0, one, nil, x.first, !x.write)
		c.copy(0, two, nil, x.second, x.write)
		waits := 0
		switch {
		case c.pending == x.first && c.end == one:
			waits = 1
		case c.pending == x.second && c.end == two:
			waits = 2
		}
		if !slices.Equal(one.told, x.one) || !slices.Equal(two.told, x.two) || waits != x.waits {
			t.Errorf("%s: told %v and %v, %d waits; want %v, %v, %d", x.what, one.told, two.told, waits, x.one, x.two, x.waits)
		}
	}
}
