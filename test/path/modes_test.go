package path_test

import (
	"testing"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/test/realmtest"
)

// TestLockPersistence takes the card out and puts it back: the same session
// goes on, but only by the same card and its passcode.
func TestLockPersistence(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	d := drawerDesk(t, r, agent.LockPersistence, realmtest.ThreeRoles, realmtest.OneRole)
	d.phase(t, agent.NoCard)
	ticket := d.signOn(t, cardOf(0))
	role := d.now().Role.ID

	d.slot.Remove()
	d.phase(t, agent.Locked)
	if _, err := d.Ticket(t.Context()); err == nil {
		t.Error("a locked desk hands out the ticket")
	}
	if n := r.Live(t, realmtest.ThreeRoles); n != 1 {
		t.Errorf("%d sessions while locked, want 1", n)
	}

	d.insert(t, cardOf(0), "")
	d.typePIN(t, realmtest.PIN())
	s := d.phase(t, agent.SignedOn)
	if s.Role == nil || s.Role.ID != role {
		t.Errorf("resumed in role %+v, want %s", s.Role, role)
	}
	again, err := d.Ticket(t.Context())
	if err != nil || again.Reveal() != ticket.Reveal() {
		t.Errorf("resumed with another ticket (%v)", err)
	}

	// Another card is a change of user: the first is signed out.
	d.slot.Remove()
	d.phase(t, agent.Locked)
	d.insert(t, cardOf(1), "")
	d.typePIN(t, realmtest.PIN())
	s = d.phase(t, agent.SignedOn)
	if s.UID != realmtest.OneRole {
		t.Errorf("signed on: %s", s.UID)
	}
	nothingLeft(t, r, realmtest.ThreeRoles, patience)
	if a := r.Assertion(t, ticket); a.OK() {
		t.Error("the first user's ticket works after the change of user")
	}
}

func TestMobility(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	d := drawerDesk(t, r, agent.Mobility, realmtest.OneRole)
	d.phase(t, agent.NoCard)
	ticket := d.signOn(t, cardOf(0))
	d.slot.Remove()
	d.until(t, "the desk without its card", patience, func(s agent.Snapshot) bool { return s.Card == nil })
	if s := d.now(); s.Phase != agent.SignedOn {
		t.Errorf("phase %v without the card", s.Phase)
	}
	if a := r.Assertion(t, ticket); !a.OK() {
		t.Errorf("the session ended: %s", a.Message)
	}
}

// TestEnhancedNormal asks for the passcode after a removal only once the
// operating system was unlocked.
func TestEnhancedNormal(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	d := drawerDesk(t, r, agent.EnhancedNormal, realmtest.OneRole)
	d.phase(t, agent.NoCard)
	d.signOn(t, cardOf(0))
	d.slot.Remove()
	nothingLeft(t, r, realmtest.OneRole, patience)
	d.insert(t, cardOf(0), "")
	d.until(t, "the wait for the desktop", patience, func(s agent.Snapshot) bool { return s.Unlock && s.Card != nil })
	if d.now().PINWanted {
		t.Error("the passcode is asked for before the desktop was unlocked")
	}
	if err := d.Do(t.Context(), agent.DesktopUnlocked{}); err != nil {
		t.Fatal(err)
	}
	d.typePIN(t, realmtest.PIN())
	d.phase(t, agent.SignedOn)
}

// TestWrongPasscodes locks a card: each typed passcode is sent once, and none
// is asked for when no try is left.
func TestWrongPasscodes(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	d := drawerDesk(t, r, agent.Normal, realmtest.OneRole)
	d.phase(t, agent.NoCard)
	p := d.insert(t, cardOf(0), "")
	for i, want := range []failure.Code{failure.PINWrong, failure.PINLast, failure.PINLocked} {
		d.typePIN(t, "0000000")
		d.until(t, string(want), patience, func(s agent.Snapshot) bool { return s.Problem != nil && s.Problem.Code == want })
		if tally := p.Tally(); tally.Refused != i+1 || tally.Accepted != 0 {
			t.Fatalf("after %d wrong passcodes: %+v", i+1, tally)
		}
	}
	if d.now().PINWanted {
		t.Error("a locked card's passcode is asked for")
	}
	d.slot.Remove()
	d.gone(t)
	d.insert(t, cardOf(0), "")
	d.until(t, "the locked card", patience, func(s agent.Snapshot) bool {
		return s.Problem != nil && s.Problem.Code == failure.PINLocked && !s.PINWanted
	})
}

// TestChangeOfRole selects another role on the same ticket, without the PIN.
func TestChangeOfRole(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	d := drawerDesk(t, r, agent.Normal, realmtest.ThreeRoles)
	d.phase(t, agent.NoCard)
	ticket := d.signOn(t, cardOf(0))
	for _, role := range d.now().Roles {
		if err := d.Do(t.Context(), agent.ChooseRole{ID: role.ID}); err != nil {
			t.Fatal(err)
		}
		d.until(t, "the role "+string(role.ID), patience, func(s agent.Snapshot) bool {
			return s.Phase == agent.SignedOn && s.Role != nil && s.Role.ID == role.ID
		})
		if a := r.Assertion(t, ticket); a.Selected() != role.ID {
			t.Errorf("the assertion names %s, selected is %s", a.Selected(), role.ID)
		}
	}
}
