package agent

import (
	"errors"
	"testing"
	"time"

	"lanyard/broker/failure"
	"lanyard/card"
)

// change and unblock type two secrets; what was typed is gone afterwards.
func (d *desk) change(old, fresh string) { d.tend(old, fresh, false) }

func (d *desk) unblock(puk, fresh string) { d.tend(puk, fresh, true) }

func (d *desk) tend(first, second string, puk bool) {
	d.t.Helper()
	a, b := card.NewPIN([]byte(first)), card.NewPIN([]byte(second))
	var r Request = ChangePIN{Gen: d.shot().Card.Gen, Old: a, New: b}
	if puk {
		r = Unblock{Gen: d.shot().Card.Gen, PUK: a, New: b}
	}
	d.do(r)
	d.wiped(a, b)
}

func (d *desk) wiped(pins ...*card.PIN) {
	d.t.Helper()
	for _, p := range pins {
		if p.Len() != 0 {
			d.t.Fatal("a PIN was not wiped")
		}
	}
}

// care checks how the card was tended last.
func (d *desk) care(done, refused CareKind, code failure.Code) Care {
	d.t.Helper()
	c := d.shot().Care
	var got failure.Code
	if c.Problem != nil {
		got = c.Problem.Code
	}
	if c.Busy != NoCare || c.Done != done || c.Refused != refused || got != code {
		d.t.Fatalf("tended %+v with %q, want done %s, refused %s with %q", c, got, done, refused, code)
	}
	return c
}

func TestNewPIN(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.insert(d.card)
		if c := d.want(NeedPIN, "").Care; !c.CanChange || !c.CanUnblock {
			d.t.Fatalf("the card can %+v", c)
		}
		d.change("111111", "246801")
		if c := d.care(NoCare, PINChange, failure.PINWrong); c.Problem.Retries != 2 {
			d.t.Fatalf("%d tries are told", c.Problem.Retries)
		}
		if s := d.want(NeedPIN, ""); s.Card.Retries != 2 {
			d.t.Fatalf("%d tries are shown", s.Card.Retries)
		}
		d.change(testPIN, "1") // costs no try
		d.care(NoCare, PINChange, failure.PINFormat)
		d.change(testPIN, "246801")
		d.care(PINChange, NoCare, "")
		if s := d.want(NeedPIN, ""); s.Card.Retries != 3 {
			d.t.Fatalf("%d tries are shown", s.Card.Retries)
		}
		d.pin(testPIN)
		d.want(NeedPIN, failure.PINWrong)
		d.pin("246801")
		d.want(SignedOn, "")
		d.change("246801", "135790")
		d.care(PINChange, NoCare, "")
		d.want(SignedOn, "")
		if n := d.card.sent(); n != 5 {
			d.t.Fatalf("%d PINs were sent", n)
		}
	})
}

func TestWrongOldPINsLockTheCardAndThePUKUnlocksIt(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.insert(d.card)
		d.pin("111111")
		d.change("111111", "246801")
		d.care(NoCare, PINChange, failure.PINLast)
		d.change("111111", "246801")
		d.care(NoCare, PINChange, failure.PINLocked)
		if s := d.want(NoCard, failure.PINLocked); s.Care.CanChange || s.Card.Retries != 0 {
			d.t.Fatalf("a locked card is shown as %+v", s.Care)
		}
		old, fresh := card.NewPIN([]byte(testPIN)), card.NewPIN([]byte("246801"))
		if err := d.agent.Do(d.t.Context(), ChangePIN{Gen: 1, Old: old, New: fresh}); !errors.Is(err, ErrPhase) {
			d.t.Fatalf("a locked card's PIN is changed: %v", err)
		}
		d.wiped(old, fresh)
		d.unblock("00000000", "246801")
		if c := d.care(NoCare, CardUnblock, failure.PUKWrong); c.Problem.Retries != 2 {
			d.t.Fatalf("%d PUK tries are told", c.Problem.Retries)
		}
		d.want(NoCard, failure.PINLocked)
		d.unblock(testPUK, "246801")
		d.care(CardUnblock, NoCare, "")
		d.want(NoCard, "")
		d.do(AskPIN{})
		d.pin("246801")
		d.want(SignedOn, "")
	})
}

func TestTendingAtALockedDesk(t *testing.T) {
	bubble(t, LockPersistence, func(d *desk) {
		d.signOn()
		d.pull(d.card)
		d.insert(d.card)
		for range 3 {
			d.pin("111111")
		}
		d.want(Locked, failure.PINLocked)
		d.unblock(testPUK, "246801")
		d.want(Locked, "")
		d.do(AskPIN{})
		d.pin("246801")
		d.want(SignedOn, "")
		d.sessions(1)
	})
}

func TestPINThatMayHaveBeenTaken(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.insert(d.card)
		d.card.set(func(c *fakeCard) { c.fault = card.ErrPINUnknown })
		d.change(testPIN, "246801")
		d.care(NoCare, PINChange, failure.PINUnknown)
		if d.drawer.opened() != 2 {
			d.t.Fatal("the card was not read again")
		}
		d.want(NeedPIN, "") // which was open before
		d.do(CancelPIN{Gen: 1})
		d.change(testPIN, "246801")
		d.want(NoCard, failure.UserAbort) // and nothing that was not
		d.card.set(func(c *fakeCard) { c.fault = nil })
		d.do(AskPIN{})
		d.pin(testPIN)
		d.want(SignedOn, "")
	})
}

func TestCardPulledWhileItIsTended(t *testing.T) {
	for _, m := range []Mode{Normal, LockPersistence} {
		bubble(t, m, func(d *desk) {
			d.signOn()
			d.card.set(func(c *fakeCard) { c.slow = time.Minute })
			old, fresh := card.NewPIN([]byte(testPIN)), card.NewPIN([]byte("246801"))
			d.do(ChangePIN{Gen: 1, Old: old, New: fresh})
			if s := d.want(SignedOn, ""); s.Care.Busy != PINChange {
				d.t.Fatalf("under way is %s", s.Care.Busy)
			}
			d.do(SignOnAgain{})
			if err := d.agent.Do(d.t.Context(), SubmitPIN{Gen: 1, PIN: card.NewPIN([]byte(testPIN))}); !errors.Is(err, ErrPhase) {
				d.t.Fatalf("a PIN is taken meanwhile: %v", err)
			}
			d.pull(d.card)
			d.wiped(old, fresh)
			if m == Normal {
				d.want(NoCard, failure.PINUnknown)
			} else {
				d.want(Locked, failure.PINUnknown)
			}
			d.card.set(func(c *fakeCard) { c.slow = 0 })
			d.insert(d.card)
			d.care(NoCare, NoCare, "")
			d.pin(testPIN)
			d.want(SignedOn, "")
		})
	}
}

// TestTypedPINThatWaits: a PIN that waits for its challenge is wiped when a new
// one is set.
func TestTypedPINThatWaits(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.server.slow("activate", 10*time.Second)
		d.insert(d.card)
		typed := card.NewPIN([]byte(testPIN))
		d.do(SubmitPIN{Gen: 1, PIN: typed})
		d.want(SigningOn, "")
		d.change(testPIN, "246801")
		d.wiped(typed)
		d.want(NeedPIN, "")
		d.pass(10 * time.Second)
		d.want(NeedPIN, "")
		d.pin("246801")
		d.want(SignedOn, "")
	})
}

func TestCertificatesAreShown(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.insert(d.card)
		cs := d.want(NeedPIN, "").Card.Certs
		if len(cs) != 1 || cs[0].Purpose != card.Authentication || cs[0].Key != "P-256" || cs[0].Holder != d.card.cert.Subject.CommonName ||
			cs[0].Serial != d.card.cert.SerialNumber.Text(16) || !cs[0].Until.Equal(d.card.cert.NotAfter) {
			d.t.Fatalf("shown are %+v", cs)
		}
		d.pull(d.card)
		d.pass(2000 * time.Hour)
		d.insert(d.card)
		if s := d.want(NoCard, failure.CardExpired); len(s.Card.Certs) != 1 {
			d.t.Fatalf("of an expired card are shown %+v", s.Card)
		}
	})
}
