package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"lanyard/broker"
)

// Service makes sessions, finds them by their tokens and ends them. It is safe
// for concurrent use.
type Service struct {
	store  Store
	node   *node // nil: this service alone writes the store
	slack  time.Duration
	sealer *sealer
	times  Times
	limit  Limit
	log    *slog.Logger
	clock  func() time.Time

	changed func(*Session) // nil: nobody wants to know

	memory *memory
	users  *userLocks
	due    atomic.Int64  // when Run sweeps next, Unix time in ns
	woken  chan struct{} // tells Run that due is sooner
}

// New makes a service. It starts nothing: see [Service.Run].
func New(c Config) (*Service, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	seal, err := newSealer(c.Keys)
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	s := &Service{
		store: c.Store, sealer: seal, times: c.Times, limit: c.Limit, log: c.Log, clock: c.Now, changed: c.Changed,
		memory: newMemory(), users: newUserLocks(), woken: make(chan struct{}, 1),
	}
	s.due.Store(never)
	if shared, ok := c.Store.(Shared); ok {
		s.node = newNode(shared, s.memory, c.Log, c.Elapsed)
		s.slack = TouchEvery
	}
	return s, nil
}

// now has no monotonic part: sessions live through restarts and sleep.
func (s *Service) now() time.Time { return s.clock().Round(0) }

// SignOn is what is known about a user whose card's signature was verified.
type SignOn struct {
	UID        broker.UID
	AuthTime   time.Time // zero: now
	CertSHA256 string    // hex fingerprint of the certificate that signed on
	Device     string    // device_id of the client
	Client     string    // User-Agent, shortened
	// Once names what can make one session only, such as the challenge that was
	// signed; empty: nothing does. The session is itself the mark that it was
	// used, as long as it is remembered, so that the two are one write.
	Once string
}

// sessionID makes the id of a new session: of what makes it, or at random.
func (on *SignOn) sessionID() (id [idSize]byte) {
	if on.Once == "" {
		_, _ = rand.Read(id[:]) // never fails; see crypto/rand
		return id
	}
	sum := sha256.Sum256([]byte("lanyard session id 1\n" + on.Once))
	return [idSize]byte(sum[:idSize])
}

// Create makes a session and its ticket. The session is in the store when it
// returns. [ErrExists] where what makes it has made one before; [ErrLimit] where
// policy refuses one more; a store's error where it
// was not or may not have been stored: then nobody has the ticket, and what may
// be left of the session ends for want of use.
func (s *Service) Create(ctx context.Context, on SignOn) (*Session, broker.Ticket, error) {
	id := on.sessionID()
	if s.limit.Policy != Allow {
		defer s.users.lock(on.UID)()
		if err := s.checkNew(ctx, id); err != nil {
			return nil, broker.Ticket{}, err
		}
		if err := s.makeRoom(ctx, on.UID); err != nil {
			return nil, broker.Ticket{}, err
		}
	}
	now := s.now()
	sess := &Session{
		ID: hex.EncodeToString(id[:]), UID: on.UID, AuthTime: on.AuthTime.Round(0), Created: now,
		IdleAfter: s.times.Idle, MaxAfter: s.times.Max, UnusedFor: s.times.Unused,
		CertSHA256: on.CertSHA256, Device: on.Device, Client: on.Client,
	}
	if sess.AuthTime.IsZero() {
		sess.AuthTime = now
	}
	rec, err := sess.record(s.times.Remember)
	if err != nil {
		return nil, broker.Ticket{}, err
	}
	if err := s.create(ctx, sess, rec); err != nil {
		return nil, broker.Ticket{}, fmt.Errorf("store new session: %w", err)
	}
	s.expects(rec.Expires)
	return sess, s.sealer.seal(id), nil
}

// create stores a new session, and keeps it in memory.
func (s *Service) create(ctx context.Context, sess *Session, rec Record) error {
	e := newEntry(sess, rec)
	e.version = 1
	if s.node != nil {
		return s.node.create(ctx, rec, e)
	}
	if err := s.store.Create(ctx, rec); err != nil {
		return err
	}
	s.memory.put(e)
	return nil
}

// checkNew tells before the limit is applied that an id is taken: what is used
// twice ends no other session.
func (s *Service) checkNew(ctx context.Context, id [idSize]byte) error {
	_, err := s.store.Get(ctx, keyOf(hex.EncodeToString(id[:])))
	switch {
	case err == nil:
		return fmt.Errorf("store new session: %w", ErrExists)
	case errors.Is(err, ErrNotFound):
		return nil
	default:
		return fmt.Errorf("look for session: %w", err)
	}
}

// Lookup finds the session of a token in any spelling clients send. With Use it
// counts as a use of the session. What it returns is the caller's own copy.
//
// The error is [ErrUnreadable], [ErrUnknown], [ErrEnded] or [ErrTimedOut]; with
// the last two the session is returned as well, as it is remembered. Any other
// error is the store's, and says nothing about the session.
func (s *Service) Lookup(ctx context.Context, ticketText string, t Touch) (*Session, error) {
	e, err := s.find(ctx, ticketText)
	if err != nil {
		return nil, err
	}
	now := s.now()
	if s.node != nil {
		switch sess, err := s.overdue(ctx, e, now); {
		case err != nil:
			return nil, err
		case sess != nil:
			return sess, sess.err()
		}
	}
	sess, write := e.look(now, t, s.node == nil)
	if !write {
		return &sess, sess.err()
	}
	defer e.saved()
	kept, err := s.save(ctx, e)
	switch {
	case err == nil:
		return kept, kept.err()
	case errors.Is(err, ErrUnknown):
		return nil, err
	default: // memory is right meanwhile, and the write is made up for later
		s.log.WarnContext(ctx, "use of a session was not stored", "session", sess.ID, "error", err)
		return &sess, sess.err()
	}
}

// SelectRole keeps the role a session is used in; it counts as a use. Whether
// the role is an open one of the session's user was checked by the caller. The
// errors are those of Lookup; a store's error means it is not known to be kept.
func (s *Service) SelectRole(ctx context.Context, ticketText string, role broker.RoleProfileID, mode broker.SSBMode) (*Session, error) {
	e, err := s.find(ctx, ticketText)
	if err != nil {
		return nil, err
	}
	sess, _, err := s.change(ctx, e, func(sess *Session, now time.Time) {
		sess.Role, sess.Mode = role, mode
		if now.After(sess.LastUsed) {
			sess.LastUsed = now
		}
	})
	if err != nil {
		return nil, err
	}
	return sess, sess.err()
}

// find returns the entry of a token's session.
func (s *Service) find(ctx context.Context, ticketText string) (*entry, error) {
	id, err := s.sealer.open(ticketText)
	if err != nil {
		return nil, err
	}
	return s.entry(ctx, hex.EncodeToString(id[:]))
}

// entry returns a session from memory, else from the store.
func (s *Service) entry(ctx context.Context, id string) (*entry, error) {
	if e := s.held(id); e != nil {
		if s.now().Before(e.expires) {
			return e, nil
		}
		s.memory.drop(id)
		return nil, ErrUnknown
	}
	e, err := s.fetch(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, ErrUnknown
	case err != nil:
		return nil, fmt.Errorf("read session %s: %w", id, err)
	}
	s.expects(e.expires)
	return e, nil
}

// held returns a session that may be served from memory, nil for none.
func (s *Service) held(id string) *entry {
	if s.node != nil && !s.node.mayServe(id) { // looked at before memory is
		return nil
	}
	return s.memory.get(id)
}

// fetch reads a session from the store into memory.
func (s *Service) fetch(ctx context.Context, id string) (*entry, error) {
	if s.node != nil {
		return s.node.fetch(ctx, keyOf(id))
	}
	rec, err := s.store.Get(ctx, keyOf(id))
	if err != nil {
		return nil, err
	}
	sess, err := readSession(rec)
	if err != nil {
		return nil, err
	}
	return s.memory.put(newEntry(sess, rec)), nil
}
