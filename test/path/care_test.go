package path_test

import (
	"testing"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/test/realmtest"
)

// The PUK of the realm's cards, and a passcode that is none of theirs yet.
const (
	cardPUK = "87654321"
	another = "29461738"
)

// secret is a passcode that was typed.
func secret(text string) *card.PIN { return card.NewPIN([]byte(text)) }

// tend asks for a new passcode and waits for what became of it.
func (d *desk) tend(t *testing.T, k agent.CareKind, first, second string) agent.Snapshot {
	t.Helper()
	before := d.until(t, "a card that was read", patience, func(s agent.Snapshot) bool {
		return s.Card != nil && (s.Care.CanChange || s.Care.CanUnblock)
	})
	gen := before.Card.Gen
	var r agent.Request = agent.ChangePIN{Gen: gen, Old: secret(first), New: secret(second)}
	if k == agent.CardUnblock {
		r = agent.Unblock{Gen: gen, PUK: secret(first), New: secret(second)}
	}
	if err := d.Do(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	return d.until(t, "the end of "+k.String(), patience, func(s agent.Snapshot) bool {
		ended := s.Care.Busy == agent.NoCare && (s.Care.Done == k || s.Care.Refused == k)
		return s.Seq > before.Seq && ended || s.Card == nil
	})
}

// refused checks why there is no new passcode.
func refused(t *testing.T, s agent.Snapshot, k agent.CareKind, c failure.Code, retries int) {
	t.Helper()
	if s.Care.Refused != k || s.Care.Problem == nil || s.Care.Problem.Code != c || s.Care.Problem.Retries != retries {
		t.Fatalf("%s ended as %+v, %+v; want %s with %d tries", k, s.Care, s.Care.Problem, c, retries)
	}
}

// TestNewPasscode sets one behind the open question and signs on with it.
func TestNewPasscode(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	d := drawerDesk(t, r, agent.Normal, realmtest.OneRole)
	d.phase(t, agent.NoCard)
	p := d.insert(t, cardOf(0), "")
	d.phase(t, agent.NeedPIN)
	refused(t, d.tend(t, agent.PINChange, "0000000", another), agent.PINChange, failure.PINWrong, 2)
	if s := d.now(); !s.PINWanted || s.Card.Retries != 2 {
		t.Errorf("after a wrong one: %+v", s)
	}
	if s := d.tend(t, agent.PINChange, realmtest.PIN(), another); s.Care.Done != agent.PINChange || s.Card.Retries != 3 {
		t.Fatalf("changed: %+v, %d tries", s.Care, s.Card.Retries)
	}
	d.typePIN(t, realmtest.PIN())
	d.until(t, "the old passcode refused", patience, func(s agent.Snapshot) bool {
		return s.Problem != nil && s.Problem.Code == failure.PINWrong
	})
	d.typePIN(t, another)
	d.phase(t, agent.SignedOn)
	if n := p.Tally(); n.Accepted != 1 || n.Refused != 1 {
		t.Errorf("passcodes sent to sign on: %+v", n)
	}
}

// TestUnblockedCard locks a card by wrong passcodes, also such that were to be
// changed, and unlocks it with its PUK.
func TestUnblockedCard(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	d := drawerDesk(t, r, agent.Normal, realmtest.OneRole)
	d.phase(t, agent.NoCard)
	d.insert(t, cardOf(0), "")
	d.typePIN(t, "0000000")
	d.until(t, "a refusal", patience, func(s agent.Snapshot) bool { return s.PINWanted && s.Card.Retries == 2 })
	refused(t, d.tend(t, agent.PINChange, "0000000", another), agent.PINChange, failure.PINLast, 1)
	refused(t, d.tend(t, agent.PINChange, "0000000", another), agent.PINChange, failure.PINLocked, 0)
	if s := d.now(); s.PINWanted || s.Problem == nil || s.Problem.Code != failure.PINLocked || !s.Care.CanUnblock {
		t.Fatalf("a locked card: %+v, %+v", s, s.Problem)
	}
	refused(t, d.tend(t, agent.CardUnblock, "00000000", another), agent.CardUnblock, failure.PUKWrong, 2)
	s := d.tend(t, agent.CardUnblock, cardPUK, another)
	if s.Care.Done != agent.CardUnblock || s.Problem != nil || s.Card.Retries != 3 {
		t.Fatalf("unlocked: %+v, %+v, %d tries", s.Care, s.Problem, s.Card.Retries)
	}
	if err := d.Do(t.Context(), agent.AskPIN{}); err != nil {
		t.Fatal(err)
	}
	d.typePIN(t, another)
	d.phase(t, agent.SignedOn)
}

// TestPulledWhileThePasscodeIsChanged pulls the card before and after it took
// the new one: a person is told, and one of the two signs on.
func TestPulledWhileThePasscodeIsChanged(t *testing.T) {
	for script, works := range map[string]string{"at change 1 pull": realmtest.PIN(), "at change 1 pull after": another} {
		t.Run(script, func(t *testing.T) {
			r := realmtest.Start(t, realmtest.Options{})
			d := drawerDesk(t, r, agent.Normal, realmtest.OneRole)
			d.phase(t, agent.NoCard)
			d.insert(t, cardOf(0), script+"\n")
			d.phase(t, agent.NeedPIN)
			d.tend(t, agent.PINChange, realmtest.PIN(), another)
			d.until(t, "the empty reader", patience, func(s agent.Snapshot) bool { return s.Card == nil })
			told := d.now().Problem
			sent := works == another // before it was sent, the reader may tell of the pull first
			if told == nil || told.Code != failure.PINUnknown && (sent || told.Code != failure.CardRemoved) {
				t.Errorf("told is %+v", told)
			}
			d.insert(t, cardOf(0), "")
			d.typePIN(t, works)
			d.phase(t, agent.SignedOn)
		})
	}
}

// TestWornContact changes the passcode with a card whose answer is lost: the
// card is read again and nothing is sent twice.
func TestWornContact(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	d := drawerDesk(t, r, agent.Normal, realmtest.OneRole)
	d.phase(t, agent.NoCard)
	d.insert(t, cardOf(0), "at change 1 mute after\n")
	d.phase(t, agent.NeedPIN)
	refused(t, d.tend(t, agent.PINChange, realmtest.PIN(), another), agent.PINChange, failure.PINUnknown, -1)
	d.until(t, "the question again", patience, func(s agent.Snapshot) bool { return s.PINWanted && s.Card.Retries == 3 })
	d.typePIN(t, another)
	d.phase(t, agent.SignedOn)
}

// TestLockedByHand keeps the session and withholds the ticket, in every mode.
func TestLockedByHand(t *testing.T) {
	for _, mode := range []agent.Mode{agent.Normal, agent.EnhancedNormal, agent.LockPersistence, agent.Mobility} {
		t.Run(mode.String(), func(t *testing.T) {
			r := realmtest.Start(t, realmtest.Options{})
			d := drawerDesk(t, r, mode, realmtest.OneRole)
			d.phase(t, agent.NoCard)
			ticket := d.signOn(t, cardOf(0))
			if err := d.Do(t.Context(), agent.Lock{}); err != nil {
				t.Fatal(err)
			}
			d.phase(t, agent.Locked)
			if _, err := d.Ticket(t.Context()); err == nil {
				t.Error("a locked desk hands out the ticket")
			}
			if err := d.Do(t.Context(), agent.AskPIN{}); err != nil {
				t.Fatal(err)
			}
			d.typePIN(t, "0000000")
			d.until(t, "a refusal", patience, func(s agent.Snapshot) bool { return s.PINWanted && s.Card.Retries == 2 })
			d.typePIN(t, realmtest.PIN())
			d.phase(t, agent.SignedOn)
			again, err := d.Ticket(t.Context())
			if err != nil || again.Reveal() != ticket.Reveal() {
				t.Errorf("resumed with another ticket (%v)", err)
			}
			if n := r.Live(t, realmtest.OneRole); n != 1 {
				t.Errorf("%d sessions, want the one", n)
			}
			if mode == agent.Normal {
				if err := d.Do(t.Context(), agent.Lock{}); err != nil {
					t.Fatal(err)
				}
				d.phase(t, agent.Locked)
				d.slot.Remove()
				d.gone(t)
				nothingLeft(t, r, realmtest.OneRole, patience)
			}
		})
	}
}

// TestSignedOnElsewhere sees the user's other session and ends it.
func TestSignedOnElsewhere(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	there := drawerDesk(t, r, agent.Normal, realmtest.OneRole)
	there.phase(t, agent.NoCard)
	there.signOn(t, cardOf(0))
	here := drawerDesk(t, r, agent.Normal, realmtest.OneRole)
	here.phase(t, agent.NoCard)
	here.signOn(t, cardOf(0))
	s := here.until(t, "the other place", patience, func(s agent.Snapshot) bool { return len(s.Places.Others) == 1 })
	if err := here.Do(t.Context(), agent.EndPlace{ID: s.Places.Others[0].ID}); err != nil {
		t.Fatal(err)
	}
	here.until(t, "no other place", patience, func(s agent.Snapshot) bool {
		return s.Places.Ending == "" && len(s.Places.Others) == 0 && s.Places.Problem == nil
	})
	if n := r.Live(t, realmtest.OneRole); n != 1 {
		t.Errorf("%d sessions, want the one here", n)
	}
	here.phase(t, agent.SignedOn)
}
