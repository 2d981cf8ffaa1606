package piv_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"lanyard/card"
	"lanyard/card/piv"
	"lanyard/card/virtual/applet/applettest"
)

const keysWait = 30 * time.Second

// keyed is a contact in a reader with keys. How a reader does it, end to end, is
// tested in card/pcsc.
type keyed struct {
	*contact
	pin    string        // what is typed
	takes  time.Duration // how long that takes
	waited int
	asked  error // what asking for the keys returns
}

func (k *keyed) Keypad(context.Context) (time.Duration, bool, error) {
	return keysWait, k.asked == nil, k.asked
}

func (k *keyed) VerifyOnKeypad(ctx context.Context, command []byte, least, most int) ([]byte, error) {
	if want := []byte{0x00, 0x20, 0x00, 0x80, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}; !bytes.Equal(command, want) || least != 4 || most != 8 {
		return nil, errors.New("an order of another form")
	}
	k.waited++
	t := time.NewTimer(k.takes)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	command = bytes.Clone(command)
	copy(command[5:], k.pin)
	return k.Transmit(ctx, command)
}

func (k *keyed) open(ctx context.Context) (card.Token, error) {
	o := piv.NewOpener(piv.ConnectFunc(func(context.Context, card.Event) (piv.Transport, error) { return k, nil }), piv.Options{})
	return o.Open(ctx, card.Event{Kind: card.Inserted})
}

// The reader has a moment after the context ended. What is typed in it counts;
// then the connection ends with a reset and the outcome is not known.
func TestContextEndsOnTheKeys(t *testing.T) {
	for name, c := range map[string]struct {
		takes time.Duration // from when the context ends on
		known bool
	}{
		"typed at that moment": {time.Second, true},
		"not typed":            {20 * time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := applettest.New(t, applettest.P256)
			synctest.Test(t, func(t *testing.T) {
				k := &keyed{contact: newContact(t, b, ""), pin: applettest.PIN, takes: 5*time.Second + c.takes}
				token, err := k.open(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				key := keyFor(t, token, card.Authentication)
				why := errors.New("nobody waits any more")
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(5*time.Second, func() { cancel(why) })
				start, begun := time.Now(), 0
				_, err = token.Sign(ctx, key, digest("x"), crypto.SHA256, card.OnKeypad(func() { begun++ }))
				if !errors.Is(err, why) || errors.Is(err, card.ErrPINUnknown) == c.known {
					t.Errorf("%v, known %v", err, c.known)
				}
				if begun != 1 || k.waited != 1 {
					t.Errorf("begun %d times, waited %d times", begun, k.waited)
				}
				if took := time.Since(start); took > 10*time.Second {
					t.Errorf("took %v", took)
				}
				if resets := k.resets; resets != 0 == c.known {
					t.Errorf("%d resets", resets)
				}
				if k.verified(t) {
					t.Error("the PIN state is up")
				}
			})
		})
	}
}

// A card that another program has got meanwhile is not waited for with keys.
func TestBusyCardOnTheKeys(t *testing.T) {
	k := &keyed{contact: newContact(t, applettest.New(t, applettest.P256), ""), pin: applettest.PIN}
	token, err := k.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	key, begun := keyFor(t, token, card.Authentication), 0
	k.begins = []error{nil, card.ErrBusy}
	_, err = token.Sign(t.Context(), key, digest("x"), crypto.SHA256, card.OnKeypad(func() { begun++ }))
	if !errors.Is(err, card.ErrBusy) || begun != 1 || k.waited != 0 {
		t.Errorf("%v; begun %d times, waited %d times", err, begun, k.waited)
	}
}

// A source that does not want to go on ends a batch, and what was signed is.
func TestSourceEndsABatchOnTheKeys(t *testing.T) {
	enough := errors.New("enough")
	for name, second := range map[string]struct {
		pin *card.PIN
		err error
		is  error
	}{
		"refuses":     {nil, enough, enough},
		"gives a PIN": {card.CopyPIN([]byte(applettest.PIN)), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			k := &keyed{contact: newContact(t, applettest.New(t, applettest.P256), ""), pin: applettest.PIN}
			token, err := k.open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var counts []int
			src := card.PINFunc(func(_ context.Context, p card.PINPrompt) (*card.PIN, error) {
				if counts = append(counts, p.Count); len(counts) == 1 {
					return nil, card.ErrOnKeypad
				}
				return second.pin, second.err
			})
			signed := 0
			err = token.(card.BatchSigner).SignBatch(t.Context(), keyFor(t, token, card.ContentCommitment),
				[][]byte{digest("1"), digest("2"), digest("3")}, crypto.SHA256, src, func(int, []byte) error {
					signed++
					return nil
				})
			if err == nil || second.is != nil && !errors.Is(err, second.is) {
				t.Errorf("%v, want %v", err, second.is)
			}
			if signed != 1 || k.waited != 1 || len(counts) != 2 || counts[0] != 3 || counts[1] != 2 {
				t.Errorf("%d signed, waited %d times, asked for %v signatures", signed, k.waited, counts)
			}
			if second.pin.Len() != 0 {
				t.Error("the PIN was not wiped")
			}
			if k.verified(t) {
				t.Error("the PIN state is up")
			}
		})
	}
}

// A connection that fails while the reader is asked is no card to open.
func TestAskingForTheKeysFails(t *testing.T) {
	k := &keyed{contact: newContact(t, applettest.New(t, applettest.P256), ""), asked: card.ErrRemoved}
	if _, err := k.open(t.Context()); !errors.Is(err, card.ErrRemoved) {
		t.Error(err)
	}
}
