package nodetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anishathalye/porcupine"

	"lanyard/broker"
	"lanyard/broker/session"
)

// patience is how long a caller waits for an answer.
const patience = 5 * time.Second

// Figures are what a load has come to.
type Figures struct {
	Calls, Lookups, Reads   int
	Ends, Roles, Unanswered int
	EndTimes                []time.Duration // of ends that were confirmed, sorted
}

// P returns a percentile of the times of ends.
func (f *Figures) P(percent int) time.Duration {
	if len(f.EndTimes) == 0 {
		return 0
	}
	return f.EndTimes[(len(f.EndTimes)-1)*percent/100]
}

// load is callers at work, and what they were told.
type load struct {
	began time.Time
	done  chan struct{}
	all   sync.WaitGroup
	slots [sessions]slot
	roles atomic.Int64

	mu      sync.Mutex
	history []porcupine.Operation
	count   Figures
}

// slot is a place for one session after another.
type slot struct {
	mu      sync.Mutex
	id      string
	token   string
	overAt  time.Time // when a caller was first told that it is over
	renewed bool      // somebody is at it
}

func newLoad() *load { return &load{began: time.Now(), done: make(chan struct{})} }

func (l *load) stop() {
	close(l.done)
	l.all.Wait()
}

func (l *load) figures() Figures {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.count
	f.EndTimes = slices.Sorted(slices.Values(f.EndTimes))
	return f
}

// call starts a caller, who does one thing after the other.
func (l *load) call(one func()) {
	l.all.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-l.done:
				return
			case <-tick.C:
				one()
			}
		}
	})
}

// one does one thing to one session.
func (l *load) one(s *session.Service, at *slot) {
	at.mu.Lock()
	id, token := at.id, at.token
	stale := !at.renewed && (token == "" || !at.overAt.IsZero() && time.Since(at.overAt) > afterwards)
	at.renewed = at.renewed || stale
	at.mu.Unlock()
	switch n := rand.IntN(1000); {
	case stale:
		l.create(s, at)
	case token == "":
	case n < 10:
		l.end(s, at, id, token)
	case n < 30:
		l.selectRole(s, id, token)
	default:
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		l.look(ctx, s, at, id, token, session.Touch(n%2 == 0))
	}
}

// peek looks at a session without much patience, so that a node is asked for
// what it has in memory also while it is paused.
func (l *load) peek(s *session.Service, at *slot) {
	at.mu.Lock()
	id, token := at.id, at.token
	at.mu.Unlock()
	if token == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*every)
	defer cancel()
	l.look(ctx, s, at, id, token, session.Peek)
	if ctx.Err() != nil { // the store is asked often enough
		time.Sleep(50 * every)
	}
}

// noted is a step that has begun.
type noted struct {
	l    *load
	from time.Duration
}

func (l *load) begin() noted { return noted{l, time.Since(l.began)} }

// tell notes steps with what was answered.
func (n noted) tell(err error, count func(*Figures, time.Duration), steps ...step) {
	to := time.Since(n.l.began)
	n.l.mu.Lock()
	defer n.l.mu.Unlock()
	n.l.count.Calls++
	if err != nil {
		n.l.count.Unanswered++
	} else if count != nil {
		count(&n.l.count, to-n.from)
	}
	for _, s := range steps {
		o := porcupine.Operation{Input: s, Call: int64(n.from), Return: int64(to)}
		if s.unknown = err != nil; s.unknown {
			o.Input, o.Return = s, openEnd
		}
		n.l.history = append(n.l.history, o)
	}
}

func over(err error) bool {
	return errors.Is(err, session.ErrEnded) || errors.Is(err, session.ErrTimedOut) || errors.Is(err, session.ErrUnknown)
}

func (l *load) create(s *session.Service, at *slot) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	now := l.begin()
	made, ticket, err := s.Create(ctx, session.SignOn{UID: "900000000017"})
	at.mu.Lock()
	defer at.mu.Unlock()
	at.renewed = false
	if err != nil {
		now.tell(err, nil) // nobody has its ticket
		return
	}
	at.id, at.token, at.overAt = made.ID, ticket.Reveal(), time.Time{}
	now.tell(nil, nil, step{kind: create, session: made.ID})
}

func (l *load) look(ctx context.Context, s *session.Service, at *slot, id, token string, t session.Touch) {
	now := l.begin()
	sess, err := s.Lookup(ctx, token, t)
	looked := func(f *Figures, _ time.Duration) { f.Lookups++ }
	switch {
	case err == nil:
		now.tell(nil, looked, step{kind: look, session: id, role: string(sess.Role)})
	case over(err):
		at.isOver(id)
		now.tell(nil, looked, step{kind: look, session: id, over: true})
	default:
		now.tell(err, nil) // says nothing of the session
	}
}

func (at *slot) isOver(id string) {
	at.mu.Lock()
	defer at.mu.Unlock()
	if at.id == id && at.overAt.IsZero() {
		at.overAt = time.Now()
	}
}

func (l *load) end(s *session.Service, at *slot, id, token string) {
	now := l.begin()
	_, err := s.End(context.Background(), token, session.LoggedOut)
	switch {
	case err == nil:
		at.isOver(id)
		now.tell(nil, func(f *Figures, d time.Duration) {
			f.Ends++
			f.EndTimes = append(f.EndTimes, d)
		}, step{kind: end, session: id})
	case over(err):
		now.tell(nil, nil, step{kind: end, session: id, over: true})
	default:
		now.tell(err, nil, step{kind: end, session: id})
	}
}

func (l *load) selectRole(s *session.Service, id, token string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	role := strconv.FormatInt(l.roles.Add(1), 10)
	now := l.begin()
	_, err := s.SelectRole(ctx, token, broker.RoleProfileID(role), broker.LiveMode)
	begins, holds := step{kind: roleBegins, session: id, role: role}, step{kind: roleHolds, session: id, role: role}
	switch {
	case err == nil:
		now.tell(nil, func(f *Figures, _ time.Duration) { f.Roles++ }, begins, holds)
	case over(err):
		now.tell(nil, nil, step{kind: look, session: id, over: true})
	default:
		now.tell(err, nil, begins, holds)
	}
}
