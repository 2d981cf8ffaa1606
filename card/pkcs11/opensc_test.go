package pkcs11

import (
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/cardtest/pcscd"
	"lanyard/card/virtual/applet/applettest"
)

// signAs signs with the key for a purpose.
func signAs(ctx context.Context, tb testing.TB, tok card.Token, p card.Purpose, ask func(card.PINPrompt)) error {
	tb.Helper()
	keys, err := tok.Keys(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(nil)
	for _, k := range keys {
		if k.Purpose != p {
			continue
		}
		_, err := tok.Sign(ctx, k, sum[:], crypto.SHA256, card.PINFunc(func(_ context.Context, prompt card.PINPrompt) (*card.PIN, error) {
			ask(prompt)
			return card.NewPIN([]byte(applettest.PIN)), nil
		}))
		return err
	}
	tb.Fatalf("no %v key", p)
	return nil
}

func nothing(card.PINPrompt) {}

// TestHowOftenThePINIsSent: once for the user, which the card alone would not
// want, and once for each signature with a key that wants it each time.
func TestHowOftenThePINIsSent(t *testing.T) {
	d := newTable(t, theReader)
	p := newPlastic(t, keys["P-256"])
	must(t, d.Insert(theReader, p))
	tok := d.open(t, newOpener(t, d.config(installed(t, "OpenSC"))))
	for _, c := range []struct {
		purpose card.Purpose
		n       int
	}{{card.Authentication, 1}, {card.ContentCommitment, 2}} {
		before := p.pin()
		must(t, signAs(t.Context(), t, tok, c.purpose, nothing))
		if now := p.pin(); now.Accepted-before.Accepted != c.n || now.Refused != 0 {
			t.Errorf("%v: PIN sent %d times, refused %d times; want %d and 0", c.purpose, now.Accepted-before.Accepted, now.Refused, c.n)
		}
	}
}

// TestTriesByFlags: what OpenSC alone tells of the tries, down to the locked
// card, whose PIN is not asked for.
func TestTriesByFlags(t *testing.T) {
	d := newTable(t, theReader)
	p := newPlastic(t, keys["P-256"])
	must(t, d.Insert(theReader, p))
	tok := d.open(t, newOpener(t, d.config(installed(t, "OpenSC"))))
	_, _, err := p.ChangePIN([]byte(applettest.PIN), []byte("864202")) // so that the usual one is wrong
	must(t, err)
	for _, c := range []struct{ before, after int }{{-1, -1}, {-1, 1}, {1, 0}} {
		var prompt card.PINPrompt
		err := signAs(t.Context(), t, tok, card.Authentication, func(p card.PINPrompt) { prompt = p })
		var refused *card.PINError
		if !errors.As(err, &refused) || refused.Retries != c.after || errors.Is(err, card.ErrPINBlocked) != (c.after == 0) {
			t.Errorf("with %d tries told: %v", c.before, err)
		}
		if prompt.Retries != c.before || prompt.Last != (c.before == 1) {
			t.Errorf("prompt %+v, want %d tries", prompt, c.before)
		}
	}
	asked := false
	err = signAs(t.Context(), t, tok, card.Authentication, func(card.PINPrompt) { asked = true })
	if !errors.Is(err, card.ErrPINBlocked) || asked {
		t.Errorf("locked card: asked %v, %v", asked, err)
	}
}

// TestSwap: a card that took another one's place while nobody looked is seen
// as what it is, and the old one's token is of no use, nor is its PIN sent.
func TestSwap(t *testing.T) {
	for name, change := range map[string]func(*table, *plastic){
		"swapped": func(d *table, p *plastic) { must(t, d.Swap(theReader, p)) },
		"taken out, another put in": func(d *table, p *plastic) {
			must(t, d.Remove(theReader))
			must(t, d.Insert(theReader, p))
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newTable(t, theReader)
			first, second := newPlastic(t, keys["P-256"]), newPlastic(t, keys["P-256"])
			must(t, d.Insert(theReader, first))
			o := newOpener(t, d.config(installed(t, "OpenSC")))
			old := d.open(t, o)
			must(t, signAs(t.Context(), t, old, card.Authentication, nothing))

			change(d, second)
			tok := d.open(t, o)
			if tok.ID() == old.ID() {
				t.Error("the new card has the old one's identity")
			}
			must(t, signAs(t.Context(), t, tok, card.Authentication, nothing))

			change(d, first)
			asked := false
			err := signAs(t.Context(), t, tok, card.Authentication, func(card.PINPrompt) { asked = true })
			if !errors.Is(err, card.ErrRemoved) || asked {
				t.Errorf("the token of a card that is out: asked %v, %v", asked, err)
			}
			again := d.open(t, o)
			if again.ID() != old.ID() {
				t.Error("the first card has another identity when it is back")
			}
			must(t, signAs(t.Context(), t, again, card.ContentCommitment, nothing))
		})
	}
}

// TestSwapWhileAsking: the PIN of one card is not sent to another.
func TestSwapWhileAsking(t *testing.T) {
	d := newTable(t, theReader)
	first, second := newPlastic(t, keys["P-256"]), newPlastic(t, keys["P-256"])
	must(t, d.Insert(theReader, first))
	tok := d.open(t, newOpener(t, d.config(installed(t, "OpenSC"))))
	err := signAs(t.Context(), t, tok, card.Authentication, func(card.PINPrompt) { must(t, d.Swap(theReader, second)) })
	if !errors.Is(err, card.ErrRemoved) || errors.Is(err, card.ErrPINUnknown) {
		t.Error(err)
	}
	for _, p := range []*plastic{first, second} {
		if got := p.pin(); got != (seen{}) {
			t.Errorf("the PIN was sent: %+v", got)
		}
	}
}

// unwilling is a card with which every exchange fails from its next private-key
// operation on, while the reader says that the card is there.
type unwilling struct {
	*plastic
	order  atomic.Bool // it is to begin
	broken atomic.Bool
}

var errExchange = errors.New("exchange failed")

func (u *unwilling) Transmit(apdu []byte) ([]byte, error) {
	if len(apdu) > 1 && apdu[1] == 0x87 && u.order.CompareAndSwap(true, false) {
		u.broken.Store(true)
	}
	if u.broken.Load() {
		return nil, errExchange
	}
	return u.plastic.Transmit(apdu)
}

// TestHangOfOpenSC: OpenSC 0.23 loses its own lock when an exchange fails while
// the card is there. The first C_Sign returns, the second never does. The
// module's process is not used on after the first, so that it costs nothing; a
// process that is used on costs the deadline of one call.
func TestHangOfOpenSC(t *testing.T) {
	t.Parallel()
	d := newTable(t, theReader)
	u := &unwilling{plastic: newPlastic(t, keys["P-256"])}
	must(t, d.Insert(theReader, u))
	c := d.config(installed(t, "OpenSC"))
	c.SignTimeout = 3 * time.Second
	o := newOpener(t, c)
	tok := d.open(t, o)

	u.order.Store(true)
	err := signAs(t.Context(), t, tok, card.Authentication, nothing)
	if !errors.Is(err, card.ErrMute) || errors.Is(err, card.ErrModuleHung) || errors.Is(err, card.ErrPINUnknown) || errors.Is(err, card.ErrRemoved) {
		t.Errorf("exchange that failed: %v", err)
	}
	if u.pin().Up {
		t.Error("the PIN state is up")
	}
	u.broken.Store(false)
	must(t, signAs(t.Context(), t, tok, card.Authentication, nothing))

	u.order.Store(true)
	if err := twice(t, tok.(*Token)); !errors.Is(err, card.ErrModuleHung) {
		t.Errorf("second C_Sign of one process: %v", err)
	}
	u.broken.Store(false)
	must(t, signAs(t.Context(), t, tok, card.Authentication, nothing))
	must(t, signAs(t.Context(), t, d.open(t, o), card.ContentCommitment, nothing))
}

// twice signs twice in one process of the module, whatever the first gives.
func twice(t *testing.T, tok *Token) error {
	t.Helper()
	h := tok.h
	must(t, h.take(t.Context()))
	defer h.give()
	pin := card.NewPIN([]byte(applettest.PIN))
	defer pin.Wipe()
	sum := sha256.Sum256(nil)
	if _, err := h.call(t.Context(), &request{Op: opBegin, Token: tok.state.Name}); err != nil {
		return err
	}
	if _, err := h.call(t.Context(), &request{Op: opLogin}, pin); err != nil {
		return err
	}
	p := h.p
	for range 2 {
		for _, q := range []*request{{Op: opPrepare, Key: tok.self.ID, Mechanism: ckmECDSA}, {Op: opSign, Data: sum[:]}} {
			a, err := p.call(t.Context(), h.sign, q, nil)
			if err != nil {
				return err
			}
			t.Log(q.Op, a.Fail)
		}
	}
	return nil
}

// TestPINStateAfterACrash: a module that ends in the middle has dropped nothing.
func TestPINStateAfterACrash(t *testing.T) {
	d := newTable(t, theReader)
	p := newPlastic(t, keys["P-256"])
	must(t, d.Insert(theReader, p))
	o := newOpener(t, d.config(installed(t, "OpenSC")))
	tok := d.open(t, o)
	d.OnTransmit(func(_ string, apdu []byte) {
		if apdu[1] == 0x87 {
			_ = o.hosts[0].p.cmd.Process.Kill()
		}
	})
	err := signAs(t.Context(), t, tok, card.Authentication, nothing)
	if !errors.Is(err, card.ErrModuleCrashed) {
		t.Error(err)
	}
	if got := p.pin(); got != (seen{Accepted: 1}) {
		t.Errorf("the card saw %+v", got)
	}
	d.OnTransmit(nil)
	must(t, signAs(t.Context(), t, tok, card.Authentication, nothing))
}

// TestResetByAnotherProgram: the PIN state is gone in the middle, which is
// neither a wrong PIN nor a lost card.
func TestResetByAnotherProgram(t *testing.T) {
	d := newTable(t, theReader)
	p := newPlastic(t, keys["P-256"])
	must(t, d.Insert(theReader, p))
	tok := d.open(t, newOpener(t, d.config(installed(t, "OpenSC"))))
	ks, err := tok.Keys(t.Context())
	must(t, err)
	sum := sha256.Sum256(nil)
	pin, wipe := card.OnePIN(card.NewPIN([]byte(applettest.PIN)))
	defer wipe()
	n := 0
	err = tok.(card.BatchSigner).SignBatch(t.Context(), ks[0], [][]byte{sum[:], sum[:]}, crypto.SHA256, pin, func(int, []byte) error {
		n++
		return d.Reset(theReader)
	})
	if n != 1 || !errors.Is(err, card.ErrReset) {
		t.Errorf("%d signed, %v", n, err)
	}
	must(t, signAs(t.Context(), t, tok, card.Authentication, nothing))
}

// TestOthersCards: what no module knows, what is not there, what has no keys.
func TestOthersCards(t *testing.T) {
	d := newTable(t, theReader)
	o := newOpener(t, d.config(installed(t, "OpenSC")))
	ev := card.Event{Kind: card.Inserted, Reader: theReader}
	if _, err := o.Open(t.Context(), ev); !errors.Is(err, card.ErrUnsupported) {
		t.Errorf("no card: %v", err)
	}
	must(t, d.Insert(theReader, pcscd.Dummy{Answer: []byte{0x6A, 0x82}}))
	if _, err := o.Open(t.Context(), ev); !errors.Is(err, card.ErrUnsupported) {
		t.Errorf("unknown card: %v", err)
	}
	empty := newPlastic(t, keys["P-256"])
	empty.SetCertificate(0x9A, nil)
	empty.SetCertificate(0x9C, nil)
	must(t, d.Swap(theReader, empty))
	if _, err := o.Open(t.Context(), ev); !errors.Is(err, card.ErrNoCert) {
		t.Errorf("card without certificates: %v", err)
	}
	if _, err := o.Open(t.Context(), card.Event{}); !errors.Is(err, card.ErrNoReader) {
		t.Errorf("no reader: %v", err)
	}
	d.Stop()
	if _, err := o.Open(t.Context(), ev); err == nil {
		t.Error("a card without the reader service")
	}
	must(t, d.Restart())
	must(t, d.Swap(theReader, newPlastic(t, keys["P-256"])))
	must(t, signAs(t.Context(), t, d.open(t, o), card.Authentication, nothing))
}

// TestTwoReaders: each event opens its own reader's card.
func TestTwoReaders(t *testing.T) {
	const other = "Plain Reader 01 00"
	d := newTable(t, theReader)
	must(t, d.AddReader(other))
	must(t, d.Insert(theReader, newPlastic(t, keys["P-256"])))
	must(t, d.Insert(other, newPlastic(t, keys["P-256"])))
	o := newOpener(t, d.config(installed(t, "OpenSC")))
	first := d.open(t, o)
	second, err := o.Open(t.Context(), card.Event{Reader: other})
	must(t, err)
	if first.ID() == second.ID() {
		t.Error("one card in two readers")
	}
	must(t, d.Remove(theReader))
	if _, err := first.Keys(t.Context()); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("the one taken out: %v", err)
	}
	must(t, signAs(t.Context(), t, second, card.Authentication, nothing))
}
