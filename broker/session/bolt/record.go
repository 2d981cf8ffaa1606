package bolt

import (
	"encoding/binary"
	"errors"
	"time"

	"lanyard/broker/session"
)

// The limits of a record, in octets.
const (
	maxKey   = 512
	maxOwner = 256
	maxData  = 64 << 10
)

// A record's value: version and expiry (Unix time in ns), both 8 octets
// big-endian, the length of the owner in 2, the owner, the data.
const headSize = 8 + 8 + 2

var (
	errRecord = errors.New("record in the session file is damaged")
	errLimit  = errors.New("record is too large for the session file")
)

func check(r session.Record) error {
	if len(r.Key) == 0 || len(r.Key) > maxKey || len(r.Owner) > maxOwner || len(r.Data) > maxData {
		return errLimit
	}
	return nil
}

func encode(r session.Record) []byte {
	b := make([]byte, 0, headSize+len(r.Owner)+len(r.Data))
	b = binary.BigEndian.AppendUint64(b, r.Version)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Expires.UnixNano()))
	b = binary.BigEndian.AppendUint16(b, uint16(len(r.Owner)))
	b = append(b, r.Owner...)
	return append(b, r.Data...)
}

// decode copies what it keeps: value belongs to the transaction.
func decode(key string, value []byte) (session.Record, error) {
	if len(value) < headSize {
		return session.Record{}, errRecord
	}
	owner := int(binary.BigEndian.Uint16(value[16:]))
	rest := value[headSize:]
	if len(rest) < owner {
		return session.Record{}, errRecord
	}
	return session.Record{
		Key:     key,
		Version: binary.BigEndian.Uint64(value),
		Expires: time.Unix(0, int64(binary.BigEndian.Uint64(value[8:]))).UTC(),
		Owner:   string(rest[:owner]),
		Data:    append([]byte(nil), rest[owner:]...),
	}, nil
}

// ownerKey is an entry of the index by owner: its length, the owner, the key.
func ownerKey(owner, key string) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(len(owner)))
	b = append(b, owner...)
	return append(b, key...)
}

// expiryKey is an entry of the index by expiry: the time, then the key.
func expiryKey(at time.Time, key string) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(at.UnixNano()))
	return append(b, key...)
}
