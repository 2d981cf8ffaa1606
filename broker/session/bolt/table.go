package bolt

import (
	"encoding/binary"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"

	"lanyard/broker/session"
)

// table is the records within one transaction of the writer.
type table struct {
	records *bolt.Bucket
	index   *index            // as the last commit left it
	changes map[string]change // what this transaction does to it
}

// refusal is the answer to one write that leaves the others of its commit
// alone. Any other error of a write undoes the whole commit.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

func isGone(err error) bool { return errors.Is(err, session.ErrNotFound) }

// find tells where a record stands by now, expired or not.
func (t *table) find(key string) (place, bool) {
	if c, ok := t.changes[key]; ok {
		return c.place, !c.gone
	}
	return t.index.find(key)
}

func (t *table) create(r session.Record, now time.Time) error {
	old, ok := t.find(r.Key)
	if ok && old.open(now) {
		return refusal{session.ErrExists}
	}
	if ok {
		if err := t.remove(r.Key, old); err != nil {
			return err
		}
	}
	return t.put(r)
}

// swap replaces the record if it still has a version.
func (t *table) swap(version uint64, r session.Record, now time.Time) (bool, error) {
	old, ok := t.find(r.Key)
	if !ok || !old.open(now) {
		return false, refusal{session.ErrNotFound}
	}
	has, err := decode(r.Key, t.records.Get(rowOf(old.expires, r.Key)))
	if err != nil {
		return false, refusal{err}
	}
	if has.Version != version {
		return false, nil
	}
	if old.expires != r.Expires.UnixNano() {
		if err := t.remove(r.Key, old); err != nil {
			return false, err
		}
	}
	return true, t.put(r)
}

func (t *table) put(r session.Record) error {
	at := r.Expires.UnixNano()
	t.changes[r.Key] = change{place: place{expires: at, owner: r.Owner}}
	return t.records.Put(rowOf(at, r.Key), encode(r))
}

func (t *table) remove(key string, at place) error {
	t.changes[key] = change{gone: true}
	return t.records.Delete(rowOf(at.expires, key))
}

// sweep removes at most limit records that have expired and returns when the
// next one will have, zero where there is none.
func (t *table) sweep(now time.Time, limit int) (next time.Time, err error) {
	var gone []string
	c := t.records.Cursor()
	for row, _ := c.First(); row != nil; row, _ = c.Next() {
		at := time.Unix(0, int64(binary.BigEndian.Uint64(row)))
		if now.Before(at) || len(gone) == limit {
			next = at
			break
		}
		gone = append(gone, string(row[rowHead:]))
	}
	for _, key := range gone {
		at, _ := t.find(key)
		if err := t.remove(key, at); err != nil {
			return time.Time{}, err
		}
	}
	return next, nil
}
