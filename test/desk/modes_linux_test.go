package desk

import (
	"testing"

	"lanyard/test/realmtest"
	"lanyard/ui/words"
)

// TestLockPersistence takes the card out of a desk that locks: the same card
// and its passcode bring the session back, another card changes the user.
func TestLockPersistence(t *testing.T) {
	s := newStation(newRig(t, desktop{tray: true}), setting{mode: "lock-persistence"})
	first, second := s.card(grace, "grace"), s.card(anwen, "anwen")
	s.signOn(first)
	s.says("Signed on: Okafor Grace")
	role, on := s.state().Role.ID, s.picture()

	b := words.In(words.English)
	s.settled()
	s.choose(b.Text(words.LockNow))
	s.phase("locked")
	s.settled()
	s.choose(b.Text(words.UnlockDesk))
	s.window(asks)
	s.types(realmtest.PIN())
	s.submit()
	s.phase("signed-on")
	s.until("the icon as before", func() bool { return s.picture() == on })

	s.out()
	s.phase("locked")
	s.says("Locked: Okafor Grace")
	s.until("the icon of a locked desk", func() bool { return s.picture() != on })
	if n := s.realm.Live(t, grace); n != 1 {
		t.Errorf("%d sessions while the desk is locked, want the one that is kept", n)
	}
	first.in("")
	s.window(asks)
	s.types(realmtest.PIN())
	s.submit()
	s.phase("signed-on")
	if now := s.state().Role; now == nil || now.ID != role {
		t.Errorf("resumed in role %+v, want %s", now, role)
	}
	s.until("the icon as before", func() bool { return s.picture() == on })

	s.out()
	s.phase("locked")
	second.in("")
	s.window(asks)
	s.types(realmtest.PIN())
	s.submit()
	s.says("Signed on: Prŷs Anwen")
	s.until("the end of the first user's session", func() bool { return s.realm.Live(t, grace) == 0 })
}
