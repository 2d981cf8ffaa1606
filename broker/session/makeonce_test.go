package session_test

import (
	"errors"
	"testing"
	"time"

	"lanyard/broker/session"
)

// TestCreateOnce: what made a session makes no other, whether or not that one
// has ended meanwhile, and trying it ends no session under a limit.
func TestCreateOnce(t *testing.T) {
	once := session.SignOn{UID: nurse, Once: "challenge"}
	for name, limit := range map[string]session.Limit{
		"any number":           {},
		"one, and no more":     {Sessions: 1, Policy: session.Refuse},
		"one, the oldest ends": {Sessions: 1, Policy: session.EndOldest},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, limit)
			again := func(when string) {
				t.Helper()
				if _, ticket, err := b.Create(t.Context(), once); !errors.Is(err, session.ErrExists) || !ticket.IsZero() {
					t.Errorf("%s: %v", when, err)
				}
			}
			_, ticket, err := b.Create(t.Context(), once)
			if err != nil {
				t.Fatal(err)
			}
			again("a second time")
			b.use(ticket.Reveal(), nil, session.Live)
			b.crash()
			b.open()
			again("after a restart")
			b.use(ticket.Reveal(), nil, session.Live)
			if _, err := b.End(t.Context(), ticket.Reveal(), session.LoggedOut); err != nil {
				t.Fatal(err)
			}
			again("after its end")
			b.forward(10*time.Hour + session.DefaultRemember - time.Second)
			again("as long as it is remembered")
			other := once
			other.Once = "another"
			if _, _, err := b.Create(t.Context(), other); err != nil {
				t.Errorf("another challenge: %v", err)
			}
		})
	}
}
