package rt

import "context"

// Stats counts what a store holds: for tests, metrics, and to look for leaks. A closed store holds nothing.
type Stats struct {
	Instances   int    // core instances
	Memories    int    // guests' memories that are not 64-bit or shared
	MemoryBytes uint64 // of all that have grown: what Limits.MemoryBytes counts

	Handles   int // in the handle tables of component instances: resources, streams, subtasks and so on
	Threads   int // of tasks that have not ended
	Stacks    int // coroutines that are blocked in the middle of guest code
	HostCalls int // calls of asynchronous host functions that have not come back
	Waits     int // calls, copies and spawned functions that have not ended
	Ends      int // ends of streams and futures that Go holds
}

// Stats waits until nobody else uses the store, or ctx ends.
func (s *Store) Stats(ctx context.Context) (st Stats, err error) {
	if err := s.baton.acquire(ctx); err != nil {
		return Stats{}, err
	}
	defer s.release()
	if s.state.Load()&stateClosed != 0 {
		return Stats{}, nil
	}
	st.Instances, st.Memories, st.MemoryBytes = s.instances, len(s.mapped), s.memBytes
	for _, c := range s.comps {
		st.Handles += c.Handles.Len()
		for _, th := range c.threads.list {
			if th != nil {
				st.Threads++
			}
		}
		st.Threads += len(c.entering)
	}
	st.Stacks = len(s.stacks) - len(s.idle)
	if ev := s.events; ev != nil {
		st.HostCalls, st.Ends = ev.pending, len(ev.ends)
		ev.mu.Lock()
		st.Waits = len(ev.waiters)
		ev.mu.Unlock()
	}
	return st, nil
}
