package ca

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"lanyard/broker"
)

// Issued is a certificate in the index.
type Issued struct {
	Serial    string     `json:"serial"` // hex, lower case, without leading zeros
	SHA256    string     `json:"sha256"` // hex fingerprint of the certificate
	Kind      string     `json:"kind"`   // the purpose, or "server"
	Subject   string     `json:"subject"`
	UID       broker.UID `json:"uid,omitempty"`
	Name      string     `json:"name,omitempty"`
	Virtual   bool       `json:"virtual,omitempty"`
	Renewals  int        `json:"renewals,omitempty"` // how often in a row it was renewed
	NotBefore time.Time  `json:"not_before"`
	NotAfter  time.Time  `json:"not_after"`
	Revoked   *Revoked   `json:"revoked,omitempty"`
}

// Revoked says when and why a certificate was revoked.
type Revoked struct {
	At     time.Time `json:"at"`
	Reason Reason    `json:"reason"`
}

// index is what an authority remembers.
type index struct {
	CRLNumber int64    `json:"crl_number"`
	Issued    []Issued `json:"issued"`
}

func readIndex(path string) (*index, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	var ix index
	if err := json.Unmarshal(text, &ix); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, filepath.Base(path), err)
	}
	return &ix, nil
}

func (ix *index) write(path string) error {
	text, err := json.MarshalIndent(ix, "", " ")
	if err != nil {
		return err
	}
	if len(text) >= maxFile {
		return fmt.Errorf("%w: the index is full at %d certificates", ErrRequest, len(ix.Issued))
	}
	return writeFile(path, append(text, '\n'))
}

// find returns the entry of a serial number.
func (ix *index) find(serial string) (*Issued, error) {
	for i := range ix.Issued {
		if ix.Issued[i].Serial == serial {
			return &ix.Issued[i], nil
		}
	}
	return nil, fmt.Errorf("%w: serial number %s", ErrUnknown, serial)
}

// Issued returns all that was issued, oldest first.
func (a *Authority) Issued() ([]Issued, error) {
	ix, err := readIndex(a.path(indexFile))
	if err != nil {
		return nil, err
	}
	return ix.Issued, nil
}
