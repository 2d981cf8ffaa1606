package pcsc

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/cardtest"
	"lanyard/card/cardtest/pcscd"
	"lanyard/card/piv"
	"lanyard/card/virtual/applet"
	"lanyard/card/virtual/applet/applettest"
)

var _ piv.Keyed = (*Conn)(nil)

// slip is the VERIFY that a PIN is typed into.
var slip = []byte{0x00, 0x20, 0x00, 0x80, 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}

// plastic is a PIV card in a look-alike's reader.
type plastic struct {
	d    *pcscd.Daemon
	b    *applettest.Backend
	chip *applet.Card
	keys *pcscd.Keypad // of the reader; nil: it has none
}

func newPlastic(t *testing.T, kind applettest.Kind, keys *pcscd.Keypad) *plastic {
	t.Helper()
	p := &plastic{d: start(t, desk), b: applettest.New(t, kind), keys: keys}
	p.chip = applet.New(p.b, applet.Options{})
	must(t, p.d.SetKeypad(desk, keys))
	must(t, p.d.Insert(desk, pcscd.FromChip(context.Background(), p.chip)))
	return p
}

// open opens the card as the product does.
func (p *plastic) open(t *testing.T) card.Token {
	t.Helper()
	o := piv.NewOpener(piv.ConnectFunc(func(ctx context.Context, ev card.Event) (piv.Transport, error) {
		return Connect(ctx, ev.Reader, ev.Gen)
	}), piv.Options{})
	token, err := o.Open(t.Context(), card.Event{Kind: card.Inserted, Reader: desk, Gen: 1})
	must(t, err)
	t.Cleanup(func() { _ = token.Close() })
	return token
}

// verified asks the card itself, behind the reader service.
func (p *plastic) verified(t *testing.T) bool {
	t.Helper()
	answer, err := p.chip.Transmit(context.Background(), slip[:4])
	must(t, err)
	return bytes.Equal(answer, success)
}

func (p *plastic) subject(t *testing.T) *cardtest.Subject {
	t.Helper()
	behind := 0 // PINs the backend took that no command brought
	return &cardtest.Subject{
		Token: p.open(t), PIN: applettest.PIN, PUK: applettest.PUK, Tries: applettest.Tries,
		Remove: func() { must(t, p.d.Remove(desk)) },
		Tally: func() cardtest.Tally {
			accepted, refused := p.b.Tried()
			return cardtest.Tally{Accepted: accepted - behind, Refused: refused}
		},
		Verified: func() bool { return p.verified(t) },
		ChangeBehind: func(new string) error {
			behind++
			_, _, err := p.b.ChangePIN([]byte(applettest.PIN), []byte(new))
			return err
		},
	}
}

func (p *plastic) atKeys() *cardtest.Keys {
	then := func(e pcscd.Entry) func() { return func() { p.keys.Then(e) } }
	return &cardtest.Keys{
		Type:   func(pin string) { p.keys.Then(pcscd.Entry{Digits: pin}) },
		Leave:  then(pcscd.Entry{Status: pcscd.NobodyTyped}),
		Cancel: then(pcscd.Entry{Status: pcscd.CancelKey}),
		Pull:   then(pcscd.Entry{Do: func() { _ = p.d.Remove(desk) }, Digits: applettest.PIN}),
		Waited: func() int { return len(p.keys.Orders()) },
	}
}

// TestPIVOnAReaderWithKeys holds a PIV card to the contract end to end, on a
// reader without keys and on one with them. No virtual reader has keys: this is
// what the look-alike is for.
func TestPIVOnAReaderWithKeys(t *testing.T) {
	kind := applettest.Once(applettest.P256)
	cardtest.Run(t, cardtest.Harness{
		New: func(t *testing.T) *cardtest.Subject { return newPlastic(t, kind, nil).subject(t) },
		Keyed: func(t *testing.T) (*cardtest.Subject, *cardtest.Keys) {
			p := newPlastic(t, kind, &pcscd.Keypad{})
			return p.subject(t), p.atKeys()
		},
	})
}

// Whatever happens to an entry, it began once, and at most one VERIFY follows.
func TestWhatBecomesOfAnEntry(t *testing.T) {
	for name, tt := range map[string]struct {
		entry pcscd.Entry
		fault pcscd.Fault // at the control call that waits
		is    error
		known bool // what the card made of it
		tries int
	}{
		"too short":           {entry: pcscd.Entry{Digits: "123"}, is: card.ErrPINFormat, known: true, tries: 3},
		"too long":            {entry: pcscd.Entry{Digits: "123456789"}, is: card.ErrPINFormat, known: true, tries: 3},
		"two that differ":     {entry: pcscd.Entry{Status: 0x6402}, is: card.ErrPINFormat, known: true, tries: 3},
		"not understood":      {entry: pcscd.Entry{Status: pcscd.NotUnderstood}, is: card.ErrUnsupported, known: true, tries: 3},
		"a status of nobody":  {entry: pcscd.Entry{Status: 0x6F00}, is: card.ErrPINUnknown, tries: 3},
		"right, but lost":     {entry: pcscd.Entry{Digits: applettest.PIN, Code: pcscd.NotTransacted, Lost: true}, is: card.ErrMute, tries: 3},
		"wrong, but lost":     {entry: pcscd.Entry{Digits: "654321", Code: pcscd.CommError, Lost: true}, is: card.ErrNoService, tries: 2},
		"the driver refuses":  {entry: pcscd.Entry{Code: pcscd.ProtoMismatch}, is: card.ErrMute, tries: 3},
		"the service ends":    {fault: pcscd.Fault{Command: pcscd.Control, Hangup: true}, is: card.ErrNoService, tries: 3},
		"an answer of nobody": {fault: pcscd.Fault{Command: pcscd.Control, Code: pcscd.InternalError}, is: card.ErrMute, tries: 3},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlastic(t, applettest.P256, &pcscd.Keypad{})
			token := p.open(t)
			keys, err := token.Keys(t.Context())
			must(t, err)
			p.keys.Then(tt.entry)
			if tt.fault.Command != 0 {
				p.d.Fail(tt.fault)
			}
			begun, sent := 0, atomic.Int32{}
			p.d.OnTransmit(func(_ string, apdu []byte) {
				if apdu[1] == 0x20 && len(apdu) > 5 {
					sent.Add(1)
				}
			})
			sum := make([]byte, crypto.SHA256.Size())
			_, err = token.Sign(t.Context(), keys[0], sum, crypto.SHA256, card.OnKeypad(func() { begun++ }))
			if !errors.Is(err, tt.is) || errors.Is(err, card.ErrPINUnknown) == tt.known {
				t.Errorf("%v, want %v, known %v", err, tt.is, tt.known)
			}
			if n := sent.Load(); begun != 1 || n > 1 {
				t.Errorf("begun %d times, %d VERIFY", begun, n)
			}
			if p.verified(t) {
				t.Error("the PIN state is up")
			}
			if left := p.b.Retries(); left != tt.tries {
				t.Errorf("%d tries left, want %d", left, tt.tries)
			}
		})
	}
}

func TestKeysOfAReader(t *testing.T) {
	none := &pcscd.Keypad{Features: []byte{}}
	for name, tt := range map[string]struct {
		keys     *pcscd.Keypad
		ok       bool
		controls int
	}{
		"none":                  {nil, false, 1},
		"other features":        {none, false, 1},
		"a list cut short":      {&pcscd.Keypad{Features: []byte{0x06, 4, 0x42, 0x33}}, false, 1},
		"keys":                  {&pcscd.Keypad{}, true, 1},
		"keys with properties":  {&pcscd.Keypad{Properties: unhex(t, "02 01 07 06 01 04 07 01 08")}, true, 2},
		"broken properties":     {&pcscd.Keypad{Properties: unhex(t, "02 07")}, true, 2},
		"no key ends the entry": {&pcscd.Keypad{Properties: unhex(t, "02 01 05")}, false, 2},
		"told the older way":    {&pcscd.Keypad{Features: unhex(t, "06 04 42330006 0A 04 42330012"), Properties: unhex(t, "0000 02 00")}, true, 2},
		"no key, the older way": {&pcscd.Keypad{Features: unhex(t, "06 04 42330006 0A 04 42330012"), Properties: unhex(t, "0000 05 00")}, false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			d, c := inserted(t, pcscd.Dummy{})
			must(t, d.SetKeypad(desk, tt.keys))
			for range 2 {
				wait, ok, err := c.Keypad(t.Context())
				must(t, err)
				if ok != tt.ok || ok != (wait == keypadWait) {
					t.Errorf("keys: %v, %v; want %v", ok, wait, tt.ok)
				}
			}
			if n := d.Count(pcscd.Control); n != tt.controls {
				t.Errorf("the reader was asked %d times, want %d", n, tt.controls)
			}
			if tt.ok {
				return
			}
			if _, err := c.VerifyOnKeypad(t.Context(), slip, 4, 8); !errors.Is(err, card.ErrUnsupported) {
				t.Errorf("a PIN on keys that are not there: %v", err)
			}
			if n := d.Count(pcscd.Control); n != tt.controls {
				t.Errorf("the reader was told to wait")
			}
		})
	}
}

// A reader cannot be told to stop. What is typed after the caller has gone is
// forgotten by the card at once.
func TestEndOfContextWhileTheReaderWaits(t *testing.T) {
	p := newPlastic(t, applettest.P256, &pcscd.Keypad{})
	c := dialLimited(t, limits{busy: patience, command: patience, keypad: patience, idle: time.Second, hangUp: patience})
	must(t, c.Begin(t.Context()))
	_, err := c.Transmit(t.Context(), unhex(t, "00 A4 04 00 05 A000000308"))
	must(t, err)
	ctx, cancel := context.WithCancelCause(t.Context())
	typed := make(chan struct{})
	p.keys.Then(pcscd.Entry{Do: func() { cancel(card.ErrCancelled); <-typed }, Digits: applettest.PIN})
	_, err = c.VerifyOnKeypad(ctx, slip, 4, 8)
	want(t, err, card.ErrCancelled, "typed on the reader")
	close(typed)
	must(t, c.Disconnect(true))
	if accepted, _ := p.b.Tried(); accepted != 1 {
		t.Errorf("the card accepted %d PINs, want the one that was typed", accepted)
	}
	if p.verified(t) {
		t.Error("the PIN state is up")
	}
}

func TestReaderThatWaitsForEver(t *testing.T) {
	d, c := inserted(t, pcscd.Dummy{})
	keys, stuck := &pcscd.Keypad{}, make(chan struct{})
	must(t, d.SetKeypad(desk, keys))
	keys.Then(pcscd.Entry{Do: func() { <-stuck }})
	_, err := c.VerifyOnKeypad(t.Context(), slip, 4, 8)
	want(t, err, card.ErrTimeout, "300ms")
	_, err = c.Transmit(t.Context(), getData)
	want(t, err, card.ErrTimeout, "")
	close(stuck)
}
