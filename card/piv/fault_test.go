package piv_test

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"lanyard/card"
	"lanyard/card/apdu"
	"lanyard/card/piv"
	"lanyard/card/virtual/applet/applettest"
)

// use does everything once that takes a PIN: a sign-on, and a batch of two
// under one consent.
func use(ctx context.Context, o *piv.Opener, asked *int) error {
	token, err := o.Open(ctx, card.Event{Kind: card.Inserted})
	if err != nil {
		return err
	}
	defer token.Close()
	keys, err := token.Keys(ctx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		digests := [][]byte{digest("1"), digest("2")}[:1+len(k.Ref)-2+int(k.Policy)]
		err := token.(card.BatchSigner).SignBatch(ctx, k, digests, crypto.SHA256, types(applettest.PIN, asked),
			func(int, []byte) error { return nil })
		if err != nil {
			return err
		}
	}
	_, err = token.(card.PINCounter).Retries(ctx)
	return err
}

// The card fails at every single command of reading and signing, in every way.
// Nothing panics, each way has its error, and no typed PIN is refused or
// unanswered more than once.
func TestFailureAtEveryCommand(t *testing.T) {
	kind := applettest.Once(applettest.RSA(1024))
	for deed, want := range map[string][]error{
		"pull":        {card.ErrRemoved},
		"pull after":  {card.ErrRemoved},
		"mute":        {card.ErrMute, nil}, // nil: it may be a reader that refuses extended lengths
		"mute after":  {card.ErrMute, nil},
		"reset":       {card.ErrReset, nil},
		"reset after": {card.ErrReset, nil},
	} {
		t.Run(deed, func(t *testing.T) {
			for n := 1; ; n++ {
				if n > 200 {
					t.Fatal("there is no end to the commands")
				}
				c := newContact(t, applettest.New(t, kind), fmt.Sprintf("at %d %s", n, deed))
				asked := 0
				err := use(t.Context(), c.opener(piv.Options{}), &asked)
				tally := c.player.Tally()
				if bad := tally.Refused + tally.Unanswered; bad > 1 {
					t.Fatalf("command %d: PIN commands %+v for %d typed", n, tally, asked)
				}
				if tally.Unanswered == 1 && !errors.Is(err, card.ErrPINUnknown) {
					t.Errorf("command %d: the PIN's outcome is not known, and the error is %v", n, err)
				}
				if c.verified(t) {
					t.Errorf("command %d: the PIN state is up (%v)", n, err)
				}
				if c.player.Commands() < n {
					return // the failure lies behind the last command
				}
				if !anyOf(err, want) {
					t.Errorf("command %d: %v, want one of %v", n, err, want)
				}
			}
		})
	}
}

func anyOf(err error, want []error) bool {
	for _, w := range want {
		if errors.Is(err, w) {
			return true
		}
	}
	return false
}

// Whatever a card says to a VERIFY, the PIN is sent once and asked for once.
func TestAnswersToAPIN(t *testing.T) {
	for _, c := range []struct {
		status apdu.Status
		want   error
	}{
		{0x63C2, nil},
		{0x63C0, card.ErrPINBlocked},
		{0x6983, card.ErrPINBlocked},
		{0x6300, nil},
		{0x6A80, card.ErrPINFormat},
		{0x6700, card.ErrPINFormat},
		{0x6D00, card.ErrUnsupported},
		{0x6A88, card.ErrUnsupported},
		{0x6581, card.ErrPINUnknown},
		{0x6F00, card.ErrPINUnknown},
		{0x6100, card.ErrPINUnknown},
		{0x6C08, card.ErrPINUnknown},
	} {
		con := newContact(t, applettest.New(t, applettest.P256), "")
		token := con.open(t, piv.Options{})
		sent, asked := 0, 0
		con.refuse = func(command []byte) ([]byte, error) {
			if command[1] != 0x20 || len(command) == 4 {
				return nil, nil
			}
			sent++
			return status(c.status), nil
		}
		_, err := token.Sign(t.Context(), keyFor(t, token, card.ContentCommitment), digest("x"), crypto.SHA256, types(applettest.PIN, &asked))
		var refused *card.PINError
		if c.want == nil && !errors.As(err, &refused) || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.status, err, c.want)
		}
		if asked != 1 || sent != 1 {
			t.Errorf("%v: asked %d times, sent %d times", c.status, asked, sent)
		}
	}
}

func TestUnknownOutcomeOfManagement(t *testing.T) {
	pin := func(s string) *card.PIN { return card.NewPIN([]byte(s)) }
	con := newContact(t, applettest.New(t, applettest.P256), "every change mute after\nevery unblock pull after")
	token := con.open(t, piv.Options{})
	if err := token.ChangePIN(t.Context(), pin(applettest.PIN), pin("654321")); !errors.Is(err, card.ErrPINUnknown) || !errors.Is(err, card.ErrMute) {
		t.Errorf("change: %v", err)
	}
	if con.resets != 1 {
		t.Errorf("%d resets of a mute card, want 1", con.resets)
	}
	if err := token.Unblock(t.Context(), pin(applettest.PUK), pin("654321")); !errors.Is(err, card.ErrPINUnknown) || !errors.Is(err, card.ErrRemoved) {
		t.Errorf("unblock: %v", err)
	}
}

func TestBusyCard(t *testing.T) {
	con := newContact(t, applettest.New(t, applettest.P256), "")
	token := con.open(t, piv.Options{})
	con.begins = []error{card.ErrBusy}
	if _, err := token.Retries(t.Context()); !errors.Is(err, card.ErrBusy) {
		t.Errorf("%v, want ErrBusy", err)
	}
	if n, err := token.Retries(t.Context()); n != applettest.Tries || err != nil {
		t.Errorf("afterwards: %d %v", n, err)
	}
}

// A context that ends lets the command on its way end, so that the outcome of
// a PIN is known; a card that never answers is left after a while.
func TestContextEndsInsideACommand(t *testing.T) {
	for name, c := range map[string]struct {
		takes time.Duration
		want  error
		not   error
	}{
		"slow": {time.Second, context.Canceled, card.ErrPINUnknown},
		"dead": {5 * time.Minute, card.ErrPINUnknown, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := applettest.New(t, applettest.P256)
			synctest.Test(t, func(t *testing.T) {
				con := newContact(t, b, fmt.Sprintf("slow %v verify", c.takes))
				token := con.open(t, piv.Options{})
				k := keyFor(t, token, card.Authentication)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(500*time.Millisecond, cancel)
				asked, start := 0, time.Now()
				_, err := token.Sign(ctx, k, digest("x"), crypto.SHA256, types(applettest.PIN, &asked))
				if !errors.Is(err, c.want) || c.not != nil && errors.Is(err, c.not) {
					t.Errorf("%v, want %v", err, c.want)
				}
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("took %v", took)
				}
				if con.verified(t) {
					t.Error("the PIN state is up")
				}
			})
		})
	}
}
