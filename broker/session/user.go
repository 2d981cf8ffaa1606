package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"

	"lanyard/broker"
)

// ByUser returns a user's live sessions, the newest first.
func (s *Service) ByUser(ctx context.Context, uid broker.UID) ([]*Session, error) {
	recs, err := s.store.ByOwner(ctx, string(uid))
	if err != nil {
		return nil, fmt.Errorf("read sessions of a user: %w", err)
	}
	var live []*Session
	for _, r := range recs {
		sess, err := readSession(r)
		if err != nil {
			return nil, err
		}
		if e := s.memory.get(sess.ID); e != nil {
			s.recall(sess, e.copy())
		}
		if sess.expire(s.now(), s.slack); sess.End == Live {
			live = append(live, sess)
		}
	}
	slices.SortFunc(live, func(a, b *Session) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	return live, nil
}

// recall makes a session that was read from the store what memory knows of it.
// Where others write the store, too, that is no more than its last use.
func (s *Service) recall(sess *Session, mem Session) {
	if s.node == nil {
		*sess = mem
		return
	}
	sess.merge(mem)
}

// makeRoom applies the limit before one more session of a user is made.
func (s *Service) makeRoom(ctx context.Context, uid broker.UID) error {
	live, err := s.ByUser(ctx, uid)
	if err != nil || len(live) < s.limit.Sessions {
		return err
	}
	if s.limit.Policy == Refuse {
		return fmt.Errorf("%w: %d of %d", ErrLimit, len(live), s.limit.Sessions)
	}
	for _, oldest := range live[s.limit.Sessions-1:] {
		err := s.EndByID(ctx, uid, oldest.ID)
		if err != nil && !errors.Is(err, ErrEnded) && !errors.Is(err, ErrTimedOut) && !errors.Is(err, ErrUnknown) {
			return fmt.Errorf("end oldest session: %w", err)
		}
	}
	return nil
}

// userLocks let one sign-on of a user at a time count that user's sessions.
type userLocks struct {
	seed  maphash.Seed
	locks [64]sync.Mutex
}

func newUserLocks() *userLocks { return &userLocks{seed: maphash.MakeSeed()} }

func (l *userLocks) lock(uid broker.UID) (unlock func()) {
	m := &l.locks[maphash.String(l.seed, string(uid))%uint64(len(l.locks))]
	m.Lock()
	return m.Unlock
}
