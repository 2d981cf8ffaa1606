package session

import (
	"maps"
	"strings"
	"sync"
	"time"
)

// memory holds the sessions this node has seen, one entry for each id.
type memory struct {
	mu      sync.RWMutex
	entries map[string]*entry
}

func newMemory() *memory { return &memory{entries: make(map[string]*entry)} }

func (m *memory) get(id string) *entry {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.entries[id]
}

// put keeps the entry that is there already: there is never more than one, so
// a read of the store that comes late cannot hide what happened meanwhile.
func (m *memory) put(e *entry) *entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	if there, ok := m.entries[e.id]; ok {
		return there
	}
	m.entries[e.id] = e
	return e
}

func (m *memory) drop(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.entries, id)
}

// dropBefore forgets what a key's record was before a change of its group.
func (m *memory) dropBefore(key string, number uint64) {
	id, ok := strings.CutPrefix(key, sessionKeys)
	if !ok {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.entries[id]; ok && e.asOf < number {
		delete(m.entries, id)
	}
}

// dropGroup forgets the records of a group.
func (m *memory) dropGroup(group int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.entries, func(id string, _ *entry) bool { return GroupOf(keyOf(id)) == group })
}

// purge forgets what has expired and returns when the next entry will.
func (m *memory) purge(now time.Time) (next time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, e := range m.entries {
		switch {
		case !now.Before(e.expires):
			delete(m.entries, id)
		case next.IsZero() || e.expires.Before(next):
			next = e.expires
		}
	}
	return next
}

func (m *memory) unsaved() []*entry {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var all []*entry
	for _, e := range m.entries {
		if e.dirty() {
			all = append(all, e)
		}
	}
	return all
}

// entry is one session in memory, at most a few uses ahead of the store.
type entry struct {
	id      string
	expires time.Time // of the record; never changes
	asOf    uint64    // the group's number when it was read; the group's lock guards it

	mu        sync.Mutex
	sess      Session
	version   uint64
	savedUse  time.Time // LastUsed as the store has it
	savedEnd  EndReason // End as the store has it
	saving    bool      // a look that found a write due is making it
	lastTried time.Time // when it was last written, or tried
}

func newEntry(s *Session, r Record) *entry {
	return &entry{
		id: s.ID, expires: r.Expires, sess: *s, version: r.Version,
		savedUse: s.LastUsed, savedEnd: s.End, lastTried: s.LastUsed,
	}
}

// look returns the session as it stands, counts the use, and tells whether the
// caller has to write it and call saved: one caller at a time, at once for the
// first use and a time-out just found, else at most once in TouchEvery. Where
// others write the store, too, it finds no time-outs: see [Service.overdue].
func (e *entry) look(now time.Time, t Touch, alone bool) (s Session, write bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	was := e.sess.End
	if alone {
		e.sess.expire(now, 0)
	}
	if e.sess.End == Live && t == Use && now.After(e.sess.LastUsed) {
		e.sess.LastUsed = now
	}
	due := e.lastTried.IsZero() || e.sess.End != was || now.Sub(e.lastTried) >= TouchEvery
	if due && e.isDirty() && !e.saving {
		e.saving, e.lastTried = true, now
		write = true
	}
	return e.sess, write
}

// over tells whether the session is over, and stored as that.
func (e *entry) over(now time.Time) (s Session, stored bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sess.expire(now, 0)
	return e.sess, e.sess.End != Live && !e.isDirty()
}

func (e *entry) saved() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.saving = false
}

func (e *entry) copy() Session {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.sess
}

func (e *entry) dirty() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.isDirty()
}

func (e *entry) isDirty() bool {
	return e.sess.LastUsed.After(e.savedUse) || e.sess.End != e.savedEnd
}

// adopt takes over what the store confirmed, unless something newer was.
func (e *entry) adopt(s *Session, version uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if version <= e.version {
		return
	}
	used, end, at := e.sess.LastUsed, e.sess.End, e.sess.EndedAt
	e.sess, e.version = *s, version
	e.savedUse, e.savedEnd = s.LastUsed, s.End
	if e.lastTried.After(s.LastUsed) {
		e.lastTried = s.LastUsed // another node's use was stored: a minute counts from there
	}
	if used.After(s.LastUsed) {
		e.sess.LastUsed = used
	}
	if s.End == Live && (end == LoggedOut || end == Destroyed) {
		e.sess.End, e.sess.EndedAt = end, at // not written yet, and not to be undone
	}
}

// end marks the session ended in memory, where the store could not confirm it.
func (e *entry) end(why EndReason, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.sess.End == Live {
		e.sess.End, e.sess.EndedAt = why, now
	}
}
