package ldapdir

import "time"

// Counts are numbers since the directory was opened.
type Counts struct {
	Kept  uint64 // answers from memory
	Asked uint64 // lookups at the directory
	Stale uint64 // old answers, used because the directory did not answer
}

// State is how a directory is at a moment.
type State struct {
	Counts
	Down        error     // nil: it answered when it was asked last
	Since       time.Time // of Down
	People      int       // answers in memory
	Connections int       // open
	Idle        int       // of them
	Busy        int       // requests worked on
}

// State tells how the directory is. It asks nothing.
func (d *Directory) State() State {
	var s State
	s.Since, s.Down = d.gate.state()
	s.Connections, s.Idle, s.Busy = d.pool.count()
	d.mu.Lock()
	defer d.mu.Unlock()
	s.Counts, s.People = d.counts, len(d.people.items)
	return s
}
