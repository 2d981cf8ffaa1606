package session

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// The keys of the store, by kind of record.
const (
	sessionKeys = "session/"
	markKeys    = "mark/"
)

func keyOf(id string) string { return sessionKeys + id }

// keyOfMark has one length and shows nothing of the mark.
func keyOfMark(mark string) string {
	h := sha256.Sum256([]byte(mark))
	return markKeys + hex.EncodeToString(h[:])
}

// record makes the first record of a session. Its expiry never changes: it is
// remembered for as long whether it ends early or not.
func (s *Session) record(remember time.Duration) (Record, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return Record{}, fmt.Errorf("write session %s: %w", s.ID, err)
	}
	return Record{Key: keyOf(s.ID), Owner: string(s.UID), Expires: s.Until().Add(remember), Data: data}, nil
}

func readSession(r Record) (*Session, error) {
	s := new(Session)
	if err := json.Unmarshal(r.Data, s); err != nil {
		return nil, fmt.Errorf("read record %s: %w", r.Key, err)
	}
	return s, nil
}
