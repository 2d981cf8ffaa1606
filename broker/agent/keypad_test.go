package agent

import (
	"errors"
	"testing"
	"time"

	"lanyard/broker/failure"
	"lanyard/card"
)

// atKeypad gives the desk's card a reader with keys.
func atKeypad(t *testing.T, m Mode, f func(*desk)) {
	t.Helper()
	bubble(t, m, func(d *desk) {
		d.card.keys = &keys{typed: make(chan string, 1), wait: 30 * time.Second}
		f(d)
	})
}

// press types on the reader.
func (d *desk) press(text string) {
	d.t.Helper()
	d.card.keys.typed <- text
	d.pass(0)
}

// waiting checks whether the reader waits for its keys.
func (d *desk) waiting(want bool, c failure.Code) Snapshot {
	d.t.Helper()
	s := d.want(NeedPIN, c)
	if s.PINWanted || !s.Card.Keypad || (s.Keypad != nil) != want {
		d.t.Fatalf("waits for the keys: %+v, want %v", s, want)
	}
	return s
}

func TestPasscodeOnTheReader(t *testing.T) {
	atKeypad(t, Normal, func(d *desk) {
		d.insert(d.card)
		s := d.waiting(true, "")
		if left := time.Until(s.Keypad.Until); left != 30*time.Second {
			d.t.Fatalf("%s are left", left)
		}
		if s.Care.CanChange || s.Care.CanUnblock {
			d.t.Fatal("a passcode is typed here")
		}
		pin := card.NewPIN([]byte(testPIN))
		if err := d.agent.Do(d.t.Context(), SubmitPIN{Gen: 1, PIN: pin}); !errors.Is(err, ErrPhase) {
			d.t.Fatalf("a typed PIN: %v", err)
		}
		d.wiped(pin)
		d.press(testPIN)
		if s := d.want(SignedOn, ""); s.Keypad != nil {
			d.t.Fatal("the reader waits on")
		}
	})
}

func TestReaderAsksAgainWhenAPersonDoes(t *testing.T) {
	atKeypad(t, Normal, func(d *desk) {
		d.insert(d.card)
		d.press("111111")
		d.pass(time.Hour)
		d.waiting(false, failure.PINWrong)
		d.do(AskPIN{})
		d.waiting(true, "")
		d.press("111111")
		d.waiting(false, failure.PINLast)
		if err := d.agent.Do(d.t.Context(), AskPIN{}); !errors.Is(err, ErrPhase) {
			d.t.Fatalf("the last try is begun by %v", err)
		}
		d.do(StartKeypad{Gen: 1})
		d.waiting(true, "")
		d.press(testPIN)
		d.want(SignedOn, "")
	})
}

func TestLastTryIsNotBegunUnasked(t *testing.T) {
	atKeypad(t, Normal, func(d *desk) {
		d.card.tries = 1
		d.insert(d.card)
		d.pass(10 * time.Minute)
		d.waiting(false, "")
		d.do(StartKeypad{Gen: 1})
		d.waiting(true, "")
		if err := d.agent.Do(d.t.Context(), StartKeypad{Gen: 1}); !errors.Is(err, ErrPhase) {
			d.t.Fatalf("begun twice: %v", err)
		}
		d.press(testPIN)
		d.want(SignedOn, "")
	})
}

func TestKeysThatNobodyPresses(t *testing.T) {
	for name, end := range map[string]func(*desk){
		"in time":   func(d *desk) { d.pass(31 * time.Second) },
		"cancelled": func(d *desk) { d.press("") },
	} {
		t.Run(name, func(t *testing.T) {
			atKeypad(t, Normal, func(d *desk) {
				d.insert(d.card)
				d.waiting(true, "")
				end(d)
				d.want(NoCard, failure.UserAbort)
				d.pass(time.Hour)
				if d.card.sent() != 0 || d.drawer.opened() != 1 {
					d.t.Fatal("a try was spent, or the card read again")
				}
				d.do(AskPIN{})
				d.waiting(true, "")
				d.press(testPIN)
				d.want(SignedOn, "")
				d.do(Lock{})
				d.want(Locked, "")
				d.do(AskPIN{})
				d.waiting(true, "")
				end(d)
				d.want(Locked, failure.UserAbort)
				d.do(AskPIN{})
				d.press(testPIN)
				d.want(SignedOn, "")
			})
		})
	}
}

func TestReaderThatWaitsForTheServer(t *testing.T) {
	atKeypad(t, Normal, func(d *desk) {
		d.server.set("activate", netDown)
		d.insert(d.card)
		d.waiting(false, failure.NetDown)
		d.server.set("activate", nil)
		d.pass(10 * time.Second)
		d.waiting(true, "")
		d.server.set("validate", netDown)
		d.press(testPIN)
		d.waiting(false, "") // the server answers again; that is no reason to ask the person
		d.server.set("validate", nil)
		d.pass(time.Hour)
		d.waiting(false, "")
		d.do(StartKeypad{Gen: 1})
		d.press(testPIN)
		d.want(SignedOn, "")
	})
}

func TestCardPulledFromTheKeypad(t *testing.T) {
	atKeypad(t, Normal, func(d *desk) {
		d.insert(d.card)
		d.waiting(true, "")
		d.pull(d.card)
		d.want(NoCard, failure.CardRemoved)
		d.insert(d.card)
		d.press(testPIN)
		d.want(SignedOn, "")
	})
}
