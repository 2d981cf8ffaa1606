package agent

import (
	"errors"
	"testing"
	"time"

	"lanyard/broker/failure"
)

func TestLockByHand(t *testing.T) {
	for _, m := range []Mode{Normal, EnhancedNormal, LockPersistence, Mobility} {
		bubble(t, m, func(d *desk) {
			if err := d.agent.Do(d.t.Context(), Lock{}); !errors.Is(err, ErrPhase) {
				d.t.Fatalf("an empty desk is locked: %v", err)
			}
			d.signOn()
			d.do(Lock{})
			if s := d.want(Locked, ""); s.Card == nil || s.PINWanted {
				d.t.Fatalf("locked is shown as %+v", s)
			}
			if _, err := d.agent.Ticket(d.t.Context()); !errors.As(err, new(*NoSession)) {
				d.t.Fatalf("a locked desk gives out a ticket: %v", err)
			}
			if _, err := d.agent.Assertion(d.t.Context()); !errors.As(err, new(*NoSession)) {
				d.t.Fatalf("a locked desk gives out an assertion: %v", err)
			}
			d.pass(10 * time.Minute)
			if len(d.server.times("alive")) < 9 {
				d.t.Fatal("a locked session is not kept alive")
			}
			d.want(Locked, "")
			d.do(AskPIN{})
			d.pin("111111")
			d.want(NeedPIN, failure.PINWrong)
			d.pin(testPIN)
			d.want(SignedOn, "")
			if n := len(d.server.times("validate")); n != 1 {
				d.t.Fatalf("%d sign-ons, want the one session resumed", n)
			}
			if ticket, err := d.agent.Ticket(d.t.Context()); err != nil || ticket.Reveal() != testTicket+"1" {
				d.t.Fatalf("the ticket changed: %v", err)
			}
		})
	}
}

func TestCardOutOfALockedDesk(t *testing.T) {
	for m, want := range map[Mode]int{Normal: 0, EnhancedNormal: 0, LockPersistence: 1, Mobility: 1} {
		bubble(t, m, func(d *desk) {
			d.signOn()
			d.do(Lock{})
			d.pull(d.card)
			d.sessions(want)
			if want == 0 {
				d.want(NoCard, "")
				return
			}
			d.want(Locked, "")
			d.insert(d.card)
			d.want(NeedPIN, "")
			d.pin(testPIN)
			d.want(SignedOn, "")
			d.sessions(1)
		})
	}
}

func TestAnotherCardAtALockedDesk(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.signOn()
		d.do(Lock{})
		other := newCard(d.t, d.issuer, "900000000025")
		d.insert(other)
		d.want(NeedPIN, "")
		d.sessions(0)
		d.pin(testPIN)
		if s := d.want(SignedOn, ""); s.UID != "900000000025" {
			d.t.Fatalf("signed on as %s", s.UID)
		}
		d.pull(d.card)
		d.want(SignedOn, "")
	})
	bubble(t, Normal, func(d *desk) { // one that cannot be read changes nothing
		d.signOn()
		d.do(Lock{})
		other := newCard(d.t, d.issuer, "nobody")
		d.insert(other)
		d.want(Locked, failure.CardNoUser)
		d.sessions(1)
		d.pull(other)
		d.pin(testPIN)
		d.want(SignedOn, "")
		d.sessions(1)
	})
}
