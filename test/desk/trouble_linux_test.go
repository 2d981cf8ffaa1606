package desk

import (
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/test/realmtest"
)

// TestWhatGoesWrong is one desk on a bad day: each case begins with an empty
// desk and leaves it empty, and after all of them a sign-on works.
func TestWhatGoesWrong(t *testing.T) {
	s := newStation(newRig(t, desktop{tray: true}), setting{})
	s.says("No card")
	for _, c := range []struct {
		name string
		do   func(*testing.T, *station)
	}{
		{"a wrong passcode, then the last try", wrongThenLast},
		{"a locked card", lockedCard},
		{"a locked card that its holder unlocks", unlockedCard},
		{"a card that ran out", expiredCard},
		{"a user whom the server does not know", stranger(nobody, "USER-UNKNOWN", "^The server does not know the holder")},
		{"a user without a role", stranger(niamh, "USER-NO-ROLE", "role")},
		{"the server is away at the sign-on", awayAtSignOn},
		{"the server is away while signed on", awayWhileSignedOn},
		{"the reader is unplugged", unplugged},
	} {
		ok := t.Run(c.name, func(t *testing.T) { c.do(t, s.on(t)) })
		if !ok {
			return // the desk is not what the next case begins with
		}
	}
	s.signOn(s.card(grace, "again"))
	s.says("Signed on: Okafor Grace")
}

// wrongThenLast types two wrong passcodes. Digits typed before the card said
// that one try is left are not sent; the last try is asked for again.
func wrongThenLast(t *testing.T, s *station) {
	p := s.card(grace, "last")
	p.in("")
	s.window(asks)
	calm := s.height()
	s.types(wrong())
	s.submit()
	s.problem("PIN-WRONG")
	s.until("a note above the field", func() bool { return s.height() > calm })
	s.asksAgain()
	s.types(wrong())
	s.submit()
	s.problem("PIN-LAST")
	s.empty()

	before := s.sent.Load()
	p.in("slow 900ms read\n")
	s.window(asks)
	s.types(realmtest.PIN())
	s.enter(func() bool { return true }) // before the card said that this is the last try
	if phase := s.state().Phase; phase != "reading" {
		t.Errorf("Enter was pressed while the desk was at %q: the card is not slow enough", phase)
	}
	s.phase("need-pin")
	s.stays("a last try that is not begun unasked", time.Second, func() bool { return s.sent.Load() == before && s.state().PINWanted })
	s.window(asks)
	s.types(realmtest.PIN())
	s.submit()
	s.phase("choosing-role")
	if n := s.sent.Load() - before; n != 1 {
		t.Errorf("the card was given %d passcodes, want one", n)
	}
	s.empty()
}

// lockedCard is said before any passcode is asked for: there is no field.
func lockedCard(t *testing.T, s *station) {
	p := s.card(grace, "locked")
	p.in("")
	for range 3 {
		s.asksAgain()
		s.types(wrong())
		s.submit()
	}
	s.problem("PIN-LOCKED")
	s.window("^This card is locked$")
	s.empty()

	before := s.sent.Load()
	p.in("")
	s.window("^This card is locked$")
	s.types(realmtest.PIN())
	s.stays("a locked card that is given no passcode", time.Second, func() bool { return s.sent.Load() == before })
	if s.sees(asks) {
		t.Error("a passcode is asked for that cannot be right")
	}
	s.press("Escape")
	s.gone("^This card is locked$")
	s.empty()
}

// unlockedCard goes the whole way by keyboard: from the message that the card is
// locked to the form for the PUK, and on to the sign-on.
func unlockedCard(_ *testing.T, s *station) {
	s.card(anwen, "puk").in("")
	for range 3 {
		s.asksAgain()
		s.types(wrong())
		s.submit()
	}
	s.problem("PIN-LOCKED")
	s.window("^This card is locked$")
	s.press("Return")
	s.window("^Unlock your card")
	s.types(realmtest.PUK())
	s.press("Tab")
	s.types(realmtest.PIN())
	s.press("Tab")
	s.types(realmtest.PIN())
	s.press("Return")
	s.window("^Your card$") // it is unlocked, and one can sign on with it
	s.calm(s.active(), long)
	s.press("Return")
	s.asksAgain()
	s.types(realmtest.PIN())
	s.submit()
	s.phase("signed-on")
	s.empty()
}

func expiredCard(t *testing.T, s *station) {
	before := s.sent.Load()
	s.cardUntil(grace, "expired", time.Now().AddDate(0, -2, 0)).in("")
	s.window("^(This card ran out on|The certificates of this card have run out)")
	s.types(realmtest.PIN())
	s.press("Return")
	s.stays("a card that ran out and is given no passcode", time.Second, func() bool { return s.sent.Load() == before })
	s.empty()
}

// stranger signs on as somebody whom the server refuses.
func stranger(uid broker.UID, code, title string) func(*testing.T, *station) {
	return func(_ *testing.T, s *station) {
		s.card(uid, code).in("")
		s.window(asks)
		s.types(realmtest.PIN())
		s.submit()
		s.problem(code)
		s.window(title)
		s.empty()
	}
}

// awayAtSignOn tells that the server is away; once it is back, the same card
// signs on without being taken out.
func awayAtSignOn(t *testing.T, s *station) {
	before := s.sent.Load()
	s.realm.Away(t)
	s.card(grace, "away").in("")
	s.window(asks)
	s.types(realmtest.PIN())
	s.enter(func() bool { // the server is asked first: the passcode is wiped, and wanted again
		state := s.state()
		return state.Problem != nil && state.PINWanted && s.hits(realmtest.PIN()) == 0
	})
	if n := s.sent.Load(); n != before {
		t.Errorf("the card was given %d passcodes for a server that is away", n-before)
	}
	s.realm.Back(t)
	s.asksAgain()
	s.types(realmtest.PIN())
	s.submit()
	s.phase("choosing-role")
	s.empty()
}

// awayWhileSignedOn keeps the session: the icon and the menu tell, and all goes
// on when the server is back.
func awayWhileSignedOn(t *testing.T, s *station) {
	s.signOn(s.card(grace, "kept"))
	s.says("Signed on: Okafor Grace") // the icon changes before the menu
	calm := s.picture()
	s.realm.Away(t)
	s.settled()
	s.choose("Change role...")
	s.window(roles)
	s.types("pract")
	s.press("Return")
	s.phase("offline")
	s.says("Try now")
	s.until("another icon", func() bool { return s.picture() != calm })
	if s.realm.Live(t, grace) != 1 {
		t.Error("the session ended because the server was away")
	}
	s.settled()
	s.choose("Open Lanyard")
	s.until("the desk's window", func() bool { return s.sees(desk) })
	s.realm.Back(t)
	s.settled()
	s.choose("Try now")
	s.phase("signed-on")
	s.until("the icon as before", func() bool { return s.picture() == calm })
	s.window(desk)
	s.press("Escape")
	s.gone(desk)
	s.empty()
}

// unplugged takes the reader with the card in it: that is a card out. A reader
// that is back works.
func unplugged(t *testing.T, s *station) {
	s.signOn(s.card(grace, "plug"))
	s.must(s.readers.RemoveReader(readerName))
	s.phase("no-reader")
	s.says("No card reader")
	s.until("the end of the session", func() bool { return s.realm.Live(t, grace) == 0 })
	s.plug()
	s.phase("no-card")
	s.says("No card")
}
