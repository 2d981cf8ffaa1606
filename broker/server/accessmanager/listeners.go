package accessmanager

import (
	"container/heap"
	"context"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"lanyard/broker"
	"lanyard/broker/server/exchange"
	"lanyard/broker/session"
	"lanyard/broker/wire/pll"
)

// maxExpected is how many sessions with listeners a node looks after. Of more,
// listeners hear of a time-out when somebody asks about the session.
const maxExpected = 100_000

// lookAgain is how long after its time a session is looked at that lives on,
// because another node saw it used or the store did not answer.
const lookAgain = time.Minute

// Tokens makes tickets again, for the listeners that know a session by them.
type Tokens interface {
	Ticket(sessionID string, p session.Imprint) (broker.Ticket, error)
	Lookup(ctx context.Context, ticketText string, t session.Touch) (*session.Session, error)
}

// Listeners tells applications what becomes of sessions they listen to.
type Listeners struct {
	Post   Poster
	Tokens Tokens
	Log    *slog.Logger
	Now    func() time.Time

	last  atomic.Int64 // notid
	mu    sync.Mutex
	queue expected
	known map[string]struct{} // sessions in the queue
	woken chan struct{}
}

// NewListeners makes it without its tokens, which the session service has: that
// in turn calls Tell.
func NewListeners(post Poster, log *slog.Logger, now func() time.Time) *Listeners {
	return &Listeners{Post: post, Log: log, Now: now, known: map[string]struct{}{}, woken: make(chan struct{}, 1)}
}

// Tell hands a notification to the poster for each listener of a session that
// ended or whose properties changed. It never waits.
func (l *Listeners) Tell(sess *session.Session) {
	now := l.Now()
	for _, to := range sess.Listeners {
		ticket, err := l.Tokens.Ticket(sess.ID, to.Ticket)
		if err == nil {
			err = l.Post.Send(to.URL, l.notification(sess, ticket.Reveal(), now))
		}
		if err != nil {
			l.Log.Warn("listener cannot be told", "session", sess.ID, "error", err)
		}
	}
}

// notification is the document about a session as it is now.
func (l *Listeners) notification(sess *session.Session, id string, now time.Time) []byte {
	at := sess.EndedAt
	if at.IsZero() {
		at = now
	}
	set := pll.Set{Version: "1.0", Service: "session", ID: strconv.FormatInt(l.last.Add(1), 10)}
	return set.AppendNotification(nil, pll.AppendEvent(nil, set.ID, shown(sess, id, now), eventOf(sess.End), at))
}

func eventOf(r session.EndReason) pll.EventType {
	switch r {
	case session.IdleTimeout, session.UnusedTimeout:
		return pll.IdleTimeout
	case session.MaxTimeout:
		return pll.MaxTimeout
	case session.LoggedOut:
		return pll.LoggedOut
	case session.Destroyed:
		return pll.Destroyed
	default:
		return pll.PropertyChanged
	}
}

// expect has Run look at a session when its time may have passed: time-outs are
// found by looking, and nobody else may look.
func (l *Listeners) expect(sess *session.Session, ticketText string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, there := l.known[sess.ID]; there || len(l.queue) == maxExpected {
		return
	}
	l.known[sess.ID] = struct{}{}
	heap.Push(&l.queue, &expectation{id: sess.ID, ticket: broker.NewTicket(ticketText), at: dueAt(sess)})
	select {
	case l.woken <- struct{}{}:
	default:
	}
}

// dueAt is when a session ends if nobody uses it.
func dueAt(s *session.Session) time.Time {
	at := s.Until()
	if idle := s.IdleSince().Add(s.IdleAfter); idle.Before(at) {
		at = idle
	}
	if unused := s.Created.Add(s.UnusedFor); s.LastUsed.IsZero() && unused.Before(at) {
		at = unused
	}
	return at
}

// Run looks at sessions when their time may have passed, until ctx ends. It
// returns the context's cause.
func (l *Listeners) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Stop()
		for e := l.due(); e != nil; e = l.due() {
			l.look(ctx, e)
		}
		if at, some := l.next(); some {
			timer.Reset(at.Sub(l.Now()))
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timer.C:
		case <-l.woken:
		}
	}
}

// look asks about a session, which tells of its end, and comes back where it
// lives on.
func (l *Listeners) look(ctx context.Context, e *expectation) {
	sess, err := l.Tokens.Lookup(ctx, e.ticket.Reveal(), session.Peek)
	l.mu.Lock()
	defer l.mu.Unlock()
	if exchange.Ended(err) || ctx.Err() != nil {
		delete(l.known, e.id)
		return
	}
	e.at = l.Now().Add(lookAgain)
	if err == nil {
		if due := dueAt(sess); due.After(l.Now()) {
			e.at = due
		}
	}
	heap.Push(&l.queue, e)
}

// due takes a session whose time has come off the queue, nil for none.
func (l *Listeners) due() *expectation {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 || l.Now().Before(l.queue[0].at) {
		return nil
	}
	return heap.Pop(&l.queue).(*expectation)
}

func (l *Listeners) next() (at time.Time, some bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		return at, false
	}
	return l.queue[0].at, true
}

// expectation is a session that is looked at when its time may have passed.
type expectation struct {
	id     string
	ticket broker.Ticket
	at     time.Time
}

// expected is a heap, the soonest first.
type expected []*expectation

func (q expected) Len() int           { return len(q) }
func (q expected) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q expected) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push implements [heap.Interface].
func (q *expected) Push(x any) { *q = append(*q, x.(*expectation)) }

// Pop implements [heap.Interface].
func (q *expected) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return e
}
