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

// split cuts what stands behind the head of a record's value: owner and data.
func split(value []byte) (owner, data []byte, err error) {
	if len(value) < headSize {
		return nil, nil, errRecord
	}
	n := int(binary.BigEndian.Uint16(value[headSize-2:]))
	rest := value[headSize:]
	if len(rest) < n {
		return nil, nil, errRecord
	}
	return rest[:n], rest[n:], nil
}

// decode copies what it keeps: value belongs to the transaction.
func decode(key string, value []byte) (session.Record, error) {
	owner, data, err := split(value)
	if err != nil {
		return session.Record{}, err
	}
	return session.Record{
		Key:     key,
		Version: binary.BigEndian.Uint64(value),
		Expires: time.Unix(0, int64(binary.BigEndian.Uint64(value[8:]))).UTC(),
		Owner:   string(owner),
		Data:    append([]byte(nil), data...),
	}, nil
}

// rowHead is how much of a row's key is the expiry, in octets.
const rowHead = 8

// rowOf is the key of a record's row: its expiry (Unix time in ns, big-endian),
// then its own key.
func rowOf(expires int64, key string) []byte {
	b := make([]byte, rowHead, rowHead+len(key))
	binary.BigEndian.PutUint64(b, uint64(expires))
	return append(b, key...)
}
