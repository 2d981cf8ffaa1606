package bolt

import (
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
)

// index tells where each record stands in the file and whose it is. It is made
// when the file is opened and then follows the commits; kept in the file, its
// entries would fall on pages of their own with every write.
type index struct {
	mu     sync.RWMutex
	places map[string]place
	owners map[string]map[string]struct{} // owner: keys
}

// place is what the index knows of a record.
type place struct {
	expires int64 // Unix time in ns
	owner   string
}

func (p place) open(now time.Time) bool { return now.Before(time.Unix(0, p.expires)) }

// change is what a commit does to one key of the index.
type change struct {
	place
	gone bool
}

// load reads the index off a file.
func load(db *bolt.DB) (*index, error) {
	x := &index{places: map[string]place{}, owners: map[string]map[string]struct{}{}}
	err := db.View(func(tx *bolt.Tx) error {
		return tx.Bucket(records).ForEach(func(row, value []byte) error {
			if len(row) < rowHead {
				return fmt.Errorf("%w: a key of %d octets", errRecord, len(row))
			}
			p := place{expires: int64(binary.BigEndian.Uint64(row))}
			if owner, _, err := split(value); err == nil { // a damaged record is told to who asks for it
				p.owner = string(owner)
			}
			x.put(string(row[rowHead:]), p)
			return nil
		})
	})
	return x, err
}

func (x *index) find(key string) (place, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	p, ok := x.places[key]
	return p, ok
}

// of returns the keys of an owner's records.
func (x *index) of(owner string) []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	keys := make([]string, 0, len(x.owners[owner]))
	for key := range x.owners[owner] {
		keys = append(keys, key)
	}
	return keys
}

// apply takes over what a commit did.
func (x *index) apply(changes map[string]change) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for key, c := range changes {
		x.drop(key)
		if !c.gone {
			x.put(key, c.place)
		}
	}
}

// replace takes over what was read off the file again.
func (x *index) replace(with *index) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.places, x.owners = with.places, with.owners
}

func (x *index) put(key string, p place) {
	x.places[key] = p
	if p.owner == "" {
		return
	}
	keys := x.owners[p.owner]
	if keys == nil {
		keys = make(map[string]struct{}, 1)
		x.owners[p.owner] = keys
	}
	keys[key] = struct{}{}
}

func (x *index) drop(key string) {
	p, ok := x.places[key]
	if !ok {
		return
	}
	delete(x.places, key)
	keys := x.owners[p.owner]
	if delete(keys, key); len(keys) == 0 {
		delete(x.owners, p.owner)
	}
}
