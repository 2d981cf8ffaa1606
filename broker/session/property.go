package session

import (
	"context"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"lanyard/broker"
)

// What clients may keep with a session.
const (
	MaxProperties = 32
	MaxProperty   = 1024 // a name and its value, in octets
	MaxListeners  = 16
)

// ErrFull means that a session keeps as much as it may, or that one thing is
// too large.
var ErrFull = errors.New("session keeps no more")

// Listener is an address that wants to be told of a session.
type Listener struct {
	URL    string
	Ticket Imprint // under which the listener knows the session
}

// Imprint is what tells one token of a session from another. With the session's
// id and the key that sealed it a token can be made again; alone it is nothing,
// so that the store never sees a token.
type Imprint struct {
	Seal string // key id and nonce, hex
	Tail string // how it was spelt behind its sealed part
}

// SetProperties keeps what a client says about a session; an empty value is
// kept, too. It is no use of the session. [ErrFull] where it would be too much;
// otherwise the errors are those of Lookup.
func (s *Service) SetProperties(ctx context.Context, ticketText string, set map[string]string) (*Session, error) {
	for name, value := range set {
		if len(name)+len(value) > MaxProperty {
			return nil, ErrFull
		}
	}
	return s.keep(ctx, ticketText, func(sess *Session) bool {
		all := maps.Clone(sess.Properties) // others may be reading it
		if all == nil {
			all = make(map[string]string, len(set))
		}
		maps.Copy(all, set)
		if len(all) > MaxProperties {
			return false
		}
		sess.Properties = all
		return true
	})
}

// Listen keeps an address to be told of the session under the token that asks.
// Errors are as those of SetProperties.
func (s *Service) Listen(ctx context.Context, ticketText, address string) (*Session, error) {
	id, err := s.sealer.open(ticketText)
	if err != nil {
		return nil, err
	}
	l := Listener{URL: address, Ticket: imprintOf(ticketText)}
	if again, err := s.Ticket(hex.EncodeToString(id[:]), l.Ticket); err != nil || again.Reveal() != ticketText {
		return nil, fmt.Errorf("%w: its form is another", ErrUnreadable)
	}
	return s.keep(ctx, ticketText, func(sess *Session) bool {
		if slices.Contains(sess.Listeners, l) {
			return true
		}
		if len(sess.Listeners) == MaxListeners {
			return false
		}
		sess.Listeners = append(slices.Clone(sess.Listeners), l)
		return true
	})
}

// keep changes what a live session keeps; put tells whether there was room.
func (s *Service) keep(ctx context.Context, ticketText string, put func(*Session) bool) (*Session, error) {
	e, err := s.find(ctx, ticketText)
	if err != nil {
		return nil, err
	}
	room := true
	sess, _, err := s.change(ctx, e, func(sess *Session, _ time.Time) { room = put(sess) })
	switch {
	case err != nil:
		return nil, err
	case sess.End != Live:
		return sess, sess.err()
	case !room:
		return nil, ErrFull
	}
	return sess, nil
}

// imprintOf takes the imprint of a token that was opened.
func imprintOf(text string) Imprint {
	end := len(tokenPrefix) + sealedText
	raw, _ := base32.StdEncoding.DecodeString(text[len(tokenPrefix):end]) // it was opened
	return Imprint{Seal: hex.EncodeToString(raw[:keyIDSize+nonceSize]), Tail: text[end:]}
}

var errImprint = errors.New("imprint of a token is broken, or of a key that is not here")

// Ticket makes the token of an imprint again, spelt as it was.
func (s *Service) Ticket(sessionID string, p Imprint) (broker.Ticket, error) {
	id, err := hex.DecodeString(sessionID)
	raw, sealErr := hex.DecodeString(p.Seal)
	if err != nil || sealErr != nil || len(id) != idSize || len(raw) != keyIDSize+nonceSize {
		return broker.Ticket{}, errImprint
	}
	for _, k := range s.sealer.keys {
		if k.id != [keyIDSize]byte(raw[:keyIDSize]) {
			continue
		}
		whole := k.aead.Seal(slices.Clone(raw), raw[keyIDSize:], id, k.id[:])
		var b strings.Builder
		b.WriteString(tokenPrefix + base32.StdEncoding.EncodeToString(whole) + p.Tail)
		return broker.NewTicket(b.String()), nil
	}
	return broker.Ticket{}, errImprint
}

// tell has whoever runs the service know of a session with listeners that ended,
// or whose properties changed, once that is stored.
func (s *Service) tell(was, is *Session) {
	if s.changed == nil || len(is.Listeners) == 0 || was.End != Live {
		return
	}
	if is.End != Live || !maps.Equal(was.Properties, is.Properties) {
		told := *is
		s.changed(&told)
	}
}
