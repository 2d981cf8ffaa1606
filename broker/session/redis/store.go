package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"lanyard/broker/session"
)

// skew is how much the clocks of nodes may differ: nothing is removed sooner
// than so long after it has expired.
const skew = time.Minute

// Store is a [session.Store] in Redis. It is safe for concurrent use, and
// several may share one Redis.
type Store struct {
	client redis.UniversalClient // whichever of the two there is
	one    *redis.Client         // one server, or what Sentinel says it is
	many   *redis.ClusterClient

	create, swap, index *redis.Script

	prefix        string
	confirmations int
	now           func() time.Time
	closed        atomic.Bool
}

var _ session.Store = (*Store)(nil)

var errDamaged = errors.New("record in Redis is damaged")

func (s *Store) recordKey(key string) string  { return s.prefix + "record:" + key }
func (s *Store) indexKey(owner string) string { return s.prefix + "owner:" + owner }

// newWrite makes the id of a write.
func newWrite() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails; see crypto/rand
	return string(id[:])
}

// Create stores a new record. A record that has expired is not in its way.
func (s *Store) Create(ctx context.Context, r session.Record) error {
	if err := s.list(ctx, r); err != nil {
		return err
	}
	made, err := s.write(ctx, s.create, s.recordKey(r.Key), s.values(r, newWrite())...)
	if err == nil && !made {
		err = session.ErrExists
	}
	return err
}

// values are the arguments that the scripts for records share.
func (s *Store) values(r session.Record, write string) []any {
	data := r.Data
	if data == nil {
		data = []byte{}
	}
	now := s.now()
	return []any{write, nanos(now), nanos(r.Expires), lasts(r, now), r.Owner, data}
}

// nanos writes a time so that texts compare as times do.
func nanos(t time.Time) string { return fmt.Sprintf("%019d", max(0, t.UnixNano())) }

// lasts is after how many milliseconds Redis may remove a record.
func lasts(r session.Record, now time.Time) int64 {
	return max(0, r.Expires.Sub(now).Milliseconds()) + skew.Milliseconds()
}

// kept is a record and the id of the write that made it what it is.
type kept struct {
	session.Record
	write string
}

// fields are those that [Store.read] takes, in their order.
func fields() []string { return []string{"version", "expires", "owner", "data", "write"} }

// Get returns a record.
func (s *Store) Get(ctx context.Context, key string) (session.Record, error) {
	k, err := s.get(ctx, key)
	return k.Record, err
}

func (s *Store) get(ctx context.Context, key string) (k kept, err error) {
	err = s.read(ctx, func(ctx context.Context) error {
		values, err := s.client.HMGet(ctx, s.recordKey(key), fields()...).Result()
		if err != nil {
			return err
		}
		k, err = s.decode(key, values)
		return err
	})
	return k, err
}

// decode makes a record of its fields; [session.ErrNotFound] where there is
// none, or it has expired.
func (s *Store) decode(key string, values []any) (kept, error) {
	if len(values) != len(fields()) || values[0] == nil {
		return kept{}, session.ErrNotFound
	}
	var text [5]string
	for i, v := range values {
		var ok bool
		if text[i], ok = v.(string); !ok {
			return kept{}, errDamaged
		}
	}
	version, bad := strconv.ParseUint(text[0], 10, 64)
	expires, worse := strconv.ParseInt(text[1], 10, 64)
	if bad != nil || worse != nil {
		return kept{}, errDamaged
	}
	k := kept{write: text[4], Record: session.Record{
		Key: key, Version: version, Expires: time.Unix(0, expires), Owner: text[2], Data: []byte(text[3]),
	}}
	if !k.Expires.After(s.now()) {
		return kept{}, session.ErrNotFound
	}
	return k, nil
}

// Update changes a record by compare-and-swap on the write it was based on. Key
// and version are not fn's to change.
func (s *Store) Update(ctx context.Context, key string, fn func(session.Record) (session.Record, error)) (session.Record, error) {
	for {
		old, err := s.get(ctx, key)
		if err != nil {
			return session.Record{}, err
		}
		was := old.Record // fn may change what it is given
		r, err := fn(old.Record)
		if err != nil {
			return session.Record{}, err
		}
		r.Key, r.Version = key, was.Version+1
		if r.Owner != was.Owner || r.Expires.After(was.Expires) {
			if err := s.list(ctx, r); err != nil {
				return session.Record{}, err
			}
		}
		args := append(s.values(r, newWrite()), old.write, strconv.FormatUint(r.Version, 10))
		swapped, err := s.write(ctx, s.swap, s.recordKey(key), args...)
		if err != nil {
			return session.Record{}, err
		}
		if swapped {
			return r, nil
		}
	}
}

// Close ends all connections. Calls that come later get [session.ErrClosed].
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	return s.client.Close()
}

// open tells whether there is still somebody to ask.
func (s *Store) open(ctx context.Context) error {
	if s.closed.Load() {
		return session.ErrClosed
	}
	if ctx.Err() != nil {
		return fmt.Errorf("session store was not asked: %w", context.Cause(ctx))
	}
	return nil
}
