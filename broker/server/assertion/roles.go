package assertion

import (
	"sync"
	"time"

	"lanyard/broker"
	"lanyard/broker/wire/saml11"
)

// maxWritten is how much is remembered of roles as they are written, in octets.
const maxWritten = 32 << 20

// written are a person's open roles as an assertion writes them.
type written struct {
	user        *broker.User
	from, until time.Time // when just these are open; zero until: for good
	ids         []broker.RoleProfileID
	written     []byte // never nil
}

// openRoles remembers how people's open roles are written: they are most of an
// assertion, and an application asks again and again about one person. What a
// directory returned is never changed, so the same person by pointer has the
// same roles; of a directory that was read again all pointers differ.
type openRoles struct {
	mu   sync.RWMutex
	kept map[broker.UID]*written
	size int // octets in kept
}

// of returns the roles of a person that are open at a time.
func (o *openRoles) of(user *broker.User, at time.Time) *written {
	o.mu.RLock()
	w := o.kept[user.UID]
	o.mu.RUnlock()
	if w == nil || w.user != user || !w.holds(at) {
		w = write(user, at)
		o.keep(w)
	}
	return w
}

// holds tells whether just these roles are open at a time.
func (w *written) holds(at time.Time) bool {
	return !at.Before(w.from) && (w.until.IsZero() || at.Before(w.until))
}

func write(user *broker.User, at time.Time) *written {
	open := user.OpenRoles(at)
	w := &written{user: user, from: at, written: saml11.AppendRoles([]byte{}, open)}
	for i := range open {
		w.ids = append(w.ids, open[i].ID)
		if end := open[i].Close; !end.IsZero() && (w.until.IsZero() || end.Before(w.until)) {
			w.until = end
		}
	}
	return w
}

// keep remembers, and forgets all where it would be too much.
func (o *openRoles) keep(w *written) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if old := o.kept[w.user.UID]; old != nil {
		o.size -= len(old.written)
	}
	if o.size += len(w.written); o.kept == nil || o.size > maxWritten {
		o.kept, o.size = make(map[broker.UID]*written), len(w.written)
	}
	o.kept[w.user.UID] = w
}
