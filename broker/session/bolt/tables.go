package bolt

import (
	"encoding/binary"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"

	"lanyard/broker/session"
)

// tables are the buckets within one transaction. In one that reads, records is
// enough.
type tables struct{ records, owners, expiries *bolt.Bucket }

func tablesOf(tx *bolt.Tx) *tables {
	return &tables{records: tx.Bucket(records), owners: tx.Bucket(owners), expiries: tx.Bucket(expiries)}
}

// refusal is the answer to one write that leaves the others of its commit
// alone. Any other error of a write undoes the whole commit.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

func isGone(err error) bool { return errors.Is(err, session.ErrNotFound) }

// get returns an unexpired record.
func (t *tables) get(key string, now time.Time) (session.Record, error) {
	v := t.records.Get([]byte(key))
	if v == nil {
		return session.Record{}, session.ErrNotFound
	}
	r, err := decode(key, v)
	if err == nil && !now.Before(r.Expires) {
		err = session.ErrNotFound
	}
	if err != nil {
		return session.Record{}, err
	}
	return r, nil
}

func (t *tables) create(r session.Record, now time.Time) error {
	switch _, err := t.get(r.Key, now); {
	case err == nil:
		return refusal{session.ErrExists}
	case !isGone(err):
		return refusal{err}
	}
	if err := t.remove(r.Key); err != nil { // an expired one of this key
		return err
	}
	return t.put(r)
}

// swap replaces the record if it still has a version.
func (t *tables) swap(version uint64, r session.Record, now time.Time) (bool, error) {
	old, err := t.get(r.Key, now)
	if err != nil {
		return false, refusal{err}
	}
	if old.Version != version {
		return false, nil
	}
	if old.Owner != r.Owner || !old.Expires.Equal(r.Expires) {
		if err := t.remove(r.Key); err != nil {
			return false, err
		}
		return true, t.put(r)
	}
	return true, t.records.Put([]byte(r.Key), encode(r))
}

func (t *tables) put(r session.Record) error {
	if err := t.records.Put([]byte(r.Key), encode(r)); err != nil {
		return err
	}
	if r.Owner != "" {
		if err := t.owners.Put(ownerKey(r.Owner, r.Key), nil); err != nil {
			return err
		}
	}
	return t.expiries.Put(expiryKey(r.Expires, r.Key), nil)
}

// remove deletes a record and its index entries, if it is there.
func (t *tables) remove(key string) error {
	v := t.records.Get([]byte(key))
	if v == nil {
		return nil
	}
	r, err := decode(key, v)
	if err != nil {
		return refusal{err}
	}
	if err := t.owners.Delete(ownerKey(r.Owner, key)); err != nil {
		return err
	}
	if err := t.expiries.Delete(expiryKey(r.Expires, key)); err != nil {
		return err
	}
	return t.records.Delete([]byte(key))
}

// sweep removes at most limit records that have expired and returns when the
// next one will have, zero where there is none.
func (t *tables) sweep(now time.Time, limit int) (next time.Time, err error) {
	var gone []string
	c := t.expiries.Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		at := time.Unix(0, int64(binary.BigEndian.Uint64(k)))
		if now.Before(at) || len(gone) == limit {
			next = at
			break
		}
		gone = append(gone, string(k[8:]))
	}
	for _, key := range gone {
		if err := t.remove(key); err != nil {
			return time.Time{}, err
		}
	}
	return next, nil
}
