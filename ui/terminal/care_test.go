//go:build linux

package terminal_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/test/ptytest"
)

// at sits down at a terminal with keys.
func at(t *testing.T) (*desk, *ptytest.Screen, func(string)) {
	t.Helper()
	master, slave := ptytest.Open(t)
	d, out := sit(t, slave, nil)
	return d, out, func(keys string) {
		t.Helper()
		if _, err := master.WriteString(keys); err != nil {
			t.Fatal(err)
		}
	}
}

func plain(r agent.Request) string { return fmt.Sprintf("%T %+v", r, r) }

// signedOn is a desk with a card that takes everything.
func signedOn(seq uint64) agent.Snapshot {
	s := snapshot(agent.SignedOn, 1)
	s.Seq, s.UID, s.UserName, s.Role = seq, "900000000017", "Grace Okafor", &s.Roles[0]
	s.Care.CanChange, s.Care.CanUnblock = true, true
	s.Card.Certs = []agent.CertView{{Purpose: card.Authentication, Until: time.Date(2090, 5, 3, 12, 0, 0, 0, time.UTC)}}
	return s
}

func TestCardAndNewPasscode(t *testing.T) {
	d, out, press := at(t)
	d.shots <- signedOn(1)
	out.Await(t, "Keys: r another role, l lock, c your card, w other places, o sign out, q leave")
	press("c")
	out.Await(t, "Signs you on: until 3 May 2090")
	out.Await(t, "Passcode: 3 tries left")
	out.Await(t, "p change the passcode, u unlock the card with its PUK")
	press("p")
	out.Await(t, "Passcode you have now: ")
	press("481516\r")
	out.Await(t, "New passcode: ")
	press("481516\r")
	out.Await(t, "That is the one you have now.")
	press("1\r")
	out.Await(t, "A new passcode has 6 to 8 digits.")
	press("234299\r")
	out.Await(t, "New passcode once more: ")
	press("234298\r")
	out.Await(t, "The two were not the same.")
	press("234299\r")
	out.AwaitTimes(t, 2, "New passcode once more: ")
	press("234299\r")
	d.expect(t, "change 1 481516 234299")
	busy := signedOn(2)
	busy.Care.Busy = agent.PINChange
	d.shots <- busy
	wrong := signedOn(3)
	wrong.Care.Refused, wrong.Care.Problem = agent.PINChange, &agent.Problem{Code: failure.PINWrong, Retries: 2}
	d.shots <- wrong
	out.Await(t, "2 tries left. Take your time.")

	press("p")
	out.AwaitTimes(t, 2, "Passcode you have now: ")
	press("481517\r234299\r234299\r")
	d.expect(t, "change 1 481517 234299")
	done := signedOn(4)
	done.Care.Done = agent.PINChange
	d.shots <- done
	out.Await(t, "Your passcode is changed. Use the new one from now on.")
	for _, secret := range []string{"481516", "481517", "234299", "234298"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s was echoed", secret)
		}
	}
}

// TestFormIsLeft: Escape, another card and a question of the desk end it.
func TestFormIsLeft(t *testing.T) {
	for name, leave := range map[string]func(*desk, *ptytest.Screen, func(string)){
		"escape": func(_ *desk, out *ptytest.Screen, press func(string)) {
			press("12\x1b\x1b")
			out.AwaitTimes(t, 2, "Keys: r another role")
		},
		"another card": func(d *desk, _ *ptytest.Screen, _ func(string)) { s := signedOn(5); s.Card.Gen = 2; d.shots <- s },
		"the desk locks": func(d *desk, _ *ptytest.Screen, _ func(string)) {
			s := signedOn(5)
			s.Phase = agent.Locked
			d.shots <- s
		},
		"the session ends": func(d *desk, _ *ptytest.Screen, _ func(string)) { d.shots <- snapshot(agent.NeedPIN, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			d, out, press := at(t)
			d.shots <- signedOn(1)
			out.Await(t, "Keys: r another role")
			press("p")
			out.Await(t, "Passcode you have now: ")
			press("481516\r")
			out.Await(t, "New passcode: ")
			leave(d, out, press)
			last := snapshot(agent.NeedPIN, 3)
			last.Card.Label = "Another Person"
			d.shots <- last
			out.Await(t, "Another Person")
			press("739146\r")
			d.expect(t, "pin 3 739146") // and nothing of the form
		})
	}
}

func TestLockedCardIsUnlockedWithThePUK(t *testing.T) {
	d, out, press := at(t)
	locked := snapshot(agent.NoCard, 1)
	locked.Seq, locked.Card.Retries, locked.Care.CanUnblock = 1, 0, true
	locked.Problem = &agent.Problem{Code: failure.PINLocked, Retries: 0}
	d.shots <- locked
	out.Await(t, "[PIN-LOCKED]")
	out.Await(t, "Keys: u unlock the card with its PUK")
	press("u")
	out.Await(t, "PUK: ")
	press("123\r")
	out.Await(t, "A PUK has 8 digits. No try was used.")
	press("12345678\r")
	out.Await(t, "New passcode: ")
	press("234299\r234299\r")
	d.expect(t, "unblock 1 12345678 234299")
	open := snapshot(agent.NoCard, 1)
	open.Seq, open.Care.Done = 2, agent.CardUnblock
	d.shots <- open
	out.Await(t, "Your card is unlocked. Sign on with the new passcode.")
	press("\r")
	d.expect(t, plain(agent.AskPIN{}))
}

func TestLockAndGoOn(t *testing.T) {
	d, out, press := at(t)
	d.shots <- signedOn(1)
	out.Await(t, "l lock")
	press("l")
	d.expect(t, plain(agent.Lock{}))
	s := signedOn(2)
	s.Phase = agent.Locked
	d.shots <- s
	out.Await(t, "Grace Okafor, type your passcode to go on. The desk is locked")
	out.Await(t, "Keys: Enter go on working, c your card, o sign out, q leave")
	press("\r")
	d.expect(t, plain(agent.AskPIN{}))
}

func TestPlacesInTheTerminal(t *testing.T) {
	d, out, press := at(t)
	d.shots <- signedOn(1)
	out.Await(t, "w other places")
	press("w")
	d.expect(t, plain(agent.LookForPlaces{}))
	s := signedOn(2)
	s.Places = agent.PlacesView{At: time.Now(), Others: []broker.Place{{ID: "a", Device: "WARD7-PC", Created: time.Now()}, {ID: "b"}}}
	d.shots <- s
	out.Await(t, " 1  WARD7-PC, since ")
	out.Await(t, " 2  ")
	out.Await(t, "Number to sign out there, Enter for none: ")
	press("3\r")
	out.Await(t, "No place has that number.")
	press("1\r")
	d.expect(t, plain(agent.EndPlace{ID: "a"}))
	ending := s
	ending.Seq, ending.Places.Ending = 3, "a"
	d.shots <- ending
	none := signedOn(4)
	none.Places.At = time.Now().Add(time.Second)
	d.shots <- none
	out.Await(t, "Nowhere else")
	press("w")
	d.expect(t, plain(agent.LookForPlaces{}))
	down := none
	down.Seq, down.Places.Problem = 5, &agent.Problem{Code: failure.NetDown}
	d.shots <- down
	out.Await(t, "[NET-DOWN]")
}

func TestReaderWithKeys(t *testing.T) {
	d, out, press := at(t)
	s := snapshot(agent.NeedPIN, 1)
	s.PINWanted, s.Card.Keypad = false, true
	waits := s
	waits.Keypad = &agent.KeypadView{Until: time.Now().Add(29500 * time.Millisecond)}
	d.shots <- waits
	out.Await(t, "Type the passcode on the reader: 30 seconds left")
	press("123456\r") // belongs on the reader, and is nothing here
	last := s
	last.Card = &agent.CardView{Gen: 1, Keypad: true, Retries: 1}
	last.Problem = &agent.Problem{Code: failure.PINLast, Retries: 1}
	d.shots <- last
	out.Await(t, "[PIN-LAST]")
	out.Await(t, "Press Enter, and the reader asks for it: ")
	press("\r")
	d.expect(t, plain(agent.StartKeypad{Gen: 1}))
}

// TestComputerWasUnlocked: nothing else tells the agent so in a terminal, also
// where the answers come from a pipe.
func TestComputerWasUnlocked(t *testing.T) {
	s := agent.Snapshot{Phase: agent.NoCard, Mode: agent.EnhancedNormal, Unlock: true}
	d, out, press := at(t)
	d.shots <- s
	out.Await(t, "Unlock the computer")
	out.Await(t, "Press Enter once this computer is unlocked: ")
	press("\r")
	d.expect(t, plain(agent.DesktopUnlocked{}))

	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if _, err := w.WriteString("\n739146\n"); err != nil {
		t.Fatal(err)
	}
	d, _ = sit(t, r, nil)
	d.shots <- s
	d.expect(t, plain(agent.DesktopUnlocked{}))
	d.shots <- snapshot(agent.NeedPIN, 1)
	d.expect(t, "pin 1 739146")
}
